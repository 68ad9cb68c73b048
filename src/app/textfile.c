/* SPDX-License-Identifier: MIT */
/*
 * A path of the operator's may name anything: a device without end, a pipe that nobody
 * writes to, a gigabyte. What is read is checked on the open descriptor and has a ceiling.
 */
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"

#define SHORT_MAX 70
#define LOCK_TRIES 40
#define LOCK_WAIT_MS 5

const char *textfile_short(const char *path)
{
	size_t len = strlen(path);

	return len > SHORT_MAX ? path + len - SHORT_MAX : path;
}

static bool failed(const char *path, struct err *err)
{
	return err_set(err, errno == ENOENT ? ERR_INPUT : ERR_IO, errno, "%s: %s", textfile_short(path),
		       strerror(errno));
}

static bool read_text(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
	size_t before = out->len;
	struct stat st;
	ssize_t n;
	char *room;

	if (fstat(fd, &st) != 0)
		return failed(path, err);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, 0, _("%s is not a regular file"), textfile_short(path));
	do {
		room = buf_room(out, 4096);
		n = room ? read(fd, room, 4096) : 0;
		if (n > 0)
			buf_seal(out, (size_t)n);
	} while (room && out->len - before <= max && (n > 0 || (n < 0 && errno == EINTR)));
	if (n < 0)
		return failed(path, err);
	if (!room || out->len - before > max)
		return err_set(err, ERR_INPUT, 0, _("%s is larger than %zu KiB"), textfile_short(path), max >> 10);
	if (memchr(out->data + before, '\0', out->len - before))
		return err_set(err, ERR_INPUT, 0, _("%s is not text: it has a NUL byte"), textfile_short(path));
	return true;
}

bool textfile_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	/* NONBLOCK: opening a FIFO must not wait for its writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return failed(path, err);
	ok = read_text(fd, path, max, out, err);
	close(fd);
	return ok;
}

static bool write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			return false;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

/* The name is on the disk when its directory is; where that cannot be, it is there for now. */
static void sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? mem_strndup(path, (size_t)(slash - path)) : mem_strdup(".");
	int fd = open(*dir ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	mem_free(dir);
}

bool textfile_write(const char *path, const char *text, size_t len, struct err *err)
{
	struct buf beside;
	bool ok;
	int fd;

	buf_init(&beside, BUF_MAX);
	buf_addf(&beside, "%s.XXXXXX", path);
	fd = mkostemp(beside.data, O_CLOEXEC); /* mode 0600 */
	ok = fd >= 0 && write_all(fd, text, len) && rename(beside.data, path) == 0;
	if (!ok) {
		failed(path, err);
		if (fd >= 0)
			unlink(beside.data);
	} else {
		sync_directory(path);
	}
	if (fd >= 0)
		close(fd);
	buf_done(&beside);
	return ok;
}

bool textfile_make_dir(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? mem_strndup(path, (size_t)(slash - path)) : NULL;
	bool ok = !dir || !*dir || path_make_dir(dir, err);

	mem_free(dir);
	return ok;
}

int textfile_lock(const char *path, struct err *err)
{
	struct buf name;
	int fd, tries;
	bool locked = false;

	buf_init(&name, BUF_MAX);
	buf_addf(&name, "%s.lock", path);
	fd = open(name.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	for (tries = 0; fd >= 0 && !locked && tries < LOCK_TRIES; tries++) {
		locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
		if (!locked)
			poll(NULL, 0, LOCK_WAIT_MS);
	}
	if (fd < 0)
		err_set(err, ERR_IO, errno, "%s: %s", textfile_short(name.data), strerror(errno));
	else if (!locked)
		err_set(err, ERR_IO, EAGAIN, _("%s is held by another pipetop"), textfile_short(name.data));
	buf_done(&name);
	if (fd >= 0 && !locked) {
		close(fd);
		fd = -1;
	}
	return fd;
}
