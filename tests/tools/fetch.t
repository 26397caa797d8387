#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A release gets in verified or not at all: locks, origins, hashes, signatures, kills.
. tests/lib.sh
fetch=$BIN/fetch

# ---- a release, and two origins of it -------------------------------------------
# Noise, so that xz keeps its size and a part of it is a real part.
mkdir "$T/linux-6.99.1"
openssl rand -out "$T/linux-6.99.1/noise" 300000
# makefile VERSION PATCHLEVEL SUBLEVEL [EXTRAVERSION]
makefile() {
	printf '# SPDX-License-Identifier: GPL-2.0\nVERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\nEXTRAVERSION =%s\n' \
		"$1" "$2" "$3" "${4:+ $4}"
	echo 'NAME = Noise'
}
# release TAR [DATE]: a tar of that directory
release() {
	tar -C "$T" --mtime="${2:-2024-02-29T12:00:00Z}" -cf "$1" linux-6.99.1
}
makefile 6 99 1 >"$T/linux-6.99.1/Makefile"
release "$T/linux-6.99.1.tar"
org=$T/org/v6.x deb=$T/deb/pool/main/l/linux
K=linux-6.99.1.tar.xz D=linux_6.99.1.orig.tar.xz
mkdir -p "$org" "$deb" "$T/kernel/6.99" "$T/kernel/keys"
xz -0 -c "$T/linux-6.99.1.tar" >"$org/$K"
xz -1 -c "$T/linux-6.99.1.tar" >"$deb/$D"
sum() {
	sha256sum <"$1" | cut -d ' ' -f 1
}
ksum=$(sum "$org/$K") dsum=$(sum "$deb/$D")
zeros=0000000000000000000000000000000000000000000000000000000000000000
signer=0123456789ABCDEF0123456789ABCDEF01234567

L=$T/kernel/6.99/release
# lock [KERNEL.ORG'S HASH [DEBIAN'S]]: writes the lock; with no hash that origin is not listed.
lock() {
	cat >"$L" <<-EOF
		# A comment, and an empty line.

		version 6.99.1
		date 2024-02-29T12:00:00Z
		eol 2030-12-31
		signer $signer
	EOF
	[ -z "${1:-}" ] || echo "origin kernel.org $K $1" >>"$L"
	[ -z "${2:-}" ] || echo "origin debian $D $2" >>"$L"
}

# f DIR [NAME=VALUE...]: a fetch that knows no other origins than these.
f() {
	dir=$1
	shift
	timeout 100 env -u KERNEL_DIR -u KERNEL_MIRROR -u OFFLINE KERNEL_ORG="file://$T/org" \
		DEBIAN_MIRROR="file://$T/deb/" "$@" "$fetch" "$L" "$dir"
}
settled() { # FILE HASH ORIGIN
	printf 'file %s\nsha256 %s\norigin %s' "$1" "$2" "$3"
}
# holds DIR NAMES: nothing but them is in DIR.
holds() {
	is "$(find "$1" -type f ! -name .lock -printf '%f ' 2>/dev/null)" "$2" "$3"
}

# ---- the releases that the origins offer ----------------------------------------
lock "$ksum" "$dsum"
echo "$zeros  linux-6.99.9.tar.xz
$zeros  linux-6.99.10.tar.gz
$zeros  linux-6.9.99.tar.xz
$zeros  linux-6.99.1.tar.xz" >"$org/sha256sums.asc"
mkdir -p "$T/deb/dists/stable/main/source" "$T/deb/dists/testing/main/source" "$T/lists"
echo " $zeros 1 linux_6.99.0.orig.tar.xz" | xz >"$T/deb/dists/testing/main/source/Sources.xz"
echo " $zeros 1 linux_6.99.1.orig.tar.xz" | xz >"$T/deb/dists/stable/main/source/Sources.xz"
# newest [NAME=VALUE...]
newest() {
	env KERNEL_ORG="file://$T/org" DEBIAN_MIRROR="file://$T/deb/" "$@" "$fetch" --newest "$T/lists" "$L"
}
newest >"$T/printed"
is $? 1 'a lock with a newer release is behind, which is status 1'
is "$(sed -n 1p "$T/printed" | sed 's/[0-9]* days/N days/g')" '6.99.1 of 2024-02-29, N days ago, end of life 2030-12-31 in N days' 'a lock is listed with its end of life'
is "$(sed -n 2p "$T/printed")" "  kernel.org: 6.99.9, newer than the lock's" 'the newest of its series too'
is "$(sed -n 3p "$T/printed")" '  debian: 6.99.1' 'over all suites of the archive'
is "$(sed -n 4p "$T/printed" | sed 's/[0-9]* days/N days/')" '  6.99.1: 8 releases and up to N days behind 6.99.9 [behind]' 'and the last line says how far'
check 'nothing is left of the lists' [ -z "$(ls -A "$T/lists")" ]
newest KERNEL_ORG="file://$T/none" DEBIAN_MIRROR="file://$T/none" >"$T/printed"
is $? 2 'lists that are not available are status 2'
is "$(grep -c 'unknown: file:' "$T/printed")" 2 'an origin without a list is reported as that'
is "$(grep -c '\[not-learned\]' "$T/printed")" 1 'and not silence'
head -c 140000000 /dev/zero | xz -0 >"$T/deb/dists/stable/main/source/Sources.xz"
newest >"$T/printed"
is "$(sed -n 3p "$T/printed")" '  debian: 6.99.0' 'a list that unpacks to too much is skipped'
sed -i 's/6\.99/6.98/g' "$L"
newest >"$T/printed"
is "$(grep -c 'has none of 6.98' "$T/printed")" 2 'so is one that has none'
sed -i 's/6\.98/6.99/g' "$L"
for v in 6.99.9 6.99.1; do
	for lock in linux-$v linux-6.99.1-rc1 linux-6.99-rc9 linux-6.99.20~rc1; do
		echo "$zeros  $lock.tar.xz"
	done >"$org/sha256sums.asc"
	newest >"$T/printed"
	is "$? $(sed -n 2p "$T/printed" | cut -d , -f 1)" "$(($(echo "$v" | grep -c 9$)))   kernel.org: $v" "of candidates and $v, $v is taken"
