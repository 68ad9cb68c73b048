/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous calls made sequential, for commands. A call is a small struct with a `send`
 * function and a place for the result; one function sends it, turns the loop until the
 * answer came, and decides about another try. The callbacks only move results over.
 */
#include "readercall.h"

#include <ev.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "names.h"
#include "debuglog.h"
#include "net/http.h"
#include "net/retry.h"
#include "net/url.h"
#include "say.h"

struct reader {
	const struct options *options;
	struct ev_loop *loop;
	struct http *http;
	struct session *session;
	struct budget budget;
	struct names *names; /* that lists have shown, for completion */
	struct ev_timer timer;
	bool woken;
	bool skew_told;
};

/* ---- life ---- */

/* The server's words follow the user's language (api.md 1.3). */
static const char *language(void)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);

	return locale && text_starts(locale, "zh") ? "zh-cn" : "en-us";
}

static bool configured(const struct options *o, struct err *err)
{
	if (!o->endpoint)
		return err_set(err, ERR_INPUT, 0,
			       _("no service is named: give --region NAME or --endpoint URL, set "
				 "PIPETOP_ENDPOINT, or look at a simulated one with --demo"));
	return true;
}

static void wake_timer(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	reader_wake(timer->data);
}

/* Unless it was said: nobody is to be protected from a fast reader on this machine itself. */
static double pages_per_second(const struct options *options)
{
	const struct settings *s = &options->settings;
	struct url url;

	return !setting_given(s, SET_LOG_PAGES_PER_SECOND) && url_parse(options->endpoint, &url, NULL) &&
			       url_loopback(&url)
		       ? 0
		       : (double)s->log_pages_per_second;
}

/* NULL auth: err says why. */
static struct session *open_session(struct reader *r, struct err *err)
{
	const struct options *options = r->options;
	struct session_options session = {
		.endpoint = options->endpoint,
		.auth = identity_auth(options, r->loop, http_transport(r->http), err),
		.language = language(),
		.zone_offset_s = options->zone_offset_s,
		.read_only = options->read_only,
	};

	return session.auth ? session_new(http_transport(r->http), &session, err) : NULL;
}

struct reader *reader_new(const struct options *options, struct err *err)
{
	struct http_options http = {.user_agent = "pipetop/" PIPETOP_VERSION,
				    .ca_file = options->settings.ca_file,
				    .trace = options->debuglog ? debuglog_trace : NULL,
				    .trace_self = options->debuglog};
	struct reader *r;

	if (!configured(options, err))
		return NULL;
	r = mem_zalloc(sizeof(*r));
	r->options = options;
	srand48((long)when_monotonic_ms() ^ (long)getpid());
	r->loop = ev_default_loop(EVFLAG_NOSIGMASK); /* the one that sees a token_command end */
	if (!r->loop) {
		mem_free(r);
		err_set(err, ERR_IO, 0, _("the system gives no event loop"));
		return NULL;
	}
	ev_timer_init(&r->timer, wake_timer, 0., 0.);
	r->timer.data = r;
	budget_init(&r->budget, (int)options->settings.requests_per_minute, pages_per_second(options),
		    when_monotonic_ms());
	r->http = http_new(r->loop, &http);
	r->session = open_session(r, err);
	r->names = names_new(options);
	if (r->session)
		return r;
	reader_free(r);
	return NULL;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	names_save(r->names, r->options->settings.cache_max, when_wall_ms(), NULL);
	names_free(r->names);
	session_free(r->session);
	http_free(r->http);
	ev_timer_stop(r->loop, &r->timer);
	mem_free(r);
}

const struct options *reader_options(const struct reader *r)
{
	return r->options;
}

struct ev_loop *reader_loop(const struct reader *r)
{
	return r->loop;
}

struct session *reader_session(const struct reader *r)
{
	return r->session;
}

struct budget *reader_budget(struct reader *r)
{
	return &r->budget;
}

const char *reader_host(const struct reader *r)
{
	return session_host(r->session);
}

int64_t reader_server_ms(const struct reader *r)
{
	int64_t ms = session_server_ms(r->session, when_monotonic_ms());

	return ms != WHEN_NONE ? ms : when_wall_ms();
}

/* ---- waiting ---- */

void reader_wake(struct reader *r)
{
	r->woken = true;
}

void reader_wait(struct reader *r, int64_t ms)
{
	r->woken = ms <= 0;
	ev_now_update(r->loop);
	ev_timer_stop(r->loop, &r->timer);
	ev_timer_set(&r->timer, (double)ms / 1000.0, 0.);
	if (ms > 0)
		ev_timer_start(r->loop, &r->timer);
	while (!r->woken)
		ev_run(r->loop, EVRUN_ONCE);
	ev_timer_stop(r->loop, &r->timer);
}

