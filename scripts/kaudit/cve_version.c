// SPDX-License-Identifier: GPL-2.0-only
/*
 * Releases, and the rows of a record's "versions". The CVE team writes a block of rows whose
 * default is affected: one row for the releases before the defect, and one for each fix, from the
 * release that has it to the end of its series (6.12.30 to 6.12.*) or, for mainline, of all (*). A
 * defect that was backported has rows of affected releases in the block of the commits.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cve.h"

enum { RC = 4, ANY_PART = -1 };

/* A number of at most 9 digits, or ANY_PART of a '*', or -2. */
static long number(const char **text)
{
	const char *p = *text;
	char *end;
	long n;

	if (*p == '*') {
		*text = p + 1;
		return ANY_PART;
	}
	if (!isdigit((unsigned char)*p) || strspn(p, "0123456789") > 9)
		return -2;
	n = strtol(p, &end, 10);
	*text = end;
	return n;
}

bool version_parse(const char *text, struct version *v)
{
	int i = 0;
	long n;

	memset(v, 0, sizeof(*v));
	v->part[RC] = UINT32_MAX;
	for (;; text++) {
		n = number(&text);
		if (n < ANY_PART || i == RC)
			return false;
		if (n == ANY_PART) {
			for (; i < RC; i++)
				v->part[i] = UINT32_MAX;
			return !*text;
		}
		v->part[i++] = (uint32_t)n;
		if (*text != '.')
			break;
	}
	if (!strncmp(text, "-rc", 3)) {
		text += 3;
		n = number(&text);
		if (n < 0)
			return false;
		v->part[RC] = (uint32_t)n;
	}
	return !*text;
}

int version_order(const struct version *a, const struct version *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(a->part); i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

bool version_same_series(const struct version *a, const struct version *b)
{
	/* A series of 2.6 has three numbers. */
	const int n = a->part[0] == 2 && a->part[1] == 6 ? 3 : 2;

	for (int i = 0; i < n; i++)
		if (a->part[i] != b->part[i])
			return false;
	return true;
}

static bool span_has(const struct span *s, const struct version *v)
{
	int order = version_order(v, &s->from);

	if (s->type == POINT)
		return !order;
	if (order < 0)
		return false;
	order = version_order(v, &s->to);
	return s->type == BELOW ? order < 0 : order <= 0;
}

static bool is_zero(const struct version *v)
{
	return !v->part[0] && !v->part[1] && !v->part[2] && !v->part[3];
}

const char *span_fix(const struct span *s)
{
	return s->type == BELOW && version_same_series(&s->from, &s->to) ? s->to_text : NULL;
}

/* V is in no row of a block whose default is unaffected. */
static enum range_state outside(const struct block *b, const struct version *v, const char **by)
{
	const struct span *next = NULL;

	for (size_t i = 0; i < b->n; i++) {
		const struct span *s = &b->span[i];

		if (!s->affected)
			continue;
		if (span_fix(s) && version_order(&s->to, v) <= 0 &&
		    version_same_series(&s->to, v)) {
			*by = s->to_text;
			return FIXED_IN;
		}
		if (version_order(&s->from, v) > 0 &&
		    (!next || version_order(&s->from, &next->from) < 0))
			next = s;
	}
	if (!next)
		return NOT_IN_RANGE;
	*by = next->from_text;
	return INTRODUCED_IN;
}

/* A range with the fix decides, then one without, then a single release, then the default. */
static enum range_state block_state(const struct block *b, const struct version *v, const char **by)
{
	const struct span *fixed = NULL, *before = NULL;
	bool in = false, point = false, point_affected = false;

	for (size_t i = 0; i < b->n; i++) {
		const struct span *s = &b->span[i];

		if (!span_has(s, v))
			continue;
		if (s->type == POINT) {
			point = true;
			point_affected |= s->affected;
		} else if (s->affected) {
			in = true;
		} else if (is_zero(&s->from) && s->type == BELOW) {
			before = s;
		} else {
			fixed = s;
		}
	}
	if (fixed || before) {
		*by = fixed ? fixed->from_text : before->to_text;
		return fixed ? FIXED_IN : INTRODUCED_IN;
	}
	if (in || (point ? point_affected : b->affected))
		return IN_RANGE;
	return point ? NOT_IN_RANGE : outside(b, v, by);
}

enum range_state blocks_state(const struct block *b, size_t n, const struct version *v,
			      const char **by)
{
	/* One block with the release in range decides, then one with a fix. */
	static const int weight[] = {
		[IN_RANGE] = 3, [FIXED_IN] = 2, [INTRODUCED_IN] = 1, [NOT_IN_RANGE] = 0
	};
	enum range_state most = NOT_IN_RANGE;

	*by = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *this_by = NULL;
		enum range_state state = block_state(&b[i], v, &this_by);

		if (weight[state] > weight[most] || (state == most && !*by)) {
			most = state;
			*by = this_by;
		}
	}
	return most;
}
