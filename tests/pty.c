/* SPDX-License-Identifier: MIT */
/*
 * The test holds both ends of the pseudo terminal: the master as the terminal's side, and
 * the slave so that its modes can be read after the program has gone. So the master never
 * reports an end of file, and the end of the program is learned from waitpid().
 */
#include "test.h"
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "core/mem.h"
#include "core/style.h"
#include "core/text.h"

#define RAW_MAX ((size_t)64 << 20)
#define SLICE_MS 10 /* how often the end of the program is looked for */

struct pty {
	int master, slave, rows, cols;
	pid_t pid;
	bool ended, stalled;
	int status; /* as pty_exit_status has it */
	struct termios before;
	VTerm *vt;
	VTermScreen *screen;
	struct pty_state state;
	struct buf raw;
};

int64_t pty_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int pty_limit_ms(int quiet_ms)
{
	double load, share = 4;

	if (getloadavg(&load, 1) == 1)
		share = load / get_nprocs();
	share = share < 1 ? 1 : share > 4 ? 4 : share;
	return (int)(quiet_ms * share * (TEST_SANITIZED ? 4 : 1));
}

/* ---- start ---- */

static int on_move(VTermPos to, VTermPos from, int visible, void *user)
{
	struct pty *p = user;

	p->state.row = to.row;
	p->state.col = to.col;
	return 1;
}

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
	struct pty *p = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		p->state.cursor = value->boolean;
	if (prop == VTERM_PROP_ALTSCREEN)
		p->state.alternate = value->boolean;
	if (prop == VTERM_PROP_MOUSE)
		p->state.mouse = value->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.movecursor = on_move, .settermprop = on_property};

static void make_emulator(struct pty *p)
{
	p->vt = vterm_new(p->rows, p->cols);
	vterm_set_utf8(p->vt, 1);
	p->screen = vterm_obtain_screen(p->vt);
	vterm_screen_set_callbacks(p->screen, &callbacks, p);
	vterm_screen_enable_altscreen(p->screen, 1);
	p->state.cursor = true;
	vterm_screen_reset(p->screen, 1);
}

static void set_variables(const char *term, const char *const env[])
{
	size_t i;

	if (term)
		setenv("TERM", term, 1);
	else
		unsetenv("TERM");
	unsetenv("LINES");
	unsetenv("COLUMNS");
	for (i = 0; env && env[i]; i++) {
		if (strchr(env[i], '='))
			putenv(mem_strdup(env[i]));
		else
			unsetenv(env[i]);
	}
}

static void plain_signals(void)
{
	sigset_t none;
	int s;

	for (s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void child(struct pty *p, const char *const argv[], const char *term,
			    const char *const env[])
{
	char **words = mem_calloc(64, sizeof(*words));
	size_t i;

	plain_signals();
	setsid();
	ioctl(p->slave, TIOCSCTTY, 0);
	dup2(p->slave, 0);
	dup2(p->slave, 1);
	dup2(p->slave, 2);
	close(p->slave);
	close(p->master);
	set_variables(term, env);
	for (i = 0; argv[i] && i < 63; i++)
		words[i] = mem_strdup(argv[i]);
	execvp(words[0], words);
	_exit(127);
}

struct pty *pty_start(const char *const argv[], const char *term, int rows, int cols,
		      const char *const env[])
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	struct pty *p = mem_zalloc(sizeof(*p));

	p->rows = rows > 0 ? rows : 24;
	p->cols = cols > 0 ? cols : 80;
	buf_init(&p->raw, RAW_MAX);
	if (openpty(&p->master, &p->slave, NULL, NULL, &size) != 0)
		fail_msg("cannot open a pseudo terminal: %s", strerror(errno));
	fcntl(p->master, F_SETFL, O_NONBLOCK);
	fcntl(p->master, F_SETFD, FD_CLOEXEC);
	fcntl(p->slave, F_SETFD, FD_CLOEXEC);
	tcgetattr(p->slave, &p->before);
	make_emulator(p);
	p->pid = fork();
	if (p->pid < 0)
		fail_msg("cannot fork: %s", strerror(errno));
	if (p->pid == 0)
		child(p, argv, term, env);
	return p;
}

void pty_free(struct pty *p)
{
	if (!p)
		return;
	if (!p->ended) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, NULL, 0);
	}
	vterm_free(p->vt);
	if (p->master >= 0)
		close(p->master);
	close(p->slave);
	buf_done(&p->raw);
	mem_free(p);
}

/* ---- reading ---- */

