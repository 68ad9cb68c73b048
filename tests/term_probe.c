/* SPDX-License-Identifier: MIT */
/*
 * A small full screen program on ui/term.h, for test_term.c: what it does is chosen by
 * keys, and each key that arrives is named in the last row.
 */
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/text.h"
#include "scene.h"
#include "ui/term.h"

#define TICK_MS 2

static volatile sig_atomic_t stop;
static struct probe_stats own_stats, *stats = &own_stats;
static const struct rect all = {0, 0, 1000, 1000};

struct probe {
	struct term *term;
	struct grid *grid;
	struct theme theme, dark, mono, previews[2];
	int switches; /* of the theme, still to come */
	bool mouse;
	void (*scene)(struct probe *p);
	unsigned seed, keys;
	int64_t stop_ms;
	bool animated, dirty, done;
	char last[64];
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- signals ---- */

static void on_stop(int signal)
{
	stop = signal;
}

static void on_resize(int signal)
{
}

static void on_crash(int signal)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};
	int64_t began_ms = now_ms();

	term_emergency();
	stats->stopped_ms = (int32_t)(now_ms() - began_ms);
	sigaction(signal, &plain, NULL);
	raise(signal);
}

static void catch(int signal, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigaction(signal, &action, NULL);
}

/* ---- scenes ---- */

static void scene_hello(struct probe *p)
{
	grid_clear(p->grid);
	grid_text(p->grid, &all, 0, 0, -1, ROLE_HEADER, "hello");
	grid_text(p->grid, &all, 1, 2, -1, ROLE_TEXT, "\xE6\xB5\x81\xE6\xB0\xB4\xE7\xBA\xBF\xE5\xB7\xB2\xE5\xAE\x8C\xE6\x88\x90|");
	grid_text(p->grid, &all, 2, 0, -1, ROLE_TEXT, "e\xCC\x81|");
	grid_textf(p->grid, &all, 3, 0, -1, ROLE_TEXT, "%dx%d", grid_rows(p->grid), grid_cols(p->grid));
}

static void scene_looks_of(struct probe *p)
{
	scene_looks(p->grid);
}

static void scene_random_of(struct probe *p)
{
	scene_random(p->grid, p->seed);
}

static void scene_colours_of(struct probe *p)
{
	scene_colours(p->grid);
}

static void draw(struct probe *p)
{
	struct err err = {0};
	bool random = p->scene == scene_random_of;

	p->scene(p);
	if (!random)
		grid_text(p->grid, &all, grid_rows(p->grid) - 1, 0, -1, ROLE_STATUS, p->last);
	p->dirty = !term_show(p->term, p->grid, &err);
	if (!p->dirty)
		stats->shown++;
	else
		fprintf(stderr, "%s\n", err.text);
}

/* ---- what is not a frame ---- */

/* A pager that leaves the terminal in a bad way. */
static void run_child(struct probe *p)
{
	pid_t child;

	term_leave(p->term);
	child = fork();
	if (child == 0) {
		execlp("sh", "sh", "-c", "echo child is here; read x; stty -icanon -echo 2>/dev/null; printf '\\033[1;31m\\033[?25h'",
		       (char *)NULL);
		_exit(127);
	}
	while (waitpid(child, NULL, 0) < 0)
		;
	term_return(p->term);
	stats->stops++;
}

static void copy(struct probe *p, size_t len)
{
	char *text = calloc(1, len + 1);
	struct err err = {0};

	memset(text, 'x', len);
	if (len == 5)
		memcpy(text, "\033a;\n\377", 5);
	if (!term_copy(p->term, text, len, &err))
		snprintf(p->last, sizeof(p->last), "%.60s", err.text);
	free(text);
}

static void notify(struct probe *p)
{
	term_notify(p->term, "1;run\033]0;x\007", "\xE6\xB5\x81 failed; \xC2\x9B\xE2\x80\xAEsee\nlog");
}

/* Each switch has colours that no one before had. */
static void switch_theme(struct probe *p)
{
	struct theme *theme = &p->previews[p->switches % 2];
	int i;

	p->switches--;
	for (i = 0; i < ROLE_COUNT; i++) {
		theme->roles[i].fg = COLOUR(COLOUR_PALETTE, (p->switches * 29 + i) % 256);
		theme->roles[i].bg = COLOUR(COLOUR_PALETTE, (p->switches * 7 + i * 3) % 256);
	}
	if (p->switches == 0) {
		theme = &p->theme;
		p->scene = scene_looks_of;
		p->last[0] = '\0';
	}
	term_set_theme(p->term, theme);
	p->dirty = true;
}

/* ---- keys ---- */

