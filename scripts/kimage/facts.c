// SPDX-License-Identifier: GPL-2.0-only
/* What an image or a directory of its files holds, as JSON: for show and diff. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "kimage.h"

enum { ABOUT, CONFIG, CMDLINE, N_KEPT };

struct kept {
	struct buffer text[N_KEPT];
	struct want want[N_KEPT];
};

static void kept_open(struct kept *k)
{
	static const char *const names[N_KEPT] = { "kernel.json", "config", "cmdline" };

	*k = (struct kept){ 0 };
	for (int i = 0; i < N_KEPT; i++) {
		k->text[i].most = MAX_JSON;
		k->want[i] =
			(struct want){ .name = names[i], .keep = &k->text[i], .optional = true };
	}
}

static void kept_free(struct kept *k)
{
	for (int i = 0; i < N_KEPT; i++)
		buffer_free(&k->text[i]);
}

/* CONFIG_NAME -> value. Ends each line of TEXT. */
static json_t *config_json(char *text)
{
	json_t *options = json_object();
	char *line, *next = text, *name, *value;

	while (next && (line = strsep(&next, "\n")))
		if (config_line(line, &name, &value))
			json_object_set_new(options, name, json_string(value));
	return options;
}

static bool add_about(json_t *facts, const char *where, const struct buffer *b)
{
	struct bytes bytes = buffer_bytes(b);
	json_t *about;
	char *why;

	if (!b->size)
		return true;
	about = json_parse(&bytes, &why);
	if (about) {
		json_object_set_new(facts, "kernel", about);
		return true;
	}
	complain(where, 0, "kernel.json: %s [json]", why);
	free(why);
	return false;
}

static bool add_kept(json_t *facts, const char *where, struct kept *k)
{
	char *cmdline = k->text[CMDLINE].text;

	for (int i = 0; i < N_KEPT; i++) {
		if (!k->text[i].full)
			continue;
		complain(where, 0, "the file '%s' is larger than %u bytes [files]", k->want[i].name,
			 MAX_JSON);
		return false;
	}
	if (cmdline) {
		cmdline[strcspn(cmdline, "\n")] = '\0';
		json_object_set_new(facts, "cmdline", json_string(cmdline));
	}
	if (k->text[CONFIG].text)
		json_object_set_new(facts, "config", config_json(k->text[CONFIG].text));
	return add_about(facts, where, &k->text[ABOUT]);
}

/* ---- an image ------------------------------------------------------------------------ */

static json_t *files_json(const struct take *x)
{
	json_t *files = json_object();

	for (size_t i = 0; i < x->n_files; i++) {
		const struct taken_file *f = &x->file[i];

		if (f->name && f->link)
			json_object_set_new(files, f->name, json_pack("{s:b}", "link", true));
		else if (f->name)
			json_object_set_new(files, f->name,
					    json_pack("{s:s, s:I}", "sha256", f->digest + 7, "size",
						      (json_int_t)f->size));
	}
	return files;
}

/* The layers of a manifest, and what travels of it. */
static void add_layers(json_t *facts, const struct take *x)
{
	json_t *layers = json_array(), *manifest, *layer;
	uint64_t packed = blob_size(x->manifest);
	char *why;
	size_t i;

	manifest = load_json(x->layout, x->manifest, &why);
	if (!manifest)
		free(why);
	packed += blob_size(json_object_get(manifest, "config"));
	json_array_foreach(json_object_get(manifest, "layers"), i, layer) {
		packed += blob_size(layer);
		json_array_append_new(layers, json_pack("{s:s, s:I}", "digest",
							json_member(layer, "digest"), "size",
							(json_int_t)blob_size(layer)));
	}
	json_object_set_new(facts, "layers", layers);
	json_object_set_new(facts, "packed", json_integer((json_int_t)packed));
	json_decref(manifest);
}