done
newest DEBIAN_MIRROR="file://$T/none" >"$T/printed"
is "$? $(grep -c '\[not-learned\]' "$T/printed")" '2 1' 'one is not current while an origin is not known'
echo "<html> 6.99.9 </html>" >"$org/sha256sums.asc"
newest DEBIAN_MIRROR="file://$T/none" >"$T/printed"
is "$? $(grep -c 'list-shape' "$T/printed")" '2 1' 'a list of another shape is status 2'
echo "$zeros  patch-6.99.9.xz" >"$org/sha256sums.asc"
newest DEBIAN_MIRROR="file://$T/none" >"$T/printed"
is "$? $(grep -c 'list-shape' "$T/printed")" '2 1' 'so is one without a kernel'
echo "$zeros  linux-6.99.1.tar.xz" >"$org/sha256sums.asc"
sed -i 's/eol .*/eol 2025-01-01/' "$L"
newest >"$T/printed"
is "$? $(grep -c "\[eol\]" "$T/printed")" '1 1' 'a series past its end of life is status 1'

# ---- the order of the origins ---------------------------------------------------
lock "$ksum" "$dsum"
is "$(f "$T/a")" "$(settled "$T/a/$K" "$ksum" kernel.org)" 'the first origin of the lock is taken'
holds "$T/a" "$K " 'and nothing but its file is left'
is "$(f "$T/b" KERNEL_ORG="file://$T/none" 2>"$T/err")" "$(settled "$T/b/$D" "$dsum" debian)" \
	'when it fails, the next one is'
is "$(grep -c . "$T/err")" 1 'a failing origin is one line'
check 'that names origin, URL and cause, and the next step' grep -Eq \
	"^fetch: kernel.org: file://$T/none/v6.x/$K: Couldn't open .*; trying the next origin\$" \
	"$T/err"

mkdir -p "$T/deb2/pool/updates/main/l/linux"
cp "$deb/$D" "$T/deb2/pool/updates/main/l/linux/"
is "$(f "$T/c" KERNEL_ORG="file://$T/none" DEBIAN_MIRROR="file://$T/deb2" 2>/dev/null)" \
	"$(settled "$T/c/$D" "$dsum" debian)" 'the security archive is looked through too'

mkdir "$T/apt"
cat >"$T/apt/apt-get" <<-EOF
	#!/bin/sh
	[ "\$1 \$2 \$4" = "indextargets --format Origin: Debian" ] || exit 100
	echo "file://$T/none"
	echo "file://$T/deb"
EOF
chmod +x "$T/apt/apt-get"
is "$(f "$T/d" KERNEL_ORG="file://$T/none" DEBIAN_MIRROR= PATH="$T/apt:$PATH" 2>/dev/null)" \
	"$(settled "$T/d/$D" "$dsum" debian)" 'the archive is one that apt is set up for'
printf '#!/bin/sh\nexit 100\n' >"$T/apt/apt-get"
refuses 2 'fetch: debian: .*\[no-archive\].*DEBIAN_MIRROR' \
	'without any, DEBIAN_MIRROR is used' \
	f "$T/e" KERNEL_ORG="file://$T/none" DEBIAN_MIRROR= PATH="$T/apt:$PATH"
refuses 2 '\[no-origin\].*KERNEL_MIRROR or KERNEL_DIR' \
	'no origin at all is an error' \
	f "$T/e" KERNEL_ORG="file://$T/none" DEBIAN_MIRROR="file://$T/none"
refuses 2 'fetch: kernel.org: http://127.0.0.1:1/v6.x/.*onnect.*; trying the next' \
	'a host that does not answer is reported' \
	f "$T/e" no_proxy='*' KERNEL_ORG=http://127.0.0.1:1 DEBIAN_MIRROR="file://$T/none"

