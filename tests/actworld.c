/* SPDX-License-Identifier: MIT */
/*
 * Everything that changes goes through do_change(), whoever wants it and whenever, and only if it fits
 * the state at that moment. So the truth of a request is one bit: did its change happen.
 *
 * Two limits are what no client could see through: a refusal lies only where nothing else is done to the run
 * meanwhile and reads are true, and of the hour more at a delay, which nothing shows, the answers are true.
 */
#include "actworld.h"

#include "test.h"

#include "core/when.h"

#define WALL_MS INT64_C(1767312000000)

uint64_t world_roll(struct world *w, uint64_t below)
{
	w->dice ^= w->dice << 13;
	w->dice ^= w->dice >> 7;
	w->dice ^= w->dice << 17;
	return (w->dice >> 11) % below;
}

bool world_chance(struct world *w, int percent)
{
	return (int)world_roll(w, 100) < percent;
}

static int64_t wall(const struct world *w)
{
	return WALL_MS + w->now_ms;
}

const struct world_run *world_run(const struct world_state *state, int id)
{
	int i;

	for (i = 0; i < state->n; i++)
		if (state->runs[i].id == id)
			return &state->runs[i];
	return NULL;
}

/* ---- what changes ---- */

static void remember(struct world *w)
{
	if (w->n_past == WORLD_PAST)
		memmove(w->past, w->past + 1, (WORLD_PAST - 1) * sizeof(w->past[0]));
	else
		w->n_past++;
	w->past[w->n_past - 1] = w->state;
	w->version++;
}

static bool at_gate(const struct world_run *r, const struct change *c)
{
	return r->now == RUN_RUNNING && r->gate == c->gate && r->gate != GATE_NONE && r->step == STEP_OPEN &&
	       r->attempt == c->attempt;
}

static bool fits(const struct world_state *s, const struct change *c)
{
	const struct world_run *r = world_run(s, c->run);

	switch (c->verb) {
	case VERB_RUN:
		return !s->banned && s->n < WORLD_RUNS;
	case VERB_BAN:
	case VERB_UNBAN:
		return s->banned == (c->verb == VERB_UNBAN);
	case VERB_STOP:
		return r && (r->now == RUN_RUNNING || r->now == RUN_QUEUED);
	case VERB_RETRY:
		return r && (r->now == RUN_FAILED || r->now == RUN_CANCELED);
	case VERB_CANCEL:
		return r && r->now == RUN_QUEUED && r->queue_id == c->queue_id;
	default:
		return r && at_gate(r, c);
	}
}

static void end_run(struct world *w, struct world_run *r, enum run_now as)
{
	r->now = as;
	r->end_ms = wall(w) > r->end_ms ? wall(w) : r->end_ms + 1;
	r->ends++;
	if (r->gate != GATE_NONE && r->step == STEP_RESUMED)
		r->step = as == RUN_FAILED ? STEP_BROKE : as == RUN_OK ? STEP_PASSED : STEP_CUT;
	else if (r->gate != GATE_NONE && r->step == STEP_OPEN)
		r->step = STEP_CUT;
}

static void open_gate(struct world *w, struct world_run *r)
{
	r->gate = (enum gate)(1 + world_roll(w, GATE_SUSPENDED));
	r->step = STEP_OPEN;
	r->attempt++;
	r->step_ms = wall(w);
}

static void begin_run(struct world *w, struct world_run *r, bool queued)
{
	r->now = queued ? RUN_QUEUED : RUN_RUNNING;
	r->queue_id = queued ? ++w->last_queue : 0;
	if (world_chance(w, 40) && !queued)
		open_gate(w, r);
}

static void add_run(struct world *w, const struct change *c)
{
	struct world_run *r = &w->state.runs[w->state.n];

	*r = (struct world_run){.id = c->run, .number = w->state.runs[w->state.n - 1].number + 1,
				.start_ms = wall(w)};
	w->state.n++;
	begin_run(w, r, c->queues);
	r->manual = c->owner >= 0 || world_chance(w, 50);
}

