#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a user sets is taken as it stands or refused in a line with a code: no value becomes a
# command, another program's variables are not ours, and nothing is written or removed before.
. tests/lib.sh

: >"$T/key.pem"
ran=$T/ran
# m ARGUMENT...: make with separate directories
m() {
	make -s OUT="$T/out" DL="$T/dl" SIGN_KEY="$T/key.pem" "$@"
}
knobs() {
	awk -v name="$1" '$1 == name && $2 == ":=" { on = 1; $1 = $2 = "" }
		on { on = sub(/\\$/, ""); printf "%s ", $0 }' scripts/make/knobs.mk
}
environment=$(knobs ENVIRONMENT_KNOBS) others=$(knobs OTHER_KNOBS)

# harmless NAME COMMAND...: the value has not run; the result of COMMAND does not count
harmless() {
	_name=$1
	shift
	"$@" >"$T/.out" 2>&1 </dev/null
	[ ! -e "$ran" ] || _bad="$_bad $_name"
	rm -f "$ran"
}

# ---- values are not commands ----------------------------------------------------
# Texts that programs accept unchanged, and texts that make refuses.
texts='CMDLINE BOOT_ARGS SYMBOL CONFIG LAYOUT FROM TO CC PEER KERNEL_MIRROR KERNEL_DIR'
for value in "x';touch $ran;'\";touch $ran;\"" "6.12 ;touch $ran;\`touch $ran\`" "\$(shell touch $ran)"; do
	_bad=''
	for knob in $texts; do
		set -- "$@" "$knob=$value"
	done
	harmless 'a text' m "$@" session
	set --
	for knob in $environment $others KERNELS CONFIGS PATCHES MODULES BIN; do
		case " $texts " in *" $knob "*) ;; *) harmless "$knob" m "$knob=$value" session ;; esac
	done
	is "$_bad" '' "$value of the command line runs nothing"
done
for knob in $environment; do
	_bad=''
	export "${knob?}=\$(shell touch $ran)'; touch $ran; '"
	harmless environment make -s session OUT="$T/out"
	unset "$knob"
	is "$_bad" '' "$knob of the environment runs nothing"
done
_bad=''
for value in "x';touch $ran;'" "\$(shell touch $ran)" ";touch $ran"; do
	harmless "$value" env HOME="/$value" make -s OUT="$T/out" session
	harmless "$value" env XDG_CONFIG_HOME="/$value" make -s OUT="$T/out" session
	harmless "$value" m "$value"
done
is "$_bad" '' 'nor HOME, nor a goal'

# pasted KNOB GOAL: is a value of this knob text of the goal's commands?
pasted() {
	m -n "$2" "$1=Marker" >"$T/text" 2>/dev/null
	is "$? $(grep -c Marker "$T/text")" '0 0' "the text of $1= is in no command of make $2"
}
for pair in CMDLINE:image BOOT_ARGS:boot SYMBOL:why CONFIG:import LAYOUT:verify FROM:diff TO:diff FROM:new FROM:size TO:size \
	CC:toolchain-diff PEER:bench KERNEL_MIRROR:fetch KERNEL_DIR:fetch; do
	pasted "${pair%:*}" "${pair#*:}"
done

# A variable that make reads and no rule sets would come from the environment; these may, or are
# cleared.
allowed=$(echo "$environment $others" | tr -s ' \t\n' '|')'MACHINES|DTBS|EXCEPT|XDG_CONFIG_HOME|[0-9]'
allowed="^($allowed|(libs|pkgs|arch|kernels)-.*|(QEMU|BUS|DEVICES|MEMORY|CPUS|APPEND|FIRMWARE|UEFI)\\..*)\$"
is "$(m --warn-undefined-variables -n boot matrix lost lint check-tidy bench report size diff SYMBOL=X why 2>&1 |
	sed -n "s/.*undefined variable '\(.*\)'.*/\1/p" | sort -u | grep -Ev "$allowed")" '' \
	'no other variable comes from the environment'

# ---- one word out of a list -----------------------------------------------------
arches=$(sed -n 's/^arch-\([^ ]*\) .*/\1/p' scripts/archs.mk)
for bad in 'ARCH=%' 'ARCH=vax' 'ARCH=x86_64 arm64' 'ARCH=' 'SERIES=6.%' 'SERIES=6.12 6.18' 'SERIES=' 'BOARD=vir%' \
	'BOARD=virt metal' 'BOARD=' 'FLAVOUR=debug rt' 'FLAVOUR=%' 'PROFILE=bulk bulk' 'PROFILE=%' 'V=yes'; do
	refuses 2 '\[unknown-value\]' "$bad is refused" m "$bad" session
	is "$(m "$bad" help | grep -c '^  image  ')" 1 'but make help helps'
