// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of an image against the contract. Layers come as streams, and kernel.tar is
 * a tar within them, so facts found on the way are noted and judged at the end: the
 * config, which says whether modules must be signed, may come after the modules.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

enum { KERNEL, KERNEL_TAR, CONFIG, ABOUT, SYSTEM_MAP, CMDLINE, UCODE, SOURCES, N_FILES };

/* Bounds of memory. x86_64's allmodconfig has 12,000 modules. */
enum {
	MAX_MODULE_ENTRIES = 40000, /* of kernel.tar */
	MAX_MODULE = 64 << 20, /* bytes of one */
	MAX_DEP = 8 << 20, /* bytes of modules.dep */
	MAX_NAMES = 16 << 20, /* bytes of names in a layer */
};

static const struct {
	const char *name;
	size_t keep; /* bytes to keep at the most */
	bool optional;
} wanted[N_FILES] = {
	[KERNEL] = { "kernel", 0 }, /* which is a struct kernel */
	[KERNEL_TAR] = { "kernel.tar", 0 },
	[CONFIG] = { "config", MAX_JSON },
	[ABOUT] = { "kernel.json", MAX_JSON + 1 }, /* so that one too large is seen */
	[SYSTEM_MAP] = { "System.map", 0 },
	[CMDLINE] = { "cmdline", 0 },
	[UCODE] = { "ucode.cpio", MAX_UCODE, .optional = true },
	[SOURCES] = { "sources", MAX_JSON, .optional = true },
};

struct file {
	bool there, regular;
	uint64_t size;
	size_t layer; /* which has it, from 1 */
	struct buffer content;
};

/* What kernel.tar holds. */
struct modules {
	struct tar tar;
	char previous[MAX_NAME];
	uint64_t mtime;
	char release[MAX_NAME];
	json_t *dirs; /* path -> true */
	json_t *indexes; /* name of a modules.* file -> true */
	json_t *facts; /* as in kernel.json */
	json_t *found; /* path below the release's directory -> fact */
	struct buffer dep; /* modules.dep */
	struct buffer module; /* the one that is being read */
	struct buffer *take; /* which of them the data goes to */
	char path[MAX_NAME]; /* of the module */
	size_t entries;
	bool broken; /* it could not be read to its end */
};

struct image {
	struct report *r;
	const struct platform *p;
	struct file file[N_FILES];
	struct kernel *kernel;
	char kernel_digest[DIGEST_SIZE];
	struct modules m;
	json_t *about; /* kernel.json, or NULL */
	json_t *dtbs; /* name -> SHA-256 of each device tree */
	json_t *dtb_layers; /* name -> which layer has it */
	/* The layer that is being read. */
	const char *where;
	size_t layer; /* which, from 1 */
	struct tar *layer_tar;
	json_t *names; /* of its entries */
	size_t names_size;
	json_t *links; /* paths of the symbolic links in this layer and those below */
	size_t links_size;
	int now; /* the file that the data belongs to, or -1 */
	char dtb[MAX_NAME]; /* the device tree that it belongs to, or "" */
	struct buffer dtb_content;
};

/* ---- kernel.tar, while it is read -------------------------------------------------- */

static const char TAR[] = "kernel.tar";

/* Names must be clean. A leading "./" is a finding, and is then ignored. */
static bool check_name(struct report *r, const char *where, char *name)
{
	const char *wrong = *name == '/' ? "is absolute" : !*name ? "is empty" : NULL;

	if (!strncmp(name, "./", 2) && name[2]) {
		add_finding(r, R_NAME, where, "the name '%.200s' begins with './'", name);
		memmove(name, name + 2, strlen(name + 2) + 1);
	}
	for (const char *c = name; c && !wrong; c = strchr(c, '/')) {
		size_t len = strcspn(c += *c == '/', "/");

		if (!len && (*c || c == name))
			wrong = "has '//' in it";
		else if ((len == 1 || len == 2) && !strncmp(c, "..", len))
			wrong = "has '.' or '..' in it";
	}
	if (wrong)
		add_finding(r, R_NAME, where, "the name '%.200s' %s", name, wrong);
	return !wrong;
}

