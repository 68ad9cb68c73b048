/* SPDX-License-Identifier: MIT */
/*
 * The box that is asked in before anything changes: what opens it, that `y` alone is yes and only once
 * the box was on the screen, what closes it by itself, and what is told of the actions that go on
 * without it. No network: the program's part is played here.
 */
#include "test.h"

#include <locale.h>
#include <stdlib.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "ui/dialog.h"
#include "ui/grid.h"
#include "ui/ui.h"
#include "world.h"

struct screen {
	struct store *store;
	struct ui *ui;
	struct grid *grid;
	struct ui_status status;
	struct ui_now now;
};

static void screen_open(struct screen *s, int rows, int cols, bool utf8, bool read_only)
{
	*s = (struct screen){.store = store_new(), .grid = grid_new(rows, cols)};
	s->ui = ui_new(&(struct ui_options){.store = s->store, .place = "shop@cn-north-4", .utf8 = utf8,
					    .read_only = read_only});
	grid_set_utf8(s->grid, utf8);
	ui_resize(s->ui, rows, cols);
	s->status = (struct ui_status){.badge = "LIVE", .age_ms = 4000, .used = 12, .allowed = 120, .loaded = true};
	ui_set_status(s->ui, &s->status);
	s->now = (struct ui_now){.now_ms = 5000, .wall_ms = WORLD_NOW, .server_ms = WORLD_NOW};
	world_fill(s->store);
}

static void screen_close(struct screen *s)
{
	ui_free(s->ui);
	store_free(s->store);
	grid_free(s->grid);
}

static void open80(struct screen *s)
{
	screen_open(s, 24, 80, true, false);
}

/* A frame, which the terminal takes. */
static void frame(struct screen *s)
{
	ui_draw(s->ui, s->grid, &s->now);
	ui_shown(s->ui);
}

static enum command one_key(struct screen *s, const char *name)
{
	struct key key;

	assert_true(key_parse(name, &key));
	return ui_key(s->ui, &key, NULL, &s->now);
}

/* Keys as the table names them, with a frame after each. */
static void press(struct screen *s, const char *names)
{
	char name[32];
	int used;

	frame(s);
	for (; sscanf(names, "%31s%n", name, &used) == 1; names += used) {
		one_key(s, name);
		frame(s);
	}
}

static void type(struct screen *s, const char *text)
{
	size_t used;

	for (; *text; text += used)
		ui_key(s->ui, &(struct key){.code = text_decode(text, strlen(text), &used)}, NULL, &s->now);
}

static void go_to(struct screen *s, const char *name)
{
	press(s, "/");
	type(s, name);
	press(s, "Enter g Esc");
}

static const char *dump(struct screen *s)
{
	static struct buf text;

	frame(s);
	buf_done(&text);
	buf_init(&text, BUF_MAX);
	grid_dump(s->grid, false, &text);
	return text.data;
}

static void assert_shows(struct screen *s, const char *text)
{
	const char *screen = dump(s);

	if (!strstr(screen, text)) {
		print_error("%s", screen);
		fail_msg("\"%s\" is not on the screen", text);
	}
}

static void assert_hides(struct screen *s, const char *text)
{
	const char *screen = dump(s);

	if (strstr(screen, text))
		fail_msg("\"%s\" is on the screen:\n%s", text, screen);
}

static const char *const asks = "every other key means no";

/* What the program is asked for now; false: nothing. */
static bool take(struct screen *s, struct ui_act *out)
{
	struct ui_request request;

	while (ui_take_request(s->ui, &request))
		if (request.ask == ASK_ACT) {
			assert_non_null(request.act);
			*out = *request.act;
			return true;
		}
	return false;
}

static void assert_nothing_is_asked_for(struct screen *s)
{
	struct ui_act act;

	assert_false(take(s, &act));
	assert_int_equal(ui_acts_open(s->ui), 0);
}

/* ---- yes and no ---- */

static void y_does_it_once(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	go_to(&s, "checkout");
	press(&s, "R");
	assert_shows(&s, "The run goes on from what failed.");
	assert_shows(&s, asks);
	assert_nothing_is_asked_for(&s);
	press(&s, "y");
	assert_true(take(&s, &act));
	assert_int_equal(act.act, ACT_RETRY);
	assert_string_equal(act.pipeline_name, "checkout-api");
	assert_int_equal(act.run_number, 1204);
	assert_int_equal(act.shown->run, STATE_FAILED);
	assert_int_equal(ref_depth(act.ref), REF_RUN + 1);
	press(&s, "y y");
	assert_false(take(&s, &act));
	screen_close(&s);
}

