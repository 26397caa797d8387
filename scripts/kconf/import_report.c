// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options of the file that the fragment does not enable, with the tree resolved as joined: by
 * the gate that they share, by the request of the fragments that overrules them, or by name.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gates.h"
#include "import.h"
#include "names.h"
#include "plan.h"

enum { WIDTH = 98, TRIES_MAX = 100, LOST_SHOWN = 4 };

/* An option with a lower value here than in the file. */
struct loss {
	const struct request *asked;
	struct symbol *sym;
	tristate want;
	bool on; /* m instead of y */
	size_t n;
	struct gate gates[GATES_MAX];
};

/* The losses that share their gates: LOSS[0] to LOSS[N - 1]. */
struct group {
	const struct loss *loss;
	size_t n;
};

struct report {
	const struct import *im;
	struct loss *loss;
	size_t n_loss, max_loss, tries;
	bool *held; /* which requests of joined do */
	size_t as_theirs, overruled, follow, other, unknown, renamed;
};

/* ---- lists ---------------------------------------------------------------------- */

/* A list of words, in lines; COLUMN is where the last one ended. */
static void word(size_t *column, const char *text)
{
	size_t len = strlen(text);

	if (*column && *column + len + 1 > WIDTH) {
		fputc('\n', stderr);
		*column = 0;
	}
	fputs(*column ? " " : "    ", stderr);
	*column += len + (*column ? 1 : 4);
	for (; *text; text++) /* a value may have anything in it */
		fputc(isprint((unsigned char)*text) ? *text : '?', stderr);
}

static void end_list(const size_t *column)
{
	if (*column)
		fputc('\n', stderr);
}

static bool asks_on(const struct request *r)
{
	return !strcmp(r->value, "y") || !strcmp(r->value, "m");
}

static bool is_here(struct symbol *sym)
{
	return kc_defined(sym) && !kc_transitional(sym);
}

static bool has_prompt(struct symbol *sym)
{
	struct property *prop;

	for_all_prompts(sym, prop)
		return true;
	return false;
}

/* ---- requests that overrule the file -------------------------------------------- */

/* Does a request of the fragments hold instead of R of the file? */
static bool is_overruled(const struct import *im, const struct request *r)
{
	const struct request *ours = frag_find(im->ours, r->name);
	struct symbol *sym = sym_find(r->name);

	return ours && is_here(sym) && (!im->theirs.full || strcmp(r->value, "n")) &&
	       !kc_holds(sym, r->value) && kc_holds(sym, ours->value);
}

static int by_paragraph(const void *a, const void *b)
{
	const struct request *const *ra = a, *const *rb = b;
	const struct paragraph *pa = (*ra)->para, *pb = (*rb)->para;

	return strcmp(pa->file, pb->file) ?: (pa->line - pb->line ?: (*ra)->line - (*rb)->line);
}

/* By the fragments' paragraphs, each with its reason. */
static void report_overruled(struct report *rep)
{
	const struct import *im = rep->im;
	const struct request **ours = mem_realloc(NULL, (im->ours->n_req + 1) * sizeof(*ours));
	const struct paragraph *last = NULL;
	size_t n = 0, column = 0;

	for (size_t i = 0; i < im->theirs.f.n_req; i++)
		if (is_overruled(im, im->theirs.f.req[i]))
			ours[n++] = frag_find(im->ours, im->theirs.f.req[i]->name);
	qsort(ours, n, sizeof(*ours), by_paragraph);
	for (size_t i = 0; i < n; i++) {
		char *text;

		if (ours[i]->para != last) {
			end_list(&column);
			column = 0;
			last = ours[i]->para;
			complain(im->config, 0, "by request of %s:%d [overruled]: %s", last->file,
				 last->line, last->reason ?: "");
		}
		text = mem_printf("%s=%s(%s)", ours[i]->name, kc_value(sym_find(ours[i]->name)),
				  frag_find(&im->theirs.f, ours[i]->name)->value);
		word(&column, text);
		free(text);
	}
	end_list(&column);
	rep->overruled = n;
	free(ours);
}

/* ---- conflicts with the fragments ----------------------------------------------- */

static const struct dropped *find_dropped(const struct import *im, const char *name)
{
	for (size_t i = 0; i < im->n_dropped; i++)
		if (!strcmp(im->dropped[i].name, name))
			return &im->dropped[i];
	return NULL;
}

static const struct request *conflict(const struct import *im, const char *name)
{
	const struct dropped *d = find_dropped(im, name);

	return d ? d->against : NULL;
}

