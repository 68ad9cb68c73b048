/* SPDX-License-Identifier: MIT */
/* What is kept from one start to the next, also when files break and two programs write. */
#include "test.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/statefile.h"
#include "core/mem.h"

static char dir[64], path[128];

static struct statefile *loaded(void)
{
	struct statefile *s = statefile_new(path);
	struct err err = {.kind = ERR_NONE};

	if (!statefile_load(s, &err))
		fail_msg("%s", err.text);
	return s;
}

static void save(struct statefile *s)
{
	struct err err = {.kind = ERR_NONE};

	if (!statefile_save(s, &err))
		fail_msg("%s", err.text);
}

static void assert_has(struct statefile *s, const char *section, const char *key, const char *want)
{
	const char *value = statefile_get(s, section, key);

	if (!want)
		assert_null(value);
	else if (!value)
		fail_msg("%s %s is not there", section, key);
	else
		assert_string_equal(value, want);
}

static void what_was_put_is_there_at_the_next_start(void **state)
{
	static const char odd[] = "tab\there\nline\\n back\\slash \xe4\xb8\xad";
	struct statefile *s = loaded();
	struct stat st;

	statefile_put(s, "view", "failing", "filter=x\nsort=name", 1000);
	statefile_put(s, "view", odd, odd, 1001);
	statefile_put(s, "favourite", "failing", "", 1002);
	assert_true(statefile_dirty(s));
	save(s);
	assert_false(statefile_dirty(s));
	statefile_free(s);

	s = loaded();
	assert_has(s, "view", "failing", "filter=x\nsort=name");
	assert_has(s, "view", odd, odd);
	assert_has(s, "favourite", "failing", "");
	assert_has(s, "favourite", "other", NULL);
	assert_int_equal(statefile_count(s, "view"), 2);
	statefile_remove(s, "view", odd, 1003);
	save(s);
	statefile_free(s);

	s = loaded();
	assert_has(s, "view", odd, NULL);
	assert_int_equal(statefile_count(s, "view"), 1);
	statefile_free(s);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	*strrchr(path, '/') = '\0';
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	path[strlen(path)] = '/';
	(void)state;
}

static void entries_come_in_the_order_of_their_last_change_and_the_oldest_go(void **state)
{
	static const char *const want[] = {"c", "a", "d"};
	struct statefile *s = loaded();
	const char *key, *value;
	size_t i;

	statefile_put(s, "history", "a", "", 1);
	statefile_put(s, "history", "b", "", 2);
	statefile_put(s, "history", "c", "", 3);
	statefile_put(s, "history", "a", "", 4);
	statefile_put(s, "other", "x", "", 5);
	statefile_put(s, "history", "d", "", 6);
	statefile_trim(s, "history", 3, 7);
	save(s);
	statefile_free(s);
	s = loaded();
	assert_int_equal(statefile_count(s, "history"), 3);
	for (i = 0; statefile_at(s, "history", i, &key, &value); i++)
		assert_string_equal(key, want[i]);
	assert_int_equal(i, 3);
	statefile_free(s);
	(void)state;
}

static void changes_within_a_millisecond_keep_their_order(void **state)
{
	static const char *const want[] = {"z", "y", "b", "a"};
	struct statefile *s = loaded();
	const char *key, *value;
	size_t i;
	int pass;

	statefile_put(s, "history", "a", "", 1);
	for (i = 0; i < 4; i++)
		statefile_put(s, "history", want[i], "", 7);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; statefile_at(s, "history", i, &key, &value); i++)
			assert_string_equal(key, want[i]);
		assert_int_equal(i, 4);
		save(s);
		statefile_free(s);
		s = loaded();
	}
	statefile_free(s);
	(void)state;
}

static void a_clock_that_was_set_back_loses_no_change(void **state)
{
	struct statefile *s = loaded();

	statefile_put(s, "a", "k", "old", 5000);
	save(s);
	statefile_put(s, "a", "k", "new", 100);
	save(s);
	statefile_free(s);
	s = loaded();
	assert_has(s, "a", "k", "new");
	statefile_free(s);
	(void)state;
}

