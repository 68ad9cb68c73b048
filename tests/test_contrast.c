/* SPDX-License-Identifier: MIT */
/*
 * Can the shipped themes be read, and can their states be told apart? Contrast is WCAG's, on
 * every background that a theme is for, with what a terminal of 8, 16, 256 or direct colours
 * shows of the theme (ui/palette.h).
 *
 * Text wants 4.5:1 (7:1 in high-contrast), what is meant to stand back 3:1. That can be asked of
 * colours with a fixed value only. The sixteen named colours are the user's: no name reaches
 * 3:1 on both black and white in each of the palettes below (xterm's own cyan on white is
 * 1.98:1). So of names is asked 1.8:1 in the worst of them and 2.5:1 in most, on black and
 * white: enough to rule out yellow on white (1.6) and blue on black (1.6). The terminal's own
 * text on its own background is its own affair; dimmed, at half strength, it has 2.5:1.
 */
#include "test.h"

#include <math.h>

#include "ui/palette.h"
#include "ui/theme.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NAMED_WORST 1.8
#define NAMED_MOST 2.5
#define OWN_DIMMED 2.5
#define SET_OFF 1.5
#define CVD_APART 15.0 /* CIE76; 2.3 is just noticeable side by side */
#define CVD_NAMED 10.0 /* where the user's palette decides */

/* ---- terminals ---- */

/* A background with the text colour that comes with it. */
struct ground {
	const char *name;
	uint32_t bg, fg;
	bool plain; /* one that terminals show with any palette */
};

static const struct ground grounds[] = {
	{"black", 0x000000, 0xE5E5E5, true}, {"vs code dark", 0x1E1E1E, 0xD4D4D4},
	{"one dark", 0x282C34, 0xDCDFE4},   {"ubuntu", 0x300A24, 0xEEEEEC},
	{"solarized dark", 0x002B36, 0xEEE8D5},
	{"white", 0xFFFFFF, 0x000000, true},   {"solarized light", 0xFDF6E3, 0x073642},
	{"one light", 0xFAFAFA, 0x383A42},
};
#define DARK_FROM 0
#define LIGHT_FROM 5

#define PALETTES 5
static const struct {
	const char *name;
	uint32_t rgb[16];
} palettes[PALETTES] = {
	{"xterm", {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
		   0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF}},
	{"VGA and Linux", {0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA,
			   0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF}},
	{"Campbell", {0x0C0C0C, 0xC50F1F, 0x13A10E, 0xC19C00, 0x0037DA, 0x881798, 0x3A96DD, 0xCCCCCC,
		      0x767676, 0xE74856, 0x16C60C, 0xF9F1A5, 0x3B78FF, 0xB4009E, 0x61D6D6, 0xF2F2F2}},
	{"Terminal.app", {0x000000, 0xC23621, 0x25BC24, 0xADAD27, 0x492EE1, 0xD338D3, 0x33BBC8, 0xCBCCCD,
			  0x818383, 0xFC391F, 0x31E722, 0xEAEC23, 0x5833FF, 0xF935F8, 0x14F0F0, 0xE9EBEB}},
	{"Tango", {0x2E3436, 0xCC0000, 0x4E9A06, 0xC4A000, 0x3465A4, 0x75507B, 0x06989A, 0xD3D7CF,
		   0x555753, 0xEF2929, 0x8AE234, 0xFCE94F, 0x729FCF, 0xAD7FA8, 0x34E2E2, 0xEEEEEC}},
};

static const struct palette depths[] = {{PALETTE_DIRECT, 8}, {256, 0}, {16, 0}, {8, 0}};

/* ---- themes ---- */

enum fit { FIT_DARK = 1, FIT_LIGHT = 2 };

static const struct shipped {
	const char *name;
	int fits;
	double text;
} shipped[] = {
	{"default", FIT_DARK | FIT_LIGHT, 4.5},
	{"dark", FIT_DARK, 4.5},
	{"light", FIT_LIGHT, 4.5},
	{"high-contrast", FIT_DARK | FIT_LIGHT, 7.0},
	{"colour-blind-safe", FIT_DARK | FIT_LIGHT, 4.5},
	{"mono", FIT_DARK | FIT_LIGHT, 4.5},
};

static const enum role states[] = {
	ROLE_WAITING, ROLE_FAILED, ROLE_STUCK, ROLE_RUNNING, ROLE_QUEUED,
	ROLE_OK, ROLE_STOPPED, ROLE_SKIPPED, ROLE_OTHER,
};

