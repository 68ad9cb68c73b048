/* SPDX-License-Identifier: MIT */
/* `:run`, `:ban` and `:unban` in the dashboard: what they ask the program for, and who gets the
 * keys then. */
#include "test.h"

#include <locale.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "ui/ui.h"
#include "world.h"

struct scene {
	struct store *store;
	struct ui *ui;
	struct grid *grid;
	struct ui_now now;
	char said[128]; /* what was asked for last: "run checkout-api shop/p1" */
};

static void scene_open(struct scene *s, bool read_only)
{
	struct ui_status status = {.badge = "LIVE", .age_ms = 4000, .used = 12, .allowed = 120};

	*s = (struct scene){.store = store_new(), .grid = grid_new(24, 80)};
	s->ui = ui_new(&(struct ui_options){.store = s->store,
					    .place = "shop@cn-north-4",
					    .utf8 = true,
					    .read_only = read_only});
	grid_set_utf8(s->grid, true);
	ui_resize(s->ui, 24, 80);
	ui_set_status(s->ui, &status);
	s->now = (struct ui_now){.now_ms = 5000, .wall_ms = WORLD_NOW, .server_ms = WORLD_NOW};
	world_fill(s->store);
	ui_draw(s->ui, s->grid, &s->now);
}

static void scene_close(struct scene *s)
{
	ui_free(s->ui);
	store_free(s->store);
	grid_free(s->grid);
}

static enum command press(struct scene *s, const char *names)
{
	enum command command = CMD_NONE;
	char name[32];
	struct key key;
	int used;

	for (; sscanf(names, "%31s%n", name, &used) == 1; names += used) {
		assert_true(key_parse(name, &key));
		command = ui_key(s->ui, &key, NULL, &s->now);
		ui_draw(s->ui, s->grid, &s->now);
		ui_shown(s->ui);
	}
	return command;
}

static void line(struct scene *s, const char *text)
{
	press(s, ":");
	for (; *text; text++)
		ui_key(s->ui, &(struct key){.code = (unsigned char)*text}, NULL, &s->now);
	press(s, "Enter");
}

/* The next request in words; "" for none. */
static const char *asked(struct scene *s)
{
	static const char *const names[ASK_COUNT] = {[ASK_RUN] = "run",
						     [ASK_RUN_START] = "start",
						     [ASK_RUN_LEFT] = "left",
						     [ASK_ACT] = "act"};
	struct ui_request r;

	s->said[0] = '\0';
	while (ui_take_request(s->ui, &r))
		if (names[r.ask]) {
			snprintf(s->said, sizeof(s->said), "%s %s %s/%s%s", names[r.ask],
				 r.act ? act_word(r.act->act) : text_or_empty(r.text),
				 text_or_empty(r.ref->id[REF_PROJECT]),
				 text_or_empty(r.ref->id[REF_PIPELINE]),
				 ref_depth(r.ref) > REF_RUN ? "/..." : "");
			break;
		}
	return s->said;
}

static bool shows(struct scene *s, const char *text)
{
	struct buf dump;
	bool found;

	buf_init(&dump, BUF_MAX);
	ui_draw(s->ui, s->grid, &s->now);
	grid_dump(s->grid, false, &dump);
	found = strstr(dump.data, text) != NULL;
	buf_done(&dump);
	return found;
}

/* As the program does it. */
static void fill(struct scene *s)
{
	struct form *form = ui_form(s->ui);
	struct ref ref = {{NULL}};

	ref_set(&ref, REF_PROJECT, "shop");
	ref_set(&ref, REF_PIPELINE, "checkout");
	form_open(form, "Run checkout-api", &ref, NULL);
	form_add_text(form, "VERSION", "2.4");
	form_add_button(form, "start");
	form_ready(form);
	ref_done(&ref);
}