static void report_conflicts(const struct import *im)
{
	for (size_t i = 0; i < im->n_dropped; i++) {
		const struct dropped *d = &im->dropped[i];
		const struct request *r = frag_find(&im->theirs.f, d->name);

		if (!d->against || kc_holds(sym_find(d->name), d->value))
			continue;
		fprintf(stderr,
			"%s:%d: CONFIG_%s=%s is %s here [conflict]: with it CONFIG_%s=%s of %s:%d does "
			"not hold: %s\n",
			im->config, r ? r->line : 0, d->name, d->value, kc_value(sym_find(d->name)),
			d->against->name, d->against->value, d->against->para->file, d->against->line,
			d->against->para->reason ?: "");
	}
}

/* ---- gates ---------------------------------------------------------------------- */

/* Does G have its value by a request of the fragments? */
static const struct request *by_request(const struct import *im, const struct gate *g)
{
	const struct request *r = g->sym->name ? frag_find(im->ours, g->sym->name) : NULL;

	return r && kc_holds(g->sym, r->value) ? r : NULL;
}

static int by_gates(const void *a, const void *b)
{
	const struct loss *la = a, *lb = b;

	if (la->on != lb->on || la->n != lb->n)
		return la->on != lb->on ? la->on - lb->on : (la->n > lb->n) - (la->n < lb->n);
	for (size_t i = 0; i < la->n; i++) {
		int order = strcmp(la->gates[i].sym->name ?: "", lb->gates[i].sym->name ?: "");

		if (order)
			return order;
	}
	return (la->asked->line > lb->asked->line) - (la->asked->line < lb->asked->line);
}

static bool same_gates(const struct loss *a, const struct loss *b)
{
	if (a->on != b->on || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->gates[i].sym != b->gates[i].sym)
			return false;
	return true;
}

/* The largest group first. */
static int by_size(const void *a, const void *b)
{
	const struct group *ga = a, *gb = b;

	if (ga->n != gb->n)
		return ga->n < gb->n ? 1 : -1;
	return (ga->loss > gb->loss) - (ga->loss < gb->loss);
}

static const char *code_of(const struct group *g)
{
	enum gate_kind worst = GATE_ASK;

	if (!g->loss->n)
		return "not-taken";
	for (size_t i = 0; i < g->loss->n; i++)
		if (g->loss->gates[i].kind > worst)
			worst = g->loss->gates[i].kind;
	return worst == GATE_COMPILE_TEST ? "compile-test" :
	       worst == GATE_TOOLCHAIN	  ? "toolchain" :
	       worst == GATE_CHOICE	  ? "choice-other-member" :
	       g->loss->on		  ? "limited-to-m" :
					    "unmet-dependency";
}

/* NAME, or !NAME for an option that must be disabled. */
static const char *gate_mark(const struct gate *g)
{
	return g->kind == GATE_ON || g->kind == GATE_CHOICE ? "!" : "";
}

static const char *gate_name(const struct gate *g)
{
	return g->kind == GATE_TOOLCHAIN ? "an answer of the compiler" :
	       g->sym->name		 ? g->sym->name :
					   "a choice";
}

static void describe_absent(const char *name)
{
	struct name_fate fate;

	name_look(name, false, &fate);
	if (fate.kind == NAME_ELSEWHERE)
		fprintf(stderr, "at %s:%d, which this architecture does not read\n", fate.file, fate.line);
	else if (fate.kind == NAME_RENAMED)
		fprintf(stderr, "renamed to %s\n", fate.now->name);
	else
		fputs("this release has no such option\n", stderr);
}

static void describe_gate(const struct import *im, const struct gate *g)
{
	const struct request *ours = by_request(im, g);
	struct kc_place at = { "", 0, 0 };

	fprintf(stderr, "    %s%s: ", gate_mark(g), gate_name(g));
	if (ours) {
		fprintf(stderr, "%s, requested by %s:%d: %s\n", kc_value(g->sym), ours->para->file,
			ours->line, ours->para->reason ?: "");
		return;
	}
	if (g->kind == GATE_ABSENT) {
		describe_absent(gate_name(g));
		return;
	}
	if (g->kind == GATE_TOOLCHAIN) {
		fputs("the options depend on it\n", stderr);
		return;
	}
	kc_places(g->sym, &at, 1);
	fprintf(stderr, "%s, at %s:%d\n",
		g->kind == GATE_ASK	     ? "no fragment requests it" :
		g->kind == GATE_ON	     ? "it must be disabled, and is enabled" :
		g->kind == GATE_CHOICE	     ? "its choice enables it" :
		g->kind == GATE_NO_PROMPT    ? "it has no prompt: only other options set it" :
		g->kind == GATE_COMPILE_TEST ? "the options that depend on it do not work on this architecture" :
					       "it has the wrong value",
		at.file, at.first);
}

