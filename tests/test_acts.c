/* SPDX-License-Identifier: MIT */
/*
 * The calls that change something, against the documentation: what leaves, byte by byte, and what
 * is made of each answer. That none of them leaves twice, or at all when it may not, is
 * test_sent_once.c's.
 */
#include "test.h"

#include "api/acts.h"
#include "api/templates.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "fake.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s) ((char *)(uintptr_t)(s)) /* what a struct owns, and this test does not */
#define PROJECT "aaaaaaaa000000000000000000000001"
#define PIPELINE "bbbbbbbb000000000000000000000001"
#define RUN "cccccccc000000000000000000000001"
#define NEW_RUN "cccccccc000000000000000000000002"
#define JOB "dddddddd000000000000000000000001"
#define STEP "eeeeeeee000000000000000000000001"
#define ENTRY "88888888000000000000000000000001"
#define TENANT "ffffffff000000000000000000000001"
#define TEMPLATE "12121212000000000000000000000001"
#define TASK "13131313000000000000000000000001"
#define ORIGIN "https://pipe.example.com:443"
#define B "/v5/" PROJECT "/api/pipelines/" PIPELINE
#define S B "/pipeline-runs/" RUN "/jobs/" JOB "/steps/" STEP
#define T "/v5/" TENANT "/api/pipeline-templates"

/* What the callbacks saw; texts are copied, since answers are borrowed. */
struct world {
	struct fake *fake;
	struct session *session;
	int ended;
	struct api_answer answer;
	struct api_done done;
	char run_id[100], id[100];
	struct buf seen; /* an answer to a read, in words of the test */
	struct template template;
};

static void start(struct world *w)
{
	const struct session_options options = {
		.endpoint = "https://pipe.example.com",
		.token = "MIIEtoken",
		.zone_offset_s = 8 * 3600,
	};

	memset(w, 0, sizeof(*w));
	buf_init(&w->seen, BUF_MAX);
	w->fake = fake_new();
	w->session = session_new(fake_transport(w->fake), &options, NULL);
	assert_non_null(w->session);
}

static void stop(struct world *w)
{
	session_free(w->session);
	fake_free(w->fake);
	buf_done(&w->seen);
	template_done(&w->template);
}

static void on_done(void *self, const struct api_done *done)
{
	struct world *w = self;

	w->ended++;
	w->done = *done;
	w->answer = done->answer;
	snprintf(w->run_id, sizeof(w->run_id), "%s", done->run_id);
	snprintf(w->id, sizeof(w->id), "%s", done->id);
}

/* ---- what leaves ---- */

static const struct ref *reference(const char *job, const char *step)
{
	static struct ref ref;

	ref_done(&ref);
	ref_set(&ref, REF_PROJECT, PROJECT);
	ref_set(&ref, REF_PIPELINE, PIPELINE);
	ref_set(&ref, REF_RUN, RUN);
	if (!step)
		return &ref;
	ref_set(&ref, REF_STAGE, "99999999000000000000000000000001");
	ref_set(&ref, REF_JOB, job);
	ref_set(&ref, REF_STEP, step);
	return &ref;
}

static uint64_t deed(struct world *w, enum deed deed, enum gate gate, int64_t queue_id)
{
	const struct ref *ref =
		deed_needs_step(deed) ? reference(JOB, STEP) : reference(NULL, NULL);

	return api_deed(w->session, deed, ref, gate, queue_id, on_done, w);
}

static uint64_t ask_stop(struct world *w)
{
	return deed(w, DEED_STOP, GATE_NONE, 0);
}
static uint64_t ask_retry(struct world *w)
{
	return deed(w, DEED_RETRY, GATE_NONE, 0);
}
static uint64_t ask_pass(struct world *w)
{
	return deed(w, DEED_APPROVE, GATE_REVIEW, 0);
}
static uint64_t ask_refuse(struct world *w)
{
	return deed(w, DEED_REJECT, GATE_REVIEW, 0);
}
static uint64_t ask_delay_pass(struct world *w)
{
	return deed(w, DEED_APPROVE, GATE_DELAY, 0);
}
static uint64_t ask_delay_refuse(struct world *w)
{
	return deed(w, DEED_REJECT, GATE_DELAY, 0);
}
static uint64_t ask_delay(struct world *w)
{
	return deed(w, DEED_POSTPONE, GATE_DELAY, 0);
}
static uint64_t ask_resume(struct world *w)
{
	return deed(w, DEED_APPROVE, GATE_SUSPENDED, 0);
}
static uint64_t ask_cancel(struct world *w)
{
	return deed(w, DEED_CANCEL, GATE_NONE, 15);
}

static uint64_t ask_entry_pass(struct world *w)
{
	return api_deed(w->session, DEED_APPROVE, reference("", ENTRY), GATE_STAGE, 0, on_done, w);
}

static uint64_t ask_entry_refuse(struct world *w)
{
	return api_deed(w->session, DEED_REJECT, reference("", ENTRY), GATE_STAGE, 0, on_done, w);
}

static uint64_t run_with(struct world *w, const struct api_run_order *order)
{
	return api_run(w->session, PROJECT, PIPELINE, order, on_done, w);
}

static uint64_t ask_run(struct world *w)
{
	const struct api_run_order order = {0};

	return run_with(w, &order);
}

static uint64_t ask_run_example(struct world *w)
{
	struct variable variables[] = {{.name = TEXT("VER"), .value = TEXT("1.2.3")}};
	const struct api_run_order order = {
		.description = "nightly", .variables = variables, .n_variables = 1};

	return run_with(w, &order);
}

/* An empty value is sent: it is required. Quotes, controls and other scripts pass. */
static uint64_t ask_run_values(struct world *w)
{
	struct variable variables[] = {
		{.name = TEXT("EMPTY"), .value = TEXT("")},
		{.name = TEXT("NONE")},
		{.name = TEXT("ODD"), .value = TEXT("a\"b\\c\nd\te \xE4\xBD\xA0")},
	};
	const struct api_run_order order = {.variables = variables, .n_variables = 3};

	return run_with(w, &order);
}

static uint64_t ask_run_stages(struct world *w)
{
	static const char *const stages[] = {"st-1", "st-2"}, *const jobs[] = {"JOB_a1b2c"};
	const struct api_run_order order = {
		.stages = stages, .n_stages = 2, .jobs = jobs, .n_jobs = 1};

	return run_with(w, &order);
}

static uint64_t ask_run_jobs(struct world *w)
{
	static const char *const jobs[] = {"JOB_a1b2c", "JOB_d3e4f"};
	const struct api_run_order order = {
		.jobs = jobs,
		.n_jobs = 2,
		.sources_json = "[{\"type\":\"code\",\"params\":{\"git_type\":\"codehub\"}}]",
	};

	return run_with(w, &order);
}

static uint64_t ask_ban(struct world *w)
{
	return api_ban(w->session, PROJECT, PIPELINE, true, on_done, w);
}
static uint64_t ask_unban(struct world *w)
{
	return api_ban(w->session, PROJECT, PIPELINE, false, on_done, w);
}

static struct template a_template(void)
{
	return (struct template){
		.id = TEXT(TEMPLATE),
		.name = TEXT("Go basic"),
		.language = TEXT("go"),
		.description = TEXT(""),
		.definition = TEXT("{\"stages\":[]}"),
		.shows_source = true,
	};
}

