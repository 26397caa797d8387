// SPDX-License-Identifier: GPL-2.0-only
/* kimage extract: the files an assembler would take, digests checked on the way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage extract LAYOUT --to DIR [--name NAME] [--platform PLATFORM] [FILE...]",
	.about =
		"Flattens an image and writes the named files (default: kernel kernel.tar cmdline) to\n"
		"DIR, all of them or none. Sizes and digests are checked; 'kimage verify' checks the\n"
		"contract.\n",
	.status = "0 written, 1 the layout differs from its index, 2 could not run",
	.least = 1,
	.most = ANY,
};

struct want {
	const char *name;
	char *path, *tmp; /* where it goes, and until it is whole */
	enum { ABSENT, TAKEN, NO_FILE } state;
	size_t layer; /* which has it, from 1 */
};

struct extract {
	const char *layout, *name, *platform, *to;
	struct want *want;
	size_t n;
	/* What the layer's stream is writing to. */
	size_t layer;
	uint64_t budget; /* bytes that layers may unpack to yet */
	struct want *now;
	FILE *out;
	const char *wrong; /* with NOW's path */
	const char *odd; /* of the layer */
};

/* WHY ends with a code, and is freed. */
static int complain_json(const char *where, const char *what, char *why)
{
	complain(where, 0, "the %s %s", what, why);
	free(why);
	return FINDING;
}

/* ---- choosing ------------------------------------------------------------------------ */

/* linux/arm64 is linux/arm64/v8, and linux/arm any variant of it. */
static bool fits(const struct extract *x, const json_t *descriptor)
{
	const struct platform *p = x->platform ? platform_find(x->platform) : NULL;
	const char *wanted = p ? p->name : x->platform;
	size_t len = wanted ? strlen(wanted) : 0;
	char *name;
	bool fit;

	if (is_attestation(descriptor))
		return false;
	if (!wanted)
		return true;
	name = platform_of(x->layout, descriptor);
	fit = !strncmp(name, wanted, len) && (!name[len] || name[len] == '/');
	free(name);
	return fit;
}

/* The descriptor of the manifest that is wanted, of those of an index. */
static const json_t *choose(const struct extract *x, const json_t *index)
{
	const json_t *m, *chosen = NULL;
	size_t i, n = 0;

	json_array_foreach(json_object_get(index, "manifests"), i, m) {
		if (i == MAX_LAYERS)
			break;
		if (!fits(x, m) || is_artifact(x->layout, m))
			continue;
		chosen = m;
		n++;
	}
	if (n == 1 && is_index(chosen))
		complain(x->layout, 0,
			 "the index has another index in it [nested-index]; take that one "
			 "out of it");
	else if (n == 1)
		return chosen;
	else if (n)
		complain(x->layout, 0,
			 "the image has several platforms [platform]; choose one with "
			 "--platform");
	else
		complain(x->layout, 0,
			 "the image does not have the platform %s [platform]; 'skopeo "
			 "inspect --raw' lists them",
			 x->platform ? x->platform : "of any kernel");
	return NULL;
}

/* ---- taking -------------------------------------------------------------------------- */

static void close_out(struct extract *x)
{
	if (x->out && fclose(x->out) && !x->wrong)
		x->wrong = strerror(errno);
	x->out = NULL;
}

static const char *without_dot(const char *name)
{
	return !strncmp(name, "./", 2) ? name + 2 : name;
}

/* A whiteout hides what lower layers have, not what its own has before or after it. */
static void hide(const struct extract *x, struct want *w, const char *name)
{
	if (!strncmp(name, ".wh.", 4) && w->layer != x->layer &&
	    (!strcmp(name + 4, w->name) || !strcmp(name, ".wh..wh..opq")))
		w->state = ABSENT;
}

static void start(struct extract *x, struct want *w, const struct tar_entry *e)
{
	if (w->layer == x->layer)
		x->odd = "a file stands twice";
	x->now = w;
	w->layer = x->layer;
	w->state = e->type == '0' ? TAKEN : NO_FILE;
	if (e->type == '0' && !(x->out = fopen(w->tmp, "we")))
		x->wrong = strerror(errno);
}