# A mirror without file:// costs no curl each.
for layout in pub/linux/kernel/v6.x v6.x .; do
	for file in "$org/$K" "$deb/$D"; do
		rm -rf "$T/mirror" "$T/e"
		mkdir -p "$T/mirror/$layout"
		cp "$file" "$T/mirror/$layout/"
		f "$T/e" KERNEL_MIRROR="$T/mirror/" KERNEL_ORG="$T/none" DEBIAN_MIRROR="$T/none" \
			>/dev/null 2>&1
		holds "$T/e" "${file##*/} " "KERNEL_MIRROR may have ${file##*/} in $layout"
	done
done
rm -rf "$T/e"
mkdir "$T/my dir"
cp "$deb/$D" "$T/my dir/"
is "$(f "$T/e" KERNEL_DIR="$T/my dir" 2>/dev/null)" "$(settled "$T/e/$D" "$dsum" debian)" \
	'KERNEL_DIR comes first, and the recorded origin is the one whose bytes these are'
refuses 2 "KERNEL_DIR: 'file://$T/deb' .*\[not-a-directory\]" 'a KERNEL_DIR that is a URL is refused' \
	f "$T/f" KERNEL_DIR="file://$T/deb" OFFLINE=1
refuses 2 'KERNEL_DIR: .*/nodir/linux.*: no such file' 'a KERNEL_DIR that does not exist is reported' \
	f "$T/f" KERNEL_DIR="$T/nodir" KERNEL_ORG="file://$T/none" DEBIAN_MIRROR="file://$T/none"

mkdir "$T/count"
printf '#!/bin/sh\necho >>"%s"\nexec %s "$@"\n' "$T/calls" "$(command -v curl)" >"$T/count/curl"
chmod +x "$T/count/curl"
f "$T/f" no_proxy='*' PATH="$T/count:$PATH" KERNEL_MIRROR=http://127.0.0.1:1 >/dev/null 2>&1
is "$(wc -l <"$T/calls")" 2 'a mirror that does not answer is asked once, and then the next origin'

# ---- OFFLINE --------------------------------------------------------------------
mkdir "$T/nocurl"
printf '#!/bin/sh\ntouch "%s"\nexit 6\n' "$T/curl-ran" >"$T/nocurl/curl"
cp "$T/nocurl/curl" "$T/nocurl/apt-get"
chmod +x "$T/nocurl/curl" "$T/nocurl/apt-get"
is "$(f "$T/a" OFFLINE=1 PATH="$T/nocurl:$PATH")" "$(settled "$T/a/$K" "$ksum" kernel.org)" \
	'OFFLINE takes existing files'
is "$(f "$T/g" OFFLINE=1 KERNEL_DIR="$org" PATH="$T/nocurl:$PATH")" \
	"$(settled "$T/g/$K" "$ksum" kernel.org)" 'and those in KERNEL_DIR'
refuses 2 "\[offline\].*make fetch.*KERNEL_DIR.*: $K $D\$" \
	'otherwise it names the missing file, and how to get it' \
	f "$T/h" OFFLINE=1 KERNEL_MIRROR="file://$T/org" PATH="$T/nocurl:$PATH"
is "$(f "$T/a" PATH="$T/nocurl:$PATH")" "$(settled "$T/a/$K" "$ksum" kernel.org)" \
	'an existing file needs no network without OFFLINE either'
check 'none of that called curl or apt-get' test ! -e "$T/curl-ran"
f "$T/h" PATH="$T/nocurl:$PATH" >/dev/null 2>&1
check 'which would have been seen' test -e "$T/curl-ran"
mkdir "$T/empty"
refuses 2 "fetch: curl: .*\[missing-program\]; run 'make setup'" 'without curl it says how to get it' \
	f "$T/h" PATH="$T/empty"

# ---- hashes ---------------------------------------------------------------------
lock "$zeros" "$dsum"
refuses 1 "kernel.org: file://$T/org/v6.x/$K: .*$ksum \[wrong-hash\].*$zeros, as $L:7 .*deleted" \
	'a wrong hash stops everything, and names origin, URL and both hashes' f "$T/i"
holds "$T/i" '' 'it leaves nothing behind, and no other origin was tried'
refuses 1 "KERNEL_DIR: $org/$K: .*\[wrong-hash\]" 'so does one in KERNEL_DIR' \
	f "$T/i" KERNEL_DIR="$org" OFFLINE=1
refuses 1 'KERNEL_MIRROR: file:.*\[wrong-hash\]' 'and one of KERNEL_MIRROR' \
	f "$T/i" KERNEL_MIRROR="file://$T/org"
holds "$T/i" '' 'they leave nothing behind either'
check 'the file in KERNEL_DIR is kept' test -f "$org/$K"

lock "$ksum"
mkdir "$T/j" "$T/k" "$T/l"
head -c 100000 "$org/$K" >"$T/j/$K.part"
# An origin that lost the head of the file: only the existing part makes it whole.
mkdir -p "$T/tail/v6.x"
{ head -c 100000 /dev/zero && tail -c +100001 "$org/$K"; } >"$T/tail/v6.x/$K"
check 'a download that was cut short continues' f "$T/j" KERNEL_ORG="file://$T/tail"
is "$(sum "$T/j/$K")" "$ksum" 'to the right end'
head -c 100000 "$T/linux-6.99.1.tar" >"$T/k/$K.part"
check 'if the existing part does not fit, all is fetched again' f "$T/k"
cat "$org/$K" "$org/$K" >"$T/l/$K.part"
check 'also if that was longer than the file' f "$T/l"
# A server of HTTP that has nothing beyond the existing part.
mkdir "$T/416" "$T/m" "$T/n"
cat >"$T/416/curl" <<-EOF
	#!/bin/sh
	for url; do [ "\$out" != --output ] || part=\$url; out=\$url; done
	[ ! -e "\$part" ] || { echo 'curl: (22) The requested URL returned error: 416' >&2; exit 22; }
	exec $(command -v curl) "\$@"