static uint64_t ask_create(struct world *w)
{
	struct template t = a_template();
	char *limits[] = {TEXT("dev"), TEXT("prod"), NULL};
	struct variable variables[] = {
		{.name = TEXT("ENV"),
		 .value = TEXT("dev"),
		 .type_name = TEXT("enum"),
		 .limits = limits,
		 .n_limits = 2,
		 .sequence = 1,
		 .runtime = true,
		 .description = TEXT("where to")},
		{.name = TEXT("KEY"), .sequence = 2, .type_name = TEXT("string"), .secret = true},
	};

	t.system = true; /* a copy of one is none */
	t.variables = variables;
	t.n_variables = 2;
	return api_template_create(w->session, TENANT, &t, on_done, w);
}

static uint64_t ask_update(struct world *w)
{
	struct template t = a_template();

	t.language = NULL;
	t.shows_source = false;
	t.variables_json = TEXT("[{\"name\":\"X\",\"is_reset\":false}]");
	return api_template_update(w->session, TENANT, &t, on_done, w);
}

static uint64_t ask_delete(struct world *w)
{
	return api_template_delete(w->session, TENANT, TEMPLATE, on_done, w);
}

static uint64_t ask_like(struct world *w)
{
	return api_template_favourite(w->session, TENANT, TEMPLATE, true, on_done, w);
}

static uint64_t ask_unlike(struct world *w)
{
	return api_template_favourite(w->session, TENANT, TEMPLATE, false, on_done, w);
}

static uint64_t ask_use(struct world *w)
{
	const struct api_template_use use = {.template_id = TEMPLATE, .name = "web2"};

	return api_template_use(w->session, PROJECT, &use, on_done, w);
}

static uint64_t ask_use_all(struct world *w)
{
	struct variable variables[] = {{.name = TEXT("VER"), .value = TEXT("1")}};
	const struct api_template_use use = {
		.template_id = TEMPLATE,
		.name = "web2",
		.description = "mine",
		.variables = variables,
		.n_variables = 1,
		.sources_json = "[{\"type\":\"code\"}]",
		.component = "c0",
	};

	return api_template_use(w->session, PROJECT, &use, on_done, w);
}

#define TASK_TEXT "{ \"flow\":{},\t\"states\":{\"is_manual_mxecution\":1.50},\n \"x\":null}\n"

static uint64_t ask_task(struct world *w)
{
	return api_task_create(w->session, TASK_TEXT, strlen(TASK_TEXT), on_done, w);
}

static const struct sending {
	uint64_t (*ask)(struct world *w);
	const char *method, *path, *body;
} sendings[] = {
	{ask_stop, "POST", B "/pipeline-runs/" RUN "/stop", "{}"},
	{ask_retry, "PUT", B "/pipeline-runs/" RUN "/retry", "{}"},
	{ask_pass, "POST", S "/pass", "{}"},
	{ask_refuse, "POST", S "/refuse", "{}"},
	{ask_entry_pass, "POST", B "/pipeline-runs/" RUN "/steps/" ENTRY "/manual/pass", "{}"},
	{ask_entry_refuse, "POST", B "/pipeline-runs/" RUN "/steps/" ENTRY "/manual/refuse", "{}"},
	{ask_delay_pass, "POST", S "/delay-pass", "{}"},
	{ask_delay_refuse, "POST", S "/delay-refuse", "{}"},
	{ask_delay, "POST", S "/delay", "{}"},
	{ask_resume, "POST", S "/resume", "{}"},
	{ask_cancel, "POST", B "/" RUN "/cancel-queuing/15", "{}"},
	{ask_ban, "PUT", B "/ban", "{}"},
	{ask_unban, "PUT", B "/unban", "{}"},
	{ask_run, "POST", B "/run", "{}"},
	{ask_run_example, "POST", B "/run",
	 "{\"description\":\"nightly\",\"variables\":[{\"name\":\"VER\",\"value\":\"1.2.3\"}]}"},
	{ask_run_values, "POST", B "/run",
	 "{\"variables\":[{\"name\":\"EMPTY\",\"value\":\"\"},{\"name\":\"NONE\",\"value\":\"\"},"
	 "{\"name\":\"ODD\",\"value\":\"a\\\"b\\\\c\\u000ad\\u0009e \xE4\xBD\xA0\"}]}"},
	{ask_run_stages, "POST", B "/run", "{\"choose_stages\":[\"st-1\",\"st-2\"]}"},
	{ask_run_jobs, "POST", B "/run",
	 "{\"sources\":[{\"type\":\"code\",\"params\":{\"git_type\":\"codehub\"}}],"
	 "\"choose_jobs\":[\"JOB_a1b2c\",\"JOB_d3e4f\"]}"},
	{ask_create, "POST", T,
	 "{\"name\":\"Go "
	 "basic\",\"language\":\"go\",\"definition\":\"{\\\"stages\\\":[]}\",\"is_system\":false,"
	 "\"domain_id\":\"" TENANT "\",\"is_show_source\":true,\"description\":\"\",\"variables\":["
	 "{\"name\":\"ENV\",\"sequence\":1,\"type\":\"enum\",\"value\":\"dev\",\"is_secret\":false,"
	 "\"description\":\"where to\",\"is_runtime\":true,\"limits\":[\"dev\",\"prod\"]},"
	 "{\"name\":\"KEY\",\"sequence\":2,\"type\":\"string\",\"value\":\"\",\"is_secret\":true,"
	 "\"is_runtime\":false}]}"},
	{ask_update, "PUT", T "/" TEMPLATE,
	 "{\"name\":\"Go basic\",\"language\":\"none\",\"definition\":\"{\\\"stages\\\":[]}\","
	 "\"is_system\":false,\"domain_id\":\"" TENANT
	 "\",\"is_show_source\":false,\"description\":\"\","
	 "\"variables\":[{\"name\":\"X\",\"is_reset\":false}]}"},
	{ask_delete, "DELETE", T "/" TEMPLATE, ""},
	{ask_like, "POST", T "/" TEMPLATE "/favorite?flag=true", "{}"},
	{ask_unlike, "POST", T "/" TEMPLATE "/favorite?flag=false", "{}"},
	{ask_use, "POST", "/v5/" PROJECT "/api/pipeline-templates/" TEMPLATE "/create-pipeline",
	 "{\"name\":\"web2\",\"is_publish\":false,\"sources\":[],\"variables\":[]}"},
	{ask_use_all, "POST",
	 "/v5/" PROJECT "/api/pipeline-templates/" TEMPLATE "/create-pipeline?component_id=c0",
	 "{\"name\":\"web2\",\"is_publish\":false,\"sources\":[{\"type\":\"code\"}],"
	 "\"description\":\"mine\","
	 "\"variables\":[{\"name\":\"VER\",\"value\":\"1\"}]}"},
	{ask_task, "POST", "/v3/templates/task", TASK_TEXT},
};