static void is_no(struct screen *s, const struct key *key, const char *paste)
{
	struct ui_act act;

	go_to(s, "checkout");
	press(s, "R");
	assert_shows(s, asks);
	ui_key(s->ui, key, paste, &s->now);
	assert_hides(s, asks);
	assert_false(take(s, &act));
	assert_int_equal(ui_acts_open(s->ui), 0);
	press(s, "Esc Esc q Esc"); /* whatever else it did */
}

static void every_key_but_y_means_no(void **state)
{
	static const uint32_t special[] = {KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_LEFT, KEY_CODE_RIGHT, KEY_CODE_HOME,
					   KEY_CODE_END, KEY_CODE_PGUP, KEY_CODE_PGDN, KEY_CODE_INSERT,
					   KEY_CODE_DELETE, KEY_CODE_ENTER, KEY_CODE_TAB, KEY_CODE_BACKTAB,
					   KEY_CODE_BACKSPACE, KEY_CODE_ESC, KEY_CODE_MOUSE, KEY_CODE_PASTE, 0x443,
					   0x8D3, 0x1F600, 0x10FFFF};
	struct screen s;
	uint32_t code;
	size_t i;

	open80(&s);
	for (code = 0; code < 0x180; code++)
		for (i = 0; i < 2; i++)
			if (code != 'y' || i == 1)
				is_no(&s, &(struct key){.code = code, .alt = i == 1}, NULL);
	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		is_no(&s, &(struct key){.code = special[i]}, "y");
	for (code = KEY_CODE_F1; code <= KEY_CODE_F12; code++)
		is_no(&s, &(struct key){.code = code}, NULL);
	screen_close(&s);
}

static void every_key_of_the_table_means_no(void **state)
{
	const struct command_info *table;
	struct screen s;
	size_t n, i;

	open80(&s);
	table = command_table(&n);
	for (i = 0; i < n; i++) {
		const char *keys = table[i].keys;
		char name[32];
		int used;
		struct key key;

		for (; sscanf(keys, "%31s%n", name, &used) == 1; keys += used) {
			assert_true(key_parse(name, &key));
			if (key.code != 'y')
				is_no(&s, &key, NULL);
		}
	}
	screen_close(&s);
}

static void a_paste_means_no_even_if_it_is_a_y(void **state)
{
	static const char *const pastes[] = {"y", "y\n", "yyyy", "", "Ry"};
	struct screen s;
	size_t i;

	open80(&s);
	for (i = 0; i < sizeof(pastes) / sizeof(pastes[0]); i++)
		is_no(&s, &(struct key){.code = KEY_CODE_PASTE}, pastes[i]);
	press(&s, "R");
	ui_key(s.ui, &(struct key){.code = KEY_CODE_PASTE}, "y", &s.now);
	assert_shows(&s, "nothing was done");
	screen_close(&s);
}

static void a_resize_means_no(void **state)
{
	struct screen s;

	open80(&s);
	go_to(&s, "checkout");
	press(&s, "R");
	grid_resize(s.grid, 30, 90);
	ui_resize(s.ui, 30, 90);
	assert_hides(&s, asks);
	assert_shows(&s, "nothing was done");
	press(&s, "y");
	assert_nothing_is_asked_for(&s);
	screen_close(&s);
}

static void what_is_pressed_everywhere_means_no_and_does_its_own(void **state)
{
	struct screen s;

	open80(&s);
	go_to(&s, "checkout");
	press(&s, "R");
	assert_int_equal(one_key(&s, "Ctrl+L"), CMD_REPAINT);
	assert_hides(&s, asks);
	press(&s, "R");
	assert_int_equal(one_key(&s, "Ctrl+C"), CMD_QUIT_NOW);
	assert_nothing_is_asked_for(&s);
	screen_close(&s);
}

static void a_y_counts_once_the_terminal_has_the_box(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	go_to(&s, "checkout");
	one_key(&s, "R");
	one_key(&s, "y"); /* in one read with the key that opened it */
	assert_nothing_is_asked_for(&s);
	ui_draw(s.ui, s.grid, &s.now);
	one_key(&s, "y"); /* the terminal stalls: nobody has seen it */
	assert_nothing_is_asked_for(&s);
	ui_shown(s.ui);
	one_key(&s, "y");
	assert_true(take(&s, &act));
	screen_close(&s);
}

static void a_frame_from_before_does_not_count(void **state)
{
	struct screen s;

	open80(&s);
	go_to(&s, "checkout");
	one_key(&s, "R");
	ui_shown(s.ui); /* of the last frame, which has no box */
	one_key(&s, "y");
	assert_nothing_is_asked_for(&s);
	screen_close(&s);
}

