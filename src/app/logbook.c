/* SPDX-License-Identifier: MIT */
/*
 * A short list of follows, newest first. The one that falls off the end is closed, and
 * its spool is gone with it: the text can be read from the server again.
 *
 * A log's address has the job run that wrote it. An earlier attempt stands under the job
 * that took its job's place, so that the store is asked for the address first.
 */
#include "app/logbook.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define PAGES_MAX 8

struct page {
	struct ref ref;
	struct follow *follow;
};

struct logbook {
	struct logbook_options options;
	char *spool_dir;
	struct page pages[PAGES_MAX]; /* newest first */
	size_t n;
	bool showing; /* pages[0] is on screen */
};

struct logbook *logbook_new(const struct logbook_options *options)
{
	struct logbook *book = mem_zalloc(sizeof(*book));

	book->options = *options;
	book->spool_dir = mem_strdup(options->spool_dir);
	return book;
}

static void page_close(struct page *page)
{
	follow_free(page->follow);
	ref_done(&page->ref);
	page->follow = NULL;
}

void logbook_free(struct logbook *book)
{
	if (!book)
		return;
	while (book->n > 0)
		page_close(&book->pages[--book->n]);
	mem_free(book->spool_dir);
	mem_free(book);
}

static bool find_step(const struct logbook *book, const struct ref *ref, struct step_at *at)
{
	const struct run *run = store_run(book->options.store, ref->id[REF_PROJECT],
					  ref->id[REF_PIPELINE], ref->id[REF_RUN]);

	return run && run_step_by_id(run, ref->id[REF_STEP], at);
}

static struct follow *open_follow(struct logbook *book, const struct ref *ref, struct err *err)
{
	struct step_at at;
	const char *job = find_step(book, ref, &at) ? step_log_job(&at) : ref->id[REF_JOB];
	struct follow_options options = {
		.loop = book->options.loop,
		.session = book->options.session,
		.budget = book->options.budget,
		.ref = {ref->id[REF_PROJECT], ref->id[REF_PIPELINE], ref->id[REF_RUN],
			job, ref->id[REF_STEP]},
		.from = FOLLOW_TAIL,
		.spool_dir = book->spool_dir,
		.spool_max = book->options.spool_max,
		.on_screen = true,
	};

	return follow_new(&options, err);
}

static void to_front(struct logbook *book, size_t at)
{
	struct page page = book->pages[at];

	memmove(book->pages + 1, book->pages, at * sizeof(page));
	book->pages[0] = page;
}

struct follow *logbook_show(struct logbook *book, const struct ref *ref, struct err *err)
{
	struct follow *follow;
	size_t i;

	if (book->showing)
		follow_hidden(book->pages[0].follow, true);
	book->showing = false;
	if (!ref)
		return NULL;
	for (i = 0; i < book->n && !ref_same(&book->pages[i].ref, ref); i++)
		;
	if (i < book->n) {
		to_front(book, i);
		ref_copy(&book->pages[0].ref, ref);
		follow_hidden(book->pages[0].follow, false);
	} else {
		follow = open_follow(book, ref, err);
		if (!follow)
			return NULL;
		if (book->n == PAGES_MAX)
			page_close(&book->pages[--book->n]);
		book->pages[book->n] = (struct page){.follow = follow};
		ref_copy(&book->pages[book->n].ref, ref);
		to_front(book, book->n++);
	}
	book->showing = true;
	logbook_update(book);
	return book->pages[0].follow;
}

struct follow *logbook_find(struct logbook *book, const struct ref *ref)
{
	size_t i;

	for (i = 0; i < book->n; i++)
		if (ref_same(&book->pages[i].ref, ref))
			return book->pages[i].follow;
	return NULL;
}

struct follow *logbook_shown(struct logbook *book)
{
	return book->showing ? book->pages[0].follow : NULL;
}

const struct ref *logbook_ref(const struct logbook *book)
{
	return book->showing ? &book->pages[0].ref : NULL;
}

bool logbook_step(const struct logbook *book, struct step_at *at)
{
	const struct ref *ref = logbook_ref(book);

	return ref && find_step(book, ref, at);
}

void logbook_update(struct logbook *book)
{
	struct step_at at;

	if (!logbook_step(book, &at))
		return;
	if (at.step->superseded)
		follow_replaced(book->pages[0].follow);
	follow_step(book->pages[0].follow, at.step->state, at.step->start_ms, at.step->end_ms);
}
