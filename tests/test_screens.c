/* SPDX-License-Identifier: MIT */
/*
 * Golden screens: the dashboard on a small world, at fixed times and sizes, as text and
 * roles. GENERATE=1 rewrites tests/screens; a difference prints both.
 */
#include "test.h"

#include <locale.h>
#include <unistd.h>

#include "app/guide.h"
#include "core/buf.h"
#include "core/mem.h"
#include "log/log.h"
#include "model/changes.h"
#include "ui/grid.h"
#include "ui/theme.h"
#include "ui/ui.h"
#include "world.h"

struct size {
	int rows, cols;
};
static const struct size sizes[] = {{24, 80}, {20, 60}, {30, 100}, {40, 130}, {60, 200}, {6, 20}};

struct screen {
	struct store *store;
	struct ui *ui;
	struct log *log;
	struct grid *grid;
	struct groups *groups;
	struct changes *changes;
	struct ui_now now;
};

static struct ui_status live(void)
{
	return (struct ui_status){.badge = "LIVE", .age_ms = 4000, .used = 12, .allowed = 120};
}

static void screen_open(struct screen *s, int rows, int cols, bool utf8)
{
	struct ui_status status = live();

	*s = (struct screen){.store = store_new(), .grid = grid_new(rows, cols)};
	s->ui = ui_new(&(struct ui_options){.store = s->store, .place = "shop@cn-north-4", .utf8 = utf8});
	grid_set_utf8(s->grid, utf8);
	ui_resize(s->ui, rows, cols);
	ui_set_status(s->ui, &status);
	s->now = (struct ui_now){.now_ms = 5000, .wall_ms = WORLD_NOW, .server_ms = WORLD_NOW};
	s->groups = world_groups();
	world_fill(s->store);
}

static void screen_close(struct screen *s)
{
	ui_set_log(s->ui, NULL, NULL);
	ui_free(s->ui);
	log_free(s->log);
	store_free(s->store);
	groups_free(s->groups);
	changes_free(s->changes);
	grid_free(s->grid);
}

/* Keys as the table names them, separated by blanks. */
static void press(struct screen *s, const char *names)
{
	char name[32];
	int used;
	struct key key;

	ui_draw(s->ui, s->grid, &s->now);
	for (; sscanf(names, "%31s%n", name, &used) == 1; names += used) {
		assert_true(key_parse(name, &key));
		ui_key(s->ui, &key, NULL, &s->now);
		ui_draw(s->ui, s->grid, &s->now);
	}
}

static const char *const stamps = "[2026/11/24 13:39:%02d.%03d GMT+08:00] [INFO] ";

static void bring_log(struct screen *s, bool failed)
{
	const struct ref *wanted = ui_wanted_log(s->ui, &s->now);
	struct ui_log_status status = {.failed = failed, .running = !failed};
	const char *dir = getenv("top_builddir");
	struct buf text;
	int i;

	if (!wanted)
		return; /* at this width the selection has no log */
	s->log = log_new(dir ? dir : ".", LOG_SPOOL_MAX, NULL);
	assert_non_null(s->log);
	buf_init(&text, BUF_MAX);
	for (i = 0; i < 40; i++) {
		buf_addf(&text, stamps, i, i * 7);
		buf_addf(&text, i == 20 ? "\033[31mERROR\033[0m 断言失败 cart/tax_test\n" : "running case %d 测试用例\n", i);
	}
	buf_addf(&text, stamps, 41, 0);
	buf_adds(&text, "FAIL cart/tax_test\n");
	buf_addf(&text, stamps, 42, 0);
	buf_adds(&text, "error: expected 19.99, got 20.00 (tax_test.c:57)\n");
	buf_adds(&text, "title \033]0;owned\007 and \033[2J nothing moves\n");
	buf_adds(&text, "progress 10%\rprogress 55%\rprogress 100%\n");
	buf_addf(&text, stamps, 43, 0);
	buf_adds(&text, "1 of 214 tests failed");
	assert_true(log_append(s->log, text.data, text.len, NULL));
	buf_done(&text);
	log_set_head(s->log, true);
	if (failed)
		log_mark(s->log, LOG_MARK_END, "step failed, 4m12s");
	ui_set_log(s->ui, s->log, wanted);
	ui_set_log_status(s->ui, &status);
	while (ui_work(s->ui, 10000))
		;
}

/* Type text into the open prompt. */
static void type(struct screen *s, const char *text)
{
	for (; *text; text++)
		ui_key(s->ui, &(struct key){.code = (unsigned char)*text}, NULL, &s->now);
	ui_draw(s->ui, s->grid, &s->now);
}