static json_t *image_facts(const char *layout, const json_t *image, const json_t *manifest,
			   int *status)
{
	const char *digest = json_member(manifest, "digest");
	struct kept k;
	struct take x = { .layout = layout,
			  .want = k.want,
			  .n = N_KEPT,
			  .budget = MAX_UNPACKED,
			  .listed = json_object() };
	const json_t *names = json_object_get(image, "annotations");
	char *platform = platform_of(layout, manifest);
	json_t *facts = NULL;

	kept_open(&k);
	*status = take_manifest(&x, manifest);
	if (*status == DONE) {
		facts = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "name", json_member(names, NOTE_REF),
				  "digest", json_member(image, "digest"), "manifest",
				  digest, "platform", platform, "files", files_json(&x),
				  "attestations", attestations(layout, image, digest));
		if (x.notes)
			json_object_set(facts, "annotations", x.notes);
		add_layers(facts, &x);
		if (!add_kept(facts, layout, &k))
			*status = FINDING;
	}
	free(platform);
	kept_free(&k);
	take_free(&x);
	return facts;
}

static json_t *layout_facts(const char *layout, const char *name, const char *platform, int *status)
{
	struct take x = { .layout = layout, .name = name, .platform = platform };
	json_t *manifests = take_manifests(&x, status), *all = json_array(), *m, *facts;
	size_t i;

	if (manifests)
		*status = DONE;
	json_array_foreach(manifests, i, m) {
		facts = *status == DONE ? image_facts(layout, x.image, m, status) : NULL;
		if (facts)
			json_array_append_new(all, facts);
	}
	if (manifests && !json_array_size(manifests)) {
		complain(layout, 0, "the image does not have the platform %s [platform]",
			 platform ? platform : "of any kernel");
		*status = FINDING;
	}
	json_decref(manifests);
	take_free(&x);
	return all;
}

/* ---- a directory ----------------------------------------------------------------------- */

static void keep_file(struct kept *k, const char *name, const struct bytes *b)
{
	for (int i = 0; i < N_KEPT; i++)
		if (!strcmp(k->want[i].name, name))
			buffer_add(&k->text[i], b->data, b->size);
}

static json_t *directory_files(const struct tree *t, struct kept *k)
{
	json_t *files = json_object();

	for (size_t i = 0; files && i < t->n; i++) {
		const char *name = t->node[i].name, *wrong;
		char *path = mem_printf("%s/%s", t->root, name), digest[DIGEST_SIZE];
		struct bytes b = { 0 };

		if (name[strlen(name) - 1] != '/') {
			wrong = map_file(path, MAX_LAYER, &b);
			sha_of_bytes(&b, digest);
			if (!wrong)
				keep_file(k, name, &b);
			if (!wrong &&
			    json_object_set_new(files, name,
						json_pack("{s:s, s:I}", "sha256", digest + 7,
							  "size", (json_int_t)b.size)))
				wrong = "has a name that is not UTF-8";
			unmap(&b);
			if (wrong) {
				complain(path, 0, "%s [input]", wrong);
				json_decref(files);
				files = NULL;
			}
		}
		free(path);
	}
	return files;
}

static json_t *directory_facts(const char *dir, int *status)
{
	struct tree t;
	struct kept k;
	json_t *facts = NULL, *files = NULL;
	char *shown = visible(dir);

	kept_open(&k);
	*status = CANNOT_RUN;
	if (tree_scan(&t, dir))
		files = directory_files(&t, &k);
	if (files) {
		facts = json_pack("[{s:s, s:o}]", "directory", shown, "files", files);
		*status = add_kept(json_array_get(facts, 0), dir, &k) ? DONE : FINDING;
	}
	free(shown);
	kept_free(&k);
	tree_free(&t);
	return facts;
}

json_t *facts_read(const char *path, const char *name, const char *platform, int *status)
{
	char *index = mem_printf("%s/index.json", path),
	     *version = mem_printf("%s/oci-layout", path);
	struct stat st;
	bool layout = !lstat(index, &st) || !lstat(version, &st);
	json_t *facts;

	free(index);
	free(version);
	if (!layout && !stat(path, &st) && S_ISDIR(st.st_mode))
		facts = directory_facts(path, status);
	else
		facts = layout_facts(path, name, platform, status);
	if (*status == DONE)
		return facts;
	json_decref(facts);
	return NULL;
}
