/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_TEMPLATES_H
#define PIPETOP_API_TEMPLATES_H

/*
 * Templates of pipelines, v5 (api.md 6.4) and v3 (7.3, 7.4). As in api/calls.h and api/acts.h:
 * reads may be repeated, what changes something goes out once and answers with a struct api_done,
 * whose `id` is the template's, the pipeline's or the task's.
 */
#include "api/acts.h"
#include "model/template.h"

struct api_template_query {
	const char *name, *language; /* NULL: any */
	enum api_flag system;
	const char *sort_key, *sort_dir;
	int64_t offset, limit;
};

struct api_templates {
	struct api_answer answer;
	struct template *templates; /* the callback may take their contents */
	size_t n, dropped;	    /* dropped: rows without an id */
	int64_t offset, limit, total; /* total -1: not said */
};
typedef void api_templates_fn(void *self, struct api_templates *page);

/* 6.4: accepts `templates` and the newer page's `result` with `watched`. */
uint64_t api_list_templates(struct session *session, const char *tenant_id,
			    const struct api_template_query *query, api_templates_fn *done, void *self);

struct api_template {
	struct api_answer answer;
	struct template *template; /* NULL on failure; its contents may be taken */
};
typedef void api_template_fn(void *self, struct api_template *detail);
uint64_t api_template_detail(struct session *session, const char *tenant_id, const char *template_id,
			     api_template_fn *done, void *self);

/*
 * What is sent when one is made or changed: all of `template` but its id; its variables as
 * variables_json has them, where that is set. None is ever made a system template, and one of the system
 * or without name and definition is refused before it leaves.
 */
uint64_t api_template_create(struct session *session, const char *tenant_id, const struct template *template,
			     api_done_fn *done, void *self);
uint64_t api_template_update(struct session *session, const char *tenant_id, const struct template *template,
			     api_done_fn *done, void *self);
uint64_t api_template_delete(struct session *session, const char *tenant_id, const char *template_id,
			     api_done_fn *done, void *self);
uint64_t api_template_favourite(struct session *session, const char *tenant_id, const char *template_id, bool on,
				api_done_fn *done, void *self);

/* A pipeline from a v5 template. */
struct api_template_use {
	const char *template_id, *name, *description; /* description NULL: none */
	const struct variable *variables; /* name and value are sent */
	size_t n_variables;
	const char *sources_json; /* the array; NULL: [] */
	const char *component;	  /* NULL: none */
};
uint64_t api_template_use(struct session *session, const char *project_id, const struct api_template_use *use,
			  api_done_fn *done, void *self);

/* 7.4: `text` goes out as it is. done->id is the task's. */
uint64_t api_task_create(struct session *session, const char *text, size_t len, api_done_fn *done, void *self);

enum task_phase { TASK_WAITS, TASK_WORKS, TASK_DONE, TASK_OTHER }; /* OTHER: an undocumented word */
struct api_task {
	struct api_answer answer;
	enum task_phase phase;
	const char *status; /* as sent */
	const char *pipeline_id, *pipeline_name, *pipeline_url; /* "" as long as there is none */
};
typedef void api_task_fn(void *self, const struct api_task *task);
uint64_t api_task_status(struct session *session, const char *task_id, api_task_fn *done, void *self);

#endif
