/* SPDX-License-Identifier: MIT */
/* A theme of any bytes is taken whole or refused in a sentence, and leaves the old one be. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ui/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct theme theme, before;
	struct err err = {0};
	int fd = memfd_create("theme", MFD_CLOEXEC);
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	theme_mono(&theme);
	before = theme;
	if (!theme_load(&theme, path, &err) &&
	    (!err.text[0] || memcmp(&theme, &before, sizeof(theme)) != 0))
		abort();
	close(fd);
	return 0;
}
