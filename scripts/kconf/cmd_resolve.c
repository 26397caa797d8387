// SPDX-License-Identifier: GPL-2.0-only
/* kconf resolve: fragments to a .config, every request proven. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "defaults.h"
#include "exceptions.h"
#include "probe.h"
#include "resolved.h"
#include "session.h"

static const char usage[] =
	"usage: kconf resolve [options] LAYER:FRAGMENT... [--next [options] LAYER:FRAGMENT...]...\n"
	"\n"
	"Resolves the fragments through the kernel tree's own Kconfig, with every\n"
	"option that nobody asks for off, and proves that each request holds.\n"
	"LAYER is base, arch, common, board or flavour. After --next come the fragments and\n"
	"files of another board; the tree is parsed once for all.\n"
	"\n" SESSION_USAGE
	"  --out FILE          the .config; written only if every request holds, and\n"
	"                      left alone (its time too) if it would not change\n"
	"  --report FILE       the proof in words; default: standard error\n"
	"  --resolved FILE     the options that are on, each with its origin, for review\n"
	"  --exceptions FILE   overridden requests of the base and waived losses, for kernel.json\n"
	"  --record FILE       what the compiler answered, for --probes\n"
	"  --defaults FILE     the classes of options that protect, and what is refused; what\n"
	"                      upstream enables there by default must be accounted for\n"
	"  --accounts FILE     upstream's defaults that no fragment requests, for review\n"
	"\n"
	"Exit status: 0 every request holds, 1 some were lost, 2 could not run.\n";

static bool same_file(const char *a, const char *b)
{
	FILE *fa = fopen(a, "r"), *fb = fopen(b, "r");
	bool same = fa && fb;
	int ca = 0;

	while (same && ca != EOF) {
		ca = getc(fa);
		same = ca == getc(fb);
	}
	if (fa)
		fclose(fa);
	if (fb)
		fclose(fb);
	return same;
}

/* Where a file is written before it goes to PATH; NULL for NULL. The caller frees it. */
static char *beside(const char *path)
{
	return path ? mem_printf("%s.new", path) : NULL;
}

static int cannot_write(const char *path)
{
	complain(path, 0, "cannot be written [unwritable]: %s", strerror(errno));
	return CANNOT_RUN;
}

/* Put the .config that was written at TMP at PATH if it differs from what is there. */
static int publish(const char *tmp, const char *path)
{
	if (!same_file(tmp, path) && rename(tmp, path))
		return cannot_write(path);
	return DONE;
}

/* Say the losses on stderr too, so that a build's last lines tell them. */
static int show(const char *report)
{
	FILE *in = fopen(report, "r");
	int c;

	while (in && (c = getc(in)) != EOF)
		putc(c, stderr);
	if (in)
		fclose(in);
	return FINDING;
}

static bool write_probes(const struct fragments *f, const char *path)
{
	(void)f;
	return probe_record(path);
}

/* Put at PATH what WRITE writes, at once or not at all; what would not change is left alone. */
static bool put(const struct fragments *f, const char *path,
		bool (*write)(const struct fragments *f, const char *path))
{
	char *tmp = beside(path);
	bool done;

	if (!tmp)
		return !path;
	done = write(f, tmp) && (same_file(tmp, path) || !rename(tmp, path));
	if (!done)
		cannot_write(path);
	unlink(tmp);
	free(tmp);
	return done;
}

/* What is asked of one board. */
struct board {
	const char *out, *report, *resolved, *exceptions, *accounts;
	char **args; /* LAYER:FRAGMENT */
	size_t n, max;
	struct fragments f;
};

/* Account for upstream's defaults, which leaves the tree resolved with them. */
static int account(const struct board *b, const struct rules *r, FILE *report)
{
	char *tmp = beside(b->accounts);
	struct defaults d = { 0 };
	int status = DONE;

	if (!defaults_list(&d, &b->f, r)) {
		complain(r->path, 0, "upstream's defaults cannot be resolved [unresolved]: %s",
			 strerror(errno));
		status = CANNOT_RUN;
	} else {
		status = defaults_report(&d, r, report) ? FINDING : DONE;
		if (tmp && (!defaults_write(&d, tmp) || rename(tmp, b->accounts)))
			status = cannot_write(b->accounts);
	}
	defaults_free(&d);
	free(tmp);
	return status;
}

