#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# bump.sh OLD NEW WANTED JOB...: takes the series OLD to the release WANTED, or begins the series NEW
# with it. Each JOB is ARCH-BOARD or ARCH-BOARD-FLAVOUR. From the environment: the directories OUT,
# DL, KERNELS, CONFIGS, PATCHES, MODULES and BIN, the board to compile for, COMPILE, and DRY, BUILD
# and VULNS.
#
# It works below OUT/bump. Only the last step changes the checkout: `bump install` has a journal, so
# that a bump that is killed there is finished by the next one.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"

die() {
	echo "bump: $1" >&2
	exit "${2:-2}"
}

export BIN
old=$1 new=$2 wanted=$3
shift 3
top=$OUT/bump work=$OUT/bump/$new facts=$OUT/bump/$new/facts journal=$OUT/bump/journal
lock=$KERNELS/$old/release
mkdir -p "$top"
exec 8>>"$top/.lock"
flock -n 8 || die "$top: another bump is running [bump-running]; wait until it ends"
[ ! -e "$journal" ] || "$BIN/bump" recover "$journal"

case $wanted in
"$new" | "$new".*) ;;
*) die "TO=$wanted is not a release of $new [other-series]: expected $new.N; make bump NEW= begins a series" ;;
esac
case $new in
[0-9]*.*[0-9].* | *[!0-9.]* | .* | *. | *..*) die "NEW=$new is not a series [not-a-series]: expected a series such as 7.1, and TO=7.1.13" ;;
esac

