// SPDX-License-Identifier: GPL-2.0-only
/* A layout's JSON, and the way from a stage to a verified layout at its place. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kimage.h"

bool start_blobs(const char *dir)
{
	char *blobs = mem_printf("%s/blobs", dir), *sha = mem_printf("%s/sha256", blobs);
	const char *wrong = mkdir(blobs, 0755) || mkdir(sha, 0755) ? strerror(errno) : NULL;

	if (wrong)
		complain(sha, 0, "%s [output]", wrong);
	free(blobs);
	free(sha);
	return !wrong;
}

uint64_t blob_size(const json_t *descriptor)
{
	return (uint64_t)json_integer_value(json_object_get(descriptor, "size"));
}

json_t *put_json(const char *dir, json_t *json, const char *type)
{
	char *text, *path, digest[DIGEST_SIZE];
	json_t *descriptor = NULL;
	const char *wrong;

	if (!json)
		return NULL;
	text = json_text(json);
	sha_of(text, strlen(text), digest);
	path = blob_path(dir, digest);
	wrong = write_file(path, text, strlen(text));
	if (wrong)
		complain(path, 0, "%s [output]", wrong);
	else
		descriptor = json_pack("{s:s, s:s, s:I}", "mediaType", type, "digest", digest,
				       "size", (json_int_t)strlen(text));
	free(path);
	free(text);
	json_decref(json);
	return descriptor;
}

/* Write JSON as a file of the layout. Takes JSON over. */
static bool put_fixed(const char *dir, const char *name, json_t *json)
{
	char *text = json_text(json), *path = mem_printf("%s/%s", dir, name);
	const char *wrong = write_file(path, text, strlen(text));

	if (wrong)
		complain(path, 0, "%s [output]", wrong);
	free(path);
	free(text);
	json_decref(json);
	return !wrong;
}

bool put_index(const char *dir, json_t *manifests, const char *ref, char digest[DIGEST_SIZE],
	       uint64_t *size)
{
	json_t *notes = common_notes(dir, manifests);
	json_t *index = put_json(dir,
				 json_pack("{s:i, s:s, s:o, s:o*}", "schemaVersion", 2, "mediaType",
					   MEDIA_INDEX, "manifests", manifests, "annotations", notes),
				 MEDIA_INDEX);

	if (!index)
		return false;
	*size += blob_size(index);
	strcpy(digest, json_member(index, "digest"));
	json_object_set_new(index, "annotations",
			    json_pack("{s:s, s:s}", NOTE_REF, ref, NOTE_NAME, ref));
	return put_fixed(dir, "index.json",
			 json_pack("{s:i, s:s, s:[o]}", "schemaVersion", 2, "mediaType",
				   MEDIA_INDEX, "manifests", index)) &&
	       put_fixed(dir, "oci-layout", json_pack("{s:s}", "imageLayoutVersion", "1.0.0"));
}

static bool sync_layout(const char *dir)
{
	char *blobs = mem_printf("%s/blobs", dir), *sha = mem_printf("%s/sha256", blobs);
	const char *wrong = sync_dir(sha);

	if (!wrong && !(wrong = sync_dir(blobs)))
		wrong = sync_dir(dir);
	if (wrong)
		complain(dir, 0, "%s [output]", wrong);
	free(blobs);
	free(sha);
	return !wrong;
}

int publish(struct stage *s)
{
	struct report r = report_new();
	int status = CANNOT_RUN;

	if (sync_layout(s->tmp) && verify_layout(s->tmp, NULL, &r))
		status = json_array_size(r.findings) ? FINDING : DONE;
	report_print(&r);
	if (status == FINDING)
		complain(s->final, 0, "not written: the image would break its contract [contract]");
	report_free(&r);
	if (status == DONE && !stage_publish(s))
		status = CANNOT_RUN;
	return status;
}
