/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_WORDS_H
#define PIPETOP_APP_WORDS_H

/*
 * The words of the command line: commands and options in two tables. Parsing, --help, the
 * checks of what goes with what, suggestions and the man page's test all read these.
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
	const char *about;    /* the manual's paragraphs, with an empty line between them; NULL: `help` is all */
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
	const char *value; /* what --help calls it; NULL: takes none; "[...]": may be left out */
	const char *commands; /* " logs runs ": the only ones it goes with; NULL: everywhere */
	enum word_kind kind;
	size_t offset, offset2;
	bool (*set)(struct options *o, const char *value, struct err *err);
	const char *help;
	const char *about; /* as above */
};

const struct word_command *word_commands(size_t *n);
const struct word_option *word_options(size_t *n);

/* NULL when there is none of that name. */
const struct word_command *word_command(const char *name);
bool word_goes_with(const struct word_option *option, const char *command);
/* Comma-separated pieces, appended to an array of strings; empty pieces are left out. */
void word_split(const char *text, char ***list, size_t *n);

#endif
