/* SPDX-License-Identifier: MIT */
/*
 * Performance.md P14, the store's part: how much memory so many pipelines take, read as they
 * come from the service, page by page; and what one more answer costs then.
 *
 *	make tests/bench/bench_store && tests/bench/bench_store
 *	BENCH_ROWS=5000 tests/bench/bench_store
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/decode.h"
#include "core/mem.h"
#include "model/store.h"

#define PAGE 200
#define ZONE_S 28800
#define PROJECT "aaaaaaaa000000000000000000000001"
#define STORE_MOST_MB 60.0 /* of the 100 MB that P14 gives to everything */

/* Resident now, MB, as the kernel counts. */
static double resident_mb(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long all, resident = 0;

	if (!f || fscanf(f, "%ld %ld", &all, &resident) != 2)
		bench_fail("no /proc/self/statm");
	fclose(f);
	return (double)resident * 4096 / 1e6;
}

/* Of the processor: a shared machine stretches the wall. */
static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void add_stages(struct buf *out, const char *status)
{
	static const char *const names[] = {"Source", "Build", "Test", "Scan", "Deploy"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		buf_addf(out,
			 "%s{\"id\":\"%032zx\",\"name\":\"%s\",\"sequence\":%zu,\"status\":\"%s\","
			 "\"start_time\":\"2026-01-02 08:00:00\",\"end_time\":\"2026-01-02 08:01:00\"}",
			 i ? "," : "", i, names[i], i, status);
}

/* Mostly over, one in a hundred failed, one in two hundred runs. */
static void add_row(struct buf *out, int i, int number)
{
	const char *status = i % 200 == 7 ? "RUNNING" : i % 100 == 3 ? "FAILED" : "COMPLETED";
	long long start = 1767312000000 + (long long)i * 1000;

	buf_addf(out,
		 "{\"pipeline_id\":\"%032x\",\"name\":\"service-%d-build\",\"project_id\":\"" PROJECT
		 "\",\"project_name\":\"Shop\",\"component_id\":null,\"is_publish\":true,"
		 "\"is_collect\":false,\"manifest_version\":\"3.0\",\"create_time\":%lld,"
		 "\"latest_run\":{\"pipeline_id\":\"%032x\",\"pipeline_run_id\":\"%032x\","
		 "\"executor_id\":\"%032x\",\"executor_name\":\"person.%d\",\"status\":\"%s\","
		 "\"run_number\":%d,\"trigger_type\":\"Manual\",\"start_time\":%lld,\"end_time\":%lld,"
		 "\"detail_url\":\"https://devcloud.example.com/cicd/project/" PROJECT "/%032x\","
		 "\"build_params\":{\"build_type\":\"branch\",\"target_branch\":\"%s\","
		 "\"commit_id\":\"%040x\",\"message\":\"Mend the rounding of the tax in row %d\"},"
		 "\"stage_status_list\":[",
		 i, i, start, i, i * 1000 + number, i % 200, i % 200, status, number, start,
		 start + 60000, i, i % 3 ? "main" : "release/2026", i, i);
	add_stages(out, status);
	buf_adds(out, "]}}");
}

static void page_text(struct buf *out, int from, int to, int rows, int number)
{
	int i;

	buf_clear(out);
	buf_addf(out, "{\"offset\":%d,\"limit\":%d,\"total\":%d,\"pipelines\":[", from, PAGE, rows);
	for (i = from; i < to; i++) {
		if (i > from)
			buf_addc(out, ',');
		add_row(out, i, number);
	}
	buf_adds(out, "]}");
}

static void take_page(struct store *store, const struct buf *text, uint64_t snapshot)
{
	struct json *json = json_parse(text->data, text->len, NULL, NULL, NULL, NULL);
	struct decode_page page;
	struct pipeline *list;
	size_t n;

	if (!json || !decode_pipelines(json, ZONE_S, &list, &n, &page, NULL))
		bench_fail("the page cannot be read");
	json_free(json);
	store_take_pipelines(store, PROJECT, list, n, snapshot, (int64_t)snapshot);
	mem_free(list);
}

/* What a page took on average. */
static double load(struct store *store, int rows, int number, uint64_t *snapshot)
{
	double all = 0, start;
	struct buf text;
	int from;

	buf_init(&text, 1u << 20);
	for (from = 0; from < rows; from += PAGE) {
		page_text(&text, from, from + PAGE < rows ? from + PAGE : rows, rows, number);
		start = cpu_ms();
		take_page(store, &text, ++*snapshot);
		all += cpu_ms() - start;
	}
	buf_done(&text);
	return all * PAGE / rows;
}

/* One page that brings a new run for each of its rows, and the look at the entries after it. */
static double page_ms(struct store *store, int rows, uint64_t *snapshot)
{
	const struct entry *entries;
	struct buf text;
	double before;

	buf_init(&text, 1u << 20);
	page_text(&text, 0, rows < PAGE ? rows : PAGE, rows, (int)*snapshot);
	before = cpu_ms();
	take_page(store, &text, ++*snapshot);
	store_entries(store, &entries);
	before = cpu_ms() - before;
	buf_done(&text);
	return before;
}

int main(void)
{
	int rows = bench_number("BENCH_ROWS", 100000), runs = bench_runs(), i;
	double before, times[BENCH_RUNS_MOST], page;
	struct store *store = store_new();
	uint64_t snapshot = 0;
	char what[64];

	bench_head();
	load(store, 200, 1, &snapshot); /* what reading itself takes is there already */
	before = resident_mb();
	page = load(store, rows, 1, &snapshot);
	snprintf(what, sizeof(what), "store of %d pipelines, memory", rows);
	bench_row_most(what, resident_mb() - before, "MB", STORE_MOST_MB);
	bench_row_most("  a page of 200 while loading", page, "ms", 16);
	load(store, rows, 2, &snapshot);
	bench_row_most("  every row with a newer run, memory", resident_mb() - before, "MB",
		       1.5 * STORE_MOST_MB);
	for (i = 0; i < runs; i++)
		times[i] = page_ms(store, rows, &snapshot);
	bench_row_most("  a page of 200 new runs", bench_median(times, runs), "ms", 16);
	store_free(store);
	return 0;
}
