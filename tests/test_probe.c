/* SPDX-License-Identifier: MIT */
/* Probes: each ends once and in time, leaves no process behind, and sends no secret. */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/when.h"
#include "net/probe.h"

static struct ev_loop *loop;
static int ended;

static void count(void *self)
{
	ended++;
}

static int set_up(void **state)
{
	loop = ev_loop_new(EVFLAG_AUTO);
	ended = 0;
	return loop ? 0 : -1;
}

static int tear_down(void **state)
{
	ev_loop_destroy(loop);
	return 0;
}

static void run_to_the_end(void)
{
	while (!ended)
		ev_run(loop, EVRUN_ONCE);
}

static void assert_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* A socket that listens; whoever connects waits until somebody accepts. */
static int listener(int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static struct probe *connect_to(const char *scheme, int port, int64_t timeout_ms, struct probe_transfer *result)
{
	char url[64], shown[32];
	struct probe_ask ask = {.url = url, .host = "127.0.0.1", .shown = shown, .loopback = true,
				.timeout_ms = timeout_ms};
	struct err err = {.kind = ERR_NONE};
	struct probe *p;

	snprintf(url, sizeof(url), "%s://127.0.0.1:%d/", scheme, port);
	snprintf(shown, sizeof(shown), "127.0.0.1:%d", port);
	p = probe_connect(loop, &ask, result, count, NULL, &err);
	if (!p)
		fail_msg("%s", err.text);
	return p;
}

/* Answers the next connections with these bytes each, in a child; its end is its parent's to wait for. */
static pid_t answering(int fd, const char *answer, int times)
{
	pid_t pid = fork();
	char request[4096];
	int c;

	if (pid)
		return pid;
	for (; times > 0; times--) {
		c = accept(fd, NULL, NULL);
		if (read(c, request, sizeof(request)) > 0 && write(c, answer, strlen(answer)) < 0)
			_exit(1);
		close(c);
	}
	_exit(0);
}

static void a_probe_that_gets_no_answer_ends_in_time(void **state)
{
	struct probe_transfer t = {.status = 7};
	int64_t start_ms = when_monotonic_ms();
	int port, fd = listener(&port);
	struct probe *p = connect_to("http", port, 300, &t);

	run_to_the_end();
	assert_true(when_monotonic_ms() - start_ms >= 300);
	assert_true(when_monotonic_ms() - start_ms < 20000);
	assert_false(t.ended);
	assert_int_equal(t.status, 0);
	probe_free(p);
	assert_int_equal(ended, 1);
	assert_no_children();
	close(fd);
}

static void a_probe_that_is_taken_back_does_not_end(void **state)
{
	struct probe_transfer t;
	int port, fd = listener(&port);
	struct probe *p = connect_to("https", port, 60000, &t);

	ev_run(loop, EVRUN_NOWAIT);
	probe_free(p);
	ev_run(loop, EVRUN_NOWAIT);
	assert_int_equal(ended, 0);
	assert_no_children();
	close(fd);
}

static void a_refused_connection_is_told_with_its_port(void **state)
{
	struct probe_transfer t;
	char want[64];
	int port, fd = listener(&port);
	struct probe *p;

	close(fd);
	p = connect_to("http", port, 10000, &t);
	run_to_the_end();
	assert_true(t.ended);
	snprintf(want, sizeof(want), "127.0.0.1:%d refused the connection", port);
	assert_string_equal(t.err.text, want);
	assert_false(t.at_proxy);
	assert_int_equal(t.n_tried, 1);
	assert_string_equal(t.tried[0].text, "127.0.0.1");
	probe_free(p);
	assert_no_children();
}

static void an_answer_is_read_with_what_it_says(void **state)
{
	struct probe_transfer t;
	int port, fd = listener(&port);
	pid_t server = answering(fd, "HTTP/1.1 302 Found\r\nDate: Fri, 02 Jan 2026 00:00:00 GMT\r\nContent-Type: text/html\r\n"
				     "Location: http://elsewhere.example/x\r\nContent-Length: 0\r\n\r\n", 1 + PROBE_READS);
	struct probe *p = connect_to("http", port, 10000, &t);

	run_to_the_end();
	assert_true(t.ended);
	assert_int_equal(t.err.kind, ERR_NONE);
	assert_int_equal(t.status, 302);
	assert_int_equal(t.http, 11);
	assert_string_equal(t.location_host, "elsewhere.example");
	assert_string_equal(t.content_type, "text/html");
	assert_string_equal(t.peer.text, "127.0.0.1");
	assert_true(t.date_ms == INT64_C(1767312000000));
	assert_int_equal(t.n_reads, PROBE_READS);
	probe_free(p);
	assert_int_equal(waitpid(server, NULL, 0), server);
	assert_no_children();
	close(fd);
}

static void a_server_without_tls_is_told_from_a_bad_one(void **state)
{
	struct probe_transfer t;
	int port, fd = listener(&port);
	pid_t server = answering(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 1);
	struct probe *p = connect_to("https", port, 10000, &t);

	run_to_the_end();
	assert_true(t.ended);
	assert_true(t.no_tls);
	assert_int_equal(t.err.kind, ERR_NET);
	probe_free(p);
	waitpid(server, NULL, 0);
	close(fd);
}

static void the_first_answer_counts_when_the_further_reads_do_not_come(void **state)
{
	struct probe_transfer t;
	int port, fd = listener(&port);
	pid_t server = answering(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1);
	struct probe *p = connect_to("http", port, 20000, &t);

	run_to_the_end();
	assert_true(t.ended);
	assert_int_equal(t.status, 200);
	assert_int_equal(t.n_reads, 0);
	probe_free(p);
	waitpid(server, NULL, 0);
	close(fd);
}

static void a_name_is_looked_up(void **state)
{
	struct probe_lookup found, lost;
	struct probe *p = probe_look_up(loop, "localhost", 10000, &found, count, NULL, NULL), *q;

	run_to_the_end();
	assert_true(found.ended);
	assert_int_equal(found.code, 0);
	assert_true(found.n >= 1);
	assert_true(strcmp(found.addresses[0].text, "127.0.0.1") == 0 || strcmp(found.addresses[0].text, "::1") == 0);
	ended = 0;
	q = probe_look_up(loop, "no-such-name.invalid", 20000, &lost, count, NULL, NULL);
	run_to_the_end();
	if (lost.ended) { /* a machine without a resolver may wait for one */
		assert_true(lost.code != 0);
		assert_true(lost.words[0] != '\0');
	}
	probe_free(p);
	probe_free(q);
	probe_free(NULL);
	assert_no_children();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_probe_that_gets_no_answer_ends_in_time),
		TEST(a_probe_that_is_taken_back_does_not_end),
		TEST(a_refused_connection_is_told_with_its_port),
		TEST(an_answer_is_read_with_what_it_says),
		TEST(a_server_without_tls_is_told_from_a_bad_one),
		TEST(the_first_answer_counts_when_the_further_reads_do_not_come),
		TEST(a_name_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