done
for bad in 'MACHINE=q35 q35' 'MACHINE=%' 'BENCH=noop x' 'BENCH=%'; do
	refuses 2 '\[unknown-value\]' "$bad is refused" m "$bad" session
done
for bad in OFFLINE=maybe ENGINES=2 'JSON=1 1' KVM=%; do
	refuses 2 '\[knob-switch\]' "$bad is refused" m "$bad" help
done
for bad in JOBS=0 JOBS= JOBS=x 'JOBS=1 2' JOBS=-1 TIME=1m; do
	refuses 2 '\[knob-number\]' "$bad is refused" m "$bad" help
done
refuses 2 '\[knob-value\]' 'a name of an image has no blank' m 'IMAGE=a b' session
refuses 2 '\[knob-value\]' 'nor a quote' m "IMAGE=a'b" session
for bad in 'NAME=a b' NAME=../x NAME=A 'NAME=a;b'; do
	refuses 2 '\[knob-value\]' "make board $bad is refused" m board "$bad"
done
refuses 2 '\[unknown-value\]' 'so is a board to copy that is not there' m board NAME=mine FROM=bed
refuses 2 '\[unknown-value\].*nearest: virt' 'with the nearest' m session BOARD=vrit
for row in $arches; do
	# shellcheck disable=SC2046 # words are meant to split
	set -- $(sed -n "s/^arch-$row  *:= *//p" scripts/archs.mk)
	for name in "$1" "${3%%-*}" "$6"; do
		is "$(m ARCH="$name" BOARD=virt help | grep -c "^  ARCH .*\[$row\]\$")" 1 "ARCH=$name is $row"
	done
done
is "$(m ARCH=x86 help | grep -c '^  ARCH .*\[x86_64\]$')" 1 'ARCH=x86 is x86_64, as below arch/'
series=$(cd kernel && echo */release | sed 's,/release,,g') release=$(sed -n 's/^version  *//p' kernel/6.12/release)
is "$(m SERIES="$release" session | grep -c -- "--tree $T/out/6.12/linux ")" 1 'a release is known by its series'
refuses 2 "\\[unknown-release\\].*$release" 'if that has it' m SERIES=6.12.1 session
is "$(m -n fetch SERIES=6.12 | grep -c 'for s in 6.12;') $(m -n fetch | grep -c "for s in $series;")" '1 1' \
	'make fetch SERIES= fetches that series'
is "$(m -n outdated SERIES=6.12 | grep -o 'kernel/[^ ]*/release')" kernel/6.12/release 'make outdated likewise'
is "$(m -n setup ARCH=arm64 | grep -c 'setup.sh check arm64$') $(m -n setup | grep -c 'setup.sh check *$')" '1 1' \
	'make setup ARCH= installs for that architecture'

# ---- whose variables ------------------------------------------------------------
m session >"$T/session"
is "$(for knob in $others; do export "${knob?}=qemux86-64 x"; done; m session 2>&1 | cmp - "$T/session" 2>&1)" '' \
	"another program's variables are not taken from the environment"
refuses 2 'from the environment.*\[unknown-value\]' 'a board of the environment is checked, with where it is from' env BOARD=nucleo make -s session OUT="$T/out"
for bad in BORD=virt KEYS=x EVERY=x SHELL=/bin/false KERNEL=Image arch-x86_64=x 'board.x86_64/virt.EXCEPT=6.12' CURDIRS=x; do
	refuses 2 '\[unknown-knob\]' "${bad%=*}= on the command line is refused" m "$bad" session
done
refuses 2 '\[unknown-knob\].*nearest: BOARD' 'with the nearest' m BORD=virt help
export KEYS=x PROFILED=x
_bad=''
harmless env m session
cmp -s "$T/session" "$T/.out" || _bad=changed
unset KEYS PROFILED
is "$_bad" '' 'variables of the rules are not taken from the environment'
is "$(env 'DEVICES.q35=x' 'arch-vax=x' 'pkgs-bootlog=x' make -s OUT="$T/out" DL="$T/dl" SIGN_KEY="$T/key.pem" session | cmp - "$T/session" 2>&1)" \
	'' 'nor are their tables'
refuses 2 '\[make-e\]' 'make -e is refused' m -e session
check 'values from the environment that programs take pass' m session CCACHE_DISABLE=1

