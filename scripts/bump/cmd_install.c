// SPDX-License-Identifier: GPL-2.0-only
/*
 * bump install: all files of a result into the checkout, or none, whenever it is killed.
 *
 * Each file is copied beside its place first, as NAME.bump. The journal has the list: while its
 * first line is `prepare`, `bump recover` removes the copies, and from `commit` on it renames
 * them. So a full disk is found out before any file changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"
#include "bump.h"
#include "file.h"
#include "options.h"

enum { PLAN_MOST = 1 << 24 };

static const struct command install_command = {
	.synopsis = "bump install PLAN JOURNAL",
	.about =
		"PLAN has lines of 'write<TAB>SOURCE<TAB>FILE' and 'remove<TAB>FILE'. Writes and removes all\n"
		"of these files. If that is killed, 'bump recover JOURNAL' finishes it or takes it back.\n",
	.status = "0, or 2 could not run: then no file has changed",
	.least = 2,
	.most = 2,
};

static const struct command recover_command = {
	.synopsis = "bump recover JOURNAL",
	.about = "Finishes the install of JOURNAL, or takes it back, and removes JOURNAL.\n",
	.status = "0, or 2 could not run",
	.least = 1,
	.most = 1,
};

struct step {
	const char *source; /* NULL: remove FILE */
	const char *file;
	char *copy;
};

struct plan {
	struct buffer text;
	const char *state; /* of a journal */
	struct step *step;
	size_t n, max;
};

static void take_step(struct plan *p, const char *path, int number, char *line)
{
	const char *word = strsep(&line, "\t"), *first = strsep(&line, "\t");
	struct step s = { 0 };

	if (!strcmp(word, "write") && first && line && !strchr(line, '\t'))
		s = (struct step){ first, line, NULL };
	else if (!strcmp(word, "remove") && first && !line)
		s = (struct step){ NULL, first, NULL };
	else
		die(CANNOT_RUN, "%s:%d: not a step of a plan [bad-plan]: expected write or remove",
		    path, number);
	s.copy = mem_printf("%s.bump", s.file);
	grow(p->step, p->n, p->max);
	p->step[p->n++] = s;
}

/* A journal has its state in the first line. */
static void read_plan(struct plan *p, const char *path, bool journal)
{
	const char *wrong = file_read(path, PLAN_MOST, &p->text);
	char *rest = p->text.text, *line;
	int number = 0;

	if (wrong)
		die(CANNOT_RUN, "%s: cannot be read [unreadable]: %s", path, wrong);
	if (journal) {
		p->state = strsep(&rest, "\n");
		number++;
	}
	if (journal && strcmp(p->state, "prepare") && strcmp(p->state, "commit"))
		die(CANNOT_RUN, "%s:1: not a journal [bad-plan]: expected prepare or commit", path);
	while ((line = strsep(&rest, "\n"))) {
		number++;
		if (*line)
			take_step(p, path, number, line);
	}
}

static void free_plan(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->step[i].copy);
	free(p->step);
	buffer_free(&p->text);
}

/* fsync() of a file or a directory. */
static bool sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && !fsync(fd);

	if (fd >= 0)
		close(fd);
	return good;
}

static bool sync_dir_of(const char *path)
{
	char *copy = mem_strdup(path);
	bool good = sync_path(dirname(copy));

	free(copy);
	return good;
}

static bool write_journal(const struct plan *p, const char *path, const char *state)
{
	struct output o;

	if (!output_open(&o, path))
		return false;
	fprintf(o.file, "%s\n", state);
	for (size_t i = 0; i < p->n; i++) {
		if (p->step[i].source)
			fprintf(o.file, "write\t%s\t%s\n", p->step[i].source, p->step[i].file);
		else
			fprintf(o.file, "remove\t%s\n", p->step[i].file);
	}
	fflush(o.file);
	return output_close(&o, !fsync(fileno(o.file))) && sync_dir_of(path);
}

static void make_dirs_of(const char *path)
{
	char *dirs = mem_strdup(path);

	for (char *slash = strchr(dirs + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(dirs, 0777); /* the copy fails, if this did */
		*slash = '/';
	}
	free(dirs);
}

static bool copy_file(const struct step *s)
{
	struct buffer b = { 0 };
	const char *wrong = file_read(s->source, PLAN_MOST, &b);
	FILE *out;
	bool good;

	if (wrong) {
		complain(s->source, 0, "cannot be read [unreadable]: %s", wrong);
		buffer_free(&b);
		return false;
	}
	make_dirs_of(s->copy);
	out = fopen(s->copy, "we");
	good = out && fwrite(b.data, 1, b.size, out) == b.size && !fflush(out) &&
	       !fsync(fileno(out));
	if (!good)
		complain(s->copy, 0, "cannot be written [unwritable]: %s; no file was changed",
			 strerror(errno));
	if (out)
		fclose(out);
	buffer_free(&b);
	return good;
}

/* Remove the copies, and the directories that were made for them. */
static void take_back(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		char *dir = mem_strdup(p->step[i].copy);

		unlink(p->step[i].copy);
		rmdir(dirname(dir)); /* fails unless it is empty */
		free(dir);
	}
}

/* Every step may have been done before. */
static bool commit(const struct plan *p)
{
	bool good = true;

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i];
		int failed = s->source ? rename(s->copy, s->file) : unlink(s->file);

		if (failed && errno != ENOENT) {
			complain(s->file, 0,
				 "cannot be replaced [unwritable]: %s; run make bump again",
				 strerror(errno));
			good = false;
		}
	}
	for (size_t i = 0; i < p->n && good; i++)
		sync_dir_of(p->step[i].file);
	return good;
}

static int finish(struct plan *p, const char *journal)
{
	bool good = commit(p);

	if (good && unlink(journal)) {
		complain(journal, 0, "cannot be removed [unwritable]: %s", strerror(errno));
		good = false;
	}
	return good ? DONE : CANNOT_RUN;
}

static int install(struct plan *p, const char *journal)
{
	bool good = write_journal(p, journal, "prepare");

	for (size_t i = 0; i < p->n && good; i++)
		good = !p->step[i].source || copy_file(&p->step[i]);
	if (good && write_journal(p, journal, "commit"))
		return finish(p, journal);
	take_back(p);
	unlink(journal);
	return CANNOT_RUN;
}

int cmd_install(int argc, char **argv)
{
	int status = options_read(&argc, &argv, &install_command, &(const struct opt)OPT_END);
	struct plan p = { 0 };

	if (status != GO_ON)
		return status;
	if (!access(argv[1], F_OK))
		die(CANNOT_RUN, "%s: an install was killed [journal]; run bump recover", argv[1]);
	read_plan(&p, argv[0], false);
	status = install(&p, argv[1]);
	free_plan(&p);
	return status;
}

int cmd_recover(int argc, char **argv)
{
	int status = options_read(&argc, &argv, &recover_command, &(const struct opt)OPT_END);
	struct plan p = { 0 };

	if (status != GO_ON)
		return status;
	read_plan(&p, argv[0], true);
	if (!strcmp(p.state, "commit")) {
		status = finish(&p, argv[0]);
		say("%s: the install that was killed is complete now", argv[0]);
	} else {
		take_back(&p);
		status = unlink(argv[0]) ? CANNOT_RUN : DONE;
		say("%s: the install that was killed had changed nothing", argv[0]);
	}
	free_plan(&p);
	return status;
}
