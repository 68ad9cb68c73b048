/* SPDX-License-Identifier: MIT */
/*
 * A pipeline of four stages, each of which remembers what it made and redoes only what
 * the stage before says is other: entries that have a new version, their order (ranks),
 * which of them pass (sieve for text, query for fields, marks), and the rows (forest for
 * groups). A key press in the filter starts at the third, a fold at the last.
 *
 * Entries are known by their index in the store's array, their slot. Arrays of bytes and
 * numbers by slot are all that the stages hand on; the model itself is only read when an
 * entry has changed, and by fields of the query that no array answers.
 */
#include "roster.h"

#include <assert.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "forest.h"
#include "haystack.h"
#include "idset.h"
#include "model/group.h"
#include "model/query.h"
#include "ranks.h"
#include "sieve.h"

#define AGE_MS 1000	/* "stuck" comes with time alone */
#define FIELDS_NEW 2	/* of `fields`: not looked at yet */
#define ROOM_LEAST 64
#define REMEASURED_MOST 8
#define SLICE_LINES 30000 /* some 3 ms of an expression */

struct roster {
	struct store *store;
	const struct groups *groups;
	uint64_t seen, groups_seen; /* versions */
	int64_t made_ms;	    /* server time of the last refresh; -1: none yet */

	struct ranks ranks;
	struct haystack hay;
	struct sieve sieve;
	struct forest forest;
	size_t n, max;	   /* slots */
	uint32_t *node;	   /* of each slot: its group */
	uint8_t *fields;   /* of each slot: does it pass the query's fields? */
	uint8_t *passes;   /* of each slot: is it shown? */
	uint32_t *place;   /* of each slot: its row, from 1; 0: hidden */
	size_t n_shown;
	uint32_t *rows, *other_rows; /* slots and heads; the others are the next ones */
	size_t n_rows, rows_max;
	roster_height *height;
	void *height_self;
	uint32_t *heights;	     /* of each slot, in lines */
	uint32_t *starts;	     /* of each row: its first line; one more than rows */
	bool unmeasured, unlined;
	uint64_t remeasured[REMEASURED_MOST]; /* pairs; more of them than that: all */
	size_t n_remeasured;
	uint32_t *items;	     /* scratch: slots that pass, in order */

	char *filter;
	struct query query;	  /* its free text is the sieve's, `favourite` in wants */
	enum query_flag wants;	  /* favourites, by field */
	bool has_fields;
	roster_found *found;	  /* of the server; NULL: not asked */
	void *found_self;
	bool favourites_only, marked_only, grouped;
	struct idset marks, favourites, folded;
	uint64_t sets_seen;	  /* sum of the versions of the first two */
	bool unsifted, unlaid;	  /* a setter was called */
	bool unfinished, slice;	  /* lines are not known yet; the next refresh looks at some */
	struct buf line;	  /* scratch */
};

struct roster *roster_new(struct store *store)
{
	struct roster *r = mem_zalloc(sizeof(*r));

	r->store = store;
	r->made_ms = -1;
	r->unlaid = true;
	buf_init(&r->line, BUF_MAX);
	return r;
}

void roster_free(struct roster *r)
{
	if (!r)
		return;
	ranks_done(&r->ranks);
	haystack_done(&r->hay);
	sieve_done(&r->sieve);
	forest_done(&r->forest);
	query_done(&r->query);
	idset_done(&r->marks);
	idset_done(&r->favourites);
	idset_done(&r->folded);
	buf_done(&r->line);
	mem_free(r->node);
	mem_free(r->fields);
	mem_free(r->passes);
	mem_free(r->place);
	mem_free(r->rows);
	mem_free(r->other_rows);
	mem_free(r->items);
	mem_free(r->heights);
	mem_free(r->starts);
	mem_free(r->filter);
	mem_free(r);
}

/* ---- setters ---- */

static const struct {
	const char *word, *name;
} sorts[ROSTER_SORTS] = {
	[ROSTER_ATTENTION] = {"attention", N_("attention")}, [ROSTER_NAME] = {"name", N_("name")},
	[ROSTER_STATE] = {"state", N_("state")},	     [ROSTER_ELAPSED] = {"elapsed", N_("elapsed")},
	[ROSTER_USUAL] = {"usual", N_("usual")},	     [ROSTER_WHEN] = {"when", N_("when")},
	[ROSTER_BY] = {"by", N_("by")},			     [ROSTER_PROJECT] = {"project", N_("project")},
};

