// SPDX-License-Identifier: GPL-2.0-only
/* kimage pack: kernel, modules and what is known of them, as an OCI layout. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kimage.h"

static const char usage[] =
	"usage: kimage pack [options]\n"
	"\n"
	"Writes an OCI layout that holds one kernel image, verifies it, and only then puts\n"
	"it at its place. The same input gives the same bytes, with any number of threads.\n"
	"\n"
	"  --layout DIR       the layout; an old one is replaced\n"
	"  --ref NAME         its name in full: HOST/PATH/NAME:TAG\n"
	"  --platform P       linux/amd64, linux/arm64/v8 or linux/s390x\n"
	"  --format F         of the kernel: bzImage, Image, Image.gz or s390\n"
	"  --created SECONDS  every time in the image, since 1970\n"
	"  --file NAME=PATH   a file of the image; kernel, config, System.map, cmdline\n"
	"  --modules DIR      what holds lib/modules/RELEASE\n"
	"  --meta FILE        what kernel.json says: lines of a key and a value\n"
	"  -j N               threads that compress (default: one)\n"
	"  --level N          libdeflate's level, 1 to 12 (default: 6)\n"
	"\n"
	"Exit status: 0 written, 1 the result breaks the image contract, 2 could not run.\n";

enum { MAX_FILES = 16 };

struct packing {
	const char *layout, *ref, *platform, *format, *modules, *meta;
	struct {
		const char *name, *path;
	} file[MAX_FILES];
	size_t n_files;
	long long created;
	unsigned threads;
	int level;
	char *tmp;		/* the layout while it is made */
	json_t *about;		/* kernel.json */
};

/* ---- names ---------------------------------------------------------------------- */

static char **names;
static size_t n_names, max_names;
static size_t root_len;

static int add_name(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (strlen(path) <= root_len)
		return 0;
	if (type != FTW_F && type != FTW_D) {
		complain(path, "is neither a file nor a directory; a link to a build or source "
			       "tree leads nowhere in a guest");
		return -1;
	}
	if (n_names == max_names) {
		max_names = max_names ? 2 * max_names : 256;
		names = realloc(names, max_names * sizeof(*names));
		if (!names)
			return -1;
	}
	names[n_names++] = xasprintf("%s%s", path + root_len, type == FTW_D ? "/" : "");
	return 0;
}

/* By path without the last '/', as verify wants them. */
static int by_name(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	size_t lx = strlen(x), ly = strlen(y), n;
	int r;

	lx -= x[lx - 1] == '/';
	ly -= y[ly - 1] == '/';
	n = lx < ly ? lx : ly;
	r = memcmp(x, y, n);
	return r ? r : lx < ly ? -1 : lx > ly;
}

/* ---- tar ------------------------------------------------------------------------ */

static la_ssize_t to_file(struct archive *a, void *out, const void *data, size_t size)
{
	(void)a;
	return fwrite(data, 1, size, out) == size ? (la_ssize_t)size : -1;
}

static la_ssize_t to_gzip(struct archive *a, void *out, const void *data, size_t size)
{
	(void)a;
	return gzip_write(out, data, size) ? (la_ssize_t)size : -1;
}

static struct archive *tar_open(archive_write_callback *callback, void *out)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_ustar(a);
	archive_write_set_bytes_per_block(a, 1 << 16);
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_open(a, out, NULL, callback, NULL) == ARCHIVE_OK)
		return a;
	archive_write_free(a);
	return NULL;
}

static bool tar_add(struct archive *a, const char *name, const struct bytes *b, long long mtime)
{
	struct archive_entry *e = archive_entry_new();
	bool dir = !b, ok;

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, dir ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(e, dir ? 0755 : 0644);
	archive_entry_set_mtime(e, mtime, 0);
	archive_entry_set_size(e, b ? (la_int64_t)b->size : 0);
	ok = archive_write_header(a, e) == ARCHIVE_OK;
	if (ok && b && b->size)
		ok = archive_write_data(a, b->data, b->size) == (la_ssize_t)b->size;
	if (!ok)
		complain(name, "cannot be packed: %s", archive_error_string(a));
	archive_entry_free(e);
	return ok;
}

