// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kconfig runs its $(shell) commands through popen(); kconf is linked with --wrap=popen,
 * so that they come here.
 *
 * A cached answer must not outlive what gave it (Kbuild had a cache once, and dropped it
 * over one that did). So a cache begins with an account of all that an answer may depend
 * on: the environment, the processor, the tools as PATH finds them, the
 * programs that the compiler runs, and every directory where it looks for programs, headers
 * and libraries, or Python for modules, each by its real path, inode, size and times. If
 * that account differs from today's, the cache is void. And a command is kept only
 * if it runs nothing else than these; all others are asked each time, but started ahead,
 * while the tree is being parsed.
 *
 * Commands run in the environment that Kbuild has: the BUILD variables of environment.h, and
 * what tree.c sets. A compiler that cannot write its files answers "n" to every question, so
 * before the first question, and after the last, it must compile an empty file.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kconf.h"
#include "probe.h"
#include "tree.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names */
FILE *__real_popen(const char *command, const char *mode);
int __real_pclose(FILE *f);
FILE *__wrap_popen(const char *command, const char *mode);
int __wrap_pclose(FILE *f);
/* NOLINTEND(bugprone-reserved-identifier) */

#define BUCKETS 512

enum { NOT_ASKED = 125 }; /* exit status of a question that could not be asked */

/* The caller's variables that a command gets. */
static const char *const passed[] = {
#define BUILD(name) #name,
#define HOST(name)
#include "../environment.h"
};

#define N_PASSED (ARRAY_SIZE(passed))

static struct {
	struct probe *bucket[BUCKETS];
	struct probe_place *place;
	size_t n_place, max_place;
	const char *tree;
	const char *cache, *record;
	bool news; /* the cache on disk lacks something */
	bool checked; /* the compiler can write its files */
	char scratch[24]; /* where they run: compilers leave things behind */
	size_t run;
} probes;

#define for_all_probes(p)                         \
	for (size_t i_ = 0; i_ < BUCKETS; i_++)   \
		for ((p) = probes.bucket[i_]; (p); (p) = (p)->next)

static struct probe *lookup(const char *command)
{
	size_t h = 5381;
	struct probe **p;

	for (const char *c = command; *c; c++)
		h = h * 33 + (unsigned char)*c;
	for (p = &probes.bucket[h % BUCKETS]; *p; p = &(*p)->next)
		if (!strcmp((*p)->command, command))
			return *p;
	*p = mem_zalloc(sizeof(**p));
	(*p)->command = mem_strdup(command);
	(*p)->fd = -1;
	return *p;
}

static const char *const tool_variables[] = { "CC", "LD", "AR", "NM", "OBJCOPY", "OBJDUMP" };
/* The options that clang gets with each question, for records to be alike. */
#define FLAGS "CLANG_FLAGS"

#define N_TOOLS (ARRAY_SIZE(tool_variables))

/* Which of these TOOLS is the word at C; N_TOOLS if none is. */
static size_t tool_at(const char *c, const char *start, const char *const tools[])
{
	static const char in_word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_./";

	if (c > start && strchr(in_word, c[-1]))
		return N_TOOLS;
	for (size_t i = 0; i < N_TOOLS; i++) {
		size_t len = *tools[i] == *c ? strlen(tools[i]) : 0;

		if (len && !strncmp(c, tools[i], len) && (!c[len] || !strchr(in_word, c[len])))
			return i;
	}
	return N_TOOLS;
}

/*
 * The command on one line, as it would be in any checkout and with any prefix of the
 * tools' names. The caller frees it.
 */
static char *portable(const char *command)
{
	const char *tools[N_TOOLS], *flags = getenv(FLAGS) ?: "";
	size_t len = strlen(probes.tree), size;
	char *out = NULL;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return mem_strdup(command);
	for (size_t i = 0; i < N_TOOLS; i++)
		tools[i] = getenv(tool_variables[i]) ?: "";
	for (const char *c = command; *c;) {
		size_t tool = tool_at(c, command, tools);

		if (tool < N_TOOLS) { /* before the tree: it may be one of its dummy-tools */
			fprintf(f, "$(%s)", tool_variables[tool]);
			c += strlen(tools[tool]);
		} else if (!strncmp(c, probes.tree, len)) {
			fputs("$(srctree)", f);
			c += len;
		} else if (*flags && !strncmp(c, flags, strlen(flags))) {
			fputs("$(" FLAGS ")", f);
			c += strlen(flags);
		} else {
			fputc(*c == '\n' || *c == '\t' ? ' ' : *c, f);
			c++;
		}
	}
	fclose(f);
	return out;
}

