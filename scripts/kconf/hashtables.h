/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included ahead of the tree's own sources. Since 6.12 Kconfig keeps each expression once,
 * 140,000 of them, in a table of 2^14 buckets, and spends a third of a parse in their
 * chains. Here its tables are 16 times that. And a bucket is chosen by the upper bits of a
 * hash: the hash of a pointer is a product, whose lower bits are those of the pointer, that
 * is, of where malloc puts things. Nothing else changes. Aligned as large pages are, a table
 * takes one fault, not 512.
 */
#if __has_include(<hashtable.h>)
#include <hashtable.h>
#undef HASHTABLE_DECLARE
#undef HASHTABLE_DEFINE
#define HASHTABLE_DECLARE(name, size) \
	struct hlist_head name[16 * (size)] __attribute__((aligned((size) < 1 << 14 ? 64 : 2 << 20)))
#define HASHTABLE_DEFINE(name, size) HASHTABLE_DECLARE(name, size)
#ifdef hash_head
#undef hash_head
#define hash_head(table, key) (&(table)[(unsigned int)(key) >> (__builtin_clz(HASH_SIZE(table)) + 1)])
#endif
#endif