static void held_keys_do_it_once_at_most(void **state)
{
	static const char *const keys[] = {"R", "S", "A", "X", "y"};
	struct ui_act act;
	struct screen s;
	size_t i, n = 0;
	int k;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		open80(&s);
		go_to(&s, "checkout");
		for (k = 0; k < 50; k++)
			press(&s, keys[i]);
		assert_nothing_is_asked_for(&s);
		screen_close(&s);
	}
	open80(&s);
	go_to(&s, "checkout");
	press(&s, "R R R");
	for (k = 0; k < 50; k++) {
		press(&s, k % 2 ? "R" : "y");
		n += take(&s, &act);
	}
	assert_int_equal(n, 1); /* the second one is refused while the first is open */
	screen_close(&s);
}

/* ---- what it is bound to ---- */

static void other_rows_may_come_and_go_under_it(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	go_to(&s, "checkout");
	press(&s, "R");
	world_fail_running(s.store); /* search-index fails: the list is sorted anew */
	assert_shows(&s, asks);
	press(&s, "y");
	assert_true(take(&s, &act));
	assert_string_equal(act.pipeline_name, "checkout-api");
	screen_close(&s);
}

/* The first row is selected whatever it is, until something was asked about it: then the next key means that too. */
static void what_was_asked_about_stays_selected(void **state)
{
	struct ref asked = {{NULL}};
	struct screen s;

	open80(&s);
	press(&s, "A");
	assert_shows(&s, asks);
	press(&s, "x");
	ref_copy(&asked, ui_selection(s.ui));
	ref_cut(&asked, REF_PIPELINE + 1);
	world_pass_gate(s.store); /* another row comes first */
	press(&s, "w");
	assert_true(ref_within(ui_selection(s.ui), &asked));
	ref_done(&asked);
	screen_close(&s);
}

static void a_run_that_changes_closes_it(void **state)
{
	struct screen s;

	open80(&s);
	go_to(&s, "search-index");
	press(&s, "S");
	assert_shows(&s, "The run is stopped");
	world_fail_running(s.store);
	assert_hides(&s, asks);
	assert_shows(&s, "it was running and is failed");
	assert_shows(&s, "nothing was done");
	press(&s, "y");
	assert_hides(&s, "nothing was done");
	assert_nothing_is_asked_for(&s);
	screen_close(&s);
}

static void it_is_looked_at_again_before_the_y_counts(void **state)
{
	struct screen s;

	open80(&s);
	go_to(&s, "search-index");
	press(&s, "S");
	world_fail_running(s.store); /* and no frame was drawn since */
	one_key(&s, "y");
	assert_nothing_is_asked_for(&s);
	assert_shows(&s, "nothing was done");
	screen_close(&s);
}

static void offline_it_does_not_open(void **state)
{
	struct screen s;

	open80(&s);
	go_to(&s, "checkout");
	s.status.cut_off = true;
	s.status.age_ms = 180000;
	ui_set_status(s.ui, &s.status);
	press(&s, "R");
	assert_hides(&s, asks);
	assert_shows(&s, "the data is 3m old");
	screen_close(&s);
}

static void going_offline_with_it_open_refuses_the_y(void **state)
{
	struct screen s;

	open80(&s);
	go_to(&s, "checkout");
	press(&s, "R");
	s.status.cut_off = true;
	ui_set_status(s.ui, &s.status);
	press(&s, "y");
	assert_nothing_is_asked_for(&s);
	assert_shows(&s, "out of reach");
	screen_close(&s);
}

static void stale_data_are_no_reason_not_to(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	s.now.stale = true;
	go_to(&s, "checkout");
	press(&s, "R y");
	assert_true(take(&s, &act));
	screen_close(&s);
}

static void read_only_has_none_of_the_keys(void **state)
{
	static const char *const keys[] = {"R", "S", "A", "X"};
	struct screen s;
	size_t i;

	screen_open(&s, 60, 80, true, true);
	assert_hides(&s, "R retry");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		go_to(&s, i < 2 ? "checkout" : "deploy-prod");
		press(&s, keys[i]);
		assert_hides(&s, asks);
		assert_shows(&s, "does nothing: read-only");
	}
	assert_nothing_is_asked_for(&s);
	press(&s, "?");
	assert_hides(&s, "asks first");
	screen_close(&s);
}

/* ---- nearest ---- */

static const char *selected_pipeline(struct screen *s)
{
	const struct ref *ref = ui_selection(s->ui);
	const struct pipeline *p = store_pipeline(s->store, ref->id[REF_PROJECT], ref->id[REF_PIPELINE]);

	return p ? p->name : "";
}

