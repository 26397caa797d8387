// SPDX-License-Identifier: GPL-2.0-only
/* kernel.json: the facts about an image. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

static const struct {
	const char *name;
	bool needed, hash;
} keys[] = {
	{ "release", true, false },	 { "version", true, false },
	{ "series", true, false },	 { "arch", true, false },
	{ "board", true, false },	 { "flavour", false, false },
	{ "toolchain", true, false },	 { "source_file", true, false },
	{ "source_sha256", true, true }, { "source_origin", false, false },
	{ "rebuild", true, false },	 { "signer", false, false },
};

/* Inputs of the build: lines KEY NAME SHA256 become members of the array LIST. */
static const struct {
	const char *key, *list;
} inputs[] = {
	{ "patch", "patches" },
	{ "fragment", "fragments" },
	{ "module_source", "module_sources" },
	{ "tool", "tools" },
};

static const char *add_input(json_t *about, const char *list, char *value)
{
	char *space = strrchr(value, ' ');
	json_t *input;

	if (!space || space == value || !is_hex64(space + 1))
		return "the value is not a name and a SHA-256";
	*space = '\0';
	input = json_pack("{s:s, s:s}", "name", value, "sha256", space + 1);
	if (!json_object_get(about, list))
		json_object_set_new(about, list, json_array());
	return !input || json_array_append_new(json_object_get(about, list), input) ?
		       "the name is not UTF-8" :
		       NULL;
}

static bool is_input(const json_t *one)
{
	return *json_member(one, "name") && is_hex64(json_member(one, "sha256"));
}

/* Each list of inputs that ABOUT has must be one; the wrong one, or NULL. */
static const char *inputs_wrong(const json_t *about)
{
	const json_t *list, *one;
	size_t k;

	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		list = json_object_get(about, inputs[i].list);
		if (list && !json_is_array(list))
			return inputs[i].list;
		json_array_foreach(list, k, one)
			if (!is_input(one))
				return inputs[i].list;
	}
	return NULL;
}

/* Take the next word off *S, or a NAME="string" with blanks in it; NULL at the end. */
static char *take_word(char **s)
{
	char *start = *s, *end = start + strcspn(start, " \"");

	if (*end == '"') {
		for (end++; *end && *end != '"'; end++)
			end += *end == '\\' && end[1];
		end += strcspn(end, " ");
	}
	*s = end + (*end != '\0');
	*end = '\0';
	return *start ? start : NULL;
}

/* exception KIND CONFIG_NAME=VALUE FILE:LINE until=RELEASE OWNER REASON, as kconf writes it */
static const char *add_exception(json_t *about, char *value)
{
	static const char wanted[] = "'exception' needs override or waiver, CONFIG_NAME=VALUE, "
				     "FILE:LINE, until=RELEASE, an owner and a reason [bad-exception]";
	char *kind = take_word(&value), *option = take_word(&value), *at = take_word(&value);
	char *until = take_word(&value), *owner = take_word(&value);
	json_t *list, *one;

	if (!owner || !*value || (strcmp(kind, "override") && strcmp(kind, "waiver")) ||
	    strncmp(option, "CONFIG_", 7) || !strchr(option, '=') || !strchr(at, ':') ||
	    strncmp(until, "until=", 6) || !until[6])
		return wanted;
	list = json_object_get(about, "exceptions");
	one = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "kind", kind, "option", option, "at", at,
			"until", until + 6, "owner", owner, "reason", value);
	return !one || json_array_append_new(list, one) ? "a word is not UTF-8 [bad-exception]" : NULL;
}

static const char *add_key(json_t *about, const char *key, char *value)
{
	json_t *string;

	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++)
		if (!strcmp(key, inputs[i].key))
			return add_input(about, inputs[i].list, value);
	if (!strcmp(key, "exception"))
		return add_exception(about, value);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(key, keys[i].name))
			continue;
		if (json_object_get(about, key))
			return "the key occurs twice";
		if (!*value)
			return "the key has no value";
		if (keys[i].hash && !is_hex64(value))
			return "the value is not a SHA-256 of 64 hex digits";
		string = json_string(value);
		return !string || json_object_set_new(about, key, string) ?
			       "the value is not UTF-8" :
			       NULL;
	}
	return "the key is unknown; 'man kimage' lists them";
}

