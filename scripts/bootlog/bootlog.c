// SPDX-License-Identifier: GPL-2.0-only
/*
 * bootlog - judge a guest's console: did it boot as it must?
 *
 * What tests/guest/init says comes in lines of "keelson: KEY VALUE"; all else is the
 * kernel's own. A console may be cut short, interleaved or full of anything.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD, FINDING, CANNOT_RUN, BEFORE_INIT };
enum { MAX_ITEMS = 512, MAX_TEXT = 256 };

static const char usage[] =
	"usage: bootlog [options] LOG\n"
	"\n"
	"  --release R        what uname -r must have said\n"
	"  --expect A,B,...   devices that must have answered: block net console rng ...\n"
	"  --strict           a warning of the kernel fails the boot as well\n"
	"  --json             the report as JSON\n"
	"\n"
	"Exit status: 0 booted as it must, 1 it did not, 2 the log can't be read,\n"
	"3 the guest ended before init.\n";

struct list {
	char text[MAX_ITEMS][MAX_TEXT];
	size_t n;
};

struct report {
	char release[MAX_TEXT];
	long init_ms, total_kb, available_kb;
	bool started, done;
	struct list modules, devices, virtio, warnings, findings;
};

static void add(struct list *list, const char *prefix, const char *text)
{
	if (list->n < MAX_ITEMS)
		snprintf(list->text[list->n++], MAX_TEXT, "%s%s", prefix, text);
}

/* How the kernel announces that it went wrong. */
static const char *const splats[] = {
	"WARNING: CPU:",      "WARNING: possible", "WARNING: suspicious", "BUG: ",
	"kernel BUG at",      "Oops:",		   "Kernel panic",	  "Call Trace:",
	"rcu: INFO:",	      "unable to handle",  "general protection",  "UBSAN:",
	"KASAN:",	      "soft lockup",	   "hard LOCKUP",	  "blocked for more than",
	"INFO: lockdep",      "------------[ cut here",
};

static bool is_splat(const char *line)
{
	for (size_t i = 0; i < sizeof(splats) / sizeof(*splats); i++)
		if (strstr(line, splats[i]))
			return true;
	return false;
}

/* What has KEY before a blank: the rest, or NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(line, key, len) && line[len] == ' ' ? line + len + 1 : NULL;
}

static void take_record(struct report *r, const char *line)
{
	const char *v;

	if ((v = value_of(line, "init_ms"))) {
		r->init_ms = strtol(v, NULL, 10);
		r->started = true;
	} else if ((v = value_of(line, "mem_total_kb"))) {
		r->total_kb = strtol(v, NULL, 10);
	} else if ((v = value_of(line, "mem_available_kb"))) {
		r->available_kb = strtol(v, NULL, 10);
	} else if ((v = value_of(line, "release"))) {
		snprintf(r->release, sizeof(r->release), "%s", v);
	} else if ((v = value_of(line, "module"))) {
		add(&r->modules, "", v);
	} else if ((v = value_of(line, "virtio"))) {
		add(&r->virtio, "", v);
	} else if ((v = value_of(line, "device"))) {
		add(&r->devices, "", v);
		if (strstr(v, " failed "))
			add(&r->findings, "device ", v);
	} else if ((v = value_of(line, "tainted"))) {
		if (strcmp(v, "0"))
			add(&r->findings, "the kernel is tainted: ", v);
	} else if ((v = value_of(line, "klog"))) {
		add(&r->warnings, "", v);
	} else if ((v = value_of(line, "fail"))) {
		add(&r->findings, "", v);
	} else if (!strcmp(line, "done")) {
		r->done = true;
	}
}

static void take_line(struct report *r, char *line)
{
	char *ours = strstr(line, "keelson: ");

	line[strcspn(line, "\r\n")] = '\0';
	if (ours)
		take_record(r, ours + strlen("keelson: "));
	else if (is_splat(line))
		add(&r->findings, "splat: ", line);
}

static bool read_log(struct report *r, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool ok;

	if (!in) {
		fprintf(stderr, "bootlog: %s: %s\n", path, strerror(errno));
		return false;
	}
	while ((len = getline(&line, &size, in)) >= 0) {
		/* Firmware writes escape codes, and a dying guest anything. */
		for (ssize_t i = 0; i < len; i++)
			if (!line[i])
				line[i] = '?';
		take_line(r, line);
	}
	ok = !ferror(in);
	free(line);
	fclose(in);
	return ok;
}

