/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that does not answer: of a file system, FUSE, whose server leaves reads unanswered. */
#ifndef HANG_H
#define HANG_H

#include <stddef.h>
#include <sys/types.h>

enum { HANG_BYTES = 4096 };

/*
 * HANG_BYTES that hang each reader, until hang_end(); NULL on a kernel without FUSE.
 * Failing fails the trial. For one at a time.
 */
const char *hang_start(void);
void hang_end(void);

/* A child that sends those bytes on FD, and so owns the socket until hang_end(). */
pid_t hang_sender(int fd, const char *bytes);


#endif