static void check_metadata(struct report *r, struct modules *m, const struct tar_entry *e)
{
	unsigned mode = e->type == '5' ? 0755 : 0644;

	if (!m->previous[0])
		m->mtime = e->mtime;
	if ((e->type == '0' || e->type == '5') && e->mode != mode)
		add_finding(r, R_CANONICAL, TAR, "'%s' has mode %o, not %o", e->name, e->mode,
			    mode);
	if (e->uid || e->gid)
		add_finding(r, R_CANONICAL, TAR, "'%s' is owned by %llu:%llu, not 0:0", e->name,
			    (unsigned long long)e->uid, (unsigned long long)e->gid);
	if (e->mtime != m->mtime)
		add_finding(r, R_CANONICAL, TAR, "'%s' has time %llu, the first entry has %llu",
			    e->name, (unsigned long long)e->mtime, (unsigned long long)m->mtime);
	if (strcmp(m->previous, e->name) > 0)
		add_finding(r, R_CANONICAL, TAR, "'%s' is after '%s'", e->name, m->previous);
	else if (!strcmp(m->previous, e->name))
		add_finding(r, R_TWICE, TAR, "'%s' occurs twice", e->name);
}

/* The path below lib/modules/RELEASE/, or NULL for what isn't there. */
static const char *check_path(struct report *r, struct modules *m, const struct tar_entry *e)
{
	static const char top[] = "lib/modules/";
	const char *sub = e->name + sizeof(top) - 1, *parent_end = strrchr(e->name, '/');
	size_t len;

	if (parent_end) {
		char parent[MAX_NAME];

		snprintf(parent, sizeof(parent), "%.*s", (int)(parent_end - e->name), e->name);
		if (!json_object_get(m->dirs, parent))
			add_finding(r, R_PATH, TAR, "'%s' has no entry for its directory", e->name);
	}
	if (e->type == '5')
		json_object_set_new_nocheck(m->dirs, e->name, json_true());
	if (e->type == '5' && (!strcmp(e->name, "lib") || !strcmp(e->name, "lib/modules")))
		return NULL;
	if (strncmp(e->name, top, sizeof(top) - 1)) {
		add_finding(r, R_PATH, TAR, "'%s' is not below lib/modules/", e->name);
		return NULL;
	}
	len = strcspn(sub, "/");
	if (!m->release[0])
		snprintf(m->release, sizeof(m->release), "%.*s", (int)len, sub);
	if (strlen(m->release) != len || memcmp(sub, m->release, len)) {
		add_finding(r, R_PATH, TAR, "'%s' is of another release than %s", e->name,
			    m->release);
		return NULL;
	}
	return sub[len] ? sub + len + 1 : NULL;
}

/* Assemblers append the entries as they are: any header but a plain one is a breach. */
static void module_header(void *ctx, const struct tar_entry *e, const char *odd)
{
	struct image *im = ctx;

	if (odd)
		add_finding(im->r, R_PAX, TAR, "'%.200s': %s", e->name, odd);
	else
		add_finding(im->r, R_PAX, TAR, "'%.200s' is an extended header of type '%c'",
			    e->name, e->type);
}

