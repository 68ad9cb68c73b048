/* SPDX-License-Identifier: MIT */
/*
 * Assumptions, since the real values are not published: a list without a limit gives 10,
 * no more than 200, and a larger limit is cut down without a word.
 */
#include "sim/fields.h"

#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "core/when.h"

#define LIST_LIMIT 10
#define LIST_LIMIT_MAX 200

const cJSON *field(const struct call *c, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(c->body, name);
}

const char *field_string(const struct call *c, const char *name)
{
	return text_or_empty(cJSON_GetStringValue(field(c, name)));
}

bool field_number(const struct call *c, const char *name, int64_t or_else, int64_t *out)
{
	const cJSON *v = field(c, name);

	*out = or_else;
	if (!v || cJSON_IsNull(v))
		return true;
	if (cJSON_IsString(v))
		return !*v->valuestring || text_int(v->valuestring, out);
	if (!cJSON_IsNumber(v) || v->valuedouble < -9e15 || v->valuedouble > 9e15)
		return false;
	*out = (int64_t)v->valuedouble;
	return true;
}

int field_flag(const struct call *c, const char *name)
{
	const cJSON *v = field(c, name);
	const char *s = text_or_empty(cJSON_GetStringValue(v));

	if (cJSON_IsTrue(v) || strcasecmp(s, "true") == 0)
		return 1;
	return cJSON_IsFalse(v) || strcasecmp(s, "false") == 0 ? 0 : -1;
}

bool field_true(const struct call *c, const char *name)
{
	return field_flag(c, name) == 1;
}

int64_t field_time(const struct call *c, const char *name)
{
	const char *s = cJSON_GetStringValue(field(c, name));
	int64_t ms;

	if (s && strchr(s, '-')) {
		ms = when_parse_zoneless(s, 8 * 3600);
		return ms == WHEN_NONE ? 0 : ms;
	}
	return field_number(c, name, 0, &ms) ? ms : 0;
}

/* Is it one of the words between commas? */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word), len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (len == n && memcmp(list, word, n) == 0)
			return true;
		if (!list[len])
			return false;
	}
}

bool field_asks(const cJSON *list)
{
	return cJSON_IsArray(list) ? list->child != NULL : !text_empty(cJSON_GetStringValue(list));
}

bool field_allows(const cJSON *list, const char *word)
{
	const cJSON *e;

	if (!field_asks(list))
		return true;
	if (!cJSON_IsArray(list))
		return has_word(list->valuestring, word);
	cJSON_ArrayForEach(e, list)
	{
		if (text_same(cJSON_GetStringValue(e), word))
			return true;
	}
	return false;
}

bool field_allows_number(const cJSON *list, int64_t n)
{
	const cJSON *e;

	if (!field_asks(list))
		return true;
	cJSON_ArrayForEach(e, list)
	{
		if (cJSON_IsNumber(e) && (int64_t)e->valuedouble == n)
			return true;
	}
	return false;
}

bool field_paging(struct call *c, const char *keys, struct paging *p)
{
	p->key = field_string(c, "sort_key");
	p->ascending = strcasecmp(field_string(c, "sort_dir"), "asc") == 0;
	if (!field_number(c, "offset", 0, &p->offset) ||
	    !field_number(c, "limit", LIST_LIMIT, &p->limit) || p->offset < 0 ||
	    p->offset > INT32_MAX || p->limit < 1) {
		call_error(c, 400, "DEVCP.00021400",
			   "offset and limit must be numbers, limit at least 1");
		return false;
	}
	if (*p->key && !has_word(keys, p->key)) {
		call_error(c, 400, "DEVCP.00021400", "sort_key %.60s is none of %s", p->key, keys);
		return false;
	}
	if (p->limit > LIST_LIMIT_MAX)
		p->limit = LIST_LIMIT_MAX;
	return true;
}
