/* SPDX-License-Identifier: MIT */
/*
 * One log at a time is on its way into a file: to stay there (save), or to be looked at (view),
 * which is the same with a private place and a foreground child at its end. The log may be
 * closed meanwhile, so it is asked for by its ref before each slice and never kept.
 *
 * While a pager has the terminal the loop goes on: the log that is followed keeps coming, and
 * connections stay alive. Only drawing and keys rest (chores_foreground).
 */
#include "app/chores.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/spawn.h"
#include "argv.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/vault.h"
#include "log/sgr.h"
#include "privatefile.h"
#include "savename.h"
#include "saving.h"
#include "textfile.h"
#include "webpage.h"

#define COPIED_SHOWN 60
#define LARGE_BYTES (INT64_C(64) << 20) /* takes long enough to say so */

enum viewer { VIEWER_NONE, VIEWER_PAGER, VIEWER_EDITOR };

struct chores {
	struct chores_options options;
	struct spawn *spawn;
	struct ref ref; /* of the log that is saved */
	struct log *log;
	struct saving *saving; /* NULL: nothing is under way */
	enum viewer viewer;    /* what it is for */
	char *private_path;    /* the copy that a viewer has, or will have */
	struct timespec private_time; /* when it was written */
	chores_edited_fn *edited; /* who wants to know what became of the text; NULL: nobody */
	void *edited_self;
	size_t edited_max;
	bool foreground;
	bool swept;
};

struct chores *chores_new(const struct chores_options *options)
{
	struct chores *c = mem_zalloc(sizeof(*c));

	c->options = *options;
	c->spawn = spawn_new(options->loop, 0, 0);
	return c;
}

static void say(void *self, bool bad, const char *text)
{
	struct chores *c = self;

	if (c->options.say)
		c->options.say(c->options.self, bad, text);
}

static void forget_private(struct chores *c)
{
	if (c->private_path)
		privatefile_remove(c->private_path);
	mem_free(c->private_path);
	c->private_path = NULL;
}

static void end_saving(struct chores *c)
{
	saving_free(c->saving);
	c->saving = NULL;
	c->viewer = VIEWER_NONE;
	ref_done(&c->ref);
}

void chores_free(struct chores *c)
{
	if (!c)
		return;
	c->options.say = NULL;
	c->options.come_back = NULL;
	c->edited = NULL;
	end_saving(c);
	spawn_free(c->spawn);
	forget_private(c);
	mem_free(c);
}

bool chores_foreground(const struct chores *c)
{
	return c->foreground;
}

/* ---- saving ---- */

int chores_percent(const struct chores *c)
{
	struct saving_figures f;
	int64_t percent;

	if (!c->saving)
		return -1;
	f = saving_figures(c->saving);
	percent = f.total > 0 ? f.bytes * 100 / f.total : 100;
	return percent > 100 ? 100 : (int)percent; /* cleaned text may be longer */
}

static bool free_to_start(const struct chores *c, struct err *err)
{
	if (c->foreground)
		return err_set(err, ERR_INPUT, 0, _("a pager or editor has the terminal"));
	if (c->saving)
		return err_set(err, ERR_INPUT, 0, _("still writing %.100s (%d %%)"),
			       saving_figures(c->saving).path, chores_percent(c));
	return true;
}

static bool begin(struct chores *c, const struct ref *step, const struct saving_options *options,
		  struct err *err)
{
	struct log *log = c->options.log_of(c->options.self, step);

	if (!log)
		return err_set(err, ERR_INPUT, 0, _("no log is open here: Enter on a step opens it"));
	if (log_end(log) == log_first(log))
		return err_set(err, ERR_INPUT, 0, _("there is no text of this log yet"));
	c->saving = saving_new(options, log, err);
	if (!c->saving)
		return false;
	c->log = log;
	ref_copy(&c->ref, step);
	if (log_bytes(log) >= LARGE_BYTES)
		say(c, false, _("writing a large log ..."));
	return true;
}

