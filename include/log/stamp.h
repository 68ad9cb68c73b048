/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_LOG_STAMP_H
#define PIPETOP_LOG_STAMP_H

/*
 * The time stamp that a log line may begin with (api.md 4.4 and the documentation's own
 * example): "[2023/11/24 21:49:32.198 GMT+08:00] ".
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *len: bytes of the stamp with the blank after it. */
bool stamp_parse(const char *line, size_t line_len, int64_t *ms, size_t *len);

#endif
