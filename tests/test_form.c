/* SPDX-License-Identifier: MIT */
/* The form: its keys, its mistakes, and what it looks like (tests/screens/form-*). */
#include "test.h"

#include <locale.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "ui/command.h"
#include "ui/form.h"
#include "ui/grid.h"
#include "ui/prompt.h"

static const char *const regions[] = {"cn-north-4", "cn-east-3", "ap-southeast-3"};
static const char *const stages[] = {"开发", "测试", "生产"};

enum {
	AT_VERSION,
	AT_REGION,
	AT_BUILD,
	AT_KEY,
	AT_NOTE,
	AT_BRANCH,
	AT_TAG,
	AT_STAGE = 8,
	AT_COMPILE,
	AT_LINT,
	AT_TEST_STAGE,
	AT_UNIT,
	AT_DESCRIPTION,
	AT_START
};

static bool no_blanks(void *self, const struct form *form, size_t at, struct err *err)
{
	int *calls = self;

	(*calls)++;
	return !strchr(form_value(form, at), ' ') ||
	       err_set(err, ERR_INPUT, 0, "%s: no blanks, please", form->fields[at].label);
}

static int checks;

static void fill(struct form *form)
{
	struct ref ref = {{NULL}};

	ref_set(&ref, REF_PROJECT, "shop");
	ref_set(&ref, REF_PIPELINE, "checkout");
	form_open(form, "Run checkout-api", &ref, "reading what it asks for ...");
	ref_done(&ref);
	form_add_text(form, "VERSION", "2.4");
	form_explain(form, AT_VERSION, "版本号 / first two numbers of the version", "last run",
		     "typed", NULL);
	form_add_choice(form, "REGION", regions, 3, "cn-east-3");
	form_explain(form, AT_REGION, "部署区域", "default", "typed", NULL);
	form_add_text(form, "BUILD_NUMBER", "");
	form_explain(form, AT_BUILD, "counts up by itself with each run", "counts", "typed", "12");
	form_add_secret(form, "DEPLOY_KEY");
	form_explain(form, AT_KEY, "key of the deployment account", "secret", NULL, "as it is set");
	form_add_choice(form, "环境", stages, 3, NULL);
	form_add_text(form, "branch", "");
	form_explain(form, AT_BRANCH, NULL, NULL, NULL, "master");
	form_add_text(form, "tag", "");
	form_add_label(form, "Stages and jobs");
	form_add_tick(form, "构建", 0, true);
	form_add_tick(form, "编译 compile", 1, true);
	form_add_tick(form, "lint", 1, true);
	form_add_tick(form, "测试", 0, true);
	form_add_tick(form, "unit", 1, true);
	form_add_text(form, "description", "");
	form_add_button(form, "start");
	form->fits = no_blanks;
	form->self = &checks;
	form_ready(form);
}

static enum form_answer press(struct form *form, const char *names)
{
	enum form_answer answer = FORM_STAYS;
	char name[32];
	struct key key;
	int used;

	for (; sscanf(names, "%31s%n", name, &used) == 1; names += used) {
		assert_true(key_parse(name, &key));
		answer = form_key(form, &key, NULL);
	}
	return answer;
}

static void type(struct form *form, const char *text)
{
	for (; *text; text++)
		form_key(form, &(struct key){.code = (unsigned char)*text}, NULL);
}

static void paste(struct form *form, const char *text)
{
	form_key(form, &(struct key){.code = KEY_CODE_PASTE}, text);
}

static void shoot(struct form *form, const char *name, int rows, int cols, bool utf8)
{
	struct grid *g = grid_new(rows, cols);
	struct rect all = {0, 0, rows, cols};
	struct buf dump;
	char file[120];

	grid_set_utf8(g, utf8);
	form_draw(form, g, &all);
	buf_init(&dump, BUF_MAX);
	grid_dump(g, true, &dump);
	snprintf(file, sizeof(file), "form-%s-%dx%d%s", name, cols, rows, utf8 ? "" : "-ascii");
	test_golden(file, dump.data, dump.len);
	buf_done(&dump);
	grid_free(g);
}

/* ---- what it looks like ---- */

static void a_form_is_as_agreed(void **state)
{
	struct form form = {.state = FORM_CLOSED};

	(void)state;
	fill(&form);
	shoot(&form, "first", 24, 80, true);
	shoot(&form, "first", 24, 80, false);
	shoot(&form, "first", 8, 40, true);
	press(&form, "Down Down Down");
	type(&form, "hunter2");
	press(&form, "Down Right Right");
	shoot(&form, "typed", 24, 80, true);
	press(&form, "Down");
	type(&form, "no such");
	press(&form, "Down");
	shoot(&form, "mistake", 24, 80, true);
	shoot(&form, "mistake", 24, 80, false);
	shoot(&form, "mistake", 8, 40, true);
	press(&form, "Down Down Space");
	form_warn(&form, "the pipeline is switched off (banned): it will not start");
	shoot(&form, "ticks", 24, 80, true);
	shoot(&form, "ticks", 12, 80, true);
	form_close(&form);
}

