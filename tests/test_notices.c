/* SPDX-License-Identifier: MIT */
/* Who is told of a change, how often, and what a hook gets to know. Hooks are real children. */
#include "test.h"

#include <errno.h>
#include <ev.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../src/app/argv.h"
#include "../src/app/facts.h"
#include "app/hooks.h"
#include "core/mem.h"
#include "core/when.h"
#include "world.h"

#define PATIENCE_S 60.
#define SECOND INT64_C(1000)

/* ---- deciding ---- */

static struct change change_of(enum change_kind kind)
{
	static char name[] = "deploy-prod";

	return (struct change){.seq = 1, .kind = kind, .pipeline = name, .number = 318,
			       .from = STATE_RUNNING, .to = STATE_FAILED};
}

/* "bell notify on_fail" */
static const char *decided(const struct notice_config *config, enum change_kind kind, bool marked)
{
	static char text[256];
	struct notice_todo todo[NOTICE_ACTIONS_MAX];
	struct change change = change_of(kind);
	size_t i, n = notice_decide(config, &change, marked, todo);

	text[0] = '\0';
	assert_true(n <= NOTICE_ACTIONS_MAX);
	for (i = 0; i < n; i++) {
		const char *word = todo[i].action == NOTICE_DO_BELL     ? "bell"
				   : todo[i].action == NOTICE_DO_NOTIFY ? "notify"
									: notice_hook_name(todo[i].hook);

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "", word);
	}
	return text;
}

static void set_hook(struct notice_config *config, enum notice_hook hook, const char *word)
{
	argv_free(config->hooks[hook]);
	config->hooks[hook] = NULL;
	argv_add(&config->hooks[hook], word);
}

static void everything_is_off_until_it_is_asked_for(void **state)
{
	struct notice_config config;
	int kind;

	notice_config_init(&config);
	for (kind = 0; kind < CHANGE_KINDS; kind++)
		assert_string_equal(decided(&config, (enum change_kind)kind, true), "");
	notice_config_done(&config);
}

static void each_kind_has_its_actions(void **state)
{
	static const struct {
		enum change_kind kind;
		const char *words;
	} cases[] = {
		{CHANGE_STARTED, ""},
		{CHANGE_FAILED, "bell notify on_finish on_fail"},
		{CHANGE_FINISHED, "on_finish"},
		{CHANGE_STOPPED, "on_finish"},
		{CHANGE_GATE, "bell notify on_gate"},
		{CHANGE_GATE_PASSED, ""},
		{CHANGE_STUCK, "bell notify"},
		{CHANGE_NEW, ""},
		{CHANGE_GONE, ""},
	};
	struct notice_config config;
	size_t i;

	notice_config_init(&config);
	config.bell = config.notify = true;
	for (i = 0; i < NOTICE_HOOKS; i++)
		set_hook(&config, (enum notice_hook)i, "true");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(decided(&config, cases[i].kind, false), cases[i].words);
	config.events = 1u << CHANGE_FINISHED;
	assert_string_equal(decided(&config, CHANGE_FINISHED, false), "bell notify on_finish");
	assert_string_equal(decided(&config, CHANGE_FAILED, false), "on_finish on_fail");
	config.notify = false;
	assert_string_equal(decided(&config, CHANGE_FINISHED, false), "bell on_finish");
	notice_config_done(&config);
}

static void only_the_pipelines_that_are_meant_count(void **state)
{
	struct notice_config config;

	notice_config_init(&config);
	config.bell = true;
	config.scope = NOTICE_MARKED;
	assert_string_equal(decided(&config, CHANGE_FAILED, false), "");
	assert_string_equal(decided(&config, CHANGE_FAILED, true), "bell");
	config.scope = NOTICE_PATTERNS;
	assert_string_equal(decided(&config, CHANGE_FAILED, true), "");
	argv_add(&config.patterns, "build-*");
	config.n_patterns = 1;
	assert_string_equal(decided(&config, CHANGE_FAILED, false), "");
	argv_add(&config.patterns, "*-prod");
	config.n_patterns = 2;
	assert_string_equal(decided(&config, CHANGE_FAILED, false), "bell");
	config.scope = NOTICE_MARKED;
	assert_string_equal(decided(&config, CHANGE_FAILED, false), "bell");
	notice_config_done(&config);
}

