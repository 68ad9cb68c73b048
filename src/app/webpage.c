/* SPDX-License-Identifier: MIT */
/*
 * An address comes from the server. It is only ever one word of an argument list, and must
 * look like nothing but an address: no shell sees it, no program takes it for an option.
 *
 * A browser outlives us, and may well be this very process until its last window is closed.
 * So only one that ends soon and badly is a reason to try the next.
 */
#include "webpage.h"

#include <stdlib.h>
#include <string.h>

#include "app/chores.h"
#include "argv.h"
#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"

#define URL_MAX 2048
#define SOON_MS 10000 /* a browser that fails later has shown something */

bool chores_url_ok(const char *url)
{
	const char *p;

	if (text_empty(url) || (!text_starts(url, "https://") && !text_starts(url, "http://")))
		return false;
	for (p = url; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("\"'`<>\\^{|}", *p))
			return false;
	return (size_t)(p - url) <= URL_MAX && strchr(url, '/')[2] != '\0' && strchr(url, '/')[2] != '/';
}

bool chores_url(const struct store *store, const struct ref *ref, struct buf *out, struct err *err)
{
	char *const *id = ref->id;
	const struct pipeline *pipeline = store_pipeline(store, id[REF_PROJECT], id[REF_PIPELINE]);
	const struct run *run = id[REF_RUN] ? store_run(store, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN])
				: pipeline  ? pipeline->latest
					    : NULL;

	if (!run)
		return err_set(err, ERR_INPUT, 0, _("there is no run here, and only runs have a page"));
	if (text_empty(run->detail_url))
		return err_set(err, ERR_INPUT, 0,
			       run->detailed ? _("the server names no page for this run")
					     : _("no page is known for this run yet: open it first"));
	if (!chores_url_ok(run->detail_url))
		return err_set(err, ERR_INPUT, 0,
			       _("the server's address of this run is no plain http or https address: it is not used"));
	return buf_adds(out, run->detail_url);
}

/* ---- commands ---- */

/* "%s" is the address and "%%" a percent sign; true if the address was in it. */
static bool expand(const char *word, const char *url, struct buf *out)
{
	bool has = false;

	for (; *word; word++) {
		if (word[0] == '%' && word[1] == 's') {
			buf_adds(out, url);
			has = true;
			word++;
		} else {
			buf_addc(out, *word);
			word += word[0] == '%' && word[1] == '%';
		}
	}
	return has;
}

static char **with_url(char **words, const char *url)
{
	char **argv = NULL;
	bool has = false;
	struct buf word;
	size_t i;

	for (i = 0; words[i]; i++) {
		buf_init(&word, BUF_MAX);
		has |= expand(words[i], url, &word);
		argv_add(&argv, word.data);
		buf_done(&word);
	}
	if (!has)
		argv_add(&argv, url);
	return argv;
}

/* The n-th piece between colons that is not empty; NULL: there is none. */
static char *piece_of(const char *list, size_t n)
{
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ":");
		if (len && n-- == 0)
			return mem_strndup(list, len);
		if (!list[len])
			return NULL;
	}
}

char **webpage_command(const char *browsers, size_t n, const char *url)
{
	char *piece = piece_of(text_empty(browsers) ? "xdg-open" : browsers, n);
	char **words = NULL, **argv = NULL;

	if (!piece)
		return NULL;
	/* One that needs a shell is tried as it stands, and not found. */
	if (!argv_split(piece, "BROWSER", &words, NULL))
		argv_add(&words, piece);
	argv = with_url(words, url);
	argv_free(words);
	mem_free(piece);
	return argv;
}

/* ---- one after the other ---- */

struct webpage {
	struct spawn *spawn;
	char *url;
	size_t next; /* of the list */
	int64_t started_ms;
	void (*say)(void *self, bool bad, const char *text);
	void *self;
};

static void webpage_free(struct webpage *w)
{
	mem_free(w->url);
	mem_free(w);
}

static void browser_ended(void *self, const struct spawn_result *result);

void webpage_none(const char *url, struct buf *out)
{
	buf_addf(out, _("no browser here (set BROWSER): %s"), url);
}

static bool try_next(struct webpage *w)
{
	char **argv;
	bool ok = false;

	while (!ok && (argv = webpage_command(getenv("BROWSER"), w->next++, w->url)) != NULL) {
		struct spawn_job job = {.name = "browser", .argv = (const char *const *)argv, .outlives = true,
					.done = browser_ended, .self = w};

		w->started_ms = when_monotonic_ms();
		ok = spawn_run(w->spawn, &job, NULL);
		argv_free(argv);
	}
	return ok;
}

static void browser_ended(void *self, const struct spawn_result *result)
{
	struct webpage *w = self;
	struct buf text;

	if (result->status > 0 && when_monotonic_ms() - w->started_ms < SOON_MS) {
		if (try_next(w))
			return;
		buf_init(&text, BUF_MAX);
		webpage_none(w->url, &text);
		w->say(w->self, true, text.data);
		buf_done(&text);
	}
	webpage_free(w);
}

bool webpage_open(struct spawn *spawn, const char *url,
		  void (*say)(void *self, bool bad, const char *text), void *self)
{
	struct webpage *w = mem_zalloc(sizeof(*w));

	w->spawn = spawn;
	w->url = mem_strdup(url);
	w->say = say;
	w->self = self;
	if (try_next(w))
		return true;
	webpage_free(w);
	return false;
}
