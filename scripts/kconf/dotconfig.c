// SPDX-License-Identifier: GPL-2.0-only
/*
 * Anybody's .config: options without reasons, of which the last wins, as Kconfig has it.
 * What is no option is passed over, as Kconfig does too; but a file without a single one
 * is no .config.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kconf.h"

#define NOT_SET " is not set"

static void take(struct fragments *f, struct paragraph *p, char *line, int n)
{
	size_t len = strcspn(line, "\r\n"), tail = strlen(NOT_SET);
	char *equals;

	line[len] = '\0';
	if (!strncmp(line, "# CONFIG_", 9) && len > 9 + tail && !strcmp(line + len - tail, NOT_SET)) {
		line[len - tail] = '\0';
		frag_set(f, p, line + 9, "n", n);
		return;
	}
	equals = strchr(line, '=');
	if (strncmp(line, "CONFIG_", 7) || !equals)
		return;
	*equals = '\0';
	frag_set(f, p, line + 7, equals + 1, n);
}

bool dotconfig_read_stream(struct fragments *f, FILE *in, const char *path)
{
	struct paragraph *p = frag_paragraph(f, path);
	char *line = NULL;
	size_t size = 0;
	int n = 0;

	while (getline(&line, &size, in) >= 0)
		take(f, p, line, ++n);
	free(line);
	if (!f->n_req)
		complain(path, 0, "holds no option; a .config has lines like CONFIG_NET=y");
	return f->n_req;
}

bool dotconfig_read(struct fragments *f, const char *path)
{
	FILE *in = fopen(path, "r");
	bool read;

	if (!in) {
		complain(path, 0, "%s", strerror(errno));
		return false;
	}
	read = dotconfig_read_stream(f, in, path);
	fclose(in);
	return read;
}
