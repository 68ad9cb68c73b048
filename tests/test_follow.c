/* SPDX-License-Identifier: MIT */
/*
 * One log followed on a fake transport: what is asked, what is shown, and when it ends.
 * A hidden and shown follow asks at once, so that no test waits for a period.
 */
#include "test.h"

#include <ev.h>
#include <signal.h>
#include <sys/resource.h>

#include "api/session.h"
#include "app/follow.h"
#include "core/buf.h"
#include "core/when.h"
#include "fake.h"

struct bench {
	struct ev_loop *loop;
	struct fake *fake;
	struct session *session;
	struct budget budget;
	struct follow *f;
	int changes;
};

static void changed(void *self, struct follow *f)
{
	struct bench *b = self;

	b->changes++;
}

static void open_follow(struct bench *b, enum follow_from from, int page_lines)
{
	struct session_options so = {.endpoint = "http://127.0.0.1:1", .token = "t", .language = "en-us"};
	struct follow_options fo = {.ref = {"p", "l", "r", "j", "s"}, .from = from,
				    .page_lines = page_lines, .spool_dir = ".",
				    .on_screen = true, .changed = changed, .self = b};
	struct err err = {0};

	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO), .fake = fake_new()};
	b->session = session_new(fake_transport(b->fake), &so, &err);
	assert_non_null(b->session);
	budget_init(&b->budget, 6000, 0, when_monotonic_ms());
	fo.loop = b->loop;
	fo.session = b->session;
	fo.budget = &b->budget;
	b->f = follow_new(&fo, &err);
	if (!b->f)
		fail_msg("%s", err.text);
}

static void close_follow(struct bench *b)
{
	follow_free(b->f);
	session_free(b->session);
	fake_free(b->fake);
	ev_loop_destroy(b->loop);
}

static void poke(struct bench *b)
{
	follow_hidden(b->f, true);
	follow_hidden(b->f, false);
}

/* Runs the loop until a question is out (it asks at once, or after a back-off). */
static const struct fake_request *asked(struct bench *b)
{
	int64_t limit_ms = when_monotonic_ms() + 20000;

	while (!follow_in_flight(b->f)) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
	return fake_last(b->fake);
}

static void answer_page(struct bench *b, const char *start, const char *end, bool more,
			const char *log)
{
	char body[4096];

	snprintf(body, sizeof(body),
		 "{\"has_more\":%s,\"start_offset\":\"%s\",\"end_offset\":\"%s\",\"log\":\"%s\","
		 "\"step_run_id\":\"s\"}",
		 more ? "true" : "false", start, end, log);
	asked(b);
	fake_answer(b->fake, NULL, 200, body);
	assert_int_equal(fake_deliver(b->fake), 1);
}

static void answer_status(struct bench *b, int status)
{
	asked(b);
	fake_answer(b->fake, NULL, status, "{\"error_code\":\"X.1\",\"error_msg\":\"no\"}");
	assert_int_equal(fake_deliver(b->fake), 1);
}

/* The log as one string: a line each, marks in angle brackets. */
static const char *text(struct bench *b)
{
	static char out[16384];
	struct log *log = follow_log(b->f);
	struct log_line line;
	size_t n = 0;
	int64_t i;

	out[0] = '\0';
	for (i = log_first(log); i < log_end(log) && log_line(log, i, &line); i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, line.mark ? "<%.*s>\n" : "%.*s\n",
				      (int)line.len, line.text);
	return out;
}

static void body_has(const struct fake_request *r, const char *part)
{
	if (!strstr(r->body, part))
		fail_msg("%s is not in %s", part, r->body);
}