/* ---- kernel.json ----------------------------------------------------------------- */

static bool meta_line(struct packing *p, const char *key, char *value, int number)
{
	static const char *const known[] = { "release", "version", "series", "board", "arch",
					     "toolchain", "source_file", "source_sha256",
					     "source_origin", "rebuild", "signer" };
	char *space = strrchr(value, ' ');

	if (!strcmp(key, "patch") && space) {
		json_t *patches = json_object_get(p->about, "patches");

		*space = '\0';
		json_array_append_new(patches, json_pack("{s:s, s:s}", "name", value, "sha256",
							 space + 1));
		return true;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(key, known[i]) && *value)
			return !json_object_set_new(p->about, key, json_string(value));
	fprintf(stderr, "kimage: %s:%d: unknown key '%s', or no value\n", p->meta, number, key);
	return false;
}

static bool read_meta(struct packing *p)
{
	FILE *in = fopen(p->meta, "r");
	char *line = NULL;
	size_t size = 0;
	bool ok = in != NULL;
	int number = 0;

	p->about = json_pack("{s:[]}", "patches");
	if (!in)
		complain(p->meta, "%s", strerror(errno));
	while (ok && getline(&line, &size, in) >= 0) {
		char *value;

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line)
			continue;
		value = line + strcspn(line, " ");
		if (*value)
			*value++ = '\0';
		ok = meta_line(p, line, value, number);
	}
	free(line);
	if (in)
		fclose(in);
	return ok;
}

static void tell_module(struct packing *p, const char *path, const struct bytes *b)
{
	char whole[DIGEST_SIZE], bare[DIGEST_SIZE];
	size_t size = unsigned_size(b);

	sha256_hex(b->data, b->size, whole);
	sha256_hex(b->data, size, bare);
	json_array_append_new(json_object_get(p->about, "modules"),
			      json_pack("{s:s, s:s, s:s, s:I, s:b}", "path", path, "sha256",
					whole + 7, "unsigned_sha256", bare + 7, "size",
					(json_int_t)b->size, "signed", size != b->size));
}

/* ---- the layer ------------------------------------------------------------------- */

/* kernel.tar to PATH, its modules to kernel.json. */
static bool write_kernel_tar(struct packing *p, const char *path)
{
	FILE *out = fopen(path, "w");
	struct archive *a = out ? tar_open(to_file, out) : NULL;
	bool ok = a != NULL;

	json_object_set_new(p->about, "modules", json_array());
	root_len = strlen(p->modules) + 1;
	if (ok && nftw(p->modules, add_name, 32, FTW_PHYS)) {
		complain(p->modules, "cannot be read whole");
		ok = false;
	}
	qsort(names, n_names, sizeof(*names), by_name);
	for (size_t i = 0; ok && i < n_names; i++) {
		size_t len = strlen(names[i]);
		char *from = xasprintf("%s/%s", p->modules, names[i]);
		struct bytes b = { 0 };

		if (names[i][len - 1] == '/') {
			ok = tar_add(a, names[i], NULL, p->created);
		} else if (!map_file(from, &b)) {
			complain(from, "%s", strerror(errno));
			ok = false;
		} else {
			ok = tar_add(a, names[i], &b, p->created);
			if (len > 3 && !strcmp(names[i] + len - 3, ".ko"))
				tell_module(p, names[i], &b);
			unmap(&b);
		}
		free(from);
	}
	if (a && archive_write_close(a) != ARCHIVE_OK)
		ok = false;
	archive_write_free(a);
	if (out && fclose(out))
		ok = false;
	if (!ok)
		complain(path, "cannot be written: %s", strerror(errno));
	return ok;
}

