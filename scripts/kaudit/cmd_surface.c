// SPDX-License-Identifier: GPL-2.0-only
/* kaudit surface: the interfaces of a built kernel, counted, and compared with those of another. */
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "file.h"
#include "kaudit.h"

static const struct command command = {
	.synopsis = "kaudit surface [--map FILE] [--modules DIR] [--config FILE] [options]",
	.about =
		"Lists the system calls that System.map has, what the aliases of modules and of built-in\n"
		"code offer, and enabled options. (m) is loaded when a user or a device requests it.\n",
	.status = "0 done, 2 could not run",
	.least = 0,
	.most = 0,
};

/* Aliases by their first characters; a driver is counted once, by the name of its module. */
enum { CALLS = 0, DEBUG = 1, ENABLED = 2, ALIASES = 3, LINE_MAX_SIZE = 64 << 20 };
static const struct kind {
	const char *name, *prefix;
	bool driver;
} kinds[] = {
	[CALLS] = { "system-calls", NULL, false },
	[DEBUG] = { "debug-interfaces", NULL, false },
	[ENABLED] = { "enabled-options", NULL, false },
	[ALIASES] = { "sockets", "net-pf-", false },
	{ "file-systems", "fs-", false },
	{ "binary-formats", "binfmt-", false },
	{ "network-links", "rtnl-link-", false },
	{ "algorithms", "crypto-", false },
	{ "device-nodes", "devname:", false },
	{ "device-numbers", "char-major-", false },
	{ "pci-drivers", "pci:", true },
	{ "usb-drivers", "usb:", true },
	{ "virtio-drivers", "virtio:", true },
	{ "acpi-drivers", "acpi", true },
	{ "device-tree-drivers", "of:", true },
	{ "platform-drivers", "platform:", true },
	{ "hyperv-drivers", "vmbus:", true },
	{ "channel-drivers", "ccw:", true },
};

/* Options that show or change a running kernel. */
static const char *const debug_options[] = {
	"BPF_SYSCALL",	"CHECKPOINT_RESTORE", "CRASH_DUMP",	   "DEBUG_FS",	  "DEVMEM",
	"DEVPORT",	"DYNAMIC_DEBUG",      "FTRACE",		   "GDB_SCRIPTS", "IKCONFIG_PROC",
	"KCOV",		"KEXEC",	      "KEXEC_FILE",	   "KGDB",	  "KPROBES",
	"MAGIC_SYSRQ",	"PERF_EVENTS",	      "PROC_KCORE",	   "PROFILING",	  "PROC_PAGE_MONITOR",
	"PTDUMP_DEBUGFS", "UPROBES",	      "USERFAULTFD",
};

struct item {
	size_t kind;
	char *name;
	bool module;
};

struct surface {
	struct item *item; /* sorted by kind and name, each once */
	size_t n, room;
	bool has[ARRAY_SIZE(kinds)]; /* the kinds that were read */
};

static void add(struct surface *s, size_t kind, const char *name, bool module)
{
	grow(s->item, s->n, s->room);
	s->item[s->n++] = (struct item){ kind, visible(name), module };
}

static int compare(const struct item *a, const struct item *b)
{
	return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind) :
				    strcmp(a->name, b->name);
}

static int by_name(const void *a, const void *b)
{
	return compare(a, b);
}

static void sort(struct surface *s)
{
	size_t n = 0;

	if (s->n)
		qsort(s->item, s->n, sizeof(*s->item), by_name);
	for (size_t i = 0; i < s->n; i++) {
		if (n && !compare(&s->item[n - 1], &s->item[i]))
			free(s->item[i].name);
		else
			s->item[n++] = s->item[i];
	}
	s->n = n;
}

static void surface_free(struct surface *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->item[i].name);
	free(s->item);
}

/* ---- reading ------------------------------------------------------------------------ */

static bool read_file(const char *path, struct buffer *b)
{
	const char *why = file_read(path, LINE_MAX_SIZE, b);

	if (why)
		complain(path, 0, "%s [unreadable]", why);
	return !why;
}

