/* SPDX-License-Identifier: MIT */
/*
 * A block is all rows of one entry: its own, those inside its run, its history. They
 * are made by the same code that tells the roster how many there are (height_of), from
 * the same store and folds, so the two agree until the next refresh.
 *
 * The guest (a sub-pipeline that is in no list) stands before the roster's first row.
 */
#include "treelines.h"

#include "core/mem.h"
#include "treerows.h"

#define BLOCKS 512 /* more than rows on any screen: its blocks never push each other out */
#define SCRATCH BLOCKS
#define GUEST (BLOCKS + 1)

struct block {
	struct view view;
	size_t row;    /* of the roster */
	uint64_t made; /* tree.made when it was */
};

static bool is_tree(const struct tree *t)
{
	return t->shown & 1u << VIEW_TREE;
}

static void make_entry(const struct tree *t, enum view_kind kind, const struct roster_row *of,
		       struct view *v)
{
	/* Reading only, room for lists of runs aside. */
	treerows_entry((struct tree *)(uintptr_t)t, kind, of, v);
}

/* At rest and never touched: one line, and nothing is looked at. */
static uint32_t height_of(void *self, const struct entry *entry, enum attention attention, uint64_t pair)
{
	struct tree *t = self;
	struct view *v = &t->blocks[SCRATCH].view;
	struct roster_row row = {.entry = entry, .attention = attention};

	if ((attention == ATTENTION_REST || !is_tree(t)) && !idset_may_hold(&t->folded, pair))
		return 1;
	v->n_rows = 0;
	make_entry(t, is_tree(t) ? VIEW_TREE : VIEW_LIST, &row, v);
	return (uint32_t)v->n_rows;
}

void treelines_init(struct tree *t)
{
	t->blocks = mem_calloc(BLOCKS + 2, sizeof(*t->blocks));
	t->picked = mem_calloc(VIEW_KINDS, sizeof(*t->picked));
	t->made = 1;
	roster_set_height(t->roster, height_of, t);
}

void treelines_done(struct tree *t)
{
	size_t i;

	for (i = 0; i < BLOCKS + 2; i++)
		mem_free(t->blocks[i].view.rows);
	mem_free(t->blocks);
	mem_free(t->picked);
}

static size_t guest_lines(const struct tree *t)
{
	return t->blocks[GUEST].view.n_rows;
}

void treelines_make(struct tree *t, enum view_kind kind)
{
	struct view *guest = &t->blocks[GUEST].view;
	struct roster_row row = {.entry = &t->guest, .attention = ATTENTION_REST};

	t->made++;
	guest->n_rows = 0;
	if (t->guest.pipeline)
		make_entry(t, kind, &row, guest);
	t->views[kind].n_rows = guest->n_rows + roster_lines(t->roster);
}

static const struct view *block_of(const struct tree *t, enum view_kind kind, size_t at)
{
	struct block *block = &t->blocks[at % BLOCKS];
	struct roster_row row;

	if (block->made == t->made && block->row == at)
		return &block->view;
	block->made = t->made;
	block->row = at;
	block->view.n_rows = 0;
	row = roster_at(t->roster, at);
	if (row.entry)
		make_entry(t, kind, &row, &block->view);
	else
		treerows_head(&row, at, &block->view);
	return &block->view;
}

const struct row *tree_line(const struct tree *t, enum view_kind kind, size_t at)
{
	const struct view *block;
	size_t row, offset;

	if (kind == VIEW_RUNS || kind == VIEW_STAGES)
		return &t->views[kind].rows[at];
	if (at < guest_lines(t))
		return &t->blocks[GUEST].view.rows[at];
	row = roster_row_of(t->roster, at - guest_lines(t), &offset);
	block = block_of(t, kind, row);
	/* Between a fold and the next refresh a block may already be shorter. */
	return &block->rows[offset < block->n_rows ? offset : block->n_rows - 1];
}

void treelines_of(const struct tree *t, size_t row, size_t *from, size_t *to)
{
	size_t guest = guest_lines(t);

	*from = row == ROSTER_NONE ? 0 : guest + roster_line(t->roster, row);
	*to = row == ROSTER_NONE ? guest : guest + roster_line(t->roster, row + 1);
}

size_t treelines_row(const struct tree *t, size_t line)
{
	size_t guest = guest_lines(t), offset;

	return line < guest ? ROSTER_NONE : roster_row_of(t->roster, line - guest, &offset);
}
