/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ksize - which option adds which bytes to a kernel.
 *
 * cmd_NAME.c is the subcommand NAME. Their parts, as the data flows:
 *
 *   util.c       interned strings, maps, text
 *   config.c     .config, and the origin of each option
 *   archive.c    thin archives
 *   cmdfile.c    .cmd files: the commands of Kbuild, and their inputs
 *   sources.c    the source files of the linked objects
 *   linked.c     which objects are in vmlinux and in the modules
 *   elf.c        sections and symbols
 *   script.c     linker scripts: where an input section goes
 *   vmlinux.c    the sections of vmlinux, and which column each counts in
 *   tables.c     tables that the link makes for an option
 *   objects.c    the size of each object
 *   expand.c     variables of make, each word with its option
 *   functions.c  functions of make
 *   kbuild.c     Makefiles: conditionals and assignments
 *   attribute.c  from the Makefiles to the option of each object
 *   sums.c       by option, by fragment, by origin, by directory
 *   text.c, json.c, html.c
 *                the report; html.c draws with treemap.c and svg.c
 *
 * The archives list the objects that are linked; the Makefiles only give their options. So a
 * misread Makefile can give bytes to the wrong option, but never lose them.
 *
 * A function that returns bool has complained when it returns false.
 */
#ifndef KSIZE_H
#define KSIZE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "buffer.h"
#include "file.h"
#include "mem.h"
#include "msg.h"
#include "options.h"
#include "resolved.h"

#define NONE SIZE_MAX /* no index */
#define TEXT_MOST ((size_t)1 << 30) /* bytes of a text */

/* ---- util.c -------------------------------------------------------------------- */
/* The one copy of a string: equal strings have equal pointers. It lives to the end. */
const char *intern(const char *text);
const char *intern_bytes(const char *text, size_t len);
/* PATH as seen from DIR, without "./" and "..". */
const char *intern_path(const char *dir, const char *path);
void intern_free(void);

/* From interned strings to indices; all zeros is empty. */
struct map {
	struct slot {
		const char *key;
		size_t value;
	} * slot;
	size_t n, room;
};

size_t map_get(const struct map *m, const char *key); /* NONE if it isn't there */
void map_set(struct map *m, const char *key, size_t value);
void map_free(struct map *m);

bool starts(const char *text, const char *with);
bool ends(const char *text, const char *with);
/* The content of a file and a NUL, to free; NULL after a message with REMEDY. */
char *read_text(const char *path, size_t *size, const char *remedy);
/* The next line of a text, cut off in place; NULL at its end. */
char *next_line(char **text);

/* ---- config.c ------------------------------------------------------------------ */
struct setting {
	const char *name; /* without CONFIG_ */
	const char *value; /* y, m, a number, or a string without its quotes */
	enum origin origin;
	const char *where; /* the fragment; or the selecting option, the Kconfig file, "" */
};

struct config {
	struct setting *option; /* those that are set */
	size_t n, room;
	struct map names;
};

bool config_read(struct config *c, const char *path);
/* The origins of the options. */
bool config_resolve(struct config *c, const char *path);
/* The option of this name (which need not be interned), or NONE. */
size_t config_find(const struct config *c, const char *name);
bool config_is_on(const struct config *c, size_t option);
void config_free(struct config *c);

/* ---- sizes ----------------------------------------------------------------------- */
enum column { TEXT, DATA, BSS, INIT, N_COLUMNS };
extern const char *const column_names[N_COLUMNS];

/* Signed: linkers also remove bytes. */
struct sizes {
	int64_t of[N_COLUMNS];
};

void sizes_add(struct sizes *to, const struct sizes *s);
void sizes_subtract(struct sizes *from, const struct sizes *s);
int64_t sizes_total(const struct sizes *s);

/* ---- the build ------------------------------------------------------------------- */
enum rule {
	BY_OPTION,
	ALWAYS, /* obj-y all the way down */
	NO_RULE, /* no Makefile names it, as far as ksize reads them */
};

struct object {
	const char *path; /* below the object directory */
	const char *module; /* the module that it is in, without suffix; NULL: vmlinux */
	bool made; /* made by the link, without an object file */
	size_t option; /* or NONE */
	enum rule rule;
	struct sizes size;
};

struct part {
	const char *name; /* an output section of vmlinux */
	uint64_t address;
	int64_t size, used; /* its bytes, and those accounted for */
	enum column column;
};

struct build {
	const char *tree, *dir; /* source and object directory */
	const char *srcarch;
	const char *release;
	struct config config;
	struct object *object;
	size_t n, room;
	const char **module; /* paths without suffix */
	size_t modules, module_room;
	struct part *part;
	size_t parts, part_room;
	struct map part_names;
};

