// SPDX-License-Identifier: GPL-2.0-only
/* Records against a release, the list of compiled files and the patches. */
#include <stdlib.h>
#include <string.h>

#include "cve.h"

const char *const cve_status_names[CVE_STATUSES] = { "open",	"undecided", "not-compiled",
						     "patched", "fixed",     "not-affected" };

bool cve_is_open(enum cve_status status)
{
	return status == OPEN || status == UNDECIDED;
}

bool cve_closed(const struct cve_verdict *v)
{
	return cve_is_open(v->before) && !cve_is_open(v->status);
}

bool cve_opened(const struct cve_verdict *v)
{
	return !cve_is_open(v->before) && cve_is_open(v->status);
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/*
 * Does a list without FILE mean that no kernel has code of FILE? The list has what the compiler
 * reads, so it cannot say so of Kconfig files or Makefiles, nor of headers if it has none.
 */
static bool list_decides(const struct list *l, const char *file)
{
	static const char *const read[] = { ".c", ".S", ".dts", ".dtsi", ".rs" };
	const char *end = strrchr(file, '.');

	if (starts(file, "Documentation/") || starts(file, "tools/") || starts(file, "samples/"))
		return true;
	for (size_t i = 0; end && i < ARRAY_SIZE(read); i++)
		if (!strcmp(end, read[i]))
			return true;
	return end && !strcmp(end, ".h") && l->headers;
}

/* Of a record in range. */
static void judge_files(struct cve_verdict *v, const struct list *l)
{
	const struct cve *c = v->cve;

	v->status = l && c->files ? NOT_COMPILED : UNDECIDED;
	for (size_t i = 0; l && i < c->files; i++) {
		if (list_has(l, c->file[i])) {
			v->status = OPEN;
			v->file = c->file[i];
			return;
		}
		if (!list_decides(l, c->file[i])) {
			v->status = UNDECIDED;
			v->file = c->file[i];
		}
	}
}

/* The release with the fix that S ends or begins with, or NULL. */
static const char *fix_of(const struct span *s, struct version *fix)
{
	if (s->affected) {
		*fix = s->to;
		return span_fix(s);
	}
	*fix = s->from;
	return s->type == UP_TO ? s->from_text : NULL;
}

/* The first release after V with a fix: of V's series, else of a later one. */
static const char *next_fix(const struct cve *c, const struct version *v)
{
	struct version best = { 0 }, fix;
	const char *found = NULL;

	for (size_t i = 0; i < c->blocks; i++) {
		for (size_t j = 0; j < c->block[i].n; j++) {
			const char *text = fix_of(&c->block[i].span[j], &fix);

			if (!text || version_order(&fix, v) <= 0 ||
			    (found && version_order(&fix, &best) >= 0))
				continue;
			best = fix;
			found = text;
		}
	}
	return found;
}

static const struct patch *closing(const struct patches *p, const struct cve *c)
{
	for (size_t i = 0; p && i < p->n; i++)
		for (size_t j = 0; j < c->fixes; j++)
			if (!strcmp(p->patch[i].commit, c->fix[j]))
				return &p->patch[i];
	return NULL;
}

static void judge_in_range(struct cve_verdict *v, const struct cve_report *r,
			   const struct version *release)
{
	const struct patch *patch = closing(r->patches, v->cve);

	if (patch) {
		v->status = PATCHED;
		v->patch = patch->name;
		v->commit = patch->commit;
		return;
	}
	judge_files(v, r->sources);
	v->release = next_fix(v->cve, release);
	v->commit = cve_fixed_by(v->cve, v->release);
}

static struct cve_verdict judge(const struct cve *c, const struct cve_report *r,
				const struct version *release)
{
	struct cve_verdict v = { .cve = c };
	const enum range_state state = blocks_state(c->block, c->blocks, release, &v.release);

	if (state == IN_RANGE) {
		judge_in_range(&v, r, release);
	} else if (state == FIXED_IN) {
		v.status = FIXED;
		v.commit = cve_fixed_by(c, v.release);
	} else {
		v.status = NOT_AFFECTED;
		v.commit = cve_introduced_by(c, v.release);
	}
	return v;
}

static bool read_release(const char *text, struct version *v)
{
	/* A record has no -rc: a defect of 6.5 may be in 6.5-rc1 or not. */
	if (version_parse(text, v) && !strpbrk(text, "*-") && strchr(text, '.'))
		return true;
	say("'%s' is not a release [bad-release]: expected one such as 6.12.107", text);
	return false;
}

bool cve_judge(struct cve_report *r)
{
	struct version release, from;

	if (!read_release(r->release, &release) || (r->from && !read_release(r->from, &from)))
		return false;
	r->verdict = mem_zalloc((r->all->n + 1) * sizeof(*r->verdict));
	for (size_t i = 0; i < r->all->n; i++) {
		struct cve_verdict *v = &r->verdict[i];

		*v = judge(&r->all->cve[i], r, &release);
		v->before = r->from ? judge(v->cve, r, &from).status : v->status;
		r->count[v->status]++;
		r->closed += cve_closed(v);
		r->opened += cve_opened(v);
	}
	return true;
}

/* ", fixed in 6.12.112 by COMMIT" */
static char *fix_text(const struct cve_verdict *v)
{
	if (!v->release)
		return mem_strdup("no release has a fix");
	return mem_printf("fixed in %s%s%s", v->release, v->commit ? " by " : "",
			  v->commit ? v->commit : "");
}

static char *undecided_text(const struct cve_report *r, const struct cve_verdict *v)
{
	if (!r->sources)
		return mem_strdup("unknown: no list of compiled files; build the image");
	if (!v->file)
		return mem_strdup("unknown: the record names no file");
	return mem_printf("unknown: the list of compiled files cannot say whether %s matters",
			  v->file);
}

static char *range_text(const struct cve_report *r, const struct cve_verdict *v)
{
	char *fix = fix_text(v), *code, *text;

	if (v->status == OPEN)
		code = mem_printf("%s is compiled", v->file);
	else if (v->status == UNDECIDED)
		code = undecided_text(r, v);
	else
		code = mem_printf("not compiled: %s%s", v->cve->file[0],
				  v->cve->files > 1 ? " and the other files of the fix" : "");
	text = mem_printf("%s; %s", code, fix);
	free(code);
	free(fix);
	return text;
}

char *cve_evidence(const struct cve_report *r, const struct cve_verdict *v)
{
	if (v->status == PATCHED)
		return mem_printf("patch %s has the fix %s", v->patch, v->commit);
	if (v->status == FIXED)
		return fix_text(v);
	if (v->status != NOT_AFFECTED)
		return range_text(r, v);
	if (!v->release)
		return mem_strdup("the release is in no affected range");
	return mem_printf("introduced in %s%s%s", v->release, v->commit ? " by " : "",
			  v->commit ? v->commit : "");
}
