/* SPDX-License-Identifier: MIT */
/*
 * A gate is decided once and for all, so none is taken because it comes first. Who meant one of several is told
 * how to say so, in words that are tried out here: options that do not mean that gate alone are not offered.
 */
#include "gatechoice.h"

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/when.h"
#include "model/gate.h"
#include "say.h"
#include "shellword.h"
#include "stepset.h"

struct choice {
	struct command *c;
	enum deed deed;
	const struct run *run;
	struct step_at *gates; /* those that were meant */
	size_t n;
};

static bool fits(const struct choice *choice, const struct step_at *gate, struct deed_view *view,
		 struct err *err)
{
	deed_look(choice->run, gate ? gate->step->id : NULL, view);
	return deed_fits(choice->deed, view, err);
}

/* ---- words that mean one gate ---- */

static bool means_only(const struct run *run, const struct stepset_want *want, const struct step_at *gate)
{
	struct step_at *found;
	size_t n = stepset(run, want, &found);
	bool only = n == 1 && found[0].step == gate->step;

	mem_free(found);
	return only;
}

static void add_way(const struct stepset_want *want, struct buf *out)
{
	const char *const said[][2] = {{"stage", want->stage}, {"job", want->job}, {"step", want->step}};
	size_t i;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		if (!said[i][1])
			continue;
		buf_addf(out, " --%s ", said[i][0]);
		shellword_add(out, said[i][1]);
	}
}

/* The fewest options that mean this gate and no other; its id does where no names do. */
static void add_options(const struct run *run, const struct step_at *gate, struct buf *out)
{
	const char *stage = gate->stage->name, *job = gate->job ? gate->job->name : NULL,
		   *step = gate->step->name;
	const struct stepset_want ways[] = {
		{.gates = true, .step = step},
		{.gates = true, .stage = stage},
		{.gates = true, .job = job},
		{.gates = true, .stage = stage, .step = step},
		{.gates = true, .stage = stage, .job = job, .step = step},
		{.gates = true, .step = gate->step->id},
	};
	size_t i = 0, last = sizeof(ways) / sizeof(ways[0]) - 1;

	while (i < last && !means_only(run, &ways[i], gate))
		i++;
	add_way(&ways[i], out);
}

static void list_gate(const struct choice *choice, const struct step_at *gate)
{
	struct buf *out = &choice->c->hints, options;
	char clock[32];

	buf_adds(out, "  ");
	say_name(out, gate->stage->name, "-");
	if (gate->job) {
		buf_adds(out, " / ");
		say_name(out, gate->job->name, "-");
	}
	buf_adds(out, " / ");
	say_name(out, command_step_name(gate->step), "-");
	buf_addf(out, "  %s", _(gate_name(gate->step->gate)));
	if (gate->step->start_ms != WHEN_NONE) {
		when_clock(gate->step->start_ms, reader_server_ms(choice->c->reader), clock, sizeof(clock));
		buf_addf(out, _(", since %s"), clock);
	}
	buf_init(&options, BUF_MAX);
	add_options(choice->run, gate, &options);
	buf_adds(out, " ");
	say_name(out, options.data, "");
	buf_addc(out, '\n');
	buf_done(&options);
}

/* ---- none, one, several ---- */

static bool none_is_called_so(const struct choice *choice, struct err *err)
{
	const struct stepset_want any = {.gates = true};
	struct step_at *open;
	size_t n = stepset(choice->run, &any, &open), i;

	for (i = 0; i < n; i++)
		list_gate(choice, &open[i]);
	mem_free(open);
	return n && !err_set(err, ERR_INPUT, 0, _("no gate that is open is called so; these are"));
}

/* Nothing that is open and was meant fits. */
static bool none(const struct choice *choice, struct err *err)
{
	struct deed_view view;

	if (!choice->n && none_is_called_so(choice, err))
		return false;
	if (!choice->n && choice->run->state == STATE_WAITING)
		return err_set(err, ERR_INPUT, 0,
			       _("the run waits, but the service names no step that waits: see its web page"));
	return fits(choice, choice->n ? &choice->gates[0] : NULL, &view, err);
}

static bool several(const struct choice *choice, size_t fit, struct err *err)
{
	struct deed_view view;
	size_t i;

	for (i = 0; i < choice->n; i++)
		if (fits(choice, &choice->gates[i], &view, NULL))
			list_gate(choice, &choice->gates[i]);
	return err_set(err, ERR_INPUT, 0, _("%zu gates of this run are open: say which"), fit);
}

bool gatechoice(struct command *c, enum deed deed, const struct run *run, struct step_at *gate,
		struct deed_view *view, struct err *err)
{
	const struct want *want = &c->options->want;
	const struct stepset_want meant = {
		.stage = want->stage, .job = want->job, .step = want->step, .gates = true};
	struct choice choice = {.c = c, .deed = deed, .run = run};
	struct deed_view looked;
	size_t i, fit = 0;
	bool ok;

	choice.n = stepset(run, &meant, &choice.gates);
	for (i = 0; i < choice.n; i++)
		if (fits(&choice, &choice.gates[i], &looked, NULL) && fit++ == 0) {
			*gate = choice.gates[i];
			*view = looked;
		}
	ok = fit == 1 || (fit ? several(&choice, fit, err) : none(&choice, err));
	mem_free(choice.gates);
	return ok;
}
