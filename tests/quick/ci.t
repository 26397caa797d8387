#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The workflows of docs/ci: the YAML parses, each script is shell, and each make in it has goals and
# knobs that exist.
# shellcheck disable=SC2016 # as it stands
. tests/lib.sh
command -v yq >/dev/null || {
	skip 'docs/ci' 'NO YQ'
	finish
}
root=$PWD

# scripts FILE: each script of a workflow in a file of $T/run
scripts() {
	rm -rf "$T/run" && mkdir "$T/run"
	yq -r '.. | objects | (.run, .script, .before_script) | strings, (arrays | join("\n")) | @base64' "$1" | while read -r script; do
		_n=$((${_n:-0} + 1))
		echo "$script" | base64 -d >"$T/run/$_n.sh"
	done
}
# calls TEXT: the arguments of each make in it, a line each, with values for the variables
calls() {
	sed 's/#.*//; s/\$(/\n/g; s/[|;&<>)]/\n/g' "$1" |
		sed -n 's/^ *\(export [A-Z_]*=[^ ]* \)*make \(.*[^ ]\) *$/\2/p' | sed 's/"\$\(SERIES\|series\)"/6.12/g'
}
goals=$(sed -n '/\$/d; s/^\.PHONY: *//p' Makefile scripts/make/*.mk | tr '\n' ' ')
knobs=$(sed -n '/^\(ENVIRONMENT\|OTHER\)_KNOBS/,/[^\\]$/ { s/.*:=//; s/\\$//; p }' scripts/make/knobs.mk | tr -s '\t\n' ' ')
# word WORD LIST
word() {
	case " $2 " in *" $1 "*) ;; *) return 1 ;; esac
}
# call ARGUMENT...: the faults of that call of make
call() {
	for arg; do
		case $arg in
		-s) ;;
		*=*) word "${arg%%=*}" "$knobs" || echo "make $*: ${arg%%=*} is not a knob" ;;
		*) word "$arg" "$goals" || echo "make $*: $arg is not a goal" ;;
		esac
	done
	make -n "$@" >/dev/null 2>&1 || echo "make $*: make -n fails"
}
# faults FILE: the faults of a workflow
faults() {
	yq -e 'objects' "$1" >/dev/null 2>&1 || { echo 'not YAML' && return; }
	scripts "$1"
	yq -r '[.. | objects | .env | objects | keys[]] | unique | .[]' "$1" >"$T/names"
	for file in "$T/run"/*.sh; do
		sh -n "$file" 2>&1
		! grep -Fn '${{' "$file" || echo 'an expression is pasted into shell text'
		calls "$file"
	done >"$T/found"
	while read -r line; do
		case $line in
		*' is pasted '* | */run/*.sh:* | [0-9]*:*) echo "$line" ;;
		*)
			# shellcheck disable=SC2086 # words are meant to split
			call $line
			;;
		esac
	done <"$T/found"
	while read -r name; do
		word "$name" "$knobs GITHUB_TOKEN" || cat "$T/run"/*.sh | grep -q "\$$name" || echo "env $name: neither a knob nor used"
	done <"$T/names"
}
for name in github gitlab; do
	is "$(faults docs/ci/$name.yml)" '' "$name.yml has no fault"
	scripts docs/ci/$name.yml
	tail -n +1 "$T/run"/*.sh >"$T/all"
	is "$(calls "$T/all" | grep -c '^bump ')$(calls "$T/all" | grep -c 'matrix-json')" 11 "$name.yml bumps, and reads the matrix"
	is "$(yq -c '[.. | strings | select(test("schedule"))] | length > 0' docs/ci/$name.yml)" true 'by a schedule'
done
# finds FILE SED PATTERN NAME: the changed workflow has that fault
finds() {
	sed "$2" "docs/ci/$1.yml" >"$T/changed.yml"
	if cmp -s "$T/changed.yml" "docs/ci/$1.yml"; then
		not_ok "$4: the file is the same"
	else
		check "$4" sh -c 'printf "%s\n" "$1" | grep -Eq -e "$2"' - "$(faults "$T/changed.yml")" "$3"
	fi
}
finds github 's/^jobs:/jobs: [/' '^not YAML$' 'YAML that does not parse is a fault'
finds gitlab 's/^bump:/- bump/' '^not YAML$' 'so is a list among keys'
finds github 's/make verify/make verfiy/' 'verfiy is not a goal' 'so is a goal that does not exist'
finds github 's/make bump SERIES=/make bump SERIE=/' 'SERIE is not a knob' 'so is a knob'
finds gitlab 's/make bump SERIES="\$series"/make bump/' 'make bump: make -n fails' 'so is a goal without the knob that it needs'
finds gitlab 's/make -s matrix-json/make -s matrix-jsn/' 'matrix-jsn is not a goal' 'also in a pipe'
finds github 's/sh -c "\$COMMAND"/${{ matrix.command }}/' 'an expression is pasted into shell text' 'so is an expression in shell text'
finds gitlab 's/^      done$/      don/' 'changed|run/.*\.sh' 'so is a script that is not shell'
finds github 's/^      SIGN_KEY: /      SIGNKEY: /' 'env SIGNKEY: neither a knob nor used' 'so is a variable that no program reads'

# ---- the jobs that GitLab makes of the matrix --------------------------------------
mkdir "$T/bin"
printf '#!/bin/sh\nexec %s -C %s "$@"\n' "$(command -v make)" "$root" >"$T/bin/make"
chmod +x "$T/bin/make"
yq -r '.lists.script | join("\n")' docs/ci/gitlab.yml >"$T/lists.sh"
(cd "$T" && PATH="$T/bin:$PATH" sh -e lists.sh)
make -s matrix-json >"$T/matrix.json"
is "$(yq -c '[keys, map(.script[1])]' "$T/jobs.yml")" "$(yq -c '[.include | map({key: .name, value: .command}) | from_entries | keys, map(.)]' "$T/matrix.json")" \
	'each board of each series is a job, with its command'
is "$(yq -c 'length > 3 and all(.[]; .image and .artifacts.paths)' "$T/jobs.yml")" true 'that runs in an image, and keeps the image'
yq -r '.include[].command' "$T/matrix.json" | sed -n '1p;$p' >"$T/commands"
while read -r _ line; do
	# shellcheck disable=SC2086
	is "$(call $line)" '' "make $line exists"
done <"$T/commands"
finish
