/* SPDX-License-Identifier: MIT */
/*
 * A line is written at once and whole, so that the file is true up to the moment of a crash. A
 * program that polls for a day must not fill a disk, hence two bounds: lines in a second,
 * whose excess is counted and told when the second is over, and bytes of the file, past which one
 * last line says that nothing more comes.
 */
#include "debuglog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/vault.h"
#include "core/when.h"

#define LINE_MAX_BYTES 4096u
#define LAST_WORDS 128 /* room kept for the line that says that the file is full */

struct debuglog {
	int fd;
	int64_t size;
	bool full;
	int64_t second; /* that `lines` and `left_out` are of */
	unsigned lines, left_out;
};

static bool check_file(int fd, const char *path, int64_t *size, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(err, ERR_INPUT, errno, _("--debug %.120s: %s"), path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, 0, _("--debug %.120s: it is no regular file: name another"),
			       path);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_INPUT, 0, _("--debug %.120s: it is somebody else's: name another file"),
			       path);
	if (st.st_size > DEBUGLOG_MAX - LAST_WORDS)
		return err_set(err, ERR_INPUT, 0,
			       _("--debug %.120s: it has its 10 MiB already: remove it or name another"),
			       path);
	if ((st.st_mode & 077) && fchmod(fd, 0600) != 0)
		return err_set(err, ERR_INPUT, errno, _("--debug %.120s: %s"), path, strerror(errno));
	*size = st.st_size;
	return true;
}

struct debuglog *debuglog_open(const char *path, struct err *err)
{
	struct debuglog *log;
	int64_t size = 0;
	int fd;

	if (strcmp(path, "-") == 0) {
		err_set(err, ERR_INPUT, 0, _("--debug writes to a file of its own: give its name, not '-'"));
		return NULL;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		  0600);
	if (fd < 0) {
		err_set(err, ERR_INPUT, errno, _("--debug %.120s: %s"), path,
			errno == ELOOP ? _("it is a symbolic link: name the file itself") :
					 strerror(errno));
		return NULL;
	}
	if (!check_file(fd, path, &size, err)) {
		close(fd);
		return NULL;
	}
	log = mem_zalloc(sizeof(*log));
	log->fd = fd;
	log->size = size;
	return log;
}

/* A disk that is full or gone costs the lines, not the program. */
static void put(struct debuglog *log, const char *text, size_t len)
{
	ssize_t n = write(log->fd, text, len);

	if (n > 0)
		log->size += n;
}

static void write_line(struct debuglog *log, const char *text)
{
	static const char last[] = "the file has its 10 MiB: nothing more is written\n";
	struct buf line;
	char at[40];

	if (log->full)
		return;
	when_rfc3339(when_wall_ms(), at, sizeof(at));
	buf_init(&line, LINE_MAX_BYTES);
	if (!buf_addf(&line, "%s %s\n", at, text))
		buf_addf(&line, "%s %.200s...\n", at, text);
	vault_scrub(&line);
	if (log->size + (int64_t)line.len > DEBUGLOG_MAX - LAST_WORDS) {
		log->full = true;
		put(log, last, strlen(last));
	} else {
		put(log, line.data, line.len);
	}
	buf_done(&line);
}

static void tell_left_out(struct debuglog *log)
{
	struct buf text;

	if (!log->left_out)
		return;
	buf_init(&text, 100);
	buf_addf(&text, "%u lines left out", log->left_out);
	log->left_out = 0;
	write_line(log, text.data);
	buf_done(&text);
}

void debuglog_line(struct debuglog *log, const char *line, int64_t now_ms)
{
	if (now_ms / 1000 != log->second) {
		tell_left_out(log);
		log->second = now_ms / 1000;
		log->lines = 0;
	}
	if (log->lines == DEBUGLOG_RATE) {
		log->left_out++;
		return;
	}
	log->lines++;
	write_line(log, line);
}

void debuglog_trace(void *log, const char *line)
{
	if (log)
		debuglog_line(log, line, when_monotonic_ms());
}

void debuglog_free(struct debuglog *log)
{
	if (!log)
		return;
	tell_left_out(log);
	close(log->fd);
	mem_free(log);
}
