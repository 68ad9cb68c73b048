/* SPDX-License-Identifier: MIT */
/*
 * The four forms of log text. Raw bytes are not touched at all, whatever they hold: that is
 * what scripts, diff and grep want, and what kubectl and curl do. The others go line by
 * line through the sanitiser or into JSON strings.
 *
 * Steps that run side by side each have a voice: what is half done of a line stays with it, and
 * a header comes whenever another one goes on.
 */
#include "sink.h"

#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "log/sgr.h"
#include "paint.h"
#include "relay.h"
#include "say.h"

#define PIECE_MAX (8u << 20) /* of a line in one JSON record; the rest follows under the same number */

enum form { FORM_RAW, FORM_CLEAN, FORM_COLOUR, FORM_JSON };

struct sink_voice {
	char *step_id, *title; /* title: "stage / job / step" */
	struct sgr *sgr;
	struct buf line;  /* JSON: a line so far */
	int64_t number;	  /* of the next line; 0: not known */
	bool mid_line;	  /* the last text had no newline yet */
};

struct sink {
	struct command *c;
	struct out *out;
	enum form form;
	struct sgr_options sgr;
	struct records records;
	struct buf made; /* cleaned text or a record on its way out */
	bool headers;
	unsigned told;	 /* headers, so far */
	unsigned voices; /* that have not ended */
	const struct sink_voice *last; /* whose text came last; NULL: nobody's, or one that has ended */
	bool last_mid_line;
};

static bool terminal_has_colours(void)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	return text_empty(no_colour) && !text_empty(term) && strcmp(term, "dumb") != 0;
}

static enum form choose(const struct want *want, bool tty)
{
	if (want->json != JSON_NONE)
		return FORM_JSON;
	if (want->raw)
		return FORM_RAW;
	if (want->colour == COLOUR_ALWAYS)
		return FORM_COLOUR;
	if (tty && want->colour == COLOUR_AUTO && terminal_has_colours())
		return FORM_COLOUR;
	return tty || want->clean ? FORM_CLEAN : FORM_RAW;
}

struct sink *sink_new(struct command *c, bool headers)
{
	struct sink *s = mem_zalloc(sizeof(*s));

	s->c = c;
	s->out = &c->out;
	s->form = choose(&c->options->want, c->out.tty);
	s->headers = headers && s->form != FORM_JSON;
	s->sgr = (struct sgr_options){.mode = s->form == FORM_COLOUR ? SGR_LOG : SGR_PLAIN,
				      .utf8 = text_locale_utf8(),
				      .ambiguous_wide = c->options->ambiguous_wide};
	buf_init(&s->made, BUF_MAX);
	if (s->form == FORM_JSON)
		records_begin(&s->records, s->out, c->options->want.json == JSON_LINES);
	return s;
}

/* ---- records ---- */

static void add_field(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, ",\"%s\":", name);
	if (text_empty(value))
		buf_adds(out, "null");
	else
		relay_string(value, strlen(value), out);
}

static bool record_line(struct sink *s, struct sink_voice *v)
{
	buf_clear(&s->made);
	buf_adds(&s->made, "{\"step\":");
	relay_string(text_or_empty(v->step_id), strlen(text_or_empty(v->step_id)), &s->made);
	if (v->number)
		buf_addf(&s->made, ",\"line\":%lld,\"text\":", (long long)v->number);
	else
		buf_adds(&s->made, ",\"line\":null,\"text\":");
	relay_string(v->line.data, v->line.len, &s->made);
	buf_addc(&s->made, '}');
	buf_clear(&v->line);
	return records_add(&s->records, &s->made);
}

static bool json_text(struct sink *s, struct sink_voice *v, const char *text, size_t len)
{
	const char *end = text + len, *newline;

	while (text < end) {
		newline = memchr(text, '\n', (size_t)(end - text));
		buf_add(&v->line, text, (size_t)((newline ? newline : end) - text));
		text = newline ? newline + 1 : end;
		if (!newline && v->line.len < PIECE_MAX)
			break;
		if (!record_line(s, v))
			return false;
		if (newline && v->number)
			v->number++;
	}
	return true;
}

/* ---- cleaned text ---- */

