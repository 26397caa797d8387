// SPDX-License-Identifier: GPL-2.0-only
/* ksize sources: the files of the tree that a built kernel was compiled from. */
#include <stdlib.h>

#include "ksize.h"

static const struct command command = {
	.synopsis = "ksize sources --tree DIR --obj DIR [--image FILE] [--own DIR] --out FILE",
	.about =
		"Lists the files that the compiler read for a built kernel and its modules, one path a\n"
		"line, below the tree, sorted: net/core/dev.c. Headers count, generated files do not.\n",
	.status = "0 done, 2 could not run",
};

static bool write_list(const char *path, const struct list *list)
{
	struct output o;

	if (!output_open(&o, path))
		return false;
	for (size_t i = 0; i < list->n; i++)
		fprintf(o.file, "%s\n", list->name[i]);
	return output_close(&o, true);
}

int cmd_sources(int argc, char **argv)
{
	const char *image = NULL, *own = NULL, *out = NULL;
	struct build b = { 0 };
	struct list list = { 0 };
	const struct opt opts[] = {
		OPT_NEED("tree", "DIR", &b.tree, "the source tree"),
		OPT_NEED("obj", "DIR", &b.dir, "the directory that Kbuild built in (its O=)"),
		OPT_TEXT("image", "FILE", &image,
			 "the kernel file below it, such as arch/x86/boot/bzImage"),
		OPT_TEXT("own", "DIR", &own,
			 "modules that Kbuild built outside of the tree; listed as modules/..."),
		OPT_NEED("out", "FILE", &out, "the list"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	char *config;
	bool good;

	if (status != GO_ON)
		return status;
	config = build_path(&b, ".config");
	good = config_read(&b.config, config) && linked_objects(&b) &&
	       sources_find(&b, image, own, &list) && write_list(out, &list);
	if (good)
		printf("%s: %zu source files\n", out, list.n);
	free(config);
	free(list.name);
	build_free(&b);
	return good ? DONE : CANNOT_RUN;
}
