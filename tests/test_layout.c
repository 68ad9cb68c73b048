/* SPDX-License-Identifier: MIT */
/* Where panes go, for every size: widths as promised, nothing overlaps, nothing is outside. */
#include "test.h"

#include <string.h>

#include "ui/layout.h"

static void shapes_change_at_their_widths(void **state)
{
	static const struct {
		int cols;
		enum layout_shape shape;
	} cases[] = {{1, LAYOUT_TREE}, {80, LAYOUT_TREE}, {99, LAYOUT_TREE}, {100, LAYOUT_THREE},
		     {129, LAYOUT_THREE}, {130, LAYOUT_FOUR}, {400, LAYOUT_FOUR}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(layout_shape(cases[i].cols), cases[i].shape);
}

static void navigation_keeps_its_width_and_the_log_takes_the_rest(void **state)
{
	struct layout l;
	int cols;

	(void)state;
	for (cols = 100; cols < 300; cols++) {
		bool four = cols >= 130;

		layout_make(&l, 30, cols, PANE_LIST, false);
		assert_int_equal(l.body[PANE_LIST].cols, four ? 26 : 40);
		assert_int_equal(l.body[PANE_RUNS].cols, four ? 30 : 0);
		assert_int_equal(l.body[PANE_STAGES].cols, four ? 34 : 30);
		assert_int_equal(l.body[PANE_LOG].col + l.body[PANE_LOG].cols, cols);
	}
}

static void the_strip_is_a_third_and_at_least_five_rows(void **state)
{
	struct layout l;

	(void)state;
	layout_make(&l, 24, 80, PANE_LIST, false);
	assert_int_equal(l.title[PANE_LOG].rows + l.body[PANE_LOG].rows, 8);
	layout_make(&l, 12, 80, PANE_LIST, false);
	assert_int_equal(l.title[PANE_LOG].rows + l.body[PANE_LOG].rows, 5);
	layout_make(&l, 8, 80, PANE_LIST, false); /* no room for both: the tree */
	assert_int_equal(l.body[PANE_LOG].cols, 0);
	layout_make(&l, 8, 80, PANE_LOG, false); /* until the log is wanted */
	assert_true(l.log_full);
}

static bool inside(const struct rect *r, int rows, int cols)
{
	return r->cols <= 0 || r->rows <= 0 ||
	       (r->row >= 0 && r->col >= 0 && r->row + r->rows <= rows && r->col + r->cols <= cols);
}

static bool apart(const struct rect *a, const struct rect *b)
{
	return a->cols <= 0 || b->cols <= 0 || a->rows <= 0 || b->rows <= 0 ||
	       a->row + a->rows <= b->row || b->row + b->rows <= a->row ||
	       a->col + a->cols <= b->col || b->col + b->cols <= a->col;
}

static void check_rects(const struct layout *l, int rows, int cols)
{
	const struct rect *all[2 * PANES + 2];
	size_t n = 0, i, k;
	int pane;

	all[n++] = &l->header;
	all[n++] = &l->bottom;
	for (pane = 0; pane < PANES; pane++) {
		all[n++] = &l->title[pane];
		all[n++] = &l->body[pane];
	}
	for (i = 0; i < n; i++) {
		assert_true(inside(all[i], rows, cols));
		for (k = 0; k < i; k++)
			assert_true(apart(all[i], all[k]));
	}
}

static void no_size_makes_panes_overlap_or_leave_the_window(void **state)
{
	struct layout l;
	int rows, cols, pane, zoomed;

	(void)state;
	for (rows = LAYOUT_MIN_ROWS; rows <= 70; rows++)
		for (cols = LAYOUT_MIN_COLS; cols <= 220; cols++)
			for (pane = 0; pane < PANES; pane++)
				for (zoomed = 0; zoomed < 2; zoomed++) {
					layout_make(&l, rows, cols, (enum pane)pane, zoomed);
					check_rects(&l, rows, cols);
					/* The pane with the focus is always there. */
					assert_true(l.body[layout_nearest(l.shape, (enum pane)pane)].rows > 0);
				}
}

static void tiny_windows_are_too_small_and_nothing_more(void **state)
{
	struct layout l;
	int rows, cols;

	(void)state;
	for (rows = 0; rows < LAYOUT_MIN_ROWS; rows++)
		for (cols = 0; cols < LAYOUT_MIN_COLS; cols++) {
			layout_make(&l, rows, cols, PANE_LOG, true);
			assert_true(l.too_small);
		}
}

static void panes_are_walked_in_both_directions_and_by_number(void **state)
{
	(void)state;
	assert_int_equal(layout_next(LAYOUT_FOUR, PANE_LIST, 1), PANE_RUNS);
	assert_int_equal(layout_next(LAYOUT_THREE, PANE_LIST, 1), PANE_STAGES);
	assert_int_equal(layout_next(LAYOUT_TREE, PANE_LIST, 1), PANE_LOG);
	assert_int_equal(layout_next(LAYOUT_TREE, PANE_LOG, 1), PANE_LIST);
	assert_int_equal(layout_next(LAYOUT_FOUR, PANE_LIST, -1), PANE_LOG);
	assert_int_equal(layout_nth(LAYOUT_TREE, 2), PANE_LOG);
	assert_int_equal(layout_nth(LAYOUT_THREE, 2), PANE_STAGES);
	assert_int_equal(layout_nth(LAYOUT_FOUR, 4), PANE_LOG);
	assert_int_equal(layout_nth(LAYOUT_THREE, 4), PANES);
}

static void a_cell_belongs_to_the_pane_that_is_drawn_there(void **state)
{
	struct layout l;

	(void)state;
	layout_make(&l, 40, 130, PANE_LIST, false);
	assert_int_equal(layout_at(&l, 5, 3), PANE_LIST);
	assert_int_equal(layout_at(&l, 5, 26), PANES); /* the line between */
	assert_int_equal(layout_at(&l, 5, 27), PANE_RUNS);
	assert_int_equal(layout_at(&l, 1, 60), PANE_STAGES);
	assert_int_equal(layout_at(&l, 20, 129), PANE_LOG);
	assert_int_equal(layout_at(&l, 0, 3), PANES);
	assert_int_equal(layout_at(&l, 39, 3), PANES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_change_at_their_widths),
		cmocka_unit_test(navigation_keeps_its_width_and_the_log_takes_the_rest),
		cmocka_unit_test(the_strip_is_a_third_and_at_least_five_rows),
		cmocka_unit_test(no_size_makes_panes_overlap_or_leave_the_window),
		cmocka_unit_test(tiny_windows_are_too_small_and_nothing_more),
		cmocka_unit_test(panes_are_walked_in_both_directions_and_by_number),
		cmocka_unit_test(a_cell_belongs_to_the_pane_that_is_drawn_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
