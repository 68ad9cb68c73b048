/* SPDX-License-Identifier: MIT */
/*
 * The file is lines of fields parted by tabs: a place, under it projects, under those the
 * pipelines, each with the day on which it was last seen.
 *
 *	place	https://host:443	PROFILE
 *	project	ID
 *	DAY	ID	RUN,RUN,...	NAME
 *
 * What was seen last stands first, so that cutting the end off is forgetting the oldest. It is read
 * again under a lock before it is replaced: of two programs that end at once both are in it.
 * Each line is looked at when it is read: whatever else is in the file is passed over.
 */
#include "names.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/options.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"
#include "core/vault.h"
#include "net/url.h"
#include "textfile.h"

#define HEADER "pipetop-names 1"
#define PLACE "place\t"
#define PROJECT "project\t"
#define DAY_MS (24 * 3600 * INT64_C(1000))
#define NAME_LONGEST 1000 /* bytes */
#define CHUNK (64 << 10)

struct known {
	char *project, *pipeline;
	char *name; /* NULL: not known */
	int64_t *runs; /* newest first */
	size_t n_runs;
	int64_t day; /* -1: seen by us */
};

struct names {
	char *path, *place;
	struct known *entries;
	size_t n;
	uint32_t *slots; /* number of an entry + 1, by hash; open addressing */
	size_t n_slots;
	bool dirty;
};

/* ---- life ---- */

bool names_default(struct buf *path)
{
	return path_user(PATH_CACHE, path) && buf_adds(path, "/names");
}

void names_place(const struct options *o, struct buf *place)
{
	struct url url;

	if (o->endpoint && url_parse(o->endpoint, &url, NULL))
		url_base(&url, place);
	buf_addf(place, "\t%s", text_or_empty(o->profile));
}

struct names *names_of(const char *path, const char *place)
{
	struct names *n = mem_zalloc(sizeof(*n));

	n->path = mem_strdup(path);
	n->place = mem_strdup(place);
	return n;
}

struct names *names_new(const struct options *o)
{
	struct names *n = NULL;
	struct buf path, place;

	if (o->no_cache || o->demo)
		return NULL;
	buf_init(&path, BUF_MAX);
	buf_init(&place, BUF_MAX);
	names_place(o, &place);
	if (names_default(&path))
		n = names_of(path.data, place.data);
	buf_done(&path);
	buf_done(&place);
	return n;
}

void names_free(struct names *n)
{
	size_t i;

	for (i = 0; n && i < n->n; i++) {
		mem_free(n->entries[i].project);
		mem_free(n->entries[i].pipeline);
		mem_free(n->entries[i].name);
		mem_free(n->entries[i].runs);
	}
	if (n) {
		mem_free(n->entries);
		mem_free(n->slots);
		mem_free(n->path);
		mem_free(n->place);
	}
	mem_free(n);
}

/* ---- entries ---- */

static uint64_t hash_of(const char *project, const char *pipeline)
{
	uint64_t hash = hash_bytes(project, strlen(project)) * 31 + hash_bytes(pipeline, strlen(pipeline));

	return hash ^ hash >> 32;
}

/* The slot of an entry, or the free one where it would be. */
static uint32_t *slot_of(const struct names *n, const char *project, const char *pipeline)
{
	size_t at = hash_of(project, pipeline) & (n->n_slots - 1);
	const struct known *e;

	for (; n->slots[at]; at = (at + 1) & (n->n_slots - 1)) {
		e = &n->entries[n->slots[at] - 1];
		if (strcmp(e->pipeline, pipeline) == 0 && strcmp(e->project, project) == 0)
			break;
	}
	return &n->slots[at];
}

static void make_slots(struct names *n)
{
	size_t i;

	n->n_slots = n->n_slots ? n->n_slots * 2 : 256;
	mem_free(n->slots);
	n->slots = mem_calloc(n->n_slots, sizeof(*n->slots));
	for (i = 0; i < n->n; i++)
		*slot_of(n, n->entries[i].project, n->entries[i].pipeline) = (uint32_t)i + 1;
}

/* NULL where there is no room for another one. */
static struct known *entry_of(struct names *n, const char *project, const char *pipeline)
{
	uint32_t *slot;

