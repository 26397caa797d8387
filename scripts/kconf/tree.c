// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compiled against each tree's scripts/kconfig. This file includes conf.c, with its main renamed,
 * because its static function defines what "every other option is n" means (for choices, and for
 * options that allnoconfig leaves enabled).
 */
int kc_tree_main(int ac, char **av);
#define main kc_tree_main
#include <conf.c> /* NOLINT(bugprone-suspicious-include) */
#undef main

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kconf.h"
#include "probe.h"
#include "said.h"
#include "tree.h"

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
	struct symbol *choice;

	if (!sym_is_choice_value(sym))
		return NULL;
	choice = prop_get_symbol(sym_get_choice_prop(sym));
	/* Of a choice that is not y, the value is not a symbol. */
	return choice->curr.tri == yes ? sym_get_choice_value(choice) : NULL;
#else
	struct menu *choice = sym_get_choice_menu(sym), *m;

	if (choice)
		menu_for_each_sub_entry(m, choice)
			if (m->sym && m->sym->curr.tri == yes)
				return m->sym;
	return NULL;
#endif
}

bool kc_choice_is_open(struct symbol *sym)
{
#if KC_OLD_MODEL
	struct property *prop = sym_get_choice_prop(prop_get_symbol(sym_get_choice_prop(sym)));
	struct symbol *member;
	struct expr *e;

	expr_list_for_each_sym(prop->expr, e, member)
		if (member != sym && member->visible != no)
			return true;
#else
	struct menu *choice = sym_get_choice_menu(sym), *m;

	menu_for_each_sub_entry(m, choice)
		if (m->sym && m->sym != sym && m->sym->visible != no)
			return true;
#endif
	return false;
}

const char *kc_value(struct symbol *sym)
{
	if (!kc_defined(sym))
		return "unknown";
	if (kc_is_tristate(sym))
		return sym->curr.tri == yes ? "y" : sym->curr.tri == mod ? "m" : "n";
	if (!(sym->flags & SYMBOL_WRITE))
		return "n";
	return sym_get_string_value(sym);
}

/* The digits of a number that Kconfig takes, without a hex number's 0x and leading zeros. */
static const char *digits(const char *number, bool hex)
{
	if (hex && number[0] == '0' && (number[1] == 'x' || number[1] == 'X'))
		number += 2;
	while (*number == '0' && number[1])
		number++;
	return number;
}

static bool same_number(const char *a, const char *b, bool hex)
{
	bool minus_a = *a == '-', minus_b = *b == '-';
	const char *digits_a = digits(a + minus_a, hex), *digits_b = digits(b + minus_b, hex);

	return !strcasecmp(digits_a, digits_b) && (minus_a == minus_b || !strcmp(digits_a, "0"));
}

bool kc_takes(struct symbol *sym, const char *value)
{
	if (kc_is_tristate(sym))
		return *value && strchr("ymn", *value) && !value[1];
	return sym->type == S_STRING ? *value == '"' : sym_string_valid(sym, value);
}

bool kc_holds(struct symbol *sym, const char *value)
{
	bool held;
	char *text;

	if (!kc_defined(sym) || kc_transitional(sym))
		return false;
	if (!kc_is_tristate(sym) && !(sym->flags & SYMBOL_WRITE))
		return !strcmp(value, "n");
	if (!kc_takes(sym, value))
		return false;
	if (kc_is_tristate(sym))
		return kc_tristate(value) == sym->curr.tri;
	if (sym->type != S_STRING)
		return same_number(value, sym_get_string_value(sym), sym->type == S_HEX);
	text = unquote(value);
	held = !strcmp(text, sym_get_string_value(sym));
	free(text);
	return held;
}

const char *kc_parse_file(void)
{
#if KC_OLD_MODEL
	return current_file ? current_file->name : NULL;
#else
	return cur_filename;
#endif
}

int kc_parse_line(void)
{
#if KC_OLD_MODEL
	return yylineno;
#else
	return cur_lineno;
#endif
}

/* ---- where definitions stand ---------------------------------------------------- */

static struct kc_place *entries; /* every menu entry, sorted */
static size_t n_entries, max_entries;

static int by_place(const void *a, const void *b)
{
	const struct kc_place *pa = a, *pb = b;
	int order = strcmp(pa->file, pb->file);

	return order ? order : pa->first - pb->first;
}