static void it_says_what_it_waits_for_and_why_it_cannot(void **state)
{
	struct form form = {.state = FORM_CLOSED};
	struct ref ref = {{NULL}};

	(void)state;
	form_open(&form, "Run checkout-api", &ref, "reading what it asks for ...");
	shoot(&form, "waits", 24, 80, true);
	assert_int_equal(press(&form, "j Down"), FORM_STAYS);
	form_fail(&form, "the pipeline could not be read: no answer from example");
	shoot(&form, "fails", 24, 80, true);
	assert_int_equal(press(&form, "Enter"), FORM_LEFT);
	assert_int_equal(form.state, FORM_CLOSED);
}

static void no_size_breaks_it(void **state)
{
	struct form form = {.state = FORM_CLOSED};
	size_t at;
	int rows, cols;

	(void)state;
	fill(&form);
	form_complain(&form, AT_TAG, "one of branch and tag");
	for (at = 0; at < form.n; at++) {
		press(&form, "Down");
		for (rows = 1; rows < 30; rows += 2)
			for (cols = 1; cols < 120; cols += 3) {
				struct grid *g = grid_new(rows, cols);
				struct rect all = {0, 0, rows, cols};

				form_draw(&form, g, &all);
				grid_free(g);
			}
	}
	form_close(&form);
}

/* ---- moving ---- */

static void the_focus_goes_round_over_everything_that_can_be_changed(void **state)
{
	struct form form = {.state = FORM_CLOSED};
	size_t i;

	(void)state;
	fill(&form);
	assert_int_equal(form.at, AT_VERSION);
	press(&form, "Up");
	assert_int_equal(form.at, AT_START);
	press(&form, "Tab");
	assert_int_equal(form.at, AT_VERSION);
	press(&form, "Shift+Tab");
	assert_int_equal(form.at, AT_START);
	press(&form, "Down");
	for (i = 0; i < form.n - 1; i++) { /* the label is passed over */
		assert_int_not_equal(form.fields[form.at].kind, FORM_LABEL);
		press(&form, i % 2 || form.at == AT_START ? "Down" : "Enter");
	}
	assert_int_equal(form.at, AT_VERSION);
	press(&form, "PgDn PgDn PgDn");
	assert_int_equal(form.at, AT_START);
	press(&form, "PgUp PgUp PgUp");
	assert_int_equal(form.at, AT_VERSION);
	form_close(&form);
}

static void letters_are_typed_and_move_nothing(void **state)
{
	struct form form = {.state = FORM_CLOSED};

	(void)state;
	fill(&form);
	press(&form, "Ctrl+U");
	type(&form, "qjkgRSAX:/?");
	assert_string_equal(form_value(&form, AT_VERSION), "qjkgRSAX:/?");
	assert_int_equal(form.at, AT_VERSION);
	press(&form, "Home x Backspace Backspace Delete");
	assert_string_equal(form_value(&form, AT_VERSION), "jkgRSAX:/?");
	press(&form, "Down q R 3");
	assert_int_equal(form.at, AT_REGION);
	assert_string_equal(form_value(&form, AT_REGION), "cn-east-3");
	form_close(&form);
}

static void choices_go_round(void **state)
{
	struct form form = {.state = FORM_CLOSED};

	(void)state;
	fill(&form);
	press(&form, "Down Right");
	assert_string_equal(form_value(&form, AT_REGION), "ap-southeast-3");
	press(&form, "Space");
	assert_string_equal(form_value(&form, AT_REGION), "cn-north-4");
	press(&form, "Left Left");
	assert_string_equal(form_value(&form, AT_REGION), "cn-east-3");
	assert_string_equal(form_value(&form, AT_NOTE), "");
	press(&form, "Down Down Down Left");
	assert_string_equal(form_value(&form, AT_NOTE), "生产");
	assert_true(form.fields[AT_NOTE].touched);
	assert_false(form.fields[AT_VERSION].touched);
	form_close(&form);
}

