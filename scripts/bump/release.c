// SPDX-License-Identifier: GPL-2.0-only
/* The section on the release: dates, the releases that are skipped, end of life, and trust. */
#include <string.h>
#include <time.h>

#include "bump.h"

enum { DAY = 24 * 60 * 60 };

const char *trust_of(const struct facts *f, const char *key)
{
	const json_t *row;
	size_t i;

	json_array_foreach(f->trust, i, row)
		if (!strcmp(cell(row, 0), key))
			return cell(row, 1);
	return "";
}

/* Days from FROM to TO, both YYYY-MM-DDTHH:MM:SSZ; false if one of them is not a date. */
static bool days_between(const char *from, const char *to, long *days)
{
	struct tm a = { 0 }, b = { 0 };

	if (!strptime(from, "%Y-%m-%dT%H:%M:%SZ", &a) || !strptime(to, "%Y-%m-%dT%H:%M:%SZ", &b))
		return false;
	*days = (long)((timegm(&b) - timegm(&a)) / DAY);
	return true;
}

static void put_dates(const struct facts *f, FILE *out)
{
	const char *before = trust_of(f, "fromdate"), *after = trust_of(f, "date");
	long days;

	fprintf(out, "- %s of %.10s to %s of %.10s", trust_of(f, "from"), before,
		trust_of(f, "version"), after);
	if (days_between(before, after, &days))
		fprintf(out, ", %ld days", days);
	fputc('\n', out);
}

/* The releases in between: all, and those that each origin lists. */
static void put_skipped(const struct facts *f, FILE *out)
{
	const char *skipped = trust_of(f, "skipped"), *last = "";
	const json_t *row;
	size_t i;

	if (!*skipped)
		return;
	fprintf(out, "- releases skipped: %s", skipped);
	json_array_foreach(f->trust, i, row) {
		const char *text = cell(row, 1), *version = strchr(text, ' ');

		if (strcmp(cell(row, 0), "listed") || !version)
			continue;
		if (strncmp(text, last, (size_t)(version - text) + 1))
			fprintf(out, "; %.*s lists", (int)(version - text), text);
		else
			fputc(',', out);
		put_html(version, out);
		last = text;
	}
	fprintf(out, "%s\n", strcmp(skipped, "none") ? " (no list has their dates)" : "");
}

void put_release(const struct facts *f, FILE *out)
{
	static const struct {
		const char *key, *text;
	} lines[] = {
		{ "trust", "trusted" },
		{ "distrust", "not trusted" },
		{ "taken", "tarball from" },
	};
	const char *eol = trust_of(f, "eol");
	const json_t *row;
	size_t i, j;

	fputs("\n## Release\n\n", out);
	put_dates(f, out);
	put_skipped(f, out);
	fprintf(out, "- end of life: %s\n",
		strcmp(eol, "-") ? eol : "not known; if kernel.org projects one, write it into the lock");
	for (j = 0; j < ARRAY_SIZE(lines); j++)
		json_array_foreach(f->trust, i, row) {
			if (strcmp(cell(row, 0), lines[j].key))
				continue;
			fprintf(out, "- %s: ", lines[j].text);
			put_html(cell(row, 1), out);
			fputc('\n', out);
		}
	json_array_foreach(f->files, i, row)
		fprintf(out, "- %s: %s\n", cell(row, 0), cell(row, 1));
}
