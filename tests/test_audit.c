/* SPDX-License-Identifier: MIT */
/* The audit log as a file: private, whole lines, without secrets, shared by several programs. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/audit.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"

static char dir[64], log_path[128];

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test_audit.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(log_path, sizeof(log_path), "%s/state/" AUDIT_LOG, dir);
	return 0;
}

static int remove_dir(void **state)
{
	char state_dir[128];

	(void)state;
	unlink(log_path);
	snprintf(state_dir, sizeof(state_dir), "%s/state", dir);
	rmdir(state_dir);
	return rmdir(dir);
}

static char *text_of_log(void)
{
	static char text[1 << 20];
	int fd = open(log_path, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static void add_to_log(const char *text)
{
	int fd = open(log_path, O_WRONLY | O_APPEND);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static struct audit_entry an_entry(enum audit_event event)
{
	static char project[] = "j1", pipeline[] = "p1", run[] = "r1";
	static const struct ref ref = {{project, pipeline, run}};
	struct audit_entry entry = {.event = event, .act = ACT_STOP, .ref = &ref, .pipeline = "checkout-api",
				    .run_number = 1204, .before = "RUNNING"};

	snprintf(entry.number, sizeof(entry.number), "n-1");
	if (event == AUDIT_OUTCOME) {
		entry.after = "CANCELED";
		entry.http = 200;
		entry.request_id = "q9";
		entry.made = "t9";
		entry.verdict = "done";
	}
	return entry;
}

static void write_it(const struct audit_entry *entry)
{
	struct audit *audit = audit_new(log_path, "pipe.example.com");
	struct err err = {.kind = ERR_NONE};

	if (!audit_write(audit, entry, &err))
		fail_msg("%s", err.text);
	audit_free(audit);
}

static bool refused(struct err *err)
{
	struct audit *audit = audit_new(log_path, "pipe.example.com");
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	bool ok = audit_write(audit, &entry, err);

	audit_free(audit);
	return !ok;
}

/* ---- what a line has ---- */

static void a_line_has_who_where_what_and_what_became_of_it(void **state)
{
	static const char *const parts[] = {
		"{\"time\":\"20", "\"monotonic_ms\":", "\"event\":\"outcome\"", "\"id\":\"n-1\"", "\"user\":\"",
		"\"host\":\"", "\"pid\":", "\"endpoint\":\"pipe.example.com\"", "\"action\":\"stop\"",
		"\"project\":\"j1\",\"pipeline\":\"p1\",\"run\":\"r1\"", "\"pipeline_name\":\"checkout-api\"",
		"\"run_number\":1204", "\"before\":\"RUNNING\"", "\"http\":200", "\"request_id\":\"q9\"",
		"\"after\":\"CANCELED\"", "\"made\":\"t9\"", "\"verdict\":\"done\",\"unknown\":false",
	};
	struct audit_entry entry = an_entry(AUDIT_OUTCOME);
	const char *text;
	size_t i;

	(void)state;
	write_it(&entry);
	text = text_of_log();
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(text, parts[i]))
			fail_msg("%s is not in %s", parts[i], text);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void an_intent_has_no_outcome_and_no_empty_texts(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	const char *text;

	(void)state;
	write_it(&entry);
	text = text_of_log();
	assert_non_null(strstr(text, "\"event\":\"intent\""));
	assert_null(strstr(text, "verdict"));
	assert_null(strstr(text, "unknown"));
	assert_null(strstr(text, "http"));
	assert_null(strstr(text, "\"\""));
}

static void what_could_write_to_a_terminal_or_break_the_line_is_escaped(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_OUTCOME);
	const char *text, *s;

	(void)state;
	entry.pipeline = "a\"b\\c\nd\033[2Je\xc2\x9b"
			 "f\xe2\x80\xae"
			 "g\xff"
			 "h";
	write_it(&entry);
	text = text_of_log();
	assert_non_null(strstr(text, "\"a\\\"b\\\\c\\u000ad\\u001b[2Je\\u009bf\\u202eg\xef\xbf\xbdh\""));
	for (s = text; s[1]; s++)
		assert_true((unsigned char)*s >= 0x20);
}