static void a_pipeline_has_hooks_of_its_own(void **state)
{
	char *own[] = {(char[]){"own"}, NULL}, *other[] = {(char[]){"other"}, NULL};
	struct notice_todo todo[NOTICE_ACTIONS_MAX];
	struct change change = change_of(CHANGE_FAILED);
	struct notice_config config;

	notice_config_init(&config);
	set_hook(&config, NOTICE_ON_FAIL, "general");
	set_hook(&config, NOTICE_ON_FINISH, "general");
	notice_config_add(&config, "build-*", (char *const *const[NOTICE_HOOKS]){[NOTICE_ON_FAIL] = other});
	notice_config_add(&config, "deploy-*", (char *const *const[NOTICE_HOOKS]){[NOTICE_ON_FAIL] = own});
	notice_config_add(&config, "*", (char *const *const[NOTICE_HOOKS]){[NOTICE_ON_FAIL] = other});
	assert_int_equal(notice_decide(&config, &change, false, todo), 2);
	assert_string_equal(todo[0].argv[0], "general");
	assert_int_equal(todo[1].hook, NOTICE_ON_FAIL);
	assert_string_equal(todo[1].argv[0], "own");
	config.scope = NOTICE_MARKED;
	assert_int_equal(notice_decide(&config, &change, false, todo), 1);
	assert_string_equal(todo[0].argv[0], "own");
	notice_config_clear_rules(&config);
	assert_int_equal(notice_decide(&config, &change, false, todo), 0);
	notice_config_done(&config);
}

static void sentences_are_clean_words(void **state)
{
	char hostile[] = "a\033]52;c;x\007\nb";
	char id[] = "b1";
	struct change change = change_of(CHANGE_GATE);
	struct buf out;

	buf_init(&out, BUF_MAX);
	notice_sentence(&change, true, &out);
	assert_string_equal(out.data, "deploy-prod 318 waits for a person");
	buf_clear(&out);
	change.pipeline = hostile;
	change.kind = CHANGE_FAILED;
	notice_sentence(&change, true, &out);
	assert_null(strpbrk(out.data, "\033\007\n"));
	assert_non_null(strstr(out.data, " 318 failed"));
	buf_clear(&out);
	change = (struct change){.kind = CHANGE_FINISHED, .to = STATE_IGNORED, .ref = {{NULL, id}}};
	notice_sentence(&change, true, &out);
	assert_string_equal(out.data, "b1 ignored");
	buf_done(&out);
}

/* ---- many at once ---- */

static void a_storm_is_a_bell_a_few_notices_and_a_number(void **state)
{
	struct notice_gate gate = {0};
	int64_t now = 5000;
	unsigned bells = 0, shown = 0;
	struct buf out;
	int i;

	buf_init(&out, BUF_MAX);
	assert_int_equal(notice_gate_wake_ms(&gate), -1);
	for (i = 0; i < 30; i++) {
		bells += notice_gate_bell(&gate, now + i);
		shown += notice_gate_show(&gate, i < 28 ? CHANGE_FAILED : CHANGE_GATE, now + i);
	}
	assert_int_equal(bells, 1);
	assert_int_equal(shown, NOTICE_BURST);
	assert_int_equal(notice_gate_wake_ms(&gate), now + NOTICE_WINDOW_MS);
	assert_false(notice_gate_close(&gate, now + NOTICE_WINDOW_MS - 1, &out));
	assert_true(notice_gate_close(&gate, now + NOTICE_WINDOW_MS, &out));
	assert_string_equal(out.data, "and 27 more: 25 failed, 2 gate");
	assert_int_equal(notice_gate_wake_ms(&gate), -1);
	assert_false(notice_gate_close(&gate, now + 100000, &out));
	buf_done(&out);
}

static void calm_changes_are_all_shown(void **state)
{
	struct notice_gate gate = {0};
	int64_t now = 0;
	int i;

	for (i = 0; i < 20; i++, now += NOTICE_WINDOW_MS) {
		assert_true(notice_gate_bell(&gate, now));
		assert_true(notice_gate_show(&gate, CHANGE_FAILED, now));
		assert_int_equal(notice_gate_wake_ms(&gate), -1);
	}
}

