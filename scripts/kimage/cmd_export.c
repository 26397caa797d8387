// SPDX-License-Identifier: GPL-2.0-only
/* kimage export: a kernel in the shape that another program takes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shapes.h"

static const struct command command = {
	.synopsis = "kimage export LAYOUT --for SHAPE --to PLACE [options]\n"
		    "       kimage export --shapes",
	.about =
		"Writes the kernel of an image in the shape that another program takes. PLACE is a\n"
		"directory; a tar if its name ends in .tar; or, with --ref, an OCI layout of one image.\n"
		"Digests are checked on the way. 'kimage export --shapes' lists the shapes.\n",
	.status = "0 written, 1 the image does not fit the shape, 2 could not run",
	.most = 1,
};

#define MEDIA_APPLE "application/vnd.apple.containerization.kernel"
#define MEDIA_ARTIFACT "application/vnd.keelson.kernel.v1"
#define NOTE_TITLE NOTE_OCI "title"
#define NOTE_EDERA "dev.edera.kernel."

struct export
{
	struct take take; /* the image */
	const struct shape *shape;
	const char *to, *ref;
	struct stage stage;
	char *root, *parts; /* the shape as files, and the files of the image */
	/* What the image is. */
	json_t *about, *notes;
	const struct platform *platform;
	const char *release, *format;
	long long created;
	size_t modules; /* files below lib/modules */
};

/* ---- what the image is ----------------------------------------------------------------- */

static long long seconds_of(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	return end && !*end ? (long long)timegm(&tm) : 0;
}

