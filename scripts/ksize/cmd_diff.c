// SPDX-License-Identifier: GPL-2.0-only
/* ksize diff: the differences between two reports. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

static const struct command command = {
	.synopsis = "ksize diff [--json] FROM TO",
	.about =
		"Shows the differences of two reports of 'ksize report --json', the largest first.\n",
	.status = "0 done, 2 could not run",
	.least = 2,
	.most = 2,
};

enum { FROM, TO };

struct item {
	const char *kind, *name, *where;
	int64_t vmlinux[2], modules[2];
	bool there[2];
};

struct difference {
	const char *release[2];
	struct item total;
	struct item *item;
	size_t n, room;
	struct map names;
};

enum change { ADDED, REMOVED, GROWN, SHRUNK, N_CHANGES };
static const char *const change_names[] = { "added", "removed", "grown", "shrunk" };

static int64_t vmlinux_change(const struct item *i)
{
	return i->vmlinux[TO] - i->vmlinux[FROM];
}

static int64_t modules_change(const struct item *i)
{
	return i->modules[TO] - i->modules[FROM];
}

static int64_t total_change(const struct item *i)
{
	return vmlinux_change(i) + modules_change(i);
}

/* ---- reading ---------------------------------------------------------------------------- */

static struct item *item_of(struct difference *d, const char *kind, const char *name)
{
	char *text = mem_printf("%s %s", kind, name);
	const char *key = intern(text);
	size_t i = map_get(&d->names, key);

	free(text);
	if (i != NONE)
		return &d->item[i];
	grow(d->item, d->n, d->room);
	d->item[d->n] = (struct item){ .kind = kind, .name = intern(name), .where = "" };
	map_set(&d->names, key, d->n);
	return &d->item[d->n++];
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* OBJECT.KEY.total; *GOOD becomes false if it isn't there. */
static int64_t total_of(const json_t *object, const char *key, bool *good)
{
	const json_t *total = json_object_get(json_object_get(object, key), "total");

	*good = *good && json_is_integer(total);
	return json_integer_value(total);
}

static bool read_list(struct difference *d, const json_t *root, const char *key, const char *kind,
		      int side)
{
	const json_t *list = json_object_get(root, key), *o;
	bool good = json_is_array(list);
	size_t i;

	json_array_foreach(list, i, o) {
		const char *origin = text_of(o, "origin"), *where = text_of(o, "where");
		struct item *item = item_of(d, kind, text_of(o, "name"));
		char *text;

		good = good && *item->name;
		item->there[side] = true;
		item->vmlinux[side] = total_of(o, "vmlinux", &good);
		item->modules[side] = total_of(o, "modules", &good);
		text = !strcmp(origin, origin_names[ORIGIN_ASKED]) || !*where ?
			       mem_printf("%s", *where ? where : origin) :
			       mem_printf("%s %s", origin, where);
		item->where = intern(text);
		free(text);
	}
	return good;
}

static bool read_report(struct difference *d, const char *path, int side)
{
	static const char remedy[] = "give a file that 'ksize report --json' wrote";
	json_error_t error;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	struct item *rest;
	bool good = true;

	if (!root) {
		complain(path, error.line > 0 ? error.line : 0, "%s [bad-report]; %s", error.text,
			 remedy);
		return false;
	}
	if (strcmp(text_of(root, "format"), json_format) != 0) {
		complain(path, 0, "is not in the format '%s' [other-format]; %s", json_format,
			 remedy);
		json_decref(root);
		return false;
	}
	d->release[side] = intern(text_of(root, "release"));
	d->total.vmlinux[side] = total_of(root, "vmlinux", &good);
	d->total.modules[side] = total_of(root, "modules", &good);
	good = read_list(d, root, "options", "option", side) && good;
	good = read_list(d, root, "core", "core", side) && good;
	rest = item_of(d, "remainder", "linker, padding, tables");
	rest->there[side] = true;
	rest->vmlinux[side] = total_of(root, "remainder", &good);
	if (!good)
		complain(path, 0, "lacks a part of the report [bad-report]; %s", remedy);
	json_decref(root);
	return good;
}

/* ---- judging ------------------------------------------------------------------------------ */

/* The change of an item; N_CHANGES without one. */
static enum change change_of(const struct item *i)
{
	int64_t total = total_change(i);

