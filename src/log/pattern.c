/* SPDX-License-Identifier: MIT */
/*
 * The one home of PCRE2. A pattern is run over whole chunks, for a call a line costs
 * seven times as much; what it hits is then looked at as a line, so that no match spans
 * lines whatever the pattern says of newlines.
 *
 * Colours must not hide words: "\033[31merr\033[0mor" holds "error". Lines with an
 * escape are copied without them into a scratch of the chunk, which is searched like
 * the chunk itself; the two streams of hits are merged in order.
 */
#include "pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

#define MATCH_LIMIT 2000000u /* steps of one call: a catastrophe ends within some 10 ms */
#define LIMITED_LINES 8 /* of a chunk, before the rest of it is given up */
#define JIT_STACK (512u << 10)

struct pattern {
	pcre2_code *code;
	pcre2_code *bytes; /* the same by bytes, for lines of ASCII: twice as fast; NULL: it is not */
	pcre2_match_data *match;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	struct buf plain;     /* scratch: the chunk's lines that hold escapes, without them */
	size_t *plain_starts; /* for each of them: start in the scratch, start in the chunk */
	size_t *line_starts;
	size_t n_plain;
	struct buf line; /* scratch of one line */
	bool limited;	 /* the last call ended at a limit */
	bool gave_up;	 /* some text was too much for it */
};

static bool has_upper(const char *text, bool literal)
{
	size_t i, used;

	for (i = 0; text[i]; i += used) {
		used = 1;
		if (text[i] == '\\' && text[i + 1] && !literal) {
			used = 2; /* \S and \W are no capital letters */
			continue;
		}
		if (text[i] >= 'A' && text[i] <= 'Z')
			return true;
	}
	return false;
}

static bool ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

static uint32_t options_for(const char *text, bool literal)
{
	uint32_t options = literal ? PCRE2_LITERAL : PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;

	if (!has_upper(text, literal))
		options |= PCRE2_CASELESS;
	/* A literal of ASCII means the same in bytes, which are faster. */
	if (!literal || !ascii(text))
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	return options;
}

/* The same pattern for text of ASCII; NULL where it speaks of more than that. */
static pcre2_code *compile_bytes(const char *text, uint32_t options, pcre2_compile_context *compile)
{
	PCRE2_SIZE at;
	pcre2_code *code;
	int number;

	if (!(options & PCRE2_UTF) || !ascii(text))
		return NULL;
	options &= ~(uint32_t)(PCRE2_UTF | PCRE2_MATCH_INVALID_UTF);
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &number, &at, compile);
	if (code)
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

static struct pattern *compile_pattern(const char *text, uint32_t options, struct err *err)
{
	struct pattern *p;
	pcre2_compile_context *compile = pcre2_compile_context_create(NULL);
	pcre2_code *code;
	PCRE2_UCHAR message[128];
	PCRE2_SIZE at;
	int number;

	if (!compile)
		mem_exhausted();
	pcre2_set_newline(compile, PCRE2_NEWLINE_LF);
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &number, &at, compile);
	if (!code) {
		pcre2_compile_context_free(compile);
		pcre2_get_error_message(number, message, sizeof(message));
		err_set(err, ERR_INPUT, number, _("pattern: %s at character %zu of \"%.60s\""),
			(char *)message, at + 1, text);
		return NULL;
	}
	p = mem_zalloc(sizeof(*p));
	p->code = code;
	p->bytes = compile_bytes(text, options, compile);
	pcre2_compile_context_free(compile);
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without JIT it is slower, that is all */
	p->match = pcre2_match_data_create_from_pattern(code, NULL);
	p->context = pcre2_match_context_create(NULL);
	p->stack = pcre2_jit_stack_create(32u << 10, JIT_STACK, NULL);
	if (!p->match || !p->context)
		mem_exhausted();
	pcre2_set_match_limit(p->context, MATCH_LIMIT);
	if (p->stack)
		pcre2_jit_stack_assign(p->context, NULL, p->stack);
	buf_init(&p->plain, BUF_MAX);
	buf_init(&p->line, BUF_MAX);
	return p;
}