static void pages_are_followed_at_once_and_then_waited_for(void **state)
{
	struct bench b;
	const struct fake_request *r;

	open_follow(&b, FOLLOW_START, 2);
	assert_int_equal(follow_phase(b.f), FOLLOW_STARTING);
	r = asked(&b);
	assert_non_null(strstr(r->url, "/v5/p/api/pipelines/l/pipeline-runs/r/jobs/j/steps/s/logs"));
	body_has(r, "\"limit\":2");
	body_has(r, "\"sort\":\"asc\"");
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
	answer_page(&b, "0", "7", true, "a\\nb");
	assert_true(follow_in_flight(b.f)); /* at once */
	body_has(fake_last(b.fake), "\"end_offset\":7");
	answer_page(&b, "0", "9", false, "c");
	assert_false(follow_in_flight(b.f));
	assert_string_equal(text(&b), "a\nb\nc\n");
	assert_int_equal(follow_phase(b.f), FOLLOW_LIVE);
	assert_true(log_head(follow_log(b.f)));
	assert_true(b.changes >= 2);
	close_follow(&b);
}

/* The next page is asked for while this one is written: what cannot be written takes that back. */
static void a_page_that_the_disk_refuses_is_asked_for_again(void **state)
{
	struct rlimit before, none;
	struct bench b;
	int64_t next;

	open_follow(&b, FOLLOW_START, 2);
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
	asked(&b);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	answer_page(&b, "0", "7", true, "a\\nb");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(follow_in_flight(b.f));
	assert_int_equal(follow_err(b.f, &next).kind, ERR_IO);
	assert_string_equal(text(&b), "");
	asked(&b);
	body_has(fake_last(b.fake), "\"end_offset\":0");
	answer_page(&b, "0", "7", true, "a\\nb");
	asked(&b);
	body_has(fake_last(b.fake), "\"end_offset\":7");
	answer_page(&b, "0", "9", false, "c");
	assert_string_equal(text(&b), "a\nb\nc\n");
	assert_int_equal(follow_err(b.f, &next).kind, ERR_NONE);
	close_follow(&b);
}

static void the_end_needs_one_more_page_after_the_step_is_over(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
	answer_page(&b, "0", "7", false, "a");
	follow_step(b.f, STATE_FAILED, 1000, 253000);
	assert_true(follow_in_flight(b.f));
	answer_page(&b, "0", "9", false, "late");
	assert_int_equal(follow_phase(b.f), FOLLOW_ENDED);
	assert_string_equal(text(&b), "a\nlate\n<step failed, 4m12s>\n");
	poke(&b);
	assert_false(follow_in_flight(b.f));
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE); /* a retry */
	answer_page(&b, "0", "11", false, "again");
	assert_string_equal(text(&b), "a\nlate\n<step failed, 4m12s>\nagain\n");
	assert_int_equal(follow_phase(b.f), FOLLOW_LIVE);
	close_follow(&b);
}

/* A new log under the old name, whose server does not know the old log's offsets. */
static void offsets_that_a_restart_made_void_are_given_up(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	follow_step(b.f, STATE_FAILED, 1000, 2000);
	answer_page(&b, "0", "7", false, "a");
	assert_int_equal(follow_phase(b.f), FOLLOW_ENDED);
	follow_step(b.f, STATE_PENDING, WHEN_NONE, WHEN_NONE);
	follow_step(b.f, STATE_RUNNING, 3000, WHEN_NONE);
	answer_status(&b, 400);
	asked(&b);
	body_has(fake_last(b.fake), "\"end_offset\":0");
	answer_page(&b, "0", "5", false, "b");
	assert_string_equal(text(&b), "a\n<step failed, 1s>\n<log restarted by the server>\nb\n");
	poke(&b);
	answer_status(&b, 400); /* once: a server that refuses everything is backed off from */
	assert_false(follow_in_flight(b.f));
	close_follow(&b);
}

static void a_step_that_failed_again_unseen_is_asked_again(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	follow_step(b.f, STATE_FAILED, 1000, 2000);
	answer_page(&b, "0", "7", false, "a");
	follow_step(b.f, STATE_FAILED, 1000, 2000);
	assert_false(follow_in_flight(b.f));
	follow_step(b.f, STATE_FAILED, 3000, 5000);
	answer_page(&b, "0", "9", false, "b");
	assert_string_equal(text(&b), "a\n<step failed, 1s>\nb\n<step failed, 2s>\n");
	close_follow(&b);
}

