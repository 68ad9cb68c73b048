/* SPDX-License-Identifier: MIT */
/*
 * Reads the audit log line by line, in pieces, whatever its size. A line that no writer of ours can have
 * written (cut by a crash, longer than any, with raw control characters) is handed on as one that is not whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/json.h"
#include "audit.h"
#include "core/i18n.h"
#include "core/text.h"
#include "textfile.h"

#define PIECE (32u << 10)
#define LINE_MAX_BYTES (128u << 10)

struct reading {
	void (*each)(void *self, const struct audit_line *line);
	void *self;
	struct buf line;
	size_t number;
	bool too_long; /* the rest of the line is passed by */
};

/* Bytes that are always escaped in a line of ours: C0, DEL, and C1 as UTF-8 has them. */
static bool has_controls(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i], next = i + 1 < len ? (unsigned char)text[i + 1] : 0;

		if (c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0))
			return true;
	}
	return false;
}

static const char *text_of(const struct cJSON *object, const char *key, const char *otherwise)
{
	const char *text = json_peek(json_member(object, key));

	if (text_empty(text) && otherwise)
		text = json_peek(json_member(object, otherwise));
	return text_or_empty(text);
}

static void hand_on(struct reading *r)
{
	struct audit_line line = {.json = r->line.data, .number = r->number};
	struct json *json = NULL;
	const struct cJSON *o;

	if (!r->too_long && !has_controls(r->line.data, r->line.len))
		json = json_parse(r->line.data, r->line.len, NULL, NULL, NULL, NULL);
	o = json ? json_root(json) : NULL;
	line.whole = json_is_object(o) && !text_empty(json_peek(json_member(o, "id")));
	line.id = text_of(o, "id", NULL);
	line.time = text_of(o, "time", NULL);
	line.event = text_of(o, "event", NULL);
	line.act = text_of(o, "action", NULL);
	line.pipeline = text_of(o, "pipeline_name", "pipeline");
	line.run = text_of(o, "run_number", "run");
	line.step = text_of(o, "step_name", "step");
	line.template = text_of(o, "template", NULL);
	line.verdict = text_of(o, "verdict", NULL);
	line.why = text_of(o, "why", NULL);
	line.user = text_of(o, "user", NULL);
	r->each(r->self, &line);
	json_free(json);
}

static void end_line(struct reading *r)
{
	r->number++;
	if (r->line.len || r->too_long)
		hand_on(r);
	buf_clear(&r->line);
	r->too_long = false;
}

static void take(struct reading *r, const char *piece, size_t len)
{
	const char *newline;
	size_t n;

	while (len) {
		newline = memchr(piece, '\n', len);
		n = newline ? (size_t)(newline - piece) : len;
		if (!r->too_long && !buf_add(&r->line, piece, n))
			r->too_long = true;
		if (newline)
			end_line(r);
		n += newline != NULL;
		piece += n;
		len -= n;
	}
}

static bool read_all(struct reading *r, int fd)
{
	char piece[PIECE];
	ssize_t n;

	do {
		n = read(fd, piece, sizeof(piece));
		if (n > 0)
			take(r, piece, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (r->line.len || r->too_long)
		end_line(r);
	return n == 0;
}

bool audit_each(const char *path, void (*each)(void *self, const struct audit_line *line), void *self,
		struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY), error = 0;
	struct reading r = {.each = each, .self = self};
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return true;
	buf_init(&r.line, LINE_MAX_BYTES);
	if (fd < 0 || fstat(fd, &st) != 0)
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EINVAL;
	else if (!read_all(&r, fd))
		error = errno;
	buf_done(&r.line);
	if (fd >= 0)
		close(fd);
	return !error || err_set(err, ERR_IO, error, _("the audit log %s: %s"), textfile_short(path),
				 error == EINVAL ? _("not a regular file") : strerror(error));
}