	if (n->n * 2 >= n->n_slots)
		make_slots(n);
	slot = slot_of(n, project, pipeline);
	if (*slot)
		return &n->entries[*slot - 1];
	if (n->n == NAMES_MAX)
		return NULL;
	n->entries = mem_grow(n->entries, n->n, sizeof(*n->entries));
	n->entries[n->n] = (struct known){.project = mem_strdup(project), .pipeline = mem_strdup(pipeline), .day = -1};
	*slot = (uint32_t)++n->n;
	return &n->entries[n->n - 1];
}

static void add_run(struct known *e, int64_t number)
{
	size_t at = 0;

	while (at < e->n_runs && e->runs[at] > number)
		at++;
	if (number <= 0 || at == NAMES_RUNS || (at < e->n_runs && e->runs[at] == number))
		return;
	if (e->n_runs < NAMES_RUNS)
		e->runs = mem_grow(e->runs, e->n_runs++, sizeof(*e->runs));
	memmove(e->runs + at + 1, e->runs + at, (e->n_runs - at - 1) * sizeof(*e->runs));
	e->runs[at] = number;
}

static struct known *take_pipeline(struct names *n, const struct pipeline *p)
{
	struct known *e;

	if (text_empty(p->name) || !model_id_ok(text_or_empty(p->project_id)) || !model_id_ok(text_or_empty(p->id)))
		return NULL;
	e = entry_of(n, p->project_id, p->id);
	if (!e)
		return NULL;
	if (!text_same(e->name, p->name)) {
		mem_free(e->name);
		e->name = mem_strdup(p->name);
	}
	if (p->latest)
		add_run(e, p->latest->number);
	n->dirty = true;
	return e;
}

void names_take(struct names *n, const struct pipeline *list, size_t count)
{
	size_t i;

	for (i = 0; n && i < count; i++)
		take_pipeline(n, &list[i]);
}

void names_take_runs(struct names *n, const char *project_id, const char *pipeline_id, const struct run *runs,
		     size_t count)
{
	struct known *e = NULL;
	size_t i;

	if (n && count && model_id_ok(text_or_empty(project_id)) && model_id_ok(text_or_empty(pipeline_id)))
		e = entry_of(n, project_id, pipeline_id);
	for (i = 0; e && i < count; i++) {
		add_run(e, runs[i].number);
		n->dirty = true;
	}
}

void names_take_store(struct names *n, struct store *store)
{
	const struct run *runs[NAMES_RUNS];
	const struct entry *entries;
	size_t count = n ? store_entries(store, &entries) : 0, i, k, n_runs;
	struct known *known;

	for (i = 0; i < count; i++) {
		const struct pipeline *p = entries[i].pipeline;

		if (!entries[i].latest || entries[i].gone_ms || p->guest)
			continue;
		known = take_pipeline(n, p);
		n_runs = known ? store_runs(store, p->project_id, p->id, runs, NAMES_RUNS) : 0;
		for (k = 0; k < n_runs; k++)
			add_run(known, runs[k]->number);
	}
}

/* ---- the file's words ---- */

static void add_name(const char *name, struct buf *out)
{
	for (; *name; name++)
		if (*name == '\t' || *name == '\n' || *name == '\\')
			buf_addf(out, "\\%c", *name == '\t' ? 't' : *name == '\n' ? 'n' : '\\');
		else
			buf_addc(out, *name);
}

/* In place; false for what add_name() does not write. */
static bool read_name(char *name)
{
	char *to = name;

	for (; *name; name++) {
		if (*name != '\\') {
			*to++ = *name;
			continue;
		}
		name++;
		if (*name != 't' && *name != 'n' && *name != '\\')
			return false;
		*to++ = *name == 't' ? '\t' : *name == 'n' ? '\n' : '\\';
	}
	*to = '\0';
	return true;
}

/* A name that is longer than a line of the file is a pipeline without one. */
static void add_entry(const struct known *e, int64_t day, struct buf *out)
{
	size_t i;

	buf_addf(out, "%lld\t%s\t", (long long)day, e->pipeline);
	for (i = 0; i < e->n_runs; i++)
		buf_addf(out, "%s%lld", i ? "," : "", (long long)e->runs[i]);
	buf_addc(out, '\t');
	if (e->name && strlen(e->name) < NAME_LONGEST)
		add_name(e->name, out);
	buf_addc(out, '\n');
}