static void do_change(struct world *w, const struct change *c)
{
	struct world_run *r = (struct world_run *)(uintptr_t)world_run(&w->state, c->run);

	if (!fits(&w->state, c))
		return;
	switch (c->verb) {
	case VERB_RUN:
		add_run(w, c);
		break;
	case VERB_STOP:
	case VERB_CANCEL:
		end_run(w, r, RUN_CANCELED);
		break;
	case VERB_RETRY:
		r->restarts++;
		begin_run(w, r, c->queues);
		break;
	case VERB_PASS:
		r->step = STEP_PASSED;
		break;
	case VERB_REFUSE:
		r->step = STEP_REJECTED;
		end_run(w, r, RUN_FAILED);
		break;
	case VERB_RESUME:
		r->step = STEP_RESUMED;
		r->resumes++;
		break;
	case VERB_BAN:
	case VERB_UNBAN:
		w->state.banned = c->verb == VERB_BAN;
		w->state.bans += c->verb == VERB_BAN;
		w->state.unbans += c->verb == VERB_UNBAN;
		break;
	default: /* the hour more is not to be seen */
		break;
	}
	remember(w);
	if (c->owner >= 0)
		w->applied(w->self, c->owner);
}

static void schedule(struct world *w, const struct change *c, int64_t in_ms)
{
	if (in_ms == 0) {
		do_change(w, c);
		return;
	}
	assert_true(w->n_late < WORLD_LATE);
	w->late[w->n_late].at_ms = w->now_ms + in_ms;
	w->late[w->n_late++].change = *c;
}

void world_pass(struct world *w, int64_t ms)
{
	int64_t until_ms = w->now_ms + ms;
	struct change change;
	int i, first;

	for (;;) {
		for (first = -1, i = 0; i < w->n_late; i++)
			if (w->late[i].at_ms <= until_ms && (first < 0 || w->late[i].at_ms < w->late[first].at_ms))
				first = i;
		if (first < 0)
			break;
		w->now_ms = w->late[first].at_ms;
		change = w->late[first].change;
		w->late[first] = w->late[--w->n_late];
		do_change(w, &change);
	}
	w->now_ms = until_ms;
}

static struct change thrown_change(struct world *w, const struct world_run *r)
{
	struct change c = {.verb = (enum verb)(1 + world_roll(w, VERB_UNBAN)), .owner = -1, .run = r->id,
			   .gate = r->gate, .attempt = r->attempt, .queue_id = r->queue_id};

	if (c.verb == VERB_RUN)
		c.run = ++w->last_run;
	if (r->gate == GATE_SUSPENDED && (c.verb == VERB_PASS || c.verb == VERB_REFUSE))
		c.verb = VERB_RESUME;
	else if (r->gate != GATE_SUSPENDED && c.verb == VERB_RESUME)
		c.verb = VERB_PASS;
	return c;
}

void world_meddle(struct world *w)
{
	struct world_run *r = &w->state.runs[world_roll(w, (uint64_t)w->state.n)];
	struct change c = thrown_change(w, r);

	if (w->lies)
		return;
	if (world_chance(w, 50)) {
		do_change(w, &c);
		return;
	}
	if (r->now == RUN_QUEUED)
		begin_run(w, r, false);
	else if (r->now == RUN_RUNNING && world_chance(w, 60))
		end_run(w, r, world_chance(w, 50) ? RUN_FAILED : RUN_OK);
	else if (r->now == RUN_RUNNING && (r->gate == GATE_NONE || r->step != STEP_OPEN))
		open_gate(w, r);
	else
		return;
	remember(w);
}

/* ---- what is said of it ---- */

static const char *run_word(enum run_now now)
{
	static const char *const words[] = {"RUNNING", "QUEUED", "COMPLETED", "FAILED", "CANCELED"};

	return words[now];
}

static const char *step_word(const struct world_run *r)
{
	static const char *const words[] = {"RUNNING", "COMPLETED", "FAILED", "RUNNING", "FAILED", "CANCELED"};

	return r->step == STEP_OPEN && r->gate == GATE_SUSPENDED ? "SUSPEND" : words[r->step];
}

static const char *task_of(enum gate gate)
{
	static const char *const tasks[] = {"", "official_devcloud_checkpoint", "official_devcloud_manualTrigger",
					    "official_delay", "official_shell_plugin"};

	return tasks[gate];
}

