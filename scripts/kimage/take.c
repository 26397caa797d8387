// SPDX-License-Identifier: GPL-2.0-only
/* The files of an image, flattened as an assembler does it; digests are checked on the way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kimage.h"

/* WHY ends with a code, and is freed. */
static int complain_json(const char *where, const char *what, char *why)
{
	complain(where, 0, "the %s %s", what, why);
	free(why);
	return FINDING;
}

/* ---- choosing ------------------------------------------------------------------------ */

/* linux/arm64 is linux/arm64/v8, and linux/arm any variant of it. */
static bool fits(const struct take *x, const json_t *descriptor)
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

/* Descriptors of the manifests of an index that fit. */
static json_t *candidates(const struct take *x, const json_t *index)
{
	json_t *fitting = json_array(), *m;
	size_t i;

	json_array_foreach(json_object_get(index, "manifests"), i, m)
		if (i < MAX_LAYERS && fits(x, m) && !is_artifact(x->layout, m))
			json_array_append(fitting, m);
	return fitting;
}

static json_t *of_index(const struct take *x, const json_t *descriptor)
{
	char *why;
	json_t *index = load_json(x->layout, descriptor, &why), *fitting = NULL;

	if (!index)
		complain_json(x->layout, "index", why);
	else if (is_two_faced(index))
		complain(x->layout, 0, "the index has the members of a manifest [manifest]");
	else
		fitting = candidates(x, index);
	json_decref(index);
	return fitting;
}

json_t *take_manifests(struct take *x, int *status)
{
	json_t *top = load_top(x->layout, status), *manifests = NULL;
	json_t *image = top ? layout_image(x->layout, top, x->name) : NULL;

	if (top)
		*status = FINDING;
	if (image && is_index(image)) {
		manifests = of_index(x, image);
	} else if (image) {
		/* A manifest without an index, as 'skopeo copy' writes it without --all. */
		manifests = json_array();
		if (fits(x, image))
			json_array_append(manifests, image);
	}
	x->image = image;
	json_decref(top);
	return manifests;
}

/* The descriptor of the one manifest that is wanted, as a new reference, or NULL. */
static json_t *choose(struct take *x, int *status)
{
	json_t *manifests = take_manifests(x, status), *chosen = NULL;
	size_t n = json_array_size(manifests);

	if (n == 1 && is_index(json_array_get(manifests, 0)) && is_index(x->image))
		complain(x->layout, 0,
			 "the index has another index in it [nested-index]; take that one "
			 "out of it");
	else if (n == 1)
		chosen = json_incref(json_array_get(manifests, 0));
	else if (n)
		complain(x->layout, 0,
			 "the image has several platforms [platform]; choose one with "
			 "--platform");
	else if (manifests)
		complain(x->layout, 0,
			 "the image does not have the platform %s [platform]; 'skopeo "
			 "inspect --raw' lists them",
			 x->platform ? x->platform : "of any kernel");
	json_decref(manifests);
	return chosen;
}

/* ---- taking -------------------------------------------------------------------------- */

static void close_out(struct take *x)
{
	if (x->out && fclose(x->out) && !x->wrong)
		x->wrong = strerror(errno);
	x->out = NULL;
}

/* ---- listing ------------------------------------------------------------------------- */

enum { MAX_LISTED = 25000, MAX_LISTED_NAMES = 6 << 20, MAX_WHITEOUTS = 1000 };

static void unlist(struct take *x, size_t i)
{
	json_object_del(x->listed, x->file[i].name);
	free(x->file[i].name);
	x->file[i].name = NULL;
}

/* What lies below the directory NAME[0..LEN], or is NAME, in a layer below this one. */
static void unlist_below(struct take *x, const char *name, size_t len)
{
	if (++x->whiteouts > MAX_WHITEOUTS) {
		x->odd = "has more whiteouts than any kernel image";
		return;
	}
	for (size_t i = 0; i < x->n_files; i++) {
		const char *file = x->file[i].name;

		if (file && x->file[i].layer < x->layer && !strncmp(file, name, len) &&
		    (!len || !file[len] || file[len] == '/'))
			unlist(x, i);
	}
}

static bool list_whiteout(struct take *x, const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
	char *hidden;

	if (strncmp(base, ".wh.", 4))
		return false;
	if (!strcmp(base, ".wh..wh..opq")) {
		unlist_below(x, name, slash ? (size_t)(slash - name) : 0);
	} else {
		hidden = mem_printf("%.*s%s", (int)(base - name), name, base + 4);
		unlist_below(x, hidden, strlen(hidden));
		free(hidden);
	}
	return true;
}