struct pattern *pattern_new(const char *text, bool literal, struct err *err)
{
	return compile_pattern(text, options_for(text, literal), err);
}

struct pattern *pattern_new_exact(const char *text)
{
	return compile_pattern(text, PCRE2_MULTILINE | PCRE2_EXTENDED, NULL);
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_jit_stack_free(p->stack);
	pcre2_match_context_free(p->context);
	pcre2_match_data_free(p->match);
	pcre2_code_free(p->code);
	pcre2_code_free(p->bytes);
	buf_done(&p->plain);
	buf_done(&p->line);
	mem_free(p->plain_starts);
	mem_free(p->line_starts);
	mem_free(p);
}

static bool run_code(struct pattern *p, const pcre2_code *code, const char *text, size_t len,
		     size_t from, size_t *start, size_t *end)
{
	PCRE2_SIZE *at;
	int rc;

	if (from > len)
		return false;
	rc = pcre2_match(code, (PCRE2_SPTR)text, len, from, 0, p->match, p->context);
	p->limited = rc < 0 && rc != PCRE2_ERROR_NOMATCH;
	p->gave_up = p->gave_up || p->limited;
	if (rc < 0)
		return false;
	at = pcre2_get_ovector_pointer(p->match);
	*start = at[0] < at[1] ? at[0] : at[1]; /* \K may put the start behind the end */
	*end = at[1];
	return true;
}

static bool run(struct pattern *p, const char *text, size_t len, size_t from, size_t *start, size_t *end)
{
	return run_code(p, p->code, text, len, from, start, end);
}

static bool ascii_bytes(const char *text, size_t len)
{
	uint64_t word, all = 0;
	size_t i;

	for (i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, text + i, sizeof(word));
		all |= word;
	}
	for (; i < len; i++)
		all |= (unsigned char)text[i];
	return !(all & UINT64_C(0x8080808080808080));
}

/* One line, which has no escapes. */
static bool run_line(struct pattern *p, const char *line, size_t len, size_t from, size_t *start, size_t *end)
{
	bool bytes = p->bytes && ascii_bytes(line, len);

	return run_code(p, bytes ? p->bytes : p->code, line, len, from, start, end);
}

bool pattern_gave_up(const struct pattern *p)
{
	return p->gave_up;
}

size_t pattern_escape(const char *s, size_t len)
{
	size_t i = 1;

	if (len < 2 || s[1] == '\n')
		return 1;
	if (s[1] == ']') { /* OSC: to BEL or ST */
		for (i = 2; i < len && s[i] != '\n'; i++)
			if (s[i] == '\a')
				return i + 1;
			else if (s[i] == '\033')
				return i + 1 < len && s[i + 1] == '\\' ? i + 2 : i;
		return i;
	}
	if (s[1] != '[') /* one intermediate and a final, or a final */
		return len > 2 && s[1] >= ' ' && s[1] <= '/' && s[2] != '\n' ? 3 : 2;
	for (i = 2; i < len && s[i] >= ' ' && s[i] <= '?'; i++)
		;
	return i < len && s[i] >= '@' && s[i] <= '~' ? i + 1 : i;
}

/* Appends text without its escapes. */
void pattern_strip(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len, *escape;

	while (text < end) {
		escape = memchr(text, '\033', (size_t)(end - text));
		if (!escape)
			escape = end;
		buf_add(out, text, (size_t)(escape - text));
		text = escape < end ? escape + pattern_escape(escape, (size_t)(end - escape)) : end;
	}
}

bool pattern_match(struct pattern *p, const char *line, size_t len, size_t from, size_t *start, size_t *end)
{
	if (from > 0 || !memchr(line, '\033', len))
		return run_line(p, line, len, from, start, end);
	buf_clear(&p->line);
	pattern_strip(&p->line, line, len);
	return run_line(p, p->line.data, p->line.len, 0, start, end);
}

/* ---- whole chunks ---- */

static size_t line_start(const char *text, size_t at)
{
	const char *newline = at ? memrchr(text, '\n', at) : NULL;

	return newline ? (size_t)(newline - text) + 1 : 0;
}

