#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# ksize on a small tree of Makefiles, whose objects have sizes that are known.
# shellcheck disable=SC2016,SC2119,SC2120 # make's and perl's $ are meant; run takes arguments through check
. tests/lib.sh

tree=$T/tree
obj=$tree/build
mkdir -p "$obj"

# file PATH: standard input, in the tree.
file() {
	mkdir -p "$(dirname "$tree/$1")"
	cat >"$tree/$1"
}

# object PATH SECTION=SIZE...: an object with a global symbol, s_NAME, in its first section.
object() {
	_o=$obj/$1
	_symbol=s_${_o##*/}
	_symbol=${_symbol%.o}
	_symbol=${_symbol%%-*}
	[ -d "${_o%/*}" ] || mkdir -p "${_o%/*}"
	shift
	for _s; do
		case $_s in
		.bss*) _flags='"aw",@nobits' ;;
		*text*) _flags='"ax",@progbits' ;;
		.data* | .init.data*) _flags='"aw",@progbits' ;;
		*) _flags='"a",@progbits' ;;
		esac
		printf '.section %s,%s\n%s.space %d\n' "${_s%=*}" "$_flags" \
			"${_symbol:+.globl $_symbol
$_symbol: }" "${_s#*=}"
		_symbol=
	done >"$T/o.s"
	echo '.section .note.GNU-stack,"",@progbits' >>"$T/o.s"
	as -o "$_o" "$T/o.s"
}

# ---- the Makefiles ----------------------------------------------------------------
file Kbuild <<'EOF'
# the top
obj-y			+= init/
obj-y			+= arch/$(SRCARCH)/
obj-y			+= $(ARCH_CORE)
obj-y			+= kernel/
obj-$(CONFIG_NET)	+= net/
obj-y			+= $(ARCH_LIB)
obj-y			+= drivers/
obj-y			+= $(ARCH_DRIVERS)
EOF
file arch/toy/Makefile <<'EOF'
BITS := 64
KBUILD_CFLAGS += $(call cc-option,-mtoy)
libs-y  += arch/toy/lib/
drivers-$(CONFIG_PCI) += arch/toy/pci/
archclean:
	rm -f everything
EOF
file arch/toy/Kbuild <<'EOF'
obj-y += kernel/
EOF
file arch/toy/kernel/Makefile <<'EOF'
obj-y := head_$(BITS).o
EOF
file arch/toy/lib/Makefile <<'EOF'
lib-y := copy.o
EOF
file arch/toy/pci/Makefile <<'EOF'
obj-y := irq.o
EOF
file init/Makefile <<'EOF'
obj-y := main.o
$(obj)/main.o: obj-y := nothing
$(obj)/main.o: FORCE
	$(call if_changed,obj-y := nothing)
EOF
file lib/Makefile <<'EOF'
lib-y := string.o unused.o
lib-$(CONFIG_SORT) += sort.o
EOF
file drivers/Makefile <<'EOF'
obj-y += base/
obj-$(CONFIG_A) += twice/
obj-y += twice/
EOF
file drivers/base/Makefile <<'EOF'
obj-y := bus.o
EOF
file drivers/twice/Makefile <<'EOF'
obj-y := twice.o
EOF
file kernel/Makefile <<'EOF'
obj-y     = fork.o \
	    exit.o # the end
CFLAGS_a.o := -DOBJ="obj-y += nothing.o"
obj-$(CONFIG_A)			+= a.o both.o
obj-$(CONFIG_NONE)		+= both.o nothing.o
obj-y				+= both.o
obj-$(subst m,y,$(CONFIG_MOD))	+= glue.o
obj-$(CONFIG_A:y=n)		+= nothing.o

define rule
obj-y += nothing.o
endef

ifdef CONFIG_B
obj-y += b.o
ifeq ($(CONFIG_C),y)
obj-y += c.o
else
obj-y += nothing.o
endif
else
obj-y += nothing.o
endif

ifneq ($(CONFIG_D), y)
obj-y += nothing.o
else
obj-y += d.o
endif
ifeq ($(CONFIG_NONE),y)
obj-y += nothing.o
else ifeq ($(CONFIG_E),y)
obj-y += e.o
else
obj-y += nothing.o
endif
ifneq ($(CONFIG_NONE)$(CONFIG_F),)
obj-y += f.o
endif
ifndef CONFIG_NONE
obj-y += without.o
endif
ifeq "$(CONFIG_G)" "y"
obj-y += g.o
endif
ifneq ($(and $(CONFIG_A),$(filter y m,$(CONFIG_H))),)
obj-y += h.o
endif
# A condition that depends on the compiler goes both ways.
ifeq ($(call cc-min-version,1),y)
obj-y += new.o
else
obj-y += old.o
endif
obj-y += $(if $(CONFIG_I),i.o,nothing.o)
later-$(CONFIG_J) = j.o
obj-y += $(later-y)
EOF
file net/Makefile <<'EOF'
obj-y				:= core.o sub/
obj-$(CONFIG_FOO)		+= foo.o
foo-y				:= foo_main.o
foo-objs			+= foo_old.o
foo-$(CONFIG_FOO_EXTRA)		+= foo_extra.o ../net/foo_far.o
foo-$(CONFIG_NONE)		+= nothing.o
obj-$(CONFIG_MOD)		+= mod.o
mod-m				:= mod_main.o
mod-$(CONFIG_MOD_EXTRA)		+= mod_extra.o
obj-$(CONFIG_ONE)		+= one.o
EOF
file net/sub/Kbuild <<'EOF'
include $(src)/more.mk
obj-y += $(addprefix deep/,$(deep-y)) $(patsubst %.c,%.o,$(sources))
EOF
file net/sub/Makefile <<'EOF'
obj-y += nothing.o # Kbuild goes first
EOF
file net/sub/more.mk <<'EOF'
deep-$(CONFIG_DEEP) := deep.o
sources := sub.c
EOF

