/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kimage - kernel images as OCI layouts: written, verified, taken apart.
 *
 * pack.c writes; verify.c holds a layout against the contract; extract.c gives what an
 * assembler would take. layout.c, tar.c, gzip.c and content.c are what they share.
 * What is read is never trusted: sizes are bounded, names checked, digests compared.
 */
#ifndef KIMAGE_H
#define KIMAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { HELD = 0, FINDING = 1, CANNOT_RUN = 2 };

#define MEDIA_INDEX "application/vnd.oci.image.index.v1+json"
#define MEDIA_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_CONFIG "application/vnd.oci.image.config.v1+json"
#define MEDIA_LAYER "application/vnd.oci.image.layer.v1.tar+gzip"
#define ANNOTATION_REF "org.opencontainers.image.ref.name"
#define ANNOTATION_NAME "io.containerd.image.name"

#define DIGEST_SIZE 72 /* "sha256:", 64 hex digits, NUL */
#define MAX_JSON (4u << 20)
#define MAX_LAYER (2ull << 30)

/* ---- error.c: what is said, and running out of memory ------------------------ */
/* `kimage: WHERE: text` on stderr. */
void complain(const char *where, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Never return NULL. */
void *xmalloc(size_t size);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- layout.c: blobs and JSON ------------------------------------------------ */
/* A file read or mapped whole. Unmap with unmap(). */
struct bytes {
	const unsigned char *data;
	size_t size;
};

bool map_file(const char *path, struct bytes *b); /* false with errno set */
bool map_fd(int fd, struct bytes *b);
void unmap(struct bytes *b);
void sha256_hex(const void *data, size_t size, char digest[DIGEST_SIZE]);
bool is_digest(const char *s);
/* The path of a blob; free it. DIGEST must be one. */
char *blob_path(const char *layout, const char *digest);
/* Sorted, compact JSON, as a string to free. */
char *json_text(const json_t *json);
/* One JSON object, at most MAX_JSON, no name twice; NULL with ERROR set. */
json_t *json_parse(const struct bytes *b, json_error_t *error);
/*
 * Map the blob that a descriptor names, if size and digest are what it says;
 * otherwise NULL data and *WHY. Unmap with unmap().
 */
bool load_blob(const char *layout, const json_t *descriptor, struct bytes *b, const char **why);
/* A string member of a JSON object, or "". */
const char *json_member(const json_t *object, const char *name);
/* The platform of a descriptor as os/architecture[/variant], in a static buffer, or "". */
const char *platform_of(const json_t *descriptor);
/* Write a whole file and flush it to disk; false with errno set. */
bool write_file(const char *path, const void *data, size_t size);

/* ---- gzip.c ------------------------------------------------------------------ */
/*
 * Compress a stream in chunks of fixed size, each a gzip member of its own (RFC 1952,
 * 2.2), so that the bytes don't depend on the number of threads.
 */
struct gzip;
struct gzip *gzip_open(FILE *out, unsigned threads, int level);
bool gzip_write(struct gzip *z, const void *data, size_t size);
/* Finish; gives digests and sizes of both sides. False if anything failed on the way. */
bool gzip_close(struct gzip *z, char plain[DIGEST_SIZE], char packed[DIGEST_SIZE],
		uint64_t *packed_size);
/* Unpack all members of B to an unlinked file; a descriptor, or -1 and *WHY. */
int gzip_unpack(const struct bytes *b, uint64_t limit, const char **why);

/* ---- tar.c: ustar, read as it stands ----------------------------------------- */
struct tar_entry {
	char name[257];
	char type;		/* the header's typeflag, '0' for '\0' */
	unsigned mode;
	uint64_t uid, gid, size, mtime;
	const unsigned char *data;
};

struct tar {
	struct bytes bytes;
	size_t at;
	bool ended;		/* two blocks of zeros were seen */
};

/* 1 an entry, 0 the end, -1 and *WHY if it is no tar that every reader takes. */
int tar_next(struct tar *t, struct tar_entry *e, const char **why);

/* ---- content.c: kernels and modules ------------------------------------------ */
/* Is this what FORMAT (bzImage, Image, Image.gz, s390) says? NULL, or what is wrong. */
const char *kernel_wrong(const struct bytes *b, const char *format);
/* The release in an x86 kernel's header, in a static buffer; NULL if there is none. */
const char *kernel_release(const struct bytes *b);
/* The value of KEY in a module's .modinfo, within B, or NULL. */
const char *modinfo(const struct bytes *b, const char *key);
/* The size of a module without its signature; its whole size if it has none. */
size_t unsigned_size(const struct bytes *b);
/* Does a .config have this line? */
bool config_has(const struct bytes *config, const char *line);

/* ---- verify.c ---------------------------------------------------------------- */
/* Check a layout; says each finding on OUT (NULL: nowhere) and returns their number. */
size_t verify_layout(const char *dir, json_t *findings);

int cmd_pack(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_extract(int argc, char **argv);

#endif