EOF
chmod +x "$T/416/curl"
cp "$org/$K" "$T/m/$K.part"
check 'the existing part may be the whole file' f "$T/m" PATH="$T/416:$PATH" KERNEL_ORG="file://$T/none"
cat "$org/$K" "$org/$K" >"$T/n/$K.part"
check 'or too much, and all is fetched again' f "$T/n" PATH="$T/416:$PATH"
lock "$zeros"
head -c 1000 "$org/$K" >"$T/i/$K.part"
refuses 1 '\[wrong-hash\]' 'a wrong hash after that is final' f "$T/i"
holds "$T/i" '' 'and leaves nothing behind'

lock "$ksum" "$dsum"
f "$T/a" >"$T/source"
check 'the fetched file is verified again' "$fetch" --check "$T/source"
printf x | dd of="$T/a/$K" bs=1 seek=1000 conv=notrunc 2>/dev/null
refuses 1 "$T/a/$K: .*\[wrong-hash\].*$ksum.*remove" \
	'a corrupted cache is found before it is used' "$fetch" --check "$T/source"
refuses 1 "$T/a/$K: .*\[wrong-hash\].*remove" 'and by the next fetch' f "$T/a"
refuses 1 "$T/a/$K: .*\[wrong-hash\].*remove" 'and offline' f "$T/a" OFFLINE=1
check 'it is not deleted behind its owner'\''s back' test -f "$T/a/$K"
rm "$T/a/$K"
refuses 1 "$T/a/$K: .*\[file-removed\]" 'a file that went away is an error' "$fetch" --check "$T/source"
check 'removed and fetched again, all is well' f "$T/a"
check 'the record of the fetched file verifies again' "$fetch" --check "$T/source"
sed -i 's/^sha256 ./sha256 /' "$T/source"
refuses 2 "$T/source: .*\[bad-source\]" 'a spoilt list is refused' "$fetch" --check "$T/source"
: >"$T/source"
refuses 2 "$T/source: .*\[bad-source\]" 'an empty one too' "$fetch" --check "$T/source"

# ---- a release that is another one, by its hash ----------------------------------
makefile 6 99 0 >"$T/linux-6.99.1/Makefile"
mkdir -p "$T/older/v6.x"
release "$T/older.tar"
xz -0 -c "$T/older.tar" >"$T/older/v6.x/$K"
makefile 6 99 1 >"$T/linux-6.99.1/Makefile"
lock "$(sum "$T/older/v6.x/$K")" "$dsum"
refuses 1 '\[wrong-version\]' 'a hash of another version in the lock is found' f "$T/o" KERNEL_ORG="file://$T/older"
holds "$T/o" '' 'of which nothing is kept'
lock "$ksum" "$dsum"
f "$T/o" >"$T/out" 2>"$T/err"
is "$(cat "$T/err")" '' 'if all agrees, fetch prints nothing'

# ---- mirrors that send too much, too little, or escapes ---------------------------
mkdir "$T/mirror.d" "$T/shorter"
head -c 1000 "$org/$K" >"$T/shorter/$K"
cp "$org/$K" "$T/mirror.d/"
perl tests/lib/fake/mirror.pl "$T/mirror.d" >"$T/port" &
mirror=$!
for _ in $(seq 100); do
	[ ! -s "$T/port" ] || break
	sleep 0.1
done
# m HOW DIR [NAME=VALUE...]: fetches from such a mirror alone.
m() {
	how=$1 into=$2
	shift 2
	: >"$T/mirror.d/calls"
	f "$into" no_proxy='*' KERNEL_ORG="http://127.0.0.1:$(cat "$T/port")/$how" DEBIAN_MIRROR="$T/none" "$@"
}
lock "$ksum"
rm -rf "$T/m"
check 'a mirror that drops each tenth is asked on' m drop "$T/m"
is "$(wc -l <"$T/mirror.d/calls")" 10 'ten times'
is "$(sum "$T/m/$K")" "$ksum" 'to the right file'
rm -rf "$T/m"
refuses 2 '\[no-origin\]' 'one that knows no ranges is given up' m deaf "$T/m"
check 'soon' test "$(wc -l <"$T/mirror.d/calls")" -le 3
rm -rf "$T/m"
refuses 2 '\[no-origin\]' 'so is one that sends nothing more' m stuck "$T/m"
check 'soon' test "$(wc -l <"$T/mirror.d/calls")" -le 3
rm -rf "$T/m"
refuses 1 '\[wrong-hash\]' 'where no size is known, a part can be all that a mirror has' m cut "$T/m"
sed -i "7s/\$/ $(stat -c %s "$org/$K")/" "$L"
check 'where it is known, the rest is requested' m cut "$T/m"
is "$(sum "$T/m/$K")" "$ksum" 'to the right file'
check 'and the download has the size' m drop "$T/m2"
rm -rf "$T/m" "$T/m2"
for how in endless huge; do
	refuses 2 "kernel.org: .*\[too-long\]" "a mirror is not read beyond the size: $how" m $how "$T/m"
	holds "$T/m" '' 'and nothing of it is kept'
