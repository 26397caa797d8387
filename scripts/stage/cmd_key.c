// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage key: write a key. It is written only when that changes it, so a source that is touched
 * but not changed rebuilds nothing. Two keys can be compared with diff.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"
#include "stage.h"

static const struct command command = {
	.synopsis = "stage key FILE TEXT [INPUT...]",
	.about =
		"Writes FILE, the key of a stage: TEXT and the SHA-256 of each INPUT; of an INPUT that\n"
		"is a key itself, FILE.key, its lines. A FILE that has this text is left unchanged.\n",
	.status = "0 FILE is current, 2 could not run",
	.least = 2,
	.most = ANY,
	.first = true,
};

static bool newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec > b->st_mtim.tv_sec :
							a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* A result that is newer than its key, written now, has a time in the future. */
static void remove_newer(const char *key, const char *ending)
{
	const size_t n = strlen(key);
	struct stat made, st;
	char *path;

	if (n < 4 || strcmp(key + n - 4, ".key") != 0 || stat(key, &made))
		return;
	path = mem_printf("%.*s%s", (int)n - 4, key, ending);
	if (!lstat(path, &st) && S_ISREG(st.st_mode) && newer(&st, &made))
		unlink(path);
	free(path);
}

static bool write_key(const char *path, const struct buffer *text)
{
	struct output o;

	if (!output_open(&o, path))
		return false;
	fwrite(text->data, 1, text->size, o.file);
	if (!output_close(&o, true))
		return false;
	remove_newer(path, "");
	remove_newer(path, ".ok");
	return true;
}

/* Of two makes at once that find it missing, one writes it: a second time would be a newer one. */
static int put(const char *path, const struct buffer *text)
{
	char *dir = dir_of(path);
	const int fd = make_dirs(dir) ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int status = DONE;

	if (fd < 0 || !lock(fd, NULL, NULL)) {
		complain(dir, 0, "cannot be written [unwritable]: %s", strerror(errno));
		status = CANNOT_RUN;
	} else if (!key_same(path, text) && !write_key(path, text)) {
		status = CANNOT_RUN;
	}
	if (fd >= 0)
		close(fd);
	free(dir);
	return status;
}

int cmd_key(int argc, char **argv)
{
	static const struct opt opts[] = { OPT_END };
	struct known known = { 0 };
	struct buffer text = { 0 };
	int status = options_read(&argc, &argv, &command, opts);

	if (status == GO_ON)
		status = key_text(&known, argv[0], argv[1], argv + 2, argc - 2, &text) ?
				 put(argv[0], &text) :
				 CANNOT_RUN;
	known_free(&known);
	buffer_free(&text);
	return status;
}