static void nothing_that_is_withheld_is_ever_lost(void **state)
{
	struct notice_gate gate = {0};
	unsigned seed = (unsigned)getpid(), shown = 0, told = 0, more, all = 0;
	int64_t now = 1000;
	struct buf out;
	int i;

	print_message("# seed %u\n", seed);
	srand(seed);
	for (i = 0; i < 20000; i++) {
		now += rand() % 400;
		buf_init(&out, BUF_MAX);
		if (notice_gate_close(&gate, now, &out)) {
			assert_int_equal(sscanf(out.data, "and %u more: %u failed", &more, &all), 2);
			assert_int_equal(more, all);
			told += more;
		}
		buf_done(&out);
		shown += notice_gate_show(&gate, CHANGE_FAILED, now);
	}
	assert_int_equal(shown + told + gate.withheld, 20000);
	assert_true(told > 0);
}

/* ---- facts ---- */

static const char *fact(char **env, const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; env[i]; i++)
		if (strncmp(env[i], name, len) == 0 && env[i][len] == '=')
			return env[i] + len + 1;
	return NULL;
}

static struct change change_in(struct store *store, const char *pipeline_name, enum change_kind kind,
			       enum state to)
{
	struct change change = {.seq = 1, .kind = kind, .from = STATE_RUNNING, .to = to};
	const struct entry *entries;
	size_t i, n = store_entries(store, &entries);

	for (i = 0; i < n && strcmp(entries[i].pipeline->name, pipeline_name) != 0; i++)
		;
	assert_true(i < n);
	ref_set(&change.ref, REF_PROJECT, entries[i].pipeline->project_id);
	ref_set(&change.ref, REF_PIPELINE, entries[i].pipeline->id);
	ref_set(&change.ref, REF_RUN, entries[i].run->id);
	change.pipeline = mem_strdup(entries[i].pipeline->name);
	change.number = entries[i].run->number;
	return change;
}

static void change_clear(struct change *change)
{
	ref_done(&change->ref);
	mem_free(change->pipeline);
}

static void a_hook_knows_what_is_known(void **state)
{
	struct store *store = store_new();
	struct change change;
	char **env;

	world_fill(store);
	change = change_in(store, "checkout-api", CHANGE_FAILED, STATE_FAILED);
	env = facts_new(&change, store, "on_fail", true);
	assert_string_equal(fact(env, "PIPETOP_HOOK"), "on_fail");
	assert_string_equal(fact(env, "PIPETOP_EVENT"), "failed");
	assert_string_equal(fact(env, "PIPETOP_STATE"), "failed");
	assert_string_equal(fact(env, "PIPETOP_FROM"), "running");
	assert_string_equal(fact(env, "PIPETOP_PROJECT"), WORLD_PROJECT);
	assert_string_equal(fact(env, "PIPETOP_PROJECT_NAME"), "shop");
	assert_string_equal(fact(env, "PIPETOP_PIPELINE"), change.ref.id[REF_PIPELINE]);
	assert_string_equal(fact(env, "PIPETOP_PIPELINE_NAME"), "checkout-api");
	assert_string_equal(fact(env, "PIPETOP_RUN"), change.ref.id[REF_RUN]);
	assert_string_equal(fact(env, "PIPETOP_RUN_NUMBER"), "1204");
	assert_string_equal(fact(env, "PIPETOP_STAGE"), "test");
	assert_string_equal(fact(env, "PIPETOP_JOB"), "unit");
	assert_string_equal(fact(env, "PIPETOP_STEP"), "run tests");
	assert_string_equal(fact(env, "PIPETOP_EXECUTOR"), "zhao.lei");
	assert_string_equal(fact(env, "PIPETOP_BRANCH"), "main");
	assert_string_equal(fact(env, "PIPETOP_STARTED"), "2026-11-24T05:33:00.000Z");
	assert_string_equal(fact(env, "PIPETOP_ENDED"), "2026-11-24T05:39:40.000Z");
	assert_null(fact(env, "PIPETOP_URL")); /* the server gave none */
	argv_free(env);
	change_clear(&change);

	change = change_in(store, "deploy-prod", CHANGE_GATE, STATE_WAITING);
	env = facts_new(&change, store, "on_gate", true);
	assert_string_equal(fact(env, "PIPETOP_STAGE"), "release");
	assert_null(fact(env, "PIPETOP_ENDED"));
	argv_free(env);
	change_clear(&change);
	store_free(store);
}

