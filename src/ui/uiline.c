/* SPDX-License-Identifier: MIT */
/*
 * The `:` line: one table of its commands drives what they do, the completion and the
 * help. What the ui cannot do itself becomes a request to the program.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/text.h"
#include "uistate.h"

struct line {
	struct ui *ui;
	const char *args; /* without leading blanks, "" for none */
	const struct ui_now *now;
};

struct line_command {
	const char *name;
	const char *usage;
	enum ui_words words; /* what its argument is completed from */
	bool needs;	     /* an argument */
	const char *help;
	void (*run)(const struct line *line);
	bool changes; /* something on the server: read-only knows no such command */
};

static const char *args_or_null(const struct line *line)
{
	return *line->args ? line->args : NULL;
}

/* The log that is open, or a message that there is none. */
static bool with_log(const struct line *line)
{
	if (line->ui->log.log)
		return true;
	ui_message(line->ui, true, "%s", _("no log is open"));
	return false;
}

static void run_quit(const struct line *line)
{
	line->ui->quit = true;
}

static void run_help(const struct line *line)
{
	if (line->ui->templates.open) {
		ui_template_help(line->ui);
		return;
	}
	help_open(&line->ui->page, line->ui->keys, ui_in_log(line->ui) ? IN_LOG : IN_TREE,
		  line->ui->options.utf8, line->ui->options.read_only);
}

static void run_changes(const struct line *line)
{
	if (line->ui->changes)
		changespane_open(&line->ui->changespane, line->ui->changes);
}

static void run_template(const struct line *line)
{
	ui_template_open(line->ui, line->args);
}

static void run_template_copy(const struct line *line)
{
	ui_template_act(line->ui, ASK_TEMPLATE_COPY, line->args);
}

static void run_template_delete(const struct line *line)
{
	ui_template_act(line->ui, ASK_TEMPLATE_DELETE, NULL);
}

static void run_template_edit(const struct line *line)
{
	ui_template_act(line->ui, ASK_TEMPLATE_EDIT, NULL);
}

static void run_template_favourite(const struct line *line)
{
	ui_template_act(line->ui, ASK_TEMPLATE_FAVOURITE, line->args);
}

static void run_template_use(const struct line *line)
{
	ui_template_act(line->ui, ASK_TEMPLATE_USE, line->args);
}

static void run_run(const struct line *line)
{
	ui_run(line->ui, line->args);
}

static void run_ban(const struct line *line)
{
	ui_ban(line->ui, true, line->args);
}

static void run_unban(const struct line *line)
{
	ui_ban(line->ui, false, line->args);
}

static void run_postpone(const struct line *line)
{
	ui_deed(line->ui, DEED_POSTPONE, line->now);
}

static void run_cancel(const struct line *line)
{
	ui_deed(line->ui, DEED_CANCEL, line->now);
}

static void run_set(const struct line *line)
{
	ui_ask(line->ui, ASK_SET, line->args, NULL);
}

static void run_theme(const struct line *line)
{
	line->ui->trying_theme = false;
	ui_ask(line->ui, ASK_THEME, line->args, NULL);
}

static void run_mouse(const struct line *line)
{
	if (strcmp(line->args, "on") != 0 && strcmp(line->args, "off") != 0)
		ui_message(line->ui, true, _(":mouse %.40s: want on or off"), line->args);
	else
		ui_ask(line->ui, ASK_MOUSE, line->args, NULL);
}

static void run_interval(const struct line *line)
{
	ui_ask(line->ui, ASK_INTERVAL, args_or_null(line), NULL);
}

static void run_project(const struct line *line)
{
	ui_ask(line->ui, ASK_PROJECT, args_or_null(line), NULL);
}

static void run_profile(const struct line *line)
{
	ui_ask(line->ui, ASK_PROFILE, args_or_null(line), NULL);
}

static void run_find(const struct line *line)
{
	ui_ask(line->ui, ASK_FIND, args_or_null(line), NULL);
}

static void run_save(const struct line *line)
{
	if (with_log(line))
		ui_ask(line->ui, ASK_SAVE, args_or_null(line), &line->ui->log.ref);
}

static void run_save_over(const struct line *line)
{
	if (with_log(line))
		ui_ask(line->ui, ASK_SAVE_OVER, line->args, &line->ui->log.ref);
}

