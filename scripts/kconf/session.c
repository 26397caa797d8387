// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "session.h"

bool session_option(struct session *s, int c, const char *arg)
{
	switch (c) {
	case 't':
		s->tree.dir = realpath(arg, s->dir);
		if (!s->tree.dir)
			complain(arg, 0, "%s", strerror(errno));
		return s->tree.dir;
	case 'r':
		s->tree.release = arg;
		return true;
	case 'a':
		s->tree.arch = arg;
		return true;
	case 'K':
		s->archs = arg;
		return true;
	case 'k':
		s->tree.kbuild_arch = arg;
		return true;
	case 's':
		s->tree.srcarch = arg;
		return true;
	case 'c':
		s->tree.cross = arg;
		return true;
	case 'G':
		s->tree.cc = arg;
		return true;
	case 'C':
		s->tree.cache = arg;
		return true;
	case 'P':
		s->tree.record = arg;
		return true;
	case 'N':
		return names_use(arg);
	default:
		return false;
	}
}

bool session_check(struct session *s, const char *usage)
{
	struct tree *t = &s->tree;

	if (!t->dir || !t->release || !t->arch || !t->srcarch) {
		fputs(usage, stderr);
		return false;
	}
	t->kbuild_arch = t->kbuild_arch ?: t->arch;
	t->cross = t->cross ?: "";
	return true;
}

bool session_open(struct session *s, int n, char **args, const char *usage)
{
	struct tree *t = &s->tree;

	if (!session_check(s, usage))
		return false;
	frag_init(&s->f, t->arch, t->release);
	s->f.archs = s->archs;
	if (!frag_read_args(&s->f, n, args) || !tree_parse(t))
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
