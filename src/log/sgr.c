/* SPDX-License-Identifier: MIT */
/*
 * From hostile bytes to glyphs, in three steps, each of which can stop at any byte:
 *
 *	bytes -> characters	 UTF-8 by table 3-7 of the standard; a stray byte 80..9F is a C1
 *	characters -> actions	 the classes of a character and the state of a VT500 parser
 *				 choose one row of `machine`
 *	actions -> cells	 sgr_row.c, where glyphs are the only thing that can be written
 *
 * Nothing is lost by being hidden in a sequence: what a sequence holds is kept, and if the
 * sequence does not come to a proper end (a control, the line's end, 4 KiB) it is marked
 * and the text it held is shown after the mark. A held text has no introducer in it, so
 * showing it can't start another sequence and every byte is handled at most twice.
 *
 * What may be removed without a mark is listed (csi_finals, escape_finals,
 * private_modes); anything else is marked, so a sequence that is new to us counts as
 * suspicious.
 */
#include "log/sgr.h"

#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "sgr_chars.h"
#include "sgr_pen.h"
#include "sgr_row.h"

#define HELD_MAX 4096 /* bytes a sequence holds; a string ends there */
#define VALUE_MAX 65535
#define NO_CHAR UINT32_MAX
#define SIGN_NEWLINE 0x23CEu
#define SIGN_CONTROL 0x2400u /* + the control; DEL has 2421 */
#define SIGN_SEAT 0x25CCu    /* a dotted circle carries marks that have no base */
#define COUNT(a) (sizeof(a) / sizeof(a[0]))

enum state {
	GROUND,
	ESCAPE,
	ESCAPE_INTER,
	CSI,
	CSI_INTER,
	CSI_IGNORE,
	OSC,
	STRING,	    /* DCS, SOS, PM, APC, and the title string of screen */
	STRING_ESC, /* an ESC in a string: is it ST? */
	STATES,
};

/* One character of input; cp is NO_CHAR for a maximal wrong part of UTF-8. */
struct unit {
	uint32_t cp;
	uint32_t len;
};

struct sgr {
	struct sgr_options options;
	struct sgr_row row;
	bool ended; /* the line was handed out and must be cleared before the next */
	unsigned suspicious, suspicious_all;
	size_t dropped;

	struct style pen;   /* as the log has set it */
	struct glyph plain; /* a glyph of text in the look that follows from it */

	uint32_t cp; /* decoder: the character so far */
	uint8_t need, have, low, high;
	uint8_t debris; /* continuation bytes that a broken character still claims */
	uint8_t bytes[4];

	enum state state;
	bool eight; /* the sequence began with an 8-bit C1 */
	char prefix, inter;
	struct sgr_params params;
	bool more;	   /* parameters beyond the ceiling are read over */
	struct unit *held; /* HELD_MAX of them, once a sequence holds something */
	size_t nheld, held_bytes;
};

static const struct style mark_style = {.attr = STYLE_REVERSE};

static void feed_unit(struct sgr *s, const struct unit *u);

/* ---- writing ---- */

static void put(struct sgr *s, uint32_t ch, int width, bool alien)
{
	struct glyph g = s->plain;

	g.ch = ch;
	g.width = (uint8_t)width;
	g.alien = alien;
	sgr_row_put(&s->row, &g);
}

static void put_sign(struct sgr *s, const char *sign)
{
	while (*sign)
		put(s, (unsigned char)*sign++, 1, true);
}

/* The sign that something was removed here. */
static void put_mark(struct sgr *s)
{
	struct glyph g = {.ch = '^', .style = mark_style, .width = 1, .alien = true};

	sgr_row_put(&s->row, &g);
	g.ch = '[';
	sgr_row_put(&s->row, &g);
	s->suspicious++;
	s->suspicious_all++;
}

/* A character by its number: the clean view has brackets of its own for it. */
static void put_number(struct sgr *s, uint32_t cp)
{
	bool own = s->options.utf8 && s->options.mode != SGR_RAW;
	char number[16];

	if (!s->options.utf8 && s->options.mode == SGR_NAME) {
		put(s, '_', 1, true);
		return;
	}
	snprintf(number, sizeof(number), "U+%04X", (unsigned)cp);
	put(s, own ? 0x2039 : '<', 1, true);
	put_sign(s, number);
	put(s, own ? 0x203A : '>', 1, true);
}

