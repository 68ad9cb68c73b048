/* SPDX-License-Identifier: MIT */
/*
 * Keys from bytes: a state machine in the manner of a terminal's own, for what comes
 * back from a terminal has the same grammar as what goes to one. Every sequence is read
 * to its end before anything is decided, so an answer or a mouse report that we do not
 * know is swallowed whole instead of spilling letters that are commands.
 *
 * Only an Escape needs a clock: with nothing behind it for a while it is a key. A longer
 * unfinished sequence is given up after a second and stays swallowed.
 */
#include "termkey.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define GIVE_UP_MS 1000
#define PASTE_GIVE_UP_MS 5000
#define ESC 0x1B
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char paste_end[] = "\033[201~";

void termkey_init(struct termkey *k)
{
	memset(k, 0, sizeof(*k));
	buf_init(&k->paste, TERMKEY_PASTE_MAX);
	buf_init(&k->pasted, TERMKEY_PASTE_MAX);
}

void termkey_done(struct termkey *k)
{
	buf_done(&k->paste);
	buf_done(&k->pasted);
}

size_t termkey_room(const struct termkey *k)
{
	return TERMKEY_QUEUE - k->count;
}

/* ---- out ---- */

static void put_key(struct termkey *k, struct key key)
{
	if (k->count == TERMKEY_QUEUE)
		return;
	k->queue[(k->head + k->count) % TERMKEY_QUEUE] = key;
	k->count++;
}

static void put(struct termkey *k, uint32_t code, bool alt)
{
	put_key(k, (struct key){.code = code, .alt = alt});
}

static void ground(struct termkey *k)
{
	k->state = TERMKEY_GROUND;
	k->alt = false;
	k->params_n = 0;
	k->utf8_n = 0;
	k->swallowed = 0;
}

static void finish(struct termkey *k, uint32_t code)
{
	if (code)
		put(k, code, k->alt);
	ground(k);
}

/* ---- plain bytes ---- */

static uint32_t control_code(unsigned char c)
{
	switch (c) {
	case '\r':
	case '\n':
		return KEY_CODE_ENTER;
	case '\t':
		return KEY_CODE_TAB;
	case 8:
	case 127:
		return KEY_CODE_BACKSPACE;
	default:
		return c; /* 0 gives no key */
	}
}

/* Bytes that a UTF-8 character starting with `c` has; 0 when none starts so. */
static size_t utf8_length(unsigned char c)
{
	return c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
}

static void plain_byte(struct termkey *k, unsigned char c)
{
	if (c == ESC) {
		k->state = TERMKEY_ESC;
		return;
	}
	if (c < ' ' || c == 127) {
		finish(k, control_code(c));
		return;
	}
	if (c < 0x80) {
		finish(k, c);
		return;
	}
	k->utf8_want = utf8_length(c);
	k->utf8[0] = (char)c;
	k->utf8_n = 1;
	if (k->utf8_want)
		k->state = TERMKEY_UTF8;
	else
		ground(k);
}

/* Characters that are nobody's key: controls, and what is invisible by nature. */
static bool typed(uint32_t cp)
{
	return cp != TEXT_BAD && cp >= 0xA0 && text_width(cp) > 0;
}

static void utf8_byte(struct termkey *k, unsigned char c)
{
	size_t used;
	uint32_t cp;

	if ((c & 0xC0) != 0x80) {
		ground(k);
		plain_byte(k, c);
		return;
	}
	k->utf8[k->utf8_n++] = (char)c;
	if (k->utf8_n < k->utf8_want)
		return;
	cp = text_decode(k->utf8, k->utf8_n, &used);
	finish(k, used == k->utf8_n && typed(cp) ? cp : 0);
}

/* ---- sequences ---- */

