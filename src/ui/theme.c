/* SPDX-License-Identifier: MIT */
/*
 * Themes: a look for each role, read from a file of settings `role = "look"`. The mono
 * look is built in and lies under every theme, so a file may leave roles out and the
 * program starts without any file. The whole file is taken or none of it: a theme
 * with a mistake is an error that says where and what would be right.
 */
#include "ui/theme.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/path.h"
#include "core/text.h"

#define FILE_MAX_BYTES (256u * 1024)
#define SUFFIX ".theme"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Names as files have them, and the looks without colour. */
static const struct {
	const char *name;
	uint8_t mono;
} roles[ROLE_COUNT] = {
	[ROLE_TEXT] = {"text", 0},
	[ROLE_DIM] = {"dim", STYLE_DIM},
	[ROLE_HEADER] = {"header", STYLE_BOLD},
	[ROLE_COLUMNS] = {"columns", STYLE_UNDERLINE},
	[ROLE_SELECTED] = {"selected", STYLE_REVERSE},
	[ROLE_MARKED] = {"marked", STYLE_BOLD | STYLE_UNDERLINE},
	[ROLE_RULE] = {"rule", STYLE_DIM},
	[ROLE_STATUS] = {"status", 0},
	[ROLE_KEY] = {"key", STYLE_BOLD},
	[ROLE_PROMPT] = {"prompt", STYLE_BOLD},
	[ROLE_WAITING] = {"waiting", STYLE_BOLD | STYLE_REVERSE},
	[ROLE_FAILED] = {"failed", STYLE_BOLD},
	[ROLE_STUCK] = {"stuck", STYLE_BOLD | STYLE_UNDERLINE},
	[ROLE_RUNNING] = {"running", STYLE_UNDERLINE},
	[ROLE_QUEUED] = {"queued", STYLE_DIM | STYLE_UNDERLINE},
	[ROLE_OK] = {"ok", 0},
	[ROLE_STOPPED] = {"stopped", STYLE_DIM | STYLE_ITALIC},
	[ROLE_SKIPPED] = {"skipped", STYLE_DIM},
	[ROLE_OTHER] = {"other", STYLE_ITALIC},
	[ROLE_STALE] = {"stale", STYLE_DIM},
	[ROLE_BADGE_OK] = {"badge-ok", STYLE_BOLD},
	[ROLE_BADGE_BAD] = {"badge-bad", STYLE_BOLD | STYLE_REVERSE},
	[ROLE_MARKER] = {"marker", STYLE_DIM},
	[ROLE_ERROR_LINE] = {"error-line", STYLE_BOLD},
	[ROLE_MATCH] = {"match", STYLE_REVERSE | STYLE_UNDERLINE},
	[ROLE_ALIEN] = {"alien", STYLE_REVERSE},
	[ROLE_MESSAGE] = {"message", 0},
	[ROLE_MESSAGE_BAD] = {"message-bad", STYLE_BOLD},
};

static const char *const colours[] = {
	"black",	"red",		"green",	"yellow",
	"blue",		"magenta",	"cyan",		"white",
	"bright-black", "bright-red",	"bright-green",	"bright-yellow",
	"bright-blue",	"bright-magenta", "bright-cyan", "bright-white",
};

static const struct {
	const char *name;
	uint8_t attr;
} attrs[] = {
	{"bold", STYLE_BOLD},
	{"dim", STYLE_DIM},
	{"italic", STYLE_ITALIC},
	{"underline", STYLE_UNDERLINE},
	{"reverse", STYLE_REVERSE},
};

void theme_mono(struct theme *theme)
{
	int i;

	memset(theme, 0, sizeof(*theme));
	strcpy(theme->name, "mono");
	for (i = 0; i < ROLE_COUNT; i++)
		theme->roles[i].attr = roles[i].mono;
}

const char *theme_role_name(enum role role)
{
	return role < ROLE_COUNT ? roles[role].name : "";
}

/* ---- a look ---- */

static bool number_colour(const char *word, uint32_t *colour)
{
	int64_t n;

	if (!isdigit((unsigned char)*word) || !text_int(word, &n) || n > 255)
		return false;
	*colour = COLOUR(COLOUR_PALETTE, n);
	return true;
}

static bool hex_colour(const char *word, uint32_t *colour)
{
	uint32_t value = 0;
	int i;

	for (i = 1; i <= 6; i++) {
		if (!isxdigit((unsigned char)word[i]))
			return false;
		value = value << 4 | (isdigit((unsigned char)word[i])
					      ? (uint32_t)(word[i] - '0')
					      : (uint32_t)(tolower((unsigned char)word[i]) - 'a' + 10));
	}
	*colour = COLOUR(COLOUR_RGB, value);
	return word[7] == '\0';
}