# uncommitted FILE...: refuse to overwrite what git does not have
uncommitted() {
	[ -z "$DRY" ] || return 0
	for file; do
		place=$file
		while [ ! -d "$place" ]; do
			case $place in */*) place=${place%/*} ;; *) place=. ;; esac
		done
		git -C "$place" rev-parse --is-inside-work-tree >/dev/null 2>&1 || {
			echo 'uncommitted changes: the checkout is not of git' >"$facts/no-git"
			return 0
		}
		[ -z "$(git -C "$place" --no-optional-locks status --porcelain -- "$(realpath -m "$file")")" ] ||
			die "$file: has uncommitted changes [uncommitted]; commit or stash them"
	done
}

# mk ARGUMENT...: the product's own Makefile, on the copies
mk() {
	env -u MAKELEVEL MAKEFLAGS='' make -s --no-print-directory KERNELS="$work/kernel" CONFIGS="$CONFIGS" PATCHES="$work/patches" \
		MODULES="$MODULES" OUT="$work/out" DL="$DL" BIN="$BIN" SERIES="$new" SIGN_KEY="$SIGN_KEY" V= JOBS="$JOBS" "$@"
}
# mk_old ARGUMENT...: the same on the checkout as it is
mk_old() {
	env -u MAKELEVEL MAKEFLAGS='' make -s --no-print-directory KERNELS="$KERNELS" CONFIGS="$CONFIGS" PATCHES="$PATCHES" \
		MODULES="$MODULES" OUT="$OUT" DL="$DL" BIN="$BIN" SERIES="$old" SIGN_KEY="$SIGN_KEY" V= JOBS="$JOBS" "$@"
}

# job_of JOB: sets $job to the knobs of make for it
job_of() {
	rest=${1#*-}
	job="ARCH=${1%%-*} BOARD=${rest%%-*}"
	case $rest in *-*) job="$job FLAVOUR=${rest#*-}" ;; esac
}

# ---- the release ----------------------------------------------------------------
rm -rf "$work/facts" "$work/kernel" "$work/patches" "$work/plan" "$work/stage"
mkdir -p "$facts/proofs" "$facts/audits" "$work/kernel/$new"
uncommitted "$KERNELS/$new/release"
echo "  BUMP    $(sed -n 's/^version  *//p' "$lock") to $wanted: the release"
"$BIN/fetch" --lock "$lock" "$DL" "$work/release" "$wanted" >"$facts/trust" || die "$wanted: no verified release [not-fetched]; nothing was changed; TO= names another" $?
version=$(sed -n 's/^version //p' "$facts/trust") from=$(sed -n 's/^from //p' "$facts/trust")
printf 'configs %s\n' "$CONFIGS" >>"$facts/trust"
[ "$version" != "$from" ] || {
	echo "bump: $from is the newest release of $old that an origin offers"
	exit
}
cp -R "$KERNELS/." "$work/kernel/"
cp "$work/release" "$work/kernel/$new/release"
cp -R "$PATCHES" "$work/patches"
[ "$old" = "$new" ] || { rm -rf "$work/patches/$new" && cp -R "$PATCHES/$old" "$work/patches/$new"; }
report=$top/$from-$version

# ---- patches --------------------------------------------------------------------
echo "  BUMP    $version: patches"
# They leave the files that patches change in pristine/.
job_of "$COMPILE"
compiled=$job
# shellcheck disable=SC2086 # words are meant to split
mk_old $compiled patches >"$work/patches.old" 2>&1 || :
# shellcheck disable=SC2086
mk $compiled patches >"$work/patches.new" 2>&1 || :
mkdir -p "$OUT/$old/pristine/files" "$work/out/$new/pristine/files"
ORIGINAL=$PATCHES/$old sh "$scripts/bump/fates.sh" "$work/patches/$new" "$OUT/$old/pristine/files" "$work/out/$new/pristine/files" \
	"$facts" "$work/out/$new/linux"

# ---- configs --------------------------------------------------------------------
echo "  BUMP    $version: $# configs"
# shellcheck disable=SC2086
mk_old $compiled "$OUT/$old/kconf"
# shellcheck disable=SC2086
mk $compiled "$work/out/$new/kconf"
# audited JOB: its verdicts in both releases, or a line with the reason without them
audited() {
	for dir in "$OUT/$old/$1" "$work/out/$new/$1"; do
		[ ! -s "$dir/bump.audit" ] || continue
		release=$version
		[ "$dir" != "$OUT/$old/$1" ] || release=$from
		if [ ! -d "$CONFIGS/policy" ]; then
			printf '%s\t\n' "$CONFIGS/policy does not exist"
		elif [ -s "$dir/bump.audited" ]; then
			printf '%s\t%s\n' "$(tail -n 1 "$dir/bump.audited")" "$1"
		else
			printf 'requests are lost in %s\t%s\n' "$release" "$1"
		fi >>"$work/unaudited"
		return
	done
	cp "$OUT/$old/$1/bump.audit" "$facts/audits/$1.old"
	cp "$work/out/$new/$1/bump.audit" "$facts/audits/$1.new"
}
# outcome JOB: resolved in both releases; a line for it
outcome() {
	job_of "$1"
	status=2
	# shellcheck disable=SC2086 # words are meant to split
	if mk $job outcome >"$work/$1.log" 2>&1 && mk_old $job outcome >>"$work/$1.log" 2>&1; then
		status=$(cat "$work/out/$new/$1/bump.status")
	fi
	sed -n '/\[\(stale-waiver\|unknown-rule\|expired\)\]/ s/^/'"$1"'	/p' "$work/out/$new/$1/bump.err" "$work/out/$new/$1/bump.audited" 2>/dev/null | sort -u >>"$facts/waivers"
	if [ "$status" -lt 2 ]; then
		cp "$work/out/$new/$1/bump.proof" "$facts/proofs/$1"
		audited "$1"
		printf '%s\0%s\0' "$OUT/$old/$1/table" "$work/out/$new/$1/table" >"$work/$1.pair"
	else
		cat "$work/out/$new/$1/bump.err" "$work/$1.log" >"$facts/proofs/$1" 2>/dev/null || :
	fi
	printf '%s\t%s\n' "$1" "$status" >"$work/$1.row"
}
rm -f "$work"/*.pair "$work"/*.row "$work/unaudited"
for j; do
	outcome "$j"
done
cat "$work"/*.row >"$facts/boards"
[ ! -e "$work/unaudited" ] || awk -F '\t' '
	{ boards[$1] = boards[$1] " " $2 }
	END { for (why in boards) print "policies: " why (boards[why] ~ /[^ ]/ ? ":" boards[why] : "") }' "$work/unaudited" >>"$facts/unchecked"
"$work/out/$new/kconf" renames "$from=$OUT/$old/linux" "$version=$work/out/$new/linux" >"$work/renames"
cat "$work"/*.pair 2>/dev/null | xargs -0 -r "$work/out/$new/kconf" compare --renames "$work/renames" --json "$facts/changes.json" \
	>"$work/changes" || [ $? -eq 123 ] || die "$work/changes: the options could not be compared [not-compared]"

# ---- files, and those that patches change ---------------------------------------
echo "  BUMP    $version: files"
sh "$scripts/bump/files.sh" "$OUT/$old/linux" "$work/out/$new/linux" "$OUT/$old/linux/$COMPILE" "$facts/touched" "$MODULES" "$facts"
cp "$facts/touched" "$work/out/$new/touched"
# shellcheck disable=SC2086
mk $compiled FACTS="$facts" compile-touched >"$work/compile.log" 2>&1 || {
	echo "whether the files that patches change compile: $(tail -n 1 "$work/compile.log")" >>"$facts/unchecked"
}
# cves: those that are closed and open in what the board compiles, or why that is not known
cves() {
	if [ -z "$VULNS" ]; then
		echo 'CVEs: give VULNS='
		return
	fi
	# shellcheck disable=SC2086
	set -- $compiled VULNS="$VULNS" FROM="$from" FAIL_ON=none cve
	if ! mk -n "$@" >/dev/null 2>&1; then
		echo 'CVEs: this checkout has no goal cve'
	elif ! mk "$@" >"$facts/cves.part" 2>"$work/cve.log"; then
		tail -n 1 "$work/cve.log" | sed 's/^/CVEs: /'
	else
		mv "$facts/cves.part" "$facts/cves"
	fi
}
cves >>"$facts/unchecked"

# ---- with BUILD=1: the images ---------------------------------------------------
# kernel_bytes OUT SERIES JOB: of the kernel file, or nothing
kernel_bytes() {
	stat -c %s "$1/$2/$3/stage/kernel" 2>/dev/null || :
}
# build JOB: a line for its image, and its sizes by option where the old one has them
build() {
	job_of "$1"
	st=0
	# shellcheck disable=SC2086
	mk $job image >"$work/$1.build" 2>&1 || st=1
	now=$(kernel_bytes "$work/out" "$new" "$1") was=$(kernel_bytes "$OUT" "$old" "$1")
	printf '%s\t%s\tkernel %s bytes, was %s\n' "$1" "$st" "${now:-not built}" "${was:-not built}" >>"$facts/built"
	if [ "$st" -ne 0 ]; then
		tail -n 5 "$work/$1.build" >"$facts/sizes/$1"
	elif [ -s "$OUT/$old/$1/size.json" ]; then
		# shellcheck disable=SC2086
		mk $job size FROM="$OUT/$old/$1/size.json" >"$facts/sizes/$1" 2>&1 || :
	fi
}
mkdir -p "$facts/sizes"
if [ -n "$BUILD" ]; then
	while IFS='	' read -r j status; do
		case $j:$status in *-*-*:* | *:[!0]) continue ;; esac
		echo "  BUMP    $version: the image of $j"
		build "$j" </dev/null
	done <"$facts/boards"
	echo "boots: run make boot after the bump" >>"$facts/unchecked"
else
	echo 'sizes and boots: nothing was built' >>"$facts/unchecked"
fi

# ---- the record of names --------------------------------------------------------
if [ -f "$CONFIGS/renames" ]; then
	set --
	for series in $({ printf '%s\n' "$new" && cd "$KERNELS" && printf '%s\n' */release | sed 's,/release$,,'; } | sort -uV); do
		tree=$OUT/$series/linux
		[ "$series" != "$new" ] || tree=$work/out/$new/linux
		[ -f "$tree/Makefile" ] || { set -- none; break; }
		set -- "$@" "$series=$tree"
	done
	if [ "$1" != none ] && [ $# -gt 1 ]; then
		"$work/out/$new/kconf" renames "$@" >"$work/record"
	else
		echo "$CONFIGS/renames: not every series is unpacked; run make renames" >>"$facts/unchecked"
	fi
fi

# ---- the result -----------------------------------------------------------------
: >"$work/plan"
# plan SOURCE FILE: if they differ
plan() {
	[ ! -f "$1" ] || cmp -s "$1" "$2" || printf 'write\t%s\t%s\n' "$1" "$2" >>"$work/plan"
}
plan "$work/kernel/$new/release" "$KERNELS/$new/release"
for file in "$work/patches/$new"/*; do
	plan "$file" "$PATCHES/$new/${file##*/}"