static void ticks_of_a_tree_go_together(void **state)
{
	struct form form = {.state = FORM_CLOSED};

	(void)state;
	fill(&form);
	form.at = AT_COMPILE;
	press(&form, "Space");
	assert_int_equal(form.fields[AT_STAGE].tick, FORM_PART);
	press(&form, "Down Space");
	assert_int_equal(form.fields[AT_STAGE].tick, FORM_OFF);
	assert_int_equal(form.fields[AT_TEST_STAGE].tick, FORM_ON);
	form.at = AT_STAGE;
	press(&form, "Space");
	assert_int_equal(form.fields[AT_COMPILE].tick, FORM_ON);
	assert_int_equal(form.fields[AT_LINT].tick, FORM_ON);
	press(&form, "Space");
	assert_int_equal(form.fields[AT_LINT].tick, FORM_OFF);
	form.at = AT_UNIT;
	press(&form, "Space");
	assert_int_equal(form.fields[AT_TEST_STAGE].tick, FORM_OFF);
	assert_int_equal(form.fields[AT_STAGE].tick, FORM_OFF);
	form_close(&form);
}

/* ---- mistakes and the end ---- */

static void a_mistake_is_told_when_its_field_is_left(void **state)
{
	struct form form = {.state = FORM_CLOSED};

	(void)state;
	fill(&form);
	type(&form, " b");
	assert_null(form.fields[AT_VERSION].error); /* he is still at it */
	press(&form, "Down");
	assert_string_equal(form.fields[AT_VERSION].error, "VERSION: no blanks, please");
	press(&form, "Down Up Up");
	assert_non_null(form.fields[AT_VERSION].error);
	press(&form, "Backspace Backspace");
	assert_null(form.fields[AT_VERSION].error);
	press(&form, "Down");
	assert_null(form.fields[AT_VERSION].error);
	form_close(&form);
}

static void the_button_counts_only_when_every_field_is_fit(void **state)
{
	struct form form = {.state = FORM_CLOSED};

	(void)state;
	fill(&form);
	checks = 0;
	press(&form, "Up");
	assert_int_equal(press(&form, "Enter"), FORM_PRESSED);
	assert_int_equal(checks, 0); /* nobody touched anything */
	press(&form, "Down");
	type(&form, "a b");
	press(&form, "Up");
	assert_int_equal(press(&form, "Enter"), FORM_STAYS);
	assert_int_equal(form.at, AT_VERSION);
	press(&form, "Ctrl+U Up");
	assert_int_equal(press(&form, "Enter"), FORM_PRESSED);
	form_complain(&form, AT_TAG, "one of branch and tag");
	assert_int_equal(form.at, AT_TAG);
	assert_int_equal(press(&form, "Space"), FORM_STAYS);
	press(&form, "Backspace");
	assert_null(form.fields[AT_TAG].error);
	form_close(&form);
}

static void escape_leaves_from_everywhere(void **state)
{
	static const char *const ways[] = {"Esc", "Down Esc", "Up Esc", "a b c Esc",
					   "Down Down Down x Ctrl+G"};
	struct form form = {.state = FORM_CLOSED};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		fill(&form);
		assert_int_equal(press(&form, ways[i]), FORM_LEFT);
		assert_int_equal(form.state, FORM_CLOSED);
		assert_int_equal(form.n, 0);
	}
}

static void backspace_in_an_empty_field_does_not_leave(void **state)
{
	struct form form = {.state = FORM_CLOSED};

	(void)state;
	fill(&form);
	assert_int_equal(press(&form, "Ctrl+U Backspace Backspace"), FORM_STAYS);
	assert_int_equal(form.state, FORM_READY);
	form_close(&form);
}

static void a_paste_is_text_and_never_keys(void **state)
{
	struct form form = {.state = FORM_CLOSED};
	char big[PROMPT_MAX + 10];

	(void)state;
	fill(&form);
	press(&form, "Ctrl+U");
	paste(&form, "2.5\n");
	assert_string_equal(form_value(&form, AT_VERSION), "2.5");
	press(&form, "Down");
	paste(&form, "cn-north-4\n\n");
	assert_string_equal(form_value(&form, AT_REGION), "cn-east-3");
	press(&form, "Up Up");
	paste(&form, "\n\n");
	assert_int_equal(form.at, AT_START);
	press(&form, "Down");
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	paste(&form, big); /* whole or not at all */
	assert_string_equal(form_value(&form, AT_VERSION), "2.5");
	assert_non_null(strstr(form.fields[AT_VERSION].error, "too long"));
	form_close(&form);
}

