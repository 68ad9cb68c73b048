/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_SIM_H
#define PIPETOP_SIM_SIM_H

/*
 * A pretend CodeArts Pipeline (and IAM) on the caller's event loop, bound to the
 * loopback address. The program pipetop-sim is this on a loop of its own; a test runs
 * it beside its client in one process and asks for the truth directly.
 *
 * The world is a function of the seed and of simulated time; nothing ticks, so a server
 * that is asked nothing has no timers.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

struct ev_loop;

enum sim_log_mode {
	SIM_LOG_OPAQUE, /* offsets that mean nothing: base not 0, span unrelated to the text */
	SIM_LOG_BYTE,
	SIM_LOG_CHAR,
	SIM_LOG_LINE,
	SIM_LOG_RANGE, /* opaque offsets, read as a range: the same pair gives the same page */
};
enum sim_has_more { SIM_MORE_WHEN_PENDING, SIM_MORE_WHILE_RUNNING };
enum sim_gate { SIM_GATE_RUNNING, SIM_GATE_PAUSED, SIM_GATE_SUSPEND };

/* What the real service may do one way or the other; all of it may change at run time. */
struct sim_modes {
	enum sim_log_mode log_mode;
	enum sim_has_more has_more;
	enum sim_gate gate_as;
	bool page_start;	/* a log page reports its own start, not the window's */
	bool int_offsets;	/* log offsets as numbers, not strings */
	bool desc_newest_first; /* lines inside a descending page */
	bool skew_as_0303;	/* a stale signature is APIGW.0303, not APIGW.0301 */
	bool retry_same_ids;	/* a retry keeps the ids of its job and steps; read by new plans */
	int list_delay_s;	/* a fresh run is missing from lists for so long */
};

/* The key pair that may sign requests (SDK-HMAC-SHA256) unless another is given. */
#define SIM_ACCESS_KEY "PIPETOPSIMULATORKEY0"
#define SIM_SECRET_KEY "pipetop-sim-keeps-no-secrets-at-all-0000"

/* What is wrong with the certificate of https, if anything (cert.c). */
enum sim_tls {
	SIM_TLS_OFF,
	SIM_TLS_SELF_SIGNED, /* good for those who are given its file */
	SIM_TLS_EXPIRED,
	SIM_TLS_NOT_YET_VALID,
	SIM_TLS_WRONG_HOST,
	SIM_TLS_WRONG_HOST_SUFFIX, /* "localhost.attacker.example" */
	SIM_TLS_UNKNOWN_CA,	   /* the file has another CA than the one that signed */
	SIM_TLS_CHAIN,		   /* good: root (the file), intermediate, leaf */
	SIM_TLS_HOSTILE_NAMES,	   /* of subject and host: escapes, bidi */
	SIM_TLS_OLD,		   /* a good certificate, and nothing newer than TLS 1.1 */
	SIM_TLS_KINDS
};

struct sim_options {
	int port;	      /* 0: any free one */
	const char *scenario; /* a name, or a path (with a slash in it); NULL: "demo" */
	const char *start;    /* "now", "YYYY-MM-DD HH:MM:SS" (+08:00); NULL: the scenario's */
	double speed;	      /* simulated seconds in a second; 0: the clock stands still */
	uint64_t seed;	      /* 0: the scenario's */
	int count;	      /* of pipelines in its crowd; 0: the scenario's */
	int templates;	      /* custom ones that are made up */
	const char *token;    /* the only token taken (besides those given out); NULL: any */
	const char *access_key, *secret_key; /* that sign requests; NULL: the two above */
	const char *security_token; /* that must come with a signature; NULL: none has to */
	const char *password;	    /* the only one that signs in; NULL: any */
	int lock_after;		    /* wrong sign-ins in a row lock the account; 0: never */
	int token_life_s;	    /* of tokens given out; 0: a day */
	enum sim_tls tls;
	bool ipv6; /* listen on [::1] instead of 127.0.0.1 */
	bool gzip; /* bodies over 1 KB for those who accept it */
	struct sim_modes modes;
};

void sim_options_init(struct sim_options *o);

/*
 * One mode by its name on the command line and in /_sim/mode ("log-mode", "has-more",
 * "gate-as", "start-offset", "offsets", "desc-order", "skew-as", "retry-ids",
 * "list-delay"); '_' for '-' will do.
 */
bool sim_modes_set(struct sim_modes *m, const char *name, const char *value, struct err *err);
/* "self-signed", "expired", ...: the kinds above by name. */
bool sim_tls_named(const char *name, enum sim_tls *kind, struct err *err);

struct sim; /* opaque */

struct sim *sim_new(struct ev_loop *loop, const struct sim_options *o, struct err *err);
void sim_free(struct sim *sim);
int sim_port(const struct sim *sim);
/* "http://127.0.0.1:PORT", "http://[::1]:PORT" */
const char *sim_url(const struct sim *sim);
/* The account (domain) whose templates there are. */
const char *sim_tenant(const struct sim *sim);
/* Appends the ids of the world's projects, with commas between them. */
struct buf;
void sim_projects(const struct sim *sim, struct buf *out);
/* Path of the certificate that a client is to trust, with TLS, else NULL. */
const char *sim_certificate(const struct sim *sim);

/* Simulated time. */
int64_t sim_now_ms(const struct sim *sim);
void sim_advance(struct sim *sim, double seconds);
void sim_stop_time(struct sim *sim);
void sim_set_speed(struct sim *sim, double speed);

struct sim_modes *sim_modes(struct sim *sim); /* to be written to */

/* A fault in the words of the control path: "class=log&kind=status&status=503&count=2". */
bool sim_fault(struct sim *sim, const char *words, struct err *err);
void sim_faults_clear(struct sim *sim);
void sim_expire_tokens(struct sim *sim);

/*
 * Ground truth. A log's text ends every line with a newline. False when nobody knows the
 * step (any more).
 */
bool sim_truth_log(struct sim *sim, const char *step_id, struct buf *text);
/* The state word of a run, job or step as it is now; NULL when unknown. */
const char *sim_truth_state(struct sim *sim, const char *id);
/* JSON: every pipeline with its latest run. */
void sim_truth_json(struct sim *sim, struct buf *out);

/* Requests received, in all and of one class ("list", "detail", "log", "iam", "other"). */
uint64_t sim_requests(const struct sim *sim, const char *class_name);

#endif
