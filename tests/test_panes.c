/* SPDX-License-Identifier: MIT */
/*
 * Moving among the panes: one selection in every layout, kept through changes of width
 * and through what comes from the server; the way in is the way out.
 */
#include "test.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/text.h"
#include "ui/uistate.h"
#include "world.h"

struct screen {
	struct store *store;
	struct ui *ui;
	struct grid *grid;
	struct ui_now now;
};

static void screen_size(struct screen *s, int rows, int cols)
{
	ui_resize(s->ui, rows, cols);
	grid_resize(s->grid, rows, cols);
	ui_draw(s->ui, s->grid, &s->now);
}

static void screen_open(struct screen *s, int cols)
{
	struct ui_status status = {.badge = "LIVE", .age_ms = 4000, .used = 12, .allowed = 120, .loaded = true};

	*s = (struct screen){.store = store_new(), .grid = grid_new(30, cols)};
	s->ui = ui_new(&(struct ui_options){.store = s->store, .place = "shop@cn-north-4", .utf8 = true});
	ui_set_status(s->ui, &status);
	s->now = (struct ui_now){.now_ms = 5000, .wall_ms = WORLD_NOW, .server_ms = WORLD_NOW};
	world_fill(s->store);
	screen_size(s, 30, cols);
}

static void screen_close(struct screen *s)
{
	ui_free(s->ui);
	store_free(s->store);
	grid_free(s->grid);
}

static enum command press(struct screen *s, const char *names)
{
	enum command command = CMD_NONE;
	char name[32];
	int used;
	struct key key;

	for (; sscanf(names, "%31s%n", name, &used) == 1; names += used) {
		assert_true(key_parse(name, &key));
		command = ui_key(s->ui, &key, NULL, &s->now);
		ui_draw(s->ui, s->grid, &s->now);
	}
	return command;
}

/* "checkout-api 1204 / test / unit / run tests", from the selection alone. */
static const char *selected(struct screen *s)
{
	static char text[300];
	struct row row;

	text[0] = '\0';
	if (!tree_target(&s->ui->tree, &row))
		return "nothing";
	snprintf(text, sizeof(text), "%s %d%s%s%s%s%s%s", row.entry->pipeline->name,
		 row.run ? (int)row.run->number : 0, row.stage ? " / " : "", row.stage ? row.stage->name : "",
		 row.job ? " / " : "", row.job ? row.job->name : "", row.step ? " / " : "",
		 row.step ? row.step->name : "");
	return text;
}

/* The selected row of the list (or tree), as it is on the screen. */
static bool row_shows(struct screen *s, const char *text)
{
	struct buf dump;
	bool found = false;
	char *line, *save = NULL;

	buf_init(&dump, BUF_MAX);
	grid_dump(s->grid, false, &dump);
	for (line = strtok_r(dump.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		found |= strchr(line, '|') && strstr(line, text);
	buf_done(&dump);
	return found;
}

static void go_to(struct screen *s, const char *name)
{
	int i;

	press(s, "g");
	for (i = 0; i < 30 && strcmp(selected(s), name) != 0; i++)
		press(s, "j");
	assert_string_equal(selected(s), name);
}

static const int widths[] = {80, 100, 130, 200, 99, 129, 60, 160};
#define N_WIDTHS (sizeof(widths) / sizeof(widths[0]))

static void the_selection_is_the_same_thing_at_every_width(void **state)
{
	static const char *const ways[] = {"j", "j l j j", "! q", "! q k k", "G", "W"};
	struct screen s;
	char before[300];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		screen_open(&s, 80);
		press(&s, ways[i]);
		snprintf(before, sizeof(before), "%s", selected(&s));
		for (k = 0; k < N_WIDTHS; k++) {
			screen_size(&s, 30, widths[k]);
			assert_string_equal(selected(&s), before);
			assert_true(row_shows(&s, "|"));
		}
		screen_close(&s);
	}
}

static void an_older_run_stays_selected_where_runs_have_no_pane(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 160);
	world_take_history(s.store);
	go_to(&s, "checkout-api 1204");
	press(&s, "H j j");
	assert_string_equal(selected(&s), "checkout-api 1202");
	screen_size(&s, 30, 80);
	assert_string_equal(selected(&s), "checkout-api 1202");
	assert_true(row_shows(&s, "run 1202"));
	screen_size(&s, 30, 110);
	assert_string_equal(selected(&s), "checkout-api 1202");
	assert_true(row_shows(&s, "run 1202"));
	screen_close(&s);
}

