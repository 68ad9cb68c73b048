/* SPDX-License-Identifier: MIT */
/*
 * An offset stands for the border before a line. Each mode is a strictly growing
 * function of the line number and its inverse; the rest is the same for all: ascending
 * pages continue after the end offset, descending ones before the start offset, and
 * 0/0 is the beginning or the tail. In the range mode the pair is what to read, 0 for
 * an open side, so that an echoed pair gets its page again.
 *
 * An empty answer echoes the request's offsets in every mode: it moves nothing.
 */
#include "sim/pager.h"

#include "sim/rng.h"

/* ---- opaque: base, then a stride of its own for each line ---- */

static int64_t opaque_stride(const struct logtext *t)
{
	return rng_between(rng_mix(t->seed, 21), 97, 991);
}

static int64_t opaque_base(const struct logtext *t)
{
	return rng_between(rng_mix(t->seed, 22), 1000, 9999);
}

static int64_t opaque_offset(const struct logtext *t, int64_t line)
{
	int64_t stride = opaque_stride(t);

	if (t->form == LOG_LITERAL)
		return t->literal->first_offset +
		       (t->literal->last_offset - t->literal->first_offset) * line / t->literal->n;
	return opaque_base(t) + line * stride +
	       (int64_t)(rng_mix(t->seed, (uint64_t)line) % (uint64_t)stride);
}

/* Assumption: a number that was never given out is refused; it shows who computes with them. */
static int64_t opaque_line(const struct logtext *t, int64_t offset)
{
	int64_t line;

	if (t->form == LOG_LITERAL) {
		for (line = 0; line <= t->literal->n; line++)
			if (opaque_offset(t, line) == offset)
				return line;
		return -1;
	}
	line = (offset - opaque_base(t)) / opaque_stride(t);
	return offset >= opaque_base(t) && opaque_offset(t, line) == offset ? line : -1;
}

/* ---- all modes ---- */

static int64_t offset_of(const struct sim_modes *m, struct logtext *t, int64_t line)
{
	switch (m->log_mode) {
	case SIM_LOG_BYTE:
	case SIM_LOG_CHAR:
		return logtext_position(t, line, m->log_mode == SIM_LOG_CHAR);
	case SIM_LOG_LINE:
		return line;
	case SIM_LOG_OPAQUE:
	case SIM_LOG_RANGE:
		break;
	}
	return opaque_offset(t, line);
}

/* The line that an offset stands before; at most `visible`; false for one never given out. */
static bool line_of(const struct sim_modes *m, struct logtext *t, int64_t visible, int64_t offset,
		    int64_t *line, struct err *err)
{
	int64_t at;

	if (m->log_mode == SIM_LOG_LINE)
		at = offset;
	else if (m->log_mode == SIM_LOG_BYTE || m->log_mode == SIM_LOG_CHAR)
		at = logtext_at_position(t, offset, visible, m->log_mode == SIM_LOG_CHAR);
	else
		at = opaque_line(t, offset);
	if (at < 0)
		return err_set(err, ERR_INPUT, 400, "offset %lld was never given out",
			       (long long)offset);
	*line = at < visible ? at : visible;
	return true;
}

static bool range_lines(const struct sim_modes *m, struct logtext *t, int64_t visible,
			const struct pager_query *q, struct pager_page *p, struct err *err)
{
	int64_t lo = 0, hi = visible;

	if (q->start && !line_of(m, t, visible, q->start, &lo, err))
		return false;
	if (q->end && !line_of(m, t, visible, q->end, &hi, err))
		return false;
	if (hi < lo)
		hi = lo;
	p->first = q->desc && hi - lo > q->limit ? hi - q->limit : lo;
	p->last = !q->desc && hi - lo > q->limit ? lo + q->limit : hi;
	return true;
}

static bool window_lines(const struct sim_modes *m, struct logtext *t, int64_t visible,
			 const struct pager_query *q, struct pager_page *p, struct err *err)
{
	int64_t at = q->desc ? visible : 0;

	if (q->desc && (q->start || q->end)) {
		if (!q->start)
			at = 0; /* the window begins at the very first line */
		else if (!line_of(m, t, visible, q->start, &at, err))
			return false;
	} else if (!q->desc && (q->end || q->start)) {
		/* Assumption: an end of 0 is "not given", so a lone start is where to read from. */
		if (!line_of(m, t, visible, q->end ? q->end : q->start, &at, err))
			return false;
	}
	p->first = q->desc ? (at > q->limit ? at - q->limit : 0) : at;
	p->last = q->desc ? at : (visible - at > q->limit ? at + q->limit : visible);
	return true;
}

static void page_offsets(const struct sim_modes *m, struct logtext *t, const struct pager_query *q,
			 struct pager_page *p)
{
	bool own = m->page_start || m->log_mode == SIM_LOG_RANGE;

	if (p->first == p->last) {
		p->start = q->start;
		p->end = q->end || m->log_mode != SIM_LOG_RANGE ? q->end : q->start;
		return;
	}
	p->start = offset_of(m, t, p->first);
	p->end = offset_of(m, t, p->last);
	if (own)
		return;
	if (!q->desc && (q->start || q->end))
		p->start = q->start;
	if (q->desc && q->end)
		p->end = q->end;
}

bool pager_page(const struct sim_modes *m, struct logtext *t, int64_t visible, bool running,
		const struct pager_query *query, struct pager_page *p, struct err *err)
{
	struct pager_query q = *query;
	bool pending;

	if (q.limit > PAGER_LIMIT_MAX)
		q.limit = PAGER_LIMIT_MAX;
	if (!(m->log_mode == SIM_LOG_RANGE ? range_lines : window_lines)(m, t, visible, &q, p, err))
		return false;
	page_offsets(m, t, &q, p);
	pending = q.desc ? p->first > 0 : p->last < visible;
	p->has_more = pending || (running && m->has_more == SIM_MORE_WHILE_RUNNING);
	return true;
}
