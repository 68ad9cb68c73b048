/* SPDX-License-Identifier: MIT */
/*
 * The system's templates are the shapes that the world's pipelines have; custom ones hold the
 * definition that they came with, as it came. A pipeline of a system template has its shape;
 * one of a custom template runs the stages and jobs of its definition.
 *
 * Assumptions: an unknown template is HTTP 400 DEVCP.00021006, a change of a system template
 * HTTP 401 DEVCP.00021018; any tenant id sees the same templates; variables are taken, and
 * told by the detail, but a pipeline has those of its scenario.
 */
#include "sim/templates.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/definition.h"
#include "sim/fields.h"
#include "sim/named.h"
#include "sim/server.h"
#include "sim/stamp.h"

struct template {
	char id[RNG_ID_SIZE];
	char *name, *language, *description, *definition, *variables; /* JSON; variables NULL */
	const struct shape *shape; /* of a system one; NULL */
	bool system, collected, shows_source, deleted;
	int64_t created, updated;
};

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

static struct template *add(struct templates *t, int64_t now)
{
	t->v = mem_grow(t->v, t->n, sizeof(*t->v));
	t->v[t->n] = (struct template){.created = now, .updated = now};
	return &t->v[t->n++];
}

static void add_system(struct call *c, const struct shape *shape)
{
	struct templates *t = &c->server->templates;
	struct template *one;
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->v[i].shape == shape)
			return;
	one = add(t, world_scenario(c->server->world)->start_ms - INT64_C(86400000));
	rng_id(rng_mix(rng_text(shape->name, strlen(shape->name)), 0x7e3), one->id);
	one->name = mem_strdup(shape->name);
	one->language = mem_strdup(is_language(shape->name) ? shape->name : "none");
	one->description = mem_strdup("");
	one->definition = definition_text(shape);
	one->shape = shape;
	one->system = one->shows_source = true;
}

static struct templates *all(struct call *c)
{
	struct templates *t = &c->server->templates;
	const struct scenario *s = world_scenario(c->server->world);
	int i;

	for (i = 0; !t->filled && i < s->npipelines; i++)
		if (s->pipelines[i].shape)
			add_system(c, s->pipelines[i].shape);
	t->filled = true;
	return t;
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

void templates_list(struct call *c)
{
	struct templates *t = all(c);
	struct paging page;
	cJSON *o, *list;
	int64_t total = 0;
	size_t i;

	if (!field_paging(c, "name,create_time,update_time", &page))
		return;
	list = cJSON_CreateArray();
	for (i = 0; i < t->n; i++) {
		if (!wanted(c, &t->v[i]))
			continue;
		if (total >= page.offset && total < page.offset + page.limit)
			cJSON_AddItemToArray(list, render(c, &t->v[i], false));
		total++;
	}
	o = named_page(page.offset, page.limit, total);
	cJSON_AddItemToObject(o, "templates", list);
	call_json(c, 200, o);
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
	call_error(c, 400, "DEVCP.00021400", "%s", text);
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
	t = add(all(c), c->now);
	rng_id(rng_mix(world_salt(c->server->world, c->now), 0x7e4), t->id);
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

void templates_use(struct call *c)
{
	struct world *w = c->server->world;
	const struct scenario *s = world_scenario(w);
	const struct template *t = named(c, c->args[1]);
	const struct project *project = world_project(w, c->args[0]);
	const char *name = field_string(c, "name");
	struct pipeline_info p = {.group = -1, .first_number = 1, .create_ms = c->now};
	cJSON *o;

	if (!t)
		return;
	if (!project) {
		call_error(c, 400, "DEVPIPE.00011412", "there is no project %.60s", c->args[0]);
		return;
	}
	if (!*name || strlen(name) > 512 || field_flag(c, "is_publish") < 0 ||
	    !cJSON_IsArray(field(c, "sources"))) {
		refuse(c, "name, is_publish and sources are required");
		return;
	}
	rng_id(rng_mix(world_salt(w, c->now), 0x7e5), p.id);
	p.name = p.repo = arena_strdup(world_arena(w), name);
	p.project = (int)(project - s->projects);
	p.publish = field_true(c, "is_publish");
	p.component = call_query(c, "component_id")
			      ? arena_strdup(world_arena(w), call_query(c, "component_id"))
			      : NULL;
	p.shape = t->shape ? t->shape : definition_shape(world_arena(w), s, t->definition, p.name);
	p.creator = s->npeople ? s->people[0].name : "ops";
	p.creator_id = s->npeople ? s->people[0].id : "";
	if (!world_add_pipeline(w, &p)) {
		call_error(c, 400, "DEVCP.00021400", "there are too many pipelines");
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
