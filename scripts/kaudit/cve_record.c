// SPDX-License-Identifier: GPL-2.0-only
/*
 * A record, as the kernel's CVE team writes it: CVE JSON 5 with releases and commits, and beside it
 * a .dyad with the commit of each release:
 *
 *   6.3:bb1520d581a3...:6.4.10:601e467e29a9...      introduced in, by, fixed in, by
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cve.h"

static bool is_id(const char *id)
{
	const char *number;

	if (!id || strncmp(id, "CVE-", 4) || strspn(id + 4, "0123456789") != 4 || id[8] != '-')
		return false;
	number = id + 9;
	return strlen(number) >= 4 && strlen(number) <= 12 && !number[strspn(number, "0123456789")];
}

static bool is_commit(const char *text)
{
	return text && strlen(text) == COMMIT && strspn(text, "0123456789abcdef") == COMMIT;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* *IS from STATUS; false unless it is affected or unaffected. */
static bool status_of(const char *status, bool *is)
{
	*is = status && !strcmp(status, "affected");
	return *is || (status && !strcmp(status, "unaffected"));
}

static char *add_span(struct block *b, const json_t *row, const char *version, bool affected)
{
	const char *below = text_of(row, "lessThan"), *up_to = text_of(row, "lessThanOrEqual");
	const char *to = below ? below : up_to;
	struct span s = { .type = !to ? POINT : below ? BELOW : UP_TO, .affected = affected };

	if (!version_parse(version, &s.from) || (to && !version_parse(to, &s.to)))
		return mem_printf("not a valid range of releases [bad-range]: got '%s' to '%s'",
				  version, to ? to : version);
	s.from_text = mem_strdup(version);
	s.to_text = to ? mem_strdup(to) : NULL;
	grow(b->span, b->n, b->room);
	b->span[b->n++] = s;
	return NULL;
}

static void add_fix(struct cve *c, const char *commit)
{
	for (size_t i = 0; i < c->fixes; i++)
		if (!strcmp(c->fix[i], commit))
			return;
	grow(c->fix, c->fixes, c->fix_room);
	c->fix[c->fixes++] = mem_strdup(commit);
}

/* A row of "versions": of commits (git), or of releases. */
static char *read_row(struct cve *c, struct block *b, const json_t *row)
{
	const char *version = text_of(row, "version"), *type = text_of(row, "versionType");
	const char *below = text_of(row, "lessThan");
	bool affected;

	if (!version || !status_of(text_of(row, "status"), &affected))
		return mem_strdup("a version lacks its number or its status [bad-version]");
	if (type && !strcmp(type, "git")) {
		if (below && !is_commit(below))
			return mem_printf("not a commit [bad-commit]: got '%s'", below);
		if (below && affected)
			add_fix(c, below);
		return NULL;
	}
	if (type && strcmp(type, "semver") && strcmp(type, "original_commit_for_fix"))
		return mem_printf("not a known type of version [bad-version]: got '%s'", type);
	return add_span(b, row, version, affected);
}

static char *read_files(struct cve *c, const json_t *list)
{
	const json_t *file;
	size_t i;

	json_array_foreach(list, i, file) {
		const char *path = json_string_value(file);
		bool known = false;

		if (!path)
			return mem_strdup("programFiles has another value than text [bad-file]");
		for (size_t j = 0; j < c->files; j++)
			known |= !strcmp(c->file[j], path);
		if (known)
			continue;
		grow(c->file, c->files, c->file_room);
		c->file[c->files++] = mem_strdup(path);
	}
	return NULL;
}

static void block_free(struct block *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->span[i].from_text);
		free(b->span[i].to_text);
	}
	free(b->span);
}

static char *read_block(struct cve *c, const json_t *affected)
{
	const json_t *rows = json_object_get(affected, "versions"), *row;
	const char *status = text_of(affected, "defaultStatus");
	struct block b = { 0 };
	char *fault = read_files(c, json_object_get(affected, "programFiles"));
	size_t i;

	if (!fault && status && !status_of(status, &b.affected))
		fault = mem_printf("not a known status [bad-status]: got '%s'", status);
	if (!fault && !json_is_array(rows))
		fault = mem_strdup("a product lacks its versions [no-versions]");
	json_array_foreach(rows, i, row) {
		if (fault)
			break;
		fault = read_row(c, &b, row);
	}
	if (fault || !b.n) {
		block_free(&b);
		return fault;
	}
	grow(c->block, c->blocks, c->block_room);
	c->block[c->blocks++] = b;
	return NULL;
}

