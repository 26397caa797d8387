// SPDX-License-Identifier: GPL-2.0-only
/* The back end of the vhost-user protocol (QEMU, docs/interop/vhost-user.rst). */
#ifndef VHOST_USER_H
#define VHOST_USER_H

#include "device.h"

/* Serves the front end at @fd until it hangs up; false after a message if it broke the protocol. */
bool vhost_user_serve(int fd, struct device *d);

#endif
