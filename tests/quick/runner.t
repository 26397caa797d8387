#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make matrix RUNNER=slurm, with a stand-in for sbatch: the sources that it sends, the images that it
# returns, and the results and knobs that are refused. tests/all/nodes.t has the real daemons.
# shellcheck disable=SC2016 # texts for other shells
. tests/lib.sh
. tests/lib/fake/pipeline.sh

# It runs the array's jobs one by one; nodes=lost loses the first of them.
mkdir "$T/bin"
cat >"$T/bin/sbatch" <<'E2'
#!/bin/sh
unset jobs
for word; do
	case $word in
	--array=1-*) jobs=${word#--array=1-} ;;
	--chdir=*) cd "${word#--chdir=}" || exit ;;
	--*) ;;
	*) break ;;
	esac
	shift
done
echo "$jobs" >>"$0.log"
i=0 st=0
[ ! -e "$0.lost" ] || i=1
while [ $((i += 1)) -le "$jobs" ]; do SLURM_ARRAY_TASK_ID=$i "$@" || st=$?; done
[ ! -e "$0.after" ] || sh "$0.after" "$2"
exit $st
E2
chmod +x "$T/bin/sbatch"
PATH=$T/bin:$PATH
export PATH
matrix() {
	mk "$T/out" RUNNER=slurm matrix "$@"
}
dir=$T/out/matrix

digest "$T/here" >/dev/null
check 'a job on a node gives an image' matrix
is "$(tail -n 1 "$T/.out")" "matrix: $dir: 1 images, 1 of them built now by slurm" 'and the last line says so'
check 'it is the image of one machine' diff -r "$T/here/6.99/x86_64-fake/image" "$dir/6.99-x86_64-fake"
check 'the images of all architectures are joined' "$BIN/kimage" verify "$dir/6.99-fake-images"
check 'the same again' matrix
is "$(tail -n 1 "$T/.out") $(wc -l <"$T/bin/sbatch.log")" "matrix: $dir: 1 images, 0 of them built now by slurm 1" 'builds nothing'
printf x >>"$(find "$dir/6.99-x86_64-fake/blobs" -type f | head -n 1)"
check 'an image that was changed since' matrix
is "$(wc -l <"$T/bin/sbatch.log")" 2 'is built again'
printf '\n# The kernel alone.\nCONFIG_FAKE_LOUD=y\n' >>"$T/configs/common/net.config"
check 'so is one whose sources were changed' matrix
is "$(wc -l <"$T/bin/sbatch.log")" 3 'on a node'

# ---- nodes that fail --------------------------------------------------------------
printf '\n# None.\nCONFIG_NO_SUCH=y\n' >>"$T/configs/common/net.config"
refuses 2 'matrix: 6.99-x86_64-fake: .*NO_SUCH.*\[job-failed\]; the whole log is' 'the first error of a failed job is shown' matrix
check 'with its whole log' grep -q NO_SUCH "$dir/6.99-x86_64-fake.log"
sed -i '/None/,$d' "$T/configs/common/net.config"
: >"$T/bin/sbatch.lost"
refuses 2 'fake: no node returned a result \[lost-job\]' 'a job without a result is reported' matrix
rm "$T/bin/sbatch.lost"
echo 'echo slurm is down >&2; exit 7' >"$T/bin/sbatch.after"
check 'the same make runs it again' matrix

# ---- results that are not images --------------------------------------------------
# sends TEXT: a node that runs TEXT in the result before it sends it
sends() {
	echo "cd '$dir' && rm -rf x && mkdir x && tar -C x -xf 6.99-x86_64-fake.tar && cd x && $1 && tar -cf ../6.99-x86_64-fake.tar *" >"$T/bin/sbatch.after"
	rm -f "$dir"/*.done
}
sends 'rm -r image && ln -s /etc image'
refuses 2 '\[bad-result\]' 'a link in a result is refused' matrix
sends 'find image/blobs -type f | head -n 1 | while read -r f; do echo x >>$f; done'
refuses 2 '^kimage: ' 'and an image that was changed on the way' matrix
rm "$T/bin/sbatch.after"

# ---- knobs ------------------------------------------------------------------------
refuses 2 "RUNNER='cron' .*\[unknown-value\]" 'a runner that is none is refused' matrix RUNNER=cron
refuses 2 'HOSTS=.*\[knob-missing\]' 'parallel without hosts' matrix RUNNER=parallel
for bad in 'a b' '-oProxyCommand=x' 'a;b' 'a$(b)'; do
	refuses 2 'HOSTS=.*\[knob-value\]' "HOSTS=$bad" matrix RUNNER=parallel HOSTS="$bad"
done
refuses 2 'CMDLINE=.*\[knob-runner\]' 'and a knob that is not sent' matrix CMDLINE=quiet
finish
