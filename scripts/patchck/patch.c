// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "msg.h"
#include "patch.h"

/* Report a finding at line N. */
__attribute__((format(printf, 4, 5))) static bool finding(struct patch *p, long n, const char *code,
							  const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	complain(p->name, (int)n, "%s [%s]", text, code);
	free(text);
	p->failed = true;
	return false;
}

/* A finding after which the rest is not read. */
#define bad(p, code, ...) ((p)->stopped = true, finding(p, (p)->number, code, __VA_ARGS__))

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* The word after the N first of LINE, and its length. */
static size_t word(const char *line, int n, const char **at)
{
	line += strspn(line, " \t");
	for (; n > 0; n--) {
		line += strcspn(line, " \t");
		line += strspn(line, " \t");
	}
	*at = line;
	return strcspn(line, " \t");
}

/* ---- the head and the text ---- */

/* "NAME <USER@HOST>"? */
static bool is_person(const char *s)
{
	const char *open = strrchr(s, '<'), *at = open ? strchr(open, '@') : NULL;
	const size_t len = strlen(s);

	if (!at || open < s + 2 || open[-1] != ' ' || *s == ' ' || s[len - 1] != '>')
		return false;
	return strcspn(open + 1, "@<> ") == (size_t)(at - open - 1) && at > open + 1 &&
	       strcspn(at + 1, "@<> ") == (size_t)(s + len - 1 - at - 1) && at + 1 < s + len - 1;
}

/* Copy the mail address of a person to TO. */
static void take_mail(char *to, size_t size, const char *person)
{
	const char *open = strrchr(person, '<') + 1;

	snprintf(to, size, "%.*s", (int)strcspn(open, ">"), open);
}

/* Is S a commit's name, and then REST? Copies the name to TO. */
static bool take_id(char *to, const char *s, const char *rest)
{
	if (strspn(s, "0123456789abcdef") != ID || strcmp(s + ID, rest))
		return false;
	memcpy(to, s, ID);
	return true;
}

static bool has_value(const char *line, const char *key)
{
	return starts(line, key) && line[strlen(key)] && line[strlen(key)] != ' ';
}

static bool is_8bit(const char *line)
{
	const char *at;
	const size_t n = word(line, 1, &at);

	return n == 4 && (*at == '7' || *at == '8') && !strncasecmp(at + 1, "bit", 3);
}

static bool is_header(const char *line, long number)
{
	size_t n = 0;

	while (isalpha((unsigned char)line[n]) || line[n] == '-')
		n++;
	return (n && line[n] == ':') || *line == ' ' || *line == '\t' ||
	       (number == 1 && starts(line, "From "));
}

static bool take_head(struct patch *p, const char *line)
{
	if (starts(line, "From: ") && is_person(line + 6)) {
		p->author = true;
		take_mail(p->from, sizeof(p->from), line + 6);
	} else if (has_value(line, "Date: ")) {
		p->date = true;
	} else if (has_value(line, "Subject: ")) {
		p->subject = true;
	} else if (starts(line, "Content-Transfer-Encoding:") && !is_8bit(line)) {
		return bad(p, "encoding", "a mail in %s; make it 8bit",
			   line + strcspn(line, ":") + 1 + strspn(line + strcspn(line, ":") + 1, " \t"));
	} else if (!*line) {
		p->part = TEXT;
	} else if (!is_header(line, p->number)) {
		return bad(p, "not-a-mail", "not a mail header; use git format-patch");
	}
	return true;
}

/* "accepted in VERSION, commit ID", with ", author unknown" or without? */
static bool is_accepted(struct patch *p, const char *s)
{
	const size_t n = strspn(s += strlen("accepted in "), "0123456789.");

	if (!n || !isdigit((unsigned char)*s) || !starts(s + n, ", commit "))
		return false;
	s += n + strlen(", commit ");
	p->author_unknown = take_id(p->accepted, s, ", author unknown");
	return p->author_unknown || take_id(p->accepted, s, "");
}

/* That, "submitted LINK" or "not suitable, WHY"? */
static bool is_status(struct patch *p, const char *s)
{
	if (starts(s, "accepted in "))
		return is_accepted(p, s);
	if (starts(s, "submitted ")) {
		s += 10;
		s += starts(s, "https://") ? 8 : starts(s, "http://") ? 7 : strlen(s);
		return *s && !strchr(s, ' ');
	}
	return has_value(s, "not suitable, ");
}

static void take_sign_off(struct patch *p, const char *person)
{
	p->signed_off = true;
	take_mail(p->signer, sizeof(p->signer), person);
	p->author_signed |= !strcmp(p->signer, p->from);
}

