/* SPDX-License-Identifier: MIT */
/*
 * `:template` on the whole ui: what it lists and in which order, what narrows it, the detail, and what the
 * commands of the `:` line ask for. Golden screens as in test_screens.c (GENERATE=1 rewrites them).
 */
#include "test.h"

#include <locale.h>

#include "../src/app/templatequestion.h"
#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/template.h"
#include "ui/dialog.h"
#include "ui/grid.h"
#include "ui/ui.h"
#include "world.h"

#define DAY INT64_C(86400000)

struct size {
	int rows, cols;
};
static const struct size sizes[] = {{24, 80}, {60, 200}, {8, 40}};

/* ---- a tenant ---- */

/* A text of a template's own. */
#define S(text) (char[]){text}

static char *stages_java[] = {S("Checkout"), S("Build"), S("Test"), S("Deploy to staging"), S("Deploy to production")};
static char *stages_zh[] = {S("代码检查"), S("构建"), S("部署到生产环境")};
static char *stages_one[] = {S("Build")};
static char *regions[] = {S("cn-north-4"), S("cn-east-3"), S("ap-southeast-1"), NULL};

static struct variable parameters[] = {
	{.name = S("environment"), .value = S("staging"), .type_name = S("string"), .type = VARIABLE_STRING, .runtime = true,
	 .description = S("Where it is deployed to. The name of a namespace of the cluster, which has to be there "
			"before the first run; whoever makes it is told so in the wiki.")},
	{.name = S("region"), .value = S("cn-north-4"), .type_name = S("enum"), .type = VARIABLE_ENUM, .limits = regions,
	 .n_limits = 3},
	{.name = S("build_number"), .value = S("17"), .type_name = S("autoIncrement"), .type = VARIABLE_INCREMENT},
	{.name = S("registry_password"), .value = S("s3cr3t-hunter2"), .type_name = S("string"), .type = VARIABLE_STRING,
	 .secret = true},
	{.name = S("a_parameter_with_a_name_that_is_longer_than_its_column"), .type_name = S("matrix"),
	 .type = VARIABLE_OTHER, .description = S("未来的类型")},
};

static struct template tenant[] = {
	{.id = S("t-go"), .name = S("Go basic"), .language = S("go"), .system = true, .updated_ms = WORLD_NOW - 40 * DAY,
	 .stages = stages_one, .n_stages = 1},
	{.id = S("t-java10"), .name = S("Java 10 service"), .language = S("java"), .updated_ms = WORLD_NOW - 3600000,
	 .stages = stages_java, .n_stages = 5, .description = S("For services of the shop.")},
	{.id = S("t-java9"), .name = S("java 9 service"), .language = S("java"), .updated_ms = WORLD_NOW - 400 * DAY,
	 .stages = stages_java, .n_stages = 5},
	{.id = S("t-zh"), .name = S("微服务标准流水线(生产环境专用模板)"), .language = S("java"), .favourite = true,
	 .updated_ms = WORLD_NOW - 2 * DAY, .stages = stages_zh, .n_stages = 3, .description = S("团队的标准")},
	{.id = S("t-py"), .name = S("Python library"), .language = S("python"), .system = true, .favourite = true,
	 .updated_ms = WORLD_NOW - 9 * DAY, .stages = stages_one, .n_stages = 1},
	{.id = S("t-none"), .name = NULL, .language = NULL},
};
#define TENANT (sizeof(tenant) / sizeof(tenant[0]))

static const char *const outline = "Build\n  compile\n    run maven  (official_shell)\n    构建镜像\n"
				   "Deploy\n  to the cluster\n    wait for a person  (official_manual_review)\n";

/* ---- the screen ---- */

struct screen {
	struct store *store;
	struct ui *ui;
	struct grid *grid;
	struct ui_now now;
};

