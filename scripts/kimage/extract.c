// SPDX-License-Identifier: GPL-2.0-only
/* kimage extract: the files an assembler would take, digests checked on the way. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

static const char usage[] =
	"usage: kimage extract LAYOUT --to DIR [--platform PLATFORM] [NAME...]\n"
	"\n"
	"Flattens an image and writes the named files (default: kernel kernel.tar cmdline) to\n"
	"DIR, all of them or none. Sizes and digests are checked; the contract is for 'kimage\n"
	"verify'. PLATFORM (linux/amd64, linux/s390x, ...) is needed only if the layout\n"
	"has several.\n"
	"\n"
	"Exit status: 0 written, 1 the layout is not what it says, 2 could not run.\n";

struct want {
	const char *name;
	char *path, *tmp; /* where it goes, and until it is whole */
	enum { ABSENT, TAKEN, NO_FILE } state;
};

struct extract {
	const char *layout, *platform, *to;
	struct want *want;
	size_t n;
	/* What the layer's stream is writing to. */
	struct want *now;
	FILE *out;
	const char *wrong; /* with NOW's path */
};

static int complain_json(const char *where, const char *what, char *why)
{
	complain(where, "the %s %s", what, why);
	free(why);
	return FINDING;
}

/* ---- choosing ------------------------------------------------------------------------ */

/* linux/arm64 is linux/arm64/v8, too. */
static bool fits(const json_t *descriptor, const char *platform)
{
	size_t len = platform ? strlen(platform) : 0;
	char *name = platform_name(descriptor);
	bool fit = !platform || (!strncmp(name, platform, len) && (!name[len] || name[len] == '/'));

	free(name);
	return fit && !is_attestation(descriptor);
}

/* The descriptor of the manifest that is wanted. */
static const json_t *choose(const struct extract *x, const json_t *index)
{
	const json_t *m, *chosen = NULL;
	size_t i, n = 0;

	json_array_foreach(json_object_get(index, "manifests"), i, m) {
		if (!fits(m, x->platform))
			continue;
		chosen = m;
		n++;
	}
	if (n == 1)
		return chosen;
	complain(x->layout, n ? "has several images; choose one with --platform" :
				"has no image of that platform; 'skopeo inspect --raw' lists them");
	return NULL;
}

/* ---- taking -------------------------------------------------------------------------- */

static void close_out(struct extract *x)
{
	if (x->out && fclose(x->out) && !x->wrong)
		x->wrong = strerror(errno);
	x->out = NULL;
}

