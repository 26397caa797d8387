/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kimage - kernel images as OCI layouts: written, verified, taken apart.
 *
 * cmd_NAME.c is the subcommand NAME. Their common parts:
 *
 *   util.c     files
 *   gzip.c     compress with threads, decompress within bounds
 *   tar.c      ustar headers, and tar read as a stream
 *   layout.c   blobs by digest, JSON, references, platforms
 *   select.c   the images of a layout, and what lies beside them
 *   take.c     the files of an image
 *   signature.c  signatures of modules
 *   kernel.c   what kernels, modules and configs look like from outside
 *   rules.c    the rules, and the findings against them
 *   contract.c the files of an image against the contract
 *   about.c    kernel.json
 *   sbom.c     the SBOM that follows from it, and checks of any
 *   attest.c   attestations: an SBOM beside its image
 *   shapes.c   the shapes in which others take a kernel
 *   unpack.c   kernel.tar as files
 *   facts.c    what an image has, as JSON
 *   notes.c    annotations and labels
 *   modules.c  the modules of a directory, as kernel.tar
 *   stage.c    a directory that appears whole or not at all
 *   write.c    the JSON of a layout, and its verified way to its place
 *
 * Input is never trusted: sizes are bounded, names checked, digests compared.
 * A function that can fail returns the fault, to be put after "NAME ", or NULL if
 * nothing is; the text is constant or the C library's.
 */
#ifndef KIMAGE_H
#define KIMAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "archs.h"
#include "buffer.h"
#include "clean.h"
#include "file.h"
#include "mem.h"
#include "msg.h"
#include "options.h"

#define MEDIA_INDEX "application/vnd.oci.image.index.v1+json"
#define MEDIA_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_CONFIG "application/vnd.oci.image.config.v1+json"
#define MEDIA_LAYER "application/vnd.oci.image.layer.v1.tar+gzip"
#define MEDIA_DOCKER_INDEX "application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define MEDIA_EMPTY "application/vnd.oci.empty.v1+json"
#define NOTE_REF "org.opencontainers.image.ref.name"
#define NOTE_NAME "io.containerd.image.name"
#define NOTE_OCI "org.opencontainers.image."
#define NOTE_KERNEL "dev.keelson.kernel."

#define DIGEST_SIZE 72 /* "sha256:", 64 hex digits, NUL */
#define MAX_JSON (4u << 20) /* a manifest, a config, kernel.json */
#define MAX_FILE (256u << 20) /* a kernel, a module, a config */
#define MAX_UCODE (32u << 20) /* microcode of all processors of a maker is 15 MiB */
#define MAX_LAYER (1u << 30) /* a layer, packed or not */
#define MAX_LAYERS 127 /* that is what overlayfs and container engines take */
#define MAX_UNPACKED ((uint64_t)16 << 30) /* all layers that one command unpacks */
#define MAX_NAME 256 /* what ustar has room for, and NUL */
#define MAX_TAR_NAME 4096 /* with extensions */

/* ---- util.c -------------------------------------------------------------------- */
/* Memory that belongs to the caller. */
struct bytes {
	const unsigned char *data;
	size_t size;
	bool mapped; /* from a file: its pages can be given back, and read again */
};

struct bytes buffer_bytes(const struct buffer *b);

/* Map a regular file, no symbolic link, of at most LIMIT bytes. */
const char *map_file(const char *path, size_t limit, struct bytes *b);
void unmap(struct bytes *b);
/* Where a stream goes. False: no more, and the caller gives up. */
typedef bool (*sink)(void *ctx, const void *data, size_t size);

/* Feed B in pieces, and give its pages back if it is mapped. */
bool feed_bytes(const struct bytes *b, sink out, void *ctx);
/* Write a new file, to the disk. */
const char *write_file(const char *path, const void *data, size_t size);
const char *rename_file(const char *from, const char *to);
const char *sync_dir(const char *path);
void remove_tree(const char *path);

/* ---- gzip.c -------------------------------------------------------------------- */
/*
 * Compress a stream in chunks of fixed size, each a separate gzip member (RFC 1952,
 * 2.2), so that the bytes don't depend on the number of threads.
 */
