/* SPDX-License-Identifier: MIT */
/*
 * One table says which headers are kept and how. A value that does not fit its field is
 * cut (it is for display) or, for the token, dropped whole: half a token is none, and one with
 * a line break or a blank in it is not what the server meant.
 */
#include "headers.h"

#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"

#define TOKEN_MAX (64u << 10)
#define RETRY_LEAST_MS 1000
#define RETRY_MOST_MS (600 * 1000)

typedef void take_fn(struct headers *h, const char *value, size_t len);

void headers_init(struct headers *h)
{
	*h = (struct headers){.retry_s = -1};
	buf_init(&h->subject_token, TOKEN_MAX);
}

static void forget(struct headers *h)
{
	struct buf token = h->subject_token;
	size_t bytes = h->bytes;

	explicit_bzero(token.data, token.len);
	buf_clear(&token);
	*h = (struct headers){.retry_s = -1, .subject_token = token, .bytes = bytes};
}

void headers_clear(struct headers *h)
{
	forget(h);
	h->bytes = 0;
}

void headers_done(struct headers *h)
{
	forget(h);
	buf_done(&h->subject_token);
}

/* Copies what fits; anything but printable ASCII ends the value. */
/* A server that names its answers by the token they are for does not get that told: filtered while whole. */
static void keep(char *field, size_t size, const char *value, size_t len)
{
	struct buf words;
	size_t i;

	buf_init(&words, BUF_MAX);
	buf_add(&words, value, len);
	vault_scrub(&words);
	for (i = 0; i < words.len && i + 1 < size && words.data[i] >= ' ' && words.data[i] < 0x7f; i++)
		field[i] = words.data[i];
	field[i] = '\0';
	buf_done(&words);
}

static void take_content_type(struct headers *h, const char *value, size_t len)
{
	keep(h->content_type, sizeof(h->content_type), value, len);
}

static void take_request_id(struct headers *h, const char *value, size_t len)
{
	keep(h->request_id, sizeof(h->request_id), value, len);
}

static void take_location(struct headers *h, const char *value, size_t len)
{
	keep(h->location, sizeof(h->location), value, len);
}

static void drop_token(struct headers *h)
{
	explicit_bzero(h->subject_token.data, h->subject_token.len);
	buf_clear(&h->subject_token);
}

static void take_subject_token(struct headers *h, const char *value, size_t len)
{
	size_t i;

	drop_token(h);
	h->token_last = true;
	for (i = 0; i < len; i++)
		if (value[i] <= ' ' || value[i] >= 0x7f)
			return;
	buf_add(&h->subject_token, value, len);
}

static void take_date(struct headers *h, const char *value, size_t len)
{
	char text[64];

	keep(text, sizeof(text), value, len);
	h->date_ms = when_parse_http(text);
}

/* Seconds or a date; when it comes twice, the longer one holds. */
static void take_retry_after(struct headers *h, const char *value, size_t len)
{
	char text[64];
	int64_t seconds, date_ms;
	size_t number;

	keep(text, sizeof(text), value, len);
	number = strspn(text + (text[0] == '-'), "0123456789") + (text[0] == '-');
	if (number > (size_t)(text[0] == '-') && !text[number]) {
		if (!text_int(text, &seconds))
			seconds = text[0] == '-' ? 0 : RETRY_MOST_MS;
		if (seconds < 0)
			seconds = 0;
		if (seconds > h->retry_s)
			h->retry_s = seconds;
		return;
	}
	date_ms = when_parse_http(text);
	if (date_ms > h->retry_date_ms)
		h->retry_date_ms = date_ms;
}

static const struct {
	const char *name;
	take_fn *take;
} kept[] = {
	{"Content-Type", take_content_type},
	{"Date", take_date},
	{"Location", take_location},
	{"Retry-After", take_retry_after},
	{"X-Request-Id", take_request_id},
	{"X-Subject-Token", take_subject_token},
};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool headers_line(struct headers *h, const char *line, size_t len)
{
	const char *colon, *value;
	size_t i, name_len;

	h->bytes += len;
	if (h->bytes > HEADERS_MAX)
		return false;
	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		forget(h);
		return true;
	}
	if (h->token_last && len && (*line == ' ' || *line == '\t'))
		drop_token(h); /* it goes on in this line: that is no token */
	h->token_last = false;
	colon = memchr(line, ':', len);
	if (!colon)
		return true;
	name_len = (size_t)(colon - line);
	for (value = colon + 1, len -= name_len + 1; len && blank(*value); value++)
		len--;
	while (len && blank(value[len - 1]))
		len--;
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strlen(kept[i].name) == name_len &&
		    strncasecmp(kept[i].name, line, name_len) == 0)
			kept[i].take(h, value, len);
	return true;
}

int64_t headers_retry_after_ms(const struct headers *h, int64_t now_ms)
{
	int64_t wait_ms = -1;

	if (h->retry_s >= 0)
		wait_ms = h->retry_s > RETRY_MOST_MS ? RETRY_MOST_MS : h->retry_s * 1000;
	if (h->retry_date_ms != WHEN_NONE) {
		int64_t from = h->date_ms != WHEN_NONE ? h->date_ms : now_ms;
		int64_t until = h->retry_date_ms > from ? h->retry_date_ms - from : 0;

		wait_ms = until > wait_ms ? until : wait_ms;
	}
	if (wait_ms < 0)
		return -1;
	if (wait_ms < RETRY_LEAST_MS)
		return RETRY_LEAST_MS;
	return wait_ms > RETRY_MOST_MS ? RETRY_MOST_MS : wait_ms;
}

void headers_location_host(const struct headers *h, const char *own_host, char *out, size_t size)
{
	const char *s = h->location, *colon = strstr(s, "://"), *at;
	size_t len;

	out[0] = '\0';
	if (!*s)
		return;
	if (colon && strcspn(s, "/?#") > (size_t)(colon - s))
		s = colon + 3;
	else if (s[0] == '/' && s[1] == '/')
		s += 2;
	else {
		keep(out, size, own_host, strlen(own_host));
		return;
	}
	len = strcspn(s, "/?#\\");
	at = memrchr(s, '@', len);
	if (at) {
		len -= (size_t)(at + 1 - s);
		s = at + 1;
	}
	keep(out, size, s, len);
}