static void a_finished_log_takes_no_page_too_many(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	follow_step(b.f, STATE_OK, 1000, 5000);
	answer_page(&b, "0", "7", true, "a");
	answer_page(&b, "0", "9", false, "b");
	assert_int_equal(follow_phase(b.f), FOLLOW_ENDED);
	assert_int_equal(fake_count(b.fake), 2);
	assert_string_equal(text(&b), "a\nb\n<step ok, 4s>\n");
	close_follow(&b);
}

static void more_for_ever_after_the_end_is_not_believed(void **state)
{
	struct bench b;
	int n = 0;

	open_follow(&b, FOLLOW_START, 0);
	follow_step(b.f, STATE_OK, WHEN_NONE, WHEN_NONE);
	answer_page(&b, "0", "7", true, "a");
	while (follow_phase(b.f) != FOLLOW_ENDED) {
		answer_page(&b, "0", "7", true, "");
		assert_true(++n < 12);
	}
	assert_string_equal(text(&b), "a\n<step ok>\n");
	close_follow(&b);
}

static void no_output_queued_and_empty_are_told_apart(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	follow_step(b.f, STATE_QUEUED, WHEN_NONE, WHEN_NONE);
	ev_run(b.loop, EVRUN_ONCE);
	assert_int_equal(follow_phase(b.f), FOLLOW_QUEUED);
	assert_int_equal(fake_count(b.fake), 0); /* nothing can be there */
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
	answer_page(&b, "0", "0", false, "");
	assert_int_equal(follow_phase(b.f), FOLLOW_NO_OUTPUT);
	follow_step(b.f, STATE_STOPPED, 1000, 2000);
	answer_page(&b, "0", "0", false, "");
	assert_int_equal(follow_phase(b.f), FOLLOW_EMPTY);
	close_follow(&b);
}

static void a_404_is_not_yet_or_not_any_more(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_TAIL, 0);
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
	answer_status(&b, 404);
	assert_int_equal(follow_phase(b.f), FOLLOW_NO_OUTPUT);
	follow_step(b.f, STATE_OK, 1000, 2000);
	answer_status(&b, 404);
	answer_status(&b, 404);
	assert_int_equal(follow_phase(b.f), FOLLOW_EXPIRED);
	poke(&b);
	assert_false(follow_in_flight(b.f));
	close_follow(&b);
}

static void failures_back_off_and_lose_nothing(void **state)
{
	struct bench b;
	int64_t next_ms, before_ms;

	open_follow(&b, FOLLOW_START, 0);
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
	answer_page(&b, "0", "7", true, "a");
	before_ms = when_monotonic_ms();
	answer_status(&b, 503);
	assert_false(follow_in_flight(b.f));
	assert_int_equal(follow_err(b.f, &next_ms).kind, ERR_REMOTE);
	assert_true(next_ms >= before_ms + 250);
	asked(&b);
	assert_true(when_monotonic_ms() >= next_ms - 1);
	body_has(fake_last(b.fake), "\"end_offset\":7");
	fake_answer(b.fake, NULL, 200, "{\"has_more\":fal"); /* cut off */
	fake_deliver(b.fake);
	assert_int_equal(follow_err(b.f, &next_ms).kind, ERR_PARSE);
	answer_page(&b, "7", "9", false, "b");
	assert_int_equal(follow_err(b.f, &next_ms).kind, ERR_NONE);
	assert_string_equal(text(&b), "a\nb\n");
	close_follow(&b);
}