struct gzip;
extern const char gzip_recipe[]; /* "libdeflate VERSION chunk SIZE" */
struct gzip *gzip_open(FILE *out, unsigned threads, int level);
bool gzip_write(void *gzip, const void *data, size_t size); /* a sink */
/* Finish; gives digests of both sides, and the packed size. */
const char *gzip_close(struct gzip *z, char plain[DIGEST_SIZE], char packed[DIGEST_SIZE],
		       uint64_t *packed_size);
/*
 * Unpack all members of B, checksums and lengths compared; a bomb is refused. Data comes in
 * pieces of at most a few MiB. The pages of B that were read are given back.
 */
const char *gunzip(const struct bytes *b, sink out, void *ctx);

/* ---- tar.c --------------------------------------------------------------------- */
enum { TAR_BLOCK = 512 };

struct tar_entry {
	char name[MAX_TAR_NAME];
	char raw[MAX_NAME + 1]; /* the name in the header itself */
	char type; /* '0' file, '1' hard link, '2' symbolic link, '5' directory... */
	unsigned mode;
	uint64_t uid, gid, size, mtime;
};

/*
 * Reads tar header by header. Libraries hide what matters here: a global header, a
 * leading "./", the order, a hard link, which of several extended headers counts. Put all
 * but CTX and the functions to zero.
 */
struct tar {
	unsigned char block[TAR_BLOCK];
	size_t have; /* bytes of the block */
	uint64_t left, padding; /* of the entry's data */
	unsigned zeros; /* blocks of zeros, which end it */
	struct tar_entry entry;
	struct buffer extension;
	char name[MAX_TAR_NAME], link[MAX_TAR_NAME]; /* from extended headers, for the next entry */
	uint64_t size;
	bool has_name, has_link, has_size, in_entry;
	unsigned pending; /* kinds of extended headers that await their entry */
	size_t entries;
	const char *wrong;
	const char *odd; /* the first thing that readers take differently, or NULL */

	void *ctx;
	/* An extended header (ODD is NULL), or what readers take differently. May be NULL. */
	void (*on_header)(void *ctx, const struct tar_entry *e, const char *odd);
	/* A new entry; its data; its end. */
	void (*on_entry)(void *ctx, struct tar_entry *e);
	void (*on_data)(void *ctx, const void *data, size_t size);
	void (*on_end)(void *ctx);
};

bool tar_feed(void *tar, const void *data, size_t size); /* a sink */
/* The stream is over: NULL if it was a whole tar. Frees what T holds. */
const char *tar_finish(struct tar *t);

/*
 * Unpack a gzip layer into T, which may find it wrong: that is for tar_finish() to say.
 * DIFF_ID is the digest of what was unpacked; BUDGET, in bytes, shrinks by its size.
 */
const char *layer_read(const struct bytes *packed, struct tar *t, char diff_id[DIGEST_SIZE],
		       uint64_t *budget);
bool is_zstd(const struct bytes *b);

/* A ustar header, canonical but for the arguments; NAME ends in '/' for directories. */
const char *tar_header(unsigned char block[TAR_BLOCK], const char *name, uint64_t size,
		       uint64_t mtime, bool runs);
/* What follows SIZE bytes of data. */
size_t tar_padding(uint64_t size);

/* ---- layout.c ------------------------------------------------------------------ */
struct sha;
struct sha *sha_open(void);
void sha_add(struct sha *s, const void *data, size_t size);
void sha_close(struct sha *s, char digest[DIGEST_SIZE]); /* frees S */
void sha_of(const void *data, size_t size, char digest[DIGEST_SIZE]);

/* Hash B, and give its pages back if it is mapped. */
void sha_of_bytes(const struct bytes *b, char digest[DIGEST_SIZE]);

bool is_hex64(const char *s);
bool is_digest(const char *s);
/* Is this a well-formed digest, but of another algorithm than SHA-256? */
bool is_other_digest(const char *s);
/* The path of a blob, to free. DIGEST must be one. */
char *blob_path(const char *layout, const char *digest);
/* Map the blob of a descriptor, whose size and digest must be right. Unmap it. */
const char *load_blob(const char *layout, const json_t *descriptor, size_t limit, struct bytes *b);
/* The code of a blob that cannot be loaded: "unsupported-digest" or "blob". */
const char *blob_code(const json_t *descriptor);
/* A JSON object without duplicate names, of bounded size; or NULL, and *WHY is to be freed. */
json_t *json_parse(const struct bytes *b, char **why);
/* The blob of a descriptor as JSON; as above, but *WHY ends with a code in brackets. */
json_t *load_json(const char *layout, const json_t *descriptor, char **why);
/* Sorted, compact JSON, to free. */
char *json_text(const json_t *json);
/* A string member of a JSON object, or "". */
const char *json_member(const json_t *object, const char *name);