bool chores_save(struct chores *c, const struct ref *step, const char *path, bool over, struct err *err)
{
	struct saving_options options = {.over = over, .form = SAVING_RAW};
	struct buf full;
	bool ok;

	if (!free_to_start(c, err))
		return false;
	buf_init(&full, BUF_MAX);
	savename_path(path, c->options.store, step, &full);
	options.path = full.data;
	ok = begin(c, step, &options, err);
	buf_done(&full);
	return ok;
}

static bool still_runs(const struct chores *c)
{
	char *const *id = c->ref.id;
	const struct run *run = store_run(c->options.store, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN]);
	struct step_at at;

	return run && run_step_by_id(run, id[REF_STEP], &at) && !state_terminal(at.step->state);
}

/* "saved 5,120 lines (1.2 MiB) so far in FILE: line 1 is not loaded yet" */
static void say_saved(struct chores *c)
{
	struct saving_figures f = saving_figures(c->saving);
	char lines[32], gaps[32];
	struct buf text;

	text_grouped(f.lines, lines, sizeof(lines));
	text_grouped(f.gaps, gaps, sizeof(gaps));
	buf_init(&text, BUF_MAX);
	buf_addf(&text, still_runs(c) ? _("saved %s lines so far in %s") : _("saved %s lines in %s"), lines,
		 f.path);
	if (!log_head(c->log))
		buf_adds(&text, _("; line 1 is not loaded yet"));
	if (f.gaps)
		buf_addf(&text, _("; %s gaps"), gaps);
	say(c, false, text.data);
	buf_done(&text);
}

/* ---- viewing ---- */

static struct timespec time_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mtim : (struct timespec){0};
}

static bool was_changed(const struct chores *c)
{
	struct timespec now = time_of(c->private_path);

	return now.tv_sec != c->private_time.tv_sec || now.tv_nsec != c->private_time.tv_nsec;
}

static bool commands_of(enum viewer viewer, char ***argv, struct err *err)
{
	static const struct {
		const char *variables[2], *otherwise;
	} viewers[] = {
		[VIEWER_PAGER] = {{"PAGER", NULL}, "less"},
		[VIEWER_EDITOR] = {{"VISUAL", "EDITOR"}, "vi"},
	};
	size_t i;

	for (i = 0; i < 2 && viewers[viewer].variables[i]; i++) {
		const char *name = viewers[viewer].variables[i], *value = getenv(name);

		if (!text_empty(value))
			return argv_split(value, name, argv, err);
	}
	*argv = NULL;
	argv_add(argv, viewers[viewer].otherwise);
	return true;
}

static void come_back(struct chores *c)
{
	c->foreground = false;
	forget_private(c);
	if (c->options.come_back)
		c->options.come_back(c->options.self);
}

/* What the editor left is read before it is removed, and handed on when the terminal is back. */
static void text_ended(struct chores *c, const struct spawn_result *result)
{
	chores_edited_fn *edited = c->edited;
	struct err err = result->err;
	struct buf text;
	bool ok;

	c->edited = NULL;
	buf_init(&text, c->edited_max);
	ok = err.kind == ERR_NONE && textfile_read(c->private_path, c->edited_max, &text, &err);
	come_back(c);
	edited(c->edited_self, ok ? text.data : NULL, ok ? text.len : 0, &err);
	buf_done(&text);
}

static void viewer_ended(void *self, const struct spawn_result *result)
{
	struct chores *c = self;
	bool changed = was_changed(c);

	if (c->edited) {
		text_ended(c, result);
		return;
	}
	come_back(c);
	if (result->err.kind != ERR_NONE)
		say(c, true, result->err.text);
	else if (changed)
		say(c, true, _("what was changed in the copy is not kept: :save writes the log to a file"));
}

/* less shows colours only when told to; whoever has set LESS has told it what he wants. */
static bool start_viewer(struct chores *c, char **argv, struct err *err)
{
	const char *env[] = {getenv("LESS") ? NULL : "LESS=R", NULL};
	struct spawn_job job = {
		.name = argv[0],
		.argv = (const char *const *)argv,
		.env = env,
		.foreground = true,
		.done = viewer_ended,
		.self = c,
	};

	return spawn_run(c->spawn, &job, err);
}

