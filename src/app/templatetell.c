/* SPDX-License-Identifier: MIT */
/*
 * One shape for all verbs: a script that makes a pipeline and one that deletes a template look for the
 * verdict in the same place.
 */
#include "templatetell.h"

#include "core/i18n.h"
#include "relay.h"
#include "say.h"

bool templatetell_run(struct templates *t, const struct action_order *order, struct errand *e, struct err *err)
{
	t->c->tenant = t->tenant;
	return errand_run(t->c, order, e, err);
}

/* What was made, if it was by that act. */
static const char *new_id(const struct action_order *order, const struct errand *e, enum act act)
{
	return order->act == act ? e->new_id : NULL;
}

static void add_object(const struct action_order *order, const struct errand *e, const struct template_task *task,
		       struct buf *out)
{
	static const struct template_task no_task = {NULL};
	const struct template *tmpl = order->template;
	const char *made = new_id(order, e, ACT_TEMPLATE_USE);

	task = task ? task : &no_task;
	buf_addf(out, "{\"action\":\"%s\"", act_word(order->act));
	relay_member_string(out, "template_id", tmpl ? tmpl->id : NULL);
	relay_member_string(out, "template", tmpl ? tmpl->name : NULL);
	relay_member_string(out, "new_template_id", new_id(order, e, ACT_TEMPLATE_COPY));
	relay_member_string(out, "project_id", order->ref ? order->ref->id[REF_PROJECT] : NULL);
	relay_member_string(out, "name", order->pipeline_name);
	relay_member_string(out, "pipeline_id", made ? made : task->pipeline_id);
	relay_member_string(out, "pipeline_url", task->pipeline_url);
	relay_member_string(out, "task_id", task->id);
	relay_member_string(out, "task_status", task->status);
	relay_member_string(out, "verdict", course_verdict_word(e->verdict));
	relay_member_string(out, "why", e->err.kind == ERR_NONE ? NULL : e->err.text);
	buf_adds(out, "}\n");
}

int templatetell_end(struct templates *t, const struct action_order *order, const struct errand *e,
		     const struct template_task *task)
{
	const char *sentence = e->sentence ? e->sentence : e->err.text;
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (t->want->json != JSON_NONE) {
		add_object(order, e, task, &text);
	} else if (e->verdict == VERDICT_DONE) {
		say_name(&text, sentence, "");
		buf_addc(&text, '\n');
	}
	out_add(&t->c->out, text.data, text.len);
	out_flush(&t->c->out);
	buf_done(&text);
	if (e->verdict != VERDICT_DONE)
		say("%s", sentence);
	if (e->unlogged.kind != ERR_NONE)
		say(_("how it ended is not in the audit log: %s"), e->unlogged.text);
	return errand_status(e);
}

int templatetell_nothing(struct templates *t, const struct action_order *order, const char *sentence)
{
	struct errand e = {.verdict = VERDICT_DONE};

	err_set(&e.err, ERR_INPUT, 0, "%s", sentence);
	if (t->want->json == JSON_NONE) {
		say("%s", sentence);
		return EXIT_OK;
	}
	return templatetell_end(t, order, &e, NULL);
}
