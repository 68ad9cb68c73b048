/* SPDX-License-Identifier: MIT */
/*
 * The law that following stands on: whatever the server means by its offsets, what was
 * delivered is what the step wrote, byte for byte. The simulator knows the truth; it
 * runs on the same loop, and its time moves only when the test moves it.
 */
#include "test.h"

#include <ev.h>

#include "api/session.h"
#include "app/follow.h"
#include "core/buf.h"
#include "core/when.h"
#include "net/http.h"
#include "sim/sim.h"

#define ID(n) "f011000000000000000000000000000" #n
#define LASTS_S 600
#define LIMIT_MS 60000

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
	struct http *http;
	struct session *session;
	struct follow *f;
};

static void open_bench(struct bench *b, const struct sim_modes *modes, enum follow_from from,
		       int page_lines)
{
	struct http_options ho = {.user_agent = "pipetop-test"};
	struct session_options so = {.token = "t", .language = "en-us"};
	struct follow_options fo = {
		.ref = {ID(1), ID(2), ID(3), ID(4), ID(5)},
		.from = from,
		.page_lines = page_lines,
		.spool_dir = ".",
		.on_screen = true,
	};
	struct sim_options sim;
	struct err err = {0};
	char scenario[4096];

	snprintf(scenario, sizeof(scenario), "%s/tests/fixtures/follow.conf",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	sim_options_init(&sim);
	sim.scenario = scenario;
	sim.speed = 0;
	sim.modes = *modes;
	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO)};
	b->sim = sim_new(b->loop, &sim, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
	b->http = http_new(b->loop, &ho);
	so.endpoint = sim_url(b->sim);
	b->session = session_new(http_transport(b->http), &so, &err);
	fo.loop = b->loop;
	fo.session = b->session;
	b->f = b->session ? follow_new(&fo, &err) : NULL;
	if (!b->f)
		fail_msg("%s", err.text);
}

static void close_bench(struct bench *b)
{
	follow_free(b->f);
	session_free(b->session);
	http_free(b->http);
	sim_free(b->sim);
	ev_loop_destroy(b->loop);
}

/* Lets it ask now, and waits for that answer and all that follows from it at once. */
static void poll_now(struct bench *b)
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	follow_hidden(b->f, true);
	follow_hidden(b->f, false);
	while (follow_in_flight(b->f)) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
}

static void read_to_the_end(struct bench *b)
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	follow_step(b->f, STATE_OK, 1000, 601000);
	while (follow_phase(b->f) != FOLLOW_ENDED) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
}

static void page_up_to_line_one(struct bench *b)
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	while (!log_head(follow_log(b->f))) {
		assert_true(when_monotonic_ms() < limit_ms);
		follow_page_up(b->f);
		ev_run(b->loop, EVRUN_ONCE);
	}
}

/* What was delivered, without marks, and how many marks of a fault there are. */
static int delivered(struct bench *b, struct buf *text)
{
	struct log *log = follow_log(b->f);
	struct log_line line;
	int faults = 0;
	int64_t i;

	for (i = log_first(log); i < log_end(log); i++) {
		assert_true(log_line(log, i, &line));
		faults += line.mark != LOG_MARK_NONE && line.mark != LOG_MARK_END;
		if (line.mark != LOG_MARK_NONE)
			continue;
		assert_int_equal(line.len, line.full_len);
		buf_add(text, line.text, line.len);
		buf_addc(text, '\n');
	}
	return faults;
}

static void assert_whole(struct bench *b, const char *what)
{
	struct buf got, truth;
	size_t i = 0;

	buf_init(&got, BUF_MAX);
	buf_init(&truth, BUF_MAX);
	assert_true(sim_truth_log(b->sim, ID(5), &truth));
	assert_true(truth.len > 100000);
	assert_int_equal(delivered(b, &got), 0);
	while (i < got.len && i < truth.len && got.data[i] == truth.data[i])
		i++;
	if (got.len != truth.len || i != got.len)
		fail_msg("%s: %zu bytes of %zu, the first wrong one at %zu", what, got.len, truth.len,
			 i);
	buf_done(&got);
	buf_done(&truth);
}

