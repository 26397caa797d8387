// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parallel gzip. The caller fills a ring of slots in order, workers compress them in
 * any order, and the caller writes them out in order when it needs their slots again.
 * Memory is bounded by the ring.
 */
#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "kimage.h"

#define CHUNK 1048576
#define TEXT(x) #x
#define TEXT_OF(x) TEXT(x)

const char gzip_recipe[] = "libdeflate " LIBDEFLATE_VERSION_STRING " chunk " TEXT_OF(CHUNK);

struct slot {
	bool packed; /* its worker has finished it */
	size_t plain_size, packed_size;
	unsigned char *plain, *bytes;
};

struct gzip {
	FILE *out;
	int level;
	size_t bound;
	const char *wrong;
	struct sha *plain, *packed;
	uint64_t packed_size;

	unsigned n_slots;
	struct slot *slot;
	unsigned write; /* the next slot that the caller writes out; fill is at most a ring ahead */
	pthread_mutex_t lock; /* for the following, and slots' PACKED */
	unsigned fill; /* slots up to here are full */
	unsigned take; /* and up to here taken by workers */
	bool closing;
	pthread_cond_t filled, done;

	unsigned n_threads;
	pthread_t thread[];
};

static void *worker(void *arg)
{
	struct gzip *z = arg;
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(z->level);

	pthread_mutex_lock(&z->lock);
	for (;;) {
		struct slot *s = &z->slot[z->take % z->n_slots];

		if (z->take == z->fill) {
			if (z->closing)
				break;
			pthread_cond_wait(&z->filled, &z->lock);
			continue;
		}
		z->take++;
		pthread_mutex_unlock(&z->lock);
		s->packed_size = !c ? 0 :
				      libdeflate_gzip_compress(c, s->plain, s->plain_size, s->bytes,
							       z->bound);
		pthread_mutex_lock(&z->lock);
		s->packed = true;
		pthread_cond_signal(&z->done);
	}
	pthread_mutex_unlock(&z->lock);
	libdeflate_free_compressor(c);
	return NULL;
}

struct gzip *gzip_open(FILE *out, unsigned threads, int level)
{
	struct gzip *z = mem_zalloc(sizeof(*z) + threads * sizeof(*z->thread));

	z->out = out;
	z->level = level;
	z->bound = libdeflate_gzip_compress_bound(NULL, CHUNK);
	z->plain = sha_open();
	z->packed = sha_open();
	z->n_slots = 2 * threads;
	z->slot = mem_zalloc(z->n_slots * sizeof(*z->slot));
	for (unsigned i = 0; i < z->n_slots; i++) {
		z->slot[i].plain = mem_zalloc(CHUNK);
		z->slot[i].bytes = mem_zalloc(z->bound);
	}
	pthread_mutex_init(&z->lock, NULL);
	pthread_cond_init(&z->filled, NULL);
	pthread_cond_init(&z->done, NULL);
	while (z->n_threads < threads && !pthread_create(&z->thread[z->n_threads], NULL, worker, z))
		z->n_threads++;
	if (!z->n_threads)
		z->wrong = "cannot be compressed: no thread can be started";
	return z;
}

/* Wait for the oldest full slot, and write it. */
static void write_one(struct gzip *z)
{
	struct slot *s = &z->slot[z->write++ % z->n_slots];

	pthread_mutex_lock(&z->lock);
	while (!s->packed && z->n_threads)
		pthread_cond_wait(&z->done, &z->lock);
	s->packed = false;
	pthread_mutex_unlock(&z->lock);
	if (!z->wrong && !s->packed_size)
		z->wrong = "cannot be compressed: out of memory";
	else if (!z->wrong && fwrite(s->bytes, 1, s->packed_size, z->out) != s->packed_size)
		z->wrong = strerror(errno);
	sha_add(z->packed, s->bytes, s->packed_size);
	z->packed_size += s->packed_size;
	s->plain_size = 0;
}

static void hand_over(struct gzip *z, const struct slot *s)
{
	pthread_mutex_lock(&z->lock);
	z->fill++;
	pthread_cond_signal(&z->filled);
	pthread_mutex_unlock(&z->lock);
	sha_add(z->plain, s->plain, s->plain_size);
}

bool gzip_write(void *gzip, const void *data, size_t size)
{
	struct gzip *z = gzip;
	const unsigned char *p = data;

	while (size && !z->wrong) {
		struct slot *s = &z->slot[z->fill % z->n_slots];
		size_t n = CHUNK - s->plain_size;

		if (n > size)
			n = size;
		memcpy(s->plain + s->plain_size, p, n);
		s->plain_size += n;
		p += n;
		size -= n;
		if (s->plain_size == CHUNK) {
			hand_over(z, s);
			/* A slot to fill is always free here. */
			if (z->fill - z->write == z->n_slots)
				write_one(z);
		}
	}
	return !z->wrong;
}