static void module_entry(void *ctx, struct tar_entry *e)
{
	struct image *im = ctx;
	struct modules *m = &im->m;
	const char *sub;
	size_t len;

	m->take = NULL;
	if (++m->entries == MAX_MODULE_ENTRIES)
		add_finding(im->r, R_KERNEL_TAR, TAR, "has more than %d entries",
			    MAX_MODULE_ENTRIES);
	if (m->entries >= MAX_MODULE_ENTRIES || !check_name(im->r, TAR, e->name))
		return;
	len = strlen(e->name);
	if (e->name[len - 1] == '/')
		e->name[--len] = '\0';
	if (len >= MAX_NAME) {
		add_finding(im->r, R_PATH, TAR, "'%.200s...' is too long a name", e->name);
		return;
	}
	if (e->type != '0' && e->type != '5')
		add_finding(im->r, R_LINK, TAR, "'%s' is %s", e->name,
			    e->type == '1' ? "a hard link" :
			    e->type == '2' ? "a symbolic link" :
					     "neither a file nor a directory");
	check_metadata(im->r, m, e);
	memcpy(m->previous, e->name, len + 1);
	sub = check_path(im->r, m, e);
	if (!sub || e->type != '0')
		return;
	if (!strncmp(sub, "modules.", 8))
		json_object_set_new_nocheck(m->indexes, sub, json_true());
	if (!strcmp(sub, "modules.dep") && e->size > MAX_DEP)
		add_finding(im->r, R_DEPMOD, TAR, "modules.dep is larger than %d bytes", MAX_DEP);
	else if (!strcmp(sub, "modules.dep"))
		m->take = &m->dep;
	if (is_module(sub, false) && e->size <= MAX_MODULE) {
		m->take = &m->module;
		m->module.size = 0;
		memcpy(m->path, e->name, len + 1);
	} else if (is_module(sub, true)) {
		add_finding(im->r, R_MODULE, e->name, "is compressed, or larger than any module");
	}
}

static void module_data(void *ctx, const void *data, size_t size)
{
	struct image *im = ctx;

	if (im->m.take)
		buffer_add(im->m.take, data, size);
}

static void module_end(void *ctx)
{
	struct image *im = ctx;
	struct modules *m = &im->m;
	struct bytes b = buffer_bytes(&m->module);
	size_t len = strlen(m->release);
	const char *wrong, *vermagic;
	json_t *fact;

	if (m->take != &m->module)
		return;
	m->take = NULL;
	wrong = module_wrong(&b, im->p ? im->p->machine : EM_NONE);
	vermagic = wrong ? NULL : module_info(&b, "vermagic");
	if (wrong)
		add_finding(im->r, R_MODULE, m->path, "%s", wrong);
	else if (!vermagic || strncmp(vermagic, m->release, len) || vermagic[len] != ' ')
		add_finding(im->r, R_VERMAGIC, m->path, "has the vermagic '%.60s', not one of %s",
			    vermagic ? vermagic : "", m->release);
	if (!wrong && im->r->signer && module_unsigned_size(&b) < b.size) {
		wrong = signature_wrong(&b, im->r->signer);
		if (wrong)
			add_finding(im->r, R_SIGNATURE, m->path, "%s", wrong);
	}
	fact = about_module(m->path, &b);
	if (!fact) {
		add_finding(im->r, R_NAME, TAR, "the name '%s' is not UTF-8", m->path);
		return;
	}
	json_array_append_new(m->facts, fact);
	json_object_set(m->found, m->path + strlen("lib/modules/") + len + 1, fact);
}

static void modules_reset(struct image *im)
{
	struct modules *m = &im->m;

	tar_finish(&m->tar);
	json_decref(m->dirs);
	json_decref(m->indexes);
	json_decref(m->facts);
	json_decref(m->found);
	buffer_free(&m->dep);
	buffer_free(&m->module);
	memset(m, 0, sizeof(*m));
	m->tar.ctx = im;
	m->tar.on_header = module_header;
	m->tar.on_entry = module_entry;
	m->tar.on_data = module_data;
	m->tar.on_end = module_end;
	m->dirs = json_object();
	m->indexes = json_object();
	m->facts = json_array();
	m->found = json_object();
}

/* ---- a layer, while it is read ----------------------------------------------------- */

static int wanted_index(const char *name)
{
	for (int i = 0; i < N_FILES; i++)
		if (!strcmp(wanted[i].name, name))
			return i;
	return -1;
}

