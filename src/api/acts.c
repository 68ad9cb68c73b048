/* SPDX-License-Identifier: MIT */
/*
 * What can be done to runs and pipelines, and what is read to do it. A row is a call; which one a
 * deed needs follows from a second table, by the kind of the gate and whether its step has a job:
 * the entry of a stage is decided without one, a delay has calls of its own.
 *
 * A call that the documentation gives no body gets `{}`: older pages of it want one (api.md 5).
 */
#include "api/acts.h"

#include <stdio.h>
#include <string.h>

#include "body.h"
#include "call.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "decode_acts.h"
#include "done.h"

#define PIPELINE_PATH "/v5/*/api/pipelines/*"
#define RUN_PATH PIPELINE_PATH "/pipeline-runs/*"
#define STEP_PATH RUN_PATH "/jobs/*/steps/*"
#define ENTRY_PATH RUN_PATH "/steps/*"

enum act_name {
	ACTS_RUN,
	ACTS_STOP,
	ACTS_RETRY,
	ACTS_PASS,
	ACTS_REFUSE,
	ACTS_ENTRY_PASS,
	ACTS_ENTRY_REFUSE,
	ACTS_DELAY_PASS,
	ACTS_DELAY_REFUSE,
	ACTS_DELAY,
	ACTS_RESUME,
	ACTS_CANCEL,
	ACTS_BAN,
	ACTS_UNBAN,
	ACTS_RUNTIME_VARIABLES,
	ACTS_RUN_VARIABLES,
	ACTS_QUEUE,
	ACTS_PLAN,
};

static const struct call acts[] = {
	[ACTS_RUN] = CALL_ACTION(N_("run"), "POST", PIPELINE_PATH "/run"),
	[ACTS_STOP] = CALL_ACTION(N_("stop"), "POST", RUN_PATH "/stop"),
	[ACTS_RETRY] = CALL_ACTION(N_("retry"), "PUT", RUN_PATH "/retry"),
	[ACTS_PASS] = CALL_ACTION(N_("approve"), "POST", STEP_PATH "/pass"),
	[ACTS_REFUSE] = CALL_ACTION(N_("reject"), "POST", STEP_PATH "/refuse"),
	[ACTS_ENTRY_PASS] = CALL_ACTION(N_("approve"), "POST", ENTRY_PATH "/manual/pass"),
	[ACTS_ENTRY_REFUSE] = CALL_ACTION(N_("reject"), "POST", ENTRY_PATH "/manual/refuse"),
	[ACTS_DELAY_PASS] = CALL_ACTION(N_("approve"), "POST", STEP_PATH "/delay-pass"),
	[ACTS_DELAY_REFUSE] = CALL_ACTION(N_("reject"), "POST", STEP_PATH "/delay-refuse"),
	[ACTS_DELAY] = CALL_ACTION(N_("postpone"), "POST", STEP_PATH "/delay"),
	[ACTS_RESUME] = CALL_ACTION(N_("approve"), "POST", STEP_PATH "/resume"),
	[ACTS_CANCEL] = CALL_ACTION(N_("cancel"), "POST", PIPELINE_PATH "/*/cancel-queuing/*"),
	[ACTS_BAN] = CALL_ACTION(N_("ban"), "PUT", PIPELINE_PATH "/ban"),
	[ACTS_UNBAN] = CALL_ACTION(N_("unban"), "PUT", PIPELINE_PATH "/unban"),
	[ACTS_RUNTIME_VARIABLES] = {N_("variables"), "GET",
				    PIPELINE_PATH "/list-runtime-vars?offset=*&limit=100",
				    API_DETAIL, false, CALL_BODY_MAX},
	[ACTS_RUN_VARIABLES] = {N_("variables"), "GET", RUN_PATH "/run-variables?mode=0",
				API_DETAIL, false, CALL_BODY_MAX},
	[ACTS_QUEUE] = {N_("queue"), "GET", PIPELINE_PATH "/queued-pipeline?offset=*&limit=100",
			API_DETAIL, false, CALL_BODY_MAX},
	[ACTS_PLAN] = {N_("pipeline"), "GET", PIPELINE_PATH, API_DETAIL, false, CALL_BODY_MAX},
};

const struct call *acts_table(size_t *n)
{
	*n = sizeof(acts) / sizeof(acts[0]);
	return acts;
}

static const struct done_rule plain_rule = {0};
static const struct done_rule run_rule = {.id = "pipeline_run_id", .must = true, .queues = true};
static const struct done_rule retry_rule = {.queues = true};
static const struct done_rule cancel_rule = {.id = "pipeline_run_id"};

static struct asked *asked_new(struct session *session, enum act_name name, const char *project_id,
			       const char *pipeline_id, void *self)
{
	struct asked *asked = call_asked(session, &acts[name], self);

	asked->project_id = mem_strdup(project_id);
	asked->pipeline_id = mem_strdup(pipeline_id);
	return asked;
}

