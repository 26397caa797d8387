// SPDX-License-Identifier: GPL-2.0-only
/* Other programs, without a shell, and their output, without temporary files. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fetch.h"

enum { NO_PROGRAM = 127 }; /* as in the shell */

static long long file_limit;

void limit_files(long long bytes)
{
	file_limit = bytes;
}

/* SIGXFSZ ends a program that writes more, without a core file. */
static bool set_limit(void)
{
	const struct rlimit none = { 0, 0 };
	const struct rlimit most = { (rlim_t)file_limit, (rlim_t)file_limit };

	if (!file_limit)
		return true;
	return !setrlimit(RLIMIT_CORE, &none) && !setrlimit(RLIMIT_FSIZE, &most);
}

/* The child's part. */
static _Noreturn void become(pid_t parent, const int fd[3], char **argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool ok = null >= 0 && !prctl(PR_SET_PDEATHSIG, SIGKILL) && getppid() == parent;

	ok = ok && set_limit();
	for (int i = 0; i < 3; i++)
		ok = ok && dup2(fd[i] < 0 ? null : fd[i], i) == i;
	if (ok)
		execvp(argv[0], argv);
	_exit(ok ? NO_PROGRAM : NO_PROGRAM - 1);
}

pid_t start(int in, int out, int err, const char *program, ...)
{
	const int fd[3] = { in, out, err };
	char *argv[32] = { format("%s", program) };
	pid_t parent = getpid(), child;
	size_t n = 0;
	va_list ap;

	va_start(ap, program);
	do
		argv[++n] = va_arg(ap, char *);
	while (argv[n] && n + 1 < ARRAY_SIZE(argv));
	va_end(ap);
	child = fork();
	if (!child)
		become(parent, fd, argv);
	if (child < 0)
		die(CANNOT_RUN, "%s: cannot be started [no-process]: %s", program, strerror(errno));
	return child;
}

int finish(pid_t child, const char *program)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		die(CANNOT_RUN, "waiting for a program failed [no-process]: %s", strerror(errno));
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	if (WEXITSTATUS(status) == NO_PROGRAM && program)
		die(CANNOT_RUN, "%s: not found [missing-program]; run 'make setup'", program);
	return WEXITSTATUS(status);
}

int memory_file(void)
{
	int fd = memfd_create("fetch", 0);

	if (fd < 0)
		die(CANNOT_RUN, "cannot make a file in memory [no-memory]: %s", strerror(errno));
	return fd;
}

char *memory_text(int fd)
{
	struct stat st;
	char *text;

	if (fstat(fd, &st))
		die(CANNOT_RUN, "cannot read a file in memory [no-memory]: %s", strerror(errno));
	text = keep((size_t)st.st_size + 1);
	if (pread(fd, text, (size_t)st.st_size, 0) != st.st_size)
		die(CANNOT_RUN, "cannot read a file in memory [no-memory]: %s", strerror(errno));
	close(fd);
	return text;
}

char *file_text(const char *file)
{
	int fd = open_file(file);

	return memory_text(fd);
}