/* Where less is not there, more is. */
static bool start_or_other(struct chores *c, char **argv, struct err *err)
{
	struct err first = {0};

	if (start_viewer(c, argv, &first))
		return true;
	if (first.code == ENOENT && strcmp(argv[0], "less") == 0) {
		mem_free(argv[0]);
		argv[0] = mem_strdup("more");
		return start_viewer(c, argv, err);
	}
	*err = first;
	return false;
}

/* False: it did not start, and the private copy is gone. */
static bool open_viewer(struct chores *c, enum viewer viewer, struct err *err)
{
	char **argv;
	bool ok;

	if (!commands_of(viewer, &argv, err)) {
		forget_private(c);
		return false;
	}
	argv_add(&argv, c->private_path);
	c->private_time = time_of(c->private_path);
	if (c->options.leave)
		c->options.leave(c->options.self);
	c->foreground = true;
	ok = start_or_other(c, argv, err);
	if (!ok)
		come_back(c);
	argv_free(argv);
	return ok;
}

static bool make_private(struct chores *c, const char *name, struct err *err)
{
	struct buf path;
	bool ok;

	if (!c->swept)
		privatefile_sweep();
	c->swept = true;
	buf_init(&path, BUF_MAX);
	ok = privatefile_make(name, &path, err);
	if (ok)
		c->private_path = mem_strdup(path.data);
	buf_done(&path);
	return ok;
}

static bool make_private_log(struct chores *c, const struct ref *step, struct err *err)
{
	struct buf name;
	bool ok;

	buf_init(&name, BUF_MAX);
	chores_name(c->options.store, step, &name);
	ok = make_private(c, name.data, err);
	buf_done(&name);
	return ok;
}

bool chores_view(struct chores *c, const struct ref *step, bool editor, struct err *err)
{
	enum viewer viewer = editor ? VIEWER_EDITOR : VIEWER_PAGER;
	struct saving_options options = {.form = editor ? SAVING_RAW : SAVING_CLEAN,
					 .utf8 = c->options.utf8,
					 .ambiguous_wide = c->options.ambiguous_wide};
	char **argv;

	if (!free_to_start(c, err) || !commands_of(viewer, &argv, err))
		return false; /* before the work, not after it */
	argv_free(argv);
	if (!make_private_log(c, step, err))
		return false;
	options.path = c->private_path;
	if (!begin(c, step, &options, err)) {
		forget_private(c);
		return false;
	}
	c->viewer = viewer;
	return true;
}

bool chores_edit(struct chores *c, const char *name, const char *text, size_t max, chores_edited_fn *done,
		 void *self, struct err *err)
{
	if (!free_to_start(c, err) || !make_private(c, name, err))
		return false;
	if (!textfile_write(c->private_path, text, strlen(text), err)) {
		forget_private(c);
		return false;
	}
	c->edited = done;
	c->edited_self = self;
	c->edited_max = max;
	if (open_viewer(c, VIEWER_EDITOR, err))
		return true;
	c->edited = NULL;
	return false;
}

/* ---- the work ---- */

static void finished(struct chores *c)
{
	enum viewer viewer = c->viewer;
	struct err err = {0};

	if (viewer == VIEWER_NONE)
		say_saved(c);
	end_saving(c);
	if (viewer != VIEWER_NONE && !open_viewer(c, viewer, &err))
		say(c, true, err.text);
}

static void failed(struct chores *c, const struct err *err)
{
	end_saving(c);
	forget_private(c);
	say(c, true, err->text);
}

bool chores_work(struct chores *c, int64_t slice_us)
{
	enum saving_state state = SAVING_FAILED;
	struct err err = {0};

	if (!c->saving || slice_us <= 0)
		return c->saving != NULL;
	if (c->options.log_of(c->options.self, &c->ref) != c->log)
		err_set(&err, ERR_IO, 0, _("not saved: the log was closed before all of it was written"));
	else
		state = saving_work(c->saving, c->log, slice_us, &err);
	if (state == SAVING_DONE)
		finished(c);
	else if (state == SAVING_FAILED)
		failed(c, &err);
	return c->saving != NULL;
}

