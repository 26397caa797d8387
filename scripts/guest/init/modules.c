// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cold-plug, as udev and modprobe do it: it uses depmod's files only, so a wrong modules.dep or
 * modules.alias is found here.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"
#include "trial.h"

/* Text that is read here is never freed. */
static struct module {
	char *name, *path, *needs;
	bool tried;
	int error;
} * modules;
static size_t n_modules;

static struct alias {
	char *pattern, *name;
} * aliases;
static size_t n_aliases;

static char base[512];

/* Room for one more: the array doubles at each power of two. */
static bool grow(void **array, size_t n, size_t size)
{
	void *more;

	if (n & (n - 1))
		return true;
	more = realloc(*array, (n ? 2 * n : 1) * size);
	if (more)
		*array = more;
	else
		record("fail modules out of memory");
	return more != NULL;
}

/* modprobe treats - and _ alike, except within [a-z]. */
static void unify(char *text)
{
	for (; *text; text++) {
		if (*text == '[')
			text += strcspn(text, "]");
		if (!*text)
			break;
		if (*text == '-')
			*text = '_';
	}
}

/* kernel/fs/9p/9p.ko to 9p */
static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = strdup(slash ? slash + 1 : path);

	if (!name)
		return NULL;
	name[strcspn(name, ".")] = '\0';
	unify(name);
	return name;
}

/* Lines like "PATH: PATH PATH"; the text is kept. */
static void read_dep(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		void *array = modules;
		char *colon = strchr(line, ':'), *name;

		if (!colon)
			continue;
		*colon = '\0';
		name = name_of(line);
		if (!name || !grow(&array, n_modules, sizeof(*modules))) {
			free(name);
			return;
		}
		modules = array;
		modules[n_modules++] = (struct module){ name, line, colon + 1, false, 0 };
	}
}

/* Lines like "alias PATTERN NAME"; the text is kept. */
static void read_aliases(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		void *array = aliases;
		char *word = strsep(&line, " "), *pattern = strsep(&line, " ");

		if (strcmp(word, "alias") || !line)
			continue;
		if (!grow(&array, n_aliases, sizeof(*aliases)))
			return;
		aliases = array;
		unify(pattern);
		unify(line);
		aliases[n_aliases++] = (struct alias){ pattern, line };
	}
}

static struct module *find(const char *name)
{
	for (size_t i = 0; i < n_modules; i++) {
		if (!strcmp(modules[i].name, name))
			return &modules[i];
	}
	return NULL;
}

/* 0, or errno. */
static int insert_file(const struct module *m, const char *parameters)
{
	char path[1024];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%s", base, m->path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		error = errno;
	if (fd >= 0)
		close(fd);
	return error;
}

/* As modprobe takes them from the kernel's command line: NAME.PARAMETER=VALUE; to free. */
static char *parameters_of(const char *name)
{
	char *cmdline = slurp("/proc/cmdline"), *rest = cmdline, *word;
	char *parameters = calloc(1, cmdline ? strlen(cmdline) + 2 : 1);
	size_t n = strlen(name);

	while (parameters && (word = strsep(&rest, " "))) {
		if (!strncmp(word, name, n) && word[n] == '.') {
			strcat(parameters, word + n + 1);
			strcat(parameters, " ");
		}
	}
	free(cmdline);
	return parameters;
}

static int insert(struct module *m)
{
	char *parameters;
	int error;

	if (m->tried)
		return m->error;
	m->tried = true;
	parameters = parameters_of(m->name);
	overwrite_old_code();
	error = parameters ? insert_file(m, parameters) : ENOMEM;
	free(parameters);
	if (!error)
		record("module %s", m->name);
	m->error = error == EEXIST ? 0 : error;
	return m->error;
}

/* modules.dep lists all dependencies of a module, those to load first at the end. */
static int load(struct module *m)
{
	char *needs = strdup(m->needs), *at;
	int error = needs ? 0 : ENOMEM;

	while (!error && (at = strrchr(needs, ' '))) {
		char *name = name_of(at + 1);
		struct module *needed = name && *name ? find(name) : NULL;

		*at = '\0';
		if (needed)
			error = insert(needed);
		else if (name && *name)
			error = ENOENT;
		free(name);
	}
	free(needs);
	return error ? error : insert(m);
}

/* A driver may find no device, or one in use: the module has not failed. */
static void report(const char *name, int error)
{
	if (error == ENODEV || error == EOPNOTSUPP || error == EBUSY)
		record("refused %s %s", name, strerror(error));
	else if (error)
		record("fail module %s: %s", name, strerror(error));
}

