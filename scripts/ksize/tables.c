// SPDX-License-Identifier: GPL-2.0-only
/* Tables that tools and the link itself make for an option. */
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

static const struct table {
	const char *name;
	/* Sections of objects; also of vmlinux, if the table has its own section there. */
	const char *section[4];
	/* Else the table has these symbols, and ends at the next other symbol. */
	const char *symbol[10];
	/* The first that is enabled; the second is its name in older releases. */
	const char *option[2];
} tables[] = {
	{ "ORC unwind tables",
	  { ".orc_header", ".orc_unwind_ip", ".orc_unwind", ".orc_lookup" },
	  { NULL },
	  { "UNWINDER_ORC" } },
	{ "return sites", { ".return_sites" }, { NULL }, { "MITIGATION_RETHUNK", "RETHUNK" } },
	{ "retpoline sites",
	  { ".retpoline_sites" },
	  { NULL },
	  { "MITIGATION_RETPOLINE", "RETPOLINE" } },
	{ "call sites",
	  { ".call_sites" },
	  { NULL },
	  { "MITIGATION_CALL_DEPTH_TRACKING", "CALL_DEPTH_TRACKING" } },
	{ "IBT seals", { ".ibt_endbr_seal" }, { NULL }, { "X86_KERNEL_IBT" } },
	{ "CFI sites", { ".cfi_sites" }, { NULL }, { "FINEIBT" } },
	{ "BTF", { ".BTF", ".BTF_ids" }, { NULL }, { "DEBUG_INFO_BTF" } },
	{ "static call sites",
	  { ".static_call_sites" },
	  { "__start_static_call_sites" },
	  { "HAVE_STATIC_CALL_INLINE" } },
	{ "ftrace locations",
	  { "__mcount_loc", "__patchable_function_entries" },
	  { "__start_mcount_loc" },
	  { "FTRACE_MCOUNT_RECORD" } },
	{ "kallsyms",
	  { NULL },
	  { "kallsyms_num_syms", "kallsyms_names", "kallsyms_markers", "kallsyms_token_table",
	    "kallsyms_token_index", "kallsyms_offsets", "kallsyms_addresses",
	    "kallsyms_relative_base", "kallsyms_seqs_of_names" },
	  { "KALLSYMS" } },
};

static size_t option_of(const struct build *b, const struct table *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(t->option) && t->option[i]; i++) {
		size_t option = config_find(&b->config, t->option[i]);

		if (config_is_on(&b->config, option))
			return option;
	}
	return NONE;
}

size_t table_find(const struct build *b, const char *section)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (size_t j = 0; j < ARRAY_SIZE(tables[i].section) && tables[i].section[j]; j++)
			if (!strcmp(section, tables[i].section[j]))
				return option_of(b, &tables[i]) == NONE ? NONE : i;
	return NONE;
}

void table_add(struct build *b, size_t table, const char *module, const struct sizes *size)
{
	struct object *o = build_add(b, intern(tables[table].name), module);

	o->made = true;
	o->option = option_of(b, &tables[table]);
	o->rule = BY_OPTION;
	o->size = *size;
}

/* Where the symbols of a table begin, and the symbol after them. */
struct span {
	const struct table *table;
	uint64_t first, last, end;
};

struct spans {
	struct span span[ARRAY_SIZE(tables)];
	bool ends; /* the second pass */
};

static bool has_symbol(const struct table *t, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(t->symbol) && t->symbol[i]; i++)
		if (!strcmp(name, t->symbol[i]))
			return true;
	return false;
}

static void see_symbol(void *ctx, const struct symbol *s)
{
	struct spans *spans = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct span *p = &spans->span[i];

		if (!p->table)
			continue;
		if (spans->ends) {
			if (s->address > p->last && (!p->end || s->address < p->end))
				p->end = s->address;
		} else if (has_symbol(p->table, s->name)) {
			if (!p->first || s->address < p->first)
				p->first = s->address;
			if (s->address > p->last)
				p->last = s->address;
		}
	}
}

static void count_section(struct build *b, const char *name, struct sizes *size)
{
	size_t i = map_get(&b->part_names, intern(name));

	if (i == NONE)
		return;
	size->of[b->part[i].column] += b->part[i].size - b->part[i].used;
	b->part[i].used = b->part[i].size;
}

static void count_span(struct build *b, const struct span *s, struct sizes *size)
{
	for (size_t i = 0; s->first && s->end && i < b->parts; i++) {
		struct part *p = &b->part[i];
		uint64_t end = p->address + (uint64_t)p->size;

		if (s->first < p->address || s->first >= end)
			continue;
		end = s->end < end ? s->end : end;
		size->of[p->column] += (int64_t)(end - s->first);
		p->used += (int64_t)(end - s->first);
		return;
	}
}

bool tables_count(struct build *b)
{
	char *path = build_path(b, "vmlinux");
	struct spans spans = { 0 };
	bool good;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i].symbol[0] && option_of(b, &tables[i]) != NONE)
			spans.span[i].table = &tables[i];
	good = elf_symbols(path, see_symbol, &spans);
	spans.ends = true;
	good = good && elf_symbols(path, see_symbol, &spans);
	free(path);
	for (size_t i = 0; good && i < ARRAY_SIZE(tables); i++) {
		struct sizes size = { 0 };

		if (option_of(b, &tables[i]) == NONE)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(tables[i].section) && tables[i].section[j]; j++)
			count_section(b, tables[i].section[j], &size);
		count_span(b, &spans.span[i], &size);
		if (sizes_total(&size))
			table_add(b, i, NULL, &size);
	}
	return good;
}