/* The inverse, as far as the shell is concerned. */
static char *runnable(const char *command)
{
	char *out = NULL, name[16]; /* of a variable */
	size_t size;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return mem_strdup(command);
	while (*command) {
		int len = 0;

		if (sscanf(command, "$(%15[A-Za-z_])%n", name, &len) == 1 && len && getenv(name)) {
			fputs(getenv(name), f);
			command += len;
		} else {
			fputc(*command++, f);
		}
	}
	fclose(f);
	return out;
}

/* ---- what may be kept ----------------------------------------------------------- */

/* Scripts of the tree that ask no more than the tools that they are given. */
static const char *const pure_scripts[] = {
	"cc-can-link.sh",	"rust_is_available.sh",
	"cc-version.sh",	"as-version.sh",		"ld-version.sh",
	"rustc-version.sh",	"rustc-llvm-version.sh",	"pahole-version.sh",
	"min-tool-version.sh",	"tools-support-relr.sh",	"gcc-x86_64-has-stack-protector.sh",
	"gcc-x86_32-has-stack-protector.sh", NULL
};

/* $(CC), or $CC for the shell to expand, and the like. */
static bool is_tool(const char *word)
{
	for (size_t i = 0; i < N_TOOLS; i++) {
		size_t len = strlen(tool_variables[i]);

		if (!strncmp(word, "$(", 2) && !strncmp(word + 2, tool_variables[i], len) &&
		    !strcmp(word + 2 + len, ")"))
			return true;
		if (*word == '$' && !strcmp(word + 1, tool_variables[i]))
			return true;
	}
	return !strcmp(word, "false"); /* in place of tools that no kernel here is built with */
}

static bool one_of(const char *word, const char *const *list)
{
	while (*list && strcmp(word, *list))
		list++;
	return *list;
}

/* Does a command of this program and these words depend on the account alone? */
static bool pure(char **word, size_t n)
{
	/* RUSTC and BINDGEN are always false here, so a question about Rust learns no more. */
	static const char *const plain[] = { "echo", "printf", "set", "trap", "mkdir", "rm", "expr",
					     "head", "grep",   "}",   NULL };
	const char *base = strrchr(word[0], '/');

	if (one_of(word[0], plain))
		return true;
	if (!strcmp(word[0], "test"))
		return n < 2 || strcmp(word[1], "-e");
	if (!strcmp(word[0], "command"))
		return n == 3 && !strcmp(word[1], "-v") && is_tool(word[2]);
	if (!strncmp(word[0], "$(srctree)/scripts/", 19)) {
		for (size_t i = 1; i < n; i++)
			if (!is_tool(word[i]) && word[i][0] != '-')
				return false;
		return one_of(base + 1, pure_scripts);
	}
	if (!strcmp(word[0], getenv("PYTHON3") ?: ""))
		return n == 3 && !strcmp(word[1], "-c") && !strncmp(word[2], "import ", 7);
	return is_tool(word[0]);
}

/*
 * Split COMMAND as the shell would, as far as probes go, and judge each of the simple
 * commands in it. A command that is not understood is not pure.
 */
static bool cacheable(const char *command)
{
	char *text = mem_realloc(NULL, 2 * strlen(command) + 2), *out = text, *word[256];
	size_t n = 0;
	bool good = !strchr(command, '`');

	for (const char *c = command; good;) {
		size_t quote = 0;

		c += strspn(c, " ");
		if (!*c || strchr(";|&<>", *c)) {
			bool redirect = *c == '>' || *c == '<';

			if (n && !redirect)
				good = pure(word, n);
			if (!*c)
				break;
			if (!redirect)
				n = 0;
			c += strspn(c, ";|&<>");
			if (redirect) { /* its target does not count as a word of the command */
				c += strspn(c, " &");
				c += strcspn(c, " ;|&");
			}
			continue;
		}
		if (n == 256)
			good = false;
		else
			word[n++] = out;
		for (; *c && (quote || !strchr(" ;|&<>", *c)); c++) {
			if ((*c == '\'' || *c == '"') && (!quote || quote == (size_t)*c))
				quote = quote ? 0 : (size_t)*c;
			else
				*out++ = *c;
		}
		*out++ = '\0';
		if (n == 1 && (!strcmp(word[0], "{") || !strcmp(word[0], "!") ||
			       !strcmp(word[0], "env") || strchr(word[0], '=')))
			n = 0;
	}
	free(text);
	return good;
}

