/* SPDX-License-Identifier: MIT */
/* The list of changes: what it shows, where its cursor is, and what counts as seen. */
#include "test.h"

#include <locale.h>

#include "../src/ui/changespane.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/when.h"
#include "world.h"

#define MINUTE INT64_C(60000)

struct scene {
	struct store *store;
	struct changes *changes;
	struct grid *grid;
	struct changespane pane;
	struct ui_now now;
	struct ref ref;
	uint64_t snapshot;
};

static int setup(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));

	setlocale(LC_ALL, "");
	s->store = store_new();
	s->changes = changes_new();
	s->grid = grid_new(8, 80);
	grid_set_utf8(s->grid, true);
	s->now = (struct ui_now){.now_ms = 5000, .wall_ms = WORLD_NOW, .server_ms = WORLD_NOW};
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	ref_done(&s->ref);
	grid_free(s->grid);
	changes_free(s->changes);
	store_free(s->store);
	mem_free(s);
	return 0;
}

static void put(struct scene *s, const char *name, int number, const char *status, int64_t start_ms)
{
	struct pipeline p = {.id = mem_strdup(name), .name = mem_strdup(name)};
	char id[64];

	snprintf(id, sizeof(id), "%.40s-%d", name, number);
	p.latest = mem_zalloc(sizeof(*p.latest));
	p.latest->id = mem_strdup(id);
	p.latest->pipeline_id = mem_strdup(name);
	p.latest->status = mem_strdup(status);
	p.latest->number = number;
	p.latest->start_ms = start_ms;
	store_take_pipelines(s->store, "shop", &p, 1, ++s->snapshot, 1000);
	changes_update(s->changes, s->store, s->now.server_ms, s->now.wall_ms);
	s->now.server_ms += MINUTE;
	s->now.wall_ms += MINUTE;
}

/* Six events, the newest last. */
static void evening(struct scene *s)
{
	put(s, "checkout", 7, "RUNNING", WORLD_NOW - MINUTE);
	put(s, "\xe5\x95\x86\xe5\x93\x81\xe7\x9b\xae\xe5\xbd\x95", 1, "RUNNING", WORLD_NOW - MINUTE);
	put(s, "old", 3, "COMPLETED", WORLD_NOW - 100 * MINUTE);
	put(s, "checkout", 7, "PAUSED", WORLD_NOW - MINUTE);
	put(s, "checkout", 7, "RUNNING", WORLD_NOW - MINUTE);
	put(s, "\xe5\x95\x86\xe5\x93\x81\xe7\x9b\xae\xe5\xbd\x95", 1, "CANCELED", WORLD_NOW - MINUTE);
	put(s, "checkout", 7, "FAILED", WORLD_NOW - MINUTE);
	put(s, "old", 4, "QUEUED", WHEN_NONE);
	store_gone(s->store, "shop", "old", NULL, 9000);
	changes_update(s->changes, s->store, s->now.server_ms, s->now.wall_ms);
	s->now.wall_ms += 5000;
}

static void draw(struct scene *s, struct buf *out)
{
	struct rect all = {0, 0, grid_rows(s->grid), grid_cols(s->grid)};

	grid_clear(s->grid);
	changespane_draw(&s->pane, s->changes, s->grid, &all, &s->now);
	buf_init(out, BUF_MAX);
	grid_dump(s->grid, false, out);
}

static void check(struct scene *s, const char *want)
{
	struct buf out;

	draw(s, &out);
	if (strncmp(out.data, want, strlen(want)) != 0)
		assert_string_equal(out.data, want);
	buf_done(&out);
}

static enum changespane_answer press(struct scene *s, const char *name)
{
	struct key key;

	assert_true(key_parse(name, &key));
	return changespane_key(&s->pane, s->changes, &key, &s->ref);
}

static void changes_are_listed_newest_first(void **state)
{
	struct scene *s = *state;

	evening(s);
	changespane_open(&s->pane, s->changes);
	check(s, " Changes  6 new of 6  (Enter goes there, q leaves: then all are seen)\n"
		 "|*06:08   queued -> gone         old 4                                       5s\n"
		 " *06:07   new run -> . queued    old 4                                       1m\n"
		 " *06:06   running -> \xe2\x9c\x97 failed    checkout 7                                  2m\n"
		 " *06:05   running -> = stopped   \xe5\x95\x86\xe5\x93\x81\xe7\x9b\xae\xe5\xbd\x95 1"
		 "                                  3m\n"
		 " *06:04   waiting -> \xe2\x86\xbb running   checkout 7                                  4m\n"
		 " *06:03   running -> ? waiting   checkout 7                                  5m\n");
}