static void open_as(struct screen *s, struct size size, bool utf8, bool read_only)
{
	struct ui_status status = {.badge = "LIVE", .age_ms = 4000, .used = 12, .allowed = 120};

	*s = (struct screen){.store = store_new(), .grid = grid_new(size.rows, size.cols)};
	s->ui = ui_new(&(struct ui_options){.store = s->store, .place = "shop", .utf8 = utf8, .read_only = read_only});
	grid_set_utf8(s->grid, utf8);
	ui_resize(s->ui, size.rows, size.cols);
	ui_set_status(s->ui, &status);
	s->now = (struct ui_now){.now_ms = 50000, .wall_ms = WORLD_NOW, .server_ms = WORLD_NOW};
	world_fill(s->store);
}

static void close_screen(struct screen *s)
{
	ui_free(s->ui);
	store_free(s->store);
	grid_free(s->grid);
}

static void draw(struct screen *s)
{
	ui_draw(s->ui, s->grid, &s->now);
}

static void press(struct screen *s, const char *names)
{
	char name[32];
	struct key key;
	int used;

	draw(s);
	for (; sscanf(names, "%31s%n", name, &used) == 1; names += used) {
		assert_true(key_parse(name, &key));
		ui_key(s->ui, &key, NULL, &s->now);
		draw(s);
	}
}

static void type(struct screen *s, const char *text)
{
	for (; *text; text++)
		ui_key(s->ui, &(struct key){.code = (unsigned char)*text}, NULL, &s->now);
	draw(s);
}

/* A command of the `:` line. */
static void say(struct screen *s, const char *line)
{
	press(s, ":");
	type(s, line);
	press(s, "Enter");
}

static void bring(struct screen *s, size_t n, int64_t total, bool reading, const char *fault)
{
	ui_set_templates(s->ui, &(struct ui_templates){.list = tenant, .n = n, .total = total, .reading = reading,
						       .read_ms = n || !fault ? 46000 : 0, .fault = fault});
	draw(s);
}

static void open_list(struct screen *s)
{
	say(s, "template");
	bring(s, TENANT, (int64_t)TENANT, false, NULL);
}

static void bring_detail(struct screen *s, struct template *one, const char *fault)
{
	one->variables = parameters;
	one->n_variables = sizeof(parameters) / sizeof(parameters[0]);
	ui_set_template(s->ui, &(struct ui_template){.id = one->id, .detail = one, .outline = outline,
						     .read_ms = 48000, .fault = fault});
	draw(s);
}

/* What was asked last; its text and id are the request's. */
static struct ui_request asked(struct screen *s)
{
	struct ui_request r = {.ask = ASK_NONE}, next;

	while (ui_take_request(s->ui, &next))
		r = next;
	return r;
}

static bool on_screen(struct screen *s, const char *text)
{
	struct buf out;
	bool found;

	buf_init(&out, BUF_MAX);
	draw(s);
	grid_dump(s->grid, false, &out);
	found = strstr(out.data, text) != NULL;
	buf_done(&out);
	return found;
}

static void check_screen(struct screen *s, const char *text)
{
	struct buf out;

	if (on_screen(s, text))
		return;
	buf_init(&out, BUF_MAX);
	grid_dump(s->grid, false, &out);
	fail_msg("\"%s\" is not on this screen:\n%s", text, out.data);
}

/* ---- golden screens ---- */

static void list(struct screen *s)
{
	open_list(s);
}

static void first_page(struct screen *s)
{
	say(s, "template");
	bring(s, 4, 240, true, NULL);
}

static void filtering(struct screen *s)
{
	open_list(s);
	press(s, "/");
	type(s, "^java");
}

static void filtered(struct screen *s)
{
	filtering(s);
	press(s, "Enter Tab Tab > j");
}

static void detail(struct screen *s)
{
	open_list(s);
	press(s, "j Enter");
	bring_detail(s, &tenant[3], NULL);
}

static void detail_end(struct screen *s)
{
	detail(s);
	press(s, "G");
}

static void detail_reading(struct screen *s)
{
	open_list(s);
	press(s, "j Enter");
}

static void reading(struct screen *s)
{
	say(s, "template");
	draw(s);
}

static void empty(struct screen *s)
{
	say(s, "template");
	bring(s, 0, 0, false, NULL);
}

static void no_tenant(struct screen *s)
{
	say(s, "template");
	bring(s, 0, -1, false, "no account is known whose templates these would be: set `tenant` in pipetop.conf, "
			       "PIPETOP_TENANT or --tenant");
}

