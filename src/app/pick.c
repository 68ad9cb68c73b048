/* SPDX-License-Identifier: MIT */
/*
 * From words to ids. Nothing is guessed: what matches twice is refused with the candidates, what
 * matches nothing with the nearest name. An id costs no request where one project is
 * named; a name costs one list with the server's own filter.
 */
#include "pick.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"
#include "core/when.h"
#include "listing.h"
#include "say.h"

#define CANDIDATES_SHOWN 12
#define RUNS_PAGE 100
#define RUN_PAGES_MAX 200
#define GATES_LOOKED_AT 20

void picked_done(struct picked *picked)
{
	mem_free(picked->project_id);
	mem_free(picked->pipeline_id);
	mem_free(picked->name);
	mem_free(picked->project_name);
	mem_free(picked->run_id);
	memset(picked, 0, sizeof(*picked));
}

const char *picked_name(const struct picked *picked)
{
	return text_empty(picked->name) ? picked->pipeline_id : picked->name;
}

static void take(struct picked *picked, const struct pipeline *p)
{
	picked->project_id = mem_strdup(p->project_id);
	picked->pipeline_id = mem_strdup(p->id);
	picked->name = mem_strdup(p->name);
	picked->project_name = mem_strdup(p->project_name);
}

/* Ids are 32 digits and lower-case letters (api.md 1.4); a name may look so too, an id comes first. */
static bool looks_like_id(const char *word)
{
	size_t n = strspn(word, "0123456789abcdefghijklmnopqrstuvwxyz");

	return n == 32 && !word[n];
}

/* ---- which of four words ---- */

enum newest { NEWEST_NONE, NEWEST_LATEST, NEWEST_FAILED, NEWEST_RUNNING, NEWEST_WAITING };

static const struct {
	const char *word;
	const char *status[4]; /* what the server is asked for; a gate may show as RUNNING */
	size_t n_status;
} newest_words[] = {
	[NEWEST_NONE] = {"", {NULL}, 0},
	[NEWEST_LATEST] = {"@latest", {NULL}, 0},
	[NEWEST_FAILED] = {"@failed", {"FAILED"}, 1},
	[NEWEST_RUNNING] = {"@running", {"RUNNING"}, 1},
	[NEWEST_WAITING] = {"@waiting", {"PAUSED", "SUSPEND", "RUNNING"}, 3},
};

static enum newest newest_of(const char *word)
{
	size_t i;

	for (i = NEWEST_LATEST; i <= NEWEST_WAITING; i++)
		if (strcmp(newest_words[i].word, word) == 0)
			return (enum newest)i;
	return NEWEST_NONE;
}

static bool unknown_at(const char *word, struct err *err)
{
	return err_set(err, ERR_INPUT, 0,
		       _("%.40s is not known: @latest, @failed, @running and @waiting are"), word);
}

/* May this run be meant, as far as a list tells? */
static bool may_be(enum newest newest, const struct run *run)
{
	switch (newest) {
	case NEWEST_FAILED:
		return run->state == STATE_FAILED;
	case NEWEST_RUNNING:
		return run->state == STATE_RUNNING;
	case NEWEST_WAITING:
		return run->state == STATE_WAITING || run->state == STATE_RUNNING;
	default:
		return true;
	}
}

/* ---- the newest of all pipelines ---- */

struct candidates {
	enum newest newest;
	struct pipeline *all; /* owned, with latest */
	size_t n;
};

static void candidates_done(struct candidates *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		pipeline_done(&list->all[i]);
	mem_free(list->all);
}

static void keep(struct candidates *list, struct pipeline *p)
{
	list->all = mem_grow(list->all, list->n, sizeof(*list->all));
	list->all[list->n++] = *p;
	memset(p, 0, sizeof(*p));
}

static bool keep_newest(void *self, struct listing_row *row)
{
	struct candidates *list = self;

	if (row->pipeline->latest && may_be(list->newest, row->pipeline->latest))
		keep(list, row->pipeline);
	return true;
}

static int newer_first(const void *a, const void *b)
{
	const struct pipeline *p = a, *q = b;
	int64_t x = p->latest->start_ms, y = q->latest->start_ms;

	return (y > x) - (y < x);
}

/* Only a run's detail shows its gates (api.md 8.2). */
static bool waits(struct command *c, const struct pipeline *p, const char *run_id, bool *answer,
		  struct err *err)
{
	struct detail_read detail;

	if (!reader_detail(c->reader, p->project_id, p->id, run_id, &detail, err))
		return false;
	*answer = detail.run.state == STATE_WAITING;
	detail_read_done(&detail);
	return true;
}

