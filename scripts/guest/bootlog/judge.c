// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bootlog.h"

/* Only "NAME ok ..." means that the device works. */
static bool is_ok(const char *device)
{
	const char *word = device + strcspn(device, " ");

	return !strncmp(word, " ok", 3) && (word[3] == ' ' || !word[3]);
}

static void judge_devices(struct report *r, const char *expect)
{
	char *names = mem_strdup(expect), *rest = names, *name;

	for (size_t i = 0; i < r->devices.n; i++) {
		if (!is_ok(r->devices.items[i].text))
			list_addf(&r->findings, "device %s [device-failed]", r->devices.items[i].text);
	}
	while ((name = strsep(&rest, ","))) {
		size_t length = strlen(name);
		bool found = !length;

		for (size_t i = 0; i < r->devices.n && !found; i++)
			found = !strncmp(r->devices.items[i].text, name, length) &&
				r->devices.items[i].text[length] == ' ';
		if (!found)
			list_addf(&r->findings, "device %s: init found none [device-missing]", name);
	}
	free(names);
}

/* The kernel's letters for the bits of its taint. */
static void judge_taint(struct report *r)
{
	static const char letters[] = "PFSRMBUDAWCIOELKXTNJ";
	char set[sizeof(letters)];
	size_t n = 0;

	if (r->taint == 0)
		return;
	if (r->taint < 0) {
		list_addf(&r->findings, "init did not report whether the kernel is tainted [no-taint]");
		return;
	}
	for (size_t i = 0; i < sizeof(letters) - 1; i++) {
		if (r->taint >> i & 1)
			set[n++] = letters[i];
	}
	set[n] = '\0';
	list_addf(&r->findings, "the kernel is tainted: %ld (%s) [tainted]", r->taint, set);
}

static void judge_end(struct report *r, const struct wanted *w)
{
	if (!r->spoke) {
		list_addf(&r->findings,
			  "init ran, but wrote no record [no-console]: do programs have a console?");
		return;
	}
	if (!r->release)
		list_addf(&r->findings, "init did not report the kernel's release [no-release]");
	else if (w->release && strcmp(r->release, w->release))
		list_addf(&r->findings, "release [other-release]: expected %s, got %s", w->release,
			  r->release);
	if (!r->done) {
		list_addf(&r->findings, "the guest ended before init was done [not-done]: its last line: %s",
			  r->last);
		return;
	}
	if (w->cpus >= 0 && r->cpus != w->cpus)
		list_addf(&r->findings, "processors [other-cpus]: expected %lld, got %ld", w->cpus,
			  r->cpus);
	judge_devices(r, w->expect);
	judge_taint(r);
}

/* An incomplete list proves nothing. */
static void judge_bounds(struct report *r)
{
	const struct {
		const char *name;
		const struct list *list;
	} lists[] = { { "module", &r->modules },
		      { "refused", &r->refused },
		      { "virtio", &r->virtio },
		      { "device", &r->devices } };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (lists[i].list->more)
			list_addf(&r->findings, "%s: %zu records too many [too-many-records]",
				  lists[i].name, lists[i].list->more);
	}
}

int judge(struct report *r, const struct wanted *w)
{
	const bool died = !r->started && !r->spoke;

	/* These lists are short. */
	r->findings.unbounded = true;
	if (died)
		list_addf(&r->findings,
			  "the guest ended before init wrote a record [before-init]: its last line: %s",
			  r->last ? r->last : "none");
	else
		judge_end(r, w);
	if (r->forgeries)
		list_addf(&r->findings,
			  "lines that look like a record, but are not from init [forged-record]: "
			  "%zu, the first: %s",
			  r->forgeries, r->forged);
	judge_bounds(r);
	if (w->ended)
		list_addf(&r->findings, "%s [ended]", w->ended);
	if (died)
		return BEFORE_INIT;
	if (r->findings.counts || (w->strict && r->warnings.counts))
		return FINDING;
	return r->secret ? DONE : UNVERIFIED;
}
