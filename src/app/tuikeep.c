/* SPDX-License-Identifier: MIT */
/*
 * What the dashboard finds again when it comes back: the view it was left with, saved views,
 * marks, favourites, the history of the command line. Read before the first frame, written
 * when it leaves and when a view is saved. The demo keeps nothing.
 */
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "names.h"
#include "tuistate.h"

#define VIEWS "views"
#define LAST "last" /* the view that was left, by profile */
#define MARKS "marks"
#define FAVOURITES "favourites"
#define HISTORY "history"
#define MARKS_MAX 10000
#define HISTORY_MAX 200

static const char *profile_key(const struct tui *t)
{
	return text_empty(t->options->profile) ? "-" : t->options->profile;
}

/* ---- in ---- */

/* "PROJECT PIPELINE", neither of which has a blank in it. */
static bool split(const char *key, char *project, size_t size, const char **pipeline)
{
	const char *blank = strchr(key, ' ');

	if (!blank || (size_t)(blank - key) >= size || !blank[1])
		return false;
	memcpy(project, key, (size_t)(blank - key));
	project[blank - key] = '\0';
	*pipeline = blank + 1;
	return true;
}

static void load_pipelines(struct tui *t, const char *section,
			   void (*put)(struct ui *ui, const char *project, const char *pipeline, bool on))
{
	const char *key, *value, *pipeline;
	char project[128];
	size_t i;

	for (i = 0; statefile_at(t->state, section, i, &key, &value); i++)
		if (split(key, project, sizeof(project), &pipeline))
			put(t->ui, project, pipeline, strcmp(value, "yes") == 0);
}

static void load_view(struct tui *t)
{
	const char *view = t->options->view ? statefile_get(t->state, VIEWS, t->options->view)
					    : statefile_get(t->state, LAST, profile_key(t));
	struct ui_now now = tui_now(t);

	if (view)
		ui_view_set(t->ui, view, &now);
	else if (t->options->view)
		ui_message(t->ui, true, _("no view is called %.60s: :view save NAME makes one"), t->options->view);
}

void tui_load_state(struct tui *t)
{
	const char *key, *value;
	struct err err = {0};
	struct buf path;
	size_t i;

	buf_init(&path, BUF_MAX);
	if (!t->options->demo && !t->options->no_cache && statefile_default(&path))
		t->state = statefile_new(path.data);
	else
		t->state = statefile_new(NULL);
	buf_done(&path);
	if (!statefile_load(t->state, &err))
		ui_message(t->ui, true, "%s", err.text);
	load_pipelines(t, MARKS, ui_mark);
	load_pipelines(t, FAVOURITES, ui_favourite);
	for (i = 0; statefile_at(t->state, HISTORY, i, &key, &value); i++)
		ui_remember_line(t->ui, key);
	load_view(t);
}

/* ---- out ---- */

struct keeping {
	struct tui *t;
	const char *section;
	int64_t now_ms;
};

static void keep_pipeline(const char *project, const char *pipeline, bool on, void *arg)
{
	struct keeping *k = arg;
	struct buf key;

	buf_init(&key, BUF_MAX);
	buf_addf(&key, "%s %s", project, pipeline);
	if (!text_same(statefile_get(k->t->state, k->section, key.data), on ? "yes" : "no"))
		statefile_put(k->t->state, k->section, key.data, on ? "yes" : "no", k->now_ms);
	buf_done(&key);
}

/* Marks that were taken away since they were read. */
static void drop_marks(struct tui *t, int64_t now_ms)
{
	const char *key, *value, *pipeline;
	struct ref ref = {{NULL}};
	char project[128];
	size_t i = 0;

	while (statefile_at(t->state, MARKS, i, &key, &value)) {
		if (split(key, project, sizeof(project), &pipeline)) {
			ref_set(&ref, REF_PROJECT, project);
			ref_set(&ref, REF_PIPELINE, pipeline);
		}
		if (ref.id[REF_PIPELINE] && ui_is_marked(t->ui, &ref))
			i++;
		else
			statefile_remove(t->state, MARKS, key, now_ms);
		ref_done(&ref);
	}
}

static void keep_history(struct tui *t, int64_t now_ms)
{
	const char *line;
	size_t n = 0;

	while (ui_remembered_line(t->ui, n))
		n++;
	while (n-- > 0) { /* the newest is put last */
		line = ui_remembered_line(t->ui, n);
		statefile_put(t->state, HISTORY, line, "", now_ms);
	}
	statefile_trim(t->state, HISTORY, HISTORY_MAX, now_ms);
}

/* What the shells complete; that it cannot be kept is no matter. */
static void keep_names(struct tui *t, int64_t now_ms)
{
	struct names *names = names_new(t->options);

	names_take_store(names, t->store);
	names_save(names, t->options->settings.cache_max, now_ms, NULL);
	names_free(names);
}

