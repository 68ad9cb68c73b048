/* SPDX-License-Identifier: MIT */
/*
 * Variables, queue and plan. A pipeline's plan lies in its `definition`, a JSON document inside a
 * string: it is parsed by the same pre-pass and under the same bounds as an answer. One that cannot
 * be read takes nothing away but the choice of stages and jobs.
 */
#include "decode_acts.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "decode_run.h"

#define VARIABLES_MAX 10000
#define LIMITS_MAX 1000
#define ITEMS_MAX 10000
#define SOURCES_MAX ((size_t)256 << 10)

/* ---- variables ---- */

static char **decode_limits(const struct cJSON *obj, size_t *n)
{
	const struct cJSON *item = json_array(obj, "limits");
	size_t room = json_count(item);
	char **limits;

	*n = 0;
	if (room == 0)
		return NULL;
	limits = mem_calloc((room < LIMITS_MAX ? room : LIMITS_MAX) + 1, sizeof(*limits));
	for (; item && *n < LIMITS_MAX; item = json_next(item))
		if (json_peek(item))
			limits[(*n)++] = mem_strdup(json_peek(item));
	return limits;
}

static bool decode_variable(const struct decoding *d, const struct cJSON *obj, size_t place,
			    struct variable *v)
{
	*v = (struct variable){.name = json_string(d->json, obj, "name")};
	if (!v->name)
		return false;
	v->value = json_string(d->json, obj, "value");
	v->latest = decode_either(d, obj, "latest_value", "runtime_value");
	v->description = json_string(d->json, obj, "description");
	v->type_name = json_string(d->json, obj, "type");
	v->type = variable_type_of(v->type_name);
	v->limits = decode_limits(obj, &v->n_limits);
	v->sequence = decode_sequence(d, obj, place);
	v->secret = json_bool(obj, "is_secret", false);
	v->runtime = json_bool(obj, "is_runtime", false);
	return true;
}

static struct variable *decode_variable_rows(const struct json *json, const struct cJSON *row,
					     size_t *n)
{
	const struct decoding d = {.json = json};
	size_t room = json_count(row), place;
	struct variable *list;

	if (room > VARIABLES_MAX)
		room = VARIABLES_MAX;
	list = mem_calloc(room, sizeof(*list));
	*n = 0;
	for (place = 0; row && *n < room; row = json_next(row), place++)
		*n += decode_variable(&d, row, place, &list[*n]);
	decode_sort(list, *n, sizeof(*list), offsetof(struct variable, sequence));
	return list;
}

struct variable *decode_variables_of(const struct json *json, const struct cJSON *obj,
				     const char *key, size_t *n)
{
	return decode_variable_rows(json, json_array(obj, key), n);
}

bool decode_variables(const struct json *json, struct variable **list, size_t *n, int64_t *total,
		      struct err *err)
{
	const struct cJSON *root = json_root(json), *row = json_first(root);

	*list = NULL;
	*n = 0;
	*total = -1;
	if (!json_is_array(root) && !decode_rows(json, "variables", &row, err))
		return false;
	*list = decode_variable_rows(json, row, n);
	*total = json_int(json, root, "total", -1);
	return true;
}

void decode_variables_free(struct variable *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		variable_done(&list[i]);
	mem_free(list);
}

/* ---- the queue ---- */

bool decode_queue(const struct json *json, struct api_queue_item **items, size_t *n, int64_t *total,
		  struct err *err)
{
	const struct decoding d = {.json = json};
	const struct cJSON *root = json_root(json), *row;

	*items = NULL;
	*n = 0;
	*total = json_int(json, root, "total", -1);
	if (!decode_rows(json, "queuedPipelines", &row, err))
		return false;
	*items = mem_calloc(json_count(row), sizeof(**items));
	for (; row; row = json_next(row)) {
		const char *creator = json_peek(json_member(row, "creator_name"));
		struct api_queue_item item = {
			.id = json_int(json, row, "id", 0),
			.enqueue_ms = decode_time(&d, row, "enqueue_time"),
			.run_id = text_or_empty(json_peek(json_member(row, "pipeline_run_id"))),
			.creator = text_or_empty(
				creator ? creator : json_peek(json_member(row, "creator_id"))),
			.status = text_or_empty(json_peek(json_member(row, "status"))),
		};

		if (item.id > 0) /* without it nothing can be taken out of the queue */
			(*items)[(*n)++] = item;
	}
	return true;
}

/* ---- the plan ---- */

struct ranked {
	int sequence;
	const struct cJSON *item;
};