/* ---- the account of what answers depend on -------------------------------------- */

static void identify(FILE *out, const char *path)
{
	char real[PATH_MAX];
	struct stat st;

	if (!realpath(path, real) || stat(real, &st))
		fprintf(out, "%s is absent\n", path);
	else
		fprintf(out, "%s is %s %lu %lu %ld %ld.%09ld %ld.%09ld\n", path, real,
			(unsigned long)st.st_dev, (unsigned long)st.st_ino, (long)st.st_size,
			(long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (long)st.st_ctim.tv_sec,
			st.st_ctim.tv_nsec);
}

static void identify_tool(FILE *out, const char *name)
{
	char path[PATH_MAX];

	if (strchr(name, '/')) {
		identify(out, name);
		return;
	}
	for (const char *dir = getenv("PATH"); dir && *dir;) {
		size_t len = strcspn(dir, ":");

		snprintf(path, sizeof(path), "%.*s/%s", (int)len, dir, name);
		if (!access(path, X_OK)) {
			identify(out, path);
			return;
		}
		dir += len + (dir[len] == ':');
	}
	fprintf(out, "%s is not in PATH\n", name);
}

/* The processor's description, for -march=native: all but its current speed. */
static void identify_processor(FILE *out)
{
	FILE *in = fopen("/proc/cpuinfo", "r");
	char *line = NULL;
	size_t size = 0;

	while (in && getline(&line, &size, in) > 1) /* to the end of the first processor's */
		if (!strstr(line, "MHz") && !strcasestr(line, "bogomips"))
			fprintf(out, "processor: %s", line);
	free(line);
	if (in)
		fclose(in);
}

/* The answer if no program has to run for it. The caller frees it. */
static char *account(void)
{
	static const char *const programs[] = { "sh", "as", "grep", "head", "mkdir", "rm", "expr",
						"false" };
	char *text = NULL, path[PATH_MAX];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs("kconf probes 2\n", out);
	for (size_t i = 0; i < N_PASSED; i++)
		fprintf(out, "%s=%s\n", passed[i], getenv(passed[i]) ?: "");
	for (size_t i = 0; i < N_TOOLS; i++) {
		fprintf(out, "%s: ", tool_variables[i]);
		identify_tool(out, getenv(tool_variables[i]) ?: "");
	}
	identify_processor(out);
	identify_tool(out, getenv("PYTHON3") ?: "");
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		identify_tool(out, programs[i]);
	for (size_t i = 0; pure_scripts[i]; i++) {
		snprintf(path, sizeof(path), "%s/scripts/%s", probes.tree, pure_scripts[i]);
		identify(out, path);
	}
	fclose(out);
	return text;
}

static void uses(FILE *out, const char *path)
{
	fputs("uses ", out);
	identify(out, path);
}

/* Give each line that COMMAND prints to FN. */
static void each_line(FILE *out, const char *command, void (*fn)(FILE *out, char *line))
{
	FILE *p = __real_popen(command, "r");
	char *line = NULL;
	size_t size = 0;

	while (p && getline(&line, &size, p) > 0) {
		line[strcspn(line, "\n")] = '\0';
		fn(out, line);
	}
	free(line);
	if (p)
		__real_pclose(p);
}

/*
 * "programs: =DIR:DIR..." or "libraries: =DIR:DIR...": each directory, and what of it a
 * probe can come to use.
 */
static void use_search_dirs(FILE *out, char *line)
{
	static const char *const files[] = { "cc1",    "as",	 "ld",	    "collect2",
					     "crt1.o", "libc.a", "libc.so", "libgcc.a" };
	char *dirs = strchr(line, '='), path[PATH_MAX];

	for (char *dir = dirs ? strtok(dirs + 1, ":") : NULL; dir; dir = strtok(NULL, ":")) {
		if (*dir != '/')
			continue;
		uses(out, dir);
		for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
			snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
			if (!access(path, F_OK))
				uses(out, path);
		}
	}
}

/* A line " /usr/include" of the preprocessor's list of directories. */
static void use_include_dir(FILE *out, char *line)
{
	char *header;

	if (strncmp(line, " /", 2) || strchr(line + 1, ' '))
		return;
	uses(out, line + 1);
	header = mem_printf("%s/stdio.h", line + 1);
	uses(out, header);
	free(header);
}

