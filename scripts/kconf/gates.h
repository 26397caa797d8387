/* SPDX-License-Identifier: GPL-2.0-only */
/* What keeps an option off, at the root of its dependencies: its gates. */
#ifndef KCONF_GATES_H
#define KCONF_GATES_H

#include "kconf.h"
#include "tree.h"

enum { GATES_MAX = 8 };

enum gate_kind {
	GATE_ASK, /* off, and could be requested */
	GATE_ON, /* on, and must be off */
	GATE_CHOICE, /* the member that the choice went to */
	GATE_NO_PROMPT, /* off, and follows from other options only */
	GATE_COMPARED, /* a number or a string is not as it must be */
	GATE_TOOLCHAIN, /* a probe that the compiler refused */
	GATE_ABSENT, /* this architecture, or this release, does not define it */
	GATE_COMPILE_TEST, /* open for tests of compiling only: useless in a kernel */
};

struct gate {
	struct symbol *sym;
	enum gate_kind kind;
	tristate want; /* of GATE_ASK: what would do */
};

/*
 * The gates of SYM, which is less than WANT as the tree stands resolved, sorted by name.
 * Of alternatives the one that is opened most easily. Returns how many; 0 if SYM itself
 * could be requested.
 */
size_t gates_of(struct symbol *sym, tristate want, struct gate gates[GATES_MAX]);

#endif
