// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiled against each tree's scripts/kconfig. conf.c comes in as text, with its
 * main renamed, because what "every other option is n" means (choices, and options
 * that allnoconfig leaves on) is its static function's to say, not ours.
 */
int kc_tree_main(int ac, char **av);
#define main kc_tree_main
#include <conf.c> /* NOLINT(bugprone-suspicious-include) */
#undef main

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kconf.h"
#include "tree.h"

const char *kc_where(const struct symbol *sym)
{
	static char where[512];

#if KC_OLD_MODEL
	const struct property *p;

	for_all_properties(sym, p, P_SYMBOL) {
		snprintf(where, sizeof(where), "%s:%d", kc_file(p->menu), p->menu->lineno);
		return where;
	}
#else
	const struct menu *m;

	list_for_each_entry(m, &sym->menus, link) {
		snprintf(where, sizeof(where), "%s:%d", kc_file(m), m->lineno);
		return where;
	}
#endif
	return "?";
}

bool kc_in_choice(struct symbol *sym)
{
#if KC_OLD_MODEL
	return sym_is_choice_value(sym);
#else
	return sym_get_choice_menu(sym) != NULL;
#endif
}

struct symbol *kc_choice_winner(struct symbol *sym)
{
#if KC_OLD_MODEL
	if (!sym_is_choice_value(sym))
		return NULL;
	return sym_get_choice_value(prop_get_symbol(sym_get_choice_prop(sym)));
#else
	struct menu *choice = sym_get_choice_menu(sym), *m;

	if (choice)
		menu_for_each_sub_entry(m, choice)
			if (m->sym && m->sym->curr.tri == yes)
				return m->sym;
	return NULL;
#endif
}

/* NAME=PREFIX+TOOL in the environment, as Kbuild exports it for Kconfig's $(shell). */
static void set_tool(const char *name, const char *prefix, const char *tool)
{
	char value[256];

	snprintf(value, sizeof(value), "%s%s", prefix, tool);
	setenv(name, value, 1);
}

/* Kbuild's CC_VERSION_TEXT: the first line of $(CC) --version, without any '#'. */
static void set_version_text(void)
{
	char line[512] = "", command[300], *out = line;
	FILE *p;

	snprintf(command, sizeof(command), "LC_ALL=C %s --version 2>/dev/null", getenv("CC"));
	p = popen(command, "r");
	if (!p || !fgets(line, sizeof(line), p)) {
		fprintf(stderr, "kconf: the compiler '%s' does not run; 'make setup' installs it\n",
			getenv("CC"));
		exit(CANNOT_RUN);
	}
	pclose(p);
	for (const char *c = line; *c && *c != '\n'; c++)
		if (*c != '#')
			*out++ = *c;
	*out = '\0';
	setenv("CC_VERSION_TEXT", line, 1);
}

void tree_parse(const struct tree *t)
{
	static const char *const binutils[][2] = {
		{ "LD", "ld" },		  { "AR", "ar" },	    { "NM", "nm" },
		{ "OBJCOPY", "objcopy" }, { "OBJDUMP", "objdump" }, { "READELF", "readelf" },
		{ "STRIP", "strip" },	  { "CC", "gcc" },
	};
	/*
	 * Host programs that no kernel of ours is built with: what Kconfig would find
	 * out about them must not make one machine's config differ from another's.
	 * The build gives Kbuild the same values.
	 */
	static const char *const unused[] = { "RUSTC", "BINDGEN", "PAHOLE" };

	setenv("srctree", t->dir, 1);
	setenv("ARCH", t->kbuild_arch, 1);
	setenv("SRCARCH", t->srcarch, 1);
	setenv("KERNELVERSION", t->release, 1);
	setenv("CLANG_FLAGS", "", 1);
	setenv("RUSTC_VERSION_TEXT", "", 1);
	setenv("PAHOLE_VERSION", "0", 1);
	setenv("PYTHON3", "python3", 1);
	setenv("LC_ALL", "C", 1);
	for (size_t i = 0; i < sizeof(binutils) / sizeof(*binutils); i++)
		set_tool(binutils[i][0], t->cross, binutils[i][1]);
	for (size_t i = 0; i < sizeof(unused) / sizeof(*unused); i++)
		setenv(unused[i], "false", 1);
	set_version_text();
	conf_set_message_callback(NULL);
	conf_parse("Kconfig");
}

bool tree_resolve_allno(const struct fragments *f)
{
	struct symbol *sym;
	char path[64];
	int fd = memfd_create("requests", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		return false;
	for (size_t i = 0; i < f->n_req; i++) {
		const struct request *r = f->req[i];

		if (strcmp(r->value, "n"))
			fprintf(out, "CONFIG_%s=%s\n", r->name, r->value);
		else
			fprintf(out, "# CONFIG_%s is not set\n", r->name);
	}
	fflush(out);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (conf_read_simple(path, S_DEF_USER)) {
		fclose(out);
		return false;
	}
	fclose(out);
	conf_set_all_new_symbols(def_no);
	sym_clear_all_valid();
	kc_for_all_symbols(sym)
		sym_calc_value(sym);
	return true;
}

bool tree_write(const char *path)
{
	/* The tree's writer keeps what was there as .old; nobody has asked for that. */
	char old[4096];

	unlink(path);
	if (conf_write(path))
		return false;
	snprintf(old, sizeof(old), "%s.old", path);
	unlink(old);
	return true;
}
