/* SPDX-License-Identifier: MIT */
/*
 * A template log is: the frame's head, the tool's head, its body over and over, the
 * tool's end (well or badly), the frame's end. All of it is addressed by line number,
 * so a page in the middle costs no more than its own lines. In a template, {2-40} is a
 * number, {hex:7} digits, {word} one of the scenario's words; within one group and one
 * round of the body the same braces always give the same text, so that a line can refer
 * to the one before.
 *
 * Lines come in bursts: bursts are spread evenly over the step's life, shaken by the
 * seed, and lines within one lie close together. The times never go backwards, which
 * makes "how many are there now" a division and a short look around.
 */
#include "sim/logtext.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "sim/rng.h"
#include "sim/stamp.h"

#define BURST 4
#define MARK_EVERY 256

struct mark {
	int64_t bytes, chars;
};

struct log_marks {
	struct mark *v; /* v[k] is the position of line k * MARK_EVERY */
	size_t n;
};

static const struct log_kind no_frame;

static const struct log_kind *frame_of(const struct logtext *t)
{
	return t->vocabulary && t->vocabulary->frame ? t->vocabulary->frame : &no_frame;
}

static int ending(const struct log_kind *k, bool fails)
{
	return fails ? k->nfail : k->nok;
}

int64_t logtext_count(const struct logtext *t, int64_t body)
{
	const struct log_kind *f = frame_of(t);

	return f->nhead + t->kind->nhead + (t->kind->nbody ? body : 0) + ending(t->kind, t->fails) +
	       ending(f, t->fails);
}

/* ---- when ---- */

/* The moment of a template's line, in microseconds after the start. */
static int64_t line_us(const struct logtext *t, int64_t i)
{
	int64_t bursts = (t->lines + BURST - 1) / BURST, b = i / BURST;
	int64_t width = (t->end - t->start) * 1000 / (bursts ? bursts : 1);
	uint64_t h = rng_mix(t->seed, (uint64_t)b + 77);
	int64_t spread = width / 2 * (int64_t)(h >> 40 & 0xff) / 256 / BURST;

	return b * width + width / 2 * (int64_t)(h & 0xff) / 256 + i % BURST * spread;
}

static int64_t template_visible(const struct logtext *t, int64_t now)
{
	int64_t bursts = (t->lines + BURST - 1) / BURST, us, width, i;

	if (now < t->start)
		return 0;
	if (now >= t->end || !bursts)
		return t->lines;
	us = (now - t->start) * 1000;
	width = (t->end - t->start) * 1000 / bursts;
	i = width ? us / width * BURST : t->lines;
	while (i < t->lines && line_us(t, i) <= us)
		i++;
	return i < t->lines ? i : t->lines;
}

static int64_t flood_visible(const struct logtext *t, int64_t now)
{
	if (now < t->start)
		return 0;
	return t->at_start + ((now < t->end ? now : t->end) - t->start) * t->per_s / 1000;
}

int64_t logtext_visible(const struct logtext *t, int64_t now)
{
	switch (t->form) {
	case LOG_TEMPLATE:
		return t->is_cut && template_visible(t, now) > t->cut ? t->cut
								      : template_visible(t, now);
	case LOG_LITERAL:
		return now < t->start ? 0 : t->literal->n;
	case LOG_FLOOD:
		return t->per_s ? flood_visible(t, now) : now < t->start ? 0 : t->at_start;
	case LOG_NONE:
		break;
	}
	return 0;
}

/* ---- what ---- */

struct filling { /* of one line's braces */
	const struct logtext *t;
	uint64_t seed; /* of the group and round */
	int64_t percent;
	int64_t round;
};

static void fill_bar(const struct filling *f, struct buf *out)
{
	int i;

	for (i = 0; i < 20; i++)
		buf_addc(out, i < f->percent / 5 ? '=' : i == f->percent / 5 ? '>' : ' ');
}

static void fill_hex(uint64_t h, int digits, struct buf *out)
{
	int i;

	for (i = 0; i < digits; i++) {
		buf_addc(out, "0123456789abcdef"[h & 15]);
		h = i % 16 == 15 ? rng_mix(h, 3) : h >> 4 | h << 60;
	}
}

