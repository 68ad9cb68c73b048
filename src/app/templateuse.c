/* SPDX-License-Identifier: MIT */
/*
 * `pipetop templates create TEMPLATE`: a pipeline of a v5 template. Its parameters are known before
 * anything is asked, and everything is known before anything is sent.
 */
#include <string.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "jsontree.h"
#include "relay.h"
#include "templatemake.h"
#include "templateparams.h"
#include "templatetell.h"
#include "textfile.h"
#include "typed.h"

#define SOURCES_MAX ((size_t)1 << 20) /* bytes of the file */

/* ---- where the code is ---- */

static bool check_sources(const char *path, const struct buf *text, struct err *err)
{
	struct jsontree tree;
	bool list;

	if (!jsontree_parse(&tree, text->data, text->len, err))
		return err_prefix(err, "%s", textfile_short(path));
	list = jsontree_is(&tree, 0, JSONTREE_ARRAY);
	jsontree_done(&tree);
	return list || err_set(err, ERR_INPUT, 0, _("%s: sources are a list, [ ... ]"), textfile_short(path));
}

static void add_param(struct buf *out, bool *any, const char *key, const char *value)
{
	if (text_empty(value))
		return;
	buf_addf(out, "%s\"%s\":", *any ? "," : "", key);
	relay_string(value, strlen(value), out);
	*any = true;
}

/* The array that is sent. Of one repository no more is written than was said. */
static bool make_sources(const struct want *w, struct buf *out, struct err *err)
{
	bool any = false;

	if (w->source_file)
		return textfile_read(w->source_file, SOURCES_MAX, out, err) && check_sources(w->source_file, out, err);
	if (!w->git_url)
		return buf_adds(out, "[]");
	buf_adds(out, "[{\"type\":\"code\",\"params\":{");
	add_param(out, &any, "git_type", w->git_type ? w->git_type : "codehub");
	add_param(out, &any, "git_url", w->git_url);
	add_param(out, &any, "default_branch", w->branch);
	return buf_adds(out, "}}]");
}

/* ---- its parameters ---- */

static bool complete(struct templates *t, struct templateparams *params, struct err *err)
{
	size_t missing = templateparams_missing(params);

	if (!missing)
		return true;
	if (typed_possible())
		return templateparams_ask(params, err);
	templateparams_list(params, &t->c->hints);
	return err_set(err, ERR_INPUT, 0,
		       _("%zu parameters have no value, and there is no terminal to ask at: give them with -p"), missing);
}

/* ---- the order ---- */

static int order_it(struct templates *t, const struct template *tmpl, const struct templateparams *params,
		    const char *sources, struct err *err)
{
	struct api_template_use use = {.template_id = tmpl->id,
				       .name = t->want->name,
				       .description = t->want->description,
				       .sources_json = sources};
	struct action_order order = {
		.act = ACT_TEMPLATE_USE, .template = tmpl, .use = &use, .pipeline_name = t->want->name};
	struct ref ref = {{NULL}};
	struct buf detail;
	struct errand e;
	int status = COMMAND_FAILED;

	buf_init(&detail, BUF_MAX);
	templateparams_names(params, &detail);
	ref_set(&ref, REF_PROJECT, t->c->options->projects[0]);
	use.variables = templateparams_send(params, &use.n_variables);
	order.ref = &ref;
	order.detail = detail.data;
	if (templatetell_run(t, &order, &e, err)) {
		status = templatetell_end(t, &order, &e, NULL);
		errand_done(&e);
	}
	mem_free((void *)(uintptr_t)use.variables);
	ref_done(&ref);
	buf_done(&detail);
	return status;
}

static bool one_project(const struct options *o, struct err *err)
{
	if (o->n_projects == 1)
		return true;
	return err_set(err, ERR_INPUT, 0,
		       o->n_projects ? _("several projects are named: --project ID says where the pipeline is to be")
				     : _("no project is named: --project ID or PIPETOP_PROJECT says where the pipeline is to be"));
}

static int with_template(struct templates *t, const struct template *tmpl, const char *sources, struct err *err)
{
	const struct want *w = t->want;
	struct templateparams params;
	int status = COMMAND_FAILED;

	if (!templateparams_init(&params, tmpl, w->params, w->n_params, err))
		return COMMAND_FAILED;
	if (complete(t, &params, err))
		status = order_it(t, tmpl, &params, sources, err);
	templateparams_done(&params);
	return status;
}

int templatemake_use(struct templates *t, struct err *err)
{
	struct template tmpl;
	struct buf sources;
	int status = COMMAND_FAILED;

	buf_init(&sources, 2 * SOURCES_MAX);
	if (one_project(t->c->options, err) && make_sources(t->want, &sources, err) &&
	    templateread_pick(t->c, t->tenant, t->word, &tmpl, NULL, err)) {
		status = with_template(t, &tmpl, sources.data, err);
		template_done(&tmpl);
	}
	buf_done(&sources);
	return status;
}
