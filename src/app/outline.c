/* SPDX-License-Identifier: MIT */
/*
 * One row for both kinds of template, so that they look alike. Names are a stranger's text: they
 * are cleaned first and measured in cells after that, since cleaning changes the width.
 */
#include "outline.h"

#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "jsontree.h"
#include "say.h"
#include "table.h"

#define INDENT 2

/* The longest beginning of clean text that fits, with `~` where something was cut. */
static void add_cut(struct buf *out, const char *text, int width)
{
	size_t len = strlen(text), at = 0, used;
	int cells = 0;

	if (table_width(text) <= width) {
		buf_adds(out, text);
		return;
	}
	while (at < len) {
		int wide = text_width(text_decode(text + at, len - at, &used));

		if (cells + (wide > 0 ? wide : 0) > width - 1)
			break;
		cells += wide > 0 ? wide : 0;
		at += used;
	}
	buf_add(out, text, at);
	if (width > 0)
		buf_addc(out, '~');
}

void outline_row(struct buf *out, int depth, const char *name, const char *more, int width)
{
	struct buf row;

	buf_init(&row, BUF_MAX);
	buf_addf(&row, "%*s", depth * INDENT, "");
	say_name(&row, name, "-");
	if (!text_empty(more)) {
		buf_adds(&row, "  (");
		say_name(&row, more, "-");
		buf_addc(&row, ')');
	}
	add_cut(out, row.data, width);
	buf_addc(out, '\n');
	buf_done(&row);
}

struct walk {
	const struct jsontree *tree;
	outline_each_fn *each;
	void *self;
};

static void visit_jobs(const struct walk *w, size_t stage)
{
	const struct jsontree *tree = w->tree;
	size_t job = jsontree_first(tree, jsontree_member(tree, stage, "jobs")), step;

	for (; job != JSONTREE_NONE; job = tree->nodes[job].next) {
		w->each(w->self, 1, jsontree_text(tree, job, "name"), NULL);
		step = jsontree_first(tree, jsontree_member(tree, job, "steps"));
		for (; step != JSONTREE_NONE; step = tree->nodes[step].next)
			w->each(w->self, 2, jsontree_text(tree, step, "name"), jsontree_text(tree, step, "task"));
	}
}

/* The order is the list's: `sequence` may be a number, the string "0" or missing. */
bool outline_each(const char *definition, outline_each_fn *each, void *self, struct err *err)
{
	struct jsontree tree;
	struct walk w = {&tree, each, self};
	size_t stages, stage;

	if (!jsontree_parse(&tree, definition, strlen(definition), err))
		return err_prefix(err, "%s", _("the template's definition"));
	stages = jsontree_member(&tree, 0, "stages");
	if (!jsontree_is(&tree, stages, JSONTREE_ARRAY)) {
		jsontree_done(&tree);
		return err_set(err, ERR_PARSE, 0, _("the template's definition has no list of stages"));
	}
	for (stage = jsontree_first(&tree, stages); stage != JSONTREE_NONE; stage = tree.nodes[stage].next) {
		each(self, 0, jsontree_text(&tree, stage, "name"), NULL);
		visit_jobs(&w, stage);
	}
	jsontree_done(&tree);
	return true;
}

struct drawing {
	struct buf *out;
	int width;
};

static void draw(void *self, int depth, const char *name, const char *more)
{
	const struct drawing *d = self;

	outline_row(d->out, depth, name, more, d->width);
}

bool outline_definition(const char *definition, int width, struct buf *out, struct err *err)
{
	struct drawing d = {out, width};

	return outline_each(definition, draw, &d, err);
}
