/* SPDX-License-Identifier: MIT */
/*
 * Tables. Chinese names are the normal case, so a column is as wide as its text is on the
 * screen, not as many bytes or characters as it has.
 */
#include "table.h"

#include <stdbool.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

#define GAP 2

struct table {
	size_t columns, n; /* n cells in all, titles included */
	char **cells;
	int *widths;
	bool *right;
};

int table_width(const char *text)
{
	size_t len = strlen(text), used;
	int cells = 0, w;

	for (; len; text += used, len -= used) {
		w = text_width(text_decode(text, len, &used));
		cells += w > 0 ? w : 0;
	}
	return cells;
}

void table_add(struct table *t, const char *cell)
{
	int w = table_width(text_or_empty(cell));
	size_t column = t->n % t->columns;

	if (w > t->widths[column])
		t->widths[column] = w;
	t->cells = mem_grow(t->cells, t->n, sizeof(*t->cells));
	t->cells[t->n++] = mem_strdup(text_or_empty(cell));
}

struct table *table_new(const char *const *titles, size_t columns)
{
	struct table *t = mem_zalloc(sizeof(*t));
	size_t i;

	t->columns = columns;
	t->widths = mem_calloc(columns, sizeof(*t->widths));
	t->right = mem_calloc(columns, sizeof(*t->right));
	for (i = 0; i < columns; i++) {
		t->right[i] = titles[i][0] == '>';
		table_add(t, _(titles[i]) + t->right[i]);
	}
	return t;
}

void table_free(struct table *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->n; i++)
		mem_free(t->cells[i]);
	mem_free(t->cells);
	mem_free(t->widths);
	mem_free(t->right);
	mem_free(t);
}

size_t table_rows(const struct table *t)
{
	return t->n / t->columns - 1;
}

/* Blanks are held back until a text follows, so that no line ends in them. */
static void print_row(const struct table *t, char *const *row, struct buf *out)
{
	int blanks = 0, pad;
	size_t i;

	for (i = 0; i < t->columns; i++) {
		pad = t->widths[i] - table_width(row[i]);
		if (t->right[i])
			blanks += pad;
		if (*row[i]) {
			buf_addf(out, "%*s%s", blanks, "", row[i]);
			blanks = 0;
		}
		blanks += GAP + (t->right[i] ? 0 : pad);
	}
	buf_addc(out, '\n');
}

void table_print(const struct table *t, struct buf *out)
{
	size_t i;

	for (i = 0; i + t->columns <= t->n; i += t->columns)
		print_row(t, t->cells + i, out);
}