static int put_step(const struct world_run *r, char *out, size_t size)
{
	return snprintf(out, size,
			"[{\"id\":\"s%d-%d\",\"name\":\"gate\",\"task\":\"%s\",\"sequence\":0,\"status\":\"%s\","
			"\"start_time\":%lld,\"end_time\":null}]",
			r->id, r->attempt, task_of(r->gate), step_word(r), (long long)r->step_ms);
}

static void put_detail(const struct world *w, const struct world_run *r, char *out, size_t size)
{
	bool entry = r->gate == GATE_STAGE;
	char step[300] = "[]";

	if (r->gate != GATE_NONE)
		put_step(r, step, sizeof(step));
	snprintf(out, size,
		 "{\"id\":\"r%d\",\"pipeline_id\":\"p1\",\"project_id\":\"j1\",\"name\":\"web\",\"status\":\"%s\","
		 "\"run_number\":%d,\"trigger_type\":\"%s\",\"start_time\":%lld,\"end_time\":%lld,"
		 "\"current_system_time\":%lld,\"stages\":[{\"id\":\"g%d\",\"name\":\"S\",\"sequence\":0,"
		 "\"status\":\"%s\",\"pre\":%s,\"jobs\":[{\"id\":\"b%d\",\"name\":\"J\",\"sequence\":0,"
		 "\"status\":\"%s\",\"steps\":%s}],\"post\":null}]}",
		 r->id, run_word(r->now), r->number, r->manual ? "Manual" : "Scheduler", (long long)r->start_ms,
		 r->now == RUN_RUNNING || r->now == RUN_QUEUED ? 0LL : (long long)r->end_ms, (long long)wall(w),
		 r->id, r->now == RUN_QUEUED ? "INIT" : run_word(r->now), entry ? step : "[]", r->id,
		 r->now == RUN_QUEUED || (entry && r->step == STEP_OPEN) ? "INIT" : run_word(r->now),
		 entry ? "[]" : step);
}

static void put_list(const struct world_state *s, char *out, size_t size)
{
	int at = snprintf(out, size, "{\"offset\":0,\"limit\":20,\"total\":%d,\"pipeline_runs\":[", s->n), i;

	for (i = s->n - 1; i >= 0; i--)
		at += snprintf(out + at, size - (size_t)at,
			       "%s{\"pipeline_id\":\"p1\",\"pipeline_run_id\":\"r%d\",\"status\":\"%s\","
			       "\"run_number\":%d,\"trigger_type\":\"%s\",\"executor_name\":\"ops1\"}",
			       i < s->n - 1 ? "," : "", s->runs[i].id, run_word(s->runs[i].now), s->runs[i].number,
			       s->runs[i].manual ? "Manual" : "Scheduler");
	snprintf(out + at, size - (size_t)at, "]}");
}

static void put_queue(const struct world_state *s, char *out, size_t size)
{
	int at = snprintf(out, size, "{\"offset\":0,\"limit\":100,\"queuedPipelines\":["), i, n = 0;

	for (i = 0; i < s->n; i++)
		if (s->runs[i].now == RUN_QUEUED)
			at += snprintf(out + at, size - (size_t)at,
				       "%s{\"id\":%d,\"pipeline_run_id\":\"r%d\",\"status\":\"QUEUED\"}",
				       n++ ? "," : "", s->runs[i].queue_id, s->runs[i].id);
	snprintf(out + at, size - (size_t)at, "],\"total\":%d}", n);
}

static enum state run_state(const struct world_run *r)
{
	static const enum state states[] = {STATE_RUNNING, STATE_QUEUED, STATE_OK, STATE_FAILED, STATE_STOPPED};
	bool waits = r->now == RUN_RUNNING && r->gate != GATE_NONE && r->step == STEP_OPEN;

	return waits ? STATE_WAITING : states[r->now];
}

struct deed_view world_view(const struct world_run *r, bool step)
{
	static const enum state steps[] = {STATE_WAITING, STATE_OK, STATE_FAILED, STATE_RUNNING, STATE_FAILED,
					   STATE_STOPPED};
	struct deed_view view = {.run = run_state(r), .run_start_ms = r->start_ms,
				 .run_end_ms = state_terminal(run_state(r)) ? r->end_ms : 0};