/* Could requests in addition to ours open the gates? */
static bool can_open(const struct import *im, const struct group *g)
{
	for (size_t i = 0; i < g->loss->n; i++) {
		const struct gate *gate = &g->loss->gates[i];

		if ((gate->kind != GATE_ASK && gate->kind != GATE_ON) || by_request(im, gate))
			return false;
	}
	return g->loss->n;
}

/* With the tree resolved so: print how many of G's options are enabled, and the losses. */
static void report_trial(const struct report *rep, const struct group *g)
{
	const struct import *im = rep->im;
	const char *lost[LOST_SHOWN];
	size_t back = 0, n_lost = 0;

	for (size_t i = 0; i < g->n; i++)
		back += g->loss[i].sym->curr.tri >= kc_tristate(g->loss[i].asked->value);
	for (size_t i = 0; i < im->joined.n_req; i++) {
		const struct request *r = im->joined.req[i];

		if (kc_holds(sym_find(r->name), r->value) || !rep->held[i])
			continue;
		if (n_lost < LOST_SHOWN)
			lost[n_lost] = r->name;
		n_lost++;
	}
	if (!back)
		return;
	fputs(n_lost ? "    conflicts with the other fragments:" :
		       "    to enable them, request in the fragment, with the options:",
	      stderr);
	for (size_t i = 0; i < g->loss->n; i++)
		fprintf(stderr, g->loss->gates[i].kind == GATE_ON ? " CONFIG_%s=n" : " CONFIG_%s=%s",
			g->loss->gates[i].sym->name, kc_value(g->loss->gates[i].sym));
	fprintf(stderr, "\n        (tried: %zu of %zu are enabled then; %zu requests are lost", back, g->n,
		n_lost);
	for (size_t i = 0; i < n_lost && i < LOST_SHOWN; i++)
		fprintf(stderr, "%s%s", i ? " " : ": ", lost[i]);
	fputs(")\n", stderr);
}

/* Resolve with the gates opened, and the options requested. */
static void try_group(struct report *rep, const struct group *g)
{
	const struct import *im = rep->im;
	struct assignment *extra;
	size_t n = 0;

	if (!can_open(im, g) || rep->tries++ >= TRIES_MAX)
		return;
	extra = mem_realloc(NULL, (g->n + GATES_MAX) * sizeof(*extra));
	for (size_t i = 0; i < g->loss->n; i++) {
		const struct gate *gate = &g->loss->gates[i];

		extra[n++] = (struct assignment){ gate->sym->name,
						  gate->kind == GATE_ON ? "n" :
						  gate->sym->type == S_BOOLEAN || gate->want == yes ?
									  "y" :
									  "m" };
	}
	for (size_t i = 0; i < g->n; i++)
		extra[n++] = (struct assignment){ g->loss[i].asked->name, g->loss[i].asked->value };
	if (plan_resolve(&im->joined, extra, n))
		report_trial(rep, g);
	plan_settle(&im->joined);
	free(extra);
}

static void report_group(struct report *rep, const struct group *g)
{
	const struct loss *loss = g->loss;
	size_t column = 0;

	fprintf(stderr, "kconf: %s: %zu option%s %s [%s]", rep->im->config, g->n,
		g->n == 1 ? " is" : "s are", loss->on ? "modules instead of built in" : "lost",
		code_of(g));
	for (size_t i = 0; i < loss->n; i++)
		fprintf(stderr, "%s%s%s", i ? " && " : g->n == 1 ? ": it needs " : ": they need ", gate_mark(&loss->gates[i]),
			gate_name(&loss->gates[i]));
	fputs(loss->n ? "\n" : ": the value in the file was not taken\n", stderr);
	for (size_t i = 0; i < loss->n; i++)
		describe_gate(rep->im, &loss->gates[i]);
	try_group(rep, g);
	for (size_t i = 0; i < g->n; i++)
		word(&column, loss[i].asked->name);
	end_list(&column);
}

static void report_groups(struct report *rep)
{
	struct group *group = mem_realloc(NULL, (rep->n_loss + 1) * sizeof(*group));
	size_t n = 0;

	if (rep->n_loss)
		qsort(rep->loss, rep->n_loss, sizeof(*rep->loss), by_gates);
	for (size_t i = 0; i < rep->n_loss; i++) {
		if (!n || !same_gates(group[n - 1].loss, &rep->loss[i]))
			group[n++] = (struct group){ &rep->loss[i], 0 };
		group[n - 1].n++;
	}
	qsort(group, n, sizeof(*group), by_size);
	for (size_t i = 0; i < n; i++)
		report_group(rep, &group[i]);
	free(group);
}

