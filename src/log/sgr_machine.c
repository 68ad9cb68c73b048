/* SPDX-License-Identifier: MIT */
/*
 * A VT500 parser: the class of a character and the state choose a row of `steps`. It
 * differs from a terminal's in one thing, that nothing is lost by being hidden in a
 * sequence. What a sequence holds is kept, and if it does not come to a proper end (a
 * control, the line's end, 4 KiB) it is marked and the text it held is shown after the
 * mark. A held text has no introducer in it, so showing it can't start another sequence
 * and every character is handled at most twice.
 */
#include "sgr_machine.h"

#include "core/mem.h"
#include "sgr_policy.h"

#define HELD_MAX 4096 /* bytes a sequence holds; a string ends there */
#define VALUE_MAX 65535

/* ---- what a sequence holds ---- */

static void hold(struct sgr_machine *m, const struct sgr_unit *u)
{
	if (m->held_bytes + u->len > HELD_MAX) {
		m->unheld += u->len; /* of a CSI: strings end there */
		return;
	}
	if (!m->held)
		m->held = mem_alloc(HELD_MAX * sizeof(m->held[0]));
	m->held[m->nheld++] = *u;
	m->held_bytes += u->len;
}

static void begin(struct sgr_machine *m, enum sgr_state state, bool eight)
{
	m->state = state;
	m->eight = eight;
	m->prefix = m->inter = 0;
	m->params = (struct sgr_params){0};
	m->nheld = m->held_bytes = m->unheld = 0;
}

/* The sequence has no proper end: what it held was text. */
static void spill(struct sgr_machine *m)
{
	size_t i, n = m->nheld;

	m->state = AT_GROUND;
	sgr_write_mark(&m->out);
	for (i = 0; i < n; i++)
		sgr_machine_feed(m, &m->held[i]);
	m->out.dropped += m->unheld;
	m->nheld = m->held_bytes = m->unheld = 0;
}

/* ---- actions ---- */

static void act_print(struct sgr_machine *m, const struct sgr_unit *u)
{
	sgr_write_char(&m->out, u);
}

static void act_control(struct sgr_machine *m, const struct sgr_unit *u)
{
	if (u->cp == '\r')
		sgr_row_goto(&m->out.row, 0);
	else if (u->cp == '\b')
		sgr_row_move(&m->out.row, false, 1);
	else if (u->cp == '\t' && m->out.options.mode == SGR_NAME)
		sgr_write_char(&m->out, &(struct sgr_unit){.cp = ' ', .len = 1});
	else if (u->cp == '\t')
		sgr_row_tab(&m->out.row);
	else if (u->cp == '\v' || u->cp == '\f')
		sgr_write_break(&m->out, u->cp);
	else
		sgr_write_control(&m->out, u->cp);
}

static void act_newline(struct sgr_machine *m, const struct sgr_unit *u)
{
	sgr_write_break(&m->out, u->cp);
}

static void act_c1(struct sgr_machine *m, const struct sgr_unit *u)
{
	if (u->cp == 0x85)
		sgr_write_break(&m->out, u->cp);
	else
		sgr_write_number(&m->out, u->cp);
}

static void act_escape(struct sgr_machine *m, const struct sgr_unit *u)
{
	begin(m, AT_ESCAPE, false);
}

static void act_introducer(struct sgr_machine *m, const struct sgr_unit *u)
{
	begin(m, u->cp == 0x9B ? AT_CSI : u->cp == 0x9D ? AT_OSC : AT_STRING, true);
}

static void act_hold(struct sgr_machine *m, const struct sgr_unit *u)
{
	hold(m, u);
}

static void act_nothing(struct sgr_machine *m, const struct sgr_unit *u)
{
}

/* A sequence broken off: the text comes back, then the character has its turn. */
static void act_broken(struct sgr_machine *m, const struct sgr_unit *u)
{
	spill(m);
	sgr_machine_feed(m, u);
}

static void act_string(struct sgr_machine *m, const struct sgr_unit *u)
{
	hold(m, u);
	if (m->held_bytes + 4 > HELD_MAX)
		spill(m);
}

