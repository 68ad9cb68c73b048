/* SPDX-License-Identifier: MIT */
/*
 * A slot that changed is keyed anew at once and put on one or two lists: renamed, if what
 * orders it by name is other than before, and moved, if anything is. Settling takes the
 * listed ones out of the arrays and inserts them where they belong.
 *
 * Ranks of words and names are renumbered when new ones come. That never changes the
 * order of two slots that did not change, so the arrays stay sorted through it.
 */
#include "ranks.h"

#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "idset.h"

#define RESORT_MS 1000 /* elapsed times of what runs and what is over pass each other */
#define UNKNOWN UINT64_MAX
#define PEOPLE_LEAST 4096

void ranks_done(struct ranks *k)
{
	mem_free(k->slots);
	mem_free(k->attention);
	mem_free(k->stuck_ms);
	mem_free(k->order);
	mem_free(k->by_name);
	mem_free(k->ties);
	mem_free(k->tie_rank);
	mem_free(k->name_rank);
	mem_free(k->touched);
	mem_free(k->moved);
	mem_free(k->renamed);
	lexicon_done(&k->projects);
	lexicon_done(&k->people);
	order_room_done(&k->room);
	*k = (struct ranks){0};
}

/* ---- counts ---- */

static void count(struct ranks *k, uint32_t slot, size_t by)
{
	const struct rank_slot *s = &k->slots[slot];
	struct roster_counts *c = &k->counts;
	bool waiting = k->attention[slot] == ATTENTION_WAITING;
	bool failing = k->attention[slot] == ATTENTION_FAILING;
	bool running = s->state == STATE_RUNNING, queued = s->state == STATE_QUEUED;
	bool ok = s->latest && s->state == STATE_OK;

	c->all += by;
	c->waiting += waiting ? by : 0;
	c->failing += failing ? by : 0;
	c->stuck += k->attention[slot] == ATTENTION_STUCK ? by : 0;
	c->running += running ? by : 0;
	c->queued += queued ? by : 0;
	c->ok += ok ? by : 0;
	c->rest += waiting || failing || running || queued || ok ? 0 : by;
}

#define ONE_LESS ((size_t)-1) /* wraps, as unsigned numbers do */

/* ---- slots ---- */

/* Who or what started it: the column says the same. */
static const char *starter(const struct entry *e)
{
	if (!e->run)
		return e->pipeline->v3_executor;
	if (e->run->trigger && strcmp(e->run->trigger, "Manual") != 0)
		return e->run->trigger;
	return e->run->executor;
}

/* Words that no slot has any more are left behind from time to time. */
static void tidy_people(struct ranks *k)
{
	size_t i;

	if (k->people.n <= 2 * k->n + PEOPLE_LEAST)
		return;
	lexicon_done(&k->people);
	for (i = 0; i < k->n; i++)
		k->slots[i].by = lexicon_add(&k->people, starter(&k->entries[i]));
	k->resort = true;
}

static void reserve(struct ranks *k, size_t n)
{
	if (n <= k->max)
		return;
	k->max = n + n / 8 + 64;
	k->slots = mem_realloc(k->slots, k->max * sizeof(*k->slots));
	k->attention = mem_realloc(k->attention, k->max);
	k->stuck_ms = mem_realloc(k->stuck_ms, k->max * sizeof(*k->stuck_ms));
	k->order = mem_realloc(k->order, k->max * sizeof(*k->order));
	k->by_name = mem_realloc(k->by_name, k->max * sizeof(*k->by_name));
	k->ties = mem_realloc(k->ties, k->max * sizeof(*k->ties));
	k->tie_rank = mem_realloc(k->tie_rank, k->max * sizeof(*k->tie_rank));
	k->name_rank = mem_realloc(k->name_rank, k->max * sizeof(*k->name_rank));
	k->touched = mem_realloc(k->touched, k->max);
	k->moved = mem_realloc(k->moved, k->max * sizeof(*k->moved));
	k->renamed = mem_realloc(k->renamed, k->max * sizeof(*k->renamed));
}