/* ---- options without a prompt, and other values -------------------------------- */

/* Options without a prompt, in one list: no enabled option selects them. */
static void report_following(struct report *rep)
{
	const struct import *im = rep->im;
	size_t column = 0;

	for (size_t i = 0; i < im->theirs.f.n_req; i++) {
		const struct request *r = im->theirs.f.req[i];
		struct symbol *sym = sym_find(r->name);

		if (!asks_on(r) || !is_here(sym) || sym->curr.tri != no || has_prompt(sym) ||
		    is_overruled(im, r))
			continue;
		if (!rep->follow++)
			complain(
				im->config, 0,
				"not set [no-prompt]: no prompt, and no enabled option selects them");
		word(&column, r->name);
	}
	end_list(&column);
}

/* Does this tree give SYM another value than R, one that is not lower, without a request? */
static bool is_other(const struct import *im, const struct request *r, struct symbol *sym)
{
	if (!is_here(sym) || !strcmp(r->value, "n") || kc_holds(sym, r->value) || is_overruled(im, r))
		return false;
	if (!kc_is_tristate(sym))
		return true;
	if (!asks_on(r)) /* it was no tristate there */
		return true;
	return sym->curr.tri != no && (sym->curr.tri > kc_tristate(r->value) || !has_prompt(sym));
}

/* Other values, and modules that are built in here, of the options with a PROMPT or without. */
static void report_values(struct report *rep, bool prompt)
{
	const struct import *im = rep->im;
	size_t column = 0, n = 0;

	for (size_t i = 0; i < im->theirs.f.n_req; i++) {
		const struct request *r = im->theirs.f.req[i];
		struct symbol *sym = sym_find(r->name);
		char *text;

		if (!is_other(im, r, sym) || has_prompt(sym) != prompt)
			continue;
		text = mem_printf("%s=%s(%s)", r->name, kc_value(sym), r->value);
		if (!n++)
			complain(im->config, 0,
				 "other values, with the file's value in brackets [other-value]: %s",
				 prompt ? "no fragment requests these" :
					  "other options set these");
		word(&column, text);
		free(text);
	}
	end_list(&column);
	rep->other += n;
}

/* ---- names that the tree does not have ------------------------------------------ */

static const struct {
	const char *what, *code;
} fates[] = {
	[NAME_GONE] = { "removed from the kernel by ", "removed" },
	[NAME_NEWER] = { "not in the kernel before ", "newer" },
	[NAME_ELSEWHERE] = { "of other architectures", "other-arch-only" },
	[NAME_UNKNOWN] = { "not in this release, nor in one of the record of names",
			   "unknown-symbol" },
};

/* R of the file, and the fate of its name. */
struct named {
	const struct request *asked;
	struct name_fate fate;
};

static int by_fate(const void *a, const void *b)
{
	const struct named *na = a, *nb = b;

	if (na->fate.kind != nb->fate.kind)
		return (int)na->fate.kind - (int)nb->fate.kind;
	return release_cmp(na->fate.series ?: "0", nb->fate.series ?: "0") ?:
	       na->asked->line - nb->asked->line;
}

/* An option that has another name here; is it enabled? */
static void report_renamed(struct report *rep, const struct named *n)
{
	const struct name_fate *f = &n->fate;
	bool held = kc_holds(f->now, n->asked->value) || f->now->curr.tri == yes;

	fprintf(stderr, "%s:%d: CONFIG_%s=%s is CONFIG_%s here [renamed]: it is %s; evidence: %s%s%s\n",
		rep->im->config, n->asked->line, n->asked->name, n->asked->value, f->now->name,
		kc_value(f->now), f->evidence, f->series ? ", " : "", f->series ?: "");
	rep->renamed += held;
	rep->unknown += !held;
}

static void report_typo(struct report *rep, const struct named *n)
{
	struct kc_place at = { "", 0, 0 };

	kc_places(n->fate.now, &at, 1);
	fprintf(stderr,
		"%s:%d: CONFIG_%s=%s is lost [unknown-symbol]: this release has no such option; nearest "
		"name: %s, at %s:%d\n",
		rep->im->config, n->asked->line, n->asked->name, n->asked->value, n->fate.now->name,
		at.file, at.first);
	rep->unknown++;
}

static bool same_fate(const struct named *a, const struct named *b)
{
	return a->fate.kind == b->fate.kind &&
	       !strcmp(a->fate.series ?: "", b->fate.series ?: "");
}