	snprintf(view.run_status, sizeof(view.run_status), "%s", run_word(r->now));
	if (!step || r->gate == GATE_NONE)
		return view;
	view.has_step = true;
	view.gate = view.run == STATE_WAITING ? r->gate : GATE_NONE;
	view.step = steps[r->step];
	view.place = r->gate == GATE_STAGE ? STEP_PRE : STEP_JOB;
	view.step_start_ms = r->step_ms;
	snprintf(view.step_status, sizeof(view.step_status), "%s", step_word(r));
	return view;
}

/* ---- requests ---- */

static int number_after(const char *url, const char *mark)
{
	const char *at = strstr(url, mark);

	return at ? atoi(at + strlen(mark)) : 0;
}

static const struct {
	const char *end;
	enum verb verb;
	enum gate gate;
} calls[] = {
	{"/manual/pass", VERB_PASS, GATE_STAGE},
	{"/manual/refuse", VERB_REFUSE, GATE_STAGE},
	{"/delay-pass", VERB_PASS, GATE_DELAY},
	{"/delay-refuse", VERB_REFUSE, GATE_DELAY},
	{"/delay", VERB_POSTPONE, GATE_DELAY},
	{"/resume", VERB_RESUME, GATE_SUSPENDED},
	{"/pass", VERB_PASS, GATE_REVIEW},
	{"/refuse", VERB_REFUSE, GATE_REVIEW},
	{"/stop", VERB_STOP, GATE_NONE},
	{"/retry", VERB_RETRY, GATE_NONE},
	{"/unban", VERB_UNBAN, GATE_NONE},
	{"/ban", VERB_BAN, GATE_NONE},
	{"/run", VERB_RUN, GATE_NONE},
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static void read_call(struct world *w, const char *url, struct change *c)
{
	const char *attempt = strstr(url, "/steps/s");
	size_t i;

	*c = (struct change){.run = number_after(url, "/pipeline-runs/r"), .owner = -1};
	attempt = attempt ? strchr(attempt + strlen("/steps/s"), '-') : NULL;
	c->attempt = attempt ? atoi(attempt + 1) : 0;
	c->queue_id = number_after(url, "/cancel-queuing/");
	if (c->queue_id) {
		c->verb = VERB_CANCEL;
		c->run = number_after(url, "/p1/r");
	}
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]) && c->verb == VERB_NONE; i++)
		if (ends_with(url, calls[i].end)) {
			c->verb = calls[i].verb;
			c->gate = calls[i].gate;
		}
	if (c->verb == VERB_RUN)
		c->run = ++w->last_run;
	if (c->verb == VERB_NONE)
		fail_msg("no such call: %s", url);
}

/* Of what cannot be seen afterwards the answers are true. */
static bool is_plain(const struct change *c)
{
	return c->verb == VERB_POSTPONE;
}

static void given_fate(struct world *w, struct pending *p)
{
	p->fate = (enum fate)w->fate;
	p->change.queues = p->fate == FATE_QUEUED;
	if (w->late_ms != WORLD_NEVER)
		schedule(w, &p->change, w->late_ms);
}

static void throw_fate(struct world *w, struct pending *p)
{
	int64_t later_ms = !w->lies && world_chance(w, 50) ? (int64_t)world_roll(w, 60000) : 0;
	int64_t soon_ms = (int64_t)world_roll(w, 4000);
	bool ok = fits(&w->state, &p->change);

	p->word = (int)world_roll(w, 4);
	switch (world_roll(w, 8)) {
	case 0:
		p->fate = FATE_UNSENT;
		return;
	case 1:
	case 2:
		p->fate = FATE_LOST;
		break;
	case 3:
		p->fate = FATE_GATEWAY;
		break;
	case 4:
		p->fate = FATE_REFUSED;
		if (w->lies && !is_plain(&p->change) && world_chance(w, 50))
			schedule(w, &p->change, soon_ms);
		return;
	default:
		p->fate = ok ? FATE_ACCEPTED : FATE_REFUSED;
	}
	if (p->fate == FATE_REFUSED)
		return;
	if (p->fate == FATE_ACCEPTED && (p->change.verb == VERB_RUN || p->change.verb == VERB_RETRY) &&
	    world_chance(w, 30)) {
		p->fate = FATE_QUEUED;
		p->change.queues = true;
	}
	if (p->fate == FATE_ACCEPTED && is_plain(&p->change))
		schedule(w, &p->change, 0);
	else if (world_chance(w, p->fate == FATE_LOST || p->fate == FATE_GATEWAY ? 50 : 80))
		schedule(w, &p->change, later_ms);
}

