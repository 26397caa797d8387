/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that are lost or overridden, of the secure base too, and their owners. */
#ifndef KCONF_EXCEPTIONS_H
#define KCONF_EXCEPTIONS_H

#include "kconf.h"

/* Each overridden request of the base, and how much of the base applies; after the proof. */
void exceptions_report(const struct fragments *f, FILE *report);
/*
 * The same and the waivers that excuse a loss, one a line, as kimage(1) has them in kernel.json:
 * "override|waiver CONFIG_NAME=VALUE FILE:LINE until=RELEASE OWNER REASON". False with errno set.
 */
bool exceptions_write(const struct fragments *f, const char *path);

#endif