static void run_pager(const struct line *line)
{
	if (with_log(line))
		ui_ask(line->ui, ASK_PAGER, NULL, &line->ui->log.ref);
}

static void run_edit(const struct line *line)
{
	if (with_log(line))
		ui_ask(line->ui, ASK_EDITOR, NULL, &line->ui->log.ref);
}

static void run_open(const struct line *line)
{
	ui_ask(line->ui, ASK_BROWSE, NULL, &line->ui->tree.selected);
}

static void run_url(const struct line *line)
{
	ui_ask(line->ui, ASK_URL, NULL, &line->ui->tree.selected);
}

static void run_yank(const struct line *line)
{
	ui_ask(line->ui, ASK_COPY_ID, NULL, &line->ui->tree.selected);
}

static void run_sort(const struct line *line)
{
	ui_sort_by(line->ui, line->args);
}

static void run_invert(const struct line *line)
{
	ui_sort_step(line->ui, 0);
}

static void run_groups(const struct line *line)
{
	ui_show_groups(line->ui, !line->ui->grouped);
}

static void run_favourite(const struct line *line)
{
	ui_toggle_favourite(line->ui);
}

static void run_favourites(const struct line *line)
{
	ui_show_favourites(line->ui, !line->ui->favourites_only);
}

static void run_marked(const struct line *line)
{
	ui_show_marked(line->ui, !line->ui->marked_only);
}

static void run_unmark(const struct line *line)
{
	roster_clear_marks(line->ui->tree.roster);
	ui_show_marked(line->ui, false);
}

/* "save NAME", "delete NAME", or the name of a view to go to. */
static void run_view(const struct line *line)
{
	static const struct {
		const char *verb;
		enum ui_ask ask;
	} verbs[] = {{"save ", ASK_VIEW_SAVE}, {"delete ", ASK_VIEW_DELETE}};
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (text_starts(line->args, verbs[i].verb)) {
			ui_ask(line->ui, verbs[i].ask, line->args + strlen(verbs[i].verb), NULL);
			return;
		}
	ui_ask(line->ui, ASK_VIEW, args_or_null(line), NULL);
}