static void settle(struct screen *s)
{
	while (ui_work(s->ui, 10000))
		;
	ui_draw(s->ui, s->grid, &s->now);
}

/* ---- scenes ---- */

static void first(struct screen *s)
{
	press(s, "");
}

static void failure(struct screen *s)
{
	press(s, "!");
	bring_log(s, true);
	press(s, "");
}

static void failure_full(struct screen *s)
{
	failure(s);
	press(s, "Enter");
}

static void running(struct screen *s)
{
	press(s, "F");
	bring_log(s, false);
	press(s, "");
}

static void paused_search(struct screen *s)
{
	running(s);
	press(s, "z k k /");
	type(s, "case 1");
	press(s, "Enter");
	settle(s);
	press(s, "n");
	settle(s);
}

static void wrapped_times(struct screen *s)
{
	running(s);
	press(s, "z w t");
}

static void opened(struct screen *s)
{
	press(s, "j j j Enter");
}

static void filtered(struct screen *s)
{
	press(s, "/");
	type(s, "deploy|api");
}

static void help(struct screen *s)
{
	press(s, "?");
}

static void offline(struct screen *s)
{
	struct ui_status status = live();

	status.badge = "OFFLINE";
	status.badge_bad = true;
	status.age_ms = 180000;
	snprintf(status.fault, sizeof(status.fault), "offline since 05:57, retrying: no answer from example");
	ui_set_status(s->ui, &status);
	s->now.stale = true;
	press(s, "");
}

static void unknown_key(struct screen *s)
{
	press(s, "D");
}

static void go_to(struct screen *s, const char *name)
{
	press(s, "/");
	type(s, name);
	press(s, "Enter");
	press(s, "g");
}

static void gate(struct screen *s)
{
	press(s, "W W");
}

static void stage_gate(struct screen *s)
{
	go_to(s, "deploy-prod");
	press(s, "Esc W");
}

static void history(struct screen *s)
{
	world_take_history(s->store);
	go_to(s, "checkout");
	press(s, "H j");
}

static void stages(struct screen *s)
{
	go_to(s, "search-index");
	press(s, "Esc l l l");
	bring_log(s, false);
	press(s, "");
}

static void sub_pipeline(struct screen *s)
{
	go_to(s, "release-train");
	press(s, "Esc F q Enter");
	bring_log(s, false);
	press(s, "");
}

static void attempts(struct screen *s)
{
	go_to(s, "flaky");
	press(s, "Esc F q");
	bring_log(s, false);
	press(s, "h l k"); /* all steps of the job, the earlier try among them */
}

static void sorted(struct screen *s)
{
	press(s, "> > > i");
}

static void marked(struct screen *s)
{
	press(s, "Space Space j Space");
}

static void grouped(struct screen *s)
{
	ui_set_groups(s->ui, s->groups);
	press(s, ":");
	type(s, "groups");
	press(s, "Enter j h");
}

static void favourites(struct screen *s)
{
	press(s, ":");
	type(s, "favourites");
	press(s, "Enter");
}

static void nothing_passes(struct screen *s)
{
	press(s, "/");
	type(s, "no such pipeline");
	press(s, "Enter");
}

static void found(struct screen *s)
{
	struct ui_status status = live();

	snprintf(status.found, sizeof(status.found), "server: 37 found, reading");
	press(s, "/");
	type(s, "prod");
	press(s, "Enter");
	ui_set_status(s->ui, &status);
	press(s, "");
}

static void completing(struct screen *s)
{
	press(s, ":");
	type(s, "s");
	press(s, "Tab Tab");
}

static void help_search(struct screen *s)
{
	press(s, "? /");
	type(s, "log");
}

static void auto_follow(struct screen *s)
{
	press(s, "F q a");
	bring_log(s, false);
	press(s, "");
}

static void changed(struct screen *s)
{
	s->changes = changes_new();
	changes_update(s->changes, s->store, WORLD_NOW, WORLD_NOW);
	world_start_checkout(s->store);
	changes_update(s->changes, s->store, WORLD_NOW + 1000, WORLD_NOW + 1000);
	world_fail_running(s->store);
	changes_update(s->changes, s->store, WORLD_NOW + 61000, WORLD_NOW + 61000);
	s->now.wall_ms = s->now.server_ms = WORLD_NOW + 90000;
	ui_set_changes(s->ui, s->changes);
	press(s, ":");
	type(s, "changes");
	press(s, "Enter");
}