static void a_text_too_long_to_be_edited_stays_as_it_is(void **state)
{
	struct form form = {.state = FORM_CLOSED};
	char big[PROMPT_MAX + 100];

	(void)state;
	memset(big, 'y', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	form_open(&form, "Run", &(struct ref){{NULL}}, NULL);
	form_add_text(&form, "CERT", big);
	form_add_button(&form, "start");
	form_ready(&form);
	shoot(&form, "long", 8, 80, true);
	type(&form, "z");
	assert_string_equal(form_value(&form, 0), big);
	assert_false(form.fields[0].touched);
	press(&form, "Ctrl+U z");
	assert_string_equal(form_value(&form, 0), "z");
	form_close(&form);
}

static void what_is_typed_into_a_secret_is_never_drawn(void **state)
{
	struct form form = {.state = FORM_CLOSED};
	struct grid *g = grid_new(24, 80);
	struct rect all = {0, 0, 24, 80};
	struct buf dump;
	int i;

	(void)state;
	fill(&form);
	form.at = AT_KEY;
	type(&form, "hunter2");
	press(&form, "Left Left");
	for (i = 0; i < 2; i++) {
		buf_init(&dump, BUF_MAX);
		form_draw(&form, g, &all);
		grid_dump(g, false, &dump);
		assert_null(strstr(dump.data, "hunter"));
		assert_non_null(strstr(dump.data, "*******"));
		assert_null(strstr(dump.data, "********"));
		buf_done(&dump);
		grid_clear(g);
		press(&form, "Down");
	}
	assert_string_equal(form_value(&form, AT_KEY), "hunter2");
	grid_free(g);
	form_close(&form);
}

static void every_change_moves_the_version(void **state)
{
	struct form form = {.state = FORM_CLOSED};
	uint64_t version;

	(void)state;
	fill(&form);
	version = form.version;
	press(&form, "x");
	assert_true(form.version > version);
	version = form.version;
	form_complain(&form, AT_TAG, "no");
	assert_true(form.version > version);
	version = form.version;
	form_close(&form);
	assert_true(form.version > version);
}

static void no_keys_break_it(void **state)
{
	static const uint32_t codes[] = {KEY_CODE_UP,
					 KEY_CODE_DOWN,
					 KEY_CODE_LEFT,
					 KEY_CODE_RIGHT,
					 KEY_CODE_HOME,
					 KEY_CODE_END,
					 KEY_CODE_PGUP,
					 KEY_CODE_PGDN,
					 KEY_CODE_TAB,
					 KEY_CODE_BACKSPACE,
					 KEY_CODE_DELETE,
					 KEY_CODE_ENTER,
					 ' ',
					 0x53D1,
					 'x',
					 'D' - '@',
					 'K' - '@',
					 'W' - '@',
					 'N' - '@',
					 KEY_CODE_PASTE,
					 0x1F600,
					 KEY_CODE_F1,
					 KEY_CODE_MOUSE,
					 'R' - '@'};
	struct form form = {.state = FORM_CLOSED};
	struct grid *g = grid_new(12, 60);
	struct rect all = {0, 0, 12, 60};
	unsigned seed = 4711;
	int i;

	(void)state;
	fill(&form);
	for (i = 0; i < 50000; i++) {
		struct key key = {.alt = i % 11 == 0};

		seed = seed * 1103515245 + 12345;
		key.code = codes[(seed >> 16) % (sizeof(codes) / sizeof(codes[0]))];
		form_key(&form, &key, "发布 paste\n");
		assert_int_equal(form.state, FORM_READY);
		assert_true(form.at < form.n && form.fields[form.at].kind != FORM_LABEL);
		if (i % 50 == 0)
			form_draw(&form, g, &all);
	}
	grid_free(g);
	form_close(&form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_as_agreed),
		cmocka_unit_test(it_says_what_it_waits_for_and_why_it_cannot),
		cmocka_unit_test(no_size_breaks_it),
		cmocka_unit_test(the_focus_goes_round_over_everything_that_can_be_changed),
		cmocka_unit_test(letters_are_typed_and_move_nothing),
		cmocka_unit_test(choices_go_round),
		cmocka_unit_test(ticks_of_a_tree_go_together),
		cmocka_unit_test(a_mistake_is_told_when_its_field_is_left),
		cmocka_unit_test(the_button_counts_only_when_every_field_is_fit),
		cmocka_unit_test(escape_leaves_from_everywhere),
		cmocka_unit_test(backspace_in_an_empty_field_does_not_leave),
		cmocka_unit_test(a_paste_is_text_and_never_keys),
		cmocka_unit_test(a_text_too_long_to_be_edited_stays_as_it_is),
		cmocka_unit_test(what_is_typed_into_a_secret_is_never_drawn),
		cmocka_unit_test(every_change_moves_the_version),
		cmocka_unit_test(no_keys_break_it),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