static uint32_t letter_code(char final)
{
	static const struct {
		char final;
		uint32_t code;
	} letters[] = {
		{'A', KEY_CODE_UP},	{'B', KEY_CODE_DOWN},	    {'C', KEY_CODE_RIGHT},
		{'D', KEY_CODE_LEFT},	{'H', KEY_CODE_HOME},	    {'F', KEY_CODE_END},
		{'P', KEY_CODE_F1},	{'Q', KEY_CODE_F1 + 1},	    {'R', KEY_CODE_F1 + 2},
		{'S', KEY_CODE_F1 + 3}, {'Z', KEY_CODE_BACKTAB},    {'M', KEY_CODE_ENTER},
		{'a', KEY_CODE_UP},	{'b', KEY_CODE_DOWN},	    {'c', KEY_CODE_RIGHT},
		{'d', KEY_CODE_LEFT},
	};
	size_t i;

	for (i = 0; i < COUNT(letters); i++)
		if (letters[i].final == final)
			return letters[i].code;
	return 0;
}

/* The number of `CSI number ~`. */
static uint32_t tilde_code(int number)
{
	static const uint32_t edit[] = {0, KEY_CODE_HOME, KEY_CODE_INSERT, KEY_CODE_DELETE, KEY_CODE_END,
					KEY_CODE_PGUP, KEY_CODE_PGDN, KEY_CODE_HOME, KEY_CODE_END};
	static const unsigned char f[] = {11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24};
	size_t i;

	if (number > 0 && number < (int)COUNT(edit))
		return edit[number];
	for (i = 0; i < COUNT(f); i++)
		if (f[i] == number)
			return KEY_CODE_F1 + (uint32_t)i;
	return 0;
}

/* Parameter `index` of "1;5"; `missing` where there is none. */
static int param(const struct termkey *k, int index, int missing)
{
	const char *p = k->params;

	while (index-- > 0) {
		p = strchr(p, ';');
		if (!p)
			return missing;
		p++;
	}
	return *p >= '0' && *p <= '9' ? (int)strtol(p, NULL, 10) : missing;
}

static bool plain_params(const struct termkey *k, int most)
{
	int n = 1;
	const char *p;

	if (k->params[strspn(k->params, "0123456789;")] != '\0')
		return false;
	for (p = k->params; *p; p++)
		n += *p == ';';
	return n <= most;
}

/* ---- mouse: CSI < button ; column ; row M ---- */

#define MOUSE_SHIFT 4
#define MOUSE_ALT 8
#define MOUSE_CTRL 16

static enum mouse_act mouse_act(int button)
{
	static const struct {
		int button;
		enum mouse_act act;
	} acts[] = {
		{0, MOUSE_LEFT}, {1, MOUSE_MIDDLE}, {2, MOUSE_RIGHT}, {64, MOUSE_WHEEL_UP}, {65, MOUSE_WHEEL_DOWN},
	};
	size_t i;

	for (i = 0; i < COUNT(acts); i++)
		if (acts[i].button == button)
			return acts[i].act;
	return 0;
}

static bool cell(int n)
{
	return n >= 1 && n <= TERMKEY_CELL_MAX;
}

/* Three numbers of few digits; more would be a report that was cut or made up. */
static bool mouse_params(const struct termkey *k, int n[3])
{
	const char *p = k->params + 1;
	size_t i, digits;

	for (i = 0; i < 3; i++) {
		digits = strspn(p, "0123456789");
		if (digits == 0 || digits > 4 || p[digits] != (i < 2 ? ';' : '\0'))
			return false;
		n[i] = (int)strtol(p, NULL, 10);
		p += digits + 1;
	}
	return true;
}

static void mouse_report(struct termkey *k, char final)
{
	enum mouse_act act = 0;
	int n[3];

	if (k->mouse && final == 'M' && mouse_params(k, n) && !(n[0] & MOUSE_SHIFT) && cell(n[1]) &&
	    cell(n[2]))
		act = mouse_act(n[0] & ~(MOUSE_ALT | MOUSE_CTRL));
	if (act)
		put_key(k, (struct key){.code = KEY_CODE_MOUSE, .alt = n[0] & MOUSE_ALT,
					.mouse = (uint8_t)act, .row = (short)(n[2] - 1),
					.col = (short)(n[1] - 1)});
	ground(k);
}

/* ---- sequences again ---- */

static void paste_begin(struct termkey *k)
{
	ground(k);
	k->state = TERMKEY_PASTE;
	k->paste_tail = 0;
	buf_clear(&k->paste);
}