static const struct line_command commands[] = {
	{"ban", ":ban NAME", WORDS_NONE, false, N_("switch a pipeline off; alone: the selected one"), run_ban, true},
	{"cancel", ":cancel", WORDS_NONE, false, N_("take a queued run out of the queue"), run_cancel, true},
	{"changes", ":changes", WORDS_NONE, false, N_("what changed since last looked; Enter goes there"), run_changes},
	{"copy", ":copy", WORDS_NONE, false, N_("copy the selected thing's id"), run_yank},
	{"edit", ":edit", WORDS_NONE, false, N_("open the log in $EDITOR"), run_edit},
	{"favourite", ":favourite", WORDS_NONE, false, N_("the pipeline is a favourite, or no longer"), run_favourite},
	{"favourites", ":favourites", WORDS_NONE, false, N_("favourites alone, or all"), run_favourites},
	{"find", ":find TEXT", WORDS_NONE, false, N_("the filter on the server too; alone: no longer"), run_find},
	{"groups", ":groups", WORDS_NONE, false, N_("pipelines under their groups, or not"), run_groups},
	{"help", ":help", WORDS_NONE, false, N_("this help"), run_help},
	{"interval", ":interval FACTOR", WORDS_NONE, false,
	 N_("poll more often (0.5) or less (up to 10)"), run_interval},
	{"invert", ":invert", WORDS_NONE, false, N_("the other direction"), run_invert},
	{"marked", ":marked", WORDS_NONE, false, N_("marked pipelines alone, or all"), run_marked},
	{"mouse", ":mouse on|off", WORDS_ON_OFF, true, N_("wheel and click; off leaves selecting to the terminal"),
	 run_mouse},
	{"open", ":open", WORDS_NONE, false, N_("open in a browser"), run_open},
	{"pager", ":pager", WORDS_NONE, false, N_("open the log in $PAGER"), run_pager},
	{"postpone", ":postpone", WORDS_NONE, false, N_("a delayed job waits one hour more"), run_postpone, true},
	{"profile", ":profile NAME", WORDS_PROFILES, false, N_("another profile of the configuration"),
	 run_profile},
	{"project", ":project NAME", WORDS_PROJECTS, false, N_("one project; alone: all again"), run_project},
	{"quit", ":q :quit", WORDS_NONE, false, N_("quit; changes nothing on the server"), run_quit},
	{"run", ":run NAME", WORDS_NONE, false,
	 N_("start a pipeline: a form for what it asks for; alone: the selected one"), run_run, true},
	{"save", ":save FILE", WORDS_FILES, false, N_("save the log to a file that is not there yet"), run_save},
	{"save!", ":save! FILE", WORDS_FILES, true, N_("the same, over a file that is there"), run_save_over},
	{"set", ":set NAME VALUE", WORDS_SETTINGS, false, N_("change a setting; alone: all settings"), run_set},
	{"sort", ":sort COLUMN", WORDS_SORTS, true, N_("sort by a column"), run_sort},
	{"template", ":template TEXT", WORDS_NONE, false,
	 N_("the templates that pipelines are made from; with TEXT those that it finds"), run_template},
	{"template-copy", ":template-copy NAME", WORDS_NONE, true,
	 N_("copy the selected template, under another name"), run_template_copy, true},
	{"template-delete", ":template-delete", WORDS_NONE, false, N_("delete the selected template"),
	 run_template_delete, true},
	{"template-edit", ":template-edit", WORDS_NONE, false,
	 N_("edit the selected template in $VISUAL or $EDITOR"), run_template_edit, true},
	{"template-favourite", ":template-favourite on|off", WORDS_ON_OFF, true,
	 N_("the selected template is a favourite, or no longer"), run_template_favourite, true},
	{"template-use", ":template-use NAME", WORDS_NONE, true,
	 N_("make a pipeline of that name from the selected template"), run_template_use, true},
	{"theme", ":theme NAME", WORDS_THEMES, true, N_("other colours; Tab shows them one by one"), run_theme},
	{"unban", ":unban NAME", WORDS_NONE, false, N_("switch a pipeline on again; alone: the selected one"),
	 run_unban, true},
	{"unmark", ":unmark", WORDS_NONE, false, N_("take all marks away"), run_unmark},
	{"url", ":url", WORDS_NONE, false, N_("show the URL"), run_url},
	{"view", ":view NAME", WORDS_VIEWS, false,
	 N_("a saved view: filter, order, groups; :view save NAME, :view delete NAME"), run_view},
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

bool command_line_at(size_t i, const char **usage, const char **help)
{
	if (i > N_COMMANDS)
		return false;
	*usage = i < N_COMMANDS ? commands[i].usage : ":NUMBER";
	*help = i < N_COMMANDS ? commands[i].help : N_("to that line of the log");
	return true;
}

bool command_line_changes(size_t i)
{
	return i < N_COMMANDS && commands[i].changes;
}

static bool is_there(const struct ui *ui, const struct line_command *command)
{
	return !(command->changes && ui->options.read_only);
}

/* The command of that name, or the one that alone begins so: `:templ` is `template` beside `template-use`. */
static const struct line_command *command_named(const struct ui *ui, const char *name, size_t len)
{
	const struct line_command *first = NULL;
	bool alone = true;
	size_t i;

	for (i = 0; i < N_COMMANDS; i++) {
		if (strncmp(commands[i].name, name, len) != 0 || !is_there(ui, &commands[i]))
			continue;
		if (commands[i].name[len] == '\0')
			return &commands[i];
		alone = !first || (alone && text_starts(commands[i].name, first->name));
		first = first ? first : &commands[i];
	}
	return alone || (len == 1 && *name == 'q') ? first : NULL;
}

/* Would there be one, if the program could change anything? */
static bool is_taken_away(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (commands[i].changes && strlen(commands[i].name) == len && strncmp(commands[i].name, name, len) == 0)
			return true;
	return false;
}

static void goto_line(struct ui *ui, int64_t number, const struct ui_now *now)
{
	struct log *log = ui->log.log;

	if (!log || log_end(log) == log_first(log)) {
		ui_message(ui, true, "%s", _("no log is open"));
		return;
	}
	if (!log_head(log)) {
		ui_message(ui, true, "%s", _("line 1 is not loaded yet: g reads further back"));
		return;
	}
	number = number < 1 ? 1 : number;
	number += log_first(log) - 1;
	logview_to_line(&ui->log, number < log_end(log) ? number : log_end(log) - 1);
	ui_focus(ui, PANE_LOG, now);
}

void ui_run_line(struct ui *ui, const char *text, const struct ui_now *now)
{
	struct line line = {.ui = ui, .now = now};
	const struct line_command *command;
	size_t len;
	int64_t number;

	text += strspn(text, " :");
	if (!*text)
		return;
	if (text_int(text, &number)) {
		goto_line(ui, number, now);
		return;
	}
	len = strcspn(text, " ");
	line.args = text + len + strspn(text + len, " ");
	command = command_named(ui, text, len);
	if (!command && is_taken_away(text, len))
		ui_message(ui, true, _("read-only: :%.*s would change something on the server"), (int)len,
			   text);
	else if (!command)
		ui_message(ui, true, _("no such command: %.100s (Tab completes, :help lists them)"), text);
	else if (command->needs && !*line.args)
		ui_message(ui, true, _("usage: %s"), command->usage);
	else
		command->run(&line);
}

/* ---- completion ---- */

static const char *const on_off[] = {"on", "off"};

static const char *const *sort_words(size_t *n)
{
	static const char *words[ROSTER_SORTS];
	int i;

	for (i = 0; i < ROSTER_SORTS; i++)
		words[i] = roster_sort_word((enum roster_sort)i);
	*n = ROSTER_SORTS;
	return words;
}

static const char *const *words_of(struct ui *ui, enum ui_words kind, size_t *n)
{
	*n = 0;
	if (kind == WORDS_ON_OFF) {
		*n = 2;
		return on_off;
	}
	if (kind == WORDS_SORTS)
		return sort_words(n);
	if (kind == WORDS_NONE || !ui->options.words)
		return NULL;
	return ui->options.words(ui->options.self, kind, n);
}

bool ui_candidate(struct ui *ui, size_t i, struct buf *out)
{
	const char *typed = ui->completing + strspn(ui->completing, " ");
	const char *args = strchr(typed, ' ');
	const struct line_command *command;
	const char *const *words;
	size_t n, k, seen = 0;

	if (!args) {
		for (k = 0; k < N_COMMANDS; k++)
			if (is_there(ui, &commands[k]) && text_starts(commands[k].name, typed) && seen++ == i)
				return buf_addf(out, "%s%s", commands[k].name,
						commands[k].words != WORDS_NONE || commands[k].needs ? " " : "");
		return false;
	}
	command = command_named(ui, typed, (size_t)(args - typed));
	if (!command)
		return false;
	words = words_of(ui, command->words, &n);
	for (k = 0; k < n; k++)
		if (text_starts(words[k], args + 1) && seen++ == i)
			return buf_addf(out, "%s %s", command->name, words[k]);
	return false;
}

static size_t count_candidates(struct ui *ui)
{
	struct buf text;
	size_t n = 0;

	buf_init(&text, BUF_MAX);
	while (ui_candidate(ui, n, &text)) {
		buf_clear(&text);
		n++;
	}
	buf_done(&text);
	return n;
}

/* `:theme` shows what it would look like while names go by. */
static void try_theme(struct ui *ui, const char *text)
{
	if (!text_starts(text, "theme ") || !text[6])
		return;
	ui->trying_theme = true;
	ui_ask(ui, ASK_THEME_TRY, text + 6, NULL);
}

void ui_complete(struct ui *ui, int direction)
{
	struct prompt *p = ui->prompt;
	struct buf text;
	size_t n;

	if (!ui->is_completing) {
		snprintf(ui->completing, sizeof(ui->completing), "%s", p->text);
		ui->completion = 0;
	}
	ui->is_completing = true;
	n = count_candidates(ui);
	if (n == 0)
		return;
	/* One round goes over all candidates and what was typed (0). */
	ui->completion = (ui->completion + n + 1 + (size_t)(direction > 0 ? 1 : n)) % (n + 1);
	if (ui->completion == 0) {
		prompt_set(p, ui->completing);
		return;
	}
	buf_init(&text, BUF_MAX);
	ui_candidate(ui, ui->completion - 1, &text);
	prompt_set(p, text.data);
	try_theme(ui, text.data);
	if (n == 1)
		ui->is_completing = false; /* taken: the next Tab completes what follows */
	buf_done(&text);
}
