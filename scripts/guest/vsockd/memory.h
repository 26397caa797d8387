// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's memory, as the front end shares it. What lies in it is the guest's, and may
 * change at any time: read everything once, then check it, then use it.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many as the vhost-user protocol has in one message. */
#define MEMORY_REGIONS 8

struct region {
	uint64_t guest; /* physical address, which descriptors hold */
	uint64_t user; /* the front end's address, as in its messages about rings */
	uint64_t size;
	uint8_t *host;
	void *map;
	size_t map_size;
};

struct memory {
	struct region regions[MEMORY_REGIONS];
	unsigned int count;
};

/* Maps @size bytes at @offset of @fd; false after a message. */
bool memory_add(struct memory *m, uint64_t guest, uint64_t user, uint64_t size, uint64_t offset,
		int fd);
void memory_clear(struct memory *m);

/* The memory at guest address @addr, or NULL; *@len shrinks to the part in one piece. */
uint8_t *memory_at(const struct memory *m, uint64_t addr, size_t *len);
bool memory_read(const struct memory *m, uint64_t addr, void *to, size_t len);

/* @len bytes at address @addr of the front end, or NULL. */
void *memory_at_user(const struct memory *m, uint64_t addr, size_t len);

#endif
