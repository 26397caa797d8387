// SPDX-License-Identifier: GPL-2.0-only
/* Interned strings, maps, text. */
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

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
	pool.slot = mem_check(calloc(pool.room, sizeof(*pool.slot)));
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
		*slot = mem_check(strndup(text, len));
		pool.n++;
	}
	return *slot;
}

const char *intern(const char *text)
{
	return intern_bytes(text, strlen(text));
}

/* Take the last component off a path; false without one. */
static bool up(struct buffer *path)
{
	char *slash = path->size ? strrchr(path->text, '/') : NULL;
	const char *last = slash ? slash + 1 : path->text;

	if (!path->size || !strcmp(last, ".."))
		return false;
	path->size = slash ? (size_t)(slash - path->text) : 0;
	path->text[path->size] = '\0';
	return true;
}

static void enter(struct buffer *path, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "/");

		if (!len || (len == 1 && *text == '.')) {
			/* Nothing. */
		} else if (len != 2 || strncmp(text, "..", 2) || !up(path)) {
			if (path->size)
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
		s = intern_bytes(b.text, b.size);
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
		m->slot = mem_check(calloc(m->room, sizeof(*m->slot)));
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
	struct buffer b = { 0 };
	const char *wrong = file_read(path, TEXT_MOST, &b);

	if (wrong) {
		complain(path, 0, "%s [unreadable]; %s", wrong, remedy);
		buffer_free(&b);
	}
	if (size)
		*size = b.size;
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
