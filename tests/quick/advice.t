#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The report has the true reason of an unmet dependency, and advice holds as it is printed: on a
# fake tree with an option for each kind.
. tests/lib.sh
: "${KCONF:?the kconf to test}" "${TREE:?the tree it was built with}"

sh tests/lib/fake/mktree.sh "$TREE" "$T"
fake=$T/linux-6.99.1

# ---- dependencies, and advice ---------------------------------------------------
cat >>"$fake/Kconfig" <<'E2'
config W_TABLES
	tristate "Requested as a module"
config W_LINK
	tristate "Requested by none"
config W_QUEUE
	tristate "Behind two modules"
	depends on W_TABLES && W_LINK
config W_WHOLE
	bool "Only with built-in tables"
	depends on W_TABLES=y
config W_OFF
	bool "Requested to be off"
config W_BEHIND
	bool "Behind that"
	depends on W_OFF
config W_OFF_HERE
	tristate "Requested to be off by another layer"
config W_LOW
	tristate "A library"
config W_FS
	bool "Has the library built in"
	select W_LOW
config W_DAX
	bool "Needs both"
	depends on W_LOW && W_FS
config W_FIGHT
	bool
config W_KEPT
	bool "Requested, but for a fight"
	depends on !W_FIGHT
config W_WAY_1
	bool "One way, which starts a fight"
	select W_FIGHT
config W_WAY_2
	bool "Another"
config W_GOAL
	bool "Behind either way"
	depends on W_WAY_1 || W_WAY_2
config W_DEBUG
	bool "Selects an option that a request disables"
	select W_OFF
config W_GATE_1
	bool "A gate"
config W_GATE_2
	bool "Another gate"
config W_PAIR
	def_bool W_GATE_1 && W_GATE_2
config W_ALONE
	bool "Requested, but for both gates"
	depends on !W_PAIR
config W_LOST_1
	bool "Behind a gate"
	depends on W_GATE_1
config W_LOST_2
	bool "Behind the other"
	depends on W_GATE_2
config W_LATER
	bool "Behind a lost option"
	depends on W_LOST_1
config COMPILE_TEST
	bool "Compile what runs nowhere"
config W_TESTED
	bool "To be compiled only"
	depends on COMPILE_TEST
config W_EITHER
	bool "Compiled, or behind two others"
	depends on COMPILE_TEST || (W_LINK && W_FS)
config W_MOST
	int
	default 8
config W_RANGE
	int "Up to another's value"
	range 2 W_MOST
config W_INNER
	int "Behind a gate"
	depends on W_GATE_1
E2
cat >"$T/w-base.config" <<'E2'
# Modules, and less to attack.
CONFIG_MODULES=y
# CONFIG_W_OFF is not set
E2
cat >"$T/w.config" <<'E2'
# Tables as a module.
CONFIG_W_TABLES=m
CONFIG_W_KEPT=y
CONFIG_W_ALONE=y
# CONFIG_W_OFF_HERE is not set
E2
session="--tree $fake --release 6.99.1 --arch x86_64 --srcarch x86 --cache $T/probes"
why() {
	# shellcheck disable=SC2086 # a list
	"$KCONF" why $session --symbol "$1" "base:$T/w-base.config" "common:$T/w.config"
}
# says SYMBOL PATTERN NAME
says() {
	why "$1" >"$T/out" 2>&1
	if grep -Eq -e "$2" "$T/out"; then
		ok "$3"
	else
		not_ok "$3"
		diag <"$T/out"
	fi
}
# over PATTERN NAME: the fragment on standard input, over those, loses with that message.
over() {
	cat >"$T/over.config"
	# shellcheck disable=SC2086 # a list
	refuses 1 "$1" "$2" "$KCONF" resolve $session "base:$T/w-base.config" "common:$T/w.config" \
		"board:$T/over.config"
}