static void forget(struct image *im, int i)
{
	struct file *f = &im->file[i];

	buffer_free(&f->content);
	*f = (struct file){ 0 };
	if (i == KERNEL_TAR)
		modules_reset(im);
	if (i == KERNEL) {
		kernel_free(im->kernel);
		im->kernel = NULL;
	}
}

/* Device trees of lower layers, all or NAME, are hidden. */
static void forget_dtbs(struct image *im, const char *name)
{
	const char *dtb;
	json_t *layer;
	void *next;

	json_object_foreach_safe(im->dtb_layers, next, dtb, layer)
	{
		if ((name && strcmp(dtb, name)) || (size_t)json_integer_value(layer) == im->layer)
			continue;
		json_object_del(im->dtbs, dtb);
		json_object_del(im->dtb_layers, dtb);
	}
}

/* A whiteout hides the files of lower layers, not those of its layer. */
static bool whiteout(struct image *im, const char *name)
{
	bool all = !strcmp(name, ".wh..wh..opq");

	if (strncmp(name, ".wh.", 4))
		return false;
	for (int i = 0; i < N_FILES; i++)
		if (im->file[i].layer != im->layer && (all || !strcmp(name + 4, wanted[i].name)))
			forget(im, i);
	forget_dtbs(im, all ? NULL : name + 4);
	return true;
}

static void dtb_end(struct image *im)
{
	struct bytes b = buffer_bytes(&im->dtb_content);
	const char *wrong = dtb_wrong(&b);
	char digest[DIGEST_SIZE];

	if (wrong)
		add_finding(im->r, R_DTB, im->dtb, "%s", wrong);
	sha_of(b.data, b.size, digest);
	json_object_set_new_nocheck(im->dtbs, im->dtb, json_string(digest + 7));
	json_object_set_new_nocheck(im->dtb_layers, im->dtb, json_integer((json_int_t)im->layer));
}

/* Names that count for the image. */
static bool is_wanted(const char *name)
{
	return wanted_index(name) >= 0 || is_dtb(name) || !strncmp(name, ".wh.", 4);
}

static void layer_header(void *ctx, const struct tar_entry *e, const char *odd)
{
	struct image *im = ctx;

	if (odd)
		add_finding(im->r, R_HEADER, im->where, "'%.200s': %s", e->name, odd);
}

/* Keep an entry's name, within bounds; false if the name stood before. */
static bool keep_name(struct image *im, const char *name)
{
	bool twice = json_object_get(im->names, name);

	im->names_size += strlen(name) + 64;
	if (im->names_size > MAX_NAMES)
		im->layer_tar->wrong = "has more names than any kernel image";
	else
		json_object_set_new_nocheck(im->names, name, json_true());
	return !twice;
}

static void keep_link(struct image *im, const char *name)
{
	im->links_size += strlen(name) + 64;
	if (im->links_size > MAX_NAMES)
		im->layer_tar->wrong = "has more links than any kernel image";
	else
		json_object_set_new_nocheck(im->links, name, json_true());
}

/* Is a directory of this path a symbolic link? Some readers follow it, some replace it. */
static bool through_link(const struct image *im, const char *name)
{
	char path[MAX_TAR_NAME];

	if (!json_object_size(im->links))
		return false;
	for (const char *c = strchr(name, '/'); c; c = strchr(c + 1, '/')) {
		snprintf(path, sizeof(path), "%.*s", (int)(c - name), name);
		if (json_object_get(im->links, path))
			return true;
	}
	return false;
}

