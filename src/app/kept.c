/* SPDX-License-Identifier: MIT */
/*
 * The file is a token file as any other, so that everything that guards those guards this one:
 * the token on the first line, and what belongs to it on lines that begin with '#'. Whose it is
 * stands beside it, because a token is sent to the one service that it was got for and to no other.
 */
#include "kept.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "secret.h"
#include "textfile.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define NAME_MAX_LEN 100
#define CLOCK_MAX_MS (INT64_C(100) * 365 * 86400000)

bool kept_path(const char *profile, struct buf *out, struct err *err)
{
	size_t len = profile ? strlen(profile) : 0;

	if (len > NAME_MAX_LEN || (profile && strspn(profile, NAME_CHARACTERS) != len))
		return err_set(err, ERR_INPUT, 0,
			       _("profile '%.40s': a token is kept for names of letters, digits, - and _ alone"),
			       profile);
	if (!path_user(PATH_STATE, out))
		return err_set(err, ERR_IO, 0, _("no place to keep a token: set HOME or XDG_STATE_HOME"));
	buf_addf(out, "/token%s%s", profile ? "-" : "", text_or_empty(profile));
	return true;
}

/* ---- the lines below the token ---- */

static const struct {
	const char *name;
	size_t offset; /* of a char * */
} notes[] = {
	{"endpoint", offsetof(struct kept, endpoint)},
	{"user", offsetof(struct kept, user)},
	{"account", offsetof(struct kept, account)},
	{"account_id", offsetof(struct kept, account_id)},
};
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static char **note_at(struct kept *kept, size_t i)
{
	return (char **)(void *)((char *)kept + notes[i].offset);
}

/* "# name: value" */
static void take_note(struct kept *kept, char *line)
{
	char *name = line + strspn(line, "# "), *colon = strstr(name, ": ");
	size_t i;

	if (!colon)
		return;
	*colon = '\0';
	if (strcmp(name, "expires") == 0)
		kept->expires_ms = when_parse_iso(colon + 2);
	if (strcmp(name, "clock") == 0 &&
	    (!text_int(colon + 2, &kept->clock_ms) || kept->clock_ms > CLOCK_MAX_MS || kept->clock_ms < -CLOCK_MAX_MS))
		kept->clock_ms = 0;
	for (i = 0; i < COUNT_OF(notes); i++)
		if (strcmp(name, notes[i].name) == 0) {
			mem_free(*note_at(kept, i));
			*note_at(kept, i) = mem_strdup(colon + 2);
		}
}

bool kept_read(const char *path, struct kept *kept, struct err *err)
{
	struct buf lines;
	char *save = NULL, *line, *token = NULL;
	bool ok;

	memset(kept, 0, sizeof(*kept));
	kept->expires_ms = WHEN_NONE;
	buf_init(&lines, SECRET_FILE_MAX);
	ok = secret_read_noted(path, &token, &lines, err);
	kept->token = vault_take(token);
	for (line = strtok_r(lines.data, "\n", &save); ok && line; line = strtok_r(NULL, "\n", &save))
		take_note(kept, line);
	buf_done(&lines);
	return ok;
}

bool kept_serves(const struct kept *kept, const char *endpoint, const char *mend, int64_t now_ms,
		 struct err *why)
{
	char age[16];

	if (!text_same(kept->endpoint, endpoint))
		return err_set(why, ERR_AUTH, 0, _("the token kept by pipetop login is for %.70s: %s"),
			       kept->endpoint ? kept->endpoint : _("no service"), mend);
	/*
	 * Our clock may be wrong by a day, or have been when the token was kept: only where both ways of
	 * reckoning agree it is over. Else the service decides.
	 */
	if (kept->expires_ms == WHEN_NONE || kept->expires_ms > now_ms ||
	    kept->expires_ms > now_ms + kept->clock_ms)
		return true;
	when_age(now_ms - kept->expires_ms, age, sizeof(age));
	return err_set(why, ERR_AUTH, 0, _("the token kept by pipetop login expired %s ago: %s"), age, mend);
}

/* A line of ours stays one, whatever a server calls its users. */
static void add_note(struct buf *text, const char *name, const char *value)
{
	const char *p;

	if (text_empty(value))
		return;
	buf_addf(text, "# %s: ", name);
	for (p = value; *p; p++)
		buf_addc(text, (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p);
	buf_addc(text, '\n');
}

static bool make_directory(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = mem_strndup(path, (size_t)(slash - path));
	bool ok = path_make_dir(dir, err);

	if (ok)
		(void)chmod(dir, 0700);
	mem_free(dir);
	return ok;
}

bool kept_write(const char *path, const struct kept *kept, struct err *err)
{
	char expires[40];
	struct buf text;
	size_t i;
	bool ok;

	if (!make_directory(path, err))
		return false;
	buf_init(&text, 2 * SECRET_FILE_MAX);
	buf_room(&text, SECRET_FILE_MAX); /* so that growing leaves no copies behind */
	buf_addf(&text, "%s\n", kept->token);
	for (i = 0; i < COUNT_OF(notes); i++)
		add_note(&text, notes[i].name, *(char *const *)(const void *)((const char *)kept + notes[i].offset));
	if (kept->expires_ms != WHEN_NONE) {
		when_rfc3339(kept->expires_ms, expires, sizeof(expires));
		add_note(&text, "expires", expires);
		snprintf(expires, sizeof(expires), "%lld", (long long)kept->clock_ms);
		add_note(&text, "clock", expires);
	}
	ok = textfile_write(path, text.data, text.len, err);
	explicit_bzero(text.data, text.len);
	buf_done(&text);
	return ok;
}

void kept_done(struct kept *kept)
{
	size_t i;

	vault_drop(kept->token);
	for (i = 0; i < COUNT_OF(notes); i++)
		mem_free(*note_at(kept, i));
	memset(kept, 0, sizeof(*kept));
}