/* A release becomes a part of paths. */
static bool release_right(const char *release)
{
	return *release && *release != '.' && strlen(release) < MAX_NAME / 2 &&
	       !release[strspn(release, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789._+~-")];
}

static int wrong_shape(const struct export *x, const char *code, const char *what, const char *got)
{
	complain(x->take.layout, 0, "%s cannot take this kernel [%s]: %s '%s'", x->shape->name,
		 code, what, got);
	return FINDING;
}

static int read_about(struct export *x)
{
	struct buffer text = { .most = MAX_JSON };
	struct want want = { .name = "kernel.json", .keep = &text };
	struct bytes bytes;
	char *why = NULL, *platform;
	int status;

	x->take.want = &want;
	x->take.n = 1;
	x->take.budget = MAX_UNPACKED;
	status = take_image(&x->take);
	if (status == DONE) {
		bytes = buffer_bytes(&text);
		x->about = json_parse(&bytes, &why);
		platform = platform_of(x->take.layout, x->take.manifest);
		x->platform = platform_find(platform);
		x->notes = x->take.notes ? json_deep_copy(x->take.notes) : json_object();
		free(platform);
	}
	if (status == DONE && !x->about) {
		complain(x->take.layout, 0, "kernel.json: %s [json]", why);
		status = FINDING;
	}
	x->release = json_member(x->about, "release");
	x->created = seconds_of(json_member(x->notes, NOTE_OCI "created"));
	free(why);
	buffer_free(&text);
	x->take.want = NULL;
	return status;
}

static int check_platform(const struct export *x)
{
	if (!x->platform)
		return wrong_shape(x, "platform", "expected one of" PLATFORM_NAMES ", got", "");
	if (!release_right(x->release))
		return wrong_shape(x, "release", "kernel.json has the release", x->release);
	if (!shape_takes_platform(x->shape, x->platform->name))
		return wrong_shape(x, "platform", x->shape->platforms, x->platform->name);
	return DONE;
}

/* The format of the kernel file and the options that the consumer needs. */
static int check_kernel(struct export *x)
{
	char *path = mem_printf("%s/kernel", x->parts);
	struct kernel *k = kernel_open();
	struct bytes b;
	const char *wrong = map_file(path, MAX_FILE, &b), *lacks;
	char *line;
	int status = DONE;

	if (!wrong) {
		feed_bytes(&b, kernel_feed, k);
		kernel_end(k);
		x->format = kernel_format(k, x->platform);
		wrong = kernel_wrong(k, x->platform, x->format);
	}
	unmap(&b);
	free(path);
	kernel_free(k);
	if (wrong) {
		complain("kernel", 0, "%s [kernel]", wrong);
		return FINDING;
	}
	if (!shape_takes_format(x->shape, x->format))
		return wrong_shape(x, "kernel-format",
				   "the kernel file has a format other than it needs; see "
				   "'kimage export --shapes' and the boards; it is",
				   x->format);
	path = mem_printf("%s/config", x->parts);
	wrong = map_file(path, MAX_FILE, &b);
	lacks = wrong ? NULL : shape_lacks(x->shape, &b);
	line = lacks ? mem_printf("CONFIG_%s=y", lacks) : NULL;
	if (wrong)
		status = wrong_shape(x, "kernel-config", "the config cannot be read:", wrong);
	else if (line)
		status = wrong_shape(x, "kernel-config", "the config lacks", line);
	free(line);
	unmap(&b);
	free(path);
	return status;
}

/* ---- the files of the shape --------------------------------------------------------------- */

enum { MAX_DTBS = 64 };

static void add_want(const struct export *x, struct want *want, size_t *n, const char *name)
{
	want[*n] = (struct want){ .name = name };
	want[*n].path = want[*n].tmp = mem_printf("%s/%s", x->parts, name);
	++*n;
}

static int take_parts(struct export *x)
{
	static const char *const names[] = { "kernel",	"config",      "System.map",
					     "cmdline", "kernel.json", "kernel.tar" };
	struct want want[ARRAY_SIZE(names) + MAX_DTBS];
	json_t *trees = json_object_get(x->about, "device_trees"), *hash;
	const char *dtb;
	size_t n = 0;
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_want(x, want, &n, names[i]);
	json_object_foreach(trees, dtb, hash)
		if (x->shape->device_trees && is_dtb(dtb) && n < ARRAY_SIZE(want))
			add_want(x, want, &n, dtb);
	take_free(&x->take);
	x->take.want = want;
	x->take.n = n;
	x->take.budget = MAX_UNPACKED;
	status = take_image(&x->take);
	while (n)
		free(want[--n].path);
	x->take.want = NULL;
	return status;
}

static int output_wrong(const char *path, const char *wrong)
{
	if (wrong)
		complain(path, 0, "%s [output]", wrong);
	return wrong ? CANNOT_RUN : DONE;
}

/* Put a file of the image at its place. */
static int place(const struct export *x, const char *from, const char *to)
{
	char *source = mem_printf("%s/%s", x->parts, from);
	char *name = shape_place(to, x->release, x->format);
	char *target = mem_printf("%s/%s", x->root, name);
	const char *wrong = make_parents(target);
	int status;

	if (!wrong)
		wrong = rename_file(source, target);
	status = output_wrong(target, wrong);
	free(source);
	free(name);
	free(target);
	return status;
}

static int place_modules(struct export *x, const char *prefix)
{
	char *tar = mem_printf("%s/kernel.tar", x->parts),
	     *to = mem_printf("%s/%s", x->root, prefix);
	const char *wrong = make_parents(to);
	int status = DONE;

	if (!wrong)
		wrong = unpack_modules(tar, to, &x->modules);
	if (wrong) {
		complain("kernel.tar", 0, "%s [kernel-tar]", wrong);
		status = FINDING;
	}
	free(tar);
	free(to);
	return status;
}

static int place_files(struct export *x)
{
	json_t *trees = json_object_get(x->about, "device_trees"), *hash;
	const char *dtb;
	int status = DONE;

	if (x->shape->modules)
		status = place_modules(x, x->shape->modules);
	for (size_t i = 0; status == DONE && i < SHAPE_FILES && x->shape->file[i].from; i++)
		status = place(x, x->shape->file[i].from, x->shape->file[i].to);
	json_object_foreach(trees, dtb, hash)
		if (status == DONE && x->shape->device_trees && is_dtb(dtb))
			status = place(x, dtb, dtb);
	return status;
}

/* ---- Edera ---------------------------------------------------------------------------------- */

extern char **environ;

/* Run ARGV with no output; NULL, or why not. */
static const char *run(char *const *argv)
{
	posix_spawn_file_actions_t actions;
	int status = 0, error;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		return "cannot be started; Debian's package squashfs-tools has it";
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? NULL : "failed";
}

/* The modules as a file system whose directory `modules` is that of the release. */
static int edera_addons(struct export *x)
{
	char *from = mem_printf("%s/lib/modules/%s", x->root, x->release);
	char *addons = mem_printf("%s/addons/modules", x->parts);
	char *dir = mem_printf("%s/addons", x->parts);
	char *to = mem_printf("%s/kernel/addons.squashfs", x->root);
	char *lib = mem_printf("%s/lib", x->root), *time = mem_printf("%lld", x->created);
	char squash[] = "mksquashfs", options[][16] = { "-noappend", "-no-progress", "-quiet",
							"-all-root", "-no-xattrs",   "-processors",
							"1",	     "-mkfs-time",   "-all-time" };
	char *argv[] = { squash,     dir,	 to,	     options[0], options[1],
			 options[2], options[3], options[4], options[5], options[6],
			 options[7], time,	 options[8], time,	 NULL };
	const char *wrong = make_parents(addons);
	int status;

	unsetenv("SOURCE_DATE_EPOCH"); /* it and -mkfs-time exclude each other */
	if (!wrong)
		wrong = rename_file(from, addons);
	status = output_wrong(from, wrong);
	if (status == DONE)
		status = output_wrong("mksquashfs", run(argv));
	remove_tree(lib);
	free(from);
	free(addons);
	free(dir);
	free(to);
	free(lib);
	free(time);
	return status;
}

static const char *edera_config(const struct export *x)
{
	char *from = mem_printf("%s/config", x->parts);
	char *to = mem_printf("%s/kernel/config.gz", x->root), plain[DIGEST_SIZE],
	     packed[DIGEST_SIZE];
	FILE *out = fopen(to, "we");
	const char *wrong = out ? NULL : strerror(errno), *closed;
	struct gzip *z = out ? gzip_open(out, 1, 6) : NULL;
	struct bytes b = { 0 };
	uint64_t size;

	if (z) {
		wrong = map_file(from, MAX_FILE, &b);
		feed_bytes(&b, gzip_write, z);
		closed = gzip_close(z, plain, packed, &size);
		wrong = wrong ? wrong : closed;
		if (fclose(out) && !wrong)
			wrong = strerror(errno);
	}
	unmap(&b);
	free(from);
	free(to);
	return wrong;
}

static const char *edera_flavour(const struct export *x)
{
	const char *flavour = json_member(x->about, "flavour");

	return *flavour ? flavour : json_member(x->about, "board");
}

static int edera(struct export *x)
{
	const char *arch = strcmp(x->platform->oci, "arm64") ? "x86_64" : "aarch64";
	char *path = mem_printf("%s/kernel/metadata", x->root);
	char *text = mem_printf("KERNEL_ARCH=%s\nKERNEL_VERSION=%s\nKERNEL_UNAME_R=%s\n"
				"KERNEL_FLAVOR=%s\nKERNEL_CONFIG=sha256:%s\n",
				arch, json_member(x->about, "version"), x->release,
				edera_flavour(x), json_member(x->about, "config_sha256"));
	int status = output_wrong(path, write_file(path, text, strlen(text)));

	if (status == DONE)
		status = output_wrong("kernel/config.gz", edera_config(x));
	if (status == DONE)
		status = place_modules(x, "");
	if (status == DONE)
		status = edera_addons(x);
	json_object_set_new(x->notes, NOTE_EDERA "format", json_string("1"));
	json_object_set_new(x->notes, NOTE_EDERA "version",
			    json_string(json_member(x->about, "version")));
	json_object_set_new(x->notes, NOTE_EDERA "flavor", json_string(edera_flavour(x)));
	free(path);
	free(text);
	return status;
}

/* ---- layers that are files ---------------------------------------------------------------
 */

/* A file below ROOT as a blob: its descriptor, or NULL. */
static json_t *file_blob(const struct export *x, const char *name, const char *type)
{
	char *path = mem_printf("%s/%s", x->root, name), digest[DIGEST_SIZE], *blob = NULL;
	json_t *descriptor = NULL;
	struct bytes b;
	const char *wrong = map_file(path, MAX_LAYER, &b);

	if (!wrong) {
		sha_of_bytes(&b, digest);
		descriptor = json_pack("{s:s, s:s, s:I}", "mediaType", type, "digest", digest,
				       "size", (json_int_t)b.size);
		blob = blob_path(x->stage.tmp, digest);
		wrong = rename_file(path, blob);
	}
	if (output_wrong(path, wrong)) {
		json_decref(descriptor);
		descriptor = NULL;
	}
	unmap(&b);
	free(path);
	free(blob);
	return descriptor;
}

static bool put_apple(const struct export *x, char digest[DIGEST_SIZE], uint64_t *size)
{
	struct parts parts = { .dir = x->stage.tmp,
			       .ref = x->ref,
			       .by = "kimage export",
			       .platform = x->platform,
			       .created = x->created };
	json_t *layer = file_blob(x, "kernel", MEDIA_APPLE);

	if (!layer)
		return false;
	*size += blob_size(layer);
	parts.diff_ids = json_pack("[s]", json_member(layer, "digest"));
	parts.layers = json_pack("[o]", layer);
	parts.notes = json_incref(x->notes);
	return put_image(&parts, digest, size);
}

/* A client of registries names the parts of a local layout by tags, not by full names. */
static const char *tag_of(const char *ref)
{
	return strrchr(ref, ':') + 1;
}

static json_t *artifact_layers(const struct export *x, uint64_t *size)
{
	json_t *layers = json_array();

	for (size_t i = 0; i < SHAPE_FILES && x->shape->file[i].from; i++) {
		char *title = shape_place(x->shape->file[i].to, x->release, x->format);
		json_t *layer = file_blob(
			x, title, i ? "application/octet-stream" : MEDIA_ARTIFACT ".binary");

		if (!layer) {
			json_decref(layers);
			layers = NULL;
		} else {
			*size += blob_size(layer);
			json_object_set_new(layer, "annotations",
					    json_pack("{s:s}", NOTE_TITLE, title));
			json_array_append_new(layers, layer);
		}
		free(title);
		if (!layers)
			break;
	}
	return layers;
}

static bool put_artifact(const struct export *x, char digest[DIGEST_SIZE], uint64_t *size)
{
	json_t *layers = artifact_layers(x, size), *config, *manifest;

	if (!layers)
		return false;
	config = put_json(x->stage.tmp, json_object(), MEDIA_EMPTY);
	manifest = put_json(x->stage.tmp,
			    json_pack("{s:i, s:s, s:s, s:o, s:o, s:O}", "schemaVersion", 2,
				      "mediaType", MEDIA_MANIFEST, "artifactType", MEDIA_ARTIFACT,
				      "config", config, "layers", layers, "annotations", x->notes),
			    MEDIA_MANIFEST);
	if (!manifest)
		return false;
	*size += blob_size(manifest);
	strcpy(digest, json_member(manifest, "digest"));
	json_object_set_new(manifest, "artifactType", json_string(MEDIA_ARTIFACT));
	json_object_set_new(manifest, "annotations", json_pack("{s:s}", NOTE_REF, tag_of(x->ref)));
	return put_top(x->stage.tmp, manifest);
}

/* ---- the result ----------------------------------------------------------------------------- */

static bool is_tar(const struct export *x)
{
	size_t len = strlen(x->to);

	return !x->ref && len > 4 && !strcmp(x->to + len - 4, ".tar");
}

static bool write_out(void *out, const void *data, size_t size)
{
	return !size || fwrite(data, 1, size, out) == size;
}

static int finish_tar(struct export *x)
{
	char *path = mem_printf("%s/tar", x->stage.tmp);
	FILE *out = fopen(path, "we");
	struct tree t = { 0 };
	bool ok = out && tree_scan(&t, x->root) && tree_write(&t, x->created, write_out, out, NULL);
	const char *wrong = NULL;

	if (!out || (fclose(out) && ok))
		wrong = strerror(errno);
	if (ok && !wrong)
		wrong = rename_file(path, x->to);
	tree_free(&t);
	free(path);
	return output_wrong(x->to, wrong ? wrong : ok ? NULL : "cannot be written");
}

static int finish_layout(struct export *x)
{
	struct wrap job = { .root = x->root,
			    .dir = x->stage.tmp,
			    .ref = x->ref,
			    .by = "kimage export",
			    .platform = x->platform,
			    .created = x->created,
			    .threads = 1,
			    .notes = x->notes };
	char digest[DIGEST_SIZE];
	uint64_t size = 0;
	bool ok = start_blobs(x->stage.tmp);

	if (ok && x->shape->kind == SHAPE_APPLE)
		ok = put_apple(x, digest, &size);
	else if (ok && x->shape->kind == SHAPE_ARTIFACT)
		ok = put_artifact(x, digest, &size);
	else if (ok)
		ok = wrap_tree(&job, digest, &size);
	remove_tree(x->root);
	if (!ok || !sync_layout(x->stage.tmp) || !stage_publish(&x->stage))
		return CANNOT_RUN;
	printf("%s digest %s size %llu (%s)\n", x->to, digest, (unsigned long long)size,
	       x->shape->name);
	return DONE;
}

static int finish(struct export *x)
{
	int status;

	remove_tree(x->parts);
	if (x->ref)
		return finish_layout(x);
	status = is_tar(x) ? finish_tar(x) : stage_publish(&x->stage) ? DONE : CANNOT_RUN;
	if (status == DONE)
		printf("%s: %s of %s\n", x->to, x->shape->name, x->release);
	return status;
}

static int build(struct export *x)
{
	int status = take_parts(x);

	if (status == DONE)
		status = check_kernel(x);
	if (status == DONE)
		status = place_files(x);
	if (status == DONE && x->shape->kind == SHAPE_EDERA)
		status = edera(x);
	return status == DONE ? finish(x) : status;
}

/* A tar is a file, so it is made in a directory beside it. */
static int staged(struct export *x)
{
	char *beside = mem_printf("%s.parts", x->to);
	int status = CANNOT_RUN;
	bool whole = !x->ref && !is_tar(x); /* the directory is the result */

	if (stage_open(&x->stage, is_tar(x) ? beside : x->to)) {
		x->root = mem_printf("%s%s", x->stage.tmp, whole ? "" : "/root");
		x->parts = mem_printf("%s/.parts", x->stage.tmp);
		if ((whole || !mkdir(x->root, 0755)) && !mkdir(x->parts, 0755))
			status = build(x);
		else
			status = output_wrong(x->root, strerror(errno));
		stage_close(&x->stage);
	}
	free(x->root);
	free(x->parts);
	free(beside);
	return status;
}

static int export_image(struct export *x)
{
	int status = read_about(x);

	if (status == DONE)
		status = check_platform(x);
	if (status == DONE)
		status = staged(x);
	json_decref(x->about);
	json_decref(x->notes);
	take_free(&x->take);
	return status;
}

static bool complete(struct export *x, const char *shape)
{
	const char *missing = !shape ? "--for" : !x->to ? "--to" : NULL;

	if (missing) {
		complain("export", 0, "%s is missing [option]", missing);
		return false;
	}
	x->shape = shape_find(shape);
	if (!x->shape)
		complain(shape, 0, "is not a known shape [shape]; run kimage export --shapes");
	else if (x->ref && ref_wrong(x->ref))
		complain(x->ref, 0, "%s [ref-name]", ref_wrong(x->ref));
	else if (!x->ref && (x->shape->kind == SHAPE_APPLE || x->shape->kind == SHAPE_ARTIFACT))
		complain(shape, 0, "is an OCI layout [option]: expected --ref NAME");
	else if (x->shape->tar && !is_tar(x))
		complain(x->to, 0, "%s is a tar [option]: expected a name that ends in .tar",
			 shape);
	else
		return true;
	return false;
}

int cmd_export(int argc, char **argv)
{
	struct export x = { 0 };
	const char *shape = NULL;
	bool shapes = false;
	const struct opt opts[] = {
		OPT_TEXT("for", "SHAPE", &shape, "who takes it; --shapes lists them"),
		OPT_TEXT("to", "PLACE", &x.to, "a directory, a tar, or with --ref a layout"),
		OPT_TEXT("ref", "NAME", &x.ref, "write an OCI layout, of an image with this name"),
		OPT_TEXT("name", "NAME", &x.take.name, "the image, if the layout has several"),
		OPT_TEXT("platform", "PLATFORM", &x.take.platform, "of the platforms, this one"),
		OPT_FLAG("shapes", &shapes, "list the shapes"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (shapes == (argc == 1))
		return options_wrong(&command, opts);
	if (shapes) {
		shapes_list(stdout);
		return DONE;
	}
	if (!complete(&x, shape))
		return CANNOT_RUN;
	x.take.layout = *argv;
	umask(022);
	signal(SIGXFSZ, SIG_IGN);
	return export_image(&x);
}