static void trim(char *line)
{
	size_t len = strlen(line);

	while (len && (line[len - 1] == '\n' || line[len - 1] == ' '))
		line[--len] = '\0';
}

static void complain_line(const char *path, int number, const char *key, const char *wrong)
{
	char *where = mem_printf("%s:%d", path, number);

	complain(where, 0, "%s: %s [meta]", key, wrong);
	free(where);
}

static bool read_lines(FILE *in, const char *path, json_t *about)
{
	const char *wrong = NULL;
	char *line = NULL;
	size_t room = 0;
	int number = 0;

	while (!wrong && getline(&line, &room, in) >= 0) {
		size_t len;

		number++;
		trim(line);
		len = strcspn(line, " ");
		if (!*line || *line == '#')
			continue;
		if (line[len])
			line[len++] = '\0';
		wrong = add_key(about, line, line + len);
		if (wrong)
			complain_line(path, number, line, wrong);
	}
	if (ferror(in)) {
		complain(path, 0, "%s [input]", strerror(errno));
		wrong = "";
	}
	free(line);
	return !wrong;
}

json_t *about_read(const char *path)
{
	json_t *about = json_pack("{s:[], s:[], s:[]}", "patches", "exceptions", "modules");
	FILE *in = fopen(path, "re");
	bool ok = false;

	if (!in)
		complain(path, 0, "%s [input]", strerror(errno));
	else
		ok = read_lines(in, path, about);
	for (size_t i = 0; ok && i < ARRAY_SIZE(keys); i++) {
		ok = !keys[i].needed || json_object_get(about, keys[i].name);
		if (!ok)
			complain(path, 0, "lacks the key '%s' [meta]", keys[i].name);
	}
	if (in)
		fclose(in);
	if (ok)
		return about;
	json_decref(about);
	return NULL;
}

json_t *about_module(const char *path, const struct bytes *b)
{
	size_t bare = module_unsigned_size(b);
	char whole_hash[DIGEST_SIZE], bare_hash[DIGEST_SIZE];
	const char *version = module_info(b, "version");
	json_t *fact;

	sha_of(b->data, b->size, whole_hash);
	if (bare == b->size)
		strcpy(bare_hash, whole_hash);
	else
		sha_of(b->data, bare, bare_hash);
	fact = json_pack("{s:s, s:s, s:s, s:I, s:b}", "path", path, "sha256", whole_hash + 7,
			 "unsigned_sha256", bare_hash + 7, "size", (json_int_t)b->size, "signed",
			 bare != b->size);
	/* A version that isn't UTF-8 can't be recorded. */
	if (fact && version)
		json_object_set_new(fact, "version", json_string(version));
	return fact;
}

/* A path below a tree, clean. */
static bool is_source(const char *p, size_t len)
{
	size_t part;

	if (!len || len >= MAX_TAR_NAME)
		return false;
	for (size_t at = 0; at <= len; at += part + 1) {
		for (part = 0; at + part < len && p[at + part] != '/'; part++)
			if ((unsigned char)p[at + part] <= ' ' || p[at + part] == 0x7f)
				return false;
		if (!part || (part <= 2 && !strncmp(p + at, "..", part)))
			return false;
	}
	return true;
}

/* By bytes, as sort does in the C locale. */
static int compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

const char *sources_wrong(const struct bytes *b)
{
	const char *p = (const char *)b->data, *end = p + b->size, *previous = NULL;
	size_t previous_len = 0;

	if (!b->size)
		return "is empty";
	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t len = eol ? (size_t)(eol - p) : 0;

		if (!eol)
			return "has no end of line at its end";
		if (!is_source(p, len))
			return "has a line that is not the clean path of a file";
		if (previous && compare(previous, previous_len, p, len) >= 0)
			return "is not sorted, or has a line twice";
		previous = p;
		previous_len = len;
		p = eol + 1;
	}
	return NULL;
}

const char *about_lacks(const json_t *about)
{
	static const char *const computed[] = { "kernel_sha256", "config_sha256" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].needed && !*json_member(about, keys[i].name))
			return keys[i].name;
	for (size_t i = 0; i < ARRAY_SIZE(computed); i++)
		if (!*json_member(about, computed[i]))
			return computed[i];
	if (!json_is_array(json_object_get(about, "modules")))
		return "modules";
	return json_is_array(json_object_get(about, "patches")) ? inputs_wrong(about) : "patches";
}
