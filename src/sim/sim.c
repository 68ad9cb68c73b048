/* SPDX-License-Identifier: MIT */
/*
 * HTTP on the caller's loop. libmicrohttpd runs without threads of its own: it has one
 * epoll descriptor, which is watched like any other, and says when it wants to be called
 * for time's sake. So a client and this server can live in one test process, on one
 * loop, and an idle server has neither threads nor timers.
 *
 * An answer that must come late, or never, suspends its connection; waiting[] holds
 * those, because the daemon must not be stopped with one suspended.
 */
#include "sim/sim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "sim/cert.h"
#include "sim/gzip.h"
#include "sim/server.h"
#include "sim/tokens.h"
#include "sim/truth.h"

#define CONNECTION_MEMORY (256u << 10) /* room for a token of 16 KiB, both ways */

struct exchange { /* one request on its way, MHD's con_cls */
	struct sim *sim;
	struct MHD_Connection *connection;
	struct buf body;
	bool too_long;
	bool answered; /* answer is set; it may still have to wait */
	bool waits;
	struct answer answer;
	struct ev_timer timer;
	struct exchange *next; /* in sim->waiting */
};

struct sim {
	struct ev_loop *loop;
	struct MHD_Daemon *daemon;
	ev_io io;
	ev_timer timer;
	struct server server;
	struct exchange *waiting;
	bool closing, gzip;
	int port;
	char url[64];
	char *token, *access_key, *secret_key, *security_token, *password;
	struct cert *cert;
};

/* ---- the daemon on the loop ---- */

static void run_daemon(struct sim *sim)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(sim->daemon);
	ev_timer_stop(sim->loop, &sim->timer);
	if (MHD_get_timeout(sim->daemon, &ms) != MHD_YES)
		return;
	ev_timer_set(&sim->timer, (double)ms / 1000.0, 0.0);
	ev_timer_start(sim->loop, &sim->timer);
}

static void on_io(struct ev_loop *loop, ev_io *w, int events)
{
	run_daemon(w->data);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	run_daemon(w->data);
}

/* ---- late answers ---- */

static void wait_no_more(struct exchange *x)
{
	struct exchange **at = &x->sim->waiting;

	while (*at && *at != x)
		at = &(*at)->next;
	if (*at)
		*at = x->next;
	x->waits = false;
	ev_timer_stop(x->sim->loop, &x->timer);
	MHD_resume_connection(x->connection);
}

static void on_late(struct ev_loop *loop, struct ev_timer *w, int events)
{
	struct exchange *x = w->data;
	struct sim *sim = x->sim;

	wait_no_more(x);
	run_daemon(sim);
}

static void wait_for(struct exchange *x, int ms)
{
	struct sim *sim = x->sim;

	x->waits = true;
	x->next = sim->waiting;
	sim->waiting = x;
	MHD_suspend_connection(x->connection);
	ev_timer_init(&x->timer, on_late, ms / 1000.0, 0.0);
	x->timer.data = x;
	if (ms >= 0) {
		ev_now_update(sim->loop);
		ev_timer_start(sim->loop, &x->timer);
	}
}

/* Hung answers are let go (their connections close) when the faults are cleared. */
static void release_hung(struct sim *sim, bool all)
{
	struct exchange *x = sim->waiting, *next;

	for (; x; x = next) {
		next = x->next;
		if (all || x->answer.manner == ANSWER_NEVER) {
			x->answer.manner = ANSWER_CLOSE;
			wait_no_more(x);
		}
	}
}

/* ---- sending ---- */

struct cut_body {
	char *data;
	size_t len;
};

/* Sends what it has, then breaks the connection off. */
static ssize_t read_cut(void *cls, uint64_t pos, char *to, size_t max)
{
	const struct cut_body *b = cls;

	if (pos >= b->len)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (max > b->len - pos)
		max = b->len - pos;
	memcpy(to, b->data + pos, max);
	return (ssize_t)max;
}

static void free_cut(void *cls)
{
	struct cut_body *b = cls;

	mem_free(b->data);
	mem_free(b);
}

static struct MHD_Response *make_response(struct answer *a)
{
	size_t len = a->body.len;
	char *data = buf_take(&a->body);
	struct cut_body *cut;

	if (a->manner != ANSWER_CUT)
		return MHD_create_response_from_buffer(len, data, MHD_RESPMEM_MUST_FREE);
	cut = mem_alloc(sizeof(*cut));
	cut->data = data;
	cut->len = a->cut_at < len ? a->cut_at : len / 2;
	return MHD_create_response_from_callback(len, 4096, read_cut, cut, free_cut);
}

/* Past the library, which writes nothing that is wrong; the connection ends with it. */
static void write_raw(struct MHD_Connection *connection, const struct buf *text)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	ssize_t n = info ? send(info->connect_fd, text->data, text->len, MSG_NOSIGNAL) : 0;

	(void)n; /* a client that is gone misses nothing */
}