/*
 * A cursor position report is `CSI row;col R`, F3 with a modifier `CSI 1;mod R`: both
 * cannot be told apart for row 1, so only F3 without a parameter (SS3 R) is a key.
 */
static void csi_final(struct termkey *k, char final)
{
	bool shifted;
	uint32_t code;

	k->params[k->params_n] = '\0';
	if (final == 'M' && k->params_n == 0) {
		k->state = TERMKEY_X10;
		return;
	}
	if (k->params[0] == '<') {
		mouse_report(k, final);
		return;
	}
	if (!plain_params(k, 2) || strchr("cIOnR", final)) {
		ground(k);
		return;
	}
	if (final == '~' && param(k, 0, 0) == 200) {
		paste_begin(k);
		return;
	}
	shifted = param(k, 1, 1) > 1;
	/* Modifier 1 + bits: 2 is Alt. */
	k->alt = k->alt || (shifted && ((param(k, 1, 1) - 1) & 2));
	if (final == '~' || final == '$' || final == '^' || final == '@')
		code = tilde_code(param(k, 0, 0));
	else
		code = final == 'M' || param(k, 0, 1) != 1 ? 0 : letter_code(final);
	finish(k, code);
}

static void csi_byte(struct termkey *k, unsigned char c)
{
	if (c == '[' && k->params_n == 0) {
		k->state = TERMKEY_LINUX;
		return;
	}
	/* rxvt ends shifted keys with '$', which the grammar has among the intermediates. */
	if (c == '$' && k->params_n > 0 && k->params_n < 3 && plain_params(k, 1)) {
		csi_final(k, '$');
		return;
	}
	if (c >= 0x40 && c <= 0x7E) {
		csi_final(k, (char)c);
		return;
	}
	if (c == ESC) {
		ground(k);
		k->state = TERMKEY_ESC;
		return;
	}
	if (c < ' ' || c > 0x7E) {
		ground(k);
		return;
	}
	if (k->params_n < sizeof(k->params) - 1)
		k->params[k->params_n++] = (char)c;
	k->params[k->params_n] = '\0';
}

static void ss3_byte(struct termkey *k, unsigned char c)
{
	if (c >= '0' && c <= '9')
		return; /* a modifier, as old xterms put it */
	if (c == ESC) {
		ground(k);
		k->state = TERMKEY_ESC;
		return;
	}
	finish(k, letter_code((char)c));
}

static void linux_byte(struct termkey *k, unsigned char c)
{
	finish(k, c >= 'A' && c <= 'E' ? KEY_CODE_F1 + (uint32_t)(c - 'A') : 0);
}

static void x10_byte(struct termkey *k, unsigned char c)
{
	if (++k->swallowed == 3)
		ground(k);
}

static void string_byte(struct termkey *k, unsigned char c)
{
	if (k->state == TERMKEY_STRING_ESC) {
		k->state = TERMKEY_STRING;
		if (c == '\\') {
			ground(k);
			return;
		}
	}
	if (c == 7 || c == 0x18 || c == 0x1A || ++k->swallowed >= TERMKEY_STRING_MAX)
		ground(k);
	else if (c == ESC)
		k->state = TERMKEY_STRING_ESC;
}

static void esc_byte(struct termkey *k, unsigned char c)
{
	switch (c) {
	case '[':
		k->state = TERMKEY_CSI;
		k->params_n = 0;
		k->params[0] = '\0';
		return;
	case 'O':
		k->state = TERMKEY_SS3;
		return;
	case ']': case 'P': case 'X': case '^': case '_':
		k->state = TERMKEY_STRING;
		k->swallowed = 0;
		return;
	case ESC:
		/* rxvt's Alt before a sequence; twice Escape where nothing follows. */
		if (k->alt)
			put(k, KEY_CODE_ESC, false);
		k->alt = true;
		return;
	default:
		k->alt = true;
		plain_byte(k, c);
	}
}

/* ---- paste ---- */

