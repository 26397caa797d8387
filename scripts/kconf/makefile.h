/* SPDX-License-Identifier: GPL-2.0-only */
/* The lists of objects in a Makefile: `obj-$(CONFIG_X) += name.o`. */
#ifndef KCONF_MAKEFILE_H
#define KCONF_MAKEFILE_H

enum { MAKEFILE_MOST = 1 << 20 }; /* bytes of one that is read */

/* One word of an assignment; conditions around it are ignored. */
struct listed {
	const char *list; /* before -y, -objs, -m or -$(...): obj, or the name of a module */
	const char *option; /* that the list depends on, without CONFIG_; or NULL */
	const char *object; /* ends in .o, and refers to no variable */
	int line;
};

/* Call SEE with each word of TEXT that names an object, valid for that call. TEXT is cut apart. */
void makefile_read(char *text, void (*see)(void *ctx, const struct listed *l), void *ctx);

#endif