static const struct pipeline *pipeline_called(struct scene *s, const char *name)
{
	const struct entry *entries;
	size_t i, n = store_entries(s->store, &entries);

	for (i = 0; i < n; i++)
		if (text_same(entries[i].pipeline->name, name))
			return entries[i].pipeline;
	fail_msg("the world has no %s", name);
	return NULL;
}

/* ---- which pipeline ---- */

static void it_is_the_selected_pipeline_that_is_run(void **state)
{
	struct scene s;
	char want[160];

	(void)state;
	scene_open(&s, false);
	line(&s, "run");
	snprintf(want, sizeof(want), " %s/%s", ui_selection(s.ui)->id[REF_PROJECT],
		 ui_selection(s.ui)->id[REF_PIPELINE]);
	assert_non_null(strstr(asked(&s), want));
	assert_true(text_starts(s.said, "run "));
	assert_null(strstr(s.said, "/...")); /* of a row deeper down, too */
	press(&s, "F");
	line(&s, "run");
	assert_null(strstr(asked(&s), "/..."));
	scene_close(&s);
}

static void a_name_means_that_pipeline(void **state)
{
	struct scene s;
	char want[160];

	(void)state;
	scene_open(&s, false);
	snprintf(want, sizeof(want), "run checkout-api %s/%s",
		 pipeline_called(&s, "checkout-api")->project_id,
		 pipeline_called(&s, "checkout-api")->id);
	line(&s, "run checkout-api");
	assert_string_equal(asked(&s), want);
	line(&s, "run heckout-a");
	assert_string_equal(asked(&s), want);
	line(&s, "run e");
	assert_string_equal(asked(&s), "");
	assert_true(shows(&s, "pipelines match e"));
	line(&s, "run nowhere");
	assert_string_equal(asked(&s), "");
	assert_true(shows(&s, "no pipeline here is called nowhere"));
	scene_close(&s);
}

static void read_only_knows_none_of_these(void **state)
{
	static const char *const lines[] = {"run",   "run checkout-api", "ban",
					    "unban", "postpone",	 "cancel"};
	struct scene s;
	size_t i;

	(void)state;
	scene_open(&s, true);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		line(&s, lines[i]);
		assert_string_equal(asked(&s), "");
		assert_true(shows(&s, "read-only: "));
		assert_false(shows(&s, "y does it"));
	}
	scene_close(&s);
}

/* ---- the form has the keys ---- */

static void all_keys_are_the_forms_but_those_that_nothing_may_keep(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, false);
	fill(&s);
	press(&s, "q : / R S A X ?");
	assert_string_equal(form_value(ui_form(s.ui), 0), "2.4q:/RSAX?");
	assert_true(shows(&s, "Run checkout-api"));
	assert_string_equal(asked(&s), "");
	assert_int_equal(press(&s, "Ctrl+L"), CMD_REPAINT);
	assert_int_equal(press(&s, "Ctrl+C"), CMD_QUIT_NOW);
	assert_string_equal(form_value(ui_form(s.ui), 0), "2.4q:/RSAX?");
	scene_close(&s);
}

static void the_mouse_and_a_resize_leave_it_as_it_is(void **state)
{
	static const enum mouse_act does[] = {MOUSE_LEFT, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN};
	struct scene s;
	struct ref before = {{NULL}};
	size_t i;

	(void)state;
	scene_open(&s, false);
	fill(&s);
	ref_copy(&before, ui_selection(s.ui));
	for (i = 0; i < 3; i++)
		ui_key(s.ui,
		       &(struct key){.code = KEY_CODE_MOUSE,
				     .mouse = (uint8_t)does[i],
				     .row = 6,
				     .col = 4},
		       NULL, &s.now);
	assert_true(ref_same(&before, ui_selection(s.ui)));
	ui_resize(s.ui, 6, 30); /* too small to show anything */
	grid_resize(s.grid, 6, 30);
	ui_draw(s.ui, s.grid, &s.now);
	ui_resize(s.ui, 24, 80);
	grid_resize(s.grid, 24, 80);
	assert_true(shows(&s, "Run checkout-api"));
	assert_string_equal(form_value(ui_form(s.ui), 0), "2.4");
	ref_done(&before);
	scene_close(&s);
}

