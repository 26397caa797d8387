// SPDX-License-Identifier: GPL-2.0-only
/* Clear-signed text: what a signature covers comes from gpgv, never from the file itself. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"

#define BEGIN_TEXT "-----BEGIN PGP SIGNED MESSAGE-----\n"
#define END_TEXT "-----END PGP SIGNATURE-----\n"

const char *keys_dir(const char *lock)
{
	const char *slash = strrchr(lock, '/');

	return format("%.*s/../keys", slash ? (int)(slash - lock) : 1, slash ? lock : ".");
}

/* All keys of DIR in one keyring that gpgv reads; NAMES gets their fingerprints. */
static int open_keyring(const char *dir, struct list *names)
{
	DIR *d = opendir(dir);
	int ring = memory_file();
	struct dirent *e;

	if (!d)
		die(CANNOT_RUN, "%s: cannot be read [no-keys]: %s", dir, strerror(errno));
	while ((e = readdir(d))) {
		if (strlen(e->d_name) != 44 || !ends_in(e->d_name, ".asc"))
			continue;
		key_read(format("%s/%s", dir, e->d_name), ring);
		list_add(names, format("%.40s", e->d_name));
	}
	closedir(d);
	return ring;
}

/*
 * Is TEXT one signed message and nothing else? What stands before, between or after messages is
 * not signed, and a reader of the file could take it for that.
 */
static bool is_one_message(const char *text)
{
	const char *end = strstr(text, END_TEXT);

	return !strncmp(text, BEGIN_TEXT, strlen(BEGIN_TEXT)) && end && !end[strlen(END_TEXT)] &&
	       !strstr(text + 1, "\n" BEGIN_TEXT);
}

/* The word of STATUS that decides, for a message. */
static const char *verdict(const char *status)
{
	static const char *const codes[][2] = {
		{ "BADSIG", "the text was changed after it was signed [bad-signature]" },
		{ "EXPKEYSIG", "the key that signed it has expired [expired-key]" },
		{ "REVKEYSIG", "the key that signed it is revoked [revoked-key]" },
		{ "EXPSIG", "the signature has expired [expired-signature]" },
		{ "NO_PUBKEY", "its key is not in the keyring [unknown-signer]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strstr(status, format("[GNUPG:] %s ", codes[i][0])))
			return codes[i][1];
	return "gpgv found no good signature [bad-signature]";
}

/* The primary key of the good signature that STATUS reports, or NULL; ONLY limits it. */
static const char *signer_of(const char *status, const struct list *only)
{
	const char *valid = strstr(status, "[GNUPG:] VALIDSIG "), *end, *signer;

	if (!strstr(status, "[GNUPG:] GOODSIG ") || !valid)
		return NULL;
	end = valid + strcspn(valid, "\n");
	while (end > valid && end[-1] == ' ')
		end--;
	if (end - valid < 40)
		return NULL;
	signer = format("%.40s", end - 40);
	return !only || list_has(only, signer) ? signer : NULL;
}

void clear_signed(const char *file, const char *keys, struct signed_text *s)
{
	struct list names = { .n = 0 };
	bool own = keys && !is_file(keys);
	int ring = own ? open_keyring(keys, &names) : -1, status = memory_file(),
	    out = memory_file();
	const char *said, *whole = file_text(file), *ring_path;

	*s = (struct signed_text){ .why = NULL };
	ring_path = own ? format("/proc/self/fd/%d", ring) : keys;
	if (strncmp(whole, BEGIN_TEXT, strlen(BEGIN_TEXT)) && !strstr(whole, "\n" BEGIN_TEXT)) {
		s->why = "it is not clear-signed [unsigned-list]";
	} else if (!is_one_message(whole)) {
		s->why = "it has text outside the signed part [unsigned-text]";
		s->tampered = true;
	} else if (finish(start(-1, -1, -1, "gpgv", "--keyring", ring_path, "--status-fd",
				format("%d", status), "--output", format("/proc/self/fd/%d", out),
				"--", file, NULL),
			  "gpgv") > 2) {
		s->why = "gpgv failed [no-gpgv]";
	}
	said = memory_text(status);
	s->text = memory_text(out);
	if (own)
		close(ring);
	if (s->why)
		return;
	s->signer = signer_of(said, own ? &names : NULL);
	if (s->signer)
		return;
	s->why = verdict(said);
	s->tampered = strstr(said, "[GNUPG:] BADSIG ");
}
