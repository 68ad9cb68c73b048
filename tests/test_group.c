/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "core/mem.h"
#include "model/group.h"

static struct group made(const char *id, const char *name, const char *parent, int ordinal)
{
	return (struct group){.id = mem_strdup(id), .name = mem_strdup(name),
			      .parent_id = mem_strdup(parent), .ordinal = ordinal};
}

static void names_of(const struct groups *groups, char *out, size_t size)
{
	const struct group *list;
	size_t n = groups_of(groups, "p", &list), i, used = 0;

	out[0] = '\0';
	for (i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%d%s ", list[i].depth, list[i].name);
}

static void parents_come_first_and_siblings_by_ordinal(void **state)
{
	struct group list[] = {made("w", "web", "a", 2), made("b", "B", NULL, 2), made("d", "db", "a", 1),
			       made("a", "A", NULL, 1), made("x", "deep", "w", 0)};
	struct groups *groups = groups_new();
	char names[100], path[64];

	assert_false(groups_known(groups, "p"));
	groups_take(groups, "p", list, 5);
	assert_true(groups_known(groups, "p"));
	names_of(groups, names, sizeof(names));
	assert_string_equal(names, "0A 1db 1web 2deep 0B ");
	assert_true(groups_path(groups, "p", "x", path, sizeof(path)));
	assert_string_equal(path, "A / web / deep");
	assert_false(groups_path(groups, "p", "nope", path, sizeof(path)));
	assert_string_equal(path, "");
	assert_true(groups_path(groups, "p", "x", path, 6));
	assert_string_equal(path, "A / w");
	assert_true(groups_within(groups, "p", "x", "a"));
	assert_true(groups_within(groups, "p", "x", "WEB"));
	assert_false(groups_within(groups, "p", "d", "web"));
	groups_free(groups);
}

static void what_is_no_tree_still_shows_every_group_once(void **state)
{
	struct group list[] = {made("a", "A", "b", 0), made("b", "B", "a", 0), made("s", "self", "s", 0),
			       made("o", "orphan", "gone", 0), made("a", "twice", NULL, 0),
			       made("", "nameless", NULL, 0)};
	struct groups *groups = groups_new();
	const struct group *out;

	groups_take(groups, "p", list, 6);
	assert_int_equal(groups_of(groups, "p", &out), 4);
	assert_non_null(groups_find(groups, "p", "a"));
	assert_non_null(groups_find(groups, "p", "b"));
	assert_non_null(groups_find(groups, "p", "s"));
	assert_non_null(groups_find(groups, "p", "o"));
	groups_free(groups);
}

static void the_version_moves_only_with_what_is_seen(void **state)
{
	struct groups *groups = groups_new();
	struct group one = made("a", "A", NULL, 0), same = made("a", "A", NULL, 0),
		     other = made("a", "renamed", NULL, 0);
	uint64_t version;

	groups_take(groups, "p", &one, 1);
	version = groups_version(groups);
	groups_take(groups, "p", &same, 1);
	assert_true(groups_version(groups) == version);
	groups_take(groups, "p", &other, 1);
	assert_true(groups_version(groups) != version);
	version = groups_version(groups);
	groups_take(groups, "q", NULL, 0);
	assert_true(groups_known(groups, "q"));
	assert_true(groups_version(groups) != version);
	groups_free(groups);
}

static void chains_of_any_length_end(void **state)
{
	struct group list[100];
	struct groups *groups = groups_new();
	const struct group *out;
	char path[4096];
	size_t i;

	for (i = 0; i < 100; i++) {
		char id[8], parent[8];

		snprintf(id, sizeof(id), "g%zu", i);
		snprintf(parent, sizeof(parent), "g%zu", i - 1);
		list[i] = made(id, id, i ? parent : NULL, (int)(100 - i));
	}
	groups_take(groups, "p", list, 100);
	assert_int_equal(groups_of(groups, "p", &out), 100);
	for (i = 0; i < 100; i++)
		assert_true(out[i].depth >= 0 && out[i].depth <= 33);
	assert_true(groups_path(groups, "p", "g99", path, sizeof(path)));
	groups_free(groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parents_come_first_and_siblings_by_ordinal),
		cmocka_unit_test(what_is_no_tree_still_shows_every_group_once),
		cmocka_unit_test(the_version_moves_only_with_what_is_seen),
		cmocka_unit_test(chains_of_any_length_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