static uint64_t send_request(struct transport *t, const struct request *request, response_fn *done, void *self)
{
	struct world *w = (struct world *)t;
	struct pending *p = &w->pending[w->n_pending++];

	assert_true(w->n_pending <= WORLD_PENDING);
	*p = (struct pending){.id = ++w->last_id, .done = done, .self = self};
	if (strstr(request->url, "/pipeline-runs/detail?")) {
		p->kind = READ_DETAIL;
		p->change.run = number_after(request->url, "pipeline_run_id=r");
	} else if (strstr(request->url, "/pipeline-runs/list")) {
		p->kind = READ_LIST;
	} else if (strstr(request->url, "/queued-pipeline")) {
		p->kind = READ_QUEUE;
	} else if (ends_with(request->url, "/pipelines/p1") && strcmp(request->method, "GET") == 0) {
		p->kind = READ_PLAN;
	} else {
		p->kind = ACTION;
		assert_true(request->fresh);
		read_call(w, request->url, &p->change);
		snprintf(w->last_call, sizeof(w->last_call), "%s", request->url);
		p->change.owner = w->sent(w->self, &p->change);
		(w->fate < 0 ? throw_fate : given_fate)(w, p);
	}
	return p->id;
}

/* Takes the i-th off the list. */
static struct pending taken(struct world *w, int i)
{
	struct pending p = w->pending[i];

	w->pending[i] = w->pending[--w->n_pending];
	return p;
}

static struct response nothing(void)
{
	return (struct response){.body = "", .content_type = "", .request_id = "", .subject_token = "",
				 .location_host = "", .retry_after_ms = -1, .sent = true};
}

static void cancel(struct transport *t, uint64_t id)
{
	struct world *w = (struct world *)t;
	struct response response = nothing();
	struct pending p;
	int i;

	for (i = 0; i < w->n_pending && w->pending[i].id != id; i++)
		;
	if (i == w->n_pending)
		return;
	p = taken(w, i);
	response.err = (struct err){ERR_CANCELLED, 0, "cancelled"};
	response.sent = p.kind != ACTION || p.fate != FATE_UNSENT;
	p.done(p.self, p.id, &response);
}

/* ---- answers ---- */

static void broken(struct world *w, struct response *r)
{
	switch (world_roll(w, 4)) {
	case 0:
		r->status = 503;
		r->content_type = "application/json";
		r->body = "{\"error_code\":\"DEVCP.00020500\",\"error_msg\":\"busy\"}";
		break;
	case 1:
		r->status = 502;
		r->content_type = "text/html";
		r->body = "<html>";
		break;
	default:
		r->err = (struct err){ERR_NET, 56, "the connection was reset"};
	}
}

/* A state that was so, no older than what has been shown for a first look. */
static const struct world_state *as_read(struct world *w)
{
	int oldest = w->version - w->n_past + 1, from = w->floor > oldest ? w->floor : oldest, at;

	if (!w->stale || world_chance(w, 60))
		return &w->state;
	at = from + (int)world_roll(w, (uint64_t)(w->version - from + 1));
	return &w->past[at - oldest];
}

static void answer_read(struct world *w, const struct pending *p, struct response *r, char *body, size_t size)
{
	const struct world_state *s = as_read(w);
	const struct world_run *run = world_run(s, p->change.run);

	r->status = 200;
	r->content_type = "application/json";
	if (!w->steady && world_chance(w, w->deaf && *w->last_call ? 97 : 15)) {
		r->status = 0;
		broken(w, r);
		return;
	}
	if (p->kind == READ_LIST)
		put_list(s, body, size);
	else if (p->kind == READ_QUEUE)
		put_queue(s, body, size);
	else if (p->kind == READ_PLAN)
		snprintf(body, size, "{\"id\":\"p1\",\"name\":\"web\",\"banned\":%s}", s->banned ? "true" : "false");
	else if (run)
		put_detail(w, run, body, size);
	else {
		r->status = 404;
		snprintf(body, size, "{\"error_code\":\"DEVPIPE.00011401\",\"error_msg\":\"no such run\"}");
	}
	w->looked(w->self, p->kind, p->change.run, s);
}

