// SPDX-License-Identifier: GPL-2.0-only
/*
 * The features that container engines use, through the calls that they use: each limit is
 * exceeded, and must hold. Networks are in netns.c, file systems in images.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

enum {
	PATIENCE = 30, /* seconds for one trial */
	HOG_BYTES = 32 << 20,
	PIDS_MAX = 3,
	SPIN_MS = 800,
	UNPRIVILEGED = 65534,
};

#define CGROUPS "/sys/fs/cgroup"

static void put(const char *path, const char *text)
{
	int fd = must(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), path);

	must((int)write(fd, text, strlen(text)), path);
	close(fd);
}

/* The number after KEY in a file of lines like "KEY NUMBER"; -1 without one. */
static long stat_of(const char *path, const char *key)
{
	char *text = slurp(path), *rest = text, *line;
	size_t length = strlen(key);
	long value = -1;

	while ((line = strsep(&rest, "\n")))
		if (!strncmp(line, key, length) && line[length] == ' ')
			value = strtol(line + length, NULL, 10);
	free(text);
	return value;
}

/* ---- layers ---------------------------------------------------------------------- */

static void prove_overlay(const char *dir)
{
	char options[256], path[128], *text;
	struct stat st;

	static const char *const parts[] = { "", "/lower", "/upper", "/work", "/merged" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, parts[i]);
		must(mkdir(path, 0755), path);
	}
	snprintf(path, sizeof(path), "%s/lower/file", dir);
	put(path, "image");
	snprintf(options, sizeof(options), "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work",
		 dir, dir, dir);
	snprintf(path, sizeof(path), "%s/merged", dir);
	must(mount("overlay", path, "overlay", 0, options), "mount");
	snprintf(path, sizeof(path), "%s/merged/file", dir);
	put(path, "layer");
	text = slurpf("%s/lower/file", dir);
	if (!text || strcmp(text, "image"))
		failed("a write went through to the lower layer");
	text = slurpf("%s/upper/file", dir);
	if (!text || strcmp(text, "layer"))
		failed("a write did not come to the upper layer");
	must(unlink(path), "unlink");
	snprintf(path, sizeof(path), "%s/upper/file", dir);
	must(stat(path, &st), path);
	if (!S_ISCHR(st.st_mode) || st.st_rdev)
		failed("a file that was removed leaves no whiteout");
	passed("written, copied up and whited out");
}

/* ---- namespaces ------------------------------------------------------------------- */

static void prove_namespaces(const char *argument)
{
	char name[64] = "";

	(void)argument;
	must(setgid(UNPRIVILEGED), "setgid");
	must(setuid(UNPRIVILEGED), "setuid");
	must(prctl(PR_SET_DUMPABLE, 1), "PR_SET_DUMPABLE");
	must(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID |
		     CLONE_NEWCGROUP),
	     "unshare");
	put("/proc/self/setgroups", "deny");
	put("/proc/self/uid_map", "0 65534 1");
	put("/proc/self/gid_map", "0 65534 1");
	if (getuid() || getgid())
		failed("the user is %u:%u, not root, in a user namespace of his own", getuid(),
		       getgid());
	must(sethostname("inside", 6), "sethostname");
	must(gethostname(name, sizeof(name)), "gethostname");
	if (strcmp(name, "inside"))
		failed("the host's name is '%s'", name);
	must(mount("none", "/tmp", "tmpfs", 0, NULL), "mount of a tmpfs");
	if (!mount("devtmpfs", "/tmp", "devtmpfs", 0, NULL))
		failed("root of a user namespace may mount devtmpfs");
	passed("user, mount, uts, ipc, pid and cgroup, without privilege");
}

/* ---- control groups ---------------------------------------------------------------- */

/* A control group with one setting; its directory. */
static const char *cgroup(const char *name, const char *setting, const char *value)
{
	static char dir[128];
	char path[256];

	if (mount("cgroup2", CGROUPS, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) &&
	    errno != EBUSY)
		failed("mount: %s", strerror(errno));
	put(CGROUPS "/cgroup.subtree_control", "+memory +pids +cpu");
	snprintf(dir, sizeof(dir), CGROUPS "/%s", name);
	must(mkdir(dir, 0755), dir);
	snprintf(path, sizeof(path), "%s/%s", dir, setting);
	if (value)
		put(path, value);
	return dir;
}

static void enter(const char *dir)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	put(path, "0");
}

void hog(void)
{
	char *memory;

	prctl(PR_SET_NAME, HOG);
	memory = mmap(NULL, HOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory != MAP_FAILED)
		memset(memory, 1, HOG_BYTES);
	_exit(0);
}

