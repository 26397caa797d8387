// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "bootlog.h"

static const char *const level_names[] = { "emergency", "alert",  "critical", "error",
					   "warning",	"notice", "info",     "debug" };

static const char *name_of(enum verdict verdict)
{
	switch (verdict) {
	case HELD:
		return "held";
	case BEFORE_INIT:
		return "died before init";
	default:
		return "finding";
	}
}

static double mib(long kb)
{
	return (double)kb / 1024;
}

static void print_list(const char *title, const struct list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct item *item = &list->items[i];

		printf("%-10s%s%s%s%s\n", i ? "" : title, item->allowed ? "(allowed) " : "",
		       item->level < 0 ? "" : level_names[item->level], item->level < 0 ? "" : ": ",
		       item->text);
	}
	if (!list->n)
		printf("%-10snone\n", title);
}

void print_text(const struct report *r, const struct wanted *w, enum verdict verdict)
{
	printf("%-10s%s\n", "release", r->release ? r->release : "unknown");
	if (r->init_ms >= 0)
		printf("%-10s%ld ms after the kernel's start\n", "init", r->init_ms);
	if (r->cpus >= 0)
		printf("%-10s%ld\n", "cpus", r->cpus);
	if (r->total_kb >= 0 && r->available_kb >= 0) {
		printf("%-10s%.1f MiB used of %.1f MiB", "memory",
		       mib(r->total_kb - r->available_kb), mib(r->total_kb));
		if (w->ram_mib >= 0)
			printf("; %.1f MiB of the %ld given are the kernel's own",
			       (double)w->ram_mib - mib(r->total_kb), w->ram_mib);
		putchar('\n');
	}
	printf("%-10s%zu loaded", "modules", r->modules.n);
	for (size_t i = 0; i < r->modules.n; i++)
		printf("%s %s", i ? "" : ":", r->modules.items[i].text);
	putchar('\n');
	if (r->refused.n)
		print_list("refused", &r->refused);
	print_list("virtio", &r->virtio);
	print_list("devices", &r->devices);
	print_list("warnings", &r->warnings);
	print_list("findings", &r->findings);
	printf("%-10s%s\n", "verdict", name_of(verdict));
}

/* What is not ASCII may be no UTF-8 either, and is shown byte by byte. */
static void json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ' || c > '~')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void json_list(const char *name, const struct list *list)
{
	printf(",\n  \"%s\": [", name);
	for (size_t i = 0; i < list->n; i++) {
		printf("%s\n    ", i ? "," : "");
		json_string(list->items[i].text);
	}
	printf("%s]", list->n ? "\n  " : "");
}

static void json_items(const char *name, const struct list *list)
{
	printf(",\n  \"%s\": [", name);
	for (size_t i = 0; i < list->n; i++) {
		const struct item *item = &list->items[i];

		printf("%s\n    { ", i ? "," : "");
		if (item->level >= 0)
			printf("\"level\": %d, ", item->level);
		printf("\"allowed\": %s, \"text\": ", item->allowed ? "true" : "false");
		json_string(item->text);
		printf(" }");
	}
	printf("%s]", list->n ? "\n  " : "");
}

static void json_number(const char *name, long value)
{
	if (value >= 0)
		printf(",\n  \"%s\": %ld", name, value);
	else
		printf(",\n  \"%s\": null", name);
}

void print_json(const struct report *r, const struct wanted *w, enum verdict verdict)
{
	printf("{\n  \"verdict\": ");
	json_string(name_of(verdict));
	printf(",\n  \"release\": ");
	if (r->release)
		json_string(r->release);
	else
		printf("null");
	json_number("init_ms", r->init_ms);
	json_number("cpus", r->cpus);
	json_number("mem_given_kb", w->ram_mib < 0 ? -1 : w->ram_mib * 1024);
	json_number("mem_total_kb", r->total_kb);
	json_number("mem_available_kb", r->available_kb);
	json_number("taint", r->taint);
	json_list("modules", &r->modules);
	json_list("refused", &r->refused);
	json_list("virtio", &r->virtio);
	json_list("devices", &r->devices);
	json_items("warnings", &r->warnings);
	json_items("findings", &r->findings);
	printf("\n}\n");
}
