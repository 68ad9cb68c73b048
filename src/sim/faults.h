/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_FAULTS_H
#define PIPETOP_SIM_FAULTS_H

/*
 * Faults on demand: what goes wrong, for which class of request, how often. Several may
 * stand at once; the oldest that fits a request is the one that strikes.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

enum fault_class {
	FAULT_LIST,
	FAULT_DETAIL,
	FAULT_LOG,
	FAULT_IAM,
	/* Those that change something: */
	FAULT_RUN,
	FAULT_STOP,
	FAULT_RETRY,
	FAULT_APPROVE,
	FAULT_REJECT,
	FAULT_BAN, /* of pipelines: disabling, enabling, deleting */
	FAULT_TEMPLATE,
	FAULT_TASK,
	FAULT_OTHER,
	FAULT_ANY,
	FAULT_CLASSES
};

enum fault_kind {
	FAULT_STATUS,	/* an error of that status, in the gateway's shape */
	FAULT_ERROR200, /* an error inside HTTP 200; `shape` says which */
	FAULT_HTML,	/* a captive portal's page */
	FAULT_EMPTY,	/* 200 without a body */
	FAULT_HANG,	/* no answer until the fault is cleared */
	FAULT_CLOSE,	/* the connection ends instead of an answer */
	FAULT_TRUNCATE, /* the body breaks off after `bytes` */
	FAULT_DELAY,	/* the right answer, `ms` late */
	FAULT_REDIRECT, /* 302 to another host */
	/* Of a sign-in, which is otherwise well: */
	FAULT_NO_TOKEN,	   /* no X-Subject-Token */
	FAULT_LONG_TOKEN,  /* a good one of 16 KiB */
	FAULT_SPLIT_TOKEN, /* with line breaks in it (on plain http only) */
	FAULT_EXPIRES,	   /* expires_at as `shape` says: garbage, past, year 9999, missing */
	FAULT_ECHO,	/* the credentials that came are repeated; `shape` says where */
	/* Of an action: */
	FAULT_LATE,	/* success is said, and it is done `ms` of simulated time later */
	FAULT_UNDONE,	/* success is said, and it is never done */
	FAULT_STALE,	/* the next `reads` details of the run are as before it */
	FAULT_BLIND,	/* the next `reads` details fail with `status` */
	FAULT_ASTRAY,	/* another run of the pipeline is changed instead */
	FAULT_COLLEAGUE, /* somebody else does the same just before, or the opposite just after */
	FAULT_FINISHES, /* the run ends well just before, or just after */
	FAULT_KINDS
};

/* Of an action: is it applied before the answer goes wrong? */
enum fault_when {
	FAULT_AS_EVER, /* what spoils the answer's way is, what replaces it is not */
	FAULT_BEFORE,  /* not applied */
	FAULT_AFTER,   /* applied */
};

struct fault {
	enum fault_class class;
	enum fault_kind kind;
	int status, retry_after, ms, shape;
	enum fault_when when;
	int reads;
	int count; /* how often it still strikes; -1 until cleared */
	int skip;  /* requests that fit and are spared first */
	size_t bytes;
};

struct faults {
	struct fault *v;
	size_t n;
};

/* "class=log&kind=status&status=503&retry_after=5&count=2"; names and values as in the man page. */
bool faults_add(struct faults *f, const char *words, struct err *err);
bool faults_set(struct fault *f, const char *name, const char *value, struct err *err);
void faults_default(struct fault *f);
void faults_push(struct faults *f, const struct fault *fault);
void faults_clear(struct faults *f);

/* The fault that strikes a request of this class now (and is counted), into *out. */
bool faults_strike(struct faults *f, enum fault_class class, struct fault *out);

bool faults_are_actions(enum fault_class class);
/* Of those: is it about a run, whose detail is what a client reads back? */
bool faults_are_of_runs(enum fault_class class);
const char *fault_class_name(enum fault_class class);

#endif
