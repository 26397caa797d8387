#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# runner.sh RUNNER DIR < JOBS: hands the jobs of a matrix to Slurm or GNU parallel, and collects their
# images in DIR. A line of JOBS is IMAGE SERIES= ARCH= BOARD= FLAVOUR=, where IMAGE is the
# image's directory below OUT. From the environment:
#
#   KERNELS, CONFIGS, PATCHES, MODULES   directories that go to the nodes, with Makefile and scripts
#   SENT      names of the knobs that go too    KIMAGE, CERT   the program, and the certificate
#   HOSTS     parallel's hosts                  SLURM_ARGS     more options for sbatch
#
# DIR/TAG is the layout of a job, and DIR/TAG.done the sources that it was built from.
set -eu
scripts=${0%/*}/..
# shellcheck source=/dev/null
. "$scripts/env.sh"
runner=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
node=$(cd "$scripts/make" && pwd)/node.sh

say() {
	echo "matrix: $*" >&2
}

# The first line of a log with an error, else its last one.
first_error() {
	grep -m 1 -E '\[[a-z]+(-[a-z]+)*\]|error:|: \*\*\*' "$1" || tail -n 1 "$1"
}

# Knobs as lines of config.mak; make reads the values as they are here.
knobs() {
	[ ! -f config.mak ] || cat config.mak
	for knob in $SENT; do
		value=''
		eval "value=\$$knob"
		case $value in *'
'*)
			say "$knob has more than one line [knob-value]"
			exit 2
			;;
		esac
		printf '%s := %s\n' "$knob" "$(printf '%s' "$value" | sed 's/\$/$$/g; s/#/\\#/g')"
	done
}

# The sources as one tar that depends on their content only: its sum shows which images are current.
pack() {
	rm -rf "$dir/source" && mkdir "$dir/source"
	cp -R Makefile scripts "$dir/source/"
	cp -R "$KERNELS" "$dir/source/kernel"
	cp -R "$CONFIGS" "$dir/source/configs"
	cp -R "$PATCHES" "$dir/source/patches"
	[ ! -d "$MODULES" ] || cp -R "$MODULES" "$dir/source/modules"
	knobs >"$dir/source/config.mak"
	tar -C "$dir/source" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 \
		--mode=u=rwX,go=rX -cf "$dir/source.tar" .
	rm -rf "$dir/source"
	sum=$(sha256sum <"$dir/source.tar" | cut -d ' ' -f 1)
}

# A layout from a node is verified before it is renamed to its place.
verify() {
	"$KIMAGE" verify --signer "$CERT" "$1" >/dev/null
}

by_slurm() {
	mkdir -p "$dir/node"
	# shellcheck disable=SC2086 # words are meant to split
	sbatch --wait --requeue --exclusive --array="1-$(wc -l <"$dir/todo")" --job-name=keelson \
		--chdir="$dir/node" --output="$dir/slurm-%a.log" ${SLURM_ARGS-} \
		"$node" "$dir/source.tar" "$dir" "$dir/todo" 9>&-
}

by_parallel() {
	cp "$node" "$dir/node.sh"
	# ssh reports a lost node within 15 seconds; its job then runs on another.
	(cd "$dir" && parallel --will-cite --sshlogin "$HOSTS" --jobs 1 --retries 3 --colsep ' ' \
		--ssh 'ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3' \
		--workdir keelson-matrix --basefile node.sh --basefile source.tar --return '{1}.tar' --joblog joblog \
		${CCACHE_REMOTE_STORAGE+--env CCACHE_REMOTE_STORAGE} \
		'sh ./node.sh source.tar . {1} {2} {3} {4} {5} {6}' :::: todo) 9>&-
}

# collect TAG: the result of one job
collect() {
	new=$dir/$1.new
	rm -rf "$new" && mkdir "$new"
	[ -f "$dir/$1.tar" ] || {
		say "$1: no node returned a result [lost-job]; run the same make again"
		return 1
	}
	tar -C "$new" --no-same-owner --no-same-permissions -xf "$dir/$1.tar" || return 1
	[ -z "$(find "$new" ! -type f ! -type d | head -n 1)" ] || {
		say "$1.tar: has a link or a device [bad-result]: expected files and directories"
		return 1
	}
	[ -d "$new/image" ] || {
		say "$1: $(first_error "$new/log") [job-failed]; the whole log is $dir/$1.log"
		mv "$new/log" "$dir/$1.log"
		return 1
	}
	verify "$new/image" || return 1
	rm -rf "${dir:?}/$1"
	mv "$new/image" "$dir/$1"
	rm -f "$dir/$1.log"
	echo "$sum" >"$dir/$1.done"
}

# The images of one board and series, of all architectures, get one index.
join_all() {
	rm -rf "$dir"/*-images
	for group in $(while read -r _ series _ board flavour; do
		echo "${series#*=}/${board#*=}/${flavour#*=}"
	done <"$dir/jobs" | sort -u); do
		set -- '' && shift
		while read -r image series _ board flavour; do
			[ "${series#*=}/${board#*=}/${flavour#*=}" = "$group" ] || continue
			set -- "$@" "$dir/$(echo "$image" | tr / -)"
		done <"$dir/jobs"
		name=$("$KIMAGE" show "$1" | sed -n 's/^name  *//p')
		group=${group%/}
		"$KIMAGE" join --layout "$dir/$(echo "$group" | tr / -)-images" --ref "$name" "$@"
	done
}

case $runner in slurm) program=sbatch ;; *) program=parallel ;; esac
command -v "$program" >/dev/null || {
	say "$program is not installed [no-runner]; run scripts/setup/setup.sh scale"
	exit 2
}
exec 9>"$dir/lock"
flock -n 9 || {
	say "$dir: another make matrix uses it [busy]; wait for that"
	exit 2
}
cat >"$dir/jobs"
pack
: >"$dir/todo"
while read -r image knobs; do
	tag=$(echo "$image" | tr / -)
	[ "$(cat "$dir/$tag.done" 2>/dev/null)" != "$sum" ] || ! verify "$dir/$tag" || continue
	rm -f "$dir/$tag.done" "$dir/$tag.tar"
	echo "$tag $image $knobs" >>"$dir/todo"
done <"$dir/jobs"

all=$(wc -l <"$dir/jobs") todo=$(wc -l <"$dir/todo") failed=0
[ "$todo" -eq 0 ] || "by_$runner" >"$dir/runner.log" 2>&1 || ran=$?
while read -r tag _; do
	collect "$tag" || failed=$((failed + 1))
	rm -rf "$dir/$tag.new" "$dir/$tag.tar"
done <"$dir/todo"
[ "$failed" -eq 0 ] || {
	[ "$failed" -ne "$todo" ] || [ "${ran:-0}" -eq 0 ] || say "$program: $(tail -n 1 "$dir/runner.log") [runner]; see $dir/runner.log"
	say "$failed of $all jobs have no image [matrix-failed]; the same make builds these again"
	exit 1
}
join_all >/dev/null
echo "matrix: $dir: $all images, $todo of them built now by $runner"
