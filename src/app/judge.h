/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_JUDGE_H
#define PIPETOP_APP_JUDGE_H

/*
 * The verdicts of `doctor`: each function looks at facts that others have gathered and adds what it
 * thinks of them. Pure: no files, no network, no clock, no environment.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "finding.h"
#include "net/probe.h"

/* ---- files ---- */

struct judge_file {
	const char *path;
	int error;	 /* errno of lstat; 0: `st` holds */
	struct stat st;
	bool folder_open; /* everybody may put another file in its place */
	unsigned uid;	 /* ours */
};

/* Nobody else may change what we do. */
void judge_config_file(struct findings *f, const struct judge_file *file);
/* Nobody else may read it, or put another in its place (reliability.md 4.1). */
void judge_secret_file(struct findings *f, const struct judge_file *file);

struct judge_folder {
	const char *path; /* NULL: no home to have it in */
	int error;
	struct stat st;
	bool writable;
	int64_t free_bytes; /* -1: not known */
	int64_t wanted_bytes; /* what may be put there; 0: little */
	unsigned uid;
};
void judge_folder(struct findings *f, const struct judge_folder *folder);

/* ---- the way to a service ---- */

struct judge_way {
	const char *host;
	int port;
	bool tls, loopback;
	bool number;	  /* the host is an address */
	const char *variable; /* of the proxy in force: "https_proxy"; NULL: none */
	const char *proxy;    /* its value, masked */
	const char *bypass;   /* why that proxy is not used; NULL: it is */
	const char *ca_file;  /* NULL: the system's */
	const struct probe_lookup *lookup;
	const struct probe_transfer *transfer;
	int64_t wall_ms;
};

static inline bool judge_proxied(const struct judge_way *way)
{
	return way->variable && !way->bypass;
}

void judge_names(struct findings *f, const struct judge_way *way);
void judge_proxy(struct findings *f, const struct judge_way *way);
void judge_connection(struct findings *f, const struct judge_way *way);
void judge_tls(struct findings *f, const struct judge_way *way);
void judge_answer(struct findings *f, const struct judge_way *way);
void judge_latency(struct findings *f, const struct judge_way *way);

/* The certificates of `ca_file`: what its text (NULL: unreadable, err) holds. */
void judge_ca_file(struct findings *f, const char *path, const char *text, const struct err *err);

/* ---- time ---- */

struct judge_clock {
	int64_t server_ms, wall_ms; /* at one moment; server WHEN_NONE: it said none */
	bool keys;		    /* requests are signed, with the time in them */
	bool demo;
};
void judge_clock(struct findings *f, const struct judge_clock *clock);
/* Our clock against the date of the program's own file. */
void judge_build(struct findings *f, int64_t wall_ms, int64_t build_ms);

/* ---- rights ---- */

struct judge_right {
	const char *what;  /* "project 1234...": whose, or "" */
	const char *mend;  /* of a 403 */
	bool needed;	   /* false: the rest works without */
	bool regional; /* not every region has it */
	bool asked;	   /* false: there was nothing to ask about, `why` says */
	const char *why;
	struct err err;	   /* ERR_NONE: permitted */
	const char *found; /* "12 pipelines" */
	bool empty;	   /* permitted, but there is nothing, which may mean that it is not */
	int64_t took_ms;
};
void judge_right(struct findings *f, const struct judge_right *right);

/* ---- terminal ---- */

struct judge_terminal {
	bool tty;	   /* standard input and output are a terminal */
	const char *term;  /* $TERM; NULL: unset */
	bool found, fit;   /* its entry */
	int colours;
	bool no_color;
	const char *locale;  /* as the environment says it: "LANG=de_DE.UTF-8" */
	bool utf8, locale_taken; /* in force; the system has it */
	bool wide;	     /* ambiguous = wide */
	int rows, cols;	     /* 0: not known */
	bool tmux, screen;   /* around us */
	const char *escdelay; /* $ESCDELAY; NULL: unset */
};
void judge_term(struct findings *f, const struct judge_terminal *t);
void judge_colours(struct findings *f, const struct judge_terminal *t);
void judge_locale(struct findings *f, const struct judge_terminal *t);
void judge_widths(struct findings *f, const struct judge_terminal *t);
void judge_size(struct findings *f, const struct judge_terminal *t);
void judge_multiplexer(struct findings *f, const struct judge_terminal *t);
void judge_escape(struct findings *f, const struct judge_terminal *t);

#endif
