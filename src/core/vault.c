/* SPDX-License-Identifier: MIT */
/*
 * Each secret has pages of its own with its entry in front, so that what locks, hides and wipes
 * pages never touches anything else. There are a handful of them at a time; a page each is
 * the price of no allocator here. The list is sorted, the longest first: where one secret is a part of
 * another, the whole is found and not the part. A secret that reads otherwise in JSON, where passwords
 * travel, has a twin in that form: who repeats what he was sent repeats that.
 *
 * A signal may come at any moment and wipe all: an entry is complete before the list has
 * it, and out of the list before its pages go.
 */
#include "core/vault.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"

#define FOUND_MIN 8	  /* shorter ones would be found in any text */
#define FOUND_CUT_MIN 32  /* bytes of a secret that the end of a text cut off */
#define BEGUN_MIN 16	  /* of a secret that is shown in part */
#define KEY_SIZE 16

struct secret {
	struct secret *volatile next;
	struct secret *twin; /* as it stands in JSON; NULL: the same */
	size_t pages; /* bytes mapped */
	size_t len;
	char text[];
};

static struct secret *volatile secrets;

/* ---- keeping ---- */

static struct secret *map_secret(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t pages = (sizeof(struct secret) + len + 1 + page - 1) / page * page;
	struct secret *s = mmap(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		mem_exhausted();
	(void)mlock(s, pages); /* a limit may refuse it: the secret is usable still */
	(void)madvise(s, pages, MADV_DONTDUMP);
	s->pages = pages;
	s->len = len;
	return s;
}

static void link_secret(struct secret *s)
{
	struct secret *volatile *at = &secrets;

	while (*at && (*at)->len > s->len)
		at = &(*at)->next;
	s->next = *at;
	*at = s;
}

/* The text with a backslash before each quote and backslash; NULL: it has neither. */
static struct secret *make_twin(const char *text, size_t len)
{
	struct secret *twin;
	const char *p;
	size_t extra = 0, at = 0;

	for (p = text; *p; p++)
		extra += *p == '"' || *p == '\\';
	if (!extra)
		return NULL;
	twin = map_secret(len + extra);
	for (p = text; *p; p++) {
		if (*p == '"' || *p == '\\')
			twin->text[at++] = '\\';
		twin->text[at++] = *p;
	}
	link_secret(twin);
	return twin;
}

char *vault_keep(const char *text)
{
	struct secret *s;

	if (!text)
		return NULL;
	s = map_secret(strlen(text));
	memcpy(s->text, text, s->len + 1);
	s->twin = make_twin(text, s->len);
	link_secret(s);
	return s->text;
}

char *vault_take(char *text)
{
	char *secret = vault_keep(text);

	if (text)
		explicit_bzero(text, strlen(text));
	mem_free(text);
	return secret;
}

static void unlink_secret(struct secret *s)
{
	struct secret *volatile *at = &secrets;
	size_t pages;

	while (*at && *at != s)
		at = &(*at)->next;
	if (*at)
		*at = s->next;
	pages = s->pages;
	explicit_bzero(s, pages);
	munmap(s, pages);
}

void vault_drop(char *secret)
{
	struct secret *s = secret ? (struct secret *)(secret - offsetof(struct secret, text)) : NULL;

	if (!s)
		return;
	if (s->twin)
		unlink_secret(s->twin);
	unlink_secret(s);
}

void vault_wipe_all(void)
{
	struct secret *s;

	for (s = secrets; s; s = s->next)
		explicit_bzero(s->text, s->pages - sizeof(*s));
}

/* ---- finding ---- */

struct place {
	const struct secret *secret;
	size_t at, len; /* len < secret->len: the end of the text cut it off */
};

/* The beginning of `s` at the end of the text; false: not enough of it to tell. */
static bool find_cut(const struct secret *s, const char *data, size_t len, struct place *place)
{
	size_t from = len > s->len ? len - s->len : 0;
	const char *at, *end = data + len;

	if (s->len <= FOUND_CUT_MIN)
		return false;
	for (at = data + from; (at = memmem(at, (size_t)(end - at), s->text, FOUND_CUT_MIN)); at++)
		if (memcmp(at, s->text, (size_t)(end - at)) == 0) {
			*place = (struct place){s, (size_t)(at - data), (size_t)(end - at)};
			return true;
		}
	return false;
}

static bool find_secret(const struct secret *s, const char *data, size_t len, struct place *place)
{
	const char *at;

	/* After a wipe the text is empty though its length stands. */
	if (s->len < FOUND_MIN || !s->text[0])
		return false;
	at = memmem(data, len, s->text, s->len);
	if (!at)
		return find_cut(s, data, len, place);
	*place = (struct place){s, (size_t)(at - data), s->len};
	return true;
}

bool vault_found(const char *data, size_t len)
{
	const struct secret *s;
	struct place place;

	for (s = secrets; s; s = s->next)
		if (find_secret(s, data, len, &place))
			return true;
	return false;
}

bool vault_begins(const char *data, size_t len, size_t *at, size_t *run)
{
	const struct secret *s;
	const char *here;
	size_t n;
	bool found = false;

	for (s = secrets; s; s = s->next) {
		if (s->len < FOUND_MIN || !s->text[0])
			continue;
		here = memmem(data, len, s->text, s->len < BEGUN_MIN ? s->len : BEGUN_MIN);
		if (!here || (found && (size_t)(here - data) >= *at))
			continue;
		for (n = 0; n < s->len && here + n < data + len && here[n] == s->text[n]; n++)
			;
		*at = (size_t)(here - data);
		*run = n;
		found = true;
	}
	return found;
}

/* ---- hiding ---- */

/* Without entropy a time will do: the hash is one byte, to tell secrets apart and no more. */
static const unsigned char *process_key(void)
{
	static unsigned char key[KEY_SIZE];
	static bool made;
	struct timespec now;

	if (!made && getrandom(key, sizeof(key), GRND_NONBLOCK) != (ssize_t)sizeof(key)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		memcpy(key, &now, sizeof(now) < sizeof(key) ? sizeof(now) : sizeof(key));
	}
	made = true;
	return key;
}

static void add_mark(struct buf *out, const struct secret *s)
{
	char hex[HASH_SHA256_HEX];

	hash_hmac_hex(process_key(), KEY_SIZE, s->text, s->len, hex);
	buf_addf(out, "<token %.2s, %zu B>", hex, s->len);
}

/* What does not fit into the text's ceiling any more is left out, never left in. */
static bool scrub_one(struct buf *text, const struct secret *s)
{
	const char *rest = text->data;
	size_t left = text->len;
	struct place place;
	struct buf out;

	if (!find_secret(s, rest, left, &place))
		return false;
	buf_init(&out, text->max);
	do {
		buf_add(&out, rest, place.at);
		add_mark(&out, s);
		rest += place.at + place.len;
		left -= place.at + place.len;
	} while (find_secret(s, rest, left, &place));
	buf_add(&out, rest, left);
	explicit_bzero(text->data, text->len);
	buf_done(text);
	*text = out;
	return true;
}

bool vault_scrub(struct buf *text)
{
	const struct secret *s;
	bool found = false;

	for (s = secrets; s; s = s->next)
		found |= scrub_one(text, s);
	return found;
}

bool vault_scrub_text(char *text, size_t size)
{
	size_t len = strnlen(text, size);
	struct buf b;

	if (!vault_found(text, len))
		return false;
	buf_init(&b, BUF_MAX);
	buf_add(&b, text, len);
	vault_scrub(&b);
	len = b.len < size ? b.len : text_cut(b.data, size - 1);
	memcpy(text, b.data, len);
	explicit_bzero(text + len, size - len);
	buf_done(&b);
	return true;
}
