/* SPDX-License-Identifier: MIT */
/*
 * Of each pipeline a small record says how its latest run was at the last look: hashes of
 * ids rather than ids, because there may be 100,000 of them. Only rows that an answer
 * moved since then are compared. A run that is still live when a newer one takes its place is
 * watched by name until it ends, for the store's list drops it the moment it does.
 *
 * Being stuck comes from time alone, so the time at which the next run becomes stuck is
 * kept, and rows are looked at for it only then.
 */
#include "model/changes.h"

#include <string.h>

#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/usual.h"

#define OLDER_MAX 1024 /* live runs with a newer one above them */
#define NEWER_MAX 20   /* runs of one pipeline that come between two looks */
#define SPARE_RECORDS 4096
#define NEVER_MS INT64_MAX

/* A run as it was at the last look. */
struct seen_run {
	uint64_t id;	/* hash; 0: none */
	uint64_t gate;	/* hash of the open gate's step; 0: none or not known */
	int64_t number;
	uint8_t state;
	bool stuck;
};

struct seen {
	uint64_t key; /* hash of project and pipeline */
	struct seen_run latest;
	bool gone;
};

struct older {
	struct ref ref;
	struct seen_run run;
};

struct changes {
	struct change *ring; /* CHANGES_MAX; event n is at n % CHANGES_MAX */
	uint64_t next_seq;  /* of the event to come */
	uint64_t first_seq; /* oldest in the ring */
	uint64_t version;
	size_t unseen;

	struct seen *seen;
	size_t n_seen;
	uint32_t *index; /* hash table of positions in `seen`, + 1; 0: empty */
	size_t n_index;	 /* a power of two */

	struct older *older;
	size_t n_older;

	uint64_t store_version;
	bool begun;
	int64_t since_ms; /* server's clock at the first reading */
	int64_t stuck_ms; /* server's clock when the next run becomes stuck */
	int64_t server_ms, wall_ms; /* of this update */
};

struct changes *changes_new(void)
{
	struct changes *c = mem_zalloc(sizeof(*c));

	c->ring = mem_calloc(CHANGES_MAX, sizeof(*c->ring));
	c->next_seq = c->first_seq = 1;
	c->stuck_ms = NEVER_MS;
	return c;
}

static void change_done(struct change *change)
{
	ref_done(&change->ref);
	mem_free(change->pipeline);
	*change = (struct change){0};
}

void changes_free(struct changes *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < CHANGES_MAX; i++)
		change_done(&c->ring[i]);
	for (i = 0; i < c->n_older; i++)
		ref_done(&c->older[i].ref);
	mem_free(c->ring);
	mem_free(c->older);
	mem_free(c->seen);
	mem_free(c->index);
	mem_free(c);
}

/* ---- the ring ---- */

static struct change *slot(const struct changes *c, uint64_t seq)
{
	return &c->ring[seq % CHANGES_MAX];
}

static void drop_oldest(struct changes *c)
{
	struct change *oldest = slot(c, c->first_seq++);

	c->unseen -= !oldest->seen;
	change_done(oldest);
}

/* What an event is about. */
struct subject {
	const struct pipeline *pipeline;
	const struct run *run; /* NULL: the pipeline alone */
};

static void tell(struct changes *c, const struct subject *about, enum change_kind kind, enum state from,
		 enum state to)
{
	struct change *change;

	if (changes_count(c) == CHANGES_MAX)
		drop_oldest(c);
	change = slot(c, c->next_seq);
	*change = (struct change){.seq = c->next_seq++, .kind = kind, .server_ms = c->server_ms,
				  .wall_ms = c->wall_ms, .from = from, .to = to};
	ref_set(&change->ref, REF_PROJECT, about->pipeline->project_id);
	ref_set(&change->ref, REF_PIPELINE, about->pipeline->id);
	change->pipeline = mem_strdup(about->pipeline->name);
	if (about->run) {
		ref_set(&change->ref, REF_RUN, about->run->id);
		change->number = about->run->number;
	}
	c->unseen++;
	c->version++;
}

uint64_t changes_version(const struct changes *c)
{
	return c->version;
}

size_t changes_count(const struct changes *c)
{
	return (size_t)(c->next_seq - c->first_seq);
}

const struct change *changes_at(const struct changes *c, size_t i)
{
	return i < changes_count(c) ? slot(c, c->next_seq - 1 - i) : NULL;
}

const struct change *changes_find(const struct changes *c, uint64_t seq)
{
	return seq >= c->first_seq && seq < c->next_seq ? slot(c, seq) : NULL;
}

