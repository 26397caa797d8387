#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# GNU tar and bsdtar read the layers that kimage verify accepts as kimage does: no header makes
# one of them take another kernel. Layers are made of a good one and of odd headers behind it.
. tests/lib.sh
. tests/lib/kimage/fake.sh
gcc -o "$T/tars" tests/lib/kimage/tars.c || exit 2

inputs "$T/in"
pack "$T/in" "$T/good" >/dev/null || exit 2
"$BIN/kimage" extract "$T/good" --to "$T/parts" System.map cmdline config kernel kernel.tar kernel.json
tar -C "$T/parts" --format=ustar --owner=0 --group=0 --mode=a=rX -cf "$T/base.tar" \
	kernel.tar kernel config kernel.json cmdline System.map

# layer ENTRY...: a layout with the good layer and these entries, in $T/bad
layer() {
	"$T/tars" -k "$T/base.tar" "$@" >"$T/l.tar"
	gzip -nc1 "$T/l.tar" >"$T/l.gz"
	rm -rf "$T/bad"
	cp -R "$T/good" "$T/bad"
	"$T/oci" edit "$T/bad" "layer@$T/l.gz,$T/l.tar"
}
# alike ENTRY...: verify refuses it, or all readers take the same kernel
alike() {
	layer "$@"
	"$BIN/kimage" verify "$T/bad" >"$T/verify" 2>&1
	_st=$?
	[ $_st != 1 ] || return 0
	[ $_st = 0 ] || return 1
	accepted=$((accepted + 1))
	for _reader in 'tar --no-same-owner' bsdtar; do
		rm -rf "$T/r"
		mkdir "$T/r"
		$_reader -xf "$T/l.tar" -C "$T/r" 2>/dev/null
		cmp -s "$T/r/kernel" "$T/in/kernel" || {
			echo "# ${_reader%% *} takes another kernel: $*" >&2
			return 1
		}
	done
}
# says CODE NAME ENTRY...: verify refuses the layer with this code, and extract does
says() {
	_code=$1 _name=$2
	shift 2
	layer "$@"
	refuses 1 "\\[$_code\\]" "$_name" "$BIN/kimage" verify "$T/bad"
}
# takes NAME ENTRY...
takes() {
	_name=$1
	shift
	layer "$@"
	check "$_name" "$BIN/kimage" verify "$T/bad"
	"$BIN/kimage" extract "$T/bad" --to "$T/r" kernel && cmp "$T/r/kernel" "$T/in/kernel" ||
		not_ok "$_name, and extracts"
}

# ---- every pair of extended headers before a file, and before none -------------------
sparse=x:GNU.sparse.major=1,GNU.sparse.minor=0,GNU.sparse.name=kernel,GNU.sparse.realsize=4
accepted=0 differ=0 pairs=0
for first in : x:path=kernel x:path=notes x:comment=c x:size=1024 x:mtime=5.5 "$sparse" \
	L:kernel L:notes K:kernel g:path=kernel g:comment=c; do
	for second in : x:path=kernel x:comment=c x:size=0 L:kernel L:notes K:n g:size=4; do
		set -- 0:n:evil
		[ $second = : ] || set -- $second "$@"
		[ $first = : ] || set -- "$first" "$@"
		pairs=$((pairs + 1))
		alike "$@" || differ=$((differ + 1))
	done
done
is $differ 0 "of $pairs pairs of headers none has a reader take another kernel"
[ $accepted -ge 5 ] && ok "$accepted of them are accepted" || not_ok "only $accepted of them are accepted"
for type in 1 2 5 6 7 S V D M N A X; do
	alike x:path=kernel "$type:n:evil" && alike "$type:kernel" && alike "$type:d:xx" +124=00000001000 0:kernel:evil 0:z:z ||
		not_ok "type $type"
done
ok 'nor has a type'

# ---- refusals, each by its code ---------------------------------------------------------
says layer-header 'a name that replaces a short one' x:path=kernel 0:n:evil
says layer-header 'a short name that hides the kernel' x:path=notes 0:kernel:evil
says layer-header 'a long name over the name of the kernel' "x:path=$(printf %0120d 0)" 0:kernel:evil
says layer-header 'a size that replaces another' x:size=1024 0:n:evil 0:kernel:evil 0:z:z
says layer-header 'a link that replaces a short one' x:linkpath=kernel 2:n:m
says layer-header 'two PAX headers' x:path=notes x:comment=c 0:kernel:evil
says layer-header 'two long names' "L:$(printf %0120d 0)" "L:$(printf %0121d 0)" 0:n:evil
says layer-header 'a PAX header and a long name' x:comment=c "L:$(printf %0120d 0)" 0:n:evil
says layer-header 'a long name and a PAX header' "L:$(printf %0120d 0)" x:comment=c 0:n:evil
says layer-header 'a global header between header and entry' x:comment=c g:comment=c 0:n:evil
says layer-header 'a global name' g:path=kernel 0:n:evil
says layer-header 'a global size' g:size=0 0:n:evil
says layer-header 'a record twice' x:mtime=1,path=a,path=kernel 0:n:evil
says layer-header 'a sparse file of format 1.0' "$sparse" 0:n:evil
says layer-header 'a sparse file of format 0.1' x:GNU.sparse.map=0,GNU.sparse.size=4,GNU.sparse.name=kernel 0:n:evil
says layer-header "star's real size" x:SCHILY.realsize=4 0:n:evil
says layer-header "Solaris' holes" x:SUN.holesdata=0 0:n:evil
says layer-header "GNU's sparse type" S:n:evil
says layer-header "Solaris' extended header" X:n:evil
says layer-header 'a PAX header before no entry' x:comment=c
says layer-header 'a long name before no entry' "L:$(printf %0120d 0)"
says layer-header 'a long link before no entry' "K:$(printf %0120d 0)"
says layer-header 'an empty long name' L: +124=00000000000 0:n:evil
says layer-header 'a directory with a size' 5:d/ +124=00000001000
says layer-header 'a link with a size' 2:l:x +124=00000001000
says layer-header 'a file with the name of a directory' 0:kernel/:evil
says layer-header 'an unknown magic' 0:n:evil +257=yours
says layer-header "a prefix in GNU's header" 0:kernel:evil '+257=ustar  ^' +345=d
says layer-header "star's header" 0:n:evil +508=tar^
says kernel 'a contiguous file as kernel' 7:kernel:evil
says layer-link 'an entry below a symbolic link' 2:d:. 0:d/kernel:evil
says layer-tar 'a size that begins with a NUL' 0:n '+124=^0000000004'
says layer-tar 'a size with a blank in it' 0:n '+124=00000 00004'

# ---- accepted ----------------------------------------------------------------------------
takes 'times, owners and attributes' x:mtime=1.5,uid=7,gid=7,uname=u,gname=g,SCHILY.xattr.user.a=b,comment=c 0:n:x
takes 'unknown keys' x:VENDOR.key=kernel 0:n:x
takes "a long name in a PAX header" "x:path=d/$(printf %0120d 0)" "0:d/$(printf %090d 0):x"
takes "GNU's long name" "L:d/$(printf %0120d 0)" "0:d/$(printf %090d 0):x"
takes "GNU's long name and link" "K:d/$(printf %0120d 0)" "L:d/$(printf %0120d 1)" "2:d/$(printf %090d 0):x"
takes 'a name that says the same' x:path=n 0:n:x
takes 'a size that says the same' x:size=4 0:n:four
takes 'a global comment' g:comment=c 0:n:x
takes 'a link beside the kernel' 2:vmlinuz:kernel 1:k2:kernel
finish
