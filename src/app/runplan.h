/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_RUNPLAN_H
#define PIPETOP_APP_RUNPLAN_H

/*
 * What a run is to be started with (api.md 5.1): the variables that the pipeline asks for, each with
 * its value and where that comes from; a branch or a tag; which stages and jobs; a description. Pure:
 * the answers go in, the operator's words go in, and one order comes out.
 *
 * Until somebody says otherwise a variable has the value that the last run had, else its default; what
 * is a secret has none that is known here, and what counts by itself goes on counting. Values that are
 * only the service's own defaults are not sent: they hold anyhow.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/acts.h"
#include "core/buf.h"
#include "core/err.h"
#include "model/variable.h"

#define RUNPLAN_DESCRIPTION_MAX 1024 /* characters (api.md 1.4) */
#define RUNPLAN_REVISION_MAX 256     /* of a branch's or a tag's name; what Git's hosts take */

enum plan_origin { PLAN_DEFAULT, PLAN_LAST, PLAN_TYPED };

struct plan_value {
	char *text; /* NULL: none is known. A secret's lies in the vault */
	enum plan_origin origin;
};

/* A stage, or a job of the stage before it. */
struct plan_part {
	char *identifier, *name;
	char *stage; /* identifier; NULL: it is a stage itself */
	bool chosen; /* of a stage with jobs: all of them are */
};

enum plan_revision { PLAN_AS_IT_IS, PLAN_BRANCH, PLAN_TAG };

struct runplan {
	char *project_id, *pipeline_id, *name;
	struct variable *variables; /* in the service's order */
	struct plan_value *values;  /* of each */
	size_t n_variables;
	struct plan_part *parts;
	size_t n_parts;
	bool defaults; /* what the last run had is left out */
	bool choosing; /* somebody chose: what was not is left out */
	char *sources; /* the service's JSON; NULL: none */
	char *branch;  /* that runs where none is said; NULL: not known */
	enum plan_revision revision;
	char *revision_name;
	char *description;
	bool banned, odd_definition, queues;
	int64_t concurrency;
};

void runplan_init(struct runplan *plan, const char *project_id, const char *pipeline_id);
void runplan_copy(struct runplan *to, const struct runplan *from);
void runplan_done(struct runplan *plan);

/* ---- what the service says ---- */

void runplan_take_pipeline(struct runplan *plan, const struct api_plan *answer);
void runplan_add_variables(struct runplan *plan, const struct variable *variables, size_t n);
/* What the last run had: the values to begin with, where they still fit. */
void runplan_take_last(struct runplan *plan, const struct variable *variables, size_t n);

/* ---- what the operator says ---- */

/* "NAME=VALUE". The sentence of a failure names what is near, or what the variable takes. */
bool runplan_assign(struct runplan *plan, const char *word, struct err *err);
bool runplan_set(struct runplan *plan, size_t variable, const char *value, struct err *err);
/* Leaves everything to the service again. */
void runplan_reset(struct runplan *plan, size_t variable);
/* An identifier, or a name that only one has. The first choice lets go of all the rest. */
bool runplan_choose(struct runplan *plan, bool stage, const char *word, struct err *err);
/* One part by its place; a stage with all of its jobs. */
void runplan_choose_at(struct runplan *plan, size_t part, bool on);
bool runplan_revision(struct runplan *plan, enum plan_revision revision, const char *name, struct err *err);
bool runplan_describe(struct runplan *plan, const char *text, struct err *err);
/* Has it a source whose branch or tag can be said? */
bool runplan_has_code(const struct runplan *plan);

/* ---- what comes out ---- */

/* Is anything asked for that has no value? Then `missing` gets a line for each such variable. */
bool runplan_complete(const struct runplan *plan, struct buf *missing, struct err *err);
/* What a variable takes, in a line: "one of cn-north-4, cn-east-3: the region". Never its value. */
void runplan_about(const struct variable *variable, struct buf *out);
/* Does it have to be given a value before a run can start? */
bool runplan_is_missing(const struct runplan *plan, size_t variable);
/* How a stage's jobs are chosen. */
enum plan_share { PLAN_NONE, PLAN_SOME, PLAN_ALL };
enum plan_share runplan_share(const struct runplan *plan, size_t stage);

/* The order borrows from the plan and from this. */
struct runplan_order {
	struct api_run_order order;
	struct variable *variables; /* names and values lent by the plan */
	const char **stages, **jobs;
	char *sources;
};
/* False: nothing at all is chosen. `out` is to be released in either case. */
bool runplan_order(const struct runplan *plan, struct runplan_order *out, struct err *err);
void runplan_order_done(struct runplan_order *out);

/* For the audit log: names of variables that are sent, branch or tag, stages and jobs. No values. */
void runplan_detail(const struct runplan *plan, struct buf *out);
/* For the operator, a line each: "VERSION = 2.5 (last run)", "branch = main" ...; secrets as stars. */
void runplan_summary(const struct runplan *plan, struct buf *out);

#endif
