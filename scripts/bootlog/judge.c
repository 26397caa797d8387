// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bootlog.h"

/* "NAME ok ...", and nothing else, is a device that works. */
static bool is_ok(const char *device)
{
	const char *word = device + strcspn(device, " ");

	return !strncmp(word, " ok", 3) && (word[3] == ' ' || !word[3]);
}

static void judge_devices(struct report *r, const char *expect)
{
	char *names = strdup(expect), *rest = names, *name;

	for (size_t i = 0; i < r->devices.n; i++) {
		if (!is_ok(r->devices.items[i].text))
			list_addf(&r->findings, "device %s", r->devices.items[i].text);
	}
	while ((name = strsep(&rest, ","))) {
		size_t length = strlen(name);
		bool found = !length;

		for (size_t i = 0; i < r->devices.n && !found; i++)
			found = !strncmp(r->devices.items[i].text, name, length) &&
				r->devices.items[i].text[length] == ' ';
		if (!found)
			list_addf(&r->findings, "device %s: init found none", name);
	}
	free(names);
}

/* The letters that the kernel has for the bits of its taint. */
static void judge_taint(struct report *r)
{
	static const char letters[] = "PFSRMBUDAWCIOELKXTNJ";
	char set[sizeof(letters)];
	size_t n = 0;

	if (r->taint == 0)
		return;
	if (r->taint < 0) {
		list_addf(&r->findings, "init did not tell whether the kernel is tainted");
		return;
	}
	for (size_t i = 0; i < sizeof(letters) - 1; i++) {
		if (r->taint >> i & 1)
			set[n++] = letters[i];
	}
	set[n] = '\0';
	list_addf(&r->findings, "the kernel is tainted: %ld (%s)", r->taint, set);
}

static void judge_end(struct report *r, const struct wanted *w)
{
	if (!r->spoke) {
		list_addf(&r->findings,
			  "init ran, but what it wrote did not come out: programs have no console");
		return;
	}
	if (!r->release)
		list_addf(&r->findings, "init did not tell the kernel's release");
	else if (w->release && strcmp(r->release, w->release))
		list_addf(&r->findings, "release is %s, not %s", r->release, w->release);
	if (!r->done) {
		list_addf(&r->findings, "the guest ended before init was done; its last line: %s",
			  r->last);
		return;
	}
	if (w->cpus >= 0 && r->cpus != w->cpus)
		list_addf(&r->findings, "%ld processors run, not %ld", r->cpus, w->cpus);
	judge_devices(r, w->expect);
	judge_taint(r);
}

static bool is_allowed(const char *text, const struct list *allow)
{
	for (size_t i = 0; i < allow->n; i++) {
		if (strstr(text, allow->items[i].text))
			return true;
	}
	return false;
}

/* Mark what is allowed; true if all is. */
static bool forgive(struct list *list, const struct list *allow)
{
	bool all = true;

	for (size_t i = 0; i < list->n; i++) {
		list->items[i].allowed = is_allowed(list->items[i].text, allow);
		all &= list->items[i].allowed;
	}
	return all;
}

enum verdict judge(struct report *r, const struct wanted *w)
{
	bool died = !r->started && !r->spoke;
	bool quiet, held;

	if (died)
		list_addf(&r->findings,
			  "the guest ended before init said a word; its last line: %s",
			  r->last ? r->last : "none");
	else
		judge_end(r, w);
	if (w->ended)
		list_addf(&r->findings, "%s", w->ended);
	quiet = forgive(&r->warnings, &w->allow);
	held = forgive(&r->findings, &w->allow);
	if (died)
		return BEFORE_INIT;
	return held && (quiet || !w->strict) ? HELD : FINDING;
}
