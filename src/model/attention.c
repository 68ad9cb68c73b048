/* SPDX-License-Identifier: MIT */
/*
 * The order is total: class, then newest first, then names, numbers and ids. Rows that
 * are equal in all that a person sees still come out in one order, so that nothing
 * flickers when the same data is sorted again.
 */
#include "model/attention.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/usual.h"

int64_t attention_stuck_ms(const struct entry *entry)
{
	const struct run *run = entry->run;
	int64_t limit = usual_limit_ms(entry->usual_ms, entry->mad_ms);

	if (!run || run->state != STATE_RUNNING || run->start_ms == WHEN_NONE ||
	    limit >= INT64_MAX - run->start_ms)
		return INT64_MAX;
	return run->start_ms + limit + 1;
}

enum attention attention_of(const struct entry *entry, int64_t server_now_ms)
{
	if (!entry->run)
		return ATTENTION_REST;
	switch (entry->run->state) {
	case STATE_WAITING:
		return ATTENTION_WAITING;
	case STATE_FAILED:
		return entry->latest ? ATTENTION_FAILING : ATTENTION_REST;
	case STATE_RUNNING:
		return attention_stuck_ms(entry) <= server_now_ms ? ATTENTION_STUCK : ATTENTION_RUNNING;
	case STATE_QUEUED:
	case STATE_PENDING:
		return ATTENTION_RUNNING;
	default:
		return ATTENTION_REST;
	}
}

int64_t attention_start_ms(const struct entry *entry)
{
	if (entry->run && entry->run->start_ms != WHEN_NONE)
		return entry->run->start_ms;
	return entry->pipeline->v3_start_ms;
}

uint64_t attention_key(enum attention attention, int64_t start_ms)
{
	/* Times end in the year 9999, which is 48 bits; newest first is their complement. */
	start_ms = start_ms < 0 ? 0 : start_ms > WHEN_MAX_MS ? WHEN_MAX_MS : start_ms;
	return (uint64_t)attention << 56 | (uint64_t)(WHEN_MAX_MS - start_ms);
}

static int by_run(const struct entry *a, const struct entry *b)
{
	int64_t x = a->run ? a->run->number : 0, y = b->run ? b->run->number : 0;

	if (x != y)
		return x > y ? -1 : 1;
	return strcmp(text_or_empty(a->run ? a->run->id : NULL),
		      text_or_empty(b->run ? b->run->id : NULL));
}

int attention_compare_names(const struct entry *a, const struct entry *b)
{
	const struct pipeline *p = a->pipeline, *q = b->pipeline;
	int order = 0;

	if (p != q)
		order = text_compare_natural(text_or_empty(p->project_name), text_or_empty(q->project_name));
	if (order == 0 && p != q)
		order = text_compare_natural(text_or_empty(p->name), text_or_empty(q->name));
	if (order == 0 && p != q)
		order = strcmp(text_or_empty(p->project_id), text_or_empty(q->project_id));
	if (order == 0 && p != q)
		order = strcmp(text_or_empty(p->id), text_or_empty(q->id));
	return order ? order : by_run(a, b);
}

struct keyed {
	uint64_t key;
	struct entry entry;
};

static int compare(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return attention_compare_names(&a->entry, &b->entry);
}

void attention_sort(struct entry *entries, size_t n, int64_t server_now_ms)
{
	struct keyed *keys = mem_calloc(n, sizeof(*keys));
	size_t i;

	for (i = 0; i < n; i++) {
		keys[i].key = attention_key(attention_of(&entries[i], server_now_ms),
					    attention_start_ms(&entries[i]));
		keys[i].entry = entries[i];
	}
	qsort(keys, n, sizeof(*keys), compare);
	for (i = 0; i < n; i++)
		entries[i] = keys[i].entry;
	mem_free(keys);
}
