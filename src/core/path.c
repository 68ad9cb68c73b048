/* SPDX-License-Identifier: MIT */
/* Places of files. No directory is searched that another user or a log could choose. */
#include "core/path.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/text.h"

#ifndef PKGDATADIR
#define PKGDATADIR "/usr/local/share/pipetop"
#endif

bool path_self(struct buf *out)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n <= 0)
		return false;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	return slash && buf_add(out, exe, (size_t)(slash - exe));
}

bool path_user(enum path_place place, struct buf *out)
{
	static const struct {
		const char *variable, *fallback;
	} places[] = {
		[PATH_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
		[PATH_STATE] = {"XDG_STATE_HOME", ".local/state"},
		[PATH_CACHE] = {"XDG_CACHE_HOME", ".cache"},
	};
	const char *dir = getenv(places[place].variable), *home = getenv("HOME");

	if (dir && *dir == '/')
		return buf_addf(out, "%s/pipetop", dir);
	if (!home || *home != '/')
		return false;
	return buf_addf(out, "%s/%s/pipetop", home, places[place].fallback);
}

bool path_data_dir(const char *kind, int nth, struct buf *out)
{
	bool there = nth == 0   ? path_user(PATH_CONFIG, out)
		     : nth == 1 ? path_self(out)
		     : nth == 2 ? buf_adds(out, PKGDATADIR)
				: false;

	return there && buf_addf(out, "/%s", kind);
}

bool path_data(const char *kind, const char *name, struct buf *out)
{
	struct buf path;
	bool found = false;
	int i;

	if (text_empty(name) || strchr(name, '/'))
		return false;
	buf_init(&path, BUF_MAX);
	for (i = 0; i < PATH_DATA_DIRS && !found; i++) {
		buf_clear(&path);
		found = path_data_dir(kind, i, &path) && buf_addf(&path, "/%s", name) &&
			access(path.data, R_OK) == 0;
	}
	if (found)
		buf_adds(out, path.data);
	buf_done(&path);
	return found;
}

bool path_make_dir(const char *path, struct err *err)
{
	char *copy = mem_strdup(path), *p = copy;
	bool ok = true;

	while (ok && p) {
		p = strchr(p + 1, '/');
		if (p)
			*p = '\0';
		ok = mkdir(copy, 0700) == 0 || errno == EEXIST;
		if (!ok)
			err_set(err, ERR_IO, errno, "cannot make directory %s: %s", copy, strerror(errno));
		if (p)
			*p = '/';
	}
	mem_free(copy);
	return ok;
}