static void each_call_is_sent_as_it_is_documented(void **state)
{
	const struct fake_request *sent;
	struct world w;
	size_t i;

	start(&w);
	for (i = 0; i < LENGTH(sendings); i++) {
		assert_int_not_equal(sendings[i].ask(&w), 0);
		assert_int_equal(fake_count(w.fake), i + 1);
		sent = fake_last(w.fake);
		assert_string_equal(sent->method, sendings[i].method);
		assert_string_equal(sent->url + strlen(ORIGIN), sendings[i].path);
		assert_string_equal(sent->body, sendings[i].body);
		assert_true(sent->fresh);
		if (*sendings[i].body)
			assert_string_equal(fake_header(sent, "Content-Type"),
					    "application/json;charset=UTF-8");
	}
	stop(&w);
	assert_int_equal(w.ended, LENGTH(sendings));
}

/* The last part of the path that a deed takes; "": it is refused before anything leaves. */
static void a_deed_takes_the_call_of_its_gate(void **state)
{
	static const struct {
		enum deed deed;
		enum gate gate;
		const char *job;
		const char *ends, *says;
	} rows[] = {
		{DEED_APPROVE, GATE_REVIEW, JOB, "/jobs/" JOB "/steps/" STEP "/pass", NULL},
		{DEED_APPROVE, GATE_REVIEW, "", "/steps/" STEP "/manual/pass", NULL},
		{DEED_REJECT, GATE_REVIEW, "", "/steps/" STEP "/manual/refuse", NULL},
		{DEED_APPROVE, GATE_STAGE, JOB, RUN "/steps/" STEP "/manual/pass", NULL},
		{DEED_APPROVE, GATE_NONE, JOB, "", "no such call"},
		{DEED_POSTPONE, GATE_REVIEW, JOB, "", "no such call"},
		{DEED_POSTPONE, GATE_STAGE, "", "", "no such call"},
		{DEED_POSTPONE, GATE_SUSPENDED, JOB, "", "can only go on"},
		{DEED_REJECT, GATE_SUSPENDED, JOB, "", "can only go on"},
		{DEED_APPROVE, GATE_DELAY, "", "", "stands in no job"},
		{DEED_APPROVE, GATE_SUSPENDED, "", "", "stands in no job"},
		{DEED_APPROVE, GATE_REVIEW, "../x", "", "not an id"},
	};
	const char *url;
	size_t i, n;

	for (i = 0; i < LENGTH(rows); i++) {
		struct world w;
		uint64_t id;

		start(&w);
		id = api_deed(w.session, rows[i].deed, reference(rows[i].job, STEP), rows[i].gate,
			      0, on_done, &w);
		if (*rows[i].ends) {
			assert_int_not_equal(id, 0);
			url = fake_last(w.fake)->url;
			n = strlen(rows[i].ends);
			assert_true(strlen(url) > n);
			assert_string_equal(url + strlen(url) - n, rows[i].ends);
		} else {
			assert_int_equal(id, 0);
			assert_int_equal(w.ended, 1);
			assert_int_equal(fake_count(w.fake), 0);
			assert_int_equal(w.answer.err.kind, ERR_INPUT);
			assert_false(w.done.sent);
			assert_false(w.done.definite);
			if (!strstr(w.answer.err.text, rows[i].says))
				fail_msg("row %zu: %s", i, w.answer.err.text);
		}
		stop(&w);
	}
}

static uint64_t cancel_without_place(struct world *w)
{
	return deed(w, DEED_CANCEL, GATE_NONE, 0);
}
static uint64_t cancel_negative(struct world *w)
{
	return deed(w, DEED_CANCEL, GATE_NONE, -3);
}

static uint64_t run_odd_project(struct world *w)
{
	const struct api_run_order order = {0};

	return api_run(w->session, "a/../b", PIPELINE, &order, on_done, w);
}

static uint64_t run_odd_sources(struct world *w)
{
	const struct api_run_order order = {.sources_json = "[],\"choose_jobs\":[]"};

	return run_with(w, &order);
}

static uint64_t run_object_sources(struct world *w)
{
	const struct api_run_order order = {.sources_json = "{}"};

	return run_with(w, &order);
}

static uint64_t update_system(struct world *w)
{
	struct template t = a_template();

	t.system = true;
	return api_template_update(w->session, TENANT, &t, on_done, w);
}

static uint64_t update_listed(struct world *w)
{
	struct template t = a_template();

	t.definition = NULL; /* as from a list: sending it would empty the template */
	return api_template_update(w->session, TENANT, &t, on_done, w);
}

static uint64_t create_nameless(struct world *w)
{
	struct template t = a_template();

	t.name = TEXT("");
	return api_template_create(w->session, TENANT, &t, on_done, w);
}

static uint64_t create_without_tenant(struct world *w)
{
	struct template t = a_template();

	return api_template_create(w->session, NULL, &t, on_done, w);
}

static uint64_t use_nameless(struct world *w)
{
	const struct api_template_use use = {.template_id = TEMPLATE};

	return api_template_use(w->session, PROJECT, &use, on_done, w);
}

static uint64_t use_odd_component(struct world *w)
{
	const struct api_template_use use = {
		.template_id = TEMPLATE, .name = "x", .component = "a&b=c"};

	return api_template_use(w->session, PROJECT, &use, on_done, w);
}

static uint64_t task_empty(struct world *w)
{
	return api_task_create(w->session, "", 0, on_done, w);
}

