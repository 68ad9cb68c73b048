/* SPDX-License-Identifier: MIT */
/*
 * The file is unlinked before it has a byte: whatever happens to us, nothing is left
 * behind, and nobody can cut it under a mapping. Reading maps windows rather than
 * copying (copying a gigabyte costs more than searching it); a window keeps the pages
 * that were asked for and some that follow, and is given up for the next.
 */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"

enum { ALIGN = 1 << 16 };
static const size_t ahead[SPOOL_WINDOWS] = {[SPOOL_LINES] = 1 << 17, [SPOOL_WALK] = 1 << 21};

struct window {
	char *map;
	int64_t offset;
	size_t len;
};

struct spool {
	int fd;
	int64_t end;
	char *dir;
	struct window windows[SPOOL_WINDOWS];
};

static int open_named(const char *dir)
{
	struct buf path;
	int fd;

	buf_init(&path, BUF_MAX);
	buf_addf(&path, "%s/log.XXXXXX", dir);
	fd = mkostemp(path.data, O_CLOEXEC);
	if (fd >= 0)
		unlink(path.data);
	buf_done(&path);
	return fd;
}

static int open_file(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT))
		fd = open_named(dir);
	return fd;
}

struct spool *spool_new(const char *dir, struct err *err)
{
	struct spool *s;
	int fd;

	if (!path_make_dir(dir, err))
		return NULL;
	fd = open_file(dir);
	if (fd < 0) {
		err_set(err, ERR_IO, errno, _("no file for the log can be made in %s: %s"), dir,
			strerror(errno));
		return NULL;
	}
	s = mem_zalloc(sizeof(*s));
	s->fd = fd;
	s->dir = mem_strdup(dir);
	return s;
}

static void window_close(struct window *w)
{
	if (w->map)
		munmap(w->map, w->len);
	w->map = NULL;
}

void spool_free(struct spool *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < SPOOL_WINDOWS; i++)
		window_close(&s->windows[i]);
	close(s->fd);
	mem_free(s->dir);
	mem_free(s);
}

int64_t spool_end(const struct spool *s)
{
	return s->end;
}

static bool write_failed(struct spool *s, int code, struct err *err)
{
	if (ftruncate(s->fd, s->end) != 0 && code == 0)
		code = errno;
	if (code == ENOSPC || code == EDQUOT || code == EFBIG)
		return err_set(err, ERR_IO, code,
			       _("not saved: no space left in %s for the log; free some or set XDG_CACHE_HOME"),
			       s->dir);
	return err_set(err, ERR_IO, code, _("not saved: the log's file in %s: %s"), s->dir, strerror(code));
}

bool spool_add_line(struct spool *s, const char *text, size_t len, struct err *err)
{
	size_t done = 0, all = len + 1;
	char newline = '\n';

	while (done < all) {
		struct iovec parts[2] = {{&newline, 1}, {&newline, 1}};
		int first = done >= len;
		ssize_t n;

		if (!first) {
			parts[0].iov_base = (void *)((uintptr_t)text + done);
			parts[0].iov_len = len - done;
		}
		n = pwritev(s->fd, parts + first, 2 - first, s->end + (int64_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return write_failed(s, n < 0 ? errno : ENOSPC, err);
		done += (size_t)n;
	}
	s->end += (int64_t)all;
	return true;
}

void spool_give_back(struct spool *s, int64_t offset, int64_t len)
{
	/* A file system without holes keeps the bytes; that costs disk and nothing else. */
	if (len > 0)
		(void)!fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, len);
}

const char *spool_view(struct spool *s, enum spool_window window, int64_t offset, size_t len)
{
	struct window *w = &s->windows[window];
	int64_t from = offset - offset % ALIGN, to = offset + (int64_t)len;
	void *map;

	if (len == 0)
		return "";
	if (w->map && offset >= w->offset && to <= w->offset + (int64_t)w->len)
		return w->map + (offset - w->offset);
	window_close(w);
	/* Beyond the end too: what is written there next is read through the same window. */
	if (to < from + (int64_t)ahead[window])
		to = from + (int64_t)ahead[window];
	map = mmap(NULL, (size_t)(to - from), PROT_READ, MAP_SHARED | MAP_POPULATE, s->fd, from);
	if (map == MAP_FAILED)
		return NULL;
	*w = (struct window){map, from, (size_t)(to - from)};
	return w->map + (offset - from);
}
