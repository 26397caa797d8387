// SPDX-License-Identifier: GPL-2.0-only
/* kimage pack: kernel, modules and the facts about them, as an OCI layout. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kimage.h"

static const struct command command = {
	.synopsis = "kimage pack [options]",
	.about =
		"Writes an OCI layout that holds one kernel image, verifies it, and only then puts\n"
		"it at its place. The same input gives the same bytes, with any number of threads.\n",
	.status = "0 written, 1 the result would break the image contract, 2 could not run",
};

/* The files of the image, in their order. kernel.json follows the files that it describes. */
enum { SYSTEM_MAP, CMDLINE, CONFIG, KERNEL, SOURCES, N_FILES };
static const struct {
	const char *name;
	bool hashed, optional;
} files[N_FILES] = {
	{ "System.map", false, false },	 { "cmdline", false, false }, { "config", true, false },
	{ "kernel", true, false }, { "sources", true, true },
};

enum { MAX_DTBS = 64 };

struct packing {
	const char *layout, *ref, *format, *modules, *meta, *cert, *ucode;
	struct signer *signer; /* CERT's, or NULL */
	const struct platform *platform;
	const char *path[N_FILES];
	const char *dtb[MAX_DTBS];
	size_t n_dtbs;
	long long created, threads, level;
	json_t *about; /* kernel.json */
	struct tree tree;
	struct stage stage;
	/* The outcome. */
	uint64_t size, kernel_size, tar_size;
	char digest[DIGEST_SIZE];
};

/* ---- the layer ------------------------------------------------------------------------ */

static const char *inspect_kernel(const struct packing *p, const struct bytes *b)
{
	struct kernel *k = kernel_open();
	const char *wrong;

	kernel_feed(k, b->data, b->size);
	kernel_end(k);
	wrong = kernel_wrong(k, p->platform, p->format);
	kernel_free(k);
	return wrong;
}

/* Kernel and config go into kernel.json, and are checked before anything is written. */
static bool inspect(struct packing *p, int i, const struct bytes *b)
{
	char digest[DIGEST_SIZE], *member;
	const char *wrong = NULL;

	if (i == KERNEL)
		wrong = inspect_kernel(p, b);
	else if (i == SOURCES)
		wrong = sources_wrong(b);
	else if (i == CONFIG && !p->tree.modules && !config_is(b, "MODULES", "n"))
		wrong = "does not say '# CONFIG_MODULES is not set', but no module exists";
	if (wrong) {
		complain(p->path[i], 0, "%s [%s]", wrong,
			 i == KERNEL  ? "kernel" :
			 i == SOURCES ? "sources" :
					"no-modules");
		return false;
	}
	if (i == KERNEL)
		p->kernel_size = b->size;
	if (files[i].hashed) {
		sha_of(b->data, b->size, digest);
		member = mem_printf("%s_sha256", files[i].name);
		json_object_set_new(p->about, member, json_string(digest + 7));
		free(member);
	}
	return true;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool put_dtbs(struct packing *p, struct gzip *z)
{
	json_t *trees = json_object();
	struct buffer b = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < p->n_dtbs; i++) {
		const char *name = base_name(p->dtb[i]),
			   *wrong = file_read(p->dtb[i], MAX_JSON, &b);
		struct bytes bytes = buffer_bytes(&b);
		char digest[DIGEST_SIZE];

		if (!wrong)
			wrong = !is_dtb(name)		    ? "is not named .dtb" :
				json_object_get(trees, name) ? "has the name of another" :
							      dtb_wrong(&bytes);
		if (wrong)
			complain(p->dtb[i], 0, "%s [device-tree]", wrong);
		ok = !wrong && tar_put(name, &bytes, p->created, gzip_write, z);
		if (!ok)
			break;
		sha_of(bytes.data, bytes.size, digest);
		json_object_set_new(trees, name, json_string(digest + 7));
	}
	buffer_free(&b);
	if (p->n_dtbs)
		json_object_set(p->about, "device_trees", trees);
	json_decref(trees);
	return ok;
}

