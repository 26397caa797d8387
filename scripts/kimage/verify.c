// SPDX-License-Identifier: GPL-2.0-only
/*
 * kimage verify: a layout against the contract that assemblers rely on without
 * checking it. Every finding names where, what, and what to do; none hides the next.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kimage.h"

static const char usage[] =
	"usage: kimage verify [--json] LAYOUT\n"
	"\n"
	"Checks that an OCI layout holds a kernel image which assemblers take, and which\n"
	"agrees with itself. Exit status: 0 it does, 1 it does not, 2 could not be read.\n";

/* A file of the flattened image. */
struct file {
	char name[257];
	struct bytes bytes;
};

struct image {
	const char *dir;
	json_t *findings;	/* an array of strings */
	const char *arch;	/* OCI's name of it */
	struct file *file;
	size_t n_files, max_files;
	struct bytes layer[32];	/* what the files point into */
	size_t n_layers;
	/* What kernel.tar told. */
	char release[65];
	json_t *modules;	/* path relative to the release's directory -> true */
	struct bytes modules_dep;
};

static void find(struct image *im, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void find(struct image *im, const char *where, const char *fmt, ...)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "%s: ", where);
	va_list ap;

	va_start(ap, fmt);
	if (n > 0 && (size_t)n < sizeof(text))
		vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
	va_end(ap);
	/* Names come from the layout; what is no UTF-8 must not get lost. */
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
	json_array_append_new(im->findings, json_string(text));
}

static const struct bytes *image_file(const struct image *im, const char *name)
{
	for (size_t i = im->n_files; i--;)
		if (!strcmp(im->file[i].name, name))
			return &im->file[i].bytes;
	return NULL;
}

static void add_file(struct image *im, const struct tar_entry *e)
{
	if (im->n_files == im->max_files) {
		im->max_files = im->max_files ? 2 * im->max_files : 16;
		im->file = realloc(im->file, im->max_files * sizeof(*im->file));
		if (!im->file) {
			complain(im->dir, "out of memory");
			exit(CANNOT_RUN);
		}
	}
	strcpy(im->file[im->n_files].name, e->name);
	im->file[im->n_files++].bytes = (struct bytes){ e->data, (size_t)e->size };
}

/* The rules for names that hold in every tar of an image. */
static bool check_name(struct image *im, const char *where, const char *name)
{
	if (*name == '/')
		find(im, where, "'%s' is absolute; assemblers look for names without '/'", name);
	else if (!strncmp(name, "./", 2) || !strcmp(name, "."))
		find(im, where, "'%s' begins with './', which slips through assemblers' filters",
		     name);
	else if (strstr(name, "../") || strstr(name, "//") || !*name)
		find(im, where, "'%s' is no clean relative name", name);
	else
		return true;
	return false;
}

static void check_layer_tar(struct image *im, const char *where, struct bytes bytes)
{
	struct tar t = { .bytes = bytes };
	struct tar_entry e;
	const char *why;
	size_t first = im->n_files;
	int r;

	while ((r = tar_next(&t, &e, &why)) > 0) {
		if (e.type == 'g' || e.type == 'x') {
			find(im, where, "has a PAX %s header; write plain ustar",
			     e.type == 'g' ? "global" : "extended");
			continue;
		}
		if (!check_name(im, where, e.name))
			continue;
		for (size_t i = first; i < im->n_files; i++)
			if (!strcmp(im->file[i].name, e.name))
				find(im, where, "'%s' stands twice", e.name);
		if (e.type != '0') {
			find(im, where, "'%s' is no regular file; assemblers write nothing for it",
			     e.name);
			continue;
		}
		add_file(im, &e);
	}
	if (r < 0)
		find(im, where, "the layer %s", why);
}

/* ---- kernel.tar --------------------------------------------------------------- */

/* Is NAME (without its last '/') a directory on the way to the modules? */
static bool is_parent(const char *name)
{
	return !strcmp(name, "lib") || !strcmp(name, "lib/modules");
}

static void check_module(struct image *im, const char *path, struct bytes module, bool want_signed)
{
	const char *vermagic = modinfo(&module, "vermagic");
	size_t len = strlen(im->release);

	json_object_set_new(im->modules, path, json_true());
	if (!vermagic || strncmp(vermagic, im->release, len) || vermagic[len] != ' ')
		find(im, path, "its vermagic is '%.60s', not for %s; the kernel would refuse it",
		     vermagic ? vermagic : "", im->release);
	if (want_signed && unsigned_size(&module) == module.size)
		find(im, path, "is not signed, and the config loads only signed modules");
}

