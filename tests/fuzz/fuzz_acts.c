/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the answer to what changes something, and to the reads around it. The first byte is
 * the HTTP status. Whatever the rest is: each call ends once, "no" is said only where the service
 * can have said it, and what is handed on is whole.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/acts.h"
#include "api/session.h"
#include "api/templates.h"
#include "core/text.h"
#include "core/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* ---- a transport that holds one request ---- */

struct line {
	struct transport transport; /* first */
	response_fn *done;
	void *self;
	unsigned sent;
};

static uint64_t line_send(struct transport *t, const struct request *request, response_fn *done,
			  void *self)
{
	struct line *line = (struct line *)t;

	must(line->done == NULL);
	line->done = done;
	line->self = self;
	return ++line->sent;
}

static void line_cancel(struct transport *t, uint64_t id)
{
	abort(); /* each request was answered */
}

static void line_answer(struct line *line, int status, const char *body, size_t len)
{
	const struct response response = {
		.status = status,
		.body = body,
		.len = len,
		.content_type = "application/json",
		.request_id = "",
		.subject_token = "",
		.location_host = "",
		.date_ms = WHEN_NONE,
		.retry_after_ms = -1,
		.sent = true,
	};
	response_fn *done = line->done;

	must(done != NULL);
	line->done = NULL;
	done(line->self, line->sent, &response);
}

/* ---- what must be so ---- */

struct seen {
	unsigned ended;
	bool names_run; /* it may not succeed without */
};

static void on_done(void *self, const struct api_done *done)
{
	struct seen *seen = self;
	bool ok = done->answer.err.kind == ERR_NONE;
	int status = done->answer.status;

	seen->ended++;
	must(done->sent && done->run_id && done->id && done->queue_id >= 0);
	must(!ok || (!done->definite && (status == 200 || status == 201 || done->queued)));
	must(!ok || !seen->names_run || *done->run_id);
	must(!done->definite || (!ok && status >= 200 && status < 500 && status / 100 != 3));
	must(!done->queued || (text_starts(done->answer.code, "DEVPIPE.000111") && status < 300));
}

static void on_variables(void *self, const struct api_variables *answer)
{
	struct err err = {0};
	size_t i;

	++*(unsigned *)self;
	must(answer->answer.err.kind == ERR_NONE || answer->n == 0);
	for (i = 0; i < answer->n; i++) {
		const struct variable *v = &answer->variables[i];

		must(v->name && v->name[0] &&
		     (i == 0 || answer->variables[i - 1].sequence <= v->sequence));
		must(v->n_limits == 0 || v->limits[v->n_limits] == NULL);
		must(variable_accepts(v, text_or_empty(v->value), &err) == (err.kind == ERR_NONE));
		err = (struct err){0};
	}
}

static void on_queue(void *self, const struct api_queue *queue)
{
	size_t i;

	++*(unsigned *)self;
	for (i = 0; i < queue->n; i++)
		must(queue->items[i].id > 0 && queue->items[i].run_id && queue->items[i].status);
}

static void on_plan(void *self, const struct api_plan *plan)
{
	const char *stage = NULL;
	size_t i;

	++*(unsigned *)self;
	must(!plan->odd_definition || plan->n == 0);
	for (i = 0; i < plan->n; i++) {
		must(plan->items[i].identifier[0] && plan->items[i].name);
		if (!plan->items[i].stage)
			stage = plan->items[i].identifier;
		must(stage && (!plan->items[i].stage || strcmp(plan->items[i].stage, stage) == 0));
	}
}

static void check_template(const struct template *t)
{
	struct template copy;
	size_t i;

	must(t->id && t->id[0]);
	for (i = 0; i < t->n_stages; i++)
		must(t->stages[i] != NULL);
	template_copy(&copy, t);
	template_done(&copy);
}

static void on_templates(void *self, struct api_templates *page)
{
	size_t i;

	++*(unsigned *)self;
	for (i = 0; i < page->n; i++)
		check_template(&page->templates[i]);
}

static void on_template(void *self, struct api_template *detail)
{
	++*(unsigned *)self;
	must((detail->template != NULL) == (detail->answer.err.kind == ERR_NONE));
	if (detail->template)
		check_template(detail->template);
}

static void on_task(void *self, const struct api_task *task)
{
	++*(unsigned *)self;
	must(task->status && task->pipeline_id && task->pipeline_name && task->pipeline_url);
	must(task->answer.err.kind != ERR_NONE || task->status[0]);
}

/* ---- each call ---- */

struct asking {
	struct session *session;
	struct line *line;
	int status;
	const char *body;
	size_t len;
};

static void change(struct asking *a, bool run)
{
	const struct api_run_order order = {0};
	struct ref ref = {0};
	struct seen seen = {.names_run = run};

	ref_set(&ref, REF_PROJECT, "p");
	ref_set(&ref, REF_PIPELINE, "l");
	ref_set(&ref, REF_RUN, "r");
	if (run)
		api_run(a->session, "p", "l", &order, on_done, &seen);
	else
		api_deed(a->session, DEED_RETRY, &ref, GATE_NONE, 0, on_done, &seen);
	line_answer(a->line, a->status, a->body, a->len);
	must(seen.ended == 1);
	ref_done(&ref);
}

static void look(struct asking *a, int which)
{
	const struct api_template_query query = {0};
	unsigned ended = 0;

	switch (which) {
	case 0:
		api_runtime_variables(a->session, "p", "l", 0, on_variables, &ended);
		break;
	case 1:
		api_queue(a->session, "p", "l", 0, on_queue, &ended);
		break;
	case 2:
		api_plan(a->session, "p", "l", on_plan, &ended);
		break;
	case 3:
		api_list_templates(a->session, "t", &query, on_templates, &ended);
		break;
	case 4:
		api_template_detail(a->session, "t", "x", on_template, &ended);
		break;
	default:
		api_task_status(a->session, "x", on_task, &ended);
	}
	line_answer(a->line, a->status, a->body, a->len);
	must(ended == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 200, 200, 200, 201, 204, 302, 400,
				       401, 403, 404, 409, 429, 500, 503};
	const struct session_options options = {.endpoint = "https://e"};
	struct line line = {.transport = {line_send, line_cancel}};
	struct asking asking = {.line = &line};
	char *body;
	int i;

	if (size == 0)
		return 0;
	body = malloc(size); /* its bytes and the NUL that a response has */
	must(body != NULL);
	memcpy(body, data + 1, size - 1);
	body[size - 1] = '\0';
	asking.status = statuses[data[0] % (sizeof(statuses) / sizeof(statuses[0]))];
	asking.body = body;
	asking.len = size - 1;
	asking.session = session_new(&line.transport, &options, NULL);
	change(&asking, true);
	change(&asking, false);
	for (i = 0; i < 6; i++)
		look(&asking, i);
	session_free(asking.session);
	free(body);
	return 0;
}
