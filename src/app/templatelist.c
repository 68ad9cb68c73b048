/* SPDX-License-Identifier: MIT */
/* `pipetop templates list`: which there are. */
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "say.h"
#include "table.h"
#include "templatejson.h"
#include "templates.h"
#include "words.h"

#define LIMIT 100

static void add_cell(struct table *table, struct buf *cell)
{
	table_add(table, cell->data);
	buf_clear(cell);
}

static void add_row(struct table *table, const struct template *row, int64_t now_ms)
{
	char time[40] = "";
	struct buf cell;
	size_t i;

	buf_init(&cell, BUF_MAX);
	say_name(&cell, row->name, row->id);
	add_cell(table, &cell);
	say_name(&cell, row->language, "-");
	add_cell(table, &cell);
	table_add(table, row->system ? _("system") : _("custom"));
	table_add(table, row->favourite ? _("yes") : "");
	for (i = 0; i < row->n_stages; i++) {
		buf_adds(&cell, i ? ", " : "");
		say_name(&cell, row->stages[i], "-");
	}
	add_cell(table, &cell);
	if (row->updated_ms)
		when_clock(row->updated_ms, now_ms, time, sizeof(time));
	table_add(table, time);
	table_add(table, row->id);
	buf_done(&cell);
}

static void print_table(struct command *c, const struct templateroll *roll)
{
	static const char *const titles[] = {N_("NAME"),   N_("LANGUAGE"), N_("KIND"), N_("FAVOURITE"),
					     N_("STAGES"), N_("UPDATED"),  N_("ID")};
	struct table *table = table_new(titles, sizeof(titles) / sizeof(titles[0]));
	int64_t now_ms = reader_server_ms(c->reader);
	struct buf text;
	size_t i;

	for (i = 0; i < roll->n; i++)
		add_row(table, &roll->all[i], now_ms);
	buf_init(&text, BUF_MAX);
	table_print(table, &text);
	out_add(&c->out, text.data, text.len);
	buf_done(&text);
	table_free(table);
}

static void print_json(struct command *c, const struct templateroll *roll)
{
	struct records records;
	struct buf object;
	size_t i;

	buf_init(&object, BUF_MAX);
	records_begin(&records, &c->out, c->options->want.json == JSON_LINES);
	for (i = 0; i < roll->n; i++) {
		buf_clear(&object);
		templatejson_row(&roll->all[i], &object);
		if (!records_add(&records, &object))
			break;
	}
	records_end(&records);
	buf_done(&object);
}

static bool check(const struct want *w, struct err *err)
{
	const char *const *keys = word_sort_keys("templates", false);
	size_t i;

	if (w->limit == 0 && !w->all)
		return err_set(err, ERR_INPUT, 0, _("--limit 0 shows nothing: --all shows every row"));
	if (!w->sort)
		return true;
	for (i = 0; keys[i]; i++)
		if (strcmp(keys[i], w->sort) == 0)
			return true;
	return err_set(err, ERR_INPUT, 0, _("--sort takes %s, %s or %s, not '%.40s'"), keys[0], keys[1], keys[2],
		       w->sort);
}

int templates_list(struct templates *t, struct err *err)
{
	const struct want *w = t->want;
	struct template_wish wish = {
		.name = w->name,
		.language = w->language,
		.system = w->system ? API_TRUE : w->custom ? API_FALSE : API_UNSET,
		.favourites = w->favourites,
		.sort_key = w->sort,
		.descending = w->descending,
		.most = w->all ? 0 : w->limit > 0 ? w->limit : LIMIT,
	};
	struct templateroll roll;
	bool ok;

	if (!check(w, err))
		return COMMAND_FAILED;
	templateroll_begin(&roll, &wish);
	ok = templateread_roll(t->c, t->tenant, &roll, err);
	if (ok) {
		w->json == JSON_NONE ? print_table(t->c, &roll) : print_json(t->c, &roll);
		command_completeness(&t->c->out, templateroll_cut(&roll), (int64_t)roll.n, roll.total);
	}
	templateroll_done(&roll);
	return ok ? EXIT_OK : COMMAND_FAILED;
}
