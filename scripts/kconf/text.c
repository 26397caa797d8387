// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kconf.h"
#include "text.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define HEX "0123456789abcdefABCDEF"

/* Does all of S, which is not empty, consist of characters in SET? */
static bool all_of(const char *s, const char *set)
{
	return *s && !s[strspn(s, set)];
}

bool text_is_name(const char *s)
{
	return all_of(s, ALNUM "_");
}

bool text_is_string(const char *v)
{
	if (*v++ != '"')
		return false;
	for (; *v && *v != '"'; v++)
		if (*v == '\\' && *++v == '\0')
			return false;
	return v[0] == '"' && v[1] == '\0';
}

/* Of any length; Kconfig decides whether the option accepts it. */
static bool is_number(const char *v)
{
	if (*v == '-')
		return all_of(v + 1, "0123456789");
	if (*v == '0' && (v[1] == 'x' || v[1] == 'X'))
		v += 2;
	return all_of(v, HEX);
}

bool text_is_value(const char *v)
{
	return !strcmp(v, "y") || !strcmp(v, "m") || !strcmp(v, "n") || is_number(v) ||
	       text_is_string(v);
}

bool text_is_release(const char *s)
{
	size_t dots = 0;

	for (;;) {
		if (!isdigit((unsigned char)*s))
			return false;
		while (isdigit((unsigned char)*s))
			s++;
		if (!*s)
			return dots >= 1 && dots <= 2;
		if (*s++ != '.')
			return false;
		dots++;
	}
}

bool text_lists(const char *list, const char *s, size_t len)
{
	while (list && *list) {
		size_t n = strcspn(list, ", ");

		if (n && n == len && !strncmp(list, s, n))
			return true;
		list += n + (list[n] != '\0');
	}
	return false;
}

/* The length of the blank at S: a no-break or zero-width space and a stray mark count. */
static size_t blank(const char *s)
{
	static const char *const blanks[] = { " ", "\t", "\xc2\xa0", "\xe2\x80\x8b", "\xe2\x80\xaf",
					      "\xe3\x80\x80", "\xef\xbb\xbf" };

	for (size_t i = 0; i < ARRAY_SIZE(blanks); i++)
		if (!strncmp(s, blanks[i], strlen(blanks[i])))
			return strlen(blanks[i]);
	return 0;
}

size_t text_margin(const char *s)
{
	size_t at = 0, n;

	while ((n = s[at] == '#' ? 1 : blank(s + at)))
		at += n;
	return at;
}

/* Words that mean "is not set", at the end of a line that has only a name before them. */
static bool unset(const char *s)
{
	size_t name = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (!name || !blank(s + name))
		return false;
	s += name;
	for (const char *const *word = (const char *const[]){ "is", "not", "set", NULL }; *word; word++) {
		s += text_margin(s);
		if (strncasecmp(s, *word, strlen(*word)))
			return false;
		s += strlen(*word);
	}
	return !s[strcspn(s, ALNUM)];
}

/* Words that would be a whole directive after '#:'. */
static bool bare_directive(const char *s, const char *archs)
{
	size_t len = strcspn(s, " \t:="), rest = len + strspn(s + len, " \t:=");

	if (text_lists("since until", s, len))
		return text_is_release(s + rest);
	if (text_lists("waive override", s, len))
		return !s[rest] || strstr(s + rest, "until=");
	if (!text_lists("arch not-arch", s, len) || !s[rest])
		return false;
	for (bool list = *s == 'a'; s[rest]; rest += len + strspn(s + rest + len, " \t")) {
		len = strcspn(s + rest, " \t");
		if (!text_lists(archs, s + rest, len))
			return false;
		if (!list)
			break;
	}
	return true;
}

const char *text_meant(const char *s, const char *archs)
{
	s += text_margin(s);
	if (!strncasecmp(s, "CONFIG_", 7) || unset(s))
		return "near-option";
	if (*s == ':' || bare_directive(s, archs))
		return "near-directive";
	return NULL;
}

const char *text_control(const char *s)
{
	for (; *s; s++)
		if (iscntrl((unsigned char)*s) && *s != '\t')
			return s;
	return NULL;
}

/* The tree's Makefile refuses a longer release (uts_len): utsname has no room for more. */
enum { UTS_LEN = 64 };

const char *text_localversion(const char *value, const char *release)
{
	char *text = unquote(value);
	size_t len = strlen(text), plain = strspn(text, ALNUM "-_.+~");

	free(text);
	if (plain != len)
		return "names files, and make and shell text has it: expected letters, digits "
		       "and - _ . + ~";
	return strlen(release) + len > UTS_LEN ?
		       "makes 'uname -r' too long: expected at most 64 characters with the release" :
		       NULL;
}
