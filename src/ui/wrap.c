/* SPDX-License-Identifier: MIT */
/*
 * A row ends at a blank where it has one, else at a character. Widths are those that the grid would
 * draw the text in, so that what fits here is not cut there.
 */
#include "wrap.h"

#include <string.h>

#include "core/text.h"

size_t wrap_part(const struct grid *g, const char *text, int cells, struct buf *part)
{
	size_t at = 0, blank = 0, used;

	for (; text[at]; at += used) {
		text_decode(text + at, strlen(text + at), &used);
		buf_clear(part);
		buf_add(part, text, at + used);
		if (at > 0 && grid_name_width(g, part->data) > cells)
			break;
		if (text[at] == ' ')
			blank = at;
	}
	if (text[at] && text[at] != ' ' && blank)
		at = blank;
	buf_clear(part);
	buf_add(part, text, at);
	return at + strspn(text + at, " ");
}