static void a_refusal_stops_until_the_operator_asks(void **state)
{
	static const int status[] = {401, 403};
	size_t i;

	for (i = 0; i < 2; i++) {
		struct bench b;
		int64_t next_ms;

		open_follow(&b, FOLLOW_START, 0);
		follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
		answer_page(&b, "0", "7", true, "a");
		answer_status(&b, status[i]);
		assert_int_equal(follow_phase(b.f), FOLLOW_DENIED);
		assert_int_equal(follow_err(b.f, &next_ms).kind, ERR_AUTH);
		assert_false(follow_in_flight(b.f));
		follow_now(b.f);
		answer_page(&b, "7", "9", false, "b");
		assert_int_equal(follow_phase(b.f), FOLLOW_LIVE);
		assert_string_equal(text(&b), "a\nb\n");
		close_follow(&b);
	}
}

static void the_tail_comes_first_and_older_pages_when_asked_for(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_TAIL, 0);
	follow_step(b.f, STATE_RUNNING, 1000, WHEN_NONE);
	body_has(asked(&b), "\"sort\":\"desc\"");
	body_has(fake_last(b.fake), "\"limit\":200");
	answer_page(&b, "60", "90", true, "l7\\nl8");
	assert_false(log_head(follow_log(b.f)));
	body_has(asked(&b), "\"sort\":\"asc\"");
	body_has(fake_last(b.fake), "\"end_offset\":90");
	follow_page_up(b.f);
	assert_true(follow_paging(b.f));
	answer_page(&b, "90", "99", false, "l9");
	body_has(fake_last(b.fake), "\"sort\":\"desc\""); /* what is waited for comes first */
	answer_page(&b, "30", "60", true, "l5\\nl6");
	assert_false(follow_paging(b.f));
	follow_page_up(b.f);
	answer_page(&b, "0", "30", false, "l1");
	assert_string_equal(text(&b), "l1\nl5\nl6\nl7\nl8\nl9\n");
	assert_true(log_head(follow_log(b.f)));
	follow_page_up(b.f);
	assert_false(follow_paging(b.f));
	close_follow(&b);
}

static void older_pages_can_be_read_after_the_end(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_TAIL, 0);
	follow_step(b.f, STATE_OK, 1000, 2000);
	answer_page(&b, "60", "90", true, "l7");
	answer_page(&b, "90", "90", false, "");
	assert_int_equal(follow_phase(b.f), FOLLOW_ENDED);
	follow_page_up(b.f);
	answer_page(&b, "0", "60", false, "l6");
	assert_string_equal(text(&b), "l6\nl7\n<step ok, 1s>\n");
	assert_int_equal(follow_phase(b.f), FOLLOW_ENDED);
	close_follow(&b);
}

static void a_page_too_large_is_asked_for_with_fewer_lines(void **state)
{
	const struct fake_reply large = {.err = {ERR_REMOTE, 200, "answer too large"}, .too_large = true};
	struct bench b;
	int limit;

	open_follow(&b, FOLLOW_START, 8);
	for (limit = 8; limit >= 1; limit /= 2) {
		char part[32];

		snprintf(part, sizeof(part), "\"limit\":%d,", limit);
		body_has(asked(&b), part);
		if (limit == 2)
			answer_page(&b, "0", "7", true, "a\\nb");
		if (limit == 2)
			body_has(asked(&b), part);
		fake_reply(b.fake, &large);
		fake_deliver(b.fake);
	}
	assert_int_equal(follow_phase(b.f), FOLLOW_BROKEN);
	assert_true(strncmp(text(&b), "a\nb\n<", 5) == 0);
	close_follow(&b);
}

static void offsets_without_sense_stop_and_keep_what_was_read(void **state)
{
	struct bench b;
	int64_t next_ms;

	open_follow(&b, FOLLOW_START, 0);
	answer_page(&b, "0", "../..", true, "a");
	assert_int_equal(follow_phase(b.f), FOLLOW_BROKEN);
	assert_int_equal(follow_err(b.f, &next_ms).kind, ERR_PARSE);
	assert_true(strncmp(text(&b), "a\n<", 3) == 0);
	close_follow(&b);
}