/* U+FFFD is ambiguous itself: a screen that draws it wide gets a question mark. */
static void put_replacement(struct sgr *s)
{
	put(s, s->options.utf8 && !s->options.ambiguous_wide ? TEXT_BAD : '?', 1, true);
}

static void put_void(struct sgr *s, uint32_t cp)
{
	if (s->options.mode == SGR_RAW)
		put_number(s, cp);
	else
		put_replacement(s);
}

static void put_caret(struct sgr *s, uint32_t control)
{
	put(s, '^', 1, true);
	put(s, control ^ 0x40, 1, true);
}

static void put_control(struct sgr *s, uint32_t control)
{
	if (s->options.utf8 && s->options.mode != SGR_RAW)
		put(s, control == 0x7F ? 0x2421 : SIGN_CONTROL + control, 1, true);
	else
		put_caret(s, control);
}

static void put_bytes(struct sgr *s, size_t n)
{
	char number[8];
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(number, sizeof(number), "<%02X>", s->bytes[i]);
		put_sign(s, number);
	}
}

/*
 * A line end within the line: the store cuts at newlines, but there are others. They
 * are shown by a sign, and nothing that follows can go back before it.
 */
static void put_break(struct sgr *s, uint32_t cp)
{
	struct glyph g = {.ch = SIGN_NEWLINE, .style = s->plain.style, .width = 1, .alien = true};
	bool name = s->options.mode == SGR_NAME;

	if (cp != '\n') {
		g.style = mark_style;
		s->suspicious++;
		s->suspicious_all++;
	}
	if (!s->options.utf8)
		g.ch = name ? '_' : '^';
	sgr_row_break(&s->row, &g);
	if (!s->options.utf8 && !name) {
		g.ch = cp < 0x20 ? cp ^ 0x40 : 'J';
		sgr_row_break(&s->row, &g);
	}
}

/* Nothing sits on a sign of ours: "^[" must read as such. */
static void put_combining(struct sgr *s, uint32_t cp)
{
	struct glyph *seat;
	int i;

	if (s->dropped) { /* its base may be among what was dropped */
		s->row.full = true;
		return;
	}
	seat = sgr_row_seat(&s->row);
	if (!seat) {
		put(s, SIGN_SEAT, 1, false);
		seat = sgr_row_seat(&s->row);
	}
	for (i = 0; seat && i < SGR_MARKS_MAX; i++) {
		if (!seat->marks[i]) {
			seat->marks[i] = cp;
			return;
		}
	}
	if (s->options.mode == SGR_RAW)
		put_number(s, cp);
}

static void put_text(struct sgr *s, uint32_t cp)
{
	bool wide = s->options.ambiguous_wide;
	int width;

	if (!s->options.utf8) {
		put_number(s, cp);
		return;
	}
	width = text_width(cp);
	if (width == 0)
		put_combining(s, cp);
	else if (width < 0 || width > 2 || ((width == 2) != wide && sgr_chars_ambiguous(cp)))
		put_void(s, cp);
	else
		put(s, cp, width, false);
}

/* A character beyond ASCII and C1. */
static void put_char(struct sgr *s, uint32_t cp)
{
	enum sgr_kind kind = sgr_chars_kind(cp);

	if (kind == SGR_TEXT)
		put_text(s, cp);
	else if (s->options.mode == SGR_RAW || kind == SGR_BIDI)
		put_number(s, cp);
	else if (kind == SGR_HIDDEN)
		put_mark(s);
	else if (kind == SGR_BREAK)
		put_break(s, cp);
	else if (kind == SGR_VOID)
		put_replacement(s);
}

static void put_raw(struct sgr *s, const struct unit *u)
{
	if (u->cp == NO_CHAR || (u->cp >= 0x80 && u->len == 1))
		put_bytes(s, u->len);
	else if (u->cp < 0x20 || u->cp == 0x7F)
		put_control(s, u->cp);
	else if (u->cp < 0x80)
		put(s, u->cp, 1, false);
	else if (u->cp < 0xA0)
		put_number(s, u->cp);
	else
		put_char(s, u->cp);
}

/* ---- the look ---- */

static void look(struct sgr *s)
{
	bool colours = s->options.mode == SGR_LOG;

	s->plain = (struct glyph){.ch = ' ', .width = 1};
	if (colours)
		s->plain.style = sgr_pen_visible(s->pen);
}

/* ---- what a sequence holds ---- */

