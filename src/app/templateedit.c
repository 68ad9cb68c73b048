/* SPDX-License-Identifier: MIT */
/*
 * `pipetop templates edit`: with options, or in an editor. The editor has a private file for as long as it
 * runs; what the operator wrote is never thrown away because of a mistake in it, a colleague or a lost
 * answer: then it is kept beside the audit log, and the sentence says where.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/spawn.h"
#include "argv.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/when.h"
#include "definition.h"
#include "privatefile.h"
#include "say.h"
#include "templatetell.h"
#include "templatetext.h"
#include "textfile.h"
#include "typed.h"

/* ---- the editor ---- */

struct session_of_editor {
	bool over;
	struct err err; /* how it ended */
};

static void editor_ended(void *self, const struct spawn_result *result)
{
	struct session_of_editor *s = self;

	s->over = true;
	s->err = result->err;
}

static bool editor_words(char ***argv, struct err *err)
{
	static const char *const names[] = {"VISUAL", "EDITOR"};
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (!text_empty(value))
			return argv_split(value, names[i], argv, err);
	}
	*argv = NULL;
	argv_add(argv, "vi");
	return true;
}

/* Has the terminal until it ends. */
static bool run_editor(struct reader *reader, const char *path, struct err *err)
{
	struct spawn *spawn = spawn_new(reader_loop(reader), 0, 0);
	struct session_of_editor s = {.over = false};
	struct spawn_job job = {.foreground = true, .done = editor_ended, .self = &s};
	char **argv = NULL;
	struct err why = {.kind = ERR_NONE};
	bool ok = editor_words(&argv, err);

	if (ok) {
		argv_add(&argv, path);
		job.name = argv[0];
		job.argv = (const char *const *)argv;
		ok = spawn_run(spawn, &job, &why) || err_set(err, ERR_INPUT, why.code, "%s", why.text);
		while (ok && !s.over)
			ev_run(reader_loop(reader), EVRUN_ONCE);
	}
	spawn_free(spawn);
	argv_free(argv);
	if (ok && s.err.kind != ERR_NONE)
		return err_set(err, ERR_INPUT, s.err.code, _("%s: nothing was sent"), s.err.text);
	return ok;
}

/* ---- the text ---- */

struct edit {
	struct templates *t;
	const struct template *shown;
	char *path;	   /* the private file */
	struct buf before; /* as it was written */
	struct buf text;   /* as the editor left it */
};

enum edited { EDITED, EDITED_NOT, EDITED_WRONG };

static bool open_edit(struct edit *e, struct err *err)
{
	struct buf path;
	bool ok;

	buf_init(&e->before, BUF_MAX);
	buf_init(&e->text, 2 * TEMPLATETEXT_MAX);
	templatetext_write(e->shown, &e->before);
	buf_init(&path, BUF_MAX);
	ok = privatefile_make("template.txt", &path, err);
	if (ok) {
		e->path = mem_strdup(path.data);
		ok = textfile_write(e->path, e->before.data, e->before.len, err);
	}
	buf_done(&path);
	return ok;
}

static void close_edit(struct edit *e)
{
	if (e->path)
		privatefile_remove(e->path);
	mem_free(e->path);
	buf_done(&e->before);
	buf_done(&e->text);
}

static bool is_unchanged(const struct edit *e)
{
	return e->text.len == e->before.len && memcmp(e->text.data, e->before.data, e->text.len) == 0;
}

/* What was written, where no later start of ours clears it away. */
static void keep_text(const struct edit *e)
{
	struct err why = {.kind = ERR_NONE};
	struct buf path;
	bool ok;

	if (!e->text.len || is_unchanged(e))
		return;
	buf_init(&path, BUF_MAX);
	ok = path_user(PATH_STATE, &path) ||
	     err_set(&why, ERR_IO, 0, _("no place for it: set HOME or XDG_STATE_HOME"));
	buf_addf(&path, "/template-%s-%lld.txt", e->shown->id, (long long)when_wall_ms());
	ok = ok && textfile_make_dir(path.data, &why) && textfile_write(path.data, e->text.data, e->text.len, &why);
	if (ok)
		say(_("your text is kept in %s: pipetop templates edit %s --file takes it"), path.data, e->shown->id);
	else
		say(_("your text could not be kept: %s"), why.text);
	buf_done(&path);
}

static enum edited look(const struct edit *e, struct template *wanted, struct err *err)
{
	if (templatetext_empty(e->text.data) || is_unchanged(e))
		return EDITED_NOT;
	if (!templatetext_read(e->text.data, e->text.len, e->shown, wanted, err))
		return EDITED_WRONG;
	return definition_alike(wanted, e->shown) ? EDITED_NOT : EDITED;
}

static bool again(const struct err *wrong)
{
	char answer[TYPED_MAX];

	if (!typed_possible())
		return false;
	say("%s", wrong->text);
	return typed_line(_("e and Enter edits it again, anything else gives it up: "), true, answer, NULL) &&
	       strcmp(answer, "e") == 0;
}

