/* SPDX-License-Identifier: MIT */
/* Saving, viewing, browsing, copying: with real files, and scripts as pagers and browsers. */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../src/app/argv.h"
#include "../src/app/webpage.h"
#include "app/chores.h"
#include "core/mem.h"
#include "world.h"

#define PATIENCE_S 60.
#define SLICE_US 3000
#define FAILED_STEP "22"
#define RUNNING_STEP "51"

struct scene {
	struct ev_loop *loop;
	struct store *store;
	struct chores *chores;
	struct log *log;
	struct ref step;
	char dir[64];
	int said, left, back, copied;
	bool bad, refuse_copy;
	char message[4096], text[4096];
};

/* ---- what chores call ---- */

static void hear(void *self, bool bad, const char *text)
{
	struct scene *s = self;

	s->said++;
	s->bad = bad;
	snprintf(s->message, sizeof(s->message), "%s", text);
}

static struct log *find_log(void *self, const struct ref *ref)
{
	struct scene *s = self;

	return ref_same(ref, &s->step) ? s->log : NULL;
}

static bool take_copy(void *self, const char *text, size_t len, struct err *err)
{
	struct scene *s = self;

	if (s->refuse_copy)
		return err_set(err, ERR_IO, 0, "too much");
	s->copied++;
	assert_int_equal(strlen(text), len);
	snprintf(s->text, sizeof(s->text), "%s", text);
	return true;
}

static void leave(void *self)
{
	struct scene *s = self;

	s->left++;
	assert_int_equal(s->left, s->back + 1);
}

static void come_back(void *self)
{
	struct scene *s = self;

	s->back++;
	assert_int_equal(s->left, s->back);
	assert_false(chores_foreground(s->chores));
}

/* ---- set-up ---- */

static void name_step(struct scene *s, int pipeline, const char *step)
{
	char id[40];

	snprintf(id, sizeof(id), "b%031d", pipeline);
	ref_set(&s->step, REF_PROJECT, WORLD_PROJECT);
	ref_set(&s->step, REF_PIPELINE, id);
	id[0] = 'c';
	ref_set(&s->step, REF_RUN, id);
	ref_set(&s->step, REF_STAGE, "s");
	ref_set(&s->step, REF_JOB, "j");
	snprintf(id, sizeof(id), "e%031d", atoi(step));
	ref_set(&s->step, REF_STEP, id);
}

static void make_chores(struct scene *s)
{
	s->chores = chores_new(&(struct chores_options){
		.loop = s->loop, .store = s->store, .utf8 = true, .say = hear, .log_of = find_log,
		.copy = take_copy, .leave = leave, .come_back = come_back, .self = s});
}

static int setup(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));
	struct err err = {0};

	s->loop = ev_default_loop(0);
	s->store = store_new();
	world_fill(s->store);
	name_step(s, 2, FAILED_STEP);
	snprintf(s->dir, sizeof(s->dir), "/tmp/pipetop-chores-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	assert_int_equal(chdir(s->dir), 0);
	setenv("XDG_CACHE_HOME", s->dir, 1);
	setenv("HOME", s->dir, 1);
	unsetenv("PAGER");
	unsetenv("VISUAL");
	unsetenv("EDITOR");
	unsetenv("BROWSER");
	unsetenv("LESS");
	s->log = log_new("/tmp", LOG_SPOOL_MAX, &err);
	assert_non_null(s->log);
	make_chores(s);
	*state = s;
	return 0;
}

