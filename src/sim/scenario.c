/* SPDX-License-Identifier: MIT */
/*
 * Reads a scenario. The file is libconfig's; a name that nothing has (a shape without
 * such a step, a lane without such a pipeline) is an error with the file's line, because
 * an operator writes these by hand.
 *
 * The tree of libconfig lives as long as the scenario, hence strings are borrowed from
 * it; everything else is in one arena.
 */
#include "sim/scenario_file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/when.h"

/* ---- the whole ---- */

static void read_people(struct loaded *l, const config_setting_t *v)
{
	const char **names = file_strings(l, v, &l->s.npeople);
	int i;

	l->s.people = arena_array(&l->arena, (size_t)l->s.npeople, sizeof(*l->s.people));
	for (i = 0; i < l->s.npeople; i++) {
		l->s.people[i].name = names[i];
		rng_id(rng_mix(l->s.seed, (uint64_t)i + 500), l->s.people[i].id);
	}
}

static void read_start(struct loaded *l, const config_setting_t *root, const char *start)
{
	const char *text = start ? start : file_string(root, "start", "2026-01-06 15:40:00");

	l->s.start_ms =
		strcmp(text, "now") == 0 ? when_wall_ms() : when_parse_zoneless(text, 8 * 3600);
	if (l->s.start_ms == WHEN_NONE)
		file_complain(l, NULL,
			      "start \"%s\" is neither \"now\" nor \"YYYY-MM-DD HH:MM:SS\"", text);
}

static void read_all(struct loaded *l, const struct scenario_choice *choice)
{
	config_setting_t *root = config_root_setting(&l->config);

	l->s.seed = rng_mix(choice->seed ? choice->seed : (uint64_t)file_int(root, "seed", 1), 0);
	read_start(l, root, choice->start);
	l->s.history = file_int(root, "history", 20);
	l->s.region = file_string(root, "region", "cn-north-4");
	l->s.domain_name = file_string(root, "domain", "acme");
	rng_id(rng_mix(l->s.seed, 400), l->s.domain_id);
	read_people(l, file_member(root, "people"));
	l->s.commits = file_strings(l, file_member(root, "commits"), &l->s.ncommits);
	l->s.branches = file_strings(l, file_member(root, "branches"), &l->s.nbranches);
	file_read_words(l, file_member(root, "words"));
	file_read_logs(l, file_member(root, "logs"));
	file_read_steps(l, file_member(root, "steps"));
	file_read_shapes(l, file_member(root, "shapes"));
	file_read_variables(l, file_member(root, "variables"));
	file_read_crowd(l, file_member(root, "crowd"), choice->count);
	file_read_projects(l, file_member(root, "projects"));
	file_read_lanes(l, file_member(root, "lanes"));
}

/* "big, demo, flood, seed": what stands beside the binary. */
static void known_names(struct buf *out)
{
	struct buf demo;
	struct dirent **list = NULL;
	int i, n;

	buf_init(&demo, BUF_MAX);
	if (path_data("scenarios", "demo.conf", &demo)) {
		*strrchr(demo.data, '/') = '\0';
		n = scandir(demo.data, &list, NULL, alphasort);
		for (i = 0; i < n; i++) {
			char *dot = strrchr(list[i]->d_name, '.');

			if (dot && strcmp(dot, ".conf") == 0)
				buf_addf(out, "%s%.*s", out->len ? ", " : "",
					 (int)(dot - list[i]->d_name), list[i]->d_name);
			free(list[i]);
		}
		free(list);
	}
	buf_done(&demo);
}

static bool find_file(const char *name, struct buf *path, struct err *err)
{
	struct buf known, file;
	bool found;

	if (strchr(name, '/'))
		return buf_adds(path, name);
	buf_init(&file, BUF_MAX);
	buf_addf(&file, "%s.conf", name);
	found = path_data("scenarios", file.data, path);
	buf_done(&file);
	if (found)
		return true;
	buf_init(&known, 120);
	known_names(&known);
	err_set(err, ERR_INPUT, 0,
		"there is no scenario \"%s\": name one of %s, or a file with a slash in its name",
		name, known.len ? known.data : "demo, seed");
	buf_done(&known);
	return false;
}

static bool parse(struct loaded *l, struct err *err)
{
	struct buf dir;
	char *slash;
	bool read;

	buf_init(&dir, BUF_MAX);
	buf_adds(&dir, l->path.data);
	slash = strrchr(dir.data, '/');
	if (slash)
		buf_truncate(&dir, (size_t)(slash - dir.data));
	config_set_include_dir(&l->config, dir.data);
	buf_done(&dir);
	read = config_read_file(&l->config, l->path.data);
	if (read)
		return true;
	if (config_error_type(&l->config) == CONFIG_ERR_FILE_IO)
		return err_set(err, ERR_INPUT, 0, "cannot read the scenario %s", l->path.data);
	return err_set(err, ERR_INPUT, 0, "%s:%d: %s",
		       config_error_file(&l->config) ? config_error_file(&l->config) : l->path.data,
		       config_error_line(&l->config), config_error_text(&l->config));
}

struct scenario *scenario_load(const char *name, const struct scenario_choice *choice,
			       struct err *err)
{
	struct loaded *l = mem_zalloc(sizeof(*l));

	config_init(&l->config);
	buf_init(&l->path, BUF_MAX);
	l->json = scenario_json_new(&l->arena);
	l->err = err;
	if (find_file(name, &l->path, err) && parse(l, err))
		read_all(l, choice);
	else
		l->failed = true;
	l->err = NULL;
	if (!l->failed)
		return &l->s;
	scenario_free(&l->s);
	return NULL;
}

void scenario_free(struct scenario *s)
{
	struct loaded *l = (struct loaded *)s; /* s is its first member */

	if (!s)
		return;
	flood_free(s->flood);
	scenario_json_free(l->json);
	config_destroy(&l->config);
	arena_done(&l->arena);
	buf_done(&l->path);
	mem_free(l);
}
