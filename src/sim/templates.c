/* SPDX-License-Identifier: MIT */
/*
 * The system's templates are the shapes that the world's pipelines have; custom ones hold the
 * definition that they came with, as it came. A pipeline of a system template has its shape;
 * one of a custom template runs the stages and jobs of its definition.
 *
 * Assumptions: an unknown template is HTTP 400 DEVCP.00021006, a change of a system template
 * HTTP 401 DEVCP.00021018; any tenant id sees the same templates; without a sort_key they come
 * as they were made, those of the system first. A pipeline has the variables of its custom
 * template, and those of the scenario where there are none or the template is the system's.
 */
#include "sim/templates.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/definition.h"
#include "sim/fields.h"
#include "sim/named.h"
#include "sim/reads.h"
#include "sim/server.h"
#include "sim/stamp.h"

#define WRONG_BODY "DEVCP.00021400"

static const char *const languages[] = {"java", "python", "nodejs", "go", "net",
					"cpp",	"php",	  "other",  "none"};

static bool is_language(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (strcmp(languages[i], word) == 0)
			return true;
	return false;
}

/* ---- what there is ---- */

struct template *templates_add(struct templates *t, int64_t now)
{
	t->v = mem_grow(t->v, t->n, sizeof(*t->v));
	t->v[t->n] = (struct template){.created = now, .updated = now};
	return &t->v[t->n++];
}

static const char *language_of(const char *shape)
{
	static const char *const others[][2] = {{"web", "nodejs"}, {"golang", "go"}, {"clang", "cpp"},
						{"android", "java"}, {"batch", "other"}};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(shape, others[i][0]) == 0)
			return others[i][1];
	return is_language(shape) ? shape : "none";
}

static char *variables_text(const struct scenario *s, const struct shape *shape)
{
	struct pipeline_info info = {.shape = shape};
	cJSON *list = reads_variables_of(s, &info);
	char *text = cJSON_PrintUnformatted(list), *own = mem_strdup(text);

	cJSON_free(text);
	cJSON_Delete(list);
	return own;
}

static void add_system(struct templates *t, const struct scenario *s, const struct shape *shape)
{
	struct template *one;
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->v[i].shape == shape)
			return;
	one = templates_add(t, s->start_ms - INT64_C(86400000));
	rng_id(rng_mix(rng_text(shape->name, strlen(shape->name)), 0x7e3), one->id);
	one->name = mem_strdup(shape->name);
	one->language = mem_strdup(language_of(shape->name));
	one->description = mem_strdup("");
	one->definition = definition_text(shape);
	one->variables = variables_text(s, shape);
	one->shape = shape;
	one->system = one->shows_source = true;
}

void templates_fill(struct templates *t, const struct scenario *s)
{
	int i;

	if (t->filled)
		return;
	for (i = 0; i < s->npipelines; i++)
		if (s->pipelines[i].shape)
			add_system(t, s, s->pipelines[i].shape);
	specimens_add(t, s, t->specimens);
	t->filled = true;
}

static struct templates *all(struct call *c)
{
	templates_fill(&c->server->templates, world_scenario(c->server->world));
	return &c->server->templates;
}

static struct template *named(struct call *c, const char *id)
{
	struct templates *t = all(c);
	size_t i;

	for (i = 0; i < t->n; i++)
		if (!t->v[i].deleted && strcmp(t->v[i].id, id) == 0)
			return &t->v[i];
	call_error(c, 400, "DEVCP.00021006", "the template %.60s does not exist", id);
	return NULL;
}

/* NULL, and answered: also for one of the system, which nobody changes. */
static struct template *own(struct call *c)
{
	struct template *t = named(c, c->args[1]);

	if (!t || !t->system)
		return t;
	call_error(c, 401, "DEVCP.00021018", "a system template can only be copied or used");
	return NULL;
}

static void one_done(struct template *t)
{
	mem_free(t->name);
	mem_free(t->language);
	mem_free(t->description);
	mem_free(t->definition);
	mem_free(t->variables);
}

void templates_done(struct templates *t)
{
	while (t->n)
		one_done(&t->v[--t->n]);
	mem_free(t->v);
	*t = (struct templates){0};
}

/* ---- v5 reads ---- */