static void entry(void *ctx, struct tar_entry *e)
{
	struct extract *x = ctx;
	const char *name = !strncmp(e->name, "./", 2) ? e->name + 2 : e->name;

	close_out(x);
	if (x->wrong || e->type == 'g')
		return;
	for (size_t i = 0; i < x->n; i++) {
		if (!strncmp(name, ".wh.", 4) &&
		    (!strcmp(name + 4, x->want[i].name) || !strcmp(name, ".wh..wh..opq")))
			x->want[i].state = ABSENT;
		if (strcmp(name, x->want[i].name))
			continue;
		x->now = &x->want[i];
		x->now->state = e->type == '0' ? TAKEN : NO_FILE;
		if (e->type == '0' && !(x->out = fopen(x->now->tmp, "we")))
			x->wrong = strerror(errno);
	}
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

static int take_layer(struct extract *x, const json_t *descriptor, const char *diff_id)
{
	struct tar t = { .ctx = x, .on_entry = entry, .on_data = data, .on_end = end };
	char got[DIGEST_SIZE];
	struct bytes b;
	const char *wrong = load_blob(x->layout, descriptor, MAX_LAYER, &b), *tar_wrong;

	if (!wrong) {
		wrong = layer_read(&b, &t, got);
		tar_wrong = tar_finish(&t);
		close_out(x);
		unmap(&b);
		if (!wrong)
			wrong = tar_wrong;
		if (!wrong && strcmp(got, diff_id))
			wrong = "unpacks to something else than the image's config says";
	}
	if (x->wrong)
		complain(x->now->path, "%s", x->wrong);
	else if (wrong)
		complain(x->layout, "the layer %s", wrong);
	return x->wrong ? CANNOT_RUN : wrong ? FINDING : HELD;
}

static int take_layers(struct extract *x, const json_t *manifest)
{
	const json_t *layers = json_object_get(manifest, "layers"), *layer, *diff_ids;
	char *why;
	json_t *config = load_json(x->layout, json_object_get(manifest, "config"), &why);
	int status = HELD;
	size_t i;

	if (!config)
		return complain_json(x->layout, "image config", why);
	diff_ids = json_object_get(json_object_get(config, "rootfs"), "diff_ids");
	json_array_foreach(layers, i, layer) {
		const char *id = json_string_value(json_array_get(diff_ids, i));

		if (status == HELD)
			status = take_layer(x, layer, id ? id : "");
	}
	json_decref(config);
	for (i = 0; status == HELD && i < x->n; i++) {
		if (x->want[i].state == TAKEN)
			continue;
		complain(x->layout,
			 x->want[i].state == ABSENT ?
				 "holds no file '%s'" :
				 "'%s' is no regular file; assemblers would write nothing",
			 x->want[i].name);
		status = FINDING;
	}
	return status;
}

static int take(struct extract *x)
{
	char *path = xasprintf("%s/index.json", x->layout), *why;
	struct bytes b;
	const char *wrong = map_file(path, MAX_JSON, &b);
	json_t *top = NULL, *index = NULL, *manifest = NULL;
	const json_t *descriptor;
	int status = FINDING;

	if (wrong) {
		complain(path, "%s; is this an OCI layout?", wrong);
		status = CANNOT_RUN;
	} else if (!(top = json_parse(&b, &why))) {
		complain_json(path, "text:", why);
	} else if (!(index = load_json(x->layout,
				       json_array_get(json_object_get(top, "manifests"), 0),
				       &why))) {
		complain_json(x->layout, "index", why);
	} else if ((descriptor = choose(x, index))) {
		manifest = load_json(x->layout, descriptor, &why);
		status = manifest ? take_layers(x, manifest) :
				    complain_json(x->layout, "manifest", why);
	}
	unmap(&b);
	json_decref(top);
	json_decref(index);
	json_decref(manifest);
	free(path);
	return status;
}

/* ---- the command ---------------------------------------------------------------------- */

static int extract(struct extract *x)
{
	int status = CANNOT_RUN;

	if (mkdir(x->to, 0777) && errno != EEXIST) {
		complain(x->to, "%s", strerror(errno));
		return status;
	}
	for (size_t i = 0; i < x->n; i++) {
		x->want[i].path = xasprintf("%s/%s", x->to, x->want[i].name);
		x->want[i].tmp = xasprintf("%s.tmp", x->want[i].path);
	}
	status = take(x);
	for (size_t i = 0; i < x->n; i++) {
		if (status == HELD && rename(x->want[i].tmp, x->want[i].path)) {
			complain(x->want[i].path, "%s", strerror(errno));
			status = CANNOT_RUN;
		}
		if (status != HELD)
			unlink(x->want[i].tmp);
		free(x->want[i].path);
		free(x->want[i].tmp);
	}
	return status;
}

static const char *name_wrong(const struct extract *x, const char *name)
{
	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return "is no name of a file in an image";
	for (size_t i = 0; i < x->n; i++)
		if (!strcmp(x->want[i].name, name))
			return "is wanted twice";
	return NULL;
}

static int extract_names(struct extract *x, const char *const *names, size_t n)
{
	const char *wrong = NULL;
	int status = CANNOT_RUN;

	x->want = xmalloc(n * sizeof(*x->want));
	while (!wrong && x->n < n) {
		wrong = name_wrong(x, names[x->n]);
		if (wrong)
			complain(names[x->n], "%s", wrong);
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
	static const struct option options[] = {
		{ "to", required_argument, NULL, 't' },
		{ "platform", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	static const char *const defaults[] = { "kernel", "kernel.tar", "cmdline" };
	struct extract x = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 't':
			x.to = optarg;
			break;
		case 'p':
			x.platform = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return HELD;
		default:
			fputs(usage, stderr);
			return CANNOT_RUN;
		}
	}
	if (!x.to || optind >= argc) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	x.layout = argv[optind++];
	if (optind == argc)
		return extract_names(&x, defaults, ARRAY_SIZE(defaults));
	return extract_names(&x, (const char *const *)argv + optind, (size_t)(argc - optind));
}