/* Files of the layer in the order of their names; kernel.json tells of them. */
static int file_order(const void *a, const void *b)
{
	const struct { const char *name, *path; } *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool write_layer(struct packing *p, char plain[DIGEST_SIZE], char packed[DIGEST_SIZE],
			uint64_t *size)
{
	char *path = xasprintf("%s/layer", p->tmp);
	FILE *out = fopen(path, "w");
	struct gzip *z = out ? gzip_open(out, p->threads, p->level) : NULL;
	struct archive *a = z ? tar_open(to_gzip, z) : NULL;
	bool ok = a != NULL;

	qsort(p->file, p->n_files, sizeof(p->file[0]), file_order);
	for (size_t i = 0; ok && i < p->n_files; i++) {
		struct bytes b = { 0 };

		if (!map_file(p->file[i].path, &b)) {
			complain(p->file[i].path, "%s", strerror(errno));
			ok = false;
		}
		ok = ok && tar_add(a, p->file[i].name, &b, p->created);
		unmap(&b);
	}
	if (a && archive_write_close(a) != ARCHIVE_OK)
		ok = false;
	archive_write_free(a);
	if (z && !gzip_close(z, plain, packed, size))
		ok = false;
	if (out && (fflush(out) || fsync(fileno(out))))
		ok = false;
	if (out && fclose(out))
		ok = false;
	if (ok) {
		char *blob = blob_path(p->tmp, packed);

		ok = !rename(path, blob);
		free(blob);
	}
	if (!ok)
		complain(path, "cannot be written: %s", strerror(errno));
	free(path);
	return ok;
}

/* ---- the layout ------------------------------------------------------------------ */

/* Write JSON as a blob; a descriptor of it, or NULL. Takes JSON over. */
static json_t *put_json(struct packing *p, json_t *json, const char *media)
{
	char *text = json_text(json), *path, digest[DIGEST_SIZE];
	json_t *descriptor = NULL;

	sha256_hex(text, strlen(text), digest);
	path = blob_path(p->tmp, digest);
	if (write_file(path, text, strlen(text)))
		descriptor = json_pack("{s:s, s:s, s:I}", "mediaType", media, "digest", digest,
				       "size", (json_int_t)strlen(text));
	else
		complain(path, "%s", strerror(errno));
	free(path);
	free(text);
	json_decref(json);
	return descriptor;
}

static bool put_text(struct packing *p, const char *name, json_t *json)
{
	char *text = json_text(json), *path = xasprintf("%s/%s", p->tmp, name);
	bool ok = write_file(path, text, strlen(text));

	if (!ok)
		complain(path, "%s", strerror(errno));
	free(path);
	free(text);
	json_decref(json);
	return ok;
}

/* linux/arm64/v8 as an object. */
static json_t *platform_json(const char *platform)
{
	char *copy = xasprintf("%s", platform), *save = NULL;
	char *os = strtok_r(copy, "/", &save), *arch = strtok_r(NULL, "/", &save);
	char *variant = strtok_r(NULL, "/", &save);
	json_t *json = json_pack("{s:s, s:s}", "os", os ? os : "", "architecture",
				 arch ? arch : "");

	if (variant)
		json_object_set_new(json, "variant", json_string(variant));
	free(copy);
	return json;
}

static bool write_layout(struct packing *p, char digest[DIGEST_SIZE], uint64_t *size)
{
	char plain[DIGEST_SIZE], packed[DIGEST_SIZE], created[32];
	json_t *config, *descriptor, *layer, *top;
	time_t t = (time_t)p->created;

	if (!write_layer(p, plain, packed, size))
		return false;
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
	config = platform_json(p->platform);
	json_object_update_new(config,
			       json_pack("{s:s, s:{}, s:{s:s, s:[s]}, s:[{s:s, s:s}]}", "created",
					 created, "config", "rootfs", "type", "layers", "diff_ids",
					 plain, "history", "created", created, "created_by",
					 "kimage pack"));
	descriptor = put_json(p, config, MEDIA_CONFIG);
	layer = json_pack("{s:s, s:s, s:I}", "mediaType", MEDIA_LAYER, "digest", packed, "size",
			  (json_int_t)*size);
	if (!descriptor)
		return false;
	descriptor = put_json(p, json_pack("{s:i, s:s, s:o, s:[o]}", "schemaVersion", 2, "mediaType",
					   MEDIA_MANIFEST, "config", descriptor, "layers", layer),
			      MEDIA_MANIFEST);
	if (!descriptor)
		return false;
	json_object_set_new(descriptor, "platform", platform_json(p->platform));
	top = put_json(p, json_pack("{s:i, s:s, s:[o]}", "schemaVersion", 2, "mediaType",
				    MEDIA_INDEX, "manifests", descriptor),
		       MEDIA_INDEX);
	if (!top)
		return false;
	strcpy(digest, json_member(top, "digest"));
	json_object_set_new(top, "annotations", json_pack("{s:s, s:s}", ANNOTATION_REF, p->ref,
							  ANNOTATION_NAME, p->ref));
	return put_text(p, "index.json", json_pack("{s:i, s:s, s:[o]}", "schemaVersion", 2,
						   "mediaType", MEDIA_INDEX, "manifests", top)) &&
	       put_text(p, "oci-layout", json_pack("{s:s}", "imageLayoutVersion", "1.0.0"));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

/* What packings that were killed left behind; not what one at work is writing. */
static void remove_stale(const char *layout)
{
	char *pattern = xasprintf("%s.tmp.*", layout);
	glob_t g = { 0 };

	glob(pattern, 0, NULL, &g);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		long pid = strtol(strrchr(g.gl_pathv[i], '.') + 1, NULL, 10);

		if (pid <= 0 || (kill((pid_t)pid, 0) && errno == ESRCH))
			remove_tree(g.gl_pathv[i]);
	}
	globfree(&g);
	free(pattern);
}

/* Put the finished layout at its place in one step; an old one ends up at tmp. */
static bool publish(const struct packing *p)
{
	if (!renameat2(AT_FDCWD, p->tmp, AT_FDCWD, p->layout, RENAME_EXCHANGE))
		return true;
	if (errno == ENOENT && !rename(p->tmp, p->layout))
		return true;
	complain(p->layout, "cannot be put at its place: %s", strerror(errno));
	return false;
}

static const char *path_of(const struct packing *p, const char *name)
{
	for (size_t i = 0; i < p->n_files; i++)
		if (!strcmp(p->file[i].name, name))
			return p->file[i].path;
	return NULL;
}

static bool tell_file(struct packing *p, const char *name, const char *member)
{
	const char *path = path_of(p, name);
	char digest[DIGEST_SIZE];
	struct bytes b = { 0 };

	if (!path || !map_file(path, &b)) {
		complain(path ? path : name, "%s", path ? strerror(errno) : "was not given");
		return false;
	}
	sha256_hex(b.data, b.size, digest);
	json_object_set_new(p->about, member, json_string(digest + 7));
	if (!strcmp(name, "kernel") && kernel_wrong(&b, p->format)) {
		complain(path, "%s", kernel_wrong(&b, p->format));
		unmap(&b);
		return false;
	}
	unmap(&b);
	return true;
}

static bool add_file(struct packing *p, const char *name, const char *path)
{
	if (p->n_files == MAX_FILES) {
		complain(name, "one file too many; %d fit", MAX_FILES);
		return false;
	}
	p->file[p->n_files].name = name;
	p->file[p->n_files++].path = path;
	return true;
}

static int pack(struct packing *p)
{
	char *blobs = xasprintf("%s/blobs", p->tmp), *sha = xasprintf("%s/sha256", blobs);
	char *tar = xasprintf("%s/kernel.tar", p->tmp), *json = xasprintf("%s/kernel.json", p->tmp);
	char digest[DIGEST_SIZE];
	json_t *findings = json_array(), *finding;
	int status = CANNOT_RUN;
	uint64_t size;
	size_t i, n;

	remove_stale(p->layout);
	if (mkdir(p->tmp, 0755) || mkdir(blobs, 0755) || mkdir(sha, 0755)) {
		complain(p->tmp, "%s", strerror(errno));
		goto out;
	}
	if (!read_meta(p) || !write_kernel_tar(p, tar) || !tell_file(p, "kernel", "kernel_sha256") ||
	    !tell_file(p, "config", "config_sha256") ||
	    !put_text(p, "kernel.json", json_incref(p->about)) ||
	    !add_file(p, "kernel.tar", tar) || !add_file(p, "kernel.json", json) ||
	    !write_layout(p, digest, &size))
		goto out;
	unlink(tar);
	unlink(json);
	n = verify_layout(p->tmp, findings);
	json_array_foreach(findings, i, finding)
		fprintf(stderr, "kimage: %s\n", json_string_value(finding));
	if (n) {
		complain(p->layout, "not written: the image would break its contract");
		status = FINDING;
	} else if (publish(p)) {
		printf("%s %s %llu bytes\n", p->layout, digest, (unsigned long long)size);
		status = HELD;
	}
out:
	remove_tree(p->tmp);
	json_decref(findings);
	json_decref(p->about);
	while (n_names)
		free(names[--n_names]);
	free(names);
	free(blobs);
	free(sha);
	free(tar);
	free(json);
	return status;
}

static bool number(const char *text, long long min, long long max, long long *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 10);
	if (!*text || *end || errno || *value < min || *value > max) {
		complain(text, "is no number from %lld to %lld", min, max);
		return false;
	}
	return true;
}