static void put_number(char *out, size_t size, int64_t number)
{
	snprintf(out, size, "%lld", (long long)number);
}

/* ---- deeds ---- */

/* What decides a gate; -1: there is no such call. */
static const struct {
	int approve, reject, postpone;
} gate_calls[] = {
	[GATE_NONE] = {-1, -1, -1},
	[GATE_REVIEW] = {ACTS_PASS, ACTS_REFUSE, -1},
	[GATE_STAGE] = {ACTS_ENTRY_PASS, ACTS_ENTRY_REFUSE, -1},
	[GATE_DELAY] = {ACTS_DELAY_PASS, ACTS_DELAY_REFUSE, ACTS_DELAY},
	[GATE_SUSPENDED] = {ACTS_RESUME, -1, -1},
};

static int gate_call(enum deed deed, enum gate gate)
{
	return deed == DEED_APPROVE  ? gate_calls[gate].approve
	       : deed == DEED_REJECT ? gate_calls[gate].reject
				     : gate_calls[gate].postpone;
}

/* A review that stands at the entry of a stage has no job to be named with. */
static enum gate gate_as_placed(const struct ref *ref, enum gate gate)
{
	return gate == GATE_REVIEW && text_empty(ref->id[REF_JOB]) ? GATE_STAGE : gate;
}

/* Is it decided without a job? */
static bool is_entry(int name)
{
	return name == ACTS_ENTRY_PASS || name == ACTS_ENTRY_REFUSE;
}

static int no_call(struct err *err, const char *why)
{
	err_set(err, ERR_INPUT, 0, "%s", why);
	return -1;
}

/* The call, or -1 with the reason why there is none. */
static int deed_call(enum deed deed, const struct ref *ref, enum gate gate, int64_t queue_id,
		     struct err *err)
{
	int name;

	switch (deed) {
	case DEED_RETRY:
		return ACTS_RETRY;
	case DEED_STOP:
		return ACTS_STOP;
	case DEED_CANCEL:
		return queue_id > 0
			       ? ACTS_CANCEL
			       : no_call(err, _("not sent: its place in the queue is not known"));
	default:
		break;
	}
	name = gate_call(deed, gate_as_placed(ref, gate));
	if (name < 0 && gate == GATE_SUSPENDED)
		return no_call(err, _("not sent: a suspended step can only go on"));
	if (name < 0)
		return no_call(err, _("not sent: the service has no such call for this gate"));
	if (!is_entry(name) && text_empty(ref->id[REF_JOB]))
		return no_call(err, _("not sent: this gate stands in no job"));
	return name;
}

/* The ids that the call's path has places for, in their order. */
static void deed_ids(int name, const struct ref *ref, const char *queue_id, const char *ids[5])
{
	ids[0] = ref->id[REF_PROJECT];
	ids[1] = ref->id[REF_PIPELINE];
	ids[2] = ref->id[REF_RUN];
	if (name == ACTS_CANCEL) {
		ids[3] = queue_id;
	} else if (is_entry(name)) {
		ids[3] = ref->id[REF_STEP];
	} else {
		ids[3] = ref->id[REF_JOB];
		ids[4] = ref->id[REF_STEP];
	}
}

static const struct done_rule *deed_rule(int name)
{
	return name == ACTS_RETRY ? &retry_rule : name == ACTS_CANCEL ? &cancel_rule : &plain_rule;
}

uint64_t api_deed(struct session *session, enum deed deed, const struct ref *ref, enum gate gate,
		  int64_t queue_id, api_done_fn *done, void *self)
{
	struct err err = {0};
	int name = deed_call(deed, ref, gate, queue_id, &err);
	struct asked *asked = asked_new(session, name < 0 ? ACTS_PASS : (enum act_name)name,
					ref->id[REF_PROJECT], ref->id[REF_PIPELINE], self);
	const char *ids[5] = {NULL};
	char queue[24];
	struct buf body;

	asked->run_id = mem_strdup(ref->id[REF_RUN]);
	if (name < 0)
		return done_refuse(asked, &err, done);
	put_number(queue, sizeof(queue), queue_id);
	deed_ids(name, ref, queue, ids);
	return done_send(asked, deed_rule(name), ids, done_no_body(&body), done);
}

/* ---- starting ---- */

/* In the order of the documentation (api.md 5.1); stages win, so jobs beside them are not sent. */
static void body_order(struct buf *body, const struct api_run_order *order)
{
	body_open(body);
	body_json(body, "sources", order->sources_json);
	body_text(body, "description", order->description);
	if (order->n_variables)
		done_variables(body, order->variables, order->n_variables);
	if (!order->n_stages)
		body_list(body, "choose_jobs", order->jobs, order->n_jobs);
	body_list(body, "choose_stages", order->stages, order->n_stages);
	body_close(body);
}

