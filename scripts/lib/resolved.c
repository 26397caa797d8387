// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "msg.h"
#include "resolved.h"

const char *const origin_names[ORIGIN_COUNT] = { "asked",   "select",	 "imply", "choice",
						 "default", "toolchain", "untold" };

static bool is_value(const char *v)
{
	return *v && (*v != '"' || (v[1] && v[strlen(v) - 1] == '"'));
}

static bool parse(char *line, struct resolved_option *o)
{
	static const char blanks[] = " \t\r";
	char *equals = strchr(line, '='), *hash, *word, *who;

	if (strncmp(line, "CONFIG_", 7) || !equals)
		return false;
	*equals = '\0';
	o->name = line + 7;
	o->value = equals + 1;
	/* a string may contain a '#'; an origin contains none */
	hash = strrchr(o->value, '#');
	if (!hash)
		return false;
	word = hash + 1 + strspn(hash + 1, blanks);
	while (hash > o->value && strchr(blanks, hash[-1]))
		hash--;
	*hash = '\0';
	who = word + strcspn(word, blanks);
	if (*who)
		*who++ = '\0';
	who += strspn(who, blanks);
	who[strcspn(who, blanks)] = '\0';
	o->who = who;
	for (o->origin = 0; o->origin < ORIGIN_UNTOLD; o->origin++)
		if (!strcmp(word, origin_names[o->origin]))
			return *o->name && is_value(o->value) &&
			       (o->origin != ORIGIN_ASKED || *o->who);
	return false;
}

bool resolved_read_stream(struct resolved *r, FILE *in, const char *path)
{
	struct resolved_option o;
	char *line = NULL, *copy;
	size_t size = 0, max = 0;
	int n = 0;

	memset(r, 0, sizeof(*r));
	while (getline(&line, &size, in) >= 0) {
		n++;
		line[strcspn(line, "\n")] = '\0';
		if (!line[strspn(line, " \t\r")] || *line == '#')
			continue;
		copy = mem_strdup(line);
		if (!parse(copy, &o)) {
			complain(path, n,
				 "'%s' is not a line of a resolved file [bad-resolved]: expected "
				 "CONFIG_NAME=VALUE # ORIGIN WHO; 'make config' writes it",
				 line);
			free(copy);
			free(line);
			return false;
		}
		o.line = copy;
		grow(r->option, r->n, max);
		r->option[r->n++] = o;
	}
	free(line);
	return true;
}

bool resolved_read(struct resolved *r, const char *path)
{
	FILE *in = fopen(path, "r");
	bool read;

	memset(r, 0, sizeof(*r));
	if (!in) {
		complain(path, 0, "%s [unreadable]; 'make config' writes it", strerror(errno));
		return false;
	}
	read = resolved_read_stream(r, in, path);
	fclose(in);
	return read;
}

void resolved_free(struct resolved *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->option[i].line);
	free(r->option);
}