/* An entry below lib/modules/RELEASE/; SUB is its path there. */
static void check_module_file(struct image *im, const struct tar_entry *e, const char *sub,
			      bool want_signed)
{
	size_t len = strlen(sub);
	struct bytes bytes = { e->data, (size_t)e->size };

	if (!strcmp(sub, "modules.dep"))
		im->modules_dep = bytes;
	if (len > 3 && !strcmp(sub + len - 3, ".ko"))
		check_module(im, sub, bytes, want_signed);
	else if (!strncmp(sub, "modules.", 8))
		json_object_set_new(im->modules, sub, json_false());
}

static void check_entry(struct image *im, struct tar_entry *e, const char *previous,
			uint64_t mtime, bool want_signed)
{
	const char *where = "kernel.tar";
	size_t len = strlen(e->name);
	char *sub, *slash;

	if (!check_name(im, where, e->name))
		return;
	if (len && e->name[len - 1] == '/')
		e->name[len - 1] = '\0';
	if (e->type == '1' || e->type == '2')
		find(im, where, "'%s' is a %s link, which assemblers change or leave dangling",
		     e->name, e->type == '1' ? "hard" : "symbolic");
	else if (e->type != '0' && e->type != '5')
		find(im, where, "'%s' is neither a file nor a directory", e->name);
	if (e->mode != (e->type == '5' ? 0755u : 0644u) || e->uid || e->gid || e->mtime != mtime)
		find(im, where, "'%s' has mode %o, owner %llu:%llu, time %llu; canonical are %o, "
				"0:0 and one time for all", e->name, e->mode,
		     (unsigned long long)e->uid, (unsigned long long)e->gid,
		     (unsigned long long)e->mtime, e->type == '5' ? 0755u : 0644u);
	if (strcmp(previous, e->name) >= 0)
		find(im, where, "'%s' stands after '%s'; entries are sorted, none twice", e->name,
		     previous);
	if (is_parent(e->name))
		return;
	if (strncmp(e->name, "lib/modules/", 12)) {
		find(im, where, "'%s' is not below lib/modules/, and would land in every initrd",
		     e->name);
		return;
	}
	sub = e->name + 12;
	slash = strchr(sub, '/');
	if (!im->release[0])
		snprintf(im->release, sizeof(im->release), "%.*s",
			 (int)(slash ? slash - sub : (long)strlen(sub)), sub);
	if (strncmp(sub, im->release, strlen(im->release)) ||
	    (sub[strlen(im->release)] && sub[strlen(im->release)] != '/'))
		find(im, where, "'%s' is of another release than %s", e->name, im->release);
	else if (slash && e->type == '0')
		check_module_file(im, e, slash + 1, want_signed);
}

/* modules.dep and the modules name each other. */
static void check_modules_dep(struct image *im)
{
	const char *p = (const char *)im->modules_dep.data, *end = p + im->modules_dep.size;
	json_t *named = json_object();
	const char *path;
	json_t *is_module;

	while (p && p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		const char *colon = memchr(p, ':', (size_t)((eol ? eol : end) - p));

		if (colon)
			json_object_setn_new(named, p, (size_t)(colon - p), json_true());
		p = eol ? eol + 1 : NULL;
	}
	json_object_foreach(im->modules, path, is_module)
		if (json_is_true(is_module) && !json_object_get(named, path))
			find(im, "kernel.tar", "%s is not in modules.dep; run depmod over all", path);
	json_object_foreach(named, path, is_module)
		if (!json_object_get(im->modules, path))
			find(im, "kernel.tar", "modules.dep names %s, which is not there", path);
	json_decref(named);
}

