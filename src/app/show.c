/* SPDX-License-Identifier: MIT */
/* `pipetop show PIPELINE [RUN]`: the stage, job, step tree of a run. */
#include <string.h>

#include "command.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"
#include "pick.h"
#include "relay.h"
#include "say.h"
#include "table.h"

struct tree {
	struct command *c;
	struct table *table;
	int64_t now_ms;
};

/* A row: the name at its depth, state, times, and what there is to say about it. */
static void add_row(struct tree *t, int depth, const char *name, const char *none, enum state state,
		    const char *status, int64_t start_ms, int64_t end_ms, const char *note)
{
	struct buf cell;
	char text[40] = "";

	buf_init(&cell, BUF_MAX);
	buf_addf(&cell, "%*s", depth * 2, "");
	say_name(&cell, name, none);
	table_add(t->table, cell.data);
	buf_clear(&cell);
	say_state(&cell, state, status);
	table_add(t->table, cell.data);
	command_elapsed(start_ms, end_ms, t->now_ms, text, sizeof(text));
	table_add(t->table, text);
	*text = '\0';
	if (start_ms != WHEN_NONE)
		when_clock(start_ms, t->now_ms, text, sizeof(text));
	table_add(t->table, text);
	buf_clear(&cell);
	say_name(&cell, note, "");
	table_add(t->table, cell.data);
	buf_done(&cell);
}

/* Of an open gate: what it waits for, who may decide, what its end does; and any step's message. */
static void add_step(struct tree *t, int depth, const struct step *step)
{
	struct buf note, gate;

	buf_init(&note, BUF_MAX);
	buf_init(&gate, BUF_MAX);
	if (step->gate != GATE_NONE) {
		buf_adds(&note, _(gate_waits(step->gate)));
		command_gate(step, t->now_ms, &gate);
		if (gate.len)
			buf_addf(&note, ": %s", gate.data);
	}
	if (!text_empty(step->message))
		buf_addf(&note, "%s%s", note.len ? "; " : "", step->message);
	add_row(t, depth, step->name, text_or_empty(step->task), step->state, step->status, step->start_ms,
		step->end_ms, note.data);
	buf_done(&note);
	buf_done(&gate);
}

static void add_steps(struct tree *t, int depth, const struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		add_step(t, depth, &steps[i]);
}

static void add_stage(struct tree *t, const struct stage *stage)
{
	size_t i;

	add_row(t, 1, stage->name, text_or_empty(stage->identifier), stage->state, stage->status,
		stage->start_ms, stage->end_ms, "");
	add_steps(t, 2, stage->pre, stage->n_pre);
	for (i = 0; i < stage->n_jobs; i++) {
		const struct job *job = &stage->jobs[i];

		add_row(t, 2, job->name, text_or_empty(job->identifier), job->state, job->status,
			job->start_ms, job->end_ms, job->message);
		add_steps(t, 3, job->steps, job->n_steps);
	}
	add_steps(t, 2, stage->post, stage->n_post);
}

static void run_title(const struct picked *picked, const struct run *run, struct buf *out)
{
	buf_adds(out, picked_name(picked));
	if (run->number)
		buf_addf(out, " %lld", (long long)run->number);
}

static void run_note(const struct run *run, struct buf *out)
{
	const char *parts[] = {run->trigger, run->executor, run->branch};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!text_empty(parts[i]))
			buf_addf(out, "%s%s", out->len ? ", " : "", parts[i]);
}

static void people(struct command *c, const struct picked *picked, const struct run *run)
{
	static const char *const titles[] = {N_("NAME"), N_("STATE"), N_(">ELAPSED"), N_("STARTED"),
					     N_("NOTE")};
	struct tree t = {.c = c, .now_ms = reader_server_ms(c->reader)};
	struct buf title, note;
	size_t i;

	t.table = table_new(titles, sizeof(titles) / sizeof(titles[0]));
	buf_init(&title, BUF_MAX);
	buf_init(&note, BUF_MAX);
	run_title(picked, run, &title);
	run_note(run, &note);
	add_row(&t, 0, title.data, "", run->state, run->status, run->start_ms, run->end_ms, note.data);
	for (i = 0; i < run->n_stages; i++)
		add_stage(&t, &run->stages[i]);
	buf_clear(&note);
	table_print(t.table, &note);
	out_add(&c->out, note.data, note.len);
	buf_done(&title);
	buf_done(&note);
	table_free(t.table);
}

static void programs(struct command *c, const struct detail_read *detail)
{
	struct relay relay = {.run = &detail->run, .zone_offset_s = c->options->zone_offset_s};
	struct buf object;

	buf_init(&object, BUF_MAX);
	relay_object(&relay, span_of(text_or_empty(detail->body.text), detail->body.len), NULL, NULL,
		     &object);
	buf_addc(&object, '\n');
	out_add(&c->out, object.data, object.len);
	buf_done(&object);
}

int command_show(struct command *c, struct err *err)
{
	const struct options *o = c->options;
	struct picked picked;
	struct detail_read detail;
	bool ok = pick(c, o->args[1], o->n_args > 2 ? o->args[2] : NULL, &picked, err);

	if (ok) {
		ok = reader_detail(c->reader, picked.project_id, picked.pipeline_id, picked.run_id, &detail,
				   err);
		/* NOLINTNEXTLINE(bugprone-redundant-branch-condition): the line above sets it */
		if (ok && o->want.json == JSON_NONE)
			people(c, &picked, &detail.run);
		else if (ok)
			programs(c, &detail);
		detail_read_done(&detail);
	}
	picked_done(&picked);
	return ok ? EXIT_OK : COMMAND_FAILED;
}