/* A path below the object directory, to free. */
char *build_path(const struct build *b, const char *path);
struct object *build_add(struct build *b, const char *path, const char *module);
void build_free(struct build *b);

/* ---- archive.c ------------------------------------------------------------------- */
/* Call SEE with each object that a thin archive below DIR names, as a path below DIR. */
bool archive_read(const char *dir, const char *path, void (*see)(void *ctx, const char *object),
		  void *ctx);

/* ---- linked.c -------------------------------------------------------------------- */
/* Fill B with the objects that are in vmlinux and in the modules. */
bool linked_objects(struct build *b);

/* ---- cmdfile.c ------------------------------------------------------------------- */
/*
 * Call SEE with each word of a .cmd's TEXT that may name a file; READ: a compiler read that file.
 * A command's words also have options' values and the like. Writes into TEXT.
 */
void cmd_words(char *text, void (*see)(void *ctx, const char *word, size_t len, bool read),
	       void *ctx);

/* ---- sources.c ------------------------------------------------------------------- */
struct list {
	const char **name; /* interned */
	size_t n, room;
};

/*
 * Fill LIST with the files of the tree that were compiled for B's objects, for IMAGE, a file below
 * B's directory, and for the modules in OWN; each may be NULL. Sorted; free LIST's NAME.
 */
bool sources_find(const struct build *b, const char *image, const char *own, struct list *list);

/* ---- elf.c ----------------------------------------------------------------------- */
struct section {
	const char *name;
	uint64_t address, size;
	bool writable, executable, nobits;
};

struct symbol {
	const char *name;
	uint64_t address;
	bool global; /* and defined */
};

/* Call SEE with each section that takes memory, or with each symbol that is defined. */
bool elf_sections(const char *path, void (*see)(void *ctx, const struct section *s), void *ctx);
bool elf_symbols(const char *path, void (*see)(void *ctx, const struct symbol *s), void *ctx);

/* ---- script.c -------------------------------------------------------------------- */
struct script {
	struct placing {
		const char *file, *section; /* patterns */
		const char *output;
		unsigned prefix; /* the section's pattern is this long a prefix and "*", or 0 */
		bool pattern; /* the section's is any other pattern */
	} * placing;
	size_t n, room;
	struct map cache; /* section: its first placing for files by any name */
};

extern const char discarded[]; /* the output section of dropped input */

bool script_read(struct script *s, const char *path);
/* The output section for SECTION (interned) of OBJECT; NULL if the script says nothing. */
const char *script_place(struct script *s, const char *object, const char *section);
void script_free(struct script *s);

/* ---- vmlinux.c ------------------------------------------------------------------- */
/* Read vmlinux's sections into B. */
bool vmlinux_read(struct build *b);
/* The part of this name (interned); added, without a size, if vmlinux lacks it. */
struct part *vmlinux_part(struct build *b, const char *name, const struct section *like);
/* The column of a module's section. */
enum column module_column(const struct section *s);
struct sizes vmlinux_size(const struct build *b);
/* The bytes that no object accounts for. */
struct sizes vmlinux_remainder(const struct build *b);

/* ---- tables.c -------------------------------------------------------------------- */
/*
 * Tables that tools make of all objects when vmlinux is linked, or of each object as it
 * is compiled: that depends on the config. Here they always count to their option.
 */
/* The table that an input section (interned) belongs to, and whose option is enabled; or NONE. */
size_t table_find(const struct build *b, const char *section);
/* Account for the tables in vmlinux. */
bool tables_count(struct build *b);
/* A table's bytes in a module. */
void table_add(struct build *b, size_t table, const char *module, const struct sizes *size);

/* ---- objects.c ------------------------------------------------------------------- */
/* The size of each object. */
bool measure(struct build *b);

/* ---- functions.c ---------------------------------------------------------------- */
struct expansion;
/* The next word at *P, its length in *LEN; NULL without one. */
const char *text_word(const char **p, size_t *len);
/* Append a word, and a blank before it unless OUT was that long already. */
void text_add_word(struct buffer *out, size_t start, const char *word, size_t len);
void text_patsubst(struct expansion *e, const char *from, const char *to, const char *text,
		   struct buffer *out);
/* If TEXT, from between "$(" and ")", calls a function, append its result. */
bool function_call(struct expansion *e, const char *text, size_t len, struct buffer *out);

/* ---- expand.c -------------------------------------------------------------------- */
struct word {
	const char *text; /* interned */
	size_t option; /* that builds it, or NONE */
};