static void where_nothing_fits_the_selection_goes_to_the_nearest_that_does(void **state)
{
	static const struct {
		int cols;
		const char *from, *key, *to, *says;
	} rows[] = {
		{80, "docs-site", "R", "a-rather-long-name-that-does-not-fit-in-eighty-columns-at-all", "nearest run"},
		{80, "flaky-e2e", "R", "支付网关-每日构建", "nearest run that can be retried"},
		{80, "checkout", "S", "商城-生产发布", "nearest run that can be stopped"},
		{80, "docs-site", "A", "商城-生产发布", "no gate to approve there"},
		{80, "checkout", "X", "商城-生产发布", "no gate to reject there"},
		{110, "flaky-e2e", "R", "支付网关-每日构建", "nearest run that can be retried"},
		{140, "docs-site", "A", "商城-生产发布", "no gate to approve there"},
	};
	struct screen s;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		screen_open(&s, 30, rows[i].cols, true, false);
		go_to(&s, rows[i].from);
		press(&s, rows[i].key);
		assert_hides(&s, asks);
		assert_shows(&s, rows[i].says);
		assert_string_equal(selected_pipeline(&s), rows[i].to);
		assert_nothing_is_asked_for(&s);
		press(&s, rows[i].key); /* and there it fits */
		assert_shows(&s, asks);
		screen_close(&s);
	}
}

static void of_several_gates_the_first_is_gone_to(void **state)
{
	struct ui_act act;
	struct screen s;

	open80(&s);
	world_two_gates(s.store);
	go_to(&s, "search-index");
	press(&s, "A");
	assert_hides(&s, asks);
	assert_shows(&s, "2 gates are open there: this is the first");
	press(&s, "A"); /* a gate's own row: that gate */
	assert_shows(&s, "manual review: prepare");
	press(&s, "n j A y");
	assert_true(take(&s, &act));
	assert_string_equal(act.step_name, "pytest");
	screen_close(&s);
}

static void nowhere_is_said(void **state)
{
	struct screen s;

	open80(&s);
	press(&s, "/");
	type(&s, "docs-site|never-run");
	press(&s, "Enter g");
	press(&s, "R");
	assert_shows(&s, "none of the listed runs can be retried");
	assert_string_equal(selected_pipeline(&s), "docs-site");
	screen_close(&s);
}

/* ---- marks ---- */

static void mark(struct screen *s, const char *name)
{
	go_to(s, name);
	press(s, "Space");
}

static void marked_rows_are_asked_about_together(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	mark(&s, "checkout");
	mark(&s, "支付网关");
	mark(&s, "docs-site");
	go_to(&s, "search-index");
	press(&s, "R");
	assert_shows(&s, "The selected row is not one of them.");
	assert_shows(&s, "1 left out:");
	assert_shows(&s, "only a failed or stopped");
	press(&s, "y");
	assert_true(take(&s, &act));
	assert_string_equal(act.pipeline_name, "checkout-api");
	assert_true(take(&s, &act));
	assert_string_equal(act.pipeline_name, "支付网关-每日构建");
	assert_false(take(&s, &act));
	assert_int_equal(ui_acts_open(s.ui), 2);
	screen_close(&s);
}

static void the_marked_end_on_one_page_and_stay_marked(void **state)
{
	struct screen s;
	struct ui_act one, two;
	struct ui_look look;

	open80(&s);
	mark(&s, "checkout");
	mark(&s, "支付网关");
	mark(&s, "docs-site");
	press(&s, "R y");
	assert_true(take(&s, &one));
	assert_true(take(&s, &two));
	ui_act_phase(s.ui, one.id, "reading it afresh");
	assert_shows(&s, "reading it afresh");
	ui_act_over(s.ui, one.id, UI_DONE, "checkout-api 1204: runs again");
	assert_shows(&s, "goes on all the same");
	ui_act_over(s.ui, two.id, UI_NOT_DONE, "88: a colleague was faster");
	assert_shows(&s, "Retry: 1 done, 1 not done");
	assert_shows(&s, "done: checkout-api 1204: runs again");
	assert_shows(&s, "not done: 88: a colleague was faster");
	assert_shows(&s, "left out: only a failed or stopped");
	press(&s, "q");
	ui_look(s.ui, &look, &s.now);
	assert_int_equal(look.n_marked, 3);
	assert_int_equal(ui_acts_open(s.ui), 0);
	screen_close(&s);
}

static void marks_that_all_do_not_fit_are_said(void **state)
{
	struct screen s;

	open80(&s);
	mark(&s, "docs-site");
	mark(&s, "never-run");
	press(&s, "A");
	assert_hides(&s, asks);
	assert_shows(&s, "none of the 2 marked pipelines");
	screen_close(&s);
}

