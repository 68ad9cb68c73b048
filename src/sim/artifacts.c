/* SPDX-License-Identifier: MIT */
/*
 * A step that makes something says so in its shape; when it has succeeded, its run has an
 * artifact named after the repository and the run's number. Size and hashes are drawn from
 * the step's id: they stay the same however often one asks, and a retried step keeps them
 * if it was well before.
 */
#include "sim/artifacts.h"

#include <stdio.h>
#include <string.h>

#include "sim/stamp.h"

#define TEXT_MAX 300

bool artifacts_made(const struct plan_step *s, int64_t now)
{
	return s->shape && s->shape->artifact && now >= s->span.end &&
	       s->span.outcome == SIM_COMPLETED;
}

static bool is_image(const struct plan_step *s)
{
	return strcmp(s->shape->artifact, "docker") == 0;
}

static void name_of(const struct run *r, const struct plan_step *s, char *out, size_t size)
{
	snprintf(out, size, "%.100s%.40s", r->pipeline->info->repo, s->shape->artifact_suffix);
}

static void version_of(const struct run *r, char *out, size_t size)
{
	snprintf(out, size, "1.0.%d", r->number);
}

void artifacts_place(const struct call *c, const struct run *r, const struct plan_step *s,
		     char *out, size_t size)
{
	const struct scenario *sc = world_scenario(c->server->world);
	char name[TEXT_MAX], version[32];

	name_of(r, s, name, sizeof(name));
	version_of(r, version, sizeof(version));
	if (is_image(s))
		snprintf(out, size, "swr.%.40s.example.com/%.40s/%s:%s", sc->region,
			 sc->domain_name, name, version);
	else
		snprintf(out, size, "https://devrepo.%.40s.example.com/%.40s/%.40s/%s/%s",
			 sc->region, sc->domain_name, s->shape->artifact, version, name);
}

static uint64_t number_of(const struct plan_step *s, uint64_t salt)
{
	return rng_mix(rng_text(s->id, strlen(s->id)), salt);
}

static void add_hash(cJSON *o, const struct plan_step *s)
{
	cJSON *e = cJSON_CreateObject();
	char halves[2][RNG_ID_SIZE], hex[2 * RNG_ID_SIZE];

	rng_id(number_of(s, 71), halves[0]);
	rng_id(number_of(s, 72), halves[1]);
	snprintf(hex, sizeof(hex), "%s%s", halves[0], halves[1]);
	cJSON_AddStringToObject(e, "hash_type", "sha256");
	cJSON_AddStringToObject(e, "hash_value", hex);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(o, "hash_code"), e);
}

static void add_number_text(cJSON *o, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	cJSON_AddStringToObject(o, name, text);
}

/* "20260106.3": the day, and which build of the day it was. */
static void add_daily_number(cJSON *o, const struct run *r, const struct plan_step *s)
{
	char at[STAMP_SIZE], text[40];

	stamp_zoneless(s->span.end, at);
	snprintf(text, sizeof(text), "%.4s%.2s%.2s.%d", at, at + 5, at + 8, r->number % 10 + 1);
	cJSON_AddStringToObject(o, "daily_build_number", text);
}

/* Everything is a string, the size too. */
static cJSON *list_row(const struct call *c, const struct run *r, const struct plan_job *j,
		       const struct plan_step *s)
{
	cJSON *o = cJSON_CreateObject();
	char name[TEXT_MAX], version[32], place[TEXT_MAX];

	name_of(r, s, name, sizeof(name));
	version_of(r, version, sizeof(version));
	artifacts_place(c, r, s, place, sizeof(place));
	cJSON_AddStringToObject(o, "project_id", r->pipeline->project->id);
	cJSON_AddStringToObject(o, "name", name);
	cJSON_AddStringToObject(o, "artifact_version", version);
	cJSON_AddStringToObject(o, "upload_target", is_image(s) ? "swr" : "releaseman");
	cJSON_AddStringToObject(o, "artifact_package_type", s->shape->artifact);
	cJSON_AddStringToObject(o, "artifact_uri", place);
	cJSON_AddStringToObject(o, "artifact_download_url_with_id", is_image(s) ? "" : place);
	cJSON_AddStringToObject(o, "artifact_type", is_image(s) ? "image" : "file");
	add_hash(o, s);
	cJSON_AddStringToObject(o, "job_id", j->identifier);
	add_number_text(o, "build_no", r->number);
	add_daily_number(o, r, s);
	add_number_text(o, "file_size", rng_between(number_of(s, 73), 200000, 400000000));
	return o;
}

static cJSON *detail_row(const struct call *c, const struct run *r, const struct plan_job *j,
			 const struct plan_step *s)
{
	cJSON *o = cJSON_CreateObject();
	char text[TEXT_MAX];

	name_of(r, s, text, sizeof(text));
	cJSON_AddStringToObject(o, "name", text);
	cJSON_AddStringToObject(o, "packageType", s->shape->artifact);
	version_of(r, text, sizeof(text));
	cJSON_AddStringToObject(o, "version", text);
	artifacts_place(c, r, s, text, sizeof(text));
	cJSON_AddStringToObject(o, "downloadUrl", text);
	return o;
}

typedef cJSON *row_of(const struct call *c, const struct run *r, const struct plan_job *j,
		      const struct plan_step *s); /* a function, not a struct */

static cJSON *list_all(const struct call *c, const struct run *r, row_of *row)
{
	const struct plan *p = run_plan(r, c->now);
	cJSON *list = cJSON_CreateArray();
	int i, j, k;

	for (i = 0; i < p->n; i++)
		for (j = 0; j < p->stages[i].n; j++) {
			const struct plan_job *job = &p->stages[i].jobs[j];

			for (k = 0; k < job->n; k++)
				if (artifacts_made(&job->steps[k], c->now))
					cJSON_AddItemToArray(list, row(c, r, job, &job->steps[k]));
		}
	return list;
}

cJSON *artifacts_list(const struct call *c, const struct run *r)
{
	return list_all(c, r, list_row);
}

cJSON *artifacts_detail(const struct call *c, const struct run *r)
{
	return list_all(c, r, detail_row);
}