static void use_dir(FILE *out, char *line)
{
	if (*line == '/')
		uses(out, line);
}

/* The programs that the tools run; the tools print their paths. */
static void helpers(FILE *out)
{
	static const char *const widths[] = { "", "-m32 " };
	const char *cc = getenv("CC") ?: "cc", *python = getenv("PYTHON3") ?: "python3";
	bool asks_python = false;
	struct probe *p;
	char command[600];

	for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
		snprintf(command, sizeof(command), "%s %s-print-search-dirs 2>/dev/null", cc,
			 widths[w]);
		each_line(out, command, use_search_dirs);
		snprintf(command, sizeof(command), "%s %s-E -v -x c /dev/null 2>&1 >/dev/null", cc,
			 widths[w]);
		each_line(out, command, use_include_dir);
	}
	/* Python is slow to start, and not asked in all trees. */
	for_all_probes(p)
		if (p->asked && !strncmp(p->command, "{ ", 2) &&
		    !strncmp(p->command + 2, python, strlen(python)))
			asks_python = true;
	if (!asks_python)
		return;
	snprintf(command, sizeof(command),
		 "%s -c 'import sys; print(\"\\n\".join(sys.path))' 2>/dev/null",
		 python);
	each_line(out, command, use_dir);
}

/* ---- asking --------------------------------------------------------------------- */

void probe_environment(void)
{
	const char *value[N_PASSED];

	for (size_t i = 0; i < N_PASSED; i++) {
		value[i] = getenv(passed[i]);
		value[i] = value[i] ? mem_strdup(value[i]) : NULL;
	}
	clearenv();
	for (size_t i = 0; i < N_PASSED; i++)
		if (value[i])
			setenv(passed[i], value[i], 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "UTC", 1);
}

/* More than the compiler's files for a question. */
static bool scratch_has_room(void)
{
	static const char block[4096];
	char path[sizeof(probes.scratch) + 8];
	bool ok;
	int fd;

	snprintf(path, sizeof(path), "%s/room", probes.scratch);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = fd >= 0;
	for (int i = 0; ok && i < 64; i++)
		ok = write(fd, block, sizeof(block)) == sizeof(block);
	if (fd >= 0 && close(fd))
		ok = false;
	unlink(path);
	return ok;
}

static bool compiler_writes(void)
{
	char command[600];

	snprintf(command, sizeof(command),
		 "cd %s && { %s -c -x c /dev/null -o control; test -s control; st=$?; "
		 "rm -f control; exit $st; } >/dev/null 2>&1",
		 probes.scratch, getenv("CC") ?: "cc");
	return system(command) == 0; /* NOLINT(cert-env33-c): as each question is */
}

/* Its answers would be wrong: exit if the compiler cannot write in the directory of the probes. */
static void check_scratch(void)
{
	if (scratch_has_room() && compiler_writes())
		return;
	complain(probes.scratch, 0,
		 "the compiler cannot write its files [probe-dir]: expected an object file of "
		 "'%s -c', got none; make /tmp writable, with 1 MB free, and run again",
		 getenv("CC") ?: "cc");
	exit(CANNOT_RUN);
}

/* May COMMAND, as portable() gives it, have a tool write files? */
static bool writes_files(const char *command)
{
	static const char version[] = "$(CC) --version";
	char tool[16];

	if (!strncmp(command, version, sizeof(version) - 1))
		return false;
	for (size_t i = 0; i < N_TOOLS; i++) {
		snprintf(tool, sizeof(tool), "$(%s)", tool_variables[i]);
		if (strstr(command, tool))
			return true;
	}
	return strstr(command, "$(srctree)/scripts/");
}

static void check_before(const char *command)
{
	if (probes.checked || !writes_files(command))
		return;
	probes.checked = true;
	check_scratch();
}

static void start(struct probe *p, const char *command)
{
	int fd[2];

	check_before(p->command);
	if (pipe2(fd, O_CLOEXEC))
		return;
	p->pid = fork();
	if (!p->pid) {
		if (dup2(fd[1], STDOUT_FILENO) >= 0 && !chdir(probes.scratch))
			execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(NOT_ASKED);
	}
	close(fd[1]);
	if (p->pid < 0)
		close(fd[0]);
	else
		p->fd = fd[0];
}

