// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shapes in which others take a kernel. Each row names the place in the consumer's sources
 * or documentation that says so.
 */
#include <string.h>

#include "shapes.h"

static const struct shape shapes[] = {
	/* Any virtual machine monitor that takes paths: QEMU, Cloud Hypervisor, Kata, libkrun. */
	{ .name = "plain",
	  .what = "kernel, command line, config, symbols and modules as files",
	  .file = { { "kernel", "kernel" },
		    { "cmdline", "cmdline" },
		    { "config", "config" },
		    { "System.map", "System.map" },
		    { "kernel.json", "kernel.json" } },
	  .device_trees = true,
	  .modules = "" },
	/* Firecracker: docs/kernel-policy.md, src/vmm/src/arch: ELF on x86_64, Image on arm64. */
	{ .name = "firecracker",
	  .what = "vmlinux of x86_64 or Image of arm64, for Firecracker and flintlock",
	  .formats = "vmlinux Image",
	  .platforms = "linux/amd64 linux/arm64/v8",
	  .file = { { "kernel", "%f" }, { "cmdline", "cmdline" } },
	  .config = { "VIRTIO_MMIO", "VIRTIO_BLK" } },
	/* apple/container: ContainerSystemConfig.swift: kernel set --tar T --binary MEMBER. */
	{ .name = "apple-tar",
	  .what = "a tar with the member vmlinux, for `container system kernel set --tar`",
	  .formats = "Image",
	  .platforms = "linux/arm64/v8",
	  .tar = true,
	  .file = { { "kernel", "vmlinux" } } },
	/* apple/containerization: KernelImage.swift: the first layer is the file itself. */
	{ .name = "apple-oci",
	  .what = "an image whose one layer is the kernel file, for Apple's containerization",
	  .formats = "Image",
	  .platforms = "linux/arm64/v8",
	  .kind = SHAPE_APPLE,
	  .file = { { "kernel", "kernel" } } },
	/* edera-dev/krata: docs/custom-kernels; linux-kernel-oci: hack/build. */
	{ .name = "edera",
	  .what = "/kernel/image, config.gz, addons.squashfs and metadata, for Edera's zones",
	  .formats = "bzImage Image.gz",
	  .platforms = "linux/amd64 linux/arm64/v8",
	  .kind = SHAPE_EDERA,
	  .file = { { "kernel", "kernel/image" } },
	  .config = { "XEN", "XEN_PVH", "HVC_XEN",
		      "XEN_BLKDEV_FRONTEND", "XEN_NETDEV_FRONTEND" } },
	/* siderolabs/talos: Dockerfile, PKG_KERNEL. */
	{ .name = "talos",
	  .what = "/boot/vmlinuz and /usr/lib/modules, as PKG_KERNEL of Talos",
	  .formats = "bzImage Image Image.gz",
	  .platforms = "linux/amd64 linux/arm64/v8",
	  .file = { { "kernel", "boot/vmlinuz" },
		    { "System.map", "boot/System.map" },
		    { "config", "boot/config" } },
	  .modules = "usr/",
	  .config = { "EFI_STUB" } },
	/* containers/bootc: crates/lib/src/kernel.rs; ostree: sysroot/deploy. */
	{ .name = "bootc",
	  .what = "/usr/lib/modules/RELEASE/vmlinuz and modules, for bootc and ostree",
	  .file = { { "kernel", "usr/lib/modules/%r/vmlinuz" },
		    { "config", "usr/lib/modules/%r/config" },
		    { "System.map", "usr/lib/modules/%r/System.map" } },
	  .modules = "usr/" },
	/* cilium/ci-kernels, lmb/vimto: image.go. */
	{ .name = "boot",
	  .what = "/boot/vmlinuz (or vmlinux) and /lib/modules, for vimto and ignite",
	  .file = { { "kernel", "boot/%v" }, { "config", "boot/config" } },
	  .modules = "" },
	/* As linux-image packages of Debian; little-vm-helper looks for boot/vmlinuz-RELEASE. */
	{ .name = "debian",
	  .what = "/boot/vmlinuz-RELEASE, config, System.map and /lib/modules, as Debian's packages",
	  .file = { { "kernel", "boot/%v-%r" },
		    { "config", "boot/config-%r" },
		    { "System.map", "boot/System.map-%r" } },
	  .modules = "" },
	/* kubernetes-sigs/kernel-module-management: docs, "The module images": dirName /opt. */
	{ .name = "kmm",
	  .what = "/opt/lib/modules/RELEASE, for Kernel Module Management",
	  .modules = "opt/" },
	/* oras.land: an artifact of files with titles, as `oras push` writes it. */
	{ .name = "oras",
	  .what = "an OCI artifact whose layers are files with titles",
	  .kind = SHAPE_ARTIFACT,
	  .file = { { "kernel", "%f" },
		    { "cmdline", "cmdline" },
		    { "config", "config" },
		    { "kernel.json", "kernel.json" },
		    { "kernel.tar", "kernel.tar" } } },
};

const struct shape *shape_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		if (!strcmp(shapes[i].name, name))
			return &shapes[i];
	return NULL;
}

void shapes_list(FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		fprintf(out, "%-12s %s\n", shapes[i].name, shapes[i].what);
}

static bool listed(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; *p; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == len && !memcmp(p, word, len))
			return true;
	return false;
}

bool shape_takes_format(const struct shape *s, const char *format)
{
	return !s->formats || listed(s->formats, format);
}

bool shape_takes_platform(const struct shape *s, const char *platform)
{
	return !s->platforms || listed(s->platforms, platform);
}

const char *shape_lacks(const struct shape *s, const struct bytes *config)
{
	for (size_t i = 0; i < SHAPE_OPTIONS && s->config[i]; i++)
		if (!config_is(config, s->config[i], "y"))
			return s->config[i];
	return NULL;
}

char *shape_place(const char *to, const char *release, const char *format)
{
	struct buffer b = { 0 };
	char *place;

	for (; *to; to++) {
		if (*to != '%') {
			buffer_add(&b, to, 1);
			continue;
		}
		to++;
		buffer_puts(&b, *to == 'r'		   ? release :
				*to == 'f'		   ? format :
				!strcmp(format, "vmlinux") ? "vmlinux" :
							     "vmlinuz");
	}
	place = mem_strdup(b.text);
	buffer_free(&b);
	return place;
}