done
head -c 1000 "$org/$K" >"$T/m/$K.part"
refuses 2 "kernel.org: .*\[too-long\]" 'nor where a part of it was there' m endless "$T/m"
mkdir "$T/longer"
cat "$org/$K" "$org/$K" >"$T/longer/$K"
refuses 2 "KERNEL_DIR: .*\[too-long\]" 'nor is a local file' m stuck "$T/m" KERNEL_DIR="$T/longer" OFFLINE=1
refuses 2 "KERNEL_DIR: .*\[too-short\]" 'a short one has not come' m stuck "$T/m" KERNEL_DIR="$T/shorter" OFFLINE=1
lock "$ksum"
refuses 2 "kernel.org: .* 419430400 bytes \[too-long\]" 'without a size 400 MiB are the end' m huge "$T/m"
mkdir "$T/escape"
printf '#!/bin/sh\nprintf "curl: (1) \\033]0;x\\007 \\302\\233 \\233 \\303\\266 \\342\\200" >&2\nexit 1\n' >"$T/escape/curl"
chmod +x "$T/escape/curl"
f "$T/m" PATH="$T/escape:$PATH" 2>"$T/err"
is "$(sed -n 's/.*: \(.*\) \[origin-failed\]; .*/\1/p' "$T/err" | sort -u)" '?]0;x? ?? ? '"$(printf '\303\266')"' ??' \
	"curl's messages reach no terminal as escapes"
lock -
refuses 2 'tar.sign: .*\[too-long\]' 'a signature has an end too' m endless "$T/m"
lock "$ksum 1000"
cp "$org/$K" "$T/m/"
refuses 2 "$L:7: .*\[lock-size\]" 'a size that is not that of the hash is found' f "$T/m"
kill "$mirror"
wait "$mirror" 2>/dev/null
lock "$ksum" "$dsum"