static cJSON *stages_of(const struct template *t)
{
	cJSON *d = cJSON_Parse(t->definition), *list = cJSON_CreateArray(), *o;
	const cJSON *stage;
	int n = 0;

	cJSON_ArrayForEach(stage, cJSON_GetObjectItemCaseSensitive(d, "stages"))
	{
		const char *name =
			cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(stage, "name"));

		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "name", text_or_empty(name));
		cJSON_AddNumberToObject(o, "sequence", n++);
		cJSON_AddItemToArray(list, o);
	}
	cJSON_Delete(d);
	return list;
}

/* The flags change their types between the list and the detail. */
static cJSON *render(const struct call *c, const struct template *t, bool whole)
{
	const struct scenario *s = world_scenario(c->server->world);
	cJSON *o = cJSON_CreateObject(), *variables;

	cJSON_AddStringToObject(o, "id", t->id);
	cJSON_AddStringToObject(o, "name", t->name);
	cJSON_AddStringToObject(o, "icon", "");
	cJSON_AddStringToObject(o, "manifest_version", "3.0");
	cJSON_AddStringToObject(o, "language", t->language);
	cJSON_AddStringToObject(o, "description", t->description);
	cJSON_AddStringToObject(o, "region", s->region);
	cJSON_AddStringToObject(o, "domain_id", s->domain_id);
	cJSON_AddStringToObject(o, "creator_id", s->npeople ? s->people[0].id : "");
	cJSON_AddBoolToObject(o, "is_system", t->system);
	cJSON_AddNumberToObject(o, "create_time", (double)t->created);
	cJSON_AddNumberToObject(o, "update_time", (double)t->updated);
	if (!whole) {
		cJSON_AddStringToObject(o, "creator_name", s->npeople ? s->people[0].name : "");
		cJSON_AddBoolToObject(o, "is_collect", t->collected);
		cJSON_AddStringToObject(o, "is_show_source", t->shows_source ? "true" : "false");
		cJSON_AddItemToObject(o, "stages", stages_of(t));
		return o;
	}
	cJSON_AddStringToObject(o, "is_collect", t->collected ? "true" : "false");
	cJSON_AddBoolToObject(o, "is_show_source", t->shows_source);
	variables = t->variables ? cJSON_Parse(t->variables) : NULL;
	cJSON_AddItemToObject(o, "variables", variables ? variables : cJSON_CreateArray());
	cJSON_AddStringToObject(o, "definition", t->definition);
	return o;
}

static bool wanted(const struct call *c, const struct template *t)
{
	int system = field_flag(c, "is_system");
	const char *language = field_string(c, "language"), *name = field_string(c, "name");

	return !t->deleted && (system < 0 || t->system == (system == 1)) &&
	       (!*language || strcmp(language, t->language) == 0) &&
	       (!*name || strcasestr(t->name, name));
}

/* ---- in order ---- */

enum order { AS_MADE, BY_NAME, BY_CREATION, BY_UPDATE };

/* -1, 0, 1; equal ones stay as they were made. */
static int compare(const struct template *a, const struct template *b, enum order order)
{
	if (order == BY_NAME)
		return strcmp(a->name, b->name);
	if (order == BY_CREATION)
		return a->created < b->created ? -1 : a->created > b->created;
	return order == AS_MADE ? 0 : a->updated < b->updated ? -1 : a->updated > b->updated;
}

static enum order order_of(const char *key)
{
	if (!*key)
		return AS_MADE;
	if (strcmp(key, "name") == 0)
		return BY_NAME;
	return strcmp(key, "create_time") == 0 ? BY_CREATION : BY_UPDATE;
}

/* Those that are wanted, as asked for; the caller frees them. By insertion: few, and it is stable. */
static const struct template **in_order(struct templates *t, const struct paging *page,
					bool (*want)(const struct call *c, const struct template *t),
					const struct call *c, size_t *n)
{
	const struct template **rows = mem_calloc(t->n + 1, sizeof(struct template *));
	enum order order = order_of(page->key);
	size_t i, k;

	*n = 0;
	for (i = 0; i < t->n; i++) {
		const struct template *one = &t->v[i];

		if (!want(c, one))
			continue;
		for (k = (*n)++; k > 0; k--) {
			int by = compare(one, rows[k - 1], order);

			if (page->ascending ? by >= 0 : by <= 0)
				break;
			rows[k] = rows[k - 1];
		}
		rows[k] = one;
	}
	return rows;
}

