/* SPDX-License-Identifier: MIT */
/*
 * Lists without their differences. A v5 row has its latest run in it; a v3 row has no
 * state at all, so each v3 page is followed by batch status for its pipelines. Paging
 * trusts nothing (H19): it ends at an empty page, at the total, when a page comes
 * again, and at a ceiling; a list that changes meanwhile is app/paging.h's matter.
 */
#include "listing.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "filter.h"
#include "paging.h"
#include "say.h"

#define PAGE_V5 200
#define PAGE_V3 50
#define PAGE_V3_LEAST 10
#define BATCH 50
#define CEILING 200000

struct walk {
	struct command *c;
	struct listing *list;
	struct filter filter;
	struct api_list_query query;
	const char *project_id; /* NULL: every project */
	bool v3;
	bool stopped; /* the visitor has enough */
	struct paging paging; /* of one project's list */
	char first_id[MODEL_ID_MAX + 1]; /* of the page before */
};

/* ---- one page ---- */

/* Answers of batch status for one page; they stay until the page is visited. */
struct states {
	struct runs_read reads[PAGE_V3 * 2];
	size_t n;
};

static void states_done(struct states *states)
{
	size_t i;

	for (i = 0; i < states->n; i++)
		runs_read_done(&states->reads[i]);
}

/* The runs move into their pipelines. */
static void attach(struct pipelines_read *page, const char *project_id, struct runs_read *read)
{
	size_t i, j;

	for (i = 0; i < page->n; i++)
		for (j = 0; j < read->n; j++) {
			struct pipeline *p = &page->pipelines[i];

			if (p->latest || !text_same(p->project_id, project_id) ||
			    !text_same(p->id, read->runs[j].pipeline_id))
				continue;
			p->latest = mem_alloc(sizeof(*p->latest));
			*p->latest = read->runs[j];
			memset(&read->runs[j], 0, sizeof(read->runs[j]));
		}
}

static bool ask_states(struct walk *w, struct pipelines_read *page, struct states *states, struct err *err)
{
	bool asked[256] = {false};
	const char *ids[BATCH];
	size_t i, j, n;

	for (i = 0; i < page->n && i < sizeof(asked); i++) {
		const char *project = page->pipelines[i].project_id;

		if (asked[i] || text_empty(project))
			continue;
		for (n = 0, j = i; j < page->n && j < sizeof(asked) && n < BATCH; j++)
			if (!asked[j] && text_same(page->pipelines[j].project_id, project)) {
				ids[n++] = page->pipelines[j].id;
				asked[j] = true;
			}
		if (states->n == sizeof(states->reads) / sizeof(states->reads[0]))
			return true;
		if (!reader_status(w->c->reader, project, ids, n, &states->reads[states->n], err))
			return false;
		attach(page, project, &states->reads[states->n++]);
	}
	return true;
}

static struct span status_span(const struct states *states, const struct pipeline *p)
{
	struct span element, array;
	size_t i, at;

	for (i = 0; i < states->n; i++) {
		array = span_of(text_or_empty(states->reads[i].body.text), states->reads[i].body.len);
		for (at = 0; span_next(array, &at, &element);)
			if (span_is(span_text(span_member(element, "pipeline_id")), p->id))
				return element;
	}
	return (struct span){NULL, 0};
}

/* The rows of the raw page that the decoder kept, in step with it. */
static bool next_row(struct span array, size_t *at, const char *id, struct span *row)
{
	while (span_next(array, at, row))
		if (span_is(span_text(span_member(*row, "pipeline_id")), id))
			return true;
	return false;
}

static bool full(const struct listing *list)
{
	return list->most && list->seen >= list->most;
}

static void visit_page(struct walk *w, struct pipelines_read *page, const struct states *states)
{
	struct span root = span_of(text_or_empty(page->body.text), page->body.len);
	struct span array = span_member(root, w->v3 ? "result" : "pipelines");
	struct listing *list = w->list;
	size_t i, at = 0;

	for (i = 0; i < page->n && !w->stopped; i++) {
		struct listing_row row = {.pipeline = &page->pipelines[i], .v3 = w->v3};

		if (page->body.text && !next_row(array, &at, row.pipeline->id, &row.row))
			continue;
		if (full(list))
			break;
		if (!paging_row(&w->paging, row.pipeline->id) ||
		    !filter_passes(&w->filter, row.pipeline->latest))
			continue;
		row.run = status_span(states, row.pipeline);
		list->seen++;
		w->stopped = !list->visit(list->self, &row);
	}
}

/* ---- pages ---- */

