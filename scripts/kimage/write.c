// SPDX-License-Identifier: GPL-2.0-only
/* A layout's layers and JSON, and the way from a stage to a verified layout at its place. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

/* In our own names, as annotations want: what the layer's digest depends on, not its diff_id. */
#define NOTE_RECIPE "dev.keelson.layer.compression"

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

bool layer_open(struct layer *l, const char *dir, unsigned threads, int level)
{
	*l = (struct layer){ .path = mem_printf("%s/layer", dir), .level = level };
	l->out = fopen(l->path, "we");
	if (l->out) {
		l->z = gzip_open(l->out, threads, level);
		return true;
	}
	complain(l->path, 0, "cannot be written: %s [output]", strerror(errno));
	free(l->path);
	return false;
}

json_t *layer_close(struct layer *l, const char *dir, bool good, char diff_id[DIGEST_SIZE])
{
	char digest[DIGEST_SIZE], *blob, *recipe;
	json_t *descriptor = NULL;
	uint64_t size;
	const char *wrong = gzip_close(l->z, diff_id, digest, &size);

	if (!wrong && (fflush(l->out) || fsync(fileno(l->out))))
		wrong = strerror(errno);
	if (fclose(l->out) && !wrong)
		wrong = strerror(errno);
	blob = good && !wrong ? blob_path(dir, digest) : NULL;
	if (blob)
		wrong = rename_file(l->path, blob);
	if (wrong)
		complain(l->path, 0, "cannot be written: %s [output]", wrong);
	if (good && !wrong) {
		recipe = mem_printf("gzip %s level %d", gzip_recipe, l->level);
		descriptor = json_pack("{s:s, s:s, s:I, s:{s:s}}", "mediaType", MEDIA_LAYER,
				       "digest", digest, "size", (json_int_t)size, "annotations",
				       NOTE_RECIPE, recipe);
		free(recipe);
	}
	free(blob);
	free(l->path);
	return descriptor;
}

json_t *platform_json(const struct platform *p)
{
	json_t *json = json_pack("{s:s, s:s}", "os", "linux", "architecture", p->oci);

	if (*p->variant)
		json_object_set_new(json, "variant", json_string(p->variant));
	return json;
}

static json_t *config_json(const struct parts *parts)
{
	json_t *config = platform_json(parts->platform);
	char *created = time_text(parts->created);
	size_t n = json_array_size(parts->diff_ids);

	json_object_update_new(config, json_pack("{s:s, s:{s:O}, s:{s:s, s:o}}", "created", created,
						 "config", "Labels", parts->notes, "rootfs", "type",
						 "layers", "diff_ids", parts->diff_ids));
	if (n == 1)
		json_object_set_new(
			config, "history",
			json_pack("[{s:s, s:s}]", "created", created, "created_by", parts->by));
	free(created);
	return config;
}

bool put_image(const struct parts *parts, char digest[DIGEST_SIZE], uint64_t *size)
{
	json_t *config = put_json(parts->dir, config_json(parts), MEDIA_CONFIG), *manifest;
	json_t *manifests, *sbom = NULL;

	*size += blob_size(config);
	manifest = put_json(parts->dir,
			    json_pack("{s:i, s:s, s:o, s:o, s:o}", "schemaVersion", 2, "mediaType",
				      MEDIA_MANIFEST, "config", config, "layers", parts->layers,
				      "annotations", parts->notes),
			    MEDIA_MANIFEST);
	if (!manifest)
		return false;
	*size += blob_size(manifest);
	manifests = json_array();
	if (parts->about)
		sbom = put_sbom(parts->dir, manifest, parts->about, parts->ref, parts->created, size);
	json_object_set_new(manifest, "platform", platform_json(parts->platform));
	json_array_append_new(manifests, manifest);
	if (sbom)
		json_array_append_new(manifests, sbom);
	if (sbom || !parts->about)
		return put_index(parts->dir, manifests, parts->ref, digest, size);
	json_decref(manifests);
	return false;
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

bool put_top(const char *dir, json_t *descriptor)
{
	return put_fixed(dir, "index.json",
			 json_pack("{s:i, s:s, s:[o]}", "schemaVersion", 2, "mediaType",
				   MEDIA_INDEX, "manifests", descriptor)) &&
	       put_fixed(dir, "oci-layout", json_pack("{s:s}", "imageLayoutVersion", "1.0.0"));
}

bool put_index(const char *dir, json_t *manifests, const char *ref, char digest[DIGEST_SIZE],
	       uint64_t *size)
{
	json_t *notes = common_notes(dir, manifests);
	json_t *index =
		put_json(dir,
			 json_pack("{s:i, s:s, s:o, s:o*}", "schemaVersion", 2, "mediaType",
				   MEDIA_INDEX, "manifests", manifests, "annotations", notes),
			 MEDIA_INDEX);

	if (!index)
		return false;
	*size += blob_size(index);
	strcpy(digest, json_member(index, "digest"));
	json_object_set_new(index, "annotations",
			    json_pack("{s:s, s:s}", NOTE_REF, ref, NOTE_NAME, ref));
	return put_top(dir, index);
}

bool sync_layout(const char *dir)
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
