// SPDX-License-Identifier: GPL-2.0-only
/* kimage wrap: a directory as an image of one layer. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage wrap DIR [options]",
	.about =
		"Writes an OCI layout with one image, whose layer has the files and directories of\n"
		"DIR: not a kernel image, but one beside it. The same input gives the same bytes.\n",
	.status = "0 written, 2 could not run",
	.least = 1,
	.most = 1,
};

struct wrapping {
	const char *layout, *ref, *platform;
	long long created, threads;
	json_t *notes;
};

static bool is_text(const char *s)
{
	json_t *string = json_string(s);

	json_decref(string);
	return string;
}

static bool add_note(void *wrapping, const char *arg)
{
	struct wrapping *w = wrapping;
	const char *equals = strchr(arg, '=');
	char *name;

	if (!equals || equals == arg || !is_text(arg)) {
		complain(arg, 0, "is not a valid --note [option]: expected NAME=VALUE");
		return false;
	}
	name = mem_strndup(arg, (size_t)(equals - arg));
	json_object_set_new(w->notes, name, json_string(equals + 1));
	free(name);
	return true;
}

bool wrap_tree(const struct wrap *w, char digest[DIGEST_SIZE], uint64_t *size)
{
	struct parts parts = { .dir = w->dir,
			       .ref = w->ref,
			       .by = w->by,
			       .platform = w->platform,
			       .created = w->created };
	char diff_id[DIGEST_SIZE];
	struct layer l;
	json_t *layer = NULL;
	struct tree t;

	if (tree_scan(&t, w->root) && layer_open(&l, w->dir, w->threads, 6)) {
		t.programs = true;
		layer = layer_close(&l, w->dir, tree_write(&t, w->created, gzip_write, l.z, NULL),
				    diff_id);
	}
	tree_free(&t);
	if (!layer)
		return false;
	*size += blob_size(layer);
	parts.layers = json_pack("[o]", layer);
	parts.diff_ids = json_pack("[s]", diff_id);
	parts.notes = json_incref(w->notes);
	return put_image(&parts, digest, size);
}

static int wrap(const struct wrapping *w, const char *root)
{
	struct wrap job = { .root = root,
			    .ref = w->ref,
			    .by = "kimage wrap",
			    .platform = platform_find(w->platform),
			    .created = w->created,
			    .threads = (unsigned)w->threads,
			    .notes = w->notes };
	char digest[DIGEST_SIZE], *created = time_text(w->created);
	struct stage stage;
	uint64_t size = 0;
	bool ok;

	json_object_set_new(w->notes, NOTE_OCI "created", json_string(created));
	free(created);
	if (!stage_open(&stage, w->layout))
		return CANNOT_RUN;
	job.dir = stage.tmp;
	ok = start_blobs(stage.tmp) && wrap_tree(&job, digest, &size) && sync_layout(stage.tmp) &&
	     stage_publish(&stage);
	stage_close(&stage);
	if (ok)
		printf("%s digest %s size %llu\n", w->layout, digest, (unsigned long long)size);
	return ok ? DONE : CANNOT_RUN;
}

static bool right(const struct wrapping *w)
{
	if (ref_wrong(w->ref))
		complain(w->ref, 0, "%s [ref-name]", ref_wrong(w->ref));
	else if (!platform_find(w->platform))
		complain(w->platform, 0,
			 "is not a known platform [platform]: expected one of" PLATFORM_NAMES);
	else
		return true;
	return false;
}

int cmd_wrap(int argc, char **argv)
{
	struct wrapping w = { .threads = 1, .notes = json_object() };
	const struct opt opts[] = {
		OPT_NEED("layout", "DIR", &w.layout, "the OCI layout to write"),
		OPT_NEED("ref", "NAME", &w.ref, "its name in full"),
		OPT_NEED("platform", "PLATFORM", &w.platform, "linux/amd64, linux/s390x, ..."),
		OPT_NUMBER("created", "SECONDS", &w.created, 0, (1ll << 33) - 1,
			   "every time in the image, since 1970"),
		OPT_CALL("note", "NAME=VALUE", add_note, &w, "an annotation; may be repeated"),
		OPT_NUMBER("j", "N", &w.threads, 1, 256, "threads that compress (default: 1)"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status == GO_ON) {
		umask(022);
		signal(SIGXFSZ, SIG_IGN);
		status = right(&w) ? wrap(&w, *argv) : CANNOT_RUN;
	}
	json_decref(w.notes);
	return status;
}
