// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "session.h"

bool session_renames(void *unused, const char *path)
{
	(void)unused;
	return names_use(path);
}

bool session_start(struct session *s)
{
	struct tree *t = &s->tree;

	if (!realpath(t->dir, s->dir)) {
		complain(t->dir, 0, "%s [no-tree]", strerror(errno));
		return false;
	}
	t->dir = s->dir;
	t->kbuild_arch = t->kbuild_arch ?: t->arch;
	t->cross = t->cross ?: "";
	return true;
}

bool session_open(struct session *s, int n, char **args)
{
	struct tree *t = &s->tree;

	if (!session_start(s))
		return false;
	frag_init(&s->f, t->arch, t->release);
	s->f.archs = s->archs;
	if (!frag_read_args(&s->f, n, args))
		return false;
	t->btf = frag_enables(&s->f, "DEBUG_INFO_BTF");
	if (!tree_parse(t))
		return false;
	if (!tree_resolve(&s->f, NULL, 0)) {
		complain(t->dir, 0, "the requests could not be read back: %s", strerror(errno));
		return false;
	}
	return true;
}

void session_close(struct session *s)
{
	frag_free(&s->f);
}