static void what_the_program_changes_in_it_is_drawn(void **state)
{
	struct scene s;
	uint64_t version;

	(void)state;
	scene_open(&s, false);
	version = ui_version(s.ui);
	fill(&s);
	assert_int_not_equal(ui_version(s.ui), version);
	version = ui_version(s.ui);
	form_complain(ui_form(s.ui), 0, "no");
	assert_int_not_equal(ui_version(s.ui), version);
	assert_false(ui_ticks(s.ui, &s.now)); /* nothing in it counts seconds */
	scene_close(&s);
}

static void leaving_it_says_that_nothing_was_started(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, false);
	fill(&s);
	press(&s, "x Esc");
	assert_true(text_starts(asked(&s), "left "));
	assert_true(shows(&s, "nothing was started"));
	assert_false(shows(&s, "Run checkout-api"));
	scene_close(&s);
}

static void the_button_is_about_the_forms_pipeline_wherever_the_selection_is(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, false);
	fill(&s);
	world_fail_running(s.store); /* rows move */
	ui_draw(s.ui, s.grid, &s.now);
	press(&s, "Up Enter");
	assert_string_equal(asked(&s), "start  shop/checkout");
	scene_close(&s);
}

static void a_no_in_the_box_leaves_the_form_as_it_was(void **state)
{
	struct scene s;
	struct form *form;

	(void)state;
	scene_open(&s, false);
	fill(&s);
	form = ui_form(s.ui);
	press(&s, "5");
	assert_true(ui_confirm(
		s.ui, &(struct dialog_ask){.act = ACT_RUN,
					   .what = "It is started.",
					   .n_targets = 1,
					   .targets = &(struct dialog_target){
						   .ref = &form->ref, .name = "checkout-api"}}));
	ui_draw(s.ui, s.grid, &s.now);
	ui_shown(s.ui);
	assert_true(shows(&s, "y does it"));
	press(&s, "Esc");
	assert_int_equal(form->state, FORM_READY);
	assert_string_equal(form_value(form, 0), "2.45");
	assert_string_equal(asked(&s), "");
	assert_true(shows(&s, "nothing was done"));
	scene_close(&s);
}

/* ---- off and on ---- */

static void off_and_on_are_asked_about_the_pipeline(void **state)
{
	static const struct {
		const char *line, *title, *act;
	} rows[] = {{"ban checkout-api", "Switch off", "act ban "},
		    {"unban checkout-api", "Switch on", "act unban "}};
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		scene_open(&s, false);
		line(&s, rows[i].line);
		assert_true(shows(&s, rows[i].title));
		assert_true(shows(&s, "checkout-api"));
		assert_string_equal(asked(&s), "");
		press(&s, "y");
		assert_true(text_starts(asked(&s), rows[i].act));
		assert_null(strstr(s.said, "/...")); /* not about a run of it */
		scene_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_selected_pipeline_that_is_run),
		cmocka_unit_test(a_name_means_that_pipeline),
		cmocka_unit_test(read_only_knows_none_of_these),
		cmocka_unit_test(all_keys_are_the_forms_but_those_that_nothing_may_keep),
		cmocka_unit_test(the_mouse_and_a_resize_leave_it_as_it_is),
		cmocka_unit_test(what_the_program_changes_in_it_is_drawn),
		cmocka_unit_test(leaving_it_says_that_nothing_was_started),
		cmocka_unit_test(the_button_is_about_the_forms_pipeline_wherever_the_selection_is),
		cmocka_unit_test(a_no_in_the_box_leaves_the_form_as_it_was),
		cmocka_unit_test(off_and_on_are_asked_about_the_pipeline),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("uirun", tests, NULL, NULL);
}