# ---- the build ----------------------------------------------------------------------
file build/.config <<'EOF'
# a config
CONFIG_64BIT=y
CONFIG_MODULES=y
CONFIG_NET=y
CONFIG_PCI=y
CONFIG_SORT=y
CONFIG_A=y
CONFIG_B=y
CONFIG_C=y
CONFIG_D=y
CONFIG_E=y
CONFIG_F=y
CONFIG_G=y
CONFIG_H=m
CONFIG_I=y
CONFIG_J=y
# CONFIG_NONE is not set
CONFIG_FOO=y
CONFIG_FOO_EXTRA=y
CONFIG_MOD=m
CONFIG_MOD_EXTRA=y
CONFIG_ONE=m
CONFIG_DEEP=y
CONFIG_UNWINDER_ORC=y
CONFIG_KALLSYMS=y
CONFIG_TEXT="a # b \" c"
EOF
file resolved <<'EOF'
# where each comes from
CONFIG_64BIT=y   # default arch/Kconfig
CONFIG_A=y       # asked common/a
CONFIG_B=y	# asked	common/b
CONFIG_C=y  # select A
CONFIG_D=y # imply A
CONFIG_DEEP=y # asked common/a
CONFIG_E=y # choice
CONFIG_F=y # default kernel/Kconfig
CONFIG_FOO=y # asked common/net
CONFIG_FOO_EXTRA=y # default net/Kconfig
CONFIG_G=y # select A
CONFIG_H=m # select A
CONFIG_I=y # select A
CONFIG_J=y # select A
CONFIG_KALLSYMS=y # asked common/a