static bool clean_text(struct sink *s, struct sink_voice *v, const char *text, size_t len)
{
	const char *end = text + len, *newline;
	struct sgr_line line;

	buf_clear(&s->made);
	while (text < end) {
		newline = memchr(text, '\n', (size_t)(end - text));
		sgr_feed(v->sgr, text, (size_t)((newline ? newline : end) - text));
		if (!newline)
			break;
		text = newline + 1;
		line = sgr_end_line(v->sgr);
		if (s->form == FORM_COLOUR)
			paint_line(&line, &s->made);
		else
			sgr_text(&line, &s->made);
		buf_addc(&s->made, '\n');
	}
	return out_add(s->out, s->made.data, s->made.len);
}

/* ---- whose text it is ---- */

/* A line of its own, whatever came before. */
static void header_line(struct sink *s, const struct sink_voice *v)
{
	buf_clear(&s->made);
	if (s->last_mid_line)
		buf_addc(&s->made, '\n');
	buf_addf(&s->made, "%s==> %s <==\n", s->told++ ? "\n" : "", v->title);
	out_add(s->out, s->made.data, s->made.len);
}

static void speak(struct sink *s, const struct sink_voice *v)
{
	if (s->last != v && s->headers)
		header_line(s, v);
	s->last = v;
}

bool sink_text(struct sink *s, struct sink_voice *v, const char *text, size_t len)
{
	if (len == 0)
		return !s->out->error;
	speak(s, v);
	v->mid_line = text[len - 1] != '\n';
	s->last_mid_line = v->mid_line && s->form == FORM_RAW; /* the others hold it back */
	switch (s->form) {
	case FORM_RAW:
		return out_add(s->out, text, len);
	case FORM_JSON:
		return json_text(s, v, text, len);
	default:
		return clean_text(s, v, text, len);
	}
}

/* ---- steps and events ---- */

static void record_step(struct sink *s, const struct step_at *at)
{
	buf_clear(&s->made);
	buf_adds(&s->made, "{\"event\":\"step\"");
	add_field(&s->made, "step", at->step->id);
	add_field(&s->made, "stage", at->stage->name);
	add_field(&s->made, "job", at->job ? at->job->name : NULL);
	add_field(&s->made, "name", at->step->name);
	add_field(&s->made, "state", state_word(at->step->state));
	buf_addc(&s->made, '}');
	records_add(&s->records, &s->made);
}

static char *title_of(const struct step_at *at)
{
	struct buf title;

	buf_init(&title, BUF_MAX);
	say_name(&title, at->stage->name, "-");
	buf_adds(&title, " / ");
	say_name(&title, at->job ? at->job->name : NULL, "-");
	buf_adds(&title, " / ");
	say_name(&title, at->step->name, "-");
	return buf_take(&title);
}

struct sink_voice *sink_begin(struct sink *s, const struct step_at *at)
{
	struct sink_voice *v = mem_zalloc(sizeof(*v));

	v->step_id = mem_strdup(at->step->id);
	v->title = title_of(at);
	v->sgr = sgr_new(&s->sgr);
	v->number = 1;
	buf_init(&v->line, BUF_MAX);
	s->voices++;
	if (s->form == FORM_JSON)
		record_step(s, at);
	else
		speak(s, v);
	return v;
}

void sink_end(struct sink *s, struct sink_voice *v)
{
	if (!v)
		return;
	if (v->mid_line && s->form != FORM_RAW)
		sink_text(s, v, "\n", 1);
	if (s->last == v)
		s->last = NULL;
	s->voices--;
	sgr_free(v->sgr);
	buf_done(&v->line);
	mem_free(v->step_id);
	mem_free(v->title);
	mem_free(v);
}

void sink_line(struct sink_voice *v, int64_t number)
{
	v->number = number;
}

void sink_event(struct sink *s, struct sink_voice *v, const char *event, const char *text)
{
	if (s->form != FORM_JSON) {
		if (s->voices > 1)
			say("%s: %s", v->title, text);
		else
			say("%s", text);
		return;
	}
	buf_clear(&s->made);
	buf_adds(&s->made, "{\"event\":");
	relay_string(event, strlen(event), &s->made);
	add_field(&s->made, "step", v->step_id);
	add_field(&s->made, "text", text);
	buf_addc(&s->made, '}');
	records_add(&s->records, &s->made);
}

bool sink_flush(struct sink *s)
{
	return out_flush(s->out);
}

void sink_free(struct sink *s)
{
	if (!s)
		return;
	if (s->form == FORM_JSON)
		records_end(&s->records);
	buf_done(&s->made);
	mem_free(s);
}