/* The process of a question is over; exit if it could not start, or was killed. */
static void reap(struct probe *p)
{
	int status;

	if (p->pid <= 0 || waitpid(p->pid, &status, 0) != p->pid)
		return;
	p->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) != NOT_ASKED)
		return;
	complain(probes.scratch, 0,
		 "a question was not answered [probe-failed]: expected an exit status, got %s %d; "
		 "run again:\n  %s",
		 WIFSIGNALED(status) ? "signal" : "status",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), p->command);
	exit(CANNOT_RUN);
}

/* ---- the cache ------------------------------------------------------------------ */

/* Is the account that begins IN still true? Leaves IN at the first answer if so. */
static bool still_true(FILE *in)
{
	char *now = account(), *line = NULL, *at = now;
	size_t size = 0;
	ssize_t len = 0;
	bool same = now != NULL;

	while (same && *at) {
		len = getline(&line, &size, in);
		same = len > 0 && !strncmp(at, line, (size_t)len);
		at += same ? len : 0;
	}
	while (same && (len = getline(&line, &size, in)) > 0 && strcmp(line, "\n")) {
		char *again = NULL, *path = line + 5;
		size_t again_size;
		FILE *out = open_memstream(&again, &again_size);

		same = out && !strncmp(line, "uses ", 5) && strstr(path, " is ");
		if (same) {
			char *name = mem_strdup(path);

			*strstr(name, " is ") = '\0';
			identify(out, name);
			free(name);
		}
		if (out)
			fclose(out);
		same = same && !strcmp(again, path);
		free(again);
	}
	free(line);
	free(now);
	return same && len > 0;
}

static void load_cache(void)
{
	FILE *in = fopen(probes.cache, "r");
	char *line = NULL, *tab;
	size_t size = 0;

	probes.news = true;
	if (!in)
		return;
	if (still_true(in)) {
		probes.news = false;
		while (getline(&line, &size, in) > 0) {
			struct probe *p;

			line[strcspn(line, "\n")] = '\0';
			tab = strchr(line, '\t');
			if (!tab)
				continue;
			*tab = '\0';
			p = lookup(tab + 1);
			if (*line == '=')
				p->answer = mem_strdup(line + 1);
		}
	}
	free(line);
	fclose(in);
}

static void save_cache(void)
{
	char *now = account(), *tmp;
	struct probe *p;
	FILE *out;

	tmp = mem_printf("%s.%d", probes.cache, (int)getpid());
	out = fopen(tmp, "w");
	if (now && out) {
		fputs(now, out);
		helpers(out);
		fputc('\n', out);
		for_all_probes(p) {
			if (!p->asked)
				continue;
			if (cacheable(p->command))
				fprintf(out, "=%s\t%s\n", p->answer, p->command);
			else
				fprintf(out, "?\t%s\n", p->command);
		}
	}
	/* Without a cache the next run is slower, and not wrong. */
	if (out && (ferror(out) | fclose(out) || rename(tmp, probes.cache)))
		unlink(tmp);
	free(tmp);
	free(now);
}

void probe_begin(const char *tree, const char *cache)
{
	probes.tree = tree;
	probes.cache = cache;
	if (cache)
		load_cache();
}

static void remove_scratch(void)
{
	if (*probes.scratch && rmdir(probes.scratch))
		complain(probes.scratch, 0, "left behind: %s", strerror(errno));
	*probes.scratch = '\0';
}

bool probe_start(void)
{
	struct probe *p;

	strcpy(probes.scratch, "/tmp/kconf.XXXXXX");
	if (!mkdtemp(probes.scratch)) {
		complain("/tmp", 0,
			 "no directory to ask the compiler in [probe-dir]: %s; make /tmp writable",
			 strerror(errno));
		*probes.scratch = '\0';
		return false;
	}
	atexit(remove_scratch); /* the tree's parser exits at an error */
	for_all_probes(p) {
		char *command = p->answer ? NULL : runnable(p->command);

		if (command)
			start(p, command);
		free(command);
	}
	return true;
}

void probe_end(void)
{
	struct probe *p;

	for_all_probes(p) {
		if (p->fd >= 0)
			close(p->fd);
		p->fd = -1;
		if (p->asked)
			reap(p);
		else if (p->pid > 0)
			waitpid(p->pid, NULL, 0);
		p->pid = 0;
	}
	if (probes.checked && probes.news)
		check_scratch();
	remove_scratch();
	if (probes.cache && probes.news)
		save_cache();
}

/* ---- records -------------------------------------------------------------------- */

