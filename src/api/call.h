/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_CALL_H
#define PIPETOP_API_CALL_H

/*
 * What the files of calls (calls.c reads, acts.c and templates.c change too) have in common: a row
 * in a table says what a call is, `asked` is one that was made.
 *
 * Whether a call reads or changes something is a column of its row and never the HTTP method: most
 * reads here are POST.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "api/calls.h"
#include "core/buf.h"
#include "secrets.h"

#define CALL_BODY_MAX ((size_t)4 << 20)

struct call {
	const char *noun; /* untranslated; begins the sentence of a failure */
	const char *method;
	const char *path; /* each * stands for an id, a + for all that are left */
	enum api_class class;
	bool action; /* changes something */
	size_t max_body; /* of the answer */
};

typedef void call_fn(void); /* an api_..._fn, cast back by the file whose call it is */

/* A request made, and what its callback is to know of the question. */
struct asked {
	struct session *session;
	const struct call *call;
	char *project_id, *pipeline_id, *run_id, *step_id; /* owned; NULL where not asked for */
	char *thing_id; /* of a template, a task */
	const struct done_rule *rule; /* of a changing call (done.h) */
	struct secrets secrets; /* that the request carries */
	call_fn *done;
	void *self;
	struct decode_error error;
};

struct asked *call_asked(struct session *session, const struct call *call, void *self);
void call_free(struct asked *asked);

/*
 * `ids` are as many as the path has places, those for a + end with NULL; one that cannot stand in a URL
 * refuses the call. `body` NULL: none; its contents are taken. 0: refused, and `done` has run.
 */
uint64_t call_send(struct asked *asked, const char *const *ids, struct buf *body, response_fn *done);
/* `done` gets a response that never left. */
void call_refuse(struct asked *asked, response_fn *done, const struct err *err);

/*
 * Fills what every answer has; NULL: it is a failure, and answer->err says which. The document is the
 * caller's.
 */
struct json *call_open(struct asked *asked, uint64_t id, const struct response *response,
		       const char *lift, bool *was_lifted, struct api_answer *answer);
/* A document that is no answer to this question. */
void call_wrong(const struct asked *asked, struct api_answer *answer, const struct err *why);

/* Every call there is, by the file that makes it: what the proofs of read-only go by. */
const struct call *calls_table(size_t *n);
const struct call *acts_table(size_t *n);
const struct call *templates_table(size_t *n);

#endif