static bool pick_among(struct command *c, struct candidates *list, struct picked *picked, struct err *err)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		const struct pipeline *p = &list->all[i];
		bool yes = true;

		if (list->newest == NEWEST_WAITING && p->latest->state != STATE_WAITING) {
			if (i >= GATES_LOOKED_AT)
				break;
			if (!waits(c, p, p->latest->id, &yes, err))
				return false;
		}
		if (!yes)
			continue;
		take(picked, p);
		picked->run_id = mem_strdup(p->latest->id);
		return true;
	}
	return err_set(err, ERR_INPUT, 0, _("no run is %s: pipetop pipelines shows what there is"),
		       newest_words[list->newest].word);
}

static bool pick_newest(struct command *c, enum newest newest, struct picked *picked, struct err *err)
{
	struct candidates found = {.newest = newest};
	struct listing list = {
		.states = newest_words[newest].status,
		.n_states = newest_words[newest].n_status,
		.visit = keep_newest,
		.self = &found,
	};
	bool ok = listing_walk(c, &list, err);

	if (ok && found.n)
		qsort(found.all, found.n, sizeof(*found.all), newer_first);
	ok = ok && pick_among(c, &found, picked, err);
	picked->failed = newest == NEWEST_FAILED;
	candidates_done(&found);
	return ok;
}

/* ---- by name or id ---- */

struct search {
	const char *word;
	struct candidates exact, part;
	struct suggest near;
	char *near_name;
};

static bool contains(const char *text, const char *part)
{
	return strcasestr(text_or_empty(text), part) != NULL;
}

static bool keep_matching(void *self, struct listing_row *row)
{
	struct search *s = self;
	struct pipeline *p = row->pipeline;

	if (text_same(p->name, s->word) || text_same(p->id, s->word)) {
		keep(&s->exact, p);
	} else if (contains(p->name, s->word)) {
		keep(&s->part, p);
	} else {
		suggest_offer(&s->near, text_or_empty(p->name));
		if (s->near.best && s->near.best == p->name) {
			mem_free(s->near_name);
			s->near_name = mem_strdup(p->name);
			s->near.best = s->near_name;
		}
	}
	return true;
}

static void search_done(struct search *s)
{
	candidates_done(&s->exact);
	candidates_done(&s->part);
	mem_free(s->near_name);
}

static bool ambiguous(struct command *c, const struct search *s, const struct candidates *list,
		      struct err *err)
{
	size_t i;

	for (i = 0; i < list->n && i < CANDIDATES_SHOWN; i++) {
		const struct pipeline *p = &list->all[i];

		buf_addf(&c->hints, "  %s  ", p->id);
		say_name(&c->hints, p->name, "-");
		if (c->options->n_projects != 1) {
			buf_adds(&c->hints, "  ");
			say_name(&c->hints, text_empty(p->project_name) ? p->project_id : p->project_name, "-");
		}
		buf_addc(&c->hints, '\n');
	}
	if (i < list->n)
		buf_addf(&c->hints, _("  and %zu more\n"), list->n - i);
	return err_set(err, ERR_INPUT, 0, _("%zu pipelines match '%.60s': name one whole, or give its id"),
		       list->n, s->word);
}

static bool nothing(const struct search *s, const struct listing *list, struct err *err)
{
	char total[32];

	if (s->near.best)
		return err_set(err, ERR_INPUT, 0, _("no pipeline is called '%.60s': did you mean '%.60s'?"),
			       s->word, s->near.best);
	text_grouped(list->seen, total, sizeof(total));
	return err_set(err, ERR_INPUT, 0,
		       _("no pipeline is called '%.60s' or has that id (%s looked at): pipetop pipelines "
			 "lists them"),
		       s->word, total);
}

/* An id that no list names: old or banned pipelines are reachable all the same. */
static bool pick_unlisted(struct command *c, const char *id, struct picked *picked, struct err *err)
{
	const struct options *o = c->options;
	struct api_run_query query = {.limit = 1};
	struct runs_read read;
	size_t i;

	for (i = 0; i < o->n_projects; i++) {
		bool ok = reader_runs(c->reader, o->projects[i], id, &query, &read, err);

		if (ok) {
			runs_read_done(&read);
			picked->project_id = mem_strdup(o->projects[i]);
			picked->pipeline_id = mem_strdup(id);
			return true;
		}
	}
	return false;
}

