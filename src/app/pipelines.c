/* SPDX-License-Identifier: MIT */
/* `pipetop pipelines`: the first screen's question for scripts. */
#include <string.h>

#include "command.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "listing.h"
#include "model/attention.h"
#include "say.h"
#include "table.h"
#include "words.h"

#define LIMIT 100

/* ---- for people ---- */

struct rows {
	struct pipeline *all;
	size_t n;
};

static bool keep_row(void *self, struct listing_row *row)
{
	struct rows *rows = self;

	rows->all = mem_grow(rows->all, rows->n, sizeof(*rows->all));
	rows->all[rows->n++] = *row->pipeline;
	memset(row->pipeline, 0, sizeof(*row->pipeline));
	return true;
}

static void add_cell(struct table *table, struct buf *cell)
{
	table_add(table, cell->data);
	buf_clear(cell);
}

static void add_run_cells(struct table *table, const struct pipeline *p, int64_t now_ms)
{
	const struct run *run = p->latest;
	int64_t start_ms = run ? run->start_ms : p->v3_start_ms;
	char text[40];
	struct buf cell;

	buf_init(&cell, BUF_MAX);
	if (run)
		say_state(&cell, run->state, run->status);
	else
		buf_adds(&cell, start_ms == WHEN_NONE ? _("- never ran") : "-");
	add_cell(table, &cell);
	if (run && run->number)
		buf_addf(&cell, "%lld", (long long)run->number);
	add_cell(table, &cell);
	command_elapsed(run ? run->start_ms : WHEN_NONE, run ? run->end_ms : WHEN_NONE, now_ms, text,
			sizeof(text));
	table_add(table, text);
	*text = '\0';
	if (start_ms != WHEN_NONE)
		when_clock(start_ms, now_ms, text, sizeof(text));
	table_add(table, text);
	say_name(&cell, run && run->executor ? run->executor : p->v3_executor, "");
	add_cell(table, &cell);
	buf_done(&cell);
}

static void print_rows(struct command *c, const struct entry *entries, size_t n, int64_t now_ms)
{
	static const char *const titles[] = {N_("NAME"), N_("STATE"), N_(">RUN"), N_(">ELAPSED"),
					     N_("STARTED"), N_("BY"), N_("PROJECT")};
	struct table *table = table_new(titles, sizeof(titles) / sizeof(titles[0]));
	struct buf cell;
	size_t i;

	buf_init(&cell, BUF_MAX);
	for (i = 0; i < n; i++) {
		const struct pipeline *p = entries[i].pipeline;

		say_name(&cell, p->name, p->id);
		add_cell(table, &cell);
		add_run_cells(table, p, now_ms);
		say_name(&cell, p->project_name, text_or_empty(p->project_id));
		add_cell(table, &cell);
	}
	table_print(table, &cell);
	out_add(&c->out, cell.data, cell.len);
	buf_done(&cell);
	table_free(table);
}

static void print_table(struct command *c, const struct rows *rows)
{
	struct entry *entries = mem_calloc(rows->n, sizeof(*entries));
	int64_t now_ms = reader_server_ms(c->reader);
	size_t i;

	for (i = 0; i < rows->n; i++)
		entries[i] = (struct entry){.pipeline = &rows->all[i], .run = rows->all[i].latest,
					    .latest = true};
	if (!c->options->want.sort)
		attention_sort(entries, rows->n, now_ms);
	print_rows(c, entries, rows->n, now_ms);
	mem_free(entries);
}

static int people(struct command *c, struct listing *list, struct err *err)
{
	struct rows rows = {0};
	size_t i;
	bool ok;

	list->visit = keep_row;
	list->self = &rows; /* cppcheck-suppress autoVariables ; the walk ends before rows do */
	ok = listing_walk(c, list, err);
	if (ok)
		print_table(c, &rows);
	for (i = 0; i < rows.n; i++)
		pipeline_done(&rows.all[i]);
	mem_free(rows.all);
	return ok ? EXIT_OK : COMMAND_FAILED;
}

/* ---- for programs ---- */

struct json_rows {
	struct command *c;
	struct records records;
};

static bool relay_row(void *self, struct listing_row *row)
{
	struct json_rows *rows = self;
	const struct run *latest = row->pipeline->latest;
	struct relay relay = {.run = latest, .zone_offset_s = rows->c->options->zone_offset_s,
			      .v3 = row->v3};
	struct relay inner = {.run = latest, .zone_offset_s = relay.zone_offset_s};
	struct buf object, more;
	bool ok;

	buf_init(&object, BUF_MAX);
	buf_init(&more, BUF_MAX);
	if (row->v3) {
		buf_adds(&more, "\"latest_run\":");
		if (row->run.len)
			relay_object(&inner, row->run, NULL, NULL, &more);
		else
			buf_adds(&more, "null");
		buf_addc(&more, ',');
	}
	if (latest)
		buf_addf(&more, "\"state\":\"%s\"", state_word(latest->state));
	else
		buf_adds(&more, "\"state\":null");
	relay_object(&relay, row->row, row->v3 ? "latest_run" : NULL, more.data, &object);
	ok = records_add(&rows->records, &object);
	buf_done(&object);
	buf_done(&more);
	return ok;
}

static int programs(struct command *c, struct listing *list, struct err *err)
{
	struct json_rows rows = {.c = c};
	bool ok;

	records_begin(&rows.records, &c->out, c->options->want.json == JSON_LINES);
	list->visit = relay_row;
	list->self = &rows; /* cppcheck-suppress autoVariables ; the walk ends before rows do */
	ok = listing_walk(c, list, err);
	records_end(&rows.records);
	return ok ? EXIT_OK : COMMAND_FAILED;
}

/* ---- both ---- */

static bool check_sort(const struct options *o, struct err *err)
{
	const char *const *keys = word_sort_keys("pipelines", o->v3);
	size_t i;

	if (!o->want.sort)
		return true;
	for (i = 0; keys[i]; i++)
		if (strcmp(keys[i], o->want.sort) == 0)
			return true;
	return err_set(err, ERR_INPUT, 0, _("--sort takes %s, %s or %s, not '%.40s'"), keys[0], keys[1],
		       keys[2], o->want.sort);
}

int command_pipelines(struct command *c, struct err *err)
{
	const struct want *want = &c->options->want;
	struct listing list = {
		.name = want->name,
		.creator = want->creator,
		.states = (const char *const *)want->status,
		.n_states = want->n_status,
		.outcome = want->outcome,
		.sort = want->sort,
		.descending = want->descending,
		.most = want->all ? 0 : want->limit >= 0 ? want->limit : LIMIT,
	};
	int status;

	if (!check_sort(c->options, err))
		return COMMAND_FAILED;
	if (want->outcome && !c->options->v3) {
		err_set(err, ERR_INPUT, 0, _("--outcome goes with --api v3; --status does for both"));
		return COMMAND_FAILED;
	}
	if (want->limit == 0 && !want->all) {
		err_set(err, ERR_INPUT, 0, _("--limit 0 shows nothing: --all shows every row"));
		return COMMAND_FAILED;
	}
	status = want->json == JSON_NONE ? people(c, &list, err) : programs(c, &list, err);
	if (status == EXIT_OK)
		command_completeness(&c->out, list.most && list.seen >= list.most, list.seen, list.total);
	return status;
}
