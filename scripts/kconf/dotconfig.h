/* SPDX-License-Identifier: GPL-2.0-only */
/* Any .config, read as Kconfig reads it. */
#ifndef KCONF_DOTCONFIG_H
#define KCONF_DOTCONFIG_H

#include "kconf.h"

/* Zero it, then frag_init() F; frag_free() F in the end. */
struct dotconfig {
	struct fragments f;
	bool full; /* a whole .config, as Kconfig writes it, and not a fragment of one */
	size_t unread; /* lines that were meant as options, and that Kconfig does not read */
};

/*
 * Read a .config, packed by gzip or not. Lines that are not read are reported on stderr.
 * False after a report if it has no option. PATH must outlive D.
 */
bool dotconfig_read(struct dotconfig *d, const char *path);
bool dotconfig_read_stream(struct dotconfig *d, FILE *in, const char *path);

#endif