/* The elements of a list in the order of their `sequence`; the caller releases them. */
static struct ranked *ranked(const struct json *json, const struct cJSON *first, size_t *n)
{
	const struct decoding d = {.json = json};
	struct ranked *all = mem_calloc(json_count(first), sizeof(*all));

	for (*n = 0; first; first = json_next(first), ++*n)
		all[*n] = (struct ranked){decode_sequence(&d, first, *n), first};
	decode_sort(all, *n, sizeof(*all), offsetof(struct ranked, sequence));
	return all;
}

/* What has no identifier cannot be chosen; so neither can the jobs of such a stage. */
static bool add_item(const struct cJSON *obj, const char *stage, struct api_plan *plan,
		     struct decode_plan *own)
{
	const char *identifier = json_peek(json_member(obj, "identifier"));
	const char *name = json_peek(json_member(obj, "name"));

	if (!identifier || plan->n >= ITEMS_MAX)
		return false;
	own->items = mem_grow(own->items, plan->n, sizeof(*own->items));
	own->items[plan->n++] = (struct api_plan_item){identifier, name ? name : identifier, stage};
	return true;
}

static void add_stage(const struct json *json, const struct cJSON *stage, struct api_plan *plan,
		      struct decode_plan *own)
{
	struct ranked *jobs;
	size_t n, i;

	if (!add_item(stage, NULL, plan, own))
		return;
	jobs = ranked(json, json_array(stage, "jobs"), &n);
	for (i = 0; i < n; i++)
		add_item(jobs[i].item, json_peek(json_member(stage, "identifier")), plan, own);
	mem_free(jobs);
}

/* False: there is nothing to read. */
static bool read_definition(const struct json *json, const struct cJSON *definition,
			    struct api_plan *plan, struct decode_plan *own)
{
	const struct cJSON *list = json_member(definition, "stages");
	struct ranked *stages;
	size_t n, i;

	if (!json_is_array(list))
		return false;
	stages = ranked(json, json_first(list), &n);
	for (i = 0; i < n; i++)
		add_stage(json, stages[i].item, plan, own);
	mem_free(stages);
	plan->items = own->items;
	return true;
}

static void decode_definition(const struct json *json, struct api_plan *plan,
			      struct decode_plan *own)
{
	const struct cJSON *definition = json_member(json_root(json), "definition");
	const char *text = json_peek(definition);

	if (text)
		own->definition = json_parse(text, strlen(text), NULL, NULL, NULL, NULL);
	if (own->definition)
		plan->odd_definition =
			!read_definition(own->definition, json_root(own->definition), plan, own);
	else
		plan->odd_definition = !read_definition(json, definition, plan, own);
}

static void decode_sources(const struct cJSON *root, struct api_plan *plan, struct decode_plan *own)
{
	const struct cJSON *sources = json_member(root, "sources");
	const struct cJSON *params =
		json_first(sources) ? json_member(json_first(sources), "params") : NULL;

	if (json_first(sources))
		own->sources = json_value_text(sources, SOURCES_MAX);
	plan->sources_json = text_or_empty(own->sources);
	plan->branch = text_or_empty(json_peek(json_member(params, "default_branch")));
}

static void decode_concurrency(const struct json *json, struct api_plan *plan)
{
	const struct cJSON *control = json_member(json_root(json), "concurrency_control");
	const char *exceed = json_peek(json_member(control, "exceed_action"));
	int64_t limit = json_int(json, control, "concurrency_number", 0);

	if (!json_bool(control, "enable", limit > 0))
		return;
	plan->concurrency = limit > 0 ? limit : 0;
	plan->queues = exceed && strcasecmp(exceed, "QUEUE") == 0;
}

bool decode_plan(const struct json *json, struct api_plan *plan, struct decode_plan *own,
		 struct err *err)
{
	const struct cJSON *root = json_root(json);

	*own = (struct decode_plan){0};
	if (!json_peek(json_member(root, "id")) && !json_peek(json_member(root, "name")))
		return err_set(err, ERR_PARSE, 0, _("bad answer: a pipeline without id and name"));
	plan->name = text_or_empty(json_peek(json_member(root, "name")));
	plan->banned = json_bool(root, "banned", false);
	decode_sources(root, plan, own);
	decode_concurrency(json, plan);
	decode_definition(json, plan, own);
	return true;
}

void decode_plan_done(struct decode_plan *own)
{
	json_free(own->definition);
	mem_free(own->items);
	mem_free(own->sources);
	*own = (struct decode_plan){0};
}