static enum MHD_Result send_answer(struct exchange *x)
{
	struct answer *a = &x->answer;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (a->manner == ANSWER_RAW)
		write_raw(x->connection, &a->body);
	if (a->manner == ANSWER_RAW || a->manner == ANSWER_CLOSE)
		return MHD_NO;
	response = make_response(a);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Date", a->date);
	MHD_add_response_header(response, "X-Request-Id", a->request_id);
	if (a->type)
		MHD_add_response_header(response, "Content-Type", a->type);
	if (a->packed)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	if (a->subject_token)
		MHD_add_response_header(response, "X-Subject-Token", a->subject_token);
	if (a->retry_after[0])
		MHD_add_response_header(response, "Retry-After", a->retry_after);
	if (a->location[0])
		MHD_add_response_header(response, "Location", a->location);
	result = MHD_queue_response(x->connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return result;
}

/* ---- receiving ---- */

static enum MHD_Result add_query(void *cls, enum MHD_ValueKind kind, const char *name,
				 const char *value)
{
	struct request *r = cls;

	if (r->nquery == SERVER_QUERY)
		return MHD_NO;
	r->query[r->nquery].name = name;
	r->query[r->nquery++].value = value;
	return MHD_YES;
}

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *name,
				  const char *value)
{
	struct request *r = cls;

	if (r->nheaders == SERVER_HEADERS)
		return MHD_NO;
	r->headers[r->nheaders].name = name;
	r->headers[r->nheaders++].value = value;
	return MHD_YES;
}

#define PACKED_FROM 1024

static void pack(struct exchange *x)
{
	struct answer *a = &x->answer;

	if (!x->sim->gzip || a->body.len <= PACKED_FROM ||
	    !gzip_accepted(
		    MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Accept-Encoding")))
		return;
	gzip_pack(&a->body);
	a->packed = true;
}

static void answer(struct exchange *x, const char *path, const char *method)
{
	struct request r = {.method = method, .path = path};
	struct sim *sim = x->sim;
	struct call too_long = {.answer = &x->answer};

	r.token = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "X-Auth-Token");
	r.authorization =
		MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Authorization");
	r.body = x->body.data;
	r.len = x->body.len;
	MHD_get_connection_values(x->connection, MHD_GET_ARGUMENT_KIND, add_query, &r);
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, add_header, &r);
	server_answer(&sim->server, &r, &x->answer);
	if (x->too_long)
		call_gateway(&too_long, 413, "APIGW.0201", "Request entity too large");
	pack(x);
	x->answered = true;
	if (!sim->server.faults.n)
		release_hung(sim, false);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *data,
				  size_t *size, void **con_cls)
{
	struct sim *sim = cls;
	struct exchange *x = *con_cls;

	if (sim->closing)
		return MHD_NO;
	if (!x) {
		x = mem_zalloc(sizeof(*x));
		x->sim = sim;
		x->connection = connection;
		buf_init(&x->body, SERVER_BODY_MAX);
		*con_cls = x;
		return MHD_YES;
	}
	if (*size) {
		x->too_long = !buf_add(&x->body, data, *size) || x->too_long;
		*size = 0;
		return MHD_YES;
	}
	if (!x->answered) {
		answer(x, path, method);
		if (x->answer.manner == ANSWER_NEVER || x->answer.delay_ms) {
			wait_for(x, x->answer.manner == ANSWER_NEVER ? -1 : x->answer.delay_ms);
			return MHD_YES;
		}
	}
	return send_answer(x);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **con_cls,
		    enum MHD_RequestTerminationCode how)
{
	struct exchange *x = *con_cls;

	if (!x)
		return;
	buf_done(&x->body);
	if (x->answered) {
		buf_done(&x->answer.body);
		mem_free(x->answer.subject_token);
	}
	mem_free(x);
	*con_cls = NULL;
}

/* The path as it came: segments are decoded after they are split, not before. */
static size_t leave_escaped(void *cls, struct MHD_Connection *connection, char *s)
{
	return strlen(s);
}

/* ---- life ---- */

static bool start_daemon(struct sim *sim, const struct sim_options *o, struct err *err)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
				  .sin6_port = htons((uint16_t)o->port),
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	const void *address = o->ipv6 ? (const void *)&v6 : (const void *)&v4;
	const char *priorities =
		o->tls == SIM_TLS_OLD ? "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:+SHA1" : "NORMAL";
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
				       {MHD_OPTION_HTTPS_MEM_CERT, 0, NULL},
				       {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities},
				       {MHD_OPTION_END, 0, NULL}};

	if (o->tls) {
		sim->cert = cert_new(o->tls, err);
		if (!sim->cert)
			return false;
		flags |= MHD_USE_TLS;
		tls[0].ptr_value = cert_key(sim->cert);
		tls[1].ptr_value = cert_pem(sim->cert);
	} else {
		tls[0].option = MHD_OPTION_END;
	}
	if (o->ipv6)
		flags |= MHD_USE_IPv6;
	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sim->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, sim, MHD_OPTION_SOCK_ADDR,
				       address, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				       (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
				       MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
				       MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_ARRAY,
				       tls, MHD_OPTION_END);
	if (sim->daemon)
		return true;
	return err_set(err, ERR_IO, errno, "cannot listen on %s port %d: %s",
		       o->ipv6 ? "[::1]" : "127.0.0.1", o->port, strerror(errno));
}

