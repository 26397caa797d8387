// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SBOM of an image: SPDX 2.3, since assemblers read no later version. It follows from kernel.json,
 * the digest of the manifest and its date, so that the same image has the same SBOM.
 *
 * The members that a reader requires are those of the schema, spdx.github.io/spdx-spec/v2.3, and of
 * github.com/spdx/tools-golang, with which LinuxKit reads and fails its build.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

#define OUR_TOOL "Tool: kimage"

/* ---- writing -------------------------------------------------------------------------- */

/* A package with the members that all have; to be extended. */
static json_t *package(const char *id, const char *name, const char *version, const char *sha256)
{
	json_t *p = json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s}", "SPDXID", id, "name", name,
			      "downloadLocation", "NOASSERTION", "filesAnalyzed", false,
			      "licenseConcluded", "NOASSERTION", "licenseDeclared", "NOASSERTION",
			      "copyrightText", "NOASSERTION");

	if (*version)
		json_object_set_new(p, "versionInfo", json_string(version));
	if (*sha256)
		json_object_set_new(p, "checksums",
				    json_pack("[{s:s, s:s}]", "algorithm", "SHA256",
					      "checksumValue", sha256));
	return p;
}

static void put(json_t *package, const char *member, const char *value)
{
	json_object_set_new(package, member, json_string(value));
}

static void relate(json_t *doc, const char *from, const char *type, const char *to)
{
	json_array_append_new(json_object_get(doc, "relationships"),
			      json_pack("{s:s, s:s, s:s}", "spdxElementId", from,
					"relationshipType", type, "relatedSpdxElement", to));
}

static void add(json_t *doc, json_t *package)
{
	json_array_append_new(json_object_get(doc, "packages"), package);
}

/* The names by which scanners look for vulnerabilities. */
static json_t *references(const char *version)
{
	char *purl = mem_printf("pkg:generic/linux@%s", version);
	char *cpe = mem_printf("cpe:2.3:o:linux:linux_kernel:%s:*:*:*:*:*:*:*", version);
	json_t *refs = json_pack("[{s:s, s:s, s:s}, {s:s, s:s, s:s}]", "referenceCategory",
				 "PACKAGE-MANAGER", "referenceType", "purl", "referenceLocator",
				 purl, "referenceCategory", "SECURITY", "referenceType",
				 "cpe23Type", "referenceLocator", cpe);

	free(purl);
	free(cpe);
	return refs;
}

static void add_kernel(json_t *doc, const json_t *about)
{
	const char *version = json_member(about, "version");
	json_t *kernel = package("SPDXRef-kernel", "linux", version,
				 json_member(about, "kernel_sha256"));
	json_t *source = package("SPDXRef-source", "linux-source", version,
				 json_member(about, "source_sha256"));
	json_t *tools = package("SPDXRef-toolchain", "toolchain", json_member(about, "toolchain"), "");

	put(kernel, "packageFileName", "kernel");
	put(kernel, "licenseDeclared", "GPL-2.0-only WITH Linux-syscall-note");
	put(kernel, "primaryPackagePurpose", "OPERATING_SYSTEM");
	json_object_set_new(kernel, "externalRefs", references(version));
	put(source, "packageFileName", json_member(about, "source_file"));
	put(source, "licenseDeclared", "GPL-2.0-only WITH Linux-syscall-note");
	put(source, "primaryPackagePurpose", "SOURCE");
	put(tools, "primaryPackagePurpose", "APPLICATION");
	add(doc, kernel);
	add(doc, source);
	add(doc, tools);
	relate(doc, "SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-kernel");
	relate(doc, "SPDXRef-kernel", "GENERATED_FROM", "SPDXRef-source");
	relate(doc, "SPDXRef-toolchain", "BUILD_TOOL_OF", "SPDXRef-kernel");
}

static void add_patches(json_t *doc, const json_t *about)
{
	const json_t *patch;
	size_t i;

	json_array_foreach(json_object_get(about, "patches"), i, patch) {
		char *id = mem_printf("SPDXRef-patch-%zu", i + 1);
		json_t *p = package(id, json_member(patch, "name"), "",
				    json_member(patch, "sha256"));

		put(p, "primaryPackagePurpose", "SOURCE");
		add(doc, p);
		relate(doc, id, "PATCH_FOR", "SPDXRef-source");
		free(id);
	}
}