static void check_kernel_tar(struct image *im, const struct bytes *config)
{
	static const char *const indexes[] = { "modules.dep", "modules.alias", "modules.symbols",
					       "modules.builtin", "modules.order" };
	const struct bytes *bytes = image_file(im, "kernel.tar");
	bool modular = config && config_has(config, "CONFIG_MODULES=y");
	bool want_signed = config && (config_has(config, "CONFIG_MODULE_SIG_FORCE=y") ||
				      config_has(config, "CONFIG_MODULE_SIG_ALL=y"));
	struct tar t = { .bytes = bytes ? *bytes : (struct bytes){ 0 } };
	struct tar_entry e;
	char previous[257] = "";
	const char *why, *path;
	uint64_t mtime = 0;
	size_t n_modules = 0;
	json_t *is_module;
	int r = -1;

	if (!bytes) {
		find(im, im->arch, "has no kernel.tar; assemblers look for it by that name");
		return;
	}
	while ((r = tar_next(&t, &e, &why)) > 0) {
		if (e.type == 'g' || e.type == 'x') {
			find(im, "kernel.tar", "has a PAX %s header; assemblers can't convert it",
			     e.type == 'g' ? "global" : "extended");
			continue;
		}
		if (!previous[0])
			mtime = e.mtime;
		check_entry(im, &e, previous, mtime, want_signed);
		strcpy(previous, e.name);
	}
	if (r < 0)
		find(im, "kernel.tar", "%s; it must be plain, uncompressed tar", why);
	json_object_foreach(im->modules, path, is_module)
		n_modules += json_is_true(is_module);
	if (modular && !n_modules && r == 0)
		find(im, "kernel.tar", "has no modules, though the config has CONFIG_MODULES=y");
	if (!n_modules)
		return;
	for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++)
		if (!json_object_get(im->modules, indexes[i]))
			find(im, "kernel.tar", "has no %s; depmod was not run", indexes[i]);
	check_modules_dep(im);
}

/* ---- the kernel and what is said of it ----------------------------------------- */

static const char *format_of(const char *arch, const struct bytes *kernel)
{
	if (!strcmp(arch, "amd64"))
		return "bzImage";
	if (!strcmp(arch, "s390x"))
		return "s390";
	if (!strcmp(arch, "arm64"))
		return kernel->size > 1 && kernel->data[0] == 0x1f ? "Image.gz" : "Image";
	return "?";
}

static void check_digest(struct image *im, const json_t *about, const char *member,
			 const char *name)
{
	const struct bytes *b = image_file(im, name);
	char digest[DIGEST_SIZE];

	if (!b)
		return;
	sha256_hex(b->data, b->size, digest);
	if (strcmp(digest + 7, json_member(about, member)))
		find(im, "kernel.json", "%s is not the SHA-256 of %s", member, name);
}

static void check_about(struct image *im)
{
	const struct bytes *b = image_file(im, "kernel.json");
	const struct bytes *kernel = image_file(im, "kernel");
	const struct bytes *config = image_file(im, "config");
	const char *release, *told, *local;
	json_error_t error;
	json_t *about;

	if (!b) {
		find(im, im->arch, "has no kernel.json, which says what the image is");
		return;
	}
	about = json_parse(b, &error);
	if (!about) {
		find(im, "kernel.json", "is no JSON: %s", error.text);
		return;
	}
	told = json_member(about, "release");
	if (im->release[0] && strcmp(told, im->release))
		find(im, "kernel.json", "says release %s, the modules are of %s", told, im->release);
	release = kernel ? kernel_release(kernel) : NULL;
	if (release && strcmp(release, told))
		find(im, "kernel", "is release %s, kernel.json says %s", release, told);
	local = strchr(told, '-');
	if (config && local) {
		char *line = xasprintf("CONFIG_LOCALVERSION=\"%s\"", local);

		if (!config_has(config, line))
			find(im, "config", "has no %s, though kernel.json says release %s", line,
			     told);
		free(line);
	}
	check_digest(im, about, "kernel_sha256", "kernel");
	check_digest(im, about, "config_sha256", "config");
	json_decref(about);
}

static void check_contents(struct image *im)
{
	static const char *const wanted[] = { "kernel", "config", "System.map", "cmdline" };
	const struct bytes *kernel = image_file(im, "kernel");
	const struct bytes *config = image_file(im, "config");
	const char *wrong;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!image_file(im, wanted[i]))
			find(im, im->arch, "has no %s", wanted[i]);
	wrong = kernel ? kernel_wrong(kernel, format_of(im->arch, kernel)) : NULL;
	if (wrong)
		find(im, "kernel", "%s", wrong);
	check_kernel_tar(im, config);
	check_about(im);
}

/* ---- the layout ----------------------------------------------------------------- */

static json_t *load_json(struct image *im, const json_t *descriptor, const char *what)
{
	const char *digest = json_member(descriptor, "digest"), *why;
	struct bytes b;
	json_error_t error;
	json_t *json;

	if (!load_blob(im->dir, descriptor, &b, &why)) {
		find(im, *digest ? digest : what, "%s: %s", what, why);
		return NULL;
	}
	json = json_parse(&b, &error);
	if (!json)
		find(im, digest, "%s: %s", what, error.text);
	unmap(&b);
	return json;
}

