/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's init: what its parts share.
 *
 * It writes its findings as records on the console, one a line, for bootlog to judge. What
 * begins each is "keelson: " and the secret of the boot, which stands for ... here:
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

/* What disks and files hold that trials read: decimal numbers, each a line of 16 bytes. */
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

/* The last part of where a link leads, its path made likewise, to free; NULL if nowhere. */
char *link_end(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Load the modules that the devices of this machine request. */
void plug_modules(const char *release);

/* Load the module of an alias; the exit status is for the kernel, which requests it. */
int modprobe(const char *release, char *alias);

/* keelson.modules=a,b,c on the command line, each as `modprobe a`; or all there are. */
void load_named(void);

/* For trials: load a module after those it needs, remove one; 0, or errno. */
int insert_module(const char *name, const char *parameters);
int remove_module(const char *name);
/* The same in time: closed sockets have a module until the other end has answered. */
void expect_removal(const char *name);

/* Find the virtio devices, and have each do some real work; the same for other hardware. */
void prove_devices(void);
void prove_hardware(void);

/* For trials: the disk /dev/NAME, and the network interface NAME. */
void prove_disk(const char *name);
void prove_link(const char *name);

/* Whether TEXT is the line of NUMBER. */
bool is_line(const char *text, unsigned long number);

/* With keelson.fixes on the command line: are the defects that patches/ fixes absent? */
void prove_fixes(void);

/* With keelson.containers on the command line: does what containers need hold? */
void prove_containers(void);
void prove_image(const char *path);
void prove_bridge(const char *argument);
void prove_nat(const char *argument);

/*
 * Write to more memory than there is, under the name that bootlog knows for it. Record "hog"
 * before: the report of the kernel on one that is not announced is a finding.
 */
#define HOG "keelson-hog"
_Noreturn void hog(void);

/* Does what the command line sets hold, for the kernel and the modules that are loaded? */
void prove_settings(void);

/* If our own modules are loaded, or our patches enabled: do they their work, and no more? */
void prove_vqmon(void);
void prove_vsocktune(void);
void prove_vsockwindow(void);
void prove_vsockng(void);

/* With keelson.orders on the command line: in whatever order modules come and go? */
void prove_orders(void);

/* With keelson.rogue on the command line: does the guest bear a host that lies? */
void prove_vsockrogue(void);

/* With keelson.bulk=MIB on the command line: how long does so much take? */
void prove_vsockbulk(void);

/*
 * With keelson.faults on the command line: do our own modules bear it when memory is short?
 * False if it is not there.
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
