// SPDX-License-Identifier: GPL-2.0-only
/* bootlog rows: renew the rows of a page's table of figures from the reports of boots. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "figures.h"
#include "file.h"
#include "mem.h"
#include "msg.h"
#include "options.h"

static const struct command command = {
	.synopsis =
		"bootlog rows PAGE OUT CONFIGS KERNELS SERIES/ARCH-BOARD=MACHINE[,MACHINE...]...",
	.about =
		"Renews the table between PAGE's two \"figures\" comments from the image that OUT has of\n"
		"each build, and from the report.json of the last boot of each MACHINE. Rows of other\n"
		"builds stay, if CONFIGS has the board and KERNELS the release. Prints the table.\n",
	.status = "0 done, 2 could not run",
	.least = 5,
	.most = ANY,
};

enum { MOST = 16 << 20 /* bytes of a page or a lock */ };

/* Does the lock of the series have this release? */
static bool has_release(const char *kernels, const struct row *r)
{
	char *path = mem_printf("%s/%s/release", kernels, r->build.series), *rest, *line;
	struct buffer text = { 0 };
	bool found = false;

	rest = file_read(path, MOST, &text) ? NULL : text.text;
	while (!found && (line = strsep(&rest, "\n")))
		if (!strncmp(line, "version ", 8))
			found = !strcmp(line + 8 + strspn(line + 8, " "), r->release);
	buffer_free(&text);
	free(path);
	return found;
}

static bool has_board(const char *configs, const struct row *r)
{
	char *path = mem_printf("%s/boards/%s/%s.board", configs, r->build.arch, r->build.board);
	const bool found = !access(path, F_OK);

	free(path);
	return found;
}

/* Is the row of one of the builds ARGS, SERIES/ARCH-BOARD=...? */
static bool is_renewed(const struct row *r, char **args, int n)
{
	char *name = mem_printf("%s/%s-%s=", r->build.series, r->build.arch, r->build.board);
	bool found = false;

	for (int i = 0; i < n && !found; i++)
		found = !strncmp(args[i], name, strlen(name));
	free(name);
	return found;
}

/* Add a row for each machine of the build ARG. */
static bool add_build(struct page *p, const char *out, const char *arg)
{
	const size_t len = strcspn(arg, "=");
	struct build_name build;
	bool good = build_name(&build, arg, len) && arg[len];
	char *machines = mem_strdup(arg[len] ? arg + len + 1 : ""), *rest = machines, *machine,
	     *row;

	if (!good)
		complain(arg, 0, "not a build [usage]: expected SERIES/ARCH-BOARD=MACHINE,...");
	while (good && (machine = strsep(&rest, ","))) {
		row = figures_row(out, &build, machine);
		good = row && page_add(p, row);
		if (row && !good)
			complain(arg, 0, "makes a row that is not valid [bad-row]: %s", row);
		free(row);
	}
	free(machines);
	free(build.text);
	return good;
}

static bool write_page(const char *path, const struct buffer *old, const struct buffer *all)
{
	struct output o;

	if (old->size == all->size && !memcmp(old->data, all->data, all->size))
		return true;
	if (!output_open(&o, path))
		return false;
	fwrite(all->data, 1, all->size, o.file);
	return output_close(&o, true);
}

/* PAGE has all rows that it had. */
static bool renew(struct page *p, char **argv, int n, const struct buffer *old)
{
	struct page now = { .path = p->path, .before = p->before, .after = p->after };
	struct buffer table = { 0 }, all = { 0 };
	bool good = true;

	for (size_t i = 0; i < p->n; i++)
		if (!is_renewed(&p->row[i], argv + 4, n) && has_board(argv[2], &p->row[i]) &&
		    has_release(argv[3], &p->row[i]))
			page_add(&now, p->row[i].text);
	for (int i = 0; i < n && good; i++)
		good = add_build(&now, argv[1], argv[4 + i]);
	if (good) {
		page_print(&now, &table, &all);
		good = write_page(p->path, old, &all);
		fputs(good ? table.text : "", stdout);
	}
	if (good)
		printf("report: %s has %zu rows of figures\n", p->path, now.n);
	/* The rest belongs to P. */
	now.before = now.after = (struct buffer){ 0 };
	page_free(&now);
	buffer_free(&table);
	buffer_free(&all);
	return good;
}

int cmd_rows(int argc, char **argv)
{
	static const struct opt opts[] = { OPT_END };
	struct buffer old = { 0 };
	struct page p = { 0 };
	const char *unread;
	char *text;
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	p.path = argv[0];
	unread = file_read(p.path, MOST, &old);
	if (!unread && strlen(old.text) != old.size)
		unread = "has a NUL byte";
	if (unread) {
		complain(p.path, 0, "%s [unreadable]", unread);
		buffer_free(&old);
		return CANNOT_RUN;
	}
	text = mem_strdup(old.text);
	status = page_parse(&p, text) && renew(&p, argv, argc - 4, &old) && !fflush(stdout) ?
			 DONE :
			 CANNOT_RUN;
	page_free(&p);
	buffer_free(&old);
	free(text);
	return status;
}