static void offline(struct screen *s)
{
	open_list(s);
	bring(s, TENANT, (int64_t)TENANT, false, "templates: no connection to pipeline.example.com");
	s->now.now_ms += 180000;
	draw(s);
}

static void help(struct screen *s)
{
	open_list(s);
	press(s, "?");
}

static void ask(struct screen *s, const struct templatequestion_about *about)
{
	struct templatequestion q;
	struct dialog_target target = {.name = NULL};

	templatequestion_make(&q, about);
	target.name = q.name;
	q.ask.targets = &target;
	q.ask.n_targets = 1;
	assert_true(ui_confirm(s->ui, &q.ask));
	templatequestion_done(&q);
	draw(s);
}

static void ask_delete(struct screen *s)
{
	open_list(s);
	ask(s, &(struct templatequestion_about){.act = ACT_TEMPLATE_DELETE, .shown = &tenant[3], .account = "ffff0001",
						.age_ms = 4000});
}

static void ask_favourite(struct screen *s)
{
	open_list(s);
	ask(s, &(struct templatequestion_about){.act = ACT_TEMPLATE_FAVOURITE, .shown = &tenant[0],
						.account = "ffff0001", .age_ms = 4000});
}

static void ask_copy(struct screen *s)
{
	struct template wanted = tenant[4];

	wanted.name = S("Python of ours");
	detail(s);
	ask(s, &(struct templatequestion_about){.act = ACT_TEMPLATE_COPY, .shown = &tenant[4], .wanted = &wanted,
						.account = "ffff0001", .age_ms = 64000});
}

static void ask_edit(struct screen *s)
{
	struct template from = tenant[1], to = tenant[1];

	from.definition = S("{\"stages\":[]}");
	to.definition = S("{\"stages\":[{\"name\":\"Build\"}]}");
	to.name = S("Java 11 service");
	to.description = NULL;
	detail(s);
	ask(s, &(struct templatequestion_about){.act = ACT_TEMPLATE_EDIT, .shown = &from, .wanted = &to,
						.account = "ffff0001", .age_ms = 64000});
}

static void ask_use(struct screen *s)
{
	detail(s);
	ask(s, &(struct templatequestion_about){.act = ACT_TEMPLATE_USE, .shown = &tenant[3], .pipeline = "web2",
						.project = "shop", .given = parameters, .n_given = 4,
						.account = "ffff0001", .age_ms = 4000});
}

static const struct scene {
	const char *name;
	void (*play)(struct screen *s);
} scenes[] = {
	{"list", list},
	{"first-page", first_page},
	{"filtering", filtering},
	{"filtered", filtered},
	{"detail", detail},
	{"detail-end", detail_end},
	{"detail-reading", detail_reading},
	{"reading", reading},
	{"empty", empty},
	{"no-tenant", no_tenant},
	{"offline", offline},
	{"help", help},
	{"ask-delete", ask_delete},
	{"ask-favourite", ask_favourite},
	{"ask-copy", ask_copy},
	{"ask-edit", ask_edit},
	{"ask-use", ask_use},
};

static void shoot(const struct scene *scene, struct size size, bool utf8)
{
	struct screen s;
	struct buf dump;
	char name[128];

	open_as(&s, size, utf8, false);
	scene->play(&s);
	buf_init(&dump, BUF_MAX);
	grid_dump(s.grid, true, &dump);
	snprintf(name, sizeof(name), "template-%s-%dx%d%s", scene->name, size.cols, size.rows, utf8 ? "" : "-ascii");
	test_golden(name, dump.data, dump.len);
	buf_done(&dump);
	close_screen(&s);
}

static void all_screens_are_as_agreed(void **state)
{
	size_t i, k;

	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			shoot(&scenes[i], sizes[k], true);
			if (k != 1)
				shoot(&scenes[i], sizes[k], false);
		}
}

static void no_size_breaks_the_frame(void **state)
{
	struct screen s;
	size_t i;
	int rows, cols;

	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		open_as(&s, sizes[0], i % 2, false);
		scenes[i].play(&s);
		for (rows = 1; rows < 60; rows += 3)
			for (cols = 1; cols < 210; cols += 7) {
				grid_resize(s.grid, rows, cols);
				ui_resize(s.ui, rows, cols);
				press(&s, rows % 2 ? "j PgDn" : "k G");
			}
		close_screen(&s);
	}
}

