/* SPDX-License-Identifier: MIT */
/*
 * A script is read whole into lines and checked first, so that a misspelt word at its end
 * is said before twenty seconds were spent on its beginning. Each act is a row of one
 * table: its words, what it takes, and the function that does it. Waits and expectations
 * are one function with another patience.
 *
 * A lone Escape is told from Alt by what follows within 25 ms; a script may therefore not
 * press a key after Esc before it has seen what Esc did.
 */
#include "test.h"
#include "keyscript.h"

#include <regex.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/text.h"
#include "ui/command.h"

#define LINES 400
#define SIZES 8

enum shape { NARROW = 1, MIDDLE = 2, WIDE = 4, ANY = 7 };

struct line {
	int number, row;	/* row: of wait-row */
	unsigned shapes;	/* enum shape bits */
	const struct act *act;
	char *text;		/* the rest */
};

struct keyscript {
	char *path;
	struct stage_options options;
	int sizes[SIZES][2], nsizes;
	struct line lines[LINES];
	int nlines;
};

struct play {
	const struct keyscript *script;
	const struct line *line;
	struct stage stage;
	keyscript_save *save;
	void *arg;
	struct buf *complaint;
	bool ended;
};

struct act {
	const char *name;
	bool (*run)(struct play *p, const struct line *l);
	bool (*holds)(struct pty *pty, void *line); /* of waits and expectations */
	bool takes_row;
};

/* ---- saying what is wrong ---- */

static bool complain(struct play *p, const char *what)
{
	struct buf screen;

	buf_init(&screen, BUF_MAX);
	pty_screen(p->stage.pty, &screen);
	buf_addf(p->complaint, "%s:%d: %s %s: %s\n%s", p->script->path, p->line->number, p->line->act->name,
		 p->line->text, what, screen.data);
	buf_done(&screen);
	return false;
}

static _Noreturn void misspelt(const struct keyscript *k, int number, const char *what)
{
	fail_msg("%s:%d: %s", k->path, number, what);
	abort();
}

/* ---- matching ---- */

/* One row of text against TEXT or /expression/. */
static bool row_has(const char *row, const char *text)
{
	size_t len = strlen(text);
	char pattern[512];
	regex_t re;
	bool hit;

	if (len < 3 || text[0] != '/' || text[len - 1] != '/')
		return strstr(row, text) != NULL;
	snprintf(pattern, sizeof(pattern), "%.*s", (int)len - 2, text + 1);
	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		fail_msg("not an expression: %s", text);
	hit = regexec(&re, row, 0, NULL, 0) == 0;
	regfree(&re);
	return hit;
}

/* Does any row of `lines`, or the one of that number (from the last if negative), have it? */
static bool rows_have(char *lines, bool any, int row, const char *text)
{
	int count = 0, n = 0;
	char *at, *end;
	bool hit = false;

	for (at = lines; *at; at++)
		count += *at == '\n';
	if (!any && row < 0)
		row += count;
	for (at = lines; *at && !hit; at = end + 1, n++) {
		end = strchr(at, '\n');
		*end = '\0';
		hit = (any || n == row) && row_has(at, text);
		*end = '\n';
	}
	return hit;
}

static bool has_text(struct pty *pty, void *line)
{
	const struct line *l = line;
	struct buf screen;
	bool hit;

	buf_init(&screen, BUF_MAX);
	pty_screen(pty, &screen);
	hit = rows_have(screen.data, !l->act->takes_row, l->row, l->text);
	buf_done(&screen);
	return hit;
}

static bool lacks_text(struct pty *pty, void *line)
{
	return !has_text(pty, line);
}

static bool selection_has(struct pty *pty, void *line)
{
	const struct line *l = line;
	struct stage s = {.pty = pty};
	struct buf rows;
	bool hit;

	buf_init(&rows, BUF_MAX);
	buf_adds(&rows, "");
	stage_selected(&s, &rows);
	hit = rows.len && rows_have(rows.data, true, 0, l->text);
	buf_done(&rows);
	return hit;
}

/* ---- acts ---- */

static bool wait_for(struct play *p, const struct line *l)
{
	if (pty_wait(p->stage.pty, l->act->holds, (void *)(uintptr_t)l, stage_patience_ms()))
		return true;
	return complain(p, "did not come");
}

