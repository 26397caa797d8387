// SPDX-License-Identifier: GPL-2.0-only
/* All records of a checkout: DIR/cve/published/YEAR/CVE-....json, by several threads. */
#include <fts.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cve.h"
#include "file.h"

enum { THREADS = 8, RECORDS_MAX = 1000000 };

struct work {
	char **path;
	size_t n, room;
	atomic_size_t next;
	struct cve *cve; /* of each path */
	char **fault; /* or NULL */
};

static char *fault_of(const char *text)
{
	return mem_printf("%s [unreadable]", text);
}

/* The .dyad beside the record; a record may lack it. */
static char *read_dyad(struct cve *c, const char *path, struct buffer *b)
{
	char *name = mem_printf("%.*s.dyad", (int)(strlen(path) - strlen(".json")), path);
	char *fault = NULL;

	if (!access(name, F_OK)) {
		const char *wrong = file_read(name, RECORD_MAX, b);

		fault = wrong ? fault_of(wrong) : cve_dyad(c, b->text);
	}
	free(name);
	return fault;
}

static char *read_one(struct cve *c, const char *path, struct buffer *b)
{
	const char *wrong = file_read(path, RECORD_MAX, b);
	char *fault = wrong ? fault_of(wrong) : cve_parse(c, b->text, b->size);
	const char *name = strrchr(path, '/') + 1;

	if (!fault && (strncmp(name, c->id, strlen(c->id)) || name[strlen(c->id)] != '.'))
		fault = mem_printf("the record has another number [other-id]: got %s", c->id);
	return fault || c->rejected ? fault : read_dyad(c, path, b);
}

static void *reader(void *arg)
{
	struct work *w = arg;
	struct buffer b = { 0 };
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->n)
		w->fault[i] = read_one(&w->cve[i], w->path[i], &b);
	buffer_free(&b);
	return NULL;
}

static void read_all(struct work *w)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const int want = cpus < 1 ? 1 : cpus > THREADS ? THREADS : (int)cpus;
	pthread_t thread[THREADS];
	int n = 0;

	json_object_seed(0); /* by one thread, before the others */
	while (n < want - 1 && !pthread_create(&thread[n], NULL, reader, w))
		n++;
	reader(w);
	while (n)
		pthread_join(thread[--n], NULL);
}

static bool is_record(const FTSENT *e)
{
	return e->fts_info == FTS_F && !strncmp(e->fts_name, "CVE-", 4) && e->fts_namelen > 9 &&
	       !strcmp(e->fts_name + e->fts_namelen - 5, ".json");
}

static int by_number(const FTSENT **a, const FTSENT **b)
{
	return strverscmp((*a)->fts_name, (*b)->fts_name);
}

/* The paths of the records below TOP; the name of a directory that could not be read, or NULL. */
static char *find_records(struct work *w, char *top)
{
	char *roots[] = { top, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_number);
	char *wrong = NULL;
	FTSENT *e;

	while (tree && !wrong && (e = fts_read(tree)) && w->n < RECORDS_MAX) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
			wrong = mem_printf("%s: %s", e->fts_path, strerror(e->fts_errno));
		if (!is_record(e))
			continue;
		grow(w->path, w->n, w->room);
		w->path[w->n++] = mem_strdup(e->fts_path);
	}
	if (tree)
		fts_close(tree);
	return wrong;
}

static void add_damage(struct cves *all, const char *path, char *fault)
{
	complain(path, 0, "%s", fault);
	grow(all->damage, all->damaged, all->damage_room);
	all->damage[all->damaged++] = (struct damage){ mem_strdup(path), fault };
}

/* Keep what was read, in order. */
static void collect(struct cves *all, struct work *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct cve *c = &w->cve[i];

		if (w->fault[i])
			add_damage(all, w->path[i], w->fault[i]);
		else if (c->rejected)
			all->rejected++;
		if (w->fault[i] || c->rejected) {
			cve_free(c);
			continue;
		}
		if (c->updated && (!all->newest || strcmp(c->updated, all->newest) > 0))
			all->newest = c->updated;
		all->cve[all->n++] = *c;
	}
}

bool cves_read(struct cves *all, const char *dir)
{
	struct work w = { 0 };
	char *top = mem_printf("%s/cve/published", dir), *wrong = NULL;

	if (!access(top, R_OK | X_OK))
		wrong = find_records(&w, top);
	if (wrong)
		say("%s [unreadable]", wrong);
	else if (!w.n)
		complain(dir, 0,
			 "has no records of CVEs [no-data]: expected cve/published; run git clone "
			 "--depth 1 https://git.kernel.org/pub/scm/linux/security/vulns.git");
	if (!wrong && w.n) {
		w.cve = mem_zalloc(w.n * sizeof(*w.cve));
		w.fault = mem_zalloc(w.n * sizeof(*w.fault));
		all->cve = mem_zalloc(w.n * sizeof(*all->cve));
		read_all(&w);
		collect(all, &w);
	}
	for (size_t i = 0; i < w.n; i++)
		free(w.path[i]);
	free(w.path);
	free(w.cve);
	free(w.fault);
	free(top);
	free(wrong);
	return all->n || all->rejected || all->damaged;
}

void cves_free(struct cves *all)
{
	for (size_t i = 0; i < all->n; i++)
		cve_free(&all->cve[i]);
	for (size_t i = 0; i < all->damaged; i++) {
		free(all->damage[i].file);
		free(all->damage[i].fault);
	}
	free(all->cve);
	free(all->damage);
}
