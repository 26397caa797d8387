// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any .config: options without reasons. The last one of a name counts, as for Kconfig.
 * A line is read as Kconfig's conf_read() reads it. Each other line that was meant as an
 * option is reported. A file without a single option is not a .config.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "dotconfig.h"
#include "unpack.h"

#define MARK "\xef\xbb\xbf"

enum { REPORTS_MAX = 20, SHOWN_MAX = 60 };

struct reader {
	struct dotconfig *d;
	const char *path;
	struct paragraph *para;
	int line;
	size_t crlf; /* lines that end so */
	size_t cut; /* values with something after them */
	bool marked; /* this line stands after a byte order mark */
};

/* The start of TEXT, safe for a terminal; valid until the next call. */
static const char *shown(const char *text)
{
	static char out[SHOWN_MAX + 4];
	size_t n = 0;

	for (; text[n] && n < SHOWN_MAX; n++)
		out[n] = isprint((unsigned char)text[n]) ? text[n] : text[n] == '\t' ? ' ' : '?';
	strcpy(out + n, text[n] ? "..." : "");
	return out;
}

/* May one more line that is not read be reported? */
static bool unread(struct reader *r)
{
	return ++r->d->unread <= REPORTS_MAX;
}

static void report_line(struct reader *r, const char *line)
{
	if (unread(r))
		complain(r->path, r->line,
			 "'%s' is not read [unread-line]: expected CONFIG_NAME=VALUE or "
			 "'# CONFIG_NAME is not set', from the first column to the last",
			 shown(line));
}

/*
 * Cut VALUE to the part that Kconfig reads: the first letter of y, m and n, a string up to its
 * second quote, a whole number.
 */
static void cut_value(char *value)
{
	char *end = value;

	if (*value && strchr("ymn", *value)) {
		value[1] = '\0';
	} else if (*value == '"') {
		for (end++; *end && *end != '"'; end++)
			if (*end == '\\' && end[1])
				end++;
		if (*end)
			end[1] = '\0';
	}
}

static void take(struct reader *r, const char *name, char *value)
{
	char *whole = mem_printf("CONFIG_%s=%s", name, value);
	const char *rest;
	const struct request *taken;

	cut_value(value);
	rest = whole + strlen("CONFIG_=") + strlen(name) + strlen(value);
	frag_set(&r->d->f, r->para, name, value, r->line);
	taken = frag_find(&r->d->f, name);
	if (!taken || taken->line != r->line) {
		if (unread(r))
			complain(r->path, r->line,
				 "'%s' is not read [bad-value]: expected CONFIG_NAME= and y, m, n, a "
				 "number or a \"string\"",
				 shown(whole));
	} else if (rest[strspn(rest, " \t")] && r->cut++ < REPORTS_MAX) {
		complain(r->path, r->line, "'%s' is read as %s [text-after-value]", shown(whole),
			 value);
	}
	free(whole);
}

/* Is it a comment that an option is not set, in another form than Kconfig's? */
static bool is_meant(const char *line)
{
	const char *name = line + strspn(line, "# \t");

	return !strncmp(name, "CONFIG_", 7) && strstr(name, "not set") && !strchr(name, '=');
}

static void comment(struct reader *r, const char *line)
{
	if (is_meant(line))
		report_line(r, line);
	r->d->full |= strstr(line, "Automatically generated file; DO NOT EDIT") != NULL ||
		      (strstr(line, "# Linux/") && strstr(line, "Kernel Configuration"));
}

static void one_line(struct reader *r, char *line)
{
	size_t len = strlen(line);
	char *name, *value;

	if (len && line[len - 1] == '\r') {
		line[--len] = '\0';
		r->crlf++;
	}
	if (line[strspn(line, " \t")] == '\0')
		return;
	if (!r->marked && config_line(line, &name, &value)) {
		take(r, name, value);
	} else if (*line == '#' && !r->marked) {
		comment(r, line);
	} else if (*line != '#' || is_meant(line)) {
		report_line(r, line);
	}
}

/* Only a whole .config has these options: the answers to Kconfig's questions to the compiler. */
static bool has_answers(const struct fragments *f)
{
	return frag_find(f, "CC_VERSION_TEXT") || frag_find(f, "CC_IS_GCC") ||
	       frag_find(f, "CC_IS_CLANG") || frag_find(f, "GCC_VERSION");
}

static void report_whole(const struct reader *r)
{
	if (r->d->unread > REPORTS_MAX)
		complain(r->path, 0, "%zu more lines are not read [unread-line]",
			 r->d->unread - REPORTS_MAX);
	if (r->crlf)
		complain(r->path, 0, "%zu lines end in CRLF [crlf]: expected LF, taken as LF", r->crlf);
}

/* TEXT of SIZE bytes, with a NUL after them. */
static bool parse(struct dotconfig *d, char *text, size_t size, const char *path)
{
	struct reader r = { .d = d, .path = path };
	char *next, *line = text;

	if (strlen(text) != size) {
		complain(path, 0, "is not a text file [not-text]: expected lines like CONFIG_NET=y");
		return false;
	}
	r.para = frag_paragraph(&d->f, path);
	if (!strncmp(line, MARK, strlen(MARK))) {
		line += strlen(MARK);
		r.marked = true;
		complain(path, 1,
			 "begins with a byte order mark [byte-order-mark]: Kconfig does not read the "
			 "first line; remove the mark");
	}
	for (; *line; line = next) {
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] == '\n');
		line[len] = '\0';
		r.line++;
		one_line(&r, line);
		r.marked = false;
	}
	report_whole(&r);
	d->full |= has_answers(&d->f);
	if (!d->f.n_req)
		complain(path, 0, "holds no option [no-option]: expected lines like CONFIG_NET=y");
	return d->f.n_req;
}

bool dotconfig_read_stream(struct dotconfig *d, FILE *in, const char *path)
{
	size_t size;
	char *text = unpack_stream(in, path, &size);
	bool read = text && parse(d, text, size, path);

	free(text);
	return read;
}

bool dotconfig_read(struct dotconfig *d, const char *path)
{
	FILE *in = fopen(path, "r");
	bool read;

	if (!in) {
		complain(path, 0, "%s", strerror(errno));
		return false;
	}
	read = dotconfig_read_stream(d, in, path);
	fclose(in);
	return read;
}
