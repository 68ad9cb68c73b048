/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an orchestration: the text is kept as it was, a refusal has a sentence, and
 * what is told and drawn is clean UTF-8 without control characters.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/orchestration.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_clean(const struct buf *out)
{
	size_t i;

	must(text_valid(out->data, out->len));
	for (i = 0; i < out->len; i++)
		must(out->data[i] == '\n' || ((unsigned char)out->data[i] >= 0x20 && out->data[i] != 0x7f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct orchestration doc;
	struct err err = {0};
	struct buf out;
	bool ok = orchestration_check(&doc, (const char *)data, size, &err);

	buf_init(&out, BUF_MAX);
	must(ok == (err.kind == ERR_NONE) && ok == !err.text[0]);
	must(doc.text.len == size && (!size || memcmp(doc.text.data, data, size) == 0));
	must(doc.n_untold == 0 || doc.n_faults == ORCHESTRATION_FAULTS_MAX);
	orchestration_faults(&doc, &out);
	if (ok)
		orchestration_draw(&doc, 40, &out);
	check_clean(&out);
	buf_done(&out);
	orchestration_done(&doc);
	return 0;
}