/* "ADDRESS T __x64_sys_read": weak ones are not compiled in. */
static bool read_map(struct surface *s, const char *path)
{
	static const char *const prefixes[] = { "__x64_sys_", "__arm64_sys_", "__s390x_sys_",
						"__riscv_sys_" };
	struct buffer b = { 0 };
	char *rest, *line, *symbol;
	const size_t before = s->n;

	if (!read_file(path, &b)) {
		buffer_free(&b);
		return false;
	}
	for (rest = b.text; rest && (line = strsep(&rest, "\n"));) {
		symbol = strstr(line, " T ");
		for (size_t i = 0; symbol && i < ARRAY_SIZE(prefixes); i++) {
			const size_t len = strlen(prefixes[i]);

			if (!strncmp(symbol + 3, prefixes[i], len) &&
			    strcmp(symbol + 3 + len, "ni_syscall") != 0)
				add(s, CALLS, symbol + 3 + len, false);
		}
	}
	buffer_free(&b);
	s->has[CALLS] = true;
	if (s->n > before)
		return true;
	complain(path, 0, "has no system call [no-system-call]: expected a System.map of %s",
		 "x86_64, arm64, s390x or riscv64");
	return false;
}

static void add_alias(struct surface *s, const char *alias, const char *module, bool loadable)
{
	for (size_t k = ALIASES; k < ARRAY_SIZE(kinds); k++)
		if (!strncmp(alias, kinds[k].prefix, strlen(kinds[k].prefix)))
			add(s, k, kinds[k].driver ? module : alias, loadable);
}

/* Lines "alias ALIAS MODULE". */
static bool read_aliases(struct surface *s, const char *path)
{
	struct buffer b = { 0 };
	const bool good = read_file(path, &b);
	char *rest = b.text, *line, *word, *alias, *module;

	while (good && rest && (line = strsep(&rest, "\n"))) {
		word = strsep(&line, " ");
		alias = strsep(&line, " ");
		module = line;
		if (!strcmp(word, "alias") && alias && module)
			add_alias(s, alias, module, true);
	}
	buffer_free(&b);
	return good;
}

/* Strings "MODULE.alias=ALIAS", each with a NUL. */
static bool read_builtin(struct surface *s, const char *path)
{
	static const char mark[] = ".alias=";
	struct buffer b = { 0 };
	const bool good = read_file(path, &b);

	for (size_t at = 0; good && at < b.size; at += strlen(b.text + at) + 1) {
		char *module = b.text + at, *alias = strstr(module, mark);

		if (!alias)
			continue;
		*alias = '\0';
		add_alias(s, alias + strlen(mark), module, false);
		at = (size_t)(alias + 1 - b.text);
	}
	buffer_free(&b);
	return good;
}

static bool read_modules(struct surface *s, const char *dir)
{
	char *aliases = mem_printf("%s/modules.alias", dir);
	char *builtin = mem_printf("%s/modules.builtin.modinfo", dir);
	const bool good = read_aliases(s, aliases) && read_builtin(s, builtin);

	for (size_t k = ALIASES; k < ARRAY_SIZE(kinds); k++)
		s->has[k] = true;
	free(aliases);
	free(builtin);
	return good;
}

static bool read_config(struct surface *s, const char *path)
{
	struct facts f = { 0 };
	const bool good = facts_read(&f, path);

	for (size_t i = 0; i < ARRAY_SIZE(debug_options); i++)
		if (facts_get(&f, OPTION, debug_options[i]))
			add(s, DEBUG, debug_options[i], false);
	for (size_t i = 0; i < f.n[OPTION]; i++) {
		const struct fact *o = &f.fact[OPTION][i];

		if (!strcmp(o->value, "y") || !strcmp(o->value, "m"))
			add(s, ENABLED, o->name, *o->value == 'm');
	}
	s->has[DEBUG] = s->has[ENABLED] = true;
	facts_free(&f);
	return good;
}

