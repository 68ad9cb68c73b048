/* SPDX-License-Identifier: MIT */
/*
 * A thousand sizes while somebody works: before each act the window is dragged about as
 * fast as sizes can be set, then rests at one size, and there the frame must be whole, the
 * selection on what it was on, and the act must still do what it does. The emulator does
 * not take part in the storms (see pty_resize_unseen()); at each rest it is a new one, so all
 * that is on its screen was drawn for that size.
 *
 * A frame is whole when a repaint from nothing (Ctrl+L) shows the same. Ages, durations and
 * counts go on between the two, so digits and the room around them are not compared.
 *
 * Frames are counted by what each of them begins with on a terminal of a new size: it
 * clears the screen.
 */
#include "test.h"

#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "core/mem.h"
#include "keyscript.h"

#define STORMS 40
#define SIZES 25 /* in each */
#define FORGIVEN 2 /* see rest() */
#define QUIET_MS 80
#define LAYOUTS_A_SECOND 60

static const struct {
	int rows, cols;
} rests[] = {{24, 80}, {30, 99}, {30, 100}, {40, 129}, {40, 130}, {60, 200}, {8, 40}, {24, 131}, {10, 101}};

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

static bool never(struct pty *p, void *arg)
{
	(void)p, (void)arg;
	return false;
}

/* ---- what is on the screen ---- */

/* "12m03s   3%" and "9s  12%" are the same: runs of digits, blanks and units of time are one '0'. */
static void add_blurred(struct buf *out, const char *text)
{
	static const char moving[] = "0123456789 smhd<>%,";
	size_t n;

	for (; *text; text += n) {
		n = strspn(text, moving);
		if (n)
			buf_addc(out, '0');
		else
			buf_add(out, text, n = 1);
	}
}

/* Without the last row, whose message any key takes away, Ctrl+L too. */
static void take_screen(struct pty *p, struct buf *out)
{
	struct buf screen;
	char *last;

	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	buf_truncate(&screen, screen.len - 1);
	last = strrchr(screen.data, '\n');
	buf_truncate(&screen, last ? (size_t)(last - screen.data) : screen.len);
	buf_clear(out);
	add_blurred(out, screen.data);
	buf_done(&screen);
}

/*
 * Is the first row there and the last, which a frame never leaves empty and draws last? So
 * half a frame, of which the kernel hands over 4 KiB at a time, is not taken for one.
 */
static bool has_frame(struct pty *p, void *arg)
{
	struct buf screen;
	bool has;

	(void)arg;
	buf_init(&screen, BUF_MAX);
	pty_screen(p, &screen);
	has = screen.len > 2 && screen.data[0] != '\n' && screen.data[screen.len - 2] != '\n';
	buf_done(&screen);
	return has;
}

struct repaint {
	size_t from; /* of the raw output */
	struct buf was, is;
};

/* Has the screen been cleared since, and filled again? */
static bool repainted(struct pty *p, void *arg)
{
	struct repaint *r = arg;
	size_t len;
	const char *raw = pty_raw(p, &len);

	return memmem(raw + r->from, len - r->from, "\033[2J", 4) && has_frame(p, NULL);
}

struct quiet {
	size_t len;
	int64_t since_ms;
};

static bool is_quiet(struct pty *p, void *arg)
{
	struct quiet *q = arg;
	size_t len;

	pty_raw(p, &len);
	if (len != q->len)
		*q = (struct quiet){len, pty_now_ms()};
	return pty_now_ms() - q->since_ms >= QUIET_MS;
}

/* Until nothing was drawn for a moment (or it never ends: what is drawn then is drawn anyway). */
static void calm(struct pty *p)
{
	struct quiet q = {0, pty_now_ms()};

	pty_wait(p, is_quiet, &q, 2000);
}

static void show(const char *title, const struct buf *screen)
{
	fprintf(stderr, "---- %s\n%s\n", title, screen->data);
}

/* True when a repaint from nothing shows the same. */
static bool is_whole(struct pty *p)
{
	struct repaint r;
	bool whole;

	buf_init(&r.was, BUF_MAX);
	buf_init(&r.is, BUF_MAX);
	calm(p);
	take_screen(p, &r.was);
	pty_raw(p, &r.from);
	pty_keys(p, "\014");
	if (!pty_wait(p, repainted, &r, stage_patience_ms()))
		fail_msg("no repaint");
	calm(p);
	take_screen(p, &r.is);
	whole = strcmp(r.was.data, r.is.data) == 0;
	if (!whole) {
		show("before the repaint", &r.was);
		show("after the repaint", &r.is);
	}
	buf_done(&r.was);
	buf_done(&r.is);
	return whole;
}

