/* SPDX-License-Identifier: MIT */
/*
 * Answers, read by the tolerant-reader rule of api.md 0: a field that is missing or of
 * the wrong type has its default, a row without its id is dropped and counted, unknown
 * members are passed by. Only what would turn a broken answer into an empty screen is an
 * error: a list that is no list, or an object without one.
 */
#include "api/decode.h"

#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "decode_run.h"

/*
 * As much of the server's words as fits, cut at a character. Some servers repeat what they were sent: a
 * secret of ours goes out while it is whole, cut in two nobody would know it.
 */
static void put_text(char *out, size_t size, const char *text)
{
	struct buf words;
	size_t n;

	buf_init(&words, BUF_MAX);
	buf_adds(&words, text_or_empty(text));
	vault_scrub(&words);
	n = words.len < size ? words.len : text_cut(words.data, size - 1);
	memcpy(out, words.data, n);
	out[n] = '\0';
	buf_done(&words);
}

static const char *peek(const struct cJSON *obj, const char *key)
{
	return json_peek(json_member(obj, key));
}

/* E2, IAM's shape, and frameworks that put a text there. */
static void nested_error(const struct cJSON *inner, struct decode_error *error)
{
	const char *message = peek(inner, "message");

	if (!error->code[0])
		put_text(error->code, sizeof(error->code), peek(inner, "code"));
	if (!message)
		message = json_is_object(inner) ? peek(inner, "title") : json_peek(inner);
	if (!error->message[0])
		put_text(error->message, sizeof(error->message), message);
}

/* E3: it looks like an error and says which run waits in the queue. */
static void queued_run(const struct json *json, const struct cJSON *inner, struct decode_error *error)
{
	const char *run_id = peek(inner, "pipeline_run_id");

	if (model_id_ok(run_id))
		memcpy(error->run_id, run_id, strlen(run_id) + 1);
	error->queue_id = json_int(json, inner, "queue_id", 0);
	if (error->queue_id < 0)
		error->queue_id = 0;
}

void decode_error(const struct json *json, struct decode_error *error)
{
	const struct cJSON *root = json_root(json);
	bool no_id = !peek(root, "pipeline_run_id") && !peek(root, "id");
	const char *message = peek(root, "error_msg");

	memset(error, 0, sizeof(*error));
	put_text(error->code, sizeof(error->code), peek(root, "error_code"));
	put_text(error->message, sizeof(error->message), message);
	put_text(error->request_id, sizeof(error->request_id), peek(root, "request_id"));
	nested_error(json_member(root, "error"), error);
	queued_run(json, json_member(root, "error"), error);
	error->read = json_is_object(root);
	error->failed = error->code[0] || (error->message[0] && no_id) ||
			!json_bool(root, "success", true);
}

static int64_t count_of(const struct json *json, const struct cJSON *obj, const char *key)
{
	int64_t n = json_int(json, obj, key, -1);

	return n < 0 ? -1 : n;
}

void decode_page_of(const struct json *json, struct decode_page *page)
{
	const struct cJSON *root = json_root(json);

	page->offset = count_of(json, root, "offset");
	page->limit = count_of(json, root, "limit");
	page->total = count_of(json, root, "total");
	page->dropped = 0;
}

bool decode_rows(const struct json *json, const char *key, const struct cJSON **first,
		 struct err *err)
{
	const struct cJSON *root = json_root(json), *list = json_member(root, key);

	*first = NULL;
	if (!json_is_object(root))
		return err_set(err, ERR_PARSE, 0, _("bad answer: not an object"));
	if (!list && !json_member(root, "total"))
		return err_set(err, ERR_PARSE, 0, _("bad answer: it has no \"%s\""), key);
	if (!json_is_null(list) && !json_is_array(list))
		return err_set(err, ERR_PARSE, 0, _("bad answer: \"%s\" is not a list"), key);
	*first = json_first(list);
	return true;
}

/* The run belongs to the pipeline that it was found with. */
static struct run *decode_latest(struct decoding *d, const struct cJSON *obj, const char *pipeline_id)
{
	struct run *run = mem_zalloc(sizeof(*run));

	if (!decode_run_summary(d, json_member(obj, "latest_run"), run)) {
		mem_free(run);
		return NULL;
	}
	if (!run->pipeline_id)
		run->pipeline_id = mem_strdup(pipeline_id);
	return run;
}

static bool decode_pipeline(struct decoding *d, const struct cJSON *obj, struct pipeline *p)
{
	memset(p, 0, sizeof(*p));
	p->id = decode_id(d, obj, "pipeline_id");
	if (!p->id)
		return false;
	p->project_id = decode_id(d, obj, "project_id");
	p->project_name = json_string(d->json, obj, "project_name");
	p->name = decode_either(d, obj, "name", "pipeline_name");
	p->creator = decode_either(d, obj, "creator_name", "creator_id");
	p->group_id = decode_id(d, obj, "group_id");
	p->component = decode_id(d, obj, "component_id");
	p->published = json_bool(obj, "is_publish", false);
	p->favourite = json_bool(obj, "is_collect", false);
	p->create_ms = decode_time(d, obj, "create_time");
	p->latest = decode_latest(d, obj, p->id);
	return true;
}

