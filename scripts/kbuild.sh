# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # variables of the scripts that source this
#
# Sourced after env.sh by kernel.sh and modules.sh: Kbuild as both run it, so that objects of one fit
# those of the other. Takes TREE, OBJ, STAGE, KARCH, CROSS, EPOCH and JOBS.
#
#   kmake ARGUMENT...   make in OBJ; $under, if set, is a program to run it under
#   one_at_a_time       wait for other builds in OBJ; hold STAGE.lock to the end
#   $flags              makes gcc name files by their path in the tree; scripts may append to it

ccache=
command -v ccache >/dev/null && ccache="$(cd "$scripts" && pwd -P)/ccache.sh "
abs_tree=$(cd "$TREE" && pwd -P)
abs_obj=$abs_tree/${OBJ#"$TREE"/}
flags="-ffile-prefix-map=$abs_obj=. -ffile-prefix-map=$abs_tree=.."
under=

# In the environment of kconf's questions to the compiler: env -i, and the BUILD variables of
# environment.h. TERM is for the display of the progress.
kmake() {
	pahole=false
	! grep -qs '^CONFIG_DEBUG_INFO_BTF=y' "$abs_obj/.config" || pahole=$(cd "$scripts" && pwd -P)/pahole.sh
	set -- make -C "$TREE" O="$abs_obj" ARCH="$KARCH" CROSS_COMPILE="$CROSS" LOCALVERSION= -j"$JOBS" \
		RUSTC=false BINDGEN=false "PAHOLE=$pahole" CC="$ccache${CROSS}gcc" HOSTCC="${ccache}gcc" \
		${V:+"V=$V"} KCFLAGS="$flags" KAFLAGS="$flags" "$@"
	# Kbuild names files by their path from OBJ, which lies in TREE.
	# shellcheck disable=SC2086 # words are meant to split
	[ -z "$under" ] || set -- "$PROGRESS" --label "$LABEL" ${AGAIN:+--again "$AGAIN"} --file "../=$TREE/" $under -- "$@"
	clean ${TERM:+"TERM=$TERM"} \
		CCACHE_COMPILERCHECK=content CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1 \
		SOURCE_DATE_EPOCH="$EPOCH" KBUILD_BUILD_TIMESTAMP="$(date -u -d "@$EPOCH")" \
		KBUILD_BUILD_USER=keelson KBUILD_BUILD_HOST=keelson KBUILD_BUILD_VERSION=1 \
		"$@"
}

# stage run waits for the board's other stages; this is for other builds.
one_at_a_time() {
	exec 9>>"$STAGE.lock"
	flock -n 9 || {
		echo "  WAIT    for another make that builds in $OBJ" >&2
		flock 9
	}
}