static void entry(void *ctx, struct tar_entry *e)
{
	struct extract *x = ctx;
	const char *name = without_dot(e->name), *raw = without_dot(e->raw);

	close_out(x);
	if (x->wrong)
		return;
	for (size_t i = 0; i < x->n; i++) {
		hide(x, &x->want[i], name);
		if (strcmp(name, raw) && !strcmp(raw, x->want[i].name))
			x->odd = "the header of a file has another name";
		if (!strcmp(name, x->want[i].name))
			start(x, &x->want[i], e);
	}
}

/* Which file an assembler takes depends on its reader. */
static void odd_header(void *ctx, const struct tar_entry *e, const char *odd)
{
	struct extract *x = ctx;

	(void)e;
	if (odd)
		x->odd = odd;
}

static void data(void *ctx, const void *bytes, size_t size)
{
	struct extract *x = ctx;

	if (x->out && !x->wrong && fwrite(bytes, 1, size, x->out) != size)
		x->wrong = strerror(errno);
}

static void end(void *ctx)
{
	close_out(ctx);
}

/* The fault of a layer, or NULL; *CODE is the matching code. */
static const char *read_layer(struct extract *x, const json_t *descriptor, const char *diff_id,
			      const char **code)
{
	struct tar t = {
		.ctx = x, .on_header = odd_header, .on_entry = entry, .on_data = data, .on_end = end
	};
	char got[DIGEST_SIZE];
	struct bytes b;
	const char *wrong = load_blob(x->layout, descriptor, MAX_LAYER, &b), *tar_wrong;

	*code = blob_code(descriptor);
	if (wrong)
		return wrong;
	*code = is_zstd(&b) ? "zstd-layer" : "layer";
	wrong = layer_read(&b, &t, got, &x->budget);
	tar_wrong = tar_finish(&t);
	close_out(x);
	unmap(&b);
	if (wrong)
		return wrong;
	*code = tar_wrong ? "layer-tar" : x->odd ? "layer-header" : "diff-id";
	if (tar_wrong || x->odd)
		return tar_wrong ? tar_wrong : x->odd;
	return strcmp(got, diff_id) ? "unpacks to something else than the image's config says" :
				      NULL;
}

static int take_layer(struct extract *x, const json_t *descriptor, const char *diff_id)
{
	const char *code, *wrong;

	x->layer++;
	wrong = read_layer(x, descriptor, diff_id, &code);
	if (x->wrong)
		complain(x->now->path, 0, "%s [output]", x->wrong);
	else if (wrong && x->odd == wrong)
		complain(x->layout, 0,
			 "not all readers take the same files from the layer [%s]: %s", code,
			 wrong);
	else if (wrong)
		complain(x->layout, 0, "the layer %s [%s]", wrong, code);
	return x->wrong ? CANNOT_RUN : wrong ? FINDING : DONE;
}

static int missing(const struct extract *x)
{
	int status = DONE;

	for (size_t i = 0; i < x->n; i++) {
		if (x->want[i].state == TAKEN)
			continue;
		if (x->want[i].state == ABSENT)
			complain(x->layout, 0, "the image has no file '%s' [no-file]",
				 x->want[i].name);
		else
			complain(x->layout, 0,
				 "the image has no regular file '%s' [file-type]; assemblers would "
				 "write nothing",
				 x->want[i].name);
		status = FINDING;
	}
	return status;
}

static int take_layers(struct extract *x, const json_t *manifest)
{
	const json_t *layers = json_object_get(manifest, "layers"), *layer, *diff_ids;
	json_t *config;
	int status = DONE;
	char *why;
	size_t i;

	if (is_two_faced(manifest) || !json_array_size(layers) ||
	    json_array_size(layers) > MAX_LAYERS) {
		complain(x->layout, 0,
			 "the manifest has %zu layers [manifest]: expected 1 to %d, and no "
			 "members of an index",
			 json_array_size(layers), MAX_LAYERS);
		return FINDING;
	}
	config = load_json(x->layout, json_object_get(manifest, "config"), &why);
	if (!config)
		return complain_json(x->layout, "image config", why);
	diff_ids = json_object_get(json_object_get(config, "rootfs"), "diff_ids");
	json_array_foreach(layers, i, layer) {
		const char *id = json_string_value(json_array_get(diff_ids, i));

		if (status == DONE)
			status = take_layer(x, layer, id ? id : "");
	}
	json_decref(config);
	return status == DONE ? missing(x) : status;
}

