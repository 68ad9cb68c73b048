/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_CORE_I18N_H
#define PIPETOP_CORE_I18N_H

/*
 * Every word of ours that a person reads goes through _() (or N_() in a table, with _()
 * where it is shown). The server's words never do.
 */
#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)

#endif