bool probe_replay(const char *tree, const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL, *tab;
	size_t size = 0;
	int n = 0;

	probes.tree = tree;
	probes.record = path;
	if (!in) {
		complain(path, 0, "%s", strerror(errno));
		return false;
	}
	while (getline(&line, &size, in) > 0) {
		n++;
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#' || !*line)
			continue;
		tab = strchr(line, '\t');
		if (!tab) {
			complain(path, n, "'%s': a probe is ANSWER TAB COMMAND", line);
			break;
		}
		*tab = '\0';
		lookup(tab + 1)->answer = mem_strdup(line);
	}
	free(line);
	n = feof(in);
	fclose(in);
	return n;
}

static int by_command(const void *a, const void *b)
{
	const struct probe *const *pa = a, *const *pb = b;

	return strcmp((*pa)->command, (*pb)->command);
}

bool probe_record(const char *path)
{
	FILE *out = fopen(path, "w");
	struct probe **all, *p;
	size_t n = 0;

	if (!out)
		return false;
	all = mem_realloc(NULL, (probes.n_place + 1) * sizeof(struct probe *));
	for_all_probes(p)
		if (p->asked)
			all[n++] = p;
	qsort(all, n, sizeof(struct probe *), by_command);
	fputs("# SPDX-License-Identifier: GPL-2.0-only\n"
	      "# Made by 'make resolved': the compiler's answers to Kconfig, and the questions.\n",
	      out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s\t%s\n", all[i]->answer, all[i]->command);
	free(all);
	return !(ferror(out) | fclose(out));
}

/* ---- the parser's popen() and pclose() ------------------------------------------ */

static char *read_answer(FILE *in)
{
	char buf[4096];
	size_t n = fread(buf, 1, sizeof(buf) - 1, in);

	while (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	for (char *c = buf; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return mem_strdup(buf);
}

FILE *__wrap_popen(const char *command, const char *mode)
{
	char *name = portable(command);
	struct probe *p = lookup(name);

	free(name);
	if (!p->answer) {
		FILE *in;

		if (probes.record) {
			complain(probes.record, 0,
				 "has no answer to a question of the tree's:\n  %s\n"
				 "  'make resolved' asks the compiler, and renews the record",
				 p->command);
			exit(CANNOT_RUN);
		}
		probes.run++;
		if (p->fd < 0) {
			probes.news = true;
			start(p, command);
		}
		in = p->fd < 0 ? NULL : fdopen(p->fd, mode);
		if (!in)
			return NULL;
		p->fd = -1;
		p->answer = read_answer(in);
		fclose(in);
		reap(p);
	}
	p->asked = true;
	grow(probes.place, probes.n_place, probes.max_place);
	probes.place[probes.n_place++] = (struct probe_place){ kc_parse_file(), kc_parse_line(), p };
	/* fmemopen() refuses a size of 0 */
	return *p->answer ? fmemopen(p->answer, strlen(p->answer), "r") : fopen("/dev/null", "r");
}

int __wrap_pclose(FILE *f)
{
	return fclose(f);
}

const struct probe_place *probe_refusal(const char *file, int first, int last)
{
	for (size_t i = 0; i < probes.n_place; i++) {
		const struct probe_place *at = &probes.place[i];

		if (at->line >= first && at->line <= last && at->file &&
		    !strcmp(at->file, file) &&
		    (!*at->probe->answer || !strcmp(at->probe->answer, "n")))
			return at;
	}
	return NULL;
}

bool probe_asked(const char *file, int first, int last)
{
	for (size_t i = 0; i < probes.n_place; i++) {
		const struct probe_place *at = &probes.place[i];

		if (at->line >= first && at->line <= last && at->file && !strcmp(at->file, file))
			return true;
	}
	return false;
}

const char *probe_brief(const char *command, size_t *len)
{
	static const char *const before[] = { "{ ", "trap \"rm -rf .tmp_$$\" EXIT; mkdir .tmp_$$; " };
	static const char after[] = "; } >/dev/null 2>&1 && echo \"y\" || echo \"n\"";

	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		if (!strncmp(command, before[i], strlen(before[i])))
			command += strlen(before[i]);
	*len = strlen(command);
	if (*len > strlen(after) && !strcmp(command + *len - strlen(after), after))
		*len -= strlen(after);
	return command;
}

void probe_counts(size_t *asked, size_t *run)
{
	*asked = probes.n_place;
	*run = probes.run;
}
