/* SPDX-License-Identifier: MIT */
/*
 * Whole bodies at zlib's usual level, so that what goes over the wire can be measured.
 * "gzip" is accepted when it is named and not at quality 0.
 */
#include "sim/gzip.h"

#include <string.h>
#include <zlib.h>

#include "core/mem.h"

#define WINDOW_GZIP (15 + 16) /* zlib's way to say that the format is gzip */

bool gzip_accepted(const char *accept_encoding)
{
	const char *at = accept_encoding ? strcasestr(accept_encoding, "gzip") : NULL;
	size_t len = at ? strcspn(at, ",") : 0;
	const char *q = at ? memmem(at, len, "q=0", 3) : NULL;

	/* "q=0" and "q=0.0", but not "q=0.5" */
	return at && (!q || strcspn(q + 3, "123456789") < len - (size_t)(q + 3 - at));
}

void gzip_pack(struct buf *body)
{
	z_stream z = {.next_in = (unsigned char *)body->data, .avail_in = (uInt)body->len};
	struct buf packed;
	size_t room;
	char *to;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_GZIP, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		mem_exhausted();
	room = deflateBound(&z, body->len);
	buf_init(&packed, BUF_MAX);
	to = buf_room(&packed, room);
	z.next_out = (unsigned char *)to;
	z.avail_out = (uInt)room;
	deflate(&z, Z_FINISH); /* the bound is enough for it all */
	buf_seal(&packed, room - z.avail_out);
	deflateEnd(&z);
	buf_done(body);
	*body = packed;
}
