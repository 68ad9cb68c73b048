/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_DECODE_RUN_H
#define PIPETOP_API_DECODE_RUN_H

/*
 * Runs, in the two shapes that the service has for them, and the field readers that
 * lists of pipelines need too.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/json.h"
#include "model/model.h"

/* What decoding carries along. */
struct decoding {
	const struct json *json;
	int zone_offset_s;
	size_t dropped; /* rows without a required id */
};

/* NULL unless it is there and no longer than DECODE_ID_MAX. */
char *decode_id(const struct decoding *d, const struct cJSON *obj, const char *key);
/* The first of two members that is there. */
char *decode_either(const struct decoding *d, const struct cJSON *obj, const char *key,
		    const char *other);
/* Epoch ms, zone-less or ISO: whichever of the shapes of api.md 1.4 it has. */
int64_t decode_time(const struct decoding *d, const struct cJSON *obj, const char *key);

/* The `sequence` of an element that stands at `place` in its list; one that says none keeps its place. */
int decode_sequence(const struct decoding *d, const struct cJSON *obj, size_t place);
/*
 * Puts an array in the order of the `int` of each element that stands `at` bytes into it; equal
 * ones keep theirs.
 */
void decode_sort(void *array, size_t n, size_t size, size_t at);

struct decode_page;
/* What a list says of itself. */
void decode_page_of(const struct json *json, struct decode_page *page);
/*
 * The rows of the member `key`. Null is an empty list, and so is none at all where the
 * answer has a total; anything else that is no list is an error.
 */
bool decode_rows(const struct json *json, const char *key, const struct cJSON **first, struct err *err);

/* Run summary (4.2) and run detail (4.3). False: no run id, and nothing is owned. */
bool decode_run_summary(struct decoding *d, const struct cJSON *obj, struct run *run);
bool decode_run_detail(struct decoding *d, const struct cJSON *obj, struct run *run);

#endif
