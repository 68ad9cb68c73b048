/* SPDX-License-Identifier: MIT */
/*
 * HTTP/2 where it is offered: nghttpx with a throw-away certificate stands in front of the
 * simulator, and is told to leave, is killed and comes back while a log is followed
 * (reliability.md N23). Without nghttpx (package nghttp2-proxy) there is nothing to test with.
 */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "api/session.h"
#include "app/follow.h"
#include "asker.h"
#include "core/text.h"
#include "core/when.h"
#include "h2.h"
#include "net/retry.h"
#include "raw.h"
#include "sim/cert.h"
#include "sim/sim.h"
#include "tunnel.h"

#define ID(n) "f011000000000000000000000000000" #n
#define LASTS_S 600
#define LIMIT_MS 60000
#define LIST "/v5/" ID(1) "/api/pipelines/list"

/* ---- the proxy in front ---- */

struct front {
	char dir[64], key[100], cert[100];
	int port, behind;
	bool forward; /* it is a forward proxy, and another one is behind it */
	struct cert *made;
	pid_t pid;
};

/* Where nghttpx is; NULL: not installed. */
static const char *nghttpx(void)
{
	static const char *const at[] = {"/usr/sbin/nghttpx", "/usr/bin/nghttpx", "/usr/local/bin/nghttpx"};
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (access(at[i], X_OK) == 0)
			return at[i];
	return NULL;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static bool listens(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;

	close(fd);
	return ok;
}

static void raise_front(struct front *f)
{
	int64_t limit_ms = when_monotonic_ms() + 20000;
	char front[40], back[40], log[100];
	const char *argv[] = {nghttpx(), "--conf=/dev/null", "--workers=1", front, back, log,
			      "--no-ocsp", f->key, f->cert, f->forward ? "--http2-proxy" : NULL, NULL};
	pid_t parent = getpid();

	snprintf(front, sizeof(front), "--frontend=127.0.0.1,%d", f->port);
	snprintf(back, sizeof(back), "--backend=127.0.0.1,%d", f->behind);
	snprintf(log, sizeof(log), "--errorlog-file=%s/log", f->dir);
	f->pid = fork();
	if (f->pid == 0) {
		int null = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGKILL); /* its worker ends with it */
		if (getppid() != parent)
			_exit(1);
		dup2(null, 1);
		dup2(null, 2);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (!listens(f->port)) {
		assert_int_equal(waitpid(f->pid, NULL, WNOHANG), 0);
		assert_true(when_monotonic_ms() < limit_ms);
		poll(NULL, 0, 5);
	}
}

/* SIGQUIT: says GOAWAY, answers what is under way, ends. SIGKILL: ends. */
static void tell_front(struct front *f, int signum)
{
	kill(f->pid, signum);
}

static void bury_front(struct front *f)
{
	int64_t limit_ms = when_monotonic_ms() + 20000;

	while (f->pid && waitpid(f->pid, NULL, 0) < 0 && errno == EINTR)
		;
	f->pid = 0;
	while (listens(f->port)) { /* the worker's end follows the main process's */
		assert_true(when_monotonic_ms() < limit_ms);
		poll(NULL, 0, 5);
	}
}

static void open_front(struct front *f, int behind, bool forward)
{
	struct err err;

	*f = (struct front){.port = raw_dead_port(), .behind = behind, .forward = forward,
			    .dir = "/tmp/pipetop-h2-XXXXXX"};
	assert_non_null(mkdtemp(f->dir));
	f->made = cert_new(SIM_TLS_CHAIN, &err);
	assert_non_null(f->made);
	snprintf(f->key, sizeof(f->key), "%s/key", f->dir);
	snprintf(f->cert, sizeof(f->cert), "%s/cert", f->dir);
	write_file(f->key, cert_key(f->made));
	write_file(f->cert, cert_pem(f->made));
	raise_front(f);
}

static void close_front(struct front *f)
{
	char log[100];

	if (f->pid) {
		tell_front(f, SIGKILL);
		bury_front(f);
	}
	snprintf(log, sizeof(log), "%s/log", f->dir);
	unlink(log);
	unlink(f->key);
	unlink(f->cert);
	rmdir(f->dir);
	cert_free(f->made);
}

/* ---- the bench ---- */

struct bench {
	struct ev_loop *loop;
	struct sim *sim;
	struct front front;
	struct asker asker;
	struct buf trace; /* a line for each exchange */
	size_t told;	  /* of them, so far */
	char url[200];
	struct session *session; /* of open_follow */
	struct follow *f;
};

static void keep(void *self, const char *line)
{
	buf_addf(self, "%s\n", line);
}

static void open_bench(struct bench *b)
{
	struct http_options http = {.trace = keep, .trace_self = &b->trace};
	struct sim_options sim;
	struct err err = {0};
	char scenario[4200];

	snprintf(scenario, sizeof(scenario), "%s/tests/fixtures/follow.conf", getenv("top_srcdir"));
	sim_options_init(&sim);
	sim.scenario = scenario;
	sim.speed = 0;
	*b = (struct bench){.loop = ev_loop_new(EVFLAG_AUTO)};
	buf_init(&b->trace, BUF_MAX);
	buf_adds(&b->trace, "");
	b->sim = sim_new(b->loop, &sim, &err);
	if (!b->sim)
		fail_msg("%s", err.text);
	open_front(&b->front, sim_port(b->sim), false);
	http.ca_file = cert_path(b->front.made);
	asker_start_on(&b->asker, b->loop, &http);
	snprintf(b->url, sizeof(b->url), "https://127.0.0.1:%d" LIST, b->front.port);
}

static void close_bench(struct bench *b)
{
	follow_free(b->f);
	session_free(b->session);
	asker_stop(&b->asker);
	close_front(&b->front);
	sim_free(b->sim);
	ev_loop_destroy(b->loop);
	buf_done(&b->trace);
}

static int count(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

#define NEED_NGHTTPX()                                                    \
	do {                                                              \
		if (!nghttpx()) {                                         \
			print_message("nghttpx is not installed: skipped\n"); \
			skip();                                           \
		}                                                         \
	} while (0)

/* ---- lists and actions ---- */

static struct request list_request(const struct bench *b)
{
	static const struct header headers[] = {{"X-Auth-Token", "t"}, {"Content-Type", "application/json"}};

	return (struct request){.method = "POST", .url = b->url, .headers = headers, .n_headers = 2,
				.body = "{}", .body_len = 2, .max_body = 4 << 20, .timeout_ms = 15000};
}

static void reads_go_over_http_2_and_actions_over_a_connection_of_their_own(void **state)
{
	struct asked got = {0};
	struct request request;
	struct bench b;
	int i;

	NEED_NGHTTPX();
	open_bench(&b);
	request = list_request(&b);
	for (i = 0; i < 3; i++) {
		request.fresh = i == 1;
		asker_send(&b.asker, &request, &got);
		asker_wait(&b.asker, &got.n, i + 1);
		if (got.r.err.kind != ERR_NONE)
			fail_msg("%s", got.r.err.text);
		assert_int_equal(got.r.status, 200);
		assert_int_equal(got.r.http_version, i == 1 ? 11 : 20);
		assert_non_null(strstr(got.body.data, "\"pipelines\":["));
	}
	assert_int_equal(count(b.trace.data, " HTTP/2.0 new "), 1);
	assert_int_equal(count(b.trace.data, " HTTP/1.1 new "), 1);
	assert_int_equal(count(b.trace.data, " HTTP/2.0 kept "), 1);
	asked_done(&got);
	close_bench(&b);
}

#define MANY 50

static void many_requests_share_one_connection(void **state)
{
	struct asked got[MANY] = {0};
	struct request request;
	struct bench b;
	size_t i;

	NEED_NGHTTPX();
	open_bench(&b);
	request = list_request(&b);
	for (i = 0; i < MANY; i++)
		asker_send(&b.asker, &request, &got[i]);
	for (i = 0; i < MANY; i++) {
		asker_wait(&b.asker, &got[i].n, 1);
		assert_int_equal(got[i].r.err.kind, ERR_NONE);
		assert_int_equal(got[i].r.http_version, 20);
		asked_done(&got[i]);
	}
	assert_int_equal(count(b.trace.data, " HTTP/2.0 new "), 1);
	assert_int_equal(count(b.trace.data, " HTTP/2.0 kept "), MANY - 1);
	assert_int_equal(sim_requests(b.sim, "list"), MANY);
	close_bench(&b);
}

/* ---- a proxy that is reached by https ---- */

/* Both certificates, or the service's alone, in one file. */
static void write_trusted(const char *path, const struct sim *sim, const struct front *front)
{
	struct buf text;
	char piece[4096];
	const char *from[] = {sim_certificate(sim), front ? cert_path(front->made) : NULL};
	size_t i;
	ssize_t n;

	buf_init(&text, BUF_MAX);
	for (i = 0; i < 2 && from[i]; i++) {
		int fd = open(from[i], O_RDONLY | O_CLOEXEC);

		while ((n = read(fd, piece, sizeof(piece))) > 0)
			buf_add(&text, piece, (size_t)n);
		close(fd);
	}
	unlink(path);
	write_file(path, text.data);
	buf_done(&text);
}

static void the_certificate_of_an_https_proxy_is_verified_as_well(void **state)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct sim_options options = {.tls = SIM_TLS_SELF_SIGNED};
	struct asked got = {0};
	struct tunnel tunnel;
	struct front front;
	struct asker asker;
	struct err err;
	struct sim *sim;
	char scenario[4200], trusted[100], proxy[60], url[100];
	int both;

	NEED_NGHTTPX();
	snprintf(scenario, sizeof(scenario), "%s/tests/fixtures/follow.conf", getenv("top_srcdir"));
	options.scenario = scenario;
	sim = sim_new(loop, &options, &err);
	assert_non_null(sim);
	tunnel_start(&tunnel, loop, sim_port(sim));
	open_front(&front, tunnel.port, true);
	snprintf(trusted, sizeof(trusted), "%s/trusted", front.dir);
	snprintf(proxy, sizeof(proxy), "https://127.0.0.1:%d", front.port);
	snprintf(url, sizeof(url), "https://pipetop.test:%d" LIST, sim_port(sim));
	setenv("https_proxy", proxy, 1);
	for (both = 0; both < 2; both++) {
		write_trusted(trusted, sim, both ? &front : NULL);
		asker_start_on(&asker, loop, &(struct http_options){.ca_file = trusted});
		asker_get(&asker, url, &got);
		if ((got.r.err.kind == ERR_NONE) != both)
			fail_msg("%d: %s", both, got.r.err.text);
		if (!both)
			assert_non_null(strstr(got.r.err.text, "the proxy's certificate is not trusted"));
		assert_int_equal(got.r.sent, both);
		assert_int_equal(tunnel.connects, both);
		assert_int_equal(sim_requests(sim, NULL), both);
		asker_stop(&asker);
	}
	unsetenv("https_proxy");
	unlink(trusted);
	close_front(&front);
	tunnel_stop(&tunnel);
	sim_free(sim);
	ev_loop_destroy(loop);
	asked_done(&got);
}

/* ---- servers that are none ---- */

static void what_goes_wrong_with_a_stream_is_repeated_or_told(void **state)
{
	static const struct {
		const char *name;
		struct h2_step steps[2];
		enum err_kind kind; /* ERR_NONE: libcurl repeats the read by itself */
		int code;	    /* 0: any */
		const char *says;
		bool or_well; /* some libcurls repeat that too */
	} rows[] = {
		{"plain", {{H2_ANSWER}, {H2_ANSWER}}, ERR_NONE, 0, ""},
		{"goodbye before", {{H2_GOAWAY}, {H2_ANSWER}}, ERR_NET, 0, "127.0.0.1:", true},
		{"goodbye in the middle", {{H2_GOAWAY_LATE}, {H2_ANSWER}}, ERR_NET, 0, "127.0.0.1:"},
		{"refused stream", {{H2_RESET, H2_REFUSED_STREAM}, {H2_ANSWER}}, ERR_NONE, 0, ""},
		{"reset", {{H2_RESET, H2_INTERNAL_ERROR}, {H2_ANSWER}}, ERR_NET, 0, "ended the HTTP/2 exchange"},
		{"reset in the middle", {{H2_RESET_LATE, H2_INTERNAL_ERROR}, {H2_ANSWER}}, ERR_NET, 0,
		 "ended the HTTP/2 exchange"},
		{"calm", {{H2_RESET, H2_ENHANCE_YOUR_CALM}, {H2_ANSWER}}, ERR_RATE, 429, "calm down"},
		{"no window", {{H2_SILENCE}, {H2_SILENCE}}, ERR_NET, 28, "no answer from 127.0.0.1:"},
		{"header bomb", {{H2_HEADER_BOMB}, {H2_ANSWER}}, ERR_NET, 0, "127.0.0.1:"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
		struct http_options http = {0};
		struct asked got = {0};
		struct asker asker;
		struct h2 server;
		enum err_kind kind;
		char url[100];

		h2_start(&server, loop, rows[i].steps, 2);
		http.ca_file = cert_path(server.cert);
		asker_start_on(&asker, loop, &http);
		snprintf(url, sizeof(url), "https://127.0.0.1:%d/x", server.port);
		asker_send(&asker, &(struct request){.method = "POST", .url = url, .body = "{}", .body_len = 2,
						     .max_body = 1000, .timeout_ms = 1500},
			   &got);
		asker_wait(&asker, &got.n, 1);
		kind = rows[i].or_well && got.r.err.kind == ERR_NONE ? ERR_NONE : rows[i].kind;
		if (got.r.err.kind != kind || (rows[i].code && got.r.err.code != rows[i].code) ||
		    (kind != ERR_NONE && !strstr(got.r.err.text, rows[i].says)))
			fail_msg("%s: %d %d '%s'", rows[i].name, got.r.err.kind, got.r.err.code,
				 got.r.err.text);
		assert_int_equal(retry_worth(&got.r.err), kind != ERR_NONE);
		assert_string_equal(got.body.data, kind == ERR_NONE ? "{}" : "");
		assert_int_equal(server.requests, kind == ERR_NONE && i ? 2 : 1);
		asker_stop(&asker);
		h2_stop(&server);
		ev_loop_destroy(loop);
		asked_done(&got);
	}
}

/* ---- following a log ---- */

static void open_follow(struct bench *b)
{
	struct session_options session = {.token = "t", .language = "en-us"};
	struct follow_options follow = {
		.loop = b->loop,
		.ref = {ID(1), ID(2), ID(3), ID(4), ID(5)},
		.from = FOLLOW_START,
		.page_lines = 37,
		.spool_dir = ".",
		.on_screen = true,
	};
	struct err err = {0};
	char endpoint[64];

	snprintf(endpoint, sizeof(endpoint), "https://127.0.0.1:%d", b->front.port);
	session.endpoint = endpoint;
	b->session = session_new(b->asker.t, &session, &err);
	follow.session = b->session;
	b->f = b->session ? follow_new(&follow, &err) : NULL;
	if (!b->f)
		fail_msg("%s", err.text);
	follow_step(b->f, STATE_RUNNING, 1000, WHEN_NONE);
}

static void ask_now(struct bench *b)
{
	follow_hidden(b->f, true);
	follow_hidden(b->f, false);
}

static void turn_until(struct bench *b, bool (*done)(struct bench *b))
{
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;

	while (!done(b)) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
}

static bool answered(struct bench *b)
{
	return !follow_in_flight(b->f);
}

static bool told_more(struct bench *b)
{
	return b->trace.len > b->told;
}

static bool well(struct bench *b)
{
	int64_t next_ms;

	return !follow_in_flight(b->f) && follow_err(b->f, &next_ms).kind == ERR_NONE;
}

static bool ended(struct bench *b)
{
	return follow_phase(b->f) == FOLLOW_ENDED;
}

static void assert_whole(struct bench *b)
{
	struct log *log = follow_log(b->f);
	struct log_line line;
	struct buf got, truth;
	int64_t i;

	buf_init(&got, BUF_MAX);
	buf_init(&truth, BUF_MAX);
	assert_true(sim_truth_log(b->sim, ID(5), &truth));
	assert_true(truth.len > 100000);
	for (i = log_first(log); i < log_end(log); i++) {
		assert_true(log_line(log, i, &line));
		assert_true(line.mark == LOG_MARK_NONE || line.mark == LOG_MARK_END);
		if (line.mark == LOG_MARK_NONE)
			buf_addf(&got, "%.*s\n", (int)line.len, line.text);
	}
	assert_int_equal(got.len, truth.len);
	assert_memory_equal(got.data, truth.data, got.len);
	buf_done(&got);
	buf_done(&truth);
}

/* A request is with the simulator, which takes its time. */
static void leave_one_in_flight(struct bench *b)
{
	uint64_t before = sim_requests(b->sim, "log");
	int64_t limit_ms = when_monotonic_ms() + LIMIT_MS;
	struct err err;

	assert_true(sim_fault(b->sim, "class=log&kind=delay&ms=700", &err));
	ask_now(b);
	while (sim_requests(b->sim, "log") == before) {
		assert_true(when_monotonic_ms() < limit_ms);
		ev_run(b->loop, EVRUN_ONCE);
	}
	assert_true(follow_in_flight(b->f));
}

static void a_log_is_whole_though_the_server_says_goodbye_or_dies(void **state)
{
	static const struct {
		int signum;
		bool in_flight;
	} rounds[] = {{SIGQUIT, false}, {SIGKILL, false}, {SIGQUIT, true}, {SIGKILL, true}};
	struct bench b;
	size_t i;
	int s;

	NEED_NGHTTPX();
	open_bench(&b);
	open_follow(&b);
	for (i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
		for (s = 0; s < 5; s++) {
			ask_now(&b);
			turn_until(&b, answered);
			sim_advance(b.sim, LASTS_S / 25);
		}
		if (rounds[i].in_flight)
			leave_one_in_flight(&b);
		b.told = b.trace.len;
		tell_front(&b.front, rounds[i].signum);
		if (rounds[i].in_flight) {
			turn_until(&b, told_more);
			/* Who says goodbye properly answers first. */
			assert_int_equal(strstr(b.trace.data + b.told, " 200 ") != NULL,
					 rounds[i].signum == SIGQUIT);
		}
		bury_front(&b.front);
		raise_front(&b.front);
		ask_now(&b);
		turn_until(&b, well);
	}
	sim_advance(b.sim, LASTS_S);
	follow_step(b.f, STATE_OK, 1000, 601000);
	turn_until(&b, ended);
	assert_whole(&b);
	/* Everything that was answered was answered in HTTP/2. */
	assert_int_equal(count(b.trace.data, " HTTP/1"), 0);
	assert_true(count(b.trace.data, " HTTP/2.0 new ") >= 5);
	assert_true(count(b.trace.data, " HTTP/2.0 kept ") > 20);
	close_bench(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_go_over_http_2_and_actions_over_a_connection_of_their_own),
		cmocka_unit_test(many_requests_share_one_connection),
		cmocka_unit_test(the_certificate_of_an_https_proxy_is_verified_as_well),
		cmocka_unit_test(what_goes_wrong_with_a_stream_is_repeated_or_told),
		cmocka_unit_test(a_log_is_whole_though_the_server_says_goodbye_or_dies),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
