/* SPDX-License-Identifier: MIT */
/* The names that are kept for completion: what stays, what goes, and what a broken file costs. */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/names.h"
#include "app/options.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define PROJECT "aaaaaaaa000000000000000000000001"
#define PLACE "https://a.example:443\t"
#define DAY_MS (24 * 3600 * INT64_C(1000))
#define NOW_MS (20000 * DAY_MS)

static char dir[64], path[128];

/* ---- short words ---- */

static void take(struct names *n, const char *id, const char *name, int64_t number)
{
	struct pipeline p = {.project_id = mem_strdup(PROJECT), .id = mem_strdup(id), .name = mem_strdup(name)};

	if (number) {
		p.latest = mem_zalloc(sizeof(*p.latest));
		p.latest->number = number;
	}
	names_take(n, &p, 1);
	pipeline_done(&p);
}

static void save_at(struct names *n, int64_t now_ms)
{
	struct err err = {.kind = ERR_NONE};

	if (!names_save(n, NAMES_BYTES, now_ms, &err))
		fail_msg("%s", err.text);
	names_free(n);
}

/* "ID=NAME:RUNS ID=NAME:RUNS" */
static bool add_said(void *self, const struct name *name)
{
	struct buf *said = self;

	buf_addf(said, "%s%s=%s:%s", said->len ? " " : "", name->pipeline_id, name->name, name->runs);
	return true;
}

static void assert_place(const char *place, const char *want)
{
	struct buf said;

	buf_init(&said, BUF_MAX);
	names_read(path, place, add_said, &said);
	assert_string_equal(said.data, want);
	buf_done(&said);
}

static void put(const char *text, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

/* ---- what stays ---- */

static void names_and_runs_are_there_the_next_time(void **state)
{
	struct run runs[] = {{.number = 7}, {.number = 9}, {.number = 0}, {.number = 8}, {.number = 9}};
	struct names *n = names_of(path, PLACE);
	struct stat st;

	take(n, "p1", "web build", 9);
	take(n, "p2", "\xe8\xae\xa2\xe5\x8d\x95", 0);
	names_take_runs(n, PROJECT, "p1", runs, 5);
	names_take_runs(n, PROJECT, "p3", runs, 1);
	save_at(n, NOW_MS);
	assert_place(PLACE, "p1=web build:9,8,7 p2=\xe8\xae\xa2\xe5\x8d\x95: p3=:7");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

/* What another program has put there is kept; what both know is what the last one saw. */
static void two_programs_both_have_their_names_in(void **state)
{
	struct names *a = names_of(path, PLACE), *b = names_of(path, PLACE);

	take(a, "p1", "old name", 3);
	take(a, "p2", "of a", 0);
	take(b, "p1", "new name", 5);
	take(b, "p3", "of b", 0);
	save_at(a, NOW_MS);
	save_at(b, NOW_MS);
	assert_place(PLACE, "p1=new name:5,3 p3=of b: p2=of a:");
}

static void many_programs_at_once_lose_nothing(void **state)
{
	struct buf said;
	int i, done;

	for (i = 0; i < 8; i++)
		if (fork() == 0) {
			struct names *n = names_of(path, PLACE);
			char id[8];

			snprintf(id, sizeof(id), "p%d", i);
			take(n, id, id, 0);
			_exit(names_save(n, NAMES_BYTES, NOW_MS, NULL) ? 0 : 1);
		}
	for (i = 0; i < 8; i++) {
		assert_true(wait(&done) > 0);
		assert_int_equal(done, 0);
	}
	buf_init(&said, BUF_MAX);
	names_read(path, PLACE, add_said, &said);
	for (i = 0; i < 8; i++) {
		char id[8];

		snprintf(id, sizeof(id), "p%d=", i);
		assert_non_null(strstr(said.data, id));
	}
	buf_done(&said);
}

static void each_place_has_its_own(void **state)
{
	struct names *n = names_of(path, PLACE);

	take(n, "p1", "here", 0);
	save_at(n, NOW_MS);
	n = names_of(path, PLACE "work");
	take(n, "p2", "there", 0);
	save_at(n, NOW_MS);
	assert_place(PLACE, "p1=here:");
	assert_place(PLACE "work", "p2=there:");
	assert_place("https://b.example:443\t", "");
}

/* A service as a profile sees it: however its address is written. */
static void a_place_is_the_service_and_the_profile(void **state)
{
	char first[] = "https://A.example/", second[] = "https://a.example:8443", profile[] = "work";
	struct options o = {.endpoint = first, .profile = profile};
	struct buf place;

	buf_init(&place, BUF_MAX);
	names_place(&o, &place);
	assert_string_equal(place.data, "https://a.example:443\twork");
	buf_clear(&place);
	o.profile = NULL;
	o.endpoint = second;
	names_place(&o, &place);
	assert_string_equal(place.data, "https://a.example:8443\t");
	buf_done(&place);
}

/* ---- what goes ---- */

static void what_nobody_sees_any_more_goes_after_a_month(void **state)
{
	struct names *n = names_of(path, PLACE);

	take(n, "p1", "old", 0);
	save_at(n, NOW_MS);
	n = names_of(path, PLACE);
	take(n, "p2", "new", 0);
	save_at(n, NOW_MS + NAMES_DAYS * DAY_MS);
	assert_place(PLACE, "p2=new: p1=old:");
	n = names_of(path, PLACE);
	take(n, "p2", "new", 0);
	save_at(n, NOW_MS + (NAMES_DAYS + 1) * DAY_MS);
	assert_place(PLACE, "p2=new:");
}

static void of_too_many_the_newest_stay(void **state)
{
	struct names *n = names_of(path, PLACE);
	struct err err;
	struct stat st;
	char id[16];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		take(n, id, "a name of some length", 1);
	}
	save_at(n, NOW_MS);
	n = names_of(path, PLACE);
	take(n, "new", "new", 0);
	assert_true(names_save(n, 180, NOW_MS, &err));
	names_free(n);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size <= 180);
	assert_place(PLACE, "new=new: p0=a name of some length:1 p1=a name of some length:1");
}

