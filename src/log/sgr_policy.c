/* SPDX-License-Identifier: MIT */
/*
 * The policy as lists of what may go without a mark: moves and erasures that are noise
 * in a log (and lose nothing when they are not obeyed), and what is obeyed within the
 * line. Whatever is not listed is marked, so a sequence that is new to us counts as
 * suspicious: queries, resets, window and clipboard commands, modes that change what
 * the terminal sends.
 */
#include "sgr_policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct finals {
	const char *finals;
	uint8_t what;
};

static const struct finals escapes[] = {
	{"[", SGR_ESC_CSI},
	{"]", SGR_ESC_OSC},
	{"PX^_k", SGR_ESC_STRING},
	{"E", SGR_ESC_BREAK},
	{"78", SGR_ESC_SILENT},	     /* save, restore */
	{"DMH", SGR_ESC_SILENT},     /* down, up, set a tab */
	{"=>", SGR_ESC_SILENT},	     /* keypad */
	{"NOno|}~", SGR_ESC_SILENT}, /* shifts of charsets */
	{"\\", SGR_ESC_SILENT},	     /* the end of no string */
};

static const struct finals controls[] = {
	{"m", SGR_CSI_STYLE},
	{"K", SGR_CSI_ERASE},
	{"G`", SGR_CSI_COLUMN},
	{"D", SGR_CSI_LEFT},
	{"Ca", SGR_CSI_RIGHT},
	{"hl", SGR_CSI_MODE},
	{"ABEFHfde", SGR_CSI_SILENT}, /* other lines, other places */
	{"JLMP@Xb", SGR_CSI_SILENT},  /* erase the screen, insert, delete, repeat */
	{"STr^", SGR_CSI_SILENT},     /* scroll, scroll region */
	{"su", SGR_CSI_SILENT},	      /* save, restore */
	{"gWIZ", SGR_CSI_SILENT},     /* tabs */
};

static const char charsets[] = "()*+-./%#"; /* and the size of lines */

/* Private modes that only change how a screen looks. */
static const uint16_t private_modes[] = {
	1,    3,    4,	  5,	6,    7,    8,	  12,	25, /* cursor, wrap, columns */
	40,   45,   47,	  66,	69,   95,		    /* size, margins, screen */
	1047, 1048, 1049, 2026, 2027,			    /* alternate screen, frames */
};

/* 0, a mark, is for what is not in the table. */
static uint8_t find_final(const struct finals *table, size_t n, unsigned final)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strchr(table[i].finals, (int)final))
			return table[i].what;
	return 0;
}

enum sgr_escape sgr_policy_escape(char inter, unsigned final)
{
	if (inter)
		return strchr(charsets, inter) ? SGR_ESC_SILENT : SGR_ESC_MARKED;
	return (enum sgr_escape)find_final(escapes, COUNT(escapes), final);
}

static bool mode_harmless(char prefix, unsigned mode)
{
	size_t i;

	if (!prefix)
		return mode == 4 || mode == 20; /* insert, newline */
	for (i = 0; i < COUNT(private_modes); i++)
		if (private_modes[i] == mode)
			return prefix == '?';
	return false;
}

static bool modes_harmless(char prefix, const struct sgr_params *params)
{
	unsigned i;

	for (i = 0; i < params->n; i++)
		if (!mode_harmless(prefix, params->value[i]))
			return false;
	return !params->more;
}

enum sgr_csi sgr_policy_csi(char prefix, const struct sgr_params *params, char inter,
			    unsigned final)
{
	enum sgr_csi what = (enum sgr_csi)find_final(controls, COUNT(controls), final);
	bool silent;

	if (inter) /* the shape of the cursor */
		silent = inter == ' ' && final == 'q' && !prefix;
	else if (what == SGR_CSI_MODE)
		silent = modes_harmless(prefix, params);
	else if (prefix) /* private modes saved and restored */
		silent = prefix == '?' && (final == 's' || final == 'r');
	else
		return what;
	return silent ? SGR_CSI_SILENT : SGR_CSI_MARKED;
}
