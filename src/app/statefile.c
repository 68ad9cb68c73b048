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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "textfile.h"
#include "core/hash.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/vault.h"

#define HEADER "pipetop-state 1\n"
#define FOOTER "end "
#define FIELDS 4

struct entry {
	char *section, *key;
	char *value;	    /* NULL: removed */
	int64_t changed_ms;
	uint64_t order;	    /* of changes in the same millisecond */
	uint64_t hash;	    /* of section and key */
	bool ours;	    /* changed here since the file was read or written; a removal stays so */
};

struct statefile {
	char *path; /* NULL: kept nowhere */
	struct entry *entries;
	size_t n;
	bool unordered;	   /* values do not stand in the order of their changes */
	int64_t newest_ms; /* of the values */
	uint64_t changes;  /* so far */
	uint32_t *slots;   /* number of an entry + 1, by hash; open addressing */
	size_t n_slots;	   /* 0: to be made */
	bool dirty;
	/* statefile_at() goes on from where it was. */
	const char *at_section;
	size_t at_i, at_entry;
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

static void forget_places(struct statefile *s)
{
	mem_free(s->slots);
	s->slots = NULL;
	s->n_slots = 0;
	s->at_section = NULL;
}

static void clear(struct statefile *s)
{
	while (s->n > 0)
		entry_done(&s->entries[--s->n]);
	mem_free(s->entries);
	s->entries = NULL;
	forget_places(s);
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

static uint64_t hash_of(const char *section, const char *key)
{
	return hash_bytes(section, strlen(section)) * 31 + hash_bytes(key, strlen(key));
}

static void index_entry(struct statefile *s, size_t i)
{
	size_t mask = s->n_slots - 1, at = s->entries[i].hash & mask;

	while (s->slots[at])
		at = (at + 1) & mask;
	s->slots[at] = (uint32_t)i + 1;
}

static void index_all(struct statefile *s)
{
	size_t i, slots = 64;

	while (slots < s->n * 4)
		slots *= 2;
	forget_places(s);
	s->slots = mem_calloc(slots, sizeof(*s->slots));
	s->n_slots = slots;
	for (i = 0; i < s->n; i++)
		index_entry(s, i);
}

/* NULL when there is none, not even one that was removed. */
static struct entry *find(struct statefile *s, const char *section, const char *key)
{
	uint64_t hash = hash_of(section, key);
	struct entry *e;
	size_t at;

	if (!s->n_slots)
		index_all(s);
	for (at = hash & (s->n_slots - 1); s->slots[at]; at = (at + 1) & (s->n_slots - 1)) {
		e = &s->entries[s->slots[at] - 1];
		if (e->hash == hash && strcmp(e->key, key) == 0 && strcmp(e->section, section) == 0)
			return e;
	}
	return NULL;
}

static struct entry *add(struct statefile *s, const char *section, const char *key)
{
	struct entry *e;

	s->entries = mem_grow(s->entries, s->n, sizeof(*s->entries));
	e = &s->entries[s->n++];
	*e = (struct entry){.section = mem_strdup(section), .key = mem_strdup(key), .hash = hash_of(section, key)};
	if (s->n * 2 > s->n_slots)
		forget_places(s);
	else
		index_entry(s, s->n - 1);
	return e;
}

static void set(struct statefile *s, struct entry *e, const char *value, int64_t changed_ms, bool ours)
{
	bool last = e == &s->entries[s->n - 1];

	mem_free(e->value);
	e->value = mem_strdup(value);
	e->changed_ms = changed_ms;
	e->order = ++s->changes;
	e->ours = ours;
	s->at_section = NULL;
	if (!value)
		return;
	s->unordered |= !last || changed_ms < s->newest_ms;
	s->newest_ms = changed_ms > s->newest_ms ? changed_ms : s->newest_ms;
}

static int by_change(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->changed_ms != y->changed_ms)
		return x->changed_ms < y->changed_ms ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void order(struct statefile *s)
{
	if (!s->unordered)
		return;
	qsort(s->entries, s->n, sizeof(*s->entries), by_change);
	s->unordered = false;
	forget_places(s);
}

/* A clock that was set back must not make a change get lost. */
static void change(struct statefile *s, const char *section, const char *key, const char *value, int64_t now_ms)
{
	struct entry *e = find(s, section, key);

	if (strlen(key) > STATEFILE_TEXT_MAX || (value && strlen(value) > STATEFILE_TEXT_MAX))
		return;
	if (e && now_ms <= e->changed_ms)
		now_ms = e->changed_ms + 1;
	set(s, e ? e : add(s, section, key), value, now_ms, true);
	s->dirty = true;
}

const char *statefile_get(struct statefile *s, const char *section, const char *key)
{
	const struct entry *e = find(s, section, key);

	return e ? e->value : NULL;
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

bool statefile_at(struct statefile *s, const char *section, size_t i, const char **key, const char **value)
{
	bool on = s->at_section && strcmp(s->at_section, section) == 0 && s->at_i <= i && !s->unordered;
	size_t k, seen;

	order(s);
	for (k = on ? s->at_entry : 0, seen = on ? s->at_i : 0; k < s->n; k++) {
		if (!counts(&s->entries[k], section) || seen++ < i)
			continue;
		s->at_section = s->entries[k].section;
		s->at_entry = k;
		s->at_i = i;
		*key = s->entries[k].key;
		*value = s->entries[k].value;
		return true;
	}
	return false;
}

void statefile_trim(struct statefile *s, const char *section, size_t most, int64_t now_ms)
{
	size_t n = statefile_count(s, section), i;

	order(s);
	for (i = 0; i < s->n && n > most; i++)
		if (counts(&s->entries[i], section)) {
			change(s, section, s->entries[i].key, NULL, now_ms);
			n--;
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

static void write_entry(const struct entry *e, struct buf *out)
{
	escape(e->section, out);
	buf_addf(out, "\t%lld\t", (long long)e->changed_ms);
	escape(e->key, out);
	buf_addc(out, '\t');
	escape(e->value, out);
	buf_addc(out, '\n');
}

/* The newest that have room; the older ones stay behind. */
static void write_entries(struct statefile *s, struct buf *out)
{
	struct buf line;
	size_t i, from, room = STATEFILE_MAX - sizeof(HEADER) - 32, n = 0;

	order(s);
	buf_init(&line, BUF_MAX);
	for (from = s->n; from > 0; from--) {
		buf_clear(&line);
		if (s->entries[from - 1].value)
			write_entry(&s->entries[from - 1], &line);
		if (line.len > room)
			break;
		room -= line.len;
	}
	buf_done(&line);
	buf_adds(out, HEADER);
	for (i = from; i < s->n; i++)
		if (s->entries[i].value) {
			write_entry(&s->entries[i], out);
			n++;
		}
	buf_addf(out, FOOTER "%zu\n", n);
}

/* Takes an entry of the file; of the same key the newer stays. */
static void merge(struct statefile *s, const char *section, const char *key, const char *value, int64_t changed_ms)
{
	struct entry *e = find(s, section, key);

	if (!e || e->changed_ms < changed_ms)
		set(s, e ? e : add(s, section, key), value, changed_ms, false);
}

static bool read_entry(struct statefile *s, char *line)
{
	char *field[FIELDS];
	int64_t changed_ms;
	size_t i;

	for (i = 0; line && i < FIELDS; i++) {
		field[i] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	if (i < FIELDS || line)
		return false;
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
	size_t i, kept = 0;

	for (i = 0; i < s->n; i++)
		if (s->entries[i].ours)
			s->entries[kept++] = s->entries[i];
		else
			entry_done(&s->entries[i]);
	s->n = kept;
	forget_places(s);
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

static bool replace(struct statefile *s, struct err *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, STATEFILE_MAX);
	write_entries(s, &text);
	vault_scrub(&text); /* pasted into a `:` line, perhaps */
	ok = textfile_write(s->path, text.data, text.len, err);
	buf_done(&text);
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
	fd = textfile_make_dir(s->path, err) ? textfile_lock(s->path, err) : -1;
	if (fd < 0)
		return false;
	(void)take_file(s, &damaged); /* what could be read is in; the rest lies aside */
	ok = replace(s, err);
	if (ok)
		settle(s);
	close(fd);
	return ok;
}