# ---- signatures, where no hash is known -----------------------------------------
if command -v gpg >/dev/null && command -v gpgv >/dev/null; then
	export GNUPGHOME="$T/gnupg"
	mkdir -m 700 "$GNUPGHOME"
	for who in signer other; do
		gpg -q --batch --passphrase '' --quick-gen-key \
			"$who@keelson.invalid" rsa2048 sign never 2>/dev/null
	done
	fpr() {
		gpg --batch --with-colons --list-keys "$1@keelson.invalid" 2>/dev/null |
			sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1
	}
	sign() { # WHO
		gpg -q --batch --yes -u "$1@keelson.invalid" --armor --detach-sign \
			-o "$org/linux-6.99.1.tar.sign" "$T/linux-6.99.1.tar"
	}
	signer=$(fpr signer)
	is "${#signer}" 40 'there is a key to sign with'
	gpg --batch --armor --export "$signer" >"$T/kernel/keys/$signer.asc"
	lock -

	sign signer
	is "$(f "$T/s" 2>"$T/err")" "$(settled "$T/s/$K" "$ksum" kernel.org)" \
		'a good signature replaces a hash'
	check 'and the line for the lock is reported' grep -q \
		"$L:7: origin kernel.org $K $ksum $(stat -c %s "$org/$K")\$" "$T/err"
	holds "$T/s" "linux-6.99.1.tar.sign $K " 'the signature stays beside the file'
	is "$(f "$T/s" OFFLINE=1)" "$(settled "$T/s/$K" "$ksum" kernel.org)" \
		'the next run verifies it again'
	is "$(f "$T/s2" OFFLINE=1 KERNEL_DIR="$T/s" 2>/dev/null)" \
		"$(settled "$T/s2/$K" "$ksum" kernel.org)" \
		'as it does from KERNEL_DIR'
	xz -2 -c "$T/linux-6.99.1/noise" >"$T/s/$K"
	refuses 1 "$T/s/$K: .*$signer.*\[bad-signature\]" \
		'a file that was changed since is refused' f "$T/s"
	cp "$org/$K" "$T/s/$K"
	rm "$T/s/linux-6.99.1.tar.sign"
	refuses 1 "$T/s/$K: .*$signer.*\[bad-signature\]" \
		'a file without a signature is not known by its name' f "$T/s"

	cp "$org/$K" "$T/good.xz"
	xz -0 -c "$T/linux-6.99.1/noise" >"$org/$K"
	lock - "$dsum"
	refuses 1 "kernel.org: .*$signer.*\[bad-signature\].*deleted" \
		'a bad signature stops everything' f "$T/t"
	holds "$T/t" '' 'it leaves nothing behind, and no other origin was tried'
	{ cat "$T/good.xz" && echo more; } >"$org/$K"
	refuses 1 '\[bad-signature\]' 'nor may anything follow the signed bytes' f "$T/t"
	head -c 200000 "$T/good.xz" >"$org/$K"
	refuses 1 '\[bad-signature\]' 'nor may its end be missing' f "$T/t"
	cp "$T/good.xz" "$org/$K"

	sign other
	refuses 1 "$signer.*\[bad-signature\]" 'a signature by another key is a bad one' \
		f "$T/t"
	gpg --batch --armor --export "$signer" "$(fpr other)" >"$T/kernel/keys/$signer.asc"
	refuses 1 "$signer.*\[bad-signature\]" "even if the file of keys holds that one too" \
		f "$T/t"
	gpg --batch --armor --export "$signer" >"$T/kernel/keys/$signer.asc"
	mkdir "$T/xz"
	ln -s "$(command -v curl)" "$(command -v xz)" "$T/xz/"
	sign signer
	refuses 2 'fetch: gpgv: .*\[missing-program\]' 'without gpgv nothing is verified' f "$T/t" PATH="$T/xz"
	rm "$T/xz/xz"
	ln -s "$(command -v gpgv)" "$T/xz/"
	refuses 2 'fetch: xz: .*\[missing-program\]' 'nor without xz' f "$T/t" PATH="$T/xz"
	rm -r "$T/t"
	old() {
		gpg -q --batch --faked-system-time 20200101T000000 "$@" 2>/dev/null
	}
	old --passphrase '' --quick-gen-key old@keelson.invalid rsa2048 sign 1d
	old --yes -u old@keelson.invalid --detach-sign -o "$org/linux-6.99.1.tar.sign" \
		"$T/linux-6.99.1.tar"
	gpg --batch --armor --export "$(fpr old)" >"$T/kernel/keys/$(fpr old).asc"
	sed -i "s/$signer/$(fpr old)/" "$L"
	refuses 1 "$(fpr old).*\[bad-signature\]" 'nor does a key that has expired count' f "$T/t"
	lock - "$dsum"
	echo 'not a signature' >"$org/linux-6.99.1.tar.sign"
	refuses 1 "$signer.*\[bad-signature\]" 'a file that is not a signature is a bad one' f "$T/t"
	holds "$T/t" '' 'none of these left anything behind'

	# The signer has signed older releases too, and other files.
	cp "$org/$K" "$T/good.xz"
	for version in '6 99 0' '6 98 1' '6 99 1 -rc1' '6 99 10' '6 99 100'; do
		# shellcheck disable=SC2086 # into words
		makefile $version >"$T/linux-6.99.1/Makefile"
		release "$T/linux-6.99.1.tar"
		xz -0 -c "$T/linux-6.99.1.tar" >"$org/$K"
		sign signer
		refuses 1 "kernel.org: .*/$K: .*\[wrong-version\].*, as $L:3 .*deleted" \
			"a signed release of another version is refused: $version" f "$T/t"
		is "$(grep -c "origin kernel.org $K" "$T/.err")" 0 'and its hash is not offered'
		holds "$T/t" '' 'and not kept'
	done
	cp "$T/good.xz" "$T/t/$K"
	cp "$org/$K" "$org/linux-6.99.1.tar.sign" "$T/t/"
	refuses 1 "$T/t/$K: .*\[wrong-version\]" 'nor taken if an earlier run kept it' f "$T/t" OFFLINE=1
	rm "$T/t/"*
	rm "$T/linux-6.99.1/Makefile"
	release "$T/linux-6.99.1.tar"
	xz -0 -c "$T/linux-6.99.1.tar" >"$org/$K"
	sign signer
	refuses 1 '\[not-a-release\]' 'nor is one without a Makefile' f "$T/t"
	holds "$T/t" '' 'it is not kept either'
	makefile 6 99 1 >"$T/linux-6.99.1/Makefile"
	release "$T/linux-6.99.1.tar" 2024-02-28T12:00:00Z
	xz -0 -c "$T/linux-6.99.1.tar" >"$org/$K"
	sign signer
	rm -rf "$T/t"
	refuses 0 "^fetch: $L:4: .*\[date-differs\].* date 2024-02-28T12:00:00Z\$" \
		'a tarball of another date is taken, and the date is reported' f "$T/t"
	rm -rf "$T/t"
	release "$T/linux-6.99.1.tar"
	cp "$T/good.xz" "$org/$K"

	rm "$org/linux-6.99.1.tar.sign"
	is "$(f "$T/t" 2>"$T/err")" "$(settled "$T/t/$D" "$dsum" debian)" \
		'an origin with neither hash nor signature is passed over'
	check 'and that is reported' grep -q \
		"kernel.org: .*/linux-6.99.1.tar.sign: .*has no hash \[origin-failed\]" "$T/err"
	refuses 2 'KERNEL_DIR: .*/linux-6.99.1.tar.sign: no such file' 'so is such a KERNEL_DIR' \
		f "$T/u" OFFLINE=1 KERNEL_DIR="$org"
	holds "$T/u" '' 'of which nothing was taken'
	sign signer
	gpg --batch --export "$signer" >"$T/kernel/keys/$signer.asc"
	refuses 2 "keys/$signer.asc: .*\[bad-key\]" 'a key without armour is refused' f "$T/u"
	gpg --batch --armor --export "$signer" | sed '$d' | sed '/^=/d' >"$T/kernel/keys/$signer.asc"
	refuses 2 "keys/$signer.asc: .*\[bad-key\]" 'one that was cut short too' f "$T/u"
	rm "$T/kernel/keys/$signer.asc"
	refuses 2 "keys/$signer.asc: .*\[bad-key\]" 'without the key nothing is verified' f "$T/u"
	gpgconf --kill gpg-agent 2>/dev/null
	unset GNUPGHOME
	signer=0123456789ABCDEF0123456789ABCDEF01234567
