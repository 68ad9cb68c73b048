/* SPDX-License-Identifier: MIT */
/*
 * Getters over cJSON that cannot be surprised: they look names up with their case, take a
 * value of the wrong type for none, and read numbers from their text, exactly. What
 * cJSON parses is the pre-pass's work (json_pre.c), so its own parse does not fail.
 */
#include "api/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "json_pre.h"

/* Repairs and marks make a document longer; four times its ceiling holds the longest. */
#define SCRATCH_MAX ((size_t)4 * JSON_BYTES_MAX)

struct json {
	cJSON *root;
};

/* cJSON gets the ending allocator, once for the process. */
static void use_our_memory(void)
{
	static bool done;
	cJSON_Hooks hooks = {.malloc_fn = mem_alloc, .free_fn = mem_free};

	if (!done)
		cJSON_InitHooks(&hooks);
	done = true;
}

struct json *json_parse(const char *text, size_t len, const char *lift, struct buf *lifted,
			bool *was_lifted, struct err *err)
{
	struct json *json = NULL;
	struct buf scratch;
	size_t kept = lifted ? lifted->len : 0;
	const char *end = NULL;
	cJSON *root;

	use_our_memory();
	if (was_lifted)
		*was_lifted = false;
	buf_init(&scratch, SCRATCH_MAX);
	if (!json_pre(text, len, lift, lifted, was_lifted, &scratch, err))
		goto out;
	root = cJSON_ParseWithLengthOpts(scratch.data, scratch.len, &end, false);
	if (!root || end != scratch.data + scratch.len) {
		cJSON_Delete(root);
		if (lifted)
			buf_truncate(lifted, kept);
		err_set(err, ERR_PARSE, 0, _("bad answer: not JSON"));
		goto out;
	}
	json = mem_zalloc(sizeof(*json));
	json->root = root;
out:
	buf_done(&scratch);
	return json;
}

void json_free(struct json *json)
{
	if (!json)
		return;
	cJSON_Delete(json->root);
	mem_free(json);
}

const struct cJSON *json_root(const struct json *json)
{
	return json->root;
}

const struct cJSON *json_member(const struct cJSON *obj, const char *key)
{
	return cJSON_IsObject(obj) ? cJSON_GetObjectItemCaseSensitive(obj, key) : NULL;
}

const struct cJSON *json_array(const struct cJSON *obj, const char *key)
{
	return json_first(json_member(obj, key));
}

const struct cJSON *json_first(const struct cJSON *array)
{
	return array && cJSON_IsArray(array) ? array->child : NULL;
}

const struct cJSON *json_next(const struct cJSON *element)
{
	return element->next;
}

size_t json_count(const struct cJSON *first)
{
	size_t n = 0;

	for (; first; first = first->next)
		n++;
	return n;
}

bool json_is_array(const struct cJSON *item)
{
	return cJSON_IsArray(item);
}

bool json_is_object(const struct cJSON *item)
{
	return cJSON_IsObject(item);
}

bool json_is_null(const struct cJSON *item)
{
	return !item || cJSON_IsNull(item);
}

const char *json_peek(const struct cJSON *item)
{
	if (cJSON_IsBool(item))
		return cJSON_IsTrue(item) ? "true" : "false";
	if (!item || !cJSON_IsString(item) || !item->valuestring[0])
		return NULL;
	return item->valuestring + (item->valuestring[0] == JSON_PRE_NUMBER);
}

char *json_string(const struct json *json, const struct cJSON *obj, const char *key)
{
	return mem_strdup(json_peek(json_member(obj, key)));
}

/* Depth is bounded by the pre-pass; false: it has become too long. */
static bool add_value(struct buf *out, const struct cJSON *item)
{
	const struct cJSON *child;
	bool object = cJSON_IsObject(item);

	if (!object && !cJSON_IsArray(item)) {
		if (cJSON_IsString(item) && item->valuestring[0] != JSON_PRE_NUMBER)
			return body_quoted(out, item->valuestring);
		return buf_adds(out, json_peek(item) ? json_peek(item) : "null");
	}
	buf_addc(out, object ? '{' : '[');
	cJSON_ArrayForEach(child, item) {
		if (child != item->child)
			buf_addc(out, ',');
		if (object && (!body_quoted(out, child->string) || !buf_addc(out, ':')))
			return false;
		if (!add_value(out, child))
			return false;
	}
	return buf_addc(out, object ? '}' : ']');
}

char *json_value_text(const struct cJSON *item, size_t max)
{
	const char *text = json_peek(item);
	struct buf out;

	if (text)
		return strlen(text) <= max ? mem_strdup(text) : NULL;
	if (!cJSON_IsObject(item) && !cJSON_IsArray(item))
		return NULL;
	buf_init(&out, max);
	if (add_value(&out, item))
		return buf_take(&out);
	buf_done(&out);
	return NULL;
}

/* 1.5e3 is a whole number too; beyond 2^53 a double no longer says which. */
static bool whole_double(const char *text, int64_t *out)
{
	char *end;
	double v = strtod(text, &end);

	if (*end || !(fabs(v) <= 9007199254740992.0) || v != trunc(v))
		return false;
	*out = (int64_t)v;
	return true;
}

int64_t json_int(const struct json *json, const struct cJSON *obj, const char *key, int64_t missing)
{
	const cJSON *item = json_member(obj, key);
	const char *text;
	int64_t v;

	if (!item || !cJSON_IsString(item))
		return missing;
	text = json_peek(item);
	if (!text)
		return missing;
	if (text_int(text, &v))
		return v;
	return text != item->valuestring && whole_double(text, &v) ? v : missing;
}

bool json_bool(const struct cJSON *obj, const char *key, bool missing)
{
	const char *text = json_peek(json_member(obj, key));

	if (!text)
		return missing;
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		return true;
	return strcmp(text, "false") == 0 || strcmp(text, "0") == 0 ? false : missing;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of one object that stand there more than once. */
static size_t object_duplicates(const cJSON *obj, const char **names)
{
	const cJSON *member;
	size_t n = 0, i, count = 0;

	cJSON_ArrayForEach(member, obj)
		names[n++] = member->string;
	qsort(names, n, sizeof(*names), by_name);
	for (i = 1; i < n; i++)
		count += strcmp(names[i - 1], names[i]) == 0;
	return count;
}

static size_t tree_duplicates(const cJSON *item, const char **names)
{
	const cJSON *child;
	size_t count = cJSON_IsObject(item) ? object_duplicates(item, names) : 0;

	cJSON_ArrayForEach(child, item)
		count += tree_duplicates(child, names);
	return count;
}

size_t json_duplicates(const struct json *json)
{
	const char **names = mem_calloc(JSON_NODES_MAX + 1, sizeof(*names));
	size_t count = tree_duplicates(json->root, names);

	mem_free(names);
	return count;
}