static void check_layer(struct image *im, const json_t *descriptor, const char *diff_id)
{
	const char *digest = json_member(descriptor, "digest"), *why;
	char got[DIGEST_SIZE];
	struct bytes packed, *plain = &im->layer[im->n_layers];
	int fd;

	if (strcmp(json_member(descriptor, "mediaType"), MEDIA_LAYER))
		find(im, digest, "the layer's media type is '%s'; assemblers take %s",
		     json_member(descriptor, "mediaType"), MEDIA_LAYER);
	if (!load_blob(im->dir, descriptor, &packed, &why)) {
		find(im, *digest ? digest : "layer", "%s", why);
		return;
	}
	fd = gzip_unpack(&packed, MAX_LAYER, &why);
	unmap(&packed);
	if (fd < 0 || !map_fd(fd, plain)) {
		find(im, digest, "the layer %s", fd < 0 ? why : strerror(errno));
		return;
	}
	close(fd);
	im->n_layers++;
	sha256_hex(plain->data, plain->size, got);
	if (strcmp(got, diff_id))
		find(im, digest, "unpacks to %s, the config's diff_ids say '%s'", got, diff_id);
	check_layer_tar(im, digest, *plain);
}

static void check_config(struct image *im, const json_t *config, const json_t *descriptor,
			 const json_t *diff_ids, size_t n_layers)
{
	const json_t *platform = json_object_get(descriptor, "platform"), *entry;
	const json_t *history = json_object_get(config, "history");
	static const char *const same[] = { "os", "architecture", "variant" };
	size_t i, n_history = 0;

	for (i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (strcmp(json_member(config, same[i]), json_member(platform, same[i])))
			find(im, "config blob", "%s is '%s', the index says '%s'", same[i],
			     json_member(config, same[i]), json_member(platform, same[i]));
	if (json_array_size(diff_ids) != n_layers)
		find(im, "config blob", "%zu diff_ids for %zu layers", json_array_size(diff_ids),
		     n_layers);
	if (!history)
		return;
	json_array_foreach(history, i, entry)
		n_history += !json_is_true(json_object_get(entry, "empty_layer"));
	if (n_history != n_layers)
		find(im, "config blob", "history tells of %zu layers, there are %zu", n_history,
		     n_layers);
}

static void check_manifest(struct image *im, const json_t *descriptor)
{
	json_t *manifest = load_json(im, descriptor, "manifest");
	json_t *config = manifest ? load_json(im, json_object_get(manifest, "config"), "config") :
				    NULL;
	const json_t *layers = json_object_get(manifest, "layers"), *layer;
	const json_t *diff_ids = json_object_get(json_object_get(config, "rootfs"), "diff_ids");
	size_t i;

	im->arch = json_member(json_object_get(descriptor, "platform"), "architecture");
	im->modules = json_object();
	if (!manifest || !config)
		goto out;
	if (json_integer_value(json_object_get(manifest, "schemaVersion")) != 2 ||
	    strcmp(json_member(manifest, "mediaType"), MEDIA_MANIFEST))
		find(im, "manifest", "is not schema version 2 of %s", MEDIA_MANIFEST);
	if (!json_array_size(layers) || json_array_size(layers) > 32)
		find(im, "manifest", "has %zu layers; 1 to 32 can be", json_array_size(layers));
	else
		json_array_foreach(layers, i, layer) {
			const char *id = json_string_value(json_array_get(diff_ids, i));

			check_layer(im, layer, id ? id : "");
		}
	check_config(im, config, descriptor, diff_ids, json_array_size(layers));
	if (im->n_layers)
		check_contents(im);
out:
	for (i = 0; i < im->n_layers; i++)
		unmap(&im->layer[i]);
	free(im->file);
	json_decref(im->modules);
	json_decref(manifest);
	json_decref(config);
	*im = (struct image){ .dir = im->dir, .findings = im->findings };
}

/* A reference that no client expands further: HOST/PATH/NAME:TAG. */
static bool fully_expanded(const char *ref)
{
	const char *slash = strchr(ref, '/'), *tag = slash ? strrchr(slash, ':') : NULL;
	size_t host = slash ? (size_t)(slash - ref) : 0;

	return tag && tag[1] && strchr(slash + 1, '/') &&
	       (memchr(ref, '.', host) || memchr(ref, ':', host) || !strncmp(ref, "localhost/", 10));
}

static void check_index(struct image *im, const json_t *top)
{
	json_t *index = load_json(im, top, "index");
	const json_t *manifests = json_object_get(index, "manifests"), *m;
	size_t i, kernels = 0;

	if (!index)
		return;
	json_array_foreach(manifests, i, m) {
		const char *platform = platform_of(m), *why;
		struct bytes b;

		if (!strcmp(platform, "unknown/unknown")) {
			/* An attestation: whole, but no kernel. */
			if (!load_blob(im->dir, m, &b, &why))
				find(im, "attestation", "%s", why);
			unmap(&b);
			continue;
		}
		kernels++;
		if (strncmp(platform, "linux/", 6) || !platform[6])
			find(im, "index", "a manifest has the platform '%s'; without "
					  "linux/ARCHITECTURE assemblers panic", platform);
		else
			check_manifest(im, m);
	}
	if (!kernels)
		find(im, "index", "names no kernel image");
	json_decref(index);
}

static void check_top(struct image *im, const json_t *index_json)
{
	const json_t *manifests = json_object_get(index_json, "manifests");
	const json_t *top = json_array_get(manifests, 0);
	const json_t *notes = json_object_get(top, "annotations");
	const char *ref = json_member(notes, ANNOTATION_REF);

	if (json_array_size(manifests) != 1)
		find(im, "index.json", "has %zu descriptors; assemblers want one, of an index",
		     json_array_size(manifests));
	if (!top)
		return;
	if (!fully_expanded(ref))
		find(im, "index.json", "%s is '%s'; it must be HOST/PATH/NAME:TAG in full",
		     ANNOTATION_REF, ref);
	if (strcmp(ref, json_member(notes, ANNOTATION_NAME)))
		find(im, "index.json", "%s is '%s', not the same as %s", ANNOTATION_NAME,
		     json_member(notes, ANNOTATION_NAME), ANNOTATION_REF);
	if (strcmp(json_member(top, "mediaType"), MEDIA_INDEX))
		find(im, "index.json", "its descriptor is of '%s'; without an index the "
				       "architecture is never checked", json_member(top, "mediaType"));
	else
		check_index(im, top);
}

/* One of the layout's two fixed files. */
static json_t *load_file(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct bytes b = { 0 };
	json_error_t error;
	json_t *json = NULL;

	if (!map_file(path, &b))
		complain(path, "%s; is this an OCI layout?", strerror(errno));
	else if (!(json = json_parse(&b, &error)))
		complain(path, "%s", error.text);
	unmap(&b);
	free(path);
	return json;
}

size_t verify_layout(const char *dir, json_t *findings)
{
	struct image im = { .dir = dir, .findings = findings };
	json_t *version = load_file(dir, "oci-layout"), *index = load_file(dir, "index.json");
	size_t n = SIZE_MAX;

	if (version && index) {
		if (strcmp(json_member(version, "imageLayoutVersion"), "1.0.0"))
			find(&im, "oci-layout", "imageLayoutVersion is not 1.0.0");
		check_top(&im, index);
		n = json_array_size(findings);
	}
	json_decref(version);
	json_decref(index);
	return n;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	json_t *findings = json_array(), *finding, *answer;
	bool json = false;
	size_t n, i;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'j': json = true; break;
		case 'h': fputs(usage, stdout); json_decref(findings); return HELD;
		default: fputs(usage, stderr); json_decref(findings); return CANNOT_RUN;
		}
	}
	if (optind + 1 != argc) {
		fputs(usage, stderr);
		json_decref(findings);
		return CANNOT_RUN;
	}
	n = verify_layout(argv[optind], findings);
	if (json && n != SIZE_MAX) {
		char *text;

		answer = json_pack("{s:s, s:O}", "layout", argv[optind], "findings", findings);
		text = json_text(answer);
		puts(text);
		free(text);
		json_decref(answer);
	}
	json_array_foreach(findings, i, finding)
		fprintf(stderr, "kimage: %s\n", json_string_value(finding));
	if (!n && !json)
		printf("%s keeps the image contract\n", argv[optind]);
	json_decref(findings);
	return n == SIZE_MAX ? CANNOT_RUN : n ? FINDING : HELD;
}
