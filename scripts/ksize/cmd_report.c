// SPDX-License-Identifier: GPL-2.0-only
/* ksize report: the bytes that each option adds to a built kernel and its modules. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ksize.h"

static const struct command command = {
	.synopsis =
		"ksize report --tree DIR --obj DIR --resolved FILE [--text FILE] [--json FILE]\n"
		"                    [--html FILE]",
	.about = "Sums up the bytes that each option adds to a built kernel and its modules.\n",
	.status = "0 done, 2 could not run",
};

struct paths {
	const char *tree, *obj, *resolved, *text, *json, *html;
};

static bool is_dir(const char *path, const char *remedy)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return true;
	complain(path, 0, "is not a directory [not-a-directory]; %s", remedy);
	return false;
}

/* The architecture's directory is the one whose linker script was made. */
static bool find_arch(struct build *b)
{
	char *pattern = build_path(b, "arch/*/kernel/vmlinux.lds");
	glob_t found = { 0 };
	bool good = !glob(pattern, 0, NULL, &found) && found.gl_pathc == 1;

	if (good) {
		const char *arch = found.gl_pathv[0] + strlen(b->dir) + strlen("/arch/");

		b->srcarch = intern_bytes(arch, strcspn(arch, "/"));
	} else {
		complain(pattern, 0,
			 "not exactly one such file [no-linker-script]; give the directory that "
			 "Kbuild built in");
	}
	globfree(&found);
	free(pattern);
	return good;
}

static bool read_release(struct build *b)
{
	char *path = build_path(b, "include/config/kernel.release");
	char *text = read_text(path, NULL, "build the kernel there"), *rest = text;
	const char *line = next_line(&rest);

	b->release = intern(line ? line : "");
	free(path);
	free(text);
	return line != NULL;
}

static bool read_build(struct build *b, const struct paths *p)
{
	char *config;
	bool good;

	if (!is_dir(p->tree, "give the source tree") ||
	    !is_dir(p->obj, "give the directory that Kbuild built in"))
		return false;
	*b = (struct build){ .tree = p->tree, .dir = p->obj };
	config = build_path(b, ".config");
	good = config_read(&b->config, config) && config_resolve(&b->config, p->resolved) &&
	       find_arch(b) && read_release(b) && linked_objects(b) && measure(b) && attribute(b);
	free(config);
	return good;
}

static bool write_text(const char *path, const struct build *b, const struct sums *s)
{
	struct output o;

	if (!output_open(&o, path))
		return false;
	text_write(o.file, b, s);
	return output_close(&o, true);
}

static bool write_json(const char *path, const struct build *b, const struct sums *s)
{
	struct output o;

	return output_open(&o, path) && output_close(&o, json_write(o.file, b, s));
}

static bool write_html(const char *path, const struct build *b, const struct sums *s)
{
	struct output o;

	if (!output_open(&o, path))
		return false;
	html_write(o.file, b, s);
	return output_close(&o, true);
}

int cmd_report(int argc, char **argv)
{
	struct paths p = { 0 };
	struct build b = { 0 };
	struct sums s = { 0 };
	const struct opt opts[] = {
		OPT_NEED("tree", "DIR", &p.tree, "the source tree"),
		OPT_NEED("obj", "DIR", &p.obj, "the directory that Kbuild built in (its O=)"),
		OPT_NEED("resolved", "FILE", &p.resolved,
			 "the origin of each option: lines CONFIG_X=y # ORIGIN WHERE"),
		OPT_TEXT("text", "FILE", &p.text,
			 "the report as text; without any file, it is printed"),
		OPT_TEXT("json", "FILE", &p.json,
			 "the whole report and all objects, for programs and for ksize diff"),
		OPT_TEXT("html", "FILE", &p.html, "the report as a picture"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	bool good;

	if (status != GO_ON)
		return status;
	good = read_build(&b, &p);
	if (good) {
		sums_make(&s, &b);
		if (p.text || !(p.json || p.html))
			good = write_text(p.text, &b, &s);
		good = good && (!p.json || write_json(p.json, &b, &s));
		good = good && (!p.html || write_html(p.html, &b, &s));
	}
	sums_free(&s);
	build_free(&b);
	return good ? DONE : CANNOT_RUN;
}