CONFIG_MOD=m # asked common/net
CONFIG_MODULES=y # asked common/a
CONFIG_MOD_EXTRA=y # select MOD
CONFIG_NET=y # asked common/net
CONFIG_NONE=n # asked base/surface
CONFIG_ONE=m # asked common/net
CONFIG_PCI=y # asked common/b
CONFIG_SORT=y # select A
CONFIG_TEXT="a # b \" c" # asked common/a
EOF
file build/include/config/kernel.release <<'EOF'
6.12.0-toy
EOF
file build/arch/toy/kernel/vmlinux.lds <<'EOF'
PHDRS { text PT_LOAD FLAGS(7); }
/* the kernel */
SECTIONS
{
 . = 0x100000;
 ASSERT(. > 0, "nowhere")
 .text : AT(ADDR(.text) - 0x1000) {
  _text = .; KEEP(*(.head.text)) *(.text .text.[a-z]*) arch/*/boot.o(.odd)
  . = ALIGN(4096 * (1 + 0)); *(.text..late) } :text = 0xcccccccc
 .rodata : { __start_rodata = .; *(.rodata) *(.rodata.*) *(.data..ro_after_init)
  . = ALIGN(8); } __end_rodata = .;
 .data : { *(.data) *(SORT(.data.*)) }
 .orc_unwind : { KEEP(*(.orc_unwind)) }
 . = ALIGN(4096); __init_begin = .;
 .init.text : { *(.init.text) }
 .init.data : { *(.init.data) KEEP(*(SORT(.initcall*.init))) }
 . = ALIGN(4096); __init_end = .;
 .bss : { *(.bss) . = ALIGN(64); } :text
 /DISCARD/ : { *(.discard) *(.discard.*) *(.modinfo) *(.note.*) }
}
EOF
file build/scripts/module.lds <<'EOF'
SECTIONS {
	/DISCARD/ : { *(.discard) *(.discard.*) }
	.data : { *(.data) }
}
EOF

# Bytes are identified by their last digits.
object arch/toy/kernel/head_64.o .head.text=101
object arch/toy/lib/copy.o .text=102
object arch/toy/pci/irq.o .text=103 .init.text=13
object init/main.o .text=104 .rodata=20 .data=14 .bss=24 .init.text=34 .init.data=44 .discard.x=1000
object init/version-timestamp.o .rodata=7
object lib/string.o .text=105
object lib/unused.o .text=3000
object lib/sort.o .text=106
object drivers/base/bus.o .text=107
object drivers/twice/twice.o .text=108
object kernel/fork.o .text=201 .orc_unwind=60
object kernel/exit.o .text=202 .orc_unwind=40
object kernel/a.o .text=203 .data=13 .modinfo=900
object kernel/both.o .text=204
object kernel/glue.o .text=205
object kernel/b.o .text=206 .data..ro_after_init=16
object kernel/c.o .text=207 .initcall6.init=8
object kernel/d.o .text=208
object kernel/e.o .text=209 .text.hot=9
object kernel/f.o .text=210 .text..late=10
object kernel/without.o .text=211
object kernel/g.o .text=212
object kernel/h.o .text=213
object kernel/new.o .text=214
object kernel/i.o .text=215
object kernel/j.o .text=216
object kernel/stray.o .text=217
object net/core.o .text=301
object net/foo_main.o .text=302
object net/foo_old.o .text=303
object net/foo_extra.o .text=304
object net/foo_far.o .text=305
object net/sub/sub.o .text=306
object net/sub/deep/deep.o .text=307
object net/mod_main.o .text=401 .data=11 .bss=21 .init.text=31 .discard.x=1000
object net/mod_extra.o .text=402 .orc_unwind=80
object net/mod.mod.o .data=70 .rodata=5
object net/one.o .text=403
object net/one.mod.o .data=70
# The symbols that the link makes.
printf '.section .rodata\n.globl kallsyms_num_syms, kallsyms_names, kallsyms_seqs_of_names, after
kallsyms_num_syms: .space 8\nkallsyms_names: .space 500\nkallsyms_seqs_of_names: .space 12
after: .space 4\n.section .note.GNU-stack,""\n' >"$T/k.s"
as -o "$obj/kallsyms.o" "$T/k.s"
# The libraries give the functions that are called.
printf '.text\n.globl calls\ncalls: .space 4\n.section .data\n.quad s_string, s_sort, s_copy
.section .note.GNU-stack,""\n' >"$T/c.s"
as -o "$obj/kernel/calls.o" "$T/c.s"
sed -i 's/ exit.o/ exit.o calls.o/' "$tree/kernel/Makefile"

# link: archives as Kbuild makes them, vmlinux and the modules.
link() (
	cd "$obj" || exit
	rm -f ./*.a ./*/*.a arch/toy/*/*.a
	ar cDPrST kernel/built-in.a kernel/*.o
	ar cDPrST net/built-in.a net/core.o net/foo_*.o net/sub/sub.o net/sub/deep/deep.o
	ar cDPrST built-in.a init/main.o arch/toy/kernel/head_64.o kernel/built-in.a net/built-in.a \
		drivers/base/bus.o drivers/twice/twice.o arch/toy/pci/irq.o
	ar cDPrST vmlinux.a ./built-in.a
	ar cDPrsT lib/lib.a lib/string.o lib/unused.o lib/sort.o
	ar cDPrsT arch/toy/lib/lib.a arch/toy/lib/copy.o
	echo 'savedcmd_vmlinux.o := ld -r -o vmlinux.o --whole-archive vmlinux.a --no-whole-archive' \
		'--start-group lib/lib.a  arch/toy/lib/lib.a --end-group' >.vmlinux.o.cmd
	ld -T arch/toy/kernel/vmlinux.lds -z noexecstack -o vmlinux -Map="$T/map" --whole-archive vmlinux.a \
		init/version-timestamp.o --no-whole-archive --start-group lib/lib.a arch/toy/lib/lib.a \
		--end-group kallsyms.o 2>"$T/ld.err" || cat "$T/ld.err"
	printf 'net/mod.o\nnet/one.o\n' >modules.order
	printf 'net/mod_main.o\nnet/mod_extra.o\n' >net/mod.mod
	printf 'net/one.o\n' >net/one.mod
	ld -r -T scripts/module.lds -o net/mod.ko net/mod_main.o net/mod_extra.o net/mod.mod.o
	ld -r -T scripts/module.lds -o net/one.ko net/one.o net/one.mod.o
)
link
[ -x "$obj/vmlinux" ] && [ -f "$obj/net/one.ko" ] || {
	echo 'Bail out! the toy kernel can not be linked'
	exit 1
}

# report ARGUMENT...
report() {
	"$BIN/ksize" report --tree "$tree" --obj "$obj" --resolved "$tree/resolved" "$@"
}

check 'a build is reported' report --text "$T/text" --json "$T/json" --html "$T/html"

# The values that the tests below compare.
cat >"$T/facts.pl" <<'EOF'
local $/;
my $r = decode_json(<STDIN>);
my @columns = qw(text data bss init);
sub both {
	return $_[0]{vmlinux}{total} + $_[0]{modules}{total};
}
for (grep { !$_->{made} } @{$r->{objects}}) {
	printf "object: %s %s %s\n", $_->{path}, $_->{option} // "-", $_->{rule};
}
my ($last, $order) = (1e9, "descend");
for (@{$r->{options}}) {
	printf "option: %s %s,%s %d %d %d %d %d %d\n", $_->{name}, $_->{origin}, $_->{where},
		@{$_->{vmlinux}}{@columns}, $_->{modules}{total}, $_->{objects};
	$order = $_->{name} if both($_) > $last;
	$last = both($_);
}
print "order: $order\n";
print "fragments:", (map { " $_->{name} " . both($_) } @{$r->{fragments}}), "\n";
print "origins:", (map { " $_ " . both($r->{origins}{$_}) } qw(asked select imply choice default untold)),
	" unrequested ", both($r->{unrequested}), "\n";
print "core:", (map { " $_->{name} " . both($_) } @{$r->{core}}), "\n";
my $u = $r->{rules}{unattributed};
printf "unattributed: %d %d %d\n", $u->{objects}, both($u),
	$r->{rules}{object_text} - $r->{rules}{attributed_text};
print "vmlinux: @{$r->{vmlinux}}{@columns} 0\n";
my %left = %{$r->{vmlinux}};
for my $s (@{$r->{options}}, @{$r->{core}}, { vmlinux => $r->{remainder} }) {
	$left{$_} -= $s->{vmlinux}{$_} for @columns;
}
print "left: @left{@columns}\n";
print "gaps:", (map { " $_->{name} $_->{remainder}" } grep { $_->{remainder} && $_->{name} ne ".text" }
	@{$r->{remainder}{sections}}), "\n";
my %module;
for my $o (grep { ($_->{module} // "") eq "net/mod" } @{$r->{objects}}) {
	$module{$_} += $o->{$_} for @columns;
}
print "module: @module{@columns} 0\n";
EOF
perl -MJSON::PP "$T/facts.pl" <"$T/json" >"$T/facts"
fact() {
	sed -n "s/^$1: *//p" "$T/facts"
}

# ---- objects ---------------------------------------------------------------------------
fact object | sort >"$T/objects"
sort >"$T/wanted" <<'EOF'
arch/toy/kernel/head_64.o - always
arch/toy/lib/copy.o - always
arch/toy/pci/irq.o PCI option
drivers/base/bus.o - always
drivers/twice/twice.o - always
init/main.o - always
init/version-timestamp.o - always
kernel/a.o A option
kernel/b.o B option
kernel/both.o - always
kernel/c.o C option
kernel/calls.o - always
kernel/d.o D option
kernel/e.o E option
kernel/exit.o - always
kernel/f.o F option
kernel/fork.o - always
kernel/g.o G option
kernel/glue.o MOD option
kernel/h.o H option
kernel/i.o I option
kernel/j.o J option
kernel/new.o - always
kernel/stray.o - none
kernel/without.o - always
lib/sort.o SORT option
lib/string.o - always
net/core.o NET option
net/foo_extra.o FOO_EXTRA option
net/foo_far.o FOO_EXTRA option
net/foo_main.o FOO option
net/foo_old.o FOO option
net/mod_extra.o MOD_EXTRA option
net/mod_main.o MOD option
net/one.o ONE option
net/sub/deep/deep.o DEEP option
net/sub/sub.o NET option
EOF
check 'each object has the innermost option that builds it' diff "$T/wanted" "$T/objects"

# ---- options -----------------------------------------------------------------------------
fact option | sort >"$T/options"
sort >"$T/wanted" <<'EOF'
MOD asked,common/net 205 0 0 0 539 2
FOO_EXTRA default,net/Kconfig 609 0 0 0 0 2
NET asked,common/net 607 0 0 0 0 2
FOO asked,common/net 605 0 0 0 0 2
KALLSYMS asked,common/a 520 0 0 0 0 0
ONE asked,common/net 0 0 0 0 473 1
MOD_EXTRA select,MOD 0 0 0 0 402 1
DEEP asked,common/a 307 0 0 0 0 1
F default,kernel/Kconfig 220 0 0 0 0 1
B asked,common/b 222 0 0 0 0 1
E choice, 218 0 0 0 0 1
A asked,common/a 203 13 0 0 0 1
J select,A 216 0 0 0 0 1
C select,A 207 0 0 8 0 1
I select,A 215 0 0 0 0 1
H select,A 213 0 0 0 0 1
G select,A 212 0 0 0 0 1
D imply,A 208 0 0 0 0 1
UNWINDER_ORC untold, 100 0 0 0 80 0
PCI asked,common/b 103 0 0 13 0 1
SORT select,A 106 0 0 0 0 1
EOF
check 'each option has its bytes by column, and a discarded one has none' \
	diff "$T/wanted" "$T/options"
is "$(fact order)" descend 'options stand by size, largest first'
is "$(fact fragments)" 'common/net 2429 common/a 1043 common/b 338' \
	'fragments have the sums of their requests'
is "$(fact origins)" 'asked 3810 select 1579 imply 208 choice 218 default 829 untold 180 unrequested 3014' \
	'options without a request are summed by origin'
is "$(fact core)" 'kernel 1277 init 247 arch/toy 203 drivers/twice 108 drivers/base 107 lib 105' \
	'core has directories'
is "$(fact unattributed)" '1 217 217' 'objects without a rule are reported'

# ---- vmlinux -------------------------------------------------------------------------------
# sections FILE: the bytes of its sections in memory: text, data, bss and init.
sections() {
	readelf -SW "$1" | perl -ne 'next unless /^ +\[ *\d+\] (\S+) +\S+ +\S+ +\S+ (\S+) +\S+ +\S*A/;
		$n{{ ".text" => 0, ".rodata" => 0, ".orc_unwind" => 0, ".data" => 1, ".bss" => 2,
			".init.text" => 3, ".init.data" => 3 }->{$1} // 4} += hex $2;
		END { print join " ", map { $n{$_} // 0 } 0 .. 4 }'
}
is "$(fact vmlinux)" "$(sections "$obj/vmlinux")" "vmlinux's sections are those that readelf shows"
is "$(fact left)" '0 0 0 0' 'options, core and remainder are vmlinux, column by column'
is "$(fact gaps)" '.rodata 11 .bss 40' 'the remainder is listed by section'
is "$(fact module)" "$(sections "$obj/net/mod.ko")" "a module's objects are its file"

# ---- libraries -----------------------------------------------------------------------------
# libs: the objects of lib/ that are counted.
libs() {
	report --json "$T/libs.json"
	grep -o '"path":"lib/[^"]*"' "$T/libs.json" | cut -d '"' -f 4 | tr '\n' ' '
}
cp "$T/map" "$obj/vmlinux.map"
is "$(libs)" 'lib/string.o lib/sort.o ' 'the map of the link lists the members of libraries'
echo ' .text  0x0  0x1 lib/lib.a(unused.o)' >>"$obj/vmlinux.map"
is "$(libs)" 'lib/string.o lib/unused.o lib/sort.o ' 'and has the last word'
echo ' .text  0x0  0x1 vmlinux.o' >"$obj/vmlinux.map"
is "$(libs)" 'lib/string.o lib/sort.o ' 'unless vmlinux was linked from vmlinux.o'
rm "$obj/vmlinux.map"

# ---- text ------------------------------------------------------------------------------------
# line PATTERN NAME: the text has such a line, blanks aside.
line() {
	tr -s ' ' <"$T/text" >"$T/squeezed"
	check "$2" grep -Eqx -e "$1" "$T/squeezed"
}
line 'A common/a 203 13 0 0 0 1' 'the text has an option with its fragment'
line 'MOD_EXTRA select MOD 0 0 0 0 402 1' 'and one with another origin'
line 'asked, all 2772 13 0 13 1012 11' 'and the sum of the requests'
line 'no request, all 2524 0 0 8 482 12' 'and of the others'
line 'core, all .*' 'and the core'
line 'linker, padding, tables .*' 'and the remainder'
line "rules account for 9[0-9]\\.[0-9]+ % of the text of vmlinux's objects .*" 'and the share that has a rule'
line 'no rule was found for 1 objects of 217 bytes, counted as core' 'and objects that have none'
report >"$T/stdout"
check 'without a file, the text is printed' cmp "$T/text" "$T/stdout"
report --text "$T/text2" --json "$T/json2" --html "$T/html2" >"$T/stdout"
is "$(cat "$T/stdout")" '' 'with files, nothing is'
for f in text json html; do
	check "$f is the same every time" cmp "$T/$f" "$T/${f}2"
done
is "$(find "$T" -maxdepth 1 -name '*.tmp')" '' 'no temporary file is left'

# ---- the picture -------------------------------------------------------------------------------
# The faults in the geometry of a treemap.
cat >"$T/geometry" <<'EOF'
local $/;
$_ = <STDIN>;
my ($w, $h) = /viewBox="0 0 (\d+) (\d+)"/ or die "no viewBox";
my (@cells, @groups, $all);
while (/<rect class="(c|c m|g)" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)" data-bytes="(\d+)"/g) {
	push @{$1 eq "g" ? \@groups : \@cells}, [$2, $3, $4, $5, $6];
	$all += $6 if $1 ne "g";
}
my $wrong = 0;
sub wrong {
	my ($what, $r) = @_;
	print "$what: @$r; " if $wrong++ < 5;
}
sub within {
	my ($r, $o) = @_;
	return $r->[0] > $o->[0] - .01 && $r->[1] > $o->[1] - .01
		&& $r->[0] + $r->[2] < $o->[0] + $o->[2] + .01 && $r->[1] + $r->[3] < $o->[1] + $o->[3] + .01;
}
for my $list (\@cells, \@groups) {
	my $area = 0;
	for my $r (@$list) {
		my ($x, $y, $dx, $dy, $n) = @$r;
		$area += $dx * $dy;
		wrong("outside", $r) unless within($r, [0, 0, $w, $h]);
		wrong("area", $r) if abs($dx * $dy - $n * $w * $h / $all) > .002 * ($dx + $dy + 1);
		for my $o (@$list) {
			last if $o == $r;
			wrong("overlap", [@$r, @$o]) if $x < $o->[0] + $o->[2] - .01 && $o->[0] < $x + $dx - .01
				&& $y < $o->[1] + $o->[3] - .01 && $o->[1] < $y + $dy - .01;
		}
	}
	wrong("gaps", [$area]) if abs($area - $w * $h) > 8;
}
for my $r (@cells) {
	wrong("in no group", $r) unless grep { within($r, $_) } @groups;
}
my $labels = 0;
while (/<text x="(\S+)" y="(\S+)" font-size="(\S+)">([^<]*)</g) {
	my ($x, $y, $size, $text) = ($1, $2, $3, $4);
	$labels++;
	wrong("label sticks out", [$text]) unless
		grep { within([$x, $y - $size * .75, $size * .6 * length $text, $size * .75], $_) } @cells, @groups;
}
printf "%d fields in %d groups, %d labels or more, %s", scalar @cells, scalar @groups,
	$labels > 20 ? 20 : $labels, $wrong ? "$wrong wrong" : "all right";
EOF
is "$(perl "$T/geometry" <"$T/html" 2>&1)" '27 fields in 9 groups, 20 labels or more, all right' \
	'fields are as large as their bytes, apart, and fill the picture; labels are inside'
is "$(sed '0,/<rect class="c" x="/s//&7/' "$T/html" | perl "$T/geometry" 2>&1 | grep -c wrong)" 1 \
	'which is seen to fail when one is moved'
is "$(perl -0ne 'while (/<(\/?)(\w+)[^>]*?(\/?)>/g) { next if $3 || $2 eq "meta";
	if (!$1) { push @open, $2 } elsif ($open[-1] eq $2) { pop @open } else { print "$2 in $open[-1];" } }
	print "open: @open" if @open' "$T/html")" '' 'the page is well-formed'
check 'it uses nothing from elsewhere' sh -c '! grep -Eq "//|src=|url\(|@import|<script" "$1"' sh "$T/html"
check 'a tooltip has the figures' grep -q '<title>A: 216 bytes, 1 object' "$T/html"
check 'it knows light and dark' grep -q 'prefers-color-scheme:dark' "$T/html"
is "$(perl -0ne 'print "$1\n" while /<rect class="c m"[^>]*><title>(\w+)/g' "$T/html" | sort | tr '\n' ' ')" \
	'MOD MOD_EXTRA ONE ' 'modules are marked'

# ---- differences --------------------------------------------------------------------------------
# json FILE PERL: the output of the code, which has the report in $r.
json() {
	perl -MJSON::PP -e 'local $/; my $r = decode_json(<STDIN>); '"$2" <"$1" 2>&1
}

check 'a report compared with itself' "$BIN/ksize" diff "$T/json" "$T/json2"
is "$(grep -cE '^(added|removed|grown|shrunk)' "$T/.out")" 0 'has no differences'
cp "$T/json" "$T/before"
object kernel/a.o .text=1203 .data=13
object kernel/d.o .text=108
object kernel/z.o .text=50
rm "$obj/kernel/e.o"
sed -i 's/CONFIG_E=y/CONFIG_Z=y/' "$obj/.config"
sed -i 's/CONFIG_E=y # choice/CONFIG_Z=y # asked common\/z/' "$tree/resolved"
echo 'obj-$(CONFIG_Z) += z.o' >>"$tree/kernel/Makefile"
object net/mod_extra.o .text=401 .orc_unwind=80
link
report --json "$T/after"
"$BIN/ksize" diff "$T/before" "$T/after" >"$T/diff"
sed 's/\(^kernel\|^added\|^removed\|^grown\|^shrunk\).*/\1/; /^from/,$d' "$T/diff" | tr -s ' ' >"$T/squeezed"
cat >"$T/wanted" <<'EOF'
added
Z common/z +50 +50 +0

removed
E choice -218 -218 +0

grown
A common/a +1000 +1000 +0

shrunk
linker, padding, tables -732 -732 +0
D imply A -100 -100 +0
MOD_EXTRA select MOD -1 +0 -1

kernel
EOF
check 'diff lists options that were added and removed, have grown and shrunk' diff "$T/wanted" "$T/squeezed"
total=$(json "$T/after" 'print $r->{vmlinux}{total} + $r->{modules}{total}')
was=$(json "$T/before" 'print $r->{vmlinux}{total} + $r->{modules}{total}')
check 'and the totals' grep -Eq "^to +6.12.0-toy +$total " "$T/diff"
is "$(tail -n 1 "$T/diff" | tr -s ' ')" "difference $(printf '%+d %+d' $((total - was)) $((total - was + 1))) -1" \
	'and their difference'
"$BIN/ksize" diff --json "$T/before" "$T/after" >"$T/diff.json"
is "$(json "$T/diff.json" 'for my $c (qw(added removed grown shrunk)) {
	print "$c ", join(",", map { "$_->{kind} $_->{name} $_->{total}" } @{$r->{$c}}), ";" }')" \
	'added option Z 50;removed option E -218;grown option A 1000;shrunk remainder linker, padding, tables -732,option D -100,option MOD_EXTRA -1;' \
	'JSON has the same'

# ---- could not run --------------------------------------------------------------------------------
# spoil FILE: it may be spoilt until mend.
spoil() {
	spoilt=$1
	cp "$spoilt" "$T/kept"
}
mend() {
	cp "$T/kept" "$spoilt"
}
# Defaults that a case may replace.
run() {
	"$BIN/ksize" report --tree "$tree_dir" --obj "$obj_dir" --resolved "$resolved" "$@"
}
tree_dir=$tree obj_dir=$obj resolved=$tree/resolved
mkdir "$T/empty"

obj_dir=$T/nowhere
refuses 2 'nowhere: .*\[not-a-directory\]; give' 'an object directory that is not there' run
obj_dir=$T/empty
refuses 2 'empty/\.config: .*\[unreadable\]; give' 'one that nothing was built in' run
obj_dir=$obj tree_dir=$T/nowhere
refuses 2 'nowhere: .*\[not-a-directory\]' 'a source tree that is not there' run
tree_dir=$T/empty
refuses 2 'empty/arch/toy/Makefile: .*\[unreadable\]' 'one that is empty' run
tree_dir=$tree resolved=$T/nowhere
refuses 2 "nowhere: .*\[unreadable\]; 'make config'" 'a resolved file that is not there' run

resolved=$T/resolved
while IFS='|' read -r text what; do
	{ sed -n 1,3p "$tree/resolved"; echo "$text"; } >"$T/resolved"
	refuses 2 'resolved:4: .*\[bad-resolved\]' "a resolved line $what" run
done <<'EOF'
CONFIG_A|without a value
A=y # asked common/a|without CONFIG_
CONFIG_A=y|without an origin
CONFIG_A=y # wished common/a|with an unknown one
CONFIG_A=y # asked|without its fragment
CONFIG_A="y # asked common/a|with half a string
EOF
sed 's/CONFIG_A=y/CONFIG_A=m/' "$tree/resolved" >"$T/resolved"
check 'a resolved file of another config will do' run
cp "$T/.err" "$T/warning"
check 'with a warning' grep -Eq 'resolved: .* in 1 options, CONFIG_A first.*\[other-config\]' "$T/warning"
resolved=$tree/resolved

spoil "$obj/net/core.o"
head -c 700 "$T/kept" >"$obj/net/core.o"
refuses 2 'net/core\.o: .*\[bad-object\]; build' 'an object that is cut short, by name' run
echo hello >"$obj/net/core.o"
refuses 2 'net/core\.o: .*\[bad-object\]; build' 'one that is text' run
printf 'BC\300\336 more' >"$obj/net/core.o"
refuses 2 'net/core\.o: .* LTO \[bad-object\]' 'one that has yet to be compiled' run
rm "$obj/net/core.o"
refuses 2 'net/core\.o: .*\[bad-object\]' 'a removed one' run
n=0 unnamed='' size=$(wc -c <"$T/kept")
while [ $n -lt "$size" ]; do
	head -c $n "$T/kept" >"$obj/net/core.o"
	run >"$T/.out" 2>"$T/.err"
	[ $? -eq 2 ] && grep -q 'net/core\.o' "$T/.err" || unnamed="$unnamed $n"
	n=$((n + 97))
done
is "$unnamed" '' 'cut short anywhere, it is named'
mend

spoil "$obj/vmlinux.a"
head -c 200 "$T/kept" >"$obj/vmlinux.a"
refuses 2 'vmlinux\.a: .*\[bad-archive\]; build' 'an archive that is cut short' run
printf '!<arch>\n' >"$obj/vmlinux.a"
refuses 2 'vmlinux\.a: .*\[bad-archive\]' 'one that is not thin' run
mend
spoil "$obj/net/mod.mod"
rm "$obj/net/mod.mod"
refuses 2 'net/mod\.mod: .*\[unreadable\]' 'a module without its list of objects' run
mend
spoil "$obj/net/mod.ko"
rm "$obj/net/mod.ko"
refuses 2 'net/mod\.ko: .*\[bad-object\]' 'a module that was not linked' run
mend
spoil "$obj/arch/toy/kernel/vmlinux.lds"
: >"$obj/arch/toy/kernel/vmlinux.lds"
refuses 2 'vmlinux\.lds: .*\[bad-linker-script\]' 'an empty linker script' run
rm "$obj/arch/toy/kernel/vmlinux.lds"
refuses 2 'vmlinux\.lds: .*\[no-linker-script\]' 'no linker script' run
mend

spoil "$tree/kernel/Makefile"
echo 'endif' >>"$tree/kernel/Makefile"
refuses 2 "kernel/Makefile:$(wc -l <"$tree/kernel/Makefile"): .*\[bad-makefile\]" \
	'a Makefile with an endif too many' run
{ cat "$T/kept"; echo 'ifdef CONFIG_A'; } >"$tree/kernel/Makefile"
refuses 2 'kernel/Makefile:[0-9]+: .*\[bad-makefile\]' 'and with one too few' run
mend

# hostile PERL CODE NAME: the program's output in place of a Makefile is refused, in seconds
# and 150 MB (a sanitizer takes more).
hostile() {
	perl -e "$1" >"$tree/kernel/Makefile"
	refuses 2 "kernel/Makefile(:[0-9]+)?: .*\\[$2\\]" "$3" frugally
}
frugally() {
	case $BIN in *san*) ;; *) set -- prlimit --as=150000000 ;; esac
	timeout 10 "$@" "$BIN/ksize" report --tree "$tree" --obj "$obj" --resolved "$resolved"
}
check 'a tree takes little' frugally
spoil "$tree/kernel/Makefile"
hostile 'print "A := x\n", "A := \$(A)\$(A)\n" x 40, "obj-y += \$(A)\n"' makefile-too-large \
	'a variable that doubles itself'