/* Lists and details are polls, also here: the budget holds for a script as for a screen. */
static void wait_for_budget(struct reader *r, enum budget_kind kind)
{
	int64_t now_ms = when_monotonic_ms();

	while (!budget_pay(&r->budget, kind, now_ms)) {
		reader_wait(r, budget_ready_ms(&r->budget, kind, now_ms) - now_ms + 1);
		now_ms = when_monotonic_ms();
	}
}

/* ---- one call ---- */

void reader_answered(struct reader_call *call, const struct api_answer *answer)
{
	call->answered = true;
	call->err = answer->err;
	call->retry_after_ms = answer->retry_after_ms;
	if (answer->err.kind == ERR_NONE && call->reader->options->want.json != JSON_NONE) {
		call->body.text = mem_strndup(answer->body, answer->body_len);
		call->body.len = answer->body_len;
	}
	reader_wake(call->reader);
}

static void send_and_wait(struct reader_call *call)
{
	call->answered = false;
	call->send(call->self);
	while (!call->answered)
		ev_run(call->reader->loop, EVRUN_ONCE);
}

/* The first failure of an outage is told, and 429 with the time of the next try. */
static void tell_failure(const struct reader_call *call, const struct backoff *b, int64_t now_ms)
{
	char wait[32];

	when_duration(b->next_ms - now_ms + 999, wait, sizeof(wait));
	if (call->err.kind == ERR_RATE)
		say(_("%s asks for a pause (429): next try in %s"), reader_host(call->reader), wait);
	else
		say(_("%s; trying again"), call->err.text);
}

static void tell_over(const struct reader_call *call, int64_t lasted_ms)
{
	char lasted[32];

	when_duration(lasted_ms, lasted, sizeof(lasted));
	say(_("%s answers again, after %s"), reader_host(call->reader), lasted);
}

/* A wrong clock makes signatures fail and ages lie: told once, when the server's is known. */
static void tell_skew(struct reader *r)
{
	int64_t skew_ms;
	char text[128];

	if (r->skew_told || !session_skew_ms(r->session, &skew_ms))
		return;
	r->skew_told = true;
	if (identity_skew(r->options->endpoint, skew_ms, text, sizeof(text)))
		say("%s", text);
}

bool reader_call(struct reader_call *call, struct err *err)
{
	struct reader *r = call->reader;
	int64_t now_ms = when_monotonic_ms(), until_ms = now_ms + r->options->timeout_ms;
	struct backoff backoff = {0};
	bool told = false;

	for (;;) {
		wait_for_budget(r, BUDGET_POLL);
		send_and_wait(call);
		tell_skew(r);
		now_ms = when_monotonic_ms();
		if (call->err.kind == ERR_NONE) {
			budget_success(&r->budget, now_ms);
			if (told)
				tell_over(call, now_ms - backoff.first_ms);
			return true;
		}
		if (call->err.kind == ERR_RATE)
			budget_throttled(&r->budget, now_ms);
		backoff_failed(&backoff, &call->err, true, call->retry_after_ms, now_ms, drand48());
		if (!retry_worth(&call->err) || backoff.next_ms > until_ms)
			break;
		if (!told)
			tell_failure(call, &backoff, now_ms);
		told = true;
		reader_wait(r, backoff.next_ms - now_ms);
		wait_for_budget(r, BUDGET_RETRY);
	}
	if (err)
		*err = call->err;
	return false;
}

/* ---- the calls ---- */

/* A call of this file's, with what it asks for. */
struct call {
	struct reader_call base;
	const char *project_id, *pipeline_id, *run_id;
	const char *const *ids;
	size_t n_ids;
	const void *query;
	bool v3;
	void *result;
};

static bool call_until(struct call *call, struct err *err)
{
	call->base.self = call;
	return reader_call(&call->base, err);
}

/* ---- pipelines ---- */

static void take_pipelines(void *self, struct api_pipelines *page)
{
	struct call *call = self;
	struct pipelines_read *read = call->result;

	if (page->answer.err.kind == ERR_NONE) {
		read->n = page->n;
		read->rows = page->n + page->dropped;
		read->total = page->total;
		read->pipelines = mem_calloc(page->n, sizeof(*read->pipelines));
		if (page->n)
			memcpy(read->pipelines, page->pipelines, page->n * sizeof(*read->pipelines));
		if (page->n)
			memset(page->pipelines, 0, page->n * sizeof(*page->pipelines));
	}
	reader_answered(&call->base, &page->answer);
}