/* The name of what is selected in the first pane: after the bar and the symbol of its state. */
static void selected_name(struct stage *s, struct buf *out)
{
	struct buf screen;
	const char *at;

	buf_init(&screen, BUF_MAX);
	pty_screen(s->pty, &screen);
	buf_clear(out);
	buf_adds(out, "");
	at = strstr(screen.data, "\n|");
	if (at) {
		at += 2;
		at += strcspn(at, " \n");
		at += strspn(at, " ");
		buf_add(out, at, strcspn(at, " ~\n"));
	}
	buf_done(&screen);
}

/* ---- the storm ---- */

/* From 1x1 to 60x200, often at the borders of the layouts. */
static void some_size(unsigned *seed, int *rows, int *cols)
{
	static const int borders[] = {39, 40, 99, 100, 129, 130};

	*rows = 1 + (int)(next(seed) % 60);
	*cols = next(seed) % 3 ? 1 + (int)(next(seed) % 200) : borders[next(seed) % 6];
}

static void storm(struct stage *s, unsigned *seed)
{
	int i, rows, cols;

	for (i = 0; i < SIZES; i++) {
		some_size(seed, &rows, &cols);
		pty_resize_unseen(s->pty, rows, cols);
		pty_wait(s->pty, never, NULL, (int)(next(seed) % 7)); /* what passes by is read */
	}
}

/*
 * Rests at a size and looks. An answer of the server that comes between the two looks changes
 * the screen too, seldom in a world that stands still: so a few are forgiven in a whole walk.
 */
static void rest(struct stage *s, int which, int *differed)
{
	pty_renew(s->pty, rests[which].rows, rests[which].cols);
	if (!pty_wait(s->pty, has_frame, NULL, stage_patience_ms()))
		fail_msg("no frame at %dx%d", rests[which].rows, rests[which].cols);
	if (!is_whole(s->pty) && ++*differed > FORGIVEN)
		fail_msg("torn frames, the last at %dx%d", rests[which].rows, rests[which].cols);
}

/* To a size that it may already have, of which the program would hear nothing. */
static void settle(struct stage *s, int rows, int cols)
{
	pty_renew(s->pty, rows, cols);
	pty_keys(s->pty, "\014");
	if (!pty_wait(s->pty, has_frame, NULL, stage_patience_ms()))
		fail_msg("no frame at %dx%d", rows, cols);
	calm(s->pty);
}

static size_t frames(struct pty *p, size_t from)
{
	size_t len, n = 0;
	const char *raw = pty_raw(p, &len), *at = raw + from;

	while ((at = memmem(at, len - (size_t)(at - raw), "\033[2J", 4)) != NULL) {
		at += 4;
		n++;
	}
	return n;
}

/* ---- the walk ---- */

struct step {
	const char *keys, *text; /* is awaited after them, at a size where it can be */
};

static const struct step walk[] = {
	{"", "LIVE"},	{"!", "error 1 of"}, {"z", "wrap off"}, {"q", "LIVE"},
	{"F", "following"}, {"z", "wrap off"}, {"q", "LIVE"},	 {"H", "LIVE"},
	{"\033", "LIVE"}, {"1", "LIVE"},
};

static void open_world(struct stage *s)
{
	struct stage_options options = {.scenario = "demo", .seed = "7", .speed = "0",
					.start = "2026-01-06 15:40:00", .rows = 24, .cols = 80};

	stage_open(s, &options);
	if (!pty_wait_text(s->pty, "failed", stage_patience_ms()) ||
	    !pty_wait_text(s->pty, "LIVE", stage_patience_ms()))
		fail_msg("no first screen");
}

static void close_world(struct stage *s)
{
	pty_keys(s->pty, "\003");
	assert_int_equal(pty_exit_status(s->pty, stage_patience_ms()), 0);
	assert_true(pty_modes_restored(s->pty));
	stage_close(s);
}

