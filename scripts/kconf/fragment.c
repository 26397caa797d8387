// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments: files in .config syntax whose options stand in paragraphs, each
 * with the reason for them. The syntax stays the kernel's own, so its tools and
 * editors read these files too; what we add stands in comments.
 *
 * Strict on purpose: a line that is not understood is a request that is lost.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"

const char *const layer_names[LAYER_COUNT] = { "base", "arch", "common", "board", "flavour" };

void *kc_realloc(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p) {
		fputs("kconf: out of memory\n", stderr);
		exit(CANNOT_RUN);
	}
	return p;
}

void *kc_zalloc(size_t size)
{
	return memset(kc_realloc(NULL, size), 0, size);
}

static char *kc_strndup(const char *s, size_t len)
{
	char *copy = kc_realloc(NULL, len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *kc_strdup(const char *s)
{
	return kc_strndup(s, strlen(s));
}

void complain(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "kconf: %s:", file);
	if (line)
		fprintf(stderr, "%d:", line);
	fputc(' ', stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int release_cmp(const char *a, const char *b)
{
	while (*a && *b) {
		char *a_end, *b_end;
		unsigned long na = strtoul(a, &a_end, 10), nb = strtoul(b, &b_end, 10);

		if (na != nb)
			return na < nb ? -1 : 1;
		a = a_end + (*a_end == '.');
		b = b_end + (*b_end == '.');
		if (a == a_end || b == b_end)
			break;
	}
	return 0; /* a release is part of its series */
}

static bool is_release(const char *s)
{
	size_t dots = 0;

	for (;;) {
		if (!isdigit((unsigned char)*s))
			return false;
		while (isdigit((unsigned char)*s))
			s++;
		if (!*s)
			return dots >= 1 && dots <= 2;
		if (*s++ != '.')
			return false;
		dots++;
	}
}

char *unquote(const char *value)
{
	char *out = kc_realloc(NULL, strlen(value) + 1), *o = out;

	for (const char *v = value + 1; *v && *v != '"'; v++) {
		if (*v == '\\' && v[1])
			v++;
		*o++ = *v;
	}
	*o = '\0';
	return out;
}

/* A name that Kconfig's lexer takes for a symbol. */
static bool is_name(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

static bool is_string(const char *v)
{
	if (*v++ != '"')
		return false;
	for (; *v && *v != '"'; v++)
		if (*v == '\\' && *++v == '\0')
			return false;
	return v[0] == '"' && v[1] == '\0';
}

static bool is_number(const char *v)
{
	char *end;

	if (*v == '-')
		v++;
	if (!isdigit((unsigned char)*v))
		return false;
	errno = 0;
	strtoull(v, &end, 0);
	return !*end && !errno;
}

static size_t hash(const char *s)
{
	size_t h = 5381;

	while (*s)
		h = h * 33 + (unsigned char)*s++;
	return h;
}

/* The slot that holds NAME, or the empty one where it belongs. */
static size_t *find_slot(const struct fragments *f, const char *name)
{
	size_t i = hash(name) & (f->n_slot - 1);

	while (f->slot[i] && strcmp(f->req[f->slot[i] - 1]->name, name))
		i = (i + 1) & (f->n_slot - 1);
	return &f->slot[i];
}

struct request *frag_find(const struct fragments *f, const char *name)
{
	size_t i = *find_slot(f, name);

	return i ? f->req[i - 1] : NULL;
}

struct waiver *frag_waiver(struct fragments *f, const char *name)
{
	for (size_t i = 0; i < f->n_waiver; i++)
		if (!strcmp(f->waiver[i].name, name))
			return &f->waiver[i];
	return NULL;
}

void frag_init(struct fragments *f, const char *arch, const char *release)
{
	memset(f, 0, sizeof(*f));
	f->arch = arch;
	f->release = release;
	f->n_slot = 1024;
	f->slot = kc_zalloc(f->n_slot * sizeof(*f->slot));
}

void frag_free(struct fragments *f)
{
	for (size_t i = 0; i < f->n_req; i++) {
		for (struct request *r = f->req[i], *below; r; r = below) {
			below = r->replaced;
			free((void *)(uintptr_t)r->name);
			free((void *)(uintptr_t)r->value);
			free(r);
		}
	}
	for (size_t i = 0; i < f->n_waiver; i++)
		free((void *)(uintptr_t)f->waiver[i].name);
	for (size_t i = 0; i < f->n_para; i++) {
		free(f->para[i]->reason);
		free(f->para[i]->optional);
		free(f->para[i]);
	}
	free(f->req);
	free(f->waiver);
	free(f->para);
	free(f->slot);
	memset(f, 0, sizeof(*f));
}

static void rehash(struct fragments *f)
{
	free(f->slot);
	f->n_slot *= 2;
	f->slot = kc_zalloc(f->n_slot * sizeof(*f->slot));
	for (size_t i = 0; i < f->n_req; i++)
		*find_slot(f, f->req[i]->name) = i + 1;
}

static void add_request(struct fragments *f, struct request *r)
{
	size_t *slot = find_slot(f, r->name);
	struct request *old = *slot ? f->req[*slot - 1] : NULL;

	if (!old) {
		grow(f->req, f->n_req, f->max_req);
		f->req[f->n_req++] = r;
		*slot = f->n_req;
		if (2 * f->n_req > f->n_slot)
			rehash(f);
		return;
	}
	if (old->para->layer == r->para->layer || !r->para->overrides) {
		bool same = !strcmp(old->value, r->value);

		complain(r->para->file, r->line, "CONFIG_%s=%s %s %s:%d (%s); keep one of them%s",
			 r->name, r->value, same ? "repeats" : "contradicts", old->para->file,
			 old->line, old->value,
			 old->para->layer == r->para->layer ?
				 "" :
				 ", or give this paragraph the directive '#: override'");
		f->errors++;
	}
	r->replaced = old;
	f->req[*slot - 1] = r;
}

struct paragraph *frag_paragraph(struct fragments *f, const char *file)
{
	struct paragraph *p = kc_zalloc(sizeof(*p));

	p->file = file;
	p->active = true;
	grow(f->para, f->n_para, f->max_para);
	f->para[f->n_para++] = p;
	return p;
}

static struct request *new_request(const struct paragraph *p, const char *name, const char *value,
				   int line)
{
	struct request *r = kc_zalloc(sizeof(*r));

	r->name = kc_strdup(name);
	r->value = kc_strdup(value);
	r->line = line;
	r->para = p;
	return r;
}

void frag_set(struct fragments *f, const struct paragraph *p, const char *name, const char *value,
	      int line)
{
	size_t *slot = find_slot(f, name);
	struct request *r;

	if (!is_name(name) || (!is_string(value) && !is_number(value) &&
			       (!strchr("ymn", *value) || !*value || value[1])))
		return;
	r = new_request(p, name, value, line);
	if (!*slot) {
		add_request(f, r);
		return;
	}
	r->replaced = f->req[*slot - 1];
	f->req[*slot - 1] = r;
}

/* The state of one file while it is read. */
struct reader {
	struct fragments *f;
	const char *file;
	int line;
	enum layer layer;
	struct paragraph *para; /* NULL between paragraphs */
	bool in_options; /* an option line has been seen in this paragraph */
	size_t n_directives;
};

#define bad(r, ...)                                          \
	do {                                                 \
		complain((r)->file, (r)->line, __VA_ARGS__); \
		(r)->f->errors++;                            \
	} while (0)

static struct paragraph *paragraph(struct reader *r)
{
	if (!r->para) {
		r->para = frag_paragraph(r->f, r->file);
		r->para->line = r->line;
		r->para->layer = r->layer;
		r->in_options = false;
		r->n_directives = 0;
	}
	return r->para;
}

static void end_paragraph(struct reader *r)
{
	if (r->para && r->n_directives && !r->in_options)
		bad(r, "directives without an option; put them in the paragraph of their options");
	r->para = NULL;
}

static void comment(struct reader *r, const char *text)
{
	struct paragraph *p = paragraph(r);
	size_t old;

	text += strspn(text, "# \t");
	if (!*text)
		return;
	if (r->in_options) {
		bad(r, "a comment after the options of a paragraph; "
		       "start a new paragraph with a blank line");
		return;
	}
	old = p->reason ? strlen(p->reason) : 0;
	p->reason = kc_realloc(p->reason, old + strlen(text) + 2);
	sprintf(p->reason + old, "%s%s", old ? " " : "", text);
}

/* Take the next blank-separated word off *S, or NULL. */
static char *word(char **s)
{
	char *start = *s + strspn(*s, " \t");
	size_t len = strcspn(start, " \t");

	if (!len)
		return NULL;
	*s = start + len;
	if (**s)
		*(*s)++ = '\0';
	*s += strspn(*s, " \t");
	return start;
}

static void directive_arch(struct reader *r, char *rest)
{
	bool mine = false;
	char *name = word(&rest);

	if (!name)
		bad(r, "'#: arch' names no architecture; e.g. '#: arch x86_64 arm64'");
	for (; name; name = word(&rest))
		mine |= !strcmp(name, r->f->arch);
	if (!mine)
		r->para->active = false;
}

static void directive_release(struct reader *r, char *rest, bool since)
{
	char *release = word(&rest);
	int cmp;

	if (!release || *rest || !is_release(release)) {
		bad(r, "'#: %s' takes one series or release; e.g. '#: %s 6.12'",
		    since ? "since" : "until", since ? "since" : "until");
		return;
	}
	cmp = release_cmp(r->f->release, release);
	if (since ? cmp < 0 : cmp >= 0)
		r->para->active = false;
}

static void directive_waive(struct reader *r, char *rest)
{
	char *copy = kc_strdup(rest), *s = copy;
	char *name = word(&s), *until = word(&s), *owner = word(&s);
	struct waiver *w;

	if (!name || !until || !owner || !*s || !is_name(name) || strncmp(until, "until=", 6) ||
	    !is_release(until + 6)) {
		bad(r, "a waiver is '#: waive SYMBOL until=RELEASE OWNER REASON', all of it");
		free(copy);
		return;
	}
	until += 6;
	if (release_cmp(r->f->release, until) >= 0)
		bad(r, "the waiver for %s expired with %s; cure the loss or renew it with a reason",
		    name, until);
	grow(r->f->waiver, r->f->n_waiver, r->f->max_waiver);
	w = &r->f->waiver[r->f->n_waiver++];
	*w = (struct waiver){ name, until, owner, s, r->file, r->line, false };
}

static void directive(struct reader *r, char *text)
{
	struct paragraph *p = paragraph(r);
	char *name = word(&text);

	r->n_directives++;
	if (r->in_options)
		bad(r, "a directive after the options; it belongs before them");
	else if (!name)
		bad(r, "an empty directive; remove it");
	else if (!strcmp(name, "arch"))
		directive_arch(r, text);
	else if (!strcmp(name, "since") || !strcmp(name, "until"))
		directive_release(r, text, name[0] == 's');
	else if (!strcmp(name, "waive"))
		directive_waive(r, text);
	else if (!strcmp(name, "override") && !*text)
		p->overrides = true;
	else if (!strcmp(name, "optional") && *text && !p->optional)
		p->optional = kc_strdup(text);
	else if (!strcmp(name, "optional") || !strcmp(name, "override"))
		bad(r, "'#: optional' takes a reason and stands once, '#: override' takes nothing");
	else
		bad(r, "unknown directive '%s'; known: arch since until optional override waive",
		    name);
}

static void option(struct reader *r, const char *name, const char *value)
{
	struct paragraph *p = paragraph(r);

	if (!is_name(name)) {
		bad(r, "'%s' is no option name", name);
		return;
	}
	if (strcmp(value, "y") && strcmp(value, "m") && strcmp(value, "n") && !is_string(value) &&
	    !is_number(value)) {
		bad(r, "CONFIG_%s=%s: no value of an option; y, m, a number or a \"string\"", name,
		    value);
		return;
	}
	if (!p->reason && !r->in_options)
		bad(r, "CONFIG_%s has no reason; write a comment above it that says why", name);
	r->in_options = true;
	if (p->active)
		add_request(r->f, new_request(p, name, value, r->line));
}

#define NOT_SET " is not set"

static void line(struct reader *r, char *s)
{
	size_t len = strlen(s), tail = strlen(NOT_SET);
	char *equals;

	while (len && isspace((unsigned char)s[len - 1]))
		s[--len] = '\0';
	if (!len) {
		end_paragraph(r);
	} else if (!strncmp(s, "#:", 2)) {
		directive(r, s + 2);
	} else if (!strncmp(s, "# CONFIG_", 9) && len > 9 + tail &&
		   !strcmp(s + len - tail, NOT_SET)) {
		s[len - tail] = '\0';
		option(r, s + 9, "n");
	} else if (!strncmp(s, "# CONFIG_", 9)) {
		bad(r, "'%s': write '# CONFIG_NAME is not set', or words that don't begin so", s);
	} else if (*s == '#') {
		comment(r, s);
	} else if (!strncmp(s, "CONFIG_", 7) && (equals = strchr(s, '='))) {
		*equals = '\0';
		if (!strcmp(equals + 1, "n"))
			bad(r, "%s=n: write '# %s is not set', as Kconfig does", s, s);
		else
			option(r, s + 7, equals + 1);
	} else {
		bad(r, "'%s': neither an option, a comment nor blank", s);
	}
}

void frag_read_stream(struct fragments *f, FILE *in, const char *path, enum layer layer)
{
	struct reader r = { .f = f, .file = path, .layer = layer };
	char *buf = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&buf, &size, in)) >= 0) {
		r.line++;
		if (strlen(buf) != (size_t)len)
			bad(&r, "a NUL byte; this is no text file");
		else
			line(&r, buf);
	}
	end_paragraph(&r);
	if (ferror(in)) {
		complain(path, 0, "%s", strerror(errno));
		f->errors++;
	}
	free(buf);
	f->n_files++;
}

bool frag_read(struct fragments *f, const char *path, enum layer layer)
{
	FILE *in = fopen(path, "r");

	if (!in) {
		complain(path, 0, "%s; is it named right in the board's FRAGMENTS?",
			 strerror(errno));
		f->errors++;
		return false;
	}
	frag_read_stream(f, in, path, layer);
	fclose(in);
	return true;
}

bool frag_read_args(struct fragments *f, int n, char **args)
{
	if (!n) {
		fputs("kconf: no fragments given; name them as LAYER:FILE\n", stderr);
		return false;
	}
	for (int i = 0; i < n; i++) {
		const char *colon = strchr(args[i], ':');
		int layer = 0;

		while (colon && layer < LAYER_COUNT &&
		       (strlen(layer_names[layer]) != (size_t)(colon - args[i]) ||
			strncmp(layer_names[layer], args[i], (size_t)(colon - args[i]))))
			layer++;
		if (!colon || layer == LAYER_COUNT) {
			fprintf(stderr,
				"kconf: '%s': write LAYER:FILE with LAYER one of base, "
				"arch, common, board\n",
				args[i]);
			return false;
		}
		frag_read(f, colon + 1, (enum layer)layer);
	}
	return !f->errors;
}