uint64_t api_run(struct session *session, const char *project_id, const char *pipeline_id,
		 const struct api_run_order *order, api_done_fn *done, void *self)
{
	struct asked *asked = asked_new(session, ACTS_RUN, project_id, pipeline_id, self);
	const char *ids[] = {project_id, pipeline_id};
	struct err err = {0};
	struct buf body;

	if (!done_sources_ok(order->sources_json, &err))
		return done_refuse(asked, &err, done);
	secrets_keep(&asked->secrets, order->variables, order->n_variables);
	buf_init(&body, BUF_MAX);
	body_order(&body, order);
	return done_send(asked, &run_rule, ids, &body, done);
}

uint64_t api_ban(struct session *session, const char *project_id, const char *pipeline_id, bool ban,
		 api_done_fn *done, void *self)
{
	struct asked *asked =
		asked_new(session, ban ? ACTS_BAN : ACTS_UNBAN, project_id, pipeline_id, self);
	const char *ids[] = {project_id, pipeline_id};
	struct buf body;

	return done_send(asked, &plain_rule, ids, done_no_body(&body), done);
}

/* ---- reads ---- */

static void on_variables(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_variables answer = {.total = -1};
	struct json *json = call_open(asked, id, response, NULL, NULL, &answer.answer);
	struct variable *list = NULL;
	struct err why = {0};

	if (json && !decode_variables(json, &list, &answer.n, &answer.total, &why))
		call_wrong(asked, &answer.answer, &why);
	json_free(json);
	answer.variables = list;
	((api_variables_fn *)asked->done)(asked->self, &answer);
	decode_variables_free(list, answer.n);
	call_free(asked);
}

uint64_t api_runtime_variables(struct session *session, const char *project_id,
			       const char *pipeline_id, int64_t offset, api_variables_fn *done,
			       void *self)
{
	struct asked *asked =
		asked_new(session, ACTS_RUNTIME_VARIABLES, project_id, pipeline_id, self);
	char from[24];
	const char *ids[] = {project_id, pipeline_id, from};

	put_number(from, sizeof(from), offset);
	asked->done = (call_fn *)done;
	return call_send(asked, ids, NULL, on_variables);
}

uint64_t api_run_variables(struct session *session, const char *project_id, const char *pipeline_id,
			   const char *run_id, api_variables_fn *done, void *self)
{
	struct asked *asked = asked_new(session, ACTS_RUN_VARIABLES, project_id, pipeline_id, self);
	const char *ids[] = {project_id, pipeline_id, run_id};

	asked->done = (call_fn *)done;
	return call_send(asked, ids, NULL, on_variables);
}

static void on_queue(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_queue queue = {.total = -1};
	struct json *json = call_open(asked, id, response, NULL, NULL, &queue.answer);
	struct api_queue_item *items = NULL;
	struct err why = {0};

	if (json && !decode_queue(json, &items, &queue.n, &queue.total, &why))
		call_wrong(asked, &queue.answer, &why);
	queue.items = items;
	((api_queue_fn *)asked->done)(asked->self, &queue);
	json_free(json); /* the items' texts are its */
	mem_free(items);
	call_free(asked);
}

uint64_t api_queue(struct session *session, const char *project_id, const char *pipeline_id,
		   int64_t offset, api_queue_fn *done, void *self)
{
	struct asked *asked = asked_new(session, ACTS_QUEUE, project_id, pipeline_id, self);
	char from[24];
	const char *ids[] = {project_id, pipeline_id, from};

	put_number(from, sizeof(from), offset);
	asked->done = (call_fn *)done;
	return call_send(asked, ids, NULL, on_queue);
}

/* False, with `why`: no plan, or another pipeline's. */
static bool read_plan(const struct asked *asked, const struct json *json, struct api_plan *plan,
		      struct decode_plan *own, struct err *why)
{
	const char *id = json_peek(json_member(json_root(json), "id"));

	if (id && strcmp(id, asked->pipeline_id) != 0)
		return err_set(why, ERR_PARSE, 0, _("the answer is for another pipeline"));
	return decode_plan(json, plan, own, why);
}

static void on_plan(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_plan plan = {.name = "", .sources_json = "", .branch = ""};
	struct json *json = call_open(asked, id, response, NULL, NULL, &plan.answer);
	struct decode_plan own = {0};
	struct err why = {0};

	if (json && !read_plan(asked, json, &plan, &own, &why))
		call_wrong(asked, &plan.answer, &why);
	((api_plan_fn *)asked->done)(asked->self, &plan);
	decode_plan_done(&own);
	json_free(json);
	call_free(asked);
}

uint64_t api_plan(struct session *session, const char *project_id, const char *pipeline_id,
		  api_plan_fn *done, void *self)
{
	struct asked *asked = asked_new(session, ACTS_PLAN, project_id, pipeline_id, self);
	const char *ids[] = {project_id, pipeline_id};

	asked->done = (call_fn *)done;
	return call_send(asked, ids, NULL, on_plan);
}
