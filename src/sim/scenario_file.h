/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_SCENARIO_FILE_H
#define PIPETOP_SIM_SCENARIO_FILE_H

/*
 * A scenario being read, and the values of its file with their defaults. Private to
 * scenario*.c. The first complaint stays; reading goes on harmlessly.
 */
#include <libconfig.h>

#include "core/buf.h"
#include "sim/arena.h"
#include "sim/scenario.h"
#include "sim/scenario_json.h"

struct loaded { /* what scenario_free must release */
	struct scenario s;
	config_t config;
	struct arena arena;
	struct scenario_json *json;
	struct shape_step *steps;
	const char **step_names;
	int nsteps;
	struct shape *shapes;
	int nshapes;
	struct buf path; /* of the file */
	struct err *err;
	bool failed;
};

void file_complain(struct loaded *l, const config_setting_t *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

const char *file_string(const config_setting_t *s, const char *name, const char *or_else);
int file_int(const config_setting_t *s, const char *name, int or_else);
bool file_bool(const config_setting_t *s, const char *name);
int file_length(const config_setting_t *s);
config_setting_t *file_member(const config_setting_t *s, const char *name);
/* "seconds = 5" or "seconds = [5, 20]" */
struct range file_range(const config_setting_t *s, const char *name, int lo, int hi);
const char **file_strings(struct loaded *l, const config_setting_t *v, int *n);
/* The id that is given, else one made of `h`. */
void file_id(struct loaded *l, const config_setting_t *s, const char *name, uint64_t h,
	     char id[RNG_ID_SIZE]);
/* Seconds after the scenario's start (negative: before), or "YYYY-MM-DD HH:MM:SS", +08:00. */
int64_t file_time(struct loaded *l, const config_setting_t *s, const char *name, int64_t or_else);

/* What a name stands for; complains when there is no such thing. NULL gives NULL. */
const struct log_kind *file_log(struct loaded *l, const config_setting_t *at, const char *name);
const struct shape *file_shape(struct loaded *l, const config_setting_t *at, const char *name);

/* The parts of the file, in the order in which they are read. */
void file_read_words(struct loaded *l, const config_setting_t *v);
void file_read_logs(struct loaded *l, const config_setting_t *v);
void file_read_steps(struct loaded *l, const config_setting_t *v);
void file_read_shapes(struct loaded *l, const config_setting_t *v);
void file_read_variables(struct loaded *l, const config_setting_t *v);
void file_read_crowd(struct loaded *l, const config_setting_t *v, int count);
void file_read_projects(struct loaded *l, const config_setting_t *v);
void file_read_lanes(struct loaded *l, const config_setting_t *v);

void file_read_told_run(struct loaded *l, const config_setting_t *e, struct told_run *r);
/* Pipeline `index` of the whole crowd, into a pipeline that has its project and its hash. */
void file_make_member(struct loaded *l, int index, uint64_t h, struct pipeline_info *p);

#endif
