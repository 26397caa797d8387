// SPDX-License-Identifier: GPL-2.0-only
/* kconf resolve: fragments to a .config, every request proven. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "defaults.h"
#include "exceptions.h"
#include "needs.h"
#include "probe.h"
#include "session.h"

static const struct command command = {
	.synopsis =
		"kconf resolve [options] LAYER:FRAGMENT... [--next [options] LAYER:FRAGMENT...]...",
	.about =
		"Resolves the fragments through the kernel tree's own Kconfig, with each option that no\n"
		"fragment requests disabled, and proves that each request holds. LAYER is base, arch,\n"
		"common, board or flavour. After --next come the fragments and files of another board; the\n"
		"tree is parsed once for all.\n",
	.status = "0 every request holds, 1 some were lost, 2 could not run",
};

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

/* Put the .config that was written at TMP at PATH if it differs from the file there. */
static int publish(const char *tmp, const char *path)
{
	if (!same_file(tmp, path) && rename(tmp, path))
		return cannot_write(path);
	return DONE;
}

/* Copy the proof to TO, with INDENT before each line. */
static void show(const char *report, FILE *to, const char *indent)
{
	FILE *in = fopen(report, "re");
	char *line = NULL;
	size_t size = 0;

	while (in && getline(&line, &size, in) >= 0)
		fprintf(to, "%s%s", indent, line);
	free(line);
	if (in)
		fclose(in);
}

static bool write_probes(const struct fragments *f, const char *path)
{
	(void)f;
	return probe_record(path);
}

/* Let WRITE write the file PATH, whole or not at all; an unchanged file is not touched. */
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

/* The requests of one board. */
struct board {
	const char *out, *report, *resolved, *exceptions, *accounts;
	bool print, unmet; /* UNMET: needs_check() has reported it */
	struct needs needs;
	char **args; /* LAYER:FRAGMENT */
	size_t n, max;
	struct fragments f;
};

struct boards {
	struct board one; /* the board that further options belong to */
	struct board *all;
	size_t n, max;
};

/* Account for upstream's defaults. The tree is resolved with them afterwards. */
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

/* Resolve, prove and account; the files to publish are at TMP then. */
static int judge(struct board *b, const struct tree *t, const struct rules *r, const char *tmp,
		 FILE *report)
{
	int status, needed, accounted = DONE;

	if (!tree_resolve(&b->f, NULL, 0)) {
		complain(t->dir, 0, "the requests could not be read back [unresolved]: %s",
			 strerror(errno));
		return CANNOT_RUN;
	}
	status = prove(&b->f, t, report) ? FINDING : DONE;
	needed = status == DONE ? needs_check(&b->needs) : DONE;
	b->unmet = needed != DONE;
	status = needed > status ? needed : status;
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
	/* The last lines of a build have the losses. */
	if (status == FINDING && b->report && !b->unmet)
		show(b->report, stderr, "");
	else if (status == DONE && b->report && b->print)
		show(b->report, stdout, "          ");
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
		if (!frag_read_args(&boards[i].f, (int)boards[i].n, boards[i].args) ||
		    !needs_read(&boards[i].needs))
			status = CANNOT_RUN;
		s->tree.btf |= frag_enables(&boards[i].f, "DEBUG_INFO_BTF");
	}
	if (status == DONE && !tree_parse(&s->tree))
		status = CANNOT_RUN;
	for (size_t i = 0; i < n && status != CANNOT_RUN; i++) {
		int this = run(&boards[i], &s->tree, r);

		status = this > status ? this : status;
	}
	if (status != CANNOT_RUN && !put(NULL, record, write_probes))
		status = CANNOT_RUN;
	for (size_t i = 0; i < n; i++) {
		frag_free(&boards[i].f);
		needs_free(&boards[i].needs);
	}
	return status;
}

static bool take_fragment(void *boards, const char *arg)
{
	struct board *b = &((struct boards *)boards)->one;

	grow(b->args, b->n, b->max);
	b->args[b->n++] = (char *)(uintptr_t)arg;
	return true;
}

static bool take_other(void *needs, const char *path)
{
	struct needs *n = needs;

	grow(n->other, n->n_other, n->max_other);
	n->other[n->n_other++] = path;
	return true;
}

/* The options before this are one board's. */
static bool next_board(void *boards, const char *unused)
{
	struct boards *b = boards;

	(void)unused;
	grow(b->all, b->n, b->max);
	b->all[b->n++] = b->one;
	b->one = (struct board){ 0 };
	return true;
}

int cmd_resolve(int argc, char **argv)
{
	struct boards b = { 0 };
	const char *record = NULL;
	struct session s = { 0 };
	struct rules r = { 0 };
	const struct opt opts[] = {
		SESSION_OPTIONS(&s),
		OPT_TEXT("out", "FILE", &b.one.out,
			 "the .config; written only if every request holds, and\n"
			 "left alone (its time too) if it would not change"),
		OPT_TEXT("report", "FILE", &b.one.report,
			 "the proof in words; default: standard error"),
		OPT_TEXT("resolved", "FILE", &b.one.resolved,
			 "the enabled options, each with its origin, for review"),
		OPT_TEXT("exceptions", "FILE", &b.one.exceptions,
			 "overridden requests of the base and waived losses, for kernel.json"),
		OPT_TEXT("record", "FILE", &record, "the compiler's answers, for --probes"),
		OPT_CALL(
			"defaults", "FILE", rules_take, &r,
			"the classes of options that protect, and the refused options; each option of\n"
			"a class that upstream enables by default must be accounted for"),
		OPT_TEXT("accounts", "FILE", &b.one.accounts,
			 "upstream's defaults that no fragment requests, for review"),
		OPT_FLAG("print", &b.one.print, "print the proof on standard output, too, if all holds"),
		OPT_TEXT("needs", "FILE", &b.one.needs.path,
			 "options that must be built in for words of the command line"),
		OPT_TEXT("cmdline", "TEXT", &b.one.needs.cmdline, "the command line"),
		OPT_TEXT("board", "FILE", &b.one.needs.board,
			 "the board's file, for messages of --needs and --other"),
		OPT_CALL("other", "FRAGMENT", take_other, &b.one.needs,
			 "another board's, which must request another LOCALVERSION"),
		OPT_CALL("next", NULL, next_board, &b, "what follows is of another board"),
		OPT_OPERAND(take_fragment, &b),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	next_board(&b, NULL);
	if (status == GO_ON)
		status = session_start(&s) ? run_all(&s, b.all, b.n, &r, record) : CANNOT_RUN;
	for (size_t i = 0; i < b.n; i++)
		free(b.all[i].args);
	free(b.all);
	rules_free(&r);
	return status;
}
