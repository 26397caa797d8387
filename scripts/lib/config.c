// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config.h"

#define NOT_SET " is not set"

bool config_line(char *line, char **name, char **value)
{
	const bool comment = !strncmp(line, "# CONFIG_", 9);
	char *end;

	if (!comment && strncmp(line, "CONFIG_", 7) != 0)
		return false;
	*name = line + (comment ? 9 : 7);
	end = *name + strcspn(*name, comment ? " " : "=");
	if (end == *name || (comment ? strcmp(end, NOT_SET) != 0 : !*end))
		return false;
	/* The value n is written over the comment's text. */
	*value = comment ? strcpy(end + 1, "n") : end + 1;
	*end = '\0';
	return true;
}
