/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_CONFIG_H
#define PIPETOP_APP_CONFIG_H

/*
 * The configuration file, read whole or refused with a sentence that names file, line, setting and
 * what would be taken. A setting that is not known is passed by with a warning, but
 * a slip of read_only stops. What the settings are is said in app/settings.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/settings.h"
#include "core/err.h"
#include "log/errors.h"

struct keymap; /* ui/keymap.h */

#define CONFIG_FILE_MAX (256u << 10) /* bytes */
#define CONFIG_WARNINGS 20

/* profiles: { NAME: { ... }; }; */
struct config_profile {
	char *name;
	struct settings settings; /* what the profile itself gives */
};

/* All of it is owned; plain data. */
struct config {
	char *path; /* the file's, also when it is not there; NULL: no home to have one in */
	bool found; /* there was a file */
	char **warnings; /* settings that are not known, each a sentence; the first CONFIG_WARNINGS */
	size_t n_warnings;
	struct settings settings;
	struct config_profile *profiles;
	size_t n_profiles;
	struct notice_rule *hooks; /* hooks: ( { pipeline = "deploy-*"; on_fail = [ ... ]; } ); */
	size_t n_hooks;
	struct error_list errors; /* errors: ( { pattern = "E-[0-9]+"; weak = true; } ); */
	struct keymap *keys; /* the keys in force */
};

/*
 * Reads `path`, which has to be there, or with NULL $XDG_CONFIG_HOME/pipetop/pipetop.conf, which need
 * not. On failure `c` is still to be released.
 */
bool config_load(struct config *c, const char *path, struct err *err);
/* The same from text; `path` is for the sentences. */
bool config_load_text(struct config *c, const char *path, const char *text, struct err *err);
void config_done(struct config *c);

/* What notices and hooks go by: `s` are the settings in force, the rules are the file's. */
void config_notices(const struct config *c, const struct settings *s, struct notice_config *out);

/* The profile of that name; NULL with the names there are in the sentence. */
const struct config_profile *config_profile(const struct config *c, const char *name, struct err *err);

#endif
