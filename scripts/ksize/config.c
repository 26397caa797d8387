// SPDX-License-Identifier: GPL-2.0-only
/* The options that are set, and where each comes from. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

const char *const origin_names[N_ORIGINS] = {
	[ASKED] = "asked",   [SELECT] = "select",   [IMPLY] = "imply",
	[CHOICE] = "choice", [DEFAULT] = "default", [UNTOLD] = "untold",
};

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
		c->option[c->n++] = (struct setting){ name, value, UNTOLD, intern("") };
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

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r");
}

/* # KIND WHERE */
static const char *read_origin(const char *p, enum origin *origin, const char **where)
{
	size_t n;

	p = skip_blanks(p);
	if (*p != '#')
		return "has no '# ORIGIN' after the value";
	p = skip_blanks(p + 1);
	n = strcspn(p, " \t\r");
	for (*origin = 0; *origin < UNTOLD; ++*origin)
		if (strlen(origin_names[*origin]) == n && !strncmp(p, origin_names[*origin], n))
			break;
	if (*origin == UNTOLD)
		return "has an origin other than asked, select, imply, choice and default";
	p = skip_blanks(p + n);
	*where = intern_bytes(p, strcspn(p, " \t\r"));
	return *origin == ASKED && !**where ? "does not name the fragment that requests it" : NULL;
}

static const char *resolve_line(struct config *c, const char *line, const char **differs)
{
	const char *name, *value, *where = "", *wrong;
	enum origin origin;
	size_t i;

	line = skip_blanks(line);
	if (!*line || *line == '#')
		return NULL;
	line = read_setting(line, &name, &value);
	if (!line)
		return "is not a CONFIG_NAME=VALUE";
	wrong = read_origin(line, &origin, &where);
	i = map_get(&c->names, name);
	if (!wrong && i != NONE) {
		c->option[i].origin = origin;
		c->option[i].where = where;
	}
	if (i == NONE ? strcmp(value, "n") != 0 : strcmp(value, c->option[i].value) != 0)
		*differs = name;
	return wrong;
}

bool config_resolve(struct config *c, const char *path)
{
	char *text = read_text(path, NULL, "'make config' writes it"), *rest = text;
	const char *wrong = NULL, *line, *differs, *first = NULL;
	unsigned n = 0;
	int number = 0;

	while (text && !wrong && (line = next_line(&rest))) {
		number++;
		differs = NULL;
		wrong = resolve_line(c, line, &differs);
		if (wrong)
			complain(
				path, number,
				"%s [bad-resolved]; a line is like 'CONFIG_9P_FS=m # asked common/fs', "
				"'make config' writes them anew",
				wrong);
		n += differs != NULL;
		if (!first)
			first = differs;
	}
	if (text && !wrong && first)
		complain(
			path, 0,
			"differs from the kernel's config in %u options, CONFIG_%s first, so origins may be "
			"wrong [other-config]; build the kernel again",
			n, first);
	free(text);
	return text && !wrong;
}

void config_free(struct config *c)
{
	free(c->option);
	map_free(&c->names);
	*c = (struct config){ 0 };
}