static void two_programs_keep_what_the_other_has_saved(void **state)
{
	struct statefile *a, *b;

	a = loaded();
	statefile_put(a, "view", "gone", "1", 10);
	statefile_put(a, "view", "both", "1", 10);
	save(a);
	b = loaded();
	statefile_put(a, "view", "of-a", "1", 20);
	statefile_put(a, "view", "both", "a", 30);
	statefile_put(b, "view", "of-b", "1", 21);
	statefile_put(b, "view", "both", "b", 25);
	statefile_remove(b, "view", "gone", 26);
	save(a);
	save(b);
	assert_has(b, "view", "both", "a"); /* the later one */
	statefile_put(a, "view", "more", "1", 40);
	save(a); /* brings nothing back that b removed */
	statefile_free(a);
	statefile_free(b);
	a = loaded();
	assert_has(a, "view", "of-a", "1");
	assert_has(a, "view", "of-b", "1");
	assert_has(a, "view", "both", "a");
	assert_has(a, "view", "more", "1");
	statefile_free(a);
	(void)state;
}

static void a_removal_holds_against_a_file_that_still_has_the_entry(void **state)
{
	struct statefile *a = loaded(), *b;

	statefile_put(a, "view", "x", "1", 10);
	save(a);
	b = loaded();
	statefile_remove(a, "view", "x", 20);
	save(a);
	statefile_put(b, "view", "y", "1", 30);
	save(b);
	statefile_free(a);
	statefile_free(b);
	a = loaded();
	assert_has(a, "view", "y", "1");
	assert_has(a, "view", "x", NULL);
	statefile_free(a);
	(void)state;
}

/* Each child saves its own keys, one by one. */
static void programs_that_save_at_the_same_time_lose_nothing(void **state)
{
	enum { CHILDREN = 4, KEYS = 15 };
	struct statefile *s;
	char key[16];
	int c, k, status;
	pid_t pid[CHILDREN];

	for (c = 0; c < CHILDREN; c++) {
		pid[c] = fork();
		assert_true(pid[c] >= 0);
		if (pid[c] > 0)
			continue;
		s = loaded();
		for (k = 0; k < KEYS; k++) {
			snprintf(key, sizeof(key), "%d-%d", c, k);
			statefile_put(s, "keys", key, "", 100 + k);
			while (!statefile_save(s, NULL))
				;
		}
		_exit(0);
	}
	for (c = 0; c < CHILDREN; c++) {
		assert_int_equal(waitpid(pid[c], &status, 0), pid[c]);
		assert_int_equal(status, 0);
	}
	s = loaded();
	assert_int_equal(statefile_count(s, "keys"), CHILDREN * KEYS);
	statefile_free(s);
	(void)state;
}

static void write_file(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

#define TEXT(text) text, sizeof(text) - 1

static void a_damaged_file_is_kept_aside_said_once_and_what_it_had_is_used(void **state)
{
	static const char whole[] = "pipetop-state 1\nview\t10\ta\t1\nview\t11\tb\t2\nend 2\n";
	static const struct {
		const char *text;
		size_t len;
		bool has_a;
	} cases[] = {
		{TEXT("pipetop-state 1\nview\t10\ta\t1\n"), true}, /* cut */
		{TEXT("pipetop-state 1\nview\t10\ta\t1\nend 2\n"), true},
		{TEXT("pipetop-state 1\nview\t10\ta\t1\nnonsense\nend 2\n"), true},
		{TEXT("pipetop-state 1\nview\tx\ta\t1\nend 1\n"), false},
		{TEXT("pipetop-state 1\nview\t10\ta\\\t1\nend 1\n"), false},
		{TEXT("pipetop-state 1\nview\t10\ta\t1\nend 1\nview\t10\tc\t1\n"), true},
		{TEXT("pipetop-state 9\nview\t10\ta\t1\nend 1\n"), true},
		{TEXT(""), false},
		{TEXT("\0\0\0"), false},
	};
	struct statefile *s = loaded();
	struct err err;
	char bad[160];
	size_t i;

	statefile_put(s, "x", "y", "", 1);
	save(s); /* makes the directory */
	statefile_free(s);
	write_file(whole, sizeof(whole) - 1);
	s = loaded();
	assert_has(s, "view", "b", "2");
	statefile_free(s);
	snprintf(bad, sizeof(bad), "%s.bad", path);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err = (struct err){.kind = ERR_NONE};
		write_file(cases[i].text, cases[i].len);
		s = statefile_new(path);
		if (statefile_load(s, &err))
			fail_msg("case %zu was taken", i);
		assert_non_null(strstr(err.text, ".bad"));
		assert_int_equal(access(bad, R_OK), 0);
		assert_has(s, "view", "a", cases[i].has_a ? "1" : NULL);
		statefile_put(s, "view", "new", "1", 50);
		save(s);
		statefile_free(s);
		s = loaded();
		assert_has(s, "view", "new", "1");
		assert_has(s, "view", "a", cases[i].has_a ? "1" : NULL);
		statefile_free(s);
		unlink(bad);
	}
	(void)state;
}