static void expect_devices(struct report *r, const char *expect)
{
	char *copy = strdup(expect), *save = NULL;

	for (char *name = strtok_r(copy, ", ", &save); name; name = strtok_r(NULL, ", ", &save)) {
		char ok[MAX_TEXT];
		bool found = false;

		snprintf(ok, sizeof(ok), "%s ", name);
		for (size_t i = 0; i < r->devices.n; i++)
			found |= !strncmp(r->devices.text[i], ok, strlen(ok));
		if (!found)
			add(&r->findings, "no such device found: ", name);
	}
	free(copy);
}

static int judge(struct report *r, const char *release, const char *expect, bool strict)
{
	if (!r->started) {
		add(&r->findings, "", "the guest ended before init said anything");
		return BEFORE_INIT;
	}
	if (!r->done)
		add(&r->findings, "", "init did not come to its end");
	if (release && strcmp(r->release, release))
		add(&r->findings, "uname -r says another release: ", r->release);
	if (expect && r->done)
		expect_devices(r, expect);
	if (strict)
		for (size_t i = 0; i < r->warnings.n; i++)
			add(&r->findings, "warning: ", r->warnings.text[i]);
	return r->findings.n ? FINDING : HELD;
}

static void print_list(const char *what, const struct list *list)
{
	for (size_t i = 0; i < list->n; i++)
		printf("  %-10s%s\n", i ? "" : what, list->text[i]);
}

static void print_text(const struct report *r, int verdict)
{
	printf("%s\n", verdict == HELD ? "booted" : "DID NOT BOOT AS IT MUST");
	if (r->started) {
		printf("  %-10s%s\n", "release", r->release);
		printf("  %-10s%ld ms to init\n", "time", r->init_ms);
		printf("  %-10s%ld of %ld MiB free at init\n", "memory", r->available_kb / 1024,
		       r->total_kb / 1024);
		printf("  %-10s%zu loaded", "modules", r->modules.n);
		for (size_t i = 0; i < r->modules.n; i++)
			printf("%s%s", i ? " " : ": ", r->modules.text[i]);
		putchar('\n');
	}
	print_list("virtio", &r->virtio);
	print_list("devices", &r->devices);
	print_list("warnings", &r->warnings);
	print_list("FINDINGS", &r->findings);
}

static void print_string(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			printf("\\%c", *s);
		else if ((unsigned char)*s < ' ' || (unsigned char)*s > '~')
			printf("\\u%04x", (unsigned char)*s);
		else
			putchar(*s);
	}
	putchar('"');
}

static void print_array(const char *name, const struct list *list)
{
	printf(",\"%s\":[", name);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			putchar(',');
		print_string(list->text[i]);
	}
	putchar(']');
}

static void print_json(const struct report *r, int verdict)
{
	printf("{\"booted\":%s,\"release\":", verdict == HELD ? "true" : "false");
	print_string(r->release);
	printf(",\"init_ms\":%ld,\"mem_total_kb\":%ld,\"mem_available_kb\":%ld", r->init_ms,
	       r->total_kb, r->available_kb);
	print_array("modules", &r->modules);
	print_array("virtio", &r->virtio);
	print_array("devices", &r->devices);
	print_array("warnings", &r->warnings);
	print_array("findings", &r->findings);
	puts("}");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "release", required_argument, NULL, 'r' }, { "expect", required_argument, NULL, 'e' },
		{ "strict", no_argument, NULL, 's' },	     { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },	     { 0 },
	};
	static struct report r;
	const char *release = NULL, *expect = NULL;
	bool strict = false, json = false;
	int c, verdict;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'r': release = optarg; break;
		case 'e': expect = optarg; break;
		case 's': strict = true; break;
		case 'j': json = true; break;
		case 'h': fputs(usage, stdout); return HELD;
		default: fputs(usage, stderr); return CANNOT_RUN;
		}
	}
	if (optind + 1 != argc) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	if (!read_log(&r, argv[optind]))
		return CANNOT_RUN;
	verdict = judge(&r, release, expect, strict);
	if (json)
		print_json(&r, verdict);
	else
		print_text(&r, verdict);
	return verdict;
}
