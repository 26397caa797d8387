// SPDX-License-Identifier: GPL-2.0-only
/* kernel.tar as files of a directory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimage.h"

struct unpack {
	const char *to;
	FILE *out;
	const char *wrong;
	size_t files;
};

const char *make_parents(const char *path)
{
	char *copy = mem_strdup(path);
	const char *wrong = NULL;

	for (char *slash = strchr(copy + 1, '/'); slash && !wrong; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			wrong = strerror(errno);
		*slash = '/';
	}
	free(copy);
	return wrong;
}

/* Below lib/modules, without a way out of it. */
static bool clean_name(const char *name)
{
	if (strcmp(name, "lib/") && strcmp(name, "lib") && strncmp(name, "lib/", 4))
		return false;
	for (const char *c = name; c; c = strchr(c, '/')) {
		size_t len = strcspn(c += *c == '/', "/");

		if ((len == 1 || len == 2) && !strncmp(c, "..", len))
			return false;
	}
	return true;
}

static void close_out(struct unpack *u)
{
	if (u->out && fclose(u->out) && !u->wrong)
		u->wrong = strerror(errno);
	u->out = NULL;
}

static void entry(void *ctx, struct tar_entry *e)
{
	struct unpack *u = ctx;
	char *path;

	if (u->wrong)
		return;
	if (!clean_name(e->name) || (e->type != '0' && e->type != '5')) {
		u->wrong = "has an entry that is not a file or directory of lib/modules";
		return;
	}
	path = mem_printf("%s/%s", u->to, e->name);
	u->wrong = make_parents(path);
	if (!u->wrong && e->type == '5' && mkdir(path, 0755) && errno != EEXIST)
		u->wrong = strerror(errno);
	if (!u->wrong && e->type == '0' && !(u->out = fopen(path, "wex")))
		u->wrong = strerror(errno);
	u->files += e->type == '0';
	free(path);
}

static void data(void *ctx, const void *bytes, size_t size)
{
	struct unpack *u = ctx;

	if (u->out && fwrite(bytes, 1, size, u->out) != size && !u->wrong)
		u->wrong = strerror(errno);
}

static void end(void *ctx)
{
	close_out(ctx);
}

const char *unpack_modules(const char *tar, const char *to, size_t *files)
{
	struct unpack u = { .to = to };
	struct tar *t = mem_zalloc(sizeof(*t));
	const char *wrong, *tar_wrong;
	struct bytes b;

	t->ctx = &u;
	t->on_entry = entry;
	t->on_data = data;
	t->on_end = end;
	wrong = map_file(tar, MAX_LAYER, &b);
	if (!wrong)
		feed_bytes(&b, tar_feed, t);
	tar_wrong = tar_finish(t);
	if (!wrong)
		wrong = tar_wrong ? tar_wrong : t->odd;
	close_out(&u);
	unmap(&b);
	free(t);
	*files = u.files;
	return wrong ? wrong : u.wrong;
}
