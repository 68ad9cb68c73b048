/* SPDX-License-Identifier: MIT */
/*
 * `pipetop audit`: what was done from here, one row for each action. An action has two lines in the log, which
 * its number links: the intent, written before its request left, and the outcome. Where the second is missing
 * the program ended in between (or is still at it), and nobody knows what became of the request.
 */
#include <string.h>

#include "audit.h"
#include "command.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "relay.h"
#include "say.h"
#include "table.h"

struct done_action {
	char *id, *intent, *outcome; /* the lines; NULL: there is none */
	char *user, *act, *on, *verdict, *why;
	int64_t at_ms; /* WHEN_NONE: not to be read */
};

struct history {
	struct done_action *actions;
	size_t n, broken;
	size_t first_broken; /* number of the line */
};

static void replace(char **text, const char *with)
{
	mem_free(*text);
	*text = mem_strdup(with);
}

static void free_action(struct done_action *a)
{
	mem_free(a->id);
	mem_free(a->intent);
	mem_free(a->outcome);
	mem_free(a->user);
	mem_free(a->act);
	mem_free(a->on);
	mem_free(a->verdict);
	mem_free(a->why);
}

static void history_done(struct history *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free_action(&h->actions[i]);
	mem_free(h->actions);
}

/* ---- pairing ---- */

/* The newest first: an outcome follows soon. */
static struct done_action *find(struct history *h, const char *id)
{
	size_t i;

	for (i = h->n; i > 0; i--)
		if (text_same(h->actions[i - 1].id, id))
			return &h->actions[i - 1];
	return NULL;
}

static void put_on(const struct audit_line *line, struct buf *out)
{
	buf_adds(out, line->pipeline);
	if (*line->run)
		buf_addf(out, " %s", line->run);
	if (*line->step)
		buf_addf(out, " / %s", line->step);
	if (*line->template)
		buf_addf(out, "%s%s", out->len ? ", " : "", line->template);
}

static struct done_action *add(struct history *h, const struct audit_line *line)
{
	struct done_action *a;
	struct buf on;

	buf_init(&on, BUF_MAX);
	put_on(line, &on);
	h->actions = mem_grow(h->actions, h->n, sizeof(*h->actions));
	a = &h->actions[h->n++];
	*a = (struct done_action){
		.id = mem_strdup(line->id),
		.user = mem_strdup(line->user),
		.act = mem_strdup(line->act),
		.on = buf_take(&on),
		.verdict = mem_strdup("unknown"),
		.why = mem_strdup(_("no outcome was written")),
		.at_ms = when_parse_iso(line->time),
	};
	return a;
}

static void take_line(void *self, const struct audit_line *line)
{
	struct history *h = self;
	bool outcome = text_same(line->event, "outcome");
	struct done_action *a = line->whole ? find(h, line->id) : NULL;

	if (!line->whole || (!outcome && !text_same(line->event, "intent"))) {
		if (!h->broken++)
			h->first_broken = line->number;
		return;
	}
	if (!a || (outcome ? a->outcome : a->intent))
		a = add(h, line);
	replace(outcome ? &a->outcome : &a->intent, line->json);
	if (outcome) {
		replace(&a->verdict, line->verdict);
		replace(&a->why, line->why);
	}
}

static void drop(struct history *h, const struct want *want)
{
	size_t i, kept = 0, most = want->limit >= 0 && !want->all ? (size_t)want->limit : h->n;

	for (i = 0; i < h->n; i++) {
		int64_t at_ms = h->actions[i].at_ms;

		if ((want->since_ms != WHEN_NONE && at_ms < want->since_ms) ||
		    (want->until_ms != WHEN_NONE && at_ms > want->until_ms))
			free_action(&h->actions[i]);
		else
			h->actions[kept++] = h->actions[i];
	}
	h->n = kept;
	if (kept <= most)
		return;
	for (i = 0; i < kept - most; i++)
		free_action(&h->actions[i]);
	memmove(h->actions, h->actions + (kept - most), most * sizeof(*h->actions));
	h->n = most;
}

/* ---- output ---- */

static void add_cell(struct table *t, const char *text)
{
	struct buf cell;

	buf_init(&cell, BUF_MAX);
	say_name(&cell, text, "");
	table_add(t, cell.data);
	buf_done(&cell);
}

static void add_row(struct table *t, const struct done_action *a)
{
	char when[40] = "";

	if (a->at_ms != WHEN_NONE)
		when_clock_exact(a->at_ms, when_wall_ms(), when, sizeof(when));
	table_add(t, when);
	add_cell(t, a->user);
	add_cell(t, a->act);
	add_cell(t, a->on);
	add_cell(t, _(a->verdict));
	add_cell(t, a->why);
}

static void people(struct command *c, const struct history *h)
{
	static const char *const titles[] = {N_("TIME"), N_("WHO"), N_("ACTION"), N_("ON"), N_("VERDICT"),
					     N_("WHY")};
	struct table *t = table_new(titles, sizeof(titles) / sizeof(titles[0]));
	struct buf text;
	size_t i;

	for (i = 0; i < h->n; i++)
		add_row(t, &h->actions[i]);
	buf_init(&text, BUF_MAX);
	table_print(t, &text);
	out_add(&c->out, text.data, text.len);
	buf_done(&text);
	table_free(t);
}

static void programs(struct command *c, const struct history *h)
{
	struct records records;
	struct buf object;
	size_t i;

	buf_init(&object, BUF_MAX);
	records_begin(&records, &c->out, c->options->want.json == JSON_LINES);
	for (i = 0; i < h->n; i++) {
		const struct done_action *a = &h->actions[i];

		buf_clear(&object);
		buf_adds(&object, "{\"verdict\":");
		relay_string(a->verdict, strlen(a->verdict), &object);
		buf_addf(&object, ",\"intent\":%s,\"outcome\":%s}", a->intent ? a->intent : "null",
			 a->outcome ? a->outcome : "null");
		if (!records_add(&records, &object))
			break;
	}
	records_end(&records);
	buf_done(&object);
}

int command_audit(struct command *c, struct err *err)
{
	struct history h = {NULL};
	struct buf path;
	bool ok = true;

	buf_init(&path, BUF_MAX);
	if (audit_default(&path))
		ok = audit_each(path.data, take_line, &h, err);
	if (ok) {
		if (h.n == 0 && h.broken == 0)
			say(_("nothing was done from here yet"));
		drop(&h, &c->options->want);
		if (c->options->want.json == JSON_NONE)
			people(c, &h);
		else
			programs(c, &h);
		out_flush(&c->out);
	}
	if (ok && h.broken)
		say(_("%s: lines that are not whole, and left out: %zu (the first is line %zu)"), path.data, h.broken,
		    h.first_broken);
	history_done(&h);
	buf_done(&path);
	return ok ? EXIT_OK : COMMAND_FAILED;
}
