# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion of goals and knobs for make in a checkout of Keelson. In bash, or in ~/.bashrc:
#
#   . scripts/completion.bash
#
# In other directories make is completed as before.

_keelson_before=$(complete -p make 2>/dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')

# The values of a knob that are files of the checkout.
_keelson_values() {
	local arch series board
	case $1 in
	ARCH) sed -n 's/^arch-\([^ ]*\) .*/\1/p' scripts/archs.mk ;;
	SERIES) for series in kernel/*/release; do series=${series#kernel/} && echo "${series%/release}"; done ;;
	BOARD)
		arch='*'
		[[ " ${COMP_WORDS[*]} " =~ \ ARCH\ ?=\ ?([a-z0-9_]+)\  ]] && arch=${BASH_REMATCH[1]}
		# shellcheck disable=SC2231 # a pattern
		for board in configs/boards/$arch/*.board; do board=${board##*/} && echo "${board%.board}"; done | sort -u
		;;
	FLAVOUR) for board in configs/flavours/*.config; do board=${board##*/} && echo "${board%.config}"; done ;;
	RUNNER) printf '%s\n' slurm parallel ;;
	PROFILE) ls configs/profiles ;;
	POLICY) for board in configs/policy/*.policy; do board=${board##*/} && echo "${board%.policy}"; done ;;
	FORMAT) printf '%s\n' text json sarif md html openvex cyclonedx ;;
	FAIL_ON) printf '%s\n' required recommended none open compiled ;;
	FROM | TO) for series in configs/resolved/*/*.config; do series=${series#configs/resolved/} && echo "${series%.config}"; done ;;
	OFFLINE | KVM | ENGINES | VSOCK_SUITE | JSON | DRY | BUILD | V) echo 1 ;;
	AGAINST | CONFIG | VMLINUZ | UCODE | DIR | KIT | VULNS | SIGN_KEY | COSIGN_KEY | COSIGN_PUB | MINISIGN_KEY | MINISIGN_PUB | LAYOUT | OUT | DL | KERNEL_DIR | PREFIX | DESTDIR) compgen -f -- "$2" ;;
	esac
}

_keelson() {
	local word=${COMP_WORDS[COMP_CWORD]} knob='' before=${COMP_WORDS[COMP_CWORD - 1]}
	if ! [[ -f scripts/make/knobs.mk && -f scripts/archs.mk ]]; then
		[[ -z $_keelson_before ]] || "$_keelson_before" "$@"
		return
	fi
	# bash makes a word of each =.
	if [[ $word == = ]]; then
		knob=$before word=''
	elif [[ $before == = ]]; then
		knob=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ -n $knob ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_keelson_values "$knob" "$word")" -- "$word")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$(
		sed -n 's/^\([a-z][a-z_. -]*\):[^#]* ## .*/\1/p' Makefile scripts/make/*.mk
		awk '/^(ENVIRONMENT|OTHER)_KNOBS :=/ { on = 1; $1 = $2 = "" }
			on { on = sub(/\\$/, ""); for (i = 1; i <= NF; i++) print $i "=" }' scripts/make/knobs.mk
	)" -- "$word")
	[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}
complete -o default -F _keelson make