	if (!i->there[FROM])
		return ADDED;
	if (!i->there[TO])
		return REMOVED;
	if (!vmlinux_change(i) && !modules_change(i))
		return N_CHANGES;
	/* A move from a module into vmlinux counts as growth: vmlinux is always loaded. */
	return total > 0 || (!total && vmlinux_change(i) > 0) ? GROWN : SHRUNK;
}

static int by_change(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int64_t p = llabs(total_change(x)), q = llabs(total_change(y));

	if (p == q) {
		p = llabs(vmlinux_change(x));
		q = llabs(vmlinux_change(y));
	}
	if (p != q)
		return (p < q) - (p > q);
	return strcmp(x->name, y->name) ? strcmp(x->name, y->name) : strcmp(x->kind, y->kind);
}

/* ---- text ---------------------------------------------------------------------------------- */

struct page {
	int name, where;
};

/* Mark the core's directories, so that they do not look like options. */
static char *name_of(const struct item *i)
{
	return mem_printf("%s%s", !strcmp(i->kind, "core") ? "core " : "", i->name);
}

static struct page measure_page(const struct difference *d)
{
	struct page p = { 23, 18 };

	for (size_t i = 0; i < d->n; i++) {
		char *name = name_of(&d->item[i]);
		int n = (int)strlen(name), w = (int)strlen(d->item[i].where);

		free(name);
		if (change_of(&d->item[i]) == N_CHANGES)
			continue;
		p.name = n > p.name ? n : p.name;
		p.where = w > p.where ? w : p.where;
	}
	for (int side = FROM; side <= TO; side++) {
		int w = (int)strlen(d->release[side]);

		p.where = w > p.where ? w : p.where;
	}
	return p;
}

static void print_heading(const struct page *p, const char *what, const char *where)
{
	printf("%-*s %-*s %10s %10s %10s\n", p->name, what, p->where, where, "total", "vmlinux",
	       "modules");
}

static void print_change(const struct page *p, const char *name, const struct item *i)
{
	printf("%-*s %-*s %+10" PRId64 " %+10" PRId64 " %+10" PRId64 "\n", p->name, name, p->where,
	       i->where, total_change(i), vmlinux_change(i), modules_change(i));
}

static void print_side(const struct page *p, const char *name, const struct difference *d, int side)
{
	printf("%-*s %-*s %10" PRId64 " %10" PRId64 " %10" PRId64 "\n", p->name, name, p->where,
	       d->release[side], d->total.vmlinux[side] + d->total.modules[side],
	       d->total.vmlinux[side], d->total.modules[side]);
}

static void print_changes(const struct page *p, const struct difference *d, enum change c)
{
	bool any = false;

	for (size_t i = 0; i < d->n; i++) {
		char *name;

		if (change_of(&d->item[i]) != c)
			continue;
		if (!any)
			print_heading(p, change_names[c], "origin");
		any = true;
		name = name_of(&d->item[i]);
		print_change(p, name, &d->item[i]);
		free(name);
	}
	if (any)
		putchar('\n');
}

static void print_text(const struct difference *d)
{
	struct page p = measure_page(d);

	for (int c = 0; c < N_CHANGES; c++)
		print_changes(&p, d, (enum change)c);
	print_heading(&p, "kernel", "release");
	print_side(&p, "from", d, FROM);
	print_side(&p, "to", d, TO);
	print_change(&p, "difference", &d->total);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *json_side(const struct difference *d, int side)
{
	return json_pack("{s:s, s:I, s:I}", "release", d->release[side], "vmlinux",
			 (json_int_t)d->total.vmlinux[side], "modules",
			 (json_int_t)d->total.modules[side]);
}

static void print_json(const struct difference *d)
{
	json_t *root = json_object();

	json_object_set_new(root, "from", json_side(d, FROM));
	json_object_set_new(root, "to", json_side(d, TO));
	for (int c = 0; c < N_CHANGES; c++)
		json_object_set_new(root, change_names[c], json_array());
	for (size_t i = 0; i < d->n; i++) {
		const struct item *item = &d->item[i];
		enum change c = change_of(item);

		if (c != N_CHANGES)
			json_array_append_new(json_object_get(root, change_names[c]),
					      json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "kind",
							item->kind, "name", item->name, "where",
							item->where, "total",
							(json_int_t)total_change(item), "vmlinux",
							(json_int_t)vmlinux_change(item), "modules",
							(json_int_t)modules_change(item)));
	}
	json_dumpf(root, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(root);
}

int cmd_diff(int argc, char **argv)
{
	struct difference d = { .total = { .where = "" } };
	bool json = false, good;
	const struct opt opts[] = {
		OPT_FLAG("json", &json, "print JSON"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);
	struct output o;

	if (status != GO_ON)
		return status;
	good = read_report(&d, argv[0], FROM) && read_report(&d, argv[1], TO);
	if (good) {
		if (d.n)
			qsort(d.item, d.n, sizeof(*d.item), by_change);
		output_open(&o, NULL);
		(json ? print_json : print_text)(&d);
		good = output_close(&o, true);
	}
	free(d.item);
	map_free(&d.names);
	return good ? DONE : CANNOT_RUN;
}