struct words {
	struct word *word;
	size_t n, room;
};

struct chunk {
	const char *raw; /* to be expanded when it is read; or NULL */
	struct words words;
	size_t option; /* of the assignment */
	bool unknown;
};

struct variable {
	struct chunk *chunk;
	size_t n, room;
	bool simple, busy;
};

/*
 * The bound of the Makefiles of a tree. A variable can double itself, or refer to others without
 * end, so that a small file could take all memory. All options of Linux 7.2 take 17 MB.
 */
struct budget {
	size_t spent; /* bytes that are copied, words that are compared */
	unsigned depth; /* of expansions in expansions */
	const char *fault, *code; /* the bound that is exceeded; or NULL */
};

/* False if that exceeds the bound, and from then on. */
bool spend(struct budget *b, size_t n);

/* Expanded text. More than the bound is a fault. */
enum { EXPANSION_MOST = 1 << 20 };
#define EXPANSION { .most = EXPANSION_MOST }

/* The variables of one Makefile. */
struct scope {
	const struct build *build;
	struct budget *budget;
	struct variable *variable;
	size_t n, room;
	struct map names;
};

struct expansion {
	struct scope *scope;
	struct words seen; /* the words of the variables that were read */
	size_t option; /* the last option that was read and is enabled, or NONE */
	bool unknown; /* a part of it is unknown here */
};

void words_add(struct words *w, const char *text, size_t option);
void words_free(struct words *w);
/* Append the expansion of LEN bytes of TEXT. */
void expand(struct expansion *e, const char *text, size_t len, struct buffer *out);
void expansion_free(struct expansion *e);
/* Assign VALUE; OP is ':', '=', '+' or '?', OPTION what the assignment depends on. */
void scope_assign(struct scope *s, const char *name, char op, const char *value, size_t option);
/* Define a simple variable. */
void scope_define(struct scope *s, const char *name, const char *value);
/* The words of a variable now; to free. */
struct words scope_words(struct scope *s, const char *name);
bool scope_has(const struct scope *s, const char *name);
void scope_free(struct scope *s);

/* ---- kbuild.c -------------------------------------------------------------------- */
/* Read a Makefile, a path below the tree. If it is not NEEDED, it may be missing. */
bool kbuild_read(struct scope *s, const char *path, bool needed);

/* ---- attribute.c ----------------------------------------------------------------- */
/* Give each object the option that builds it. */
bool attribute(struct build *b);

/* ---- sums.c ---------------------------------------------------------------------- */
struct sum {
	const char *name; /* option, fragment, origin or directory */
	size_t option; /* if it is one; else NONE */
	struct sizes vmlinux, modules;
	size_t objects;
};

struct sum_list {
	struct sum *sum;
	size_t n, room;
	struct map names;
};

struct sums {
	struct sum_list options, fragments, core; /* largest first */
	struct sum origins[ORIGIN_COUNT];
	struct sum unrequested; /* all origins but ORIGIN_ASKED */
	struct sum core_total, unruled, total;
	struct sizes vmlinux, remainder;
	/* The text of vmlinux's objects, and how much of it a rule attributes. */
	int64_t object_text, ruled_text;
};

int64_t sum_total(const struct sum *s);
void sums_make(struct sums *s, const struct build *b);
void sums_free(struct sums *s);

/* ---- the report ------------------------------------------------------------------ */
extern const char json_format[];
void text_write(FILE *out, const struct build *b, const struct sums *s);
bool json_write(FILE *out, const struct build *b, const struct sums *s);
void html_write(FILE *out, const struct build *b, const struct sums *s);

/* ---- treemap.c ------------------------------------------------------------------- */
struct rect {
	double x, y, w, h;
};

/* Fill AREA with one rectangle for each of N sizes, which are positive and descend. */
void treemap(const double *size, size_t n, struct rect area, struct rect *out);

/* ---- svg.c ----------------------------------------------------------------------- */
/* Text, with the special characters of SVG escaped. */
void svg_text(FILE *out, const char *text);
/* The beginning of a rectangle's element, for more attributes. */
void svg_rect(FILE *out, const char *class, const struct rect *r);
/* A name and a note in a rectangle whose topmost part is taken, as far as there is room. */
void svg_label(FILE *out, const char *name, const char *note, const struct rect *r, double taken);
/* The place for a box with a name at a corner of an area; its height is 0 without room. */
struct rect svg_tag_place(const char *name, const struct rect *area);
void svg_tag(FILE *out, const char *name, const struct rect *tag);

int cmd_report(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_sources(int argc, char **argv);

#endif