static void a_rewritten_log_is_marked_and_the_old_text_stays(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	answer_page(&b, "0", "700", true, "a\\nb");
	answer_page(&b, "0", "20", false, "x\\ny\\nz");
	assert_string_equal(text(&b), "a\nb\n<log restarted by the server>\nx\ny\nz\n");
	close_follow(&b);
}

static void nobody_looking_means_nothing_asked(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	answer_page(&b, "0", "7", true, "a");
	follow_hidden(b.f, true);
	answer_page(&b, "7", "9", true, "b"); /* was out already */
	assert_false(follow_in_flight(b.f));
	assert_string_equal(text(&b), "a\nb\n");
	follow_hidden(b.f, false);
	body_has(asked(&b), "\"end_offset\":9");
	close_follow(&b);
}

static void leaving_with_a_question_out_is_safe_in_either_order(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	asked(&b);
	close_follow(&b);
	open_follow(&b, FOLLOW_START, 0);
	asked(&b);
	session_free(b.session);
	assert_false(follow_in_flight(b.f));
	follow_free(b.f);
	fake_free(b.fake);
	ev_loop_destroy(b.loop);
}

static void refusals_for_rate_halve_the_budget(void **state)
{
	struct bench b;

	open_follow(&b, FOLLOW_START, 0);
	asked(&b);
	fake_reply(b.fake, &(struct fake_reply){.status = 429, .retry_after_ms = 5000, .body = "{}"});
	fake_deliver(b.fake);
	assert_int_equal(budget_allowed(&b.budget), 3000);
	assert_false(follow_in_flight(b.f));
	close_follow(&b);
}

static void waits_follow_the_silence_within_bounds(void **state)
{
	static const struct {
		int64_t silence_ms, took_ms, least_ms, most_ms;
	} rows[] = {
		{0, 10, 500, 500},	  {1000, 10, 500, 500},	      {4000, 10, 900, 1100},
		{16000, 10, 3600, 4400},  {3600000, 10, 3600, 4400},  {0, 2000, 7200, 8800},
		{3600000, 500, 3600, 4400},
	};
	size_t i;
	int n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (n = 0; n < 100; n++)
			assert_in_range(follow_wait_ms(rows[i].silence_ms, rows[i].took_ms, n / 100.0),
					rows[i].least_ms, rows[i].most_ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_followed_at_once_and_then_waited_for),
		cmocka_unit_test(a_page_that_the_disk_refuses_is_asked_for_again),
		cmocka_unit_test(the_end_needs_one_more_page_after_the_step_is_over),
		cmocka_unit_test(offsets_that_a_restart_made_void_are_given_up),
		cmocka_unit_test(a_step_that_failed_again_unseen_is_asked_again),
		cmocka_unit_test(a_finished_log_takes_no_page_too_many),
		cmocka_unit_test(more_for_ever_after_the_end_is_not_believed),
		cmocka_unit_test(no_output_queued_and_empty_are_told_apart),
		cmocka_unit_test(a_404_is_not_yet_or_not_any_more),
		cmocka_unit_test(failures_back_off_and_lose_nothing),
		cmocka_unit_test(a_refusal_stops_until_the_operator_asks),
		cmocka_unit_test(the_tail_comes_first_and_older_pages_when_asked_for),
		cmocka_unit_test(older_pages_can_be_read_after_the_end),
		cmocka_unit_test(a_page_too_large_is_asked_for_with_fewer_lines),
		cmocka_unit_test(offsets_without_sense_stop_and_keep_what_was_read),
		cmocka_unit_test(a_rewritten_log_is_marked_and_the_old_text_stays),
		cmocka_unit_test(nobody_looking_means_nothing_asked),
		cmocka_unit_test(leaving_with_a_question_out_is_safe_in_either_order),
		cmocka_unit_test(refusals_for_rate_halve_the_budget),
		cmocka_unit_test(waits_follow_the_silence_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