static void hold(struct sgr *s, const struct unit *u)
{
	if (s->held_bytes + u->len > HELD_MAX) {
		s->dropped += u->len; /* strings end there: a CSI that goes on */
		return;
	}
	if (!s->held)
		s->held = mem_alloc(HELD_MAX * sizeof(s->held[0]));
	s->held[s->nheld++] = *u;
	s->held_bytes += u->len;
}

static void begin(struct sgr *s, enum state state, bool eight)
{
	s->state = state;
	s->eight = eight;
	s->prefix = s->inter = 0;
	s->params = (struct sgr_params){0};
	s->more = false;
	s->nheld = s->held_bytes = 0;
}

/* The sequence has no proper end: what it held was text. */
static void spill(struct sgr *s)
{
	size_t i, n = s->nheld;

	s->state = GROUND;
	put_mark(s);
	for (i = 0; i < n; i++)
		feed_unit(s, &s->held[i]);
	s->nheld = s->held_bytes = 0;
}

/* ---- actions ---- */

static void act_print(struct sgr *s, const struct unit *u)
{
	if (u->cp == NO_CHAR)
		put_replacement(s);
	else if (u->cp < 0x80)
		put(s, u->cp, 1, false);
	else
		put_char(s, u->cp);
}

static void act_control(struct sgr *s, const struct unit *u)
{
	if (u->cp == '\r')
		sgr_row_goto(&s->row, 0);
	else if (u->cp == '\b')
		sgr_row_move(&s->row, false, 1);
	else if (u->cp == '\t' && s->options.mode == SGR_NAME)
		put(s, ' ', 1, false);
	else if (u->cp == '\t')
		sgr_row_tab(&s->row);
	else if (u->cp == '\v' || u->cp == '\f')
		put_break(s, u->cp);
	else
		put_control(s, u->cp);
}

static void act_newline(struct sgr *s, const struct unit *u)
{
	put_break(s, u->cp);
}

static void act_c1(struct sgr *s, const struct unit *u)
{
	if (u->cp == 0x85)
		put_break(s, u->cp);
	else
		put_number(s, u->cp);
}

static void act_escape(struct sgr *s, const struct unit *u)
{
	begin(s, ESCAPE, false);
}

static void act_introducer(struct sgr *s, const struct unit *u)
{
	begin(s, u->cp == 0x9B ? CSI : u->cp == 0x9D ? OSC : STRING, true);
}

static void act_hold(struct sgr *s, const struct unit *u)
{
	hold(s, u);
}

static void act_nothing(struct sgr *s, const struct unit *u)
{
}

/* A sequence broken off: the text comes back, then the character has its turn. */
static void act_broken(struct sgr *s, const struct unit *u)
{
	spill(s);
	feed_unit(s, u);
}

static void act_string(struct sgr *s, const struct unit *u)
{
	hold(s, u);
	if (s->held_bytes + 4 > HELD_MAX)
		spill(s);
}

/* A string that came to its end is gone; only a link (OSC 8) goes without a mark. */
static void act_string_end(struct sgr *s, const struct unit *u)
{
	bool link = !s->eight && u->cp != 0x9C && s->nheld >= 3 && s->held[0].cp == ']' &&
		    s->held[1].cp == '8' && s->held[2].cp == ';';

	s->nheld = s->held_bytes = 0;
	if (!link)
		put_mark(s);
}

static void act_string_escape(struct sgr *s, const struct unit *u)
{
	if (u->cp == '\\') {
		s->state = GROUND;
		act_string_end(s, u);
		return;
	}
	spill(s);
	begin(s, ESCAPE, false);
	feed_unit(s, u);
}

/* What follows an ESC. */
enum escape {
	ESC_MARKED,
	ESC_SILENT,
	ESC_CSI,
	ESC_OSC,
	ESC_STRING,
	ESC_NEL,
};

static const uint8_t escape_finals[0x80] = {
	['['] = ESC_CSI,    [']'] = ESC_OSC,	['P'] = ESC_STRING, ['X'] = ESC_STRING,
	['^'] = ESC_STRING, ['_'] = ESC_STRING, ['k'] = ESC_STRING, ['E'] = ESC_NEL,
	['7'] = ESC_SILENT, ['8'] = ESC_SILENT, /* save, restore */
	['='] = ESC_SILENT, ['>'] = ESC_SILENT, /* keypad */
	['D'] = ESC_SILENT, ['M'] = ESC_SILENT, /* down, up */
	['H'] = ESC_SILENT, ['\\'] = ESC_SILENT,
	['N'] = ESC_SILENT, ['O'] = ESC_SILENT, ['n'] = ESC_SILENT, /* shifts of charsets */
	['o'] = ESC_SILENT, ['|'] = ESC_SILENT, ['}'] = ESC_SILENT, ['~'] = ESC_SILENT,
};

