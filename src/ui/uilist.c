/* SPDX-License-Identifier: MIT */
/*
 * What the list shows and in which order: filter, sort, groups, favourites, marks; and
 * the same as a view, a text that can be saved and brought back.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "uistate.h"

void ui_filter(struct ui *ui, const char *text, bool final, const struct ui_now *now)
{
	struct err err = {0};

	if (!roster_set_filter(ui->tree.roster, text, final, now->wall_ms, &err)) {
		ui_message(ui, true, "%s", err.text);
		return;
	}
	ui->tree.dirty = true;
	if (final)
		ui_ask(ui, ASK_FIND, text_empty(text) ? NULL : text, NULL);
}

void ui_sort_step(struct ui *ui, int step)
{
	bool inverted;
	int sort = roster_sorted(ui->tree.roster, &inverted);

	if (step == 0)
		inverted = !inverted;
	sort = (sort + ROSTER_SORTS + step) % ROSTER_SORTS;
	roster_set_sort(ui->tree.roster, (enum roster_sort)sort, inverted);
	ui->tree.dirty = true;
	ui_message(ui, false, inverted ? _("sorted by %s, inverted") : _("sorted by %s"),
		   roster_sort_name((enum roster_sort)sort));
}

void ui_sort_by(struct ui *ui, const char *word)
{
	enum roster_sort sort;
	bool inverted;

	if (!roster_sort_from_word(word, &sort)) {
		ui_message(ui, true, _("no column is called %.40s (Tab completes)"), word);
		return;
	}
	roster_sorted(ui->tree.roster, &inverted);
	roster_set_sort(ui->tree.roster, sort, inverted);
	ui->tree.dirty = true;
}

void ui_show_groups(struct ui *ui, bool on)
{
	ui->grouped = on;
	roster_set_grouped(ui->tree.roster, on);
	ui->tree.dirty = true;
}

void ui_show_favourites(struct ui *ui, bool only)
{
	ui->favourites_only = only;
	roster_set_favourites(ui->tree.roster, only);
	ui->tree.dirty = true;
}

void ui_show_marked(struct ui *ui, bool only)
{
	if (only && roster_mark_count(ui->tree.roster) == 0) {
		ui_message(ui, true, "%s", _("nothing is marked: Space marks a pipeline"));
		return;
	}
	ui->marked_only = only;
	roster_set_marked_only(ui->tree.roster, only);
	ui->tree.dirty = true;
}

void ui_toggle_favourite(struct ui *ui)
{
	struct row target;
	const struct pipeline *p;
	bool favourite;

	if (!tree_target(&ui->tree, &target))
		return;
	p = target.entry->pipeline;
	favourite = !roster_is_favourite(ui->tree.roster, p);
	if (!roster_set_favourite(ui->tree.roster, p->project_id, p->id, favourite))
		ui_message(ui, true, "%s", _("there are as many favourites as can be kept"));
	else
		ui_message(ui, false, favourite ? _("%.100s is a favourite (here, not on the server)")
						: _("%.100s is no favourite any more (here, not on the server)"),
			   text_or_empty(p->name));
	ui->tree.dirty = true;
}

/* ---- views ---- */

/* One "name=value" a line; what is as usual is left out. */
void ui_view_get(const struct ui *ui, struct buf *out)
{
	const struct roster *r = ui->tree.roster;
	bool inverted;
	enum roster_sort sort = roster_sorted(r, &inverted);

	buf_addf(out, "sort=%s\n", roster_sort_word(sort));
	if (inverted)
		buf_adds(out, "inverted=yes\n");
	if (ui->grouped)
		buf_adds(out, "groups=yes\n");
	if (ui->favourites_only)
		buf_adds(out, "favourites=yes\n");
	if (ui->marked_only)
		buf_adds(out, "marked=yes\n");
	if (ui->zoomed)
		buf_adds(out, "zoomed=yes\n");
	if (*roster_filter(r))
		buf_addf(out, "filter=%s\n", roster_filter(r));
}

struct view_words {
	char *filter;
	enum roster_sort sort;
	bool inverted, groups, favourites, marked, zoomed;
};

static void take_word(struct view_words *w, const char *name, const char *value)
{
	struct {
		const char *name;
		bool *flag;
	} flags[] = {{"inverted", &w->inverted}, {"groups", &w->groups}, {"favourites", &w->favourites},
		     {"marked", &w->marked},	 {"zoomed", &w->zoomed}};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(name, flags[i].name) == 0)
			*flags[i].flag = strcmp(value, "yes") == 0;
	if (strcmp(name, "sort") == 0)
		roster_sort_from_word(value, &w->sort);
	if (strcmp(name, "filter") == 0) {
		mem_free(w->filter);
		w->filter = mem_strdup(value);
	}
}

