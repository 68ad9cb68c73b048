/* SPDX-License-Identifier: MIT */
#include <stdio.h>

int main(void)
{
	puts("pipetop " PIPETOP_VERSION);
	return 0;
}