const struct change *changes_next(const struct changes *c, uint64_t after)
{
	return changes_find(c, after < c->first_seq ? c->first_seq : after + 1);
}

size_t changes_unseen(const struct changes *c)
{
	return c->unseen;
}

void changes_see(struct changes *c, uint64_t seq)
{
	struct change *change;

	if (!changes_find(c, seq))
		return;
	change = slot(c, seq);
	if (change->seen)
		return;
	change->seen = true;
	c->unseen--;
	c->version++;
}

void changes_looked(struct changes *c)
{
	uint64_t seq;

	for (seq = c->first_seq; seq < c->next_seq; seq++)
		changes_see(c, seq);
}

/* ---- records ---- */

static uint64_t hash_of(const char *text)
{
	uint64_t hash;

	if (text_empty(text))
		return 0;
	hash = hash_bytes(text, strlen(text));
	return hash ? hash : 1;
}

static uint64_t key_of(const struct pipeline *pipeline)
{
	return hash_of(pipeline->project_id) * 3 ^ hash_of(pipeline->id);
}

static size_t place_of(const struct changes *c, uint64_t key)
{
	size_t at = (size_t)(key & (c->n_index - 1));

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what the index names is a record */
	while (c->index[at] && c->seen[c->index[at] - 1].key != key)
		at = (at + 1) & (c->n_index - 1);
	return at;
}

static void grow_index(struct changes *c)
{
	size_t i;

	mem_free(c->index);
	c->n_index = c->n_index ? 2 * c->n_index : 256;
	c->index = mem_calloc(c->n_index, sizeof(*c->index));
	for (i = 0; i < c->n_seen; i++)
		c->index[place_of(c, c->seen[i].key)] = (uint32_t)i + 1;
}

/* The record of a pipeline, made if there was none; `fresh` says which. */
static struct seen *record_of(struct changes *c, const struct pipeline *pipeline, bool *fresh)
{
	uint64_t key = key_of(pipeline);
	size_t at;

	if (c->n_seen >= c->n_index / 4 * 3)
		grow_index(c);
	at = place_of(c, key);
	*fresh = c->index[at] == 0;
	if (*fresh) {
		c->seen = mem_grow(c->seen, c->n_seen, sizeof(*c->seen));
		c->seen[c->n_seen] = (struct seen){.key = key};
		c->index[at] = (uint32_t)++c->n_seen;
	}
	return &c->seen[c->index[at] - 1];
}

/*
 * Pipelines that left the store keep their small records. Where those have become the most,
 * all begins anew.
 */
static void forget_if_too_many(struct changes *c, const struct store *store)
{
	if (c->n_seen <= 2 * store_pipeline_count(store) + SPARE_RECORDS)
		return;
	mem_free(c->seen);
	mem_free(c->index);
	c->seen = NULL;
	c->index = NULL;
	c->n_seen = c->n_index = 0;
	c->begun = false;
}

/* ---- transitions ---- */

/* False: nothing that anybody wants to hear of. */
static bool kind_of(enum state from, enum state to, enum change_kind *kind)
{
	static const enum change_kind ends[STATE_COUNT] = {
		[STATE_FAILED] = CHANGE_FAILED,	    [STATE_OK] = CHANGE_FINISHED,
		[STATE_STOPPED] = CHANGE_STOPPED,   [STATE_SKIPPED] = CHANGE_FINISHED,
		[STATE_IGNORED] = CHANGE_FINISHED,
	};

	if (from == to)
		return false;
	if (state_terminal(to))
		*kind = ends[to];
	else if (to == STATE_WAITING)
		*kind = CHANGE_GATE;
	else if (state_live(to) && from == STATE_WAITING)
		*kind = CHANGE_GATE_PASSED;
	else if (state_live(to) && state_terminal(from))
		*kind = CHANGE_STARTED;
	else
		return false;
	return true;
}

static uint64_t gate_of(const struct run *run)
{
	struct step_at at;

	return run->detailed && run_gate_step(run, &at) ? hash_of(at.step->id) : 0;
}

/* A list's summary does not say which gate it is, so that is only news where both are known. */
static bool other_gate(struct seen_run *seen, const struct run *run)
{
	uint64_t gate = run->state == STATE_WAITING ? gate_of(run) : 0;
	bool other = seen->state == STATE_WAITING && gate && seen->gate && gate != seen->gate;

	if (gate || run->state != STATE_WAITING)
		seen->gate = gate;
	return other;
}

