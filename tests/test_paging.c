/* SPDX-License-Identifier: MIT */
/* Lists that change while they are read page by page: every row that stays is shown once. */
#include "test.h"

#include "app/paging.h"

#define ROWS 400

/* A list as a service keeps it: newest first, addressed by offsets. */
struct list {
	int ids[ROWS * 2], n, next_id;
	bool stays[ROWS * 2]; /* by id: it was there from the first page on, and is not removed */
	int shown[ROWS * 2];
};

static uint32_t seed;

static int any(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)n);
}

static void insert(struct list *l, int at)
{
	memmove(&l->ids[at + 1], &l->ids[at], (size_t)(l->n - at) * sizeof(l->ids[0]));
	l->ids[at] = l->next_id++;
	l->n++;
}

static void remove_at(struct list *l, int at)
{
	l->stays[l->ids[at]] = false;
	memmove(&l->ids[at], &l->ids[at + 1], (size_t)(l->n - at - 1) * sizeof(l->ids[0]));
	l->n--;
}

static void make(struct list *l, int n)
{
	memset(l, 0, sizeof(*l));
	while (l->n < n) {
		l->stays[l->n] = true;
		insert(l, l->n);
	}
}

/* What goes on between two pages of the first pass. */
typedef void change_fn(struct list *l, int page);

static int read_list(struct list *l, int size, change_fn *change)
{
	struct paging p = {0};
	char id[16];
	int pages = 0, offset, i;

	do {
		paging_begin(&p);
		for (offset = 0; offset < l->n; offset += size) {
			if (change && p.passes == 1 && offset)
				change(l, pages);
			pages++;
			for (i = offset; i < offset + size && i < l->n; i++) {
				snprintf(id, sizeof(id), "%d", l->ids[i]);
				l->shown[l->ids[i]] += paging_row(&p, id);
			}
			paging_page(&p, l->n);
		}
	} while (paging_again(&p));
	paging_done(&p);
	return pages;
}

static void check(const struct list *l)
{
	int id;

	for (id = 0; id < l->next_id; id++) {
		assert_true(l->shown[id] <= 1);
		if (l->stays[id])
			assert_int_equal(l->shown[id], 1);
	}
}

static void one_in_front(struct list *l, int page)
{
	if (page == 1)
		insert(l, 0);
}

static void one_less_in_front(struct list *l, int page)
{
	if (page == 1)
		remove_at(l, 3);
}

/* A pipeline that runs comes to the front of a list that is in the order of runs. */
static void one_jumps(struct list *l, int page)
{
	int id = l->ids[l->n - 1];

	if (page != 1)
		return;
	remove_at(l, l->n - 1);
	insert(l, 0);
	l->ids[0] = id;
	l->stays[id] = true;
}

static void a_list_that_stays_as_it_is_is_read_once(void **state)
{
	struct list l;

	make(&l, 100);
	assert_int_equal(read_list(&l, 10, NULL), 10);
	check(&l);
}

static void a_row_that_comes_in_front_doubles_none_and_costs_nothing(void **state)
{
	struct list l;

	make(&l, 99);
	assert_int_equal(read_list(&l, 10, one_in_front), 10);
	check(&l);
}

static void a_row_that_goes_hides_none(void **state)
{
	struct list l;

	make(&l, 100);
	assert_int_equal(read_list(&l, 10, one_less_in_front), 20);
	check(&l);
}

static void a_row_that_jumps_to_the_front_is_found(void **state)
{
	struct list l;

	make(&l, 100);
	read_list(&l, 10, one_jumps);
	check(&l);
}

/* At most one change between two pages: two of them may add up to nothing, which cannot be seen. */
static void at_random(struct list *l, int page)
{
	(void)page;
	switch (any(12)) {
	case 0:
		insert(l, 0);
		break;
	case 1:
		remove_at(l, any(l->n));
		break;
	default:
		break;
	}
}

static void of_lists_that_change_at_random_no_row_is_doubled_and_none_is_lost(void **state)
{
	struct list l;
	int i;

	for (i = 0; i < 2000; i++) {
		seed = (uint32_t)i;
		make(&l, 20 + any(300));
		read_list(&l, 20, at_random);
		check(&l);
	}
}

static void a_total_that_is_wrong_but_steady_costs_nothing(void **state)
{
	struct paging p = {0};

	paging_begin(&p);
	paging_row(&p, "a");
	paging_row(&p, "b");
	paging_page(&p, 88);
	assert_false(paging_again(&p));
	paging_page(&p, -1); /* nor does one that is not said */
	assert_false(paging_again(&p));
	paging_done(&p);
}

static void a_list_that_never_adds_up_is_given_up(void **state)
{
	struct paging p = {0};
	char id[16];
	int passes = 0;

	do {
		paging_begin(&p);
		snprintf(id, sizeof(id), "%d", passes++);
		paging_page(&p, 10 + passes);
		paging_row(&p, id);
		paging_page(&p, 20 + passes);
	} while (paging_again(&p));
	assert_int_equal(passes, 3);
	paging_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_that_stays_as_it_is_is_read_once),
		cmocka_unit_test(a_row_that_comes_in_front_doubles_none_and_costs_nothing),
		cmocka_unit_test(a_row_that_goes_hides_none),
		cmocka_unit_test(a_row_that_jumps_to_the_front_is_found),
		cmocka_unit_test(of_lists_that_change_at_random_no_row_is_doubled_and_none_is_lost),
		cmocka_unit_test(a_total_that_is_wrong_but_steady_costs_nothing),
		cmocka_unit_test(a_list_that_never_adds_up_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
