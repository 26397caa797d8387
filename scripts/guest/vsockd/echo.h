// SPDX-License-Identifier: GPL-2.0-only
/*
 * The echo service: bytes go back in order. Those that can't go back yet stay here, and the
 * room that is left is all the credit that the guest gets.
 */
#ifndef ECHO_H
#define ECHO_H

#include <stddef.h>
#include <stdint.h>

#define ECHO_PORT 7
#define ECHO_ROOM (256u << 10) /* bytes; and the most: */
#define ECHO_ROOM_MAX (8u << 20)

struct echo;

/* With room for @size bytes (not 0); NULL without memory. */
struct echo *echo_new(size_t size);
void echo_free(struct echo *e);

/* Bytes that it has room for when it is empty; that are to go back; and that there is room for. */
size_t echo_size(const struct echo *e);
size_t echo_waiting(const struct echo *e);
size_t echo_room(const struct echo *e);
/* Takes @len bytes, for which there must be room. */
void echo_put(struct echo *e, const uint8_t *from, size_t len);
/* Gives up to @max bytes, and says how many. */
size_t echo_get(struct echo *e, uint8_t *to, size_t max);

#endif
