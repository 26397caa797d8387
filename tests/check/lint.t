#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lint-modules refuses the faults that each of its tools looks for, a release that lacks needs of
# our modules, and a run that has judged no file.
. tests/lib.sh
: "${TREE:?}" "${BUILD:?}" "${KARCH:?}" "${CROSS?}"

# lint MODULE FILE FROM TO: of MODULE alone, with TO for each match of FROM in FILE
lint() {
	rm -rf "$T/modules"
	mkdir "$T/modules"
	cp -R modules/Kbuild modules/compat "modules/$1" "$T/modules"
	sed "s|$3|$4|" "modules/$2" >"$T/modules/$2"
	OWN=$T/modules CONFIG=$BUILD/config OBJ=$TREE/${BUILD##*/}.lint STAGE=$BUILD/lint EPOCH=1 JOBS=2 \
		scripts/make/lint-modules.sh
}

# adds TEXT: puts it between the functions of virtio_vqmon
adds() {
	lint virtio_vqmon virtio_vqmon/virtio_vqmon.c '^static int __init' "$1&"
}

vqmon='virtio_vqmon/virtio_vqmon.c:[0-9]+'
check 'right code passes' adds ''
refuses 1 "$vqmon: ERROR: trailing whitespace" 'checkpatch: style' adds ' \n'
refuses 1 "$vqmon:.*\[-Werror=unused-const-variable" "gcc: its warnings with W=1" \
	adds 'static const int first = 1;\n\n'
refuses 1 "$vqmon:.*dereference of noderef" 'sparse: a direct use of a user pointer' \
	adds 'static __maybe_unused int first(int __user *at)\n{\n\treturn *at;\n}\n\n'
refuses 1 "$vqmon:.*core.NullDereference" 'the analyzer: the use of a null pointer' \
	adds 'static __maybe_unused int first(int *at)\n{\n\treturn at ? 0 : *at;\n}\n\n'
refuses 1 'virtio_transport.c no longer has module_exit as probe.sh knows it' 'a release that lacks a symbol that we replace' \
	lint virtio_vsock_ng compat/probe.sh TRANSPORT_module_exit TRANSPORT_exit
# Since 7.2 Kbuild tests sparse first, and skips it if the test fails.
mkdir "$T/bin"
printf '#!/bin/sh\necho error: outdated >&2\nexit 1\n' >"$T/bin/sparse"
chmod +x "$T/bin/sparse"
PATH="$T/bin:$PATH"
refuses 1 'error: outdated|needs a newer sparse, or sparse is missing; nothing was checked' \
	'a sparse that does not work' adds ''
finish