static uint64_t send_pipelines(void *self)
{
	struct call *call = self;
	struct session *s = call->base.reader->session;

	return call->v3
		       ? api_list_pipelines_v3(s, call->project_id, call->query, take_pipelines, call)
		       : api_list_pipelines(s, call->project_id, call->query, take_pipelines, call);
}

bool reader_pipelines(struct reader *r, bool v3, const char *project_id,
		      const struct api_list_query *query, struct pipelines_read *read,
		      struct err *err)
{
	struct call call = {.base = {.reader = r, .send = send_pipelines}, .v3 = v3, .project_id = project_id,
			    .query = query, .result = read};

	memset(read, 0, sizeof(*read));
	if (!call_until(&call, err))
		return false;
	read->body = call.base.body;
	names_take(r->names, read->pipelines, read->n);
	return true;
}

void pipelines_read_done(struct pipelines_read *read)
{
	size_t i;

	for (i = 0; i < read->n; i++)
		pipeline_done(&read->pipelines[i]);
	mem_free(read->pipelines);
	mem_free(read->body.text);
	memset(read, 0, sizeof(*read));
}

/* ---- runs ---- */

static void take_runs(void *self, struct api_runs *page)
{
	struct call *call = self;
	struct runs_read *read = call->result;

	if (page->answer.err.kind == ERR_NONE) {
		read->n = page->n;
		read->rows = page->n + page->dropped;
		read->total = page->total;
		read->runs = mem_calloc(page->n, sizeof(*read->runs));
		if (page->n)
			memcpy(read->runs, page->runs, page->n * sizeof(*read->runs));
		if (page->n)
			memset(page->runs, 0, page->n * sizeof(*page->runs));
	}
	reader_answered(&call->base, &page->answer);
}

static uint64_t send_runs(void *self)
{
	struct call *call = self;

	return api_list_runs(call->base.reader->session, call->project_id, call->pipeline_id, call->query,
			     take_runs, call);
}

static uint64_t send_status(void *self)
{
	struct call *call = self;

	return api_batch_status(call->base.reader->session, call->project_id, call->ids, call->n_ids,
				take_runs, call);
}

static bool read_runs(struct call *call, struct runs_read *read, struct err *err)
{
	memset(read, 0, sizeof(*read));
	call->result = read;
	if (!call_until(call, err))
		return false;
	read->body = call->base.body;
	return true;
}

bool reader_runs(struct reader *r, const char *project_id, const char *pipeline_id,
		 const struct api_run_query *query, struct runs_read *read, struct err *err)
{
	struct call call = {.base = {.reader = r, .send = send_runs}, .project_id = project_id,
			    .pipeline_id = pipeline_id, .query = query};

	if (!read_runs(&call, read, err))
		return false;
	names_take_runs(r->names, project_id, pipeline_id, read->runs, read->n);
	return true;
}

bool reader_status(struct reader *r, const char *project_id, const char *const *ids, size_t n,
		   struct runs_read *read, struct err *err)
{
	struct call call = {.base = {.reader = r, .send = send_status}, .project_id = project_id, .ids = ids,
			    .n_ids = n};

	return read_runs(&call, read, err);
}

void runs_read_done(struct runs_read *read)
{
	size_t i;

	for (i = 0; i < read->n; i++)
		run_done(&read->runs[i]);
	mem_free(read->runs);
	mem_free(read->body.text);
	memset(read, 0, sizeof(*read));
}

/* ---- run detail ---- */

static void take_detail(void *self, struct api_detail *detail)
{
	struct call *call = self;
	struct detail_read *read = call->result;

	if (detail->answer.err.kind == ERR_NONE) {
		read->run = *detail->run;
		memset(detail->run, 0, sizeof(*detail->run));
		read->name = text_empty(detail->pipeline_name) ? NULL : mem_strdup(detail->pipeline_name);
		read->took_ms = detail->answer.took_ms;
	}
	reader_answered(&call->base, &detail->answer);
}

static uint64_t send_detail(void *self)
{
	struct call *call = self;

	return api_run_detail(call->base.reader->session, call->project_id, call->pipeline_id, call->run_id,
			      take_detail, call);
}

bool reader_detail(struct reader *r, const char *project_id, const char *pipeline_id,
		   const char *run_id, struct detail_read *read, struct err *err)
{
	struct call call = {.base = {.reader = r, .send = send_detail}, .project_id = project_id,
			    .pipeline_id = pipeline_id, .run_id = run_id, .result = read};

	memset(read, 0, sizeof(*read));
	if (!call_until(&call, err))
		return false;
	read->body = call.base.body;
	return true;
}

void detail_read_done(struct detail_read *read)
{
	run_done(&read->run);
	mem_free(read->name);
	mem_free(read->body.text);
	memset(read, 0, sizeof(*read));
}
