/* SPDX-License-Identifier: MIT */
/*
 * The file is only ever appended to, by one write() for each line, so that lines of several programs
 * stand one after the other. It is opened for each line anew: actions are rare, and a file that was moved
 * away meanwhile is noticed. Where a writer died within its line, the next one begins a line of its own.
 *
 * What a line has in it may come from anybody: texts are cut, freed of secrets, and escaped so far
 * that the file can be shown with cat.
 */
#include "audit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/vault.h"
#include "core/when.h"
#include "textfile.h"

#define TEXT_MAX 300   /* bytes of a text, before it is escaped */
#define DETAIL_MAX 2000
#define LOCK_TRIES 20
#define LOCK_WAIT_MS 5

struct audit {
	char *path; /* NULL: there is no home for it */
	char *endpoint, *host;
	char *user; /* NULL: not asked for yet, which may take long */
};

static char *user_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	char number[24];

	if (pw && !text_empty(pw->pw_name))
		return mem_strdup(pw->pw_name);
	snprintf(number, sizeof(number), "%lu", (unsigned long)geteuid());
	return mem_strdup(number);
}

/* ---- a line ---- */

/* Controls, and what turns or hides the text around it. */
static bool is_odd(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c || cp == 0xfeff ||
	       (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f);
}

static void add_escaped(struct buf *line, const char *text, size_t len)
{
	char utf8[4];
	size_t used;
	uint32_t cp;

	for (; len; text += used, len -= used) {
		cp = text_decode(text, len, &used);
		if (cp == '"' || cp == '\\')
			buf_addf(line, "\\%c", (char)cp);
		else if (is_odd(cp))
			buf_addf(line, "\\u%04x", (unsigned)cp);
		else
			buf_add(line, utf8, text_encode(cp, utf8));
	}
}

static void add_text_cut(struct buf *line, const char *key, const char *text, size_t most)
{
	struct buf clean;
	size_t len;

	if (text_empty(text))
		return;
	buf_init(&clean, BUF_MAX);
	buf_adds(&clean, text);
	vault_scrub(&clean); /* before it is cut: half a secret is not found any more */
	len = clean.len > most ? text_cut(clean.data, most) : clean.len;
	buf_addf(line, "%s\"%s\":\"", line->len > 1 ? "," : "", key);
	add_escaped(line, clean.data, len);
	buf_adds(line, len < clean.len ? "...\"" : "\"");
	buf_done(&clean);
}

static void add_text(struct buf *line, const char *key, const char *text)
{
	add_text_cut(line, key, text, TEXT_MAX);
}

static void add_number(struct buf *line, const char *key, int64_t number)
{
	if (number > 0)
		buf_addf(line, ",\"%s\":%lld", key, (long long)number);
}

static void add_ref(struct buf *line, const struct ref *ref)
{
	static const char *const keys[REF_LEVELS] = {"project", "pipeline", "run", "stage", "job", "step"};
	int i;

	for (i = 0; ref && i < REF_LEVELS; i++)
		add_text(line, keys[i], ref->id[i]);
}

static void add_outcome(struct buf *line, const struct audit_entry *e)
{
	add_number(line, "http", e->http);
	add_text(line, "code", e->code);
	add_text(line, "request_id", e->request_id);
	add_text(line, "after", e->after);
	add_text(line, "made", e->made);
	add_text(line, "verdict", e->verdict);
	buf_addf(line, ",\"unknown\":%s", text_same(e->verdict, "unknown") ? "true" : "false");
	add_text(line, "why", e->why);
}

static void compose(const struct audit *audit, const struct audit_entry *e, struct buf *line)
{
	char now[40];

	when_rfc3339(when_wall_ms(), now, sizeof(now));
	buf_addc(line, '{');
	add_text(line, "time", now);
	add_number(line, "monotonic_ms", when_monotonic_ms());
	add_text(line, "event", e->event == AUDIT_INTENT ? "intent" : "outcome");
	add_text(line, "id", e->number);
	add_text(line, "user", audit->user);
	add_text(line, "host", audit->host);
	add_number(line, "pid", getpid());
	add_text(line, "endpoint", audit->endpoint);
	add_text(line, "action", act_word(e->act));
	add_ref(line, e->ref);
	add_text(line, "pipeline_name", e->pipeline);
	add_number(line, "run_number", e->run_number);
	add_text(line, "step_name", e->step);
	add_text(line, "template", e->template);
	add_text_cut(line, "detail", e->detail, DETAIL_MAX);
	add_text(line, "before", e->before);
	if (e->event == AUDIT_OUTCOME)
		add_outcome(line, e);
	buf_adds(line, "}");
	vault_scrub(line);
	buf_addc(line, '\n');
}

/* ---- the file ---- */

static bool failed(const char *path, struct err *err)
{
	return err_set(err, ERR_IO, errno, _("the audit log %s: %s"), textfile_short(path), strerror(errno));
}

