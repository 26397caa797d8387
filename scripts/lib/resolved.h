/* SPDX-License-Identifier: GPL-2.0-only */
/* The resolved config, which `kconf resolve --resolved` writes: CONFIG_NAME=VALUE # ORIGIN WHO */
#ifndef RESOLVED_H
#define RESOLVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The origin of an option's value. */
enum origin {
	ORIGIN_ASKED, /* a request, in a fragment */
	ORIGIN_SELECT, /* an option selects it */
	ORIGIN_IMPLY, /* an option implies it */
	ORIGIN_CHOICE, /* the default of its choice */
	ORIGIN_DEFAULT, /* its default, in a Kconfig file */
	ORIGIN_TOOLCHAIN, /* no prompt; its definition asks the build host */
	ORIGIN_UNTOLD, /* not known; in no file */
	ORIGIN_COUNT
};

extern const char *const origin_names[ORIGIN_COUNT];

struct resolved_option {
	const char *name; /* without CONFIG_ */
	const char *value;
	enum origin origin;
	const char *who; /* a fragment, a Kconfig file, an option, or "" */
	char *line; /* the memory that the options point to */
};

struct resolved {
	struct resolved_option *option; /* as in the file: sorted by name */
	size_t n;
};

/* False after a message with file and line; free it either way. */
bool resolved_read(struct resolved *r, const char *path);
bool resolved_read_stream(struct resolved *r, FILE *in, const char *path);
void resolved_free(struct resolved *r);

#endif
