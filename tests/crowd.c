/* SPDX-License-Identifier: MIT */
/*
 * Most pipelines rest, some fail, a few run or wait; names share beginnings, as real
 * ones do, and few people start them.
 */
#include "crowd.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

#define PAGE 200
#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const char *const projects[] = {"shop", "pay", "infra", "data", "web", "mobile", "search", "ops"};
static const char *const groups_of_project[] = {"Team A", "Web", "Nightly", "\xE5\x9F\xBA\xE7\xA1\x80"};

void crowd_init(struct crowd *c, struct store *store, unsigned seed, int n_projects)
{
	*c = (struct crowd){.store = store, .seed = seed, .projects = n_projects, .now_ms = CROWD_NOW};
}

unsigned crowd_dice(struct crowd *c, unsigned sides)
{
	c->seed = c->seed * 1664525u + 1013904223u;
	return (unsigned)((uint64_t)c->seed * sides >> 32);
}

const char *crowd_project(size_t pipeline, const struct crowd *c)
{
	return projects[pipeline % (size_t)c->projects];
}

void crowd_id(size_t pipeline, char out[33])
{
	snprintf(out, 33, "%032zx", pipeline * 2654435761u);
}

static const char *state_by_dice(struct crowd *c)
{
	unsigned d = crowd_dice(c, 1000);

	return d < 10 ? "PAUSED" : d < 60 ? "FAILED" : d < 110 ? "RUNNING" : d < 120 ? "QUEUED"
	       : d < 150 ? "CANCELED" : d < 155 ? "SHELVED" : "COMPLETED";
}

static void make_run(struct crowd *c, struct run *run, size_t pipeline, int64_t number, const char *status)
{
	static const char *const people[] = {"li.na", "wang.wei", "zhao.min", "chen.jie", "Sun.Li"};
	char id[33], text[48];

	memset(run, 0, sizeof(*run));
	crowd_id(pipeline, id);
	run->pipeline_id = mem_strdup(id);
	snprintf(text, sizeof(text), "%.20s-%lld", id + 12, (long long)number);
	run->id = mem_strdup(text);
	run->number = number;
	run->status = mem_strdup(status);
	run->trigger = mem_strdup(crowd_dice(c, 3) ? "Manual" : "Push");
	run->executor = mem_strdup(people[crowd_dice(c, LEN(people))]);
	snprintf(text, sizeof(text), "feature/%u", crowd_dice(c, 900));
	run->branch = mem_strdup(crowd_dice(c, 2) ? "main" : text);
	run->start_ms = c->now_ms - 1000 * (int64_t)crowd_dice(c, 86400) - 1000;
	if (strcmp(status, "COMPLETED") == 0 || strcmp(status, "FAILED") == 0)
		run->end_ms = run->start_ms + 1000 * (int64_t)crowd_dice(c, 900);
}

static void make_name(struct crowd *c, size_t pipeline, char *out, size_t size)
{
	static const char *const what[] = {"search", "checkout", "deploy", "api", "cart", "index", "Billing",
					   "\xE6\x9E\x84\xE5\xBB\xBA"};
	static const char *const part[] = {"index", "gateway", "unit", "release", "nightly", "infra"};

	(void)c;
	snprintf(out, size, "%s-%s-%zu", what[pipeline * 7 % LEN(what)], part[pipeline / 3 % LEN(part)],
		 pipeline);
}

static void make_pipeline(struct crowd *c, struct pipeline *p, size_t number)
{
	char text[64];

	memset(p, 0, sizeof(*p));
	crowd_id(number, text);
	p->id = mem_strdup(text);
	make_name(c, number, text, sizeof(text));
	p->name = mem_strdup(text);
	p->project_id = mem_strdup(crowd_project(number, c));
	snprintf(text, sizeof(text), "Project %s", p->project_id);
	p->project_name = mem_strdup(text);
	snprintf(text, sizeof(text), "g%u", crowd_dice(c, 6)); /* some name no group */
	p->group_id = mem_strdup(text);
	p->favourite = crowd_dice(c, 50) == 0;
	if (crowd_dice(c, 20) == 0)
		return; /* never ran */
	p->latest = mem_alloc(sizeof(*p->latest));
	make_run(c, p->latest, number, 1 + crowd_dice(c, 5000), state_by_dice(c));
}

static void add_page(struct crowd *c, const char *project, const size_t *numbers, size_t n)
{
	struct pipeline list[PAGE];
	struct run older;
	size_t i;

	for (i = 0; i < n; i++)
		make_pipeline(c, &list[i], numbers[i]);
	store_take_pipelines(c->store, project, list, n, ++c->asked, c->now_ms);
	for (i = 0; i < n; i++) {
		if (crowd_dice(c, 40))
			continue;
		make_run(c, &older, numbers[i], 0, "RUNNING");
		older.start_ms = c->now_ms - INT64_C(90000000);
		store_take_runs(c->store, project, &older, 1, c->asked, c->now_ms);
	}
}

void crowd_add(struct crowd *c, size_t n)
{
	size_t end = c->n + n, numbers[PAGE], i, count;
	int p;

	for (p = 0; p < c->projects; p++) {
		count = 0;
		for (i = c->n; i < end; i++) {
			if (i % (size_t)c->projects == (size_t)p)
				numbers[count++] = i;
			if (count == PAGE || (count && i + 1 == end)) {
				add_page(c, projects[p], numbers, count);
				count = 0;
			}
		}
	}
	c->n = end;
}

void crowd_change(struct crowd *c, size_t first, size_t n)
{
	const struct pipeline *pipeline;
	struct run run;
	char id[33];
	size_t i;

	c->asked++;
	for (i = 0; i < n; i++) {
		size_t number = (first + i) % c->n;

		crowd_id(number, id);
		pipeline = store_pipeline(c->store, crowd_project(number, c), id);
		if (!pipeline)
			continue;
		make_run(c, &run, number,
			 pipeline->latest ? pipeline->latest->number + (crowd_dice(c, 4) == 0) : 1,
			 state_by_dice(c));
		store_take_runs(c->store, crowd_project(number, c), &run, 1, c->asked, c->now_ms);
	}
}

void crowd_groups(struct crowd *c, struct groups *groups)
{
	struct group list[LEN(groups_of_project)];
	char id[8];
	int p;
	size_t i;

	for (p = 0; p < c->projects; p++) {
		memset(list, 0, sizeof(list));
		for (i = 0; i < LEN(list); i++) {
			snprintf(id, sizeof(id), "g%zu", i);
			list[i].id = mem_strdup(id);
			list[i].name = mem_strdup(groups_of_project[i]);
			list[i].ordinal = (int)(LEN(list) - i);
			if (i % 2) /* g1 is below g0, g3 below g2 */
				list[i].parent_id = mem_strdup(i == 1 ? "g0" : "g2");
		}
		groups_take(groups, projects[p], list, LEN(list));
	}
}
