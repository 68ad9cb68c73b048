/* SPDX-License-Identifier: MIT */
/*
 * Outputs of steps: pairs of a key and a value of any JSON type. A sub-pipeline step tells
 * among them which run it has started; its keys come in the two manners of the service's
 * other islands (api.md 11, 6).
 */
#include <string.h>

#include "api/decode.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "decode_run.h"

#define OUTPUTS_MAX 1000 /* of a step; the rest is dropped */

static void note_child(struct step_outputs *step, const struct step_output *output)
{
	const struct {
		const char *name, *other;
		char **id;
	} known[] = {
		{"pipeline_id", "pipelineId", &step->child_pipeline},
		{"pipeline_run_id", "pipelineRunId", &step->child_run},
		{"project_id", "projectId", &step->child_project},
	};
	size_t i;

	if (!output->value || output->structured || !model_id_ok(output->value))
		return;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(output->key, known[i].name) != 0 && strcmp(output->key, known[i].other) != 0)
			continue;
		mem_free(*known[i].id);
		*known[i].id = mem_strdup(output->value);
	}
}

static bool decode_output(const struct cJSON *pair, struct step_output *output)
{
	const struct cJSON *value = json_member(pair, "value");
	const char *key = json_peek(json_member(pair, "key"));

	if (!key)
		return false;
	output->key = mem_strdup(key);
	output->value = json_value_text(value, DECODE_VALUE_MAX);
	output->structured = json_is_array(value) || json_is_object(value);
	return true;
}

static bool decode_step_outputs(struct decoding *d, const struct cJSON *obj,
				struct step_outputs *step)
{
	const struct cJSON *pair = json_array(obj, "output_result");
	size_t room = json_count(pair);

	step->step_id = decode_id(d, obj, "step_run_id");
	if (!step->step_id)
		return false;
	step->outputs = mem_calloc(room < OUTPUTS_MAX ? room : OUTPUTS_MAX, sizeof(*step->outputs));
	for (; pair; pair = json_next(pair)) {
		if (step->n == OUTPUTS_MAX || !decode_output(pair, &step->outputs[step->n])) {
			d->dropped++;
			continue;
		}
		note_child(step, &step->outputs[step->n++]);
	}
	return true;
}

bool decode_outputs(const struct json *json, struct step_outputs **list, size_t *n,
		    int64_t *system_ms, size_t *dropped, struct err *err)
{
	struct decoding d = {.json = json};
	const struct cJSON *root = json_root(json), *steps = json_member(root, "step_outputs"), *item;

	*list = NULL;
	*n = 0;
	if (!json_is_object(root) || (!json_is_null(steps) && !json_is_array(steps)) ||
	    (!steps && !json_member(root, "current_system_time")))
		return err_set(err, ERR_PARSE, 0, _("bad answer: it has no list \"%s\""),
			       "step_outputs");
	item = json_first(steps);
	*list = mem_calloc(json_count(item), sizeof(**list));
	for (; item; item = json_next(item)) {
		if (decode_step_outputs(&d, item, &(*list)[*n]))
			++*n;
		else
			d.dropped++;
	}
	*system_ms = decode_time(&d, root, "current_system_time");
	*dropped = d.dropped;
	return true;
}

void decode_outputs_free(struct step_outputs *list, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < list[i].n; k++) {
			mem_free(list[i].outputs[k].key);
			mem_free(list[i].outputs[k].value);
		}
		mem_free(list[i].outputs);
		mem_free(list[i].step_id);
		mem_free(list[i].child_pipeline);
		mem_free(list[i].child_run);
		mem_free(list[i].child_project);
	}
	mem_free(list);
}

void decode_detail_owner(const struct json *json, char **pipeline_name, char **project_id)
{
	struct decoding d = {.json = json};

	*pipeline_name = json_string(json, json_root(json), "name");
	*project_id = decode_id(&d, json_root(json), "project_id");
}