/* Every meaning of an offset, with both policies, starts, types and orders. */
static bool mode(int n, struct sim_modes *m, char what[100])
{
	*m = (struct sim_modes){
		.log_mode = (enum sim_log_mode)(n % 5),
		.has_more = (enum sim_has_more)(n / 5 % 2),
		.page_start = n / 10 % 2,
		.int_offsets = n / 20 % 2,
		.desc_newest_first = n / 40 % 2,
	};
	snprintf(what, 100, "log mode %d, has_more %d, page start %d, ints %d, newest first %d",
		 m->log_mode, m->has_more, m->page_start, m->int_offsets, m->desc_newest_first);
	return n < 80;
}

static void a_growing_log_is_delivered_whole_in_every_mode(void **state)
{
	struct sim_modes modes;
	char what[100];
	int n, s;

	for (n = 0; mode(n, &modes, what) && n < 40; n++) {
		struct bench b;

		open_bench(&b, &modes, FOLLOW_START, 37);
		follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
		for (s = 0; s <= LASTS_S + 10; s += 13) {
			poll_now(&b);
			sim_advance(b.sim, 13);
		}
		read_to_the_end(&b);
		assert_whole(&b, what);
		close_bench(&b);
	}
}

static void a_finished_log_is_delivered_whole_in_every_mode(void **state)
{
	struct sim_modes modes;
	char what[100];
	int n;

	for (n = 0; mode(n, &modes, what) && n < 40; n++) {
		struct bench b;

		open_bench(&b, &modes, FOLLOW_START, 0);
		sim_advance(b.sim, LASTS_S + 100);
		read_to_the_end(&b);
		assert_whole(&b, what);
		close_bench(&b);
	}
}

static void tail_first_and_paged_up_to_line_one_is_the_whole_log(void **state)
{
	struct sim_modes modes;
	char what[100];
	int n, s;

	for (n = 0; mode(n, &modes, what); n++) {
		struct bench b;

		open_bench(&b, &modes, FOLLOW_TAIL, 50);
		follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
		sim_advance(b.sim, 400);
		for (s = 400; s <= LASTS_S + 10; s += 29) {
			poll_now(&b);
			sim_advance(b.sim, 29);
		}
		page_up_to_line_one(&b);
		read_to_the_end(&b);
		assert_whole(&b, what);
		close_bench(&b);
	}
}

static void faults_between_pages_lose_and_double_nothing(void **state)
{
	static const struct {
		const char *words;
		bool felt; /* else the transport repeats the read by itself */
	} faults[] = {
		{"class=log&status=503&count=1", true},
		{"class=log&kind=truncate&count=1", true},
		{"class=log&kind=close&count=1", false},
		{"class=log&status=429&retry_after=1&count=1", true},
	};
	const struct sim_modes modes = {0};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct bench b;
		struct err err = {0};
		int64_t next_ms, limit_ms = when_monotonic_ms() + LIMIT_MS;

		open_bench(&b, &modes, FOLLOW_START, 100);
		follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
		sim_advance(b.sim, 300);
		poll_now(&b);
		if (!sim_fault(b.sim, faults[i].words, &err))
			fail_msg("%s: %s", faults[i].words, err.text);
		sim_advance(b.sim, 400);
		poll_now(&b);
		if ((follow_err(b.f, &next_ms).kind != ERR_NONE) != faults[i].felt)
			fail_msg("%s was%s felt", faults[i].words, faults[i].felt ? " not" : "");
		while (follow_err(b.f, &next_ms).kind != ERR_NONE) {
			assert_true(when_monotonic_ms() < limit_ms);
			ev_run(b.loop, EVRUN_ONCE);
		}
		read_to_the_end(&b);
		assert_whole(&b, faults[i].words);
		close_bench(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_growing_log_is_delivered_whole_in_every_mode),
		cmocka_unit_test(a_finished_log_is_delivered_whole_in_every_mode),
		cmocka_unit_test(tail_first_and_paged_up_to_line_one_is_the_whole_log),
		cmocka_unit_test(faults_between_pages_lose_and_double_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