static void what_was_chosen_in_the_stages_has_a_row_in_the_tree(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 160);
	go_to(&s, "docs-site 12");
	go_to(&s, "search-index 45");
	press(&s, "Enter Enter g j"); /* "build", which the tree would not open by itself */
	assert_string_equal(selected(&s), "search-index 45 / build");
	screen_size(&s, 30, 80);
	assert_string_equal(selected(&s), "search-index 45 / build");
	assert_true(row_shows(&s, "build"));
	screen_close(&s);
}

static void folds_are_kept_through_other_layouts(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	go_to(&s, "checkout-api 1204");
	press(&s, "h"); /* folded by hand */
	assert_false(row_shows(&s, "unit"));
	screen_size(&s, 30, 160);
	screen_size(&s, 30, 80);
	assert_false(tree_row(&s.ui->tree, VIEW_TREE)->open);
	screen_close(&s);
}

static void history_opens_and_closes_with_one_key(void **state)
{
	static const int cols[] = {80, 110};
	struct screen s;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		screen_open(&s, cols[i]);
		world_take_history(s.store);
		go_to(&s, "checkout-api 1204");
		press(&s, "H");
		assert_string_equal(selected(&s), "checkout-api 1203");
		press(&s, "H");
		assert_string_equal(selected(&s), "checkout-api 1204");
		press(&s, "H");
		assert_int_equal(press(&s, "q"), CMD_NONE); /* back, not out */
		assert_string_equal(selected(&s), "checkout-api 1204");
		assert_int_equal(press(&s, "q"), CMD_QUIT_NOW);
		screen_close(&s);
	}
}

static void history_that_comes_later_is_gone_to_when_it_is_there(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	go_to(&s, "mobile-app 7");
	go_to(&s, "checkout-api 1204");
	press(&s, "H");
	assert_string_equal(selected(&s), "checkout-api 1204");
	world_take_history(s.store);
	ui_draw(s.ui, s.grid, &s.now);
	assert_string_equal(selected(&s), "checkout-api 1203");
	press(&s, "k"); /* and it does not pull anybody back */
	ui_draw(s.ui, s.grid, &s.now);
	assert_string_not_equal(selected(&s), "checkout-api 1203");
	screen_close(&s);
}

static void a_zoom_that_is_typed_behind_a_jump_is_for_its_log(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 160);
	ui_filter(s.ui, "支付", true, &s.now); /* fails, and its detail is not read */
	press(&s, "! z");
	assert_int_equal(s.ui->intent, INTENT_FAILURE);
	assert_true(s.ui->zooms_on_arrival);
	assert_int_equal(s.ui->layout.body[PANE_LIST].cols, 26); /* the list was not meant */
	press(&s, "j");
	assert_int_equal(s.ui->intent, INTENT_NONE);
	assert_false(s.ui->zooms_on_arrival);
	ui_filter(s.ui, NULL, true, &s.now);
	press(&s, "! z");
	assert_true(s.ui->layout.log_full); /* it was there: as always */
	screen_close(&s);
}

static void the_end_of_a_long_history_asks_for_more(void **state)
{
	struct ui_request request;
	struct screen s;
	bool asked = false;

	(void)state;
	screen_open(&s, 160);
	world_take_history(s.store);
	go_to(&s, "checkout-api 1204");
	press(&s, "H G");
	while (ui_take_request(s.ui, &request))
		asked |= request.ask == ASK_MORE_RUNS && request.ref->id[REF_PIPELINE] &&
			 !request.ref->id[REF_RUN];
	assert_true(asked);
	screen_close(&s);
}

static void a_selected_pipeline_moves_on_to_its_newest_run(void **state)
{
	static const int cols[] = {80, 110, 160};
	struct screen s;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		screen_open(&s, cols[i]);
		go_to(&s, "checkout-api 1204");
		world_start_checkout(s.store);
		press(&s, "Ctrl+L");
		assert_string_equal(selected(&s), "checkout-api 1205");
		screen_close(&s);
	}
}

static void what_is_read_stays_though_a_newer_run_starts(void **state)
{
	static const int cols[] = {80, 110, 160};
	struct screen s;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		screen_open(&s, cols[i]);
		press(&s, "! q");
		assert_string_equal(selected(&s), "checkout-api 1204 / test / unit / run tests");
		world_start_checkout(s.store);
		press(&s, "Ctrl+L");
		assert_string_equal(selected(&s), "checkout-api 1204 / test / unit / run tests");
		assert_true(row_shows(&s, cols[i] == 110 ? "3 run" : "3 run tests"));
		screen_close(&s);
	}
}