int cmd_pack(int argc, char **argv)
{
	static const struct option options[] = {
		{ "layout", required_argument, NULL, 'l' },
		{ "ref", required_argument, NULL, 'r' },
		{ "platform", required_argument, NULL, 'p' },
		{ "format", required_argument, NULL, 'F' },
		{ "created", required_argument, NULL, 'c' },
		{ "file", required_argument, NULL, 'f' },
		{ "modules", required_argument, NULL, 'm' },
		{ "meta", required_argument, NULL, 'M' },
		{ "level", required_argument, NULL, 'L' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct packing p = { .threads = 1, .level = 6, .created = -1 };
	long long value;
	char *equals;
	int c, status;

	while ((c = getopt_long(argc, argv, "j:h", options, NULL)) != -1) {
		switch (c) {
		case 'l': p.layout = optarg; break;
		case 'r': p.ref = optarg; break;
		case 'p': p.platform = optarg; break;
		case 'F': p.format = optarg; break;
		case 'm': p.modules = optarg; break;
		case 'M': p.meta = optarg; break;
		case 'c':
			if (!number(optarg, 0, 077777777777, &p.created))
				return CANNOT_RUN;
			break;
		case 'j':
			if (!number(optarg, 1, 64, &value))
				return CANNOT_RUN;
			p.threads = (unsigned)value;
			break;
		case 'L':
			if (!number(optarg, 1, 12, &value))
				return CANNOT_RUN;
			p.level = (int)value;
			break;
		case 'f':
			equals = strchr(optarg, '=');
			if (!equals || equals == optarg ||
			    memchr(optarg, '/', (size_t)(equals - optarg))) {
				complain(optarg, "write --file NAME=PATH");
				return CANNOT_RUN;
			}
			*equals = '\0';
			if (!add_file(&p, optarg, equals + 1))
				return CANNOT_RUN;
			break;
		case 'h': fputs(usage, stdout); return HELD;
		default: fputs(usage, stderr); return CANNOT_RUN;
		}
	}
	if (!p.layout || !p.ref || !p.platform || !p.format || !p.modules || !p.meta ||
	    p.created < 0 || optind != argc) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	umask(022);
	p.tmp = xasprintf("%s.tmp.%ld", p.layout, (long)getpid());
	status = pack(&p);
	free(p.tmp);
	return status;
}
