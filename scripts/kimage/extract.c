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
	"usage: kimage extract --to DIR [--platform OS/ARCH] LAYOUT [NAME...]\n"
	"\n"
	"Writes the named files of the image (default: kernel kernel.tar cmdline) to DIR.\n"
	"The platform must be given only if the layout has more than one.\n"
	"Exit status: 0 written, 1 the layout is not what it says, 2 could not run.\n";

/* The blob of a descriptor as JSON; says what is wrong. */
static json_t *load(const char *layout, const json_t *descriptor)
{
	struct bytes b;
	const char *why;
	json_error_t error;
	json_t *json;

	if (!load_blob(layout, descriptor, &b, &why)) {
		complain(layout, "%s %s", json_member(descriptor, "digest"), why);
		return NULL;
	}
	json = json_parse(&b, &error);
	if (!json)
		complain(layout, "%s: %s", json_member(descriptor, "digest"), error.text);
	unmap(&b);
	return json;
}

/* The manifest for PLATFORM, or the only one there is. */
static json_t *choose_manifest(const char *layout, const char *platform)
{
	char *path = xasprintf("%s/index.json", layout);
	struct bytes b = { 0 };
	json_error_t error = { 0 };
	json_t *top = NULL, *index = NULL, *found = NULL;
	const json_t *m, *chosen = NULL;
	size_t i, n = 0;

	if (!map_file(path, &b) || !(top = json_parse(&b, &error))) {
		complain(path, "%s", *error.text ? error.text : strerror(errno));
		goto out;
	}
	index = load(layout, json_array_get(json_object_get(top, "manifests"), 0));
	json_array_foreach(json_object_get(index, "manifests"), i, m) {
		const char *p = platform_of(m);
		size_t len = platform ? strlen(platform) : 0;

		if (!strcmp(p, "unknown/unknown"))
			continue;
		if (platform && (strncmp(p, platform, len) || (p[len] && p[len] != '/')))
			continue;
		chosen = m;
		n++;
	}
	if (n != 1)
		complain(layout, "%zu images fit; %s", n,
			 n ? "choose one with --platform" : "it has none of that platform");
	else
		found = load(layout, chosen);
out:
	unmap(&b);
	free(path);
	json_decref(top);
	json_decref(index);
	return found;
}

static bool put(const char *dir, const struct tar_entry *e)
{
	char *path = xasprintf("%s/%s", dir, e->name), *tmp = xasprintf("%s.tmp", path);
	bool ok = write_file(tmp, e->data, (size_t)e->size) && !rename(tmp, path);

	if (!ok) {
		complain(path, "%s", strerror(errno));
		unlink(tmp);
	}
	free(path);
	free(tmp);
	return ok;
}

/* Write what is wanted of one layer; sets FOUND for each. Later layers win. */
static bool take_layer(const char *layout, const json_t *descriptor, const char *dir, int n,
		       char **names, bool *found)
{
	struct bytes packed, plain = { 0 };
	struct tar t = { 0 };
	struct tar_entry e;
	const char *why = "";
	bool ok = false;
	int fd = -1, r;

	if (!load_blob(layout, descriptor, &packed, &why))
		goto out;
	fd = gzip_unpack(&packed, MAX_LAYER, &why);
	unmap(&packed);
	if (fd < 0 || !map_fd(fd, &plain))
		goto out;
	t.bytes = plain;
	while ((r = tar_next(&t, &e, &why)) > 0) {
		const char *name = !strncmp(e.name, "./", 2) ? e.name + 2 : e.name;

		for (int i = 0; i < n; i++) {
			if (e.type != '0' || strcmp(name, names[i]))
				continue;
			memmove(e.name, name, strlen(name) + 1);
			if (!put(dir, &e)) {
				why = "";
				goto out;
			}
			found[i] = true;
		}
	}
	ok = r == 0;
out:
	if (!ok && *why)
		complain(layout, "%s: %s", json_member(descriptor, "digest"), why);
	if (fd >= 0)
		close(fd);
	unmap(&plain);
	return ok;
}

static int extract(const char *layout, const char *platform, const char *dir, int n, char **names)
{
	json_t *manifest = choose_manifest(layout, platform);
	bool *found = xmalloc((size_t)n * sizeof(*found));
	const json_t *layer;
	int status = manifest ? HELD : FINDING;
	size_t i;

	if (mkdir(dir, 0755) && errno != EEXIST) {
		complain(dir, "%s", strerror(errno));
		status = CANNOT_RUN;
	}
	if (status == HELD)
		json_array_foreach(json_object_get(manifest, "layers"), i, layer)
			if (!take_layer(layout, layer, dir, n, names, found))
				status = FINDING;
	for (int f = 0; status == HELD && f < n; f++) {
		if (!found[f]) {
			complain(layout, "holds no file '%s'", names[f]);
			status = FINDING;
		}
	}
	free(found);
	json_decref(manifest);
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
	static char kernel[] = "kernel", tar[] = "kernel.tar", cmdline[] = "cmdline";
	static char *defaults[] = { kernel, tar, cmdline };
	const char *to = NULL, *platform = NULL;
	int c, n;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 't': to = optarg; break;
		case 'p': platform = optarg; break;
		case 'h': fputs(usage, stdout); return HELD;
		default: fputs(usage, stderr); return CANNOT_RUN;
		}
	}
	n = argc - optind - 1;
	if (!to || n < 0) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	return n ? extract(argv[optind], platform, to, n, argv + optind + 1) :
		   extract(argv[optind], platform, to, 3, defaults);
}