/* ---- reading ---- */

/* A chunk at a time: a shell waits for the answer, and memory that is touched once is dear. */
struct scan {
	int fd;
	char *chunk;
	size_t at, len; /* what is to be read of it, up to where it is filled */
	struct buf place, project; /* of the lines that come */
	bool somewhere;		   /* there is both */
};

/* A file that is not there or not ours has nothing in it. */
static void scan_begin(struct scan *s, const char *path)
{
	struct stat st;

	*s = (struct scan){.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)};
	if (s->fd >= 0 && (fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > NAMES_BYTES)) {
		close(s->fd);
		s->fd = -1;
	}
	s->chunk = mem_alloc(CHUNK);
	buf_init(&s->place, CHUNK);
	buf_init(&s->project, CHUNK);
}

static void scan_end(struct scan *s)
{
	if (s->fd >= 0)
		close(s->fd);
	mem_free(s->chunk);
	buf_done(&s->place);
	buf_done(&s->project);
}

/* Without its end; NULL past the last, or where one is longer than any of ours. */
static char *scan_line(struct scan *s)
{
	char *line, *end;
	ssize_t n;

	while (!(end = memchr(s->chunk + s->at, '\n', s->len - s->at))) {
		memmove(s->chunk, s->chunk + s->at, s->len - s->at);
		s->len -= s->at;
		s->at = 0;
		n = s->fd >= 0 && s->len < CHUNK ? read(s->fd, s->chunk + s->len, CHUNK - s->len) : 0;
		if (n <= 0)
			return NULL;
		s->len += (size_t)n;
	}
	line = s->chunk + s->at;
	*end = '\0';
	s->at = (size_t)(end + 1 - s->chunk);
	return line;
}

static bool scan_header(struct scan *s)
{
	return text_same(scan_line(s), HEADER);
}

/* "DAY", "ID", "RUNS", "NAME" into fields. */
static bool read_entry(char *line, struct name *name, int64_t *day)
{
	char *field[4];
	size_t i;

	for (i = 0; i < 4; i++) {
		field[i] = line;
		line = line ? strchr(line, '\t') : NULL;
		if (line)
			*line++ = '\0';
		else if (i < 3)
			return false;
	}
	name->pipeline_id = field[1];
	name->runs = field[2];
	name->name = field[3];
	return !line && text_int(field[0], day) && *day >= 0 && model_id_ok(field[1]) &&
	       strspn(field[2], "0123456789,") == strlen(field[2]) && read_name(field[3]) &&
	       text_valid(field[3], strlen(field[3]));
}

/* A line that says where the next ones belong. */
static bool scan_heading(struct scan *s, const char *line)
{
	bool place = text_starts(line, PLACE);

	if (!place && !text_starts(line, PROJECT))
		return false;
	buf_clear(&s->project);
	if (place) {
		buf_clear(&s->place);
		buf_adds(&s->place, line + strlen(PLACE));
	} else {
		buf_adds(&s->project, line + strlen(PROJECT));
	}
	s->somewhere = s->place.len && model_id_ok(s->project.data);
	return true;
}

/* False at the end. The text of `name` is there until the next call. */
static bool scan_next(struct scan *s, struct name *name, int64_t *day)
{
	char *line;

	while ((line = scan_line(s)))
		if (!scan_heading(s, line) && s->somewhere && read_entry(line, name, day)) {
			name->project_id = s->project.data;
			return true;
		}
	return false;
}

void names_read(const char *path, const char *place, bool (*visit)(void *self, const struct name *name), void *self)
{
	struct scan scan;
	struct name name;
	int64_t day;

	scan_begin(&scan, path);
	if (scan_header(&scan))
		while (scan_next(&scan, &name, &day))
			if (strcmp(scan.place.data, place) == 0 && !visit(self, &name))
				break;
	scan_end(&scan);
}

/* ---- writing ---- */

/* What is to be in the file, in two parts: our place and the others. */
struct draft {
	struct buf ours, others;
	char *place, *project; /* that the last line of `others` belongs to */
	size_t n, places;
};

