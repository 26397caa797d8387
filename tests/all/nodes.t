#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make matrix RUNNER=slurm and RUNNER=parallel with the real daemons: a slurmctld with two slurmd, then
# two sshd. Both slurmd have a name and a port each on this host, as Slurm's
# multiple-slurmd allows: that needs no network namespace, and the controller loses a killed one
# just as it loses a machine. As root, since slurmd and sshd start jobs as another user.
. tests/lib.sh
. tests/lib/fake/pipeline.sh

PATH=$PATH:/usr/sbin:/sbin
export PATH
for program in slurmctld slurmd munged sshd parallel rsync; do
	command -v $program >/dev/null || {
		skip 'make matrix on nodes' "$program is not installed; run scripts/setup/setup.sh scale"
		finish
	}
done
[ "$(id -u)" = 0 ] || {
	skip 'make matrix on nodes' 'not root'
	finish
}
dir=$T/out/matrix

# Three boards; each has its own command line, hence its own digest.
for board in two three; do
	sed "s/no machine at all/$board/; s/^CMDLINE.*/& $board/" "$T/configs/boards/x86_64/fake.board" \
		>"$T/configs/boards/x86_64/$board.board"
done
sed -i 's/^BOARD=.*//' "$T/configs/boards/x86_64/fake.board"
# on RUNNER [KNOB=VALUE...]: all three boards
on() {
	_runner=$1
	shift
	make KERNELS="$T/kernel" CONFIGS="$T/configs" PATCHES="$T/patches" MODULES="$T/modules" OUT="$T/out" DL="$T/out/dl" \
		BIN="$BIN" SERIES=6.99 ARCH=x86_64 SIGN_KEY="$T/key.pem" KERNEL_DIR="$T" OFFLINE=1 KERNEL_MIRROR= V= \
		-f "$T/all.mk" RUNNER="$_runner" "$@" matrix
}
# The default BOARD is not one of these, and BOARD= on the command line would be the only job.
printf 'BOARD := fake\ninclude Makefile\n' >"$T/all.mk"

# same NAME: the images are those of one machine
same() {
	for board in fake two three; do
		check "$1: $board is the image of one machine" diff -r "$T/here/6.99/x86_64-$board/image" "$dir/6.99-x86_64-$board"
	done
}
for board in fake two three; do mk "$T/here" BOARD=$board image >/dev/null 2>"$T/here.err" || diag <"$T/here.err"; done

# ---- Slurm ------------------------------------------------------------------------
pids=''
stop() {
	# shellcheck disable=SC2086 # words are meant to split
	[ -z "$pids" ] || kill -9 $pids 2>/dev/null
	pids=''
}
trap 'stop; chmod -R u+rwX "$T" 2>/dev/null; rm -rf "$T"' EXIT
chmod 755 "$T"
mkdir "$T/slurm" "$T/slurm/state" "$T/slurm/n1" "$T/slurm/n2"
head -c 1024 /dev/urandom >"$T/slurm/munge.key"
chmod 700 "$T/slurm" && chmod 600 "$T/slurm/munge.key"
port=$((20000 + $$ % 20000))
host=$(uname -n)
cat >"$T/slurm/slurm.conf" <<E2
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$T/slurm/munge.socket
CryptoType=crypto/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/linear
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=10
BatchStartTimeout=5
MessageTimeout=5
InactiveLimit=0
KillWait=2
StateSaveLocation=$T/slurm/state
SlurmdSpoolDir=$T/slurm/%n
SlurmctldPidFile=$T/slurm/slurmctld.pid
SlurmdPidFile=$T/slurm/%n/slurmd.pid
SlurmctldLogFile=$T/slurm/slurmctld.log
SlurmdLogFile=$T/slurm/%n/log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1))
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2))
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
E2
export SLURM_CONF="$T/slurm/slurm.conf"
munged -F --force --key-file="$T/slurm/munge.key" --socket="$T/slurm/munge.socket" --pid-file="$T/slurm/munge.pid" \
	--seed-file="$T/slurm/munge.seed" --log-file="$T/slurm/munge.log" --num-threads=2 >"$T/slurm/munged.out" 2>&1 &
