/* SPDX-License-Identifier: MIT */
/*
 * Find, sort, cut a page, render. With a hundred thousand pipelines only the first two
 * may touch them all, and do it with numbers: a filter is read once, what it asks of a
 * latest run is answered by a sight of it, the order is one number for each pipeline.
 * Only the rows of the page are made and written.
 *
 * Assumptions: newest first unless asked otherwise; a list of a project that nobody knows
 * is empty; `project_ids` stands instead of the project in the path; times are compared
 * with the latest run's start; `group_path_id` means that group with all below it, and
 * with `by_group` only what lies in it directly (in none, where no group is named).
 */
#include "sim/lists.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "sim/emit.h"
#include "sim/fields.h"
#include "sim/named.h"
#include "sim/render.h"
#include "sim/rows.h"

/* A fresh run may be missing from lists for a while. */
static int64_t listed_now(const struct call *c)
{
	return c->now - c->server->modes.list_delay_s * INT64_C(1000);
}

/* ---- rows in order ---- */

struct row {
	struct pipeline *pipeline;
	int64_t number; /* to sort by */
};

struct rows {
	struct row *v;
	size_t n;
};

static int row_compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->pipeline->info->id, y->pipeline->info->id);
}

static void rows_add(struct rows *rows, struct pipeline *p, int64_t number)
{
	rows->v = mem_grow(rows->v, rows->n, sizeof(*rows->v));
	rows->v[rows->n++] = (struct row){p, number};
}

static void rows_sort(struct rows *rows)
{
	if (rows->n)
		qsort(rows->v, rows->n, sizeof(*rows->v), row_compare);
}

/* Writes one row; a function, not a struct. */
typedef void row_write(const struct call *c, struct pipeline *p, struct buf *b);

static struct buf *answer_begin(struct call *c)
{
	c->answer->status = 200;
	c->answer->type = "application/json;charset=UTF-8";
	return &c->answer->body;
}

/* {"offset":,"limit":,"total":,NAME:[ */
static struct buf *page_begin(struct call *c, const struct paging *page, int64_t total,
			      const char *name)
{
	struct buf *b = answer_begin(c);

	emit_open(b, NULL, '{');
	emit_int(b, "offset", page->offset);
	emit_int(b, "limit", page->limit);
	emit_int(b, "total", total);
	emit_open(b, name, '[');
	return b;
}

static void page_end(struct buf *b)
{
	emit_close(b, ']');
	emit_close(b, '}');
}

/* The page as an object with the list under `name`. */
static void rows_page(struct call *c, const struct rows *rows, const struct paging *page,
		      int64_t total, const char *name, row_write *write)
{
	struct buf *b = page_begin(c, page, total, name);
	size_t i;

	for (i = (size_t)page->offset; i < rows->n && i < (size_t)(page->offset + page->limit); i++)
		write(c, rows->v[page->ascending ? i : rows->n - 1 - i].pipeline, b);
	page_end(b);
}

/* ---- 4.1 pipelines ---- */

struct filter {			 /* the request, read */
	bool *projects, *groups; /* by place in the scenario; groups NULL: all */
	bool no_group;		 /* only those in none */
	const char *name, *component;
	const cJSON *creators[2], *executors[2], *status, *levels;
	int publish; /* as field_flag says */
	bool banned, old, asks_runs;
	int64_t from, to;
};

static void read_projects(const struct call *c, struct filter *f)
{
	const struct scenario *s = world_scenario(c->server->world);
	const cJSON *ids = field(c, "project_ids");
	int i;

	f->projects = mem_calloc((size_t)s->nprojects, sizeof(*f->projects));
	for (i = 0; i < s->nprojects; i++)
		f->projects[i] = field_asks(ids) ? field_allows(ids, s->projects[i].id)
						 : strcmp(s->projects[i].id, c->args[0]) == 0;
}