static void the_log_that_is_read_is_pinned_until_a_jump(void **state)
{
	const struct ref *wanted;
	struct ref first = {{NULL}};
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	press(&s, "!");
	wanted = ui_wanted_log(s.ui, &s.now);
	assert_non_null(wanted);
	ref_copy(&first, wanted);
	world_start_checkout(s.store);
	ui_draw(s.ui, s.grid, &s.now);
	assert_true(ref_same(ui_wanted_log(s.ui, &s.now), &first));
	press(&s, "q F"); /* what runs: another log, or none until its run is read */
	wanted = ui_wanted_log(s.ui, &s.now);
	assert_true(!wanted || !ref_same(wanted, &first));
	ref_done(&first);
	screen_close(&s);
}

static void panes_are_entered_to_the_right_and_left_to_the_left(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 160);
	go_to(&s, "checkout-api 1204");
	press(&s, "Enter");
	assert_int_equal(s.ui->focus, PANE_RUNS);
	press(&s, "Enter");
	assert_int_equal(s.ui->focus, PANE_STAGES);
	assert_string_equal(selected(&s), "checkout-api 1204 / test / unit / run tests");
	press(&s, "Esc");
	assert_int_equal(s.ui->focus, PANE_RUNS);
	press(&s, "Esc");
	assert_int_equal(s.ui->focus, PANE_LIST);
	press(&s, "Esc h"); /* at the top nothing */
	assert_int_equal(s.ui->focus, PANE_LIST);
	press(&s, "4");
	assert_int_equal(s.ui->focus, PANE_LOG);
	press(&s, "Tab");
	assert_int_equal(s.ui->focus, PANE_LIST);
	press(&s, "Shift+Tab");
	assert_int_equal(s.ui->focus, PANE_LOG);
	screen_close(&s);
}

static void q_goes_back_until_the_top_and_quits_there(void **state)
{
	static const struct {
		int cols, presses;
	} cases[] = {{80, 2}, {110, 3}, {160, 3}};
	struct screen s;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < 3; i++) {
		screen_open(&s, cases[i].cols);
		press(&s, "!");
		for (k = 1; k < cases[i].presses; k++)
			assert_int_equal(press(&s, "q"), CMD_NONE);
		assert_int_equal(press(&s, "q"), CMD_QUIT_NOW);
		screen_close(&s);
	}
}

static void zoom_shows_one_pane_and_moving_on_ends_it(void **state)
{
	struct screen s;
	int pane;

	(void)state;
	screen_open(&s, 160);
	for (pane = 0; pane < PANE_LOG; pane++) {
		char key[2] = {(char)('1' + pane), '\0'};

		press(&s, key);
		press(&s, "z");
		assert_int_equal(s.ui->layout.body[pane].cols, 160);
		assert_int_equal(s.ui->layout.body[PANE_LOG].cols, 0);
		press(&s, "z");
		assert_true(s.ui->layout.body[PANE_LOG].cols > 0);
	}
	press(&s, "1 z Tab");
	assert_int_equal(s.ui->focus, PANE_RUNS);
	assert_true(s.ui->layout.body[PANE_LOG].cols > 0);
	press(&s, "4 z");
	assert_true(s.ui->layout.log_full);
	press(&s, "Enter");
	assert_false(s.ui->layout.log_full);
	screen_close(&s);
}

static void a_jump_leaves_the_rows_where_they_are(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	press(&s, "! q"); /* the failed step's pipeline stays in sight above it */
	assert_int_equal(s.ui->tree.views[VIEW_TREE].top, 0);
	assert_string_equal(selected(&s), "checkout-api 1204 / test / unit / run tests");
	screen_close(&s);
}

