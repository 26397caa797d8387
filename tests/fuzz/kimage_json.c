// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/kimage/[!m]*.c scripts/kimage/modules.c scripts/lib/*.c
// fuzz: libs libdeflate zlib libcrypto jansson; options -pthread
/*
 * The texts of an image: JSON (j), a name (n), the lines of --meta (m), by the first byte.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "kimage_fuzz.h"

static void try_json(const struct bytes *b)
{
	char *why, *text;
	json_t *json = json_parse(b, &why);

	if (!json) {
		text = visible(why);
		free(text);
		free(why);
		return;
	}
	free(platform_text(json));
	free(platform_name(json));
	is_two_faced(json);
	is_other_digest(json_member(json, "digest"));
	about_lacks(json);
	text = json_text(json);
	free(visible(text));
	free(text);
	json_decref(json);
}

static void try_name(const struct bytes *b)
{
	char *name = mem_printf("%.*s", (int)b->size, (const char *)b->data);

	ref_wrong(name);
	is_digest(name);
	is_other_digest(name);
	platform_find(name);
	is_module(name, true);
	free(visible(name));
	free(name);
}

static void try_meta(const struct bytes *b)
{
	int fd = memfd_create("meta", MFD_CLOEXEC);
	char *path = mem_printf("/proc/self/fd/%d", fd);

	if (write(fd, b->data, b->size) == (ssize_t)b->size)
		json_decref(about_read(path));
	close(fd);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes b = { data + 1, size - 1, false };

	if (size < 2)
		return -1;
	if (*data == 'j')
		try_json(&b);
	else if (*data == 'n')
		try_name(&b);
	else if (*data == 'm')
		try_meta(&b);
	else
		return -1;
	return 0;
}
