/* SPDX-License-Identifier: MIT */
/*
 * What a child may know. Secrets that the program reads are taken out of the environment at
 * its start (secret.h); this is the second line, for those it had no use for: a hook that
 * posts to a chat must not be able to sign in. Other people's variables are the operator's
 * own to give.
 */
#include "childenv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/spawn.h"
#include "argv.h"
#include "core/mem.h"
#include "core/text.h"

static bool ends_with(const char *name, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(name + len - n, end, n) == 0;
}

/* Variables of this program and of the provider's own tools. */
static bool is_ours(const char *name)
{
	static const char *const prefixes[] = {"PIPETOP_", "HUAWEICLOUD_", "HUAWEI_", "HW_", "OS_"};
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (text_starts(name, prefixes[i]))
			return true;
	return false;
}

bool spawn_secret(const char *name, size_t len)
{
	static const char *const ends[] = {"TOKEN", "PASSWORD", "SECRET", "_AK", "_SK", "_KEY"};
	size_t i;

	if (ends_with(name, len, "_SK") || (len == 13 && memcmp(name, "SSLKEYLOGFILE", len) == 0))
		return true;
	for (i = 0; is_ours(name) && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(name, len, ends[i]))
			return true;
	return false;
}

static size_t name_len(const char *variable)
{
	return strcspn(variable, "=");
}

static bool replaced(const char *variable, const char *const *extra)
{
	size_t i, len = name_len(variable) + 1;

	for (i = 0; extra && extra[i]; i++)
		if (strncmp(extra[i], variable, len) == 0)
			return true;
	return false;
}

char **childenv_new(const char *const *extra)
{
	size_t i, n = 0, most = argv_count((const char *const *)environ) + argv_count(extra);
	char **env = mem_calloc(most + 1, sizeof(*env));

	for (i = 0; environ && environ[i]; i++)
		if (!spawn_secret(environ[i], name_len(environ[i])) && !replaced(environ[i], extra))
			env[n++] = mem_strdup(environ[i]);
	for (i = 0; extra && extra[i]; i++)
		env[n++] = mem_strdup(extra[i]);
	return env;
}
