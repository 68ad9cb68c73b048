/* SPDX-License-Identifier: MIT */
/*
 * The directory is made by mkdtemp, so that it is new and ours, and its name has the number
 * of the process that made it: a later pipetop sees by that whether it is still in use.
 */
#include "privatefile.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"

#define PREFIX "view-"

/* The n-th directory that private directories may be made in; false: there is no such. */
static bool base(int n, struct buf *out)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (n == 0)
		return path_user(PATH_CACHE, out);
	return runtime && *runtime == '/' && buf_addf(out, "%s/pipetop", runtime);
}

static bool make_in(int n, struct buf *dir, struct err *err)
{
	if (!base(n, dir))
		return err_set(err, ERR_IO, 0, _("no place for a private copy: set HOME or XDG_CACHE_HOME"));
	if (!path_make_dir(dir->data, err))
		return false;
	buf_addf(dir, "/" PREFIX "%ld-XXXXXX", (long)getpid());
	if (mkdtemp(dir->data))
		return true;
	return err_set(err, ERR_IO, errno, _("no place for a private copy: %.120s: %s"), dir->data,
		       strerror(errno));
}

bool privatefile_make(const char *name, struct buf *path, struct err *err)
{
	struct err first = {0};
	struct buf dir;
	bool ok;

	buf_init(&dir, BUF_MAX);
	ok = make_in(0, &dir, &first);
	if (!ok) {
		buf_clear(&dir);
		ok = make_in(1, &dir, NULL);
	}
	if (ok)
		buf_addf(path, "%s/%s", dir.data, name);
	else
		err_set(err, first.kind, first.code, "%s", first.text);
	buf_done(&dir);
	return ok;
}

/* Files only: nobody makes directories in there, and what is a link is removed as one. */
static void remove_dir(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

void privatefile_remove(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = mem_strndup(path, slash ? (size_t)(slash - path) : 0);

	if (*dir)
		remove_dir(dir);
	mem_free(dir);
}

/* Made by a process that is no more. */
static bool is_left(const char *name)
{
	long pid;

	return text_starts(name, PREFIX) && sscanf(name + strlen(PREFIX), "%ld-", &pid) == 1 && pid > 0 &&
	       kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void sweep_in(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	struct buf left;

	buf_init(&left, BUF_MAX);
	while (dir && (entry = readdir(dir)) != NULL) {
		if (!is_left(entry->d_name))
			continue;
		buf_clear(&left);
		buf_addf(&left, "%s/%s", path, entry->d_name);
		remove_dir(left.data);
	}
	if (dir)
		closedir(dir);
	buf_done(&left);
}

void privatefile_sweep(void)
{
	struct buf path;
	int n;

	for (n = 0; n < 2; n++) {
		buf_init(&path, BUF_MAX);
		if (base(n, &path))
			sweep_in(path.data);
		buf_done(&path);
	}
}
