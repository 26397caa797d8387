#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A lock of another release: the chain of trust from a key of kernel/keys, or Debian's, to its hash.
. tests/lib.sh
fetch=$BIN/fetch
command -v gpg >/dev/null || {
	skip 'fetch --lock' 'NO GPG'
	finish
}
GNUPGHOME=$T/gpg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"

# key NAME [OPTION...]: makes a key, exports it as $T/NAME.asc, and sets $fpr
key() {
	_name=$1
	shift
	gpg --batch --quiet --passphrase '' "$@" --quick-gen-key "$_name <$_name@keelson.invalid>" ed25519 sign "${expire:-never}" 2>/dev/null
	fpr=$(gpg --batch --with-colons --list-keys "$_name" | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)
	gpg --batch --quiet --armor --export "$fpr" >"$T/$_name.asc"
}
# gpgconf ends the agent, which would hold the directory.
trap 'gpgconf --kill all 2>/dev/null; chmod -R u+rwX "$T" 2>/dev/null; rm -rf "$T"' EXIT

key greg
good=$fpr
key mallory
expire=1d
key old --faked-system-time 20240101T000000!
old=$fpr
expire=
key archive
gpg --batch --quiet --export archive >"$T/archive.gpg"

# ---- three releases at two origins ----------------------------------------------
org=$T/org/v6.x deb=$T/deb/pool/main/l/linux dist=$T/deb/dists/stable
mkdir -p "$org" "$deb" "$dist/main/source" "$T/kernel/6.99" "$T/kernel/keys"
cp "$T/greg.asc" "$T/kernel/keys/$good.asc"
cp "$T/old.asc" "$T/kernel/keys/$old.asc"
sum() {
	sha256sum <"$1" | cut -d ' ' -f 1
}
for n in 1 2 3; do
	mkdir "$T/linux-6.99.$n"
	printf 'VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = %s\nEXTRAVERSION =\n' "$n" >"$T/linux-6.99.$n/Makefile"
	tar -C "$T" --mtime="2024-03-0${n}T12:00:00Z" -cf "$T/$n.tar" "linux-6.99.$n"
	xz -0 -c "$T/$n.tar" >"$org/linux-6.99.$n.tar.xz"
	xz -1 -c "$T/$n.tar" >"$deb/linux_6.99.$n.orig.tar.xz"
done
L=$T/kernel/6.99/release
cat >"$L" <<-EOF2
	# A comment of the lock.
	version 6.99.2
	date 2024-03-02T12:00:00Z
	eol 2030-12-31
	signer $good
	origin kernel.org linux-6.99.2.tar.xz -
	# Fewer files.
	# The hash is that of another index,
	# which is long ago.
	origin debian linux_6.99.2.orig.tar.xz $(sum "$deb/linux_6.99.2.orig.tar.xz")
EOF2
# sums [KEY]: kernel.org's sums, signed
sums() {
	(cd "$org" && sha256sum linux-*.tar.xz) >"$T/sums"
	rm -f "$org/sha256sums.asc"
	gpg --batch --quiet --local-user "${1:-greg}" "${2:---no-greeting}" --clearsign -o "$org/sha256sums.asc" "$T/sums" 2>/dev/null
}
# index [KEY]: Debian's
index() {
	for f in "$deb"/*; do
		echo " $(sum "$f") $(stat -c %s "$f") ${f##*/}"
	done >"$T/Sources"
	{ printf 'Package: linux\nChecksums-Sha256:\n' && cat "$T/Sources"; } | xz >"$dist/main/source/Sources.xz"
	printf 'Suite: stable\nSHA256:\n %s %s main/source/Sources.xz\n' "$(sum "$dist/main/source/Sources.xz")" \
		"$(stat -c %s "$dist/main/source/Sources.xz")" >"$T/Release"
	rm -f "$dist/InRelease"
	gpg --batch --quiet --local-user "${1:-archive}" --clearsign -o "$dist/InRelease" "$T/Release" 2>/dev/null
}
# lock WANTED [NAME=VALUE...]: writes $T/new
lock() {
	_wanted=$1
	shift
	rm -rf "$T/dl" "$T/new"
	mkdir "$T/dl"
	timeout 100 env -u KERNEL_DIR -u KERNEL_MIRROR -u OFFLINE KERNEL_ORG="file://$T/org" DEBIAN_MIRROR="file://$T/deb/" \
		DEBIAN_KEYRING="$T/archive.gpg" "$@" "$fetch" --lock "$L" "$T/dl" "$T/new" "$_wanted"
}
# locks NAME: the last lock is of 6.99.3, and one that fetch reads
locks() {
	is "$("$fetch" --get "$T/new" version 2>&1) $("$fetch" --get "$T/new" date)" '6.99.3 2024-03-03T12:00:00Z' "$1"
}
origins() {
	sed -n 's/^origin //p' "$T/new" | tr '\n' '|'
}
sums
index
check 'the newest release of a series is locked' lock 6.99
locks 'with the date of its files'
is "$(origins)" "kernel.org linux-6.99.3.tar.xz $(sum "$org/linux-6.99.3.tar.xz") $(stat -c %s "$org/linux-6.99.3.tar.xz")|debian linux_6.99.3.orig.tar.xz $(sum "$deb/linux_6.99.3.orig.tar.xz") $(stat -c %s "$deb/linux_6.99.3.orig.tar.xz")|" \
	'and a hash of each origin'
