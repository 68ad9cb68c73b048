/* SPDX-License-Identifier: MIT */
/* The many: what is known of a pipeline without its plan must be what its plan says. */
#include "test.h"

#include "sim/world.h"
#include "sim_client.h"

#define MINUTE INT64_C(60000)

static const char *many_file(void)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/scenarios/many.conf",
		 getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	return path;
}

static struct world *make_many(int count, uint64_t seed)
{
	struct scenario_choice choice = {.seed = seed, .count = count};
	struct err err = {0};
	struct scenario *s = scenario_load(many_file(), &choice, &err);

	if (!s)
		fail_msg("%s", err.text);
	return world_new(s);
}

struct mood {
	int failed, waiting, running, queued, ok, stopped, never, live;
};

static struct mood look(struct world *w, int64_t now)
{
	struct mood m = {0};
	struct sight s;
	int i;

	world_catch_up(w, now);
	for (i = 0; i < world_count(w); i++) {
		if (!pipeline_sight(world_pipeline_at(w, i), now, now, SIM_GATE_PAUSED, &s)) {
			m.never++;
			continue;
		}
		m.failed += strcmp(s.word, "FAILED") == 0;
		m.waiting += strcmp(s.word, "PAUSED") == 0;
		m.running += strcmp(s.word, "RUNNING") == 0;
		m.queued += strcmp(s.word, "QUEUED") == 0;
		m.ok += strcmp(s.word, "COMPLETED") == 0;
		m.stopped += strcmp(s.word, "CANCELED") == 0;
	}
	m.live = m.waiting + m.running + m.queued;
	return m;
}