static void add_modules(json_t *doc, const json_t *about)
{
	const json_t *module;
	size_t i;

	json_array_foreach(json_object_get(about, "modules"), i, module) {
		const char *path = json_member(module, "path"), *slash = strrchr(path, '/');
		const char *last = slash ? slash + 1 : path, *version = json_member(module, "version");
		char *id = mem_printf("SPDXRef-module-%zu", i + 1);
		char *name = mem_printf("%.*s", (int)strcspn(last, "."), last);
		json_t *p = package(id, name, *version ? version : json_member(about, "release"),
				    json_member(module, "sha256"));

		put(p, "packageFileName", path);
		put(p, "primaryPackagePurpose", "FILE");
		add(doc, p);
		relate(doc, "SPDXRef-kernel", "CONTAINS", id);
		free(name);
		free(id);
	}
}

json_t *sbom_make(const json_t *about, const char *digest, long long created)
{
	char *time = time_text(created);
	char *name = mem_printf("linux-%s-%s", json_member(about, "release"),
				json_member(about, "arch"));
	char *space = mem_printf("https://keelson.dev/spdx/%s-%s", name, digest + 7);
	json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:[s, s]}, s:[], s:[]}", "SPDXID",
				"SPDXRef-DOCUMENT", "spdxVersion", "SPDX-2.3", "dataLicense",
				"CC0-1.0", "name", name, "documentNamespace", space, "creationInfo",
				"created", time, "creators", "Organization: Keelson", OUR_TOOL,
				"packages", "relationships");

	add_kernel(doc, about);
	add_patches(doc, about);
	add_modules(doc, about);
	free(time);
	free(name);
	free(space);
	return doc;
}

/* ---- checking ------------------------------------------------------------------------- */

struct checking {
	const json_t *doc;
	json_t *ids, *checksums; /* that the document has */
	char *wrong;
};

static void fail(struct checking *c, const char *what, const char *where)
{
	if (!c->wrong)
		c->wrong = mem_printf("%s %.100s", what, where);
}

/* "SPDXRef-" and letters, digits, '.' and '-'. */
static bool is_id(const char *id)
{
	const char *p = id + strlen("SPDXRef-");

	if (strncmp(id, "SPDXRef-", strlen("SPDXRef-")) || !*p)
		return false;
	while (isalnum((unsigned char)*p) || *p == '.' || *p == '-')
		p++;
	return !*p;
}

static bool is_time(const char *s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";

	if (strlen(s) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != shape[i])
			return false;
	return true;
}

static void check_id(struct checking *c, const json_t *element)
{
	const char *id = json_member(element, "SPDXID");

	if (!is_id(id))
		fail(c, "has an element whose SPDXID is not valid:", id);
	else if (json_object_get(c->ids, id))
		fail(c, "has an SPDXID twice:", id);
	else
		json_object_set_new(c->ids, id, json_true());
}

/* Each object of the array MEMBER of HOLDER must have texts as these members. */
static void check_list(struct checking *c, const json_t *holder, const char *member,
		       const char *const *needed, size_t n)
{
	const json_t *list = json_object_get(holder, member), *one;
	size_t i;

	if (list && !json_is_array(list))
		fail(c, "has no array as", member);
	json_array_foreach(list, i, one)
		for (size_t k = 0; k < n; k++)
			if (!*json_member(one, needed[k]))
				fail(c, "lacks a member of an object:", needed[k]);
}

static void check_checksums(struct checking *c, const json_t *element)
{
	static const char *const needed[] = { "algorithm", "checksumValue" };
	const json_t *sum;
	size_t i;

	check_list(c, element, "checksums", needed, ARRAY_SIZE(needed));
	json_array_foreach(json_object_get(element, "checksums"), i, sum) {
		const char *value = json_member(sum, "checksumValue");

		if (!strcmp(json_member(sum, "algorithm"), "SHA256") && !is_hex64(value))
			fail(c, "has a SHA256 that is none:", value);
		json_object_set_new(c->checksums, value, json_true());
	}
}