/* The page under `name`, each row written by `row`. */
static void list_page(struct call *c, const struct paging *page, const char *name,
		      bool (*want)(const struct call *c, const struct template *t),
		      cJSON *(*row)(const struct call *c, const struct template *t))
{
	const struct template **rows;
	cJSON *o, *list;
	size_t i, n;

	rows = in_order(all(c), page, want, c, &n);
	o = named_page(page->offset, page->limit, (int64_t)n);
	list = cJSON_AddArrayToObject(o, name);
	for (i = (size_t)page->offset; i < n && i < (size_t)(page->offset + page->limit); i++)
		cJSON_AddItemToArray(list, row(c, rows[i]));
	mem_free(rows);
	call_json(c, 200, o);
}

static cJSON *list_row(const struct call *c, const struct template *t)
{
	return render(c, t, false);
}

void templates_list(struct call *c)
{
	struct paging page;

	if (field_paging(c, "name,create_time,update_time", &page))
		list_page(c, &page, "templates", wanted, list_row);
}

void templates_show(struct call *c)
{
	const struct template *t = named(c, c->args[1]);

	if (t)
		call_json(c, 200, render(c, t, true));
}

/* ---- v5 changes ---- */

static void say_id(struct call *c, const struct template *t)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "templateId", t->id);
	call_json(c, 200, o);
}

static bool refuse(struct call *c, const char *text)
{
	call_error(c, 400, WRONG_BODY, "%s", text);
	return false;
}

static bool body_good(struct call *c)
{
	const char *name = field_string(c, "name");
	const cJSON *variables = field(c, "variables");
	cJSON *d;
	bool good;

	if (!*name || strlen(name) > 512)
		return refuse(c, "name is required, 1 to 128 characters");
	if (!is_language(field_string(c, "language")))
		return refuse(c, "language must be one of java, python, nodejs, go, net, cpp, php, "
				 "other, none");
	if (field_flag(c, "is_system") < 0 || field_flag(c, "is_show_source") < 0 ||
	    !*field_string(c, "domain_id"))
		return refuse(c, "is_system, is_show_source and domain_id are required");
	if (field_true(c, "is_system"))
		return refuse(c, "a system template cannot be made");
	if (variables && !cJSON_IsNull(variables) && !cJSON_IsArray(variables))
		return refuse(c, "variables must be an array");
	d = cJSON_Parse(field_string(c, "definition"));
	good = cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(d, "stages"));
	cJSON_Delete(d);
	return good || refuse(c, "definition must be JSON in a string, with stages");
}

static void fill(struct call *c, struct template *t)
{
	const cJSON *variables = field(c, "variables");
	char *text = cJSON_IsArray(variables) ? cJSON_PrintUnformatted(variables) : NULL;

	one_done(t);
	t->name = mem_strdup(field_string(c, "name"));
	t->language = mem_strdup(field_string(c, "language"));
	t->description = mem_strdup(field_string(c, "description"));
	t->definition = mem_strdup(field_string(c, "definition"));
	t->variables = mem_strdup(text);
	t->shows_source = field_true(c, "is_show_source");
	t->updated = c->now;
	cJSON_free(text);
	say_id(c, t);
}

void templates_create(struct call *c)
{
	struct template *t;

	if (!body_good(c))
		return;
	t = templates_add(all(c), c->now);
	if (!*c->made)
		rng_id(rng_mix(world_salt(c->server->world, c->now), 0x7e4), c->made);
	snprintf(t->id, sizeof(t->id), "%s", c->made);
	fill(c, t);
}

void templates_update(struct call *c)
{
	struct template *t = own(c);

	if (t && body_good(c))
		fill(c, t);
}

void templates_delete(struct call *c)
{
	struct template *t = own(c);

	if (!t)
		return;
	t->deleted = true;
	say_id(c, t);
}

void templates_favorite(struct call *c)
{
	struct template *t = named(c, c->args[1]);
	const char *flag = text_or_empty(call_query(c, "flag"));

	if (!t)
		return;
	if (strcmp(flag, "true") && strcmp(flag, "false")) {
		refuse(c, "flag must be true or false");
		return;
	}
	t->collected = *flag == 't';
	say_id(c, t);
}

/* ---- a pipeline of it ---- */

static const char *json_word(const cJSON *o, const char *name)
{
	return text_or_empty(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name)));
}

static bool json_true(const cJSON *o, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, name));
}

