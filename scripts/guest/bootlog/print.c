// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "bootlog.h"

static const char *const level_names[] = { "emergency", "alert",  "critical", "error",
					   "warning",	"notice", "info",     "debug" };

static const char *name_of(int verdict)
{
	switch (verdict) {
	case DONE:
		return "held";
	case BEFORE_INIT:
		return "died before init";
	case UNVERIFIED:
		return "unverified";
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
	if (list->more)
		printf("%-10sand %zu more, which are not kept\n", "", list->more);
	if (!list->n)
		printf("%-10snone\n", title);
}

void print_text(const struct report *r, const struct wanted *w, int verdict)
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
			printf("; %.1f MiB of the %lld given are the kernel's own",
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
	printf("%-10s%s\n", "records",
	       r->secret ? "verified by the secret of the boot" :
			   "not verified [no-secret]; run bootlog --secret FILE");
	printf("%-10s%s\n", "verdict", name_of(verdict));
}

/* ---- JSON -------------------------------------------------------------------------- */

/* ALL with ONE at its end; NULL if either is NULL, or without memory. */
static json_t *with(json_t *all, json_t *one)
{
	if (!json_array_append_new(all, one))
		return all;
	json_decref(all);
	return NULL;
}

static json_t *strings(const struct list *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++)
		all = with(all, json_string(list->items[i].text));
	return all;
}

static json_t *items(const struct list *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n; i++) {
		const struct item *item = &list->items[i];
		json_t *one = json_pack("{s:b, s:s}", "allowed", item->allowed, "text", item->text);

		if (item->level >= 0)
			json_object_set_new(one, "level", json_integer(item->level));
		all = with(all, one);
	}
	return all;
}

static json_t *number(long value)
{
	return value >= 0 ? json_integer(value) : json_null();
}

bool print_json(const struct report *r, const struct wanted *w, int verdict)
{
	const struct {
		const char *name;
		json_t *value;
	} members[] = {
		{ "verdict", json_string(name_of(verdict)) },
		{ "verified", json_boolean(r->secret) },
		{ "release", r->release ? json_string(r->release) : json_null() },
		{ "init_ms", number(r->init_ms) },
		{ "cpus", number(r->cpus) },
		{ "mem_given_kb", number(w->ram_mib < 0 ? -1 : (long)w->ram_mib * 1024) },
		{ "mem_total_kb", number(r->total_kb) },
		{ "mem_available_kb", number(r->available_kb) },
		{ "taint", number(r->taint) },
		{ "modules", strings(&r->modules) },
		{ "refused", strings(&r->refused) },
		{ "virtio", strings(&r->virtio) },
		{ "devices", strings(&r->devices) },
		{ "warnings", items(&r->warnings) },
		{ "more_warnings", json_integer((json_int_t)r->warnings.more) },
		{ "findings", items(&r->findings) },
		{ "more_findings", json_integer((json_int_t)r->findings.more) },
	};
	json_t *all = json_object();
	bool good = true;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		good &= !json_object_set_new(all, members[i].name, members[i].value);
	good = good && !json_dumpf(all, stdout, JSON_INDENT(2));
	json_decref(all);
	return putchar('\n') != EOF && good;
}
