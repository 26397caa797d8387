// SPDX-License-Identifier: GPL-2.0-only
/* A directory, mostly of modules, as a canonical tar. */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimage.h"

/* By path without the last '/': a directory precedes its contents. */
static int by_name(const void *a, const void *b)
{
	const char *x = ((const struct node *)a)->name, *y = ((const struct node *)b)->name;
	size_t lx = strlen(x), ly = strlen(y), n;
	int r;

	lx -= x[lx - 1] == '/';
	ly -= y[ly - 1] == '/';
	n = lx < ly ? lx : ly;
	r = memcmp(x, y, n);
	return r ? r : (lx > ly) - (lx < ly);
}

static void add(struct tree *t, const FTSENT *e, const char *name)
{
	bool dir = e->fts_info == FTS_D;

	grow(t->node, t->n, t->room);
	t->node[t->n++] = (struct node){ mem_printf("%s%s", name, dir ? "/" : ""),
					 dir ? 0 : (uint64_t)e->fts_statp->st_size,
					 !dir && e->fts_statp->st_mode & S_IXUSR };
	t->modules += !dir && is_module(name, false);
}

static bool visit(struct tree *t, const FTSENT *e)
{
	switch (e->fts_info) {
	case FTS_D:
	case FTS_F:
		if (e->fts_level > 0)
			add(t, e, e->fts_path + strlen(t->root) + 1);
		return true;
	case FTS_DP:
		return true;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		complain(e->fts_path, 0, "%s [input]", strerror(e->fts_errno));
		return false;
	case FTS_SL:
		complain(e->fts_path, 0,
			 "is a symbolic link [file-type]; it leads nowhere in a guest, remove it");
		return false;
	default:
		complain(e->fts_path, 0,
			 "is neither a file nor a directory [file-type]; remove it");
		return false;
	}
}

bool tree_scan(struct tree *t, const char *dir)
{
	char *root = mem_strdup(dir), *roots[] = { root, NULL };
	const FTSENT *e;
	FTS *fts;
	bool ok = true;

	for (size_t len = strlen(root); len > 1 && root[len - 1] == '/'; len--)
		root[len - 1] = '\0';
	*t = (struct tree){ .root = root };
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (ok && fts && (errno = 0, e = fts_read(fts)))
		ok = visit(t, e);
	if (ok && (!fts || errno)) {
		complain(dir, 0, "%s [input]", strerror(errno));
		ok = false;
	}
	if (fts)
		fts_close(fts);
	if (t->n)
		qsort(t->node, t->n, sizeof(*t->node), by_name);
	return ok;
}

uint64_t tree_tar_size(const struct tree *t)
{
	uint64_t size = 2 * (uint64_t)TAR_BLOCK;

	for (size_t i = 0; i < t->n; i++)
		size += TAR_BLOCK + t->node[i].size + tar_padding(t->node[i].size);
	return size;
}

static bool put_one(const char *name, const struct bytes *b, long long mtime, bool runs, sink out,
		    void *ctx)
{
	static const unsigned char zeros[TAR_BLOCK];
	unsigned char header[TAR_BLOCK];
	const char *wrong = tar_header(header, name, b->size, (uint64_t)mtime, runs);

	if (wrong) {
		complain(name, 0, "%s [ustar]", wrong);
		return false;
	}
	return out(ctx, header, sizeof(header)) && feed_bytes(b, out, ctx) &&
	       out(ctx, zeros, tar_padding(b->size));
}

bool tar_put(const char *name, const struct bytes *b, long long mtime, sink out, void *ctx)
{
	return put_one(name, b, mtime, false, out, ctx);
}

bool tar_end(sink out, void *ctx)
{
	static const unsigned char zeros[2 * TAR_BLOCK];

	return out(ctx, zeros, sizeof(zeros));
}

/* A module: its signature is verified, and its facts go to MODULES, if these are wanted. */
static bool put_module(const struct tree *t, const struct node *node, const char *path,
		       const struct bytes *b, long long mtime, sink out, void *ctx, json_t *modules)
{
	const char *wrong = t->signer ? signature_wrong(b, t->signer) : NULL;

	if (wrong) {
		complain(path, 0, "%s [module-signature]; remove modules.stamp and run make again",
			 wrong);
		return false;
	}
	if (modules && json_array_append_new(modules, about_module(node->name, b))) {
		complain(node->name, 0, "has a name that is not UTF-8 [input]");
		return false;
	}
	return put_one(node->name, b, mtime, t->programs && node->runs, out, ctx);
}

/*
 * One file; the tar's size is written already, so this one's must be unchanged. A module is
 * read, since all of it is looked at; another file passes in pieces, whatever its size.
 */
static bool put_file(const struct tree *t, const struct node *node, struct buffer *buffer,
		     long long mtime, sink out, void *ctx, json_t *modules)
{
	char *path = mem_printf("%s/%s", t->root, node->name);
	bool module = is_module(node->name, false), ok = false;
	struct bytes b = { 0 };
	const char *wrong =
		module ? file_read(path, MAX_FILE, buffer) : map_file(path, MAX_LAYER, &b);

	if (module)
		b = buffer_bytes(buffer);
	if (!wrong && b.size != node->size)
		wrong = "changed while it was read";
	if (wrong)
		complain(path, 0, "%s [input]", wrong);
	else if (module)
		ok = put_module(t, node, path, &b, mtime, out, ctx, modules);
	else
		ok = put_one(node->name, &b, mtime, t->programs && node->runs, out, ctx);
	if (!module)
		unmap(&b);
	free(path);
	return ok;
}

bool tree_write(const struct tree *t, long long mtime, sink out, void *ctx, json_t *modules)
{
	struct bytes nothing = { 0 };
	struct buffer b = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < t->n; i++) {
		const struct node *node = &t->node[i];

		if (node->name[strlen(node->name) - 1] == '/')
			ok = tar_put(node->name, &nothing, mtime, out, ctx);
		else
			ok = put_file(t, node, &b, mtime, out, ctx, modules);
	}
	buffer_free(&b);
	return ok && tar_end(out, ctx);
}

void tree_free(struct tree *t)
{
	while (t->n)
		free(t->node[--t->n].name);
	free(t->node);
	free((void *)(uintptr_t)t->root);
	*t = (struct tree){ 0 };
}
