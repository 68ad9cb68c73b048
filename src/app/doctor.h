/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_DOCTOR_H
#define PIPETOP_APP_DOCTOR_H

/*
 * What the parts of `pipetop doctor` share. First the facts are gathered, side by side and each
 * within its time; then a table of checks goes over them in order (doctor.c). The judging is in
 * judge.h, the printing in doctorprint.c.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/auth.h"
#include "app/options.h"
#include "core/buf.h"
#include "finding.h"
#include "judge.h"
#include "net/probe.h"
#include "net/url.h"

struct ev_loop;
struct http;
struct session;

/* A service and the way to it. */
struct doctor_way {
	bool known; /* there is an address to go to */
	struct err err; /* why not */
	struct url url;
	char shown[300]; /* host, with a port that is not the usual one */
	struct buf base, proxy;
	struct probe *lookup_probe, *transfer_probe;
	struct probe_lookup lookup;
	struct probe_transfer transfer;
	struct judge_way facts;
};

enum doctor_right {
	RIGHT_LIST, /* one for each project */
	RIGHT_DETAIL,
	RIGHT_LOG,
	RIGHT_GROUPS,
	RIGHT_TEMPLATES,
	RIGHT_V3,
	RIGHTS,
};

/* How one question to the service went. */
struct doctor_asked {
	struct doctor *doctor;
	bool asked;
	struct err err;
	char found[120];
	bool empty;
	int64_t took_ms;
};

struct doctor_rights {
	struct doctor_asked *lists; /* one for each project */
	struct doctor_asked others[RIGHTS];
	struct doctor_asked *first; /* the question that showed whether we are let in; NULL: none was put */
	struct http *http;
	struct session *session;
	struct auth_info auth; /* as it was in the end, without its borrowed texts */
	int64_t server_ms;     /* the service's clock then; WHEN_NONE: not known */
	char *project, *pipeline, *run, *job, *step; /* to go on with, from the answers before; NULL: none */
};

struct doctor {
	const struct options *options;
	struct ev_loop *loop;
	int64_t until_ms; /* monotonic: by then all is over */
	int64_t wall_ms;
	unsigned waiting; /* questions under way */
	struct doctor_way service, iam;
	bool iam_used; /* the sign-in goes through it */
	struct doctor_rights rights;
	struct judge_terminal terminal;
	char locale[120]; /* "LANG=de_DE.UTF-8" */
	struct findings findings;
};

/* Turns the loop until nothing is waited for, or until the monotonic `until_ms`. */
void doctor_wait(struct doctor *d, int64_t until_ms);

/* ---- the parts: gathering, then checks ---- */

void doctor_place_gather(struct doctor *d); /* the services' addresses */
void doctor_way_gather(struct doctor *d);   /* turns the loop */
void doctor_way_done(struct doctor *d);
void doctor_rights_gather(struct doctor *d); /* turns the loop */
void doctor_rights_done(struct doctor *d);
bool doctor_signs(const struct doctor *d); /* each request is signed, with the time in it */
void doctor_terminal_gather(struct doctor *d);

typedef void doctor_check_fn(struct doctor *d);
doctor_check_fn doctor_config_file, doctor_environment, doctor_profile, doctor_endpoint, doctor_projects, doctor_tenant;
doctor_check_fn doctor_config_mode, doctor_token_file, doctor_kept_token, doctor_state_folder, doctor_cache_folder,
	doctor_audit_log;
doctor_check_fn doctor_source, doctor_sign_in, doctor_rights_check;

/* ---- printing ---- */

void doctor_print(const struct findings *f, bool colour, bool utf8, struct buf *out);
void doctor_json(const struct findings *f, struct buf *out);
void doctor_json_line(const struct finding *finding, struct buf *out);

#endif