/* Is the group the one of that path (or id), or below it? */
static bool group_within(const struct group *g, const char *path, bool directly)
{
	size_t len = strlen(path);

	if (strcmp(g->path, path) == 0 || strcmp(g->id, path) == 0)
		return true;
	if (directly)
		return false;
	if (strncmp(g->path, path, len) == 0 && g->path[len] == '.')
		return true;
	return !strchr(path, '.') && *path && strstr(g->path, path);
}

static void read_groups(const struct call *c, struct filter *f)
{
	const struct scenario *s = world_scenario(c->server->world);
	const char *path = field_string(c, "group_path_id");
	bool directly = field_true(c, "by_group");
	int i;

	f->no_group = directly && !*path;
	if (!*path)
		return;
	f->groups = mem_calloc((size_t)s->ngroups + 1, sizeof(*f->groups));
	for (i = 0; i < s->ngroups; i++)
		f->groups[i] = group_within(&s->groups[i], path, directly);
}

static void read_filter(const struct call *c, struct filter *f)
{
	read_projects(c, f);
	read_groups(c, f);
	f->name = field_string(c, "name");
	f->component = field_string(c, "component_id");
	f->creators[0] = field(c, "creator_id");
	f->creators[1] = field(c, "creator_ids");
	f->executors[0] = field(c, "executor_id");
	f->executors[1] = field(c, "executor_ids");
	f->status = field(c, "status");
	f->levels = field(c, "security_level_list");
	f->publish = field_flag(c, "is_publish");
	f->banned = field_true(c, "is_banned");
	f->old = field_flag(c, "query_new") == 0;
	f->from = field_time(c, "start_time");
	f->to = field_time(c, "end_time");
	f->asks_runs = field_asks(f->status) || field_asks(f->executors[0]) ||
		       field_asks(f->executors[1]) || f->from > 0 || f->to > 0;
}

static void filter_done(struct filter *f)
{
	mem_free(f->projects);
	mem_free(f->groups);
}

static bool info_wanted(const struct filter *f, const struct pipeline *pipeline)
{
	const struct pipeline_info *p = pipeline->info;

	if (pipeline->deleted || (pipeline->banned && !f->banned) || (p->old && !f->old))
		return false;
	if (f->publish >= 0 && p->publish != (f->publish == 1))
		return false;
	if (f->no_group ? p->group >= 0 : f->groups && (p->group < 0 || !f->groups[p->group]))
		return false;
	if (*f->component && !text_same(p->component, f->component))
		return false;
	return field_allows(f->creators[0], p->creator_id) &&
	       field_allows(f->creators[1], p->creator_id) &&
	       (!field_asks(f->levels) || (p->level && field_allows_number(f->levels, p->level))) &&
	       (!*f->name || strcasestr(p->name, f->name));
}

static bool within(int64_t ms, int64_t from, int64_t to)
{
	return (from <= 0 || ms >= from) && (to <= 0 || ms <= to);
}

static bool sight_wanted(const struct filter *f, const struct sight *latest)
{
	return field_allows(f->status, latest->word) &&
	       field_allows(f->executors[0], latest->executor_id) &&
	       field_allows(f->executors[1], latest->executor_id) &&
	       within(latest->start, f->from, f->to);
}

enum order { BY_NAME, BY_CREATION, BY_UPDATE };

static void add_wanted(const struct call *c, const struct filter *f, struct pipeline *p,
		       enum order order, struct rows *rows)
{
	struct sight latest = {0};
	bool ran;

	if (!info_wanted(f, p))
		return;
	ran = (f->asks_runs || order == BY_UPDATE) &&
	      pipeline_sight(p, listed_now(c), c->now, c->server->modes.gate_as, &latest);
	if (f->asks_runs && (!ran || !sight_wanted(f, &latest)))
		return;
	rows_add(rows, p,
		 order == BY_NAME	     ? world_name_rank(c->server->world, p)
		 : order == BY_UPDATE && ran ? latest.created
					     : p->info->create_ms);
}