const char *roster_sort_name(enum roster_sort sort)
{
	return _(sorts[sort].name);
}

const char *roster_sort_word(enum roster_sort sort)
{
	return sorts[sort].word;
}

bool roster_sort_from_word(const char *word, enum roster_sort *sort)
{
	int i;

	for (i = 0; i < ROSTER_SORTS; i++) {
		if (!text_same(word, sorts[i].word))
			continue;
		*sort = (enum roster_sort)i;
		return true;
	}
	return false;
}

void roster_set_sort(struct roster *r, enum roster_sort sort, bool inverted)
{
	ranks_set_sort(&r->ranks, sort, inverted);
	r->unlaid = true;
}

enum roster_sort roster_sorted(const struct roster *r, bool *inverted)
{
	if (inverted)
		*inverted = r->ranks.inverted;
	return r->ranks.sort;
}

void roster_set_favourites(struct roster *r, bool only)
{
	r->unsifted = r->unsifted || r->favourites_only != only;
	r->favourites_only = only;
}

void roster_set_marked_only(struct roster *r, bool only)
{
	r->unsifted = r->unsifted || r->marked_only != only;
	r->marked_only = only;
}

void roster_set_groups(struct roster *r, const struct groups *groups)
{
	if (r->groups == groups)
		return;
	r->groups = groups;
	r->groups_seen = UINT64_MAX; /* whatever it is: everything is filed anew */
	r->unlaid = true;
}

void roster_set_grouped(struct roster *r, bool grouped)
{
	r->unlaid = r->unlaid || r->grouped != grouped;
	r->grouped = grouped;
}

void roster_fold(struct roster *r, const char *project_id, const char *group_id, bool folded)
{
	if (folded)
		idset_put(&r->folded, project_id, group_id, true);
	else
		idset_remove(&r->folded, project_id, group_id);
	r->unlaid = true;
}

/* ---- the filter ---- */

/* Without its last word, which is being typed. */
static bool parse_typed(const char *text, int64_t wall_ms, struct query *query)
{
	size_t len = strlen(text);
	char *part;
	bool good;

	if (query_parse(text, wall_ms, query, NULL))
		return true;
	while (len > 0 && text[len - 1] != ' ')
		len--;
	part = mem_strndup(text, len);
	good = query_parse(part, wall_ms, query, NULL);
	mem_free(part);
	return good;
}

static bool same_lists(const struct query_list *a, const struct query_list *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return a->n == b->n;
}

static bool same_fields(const struct query *a, const struct query *b)
{
	return a->states == b->states && same_lists(&a->status, &b->status) &&
	       same_lists(&a->names, &b->names) && same_lists(&a->executors, &b->executors) &&
	       same_lists(&a->projects, &b->projects) && same_lists(&a->groups, &b->groups) &&
	       same_lists(&a->outcomes, &b->outcomes) && text_same(a->component, b->component) &&
	       a->published == b->published && a->since_ms == b->since_ms && a->until_ms == b->until_ms;
}

static bool has_fields(const struct query *query)
{
	static const struct query none;

	return !same_fields(query, &none);
}

bool roster_set_filter(struct roster *r, const char *text, bool final, int64_t wall_ms, struct err *err)
{
	struct query query;

	text = text_or_empty(text);
	/* Whole minutes: else "since:2h" would ask for something else at every key. */
	wall_ms -= wall_ms % 60000;
	if (final ? !query_parse(text, wall_ms, &query, err) : !parse_typed(text, wall_ms, &query))
		return !final;
	if (!sieve_set(&r->sieve, query.text, final, err)) {
		query_done(&query);
		return false;
	}
	if (r->n && !same_fields(&query, &r->query))
		memset(r->fields, FIELDS_NEW, r->n);
	query_done(&r->query);
	r->query = query;
	r->wants = query.favourite;
	r->query.favourite = QUERY_ANY; /* those that were set here count as well */
	r->has_fields = has_fields(&query) || query_beyond(&query);
	mem_free(r->filter);
	r->filter = mem_strdup(text);
	r->unsifted = r->slice = true;
	return true;
}

void roster_set_found(struct roster *r, roster_found *found, void *self)
{
	r->found = found;
	r->found_self = self;
	if (!query_beyond(&r->query))
		return;
	if (r->n)
		memset(r->fields, FIELDS_NEW, r->n);
	r->unsifted = true;
}

