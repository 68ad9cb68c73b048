/* SPDX-License-Identifier: MIT */
/*
 * The list of the first screen (performance.md P14): what each kind of change and each
 * kind of key costs, for 5,000 and 100,000 pipelines, in milliseconds of the processor.
 * Medians. For comparison: attention_sort() of a copy of all entries, which is how such
 * a list is made without keeping anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../crowd.h"
#include "bench.h"
#include "core/mem.h"
#include "model/attention.h"
#include "ui/roster.h"

#define MOST 99

struct rig {
	struct crowd crowd;
	struct store *store;
	struct groups *groups;
	struct roster *roster;
	size_t next; /* pipeline that changes next */
	double times[MOST];
	int n;
};

static double rss_mb(void)
{
	return bench_usage(getpid()).rss_mb;
}

static void time_refresh(struct rig *rig)
{
	double start = bench_cpu_ms();

	roster_refresh(rig->roster, rig->crowd.now_ms);
	rig->times[rig->n++] = bench_cpu_ms() - start;
}

static void say(struct rig *rig, const char *what, double most)
{
	char text[64];

	snprintf(text, sizeof(text), "%zu: %s", rig->crowd.n, what);
	bench_row_most(text, bench_median(rig->times, rig->n), "ms", most);
	rig->n = 0;
}

static void bench_naive(struct rig *rig)
{
	const struct entry *entries;
	size_t n = store_entries(rig->store, &entries);
	struct entry *copy = mem_calloc(n, sizeof(*copy));

	while (rig->n < bench_runs()) {
		double start = bench_cpu_ms();

		memcpy(copy, entries, n * sizeof(*copy));
		attention_sort(copy, n, rig->crowd.now_ms);
		rig->times[rig->n++] = bench_cpu_ms() - start;
	}
	mem_free(copy);
	say(rig, "all sorted anew, for comparison", 1000);
}

static void bench_changes(struct rig *rig, size_t n, double most)
{
	char text[40];

	while (rig->n < bench_runs() * 3) {
		crowd_change(&rig->crowd, rig->next, n);
		rig->next += n * 17;
		time_refresh(rig);
	}
	snprintf(text, sizeof(text), "refresh after %zu changed runs", n);
	say(rig, text, most);
}

static void key(struct rig *rig, const char *text)
{
	double start = bench_cpu_ms();

	roster_set_filter(rig->roster, text, false, rig->crowd.now_ms, NULL);
	roster_refresh(rig->roster, rig->crowd.now_ms);
	rig->times[rig->n++] = bench_cpu_ms() - start;
}

/* Types a line and takes it back: the slowest key counts. */
static void bench_typing(struct rig *rig, const char *line, double most)
{
	char text[64], what[96];
	double *times = rig->times, worst = 0;
	size_t len = strlen(line), i;

	for (i = 1; i < 2 * len; i++) {
		snprintf(text, sizeof(text), "%.*s", (int)(i <= len ? i : 2 * len - i), line);
		key(rig, text);
		worst = times[rig->n - 1] > worst ? times[rig->n - 1] : worst;
		rig->n--;
	}
	key(rig, "");
	times[0] = worst;
	snprintf(what, sizeof(what), "slowest key of /%s, back again", line);
	say(rig, what, most);
}

static void bench_settings(struct rig *rig)
{
	int sort;

	for (sort = ROSTER_SORTS - 1; sort >= 0; sort--) {
		roster_set_sort(rig->roster, (enum roster_sort)sort, false);
		time_refresh(rig);
	}
	say(rig, "another order", 16);
	while (rig->n < bench_runs()) {
		roster_set_grouped(rig->roster, rig->n % 2 == 0);
		time_refresh(rig);
	}
	say(rig, "groups on or off", 16);
	roster_set_grouped(rig->roster, true);
	bench_changes(rig, 200, 4);
	roster_set_grouped(rig->roster, false);
}

static void bench(size_t n)
{
	struct rig rig = {.store = store_new(), .groups = groups_new()};
	double before = rss_mb(), loaded;

	crowd_init(&rig.crowd, rig.store, 20261124, 4);
	crowd_groups(&rig.crowd, rig.groups);
	crowd_add(&rig.crowd, n);
	loaded = rss_mb();
	rig.roster = roster_new(rig.store);
	roster_set_groups(rig.roster, rig.groups);
	time_refresh(&rig);
	say(&rig, "first build", 1000);
	printf("%-44s %10.2f %10s MB\n", "  RSS of the store", loaded - before, "");
	printf("%-44s %10.2f %10s MB\n", "  RSS of the roster", rss_mb() - loaded, "");
	bench_naive(&rig);
	bench_changes(&rig, 1, 4);
	bench_changes(&rig, 200, 4);
	bench_changes(&rig, 500, 8);
	bench_typing(&rig, "search-in", 8);
	bench_typing(&rig, "sea.*in", 16);
	bench_typing(&rig, "!main", 8);
	bench_typing(&rig, "state:failed", 16);
	bench_typing(&rig, "by:li", 16);
	bench_settings(&rig);
	roster_free(rig.roster);
	store_free(rig.store);
	groups_free(rig.groups);
}

int main(void)
{
	bench_head();
	bench(5000);
	bench((size_t)bench_number("BENCH_PIPELINES", 100000));
	return 0;
}