static void a_sub_pipeline_is_left_by_escape_and_forgotten_elsewhere(void **state)
{
	static const int cols[] = {80, 110, 160};
	struct screen s;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		screen_open(&s, cols[i]);
		go_to(&s, "release-train 239");
		press(&s, "F q");
		assert_string_equal(selected(&s), "release-train 239 / integration / integration / run search-index");
		press(&s, "Enter");
		assert_int_equal(s.ui->n_entered, 1);
		assert_int_equal(strncmp(selected(&s), "search-index 45", 15), 0);
		assert_true(ui_leave_child(s.ui, &s.now));
		ui_draw(s.ui, s.grid, &s.now);
		assert_string_equal(selected(&s), "release-train 239 / integration / integration / run search-index");
		press(&s, "Enter");
		assert_int_equal(s.ui->n_entered, 1);
		press(&s, "!"); /* somewhere else by another way */
		assert_int_equal(s.ui->n_entered, 0);
		screen_close(&s);
	}
}

static void auto_follow_goes_to_what_fails_and_ends_with_a_key(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	go_to(&s, "search-index 45");
	press(&s, "F q a");
	assert_true(s.ui->auto_follow);
	assert_string_equal(selected(&s), "search-index 45 / test / integration / pytest");
	press(&s, "j");
	assert_false(s.ui->auto_follow);
	screen_close(&s);
}

static void a_window_that_is_too_small_loses_nothing(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	press(&s, "! q");
	screen_size(&s, 1, 1);
	press(&s, "Ctrl+L");
	screen_size(&s, 7, 39);
	screen_size(&s, 30, 160);
	assert_string_equal(selected(&s), "checkout-api 1204 / test / unit / run tests");
	assert_true(row_shows(&s, "run tests"));
	screen_close(&s);
}

static void the_command_line_completes_commands_and_words(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	press(&s, ": m o Tab");
	assert_string_equal(s.ui->prompt->text, "mouse ");
	press(&s, "Tab");
	assert_string_equal(s.ui->prompt->text, "mouse on");
	press(&s, "Tab");
	assert_string_equal(s.ui->prompt->text, "mouse off");
	press(&s, "Tab"); /* and round to what was typed */
	assert_string_equal(s.ui->prompt->text, "mouse ");
	press(&s, "Shift+Tab");
	assert_string_equal(s.ui->prompt->text, "mouse off");
	press(&s, "Esc");
	assert_null(s.ui->prompt);
	screen_close(&s);
}

static void a_wrong_command_is_named_and_does_nothing(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	press(&s, ": x y z z y Enter");
	assert_non_null(strstr(s.ui->message, "xyzzy"));
	press(&s, ": m o u s e Space m a y b e Enter");
	assert_non_null(strstr(s.ui->message, "maybe"));
	assert_int_equal(press(&s, ": q Enter"), CMD_QUIT_NOW);
	screen_close(&s);
}

static void help_is_searched_and_left(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	press(&s, "?");
	assert_true(s.ui->page.open);
	press(&s, "/ h i s t o r y");
	assert_true(s.ui->page.searching);
	press(&s, "Enter Esc"); /* all lines again */
	assert_true(s.ui->page.open);
	assert_int_equal(press(&s, "q"), CMD_NONE);
	assert_false(s.ui->page.open);
	screen_close(&s);
}

static void mouse(struct screen *s, enum mouse_act act, int row, int col)
{
	struct key key = {.code = KEY_CODE_MOUSE, .mouse = (uint8_t)act, .row = (short)row, .col = (short)col};

	ui_key(s->ui, &key, NULL, &s->now);
	ui_draw(s->ui, s->grid, &s->now);
}

static void a_click_selects_and_on_the_selection_opens(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 160);
	mouse(&s, MOUSE_LEFT, 4, 5); /* the third pipeline */
	assert_string_equal(selected(&s), "checkout-api 1204");
	assert_int_equal(s.ui->focus, PANE_LIST);
	mouse(&s, MOUSE_LEFT, 4, 5);
	assert_int_equal(s.ui->focus, PANE_RUNS);
	mouse(&s, MOUSE_LEFT, 2, 60);
	assert_int_equal(s.ui->focus, PANE_STAGES);
	assert_string_equal(selected(&s), "checkout-api 1204 / build");
	mouse(&s, MOUSE_LEFT, 10, 150);
	assert_int_equal(s.ui->focus, PANE_LOG);
	mouse(&s, MOUSE_LEFT, 28, 5); /* below the last row: nothing */
	mouse(&s, MOUSE_LEFT, 0, 5);
	assert_string_equal(selected(&s), "checkout-api 1204 / build");
	screen_close(&s);
}