static void what_cannot_be_right_is_refused_before_it_leaves(void **state)
{
	static const struct {
		uint64_t (*ask)(struct world *w);
		const char *says;
	} rows[] = {
		{cancel_without_place, "not sent: its place in the queue"},
		{cancel_negative, "not sent: its place in the queue"},
		{run_odd_project, "run: \"a/../b\" is not an id"},
		{run_odd_sources, "not sent: the sources are not a JSON list"},
		{run_object_sources, "not sent: the sources are not a JSON list"},
		{update_system, "can only be copied or used"},
		{update_listed, "has no definition"},
		{create_nameless, "has no name"},
		{create_without_tenant, "is not an id"},
		{use_nameless, "has no name"},
		{use_odd_component, "is not an id"},
		{task_empty, "the document is empty"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct world w;

		start(&w);
		assert_int_equal(rows[i].ask(&w), 0);
		assert_int_equal(w.ended, 1);
		assert_int_equal(fake_count(w.fake), 0);
		assert_int_equal(w.answer.err.kind, ERR_INPUT);
		assert_int_equal(w.answer.class, API_ACTION);
		assert_false(w.done.sent);
		assert_false(w.done.definite);
		if (!strstr(w.answer.err.text, rows[i].says))
			fail_msg("row %zu: %s", i, w.answer.err.text);
		stop(&w);
	}
}

/* ---- what comes back ---- */

#define OK 0
#define DEFINITE 1
#define VAGUE 2 /* it failed, and nobody said that it was not done */

static const struct answering {
	uint64_t (*ask)(struct world *w);
	int status;
	const char *body;
	int outcome;
	enum err_kind kind;
	int code;		 /* of err: what the error means */
	const char *run_id, *id; /* NULL: "" */
} answerings[] = {
	/* accepted */
	{ask_stop, 200, "{\"success\":true}", OK, ERR_NONE, 0, NULL, NULL},
	{ask_stop, 200, "{\"success\":\"true\"}", OK, ERR_NONE, 0, NULL, NULL},
	{ask_stop, 200, "{}", OK, ERR_NONE, 0, NULL, NULL},
	{ask_retry, 200, "{\"success\":true,\"error_code\":null,\"error_msg\":\"\"}", OK, ERR_NONE,
	 0, NULL, NULL},
	{ask_run, 200, "{\"pipeline_run_id\":\"" NEW_RUN "\"}", OK, ERR_NONE, 0, NEW_RUN, NULL},
	{ask_run, 201, "{\"pipeline_run_id\":\"" NEW_RUN "\",\"error_msg\":\"a note\"}", OK,
	 ERR_NONE, 0, NEW_RUN, NULL},
	{ask_cancel, 200, "{\"pipeline_run_id\":\"" RUN "\"}", OK, ERR_NONE, 0, RUN, NULL},
	{ask_cancel, 200, "{}", OK, ERR_NONE, 0, NULL, NULL},
	{ask_ban, 200, "true", OK, ERR_NONE, 0, NULL, NULL},
	{ask_ban, 200, "\"bbbb\"", OK, ERR_NONE, 0, NULL, NULL},
	{ask_unban, 200, "1", OK, ERR_NONE, 0, NULL, NULL},
	{ask_unban, 200, "{\"success\":true}", OK, ERR_NONE, 0, NULL, NULL},
	{ask_create, 200, "{\"templateId\":\"" TEMPLATE "\"}", OK, ERR_NONE, 0, NULL, TEMPLATE},
	{ask_delete, 200, "{\"templateId\":\"" TEMPLATE "\"}", OK, ERR_NONE, 0, NULL, TEMPLATE},
	{ask_like, 200, "{}", OK, ERR_NONE, 0, NULL, NULL},
	{ask_use, 200, "{\"pipeline_id\":\"" PIPELINE "\"}", OK, ERR_NONE, 0, NULL, PIPELINE},
	{ask_task, 200, "{\"task_id\":\"" TASK "\"}", OK, ERR_NONE, 0, NULL, TASK},
	/* E1, E2, E5, E6: refused in the service's own words, whatever the status */
	{ask_stop, 200,
	 "{\"error_code\":\"DEVPIPE.00000000\",\"error_msg\":\"step is not waiting\"}", DEFINITE,
	 ERR_REMOTE, 200, NULL, NULL},
	{ask_stop, 400,
	 "{\"error_code\":\"DEVPIPE.00000000\",\"error_msg\":\"step is not waiting\"}", DEFINITE,
	 ERR_REMOTE, 400, NULL, NULL},
	{ask_pass, 200, "{\"error\":{\"code\":\"DEVCP.00014031\",\"message\":\"no\"}}", DEFINITE,
	 ERR_AUTH, 403, NULL, NULL},
	{ask_retry, 200, "{\"success\":false}", DEFINITE, ERR_REMOTE, 200, NULL, NULL},
	{ask_retry, 200, "{\"success\":\"false\"}", DEFINITE, ERR_REMOTE, 200, NULL, NULL},
	{ask_run, 200, "{\"pipeline_run_id\":\"\",\"error_msg\":\"pipeline is disabled\"}",
	 DEFINITE, ERR_REMOTE, 200, NULL, NULL},
	{ask_run, 200, "{\"pipeline_run_id\":null,\"error_code\":\"DEVPIPE.00011104\"}", DEFINITE,
	 ERR_REMOTE, 200, NULL, NULL},
	{ask_run, 200, "{\"success\":false,\"pipeline_run_id\":\"" NEW_RUN "\"}", DEFINITE,
	 ERR_REMOTE, 200, NULL, NULL},
	{ask_ban, 200, "false", DEFINITE, ERR_REMOTE, 200, NULL, NULL},
	{ask_use, 400, "{\"error_code\":\"DEVCP.00021006\",\"error_msg\":\"no template\"}",
	 DEFINITE, ERR_GONE, 404, NULL, NULL},
	/* E4: the gateway refused it before it reached anybody */
	{ask_stop, 401, "{\"error_msg\":\"x\",\"error_code\":\"APIGW.0307\",\"request_id\":\"r1\"}",
	 DEFINITE, ERR_AUTH, 401, NULL, NULL},
	{ask_stop, 403, "{\"error_msg\":\"x\",\"error_code\":\"APIGW.0302\"}", DEFINITE, ERR_AUTH,
	 403, NULL, NULL},
	{ask_stop, 404, "{\"error_msg\":\"x\",\"error_code\":\"APIG.0101\"}", DEFINITE, ERR_GONE,
	 404, NULL, NULL},
	{ask_stop, 429, "{\"error_msg\":\"x\",\"error_code\":\"APIGW.0308\"}", DEFINITE, ERR_RATE,
	 429, NULL, NULL},
	{ask_stop, 409, "{}", DEFINITE, ERR_REMOTE, 409, NULL, NULL},
	/* not the service's own words, or not about this request */
	{ask_stop, 500, "{\"error_code\":\"DEVCP.00010000\",\"error_msg\":\"internal\"}", VAGUE,
	 ERR_REMOTE, 500, NULL, NULL},
	{ask_stop, 502, "{\"error_code\":\"DEVPIPE.00000000\"}", VAGUE, ERR_REMOTE, 502, NULL,
	 NULL},
	{ask_stop, 503, "", VAGUE, ERR_REMOTE, 503, NULL, NULL},
	{ask_stop, 200, "{\"error_code\":\"DEVCP.00010000\"}", VAGUE, ERR_REMOTE, 500, NULL, NULL},
	{ask_stop, 200, "{\"error_code\":\"COCT.0070003\"}", VAGUE, ERR_REMOTE, 503, NULL, NULL},
	{ask_stop, 400, "{\"error_code\":\"COCT.0070500\"}", VAGUE, ERR_REMOTE, 503, NULL, NULL},
	{ask_stop, 200, "{\"error\":{\"code\":\"DEVCP.00020500\"}}", VAGUE, ERR_REMOTE, 503, NULL,
	 NULL},
	{ask_stop, 400, "bad request", VAGUE, ERR_REMOTE, 400, NULL, NULL},
	{ask_stop, 403, "<html>", VAGUE, ERR_AUTH, 403, NULL, NULL},
	{ask_stop, 404, "", VAGUE, ERR_GONE, 404, NULL, NULL},
	{ask_stop, 407, "{\"error_code\":\"x\"}", VAGUE, ERR_NET, 407, NULL, NULL},
	{ask_stop, 408, "{\"error_code\":\"x\"}", VAGUE, ERR_REMOTE, 408, NULL, NULL},
	{ask_stop, 302, "{\"success\":false}", VAGUE, ERR_REMOTE, 302, NULL, NULL},
	{ask_stop, 200, "<html>sign in</html>", VAGUE, ERR_NET, 200, NULL, NULL},
	{ask_stop, 200, "{\"success\":tr", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_stop, 200, "", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_stop, 204, "", VAGUE, ERR_PARSE, 204, NULL, NULL},
	{ask_ban, 200, "", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_unban, 200, "null", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_stop, 200, "[]", VAGUE, ERR_PARSE, 200, NULL, NULL},
	/* accepted, it seems, but nobody can say what was made */
	{ask_run, 200, "{\"pipeline_run_id\":\"\"}", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_run, 200, "{\"pipeline_run_id\":\"../x\"}", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_run, 200, "{}", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_run, 200, "{\"success\":true}", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_create, 200, "{\"success\":true}", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_use, 200, "{\"pipeline_id\":null}", VAGUE, ERR_PARSE, 200, NULL, NULL},
	{ask_task, 200, "{}", VAGUE, ERR_PARSE, 200, NULL, NULL},
	/* E3 belongs to starts alone */
	{ask_stop, 200,
	 "{\"error_code\":\"DEVPIPE.00011169\",\"error\":{\"pipeline_run_id\":\"" NEW_RUN "\"}}",
	 DEFINITE, ERR_REMOTE, 200, NULL, NULL},
};

static void an_answer_is_accepted_refused_or_vague(void **state)
{
	size_t i;

	for (i = 0; i < LENGTH(answerings); i++) {
		const struct answering *row = &answerings[i];
		const struct fake_reply reply = {
			.status = row->status, .body = row->body, .location_host = "x"};
		struct world w;

		start(&w);
		fake_reply(w.fake, &reply);
		assert_int_not_equal(row->ask(&w), 0);
		fake_deliver(w.fake);
		assert_int_equal(w.ended, 1);
		assert_int_equal(fake_count(w.fake), 1);
		if (w.answer.err.kind != row->kind || w.answer.err.code != row->code)
			fail_msg("row %zu (%d %s): kind %d, code %d: %s", i, row->status, row->body,
				 (int)w.answer.err.kind, w.answer.err.code, w.answer.err.text);
		if (w.done.definite != (row->outcome == DEFINITE))
			fail_msg("row %zu (%d %s): definite %d", i, row->status, row->body,
				 w.done.definite);
		assert_true(w.done.sent);
		assert_false(w.done.queued);
		assert_int_equal(w.done.queue_id, 0);
		assert_string_equal(w.run_id, text_or_empty(row->run_id));
		assert_string_equal(w.id, text_or_empty(row->id));
		stop(&w);
	}
}

static void no_answer_is_never_definite_and_says_whether_it_left(void **state)
{
	static const struct {
		enum err_kind kind;
		bool not_sent, too_large;
	} rows[] = {
		{ERR_NET, true, false},	      {ERR_NET, false, false},
		{ERR_REMOTE, false, true},    {ERR_CANCELLED, false, false},
		{ERR_CANCELLED, true, false},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct fake_reply reply = {.not_sent = rows[i].not_sent,
					   .too_large = rows[i].too_large};
		struct world w;

		start(&w);
		err_set(&reply.err, rows[i].kind, 7, "the line is dead");
		fake_reply(w.fake, &reply);
		ask_stop(&w);
		fake_deliver(w.fake);
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, rows[i].kind);
		assert_int_equal(w.done.sent, !rows[i].not_sent);
		assert_false(w.done.definite);
		stop(&w);
	}
}

