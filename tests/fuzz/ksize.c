// SPDX-License-Identifier: GPL-2.0-only
// fuzz: sources scripts/ksize/kbuild.c scripts/ksize/expand.c scripts/ksize/functions.c
// fuzz: sources scripts/ksize/config.c scripts/ksize/script.c scripts/ksize/archive.c
// fuzz: sources scripts/ksize/cmdfile.c
// fuzz: sources scripts/ksize/util.c scripts/lib/*.c; libs jansson
/*
 * The files of a tree and a build that ksize reads, by the first byte: a Makefile (m), a .config (c), a
 * resolved file (r), a linker script (s), a thin archive (a),
 * a .cmd (d).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../scripts/ksize/ksize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void see(void *ctx, const char *object)
{
	(void)ctx;
	(void)strlen(object);
}

static void see_word(void *ctx, const char *word, size_t len, bool read)
{
	(void)ctx;
	(void)read;
	if (!len || memchr(word, '\n', len))
		abort();
}

static void read_cmd(const char *path)
{
	char *text = read_text(path, NULL, "");

	if (text)
		cmd_words(text, see_word, NULL);
	free(text);
}

static void add_options(struct config *c)
{
	static const char *const names[] = { "A", "B", "NET" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		grow(c->option, c->n, c->room);
		map_set(&c->names, intern(names[i]), c->n);
		c->option[c->n++] = (struct setting){ intern(names[i]), i ? "y" : "m", ORIGIN_UNTOLD, "" };
	}
}

static void read_makefile(struct build *b, const char *path)
{
	/* Of the 64 MiB, one is left. */
	struct budget budget = { .spent = 63 << 20 };
	struct scope s = { .build = b, .budget = &budget };
	struct words words;

	scope_define(&s, "obj-y", "");
	kbuild_read(&s, path, true);
	words = scope_words(&s, "obj-y");
	words_free(&words);
	scope_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct build b = { .tree = "/nonexistent", .dir = "/nonexistent", .srcarch = "x86" };
	struct script script = { 0 };
	char path[64];
	int fd;

	if (size < 2)
		return -1;
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* Each has these before, so that conditions and a resolved file find some. */
	if (*data == 'm' || *data == 'r')
		add_options(&b.config);
	if (*data == 'm')
		read_makefile(&b, path);
	else if (*data == 'c')
		config_read(&b.config, path);
	else if (*data == 'r')
		config_resolve(&b.config, path);
	else if (*data == 's' && script_read(&script, path))
		script_place(&script, "a/b.o", intern(".text.b"));
	else if (*data == 'a')
		archive_read("/proc/self/fd", path + strlen("/proc/self/fd/"), see, NULL);
	else if (*data == 'd')
		read_cmd(path);
	config_free(&b.config);
	script_free(&script);
	intern_free();
	close(fd);
	return 0;
}