void ranks_resize(struct ranks *k, const struct entry *entries, size_t n)
{
	size_t i;

	for (i = n; i < k->n; i++)
		count(k, (uint32_t)i, ONE_LESS);
	reserve(k, n);
	if (n > k->n) {
		memset(k->slots + k->n, 0, (n - k->n) * sizeof(*k->slots));
		memset(k->attention + k->n, ATTENTION_REST, n - k->n);
		memset(k->touched + k->n, 0, n - k->n);
	}
	for (i = k->n; i < n; i++) {
		k->stuck_ms[i] = INT64_MAX;
		count(k, (uint32_t)i, 1);
	}
	k->entries = entries;
	k->n = n;
	tidy_people(k);
}

static uint64_t text_hash(const char *text)
{
	return text ? hash_bytes(text, strlen(text)) : 0;
}

static uint64_t join(uint64_t hash, uint64_t other)
{
	return (hash << 7 | hash >> 57) * UINT64_C(0x9E3779B97F4A7C15) ^ other;
}

static struct rank_slot slot_of(struct ranks *k, const struct entry *e)
{
	const struct pipeline *p = e->pipeline;
	const struct run *run = e->run;
	struct rank_slot s = {
		.pair = idset_hash(text_or_empty(p->project_id), text_or_empty(p->id)),
		.start_ms = attention_start_ms(e),
		.end_ms = run ? run->end_ms : WHEN_NONE,
		.usual_ms = e->usual_ms,
		.project = lexicon_add(&k->projects, p->project_name),
		.by = lexicon_add(&k->people, starter(e)),
		.state = run ? (uint8_t)run->state : RANK_NO_RUN,
		.live = run && state_live(run->state),
		.latest = e->latest,
		.favourite = p->favourite,
	};
	uint64_t name = text_hash(p->name);

	s.name = (uint32_t)name;
	s.identity = join(join(s.pair, name), text_hash(p->project_name));
	if (run)
		s.identity = join(join(s.identity, (uint64_t)run->number), text_hash(run->id));
	s.identity |= 1; /* an empty slot has 0 */
	return s;
}

static bool orders_alike(const struct rank_slot *a, const struct rank_slot *b)
{
	return a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->usual_ms == b->usual_ms &&
	       a->by == b->by && a->state == b->state && a->latest == b->latest;
}

static void mark_moved(struct ranks *k, uint32_t slot)
{
	if (k->touched[slot])
		return;
	k->touched[slot] = 1;
	k->moved[k->n_moved++] = slot;
}

bool ranks_take(struct ranks *k, uint32_t slot)
{
	const struct entry *e = &k->entries[slot];
	struct rank_slot *s = &k->slots[slot], old = *s;
	uint8_t attention = k->attention[slot];

	count(k, slot, ONE_LESS);
	*s = slot_of(k, e);
	k->stuck_ms[slot] = attention_stuck_ms(e);
	k->attention[slot] = (uint8_t)attention_of(e, k->server_ms);
	count(k, slot, 1);
	if (!orders_alike(s, &old) || s->identity != old.identity || k->attention[slot] != attention)
		mark_moved(k, slot);
	if (s->identity == old.identity)
		return false;
	k->renamed[k->n_renamed++] = slot;
	return true;
}

/* ---- keys ---- */

/* What is known, first things first or last things first. */
static uint64_t known(const struct ranks *k, uint64_t key)
{
	return k->inverted ? UNKNOWN - 1 - key : key;
}

static uint64_t longest_first(const struct ranks *k, int64_t ms)
{
	return ms < 0 ? UNKNOWN : known(k, (uint64_t)(INT64_MAX - ms));
}

static uint64_t key_attention(const struct ranks *k, uint32_t slot)
{
	return known(k, attention_key((enum attention)k->attention[slot], k->slots[slot].start_ms));
}