static void a_change_of_one_marked_run_closes_the_box(void **state)
{
	struct screen s;

	open80(&s);
	mark(&s, "search-index");
	mark(&s, "flaky");
	press(&s, "S");
	assert_shows(&s, "2 of 2 marked pipelines");
	world_fail_running(s.store);
	assert_hides(&s, asks);
	assert_shows(&s, "search-index 45");
	screen_close(&s);
}

/* ---- others' boxes ---- */

static int freed;

static void free_load(void *load)
{
	freed++;
	mem_free(load);
}

static void open_own(struct screen *s, size_t n)
{
	static char ids[DIALOG_TARGETS_MAX][16];
	static struct ref refs[DIALOG_TARGETS_MAX];
	struct dialog_target targets[DIALOG_TARGETS_MAX];
	const struct dialog_line lines[] = {{"project", "shop"}, {"template", "java-构建"}, {NULL, "It is gone for good."}};
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(ids[i], sizeof(ids[i]), "t%zu", i);
		ref_set(&refs[i], REF_PROJECT, WORLD_PROJECT);
		ref_set(&refs[i], REF_PIPELINE, ids[i]);
		targets[i] = (struct dialog_target){.ref = &refs[i], .name = ids[i], .line = "a template"};
	}
	ui_confirm(s->ui, &(struct dialog_ask){.act = ACT_TEMPLATE_DELETE, .what = "The template is deleted.",
					       .lines = lines, .n_lines = 3, .targets = targets, .n_targets = n,
					       .load = mem_strdup("load"), .free_load = free_load});
	for (i = 0; i < n; i++)
		ref_done(&refs[i]);
}

static void whoever_asks_has_the_same_box(void **state)
{
	struct screen s;
	struct ui_act act;

	freed = 0;
	open80(&s);
	open_own(&s, 1);
	assert_shows(&s, "The template is deleted.");
	assert_shows(&s, "java-构建");
	press(&s, "n");
	assert_nothing_is_asked_for(&s);
	assert_int_equal(freed, 1);
	open_own(&s, 1);
	press(&s, "y");
	assert_true(take(&s, &act));
	assert_int_equal(act.act, ACT_TEMPLATE_DELETE);
	assert_string_equal(act.load, "load");
	ui_act_over(s.ui, act.id, UI_DONE, "t0: deleted");
	assert_shows(&s, "t0: deleted");
	assert_int_equal(freed, 1);
	press(&s, "Esc");
	assert_int_equal(freed, 2);
	open_own(&s, 1);
	screen_close(&s);
	assert_int_equal(freed, 3);
}

static void four_at_a_time_are_begun(void **state)
{
	struct screen s;
	struct ui_act act[DIALOG_AT_ONCE], more;
	size_t i, n = DIALOG_AT_ONCE;

	open80(&s);
	open_own(&s, 40);
	assert_shows(&s, "more");
	press(&s, "y");
	for (i = 0; i < DIALOG_AT_ONCE; i++)
		assert_true(take(&s, &act[i]));
	assert_false(take(&s, &more));
	assert_int_equal(ui_acts_open(s.ui), 40);
	press(&s, "j");
	assert_hides(&s, "waits for its turn");
	for (i = 0; i < DIALOG_AT_ONCE; i++)
		ui_act_over(s.ui, act[i].id, i ? UI_DONE : UI_UNKNOWN, "t: whatever");
	while (take(&s, &more)) {
		n++;
		ui_act_over(s.ui, more.id, UI_DONE, "t: deleted");
	}
	assert_int_equal(n, 40);
	assert_shows(&s, "Delete template: 39 done, 1 unknown");
	screen_close(&s);
}

static void more_than_can_be_read_is_refused(void **state)
{
	struct screen s;
	struct dialog_target targets[DIALOG_TARGETS_MAX + 1] = {{.name = "x"}};

	open80(&s);
	assert_false(ui_confirm(s.ui, &(struct dialog_ask){.act = ACT_BAN, .targets = targets,
							   .n_targets = DIALOG_TARGETS_MAX + 1}));
	assert_hides(&s, asks);
	screen_close(&s);
}

/* ---- afterwards ---- */

static void retry_checkout(struct screen *s, struct ui_act *act)
{
	go_to(s, "checkout");
	press(s, "R y");
	assert_true(take(s, act));
}

