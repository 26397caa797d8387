// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments: files in .config syntax whose options are in paragraphs, each
 * with the reason for them. The syntax is the kernel's, so its tools and editors
 * read these files too; our additions are in comments.
 *
 * Strict on purpose: a line that is not understood is a request that is lost.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"
#include "text.h"

const char *const layer_names[LAYER_COUNT] = { "base", "arch", "common", "board", "flavour" };

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

char *unquote(const char *value)
{
	char *out = mem_realloc(NULL, strlen(value) + 1), *o = out;

	for (const char *v = value + 1; *v && *v != '"'; v++) {
		if (*v == '\\' && v[1])
			v++;
		*o++ = *v;
	}
	*o = '\0';
	return out;
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

bool frag_enables(const struct fragments *f, const char *name)
{
	const struct request *r = frag_find(f, name);

	return r && !strcmp(r->value, "y");
}

struct waiver *frag_waiver(struct fragments *f, const char *name)
{
	for (size_t i = 0; i < f->n_waiver; i++)
		if (f->waiver[i].para->active && !f->waiver[i].is_rule &&
		    !strcmp(f->waiver[i].name, name))
			return &f->waiver[i];
	return NULL;
}

void frag_init(struct fragments *f, const char *arch, const char *release)
{
	memset(f, 0, sizeof(*f));
	f->arch = arch;
	f->release = release;
	f->n_slot = 1024;
	f->slot = mem_zalloc(f->n_slot * sizeof(*f->slot));
}

static void free_request(struct request *r)
{
	free((void *)(uintptr_t)r->name);
	free((void *)(uintptr_t)r->value);
	free(r);
}

void frag_free(struct fragments *f)
{
	for (size_t i = 0; i < f->n_req; i++) {
		for (struct request *r = f->req[i], *below; r; r = below) {
			below = r->replaced;
			free_request(r);
		}
	}
	for (size_t i = 0; i < f->n_off; i++)
		free_request(f->off[i]);
	for (size_t i = 0; i < f->n_waiver; i++)
		free(f->waiver[i].exception.text);
	for (size_t i = 0; i < f->n_para; i++) {
		free(f->para[i]->reason);
		free(f->para[i]->optional);
		free(f->para[i]->exception.text);
		free(f->para[i]);
	}
	free(f->req);
	free(f->off);
	free(f->waiver);
	free(f->para);
	free(f->slot);
	memset(f, 0, sizeof(*f));
}

static void rehash(struct fragments *f)
{
	free(f->slot);
	f->n_slot *= 2;
	f->slot = mem_zalloc(f->n_slot * sizeof(*f->slot));
	for (size_t i = 0; i < f->n_req; i++)
		*find_slot(f, f->req[i]->name) = i + 1;
}

const struct request *frag_base(const struct request *r)
{
	while (r && r->para->layer != LAYER_BASE)
		r = r->replaced;
	return r;
}

const struct request *frag_base_overridden(const struct request *r)
{
	const struct request *base = frag_base(r->replaced);

	if (!base || (!strcmp(base->value, r->value) &&
		      (!r->para->optional || base->para->optional)))
		return NULL;
	return base;
}

#define EXCEPTION "until=RELEASE OWNER REASON"

char *frag_override(const struct fragments *f, const struct request *r)
{
	unsigned long major, minor = 0;
	char *end;

	if (!frag_base(r))
		return mem_strdup("#: override");
	major = strtoul(f->release, &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	return mem_printf("#: override until=%lu.%lu OWNER REASON", major, minor + 1);
}

static void conflict(struct fragments *f, const struct request *r, const struct request *old)
{
	bool same = !strcmp(old->value, r->value), peers = old->para->layer == r->para->layer;
	char *directive = frag_override(f, old);

	complain(r->para->file, r->line, "CONFIG_%s=%s %s %s:%d (%s) [%s]: keep one of them%s%s%s",
		 r->name, r->value, same ? "repeats" : "contradicts", old->para->file, old->line,
		 old->value, same ? "repeated-request" : "contradicting-request",
		 peers ? "" : ", or give this paragraph the directive '", peers ? "" : directive,
		 peers ? "" : "'");
	free(directive);
	f->errors++;
}

static void replace(struct fragments *f, struct request *r, struct request *old)
{
	const struct request *base;

	r->replaced = old;
	base = frag_base_overridden(r);
	if (old->para->layer == r->para->layer || !r->para->overrides) {
		conflict(f, r, old);
	} else if (base && !r->para->exception.until) {
		complain(r->para->file, r->line,
			 "CONFIG_%s=%s overrides %s:%d (%s) of the secure base [base-override]: "
			 "expected '#: override " EXCEPTION "', got '#: override'",
			 r->name, r->value, base->para->file, base->line, base->value);
		f->errors++;
	}
}

static void add_request(struct fragments *f, struct request *r)
{
	size_t *slot = find_slot(f, r->name);

	if (*slot) {
		replace(f, r, f->req[*slot - 1]);
		f->req[*slot - 1] = r;
		return;
	}
	grow(f->req, f->n_req, f->max_req);
	f->req[f->n_req++] = r;
	*slot = f->n_req;
	if (2 * f->n_req > f->n_slot)
		rehash(f);
}

struct paragraph *frag_paragraph(struct fragments *f, const char *file)
{
	struct paragraph *p = mem_zalloc(sizeof(*p));

	p->file = file;
	p->active = true;
	grow(f->para, f->n_para, f->max_para);
	f->para[f->n_para++] = p;
	return p;
}

static struct request *new_request(const struct paragraph *p, const char *name, const char *value,
				   int line)
{
	struct request *r = mem_zalloc(sizeof(*r));

	r->name = mem_strdup(name);
	r->value = mem_strdup(value);
	r->line = line;
	r->para = p;
	return r;
}

void frag_set(struct fragments *f, const struct paragraph *p, const char *name, const char *value,
	      int line)
{
	size_t *slot = find_slot(f, name);
	struct request *r;

	if (!text_is_name(name) || !text_is_value(value))
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
	bool crlf; /* such a line end has been named */
	bool marked; /* this line begins with a byte order mark */
	struct paragraph *para; /* NULL between paragraphs */
	bool in_options; /* an option line has been seen in this paragraph */
	bool arch; /* this paragraph has '#: arch' */
	bool overrode; /* this paragraph has an option that the base layer requests */
	bool released; /* since and until, as far as read, include the release */
	char since[32], until[32]; /* of this paragraph, or "" */
	size_t n_directives;
	bool excuses; /* one of them is a waiver, which needs no option */
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
		r->in_options = r->arch = r->overrode = false;
		r->released = true;
		*r->since = *r->until = '\0';
		r->n_directives = 0;
		r->excuses = false;
	}
	return r->para;
}

static void check_directives(struct reader *r);

static void end_paragraph(struct reader *r)
{
	struct paragraph *p = r->para;

	if (p && !r->in_options && r->excuses)
		check_directives(r);
	r->para = NULL;
	if (!p || !r->n_directives)
		return;
	if (!r->in_options && !r->excuses) {
		bad(r, "directives without an option [no-option]: expected them in the paragraph "
		       "of their options");
	} else if (p->active && p->exception.until && !r->overrode) {
		complain(p->file, p->line, "'#: override until=' overrides no request of the base "
					   "[stale-override]: expected '#: override', or none");
		r->f->errors++;
	}
}

static void comment(struct reader *r, const char *text)
{
	struct paragraph *p = paragraph(r);
	const char *code = text_meant(text, r->f->archs ?: r->f->arch);
	size_t old;

	if (code) {
		bad(r, "'%s' [%s]: expected '%s', or a comment that begins with other words", text,
		    code, strcmp(code, "near-option") ? "#: DIRECTIVE" : "# CONFIG_NAME is not set");
		return;
	}
	text += strspn(text, "# \t");
	if (!*text)
		return;
	if (r->in_options) {
		bad(r, "a comment after the options of a paragraph [comment-after-options]: "
		       "expected a blank line before it");
		return;
	}
	old = p->reason ? strlen(p->reason) : 0;
	p->reason = mem_realloc(p->reason, old + strlen(text) + 2);
	sprintf(p->reason + old, "%s%s", old ? " " : "", text);
}

char *next_word(char **s)
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

/* ---- directives ----------------------------------------------------------------- */

static bool known_arch(const struct reader *r, const char *name, size_t len)
{
	return text_lists(r->f->archs ?: r->f->arch, name, len);
}

static void unknown_arch(struct reader *r, const char *name)
{
	bad(r, "unknown architecture '%s' [unknown-arch]: expected one of %s", name,
	    r->f->archs ?: r->f->arch);
}

static void directive_arch(struct reader *r, char *rest)
{
	bool mine = false;
	char *name = next_word(&rest);

	if (r->layer == LAYER_BASE)
		bad(r, "the secure base applies to every architecture [base-arch-list]: "
		       "expected '#: not-arch ARCH REASON', got '#: arch'");
	else if (!name || r->arch)
		bad(r, "'#: arch' names %s [bad-directive]: expected one '#: arch ARCH ...'",
		    name ? "architectures once more" : "no architecture");
	r->arch = true;
	for (; name; name = next_word(&rest)) {
		if (!known_arch(r, name, strlen(name)))
			unknown_arch(r, name);
		mine |= !strcmp(name, r->f->arch);
	}
	if (!mine)
		r->para->active = false;
}

/* Known architectures, and then the reason. */
static void directive_not_arch(struct reader *r, char *rest)
{
	size_t n = 0, len;

	for (; (len = strcspn(rest, " \t")) && known_arch(r, rest, len); n++) {
		r->para->excluded |= strlen(r->f->arch) == len && !strncmp(rest, r->f->arch, len);
		rest += len + strspn(rest + len, " \t");
	}
	if (!n && *rest)
		unknown_arch(r, next_word(&rest));
	else if (!*rest)
		bad(r, "'#: not-arch' without %s [bad-directive]: expected "
		       "'#: not-arch ARCH ... REASON'", n ? "a reason" : "an architecture");
	if (r->para->excluded)
		r->para->active = false;
}

static void directive_release(struct reader *r, char *rest, bool since)
{
	char *release = next_word(&rest), *kept = since ? r->since : r->until;
	int cmp;

	if (!release || *rest || !text_is_release(release) ||
	    strlen(release) >= sizeof(r->since) || *kept) {
		bad(r, "'#: %s' [bad-directive]: expected one series or release, once, "
		       "e.g. '#: %s 6.12'", since ? "since" : "until", since ? "since" : "until");
		return;
	}
	strcpy(kept, release);
	cmp = release_cmp(r->f->release, release);
	if (since ? cmp < 0 : cmp >= 0)
		r->para->active = r->released = false;
}

/* until=RELEASE OWNER REASON: the words of S, which is in X->text. */
static bool take_exception(struct exception *x, char *s)
{
	char *until = next_word(&s), *owner = next_word(&s);

	if (!until || !owner || !*s || strncmp(until, "until=", 6) || !text_is_release(until + 6))
		return false;
	x->until = until + 6;
	x->owner = owner;
	x->reason = s;
	return true;
}

/* The id of a rule of an audit: letters, digits and dashes. */
static bool is_rule(const char *s)
{
	for (; isalnum((unsigned char)*s) || *s == '-' || *s == '_'; s++)
		;
	return !*s;
}

static void directive_waive(struct reader *r, char *rest, bool rule)
{
	struct waiver w = { .para = r->para, .line = r->line, .is_rule = rule };
	char *s = w.exception.text = mem_strdup(rest);

	w.name = next_word(&s);
	r->excuses = true;
	if (!w.name || !(rule ? is_rule : text_is_name)(w.name) ||
	    !take_exception(&w.exception, s)) {
		bad(r, "a waiver lacks words [bad-waiver]: expected '#: %s " EXCEPTION "'",
		    rule ? "waive-rule RULE" : "waive SYMBOL");
		free(w.exception.text);
		return;
	}
	grow(r->f->waiver, r->f->n_waiver, r->f->max_waiver);
	r->f->waiver[r->f->n_waiver++] = w;
}

static void directive_override(struct reader *r, char *rest)
{
	struct paragraph *p = r->para;
	bool right = !p->overrides && r->layer != LAYER_BASE;

	if (right && *rest) {
		p->exception.text = mem_strdup(rest);
		right = take_exception(&p->exception, p->exception.text);
	}
	if (!right)
		bad(r, "'#: override' [bad-directive]: expected, once and above the base layer, "
		       "'#: override', or of the base's requests '#: override " EXCEPTION "'");
	p->overrides = true;
}

static void directive_optional(struct reader *r, const char *rest)
{
	if (!*rest || r->para->optional)
		bad(r, "'#: optional' [bad-directive]: expected '#: optional REASON', once");
	else
		r->para->optional = mem_strdup(rest);
}

static void directive(struct reader *r, char *text)
{
	char *name = next_word(&text);

	paragraph(r);
	r->n_directives++;
	if (r->in_options)
		bad(r, "a directive after the options [directive-after-options]: expected it "
		       "before them");
	else if (!name)
		bad(r, "an empty directive [bad-directive]: expected a name after '#:'");
	else if (!strcmp(name, "arch"))
		directive_arch(r, text);
	else if (!strcmp(name, "not-arch"))
		directive_not_arch(r, text);
	else if (!strcmp(name, "since") || !strcmp(name, "until"))
		directive_release(r, text, name[0] == 's');
	else if (!strcmp(name, "waive") || !strcmp(name, "waive-rule"))
		directive_waive(r, text, name[5] == '-');
	else if (!strcmp(name, "override"))
		directive_override(r, text);
	else if (!strcmp(name, "optional"))
		directive_optional(r, text);
	else
		bad(r, "unknown directive '%s' [unknown-directive]: expected one of arch not-arch "
		       "since until optional override waive waive-rule", name);
}

static void check_until(struct reader *r, const struct exception *x, const char *what)
{
	if (x->until && release_cmp(r->f->release, x->until) >= 0)
		bad(r, "the %s expired with %s [expired]: expected a release after %s; mend the "
		       "cause, or renew it with a reason", what, x->until, r->f->release);
}

/* Check a paragraph's directives once all have been read. */
static void check_directives(struct reader *r)
{
	int cmp = *r->since && *r->until ? release_cmp(r->since, r->until) : -1;
	size_t i = r->f->n_waiver;

	if (cmp > 0 || (!cmp && strlen(r->until) <= strlen(r->since)))
		bad(r, "since %s and until %s leave no release [empty-range]: expected since "
		       "before until", r->since, r->until);
	r->para->excluded &= r->released;
	if (!r->para->active)
		return;
	check_until(r, &r->para->exception, "override");
	while (i-- && r->f->waiver[i].para == r->para)
		check_until(r, &r->f->waiver[i].exception, "waiver");
}

/* ---- options -------------------------------------------------------------------- */

/* Does the base layer request NAME, for some architecture and release? */
static bool base_requests(const struct fragments *f, const char *name)
{
	const struct request *r = frag_find(f, name);

	for (size_t i = 0; i < f->n_off; i++)
		if (!strcmp(f->off[i]->name, name))
			return true;
	return frag_base(r) != NULL;
}

static void take_request(struct reader *r, const char *name, const char *value)
{
	struct fragments *f = r->f;
	struct request *request = new_request(r->para, name, value, r->line);

	if (r->para->active) {
		r->overrode |= base_requests(f, name);
		add_request(f, request);
	} else if (r->layer == LAYER_BASE) {
		grow(f->off, f->n_off, f->max_off);
		f->off[f->n_off++] = request;
	} else {
		free_request(request);
	}
}

static void option(struct reader *r, const char *name, const char *value)
{
	struct paragraph *p = paragraph(r);
	const char *wrong = NULL;

	if (!r->in_options && !p->reason)
		bad(r, "CONFIG_%s has no reason [no-reason]: expected a comment above it that says "
		       "why", name);
	if (!r->in_options)
		check_directives(r);
	r->in_options = true;
	if (!text_is_name(name)) {
		bad(r, "'CONFIG_%s' is not a valid name [bad-name]: expected letters, digits and _",
		    name);
		return;
	}
	if (!text_is_value(value)) {
		bad(r, "CONFIG_%s=%s: not a valid value [bad-value]: expected y, m, a number or a "
		       "\"string\"", name, value);
		return;
	}
	if (p->active && !strcmp(name, "LOCALVERSION") && text_is_string(value))
		wrong = text_localversion(value, r->f->release);
	if (wrong)
		bad(r, "CONFIG_LOCALVERSION=%s %s [bad-localversion]", value, wrong);
	take_request(r, name, value);
}

#define NOT_SET " is not set"

/* CONFIG_NAME=VALUE */
static void assignment(struct reader *r, char *s, char *equals)
{
	*equals++ = '\0';
	if (!strcmp(equals, "n"))
		bad(r, "%s=n [not-n]: expected '# %s is not set', as Kconfig writes it", s, s);
	else
		option(r, s + 7, equals);
}

static void line(struct reader *r, char *s)
{
	size_t len = strlen(s), tail = strlen(NOT_SET);
	const char *control;

	while (len && strchr(" \t\r\n\f\v", s[len - 1]))
		s[--len] = '\0';
	control = text_control(s);
	if (!len)
		end_paragraph(r);
	else if (control && strncmp(s, "CONFIG_", 7)) /* a string may have one */
		bad(r, "a control character, \\x%02x, in column %zu [control-character]: expected "
		       "text and a line feed", (unsigned)(unsigned char)*control,
		    (size_t)(control - s) + 1);
	else if (!strncmp(s, "#:", 2))
		directive(r, s + 2);
	else if (!strncmp(s, "# CONFIG_", 9) && len > 9 + tail &&
		 !strcmp(s + len - tail, NOT_SET) && !memchr(s + 9, ' ', len - 9 - tail)) {
		s[len - tail] = '\0';
		option(r, s + 9, "n");
	} else if (*s == '#')
		comment(r, s);
	else if (!strncmp(s, "CONFIG_", 7) && strchr(s, '='))
		assignment(r, s, strchr(s, '='));
	else
		bad(r, "'%s' [not-understood]: expected CONFIG_NAME=VALUE, "
		       "'# CONFIG_NAME is not set', a comment or a blank line", s);
}

/* A byte order mark in front of the line; false if the file is unusable after it. */
static bool mark(struct reader *r, char *buf, ssize_t len)
{
	r->marked = !strncmp(buf, "\xef\xbb\xbf", 3);
	if (len >= 2 && r->line == 1 && (!memcmp(buf, "\xff\xfe", 2) || !memcmp(buf, "\xfe\xff", 2))) {
		bad(r, "a byte order mark of UTF-16 [bom]: expected UTF-8 without a mark; "
		       "run iconv -f UTF-16 -t UTF-8 %s", r->file);
		return false;
	}
	if (r->marked) {
		bad(r, "a byte order mark (BOM) [bom]: expected UTF-8 without a mark; "
		       "run sed -i 's/^\\xef\\xbb\\xbf//' %s", r->file);
		memmove(buf, buf + 3, (size_t)len - 2);
	}
	return true;
}

/* Accept CRLF, as Kconfig does, and report it once for each file. */
static void line_end(struct reader *r, const char *buf)
{
	size_t len = strlen(buf);

	if (r->crlf || len < 2 || strcmp(buf + len - 2, "\r\n"))
		return;
	r->crlf = true;
	complain(r->file, r->line, "warning: the line ends in CRLF [crlf]: expected LF, taken as LF; "
				   "run sed -i 's/\\r$//' %s", r->file);
}

void frag_read_stream(struct fragments *f, FILE *in, const char *path, enum layer layer)
{
	struct reader r = { .f = f, .file = path, .layer = layer };
	char *buf = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&buf, &size, in)) >= 0) {
		r.line++;
		if (!mark(&r, buf, len))
			break;
		if (strlen(buf) != (size_t)len - (r.marked ? 3 : 0)) {
			bad(&r, "a NUL byte [nul-byte]: expected a text file");
			continue;
		}
		line_end(&r, buf);
		line(&r, buf);
	}
	end_paragraph(&r);
	if (ferror(in)) {
		complain(path, 0, "cannot be read [cannot-read]: %s", strerror(errno));
		f->errors++;
	}
	free(buf);
	f->n_files++;
}

bool frag_read(struct fragments *f, const char *path, enum layer layer)
{
	FILE *in = fopen(path, "r");

	if (!in) {
		complain(path, 0, "%s [cannot-read]: expected the fragment that the board's "
				  "FRAGMENTS name",
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
		say("no fragment is given [no-fragments]: expected LAYER:FILE");
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
			say("'%s': not a LAYER:FILE of a known layer [unknown-layer]: expected base, "
			    "arch, common, board or flavour",
			    args[i]);
			return false;
		}
		frag_read(f, colon + 1, (enum layer)layer);
	}
	return !f->errors;
}
