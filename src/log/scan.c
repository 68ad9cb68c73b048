/* SPDX-License-Identifier: MIT */
/*
 * The incremental walk that search counts and error rules share. New lines first: they
 * are what the operator looks at.
 */
#include "scan.h"

#include <time.h>

int64_t scan_clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void scan_init(struct scan *scan, struct log *log)
{
	int64_t first = log_first(log);

	*scan = (struct scan){.log = log, .after.line = first, .before.line = first};
}

static bool one_chunk(struct scan *scan, scan_fn *visit, void *self)
{
	struct log_chunk chunk;

	if (log_chunk(scan->log, &scan->after, &chunk)) {
		if (chunk.mark == LOG_MARK_NONE)
			visit(self, &chunk, false);
		scan->seen += chunk.lines;
		return true;
	}
	if (!log_chunk_back(scan->log, &scan->before, &chunk))
		return false;
	if (chunk.mark == LOG_MARK_NONE)
		visit(self, &chunk, true);
	scan->seen += chunk.lines;
	return true;
}

static bool up_to_date(const struct scan *scan)
{
	return scan->after.line >= log_end(scan->log) && scan->before.line <= log_first(scan->log);
}

bool scan_step(struct scan *scan, int64_t slice_us, scan_fn *visit, void *self)
{
	int64_t until;

	if (up_to_date(scan) || slice_us <= 0)
		return up_to_date(scan);
	until = scan_clock_us() + slice_us;
	do {
		if (!one_chunk(scan, visit, self))
			return true;
	} while (scan_clock_us() < until);
	return up_to_date(scan);
}
