/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included ahead of the tree's own sources. Since 6.12 Kconfig keeps each expression once,
 * 140,000 of them, in a table of 2^14 buckets, and spends a third of a parse in their
 * chains. Here its tables are 16 times that; nothing else changes.
 */
#if __has_include(<hashtable.h>)
#include <hashtable.h>
#undef HASHTABLE_DECLARE
#undef HASHTABLE_DEFINE
#define HASHTABLE_DECLARE(name, size) struct hlist_head name[16 * (size)]
#define HASHTABLE_DEFINE(name, size) HASHTABLE_DECLARE(name, size)
#endif
