// SPDX-License-Identifier: GPL-2.0-only
/* The options that are set, and their origins. */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "ksize.h"

/* A string without its quotes. */
static const char *intern_value(const char *v)
{
	size_t quote = *v == '"', len = strlen(v);

	return intern_bytes(v + quote, len - quote - (quote && len > 1 && v[len - 1] == '"'));
}

bool config_read(struct config *c, const char *path)
{
	char *text = read_text(path, NULL, "give the directory that Kbuild built in"), *rest = text;
	char *name, *value, *line;

	if (!text)
		return false;
	while ((line = next_line(&rest))) {
		if (!config_line(line, &name, &value) || !*value || !strcmp(value, "n"))
			continue;
		grow(c->option, c->n, c->room);
		map_set(&c->names, intern(name), c->n);
		c->option[c->n++] = (struct setting){ intern(name), intern_value(value),
						      ORIGIN_UNTOLD, intern("") };
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
		value = intern_value(o->value);
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