static void read_words(const char *text, struct view_words *w)
{
	char *copy = mem_strdup(text), *line, *value, *save = NULL;

	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		take_word(w, line, value);
	}
	mem_free(copy);
}

void ui_view_set(struct ui *ui, const char *text, const struct ui_now *now)
{
	struct view_words w = {.sort = ROSTER_ATTENTION};

	read_words(text, &w);
	roster_set_sort(ui->tree.roster, w.sort, w.inverted);
	ui_show_groups(ui, w.groups);
	ui_show_favourites(ui, w.favourites);
	ui_show_marked(ui, w.marked);
	ui->zoomed = w.zoomed;
	ui_relayout(ui);
	ui_filter(ui, w.filter, true, now);
	mem_free(w.filter);
}

/* Counts are of what was read: say so until all is. */
static void add_completeness(const struct ui_status *s, struct buf *out)
{
	char listed[24], total[24];

	if (s->total <= s->listed)
		return;
	text_grouped((int64_t)s->listed, listed, sizeof(listed));
	text_grouped((int64_t)s->total, total, sizeof(total));
	buf_addf(out, _(" %s of %s"), listed, total);
}

void ui_list_title(const struct ui *ui, struct buf *out)
{
	const struct roster *r = ui->tree.roster;
	bool inverted;
	enum roster_sort sort = roster_sorted(r, &inverted);
	char shown[24];

	add_completeness(&ui->status, out);
	if (sort != ROSTER_ATTENTION || inverted)
		buf_addf(out, inverted ? _(" by %s, inverted") : _(" by %s"), roster_sort_name(sort));
	if (ui->favourites_only)
		buf_adds(out, _("  favourites"));
	if (ui->marked_only)
		buf_adds(out, _("  marked"));
	if (!*roster_filter(r))
		return;
	text_grouped((int64_t)roster_shown(r), shown, sizeof(shown));
	buf_addf(out, "  /%s  %s%s", roster_filter(r), shown, roster_filter_gave_up(r) ? "?" : "");
	if (ui->status.found[0])
		buf_addf(out, "  %s", ui->status.found);
}

bool ui_is_marked(const struct ui *ui, const struct ref *ref)
{
	return ref->id[REF_PIPELINE] &&
	       roster_is_marked(ui->tree.roster, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);
}

void ui_mark(struct ui *ui, const char *project_id, const char *pipeline_id, bool on)
{
	roster_mark(ui->tree.roster, project_id, pipeline_id, on);
}

void ui_favourite(struct ui *ui, const char *project_id, const char *pipeline_id, bool on)
{
	roster_set_favourite(ui->tree.roster, project_id, pipeline_id, on);
}

struct each {
	ui_each_pipeline *call;
	void *arg;
};

static void each_mark(const char *project_id, const char *pipeline_id, void *arg)
{
	struct each *each = arg;

	each->call(project_id, pipeline_id, true, each->arg);
}

void ui_marks(const struct ui *ui, ui_each_pipeline *each, void *arg)
{
	struct each call = {each, arg};

	roster_marks(ui->tree.roster, each_mark, &call);
}

void ui_favourites(const struct ui *ui, ui_each_pipeline *each, void *arg)
{
	roster_favourites(ui->tree.roster, each, arg);
}

const char *ui_remembered_line(const struct ui *ui, size_t i)
{
	return i < ui->line.n_history ? ui->line.history[i] : NULL;
}

void ui_remember_line(struct ui *ui, const char *text)
{
	prompt_set(&ui->line, text);
	prompt_remember(&ui->line);
}

void ui_set_ambiguous_wide(struct ui *ui, bool wide)
{
	logview_set_ambiguous_wide(&ui->log, wide);
	ui->version++;
}

void ui_page_open(struct ui *ui, const char *title, int column)
{
	page_open(&ui->page, title, column);
	ui->version++;
}

void ui_page_add(struct ui *ui, const char *left, const char *right)
{
	page_add(&ui->page, left, right);
}

void ui_page_is_first_start(struct ui *ui)
{
	ui->first_start = true;
	ui->page.hint = _("d demo  q quit  j k scroll  / search");
}

void ui_set_changes(struct ui *ui, struct changes *changes)
{
	ui->changes = changes;
}

void ui_set_found(struct ui *ui, bool (*found)(void *self, const char *project_id, const char *pipeline_id),
		  void *self)
{
	roster_set_found(ui->tree.roster, found, self);
	ui->tree.dirty = true;
	ui->version++;
}

void ui_set_groups(struct ui *ui, const struct groups *groups)
{
	roster_set_groups(ui->tree.roster, groups);
}