/* No project asked for, so the row itself must say which. */
static bool decode_pipeline_v3(struct decoding *d, const struct cJSON *obj, struct pipeline *p)
{
	memset(p, 0, sizeof(*p));
	p->id = decode_id(d, obj, "pipeline_id");
	p->project_id = decode_id(d, obj, "project_id");
	if (!p->id || !p->project_id) {
		pipeline_done(p);
		return false;
	}
	p->from_v3 = true;
	p->project_name = json_string(d->json, obj, "project_name");
	p->name = decode_either(d, obj, "pipeline_name", "name");
	p->creator = decode_either(d, obj, "creator_name", "creator_id");
	p->favourite = json_bool(obj, "watched", false);
	p->create_ms = decode_time(d, obj, "create_time");
	p->v3_executor = decode_either(d, obj, "executor_name", "executor_id");
	p->v3_start_ms = decode_time(d, obj, "start_time");
	return true;
}

typedef bool decode_pipeline_fn(struct decoding *d, const struct cJSON *obj, struct pipeline *p);

static bool decode_pipeline_list(const struct json *json, int zone_offset_s, const char *key,
				 decode_pipeline_fn *decode, struct pipeline **list, size_t *n,
				 struct decode_page *page, struct err *err)
{
	struct decoding d = {.json = json, .zone_offset_s = zone_offset_s};
	const struct cJSON *row;

	*list = NULL;
	*n = 0;
	decode_page_of(json, page);
	if (!decode_rows(json, key, &row, err))
		return false;
	*list = mem_calloc(json_count(row), sizeof(**list));
	for (; row; row = json_next(row)) {
		if (decode(&d, row, &(*list)[*n]))
			++*n;
		else
			d.dropped++;
	}
	page->dropped = d.dropped;
	return true;
}

bool decode_pipelines(const struct json *json, int zone_offset_s, struct pipeline **list,
		      size_t *n, struct decode_page *page, struct err *err)
{
	return decode_pipeline_list(json, zone_offset_s, "pipelines", decode_pipeline, list, n, page,
				    err);
}

bool decode_pipelines_v3(const struct json *json, int zone_offset_s, struct pipeline **list,
			 size_t *n, struct decode_page *page, struct err *err)
{
	return decode_pipeline_list(json, zone_offset_s, "result", decode_pipeline_v3, list, n, page,
				    err);
}

bool decode_runs(const struct json *json, int zone_offset_s, struct run **list, size_t *n,
		 struct decode_page *page, struct err *err)
{
	struct decoding d = {.json = json, .zone_offset_s = zone_offset_s};
	const struct cJSON *root = json_root(json), *row = json_first(root);
	bool bare = json_is_array(root);

	*list = NULL;
	*n = 0;
	decode_page_of(json, page);
	if (!bare && !decode_rows(json, "pipeline_runs", &row, err))
		return false;
	*list = mem_calloc(json_count(row), sizeof(**list));
	for (; row; row = json_next(row)) {
		struct run *run = &(*list)[*n];

		if (!decode_run_summary(&d, row, run)) {
			d.dropped++;
		} else if (bare && !run->pipeline_id) {
			run_done(run); /* nothing says whose status it is */
			d.dropped++;
		} else {
			++*n;
		}
	}
	page->dropped = d.dropped;
	return true;
}

bool decode_detail(const struct json *json, int zone_offset_s, struct run *run,
		   int64_t *system_ms, size_t *dropped, struct err *err)
{
	struct decoding d = {.json = json, .zone_offset_s = zone_offset_s};

	if (!decode_run_detail(&d, json_root(json), run))
		return err_set(err, ERR_PARSE, 0, _("bad answer: a run without an id"));
	run->server_ms = decode_time(&d, json_root(json), "current_system_time");
	if (system_ms)
		*system_ms = run->server_ms;
	if (dropped)
		*dropped = d.dropped;
	return true;
}

bool decode_log(const struct json *json, struct decode_log *log, struct err *err)
{
	const struct cJSON *root = json_root(json);

	memset(log, 0, sizeof(*log));
	if (!json_is_object(root))
		return err_set(err, ERR_PARSE, 0, _("bad answer: not an object"));
	if (!json_member(root, "log") && !json_member(root, "end_offset") &&
	    !json_member(root, "has_more"))
		return err_set(err, ERR_PARSE, 0, _("bad answer: it has no \"%s\""), "log");
	log->start = json_string(json, root, "start_offset");
	log->end = json_string(json, root, "end_offset");
	log->location = json_string(json, root, "location");
	log->step_id = json_string(json, root, "step_run_id");
	log->has_more = json_bool(root, "has_more", false);
	return true;
}

void decode_log_done(struct decode_log *log)
{
	mem_free(log->start);
	mem_free(log->end);
	mem_free(log->location);
	mem_free(log->step_id);
	memset(log, 0, sizeof(*log));
}