static uint64_t key_name(const struct ranks *k, uint32_t slot)
{
	return known(k, k->name_rank[slot]);
}

/* As attention goes, then as runs end. */
static uint64_t key_state(const struct ranks *k, uint32_t slot)
{
	static const uint8_t places[STATE_COUNT] = {
		[STATE_WAITING] = 0, [STATE_FAILED] = 1,  [STATE_RUNNING] = 2, [STATE_QUEUED] = 3,
		[STATE_PENDING] = 4, [STATE_STOPPED] = 5, [STATE_OK] = 6,      [STATE_SKIPPED] = 7,
		[STATE_IGNORED] = 8, [STATE_OTHER] = 9,
	};
	uint8_t state = k->slots[slot].state;

	return state == RANK_NO_RUN ? UNKNOWN : known(k, places[state]);
}

static uint64_t key_elapsed(const struct ranks *k, uint32_t slot)
{
	const struct rank_slot *s = &k->slots[slot];

	if (s->state == RANK_NO_RUN || (!s->live && s->end_ms == WHEN_NONE))
		return UNKNOWN;
	return longest_first(k, model_elapsed(s->start_ms, s->live ? WHEN_NONE : s->end_ms, k->server_ms));
}

static uint64_t key_usual(const struct ranks *k, uint32_t slot)
{
	int64_t usual = k->slots[slot].usual_ms;

	return longest_first(k, usual > 0 ? usual : -1);
}

static uint64_t key_when(const struct ranks *k, uint32_t slot)
{
	int64_t start = k->slots[slot].start_ms;

	return longest_first(k, start > 0 ? start : -1);
}

static uint64_t key_by(const struct ranks *k, uint32_t slot)
{
	uint32_t by = k->slots[slot].by;

	return by ? known(k, lexicon_rank(&k->people, by)) : UNKNOWN;
}

static uint64_t key_project(const struct ranks *k, uint32_t slot)
{
	return known(k, lexicon_rank(&k->projects, k->slots[slot].project));
}

static uint64_t (*const keys[ROSTER_SORTS])(const struct ranks *, uint32_t) = {
	[ROSTER_ATTENTION] = key_attention, [ROSTER_NAME] = key_name, [ROSTER_STATE] = key_state,
	[ROSTER_ELAPSED] = key_elapsed,	    [ROSTER_USUAL] = key_usual, [ROSTER_WHEN] = key_when,
	[ROSTER_BY] = key_by,		    [ROSTER_PROJECT] = key_project,
};

static int compare(uint32_t a, uint32_t b, void *arg)
{
	const struct ranks *k = arg;
	uint64_t x = keys[k->sort](k, a), y = keys[k->sort](k, b);

	if (x != y)
		return x < y ? -1 : 1;
	return k->tie_rank[a] < k->tie_rank[b] ? -1 : 1;
}

static int compare_names(uint32_t a, uint32_t b, void *arg)
{
	const struct ranks *k = arg;
	const struct entry *x = &k->entries[a], *y = &k->entries[b];
	int order = 0;

	if (x->pipeline != y->pipeline)
		order = text_compare_natural(text_or_empty(x->pipeline->name),
					     text_or_empty(y->pipeline->name));
	return order ? order : attention_compare_names(x, y);
}

/* ---- settling ---- */

static void set_touched(struct ranks *k, const uint32_t *slots, size_t n, uint8_t to)
{
	size_t i;

	for (i = 0; i < n; i++)
		k->touched[slots[i]] = to;
}

/* All by name, stably by project. */
static void rank_ties(struct ranks *k)
{
	uint64_t *project = order_keys(&k->room, k->n);
	size_t i;

	for (i = 0; i < k->n; i++) {
		k->ties[i] = k->by_name[i];
		project[i] = lexicon_rank(&k->projects, k->slots[k->ties[i]].project);
	}
	order_sort(&k->room, k->ties, k->n);
	for (i = 0; i < k->n; i++)
		k->tie_rank[k->ties[i]] = (uint32_t)i;
}

