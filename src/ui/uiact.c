/* SPDX-License-Identifier: MIT */
/*
 * The box that is asked in before anything changes on the server (ui/dialog.h), and what was confirmed in
 * it until it is over.
 *
 * The box is always in one of a few states, and the key that it gets is judged by that state alone: while it
 * asks, `y` is yes and everything else is no. A `y` that comes before the terminal has shown the box as it is
 * now is neither: it was meant for something else.
 */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "deedwords.h"
#include "uistate.h"

/* ---- the box ---- */

static void set_box(struct ui *ui, enum ui_box box)
{
	ui->box = box;
	ui->box_drawn = ui->box_seen = false;
	ui->version++;
}

void ui_shown(struct ui *ui)
{
	ui->box_seen = ui->box != BOX_CLOSED && ui->box_drawn;
}

static void drop_errand(struct ui *ui, struct errand *e)
{
	size_t i;

	for (i = 0; i < ui->n_errands && ui->errands[i] != e; i++)
		;
	if (i < ui->n_errands)
		memmove(ui->errands + i, ui->errands + i + 1, (--ui->n_errands - i) * sizeof(ui->errands[0]));
	errand_free(e);
}

/* What was shown in the box goes on without it; what is over and was read is done with. */
static void close_box(struct ui *ui)
{
	if (ui->box == BOX_ASKS || ui->box == BOX_SAYS)
		errand_free(ui->shown);
	else if (ui->box == BOX_GOES && errand_is_over(ui->shown))
		drop_errand(ui, ui->shown);
	ui->shown = NULL;
	set_box(ui, BOX_CLOSED);
}

void ui_box_done(struct ui *ui)
{
	if (ui->box != BOX_CLOSED)
		close_box(ui);
	while (ui->n_errands > 0)
		errand_free(ui->errands[--ui->n_errands]);
	while (ui->n_tells > 0)
		mem_free(ui->tells[--ui->n_tells].text);
	mem_free(ui->why);
}

/* ---- how it ended ---- */

/* To be read: it stays until a key is pressed. */
static void tell(struct ui *ui, bool bad, const char *text)
{
	if (ui->n_tells == TELLS_MAX)
		ui_tell_read(ui);
	ui->tells[ui->n_tells++] = (struct tell){mem_strdup(text), bad};
	ui->version++;
}

void ui_tell_read(struct ui *ui)
{
	if (ui->n_tells == 0)
		return;
	mem_free(ui->tells[0].text);
	memmove(ui->tells, ui->tells + 1, --ui->n_tells * sizeof(ui->tells[0]));
	ui->tell_drawn = false;
}

/* "Retry: 3 done, 1 not done, 1 unknown" */
static void add_counts(const struct errand *e, struct buf *out)
{
	static const enum ui_verdict order[] = {UI_DONE, UI_NOT_DONE, UI_UNKNOWN};
	size_t i, n, said = 0;

	buf_addf(out, "%s: ", e->title);
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		n = errand_verdicts(e, order[i]);
		if (n > 0)
			buf_addf(out, "%s%zu %s", said++ ? ", " : "", n, _(errand_verdict_word(order[i])));
	}
}

static void tell_end(struct ui *ui, const struct errand *e)
{
	bool bad = errand_verdicts(e, UI_DONE) < errand_count(e, ERRAND_OVER);
	struct buf text;

	if (e->n == 1) {
		tell(ui, bad, text_or_empty(e->items[0].sentence));
		return;
	}
	buf_init(&text, BUF_MAX);
	add_counts(e, &text);
	if (bad)
		buf_adds(&text, _(" (pipetop audit lists them)"));
	tell(ui, bad, text.data);
	buf_done(&text);
}

static void add_summary_line(struct ui *ui, const struct errand_item *item)
{
	struct buf text;

	buf_init(&text, BUF_MAX);
	if (item->stage == ERRAND_LEFT_OUT)
		buf_addf(&text, _("left out: %s"), item->left_out);
	else
		buf_addf(&text, "%s: %s", _(errand_verdict_word(item->verdict)), text_or_empty(item->sentence));
	page_add(&ui->page, item->name, text.data);
	buf_done(&text);
}

