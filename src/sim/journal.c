/* SPDX-License-Identifier: MIT */
/*
 * A plain list: a test does thousands of actions at most, and wants the first as well as
 * the last. When it is full, further ones are only counted.
 */
#include "sim/journal.h"

#include "core/mem.h"
#include "core/when.h"

struct journal_entry *journal_add(struct journal *j, int64_t sim_ms, const char *kind)
{
	struct journal_entry *e;

	if (j->n == JOURNAL_SIZE) {
		j->lost++;
		return NULL;
	}
	j->v = mem_grow(j->v, j->n, sizeof(*j->v));
	e = &j->v[j->n++];
	*e = (struct journal_entry){
		.sim_ms = sim_ms, .real_ms = when_monotonic_ms(), .kind = kind};
	return e;
}

static void add_id(cJSON *o, const char *name, const char *id)
{
	if (*id)
		cJSON_AddStringToObject(o, name, id);
}

static cJSON *entry_json(const struct journal_entry *e, size_t number)
{
	static const char *const by[] = {"caller", "colleague", "control"};
	static const char *const outcomes[] = {"applied", "refused", "not-applied"};
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "n", (double)number);
	cJSON_AddNumberToObject(o, "sim_ms", (double)e->sim_ms);
	cJSON_AddNumberToObject(o, "real_ms", (double)e->real_ms);
	cJSON_AddStringToObject(o, "kind", e->kind);
	cJSON_AddStringToObject(o, "by", by[e->by]);
	cJSON_AddStringToObject(o, "outcome", outcomes[e->outcome]);
	add_id(o, "pipeline_id", e->pipeline_id);
	add_id(o, "pipeline_run_id", e->run_id);
	add_id(o, "job_run_id", e->job_id);
	add_id(o, "step_run_id", e->step_id);
	add_id(o, "template_id", e->template_id);
	add_id(o, "task_id", e->task_id);
	if (e->queue_id)
		cJSON_AddNumberToObject(o, "queue_id", (double)e->queue_id);
	cJSON_AddBoolToObject(o, "queued", e->queued);
	add_id(o, "text", e->text);
	return o;
}

cJSON *journal_json(const struct journal *j, uint64_t since)
{
	cJSON *o = cJSON_CreateObject(), *list;
	size_t i, applied = 0;

	for (i = 0; i < j->n; i++)
		applied += j->v[i].outcome == JOURNAL_APPLIED && j->v[i].by == JOURNAL_CALLER;
	cJSON_AddNumberToObject(o, "applied", (double)applied);
	cJSON_AddNumberToObject(o, "lost", (double)j->lost);
	list = cJSON_AddArrayToObject(o, "actions");
	for (i = since < j->n ? (size_t)since : j->n; i < j->n; i++)
		cJSON_AddItemToArray(list, entry_json(&j->v[i], i + 1));
	cJSON_AddNumberToObject(o, "next", (double)j->n);
	return o;
}

void journal_done(struct journal *j)
{
	mem_free(j->v);
	*j = (struct journal){0};
}