static struct theme load(const char *name)
{
	const char *top = getenv("top_srcdir");
	struct theme theme;
	struct err err = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/themes/%s.theme", top ? top : ".", name);
	if (!theme_load(&theme, path, &err))
		fail_msg("%s", err.text);
	return theme;
}

static bool stands_back(enum role role)
{
	return role == ROLE_DIM || role == ROLE_RULE || role == ROLE_SKIPPED || role == ROLE_STALE ||
	       role == ROLE_MARKER;
}

/* ---- colour ---- */

static double linear(uint32_t channel)
{
	double c = channel / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
	return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) +
	       0.0722 * linear(rgb & 255);
}

static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

/* Halfway to the background: the dimmest of what terminals make of dim. */
static uint32_t dimmed(uint32_t fg, uint32_t bg)
{
	return ((fg >> 1) & 0x7F7F7F) + ((bg >> 1) & 0x7F7F7F);
}

struct shown {
	uint32_t fg, bg;
	bool own; /* the terminal's own text, on its own background */
};

static uint32_t resolve(int n, const struct palette *depth, size_t p, uint32_t otherwise)
{
	int names = depth->colours == PALETTE_DIRECT ? depth->indexed : 16;

	if (n < 0)
		return otherwise;
	if (n < names)
		return palettes[p].rgb[n];
	return depth->colours == PALETTE_DIRECT ? (uint32_t)n : palette_rgb(n);
}

static struct shown show(const struct style *style, const struct palette *depth, size_t p,
			 const struct ground *ground, bool bold_brightens)
{
	struct palette_look look = palette_look(style, depth);
	struct shown s = {.own = look.fg < 0 && look.bg < 0};
	uint32_t swap;

	if (bold_brightens && look.attr & STYLE_BOLD && look.fg >= 0 && look.fg < 8)
		look.fg += 8;
	s.fg = resolve(look.fg, depth, p, ground->fg);
	s.bg = resolve(look.bg, depth, p, ground->bg);
	if (look.attr & STYLE_REVERSE) {
		swap = s.fg;
		s.fg = s.bg;
		s.bg = swap;
	}
	if (look.attr & STYLE_DIM)
		s.fg = dimmed(s.fg, s.bg);
	return s;
}

/* The least contrast of a role with one palette, whether its terminal brightens bold or not. */
static double least(const struct style *style, const struct palette *depth, size_t p,
		    const struct ground *ground)
{
	struct shown a = show(style, depth, p, ground, false), b = a;

	if (depth->colours == 8)
		b = show(style, depth, p, ground, true);
	return fmin(contrast(a.fg, a.bg), contrast(b.fg, b.bg));
}

static bool is_name(uint32_t colour)
{
	return COLOUR_TAG(colour) == COLOUR_PALETTE && COLOUR_VALUE(colour) < 16;
}

/* Has the user's palette a say in what is shown? */
static bool named(const struct style *style, const struct palette *depth)
{
	return is_name(style->fg) || is_name(style->bg) ||
	       ((style->fg || style->bg) && depth->colours < 256);
}

/* ---- judging ---- */

/* Why the role cannot be read there, or "". */
static const char *fault(const struct style *style, const struct palette *depth,
			 const struct ground *ground, double wanted)
{
	static char why[200];
	double worst = 22.0, got;
	size_t p, worst_at = 0;
	int most = 0;

	if (!style->fg && style->bg)
		return "has a background without a foreground of its own";
	if (!style->fg)
		wanted = style->attr & STYLE_DIM ? OWN_DIMMED : 1.0;
	for (p = 0; p < PALETTES; p++) {
		got = least(style, depth, p, ground);
		most += got >= NAMED_MOST;
		if (got < worst) {
			worst = got;
			worst_at = p;
		}
	}
	if (named(style, depth) && (!ground->plain || (worst >= NAMED_WORST && 2 * most > PALETTES)))
		return "";
	if (!named(style, depth) && worst >= wanted)
		return "";
	snprintf(why, sizeof(why), "%.2f:1 on %s with %d colours (%s palette; %d of %d are good)", worst,
		 ground->name, depth->colours, palettes[worst_at].name, most, PALETTES);
	return why;
}

static bool fits(const struct shipped *s, size_t ground)
{
	return s->fits & (ground < LIGHT_FROM ? FIT_DARK : FIT_LIGHT);
}

static int judge(const struct shipped *s, const struct theme *theme, enum role role, bool tell)
{
	double wanted = stands_back(role) ? 3.0 : s->text;
	const char *why;
	size_t d, g;
	int faults = 0;

	for (d = 0; d < COUNT(depths); d++)
		for (g = DARK_FROM; g < COUNT(grounds); g++) {
			if (!fits(s, g))
				continue;
			why = fault(&theme->roles[role], &depths[d], &grounds[g], wanted);
			if (*why && tell)
				print_message("# %s: %s: %s\n", s->name, theme_role_name(role), why);
			faults += *why != '\0';
		}
	return faults;
}