static void merge(struct names *n, const struct name *name, int64_t day)
{
	size_t before = n->n;
	struct known *e = entry_of(n, name->project_id, name->pipeline_id);
	const char *run;

	if (!e)
		return;
	if (n->n > before)
		e->day = day;
	if (!e->name && *name->name)
		e->name = mem_strdup(name->name);
	for (run = name->runs; *run; run += strspn(run, ","), run += strspn(run, "0123456789"))
		add_run(e, strtoll(run + strspn(run, ","), NULL, 10));
}

static void begin(struct draft *d, const struct scan *scan)
{
	if (!text_same(d->place, scan->place.data)) {
		mem_free(d->place);
		mem_free(d->project);
		d->place = mem_strdup(scan->place.data);
		d->project = NULL;
		d->places++;
		buf_addf(&d->others, PLACE "%s\n", d->place);
	}
	if (!text_same(d->project, scan->project.data)) {
		mem_free(d->project);
		d->project = mem_strdup(scan->project.data);
		buf_addf(&d->others, PROJECT "%s\n", d->project);
	}
}

/* What the file has goes to where it belongs. */
static void take_file(struct names *n, struct draft *d, int64_t today)
{
	struct scan scan;
	struct name name;
	int64_t day;
	bool ours;

	scan_begin(&scan, n->path);
	ours = scan_header(&scan);
	while (ours && scan_next(&scan, &name, &day)) {
		day = day < today ? day : today;
		if (today - day > NAMES_DAYS)
			continue;
		if (strcmp(scan.place.data, n->place) == 0) {
			merge(n, &name, day);
			continue;
		}
		begin(d, &scan);
		if (d->places >= NAMES_PLACES)
			break;
		buf_addf(&d->others, "%lld\t%s\t%s\t", (long long)day, name.pipeline_id, name.runs);
		add_name(name.name, &d->others);
		buf_addc(&d->others, '\n');
		d->n++;
	}
	scan_end(&scan);
}

static void write_ours(struct names *n, struct buf *out, int64_t today)
{
	const char *project = NULL;
	size_t i;

	buf_addf(out, HEADER "\n" PLACE "%s\n", n->place);
	for (i = 0; i < n->n; i++) {
		const struct known *e = &n->entries[i];

		if (!text_same(project, e->project))
			buf_addf(out, PROJECT "%s\n", e->project);
		project = e->project;
		add_entry(e, e->day < 0 ? today : e->day, out);
	}
}

/* Whole lines of at most `max` bytes. */
static void cut(struct buf *text, size_t max)
{
	const char *end;

	if (text->len <= max)
		return;
	end = memrchr(text->data, '\n', max);
	buf_truncate(text, end ? (size_t)(end - text->data) + 1 : 0);
}

static bool replace(struct names *n, int64_t max, int64_t now_ms, struct err *err)
{
	size_t most = max < NAMES_BYTES ? (size_t)max : NAMES_BYTES;
	struct draft d = {.n = 0};
	bool ok;

	buf_init(&d.ours, BUF_MAX);
	buf_init(&d.others, BUF_MAX);
	take_file(n, &d, now_ms / DAY_MS);
	write_ours(n, &d.ours, now_ms / DAY_MS);
	if (d.n + n->n <= NAMES_MAX)
		buf_add(&d.ours, d.others.data, d.others.len);
	vault_scrub(&d.ours); /* a server may call its pipelines as it likes */
	cut(&d.ours, most);
	ok = textfile_write(n->path, d.ours.data, d.ours.len, err);
	mem_free(d.place);
	mem_free(d.project);
	buf_done(&d.ours);
	buf_done(&d.others);
	return ok;
}

bool names_save(struct names *n, int64_t max, int64_t now_ms, struct err *err)
{
	bool ok;
	int fd;

	if (!n || !n->dirty || max <= 0)
		return true;
	fd = textfile_make_dir(n->path, err) ? textfile_lock(n->path, err) : -1;
	if (fd < 0)
		return false;
	ok = replace(n, max, now_ms, err);
	n->dirty = !ok;
	close(fd);
	return ok;
}
