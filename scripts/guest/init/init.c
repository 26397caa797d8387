// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first and only program of the guest that `make boot` starts: loads modules as
 * a distribution would, tries every device, reports the results, powers off. The kernel also runs
 * it as modprobe.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

/* syslog(2) has these as numbers only. */
enum { CONSOLE_OFF = 6, CONSOLE_ON = 7 };

static bool is_modprobe;

static void write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
}

/* ---- records --------------------------------------------------------------------- */

/* What boot.sh packed: a secret of this boot, in hexadecimal. */
#define SECRET_FILE "/keelson.secret"
/* Where modprobe, which has no secret, leaves its records for init: RELAYED bytes each. */
#define RELAY_FILE "/keelson.modprobe"

enum { SECRET_MOST = 64, RELAYED = 256 };

static char mark[sizeof("keelson: ") + SECRET_MOST + 1] = "keelson: ";
static int relay = -1;

/*
 * The kernel ran no other program before this one, and later programs do not find the file any
 * more. Trials are forks of init, which may write records too; executed programs may not.
 */
static void take_secret(void)
{
	char *secret = slurp(SECRET_FILE);

	unlink(SECRET_FILE);
	if (secret && strlen(secret) <= SECRET_MOST)
		snprintf(mark, sizeof(mark), "keelson: %s ", secret);
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

static void write_record(const char *text)
{
	char line[2048];
	size_t length;
	int n = snprintf(line, sizeof(line) - 1, "%s%s", mark, text);

	length = strnlen(line, sizeof(line) - 2);
	line[length++] = '\n';

	/* The kernel writes to the same console, even in the middle of a line. */
	klogctl(CONSOLE_OFF, NULL, 0);
	if (n >= 0)
		write_all(STDOUT_FILENO, line, length);
	tcdrain(STDOUT_FILENO);
	klogctl(CONSOLE_ON, NULL, 0);
}

/* Only accept modprobe's records: other programs can write to this file, too. */
static void relay_records(void)
{
	static const char *const kinds[] = { "module ", "refused ", "fail " };
	char text[RELAYED + 1] = "";

	while (relay >= 0 && read(relay, text, RELAYED) == RELAYED) {
		text[strcspn(text, "\r\n")] = '\0';
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (!strncmp(text, kinds[i], strlen(kinds[i])))
				write_record(text);
	}
}

static void open_relay(int flags)
{
	relay = open(RELAY_FILE, flags | O_CREAT | O_CLOEXEC, 0600);
}

void record(const char *fmt, ...)
{
	char text[2048] = "";
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (is_modprobe) {
		write_all(relay, text, RELAYED);
		return;
	}
	relay_records();
	write_record(text);
}

/* ---- files ----------------------------------------------------------------------- */

char *slurp(const char *path)
{
	size_t length = 0, size = 4096;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : malloc(size);

	while (text) {
		ssize_t n = read(fd, text + length, size - length - 1);

		if (n <= 0) {
			text[length] = '\0';
			if (n < 0) {
				free(text);
				text = NULL;
			} else if (length > 0 && text[length - 1] == '\n') {
				text[length - 1] = '\0';
			}
			break;
		}
		length += (size_t)n;
		if (size - length < 2) {
			char *more = realloc(text, size *= 2);

			if (!more)
				free(text);
			text = more;
		}
	}
	if (fd >= 0)
		close(fd);
	return text;
}

char *slurpf(const char *fmt, ...)
{
	char path[4096];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	return n < 0 || (size_t)n >= sizeof(path) ? NULL : slurp(path);
}

char *link_end(const char *fmt, ...)
{
	char path[4096], target[4096];
	const char *slash;
	va_list args;
	ssize_t n;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return NULL;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return strdup(slash ? slash + 1 : target);
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	for (int to = 0; fd >= 0 && to <= STDERR_FILENO; to++)
		dup2(fd, to);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Failed mounts are reported once a console exists; devtmpfs comes first for it. */
static void mount_all(void)
{
	static const struct {
		const char *type, *where;
		unsigned long flags;
	} mounts[] = {
		{ "devtmpfs", "/dev", MS_NOSUID },
		{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC },
		{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC },
		{ "tmpfs", "/tmp", MS_NOSUID | MS_NODEV },
	};
	int errors[sizeof(mounts) / sizeof(mounts[0])] = { 0 };

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, mounts[i].flags, NULL))
			errors[i] = errno;
		if (i == 0)
			open_console();
	}
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (errors[i])
			record("fail mount %s on %s: %s", mounts[i].type, mounts[i].where,
			       strerror(errors[i]));
	}
}

/*
 * A kernel may have a console for itself and none for programs. The first record goes through the
 * kernel's log, at the one level that CONSOLE_OFF lets through, so that bootlog can distinguish
 * such a guest from a dead one.
 */
static void announce(void)
{
	static const char text[] = "<0>keelson: started";
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		write_all(fd, text, sizeof(text) - 1);
		close(fd);
	}
}

static void report_memory(void)
{
	char *text = slurp("/proc/meminfo"), *at;
	unsigned long kb;

	at = text ? strstr(text, "MemTotal:") : NULL;
	if (at && sscanf(at, "MemTotal: %lu", &kb) == 1)
		record("mem_total_kb %lu", kb);
	at = text ? strstr(text, "MemAvailable:") : NULL;
	if (at && sscanf(at, "MemAvailable: %lu", &kb) == 1)
		record("mem_available_kb %lu", kb);
	free(text);
}

static void report_taint(void)
{
	char *text = slurp("/proc/sys/kernel/tainted");

	if (text)
		record("taint %s", text);
	else
		record("fail taint /proc/sys/kernel/tainted can't be read");
	free(text);
}

static void power_off(void)
{
	sync();
#ifdef __x86_64__
	/* Without ACPI it could only halt, for ever; a reset ends QEMU -no-reboot as well. */
	if (access("/sys/firmware/acpi", F_OK))
		reboot(RB_AUTOBOOT);
#endif
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *name = program_invocation_short_name;
	struct timespec now;
	struct utsname uts;

	clock_gettime(CLOCK_BOOTTIME, &now);
	uname(&uts);
	if (!strcmp(name, "modprobe")) {
		is_modprobe = true;
		open_relay(O_WRONLY | O_APPEND);
		return modprobe(uts.release, argv[argc - 1]);
	}
	if (!strcmp(name, HOG))
		hog();
	if (getpid() != 1) {
		fputs("init: works as the first process of a guest only\n", stderr);
		return 2;
	}
	take_secret();
	open_relay(O_RDONLY);
	mount_all();
	announce();
	record("release %s", uts.release);
	record("init_ms %lld", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	record("cpus %ld", sysconf(_SC_NPROCESSORS_ONLN));
	plug_modules(uts.release);
	report_memory();
	load_named();
	prove_devices();
	prove_hardware();
	prove_settings();
	/* Failing allocations take an hour where a machine is slow: other trials have their own boots. */
	if (!prove_faults()) {
		prove_vqmon();
		/* Trials of what vsock_tune sets would undo what those tests are run with. */
		if (!prove_suite())
			prove_vsocktune();
		prove_vsockreset();
		prove_vsockwindow();
		prove_vsockng();
		prove_vsockrogue();
		prove_orders();
		prove_vsockbulk();
	}
	prove_kunit();
	prove_fixes();
	prove_containers();
	prove_node();
	prove_btf();
	prove_engines();
	prove_leaks();
	report_taint();
	tell_klog();
	record("done");
	power_off();
}
