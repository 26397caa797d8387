/* SPDX-License-Identifier: GPL-2.0-only */
/* The syntax of the words of a fragment, without paragraphs or a tree. */
#ifndef KCONF_TEXT_H
#define KCONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A name that Kconfig's lexer takes for a symbol, without CONFIG_. */
bool text_is_name(const char *s);
/* y, m, n, a number as Kconfig writes one (hex with or without 0x), or a quoted string. */
bool text_is_value(const char *s);
/* A quoted string. */
bool text_is_string(const char *s);
/* A series or a release: 6.12 or 6.12.107. */
bool text_is_release(const char *s);
/* Is the word S, LEN bytes, in LIST, whose words are divided by blanks or commas? */
bool text_lists(const char *list, const char *s, size_t len);

/* The length of the '#' and blanks that S begins with, including invisible blanks. */
size_t text_margin(const char *s);
/*
 * Would the comment S be an option line or a directive with another '#', blank or colon? ARCHS
 * lists the known architectures. Returns the code of the refusal, or NULL.
 */
const char *text_meant(const char *s, const char *archs);

/* The first control character of S, or NULL. */
const char *text_control(const char *s);
/* Why Kbuild cannot take VALUE, a quoted string, as LOCALVERSION of RELEASE, or NULL. */
const char *text_localversion(const char *value, const char *release);

#endif
