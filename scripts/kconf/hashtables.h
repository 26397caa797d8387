/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before the tree's own sources. Since 6.12 Kconfig keeps each expression once,
 * 140,000 of them, in a table of 2^14 buckets, and spends a third of a parse in their
 * chains. This file makes the tables 16 times as large. It also chooses a bucket by the upper
 * bits of a hash: the hash of a pointer is a product, and its lower bits only depend on the lower
 * bits of the pointer, hence on malloc's alignment. Nothing else changes. The tables are aligned
 * to large pages, so that one takes one page fault instead of 512.
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
