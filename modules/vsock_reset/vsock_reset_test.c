// SPDX-License-Identifier: GPL-2.0-only
/* KUnit tests of vsock_reset: which transports lead to the host. */
#include <kunit/test.h>
#include <linux/module.h>

#include "vsock_reset.h"

static void vr_cids(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, vr_is_guest(3));
	KUNIT_EXPECT_TRUE(test, vr_is_guest(U32_MAX - 1));
	KUNIT_EXPECT_TRUE(test, vr_is_guest(VMADDR_CID_ANY));
	KUNIT_EXPECT_FALSE(test, vr_is_guest(VMADDR_CID_LOCAL));
	KUNIT_EXPECT_FALSE(test, vr_is_guest(VMADDR_CID_HOST));
}

static struct kunit_case vr_cases[] = {
	KUNIT_CASE(vr_cids),
	{ }
};

static struct kunit_suite vr_suite = {
	.name = "vsock_reset",
	.test_cases = vr_cases,
};

kunit_test_suite(vr_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Tests of vsock_reset");