static void some_500_of_them_are_live_whatever_their_number(void **state)
{
	static const int counts[] = {5000, 20000};
	uint64_t seed;
	size_t i;
	int hour;

	for (i = 0; i < 2; i++)
		for (seed = 1; seed <= 3; seed++) {
			struct world *w = make_many(counts[i], seed);
			int64_t start = world_scenario(w)->start_ms;

			assert_int_equal(world_count(w), counts[i] + 2);
			for (hour = 0; hour < 3; hour++) {
				struct mood m = look(w, start + hour * 60 * MINUTE);

				assert_in_range(m.live, 400, 650);
				assert_in_range(m.waiting, 20, 200);
				assert_in_range(m.queued, 5, 60);
				assert_in_range(m.failed, counts[i] / 20, counts[i] / 6);
				assert_in_range(m.never, 1, counts[i] / 20);
				assert_true(m.stopped > counts[i] / 100);
				assert_true(m.ok > counts[i] / 2);
			}
			world_free(w);
		}
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void names_are_different_in_two_scripts_and_so_are_ids(void **state)
{
	struct world *w = make_many(20000, 1);
	int n = world_count(w), i, chinese = 0;
	const char **names = calloc((size_t)n, sizeof(*names));

	for (i = 0; i < n; i++) {
		const struct pipeline_info *p = world_pipeline_at(w, i)->info;

		names[i] = p->name;
		chinese += (p->name[0] & 0x80) != 0;
		assert_ptr_equal(world_pipeline(w, p->id), world_pipeline_at(w, i));
	}
	assert_in_range(chinese, n / 4, 3 * n / 4);
	qsort(names, (size_t)n, sizeof(*names), compare_strings);
	for (i = 1; i < n; i++)
		assert_string_not_equal(names[i - 1], names[i]);
	free(names);
	world_free(w);
}

/* Every sight is compared with the run made whole, which knows all. */
static void what_is_seen_from_afar_is_what_the_run_says(void **state)
{
	struct world *w = make_many(3000, 4);
	int64_t now = world_scenario(w)->start_ms, step;
	int i;

	for (step = 0; step < 12; step++, now += 7 * MINUTE) {
		world_catch_up(w, now);
		for (i = 0; i < world_count(w); i++) {
			struct pipeline *p = world_pipeline_at(w, i);
			struct run *r = pipeline_latest(p, now);
			struct sight s;

			if (!pipeline_sight(p, now, now, SIM_GATE_SUSPEND, &s)) {
				assert_null(r);
				continue;
			}
			assert_string_equal(s.word, run_word(r, now, SIM_GATE_SUSPEND));
			assert_string_equal(s.executor_id, r->executor_id);
			assert_true(s.created == r->created && s.start == r->start);
			assert_true(s.created <= now);
		}
	}
	world_free(w);
}

static void it_is_the_same_however_it_is_reached(void **state)
{
	struct world *a = make_many(1000, 5), *b = make_many(1000, 5);
	int64_t start = world_scenario(a)->start_ms, i;

	for (i = 0; i <= 90; i++)
		look(a, start + i * MINUTE);
	look(b, start + 90 * MINUTE);
	for (i = 0; i < world_count(a); i++) {
		struct run *x = pipeline_latest(world_pipeline_at(a, (int)i), start + 90 * MINUTE),
			   *y = pipeline_latest(world_pipeline_at(b, (int)i), start + 90 * MINUTE);

		assert_true(!x == !y);
		if (x)
			assert_string_equal(x->id, y->id);
	}
	world_free(a);
	world_free(b);
}

static void a_run_is_found_by_its_id_until_it_is_too_old(void **state)
{
	struct world *w = make_many(1000, 6);
	int64_t now = world_scenario(w)->start_ms;
	struct pipeline *p;
	char id[RNG_ID_SIZE];
	struct run *r = NULL;
	int i, n;

	for (i = 2; (p = world_pipeline_at(w, i)), pipeline_run_count(p) < 21; i++)
		;
	n = pipeline_run_count(p);
	assert_int_equal(n, 21);
	for (i = 0; i < n; i++) {
		r = pipeline_run_at(p, i);
		assert_true(i == 0 || r->number == pipeline_run_at(p, i - 1)->number + 1);
		snprintf(id, sizeof(id), "%s", r->id);
		assert_ptr_equal(pipeline_run(p, id, now), r);
	}
	assert_null(pipeline_run(p, "cccccccc000000000000000000000001", now));
	assert_null(pipeline_run(p, id, r->created - 1));
	world_free(w);
}

static int count_made(struct world *w)
{
	int n = 0;

	while (world_made(w, n))
		n += 100; /* each step goes through the list from its front */
	return n;
}

static void what_was_looked_at_is_forgotten_again(void **state)
{
	struct world *w = make_many(6000, 7);
	int64_t now = world_scenario(w)->start_ms;
	int i, made;

	for (i = 0; i < world_count(w); i++)
		pipeline_latest(world_pipeline_at(w, i), now);
	made = count_made(w);
	assert_true(made > 5000);
	world_catch_up(w, now + 1);
	made = count_made(w);
	assert_in_range(made, 1000, 3000);
	world_free(w);
}

/* ---- over HTTP ---- */

struct fixture {
	struct ev_loop *loop;
	struct sim *sim;
	char projects[5][40];
};

static int open_many(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct sim_options o;
	struct err err = {0};
	struct buf ids;
	int i;

	sim_options_init(&o);
	o.scenario = many_file();
	o.speed = 0;
	o.count = 5000;
	f->loop = ev_loop_new(EVFLAG_AUTO);
	f->sim = sim_new(f->loop, &o, &err);
	if (!f->sim)
		fail_msg("%s", err.text);
	buf_init(&ids, BUF_MAX);
	sim_projects(f->sim, &ids);
	assert_int_equal(ids.len, 5 * 33 - 1);
	for (i = 0; i < 5; i++)
		snprintf(f->projects[i], 33, "%.32s", ids.data + 33 * i);
	buf_done(&ids);
	*state = f;
	return 0;
}

static int close_it(void **state)
{
	struct fixture *f = *state;

	sim_free(f->sim);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static cJSON *list(struct fixture *f, int project, const char *fields, ...)
	__attribute__((format(printf, 3, 4)));
static cJSON *list(struct fixture *f, int project, const char *fields, ...)
{
	char path[200], body[1000];
	va_list ap;

	snprintf(path, sizeof(path), "/v5/%s/api/pipelines/list", f->projects[project]);
	va_start(ap, fields);
	vsnprintf(body, sizeof(body), fields, ap);
	va_end(ap);
	return client_json(f->loop, f->sim, "POST", path, body, 200);
}

static void pages_give_each_pipeline_once_and_the_total_is_right(void **state)
{
	struct fixture *f = *state;
	int project, all = 0, offset, total, n;
	const char *names[2000];
	cJSON *pages[10];
	const cJSON *e;

	for (project = 0; project < 5; project++) {
		for (n = 0, offset = 0, total = 1; offset < total; offset += 200) {
			cJSON *o = list(f, project,
					"{\"offset\":%d,\"limit\":200,\"is_banned\":true,"
					"\"query_new\":false}",
					offset);

			pages[offset / 200] = o;
			total = at(o, "total")->valueint;
			assert_true(total < 2000);
			cJSON_ArrayForEach(e, at(o, "pipelines"))
			{
				names[n++] = string_at(e, "pipeline_id");
			}
		}
		assert_int_equal(n, total);
		qsort(names, (size_t)n, sizeof(*names), compare_strings);
		for (n = 1; n < total; n++)
			assert_string_not_equal(names[n - 1], names[n]);
		for (offset = 0; offset < total; offset += 200)
			cJSON_Delete(pages[offset / 200]);
		all += total;
	}
	assert_int_equal(all, 5002);
}

static void live_ones_of_several_projects_come_in_one_list(void **state)
{
	struct fixture *f = *state;
	int sum = 0, i;
	cJSON *o;

	for (i = 0; i < 3; i++) {
		o = list(f, i, "{\"status\":[\"RUNNING\",\"QUEUED\"]}");
		sum += at(o, "total")->valueint;
		cJSON_Delete(o);
	}
	o = list(f, 4,
		 "{\"status\":[\"RUNNING\",\"QUEUED\"],\"project_ids\":[\"%s\",\"%s\",\"%s\"]}",
		 f->projects[0], f->projects[1], f->projects[2]);
	assert_int_equal(at(o, "total")->valueint, sum);
	assert_in_range(sum, 200, 500);
	cJSON_Delete(o);
}

/* The same answer before and after thousands of other runs were looked at. */
static void a_run_that_was_forgotten_is_made_again_the_same(void **state)
{
	struct fixture *f = *state;
	cJSON *o = list(f, 1, "{\"status\":[\"FAILED\"],\"limit\":1}"), *before, *after;
	const cJSON *row = cJSON_GetArrayItem(at(o, "pipelines"), 0);
	char path[300];
	int project, offset;

	snprintf(path, sizeof(path),
		 "/v5/%s/api/pipelines/%s/pipeline-runs/detail?pipeline_run_id=%s", f->projects[1],
		 string_at(row, "pipeline_id"),
		 string_at(at(row, "latest_run"), "pipeline_run_id"));
	cJSON_Delete(o);
	before = client_json(f->loop, f->sim, "GET", path, NULL, 200);
	for (project = 0; project < 5; project++)
		for (offset = 0; offset < 1500; offset += 200)
			cJSON_Delete(list(f, project, "{\"offset\":%d,\"limit\":200}", offset));
	after = client_json(f->loop, f->sim, "GET", path, NULL, 200);
	assert_true(cJSON_Compare(before, after, true));
	cJSON_Delete(before);
	cJSON_Delete(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_500_of_them_are_live_whatever_their_number),
		cmocka_unit_test(names_are_different_in_two_scripts_and_so_are_ids),
		cmocka_unit_test(what_is_seen_from_afar_is_what_the_run_says),
		cmocka_unit_test(it_is_the_same_however_it_is_reached),
		cmocka_unit_test(a_run_is_found_by_its_id_until_it_is_too_old),
		cmocka_unit_test(what_was_looked_at_is_forgotten_again),
#define MANY_TEST(name) cmocka_unit_test_setup_teardown(name, open_many, close_it)
		MANY_TEST(pages_give_each_pipeline_once_and_the_total_is_right),
		MANY_TEST(live_ones_of_several_projects_come_in_one_list),
		MANY_TEST(a_run_that_was_forgotten_is_made_again_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
