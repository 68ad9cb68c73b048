/* SPDX-License-Identifier: MIT */
/*
 * R S A X in the real dashboard against the real simulator: what its journal says was asked for, after
 * one key, two, a held one, a paste, a lost answer, a colleague, and a way out with an action unanswered.
 *
 * The simulator's time stands still, so that nothing changes but by what is done here.
 */
#include "test.h"

#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "stage.h"

#define START "2026-01-06 15:50:00" /* one gate waits, one run has failed, some run */

static const char *const asks = "every other key means no";

/* ---- the stage ---- */

static void ask(struct stage *s, const char *path)
{
	struct buf said;

	buf_init(&said, BUF_MAX);
	if (!stage_ask(s, "POST", path, &said))
		fail_msg("%s: %s", path, said.data);
	buf_done(&said);
}

static void expect(struct stage *s, const char *text)
{
	struct buf screen;

	if (pty_wait_text(s->pty, text, stage_patience_ms()))
		return;
	buf_init(&screen, BUF_MAX);
	pty_screen(s->pty, &screen);
	fprintf(stderr, "%s", screen.data); /* whole: cmocka cuts messages at 1 KiB */
	buf_done(&screen);
	fail_msg("\"%s\" did not come", text);
}

static void expect_gone(struct stage *s, const char *text)
{
	if (!pty_wait_gone(s->pty, text, stage_patience_ms()))
		fail_msg("\"%s\" did not go", text);
}

/* The journal of what was asked for, as it stands. */
static void journal(struct stage *s, struct buf *out)
{
	buf_clear(out);
	assert_true(stage_ask(s, "GET", "/_sim/actions?since=0", out));
}

static int count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void expect_journal(struct stage *s, int all, const char *kind, int of_kind)
{
	struct buf text;
	char entry[64];

	buf_init(&text, BUF_MAX);
	journal(s, &text);
	snprintf(entry, sizeof(entry), "\"kind\":\"%s\"", kind);
	if (count(text.data, "\"by\":\"caller\"") != all || count(text.data, entry) != of_kind)
		fail_msg("the journal has not %d requests, %d of them %s: %s", all, of_kind, kind, text.data);
	buf_done(&text);
}

/* The last line of the audit log. */
static void last_audit(const struct stage *s, char *out, size_t size)
{
	char path[160], line[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/state/pipetop/audit.jsonl", s->home);
	f = fopen(path, "r");
	assert_non_null(f);
	*out = '\0';
	while (fgets(line, sizeof(line), f))
		snprintf(out, size, "%s", line);
	fclose(f);
}

static void open_stage(struct stage *s, const char *option)
{
	struct stage_options options = {
		.scenario = "demo", .start = START, .rows = 24, .cols = 80, .args = {option},
		.config = {"requests_per_minute = 0;"}}; /* what is looked for is read at once */

	stage_open(s, &options);
	ask(s, "/_sim/stop-time");
	expect(s, "LIVE upd");
	expect(s, "rejects"); /* the gate's detail is read */
}

/* ---- one key, one request ---- */

static const struct {
	const char *way, *there, *key, *kind, *says;
} keys[] = {
	{"!", "error 1 of", "R", "retry", ": retried"},
	{"F", "following", "S", "stop", ": stopped"},
	{"W", "|  ? release", "A", "pass", ": approved"},
	{"W", "|  ? release", "X", "refuse", ": rejected"},
};

static void to(struct stage *s, size_t i)
{
	pty_keys(s->pty, keys[i].way);
	expect(s, keys[i].there);
}

static void each_key_makes_one_request_however_often_y_is_pressed(void **state)
{
	struct stage s;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		open_stage(&s, NULL);
		to(&s, i);
		pty_keys(s.pty, keys[i].key);
		expect(&s, asks);
		expect_journal(&s, 0, keys[i].kind, 0);
		pty_keys(s.pty, "yyyyyyyyyyyyyyyyyyyyyyyyy");
		expect(&s, keys[i].says);
		pty_keys(s.pty, "yyyyyyyyyy");
		expect_journal(&s, 1, keys[i].kind, 1);
		stage_close(&s);
	}
}

static void what_is_typed_ahead_confirms_nothing(void **state)
{
	struct stage s;

	open_stage(&s, NULL);
	to(&s, 1);
	pty_keys(s.pty, "Syyyyy"); /* in one write: the box was not on the screen yet */
	expect(&s, asks);
	expect_journal(&s, 0, "stop", 0);
	pty_keys(s.pty, "\033[200~y\033[201~"); /* a paste */
	expect_gone(&s, asks);
	expect(&s, "nothing was done");
	pty_keys(s.pty, "S");
	expect(&s, asks);
	pty_resize(s.pty, 26, 90);
	expect_gone(&s, asks);
	expect_journal(&s, 0, "stop", 0);
	stage_close(&s);
}

/* ---- what happens meanwhile ---- */

static void run_of_box(struct stage *s, char *id, size_t size)
{
	struct buf text;
	char number[16] = "";
	int row, col, i;
	const char *at;

	assert_true(pty_find(s->pty, "run          ", &row, &col));
	for (i = 0; i < 10 && pty_cell(s->pty, row, col + 13 + i).ch > ' '; i++)
		number[i] = (char)pty_cell(s->pty, row, col + 13 + i).ch;
	buf_init(&text, BUF_MAX);
	assert_true(stage_ask(s, "GET", "/_sim/truth/state", &text));
	snprintf(id, size, "\"run_number\":%s,\"status\":\"RUNNING\"", number);
	at = strstr(text.data, id);
	assert_non_null(at);
	while (strncmp(at, "\"pipeline_run_id\":\"", 19) != 0)
		at--;
	snprintf(id, size, "%.32s", at + 19);
	buf_done(&text);
}

