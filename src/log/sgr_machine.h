/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_MACHINE_H
#define PIPETOP_LOG_SGR_MACHINE_H

/* The parser of escape sequences: characters in, cells written. */
#include "sgr_bytes.h"
#include "sgr_pen.h"
#include "sgr_write.h"

enum sgr_state {
	AT_GROUND,
	AT_ESCAPE,
	AT_ESCAPE_INTER,
	AT_CSI,
	AT_CSI_INTER,
	AT_CSI_IGNORE,
	AT_OSC,
	AT_STRING,     /* DCS, SOS, PM, APC, and the title string of screen */
	AT_STRING_ESC, /* an ESC in a string: is it ST? */
	AT_STATES,
};

struct sgr_machine {
	struct sgr_writer out;
	struct style pen; /* as the log has set it; out.plain has the look that follows */

	enum sgr_state state;
	bool eight; /* the sequence began with an 8-bit C1 */
	char prefix, inter;
	struct sgr_params params;

	struct sgr_unit *held; /* characters of the sequence, once there are any */
	size_t nheld;
	size_t held_bytes;
	size_t unheld; /* bytes that the sequence had beyond the ceiling */
};

void sgr_machine_done(struct sgr_machine *m);

/* No sequence, no colour. */
void sgr_machine_reset(struct sgr_machine *m);

void sgr_machine_feed(struct sgr_machine *m, const struct sgr_unit *u);

/* The line ends: so does a sequence that is under way. */
void sgr_machine_end(struct sgr_machine *m);

void sgr_machine_set_pen(struct sgr_machine *m, struct style pen);

#endif
