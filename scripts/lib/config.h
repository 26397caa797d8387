/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of a .config. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>

/*
 * Cut LINE in place: CONFIG_NAME=VALUE, or `# CONFIG_NAME is not set`, whose value is n. A string
 * keeps its quotes, and a value keeps any text after it. Another line is left unchanged: false.
 */
bool config_line(char *line, char **name, char **value);

#endif
