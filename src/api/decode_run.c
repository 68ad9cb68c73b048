/* SPDX-License-Identifier: MIT */
/*
 * A run comes as a summary (in lists: stages without jobs, times without a zone) or as a
 * detail (the whole tree). Both become the same struct, children in the order of their
 * `sequence`, equal ones as they were sent.
 *
 * A job or step without an id cannot be named to the service or kept apart from its
 * siblings, so it is dropped and counted. Every other field has a default.
 */
#include "decode_run.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "api/decode.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "decode_step.h"

char *decode_id(const struct decoding *d, const struct cJSON *obj, const char *key)
{
	char *id = json_string(d->json, obj, key);

	if (id && strlen(id) <= DECODE_ID_MAX)
		return id;
	mem_free(id);
	return NULL;
}

char *decode_either(const struct decoding *d, const struct cJSON *obj, const char *key,
		    const char *other)
{
	char *text = json_string(d->json, obj, key);

	return text ? text : json_string(d->json, obj, other);
}

int64_t decode_time(const struct decoding *d, const struct cJSON *obj, const char *key)
{
	int64_t ms = json_int(d->json, obj, key, INT64_MIN);
	const char *text;

	if (ms != INT64_MIN)
		return when_clean_ms(ms);
	text = json_peek(json_member(obj, key));
	ms = when_parse_zoneless(text, d->zone_offset_s);
	return ms != WHEN_NONE ? ms : when_parse_iso(text);
}

static int64_t decode_duration(const struct decoding *d, const struct cJSON *obj, const char *key)
{
	int64_t ms = json_int(d->json, obj, key, 0);

	return ms > 0 && ms <= WHEN_MAX_MS ? ms : 0;
}

int decode_sequence(const struct decoding *d, const struct cJSON *obj, size_t place)
{
	int64_t n = json_int(d->json, obj, "sequence", INT64_MIN);

	return n >= INT_MIN && n <= INT_MAX ? (int)n : (int)place;
}

struct rank {
	int sequence;
	size_t place;
};

static int by_rank(const void *a, const void *b)
{
	const struct rank *p = a, *q = b;

	if (p->sequence != q->sequence)
		return p->sequence < q->sequence ? -1 : 1;
	return p->place < q->place ? -1 : 1;
}

/* Mostly they are sent in order. */
void decode_sort(void *array, size_t n, size_t size, size_t at)
{
	struct rank *ranks = mem_calloc(n, sizeof(*ranks));
	char *base = array, *sorted;
	bool moved = false;
	size_t i;

	for (i = 0; i < n; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): n is 0 without an array */
		memcpy(&ranks[i].sequence, base + i * size + at, sizeof(int));
		ranks[i].place = i;
		moved |= i && ranks[i - 1].sequence > ranks[i].sequence;
	}
	if (moved) {
		qsort(ranks, n, sizeof(*ranks), by_rank);
		sorted = mem_calloc(n, size);
		for (i = 0; i < n; i++)
			memcpy(sorted + i * size, base + ranks[i].place * size, size);
		memcpy(base, sorted, n * size);
		mem_free(sorted);
	}
	mem_free(ranks);
}

static struct step *decode_steps(struct decoding *d, const struct cJSON *obj, const char *key,
				 size_t *n)
{
	const struct cJSON *item = json_array(obj, key);
	struct step *steps = item ? mem_calloc(json_count(item), sizeof(*steps)) : NULL;
	size_t place;

	*n = 0;
	for (place = 0; item; item = json_next(item), place++) {
		if (!decode_step(d, item, &steps[*n])) {
			d->dropped++;
			continue;
		}
		steps[*n].sequence = decode_sequence(d, item, place);
		++*n;
	}
	decode_sort(steps, *n, sizeof(*steps), offsetof(struct step, sequence));
	return steps;
}

static bool decode_job(struct decoding *d, const struct cJSON *obj, struct job *job)
{
	memset(job, 0, sizeof(*job));
	job->id = decode_id(d, obj, "id");
	if (!job->id)
		return false;
	job->identifier = json_string(d->json, obj, "identifier");
	job->name = json_string(d->json, obj, "name");
	job->status = json_string(d->json, obj, "status");
	job->message = decode_message(d, obj);
	job->start_ms = decode_time(d, obj, "start_time");
	job->end_ms = decode_time(d, obj, "end_time");
	job->steps = decode_steps(d, obj, "steps", &job->n_steps);
	return true;
}

static struct job *decode_jobs(struct decoding *d, const struct cJSON *obj, size_t *n)
{
	const struct cJSON *item = json_array(obj, "jobs");
	struct job *jobs = item ? mem_calloc(json_count(item), sizeof(*jobs)) : NULL;
	size_t place;