static void a_run_that_somebody_stops_closes_the_box(void **state)
{
	char id[64], path[128];
	struct stage s;

	open_stage(&s, NULL);
	to(&s, 1);
	pty_keys(s.pty, "S");
	expect(&s, asks);
	run_of_box(&s, id, sizeof(id));
	snprintf(path, sizeof(path), "/_sim/stop?run=%s", id);
	ask(&s, path);
	expect(&s, "nothing was done; any key closes this");
	pty_keys(s.pty, "y");
	expect_gone(&s, "nothing was done; any key closes this");
	expect_journal(&s, 0, "stop", 1); /* the other's */
	stage_close(&s);
}

static void an_answer_that_is_lost_is_read_back(void **state)
{
	struct stage s;

	open_stage(&s, NULL);
	ask(&s, "/_sim/fault?class=stop&kind=close&when=after");
	to(&s, 1);
	pty_keys(s.pty, "S");
	expect(&s, asks);
	pty_keys(s.pty, "y");
	expect(&s, ": stopped");
	expect_journal(&s, 1, "stop", 1);
	stage_close(&s);
}

static void without_the_server_nothing_is_asked(void **state)
{
	struct stage s;

	open_stage(&s, NULL);
	to(&s, 1);
	stage_stop_sim(&s);
	expect(&s, "OFFLINE");
	pty_keys(s.pty, "S");
	expect(&s, "out of reach");
	stage_close(&s);
}

static void read_only_has_no_such_keys(void **state)
{
	struct stage s;
	size_t i;

	open_stage(&s, "--read-only");
	to(&s, 2);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		pty_keys(s.pty, keys[i].key);
		expect(&s, "does nothing: read-only");
		pty_keys(s.pty, "y");
		expect_gone(&s, "does nothing: read-only");
	}
	expect_journal(&s, 0, "pass", 0);
	stage_close(&s);
}

static void marked_runs_end_on_one_page(void **state)
{
	struct stage s;

	open_stage(&s, NULL);
	pty_keys(s.pty, "/running\r");
	expect(&s, "/running");
	pty_keys(s.pty, "g   "); /* the first, and two more */
	pty_keys(s.pty, "S");
	expect(&s, "marked pipelines: their runs are stopped.");
	pty_keys(s.pty, "y");
	expect(&s, "Stop: 3 done");
	expect_journal(&s, 3, "stop", 3);
	stage_close(&s);
}

/* ---- quitting ---- */

/* The answer never comes. */
static void stop_unanswered(struct stage *s)
{
	open_stage(s, NULL);
	ask(s, "/_sim/fault?class=stop&kind=hang");
	to(s, 1);
	pty_keys(s->pty, "S");
	expect(s, asks);
	pty_keys(s->pty, "y");
	expect(s, "sending");
}

static void assert_unknown(struct stage *s)
{
	char line[4096];

	last_audit(s, line, sizeof(line));
	assert_non_null(strstr(line, "\"event\":\"outcome\""));
	assert_non_null(strstr(line, "\"unknown\":true"));
}

static void quitting_with_an_answer_open_asks_once(void **state)
{
	struct stage s;

	stop_unanswered(&s);
	pty_keys(s.pty, "\033");
	expect_gone(&s, "any key closes this");
	pty_keys(s.pty, "\003");
	expect(&s, "An action is unanswered");
	pty_keys(s.pty, "n");
	expect(&s, "not quit");
	pty_keys(s.pty, ":q\r");
	expect(&s, "An action is unanswered");
	pty_keys(s.pty, "y");
	assert_int_equal(pty_exit_status(s.pty, stage_patience_ms()), 0);
	assert_unknown(&s);
	stage_close(&s);
}

static void interrupting_twice_quits(void **state)
{
	struct stage s;

	stop_unanswered(&s);
	pty_keys(s.pty, "\003\003");
	assert_int_equal(pty_exit_status(s.pty, stage_patience_ms()), 0);
	assert_unknown(&s);
	stage_close(&s);
}

static void a_signal_asks_nothing(void **state)
{
	struct stage s;

	stop_unanswered(&s);
	pty_signal(s.pty, SIGTERM);
	assert_int_equal(pty_exit_status(s.pty, stage_patience_ms()), 128 + SIGTERM);
	assert_unknown(&s);
	stage_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_makes_one_request_however_often_y_is_pressed),
		cmocka_unit_test(what_is_typed_ahead_confirms_nothing),
		cmocka_unit_test(a_run_that_somebody_stops_closes_the_box),
		cmocka_unit_test(an_answer_that_is_lost_is_read_back),
		cmocka_unit_test(without_the_server_nothing_is_asked),
		cmocka_unit_test(read_only_has_no_such_keys),
		cmocka_unit_test(marked_runs_end_on_one_page),
		cmocka_unit_test(quitting_with_an_answer_open_asks_once),
		cmocka_unit_test(interrupting_twice_quits),
		cmocka_unit_test(a_signal_asks_nothing),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("act keys", tests, NULL, NULL);
}
