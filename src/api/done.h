/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_DONE_H
#define PIPETOP_API_DONE_H

/* What the calls that change something have in common: they are sent once, and their answer is
 * judged. */
#include <stdbool.h>

#include "api/acts.h"
#include "call.h"

/* What one answers with. */
struct done_rule {
	const char *id; /* member that names what was made; NULL: none */
	bool must;	/* without it nobody knows whether anything was */
	bool queues;	/* E3 is a success */
};

#define DONE_BODY_MAX ((size_t)64 << 10) /* of an answer */
/* The row of a call that changes something. */
#define CALL_ACTION(noun, method, path)                             \
	{                                                           \
		noun, method, path, API_ACTION, true, DONE_BODY_MAX \
	}

/* As call_send(); `rule` outlives the call. */
uint64_t done_send(struct asked *asked, const struct done_rule *rule, const char *const *ids,
		   struct buf *body, api_done_fn *done);
uint64_t done_refuse(struct asked *asked, const struct err *why, api_done_fn *done);

/* "{}": the body where the documentation has none (api.md 5). */
struct buf *done_no_body(struct buf *body);
/* name and value of each, the value also when it is empty: both are required. */
void done_variables(struct buf *body, const struct variable *variables, size_t n);
/* Is it a JSON list, or NULL? */
bool done_sources_ok(const char *sources, struct err *err);

#endif