static bool parse_colour(const char *word, uint32_t *colour)
{
	size_t i;

	*colour = COLOUR(COLOUR_DEFAULT, 0);
	if (strcasecmp(word, "default") == 0)
		return true;
	for (i = 0; i < COUNT(colours); i++)
		if (strcasecmp(word, colours[i]) == 0) {
			*colour = COLOUR(COLOUR_PALETTE, i);
			return true;
		}
	if (*word == '#')
		return hex_colour(word, colour);
	return number_colour(strncasecmp(word, "color", 5) == 0 ? word + 5 : word, colour);
}

static bool parse_attr(const char *word, uint8_t *attr)
{
	size_t i;

	for (i = 0; i < COUNT(attrs); i++)
		if (strcasecmp(word, attrs[i].name) == 0) {
			*attr |= attrs[i].attr;
			return true;
		}
	return false;
}

/* Where in "FG on BG attr attr" the words are. */
struct look_words {
	struct style style;
	bool has_fg, has_bg, wants_bg;
};

static bool take_word(struct look_words *w, const char *word)
{
	if (w->wants_bg) {
		w->wants_bg = false;
		w->has_bg = true;
		return parse_colour(word, &w->style.bg);
	}
	if (strcasecmp(word, "on") == 0 && !w->has_bg) {
		w->wants_bg = true;
		return true;
	}
	if (parse_attr(word, &w->style.attr))
		return true;
	if (w->has_fg || w->has_bg)
		return false;
	w->has_fg = true;
	return parse_colour(word, &w->style.fg);
}

/* On failure `bad` is the word at fault. */
static bool parse_look(const char *look, struct style *style, char bad[32])
{
	struct look_words w = {{0}, false, false, false};
	const char *p = look;
	size_t len;

	for (;;) {
		p += strspn(p, " \t");
		len = strcspn(p, " \t");
		if (len == 0)
			break;
		memcpy(bad, p, len < 31 ? len : 31);
		bad[len < 31 ? len : 31] = '\0';
		if (len > 31 || !take_word(&w, bad))
			return false;
		p += len;
	}
	*style = w.style;
	return !w.wants_bg;
}

/* ---- a file ---- */

/* Enough of a path to know the file by, so that the rest of the sentence has room. */
static const char *short_path(const char *path)
{
	size_t len = strlen(path);

	return len > 70 ? path + len - 70 : path;
}