/* The newer of the two dates that a record may have. */
static void read_date(struct cve *c, const json_t *meta)
{
	const char *date = text_of(meta, "dateUpdated");

	if (!date)
		date = text_of(meta, "datePublished");
	if (date && strlen(date) >= 10 && !date[strspn(date, "0123456789-:.TZ+")])
		c->updated = mem_strdup(date);
}

static char *read_record(struct cve *c, const json_t *record)
{
	const json_t *meta = json_object_get(record, "cveMetadata"), *affected, *one;
	const json_t *cna = json_object_get(json_object_get(record, "containers"), "cna");
	const char *id = text_of(meta, "cveId"), *state = text_of(meta, "state");
	const char *title = text_of(cna, "title");
	char *fault = NULL;
	size_t i;

	if (!is_id(id))
		return mem_strdup("cveMetadata lacks a cveId [no-id]");
	c->id = mem_strdup(id);
	c->title = mem_strdup(title ? title : "");
	c->rejected = state && !strcmp(state, "REJECTED");
	read_date(c, meta);
	if (c->rejected)
		return NULL;
	affected = json_object_get(cna, "affected");
	if (!json_is_array(affected) || !json_array_size(affected))
		return mem_strdup("the record lacks its affected versions [no-affected]");
	json_array_foreach(affected, i, one) {
		fault = read_block(c, one);
		if (fault)
			return fault;
	}
	return c->blocks ? NULL : mem_strdup("the record has no releases [no-releases]");
}

char *cve_parse(struct cve *c, const char *text, size_t size)
{
	json_error_t error;
	json_t *record = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	char *fault;

	if (!record)
		return mem_printf("line %d: not JSON [bad-json]: %s", error.line, error.text);
	fault = read_record(c, record);
	json_decref(record);
	return fault;
}

static bool copy_commit(char *to, const char *from)
{
	if (!strcmp(from, "0"))
		return true;
	if (!is_commit(from))
		return false;
	memcpy(to, from, COMMIT + 1);
	return true;
}

static bool read_pair(struct cve *c, char *line)
{
	char *field[4] = { 0 }, *rest = line;
	struct version v;
	struct pair p = { 0 };

	for (int i = 0; i < 4; i++)
		field[i] = strsep(&rest, ":");
	if (rest || !field[3] || !version_parse(field[0], &v) || !version_parse(field[2], &v) ||
	    !copy_commit(p.introduced_by, field[1]) || !copy_commit(p.fixed_by, field[3]))
		return false;
	p.introduced = mem_strdup(field[0]);
	p.fixed = mem_strdup(field[2]);
	grow(c->pair, c->pairs, c->pair_room);
	c->pair[c->pairs++] = p;
	return true;
}

char *cve_dyad(struct cve *c, char *text)
{
	char *line;

	for (int n = 1; (line = strsep(&text, "\n")); n++)
		if (*line && *line != '#' && !read_pair(c, line))
			return mem_printf("line %d of the .dyad: not two releases and two commits "
					  "[bad-dyad]",
					  n);
	return NULL;
}

const char *cve_fixed_by(const struct cve *c, const char *release)
{
	for (size_t i = 0; release && i < c->pairs; i++)
		if (!strcmp(c->pair[i].fixed, release) && c->pair[i].fixed_by[0])
			return c->pair[i].fixed_by;
	return NULL;
}

const char *cve_introduced_by(const struct cve *c, const char *release)
{
	for (size_t i = 0; release && i < c->pairs; i++)
		if (!strcmp(c->pair[i].introduced, release) && c->pair[i].introduced_by[0])
			return c->pair[i].introduced_by;
	return NULL;
}

void cve_free(struct cve *c)
{
	for (size_t i = 0; i < c->blocks; i++)
		block_free(&c->block[i]);
	for (size_t i = 0; i < c->files; i++)
		free(c->file[i]);
	for (size_t i = 0; i < c->fixes; i++)
		free(c->fix[i]);
	for (size_t i = 0; i < c->pairs; i++) {
		free(c->pair[i].introduced);
		free(c->pair[i].fixed);
	}
	free(c->block);
	free(c->file);
	free(c->fix);
	free(c->pair);
	free(c->id);
	free(c->title);
	free(c->updated);
	memset(c, 0, sizeof(*c));
}