static void refuse(const struct pending *p, struct response *r)
{
	static const struct {
		int status;
		const char *body;
	} words[] = {
		{400, "{\"error_code\":\"DEVPIPE.00000000\",\"error_msg\":\"not now\"}"},
		{200, "{\"success\":false}"},
		{403, "{\"error_code\":\"DEVPIPE.30011011\",\"error_msg\":\"no permission\"}"},
		{200, "{\"error\":{\"code\":\"DEVPIPE.1\",\"message\":\"not now\"}}"},
	};

	r->status = words[p->word].status;
	r->body = words[p->word].body;
}

static void accept(const struct pending *p, struct response *r, char *body, size_t size)
{
	r->status = 200;
	if (p->fate == FATE_QUEUED)
		snprintf(body, size,
			 "{\"error_code\":\"DEVPIPE.00011169\",\"error_msg\":\"queued\","
			 "\"error\":{\"pipeline_run_id\":\"r%d\",\"queue_id\":15}}",
			 p->change.run);
	else if (p->change.verb == VERB_RUN || p->change.verb == VERB_CANCEL)
		snprintf(body, size, "{\"pipeline_run_id\":\"r%d\"}", p->change.run);
	else
		snprintf(body, size, "{\"success\":true}");
}

static void answer_action(struct world *w, const struct pending *p, struct response *r, char *body, size_t size)
{
	r->content_type = "application/json";
	switch (p->fate) {
	case FATE_UNSENT:
		r->err = (struct err){ERR_NET, 7, "could not connect"};
		r->sent = false;
		break;
	case FATE_LOST:
		r->err = (struct err){ERR_NET, 56, "the connection was reset"};
		break;
	case FATE_GATEWAY:
		broken(w, r);
		break;
	case FATE_REFUSED:
		refuse(p, r);
		break;
	default:
		accept(p, r, body, size);
	}
}

bool world_answer(struct world *w)
{
	struct response response = nothing();
	char body[6000] = "";
	struct pending p;

	if (!w->n_pending)
		return false;
	p = taken(w, (int)world_roll(w, (uint64_t)w->n_pending));
	if (p.kind == ACTION)
		answer_action(w, &p, &response, body, sizeof(body));
	else
		answer_read(w, &p, &response, body, sizeof(body));
	if (*body)
		response.body = body;
	response.len = strlen(response.body);
	response.wire_bytes = response.len;
	p.done(p.self, p.id, &response);
	return true;
}

/* ---- a new one ---- */

void world_init(struct world *w, uint64_t seed)
{
	int n, i;

	memset(w, 0, sizeof(*w));
	w->transport = (struct transport){send_request, cancel};
	w->dice = seed * 0x9e3779b97f4a7c15u | 1;
	world_roll(w, 2);
	w->now_ms = 1000000 + (int64_t)world_roll(w, 100000);
	w->lies = world_chance(w, 25);
	w->stale = !w->lies && world_chance(w, 40);
	w->deaf = world_chance(w, 5);
	w->fate = -1;
	w->last_queue = 14;
	w->state.banned = world_chance(w, 15);
	n = 1 + (int)world_roll(w, 3);
	for (i = 0; i < n; i++) {
		struct world_run *r = &w->state.runs[w->state.n];

		*r = (struct world_run){.id = ++w->last_run, .number = 100 + i, .manual = true,
					.start_ms = wall(w) - 60000, .end_ms = wall(w) - 30000};
		w->state.n++;
		begin_run(w, r, world_chance(w, 20));
		if (r->now == RUN_RUNNING && world_chance(w, 40))
			end_run(w, r, world_chance(w, 70) ? RUN_FAILED : RUN_CANCELED);
	}
	remember(w);
}
