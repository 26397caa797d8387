#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# pahole.sh OPTION...: pahole with one thread. With more, as Kbuild asks for, the types come in
# another order each time.
for option; do
	shift
	case $option in -j*) ;; *) set -- "$@" "$option" ;; esac
done
exec pahole "$@"
