/* SPDX-License-Identifier: MIT */
/*
 * What there is and what happens: projects with their pipelines and groups, and the
 * lanes. The pipelines of a project lie together, those of the crowd after those that
 * are written down.
 */
#include <string.h>

#include "sim/scenario_file.h"

/* ---- pipelines ---- */

static void read_pipeline(struct loaded *l, const config_setting_t *e, int project,
			  struct pipeline_info *p)
{
	uint64_t h = rng_mix(rng_mix(l->s.seed, (uint64_t)(p - l->s.pipelines)), 31);
	config_setting_t *runs = file_member(e, "runs");
	const struct person *creator =
		l->s.npeople ? &l->s.people[h % (uint64_t)l->s.npeople] : NULL;
	int i;

	p->group = -1;
	p->name = file_string(e, "name", "pipeline");
	p->repo = file_string(e, "repo", p->name);
	p->project = project;
	file_id(l, e, "id", h, p->id);
	p->shape = file_shape(l, e, file_string(e, "shape", NULL));
	p->old = file_bool(e, "old");
	p->banned = file_bool(e, "banned");
	p->favourite = file_bool(e, "favourite");
	p->publish = file_bool(e, "publish");
	p->component = file_string(e, "component", NULL);
	p->level = file_int(e, "level", 0);
	p->creator = file_string(e, "creator", creator ? creator->name : "");
	p->creator_id = file_string(e, "creator_id", creator ? creator->id : "");
	p->create_ms =
		file_time(l, e, "created", l->s.start_ms - rng_between(h >> 8, 30, 700) * 86400000);
	p->first_number = file_int(e, "number", (int)rng_between(h >> 20, 20, 1500));
	p->nruns = file_length(runs);
	p->runs = arena_array(&l->arena, (size_t)p->nruns, sizeof(*p->runs));
	for (i = 0; i < p->nruns; i++)
		file_read_told_run(l, config_setting_get_elem(runs, (unsigned)i), &p->runs[i]);
}

/* A row of the v3 example gives a pipeline its names and times; the file may add runs to it. */
static void fill_from_row(struct loaded *l, const config_setting_t *e, struct pipeline_info *p)
{
	const char *file = file_string(e, "row_from", NULL);
	int total = 0;

	if (!file)
		return;
	if (!scenario_json_v3_row(l->json, l->path.data, file, file_int(e, "row", 0), p, &total,
				  l->err)) {
		l->failed = true;
		return;
	}
	l->s.projects[p->project].v3_total = total;
}

/* ---- groups ---- */

static int count_groups(const config_setting_t *v)
{
	int i, n = file_length(v);

	for (i = file_length(v) - 1; i >= 0; i--)
		n += count_groups(file_member(config_setting_get_elem(v, (unsigned)i), "groups"));
	return n;
}

static void put_in_group(struct loaded *l, const config_setting_t *list, int group)
{
	const struct project *project = &l->s.projects[l->s.groups[group].project];
	int i, k, n;
	const char **names = file_strings(l, list, &n);

	for (i = 0; i < n; i++) {
		for (k = 0; k < project->n; k++)
			if (strcmp(l->s.pipelines[project->first + k].name, names[i]) == 0)
				break;
		if (k == project->n)
			file_complain(l, list, "there is no pipeline \"%s\" in project \"%s\"",
				      names[i], project->name);
		else
			l->s.pipelines[project->first + k].group = group;
	}
}

static void make_group(struct loaded *l, const config_setting_t *e, int index, struct group *g)
{
	const struct scenario *s = &l->s;
	uint64_t h = rng_mix(s->seed, (uint64_t)index + 12000);

	g->name = file_string(e, "name", "group");
	file_id(l, e, "id", h, g->id);
	g->path = g->parent < 0
			  ? arena_strdup(&l->arena, g->id)
			  : arena_printf(&l->arena, "%s.%s", s->groups[g->parent].path, g->id);
	g->creator = s->npeople ? &s->people[h % (uint64_t)s->npeople] : NULL;
	g->create_ms = s->start_ms - rng_between(h >> 8, 100, 900) * 86400000;
}

static void read_groups(struct loaded *l, const config_setting_t *v, int project, int parent)
{
	int i;

	for (i = 0; i < file_length(v); i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);
		int index = l->s.ngroups++;
		struct group *g = &l->s.groups[index];

		*g = (struct group){.project = project, .parent = parent, .ordinal = i + 1};
		make_group(l, e, index, g);
		put_in_group(l, file_member(e, "pipelines"), index);
		read_groups(l, file_member(e, "groups"), project, index);
	}
}

/* ---- projects ---- */

/* How many of the crowd are in this project: what is left is shared by the shares left. */
static int crowd_share(const struct loaded *l, int index, int left)
{
	int sum = 0, i;

	for (i = index; i < l->s.nprojects; i++)
		sum += l->s.projects[i].share;
	return sum ? (int)((int64_t)left * l->s.projects[index].share / sum) : 0;
}

