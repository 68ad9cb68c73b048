/* SPDX-License-Identifier: MIT */
/* A configuration of any bytes is taken whole or refused in a sentence; what was taken can be shown. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "core/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What `:set` shows it takes back. */
static void show_and_take(const struct settings *s)
{
	struct settings again;
	struct buf text;
	size_t i;

	settings_copy(&again, s);
	buf_init(&text, BUF_MAX);
	for (i = 0; i < SETTINGS; i++) {
		buf_clear(&text);
		setting_show(s, &settings_table()[i], &text);
		if (settings_table()[i].kind == SETTING_COUNT &&
		    !setting_put(&again, &settings_table()[i], text.data, NULL))
			abort();
	}
	buf_done(&text);
	settings_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings whole;
	struct config config;
	struct err err = {.kind = ERR_NONE};
	char *text = mem_strndup((const char *)data, size);
	bool ok = config_load_text(&config, "fuzz.conf", text, &err);

	if (!ok && (err.kind == ERR_NONE || !err.text[0]))
		abort();
	if (ok) {
		settings_init(&whole);
		settings_cover(&whole, &config.settings);
		if (config.n_profiles)
			settings_cover(&whole, &config.profiles[0].settings);
		show_and_take(&whole);
		settings_done(&whole);
	}
	config_done(&config);
	mem_free(text);
	return 0;
}