static bool fill_context(const struct filling *f, const char *name, size_t len, struct buf *out)
{
	const struct log_context *c = f->t->context;
	const struct {
		const char *name, *text;
	} names[] = {
		{"step", f->t->step},
		{"repo", c ? c->repo : ""},
		{"branch", c ? c->branch : ""},
		{"commit", c ? c->commit : ""},
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == len && memcmp(name, names[i].name, len) == 0)
			return buf_adds(out, names[i].text ? names[i].text : "");
	if (len == 6 && memcmp(name, "number", 6) == 0)
		return buf_addf(out, "%d", c ? c->number : 0);
	if (len == 7 && memcmp(name, "percent", 7) == 0)
		return buf_addf(out, "%d", (int)f->percent);
	if (len == 5 && memcmp(name, "round", 5) == 0)
		return buf_addf(out, "%lld", (long long)f->round + 1);
	return false;
}

static bool fill_word(const struct filling *f, const char *name, size_t len, uint64_t h,
		      struct buf *out)
{
	const struct log_vocabulary *v = f->t->vocabulary;
	const char *dot = memchr(name, '.', len); /* {pkg.2}: another of the same list */
	size_t base = dot ? (size_t)(dot - name) : len;
	int i;

	for (i = 0; v && i < v->nwords; i++) {
		const struct log_words *w = &v->words[i];

		if (w->n && strlen(w->name) == base && memcmp(name, w->name, base) == 0)
			return buf_adds(out, w->v[h % (uint64_t)w->n]);
	}
	return false;
}

/* The text of one {brace}; what it does not know stays as it is written. */
static void fill_brace(const struct filling *f, const char *name, size_t len, struct buf *out)
{
	uint64_t h = rng_mix(f->seed, hash_bytes(name, len));
	char *rest;
	long lo, hi;

	if (len == 3 && memcmp(name, "bar", 3) == 0) {
		fill_bar(f, out);
		return;
	}
	if (len > 4 && memcmp(name, "hex:", 4) == 0) {
		fill_hex(h, atoi(name + 4), out);
		return;
	}
	lo = strtol(name, &rest, 10);
	if (rest != name && *rest == '-') {
		hi = strtol(rest + 1, NULL, 10);
		buf_addf(out, "%lld", (long long)rng_between(h, lo, hi));
		return;
	}
	if (fill_context(f, name, len, out) || fill_word(f, name, len, h, out))
		return;
	buf_addf(out, "{%.*s}", (int)len, name);
}

static void fill(const struct filling *f, const char *text, struct buf *out)
{
	for (;;) {
		const char *open = strchr(text, '{'), *shut = open ? strchr(open, '}') : NULL;

		if (!shut) {
			buf_adds(out, text);
			return;
		}
		buf_add(out, text, (size_t)(open - text));
		fill_brace(f, open + 1, (size_t)(shut - open - 1), out);
		text = shut + 1;
	}
}

static void template_line(const struct logtext *t, int64_t i, struct buf *out)
{
	const struct log_kind *fr = frame_of(t), *k = t->kind;
	int tail = ending(k, t->fails), last = ending(fr, t->fails);
	int64_t body = t->lines - fr->nhead - k->nhead - tail - last, j = i;
	struct filling f = {t, rng_mix(t->seed, 5), 0, 0};
	char stamp[STAMP_SIZE];

	buf_add(out, stamp, stamp_log(t->start + line_us(t, i) / 1000, stamp));
	if (j < fr->nhead) {
		fill(&f, fr->head[j], out);
	} else if ((j -= fr->nhead) < k->nhead) {
		fill(&f, k->head[j], out);
	} else if ((j -= k->nhead) < body) {
		f.round = j / k->nbody;
		f.percent = body > 1 ? j * 100 / (body - 1) : 100;
		f.seed = rng_mix(rng_mix(t->seed, (uint64_t)f.round),
				 (uint64_t)k->group[j % k->nbody] + 11);
		fill(&f, k->body[j % k->nbody], out);
	} else if ((j -= body) < tail) {
		fill(&f, (t->fails ? k->fail : k->ok)[j], out);
	} else if ((j -= tail) < last) {
		fill(&f, (t->fails ? fr->fail : fr->ok)[j], out);
	}
}

void logtext_escape(const char *s, size_t len, struct buf *out)
{
	size_t i, from = 0;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		const char *e;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s + from, i - from);
		from = i + 1;
		e = c == '\n'	? "\\n"
		    : c == '\r' ? "\\r"
		    : c == '\t' ? "\\t"
		    : c == '"'	? "\\\""
		    : c == '\\' ? "\\\\"
				: NULL;
		if (e)
			buf_adds(out, e);
		else
			buf_addf(out, "\\u%04x", c);
	}
	buf_add(out, s + from, len - from);
}

/* ---- the performance text ---- */

