/* SPDX-License-Identifier: MIT */
/*
 * A clock on the wall that has stopped: preloaded into a program, it has it take $WALLCLOCK (seconds
 * since 1970) for the time, and durations go on as ever. So that a transcript in which times and
 * dates stand is the same on every day.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long stopped(void)
{
	const char *at = getenv("WALLCLOCK");

	return at ? atoll(at) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, ts);
	*ts = (struct timespec){.tv_sec = (time_t)stopped()};
	return 0;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	(void)zone;
	*tv = (struct timeval){.tv_sec = (time_t)stopped()};
	return 0;
}

time_t time(time_t *at)
{
	if (at)
		*at = (time_t)stopped();
	return (time_t)stopped();
}