static struct scenario_variable own_variable(struct arena *a, const cJSON *e)
{
	const cJSON *limits = cJSON_GetObjectItemCaseSensitive(e, "limits"), *limit;
	struct scenario_variable v = {
		.name = arena_strdup(a, json_word(e, "name")),
		.type = arena_strdup(a, *json_word(e, "type") ? json_word(e, "type") : "string"),
		.value = arena_strdup(a, json_word(e, "value")),
		.description = arena_strdup(a, json_word(e, "description")),
		.secret = json_true(e, "is_secret"),
		.runtime = json_true(e, "is_runtime"),
	};

	v.limits = arena_array(a, (size_t)cJSON_GetArraySize(limits) + 1, sizeof(*v.limits));
	cJSON_ArrayForEach(limit, limits) v.limits[v.nlimits++] =
		arena_strdup(a, text_or_empty(cJSON_GetStringValue(limit)));
	return v;
}

static bool put_value(struct call *c, struct pipeline_info *p, struct scenario_variable *all, const cJSON *e)
{
	const char *name = json_word(e, "name"), *value = json_word(e, "value");
	int i;

	for (i = 0; i < p->nvariables; i++) {
		if (strcmp(all[i].name, name) != 0)
			continue;
		if (!action_value_fits(&all[i], value)) {
			call_error(c, 400, WRONG_BODY, "variables: %.100s: the value is none of those allowed", name);
			return false;
		}
		all[i].value = arena_strdup(world_arena(c->server->world), value);
		return true;
	}
	call_error(c, 400, WRONG_BODY, "variables: the template has no %.100s", name);
	return false;
}

/* What the template asks for, with the values that were given; a template without any leaves it open. */
static bool take_variables(struct call *c, const struct template *t, struct pipeline_info *p)
{
	struct arena *a = world_arena(c->server->world);
	cJSON *d = t->variables && !t->system ? cJSON_Parse(t->variables) : NULL;
	struct scenario_variable *all;
	const cJSON *e;
	bool good = true;

	if (cJSON_GetArraySize(d) == 0) {
		cJSON_Delete(d);
		return true;
	}
	all = arena_array(a, (size_t)cJSON_GetArraySize(d), sizeof(*all));
	cJSON_ArrayForEach(e, d) all[p->nvariables++] = own_variable(a, e);
	p->variables = all;
	cJSON_ArrayForEach(e, field(c, "variables")) if (good) good = put_value(c, p, all, e);
	cJSON_Delete(d);
	return good;
}

static bool use_good(struct call *c, const struct project *project)
{
	const char *name = field_string(c, "name");

	if (!project) {
		call_error(c, 400, "DEVPIPE.00011412", "there is no project %.60s", c->args[0]);
		return false;
	}
	if (!*name || strlen(name) > 512 || field_flag(c, "is_publish") < 0 || !cJSON_IsArray(field(c, "sources")))
		return refuse(c, "name, is_publish and sources are required");
	return true;
}

static struct pipeline_info new_pipeline(struct call *c, const struct template *t, const struct project *project)
{
	struct arena *a = world_arena(c->server->world);
	const struct scenario *s = world_scenario(c->server->world);
	const char *component = call_query(c, "component_id");
	struct pipeline_info p = {.group = -1, .first_number = 1, .create_ms = c->now};

	p.name = p.repo = arena_strdup(a, field_string(c, "name"));
	p.project = (int)(project - s->projects);
	p.publish = field_true(c, "is_publish");
	p.component = component ? arena_strdup(a, component) : NULL;
	p.shape = t->shape ? t->shape : definition_shape(a, s, t->definition, p.name);
	p.creator = s->npeople ? s->people[0].name : "ops";
	p.creator_id = s->npeople ? s->people[0].id : "";
	return p;
}

void templates_use(struct call *c)
{
	struct world *w = c->server->world;
	const struct template *t = named(c, c->args[1]);
	const struct project *project = world_project(w, c->args[0]);
	struct pipeline_info p;
	cJSON *o;

	if (!t || !use_good(c, project))
		return;
	p = new_pipeline(c, t, project);
	if (!take_variables(c, t, &p))
		return;
	if (!*c->made)
		rng_id(rng_mix(world_salt(w, c->now), 0x7e5), c->made);
	snprintf(p.id, sizeof(p.id), "%s", c->made);
	if (!world_add_pipeline(w, &p)) {
		call_error(c, 400, WRONG_BODY, "there are too many pipelines");
		return;
	}
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "pipeline_id", p.id);
	call_json(c, 200, o);
}

/* ---- v3 ---- */