static void no_secret_is_written_whole_escaped_or_cut(void **state)
{
	char *plain = vault_keep("MIIEsecret-token-0123456789"), *odd = vault_keep("pa\"ss\\word-of-mine");
	struct audit_entry entry = an_entry(AUDIT_OUTCOME);
	char long_text[600];
	const char *text;

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	snprintf(long_text + 290, sizeof(long_text) - 290, "%s", plain); /* where a text is cut */
	entry.why = "denied: MIIEsecret-token-0123456789";
	entry.detail = "P=pa\"ss\\word-of-mine";
	entry.code = long_text;
	write_it(&entry);
	text = text_of_log();
	assert_null(strstr(text, "MIIEsecr"));
	assert_null(strstr(text, "word-of-mine"));
	assert_non_null(strstr(text, "\"why\":\"denied: <token "));
	vault_drop(plain);
	vault_drop(odd);
}

static void a_line_is_bounded(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_OUTCOME);
	char *huge = mem_alloc(1 << 20);

	(void)state;
	memset(huge, '\a', 1 << 20);
	huge[(1 << 20) - 1] = '\0';
	entry.pipeline = entry.step = entry.template = entry.detail = entry.before = entry.after = entry.code =
		entry.request_id = entry.why = huge;
	write_it(&entry);
	assert_true(strlen(text_of_log()) < 64 << 10);
	mem_free(huge);
}

static void numbers_are_not_alike(void **state)
{
	char one[40], two[40];

	(void)state;
	audit_number(one, sizeof(one));
	audit_number(two, sizeof(two));
	assert_string_not_equal(one, two);
	assert_true(strlen(one) > 16);
}

/* ---- the file ---- */