static void the_wheel_moves_what_it_is_over_and_no_prompt_is_left_by_it(void **state)
{
	struct screen s;
	char before[300];

	(void)state;
	screen_open(&s, 160);
	press(&s, "g");
	snprintf(before, sizeof(before), "%s", selected(&s));
	mouse(&s, MOUSE_WHEEL_DOWN, 5, 5);
	assert_string_not_equal(selected(&s), before);
	mouse(&s, MOUSE_WHEEL_UP, 5, 5);
	assert_string_equal(selected(&s), before);
	press(&s, "/ a");
	mouse(&s, MOUSE_LEFT, 6, 5);
	assert_non_null(s.ui->prompt);
	screen_close(&s);
}

static void what_a_view_says_comes_back(void **state)
{
	struct screen s;
	struct buf view, again;

	(void)state;
	buf_init(&view, BUF_MAX);
	buf_init(&again, BUF_MAX);
	screen_open(&s, 160);
	press(&s, "> > i / c h e c k Enter");
	ui_view_get(s.ui, &view);
	press(&s, "Esc < < i");
	ui_view_set(s.ui, view.data, &s.now);
	ui_view_get(s.ui, &again);
	assert_string_equal(again.data, view.data);
	assert_non_null(strstr(view.data, "filter=check"));
	assert_non_null(strstr(view.data, "inverted=yes"));
	ui_draw(s.ui, s.grid, &s.now);
	assert_int_equal(roster_shown(s.ui->tree.roster), 1);
	ui_view_set(s.ui, "nonsense\nsort=no such column\nfuture=yes\n", &s.now);
	ui_draw(s.ui, s.grid, &s.now);
	assert_true(roster_shown(s.ui->tree.roster) > 5);
	buf_done(&view);
	buf_done(&again);
	screen_close(&s);
}

static void a_mark_stays_with_its_pipeline_and_can_be_shown_alone(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 160);
	go_to(&s, "search-index 45");
	press(&s, "Space");
	assert_true(row_shows(&s, "*") || roster_mark_count(s.ui->tree.roster) == 1);
	press(&s, "> i");
	press(&s, ": m a r k e d Enter");
	assert_int_equal(roster_shown(s.ui->tree.roster), 1);
	press(&s, "g");
	assert_string_equal(selected(&s), "search-index 45");
	press(&s, ": u n m a r k Enter");
	assert_true(roster_shown(s.ui->tree.roster) > 5);
	screen_close(&s);
}

static void a_wrong_filter_is_refused_and_a_right_one_asks_the_server(void **state)
{
	struct ui_request request;
	struct screen s;
	bool asked = false;

	(void)state;
	screen_open(&s, 80);
	press(&s, "/ s t a t e : f o o Enter");
	assert_true(s.ui->message_bad);
	assert_non_null(strstr(s.ui->message, "foo"));
	while (ui_take_request(s.ui, &request))
		;
	press(&s, "/ Ctrl+U s t a t e : f a i l e d Enter");
	while (ui_take_request(s.ui, &request))
		asked |= request.ask == ASK_FIND && text_same(request.text, "state:failed");
	assert_true(asked);
	assert_int_equal(roster_shown(s.ui->tree.roster), 2);
	screen_close(&s);
}

static bool is_checkout(void *self, const char *project_id, const char *pipeline_id)
{
	(void)self;
	return strcmp(project_id, WORLD_PROJECT) == 0 && pipeline_id[strlen(pipeline_id) - 1] == '2';
}

static void what_only_the_server_knows_shows_what_it_found(void **state)
{
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	press(&s, "/ b a n n e d : y e s Enter");
	assert_true(roster_shown(s.ui->tree.roster) > 5); /* until it has answered */
	ui_set_found(s.ui, is_checkout, NULL);
	ui_draw(s.ui, s.grid, &s.now);
	assert_int_equal(roster_shown(s.ui->tree.roster), 1);
	ui_set_found(s.ui, NULL, NULL);
	press(&s, "Esc");
	assert_true(roster_shown(s.ui->tree.roster) > 5);
	screen_close(&s);
}

static void copying_goes_round_id_name_and_url(void **state)
{
	static const enum ui_ask want[] = {ASK_COPY_ID, ASK_COPY_NAME, ASK_COPY_URL, ASK_COPY_ID};
	struct ui_request request;
	struct screen s;
	size_t i;

	(void)state;
	screen_open(&s, 80);
	for (i = 0; i < 4; i++) {
		press(&s, "y");
		assert_true(ui_take_request(s.ui, &request));
		assert_int_equal(request.ask, want[i]);
	}
	press(&s, "j y");
	assert_true(ui_take_request(s.ui, &request));
	assert_int_equal(request.ask, ASK_COPY_ID);
	screen_close(&s);
}