static void server_text_reaches_a_hook_without_controls_and_bounded(void **state)
{
	struct store *store = store_new();
	struct change change = change_of(CHANGE_FAILED);
	char *name = mem_zalloc(10001);
	const char *value;
	char **env;

	memset(name, 'n', 10000);
	memcpy(name, "\033[31m\r\nx", 8);
	change.pipeline = name;
	env = facts_new(&change, store, "on_fail", true);
	value = fact(env, "PIPETOP_PIPELINE_NAME");
	assert_true(strlen(value) <= 1024);
	assert_null(strpbrk(value, "\033\r\n"));
	argv_free(env);
	mem_free(name);
	store_free(store);
}

/* ---- the whole, with real children ---- */

struct scene {
	struct ev_loop *loop;
	struct store *store;
	struct changes *changes;
	struct hooks *hooks;
	struct notice_config config;
	char dir[64], script[128], out[128];
	int bells, notices, said;
	char text[4096];  /* notices, joined */
	char message[512];
	int64_t now_ms;
	uint64_t snapshot;
};

static void ring(void *self)
{
	((struct scene *)self)->bells++;
}

static void notify(void *self, const char *title, const char *text)
{
	struct scene *s = self;

	assert_string_equal(title, "pipetop");
	s->notices++;
	snprintf(s->text + strlen(s->text), sizeof(s->text) - strlen(s->text), "%s\n", text);
}

static void hear(void *self, bool bad, const char *text)
{
	struct scene *s = self;

	assert_true(bad);
	s->said++;
	snprintf(s->message, sizeof(s->message), "%s", text);
}

static bool is_marked(void *self, const struct ref *ref)
{
	return strcmp(ref->id[REF_PIPELINE], "p3") == 0;
}

static void too_late(struct ev_loop *loop, ev_timer *w, int revents)
{
	fail_msg("nothing happened for %.0f s", PATIENCE_S);
}

static void await(struct scene *s, const int *flag, int n)
{
	ev_timer timer;

	ev_timer_init(&timer, too_late, PATIENCE_S, 0.);
	ev_timer_start(s->loop, &timer);
	while (*flag < n)
		ev_run(s->loop, EVRUN_ONCE);
	ev_timer_stop(s->loop, &timer);
}

static void put(struct scene *s, int i, const char *status)
{
	struct pipeline p = {0};
	char text[32];

	snprintf(text, sizeof(text), "p%d", i);
	p.id = mem_strdup(text);
	p.name = mem_strdup(text);
	p.latest = mem_zalloc(sizeof(*p.latest));
	p.latest->pipeline_id = mem_strdup(text);
	snprintf(text, sizeof(text), "r%d", i);
	p.latest->id = mem_strdup(text);
	p.latest->status = mem_strdup(status);
	p.latest->number = i;
	p.latest->start_ms = WORLD_NOW - SECOND;
	store_take_pipelines(s->store, "shop", &p, 1, ++s->snapshot, s->now_ms);
}

static void look(struct scene *s)
{
	changes_update(s->changes, s->store, WORLD_NOW, WORLD_NOW);
	hooks_update(s->hooks, s->changes, s->now_ms);
}

static void write_script(struct scene *s, const char *text)
{
	FILE *f = fopen(s->script, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(s->script, 0700), 0);
}