/* An editor that failed may have written something all the same. */
static bool take_text(struct edit *e, struct err *err)
{
	bool ran = run_editor(e->t->c->reader, e->path, err);

	buf_clear(&e->text);
	return textfile_read(e->path, TEMPLATETEXT_MAX, &e->text, ran ? err : NULL) && ran;
}

/* Edits until it can be read. `wanted` is the caller's. */
static enum edited edit_text(struct edit *e, struct template *wanted, struct err *err)
{
	enum edited edited;

	do {
		if (!take_text(e, err))
			return EDITED_WRONG;
		template_done(wanted);
		edited = look(e, wanted, err);
	} while (edited == EDITED_WRONG && again(err));
	return edited;
}

/* ---- the change ---- */

static int send(struct templates *t, const struct template *shown, const struct template *wanted, bool *done,
		struct err *err)
{
	struct action_order order = {
		.act = ACT_TEMPLATE_EDIT, .template = shown, .wanted = wanted, .detail = shown->name};
	struct errand e;
	int status;

	*done = false;
	if (definition_alike(shown, wanted)) {
		*done = true;
		return templatetell_nothing(t, &order, _("nothing was changed: nothing was sent"));
	}
	if (!templatetell_run(t, &order, &e, err))
		return COMMAND_FAILED;
	*done = e.verdict == VERDICT_DONE;
	status = templatetell_end(t, &order, &e, NULL);
	errand_done(&e);
	return status;
}

static int with_editor(struct templates *t, const struct template *shown, struct err *err)
{
	struct edit e = {.t = t, .shown = shown};
	struct template wanted = {0};
	int status = COMMAND_FAILED;
	bool kept = true;

	if (open_edit(&e, err)) {
		switch (edit_text(&e, &wanted, err)) {
		case EDITED:
			status = send(t, shown, &wanted, &kept, err);
			break;
		case EDITED_NOT:
			status = send(t, shown, shown, &kept, err);
			break;
		default:
			kept = false;
		}
		if (!kept)
			keep_text(&e);
	}
	template_done(&wanted);
	close_edit(&e);
	return status;
}

/* ---- without an editor ---- */

static int with_text(struct templates *t, const struct template *shown, struct err *err)
{
	struct template wanted = {0};
	int status = COMMAND_FAILED;
	struct buf text;
	bool done;

	buf_init(&text, 2 * TEMPLATETEXT_MAX);
	if (textfile_read(t->want->file, TEMPLATETEXT_MAX, &text, err) &&
	    (templatetext_read(text.data, text.len, shown, &wanted, err) ||
	     err_prefix(err, "%s", textfile_short(t->want->file))))
		status = send(t, shown, &wanted, &done, err);
	template_done(&wanted);
	buf_done(&text);
	return status;
}

static void put(char **at, const char *said)
{
	if (!said)
		return;
	mem_free(*at);
	*at = mem_strdup(said);
}

static bool put_definition(struct template *wanted, const char *path, struct err *err)
{
	struct buf text, squeezed;
	bool ok;

	if (!path)
		return true;
	buf_init(&text, 2 * TEMPLATETEXT_MAX);
	buf_init(&squeezed, BUF_MAX);
	ok = textfile_read(path, TEMPLATETEXT_MAX, &text, err) &&
	     (templatetext_definition(text.data, text.len, 1, err) || err_prefix(err, "%s", textfile_short(path)));
	if (ok && !definition_same(text.data, wanted->definition)) {
		definition_squeeze(text.data, &squeezed);
		put(&wanted->definition, squeezed.data);
	}
	buf_done(&squeezed);
	buf_done(&text);
	return ok;
}

static int with_options(struct templates *t, const struct template *shown, struct err *err)
{
	const struct want *w = t->want;
	struct template wanted;
	int status = COMMAND_FAILED;
	bool done;

	template_copy(&wanted, shown);
	put(&wanted.name, w->name);
	put(&wanted.language, w->language);
	put(&wanted.description, w->description);
	if ((!w->name || templatetext_name(w->name, err)) && templatetext_description(w->description, err) &&
	    put_definition(&wanted, w->definition_file, err))
		status = send(t, shown, &wanted, &done, err);
	template_done(&wanted);
	return status;
}

int templates_edit(struct templates *t, struct err *err)
{
	const struct want *w = t->want;
	bool options = w->name || w->language || w->description || w->definition_file;
	struct template shown;
	int status;

	if (w->file && options) {
		err_set(err, ERR_INPUT, 0, _("--file says all of the template: leave the others out"));
		return COMMAND_FAILED;
	}
	if (!templateread_pick(t->c, t->tenant, t->word, &shown, NULL, err))
		return COMMAND_FAILED;
	if (shown.system) {
		err_set(err, ERR_INPUT, 0,
			_("%.60s is a system template: it can be copied and used, not changed or deleted"),
			text_or_empty(shown.name));
		status = COMMAND_FAILED;
	} else {
		status = w->file ? with_text(t, &shown, err)
				 : options ? with_options(t, &shown, err) : with_editor(t, &shown, err);
	}
	template_done(&shown);
	return status;
}