static void a_start_that_was_queued_is_a_success(void **state)
{
	static const struct {
		uint64_t (*ask)(struct world *w);
		const char *body, *run_id;
		int64_t queue_id;
		bool ok;
	} rows[] = {
		{ask_run,
		 "{\"error_code\":\"DEVPIPE.00011169\",\"error_msg\":\"limit reached, queued\","
		 "\"error\":{\"pipeline_run_id\":\"" NEW_RUN "\",\"queue_id\":15}}",
		 NEW_RUN, 15, true},
		{ask_run,
		 "{\"error_code\":\"DEVPIPE.00011170\",\"error_msg\":\"limit reached, queued\","
		 "\"error\":{\"pipeline_run_id\":\"" NEW_RUN
		 "\",\"queue_id\":\"9007199254740993\"}}",
		 NEW_RUN, INT64_C(9007199254740993), true},
		{ask_retry,
		 "{\"error_code\":\"DEVPIPE.00011169\",\"error\":{\"pipeline_run_id\":\"" RUN
		 "\",\"queue_id\":3}}",
		 RUN, 3, true},
		/* which run a retry is of is known; its place in the queue is not */
		{ask_retry, "{\"error_code\":\"DEVPIPE.00011170\",\"error\":{\"queue_id\":-1}}",
		 RUN, 0, true},
		{ask_run, "{\"error_code\":\"DEVPIPE.00011169\",\"error_msg\":\"queued\"}", "", 0,
		 false},
		{ask_run,
		 "{\"error_code\":\"DEVPIPE.00011169\",\"error\":{\"pipeline_run_id\":\"../x\"}}",
		 "", 0, false},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct world w;

		start(&w);
		fake_answer(w.fake, "", 200, rows[i].body);
		rows[i].ask(&w);
		fake_deliver(w.fake);
		assert_int_equal(w.ended, 1);
		assert_true(w.done.queued);
		assert_true(w.done.sent);
		assert_false(w.done.definite);
		assert_string_equal(w.run_id, rows[i].run_id);
		assert_int_equal(w.done.queue_id, rows[i].queue_id);
		assert_int_equal(w.answer.err.kind, rows[i].ok ? ERR_NONE : ERR_PARSE);
		assert_true(text_starts(w.answer.code, "DEVPIPE.000111"));
		stop(&w);
	}
}

/* The same words with a failing status are a failure. */
static void a_queue_in_a_failing_status_is_no_success(void **state)
{
	struct world w;

	start(&w);
	fake_answer(w.fake, "", 500,
		    "{\"error_code\":\"DEVPIPE.00011169\",\"error\":{\"pipeline_run_id\":\"" NEW_RUN
		    "\"}}");
	ask_run(&w);
	fake_deliver(w.fake);
	assert_int_equal(w.answer.err.kind, ERR_REMOTE);
	assert_false(w.done.queued);
	assert_false(w.done.definite);
	assert_string_equal(w.run_id, "");
	stop(&w);
}

/* Long ones, short ones, and as JSON within JSON has them: the service's words are withheld. */
static void a_service_that_repeats_a_secret_is_not_repeated(void **state)
{
	static const struct {
		const char *value, *said; /* within the message, as JSON has it */
		bool withheld;
	} rows[] = {
		{"hunter2-hunter2", "value hunter2-hunter2 is odd", true},
		{"hu", "value hu is odd", true},
		{"a\"b\\c", "{\\\"value\\\":\\\"a\\\\\\\"b\\\\\\\\c\\\"}", true},
		{"a\"b", "value a\\\"b is odd", true},
		{"\xE4\xBD\xA0", "value \\u4f60 is odd", true},
		{"hunter2-hunter2", "the value is odd", false},
		{"", "the value is odd", false},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct variable variables[] = {
			{.name = TEXT("OPEN"), .value = TEXT("the")},
			{.name = TEXT("KEY"), .value = TEXT(rows[i].value), .secret = true},
		};
		const struct api_run_order order = {.variables = variables, .n_variables = 2};
		char body[200];
		struct world w;

		snprintf(body, sizeof(body), "{\"error_code\":\"DEVPIPE.1\",\"error_msg\":\"%s\"}",
			 rows[i].said);
		start(&w);
		fake_answer(w.fake, "", 400, body);
		run_with(&w, &order);
		fake_deliver(w.fake);
		assert_int_equal(w.answer.err.kind, ERR_REMOTE);
		assert_true(w.done.definite);
		assert_non_null(strstr(w.answer.err.text, "DEVPIPE.1"));
		if (!strstr(w.answer.err.text, "is odd") != rows[i].withheld ||
		    !strstr(w.answer.err.text, "hold a secret") == rows[i].withheld)
			fail_msg("row %zu: %s", i, w.answer.err.text);
		stop(&w);
	}
}