bool roster_working(const struct roster *r)
{
	return r->unfinished;
}

bool roster_work(struct roster *r)
{
	if (r->unfinished)
		r->unsifted = r->slice = true;
	return r->unfinished;
}

const char *roster_filter(const struct roster *r)
{
	return text_or_empty(r->filter);
}

bool roster_filters_groups(const struct roster *r)
{
	return r->query.groups.n > 0;
}

bool roster_filter_gave_up(const struct roster *r)
{
	return r->sieve.gave_up;
}

/* ---- refresh: entries ---- */

static void reserve(struct roster *r, size_t n)
{
	if (n <= r->max)
		return;
	r->max = n + n / 8 + ROOM_LEAST;
	r->node = mem_realloc(r->node, r->max * sizeof(*r->node));
	r->fields = mem_realloc(r->fields, r->max);
	r->passes = mem_realloc(r->passes, r->max);
	r->place = mem_realloc(r->place, r->max * sizeof(*r->place));
	r->items = mem_realloc(r->items, r->max * sizeof(*r->items));
	r->heights = mem_realloc(r->heights, r->max * sizeof(*r->heights));
}

static void resize(struct roster *r, const struct entry *entries, size_t n)
{
	ranks_resize(&r->ranks, entries, n);
	haystack_resize(&r->hay, n);
	sieve_resize(&r->sieve, n);
	reserve(r, n);
	if (n > r->n) {
		memset(r->passes + r->n, 0, n - r->n);
		memset(r->fields + r->n, FIELDS_NEW, n - r->n);
		memset(r->node + r->n, 0xFF, (n - r->n) * sizeof(*r->node));
		memset(r->heights + r->n, 0, (n - r->n) * sizeof(*r->heights));
	}
	r->n = n;
}

static void add_word(struct buf *line, const char *word)
{
	if (text_empty(word))
		return;
	buf_addc(line, ' ');
	buf_adds(line, word);
}

/* What the filter's free text is searched in. */
static void say_line(const struct roster *r, const struct entry *e, struct buf *line)
{
	const struct run *run = e->run;
	char path[512];

	buf_clear(line);
	buf_adds(line, text_or_empty(e->pipeline->name));
	if (run && run->number > 0)
		buf_addf(line, " %lld", (long long)run->number);
	add_word(line, run ? state_word(run->state) : NULL);
	add_word(line, run ? run->executor : e->pipeline->v3_executor);
	add_word(line, run ? run->branch : NULL);
	add_word(line, e->pipeline->project_name);
	if (r->groups && !text_empty(e->pipeline->group_id) &&
	    groups_path(r->groups, e->pipeline->project_id, e->pipeline->group_id, path, sizeof(path)))
		add_word(line, path);
}

static void measure(struct roster *r, uint32_t slot)
{
	uint32_t height = 1;

	if (r->height)
		height = r->height(r->height_self, &r->ranks.entries[slot],
				   (enum attention)r->ranks.attention[slot], r->ranks.slots[slot].pair);
	assert(height > 0);
	r->unlined = r->unlined || height != r->heights[slot];
	r->heights[slot] = height;
}

static void measure_again(struct roster *r)
{
	bool all = r->n_remeasured > REMEASURED_MOST;
	uint32_t i;
	size_t k;

	for (i = 0; i < r->n; i++) {
		for (k = 0; !all && k < r->n_remeasured; k++)
			if (r->ranks.slots[i].pair == r->remeasured[k])
				break;
		if (all || k < r->n_remeasured)
			measure(r, i);
	}
	r->unmeasured = false;
	r->n_remeasured = 0;
}

static void take(struct roster *r, uint32_t slot)
{
	const struct entry *e = &r->ranks.entries[slot];

	/* Another thing at the same place has moved too; heads count what is below them. */
	if (ranks_take(&r->ranks, slot) || r->grouped)
		r->unlaid = true;
	measure(r, slot);
	r->node[slot] = forest_node(&r->forest, r->groups, e->pipeline);
	r->fields[slot] = FIELDS_NEW;
	say_line(r, e, &r->line);
	if (haystack_put(&r->hay, slot, r->line.data, r->line.len))
		sieve_forget(&r->sieve, slot);
}

