/* SPDX-License-Identifier: MIT */
/*
 * The detail as lines. Each says one thing about the template, what it says from a column on; what
 * is longer than the window goes on below, because a description that is cut is none. Values of
 * secrets are not among the lines at all.
 */
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "templatepane.h"
#include "wrap.h"

#define COLUMN 16	 /* where values begin ... */
#define COLUMN_NARROW 12 /* ... and in a narrow window */
#define NARROW 60
#define VALUE_LINES 8 /* of one value; a longer one is cut there */

void templatelines_clear(struct templatepane *p)
{
	size_t i;

	for (i = 0; i < p->n_lines; i++) {
		mem_free(p->lines[i].left);
		mem_free(p->lines[i].text);
	}
	mem_free(p->lines);
	p->lines = NULL;
	p->n_lines = 0;
	p->lines_width = 0;
}

static struct templateline *add(struct templatepane *p, int column, const char *left, const char *text)
{
	struct templateline *line;

	p->lines = mem_grow(p->lines, p->n_lines, sizeof(*p->lines));
	line = &p->lines[p->n_lines++];
	*line = (struct templateline){.role = ROLE_TEXT, .left_role = ROLE_DIM, .column = column};
	line->left = left ? mem_strdup(left) : NULL;
	line->text = text ? mem_strdup(text) : NULL;
	return line;
}

/* What the lines are made for. */
struct making {
	struct templatepane *pane;
	const struct grid *grid; /* measures */
	int width;
};

static void heading(struct making *m, const char *text)
{
	add(m->pane, 0, NULL, "");
	add(m->pane, 1, NULL, text)->role = ROLE_KEY;
}

/* `text` is the server's, or holds its words; it takes as many lines as it needs, up to a limit. */
static void wrapped(struct making *m, int column, const char *left, const char *text, enum role role)
{
	int room = m->width - column - 1, n;
	struct buf part;

	buf_init(&part, BUF_MAX);
	for (n = 0; n < VALUE_LINES - 1 && (*text || n == 0); n++) {
		text += wrap_part(m->grid, text, room > 1 ? room : 1, &part);
		add(m->pane, column, n ? NULL : left, part.data)->role = role;
	}
	if (*text) /* cut there */
		add(m->pane, column, NULL, text)->role = role;
	buf_done(&part);
}

static int column_of(const struct making *m)
{
	return m->width < NARROW ? COLUMN_NARROW : COLUMN;
}

static void fact(struct making *m, const char *name, const char *value)
{
	if (!text_empty(value))
		wrapped(m, column_of(m), name, value, ROLE_TEXT);
}

static void add_facts(struct making *m, const struct template *t, const struct ui_now *now)
{
	char clock[32] = "";

	if (t->updated_ms > 0)
		when_clock(t->updated_ms, now->wall_ms, clock, sizeof(clock));
	fact(m, _("description"), t->description);
	fact(m, _("language"), t->language);
	fact(m, _("kind"), t->system ? _("system: it can be copied and used, not changed or deleted") : _("custom"));
	fact(m, _("favourite"), t->favourite ? _("yes") : _("no"));
	fact(m, _("updated"), clock);
	fact(m, _("id"), t->id);
}

/* ---- parameters ---- */

static void type_of(const struct variable *v, struct buf *out)
{
	static const char *const words[] = {
		[VARIABLE_STRING] = N_("string"),
		[VARIABLE_ENUM] = N_("one of a list"),
		[VARIABLE_INCREMENT] = N_("number that goes up with each run"),
	};

	if (v->type == VARIABLE_OTHER)
		buf_adds(out, text_empty(v->type_name) ? _("type not known") : v->type_name);
	else
		buf_adds(out, _(words[v->type]));
	if (v->secret)
		buf_adds(out, _(", secret"));
	if (v->runtime)
		buf_adds(out, _(", asked for at the start of a run"));
}

static void add_limits(struct making *m, const struct variable *v, int column)
{
	struct buf text;
	size_t i;

	if (v->n_limits == 0)
		return;
	buf_init(&text, BUF_MAX);
	buf_adds(&text, _("values   "));
	for (i = 0; i < v->n_limits; i++)
		buf_addf(&text, "%s%s", i ? ", " : "", v->limits[i]);
	wrapped(m, column, NULL, text.data, ROLE_TEXT);
	buf_done(&text);
}

static void add_default(struct making *m, const struct variable *v, int column)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	buf_adds(&text, _("default  "));
	buf_adds(&text, text_empty(v->value) ? _("none") : v->secret ? "********" : v->value);
	wrapped(m, column, NULL, text.data, ROLE_TEXT);
	buf_done(&text);
}

static void add_variable(struct making *m, const struct variable *v)
{
	int column = column_of(m) + 2;
	struct buf type;

	buf_init(&type, BUF_MAX);
	type_of(v, &type);
	wrapped(m, 3, NULL, text_empty(v->name) ? "-" : v->name, ROLE_TEXT);
	wrapped(m, column, NULL, type.data, ROLE_DIM);
	add_default(m, v, column);
	if (v->type != VARIABLE_STRING)
		add_limits(m, v, column);
	if (!text_empty(v->description))
		wrapped(m, column, NULL, v->description, ROLE_DIM);
	buf_done(&type);
}

/* ---- what it makes ---- */

/* Each line of it is cut at the window's edge: the tree must stay one. */
static void add_outline(struct making *m, const char *outline)
{
	const char *end;
	struct buf line;

	buf_init(&line, BUF_MAX);
	for (; *outline; outline = *end ? end + 1 : end) {
		end = outline + strcspn(outline, "\n");
		buf_clear(&line);
		buf_add(&line, outline, (size_t)(end - outline));
		add(m->pane, 3 + (int)strspn(line.data, " "), NULL, line.data + strspn(line.data, " "))->role =
			*line.data == ' ' ? ROLE_TEXT : ROLE_KEY;
	}
	buf_done(&line);
}

static void add_detail(struct making *m)
{
	const struct ui_template *o = &m->pane->opened;
	const struct template *t = o->detail;
	size_t i;

	heading(m, _("PARAMETERS"));
	for (i = 0; i < t->n_variables; i++)
		add_variable(m, &t->variables[i]);
	if (t->n_variables == 0)
		add(m->pane, 3, NULL, _("none"))->role = ROLE_DIM;
	heading(m, _("WHAT IT MAKES: STAGES, JOBS, STEPS"));
	if (!text_empty(o->outline))
		add_outline(m, o->outline);
	else
		wrapped(m, 3, NULL, o->odd ? o->odd : _("no stages"), ROLE_DIM);
}

void templatelines_make(struct templatepane *p, const struct grid *g, int width, const struct ui_now *now)
{
	const struct template *t = templatepane_selected(p);
	bool same = text_same(p->opened.id, p->selected);
	struct making making = {p, g, width};

	templatelines_clear(p);
	p->lines_width = width;
	if (t)
		add_facts(&making, t, now);
	if (same && p->opened.detail) {
		add_detail(&making);
		return;
	}
	add(p, 0, NULL, "");
	if (same && p->opened.fault)
		wrapped(&making, 1, NULL, p->opened.fault, ROLE_MESSAGE_BAD);
	else
		add(p, 1, NULL, _("reading the template ..."))->role = ROLE_DIM;
}
