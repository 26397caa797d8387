// SPDX-License-Identifier: GPL-2.0-only
/* kimage name: restore the names that registries and their clients do not keep. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage name LAYOUT NAME [--name OLD]",
	.about =
		"Gives the image of LAYOUT the name NAME, in full, in both annotations that assemblers\n"
		"read. A layout that 'skopeo copy' wrote has one of them, or none. Nothing else changes:\n"
		"the image keeps its digest.\n",
	.status = "0 written, 1 the layout differs from its index, 2 could not run",
	.least = 2,
	.most = 2,
};

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
	const char *old = NULL, *name;
	const struct opt opts[] = {
		OPT_TEXT("name", "OLD", &old, "the image, if LAYOUT has several"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	name = argv[1];
	if (ref_wrong(name)) {
		complain(name, 0, "%s [ref-name]", ref_wrong(name));
		return CANNOT_RUN;
	}
	umask(022);
	return name_image(*argv, name, old);
}