static void the_box_shows_what_it_does_and_how_it_ended(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	retry_checkout(&s, &act);
	assert_shows(&s, "checkout-api 1204");
	ui_act_phase(s.ui, act.id, "sending");
	assert_shows(&s, "sending");
	ui_act_over(s.ui, act.id, UI_NOT_DONE, "checkout-api 1204: somebody else was faster");
	assert_shows(&s, "not done");
	assert_shows(&s, "somebody else was faster");
	press(&s, "j");
	assert_hides(&s, "somebody else was faster");
	screen_close(&s);
}

static void what_ends_with_the_box_closed_is_a_message_until_a_key(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	retry_checkout(&s, &act);
	press(&s, "Esc");
	assert_hides(&s, "any key closes");
	ui_act_over(s.ui, act.id, UI_UNKNOWN, "checkout-api 1204: it is not known whether it runs again");
	ui_message(s.ui, false, "something less important");
	assert_shows(&s, "it is not known whether");
	press(&s, "j");
	assert_hides(&s, "it is not known whether");
	screen_close(&s);
}

static void an_end_that_comes_just_before_the_closing_key_is_told(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	retry_checkout(&s, &act);
	ui_act_over(s.ui, act.id, UI_UNKNOWN, "checkout-api 1204: it is not known whether it runs again");
	one_key(&s, "Esc"); /* no frame has shown the end yet */
	assert_hides(&s, "any key closes");
	assert_shows(&s, "it is not known whether");
	screen_close(&s);
}

static void every_end_is_told_one_after_the_other(void **state)
{
	struct screen s;
	struct ui_act one, two;

	open80(&s);
	retry_checkout(&s, &one);
	press(&s, "Esc");
	go_to(&s, "search-index");
	press(&s, "S y");
	assert_true(take(&s, &two));
	press(&s, "Esc");
	ui_act_over(s.ui, one.id, UI_NOT_DONE, "the first");
	ui_act_over(s.ui, two.id, UI_NOT_DONE, "the second");
	assert_shows(&s, "the first");
	press(&s, "j");
	assert_shows(&s, "the second");
	press(&s, "j");
	assert_hides(&s, "the second");
	screen_close(&s);
}

static void one_run_has_one_action_at_a_time(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	retry_checkout(&s, &act);
	ui_act_phase(s.ui, act.id, "checking");
	press(&s, "Esc R");
	assert_hides(&s, asks);
	assert_shows(&s, "checkout-api 1204: an action on it is still open (Retry: checking)");
	ui_act_over(s.ui, act.id, UI_NOT_DONE, "refused");
	press(&s, "j k R");
	assert_shows(&s, asks);
	screen_close(&s);
}

static void a_late_report_is_nobodys(void **state)
{
	struct screen s;
	struct ui_act act;

	open80(&s);
	retry_checkout(&s, &act);
	ui_act_over(s.ui, act.id, UI_DONE, "once");
	press(&s, "Esc");
	ui_act_phase(s.ui, act.id, "sending");
	ui_act_over(s.ui, act.id, UI_DONE, "twice");
	ui_act_over(s.ui, 4711, UI_DONE, "never asked");
	assert_hides(&s, "twice");
	assert_hides(&s, "never asked");
	screen_close(&s);
}

/* ---- quitting ---- */

static void quitting_with_an_answer_open_asks_once(void **state)
{
	struct screen s;

	open80(&s);
	assert_int_equal(one_key(&s, "q"), CMD_QUIT_NOW);
	assert_false(ui_may_leave(s.ui, "an action is unanswered"));
	assert_shows(&s, "an action is unanswered");
	assert_int_equal(one_key(&s, "j"), CMD_NONE);
	assert_hides(&s, "an action is unanswered");
	assert_int_equal(one_key(&s, "j"), CMD_NONE); /* it is not forgotten that the answer was no */
	assert_int_equal(one_key(&s, "q"), CMD_QUIT_NOW);
	assert_false(ui_may_leave(s.ui, "an action is unanswered"));
	assert_int_equal(one_key(&s, "y"), CMD_NONE); /* not seen yet */
	frame(&s);
	assert_int_equal(one_key(&s, "y"), CMD_QUIT_NOW);
	assert_true(ui_may_leave(s.ui, "an action is unanswered"));
	screen_close(&s);
}

static void interrupting_twice_quits_at_once(void **state)
{
	struct screen s;

	open80(&s);
	frame(&s);
	assert_int_equal(one_key(&s, "Ctrl+C"), CMD_QUIT_NOW);
	assert_false(ui_may_leave(s.ui, "an action is unanswered"));
	assert_int_equal(one_key(&s, "Ctrl+C"), CMD_QUIT_NOW); /* in one read: no frame between */
	assert_true(ui_may_leave(s.ui, "an action is unanswered"));
	screen_close(&s);
}

/* ---- golden screens ---- */

static void shot_retry(struct screen *s)
{
	go_to(s, "checkout");
	press(s, "R");
}