static bool take_text(struct patch *p, const char *line)
{
	if (!strcmp(line, "---"))
		p->part = STAT;
	if (!p->begun && starts(line, "commit "))
		take_id(p->commit, line + 7, " upstream.");
	p->begun |= *line;
	p->noted |= starts(line, "[ ");
	if (starts(line, "Signed-off-by: ") && is_person(line + 15))
		take_sign_off(p, line + 15);
	if (!starts(line, "Upstream:"))
		return true;
	p->statuses++;
	return (line[9] == ' ' && is_status(p, line + 10)) ||
	       bad(p, "bad-upstream", "not \"Upstream: accepted in VERSION, commit ID\", \"submitted LINK\" or \"not suitable, WHY\"");
}

/* What others wrote is in their name, as in the stable releases: docs/patches.md has the form. */
static void check_backport(struct patch *p)
{
	if (strcmp(p->commit, p->accepted))
		finding(p, 1, "no-commit-line", "the text does not begin with \"commit %s upstream.\"",
			p->accepted);
	if (!p->noted)
		finding(p, 1, "no-note", "no \"[ NAME: what was adapted, and why ]\" above the ---");
	if (p->author_unknown)
		return;
	if (!p->author_signed)
		finding(p, 1, "author-not-signed", "no \"Signed-off-by:\" of the author, <%s>", p->from);
	if (!strcmp(p->signer, p->from))
		finding(p, 1, "backport-not-signed",
			"the last \"Signed-off-by:\" is the author's: expected who carries the patch");
}

/* ---- the diffs ---- */

static bool check_path(struct patch *p, const char *path)
{
	bool plain = *path;

	for (const char *c = path; *c; c++)
		plain = plain && (isalnum((unsigned char)*c) || strchr("_.+,:@%=~/-", *c));
	for (const char *c = path; plain && c; c = strchr(c, '/'), c = c ? c + 1 : c) {
		const size_t n = strcspn(c, "/");

		plain = n && strncmp(c, ".", n) && !(n == 2 && starts(c, "..")) && !(n == 4 && starts(c, ".git"));
	}
	return plain || bad(p, "path-outside", "\"%s\" is not a plain path inside the tree", path);
}

/* Is PATH the side of the git diff that GIT names, below PREFIX, or no file? */
static bool check_side(struct patch *p, const char *path, const char *git, const char *prefix)
{
	if (!strcmp(path, "/dev/null"))
		return true;
	if (strcmp(path, git) || !starts(path, prefix))
		return bad(p, "path-differs", "\"%s\" is not the %s file of its git diff", path, prefix);
	return check_path(p, path + 2);
}

static void print_path(const struct patch *p, const char *path)
{
	if (p->print_files && !p->failed)
		puts(path);
}

/* diff --git a/PATH b/PATH */
static bool take_diff(struct patch *p, const char *line)
{
	const char *a, *b, *end;
	const size_t n_a = word(line, 2, &a), n_b = word(line, 3, &b);

	p->part = FILE_HEAD;
	p->diffs++;
	p->has_a = p->has_b = false;
	if (!n_a || !n_b || n_a >= sizeof(p->a) || n_b >= sizeof(p->b) || word(line, 4, &end))
		return bad(p, "not-a-git-diff", "not a plain \"diff --git a/PATH b/PATH\"");
	snprintf(p->a, sizeof(p->a), "%.*s", (int)n_a, a);
	snprintf(p->b, sizeof(p->b), "%.*s", (int)n_b, b);
	if (!check_side(p, p->a, p->a, "a/") || !check_side(p, p->b, p->b, "b/"))
		return false;
	print_path(p, p->a + 2);
	if (strcmp(p->a + 2, p->b + 2))
		print_path(p, p->b + 2);
	return true;
}

/* N of ",N", which is 1 if that is missing; -1 if it is not a number. */
static long count_lines(const char **s)
{
	size_t n = strspn(*s, "0123456789");
	long lines = 1;

	if (!n || n > 9)
		return -1;
	*s += n;
	if (**s == ',') {
		n = strspn(++*s, "0123456789");
		lines = n && n < 9 ? strtol(*s, NULL, 10) : -1;
		*s += n;
	}
	return lines;
}

/* @@ -N,N +N,N @@ */
static bool take_hunk_head(struct patch *p, const char *line)
{
	line += 3;
	p->old = *line == '-' ? line++, count_lines(&line) : -1;
	p->new = starts(line, " +") ? line += 2, count_lines(&line) : -1;
	p->part = HUNK;
	if (p->old >= 0 && p->new >= 0 && starts(line, " @@"))
		return true;
	p->old = p->new = 0;
	return bad(p, "not-a-git-diff", "not a line of a text diff as git writes it");
}

/* A line of a hunk that is not complete. */
static bool take_hunk(struct patch *p, const char *line)
{
	if (*line && !strchr("-+ ", *line))
		return bad(p, "short-hunk", "the hunk above ends too early");
	p->old -= *line != '+';
	p->new -= *line != '-';
	return (p->old >= 0 && p->new >= 0) || bad(p, "long-hunk", "the hunk has more lines than it says");
}

/* The mode that a line of a file's head sets, or "". */
static const char *mode_in(const char *line)
{
	const char *at = "";

	if (starts(line, "new file mode "))
		return line + 14;
	if (starts(line, "new mode "))
		return line + 9;
	if (starts(line, "index "))
		word(line, 2, &at);
	return at;
}