/* What print_json() wrote. */
static bool read_json(struct surface *s, const char *path)
{
	json_error_t error;
	json_t *all = json_load_file(path, JSON_REJECT_DUPLICATES, &error), *loadable;
	const char *name;
	bool good = json_is_object(all);

	for (size_t k = 0; good && k < ARRAY_SIZE(kinds); k++) {
		json_t *list = json_object_get(all, kinds[k].name);

		s->has[k] = list;
		good = !list || json_is_object(list);
		json_object_foreach(list, name, loadable)
			add(s, k, name, json_is_true(loadable));
	}
	if (!good)
		complain(path, all ? 0 : error.line,
			 "%s [bad-json]: expected the output of kaudit surface --json, or a .config",
			 all ? "is not an object of objects" : error.text);
	json_decref(all);
	return good;
}

static bool read_other(struct surface *s, const char *path)
{
	struct buffer b = { 0 };
	bool json;

	if (!read_file(path, &b)) {
		buffer_free(&b);
		return false;
	}
	json = b.size && *b.text == '{';
	buffer_free(&b);
	return json ? read_json(s, path) : read_config(s, path);
}

/* ---- printing ------------------------------------------------------------------------- */

static void print_json_surface(const struct surface *s)
{
	json_t *all = json_object();

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		if (s->has[k])
			json_object_set_new(all, kinds[k].name, json_object());
	for (size_t i = 0; i < s->n; i++)
		json_object_set_new(json_object_get(all, kinds[s->item[i].kind].name),
				    s->item[i].name, json_boolean(s->item[i].module));
	json_dumpf(all, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(all);
}

static size_t count(const struct surface *s, size_t kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->item[i].kind == kind;
	return n;
}

static void print_item(const char *sign, const struct item *item)
{
	printf("        %s%s%s\n", sign, item->name, item->module ? " (m)" : "");
}

/* Merge the two sorted lists of one kind. */
static void print_changes(const struct surface *s, const struct surface *other, size_t kind)
{
	size_t i = 0, j = 0;

	while (i < s->n || j < other->n) {
		const struct item *a = i < s->n ? &s->item[i] : NULL;
		const struct item *b = j < other->n ? &other->item[j] : NULL;
		const int order = !a ? 1 : !b ? -1 : compare(a, b);

		if (order < 0 && a && a->kind == kind)
			print_item("+ ", a);
		if (order > 0 && b && b->kind == kind)
			print_item("- ", b);
		i += order <= 0;
		j += order >= 0;
	}
}

static void print_surface(const struct surface *s, const struct surface *other)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		if (!s->has[k])
			continue;
		printf("%6zu  %s", count(s, k), kinds[k].name);
		if (other && other->has[k])
			printf(", the other has %zu\n", count(other, k));
		else
			printf("%s\n", other ? ", not compared: the other has no list" : "");
		if (other && other->has[k])
			print_changes(s, other, k);
		for (size_t i = 0; !other && k != CALLS && k != ENABLED && i < s->n; i++)
			if (s->item[i].kind == k)
				print_item("", &s->item[i]);
	}
}

int cmd_surface(int argc, char **argv)
{
	const char *map = NULL, *modules = NULL, *config = NULL, *against = NULL;
	bool json = false;
	const struct opt opts[] = {
		OPT_TEXT("map", "FILE", &map, "the kernel's System.map"),
		OPT_TEXT("modules", "DIR", &modules, "lib/modules/RELEASE, with its indexes"),
		OPT_TEXT("config", "FILE", &config, "the .config, or a kernel file with one"),
		OPT_TEXT("against", "FILE", &against,
			 "list the differences from another kernel: the output\n"
			 "of --json, or a .config"),
		OPT_FLAG("json", &json, "print objects of names; true is loaded on request"),
		OPT_END,
	};
	struct surface s = { 0 }, other = { 0 };
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (!map && !modules && !config)
		return options_wrong(&command, opts);
	status = CANNOT_RUN;
	if ((!map || read_map(&s, map)) && (!modules || read_modules(&s, modules)) &&
	    (!config || read_config(&s, config)) && (!against || read_other(&other, against))) {
		sort(&s);
		sort(&other);
		if (json)
			print_json_surface(&s);
		else
			print_surface(&s, against ? &other : NULL);
		status = fflush(stdout) || ferror(stdout) ? CANNOT_RUN : DONE;
	}
	surface_free(&s);
	surface_free(&other);
	return status;
}