static void on_other_key(struct probe *p, const struct key *key)
{
	if (key->code == 'D')
		term_set_theme(p->term, &p->dark);
	if (key->code == 'M')
		term_mouse(p->term, p->mouse = !p->mouse);
	if (key->code == 'P')
		run_child(p);
	if (key->code == 'B')
		term_bell(p->term);
	if (key->code == 'Y')
		copy(p, 5);
	if (key->code == 'U')
		copy(p, 56244);
	if (key->code == 'W')
		copy(p, 56245);
	if (key->code == 'N')
		notify(p);
	if (key->code == 'S')
		p->switches = 200;
	if (key->code == KEY_CODE_MOUSE)
		snprintf(p->last, sizeof(p->last), "mouse %d at %d,%d #%u", key->mouse, key->row, key->col,
			 p->keys);
}

static void on_key(struct probe *p, const struct key *key)
{
	p->dirty = true;
	snprintf(p->last, sizeof(p->last), "key %s%04x #%u", key->alt ? "alt " : "", (unsigned)key->code,
		 ++p->keys);
	if (key->code == KEY_CODE_PASTE)
		snprintf(p->last, sizeof(p->last), "paste [%.40s] #%u", term_paste(p->term), p->keys);
	if (key->code == 'h')
		p->scene = scene_hello;
	if (key->code == 'l')
		p->scene = scene_looks_of;
	if (key->code == 'c')
		p->scene = scene_colours_of;
	if (key->code == 'r') {
		p->scene = scene_random_of;
		p->seed++;
	}
	if (key->code == 'm')
		term_set_theme(p->term, &p->mono);
	if (key->code == 12)
		term_repaint(p->term);
	if (key->code == 'a')
		p->animated = !p->animated;
	if (key->code == 'V')
		raise(SIGSEGV);
	if (key->code == 'A')
		abort();
	if (key->code == 26) {
		term_suspend(p->term);
		stats->stops++;
	}
	on_other_key(p, key);
	p->done = p->done || key->code == 'q';
}

static void keys(struct probe *p, int *wait_ms)
{
	struct key key;
	bool gone = false;

	while (term_key(p->term, now_ms(), &key, wait_ms, &gone))
		on_key(p, &key);
	if (gone)
		p->done = true;
}

/* ---- loop ---- */

static void resize(struct probe *p)
{
	int rows, cols;

	if (!term_resized(p->term))
		return;
	term_size(p->term, &rows, &cols);
	grid_resize(p->grid, rows, cols);
	stats->resizes++;
	p->dirty = true;
}

static void wait_for_something(struct probe *p, int wait_ms, const sigset_t *open_mask)
{
	struct pollfd fds[2] = {
		{.fd = term_in_fd(p->term), .events = POLLIN},
		{.fd = term_pending(p->term) ? term_out_fd(p->term) : -1, .events = POLLOUT},
	};
	struct timespec t;

	if ((p->animated || p->switches > 0) && (wait_ms < 0 || wait_ms > TICK_MS))
		wait_ms = TICK_MS;
	t.tv_sec = wait_ms / 1000;
	t.tv_nsec = wait_ms % 1000 * 1000000L;
	ppoll(fds, 2, wait_ms < 0 ? NULL : &t, open_mask);
}

static void turn(struct probe *p, const sigset_t *open_mask)
{
	int wait_ms = -1;

	keys(p, &wait_ms);
	resize(p);
	if (p->animated) {
		p->seed++;
		p->dirty = true;
	}
	if (p->switches > 0 && term_ready(p->term))
		switch_theme(p);
	if (!term_pump(p->term))
		p->done = true;
	if (p->dirty && term_ready(p->term))
		draw(p);
	else if (p->dirty)
		stats->skipped++;
	if (!p->done)
		wait_for_something(p, wait_ms, open_mask);
}

static void run(struct probe *p)
{
	sigset_t blocked, open_mask;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGWINCH);
	sigprocmask(SIG_BLOCK, &blocked, &open_mask);
	while (!p->done && !stop)
		turn(p, &open_mask);
	p->stop_ms = now_ms();
}

static void open_stats(void)
{
	const char *path = getenv("PROBE_STATS");
	int fd = path ? open(path, O_RDWR) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*stats), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		stats = map;
}

static bool load_theme(struct theme *theme, const char *name, struct err *err)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/themes/%s.theme", top ? top : ".", name);
	return theme_load(theme, path, err);
}

int main(void)
{
	struct probe p = {.scene = scene_hello, .dirty = true};
	struct term_options options = {0, 1, !getenv("NO_COLOR"), &p.theme};
	struct err err = {0};
	int rows, cols;

	setlocale(LC_CTYPE, "");
	open_stats();
	theme_mono(&p.mono);
	if (!load_theme(&p.theme, "default", &err) || !load_theme(&p.dark, "dark", &err) ||
	    !(p.term = term_new(&options, &err))) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	catch(SIGTERM, on_stop);
	catch(SIGWINCH, on_resize);
	catch(SIGSEGV, on_crash);
	catch(SIGABRT, on_crash);
	term_size(p.term, &rows, &cols);
	p.grid = grid_new(rows, cols);
	grid_set_utf8(p.grid, text_locale_utf8());
	run(&p);
	term_free(p.term);
	stats->stopped_ms = (int32_t)(now_ms() - p.stop_ms);
	grid_free(p.grid);
	return stop ? 128 + stop : 0;
}