# ---- goals ----------------------------------------------------------------------
refuses 2 '\[unknown-goal\].*nearest: config.*make help' 'an unknown goal is answered with the nearest' m confg
refuses 2 '\[unknown-goal\]' 'before another does anything' m session confg
is "$(m session confg 2>/dev/null)" '' 'which says nothing'
refuses 2 '\[knob-missing\].*SYMBOL=' 'make why names the missing knob' m SYMBOL= why
refuses 2 '\[knob-missing\].*CONFIG=' 'so does make import' m import
refuses 2 '\[knob-missing\].*NAME=' 'and make board' m board
refuses 2 '\[not-here\]: run make -C ' 'a Makefile is not read from elsewhere' sh -c "cd /; make -s -f '$PWD/Makefile' help"
check 'but by another name of its directory' make -s -f "$PWD/Makefile" help
refuses 2 '\[no-terminal\]' 'make menuconfig wants a terminal' sh -c "make -s OUT='$T/out' menuconfig </dev/null"
refuses 2 '\[no-terminal\]' 'make nconfig too' sh -c "make -s OUT='$T/out' nconfig </dev/null"
refuses 2 '\[no-terminal\]' 'when it comes to it, too' sh -c "make -s OUT='$T/out' SIGN_KEY='$T/key.pem' terminal </dev/null"

# ---- places ---------------------------------------------------------------------
# In a copy of the checkout, which may be lost.
mkdir "$T/up" "$T/up/k" "$T/up/precious" "$T/home" && tar --exclude=./out --exclude=./.git -cf - . | tar -C "$T/up/k" -xf -
: >"$T/up/precious/file"
ln -s "$T/up" "$T/link"
ln -s k/scripts "$T/up/inside"
listing() {
	(cd "$T" && find up home link -type f | sort && ls -d x* 2>/dev/null)
}
listing >"$T/before"
# c ARGUMENT...: make in the copy
c() {
	make -s -C "$T/up/k" "$@"
}
# shellcheck disable=SC2016,SC2088 # as they stand
for knob in OUT DL; do
	for value in '' . .. ../k "$T" "$T/link" "$T/link/k" ../inside/.. x/../.. 'x y' 'x ' "$(printf 'x\ty')" "$(printf 'x\ny')" \
		'x$y' 'x#y' 'x:y' 'x;y' 'x%y' "x'y" 'x"y' 'x\y' 'x*y' 'x?y' 'x[y' 'x(y' 'x)y' 'x{y' 'x<y' 'x>y' 'x|y' 'x&y' 'x`y' 'x=y' \
		-x '~/x'; do
		refuses 2 '\[knob-path\]' "make clean $knob='$(echo "$value" | tr '\n\t' '  ')' is refused" c clean "$knob=$value"
	done
	# Never that with clean.
	refuses 2 '\[knob-path\]' "$knob=/ is refused" c help "$knob=/"
	refuses 2 '\[knob-path\]' 'by goals that make something, too' c session "$knob="
	refuses 2 'from the environment.*\[knob-path\]' "$knob of the environment is checked" env "$knob=.." make -s -C "$T/up/k" clean
	echo "$knob = .." >"$T/up/k/config.mak"
	refuses 2 '\[knob-path\]' 'that of config.mak too' c clean
	rm "$T/up/k/config.mak"
done
for home in 'a b' x '' "$T/a b" "$T/a'b"; do
	refuses 2 '\[(knob|home)-path\]' "HOME='$home' holds no private key" env HOME="$home" make -s -C "$T/up/k" session
	refuses 2 '\[(knob|home)-path\]' 'nor that with a word for XDG_CONFIG_HOME' env HOME="$home" XDG_CONFIG_HOME=x make -s -C "$T/up/k" session
done
refuses 2 '\[knob-path\]' "XDG_CONFIG_HOME='/a b' holds none" env XDG_CONFIG_HOME="$T/a b" make -s -C "$T/up/k" session
for value in '' 'a b' "$T/home" "a'b"; do
	refuses 2 '\[knob-path\]' "SIGN_KEY='$value' is refused" c session SIGN_KEY="$value"
done
is "$(listing | diff "$T/before" - 2>&1)" '' 'none of that has written or removed a file'