static bool put_ucode(struct packing *p, struct gzip *z)
{
	struct buffer b = { 0 };
	const char *wrong = file_read(p->ucode, MAX_UCODE, &b);
	struct bytes bytes = buffer_bytes(&b);
	char digest[DIGEST_SIZE];
	bool ok;

	if (!wrong)
		wrong = strcmp(p->platform->arch, "x86_64") ? "is for x86_64 only" :
							      ucode_wrong(&bytes);
	if (wrong)
		complain(p->ucode, 0, "%s [microcode]", wrong);
	ok = !wrong && tar_put("ucode.cpio", &bytes, p->created, gzip_write, z);
	if (ok) {
		sha_of(bytes.data, bytes.size, digest);
		json_object_set_new(p->about, "ucode_sha256", json_string(digest + 7));
	}
	buffer_free(&b);
	return ok;
}

static bool put_files(struct packing *p, struct gzip *z)
{
	struct buffer b = { 0 };
	bool ok = true;

	for (int i = 0; ok && i < N_FILES; i++) {
		const char *wrong;
		struct bytes bytes;

		if (!p->path[i])
			continue;
		wrong = file_read(p->path[i], MAX_FILE, &b);
		bytes = buffer_bytes(&b);
		if (wrong)
			complain(p->path[i], 0, "%s [input]", wrong);
		ok = !wrong && inspect(p, i, &bytes) &&
		     tar_put(files[i].name, &bytes, p->created, gzip_write, z);
	}
	buffer_free(&b);
	return ok;
}

/* kernel.tar isn't made first: its size is known, and its entries pass as they are read. */
static bool put_kernel_tar(struct packing *p, struct gzip *z)
{
	static const unsigned char zeros[TAR_BLOCK];
	json_t *modules = json_object_get(p->about, "modules");
	unsigned char header[TAR_BLOCK];
	const char *wrong;

	p->tar_size = tree_tar_size(&p->tree);
	wrong = tar_header(header, "kernel.tar", p->tar_size, (uint64_t)p->created,
			   false);
	if (wrong) {
		complain("kernel.tar", 0, "%s [ustar]", wrong);
		return false;
	}
	return gzip_write(z, header, sizeof(header)) &&
	       tree_write(&p->tree, p->created, gzip_write, z, modules) &&
	       gzip_write(z, zeros, tar_padding(p->tar_size));
}

static bool put_about(struct packing *p, struct gzip *z)
{
	char *text = json_text(p->about);
	struct bytes bytes = { (const unsigned char *)text, strlen(text), false };
	bool ok = tar_put("kernel.json", &bytes, p->created, gzip_write, z);

	free(text);
	return ok;
}

/* The layer as a blob; its descriptor and its diff_id, or NULL. */
static json_t *write_layer(struct packing *p, char diff_id[DIGEST_SIZE])
{
	struct layer l;
	bool good;

	if (!layer_open(&l, p->stage.tmp, (unsigned)p->threads, (int)p->level))
		return NULL;
	good = put_dtbs(p, l.z) && (!p->ucode || put_ucode(p, l.z)) && put_files(p, l.z) &&
	       put_kernel_tar(p, l.z) && put_about(p, l.z) && tar_end(gzip_write, l.z);
	return layer_close(&l, p->stage.tmp, good, diff_id);
}

static bool write_blobs(struct packing *p)
{
	struct parts parts = { .dir = p->stage.tmp, .ref = p->ref, .by = "kimage pack",
			       .platform = p->platform, .created = p->created };
	char diff_id[DIGEST_SIZE];
	json_t *layer = write_layer(p, diff_id);

	if (!layer)
		return false;
	p->size += blob_size(layer);
	parts.layers = json_pack("[o]", layer);
	parts.diff_ids = json_pack("[s]", diff_id);
	parts.about = p->about;
	parts.notes = image_notes(p->about, p->created);
	return put_image(&parts, p->digest, &p->size);
}

static int pack(struct packing *p)
{
	int status = CANNOT_RUN;

	p->about = about_read(p->meta);
	if (p->cert && !(p->signer = signer_read(p->cert)))
		goto out;
	if (p->about && tree_scan(&p->tree, p->modules) && stage_open(&p->stage, p->layout)) {
		p->tree.signer = p->signer;
		if (start_blobs(p->stage.tmp) && write_blobs(p))
			status = publish(&p->stage);
		stage_close(&p->stage);
	}
	if (status == DONE)
		printf("%s digest %s size %llu (kernel %llu, kernel.tar %llu)\n", p->layout,
		       p->digest, (unsigned long long)p->size, (unsigned long long)p->kernel_size,
		       (unsigned long long)p->tar_size);
out:
	tree_free(&p->tree);
	signer_free(p->signer);
	json_decref(p->about);
	return status;
}

