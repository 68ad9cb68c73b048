/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_SERVER_H
#define PIPETOP_SIM_SERVER_H

/*
 * The service without sockets: a request in, an answer out. sim.c carries both over
 * HTTP.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "sim/arena.h"
#include "sim/action.h"
#include "sim/faults.h"
#include "sim/journal.h"
#include "sim/mischief.h"
#include "sim/orchestra.h"
#include "sim/templates.h"
#include "sim/ring.h"
#include "sim/sim.h"
#include "sim/world.h"

#define SERVER_ARGS 6
#define SERVER_QUERY 12
#define SERVER_HEADERS 40
#define SERVER_BODY_MAX ((size_t)4 << 20)

struct pair {
	const char *name, *value; /* value: may be NULL */
};

struct request {		   /* path, query and headers as on the wire */
	const char *method, *path; /* path: without the query */
	struct pair query[SERVER_QUERY], headers[SERVER_HEADERS];
	int nquery, nheaders;
	const char *token;	   /* X-Auth-Token; NULL */
	const char *authorization; /* NULL */
	const char *body;
	size_t len;
};

enum answer_manner {
	ANSWER_PLAINLY,
	ANSWER_NEVER,
	ANSWER_CLOSE,
	ANSWER_CUT,
	ANSWER_RAW, /* the body is the whole answer, also what no server would write */
};

struct answer {
	int status;
	const char *type;
	struct buf body;
	bool packed;		/* the body is gzip */
	char *subject_token;	/* X-Subject-Token; NULL: none; mem_free */
	char retry_after[16];	/* "" */
	char location[128];	/* of a redirect; "" */
	char request_id[RNG_ID_SIZE];
	char date[64];
	enum answer_manner manner;
	size_t cut_at; /* ANSWER_CUT: bytes of the body that are sent */
	int delay_ms;  /* real milliseconds before it is sent */
};

struct server_clock {
	int64_t sim_ms, real_ms; /* the same moment on both */
	double speed;
};

struct server_tokens {
	const char *only;	/* --token; NULL: any will do */
	uint64_t given;		/* how many were given out */
	uint64_t expired;	/* those up to this number no longer count */
	bool strangers_expired; /* so do those that were not given out here */
	int64_t life_ms;
};

/* Failures in a row, and until when (simulated) nothing is taken any more. */
struct server_lock {
	int failures;
	int64_t until_ms;
};

struct server {
	struct world *world;
	struct sim_modes modes;
	struct server_clock clock;
	struct server_tokens tokens;
	const char *access_key, *secret_key; /* of the one who may sign requests */
	const char *security_token;	     /* that must come with it; NULL: none has to */
	const char *password;		     /* of a sign-in; NULL: any */
	int lock_after;			     /* wrong sign-ins; 0: never */
	struct server_lock key_lock, account_lock;
	struct faults faults;
	struct ring ring;
	struct journal journal;
	struct mischief mischief;
	struct orchestra orchestra;
	struct templates templates;
	struct buf heard[FAULT_CLASSES]; /* the last request of each class */
	uint64_t counts[FAULT_CLASSES];
	uint64_t answers; /* for request ids */
};

struct call { /* a request being answered */
	struct server *server;
	const struct request *request;
	struct answer *answer;
	char args[SERVER_ARGS][160];	 /* the {} of the route */
	struct pair query[SERVER_QUERY]; /* the request's, decoded */
	struct arena words;		 /* holds those */
	cJSON *body;			 /* NULL without one */
	const struct route *route;	 /* NULL: none fits */
	char made[RNG_ID_SIZE];		 /* the run that it was about; of a new one the id */
	enum journal_by by;		 /* who acts */
	struct fault fault;		 /* that struck it and left the answer to the handler */
	bool struck;
	int64_t now;
};

struct route {
	const char *method, *pattern;
	enum fault_class class;
	void (*handle)(struct call *c);
	enum action_kind action; /* of actions_handle */
};

void server_init(struct server *s, struct world *world, const struct sim_options *o);
void server_done(struct server *s);
int64_t server_now(const struct server *s);
void server_set_speed(struct server *s, double speed);
void server_set_modes(struct server *s, const struct sim_modes *modes);
/* The world at that moment, with all that was put off until then. */
void server_catch_up(struct server *s, int64_t now);
void server_advance(struct server *s, double seconds);

/* `a` is zero-filled; its body is init'ed here. */
void server_answer(struct server *s, const struct request *r, struct answer *a);

/* The first route that fits, its {} in c->args. */
const struct route *route_find(const struct route *routes, size_t n, const struct request *r,
			       struct call *c);

/* The routes of the service (routes.c), and of the control path (control.c). */
extern const struct route service_routes[];
extern const size_t service_routes_count;
extern const struct route control_routes[];
extern const size_t control_routes_count;

/* Puts the fault in place of the answer; false: the handler is to say it, spoiled or not. */
bool server_read_body(struct call *c); /* false: answered */
bool server_spoil(struct call *c, const struct fault *f);

/* ---- words for handlers ---- */

const char *call_query(const struct call *c, const char *name); /* NULL */
/* Gives the document to the client; frees it. */
void call_json(struct call *c, int status, cJSON *json);
/* The error shapes of api.md 3.1. */
void call_error(struct call *c, int status, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));					   /* E1 */
void call_gateway(struct call *c, int status, const char *code, const char *text); /* E4 */
void call_keystone(struct call *c, int status, const char *title, const char *text);

#endif
