/* SPDX-License-Identifier: MIT */
/*
 * Runs a command on a terminal of its own, types answers to its questions, and prints what is on
 * the screen when it has ended: what a person would see and could have copied from there.
 *
 *	typed [-c COLUMNS] [-r FILE] [-a QUESTION ANSWER]... COMMAND [ARG...]
 *
 * Each answer is typed, with Enter, when its question (without blanks at its end) is on the screen;
 * one that is never asked is an error, status 99. -r also writes the bytes that the command wrote.
 * The exit status is the command's.
 */
#include "test.h"

#include <locale.h>

#include "pty.h"

#define ROWS 400
#define PATIENCE_MS 60000
#define ANSWERS 8
#define STATUS_UNASKED 99

struct act {
	int cols;
	const char *raw;
	const char *questions[ANSWERS], *answers[ANSWERS];
	int n;
};

/* The first word of the command, or NULL for a line that cannot be understood. */
static const char *const *read_words(char **argv, struct act *act)
{
	for (argv++; *argv && **argv == '-'; argv += 2) {
		if (strcmp(*argv, "-c") == 0 && argv[1]) {
			act->cols = atoi(argv[1]);
		} else if (strcmp(*argv, "-r") == 0 && argv[1]) {
			act->raw = argv[1];
		} else if (strcmp(*argv, "-a") == 0 && argv[1] && argv[2] && act->n < ANSWERS) {
			act->questions[act->n] = argv[1];
			act->answers[act->n++] = argv[2];
			argv++;
		} else {
			return NULL;
		}
	}
	return *argv && act->cols > 0 ? (const char *const *)argv : NULL;
}

static bool answer(struct pty *p, const struct act *act)
{
	int i;

	for (i = 0; i < act->n; i++) {
		if (!pty_wait_text(p, act->questions[i], PATIENCE_MS)) {
			fprintf(stderr, "typed: it never asked '%s'\n", act->questions[i]);
			return false;
		}
		pty_keys(p, act->answers[i]);
		pty_keys(p, "\r");
	}
	return true;
}

static void print_screen(struct pty *p)
{
	struct buf screen;

	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	while (screen.len > 1 && screen.data[screen.len - 1] == '\n' && screen.data[screen.len - 2] == '\n')
		buf_truncate(&screen, screen.len - 1);
	if (screen.len > 1)
		fputs(screen.data, stdout);
	buf_done(&screen);
}

static void write_raw(struct pty *p, const char *path)
{
	size_t len;
	const char *raw = pty_raw(p, &len);
	FILE *f = fopen(path, "w");

	if (!f || fwrite(raw, 1, len, f) != len || fclose(f) != 0)
		fail_msg("cannot write %s", path);
}

int main(int argc, char **argv)
{
	struct act act = {.cols = 120};
	const char *const *command = read_words(argv, &act);
	struct pty *p;
	bool asked;
	int status;

	(void)argc;
	setlocale(LC_ALL, "");
	if (!command) {
		fputs("usage: typed [-c COLUMNS] [-r FILE] [-a QUESTION ANSWER]... COMMAND [ARG...]\n", stderr);
		return 2;
	}
	p = pty_start(command, "xterm-256color", ROWS, act.cols, NULL);
	asked = answer(p, &act);
	status = asked ? pty_exit_status(p, PATIENCE_MS) : STATUS_UNASKED;
	print_screen(p);
	if (act.raw)
		write_raw(p, act.raw);
	pty_free(p);
	return status < 0 ? STATUS_UNASKED : status;
}