/* The checks of each name in a layer, needed or not; WHERE is the layer. */
static void check_layer_name(struct image *im, const struct tar_entry *e)
{
	char *hidden = mem_printf(".wh.%s", e->name);
	const char *hides = strncmp(e->name, ".wh.", 4) ? "" : e->name + 4;

	if (!keep_name(im, e->name))
		add_finding(im->r, R_TWICE, im->where, "'%.200s' occurs twice", e->name);
	if (strcmp(e->name, e->raw) && is_wanted(e->raw))
		add_finding(im->r, R_HEADER, im->where,
			    "'%.200s': its header has the name '%.200s'", e->name, e->raw);
	if (through_link(im, e->name))
		add_finding(im->r, R_LAYER_LINK, im->where, "'%.200s' is below a symbolic link",
			    e->name);
	if (e->type == '2')
		keep_link(im, e->name);
	if (json_object_get(im->names, hidden) || (*hides && json_object_get(im->names, hides)))
		note(im->r, "whiteout", im->where,
		     "'%.200s' is in the layer of its whiteout, which hides lower layers only; some "
		     "readers lose it",
		     *hides ? hides : e->name);
	free(hidden);
}

static void layer_entry(void *ctx, struct tar_entry *e)
{
	struct image *im = ctx;
	size_t len;

	im->now = -1;
	im->dtb[0] = '\0';
	if (!check_name(im->r, im->where, e->name))
		return;
	len = strlen(e->name);
	if (e->name[len - 1] == '/')
		e->name[len - 1] = '\0';
	check_layer_name(im, e);
	if (whiteout(im, e->name))
		return;
	if (is_dtb(e->name)) {
		buffer_free(&im->dtb_content);
		if (e->type == '0' && len < sizeof(im->dtb))
			memcpy(im->dtb, e->name, len + 1);
		else
			add_finding(im->r, R_DTB, e->name,
				    "is not a regular file, or its name is too long");
		return;
	}
	im->now = wanted_index(e->name);
	if (im->now < 0)
		return;
	forget(im, im->now);
	im->file[im->now].there = true;
	im->file[im->now].regular = e->type == '0';
	im->file[im->now].size = e->size;
	im->file[im->now].layer = im->layer;
	if (im->now == KERNEL)
		im->kernel = kernel_open();
}

static void layer_data(void *ctx, const void *data, size_t size)
{
	struct image *im = ctx;
	struct buffer *b;
	size_t room;

	if (im->dtb[0] && im->dtb_content.size + size <= MAX_JSON)
		buffer_add(&im->dtb_content, data, size);
	if (im->now < 0)
		return;
	if (im->now == KERNEL_TAR)
		tar_feed(&im->m.tar, data, size);
	if (im->now == KERNEL && im->file[KERNEL].size <= MAX_FILE)
		kernel_feed(im->kernel, data, size);
	b = &im->file[im->now].content;
	room = wanted[im->now].keep - b->size;
	buffer_add(b, data, size < room ? size : room);
}

static void layer_end(void *ctx)
{
	struct image *im = ctx;
	const char *wrong;

	if (im->dtb[0])
		dtb_end(im);
	if (im->now == KERNEL)
		strcpy(im->kernel_digest, kernel_end(im->kernel));
	if (im->now != KERNEL_TAR || !im->file[KERNEL_TAR].size)
		return;
	wrong = tar_finish(&im->m.tar);
	im->m.broken = wrong;
	if (wrong)
		add_finding(im->r, R_KERNEL_TAR, TAR, "%s", wrong);
}

bool image_layer(struct image *im, const char *where, const struct bytes *packed,
		 char diff_id[DIGEST_SIZE], uint64_t *budget)
{
	struct tar *t = mem_zalloc(sizeof(*t));
	const char *wrong, *tar_wrong;

	t->ctx = im;
	t->on_header = layer_header;
	t->on_entry = layer_entry;
	t->on_data = layer_data;
	t->on_end = layer_end;
	im->where = where;
	im->layer++;
	im->layer_tar = t;
	im->now = -1;
	im->dtb[0] = '\0';
	im->names = json_object();
	im->names_size = 0;
	wrong = layer_read(packed, t, diff_id, budget);
	tar_wrong = tar_finish(t);
	if (wrong) {
		add_finding(im->r, R_LAYER, where, "the layer %s", wrong);
		diff_id[0] = '\0';
	} else if (tar_wrong) {
		add_finding(im->r, R_TAR, where, "the layer %s", tar_wrong);
	}
	json_decref(im->names);
	free(t);
	return !wrong && !tar_wrong;
}

