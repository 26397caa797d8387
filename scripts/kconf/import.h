/* SPDX-License-Identifier: GPL-2.0-only */
/* kconf import, in parts: choose options, prove that they hold as printed, report the lost. */
#ifndef KCONF_IMPORT_H
#define KCONF_IMPORT_H

#include "dotconfig.h"
#include "tree.h"

/* What the file has in this tree, by the symbols' order. */
struct goal {
	struct symbol *sym;
	const struct request *asked; /* in theirs */
	char *value; /* in the tree resolved as theirs */
};

/* A request that the fragment would have had, but for a reason. */
struct dropped {
	char *name, *value;
	const struct request *against; /* the fragments' request that fell with it, or NULL */
	bool retried; /* it was given a second chance, and did not hold then either */
};

struct import {
	const char *config;
	bool exact; /* take what theirs has off, and what ours settles, too */
	struct fragments *ours;
	struct dotconfig theirs;
	struct fragments joined; /* ours, and the additions */
	struct paragraph *added; /* whose requests in JOINED those are */
	struct goal *goal;
	size_t n_goal, max_goal;
	struct symbol **on; /* all that theirs enables in this tree, by address */
	size_t n_on, max_on;
	struct dropped *dropped;
	size_t n_dropped, max_dropped;
};

/* Note that SYM is to be VALUE, unless ours has a request for it. */
void import_add(struct import *im, struct symbol *sym, const char *value);
/* How many of the goals that are options, y or m, are enabled in the tree now. */
size_t import_reached(const struct import *im);
/* JOINED without those additions of which KEEP, by their index, is false. */
void import_keep(struct import *im, const bool *keep);

/*
 * Drop additions that would not hold, or would make a request of the fragments fail. The tree is
 * then resolved as joined. False if it could not be, or if an addition still fails.
 */
bool import_hold(struct import *im);
void import_print(const struct import *im);
/* Report what theirs has and joined has not. Is something of it lost? */
bool import_report(const struct import *im);

#endif
