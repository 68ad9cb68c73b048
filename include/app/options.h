/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_OPTIONS_H
#define PIPETOP_APP_OPTIONS_H

/*
 * What the command line, the environment and the configuration file say, as plain data.
 * Precedence: option, environment, file, default. A mistake is one sentence that names the thing
 * and the mend.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "app/config.h"
#include "app/identity.h"
#include "core/err.h"

/* Exit statuses of ux.md. */
enum exit_status {
	EXIT_OK = 0,
	EXIT_RUN_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NETWORK = 3,
	EXIT_SIGN_IN = 4,
	EXIT_STOPPED = 5,
	EXIT_WAITS = 6,
	EXIT_INTERNAL = 7,
};

struct debuglog;

enum want_json { JSON_NONE, JSON_ARRAY, JSON_LINES };
enum want_colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

enum want_flag { FLAG_UNSAID, FLAG_NO, FLAG_YES };

/* What the options of single commands ask for (`pipelines`, `runs`, `show`, `logs`). */
struct want {
	char *name, *outcome, *creator;
	char **status;
	size_t n_status;
	char *sort;	 /* the server's key; NULL: its default */
	bool descending;
	int64_t limit;	 /* rows; -1: the command's default */
	bool all;
	int64_t since_ms, until_ms; /* WHEN_NONE: open */
	char *stage, *job, *step;
	bool follow, failed, raw, clean, quiet, through_gates;
	char **stages, **jobs; /* run: names */
	size_t n_stages, n_jobs;
	char *tag; /* run */
	bool defaults, watch; /* run */
	bool forget; /* login */
	bool yes;    /* what changes something does not ask */
	char **params; /* run, templates: "NAME=VALUE" as said */
	size_t n_params;
	char *branch; /* run, templates */
	char *git_url, *git_type, *source_file;
	char *language, *description, *definition_file, *file; /* templates */
	bool system, custom, favourites, off;
	int64_t tail;	 /* lines; -1: all */
	enum want_colour colour;
	enum want_json json;
};

/* What the options are made of, in this order. */
enum options_part {
	OPTIONS_FILE,
	OPTIONS_PROFILE,
	OPTIONS_ENVIRONMENT,
	OPTIONS_SAID, /* the command line's settings, and other programs' variables */
	OPTIONS_SERVICE,
	OPTIONS_IDENTITY, /* for login, doctor and config: see identity.why */
	OPTIONS_PARTS
};

struct options {
	char *endpoint;		/* base URL; NULL: not given */
	char **projects;
	size_t n_projects;
	struct identity identity; /* options_done erases it */
	char *iam_scope;	/* name of the IAM project that a token is for: the region; NULL: not known */
	char *theme;		/* "default" */
	char *scenario;		/* of --demo */
	bool demo;
	bool read_only;
	bool v3;		/* --api v3 */
	bool no_cache;
	char *debug_file;	/* --debug */
	struct debuglog *debuglog; /* that file, opened and closed by main; NULL: none */
	bool ambiguous_wide;	/* in force */
	bool timeout_said;	/* by the option */
	int64_t timeout_ms;	/* of commands: how long failures are retried; default 120 s */
	char **args;		/* the command and what follows it; none: the dashboard */
	int n_args;
	int zone_offset_s;
	bool help, version;
	char *token_file;
	char *tenant;
	char *region;
	char *config_file; /* --config; NULL: the default one */
	char *profile;	   /* in force; NULL: none */
	char *view;	   /* the saved view to begin with; NULL: as it was left */
	enum want_flag mouse, ambiguous; /* as options say; settings has what holds */
	bool read_only_said;		 /* by the option */
	struct config config;	  /* the file */
	struct settings settings; /* in force at the start, options and environment included */
	struct want want;
	/*
	 * For a command that is there to tell what is wrong (doctor), a mistake in one of the parts is no
	 * failure of options_read: it is kept here, and the rest is as if that part said nothing.
	 */
	bool lenient;
	struct err mistakes[OPTIONS_PARTS]; /* ERR_NONE: none */
};

/*
 * Reads argv and environ; secrets are removed from environ, also on failure. On failure `o` is
 * still to be released. For login, doctor and config unfit credentials are none: they are in
 * o->identity.why. The command and the number of its words have been checked.
 */
bool options_read(struct options *o, int argc, char **argv, struct err *err);
void options_done(struct options *o);

/*
 * Another profile of the file, as `:profile` wants it (NULL or "": none). Place and credentials
 * are then the file's alone, whatever was said at the start: a token never goes to a service that
 * it was not given for. On failure `o` is as it was.
 */
bool options_profile(struct options *o, const char *name, struct err *err);

/* As if --demo had been said: of what was said and set only the looks stay. demo_start comes next. */
void options_demo(struct options *o);

/* Every command and option, from the one table that options_read goes by; or all about `command`, if it is one. */
void options_help(FILE *out, const char *command);

/*
 * A time as a person types it: RFC 3339, "YYYY-MM-DD[ HH:MM[:SS]]" in the local zone, or
 * how long ago: "90s", "30m", "2h", "7d". False when it is none of these.
 */
bool options_time(const char *text, int64_t now_ms, int64_t *ms);

/* Is everything set that the dashboard needs? If not, the sentence says all that is to be set. */
bool options_dashboard(const struct options *o, struct err *err);

/*
 * Appends where a log is kept, in a file without a name, while it is read: our cache directory, or
 * with --no-cache one for temporary files, so that none of ours is left.
 */
void options_spool_dir(const struct options *o, struct buf *dir);

/* The exit status that a failure has (ux.md). */
enum exit_status options_exit_status(const struct err *err);

/*
 * --demo: starts pipetop-sim (beside the binary, else from PATH) on a free loopback port as a
 * child that ends with us, and points the options at it.
 */
struct demo; /* opaque */
struct demo *demo_start(struct options *o, struct err *err);
void demo_free(struct demo *demo); /* takes the simulator down; NULL is fine */

#endif