done
for file in "$PATCHES/$new"/*; do
	[ ! -e "$file" ] || [ -e "$work/patches/$new/${file##*/}" ] || printf 'remove\t%s\n' "$file" >>"$work/plan"
done
while IFS='	' read -r j _; do
	plan "$work/out/$new/$j/bump.resolved" "$CONFIGS/resolved/$new/$j.config"
	plan "$work/out/$new/$j/bump.accounts" "$CONFIGS/resolved/$new/$j.defaults"
	case $j in *-*-*) ;; *) plan "$work/out/$new/$j/bump.probes" "$CONFIGS/resolved/$new/${j%%-*}.probes" ;; esac
done <"$facts/boards"
plan "$work/record" "$CONFIGS/renames"
# The last of several for one file, as the probes of an arch are.
tac "$work/plan" | awk -F '\t' '!seen[$NF]++' | tac >"$work/plan.once"

cut -f 2- "$work/plan.once" | sed 's/.*	//' | tr '\n' '\0' >"$work/changed"
[ ! -e "$facts/no-git" ] || cat "$facts/no-git" >>"$facts/unchecked"
st=0
"$BIN/bump" report "$facts" "$report" || st=$?
[ "$st" -lt 2 ] || die "$report: the report could not be written [no-report]"
sed -n '3,5s/  $//p' "$report.md"
if [ "$st" -ne 0 ]; then
	die "$report.md: it can't be merged [not-mergeable]; nothing was changed" 1
elif [ -n "$DRY" ]; then
	echo "bump: $report.md: $(wc -l <"$work/plan.once") files would change"
	exit
fi
while IFS= read -r line; do
	uncommitted "${line##*	}"
done <"$work/plan.once"
"$BIN/bump" install "$work/plan.once" "$journal"
echo "bump: $report.md: $(wc -l <"$work/plan.once") files changed; review them with git diff"
