/* SPDX-License-Identifier: GPL-2.0-only */
/* The shapes in which others take a kernel out of an image: the table that export reads. */
#ifndef SHAPES_H
#define SHAPES_H

#include "kimage.h"

enum { SHAPE_FILES = 6, SHAPE_OPTIONS = 6 };

struct shape {
	const char *name, *what;
	const char *formats; /* of kernel files that it can be, words; NULL: any */
	const char *platforms; /* likewise */
	enum { SHAPE_TREE, SHAPE_APPLE, SHAPE_EDERA, SHAPE_ARTIFACT } kind;
	bool tar; /* a tar only */
	bool device_trees; /* beside the kernel */
	/*
	 * A file of the image and its place: %r is the release, %f the format of the kernel, %v
	 * vmlinux for an ELF file and else vmlinuz.
	 */
	struct {
		const char *from, *to;
	} file[SHAPE_FILES];
	const char *modules; /* what precedes lib/modules; NULL: no modules */
	const char *config[SHAPE_OPTIONS]; /* options that the .config must have as y */
};

/* The shape NAME, or NULL. */
const struct shape *shape_find(const char *name);
/* One line for each. */
void shapes_list(FILE *out);
bool shape_takes_format(const struct shape *s, const char *format);
bool shape_takes_platform(const struct shape *s, const char *platform);
/* An option that CONFIG must have as y and has not, or NULL. */
const char *shape_lacks(const struct shape *s, const struct bytes *config);
/* The place of a file, to free. */
char *shape_place(const char *to, const char *release, const char *format);

#endif
