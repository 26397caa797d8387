// SPDX-License-Identifier: GPL-2.0-only
/*
 * corrupt LAYOUT NUMBER: damages a layout in one way, which follows from NUMBER, and prints it.
 * A blob gets a bit flipped, loses or gains bytes, a block of zeros, or changes places with
 * another one; a blob of JSON gets one character of a value changed; index.json gets another
 * digest, size, type or name.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;
static char *path[64];
static size_t n_blobs;

static void die(const char *what)
{
	fprintf(stderr, "corrupt: %s\n", what);
	exit(2);
}

/* splitmix64; a number below N */
static size_t below(size_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (size_t)((z ^ z >> 31) % n);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_blobs(const char *layout)
{
	const struct dirent *e;
	char dir[4096], file[8192];
	DIR *d;

	snprintf(dir, sizeof(dir), "%s/blobs/sha256", layout);
	d = opendir(dir);
	if (!d)
		die(dir);
	while ((e = readdir(d)) && n_blobs < 64) {
		if (*e->d_name == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", dir, e->d_name);
		path[n_blobs++] = strdup(file);
	}
	if (n_blobs < 2)
		die("no blobs");
	closedir(d);
	qsort(path, n_blobs, sizeof(*path), by_name);
}

static unsigned char *load(const char *file, size_t *size)
{
	FILE *in = fopen(file, "rb");
	unsigned char *data = calloc(1, 8 << 20);

	if (!in || !data)
		die(file);
	*size = fread(data, 1, (8 << 20) - 1, in);
	fclose(in);
	return data;
}

static void store(const char *file, const void *data, size_t size)
{
	FILE *out = fopen(file, "wb");

	if (!out || fwrite(data, 1, size, out) != size || fclose(out))
		die(file);
}

static void damage(size_t kind, const char *file)
{
	size_t size, at, n;
	unsigned char *data = load(file, &size);

	at = below(size);
	n = 1 + below(64);
	if (kind == 0) {
		data[at] ^= (unsigned char)(1u << below(8));
		printf("a bit of byte %zu of %zu\n", at, size);
	} else if (kind == 1) {
		size = at;
		printf("cut to %zu\n", size);
	} else if (kind == 2) {
		for (size_t i = 0; i < n; i++)
			data[size + i] = (unsigned char)below(256);
		size += n;
		printf("%zu bytes more\n", n);
	} else {
		for (size_t i = at; i < at + n && i < size; i++)
			data[i] = (unsigned char)~data[i];
		printf("%zu bytes at %zu\n", n, at);
	}
	store(file, data, size);
	free(data);
}

static void swap(void)
{
	size_t a = below(n_blobs), b = (a + 1 + below(n_blobs - 1)) % n_blobs, as, bs;
	unsigned char *x = load(path[a], &as), *y = load(path[b], &bs);

	store(path[a], y, bs);
	store(path[b], x, as);
	printf("two blobs swapped\n");
	free(x);
	free(y);
}

/* Change one letter or digit after one of KEYS to another of its kind. */
static void edit(const char *file, const char *const *keys, size_t n_keys)
{
	size_t size, at, first = below(n_keys);
	char *data = (char *)load(file, &size), *value = NULL, old;

	for (size_t i = 0; i < n_keys && !value; i++) {
		const char *key = keys[(first + i) % n_keys];

		value = strstr(data, key);
		if (value)
			value += strlen(key);
	}
	if (!value)
		die("no such key");
	at = below(strcspn(value, "\",}"));
	old = value[at];
	if (old >= '0' && old <= '9')
		value[at] = (char)('0' + (old - '0' + 1 + (int)below(9)) % 10);
	else
		value[at] = old == 'x' ? 'y' : 'x';
	printf("'%c' for '%c' in %.60s\n", value[at], old, value);
	store(file, data, size);
	free(data);
}

static const char *json_blob(void)
{
	for (;;) {
		const char *file = path[below(n_blobs)];
		size_t size;
		unsigned char *data = load(file, &size);
		bool is = size && *data == '{' &&
			  (strstr((char *)data, "\"mediaType\":\"") || strstr((char *)data, "\"os\":\""));

		free(data);
		if (is)
			return file;
	}
}

int main(int argc, char **argv)
{
	static const char *const blob_keys[] = { "\"digest\":\"", "\"size\":", "\"mediaType\":\"",
						 "\"architecture\":\"", "\"os\":\"" };
	static const char *const top_keys[] = { "\"digest\":\"sha256:", "\"size\":",
						"{\"io.containerd.image.name\":\"",
						"\"org.opencontainers.image.ref.name\":\"",
						"\"mediaType\":\"" };
	char index[4096];
	size_t kind;

	if (argc != 3)
		die("usage: corrupt LAYOUT NUMBER");
	state = strtoull(argv[2], NULL, 10) * 0x2545f4914f6cdd1du;
	find_blobs(argv[1]);
	snprintf(index, sizeof(index), "%s/index.json", argv[1]);
	kind = below(7);
	if (kind < 4)
		damage(kind, path[below(n_blobs)]);
	else if (kind == 4)
		swap();
	else if (kind == 5)
		edit(json_blob(), blob_keys, 5);
	else
		edit(index, top_keys, 5);
	return 0;
}
