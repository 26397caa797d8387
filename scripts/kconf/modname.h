/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that build a module, found by the module's name. */
#ifndef KCONF_MODNAME_H
#define KCONF_MODNAME_H

#include <stdbool.h>
#include <stddef.h>

/* An option, and the line of a Makefile that builds the module with it. */
struct modname {
	char *option; /* without CONFIG_ */
	char *module; /* as the Makefile spells it, without .ko */
	char *file; /* below the tree */
	int line;
	bool is_part; /* the name is that of one of the module's objects */
};

/*
 * Look for NAME (`xt_comment`, `virtio-net`, with or without .ko or a path) in the Makefiles
 * of the kernel tree at DIR that the architecture SRCARCH reads. If no module has the name, an
 * object that is a part of a module counts. Returns how many were found; the caller releases
 * *FOUND with modname_free().
 */
size_t modname_find(const char *dir, const char *srcarch, const char *name,
		    struct modname **found);
void modname_free(struct modname *found, size_t n);

#endif