static void every_role_can_be_read_on_every_background_it_is_for(void **state)
{
	int faults = 0, role;
	struct theme theme;
	size_t i;

	for (i = 0; i < COUNT(shipped); i++) {
		theme = load(shipped[i].name);
		for (role = 0; role < ROLE_COUNT; role++)
			faults += judge(&shipped[i], &theme, (enum role)role, true);
	}
	assert_int_equal(faults, 0);
}

/* The judge must know what is bad, or the test above says nothing. */
static void looks_that_cannot_be_read_are_told(void **state)
{
	static const struct shipped both = {"bad", FIT_DARK | FIT_LIGHT, 4.5};
	static const struct style bad[] = {
		{COLOUR(COLOUR_PALETTE, 3), 0, 0},			       /* yellow, on white */
		{COLOUR(COLOUR_PALETTE, 4), 0, 0},			       /* blue, on black */
		{COLOUR(COLOUR_PALETTE, 15), 0, 0},
		{COLOUR(COLOUR_RGB, 0x767676), 0, 0},			       /* 4.5 on black, not on others */
		{COLOUR(COLOUR_RGB, 0x00AF00), 0, 0},
		{0, COLOUR(COLOUR_RGB, 0x00005F), 0},			       /* whose text? */
		{COLOUR(COLOUR_RGB, 0x555555), COLOUR(COLOUR_RGB, 0x000000), 0},
		{COLOUR(COLOUR_RGB, 0x000000), COLOUR(COLOUR_RGB, 0xAFAFAF), STYLE_DIM},
		{COLOUR(COLOUR_PALETTE, 1), COLOUR(COLOUR_PALETTE, 2), STYLE_REVERSE},
	};
	struct theme theme;
	size_t i;

	theme_mono(&theme);
	for (i = 0; i < COUNT(bad); i++) {
		theme.roles[ROLE_FAILED] = bad[i];
		if (judge(&both, &theme, ROLE_FAILED, false) == 0)
			fail_msg("row %d is thought readable", (int)i);
	}
	/* The formula itself. */
	assert_true(fabs(contrast(0x000000, 0xFFFFFF) - 21.0) < 0.01);
	assert_true(fabs(contrast(0x777777, 0xFFFFFF) - 4.48) < 0.01);
}

static void backgrounds_of_text_are_never_assumed(void **state)
{
	static const enum role plain[] = {ROLE_TEXT, ROLE_STATUS, ROLE_HEADER, ROLE_PROMPT, ROLE_MESSAGE};
	struct theme theme;
	size_t i, r;

	for (i = 0; i < COUNT(shipped); i++) {
		theme = load(shipped[i].name);
		for (r = 0; r < COUNT(plain); r++) {
			assert_int_equal(theme.roles[plain[r]].bg, 0);
			assert_int_equal(theme.roles[plain[r]].fg, 0);
		}
	}
}

/* ---- telling apart ---- */

static bool same_look(const struct palette_look *a, const struct palette_look *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attr == b->attr;
}

static int doubles(const struct theme *theme, const struct palette *depth, const char *name, bool tell)
{
	struct palette_look a, b;
	int n = 0;
	size_t i, j;

	for (i = 0; i < COUNT(states); i++)
		for (j = 0; j < i; j++) {
			a = palette_look(&theme->roles[states[i]], depth);
			b = palette_look(&theme->roles[states[j]], depth);
			if (!same_look(&a, &b))
				continue;
			n++;
			if (tell)
				print_message("# %s with %d colours: %s looks as %s\n", name, depth->colours,
					      theme_role_name(states[i]), theme_role_name(states[j]));
		}
	return n;
}

static void states_look_different_with_any_number_of_colours(void **state)
{
	static const struct palette none = {0, 0};
	struct theme theme, mono;
	size_t i, d;
	int n = 0;

	for (i = 0; i < COUNT(shipped); i++) {
		theme = load(shipped[i].name);
		for (d = 0; d < COUNT(depths); d++)
			n += doubles(&theme, &depths[d], shipped[i].name, true);
	}
	/* Without colours a terminal gets the mono look (ui/term.c). */
	theme_mono(&mono);
	n += doubles(&mono, &none, "mono", true);
	assert_int_equal(n, 0);
	theme.roles[ROLE_OK] = theme.roles[ROLE_FAILED];
	assert_int_not_equal(doubles(&theme, &none, "", false), 0);
}

