// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what virtio_vqmon reckons: places in its histogram. */
#include <kunit/test.h>
#include <linux/module.h>

#include "virtio_vqmon.h"

static void vqmon_buckets(struct kunit *test)
{
	/* The largest queue that VIRTIO has, and ones of no power of two. */
	static const unsigned int sizes[] = { 1, 2, 3, 7, 8, 100, 256, 1024, 32768 };
	unsigned int i, used;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_EQ(test, vqmon_bucket(0, sizes[i]), 0u);
		KUNIT_EXPECT_EQ(test, vqmon_bucket(sizes[i], sizes[i]), VQMON_BUCKETS - 1u);
		/* The last is for full queues alone. */
		for (used = 0; used < sizes[i]; used++)
			KUNIT_EXPECT_LT(test, vqmon_bucket(used, sizes[i]), VQMON_BUCKETS - 1u);
	}
	KUNIT_EXPECT_EQ(test, vqmon_bucket(31, 256), 0u);
	KUNIT_EXPECT_EQ(test, vqmon_bucket(32, 256), 1u);
	KUNIT_EXPECT_EQ(test, vqmon_bucket(255, 256), 7u);
}

static struct kunit_case vqmon_cases[] = {
	KUNIT_CASE(vqmon_buckets),
	{ }
};

static struct kunit_suite vqmon_suite = {
	.name = "virtio_vqmon",
	.test_cases = vqmon_cases,
};

kunit_test_suite(vqmon_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tests of virtio_vqmon");
