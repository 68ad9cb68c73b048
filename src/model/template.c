/* SPDX-License-Identifier: MIT */
/* A template is plain data; a copy shares nothing with what it was made from. */
#include "model/template.h"

#include "core/mem.h"

void template_copy(struct template *to, const struct template *from)
{
	size_t i;

	*to = *from;
	to->id = mem_strdup(from->id);
	to->name = mem_strdup(from->name);
	to->language = mem_strdup(from->language);
	to->description = mem_strdup(from->description);
	to->definition = mem_strdup(from->definition);
	to->variables = mem_calloc(from->n_variables, sizeof(*to->variables));
	for (i = 0; i < from->n_variables; i++)
		variable_copy(&to->variables[i], &from->variables[i]);
	to->variables_json = mem_strdup(from->variables_json);
	to->stages = mem_calloc(from->n_stages, sizeof(*to->stages));
	for (i = 0; i < from->n_stages; i++)
		to->stages[i] = mem_strdup(from->stages[i]);
}

void template_done(struct template *tmpl)
{
	size_t i;

	for (i = 0; i < tmpl->n_variables; i++)
		variable_done(&tmpl->variables[i]);
	for (i = 0; i < tmpl->n_stages; i++)
		mem_free(tmpl->stages[i]);
	mem_free(tmpl->variables);
	mem_free(tmpl->variables_json);
	mem_free(tmpl->stages);
	mem_free(tmpl->id);
	mem_free(tmpl->name);
	mem_free(tmpl->language);
	mem_free(tmpl->description);
	mem_free(tmpl->definition);
	*tmpl = (struct template){0};
}