/* A new name is on the disk when its directory is. */
static bool sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? mem_strndup(path, (size_t)(slash - path)) : mem_strdup(".");
	int fd = open(*dir ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	bool ok;

	mem_free(dir);
	if (fd < 0)
		return false;
	ok = fsync(fd) == 0 || errno == EINVAL; /* EINVAL: a file system that knows no such thing */
	error = errno;
	close(fd);
	errno = error;
	return ok;
}

static bool is_private(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return failed(path, err);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_IO, 0, _("the audit log %s is not a regular file"), textfile_short(path));
	if (st.st_uid != geteuid())
		return err_set(err, ERR_IO, 0, _("the audit log %s belongs to somebody else"),
			       textfile_short(path));
	if ((st.st_mode & 0777) != 0600 && fchmod(fd, 0600) != 0)
		return err_set(err, ERR_IO, errno, _("the audit log %s can be read by others, and that "
						     "cannot be mended: %s"),
			       textfile_short(path), strerror(errno));
	return true;
}

static int open_log(const char *path, struct err *err)
{
	const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = open(path, flags);

	if (fd < 0 && errno == ENOENT) {
		fd = open(path, flags | O_CREAT, 0600);
		if (fd >= 0 && !sync_directory(path)) {
			failed(path, err);
			close(fd);
			return -1;
		}
	}
	if (fd < 0) {
		failed(path, err);
	} else if (!is_private(fd, path, err)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/*
 * Appending is one step for the system; the lock is for file systems where it is not, so whoever
 * holds it for too long is not waited for. Closing the file frees it.
 */
static void lock(int fd)
{
	int tries;

	for (tries = 0; tries < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; tries++)
		poll(NULL, 0, LOCK_WAIT_MS);
}

static bool ends_within_line(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last;

	return end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

static bool append(int fd, const char *path, const struct buf *line, struct err *err)
{
	struct buf whole;
	ssize_t n;
	bool ok;

	buf_init(&whole, BUF_MAX);
	lock(fd);
	if (ends_within_line(fd))
		buf_addc(&whole, '\n');
	buf_add(&whole, line->data, line->len);
	do
		n = write(fd, whole.data, whole.len);
	while (n < 0 && errno == EINTR);
	flock(fd, LOCK_UN);
	ok = n == (ssize_t)whole.len;
	if (n < 0)
		failed(path, err);
	else if (!ok)
		err_set(err, ERR_IO, ENOSPC, _("the audit log %s: a line could not be written whole"),
			textfile_short(path));
	buf_done(&whole);
	return ok && (fsync(fd) == 0 || failed(path, err));
}

bool audit_write(struct audit *audit, const struct audit_entry *entry, struct err *err)
{
	struct buf line;
	bool ok;
	int fd;

	if (!audit->path)
		return err_set(err, ERR_IO, 0, _("no place for the audit log: set HOME or XDG_STATE_HOME"));
	fd = textfile_make_dir(audit->path, err) ? open_log(audit->path, err) : -1;
	if (fd < 0)
		return false;
	if (!audit->user)
		audit->user = user_name();
	buf_init(&line, BUF_MAX);
	compose(audit, entry, &line);
	ok = append(fd, audit->path, &line, err);
	buf_done(&line);
	close(fd);
	return ok;
}

bool audit_default(struct buf *path)
{
	return path_user(PATH_STATE, path) && buf_adds(path, "/" AUDIT_LOG);
}

struct audit *audit_new(const char *path, const char *endpoint_host)
{
	struct audit *audit = mem_zalloc(sizeof(*audit));
	char host[256] = "";
	struct buf usual;

	buf_init(&usual, BUF_MAX);
	if (path || audit_default(&usual))
		audit->path = mem_strdup(path ? path : usual.data);
	buf_done(&usual);
	if (gethostname(host, sizeof(host) - 1) != 0)
		*host = '\0';
	audit->host = mem_strdup(host);
	audit->endpoint = mem_strdup(endpoint_host);
	return audit;
}

void audit_free(struct audit *audit)
{
	if (!audit)
		return;
	mem_free(audit->path);
	mem_free(audit->endpoint);
	mem_free(audit->user);
	mem_free(audit->host);
	mem_free(audit);
}

void audit_number(char *out, size_t size)
{
	static unsigned count;
	unsigned char dice[8] = {0};
	uint64_t odd = 0;
	size_t i;

	if (getrandom(dice, sizeof(dice), GRND_NONBLOCK) != (ssize_t)sizeof(dice))
		odd = ((uint64_t)getpid() << 32) | ++count; /* unique here, as long as the time differs */
	for (i = 0; i < sizeof(dice); i++)
		odd ^= (uint64_t)dice[i] << (8 * i);
	snprintf(out, size, "%llx-%016llx", (unsigned long long)when_wall_ms(), (unsigned long long)odd);
}
