/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_MODEL_GATE_H
#define PIPETOP_MODEL_GATE_H

/* What is known of a gate, in words that a card, a tree and a command share. */
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "model/model.h"

const char *gate_name(enum gate gate);	/* untranslated: "manual review"; "" for NONE */
const char *gate_waits(enum gate gate); /* untranslated: "waits for a review"; "" for NONE */
const char *gate_word(enum gate gate);	/* for programs, never translated: "review"; "none" */

/* When the wait ends by itself; WHEN_NONE: the step does not say. */
int64_t gate_deadline_ms(const struct step *step);

/* Translated; both add nothing where the step does not say. */
void gate_add_approvers(const struct step *step, struct buf *out); /* "all of li.na, wang.wei" */
void gate_add_end(const struct step *step, int64_t now_ms, struct buf *out); /* "rejects by itself in 48m, at 10:29" */

#endif