static void act_escape_final(struct sgr *s, const struct unit *u)
{
	static const enum state next[] = {
		[ESC_CSI] = CSI, [ESC_OSC] = OSC, [ESC_STRING] = STRING, [ESC_NEL] = GROUND};
	enum escape what = escape_finals[u->cp];

	/* After an intermediate: charsets ( ) * + - . / %, and the size of lines #. */
	if (s->state == ESCAPE_INTER)
		what = strchr("()*+-./%#", s->inter) ? ESC_SILENT : ESC_MARKED;
	s->state = GROUND;
	if (what == ESC_MARKED)
		put_mark(s);
	else if (what == ESC_NEL)
		put_break(s, 0x85);
	else if (what != ESC_SILENT) {
		s->state = next[what];
		hold(s, u);
	}
}

static void act_escape_inter(struct sgr *s, const struct unit *u)
{
	if (s->state == ESCAPE)
		s->inter = (char)u->cp;
	s->state = ESCAPE_INTER;
	hold(s, u);
}

static void act_param(struct sgr *s, const struct unit *u)
{
	struct sgr_params *p = &s->params;
	unsigned value;

	hold(s, u);
	if (s->more)
		return;
	if (p->n == 0)
		p->n = 1;
	if (u->cp <= '9') {
		value = p->value[p->n - 1] * 10u + (u->cp - '0');
		p->value[p->n - 1] = (uint16_t)(value < VALUE_MAX ? value : VALUE_MAX);
	} else if (p->n == SGR_PARAMS_MAX) {
		s->more = true;
	} else {
		p->colon |= (uint32_t)(u->cp == ':') << p->n;
		p->n++;
	}
}

static void act_prefix(struct sgr *s, const struct unit *u)
{
	hold(s, u);
	if (s->prefix || s->params.n)
		s->state = CSI_IGNORE;
	s->prefix = (char)u->cp;
}

static void act_inter(struct sgr *s, const struct unit *u)
{
	hold(s, u);
	if (s->state == CSI_INTER)
		s->state = CSI_IGNORE;
	else
		s->state = CSI_INTER;
	s->inter = (char)u->cp;
}

static void act_marked(struct sgr *s, const struct unit *u)
{
	put_mark(s);
}

/* ---- control sequences ---- */

/* How a CSI final is taken that has neither prefix nor intermediate. */
enum csi {
	CSI_MARKED,
	CSI_SILENT,
	CSI_STYLE,
	CSI_ERASE,
	CSI_COLUMN,
	CSI_LEFT,
	CSI_RIGHT,
	CSI_MODE,
};

static const uint8_t csi_finals[0x80] = {
	['m'] = CSI_STYLE,   ['K'] = CSI_ERASE,  ['G'] = CSI_COLUMN, ['`'] = CSI_COLUMN,
	['D'] = CSI_LEFT,    ['C'] = CSI_RIGHT,  ['a'] = CSI_RIGHT,  ['h'] = CSI_MODE,
	['l'] = CSI_MODE,    ['A'] = CSI_SILENT, ['B'] = CSI_SILENT, ['E'] = CSI_SILENT,
	['F'] = CSI_SILENT,  ['H'] = CSI_SILENT, ['f'] = CSI_SILENT, ['d'] = CSI_SILENT,
	['e'] = CSI_SILENT,  ['J'] = CSI_SILENT, ['L'] = CSI_SILENT, ['M'] = CSI_SILENT,
	['P'] = CSI_SILENT,  ['@'] = CSI_SILENT, ['X'] = CSI_SILENT, ['S'] = CSI_SILENT,
	['T'] = CSI_SILENT,  ['^'] = CSI_SILENT, ['r'] = CSI_SILENT, ['s'] = CSI_SILENT,
	['u'] = CSI_SILENT,  ['g'] = CSI_SILENT, ['W'] = CSI_SILENT, ['I'] = CSI_SILENT,
	['Z'] = CSI_SILENT,  ['b'] = CSI_SILENT,
};