static cJSON *view_v3(const struct call *c, const struct template *t)
{
	const struct scenario *s = world_scenario(c->server->world);
	cJSON *o = cJSON_CreateObject();
	char time[STAMP_SIZE];

	cJSON_AddStringToObject(o, "template_id", t->id);
	cJSON_AddStringToObject(o, "template_name", t->name);
	cJSON_AddStringToObject(o, "template_type", "pipeline");
	cJSON_AddStringToObject(o, "domain_id", s->domain_id);
	cJSON_AddStringToObject(o, "region", s->region);
	cJSON_AddStringToObject(o, "description", t->description);
	stamp_zoneless(t->created, time);
	cJSON_AddStringToObject(o, "create_time", time);
	stamp_zoneless(t->updated, time);
	cJSON_AddStringToObject(o, "last_modify_time", time);
	cJSON_AddBoolToObject(o, "is_build_in", t->system);
	cJSON_AddBoolToObject(o, "is_watch", t->collected);
	cJSON_AddBoolToObject(o, "can_update", !t->system);
	cJSON_AddBoolToObject(o, "can_delete", !t->system);
	cJSON_AddBoolToObject(o, "need_hub", false);
	cJSON_AddArrayToObject(o, "parameter");
	cJSON_AddObjectToObject(o, "flow");
	cJSON_AddObjectToObject(o, "states");
	return o;
}

static int64_t query_number(const struct call *c, const char *name, int64_t or_else)
{
	int64_t n;

	return text_int(text_or_empty(call_query(c, name)), &n) && n >= 0 ? n : or_else;
}

void templates_v3_list(struct call *c)
{
	struct templates *t = all(c);
	const char *built_in = text_or_empty(call_query(c, "is_build_in"));
	const char *name = text_or_empty(call_query(c, "name"));
	int64_t offset = query_number(c, "offset", 0), limit = query_number(c, "limit", 10), n = 0;
	cJSON *o, *list;
	size_t i;

	if (text_empty(call_query(c, "template_type")) || !*built_in) {
		refuse(c, "template_type and is_build_in are required");
		return;
	}
	o = cJSON_CreateObject();
	list = cJSON_CreateArray();
	for (i = 0; i < t->n; i++) {
		if (t->v[i].deleted || t->v[i].system != (strcmp(built_in, "true") == 0) ||
		    (*name && !strcasestr(t->v[i].name, name)))
			continue;
		if (n >= offset && n < offset + limit)
			cJSON_AddItemToArray(list, view_v3(c, &t->v[i]));
		n++;
	}
	cJSON_AddNumberToObject(o, "total", (double)n);
	cJSON_AddNumberToObject(o, "page_number", (double)(limit ? offset / limit + 1 : 1));
	cJSON_AddNumberToObject(o, "page_size", (double)limit);
	cJSON_AddItemToObject(o, "content", list);
	call_json(c, 200, o);
}

/* The newer page's shape: no word of type, and `watched` for the favourites. */
static cJSON *watched_row(const struct call *c, const struct template *t)
{
	const struct scenario *s = world_scenario(c->server->world);
	cJSON *o = cJSON_CreateObject();
	char time[STAMP_SIZE];

	cJSON_AddBoolToObject(o, "watched", t->collected);
	cJSON_AddStringToObject(o, "id", t->id);
	cJSON_AddStringToObject(o, "name", t->name);
	cJSON_AddStringToObject(o, "user_id", s->npeople ? s->people[0].id : "");
	cJSON_AddStringToObject(o, "user_name", s->npeople ? s->people[0].name : "");
	cJSON_AddStringToObject(o, "domain_id", s->domain_id);
	cJSON_AddBoolToObject(o, "is_system", t->system);
	stamp_zoneless(t->created, time);
	cJSON_AddStringToObject(o, "create_time", time);
	return o;
}

static bool watched_wanted(const struct call *c, const struct template *t)
{
	int system = field_flag(c, "is_system");
	const char *name = field_string(c, "template_name");

	return !t->deleted && (system < 0 || t->system == (system == 1)) &&
	       (!*name || strcasestr(t->name, name));
}

void templates_v3_watched(struct call *c)
{
	struct paging page;

	if (field_paging(c, "name,create_time,update_time", &page))
		list_page(c, &page, "result", watched_wanted, watched_row);
}

void templates_v3_show(struct call *c)
{
	const struct template *t;

	if (text_empty(call_query(c, "template_type"))) {
		refuse(c, "template_type is required");
		return;
	}
	t = named(c, c->args[0]);
	if (t)
		call_json(c, 200, view_v3(c, t));
}
