/* SPDX-License-Identifier: MIT */
/*
 * The definition itself is not handed on: inputs of steps may hold other people's secrets. What it
 * would make is, as a tree; `nest` closes what is open when the walk comes back to a higher level.
 */
#include "templatejson.h"

#include <string.h>

#include "core/text.h"
#include "outline.h"
#include "relay.h"

#define LEVELS 3

struct nest {
	struct buf *out;
	const char *lists[LEVELS]; /* names of the lists; NULL: such things have no list below them */
	bool any[LEVELS];	   /* the open list of this level has an element */
	int open;		   /* things that are open */
};

static void open_list(struct nest *n, int level)
{
	buf_addf(n->out, ",\"%s\":[", n->lists[level]);
	n->any[level] = false;
}

static bool has_list(const struct nest *n, int level)
{
	return level < LEVELS && n->lists[level];
}

static void close_to(struct nest *n, int level)
{
	for (; n->open > level; n->open--)
		buf_adds(n->out, has_list(n, n->open) ? "]}" : "}");
}

/* Begins a thing; the caller adds its first member, and others before nest_opened(). */
static void nest_begin(struct nest *n, int level)
{
	close_to(n, level);
	buf_adds(n->out, n->any[level] ? ",{" : "{");
	n->any[level] = true;
}

static void nest_opened(struct nest *n, int level)
{
	n->open = level + 1;
	if (has_list(n, n->open))
		open_list(n, n->open);
}

static void add_first(struct buf *out, const char *key, const char *value)
{
	buf_addf(out, "\"%s\":", key);
	if (value)
		relay_string(value, strlen(value), out);
	else
		buf_adds(out, "null");
}

/* ---- templates ---- */

static void add_head(const struct template *tmpl, struct buf *out)
{
	buf_addc(out, '{');
	add_first(out, "id", tmpl->id);
	relay_member_string(out, "name", tmpl->name);
	relay_member_string(out, "language", tmpl->language);
	relay_member_string(out, "description", tmpl->description);
	relay_member_flag(out, "is_system", tmpl->system);
	relay_member_flag(out, "is_collect", tmpl->favourite);
	relay_member_time(out, "update_time", tmpl->updated_ms);
}

void templatejson_row(const struct template *row, struct buf *out)
{
	size_t i;

	add_head(row, out);
	buf_adds(out, ",\"stages\":[");
	for (i = 0; i < row->n_stages; i++) {
		const char *name = text_or_empty(row->stages[i]);

		buf_adds(out, i ? ",{" : "{");
		add_first(out, "name", name);
		buf_addc(out, '}');
	}
	buf_adds(out, "]}");
}

static void add_variable(const struct variable *v, struct buf *out)
{
	size_t i;

	buf_addc(out, '{');
	add_first(out, "name", v->name);
	relay_member_string(out, "type", v->type_name);
	relay_member_string(out, "value", v->secret ? NULL : v->value);
	relay_member_flag(out, "is_secret", v->secret);
	relay_member_string(out, "description", v->description);
	buf_adds(out, ",\"limits\":[");
	for (i = 0; i < v->n_limits && !v->secret; i++) {
		buf_adds(out, i ? "," : "");
		relay_string(v->limits[i], strlen(v->limits[i]), out);
	}
	buf_adds(out, "]}");
}

static void add_part(void *self, int depth, const char *name, const char *task)
{
	struct nest *n = self;

	nest_begin(n, depth);
	add_first(n->out, "name", name);
	if (!has_list(n, depth + 1))
		relay_member_string(n->out, "task", task);
	nest_opened(n, depth);
}

void templatejson_detail(const struct template *tmpl, struct buf *out)
{
	struct nest n = {.out = out, .lists = {"stages", "jobs", "steps"}};
	size_t i;

	add_head(tmpl, out);
	buf_adds(out, ",\"variables\":[");
	for (i = 0; i < tmpl->n_variables; i++) {
		buf_adds(out, i ? "," : "");
		add_variable(&tmpl->variables[i], out);
	}
	buf_addc(out, ']');
	open_list(&n, 0);
	(void)outline_each(text_or_empty(tmpl->definition), add_part, &n, NULL);
	close_to(&n, 0);
	buf_adds(out, "]}");
}

/* ---- orchestrations ---- */

static void add_state(void *self, int depth, const char *key, const char *name, const char *made)
{
	struct nest *n = self;

	nest_begin(n, depth);
	add_first(n->out, "state", key);
	relay_member_string(n->out, "name", name);
	relay_member_string(n->out, "made_of", made);
	nest_opened(n, depth);
}

void templatejson_orchestration(const struct orchestration *doc, struct buf *out)
{
	struct nest n = {.out = out, .lists = {"stages", "tasks"}};
	size_t i;

	buf_addc(out, '{');
	add_first(out, "name", orchestration_workflow(doc, "name"));
	relay_member_string(out, "project_id", orchestration_workflow(doc, "project_id"));
	open_list(&n, 0);
	orchestration_each(doc, add_state, &n);
	close_to(&n, 0);
	buf_adds(out, "],\"faults\":[");
	for (i = 0; i < doc->n_faults; i++) {
		buf_addf(out, "%s{\"line\":%d,", i ? "," : "", doc->faults[i].line);
		add_first(out, "text", doc->faults[i].text);
		buf_addc(out, '}');
	}
	buf_addf(out, "],\"untold\":%zu}", doc->n_untold);
}
