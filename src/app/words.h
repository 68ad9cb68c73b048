/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_WORDS_H
#define PIPETOP_APP_WORDS_H

/*
 * The words of the command line in tables: commands, options, variables of the environment, exit
 * statuses. Parsing, --help, the checks of what goes with what, suggestions, completion and the
 * manual all go by them.
 *
 * Two texts in a row: `help`, a line without a full stop for --help, and `about`, whole sentences for
 * the manual; NULL: it says what `help` says. An `about` is plain text. Paragraphs have an empty line
 * between them; `word` in backquotes is to be typed or found as it is; name(1) is another manual;
 * what is in capitals as in `args` and `value` stands for something. usage.h prints it, `make man`
 * makes mdoc of it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/options.h"

struct word_command {
	const char *name;
	const char *args;     /* as --help shows them, translatable; "" for none */
	int least, most;      /* words after the command */
	const char *help;     /* translatable */
	const char *about;    /* translatable */
	/* What words and options have to go together beyond the tables; NULL: nothing. */
	bool (*check)(const struct options *o, struct err *err);
};

/* How an option's value gets into struct options. */
enum word_kind {
	WORD_FLAG,   /* bool = true */
	WORD_TEXT,   /* char *, owned; must not be empty */
	WORD_LIST,   /* char **, comma-separated and repeatable; the count is at `offset2` */
	WORD_COUNT,  /* int64_t >= 0 */
	WORD_TIME,   /* int64_t, epoch ms (options_time) */
	WORD_CALL,   /* `set` does it */
};

struct word_option {
	const char *name; /* without the dashes */
	char letter;	  /* 0: none */
	/*
	 * What --help calls it; NULL: takes none; "[...]": may be left out. FILE is completed as
	 * one, and words in small letters, "v5|v3", as what they are.
	 */
	const char *value;
	const char *commands; /* " logs runs ": the only ones it goes with; NULL: everywhere */
	enum word_kind kind;
	size_t offset, offset2;
	bool (*set)(struct options *o, const char *value, struct err *err);
	const char *help;
	const char *about;
};

struct word_variable {
	const char *names; /* with blanks between them, where one text is for several */
	const char *help;  /* NULL: only the manual has it */
	const char *about;
};

struct word_status {
	const char *status;
	const char *commands; /* as of options; NULL: all */
	const char *help;
	const char *about;
};

const struct word_command *word_commands(size_t *n);
const struct word_option *word_options(size_t *n);
const struct word_variable *word_variables(size_t *n);
const struct word_status *word_statuses(size_t *n);
/* What may stand for PIPELINE and RUN; marked up as an `about`. */
const char *words_selectors(void);

/* NULL when there is none of that name. */
const struct word_command *word_command(const char *name);
/* Is `command` (NULL: the dashboard) in a list of commands as it stands in the tables? */
bool word_among(const char *list, const char *command);
/* What --sort takes with a command, ended by NULL; NULL: it takes none. */
const char *const *word_sort_keys(const char *command, bool v3);
/* Comma-separated pieces, appended to an array of strings; empty pieces are left out. */
void word_split(const char *text, char ***list, size_t *n);

#endif
