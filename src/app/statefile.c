/* SPDX-License-Identifier: MIT */
/*
 * A line for each entry: section, time of its last change, key and value, parted by tabs. The
 * last line counts them, so that a file that was cut is known as one. An entry that was
 * removed here is remembered until the program ends: else the next save would take it back from the
 * file. The file is read again under a lock, merged, and replaced as a whole; what it no longer
 * has and was not changed here, somebody else has removed.
 */
#include "app/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "textfile.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"

#define HEADER "pipetop-state 1\n"
#define FOOTER "end "
#define LOCK_TRIES 40
#define LOCK_WAIT_MS 5
#define FIELDS 4

struct entry {
	char *section, *key;
	char *value;	   /* NULL: removed */
	int64_t changed_ms; /* entries are sorted by it */
	bool ours;	    /* changed here since the file was read or written; a removal stays so */
};

struct statefile {
	char *path; /* NULL: kept nowhere */
	struct entry *entries;
	size_t n;
	bool dirty;
};

bool statefile_default(struct buf *path)
{
	return path_user(PATH_STATE, path) && buf_adds(path, "/state");
}

struct statefile *statefile_new(const char *path)
{
	struct statefile *s = mem_zalloc(sizeof(*s));

	s->path = mem_strdup(path);
	return s;
}

static void entry_done(struct entry *e)
{
	mem_free(e->section);
	mem_free(e->key);
	mem_free(e->value);
}

static void clear(struct statefile *s)
{
	while (s->n > 0)
		entry_done(&s->entries[--s->n]);
	mem_free(s->entries);
	s->entries = NULL;
}

void statefile_free(struct statefile *s)
{
	if (!s)
		return;
	clear(s);
	mem_free(s->path);
	mem_free(s);
}

/* ---- entries ---- */

/* The place of an entry; n when there is none. */
static size_t find(const struct statefile *s, const char *section, const char *key)
{
	size_t i;

	for (i = s->n; i-- > 0;)
		if (strcmp(s->entries[i].key, key) == 0 && strcmp(s->entries[i].section, section) == 0)
			return i;
	return s->n;
}

static void drop(struct statefile *s, size_t i)
{
	entry_done(&s->entries[i]);
	memmove(&s->entries[i], &s->entries[i + 1], (s->n - i - 1) * sizeof(*s->entries));
	s->n--;
}

static void insert(struct statefile *s, const char *section, const char *key, const char *value, int64_t changed_ms,
		   bool ours)
{
	size_t at = s->n;

	s->entries = mem_grow(s->entries, s->n, sizeof(*s->entries));
	while (at > 0 && s->entries[at - 1].changed_ms > changed_ms)
		at--;
	memmove(&s->entries[at + 1], &s->entries[at], (s->n - at) * sizeof(*s->entries));
	s->entries[at] = (struct entry){mem_strdup(section), mem_strdup(key), mem_strdup(value), changed_ms, ours};
	s->n++;
}

/* The newer of two: a clock that was set back must not make a change get lost. */
static void change(struct statefile *s, const char *section, const char *key, const char *value, int64_t now_ms)
{
	size_t i = find(s, section, key);

	if (strlen(key) > STATEFILE_TEXT_MAX || (value && strlen(value) > STATEFILE_TEXT_MAX))
		return;
	if (i < s->n) {
		if (now_ms <= s->entries[i].changed_ms)
			now_ms = s->entries[i].changed_ms + 1;
		drop(s, i);
	}
	insert(s, section, key, value, now_ms, true);
	s->dirty = true;
}

const char *statefile_get(const struct statefile *s, const char *section, const char *key)
{
	size_t i = find(s, section, key);

	return i < s->n ? s->entries[i].value : NULL;
}

void statefile_put(struct statefile *s, const char *section, const char *key, const char *value, int64_t now_ms)
{
	change(s, section, key, text_or_empty(value), now_ms);
}

void statefile_remove(struct statefile *s, const char *section, const char *key, int64_t now_ms)
{
	if (statefile_get(s, section, key))
		change(s, section, key, NULL, now_ms);
}

static bool counts(const struct entry *e, const char *section)
{
	return e->value && strcmp(e->section, section) == 0;
}

size_t statefile_count(const struct statefile *s, const char *section)
{
	size_t i, n = 0;

	for (i = 0; i < s->n; i++)
		n += counts(&s->entries[i], section);
	return n;
}

bool statefile_at(const struct statefile *s, const char *section, size_t i, const char **key, const char **value)
{
	size_t k;

	for (k = 0; k < s->n; k++) {
		if (!counts(&s->entries[k], section) || i-- > 0)
			continue;
		*key = s->entries[k].key;
		*value = s->entries[k].value;
		return true;
	}
	return false;
}

void statefile_trim(struct statefile *s, const char *section, size_t most, int64_t now_ms)
{
	size_t n = statefile_count(s, section);
	const char *oldest, *value;
	char *key;

	for (; n > most && statefile_at(s, section, 0, &oldest, &value); n--) {
		key = mem_strdup(oldest);
		statefile_remove(s, section, key, now_ms);
		mem_free(key);
	}
}

/* ---- the file's words ---- */

static void escape(const char *text, struct buf *out)
{
	for (; *text; text++)
		if (*text == '\t')
			buf_adds(out, "\\t");
		else if (*text == '\n')
			buf_adds(out, "\\n");
		else if (*text == '\\')
			buf_adds(out, "\\\\");
		else
			buf_addc(out, *text);
}

/* In place; false when a backslash is followed by nothing that we write. */
static bool unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text != '\\') {
			*to++ = *text;
			continue;
		}
		text++;
		if (*text != 't' && *text != 'n' && *text != '\\')
			return false;
		*to++ = *text == 't' ? '\t' : *text == 'n' ? '\n' : '\\';
	}
	*to = '\0';
	return true;
}

