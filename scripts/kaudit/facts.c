// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "file.h"
#include "kaudit.h"

const char *const arch_names[ARCHS] = { "arm64", "riscv64", "s390x", "x86_64" };

int arch_find(const char *arch)
{
	for (int i = 0; i < ARCHS; i++)
		if (!strcmp(arch_names[i], arch))
			return i;
	return -1;
}

int release_order(const char *a, const char *b)
{
	while (*a && *b) {
		char *a_end, *b_end;
		unsigned long na = strtoul(a, &a_end, 10), nb = strtoul(b, &b_end, 10);

		if (na != nb)
			return na < nb ? -1 : 1;
		a = a_end + (*a_end == '.');
		b = b_end + (*b_end == '.');
		if (a == a_end || b == b_end)
			break;
	}
	return 0;
}

bool is_release(const char *text)
{
	int dots = 0;

	for (const char *c = text; *c; c++) {
		if (*c == '.' && c > text && c[-1] != '.' && c[1])
			dots++;
		else if (!isdigit((unsigned char)*c))
			return false;
	}
	return dots == 1 || dots == 2;
}

const char *facts_get(const struct facts *f, enum subject subject, const char *name)
{
	const struct fact *fact = f->fact[subject];

	for (size_t i = f->n[subject]; i--;)
		if (!strcmp(fact[i].name, name))
			return subject == OPTION && !strcmp(fact[i].value, "n") ? NULL :
										  fact[i].value;
	return NULL;
}

void facts_set(struct facts *f, enum subject subject, const char *name, const char *value)
{
	grow(f->fact[subject], f->n[subject], f->room[subject]);
	f->fact[subject][f->n[subject]++] = (struct fact){ mem_strdup(name), mem_strdup(value) };
}

/* Undo the quoting of a string, in place; what follows it is cut. */
static char *unquoted(char *value)
{
	char *out = value, *in = value;

	if (*in != '"') {
		value[strcspn(value, " \t\r")] = '\0';
		return value;
	}
	for (in++; *in && *in != '"'; in++) {
		if (*in == '\\' && in[1])
			in++;
		*out++ = *in;
	}
	*out = '\0';
	return value;
}

/* "# Linux/x86 6.12.107 Kernel Configuration", as Kconfig writes it. */
static void header(struct facts *f, const char *line)
{
	const char *release = line + strcspn(line, " ");
	size_t len;

	release += strspn(release, " ");
	len = strspn(release, "0123456789.");
	free(f->release);
	f->release = mem_strndup(release, len);
	if (!is_release(f->release)) {
		free(f->release);
		f->release = NULL;
	}
}

static void one_line(struct facts *f, char *line)
{
	char *name, *value;

	line[strcspn(line, "\r")] = '\0';
	if (config_line(line, &name, &value))
		facts_set(f, OPTION, name, unquoted(value));
	else if (!f->release && !strncmp(line, "# Linux/", 8))
		header(f, line + 8);
}

bool facts_read(struct facts *f, const char *path)
{
	struct buffer b = { 0 };
	const char *why = file_read(path, KERNEL_MAX, &b);
	char *rest, *line;

	why = why ? why : unpack_config(&b);
	if (why) {
		complain(path, 0, "%s%s", why, strchr(why, '[') ? "" : " [unreadable]");
		buffer_free(&b);
		return false;
	}
	for (rest = b.text; rest && (line = strsep(&rest, "\n"));)
		one_line(f, line);
	buffer_free(&b);
	f->known[OPTION] = true;
	f->where = mem_strdup(path);
	if (f->n[OPTION])
		return true;
	complain(path, 0,
		 "has no option [no-option]: expected a .config, packed by gzip or not, or a "
		 "kernel file with CONFIG_IKCONFIG");
	return false;
}

void facts_cmdline(struct facts *f, const char *words)
{
	char *copy = mem_strdup(words), *rest = copy, *word, *equals;

	f->known[CMDLINE] = f->known[SYSCTL] = true;
	while ((word = strsep(&rest, " \t\n"))) {
		equals = strchr(word, '=');
		if (equals)
			*equals++ = '\0';
		if (*word)
			facts_set(f, CMDLINE, word, equals ? equals : "");
		if (!strncmp(word, "sysctl.", 7) && equals)
			facts_set(f, SYSCTL, word + 7, equals);
	}
	free(copy);
}

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t\r", s[len - 1]))
		s[--len] = '\0';
	return s;
}

bool facts_sysctls(struct facts *f, const char *path)
{
	struct buffer b = { 0 };
	const char *why = file_read(path, POLICY_MAX, &b);
	char *rest, *line, *equals;
	int n = 0;

	if (why)
		complain(path, 0, "%s [unreadable]", why);
	for (rest = b.text; !why && rest && (line = strsep(&rest, "\n"));) {
		n++;
		line = trim(line);
		equals = strchr(line, '=');
		if (!*line || *line == '#' || *line == ';')
			continue;
		if (equals) {
			*equals++ = '\0';
			facts_set(f, SYSCTL, trim(line), trim(equals));
			continue;
		}
		complain(path, n, "'%s' is not NAME = VALUE [bad-line]", line);
		why = "";
	}
	buffer_free(&b);
	f->known[SYSCTL] = true;
	return !why;
}

static const char *arch_of(const struct facts *f)
{
	static const char *const marks[ARCHS][2] = {
		{ "ARM64", "arm64" },
		{ "S390", "s390x" },
		{ "X86_64", "x86_64" },
		{ "RISCV", "riscv64" },
	};

	for (size_t i = 0; i < ARCHS; i++)
		if (facts_get(f, OPTION, marks[i][0]) &&
		    (strcmp(marks[i][0], "RISCV") || facts_get(f, OPTION, "64BIT")))
			return marks[i][1];
	return NULL;
}

bool facts_settle(struct facts *f, const char *arch, const char *release)
{
	const char *found = arch_of(f);

	if (!found && !arch) {
		complain(f->where, 0,
			 "is of no known architecture [unknown-arch]: expected "
			 "CONFIG_ARM64, CONFIG_RISCV with CONFIG_64BIT, CONFIG_S390 or "
			 "CONFIG_X86_64");
		return false;
	}
	if (arch && (!found || strcmp(found, arch))) {
		complain(f->where, 0,
			 "is of another architecture [other-arch]: expected %s, got %s", arch,
			 found ? found : "an unknown one");
		return false;
	}
	f->arch = mem_strdup(found);
	if (release) {
		free(f->release);
		f->release = mem_strdup(release);
	}
	if (f->release && is_release(f->release))
		return true;
	complain(f->where, 0,
		 "has no line '# Linux/ARCH RELEASE Kernel Configuration' [no-release]: "
		 "give the kernel's release with --release");
	return false;
}

void facts_free(struct facts *f)
{
	for (int s = 0; s < SUBJECTS; s++) {
		for (size_t i = 0; i < f->n[s]; i++) {
			free(f->fact[s][i].name);
			free(f->fact[s][i].value);
		}
		free(f->fact[s]);
	}
	free(f->where);
	free(f->arch);
	free(f->release);
	*f = (struct facts){ 0 };
}
