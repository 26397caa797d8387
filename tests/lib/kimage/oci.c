// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes an OCI layout of one image, and updates digests and sizes to match, so that a test can
 * break one rule and no other.
 *
 * oci get LAYOUT DOC/PATH          print a part of it as JSON
 * oci edit LAYOUT CHANGE...        in place
 *
 * DOC is top (index.json), index, manifest or config. Changes:
 *   DOC/PATH=JSON   set a member, which PATH names by '/'; + appends to an array
 *   DOC/PATH        remove it
 *   DOC@FILE        put a text of any kind in place of the whole document
 * A change of the manifest removes the attestations about it.
 *   layer@PACKED,PLAIN   put another layer there; its diff_id is that of PLAIN
 */
#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG, MANIFEST, INDEX, TOP, N_DOCS };
static const char *const names[N_DOCS] = { "config", "manifest", "index", "top" };
static json_t *doc[N_DOCS];
static const char *layout;

static void die(const char *what)
{
	fprintf(stderr, "oci: %s\n", what);
	exit(2);
}

static char *file_text(const char *path, size_t *size)
{
	FILE *in = fopen(path, "r");
	char *text = calloc(1, 64 << 20);

	if (!in || !text)
		die(path);
	*size = fread(text, 1, (64 << 20) - 1, in);
	fclose(in);
	return text;
}

/* Store a blob; the members of its descriptor that follow from it. */
static json_t *store(const char *data, size_t size)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	char digest[72] = "sha256:", path[4096];
	FILE *out;

	EVP_Digest(data, size, md, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < 32; i++)
		sprintf(digest + strlen(digest), "%02x", md[i]);
	if (layout) {
		snprintf(path, sizeof(path), "%s/blobs/sha256/%s", layout, digest + 7);
		out = fopen(path, "w");
		if (!out || fwrite(data, 1, size, out) != size || fclose(out))
			die(path);
	}
	return json_pack("{s:s, s:I}", "digest", digest, "size", (json_int_t)size);
}

static json_t *load(const json_t *descriptor)
{
	const char *digest = json_string_value(json_object_get(descriptor, "digest"));
	char path[4096];
	json_t *json;

	snprintf(path, sizeof(path), "%s/blobs/sha256/%s", layout, digest ? digest + 7 : "");
	json = json_load_file(path, 0, NULL);
	if (!json)
		die(path);
	return json;
}

static void load_all(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/index.json", layout);
	doc[TOP] = json_load_file(path, 0, NULL);
	doc[INDEX] = load(json_array_get(json_object_get(doc[TOP], "manifests"), 0));
	doc[MANIFEST] = load(json_array_get(json_object_get(doc[INDEX], "manifests"), 0));
	doc[CONFIG] = load(json_object_get(doc[MANIFEST], "config"));
}

static json_t *member(json_t *json, const char *name)
{
	return json_is_array(json) ? json_array_get(json, (size_t)atoi(name)) :
				     json_object_get(json, name);
}

/* Walk to the parent of the value that PATH names; its last part stays in PATH. */
static json_t *walk(json_t *json, char **path)
{
	char *slash;

	while ((slash = strchr(*path, '/'))) {
		*slash = '\0';
		json = member(json, *path);
		*path = slash + 1;
	}
	return json;
}

static int doc_of(const char *change)
{
	for (int i = 0; i < N_DOCS; i++)
		if (!strncmp(change, names[i], strlen(names[i])))
			return i;
	die(change);
	return -1;
}

static void apply(const char *change)
{
	char *copy = strdup(change), *path = copy + strlen(names[doc_of(change)]) + 1;
	char *value = strchr(copy, '=');
	json_t *parent, *json = NULL;

	if (value)
		*value++ = '\0';
	parent = walk(doc[doc_of(change)], &path);
	if (value && !(json = json_loads(value, JSON_DECODE_ANY, NULL)))
		die(change);
	if (!json && json_is_array(parent))
		json_array_remove(parent, (size_t)atoi(path));
	else if (!json)
		json_object_del(parent, path);
	else if (*path == '+')
		json_array_append_new(parent, json);
	else if (json_is_array(parent))
		json_array_set_new(parent, (size_t)atoi(path), json);
	else
		json_object_set_new(parent, path, json);
	free(copy);
}