/* modprobe.blacklist=a,b on the command line: aliases and "all" skip these; their names load them. */
static bool is_blacklisted(const char *module)
{
	static const char key[] = "modprobe.blacklist=";
	char *cmdline = slurp("/proc/cmdline"), *rest = cmdline, *word, *name;
	bool is = false;

	while ((word = strsep(&rest, " "))) {
		if (strncmp(word, key, sizeof(key) - 1))
			continue;
		word += sizeof(key) - 1;
		unify(word);
		while ((name = strsep(&word, ",")))
			is |= !strcmp(name, module);
	}
	free(cmdline);
	return is;
}

/* Load all modules with a matching alias; true if one was not loaded before. */
static bool load_alias(char *modalias)
{
	bool loaded = false;

	unify(modalias);
	for (size_t i = 0; i < n_aliases; i++) {
		const char *name = aliases[i].name;
		struct module *m;
		int error;

		if (fnmatch(aliases[i].pattern, modalias, 0) || is_blacklisted(name))
			continue;
		m = find(name);
		if (!m) {
			record("fail module %s has an alias, but is not in modules.dep", name);
			continue;
		}
		if (m->tried)
			continue;
		error = load(m);
		m->tried = true;
		loaded |= !error;
		report(name, error);
	}
	return loaded;
}

static bool plug_bus(const char *bus)
{
	char path[512];
	struct dirent *entry;
	bool loaded = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/%s/devices", bus);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		char *modalias;

		if (entry->d_name[0] == '.')
			continue;
		modalias = slurpf("%s/%s/modalias", path, entry->d_name);
		if (modalias && *modalias)
			loaded |= load_alias(modalias);
		free(modalias);
	}
	if (dir)
		closedir(dir);
	return loaded;
}

static bool plug_all(void)
{
	DIR *dir = opendir("/sys/bus");
	struct dirent *entry;
	bool loaded = false;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			loaded |= plug_bus(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return loaded;
}

/* Built-in modules have names, too: modules.builtin has the path. */
static bool built_in(const char *name)
{
	char *text = slurpf("%s/modules.builtin", base), *rest = text, *line;
	bool found = false;

	while (!found && (line = strsep(&rest, "\n"))) {
		char *its = name_of(line);

		found = its && !strcmp(its, name);
		free(its);
	}
	free(text);
	return found;
}

void load_named(void)
{
	static const char key[] = "keelson.modules=";
	char *cmdline = slurp("/proc/cmdline");
	char *list = cmdline ? strstr(cmdline, key) : NULL;

	if (list) {
		list += sizeof(key) - 1;
		list[strcspn(list, " ")] = '\0';
	}
	if (list && !strcmp(list, "all")) {
		for (size_t i = 0; i < n_modules; i++) {
			if (is_blacklisted(modules[i].name))
				record("refused %s blacklisted", modules[i].name);
			else if (!modules[i].tried)
				report(modules[i].name, load(&modules[i]));
		}
		list = NULL;
	}
	for (char *name = list ? strtok(list, ",") : NULL; name; name = strtok(NULL, ",")) {
		struct module *m;

		unify(name);
		m = find(name);
		if (m)
			report(name, load(m));
		else if (!built_in(name))
			record("fail module %s: neither in modules.dep nor built in", name);
	}
	free(cmdline);
}

static bool read_all(const char *release)
{
	char *dep, *alias;

	snprintf(base, sizeof(base), "/lib/modules/%s", release);
	dep = slurpf("%s/modules.dep", base);
	alias = slurpf("%s/modules.alias", base);
	if (!dep || !alias) {
		record("fail modules %s has no modules.dep and modules.alias", base);
		return false;
	}
	read_dep(dep);
	read_aliases(alias);
	return true;
}

void plug_modules(const char *release)
{
	if (!read_all(release))
		return;
	/* A bus driver adds its devices. */
	while (plug_all())
		;
}

int insert_module(const char *name, const char *parameters)
{
	const struct module *m = find(name);

	overwrite_old_code();
	return m ? insert_file(m, parameters) : ENOENT;
}

int remove_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

void expect_removal(const char *name)
{
	enum { CLOSED = 20 }; /* seconds, and more than a connection takes that cannot report its end */
	int error = remove_module(name);

	for (unsigned int i = 0; i < 10 * slower(CLOSED) && error == EAGAIN; i++) {
		wait_ms(100);
		error = remove_module(name);
	}
	if (error)
		failed("%s cannot be removed: %s", name, strerror(error));
}

int modprobe(const char *release, char *alias)
{
	return read_all(release) && load_alias(alias) ? 0 : 1;
}