static void shot_stop(struct screen *s)
{
	go_to(s, "search-index");
	press(s, "S");
}

static void shot_stop_queued(struct screen *s)
{
	go_to(s, "mobile-app");
	press(s, "S");
}

static void shot_review(struct screen *s)
{
	go_to(s, "商城");
	press(s, "A");
}

static void shot_stage(struct screen *s)
{
	go_to(s, "deploy-prod");
	press(s, "A");
}

static void shot_delay(struct screen *s)
{
	world_delay_search(s->store);
	go_to(s, "search-index");
	press(s, "A");
}

static void shot_suspended(struct screen *s)
{
	world_suspend_search(s->store);
	go_to(s, "search-index");
	press(s, "A");
}

static void shot_reject(struct screen *s)
{
	go_to(s, "商城");
	press(s, "X");
}

static void shot_marked(struct screen *s)
{
	mark(s, "checkout");
	mark(s, "支付网关");
	mark(s, "docs-site");
	mark(s, "never-run");
	go_to(s, "search-index");
	press(s, "R");
}

static void shot_many(struct screen *s)
{
	open_own(s, 60);
}

static void act_at(struct screen *s, const char *phase)
{
	struct ui_act act;

	retry_checkout(s, &act);
	ui_act_phase(s->ui, act.id, phase);
}

static void shot_phase(struct screen *s)
{
	act_at(s, "sending");
}

static void shot_marked_goes(struct screen *s)
{
	struct ui_act act;

	shot_marked(s);
	press(s, "y");
	assert_true(take(s, &act));
	ui_act_phase(s->ui, act.id, "checking: the answer was lost");
}

static void verdict(struct screen *s, enum ui_verdict verdict, const char *sentence)
{
	struct ui_act act;

	retry_checkout(s, &act);
	ui_act_over(s->ui, act.id, verdict, sentence);
}

static void shot_done(struct screen *s)
{
	verdict(s, UI_DONE, "checkout-api 1204: runs again");
}

static void shot_not_done(struct screen *s)
{
	verdict(s, UI_NOT_DONE, "checkout-api 1204: not retried: the run has changed: it was failed and is running "
				"now. Nothing was sent.");
}

static void shot_unknown(struct screen *s)
{
	verdict(s, UI_UNKNOWN, "checkout-api 1204: it is not known whether it runs again: the answer was lost and the "
			       "run did not change within 30s");
}

static void shot_summary(struct screen *s)
{
	struct ui_act one, two;

	shot_marked(s);
	press(s, "y");
	assert_true(take(s, &one));
	assert_true(take(s, &two));
	ui_act_over(s->ui, one.id, UI_DONE, "checkout-api 1204: runs again");
	ui_act_over(s->ui, two.id, UI_UNKNOWN, "支付网关-每日构建 88: the answer was lost");
}

static void shot_tell(struct screen *s)
{
	struct ui_act act;

	retry_checkout(s, &act);
	press(s, "Esc");
	ui_act_over(s->ui, act.id, UI_NOT_DONE, "checkout-api 1204: not retried: it is running now");
}

static void shot_leave(struct screen *s)
{
	struct ui_act act;

	retry_checkout(s, &act);
	ui_may_leave(s->ui, "An action is unanswered: whether it is done would stay unknown.");
}

static const struct shot {
	const char *name;
	void (*play)(struct screen *s);
	int rows, cols;
	bool ascii;
} shots[] = {
	{"retry", shot_retry, 24, 80, false},
	{"stop", shot_stop, 24, 80, false},
	{"stop-queued", shot_stop_queued, 24, 80, false},
	{"approve-review", shot_review, 24, 80, false},
	{"approve-stage", shot_stage, 24, 80, false},
	{"approve-delay", shot_delay, 24, 80, false},
	{"approve-suspended", shot_suspended, 24, 80, false},
	{"reject", shot_reject, 24, 80, false},
	{"marked", shot_marked, 24, 80, false},
	{"many", shot_many, 24, 80, false},
	{"phase", shot_phase, 24, 80, false},
	{"marked-goes", shot_marked_goes, 24, 80, false},
	{"done", shot_done, 24, 80, false},
	{"not-done", shot_not_done, 24, 80, false},
	{"unknown", shot_unknown, 24, 80, false},
	{"summary", shot_summary, 24, 80, false},
	{"told", shot_tell, 24, 80, false},
	{"leave", shot_leave, 24, 80, false},
	{"approve-review", shot_review, 20, 60, false},
	{"approve-review", shot_review, 8, 40, false},
	{"retry", shot_retry, 8, 40, false},
	{"marked", shot_marked, 8, 40, false},
	{"approve-review", shot_review, 24, 80, true},
	{"marked", shot_marked, 20, 60, true},
	{"retry", shot_retry, 40, 130, false},
};