/* What is typed is seen there, too. */
static void changed_and_typing(struct screen *s)
{
	changed(s);
	press(s, ":");
	type(s, "inter");
}

static void first_start(struct screen *s)
{
	struct options options = {.theme = NULL};
	struct guide guide;
	size_t i;

	setenv("XDG_CONFIG_HOME", "/home/ops/.config", 1);
	assert_true(guide_make(&guide, &options));
	unsetenv("XDG_CONFIG_HOME");
	ui_page_open(s->ui, guide.title, GUIDE_COLUMN);
	for (i = 0; i < guide.n; i++)
		ui_page_add(s->ui, guide.lines[i].left, guide.lines[i].right);
	ui_page_is_first_start(s->ui);
	guide_done(&guide);
	press(s, "");
}

static void zoomed(struct screen *s)
{
	press(s, "z");
}

static void loading(struct screen *s)
{
	struct ui_status status = live();

	status.listed = 100;
	status.total = 4812;
	ui_set_status(s->ui, &status);
	press(s, "");
}

static const struct scene {
	const char *name;
	void (*play)(struct screen *s);
} scenes[] = {
	{"first", first},
	{"failure", failure},
	{"failure-full", failure_full},
	{"running", running},
	{"paused-search", paused_search},
	{"wrapped-times", wrapped_times},
	{"opened", opened},
	{"filtered", filtered},
	{"help", help},
	{"offline", offline},
	{"unknown-key", unknown_key},
	{"gate-review", gate},
	{"gate-stage", stage_gate},
	{"history", history},
	{"stages", stages},
	{"sub-pipeline", sub_pipeline},
	{"attempts", attempts},
	{"sorted", sorted},
	{"marked", marked},
	{"grouped", grouped},
	{"favourites", favourites},
	{"nothing-passes", nothing_passes},
	{"found", found},
	{"completing", completing},
	{"help-search", help_search},
	{"auto-follow", auto_follow},
	{"changes", changed},
	{"changes-line", changed_and_typing},
	{"first-start", first_start},
	{"zoomed", zoomed},
	{"loading", loading},
};

static void shoot(const struct scene *scene, struct size size, bool utf8)
{
	struct screen s;
	struct buf dump;
	char name[128];

	screen_open(&s, size.rows, size.cols, utf8);
	scene->play(&s);
	buf_init(&dump, BUF_MAX);
	grid_dump(s.grid, true, &dump);
	snprintf(name, sizeof(name), "%s-%dx%d%s", scene->name, size.cols, size.rows, utf8 ? "" : "-ascii");
	test_golden(name, dump.data, dump.len);
	buf_done(&dump);
	screen_close(&s);
}

/* Letters for the attributes that the mono theme gives each cell: what is seen without colour. */
static void dump_mono(const struct grid *g, struct buf *out)
{
	struct theme mono;
	struct buf line;
	int row, col;

	theme_mono(&mono);
	buf_init(&line, BUF_MAX);
	grid_dump(g, false, out);
	buf_adds(out, "--\n");
	for (row = 0; row < grid_rows(g); row++) {
		const struct cell *cells = grid_row(g, row);

		buf_clear(&line);
		for (col = 0; col < grid_cols(g); col++) {
			unsigned attr = mono.roles[cells[col].role].attr | cells[col].attr;

			buf_addc(&line, attr & STYLE_REVERSE	 ? 'R'
					: attr & STYLE_UNDERLINE ? 'U'
					: attr & STYLE_BOLD	 ? 'B'
					: attr & STYLE_DIM	 ? 'd'
								 : '.');
		}
		while (line.len > 0 && line.data[line.len - 1] == '.')
			line.len--;
		buf_add(out, line.data, line.len);
		buf_addc(out, '\n');
	}
	buf_done(&line);
}

static void without_colour_the_same_is_told_apart(void **state)
{
	static const char *const names[] = {"first", "failure", "offline", "marked"};
	struct screen s;
	struct buf dump;
	char name[128];
	size_t i, k, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]) - 1; k++) {
			for (n = 0; strcmp(scenes[n].name, names[i]) != 0; n++)
				;
			screen_open(&s, sizes[k].rows, sizes[k].cols, true);
			scenes[n].play(&s);
			buf_init(&dump, BUF_MAX);
			dump_mono(s.grid, &dump);
			snprintf(name, sizeof(name), "%s-%dx%d-mono", names[i], sizes[k].cols, sizes[k].rows);
			test_golden(name, dump.data, dump.len);
			buf_done(&dump);
			screen_close(&s);
		}
}

