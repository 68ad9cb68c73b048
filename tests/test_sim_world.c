/* SPDX-License-Identifier: MIT */
/* The demo's day, looked at from inside: what must be so at any moment of it. */
#include "test.h"

#include "core/buf.h"
#include "sim/server.h"
#include "sim/world.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)

static struct scenario *load(const char *name, uint64_t seed)
{
	char path[4096];
	struct err err = {0};
	struct scenario *s;

	snprintf(path, sizeof(path), "%s/scenarios/%s.conf",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".", name);
	s = scenario_load(path, &(struct scenario_choice){.seed = seed}, &err);
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

struct mood { /* of the world at a moment */
	int failing, waiting, running, queued, retried, ok, kept;
};

static struct mood look(struct world *w, int64_t now)
{
	struct mood m = {0};
	int i;

	world_catch_up(w, now);
	for (i = 0; i < world_count(w); i++) {
		struct pipeline *p = world_pipeline_at(w, i);
		const struct run *r = pipeline_latest(p, now);
		const char *word = r ? run_word(r, now, SIM_GATE_PAUSED) : "";

		m.kept += p->n;
		m.failing += strcmp(word, "FAILED") == 0;
		m.waiting += strcmp(word, "PAUSED") == 0;
		m.running += strcmp(word, "RUNNING") == 0;
		m.queued += strcmp(word, "QUEUED") == 0;
		m.ok += strcmp(word, "COMPLETED") == 0;
		m.retried += r && run_attempt(r, now) > 1;
	}
	return m;
}

static void check_mood(const struct mood *m, int64_t minute)
{
	if (m->waiting < 1 || m->waiting > 8 || m->queued < 1 || m->running < 2 ||
	    m->running > 12 || m->failing < 1 || m->failing > 9 || m->ok < 10)
		fail_msg("minute %lld: %d failing, %d waiting, %d running, %d queued, %d ok",
			 (long long)minute, m->failing, m->waiting, m->running, m->queued, m->ok);
}

/* Whoever tries the program finds one of each kind of wait on the first screen. */
static void the_demo_begins_with_every_kind_of_wait(void **state)
{
	struct world *w = world_new(load("demo", 0));
	int64_t now = world_scenario(w)->start_ms;
	bool review = false, entry = false, delay = false, suspended = false;
	int i;

	for (i = 0; i < world_count(w); i++) {
		struct run *r = pipeline_latest(world_pipeline_at(w, i), now);
		struct plan_step *gate = r ? plan_open_gate(&r->plans[run_attempt(r, now) - 1], now) : NULL;

		if (!gate)
			continue;
		review = review || (gate->shape->gate && gate->shape->napprovers > 1 && gate->shape->timeout_s > 0 &&
				    strcmp(gate->task, "official_devcloud_checkpoint") == 0);
		entry = entry || strcmp(gate->task, "official_devcloud_manualTrigger") == 0;
		delay = delay || gate->shape->delay;
		if (!gate->shape->suspends)
			continue;
		suspended = true;
		assert_string_equal(run_word(r, now, SIM_GATE_RUNNING), "SUSPEND");
	}
	assert_true(review && entry && delay && suspended);
	world_free(w);
}

/* Averages are what an operator remembers of a day; the bounds above are its worst moment. */
static void any_day_of_the_demo_looks_like_a_tuesday(void **state)
{
	uint64_t seed;

	for (seed = 1; seed <= 5; seed++) {
		struct world *w = world_new(load("demo", seed));
		int64_t start = world_scenario(w)->start_ms, minute;
		struct mood sum = {0}, m;
		int n = 0;

		for (minute = 0; minute < 24 * 60; minute += 3, n++) {
			m = look(w, start + minute * MINUTE);
			check_mood(&m, minute);
			sum.failing += m.failing;
			sum.waiting += m.waiting;
			sum.running += m.running;
			sum.retried += m.retried;
		}
		assert_in_range(sum.failing * 10 / n, 28, 60);
		assert_in_range(sum.waiting * 10 / n, 25, 50);
		assert_in_range(sum.running * 10 / n, 40, 80);
		assert_in_range(sum.retried * 10 / n, 9, 20);
		world_free(w);
	}
}

static void the_demo_begins_in_the_middle_of_a_day_with_a_history(void **state)
{
	struct world *w = world_new(load("demo", 1));
	int64_t now = world_scenario(w)->start_ms;
	int i, with_history = 0;
	struct mood m = look(w, now);

	check_mood(&m, 0);
	assert_in_range(world_count(w), 30, 45);
	assert_int_equal(world_scenario(w)->nprojects, 3);
	for (i = 0; i < world_count(w); i++)
		with_history += world_pipeline_at(w, i)->n >= 15;
	assert_true(with_history >= 30);
	world_free(w);
}

/* Longer under way than any run before that was not slow itself. */
static void the_demo_has_a_run_that_is_stuck_soon_after_its_start(void **state)
{
	struct world *w = world_new(load("demo", 1));
	int64_t now = world_scenario(w)->start_ms + MINUTE, longest;
	int i, k, stuck = 0;

	world_catch_up(w, now);
	for (i = 0; i < world_count(w); i++) {
		struct pipeline *p = world_pipeline_at(w, i);
		const struct run *r = pipeline_latest(p, now);

		if (!r || strcmp(run_word(r, now, SIM_GATE_PAUSED), "RUNNING"))
			continue;
		for (longest = 0, k = 0; k < p->n; k++) {
			int64_t length = p->runs[k]->plans[0].end - p->runs[k]->start;

			if (run_final(p->runs[k], now) && !p->runs[k]->plans[0].slow &&
			    length > longest)
				longest = length;
		}
		stuck += now - r->start > longest + MINUTE;
	}
	assert_true(stuck >= 1);
	world_free(w);
}

static void months_of_it_need_no_more_memory_than_its_first_day(void **state)
{
	struct world *w = world_new(load("demo", 2));
	int64_t start = world_scenario(w)->start_ms;
	struct mood first = look(w, start + 24 * HOUR), last = look(w, start + 60 * 24 * HOUR);

	check_mood(&last, 60 * 24 * 60);
	assert_true(last.kept <= first.kept + first.kept / 5);
	world_free(w);
}

/* A digest of what can be seen at a moment. */
static uint64_t digest(struct world *w, int64_t now)
{
	uint64_t h = 1;
	int i;

	world_catch_up(w, now);
	for (i = 0; i < world_count(w); i++) {
		const struct run *r = pipeline_latest(world_pipeline_at(w, i), now);
		const char *c;

		for (c = r ? r->id : ""; *c; c++)
			h = rng_mix(h, (uint64_t)*c);
		for (c = r ? run_word(r, now, SIM_GATE_RUNNING) : ""; *c; c++)
			h = rng_mix(h, (uint64_t)*c);
	}
	return h;
}

static void the_same_seed_gives_the_same_world_however_it_is_reached(void **state)
{
	struct world *a = world_new(load("demo", 7)), *b = world_new(load("demo", 7)),
		     *c = world_new(load("demo", 8));
	int64_t start = world_scenario(a)->start_ms, i;

	for (i = 0; i <= 100; i++)
		digest(a, start + i * MINUTE);
	assert_true(digest(a, start + 100 * MINUTE) == digest(b, start + 100 * MINUTE));
	assert_true(digest(a, start + 100 * MINUTE) != digest(c, start + 100 * MINUTE));
	world_free(a);
	world_free(b);
	world_free(c);
}

/* ---- what holds for every run ---- */

static void check_span(const struct plan_span *inner, const struct plan_span *outer,
		       const char *what)
{
	if (inner->start == PLAN_NEVER)
		return;
	if (inner->start < outer->start || inner->end > outer->end || inner->end < inner->start)
		fail_msg("%s: %lld..%lld is not within %lld..%lld", what, (long long)inner->start,
			 (long long)inner->end, (long long)outer->start, (long long)outer->end);
}

static void check_run(const struct run *r)
{
	const struct plan *p = &r->plans[0];
	int i, j, k;

	for (i = 0; i < p->n; i++)
		for (j = 0; j < p->stages[i].n; j++) {
			const struct plan_job *job = &p->stages[i].jobs[j];

			check_span(&job->span, &p->stages[i].span, job->name);
			for (k = 0; k < job->n; k++) {
				const struct plan_step *s = &job->steps[k];

				check_span(&s->span, &job->span, s->name);
				if (s->log.form == LOG_TEMPLATE)
					assert_int_equal(
						logtext_visible(&s->log, s->span.start - 1), 0);
			}
		}
}

static void steps_lie_within_jobs_and_jobs_within_stages(void **state)
{
	struct world *w = world_new(load("demo", 3));
	int i, k;

	for (i = 0; i < world_count(w); i++)
		for (k = 0; k < world_pipeline_at(w, i)->n; k++)
			check_run(world_pipeline_at(w, i)->runs[k]);
	world_free(w);
}

static void a_retry_keeps_what_was_well_and_gives_the_failed_job_new_ids(void **state)
{
	struct world *w = world_new(load("demo", 1));
	int i, k, seen = 0;

	for (i = 0; i < world_count(w); i++)
		for (k = 0; k < world_pipeline_at(w, i)->n; k++) {
			struct run *r = world_pipeline_at(w, i)->runs[k];
			const struct plan *a = &r->plans[0], *b = &r->plans[1];
			int g, j, fresh = 0;

			if (r->nplans < 2)
				continue;
			seen++;
			assert_true(b->from > a->end);
			assert_string_equal(run_word(r, a->end + 1, SIM_GATE_RUNNING), "FAILED");
			assert_string_equal(run_word(r, b->from + 1, SIM_GATE_RUNNING), "RUNNING");
			for (g = 0; g < a->n; g++)
				for (j = 0; j < a->stages[g].n; j++) {
					const struct plan_job *x = &a->stages[g].jobs[j],
							      *y = &b->stages[g].jobs[j];

					if (x->span.outcome == SIM_COMPLETED)
						assert_string_equal(x->id, y->id);
					if (x->span.outcome != SIM_FAILED)
						continue;
					fresh++;
					assert_string_not_equal(x->id, y->id);
					assert_non_null(
						run_step(r, x->id, x->steps[0].id, b->from + 1));
				}
			assert_true(fresh >= 1);
		}
	assert_true(seen >= 20);
	world_free(w);
}

static void a_sub_pipeline_runs_as_long_as_the_step_that_started_it(void **state)
{
	struct world *w = world_new(load("demo", 1));
	int64_t now = world_scenario(w)->start_ms;
	int i, k, g, j, s, seen = 0;

	for (i = 0; i < world_count(w); i++)
		for (k = 0; k < world_pipeline_at(w, i)->n; k++) {
			const struct plan *p = &world_pipeline_at(w, i)->runs[k]->plans[0];

			for (g = 0; g < p->n; g++)
				for (j = 0; j < p->stages[g].n; j++)
					for (s = 0; s < p->stages[g].jobs[j].n; s++) {
						const struct plan_step *step =
							&p->stages[g].jobs[j].steps[s];
						struct pipeline *child =
							step->sub_run
								? world_pipeline(w,
										 step->sub_pipeline)
								: NULL;
						struct run *run =
							child ? pipeline_run(child, step->sub_run,
									     now)
							      : NULL;

						if (!run || step->span.outcome == SIM_CANCELED)
							continue;
						seen++;
						assert_true(run->start >= step->span.start);
						assert_int_equal(run->plans[0].end + 1000,
								 step->span.end);
						assert_int_equal(run->plans[0].outcome,
								 step->span.outcome);
					}
		}
	assert_true(seen >= 10);
	world_free(w);
}

/* ---- scenario files ---- */

static void complaint(const char *text, const char *expected)
{
	char path[] = "/tmp/pipetop-test-XXXXXX";
	int fd = mkstemp(path);
	struct err err = {0};
	FILE *f;

	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	fputs(text, f);
	fclose(f);
	assert_null(scenario_load(path, &(struct scenario_choice){0}, &err));
	if (!strstr(err.text, expected))
		fail_msg("\"%s\" does not say \"%s\"", err.text, expected);
	remove(path);
}

static void a_wrong_scenario_is_refused_with_the_line_and_the_reason(void **state)
{
	complaint("projects = (", ":1: syntax error");
	complaint("seed = 3;", "no projects");
	complaint("projects = ( { name = \"p\"; pipelines = ( { name = \"a\"; shape = \"nope\"; } "
		  "); } );",
		  ":1: there is no shape \"nope\"");
	complaint("shapes: { s = ( { jobs = (\n { steps = [\"x\"]; } ); } ); };",
		  ":2: there is no step \"x\"");
	complaint("steps: {\n x = { log = \"y\"; }; };", ":2: there is no log \"y\"");
	complaint("variables: {\n x = { type = \"float\"; }; };",
		  ":2: type \"float\" is none of string, enum, autoIncrement");
	complaint("variables: {\n x = { shapes = [\"y\"]; }; };", ":2: there is no shape \"y\"");
	complaint("projects = ( { } );\nlanes = ( { pipelines = [\"ghost\"]; } );",
		  ":2: there is no pipeline \"ghost\"");
	complaint("projects = ( { } );\nlanes = ( { kind = \"fast\"; } );",
		  "none of steady, gate, queue, retry, daily");
	complaint("start = \"yesterday\"; projects = ( { } );", "start \"yesterday\" is neither");
	complaint("projects = ( { pipelines = ( { runs = ( { row_from = \"no-such.json\"; } ); } "
		  "); } );",
		  "cannot open /tmp/no-such.json");
}

static void an_unknown_name_lists_what_there_is(void **state)
{
	struct err err = {0};

	assert_null(scenario_load("atlantis", &(struct scenario_choice){0}, &err));
	assert_non_null(strstr(err.text, "there is no scenario \"atlantis\""));
}

/*
 * The man page shows a call as METHOD and a path, with capitals for what varies. Looked for
 * is what comes after the last of those, or before the first when the path ends in one.
 */
static bool man_has(const char *man, const struct route *route)
{
	const char *vary = strrchr(route->pattern, '}'), *line, *end, *at;
	bool open = vary && !vary[1];
	const char *part = vary && !open ? vary + 1 : route->pattern;
	size_t n = strcspn(part, "{");
	char method[40];

	snprintf(method, sizeof(method), "Ql %s ", route->method);
	for (line = man; (line = strstr(line, method)); line = end) {
		end = line + strcspn(line, "\n");
		at = memmem(line, (size_t)(end - line), part, n);
		if (at && (open || at + n == end || at[n] == '?'))
			return true;
	}
	return false;
}

static void the_man_page_names_every_call(void **state)
{
	char *man = test_file("../man/pipetop-sim.1", NULL);
	size_t i;

	for (i = 0; i < service_routes_count; i++)
		if (!man_has(man, &service_routes[i]))
			fail_msg("the man page lacks %s %s", service_routes[i].method,
				 service_routes[i].pattern);
	for (i = 0; i < control_routes_count; i++)
		if (!man_has(man, &control_routes[i]))
			fail_msg("the man page lacks %s %s", control_routes[i].method,
				 control_routes[i].pattern);
	free(man);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_day_of_the_demo_looks_like_a_tuesday),
		cmocka_unit_test(the_demo_begins_with_every_kind_of_wait),
		cmocka_unit_test(the_demo_begins_in_the_middle_of_a_day_with_a_history),
		cmocka_unit_test(the_demo_has_a_run_that_is_stuck_soon_after_its_start),
		cmocka_unit_test(months_of_it_need_no_more_memory_than_its_first_day),
		cmocka_unit_test(the_same_seed_gives_the_same_world_however_it_is_reached),
		cmocka_unit_test(steps_lie_within_jobs_and_jobs_within_stages),
		cmocka_unit_test(a_retry_keeps_what_was_well_and_gives_the_failed_job_new_ids),
		cmocka_unit_test(a_sub_pipeline_runs_as_long_as_the_step_that_started_it),
		cmocka_unit_test(a_wrong_scenario_is_refused_with_the_line_and_the_reason),
		cmocka_unit_test(an_unknown_name_lists_what_there_is),
		cmocka_unit_test(the_man_page_names_every_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