/* ---- the command ------------------------------------------------------------------------ */

static bool set_file(void *packing, const char *arg)
{
	struct packing *p = packing;
	const char *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : 0;

	for (int i = 0; i < N_FILES; i++) {
		if (strlen(files[i].name) != len || memcmp(files[i].name, arg, len))
			continue;
		if (p->path[i]) {
			complain(files[i].name, 0, "is given twice [option]");
			return false;
		}
		p->path[i] = equals + 1;
		return true;
	}
	complain(arg, 0,
		 "is not a valid --file [option]: expected NAME=PATH, NAME one of kernel, config, "
		 "System.map, cmdline and sources");
	return false;
}

static bool set_platform(void *packing, const char *name)
{
	struct packing *p = packing;

	p->platform = platform_find(name);
	if (!p->platform)
		complain(name, 0,
			 "is not a known platform [platform]: expected one of" PLATFORM_NAMES);
	return p->platform;
}

static bool add_dtb(void *packing, const char *path)
{
	struct packing *p = packing;

	if (p->n_dtbs == MAX_DTBS) {
		complain(path, 0, "is one --dtb too many [option]; %d are the limit", MAX_DTBS);
		return false;
	}
	p->dtb[p->n_dtbs++] = path;
	return true;
}

static bool complete(const struct packing *p)
{
	for (int i = 0; i < N_FILES; i++) {
		if (p->path[i] || files[i].optional)
			continue;
		complain(files[i].name, 0, "is missing [option]; give --file %s=PATH",
			 files[i].name);
		return false;
	}
	if (!p->platform || p->created < 0)
		complain(p->platform ? "--created" : "--platform", 0,
			 "is missing [option]; run kimage pack --help");
	else if (ref_wrong(p->ref))
		complain(p->ref, 0, "%s [ref-name]", ref_wrong(p->ref));
	else
		return true;
	return false;
}

int cmd_pack(int argc, char **argv)
{
	struct packing p = { .threads = 1, .level = 6, .created = -1 };
	const struct opt opts[] = {
		OPT_NEED("layout", "DIR", &p.layout, "the layout; an old one is replaced"),
		OPT_NEED("ref", "NAME", &p.ref, "its name in full: docker.io/ORG/NAME:TAG"),
		OPT_CALL("platform", "P", set_platform, &p, "one of" PLATFORM_NAMES),
		OPT_NEED("format", "F", &p.format,
			 "of the kernel: bzImage, vmlinux, Image or Image.gz"),
		OPT_NUMBER("created", "SECONDS", &p.created, 0, (1ll << 33) - 1,
			   "every time in the image, since 1970"),
		OPT_CALL("file", "NAME=PATH", set_file, &p,
			 "each of kernel, config, System.map and cmdline; and sources, the list\n"
			 "of ksize sources"),
		OPT_CALL("dtb", "PATH", add_dtb, &p,
			 "a device tree, beside the kernel; may be repeated"),
		OPT_TEXT("ucode", "PATH", &p.ucode,
			 "microcode for the processor, a cpio; it becomes ucode.cpio"),
		OPT_NEED("modules", "DIR", &p.modules, "the directory with lib/modules/RELEASE"),
		OPT_TEXT("signer", "CERT", &p.cert,
			 "a certificate in PEM, of which each module must have a signature"),
		OPT_NEED("meta", "FILE", &p.meta,
			 "facts for kernel.json: lines of a key and a value"),
		OPT_NUMBER("j", "N", &p.threads, 1, 256, "threads that compress (default: 1)"),
		OPT_NUMBER("level", "N", &p.level, 1, 12,
			   "libdeflate's level, 1 to 12 (default: 6)"),
		OPT_END,
	};
	int status = options_read(&argc, &argv, &command, opts);

	if (status != GO_ON)
		return status;
	if (!complete(&p))
		return CANNOT_RUN;
	umask(022);
	/* A file that got too large is an error to report, not a reason to die. */
	signal(SIGXFSZ, SIG_IGN);
	return pack(&p);
}