/* Takes what there is; true when there was something. */
static bool drain(struct pty *p)
{
	char bytes[16384];
	bool some = false;
	ssize_t n;

	while (!p->stalled && (n = read(p->master, bytes, sizeof(bytes))) > 0) {
		some = true;
		buf_add(&p->raw, bytes, (size_t)n);
		vterm_input_write(p->vt, bytes, (size_t)n);
	}
	return some;
}

static void reap(struct pty *p)
{
	int status;

	if (p->ended || waitpid(p->pid, &status, WNOHANG) != p->pid)
		return;
	p->ended = true;
	p->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool pty_wait(struct pty *p, bool (*holds)(struct pty *p, void *arg), void *arg, int timeout_ms)
{
	int64_t end = pty_now_ms() + timeout_ms, left;
	struct pollfd fd = {.fd = p->master, .events = POLLIN};
	bool was_ended;

	for (;;) {
		was_ended = p->ended;
		drain(p);
		if (holds(p, arg))
			return true;
		left = end - pty_now_ms();
		if (left <= 0 || was_ended)
			return false;
		fd.fd = p->stalled ? -1 : p->master;
		poll(&fd, 1, left < SLICE_MS ? (int)left : SLICE_MS);
		reap(p);
	}
}

static bool shows_text(struct pty *p, void *arg)
{
	return pty_shows(p, arg);
}

static bool lacks_text(struct pty *p, void *arg)
{
	return !pty_shows(p, arg);
}

static bool wrote_bytes(struct pty *p, void *arg)
{
	const char *bytes = arg;

	return memmem(p->raw.data, p->raw.len, bytes, strlen(bytes)) != NULL;
}

/* The tests' predicates take plain pointers; the words behind them are only read. */
static bool wait_word(struct pty *p, bool (*holds)(struct pty *p, void *arg), const char *word,
		      int timeout_ms)
{
	char *copy = mem_strdup(word);
	bool held = pty_wait(p, holds, copy, timeout_ms);

	mem_free(copy);
	return held;
}

bool pty_wait_text(struct pty *p, const char *text, int timeout_ms)
{
	return wait_word(p, shows_text, text, timeout_ms);
}

bool pty_wait_gone(struct pty *p, const char *text, int timeout_ms)
{
	return wait_word(p, lacks_text, text, timeout_ms);
}

bool pty_wait_bytes(struct pty *p, const char *bytes, int timeout_ms)
{
	return wait_word(p, wrote_bytes, bytes, timeout_ms);
}

const char *pty_raw(struct pty *p, size_t *len)
{
	*len = p->raw.len;
	return p->raw.data;
}

/* ---- acting ---- */

void pty_key_bytes(struct pty *p, const char *bytes, size_t len)
{
	int64_t end = pty_now_ms() + 5000;
	struct pollfd fd = {.fd = p->master, .events = POLLOUT};
	ssize_t n;

	while (len > 0 && pty_now_ms() < end) {
		n = write(p->master, bytes, len);
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			continue;
		}
		drain(p);
		poll(&fd, 1, SLICE_MS);
	}
	if (len > 0)
		fail_msg("the program does not read its keys");
}

void pty_keys(struct pty *p, const char *keys)
{
	pty_key_bytes(p, keys, strlen(keys));
}

void pty_resize_unseen(struct pty *p, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	drain(p);
	ioctl(p->master, TIOCSWINSZ, &size);
}

void pty_resize(struct pty *p, int rows, int cols)
{
	drain(p);
	p->rows = rows > 0 ? rows : 24;
	p->cols = cols > 0 ? cols : 80;
	vterm_set_size(p->vt, p->rows, p->cols);
	pty_resize_unseen(p, rows, cols);
}

void pty_renew(struct pty *p, int rows, int cols)
{
	static const char on[] = "\033[?1049h\033[H\033[2J\033[?25l\033[?1h\033=\033)0";

	drain(p);
	vterm_free(p->vt);
	p->rows = rows;
	p->cols = cols;
	make_emulator(p);
	vterm_input_write(p->vt, on, sizeof(on) - 1);
	pty_resize_unseen(p, rows, cols);
}

void pty_scribble(struct pty *p, const char *bytes)
{
	drain(p);
	vterm_input_write(p->vt, bytes, strlen(bytes));
}

void pty_size(const struct pty *p, int *rows, int *cols)
{
	*rows = p->rows;
	*cols = p->cols;
}

void pty_signal(struct pty *p, int signal)
{
	kill(p->pid, signal);
}

void pty_stall(struct pty *p, bool stalled)
{
	p->stalled = stalled;
}

