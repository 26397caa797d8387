# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # $scripts is set by the script that sources this
#
# Each script sources this first, with $scripts set to the directory of this file. Programs get
# the variables in environment.h, LC_ALL=C and TZ=UTC. Other variables of the caller are not
# exported any more; a script still sees their values.
#
#   clean [NAME=VALUE...] COMMAND...   run COMMAND with the BUILD variables of the list only

LC_ALL=C TZ=UTC HOME=${HOME:-/}
export LC_ALL TZ HOME
unset CDPATH
umask 022

env_build='' env_passed=' LC_ALL TZ SHELLOPTS BASHOPTS ' # bash can't unset the last two
while read -r env_word _; do
	case $env_word in
	BUILD\(*\)) env_word=${env_word#BUILD(} env_build="$env_build ${env_word%)}" ;;
	HOST\(*\)) env_word=${env_word#HOST(} ;;
	*) continue ;;
	esac
	env_passed="$env_passed${env_word%)} "
done <"$scripts/environment.h"

set -f
env_ifs=$IFS
IFS='
'
# A line within a value can look like another variable: only names that are set count.
for env_word in $(export -p); do
	case $env_word in 'export '*) env_word=${env_word#export } env_word=${env_word%%=*} ;; *) continue ;; esac
	case $env_word in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
	case $env_passed in *" $env_word "*) continue ;; esac
	eval "[ -z \"\${$env_word+x}\" ] || { env_value=\$$env_word; unset $env_word; $env_word=\$env_value; }"
done
IFS=$env_ifs
set +f

clean() {
	for env_word in $env_build; do
		eval "[ -z \"\${$env_word+x}\" ] || set -- \"$env_word=\$$env_word\" \"\$@\""
	done
	env -i LC_ALL=C TZ=UTC "$@"
}
