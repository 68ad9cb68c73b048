/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_SETTINGROW_H
#define PIPETOP_APP_SETTINGROW_H

/* Where the value of a row of the table is; for settings.c and setting.c. */
#include "app/settings.h"

static inline void *setting_at(struct settings *s, const struct setting *row)
{
	return (char *)s + row->offset;
}

static inline const void *setting_in(const struct settings *s, const struct setting *row)
{
	return (const char *)s + row->offset;
}

static inline bool setting_is_list(const struct setting *row)
{
	return row->kind == SETTING_LIST || row->kind == SETTING_ARGV;
}

#endif