/* ---- the whole -------------------------------------------------------------------- */

/* A path that modules.dep names; FIRST if the line is its own. */
static void check_dep(struct image *im, const char *p, size_t len, bool first, json_t *named)
{
	char path[MAX_NAME];

	snprintf(path, sizeof(path), "%.*s", (int)(len < MAX_NAME ? len : MAX_NAME), p);
	if (len >= MAX_NAME || !json_object_get(im->m.found, path))
		add_finding(im->r, R_DEPMOD, TAR, "modules.dep names %.200s, which is not there",
			    path);
	else if (first)
		json_object_set_new_nocheck(named, path, json_true());
}

/* A line is "MODULE: MODULE...". */
static void check_dep_line(struct image *im, const char *p, const char *end, json_t *named)
{
	bool first = true;

	for (; p < end; first = false) {
		size_t len = 0;

		while (p < end && *p == ' ')
			p++;
		while (p + len < end && p[len] != ' ' && !(first && p[len] == ':'))
			len++;
		if (len)
			check_dep(im, p, len, first, named);
		p += len + (first && p + len < end);
	}
}

static void check_depmod(struct image *im)
{
	static const char *const indexes[] = { "modules.dep", "modules.alias", "modules.symbols",
					       "modules.builtin", "modules.order" };
	const char *p = (const char *)im->m.dep.data, *end = p ? p + im->m.dep.size : p, *path;
	json_t *named = json_object(), *fact;

	for (size_t i = 0; i < ARRAY_SIZE(indexes); i++)
		if (!json_object_get(im->m.indexes, indexes[i]))
			add_finding(im->r, R_DEPMOD, TAR, "has no %s", indexes[i]);
	while (p && p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		check_dep_line(im, p, eol ? eol : end, named);
		p = eol ? eol + 1 : NULL;
	}
	json_object_foreach(im->m.found, path, fact)
		if (!json_object_get(named, path))
			add_finding(im->r, R_DEPMOD, TAR, "%s is not in modules.dep", path);
	json_decref(named);
}

static size_t limit_of(int i)
{
	return i == KERNEL ? MAX_FILE : wanted[i].keep ? wanted[i].keep : MAX_LAYER;
}

/* A file without findings. */
static bool usable(const struct image *im, int i)
{
	const struct file *f = &im->file[i];

	return f->regular && f->size && f->size <= limit_of(i);
}

static void check_modules(struct image *im)
{
	struct bytes config = buffer_bytes(&im->file[CONFIG].content);
	bool must_sign = config_is(&config, "MODULE_SIG_FORCE", "y") ||
			 config_is(&config, "MODULE_SIG_ALL", "y");
	const json_t *fact;
	size_t i;

	if (!usable(im, KERNEL_TAR) || im->m.broken)
		return;
	json_array_foreach(im->m.facts, i, fact)
		if (must_sign && !json_is_true(json_object_get(fact, "signed")))
			add_finding(im->r, R_SIGNATURE, json_member(fact, "path"), "is not signed");
	if (json_array_size(im->m.facts))
		check_depmod(im);
	else if (config_is(&config, "MODULES", "y"))
		add_finding(im->r, R_NO_MODULES, TAR,
			    "has no module, the config has CONFIG_MODULES=y");
}

static void check_hash(struct image *im, const json_t *about, const char *member, int i)
{
	const struct buffer *b = &im->file[i].content;
	char digest[DIGEST_SIZE];

	if (!usable(im, i))
		return;
	if (i == KERNEL)
		strcpy(digest, im->kernel_digest);
	else
		sha_of(b->data, b->size, digest);
	if (strcmp(digest + 7, json_member(about, member)))
		add_finding(im->r, R_ABOUT, "kernel.json", "%s is not the SHA-256 of %s", member,
			    wanted[i].name);
}