static void check_elements(struct checking *c)
{
	static const char *const package[] = { "SPDXID", "name", "downloadLocation" };
	static const char *const file[] = { "SPDXID", "fileName" };
	static const char *const reference[] = { "referenceCategory", "referenceType",
						 "referenceLocator" };
	static const char *const lists[] = { "packages", "files" };
	const json_t *element;
	size_t k;

	check_list(c, c->doc, "packages", package, ARRAY_SIZE(package));
	check_list(c, c->doc, "files", file, ARRAY_SIZE(file));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		json_array_foreach(json_object_get(c->doc, lists[i]), k, element) {
			check_id(c, element);
			check_checksums(c, element);
			check_list(c, element, "externalRefs", reference, ARRAY_SIZE(reference));
		}
}

/* An element of this document, one of another, or none. */
static bool is_known(const struct checking *c, const char *id)
{
	return json_object_get(c->ids, id) || !strncmp(id, "DocumentRef-", 12) ||
	       !strcmp(id, "NONE") || !strcmp(id, "NOASSERTION");
}

static void check_relationships(struct checking *c)
{
	static const char *const needed[] = { "spdxElementId", "relatedSpdxElement",
					      "relationshipType" };
	const json_t *one;
	size_t i;

	check_list(c, c->doc, "relationships", needed, ARRAY_SIZE(needed));
	json_array_foreach(json_object_get(c->doc, "relationships"), i, one)
		for (size_t k = 0; k < 2; k++)
			if (!is_known(c, json_member(one, needed[k])))
				fail(c, "has a relationship of an element that it lacks:",
				     json_member(one, needed[k]));
}

/* Is one of the creators this? */
static bool has_creator(const json_t *doc, const char *name)
{
	const json_t *creator;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(doc, "creationInfo"), "creators"), i,
			   creator) {
		const char *text = json_string_value(creator);

		if (text && !strcmp(text, name))
			return true;
	}
	return false;
}

static void check_creation(struct checking *c)
{
	const json_t *info = json_object_get(c->doc, "creationInfo");
	const json_t *creators = json_object_get(info, "creators"), *one;
	size_t i;

	if (!is_time(json_member(info, "created")))
		fail(c, "was created at no valid time:", json_member(info, "created"));
	if (!json_array_size(creators))
		fail(c, "lacks creationInfo's", "creators");
	json_array_foreach(creators, i, one) {
		const char *text = json_is_string(one) ? json_string_value(one) : "";

		if (strncmp(text, "Person: ", 8) && strncmp(text, "Organization: ", 14) &&
		    strncmp(text, "Tool: ", 6))
			fail(c, "has a creator that is not a Person, Organization or Tool:", text);
	}
}

static void check_document(struct checking *c)
{
	static const char *const needed[] = { "name", "dataLicense", "documentNamespace" };
	const char *version = json_member(c->doc, "spdxVersion");

	if (strcmp(version, "SPDX-2.3") && strcmp(version, "SPDX-2.2"))
		fail(c, "is not of SPDX 2.2 or 2.3 but of", version);
	if (strcmp(json_member(c->doc, "SPDXID"), "SPDXRef-DOCUMENT"))
		fail(c, "has no SPDXID SPDXRef-DOCUMENT but", json_member(c->doc, "SPDXID"));
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!*json_member(c->doc, needed[i]))
			fail(c, "lacks", needed[i]);
	check_id(c, c->doc);
	check_creation(c);
}

/* Our own lists the kernel and each module. */
static void check_contents(struct checking *c, const json_t *about)
{
	const json_t *module;
	size_t i;

	if (!json_object_get(c->checksums, json_member(about, "kernel_sha256")))
		fail(c, "does not have the image's", "kernel");
	json_array_foreach(json_object_get(about, "modules"), i, module)
		if (!json_object_get(c->checksums, json_member(module, "sha256")))
			fail(c, "does not have the image's", json_member(module, "path"));
}

char *sbom_wrong(const json_t *doc, const json_t *about)
{
	struct checking c = { .doc = doc, .ids = json_object(), .checksums = json_object() };

	check_document(&c);
	check_elements(&c);
	check_relationships(&c);
	if (about && has_creator(doc, OUR_TOOL))
		check_contents(&c, about);
	json_decref(c.ids);
	json_decref(c.checksums);
	return c.wrong;
}