static void set_layer(const char *change)
{
	char *packed = strdup(change + strlen("layer@")), *plain = strchr(packed, ','), *text;
	const char *kept = layout;
	json_t *descriptor, *id;
	size_t size;

	*plain++ = '\0';
	text = file_text(packed, &size);
	descriptor = store(text, size);
	json_object_update(json_array_get(json_object_get(doc[MANIFEST], "layers"), 0), descriptor);
	text = file_text(plain, &size);
	free(packed);
	layout = NULL;
	id = json_object_get(store(text, size), "digest");
	layout = kept;
	json_array_set(json_object_get(json_object_get(doc[CONFIG], "rootfs"), "diff_ids"), 0, id);
}

/* The text of a document, for writing. */
static char *text_of(int i, int n, char **changes, size_t *size)
{
	char *text;

	for (int c = 0; c < n; c++)
		if (doc_of(changes[c]) == i && changes[c][strlen(names[i])] == '/')
			apply(changes[c]);
	for (int c = 0; c < n; c++)
		if (doc_of(changes[c]) == i && changes[c][strlen(names[i])] == '@')
			return file_text(changes[c] + strlen(names[i]) + 1, size);
	text = json_dumps(doc[i], JSON_COMPACT | JSON_SORT_KEYS);
	*size = strlen(text);
	return text;
}

/* Attestations about a manifest that has another digest now. */
static void drop_attestations(const char *digest)
{
	json_t *manifests = json_object_get(doc[INDEX], "manifests");

	for (size_t i = json_array_size(manifests); i-- > 0;) {
		const json_t *notes = json_object_get(json_array_get(manifests, i), "annotations");
		const char *of = json_string_value(
			json_object_get(notes, "vnd.docker.reference.digest"));

		if (of && !strcmp(of, digest))
			json_array_remove(manifests, i);
	}
}

static int edit(int n, char **changes)
{
	char *before;
	char path[4096];
	size_t size;
	char *text;
	FILE *out;

	if (n && !strncmp(changes[0], "layer@", 6)) {
		set_layer(*changes++);
		n--;
	}
	for (int i = CONFIG; i < TOP; i++) {
		json_t *descriptor, *first = json_array_get(json_object_get(doc[INDEX], "manifests"), 0);

		before = strdup(json_string_value(json_object_get(first, "digest")));
		text = text_of(i, n, changes, &size);
		descriptor = store(text, size);
		json_object_update(
			i == CONFIG ? json_object_get(doc[MANIFEST], "config") :
				      json_array_get(json_object_get(doc[i + 1], "manifests"), 0),
			descriptor);
		if (i == MANIFEST && strcmp(before, json_string_value(json_object_get(first, "digest"))))
			drop_attestations(before);
		free(before);
	}
	snprintf(path, sizeof(path), "%s/index.json", layout);
	out = fopen(path, "w");
	text = text_of(TOP, n, changes, &size);
	if (!out || fwrite(text, 1, size, out) != size)
		die(path);
	return fclose(out) ? 2 : 0;
}

static int get(char *path)
{
	json_t *json = doc[doc_of(path)];

	path += strlen(names[doc_of(path)]);
	if (*path++) {
		json = walk(json, &path);
		json = member(json, path);
	}
	json_dumpf(json, stdout, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	return putchar('\n') == EOF;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		die("usage: oci get|edit LAYOUT ...");
	layout = argv[2];
	load_all();
	return !strcmp(argv[1], "get") ? get(argv[3]) : edit(argc - 3, argv + 3);
}