else
	skip 'signatures were not checked at all' 'gpg or gpgv is missing'
fi

# ---- the lock -------------------------------------------------------------------
lock "$ksum" "$dsum"
cp "$L" "$T/lock"
# spoilt LINE CODE NAME SED: the lock, edited, is refused with file, line and CODE.
spoilt() {
	sed "$4" "$T/lock" >"$L"
	refuses 2 "^fetch: $L:$1: .*\[$2\]" "$3" f "$T/none"
}
spoilt 3 lock-key 'an unknown key is refused' 's/version/versoin/'
spoilt 3 lock-syntax 'a key without a value too' 's/^version.*/version/'
spoilt 4 lock-syntax 'a value too many' 's/^date.*/& more/'
spoilt 4 lock-duplicate 'a key that stands twice' '/^version/p'
spoilt 8 lock-duplicate 'an origin that stands twice' '/kernel.org/p'
for key in version date eol signer; do
	spoilt 7 lock-incomplete "a lock without $key" "/^$key/d"
done
spoilt 6 lock-incomplete 'a lock without an origin' '/^origin/d'
for release in 6.99.1-rc1 6..1 .6.1 6.1. ../6; do
	spoilt 3 lock-version "release $release" "s,6.99.1\$,$release,"
done
spoilt 4 lock-date 'a day that never was' 's/02-29/02-30/'
spoilt 4 lock-date 'a date that is not absolute' 's/^date.*/date yesterday/'
spoilt 5 lock-eol 'an end of life that is not a day' 's/2030-12-31/2030/'
spoilt 6 lock-signer 'a short fingerprint' 's/^signer ../signer /'
spoilt 6 lock-signer 'a fingerprint with other letters' 's/^signer ../signer 0G/'
spoilt 7 lock-origin 'an unknown origin' 's/kernel.org/kernel.com/'
spoilt 7 lock-syntax 'an origin without a hash' "s/ $ksum//"
spoilt 7 lock-hash 'a short hash' "s/ ..\\($(echo "$ksum" | cut -c 3-)\\)/ \\1/"
spoilt 7 lock-hash 'a hash with other letters' \
	"s/ ..\\($(echo "$ksum" | cut -c 3-)\\)/ xx\\1/"
spoilt 8 lock-hash 'no hash for Debian' "s/$dsum/-/"
spoilt 7 lock-file 'a file name that leaves the directory' "s, $K, ../$K,"
spoilt 7 lock-file 'a file that is not a .tar.xz' 's/tar.xz/tar.gz/'
spoilt 4 lock-date 'nothing is expanded' 's/^date.*/date */'
spoilt 4 lock-text 'a lock that is not text' 's/2024/&\x00/'
spoilt 4 crlf 'a line that ends in CR LF' '/^date/s/$/\r/'
spoilt 1 bom 'a byte order mark' '1s/^/\xef\xbb\xbf/'
spoilt 4 lock-date 'a date before there was Linux' 's/^date.*/date 1990-01-01T00:00:00Z/'
spoilt 4 lock-future 'a date in the future' "s/^date.*/date $(date -u -d '2 days' +%FT%TZ)/"
spoilt 5 lock-eol 'an end of life before the release' 's/^eol.*/eol 2024-02-28/'
spoilt 7 lock-file 'a file of another version' 's/linux-6.99.1/linux-6.99.10/'
spoilt 7 lock-file 'a file of an older version' 's/linux-6.99.1/linux-6.99.0/'
spoilt 8 lock-file "a file of Debian's of another version" 's/linux_6.99.1/linux_6.99.1-1/'
spoilt 7 lock-file 'a newer version beside the old files' 's/^version.*/version 6.99.2/'
for size in 0 -1 0300 1k 12345678901; do
	spoilt 7 lock-size "a size of $size" "7s/$/ $size/"
done
spoilt 7 lock-syntax 'more than a size' '7s/$/ 1 1/'
cp "$T/lock" "$L"
refuses 2 '\[no-lock\]' 'a lock that is not there' "$fetch" "$T/nolock" "$T/none"
check 'a bad lock fetches nothing' test ! -e "$T/none"

is "$("$fetch" --get "$L" version) $("$fetch" --get "$L" date) $("$fetch" --get "$L" eol)" \
	'6.99.1 2024-02-29T12:00:00Z 2030-12-31' 'the values of a lock can be printed'
is "$("$fetch" --get "$L" epoch)" "$(date -u -d 2024-02-29T12:00:00Z +%s)" \
	'and the date in seconds since 1970'