/*
 * Is this HOST[:PORT]/PATH:TAG as registries take it, and as no client expands any further?
 * NULL, or why not.
 */
const char *ref_wrong(const char *ref);

struct platform {
	const char *name; /* as in --platform */
	const char *oci, *variant;
	const char *arch; /* as people say */
	uint16_t machine; /* e_machine of its modules */
	/* The kernel file's format, and what marks it, at an offset. */
	const char *format;
	size_t mark_at;
	const char *mark;
	const char *other, *other_mark; /* another, and its first bytes; "" without one */
};

extern const struct platform platforms[N_PLATFORMS];
/* The known platform NAME, or NULL. */
const struct platform *platform_find(const char *name);
/*
 * The members os, architecture and variant as OS/ARCHITECTURE[/VARIANT], to free; "" if JSON
 * is not an object. A variant that is the default is written as `platforms` has it.
 */
char *platform_text(const json_t *json);
/* The platform of a descriptor, likewise. */
char *platform_name(const json_t *descriptor);
bool is_attestation(const json_t *descriptor);

/* ---- select.c ------------------------------------------------------------------ */
bool is_index(const json_t *descriptor);
/*
 * Descriptors of the images that index.json names, each digest once, as an array. NAME, if
 * it is not NULL, must be one of the two names of each. A manifest that is not an image, such as a
 * signature, goes to SKIPPED, an array, if that is not NULL.
 */
json_t *layout_images(const char *layout, const json_t *index_json, const char *name,
		      json_t *skipped);
/* Is it a signature or another artifact that belongs to an image? */
bool is_artifact(const char *layout, const json_t *descriptor);
/* The platform of a manifest, from its descriptor or else its config, to free; or "". */
char *platform_of(const char *layout, const json_t *descriptor);
/* Does a document say to be both an index and a manifest? */
bool is_two_faced(const json_t *document);
/* index.json of LAYOUT; complains and returns NULL. */
json_t *load_top(const char *layout, int *status);
/*
 * The descriptor of the one image in INDEX_JSON that has NAME, or the only one if NAME is
 * NULL, as a new reference; complains and returns NULL.
 */
json_t *layout_image(const char *layout, const json_t *index_json, const char *name);

/* ---- take.c -------------------------------------------------------------------- */
/* A file that is wanted of an image. */
struct want {
	const char *name;
	char *path, *tmp; /* where it goes, and until it is whole */
	struct buffer *keep; /* or else it goes here */
	bool optional; /* the image may lack it */
	enum { ABSENT, TAKEN, NO_FILE } state;
	size_t layer; /* which has it, from 1 */
};

struct taken_file {
	char *name; /* NULL: an upper layer hides it */
	uint64_t size;
	char digest[DIGEST_SIZE];
	size_t layer;
	bool link; /* or another entry without content */
};

/* Zero all but the first lines; take_free() frees the rest. */
struct take {
	const char *layout, *name, *platform; /* NAME and PLATFORM may be NULL */
	struct want *want;
	size_t n;
	uint64_t budget; /* bytes that layers may unpack to yet */
	json_t *listed; /* an object has all files listed below: name -> index */

	/* What was found. */
	json_t *image, *manifest; /* descriptors: what index.json has, and the platform's */
	json_t *notes; /* annotations of the manifest, or NULL */
	struct taken_file *file;
	size_t n_files, files_room, names_size;

	/* The layer that is being read. */
	size_t layer; /* from 1 */
	struct want *now;
	FILE *out;
	struct sha *hashed;
	size_t whiteouts;
	const char *writing; /* the path of the last file */
	const char *wrong; /* with it */
	const char *odd; /* of the layer */
};

/* Read the wanted files of the one image: DONE, or the exit status; complains. */
int take_image(struct take *x);
/* Descriptors of all manifests that fit, as an array; or NULL, and *STATUS; complains. */
json_t *take_manifests(struct take *x, int *status);
/* take_image() for one of these. */
int take_manifest(struct take *x, const json_t *descriptor);
void take_free(struct take *x);