static void of_a_pipeline_the_newest_runs_stay(void **state)
{
	struct names *n = names_of(path, PLACE);
	struct run run = {0};
	struct buf want;
	int i;

	for (i = 1; i <= 50; i++) {
		run.number = i;
		names_take_runs(n, PROJECT, "p1", &run, 1);
	}
	save_at(n, NOW_MS);
	buf_init(&want, BUF_MAX);
	for (i = 50; i > 50 - NAMES_RUNS; i--)
		buf_addf(&want, "%s%d", i == 50 ? "p1=:" : ",", i);
	assert_place(PLACE, want.data);
	buf_done(&want);
}

static void nothing_taken_writes_nothing(void **state)
{
	struct names *n = names_of(path, PLACE);

	take(n, "../../etc", "no id", 0);
	take(n, "p1", NULL, 0);
	take(n, "p1", "", 0);
	names_take(n, NULL, 0);
	save_at(n, NOW_MS);
	assert_int_equal(access(path, F_OK), -1);
}

static void a_demo_and_no_cache_keep_nothing(void **state)
{
	char endpoint[] = "https://a.example";
	struct options demo = {.endpoint = endpoint, .demo = true}, no_cache = {.endpoint = endpoint, .no_cache = true};
	struct names *n = names_new(&demo);

	assert_null(n);
	assert_null(names_new(&no_cache));
	take(n, "p1", "x", 1);
	names_take_runs(n, PROJECT, "p1", NULL, 0);
	assert_true(names_save(n, NAMES_BYTES, NOW_MS, NULL));
	names_free(n);
}

/* ---- what breaks ---- */

static void a_broken_file_is_nothing_and_is_written_anew(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", ""},
		{"\n\n\t\t\t\n", ""},
		{"something else\nplace\t" PLACE "\nproject\tp\n1\tid\t\tname\n", ""},
		{"pipetop-names 1", ""},
		{"pipetop-names 1\n20000\tid\t\tname\n", ""}, /* of no place */
		{"pipetop-names 1\nplace\t" PLACE "\n20000\tid\t\tname\n", ""}, /* of no project */
		{"pipetop-names 1\nplace\t" PLACE "\nproject\t/etc\n20000\tid\t\tname\n", ""},
		{"pipetop-names 1\nplace\t" PLACE "\nproject\tp\n"
		 "x\tid\t\tname\n-1\tid\t\tname\n20000\ti d\t\tname\n20000\tid\t1;2\tname\n20000\tid\tname\n"
		 "20000\tid\t\tname\tmore\n20000\tid\t\tna\\me\n20000\tid\t\t\xff\xfe\n20000\tgood\t2,1\tname\n",
		 "good=name:2,1"},
		{"pipetop-names 1\nplace\t" PLACE "\nproject\tp\n20000\tgood\t2,1\tname\n20000\tcut\t1\tna", "good=name:2,1"},
	};
	struct names *n;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put(cases[i].text, strlen(cases[i].text));
		assert_place(PLACE, cases[i].want);
		n = names_of(path, PLACE);
		take(n, "p1", "new", 0);
		save_at(n, NOW_MS);
		n = names_of(path, PLACE);
		assert_place("", "");
		names_free(n);
	}
	put("pipetop-names 1\nplace\t\0\n", 23);
	assert_place(PLACE, "");
}

