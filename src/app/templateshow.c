/* SPDX-License-Identifier: MIT */
/*
 * `pipetop templates show`: what a template, or the document of an orchestration, would make. A
 * document is looked at on this machine alone.
 */
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"
#include "orchestration.h"
#include "outline.h"
#include "say.h"
#include "table.h"
#include "templatejson.h"
#include "templatemake.h"
#include "templates.h"

#define WIDTH 10000 /* nothing is cut */

/* ---- a template ---- */

static void add_line(struct buf *out, const char *label, const char *value)
{
	if (text_empty(value))
		return;
	buf_addf(out, "%s: ", label);
	say_name(out, value, "");
	buf_addc(out, '\n');
}

static void add_head(const struct template *t, int64_t now_ms, struct buf *out)
{
	char time[40] = "";

	say_name(out, t->name, t->id);
	buf_addc(out, '\n');
	add_line(out, _("id"), t->id);
	add_line(out, _("kind"), t->system ? _("system (can be copied and used)") : _("custom"));
	add_line(out, _("language"), t->language);
	add_line(out, _("favourite"), t->favourite ? _("yes") : _("no"));
	if (t->updated_ms)
		when_clock(t->updated_ms, now_ms, time, sizeof(time));
	add_line(out, _("updated"), time);
	add_line(out, _("description"), t->description);
}

static void put_limits(const struct variable *v, struct buf *cell)
{
	size_t i;

	for (i = 0; i < v->n_limits && !v->secret; i++) {
		buf_adds(cell, i ? ", " : "");
		say_name(cell, v->limits[i], "-");
	}
}

static void add_variable(struct table *table, const struct variable *v, struct buf *cell)
{
	say_name(cell, v->name, "-");
	table_add(table, cell->data);
	buf_clear(cell);
	say_name(cell, v->type_name, "-");
	table_add(table, cell->data);
	buf_clear(cell);
	if (v->secret)
		buf_adds(cell, _("(secret)"));
	else
		say_name(cell, v->value, "");
	table_add(table, cell->data);
	buf_clear(cell);
	put_limits(v, cell);
	table_add(table, cell->data);
	buf_clear(cell);
	say_name(cell, v->description, "");
	table_add(table, cell->data);
	buf_clear(cell);
}

static void add_variables(const struct template *t, struct buf *out)
{
	static const char *const titles[] = {N_("PARAMETER"), N_("TYPE"), N_("DEFAULT"), N_("ONE OF"),
					     N_("DESCRIPTION")};
	struct table *table;
	struct buf cell;
	size_t i;

	if (!t->n_variables)
		return;
	table = table_new(titles, sizeof(titles) / sizeof(titles[0]));
	buf_init(&cell, BUF_MAX);
	for (i = 0; i < t->n_variables; i++)
		add_variable(table, &t->variables[i], &cell);
	buf_addc(out, '\n');
	table_print(table, out);
	buf_done(&cell);
	table_free(table);
}

static void print_template(struct command *c, const struct template *t)
{
	struct err odd = {.kind = ERR_NONE};
	struct buf text;

	buf_init(&text, BUF_MAX);
	add_head(t, reader_server_ms(c->reader), &text);
	add_variables(t, &text);
	buf_addc(&text, '\n');
	if (!outline_definition(text_or_empty(t->definition), WIDTH, &text, &odd))
		buf_truncate(&text, text.len - 1);
	out_add(&c->out, text.data, text.len);
	buf_done(&text);
	if (odd.kind != ERR_NONE && out_flush(&c->out))
		say("%s", odd.text);
}

static void print_object(struct command *c, struct buf *object)
{
	buf_addc(object, '\n');
	out_add(&c->out, object->data, object->len);
}

static int show_template(struct templates *t, struct err *err)
{
	struct template tmpl;
	struct buf object;

	if (!templateread_pick(t->c, t->tenant, t->word, &tmpl, NULL, err))
		return COMMAND_FAILED;
	if (t->want->json == JSON_NONE) {
		print_template(t->c, &tmpl);
	} else {
		buf_init(&object, BUF_MAX);
		templatejson_detail(&tmpl, &object);
		print_object(t->c, &object);
		buf_done(&object);
	}
	template_done(&tmpl);
	return EXIT_OK;
}

/* ---- a document ---- */

static void print_document(struct command *c, const struct orchestration *doc)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (c->options->want.json != JSON_NONE) {
		templatejson_orchestration(doc, &text);
		buf_addc(&text, '\n');
	} else if (!doc->n_faults) {
		say_name(&text, orchestration_workflow(doc, "name"), "-");
		buf_addc(&text, '\n');
		add_line(&text, _("project"), orchestration_workflow(doc, "project_id"));
		buf_addc(&text, '\n');
		orchestration_draw(doc, WIDTH, &text);
	}
	out_add(&c->out, text.data, text.len);
	buf_done(&text);
}

static int show_document(struct templates *t, struct err *err)
{
	struct orchestration doc;
	bool ok = templatemake_read(t, &doc, err);

	if (ok || doc.n_faults)
		print_document(t->c, &doc);
	orchestration_done(&doc);
	return ok ? EXIT_OK : COMMAND_FAILED;
}

int templates_show(struct templates *t, struct err *err)
{
	return t->want->file ? show_document(t, err) : show_template(t, err);
}
