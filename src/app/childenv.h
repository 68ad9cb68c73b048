/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_CHILDENV_H
#define PIPETOP_APP_CHILDENV_H

/*
 * The environment of a child: ours, without secrets, with `extra` ("NAME=value") in place of
 * what has the same name. Owned (argv_free).
 */
char **childenv_new(const char *const *extra);

#endif