void pty_hang_up(struct pty *p)
{
	drain(p);
	close(p->master);
	p->master = -1;
}

static bool has_ended(struct pty *p, void *arg)
{
	return p->ended;
}

int pty_exit_status(struct pty *p, int timeout_ms)
{
	return pty_wait(p, has_ended, NULL, timeout_ms) ? p->status : -1;
}

pid_t pty_pid(const struct pty *p)
{
	return p->pid;
}

long pty_cpu_ms(const struct pty *p)
{
	unsigned long user = 0, system = 0;
	char path[64], line[1024], *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)p->pid);
	f = fopen(path, "r");
	if (!f || !fgets(line, sizeof(line), f))
		fail_msg("cannot read %s", path);
	fclose(f);
	/* Fields 14 and 15; the second one, the name in parentheses, may hold blanks. */
	at = strrchr(line, ')');
	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			  &system) != 2)
		fail_msg("cannot understand %s", path);
	return (long)((user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK));
}

bool pty_modes_restored(struct pty *p)
{
	struct termios now;

	return tcgetattr(p->slave, &now) == 0 && now.c_iflag == p->before.c_iflag &&
	       now.c_oflag == p->before.c_oflag && now.c_cflag == p->before.c_cflag &&
	       now.c_lflag == p->before.c_lflag &&
	       memcmp(now.c_cc, p->before.c_cc, sizeof(now.c_cc)) == 0;
}

/* ---- looking ---- */

static void add_char(struct buf *out, uint32_t cp)
{
	char bytes[4];

	buf_add(out, bytes, text_encode(cp, bytes));
}

static void add_row(struct pty *p, int row, struct buf *out)
{
	struct pty_cell c;
	size_t end = out->len;
	int col, i;

	for (col = 0; col < p->cols; col++) {
		c = pty_cell(p, row, col);
		if (c.width == 0)
			continue;
		add_char(out, c.ch ? c.ch : ' ');
		for (i = 0; i < 5 && c.marks[i]; i++)
			add_char(out, c.marks[i]);
		if (c.ch && c.ch != ' ')
			end = out->len;
	}
	buf_truncate(out, end);
}

void pty_screen(struct pty *p, struct buf *out)
{
	int row;

	drain(p);
	for (row = 0; row < p->rows; row++) {
		add_row(p, row, out);
		buf_addc(out, '\n');
	}
}

bool pty_find(struct pty *p, const char *text, int *row, int *col)
{
	struct buf line;
	const char *hit = NULL;
	size_t at, used;
	int r;

	buf_init(&line, BUF_MAX);
	for (r = 0; r < p->rows && !hit; r++) {
		buf_clear(&line);
		add_row(p, r, &line);
		hit = strstr(line.data, text);
		*row = r;
		*col = 0;
		for (at = 0; hit && line.data + at < hit; at += used) {
			uint32_t cp = text_decode(line.data + at, line.len - at, &used);

			*col += text_width(cp) > 0 ? text_width(cp) : 0;
		}
	}
	buf_done(&line);
	return hit != NULL;
}

bool pty_shows(struct pty *p, const char *text)
{
	int row, col;

	return pty_find(p, text, &row, &col);
}

static uint32_t colour_word(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return COLOUR(COLOUR_DEFAULT, 0);
	if (VTERM_COLOR_IS_INDEXED(c))
		return COLOUR(COLOUR_PALETTE, c->indexed.idx);
	return COLOUR(COLOUR_RGB, (uint32_t)c->rgb.red << 16 | (uint32_t)c->rgb.green << 8 | c->rgb.blue);
}

struct pty_cell pty_cell(struct pty *p, int row, int col)
{
	VTermPos pos = {.row = row, .col = col};
	struct pty_cell out = {0};
	VTermScreenCell c;
	int i;

	memset(&c, 0, sizeof(c));
	vterm_screen_get_cell(p->screen, pos, &c);
	out.width = c.chars[0] == (uint32_t)-1 ? 0 : c.width;
	out.ch = out.width ? c.chars[0] : 0;
	for (i = 0; i < 5 && out.ch && c.chars[i] && i + 1 < VTERM_MAX_CHARS_PER_CELL; i++)
		out.marks[i] = c.chars[i + 1];
	out.fg = colour_word(&c.fg);
	out.bg = colour_word(&c.bg);
	out.bold = c.attrs.bold;
	out.italic = c.attrs.italic;
	out.underline = c.attrs.underline != 0;
	out.reverse = c.attrs.reverse;
	return out;
}

struct pty_state pty_state(struct pty *p)
{
	drain(p);
	return p->state;
}