static bool expect_now(struct play *p, const struct line *l)
{
	struct buf ignored;

	buf_init(&ignored, BUF_MAX);
	pty_screen(p->stage.pty, &ignored); /* takes in what has come */
	buf_done(&ignored);
	return l->act->holds(p->stage.pty, (void *)(uintptr_t)l) || complain(p, "is not so");
}

static const struct {
	uint32_t code;
	const char *bytes;
} sequences[] = {
	{KEY_CODE_UP, "\033OA"},	{KEY_CODE_DOWN, "\033OB"},	 {KEY_CODE_RIGHT, "\033OC"},
	{KEY_CODE_LEFT, "\033OD"},	{KEY_CODE_HOME, "\033OH"},	 {KEY_CODE_END, "\033OF"},
	{KEY_CODE_PGUP, "\033[5~"},	{KEY_CODE_PGDN, "\033[6~"},	 {KEY_CODE_INSERT, "\033[2~"},
	{KEY_CODE_DELETE, "\033[3~"},	{KEY_CODE_BACKSPACE, "\177"},	 {KEY_CODE_ENTER, "\r"},
	{KEY_CODE_TAB, "\t"},		{KEY_CODE_BACKTAB, "\033[Z"},	 {KEY_CODE_ESC, "\033"},
	{KEY_CODE_F1, "\033OP"},	{KEY_CODE_F1 + 4, "\033[15~"},
};

