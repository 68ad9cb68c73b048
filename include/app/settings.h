/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SETTINGS_H
#define PIPETOP_APP_SETTINGS_H

/*
 * Every setting, in one table: the configuration file, `:set` and its completion, and the
 * manual pipetop-config(5) go by it. The values are plain data; texts and lists are owned.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/notices.h"
#include "core/buf.h"
#include "core/err.h"

enum setting_id {
	SET_PROFILE,
	SET_ENDPOINT,
	SET_IAM_ENDPOINT,
	SET_REGION,
	SET_PROJECTS,
	SET_TENANT,
	SET_IAM_PROJECT,
	SET_DOMAIN,
	SET_USER,
	SET_TOKEN_COMMAND,
	SET_AKSK_COMMAND,
	SET_TOKEN_FILE,
	SET_KEY_PAIR,
	SET_CA_FILE,
	SET_TIME_OFFSET,
	SET_READ_ONLY,
	SET_REQUESTS_PER_MINUTE,
	SET_LOG_PAGES_PER_SECOND,
	SET_INTERVAL,
	SET_SPOOL_MAX,
	SET_CACHE_MAX,
	SET_THEME,
	SET_MOUSE,
	SET_AMBIGUOUS,
	SET_BELL,
	SET_NOTIFY,
	SET_NOTIFY_ON,
	SET_NOTIFY_FOR,
	SET_NOTIFY_PIPELINES,
	SET_ON_FINISH,
	SET_ON_FAIL,
	SET_ON_GATE,
	SET_HOOK_TIMEOUT,
	SETTINGS
};

/* Where a value comes from. */
enum setting_from {
	FROM_DEFAULT,
	FROM_FILE,	  /* outside its profiles */
	FROM_PROFILE,	  /* the profile in force */
	FROM_ENVIRONMENT, /* `name` is the variable */
	FROM_OPTION,	  /* `name` is the option, "--theme" */
	FROM_SET,	  /* `:set` */
	FROM_OTHER,	  /* follows from something else: `name` says what */
};

struct setting_origin {
	enum setting_from from;
	unsigned line;	  /* in the configuration file; 0: none */
	const char *name; /* static; NULL: none */
};

struct settings {
	char *profile; /* texts and lists: NULL when nothing is set; lists end with NULL */
	char *endpoint, *iam_endpoint, *region;
	char **projects;
	char *tenant, *iam_project, *domain, *user, *token_file, *ca_file;
	char **token_command, **aksk_command;
	int64_t key_pair; /* enum setting_key_pair */
	int64_t time_offset_s; /* of the service's zone-less times, east of UTC */
	bool read_only;
	int64_t requests_per_minute, log_pages_per_second; /* 0: no limit */
	double interval; /* factor of the polling periods */
	int64_t spool_max; /* bytes of one log on disk */
	int64_t cache_max; /* bytes of what is kept between runs */
	char *theme;
	bool mouse;
	int64_t ambiguous; /* 0 narrow, 1 wide */
	bool bell, notify;
	uint64_t notify_on;  /* 1u << enum change_kind */
	int64_t notify_for; /* enum notice_scope */
	char **notify_pipelines;
	char **hooks[NOTICE_HOOKS]; /* argv */
	int64_t hook_timeout_s;
	uint64_t given; /* 1 << enum setting_id: said by somebody, no default */
	struct setting_origin origins[SETTINGS];
};

enum setting_key_pair { KEY_PAIR_SIGN, KEY_PAIR_EXCHANGE };

enum setting_kind {
	SETTING_FLAG,	/* bool: true or false */
	SETTING_WORD,	/* int64_t: which of `words` */
	SETTING_SET,	/* uint64_t: a bit for each of `words`; a list of them */
	SETTING_COUNT,	/* int64_t within least and most */
	SETTING_FACTOR, /* double within least and most */
	SETTING_SIZE,	/* int64_t bytes within least and most: "512M", "4G" */
	SETTING_OFFSET, /* int64_t seconds: "+08:00", "UTC" */
	SETTING_TEXT,	/* char * */
	SETTING_LIST,	/* char **: a list of texts */
	SETTING_ARGV,	/* char **: a program and its arguments */
};

enum setting_where {
	SETTING_IN_PROFILE = 1, /* a profile may say it */
	SETTING_LIVE = 2,	/* `:set` may change it in a running dashboard */
};

struct setting {
	const char *name;
	enum setting_kind kind;
	unsigned where; /* enum setting_where bits */
	size_t offset;	/* in struct settings */
	const char *const *words; /* NULL-terminated, of WORD and SET */
	double least, most;
	bool (*check)(const char *text, struct err *err); /* of a text or each of a list; may be NULL */
	const char *fallback; /* as setting_put takes it; "" for none */
	const char *help;     /* translatable */
};

/* SETTINGS rows, by enum setting_id. */
const struct setting *settings_table(void);
/* NULL when there is none of that name. */
const struct setting *setting_find(const char *name);
/* "true or false", "narrow or wide", "a number from 0 to 1000": what a setting takes. */
void setting_accepts(const struct setting *row, struct buf *out);
/* "NAME takes ..., not 'TEXT'", where TEXT may be anything. Returns false. */
bool setting_refuse(const struct setting *row, const char *text, struct err *err);

void settings_init(struct settings *s); /* the defaults, nothing given */
void settings_done(struct settings *s);
void settings_copy(struct settings *to, const struct settings *from); /* `to` is raw memory */
/*
 * What `over` was given takes the place of what `s` has. Endpoint and region are one thing said in
 * two ways, and so are the three sources of credentials: the nearer one drops the farther ones.
 */
void settings_cover(struct settings *s, const struct settings *over);

/*
 * Takes a value as a person types it; lists are separated by commas, the words of a command by
 * blanks, "" empties what may be empty. On failure the sentence says what would be taken, and
 * nothing has changed.
 */
bool setting_put(struct settings *s, const struct setting *row, const char *text, struct err *err);
/* The same for LIST, SET and ARGV from n separate texts. */
bool setting_put_list(struct settings *s, const struct setting *row, const char *const *texts, size_t n,
		      struct err *err);
/* The value was given, by whom. */
void setting_from(struct settings *s, enum setting_id id, enum setting_from from, unsigned line, const char *name);
/* Appends the value as setting_put would take it. */
void setting_show(const struct settings *s, const struct setting *row, struct buf *out);
static inline bool setting_given(const struct settings *s, enum setting_id id)
{
	return s->given >> id & 1;
}

/*
 * The line of `:set`. "NAME VALUE" or "NAME=VALUE" changes what a running dashboard can
 * change; "NAME" alone asks; both put "NAME = VALUE" into `said`. *row is the setting.
 */
bool settings_line(struct settings *s, const char *line, const struct setting **row, struct buf *said,
		   struct err *err);
/*
 * What may follow `:set `, for completion: names, and "NAME VALUE" where the values are few. NULL
 * past the last.
 */
const char *settings_word(size_t i);

/* "NAME is not known" with what was perhaps meant; `in_profile`: among those. Returns false. */
bool setting_unknown(const char *name, bool in_profile, struct err *err);

/* What the notices and hooks go by; replaces what `config` holds but its rules. */
void settings_notices(const struct settings *s, struct notice_config *config);

#endif
