/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_FIELDS_H
#define PIPETOP_SIM_FIELDS_H

/*
 * What a request asks for in its body, read tolerantly: numbers as strings and the like,
 * lists as arrays or with commas, null as if it were absent.
 */
#include "sim/server.h"

const cJSON *field(const struct call *c, const char *name);
const char *field_string(const struct call *c, const char *name); /* "" */
/* A number, or a string of digits. False when the field is there and is neither. */
bool field_number(const struct call *c, const char *name, int64_t or_else, int64_t *out);
bool field_true(const struct call *c, const char *name);
/* 1 true, 0 false, -1 not asked. */
int field_flag(const struct call *c, const char *name);
/* A time filter: epoch ms as number or string, or "yyyy-MM-dd HH:mm:ss"; 0: none. */
int64_t field_time(const struct call *c, const char *name);

/* Does the array (or comma string) hold the word? True also when it holds nothing. */
bool field_allows(const cJSON *list, const char *word);
bool field_allows_number(const cJSON *list, int64_t n);
bool field_asks(const cJSON *list); /* does it hold anything? */

struct paging {
	int64_t offset, limit;
	bool ascending;
	const char *key; /* "" */
};

/*
 * False (and answered) when the request's paging is not of its type, or its sort_key is
 * none of `keys` (with commas between).
 */
bool field_paging(struct call *c, const char *keys, struct paging *p);

#endif