static void each_box_is_as_agreed(void **state)
{
	struct screen s;
	struct buf text;
	char name[128];
	size_t i;

	for (i = 0; i < sizeof(shots) / sizeof(shots[0]); i++) {
		screen_open(&s, shots[i].rows, shots[i].cols, !shots[i].ascii, false);
		shots[i].play(&s);
		frame(&s);
		buf_init(&text, BUF_MAX);
		grid_dump(s.grid, true, &text);
		snprintf(name, sizeof(name), "dialog-%s-%dx%d%s", shots[i].name, shots[i].cols, shots[i].rows,
			 shots[i].ascii ? "-ascii" : "");
		test_golden(name, text.data, text.len);
		buf_done(&text);
		screen_close(&s);
	}
}

static void no_size_breaks_a_box(void **state)
{
	struct screen s;
	size_t i;
	int rows, cols;

	for (i = 0; i < sizeof(shots) / sizeof(shots[0]); i++)
		for (rows = 1; rows < 60; rows += 7)
			for (cols = 1; cols < 210; cols += 23) {
				screen_open(&s, rows, cols, i % 2 == 0, false);
				ui_draw(s.ui, s.grid, &s.now);
				open_own(&s, 1 + (size_t)(rows * cols) % 60);
				frame(&s);
				screen_close(&s);
			}
}

static void where_the_box_cannot_be_shown_nothing_is_asked(void **state)
{
	struct screen s;

	screen_open(&s, 6, 30, true, false);
	press(&s, "R y y");
	assert_nothing_is_asked_for(&s);
	open_own(&s, 1);
	press(&s, "y");
	assert_nothing_is_asked_for(&s);
	screen_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(y_does_it_once),
		cmocka_unit_test(every_key_but_y_means_no),
		cmocka_unit_test(every_key_of_the_table_means_no),
		cmocka_unit_test(a_paste_means_no_even_if_it_is_a_y),
		cmocka_unit_test(a_resize_means_no),
		cmocka_unit_test(what_is_pressed_everywhere_means_no_and_does_its_own),
		cmocka_unit_test(a_y_counts_once_the_terminal_has_the_box),
		cmocka_unit_test(a_frame_from_before_does_not_count),
		cmocka_unit_test(held_keys_do_it_once_at_most),
		cmocka_unit_test(other_rows_may_come_and_go_under_it),
		cmocka_unit_test(what_was_asked_about_stays_selected),
		cmocka_unit_test(a_run_that_changes_closes_it),
		cmocka_unit_test(it_is_looked_at_again_before_the_y_counts),
		cmocka_unit_test(offline_it_does_not_open),
		cmocka_unit_test(going_offline_with_it_open_refuses_the_y),
		cmocka_unit_test(stale_data_are_no_reason_not_to),
		cmocka_unit_test(read_only_has_none_of_the_keys),
		cmocka_unit_test(where_nothing_fits_the_selection_goes_to_the_nearest_that_does),
		cmocka_unit_test(of_several_gates_the_first_is_gone_to),
		cmocka_unit_test(nowhere_is_said),
		cmocka_unit_test(marked_rows_are_asked_about_together),
		cmocka_unit_test(the_marked_end_on_one_page_and_stay_marked),
		cmocka_unit_test(marks_that_all_do_not_fit_are_said),
		cmocka_unit_test(a_change_of_one_marked_run_closes_the_box),
		cmocka_unit_test(whoever_asks_has_the_same_box),
		cmocka_unit_test(four_at_a_time_are_begun),
		cmocka_unit_test(more_than_can_be_read_is_refused),
		cmocka_unit_test(the_box_shows_what_it_does_and_how_it_ended),
		cmocka_unit_test(what_ends_with_the_box_closed_is_a_message_until_a_key),
		cmocka_unit_test(an_end_that_comes_just_before_the_closing_key_is_told),
		cmocka_unit_test(every_end_is_told_one_after_the_other),
		cmocka_unit_test(one_run_has_one_action_at_a_time),
		cmocka_unit_test(a_late_report_is_nobodys),
		cmocka_unit_test(quitting_with_an_answer_open_asks_once),
		cmocka_unit_test(interrupting_twice_quits_at_once),
		cmocka_unit_test(each_box_is_as_agreed),
		cmocka_unit_test(no_size_breaks_a_box),
		cmocka_unit_test(where_the_box_cannot_be_shown_nothing_is_asked),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("dialog", tests, NULL, NULL);
}
