#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The makefiles: their size, their help, and that make writes nothing while it reads.
. tests/lib.sh
BIN=$(realpath "${BIN:?}")
. tests/lib/fake/pipeline.sh

# ---- size -----------------------------------------------------------------------
# longer FILE: its lines of more than 100 columns
longer() {
	expand "$1" | grep -n '.\{101\}' | sed "s,^\([0-9]*\):.*,$1:\1,"
}
is "$(($(wc -l <Makefile) <= 330))" 1 'the Makefile has at most 330 lines'
for file in Makefile scripts/make/*.mk; do
	longer "$file"
done >"$T/longer"
is "$(cat "$T/longer")" '' 'no line has more than 100 columns'

# ---- help -----------------------------------------------------------------------
make help >"$T/help" 2>"$T/err"
is "$?$(cat "$T/err")" 0 'make help prints help'
is "$(expand "$T/help" | grep -c '.\{81\}')" 0 'within 80 columns'
for knob in BOARD=none SERIES=1.0 ARCH=vax FLAVOUR=x; do
	is "$(make help "$knob" 2>&1 | grep -c '^  image  ')" 1 "make help $knob prints it too"
done
is "$(grep -n '^[A-Z][a-z]*:$' "$T/help" | sed 's/.*://; s/[0-9]*://' | wc -l | tr -d ' ')" 5 'in five groups'
sed -n '/\$/d; s/^\.PHONY: *//p' Makefile scripts/make/*.mk | tr ' ' '\n' | sort >"$T/goals"
is "$(uniq -d "$T/goals")" '' 'each goal is declared once'
# A public goal has `## text`, another has `# text`.
sed -n 's/^\([a-z][a-z_. -]*\):[^#]* ##* [^ ].*/\1/p' Makefile scripts/make/*.mk | sort >"$T/documented"
is "$(diff "$T/goals" "$T/documented")" '' 'and documented once'
sed -n 's/^\([a-z][a-z_. -]*\):[^#]* ## .*/\1/p' Makefile scripts/make/*.mk | sort >"$T/public"
sed -n '/^Build:/,/^Values/s/^  \([a-z][a-z_.-]*\)  *.*/\1/p' "$T/help" | sort >"$T/listed"
is "$(diff "$T/public" "$T/listed")" '' 'a public goal is in help once'
is "$(cat scripts/make/*.mk Makefile | grep -c '^##@ ') $(cat scripts/make/*.mk Makefile | grep '^##@ ' |
	grep -vcE '^##@ (build|understand|change|verify|maintain)$')" \
	"$(cat scripts/make/*.mk Makefile | grep -c '^##@ ') 0" 'and has a group that help prints'
sed -n '/^Knobs/,$p' "$T/help" | tr ' ' '\n' | grep '^[A-Z_]*$' | sort >"$T/knobs"
is "$(awk '/^(ENVIRONMENT|OTHER)_KNOBS :=/ { on = 1; $1 = $2 = "" } on { on = sub(/\\$/, ""); print }' scripts/make/knobs.mk |
	tr -s ' \t' '\n' | grep . | sort | diff - "$T/knobs" | grep '^<')" '' 'help lists every knob'

# ---- the age of the releases ------------------------------------------------------
for release in kernel/*/release; do
	age=$(awk '$1 == "version" { v = $2 } $1 == "date" { print v " of " substr($2, 1, 10) }' "$release")
	check "docs/limits.md says that $age is built" grep -qF "$age" docs/limits.md
done

# ---- manual pages and completion ------------------------------------------------
check 'make install-man installs' make install-man DESTDIR="$T/root" PREFIX=/usr
is "$(cd "$T/root/usr/share/man" && find . -type f | sed 's,.*/,,' | sort)" "$(cd docs && find . -name '*.[14]' | sed 's,.*/,,' | sort)" \
	'every manual page'
is "$(find "$T/root/usr/share/man" -path '*/man1/kconf.1' | wc -l)" 1 'in its section'
refuses 2 '\[knob-path\]' 'not to a place with a blank' make install-man PREFIX='/a b'
refuses 2 '\[knob-path\]' 'nor with a quote' make install-man DESTDIR="$T/'"
# completed WORD...: the completions of the last word
completed() {
	# shellcheck disable=SC2016 # for bash
	bash -c '. scripts/completion.bash; compopt() { :; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _keelson; echo "${COMPREPLY[*]}"' bash "$@"
}
if command -v bash >/dev/null; then
	is "$(completed make check-q)" check-quick 'bash completes goals'
	is "$(completed make SYMB)" SYMBOL= 'and knobs'
	is "$(completed make ARCH = s390x BOARD = v)" virt 'and values'
else
	skip 'bash completes' 'NO BASH'
fi

# ---- -n -------------------------------------------------------------------------
mkdir "$T/copy" && tar --exclude=./out --exclude=./.git -cf - . | tar -C "$T/copy" -xf -
cd "$T/copy" || exit
state() {
	find "$T" -path "$T/state*" -prune -o -path "$T/dry" -prune -o -name '.*' -prune -o -printf '%p %s %T@ %C@\n' | sort
}
# dry NAME: make -n of each goal of a list writes nothing
dry() {
	state >"$T/state.before"
	for goal in image boot check config report lost renames resolved menuconfig toolchain-diff bench all-images matrix linuxkit kernel-dev kernel-dbg \
		reproduce doctor patches show \
		check-tidy check-all fuzz fetch outdated "$BIN/ksize"; do
		mk "$2" -n "$goal" >"$T/dry" 2>&1 </dev/null || {
			diag <"$T/dry"
			_wrote="$_wrote failed:$goal"
		}
		state >"$T/state.after"
		cmp -s "$T/state.before" "$T/state.after" || {
			diff "$T/state.before" "$T/state.after" | head -n 4 | diag
			_wrote="$_wrote $goal"
			cp "$T/state.after" "$T/state.before"
		}
	done
	is "$_wrote" '' "$1"
	_wrote=''
}
_wrote=''
: >"$T/dry"
: >"$T/state.after"
dry 'make -n writes nothing where nothing is built' "$T/out"
mk "$T/out" session >"$T/.session" 2>&1
is "$? $(find "$T/out" 2>/dev/null)" '0 ' 'nor does a goal that only prints'
check 'an image is built' mk "$T/out" image
dry 'make -n writes nothing where an image is built' "$T/out"
printf '\n# The kernel alone.\nCONFIG_FAKE_LOUD=y\n' >>"$T/configs/common/net.config"
dry 'nor where a source has changed' "$T/out"
mk "$T/out" -n image >"$T/dry" 2>&1
is "$(sed -n 's,.*stage key [^ ]*/\([a-z]*\.key\) .*,\1,p; /stage key/!{ s,.*kconf resolve.*,config,p; s,.*scripts/\(kernel\|modules\|image\)\.sh.*,\1,p; }' "$T/dry" |
	tr '\n' ' ')" 'config.key config kernel modules image.key image ' 'and prints what make does then'
finish
