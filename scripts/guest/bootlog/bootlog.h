/* SPDX-License-Identifier: GPL-2.0-only */
/* bootlog: reads a guest's console, and judges it. */
#ifndef BOOTLOG_H
#define BOOTLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mem.h"
#include "msg.h"

/* Results of judge() beside the exit statuses. UNVERIFIED: nothing is wrong, but any program in the
 * guest may have written the records. */
enum { BEFORE_INIT = CANNOT_RUN + 1, UNVERIFIED };

/* A line that matters. LEVEL is the kernel's, -1 where it has none. */
struct item {
	char *text;
	int level;
	bool allowed;
};

/* The bound of a list. Further entries are counted. */
enum { MOST_ITEMS = 4096, MOST_BYTES = 16 << 20 };

struct list {
	struct item *items;
	size_t n, size, bytes;
	size_t more; /* further entries, which are not kept */
	bool unbounded;
	bool counts; /* at least one item, kept or not, is not allowed */
	const struct list *allow; /* texts that allow an item, or NULL */
	void *known; /* the texts, for tsearch(3) */
};

enum { SECRET_LEAST = 16, SECRET_MOST = 64 };

/* A record begins with this, and then "SECRET ", if the boot has a secret. */
#define MARK "keelson: "

/*
 * Init announces each process that it has killed for its memory, since the kernel reports that
 * with a trace, on the console and once more in its log.
 */
struct hogs {
	unsigned int used; /* of those announced */
	unsigned int lines; /* that a report may still take; 0 outside one */
	bool trace; /* which it may still have */
};

/* All numbers are -1 while unknown. */
struct report {
	/* Input: MARK and the secret, which the caller frees; and whether the boot has a secret. */
	const char *prefix;
	bool secret;

	char *release, *last; /* the last line that is not empty */
	char *head; /* the begin of an interrupted line of init */
	long init_ms, cpus, total_kb, available_kb, taint;
	bool started, spoke, done;
	unsigned int hogs; /* announced */
	struct hogs on_console, in_klog;
	char *forged; /* the first line that only looks like a record */
	size_t forgeries;
	struct list modules, refused, virtio, devices;
	struct list warnings, findings;
};

struct wanted {
	const char *release, *expect, *ended;
	long long ram_mib, cpus;
	bool strict;
	struct list allow;
};

/* Append a copy of TEXT; exits if memory is short. */
void list_add(struct list *list, int level, const char *text);
/* The same for a format of printf(); a text that the list has is not added again. */
void list_addf(struct list *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void list_free(struct list *list);

/*
 * Call TAKE for each line of IN that is not empty, cleaned (scripts/lib/clean.h). A carriage
 * return ends a line, and so do 4 MiB. False if IN cannot be read; errno is set.
 */
bool for_lines(FILE *in, void (*take)(void *data, char *line), void *data);

void report_init(struct report *r);
void report_free(struct report *r);

/*
 * Take one line of the console into the report. The kernel writes to the same console, even in the
 * middle of a line of init: the rest of that line follows the kernel's lines.
 */
void read_line(void *report, char *line);
/* After the last line. */
void read_end(struct report *r);

/* Check the report against the expectations: completes its findings. */
int judge(struct report *r, const struct wanted *w);

void print_text(const struct report *r, const struct wanted *w, int verdict);
/* False if it cannot be written. */
bool print_json(const struct report *r, const struct wanted *w, int verdict);

#endif