/* Private modes that only change how a screen looks. */
static const uint16_t private_modes[] = {
	1,  3,	4,  5,	6,  7,	8,  12, 25, 40, 45, 47, 66, 69, 95, /* cursor, wrap, size, screen */
	1047, 1048, 1049,					    /* alternate screen */
	2026, 2027,						    /* whole frames, clusters */
};

static bool modes_harmless(const struct sgr *s)
{
	unsigned i;
	size_t k;

	if (s->more)
		return false;
	for (i = 0; i < s->params.n; i++) {
		unsigned mode = s->params.value[i];

		if (s->prefix == 0 && (mode == 4 || mode == 20)) /* insert, newline */
			continue;
		for (k = 0; k < COUNT(private_modes) && private_modes[k] != mode; k++)
			;
		if (s->prefix != '?' || k == COUNT(private_modes))
			return false;
	}
	return true;
}

static enum csi csi_what(const struct sgr *s, unsigned final)
{
	enum csi what = csi_finals[final];

	if (s->eight)
		return CSI_MARKED;
	if (s->inter) /* the shape of the cursor */
		return s->inter == ' ' && final == 'q' && !s->prefix ? CSI_SILENT : CSI_MARKED;
	if (what == CSI_MODE)
		return modes_harmless(s) ? CSI_SILENT : CSI_MARKED;
	if (s->prefix) /* private modes saved and restored */
		return s->prefix == '?' && (final == 's' || final == 'r') ? CSI_SILENT : CSI_MARKED;
	return what;
}

static void act_csi_final(struct sgr *s, const struct unit *u)
{
	unsigned first = s->params.value[0], n = first ? first : 1;

	switch (csi_what(s, u->cp)) {
	case CSI_STYLE:
		if (s->options.mode != SGR_NAME)
			sgr_pen_apply(&s->pen, &s->params);
		look(s);
		break;
	case CSI_ERASE:
		sgr_row_erase(&s->row, first);
		break;
	case CSI_COLUMN:
		sgr_row_goto(&s->row, n - 1);
		break;
	case CSI_LEFT:
	case CSI_RIGHT:
		sgr_row_move(&s->row, u->cp != 'D', n);
		break;
	case CSI_MARKED:
		put_mark(s);
		break;
	default:
		break;
	}
}

/* ---- the machine ---- */

enum class {
	CTL,   /* C0 but for those below, DEL; 0 in the tables */
	LF,
	BEL,
	CAN,   /* CAN, SUB: break a sequence off */
	ESC,
	INTER, /* 20..2F */
	PARAM, /* 0..9 : ; */
	PRIV,  /* < = > ? */
	FINAL, /* 40..7E */
	C1,
	ST,
	INTRO, /* C1 that introduce a sequence */
	HIGH,  /* all that is not ASCII or C1, and what is not UTF-8 */
	CLASSES,
};

static enum class class_of(uint32_t cp)
{
	static const uint8_t controls[] = {
		[7] = BEL, ['\n'] = LF, [0x18] = CAN, [0x1A] = CAN, [0x1B] = ESC, [0x1F] = CTL};
	static const uint8_t c1[] = {
		[0x00 ... 0x0F] = C1, [0x10] = INTRO, [0x11 ... 0x17] = C1,
		[0x18] = INTRO, [0x19 ... 0x1A] = C1, [0x1B] = INTRO, [0x1C] = ST,
		[0x1D ... 0x1F] = INTRO};

	if (cp >= 0xA0)
		return HIGH;
	if (cp >= 0x80)
		return (enum class)c1[cp - 0x80];
	if (cp < 0x20)
		return (enum class)controls[cp];
	if (cp >= 0x40)
		return cp == 0x7F ? CTL : FINAL;
	return cp < 0x30 ? INTER : cp < 0x3C ? PARAM : PRIV;
}

/* What to do; the state is set to `next` before, and the action may choose another. */
struct step {
	void (*act)(struct sgr *s, const struct unit *u);
	enum state next;
};

#define BROKEN {act_broken, GROUND}
#define TEXT {act_print, GROUND}
/* All that may not stand within an escape or control sequence. */
#define BREAKS [CTL ... ESC] = BROKEN, [C1 ... HIGH] = BROKEN

