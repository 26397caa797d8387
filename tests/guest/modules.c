// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cold-plug, as udev and modprobe do it: what depmod wrote is all that it goes by, so
 * a wrong modules.dep or modules.alias shows here.
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

enum { MAX_MODULES = 2048 };

static struct module {
	char *name, *path, *needs;
	bool tried;
	int error;
} modules[MAX_MODULES];
static size_t n_modules;

static char base[512];

/* modprobe takes - and _ for the same, but not inside of [a-z]. */
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

/* Lines like "PATH: PATH PATH". */
static void read_dep(char *text)
{
	char *line, *next;

	for (line = text; line && *line && n_modules < MAX_MODULES; line = next) {
		struct module *m = &modules[n_modules];
		char *colon;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		m->path = line;
		m->needs = colon + 1;
		m->name = name_of(line);
		if (m->name)
			n_modules++;
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

static int insert(struct module *m)
{
	char path[1024];
	int fd, error = 0;

	if (m->tried)
		return m->error;
	m->tried = true;
	snprintf(path, sizeof(path), "%s/%s", base, m->path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		error = errno;
	if (fd >= 0)
		close(fd);
	if (!error)
		record("module %s", m->name);
	m->error = error == EEXIST ? 0 : error;
	return m->error;
}

/* modules.dep names all that a module needs, whatever comes first at the end. */
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

/* Load all whose alias matches; true if something came in that was not there before. */
static bool load_alias(const char *aliases, const char *modalias)
{
	char pattern[1024], name[256], wanted[1024];
	const char *line = aliases;
	bool loaded = false;

	snprintf(wanted, sizeof(wanted), "%s", modalias);
	unify(wanted);
	for (; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		struct module *m;
		int error;

		if (sscanf(line, "alias %1023s %255s", pattern, name) != 2)
			continue;
		unify(pattern);
		unify(name);
		if (fnmatch(pattern, wanted, 0))
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
		/* Many devices of a kind answer to one name, and a driver may want none. */
		if (error == ENODEV)
			record("refused %s %s", name, strerror(error));
		else if (error)
			record("fail module %s: %s", name, strerror(error));
	}
	return loaded;
}

static bool plug_bus(const char *aliases, const char *bus)
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
			loaded |= load_alias(aliases, modalias);
		free(modalias);
	}
	if (dir)
		closedir(dir);
	return loaded;
}

static bool plug_all(const char *aliases)
{
	DIR *dir = opendir("/sys/bus");
	struct dirent *entry;
	bool loaded = false;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			loaded |= plug_bus(aliases, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return loaded;
}

/* What is built in is there by name, too: modules.builtin has its path. */
static bool built_in(const char *builtin, const char *name)
{
	const char *line = builtin;

	for (; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		char path[512], *its;
		bool same;

		if (sscanf(line, "%511s", path) != 1)
			continue;
		its = name_of(path);
		same = its && !strcmp(its, name);
		free(its);
		if (same)
			return true;
	}
	return false;
}

/* keelson.modules=a,b,c on the command line, each as `modprobe a`. */
static void load_named(const char *builtin)
{
	static const char key[] = "keelson.modules=";
	char *cmdline = slurp("/proc/cmdline");
	char *list = cmdline ? strstr(cmdline, key) : NULL;

	if (list) {
		list += sizeof(key) - 1;
		list[strcspn(list, " ")] = '\0';
		for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
			struct module *m;
			int error;

			unify(name);
			m = find(name);
			error = m ? load(m) : ENOENT;
			if (error && !(!m && built_in(builtin, name)))
				record("fail module %s: %s", name,
				       m ? strerror(error) : "neither in modules.dep nor built in");
		}
	}
	free(cmdline);
}

void load_modules(const char *release)
{
	char *dep, *aliases, *builtin;

	snprintf(base, sizeof(base), "/lib/modules/%s", release);
	dep = slurpf("%s/modules.dep", base);
	aliases = slurpf("%s/modules.alias", base);
	builtin = slurpf("%s/modules.builtin", base);
	if (!dep || !aliases) {
		record("fail modules %s has no modules.dep and modules.alias", base);
	} else {
		read_dep(dep);
		/* A bus driver brings devices of its own. */
		while (plug_all(aliases))
			;
		load_named(builtin);
	}
	/* modules[] points into dep for as long as the guest runs. */
	free(aliases);
	free(builtin);
}