#define SECRET "hunter2-hunter2"

static void a_secret_is_in_the_vault_as_long_as_its_request_lives(void **state)
{
	struct variable variables[] = {
		{.name = TEXT("KEY"), .value = TEXT(SECRET), .secret = true}};
	const struct api_run_order order = {.variables = variables, .n_variables = 1};
	struct world w;

	start(&w);
	run_with(&w, &order);
	assert_true(vault_found(SECRET, strlen(SECRET)));
	stop(&w);
	assert_int_equal(w.ended, 1);
	assert_false(vault_found(SECRET, strlen(SECRET)));
}

static uint64_t run_not_utf8(struct world *w)
{
	const struct api_run_order order = {.description = "na\xEFve"};

	return run_with(w, &order);
}

static uint64_t task_not_utf8(struct world *w)
{
	return api_task_create(w->session, "{\"a\":\"\xFF\"}", 9, on_done, w);
}

static void what_is_not_utf8_is_not_sent(void **state)
{
	static uint64_t (*const asks[])(struct world * w) = {run_not_utf8, task_not_utf8};
	size_t i;

	for (i = 0; i < LENGTH(asks); i++) {
		struct world w;

		start(&w);
		assert_int_equal(asks[i](&w), 0);
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, ERR_INPUT);
		assert_non_null(strstr(w.answer.err.text, "not UTF-8"));
		assert_int_equal(fake_count(w.fake), 0);
		stop(&w);
	}
}

/* ---- reads ---- */

static void see(struct world *w, const struct api_answer *answer)
{
	w->ended++;
	w->answer = *answer;
	buf_clear(&w->seen);
}

static void on_variables(void *self, const struct api_variables *answer)
{
	struct world *w = self;
	size_t i, k;

	see(w, &answer->answer);
	buf_addf(&w->seen, "%lld:", (long long)answer->total);
	for (i = 0; i < answer->n; i++) {
		const struct variable *v = &answer->variables[i];

		buf_addf(&w->seen, " %s=%s/%s t%d%s%s", v->name, text_or_empty(v->value),
			 text_or_empty(v->latest), (int)v->type, v->secret ? " secret" : "",
			 v->runtime ? " runtime" : "");
		for (k = 0; k < v->n_limits; k++)
			buf_addf(&w->seen, " <%s>", v->limits[k]);
	}
}

static void on_queue(void *self, const struct api_queue *queue)
{
	struct world *w = self;
	size_t i;

	see(w, &queue->answer);
	buf_addf(&w->seen, "%lld:", (long long)queue->total);
	for (i = 0; i < queue->n; i++)
		buf_addf(&w->seen, " %lld@%lld %s %s %s", (long long)queue->items[i].id,
			 (long long)queue->items[i].enqueue_ms, queue->items[i].run_id,
			 queue->items[i].creator, queue->items[i].status);
}

static void on_plan(void *self, const struct api_plan *plan)
{
	struct world *w = self;
	size_t i;

	see(w, &plan->answer);
	buf_addf(&w->seen, "%s%s%s%s q%d c%lld b=%s s=%s:", plan->name,
		 plan->banned ? " banned" : "", plan->odd_definition ? " odd" : "",
		 plan->n ? "" : " none", plan->queues, (long long)plan->concurrency, plan->branch,
		 plan->sources_json);
	for (i = 0; i < plan->n; i++)
		buf_addf(&w->seen, " %s/%s%s%s", plan->items[i].identifier, plan->items[i].name,
			 plan->items[i].stage ? "<" : "", text_or_empty(plan->items[i].stage));
}

static void on_templates(void *self, struct api_templates *page)
{
	struct world *w = self;
	size_t i, k;

	see(w, &page->answer);
	buf_addf(&w->seen, "%lld+%lld/%lld-%zu:", (long long)page->offset, (long long)page->limit,
		 (long long)page->total, page->dropped);
	for (i = 0; i < page->n; i++) {
		const struct template *t = &page->templates[i];

		buf_addf(&w->seen, " %s %s %s%s%s%s %lld", t->id, text_or_empty(t->name),
			 text_or_empty(t->language), t->system ? " system" : "",
			 t->favourite ? " liked" : "", t->shows_source ? " open" : "",
			 (long long)t->updated_ms);
		for (k = 0; k < t->n_stages; k++)
			buf_addf(&w->seen, " <%s>", t->stages[k]);
	}
}

static void on_template(void *self, struct api_template *detail)
{
	struct world *w = self;

	see(w, &detail->answer);
	if (!detail->template)
		return;
	template_done(&w->template);
	w->template = *detail->template; /* its contents are taken */
	*detail->template = (struct template){0};
}

static void on_task(void *self, const struct api_task *task)
{
	struct world *w = self;

	see(w, &task->answer);
	buf_addf(&w->seen, "%d %s %s %s %s", (int)task->phase, task->status, task->pipeline_id,
		 task->pipeline_name, task->pipeline_url);
}

static uint64_t read_runtime(struct world *w)
{
	return api_runtime_variables(w->session, PROJECT, PIPELINE, 100, on_variables, w);
}

static uint64_t read_run_variables(struct world *w)
{
	return api_run_variables(w->session, PROJECT, PIPELINE, RUN, on_variables, w);
}

static uint64_t read_queue(struct world *w)
{
	return api_queue(w->session, PROJECT, PIPELINE, 0, on_queue, w);
}
static uint64_t read_plan(struct world *w)
{
	return api_plan(w->session, PROJECT, PIPELINE, on_plan, w);
}

static uint64_t read_templates(struct world *w)
{
	const struct api_template_query query = {.system = API_TRUE, .limit = 1};

	return api_list_templates(w->session, TENANT, &query, on_templates, w);
}

static uint64_t read_templates_all(struct world *w)
{
	const struct api_template_query query = {
		.name = "go",
		.language = "go",
		.system = API_FALSE,
		.sort_key = "name",
		.sort_dir = "asc",
		.offset = 10,
		.limit = 20,
	};

	return api_list_templates(w->session, TENANT, &query, on_templates, w);
}

static uint64_t read_template(struct world *w)
{
	return api_template_detail(w->session, TENANT, TEMPLATE, on_template, w);
}

static uint64_t read_task(struct world *w)
{
	return api_task_status(w->session, TASK, on_task, w);
}

static const struct sending reads[] = {
	{read_runtime, "GET", B "/list-runtime-vars?offset=100&limit=100", ""},
	{read_run_variables, "GET", B "/pipeline-runs/" RUN "/run-variables?mode=0", ""},
	{read_queue, "GET", B "/queued-pipeline?offset=0&limit=100", ""},
	{read_plan, "GET", B, ""},
	{read_templates, "POST", T "/list", "{\"is_system\":true,\"limit\":1}"},
	{read_templates_all, "POST", T "/list",
	 "{\"language\":\"go\",\"is_system\":false,\"name\":\"go\",\"offset\":10,\"limit\":20,"
	 "\"sort_key\":\"name\","
	 "\"sort_dir\":\"asc\"}"},
	{read_template, "GET", T "/" TEMPLATE, ""},
	{read_task, "GET", "/v3/templates/" TASK "/status", ""},
};