static const struct step machine[STATES][CLASSES] = {
	[GROUND] = {
		[CTL] = {act_control, GROUND}, [LF] = {act_newline, GROUND},
		[BEL] = {act_control, GROUND}, [CAN] = {act_control, GROUND},
		[ESC] = {act_escape, ESCAPE}, [INTER ... FINAL] = TEXT, [C1] = {act_c1, GROUND},
		[ST] = {act_c1, GROUND}, [INTRO] = {act_introducer, GROUND}, [HIGH] = TEXT,
	},
	[ESCAPE] = {
		BREAKS, [INTER] = {act_escape_inter, ESCAPE},
		[PARAM ... FINAL] = {act_escape_final, ESCAPE},
	},
	[ESCAPE_INTER] = {
		BREAKS, [INTER] = {act_escape_inter, ESCAPE_INTER},
		[PARAM ... FINAL] = {act_escape_final, ESCAPE_INTER},
	},
	[CSI] = {
		BREAKS, [INTER] = {act_inter, CSI}, [PARAM] = {act_param, CSI},
		[PRIV] = {act_prefix, CSI}, [FINAL] = {act_csi_final, GROUND},
	},
	[CSI_INTER] = {
		BREAKS, [INTER] = {act_inter, CSI_INTER}, [PARAM ... PRIV] = {act_hold, CSI_IGNORE},
		[FINAL] = {act_csi_final, GROUND},
	},
	[CSI_IGNORE] = {
		BREAKS, [INTER ... PRIV] = {act_hold, CSI_IGNORE}, [FINAL] = {act_marked, GROUND},
	},
	[OSC] = {
		[CTL] = {act_string, OSC}, [LF] = BROKEN, [BEL] = {act_string_end, GROUND},
		[CAN] = BROKEN, [ESC] = {act_nothing, STRING_ESC}, [INTER ... C1] = {act_string, OSC},
		[ST] = {act_string_end, GROUND}, [INTRO] = BROKEN, [HIGH] = {act_string, OSC},
	},
	[STRING] = {
		[CTL] = {act_string, STRING}, [LF] = BROKEN, [BEL] = {act_string, STRING},
		[CAN] = BROKEN, [ESC] = {act_nothing, STRING_ESC},
		[INTER ... C1] = {act_string, STRING}, [ST] = {act_string_end, GROUND},
		[INTRO] = BROKEN, [HIGH] = {act_string, STRING},
	},
	[STRING_ESC] = {[CTL ... HIGH] = {act_string_escape, GROUND}},
};

/* Runs one character; also for those that a broken sequence held. */
static void feed_unit(struct sgr *s, const struct unit *u)
{
	const struct step *step;

	if (s->options.mode == SGR_RAW) {
		put_raw(s, u);
	} else {
		step = &machine[s->state][class_of(u->cp)];
		s->state = step->next;
		step->act(s, u);
	}
	if (s->row.full) {
		s->row.full = false;
		s->dropped += u->len;
	}
}

/* ---- bytes ---- */

static void decoded(struct sgr *s, uint32_t cp, size_t len)
{
	struct unit u = {cp, (uint32_t)len};

	feed_unit(s, &u);
	s->row.seen += len;
}

/* The character in the decoder can't be completed. */
static void undecodable(struct sgr *s)
{
	size_t len = s->have;

	s->debris = s->need;
	s->need = s->have = 0;
	if (len)
		decoded(s, NO_CHAR, len);
}

/* Continuation bytes that a lead claims, also the leads that no UTF-8 has. */
static uint8_t claimed(uint8_t lead)
{
	uint8_t n = 0;

	while (n < 6 && lead & (0x40 >> n))
		n++;
	return n < 6 ? n : 0;
}

static void lead_byte(struct sgr *s, uint8_t b)
{
	s->bytes[0] = b;
	s->have = 1;
	s->need = claimed(b);
	if (b < 0xC2 || b > 0xF4) {
		undecodable(s);
		return;
	}
	s->debris = 0;
	s->cp = b & (0x3Fu >> s->need);
	s->low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
	s->high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
}

/*
 * A continuation byte without a lead is a C1 control in 80..9F, unless it is what
 * is left of a broken character.
 */
static void stray_byte(struct sgr *s, uint8_t b)
{
	s->bytes[0] = b;
	if (s->debris) {
		s->debris--;
		decoded(s, NO_CHAR, 1);
	} else {
		decoded(s, b < 0xA0 ? b : NO_CHAR, 1);
	}
}

