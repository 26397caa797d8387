// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kimage/[!m]*.c scripts/kimage/modules.c scripts/lib/*.c
// fuzz: libs libdeflate zlib libcrypto jansson; options -pthread
/*
 * Whole layouts. An input is documents with a 0xff byte between them; the last is index.json,
 * each other one a blob. In a document, @0 to @9 stands for the members "digest" and "size"
 * of that blob, which comes before, and % before a document packs it as a gzip layer, so that
 * changes do not break the rest.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "kimage_fuzz.h"

enum { MAX_BLOBS = 10 };

static char dir[64];
static char member[MAX_BLOBS][160], paths[MAX_BLOBS][256], diff_ids[MAX_BLOBS][DIGEST_SIZE];

static void put(const char *path, const void *data, size_t size)
{
	FILE *out = fopen(path, "we");

	if (!out || fwrite(data, 1, size, out) != size || fclose(out))
		abort();
}

/* Replace @N by the members of blob N, and ~N by its unpacked digest. */
static void expand(struct buffer *to, const uint8_t *p, size_t size, size_t n)
{
	for (size_t i = 0; i < size; i++) {
		size_t blob = i + 1 < size ? (size_t)(p[i + 1] - '0') : n;
		const char *text =
			p[i] == '@' ? member[blob < n ? blob : 0] : diff_ids[blob < n ? blob : 0];

		if ((p[i] == '@' || p[i] == '~') && blob < n) {
			buffer_add(to, text, strlen(text));
			i++;
		} else {
			buffer_add(to, p + i, 1);
		}
	}
}

static void put_blob(const uint8_t *p, size_t size, size_t n)
{
	struct buffer text = { 0 };
	unsigned char *packed = NULL;
	char digest[DIGEST_SIZE];
	size_t packed_size;
	char *path;

	if (size && *p == '%') {
		sha_of(p + 1, size - 1, diff_ids[n]);
		packed = pack_member(p + 1, size - 1, &packed_size);
		buffer_add(&text, packed, packed_size);
		free(packed);
	} else {
		strcpy(diff_ids[n], "none");
		expand(&text, p, size, n);
	}
	sha_of(text.data, text.size, digest);
	path = blob_path(dir, digest);
	put(path, text.data ? text.data : (unsigned char *)"", text.size);
	snprintf(paths[n], sizeof(paths[n]), "%s", path);
	snprintf(member[n], sizeof(member[n]), "\"digest\":\"%s\",\"size\":%zu", digest, text.size);
	free(path);
	buffer_free(&text);
}

static void start(void)
{
	static const char *const below[] = { "", "/blobs", "/blobs/sha256", "/x" };
	char path[128];

	snprintf(dir, sizeof(dir), "%s/keelson-fuzz.%ld",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm", (long)getpid());
	for (size_t i = 0; i < ARRAY_SIZE(below); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, below[i]);
		mkdir(path, 0700);
	}
	snprintf(path, sizeof(path), "%s/oci-layout", dir);
	put(path, "{\"imageLayoutVersion\":\"1.0.0\"}", 30);
}

static void finish(void)
{
	remove_tree(dir);
}

/* Run a subcommand on the layout; its output is discarded. */
static void run(int (*command)(int, char **), int argc, const char *const *args)
{
	char *argv[8] = { 0 };

	for (int i = 0; i < argc; i++)
		argv[i] = mem_printf("%s", args[i]);
	optind = 0;
	command(argc, argv);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
}

static void try_all(void)
{
	char *to = mem_printf("%s/x", dir), *joined = mem_printf("%s/joined", dir);
	const char *verify[] = { "verify", "--json", dir };
	const char *extract[] = { "extract", dir, "--to", to, "--platform=linux/amd64" };
	const char *show[] = { "show", "--json", dir };
	const char *diff[] = { "diff", "--platform=linux/amd64", dir, dir };
	const char *exported[] = { "export", dir, "--for=debian", "--platform=linux/amd64", "--to",
				   joined };
	const char *name[] = { "name", dir, "docker.io/a/b:c" };
	const char *join[] = { "join", "--layout", joined, "--ref", "docker.io/a/b:c", dir };

	run(cmd_verify, 3, verify);
	run(cmd_extract, 5, extract);
	run(cmd_extract, 4, extract);
	run(cmd_show, 3, show);
	run(cmd_diff, 4, diff);
	run(cmd_export, 6, exported);
	remove_tree(joined);
	run(cmd_join, 6, join);
	run(cmd_name, 3, name);
	free(to);
	free(joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *p = data, *end = data + size, *next;
	struct buffer top = { 0 };
	char path[128];
	size_t n = 0;

	if (!*dir) {
		start();
		atexit(finish);
	}
	while (n < MAX_BLOBS && (next = memchr(p, 0xff, (size_t)(end - p)))) {
		put_blob(p, (size_t)(next - p), n++);
		p = next + 1;
	}
	expand(&top, p, (size_t)(end - p), n);
	snprintf(path, sizeof(path), "%s/index.json", dir);
	put(path, top.data ? top.data : (unsigned char *)"", top.size);
	buffer_free(&top);
	try_all();
	while (n)
		unlink(paths[--n]);
	return 0;
}