static void check_listed_modules(struct image *im, const json_t *listed)
{
	json_t *by_path;
	const json_t *fact, *other;
	size_t i;

	if (!usable(im, KERNEL_TAR) || im->m.broken)
		return;
	by_path = json_object();
	json_array_foreach(listed, i, fact)
		json_object_set_nocheck(by_path, json_member(fact, "path"),
					json_array_get(listed, i));
	json_array_foreach(im->m.facts, i, fact) {
		const char *path = json_member(fact, "path");

		other = json_object_get(by_path, path);
		if (!other)
			add_finding(im->r, R_ABOUT, "kernel.json", "does not list %s", path);
		else if (!json_equal(fact, other))
			add_finding(im->r, R_ABOUT, "kernel.json",
				    "has other facts about %s than the module itself", path);
	}
	if (json_array_size(listed) != json_array_size(im->m.facts))
		add_finding(im->r, R_ABOUT, "kernel.json", "lists %zu modules, there are %zu",
			    json_array_size(listed), json_array_size(im->m.facts));
	json_decref(by_path);
}

/* All parts of the image name the same release. */
static void check_release(struct image *im, const json_t *about)
{
	struct bytes config = buffer_bytes(&im->file[CONFIG].content);
	const char *release = json_member(about, "release"), *version = json_member(about, "version");
	const char *series = json_member(about, "series");
	const char *in_kernel = usable(im, KERNEL) ? kernel_release(im->kernel) : NULL;
	char *local = config_string(&config, "LOCALVERSION");
	char *made = mem_printf("%s%s", version, local);

	if (im->m.release[0] && strcmp(im->m.release, release))
		add_finding(im->r, R_RELEASE, TAR, "has modules of %s, kernel.json says %s",
			    im->m.release, release);
	if (in_kernel && strcmp(in_kernel, release))
		add_finding(im->r, R_RELEASE, "kernel", "is %s, kernel.json says %s", in_kernel,
			    release);
	if (usable(im, CONFIG) && strcmp(made, release))
		add_finding(im->r, R_RELEASE, "config",
			    "CONFIG_LOCALVERSION makes it %s, kernel.json says "
			    "%s",
			    made, release);
	if (strncmp(version, series, strlen(series)) ||
	    (version[strlen(series)] && version[strlen(series)] != '.'))
		add_finding(im->r, R_RELEASE, "kernel.json", "version %s is not of series %s",
			    version, series);
	free(local);
	free(made);
}

/* A JSON object of names and hashes, or an empty one without device trees. */
static void check_dtbs(struct image *im, const json_t *listed)
{
	json_t *none = json_object();

	if (!json_equal(listed ? listed : none, im->dtbs))
		add_finding(
			im->r, R_ABOUT, "kernel.json",
			"device_trees does not have the names and SHA-256 of the image's");
	json_decref(none);
}

/* A file that an image may lack, but not if kernel.json has its hash; can it be looked at? */
static bool check_optional(struct image *im, const json_t *about, const char *member, int i)
{
	if (!im->file[i].there && json_object_get(about, member))
		add_finding(im->r, R_FILES, wanted[i].name, "is not in the image");
	if (!im->file[i].there || !usable(im, i))
		return false;
	check_hash(im, about, member, i);
	return true;
}

static void check_sources(struct image *im, const json_t *about)
{
	struct bytes b = buffer_bytes(&im->file[SOURCES].content);
	const char *wrong;

	if (!check_optional(im, about, "sources_sha256", SOURCES))
		return;
	wrong = sources_wrong(&b);
	if (wrong)
		add_finding(im->r, R_SOURCES, wanted[SOURCES].name, "%s", wrong);
}

static void check_ucode(struct image *im, const json_t *about)
{
	struct bytes b = buffer_bytes(&im->file[UCODE].content);
	const char *wrong;

	if (!check_optional(im, about, "ucode_sha256", UCODE))
		return;
	wrong = im->p && strcmp(im->p->arch, "x86_64") ? "is for x86_64 only" : ucode_wrong(&b);
	if (wrong)
		add_finding(im->r, R_UCODE, wanted[UCODE].name, "%s", wrong);
}

