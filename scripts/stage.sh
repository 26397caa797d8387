#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# stage.sh OUT STAMP LOCK LABEL TEXT INPUT-OR-RESULT... -- COMMAND...
#
# Runs COMMAND, which makes the results, and seals them: STAMP records the inputs, and the
# SHA-256, size and times of each result. If STAMP already records these inputs and the results
# are as it says, COMMAND does not run, whatever the times are. One stage at a time has LOCK.
#
#   key FILE          an input that is text, such as a key; STAMP records its lines
#   from FILE STAMP   an input that another stage made, sealed in its STAMP; or - if none did
#   after STAMP       all results of another stage
#   makes PATH        a result, a file or directory beside STAMP
#   touch PATH        the same, and the target that make knows
#
# A result that is not as its stamp records is reported as [changed-output]: a result of this
# stage is made again; for another's, its stamp is removed, and the next make makes it again.
# seal.awk reads stamps when make starts.
set -eu
scripts=${0%/*}
# shellcheck source=/dev/null
. "$scripts/env.sh"

out=$1 stamp=$2 lock=$3 label=$4 text=$5
shift 5
dir=${stamp%/*}
new=$stamp.new
mkdir -p "$dir"

# $name is how stamps name file $1: relative to the stamp, or to OUT as %/...
name_of() {
	case $1 in
	"$dir"/*) name=${1#"$dir"/} ;;
	"$out"/*) name=%/${1#"$out"/} ;;
	*) name=$1 ;;
	esac
}

hash_of() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# results STAMP: `SHA-256  NAME` of each file that the roots of STAMP have now
results() (
	cd "${1%/*}" || exit
	# find names a root that is missing; what is not there is not listed
	sed -n 's/^root //p' "${1##*/}" | tr '\n' '\0' | xargs -0 -I {} find {} -type f -print0 2>/dev/null |
		xargs -0 -r sha256sum | sort -k 2
)

# stats STAMP: `stat SIZE MTIME CTIME NAME` of them
stats() (
	cd "${1%/*}" || exit
	sed -n 's/^root //p' "${1##*/}" | tr '\n' '\0' |
		xargs -0 -I {} find {} -type f -printf 'stat %s %T@ %C@ %p\n' 2>/dev/null | sort -k 5
)

# differences STAMP REMEDY [NAME]: report each result (or NAME) that is not as STAMP records;
# false if there is one
differences() {
	results "$1" >"$new.now"
	awk -v dir="${1%/*}" -v remedy="$2" -v only="${3-}" '
	function report(name, wanted, got) {
		if (only != "" && name != only || ++found > 5)
			return
		print "stage: " dir "/" name ": is not what was made [changed-output]: expected " \
			(wanted ? "SHA-256 " wanted : "no such file") ", got " (got ? got : "no file") "; " remedy >"/dev/stderr"
	}
	length($1) != 64 || /^[|]/ { next }
	FILENAME == ARGV[1] { now[substr($0, 67)] = $1; next }
	{
		name = substr($0, 67)
		if (now[name] != $1)
			report(name, $1, now[name])
		delete now[name]
	}
	END {
		for (name in now)
			report(name, "", now[name])
		if (found > 5)
			print "stage: " dir ": " found - 5 " more files are not what was made [changed-output]" >"/dev/stderr"
		exit found > 0
	}' "$new.now" "$1"
}

# Another's stamp goes, so that the next make runs its stage.
input_changed() {
	rm -f "$1"
	exit 1
}

# verify INPUT-OR-RESULT...: are the inputs that have a stamp as it records?
verify() {
	while [ "$1" != -- ]; do
		case $1 in
		from)
			[ "$3" = - ] || differences "$3" 'run make again, which makes it anew' "${2#"${3%/*}"/}" || input_changed "$3"
			shift 3
			;;
		after)
			differences "$2" 'run make again, which makes it anew' || input_changed "$2"
			shift 2
			;;
		*) shift 2 ;;
		esac
	done
}

# inputs INPUT-OR-RESULT...: as STAMP records them, and the roots of the results
inputs() {
	while [ "$1" != -- ]; do
		name_of "$2"
		case $1 in
		key)
			echo "key $name"
			# Where a tarball lies is not what it is.
			sed '/^file /d; s/^/| /' "$2"
			;;
		from)
			echo "from $(hash_of "$2") $name"
			[ "$3" != - ] || find -H "$2" -printf "seen %s %T@ %C@ $name\n"
			shift
			;;
		after) echo "after $(sed -n 's/^sum //p' "$2") $name" ;;
		makes | touch) echo "root $name" ;;
		*)
			echo "stage: '$1' is not an input or a result" >&2
			exit 2
			;;
		esac
		shift 2
	done
}

recorded() {
	sed -n '/^sum /q; p' "$1"
}
but_seen() {
	sed '/^seen /d' "$@"
}

# seal: finish $new, which has the inputs, by the results
seal() {
	results "$new" >"$new.now"
	echo "sum $(hash_of "$new.now")" >"$new.sum"
	stats "$new" >"$new.stat"
	cat "$new.sum" "$new.now" "$new.stat" >>"$new"
	mv "$new" "$stamp"
}

touch_targets() {
	while [ "$1" != -- ]; do
		[ "$1" != touch ] || touch "$2"
		[ "$1" != from ] || shift
		shift 2
	done
}

exec 9>>"$lock"
flock -n 9 || {
	echo "  WAIT    for another make that builds in $dir" >&2
	flock 9
}
trap 'rm -f "$new" "$new.now" "$new.sum" "$new.stat"' EXIT
trap 'exit 130' HUP INT TERM
inputs "$@" >"$new"

if [ -f "$stamp" ] && [ "$(recorded "$stamp" | but_seen)" = "$(but_seen "$new")" ]; then
	if [ "$(stats "$stamp")" = "$(sed -n '/^stat /p' "$stamp")" ] || differences "$stamp" 'making it again'; then
		touch_targets "$@"
		sed -n '/^sum /,$ { /^stat /d; p; }' "$stamp" >>"$new"
		stats "$new" >"$new.stat"
		cat "$new.stat" >>"$new"
		mv "$new" "$stamp"
		exit
	fi
fi
verify "$@"
rm -f "$stamp"
[ -z "$label" ] || printf '  %-8s%s\n' "$label" "$text"
(
	while [ "$1" != -- ]; do shift; done
	shift
	exec "$@"
)
seal
