// SPDX-License-Identifier: GPL-2.0-only
/* kconf resolve: fragments to a .config, every request proven. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kconf.h"

static const char usage[] =
	"usage: kconf resolve [options] LAYER:FRAGMENT...\n"
	"\n"
	"Resolves the fragments through the kernel tree's own Kconfig, with every\n"
	"option that nobody asks for off, and proves that each request holds.\n"
	"LAYER is base, arch, common or board.\n"
	"\n"
	"  --tree DIR          the kernel tree whose scripts/kconfig kconf was built with\n"
	"  --release RELEASE   its release, e.g. 6.12.107\n"
	"  --arch ARCH         the architecture as '#: arch' names it, e.g. x86_64\n"
	"  --kbuild-arch ARCH  Kbuild's ARCH, if it is another name\n"
	"  --srcarch DIR       the architecture's directory below arch/\n"
	"  --cross PREFIX      prefix of the cross compiler's name\n"
	"  --out FILE          the .config; written only if every request holds, and\n"
	"                      left alone (its time too) if it would not change\n"
	"  --report FILE       the proof in words; default: standard error\n"
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

/* Put the resolved config at PATH if it differs from what is there. */
static int publish(const char *path)
{
	char *tmp = xrealloc(NULL, strlen(path) + 5);
	int status = HELD;

	sprintf(tmp, "%s.new", path);
	if (!tree_write(tmp) || (!same_file(tmp, path) && rename(tmp, path))) {
		complain(path, 0, "cannot be written: %s", strerror(errno));
		status = CANNOT_RUN;
	}
	unlink(tmp);
	free(tmp);
	return status;
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

static char *absolute(const char *path)
{
	char cwd[PATH_MAX], *abs;

	if (*path == '/' || !getcwd(cwd, sizeof(cwd)))
		return xstrdup(path);
	abs = xrealloc(NULL, strlen(cwd) + strlen(path) + 2);
	sprintf(abs, "%s/%s", cwd, path);
	return abs;
}

/* Kconfig's probes litter the directory they run in, and must find no Kconfig there. */
static bool enter_scratch(char *dir)
{
	return mkdtemp(dir) && !chdir(dir);
}

static int run(const struct tree *t, const char *arch, const char *out, const char *report_path,
	       int n, char **args)
{
	char scratch[] = "/tmp/kconf.XXXXXX";
	char *abs_out = absolute(out), *abs_report = report_path ? absolute(report_path) : NULL;
	struct fragments f;
	FILE *report = stderr;
	int status = CANNOT_RUN;

	frag_init(&f, arch, t->release);
	if (!frag_read_args(&f, n, args))
		goto free;
	if (abs_report) {
		report = fopen(abs_report, "w");
		if (!report) {
			complain(report_path, 0, "%s", strerror(errno));
			goto free;
		}
	}
	if (!enter_scratch(scratch)) {
		complain(scratch, 0, "%s", strerror(errno));
		goto close;
	}
	tree_parse(t);
	if (!tree_resolve_allno(&f))
		complain(t->dir, 0, "the requests could not be read back: %s", strerror(errno));
	else
		status = prove(&f, t, report) ? FINDING : publish(abs_out);
	if (chdir("/") || rmdir(scratch))
		complain(scratch, 0, "left behind: %s", strerror(errno));
close:
	if (report != stderr && fclose(report)) {
		complain(report_path, 0, "%s", strerror(errno));
		status = CANNOT_RUN;
	}
	if (status == FINDING && abs_report)
		show(abs_report);
free:
	frag_free(&f);
	free(abs_out);
	free(abs_report);
	return status;
}

int cmd_resolve(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tree", required_argument, NULL, 't' },
		{ "release", required_argument, NULL, 'r' },
		{ "arch", required_argument, NULL, 'a' },
		{ "kbuild-arch", required_argument, NULL, 'k' },
		{ "srcarch", required_argument, NULL, 's' },
		{ "cross", required_argument, NULL, 'c' },
		{ "out", required_argument, NULL, 'o' },
		{ "report", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *arch = NULL, *out = NULL, *report = NULL;
	struct tree t = { .cross = "" };
	char dir[PATH_MAX];
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 't':
			t.dir = realpath(optarg, dir);
			if (!t.dir) {
				complain(optarg, 0, "%s", strerror(errno));
				return CANNOT_RUN;
			}
			break;
		case 'r':
			t.release = optarg;
			break;
		case 'a':
			arch = optarg;
			break;
		case 'k':
			t.kbuild_arch = optarg;
			break;
		case 's':
			t.srcarch = optarg;
			break;
		case 'c':
			t.cross = optarg;
			break;
		case 'o':
			out = optarg;
			break;
		case 'p':
			report = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return HELD;
		default:
			fputs(usage, stderr);
			return CANNOT_RUN;
		}
	}
	if (!t.dir || !t.release || !arch || !t.srcarch || !out) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	if (!t.kbuild_arch)
		t.kbuild_arch = arch;
	return run(&t, arch, out, report, argc - optind, argv + optind);
}
