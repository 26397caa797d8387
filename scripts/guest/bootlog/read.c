// SPDX-License-Identifier: GPL-2.0-only
/* The console's lines: records of the guest's init (scripts/guest/init/guest.h) and the kernel's. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bootlog.h"

/* The text before the time in a record of the kernel's log. */
enum { KLOG = sizeof("klog 4 ") - 1 };

enum {
	HEAD_MOST = 64 << 10, /* bytes of a line that the kernel interrupts: init's lines are shorter */
	HOG_LINES = 200, /* lines of a report on a process that ran out of memory */
};

/* The kernel's messages about its bugs and those of the hardware. */
static const char *const splats[] = {
	"WARNING:",
	"BUG:",
	"kernel BUG at",
	"Kernel BUG at",
	"Oops",
	"Kernel panic",
	"Call Trace:",
	"Call trace:",
	"cut here ]",
	"Internal error:",
	"unable to handle",
	"Unable to handle",
	"general protection fault",
	"double fault",
	"invalid opcode:",
	"KASAN:",
	"KCSAN:",
	"KFENCE:",
	"KMSAN:",
	"UBSAN:",
	"DEADLOCK",
	"possible circular locking",
	"suspicious RCU usage",
	"self-detected stall",
	"detected stalls",
	"detected expedited stalls",
	"kthread starved for",
	"soft lockup",
	"hard LOCKUP",
	"blocked for more than",
	"scheduling while atomic",
	"sleeping function called from invalid context",
	"refcount_t:",
	"list_add corruption",
	"list_del corruption",
	"Bad page state",
	"stack guard page was hit",
	"usercopy: Kernel memory",
	"module verification failed",
	"taints kernel",
	"tainting kernel",
	"Attempted to kill init",
	"invoked oom-killer",
};

/* Whole words only: not every DEBUG: is a BUG:. */
static bool is_splat(const char *text)
{
	for (size_t i = 0; i < sizeof(splats) / sizeof(splats[0]); i++) {
		const char *at = strstr(text, splats[i]);

		while (at && at > text && isalpha((unsigned char)at[-1]))
			at = strstr(at + 1, splats[i]);
		if (at)
			return true;
	}
	return false;
}

/* The length of the kernel's "[   12.345678] " that TEXT begins with; 0 if it does not. */
static size_t time_length(const char *text)
{
	const char *time = text + (*text == '['), *dot, *end;

	time += strspn(time, " ");
	dot = time + strspn(time, "0123456789");
	end = dot + strspn(dot, ".0123456789");
	if (*text != '[' || dot == time || *dot != '.' || strncmp(end, "] ", 2) != 0)
		return 0;
	return (size_t)(end + 2 - text);
}

/* Without the kernel's "[   12.345678] " and "[    T1] ". */
static const char *without_time(const char *text)
{
	text += time_length(text);
	if (*text == '[' && strspn(text + 1, " CT0123456789") == strcspn(text + 1, "]")) {
		text += strcspn(text, "]");
		text += *text == ']';
		text += strspn(text, " ");
	}
	return text;
}

/* The first line of a report on a process that init has announced. */
static bool opens_hog(const struct report *r, struct hogs *h, const char *text)
{
	static const char words[] = "keelson-hog invoked oom-killer";

	text = without_time(text);
	if (h->used == r->hogs || strncmp(text, words, sizeof(words) - 1) != 0 ||
	    is_splat(text + sizeof(words) - 1))
		return false;
	h->used++;
	h->lines = HOG_LINES;
	h->trace = true;
	return true;
}

/* A further line of that report; it may have one trace. */
static bool traces_hog(struct hogs *h, const char *text)
{
	const bool trace = h->lines && h->trace && !strcasecmp(without_time(text), "Call Trace:");

	if (h->lines)
		h->lines--;
	if (strstr(text, "Killed process"))
		h->lines = 0;
	if (trace)
		h->trace = false;
	return trace;
}

static bool is_finding(const struct report *r, struct hogs *h, const char *text)
{
	if (opens_hog(r, h, text) || traces_hog(h, text))
		return false;
	return is_splat(text);
}

