/* SPDX-License-Identifier: MIT */
/*
 * A step's `inputs` are key and value of any JSON type and may hold passwords. They are
 * read by a table of the few keys that describe a gate or a sub-pipeline, and everything
 * else is left behind with the document: what is not kept cannot leak.
 */
#include "decode_step.h"

#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/text.h"

#define APPROVERS_MAX 1024
#define COMMENT_MAX 1024
#define GATE_TIMEOUT_MAX_S (INT64_C(10) * 366 * 86400)

/* One approver: a name or an id, or an object that has one. */
static const char *approver_name(const struct cJSON *item)
{
	static const char *const keys[] = {"name", "user_name", "nick_name", "user_id", "id"};
	const char *text = json_peek(item);
	size_t i;

	for (i = 0; !text && i < sizeof(keys) / sizeof(keys[0]); i++)
		text = json_peek(json_member(item, keys[i]));
	return text;
}

static char *approvers_joined(const struct cJSON *list)
{
	const struct cJSON *item;
	const char *name;
	struct buf joined;

	buf_init(&joined, APPROVERS_MAX);
	for (item = json_first(list); item; item = json_next(item)) {
		name = approver_name(item);
		if (name && !buf_addf(&joined, "%s%s", joined.len ? ", " : "", name))
			break;
	}
	if (joined.len)
		return buf_take(&joined);
	buf_done(&joined);
	return NULL;
}

/* Approvers come as a text, as a list, or as a list in a text. */
static void take_approvers(struct step *step, const struct cJSON *value)
{
	const char *text = json_peek(value);
	struct json *inner = NULL;

	mem_free(step->approvers);
	step->approvers = NULL;
	if (text && text[0] == '[')
		inner = json_parse(text, strlen(text), NULL, NULL, NULL, NULL);
	if (inner)
		step->approvers = approvers_joined(json_root(inner));
	else if (text)
		step->approvers = mem_strndup(text, text_cut(text, strnlen(text, APPROVERS_MAX)));
	else
		step->approvers = approvers_joined(value);
	json_free(inner);
}

static void take_timeout(struct step *step, const struct cJSON *value)
{
	const char *text = json_peek(value);
	int64_t seconds;

	if (text && text_int(text, &seconds) && seconds > 0 && seconds <= GATE_TIMEOUT_MAX_S)
		step->gate_timeout_ms = seconds * 1000;
}

static void take_strategy(struct step *step, const struct cJSON *value)
{
	static const char *const passes[] = {"pass", "agree", "accept", "approve", "continue"};
	const char *text = json_peek(value);
	size_t i;

	step->gate_timeout_passes = false;
	for (i = 0; text && i < sizeof(passes) / sizeof(passes[0]); i++)
		step->gate_timeout_passes |= strcasestr(text, passes[i]) != NULL;
}

static void take_check(struct step *step, const struct cJSON *value)
{
	const char *text = json_peek(value);

	step->gate_all = text && strcasecmp(text, "all") == 0;
}

/* A reviewer's instruction; other steps' comments are theirs. */
static void take_comment(struct step *step, const struct cJSON *value)
{
	const char *text = json_peek(value);

	mem_free(step->comment);
	step->comment = text ? mem_strndup(text, text_cut(text, strnlen(text, COMMENT_MAX))) : NULL;
}

static void replace(char **owned, const struct cJSON *value)
{
	const char *text = json_peek(value);

	if (!text)
		return;
	mem_free(*owned);
	*owned = mem_strdup(text);
}

static void take_child_pipeline(struct step *step, const struct cJSON *value)
{
	replace(&step->child_pipeline, value);
}

static void take_child_run(struct step *step, const struct cJSON *value)
{
	replace(&step->child_run, value);
}

static void take_child_project(struct step *step, const struct cJSON *value)
{
	replace(&step->child_project, value);
}

/* Whose inputs a key is read from. */
enum reads { OF_ANY, OF_GATES, OF_CHILDREN };

static const struct {
	const char *key;
	enum reads of;
	void (*take)(struct step *step, const struct cJSON *value);
} known_inputs[] = {
	{"approvers", OF_ANY, take_approvers},
	{"timeout", OF_GATES, take_timeout},
	{"timeout_strategy", OF_GATES, take_strategy},
	{"check_strategy", OF_GATES, take_check},
	{"comment", OF_GATES, take_comment},
	{"pipeline_id", OF_CHILDREN, take_child_pipeline},
	{"pipelineId", OF_CHILDREN, take_child_pipeline},
	{"pipeline_run_id", OF_CHILDREN, take_child_run},
	{"pipelineRunId", OF_CHILDREN, take_child_run},
	{"project_id", OF_CHILDREN, take_child_project},
	{"projectId", OF_CHILDREN, take_child_project},
};

static bool reads(const struct step *step, enum reads of)
{
	return of == OF_ANY || (of == OF_GATES && step_gate_kind(step) != GATE_NONE) ||
	       (of == OF_CHILDREN && step_is_child(step));
}

static void take_pair(struct step *step, const struct cJSON *pair)
{
	const char *key = json_peek(json_member(pair, "key"));
	size_t i;

	for (i = 0; key && i < sizeof(known_inputs) / sizeof(known_inputs[0]); i++)
		if (strcmp(key, known_inputs[i].key) == 0 && reads(step, known_inputs[i].of))
			known_inputs[i].take(step, json_member(pair, "value"));
}

/* Outputs come last: what a run did is truer than what it was asked. */
static void take_pairs(struct step *step, const struct cJSON *obj)
{
	static const char *const lists[] = {"inputs", "outputs", "output_result"};
	const struct cJSON *pair;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (pair = json_array(obj, lists[i]); pair; pair = json_next(pair))
			take_pair(step, pair);
	if (step_gate_kind(step) == GATE_DELAY)
		step->gate_timeout_passes = true; /* a delay that ends lets the run go on */
}

char *decode_message(const struct decoding *d, const struct cJSON *obj)
{
	char *message = json_string(d->json, obj, "message"), *inner_text;
	struct json *inner;

	if (!message || message[0] != '{')
		return message;
	inner = json_parse(message, strlen(message), NULL, NULL, NULL, NULL);
	if (!inner)
		return message;
	inner_text = json_string(inner, json_root(inner), "errorMessage");
	json_free(inner);
	if (!inner_text)
		return message;
	mem_free(message);
	return inner_text;
}

bool decode_step(struct decoding *d, const struct cJSON *obj, struct step *step)
{
	memset(step, 0, sizeof(*step));
	step->id = decode_id(d, obj, "id");
	if (!step->id)
		return false;
	step->name = json_string(d->json, obj, "name");
	step->task = json_string(d->json, obj, "task");
	step->status = json_string(d->json, obj, "status");
	step->message = decode_message(d, obj);
	step->start_ms = decode_time(d, obj, "start_time");
	step->end_ms = decode_time(d, obj, "end_time");
	take_pairs(step, obj);
	return true;
}