static enum order order_of(const struct paging *page, const char *name_key)
{
	if (strcmp(page->key, name_key) == 0)
		return BY_NAME;
	return strcmp(page->key, "create_time") == 0 ? BY_CREATION : BY_UPDATE;
}

static void pipeline_row(const struct call *c, struct pipeline *p, struct buf *b)
{
	rows_pipeline(c, p, pipeline_latest(p, listed_now(c)), b);
}

void lists_pipelines(struct call *c)
{
	const struct scenario *s = world_scenario(c->server->world);
	struct filter f = {0};
	struct rows rows = {0};
	struct paging page;
	int i, k;

	if (!field_paging(c, "name,create_time,update_time", &page))
		return;
	read_filter(c, &f);
	for (i = 0; i < s->nprojects; i++)
		for (k = 0; f.projects[i] && k < s->projects[i].n; k++)
			add_wanted(c, &f,
				   world_pipeline_at(c->server->world, s->projects[i].first + k),
				   order_of(&page, "name"), &rows);
	for (i = s->npipelines; i < world_count(c->server->world); i++) {
		struct pipeline *late = world_pipeline_at(c->server->world, i); /* in no range */

		if (f.projects[late->info->project])
			add_wanted(c, &f, late, order_of(&page, "name"), &rows);
	}
	filter_done(&f);
	rows_sort(&rows);
	rows_page(c, &rows, &page, (int64_t)rows.n, "pipelines", pipeline_row);
	mem_free(rows.v);
}

/* ---- 4.2 runs ---- */

struct run_filter {
	const cJSON *status;
	int64_t from, to, changed;
};

static bool run_wanted(const struct call *c, const struct run_filter *f, const struct run *r)
{
	if (r->created > listed_now(c))
		return false;
	if (f->changed > 0 && run_final(r, c->now) && run_end(r, c->now) < f->changed)
		return false; /* assumption: it means "changed since" */
	return field_allows(f->status, run_word(r, c->now, c->server->modes.gate_as)) &&
	       within(r->start, f->from, f->to);
}

static void run_row(const struct call *c, const struct run *r, struct buf *b)
{
	char *told;

	if (!r->list_row) {
		rows_summary(c, NULL, r, true, b);
		return;
	}
	told = cJSON_PrintUnformatted(r->list_row);
	emit_raw(b, NULL, told);
	cJSON_free(told);
}

void lists_runs(struct call *c)
{
	struct pipeline *p = named_pipeline(c);
	struct run_filter f = {field(c, "status"), field_time(c, "start_time"),
			       field_time(c, "end_time"), field_time(c, "update_time")};
	struct run **wanted;
	struct paging page;
	struct buf *b;
	int i, n, total = 0;

	if (!p || !field_paging(c, "start_time", &page))
		return;
	n = pipeline_run_count(p);
	wanted = mem_calloc((size_t)n, sizeof(struct run *));
	for (i = 0; i < n; i++) {
		wanted[total] = pipeline_run_at(p, page.ascending ? i : n - 1 - i);
		total += run_wanted(c, &f, wanted[total]);
	}
	b = page_begin(c, &page, total, "pipeline_runs");
	for (i = (int)page.offset; i < total && i < page.offset + page.limit; i++)
		run_row(c, wanted[i], b);
	page_end(b);
	mem_free(wanted);
}

/* ---- 5.2 batch status ---- */

void lists_status(struct call *c)
{
	const cJSON *e;
	struct buf *b;

	if (!cJSON_IsArray(c->body)) {
		call_error(c, 200, "DEVCP.00014004", "the body must be an array of pipeline ids");
		return;
	}
	b = answer_begin(c);
	emit_open(b, NULL, '[');
	cJSON_ArrayForEach(e, c->body)
	{
		const char *id = cJSON_GetStringValue(e);
		struct pipeline *p = id ? world_pipeline(c->server->world, id) : NULL;
		struct run *latest = p ? pipeline_latest(p, c->now) : NULL;

		if (latest && strcmp(p->project->id, c->args[0]) == 0)
			rows_summary(c, NULL, latest, false, b);
	}
	emit_close(b, ']');
}

