/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "model/attention.h"

#define MINUTE INT64_C(60000)
#define NOW (INT64_C(1767312000000))

struct sample {
	char project[8], name[12];
	enum state state;
	int64_t number;
	int64_t start_ms; /* before NOW; 0: the pipeline never ran */
	bool older;
	int64_t usual_ms;
	enum attention attention;
};

/* In the order that is promised. */
static struct sample samples[] = {
	{"shop", "deploy", STATE_WAITING, 3, 5 * MINUTE, false, 0, ATTENTION_WAITING},
	{"shop", "deploy", STATE_WAITING, 2, 9 * MINUTE, true, 0, ATTENTION_WAITING},
	{"shop", "build", STATE_FAILED, 9, 1 * MINUTE, false, 0, ATTENTION_FAILING},
	{"shop", "build-2", STATE_FAILED, 9, 2 * MINUTE, false, 0, ATTENTION_FAILING},
	{"shop", "build-10", STATE_FAILED, 9, 2 * MINUTE, false, 0, ATTENTION_FAILING},
	{"shop", "hangs", STATE_RUNNING, 7, 90 * MINUTE, false, 10 * MINUTE, ATTENTION_STUCK},
	{"shop", "queue", STATE_QUEUED, 7, 1 * MINUTE, false, MINUTE / 60, ATTENTION_RUNNING},
	{"shop", "quick", STATE_RUNNING, 7, 12 * MINUTE, false, 10 * MINUTE, ATTENTION_RUNNING},
	{"shop", "new", STATE_RUNNING, 7, 99 * MINUTE, false, 0, ATTENTION_RUNNING},
	{"shop", "odd", STATE_OTHER, 1, 1 * MINUTE, false, 0, ATTENTION_REST},
	{"shop", "green", STATE_OK, 1, 5 * MINUTE, false, 0, ATTENTION_REST},
	{"a", "same", STATE_STOPPED, 1, 50 * MINUTE, false, 0, ATTENTION_REST},
	{"b", "same", STATE_OK, 1, 50 * MINUTE, false, 0, ATTENTION_REST},
	{"shop", "never-a", STATE_OTHER, 0, 0, false, 0, ATTENTION_REST},
	{"shop", "never-b", STATE_OTHER, 0, 0, false, 0, ATTENTION_REST},
};
#define N (sizeof(samples) / sizeof(samples[0]))

struct world {
	struct pipeline pipelines[N];
	struct run runs[N];
	struct entry entries[N];
};

static void fill(struct world *w)
{
	size_t i;

	memset(w, 0, sizeof(*w));
	for (i = 0; i < N; i++) {
		w->pipelines[i].project_id = w->pipelines[i].project_name = samples[i].project;
		w->pipelines[i].id = w->pipelines[i].name = samples[i].name;
		w->runs[i].state = samples[i].state;
		w->runs[i].number = samples[i].number;
		w->runs[i].start_ms = NOW - samples[i].start_ms;
		w->entries[i].pipeline = &w->pipelines[i];
		w->entries[i].run = samples[i].start_ms ? &w->runs[i] : NULL;
		w->entries[i].latest = !samples[i].older;
		w->entries[i].usual_ms = samples[i].usual_ms;
	}
}

static void rows_are_classed_by_what_they_ask_of_a_person(void **state)
{
	struct world w;
	size_t i;

	fill(&w);
	for (i = 0; i < N; i++)
		assert_int_equal(attention_of(&w.entries[i], NOW), samples[i].attention);
}

static void only_a_latest_run_fails(void **state)
{
	struct world w;

	fill(&w);
	w.entries[2].latest = false;
	assert_int_equal(attention_of(&w.entries[2], NOW), ATTENTION_REST);
}

static void nothing_is_stuck_while_the_servers_clock_is_unknown(void **state)
{
	struct world w;

	fill(&w);
	assert_int_equal(attention_of(&w.entries[5], 0), ATTENTION_RUNNING);
}

static void any_order_comes_out_as_the_one_order(void **state)
{
	unsigned seed = 20260102;
	struct world w;
	struct entry swap;
	size_t round, i, k;

	print_message("# seed %u\n", seed);
	for (round = 0; round < 200; round++) {
		fill(&w);
		for (i = N; i-- > 1;) {
			k = (size_t)rand_r(&seed) % (i + 1);
			swap = w.entries[i];
			w.entries[i] = w.entries[k];
			w.entries[k] = swap;
		}
		attention_sort(w.entries, N, NOW);
		for (i = 0; i < N; i++)
			assert_ptr_equal(w.entries[i].pipeline, &w.pipelines[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_classed_by_what_they_ask_of_a_person),
		cmocka_unit_test(only_a_latest_run_fails),
		cmocka_unit_test(nothing_is_stuck_while_the_servers_clock_is_unknown),
		cmocka_unit_test(any_order_comes_out_as_the_one_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