/* ---- kernel.c ------------------------------------------------------------------ */
/*
 * A kernel file as a stream, of which little is kept. Open, feed, end; then ask; free.
 */
struct kernel;
struct kernel *kernel_open(void);
bool kernel_feed(void *kernel, const void *data, size_t size); /* a sink */
/* It is whole; its digest. */
const char *kernel_end(struct kernel *k);
void kernel_free(struct kernel *k); /* K may be NULL */
/* Is it what FORMAT (bzImage, vmlinux, Image, Image.gz) says, and is that P's? */
const char *kernel_wrong(const struct kernel *k, const struct platform *p, const char *format);
/* The format that a kernel of P must have. */
const char *kernel_format(const struct kernel *k, const struct platform *p);
/* The release in the header of a bzImage, or in the banner, of an Image.gz too; or NULL. */
const char *kernel_release(const struct kernel *k);
/* Is NAME one of a device tree beside the kernel, and is B such a thing? */
bool is_dtb(const char *name);
const char *dtb_wrong(const struct bytes *b);
/* Is B a cpio with microcode for x86, as the kernel looks for it before an initrd? */
const char *ucode_wrong(const struct bytes *b);
/* Is B a module for this machine, or for any if that is EM_NONE? */
const char *module_wrong(const struct bytes *b, uint16_t machine);
/* The value of KEY in a module's .modinfo, or NULL. */
const char *module_info(const struct bytes *b, const char *key);
/* The size of a module without its signature; its whole size if it has none. */
size_t module_unsigned_size(const struct bytes *b);
/* Is this the name of a module? PACKED: even of a compressed one. */
bool is_module(const char *name, bool packed);
/* Does an option of a .config, without CONFIG_, have this value? */
bool config_is(const struct bytes *config, const char *option, const char *value);
/* The text of a string option, to free; "" if it isn't set. */
char *config_string(const struct bytes *config, const char *option);

/* ---- signature.c ---------------------------------------------------------------- */
enum { MODULE_INFO_SIZE = 12, MODULE_TRAILER_SIZE = 28 }; /* what follows a signature */

struct signer; /* a certificate */
/* Read a certificate in PEM, to free; complains and returns NULL. */
struct signer *signer_read(const char *path);
void signer_free(struct signer *s);
/* Is MODULE signed by S? NULL, or why not. */
const char *signature_wrong(const struct bytes *module, const struct signer *s);

/* ---- about.c: kernel.json ------------------------------------------------------- */
/* Read the lines of --meta; complains and returns NULL. */
json_t *about_read(const char *path);
/* What kernel.json says of a module. */
json_t *about_module(const char *path, const struct bytes *module);
/* Is B a list of source files: clean paths, one a line, sorted? */
const char *sources_wrong(const struct bytes *b);
/* A member that kernel.json must have and has not, or NULL. */
const char *about_lacks(const json_t *about);

/* ---- sbom.c ---------------------------------------------------------------------- */
/* SPDX 2.3 of the image that kernel.json describes and whose manifest has DIGEST. */
json_t *sbom_make(const json_t *about, const char *digest, long long created);
/*
 * Is DOC a valid document of SPDX 2.2 or 2.3, and if it is kimage's and ABOUT is not NULL, of that
 * image? NULL, or why not, to be put after "the SBOM "; to free.
 */
char *sbom_wrong(const json_t *doc, const json_t *about);

/* ---- attest.c -------------------------------------------------------------------- */
/* Write the SBOM of MANIFEST, a descriptor, and give the attestation's; NULL after a message. */
json_t *put_sbom(const char *dir, const json_t *manifest, const json_t *about, const char *ref,
		 long long created, uint64_t *size);
/* What an attestation's descriptor says: the digest that it is about, and that it is one; or "". */
const char *attestation_of(const json_t *descriptor);
const char *attestation_type(const json_t *descriptor);
/* The kind of statement in an attestation's layer, a URI, or "". */
const char *attestation_predicate(const json_t *layer);
bool is_sbom(const json_t *layer);
/* Is B a statement with an SBOM of the manifest DIGEST? As sbom_wrong(). */
char *statement_wrong(const struct bytes *b, const char *digest, const json_t *about);
/* The statements about a manifest of an image: objects (predicate, digest, size). */
json_t *attestations(const char *layout, const json_t *image, const char *digest);

