/* SPDX-License-Identifier: MIT */
/*
 * What it costs to keep many pipelines fresh.
 *
 * P13: the feed as the dashboard has it, over HTTP with gzip, looks at 500 pipelines of a
 * simulator in another process, all of them on screen. Counted are requests by kind, and
 * of a sweep (one batch status of what the plan asks for: of so many rows, those that run)
 * our own processor time and the bytes on the wire; beside it the same of all rows.
 * BENCH_SECONDS of it are measured.
 *
 * P14: the plan and the store with BENCH_PIPELINES, of which 500 run: what one page of a list
 * costs from the decoded answer to the next request. No network.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/calls.h"
#include "app/feed.h"
#include "app/poll.h"
#include "bench.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "net/http.h"

#define LIVE 500
#define SCREEN 500
#define PAGE 200
#define ROUNDS 400
#define SWEEPS 100

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- P14: a page among very many ---- */

static struct pipeline make_row(size_t i, int round)
{
	struct pipeline p = {0};
	char text[64];
	bool live = i % 200 == 0 || (round && i % 50 == 0 && round % 2);

	snprintf(text, sizeof(text), "bbbbbbbb%024zu", i);
	p.id = mem_strdup(text);
	p.project_id = mem_strdup("p");
	snprintf(text, sizeof(text), "service-%zu-build", i);
	p.name = mem_strdup(text);
	p.latest = mem_zalloc(sizeof(*p.latest));
	snprintf(text, sizeof(text), "cccccccc%024zu", i);
	p.latest->id = mem_strdup(text);
	p.latest->pipeline_id = mem_strdup(p.id);
	p.latest->number = 7;
	p.latest->status = mem_strdup(live ? "RUNNING" : i % 9 ? "COMPLETED" : "FAILED");
	p.latest->executor = mem_strdup("ops1");
	p.latest->executor_id = mem_strdup("77777777000000000000000000000001");
	p.latest->start_ms = INT64_C(1767312000000) + (int64_t)i * 1000;
	p.latest->end_ms = live ? WHEN_NONE : p.latest->start_ms + 60000;
	return p;
}

static double take_page(struct store *store, struct poll *poll, struct budget *budget, size_t first,
			int round, int64_t now)
{
	struct pipeline page[PAGE];
	struct poll_item *item;
	double start;
	size_t i;

	for (i = 0; i < PAGE; i++)
		page[i] = make_row(first + i, round);
	start = cpu_ms();
	store_take_pipelines(store, "p", page, PAGE, (uint64_t)now, now);
	poll_plan(poll, store, now);
	while ((item = poll_next(poll, budget, now)))
		poll_answered(poll, item, &(struct poll_result){.status = 200, .total = -1}, store, now);
	poll_wake_ms(poll, budget, now);
	return cpu_ms() - start;
}

static void page_among(size_t rows)
{
	static const char *const projects[] = {"p"};
	static double took[ROUNDS], sweeps[ROUNDS];
	struct poll_options options = {.projects = projects, .n_projects = 1, .seed = 1, .now_ms = 1000};
	struct store *store = store_new();
	struct budget budget;
	struct poll poll;
	int64_t now = 1000;
	char what[64];
	size_t i;
	int round;

	budget_init(&budget, 120, 20, now);
	poll_init(&poll, &options);
	for (i = 0; i < rows; i += PAGE)
		take_page(store, &poll, &budget, i, 0, ++now);
	for (round = 0; round < ROUNDS; round++) {
		now += 1000;
		took[round] = take_page(store, &poll, &budget,
					(size_t)round * 7919 % (rows / PAGE) * PAGE, round + 1, now);
		sweeps[round] = took[round];
	}
	snprintf(what, sizeof(what), "P14 a page of %d among %zu, median", PAGE, rows);
	bench_row_most(what, bench_median(took, ROUNDS), "ms", 2);
	snprintf(what, sizeof(what), "P14 the same, 99th of 100 (%zu items)", poll.n_items);
	bench_median(sweeps, ROUNDS);
	bench_row_most(what, sweeps[ROUNDS * 99 / 100], "ms", 4);
	poll_done(&poll);
	store_free(store);
}

/* ---- P13: a transport that counts ---- */

