/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_SCENARIO_H
#define PIPETOP_SIM_SCENARIO_H

/*
 * A scenario as read from its file: what there is, not what happens. The format is
 * described in pipetop-sim(1). Strings live as long as the scenario.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "sim/logtext.h"
#include "sim/rng.h"

struct range {
	int lo, hi;
};

struct shape_step {
	const char *name, *task, *type; /* type: Normal, Build, Test ... */
	const struct log_kind *log;	/* NULL: writes none */
	struct range seconds, rate;	/* rate: body lines a second */
	int fails;			/* weight when the run's failing step is drawn; 0: never */
	bool gate;			/* waits for a person */
	bool delay;			/* waits for time to pass */
	bool suspends;			/* waits to be resumed, and goes on by itself after its time */
	/* Of a gate: who may pass it (all of them must, or any may) and what becomes of it
	 * when nobody came in time; timeout_s 0: it waits for ever. */
	const char **approvers, *comment;
	int napprovers, timeout_s;
	bool all, timeout_passes;
	const char *sub; /* name of the pipeline that it runs */
	/* What it makes: docker, maven2, npm ..., and the end of its name after the repo's. */
	const char *artifact, *artifact_suffix; /* artifact NULL: nothing */
};

struct shape_job {
	const char *name;
	const struct shape_step **steps;
	int n;
};

struct shape_stage {
	const char *name;
	bool manual;		       /* a person must let the run into the stage */
	bool always;		       /* runs also after a failure */
	struct shape_step entry;       /* that gate, when manual */
	const struct shape_step *post; /* after the jobs; NULL */
	struct shape_job *jobs;
	int n;
};

struct shape {
	const char *name;
	struct shape_stage *stages;
	int n;
};

struct scenario_variable { /* that runs of these shapes have */
	const char *name, *type, *value, *description;
	const char **limits, **shapes; /* no shapes: all */
	int nlimits, nshapes;
	bool secret, runtime; /* runtime: asked for when a run is started */
	bool group;	      /* of a parameter group, not the pipeline's own */
};

struct person {
	const char *name;
	char id[RNG_ID_SIZE];
};

struct group {			 /* a folder of pipelines; a tree, written out parents first */
	const char *name, *path; /* path: ids from the root, dots between */
	char id[RNG_ID_SIZE];
	int project, parent; /* parent: an index; -1 at the root */
	int ordinal;
	const struct person *creator; /* NULL */
	int64_t create_ms;
};

struct project {
	const char *name;
	int first, n; /* its pipelines: they lie together */
	int first_group, ngroups;
	int share; /* of the crowd */
	char id[RNG_ID_SIZE];
	int v3_total; /* what v3 lists call the total; 0: what there is */
};

/* A run told word for word instead of planned; see plan.h for what becomes of it. */
struct told_step {
	const char *id, *name, *task, *status;
	int64_t start, end; /* ms; 0 none */
	struct logtext log;
};
struct told_job {
	const char *id, *name, *status;
	int64_t start, end;
	struct told_step *steps;
	int n;
};
struct told_stage {
	const char *name, *status;
	int64_t start, end;
	struct told_job *jobs;
	int n;
};
struct told_run {
	const char *id, *status, *executor, *executor_id, *trigger, *branch, *message, *commit;
	int number;
	int64_t start, end;
	struct told_stage *stages;
	int n;
	struct cJSON *list_row; /* what the run list shows instead of a made one; NULL */
};

struct pipeline_info {
	const char *name, *repo;
	char id[RNG_ID_SIZE];
	int project;
	const struct shape *shape; /* NULL: all its runs are told */
	bool old, banned, favourite, publish;
	bool listed_v3;	       /* not old, but the old lists have it too */
	bool crowd;	       /* its runs are computed; see crowd.h */
	const char *component; /* NULL */
	int level;	       /* of security; 0: none */
	int group;	       /* -1: none */
	const char *creator, *creator_id;
	int64_t create_ms;
	int first_number;
	const struct scenario_variable *variables; /* its own; NULL: the scenario's that fit its shape */
	int nvariables;
	struct told_run *runs;
	int nruns;
};

enum lane_kind {
	LANE_STEADY, /* one run after another, with a gap between */
	LANE_GATE,   /* runs overlap so that one always waits at its gate */
	LANE_QUEUE,  /* the next run is queued before the one before it begins */
	LANE_RETRY,  /* each run fails first and is retried */
	LANE_DAILY,  /* each pipeline once a day */
};

struct lane {
	enum lane_kind kind;
	int *pipelines;
	int n;
	struct range gap; /* s; for LANE_GATE how long two wait at a time */
	int fail_every, cancel_every, slow_every, phase;
	int at_s; /* LANE_DAILY: second of the day (+08:00) */
};

struct crowd_shape {
	const struct shape *shape;
	int weight;
};

struct crowd_names { /* the lists whose words, one of each, make a name */
	const char **words[6];
	int n[6], lists;
};

struct crowd_info { /* pipelines too many to be written down one by one */
	int count;
	int live; /* runs in progress, on average */
	struct crowd_shape *shapes;
	int nshapes;
	struct crowd_names *names;
	int nnames;
	int weights; /* of the shapes, in all */
};

struct scenario {
	uint64_t seed;
	bool retry_same_ids; /* a retried job and its steps keep their ids; may change */
	int64_t start_ms;    /* where simulated time begins */
	int history;	     /* finished runs per pipeline at the start, and kept later */
	const char *region;
	const char *domain_name;
	char domain_id[RNG_ID_SIZE];
	struct log_vocabulary vocabulary;
	struct log_kind *logs;
	int nlogs;
	struct person *people;
	int npeople;
	const char **commits, **branches;
	int ncommits, nbranches;
	struct project *projects;
	int nprojects;
	struct group *groups;
	int ngroups;
	struct crowd_info crowd;
	struct scenario_variable *variables;
	int nvariables;
	struct pipeline_info *pipelines;
	int npipelines;
	struct lane *lanes;
	int nlanes;
	struct flood *flood; /* made when a told log asks for it */
};

struct scenario_choice {   /* what a caller may choose over the file */
	const char *start; /* as in struct sim_options; NULL */
	uint64_t seed;	   /* 0: the file's */
	int count;	   /* of the crowd; 0: the file's */
};

/*
 * `name` with a slash is a path, else NAME.conf where scenarios are kept.
 */
struct scenario *scenario_load(const char *name, const struct scenario_choice *choice,
			       struct err *err);
void scenario_free(struct scenario *s);

#endif