bool keyscript_bytes(const char *name, struct buf *out)
{
	struct key key;
	char utf8[4];
	size_t i;

	if (!key_parse(name, &key))
		return false;
	if (key.alt)
		buf_addc(out, '\033');
	for (i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		if (sequences[i].code == key.code)
			return buf_adds(out, sequences[i].bytes);
	if (key.code > 0x10FFFF)
		return false;
	return buf_add(out, utf8, text_encode(key.code, utf8));
}

static bool press(struct play *p, const struct line *l)
{
	struct buf bytes;
	const char *at;
	char name[64];
	size_t len;

	for (at = l->text; *at; at += len + strspn(at + len, " ")) {
		len = strcspn(at, " ");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		buf_init(&bytes, BUF_MAX);
		keyscript_bytes(name, &bytes); /* known: the reader has asked */
		pty_key_bytes(p->stage.pty, bytes.data, bytes.len);
		buf_done(&bytes);
	}
	return true;
}

static bool type(struct play *p, const struct line *l)
{
	pty_keys(p->stage.pty, l->text);
	return true;
}

static bool resize(struct play *p, const struct line *l)
{
	int rows, cols;

	if (sscanf(l->text, "%dx%d", &rows, &cols) != 2)
		return complain(p, "is not ROWSxCOLS");
	pty_resize(p->stage.pty, rows, cols);
	return true;
}

static bool control(struct play *p, const struct line *l)
{
	char method[16], path[512];
	struct buf said;
	bool ok;

	if (sscanf(l->text, "%15s %511s", method, path) != 2)
		return complain(p, "is not METHOD PATH");
	buf_init(&said, BUF_MAX);
	ok = stage_ask(&p->stage, method, path, &said);
	if (!ok)
		complain(p, said.data);
	buf_done(&said);
	return ok;
}

static bool stop_sim(struct play *p, const struct line *l)
{
	(void)l;
	stage_stop_sim(&p->stage);
	return true;
}

static bool start_sim(struct play *p, const struct line *l)
{
	(void)l;
	stage_start_sim(&p->stage);
	return true;
}

static bool save_screen(struct play *p, const struct line *l)
{
	if (p->save)
		p->save(p->arg, l->text, &p->stage);
	return true;
}

static bool leave(struct play *p, const struct line *l)
{
	char said[80];
	int status = pty_exit_status(p->stage.pty, stage_patience_ms());

	p->ended = true;
	if (status == atoi(l->text))
		return pty_modes_restored(p->stage.pty) || complain(p, "left the terminal changed");
	snprintf(said, sizeof(said), status < 0 ? "still runs" : "ended with %d", status);
	return complain(p, said);
}

static const struct act acts[] = {
	{.name = "key", .run = press},
	{.name = "type", .run = type},
	{.name = "resize", .run = resize},
	{.name = "wait", .run = wait_for, .holds = has_text},
	{.name = "wait-not", .run = wait_for, .holds = lacks_text},
	{.name = "wait-row", .run = wait_for, .holds = has_text, .takes_row = true},
	{.name = "wait-selected", .run = wait_for, .holds = selection_has},
	{.name = "expect", .run = expect_now, .holds = has_text},
	{.name = "expect-not", .run = expect_now, .holds = lacks_text},
	{.name = "expect-row", .run = expect_now, .holds = has_text, .takes_row = true},
	{.name = "expect-selected", .run = expect_now, .holds = selection_has},
	{.name = "sim", .run = control},
	{.name = "stop-sim", .run = stop_sim},
	{.name = "start-sim", .run = start_sim},
	{.name = "save-screen", .run = save_screen},
	{.name = "exit", .run = leave},
};

/* ---- reading ---- */

static bool add_word(const char *words[STAGE_WORDS], const char *word)
{
	int i;

	for (i = 0; i < STAGE_WORDS - 1; i++)
		if (!words[i]) {
			words[i] = mem_strdup(word);
			return true;
		}
	return false;
}

static bool add_sizes(struct keyscript *k, const char *text)
{
	int used;

	for (; k->nsizes < SIZES; text += used, k->nsizes++)
		if (sscanf(text, " %dx%d%n", &k->sizes[k->nsizes][0], &k->sizes[k->nsizes][1], &used) != 2)
			break;
	return text[strspn(text, " ")] == '\0';
}

/* A word of the head; false when it is none. */
static bool read_head(struct keyscript *k, int number, const char *name, const char *text)
{
	struct stage_options *o = &k->options;
	const struct {
		const char *name, **value;
	} values[] = {{"scenario", &o->scenario}, {"seed", &o->seed},	{"speed", &o->speed},
		      {"start", &o->start},	  {"count", &o->count}, {"term", &o->term}};
	bool ok = true;
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(name, values[i].name) == 0) {
			*values[i].value = mem_strdup(text);
			return true;
		}
	if (strcmp(name, "demo") == 0)
		o->demo = true;
	else if (strcmp(name, "arg") == 0)
		ok = add_word(o->args, text);
	else if (strcmp(name, "env") == 0)
		ok = add_word(o->env, text);
	else if (strcmp(name, "config") == 0)
		ok = add_word(o->config, text);
	else if (strcmp(name, "sizes") == 0)
		ok = add_sizes(k, text);
	else
		return false;
	if (!ok)
		misspelt(k, number, "too much or no size");
	return true;
}

static unsigned read_shapes(char **at)
{
	static const char *const names[] = {"narrow", "middle", "wide"};
	size_t len = strcspn(*at, ": "), n;
	unsigned shapes = 0, i;
	char *s = *at;

	if (s[len] != ':')
		return ANY;
	for (; s < *at + len; s += n + 1)
		for (i = 0, n = strcspn(s, ",:"); i < 3; i++)
			if (strlen(names[i]) == n && memcmp(s, names[i], n) == 0)
				shapes |= 1u << i;
	*at += len + 1;
	*at += strspn(*at, " \t");
	return shapes;
}

static const struct act *act_named(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strcmp(name, acts[i].name) == 0)
			return &acts[i];
	return NULL;
}

/* Are all of them keys, and does nothing follow an Esc? */
static void check_keys(const struct keyscript *k, const struct line *l, bool *escaped)
{
	struct buf bytes;
	char name[64];
	const char *at;
	size_t len;

	for (at = l->text; *at; at += len + strspn(at + len, " ")) {
		len = strcspn(at, " ");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		buf_init(&bytes, BUF_MAX);
		if (!keyscript_bytes(name, &bytes))
			misspelt(k, l->number, "no such key");
		if (*escaped)
			misspelt(k, l->number, "a key right after Esc would be Alt with it: wait between");
		*escaped = strcmp(bytes.data, "\033") == 0;
		buf_done(&bytes);
	}
}