enum kind { K_LIST, K_LIVE, K_STATUS, K_DETAIL, K_HISTORY, K_RUNS, K_OTHER, KINDS };
static const char *const kind_names[KINDS] = {"list", "live filter", "batch status", "run detail",
					      "usual", "runs", "other"};

struct counted {
	struct transport transport; /* first */
	struct transport *real;
	bool counting;
	size_t n[KINDS];
	int64_t wire[KINDS];
};

struct watched {
	struct counted *counted;
	enum kind kind;
	response_fn *done;
	void *self;
};

static enum kind kind_of(const struct request *r)
{
	const char *body = text_or_empty(r->body);

	if (strstr(r->url, "/pipelines/status"))
		return K_STATUS;
	if (strstr(r->url, "/detail"))
		return K_DETAIL;
	if (strstr(r->url, "/pipeline-runs/list"))
		return strstr(body, "\"COMPLETED\"") ? K_HISTORY : K_RUNS;
	if (strstr(r->url, "/pipelines/list"))
		return strstr(body, "\"FAILED\"") ? K_LIVE : K_LIST;
	return K_OTHER;
}

static void on_response(void *self, uint64_t id, const struct response *response)
{
	struct watched *w = self;

	if (w->counted->counting) {
		w->counted->n[w->kind]++;
		w->counted->wire[w->kind] += (int64_t)response->wire_bytes;
	}
	w->done(w->self, id, response);
	mem_free(w);
}

static uint64_t count_and_send(struct transport *t, const struct request *r, response_fn *done,
			       void *self)
{
	struct counted *c = (struct counted *)t;
	struct watched *w = mem_zalloc(sizeof(*w));

	*w = (struct watched){c, kind_of(r), done, self};
	return c->real->send(c->real, r, on_response, w);
}

static void cancel_counted(struct transport *t, uint64_t id)
{
	struct counted *c = (struct counted *)t;

	c->real->cancel(c->real, id);
}

static void stop(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)w, (void)revents;
	ev_break(loop, EVBREAK_ALL);
}

static void run_for(struct ev_loop *loop, double seconds)
{
	ev_timer timer;

	ev_timer_init(&timer, stop, seconds, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, &timer);
	ev_run(loop, 0);
	ev_timer_stop(loop, &timer);
}

/* Everything that is loaded, up to SCREEN, is on screen. */
static size_t look_at_all(struct feed *feed, struct store *store)
{
	static const char *projects[SCREEN], *pipelines[SCREEN];
	struct feed_view view = {.visible_project = projects, .visible_pipeline = pipelines};
	const struct entry *entries;
	size_t n = store_entries(store, &entries), i;

	for (i = 0; i < n && view.n_visible < SCREEN; i++) {
		if (!entries[i].latest)
			continue;
		projects[view.n_visible] = entries[i].pipeline->project_id;
		pipelines[view.n_visible++] = entries[i].pipeline->id;
	}
	feed_look(feed, &view);
	return view.n_visible;
}

static void print_minute(const struct counted *c, double minutes)
{
	double all = 0;
	size_t i;

	for (i = 0; i < KINDS; i++) {
		printf("  %-42s %10.2f /min %10.1f KB each\n", kind_names[i], (double)c->n[i] / minutes,
		       c->n[i] ? (double)c->wire[i] / (double)c->n[i] / 1024 : 0.0);
		if (i != K_DETAIL && i != K_RUNS && i != K_HISTORY) /* those of live runs, and what is asked once */
			all += (double)c->n[i];
	}
	bench_row_most("P13 requests, those of live runs aside", all / minutes, "/min", 18);
}

/* Sweeps alone: request, answer, store. */
struct sweeps {
	struct ev_loop *loop;
	struct session *session;
	struct store *store;
	const char *project, *ids[SCREEN];
	size_t n, left;
	int64_t wire;
};

static void next_sweep(struct sweeps *s);

static void swept(void *self, struct api_runs *page)
{
	struct sweeps *s = self;

	if (page->answer.err.kind != ERR_NONE)
		bench_fail("%s", page->answer.err.text);
	s->wire += (int64_t)page->answer.wire_bytes;
	store_take_runs(s->store, s->project, page->runs, page->n, page->answer.id, page->answer.now_ms);
	if (--s->left)
		next_sweep(s);
	else
		ev_break(s->loop, EVBREAK_ALL);
}