/* Takes what has a version that was not seen. True: there was something. */
static bool take_changes(struct roster *r)
{
	const struct entry *entries;
	size_t n = store_entries(r->store, &entries), before = r->n, i;
	uint64_t groups = r->groups ? groups_version(r->groups) : 0, version = store_version(r->store);
	bool all = groups != r->groups_seen, any = n != before;

	if (all)
		forest_clear(&r->forest);
	resize(r, entries, n);
	for (i = 0; i < n && (all || version != r->seen); i++) {
		if (i < before && entries[i].version <= r->seen && !all)
			continue;
		take(r, (uint32_t)i);
		any = true;
	}
	r->groups_seen = groups;
	r->seen = version;
	r->unlaid = r->unlaid || all || n != before;
	return any;
}

/* ---- refresh: what passes ---- */

static bool in_set(const struct idset *set, uint64_t pair, const struct pipeline *p, bool otherwise)
{
	const bool *value = set->n ? idset_find(set, pair, text_or_empty(p->project_id),
						text_or_empty(p->id))
				   : NULL;

	return value ? *value : otherwise;
}

static bool favourite(const struct roster *r, uint32_t slot)
{
	return in_set(&r->favourites, r->ranks.slots[slot].pair, r->ranks.entries[slot].pipeline,
		      r->ranks.slots[slot].favourite);
}

static bool in_chosen(const struct roster *r, uint32_t slot)
{
	if ((r->favourites_only || r->wants == QUERY_YES) && !favourite(r, slot))
		return false;
	if (r->wants == QUERY_NO && favourite(r, slot))
		return false;
	return !r->marked_only ||
	       in_set(&r->marks, r->ranks.slots[slot].pair, r->ranks.entries[slot].pipeline, false);
}

/* What nobody but the server can tell, it has told. */
static bool found_there(const struct roster *r, const struct pipeline *p)
{
	return !r->found || !query_beyond(&r->query) || r->found(r->found_self, p->project_id, p->id);
}

static bool in_fields(struct roster *r, uint32_t slot)
{
	if (r->fields[slot] == FIELDS_NEW)
		r->fields[slot] = query_match(&r->query, r->groups, &r->ranks.entries[slot]) &&
				  found_there(r, r->ranks.entries[slot].pipeline);
	return r->fields[slot];
}

/* True: something passes that did not, or the other way around. */
static bool sift(struct roster *r)
{
	bool chosen = r->favourites_only || r->marked_only || r->wants != QUERY_ANY;
	bool inverts = r->query.invert, changed = false, passes;
	size_t shown = 0;
	uint32_t i;

	r->unfinished = !sieve_run(&r->sieve, &r->hay, r->slice || !r->unfinished ? SLICE_LINES : 0);
	r->slice = false;
	for (i = 0; i < r->n; i++) {
		passes = sieve_known(&r->sieve, i) ? sieve_passes(&r->sieve, i) != inverts : r->passes[i];
		if (passes && chosen)
			passes = in_chosen(r, i);
		if (passes && r->has_fields)
			passes = in_fields(r, i);
		changed = changed || passes != r->passes[i];
		r->passes[i] = passes;
		shown += passes;
	}
	r->n_shown = shown;
	r->unsifted = false;
	return changed;
}

/* ---- refresh: rows ---- */

static void reserve_rows(struct roster *r, size_t n)
{
	if (n <= r->rows_max)
		return;
	r->rows_max = n + n / 8 + ROOM_LEAST;
	r->rows = mem_realloc(r->rows, r->rows_max * sizeof(*r->rows));
	r->other_rows = mem_realloc(r->other_rows, r->rows_max * sizeof(*r->rows));
	r->starts = mem_realloc(r->starts, (r->rows_max + 1) * sizeof(*r->starts));
}

static size_t pick(struct roster *r, uint32_t *to)
{
	size_t i, n = 0;

	for (i = 0; i < r->n; i++) {
		to[n] = r->ranks.order[i];
		n += r->passes[to[n]];
	}
	return n;
}