static void prove_memory(const char *limit)
{
	const char *dir = cgroup("memory", "memory.max", limit);
	char path[256];
	int status;
	pid_t child;

	record("hog memory-limit");
	child = must(fork(), "fork");
	if (!child) {
		enter(dir);
		hog();
	}
	must(waitpid(child, &status, 0), "waitpid");
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		failed("%s bytes are the limit, and %d could be written", limit, HOG_BYTES);
	snprintf(path, sizeof(path), "%s/memory.events", dir);
	if (stat_of(path, "oom_kill") != 1)
		failed("memory.events does not count the kill");
	passed("what wrote %d bytes of its %s was killed", HOG_BYTES, limit);
}

static void prove_pids(const char *limit)
{
	const char *dir = cgroup("pids", "pids.max", limit);
	pid_t child, children[2 * PIDS_MAX];
	int n = 0, error = 0;

	enter(dir);
	while (n < 2 * PIDS_MAX && (child = fork()) >= 0) {
		if (!child)
			pause();
		children[n++] = child;
	}
	error = errno;
	for (int i = 0; i < n; i++)
		kill(children[i], SIGKILL);
	if (n != PIDS_MAX - 1 || error != EAGAIN)
		failed("%d processes beside the first, of %s in all: %s", n, limit,
		       strerror(error));
	passed("the process after %s is refused", limit);
}

static void prove_cpu(const char *quota)
{
	const char *dir = cgroup("cpu", "cpu.max", quota);
	struct timespec start, now;
	char path[256];
	long used, throttled;
	int status;
	pid_t child = must(fork(), "fork");

	if (!child) {
		enter(dir);
		clock_gettime(CLOCK_MONOTONIC, &start);
		do
			clock_gettime(CLOCK_MONOTONIC, &now);
		while ((now.tv_sec - start.tv_sec) * 1000 +
			       (now.tv_nsec - start.tv_nsec) / 1000000 <
		       SPIN_MS);
		_exit(0);
	}
	must(waitpid(child, &status, 0), "waitpid");
	snprintf(path, sizeof(path), "%s/cpu.stat", dir);
	throttled = stat_of(path, "nr_throttled");
	used = stat_of(path, "usage_usec");
	if (throttled < 1)
		failed("%ld us of %d ms, and was not throttled", used, SPIN_MS);
	passed("throttled %ld times, %ld us of %d ms", throttled, used, SPIN_MS);
}

/* ---- filters ----------------------------------------------------------------------- */

static void prove_seccomp(const char *argument)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sync, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(rules) / sizeof(rules[0]), rules };
	int status;
	pid_t child;

	(void)argument;
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
	if (syscall(SYS_getppid) != -1 || errno != EXDEV)
		failed("a call that the filter denies is made");
	child = must(fork(), "fork");
	if (!child) {
		syscall(SYS_sync);
		_exit(0);
	}
	must(waitpid(child, &status, 0), "waitpid");
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
		failed("a call that the filter kills for is survived");
	passed("one call denied, one killed for");
}

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* A program of TYPE that returns 0. */
static int load_program(enum bpf_prog_type type)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = type,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.insns = (uintptr_t)code,
		.license = (uintptr_t) "GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

static void prove_bpf(const char *argument)
{
	const char *dir = cgroup("bpf", "", NULL);
	union bpf_attr attr = {
		.attach_type = BPF_CGROUP_DEVICE,
		.target_fd = (unsigned int)must(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), dir),
		.attach_bpf_fd =
			(unsigned int)must(load_program(BPF_PROG_TYPE_CGROUP_DEVICE), "load"),
	};

	(void)argument;
	must(bpf(BPF_PROG_ATTACH, &attr), "attach");
	enter(dir);
	if (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0 || errno != EPERM)
		failed("a device that the program denies can be opened");
	must(setuid(UNPRIVILEGED), "setuid");
	if (load_program(BPF_PROG_TYPE_SOCKET_FILTER) >= 0 || errno != EPERM)
		failed("any user may load programs");
	passed("a device denied by a program, which only root may load");
}

void prove_containers(void)
{
	static const struct {
		const char *name;
		void (*prove)(const char *argument);
		const char *argument;
	} trials[] = {
		{ "squashfs-gzip", prove_image, "/images/squashfs-gzip" },
		{ "squashfs-xz", prove_image, "/images/squashfs-xz" },
		{ "squashfs-zstd", prove_image, "/images/squashfs-zstd" },
		{ "erofs-lz4", prove_image, "/images/erofs-lz4" },
		{ "overlay", prove_overlay, "/tmp/overlay" },
		{ "namespaces", prove_namespaces, NULL },
		{ "memory-limit", prove_memory, "8388608" },
		{ "pids-limit", prove_pids, "3" },
		{ "cpu-limit", prove_cpu, "20000 100000" },
		{ "seccomp", prove_seccomp, NULL },
		{ "bpf", prove_bpf, NULL },
		{ "bridge", prove_bridge, NULL },
		{ "nat", prove_nat, NULL },
	};

	if (!is_on_cmdline("keelson.containers"))
		return;
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		trial(trials[i].name, trials[i].prove, trials[i].argument, PATIENCE);
}