/* ---- records ------------------------------------------------------------------------- */

/* A line that looks like a record, and is not one. */
static void see_forgery(struct report *r, const char *text)
{
	const char *mark = strstr(text, MARK);

	/* The end of the log may cut a line off. */
	if (!mark || !strncmp(mark, r->prefix, strlen(mark)))
		return;
	if (!r->forgeries++)
		r->forged = mem_strdup(text);
}

/* "LEVEL [TIME] TEXT", a message at level warning or worse. */
static void read_klog(struct report *r, const char *value)
{
	char *text;
	long level = strtol(value, &text, 10);

	if (text == value || level < 0 || level > 7)
		return;
	text += strspn(text, " ");
	see_forgery(r, text);
	if (is_finding(r, &r->in_klog, text))
		list_addf(&r->findings, "%s", without_time(text));
	else
		list_add(&r->warnings, (int)level, text);
}

/* A second record of a kind must have the value of the first; else it is a finding. */
static void differs(struct report *r, const char *name)
{
	list_addf(&r->findings, "init reported two values [contradiction]: %s", name);
}

static bool read_number(struct report *r, const char *key, const char *value, const char *name,
			long *number)
{
	char *end;
	long n;

	if (strcmp(key, name))
		return false;
	errno = 0;
	n = strtol(value, &end, 10);
	if (end == value || *end || errno || n < 0)
		list_addf(&r->findings, "init reported a wrong number [bad-record]: %s %s", name,
			  value);
	else if (*number >= 0 && *number != n)
		differs(r, name);
	else
		*number = n;
	return true;
}

/* A kernel never clears a bit of its taint. */
static bool read_taint(struct report *r, const char *key, const char *value)
{
	const long before = r->taint;

	r->taint = -1;
	if (!read_number(r, key, value, "taint", &r->taint)) {
		r->taint = before;
		return false;
	}
	if (before >= 0 && (before & ~r->taint || r->taint < 0)) {
		list_addf(&r->findings, "the taint became smaller [taint-cleared]: from %ld to %s", before,
			  value);
		r->taint = r->taint < 0 ? before : before | r->taint;
	}
	return true;
}

static void read_release(struct report *r, const char *value)
{
	if (r->release && strcmp(r->release, value))
		differs(r, "release");
	else if (!r->release)
		r->release = mem_strdup(value);
}

static void read_started(struct report *r)
{
	if (r->started)
		list_addf(&r->findings, "the guest booted again instead of ending [booted-again]");
	r->started = true;
}

static void read_record(struct report *r, char *line)
{
	char *value = line + strcspn(line, " ");

	if (*value)
		*value++ = '\0';
	if (!strcmp(line, "started")) {
		read_started(r);
		return;
	}
	if (r->done)
		list_addf(&r->findings, "a record after the last one [after-done]: %s", line);
	r->spoke = true;
	if (read_number(r, line, value, "init_ms", &r->init_ms) ||
	    read_number(r, line, value, "cpus", &r->cpus) ||
	    read_number(r, line, value, "mem_total_kb", &r->total_kb) ||
	    read_number(r, line, value, "mem_available_kb", &r->available_kb) ||
	    read_taint(r, line, value))
		return;
	if (!strcmp(line, "release")) {
		read_release(r, value);
	} else if (!strcmp(line, "module")) {
		list_add(&r->modules, -1, value);
	} else if (!strcmp(line, "refused")) {
		list_add(&r->refused, -1, value);
	} else if (!strcmp(line, "virtio")) {
		list_add(&r->virtio, -1, value);
	} else if (!strcmp(line, "device")) {
		list_add(&r->devices, -1, value);
	} else if (!strcmp(line, "klog")) {
		read_klog(r, value);
	} else if (!strcmp(line, "fail")) {
		list_addf(&r->findings, "init: %s [init-failed]", value);
	} else if (!strcmp(line, "hog")) {
		r->hogs++;
	} else if (!strcmp(line, "done")) {
		r->done = true;
	}
}