static void gather(const struct menu *m)
{
	for (; m; m = m->next) {
		grow(entries, n_entries, max_entries);
		entries[n_entries++] = (struct kc_place){ kc_file(m), m->lineno, m->lineno };
		gather(m->list);
	}
}

size_t kc_places(const struct symbol *sym, struct kc_place *place, size_t max)
{
	size_t n = 0;

	if (!entries) {
		gather(&rootmenu);
		qsort(entries, n_entries, sizeof(*entries), by_place);
	}
#if KC_OLD_MODEL
	const struct property *p;

	for_all_properties(sym, p, P_SYMBOL)
		if (n < max)
			place[n++] = (struct kc_place){ kc_file(p->menu), p->menu->lineno, 0 };
#else
	const struct menu *m;

	list_for_each_entry(m, &sym->menus, link)
		if (n < max)
			place[n++] = (struct kc_place){ kc_file(m), m->lineno, 0 };
#endif
	for (size_t i = 0; i < n; i++) {
		const struct kc_place *e = bsearch(&place[i], entries, n_entries,
						   sizeof(*entries), by_place);

		place[i].last = INT_MAX;
		for (; e && e < entries + n_entries && !strcmp(e->file, place[i].file); e++)
			if (e->first > place[i].first) {
				place[i].last = e->first - 1;
				break;
			}
	}
	return n;
}

/* NAME=PREFIX+TOOL in the environment, as Kbuild exports it for Kconfig's $(shell). */
static void set_tool(const char *name, const char *prefix, const char *tool)
{
	char value[256];

	snprintf(value, sizeof(value), "%s%s", prefix, tool);
	setenv(name, value, 1);
}

/*
 * Kbuild's CC_VERSION_TEXT: the first line of $(CC) --version, without any '#'. And what
 * the options that clang gets with each question: unknown options are errors.
 */
static void set_compiler(const char *cross)
{
	char line[512] = "", command[300], *out = line;
	FILE *p;

	snprintf(command, sizeof(command), "%s --version 2>/dev/null | head -n 1", getenv("CC"));
	p = popen(command, "r");
	if (!p || !fgets(line, sizeof(line), p)) {
		die(CANNOT_RUN, "the compiler '%s' does not run [no-compiler]; run 'make setup'",
		    getenv("CC"));
	}
	pclose(p);
	for (const char *c = line; *c && *c != '\n'; c++)
		if (*c != '#')
			*out++ = *c;
	*out = '\0';
	setenv("CC_VERSION_TEXT", line, 1);
	if (strstr(line, "clang")) {
		snprintf(command, sizeof(command),
			 "%s%.*s%s-fintegrated-as -Werror=unknown-warning-option "
			 "-Werror=ignored-optimization-argument -Werror=option-ignored "
			 "-Werror=unused-command-line-argument",
			 *cross ? "--target=" : "", (int)strlen(cross) - (*cross != 0), cross,
			 *cross ? " " : "");
		setenv("CLANG_FLAGS", command, 1);
	}
}

/*
 * Its version would be in every config, so one without BTF does not depend on the host's pahole.
 * Since 7.1 Kbuild looks for the version itself.
 */
static void set_pahole(const struct tree *t)
{
	char *command, version[16] = "";
	FILE *p;

	if (!t->btf) {
		setenv("PAHOLE", "false", 1);
		setenv("PAHOLE_VERSION", "0", 1);
		return;
	}
	setenv("PAHOLE", "pahole", 1);
	command = mem_printf("%s/scripts/pahole-version.sh pahole", t->dir);
	p = popen(command, "r");
	free(command);
	if (!p || !fgets(version, sizeof(version), p) || !atoi(version))
		die(CANNOT_RUN, "a fragment requests DEBUG_INFO_BTF, and pahole is missing "
				"[no-pahole]; run 'make setup'");
	pclose(p);
	version[strcspn(version, "\n")] = '\0';
	setenv("PAHOLE_VERSION", version, 1);
}