cp "$T/.out" "$T/printed"
is "$(grep '^#' "$T/new" | sed 's/signed by .*/signed by X/' | tr '\n' '|')" '# A comment of the lock.|# The hash is that of the sums signed by X|# Fewer files.|# The hash is that of the index of stable, InRelease signed by X|' \
	'comments stay, but for those about the hash'
is "$(grep -c "^trust kernel.org sums signed by $good\$" "$T/printed")" 1 'the sums are trusted by a key of kernel/keys'
is "$(grep -c '^trust debian index of stable, InRelease signed by ' "$T/printed")" 1 'the index by the key of the archive'
is "$(grep -E '^(skipped|eol) ' "$T/printed" | sed 's/in [0-9]* days/in N days/' | tr '\n' '|')" 'eol 2030-12-31, in N days|skipped none|' \
	'the end of life is printed, and that no release is skipped'
cp "$L" "$T/kept"
sed -i 's/6\.99\.2/6.99.1/g; s/^eol .*/eol 2024-12-31/' "$L"
check 'an older lock skips a release' lock 6.99
is "$(grep -E '^(skipped|listed|eol) ' "$T/.out" | sed 's/[0-9]* days/N days/' | tr '\n' '|')" 'eol 2024-12-31, N days ago [eol]|skipped 1, 6.99.2|listed kernel.org 6.99.2|listed debian 6.99.2|' \
	'which the origins list'
cp "$T/kept" "$L"
check 'a release is locked by its number too' lock 6.99.3
is "$(find "$T/dl" -type f ! -name .lock -printf "%f ")" "linux-6.99.3.tar.xz " 'only the tarball is left of it'

# ---- sums that are not to be trusted --------------------------------------------
alone=DEBIAN_MIRROR=file://$T/none
none() {
	check "$1: nothing is written" [ ! -e "$T/new" ]
}
evil=0000000000000000000000000000000000000000000000000000000000000000
cp "$org/sha256sums.asc" "$T/asc"
{ echo "$evil  linux-6.99.4.tar.xz" && cat "$T/asc"; } >"$org/sha256sums.asc"
refuses 1 '\[unsigned-text\]' 'text before the signed part is refused' lock 6.99
none 'which is so'
{ cat "$T/asc" && echo "$evil  linux-6.99.4.tar.xz"; } >"$org/sha256sums.asc"
refuses 1 '\[unsigned-text\]' 'so is text after it' lock 6.99
cat "$T/asc" "$T/asc" >"$org/sha256sums.asc"
refuses 1 '\[unsigned-text\]' 'so are two messages' lock 6.99
sed "s/^[0-9a-f]*  linux-6.99.3/$evil  linux-6.99.3/" "$T/asc" >"$org/sha256sums.asc"
refuses 1 '\[bad-signature\]' 'so are sums that were changed' lock 6.99
none 'these'
sums mallory
refuses 2 'kernel.org: lists 6.99.3, but its key is not in the keyring \[unknown-signer\]' \
	'without a signature of the tar, so are those of a key that is not in kernel/keys' lock 6.99 "$alone"