/* ---- lines --------------------------------------------------------------------------- */

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/*
 * The place in LINE where a record of init begins, or NULL. Text of firmware, or a line without an
 * end, may precede a record with the secret. Without a secret a forged record could do the same,
 * so there it must begin the line.
 */
static char *find_record(const struct report *r, char *line)
{
	if (r->secret)
		return strstr(line, r->prefix);
	return begins(line, r->prefix) ? line : NULL;
}

/* Its text. Without --secret a secret in the record is skipped, and proves nothing. */
static char *record_text(const struct report *r, char *own)
{
	char *text = own + strlen(r->prefix);
	const size_t n = r->secret ? 0 : strspn(text, "0123456789abcdef");

	return n >= SECRET_LEAST && n <= SECRET_MOST && text[n] == ' ' ? text + n + 1 : text;
}

/* A line of the kernel or of another program. */
static void read_other(struct report *r, const char *text)
{
	/* This record goes through the kernel's log, which any user may read, so it has no secret. */
	if (!strcmp(without_time(text), MARK "started"))
		read_started(r);
	else
		see_forgery(r, text);
}

/* A line that the kernel did not interrupt. */
static void read_whole(struct report *r, char *line)
{
	char *own = find_record(r, line), *record = own ? record_text(r, own) : NULL;

	/* Messages of the kernel's log are judged by init's klog records. */
	if (own && begins(record, "klog "))
		*own = '\0';
	if (is_finding(r, &r->on_console, line))
		list_addf(&r->findings, "%s", without_time(line));
	if (own)
		*own = '\0';
	read_other(r, line);
	if (record)
		read_record(r, record);
}

/* HEAD, which is freed, and the text after it. */
static char *join(char *head, const char *rest)
{
	char *both = mem_printf("%s%s", head ? head : "", rest);

	free(head);
	return both;
}

/* The place in LINE where a line of the kernel begins, "[   12.345678] "; or NULL. */
static char *kernels(const struct report *r, char *line)
{
	char *own = find_record(r, line);
	const char *theirs = own ? record_text(r, own) : NULL;

	/* A klog record has such a time, too. */
	if (theirs)
		theirs = begins(theirs, "klog ") ? theirs + KLOG : NULL;
	for (char *at = strchr(line, '['); at; at = strchr(at + 1, '[')) {
		if (at != theirs && time_length(at))
			return at;
	}
	return NULL;
}

void read_end(struct report *r)
{
	if (r->head)
		read_whole(r, r->head);
	free(r->head);
	r->head = NULL;
}

/* Remember the last line, without the secret. */
static void remember(struct report *r, const char *line)
{
	free(r->last);
	r->last = begins(line, r->prefix) ? mem_printf(MARK "%s", line + strlen(r->prefix)) :
					    mem_strdup(line);
}

void read_line(void *report, char *line)
{
	struct report *r = report;
	char *kernel = kernels(r, line), *head;

	remember(r, line);
	if (kernel == line) {
		read_whole(r, line);
		return;
	}
	/* This only completes the line before. */
	if (begins(line, r->prefix) || (r->head && strlen(r->head) > HEAD_MOST))
		read_end(r);
	head = r->head;
	if (kernel) {
		char *own = mem_strdup(kernel);

		*kernel = '\0';
		r->head = join(head, line);
		read_whole(r, own);
		free(own);
	} else if (head) {
		r->head = join(head, line);
		read_end(r);
	} else {
		read_whole(r, line);
	}
}

/* ---- reports --------------------------------------------------------------------------- */

void report_init(struct report *r)
{
	*r = (struct report){ .prefix = MARK,
			      .init_ms = -1,
			      .cpus = -1,
			      .total_kb = -1,
			      .available_kb = -1,
			      .taint = -1 };
}

void report_free(struct report *r)
{
	struct list *lists[] = { &r->modules, &r->refused,  &r->virtio,
				 &r->devices, &r->warnings, &r->findings };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		list_free(lists[i]);
	free(r->release);
	free(r->last);
	free(r->head);
	free(r->forged);
}
