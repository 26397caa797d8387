// SPDX-License-Identifier: GPL-2.0-only
/* kaudit check: a configuration against the rules of policies. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hash.h"
#include "kaudit.h"

static const struct command command = {
	.synopsis = "kaudit check --config FILE [options] POLICY...",
	.about =
		"Reads a .config, also one packed by gzip or in a kernel file, and reports of each rule of\n"
		"the policies whether it passes, fails, does not apply, is waived, or is unknown.\n",
	.status = "0 no failure counts, 1 some do, or a waiver is stale, 2 could not run",
	.least = 1,
	.most = ANY,
};

static const struct printer printers[] = {
	{ "text", print_text },
	{ "json", print_json },
	{ "sarif", print_sarif },
	{ "md", print_md },
	{ "html", print_html },
};

struct arguments {
	const char *config, *cmdline, *sysctls, *arch, *release, *attain, *only, *title, *resolved;
	struct page page;
	const struct printer *printer;
	int fail_on; /* the least level that counts, or FAIL_NONE */
	bool wants;
};

static bool take_format(void *ctx, const char *name)
{
	struct arguments *a = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(printers); i++) {
		if (strcmp(printers[i].name, name))
			continue;
		a->printer = &printers[i];
		return true;
	}
	say("--format: '%s' is not a known format [bad-format]: expected text, json, sarif, md or html",
	    name);
	return false;
}

static bool take_fail_on(void *ctx, const char *name)
{
	static const char *const names[] = { "required", "recommended", "none" };
	static const int levels[] = { REQUIRED, RECOMMENDED, FAIL_NONE };
	struct arguments *a = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name))
			continue;
		a->fail_on = levels[i];
		return true;
	}
	say("--fail-on: '%s' is not known [bad-level]: expected required, recommended or none",
	    name);
	return false;
}

/* A name of --policy that no file has is a slip that would pass every gate. */
static bool check_only(const struct policies *p, const char *only)
{
	char *copy = mem_strdup(only ? only : ""), *rest = copy, *name;
	bool good = true;

	while (only && (name = strsep(&rest, ","))) {
		bool found = false;

		for (size_t i = 0; i < p->n; i++)
			found |= !strcmp(p->rule[i].policy, name);
		if (!found)
			say("--policy: no policy '%s' was given [unknown-policy]", name);
		good &= found;
	}
	free(copy);
	return good;
}

/* ---- wants ------------------------------------------------------------------------ */

struct wanted {
	char **text;
	size_t n, room;
};

static void add_want(void *ctx, const struct check *test, const char *want)
{
	struct wanted *w = ctx;
	char *text;

	if (!want || strpbrk(want, "\n"))
		return;
	text = mem_printf("%s=%s", test->name, want);
	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->text[i], text))
			continue;
		free(text);
		return;
	}
	grow(w->text, w->n, w->room);
	w->text[w->n++] = text;
}

static int print_wants(const struct policies *p, const struct facts *f)
{
	struct wanted w = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		char *excluded = rule_excluded(&p->rule[i], f->arch, f->release);

		if (!excluded && !(p->rule[i].when && check_truth(p->rule[i].when, f) == NO))
			check_wants(p->rule[i].check, f, add_want, &w);
		free(excluded);
	}
	for (size_t i = 0; i < w.n; i++) {
		puts(w.text[i]);
		free(w.text[i]);
	}
	free(w.text);
	return fflush(stdout) ? CANNOT_RUN : DONE;
}

/* ---- verdicts ----------------------------------------------------------------------- */

static int print_audit(const struct arguments *args, const struct policies *p,
		       const struct facts *f, struct attain *attain)
{
	struct audit a = { .facts = f,
			   .page = &args->page,
			   .fail_on = args->fail_on,
			   .attain = args->attain ? attain : NULL };
	char *title = args->title ? mem_strdup(args->title) :
				    mem_printf("%s %s %s", f->arch, f->release, f->where);
	int status;

	a.title = title;
	audit_run(&a, p, args->only);
	args->printer->print(stdout, &a);
	status = fflush(stdout) || ferror(stdout) ? CANNOT_RUN : audit_status(&a);
	audit_free(&a);
	free(title);
	return status;
}