says W_QUEUE 'request: CONFIG_W_LINK=m CONFIG_W_QUEUE=m$' 'a module where a module loses nothing'
says W_WHOLE 'W_TABLES: .*w.config:2: .* \[requested-m\]' 'a dependency that is requested as m has its request reported'
says W_BEHIND 'W_OFF: .*w-base.config:3: .* \[held-off\]' 'so has one that is requested to be off'
over 'W_LOST_1: .*over.config:2: .* \[requested-but-lost\]' 'and one whose request is lost' <<'E2'
# Why.
CONFIG_W_LOST_1=y
CONFIG_W_LATER=y
E2
over 'change .*over.config:2 to: CONFIG_W_QUEUE=m$' 'advice for an option that can only be a module is m' <<'E2'
# Why.
CONFIG_W_QUEUE=y
E2
says W_OFF '^        #: override until=6.100 OWNER REASON$' 'an option that the base disables has the override'
says W_OFF '^        CONFIG_W_OFF=y$' 'with the line'
says W_OFF 'w-base.config:3, n: Modules, and less to attack' 'and whose reason is overridden'
says W_OFF_HERE '^        #: override$' 'of another layer the directive alone'
says W_OFF_HERE '^        CONFIG_W_OFF_HERE=m$' 'as a module too'
says W_BEHIND '^        CONFIG_W_BEHIND=y$' 'an option that depends on it is added beside the override'
says W_DEBUG '^        #: override until=6.100 OWNER REASON$' 'so is one that selects it'
says W_DAX 'request: CONFIG_W_FS=y CONFIG_W_DAX=y$' 'advice has only lines that hold'
says W_GOAL 'request: CONFIG_W_WAY_2=y CONFIG_W_GOAL=y$' 'of two ways it takes the one that loses nothing'
says W_TESTED '\[no-advice\]' 'COMPILE_TEST is never advised'
says W_EITHER 'request: CONFIG_W_LINK=m CONFIG_W_FS=y CONFIG_W_EITHER=y$' 'though it would be shorter'
over 'allowed: 2 to 8 \[W_MOST\]$' 'a range is reported in values' <<'E2'
# Why.
CONFIG_W_RANGE=9
E2
over 'request: CONFIG_W_GATE_1=y$' 'the gate of a lost number is advised' <<'E2'
# Why.
CONFIG_W_INNER=3
E2
over 'change .*over.config:2 to: CONFIG_W_LINK=m$' 'a quoted m says how to write it' <<'E2'
# Why.
CONFIG_W_LINK="m"
E2
is "$(grep -c '/proc/self' "$T/.err") $(grep -c 'over.config:2: .*\[kconfig-warning\]$' "$T/.err")" '0 1' \
	"the tree's own warnings have the line of the fragment"
over 'W_LOST_2=y LOST' 'two gates that must not both be open' <<'E2'
# Why.
CONFIG_W_LOST_1=y
CONFIG_W_LOST_2=y
E2
is "$(grep -c 'together, to add' "$T/.err")" 0 'are not advised together'

# ---- modules by their names ------------------------------------------------------
mkdir -p "$fake/drivers/w" "$fake/arch/s390/w" "$fake/tools/w" "$fake/net"
cat >"$fake/drivers/w/Makefile" <<'E2'
obj-$(CONFIG_W_QUEUE)	+= w_queue.o
obj-$(CONFIG_W_LINK) += other.o \
	w-link.o # w_fs.o
w-link-y := core.o w_tail.o
w-link-$(CONFIG_W_FS) += w_extra.o
obj-$(CONFIG_W_OFF) += w_both.o
E2
cat >"$fake/net/Kbuild" <<'E2'
obj-$(CONFIG_W_TABLES) := sub/w_both.o
E2
tee "$fake/arch/s390/w/Makefile" >"$fake/tools/w/Makefile" <<'E2'
obj-$(CONFIG_NET) += w_queue.o
E2
ln -s .. "$fake/drivers/w/loop"
# found NAME OPTION...: these options, in this order, are explained.
found() {
	_name=$1
	shift
	is "$(why "$_name" | sed -n 's/^CONFIG_\([^ ]*\) is .*/\1/p' | paste -s -d ' ')" "$*" "$_name is found"
}
found w_queue W_QUEUE
says w_queue 'w_queue.ko, at drivers/w/Makefile:1 \[module-name\]' 'with its file and line'
found w-queue.ko W_QUEUE
found kernel/drivers/w/w_queue.ko.zst W_QUEUE
found CONFIG_w_link W_LINK
says w_link 'w-link.ko, at drivers/w/Makefile:2 ' 'a line that goes on too'
found w_tail W_LINK
found w_extra W_FS
found w_both W_OFF W_TABLES
found w_off W_OFF
found W_QUEUE,w_queue,W_OFF W_QUEUE W_QUEUE W_OFF
found w_nosuch W_NOSUCH
finish