static void the_file_and_its_directory_are_private(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	char state_dir[128];
	struct stat st;
	mode_t before = umask(0);

	(void)state;
	write_it(&entry);
	umask(before);
	assert_int_equal(stat(log_path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	snprintf(state_dir, sizeof(state_dir), "%s/state", dir);
	assert_int_equal(stat(state_dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(chmod(log_path, 0644), 0); /* somebody did */
	write_it(&entry);
	assert_int_equal(stat(log_path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void what_is_no_file_of_ours_is_not_written_to(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	struct err err = {.kind = ERR_NONE};
	char other[128];

	(void)state;
	write_it(&entry);
	snprintf(other, sizeof(other), "%s/other", dir);
	assert_int_equal(rename(log_path, other), 0);
	assert_int_equal(symlink(other, log_path), 0);
	assert_true(refused(&err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, AUDIT_LOG));
	assert_int_equal(unlink(log_path), 0);
	assert_int_equal(mkfifo(log_path, 0600), 0);
	assert_true(refused(&err));
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(unlink(log_path), 0);
	assert_int_equal(unlink(other), 0);
}

static void without_a_place_nothing_is_written_and_the_mend_is_told(void **state)
{
	char *home = mem_strdup(getenv("HOME")), *xdg = mem_strdup(getenv("XDG_STATE_HOME"));
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	struct audit *audit;
	struct err err = {.kind = ERR_NONE};

	(void)state;
	unsetenv("HOME");
	unsetenv("XDG_STATE_HOME");
	audit = audit_new(NULL, "x");
	assert_false(audit_write(audit, &entry, &err));
	assert_non_null(strstr(err.text, "XDG_STATE_HOME"));
	audit_free(audit);
	setenv("XDG_STATE_HOME", "/dev/null", 1);
	audit = audit_new(NULL, "x");
	assert_false(audit_write(audit, &entry, &err));
	assert_int_equal(err.kind, ERR_IO);
	audit_free(audit);
	unsetenv("XDG_STATE_HOME");
	if (home)
		setenv("HOME", home, 1);
	if (xdg)
		setenv("XDG_STATE_HOME", xdg, 1);
	mem_free(home);
	mem_free(xdg);
}

static void a_file_that_was_moved_away_is_begun_anew(void **state)
{
	struct audit *audit = audit_new(log_path, "x");
	struct audit_entry entry = an_entry(AUDIT_INTENT);

	(void)state;
	assert_true(audit_write(audit, &entry, NULL));
	assert_int_equal(unlink(log_path), 0);
	assert_true(audit_write(audit, &entry, NULL));
	assert_non_null(strstr(text_of_log(), "\"intent\""));
	audit_free(audit);
}

/* ---- reading ---- */

struct seen {
	size_t n, whole, last;
	char words[400];
};

static void see(void *self, const struct audit_line *line)
{
	struct seen *seen = self;

	seen->n++;
	seen->whole += line->whole;
	seen->last = line->number;
	snprintf(seen->words, sizeof(seen->words), "%s|%s|%s|%s|%s|%s|%s", line->event, line->act, line->pipeline,
		 line->run, line->step, line->verdict, line->id);
}

static void each_line_is_read_and_those_that_are_not_whole_are_told(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_OUTCOME);
	struct seen seen = {0};
	char *huge;

	(void)state;
	assert_true(audit_each(log_path, see, &seen, NULL)); /* no file, no lines */
	assert_int_equal(seen.n, 0);
	write_it(&entry);
	add_to_log("{\"event\":\"inte");
	write_it(&entry); /* begins a line of its own */
	add_to_log("\n[1]\n{\"id\":\"x\",\"why\":\"\033[2J\"}\n");
	huge = mem_alloc(300000);
	memset(huge, 'x', 300000);
	huge[299998] = '\n';
	huge[299999] = '\0';
	add_to_log(huge);
	mem_free(huge);
	entry.step = "Review";
	write_it(&entry);
	assert_true(audit_each(log_path, see, &seen, NULL));
	assert_int_equal(seen.n, 7);
	assert_int_equal(seen.whole, 3);
	assert_int_equal(seen.last, 8); /* one is empty */
	assert_string_equal(seen.words, "outcome|stop|checkout-api|1204|Review|done|n-1");
}

static void what_cannot_be_read_is_a_failure(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	struct err err = {.kind = ERR_NONE};
	struct seen seen = {0};

	(void)state;
	write_it(&entry);
	assert_int_equal(unlink(log_path), 0);
	assert_int_equal(mkdir(log_path, 0700), 0);
	assert_false(audit_each(log_path, see, &seen, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(rmdir(log_path), 0);
}

/* ---- several programs ---- */

#define WRITERS 6
#define LINES 60

static void write_many(int writer)
{
	struct audit *audit = audit_new(log_path, "x");
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	char fill[2000];
	int i;

	memset(fill, 'a' + writer, sizeof(fill) - 1);
	fill[sizeof(fill) - 1] = '\0';
	entry.detail = fill;
	for (i = 0; i < LINES; i++)
		if (!audit_write(audit, &entry, NULL))
			_exit(1);
	_exit(0);
}

static void lines_of_several_programs_do_not_mix(void **state)
{
	struct audit_entry entry = an_entry(AUDIT_INTENT);
	struct seen seen = {0};
	int i, status;
	pid_t pids[WRITERS];

	(void)state;
	write_it(&entry);
	add_to_log("{\"event\":\"outc"); /* one that died before */
	for (i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			write_many(i);
	}
	for (i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_true(audit_each(log_path, see, &seen, NULL));
	assert_int_equal(seen.whole, 1 + WRITERS * LINES);
	assert_int_equal(seen.n, seen.whole + 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_has_who_where_what_and_what_became_of_it),
		TEST(an_intent_has_no_outcome_and_no_empty_texts),
		TEST(what_could_write_to_a_terminal_or_break_the_line_is_escaped),
		TEST(no_secret_is_written_whole_escaped_or_cut),
		TEST(a_line_is_bounded),
		TEST(numbers_are_not_alike),
		TEST(the_file_and_its_directory_are_private),
		TEST(what_is_no_file_of_ours_is_not_written_to),
		TEST(without_a_place_nothing_is_written_and_the_mend_is_told),
		TEST(a_file_that_was_moved_away_is_begun_anew),
		TEST(each_line_is_read_and_those_that_are_not_whole_are_told),
		TEST(what_cannot_be_read_is_a_failure),
		TEST(lines_of_several_programs_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