static int take_manifest(struct extract *x, const json_t *descriptor)
{
	char *why;
	json_t *manifest = load_json(x->layout, descriptor, &why);
	int status =
		manifest ? take_layers(x, manifest) : complain_json(x->layout, "manifest", why);

	json_decref(manifest);
	return status;
}

static int take_index(struct extract *x, const json_t *descriptor)
{
	const json_t *chosen;
	char *why;
	json_t *index = load_json(x->layout, descriptor, &why);
	int status = FINDING;

	if (!index)
		return complain_json(x->layout, "index", why);
	if (is_two_faced(index))
		complain(x->layout, 0, "the index has the members of a manifest [manifest]");
	else if ((chosen = choose(x, index)))
		status = take_manifest(x, chosen);
	json_decref(index);
	return status;
}

/* A manifest without an index, as 'skopeo copy' writes it without --all. */
static int take_bare(struct extract *x, const json_t *descriptor)
{
	if (fits(x, descriptor))
		return take_manifest(x, descriptor);
	complain(x->layout, 0, "the image does not have the platform %s [platform]", x->platform);
	return FINDING;
}

static int take(struct extract *x)
{
	int status;
	json_t *top = load_top(x->layout, &status);
	json_t *image = top ? layout_image(x->layout, top, x->name) : NULL;

	if (top)
		status = !image		 ? FINDING :
			 is_index(image) ? take_index(x, image) :
					   take_bare(x, image);
	json_decref(image);
	json_decref(top);
	return status;
}

/* ---- the command ---------------------------------------------------------------------- */

static int extract(struct extract *x)
{
	int status = CANNOT_RUN;

	if (mkdir(x->to, 0777) && errno != EEXIST) {
		complain(x->to, 0, "%s [output]", strerror(errno));
		return status;
	}
	for (size_t i = 0; i < x->n; i++) {
		x->want[i].path = mem_printf("%s/%s", x->to, x->want[i].name);
		x->want[i].tmp = mem_printf("%s.tmp", x->want[i].path);
	}
	status = take(x);
	for (size_t i = 0; i < x->n; i++) {
		if (status == DONE && rename(x->want[i].tmp, x->want[i].path)) {
			complain(x->want[i].path, 0, "%s [output]", strerror(errno));
			status = CANNOT_RUN;
		}
		if (status != DONE)
			unlink(x->want[i].tmp);
		free(x->want[i].path);
		free(x->want[i].tmp);
	}
	return status;
}

static const char *name_wrong(const struct extract *x, const char *name)
{
	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return "is not a name of a file in an image";
	for (size_t i = 0; i < x->n; i++)
		if (!strcmp(x->want[i].name, name))
			return "is given twice";
	return NULL;
}

static int extract_names(struct extract *x, const char *const *names, size_t n)
{
	const char *wrong = NULL;
	int status = CANNOT_RUN;

	x->want = mem_zalloc(n * sizeof(*x->want));
	while (!wrong && x->n < n) {
		wrong = name_wrong(x, names[x->n]);
		if (wrong)
			complain(names[x->n], 0, "%s [file-name]", wrong);
		x->want[x->n].name = names[x->n];
		x->n++;
	}
	if (!wrong)
		status = extract(x);
	free(x->want);
	return status;
}

int cmd_extract(int argc, char **argv)
{
	static const char *const defaults[] = { "kernel", "kernel.tar", "cmdline" };
	struct extract x = { .budget = MAX_UNPACKED };
	const struct opt opts[] = {
		OPT_NEED("to", "DIR", &x.to, "where to write them"),
		OPT_TEXT("name", "NAME", &x.name, "the image, if the layout has several"),
		OPT_TEXT("platform", "PLATFORM", &x.platform,
			 "linux/amd64, linux/s390x, ...: if the image has several"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	x.layout = *argv++;
	if (argc == 1)
		return extract_names(&x, defaults, ARRAY_SIZE(defaults));
	return extract_names(&x, (const char *const *)argv, (size_t)(argc - 1));
}
