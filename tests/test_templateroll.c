/* SPDX-License-Identifier: MIT */
/* The list of templates put together from its pages, whatever the pages do. */
#include "test.h"

#include "../src/app/templateroll.h"
#include "core/mem.h"

/* Answers with rows first..first+n of `total`. */
static void answer(struct templateroll *roll, int first, int n, int64_t total)
{
	struct template *rows = mem_calloc((size_t)n, sizeof(*rows));
	struct api_templates page = {.templates = rows, .n = (size_t)n, .total = total};
	char id[16];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "t%d", first + i);
		rows[i].id = mem_strdup(id);
		rows[i].favourite = (first + i) % 2 == 0;
	}
	templateroll_take(roll, &page);
	for (i = 0; i < n; i++)
		template_done(&rows[i]);
	mem_free(rows);
}

/* What is asked for next: "offset+limit", "over". */
static const char *next(const struct templateroll *roll)
{
	static char text[48];
	struct api_template_query query;

	if (!templateroll_next(roll, &query))
		return "over";
	snprintf(text, sizeof(text), "%d+%d", (int)query.offset, (int)query.limit);
	return text;
}

static void every_page_is_asked_for(void **state)
{
	struct template_wish wish = {.most = 0};
	struct templateroll roll;

	templateroll_begin(&roll, &wish);
	assert_string_equal(next(&roll), "0+100");
	answer(&roll, 0, 100, 250);
	assert_string_equal(next(&roll), "100+100");
	answer(&roll, 100, 100, 250);
	answer(&roll, 200, 50, 250);
	assert_string_equal(next(&roll), "over");
	assert_int_equal(roll.n, 250);
	assert_int_equal(roll.total, 250);
	assert_false(templateroll_cut(&roll));
	templateroll_done(&roll);
}

static void a_service_with_smaller_pages_is_asked_on(void **state)
{
	struct template_wish wish = {.most = 0};
	struct templateroll roll;

	templateroll_begin(&roll, &wish);
	answer(&roll, 0, 10, -1);
	assert_string_equal(next(&roll), "10+100");
	answer(&roll, 10, 10, -1);
	answer(&roll, 20, 0, -1);
	assert_string_equal(next(&roll), "over");
	assert_int_equal(roll.n, 20);
	assert_int_equal(roll.total, -1);
	templateroll_done(&roll);
}

static void no_more_than_wanted_are_asked_for(void **state)
{
	struct template_wish wish = {.most = 120};
	struct templateroll roll;

	templateroll_begin(&roll, &wish);
	answer(&roll, 0, 100, 250);
	assert_string_equal(next(&roll), "100+20");
	answer(&roll, 100, 100, 250); /* more than was asked for */
	assert_string_equal(next(&roll), "over");
	assert_int_equal(roll.n, 120);
	assert_true(templateroll_cut(&roll));
	templateroll_done(&roll);
}

static void favourites_are_looked_for_on_every_page(void **state)
{
	struct template_wish wish = {.favourites = true, .most = 60};
	struct templateroll roll;

	templateroll_begin(&roll, &wish);
	assert_string_equal(next(&roll), "0+100");
	answer(&roll, 0, 100, 110);
	assert_int_equal(roll.n, 50);
	assert_int_equal(roll.total, -1);
	assert_string_equal(next(&roll), "100+100");
	answer(&roll, 100, 10, 110);
	assert_string_equal(next(&roll), "over");
	assert_int_equal(roll.n, 55);
	assert_int_equal(roll.total, 55);
	assert_false(templateroll_cut(&roll));
	templateroll_done(&roll);
}

static void the_same_page_for_ever_comes_to_an_end(void **state)
{
	struct template_wish wish = {.most = 0};
	struct templateroll roll;
	int pages = 0;

	templateroll_begin(&roll, &wish);
	while (strcmp(next(&roll), "over") != 0 && pages++ < 100)
		answer(&roll, 0, 10, 1000);
	assert_in_range(pages, 1, 6);
	assert_int_equal(roll.n, 10);
	templateroll_done(&roll);
}

static void a_row_that_slips_between_two_pages_is_read_for_again(void **state)
{
	struct template_wish wish = {.most = 0};
	struct templateroll roll;

	templateroll_begin(&roll, &wish);
	answer(&roll, 0, 100, 150);
	answer(&roll, 101, 49, 149); /* t100 moved up as one was deleted */
	assert_string_equal(next(&roll), "0+100");
	answer(&roll, 1, 100, 149);
	answer(&roll, 101, 49, 149);
	assert_string_equal(next(&roll), "over");
	assert_int_equal(roll.n, 150);
	templateroll_done(&roll);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_is_asked_for),
		cmocka_unit_test(a_service_with_smaller_pages_is_asked_on),
		cmocka_unit_test(no_more_than_wanted_are_asked_for),
		cmocka_unit_test(favourites_are_looked_for_on_every_page),
		cmocka_unit_test(the_same_page_for_ever_comes_to_an_end),
		cmocka_unit_test(a_row_that_slips_between_two_pages_is_read_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