static void a_narrow_window_and_ascii_show_what_it_is_now(void **state)
{
	struct scene *s = *state;

	evening(s);
	grid_resize(s->grid, 4, 40);
	grid_set_utf8(s->grid, false);
	changespane_open(&s->pane, s->changes);
	check(s, " Changes  6 new of 6  (Enter goes there,\n"
		 "|*gone          old 4                5s\n"
		 " *. queued      old 4                1m\n"
		 " *x failed      checkout 7           2m\n");
}

static void nothing_yet_is_said(void **state)
{
	struct scene *s = *state;
	struct buf out;

	changespane_open(&s->pane, s->changes);
	draw(s, &out);
	assert_non_null(strstr(out.data, "nothing has changed yet"));
	buf_done(&out);
	assert_int_equal(press(s, "Enter"), CHANGESPANE_STAYS);
	assert_int_equal(press(s, "j"), CHANGESPANE_STAYS);
	assert_int_equal(press(s, "q"), CHANGESPANE_CLOSED);
}

static void enter_goes_there_and_the_next_opening_goes_on(void **state)
{
	struct scene *s = *state;

	evening(s);
	changespane_open(&s->pane, s->changes);
	assert_int_equal(press(s, "j"), CHANGESPANE_STAYS);
	assert_int_equal(press(s, "j"), CHANGESPANE_STAYS);
	assert_int_equal(press(s, "Enter"), CHANGESPANE_JUMPS);
	assert_false(s->pane.open);
	assert_string_equal(s->ref.id[REF_PIPELINE], "checkout");
	assert_string_equal(s->ref.id[REF_RUN], "checkout-7");
	assert_int_equal(changes_unseen(s->changes), 5);
	changespane_open(&s->pane, s->changes);
	assert_int_equal(press(s, "Enter"), CHANGESPANE_JUMPS);
	assert_string_equal(s->ref.id[REF_PIPELINE], "old");
	changespane_open(&s->pane, s->changes);
	assert_int_equal(s->pane.selected, 5);
	assert_int_equal(press(s, "Esc"), CHANGESPANE_CLOSED);
	assert_int_equal(changes_unseen(s->changes), 0);
	changespane_open(&s->pane, s->changes);
	assert_int_equal(s->pane.selected, 6);
	assert_int_equal(press(s, "t"), CHANGESPANE_OTHER);
	assert_true(s->pane.open);
}

static void the_cursor_stays_on_its_event_when_new_ones_come(void **state)
{
	struct scene *s = *state;
	struct buf out;
	int i;

	evening(s);
	changespane_open(&s->pane, s->changes);
	press(s, "j");
	press(s, "j");
	draw(s, &out);
	buf_done(&out);
	for (i = 0; i < 20; i++)
		put(s, "busy", 1, i % 2 ? "RUNNING" : "PAUSED", WORLD_NOW - MINUTE);
	draw(s, &out);
	assert_non_null(strstr(out.data, "\n|*06:06   running -> \xe2\x9c\x97 failed    checkout 7"));
	buf_done(&out);
	/* It leaves the ring, and the cursor is on the oldest that is there. */
	for (i = 0; i < 1200; i++)
		put(s, "busy", 1, i % 2 ? "RUNNING" : "PAUSED", WORLD_NOW - MINUTE);
	assert_int_equal(press(s, "Enter"), CHANGESPANE_JUMPS);
	assert_true(changes_at(s->changes, CHANGES_MAX - 1)->seen);
}

static void it_scrolls_to_both_ends_at_any_size(void **state)
{
	static const int sizes[][2] = {{8, 80}, {1, 80}, {2, 1}, {1, 1}, {3, 300}};
	struct scene *s = *state;
	struct buf out;
	size_t i;
	int k;

	evening(s);
	for (k = 0; k < 100; k++)
		put(s, "busy", 1, k % 2 ? "RUNNING" : "PAUSED", WORLD_NOW - MINUTE);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		grid_resize(s->grid, sizes[i][0], sizes[i][1]);
		changespane_open(&s->pane, s->changes);
		draw(s, &out);
		buf_done(&out);
		press(s, "G");
		assert_int_equal(s->pane.selected, 1);
		draw(s, &out);
		buf_done(&out);
		press(s, "PgUp");
		press(s, "Ctrl+D");
		press(s, "g");
		assert_int_equal(s->pane.selected, changes_at(s->changes, 0)->seq);
		draw(s, &out);
		buf_done(&out);
		assert_int_equal(s->pane.top, 0);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(changes_are_listed_newest_first),
		TEST(a_narrow_window_and_ascii_show_what_it_is_now),
		TEST(nothing_yet_is_said),
		TEST(enter_goes_there_and_the_next_opening_goes_on),
		TEST(the_cursor_stays_on_its_event_when_new_ones_come),
		TEST(it_scrolls_to_both_ends_at_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
