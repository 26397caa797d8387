// SPDX-License-Identifier: GPL-2.0-only
/* The size of each object: of vmlinux's by where the linker puts it, of the modules'. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ksize.h"

struct measuring {
	struct build *b;
	struct script kernel, module; /* the linker scripts of vmlinux and of modules */
	size_t object;
	struct sizes size; /* of a module's file */
	struct sizes *table; /* by table, of a module */
	size_t tables;
};

/* ---- vmlinux ------------------------------------------------------------------------- */

static void see_in_vmlinux(void *ctx, const struct section *s)
{
	struct measuring *m = ctx;
	struct object *o = &m->b->object[m->object];
	const char *name = intern(s->name), *output;
	struct part *p;

	output = s->size ? script_place(&m->kernel, o->path, name) : discarded;
	if (output == discarded || table_find(m->b, name) != NONE)
		return;
	p = vmlinux_part(m->b, output ? output : name, s);
	p->used += (int64_t)s->size;
	o->size.of[p->column] += (int64_t)s->size;
}

/* ---- modules -------------------------------------------------------------------------- */

static bool counts_in_module(struct measuring *m, const struct section *s, size_t *table)
{
	const char *name = intern(s->name);

	*table = table_find(m->b, name);
	return s->size && script_place(&m->module, "", name) != discarded;
}

static void see_in_module(void *ctx, const struct section *s)
{
	struct measuring *m = ctx;
	size_t table;

	if (counts_in_module(m, s, &table) && table == NONE)
		m->b->object[m->object].size.of[module_column(s)] += (int64_t)s->size;
}

static void see_in_file(void *ctx, const struct section *s)
{
	struct measuring *m = ctx;
	size_t table;

	if (!counts_in_module(m, s, &table))
		return;
	if (table == NONE) {
		m->size.of[module_column(s)] += (int64_t)s->size;
		return;
	}
	if (table >= m->tables) {
		m->table = mem_realloc(m->table, (table + 1) * sizeof(*m->table));
		memset(m->table + m->tables, 0, (table + 1 - m->tables) * sizeof(*m->table));
		m->tables = table + 1;
	}
	m->table[table].of[module_column(s)] += (int64_t)s->size;
}

/*
 * The module's own file is the sum of its parts, of its tables, and of what modpost and
 * the linker add or merge: that is counted as an object of the module's name.
 */
static bool measure_module(struct measuring *m, const char *module, const struct sizes *parts)
{
	char *name = mem_printf("%s.ko", module), *path = build_path(m->b, name);
	bool good;

	m->size = (struct sizes){ 0 };
	if (m->tables)
		memset(m->table, 0, m->tables * sizeof(*m->table));
	good = elf_sections(path, see_in_file, m);
	if (good) {
		struct object *o = build_add(m->b, intern(name), module);

		o->made = true;
		o->size = m->size;
		sizes_subtract(&o->size, parts);
	}
	for (size_t i = 0; good && i < m->tables; i++)
		if (sizes_total(&m->table[i]))
			table_add(m->b, i, module, &m->table[i]);
	free(name);
	free(path);
	return good;
}

/* ---- all ------------------------------------------------------------------------------ */

static bool measure_object(struct measuring *m, size_t object)
{
	const struct object *o = &m->b->object[object];
	char *path = build_path(m->b, o->path);
	bool good;

	m->object = object;
	good = elf_sections(path, o->module ? see_in_module : see_in_vmlinux, m);
	free(path);
	return good;
}

static bool measure_all(struct measuring *m)
{
	struct build *b = m->b;
	size_t n = b->n, i = 0;

	for (; i < n && !b->object[i].module; i++)
		if (!measure_object(m, i))
			return false;
	/* A module's objects stand together, in the modules' order. */
	for (size_t k = 0; k < b->modules; k++) {
		struct sizes parts = { 0 };

		for (; i < n && b->object[i].module == b->module[k]; i++) {
			if (!measure_object(m, i))
				return false;
			sizes_add(&parts, &b->object[i].size);
		}
		if (!measure_module(m, b->module[k], &parts))
			return false;
	}
	return tables_count(b);
}

bool measure(struct build *b)
{
	struct measuring m = { .b = b };
	char *kernel = mem_printf("%s/arch/%s/kernel/vmlinux.lds", b->dir, b->srcarch);
	char *module = build_path(b, "scripts/module.lds");
	bool good = script_read(&m.kernel, kernel) &&
		    (!b->modules || script_read(&m.module, module)) && vmlinux_read(b) &&
		    measure_all(&m);

	script_free(&m.kernel);
	script_free(&m.module);
	free(m.table);
	free(kernel);
	free(module);
	return good;
}