static bool search_pipelines(struct command *c, struct search *s, struct listing *list, struct err *err)
{
	bool id = looks_like_id(s->word);

	/* The server's own filter first: one page instead of all; its idea of "like" may be narrower. */
	*list = (struct listing){.name = id ? NULL : s->word, .visit = keep_matching, .self = s};
	if (!listing_walk(c, list, err))
		return false;
	if (id || s->exact.n || s->part.n)
		return true;
	list->name = NULL;
	return listing_walk(c, list, err);
}

static bool pick_named(struct command *c, const char *word, struct picked *picked, struct err *err)
{
	struct search s = {.word = word, .near = {.word = word}};
	struct listing list;
	bool ok = search_pipelines(c, &s, &list, err);
	const struct candidates *found = s.exact.n ? &s.exact : &s.part;

	if (ok && found->n == 1)
		take(picked, &found->all[0]);
	else if (ok && found->n > 1)
		ok = ambiguous(c, &s, found, err);
	else if (ok)
		ok = (looks_like_id(word) && c->options->n_projects &&
		      pick_unlisted(c, word, picked, err)) ||
		     nothing(&s, &list, err);
	search_done(&s);
	return ok;
}

static bool pick_pipeline(struct command *c, const char *word, struct picked *picked, struct err *err)
{
	enum newest newest = newest_of(word);

	if (newest != NEWEST_NONE)
		return pick_newest(c, newest, picked, err);
	if (*word == '@')
		return unknown_at(word, err);
	if (!*word)
		return err_set(err, ERR_INPUT, 0, _("the pipeline's name is empty"));
	if (!looks_like_id(word) || c->options->n_projects != 1)
		return pick_named(c, word, picked, err);
	picked->project_id = mem_strdup(c->options->projects[0]);
	picked->pipeline_id = mem_strdup(word);
	return true;
}

/* ---- runs ---- */

static bool is_number(const char *word, int64_t *number)
{
	return strlen(word) <= 9 && isdigit((unsigned char)*word) && text_int(word, number);
}

struct numbered {
	int64_t wanted, newest, oldest; /* 0: none seen */
	char *id;
};

static void look_for_number(struct numbered *n, const struct runs_read *read)
{
	size_t i;

	for (i = 0; i < read->n && !n->id; i++) {
		const struct run *run = &read->runs[i];

		if (run->number > n->newest)
			n->newest = run->number;
		if (!n->oldest || run->number < n->oldest)
			n->oldest = run->number;
		if (run->number == n->wanted)
			n->id = mem_strdup(run->id);
	}
}

static bool no_such_number(const struct picked *picked, const struct numbered *n, struct err *err)
{
	if (!n->newest)
		return err_set(err, ERR_INPUT, 0, _("%.80s has never run"), picked_name(picked));
	if (n->newest == n->oldest)
		return err_set(err, ERR_INPUT, 0, _("%.80s has no run %lld: its only run is %lld"),
			       picked_name(picked), (long long)n->wanted, (long long)n->newest);
	return err_set(err, ERR_INPUT, 0, _("%.80s has no run %lld: there are runs %lld to %lld"),
		       picked_name(picked), (long long)n->wanted, (long long)n->oldest,
		       (long long)n->newest);
}

static bool pick_number(struct command *c, int64_t number, struct picked *picked, struct err *err)
{
	struct api_run_query query = {.limit = RUNS_PAGE};
	struct numbered n = {.wanted = number};
	struct runs_read read;
	int pages;

	for (pages = 0; pages < RUN_PAGES_MAX && !n.id; pages++) {
		size_t rows;

		if (!reader_runs(c->reader, picked->project_id, picked->pipeline_id, &query, &read, err))
			return false;
		look_for_number(&n, &read);
		rows = read.rows;
		runs_read_done(&read);
		query.offset += (int64_t)rows;
		/* Newest first: below the number there is nothing to find. */
		if (rows == 0 || (n.oldest && n.oldest < number))
			break;
	}
	picked->run_id = n.id;
	return n.id || no_such_number(picked, &n, err);
}

/* Is it one of those that are meant? */
static bool is_meant(struct command *c, enum newest newest, const struct picked *picked,
		     const struct run *run, bool *yes, struct err *err)
{
	struct pipeline p = {.project_id = picked->project_id, .id = picked->pipeline_id};

	*yes = may_be(newest, run);
	return !*yes || newest != NEWEST_WAITING || run->state == STATE_WAITING ||
	       waits(c, &p, run->id, yes, err);
}

static bool newest_among(struct command *c, enum newest newest, const struct runs_read *read,
			 struct picked *picked, struct err *err)
{
	size_t i;

