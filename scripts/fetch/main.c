// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"

static const char usage[] =
	"usage: fetch LOCK DIR        get a verified tarball for LOCK into DIR; print the lines\n"
	"                             `file PATH`, `sha256 HEX` and `origin NAME`\n"
	"       fetch --check SOURCE  verify the file again; SOURCE has these lines\n"
	"       fetch --get LOCK KEY  print LOCK's version, date, eol or signer, or epoch: the\n"
	"                             date in seconds since 1970\n"
	"       fetch --newest DIR LOCK...\n"
	"                             the newest release of each lock's series that its origins\n"
	"                             offer; DIR is for their lists, and is left as it was\n"
	"       fetch --lock LOCK DIR OUT RELEASE\n"
	"                             write OUT, a lock of RELEASE, or of the newest of a series,\n"
	"                             and print how it was verified\n"
	"       fetch --help          this\n"
	"\n"
	"A tarball in DIR is used if it verifies. Otherwise fetch tries in this order: KERNEL_DIR\n"
	"(a local directory), KERNEL_MIRROR (a base URL, with kernel.org's directories or flat), the\n"
	"origins of LOCK. The Debian archive is DEBIAN_MIRROR, or those in apt's configuration;\n"
	"KERNEL_ORG replaces https://cdn.kernel.org/pub/linux/kernel. OFFLINE=1 uses no network.\n"
	"\n"
	"Exit status: 0 verified, 1 a hash or a signature is wrong, 2 none is available. Of\n"
	"--newest: 0 current, 1 behind or past its end of life, 2 not known of a lock.\n";

static void check(const char *source)
{
	FILE *in = is_file(source) ? fopen(source, "re") : NULL;
	char *file = NULL, *hash = NULL, *origin = NULL, hex[HEX_SIZE];
	int fd;

	if (!in)
		die(CANNOT_RUN, "%s: no such file [no-source]; fetch writes it", source);
	if (fscanf(in, "file %m[^\n] sha256 %m[^\n] origin %m[^\n]", &file, &hash, &origin) != 3 ||
	    !is_sha256(hash) || getc(in) != '\n' || getc(in) != EOF)
		die(CANNOT_RUN, "%s: not an output of fetch [bad-source]; remove it, then run again", source);
	fclose(in);
	if (!is_file(file))
		die(FINDING, "%s: no such file [file-removed]; remove %s too, then run again", file,
		    source);
	fd = open_file(file);
	hash_of(fd, file, hex);
	if (strcmp(hex, hash))
		die(FINDING,
		    "%s: SHA-256 is %s [wrong-hash]: expected %s, as when it was fetched; the cache is corrupt: remove %s and %s, then run again",
		    file, hex, hash, file, source);
	close(fd);
	free(file);
	free(hash);
	free(origin);
}

static void print_value(const struct lock *lock, const char *name)
{
	if (!strcmp(name, "epoch")) {
		printf("%lld\n", lock->epoch);
		return;
	}
	for (enum key key = 0; key < N_KEYS; key++) {
		if (!strcmp(name, key_names[key])) {
			puts(lock->value[key]);
			return;
		}
	}
	die(CANNOT_RUN, "'%s' is not a value of a lock [unknown-value]; known: version date eol signer epoch", name);
}

int main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "";
	struct lock lock;
	int fd, status = DONE;

	/* Open descriptors 0, 1 and 2, so that no file gets one; let programs print English. */
	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
		;
	close(fd);
	setenv("LC_ALL", "C", 1);

	if (argc == 2 && !strcmp(first, "--help")) {
		fputs(usage, stdout);
	} else if (argc == 3 && !strcmp(first, "--check")) {
		check(argv[2]);
	} else if (argc == 4 && !strcmp(first, "--get")) {
		lock_read(&lock, argv[2]);
		print_value(&lock, argv[3]);
	} else if (argc > 3 && !strcmp(first, "--newest")) {
		status = newest(argv + 3, argv[2]);
	} else if (argc == 6 && !strcmp(first, "--lock")) {
		status = write_lock(argv[2], argv[3], argv[4], argv[5]);
	} else if (argc == 3 && *first && *first != '-') {
		lock_read(&lock, first);
		settle(&lock, argv[2]);
	} else {
		say("unknown arguments [usage]; run fetch --help");
		return CANNOT_RUN;
	}
	if (fflush(stdout))
		die(CANNOT_RUN, "standard output [unwritable]: %s", strerror(errno));
	return status;
}
