// SPDX-License-Identifier: GPL-2.0-only
/* Reads what resolved_write.c wrote, without a kernel tree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "resolved.h"

const char *const origin_names[ORIGIN_COUNT] = { "asked",  "select",  "imply",
						 "choice", "default", "toolchain" };

static bool parse(char *line, struct resolved_option *o)
{
	char *equals = strchr(line, '='), *hash, *word;

	if (strncmp(line, "CONFIG_", 7) || !equals)
		return false;
	*equals = '\0';
	o->name = line + 7;
	o->value = equals + 1;
	/* a string may hold a hash; an origin holds none */
	hash = strrchr(o->value, '#');
	if (!hash)
		return false;
	word = hash + 1 + strspn(hash + 1, " ");
	while (hash > o->value && (hash[-1] == ' ' || hash[-1] == '\t'))
		hash--;
	*hash = '\0';
	o->who = "";
	if (strchr(word, ' ')) {
		o->who = strchr(word, ' ') + 1;
		*strchr(word, ' ') = '\0';
	}
	for (o->origin = 0; o->origin < ORIGIN_COUNT; o->origin++)
		if (!strcmp(word, origin_names[o->origin]))
			return *o->name && *o->value;
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
		if (!*line || *line == '#')
			continue;
		copy = mem_strdup(line);
		if (!parse(copy, &o)) {
			complain(path, n, "'%s': a line is CONFIG_NAME=VALUE # ORIGIN; "
				 "'make resolved' writes such files", line);
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
		complain(path, 0, "%s", strerror(errno));
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
