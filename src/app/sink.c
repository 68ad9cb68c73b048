/* SPDX-License-Identifier: MIT */
/*
 * The four forms of log text. Raw bytes are not touched at all, whatever they hold: that is
 * what scripts, diff and grep want, and what kubectl and curl do. The others go line by
 * line through the sanitiser or into JSON strings.
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

struct sink {
	struct command *c;
	struct out *out;
	enum form form;
	struct sgr *sgr;
	struct records records;
	struct buf line;  /* JSON: a line so far */
	struct buf made;  /* cleaned text or a record on its way out */
	char *step_id;
	int64_t number;	  /* of the next line; 0: not known */
	unsigned steps;
	bool mid_line;	  /* the last text had no newline yet */
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

struct sink *sink_new(struct command *c)
{
	struct sink *s = mem_zalloc(sizeof(*s));
	struct sgr_options sgr = {.utf8 = text_locale_utf8(), .ambiguous_wide = c->options->ambiguous_wide};

	s->c = c;
	s->out = &c->out;
	s->form = choose(&c->options->want, c->out.tty);
	sgr.mode = s->form == FORM_COLOUR ? SGR_LOG : SGR_PLAIN;
	s->sgr = sgr_new(&sgr);
	buf_init(&s->line, BUF_MAX);
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

static bool record_line(struct sink *s)
{
	buf_clear(&s->made);
	buf_adds(&s->made, "{\"step\":");
	relay_string(text_or_empty(s->step_id), strlen(text_or_empty(s->step_id)), &s->made);
	if (s->number)
		buf_addf(&s->made, ",\"line\":%lld,\"text\":", (long long)s->number);
	else
		buf_adds(&s->made, ",\"line\":null,\"text\":");
	relay_string(s->line.data, s->line.len, &s->made);
	buf_addc(&s->made, '}');
	buf_clear(&s->line);
	return records_add(&s->records, &s->made);
}

static bool json_text(struct sink *s, const char *text, size_t len)
{
	const char *end = text + len, *newline;

	while (text < end) {
		newline = memchr(text, '\n', (size_t)(end - text));
		buf_add(&s->line, text, (size_t)((newline ? newline : end) - text));
		text = newline ? newline + 1 : end;
		if (!newline && s->line.len < PIECE_MAX)
			break;
		if (!record_line(s))
			return false;
		if (newline && s->number)
			s->number++;
	}
	return true;
}

/* ---- cleaned text ---- */

static bool clean_text(struct sink *s, const char *text, size_t len)
{
	const char *end = text + len, *newline;
	struct sgr_line line;

	buf_clear(&s->made);
	while (text < end) {
		newline = memchr(text, '\n', (size_t)(end - text));
		sgr_feed(s->sgr, text, (size_t)((newline ? newline : end) - text));
		if (!newline)
			break;
		text = newline + 1;
		line = sgr_end_line(s->sgr);
		if (s->form == FORM_COLOUR)
			paint_line(&line, &s->made);
		else
			sgr_text(&line, &s->made);
		buf_addc(&s->made, '\n');
	}
	return out_add(s->out, s->made.data, s->made.len);
}

bool sink_text(struct sink *s, const char *text, size_t len)
{
	s->mid_line = len ? text[len - 1] != '\n' : s->mid_line;
	switch (s->form) {
	case FORM_RAW:
		return out_add(s->out, text, len);
	case FORM_JSON:
		return json_text(s, text, len);
	default:
		return clean_text(s, text, len);
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

static void header_line(struct sink *s, const struct step_at *at)
{
	buf_clear(&s->made);
	buf_adds(&s->made, s->steps > 1 ? "\n==> " : "==> ");
	say_name(&s->made, at->stage->name, "-");
	buf_adds(&s->made, " / ");
	say_name(&s->made, at->job ? at->job->name : NULL, "-");
	buf_adds(&s->made, " / ");
	say_name(&s->made, at->step->name, "-");
	buf_adds(&s->made, " <==\n");
	out_add(s->out, s->made.data, s->made.len);
}

void sink_step(struct sink *s, const struct step_at *at, bool header)
{
	s->steps++;
	s->number = 1;
	mem_free(s->step_id);
	s->step_id = mem_strdup(at->step->id);
	sgr_reset(s->sgr);
	if (s->form == FORM_JSON)
		record_step(s, at);
	else if (header)
		header_line(s, at);
}

void sink_line(struct sink *s, int64_t number)
{
	s->number = number;
}

void sink_event(struct sink *s, const char *event, const char *text)
{
	if (s->form != FORM_JSON) {
		say("%s", text);
		return;
	}
	buf_clear(&s->made);
	buf_adds(&s->made, "{\"event\":");
	relay_string(event, strlen(event), &s->made);
	add_field(&s->made, "step", s->step_id);
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
	if (s->mid_line && s->form != FORM_RAW)
		sink_text(s, "\n", 1);
	if (s->form == FORM_JSON)
		records_end(&s->records);
	sgr_free(s->sgr);
	buf_done(&s->line);
	buf_done(&s->made);
	mem_free(s->step_id);
	mem_free(s);
}