static void reads_are_sent_as_they_are_documented(void **state)
{
	const struct fake_request *sent;
	struct world w;
	size_t i;

	start(&w);
	for (i = 0; i < LENGTH(reads); i++) {
		assert_int_not_equal(reads[i].ask(&w), 0);
		sent = fake_last(w.fake);
		assert_string_equal(sent->method, reads[i].method);
		assert_string_equal(sent->url + strlen(ORIGIN), reads[i].path);
		assert_string_equal(sent->body, reads[i].body);
		assert_false(sent->fresh);
	}
	stop(&w);
	assert_int_equal(w.ended, LENGTH(reads));
}

static const struct {
	uint64_t (*ask)(struct world *w);
	const char *body;
	const char *seen; /* NULL: ERR_PARSE */
} readings[] = {
	{read_runtime,
	 "{\"offset\":0,\"limit\":10,\"total\":1,\"variables\":[{\"name\":\"VER\",\"type\":"
	 "\"string\",\"value\":\"1.0\","
	 "\"sequence\":1,\"is_secret\":false,\"is_runtime\":true,\"limits\":[]}]}",
	 "1: VER=1.0/ t0 runtime"},
	{read_runtime, "{\"total\":0}", "0:"},
	{read_runtime, "{\"variables\":null}", "-1:"},
	{read_runtime, "{\"variables\":{}}", NULL},
	{read_runtime, "{\"nothing\":1}", NULL},
	/* numbers for texts, texts for flags, no name, their own order */
	{read_run_variables,
	 "[{\"name\":\"B\",\"type\":\"enum\",\"value\":2,\"sequence\":\"2\",\"limits\":[1,null,"
	 "\"2\"],"
	 "\"latest_value\":\"1\"},"
	 "{\"value\":\"x\"},7,{\"name\":\"A\",\"type\":\"autoIncrement\",\"value\":\"9\","
	 "\"sequence\":1,"
	 "\"is_secret\":\"true\",\"is_runtime\":1,\"runtime_value\":8},{\"name\":\"C\",\"type\":"
	 "\"file\"}]",
	 "-1: A=9/8 t2 secret runtime B=2/1 t1 <1> <2> C=/ t3"},
	{read_run_variables, "[]", "-1:"},
	{read_queue,
	 "{\"offset\":0,\"limit\":10,\"total\":1,\"queuedPipelines\":[{\"id\":15,\"pipeline_id\":"
	 "\"" PIPELINE "\",\"pipeline_run_id\":\"" NEW_RUN
	 "\",\"region\":\"cn-north-4\",\"enqueue_time\":1767312040000,"
	 "\"trigger_type\":\"Manual\",\"creator_id\":\"7\",\"creator_name\":\"ops1\",\"status\":"
	 "\"QUEUED\"}]}",
	 "1: 15@1767312040000 " NEW_RUN " ops1 QUEUED"},
	{read_queue,
	 "{\"total\":\"2\",\"queuedPipelines\":[{\"id\":\"16\",\"creator_id\":\"7\"},{\"id\":null}]"
	 "}",
	 "2: 16@0  7 "},
	{read_queue, "{\"queuedPipelines\":{}}", NULL},
	{read_plan,
	 "{\"id\":\"" PIPELINE
	 "\",\"name\":\"web-build\",\"is_publish\":false,\"banned\":false,\"sources\":[],"
	 "\"variables\":[],\"definition\":\"{\\\"stages\\\":[]}\"}",
	 "web-build none q0 c0 b= s=:"},
	{read_plan,
	 "{\"name\":\"w\",\"banned\":\"true\",\"concurrency_control\":{\"enable\":true,"
	 "\"concurrency_number\":\"2\","
	 "\"exceed_action\":\"QUEUE\"},"
	 "\"sources\":[{\"type\":\"code\",\"params\":{\"default_branch\":\"main\",\"n\":1}}],"
	 "\"definition\":"
	 "\"{\\\"stages\\\":[{\\\"name\\\":\\\"Two\\\",\\\"identifier\\\":\\\"s2\\\","
	 "\\\"sequence\\\":\\\"1\\\","
	 "\\\"jobs\\\":[{\\\"identifier\\\":\\\"JOB_b\\\",\\\"sequence\\\":1},{\\\"identifier\\\":"
	 "\\\"JOB_a\\\","
	 "\\\"name\\\":\\\"a\\\",\\\"sequence\\\":0},{\\\"name\\\":\\\"no "
	 "id\\\"}]},{\\\"name\\\":\\\"One\\\","
	 "\\\"identifier\\\":\\\"s1\\\",\\\"sequence\\\":0,\\\"jobs\\\":null},{\\\"name\\\":\\\"no "
	 "id\\\","
	 "\\\"jobs\\\":[{\\\"identifier\\\":\\\"JOB_lost\\\"}]}]}\"}",
	 "w banned q1 c2 b=main "
	 "s=[{\"type\":\"code\",\"params\":{\"default_branch\":\"main\",\"n\":1}}]:"
	 " s1/One s2/Two JOB_a/a<s2 JOB_b/JOB_b<s2"},
	/* the second document as an object, unreadable, of another kind, or not there at all */
	{read_plan, "{\"name\":\"w\",\"definition\":{\"stages\":[{\"identifier\":\"s1\"}]}}",
	 "w q0 c0 b= s=: s1/s1"},
	{read_plan, "{\"name\":\"w\",\"definition\":\"{\\\"stages\\\":[\"}",
	 "w odd none q0 c0 b= s=:"},
	{read_plan, "{\"name\":\"w\",\"definition\":\"[1]\"}", "w odd none q0 c0 b= s=:"},
	{read_plan, "{\"name\":\"w\",\"definition\":7}", "w odd none q0 c0 b= s=:"},
	{read_plan, "{\"name\":\"w\"}", "w odd none q0 c0 b= s=:"},
	{read_plan,
	 "{\"name\":\"w\",\"concurrency_control\":{\"enable\":false,\"concurrency_number\":2}}",
	 "w odd none q0 c0 b= s=:"},
	{read_plan, "{\"id\":\"other\",\"name\":\"w\"}", NULL},
	{read_plan, "{}", NULL},
	{read_plan, "[]", NULL},
	{read_templates,
	 "{\"offset\":0,\"limit\":1,\"total\":1,\"templates\":[{\"id\":\"" TEMPLATE
	 "\",\"name\":\"Go basic\","
	 "\"language\":\"go\",\"is_system\":true,\"is_collect\":false,\"is_show_source\":\"true\","
	 "\"manifest_version\":\"3.0\",\"stages\":[{\"name\":\"Build\",\"sequence\":0}]}]}",
	 "0+1/1-0: " TEMPLATE " Go basic go system open 0 <Build>"},
	{read_templates,
	 "{\"total\":3,\"result\":[{\"id\":\"x\",\"watched\":\"true\",\"update_time\":"
	 "1767225600000,\"stages\":"
	 "[{\"name\":\"b\",\"sequence\":1},{\"name\":\"a\",\"sequence\":0}]},{\"name\":\"lost\"},"
	 "null]}",
	 "-1+-1/3-2: x   liked 1767225600000 <a> <b>"},
	{read_templates, "{\"templates\":\"none\"}", NULL},
	{read_templates, "[]", NULL},
	{read_task,
	 "{\"task_id\":\"" TASK
	 "\",\"task_status\":\"processing\",\"pipeline_id\":null,\"pipeline_name\":\"demo\","
	 "\"pipeline_url\":null}",
	 "1 processing  demo "},
	{read_task, "{\"task_status\":\"initializing\"}", "0 initializing   "},
	{read_task,
	 "{\"task_id\":\"" TASK "\",\"task_status\":\"succeeded\",\"pipeline_id\":\"" PIPELINE
	 "\",\"pipeline_name\":\"demo\",\"pipeline_url\":\"https://example.com/x\"}",
	 "2 succeeded " PIPELINE " demo https://example.com/x"},
	{read_task, "{\"task_status\":\"Finished\"}", "2 Finished   "},
	{read_task, "{\"task_status\":\"error\"}", "3 error   "},
	{read_task, "{\"task_id\":\"other\",\"task_status\":\"succeeded\"}", NULL},
	{read_task, "{}", NULL},
};

