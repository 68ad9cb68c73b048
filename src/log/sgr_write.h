/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_SGR_WRITE_H
#define PIPETOP_LOG_SGR_WRITE_H

/*
 * Characters onto a line, as the screen and the view have it: itself, or a sign that
 * stands for it. Whatever does not fit on the line raises row.full.
 */
#include "sgr_bytes.h"
#include "sgr_row.h"

struct sgr_writer {
	struct sgr_options options;
	struct sgr_row row;
	struct glyph plain;  /* a glyph of text in the look in force */
	unsigned suspicious; /* marks written, in all */
	size_t dropped;	     /* bytes of this line that found no room, kept by the caller */
};

/* Any character but the controls, as text or as what the policy puts in its place. */
void sgr_write_char(struct sgr_writer *w, const struct sgr_unit *u);

/* Everything as it came, in caret and hex form where it can't be seen. */
void sgr_write_raw(struct sgr_writer *w, const struct sgr_unit *u);

/* The sign that something was removed here. */
void sgr_write_mark(struct sgr_writer *w);

/* A control of C0, or DEL, as a picture. */
void sgr_write_control(struct sgr_writer *w, uint32_t control);

/* A character by its number. */
void sgr_write_number(struct sgr_writer *w, uint32_t cp);

/*
 * A line end within the line: the store cuts at newlines, but there are others. It is
 * shown by a sign, and nothing that follows can go back before it.
 */
void sgr_write_break(struct sgr_writer *w, uint32_t cp);

#endif