static void what_cannot_be_saved_is_said_and_stays_to_be_saved(void **state)
{
	struct statefile *s = loaded();
	struct err err = {.kind = ERR_NONE};
	char lock[160];
	int fd;

	statefile_put(s, "a", "b", "c", 1);
	save(s);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	fd = open(lock, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	statefile_put(s, "a", "b", "d", 2);
	assert_false(statefile_save(s, &err));
	assert_non_null(strstr(err.text, "is held by another pipetop"));
	assert_true(statefile_dirty(s));
	close(fd);
	save(s);
	statefile_free(s);

	s = statefile_new("/dev/null/state");
	statefile_put(s, "a", "b", "d", 2);
	assert_false(statefile_save(s, &err));
	statefile_free(s);
	(void)state;
}

static void without_a_place_it_works_and_writes_nothing(void **state)
{
	struct statefile *s = statefile_new(NULL);
	struct buf where;

	assert_true(statefile_load(s, NULL));
	statefile_put(s, "a", "b", "c", 1);
	assert_has(s, "a", "b", "c");
	assert_true(statefile_save(s, NULL));
	statefile_free(s);
	buf_init(&where, BUF_MAX);
	setenv("XDG_STATE_HOME", "/x", 1);
	assert_true(statefile_default(&where));
	assert_string_equal(where.data, "/x/pipetop/state");
	buf_done(&where);
	(void)state;
}

static void the_file_stays_within_its_size(void **state)
{
	char *big = mem_zalloc(STATEFILE_TEXT_MAX + 2), key[16];
	struct statefile *s = loaded();
	struct stat st;
	int i;

	memset(big, 'x', STATEFILE_TEXT_MAX + 1);
	statefile_put(s, "a", "too-long", big, 1);
	assert_has(s, "a", "too-long", NULL);
	big[STATEFILE_TEXT_MAX] = '\0';
	for (i = 0; i < 300; i++) {
		snprintf(key, sizeof(key), "%d", i);
		statefile_put(s, "a", key, big, 10 + i);
	}
	save(s);
	statefile_free(s);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size <= (off_t)STATEFILE_MAX);
	s = loaded();
	assert_has(s, "a", "0", NULL);
	assert_has(s, "a", "299", big);
	statefile_free(s);
	mem_free(big);
	(void)state;
}

/* Twenty thousand marks and favourites are read, looked up, walked and written in no time to speak of. */
static void many_entries_cost_little(void **state)
{
	enum { MANY = 20000 };
	struct statefile *s = loaded();
	const char *k, *value;
	clock_t begun = clock();
	char key[80];
	size_t i;

	for (i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "aaaaaaaa000000000000000000000001 bbbbbbbb%024zu", i);
		statefile_put(s, "marks", key, "yes", 1000);
	}
	save(s);
	statefile_free(s);
	s = loaded();
	for (i = 0; statefile_at(s, "marks", i, &k, &value); i++)
		assert_ptr_equal(statefile_get(s, "marks", k), value);
	assert_int_equal(i, MANY);
	statefile_trim(s, "marks", 10, 2000);
	save(s);
	statefile_free(s);
	s = loaded();
	assert_int_equal(statefile_count(s, "marks"), 10);
	statefile_free(s);
	assert_true((clock() - begun) / CLOCKS_PER_SEC < 5);
	(void)state;
}

static int make_place(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/pipetop-state-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/pipetop/state", dir);
	return 0;
}

static int remove_place(void **state)
{
	static const char *const names[] = {"state", "state.lock", "state.bad", ""};
	char name[160];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s/pipetop/%s", dir, names[i]);
		remove(name);
	}
	return rmdir(dir); /* nothing else was left there */
}

#define in_a_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_a_place(what_was_put_is_there_at_the_next_start),
		in_a_place(entries_come_in_the_order_of_their_last_change_and_the_oldest_go),
		in_a_place(changes_within_a_millisecond_keep_their_order),
		in_a_place(a_clock_that_was_set_back_loses_no_change),
		in_a_place(two_programs_keep_what_the_other_has_saved),
		in_a_place(a_removal_holds_against_a_file_that_still_has_the_entry),
		in_a_place(programs_that_save_at_the_same_time_lose_nothing),
		in_a_place(a_damaged_file_is_kept_aside_said_once_and_what_it_had_is_used),
		in_a_place(what_cannot_be_saved_is_said_and_stays_to_be_saved),
		in_a_place(without_a_place_it_works_and_writes_nothing),
		in_a_place(the_file_stays_within_its_size),
		in_a_place(many_entries_cost_little),
	};

	return cmocka_run_group_tests_name("statefile", tests, NULL, NULL);
}
