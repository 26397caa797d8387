#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# meta.sh SOURCE: prints the facts about the image, for kimage's --meta. They only depend on the
# inputs of the build, and not on its place or time.
# shellcheck disable=SC2153 # RELEASE is the environment's
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"

source_file=$1
while read -r name value; do
	case $name in
	file) echo "source_file ${value##*/}" ;;
	*) echo "source_$name $value" ;;
	esac
done <"$source_file"

release=$(cat "$STAGE/release")
cat <<E2
release $release
version $RELEASE
series $SERIES
arch $ARCH
board $BOARD
toolchain $(echo "$TOOLCHAIN" | tr '\n' ' ')
rebuild make image ARCH=$ARCH SERIES=$SERIES BOARD=$BOARD${FLAVOUR:+ FLAVOUR=$FLAVOUR}
signer $(openssl x509 -in "$CERT" -noout -fingerprint -sha256 | tr -d : | sed 's/.*=/sha256 /')
E2
[ -z "$FLAVOUR" ] || echo "flavour $FLAVOUR"
sed 's/^/exception /' "$EXCEPTIONS"
[ ! -s "$PATCHES/series" ] || sed 's/#.*//' "$PATCHES/series" | while read -r patch; do
	[ -z "$patch" ] || echo "patch $patch $(sha256sum <"$PATCHES/$patch" | cut -d ' ' -f 1)"
done

# inputs KEY DIR SHOWN FILE...: a line for each file of DIR, by its path below SHOWN
inputs() {
	key=$1 dir=$2 shown=$3
	shift 3
	for file; do
		[ ! -f "$file" ] || echo "$key $shown/${file#"$dir"/} $(sha256sum <"$file" | cut -d ' ' -f 1)"
	done
}
# shellcheck disable=SC2086 # make has checked that the names have no blanks
inputs fragment "$CONFIGS" configs $FRAGMENT_FILES
# shellcheck disable=SC2086
inputs module_source "$MODULES" modules $MODULE_FILES
# A tool is its sources, in the order of their names.
for tool in kconf kimage ksize; do
	echo "tool $tool $(cat "$scripts/$tool"/*.[ch] "$scripts"/lib/*.[ch] | sha256sum | cut -d ' ' -f 1)"
done
for tool in kernel kbuild modules image meta; do
	inputs tool "$scripts" scripts "$scripts/$tool.sh"
done
