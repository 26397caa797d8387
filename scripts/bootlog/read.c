// SPDX-License-Identifier: GPL-2.0-only
/* The console's lines: records of the guest's init (tests/guest/guest.h) and the kernel's. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bootlog.h"

/* What a record of init's begins with, and how long what stands before the time in klog's is. */
static const char prefix[] = "keelson: ";
enum { KLOG = sizeof("klog 4 ") - 1 };

/* How a kernel says that it met a bug, its own or the hardware's. */
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

/*
 * The guest's trial of memory limits has one process of its own killed, which the kernel
 * tells with a trace.
 */
static bool is_finding(struct report *r, const char *text)
{
	if (strstr(text, "keelson-hog invoked oom-killer"))
		r->hog = true;
	if (r->hog && strstr(text, "Killed process"))
		r->hog = false;
	return is_splat(text) && !(r->hog && (strstr(text, "invoked oom-killer") ||
					      strcasestr(text, "Call Trace:")));
}

/* The length of the kernel's "[   12.345678] " that TEXT begins with; 0 if it does not. */
static size_t time_length(const char *text)
{
	const char *time = text + (*text == '['), *dot, *end;

	time += strspn(time, " ");
	dot = time + strspn(time, "0123456789");
	end = dot + strspn(dot, ".0123456789");
	return *text == '[' && dot > time && *dot == '.' && !strncmp(end, "] ", 2) ? (size_t)(end + 2 - text) : 0;
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

/* "LEVEL [TIME] TEXT", a message at level warning or worse. */
static void read_klog(struct report *r, const char *value)
{
	char *text;
	long level = strtol(value, &text, 10);

	if (text == value || level < 0 || level > 7)
		return;
	text += strspn(text, " ");
	if (is_finding(r, text))
		list_addf(&r->findings, "%s", without_time(text));
	else
		list_add(&r->warnings, (int)level, text);
}

static bool read_number(const char *key, const char *value, const char *name, long *number)
{
	char *end;

	if (strcmp(key, name))
		return false;
	*number = strtol(value, &end, 10);
	if (end == value)
		*number = -1;
	return true;
}

static void read_record(struct report *r, char *line)
{
	char *value = line + strcspn(line, " ");

	if (*value)
		*value++ = '\0';
	if (!strcmp(line, "started")) {
		if (r->started)
			list_addf(&r->findings, "the guest booted again instead of ending");
		r->started = true;
		return;
	}
	r->spoke = true;
	if (read_number(line, value, "init_ms", &r->init_ms) ||
	    read_number(line, value, "cpus", &r->cpus) ||
	    read_number(line, value, "mem_total_kb", &r->total_kb) ||
	    read_number(line, value, "mem_available_kb", &r->available_kb) ||
	    read_number(line, value, "taint", &r->taint))
		return;
	if (!strcmp(line, "release")) {
		free(r->release);
		r->release = strdup(value);
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
		list_addf(&r->findings, "init: %s", value);
	} else if (!strcmp(line, "done")) {
		r->done = true;
	}
}

/* A line that the kernel has not broken into. */
static void read_whole(struct report *r, char *line)
{
	/* Firmware, or a line that was never ended, may stand before it. */
	char *ours = strstr(line, prefix);

	if (ours)
		ours += sizeof(prefix) - 1;
	/* What the kernel's log has is looked at there. */
	if (!(ours && !strncmp(ours, "klog ", 5)) && is_finding(r, line))
		list_addf(&r->findings, "%s", without_time(line));
	if (ours)
		read_record(r, ours);
}

/* HEAD, which is freed, and what comes after it; NULL if there is no memory. */
static char *join(char *head, const char *rest)
{
	char *both = NULL;

	if (asprintf(&both, "%s%s", head ? head : "", rest) < 0)
		both = NULL;
	free(head);
	return both;
}

/* Where in LINE the kernel begins one of its own, with "[   12.345678] "; or NULL. */
static char *kernels(char *line)
{
	for (char *at = strchr(line, '['); at; at = strchr(at + 1, '[')) {
		/* A message out of the kernel's log has its time, too. */
		if (time_length(at) && !(at - line >= KLOG && !strncmp(at - KLOG, "klog ", 5)))
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

void read_line(void *report, char *line)
{
	struct report *r = report;
	char *kernel = kernels(line), *head = r->head;

	free(r->last);
	r->last = strdup(line);
	if (kernel == line) {
		read_whole(r, line);
		return;
	}
	if (!strncmp(line, prefix, sizeof(prefix) - 1)) {
		/* Nothing but its end was missing of what came before. */
		read_end(r);
		head = NULL;
	}
	if (kernel) {
		char *own = join(NULL, kernel);

		*kernel = '\0';
		r->head = join(head, line);
		if (own)
			read_whole(r, own);
		free(own);
	} else if (head) {
		r->head = join(head, line);
		read_end(r);
	} else {
		read_whole(r, line);
	}
}
