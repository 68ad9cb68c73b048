/* SPDX-License-Identifier: MIT */
/* The file of --debug: whose it is, how much it takes, and what never comes into it. */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/debuglog.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "net/trace.h"

static char dir[64], path[100];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/pipetop-debug-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int remove_dir(void **state)
{
	unlink(path);
	return rmdir(dir);
}

static void read_back(struct buf *text)
{
	char piece[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	buf_init(text, BUF_MAX);
	buf_adds(text, "");
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(text, piece, (size_t)n);
	close(fd);
}

static int lines_of(const struct buf *text)
{
	const char *s;
	int n = 0;

	for (s = text->data; (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

static void a_line_is_dated_and_the_file_is_ours_alone(void **state)
{
	struct debuglog *log;
	struct err err = {0};
	struct buf text;
	struct stat st;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644); /* made by somebody careless */
	assert_int_equal(write(fd, "before\n", 7), 7);
	close(fd);
	log = debuglog_open(path, &err);
	assert_non_null(log);
	debuglog_trace(log, "GET /x 200");
	debuglog_free(log);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	read_back(&text);
	assert_true(text_starts(text.data, "before\n20"));
	assert_non_null(strstr(text.data, "Z GET /x 200\n"));
	assert_int_equal(lines_of(&text), 2);
	buf_done(&text);
	debuglog_trace(NULL, "nothing");
}

static void what_is_no_file_of_its_own_is_refused_with_the_mend(void **state)
{
	static const struct {
		const char *name, *says;
	} rows[] = {
		{"-", "give its name, not '-'"},
		{"link", "symbolic link"},
		{"", "Is a directory"},
		{"pipe", "--debug"},
		{"no/such", "No such file"},
	};
	char link[100], pipe[100], name[200];
	size_t i;

	snprintf(link, sizeof(link), "%s/link", dir);
	snprintf(pipe, sizeof(pipe), "%s/pipe", dir);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = {0};

		snprintf(name, sizeof(name), "%s/%s", dir, rows[i].name);
		assert_null(debuglog_open(i ? name : "-", &err));
		assert_int_equal(err.kind, ERR_INPUT);
		if (!strstr(err.text, rows[i].says))
			fail_msg("%s: %s", rows[i].name, err.text);
	}
	unlink(link);
	unlink(pipe);
	assert_int_equal(access(path, F_OK), -1); /* nothing was made through the link */
}

static void more_lines_than_a_second_may_have_are_counted(void **state)
{
	struct debuglog *log = debuglog_open(path, NULL);
	struct buf text;
	int i;

	for (i = 0; i < DEBUGLOG_RATE + 50; i++)
		debuglog_line(log, "x", 5000 + i);
	debuglog_line(log, "the next second", 6000);
	for (i = 0; i < DEBUGLOG_RATE + 6; i++)
		debuglog_line(log, "y", 7999);
	debuglog_free(log); /* tells what is still to be told */
	read_back(&text);
	assert_int_equal(lines_of(&text), DEBUGLOG_RATE + 2 + DEBUGLOG_RATE + 1);
	assert_non_null(strstr(text.data, "Z 50 lines left out\n"));
	assert_non_null(strstr(text.data, "Z 6 lines left out\n"));
	buf_done(&text);
}

static void a_full_file_takes_nothing_more(void **state)
{
	struct debuglog *log = debuglog_open(path, NULL);
	struct err err = {0};
	struct stat st;
	int i;

	assert_int_equal(truncate(path, DEBUGLOG_MAX - 1000), 0);
	debuglog_free(log);
	log = debuglog_open(path, &err);
	assert_non_null(log);
	for (i = 0; i < 100; i++)
		debuglog_line(log, "thirty bytes and some to go on", i * 1000);
	debuglog_free(log);
	assert_int_equal(stat(path, &st), 0);
	assert_in_range(st.st_size, DEBUGLOG_MAX - 500, DEBUGLOG_MAX);
	assert_int_equal(truncate(path, DEBUGLOG_MAX), 0);
	assert_null(debuglog_open(path, &err));
	assert_non_null(strstr(err.text, "remove it or name another"));
}

static void a_live_secret_is_replaced(void **state)
{
	char *secret = vault_keep("canary-secret-0123456789");
	struct debuglog *log = debuglog_open(path, NULL);
	struct buf text;

	debuglog_trace(log, "host GET /x 400: you sent canary-secret-0123456789 there");
	debuglog_free(log);
	read_back(&text);
	assert_null(strstr(text.data, "canary-secret"));
	assert_non_null(strstr(text.data, "host GET /x 400: you sent "));
	assert_non_null(strstr(text.data, " there\n"));
	assert_int_equal(lines_of(&text), 1);
	buf_done(&text);
	vault_drop(secret);
}

static void a_line_says_what_the_allow_list_has_and_stays_one_line(void **state)
{
	const struct header headers[] = {{"X-Auth-Token", "the-token"}};
	struct request request = {.method = "POST", .headers = headers, .n_headers = 1,
				  .url = "https://me:pw@h.example:1/v5/list?secret=1#x", .body = "the-body"};
	struct response response = {.status = 200, .len = 9000, .wire_bytes = 1200, .took_ms = 41,
				    .request_id = "r-1", .http_version = 20,
				    .subject_token = "subject", .body = "answer"};
	struct trace_facts facts = {.host = "h.example:1", .address = "2001:db8::1", .port = 443,
				    .connections = 1, .handshake_ms = 30, .proxy_status = 200,
				    .response = &response};
	struct buf line;
	char *label = trace_label(&request);

	facts.what = label;
	buf_init(&line, TRACE_MAX);
	trace_write(&facts, &line);
	assert_string_equal(line.data, "h.example:1 POST /v5/list 200 9000 B (1200 sent) 41 ms HTTP/2.0 new "
				       "[2001:db8::1]:443 tls 30 ms proxy 200 id r-1");
	buf_clear(&line);
	facts = (struct trace_facts){.host = "h", .what = label, .response = &response};
	response = (struct response){.err = {.kind = ERR_NET, .text = "lost\nGET / 200\033[31m"}, .took_ms = 5};
	trace_write(&facts, &line);
	assert_string_equal(line.data, "h POST /v5/list 5 ms: lost?GET / 200?[31m");
	buf_done(&line);
	mem_free(label);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_is_dated_and_the_file_is_ours_alone, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(what_is_no_file_of_its_own_is_refused_with_the_mend, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(more_lines_than_a_second_may_have_are_counted, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(a_full_file_takes_nothing_more, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(a_live_secret_is_replaced, make_dir, remove_dir),
		cmocka_unit_test(a_line_says_what_the_allow_list_has_and_stays_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