/* ---- behaviour ---- */

static void the_list_is_asked_for_when_it_is_opened(void **state)
{
	struct screen s;

	open_as(&s, sizes[0], true, false);
	assert_false(ui_shows_templates(s.ui));
	say(&s, "templ");
	assert_int_equal(asked(&s).ask, ASK_TEMPLATES);
	assert_true(ui_shows_templates(s.ui));
	press(&s, "r");
	assert_int_equal(asked(&s).ask, ASK_TEMPLATES_AGAIN);
	press(&s, "q");
	assert_false(ui_shows_templates(s.ui));
	close_screen(&s);
}

static void a_text_behind_the_command_filters(void **state)
{
	struct screen s;

	open_as(&s, sizes[0], true, false);
	say(&s, "template pyth");
	bring(&s, TENANT, (int64_t)TENANT, false, NULL);
	check_screen(&s, "Templates  1 of 6");
	check_screen(&s, "Python library");
	press(&s, "Esc");
	check_screen(&s, "Templates  6 ");
	press(&s, "Esc");
	assert_false(ui_shows_templates(s.ui));
	close_screen(&s);
}

static void a_filter_takes_expressions_and_inverts(void **state)
{
	static const struct {
		const char *text, *count;
	} cases[] = {
		{"java", "3 of 6"},	       {"^(go|pyth)", "2 of 6"}, {"!java", "3 of 6"},
		{"t-none", "1 of 6"},	       {"system", "2 of 6"},	 {"Java", "1 of 6"},
		{"nothing like that", "0 of 6"}, {"services of", "1 of 6"},
	};
	struct screen s;
	size_t i;

	open_as(&s, sizes[0], true, false);
	open_list(&s);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		press(&s, "/ Ctrl+U");
		type(&s, cases[i].text);
		check_screen(&s, cases[i].count);
		press(&s, "Enter");
		check_screen(&s, cases[i].count);
	}
	press(&s, "/ Ctrl+U");
	type(&s, "(go");
	press(&s, "Enter"); /* refused: it says why */
	check_screen(&s, "(go");
	press(&s, "/ Esc");
	check_screen(&s, "Templates  6 ");
	close_screen(&s);
}

static void kinds_and_languages_narrow_it(void **state)
{
	struct screen s;

	open_as(&s, sizes[0], true, false);
	open_list(&s);
	press(&s, "2");
	check_screen(&s, "2 of 6");
	press(&s, "Tab");
	check_screen(&s, "[custom]");
	check_screen(&s, "4 of 6");
	press(&s, "4");
	check_screen(&s, "[favourites]");
	press(&s, "1 >");
	check_screen(&s, "language go");
	check_screen(&s, "1 of 6");
	press(&s, "> >");
	check_screen(&s, "language python");
	press(&s, ">");
	check_screen(&s, "language any");
	press(&s, "<");
	check_screen(&s, "language python");
	press(&s, "3");
	check_screen(&s, "nothing passes");
	close_screen(&s);
}

static void the_cursor_stays_on_its_template(void **state)
{
	struct screen s;
	struct ui_request r;

	open_as(&s, sizes[0], true, false);
	open_list(&s);
	press(&s, "G y");
	r = asked(&s);
	assert_int_equal(r.ask, ASK_COPY);
	assert_string_equal(r.text, "t-java10");
	tenant[1].favourite = true; /* it goes up */
	bring(&s, TENANT, (int64_t)TENANT, false, NULL);
	tenant[1].favourite = false;
	press(&s, "j y");
	assert_string_equal(asked(&s).text, "t-py"); /* above it are none, below it are the others */
	press(&s, "k y");
	assert_string_equal(asked(&s).text, "t-java10");
	press(&s, "y");
	assert_string_equal(asked(&s).text, "Java 10 service");
	close_screen(&s);
}