/* Remember a file or a link; an upper layer's replaces one below it. */
static void list(struct take *x, const char *name, const struct tar_entry *e)
{
	const json_t *before = json_object_get(x->listed, name);

	x->hashed = NULL;
	if (e->type == '5' || list_whiteout(x, name))
		return;
	if (before)
		unlist(x, (size_t)json_integer_value(before));
	x->names_size += strlen(name);
	if (x->n_files == MAX_LISTED || x->names_size > MAX_LISTED_NAMES) {
		x->odd = "has more files than any kernel image";
		return;
	}
	if (json_object_set_new(x->listed, name, json_integer((json_int_t)x->n_files))) {
		x->odd = "has a name that is not UTF-8";
		return;
	}
	grow(x->file, x->n_files, x->files_room);
	x->file[x->n_files] = (struct taken_file){
		.name = mem_strdup(name), .size = e->size, .layer = x->layer, .link = e->type != '0'
	};
	if (e->type == '0')
		x->hashed = sha_open();
	x->n_files++;
}

static void list_end(struct take *x)
{
	if (x->hashed)
		sha_close(x->hashed, x->file[x->n_files - 1].digest);
	x->hashed = NULL;
}

/* ---- layers ---------------------------------------------------------------------------- */

static const char *without_dot(const char *name)
{
	return !strncmp(name, "./", 2) ? name + 2 : name;
}

/* A whiteout hides what lower layers have, not what its own has before or after it. */
static void hide(const struct take *x, struct want *w, const char *name)
{
	if (!strncmp(name, ".wh.", 4) && w->layer != x->layer &&
	    (!strcmp(name + 4, w->name) || !strcmp(name, ".wh..wh..opq")))
		w->state = ABSENT;
}

static void start(struct take *x, struct want *w, const struct tar_entry *e)
{
	if (w->layer == x->layer)
		x->odd = "a file stands twice";
	x->now = w;
	w->layer = x->layer;
	w->state = e->type == '0' ? TAKEN : NO_FILE;
	x->writing = w->path;
	if (w->keep)
		w->keep->size = 0;
	else if (e->type == '0' && !(x->out = fopen(w->tmp, "we")))
		x->wrong = strerror(errno);
}

static void entry(void *ctx, struct tar_entry *e)
{
	struct take *x = ctx;
	const char *name = without_dot(e->name), *raw = without_dot(e->raw);

	close_out(x);
	x->now = NULL;
	if (x->wrong)
		return;
	if (x->listed)
		list(x, name, e);
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
	struct take *x = ctx;

	(void)e;
	if (odd)
		x->odd = odd;
}

static void data(void *ctx, const void *bytes, size_t size)
{
	struct take *x = ctx;

	if (x->hashed)
		sha_add(x->hashed, bytes, size);
	if (x->now && x->now->keep)
		buffer_add(x->now->keep, bytes, size);
	if (x->out && !x->wrong && fwrite(bytes, 1, size, x->out) != size)
		x->wrong = strerror(errno);
}

static void end(void *ctx)
{
	struct take *x = ctx;

	list_end(x);
	close_out(x);
}

/* The fault of a layer, or NULL; *CODE is the matching code. */
static const char *read_layer(struct take *x, const json_t *descriptor, const char *diff_id,
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
	list_end(x);
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

static int take_layer(struct take *x, const json_t *descriptor, const char *diff_id)
{
	const char *code, *wrong;

	x->layer++;
	wrong = read_layer(x, descriptor, diff_id, &code);
	if (x->wrong)
		complain(x->writing, 0, "%s [output]", x->wrong);
	else if (wrong && x->odd == wrong)
		complain(x->layout, 0,
			 "not all readers take the same files from the layer [%s]: %s", code,
			 wrong);
	else if (wrong)
		complain(x->layout, 0, "the layer %s [%s]", wrong, code);
	return x->wrong ? CANNOT_RUN : wrong ? FINDING : DONE;
}

static int missing(const struct take *x)
{
	int status = DONE;

	for (size_t i = 0; i < x->n; i++) {
		if (x->want[i].state == TAKEN ||
		    (x->want[i].state == ABSENT && x->want[i].optional))
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

static int take_layers(struct take *x, const json_t *manifest)
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

int take_manifest(struct take *x, const json_t *descriptor)
{
	char *why;
	json_t *manifest = load_json(x->layout, descriptor, &why);
	int status = FINDING;

	x->layer = 0;
	x->manifest = json_incref((json_t *)(uintptr_t)descriptor);
	x->notes = json_incref(json_object_get(manifest, "annotations"));
	if (manifest)
		status = take_layers(x, manifest);
	else
		complain_json(x->layout, "manifest", why);
	close_out(x);
	json_decref(manifest);
	return status;
}

int take_image(struct take *x)
{
	int status;
	json_t *manifest = choose(x, &status);

	if (manifest)
		status = take_manifest(x, manifest);
	json_decref(manifest);
	return status;
}

void take_free(struct take *x)
{
	json_decref(x->image);
	json_decref(x->manifest);
	json_decref(x->notes);
	json_decref(x->listed);
	for (size_t i = 0; i < x->n_files; i++)
		free(x->file[i].name);
	free(x->file);
	x->image = x->manifest = x->notes = x->listed = NULL;
	x->file = NULL;
	x->n_files = x->files_room = 0;
}