static void lay(struct roster *r)
{
	struct forest_items items = {.slots = r->items, .node = r->node,
				     .attention = r->ranks.attention, .folded = &r->folded,
				     .urgent_first = r->ranks.sort == ROSTER_ATTENTION};
	uint32_t *rows;
	size_t i;

	reserve_rows(r, r->n + r->forest.n + 1);
	rows = r->other_rows;
	if (r->grouped) {
		items.n = pick(r, r->items);
		r->n_rows = forest_lay(&r->forest, &items, rows);
	} else {
		r->n_rows = pick(r, rows);
	}
	r->other_rows = r->rows;
	r->rows = rows;
	if (r->n)
		memset(r->place, 0, r->n * sizeof(*r->place));
	for (i = 0; i < r->n_rows; i++)
		if (!(rows[i] & FOREST_HEAD))
			r->place[rows[i]] = (uint32_t)i + 1;
	r->unlaid = false;
}

static void line_up(struct roster *r)
{
	uint32_t line = 0;
	size_t i;

	for (i = 0; i < r->n_rows; i++) {
		r->starts[i] = line;
		line += r->rows[i] & FOREST_HEAD ? 1 : r->heights[r->rows[i]];
	}
	r->starts[i] = line;
	r->unlined = false;
}

bool roster_refresh(struct roster *r, int64_t server_ms)
{
	uint64_t sets = r->marks.version + r->favourites.version;
	bool fresh = r->made_ms >= 0 && server_ms - r->made_ms < AGE_MS && server_ms >= r->made_ms;
	bool any, moved;

	if (r->marked_only || r->favourites_only || r->wants != QUERY_ANY)
		r->unsifted = r->unsifted || sets != r->sets_seen;
	if (fresh && store_version(r->store) == r->seen && !r->unsifted && !r->unlaid && !r->unmeasured &&
	    (!r->groups || groups_version(r->groups) == r->groups_seen))
		return false;
	r->made_ms = server_ms;
	r->sets_seen = sets;
	any = take_changes(r);
	if (r->unmeasured)
		measure_again(r);
	moved = ranks_settle(&r->ranks, server_ms);
	if ((any || r->unsifted) && sift(r))
		moved = true;
	moved = moved || r->unlaid;
	if (moved)
		lay(r);
	if (!moved && !r->unlined)
		return false;
	line_up(r);
	return true;
}

/* ---- rows ---- */

struct roster_counts roster_counts(const struct roster *r)
{
	return r->ranks.counts;
}

size_t roster_count(const struct roster *r)
{
	return r->n_rows;
}

size_t roster_shown(const struct roster *r)
{
	return r->n_shown;
}

static struct roster_row head_row(const struct forest_node *node)
{
	struct roster_row row = {.attention = ATTENTION_REST, .depth = node->depth};

	row.head = (struct roster_head){.project_id = node->project, .group_id = node->id,
					.name = node->name, .n = node->n, .folded = node->folded};
	memcpy(row.head.counts, node->counts, sizeof(row.head.counts));
	return row;
}

struct roster_row roster_at(const struct roster *r, size_t i)
{
	uint32_t at = r->rows[i];

	if (at & FOREST_HEAD)
		return head_row(&r->forest.nodes[at & ~FOREST_HEAD]);
	return (struct roster_row){
		.entry = &r->ranks.entries[at],
		.attention = (enum attention)r->ranks.attention[at],
		.depth = r->grouped ? forest_depth(&r->forest, r->node[at]) : 0,
	};
}

/* ---- lines ---- */

void roster_set_height(struct roster *r, roster_height *height, void *self)
{
	r->height = height;
	r->height_self = self;
	roster_measure(r, NULL, NULL);
}

void roster_measure(struct roster *r, const char *project_id, const char *pipeline_id)
{
	r->unmeasured = true;
	if (pipeline_id && r->n_remeasured < REMEASURED_MOST)
		r->remeasured[r->n_remeasured++] = idset_hash(text_or_empty(project_id), pipeline_id);
	else
		r->n_remeasured = REMEASURED_MOST + 1;
}

size_t roster_lines(const struct roster *r)
{
	return r->n_rows ? r->starts[r->n_rows] : 0;
}

size_t roster_line(const struct roster *r, size_t row)
{
	return r->starts[row];
}

size_t roster_row_of(const struct roster *r, size_t line, size_t *offset)
{
	size_t low = 0, high = r->n_rows;

	while (high - low > 1) { /* starts[low] <= line < starts[high] */
		size_t middle = low + (high - low) / 2;

		if (r->starts[middle] <= line)
			low = middle;
		else
			high = middle;
	}
	*offset = line - r->starts[low];
	return low;
}