bool tree_parse(const struct tree *t)
{
	static const char *const binutils[][2] = {
		{ "LD", "ld" },		  { "AR", "ar" },	    { "NM", "nm" },
		{ "OBJCOPY", "objcopy" }, { "OBJDUMP", "objdump" }, { "READELF", "readelf" },
		{ "STRIP", "strip" },	  { "CC", "gcc" },
	};
	/*
	 * Host programs that no kernel here is built with: their presence on one machine must not
	 * make its config differ from another's. The build gives Kbuild the same values.
	 */
	static const char *const unused[] = { "RUSTC", "BINDGEN" };
	int home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	probe_environment();
	setenv("srctree", t->dir, 1);
	setenv("ARCH", t->kbuild_arch, 1);
	setenv("SRCARCH", t->srcarch, 1);
	setenv("KERNELVERSION", t->release, 1);
	setenv("CLANG_FLAGS", "", 1);
	setenv("RUSTC_VERSION_TEXT", "", 1);
	setenv("PYTHON3", "python3", 1);
	for (size_t i = 0; i < ARRAY_SIZE(binutils); i++)
		set_tool(binutils[i][0], t->cross, binutils[i][1]);
	if (t->cc)
		setenv("CC", t->cc, 1);
	for (size_t i = 0; i < ARRAY_SIZE(unused); i++)
		setenv(unused[i], "false", 1);
	if (!t->record)
		probe_begin(t->dir, t->cache);
	else if (!probe_replay(t->dir, t->record))
		return false;
	if (!probe_start())
		return false;
	set_compiler(t->cross);
	set_pahole(t);
	/* Kconfig looks in the working directory first. */
	if (home < 0 || chdir(t->dir)) {
		complain(t->dir, 0, "%s", strerror(errno));
		return false;
	}
	conf_set_message_callback(NULL);
	arena_open();
	conf_parse("Kconfig");
	arena_close();
	if (fchdir(home)) {
		complain(t->dir, 0, "cannot return to the working directory: %s", strerror(errno));
		return false;
	}
	close(home);
	probe_end();
	return true;
}

/* ---- resolving ------------------------------------------------------------------ */

#if !KC_OLD_MODEL
/*
 * Reading a config moves the members of a choice in its list of priorities. A tree that
 * is resolved a second time must start where the first time did.
 */
static struct {
	struct menu *choice;
	struct symbol *member;
} *order;
static size_t n_order, max_order;

static void reset_choices(void)
{
	bool first = !order;
	struct menu *m;
	struct symbol *sym;

	if (first) {
		menu_for_each_entry(m) {
			if (!m->sym || !sym_is_choice(m->sym))
				continue;
			list_for_each_entry(sym, &m->choice_members, choice_link) {
				grow(order, n_order, max_order);
				order[n_order].choice = m;
				order[n_order++].member = sym;
			}
		}
	}
	for (size_t i = 0; !first && i < n_order; i++) {
		list_del(&order[i].member->choice_link);
		list_add_tail(&order[i].member->choice_link, &order[i].choice->choice_members);
	}
}
#else
static void reset_choices(void)
{
}
#endif

bool tree_resolve(const struct fragments *f, const struct assignment *extra, size_t n)
{
	struct symbol *sym;
	char path[64];
	int fd = memfd_create("requests", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	struct said said;
	bool read;

	if (!out)
		return false;
	/* A line for each request, so that a message about the line is one about the request. */
	for (size_t i = 0; i < f->n_req; i++) {
		const struct request *r = f->req[i];
		const char *value = r->value;

		for (size_t j = 0; j < n; j++)
			if (!strcmp(extra[j].name, r->name))
				value = extra[j].value;
		/* conf_read_simple() reads "is not set" as CONFIG_X=n. */
		fprintf(out, "CONFIG_%s=%s\n", r->name, value);
	}
	for (size_t i = 0; i < n; i++)
		if (!frag_find(f, extra[i].name))
			fprintf(out, "CONFIG_%s=%s\n", extra[i].name, extra[i].value);
	fflush(out);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	reset_choices();
	said_open(&said);
	read = !(f->defaults ? conf_read(path) : conf_read_simple(path, S_DEF_USER));
	said_close(&said, f, path);
	fclose(out);
	if (!read)
		return false;
	if (f->defaults)
		sym_clear_all_valid();
	else
		conf_set_all_new_symbols(def_no); /* which clears them */
	kc_for_all_symbols(sym)
		sym_calc_value(sym);
	return true;
}

bool tree_write(const char *path)
{
	/* The tree's writer keeps the former file as .old, which no user requests. */
	char old[4096];

	unlink(path);
	if (conf_write(path))
		return false;
	snprintf(old, sizeof(old), "%s.old", path);
	unlink(old);
	return true;
}