static int setup(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));
	int i;

	s->loop = ev_default_loop(0);
	s->store = store_new();
	s->changes = changes_new();
	s->now_ms = when_monotonic_ms();
	notice_config_init(&s->config);
	snprintf(s->dir, sizeof(s->dir), "/tmp/pipetop-hooks-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->script, sizeof(s->script), "%s/hook", s->dir);
	snprintf(s->out, sizeof(s->out), "%s/out", s->dir);
	s->hooks = hooks_new(&(struct hooks_options){
		.loop = s->loop, .store = s->store, .config = &s->config, .utf8 = true, .bell = ring,
		.notify = notify, .say = hear, .marked = is_marked, .self = s});
	for (i = 0; i < 30; i++)
		put(s, i, "RUNNING");
	look(s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	hooks_free(s->hooks);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	unlink(s->script);
	unlink(s->out);
	assert_int_equal(rmdir(s->dir), 0);
	notice_config_done(&s->config);
	changes_free(s->changes);
	store_free(s->store);
	mem_free(s);
	return 0;
}

static void thirty_failures_in_a_second_ring_once(void **state)
{
	struct scene *s = *state;
	int i;

	s->config.bell = s->config.notify = true;
	for (i = 0; i < 30; i++)
		put(s, i, "FAILED");
	look(s);
	assert_int_equal(s->bells, 1);
	assert_int_equal(s->notices, 3);
	await(s, &s->notices, 4);
	assert_non_null(strstr(s->text, " failed\nand 27 more: 27 failed\n"));
	assert_int_equal(s->bells, 1);
	assert_int_equal(s->said, 0);
}

static void marks_choose_what_is_told(void **state)
{
	struct scene *s = *state;

	s->config.notify = true;
	s->config.scope = NOTICE_MARKED;
	put(s, 2, "FAILED");
	put(s, 3, "FAILED");
	look(s);
	assert_string_equal(s->text, "p3 3 failed\n");
}

/* Waits for a hook's file, by running the loop until `say` or the children are through. */
static void a_hook_is_run_with_its_facts(void **state)
{
	struct scene *s = *state;
	char line[256] = "", script[512];
	FILE *f;

	/* Its end is seen by its failing: that is what the status line is for. */
	snprintf(script, sizeof(script),
		 "#!/bin/sh\necho \"$# $PIPETOP_EVENT $PIPETOP_PIPELINE_NAME $PIPETOP_RUN_NUMBER\" >%s\n"
		 "echo 'no such channel' >&2\nexit 7\n",
		 s->out);
	write_script(s, script);
	set_hook(&s->config, NOTICE_ON_GATE, s->script);
	put(s, 4, "FAILED");
	put(s, 5, "PAUSED");
	look(s);
	await(s, &s->said, 1);
	assert_string_equal(s->message, "on_gate: exit status 7: no such channel");
	f = fopen(s->out, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	assert_string_equal(line, "0 gate p5 5\n");
}

static void a_hook_that_hangs_is_ended_and_said(void **state)
{
	struct scene *s = *state;

	write_script(s, "#!/bin/sh\nsleep 1000\n");
	set_hook(&s->config, NOTICE_ON_FAIL, s->script);
	s->config.hook_limit_ms = 200;
	put(s, 4, "FAILED");
	put(s, 5, "FAILED");
	look(s);
	await(s, &s->said, 2);
	assert_string_equal(s->message, "on_fail: took longer than 1 s and was ended (2 hooks failed so far)");
}

static void a_hook_that_is_not_there_is_said(void **state)
{
	struct scene *s = *state;

	set_hook(&s->config, NOTICE_ON_FINISH, "/no/such/hook");
	put(s, 4, "COMPLETED");
	look(s);
	assert_string_equal(s->message, "on_finish: /no/such/hook cannot be started: No such file or directory");
}

static void more_hooks_than_fit_are_dropped_and_said(void **state)
{
	struct scene *s = *state;
	int i;

	write_script(s, "#!/bin/sh\nexec sleep 1000\n");
	set_hook(&s->config, NOTICE_ON_FAIL, s->script);
	for (i = 0; i < 120; i++) {
		put(s, i, i < 30 ? "FAILED" : "RUNNING");
	}
	look(s);
	assert_int_equal(s->said, 0);
	for (i = 30; i < 120; i++)
		put(s, i, "FAILED");
	look(s);
	assert_int_equal(s->said, 120 - 108);
	assert_string_equal(s->message, "on_fail: not started, for 100 wait already (12 dropped so far) "
					"(12 hooks failed so far)");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_off_until_it_is_asked_for),
		cmocka_unit_test(each_kind_has_its_actions),
		cmocka_unit_test(only_the_pipelines_that_are_meant_count),
		cmocka_unit_test(a_pipeline_has_hooks_of_its_own),
		cmocka_unit_test(sentences_are_clean_words),
		cmocka_unit_test(a_storm_is_a_bell_a_few_notices_and_a_number),
		cmocka_unit_test(calm_changes_are_all_shown),
		cmocka_unit_test(nothing_that_is_withheld_is_ever_lost),
		cmocka_unit_test(a_hook_knows_what_is_known),
		cmocka_unit_test(server_text_reaches_a_hook_without_controls_and_bounded),
		TEST(thirty_failures_in_a_second_ring_once),
		TEST(marks_choose_what_is_told),
		TEST(a_hook_is_run_with_its_facts),
		TEST(a_hook_that_hangs_is_ended_and_said),
		TEST(a_hook_that_is_not_there_is_said),
		TEST(more_hooks_than_fit_are_dropped_and_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