/* ---- 7.1: the old API ---- */

struct v3_filter {
	const cJSON *projects, *creators, *executors, *status, *outcome;
	const char *name, *git_url;
	bool asks_runs;
};

static void read_v3_filter(const struct call *c, struct v3_filter *f)
{
	f->projects = field(c, "project_ids");
	f->creators = field(c, "creator_ids");
	f->executors = field(c, "executor_ids");
	f->status = field(c, "status");
	f->outcome = field(c, "outcome");
	f->name = field_string(c, "pipeline_name");
	f->git_url = field_string(c, "git_url");
	f->asks_runs = field_asks(f->status) || field_asks(f->outcome) || field_asks(f->executors);
}

/* The url is in the form for ssh: git@HOST:GROUP/REPO.git */
static bool v3_info_wanted(const struct v3_filter *f, const struct pipeline *p)
{
	char url[200];

	if (!(p->info->old || p->info->listed_v3) || p->banned || p->deleted ||
	    !field_allows(f->projects, p->project->id) ||
	    !field_allows(f->creators, p->info->creator_id) ||
	    (*f->name && !strcasestr(p->info->name, f->name)))
		return false;
	render_ssh_url(p, url, sizeof(url));
	return !*f->git_url || strcmp(f->git_url, url) == 0;
}

/* Assumption: an outcome that is asked for rules out what has none yet only without a status. */
static bool v3_sight_wanted(const struct v3_filter *f, const struct sight *latest)
{
	const char *status, *outcome;

	render_v3_words(latest->word, &status, &outcome);
	return field_allows(f->executors, latest->executor_id) && field_allows(f->status, status) &&
	       (outcome ? field_allows(f->outcome, outcome)
			: field_asks(f->status) || !field_asks(f->outcome));
}

static void add_v3_wanted(const struct call *c, const struct v3_filter *f, struct pipeline *p,
			  enum order order, struct rows *rows)
{
	struct sight latest = {0};
	bool ran;

	if (!v3_info_wanted(f, p))
		return;
	ran = pipeline_sight(p, listed_now(c), c->now, c->server->modes.gate_as, &latest);
	if (f->asks_runs && (!ran || !v3_sight_wanted(f, &latest)))
		return;
	rows_add(rows, p,
		 order == BY_NAME	     ? world_name_rank(c->server->world, p)
		 : order == BY_UPDATE && ran ? latest.start
					     : p->info->create_ms);
}

/* A documented example's total stands for more than it shows, unless a name or a url is asked. */
static int64_t v3_total(const struct v3_filter *f, const struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->n && !*f->name && !*f->git_url; i++)
		if (rows->v[i].pipeline->project->v3_total)
			return rows->v[i].pipeline->project->v3_total;
	return (int64_t)rows->n;
}

static void v3_row(const struct call *c, struct pipeline *p, struct buf *b)
{
	rows_v3(p, pipeline_latest(p, listed_now(c)), b);
}

void lists_v3(struct call *c)
{
	struct v3_filter f;
	struct rows rows = {0};
	struct paging page;
	int i;

	if (!field_paging(c, "pipeline_name,create_time,start_time", &page))
		return;
	if (page.limit < 10 || page.limit > 50) {
		/* Assumption: out of range is refused. */
		call_error(c, 400, "DEVCP.00021400", "limit must be 10 to 50");
		return;
	}
	read_v3_filter(c, &f);
	for (i = 0; i < world_count(c->server->world); i++)
		add_v3_wanted(c, &f, world_pipeline_at(c->server->world, i),
			      order_of(&page, "pipeline_name"), &rows);
	rows_sort(&rows);
	rows_page(c, &rows, &page, v3_total(&f, &rows), "result", v3_row);
	mem_free(rows.v);
}
