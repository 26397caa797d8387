// SPDX-License-Identifier: GPL-2.0-only
/* Messages, memory, interned strings, files. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ksize.h"

void complain(const char *where, unsigned line, const char *code, const char *remedy,
	      const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "ksize: %s:", where);
	if (line)
		fprintf(stderr, "%u:", line);
	fputc(' ', stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, " [%s]; %s\n", code, remedy);
}

static void *check(void *p)
{
	if (p)
		return p;
	fputs("ksize: out of memory [no-memory]\n", stderr);
	exit(CANNOT_RUN);
}

void *xrealloc(void *old, size_t size)
{
	return check(realloc(old, size ? size : 1));
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return check(s);
}

void *grow(void *array, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return array;
	*room = *room ? 2 * *room : 16;
	return xrealloc(array, *room * size);
}

/* ---- interned strings -------------------------------------------------------------- */

static struct {
	char **slot;
	size_t n, room;
} pool;

static size_t hash_of(const char *text, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

/* The place of a string, or the free one where it belongs. */
static char **pool_slot(const char *text, size_t len)
{
	size_t i = hash_of(text, len) & (pool.room - 1);

	while (pool.slot[i] && (strncmp(pool.slot[i], text, len) || pool.slot[i][len]))
		i = (i + 1) & (pool.room - 1);
	return &pool.slot[i];
}

static void pool_grow(void)
{
	char **old = pool.slot;
	size_t room = pool.room;

	pool.room = room ? 2 * room : 4096;
	pool.slot = check(calloc(pool.room, sizeof(*pool.slot)));
	for (size_t i = 0; i < room; i++)
		if (old[i])
			*pool_slot(old[i], strlen(old[i])) = old[i];
	free(old);
}

const char *intern_bytes(const char *text, size_t len)
{
	char **slot;

	if (2 * pool.n >= pool.room)
		pool_grow();
	slot = pool_slot(text, len);
	if (!*slot) {
		*slot = check(strndup(text, len));
		pool.n++;
	}
	return *slot;
}

const char *intern(const char *text)
{
	return intern_bytes(text, strlen(text));
}

/* Take the last component off a path; false if there is none to take. */
static bool up(struct buffer *path)
{
	char *slash = path->len ? strrchr(path->text, '/') : NULL;
	const char *last = slash ? slash + 1 : path->text;

	if (!path->len || !strcmp(last, ".."))
		return false;
	path->len = slash ? (size_t)(slash - path->text) : 0;
	path->text[path->len] = '\0';
	return true;
}

static void enter(struct buffer *path, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "/");

		if (!len || (len == 1 && *text == '.')) {
			/* Nothing. */
		} else if (len != 2 || strncmp(text, "..", 2) || !up(path)) {
			if (path->len)
				buffer_add(path, "/", 1);
			buffer_add(path, text, len);
		}
		text += len + (text[len] == '/');
	}
}

const char *intern_path(const char *dir, const char *path)
{
	struct buffer b = { 0 };
	const char *s;

	buffer_add(&b, "", 0);
	if (*path == '/') {
		s = intern(path);
	} else {
		enter(&b, dir);
		enter(&b, path);
		s = intern_bytes(b.text, b.len);
	}
	buffer_free(&b);
	return s;
}

void intern_free(void)
{
	for (size_t i = 0; i < pool.room; i++)
		free(pool.slot[i]);
	free(pool.slot);
	memset(&pool, 0, sizeof(pool));
}

/* ---- maps --------------------------------------------------------------------------- */

static struct slot *map_slot(const struct map *m, const char *key)
{
	size_t i = (size_t)((uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15u >> 32) & (m->room - 1);

	while (m->slot[i].key && m->slot[i].key != key)
		i = (i + 1) & (m->room - 1);
	return &m->slot[i];
}

size_t map_get(const struct map *m, const char *key)
{
	const struct slot *s = m->n ? map_slot(m, key) : NULL;

	return s && s->key ? s->value : NONE;
}

void map_set(struct map *m, const char *key, size_t value)
{
	struct slot *s;

	if (2 * m->n >= m->room) {
		struct map old = *m;

		m->room = old.room ? 2 * old.room : 64;
		m->slot = check(calloc(m->room, sizeof(*m->slot)));
		for (size_t i = 0; i < old.room; i++)
			if (old.slot[i].key)
				*map_slot(m, old.slot[i].key) = old.slot[i];
		free(old.slot);
	}
	s = map_slot(m, key);
	m->n += !s->key;
	*s = (struct slot){ key, value };
}

void map_free(struct map *m)
{
	free(m->slot);
	*m = (struct map){ 0 };
}

/* ---- text --------------------------------------------------------------------------- */

void buffer_add(struct buffer *b, const char *text, size_t len)
{
	if (b->most && len > b->most - b->len) {
		b->full = true;
		return;
	}
	if (b->len + len >= b->room) {
		b->room = 2 * (b->len + len) + 64;
		b->text = xrealloc(b->text, b->room);
	}
	if (len)
		memcpy(b->text + b->len, text, len);
	b->len += len;
	b->text[b->len] = '\0';
}

void buffer_puts(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void buffer_free(struct buffer *b)
{
	free(b->text);
	*b = (struct buffer){ 0 };
}

bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), n = strlen(with);

	return len >= n && !strcmp(text + len - n, with);
}

char *read_text(const char *path, size_t *size, const char *remedy)
{
	FILE *in = fopen(path, "re");
	struct buffer b = { 0 };
	struct stat st;
	char block[65536];
	size_t n;

	if (!in || fstat(fileno(in), &st)) {
		complain(path, 0, "unreadable", remedy, "%s", strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		complain(path, 0, "not-a-file", remedy, "is not a regular file");
	} else {
		buffer_add(&b, "", 0);
		while ((n = fread(block, 1, sizeof(block), in)))
			buffer_add(&b, block, n);
		if (ferror(in)) {
			complain(path, 0, "unreadable", remedy, "%s", strerror(errno));
			buffer_free(&b);
		}
	}
	if (in)
		fclose(in);
	if (size)
		*size = b.len;
	return b.text;
}

char *next_line(char **text)
{
	char *line = *text, *eol;

	if (!line || !*line)
		return NULL;
	eol = strchr(line, '\n');
	if (eol)
		*eol++ = '\0';
	*text = eol;
	return line;
}

/* ---- output -------------------------------------------------------------------------- */

bool output_open(struct output *o, const char *path)
{
	*o = (struct output){ .path = path, .file = stdout };
	if (!path)
		return true;
	o->tmp = xasprintf("%s.tmp", path);
	o->file = fopen(o->tmp, "we");
	if (o->file)
		return true;
	complain(o->tmp, 0, "unwritable", "name a file that can be written", "%s", strerror(errno));
	free(o->tmp);
	return false;
}

bool output_close(struct output *o, bool good)
{
	const char *name = o->path ? o->tmp : "standard output";
	bool written = !fflush(o->file) && !ferror(o->file);

	if (o->path && fclose(o->file))
		written = false;
	if (written && good && o->path)
		written = !rename(o->tmp, o->path);
	if (!written)
		complain(name, 0, "unwritable", "name a file that can be written", "%s", strerror(errno));
	if (o->path && (!written || !good))
		remove(o->tmp);
	free(o->tmp);
	return written && good;
}
