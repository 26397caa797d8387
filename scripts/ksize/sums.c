// SPDX-License-Identifier: GPL-2.0-only
/* Objects summed up by option, fragment, origin and directory. */
#include <stdlib.h>
#include <string.h>

#include "ksize.h"

static struct sum *sum_in(struct sum_list *l, const char *name, size_t option)
{
	size_t i = map_get(&l->names, name);

	if (i != NONE)
		return &l->sum[i];
	grow(l->sum, l->n, l->room);
	l->sum[l->n] = (struct sum){ .name = name, .option = option };
	map_set(&l->names, name, l->n);
	return &l->sum[l->n++];
}

int64_t sum_total(const struct sum *s)
{
	return sizes_total(&s->vmlinux) + sizes_total(&s->modules);
}

static void add_object(struct sum *to, const struct object *o)
{
	sizes_add(o->module ? &to->modules : &to->vmlinux, &o->size);
	to->objects += !o->made;
}

/* The name of a directory in the sums: its first two levels. */
static const char *directory_of(const char *path)
{
	const char *slash = strchr(path, '/'), *second = slash ? strchr(slash + 1, '/') : NULL;

	if (second)
		slash = second;
	return slash ? intern_bytes(path, (size_t)(slash - path)) : intern("(top)");
}

static void add(struct sums *s, const struct build *b, const struct object *o)
{
	const struct setting *p = o->option == NONE ? NULL : &b->config.option[o->option];

	add_object(&s->total, o);
	if (o->rule == NO_RULE)
		add_object(&s->unruled, o);
	if (!o->module && !o->made) {
		s->object_text += o->size.of[TEXT];
		s->ruled_text += o->rule == NO_RULE ? 0 : o->size.of[TEXT];
	}
	if (!p) {
		add_object(sum_in(&s->core, directory_of(o->path), NONE), o);
		add_object(&s->core_total, o);
		return;
	}
	add_object(sum_in(&s->options, p->name, o->option), o);
	add_object(&s->origins[p->origin], o);
	if (p->origin == ORIGIN_ASKED)
		add_object(sum_in(&s->fragments, p->where, NONE), o);
	else
		add_object(&s->unrequested, o);
}

static int by_size(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;
	int64_t p = sum_total(x), q = sum_total(y);

	return p == q ? strcmp(x->name, y->name) : (p < q) - (p > q);
}

static void sort(struct sum_list *l)
{
	if (l->n)
		qsort(l->sum, l->n, sizeof(*l->sum), by_size);
	map_free(&l->names); /* it names the old places */
}

void sums_make(struct sums *s, const struct build *b)
{
	*s = (struct sums){ .vmlinux = vmlinux_size(b), .remainder = vmlinux_remainder(b) };
	for (size_t i = 0; i < ORIGIN_COUNT; i++)
		s->origins[i].name = origin_names[i];
	for (size_t i = 0; i < b->n; i++)
		add(s, b, &b->object[i]);
	sort(&s->options);
	sort(&s->fragments);
	sort(&s->core);
}

void sums_free(struct sums *s)
{
	free(s->options.sum);
	free(s->fragments.sum);
	free(s->core.sum);
}
