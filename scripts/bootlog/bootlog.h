/* SPDX-License-Identifier: GPL-2.0-only */
/* bootlog: what a guest's console said, and what is to be thought of it. */
#ifndef BOOTLOG_H
#define BOOTLOG_H

#include <stdbool.h>
#include <stddef.h>

/* The exit statuses. */
enum verdict { HELD, FINDING, CANNOT_RUN, BEFORE_INIT };

/* A line that matters. LEVEL is the kernel's, -1 where it has none. */
struct item {
	char *text;
	int level;
	bool allowed;
};

struct list {
	struct item *items;
	size_t n, size;
};

/* All numbers are -1 while unknown. */
struct report {
	char *release, *last; /* the last line that says anything */
	char *head; /* of a line of init's, of which the rest is to come */
	long init_ms, cpus, total_kb, available_kb, taint;
	bool started, spoke, done;
	bool hog; /* it is being killed for the memory that it wants */
	struct list modules, refused, virtio, devices;
	struct list warnings, findings;
};

struct wanted {
	const char *release, *expect, *ended;
	long ram_mib, cpus;
	bool strict;
	struct list allow;
};

/* Append a copy of TEXT; exits if there is no memory. */
struct item *list_add(struct list *list, int level, const char *text);
/* The same for text made like printf's; nothing is added twice. */
void list_addf(struct list *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void list_free(struct list *list);

/*
 * For each line of a file that has something on it. NULs and other control characters
 * come as '?', a carriage return ends a line. False, with a message, if it can't be read.
 */
bool for_lines(const char *path, void (*take)(void *data, char *line), void *data);

/*
 * Take one line of the console into the report. The kernel writes to the same console, whole
 * lines of its own, also in the middle of one of init's: what is left of that comes after them.
 */
void read_line(void *report, char *line);
/* After the last line. */
void read_end(struct report *r);

/* Hold the report against what is wanted: completes its findings. */
enum verdict judge(struct report *r, const struct wanted *w);

void print_text(const struct report *r, const struct wanted *w, enum verdict verdict);
void print_json(const struct report *r, const struct wanted *w, enum verdict verdict);

#endif
