/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a document: whatever is accepted holds only valid UTF-8 without a NUL, a
 * lifted string is the one that would have been parsed, and a refusal lifts nothing and
 * has a sentence.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "api/json.h"
#include "core/mem.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_tree(const struct json *json, const cJSON *item)
{
	const char *text = json_peek(item);
	const cJSON *child;

	if (item->string)
		must(text_valid(item->string, strlen(item->string)));
	if (text)
		must(text_valid(text, strlen(text)));
	cJSON_ArrayForEach(child, item) {
		if (child->string) {
			json_int(json, item, child->string, 0);
			json_bool(item, child->string, false);
			mem_free(json_string(json, item, child->string));
		}
		check_tree(json, child);
	}
}

/* The same document with and without the lift. */
static void check_lift(const struct json *json, const char *text, size_t len)
{
	struct buf lifted;
	struct json *other;
	struct err err = {0};
	bool was = false;
	char *log;

	buf_init(&lifted, BUF_MAX);
	other = json_parse(text, len, "log", &lifted, &was, &err);
	must(json == NULL || other != NULL);
	if (!other) {
		must(lifted.len == 0 && !was && err.kind == ERR_PARSE && err.text[0]);
	} else if (was && json) {
		log = json_string(json, json_root(json), "log");
		must(strlen(lifted.data) == lifted.len);
		must(text_valid(lifted.data, lifted.len));
		/* A string that only looks like a number is no number here. */
		must(strcmp(text_or_empty(log), lifted.data) == 0);
		mem_free(log);
	}
	json_free(other);
	buf_done(&lifted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	struct json *json = json_parse((const char *)data, size, NULL, NULL, NULL, &err);

	must(json || (err.kind == ERR_PARSE && err.text[0]));
	check_lift(json, (const char *)data, size);
	if (json) {
		check_tree(json, json_root(json));
		json_duplicates(json);
	}
	json_free(json);
	return 0;
}
