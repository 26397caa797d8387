// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parallel gzip. The caller fills a ring of slots in order, workers compress them in
 * any order, and the caller writes them out in order when it needs their slots again.
 * Memory is bounded by the ring.
 */
#include <archive.h>
#include <libdeflate.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kimage.h"

enum { CHUNK = 1 << 20, MAX_THREADS = 64 };

enum slot_state { EMPTY, FULL, PACKED, BROKEN };

struct slot {
	enum slot_state state;
	size_t plain_size, packed_size;
	unsigned char *plain, *packed;
};

struct gzip {
	FILE *out;
	int level;
	unsigned n_threads, n_slots;
	struct slot *slot;
	unsigned fill, flush;	/* slots being filled, and to be written next */
	unsigned take;		/* slot to be compressed next */
	bool closing, failed;
	size_t bound;
	EVP_MD_CTX *plain, *packed;
	uint64_t packed_size;
	pthread_mutex_t lock;
	pthread_cond_t filled, done;
	pthread_t thread[MAX_THREADS];
};

static void *worker(void *arg)
{
	struct gzip *z = arg;
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(z->level);

	pthread_mutex_lock(&z->lock);
	for (;;) {
		struct slot *s = &z->slot[z->take % z->n_slots];

		if (s->state != FULL || z->take == z->fill) {
			if (z->closing)
				break;
			pthread_cond_wait(&z->filled, &z->lock);
			continue;
		}
		z->take++;
		pthread_mutex_unlock(&z->lock);
		s->packed_size = c ? libdeflate_gzip_compress(c, s->plain, s->plain_size,
							      s->packed, z->bound)
				   : 0;
		pthread_mutex_lock(&z->lock);
		s->state = s->packed_size ? PACKED : BROKEN;
		pthread_cond_broadcast(&z->done);
	}
	pthread_mutex_unlock(&z->lock);
	libdeflate_free_compressor(c);
	return NULL;
}

struct gzip *gzip_open(FILE *out, unsigned threads, int level)
{
	struct gzip *z = xmalloc(sizeof(*z));
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);

	z->out = out;
	z->level = level;
	z->bound = libdeflate_gzip_compress_bound(c, CHUNK);
	libdeflate_free_compressor(c);
	z->n_slots = 2 * (threads < MAX_THREADS ? threads : MAX_THREADS);
	z->slot = xmalloc(z->n_slots * sizeof(*z->slot));
	for (unsigned i = 0; i < z->n_slots; i++) {
		z->slot[i].plain = xmalloc(CHUNK);
		z->slot[i].packed = xmalloc(z->bound);
	}
	z->plain = EVP_MD_CTX_new();
	z->packed = EVP_MD_CTX_new();
	EVP_DigestInit_ex(z->plain, EVP_sha256(), NULL);
	EVP_DigestInit_ex(z->packed, EVP_sha256(), NULL);
	pthread_mutex_init(&z->lock, NULL);
	pthread_cond_init(&z->filled, NULL);
	pthread_cond_init(&z->done, NULL);
	while (z->n_threads < z->n_slots / 2 &&
	       !pthread_create(&z->thread[z->n_threads], NULL, worker, z))
		z->n_threads++;
	z->failed = !z->n_threads;
	return z;
}

/* Wait for the oldest slot in use, and write it. */
static void flush_one(struct gzip *z)
{
	struct slot *s = &z->slot[z->flush++ % z->n_slots];

	pthread_mutex_lock(&z->lock);
	while (s->state == FULL && z->n_threads)
		pthread_cond_wait(&z->done, &z->lock);
	pthread_mutex_unlock(&z->lock);
	if (s->state != PACKED || fwrite(s->packed, 1, s->packed_size, z->out) != s->packed_size)
		z->failed = true;
	else
		EVP_DigestUpdate(z->packed, s->packed, s->packed_size);
	z->packed_size += s->packed_size;
	s->state = EMPTY;
	s->plain_size = 0;
}

static void hand_over(struct gzip *z)
{
	struct slot *s = &z->slot[z->fill % z->n_slots];

	if (!s->plain_size)
		return;
	EVP_DigestUpdate(z->plain, s->plain, s->plain_size);
	pthread_mutex_lock(&z->lock);
	s->state = FULL;
	z->fill++;
	pthread_cond_signal(&z->filled);
	pthread_mutex_unlock(&z->lock);
}

bool gzip_write(struct gzip *z, const void *data, size_t size)
{
	const unsigned char *p = data;

	while (size && !z->failed) {
		struct slot *s;
		size_t n;

		while (z->fill - z->flush == z->n_slots)
			flush_one(z);
		s = &z->slot[z->fill % z->n_slots];
		n = CHUNK - s->plain_size;
		if (n > size)
			n = size;
		memcpy(s->plain + s->plain_size, p, n);
		s->plain_size += n;
		p += n;
		size -= n;
		if (s->plain_size == CHUNK)
			hand_over(z);
	}
	return !z->failed;
}

static void finish(EVP_MD_CTX *ctx, char digest[DIGEST_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE];

	EVP_DigestFinal_ex(ctx, md, NULL);
	EVP_MD_CTX_free(ctx);
	strcpy(digest, "sha256:");
	for (int i = 0; i < 32; i++)
		sprintf(digest + 7 + 2 * i, "%02x", md[i]);
}

bool gzip_close(struct gzip *z, char plain[DIGEST_SIZE], char packed[DIGEST_SIZE],
		uint64_t *packed_size)
{
	bool ok;

	if (z->fill - z->flush < z->n_slots)
		hand_over(z);
	while (z->flush != z->fill)
		flush_one(z);
	pthread_mutex_lock(&z->lock);
	z->closing = true;
	pthread_cond_broadcast(&z->filled);
	pthread_mutex_unlock(&z->lock);
	for (unsigned i = 0; i < z->n_threads; i++)
		pthread_join(z->thread[i], NULL);
	ok = !z->failed;
	finish(z->plain, plain);
	finish(z->packed, packed);
	*packed_size = z->packed_size;
	for (unsigned i = 0; i < z->n_slots; i++) {
		free(z->slot[i].plain);
		free(z->slot[i].packed);
	}
	pthread_mutex_destroy(&z->lock);
	pthread_cond_destroy(&z->filled);
	pthread_cond_destroy(&z->done);
	free(z->slot);
	free(z);
	return ok;
}

int gzip_unpack(const struct bytes *b, uint64_t limit, const char **why)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	FILE *out = tmpfile();
	char buffer[1 << 16];
	uint64_t total = 0;
	la_ssize_t n = -1;
	int fd = -1;

	*why = "is not gzip";
	if (!a || !out || b->size < 2 || b->data[0] != 0x1f || b->data[1] != 0x8b)
		goto out;
	archive_read_support_filter_gzip(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, b->data, b->size) != ARCHIVE_OK ||
	    archive_read_next_header(a, &entry) != ARCHIVE_OK)
		goto out;
	while ((n = archive_read_data(a, buffer, sizeof(buffer))) > 0) {
		total += (uint64_t)n;
		if (total > limit) {
			*why = "unpacks to more than any kernel image";
			goto out;
		}
		if (fwrite(buffer, 1, (size_t)n, out) != (size_t)n) {
			*why = "cannot be unpacked for want of space in TMPDIR";
			goto out;
		}
	}
	if (n < 0)
		*why = "is broken or cut short gzip";
	else if (fflush(out))
		*why = "cannot be unpacked for want of space in TMPDIR";
	else
		fd = dup(fileno(out));
out:
	if (out)
		fclose(out);
	archive_read_free(a);
	return fd;
}