/* A page of what became of each, what needs a person first. */
static void show_summary(struct ui *ui, const struct errand *e)
{
	static const enum ui_verdict order[] = {UI_UNKNOWN, UI_NOT_DONE, UI_DONE};
	struct buf title;
	size_t i, k;

	buf_init(&title, BUF_MAX);
	add_counts(e, &title);
	ui_page_open(ui, title.data, SUMMARY_COLUMN);
	buf_done(&title);
	for (k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (i = 0; i < e->n; i++)
			if (e->items[i].stage == ERRAND_OVER && e->items[i].verdict == order[k])
				add_summary_line(ui, &e->items[i]);
	for (i = 0; i < e->n; i++)
		if (e->items[i].stage == ERRAND_LEFT_OUT)
			add_summary_line(ui, &e->items[i]);
}

/* ---- opening ---- */

/* The open item that is about the same thing, if there is one (C09). */
static const struct errand_item *open_on(const struct ui *ui, const struct ref *ref, const struct errand **of)
{
	size_t i, k;

	for (i = 0; i < ui->n_errands; i++)
		for (k = 0; k < ui->errands[i]->n; k++) {
			const struct errand_item *item = &ui->errands[i]->items[k];
			bool run = ref_depth(ref) > REF_RUN && ref_depth(&item->ref) > REF_RUN;

			if (item->stage != ERRAND_WAITS && item->stage != ERRAND_RUNS)
				continue;
			*of = ui->errands[i];
			if (run ? text_same(item->ref.id[REF_RUN], ref->id[REF_RUN]) &&
					  text_same(item->ref.id[REF_PIPELINE], ref->id[REF_PIPELINE]) &&
					  text_same(item->ref.id[REF_PROJECT], ref->id[REF_PROJECT])
				: ref_depth(ref) > 0 && ref_same(&item->ref, ref))
				return item;
		}
	return NULL;
}

bool ui_act_is_open_on(const struct ui *ui, const struct ref *ref, struct buf *why)
{
	const struct errand *e = NULL;
	const struct errand_item *item = open_on(ui, ref, &e);

	return item && buf_addf(why, _("%s: an action on it is still open (%s: %s)"), item->name, e->title,
				item->phase ? item->phase : _("waits for its turn"));
}

/* Nothing can be asked of the server now: what would be confirmed could not be read afresh (C12). */
static bool is_cut_off(const struct ui *ui, struct buf *why)
{
	char age[24];

	if (!ui->status.cut_off)
		return false;
	if (ui->status.age_ms < 0)
		return buf_adds(why, _("the server is out of reach: nothing can be done now"));
	when_age(ui->status.age_ms, age, sizeof(age));
	return buf_addf(why, _("the server is out of reach and the data is %s old: nothing can be done now"), age);
}

/* May it be asked for at all? */
static bool is_refused(struct ui *ui, const struct dialog_ask *ask, struct buf *why)
{
	size_t i;

	if (ui->options.read_only)
		return buf_adds(why, _("read-only: nothing is changed on the server from here"));
	if (is_cut_off(ui, why))
		return true;
	if (ui->layout.too_small)
		return buf_adds(why, _("the window is too small to ask in"));
	if (ui->n_errands == ERRANDS_MAX || ask->n_targets > DIALOG_TARGETS_MAX)
		return buf_adds(why, _("too many things at once: some have to end first"));
	for (i = 0; i < ask->n_targets; i++)
		if (ask->targets[i].ref && !ask->targets[i].left_out &&
		    ui_act_is_open_on(ui, ask->targets[i].ref, why))
			return true;
	return false;
}

bool ui_confirm(struct ui *ui, const struct dialog_ask *ask)
{
	struct errand *e = errand_new(ask, ui->act_ids + 1);
	struct buf why;
	bool refused;

	ui->act_ids += ask->n_targets;
	buf_init(&why, BUF_MAX);
	refused = is_refused(ui, ask, &why);
	if (refused) {
		ui_message(ui, true, "%s", why.data);
		errand_free(e);
	} else {
		if (ui->box != BOX_CLOSED)
			close_box(ui);
		ui->shown = e;
		set_box(ui, BOX_ASKS);
		tree_hold(&ui->tree);
	}
	buf_done(&why);
	return !refused;
}

bool ui_may_leave(struct ui *ui, const char *why)
{
	if (ui->leaves)
		return true;
	ui->quit = false;
	if (ui->box != BOX_CLOSED)
		close_box(ui);
	mem_free(ui->why);
	ui->why = mem_strdup(why);
	set_box(ui, BOX_LEAVES);
	return false;
}

/* ---- keys ---- */

void ui_box_says(struct ui *ui, const char *why)
{
	mem_free(ui->why);
	ui->why = mem_strdup(why);
	set_box(ui, BOX_SAYS);
}

static void confirmed(struct ui *ui)
{
	struct buf why;

	buf_init(&why, BUF_MAX);
	if (is_cut_off(ui, &why)) { /* since the box was opened */
		ui_box_says(ui, why.data);
	} else {
		ui->errands[ui->n_errands++] = ui->shown;
		set_box(ui, BOX_GOES);
	}
	buf_done(&why);
}

/* Any key leaves it; an end that nobody has read yet becomes a message. */
static void leave_going(struct ui *ui)
{
	if (errand_is_over(ui->shown) && !ui->box_seen)
		tell_end(ui, ui->shown);
	close_box(ui);
}

static void say_no(struct ui *ui)
{
	bool leaves = ui->box == BOX_LEAVES;

	close_box(ui);
	ui_message(ui, false, "%s", leaves ? _("not quit") : _("nothing was done"));
}

void ui_box_resized(struct ui *ui)
{
	if (ui->box == BOX_ASKS || ui->box == BOX_LEAVES)
		say_no(ui);
	else if (ui->box == BOX_GOES)
		set_box(ui, BOX_GOES);
}

enum command ui_box_key(struct ui *ui, const struct key *key, enum command always)
{
	bool yes = key->code == 'y' && !key->alt;

	if (ui->box == BOX_LEAVES && (always == CMD_QUIT_NOW || (yes && ui->box_seen))) {
		ui->leaves = true;
		return CMD_QUIT_NOW;
	}
	if (ui->box == BOX_ASKS && ui_box_check(ui))
		return always; /* the key was meant for what was asked */
	if (yes && !ui->box_seen)
		return CMD_NONE; /* typed ahead, or held down */
	if (ui->box == BOX_GOES)
		leave_going(ui);
	else if (ui->box == BOX_SAYS)
		close_box(ui);
	else if (ui->box == BOX_ASKS && yes)
		confirmed(ui);
	else
		say_no(ui);
	return always;
}

/* ---- what the program is asked, and what it answers ---- */

static size_t running(const struct ui *ui)
{
	size_t i, n = 0;

	for (i = 0; i < ui->n_errands; i++)
		n += errand_count(ui->errands[i], ERRAND_RUNS);
	return n;
}

size_t ui_acts_open(const struct ui *ui)
{
	size_t i, n = running(ui);

	for (i = 0; i < ui->n_errands; i++)
		n += errand_count(ui->errands[i], ERRAND_WAITS);
	return n;
}

bool ui_next_act(struct ui *ui, struct ui_request *out)
{
	struct errand_item *item = NULL;
	struct errand *e = NULL;
	size_t i;

	if (running(ui) >= DIALOG_AT_ONCE)
		return false;
	for (i = 0; i < ui->n_errands && !item; i++) {
		e = ui->errands[i];
		item = errand_next(e);
	}
	if (!item)
		return false;
	item->stage = ERRAND_RUNS;
	ui->lent = (struct ui_act){.id = item->id, .act = e->act, .ref = &item->ref,
				   .pipeline_name = item->pipeline_name, .step_name = item->step_name,
				   .run_number = item->run_number, .shown = &item->shown, .detail = e->detail,
				   .load = e->load};
	*out = (struct ui_request){.ask = ASK_ACT, .ref = &item->ref, .act = &ui->lent};
	ui->version++;
	return true;
}

static struct errand_item *find_item(struct ui *ui, uint64_t id, struct errand **of)
{
	struct errand_item *item;
	size_t i;

	for (i = 0; i < ui->n_errands; i++) {
		item = errand_item(ui->errands[i], id);
		*of = ui->errands[i];
		if (item && item->stage == ERRAND_RUNS)
			return item;
	}
	return NULL;
}

void ui_act_phase(struct ui *ui, uint64_t id, const char *phase)
{
	struct errand *e;
	struct errand_item *item = find_item(ui, id, &e);

	if (!item || text_same(item->phase, phase))
		return;
	errand_phase(item, phase);
	ui->version++;
}

void ui_act_over(struct ui *ui, uint64_t id, enum ui_verdict verdict, const char *sentence)
{
	struct errand *e;
	struct errand_item *item = find_item(ui, id, &e);

	if (!item)
		return;
	errand_over(item, verdict, sentence);
	ui->version++;
	if (!errand_is_over(e))
		return;
	if (ui->box != BOX_GOES || ui->shown != e) {
		tell_end(ui, e);
		drop_errand(ui, e);
	} else if (e->n > 1) {
		show_summary(ui, e);
		close_box(ui);
	} else {
		set_box(ui, BOX_GOES); /* what it says now is to be read, too */
	}
}

/* ---- drawing ---- */

static void add_items(struct dialogbox *b, const struct errand *e)
{
	bool goes = errand_count(e, ERRAND_RUNS) + errand_count(e, ERRAND_OVER) > 0;
	size_t i, left_out = errand_count(e, ERRAND_LEFT_OUT);
	char text[40];

	for (i = 0; i < e->n; i++) {
		const struct errand_item *item = &e->items[i];

		if (item->stage == ERRAND_LEFT_OUT)
			continue;
		dialogbox_row(b, 0, item->name, ROLE_TEXT,
			      item->stage == ERRAND_OVER ? _(errand_verdict_word(item->verdict))
			      : item->stage == ERRAND_RUNS && item->phase ? item->phase
			      : goes					  ? _("waits for its turn")
									  : item->line);
	}
	if (left_out == 0)
		return;
	dialogbox_gap(b);
	snprintf(text, sizeof(text), _("%zu left out:"), left_out);
	dialogbox_text(b, ROLE_TEXT, text);
	for (i = 0; i < e->n; i++)
		if (e->items[i].stage == ERRAND_LEFT_OUT)
			dialogbox_row(b, 1, e->items[i].name, ROLE_DIM, e->items[i].left_out);
}

static void fill_asking(const struct ui *ui, struct dialogbox *b, const struct ui_now *now)
{
	const struct errand *e = ui->shown;
	struct deed_thing thing;
	size_t i;

	dialogbox_text(b, ROLE_TEXT, e->what);
	if (e->n_lines == 0 || e->lines[0].label)
		dialogbox_gap(b);
	for (i = 0; i < e->n_lines; i++)
		if (e->lines[i].label)
			dialogbox_field(b, e->lines[i].label, FIELD_PLAIN, ROLE_TEXT, e->lines[i].value);
		else
			dialogbox_text(b, ROLE_TEXT, e->lines[i].value);
	if (e->n > 1 && e->n_lines > 0)
		dialogbox_gap(b);
	if (e->n > 1)
		add_items(b, e);
	else if (act_is_deed(e->act) && e->n == 1 && deedwords_find(ui->options.store, &e->items[0].ref, &thing))
		deedwords_fields(&thing, now->server_ms, now->now_ms, b);
	dialogbox_gap(b);
	dialogbox_foot(b, "y", _("does it; every other key means no"));
}

static void fill_going(const struct ui *ui, struct dialogbox *b)
{
	static const enum role roles[] = {
		[UI_DONE] = ROLE_OK, [UI_NOT_DONE] = ROLE_FAILED, [UI_UNKNOWN] = ROLE_WAITING};
	const struct errand *e = ui->shown;
	const struct errand_item *item = &e->items[0];

	if (e->n > 1) {
		add_items(b, e);
	} else if (item->stage == ERRAND_OVER) {
		dialogbox_text(b, roles[item->verdict], _(errand_verdict_word(item->verdict)));
		dialogbox_gap(b);
		dialogbox_text(b, ROLE_TEXT, item->sentence);
	} else {
		dialogbox_text(b, ROLE_TEXT, item->name);
		dialogbox_gap(b);
		dialogbox_text(b, ROLE_DIM, item->phase ? item->phase : _("waits for its turn"));
	}
	dialogbox_gap(b);
	dialogbox_foot(b, NULL, errand_is_over(e) ? _("any key closes this")
						  : _("any key closes this; it goes on all the same"));
}

void ui_draw_box(struct ui *ui, struct grid *g, const struct ui_now *now)
{
	struct rect all = {0, 0, ui->rows, ui->cols};
	struct dialogbox b;

	if (ui->box == BOX_CLOSED || ui->layout.too_small)
		return;
	dialogbox_open(&b, ui->box == BOX_LEAVES ? _("Quit") : ui->shown->title);
	if (ui->box == BOX_LEAVES || ui->box == BOX_SAYS) {
		dialogbox_text(&b, ROLE_TEXT, ui->why);
		dialogbox_gap(&b);
		if (ui->box == BOX_LEAVES)
			dialogbox_foot(&b, "y", _("quits anyway; every other key means no"));
		else
			dialogbox_foot(&b, NULL, _("nothing was done; any key closes this"));
	} else if (ui->box == BOX_ASKS) {
		fill_asking(ui, &b, now);
	} else {
		fill_going(ui, &b);
	}
	dialogbox_draw(&b, g, &all);
	dialogbox_done(&b);
	grid_cursor(g, -1, -1);
	ui->box_drawn = true;
}
