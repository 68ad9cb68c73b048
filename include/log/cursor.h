/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_CURSOR_H
#define PIPETOP_LOG_CURSOR_H

/*
 * Which lines of a log page are new: the rule of api.md 4.4 as a pure function.
 *
 * The server's offsets are opaque: echoed back, compared, never computed with. A cursor
 * is plain data that can be copied (to try, to test, to keep). One cursor follows a
 * step's log forward (asc); another pages back from the tail (desc).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CURSOR_TOKEN 65	 /* L06: 1 to 64 of [0-9A-Za-z._-], and the NUL */
#define CURSOR_TAIL 256	 /* hashes of the last lines emitted */

enum cursor_sort { CURSOR_ASC, CURSOR_DESC };

struct cursor {
	enum cursor_sort sort;
	char start[CURSOR_TOKEN], end[CURSOR_TOKEN]; /* to be sent; "0" at first */
	uint64_t tail[CURSOR_TAIL]; /* ring of hash_bytes() of the last lines */
	uint64_t emitted;	    /* lines, in all */
	unsigned idle;	    /* answers in a row without progress */
	bool range;	    /* the server reads the pair as a range: send {end, 0} */
	unsigned resent;    /* same page again with has_more */
	bool done;	    /* desc only: line 1 is loaded */
	/* For the rule itself: */
	bool range_tried, range_proven; /* the switch to a range is made once, and may fail */
	unsigned doubts;    /* answers to it that might as well have begun again */
	unsigned same;	    /* re-sent pages in a row */
	unsigned held;	    /* hashes in the ring, since a restart */
	uint64_t page_lines; /* lines of the page at [start, end) */
	int falling;	    /* desc: time stamps that fell, less those that rose */
};

/* What to put in the next request. Tokens of digits are sent as JSON numbers. */
struct cursor_ask {
	const char *start, *end; /* borrowed from the cursor */
	enum cursor_sort sort;
};

/* One answer, as decoded. Tokens NULL or junk: "keep the old" (L06 decides what follows). */
struct cursor_page {
	const char *start, *end;
	const char *log; /* NULL: null, absent or not a string */
	size_t len;
	bool has_more;
};

enum cursor_note {
	CURSOR_OK,
	CURSOR_RESTARTED, /* old text stays; a marker comes before the new lines */
	CURSOR_STUCK,	  /* the same page for the 20th time: say so once (L02) */
	CURSOR_BAD_TOKEN, /* following cannot go on (L06) */
};

struct cursor_verdict {
	size_t from, to;      /* bytes of page->log that are new lines: [from, to); equal: none */
	bool lines;	      /* something is new (an empty line has from == to) */
	bool again;	      /* has_more and progress: ask again at once */
	bool progress;
	bool reversed;	      /* desc page with the newest line first: reverse it before use */
	enum cursor_note note;
};

void cursor_init(struct cursor *c, enum cursor_sort sort);
/*
 * A forward cursor that goes on where a first desc page from 0/0 ended. `log` is that
 * page's text with the oldest line first (a reversed page is turned round before); NULL
 * when it had no lines.
 */
void cursor_init_after(struct cursor *c, const struct cursor *desc_first, const char *log, size_t len);
struct cursor_ask cursor_ask(const struct cursor *c);
/* Takes the answer into the cursor and says what is new. */
struct cursor_verdict cursor_take(struct cursor *c, const struct cursor_page *page);

#endif
