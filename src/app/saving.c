/* SPDX-License-Identifier: MIT */
/*
 * The text goes into a nameless-looking temporary file beside the final one, and is renamed
 * when it is whole, so that a full disk, a crash or a second thought leaves no half file that
 * looks like a log. The rename itself refuses to replace: looking first and renaming later
 * would lose to whoever makes the file in between.
 *
 * The disk is given its work as it comes, and waited for piece by piece (sync_file_range), for
 * one fsync of a gigabyte would stand still at the end for as long as the whole had taken.
 */
#include "saving.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "log/sgr.h"
#include "paint.h"

#define PUSH_BYTES (INT64_C(8) << 20)	/* the disk begins with so much at a time */
#define AWAIT_BYTES (INT64_C(1) << 20)	/* and is waited for so much at a time */
#define PLAIN_MAX 65536			/* of a line that is taken as it is */

struct saving {
	char *path, *temporary;
	int fd;
	bool over, done;
	enum saving_form form;
	struct sgr *sgr;
	struct buf made; /* cleaned text on its way */
	struct log_walk walk;
	int64_t end; /* the first line that is not taken */
	int64_t pushed;	 /* bytes that the disk was told to begin with */
	int64_t awaited; /* bytes that it has */
	bool mid_line;	 /* a huge line goes on */
	struct saving_figures figures;
};

/* ---- the file ---- */

static bool make_temporary(struct saving *s, struct err *err)
{
	const char *slash = strrchr(s->path, '/');
	struct buf name;

	buf_init(&name, BUF_MAX);
	buf_add(&name, s->path, slash ? (size_t)(slash + 1 - s->path) : 0);
	buf_adds(&name, ".pipetop-XXXXXX");
	s->temporary = buf_take(&name);
	s->fd = mkostemp(s->temporary, O_CLOEXEC);
	if (s->fd >= 0 && fchmod(s->fd, 0600) == 0)
		return true;
	return err_set(err, ERR_IO, errno, _("not saved: no file can be made beside %.100s: %s"), s->path,
		       strerror(errno));
}

static bool is_there(const struct saving *s, struct err *err)
{
	return err_set(err, ERR_IO, EEXIST, _("not saved: there is such a file. :save! %.120s replaces it"),
		       s->path);
}

/* Where the file system knows no such rename, a second link does not replace either. */
static bool rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return link(from, to) == 0 && unlink(from) == 0;
}

static bool give_name(struct saving *s, struct err *err)
{
	bool ok = s->over ? rename(s->temporary, s->path) == 0 : rename_new(s->temporary, s->path);

	if (ok)
		return true;
	if (errno == EEXIST)
		return is_there(s, err);
	return err_set(err, ERR_IO, errno, _("not saved as %.100s: %s"), s->path, strerror(errno));
}