/* A string that came to its end is gone; only a link (OSC 8) goes without a mark. */
static void act_string_end(struct sgr_machine *m, const struct sgr_unit *u)
{
	bool link = !m->eight && u->cp != 0x9C && m->nheld >= 3 && m->held[0].cp == ']' &&
		    m->held[1].cp == '8' && m->held[2].cp == ';';

	m->nheld = m->held_bytes = 0;
	if (!link)
		sgr_write_mark(&m->out);
}

static void act_string_escape(struct sgr_machine *m, const struct sgr_unit *u)
{
	if (u->cp == '\\') {
		act_string_end(m, u);
		return;
	}
	spill(m);
	begin(m, AT_ESCAPE, false);
	sgr_machine_feed(m, u);
}

static void act_escape_final(struct sgr_machine *m, const struct sgr_unit *u)
{
	static const enum sgr_state next[] = {
		[SGR_ESC_CSI] = AT_CSI, [SGR_ESC_OSC] = AT_OSC, [SGR_ESC_STRING] = AT_STRING};
	enum sgr_escape what = sgr_policy_escape(m->inter, u->cp);

	if (what == SGR_ESC_MARKED) {
		sgr_write_mark(&m->out);
	} else if (what == SGR_ESC_BREAK) {
		sgr_write_break(&m->out, 0x85);
	} else if (what != SGR_ESC_SILENT) {
		m->state = next[what];
		hold(m, u);
	}
}

static void act_escape_inter(struct sgr_machine *m, const struct sgr_unit *u)
{
	if (!m->inter)
		m->inter = (char)u->cp;
	hold(m, u);
}

static void act_param(struct sgr_machine *m, const struct sgr_unit *u)
{
	struct sgr_params *p = &m->params;
	unsigned value;

	hold(m, u);
	if (p->more)
		return;
	if (p->n == 0)
		p->n = 1;
	if (u->cp <= '9') {
		value = p->value[p->n - 1] * 10u + (u->cp - '0');
		p->value[p->n - 1] = (uint16_t)(value < VALUE_MAX ? value : VALUE_MAX);
	} else if (p->n == SGR_PARAMS_MAX) {
		p->more = true;
	} else {
		p->colon |= (uint32_t)(u->cp == ':') << p->n;
		p->n++;
	}
}

static void act_prefix(struct sgr_machine *m, const struct sgr_unit *u)
{
	hold(m, u);
	if (m->prefix || m->params.n)
		m->state = AT_CSI_IGNORE;
	m->prefix = (char)u->cp;
}

static void act_inter(struct sgr_machine *m, const struct sgr_unit *u)
{
	hold(m, u);
	m->inter = (char)u->cp;
}

static void act_marked(struct sgr_machine *m, const struct sgr_unit *u)
{
	sgr_write_mark(&m->out);
}

