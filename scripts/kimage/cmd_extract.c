// SPDX-License-Identifier: GPL-2.0-only
/* kimage extract: the files that an assembler would take. */
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

static int extract(struct take *x, const char *to)
{
	int status = CANNOT_RUN;

	if (mkdir(to, 0777) && errno != EEXIST) {
		complain(to, 0, "%s [output]", strerror(errno));
		return status;
	}
	for (size_t i = 0; i < x->n; i++) {
		x->want[i].path = mem_printf("%s/%s", to, x->want[i].name);
		x->want[i].tmp = mem_printf("%s.tmp", x->want[i].path);
	}
	status = take_image(x);
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

static const char *name_wrong(const struct take *x, const char *name)
{
	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return "is not a name of a file in an image";
	for (size_t i = 0; i < x->n; i++)
		if (!strcmp(x->want[i].name, name))
			return "is given twice";
	return NULL;
}

static int extract_names(struct take *x, const char *to, const char *const *names,
			 size_t n)
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
		status = extract(x, to);
	take_free(x);
	free(x->want);
	return status;
}

int cmd_extract(int argc, char **argv)
{
	static const char *const defaults[] = { "kernel", "kernel.tar", "cmdline" };
	struct take x = { .budget = MAX_UNPACKED };
	const char *to = NULL;
	const struct opt opts[] = {
		OPT_NEED("to", "DIR", &to, "where to write them"),
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
		return extract_names(&x, to, defaults, ARRAY_SIZE(defaults));
	return extract_names(&x, to, (const char *const *)argv, (size_t)(argc - 1));
}
