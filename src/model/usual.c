/* SPDX-License-Identifier: MIT */
/*
 * Medians of small sets. A median and the median absolute deviation are used because one
 * run that hung for a day must not teach the program that a day is usual.
 */
#include "model/usual.h"

#include <stdlib.h>
#include <string.h>

#define STUCK_LEAST_MS INT64_C(60000)

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Of n > 0 values, which it sorts. The mean of the middle two when n is even. */
static int64_t median(int64_t *values, size_t n)
{
	int64_t low, high;

	qsort(values, n, sizeof(*values), compare);
	low = values[(n - 1) / 2];
	high = values[n / 2];
	return low + (high - low) / 2;
}

/* The positive ones of the first USUAL_RUNS. */
static size_t pick(const int64_t *durations, size_t n, int64_t out[USUAL_RUNS])
{
	size_t i, picked = 0;

	for (i = 0; i < n && i < USUAL_RUNS; i++)
		if (durations[i] > 0)
			out[picked++] = durations[i];
	return picked;
}

int64_t usual_median(const int64_t *durations, size_t n)
{
	int64_t values[USUAL_RUNS];

	n = pick(durations, n, values);
	return n ? median(values, n) : 0;
}

int64_t usual_mad(const int64_t *durations, size_t n, int64_t middle)
{
	int64_t values[USUAL_RUNS];
	size_t i;

	n = pick(durations, n, values);
	for (i = 0; i < n; i++)
		values[i] = values[i] > middle ? values[i] - middle : middle - values[i];
	return n ? median(values, n) : 0;
}

int64_t usual_limit_ms(int64_t usual_ms, int64_t mad_ms)
{
	int64_t slack = usual_ms / 2;

	if (usual_ms <= 0)
		return INT64_MAX;
	if (mad_ms > slack / 3)
		slack = mad_ms > INT64_MAX / 3 ? INT64_MAX : 3 * mad_ms;
	if (slack < STUCK_LEAST_MS)
		slack = STUCK_LEAST_MS;
	return usual_ms > INT64_MAX - slack ? INT64_MAX : usual_ms + slack;
}

bool usual_stuck(int64_t elapsed_ms, int64_t usual_ms, int64_t mad_ms)
{
	return elapsed_ms > usual_limit_ms(usual_ms, mad_ms);
}