static bool read_facts(const struct arguments *args, struct facts *f)
{
	if (!facts_read(f, args->config))
		return false;
	if (args->cmdline)
		facts_cmdline(f, args->cmdline);
	if (args->sysctls && !facts_sysctls(f, args->sysctls))
		return false;
	return facts_settle(f, args->arch, args->release);
}

static int by_name(const void *a, const void *b)
{
	const struct resolved_option *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The SHA-256 of the .config, and the origins of its options. */
static bool read_page(const struct arguments *args, struct page *page)
{
	struct buffer b = { 0 };
	const char *why;

	if (args->printer->print != print_html)
		return true;
	if (args->resolved && !resolved_read(&page->resolved, args->resolved))
		return false;
	if (page->resolved.n)
		qsort(page->resolved.option, page->resolved.n, sizeof(*page->resolved.option),
		      by_name);
	why = file_read(args->config, KERNEL_MAX, &b);
	why = why ? why : unpack_config(&b);
	if (why)
		complain(args->config, 0, "%s%s", why, strchr(why, '[') ? "" : " [unreadable]");
	else
		page->config_hash = sha256_text(b.data, b.size);
	buffer_free(&b);
	return page->config_hash;
}

static int run(struct arguments *args, int n, char **paths)
{
	struct policies p = { 0 };
	struct attain attain = { 0 };
	struct facts f = { 0 };
	int status = CANNOT_RUN;

	for (int i = 0; i < n; i++)
		policy_read(&p, paths[i]);
	policy_examples(&p);
	if (!p.errors && check_only(&p, args->only) && read_facts(args, &f) &&
	    (!args->attain || attain_read(&attain, args->attain)) && read_page(args, &args->page))
		status = args->wants ? print_wants(&p, &f) : print_audit(args, &p, &f, &attain);
	free(args->page.config_hash);
	resolved_free(&args->page.resolved);
	attain_free(&attain);
	facts_free(&f);
	policies_free(&p);
	return status;
}

int cmd_check(int argc, char **argv)
{
	struct arguments a = { .fail_on = REQUIRED, .printer = &printers[0] };
	const struct opt opts[] = {
		OPT_NEED("config", "FILE", &a.config, "the .config, or a kernel file with one"),
		OPT_TEXT("cmdline", "WORDS", &a.cmdline, "the kernel's command line"),
		OPT_TEXT("sysctl", "FILE", &a.sysctls, "sysctls, as sysctl.conf(5) has them"),
		OPT_TEXT("arch", "ARCH", &a.arch, "refuse a config of another architecture"),
		OPT_TEXT("release", "RELEASE", &a.release,
			 "the release; default: the config's header"),
		OPT_TEXT("attain", "FILE", &a.attain,
			 "what 'kconf attain' printed: who set options, how\n"
			 "they are available, and the waivers"),
		OPT_TEXT("policy", "NAME,...", &a.only, "only the rules of these policies"),
		OPT_CALL("format", "FORMAT", take_format, &a, "text, json, sarif, md or html"),
		OPT_CALL("fail-on", "LEVEL", take_fail_on, &a,
			 "required, recommended (and required), or none; default: required"),
		OPT_TEXT("title", "TEXT", &a.title, "the name of the kernel in the report"),
		OPT_TEXT("resolved", "FILE", &a.resolved,
			 "html: who set each option, as 'kconf resolve' wrote it"),
		OPT_TEXT("image", "DIGEST", &a.page.image, "html: the image that has the kernel"),
		OPT_TEXT("cve", "TEXT", &a.page.cve, "html: a summary of its CVEs"),
		OPT_TEXT("again", "COMMAND", &a.page.again,
			 "html: the command that makes this page"),
		OPT_FLAG("wants", &a.wants,
			 "print the values that failed rules want, for 'kconf attain'"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	return status != GO_ON ? status : run(&a, argc, argv);
}