hostile 'print "A0 := x\n"; printf "A%d = \$(A%d)\$(A%d)\n", $_, $_ - 1, $_ - 1 for 1 .. 100; print "obj-y += \$(A100)\n"' \
	makefile-too-large 'one that does so when it is read'
hostile 'print "A0 :=\n"; printf "A%d = \$(A%d)\$(A%d)\n", $_, $_ - 1, $_ - 1 for 1 .. 100; print "B := \$(A100)\n"' \
	makefile-too-large 'one that is empty in the end'
hostile 'printf "A%d = \$(A%d)\n", $_, $_ - 1 for 1 .. 50000; print "B := \$(A50000)\n"' makefile-recursion \
	'variables that refer to each other without end'
hostile 'print "B := ", "\$(" x 100000, "\n"' makefile-recursion 'references in references'
hostile 'print "B := ", "\$(strip " x 50000, ")" x 50000, "\n"' makefile-too-large 'calls in calls'
hostile 'print "L := ", join(" ", 1 .. 5000), "\n", "B := \$(foreach a,\$(L),\$(foreach b,\$(L),))\n"' \
	makefile-too-large 'loops in loops'
hostile 'print "C-\$(CONFIG_A) := ", join(" ", 1 .. 50000), "\n", "B := \$(addprefix x/,\$(C-y))\n"' \
	makefile-too-large 'words to be compared with words'