/* The same run as at the last look. */
static void compare(struct changes *c, const struct subject *about, struct seen_run *seen)
{
	const struct run *run = about->run;
	enum state from = (enum state)seen->state;
	enum change_kind kind;

	if (other_gate(seen, run))
		tell(c, about, CHANGE_GATE, STATE_WAITING, STATE_WAITING);
	else if (kind_of(from, run->state, &kind))
		tell(c, about, kind, from, run->state);
	if (run->state != STATE_RUNNING)
		seen->stuck = false;
	seen->state = (uint8_t)run->state;
	if (run->number)
		seen->number = run->number;
}

/* A run that was not there before. */
static void tell_new_run(struct changes *c, const struct subject *about)
{
	enum state to = about->run->state;
	enum change_kind kind;

	if (!kind_of(STATE_PENDING, to, &kind))
		kind = CHANGE_STARTED;
	tell(c, about, kind, STATE_PENDING, to);
}

static void remember(struct seen_run *seen, const struct run *run)
{
	*seen = (struct seen_run){.id = hash_of(run->id), .gate = gate_of(run), .number = run->number,
				  .state = (uint8_t)run->state};
}

/* ---- runs that are live below a newer one ---- */

static struct older *older_of(struct changes *c, const struct subject *about)
{
	uint64_t id = hash_of(about->run->id);
	size_t i;

	for (i = 0; i < c->n_older; i++)
		if (c->older[i].run.id == id &&
		    text_same(c->older[i].ref.id[REF_PIPELINE], about->pipeline->id) &&
		    text_same(c->older[i].ref.id[REF_PROJECT], about->pipeline->project_id))
			return &c->older[i];
	return NULL;
}

static void forget_older(struct changes *c, struct older *older)
{
	ref_done(&older->ref);
	*older = c->older[--c->n_older];
}

static void watch_older(struct changes *c, const struct subject *about, const struct seen_run *seen)
{
	struct older *older = older_of(c, about);

	if (older || c->n_older == OLDER_MAX)
		return;
	c->older = mem_grow(c->older, c->n_older, sizeof(*c->older));
	older = &c->older[c->n_older++];
	*older = (struct older){.run = *seen};
	ref_set(&older->ref, REF_PROJECT, about->pipeline->project_id);
	ref_set(&older->ref, REF_PIPELINE, about->pipeline->id);
	ref_set(&older->ref, REF_RUN, about->run->id);
}

/* Looks those up by name: the list no longer shows one that has ended. */
static void look_at_older(struct changes *c, const struct store *store)
{
	size_t i;

	for (i = c->n_older; i-- > 0;) {
		struct older *older = &c->older[i];
		char *const *id = older->ref.id;
		struct subject about = {
			store_pipeline(store, id[REF_PROJECT], id[REF_PIPELINE]),
			store_run(store, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN]),
		};

		if (about.pipeline && about.run)
			compare(c, &about, &older->run);
		if (!about.pipeline || !about.run || state_terminal(about.run->state))
			forget_older(c, older);
	}
}

/* ---- rows ---- */

static bool began_since(const struct changes *c, int64_t ms)
{
	return c->begun && ms != WHEN_NONE && ms > c->since_ms;
}

/* What the store knows of the runs from the one that was the latest to the one that is. */
static void tell_newer_runs(struct changes *c, const struct store *store, const struct subject *about,
			    struct seen_run *before)
{
	const struct run *runs[NEWER_MAX];
	size_t i, n = store_runs(store, about->pipeline->project_id, about->pipeline->id, runs, NEWER_MAX);

	for (i = n; i-- > 0;) {
		struct subject one = {about->pipeline, runs[i]};

		if (hash_of(runs[i]->id) == before->id) {
			compare(c, &one, before);
			if (!state_terminal(runs[i]->state))
				watch_older(c, &one, before);
		} else if (before->number ? runs[i]->number > before->number
					  : began_since(c, runs[i]->start_ms)) {
			tell_new_run(c, &one);
		}
	}
}

/* Another run is the latest now. */
static void new_latest(struct changes *c, const struct store *store, const struct subject *about,
		       struct seen *seen)
{
	struct older *older = older_of(c, about);

	if (older)
		forget_older(c, older);
	if (seen->latest.id)
		tell_newer_runs(c, store, about, &seen->latest);
	else if (began_since(c, about->run->start_ms))
		tell_new_run(c, about);
	remember(&seen->latest, about->run);
}