/* A server that ignores `offset` sends the same page for ever. */
static bool repeated(struct walk *w, const struct pipelines_read *page)
{
	bool same = page->n && strcmp(w->first_id, page->pipelines[0].id) == 0;

	if (page->n)
		snprintf(w->first_id, sizeof(w->first_id), "%s", page->pipelines[0].id);
	return same;
}

static bool read_page(struct walk *w, struct pipelines_read *page, struct err *err)
{
	struct states *states = mem_zalloc(sizeof(*states));
	bool ok;

	ok = reader_pipelines(w->c->reader, w->v3, w->project_id, &w->query, page, err) &&
	     (!w->v3 || ask_states(w, page, states, err));
	if (ok && repeated(w, page))
		page->rows = 0;
	else if (ok)
		visit_page(w, page, states);
	states_done(states);
	mem_free(states);
	return ok;
}

static int64_t page_size(const struct walk *w)
{
	int64_t size = w->v3 ? PAGE_V3 : PAGE_V5, left = w->list->most - w->list->seen;

	if (w->list->most && left < size)
		size = left;
	return w->v3 && size < PAGE_V3_LEAST ? PAGE_V3_LEAST : size < 1 ? 1 : size;
}

static bool read_pass(struct walk *w, int64_t *total, struct err *err)
{
	struct pipelines_read page;
	bool more = true, ok;

	*w->first_id = '\0';
	for (w->query.offset = 0; more && !w->stopped && !full(w->list);) {
		w->query.limit = page_size(w);
		ok = read_page(w, &page, err);
		if (!ok)
			return false;
		*total = page.total;
		paging_page(&w->paging, page.total);
		w->query.offset += (int64_t)page.rows;
		more = page.rows > 0 && (page.total < 0 || w->query.offset < page.total) &&
		       w->query.offset < CEILING;
		pipelines_read_done(&page);
	}
	return true;
}

static bool read_pages(struct walk *w, int64_t *total, struct err *err)
{
	bool ok;

	do {
		paging_begin(&w->paging);
		ok = read_pass(w, total, err);
	} while (ok && !w->stopped && !full(w->list) && paging_again(&w->paging));
	paging_done(&w->paging);
	return ok;
}

/* ---- projects ---- */

static bool prepare(struct walk *w, bool v3, struct err *err)
{
	const struct listing *list = w->list;

	w->v3 = v3;
	if (!filter_make(&w->filter, list->states, list->n_states, v3, err))
		return false;
	if (v3 && list->outcome)
		w->filter.outcome[w->filter.n_outcome++] = list->outcome;
	w->query = (struct api_list_query){
		.name = list->name,
		.creator = list->creator,
		.status = w->filter.n_status ? w->filter.status : NULL,
		.n_status = w->filter.n_status,
		.outcome = w->filter.n_outcome ? w->filter.outcome : NULL,
		.n_outcome = w->filter.n_outcome,
		.sort_key = list->sort && v3 && strcmp(list->sort, "name") == 0 ? "pipeline_name"
										 : list->sort,
		.sort_dir = list->sort || list->descending ? (list->descending ? "desc" : "asc") : NULL,
	};
	return true;
}

/* Old pipelines only: v5 has none of them. A service without v3 is no failure here. */
static void try_v3(struct walk *w, int64_t *total)
{
	struct err ignored = {.kind = ERR_NONE};
	int64_t v3_total = 0;

	if (prepare(w, true, &ignored) && read_pages(w, &v3_total, &ignored))
		*total = v3_total;
}

static bool walk_project(struct walk *w, const char *project_id, struct err *err)
{
	struct listing *list = w->list;
	int64_t before = list->seen, total = 0;
	bool v3 = w->c->options->v3;

	w->project_id = project_id;
	if (!prepare(w, v3, err) || !read_pages(w, &total, err))
		return false;
	if (!v3 && list->seen == before && total <= 0 && !w->stopped)
		try_v3(w, &total);
	list->total = total < 0 || list->total < 0 ? -1 : list->total + total;
	return true;
}

bool listing_walk(struct command *c, struct listing *list, struct err *err)
{
	struct walk w = {.c = c, .list = list};
	const struct options *o = c->options;
	size_t i;
	bool ok = true;

	list->seen = list->total = 0;
	if (o->n_projects == 0 && !o->v3)
		return err_set(err, ERR_INPUT, 0,
			       _("no project is named: give --project ID or set PIPETOP_PROJECT (--api v3 "
				 "lists every project)"));
	if (o->n_projects == 0)
		return walk_project(&w, NULL, err);
	for (i = 0; ok && i < o->n_projects; i++) {
		if (w.stopped || full(list))
			list->total = -1; /* the rest is not asked how many they are */
		else
			ok = walk_project(&w, o->projects[i], err);
	}
	return ok;
}
