// SPDX-License-Identifier: GPL-2.0-only
/*
 * tars [-k TAR] ENTRY...: a tar of made-up headers, on standard output; with -k after the
 * entries of TAR. Entries, in order:
 *
 *   TYPE:NAME[:DATA]     a ustar header of that type, and data
 *   x:KEY=VALUE[,...]    a PAX header; g: a global one
 *   L:NAME, K:NAME       GNU's long name or link name
 *   +OFFSET=TEXT         put TEXT into the header of the entry before; ^ is a NUL
 *   end                  the two blocks of zeros, if anything is to follow them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char head[512];
static char data[1 << 16];
static size_t size;
static int pending;

static void put(const void *p, size_t n)
{
	static const char zeros[512];

	if (fwrite(p, 1, n, stdout) != n || fwrite(zeros, 1, -n & 511, stdout) != (-n & 511))
		exit(2);
}

static void flush(void)
{
	unsigned sum = 0;

	if (!pending)
		return;
	memset(head + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += head[i];
	snprintf((char *)head + 148, 8, "%06o", sum);
	put(head, sizeof(head));
	put(data, size);
	pending = 0;
}

static void start(char type, const char *name, size_t n)
{
	flush();
	memset(head, 0, sizeof(head));
	strncpy((char *)head, name, 100);
	strcpy((char *)head + 100, "0000644");
	strcpy((char *)head + 108, "0000000");
	strcpy((char *)head + 116, "0000000");
	snprintf((char *)head + 124, 12, "%011zo", n);
	strcpy((char *)head + 136, "14524770400");
	head[156] = (unsigned char)type;
	memcpy(head + 257, "ustar\00000", 8);
	size = n;
	pending = 1;
}

/* LENGTH KEY=VALUE\n, and the length counts itself. */
static void record(const char *text)
{
	size_t len = strlen(text) + 3;
	char number[32];

	while (snprintf(number, sizeof(number), "%zu", len) + strlen(text) + 2 != len)
		len++;
	size += (size_t)sprintf(data + size, "%zu %s\n", len, text);
}

static void extension(char type, char *value)
{
	flush();
	size = 0;
	if (type == 'x' || type == 'g')
		for (char *p = strtok(value, ","); p; p = strtok(NULL, ","))
			record(p);
	else
		size = (size_t)sprintf(data, "%s", value) + 1;
	start(type, type == 'x' || type == 'g' ? "PaxHeaders/x" : "././@LongLink", size);
}

static void patch(char *arg)
{
	char *value = strchr(arg, '=');
	size_t at = strtoul(arg, NULL, 10);

	while (value && *++value && at < sizeof(head))
		head[at++] = *value == '^' ? 0 : (unsigned char)*value;
}

static void entry(char *arg)
{
	char *name = arg + 2, *text;

	if (strchr("xgLK", arg[0])) {
		extension(arg[0], name);
		return;
	}
	text = strchr(name, ':');
	if (text)
		*text++ = '\0';
	start(arg[0], name, text ? strlen(text) : 0);
	if (text)
		strcpy(data, text);
	if (strchr("12", arg[0])) {
		strncpy((char *)head + 157, text ? text : "", 100);
		strcpy((char *)head + 124, "00000000000");
		size = 0;
	}
}

/* The entries of a tar, without its end. */
static void keep(const char *path)
{
	static unsigned char all[1 << 20];
	FILE *in = fopen(path, "r");
	size_t n = in ? fread(all, 1, sizeof(all), in) : 0;

	while (n && !all[n - 1])
		n--;
	put(all, n);
	if (in)
		fclose(in);
}

int main(int argc, char **argv)
{
	static const char zeros[1024];
	int i = 1;

	if (argc > 2 && !strcmp(argv[1], "-k")) {
		keep(argv[2]);
		i = 3;
	}
	for (; i < argc; i++) {
		if (argv[i][0] == '+') {
			patch(argv[i] + 1);
		} else if (!strcmp(argv[i], "end")) {
			flush();
			put(zeros, sizeof(zeros));
		} else if (argv[i][0] && argv[i][1] == ':') {
			entry(argv[i]);
		} else {
			return 2;
		}
	}
	flush();
	put(zeros, sizeof(zeros));
	return fflush(stdout) != 0;
}
