/* SPDX-License-Identifier: MIT */
/*
 * Secrets on their way in. A token is worth what its owner may do, so a source that
 * others could have read or written is refused with the command that mends it, rather
 * than used with a warning nobody reads. The checks are made on the open descriptor, never on
 * the name, so that nothing can be swapped between looking and reading.
 */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"

bool secret_check(const char *token, const char *where, struct err *err)
{
	const char *p;

	for (p = token; *p; p++)
		if (*p < 0x21 || *p > 0x7e)
			return err_set(err, ERR_INPUT, 0,
				       _("%s holds a blank, a line break or a character that no token has: "
					 "give the bare token on one line"),
				       where);
	return true;
}

void secret_erase(char *token)
{
	if (token)
		explicit_bzero(token, strlen(token));
	mem_free(token);
}

char *secret_take_env(const char *name)
{
	char *value = getenv(name), *token;

	if (!value)
		return NULL;
	token = *value ? mem_strdup(value) : NULL;
	explicit_bzero(value, strlen(value));
	unsetenv(name);
	return token;
}

/* Could somebody else put another file in this one's place? A sticky directory guards its files. */
static bool directory_safe(const char *path)
{
	char *copy = mem_strdup(path);
	struct stat st;
	bool safe = stat(dirname(copy), &st) == 0 &&
		    (!(st.st_mode & S_IWOTH) || (st.st_mode & S_ISVTX));

	mem_free(copy);
	return safe;
}

static bool owner_alone(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(err, ERR_INPUT, errno, _("token file %s: %s"), path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, 0,
			       _("token file %s is not a regular file: put the token in a file and "
				 "chmod 600 it"),
			       path);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_INPUT, 0,
			       _("token file %s belongs to another user: make a copy of your own and "
				 "chmod 600 it"),
			       path);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return err_set(err, ERR_INPUT, 0,
			       _("token file %s can be read by others: chmod 600 %s"), path, path);
	if (!directory_safe(path))
		return err_set(err, ERR_INPUT, 0,
			       _("token file %s lies in a directory that everybody may write to: move "
				 "it to one of your own and chmod 600 it"),
			       path);
	if (st.st_size > (off_t)SECRET_FILE_MAX)
		return err_set(err, ERR_INPUT, 0,
			       _("token file %s is larger than 64 KiB: it should hold one token"), path);
	return true;
}

/* Reads at most `size` bytes; the number read, or -1. */
static ssize_t read_all(int fd, char *out, size_t size)
{
	size_t got = 0;
	ssize_t n;

	while (got < size) {
		n = read(fd, out + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

/* Ends the first line; what follows. */
static char *cut_line(char *text)
{
	size_t len = strcspn(text, "\n");
	char *rest = text[len] ? text + len + 1 : text + len;

	text[len] = '\0';
	if (len && text[len - 1] == '\r')
		text[len - 1] = '\0';
	return rest;
}

/* Remarks, a line each, and nothing else? */
static bool only_notes(const char *line)
{
	while (*line == '#') {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return !*line;
}

static bool take_token(char *text, const char *where, char **token, struct buf *notes, struct err *err)
{
	const char *rest = cut_line(text);

	if (!*text && !*rest)
		return err_set(err, ERR_INPUT, 0, _("%s is empty: put the token in it"), where);
	if (!*text || !only_notes(rest))
		return err_set(err, ERR_INPUT, 0,
			       _("%s holds more than a token on one line: below it may stand lines that begin "
				 "with #"),
			       where);
	if (!secret_check(text, where, err))
		return false;
	*token = mem_strdup(text);
	if (notes)
		buf_adds(notes, rest);
	return true;
}

static bool read_token(int fd, const char *path, char **token, struct buf *notes, struct err *err)
{
	char *text = mem_zalloc(SECRET_FILE_MAX + 2), where[128];
	ssize_t n = read_all(fd, text, SECRET_FILE_MAX + 1);
	bool ok = false;

	snprintf(where, sizeof(where), _("token file %.100s"), path);
	if (n < 0)
		err_set(err, ERR_INPUT, errno, "%s: %s", where, strerror(errno));
	else if ((size_t)n > SECRET_FILE_MAX)
		err_set(err, ERR_INPUT, 0, _("%s is larger than 64 KiB: it should hold one token"), where);
	else if (memchr(text, '\0', (size_t)n))
		err_set(err, ERR_INPUT, 0, _("%s holds a NUL byte: give the bare token on one line"), where);
	else
		ok = take_token(text, where, token, notes, err);
	explicit_bzero(text, SECRET_FILE_MAX + 2);
	mem_free(text);
	return ok;
}

bool secret_read_file(const char *path, char **token, struct err *err)
{
	return secret_read_noted(path, token, NULL, err);
}

bool secret_read_noted(const char *path, char **token, struct buf *notes, struct err *err)
{
	/* NONBLOCK: opening a FIFO must not wait for its writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0 && errno == ELOOP)
		return err_set(err, ERR_INPUT, errno,
			       _("token file %s is a symbolic link: name the file itself and "
				 "chmod 600 it"),
			       path);
	if (fd < 0)
		return err_set(err, ERR_INPUT, errno, _("token file %s: %s"), path, strerror(errno));
	ok = owner_alone(fd, path, err) && read_token(fd, path, token, notes, err);
	close(fd);
	return ok;
}