static void count_text(int64_t bytes, char *out, size_t size)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1024 && unit < 3) {
		value /= 1024;
		unit++;
	}
	snprintf(out, size, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static bool not_saved(const struct saving *s, int code, struct err *err)
{
	char done[32], total[32];

	count_text(s->figures.bytes, done, sizeof(done));
	count_text(s->figures.total, total, sizeof(total));
	return err_set(err, ERR_IO, code, _("not saved: %s, after %s of %s for %.60s"), strerror(code), done,
		       total, s->path);
}

static bool put(struct saving *s, const char *text, size_t len, struct err *err)
{
	ssize_t n;

	while (len > 0) {
		n = write(s->fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return not_saved(s, errno, err);
		text += n;
		len -= (size_t)n;
		s->figures.bytes += n;
	}
	if (s->figures.bytes - s->pushed >= PUSH_BYTES) {
		sync_file_range(s->fd, s->pushed, s->figures.bytes - s->pushed, SYNC_FILE_RANGE_WRITE);
		s->pushed = s->figures.bytes;
	}
	return true;
}

/*
 * Waits for the next piece. A failure is told once, so it counts here already; what a file
 * system does not know is left to fsync.
 */
static bool await_disk(struct saving *s, struct err *err)
{
	unsigned flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;

	if (sync_file_range(s->fd, s->awaited, AWAIT_BYTES, flags) != 0 &&
	    (errno == EIO || errno == ENOSPC || errno == EDQUOT))
		return not_saved(s, errno, err);
	s->awaited += AWAIT_BYTES;
	return true;
}

static bool finish(struct saving *s, struct err *err)
{
	int fd = s->fd;

	if (fsync(fd) != 0)
		return not_saved(s, errno, err);
	s->fd = -1;
	if (close(fd) != 0)
		return not_saved(s, errno, err);
	if (!give_name(s, err))
		return false;
	s->done = true;
	return true;
}

/* ---- beginning and end ---- */

struct saving *saving_new(const struct saving_options *options, struct log *log, struct err *err)
{
	struct saving *s = mem_zalloc(sizeof(*s));
	struct sgr_options sgr = {SGR_LOG, options->utf8, options->ambiguous_wide};
	struct stat st;

	s->path = mem_strdup(options->path);
	s->over = options->over;
	s->form = options->form;
	s->fd = -1;
	s->walk.line = log_first(log);
	s->end = log_end(log);
	s->figures = (struct saving_figures){.path = s->path, .total = log_bytes(log)};
	buf_init(&s->made, BUF_MAX);
	if (s->form == SAVING_CLEAN)
		s->sgr = sgr_new(&sgr);
	if (!s->over && lstat(s->path, &st) == 0)
		is_there(s, err); /* before the work, not after it */
	else if (make_temporary(s, err))
		return s;
	saving_free(s);
	return NULL;
}

void saving_free(struct saving *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->temporary && !s->done)
		unlink(s->temporary);
	sgr_free(s->sgr);
	buf_done(&s->made);
	mem_free(s->temporary);
	mem_free(s->path);
	mem_free(s);
}

struct saving_figures saving_figures(const struct saving *s)
{
	return s->figures;
}

/* ---- the text ---- */

/* Most lines are: then the sanitiser would give back what it got. */
static bool is_plain(struct saving *s, const char *text, size_t len)
{
	struct style style = sgr_style(s->sgr);
	size_t i;

	if (s->mid_line || len > PLAIN_MAX || style.fg || style.bg || style.attr)
		return false;
	for (i = 0; i < len && text[i] >= ' ' && text[i] < 0x7f; i++)
		;
	return i == len;
}

static void clean_line(struct saving *s, const char *text, size_t len)
{
	struct sgr_line line;

	if (is_plain(s, text, len)) {
		buf_add(&s->made, text, len);
		return;
	}
	sgr_feed(s->sgr, text, len);
	line = sgr_end_line(s->sgr);
	paint_line(&line, &s->made);
}

static bool put_clean(struct saving *s, const char *text, size_t len, struct err *err)
{
	const char *end = text + len, *newline;

	buf_clear(&s->made);
	while (text < end && (newline = memchr(text, '\n', (size_t)(end - text))) != NULL) {
		clean_line(s, text, (size_t)(newline - text));
		buf_addc(&s->made, '\n');
		s->mid_line = false;
		text = newline + 1;
	}
	if (text < end) { /* a huge line, which goes on in the next chunk */
		sgr_feed(s->sgr, text, (size_t)(end - text));
		s->mid_line = true;
	}
	return put(s, s->made.data, s->made.len, err);
}

static bool put_chunk(struct saving *s, const struct log_chunk *chunk, struct err *err)
{
	if (chunk->mark != LOG_MARK_NONE) {
		s->figures.gaps += chunk->mark == LOG_MARK_GAP || chunk->mark == LOG_MARK_DROPPED;
		return true;
	}
	/* A line that is still open is counted with the chunk that ends it. */
	s->figures.lines += chunk->lines - chunk->line_open;
	return s->form == SAVING_RAW ? put(s, chunk->text, chunk->len, err)
				     : put_clean(s, chunk->text, chunk->len, err);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

enum saving_state saving_work(struct saving *s, struct log *log, int64_t slice_us, struct err *err)
{
	int64_t until_us = now_us() + slice_us;
	struct log_chunk chunk;

	while (s->walk.line < s->end || s->walk.skip) {
		if (!log_chunk(log, &s->walk, &chunk)) {
			not_saved(s, EIO, err);
			return SAVING_FAILED;
		}
		if (!put_chunk(s, &chunk, err))
			return SAVING_FAILED;
		if (now_us() >= until_us)
			return SAVING_MORE;
	}
	while (s->awaited < s->figures.bytes) {
		if (!await_disk(s, err))
			return SAVING_FAILED;
		if (now_us() >= until_us)
			return SAVING_MORE;
	}
	return finish(s, err) ? SAVING_DONE : SAVING_FAILED;
}