/* ---- facts.c --------------------------------------------------------------------- */
/*
 * What the image at PATH has, an object for each platform, as an array: files, layers,
 * annotations, "kernel" (kernel.json), cmdline and config. PATH may also be a directory with
 * files of an image. NULL, and *STATUS; complains.
 */
json_t *facts_read(const char *path, const char *name, const char *platform, int *status);

/* ---- notes.c: annotations ------------------------------------------------------- */
/* SECONDS since 1970 as OCI writes them, to free. */
char *time_text(long long seconds);
/* The annotations of the image that kernel.json describes. */
json_t *image_notes(const json_t *about, long long created);
/* Those that all images of an index have alike, or NULL; DIR has their blobs. */
json_t *common_notes(const char *dir, const json_t *manifests);
/* The annotation that differs from kernel.json, or NULL. An image may lack any. */
const char *notes_wrong(const json_t *notes, const json_t *about);

/* ---- modules.c: modules to pack ------------------------------------------------ */
struct tree {
	const char *root;
	const struct signer *signer; /* of each module, or NULL */
	bool programs; /* files that their owner may execute stay so; set it after the scan */
	struct node {
		char *name; /* below ROOT; directories end in '/' */
		uint64_t size;
		bool runs;
	} * node;
	size_t n, room, modules;
};

/* The files and directories of DIR, sorted; complains. */
bool tree_scan(struct tree *t, const char *dir);
/* The size of the tar that tree_write() writes. */
uint64_t tree_tar_size(const struct tree *t);
/* Write them as a tar; each module gets an entry in MODULES, an array or NULL. Complains. */
bool tree_write(const struct tree *t, long long mtime, sink out, void *ctx, json_t *modules);
void tree_free(struct tree *t);
/* One file of a tar: header, data and padding; complains. */
bool tar_put(const char *name, const struct bytes *b, long long mtime, sink out, void *ctx);
bool tar_end(sink out, void *ctx);

/* ---- stage.c: directories that appear at once ------------------------------------- */
struct stage {
	char *final, *tmp; /* its place, and the directory that is filled meanwhile */
	int lock;
};

/*
 * Make TMP beside FINAL, and remove what killed runs left there. FINAL may be there as
 * an OCI layout or an empty directory. Complains.
 */
bool stage_open(struct stage *s, const char *final);
/* Put TMP at its place in one step; complains. */
bool stage_publish(struct stage *s);
/* Remove the rest: TMP, or the old directory. */
void stage_close(struct stage *s);

/* ---- write.c: what makes a layout ------------------------------------------------- */
/* A gzip layer while it is written: feed Z. */
struct layer {
	char *path;
	FILE *out;
	struct gzip *z;
	int level;
};

/* Begin one in DIR, a layout to be; complains. */
bool layer_open(struct layer *l, const char *dir, unsigned threads, int level);
/* End it: its descriptor and diff_id, or NULL, also if what was written is not GOOD; complains. */
json_t *layer_close(struct layer *l, const char *dir, bool good, char diff_id[DIGEST_SIZE]);
/* The platform as descriptors and configs have it. */
json_t *platform_json(const struct platform *p);

/* All that an image is made of. LAYERS and DIFF_IDS are arrays, NOTES annotations. */
struct parts {
	const char *dir, *ref, *by; /* the layout, the image's name, the command */
	const struct platform *platform;
	long long created;
	json_t *layers, *diff_ids, *notes;
	const json_t *about; /* kernel.json, for an SBOM; or NULL */
};

/* Write config, manifest, index and the rest, as put_index() does; takes the JSON over. */
bool put_image(const struct parts *parts, char digest[DIGEST_SIZE], uint64_t *size);
/* Write a layout's fixed files, for an image or artifact; complains. */
bool put_top(const char *dir, json_t *descriptor);
/* Make the directories of the blobs in DIR; complains. */
bool start_blobs(const char *dir);
/* The size in a descriptor. */
uint64_t blob_size(const json_t *descriptor);
/* Write JSON as a blob; its descriptor, or NULL; complains. Takes JSON over; it may be NULL. */
json_t *put_json(const char *dir, json_t *json, const char *type);
/*
 * Write the index of MANIFESTS, which are taken over, index.json and oci-layout; complains.
 * DIGEST is the image's, SIZE grows by the index's.
 */
