/* SPDX-License-Identifier: GPL-2.0-only */
/* The origin of an option's value. */
#ifndef KCONF_ORIGIN_H
#define KCONF_ORIGIN_H

#include "kconf.h"
#include "tree.h"

/* Of an option that is enabled or has a value; *WHO is a file or an option, or NULL. */
enum origin origin_of(const struct fragments *f, struct symbol *sym, const char **who);

/* The option that a term of a reverse dependency begins with: the one that selects. */
struct symbol *origin_selector(struct expr *term);
/* The default that applies, or NULL. */
struct property *origin_default(struct symbol *sym);

#endif
