/* SPDX-License-Identifier: MIT */
/*
 * `pipetop templates VERB`: one command with verbs, because seven more commands would hide the others. What
 * each verb takes stands in one table, so that a mistake is told before a password is asked for.
 */
#include "templates.h"

#include <string.h>

#include "core/i18n.h"
#include "core/suggest.h"
#include "core/text.h"
#include "templatetext.h"
#include "words.h"

static const struct verb {
	const char *name;
	templates_fn *run;
	const char *args;    /* as the sentences show them */
	bool file_instead;   /* --file takes the place of TEMPLATE */
	const char *options; /* of `given` below, those that go with it */
} verbs[] = {
	{"list", templates_list, "", false, " name language system custom favourites sort desc limit all "},
	{"show", templates_show, "TEMPLATE | --file FILE", true, " file "},
	{"create", templates_create, "TEMPLATE --name NAME [-p NAME=VALUE]... | --file FILE", true,
	 " name param file description branch git-url git-type source-json "},
	{"favorite", templates_favourite, "TEMPLATE [--off]", false, " off "},
	{"copy", templates_copy, "TEMPLATE --name NAME", false, " name language description "},
	{"edit", templates_edit, "TEMPLATE", false, " name language description definition file "},
	{"delete", templates_delete, "TEMPLATE", false, " "},
};
#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

const char *const *templates_verbs(void)
{
	static const char *names[N_VERBS + 1];
	size_t i;

	for (i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	return names;
}

static const struct verb *verb_named(const char *word)
{
	size_t i;

	for (i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
	return NULL;
}

/* ---- what goes with what ---- */

static bool no_verb(const char *word, struct err *err)
{
	struct suggest near = {.word = word};
	size_t i;

	for (i = 0; i < N_VERBS; i++)
		suggest_offer(&near, verbs[i].name);
	if (near.best)
		return err_set(err, ERR_INPUT, 0, _("templates does not know '%.40s': did you mean %s?"), word, near.best);
	return err_set(err, ERR_INPUT, 0,
		       _("templates does not know '%.40s': list, show, create, favorite, copy, edit and delete are "
			 "what it does"),
		       word);
}

/* An option that does not go with the verb; NULL: none. */
static const char *stray(const struct want *w, const char *fit)
{
	const struct {
		const char *option;
		bool given;
	} given[] = {
		{"name", w->name != NULL},
		{"language", w->language != NULL},
		{"description", w->description != NULL},
		{"definition", w->definition_file != NULL},
		{"file", w->file != NULL},
		{"system", w->system},
		{"custom", w->custom},
		{"favourites", w->favourites},
		{"off", w->off},
		{"param", w->n_params > 0},
		{"branch", w->branch != NULL},
		{"git-url", w->git_url != NULL},
		{"git-type", w->git_type != NULL},
		{"source-json", w->source_file != NULL},
		{"sort", w->sort != NULL},
		{"desc", w->descending},
		{"limit", w->limit >= 0},
		{"all", w->all},
	};
	size_t i;

	for (i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (given[i].given && !word_among(fit, given[i].option))
			return given[i].option;
	return NULL;
}

static bool needs(const struct verb *verb, const struct options *o, struct err *err)
{
	bool file = verb->file_instead && o->want.file, named = o->n_args > 2;

	if (!*verb->args)
		return !named || err_set(err, ERR_INPUT, 0, _("templates %s takes no words: what is '%.40s'?"), verb->name,
					 o->args[2]);
	if (file && named)
		return err_set(err, ERR_INPUT, 0, _("--file takes the place of TEMPLATE: leave '%.40s' out"), o->args[2]);
	if (!file && !named)
		return err_set(err, ERR_INPUT, 0, _("what is missing: templates %s %s"), verb->name, verb->args);
	return true;
}

/* --file makes a pipeline of the document alone. */
static bool check_create(const struct want *w, struct err *err)
{
	if (w->file)
		return !(w->name || w->n_params || w->description || w->git_url || w->git_type || w->branch ||
			 w->source_file) ||
		       err_set(err, ERR_INPUT, 0,
			       _("--file says all of the pipeline: it does not go with --name, -p and sources"));
	if (!w->name)
		return err_set(err, ERR_INPUT, 0, _("--name is missing: the new pipeline's"));
	if (w->source_file && (w->git_url || w->git_type || w->branch))
		return err_set(err, ERR_INPUT, 0, _("--source-json says all of the sources: leave the others out"));
	if (!w->git_url && (w->git_type || w->branch))
		return err_set(err, ERR_INPUT, 0, _("--git-type and --branch go with --git-url"));
	return true;
}

bool templates_check(const struct options *o, struct err *err)
{
	const struct want *w = &o->want;
	const struct verb *verb;
	const char *option;

	if (o->n_args < 2)
		return err_set(err, ERR_INPUT, 0,
			       _("templates needs a word: list, show, create, favorite, copy, edit or delete"));
	verb = verb_named(o->args[1]);
	if (!verb)
		return no_verb(o->args[1], err);
	option = stray(w, verb->options);
	if (option)
		return err_set(err, ERR_INPUT, 0, _("option --%s does not go with templates %s"), option,
			       verb->name);
	if (w->system && w->custom)
		return err_set(err, ERR_INPUT, 0, _("--system and --custom together are every template: leave both out"));
	if (strcmp(verb->name, "create") == 0 && !check_create(w, err))
		return false;
	if (strcmp(verb->name, "copy") == 0 && !w->name)
		return err_set(err, ERR_INPUT, 0, _("--name is missing: the new template's"));
	return needs(verb, o, err) && (!w->language || templatetext_language(w->language, err));
}

bool templates_offline(const struct options *o)
{
	return o->n_args > 1 && strcmp(o->args[1], "show") == 0 && o->want.file;
}

/* ---- the command ---- */

/* An orchestration's document names its project itself. */
static bool needs_tenant(const struct options *o)
{
	return !(verb_named(o->args[1])->file_instead && o->want.file);
}

int command_templates(struct command *c, struct err *err)
{
	const struct options *o = c->options;
	struct templates t = {.c = c, .want = &o->want, .word = o->n_args > 2 ? o->args[2] : NULL};

	if (needs_tenant(o) && !templateread_tenant(c, t.tenant, err))
		return COMMAND_FAILED;
	return verb_named(o->args[1])->run(&t, err);
}
