/* SPDX-License-Identifier: GPL-2.0-only */
/* kconf import, in parts: choose options, prove that they hold as printed, report the lost. */
#ifndef KCONF_IMPORT_H
#define KCONF_IMPORT_H

#include "dotconfig.h"
#include "tree.h"

/* The file's options in this tree, in the order of the symbols. */
struct goal {
	struct symbol *sym;
	const struct request *asked; /* in theirs */
	char *value; /* in the tree resolved as theirs */
};

/* A request that was dropped from the fragment, and the reason. */
struct dropped {
	char *name, *value;
	const struct request *against; /* the fragments' request that it makes fail, or NULL */
	bool retried; /* it was tried a second time, and was lost again */
};

struct import {
	const char *config;
	bool exact; /* --exact: also disable options as theirs does, and contradict ours */
	struct fragments *ours;
	struct dotconfig theirs;
	struct fragments joined; /* ours, and the additions */
	struct paragraph *added; /* whose requests in JOINED those are */
	struct goal *goal;
	size_t n_goal, max_goal;
	struct symbol **on; /* the options that theirs enables in this tree, by address */
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
 * Drop the additions that are lost, or that make a request of the fragments fail. The tree is
 * then resolved as joined. False if that failed, or if an addition is still lost.
 */
bool import_hold(struct import *im);
void import_print(const struct import *im);
/* Report the options that theirs enables and joined does not. Is one of them lost? */
bool import_report(const struct import *im);

#endif
