/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SINK_H
#define PIPETOP_APP_SINK_H

/*
 * Where log text goes: the bytes as delivered, cleaned text with or without colours, or JSON
 * records (ux.md, `logs`). Which one is decided once, from the options and what stdout is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "model/model.h"

struct sink;	   /* opaque */
struct sink_voice; /* opaque: one step's text, beside that of others */

/* `headers`: more than one step comes, so say whose text it is, as tail(1) does. */
struct sink *sink_new(struct command *c, bool headers);
void sink_free(struct sink *s); /* closes the JSON array, if one is open; after the last voice */

/* A step begins, and is told. */
struct sink_voice *sink_begin(struct sink *s, const struct step_at *at);
void sink_end(struct sink *s, struct sink_voice *voice); /* frees; NULL is fine */

/* The number of the next line; 0: not known. */
void sink_line(struct sink_voice *voice, int64_t number);
/*
 * Whole lines, each with its newline; the last may be without one when it goes on in the
 * next call. False when the output cannot be written.
 */
bool sink_text(struct sink *s, struct sink_voice *voice, const char *text, size_t len);
/* A gap, a restart, an end: a record in JSON, else a sentence on stderr. */
void sink_event(struct sink *s, struct sink_voice *voice, const char *event, const char *text);
bool sink_flush(struct sink *s);

#endif
