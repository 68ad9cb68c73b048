/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the answer to any question: every decoder takes every document, owns what
 * it says it owns, keeps no row without its id, and leaves children in order.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/decode.h"
#include "core/mem.h"

#define CHINA (8 * 3600)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_steps(const struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		must(steps[i].id && steps[i].id[0]);
		must(i == 0 || steps[i - 1].sequence <= steps[i].sequence);
		must(steps[i].gate_timeout_ms >= 0);
	}
}

static void check_run(const struct run *run)
{
	size_t i, k;

	must(run->id && run->id[0] && strlen(run->id) <= DECODE_ID_MAX);
	must(run->number >= 0 && run->start_ms >= 0 && run->end_ms >= 0 && run->pause_ms >= 0);
	for (i = 0; i < run->n_stages; i++) {
		const struct stage *stage = &run->stages[i];

		must(i == 0 || run->stages[i - 1].sequence <= stage->sequence);
		check_steps(stage->pre, stage->n_pre);
		check_steps(stage->post, stage->n_post);
		for (k = 0; k < stage->n_jobs; k++) {
			must(stage->jobs[k].id && stage->jobs[k].id[0]);
			check_steps(stage->jobs[k].steps, stage->jobs[k].n_steps);
		}
	}
}

typedef bool decode_pipelines_fn(const struct json *json, int zone_offset_s, struct pipeline **list,
				 size_t *n, struct decode_page *page, struct err *err);

static void try_pipelines(const struct json *json, decode_pipelines_fn *decode)
{
	struct decode_page page;
	struct err err = {0};
	struct pipeline *list;
	size_t n, i;

	must(decode(json, CHINA, &list, &n, &page, &err) == (err.kind == ERR_NONE));
	must(page.total >= -1 && page.offset >= -1 && page.limit >= -1);
	for (i = 0; i < n; i++) {
		must(list[i].id && list[i].id[0]);
		if (list[i].latest)
			check_run(list[i].latest);
		pipeline_done(&list[i]);
	}
	mem_free(list);
}

static void try_runs(const struct json *json)
{
	struct decode_page page;
	struct err err = {0};
	struct run *list;
	size_t n, i;

	must(decode_runs(json, CHINA, &list, &n, &page, &err) == (err.kind == ERR_NONE));
	for (i = 0; i < n; i++) {
		check_run(&list[i]);
		run_done(&list[i]);
	}
	mem_free(list);
}

static void try_detail(const struct json *json)
{
	struct err err = {0};
	size_t dropped = 0;
	int64_t system_ms;
	struct run run;

	if (!decode_detail(json, CHINA, &run, &system_ms, &dropped, &err)) {
		must(err.kind == ERR_PARSE);
		return;
	}
	check_run(&run);
	run_done(&run);
}

/* Whatever the tree looks like, each group is there once, below its parent. */
static void try_groups(const struct json *json)
{
	struct groups *groups = groups_new();
	const struct group *flat;
	struct group *list;
	size_t n, i, dropped;
	char path[256];

	if (decode_groups(json, &list, &n, &dropped, NULL)) {
		groups_take(groups, "p", list, n);
		mem_free(list);
		must(groups_of(groups, "p", &flat) <= n);
		for (i = 0; i < groups_of(groups, "p", &flat); i++) {
			must(flat[i].depth == 0 || (i > 0 && flat[i].depth <= flat[i - 1].depth + 1));
			must(groups_path(groups, "p", flat[i].id, path, sizeof(path)));
			must(!groups_below(groups, "p", flat[i].id, flat[i].id));
		}
	}
	groups_free(groups);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *json = json_parse((const char *)data, size, NULL, NULL, NULL, NULL);
	struct decode_error error;
	struct decode_log log;

	if (!json)
		return 0;
	decode_error(json, &error);
	must(memchr(error.code, '\0', sizeof(error.code)) != NULL);
	must(memchr(error.message, '\0', sizeof(error.message)) != NULL);
	try_pipelines(json, decode_pipelines);
	try_pipelines(json, decode_pipelines_v3);
	try_runs(json);
	try_detail(json);
	try_groups(json);
	decode_log(json, &log, NULL);
	decode_log_done(&log);
	json_free(json);
	return 0;
}
