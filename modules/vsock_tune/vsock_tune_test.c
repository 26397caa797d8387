// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of what vsock_tune reckons: limits. */
#include <kunit/test.h>
#include <linux/module.h>

#include "vsock_tune.h"

#define GIB	((u64)SZ_1G)

static void vt_limits(struct kunit *test)
{
	/* The kernel's own, and anything from there to the most. */
	KUNIT_EXPECT_EQ(test, vt_check(0, 0, GIB), 0);
	KUNIT_EXPECT_EQ(test, vt_check(VT_STOCK, 0, GIB), 0);
	KUNIT_EXPECT_EQ(test, vt_check(VT_MAX, 0, GIB), 0);
	KUNIT_EXPECT_EQ(test, vt_check(0, VT_STOCK, GIB), 0);
	KUNIT_EXPECT_EQ(test, vt_check(0, VT_MAX, GIB), 0);

	KUNIT_EXPECT_EQ(test, vt_check(1, 0, GIB), -EINVAL);
	KUNIT_EXPECT_EQ(test, vt_check(VT_STOCK - 1, 0, GIB), -EINVAL);
	KUNIT_EXPECT_EQ(test, vt_check(VT_MAX + 1, 0, GIB), -EINVAL);
	KUNIT_EXPECT_EQ(test, vt_check(UINT_MAX, 0, GIB), -EINVAL);
	KUNIT_EXPECT_EQ(test, vt_check(0, 1, GIB), -EINVAL);
	KUNIT_EXPECT_EQ(test, vt_check(0, VT_STOCK - 1, GIB), -EINVAL);
	KUNIT_EXPECT_EQ(test, vt_check(0, VT_MAX + 1, GIB), -EINVAL);

	/* Of a ceiling that is set, no default is above. */
	KUNIT_EXPECT_EQ(test, vt_check(SZ_1M, SZ_1M, GIB), 0);
	KUNIT_EXPECT_EQ(test, vt_check(SZ_1M + 1, SZ_1M, GIB), -ERANGE);
}

static void vt_memory(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vt_most(0), (u64)VT_STOCK);
	KUNIT_EXPECT_EQ(test, vt_most(SZ_1M), (u64)VT_STOCK);
	KUNIT_EXPECT_EQ(test, vt_most(SZ_128M), (u64)SZ_16M);
	KUNIT_EXPECT_EQ(test, vt_most(SZ_512M), (u64)VT_MAX);
	KUNIT_EXPECT_EQ(test, vt_most(U64_MAX), (u64)VT_MAX);
	KUNIT_EXPECT_EQ(test, vt_check(SZ_16M, 0, SZ_128M), 0);
	KUNIT_EXPECT_EQ(test, vt_check(SZ_16M + 1, 0, SZ_128M), -EINVAL);
}

static struct kunit_case vt_cases[] = {
	KUNIT_CASE(vt_limits),
	KUNIT_CASE(vt_memory),
	{ }
};

static struct kunit_suite vt_suite = {
	.name = "vsock_tune",
	.test_cases = vt_cases,
};

kunit_test_suite(vt_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tests of vsock_tune");
