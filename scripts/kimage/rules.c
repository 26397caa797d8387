// SPDX-License-Identifier: GPL-2.0-only
/* The rules, how to fix a breach of each, and the findings. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

enum { MAX_FINDINGS = 10000, MAX_NOTES = 1000 };

static const struct {
	const char *name, *what, *remedy;
} rules[N_RULES] = {
	[R_LAYOUT] = { "layout", "the directory is an OCI layout of version 1.0.0",
		       "write it with 'kimage pack', or copy it with 'skopeo copy'" },
	[R_JSON] = { "json", "JSON is well-formed, below 4 MiB, without duplicate names",
		     "parsers differ on it; write it anew" },
	[R_BLOB] = { "blob", "every blob is a file with the size and SHA-256 of its descriptor",
		     "it was damaged or changed; build or copy the image again" },
	[R_DIGEST] = { "unsupported-digest", "digests are SHA-256",
		       "kimage does not check others; copy the image with sha256 digests" },
	[R_TOP] = { "top", "index.json names an image by its index",
		    "without an index assemblers do not check the architecture; copy it with "
		    "'skopeo copy --all'" },
	[R_AMBIGUOUS] = { "ambiguous", "a layout has one image, or --name selects one",
			  "run kimage verify --name NAME for each" },
	[R_REF] = { "ref-name", "both names of the image are given, in full, and alike",
		    "assemblers look for docker.io/ORG/NAME:TAG in " NOTE_REF " and " NOTE_NAME
		    "; run kimage name LAYOUT NAME" },
	[R_PLATFORM] = { "platform", "every manifest of the index has a known platform, once",
			 "without one assemblers panic; it is one of" PLATFORM_NAMES },
	[R_MANIFEST] = { "manifest", "indexes and manifests are OCI's, with layers",
			 "write it with 'kimage pack', or copy it with 'skopeo copy --format oci'" },
	[R_CONFIG] = { "image-config", "the image's config agrees with index and manifest",
		       "write the config for this platform and these layers" },
	[R_ATTESTATION] = { "attestation", "an attestation names the manifest that it is of",
			    "set vnd.docker.reference.type and vnd.docker.reference.digest" },
	[R_SBOM] = { "sbom", "an SBOM is SPDX 2.2 or 2.3, valid, and of its image",
		     "assemblers that merge SBOMs fail on it; write the image with 'kimage pack'" },
	[R_LAYER] = { "layer", "layers are gzip, whole, and of a kernel's size",
		      "assemblers reject others; compress the layer with gzip again" },
	[R_ZSTD] = { "zstd-layer", "layers are not compressed with zstd",
		     "not all assemblers support it, nor does kimage; compress the layer with gzip" },
	[R_DIFF_ID] = { "diff-id", "diff_ids are the SHA-256 of the unpacked layers",
			"the layer was packed again without its config; write the config too" },
	[R_TAR] = { "layer-tar", "a layer is a whole tar", "pack the layer again" },
	[R_HEADER] = { "layer-header", "a layer has no tar header that readers interpret differently",
		       "GNU tar, bsdtar and others would take other files; pack the layer again, "
		       "as ustar" },
	[R_LAYER_LINK] = { "layer-link", "no entry of a layer has a link as its directory",
			   "readers that follow the link replace another file; leave it out" },
	[R_NAME] = { "entry-name", "entries have clean relative names",
		     "assemblers match names exactly; omit './', '/' and '..'" },
	[R_TWICE] = { "entry-twice", "no tar has an entry twice",
		      "readers differ on which one counts; keep one" },
	[R_FILES] = { "files",
		      "kernel, kernel.tar, config, System.map, cmdline and kernel.json "
		      "are regular files, not empty",
		      "assemblers write nothing for others, and exit 0; put the file itself there" },
	[R_KERNEL] = { "kernel", "the kernel has the format that its architecture boots",
		       "take Kbuild's own for the architecture:" KERNEL_FORMATS },
	[R_DTB] = { "device-tree", "device trees beside the kernel are whole files",
		    "put Kbuild's own .dtb there" },
	[R_UCODE] = { "microcode", "ucode.cpio is a plain cpio with microcode for x86_64",
		      "make it as Documentation/arch/x86/microcode.rst says, not compressed" },
	[R_SOURCES] = { "sources", "sources lists files of the kernel's tree, sorted",
			"audits look for files in it; write it with 'ksize sources'" },
	[R_RELEASE] = { "release", "kernel, modules, config and kernel.json are of one release",
			"build them all from one tree and one config" },
	[R_KERNEL_TAR] = { "kernel-tar", "kernel.tar is a whole, uncompressed tar",
			   "assemblers read it as it stands; pack it plain, the layer is packed" },
	[R_PAX] = { "pax-header", "kernel.tar is ustar, without PAX, GNU or other headers",
		    "assemblers cannot convert it; pack it as ustar" },
	[R_PATH] = { "module-path", "kernel.tar holds lib/modules/RELEASE/ and nothing else",
		     "any other file lands in every initrd, or is dropped; omit it, and "
		     "keep the directories" },
	[R_LINK] = { "link", "kernel.tar has no links, devices or sockets",
		     "assemblers change hard links, and links to build trees lead nowhere; store "
		     "files" },
	[R_CANONICAL] = { "canonical",
			  "kernel.tar is sorted; modes, owners and times are canonical",
			  "they pass into every initrd and its hash; use 0755/0644, 0:0, one time" },
	[R_DEPMOD] = { "depmod", "depmod has been run over all modules",
		       "modprobe would fail in the guest; run depmod over the whole tree" },
	[R_NO_MODULES] = { "no-modules", "a modular kernel comes with modules",
			   "install the modules, or set CONFIG_MODULES=n" },
	[R_SIGNATURE] = { "signature", "modules are signed if the config says so",
			  "the kernel would refuse the module; sign it after stripping" },
	[R_VERMAGIC] = { "vermagic", "modules are of the release they are stored for",
			 "the kernel would refuse the module; build it against this kernel" },
	[R_MODULE] = { "module", "modules are uncompressed ELF objects for the architecture",
		       "build it for this kernel, and leave compression to the layer" },
	[R_ABOUT] = { "kernel-json", "kernel.json describes the image's contents",
		      "write it with 'kimage pack'" },
	[R_NOTES] = { "annotation", "annotations of the manifest say what kernel.json says",
		      "write it with 'kimage pack'" },
};

static char *scoped(const struct report *r, const char *where)
{
	char *text = r->scope ? mem_printf("%s %s", r->scope, where) : mem_strdup(where);
	char *escaped = visible(text);

	free(text);
	return escaped;
}

/* The text of a finding or note, escaped, since it has names from the layout. */
static char *text_of(const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	return visible(text);
}

