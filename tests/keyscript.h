/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_KEYSCRIPT_H
#define PIPETOP_TESTS_KEYSCRIPT_H

/*
 * Key scripts: what a person would do before the real program, one act a line, and what he
 * would wait to see. There is no sleeping: a key follows when what was waited for is there.
 *
 * The head says what is played (before the first act):
 *	scenario NAME | seed N | speed X | start "now" or YYYY-MM-DD HH:MM:SS | count N
 *	demo			no server of ours: pipetop --demo
 *	arg WORD | env NAME=VALUE | term NAME
 *	config LINE		of pipetop.conf
 *	sizes ROWSxCOLS ...	where it holds; without it 24x80 30x100 40x130 60x200
 * The acts:
 *	key NAME ...		names of the key table: j PgDn Ctrl+L Esc Shift+Tab
 *	type TEXT		as it stands
 *	resize ROWSxCOLS
 *	wait TEXT | wait-not TEXT	until a row of the screen has it, or none
 *	wait-row N TEXT			until row N has it; -1 is the last
 *	wait-selected TEXT		until what is selected in a pane has it
 *	expect TEXT | expect-not TEXT | expect-row N TEXT | expect-selected TEXT
 *				the same, of this moment
 *	sim METHOD PATH		to the simulator's control path
 *	stop-sim | start-sim	the server goes and returns
 *	save-screen NAME	hands the screen to whoever plays the script
 *	exit STATUS		the program ends, with that
 * TEXT between slashes is an extended regular expression. "narrow:", "middle:" and "wide:"
 * before an act (also "middle,wide:") keep it to windows below 100, 130, or from 130 columns.
 * A script that does not end in `exit` is left by Ctrl+C, which must give status 0.
 */
#include "stage.h"

struct keyscript; /* opaque */

/* A mistake in the script fails the test with its line. */
struct keyscript *keyscript_read(const char *path);
void keyscript_free(struct keyscript *k);
/* The nth size, from 0; false when there is none. */
bool keyscript_size(const struct keyscript *k, int nth, int *rows, int *cols);

/* What `save-screen NAME` does; may be NULL. */
typedef void keyscript_save(void *arg, const char *name, struct stage *s);

/*
 * Plays all of it. False when something did not come: the line, what was awaited and the
 * screen are then in `complaint`.
 */
bool keyscript_play(const struct keyscript *k, int rows, int cols, keyscript_save *save, void *arg,
		    struct buf *complaint);

/* The bytes that a terminal sends for a key of the table; false for a name it does not know. */
bool keyscript_bytes(const char *key, struct buf *out);

#endif