static unsigned the_seed(void)
{
	const char *given = getenv("STORM_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)getpid();

	printf("# STORM_SEED=%u\n", seed);
	return seed;
}

static void a_walk_through_a_thousand_sizes_sees_whole_frames(void **state)
{
	unsigned seed = the_seed();
	struct stage s;
	size_t i, n = sizeof(walk) / sizeof(walk[0]);
	int differed = 0;
	struct buf seen;

	(void)state;
	buf_init(&seen, BUF_MAX);
	open_world(&s);
	for (i = 0; i < STORMS; i++) {
		const struct step *step = &walk[i % n];

		storm(&s, &seed);
		rest(&s, (int)(next(&seed) % (sizeof(rests) / sizeof(rests[0]))), &differed);
		settle(&s, 24, 80);
		pty_keys(s.pty, step->keys);
		if (!pty_wait_text(s.pty, step->text, stage_patience_ms())) {
			take_screen(s.pty, &seen);
			show("instead of it", &seen);
			fail_msg("storm %zu: no \"%s\" after \"%s\"", i, step->text, step->keys);
		}
	}
	printf("# %d of %d frames differed from their repaint, %d are forgiven\n", differed, STORMS, FORGIVEN);
	close_world(&s);
	buf_done(&seen);
}

static void a_frame_with_a_stranger_in_it_is_not_whole(void **state)
{
	struct stage s;

	(void)state;
	open_world(&s);
	settle(&s, 24, 80);
	pty_scribble(s.pty, "\0337\033[12;30H#torn#\0338");
	assert_false(is_whole(s.pty));
	close_world(&s);
}

static void expect_same(struct stage *s, const struct buf *before, const struct buf *after)
{
	struct buf screen;

	if (strcmp(before->data, after->data) == 0)
		return;
	buf_init(&screen, BUF_MAX);
	pty_screen(s->pty, &screen);
	show("the selection is another", &screen);
	buf_done(&screen);
	fail_msg("\"%s\" was selected, now \"%s\"", before->data, after->data);
}

static void the_selection_stays_on_its_object_through_any_size(void **state)
{
	unsigned seed = the_seed();
	struct buf before, after;
	struct stage s;
	int i, down, differed = 0;

	(void)state;
	buf_init(&before, BUF_MAX);
	buf_init(&after, BUF_MAX);
	open_world(&s);
	for (i = 0; i < 12; i++) {
		settle(&s, 40, 130);
		pty_keys(s.pty, "1");
		for (down = (int)(next(&seed) % 4); down > 0; down--)
			pty_keys(s.pty, next(&seed) % 4 ? "j" : "k");
		calm(s.pty);
		selected_name(&s, &before);
		if (before.len < 3)
			fail_msg("nothing is selected");
		storm(&s, &seed);
		rest(&s, (int)(next(&seed) % 6), &differed);
		settle(&s, 40, 130);
		selected_name(&s, &after);
		expect_same(&s, &before, &after);
	}
	close_world(&s);
	buf_done(&before);
	buf_done(&after);
}

static void sizes_in_a_storm_cost_at_most_sixty_layouts_a_second(void **state)
{
	unsigned seed = the_seed();
	int64_t began, ms;
	size_t from, drawn;
	struct stage s;
	int rows, cols;

	(void)state;
	open_world(&s);
	began = pty_now_ms();
	pty_raw(s.pty, &from);
	while (pty_now_ms() - began < 3000) {
		some_size(&seed, &rows, &cols);
		pty_resize_unseen(s.pty, rows, cols);
		pty_wait(s.pty, never, NULL, 1);
	}
	ms = pty_now_ms() - began;
	drawn = frames(s.pty, from);
	printf("# %zu frames in %d ms\n", drawn, (int)ms);
	assert_true(drawn > 5); /* so the count does count */
	assert_true(drawn <= (size_t)ms * LAYOUTS_A_SECOND / 1000 + 2);
	pty_renew(s.pty, 24, 80);
	assert_true(pty_wait_text(s.pty, "LIVE", stage_patience_ms()));
	close_world(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_with_a_stranger_in_it_is_not_whole),
		cmocka_unit_test(a_walk_through_a_thousand_sizes_sees_whole_frames),
		cmocka_unit_test(the_selection_stays_on_its_object_through_any_size),
		cmocka_unit_test(sizes_in_a_storm_cost_at_most_sixty_layouts_a_second),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
