/* SPDX-License-Identifier: MIT */
/*
 * These sequences carry text in themselves, where a frame never does. So each kind of text
 * has a form that cannot end the sequence or start another: base64 for what must arrive as it
 * is, and for words only characters that could stand in a frame, without the separator.
 */
#include "aside.h"

#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "egress.h"

#define WORDS_MAX 200 /* bytes of a title or a body */

/* `sequence` is one OSC: its only Escape is the first byte. */
static void add_sequence(struct buf *out, const struct buf *sequence, bool tmux)
{
	if (tmux)
		buf_adds(out, "\033Ptmux;\033");
	buf_add(out, sequence->data, sequence->len);
	if (tmux)
		buf_adds(out, "\033\\");
}

/* ---- clipboard ---- */

static void add_base64(struct buf *out, const unsigned char *s, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits;
	size_t i;

	for (i = 0; i < len; i += 3) {
		bits = (unsigned)s[i] << 16;
		bits |= i + 1 < len ? (unsigned)s[i + 1] << 8 : 0;
		bits |= i + 2 < len ? s[i + 2] : 0;
		buf_addc(out, digits[bits >> 18]);
		buf_addc(out, digits[bits >> 12 & 63]);
		buf_addc(out, i + 1 < len ? digits[bits >> 6 & 63] : '=');
		buf_addc(out, i + 2 < len ? digits[bits & 63] : '=');
	}
}

bool aside_copy(struct buf *out, const char *text, size_t len, const struct aside_options *options,
		struct err *err)
{
	char has[32], most[32];
	struct buf sequence;

	if (len > ASIDE_COPY_MAX) {
		text_grouped((int64_t)len, has, sizeof(has));
		text_grouped(ASIDE_COPY_MAX, most, sizeof(most));
		return err_set(err, ERR_INPUT, 0,
			       _("%s bytes are too many to copy: a terminal's clipboard takes %s; copy "
				 "less, or save it to a file"),
			       has, most);
	}
	buf_init(&sequence, BUF_MAX);
	buf_adds(&sequence, "\033]52;c;");
	add_base64(&sequence, (const unsigned char *)text, len);
	buf_addc(&sequence, '\007');
	add_sequence(out, &sequence, false);
	if (options->tmux)
		add_sequence(out, &sequence, true);
	buf_done(&sequence);
	return true;
}

/* ---- notifications ---- */

static void add_words(struct buf *out, const char *words, bool utf8)
{
	size_t len = strlen(words), at, used, end = out->len + WORDS_MAX;
	uint32_t cp;

	for (at = 0; at < len; at += used) {
		cp = text_decode(words + at, len - at, &used);
		if (out->len + used > end)
			break;
		if (cp == '\n' || cp == '\t')
			buf_addc(out, ' ');
		else if (cp == ';')
			buf_addc(out, ',');
		else if (!egress_char_ok(cp))
			continue;
		else if (cp < 0x80 || (utf8 && cp != TEXT_BAD))
			buf_add(out, words + at, used);
		else
			buf_addc(out, '_');
	}
}

void aside_notify(struct buf *out, const char *title, const char *body,
		  const struct aside_options *options)
{
	struct buf words[2], sequence;
	const char *head, *text;

	buf_init(&words[0], BUF_MAX);
	buf_init(&words[1], BUF_MAX);
	buf_init(&sequence, BUF_MAX);
	add_words(&words[0], text_or_empty(title), options->utf8);
	add_words(&words[1], text_or_empty(body), options->utf8);
	head = words[0].data;
	text = words[1].data;
	/* A number in front would be a command (OSC 9;4 is a bar of progress): hence the blank. */
	buf_addf(&sequence, "\033]9;%s%s%s%s\007", *head >= '0' && *head <= '9' ? " " : "", head,
		 *head && *text ? ": " : *head ? "" : " ", text);
	add_sequence(out, &sequence, options->tmux);
	buf_clear(&sequence);
	buf_addf(&sequence, "\033]777;notify;%s;%s\007", head, text);
	add_sequence(out, &sequence, options->tmux);
	buf_done(&words[0]);
	buf_done(&words[1]);
	buf_done(&sequence);
}