	for (i = 0; i < read->n; i++) {
		const struct run *run = &read->runs[i];
		bool yes;

		if (!is_meant(c, newest, picked, run, &yes, err))
			return false;
		if (!yes)
			continue;
		picked->run_id = mem_strdup(run->id);
		return true;
	}
	return err_set(err, ERR_INPUT, 0, _("no run of %.80s is %s: pipetop runs shows what there is"),
		       picked_name(picked), newest_words[newest].word);
}

static bool pick_newest_run(struct command *c, enum newest newest, struct picked *picked, struct err *err)
{
	struct api_run_query query = {
		.status = newest_words[newest].status,
		.n_status = newest_words[newest].n_status,
		.limit = newest == NEWEST_WAITING ? GATES_LOOKED_AT : 1,
	};
	struct runs_read read;
	bool ok;

	if (newest == NEWEST_LATEST)
		return true; /* the detail without an id is the latest */
	picked->failed = newest == NEWEST_FAILED;
	if (!reader_runs(c->reader, picked->project_id, picked->pipeline_id, &query, &read, err))
		return false;
	ok = newest_among(c, newest, &read, picked, err);
	runs_read_done(&read);
	return ok;
}

static bool pick_run(struct command *c, const char *word, struct picked *picked, struct err *err)
{
	enum newest newest = newest_of(word);
	int64_t number;

	if (newest != NEWEST_NONE)
		return pick_newest_run(c, newest, picked, err);
	if (*word == '@')
		return unknown_at(word, err);
	if (is_number(word, &number))
		return pick_number(c, number, picked, err);
	if (!model_id_ok(word))
		return err_set(err, ERR_INPUT, 0,
			       _("'%.60s' is no run: give its id, its number, or @latest, @failed, @running, "
				 "@waiting"),
			       word);
	picked->run_id = mem_strdup(word);
	return true;
}

bool pick(struct command *c, const char *pipeline, const char *run, struct picked *picked,
	  struct err *err)
{
	memset(picked, 0, sizeof(*picked));
	if (newest_of(pipeline) != NEWEST_NONE && run)
		return err_set(err, ERR_INPUT, 0,
			       _("%s names a run by itself: leave '%.40s' out, or name its pipeline"),
			       pipeline, run);
	return pick_pipeline(c, pipeline, picked, err) && (!run || pick_run(c, run, picked, err));
}

/* ---- one and no other ---- */

static bool list_meant(struct command *c, enum newest newest, const struct picked *picked,
		       const struct runs_read *read, struct buf *numbers, size_t *n, struct err *err)
{
	size_t i;

	*n = 0;
	for (i = 0; i < read->n; i++) {
		bool yes;

		if (!is_meant(c, newest, picked, &read->runs[i], &yes, err))
			return false;
		if (yes && (*n)++ < CANDIDATES_SHOWN)
			buf_addf(numbers, "%s%lld", numbers->len ? ", " : "",
				 (long long)read->runs[i].number);
	}
	return true;
}

static bool is_only(struct command *c, enum newest newest, const struct picked *picked,
		    const struct runs_read *read, struct err *err)
{
	struct buf numbers;
	size_t n;
	bool ok;

	buf_init(&numbers, BUF_MAX);
	ok = list_meant(c, newest, picked, read, &numbers, &n, err);
	if (ok && n > 1)
		ok = err_set(err, ERR_INPUT, 0, _("%zu runs of %.60s are %s: say which, one of %.60s"), n,
			     picked_name(picked), newest_words[newest].word, numbers.data);
	buf_done(&numbers);
	return ok;
}

static bool is_latest(const struct picked *picked, const struct runs_read *read, struct err *err)
{
	if (read->n && text_same(read->runs[0].id, picked->run_id))
		return true;
	return err_set(err, ERR_INPUT, 0,
		       _("the latest run of %.80s is another: say the number of the one that failed"),
		       picked_name(picked));
}

bool pick_only(struct command *c, const char *word, const struct picked *picked, struct err *err)
{
	enum newest newest = newest_of(word);
	struct api_run_query query = {.limit = 1};
	struct runs_read read;
	bool ok;

	if (newest == NEWEST_NONE || newest == NEWEST_LATEST)
		return true;
	if (newest != NEWEST_FAILED)
		query = (struct api_run_query){.status = newest_words[newest].status,
					       .n_status = newest_words[newest].n_status,
					       .limit = GATES_LOOKED_AT};
	if (!reader_runs(c->reader, picked->project_id, picked->pipeline_id, &query, &read, err))
		return false;
	ok = newest == NEWEST_FAILED ? is_latest(picked, &read, err)
				     : is_only(c, newest, picked, &read, err);
	runs_read_done(&read);
	return ok;
}