static void enter_asks_for_the_detail_and_the_way_back_is_kept(void **state)
{
	struct screen s;
	struct ui_request r;

	open_as(&s, sizes[0], true, false);
	open_list(&s);
	press(&s, "j j Enter");
	r = asked(&s);
	assert_int_equal(r.ask, ASK_TEMPLATE);
	assert_string_equal(r.id, "t-none");
	check_screen(&s, "reading the template");
	press(&s, "q");
	check_screen(&s, "Templates  6 ");
	press(&s, "Enter h y");
	assert_string_equal(asked(&s).text, "t-none");
	close_screen(&s);
}

static void a_secret_is_not_among_the_lines(void **state)
{
	struct screen s;

	open_as(&s, sizes[1], true, false);
	detail(&s);
	check_screen(&s, "registry_password");
	check_screen(&s, "********");
	assert_false(on_screen(&s, "hunter2"));
	close_screen(&s);
}

static void a_failure_of_the_detail_is_said(void **state)
{
	struct screen s;

	open_as(&s, sizes[0], true, false);
	open_list(&s);
	press(&s, "Enter");
	ui_set_template(s.ui, &(struct ui_template){.id = "t-py", .fault = "template: HTTP 403: not permitted"});
	check_screen(&s, "template: HTTP 403: not permitted");
	check_screen(&s, "NOT READ");
	/* What was read before stays, and says that it is old. */
	bring_detail(&s, &tenant[4], "template: no connection");
	check_screen(&s, "STALE 2s");
	check_screen(&s, "template: no connection");
	check_screen(&s, "environment");
	close_screen(&s);
}

static void commands_ask_for_what_is_selected(void **state)
{
	static const struct {
		const char *line;
		enum ui_ask ask;
		const char *text;
	} cases[] = {
		{"template-favourite on", ASK_TEMPLATE_FAVOURITE, "on"},
		{"template-favourite off", ASK_TEMPLATE_FAVOURITE, "off"},
		{"template-copy our own one", ASK_TEMPLATE_COPY, "our own one"},
		{"template-edit", ASK_TEMPLATE_EDIT, NULL},
		{"template-delete", ASK_TEMPLATE_DELETE, NULL},
		{"template-use web2", ASK_TEMPLATE_USE, "web2"},
	};
	struct screen s;
	struct ui_request r;
	size_t i;
	int level;

	open_as(&s, sizes[0], true, false);
	open_list(&s);
	press(&s, "j");
	for (level = 0; level < 2; level++) {
		for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			say(&s, cases[i].line);
			r = asked(&s);
			assert_int_equal(r.ask, cases[i].ask);
			assert_string_equal(r.id, "t-zh");
			assert_true(text_same(r.text, cases[i].text));
			assert_true(ui_awaits_template(s.ui));
			press(&s, "k"); /* whoever goes on wants it no more */
			assert_false(ui_awaits_template(s.ui));
			press(&s, "j");
		}
		press(&s, "Enter"); /* and with its detail on screen */
	}
	close_screen(&s);
}

static void what_belongs_to_the_system_is_neither_edited_nor_deleted(void **state)
{
	static const char *const lines[] = {"template-edit", "template-delete"};
	struct screen s;
	size_t i;

	open_as(&s, sizes[1], true, false);
	open_list(&s);
	press(&s, "2 g");
	asked(&s);
	for (i = 0; i < 2; i++) {
		say(&s, lines[i]);
		assert_int_equal(asked(&s).ask, ASK_NONE);
		check_screen(&s, "Python library is a template of the system: it can be copied");
	}
	say(&s, "template-copy mine");
	assert_int_equal(asked(&s).ask, ASK_TEMPLATE_COPY);
	say(&s, "template-use mine");
	assert_int_equal(asked(&s).ask, ASK_TEMPLATE_USE);
	close_screen(&s);
}

static void a_command_without_its_view_or_word_says_what_it_wants(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{"template-copy", "usage: :template-copy NAME"},
		{"template-favourite maybe", "want on or off"},
		{"template-use", "usage: :template-use NAME"},
	};
	struct screen s;
	size_t i;

	open_as(&s, sizes[0], true, false);
	say(&s, "template-delete");
	check_screen(&s, "open the templates first: :template");
	open_list(&s);
	asked(&s);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		say(&s, cases[i].line);
		check_screen(&s, cases[i].says);
		assert_int_equal(asked(&s).ask, ASK_NONE);
	}
	bring(&s, 0, 0, false, NULL);
	say(&s, "template-delete");
	check_screen(&s, "no template is selected");
	close_screen(&s);
}