/* Report all that share the fate of NAMED[0]; how many? */
static size_t report_fate(struct report *rep, const struct named *named, size_t n)
{
	const char *series = named->fate.series ?: "";
	size_t column = 0, same = 1;

	while (same < n && same_fate(named, &named[same]))
		same++;
	complain(rep->im->config, 0, "%zu option%s %s%s [%s]", same, same == 1 ? " is" : "s are",
		 fates[named->fate.kind].what, series, fates[named->fate.kind].code);
	for (size_t i = 0; i < same; i++)
		word(&column, named[i].asked->name);
	end_list(&column);
	rep->unknown += same;
	return same;
}

static void report_names(struct report *rep)
{
	const struct fragments *f = &rep->im->theirs.f;
	struct named *named = mem_zalloc((f->n_req + 1) * sizeof(*named));
	size_t n = 0;

	for (size_t i = 0; i < f->n_req; i++) {
		if (is_here(sym_find(f->req[i]->name)) || !strcmp(f->req[i]->value, "n"))
			continue;
		named[n].asked = f->req[i];
		name_look(f->req[i]->name, !rep->im->theirs.full, &named[n++].fate);
	}
	qsort(named, n, sizeof(*named), by_fate);
	for (size_t i = 0; i < n;) {
		if (named[i].fate.kind == NAME_RENAMED)
			report_renamed(rep, &named[i++]);
		else if (named[i].fate.kind == NAME_TYPO)
			report_typo(rep, &named[i++]);
		else
			i += report_fate(rep, &named[i], n - i);
	}
	free(named);
}

/* ---- the whole report ----------------------------------------------------------- */

/* Is G a gate that no request can open? Then the other gates of its options do not matter. */
static bool is_shut(const struct gate *g)
{
	return g->kind == GATE_ABSENT || g->kind == GATE_COMPILE_TEST ||
	       (g->kind == GATE_ON && !has_prompt(g->sym) && g->sym->rev_dep.tri == no);
}

static size_t narrow(struct gate *gates, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_shut(&gates[i]))
			continue;
		gates[0] = gates[i];
		return 1;
	}
	return n;
}

/* Options with a prompt and a lower value than theirs; the others are counted. */
static void gather_losses(struct report *rep)
{
	const struct import *im = rep->im;

	for (size_t i = 0; i < im->theirs.f.n_req; i++) {
		const struct request *r = im->theirs.f.req[i];
		struct symbol *sym = sym_find(r->name);
		struct loss *loss;

		if (!is_here(sym) || !strcmp(r->value, "n"))
			continue;
		rep->as_theirs += kc_holds(sym, r->value);
		if (!kc_is_tristate(sym) || !asks_on(r) || !has_prompt(sym) || is_overruled(im, r) ||
		    conflict(im, r->name) || sym->curr.tri >= kc_tristate(r->value))
			continue;
		grow(rep->loss, rep->n_loss, rep->max_loss);
		loss = &rep->loss[rep->n_loss++];
		*loss = (struct loss){ r, sym, kc_tristate(r->value), sym->curr.tri != no, 0, { { 0 } } };
		loss->n = narrow(loss->gates, gates_of(sym, loss->want, loss->gates));
	}
}

static size_t count_conflicts(const struct import *im)
{
	size_t n = 0;

	for (size_t i = 0; i < im->n_dropped; i++)
		n += im->dropped[i].against && !kc_holds(sym_find(im->dropped[i].name), im->dropped[i].value);
	return n;
}

bool import_report(const struct import *im)
{
	struct report rep = { .im = im, .held = mem_realloc(NULL, im->joined.n_req + 1) };
	size_t conflicts = count_conflicts(im), lost;

	for (size_t i = 0; i < im->joined.n_req; i++)
		rep.held[i] = kc_holds(sym_find(im->joined.req[i]->name), im->joined.req[i]->value);
	gather_losses(&rep);
	report_names(&rep);
	report_overruled(&rep);
	report_conflicts(im);
	report_values(&rep, true);
	report_values(&rep, false);
	report_following(&rep);
	lost = rep.n_loss;
	report_groups(&rep);
	say("%s: %zu options hold, and %zu under another name; %zu options of this tree are lost, and "
	    "%zu that it lacks; %zu conflict with a request of the other fragments, %zu are overruled "
	    "by one, %zu have other values, %zu are not set for lack of a prompt, and %zu lines are not "
	    "read",
	    im->config, rep.as_theirs, rep.renamed, lost, rep.unknown, conflicts, rep.overruled,
	    rep.other, rep.follow, im->theirs.unread);
	free(rep.loss);
	free(rep.held);
	return lost || rep.unknown || conflicts || im->theirs.unread;
}