const char *gzip_close(struct gzip *z, char plain[DIGEST_SIZE], char packed[DIGEST_SIZE],
		       uint64_t *packed_size)
{
	struct slot *last = &z->slot[z->fill % z->n_slots];
	const char *wrong;

	if (last->plain_size)
		hand_over(z, last);
	while (z->write != z->fill)
		write_one(z);
	pthread_mutex_lock(&z->lock);
	z->closing = true;
	pthread_cond_broadcast(&z->filled);
	pthread_mutex_unlock(&z->lock);
	for (unsigned i = 0; i < z->n_threads; i++)
		pthread_join(z->thread[i], NULL);
	pthread_mutex_destroy(&z->lock);
	pthread_cond_destroy(&z->filled);
	pthread_cond_destroy(&z->done);
	for (unsigned i = 0; i < z->n_slots; i++) {
		free(z->slot[i].plain);
		free(z->slot[i].bytes);
	}
	sha_close(z->plain, plain);
	sha_close(z->packed, packed);
	*packed_size = z->packed_size;
	wrong = z->wrong;
	free(z->slot);
	free(z);
	return wrong;
}

/*
 * The number of bytes that B may unpack to. Kernels and modules pack by 2 to 10 times; 64 MB allow
 * for small ones with large tables. Bombs are far larger.
 */
static size_t bomb_limit(size_t packed)
{
	size_t limit = ((size_t)64 << 20) + 100 * packed;

	return limit < MAX_LAYER ? limit : MAX_LAYER;
}

enum {
	WINDOW = 2 << 20, /* more than a member that kimage wrote unpacks to */
	GIVE_BACK = 8 << 20, /* bytes of input to read before their pages are given back */
};

struct gunzip {
	const unsigned char *p, *end, *kept; /* pages from KEPT on may be in memory */
	bool mapped;
	size_t left; /* bytes that it may still unpack to */
	unsigned char *window;
	sink out;
	void *ctx;
	bool stop; /* OUT accepts no more */
};

static const char too_large[] = "unpacks to more than any kernel image";
static const char broken[] = "is not gzip, or broken, or cut short";

/* A layer may be larger than memory; pages that were read can be read from the file again. */
static void give_back(struct gunzip *z)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)z->kept & ~(page - 1), to = (uintptr_t)z->p & ~(page - 1);

	if (!z->mapped || z->p - z->kept < GIVE_BACK)
		return;
	madvise((void *)from, to - from, MADV_DONTNEED);
	z->kept = z->p;
}

static const char *put(struct gunzip *z, size_t n)
{
	if (n > z->left)
		return too_large;
	z->left -= n;
	z->stop = n && !z->out(z->ctx, z->window, n);
	return NULL;
}

/* A member that does not fit the window, as a stream. */
static const char *inflate_member(struct gunzip *z)
{
	z_stream s = { 0 };
	const char *wrong = NULL;
	int status = Z_OK;

	if (inflateInit2(&s, 15 + 16) != Z_OK)
		return "cannot be unpacked: out of memory";
	while (!wrong && !z->stop && status == Z_OK) {
		size_t left = (size_t)(z->end - z->p);

		s.next_in = (Bytef *)(uintptr_t)z->p;
		s.avail_in = left < GIVE_BACK ? (uInt)left : GIVE_BACK;
		s.next_out = z->window;
		s.avail_out = WINDOW;
		status = inflate(&s, Z_NO_FLUSH);
		z->p = s.next_in;
		give_back(z);
		if (status != Z_OK && status != Z_STREAM_END)
			wrong = broken;
		else
			wrong = put(z, WINDOW - s.avail_out);
	}
	inflateEnd(&s);
	return wrong;
}

static const char *next_member(struct gunzip *z, struct libdeflate_decompressor *d)
{
	size_t in, n;

	switch (libdeflate_gzip_decompress_ex(d, z->p, (size_t)(z->end - z->p), z->window, WINDOW,
					      &in, &n)) {
	case LIBDEFLATE_SUCCESS:
		z->p += in;
		give_back(z);
		return put(z, n);
	case LIBDEFLATE_INSUFFICIENT_SPACE:
		return inflate_member(z);
	default:
		return broken;
	}
}

const char *gunzip(const struct bytes *b, sink out, void *ctx)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	struct gunzip z = {
		.p = b->data,
		.end = b->size ? b->data + b->size : b->data,
		.kept = b->data,
		.mapped = b->mapped,
		.left = bomb_limit(b->size),
		.window = mem_zalloc(WINDOW),
		.out = out,
		.ctx = ctx,
	};
	const char *wrong = d ? NULL : "cannot be unpacked: out of memory";

	if (!b->size)
		wrong = broken;
	while (!wrong && !z.stop && z.p < z.end)
		wrong = next_member(&z, d);
	free(z.window);
	libdeflate_free_decompressor(d);
	return wrong;
}
