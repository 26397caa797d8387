// SPDX-License-Identifier: GPL-2.0-only
/* The sections of vmlinux, each in the column where its bytes count. */
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

const char *const column_names[N_COLUMNS] = {
	[TEXT] = "text", [DATA] = "data", [BSS] = "bss", [INIT] = "init"
};

void sizes_add(struct sizes *to, const struct sizes *s)
{
	for (size_t i = 0; i < N_COLUMNS; i++)
		to->of[i] += s->of[i];
}

void sizes_subtract(struct sizes *from, const struct sizes *s)
{
	for (size_t i = 0; i < N_COLUMNS; i++)
		from->of[i] -= s->of[i];
}

int64_t sizes_total(const struct sizes *s)
{
	int64_t total = 0;

	for (size_t i = 0; i < N_COLUMNS; i++)
		total += s->of[i];
	return total;
}

/* The kernel's marks, from include/asm-generic/sections.h; 0 for a missing one. */
struct marks {
	uint64_t init, init_end, rodata, rodata_end;
};

static void see_mark(void *ctx, const struct symbol *s)
{
	struct marks *m = ctx;

	if (s->name[0] != '_' || s->name[1] != '_')
		return;
	if (!strcmp(s->name, "__init_begin"))
		m->init = s->address;
	else if (!strcmp(s->name, "__init_end"))
		m->init_end = s->address;
	else if (!strcmp(s->name, "__start_rodata"))
		m->rodata = s->address;
	else if (!strcmp(s->name, "__end_rodata"))
		m->rodata_end = s->address;
}

enum column module_column(const struct section *s)
{
	/* The kernel frees the sections with this prefix once a module is loaded. */
	if (starts(s->name, ".init"))
		return INIT;
	if (s->nobits)
		return BSS;
	return s->executable || !s->writable ? TEXT : DATA;
}

/*
 * Memory that is freed after boot lies between two marks, whatever its name. So does the image of
 * the per-CPU data, but each processor keeps a copy of it. Memory that is read-only by its marks may
 * be writable for the linker, which does not know "after init".
 */
static enum column column_of(const struct section *s, const struct marks *m)
{
	if (starts(s->name, ".data..percpu"))
		return DATA;
	if (s->address >= m->init && s->address < m->init_end)
		return INIT;
	if (!s->nobits && s->address >= m->rodata && s->address < m->rodata_end)
		return TEXT;
	return module_column(s);
}

struct part *vmlinux_part(struct build *b, const char *name, const struct section *like)
{
	size_t i = map_get(&b->part_names, name);

	if (i != NONE)
		return &b->part[i];
	grow(b->part, b->parts, b->part_room);
	b->part[b->parts] = (struct part){ .name = name, .column = module_column(like) };
	map_set(&b->part_names, name, b->parts);
	return &b->part[b->parts++];
}

struct reading {
	struct build *b;
	struct marks marks;
};

static void see_section(void *ctx, const struct section *s)
{
	struct reading *r = ctx;
	struct part *p = vmlinux_part(r->b, intern(s->name), s);

	p->address = s->address;
	p->size += (int64_t)s->size;
	p->column = column_of(s, &r->marks);
}

bool vmlinux_read(struct build *b)
{
	struct reading r = { .b = b };
	char *path = build_path(b, "vmlinux");
	bool good = elf_symbols(path, see_mark, &r.marks) && elf_sections(path, see_section, &r);

	free(path);
	return good;
}

struct sizes vmlinux_size(const struct build *b)
{
	struct sizes s = { 0 };

	for (size_t i = 0; i < b->parts; i++)
		s.of[b->part[i].column] += b->part[i].size;
	return s;
}

struct sizes vmlinux_remainder(const struct build *b)
{
	struct sizes s = { 0 };

	for (size_t i = 0; i < b->parts; i++)
		s.of[b->part[i].column] += b->part[i].size - b->part[i].used;
	return s;
}