refuses 2 "'PATH' .*\[unknown-value\]" 'and nothing else' "$fetch" --get "$L" PATH
sed -i 's/^eol.*/eol never/' "$L"
refuses 2 "$L:5: .*\[lock-eol\]" 'nor anything of a bad lock' "$fetch" --get "$L" version
sed 's/^eol.*/eol -/' "$T/lock" >"$L"
is "$("$fetch" --get "$L" eol)" - 'a series may have no projected end'
cp "$T/lock" "$L"
for real in kernel/*/release; do
	check "$real is a good lock" "$fetch" --get "$real" version
	key=kernel/keys/$("$fetch" --get "$real" signer).asc
	check "its signer's key is here" test -f "$key"
done
for key in kernel/keys/*.asc; do
	name=${key##*/}
	if command -v gpg >/dev/null; then
		mkdir -m 700 "$T/keys.$name"
		gpg --batch --homedir "$T/keys.$name" --with-colons --show-keys "$key" \
			>"$T/key" 2>/dev/null
		is "$(sed -n '/^pub/{n;s/^fpr:*\(.*\):$/\1/p;}' "$T/key")" \
			"${name%.asc}" "$name holds that key and no other"
	else
		skip "$name holds that key and no other" 'gpg is missing'
	fi
done
refuses 2 '\[usage\].*--help' 'without arguments it says how to get help' "$fetch"
refuses 2 '\[usage\]' 'an unknown option too' "$fetch" --wrong "$L"
check 'there is --help' "$fetch" --help

# ---- places that can't be written, kills, company -------------------------------
refuses 2 "$T/lock/dl: .*\[unwritable\]" 'a file where the directory should be is an error' \
	f "$T/lock/dl"
mkdir "$T/v"
if [ "$(id -u)" = 0 ]; then
	skip 'a read-only directory is an error' 'root can write anywhere'
else
	chmod a-w "$T/v"
	refuses 2 "$T/v: .*\[unwritable\]" 'a read-only directory is an error' f "$T/v"
	chmod u+w "$T/v"
fi
mkdir "$T/v/.lock"
refuses 2 "$T/v: .*\[unwritable\]" 'a directory where nothing can be made is one too' f "$T/v"
rmdir "$T/v/.lock"
ln -s /dev/full "$T/v/$K.part"
refuses 2 "$T/v/$K.part: .*\[unwritable\]" 'a full disk is an error' f "$T/v"
refuses 2 "$T/v/$K.part: .*\[unwritable\]" 'also for a copy from KERNEL_DIR' f "$T/v" KERNEL_DIR="$org"
rm "$T/v/$K.part"
check 'and with room again all is well' f "$T/v"

# A curl that gets the first half, reports that, and then never ends.
mkdir "$T/slow"
cat >"$T/slow/curl" <<-EOF
	#!/bin/sh
	while [ \$# -gt 1 ]; do [ "\$1" != --output ] || out=\$2; shift; done
	head -c 150000 "\${1#file://}" >"\$out"
	echo \$\$ >"$T/slow/half"
	exec sleep 1000
EOF
chmod +x "$T/slow/curl"
mkdir "$T/w"
env -u KERNEL_DIR -u KERNEL_MIRROR -u OFFLINE KERNEL_ORG="file://$T/org" \
	PATH="$T/slow:$PATH" "$fetch" "$L" "$T/w" >/dev/null 2>&1 &
victim=$!
for _ in $(seq 100); do
	[ ! -s "$T/slow/half" ] || break
	sleep 0.1
done
holds "$T/w" "$K.part " 'until it is verified, a file does not have its name'
f "$T/w" >"$T/second" 2>"$T/err" &
second=$!
for _ in $(seq 100); do
	! grep -q waiting "$T/err" || break
	sleep 0.1
done
check 'a second fetch waits for the first' grep -q 'waiting for it' "$T/err"
# ends PID: it ends alone, or is killed.
ends() {
	for _ in $(seq 50); do
		grep -q . "/proc/$1/cmdline" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -9 "$1"
	return 1
}
kill -9 "$victim"
wait "$victim" 2>/dev/null
check 'a kill -9 leaves no curl behind' ends "$(cat "$T/slow/half")"
check 'and goes on when the first is killed' wait "$second"
is "$(cat "$T/second")" "$(settled "$T/w/$K" "$ksum" kernel.org)" 'with the part that the first left'
is "$(sum "$T/w/$K")" "$ksum" 'to the right file'
holds "$T/w" "$K " 'and nothing else'

: >"$T/calls"
for i in 1 2 3 4; do
	f "$T/x" PATH="$T/count:$PATH" >"$T/x.$i" 2>/dev/null &
	eval "pid$i=\$!"
done
# shellcheck disable=SC2154 # by eval
for pid in "$pid1" "$pid2" "$pid3" "$pid4"; do
	wait "$pid" || echo "# status $? of $pid"
done
is "$(cat "$T"/x.[1234] | sort | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" '4 4 4 ' \
	'four fetches at once all settle on the same'
is "$(wc -l <"$T/calls")" 1 'and one of them got it for all'
finish