static void check_notes(struct image *im, const char *where, const json_t *notes,
			const json_t *about)
{
	const char *wrong = notes_wrong(notes, about);

	if (wrong)
		add_finding(im->r, R_NOTES, where, "%s is '%.80s', which kernel.json contradicts",
			    wrong, json_member(notes, wrong));
}

static void check_about(struct image *im, const json_t *notes, const json_t *labels)
{
	struct bytes b = buffer_bytes(&im->file[ABOUT].content);
	const char *lacks;
	char *why, *text;
	json_t *about;

	if (!usable(im, ABOUT) && b.size <= MAX_JSON)
		return;
	about = json_parse(&b, &why);
	if (!about) {
		add_finding(im->r, R_JSON, "kernel.json", "%s", why);
		free(why);
		return;
	}
	text = json_text(about);
	if (strlen(text) != b.size || memcmp(text, b.data, b.size))
		add_finding(im->r, R_ABOUT, "kernel.json", "is not sorted and compact");
	free(text);
	lacks = about_lacks(about);
	if (lacks)
		add_finding(im->r, R_ABOUT, "kernel.json", "lacks '%s'", lacks);
	if (im->p && strcmp(json_member(about, "arch"), im->p->arch))
		add_finding(im->r, R_ABOUT, "kernel.json", "says arch '%s', the platform is %s",
			    json_member(about, "arch"), im->p->name);
	check_release(im, about);
	check_hash(im, about, "kernel_sha256", KERNEL);
	check_hash(im, about, "config_sha256", CONFIG);
	check_ucode(im, about);
	check_sources(im, about);
	check_listed_modules(im, json_object_get(about, "modules"));
	check_dtbs(im, json_object_get(about, "device_trees"));
	check_notes(im, "manifest", notes, about);
	check_notes(im, "image config", labels, about);
	im->about = about;
}

void image_judge(struct image *im, const json_t *notes, const json_t *labels)
{
	const char *wrong = NULL;

	for (int i = 0; i < N_FILES; i++) {
		const struct file *f = &im->file[i];

		if (!f->there && wanted[i].optional)
			continue;
		if (!f->there)
			add_finding(im->r, R_FILES, wanted[i].name, "is not in the image");
		else if (!f->regular)
			add_finding(im->r, R_FILES, wanted[i].name, "is not a regular file");
		else if (!f->size)
			add_finding(im->r, R_FILES, wanted[i].name, "is empty");
		else if (f->size > limit_of(i))
			add_finding(im->r, R_FILES, wanted[i].name, "is larger than %zu bytes",
				    limit_of(i));
	}
	/* An entry of another kind, which some readers may treat as a regular file. */
	if (im->p && im->file[KERNEL].size && im->file[KERNEL].size <= MAX_FILE)
		wrong = kernel_wrong(im->kernel, im->p, kernel_format(im->kernel, im->p));
	if (wrong)
		add_finding(im->r, R_KERNEL, "kernel", "%s", wrong);
	check_modules(im);
	check_about(im, notes, labels);
}

json_t *image_about(const struct image *im)
{
	return im->about;
}

struct image *image_open(struct report *r, const struct platform *p)
{
	struct image *im = mem_zalloc(sizeof(*im));

	im->r = r;
	im->p = p;
	im->dtbs = json_object();
	im->dtb_layers = json_object();
	im->links = json_object();
	modules_reset(im);
	return im;
}

void image_close(struct image *im)
{
	for (int i = 0; i < N_FILES; i++)
		forget(im, i);
	buffer_free(&im->dtb_content);
	json_decref(im->about);
	json_decref(im->dtbs);
	json_decref(im->dtb_layers);
	json_decref(im->links);
	tar_finish(&im->m.tar);
	json_decref(im->m.dirs);
	json_decref(im->m.indexes);
	json_decref(im->m.facts);
	json_decref(im->m.found);
	free(im);
}