static void reads_are_taken_the_tolerant_way(void **state)
{
	size_t i;

	for (i = 0; i < LENGTH(readings); i++) {
		struct world w;

		start(&w);
		fake_answer(w.fake, "", 200, readings[i].body);
		readings[i].ask(&w);
		fake_deliver(w.fake);
		assert_int_equal(w.ended, 1);
		if (!readings[i].seen && w.answer.err.kind != ERR_PARSE)
			fail_msg("row %zu: taken: %s", i, w.seen.data);
		if (readings[i].seen && w.answer.err.kind != ERR_NONE)
			fail_msg("row %zu: %s", i, w.answer.err.text);
		if (readings[i].seen && strcmp(w.seen.data, readings[i].seen) != 0)
			fail_msg("row %zu: \"%s\", expected \"%s\"", i, w.seen.data,
				 readings[i].seen);
		stop(&w);
	}
}

static void a_failed_read_says_why_and_has_nothing(void **state)
{
	size_t i;

	for (i = 0; i < LENGTH(reads); i++) {
		struct world w;

		start(&w);
		fake_answer(w.fake, "", 400,
			    "{\"error_code\":\"DEVPIPE.00011401\",\"error_msg\":\"gone\"}");
		reads[i].ask(&w);
		fake_deliver(w.fake);
		assert_int_equal(w.ended, 1);
		assert_int_equal(w.answer.err.kind, ERR_GONE);
		assert_string_equal(w.answer.code, "DEVPIPE.00011401");
		assert_null(w.template.id);
		stop(&w);
	}
}

/* ---- a template, there and back ---- */

#define ITS_VARIABLES \
	"[{\"name\":\"VER\",\"value\":\"1\",\"is_reset\":true,\"new\":{\"a\":[1,null]}}]"

static void what_a_template_has_and_we_do_not_know_goes_back(void **state)
{
	struct world w;
	const char *body;

	start(&w);
	fake_answer(w.fake, "", 200,
		    "{\"id\":\"" TEMPLATE
		    "\",\"name\":\"mine\",\"language\":\"go\",\"is_system\":false,"
		    "\"is_collect\":\"true\",\"is_show_source\":true,\"update_time\":1767225600000,"
		    "\"variables\":" ITS_VARIABLES ",\"definition\":\"{\\\"stages\\\":[]}\"}");
	read_template(&w);
	fake_deliver(w.fake);
	assert_int_equal(w.answer.err.kind, ERR_NONE);
	assert_string_equal(w.template.id, TEMPLATE);
	assert_true(w.template.favourite);
	assert_true(w.template.shows_source);
	assert_false(w.template.system);
	assert_int_equal(w.template.n_variables, 1);
	assert_string_equal(w.template.variables[0].name, "VER");
	assert_string_equal(w.template.definition, "{\"stages\":[]}");
	api_template_update(w.session, TENANT, &w.template, on_done, &w);
	body = fake_last(w.fake)->body;
	assert_non_null(strstr(body, "\"variables\":" ITS_VARIABLES));
	assert_non_null(strstr(body, "\"is_show_source\":true"));
	stop(&w);
}

static void a_definition_that_comes_as_an_object_is_kept_as_text(void **state)
{
	struct template copy;
	struct world w;

	start(&w);
	fake_answer(w.fake, "", 200,
		    "{\"id\":\"" TEMPLATE
		    "\",\"is_system\":\"true\",\"definition\":{\"stages\":[{\"sequence\":0}]}}");
	read_template(&w);
	fake_deliver(w.fake);
	assert_string_equal(w.template.definition, "{\"stages\":[{\"sequence\":0}]}");
	assert_true(w.template.system);
	template_copy(&copy, &w.template);
	assert_string_equal(copy.definition, w.template.definition);
	assert_ptr_not_equal(copy.definition, w.template.definition);
	template_done(&copy);
	assert_null(copy.definition);
	stop(&w);
}

static void another_template_is_no_answer(void **state)
{
	static const char *const bodies[] = {
		"{\"id\":\"other\",\"definition\":\"{}\"}",
		"{}",
		"[]",
		"{\"name\":\"x\",\"definition\":\"{}\"}",
	};
	size_t i;

	for (i = 0; i < LENGTH(bodies); i++) {
		struct world w;

		start(&w);
		fake_answer(w.fake, "", 200, bodies[i]);
		read_template(&w);
		fake_deliver(w.fake);
		assert_int_equal(w.answer.err.kind, ERR_PARSE);
		assert_null(w.template.id);
		stop(&w);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_is_sent_as_it_is_documented),
		cmocka_unit_test(a_deed_takes_the_call_of_its_gate),
		cmocka_unit_test(what_cannot_be_right_is_refused_before_it_leaves),
		cmocka_unit_test(an_answer_is_accepted_refused_or_vague),
		cmocka_unit_test(no_answer_is_never_definite_and_says_whether_it_left),
		cmocka_unit_test(a_start_that_was_queued_is_a_success),
		cmocka_unit_test(a_queue_in_a_failing_status_is_no_success),
		cmocka_unit_test(a_service_that_repeats_a_secret_is_not_repeated),
		cmocka_unit_test(a_secret_is_in_the_vault_as_long_as_its_request_lives),
		cmocka_unit_test(what_is_not_utf8_is_not_sent),
		cmocka_unit_test(reads_are_sent_as_they_are_documented),
		cmocka_unit_test(reads_are_taken_the_tolerant_way),
		cmocka_unit_test(a_failed_read_says_why_and_has_nothing),
		cmocka_unit_test(what_a_template_has_and_we_do_not_know_goes_back),
		cmocka_unit_test(a_definition_that_comes_as_an_object_is_kept_as_text),
		cmocka_unit_test(another_template_is_no_answer),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	reference(NULL, NULL);
	return failed;
}