void tui_save_state(struct tui *t)
{
	struct keeping keeping = {t, MARKS, when_wall_ms()};
	struct err err = {0};
	struct buf view;

	if (!t->state || t->state_saved)
		return;
	buf_init(&view, BUF_MAX);
	ui_view_get(t->ui, &view);
	if (!text_same(statefile_get(t->state, LAST, profile_key(t)), view.data))
		statefile_put(t->state, LAST, profile_key(t), view.data, keeping.now_ms);
	buf_done(&view);
	drop_marks(t, keeping.now_ms);
	ui_marks(t->ui, keep_pipeline, &keeping);
	statefile_trim(t->state, MARKS, MARKS_MAX, keeping.now_ms);
	keeping.section = FAVOURITES;
	ui_favourites(t->ui, keep_pipeline, &keeping);
	keep_history(t, keeping.now_ms);
	keep_names(t, keeping.now_ms);
	if (!statefile_save(t->state, &err))
		ui_message(t->ui, true, "%s", err.text);
}

/* ---- views ---- */

void tui_view(struct tui *t, const struct ui_request *r)
{
	struct ui_now now = tui_now(t);
	const char *view = r->text ? statefile_get(t->state, VIEWS, r->text) : "";

	if (view)
		ui_view_set(t->ui, view, &now);
	else
		ui_message(t->ui, true, _("no view is called %.60s: :view save %.60s makes it"), r->text, r->text);
}

void tui_view_save(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};
	struct buf view;

	if (text_empty(r->text)) {
		ui_message(t->ui, true, "%s", _("usage: :view save NAME"));
		return;
	}
	buf_init(&view, BUF_MAX);
	ui_view_get(t->ui, &view);
	statefile_put(t->state, VIEWS, r->text, view.data, when_wall_ms());
	buf_done(&view);
	if (statefile_save(t->state, &err))
		ui_message(t->ui, false, _("saved the view %.60s: :view %.60s, or --view %.60s"), r->text, r->text,
			   r->text);
	else
		ui_message(t->ui, true, "%s", err.text);
}

void tui_view_delete(struct tui *t, const struct ui_request *r)
{
	struct err err = {0};

	if (text_empty(r->text) || !statefile_get(t->state, VIEWS, r->text)) {
		ui_message(t->ui, true, _("no view is called %.60s"), text_or_empty(r->text));
		return;
	}
	statefile_remove(t->state, VIEWS, r->text, when_wall_ms());
	if (statefile_save(t->state, &err))
		ui_message(t->ui, false, _("the view %.60s is gone"), r->text);
	else
		ui_message(t->ui, true, "%s", err.text);
}

/* ---- words for completion ---- */

static void add_word(struct tui *t, const char *word)
{
	t->words = mem_grow(t->words, t->n_words, sizeof(*t->words));
	t->words[t->n_words++] = mem_strdup(word);
}

static void add_lines(struct tui *t, const char *text)
{
	char *copy = mem_strdup(text), *line, *save = NULL;

	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		add_word(t, line);
	mem_free(copy);
}

static void add_themes(struct tui *t)
{
	struct buf names;

	buf_init(&names, BUF_MAX);
	theme_list(&names);
	add_lines(t, names.data);
	buf_done(&names);
}

static void add_views(struct tui *t)
{
	const char *key, *value;
	size_t i;

	add_word(t, "save ");
	add_word(t, "delete ");
	for (i = 0; statefile_at(t->state, VIEWS, i, &key, &value); i++)
		add_word(t, key);
}

static void add_projects(struct tui *t)
{
	struct store_project project;
	size_t i;

	for (i = 0; store_project(t->store, i, &project); i++)
		add_word(t, text_empty(project.name) ? project.id : project.name);
}

void tui_forget_words(struct tui *t)
{
	size_t i;

	for (i = 0; i < t->n_words; i++)
		mem_free(t->words[i]);
	mem_free(t->words);
	t->words = NULL;
	t->n_words = 0;
}

const char *const *tui_words(void *self, enum ui_words kind, size_t *n)
{
	struct tui *t = self;
	const char *word;
	size_t i;

	tui_forget_words(t);
	if (kind == WORDS_THEMES)
		add_themes(t);
	else if (kind == WORDS_VIEWS)
		add_views(t);
	else if (kind == WORDS_PROJECTS)
		add_projects(t);
	for (i = 0; kind == WORDS_SETTINGS && (word = settings_word(i)); i++)
		add_word(t, word);
	for (i = 0; kind == WORDS_PROFILES && i < t->options->config.n_profiles; i++)
		add_word(t, t->options->config.profiles[i].name);
	*n = t->n_words;
	return (const char *const *)t->words;
}
