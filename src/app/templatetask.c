/* SPDX-License-Identifier: MIT */
/*
 * `pipetop templates create --file`: a pipeline of an orchestration. The action is over when the service has
 * taken the document on; then the task is followed, which only reads, until there is a pipeline. What the
 * service says of a task that failed is not documented: an error in its own words, a word that it does not
 * document, or nothing new for a long time.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "orchestration.h"
#include "say.h"
#include "templatemake.h"
#include "templatetell.h"
#include "textfile.h"

#define LOOK_MS 2000
#define PATIENCE_MS (5 * 60 * 1000)
#define ODD_PATIENCE_MS (30 * 1000) /* with a word that is not documented */

struct following {
	struct templates *t;
	const char *id;
	struct task_read read; /* the last one */
	char told[64];
	int64_t changed_ms; /* monotonic */
};

static int64_t patience_ms(const struct following *f)
{
	const struct options *o = f->t->c->options;
	int64_t most_ms = f->read.phase == TASK_OTHER ? ODD_PATIENCE_MS : PATIENCE_MS;

	return o->timeout_said && o->timeout_ms < most_ms ? o->timeout_ms : most_ms;
}

static void tell_change(struct following *f)
{
	if (strcmp(f->told, f->read.status) == 0 && *f->told)
		return;
	snprintf(f->told, sizeof(f->told), "%s", f->read.status);
	f->changed_ms = when_monotonic_ms();
	say(_("task %s: %s"), f->id, f->told);
}

static bool is_over(const struct following *f)
{
	return f->read.phase == TASK_DONE && f->read.pipeline_id;
}

static bool no_change(const struct following *f, struct err *err)
{
	char lasted[32];

	when_duration(patience_ms(f), lasted, sizeof(lasted));
	return err_set(err, ERR_REMOTE, 0, _("task %.40s is '%.40s' since %s or longer: look whether the pipeline is there"),
		       f->id, f->told, lasted);
}

/* Until the pipeline is there. */
static bool follow(struct following *f, struct err *err)
{
	struct task_read read;

	f->changed_ms = when_monotonic_ms();
	for (;;) {
		if (!templateread_task(f->t->c, f->id, &read, err))
			return false;
		task_read_done(&f->read);
		f->read = read;
		tell_change(f);
		if (is_over(f))
			return true;
		if (when_monotonic_ms() - f->changed_ms >= patience_ms(f))
			return no_change(f, err);
		reader_wait(f->t->c->reader, LOOK_MS);
	}
}

/* A no in the service's own words is one; that it knows no such task, or cannot be reached, says nothing. */
static enum course_verdict verdict_of(const struct err *why)
{
	bool refused = why->kind == ERR_REMOTE && why->code >= 200 && why->code < 500;

	return refused ? VERDICT_NOT_DONE : VERDICT_UNKNOWN;
}

static char *sentence(const struct following *f, const char *name, const struct errand *e)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (e->verdict == VERDICT_DONE)
		buf_addf(&text, _("pipeline %s: made (%s) %s"), name, f->read.pipeline_id,
			 text_or_empty(f->read.pipeline_url));
	else
		buf_addf(&text, e->verdict == VERDICT_UNKNOWN ? _("pipeline %s: perhaps made: %s") : _("pipeline %s: not made: %s"),
			 name, e->err.text);
	return buf_take(&text);
}

/* The action's verdict was that the service works on it; this one is of what came of it. */
static int follow_on(struct templates *t, const struct action_order *order, struct errand *e)
{
	struct following f = {.t = t, .id = e->new_id};
	struct template_task task = {.id = e->new_id};
	int status;

	if (!follow(&f, &e->err))
		e->verdict = verdict_of(&e->err);
	mem_free(e->sentence);
	e->sentence = sentence(&f, order->pipeline_name, e);
	task.status = f.told;
	task.pipeline_id = f.read.pipeline_id;
	task.pipeline_url = f.read.pipeline_url;
	status = templatetell_end(t, order, e, &task);
	task_read_done(&f.read);
	return status;
}

static int send(struct templates *t, const struct orchestration *doc, struct err *err)
{
	struct action_order order = {
		.act = ACT_TASK,
		.pipeline_name = orchestration_workflow(doc, "name"),
		.document = doc->text.data,
		.document_len = doc->text.len,
	};
	struct ref ref = {{NULL}};
	struct errand e;
	int status = COMMAND_FAILED;

	ref_set(&ref, REF_PROJECT, orchestration_workflow(doc, "project_id"));
	order.ref = &ref;
	if (templatetell_run(t, &order, &e, err)) {
		if (e.verdict == VERDICT_DONE && e.new_id)
			status = follow_on(t, &order, &e);
		else
			status = templatetell_end(t, &order, &e, NULL);
		errand_done(&e);
	}
	ref_done(&ref);
	return status;
}

bool templatemake_read(struct templates *t, struct orchestration *doc, struct err *err)
{
	const char *path = t->want->file;

	if (orchestration_read(doc, path, STDIN_FILENO, err))
		return true;
	if (!doc->text.len) /* the sentence has the file already */
		return false;
	path = strcmp(path, "-") == 0 ? _("standard input") : textfile_short(path);
	if (doc->n_faults < 2)
		return err_prefix(err, "%s", path);
	orchestration_faults(doc, &t->c->hints);
	return err_set(err, ERR_INPUT, 0, _("%s: %zu mistakes"), path, doc->n_faults + doc->n_untold);
}

int templatemake_task(struct templates *t, struct err *err)
{
	struct orchestration doc;
	int status = COMMAND_FAILED;

	if (templatemake_read(t, &doc, err))
		status = send(t, &doc, err);
	orchestration_done(&doc);
	return status;
}

int templates_create(struct templates *t, struct err *err)
{
	return t->want->file ? templatemake_task(t, err) : templatemake_use(t, err);
}