/*
 * Lines in the mix of a long build: 62 % stamped, 16 % coloured, 10 % downloads, 8 %
 * Chinese, 4 % stack frames, one in 8,000 of ten thousand characters. Their bodies are
 * made once, raw and escaped, so that a page is little more than copying.
 */
#define FLOOD_BODIES 4096 /* a power of two */
#define FLOOD_LONG 10000

struct flood_body {
	char *raw, *json;
	size_t raw_len, json_len;
	bool stamped;
};

struct flood {
	struct flood_body v[FLOOD_BODIES];
	char *long_line;
};

static void flood_compose(uint64_t h, int share, struct buf *b)
{
	static const char *const verbs[] = {"compile", "resolve", "archive",
					    "verify",  "upload",  "scan"};
	static const char *const nouns[] = {"cart",  "order", "invoice", "search",
					    "stock", "tax",   "user"};
	const char *verb = verbs[(h >> 8 & 0xff) % 6], *noun = nouns[(h >> 16 & 0xff) % 7];
	unsigned n = (unsigned)(h >> 24 & 0xffff), m = (unsigned)(h >> 40 & 0xffff);

	if (share < 62)
		buf_addf(b, "[INFO] [real_stage:build] : %s module %s/%04x took %u ms", verb, noun,
			 n, m % 900);
	else if (share < 78)
		buf_addf(b,
			 "\x1b[1;3%um%s\x1b[0m %s-service \x1b[2m(%u of 214 checks, worker %u, "
			 "shard %04x)\x1b[0m ok",
			 n % 6 + 1, verb, noun, n % 214, m % 8, m);
	else if (share < 88)
		buf_addf(b,
			 "Downloaded from mirror: "
			 "https://repo.example.com/com/acme/%s/%u.%u/%s-%u.jar (%u kB at %u kB/s)",
			 noun, n % 9, m % 30, noun, m % 30, n % 4000, m % 9000);
	else if (share < 96)
		buf_addf(b, "正在%s模块 %s，第 %u 批，共 %u 条记录，节点 cn-north-4-%02u 正常",
			 n % 2 ? "构建" : "校验", noun, n % 500, m, m % 40);
	else
		buf_addf(b,
			 "\tat com.acme.%s.%sService.apply(%sService.java:%u) "
			 "~[%s-core-2.%u.jar!/:na]",
			 noun, verb, verb, n % 900, noun, m % 30);
}

struct flood *flood_new(uint64_t seed)
{
	struct flood *f = mem_zalloc(sizeof(*f));
	struct buf raw, json;
	int i;

	buf_init(&raw, BUF_MAX);
	buf_init(&json, BUF_MAX);
	for (i = 0; i < FLOOD_BODIES; i++) {
		struct flood_body *b = &f->v[i];
		uint64_t h = rng_mix(seed, (uint64_t)i);
		int share = (int)((int64_t)i * 100 / FLOOD_BODIES);

		flood_compose(h, share, &raw);
		logtext_escape(raw.data, raw.len, &json);
		b->stamped = share < 62;
		b->raw_len = raw.len;
		b->json_len = json.len;
		b->raw = buf_take(&raw);
		b->json = buf_take(&json);
	}
	f->long_line = mem_alloc(FLOOD_LONG + 1);
	for (i = 0; i < FLOOD_LONG; i++)
		f->long_line[i] =
			"0123456789abcdefghijklmnopqrstuv"[rng_mix(seed, (uint64_t)i) & 31];
	f->long_line[FLOOD_LONG] = '\0';
	buf_done(&raw);
	buf_done(&json);
	return f;
}

void flood_free(struct flood *f)
{
	int i;

	if (!f)
		return;
	for (i = 0; i < FLOOD_BODIES; i++) {
		mem_free(f->v[i].raw);
		mem_free(f->v[i].json);
	}
	mem_free(f->long_line);
	mem_free(f);
}

/* " #" and the line number: no two lines are equal, and a lost one is seen by eye. */
static size_t flood_serial(int64_t i, char out[24])
{
	char digits[20];
	size_t n = 0, k = 0;

	do {
		digits[n++] = (char)('0' + i % 10);
		i /= 10;
	} while (i);
	out[k++] = ' ';
	out[k++] = '#';
	while (n)
		out[k++] = digits[--n];
	return k;
}

static int64_t flood_time(const struct logtext *t, int64_t i)
{
	if (i < t->at_start)
		return t->start - (t->at_start - i);
	return t->start + (t->per_s ? (i - t->at_start) * 1000 / t->per_s : 0);
}