static void empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	char name[600];

	while (dir && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (unlink(name) != 0)
			empty(name);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static int teardown(void **state)
{
	struct scene *s = *state;

	chores_free(s->chores);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	log_free(s->log);
	store_free(s->store);
	ref_done(&s->step);
	assert_int_equal(chdir("/"), 0);
	empty(s->dir);
	mem_free(s);
	return 0;
}

/* ---- help ---- */

static void append(struct scene *s, const char *text)
{
	assert_true(log_append(s->log, text, strlen(text), NULL));
}

static void save(struct scene *s, const char *path, bool over)
{
	struct err err = {0};

	if (!chores_save(s->chores, &s->step, path, over, &err))
		fail_msg("%s", err.text);
	while (chores_work(s->chores, SLICE_US))
		;
}

static char *content(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	struct buf all;
	char piece[65536];
	size_t n;

	if (!f)
		fail_msg("%s is not there", path);
	buf_init(&all, BUF_MAX);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&all, piece, n);
	fclose(f);
	if (len)
		*len = all.len;
	return buf_take(&all);
}

static void check_content(const char *path, const char *want)
{
	char *text = content(path, NULL);

	assert_string_equal(text, want);
	mem_free(text);
}

static int files_in(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void write_script(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", text);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, 0700), 0);
}

static void too_late(struct ev_loop *loop, ev_timer *w, int revents)
{
	fail_msg("nothing happened for %.0f s", PATIENCE_S);
}

/* Works and runs the loop until *flag is at least n. */
static void await(struct scene *s, const int *flag, int n)
{
	ev_timer timer;

	ev_timer_init(&timer, too_late, PATIENCE_S, 0.);
	ev_timer_start(s->loop, &timer);
	while (*flag < n) {
		bool more = chores_work(s->chores, SLICE_US);

		if (*flag < n)
			ev_run(s->loop, more ? EVRUN_NOWAIT : EVRUN_ONCE);
	}
	ev_timer_stop(s->loop, &timer);
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* ---- saving ---- */

static void a_log_is_saved_byte_for_byte_for_its_owner_alone(void **state)
{
	struct scene *s = *state;
	struct stat st;

	append(s, "plain\n\033[31mred\033[0m\r\xff\xfe\t\n");
	append(s, "last");
	log_set_head(s->log, true);
	save(s, "x.log", false);
	check_content("x.log", "plain\n\033[31mred\033[0m\r\xff\xfe\t\n\nlast\n");
	assert_int_equal(stat("x.log", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_string_equal(s->message, "saved 4 lines in x.log");
	assert_false(s->bad);
	assert_int_equal(files_in("."), 1);
}

static void the_name_says_pipeline_run_and_step(void **state)
{
	struct scene *s = *state;
	char path[256];

	append(s, "x");
	log_set_head(s->log, true);
	save(s, NULL, false);
	check_content("checkout-api-1204-run_tests.log", "x\n");
	assert_int_equal(mkdir("sub", 0700), 0);
	save(s, "sub", false);
	check_content("sub/checkout-api-1204-run_tests.log", "x\n");
	save(s, "sub/", true);
	save(s, "~/home.log", false);
	snprintf(path, sizeof(path), "%s/home.log", s->dir);
	check_content(path, "x\n");
}

static void names_of_files_are_harmless(void **state)
{
	static const struct {
		const char *pipeline, *name;
	} cases[] = {
		{"web", "web-r1r1r1r1-s9.log"},
		{"../../etc/passwd", "_.._etc_passwd-r1r1r1r1-s9.log"},
		{"-rf", "rf-r1r1r1r1-s9.log"},
		{".-.hidden", "hidden-r1r1r1r1-s9.log"},
		{"a b\n\033[1mc", "a_b_1mc-r1r1r1r1-s9.log"},
		{"\xe6\x94\xaf\xe4\xbb\x98\xe7\xbd\x91\xe5\x85\xb3", "01234567-r1r1r1r1-s9.log"},
		{"Maven \xe6\x89\x93\xe5\x8c\x85", "Maven-r1r1r1r1-s9.log"},
		{"\xe6\x94\xaf v2", "_v2-r1r1r1r1-s9.log"},
	};
	struct store *store = store_new();
	struct ref ref = {{NULL}};
	struct buf out;
	size_t i;

	ref_set(&ref, REF_PROJECT, "p");
	ref_set(&ref, REF_PIPELINE, "0123456789abcdef");
	ref_set(&ref, REF_RUN, "r1r1r1r1");
	ref_set(&ref, REF_STAGE, "t");
	ref_set(&ref, REF_JOB, "j");
	ref_set(&ref, REF_STEP, "s9");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pipeline p = {.id = mem_strdup("0123456789abcdef"), .name = mem_strdup(cases[i].pipeline)};

		store_take_pipelines(store, "p", &p, 1, i + 1, 1);
		buf_init(&out, BUF_MAX);
		chores_name(store, &ref, &out);
		assert_string_equal(out.data, cases[i].name);
		buf_done(&out);
	}
	ref_done(&ref);
	store_free(store);
}

static void a_very_long_name_is_cut(void **state)
{
	struct scene *s = *state;
	struct pipeline p = {.id = mem_strdup(s->step.id[REF_PIPELINE]), .name = mem_zalloc(5001)};
	struct buf out;

	memset(p.name, 'n', 5000);
	store_take_pipelines(s->store, WORLD_PROJECT, &p, 1, 1000, 2000);
	buf_init(&out, BUF_MAX);
	chores_name(s->store, &s->step, &out);
	assert_int_equal(strspn(out.data, "n"), 60);
	assert_true(out.len < 200);
	buf_done(&out);
}

static void a_file_that_is_there_is_only_replaced_when_told(void **state)
{
	struct scene *s = *state;
	struct err err = {0};

	append(s, "new");
	log_set_head(s->log, true);
	write_script("old.log", "old");
	assert_false(chores_save(s->chores, &s->step, "old.log", false, &err));
	assert_string_equal(err.text, "not saved: there is such a file. :save! old.log replaces it");
	check_content("old.log", "#!/bin/sh\nold\n");
	assert_int_equal(symlink("old.log", "link.log"), 0);
	assert_false(chores_save(s->chores, &s->step, "link.log", false, &err));
	save(s, "link.log", true);
	check_content("old.log", "#!/bin/sh\nold\n"); /* the link was replaced, not what it named */
	check_content("link.log", "new\n");
	save(s, "old.log", true);
	check_content("old.log", "new\n");
	/* Made by somebody else while we wrote. */
	assert_true(chores_save(s->chores, &s->step, "late.log", false, &err));
	write_script("late.log", "his");
	while (chores_work(s->chores, SLICE_US))
		;
	assert_true(s->bad);
	assert_non_null(strstr(s->message, ":save! late.log replaces it"));
	check_content("late.log", "#!/bin/sh\nhis\n");
	assert_int_equal(files_in("."), 3);
	assert_false(chores_save(s->chores, &s->step, "no/such/dir.log", false, &err));
	assert_non_null(strstr(err.text, "No such file or directory"));
}

static void it_says_what_is_not_in_the_file(void **state)
{
	struct scene *s = *state;
	struct log *log = s->log;
	struct err err = {0};

	assert_false(chores_save(s->chores, &s->step, "x.log", false, &err));
	assert_string_equal(err.text, "there is no text of this log yet");
	name_step(s, 3, RUNNING_STEP);
	append(s, "a\nb");
	log_mark(s->log, LOG_MARK_GAP, "3 bytes are missing");
	append(s, "c");
	save(s, "x.log", false);
	check_content("x.log", "a\nb\nc\n");
	assert_string_equal(s->message, "saved 3 lines so far in x.log; line 1 is not loaded yet; 1 gaps");
	s->log = NULL;
	assert_false(chores_save(s->chores, &s->step, "y.log", false, &err));
	assert_string_equal(err.text, "no log is open here: Enter on a step opens it");
	s->log = log;
}

/* About `mb` MiB of lines, one of them huge. */
static void fill(struct scene *s, size_t mb)
{
	char *block = mem_alloc(1 << 20);
	size_t i, k;

	for (i = 0; i < mb; i++) {
		memset(block, 'a' + (int)(i % 26), 1 << 20);
		for (k = 99; i && k < (1 << 20); k += 100)
			block[k] = '\n';
		assert_true(log_append(s->log, block, (1 << 20) - 1, NULL));
	}
	mem_free(block);
	block = mem_alloc(3 << 20);
	memset(block, 'H', 3 << 20);
	assert_true(log_append(s->log, block, 3 << 20, NULL));
	mem_free(block);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void a_large_log_is_written_in_slices_while_it_grows(void **state)
{
	struct scene *s = *state;
	size_t len, want, slices = 0, i;
	int64_t longest = 0, from;
	char *text;

	fill(s, 32);
	want = (size_t)log_bytes(s->log);
	log_set_head(s->log, true);
	assert_true(chores_save(s->chores, &s->step, "big.log", false, NULL));
	assert_false(chores_save(s->chores, &s->step, "other.log", false, NULL));
	assert_true(chores_work(s->chores, 0));
	do {
		from = now_us();
		assert_false(exists("big.log"));
		assert_in_range(chores_percent(s->chores), 0, 100);
		append(s, "more");
		slices++;
		if (!chores_work(s->chores, SLICE_US))
			break;
		longest = now_us() - from > longest ? now_us() - from : longest;
	} while (true);
	print_message("# %zu slices, longest %.1f ms\n", slices, (double)longest / 1e3);
	assert_true(slices > 1);
	assert_false(s->bad);
	assert_int_equal(chores_percent(s->chores), -1);
	text = content("big.log", &len);
	assert_true(len >= want);
	for (i = 0; i + 1 < (1 << 20); i++)
		if (text[i] != 'a')
			fail_msg("byte %zu", i);
	assert_memory_equal(text + want - 5, "HHHH\n", 5);
	mem_free(text);
}

static void what_is_broken_off_leaves_no_trace(void **state)
{
	struct scene *s = *state;
	struct log *log = s->log;

	fill(s, 16);
	assert_true(chores_save(s->chores, &s->step, "x.log", false, NULL));
	assert_true(chores_work(s->chores, 1));
	assert_int_equal(files_in("."), 1); /* not under its name yet */
	assert_false(exists("x.log"));
	chores_free(s->chores);
	assert_int_equal(files_in("."), 0);
	make_chores(s);
	assert_true(chores_save(s->chores, &s->step, "x.log", false, NULL));
	assert_true(chores_work(s->chores, 1));
	s->log = NULL; /* closed */
	assert_false(chores_work(s->chores, 1));
	assert_true(s->bad);
	assert_string_equal(s->message, "not saved: the log was closed before all of it was written");
	assert_int_equal(files_in("."), 0);
	s->log = log;
}

static void a_full_disk_is_said_and_leaves_no_file(void **state)
{
	struct scene *s = *state;
	struct rlimit was, limit;
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;

	fill(s, 4);
	sigaction(SIGXFSZ, &ignore, &before);
	getrlimit(RLIMIT_FSIZE, &was);
	limit = was;
	limit.rlim_cur = 2 << 20;
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_true(chores_save(s->chores, &s->step, "x.log", false, NULL));
	while (chores_work(s->chores, SLICE_US))
		;
	setrlimit(RLIMIT_FSIZE, &was);
	sigaction(SIGXFSZ, &before, NULL);
	assert_true(s->bad);
	assert_string_equal(s->message, "not saved: File too large, after 2.0 MiB of 7.0 MiB for x.log");
	assert_int_equal(files_in("."), 0);
}

/* ---- viewing ---- */

static void the_pager_has_a_private_clean_copy_for_as_long_as_it_runs(void **state)
{
	struct scene *s = *state;
	char *path;

	append(s, "plain\n\033[31mred\033[0m \033]52;c;eA==\007\033[2Jx\n50%\r100%");
	log_set_head(s->log, true);
	write_script("pager", "cat \"$2\" >seen; echo \"$1 $LESS\" >words; echo \"$2\" >path\n"
			      "stat -c %a \"$2\" \"$(dirname \"$2\")\" >modes");
	setenv("PAGER", "./pager '+G 1'", 1);
	assert_true(chores_view(s->chores, &s->step, false, NULL));
	assert_int_equal(s->left, 0);
	await(s, &s->back, 1);
	check_content("words", "+G 1 R\n");
	check_content("modes", "600\n700\n");
	path = content("path", NULL);
	path[strcspn(path, "\n")] = '\0';
	assert_non_null(strstr(path, "/pipetop/view-"));
	assert_non_null(strstr(path, "/checkout-api-1204-run_tests.log"));
	assert_false(exists(path));
	mem_free(path);
	path = content("seen", NULL);
	assert_non_null(strstr(path, "plain\n"));
	assert_non_null(strstr(path, "red\033["));
	assert_null(strstr(path, "\033]"));
	assert_null(strstr(path, "\033[2J"));
	assert_null(strchr(path, '\r'));
	assert_non_null(strstr(path, "\n100%\n"));
	mem_free(path);
	assert_int_equal(files_in("pipetop"), 0);
	assert_int_equal(s->said, 0);
}

/* Colours carry on from line to line, and a line of a megabyte is cut by the store. */
static void plain_lines_keep_the_colour_that_is_in_force(void **state)
{
	struct scene *s = *state;
	char *text, *huge = mem_alloc(3 << 20);

	memset(huge, 'h', 3 << 20);
	append(s, "plain\n\033[32mgreen\nstill green\n\033[0mplain again\nlast");
	assert_true(log_append(s->log, huge, 3 << 20, NULL));
	append(s, "end");
	write_script("pager", "cp \"$1\" seen");
	setenv("PAGER", "./pager", 1);
	assert_true(chores_view(s->chores, &s->step, false, NULL));
	await(s, &s->back, 1);
	text = content("seen", NULL);
	assert_int_equal(strncmp(text,
				 "plain\n\033[0;32mgreen\033[0m\n\033[0;32mstill green\033[0m\nplain again\nlast\n",
				 strcspn(text, "h")), 0);
	assert_int_equal(strspn(strchr(text, 'h'), "h"), 1 << 20); /* as much as the view shows */
	assert_string_equal(strrchr(text, 'h') + 1, "\nend\n");
	mem_free(text);
	mem_free(huge);
}

static void the_editor_has_the_bytes_and_its_changes_are_not_kept_silently(void **state)
{
	struct scene *s = *state;

	append(s, "\033[31mred\r\xff");
	setenv("EDITOR", "no-such-editor", 1);
	setenv("VISUAL", "./editor", 1);
	write_script("editor", "cat \"$1\" >seen");
	assert_true(chores_view(s->chores, &s->step, true, NULL));
	await(s, &s->back, 1);
	check_content("seen", "\033[31mred\r\xff\n");
	assert_int_equal(s->said, 0);
	write_script("editor", "touch -d @1 \"$1\"; echo leftover >\"$1~\"");
	assert_true(chores_view(s->chores, &s->step, true, NULL));
	await(s, &s->back, 2);
	assert_non_null(strstr(s->message, "is not kept"));
	assert_int_equal(files_in("pipetop"), 0);
}

static void a_viewer_that_cannot_be_is_said_with_the_terminal_back(void **state)
{
	struct scene *s = *state;
	struct err err = {0};

	append(s, "x");
	setenv("PAGER", "less | head", 1);
	assert_false(chores_view(s->chores, &s->step, false, &err));
	assert_int_equal(strncmp(err.text, "PAGER needs a shell", 19), 0);
	assert_int_equal(s->left, 0);
	setenv("PAGER", "./no-such-pager", 1);
	assert_true(chores_view(s->chores, &s->step, false, &err));
	await(s, &s->back, 1);
	assert_true(s->bad);
	assert_string_equal(s->message, "./no-such-pager: ./no-such-pager cannot be started: "
					"No such file or directory");
	write_script("pager", "exit 3");
	setenv("PAGER", "./pager", 1);
	assert_true(chores_view(s->chores, &s->step, false, &err));
	await(s, &s->back, 2);
	assert_string_equal(s->message, "./pager: exit status 3");
	assert_int_equal(files_in("pipetop"), 0);
}

static void without_less_there_is_more(void **state)
{
	struct scene *s = *state;
	char *path = mem_strdup(getenv("PATH"));

	append(s, "x");
	assert_int_equal(mkdir("bin", 0700), 0);
	write_script("bin/more", "echo \"more $#\" >seen");
	setenv("PATH", "bin", 1);
	assert_true(chores_view(s->chores, &s->step, false, NULL));
	await(s, &s->back, 1);
	setenv("PATH", path, 1);
	mem_free(path);
	check_content("seen", "more 1\n");
}

static void one_thing_at_a_time_and_leaving_ends_the_pager(void **state)
{
	struct scene *s = *state;
	struct err err = {0};

	append(s, "x");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	write_script("pager", "read -r x <fifo");
	setenv("PAGER", "./pager", 1);
	assert_true(chores_view(s->chores, &s->step, false, NULL));
	await(s, &s->left, 1);
	assert_true(chores_foreground(s->chores));
	assert_false(chores_view(s->chores, &s->step, false, &err));
	assert_string_equal(err.text, "a pager or editor has the terminal");
	assert_int_equal(files_in("pipetop"), 1);
	chores_free(s->chores);
	assert_int_equal(s->back, 0); /* the terminal is closed by others then */
	assert_int_equal(files_in("pipetop"), 0);
	make_chores(s);
}

static void copies_that_a_killed_program_left_are_removed(void **state)
{
	struct scene *s = *state;
	char dead[64], alive[64], file[80];
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	append(s, "x");
	setenv("PAGER", "true", 1);
	assert_int_equal(mkdir("pipetop", 0700), 0);
	snprintf(dead, sizeof(dead), "pipetop/view-%ld-abcdef", (long)pid);
	snprintf(alive, sizeof(alive), "pipetop/view-%ld-abcdef", (long)getppid());
	assert_int_equal(mkdir(dead, 0700), 0);
	assert_int_equal(mkdir(alive, 0700), 0);
	snprintf(file, sizeof(file), "%s/x.log", dead);
	write_script(file, "secret");
	assert_true(chores_view(s->chores, &s->step, false, NULL));
	await(s, &s->back, 1);
	assert_false(exists(dead));
	assert_true(exists(alive));
}

/* ---- pages ---- */

static void only_plain_web_addresses_are_opened(void **state)
{
	static const struct {
		const char *url;
		bool ok;
	} cases[] = {
		{"https://devcloud.example.com/pipeline/detail/1?v=2#top", true},
		{"http://127.0.0.1:8080/x%20y", true},
		{"https://[::1]/", true},
		{"", false},
		{"https://", false},
		{"https:///etc/passwd", false},
		{"file:///etc/passwd", false},
		{"javascript:alert(1)", false},
		{"HTTPS://EXAMPLE.COM", false},
		{"-https://x", false},
		{" https://x", false},
		{"https://x y", false},
		{"https://x\n", false},
		{"https://x\033[m", false},
		{"https://\xe6\x94\xaf", false},
		{"https://x\"y", false},
		{"https://x`id`", false},
	};
	struct scene *s = *state;
	char *longest = mem_zalloc(2050);
	struct err err = {0};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (chores_url_ok(cases[i].url) != cases[i].ok)
			fail_msg("%s", cases[i].url);
	assert_false(chores_url_ok(NULL));
	memset(longest, 'x', 2049);
	memcpy(longest, "https://", 8);
	assert_false(chores_url_ok(longest));
	longest[2048] = '\0';
	assert_true(chores_url_ok(longest));
	mem_free(longest);
	assert_false(chores_browse(s->chores, "file:///etc/passwd", &err));
	assert_string_equal(err.text, "this is no plain http or https address: it is not opened");
}

static void a_browser_gets_the_address_as_one_word(void **state)
{
	static const struct {
		const char *browsers, *words;
	} cases[] = {
		{NULL, "xdg-open URL"},
		{"", "xdg-open URL"},
		{"firefox", "firefox URL"},
		{"::firefox:w3m", "firefox URL"},
		{"firefox -new-tab %s", "firefox -new-tab URL"},
		{"wrap 'a b' --url=%s 100%%", "wrap,a b,--url=URL,100%"},
		{"odd | shell", "odd | shell URL"},
	};
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char **argv = webpage_command(cases[i].browsers, 0, "URL"), joined[256] = "";
		char separator = strchr(cases[i].words, ',') ? ',' : ' ';

		for (k = 0; argv[k]; k++)
			snprintf(joined + strlen(joined), sizeof(joined) - strlen(joined), "%.*s%s", k > 0,
				 &separator, argv[k]);
		assert_string_equal(joined, cases[i].words);
		argv_free(argv);
	}
	assert_null(webpage_command("a:b", 2, "URL"));
}

static void browsers_are_tried_one_after_the_other(void **state)
{
	struct scene *s = *state;

	write_script("bad", "exit 1");
	write_script("good", "echo \"$1\" >seen.tmp; mv seen.tmp seen; exit 1");
	setenv("BROWSER", "no-such-browser:./bad:./good:./bad", 1);
	assert_true(chores_browse(s->chores, "https://example.com/1?a=b&c", NULL));
	assert_string_equal(s->message, "opening https://example.com/1?a=b&c");
	/* All end badly here, so that the end of the list is seen as well. */
	await(s, &s->said, 2);
	check_content("seen", "https://example.com/1?a=b&c\n");
	assert_true(s->bad);
	assert_string_equal(s->message, "no browser here (set BROWSER): https://example.com/1?a=b&c");
}

static void without_a_browser_the_address_is_shown(void **state)
{
	struct scene *s = *state;
	char *path = mem_strdup(getenv("PATH"));
	struct err err = {0};

	setenv("PATH", "/no/such/place", 1);
	assert_false(chores_browse(s->chores, "https://example.com/1", &err));
	setenv("PATH", path, 1);
	mem_free(path);
	assert_string_equal(err.text, "no browser here (set BROWSER): https://example.com/1");
}

/* ---- what is taken out ---- */

static void list_with_url(struct scene *s, const char *url)
{
	struct pipeline p = {.id = mem_strdup("web"), .name = mem_strdup("web \xe5\x95\x86\033[1m")};
	static uint64_t snapshot = 100;

	p.latest = mem_zalloc(sizeof(*p.latest));
	p.latest->id = mem_strdup("run7");
	p.latest->pipeline_id = mem_strdup("web");
	p.latest->status = mem_strdup("RUNNING");
	p.latest->number = 7;
	p.latest->detail_url = mem_strdup(url);
	store_take_pipelines(s->store, WORLD_PROJECT, &p, 1, ++snapshot, 5000);
	ref_set(&s->step, REF_PROJECT, WORLD_PROJECT);
	ref_set(&s->step, REF_PIPELINE, "web");
}

static void check_url(struct scene *s, bool ok, const char *want)
{
	struct err err = {0};
	struct buf url;

	buf_init(&url, BUF_MAX);
	assert_int_equal(chores_url(s->store, &s->step, &url, &err), ok);
	assert_string_equal(ok ? url.data : err.text, want);
	buf_done(&url);
}

static void the_page_of_a_run_is_the_servers(void **state)
{
	struct scene *s = *state;

	list_with_url(s, NULL);
	check_url(s, false, "no page is known for this run yet: open it first");
	list_with_url(s, "javascript:alert(1)");
	check_url(s, false, "the server's address of this run is no plain http or https address: it is not used");
	list_with_url(s, "https://example.com/run7");
	check_url(s, true, "https://example.com/run7");
	ref_set(&s->step, REF_RUN, "run7");
	check_url(s, true, "https://example.com/run7");
	ref_set(&s->step, REF_RUN, "other");
	check_url(s, false, "there is no run here, and only runs have a page");
	name_step(s, 2, FAILED_STEP);
	check_url(s, false, "the server names no page for this run");
}

static void copy_text(struct scene *s, const char *text)
{
	struct err err = {0};

	if (!chores_copy(s->chores, text, &err))
		hear(s, true, err.text);
}

static void what_is_copied_does_nothing_by_itself(void **state)
{
	struct scene *s = *state;

	copy_text(s, "rm x\r\033[201~\x7f\xc2\x9b ok\t\xff\xe5\x95\x86");
	assert_string_equal(s->text, "rm x[201~ ok\t\xef\xbf\xbd\xe5\x95\x86");
	copy_text(s, "one\ntwo\nthree\n");
	assert_string_equal(s->text, "one\ntwo\nthree\n");
	assert_string_equal(s->message, "copied 3 lines");
	copy_text(s, "0123456789012345678901234567890123456789012345678901234567890123456789");
	assert_string_equal(s->message, "copied: 012345678901234567890123456789012345678901234567890123456789~");
	copy_text(s, "");
	assert_true(s->bad);
	assert_string_equal(s->message, "there is nothing to copy here");
	s->refuse_copy = true;
	copy_text(s, "x");
	assert_string_equal(s->message, "too much");
	assert_int_equal(s->copied, 3);
}

static void things_of_every_level_have_their_name(void **state)
{
	struct scene *s = *state;
	char job[33], stage[33];

	assert_string_equal(chores_thing_name(s->store, &s->step), "run tests");
	ref_set(&s->step, REF_STEP, "no such step");
	assert_null(chores_thing_name(s->store, &s->step));
	snprintf(stage, sizeof(stage), "9%031d", 1 + 10 * 1204);
	snprintf(job, sizeof(job), "d%031d", 2);
	ref_set(&s->step, REF_STAGE, stage);
	assert_string_equal(chores_thing_name(s->store, &s->step), "test");
	ref_set(&s->step, REF_JOB, job);
	assert_string_equal(chores_thing_name(s->store, &s->step), "unit");
	ref_set(&s->step, REF_JOB, "no such job");
	assert_null(chores_thing_name(s->store, &s->step));
	ref_cut(&s->step, REF_STAGE);
	assert_string_equal(chores_thing_name(s->store, &s->step), "checkout-api");
	ref_cut(&s->step, REF_RUN);
	assert_string_equal(chores_thing_name(s->store, &s->step), "checkout-api");
	ref_set(&s->step, REF_PIPELINE, "other");
	assert_null(chores_thing_name(s->store, &s->step));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_is_saved_byte_for_byte_for_its_owner_alone),
		TEST(the_name_says_pipeline_run_and_step),
		cmocka_unit_test(names_of_files_are_harmless),
		TEST(a_very_long_name_is_cut),
		TEST(a_file_that_is_there_is_only_replaced_when_told),
		TEST(it_says_what_is_not_in_the_file),
		TEST(a_large_log_is_written_in_slices_while_it_grows),
		TEST(what_is_broken_off_leaves_no_trace),
		TEST(a_full_disk_is_said_and_leaves_no_file),
		TEST(the_pager_has_a_private_clean_copy_for_as_long_as_it_runs),
		TEST(plain_lines_keep_the_colour_that_is_in_force),
		TEST(the_editor_has_the_bytes_and_its_changes_are_not_kept_silently),
		TEST(a_viewer_that_cannot_be_is_said_with_the_terminal_back),
		TEST(without_less_there_is_more),
		TEST(one_thing_at_a_time_and_leaving_ends_the_pager),
		TEST(copies_that_a_killed_program_left_are_removed),
		TEST(only_plain_web_addresses_are_opened),
		cmocka_unit_test(a_browser_gets_the_address_as_one_word),
		TEST(browsers_are_tried_one_after_the_other),
		TEST(without_a_browser_the_address_is_shown),
		TEST(the_page_of_a_run_is_the_servers),
		TEST(what_is_copied_does_nothing_by_itself),
		TEST(things_of_every_level_have_their_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
