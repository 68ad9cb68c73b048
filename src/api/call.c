/* SPDX-License-Identifier: MIT */
/*
 * What all calls share is `asked`: a request made, and the callback that it owes. A refusal comes
 * the same way as an answer, as a response that never left, so no callback can be forgotten or run
 * twice.
 */
#include "call.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "send.h"

#define DATE_SPAN_MS 999 /* `Date` has whole seconds */

struct asked *call_asked(struct session *session, const struct call *call, void *self)
{
	struct asked *asked = mem_zalloc(sizeof(*asked));

	asked->session = session;
	asked->call = call;
	asked->self = self;
	return asked;
}

void call_free(struct asked *asked)
{
	secrets_done(&asked->secrets);
	mem_free(asked->thing_id);
	mem_free(asked->project_id);
	mem_free(asked->pipeline_id);
	mem_free(asked->run_id);
	mem_free(asked->step_id);
	mem_free(asked);
}

/* False if it cannot stand in a URL. Nothing in one that can needs an escape. */
static bool put_id(const struct call *call, const char *id, struct buf *path, struct err *err)
{
	char clean[MODEL_ID_MAX + 1];

	if (model_id_ok(id))
		return buf_adds(path, id);
	answer_clean(text_or_empty(id), clean, sizeof(clean));
	return err_set(err, ERR_INPUT, 0, _("%s: \"%s\" is not an id"), _(call->noun), clean);
}

/* The path of the call with its ids put in; those for a + end with NULL. */
static bool put_path(const struct call *call, const char *const *ids, struct buf *path,
		     struct err *err)
{
	const char *s;

	for (s = call->path; *s; s++) {
		if (*s != '*' && *s != '+')
			buf_addc(path, *s);
		else if (!put_id(call, *ids++, path, err))
			return false;
		for (; *s == '+' && *ids; ids++)
			if (!buf_addc(path, ',') || !put_id(call, *ids, path, err))
				return false;
	}
	return true;
}

void call_refuse(struct asked *asked, response_fn *done, const struct err *err)
{
	struct response response = answer_none(err);

	done(asked, 0, &response);
}

uint64_t call_send(struct asked *asked, const char *const *ids, struct buf *body, response_fn *done)
{
	struct send_request request = {
		.method = asked->call->method,
		.max_body = asked->call->max_body,
		.action = asked->call->action,
	};
	struct err err = {0};
	struct buf path;
	uint64_t id = 0;

	buf_init(&path, BUF_MAX);
	if (body) {
		request.body = body->data;
		request.body_len = body->len;
	}
	if (put_path(asked->call, ids, &path, &err)) {
		request.path = path.data;
		id = session_send(asked->session, &request, done, asked, &err);
	}
	buf_done(&path);
	if (body)
		buf_done(body);
	if (id == 0)
		call_refuse(asked, done, &err);
	return id;
}

struct json *call_open(struct asked *asked, uint64_t id, const struct response *response,
		       const char *lift, bool *was_lifted, struct api_answer *answer)
{
	struct answer_question question = {
		.noun = _(asked->call->noun),
		.auth = session_auth(asked->session),
		.lift = lift,
		.lifted = lift ? session_lifted(asked->session) : NULL,
		.was_lifted = was_lifted,
		.error = &asked->error,
		.secrets = &asked->secrets,
	};
	struct json *json = answer_read(&question, response, answer);

	answer->class = asked->call->class;
	answer->id = id;
	answer->now_ms = when_monotonic_ms();
	session_saw_clock(asked->session, response->date_ms, response->took_ms + DATE_SPAN_MS,
			  answer->now_ms);
	answer->server_ms = session_server_ms(asked->session, answer->now_ms);
	return json;
}

void call_wrong(const struct asked *asked, struct api_answer *answer, const struct err *why)
{
	answer->err = *why;
	err_prefix(&answer->err, "%s", _(asked->call->noun));
}
