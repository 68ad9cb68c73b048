/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_PAGER_H
#define PIPETOP_SIM_PAGER_H

/*
 * Which lines a log request gets, and with which offsets: all the ways in which the real
 * service may work (api.md 4.4), one at a time. Pure: the text is a function, `visible`
 * says how much of it exists.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "sim/logtext.h"
#include "sim/sim.h"

#define PAGER_LIMIT_MAX 5000 /* assumption: more is cut down to this, without a word */

struct pager_query {
	int64_t start, end, limit;
	bool desc;
};

struct pager_page {
	int64_t first, last; /* lines [first, last) */
	int64_t start, end;  /* offsets to report */
	bool has_more;
};

bool pager_page(const struct sim_modes *m, struct logtext *t, int64_t visible, bool running,
		const struct pager_query *q, struct pager_page *page, struct err *err);

#endif