pids="$pids $!"
sleep 1
slurmctld -D -f "$SLURM_CONF" >"$T/slurm/ctl.out" 2>&1 &
pids="$pids $!"
slurmd -D -N n1 -f "$SLURM_CONF" >"$T/slurm/n1.out" 2>&1 &
n1=$!
slurmd -D -N n2 -f "$SLURM_CONF" >"$T/slurm/n2.out" 2>&1 &
pids="$pids $n1 $!"
i=0
until [ "$(sinfo -h -N -o %t 2>/dev/null | sort -u)" = idle ] || [ $((i += 1)) -gt 30 ]; do sleep 1; done
is "$(sinfo -h -N -o '%N %t' | sort | tr '\n' ' ')" 'n1 idle n2 idle ' 'two nodes of Slurm wait' ||
	tail -n 5 "$T"/slurm/*.out "$T/slurm/slurmctld.log" | diag

# As soon as n1 has a job its slurmd is killed. Slurm delays a job that it runs again by two minutes.
(
	until squeue -h -t R -w n1 -o %A | grep -q .; do sleep 0.2; done
	kill -9 $n1
) &
killer=$!
check 'jobs on two nodes of Slurm give images, though one node dies' on slurm
wait $killer
is "$(tail -n 1 "$T/.out")" "matrix: $dir: 3 images, 3 of them built now by slurm" 'all of them'
same slurm
is "$(find "$T"/out/matrix/node -maxdepth 1 -name 'out-*' | wc -l)" 2 'both nodes had a job'
check 'the same again' on slurm
is "$(tail -n 1 "$T/.out")" "matrix: $dir: 3 images, 0 of them built now by slurm" 'does nothing'
stop

# ---- GNU parallel -------------------------------------------------------------------
# Both hosts are this one, and use the directory of this user.
remote=$(getent passwd "$(id -u)" | cut -d : -f 6)/keelson-matrix
[ ! -e "$remote" ] || {
	skip 'make matrix by GNU parallel' "$remote exists, and may be in use"
	finish
}
rm -rf "$dir"
mkdir -p "$T/ssh" /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/host"
ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/key"
cp "$T/ssh/key.pub" "$T/ssh/allowed"
for i in 1 2; do
	p=$((port + 2 + i))
	cat >"$T/ssh/$i.conf" <<E2
ListenAddress 127.0.0.1
Port $p
HostKey $T/ssh/host
AuthorizedKeysFile $T/ssh/allowed
StrictModes no
UsePAM no
PidFile none
PermitRootLogin yes
E2
	"$(command -v sshd)" -D -f "$T/ssh/$i.conf" 2>"$T/ssh/$i.log" &
	pids="$pids $!"
	eval "sshd$i=$!"
done
# ssh gets the key from a wrapper.
mkdir "$T/ssh/bin"
cat >"$T/ssh/bin/ssh" <<E2
#!/bin/sh
exec $(command -v ssh) -F /dev/null -i $T/ssh/key -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=$T/ssh/known "\$@"
E2
chmod +x "$T/ssh/bin/ssh"
PATH=$T/ssh/bin:$PATH
sleep 1
hosts=127.0.0.1:$((port + 3)),127.0.0.1:$((port + 4))
check 'jobs on two hosts of ssh give images' on parallel HOSTS="$hosts"
is "$(tail -n 1 "$T/.out")" "matrix: $dir: 3 images, 3 of them built now by parallel" 'all of them'
same parallel
check 'the same again' on parallel HOSTS="$hosts"
is "$(tail -n 1 "$T/.out")" "matrix: $dir: 3 images, 0 of them built now by parallel" 'does nothing'
# shellcheck disable=SC2154 # set by eval
kill -9 "$sshd1"
rm "$dir"/*.done
check 'a host that does not answer' on parallel HOSTS="$hosts"
is "$(tail -n 1 "$T/.out")" "matrix: $dir: 3 images, 3 of them built now by parallel" 'has its jobs done by the other'
printf '\n# None.\nCONFIG_NO_SUCH=y\n' >>"$T/configs/common/net.config"
refuses 2 'matrix: 6.99-x86_64-two: .*NO_SUCH.*\[job-failed\]' 'the first error of a failed job is shown' on parallel HOSTS="$hosts"
is "$(grep -c . "$dir/joblog")" 4 'and it does not run again'
stop
rm -rf "$remote"
finish