static void no_key_of_the_view_asks_for_a_change(void **state)
{
	struct screen s;
	struct ui_request r;
	uint32_t code;
	int level;

	open_as(&s, sizes[0], true, false);
	for (level = 0; level < 2; level++)
		for (code = 1; code < 0x7F; code++) {
			open_list(&s);
			press(&s, level ? "Enter" : "");
			ui_key(s.ui, &(struct key){.code = code}, NULL, &s.now);
			draw(&s);
			while (ui_take_request(s.ui, &r))
				assert_true(r.ask < ASK_TEMPLATE_FAVOURITE || r.ask > ASK_TEMPLATE_USE);
			press(&s, "Esc Esc Esc Esc Esc");
		}
	close_screen(&s);
}

static void read_only_takes_the_commands_away(void **state)
{
	static const char *const lines[] = {"template-favourite on", "template-copy x", "template-edit",
					    "template-delete", "template-use x"};
	struct screen s;
	size_t i;

	open_as(&s, sizes[0], true, true);
	open_list(&s);
	asked(&s);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		say(&s, lines[i]);
		assert_int_equal(asked(&s).ask, ASK_NONE);
		check_screen(&s, "read-only: :template-");
	}
	press(&s, ":");
	type(&s, "template-");
	press(&s, "Tab");
	check_screen(&s, "nothing begins like that");
	press(&s, "Esc ? G");
	check_screen(&s, ":template TEXT");
	assert_false(on_screen(&s, ":template-"));
	close_screen(&s);
}

static void a_wheel_and_a_click_move_and_open(void **state)
{
	struct screen s;
	struct ui_request r;

	open_as(&s, sizes[0], true, false);
	open_list(&s);
	ui_key(s.ui, &(struct key){.code = KEY_CODE_MOUSE, .mouse = MOUSE_LEFT, .row = 4, .col = 9}, NULL, &s.now);
	assert_int_equal(asked(&s).ask, ASK_TEMPLATES);
	ui_key(s.ui, &(struct key){.code = KEY_CODE_MOUSE, .mouse = MOUSE_LEFT, .row = 4, .col = 9}, NULL, &s.now);
	r = asked(&s);
	assert_int_equal(r.ask, ASK_TEMPLATE);
	assert_string_equal(r.id, "t-zh");
	press(&s, "Esc");
	ui_key(s.ui, &(struct key){.code = KEY_CODE_MOUSE, .mouse = MOUSE_WHEEL_DOWN, .row = 9, .col = 9}, NULL, &s.now);
	press(&s, "y");
	assert_string_equal(asked(&s).text, "t-java9");
	close_screen(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_screens_are_as_agreed),
		cmocka_unit_test(no_size_breaks_the_frame),
		cmocka_unit_test(the_list_is_asked_for_when_it_is_opened),
		cmocka_unit_test(a_text_behind_the_command_filters),
		cmocka_unit_test(a_filter_takes_expressions_and_inverts),
		cmocka_unit_test(kinds_and_languages_narrow_it),
		cmocka_unit_test(the_cursor_stays_on_its_template),
		cmocka_unit_test(enter_asks_for_the_detail_and_the_way_back_is_kept),
		cmocka_unit_test(a_secret_is_not_among_the_lines),
		cmocka_unit_test(a_failure_of_the_detail_is_said),
		cmocka_unit_test(commands_ask_for_what_is_selected),
		cmocka_unit_test(what_belongs_to_the_system_is_neither_edited_nor_deleted),
		cmocka_unit_test(a_command_without_its_view_or_word_says_what_it_wants),
		cmocka_unit_test(no_key_of_the_view_asks_for_a_change),
		cmocka_unit_test(read_only_takes_the_commands_away),
		cmocka_unit_test(a_wheel_and_a_click_move_and_open),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