static void feed_byte(struct sgr *s, uint8_t b)
{
	if (s->need && b >= s->low && b <= s->high) {
		s->bytes[s->have++] = b;
		s->cp = s->cp << 6 | (b & 0x3F);
		s->low = 0x80;
		s->high = 0xBF;
		if (--s->need == 0) {
			size_t len = s->have;

			s->have = 0;
			decoded(s, s->cp, len);
		}
		return;
	}
	if (s->need)
		undecodable(s);
	if (b < 0x80) {
		s->debris = 0;
		decoded(s, b, 1);
	} else if (b < 0xC0) {
		stray_byte(s, b);
	} else {
		lead_byte(s, b);
	}
}

static size_t ascii_run(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (unsigned char)s[n] - 0x20u < 0x5F)
		n++;
	return n;
}

static void fresh_line(struct sgr *s)
{
	if (!s->ended)
		return;
	sgr_row_clear(&s->row);
	s->ended = false;
	s->suspicious = 0;
	s->dropped = 0;
}

void sgr_feed(struct sgr *s, const char *bytes, size_t len)
{
	size_t n;

	fresh_line(s);
	while (len > 0) {
		n = s->state == GROUND && !s->need ? ascii_run(bytes, len) : 0;
		if (n) {
			s->debris = 0;
			s->dropped += n - sgr_row_run(&s->row, &s->plain, bytes, n);
			s->row.seen += n;
			s->row.full = false;
		} else {
			feed_byte(s, (uint8_t)*bytes);
			n = 1;
		}
		bytes += n;
		len -= n;
	}
}

/* ---- lines ---- */

struct sgr_line sgr_end_line(struct sgr *s)
{
	struct sgr_line line = {0};

	fresh_line(s);
	if (s->need)
		undecodable(s);
	s->debris = 0;
	if (s->state == STRING_ESC) {
		spill(s);
		s->state = ESCAPE;
	}
	if (s->state != GROUND)
		spill(s);
	line.n = sgr_row_pack(&s->row);
	line.glyphs = s->row.cells;
	line.cells = s->row.end;
	line.overwrites = s->row.overwrites;
	line.suspicious = s->suspicious;
	line.dropped = s->dropped;
	s->ended = true;
	return line;
}

struct sgr *sgr_new(const struct sgr_options *options)
{
	struct sgr *s = mem_zalloc(sizeof(*s));

	s->options = *options;
	look(s);
	return s;
}

void sgr_free(struct sgr *s)
{
	if (!s)
		return;
	sgr_row_done(&s->row);
	mem_free(s->held);
	mem_free(s);
}

void sgr_reset(struct sgr *s)
{
	begin(s, GROUND, false);
	s->need = s->have = s->debris = 0;
	s->ended = true;
	fresh_line(s);
	s->suspicious_all = 0;
	s->pen = (struct style){0};
	look(s);
}

struct style sgr_style(const struct sgr *s)
{
	return s->pen;
}

void sgr_set_style(struct sgr *s, struct style style)
{
	s->pen = style;
	look(s);
}

unsigned sgr_suspicious(const struct sgr *s)
{
	return s->suspicious_all;
}

/* ---- text ---- */

/* The UTF-8 of one glyph, at most 4 * (1 + SGR_MARKS_MAX) bytes. */
static size_t glyph_text(const struct glyph *g, char *out)
{
	size_t n = text_encode(g->ch, out);
	int i;

	for (i = 0; i < SGR_MARKS_MAX && g->marks[i]; i++)
		n += text_encode(g->marks[i], out + n);
	return n;
}

void sgr_text(const struct sgr_line *line, struct buf *out)
{
	char text[4 * (1 + SGR_MARKS_MAX)], *room;
	size_t i, n = 0;

	for (i = 0; i < line->n; i++)
		n += glyph_text(&line->glyphs[i], text);
	room = buf_room(out, n);
	if (!room)
		return;
	for (i = n = 0; i < line->n; i++)
		n += glyph_text(&line->glyphs[i], room + n);
	buf_seal(out, n);
}

void sgr_clean_name(const char *name, bool utf8, struct buf *out)
{
	struct sgr_options options = {.mode = SGR_NAME, .utf8 = utf8};
	const char *text = text_or_empty(name);
	size_t len = strlen(text);
	struct sgr_line line;
	struct sgr *s;

	if (ascii_run(text, len) == len) {
		buf_add(out, text, len);
		return;
	}
	s = sgr_new(&options);
	sgr_feed(s, text, len);
	line = sgr_end_line(s);
	sgr_text(&line, out);
	sgr_free(s);
}
