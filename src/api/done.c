/* SPDX-License-Identifier: MIT */
/*
 * The answer to a call that changes something. Three questions: was it accepted, may it have
 * left, and, if it failed, did the service itself say so? The last one is what lets the program say
 * "not done": so a busy service, a gateway, a portal and a body that nobody can read are no
 * refusals, whatever the HTTP status; only the service's own words are.
 *
 * A start that was put into the queue looks like an error and is a success (E3 of api.md 3.1).
 */
#include "done.h"

#include <string.h>

#include "body.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "decode_run.h"

static bool means_queued(const char *code)
{
	return strcmp(code, "DEVPIPE.00011169") == 0 || strcmp(code, "DEVPIPE.00011170") == 0;
}

/*
 * answer->err.code is the status that the error means: a busy service says 503 there even in HTTP
 * 200. 407 and 408 are words of something on the way.
 */
static bool is_definite(const struct api_answer *answer, const struct decode_error *error)
{
	if (!error->read || answer->status < 200 || answer->status >= 500 ||
	    answer->err.code >= 500 || answer->status == 407 || answer->status == 408)
		return false;
	return answer->status >= 400 || error->failed;
}

/* ban and unban answer with something "truthy"; a bare false is a no in the service's own words. */
static bool says_no(const struct cJSON *root)
{
	const char *word = json_peek(root);

	return word && (strcmp(word, "false") == 0 || strcmp(word, "0") == 0);
}

static void unreadable(const struct asked *asked, struct api_done *done, const char *why)
{
	struct err err;

	err_set(&err, ERR_PARSE, done->answer.status, "%s", why);
	call_wrong(asked, &done->answer, &err);
}

/* One that cannot stand in a URL cannot be asked for, and is none. */
static char *usable_id(char *id)
{
	if (model_id_ok(id))
		return id;
	mem_free(id);
	return NULL;
}

/* *id is the caller's to release. */
static void read_success(const struct asked *asked, const struct json *json, struct api_done *done,
			 char **id)
{
	const struct decoding d = {.json = json};
	const struct cJSON *root = json_root(json);
	struct err err;

	if (asked->rule->id)
		*id = usable_id(decode_id(&d, root, asked->rule->id));
	if (says_no(root)) {
		done->definite = true;
		err_set(&err, ERR_REMOTE, done->answer.status, _("the server refused the request"));
		call_wrong(asked, &done->answer, &err);
	} else if (asked->rule->must && !*id) {
		unreadable(asked, done, _("the answer names nothing that was made"));
	} else if (!json_is_object(root) && !json_peek(root)) {
		unreadable(asked, done, _("bad answer: not an object"));
	}
}

/* False: it was not queued. Without its id only a run that is known already can be followed. */
static bool read_queued(const struct asked *asked, struct api_done *done)
{
	const char *run_id = asked->error.run_id[0] ? asked->error.run_id : asked->run_id;

	if (!asked->rule->queues || done->answer.status >= 300 || !means_queued(done->answer.code))
		return false;
	done->queued = true;
	done->queue_id = asked->error.queue_id;
	done->run_id = text_or_empty(run_id);
	if (run_id)
		done->answer.err = (struct err){0};
	else
		unreadable(asked, done,
			   _("the run was queued, and the answer does not say as which"));
	return true;
}

static void on_done(void *self, uint64_t id, const struct response *response)
{
	struct asked *asked = self;
	struct api_done done = {.run_id = "", .id = ""};
	struct json *json = call_open(asked, id, response, NULL, NULL, &done.answer);
	char *made = NULL;

	done.sent = response->sent || response->status != 0;
	if (json)
		read_success(asked, json, &done, &made);
	else if (response->err.kind == ERR_NONE && !read_queued(asked, &done))
		done.definite = is_definite(&done.answer, &asked->error);
	json_free(json);
	if (made && strcmp(asked->rule->id, "pipeline_run_id") == 0)
		done.run_id = made;
	else if (made)
		done.id = made;
	((api_done_fn *)asked->done)(asked->self, &done);
	mem_free(made);
	call_free(asked);
}

uint64_t done_send(struct asked *asked, const struct done_rule *rule, const char *const *ids,
		   struct buf *body, api_done_fn *done)
{
	struct err err;

	asked->rule = rule;
	asked->done = (call_fn *)done;
	if (!body || text_valid(body->data, body->len))
		return call_send(asked, ids, body, on_done);
	buf_done(body);
	err_set(&err, ERR_INPUT, 0, _("not sent: what is to be sent is not UTF-8"));
	call_refuse(asked, on_done, &err);
	return 0;
}

uint64_t done_refuse(struct asked *asked, const struct err *why, api_done_fn *done)
{
	static const struct done_rule none = {0};

	asked->rule = &none;
	asked->done = (call_fn *)done;
	call_refuse(asked, on_done, why);
	return 0;
}

/* ---- bodies ---- */

struct buf *done_no_body(struct buf *body)
{
	buf_init(body, BUF_MAX);
	body_open(body);
	body_close(body);
	return body;
}

void done_variables(struct buf *body, const struct variable *variables, size_t n)
{
	size_t i;

	body_key(body, "variables");
	buf_addc(body, '[');
	for (i = 0; i < n; i++) {
		if (i)
			buf_addc(body, ',');
		body_open(body);
		body_value(body, "name", variables[i].name);
		body_value(body, "value", variables[i].value);
		body_close(body);
	}
	buf_addc(body, ']');
}

bool done_sources_ok(const char *sources, struct err *err)
{
	struct json *json =
		sources ? json_parse(sources, strlen(sources), NULL, NULL, NULL, NULL) : NULL;
	bool ok = !sources || (json && json_is_array(json_root(json)));

	json_free(json);
	return ok || err_set(err, ERR_INPUT, 0, _("not sent: the sources are not a JSON list"));
}