/* ---- pages and the clipboard ---- */

bool chores_browse(struct chores *c, const char *url, struct err *err)
{
	struct buf text;
	bool opened;

	if (!chores_url_ok(url))
		return err_set(err, ERR_INPUT, 0, _("this is no plain http or https address: it is not opened"));
	opened = webpage_open(c->spawn, url, say, c);
	buf_init(&text, BUF_MAX);
	if (opened) {
		buf_addf(&text, _("opening %s"), url);
		say(c, false, text.data);
	} else {
		webpage_none(url, &text);
		err_set(err, ERR_IO, 0, "%s", text.data);
	}
	buf_done(&text);
	return opened;
}

/* Control characters do not travel: what is pasted must do nothing by itself. */
static void clean_for_copy(const char *text, struct buf *out)
{
	const char *end = text + strlen(text);
	uint32_t cp;
	size_t used;

	for (; text < end; text += used) {
		cp = text_decode(text, (size_t)(end - text), &used);
		if (cp != '\n' && cp != '\t' && (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)))
			continue;
		if (cp == TEXT_BAD)
			buf_adds(out, "\xef\xbf\xbd");
		else
			buf_add(out, text, used);
	}
}

static void say_copied(struct chores *c, const char *text)
{
	size_t lines = 1;
	const char *p;
	struct buf said, clean;

	for (p = text; *p; p++)
		lines += p[0] == '\n' && p[1];
	buf_init(&said, BUF_MAX);
	buf_init(&clean, BUF_MAX);
	sgr_clean_name(text, c->options.utf8, &clean);
	if (lines > 1)
		buf_addf(&said, _("copied %zu lines"), lines);
	else if (clean.len > COPIED_SHOWN)
		buf_addf(&said, _("copied: %.*s~"), (int)text_cut(clean.data, COPIED_SHOWN), clean.data);
	else
		buf_addf(&said, _("copied: %s"), clean.data);
	say(c, false, said.data);
	buf_done(&clean);
	buf_done(&said);
}

bool chores_copy(struct chores *c, const char *text, struct err *err)
{
	struct buf clean;
	bool ok;

	buf_init(&clean, BUF_MAX);
	clean_for_copy(text_or_empty(text), &clean);
	vault_scrub(&clean);
	if (clean.len == 0)
		ok = err_set(err, ERR_INPUT, 0, _("there is nothing to copy here"));
	else if (!c->options.copy)
		ok = err_set(err, ERR_INPUT, 0, _("there is no clipboard here"));
	else
		ok = c->options.copy(c->options.self, clean.data, clean.len, err);
	if (ok)
		say_copied(c, clean.data);
	buf_done(&clean);
	return ok;
}

/* ---- names ---- */

static const char *name_in_stage(const struct stage *stage, const char *job_id)
{
	size_t i;

	if (!job_id)
		return stage->name;
	for (i = 0; i < stage->n_jobs; i++)
		if (text_same(stage->jobs[i].id, job_id))
			return stage->jobs[i].name;
	return NULL;
}

static const char *name_in_run(const struct run *run, char *const *id)
{
	struct step_at at;
	size_t i;

	if (!text_empty(id[REF_STEP]))
		return run_step_by_id(run, id[REF_STEP], &at) ? at.step->name : NULL;
	for (i = 0; i < run->n_stages; i++)
		if (text_same(run->stages[i].id, id[REF_STAGE]))
			return name_in_stage(&run->stages[i], id[REF_JOB]);
	return NULL;
}

const char *chores_thing_name(const struct store *store, const struct ref *ref)
{
	char *const *id = ref->id;
	const struct pipeline *pipeline = store_pipeline(store, id[REF_PROJECT], id[REF_PIPELINE]);
	const struct run *run = store_run(store, id[REF_PROJECT], id[REF_PIPELINE], id[REF_RUN]);
	const char *name = NULL;

	if (pipeline && !id[REF_STAGE])
		name = pipeline->name;
	else if (run)
		name = name_in_run(run, id);
	return text_empty(name) ? NULL : name;
}