static bool same_name(const struct ranks *k, uint32_t a, uint32_t b)
{
	return k->slots[a].name == k->slots[b].name &&
	       strcmp(text_or_empty(k->entries[a].pipeline->name),
		      text_or_empty(k->entries[b].pipeline->name)) == 0;
}

static void rank_names(struct ranks *k)
{
	uint32_t rank = 0;
	size_t i;

	for (i = 0; i < k->n; i++) {
		rank += i && !same_name(k, k->by_name[i - 1], k->by_name[i]);
		k->name_rank[k->by_name[i]] = rank;
	}
}

static void sort_all(struct ranks *k)
{
	uint64_t *to = order_keys(&k->room, k->n);
	size_t i;

	memcpy(k->order, k->ties, k->n * sizeof(*k->order));
	for (i = 0; i < k->n; i++)
		to[i] = keys[k->sort](k, k->order[i]);
	order_sort(&k->room, k->order, k->n);
	k->sorted_ms = k->server_ms;
}

/* Running rows become stuck with time alone; a mended clock may take it back. */
static void age(struct ranks *k)
{
	uint32_t i;

	for (i = 0; i < k->n; i++) {
		enum attention now;

		if (k->stuck_ms[i] == INT64_MAX)
			continue;
		now = k->stuck_ms[i] <= k->server_ms ? ATTENTION_STUCK : ATTENTION_RUNNING;
		if (now == k->attention[i])
			continue;
		count(k, i, ONE_LESS);
		k->attention[i] = (uint8_t)now;
		count(k, i, 1);
		mark_moved(k, i);
	}
}

/* The order by name, and what follows from it. */
static void settle_names(struct ranks *k)
{
	bool words = lexicon_order(&k->projects);
	size_t kept;

	lexicon_order(&k->people);
	if (k->n_renamed || k->n_order != k->n) {
		set_touched(k, k->moved, k->n_moved, 0);
		set_touched(k, k->renamed, k->n_renamed, 1);
		kept = order_without(k->by_name, k->n_order, k->touched, (uint32_t)k->n);
		set_touched(k, k->renamed, k->n_renamed, 0);
		order_insert(k->by_name, kept, k->renamed, k->n_renamed, compare_names, k);
		set_touched(k, k->moved, k->n_moved, 1);
		words = true;
	}
	if (words)
		rank_ties(k);
	if (k->sort == ROSTER_NAME && (words || k->resort))
		rank_names(k);
}

static void settle_order(struct ranks *k)
{
	size_t kept;

	if (k->resort || k->n_moved > k->n / 4) {
		sort_all(k);
		return;
	}
	kept = order_without(k->order, k->n_order, k->touched, (uint32_t)k->n);
	order_insert(k->order, kept, k->moved, k->n_moved, compare, k);
}

bool ranks_settle(struct ranks *k, int64_t server_ms)
{
	bool changed;

	k->server_ms = server_ms;
	age(k);
	if (k->sort == ROSTER_ELAPSED &&
	    (server_ms - k->sorted_ms >= RESORT_MS || server_ms < k->sorted_ms))
		k->resort = true;
	changed = k->resort || k->n_moved || k->n_order != k->n;
	if (!changed)
		return false;
	settle_names(k);
	settle_order(k);
	set_touched(k, k->moved, k->n_moved, 0);
	k->n_order = k->n;
	k->n_moved = k->n_renamed = 0;
	k->resort = false;
	return true;
}

void ranks_set_sort(struct ranks *k, enum roster_sort sort, bool inverted)
{
	if (k->sort == sort && k->inverted == inverted)
		return;
	k->sort = sort;
	k->inverted = inverted;
	k->resort = true;
}