static size_t line_end(const char *text, size_t len, size_t at)
{
	const char *newline = at < len ? memchr(text + at, '\n', len - at) : NULL;

	return newline ? (size_t)(newline - text) : len;
}

/* Puts every line that holds an escape into the scratch, without its escapes. */
static void collect_plain(struct pattern *p, const char *text, size_t len)
{
	const char *escape = memchr(text, '\033', len);

	p->n_plain = 0;
	buf_clear(&p->plain);
	while (escape) {
		size_t start = line_start(text, (size_t)(escape - text));
		size_t end = line_end(text, len, (size_t)(escape - text));

		p->plain_starts = mem_grow(p->plain_starts, p->n_plain, sizeof(*p->plain_starts));
		p->line_starts = mem_grow(p->line_starts, p->n_plain, sizeof(*p->line_starts));
		p->plain_starts[p->n_plain] = p->plain.len;
		p->line_starts[p->n_plain++] = start;
		pattern_strip(&p->plain, text + start, end - start);
		buf_addc(&p->plain, '\n');
		escape = end < len ? memchr(text + end, '\033', len - end) : NULL;
	}
}

/* Index of the stripped line that holds byte `at` of the scratch. */
static size_t plain_index(const struct pattern *p, size_t at)
{
	size_t low = 0, high = p->n_plain;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (p->plain_starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The same line by line, after a call over the whole text ended at a limit. */
static size_t next_line_singly(struct pattern *p, const char *text, size_t len, size_t from)
{
	size_t last, a, b;
	unsigned limited = 0;

	for (; from < len && limited < LIMITED_LINES; from = last + 1) {
		last = line_end(text, len, from);
		if (run(p, text + from, last - from, 0, &a, &b))
			return from;
		limited += p->limited;
	}
	return len;
}

/*
 * The first line at or after byte `from` of a text that matches by itself: its start, or
 * len. A hit that only spans lines is not one; the search goes on with the next line.
 */
static size_t next_line(struct pattern *p, const char *text, size_t len, size_t from)
{
	size_t start, end, first, last, a, b;

	p->limited = false;
	while (from < len && run(p, text, len, from, &start, &end)) {
		if (start >= len)
			return len; /* an empty match behind the last newline */
		first = line_start(text, start);
		last = line_end(text, len, start);
		if (end <= last && first >= from)
			return first;
		if (run(p, text + first, last - first, 0, &a, &b))
			return first;
		from = last + 1;
		p->limited = false;
	}
	return p->limited ? next_line_singly(p, text, len, from) : len;
}

static void advance_raw(struct pattern_scan *s)
{
	size_t last;

	/* A line with an escape is the other stream's. */
	while ((s->raw = next_line(s->pattern, s->text, s->len, s->raw)) < s->len) {
		last = line_end(s->text, s->len, s->raw);
		if (!memchr(s->text + s->raw, '\033', last - s->raw))
			return;
		s->raw = last + 1;
	}
}

static void advance_plain(struct pattern_scan *s)
{
	struct pattern *p = s->pattern;
	size_t at = next_line(p, p->plain.data, p->plain.len, s->plain_at);

	if (at >= p->plain.len) {
		s->plain_line = s->len;
		return;
	}
	s->plain_line = p->line_starts[plain_index(p, at)];
	s->plain_at = line_end(p->plain.data, p->plain.len, at) + 1;
}

void pattern_scan_init(struct pattern_scan *s, struct pattern *p, const char *text, size_t len)
{
	*s = (struct pattern_scan){.pattern = p, .text = text, .len = len, .plain_line = len};
	collect_plain(p, text, len);
	advance_raw(s);
	if (p->n_plain)
		advance_plain(s);
}

bool pattern_scan_next(struct pattern_scan *s, size_t *start, size_t *end)
{
	bool raw = s->raw < s->plain_line;

	if (s->raw >= s->len && s->plain_line >= s->len)
		return false;
	*start = raw ? s->raw : s->plain_line;
	*end = line_end(s->text, s->len, *start);
	if (raw) {
		s->raw = *end + 1;
		advance_raw(s);
	} else {
		advance_plain(s);
	}
	return true;
}