static bool read_file(int fd, const char *path, struct buf *text, struct err *err)
{
	struct stat st;
	ssize_t n;
	char *room;

	if (fstat(fd, &st) != 0)
		return err_set(err, ERR_IO, errno, _("cannot read theme %s: %s"), short_path(path),
			       strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, 0, _("theme %s is not a regular file"), short_path(path));
	do {
		room = buf_room(text, 4096);
		if (!room)
			return err_set(err, ERR_INPUT, 0, _("theme %s is larger than 256 KiB"),
				       short_path(path));
		n = read(fd, room, 4096);
		if (n > 0)
			buf_seal(text, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return err_set(err, ERR_IO, errno, _("cannot read theme %s: %s"), short_path(path),
			       strerror(errno));
	return true;
}

static bool load_text(const char *path, struct buf *text, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_INPUT : ERR_IO, errno,
			       _("cannot open theme %s: %s"), short_path(path), strerror(errno));
	ok = read_file(fd, path, text, err);
	close(fd);
	if (ok && memchr(text->data, '\0', text->len))
		return err_set(err, ERR_INPUT, 0, _("theme %s is not text: it has a NUL byte"),
			       short_path(path));
	return ok;
}

static bool look_error(const char *path, const config_setting_t *s, const char *bad, struct err *err)
{
	char shown[32];
	size_t i;

	for (i = 0; i < sizeof(shown) - 1 && bad[i]; i++)
		shown[i] = bad[i] >= ' ' && bad[i] <= '~' ? bad[i] : '?';
	shown[i] = '\0';
	return err_set(err, ERR_INPUT, 0,
		       _("%s:%u: %s: \"%s\": want \"[COLOUR] [on COLOUR] [bold dim italic underline "
			 "reverse]\", COLOUR: default, red, bright-red, 0..255, #rrggbb"),
		       short_path(path), (unsigned)config_setting_source_line(s),
		       config_setting_name(s), shown);
}

static bool take_setting(struct theme *theme, const char *path, const config_setting_t *s,
			 struct err *err)
{
	const char *name = config_setting_name(s), *look = config_setting_get_string(s);
	char bad[32] = "";
	int i;

	for (i = 0; i < ROLE_COUNT && strcmp(roles[i].name, name) != 0; i++)
		;
	if (i == ROLE_COUNT)
		return err_set(err, ERR_INPUT, 0,
			       _("%s:%u: \"%.40s\" is no role; the roles are listed in default.theme"),
			       short_path(path), (unsigned)config_setting_source_line(s), name);
	if (!look || !parse_look(look, &theme->roles[i], bad))
		return look_error(path, s, bad, err);
	return true;
}

static bool take_settings(struct theme *theme, const char *path, const char *text,
			  struct err *err)
{
	const config_setting_t *root, *s;
	config_t config;
	bool ok;
	int i;

	config_init(&config);
	ok = config_read_string(&config, text) == CONFIG_TRUE;
	if (!ok)
		err_set(err, ERR_INPUT, 0, _("%s:%d: %s; a setting is like: failed = \"red bold\";"),
			short_path(path), config_error_line(&config), config_error_text(&config));
	root = ok ? config_root_setting(&config) : NULL;
	for (i = 0; ok && (s = config_setting_get_elem(root, (unsigned)i)); i++)
		ok = take_setting(theme, path, s, err);
	config_destroy(&config);
	return ok;
}

/* How much of a file's name is the theme's; all of it where it does not end as one. */
static size_t name_length(const char *file)
{
	size_t len = strlen(file), suffix = strlen(SUFFIX);

	return len > suffix && strcmp(file + len - suffix, SUFFIX) == 0 ? len - suffix : len;
}

static void set_name(struct theme *theme, const char *path)
{
	const char *base = strrchr(path, '/');
	size_t len;

	base = base ? base + 1 : path;
	len = name_length(base);
	if (len >= sizeof(theme->name))
		len = text_cut(base, sizeof(theme->name) - 1);
	memcpy(theme->name, base, len);
	theme->name[len] = '\0';
}

bool theme_load(struct theme *theme, const char *path, struct err *err)
{
	struct theme made;
	struct buf text;
	bool ok;

	theme_mono(&made);
	set_name(&made, path);
	buf_init(&text, FILE_MAX_BYTES + 4096);
	ok = load_text(path, &text, err);
	if (ok && text.len > FILE_MAX_BYTES)
		ok = err_set(err, ERR_INPUT, 0, _("theme %s is larger than 256 KiB"), short_path(path));
	/* A theme is one file: libconfig would open whatever an @include names. */
	if (ok && strstr(text.data, "@include"))
		ok = err_set(err, ERR_INPUT, 0, _("theme %s: @include is not taken; put the settings here"),
			     short_path(path));
	ok = ok && take_settings(&made, path, text.data, err);
	buf_done(&text);
	if (ok)
		*theme = made;
	return ok;
}

bool theme_find(struct theme *theme, const char *name, struct err *err)
{
	struct buf path;
	char file[sizeof(theme->name) + sizeof(SUFFIX)];
	bool ok;

	if (text_empty(name) || strlen(name) >= sizeof(theme->name) || strchr(name, '/'))
		return err_set(err, ERR_INPUT, 0,
			       _("\"%.40s\" is no theme's name; try default, or mono for no colour"),
			       text_or_empty(name));
	strcpy(file, name);
	strcat(file, SUFFIX);
	buf_init(&path, BUF_MAX);
	ok = path_data("themes", file, &path);
	if (ok) {
		ok = theme_load(theme, path.data, err);
	} else if (strcmp(name, "mono") == 0) {
		theme_mono(theme);
		ok = true;
	} else {
		err_set(err, ERR_INPUT, 0,
			_("there is no theme \"%s\": put %s into ~/.config/pipetop/themes, or use mono"),
			name, file);
	}
	buf_done(&path);
	return ok;
}

/* ---- all of them ---- */

#define LIST_MAX 1000 /* of one directory: a list to choose from */

static int by_name(const void *a, const void *b)
{
	return text_compare_natural(*(const char *const *)a, *(const char *const *)b);
}

static bool listed(const struct buf *names, const char *name)
{
	size_t len = strlen(name);
	const char *p = names->data;

	for (; *p; p = strchr(p, '\n') + 1)
		if (strncmp(p, name, len) == 0 && p[len] == '\n')
			return true;
	return false;
}

/* A name that can be typed, shown and found again. */
static bool good_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] == 0x7F)
			return false;
	return len > 0 && len < sizeof(((struct theme *)NULL)->name) && *name != '.';
}

static size_t read_dir(const char *path, char **found)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t n = 0, len;

	while (dir && n < LIST_MAX && (entry = readdir(dir))) {
		len = name_length(entry->d_name);
		if (entry->d_name[len] && good_name(entry->d_name, len))
			found[n++] = mem_strndup(entry->d_name, len);
	}
	if (dir)
		closedir(dir);
	return n;
}

static void add_name(struct buf *names, const char *name)
{
	if (!listed(names, name))
		buf_addf(names, "%s\n", name);
}

void theme_list(struct buf *names)
{
	char **found = mem_calloc(LIST_MAX, sizeof(*found));
	struct buf dir;
	size_t n, i;
	int nth;

	buf_clear(names);
	buf_init(&dir, BUF_MAX);
	for (nth = 0; nth < PATH_DATA_DIRS; nth++) {
		buf_clear(&dir);
		n = path_data_dir("themes", nth, &dir) ? read_dir(dir.data, found) : 0;
		qsort(found, n, sizeof(*found), by_name);
		for (i = 0; i < n; i++) {
			add_name(names, found[i]);
			mem_free(found[i]);
		}
	}
	add_name(names, "mono");
	buf_done(&dir);
	mem_free(found);
}
