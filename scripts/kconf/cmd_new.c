// SPDX-License-Identifier: GPL-2.0-only
/* kconf new: upstream's defaults that no fragment requests, with their prompts and help. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "defaults.h"
#include "session.h"

static const struct command command = {
	.synopsis = "kconf new --defaults FILE [--from LIST] [options] LAYER:FRAGMENT...",
	.about =
		"Lists the options that upstream enables by default and no fragment requests, and the\n"
		"choices and numbers of protecting classes that have upstream's default: by class, with\n"
		"prompt, default and help.\n",
	.status = "0 each item of a class is accounted for, 1 some are not, 2 could not run",
	.most = ANY,
};

/* The names in a list that defaults_write() made. */
struct known {
	char **name;
	size_t n, max;
};

static bool known_read(struct known *k, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL, *name, *equals;
	size_t size = 0;
	int n = 0;
	bool good = in;

	while (good && getline(&line, &size, in) >= 0) {
		n++;
		if (*line == '#')
			continue;
		equals = strchr(line, '=');
		if (equals)
			*equals = '\0';
		name = strrchr(line, ' ');
		good = equals && name && name[1];
		if (!good)
			break;
		grow(k->name, k->n, k->max);
		k->name[k->n++] = mem_strdup(name + 1);
	}
	if (!in)
		complain(path, 0, "%s [no-file]; run make resolved to write the list", strerror(errno));
	else if (!good)
		complain(path, n, "the line is not valid [bad-line]: expected CLASS KIND NAME=VALUE");
	free(line);
	if (in)
		fclose(in);
	return good;
}

static bool is_known(const struct known *k, const char *name)
{
	for (size_t i = 0; i < k->n; i++)
		if (!strcmp(k->name[i], name))
			return true;
	return false;
}

static void print_help(struct symbol *sym)
{
	struct property *prop;
	const char *help = NULL;

	for_all_prompts(sym, prop)
		help = help ?: prop->menu->help;
	for (size_t len; help && *help; help += len + (help[len] == '\n')) {
		len = strcspn(help, "\n");
		printf("%s%.*s\n", len ? "        " : "", (int)len, help);
	}
}

static void print_item(const struct default_item *item)
{
	struct property *prop;

	printf("  CONFIG_%s=%s  %s\n", item->sym->name, item->value, default_place(item));
	for_all_prompts(item->sym, prop) {
		printf("      \"%s\"\n", prop->text);
		break;
	}
	if (item->refusal)
		printf("      refused: %s\n", item->refusal->reason);
	print_help(item->sym);
}

static size_t print(const struct defaults *d, const struct known *from)
{
	const char *class = NULL;
	size_t n = 0, lost = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct default_item *item = &d->item[i];
		const char *name = item->class ? item->class->name : "other";

		if (is_known(from, item->sym->name))
			continue;
		if (!class || strcmp(class, name))
			printf("%s%s\n", class ? "\n" : "", name);
		class = name;
		print_item(item);
		n++;
		lost += !strcmp(default_status(item), "unaccounted");
	}
	printf("%s%zu upstream defaults%s, %zu unaccounted\n", class ? "\n" : "", n,
	       from->n ? " that the other list lacks" : "", lost);
	return lost;
}

static int list(struct session *s, const char *defaults, const char *from)
{
	struct defaults d = { 0 };
	struct rules r = { 0 };
	struct known k = { 0 };
	int status = CANNOT_RUN;

	if (!rules_read(&r, defaults) || (from && !known_read(&k, from)))
		goto free;
	if (defaults_list(&d, &s->f, &r))
		status = print(&d, &k) ? FINDING : DONE;
	else
		complain(s->tree.dir, 0, "cannot be resolved with upstream's defaults [unresolved]: %s",
			 strerror(errno));
free:
	for (size_t i = 0; i < k.n; i++)
		free(k.name[i]);
	free(k.name);
	defaults_free(&d);
	rules_free(&r);
	return status;
}

int cmd_new(int argc, char **argv)
{
	const char *defaults = NULL, *from = NULL;
	struct session s = { 0 };
	const struct opt opts[] = {
		OPT_NEED("defaults", "FILE", &defaults,
			 "the classes and refusals: configs/defaults"),
		OPT_TEXT("from", "LIST", &from,
			 "skip the items of LIST, which 'kconf resolve --accounts' wrote,\n"
			 "of another release say"),
		SESSION_OPTIONS(&s),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	status = session_open(&s, argc, argv) ? list(&s, defaults, from) : CANNOT_RUN;
	session_close(&s);
	return status;
}