none 'those'
cp "$T/mallory.asc" "$T/kernel/keys/0123456789012345678901234567890123456789.asc"
refuses 2 'lists 6.99.3, but ' 'even if a file of another name there has the key' lock 6.99 "$alone"
rm "$T/kernel/keys/0123456789012345678901234567890123456789.asc"
sums old --faked-system-time=20240101T010000!
refuses 2 '\[expired-key\]' 'and those of a key that has expired' lock 6.99 "$alone"
check 'another origin may serve' lock 6.99
cp "$T/.out" "$T/printed"
locks 'and does'
is "$(grep -c '^distrust kernel.org the key that signed it has expired \[expired-key\]' "$T/printed")" 1 'the report says why one is not trusted'
is "$(origins)" "kernel.org linux-6.99.3.tar.xz -|debian linux_6.99.3.orig.tar.xz $(sum "$deb/linux_6.99.3.orig.tar.xz") $(stat -c %s "$deb/linux_6.99.3.orig.tar.xz")|" \
	'and the lock has no hash of that origin'
sed -i 's/6\.99/6.98/; s/6\.99/6.98/' "$T/sums"
(cd "$T" && sed 's/6\.99/6.98/' sums >other && rm "$org/sha256sums.asc" && gpg --batch --quiet --local-user greg --clearsign -o "$org/sha256sums.asc" other)
refuses 2 '\[no-release\]' 'good sums of other files name no release' lock 6.99 "$alone"

# ---- the signature of the tar ---------------------------------------------------
rm "$org/sha256sums.asc"
sign() {
	rm -f "$org/linux-6.99.3.tar.sign"
	gpg --batch --quiet --local-user "$1" --armor --detach-sign -o "$org/linux-6.99.3.tar.sign" "$2" 2>/dev/null
}
sign greg "$T/3.tar"
check 'without sums, a release of a signed tar is locked by its number' lock 6.99.3 "$alone"
is "$(grep -c "^trust kernel.org tar signed by $good\$" "$T/.out") $(origins)" "1 kernel.org linux-6.99.3.tar.xz $(sum "$org/linux-6.99.3.tar.xz") $(stat -c %s "$org/linux-6.99.3.tar.xz")|" \
	'with the hash of the tarball that was verified'
sign greg "$T/2.tar"
refuses 1 '\[bad-signature\]' 'a good signature over another file is refused' lock 6.99.3 "$alone"
none 'then'
sign mallory "$T/3.tar"
refuses 1 '\[bad-signature\]' 'so is one by another key' lock 6.99.3 "$alone"
rm "$org/linux-6.99.3.tar.sign"

# ---- Debian's index -------------------------------------------------------------
alone=KERNEL_ORG=file://$T/none
check 'the archive alone will do' lock 6.99 "$alone"
index mallory
refuses 2 'debian: lists 6.99.3, but its key is not in the keyring \[unknown-signer\]' 'not with a key that is not in its keyring' lock 6.99 "$alone"
index
sed -i 's/^Suite: stable/Suite: unstable/' "$dist/InRelease"
refuses 1 'InRelease: .*\[bad-signature\]' 'nor a changed InRelease' lock 6.99 "$alone"
index
echo "Package: x" | xz >>"$dist/main/source/Sources.xz"
refuses 1 'Sources.xz: .*\[wrong-hash\]' 'nor another list than that has' lock 6.99 "$alone"
index
xz -0 -c "$T/2.tar" >"$deb/linux_6.99.3.orig.tar.xz"
refuses 1 '\[wrong-hash\]' 'nor another tarball than the list has' lock 6.99 "$alone"
none 'which also'

# ---- which release --------------------------------------------------------------
xz -1 -c "$T/3.tar" >"$deb/linux_6.99.3.orig.tar.xz"
index
sums
refuses 2 '\[downgrade\]' 'an older release is refused' lock 6.99.1
none 'a downgrade'
refuses 2 '\[no-origin\]|\[origin-failed\]' 'so is one that no origin has' lock 6.99.9
refuses 2 '\[no-release\]' 'and a series that none has' lock 6.97
for bad in 6.99-rc1 6 '' x 6.99.3/.. 99999999999999999999999999999.9999; do
	refuses 2 '\[bad-release\]' "'$bad' is not a release" lock "$bad"
done
refuses 2 '\[no-release\]' 'without a network, none is listed' lock 6.99 "$alone" DEBIAN_MIRROR="file://$T/none"
finish
