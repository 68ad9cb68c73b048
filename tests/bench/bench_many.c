/* SPDX-License-Identifier: MIT */
/*
 * The whole screen with 100,000 pipelines (performance.md P14): the time from a key to the
 * finished frame, while a batch status of 200 rows comes before every sixth key (5 a
 * second at 30 keys a second, as fast as keys repeat). What is timed is the key, the
 * frame, what the program asks the ui in each pass, and the comparison with the last
 * frame: of the processor, with the wall beside it; what curses then does with the changed rows is in bench_screen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../crowd.h"
#include "bench.h"
#include "ui/ui.h"

enum { KEYS_MOST = 4000, KEYS_PER_ANSWER = 6, KEY_MS = 33 };

struct rig {
	struct crowd crowd;
	struct store *store;
	struct groups *groups;
	struct ui *ui;
	struct grid *grid, *last;
	struct ui_now now;
	size_t keys, next;
	double times[KEYS_MOST], cpu[KEYS_MOST], answers[KEYS_MOST];
	int n, n_answers;
	size_t rows_changed;
};

static void answer(struct rig *rig)
{
	double start = bench_cpu_ms();

	crowd_change(&rig->crowd, rig->next, 200);
	rig->next += 200 * 7;
	if (rig->n_answers < KEYS_MOST)
		rig->answers[rig->n_answers++] = bench_cpu_ms() - start;
}

/* What the loop does between a key and its pause. */
static void pass(struct rig *rig, const struct key *key)
{
	struct ui_look look;
	struct ui_request request;
	int row;

	if (key)
		ui_key(rig->ui, key, NULL, &rig->now);
	while (ui_take_request(rig->ui, &request))
		;
	ui_look(rig->ui, &look, &rig->now);
	ui_wanted_log(rig->ui, &rig->now);
	ui_draw(rig->ui, rig->grid, &rig->now);
	for (row = 0; row < grid_rows(rig->grid); row++)
		rig->rows_changed += !grid_row_same(rig->grid, rig->last, row);
	grid_copy(rig->last, rig->grid);
}

static void press(struct rig *rig, const char *name)
{
	struct key key;
	double start, cpu;

	if (!key_parse(name, &key))
		bench_fail("no key is called %s", name);
	rig->now.now_ms += KEY_MS;
	rig->now.server_ms += KEY_MS;
	rig->now.wall_ms += KEY_MS;
	rig->crowd.now_ms = rig->now.server_ms;
	if (++rig->keys % KEYS_PER_ANSWER == 0)
		answer(rig);
	start = bench_now_ms();
	cpu = bench_cpu_ms();
	pass(rig, &key);
	if (rig->n == KEYS_MOST)
		return;
	rig->cpu[rig->n] = bench_cpu_ms() - cpu;
	rig->times[rig->n++] = bench_now_ms() - start;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void say(struct rig *rig, const char *what, double most)
{
	char text[96];

	qsort(rig->times, (size_t)rig->n, sizeof(*rig->times), ascending);
	qsort(rig->cpu, (size_t)rig->n, sizeof(*rig->cpu), ascending);
	snprintf(text, sizeof(text), "%s: p99 (p50 %.2f, wall p99 %.2f)", what, rig->cpu[rig->n / 2],
		 rig->times[rig->n * 99 / 100]);
	bench_row_most(text, rig->cpu[rig->n * 99 / 100], "ms", most);
	rig->n = 0;
}

static void bench_keys(struct rig *rig, const char *what, const char *const *names, size_t n, int times)
{
	int i;

	for (i = 0; i < times; i++)
		press(rig, names[(size_t)i % n]);
	say(rig, what, 16);
}

static void bench_filter(struct rig *rig, const char *line)
{
	char what[64], name[8];
	const char *c;
	int round;

	for (round = 0; round < 8; round++) {
		press(rig, "/");
		for (c = line; *c; c++) {
			snprintf(name, sizeof(name), "%.1s", c);
			press(rig, *c == ' ' ? "Space" : name);
		}
		for (c = line; *c; c++)
			press(rig, "Backspace");
		press(rig, "Esc");
	}
	snprintf(what, sizeof(what), "/%s and back", line);
	say(rig, what, 16);
}

#define KEYS(...) (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static void bench_all(struct rig *rig)
{
	bench_keys(rig, "j", KEYS("j"), 300);
	bench_keys(rig, "PgDn", KEYS("PgDn"), 300);
	bench_keys(rig, "G g", KEYS("G", "g"), 100);
	bench_keys(rig, "k at the end", KEYS("G", "k", "k", "k", "k", "k"), 100);
	bench_keys(rig, "e E", KEYS("e", "e", "E"), 100);
	bench_keys(rig, "W", KEYS("W"), 60);
	bench_keys(rig, "Space", KEYS("Space"), 100);
	bench_filter(rig, "search-in");
	bench_filter(rig, "s.*h-[iu]");
	bench_filter(rig, "state:failed main");
	bench_keys(rig, "< > i", KEYS(">", ">", ">", "i", "<", "<", "<", "i"), 96);
}

static void bench(struct rig *rig, int rows, int cols)
{
	printf("-- %dx%d\n", cols, rows);
	grid_resize(rig->grid, rows, cols);
	grid_resize(rig->last, rows, cols);
	ui_resize(rig->ui, rows, cols);
	pass(rig, NULL);
	bench_all(rig);
	ui_view_set(rig->ui, "groups=yes\n", &rig->now);
	pass(rig, NULL);
	bench_keys(rig, "grouped: j PgDn G g", KEYS("j", "PgDn", "G", "g", "j"), 150);
	ui_view_set(rig->ui, "", &rig->now);
	pass(rig, NULL);
}

int main(void)
{
	size_t n = (size_t)bench_number("BENCH_PIPELINES", 100000), page;
	struct ui_options options = {.place = "shop@cn-north-4", .utf8 = true};
	struct ui_status status = {.badge = "LIVE", .loaded = true, .allowed = 120};
	struct rig rig = {.store = options.store = store_new(), .groups = groups_new(),
			  .grid = grid_new(24, 80), .last = grid_new(24, 80)};
	double base = bench_usage(getpid()).rss_mb, start, worst = 0;

	bench_head();
	crowd_init(&rig.crowd, rig.store, 20261124, 4);
	crowd_groups(&rig.crowd, rig.groups);
	rig.now = (struct ui_now){.now_ms = 1000, .wall_ms = CROWD_NOW, .server_ms = CROWD_NOW};
	rig.ui = ui_new(&options);
	ui_set_groups(rig.ui, rig.groups);
	ui_set_status(rig.ui, &status);
	for (page = 0; page < n; page += 200) { /* as a listing fills it, drawn after each page */
		crowd_add(&rig.crowd, 200);
		start = bench_cpu_ms();
		pass(&rig, NULL);
		worst = bench_cpu_ms() - start > worst ? bench_cpu_ms() - start : worst;
	}
	bench_row_most("a page of the listing comes: slowest frame", worst, "ms", 16);
	bench(&rig, 24, 80);
	bench(&rig, 30, 110);
	bench(&rig, 60, 200);
	printf("%-44s %10.2f %10s ms\n", "an answer of 200 runs into the store, median",
	       bench_median(rig.answers, rig.n_answers), "");
	bench_row_most("RSS, store and screen", bench_usage(getpid()).rss_mb - base, "MB", 100);
	ui_free(rig.ui);
	store_free(rig.store);
	groups_free(rig.groups);
	grid_free(rig.grid);
	grid_free(rig.last);
	return 0;
}