static void look_at_latest(struct changes *c, const struct store *store, const struct entry *entry)
{
	struct subject about = {entry->pipeline, entry->run};
	bool fresh;
	struct seen *seen = record_of(c, entry->pipeline, &fresh);

	if (fresh && began_since(c, entry->pipeline->create_ms))
		tell(c, &(struct subject){entry->pipeline, NULL}, CHANGE_NEW, STATE_PENDING,
		     entry->run ? entry->run->state : STATE_PENDING);
	if (entry->run && hash_of(entry->run->id) == seen->latest.id)
		compare(c, &about, &seen->latest);
	else if (entry->run)
		new_latest(c, store, &about, seen);
	if (entry->gone_ms && !seen->gone && !fresh)
		tell(c, &about, CHANGE_GONE, (enum state)seen->latest.state, (enum state)seen->latest.state);
	seen->gone = entry->gone_ms != 0;
}

static void look_at_entry(struct changes *c, const struct store *store, const struct entry *entry)
{
	struct subject about = {entry->pipeline, entry->run};
	struct seen_run seen;

	if (entry->latest) {
		look_at_latest(c, store, entry);
	} else if (!older_of(c, &about)) {
		if (began_since(c, entry->run->start_ms))
			tell_new_run(c, &about);
		remember(&seen, entry->run);
		watch_older(c, &about, &seen);
	}
}

/* ---- stuck ---- */

static struct seen_run *seen_run_of(struct changes *c, const struct entry *entry)
{
	struct subject about = {entry->pipeline, entry->run};
	struct older *older;
	bool fresh;

	if (entry->latest)
		return &record_of(c, entry->pipeline, &fresh)->latest;
	older = older_of(c, &about);
	return older ? &older->run : NULL;
}

/* When the row becomes stuck, by the server's clock. */
static int64_t stuck_at(const struct entry *entry)
{
	int64_t limit = usual_limit_ms(entry->usual_ms, entry->mad_ms);

	if (!entry->run || entry->run->state != STATE_RUNNING || entry->gone_ms ||
	    entry->run->start_ms == WHEN_NONE || limit >= NEVER_MS - WHEN_MAX_MS)
		return NEVER_MS;
	return entry->run->start_ms + limit + 1;
}

/* What was stuck already when the program came is not news. */
static void look_for_stuck(struct changes *c, const struct entry *entry)
{
	struct subject about = {entry->pipeline, entry->run};
	int64_t at = stuck_at(entry);
	struct seen_run *seen;

	if (at > c->server_ms) {
		c->stuck_ms = at < c->stuck_ms ? at : c->stuck_ms;
		return;
	}
	seen = seen_run_of(c, entry);
	if (!seen || seen->stuck)
		return;
	seen->stuck = true;
	if (began_since(c, at))
		tell(c, &about, CHANGE_STUCK, STATE_RUNNING, STATE_RUNNING);
}

/* ---- the look ---- */

void changes_update(struct changes *c, struct store *store, int64_t server_ms, int64_t wall_ms)
{
	bool moved = c->store_version != store_version(store), due = server_ms >= c->stuck_ms;
	const struct entry *entries;
	size_t i, n;

	if (!moved && !due)
		return;
	n = store_entries(store, &entries);
	if (n == 0 && !c->begun)
		return;
	forget_if_too_many(c, store);
	c->server_ms = server_ms;
	c->wall_ms = wall_ms;
	c->stuck_ms = due ? NEVER_MS : c->stuck_ms;
	if (moved)
		look_at_older(c, store);
	for (i = 0; i < n; i++) {
		moved = !c->begun || entries[i].version > c->store_version;
		if (moved)
			look_at_entry(c, store, &entries[i]);
		if (moved || due)
			look_for_stuck(c, &entries[i]);
	}
	if (!c->begun)
		c->since_ms = server_ms;
	c->begun = true;
	c->store_version = store_version(store);
}

int64_t changes_wake_ms(const struct changes *c)
{
	return c->stuck_ms == NEVER_MS ? -1 : c->stuck_ms;
}

/* ---- words ---- */

static const char *const words[CHANGE_KINDS] = {
	[CHANGE_STARTED] = "started", [CHANGE_FAILED] = "failed",	    [CHANGE_FINISHED] = "finished",
	[CHANGE_STOPPED] = "stopped", [CHANGE_GATE] = "gate",	    [CHANGE_GATE_PASSED] = "gate-passed",
	[CHANGE_STUCK] = "stuck",     [CHANGE_NEW] = "new-pipeline", [CHANGE_GONE] = "gone",
};

const char *change_word(enum change_kind kind)
{
	return words[kind];
}

bool change_from_word(const char *word, enum change_kind *kind)
{
	size_t i;

	for (i = 0; i < CHANGE_KINDS; i++)
		if (strcmp(words[i], word) == 0) {
			*kind = (enum change_kind)i;
			return true;
		}
	return false;
}