static void flood_line(const struct logtext *t, int64_t i, bool json, struct buf *out)
{
	uint64_t h = rng_mix(t->seed, (uint64_t)i);
	const struct flood_body *b = &t->flood->v[h & (FLOOD_BODIES - 1)];
	size_t len = json ? b->json_len : b->raw_len, n = 0;
	char *to;

	if (t->needle && i == t->at_start / 1000 * 999) {
		if (json)
			logtext_escape(t->needle, strlen(t->needle), out);
		else
			buf_adds(out, t->needle);
		return;
	}
	if ((h >> 20) % 8000 == 0) {
		buf_add(out, t->flood->long_line, FLOOD_LONG);
		return;
	}
	to = buf_room(out, STAMP_SIZE + len + 24);
	if (!to)
		return;
	if (b->stamped)
		n = stamp_log(flood_time(t, i), to);
	memcpy(to + n, json ? b->json : b->raw, len);
	n += len;
	n += flood_serial(i, to + n);
	buf_seal(out, n);
}

/* ---- all forms ---- */

void logtext_line(const struct logtext *t, int64_t i, struct buf *out)
{
	if (t->form == LOG_TEMPLATE)
		template_line(t, i, out);
	else if (t->form == LOG_LITERAL)
		buf_adds(out, t->literal->lines[i]);
	else if (t->form == LOG_FLOOD)
		flood_line(t, i, false, out);
}

void logtext_line_json(const struct logtext *t, int64_t i, struct buf *out)
{
	struct buf raw;

	if (t->form == LOG_FLOOD) {
		flood_line(t, i, true, out);
		return;
	}
	buf_init(&raw, BUF_MAX);
	logtext_line(t, i, &raw);
	logtext_escape(raw.data, raw.len, out);
	buf_done(&raw);
}

/* ---- positions ---- */

static void count_line(const struct logtext *t, int64_t i, struct buf *scratch, struct mark *m)
{
	size_t k;

	buf_clear(scratch);
	logtext_line(t, i, scratch);
	m->bytes += (int64_t)scratch->len + 1;
	for (k = 0; k < scratch->len; k++)
		m->chars += ((unsigned char)scratch->data[k] & 0xC0) != 0x80;
	m->chars++;
}

/* Makes sure that the mark at or before line i exists; only lines that exist are counted. */
static void count_up_to(struct logtext *t, int64_t i)
{
	struct log_marks *m = t->marks;
	struct buf scratch;

	if (!m) {
		m = t->marks = mem_zalloc(sizeof(*m));
		m->v = mem_grow(NULL, 0, sizeof(*m->v));
		m->v[m->n++] = (struct mark){0, 0};
	}
	buf_init(&scratch, BUF_MAX);
	while ((int64_t)m->n * MARK_EVERY <= i) {
		struct mark at = m->v[m->n - 1];
		int64_t line = (int64_t)(m->n - 1) * MARK_EVERY, k;

		for (k = 0; k < MARK_EVERY; k++)
			count_line(t, line + k, &scratch, &at);
		m->v = mem_grow(m->v, m->n, sizeof(*m->v));
		m->v[m->n++] = at;
	}
	buf_done(&scratch);
}

int64_t logtext_position(struct logtext *t, int64_t i, bool characters)
{
	struct buf scratch;
	struct mark at;
	int64_t k;

	count_up_to(t, i);
	at = t->marks->v[i / MARK_EVERY];
	buf_init(&scratch, BUF_MAX);
	for (k = i / MARK_EVERY * MARK_EVERY; k < i; k++)
		count_line(t, k, &scratch, &at);
	buf_done(&scratch);
	return characters ? at.chars : at.bytes;
}

int64_t logtext_at_position(struct logtext *t, int64_t at, int64_t visible, bool characters)
{
	size_t lo = 0, hi;
	struct buf scratch;
	struct mark m;
	int64_t line;

	count_up_to(t, visible);
	hi = t->marks->n;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		int64_t p = characters ? t->marks->v[mid].chars : t->marks->v[mid].bytes;

		*(p <= at ? &lo : &hi) = mid;
	}
	m = t->marks->v[lo];
	line = (int64_t)lo * MARK_EVERY;
	buf_init(&scratch, BUF_MAX);
	while (line < visible) {
		count_line(t, line, &scratch, &m);
		if ((characters ? m.chars : m.bytes) > at)
			break;
		line++;
	}
	buf_done(&scratch);
	return line;
}

void logtext_done(struct logtext *t)
{
	if (t->marks)
		mem_free(t->marks->v);
	mem_free(t->marks);
	t->marks = NULL;
}
