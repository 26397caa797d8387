/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's init: what its parts share.
 *
 * It writes its findings as records on the console, one a line, for bootlog to judge. Each begins
 * with "keelson: " and the secret of the boot, here "...":
 *
 *   keelson: started                          (through the kernel's log, see main; no secret)
 *   keelson: ... release RELEASE
 *   keelson: ... init_ms MILLISECONDS             from the kernel's start to init's
 *   keelson: ... cpus N
 *   keelson: ... module NAME                      loaded
 *   keelson: ... refused NAME ERROR               matched a device, did not want it
 *   keelson: ... mem_total_kb N; mem_available_kb N
 *   keelson: ... virtio DEVICE ID DRIVER BUS modern|legacy
 *   keelson: ... device NAME ok|fail DETAILS
 *   keelson: ... hog TRIAL                     a process is killed next for its memory
 *   keelson: ... taint N
 *   keelson: ... klog LEVEL [TIME] TEXT           level warning or worse
 *   keelson: ... fail WHAT WHY
 *   keelson: ... done
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>

/* The content of the disks and files that trials read: decimal numbers, in lines of 16 bytes. */
enum { LINE = 16 };

/* Write a record to the console, in one piece. */
void record(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * The whole of a file, without the newline at its end; NULL if it can't be read.
 * The caller frees it.
 */
char *slurp(const char *path);

/* The same for a path made like printf's text. */
char *slurpf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The last part of a link's target, its path made likewise, to free; NULL without a link. */
char *link_end(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Load the modules that the devices of this machine request. */
void plug_modules(const char *release);

/* As modprobe, load the module of an alias for the kernel; returns modprobe's exit status. */
int modprobe(const char *release, char *alias);

/* keelson.modules=a,b,c on the command line: load each as `modprobe a`; or "all" modules. */
void load_named(void);

/* For trials: load a module after its dependencies, remove one; 0, or errno. */
int insert_module(const char *name, const char *parameters);
int remove_module(const char *name);
/* The same with patience: closed sockets use a module until the other end has answered. */
void expect_removal(const char *name);

/* Find the virtio devices, and try each with real work; the same for other hardware. */
void prove_devices(void);
void prove_hardware(void);

/* For trials: the disk /dev/NAME, and the network interface NAME. */
void prove_disk(const char *name);
void prove_link(const char *name);

/* Whether TEXT is the line of NUMBER. */
bool is_line(const char *text, unsigned long number);

/* With keelson.fixes on the command line: are the defects that patches/ fixes absent? */
void prove_fixes(void);

/* With keelson.containers on the command line: does the kernel do what containers need? */
void prove_containers(void);
void prove_image(const char *path);
void prove_bridge(const char *argument);
void prove_nat(const char *argument);

/* With keelson.node on the command line: does what network plugins of a node need hold? */
void prove_node(void);

/* With keelson.btf on the command line: do programs find their way by the kernel's types? */
void prove_btf(void);

/*
 * Write to more memory than the group has, under the name that bootlog knows. Record "hog" first:
 * without it, the kernel's report on the killed process is a finding.
 */
#define HOG "keelson-hog"
_Noreturn void hog(void);

/* Do the settings of the command line hold, of the kernel and the loaded modules? */
void prove_settings(void);

/* If our own modules are loaded, or our patches enabled: do they work, without side effects? */
void prove_vqmon(void);
void prove_vsocktune(void);
void prove_vsockreset(void);
void prove_vsockwindow(void);
void prove_vsockng(void);

/* With keelson.orders on the command line: do modules work in every order of loading? */
void prove_orders(void);

/* With keelson.rogue on the command line: does the guest survive a host that lies? */
void prove_vsockrogue(void);

/* With keelson.bulk=MIB on the command line: how long does a transfer of that size take? */
void prove_vsockbulk(void);

/*
 * With keelson.faults on the command line: do our own modules survive failing allocations?
 * False without it.
 */
bool prove_faults(void);
/* With kmemleak=on: does the kernel report no lost memory? */
void prove_leaks(void);

/* If boot.sh has packed the kernel tree's own tests of vsock, run them; false if it has not. */
bool prove_suite(void);

/* Record the warnings and errors of the kernel's log. */
void tell_klog(void);

/* Did the suites of KUnit that are loaded pass? */
void prove_kunit(void);

/* If boot.sh has packed container engines: start containers with them. */
void prove_engines(void);

#endif