	*n = 0;
	for (place = 0; item; item = json_next(item), place++) {
		if (!decode_job(d, item, &jobs[*n])) {
			d->dropped++;
			continue;
		}
		jobs[*n].sequence = decode_sequence(d, item, place);
		++*n;
	}
	decode_sort(jobs, *n, sizeof(*jobs), offsetof(struct job, sequence));
	return jobs;
}

/* What both shapes of a stage have. */
static void decode_stage(struct decoding *d, const struct cJSON *obj, size_t place,
			 struct stage *stage)
{
	stage->id = decode_id(d, obj, "id");
	stage->identifier = json_string(d->json, obj, "identifier");
	stage->name = json_string(d->json, obj, "name");
	stage->status = json_string(d->json, obj, "status");
	stage->sequence = decode_sequence(d, obj, place);
	stage->start_ms = decode_time(d, obj, "start_time");
	stage->end_ms = decode_time(d, obj, "end_time");
	stage->pause_ms = decode_duration(d, obj, "pause_time");
}

static void decode_stages(struct decoding *d, const struct cJSON *obj, const char *key,
			  struct run *run)
{
	const struct cJSON *item = json_array(obj, key);
	struct stage *stage;
	size_t place;

	run->stages = item ? mem_calloc(json_count(item), sizeof(*run->stages)) : NULL;
	for (place = 0; item; item = json_next(item), place++) {
		if (!json_is_object(item)) {
			d->dropped += run->detailed;
			continue;
		}
		stage = &run->stages[run->n_stages++];
		decode_stage(d, item, place, stage);
		if (!run->detailed)
			continue;
		stage->pre = decode_steps(d, item, "pre", &stage->n_pre);
		stage->post = decode_steps(d, item, "post", &stage->n_post);
		stage->jobs = decode_jobs(d, item, &stage->n_jobs);
	}
	decode_sort(run->stages, run->n_stages, sizeof(*run->stages),
		    offsetof(struct stage, sequence));
}

/* The branch is what the run was started for: its tag, its branch, or a merge's source. */
static void decode_build_params(struct decoding *d, const struct cJSON *params, struct run *run)
{
	const char *type = json_peek(json_member(params, "build_type"));

	if (type && strcmp(type, "tag") == 0)
		run->branch = json_string(d->json, params, "tag");
	if (!run->branch)
		run->branch = decode_either(d, params, "target_branch", "source_branch");
	if (!run->branch)
		run->branch = json_string(d->json, params, "tag");
	run->commit = json_string(d->json, params, "commit_id");
	run->message = json_string(d->json, params, "message");
}

/* The first source that says what was built. */
static const struct cJSON *source_build_params(const struct cJSON *obj)
{
	const struct cJSON *source, *params;

	for (source = json_array(obj, "sources"); source; source = json_next(source)) {
		params = json_member(json_member(source, "params"), "build_params");
		if (json_is_object(params))
			return params;
	}
	return NULL;
}

/* What both shapes of a run have. */
static void decode_run(struct decoding *d, const struct cJSON *obj, struct run *run)
{
	int64_t number = json_int(d->json, obj, "run_number", 0);

	run->pipeline_id = decode_id(d, obj, "pipeline_id");
	run->status = json_string(d->json, obj, "status");
	run->number = number > 0 ? number : 0;
	run->trigger = json_string(d->json, obj, "trigger_type");
	run->executor = decode_either(d, obj, "executor_name", "executor_user_name");
	run->executor_id = decode_id(d, obj, "executor_id");
	if (!run->executor)
		run->executor = json_string(d->json, obj, "executor_id");
	run->detail_url = json_string(d->json, obj, "detail_url");
	run->start_ms = decode_time(d, obj, "start_time");
	run->end_ms = decode_time(d, obj, "end_time");
	run->pause_ms = decode_duration(d, obj, "pause_time");
}

bool decode_run_summary(struct decoding *d, const struct cJSON *obj, struct run *run)
{
	memset(run, 0, sizeof(*run));
	run->id = decode_id(d, obj, "pipeline_run_id");
	if (!run->id)
		return false;
	decode_run(d, obj, run);
	decode_build_params(d, json_member(obj, "build_params"), run);
	decode_stages(d, obj, "stage_status_list", run);
	run_derive(run);
	return true;
}

bool decode_run_detail(struct decoding *d, const struct cJSON *obj, struct run *run)
{
	memset(run, 0, sizeof(*run));
	run->id = decode_id(d, obj, "id");
	if (!run->id)
		run->id = decode_id(d, obj, "subject_id");
	if (!run->id)
		return false;
	run->detailed = true;
	decode_run(d, obj, run);
	decode_build_params(d, source_build_params(obj), run);
	decode_stages(d, obj, "stages", run);
	run_derive(run);
	return true;
}
