/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KCONF_RESOLVED_H
#define KCONF_RESOLVED_H

#include "kconf.h"

/* Write the resolved tree as it is committed for review. Returns false with errno set. */
bool resolved_write(const struct fragments *f, const char *path);

struct resolved_option {
	const char *name; /* without CONFIG_ */
	const char *value;
	enum origin origin;
	const char *who; /* a file or an option, or "" */
	char *line; /* what these point into */
};

struct resolved {
	struct resolved_option *option; /* as in the file: sorted by name */
	size_t n;
};

/* False after saying file, line and what is wrong; free it either way. */
bool resolved_read(struct resolved *r, const char *path);
bool resolved_read_stream(struct resolved *r, FILE *in, const char *path);
void resolved_free(struct resolved *r);

#endif
