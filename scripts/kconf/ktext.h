/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel tree's Kconfig files and Makefiles, read as text: the definitions of all architectures;
 * a parse has only those of one.
 */
#ifndef KCONF_KTEXT_H
#define KCONF_KTEXT_H

#include <stdbool.h>
#include <stddef.h>

/* One definition of an option; an option may have several. */
struct kdef {
	char *name, *file; /* below the tree */
	int line;
	bool transitional; /* only passes an old value on */
	char *prompt, *help; /* or NULL; the help with single blanks */
	char *from; /* the option that is its default, or NULL */
};

/* `obj-$(CONFIG_NAME) += OBJECT`, or another list than obj. */
struct kobject {
	char *name, *object; /* below the tree */
};

/* Sorted by name, then by file and line. */
struct ktext {
	struct kdef *def;
	size_t n_def, max_def;
	struct kobject *object; /* sorted by object */
	size_t n_object, max_object;
};

/*
 * Read the Kconfig files below TREE, and with OBJECTS its Makefiles. False after a report
 * if TREE could not be walked; ktext_free() in any case.
 */
bool ktext_read(struct ktext *t, const char *tree, bool objects);
void ktext_free(struct ktext *t);
/* The first definition of NAME, or NULL; the others follow it. */
const struct kdef *ktext_find(const struct ktext *t, const char *name);

#endif