static void write_entries(const struct statefile *s, struct buf *out)
{
	size_t i, n = 0;

	buf_adds(out, HEADER);
	for (i = 0; i < s->n; i++) {
		const struct entry *e = &s->entries[i];

		if (!e->value)
			continue;
		escape(e->section, out);
		buf_addf(out, "\t%lld\t", (long long)e->changed_ms);
		escape(e->key, out);
		buf_addc(out, '\t');
		escape(e->value, out);
		buf_addc(out, '\n');
		n++;
	}
	buf_addf(out, FOOTER "%zu\n", n);
}

/* Takes an entry of the file; of the same key the newer stays. */
static void merge(struct statefile *s, const char *section, const char *key, const char *value, int64_t changed_ms)
{
	size_t i = find(s, section, key);

	if (i < s->n && s->entries[i].changed_ms >= changed_ms)
		return;
	if (i < s->n)
		drop(s, i);
	insert(s, section, key, value, changed_ms, false);
}

static bool read_entry(struct statefile *s, char *line)
{
	char *field[FIELDS];
	int64_t changed_ms;
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		field[i] = line;
		line = strchr(line, '\t');
		if ((i + 1 < FIELDS) != (line != NULL))
			return false;
		if (line)
			*line++ = '\0';
	}
	if (!text_int(field[1], &changed_ms) || changed_ms < 0 || !*field[0] || !unescape(field[0]) ||
	    !unescape(field[2]) || !unescape(field[3]))
		return false;
	merge(s, field[0], field[2], field[3], changed_ms);
	return true;
}

/* Every line that can be understood is taken; false when one could not, or some are missing. */
static bool read_entries(struct statefile *s, char *text)
{
	bool whole = text_starts(text, HEADER), ended = false;
	char *line = whole ? text + strlen(HEADER) : text, *end;
	int64_t n = 0, counted = -1;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (text_starts(line, FOOTER) && !strchr(line, '\t')) {
			ended = text_int(line + strlen(FOOTER), &counted);
			continue;
		}
		whole = !ended && read_entry(s, line) && whole;
		n++;
	}
	return whole && ended && counted == n && !*line;
}

/* ---- the file ---- */

static bool put_aside(const char *path, struct err *err)
{
	struct buf bad;

	buf_init(&bad, BUF_MAX);
	buf_addf(&bad, "%s.bad", path);
	if (rename(path, bad.data) == 0)
		err_set(err, ERR_INPUT, 0, _("%s was damaged: it is kept as %s, and what could be read of it is used"),
			textfile_short(path), textfile_short(bad.data));
	else
		err_set(err, ERR_IO, errno, _("%s is damaged and cannot be put aside: %s"), textfile_short(path),
			strerror(errno));
	buf_done(&bad);
	return false;
}

static void drop_foreign(struct statefile *s)
{
	size_t i;

	for (i = s->n; i-- > 0;)
		if (!s->entries[i].ours)
			drop(s, i);
}

static void merge_all(struct statefile *s, const struct statefile *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		merge(s, from->entries[i].section, from->entries[i].key, from->entries[i].value,
		      from->entries[i].changed_ms);
}

/* Takes in what the file has. */
static bool take_file(struct statefile *s, struct err *err)
{
	struct err why = {.kind = ERR_NONE};
	struct statefile there = {0};
	struct buf text;
	bool ok;

	buf_init(&text, STATEFILE_MAX + 8192);
	ok = textfile_read(s->path, STATEFILE_MAX, &text, &why);
	if (ok)
		ok = read_entries(&there, text.data) || put_aside(s->path, err);
	else if (why.kind == ERR_INPUT && why.code == 0) /* too large, with NULs: not what we wrote */
		ok = put_aside(s->path, err);
	else
		ok = why.code == ENOENT || err_set(err, why.kind, why.code, "%s", why.text);
	if (ok)
		drop_foreign(s);
	merge_all(s, &there);
	clear(&there);
	buf_done(&text);
	return ok;
}

bool statefile_load(struct statefile *s, struct err *err)
{
	bool ok = !s->path || take_file(s, err);
	size_t i;

	/* What was read of a damaged file is nowhere else: it is ours to save. */
	for (i = 0; !ok && i < s->n; i++)
		s->dirty = s->entries[i].ours = true;
	return ok;
}

bool statefile_dirty(const struct statefile *s)
{
	return s->dirty;
}

/* Others hold the lock for the moment of a save. */
static int lock(const char *path, struct err *err)
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

static bool replace(struct statefile *s, struct err *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, STATEFILE_MAX);
	for (;;) {
		buf_clear(&text);
		write_entries(s, &text);
		if (text.len < STATEFILE_MAX - 64 || s->n == 0)
			break;
		drop(s, 0); /* the oldest makes room */
	}
	ok = textfile_write(s->path, text.data, text.len, err);
	buf_done(&text);
	return ok;
}

static bool make_dir(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? mem_strndup(path, (size_t)(slash - path)) : NULL;
	bool ok = !dir || !*dir || path_make_dir(dir, err);

	mem_free(dir);
	return ok;
}

/* All of it is in the file now. */
static void settle(struct statefile *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		s->entries[i].ours = s->entries[i].value == NULL;
	s->dirty = false;
}

bool statefile_save(struct statefile *s, struct err *err)
{
	struct err damaged;
	bool ok;
	int fd;

	if (!s->path || !s->dirty)
		return true;
	if (!make_dir(s->path, err))
		return false;
	fd = lock(s->path, err);
	if (fd < 0)
		return false;
	(void)take_file(s, &damaged); /* what could be read is in; the rest lies aside */
	ok = replace(s, err);
	if (ok)
		settle(s);
	close(fd);
	return ok;
}