static const char *const *theme_words(void *self, enum ui_words kind, size_t *n)
{
	static const char *const themes[] = {"dark", "light"};

	(void)self;
	*n = kind == WORDS_THEMES ? 2 : 0;
	return themes;
}

static void a_theme_that_was_only_tried_is_taken_back(void **state)
{
	struct ui_request request;
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	s.ui->options.words = theme_words;
	press(&s, ": t h e m e Space Tab");
	assert_true(ui_take_request(s.ui, &request));
	assert_int_equal(request.ask, ASK_THEME_TRY);
	assert_string_equal(request.text, "dark");
	press(&s, "Esc");
	assert_true(ui_take_request(s.ui, &request));
	assert_int_equal(request.ask, ASK_THEME);
	assert_null(request.text); /* the one that was before */
	press(&s, ": t h e m e Space Tab Enter");
	while (ui_take_request(s.ui, &request) && request.ask != ASK_THEME)
		;
	assert_string_equal(request.text, "dark");
	screen_close(&s);
}

static void the_first_start_is_left_for_the_demo_or_for_good(void **state)
{
	struct ui_request request;
	struct screen s;

	(void)state;
	screen_open(&s, 80);
	ui_page_open(s.ui, "Welcome", 15);
	ui_page_add(s.ui, "a token", "--token-file FILE");
	ui_page_is_first_start(s.ui);
	assert_int_equal(press(&s, "j k"), CMD_NONE);
	press(&s, "d");
	assert_true(ui_take_request(s.ui, &request));
	assert_int_equal(request.ask, ASK_DEMO);
	assert_int_equal(press(&s, "q"), CMD_QUIT_NOW);
	screen_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_selection_is_the_same_thing_at_every_width),
		cmocka_unit_test(an_older_run_stays_selected_where_runs_have_no_pane),
		cmocka_unit_test(what_was_chosen_in_the_stages_has_a_row_in_the_tree),
		cmocka_unit_test(folds_are_kept_through_other_layouts),
		cmocka_unit_test(history_opens_and_closes_with_one_key),
		cmocka_unit_test(history_that_comes_later_is_gone_to_when_it_is_there),
		cmocka_unit_test(a_zoom_that_is_typed_behind_a_jump_is_for_its_log),
		cmocka_unit_test(the_end_of_a_long_history_asks_for_more),
		cmocka_unit_test(a_selected_pipeline_moves_on_to_its_newest_run),
		cmocka_unit_test(what_is_read_stays_though_a_newer_run_starts),
		cmocka_unit_test(the_log_that_is_read_is_pinned_until_a_jump),
		cmocka_unit_test(panes_are_entered_to_the_right_and_left_to_the_left),
		cmocka_unit_test(q_goes_back_until_the_top_and_quits_there),
		cmocka_unit_test(zoom_shows_one_pane_and_moving_on_ends_it),
		cmocka_unit_test(a_jump_leaves_the_rows_where_they_are),
		cmocka_unit_test(a_sub_pipeline_is_left_by_escape_and_forgotten_elsewhere),
		cmocka_unit_test(auto_follow_goes_to_what_fails_and_ends_with_a_key),
		cmocka_unit_test(a_window_that_is_too_small_loses_nothing),
		cmocka_unit_test(the_command_line_completes_commands_and_words),
		cmocka_unit_test(a_wrong_command_is_named_and_does_nothing),
		cmocka_unit_test(help_is_searched_and_left),
		cmocka_unit_test(a_click_selects_and_on_the_selection_opens),
		cmocka_unit_test(the_wheel_moves_what_it_is_over_and_no_prompt_is_left_by_it),
		cmocka_unit_test(what_a_view_says_comes_back),
		cmocka_unit_test(a_mark_stays_with_its_pipeline_and_can_be_shown_alone),
		cmocka_unit_test(a_wrong_filter_is_refused_and_a_right_one_asks_the_server),
		cmocka_unit_test(what_only_the_server_knows_shows_what_it_found),
		cmocka_unit_test(copying_goes_round_id_name_and_url),
		cmocka_unit_test(a_theme_that_was_only_tried_is_taken_back),
		cmocka_unit_test(the_first_start_is_left_for_the_demo_or_for_good),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
