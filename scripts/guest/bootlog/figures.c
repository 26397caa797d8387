// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fts.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "figures.h"
#include "file.h"
#include "mem.h"
#include "msg.h"

enum { MOST = 16 << 20 /* bytes of a file */ };

static bool wrong(const char *path, const char *why)
{
	complain(path, 0, "%s [unreadable]; run make report", why);
	return false;
}

/* ---- names ------------------------------------------------------------------------ */

static bool is_word(const char *s)
{
	static const char chars[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

	return *s && *s != '.' && !s[strspn(s, chars)];
}

bool build_name(struct build_name *b, const char *name, size_t len)
{
	b->text = mem_strndup(name, len);
	b->series = b->text;
	b->arch = strchr(b->text, '/');
	b->board = b->arch ? strchr(b->arch, '-') : NULL;
	if (!b->board)
		return false;
	*b->arch++ = '\0';
	*b->board++ = '\0';
	return is_word(b->series) && is_word(b->arch) && is_word(b->board);
}

/* ---- a boot ----------------------------------------------------------------------- */

/* "NAME ok ..."; the settings of a profile are not a device. */
static bool is_working(const char *device)
{
	const char *word = strchr(device, ' ');

	return word && !strncmp(word, " ok ", 4) && strncmp(device, "settings ", 9) != 0;
}

static bool any_device(const json_t *devices)
{
	for (size_t i = 0; i < json_array_size(devices); i++) {
		const char *device = json_string_value(json_array_get(devices, i));

		if (device && is_working(device))
			return true;
	}
	return false;
}

static char *fill(struct boot *b, const json_t *report)
{
	const json_t *ms = json_object_get(report, "init_ms");
	const json_t *given = json_object_get(report, "mem_given_kb");
	const json_t *left = json_object_get(report, "mem_available_kb");
	const json_t *devices = json_object_get(report, "devices");
	const char *verdict = json_string_value(json_object_get(report, "verdict"));

	if (!verdict || !json_is_array(devices))
		return mem_strdup(
			"is not a report of bootlog --json [bad-report]; run make report");
	if (strcmp(verdict, "held") != 0)
		return mem_strdup(
			"the boot did not hold [not-held]: expected the verdict held; run "
			"make boot, and see its findings");
	if (!json_is_integer(ms) || !json_is_integer(given) || !json_is_integer(left) ||
	    json_integer_value(ms) < 0 || json_integer_value(left) < 0 ||
	    json_integer_value(given) < json_integer_value(left))
		return mem_strdup("has no valid init_ms, mem_given_kb or mem_available_kb "
				  "[bad-report]; run make report");
	b->init_ms = (long)json_integer_value(ms);
	b->gone_mib = (double)(json_integer_value(given) - json_integer_value(left)) / 1024;
	b->devices = any_device(devices);
	return NULL;
}

char *boot_parse(struct boot *b, const struct buffer *json)
{
	json_error_t error;
	json_t *report = json_loadb(json->text, json->size, JSON_REJECT_DUPLICATES, &error);
	char *why;

	if (!report)
		return mem_printf("line %d is not valid JSON [bad-report]: %s; run make report",
				  error.line, error.text);
	why = fill(b, report);
	json_decref(report);
	return why;
}

static bool boot_read(struct boot *b, const char *path)
{
	struct buffer text = { 0 };
	const char *unread = file_read(path, MOST, &text);
	char *why = NULL;

	if (unread) {
		complain(path, 0, "%s [no-boot]; 'make report' boots that machine", unread);
	} else {
		why = boot_parse(b, &text);
		if (why)
			complain(path, 0, "%s", why);
	}
	buffer_free(&text);
	free(why);
	return !unread && !why;
}

/* ---- a build ---------------------------------------------------------------------- */

struct built {
	char release[64];
	long long kernel, packed, image; /* bytes */
	long options, modules;
};

/* The first line of a file, without what follows a dash; at most as much as TO has room for. */
static bool read_line_of(const char *path, char *to, size_t room)
{
	struct buffer text = { 0 };
	const char *unread = file_read(path, MOST, &text);
	size_t len;

	if (unread)
		wrong(path, unread);
	len = unread ? 0 : strcspn(text.text, "-\n");
	if (!unread && (!len || len >= room)) {
		unread = "is not a word of a line";
		wrong(path, unread);
	}
	if (!unread)
		snprintf(to, room, "%.*s", (int)len, text.text);
	buffer_free(&text);
	return !unread;
}

static bool read_number(const char *path, long long *n)
{
	char text[20], *end;

	if (!read_line_of(path, text, sizeof(text)))
		return false;
	*n = strtoll(text, &end, 10);
	return (!*end && *n >= 0) || wrong(path, "is not a number");
}

static bool read_size(const char *path, long long *n)
{
	struct stat st;

	if (stat(path, &st))
		return wrong(path, strerror(errno));
	*n = st.st_size;
	return true;
}

/* How many options are enabled. */
static bool read_options(const char *path, long *n)
{
	struct buffer text = { 0 };
	const char *unread = file_read(path, MOST, &text);
	char *rest = text.text, *line, *name, *value;

	while (!unread && (line = strsep(&rest, "\n")))
		if (config_line(line, &name, &value))
			*n += !strcmp(value, "y") || !strcmp(value, "m");
	buffer_free(&text);
	return !unread || wrong(path, unread);
}

/* The bytes of all files below PATH, and how many are modules. */
static bool read_files(const char *path, long long *bytes, long *modules)
{
	char *copy = mem_strdup(path), *const paths[] = { copy, NULL };
	FTS *fts = mem_check(fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL));
	FTSENT *e;
	int failed = 0;

	while ((e = fts_read(fts))) {
		if (e->fts_info == FTS_NS || e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
			failed = e->fts_errno;
		if (e->fts_info != FTS_F)
			continue;
		*bytes += e->fts_statp->st_size;
		*modules += e->fts_namelen > 3 && !strcmp(e->fts_name + e->fts_namelen - 3, ".ko");
	}
	fts_close(fts);
	free(copy);
	return !failed || wrong(path, strerror(failed));
}

static bool read_built(struct built *b, const char *dir)
{
	static const char *const names[] = { "stage/release", "stage/kernel", "packed",
					     "config",	      "image",	      "modules" };
	char *path[ARRAY_SIZE(names)];
	long long unused = 0;
	long none = 0;
	bool good;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		path[i] = mem_printf("%s/%s", dir, names[i]);
	good = read_line_of(path[0], b->release, sizeof(b->release)) &&
	       read_size(path[1], &b->kernel) && read_number(path[2], &b->packed) &&
	       read_options(path[3], &b->options) && read_files(path[4], &b->image, &none) &&
	       read_files(path[5], &unused, &b->modules);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		free(path[i]);
	return good;
}

/* MB of 1,000,000 bytes, as disks and registries count. */
static double mb(long long bytes)
{
	return (double)bytes / 1e6;
}

static char *print_row(const struct build_name *n, const struct built *b, const struct boot *boot,
		       const char *machine)
{
	char *packed = b->packed == b->kernel ? mem_strdup("") :
						mem_printf(", packed %.2f MB", mb(b->packed));
	char *row =
		mem_printf("| %s (%s) | %s %s | %ld | %.2f MB%s | %ld | %.2f MB | %s%s | %ld ms | "
			   "%.1f MiB |",
			   b->release, n->series, n->arch, n->board, b->options, mb(b->kernel),
			   packed, b->modules, mb(b->image), machine,
			   boot->devices ? "" : ", without the devices it is for", boot->init_ms,
			   boot->gone_mib);

	free(packed);
	return row;
}

char *figures_row(const char *out, const struct build_name *build, const char *machine)
{
	char *dir = mem_printf("%s/%s/%s-%s", out, build->series, build->arch, build->board);
	char *report = mem_printf("%s/boot/%s/report.json", dir, machine), *row = NULL;
	struct built b = { 0 };
	struct boot boot = { 0 };

	if (read_built(&b, dir) && boot_read(&boot, report))
		row = print_row(build, &b, &boot, machine);
	free(dir);
	free(report);
	return row;
}