static void paste_finish(struct termkey *k)
{
	size_t i, used, len = k->paste.len;
	const char *s = k->paste.data;
	uint32_t cp;

	buf_clear(&k->pasted);
	for (i = 0; i < len; i += used) {
		cp = text_decode(s + i, len - i, &used);
		if (cp == '\t' || cp == '\n' || cp == '\r')
			buf_addc(&k->pasted, ' ');
		else if (cp != TEXT_BAD && text_width(cp) > 0)
			buf_add(&k->pasted, s + i, used);
	}
	buf_clear(&k->paste);
	ground(k);
	put(k, KEY_CODE_PASTE, false);
}

static void paste_byte(struct termkey *k, unsigned char c)
{
	size_t held = k->paste_tail;

	if (c == (unsigned char)paste_end[held]) {
		if (++k->paste_tail == sizeof(paste_end) - 1)
			paste_finish(k);
		return;
	}
	k->paste_tail = c == ESC;
	if (held)
		buf_add(&k->paste, paste_end, held);
	if (c != ESC)
		buf_addc(&k->paste, (char)c);
}

/* ---- in ---- */

static void feed_byte(struct termkey *k, unsigned char c)
{
	switch (k->state) {
	case TERMKEY_GROUND:
		plain_byte(k, c);
		break;
	case TERMKEY_ESC:
		esc_byte(k, c);
		break;
	case TERMKEY_CSI:
		csi_byte(k, c);
		break;
	case TERMKEY_SS3:
		ss3_byte(k, c);
		break;
	case TERMKEY_LINUX:
		linux_byte(k, c);
		break;
	case TERMKEY_X10:
		x10_byte(k, c);
		break;
	case TERMKEY_STRING:
	case TERMKEY_STRING_ESC:
		string_byte(k, c);
		break;
	case TERMKEY_UTF8:
		utf8_byte(k, c);
		break;
	case TERMKEY_PASTE:
		paste_byte(k, c);
		break;
	}
}

/* What an unfinished sequence becomes when nothing follows it. */
static void timed_out(struct termkey *k)
{
	bool twice = k->alt;

	if (k->state == TERMKEY_ESC) {
		ground(k);
		put(k, KEY_CODE_ESC, false);
		if (twice)
			put(k, KEY_CODE_ESC, false);
	} else if (k->state == TERMKEY_SS3) {
		k->alt = true;
		finish(k, 'O');
	} else if (k->state == TERMKEY_CSI && k->params_n == 0) {
		k->alt = true;
		finish(k, '[');
	} else if (k->state == TERMKEY_PASTE) {
		paste_finish(k);
	} else {
		ground(k);
	}
}

/* How long the unfinished sequence may wait for more; -1: for ever. */
static int patience_ms(const struct termkey *k)
{
	switch (k->state) {
	case TERMKEY_GROUND:
		return -1;
	case TERMKEY_PASTE:
		return PASTE_GIVE_UP_MS; /* a torn one must not lock the user out for ever */
	case TERMKEY_ESC:
		return TERMKEY_ESC_MS;
	default:
		return GIVE_UP_MS;
	}
}

static void check_time(struct termkey *k, int64_t now_ms)
{
	int patience = patience_ms(k);

	if (patience >= 0 && now_ms - k->since_ms >= patience)
		timed_out(k);
}

void termkey_feed(struct termkey *k, const char *bytes, size_t len, int64_t now_ms)
{
	size_t i;

	if (len == 0)
		return;
	check_time(k, now_ms);
	for (i = 0; i < len; i++)
		feed_byte(k, (unsigned char)bytes[i]);
	k->since_ms = now_ms;
}

bool termkey_next(struct termkey *k, int64_t now_ms, struct key *key, int *wait_ms)
{
	int patience;

	*wait_ms = -1;
	if (k->count == 0)
		check_time(k, now_ms);
	if (k->count > 0) {
		*key = k->queue[k->head];
		k->head = (k->head + 1) % TERMKEY_QUEUE;
		k->count--;
		return true;
	}
	patience = patience_ms(k);
	if (patience >= 0)
		*wait_ms = (int)(k->since_ms + patience - now_ms);
	return false;
}
