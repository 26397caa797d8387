// SPDX-License-Identifier: GPL-2.0-only
/* Which objects are in vmlinux and in the modules. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksize.h"

static const char remedy[] = "build the kernel and its modules there";

char *build_path(const struct build *b, const char *path)
{
	return mem_printf("%s/%s", b->dir, path);
}

struct object *build_add(struct build *b, const char *path, const char *module)
{
	grow(b->object, b->n, b->room);
	b->object[b->n] =
		(struct object){ .path = path, .module = module, .option = NONE, .rule = NO_RULE };
	return &b->object[b->n++];
}

void build_free(struct build *b)
{
	config_free(&b->config);
	free(b->object);
	free(b->module);
	free(b->part);
	map_free(&b->part_names);
}

static bool is_there(const struct build *b, const char *path)
{
	char *full = build_path(b, path);
	bool there = !access(full, F_OK);

	free(full);
	return there;
}

/* ---- vmlinux ------------------------------------------------------------------------- */

static void add_linked(void *build, const char *object)
{
	build_add(build, object, NULL);
}

/* Objects of archives from which the linker takes only the needed ones. */
struct libs {
	struct build *b;
	struct map known; /* objects that are in vmlinux, and then of libs, too */
	struct map map; /* objects that the link map names */
	struct map symbols; /* vmlinux's */
	bool mapped;
	const char **object;
	size_t n, room;
};

static void add_candidate(void *ctx, const char *object)
{
	struct libs *l = ctx;

	if (map_get(&l->known, object) != NONE)
		return;
	map_set(&l->known, object, 0);
	grow(l->object, l->n, l->room);
	l->object[l->n++] = object;
}

/* The libraries are in a group of the linker's command line. */
static bool find_candidates(struct libs *l)
{
	static const char group[] = "--start-group", group_end[] = "--end-group";
	char *path = build_path(l->b, ".vmlinux.o.cmd"), *text = NULL, *p, *end;
	bool good = true;

	if (!access(path, F_OK)) {
		text = read_text(path, NULL, remedy);
		good = text != NULL;
	}
	p = text ? strstr(text, group) : NULL;
	end = p ? strstr(p, group_end) : NULL;
	if (end) {
		*end = '\0';
		p += strlen(group);
		for (char *save, *w = strtok_r(p, " \t", &save); good && w;
		     w = strtok_r(NULL, " \t", &save))
			if (ends(w, ".a"))
				good = archive_read(l->b->dir, intern_path("", w), add_candidate,
						    l);
	}
	free(path);
	free(text);
	return good;
}

/* Every object that vmlinux.map names, as "dir/a.o" or "dir/lib.a(a.o)". */
static bool read_map(struct libs *l)
{
	char *path = build_path(l->b, "vmlinux.map"), *text = NULL, *save, *open;
	bool good = true;

	if (!access(path, F_OK)) {
		text = read_text(path, NULL, remedy);
		good = text != NULL;
	}
	for (char *w = text ? strtok_r(text, " \t\n", &save) : NULL; w;
	     w = strtok_r(NULL, " \t\n", &save)) {
		if (ends(w, ".o)") && (open = strrchr(w, '('))) {
			w[strlen(w) - 1] = '\0';
			*open = '\0';
			open++;
			if (strrchr(w, '/'))
				*strrchr(w, '/') = '\0';
			else
				*w = '\0';
			map_set(&l->map, intern_path(w, open), 0);
		} else if (ends(w, ".o")) {
			map_set(&l->map, intern_path("", w), 0);
		}
	}
	/* If vmlinux is linked from vmlinux.o, the map does not list the parts of that. */
	for (size_t i = 0; i < l->b->n && !l->mapped; i++)
		l->mapped = map_get(&l->map, l->b->object[i].path) != NONE;
	free(path);
	free(text);
	return good;
}

static void keep_symbol(void *ctx, const struct symbol *s)
{
	struct libs *l = ctx;

	if (s->global)
		map_set(&l->symbols, intern(s->name), 0);
}

struct presence {
	const struct libs *libs;
	size_t has, lacks;
};

static void check_symbol(void *ctx, const struct symbol *s)
{
	struct presence *p = ctx;

	if (!s->global)
		return;
	if (map_get(&p->libs->symbols, intern(s->name)) != NONE)
		p->has++;
	else
		p->lacks++;
}

/* An object that was taken defines all its global symbols. */
static bool choose(struct libs *l)
{
	bool good = true;

	for (size_t i = 0; good && i < l->n; i++) {
		struct presence p = { .libs = l };
		char *path;

		if (l->mapped) {
			p.has = map_get(&l->map, l->object[i]) != NONE;
		} else {
			path = build_path(l->b, l->object[i]);
			good = elf_symbols(path, check_symbol, &p);
			free(path);
		}
		if (good && p.has && !p.lacks)
			build_add(l->b, l->object[i], NULL);
	}
	return good;
}

static bool add_libs(struct build *b)
{
	struct libs l = { .b = b };
	/* The last link makes hidden symbols local, such as those of arm64's EFI stub. */
	char *vmlinux = build_path(b, is_there(b, "vmlinux.o") ? "vmlinux.o" : "vmlinux");
	bool good;

	for (size_t i = 0; i < b->n; i++)
		map_set(&l.known, b->object[i].path, 0);
	good = find_candidates(&l);
	if (good && l.n)
		good = read_map(&l) && (l.mapped || elf_symbols(vmlinux, keep_symbol, &l)) &&
		       choose(&l);
	free(vmlinux);
	map_free(&l.known);
	map_free(&l.map);
	map_free(&l.symbols);
	free(l.object);
	return good;
}

/* ---- modules -------------------------------------------------------------------------- */

static bool add_module(struct build *b, char *name)
{
	char *dot = strrchr(name, '.'), *path, *text, *rest, *line;
	const char *module;

	if (dot)
		*dot = '\0';
	module = intern_path("", name);
	grow(b->module, b->modules, b->module_room);
	b->module[b->modules++] = module;
	path = mem_printf("%s/%s.mod", b->dir, module);
	text = rest = read_text(path, NULL, remedy);
	while ((line = next_line(&rest)))
		if (ends(line, ".o"))
			build_add(b, intern_path("", line), module);
	free(path);
	free(text);
	return text != NULL;
}

static bool add_modules(struct build *b)
{
	char *path, *text, *rest, *line;
	bool good = true;

	if (!config_is_on(&b->config, config_find(&b->config, "MODULES")))
		return true;
	path = build_path(b, "modules.order");
	text = rest = read_text(path, NULL, remedy);
	while (good && (line = next_line(&rest)))
		if (*line)
			good = add_module(b, line);
	free(path);
	free(text);
	return text && good;
}

bool linked_objects(struct build *b)
{
	/* scripts/link-vmlinux.sh links these beside the archive. */
	static const char *const beside[] = { "init/version-timestamp.o", ".vmlinux.export.o" };
	const char *archive = is_there(b, "vmlinux.a") ? "vmlinux.a" : "built-in.a";

	if (!archive_read(b->dir, archive, add_linked, b) || !add_libs(b))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(beside); i++)
		if (is_there(b, beside[i]))
			build_add(b, intern(beside[i]), NULL);
	return add_modules(b);
}