/* What sets a row off must be seen: the selection's background against the terminal's. */
static void check_selection(const struct theme *theme, const struct palette *depth,
			    const struct ground *ground)
{
	const struct style *style = &theme->roles[ROLE_SELECTED];
	struct shown s;
	size_t p;

	for (p = 0; p < PALETTES && (ground->plain || !named(style, depth)); p++) {
		s = show(style, depth, p, ground, false);
		if (contrast(s.bg, ground->bg) < SET_OFF)
			fail_msg("%s on %s with %d colours of %s: %.2f", theme->name, ground->name,
				 depth->colours, palettes[p].name, contrast(s.bg, ground->bg));
	}
}

static void the_selection_is_seen_on_every_background(void **state)
{
	struct theme theme;
	size_t i, d, g;

	for (i = 0; i < COUNT(shipped); i++) {
		theme = load(shipped[i].name);
		for (d = 0; d < COUNT(depths); d++)
			for (g = 0; g < COUNT(grounds); g++)
				if (fits(&shipped[i], g))
					check_selection(&theme, &depths[d], &grounds[g]);
	}
}

/* ---- colour vision: Machado, Oliveira and Fernandes (2009), severity 1.0 ---- */

static const double blindness[2][3][3] = {
	{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
};

static double lab_curve(double t)
{
	return t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0;
}

/* The L*a*b* of what somebody with that blindness sees of a colour. */
static void seen(uint32_t rgb, const double m[3][3], double lab[3])
{
	double in[3] = {linear(rgb >> 16 & 255), linear(rgb >> 8 & 255), linear(rgb & 255)};
	double c[3], x, y, z;
	int i;

	for (i = 0; i < 3; i++)
		c[i] = fmin(1.0, fmax(0.0, m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2]));
	x = lab_curve((0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.9505);
	y = lab_curve(0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]);
	z = lab_curve((0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.089);
	lab[0] = 116.0 * y - 16.0;
	lab[1] = 500.0 * (x - y);
	lab[2] = 200.0 * (y - z);
}

/* How far apart two colours are for the worse off of the two. */
static double apart(uint32_t a, uint32_t b)
{
	double p[3], q[3], d, best = 1000.0;
	int i;

	for (i = 0; i < 2; i++) {
		seen(a, blindness[i], p);
		seen(b, blindness[i], q);
		d = sqrt(pow(p[0] - q[0], 2) + pow(p[1] - q[1], 2) + pow(p[2] - q[2], 2));
		best = fmin(best, d);
	}
	return best;
}

/* The colour that a state is known by; false where it has none. */
static bool state_colour(const struct style *style, const struct palette *depth, size_t p, uint32_t *rgb)
{
	struct palette_look look = palette_look(style, depth);

	if (look.bg < 0 && look.fg < 0)
		return false;
	*rgb = resolve(look.bg >= 0 ? look.bg : look.fg, depth, p, 0);
	return true;
}

static double closest_states(const struct theme *theme, const struct palette *depth, size_t p)
{
	double best = 1000.0;
	uint32_t a, b;
	size_t i, j;

	for (i = 0; i < COUNT(states); i++)
		for (j = 0; j < i; j++)
			if (state_colour(&theme->roles[states[i]], depth, p, &a) &&
			    state_colour(&theme->roles[states[j]], depth, p, &b))
				best = fmin(best, apart(a, b));
	return best;
}

static void state_colours_stay_apart_without_red_or_green(void **state)
{
	struct theme safe = load("colour-blind-safe"), usual = load("light");
	double d;
	size_t i, p;

	for (i = 0; i < COUNT(depths); i++)
		for (p = 0; p < PALETTES; p++) {
			d = closest_states(&safe, &depths[i], p);
			if (d < (depths[i].colours < 256 ? CVD_NAMED : CVD_APART))
				fail_msg("%.1f with %d colours of %s", d, depths[i].colours,
					 palettes[p].name);
		}
	/* It can fail: red and a green of that lightness, and a theme with other cares. */
	assert_true(apart(0xAF0000, 0x5F5F00) < CVD_NAMED);
	assert_true(closest_states(&usual, &depths[1], 0) < CVD_NAMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_role_can_be_read_on_every_background_it_is_for),
		cmocka_unit_test(looks_that_cannot_be_read_are_told),
		cmocka_unit_test(backgrounds_of_text_are_never_assumed),
		cmocka_unit_test(states_look_different_with_any_number_of_colours),
		cmocka_unit_test(the_selection_is_seen_on_every_background),
		cmocka_unit_test(state_colours_stay_apart_without_red_or_green),
	};

	return cmocka_run_group_tests_name("contrast", tests, NULL, NULL);
}