# ---- the mark -------------------------------------------------------------------
refuses 2 '\[out-not-empty\]' 'a directory with files of others is not used' c session OUT="$T/up/precious" SIGN_KEY="$T/key.pem"
refuses 2 '\[out-not-empty\]' 'nor one of the sources' c session OUT=configs SIGN_KEY="$T/key.pem"
refuses 2 '\[out-not-marked\]' 'nor cleaned' c clean OUT="$T/up/precious"
printf 'Signature: 8a477f597d28d172789f06886806bc55\n# created by another program\n' >"$T/up/precious/CACHEDIR.TAG"
refuses 2 '\[out-not-marked\]' "nor with another program's mark" c clean OUT="$T/up/precious"
refuses 2 '\[out-not-empty\]' 'which does not make it ours' c session OUT="$T/up/precious" SIGN_KEY="$T/key.pem"
printf 'Keelson\nSignature: 8a477f597d28d172789f06886806bc55\n' >"$T/up/precious/CACHEDIR.TAG"
refuses 2 '\[out-not-marked\]' 'a signature is the first line' c clean OUT="$T/up/precious"
rm "$T/up/precious/CACHEDIR.TAG"
is "$(listing | diff "$T/before" - 2>&1)" '' 'and all is still there'
mkdir -p "$T/up/o/dl"
: >"$T/up/o/dl/tarball"
check 'downloads may be there first' c "$T/up/o/bin/progress" OUT="$T/up/o" SIGN_KEY="$T/key.pem"
is "$(head -c 43 "$T/up/o/CACHEDIR.TAG")" 'Signature: 8a477f597d28d172789f06886806bc55' 'the directory gets the mark'
mkdir -p "$T/up/o/6.12/linux" "$T/up/o/mine/tar"
: >"$T/up/o/.hidden"
check 'and is cleaned' c clean OUT="$T/up/o"
is "$(cd "$T/up/o" && find . | sort | tr '\n' ' ')" '. ./CACHEDIR.TAG ./dl ./dl/tarball ' 'but for downloads and mark'
mkdir -p "$T/up/o/mine/tar" "$T/up/o/6.12"
check 'cleaning leaves downloads' c clean OUT="$T/up/o" DL="$T/up/o/mine/tar"
is "$(cd "$T/up/o" && echo *)" 'CACHEDIR.TAG dl mine' 'in any directory'
check 'a directory that is not there is clean' c clean OUT="$T/none"
mkdir -p "$T/up/k/out/6.12"
: >"$T/up/k/out/6.12/source"
check 'the default place is known from before there were marks' c out/bin/progress SIGN_KEY="$T/key.pem"
check 'and has one now' c clean
mkdir "$T/up/old" "$T/up/old/bin" "$T/up/old/mine"
: >"$T/up/old/bin/fetch.key"
check 'another is used as before' c session OUT="$T/up/old" SIGN_KEY="$T/key.pem"
refuses 2 '\[out-not-marked\]' 'and not cleaned' c clean OUT="$T/up/old"
mkdir "$T/up/rep"
refuses 2 '\[out-not-marked\]' 'make reproduce removes no other directory' scripts/make/outdir.sh remove "$T/up/rep"
is "$(m -n reproduce | grep -c 'rm .*reproduce')" 0 'and has no other command for it'

# ---- a checkout -----------------------------------------------------------------
if git rev-parse --git-dir >/dev/null 2>&1; then
	is "$(git check-attr text scripts/setup/setup.sh configs/needs Makefile | grep -vc ': unset$')" 0 \
		'git converts no line ends with any core.autocrlf'
	check 'and ignores config.mak' git check-ignore -q config.mak
else
	skip 'git converts no line ends' 'NO GIT CHECKOUT'
fi

# ---- set-up ---------------------------------------------------------------------
# A machine without a compiler for s390x, whose apt-get records its arguments.
mkdir "$T/path"
ln -s /usr/bin/* /usr/sbin/* /bin/* "$T/path/" 2>/dev/null
rm -f "$T/path/s390x-linux-gnu-gcc" "$T/path/sudo" "$T/path/apt-get" "$T/path/id"
printf '#!/bin/sh\necho "$*" >>%s\n' "$T/apt.log" >"$T/path/apt-get"
printf '#!/bin/sh\necho 0\n' >"$T/path/id"
chmod +x "$T/path/apt-get" "$T/path/id"
echo ID=debian >"$T/debian"
lacking() {
	PATH=$T/path SETUP_OS_RELEASE=$T/debian make -s OUT="$T/out" SIGN_KEY="$T/key.pem" ARCH=s390x "$@"
}
: >"$T/apt.log"
refuses 2 '\[setup-missing\].*make setup ARCH=s390x' 'a missing package of make image is an error' lacking image
for goal in boot check check-all; do
	is "$(lacking -n $goal 2>&1 | grep -Eo 'setup.sh (boot|check) .*s390x|make.* (boot|check|check-all)$' | wc -l) $(cat "$T/apt.log")" '2 ' \
		"make -n $goal prints that it installs, and does not"
done
refuses 2 'setup: still missing' 'make boot does it' lacking boot
is "$(sed 's/ -y .* gcc-s390x.*/ gcc/' "$T/apt.log" | tr '\n' '|')" 'update|install gcc|' 'automatically'
finish