static void a_name_of_any_bytes_comes_back(void **state)
{
	static const char odd[] = "tab\there\nline\\n back\\slash \xe4\xb8\xad $(x) `y` '\"";
	struct names *n = names_of(path, PLACE);
	struct buf want;

	take(n, "p1", odd, 0);
	save_at(n, NOW_MS);
	buf_init(&want, BUF_MAX);
	buf_addf(&want, "p1=%s:", odd);
	assert_place(PLACE, want.data);
	buf_done(&want);
}

/* Each is told to the caller, who has better things to do. */
static void a_place_that_cannot_be_written_is_left_alone(void **state)
{
	struct names *n = names_of("/proc/nowhere/names", PLACE);
	struct err err = {.kind = ERR_NONE};

	take(n, "p1", "x", 0);
	assert_false(names_save(n, NAMES_BYTES, NOW_MS, &err));
	assert_int_equal(err.kind, ERR_IO);
	names_free(n);
	mkdir(path, 0700); /* a directory where the file would be */
	n = names_of(path, PLACE);
	take(n, "p1", "x", 0);
	assert_false(names_save(n, NAMES_BYTES, NOW_MS, &err));
	names_free(n);
	rmdir(path);
	names_read("/proc/nowhere/names", PLACE, add_said, NULL);
}

static void a_lock_that_is_held_is_not_waited_for_long(void **state)
{
	struct names *n = names_of(path, PLACE);
	char lock[160];
	struct err err;
	int64_t before;
	int fd;

	snprintf(lock, sizeof(lock), "%s.lock", path);
	fd = open(lock, O_RDWR | O_CREAT, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	take(n, "p1", "x", 0);
	before = when_monotonic_ms();
	assert_false(names_save(n, NAMES_BYTES, NOW_MS, &err));
	assert_true(when_monotonic_ms() - before < 2000);
	close(fd);
	save_at(n, NOW_MS);
	assert_place(PLACE, "p1=x:");
}

static bool count_one(void *self, const struct name *name)
{
	++*(size_t *)self;
	return true;
}

static void a_hundred_thousand_names_are_quick(void **state)
{
	struct names *n = names_of(path, PLACE);
	int64_t before_ms = when_monotonic_ms(), taken_ms, saved_ms, again_ms, read_ms;
	size_t i, count = 0;
	char id[40];

	for (i = 0; i < 120000; i++) {
		snprintf(id, sizeof(id), "%032zu", i);
		take(n, id, id + 16, (int64_t)i + 1);
	}
	taken_ms = when_monotonic_ms();
	assert_true(names_save(n, NAMES_BYTES, NOW_MS, NULL));
	saved_ms = when_monotonic_ms();
	take(n, id, "again", 1);
	save_at(n, NOW_MS);
	again_ms = when_monotonic_ms();
	names_read(path, PLACE, count_one, &count);
	read_ms = when_monotonic_ms();
	print_message("# taken %d ms, saved %d ms, merged and saved %d ms, read %d ms: %zu names\n",
		      (int)(taken_ms - before_ms), (int)(saved_ms - taken_ms), (int)(again_ms - saved_ms),
		      (int)(read_ms - again_ms), count);
	assert_true(count > 90000 && count <= NAMES_MAX);
	assert_true(read_ms - before_ms < 20000); /* under valgrind, too */
}

static int make_dir(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/pipetop-names.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	strncat(dir, "/cache", sizeof(dir) - strlen(dir) - 1);
	snprintf(path, sizeof(path), "%s/names", dir);
	return mkdir(dir, 0700);
}

static int remove_dir(void **state)
{
	char name[512];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		snprintf(name, sizeof(name), "%s/%s", dir, e->d_name);
		if (*e->d_name != '.')
			unlink(name);
	}
	if (d)
		closedir(d);
	rmdir(dir);
	*strrchr(dir, '/') = '\0';
	return rmdir(dir);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(names_and_runs_are_there_the_next_time),
		IN_DIR(two_programs_both_have_their_names_in),
		IN_DIR(many_programs_at_once_lose_nothing),
		IN_DIR(each_place_has_its_own),
		cmocka_unit_test(a_place_is_the_service_and_the_profile),
		IN_DIR(what_nobody_sees_any_more_goes_after_a_month),
		IN_DIR(of_too_many_the_newest_stay),
		IN_DIR(of_a_pipeline_the_newest_runs_stay),
		IN_DIR(nothing_taken_writes_nothing),
		cmocka_unit_test(a_demo_and_no_cache_keep_nothing),
		IN_DIR(a_broken_file_is_nothing_and_is_written_anew),
		IN_DIR(a_name_of_any_bytes_comes_back),
		IN_DIR(a_place_that_cannot_be_written_is_left_alone),
		IN_DIR(a_lock_that_is_held_is_not_waited_for_long),
		IN_DIR(a_hundred_thousand_names_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
