/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_DECODE_ACTS_H
#define PIPETOP_API_DECODE_ACTS_H

/*
 * What is read around the calls that change something: variables, the queue, a pipeline's plan,
 * templates and tasks (api.md 4.6, 6.1, 6.4, 7.3). The rules are those of api/decode.h; what an
 * api_... struct gets is borrowed from the document.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/acts.h"
#include "api/decode.h"
#include "api/templates.h"

/* In the order of their `sequence`; those without a name are left out. Released by
 * decode_variables_free. */
bool decode_variables(const struct json *json, struct variable **list, size_t *n, int64_t *total,
		      struct err *err);
void decode_variables_free(struct variable *list, size_t n);
/* The same of a member that is a list. */
struct variable *decode_variables_of(const struct json *json, const struct cJSON *obj,
				     const char *key, size_t *n);

/* *items is the caller's to release. */
bool decode_queue(const struct json *json, struct api_queue_item **items, size_t *n, int64_t *total,
		  struct err *err);

/* What a plan stands on besides the document. */
struct decode_plan {
	struct json *definition; /* it is a document of its own */
	struct api_plan_item *items;
	char *sources;
};
bool decode_plan(const struct json *json, struct api_plan *plan, struct decode_plan *own,
		 struct err *err);
void decode_plan_done(struct decode_plan *own);

bool decode_templates(const struct json *json, int zone_offset_s, struct template **list, size_t *n,
		      struct decode_page *page, struct err *err);
bool decode_template(const struct json *json, int zone_offset_s, struct template *tmpl,
		     struct err *err);

bool decode_task(const struct json *json, struct api_task *task, struct err *err);

#endif
