/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_STAMP_H
#define PIPETOP_SIM_STAMP_H

/*
 * Times as the service writes them. Assumption: its zone-less times and its log stamps
 * are UTC+8.
 */
#include <stddef.h>
#include <stdint.h>

#define STAMP_SIZE 64
#define STAMP_ZONE_MS (INT64_C(8) * 3600 * 1000)

size_t stamp_log(int64_t ms, char *out);    /* "[2026/01/02 08:00:02.198 GMT+08:00] ", no NUL */
void stamp_zoneless(int64_t ms, char *out); /* "2026-01-02 08:00:02" */
void stamp_http(int64_t ms, char *out);	    /* "Tue, 06 Jan 2026 07:40:00 GMT" */
void stamp_iso(int64_t ms, char *out);	    /* "2026-01-02T00:00:02.198000Z" */

#endif