bool put_index(const char *dir, json_t *manifests, const char *ref, char digest[DIGEST_SIZE],
	       uint64_t *size);
/* Flush a layout to the disk; complains. */
bool sync_layout(const char *dir);
/* Put a stage at its place if it keeps the contract: DONE, or why not, which is said. */
int publish(struct stage *s);

/* ---- unpack.c ---------------------------------------------------------------------- */
/* Make the directories of a path; the fault, or NULL. */
const char *make_parents(const char *path);
/*
 * Write the files of a kernel.tar below TO, and count them; the fault, or NULL. Only files and
 * directories below lib/ are taken.
 */
const char *unpack_modules(const char *tar, const char *to, size_t *files);

/* ---- cmd_wrap.c -------------------------------------------------------------------- */
/* An image of one layer, which has the files below ROOT. */
struct wrap {
	const char *root, *dir, *ref, *by; /* DIR is the layout to be */
	const struct platform *platform;
	long long created;
	unsigned threads;
	json_t *notes;
};

/* Write it, as put_image() does. */
bool wrap_tree(const struct wrap *w, char digest[DIGEST_SIZE], uint64_t *size);

/* ---- rules.c: rules and findings ------------------------------------------------ */
enum rule {
	R_LAYOUT,
	R_JSON,
	R_BLOB,
	R_DIGEST,
	R_TOP,
	R_AMBIGUOUS,
	R_REF,
	R_PLATFORM,
	R_MANIFEST,
	R_CONFIG,
	R_ATTESTATION,
	R_SBOM,
	R_LAYER,
	R_ZSTD,
	R_DIFF_ID,
	R_TAR,
	R_HEADER,
	R_LAYER_LINK,
	R_NAME,
	R_TWICE,
	R_FILES,
	R_KERNEL,
	R_DTB,
	R_UCODE,
	R_SOURCES,
	R_RELEASE,
	R_KERNEL_TAR,
	R_PAX,
	R_PATH,
	R_LINK,
	R_CANONICAL,
	R_DEPMOD,
	R_NO_MODULES,
	R_SIGNATURE,
	R_VERMAGIC,
	R_MODULE,
	R_ABOUT,
	R_NOTES,
	N_RULES
};

struct report {
	json_t *findings; /* objects: where, rule, what, remedy */
	json_t *notes; /* what breaks no rule: objects: where, code, what */
	char *scope; /* the image that is looked at, if there are several */
	const struct signer *signer; /* of each signed module, or NULL */
};

/* Rule R is broken at WHERE. */
void add_finding(struct report *r, enum rule rule, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Report what breaks no rule. */
void note(struct report *r, const char *code, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
struct report report_new(void);
void report_free(struct report *r);
/* One line for each finding and note, on stderr. */
void report_print(const struct report *r);
void report_rules(FILE *out);

/* ---- contract.c ----------------------------------------------------------------- */
/* The files of one image, filled layer by layer, then judged. */
struct image;
/* P is NULL if the platform is unknown. */
struct image *image_open(struct report *r, const struct platform *p);
/*
 * One layer; WHERE is its digest. False, with a finding, if it could not be read to its
 * end; DIFF_ID is empty if it could not even be unpacked. BUDGET as for layer_read().
 */
bool image_layer(struct image *im, const char *where, const struct bytes *packed,
		 char diff_id[DIGEST_SIZE], uint64_t *budget);
/* Its kernel.json after that, or NULL; borrowed. */
json_t *image_about(const struct image *im);
/* Judge the whole; NOTES are the annotations of its manifest, LABELS its config's; or NULL. */
void image_judge(struct image *im, const json_t *notes, const json_t *labels);
void image_close(struct image *im);

/* ---- cmd_verify.c ---------------------------------------------------------------- */
/* Check a layout, or its image NAME; false, and reported, if it cannot be read. */
bool verify_layout(const char *dir, const char *name, struct report *r);

int cmd_pack(int argc, char **argv);
int cmd_join(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_name(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_wrap(int argc, char **argv);
int cmd_provenance(int argc, char **argv);
int cmd_signature(int argc, char **argv);

#endif
