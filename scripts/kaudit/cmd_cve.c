// SPDX-License-Identifier: GPL-2.0-only
/* kaudit cve: the published CVEs of a kernel. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cve.h"
#include "file.h"

static const struct command command = {
	.synopsis = "kaudit cve --vulns DIR (--release RELEASE | --about FILE) [options]",
	.about =
		"Reads the data of the kernel's CVE team, and reports which CVEs are open in a release,\n"
		"which of them change a file that was compiled, and why the others do not apply.\n",
	.status = "0 no CVE counts, 1 some do, 2 could not run, or a record is damaged",
};

struct format {
	const char *name;
	void (*print)(FILE *out, const struct cve_report *r);
};

static const struct format formats[] = {
	{ "text", cve_print_text },
	{ "json", cve_print_json },
	{ "openvex", cve_print_openvex },
	{ "cyclonedx", cve_print_cyclonedx },
};

static const char *const levels[] = { "open", "compiled", "none" };
enum { FAIL_OPEN, FAIL_COMPILED, FAIL_NEVER };

struct arguments {
	const char *vulns, *about, *sources, *patches;
	const struct format *format;
	size_t fail_on;
	struct cves all;
	struct list compiled;
	struct patches closing;
	struct cve_report report;
};

static bool take_format(void *ctx, const char *name)
{
	struct arguments *a = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (strcmp(formats[i].name, name))
			continue;
		a->format = &formats[i];
		return true;
	}
	say("--format: '%s' is not a known format [bad-format]: expected text, json, openvex or "
	    "cyclonedx",
	    name);
	return false;
}

static bool take_fail_on(void *ctx, const char *name)
{
	struct arguments *a = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strcmp(levels[i], name))
			continue;
		a->fail_on = i;
		return true;
	}
	say("--fail-on: '%s' is not known [bad-level]: expected open, compiled or none", name);
	return false;
}

/* The date of the data: it goes into documents that have dates. */
static bool is_date(const char *date)
{
	return strlen(date) >= 10 && strlen(date) < 40 && isdigit((unsigned char)*date) &&
	       !date[strspn(date, "0123456789-:.TZ+")];
}

static int gate(const struct arguments *a)
{
	const struct cve_report *r = &a->report;
	const size_t open = r->count[OPEN] + (a->fail_on == FAIL_OPEN ? r->count[UNDECIDED] : 0);

	if (a->fail_on == FAIL_NEVER)
		return DONE;
	if (r->all->damaged) {
		say("%zu records are damaged [damaged]: the result is not complete; --fail-on none "
		    "reports without them",
		    r->all->damaged);
		return CANNOT_RUN;
	}
	return open ? FINDING : DONE;
}

static int report(struct arguments *a)
{
	struct cve_report *r = &a->report;
	char *title = mem_printf("linux %s", r->release);
	char *product = mem_printf("pkg:generic/linux@%s", r->release);
	int status = CANNOT_RUN;

	if (!r->title)
		r->title = title;
	if (!r->product)
		r->product = product;
	if (!r->date)
		r->date = r->all->newest;
	if (cve_judge(r)) {
		a->format->print(stdout, r);
		status = fflush(stdout) || ferror(stdout) ? CANNOT_RUN : gate(a);
	}
	free(r->verdict);
	free(title);
	free(product);
	return status;
}

static int run(struct arguments *a)
{
	struct cve_report *r = &a->report;
	int status = CANNOT_RUN;

	r->all = &a->all;
	r->sources = a->sources ? &a->compiled : NULL;
	r->sources_path = a->sources;
	r->patches = &a->closing;
	if ((!a->sources || list_read(&a->compiled, a->sources)) &&
	    (!a->patches || patches_read(&a->closing, a->patches)) && cves_read(&a->all, a->vulns))
		status = report(a);
	cves_free(&a->all);
	list_free(&a->compiled);
	patches_free(&a->closing);
	return status;
}

/* With the release of a kernel.json, docs/layout.md. */
static int run_about(struct arguments *a)
{
	struct buffer b = { 0 };
	const char *wrong = file_read(a->about, RECORD_MAX, &b);
	json_t *about = wrong ? NULL : json_loadb(b.text, b.size, 0, NULL);
	int status = CANNOT_RUN;

	a->report.release = json_string_value(json_object_get(about, "version"));
	if (a->report.release)
		status = run(a);
	else
		complain(a->about, 0, "%s [bad-json]: expected an image's kernel.json",
			 wrong ? wrong : "has no version");
	json_decref(about);
	buffer_free(&b);
	return status;
}

int cmd_cve(int argc, char **argv)
{
	struct arguments a = { .format = &formats[0] };
	struct cve_report *r = &a.report;
	const struct opt opts[] = {
		OPT_NEED("vulns", "DIR", &a.vulns, "a checkout of the kernel's vulns.git"),
		OPT_TEXT("release", "RELEASE", &r->release, "of the kernel, such as 6.12.107"),
		OPT_TEXT("about", "FILE", &a.about, "an image's kernel.json, which has the release"),
		OPT_TEXT("from", "RELEASE", &r->from, "also list what the step from it closes"),
		OPT_TEXT("sources", "FILE", &a.sources,
			 "the compiled files, as 'ksize sources' lists them"),
		OPT_TEXT("patches", "FILE", &a.patches,
			 "the commits that patches have, as 'patchck --commit'\n"
			 "prints them"),
		OPT_TEXT("date", "DATE", &r->date,
			 "of the data, in ISO 8601; default: the newest record's"),
		OPT_CALL("format", "FORMAT", take_format, &a, "text, json, openvex or cyclonedx"),
		OPT_CALL("fail-on", "LEVEL", take_fail_on, &a,
			 "open (also undecided ones; the default), compiled, or\n"
			 "none"),
		OPT_TEXT("title", "TEXT", &r->title, "the name of the kernel in the report"),
		OPT_TEXT("product", "ID", &r->product, "its identifier in a VEX, a package URL"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (r->date && !is_date(r->date)) {
		say("--date: '%s' is not a date [bad-date]: expected one such as 2026-11-30",
		    r->date);
		return CANNOT_RUN;
	}
	if (!r->release == !a.about)
		return options_wrong(&command, opts);
	return a.about ? run_about(&a) : run(&a);
}