static void next_sweep(struct sweeps *s)
{
	api_batch_status(s->session, s->project, s->ids, s->n, swept, s);
}

static void sweep_many(struct ev_loop *loop, struct session *session, struct store *store, bool live)
{
	struct sweeps s = {.loop = loop, .session = session, .store = store, .left = SWEEPS};
	const struct entry *entries;
	size_t n = live ? store_live(store, &entries) : store_entries(store, &entries), i;
	double start, cpu, wire;

	for (i = 0; i < n && s.n < SCREEN; i++) {
		if (!s.project)
			s.project = entries[i].pipeline->project_id;
		if (entries[i].latest && strcmp(entries[i].pipeline->project_id, s.project) == 0)
			s.ids[s.n++] = entries[i].pipeline->id;
	}
	if (!s.n)
		return;
	start = cpu_ms();
	next_sweep(&s);
	ev_run(loop, 0);
	cpu = (cpu_ms() - start) / SWEEPS;
	wire = (double)s.wire / SWEEPS / 1024;
	printf("  a batch status of %3zu: %*.2f ms of our CPU, %.1f KB on the wire\n", s.n, 19, cpu, wire);
	if (!live)
		return;
	bench_row_most("P13 a sweep, our CPU", cpu, "ms", 2);
	bench_row_most("P13 a sweep, on the wire", wire, "KB", 25);
}

static void watch(const struct bench_sim *sim, const char *const *projects, size_t n_projects)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct http *http = http_new(loop, &(struct http_options){.user_agent = "pipetop-bench",
								  .gzip = HTTP_GZIP_ALWAYS});
	struct counted counted = {.transport = {count_and_send, cancel_counted},
				  .real = http_transport(http)};
	struct session_options so = {.endpoint = sim->url, .token = "bench", .language = "en-us"};
	struct feed_options fo = {.loop = loop, .projects = projects, .n_projects = n_projects};
	double minutes = bench_number("BENCH_SECONDS", 60) / 60.0, start, first;
	struct budget budget;
	struct feed *feed;
	size_t shown;

	fo.session = session_new(&counted.transport, &so, NULL);
	fo.store = store_new();
	budget_init(&budget, 120, 20, when_monotonic_ms());
	fo.budget = &budget;
	fo.self = loop;
	feed = feed_new(&fo);
	start = bench_now_ms();
	feed_start(feed);
	while (store_pipeline_count(fo.store) == 0)
		ev_run(loop, EVRUN_ONCE);
	first = bench_now_ms() - start;
	run_for(loop, 3);
	shown = look_at_all(feed, fo.store);
	printf("  %zu pipelines of %zu projects on screen, the first rows after %.0f ms\n", shown,
	       n_projects, first);
	sweep_many(loop, fo.session, fo.store, false);
	sweep_many(loop, fo.session, fo.store, true);
	run_for(loop, 20);
	counted.counting = true;
	start = cpu_ms();
	run_for(loop, minutes * 60);
	counted.counting = false;
	printf("  %-42s %10.2f ms/min\n", "our CPU", (cpu_ms() - start) / minutes);
	print_minute(&counted, minutes);
	feed_free(feed);
	session_free(fo.session);
	http_free(http);
	store_free(fo.store);
	ev_loop_destroy(loop);
}

/* The first projects of the simulator. */
static void watch_many(const char *const *options, size_t most)
{
	const char *projects[32];
	struct bench_sim sim;
	size_t n = 0;
	char *at;

	bench_sim_start(&sim, options);
	for (at = strtok(sim.projects, ","); at && n < most && n < 32; at = strtok(NULL, ","))
		projects[n++] = at;
	watch(&sim, projects, n);
	bench_sim_stop(&sim);
}

int main(void)
{
	bench_head();
	page_among((size_t)bench_number("BENCH_PIPELINES", 100000));
	/* Three in ten of the crowd are in the first project. */
	watch_many((const char *const[]){"--scenario", "many", "--count", "1640", "--gzip", NULL}, 1);
	watch_many((const char *const[]){"--scenario", "many", "--count", "500", "--gzip", NULL}, 5);
	return 0;
}