static void act_csi_final(struct sgr_machine *m, const struct sgr_unit *u)
{
	unsigned first = m->params.value[0], n = first ? first : 1;
	enum sgr_csi what = SGR_CSI_MARKED;

	if (!m->eight)
		what = sgr_policy_csi(m->prefix, &m->params, m->inter, u->cp);
	switch (what) {
	case SGR_CSI_STYLE:
		sgr_pen_apply(&m->pen, &m->params);
		sgr_machine_set_pen(m, m->pen);
		break;
	case SGR_CSI_ERASE:
		sgr_row_erase(&m->out.row, first);
		break;
	case SGR_CSI_COLUMN:
		sgr_row_goto(&m->out.row, n - 1);
		break;
	case SGR_CSI_LEFT:
	case SGR_CSI_RIGHT:
		sgr_row_move(&m->out.row, u->cp != 'D', n);
		break;
	case SGR_CSI_MARKED:
		sgr_write_mark(&m->out);
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
	void (*act)(struct sgr_machine *m, const struct sgr_unit *u);
	enum sgr_state next;
};

#define BROKEN {act_broken, AT_GROUND}
#define TEXT {act_print, AT_GROUND}
/* All that may not stand within an escape or control sequence. */
#define BREAKS [CTL ... ESC] = BROKEN, [C1 ... HIGH] = BROKEN

static const struct step steps[AT_STATES][CLASSES] = {
	[AT_GROUND] = {
		[CTL] = {act_control, AT_GROUND}, [LF] = {act_newline, AT_GROUND},
		[BEL] = {act_control, AT_GROUND}, [CAN] = {act_control, AT_GROUND},
		[ESC] = {act_escape, AT_ESCAPE}, [INTER ... FINAL] = TEXT,
		[C1] = {act_c1, AT_GROUND}, [ST] = {act_c1, AT_GROUND},
		[INTRO] = {act_introducer, AT_GROUND}, [HIGH] = TEXT,
	},
	[AT_ESCAPE] = {
		BREAKS, [INTER] = {act_escape_inter, AT_ESCAPE_INTER},
		[PARAM ... FINAL] = {act_escape_final, AT_GROUND},
	},
	[AT_ESCAPE_INTER] = {
		BREAKS, [INTER] = {act_escape_inter, AT_ESCAPE_INTER},
		[PARAM ... FINAL] = {act_escape_final, AT_GROUND},
	},
	[AT_CSI] = {
		BREAKS, [INTER] = {act_inter, AT_CSI_INTER}, [PARAM] = {act_param, AT_CSI},
		[PRIV] = {act_prefix, AT_CSI}, [FINAL] = {act_csi_final, AT_GROUND},
	},
	[AT_CSI_INTER] = {
		BREAKS, [INTER ... PRIV] = {act_hold, AT_CSI_IGNORE},
		[FINAL] = {act_csi_final, AT_GROUND},
	},
	[AT_CSI_IGNORE] = {
		BREAKS, [INTER ... PRIV] = {act_hold, AT_CSI_IGNORE},
		[FINAL] = {act_marked, AT_GROUND},
	},
	[AT_OSC] = {
		[CTL] = {act_string, AT_OSC}, [LF] = BROKEN, [BEL] = {act_string_end, AT_GROUND},
		[CAN] = BROKEN, [ESC] = {act_nothing, AT_STRING_ESC},
		[INTER ... C1] = {act_string, AT_OSC}, [ST] = {act_string_end, AT_GROUND},
		[INTRO] = BROKEN, [HIGH] = {act_string, AT_OSC},
	},
	[AT_STRING] = {
		[CTL] = {act_string, AT_STRING}, [LF] = BROKEN, [BEL] = {act_string, AT_STRING},
		[CAN] = BROKEN, [ESC] = {act_nothing, AT_STRING_ESC},
		[INTER ... C1] = {act_string, AT_STRING}, [ST] = {act_string_end, AT_GROUND},
		[INTRO] = BROKEN, [HIGH] = {act_string, AT_STRING},
	},
	[AT_STRING_ESC] = {[CTL ... HIGH] = {act_string_escape, AT_GROUND}},
};

void sgr_machine_feed(struct sgr_machine *m, const struct sgr_unit *u)
{
	const struct step *step;

	if (m->out.options.mode == SGR_RAW) {
		sgr_write_raw(&m->out, u);
	} else {
		step = &steps[m->state][class_of(u->cp)];
		m->state = step->next;
		step->act(m, u);
	}
	if (m->out.row.full) {
		m->out.row.full = false;
		m->out.dropped += u->len;
	}
}

void sgr_machine_end(struct sgr_machine *m)
{
	if (m->state == AT_STRING_ESC) {
		spill(m);
		m->state = AT_ESCAPE; /* the ESC began a sequence of its own */
	}
	if (m->state != AT_GROUND)
		spill(m);
}

void sgr_machine_set_pen(struct sgr_machine *m, struct style pen)
{
	m->pen = pen;
	m->out.plain = (struct glyph){.ch = ' ', .width = 1};
	if (m->out.options.mode == SGR_LOG)
		m->out.plain.style = sgr_pen_visible(pen);
}

void sgr_machine_reset(struct sgr_machine *m)
{
	begin(m, AT_GROUND, false);
	sgr_machine_set_pen(m, (struct style){0});
}

void sgr_machine_done(struct sgr_machine *m)
{
	sgr_row_done(&m->out.row);
	mem_free(m->held);
}
