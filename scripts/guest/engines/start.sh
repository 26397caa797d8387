#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # the container's own
#
# start.sh ENGINE, in a guest, with the files of fetch.sh as root: starts containers with crun or
# runc as engines do, on a read-only overlay, behind NAT, and checks each limit. The last line has
# the result; the exit status is 1 after a failure.
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
engine=$1 bundle=/tmp/bundle

die() {
	echo "$*" | tr '\n' ' '
	exit 1
}

# Not the shell's built-in command, which does not know namespaces.
ip() {
	/sbin/ip "$@"
}

# run WHAT COMMAND: in a container; its output, which must not be empty
run() {
	sed "s|@COMMAND@|$2|" /config.json >"$bundle/config.json"
	said=$(cd "$bundle" && timeout 60 "$engine" run "c$$" 2>&1)
	status=$?
	"$engine" delete -f "c$$" >/dev/null 2>&1
	[ -n "$said" ] || die "$1: the container says nothing, exit status $status"
}

# ---- a root of layers, and a separate network ------------------------------------------
set_up() {
	mkdir -p "$bundle/rootfs" /tmp/upper /tmp/work /run/netns &&
		mount -t overlay -o lowerdir=/rootfs,upperdir=/tmp/upper,workdir=/tmp/work overlay "$bundle/rootfs" &&
		ip netns add container && ip link add outside type veth peer name inside netns container &&
		ip addr add 172.30.0.1/24 dev outside && ip link set outside up &&
		ip -n container addr add 172.30.0.2/24 dev inside && ip -n container link set inside up &&
		ip -n container link set lo up && ip -n container route add default via 172.30.0.1 &&
		echo 1 >/proc/sys/net/ipv4/ip_forward
}
said=$(set_up 2>&1) || die "set-up: $said"
# crun's network uses the tools of iptables for NAT, runc's those of nftables.
nat() {
	case $engine in
	crun) iptables-nft -t nat -A POSTROUTING -s 172.30.0.0/24 ! -o outside -j MASQUERADE ;;
	*)
		iptables-nft -t nat -F && nft 'add table ip t
			add chain ip t c { type nat hook postrouting priority 100; }
			add rule ip t c ip saddr 172.30.0.0/24 oifname != "outside" masquerade'
		;;
	esac
}
said=$(nat 2>&1) || die "NAT: $said"

# ---- the checks --------------------------------------------------------------------------
run limits 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/cpu.max'
# shellcheck disable=SC2086 # words are meant to split
set -- $said
[ "$*" = '33554432 8 20000 100000' ] || die "limits: $*"
run network '{ echo hello; sleep 1; } \| timeout 10 nc 10.0.2.100 7 \| head -n 1'
[ "$said" = hello ] || die "network: $said"
run root 'touch /file'
case $said in *'Read-only file system'*) ;; *) die "root: $said" ;; esac
run seccomp 'mkdir /tmp/d'
case $said in *'Operation not permitted'*) ;; *) die "seccomp: $said" ;; esac
run pids 'for i in 1 2 3 4 5 6 7 8 9; do sleep 5 \& done'
case $said in *fork*) ;; *) die "pids: $said" ;; esac
run memory '(keelson-hog); echo ended with $?'
case $said in *'ended with 137'*) ;; *) die "memory: $said" ;; esac
run cpu 'timeout 1 cat /dev/zero >/dev/null; cat /sys/fs/cgroup/cpu.stat'
throttled=$(echo "$said" | sed -n 's/^nr_throttled //p')
[ "${throttled:-0}" -gt 0 ] || die "cpu: $said"
echo "$("$engine" --version | head -n 1): limits, seccomp and a read-only root hold, and TCP through NAT"