struct sim *sim_new(struct ev_loop *loop, const struct sim_options *o, struct err *err)
{
	struct scenario_choice choice = {o->start, o->seed, o->count};
	struct scenario *scenario = scenario_load(o->scenario ? o->scenario : "demo", &choice, err);
	struct sim_options own = *o;
	struct sim *sim;

	if (!scenario)
		return NULL;
	scenario->retry_same_ids = o->modes.retry_same_ids;
	sim = mem_zalloc(sizeof(*sim));
	sim->loop = loop;
	sim->gzip = o->gzip;
	own.token = sim->token = mem_strdup(o->token);
	own.access_key = sim->access_key = mem_strdup(o->access_key);
	own.secret_key = sim->secret_key = mem_strdup(o->secret_key);
	own.security_token = sim->security_token = mem_strdup(o->security_token);
	own.password = sim->password = mem_strdup(o->password);
	ev_init(&sim->io, on_io);
	ev_init(&sim->timer, on_timer);
	sim->io.data = sim->timer.data = sim;
	server_init(&sim->server, world_new(scenario), &own);
	if (!start_daemon(sim, o, err)) {
		sim_free(sim);
		return NULL;
	}
	sim->port = MHD_get_daemon_info(sim->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	snprintf(sim->url, sizeof(sim->url), "%s://%s:%d", o->tls ? "https" : "http",
		 o->ipv6 ? "[::1]" : "127.0.0.1", sim->port);
	ev_io_set(&sim->io, MHD_get_daemon_info(sim->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
		  EV_READ);
	ev_io_start(loop, &sim->io);
	return sim;
}

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	ev_io_stop(sim->loop, &sim->io);
	ev_timer_stop(sim->loop, &sim->timer);
	if (sim->daemon) {
		sim->closing = true;
		release_hung(sim, true);
		MHD_run(sim->daemon);
		MHD_stop_daemon(sim->daemon);
	}
	server_done(&sim->server);
	cert_free(sim->cert);
	mem_free(sim->token);
	mem_free(sim->access_key);
	mem_free(sim->secret_key);
	mem_free(sim->security_token);
	mem_free(sim->password);
	mem_free(sim);
}

int sim_port(const struct sim *sim)
{
	return sim->port;
}

const char *sim_url(const struct sim *sim)
{
	return sim->url;
}

void sim_projects(const struct sim *sim, struct buf *out)
{
	const struct scenario *s = world_scenario(sim->server.world);
	int i;

	for (i = 0; i < s->nprojects; i++)
		buf_addf(out, "%s%s", i ? "," : "", s->projects[i].id);
}

const char *sim_tenant(const struct sim *sim)
{
	return world_scenario(sim->server.world)->domain_id;
}

const char *sim_certificate(const struct sim *sim)
{
	return sim->cert ? cert_path(sim->cert) : NULL;
}

/* ---- levers ---- */

int64_t sim_now_ms(const struct sim *sim)
{
	return server_now(&sim->server);
}

void sim_advance(struct sim *sim, double seconds)
{
	server_advance(&sim->server, seconds);
}

void sim_stop_time(struct sim *sim)
{
	server_set_speed(&sim->server, 0);
}

void sim_set_speed(struct sim *sim, double speed)
{
	server_set_speed(&sim->server, speed);
}

struct sim_modes *sim_modes(struct sim *sim)
{
	return &sim->server.modes;
}

bool sim_fault(struct sim *sim, const char *words, struct err *err)
{
	return faults_add(&sim->server.faults, words, err);
}

void sim_faults_clear(struct sim *sim)
{
	faults_clear(&sim->server.faults);
	release_hung(sim, false);
	run_daemon(sim);
}

void sim_expire_tokens(struct sim *sim)
{
	tokens_expire(&sim->server.tokens);
}

bool sim_truth_log(struct sim *sim, const char *step_id, struct buf *text)
{
	return truth_log(&sim->server, step_id, text);
}

const char *sim_truth_state(struct sim *sim, const char *id)
{
	return truth_word(&sim->server, id);
}

void sim_truth_json(struct sim *sim, struct buf *out)
{
	cJSON *o = truth_state(&sim->server);
	char *text = cJSON_PrintUnformatted(o);

	buf_adds(out, text);
	cJSON_free(text);
	cJSON_Delete(o);
}

uint64_t sim_requests(const struct sim *sim, const char *class_name)
{
	int i;

	for (i = 0; i < FAULT_CLASSES; i++)
		if (!class_name || strcmp(fault_class_name((enum fault_class)i), class_name) == 0)
			return sim->server.counts[class_name ? i : FAULT_ANY];
	return 0;
}
