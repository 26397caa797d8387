#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# How the guest's init gets the secret of the boot, and writes its records: scripts/guest/init/init.c
# in a program that does nothing else, with its files in a directory of the test's.
. tests/lib.sh

cat >"$T/main.c" <<'EOF'
#include <sys/klog.h>
#define klogctl(command, text, size) 0
#define main init_main
#include "init.c"
#undef main
#define NOTHING(name) void name(void) { }
NOTHING(load_named) NOTHING(prove_devices) NOTHING(prove_hardware) NOTHING(prove_settings)
NOTHING(prove_vqmon) NOTHING(prove_vsocktune) NOTHING(prove_vsockwindow) NOTHING(prove_vsockng)
NOTHING(prove_vsockreset) NOTHING(prove_vsockrogue) NOTHING(prove_orders) NOTHING(prove_vsockbulk) NOTHING(prove_kunit)
NOTHING(prove_fixes) NOTHING(prove_containers) NOTHING(prove_node) NOTHING(prove_btf)
NOTHING(prove_engines) NOTHING(prove_leaks)
NOTHING(tell_klog)
bool prove_faults(void) { return false; }
bool prove_suite(void) { return false; }
void plug_modules(const char *release) { (void)release; }
void hog(void) { _exit(0); }
int modprobe(const char *release, char *alias)
{
	(void)release;
	record("module %s", alias);
	return 0;
}
int main(int argc, char **argv)
{
	if (strcmp(program_invocation_short_name, "init"))
		return init_main(argc, argv);
	take_secret();
	open_relay(O_RDONLY);
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "run:", 4)) {
			if (system(argv[i] + 4))
				return 1;
		} else {
			record("%s", argv[i]);
		}
	}
	return 0;
}
EOF
sed "s|\"/keelson|\"$T/keelson|" scripts/guest/init/init.c >"$T/init.c"
gcc -std=gnu11 -D_GNU_SOURCE -Iscripts/guest/init -o "$T/init" "$T/main.c" || exit 2
ln -s init "$T/modprobe"
secret=0123456789abcdef0123456789abcdef

echo $secret >"$T/keelson.secret"
is "$("$T/init" 'release 1' 'cpus 2')" "keelson: $secret release 1
keelson: $secret cpus 2" 'a record has the secret'
check 'the file is removed' [ ! -e "$T/keelson.secret" ]
is "$("$T/init" one)" 'keelson: one' 'without one, records have none'

echo $secret >"$T/keelson.secret"
rm -f "$T/keelson.modprobe"
is "$("$T/init" one "run:'$T/modprobe' -q -- a" "run:'$T/modprobe' -q -- b" two)" "keelson: $secret one
keelson: $secret module a
keelson: $secret module b
keelson: $secret two" 'modprobe has none, and hands its records to init'
echo $secret >"$T/keelson.secret"
rm -f "$T/keelson.modprobe"
# shellcheck disable=SC2016 # another shell's own
forge='perl -e "print pack q(a256), shift" "$1" >>"$2"'
is "$("$T/init" one "run:sh -c '$forge' sh 'taint 0' '$T/keelson.modprobe'" \
	"run:sh -c '$forge' sh 'module c
keelson: $secret taint 0' '$T/keelson.modprobe'" two)" "keelson: $secret one
keelson: $secret module c
keelson: $secret two" 'a text of another program there is one line, a record of a module'
is "$(stat -c %a "$T/keelson.modprobe")" 600 "and that is root's"
finish
