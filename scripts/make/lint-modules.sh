#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks our own modules with a maintainer's tools: checkpatch, then gcc with W=1, and sparse and
# clang's analyzer with Kbuild's flags for this config. It needs no built kernel, only the files
# that Kbuild prepares. Its input is in the environment:
#
#   CONFIG   the proven .config           OWN      the sources of our own modules
#   OBJ      Kbuild's O=, in TREE         STAGE    what the lock's name begins with
#                                         and TREE, KARCH, CROSS, EPOCH, JOBS as for kernel.sh
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
# shellcheck source=/dev/null
. "$scripts/kbuild.sh"
one_at_a_time

# quietly COMMAND...: its output is shown if it fails
quietly() {
	"$@" >"$STAGE.log" 2>&1 || { cat "$STAGE.log" >&2; exit 1; }
}

"$TREE/scripts/checkpatch.pl" --no-tree --strict --terse -f "$OWN"/*/*.[ch] >&2

# A changed tree is made anew without its directories of objects; the config covers other changes.
[ -e "$OBJ/.prepared" ] && cmp -s "$CONFIG" "$OBJ/.config" || {
	rm -rf "$OBJ"
	mkdir "$OBJ"
	cp "$CONFIG" "$OBJ/.config"
	quietly kmake -s modules_prepare
	: >"$OBJ/.prepared"
}

# By directory, so that no module is linked: that needs the kernel's symbols. A warning of a build
# is an error here.
rm -rf "$OBJ/own"
cp -R "$OWN" "$OBJ/own"
directories=$(cd "$OWN" && ls -d -- */)
flags="$flags -Werror"
# shellcheck disable=SC2086 # words are meant to split
quietly kmake -s W=1 C=2 CHECK="$(cd "$scripts" && pwd -P)/make/checksrc.sh --target=${CROSS%-}" \
	M="$(cd "$OBJ/own" && pwd -P)" $directories
# Without sparse, Kbuild only warns.
! grep -q 'C=2 specified, but .* not available or not up to date' "$STAGE.log" || {
	echo 'lint-modules: this release needs a newer sparse, or sparse is missing; nothing was checked' >&2
	exit 1
}
rm -f "$STAGE.log"