static void read_members(struct loaded *l, struct project *project, int n, int *made, int *at)
{
	int i;

	for (i = 0; i < n; i++, (*made)++) {
		struct pipeline_info *p = &l->s.pipelines[*at];

		p->project = (int)(project - l->s.projects);
		file_make_member(l, *made, rng_mix(rng_mix(l->s.seed, (uint64_t)(*at)++), 31), p);
	}
}

static void read_project(struct loaded *l, const config_setting_t *e, int index, int *made, int *at)
{
	struct project *project = &l->s.projects[index];
	config_setting_t *pipelines = file_member(e, "pipelines");
	int i, first_group = l->s.ngroups;

	project->name = file_string(e, "name", "project");
	project->first = *at;
	file_id(l, e, "id", rng_mix(l->s.seed, (uint64_t)index + 9000), project->id);
	for (i = 0; i < file_length(pipelines); i++) {
		config_setting_t *p = config_setting_get_elem(pipelines, (unsigned)i);
		struct pipeline_info *info = &l->s.pipelines[(*at)++];

		read_pipeline(l, p, index, info);
		fill_from_row(l, p, info);
	}
	project->n = *at - project->first;
	read_groups(l, file_member(e, "groups"), index, -1);
	project->first_group = first_group;
	project->ngroups = l->s.ngroups - first_group;
	read_members(l, project, crowd_share(l, index, l->s.crowd.count - *made), made, at);
	project->n = *at - project->first;
}

void file_read_projects(struct loaded *l, const config_setting_t *v)
{
	int i, made = 0, at = 0, groups = 0;

	l->s.nprojects = file_length(v);
	l->s.projects = arena_array(&l->arena, (size_t)l->s.nprojects, sizeof(*l->s.projects));
	for (i = 0; i < l->s.nprojects; i++) {
		config_setting_t *e = config_setting_get_elem(v, (unsigned)i);

		l->s.npipelines += file_length(file_member(e, "pipelines"));
		groups += count_groups(file_member(e, "groups"));
		l->s.projects[i].share = file_int(e, "share", 1);
	}
	if (l->s.nprojects)
		l->s.npipelines += l->s.crowd.count;
	else
		file_complain(l, NULL, "the scenario has no projects");
	l->s.pipelines = arena_array(&l->arena, (size_t)l->s.npipelines, sizeof(*l->s.pipelines));
	l->s.groups = arena_array(&l->arena, (size_t)groups, sizeof(*l->s.groups));
	for (i = 0; i < l->s.nprojects; i++)
		read_project(l, config_setting_get_elem(v, (unsigned)i), i, &made, &at);
	l->s.npipelines = at;
}

/* ---- lanes ---- */

static int find_pipeline(struct loaded *l, const config_setting_t *at, const char *name)
{
	int i;

	for (i = 0; i < l->s.npipelines; i++)
		if (strcmp(l->s.pipelines[i].name, name) == 0)
			return i;
	file_complain(l, at, "there is no pipeline \"%s\" in any project", name);
	return 0;
}

static void read_lane(struct loaded *l, const config_setting_t *e, struct lane *lane, int index)
{
	static const char *const kinds[] = {"steady", "gate", "queue", "retry", "daily"};
	const char *kind = file_string(e, "kind", "steady"), **names;
	config_setting_t *list = file_member(e, "pipelines");
	int i;

	for (i = 0; i < 5 && strcmp(kind, kinds[i]); i++)
		;
	if (i == 5)
		file_complain(l, e, "kind \"%s\" is none of steady, gate, queue, retry, daily",
			      kind);
	lane->kind = (enum lane_kind)i;
	names = file_strings(l, list, &lane->n);
	lane->pipelines = arena_array(&l->arena, (size_t)lane->n, sizeof(int));
	for (i = 0; i < lane->n; i++) {
		lane->pipelines[i] = find_pipeline(l, list, names[i]);
		if (l->s.npipelines && !l->s.pipelines[lane->pipelines[i]].shape)
			file_complain(l, list, "pipeline \"%s\" needs a shape to be in a lane",
				      names[i]);
	}
	if (!lane->n)
		file_complain(l, e, "a lane needs pipelines");
	lane->gap = file_range(e, "gap", 15, 60);
	lane->fail_every = file_int(e, "fail_every", 0);
	lane->cancel_every = file_int(e, "cancel_every", 0);
	lane->slow_every = file_int(e, "slow_every", 0);
	lane->phase = file_int(e, "phase", index);
	lane->at_s = file_int(e, "hour", 2) * 3600 + file_int(e, "minute", 0) * 60;
}

void file_read_lanes(struct loaded *l, const config_setting_t *v)
{
	int i;

	l->s.nlanes = file_length(v);
	l->s.lanes = arena_array(&l->arena, (size_t)l->s.nlanes, sizeof(*l->s.lanes));
	for (i = 0; i < l->s.nlanes; i++)
		read_lane(l, config_setting_get_elem(v, (unsigned)i), &l->s.lanes[i], i);
}