bool roster_is_tall(const struct roster *r, size_t row, unsigned attentions)
{
	uint32_t at = r->rows[row];

	return !(at & FOREST_HEAD) && (r->heights[at] > 1 || attentions & 1u << r->ranks.attention[at]);
}

size_t roster_next_tall(const struct roster *r, size_t from, unsigned attentions, int direction)
{
	size_t at = from;

	while (direction > 0 ? ++at < r->n_rows : at-- > 0)
		if (roster_is_tall(r, at, attentions))
			return at;
	return ROSTER_NONE;
}

/* ---- finding ---- */

size_t roster_find(const struct roster *r, const char *project_id, const char *pipeline_id,
		   const char *run_id)
{
	size_t at;

	if (!store_entry(r->store, project_id, pipeline_id, run_id, &at) || at >= r->n)
		return ROSTER_NONE;
	return (size_t)r->place[at] - 1;
}

size_t roster_find_head(const struct roster *r, const char *project_id, const char *group_id)
{
	uint32_t node = forest_find(&r->forest, project_id, group_id);

	return !r->grouped || node == FOREST_NONE ? ROSTER_NONE : r->forest.nodes[node].row - 1;
}

const struct entry *roster_newest_failure(const struct roster *r)
{
	const struct rank_slot *s;
	int64_t best = -1, at;
	uint32_t i, newest = 0;

	for (i = 0; i < r->n; i++) {
		if (r->ranks.attention[i] != ATTENTION_FAILING || !r->passes[i])
			continue;
		s = &r->ranks.slots[i];
		at = s->end_ms != WHEN_NONE ? s->end_ms : s->start_ms;
		if (at < best || (at == best && r->ranks.tie_rank[i] > r->ranks.tie_rank[newest]))
			continue;
		best = at;
		newest = i;
	}
	return best < 0 ? NULL : &r->ranks.entries[newest];
}

size_t roster_next(const struct roster *r, size_t from, unsigned attentions, int direction)
{
	size_t i, n = r->n_rows, at = from;

	for (i = 1; i < n; i++) {
		at = direction > 0 ? (at + 1 < n ? at + 1 : 0) : (at > 0 && at <= n ? at - 1 : n - 1);
		if (!(r->rows[at] & FOREST_HEAD) && attentions & 1u << r->ranks.attention[r->rows[at]])
			return at;
	}
	return ROSTER_NONE;
}

/* ---- marks and favourites ---- */

bool roster_mark(struct roster *r, const char *project_id, const char *pipeline_id, bool marked)
{
	if (marked)
		return idset_put(&r->marks, project_id, pipeline_id, true);
	idset_remove(&r->marks, project_id, pipeline_id);
	return true;
}

static const bool *find_in(const struct idset *set, const char *project_id, const char *id)
{
	project_id = text_or_empty(project_id);
	id = text_or_empty(id);
	return idset_find(set, idset_hash(project_id, id), project_id, id);
}

bool roster_is_marked(const struct roster *r, const char *project_id, const char *pipeline_id)
{
	return r->marks.n && find_in(&r->marks, project_id, pipeline_id);
}

size_t roster_mark_count(const struct roster *r)
{
	return r->marks.n;
}

void roster_clear_marks(struct roster *r)
{
	idset_clear(&r->marks);
}

struct mark_walk {
	void (*each)(const char *project_id, const char *pipeline_id, void *arg);
	void *arg;
};

static void each_mark(const char *project, const char *id, bool value, void *arg)
{
	struct mark_walk *walk = arg;

	(void)value;
	walk->each(project, id, walk->arg);
}

void roster_marks(const struct roster *r,
		  void (*each)(const char *project_id, const char *pipeline_id, void *arg), void *arg)
{
	struct mark_walk walk = {each, arg};

	idset_each(&r->marks, each_mark, &walk);
}

bool roster_set_favourite(struct roster *r, const char *project_id, const char *pipeline_id,
			  bool is_favourite)
{
	return idset_put(&r->favourites, project_id, pipeline_id, is_favourite);
}

bool roster_is_favourite(const struct roster *r, const struct pipeline *pipeline)
{
	const bool *value = find_in(&r->favourites, pipeline->project_id, pipeline->id);

	return value ? *value : pipeline->favourite;
}

void roster_favourites(const struct roster *r,
		       void (*each)(const char *project_id, const char *pipeline_id, bool favourite,
				    void *arg),
		       void *arg)
{
	idset_each(&r->favourites, each, arg);
}