static void all_screens_are_as_agreed(void **state)
{
	size_t i, k;

	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			shoot(&scenes[i], sizes[k], true);
			shoot(&scenes[i], sizes[k], false);
		}
}

/* ---- behaviour that no single screen shows ---- */

static void the_cursor_stays_on_its_object(void **state)
{
	struct screen s;
	struct ref before = {{NULL}};

	screen_open(&s, 24, 80, true);
	press(&s, "F"); /* the running step of the first run that runs */
	ref_copy(&before, ui_selection(s.ui));
	assert_int_equal(ref_depth(&before), REF_LEVELS);
	world_fail_running(s.store);
	press(&s, "");
	assert_true(ref_same(&before, ui_selection(s.ui)));
	ref_done(&before);
	screen_close(&s);
}

static void no_size_breaks_the_frame(void **state)
{
	struct screen s;
	size_t i;
	int rows, cols;

	screen_open(&s, 24, 80, true);
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		for (rows = 1; rows < 60; rows += 3)
			for (cols = 1; cols < 210; cols += 7) {
				grid_resize(s.grid, rows, cols);
				ui_resize(s.ui, rows, cols);
				ui_draw(s.ui, s.grid, &s.now);
			}
		press(&s, i % 2 ? "z" : "?");
	}
	screen_close(&s);
}

static void rows_are_cut_on_cells(void **state)
{
	struct screen s;
	int cols, row;

	screen_open(&s, 24, 80, true);
	for (cols = 40; cols < 140; cols++) {
		grid_resize(s.grid, 24, cols);
		ui_resize(s.ui, 24, cols);
		ui_draw(s.ui, s.grid, &s.now);
		for (row = 0; row < 24; row++) {
			const struct cell *cells = grid_row(s.grid, row);
			int i;

			for (i = 0; i < cols; i++)
				if (cells[i].ch == 0)
					assert_true(i > 0 && cells[i - 1].ch > 0x10FF);
		}
	}
	screen_close(&s);
}

static void every_key_everywhere_is_harmless(void **state)
{
	static const char *const keys[] = {
		"j", "k", "PgDn", "PgUp", "g", "G", "Enter", "Esc", "h", "l", "Tab", "q", "/", ":",
		"?", "!", "W", "F", "e", "E", "n", "N", "w", "t", "c", "x", "z", "r", "Space", "R",
		"S", "A", "X", "Ctrl+D", "Ctrl+U", "Backspace", "1", "2", "3", "4", "Left", "Right", "Home", "H", "a",
		"<", ">", "i", "o", "u", "y", "s", "v", "Shift+Tab"};
	unsigned seed = 12345, i, presses = 0;
	struct screen s;

	screen_open(&s, 24, 80, true);
	press(&s, "F");
	bring_log(&s, false);
	for (i = 0; i < 20000; i++) {
		struct key key;
		enum command command;

		seed = seed * 1103515245 + 12345;
		assert_true(key_parse(keys[(seed >> 16) % (sizeof(keys) / sizeof(keys[0]))], &key));
		command = ui_key(s.ui, &key, NULL, &s.now);
		assert_true(command == CMD_NONE || command == CMD_QUIT_NOW || command == CMD_REFRESH);
		ui_work(s.ui, 100);
		if (i % 7 == 0)
			ui_draw(s.ui, s.grid, &s.now);
		presses++;
	}
	assert_int_equal(presses, 20000);
	screen_close(&s);
}

static void a_paste_never_becomes_keys(void **state)
{
	struct screen s;
	struct key paste = {.code = KEY_CODE_PASTE};

	screen_open(&s, 24, 80, true);
	press(&s, "");
	assert_int_equal(ui_key(s.ui, &paste, "q:q\nqqq", &s.now), CMD_NONE);
	press(&s, "/");
	ui_key(s.ui, &paste, "deploy", &s.now);
	ui_draw(s.ui, s.grid, &s.now);
	screen_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_screens_are_as_agreed),
		cmocka_unit_test(without_colour_the_same_is_told_apart),
		cmocka_unit_test(the_cursor_stays_on_its_object),
		cmocka_unit_test(no_size_breaks_the_frame),
		cmocka_unit_test(rows_are_cut_on_cells),
		cmocka_unit_test(every_key_everywhere_is_harmless),
		cmocka_unit_test(a_paste_never_becomes_keys),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("screens", tests, NULL, NULL);
}