void add_finding(struct report *r, enum rule rule, const char *where, const char *fmt, ...)
{
	size_t n = json_array_size(r->findings);
	char *place, *what;
	va_list ap;

	if (n > MAX_FINDINGS)
		return;
	va_start(ap, fmt);
	what = text_of(fmt, ap);
	va_end(ap);
	if (n == MAX_FINDINGS) {
		free(what);
		what = mem_printf("there are more than %d findings", MAX_FINDINGS);
	}
	place = scoped(r, where);
	json_array_append_new(r->findings, json_pack("{s:s, s:s, s:s, s:s}", "where", place, "rule",
						     rules[rule].name, "what", what, "remedy",
						     rules[rule].remedy));
	free(place);
	free(what);
}

void note(struct report *r, const char *code, const char *where, const char *fmt, ...)
{
	char *place, *what;
	va_list ap;

	if (json_array_size(r->notes) >= MAX_NOTES)
		return;
	va_start(ap, fmt);
	what = text_of(fmt, ap);
	va_end(ap);
	place = scoped(r, where);
	json_array_append_new(
		r->notes, json_pack("{s:s, s:s, s:s}", "where", place, "code", code, "what", what));
	free(place);
	free(what);
}

struct report report_new(void)
{
	return (struct report){ .findings = json_array(), .notes = json_array() };
}

void report_free(struct report *r)
{
	json_decref(r->findings);
	json_decref(r->notes);
	*r = (struct report){ 0 };
}

void report_print(const struct report *r)
{
	const json_t *f;
	size_t i;

	json_array_foreach(r->notes, i, f)
		complain(json_member(f, "where"), 0, "note: %s [%s]", json_member(f, "what"),
			 json_member(f, "code"));
	json_array_foreach(r->findings, i, f)
		complain(json_member(f, "where"), 0, "%s [%s]; %s", json_member(f, "what"),
			 json_member(f, "rule"), json_member(f, "remedy"));
}

void report_rules(FILE *out)
{
	for (size_t i = 0; i < N_RULES; i++)
		fprintf(out, "%-18s %s\n", rules[i].name, rules[i].what);
}
