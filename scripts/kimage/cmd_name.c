// SPDX-License-Identifier: GPL-2.0-only
/* kimage name: the names that registries and their clients do not keep. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

static const char usage[] =
	"usage: kimage name LAYOUT NAME [--name OLD]\n"
	"\n"
	"Gives the image of LAYOUT the name NAME, in full, in both annotations that assemblers\n"
	"read. A layout that 'skopeo copy' wrote has one of them, or none. Nothing else changes:\n"
	"the image keeps its digest. If LAYOUT has several images, OLD chooses one.\n"
	"\n"
	"Exit status: 0 written, 1 the layout is not what it says, 2 could not run.\n";

static const char *replace_file(const char *path, const char *text)
{
	char *tmp = mem_printf("%s.tmp.%ld", path, (long)getpid());
	const char *wrong;

	unlink(tmp);
	wrong = write_file(tmp, text, strlen(text));
	if (!wrong)
		wrong = rename_file(tmp, path);
	if (wrong)
		unlink(tmp);
	free(tmp);
	return wrong;
}

static int write_names(const char *layout, const json_t *top, json_t *image, const char *name)
{
	json_t *notes = json_object_get(image, "annotations");
	char *path = mem_printf("%s/index.json", layout), *text;
	const char *wrong;

	if (!json_is_object(notes)) {
		notes = json_object();
		json_object_set_new(image, "annotations", notes);
	}
	json_object_set_new(notes, NOTE_REF, json_string(name));
	json_object_set_new(notes, NOTE_NAME, json_string(name));
	text = json_text(top);
	wrong = replace_file(path, text);
	if (!wrong)
		wrong = sync_dir(layout);
	if (wrong)
		complain(path, 0, "cannot be written: %s [output]", wrong);
	free(text);
	free(path);
	return wrong ? CANNOT_RUN : DONE;
}

static int name_image(const char *layout, const char *name, const char *old)
{
	int status;
	json_t *top = load_top(layout, &status), *image;

	if (!top)
		return status;
	image = layout_image(layout, top, old);
	status = image ? write_names(layout, top, image, name) : FINDING;
	json_decref(image);
	json_decref(top);
	return status;
}

int cmd_name(int argc, char **argv)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *old = NULL, *name;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			old = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return DONE;
		default:
			return usage_error(usage);
		}
	}
	if (optind + 2 != argc)
		return usage_error(usage);
	name = argv[optind + 1];
	if (ref_wrong(name)) {
		complain(name, 0, "%s [ref-name]", ref_wrong(name));
		return CANNOT_RUN;
	}
	umask(022);
	return name_image(argv[optind], name, old);
}