/* Resolve, prove and account; what is to be published is at TMP then. */
static int judge(struct board *b, const struct tree *t, const struct rules *r, const char *tmp,
		 FILE *report)
{
	int status, accounted = DONE;

	if (!tree_resolve(&b->f, NULL, 0)) {
		complain(t->dir, 0, "the requests could not be read back [unresolved]: %s",
			 strerror(errno));
		return CANNOT_RUN;
	}
	status = prove(&b->f, t, report) ? FINDING : DONE;
	if (tmp && status == DONE && !tree_write(tmp))
		return cannot_write(tmp);
	if (!put(&b->f, b->resolved, resolved_write) ||
	    !put(&b->f, b->exceptions, exceptions_write))
		return CANNOT_RUN;
	if (r->path)
		accounted = account(b, r, report);
	return accounted > status ? accounted : status;
}

static int run(struct board *b, const struct tree *t, const struct rules *r)
{
	FILE *report = b->report ? fopen(b->report, "w") : stderr;
	char *tmp = beside(b->out);
	int status;

	if (!report) {
		status = cannot_write(b->report);
		goto free;
	}
	status = judge(b, t, r, tmp, report);
	if (b->report && fclose(report))
		status = cannot_write(b->report);
	if (status == DONE && b->out)
		status = publish(tmp, b->out);
	if (status == FINDING && b->report)
		show(b->report);
free:
	if (tmp)
		unlink(tmp);
	free(tmp);
	return status;
}

/* All boards, on one parse; the worst status of any. */
static int run_all(struct session *s, struct board *boards, size_t n, const struct rules *r,
		   const char *record)
{
	int status = DONE;

	for (size_t i = 0; i < n; i++) {
		frag_init(&boards[i].f, s->tree.arch, s->tree.release);
		boards[i].f.archs = s->archs;
		if (!frag_read_args(&boards[i].f, (int)boards[i].n, boards[i].args))
			status = CANNOT_RUN;
	}
	if (status == DONE && !tree_parse(&s->tree))
		status = CANNOT_RUN;
	for (size_t i = 0; i < n && status != CANNOT_RUN; i++) {
		int this = run(&boards[i], &s->tree, r);

		status = this > status ? this : status;
	}
	if (status != CANNOT_RUN && !put(NULL, record, write_probes))
		status = CANNOT_RUN;
	for (size_t i = 0; i < n; i++)
		frag_free(&boards[i].f);
	return status;
}

int cmd_resolve(int argc, char **argv)
{
	static const struct option options[] = {
		SESSION_OPTIONS,
		{ "out", required_argument, NULL, 'o' },
		{ "report", required_argument, NULL, 'p' },
		{ "resolved", required_argument, NULL, 'v' },
		{ "exceptions", required_argument, NULL, 'e' },
		{ "record", required_argument, NULL, 'R' },
		{ "defaults", required_argument, NULL, 'D' },
		{ "accounts", required_argument, NULL, 'A' },
		{ "next", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct board *boards = mem_zalloc((size_t)argc * sizeof(*boards)), *b = boards;
	const char *record = NULL;
	struct session s = { 0 };
	struct rules r = { 0 };
	int c, status = CANNOT_RUN;

	/* '-': fragments are taken as they come, between the options */
	while ((c = getopt_long(argc, argv, "-h", options, NULL)) != -1) {
		switch (c) {
		case 1:
			grow(b->args, b->n, b->max);
			b->args[b->n++] = optarg;
			break;
		case 'n':
			b++;
			break;
		case 'o':
			b->out = optarg;
			break;
		case 'p':
			b->report = optarg;
			break;
		case 'v':
			b->resolved = optarg;
			break;
		case 'e':
			b->exceptions = optarg;
			break;
		case 'R':
			record = optarg;
			break;
		case 'D':
			if (!rules_read(&r, optarg))
				goto free;
			break;
		case 'A':
			b->accounts = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			status = DONE;
			goto free;
		default:
			if (session_option(&s, c, optarg))
				break;
			if (c == '?')
				fputs(usage, stderr);
			goto free;
		}
	}
	if (session_check(&s, usage))
		status = run_all(&s, boards, (size_t)(b - boards) + 1, &r, record);
free:
	for (struct board *i = boards; i <= b; i++)
		free(i->args);
	free(boards);
	rules_free(&r);
	return status;
}
