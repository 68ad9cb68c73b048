/* SPDX-License-Identifier: MIT */
/*
 * Templates and tasks. Flags of a template are texts in one place and booleans in another, and a
 * newer list has another name for its rows and for its favourites; all of it is taken.
 */
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "decode_acts.h"
#include "decode_run.h"

#define STAGES_MAX 1000
#define DEFINITION_MAX ((size_t)4 << 20)
#define VARIABLES_JSON_MAX ((size_t)1 << 20)

struct named_stage {
	int sequence;
	char *name;
};

static void decode_stage_names(const struct decoding *d, const struct cJSON *obj,
			       struct template *t)
{
	const struct cJSON *row = json_array(obj, "stages");
	size_t room = json_count(row), place, n = 0;
	struct named_stage *all;

	if (room > STAGES_MAX)
		room = STAGES_MAX;
	all = mem_calloc(room, sizeof(*all));
	for (place = 0; row && n < room; row = json_next(row), place++) {
		const char *name = json_peek(json_is_object(row) ? json_member(row, "name") : row);

		if (name)
			all[n++] = (struct named_stage){decode_sequence(d, row, place),
							mem_strdup(name)};
	}
	decode_sort(all, n, sizeof(*all), offsetof(struct named_stage, sequence));
	t->stages = mem_calloc(n, sizeof(*t->stages));
	for (t->n_stages = 0; t->n_stages < n; t->n_stages++)
		t->stages[t->n_stages] = all[t->n_stages].name;
	mem_free(all);
}

static void decode_template_variables(const struct decoding *d, const struct cJSON *obj,
				      struct template *t)
{
	const struct cJSON *list = json_member(obj, "variables");

	if (!json_is_array(list))
		return;
	t->variables = decode_variables_of(d->json, obj, "variables", &t->n_variables);
	t->variables_json = json_value_text(list, VARIABLES_JSON_MAX);
}

/* What list and detail have. */
static bool decode_one(const struct decoding *d, const struct cJSON *obj, struct template *t)
{
	*t = (struct template){.id = decode_id(d, obj, "id")};
	if (!t->id)
		t->id = decode_id(d, obj, "template_id");
	if (!t->id)
		return false;
	t->name = decode_either(d, obj, "name", "template_name");
	t->language = json_string(d->json, obj, "language");
	t->description = json_string(d->json, obj, "description");
	t->system = json_bool(obj, "is_system", false);
	t->favourite = json_bool(obj, "is_collect", json_bool(obj, "watched", false));
	t->shows_source = json_bool(obj, "is_show_source", false);
	t->updated_ms = decode_time(d, obj, "update_time");
	decode_stage_names(d, obj, t);
	return true;
}

bool decode_templates(const struct json *json, int zone_offset_s, struct template **list, size_t *n,
		      struct decode_page *page, struct err *err)
{
	const struct decoding d = {.json = json, .zone_offset_s = zone_offset_s};
	const struct cJSON *root = json_root(json), *row;
	bool newer = !json_member(root, "templates") && json_member(root, "result");

	*list = NULL;
	*n = 0;
	decode_page_of(json, page);
	if (!decode_rows(json, newer ? "result" : "templates", &row, err))
		return false;
	*list = mem_calloc(json_count(row), sizeof(**list));
	for (; row; row = json_next(row)) {
		if (decode_one(&d, row, &(*list)[*n]))
			++*n;
		else
			page->dropped++;
	}
	return true;
}

bool decode_template(const struct json *json, int zone_offset_s, struct template *tmpl,
		     struct err *err)
{
	const struct decoding d = {.json = json, .zone_offset_s = zone_offset_s};
	const struct cJSON *root = json_root(json);

	if (!decode_one(&d, root, tmpl))
		return err_set(err, ERR_PARSE, 0, _("bad answer: a template without an id"));
	decode_template_variables(&d, root, tmpl);
	tmpl->definition = json_value_text(json_member(root, "definition"), DEFINITION_MAX);
	return true;
}

/* ---- tasks ---- */

static enum task_phase phase_of(const char *status)
{
	static const struct {
		const char *status;
		enum task_phase phase;
	} known[] = {
		{"initializing", TASK_WAITS},
		{"processing", TASK_WORKS},
		{"finished", TASK_DONE},
		{"succeeded", TASK_DONE},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(known[i].status, status) == 0)
			return known[i].phase;
	return TASK_OTHER;
}

bool decode_task(const struct json *json, struct api_task *task, struct err *err)
{
	const struct cJSON *root = json_root(json);

	task->status = json_peek(json_member(root, "task_status"));
	if (!task->status) {
		task->status = "";
		return err_set(err, ERR_PARSE, 0, _("bad answer: it has no \"%s\""), "task_status");
	}
	task->phase = phase_of(task->status);
	task->pipeline_id = text_or_empty(json_peek(json_member(root, "pipeline_id")));
	task->pipeline_name = text_or_empty(json_peek(json_member(root, "pipeline_name")));
	task->pipeline_url = text_or_empty(json_peek(json_member(root, "pipeline_url")));
	return true;
}