hostile 'print "A := ", "x" x 900000, "\n"; print "B := \$(A)$_\n" for 1 .. 1000' makefile-too-large 'text upon text'
hostile 'print "include ", "kernel/Makefile " x 20, "\n"' makefile-too-large 'a file that includes itself'
hostile 'print "ifdef CONFIG_A\n" x 1000' makefile-recursion 'conditions in conditions'
hostile 'print "#" x 5000000' makefile-too-large 'a large file'
hostile 'print "A = \$(A)\nobj-y += \$(A)\nendif\n"' bad-makefile 'a variable that is itself is unknown'
mend

refuses 2 'nowhere/json\.tmp: .*\[unwritable\]' 'a place where nothing can be written' run --json "$T/nowhere/json"
mkdir "$T/there"
refuses 2 'there\.tmp: .*\[unwritable\]' 'a directory in place of a file' run --text "$T/there"
is "$(find "$T" -maxdepth 1 -name '*.tmp')" '' 'leaves nothing behind'
[ ! -w /dev/full ] || refuses 2 'standard output: .*\[unwritable\]' 'a full disk' sh -c '"$@" >/dev/full' sh \
	"$BIN/ksize" report --tree "$tree" --obj "$obj" --resolved "$tree/resolved"

echo '{' >"$T/bad"
refuses 2 'bad:[12]: .*\[bad-report\]; give' 'a report that is not JSON, with its line' "$BIN/ksize" diff "$T/json" "$T/bad"
echo '{"format":"ksize 0"}' >"$T/bad"
refuses 2 'bad: .*\[other-format\]' 'one of another format' "$BIN/ksize" diff "$T/bad" "$T/json"
echo '{"format":"ksize 1"}' >"$T/bad"
refuses 2 'bad: .*\[bad-report\]' 'one that is not whole' "$BIN/ksize" diff "$T/bad" "$T/json"
refuses 2 'nowhere: .*\[bad-report\]' 'one that is not there' "$BIN/ksize" diff "$T/nowhere" "$T/json"

check 'ksize --help' "$BIN/ksize" --help
for c in report diff; do
	check "ksize $c --help" "$BIN/ksize" $c --help
done
refuses 2 '\[usage\]' 'no command' "$BIN/ksize"
refuses 2 '\[usage\]' 'an unknown one' "$BIN/ksize" rapport
refuses 2 '\[usage\]' 'a report of nothing' "$BIN/ksize" report
refuses 2 '\[usage\]' 'an unknown option' run --nonsense
refuses 2 '\[usage\]' 'a word too many' run more
refuses 2 '\[usage\]' 'one report to compare' "$BIN/ksize" diff "$T/json"

finish
