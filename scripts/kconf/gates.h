/* SPDX-License-Identifier: GPL-2.0-only */
/* The gates of an option: the roots of the dependencies that disable it. */
#ifndef KCONF_GATES_H
#define KCONF_GATES_H

#include "kconf.h"
#include "tree.h"

enum { GATES_MAX = 8 };

enum gate_kind {
	GATE_ASK, /* disabled, and can be requested */
	GATE_ON, /* enabled, and must be disabled */
	GATE_CHOICE, /* the enabled member of the choice */
	GATE_NO_PROMPT, /* disabled, without a prompt: only other options set it */
	GATE_COMPARED, /* a number or a string has the wrong value */
	GATE_TOOLCHAIN, /* a probe that fails with this compiler */
	GATE_ABSENT, /* this architecture, or this release, does not define it */
	GATE_COMPILE_TEST, /* enabled by COMPILE_TEST only: useless in a kernel */
};

struct gate {
	struct symbol *sym;
	enum gate_kind kind;
	tristate want; /* of GATE_ASK: the value to request */
};

/*
 * The gates of SYM, which is below WANT in the resolved tree, sorted by name; of alternatives the
 * one that is easiest to open. Returns how many; 0 if SYM itself can be requested.
 */
size_t gates_of(struct symbol *sym, tristate want, struct gate gates[GATES_MAX]);

#endif