static void read_line(struct keyscript *k, int number, char *at, bool *escaped)
{
	struct line *l = &k->lines[k->nlines];
	char name[32] = "";
	size_t len;

	at += strspn(at, " \t");
	at[strcspn(at, "\r\n")] = '\0';
	if (!*at || *at == '#')
		return;
	*l = (struct line){.number = number, .shapes = read_shapes(&at)};
	len = strcspn(at, " \t");
	snprintf(name, sizeof(name), "%.*s", (int)len, at);
	at += len + strspn(at + len, " \t");
	l->act = act_named(name);
	if (!l->act && k->nlines == 0 && read_head(k, number, name, at))
		return;
	if (!l->act)
		misspelt(k, number, "no such act (or a word of the head after the first act)");
	if (k->nlines + 1 == LINES || !l->shapes)
		misspelt(k, number, "too many lines, or no such width");
	if (l->act->takes_row)
		l->row = (int)strtol(at, &at, 10);
	l->text = mem_strdup(at + (l->act->takes_row ? strspn(at, " ") : 0));
	if (l->act->run == press)
		check_keys(k, l, escaped);
	else if (l->act->holds)
		*escaped = false;
	else if (*escaped && l->act->run == type)
		misspelt(k, number, "text right after Esc: wait between");
	k->nlines++;
}

struct keyscript *keyscript_read(const char *path)
{
	static const int usual[4][2] = {{24, 80}, {30, 100}, {40, 130}, {60, 200}};
	struct keyscript *k = mem_zalloc(sizeof(*k));
	FILE *f = fopen(path, "r");
	bool escaped = false;
	char line[1024];
	int number = 0;

	if (!f)
		fail_msg("cannot open %s", path);
	k->path = mem_strdup(path);
	while (fgets(line, sizeof(line), f))
		read_line(k, ++number, line, &escaped);
	fclose(f);
	if (k->nsizes == 0) {
		memcpy(k->sizes, usual, sizeof(usual));
		k->nsizes = 4;
	}
	return k;
}

static void free_word(const char *word)
{
	mem_free((void *)(uintptr_t)word);
}

void keyscript_free(struct keyscript *k)
{
	const struct stage_options *o;
	int i;

	if (!k)
		return;
	o = &k->options;
	for (i = 0; i < k->nlines; i++)
		mem_free(k->lines[i].text);
	for (i = 0; i < STAGE_WORDS; i++) {
		free_word(o->args[i]);
		free_word(o->env[i]);
		free_word(o->config[i]);
	}
	free_word(o->scenario);
	free_word(o->seed);
	free_word(o->speed);
	free_word(o->start);
	free_word(o->count);
	free_word(o->term);
	mem_free(k->path);
	mem_free(k);
}

bool keyscript_size(const struct keyscript *k, int nth, int *rows, int *cols)
{
	if (nth < 0 || nth >= k->nsizes)
		return false;
	*rows = k->sizes[nth][0];
	*cols = k->sizes[nth][1];
	return true;
}

/* ---- playing ---- */

static bool end_it(struct play *p)
{
	static const struct act at_end = {.name = "the end:", .run = leave};
	static char status[] = "0";
	const struct line last = {.number = 0, .act = &at_end, .text = status};

	p->line = &last;
	pty_keys(p->stage.pty, "\003");
	return leave(p, &last);
}

bool keyscript_play(const struct keyscript *k, int rows, int cols, keyscript_save *save, void *arg,
		    struct buf *complaint)
{
	struct play p = {.script = k, .save = save, .arg = arg, .complaint = complaint};
	struct stage_options options = k->options;
	bool ok = true;
	int i, now_rows, now_cols;

	options.rows = rows;
	options.cols = cols;
	stage_open(&p.stage, &options);
	for (i = 0; i < k->nlines && ok; i++) {
		p.line = &k->lines[i];
		pty_size(p.stage.pty, &now_rows, &now_cols);
		if (p.line->shapes & (now_cols < 100 ? NARROW : now_cols < 130 ? MIDDLE : WIDE))
			ok = p.line->act->run(&p, p.line);
	}
	if (ok && !p.ended)
		ok = end_it(&p);
	stage_close(&p.stage);
	return ok;
}
