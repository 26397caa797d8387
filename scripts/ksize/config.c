// SPDX-License-Identifier: GPL-2.0-only
/* The options that are set, and where each comes from. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

static const char prefix[] = "CONFIG_";

static size_t name_length(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return n;
}

/* CONFIG_NAME=VALUE: its name and value, and what follows; NULL if it isn't one. */
static const char *read_setting(const char *line, const char **name, const char **value)
{
	const char *p;
	size_t n;

	if (!starts(line, prefix))
		return NULL;
	line += strlen(prefix);
	n = name_length(line);
	if (!n || line[n] != '=')
		return NULL;
	*name = intern_bytes(line, n);
	p = line + n + 1;
	if (*p != '"') {
		n = strcspn(p, " \t");
		*value = intern_bytes(p, n);
		return n ? p + n : NULL;
	}
	for (n = 1; p[n] && p[n] != '"'; n++)
		n += p[n] == '\\' && p[n + 1];
	*value = intern_bytes(p + 1, n - 1);
	return p[n] ? p + n + 1 : NULL;
}

bool config_read(struct config *c, const char *path)
{
	char *text = read_text(path, NULL, "give the directory that Kbuild built in"), *rest = text;
	const char *name, *value, *line;

	if (!text)
		return false;
	while ((line = next_line(&rest))) {
		if (!read_setting(line, &name, &value) || !strcmp(value, "n"))
			continue;
		grow(c->option, c->n, c->room);
		map_set(&c->names, name, c->n);
		c->option[c->n++] = (struct setting){ name, value, ORIGIN_UNTOLD, intern("") };
	}
	free(text);
	if (!c->n)
		complain(path, 0,
			 "has no options [no-options]; give the directory that Kbuild built in");
	return c->n;
}

size_t config_find(const struct config *c, const char *name)
{
	return map_get(&c->names, intern(name));
}

bool config_is_on(const struct config *c, size_t option)
{
	const char *v = option == NONE ? "" : c->option[option].value;

	return !strcmp(v, "y") || !strcmp(v, "m");
}

bool config_resolve(struct config *c, const char *path)
{
	const char *first = NULL, *name, *value;
	struct resolved r;
	unsigned n = 0;
	size_t i;
	bool good = resolved_read(&r, path);

	for (const struct resolved_option *o = r.option; good && o < r.option + r.n; o++) {
		name = intern(o->name);
		value = o->value + (*o->value == '"');
		value = intern_bytes(value,
				     strlen(value) - (value != o->value && ends(value, "\"")));
		i = map_get(&c->names, name);
		if (i != NONE) {
			c->option[i].origin = o->origin;
			c->option[i].where = intern(o->who);
		}
		if (i == NONE ? !strcmp(value, "n") : value == c->option[i].value)
			continue;
		n++;
		first = first ? first : name;
	}
	if (good && first)
		complain(
			path, 0,
			"differs from the kernel's config in %u options, CONFIG_%s first, so origins may be "
			"wrong [other-config]; build the kernel again",
			n, first);
	resolved_free(&r);
	return good;
}

void config_free(struct config *c)
{
	free(c->option);
	map_free(&c->names);
	*c = (struct config){ 0 };
}