static bool take_file_head(struct patch *p, const char *line)
{
	static const char *const known[] = { "index ", "old ", "new ", "deleted ", "similarity ",
		"dissimilarity ", "rename ", "copy " };
	const char *mode = mode_in(line), *path;
	bool ok = false;

	if (starts(line, "--- ")) {
		p->has_a = true;
		return check_side(p, line + 4, p->a, "a/");
	}
	if (starts(line, "+++ ")) {
		p->has_b = p->has_a;
		return check_side(p, line + 4, p->b, "b/");
	}
	if (starts(line, "@@ ") && p->has_b)
		return take_hunk_head(p, line);
	if (*mode && strcmp(mode, "100644") && strcmp(mode, "100755"))
		return bad(p, "mode", "mode %s; only 100644 and 100755 are allowed", mode);
	if (starts(line, "rename ") || starts(line, "copy ")) {
		word(line, 2, &path);
		if (!check_path(p, path))
			return false;
		print_path(p, path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		ok = ok || starts(line, known[i]);
	return ok || bad(p, "not-a-git-diff", "not a line of a text diff as git writes it");
}

static bool is_signature(const char *line)
{
	return !*line || !strcmp(line, "--") || !strcmp(line, "-- ");
}

static bool is_diff_line(const char *line)
{
	return starts(line, "--- ") || starts(line, "+++ ") || starts(line, "@@ ");
}

/* A line below the text. */
static bool take_body(struct patch *p, const char *line)
{
	if (p->part == END)
		return !(starts(line, "diff ") || starts(line, "From ") || starts(line, "--- ") || starts(line, "@@ ")) ||
		       bad(p, "second-patch", "more after the end of the patch; one patch a file");
	if (p->part == HUNK && (p->old > 0 || p->new > 0) && !starts(line, "\\ "))
		return take_hunk(p, line);
	if (p->part >= FILE_HEAD && is_signature(line)) {
		p->part = END;
		return true;
	}
	if (starts(line, "diff --git "))
		return take_diff(p, line);
	if (p->part == FILE_HEAD)
		return take_file_head(p, line);
	if (p->part == HUNK && starts(line, "@@ "))
		return take_hunk_head(p, line);
	return (p->part == HUNK ? starts(line, "\\ ") : !is_diff_line(line)) ||
	       bad(p, "not-a-git-diff", "not a line of a text diff as git writes it");
}

/* Lines of a file may end in CR LF, and then those of its hunks do; what git itself writes does not. */
static bool is_readable(struct patch *p, const char *line, size_t len)
{
	const bool in_hunk = p->part == HUNK && (p->old > 0 || p->new > 0);

	if (strlen(line) != len)
		return bad(p, "not-a-git-diff", "a NUL byte; this is not a text diff");
	if (p->number == 1 && starts(line, "\357\273\277")) {
		p->unreadable = true;
		return bad(p, "bom", "begins with a byte order mark; remove it");
	}
	if (!len || line[len - 1] != '\r' || in_hunk)
		return true;
	p->unreadable = true;
	return bad(p, "crlf", "the line ends in CR LF; have git, mailer and editor leave line ends alone");
}

static bool take(struct patch *p, const char *line, size_t len)
{
	p->number++;
	if (!is_readable(p, line, len))
		return false;
	if (p->part == HEAD)
		return take_head(p, line);
	if (p->part == TEXT && !take_text(p, line))
		return false;
	if (!take_body(p, line))
		return false;
	if (p->print_diff && (p->part == FILE_HEAD || p->part == HUNK))
		puts(line);
	return true;
}

static void finish(struct patch *p)
{
	if (p->unreadable)
		return;
	if (!p->stopped && (p->old > 0 || p->new > 0))
		finding(p, p->number, "short-hunk", "the last hunk is cut short");
	if (!p->stopped && !p->diffs)
		finding(p, 1, "no-diff", "no diff in it");
	if (!p->author)
		finding(p, 1, "no-author", "no \"From: Name <mail>\" in the header");
	if (!p->date)
		finding(p, 1, "no-date", "no \"Date:\" in the header");
	if (!p->subject)
		finding(p, 1, "no-subject", "no \"Subject:\" in the header");
	if (!p->stopped && !p->signed_off)
		finding(p, 1, "no-sign-off", "no \"Signed-off-by: Name <mail>\" above the ---");
	if (!p->stopped && p->statuses != 1)
		finding(p, 1, "no-upstream", "not one \"Upstream:\" above the ---; see docs/patches.md");
	if (!p->stopped && *p->accepted)
		check_backport(p);
}

int patch_check(struct patch *p, FILE *in)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while (!p->stopped && (n = getline(&line, &size, in)) >= 0) {
		if (n && line[n - 1] == '\n')
			line[--n] = '\0';
		take(p, line, (size_t)n);
	}
	free(line);
	finish(p);
	return p->failed ? FINDING : DONE;
}
