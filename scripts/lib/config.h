/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of a .config. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>

/*
 * Cut LINE in place: CONFIG_NAME=VALUE, or `# CONFIG_NAME is not set`, whose value is n. A string
 * keeps its quotes, and any text after a value stays with it. False, with LINE as it was, for
 * another line.
 */
bool config_line(char *line, char **name, char **value);

#endif
