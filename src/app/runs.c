/* SPDX-License-Identifier: MIT */
/* `pipetop runs PIPELINE`: its history, newest first. */
#include <string.h>

#include "command.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "filter.h"
#include "paging.h"
#include "pick.h"
#include "relay.h"
#include "say.h"
#include "table.h"

#define LIMIT 20
#define PAGE 100
#define CEILING 200000

struct history {
	struct command *c;
	struct picked picked;
	struct filter filter;
	struct api_run_query query;
	int64_t most, seen, total; /* most 0: every one */
	struct paging paging;
	char first_id[MODEL_ID_MAX + 1];
	struct table *table; /* for people */
	struct records records;
};

/* ---- one row ---- */

static void add_row(struct history *h, const struct run *run)
{
	char text[40];
	struct buf cell;

	buf_init(&cell, BUF_MAX);
	snprintf(text, sizeof(text), "%lld", (long long)run->number);
	table_add(h->table, run->number ? text : "");
	say_state(&cell, run->state, run->status);
	table_add(h->table, cell.data);
	command_elapsed(run->start_ms, run->end_ms, reader_server_ms(h->c->reader), text, sizeof(text));
	table_add(h->table, text);
	*text = '\0';
	if (run->start_ms != WHEN_NONE)
		when_clock(run->start_ms, reader_server_ms(h->c->reader), text, sizeof(text));
	table_add(h->table, text);
	buf_clear(&cell);
	say_name(&cell, run->trigger, "");
	table_add(h->table, cell.data);
	buf_clear(&cell);
	say_name(&cell, run->executor, "");
	table_add(h->table, cell.data);
	buf_clear(&cell);
	say_name(&cell, run->branch, "");
	table_add(h->table, cell.data);
	table_add(h->table, run->id);
	buf_done(&cell);
}

static bool relay_row(struct history *h, const struct run *run, struct span row)
{
	struct relay relay = {.run = run, .zone_offset_s = h->c->options->zone_offset_s};
	struct buf object;
	bool ok;

	buf_init(&object, BUF_MAX);
	relay_object(&relay, row, NULL, NULL, &object);
	ok = records_add(&h->records, &object);
	buf_done(&object);
	return ok;
}

/* ---- pages ---- */

static bool full(const struct history *h)
{
	return h->most && h->seen >= h->most;
}

/* False: the reader of our output is gone. */
static bool visit_page(struct history *h, const struct runs_read *page)
{
	struct span array = span_member(span_of(text_or_empty(page->body.text), page->body.len),
					"pipeline_runs"), row = {NULL, 0};
	size_t i, at = 0;

	for (i = 0; i < page->n && !full(h); i++) {
		const struct run *run = &page->runs[i];
		bool found = !page->body.text;

		while (!found && span_next(array, &at, &row))
			found = span_is(span_text(span_member(row, "pipeline_run_id")), run->id);
		if (!found || !paging_row(&h->paging, run->id) || !filter_passes(&h->filter, run))
			continue;
		h->seen++;
		if (h->table)
			add_row(h, run);
		else if (!relay_row(h, run, row))
			return false;
	}
	return true;
}

static bool repeated(struct history *h, const struct runs_read *page)
{
	bool same = page->n && strcmp(h->first_id, page->runs[0].id) == 0;

	if (page->n)
		snprintf(h->first_id, sizeof(h->first_id), "%s", page->runs[0].id);
	return same;
}

static bool read_pass(struct history *h, struct err *err)
{
	struct runs_read page;
	bool more = true;
	int64_t left;

	*h->first_id = '\0';
	for (h->query.offset = 0; more && !full(h);) {
		left = h->most - h->seen;
		h->query.limit = h->most && left < PAGE ? left : PAGE;
		if (!reader_runs(h->c->reader, h->picked.project_id, h->picked.pipeline_id, &h->query, &page,
				 err))
			return false;
		h->total = page.total;
		paging_page(&h->paging, page.total);
		h->query.offset += (int64_t)page.rows;
		more = page.rows > 0 && !repeated(h, &page) && visit_page(h, &page) &&
		       (page.total < 0 || h->query.offset < page.total) && h->query.offset < CEILING;
		runs_read_done(&page);
	}
	return true;
}

static bool read_pages(struct history *h, struct err *err)
{
	bool ok;

	do {
		paging_begin(&h->paging);
		ok = read_pass(h, err);
	} while (ok && !full(h) && !h->c->out.error && paging_again(&h->paging));
	paging_done(&h->paging);
	return ok;
}

/* ---- the command ---- */

static bool check(const struct options *o, struct err *err)
{
	const struct want *want = &o->want;

	if (want->sort && strcmp(want->sort, "start_time") != 0)
		return err_set(err, ERR_INPUT, 0, _("--sort takes start_time for runs, not '%.40s'"),
			       want->sort);
	if (want->limit == 0 && !want->all)
		return err_set(err, ERR_INPUT, 0, _("--limit 0 shows nothing: --all shows every row"));
	if (want->since_ms != WHEN_NONE && want->until_ms != WHEN_NONE && want->since_ms > want->until_ms)
		return err_set(err, ERR_INPUT, 0, _("--since is later than --until: no run is between them"));
	return true;
}

static bool prepare(struct history *h, struct err *err)
{
	const struct want *want = &h->c->options->want;

	if (!check(h->c->options, err) ||
	    !filter_make(&h->filter, (const char *const *)want->status, want->n_status, false, err))
		return false;
	h->most = want->all ? 0 : want->limit > 0 ? want->limit : LIMIT;
	h->query = (struct api_run_query){
		.status = h->filter.n_status ? h->filter.status : NULL,
		.n_status = h->filter.n_status,
		.since_ms = want->since_ms,
		.until_ms = want->until_ms,
		.sort_dir = want->sort && !want->descending ? "asc" : "desc",
	};
	return true;
}

static bool people(struct history *h, struct err *err)
{
	static const char *const titles[] = {N_(">RUN"), N_("STATE"), N_(">ELAPSED"), N_("STARTED"),
					     N_("TRIGGER"), N_("BY"), N_("BRANCH"), N_("ID")};
	struct buf text;
	bool ok;

	h->table = table_new(titles, sizeof(titles) / sizeof(titles[0]));
	ok = read_pages(h, err);
	if (ok) {
		buf_init(&text, BUF_MAX);
		table_print(h->table, &text);
		out_add(&h->c->out, text.data, text.len);
		buf_done(&text);
	}
	table_free(h->table);
	return ok;
}

static bool programs(struct history *h, struct err *err)
{
	bool ok;

	records_begin(&h->records, &h->c->out, h->c->options->want.json == JSON_LINES);
	ok = read_pages(h, err);
	records_end(&h->records);
	return ok;
}

int command_runs(struct command *c, struct err *err)
{
	struct history h = {.c = c};
	bool ok = prepare(&h, err) && pick(c, c->options->args[1], NULL, &h.picked, err) &&
		  (c->options->want.json == JSON_NONE ? people(&h, err) : programs(&h, err));

	if (ok)
		command_completeness(&c->out, full(&h), h.seen, h.total);
	picked_done(&h.picked);
	return ok ? EXIT_OK : COMMAND_FAILED;
}
