// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "msg.h"
#include "memory.h"

static bool in_file(int fd, uint64_t end)
{
	struct stat st;

	/* A page beyond the end of the file can be mapped, but an access to it kills the process. */
	return !fstat(fd, &st) && st.st_size >= 0 && end <= (uint64_t)st.st_size;
}

bool memory_add(struct memory *m, uint64_t guest, uint64_t user, uint64_t size, uint64_t offset,
		int fd)
{
	struct region *r = &m->regions[m->count];
	uint64_t end;

	if (m->count == MEMORY_REGIONS || !size || guest + size < guest || user + size < user ||
	    __builtin_add_overflow(offset, size, &end) || end > SIZE_MAX || !in_file(fd, end)) {
		say("memory region at %#" PRIx64 ", %" PRIu64
		    " bytes: is not in its file [bad-memory]; the front end must share it as a whole",
		    guest, size);
		return false;
	}
	/* From the file's start: with huge pages, an offset need not be a page's. */
	r->map_size = (size_t)end;
	r->map = mmap(NULL, r->map_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (r->map == MAP_FAILED) {
		say("memory region at %#" PRIx64 ": cannot be mapped [bad-memory]: %s", guest,
		    strerror(errno));
		return false;
	}
	r->guest = guest;
	r->user = user;
	r->size = size;
	r->host = (uint8_t *)r->map + offset;
	m->count++;
	return true;
}

void memory_clear(struct memory *m)
{
	while (m->count) {
		struct region *r = &m->regions[--m->count];

		munmap(r->map, r->map_size);
	}
}

uint8_t *memory_at(const struct memory *m, uint64_t addr, size_t *len)
{
	for (const struct region *r = m->regions; r < m->regions + m->count; r++) {
		/* An address below the region's wraps to one beyond its size. */
		uint64_t offset = addr - r->guest;

		if (offset >= r->size)
			continue;
		if (*len > r->size - offset)
			*len = (size_t)(r->size - offset);
		return r->host + offset;
	}
	return NULL;
}

bool memory_read(const struct memory *m, uint64_t addr, void *to, size_t len)
{
	uint8_t *at = to;

	while (len) {
		size_t piece = len;
		const uint8_t *from = memory_at(m, addr, &piece);

		if (!from)
			return false;
		memcpy(at, from, piece);
		at += piece;
		addr += piece;
		len -= piece;
	}
	return true;
}

void *memory_at_user(const struct memory *m, uint64_t addr, size_t len)
{
	for (const struct region *r = m->regions; r < m->regions + m->count; r++) {
		uint64_t offset = addr - r->user;

		if (offset < r->size && len <= r->size - offset)
			return r->host + offset;
	}
	return NULL;
}
