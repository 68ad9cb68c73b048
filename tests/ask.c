/* SPDX-License-Identifier: MIT */
/* A request to a simulator for scripts: ask PORT METHOD PATH prints the answer, head and body. */
#include "test.h"

#include "stage.h"

int main(int argc, char **argv)
{
	struct stage stage = {0};
	struct buf said;
	bool ok;

	if (argc != 4) {
		fputs("usage: ask PORT METHOD PATH\n", stderr);
		return 2;
	}
	stage.port = atoi(argv[1]);
	buf_init(&said, BUF_MAX);
	ok = stage_ask(&stage, argv[2], argv[3], &said);
	if (said.len)
		fwrite(said.data, 1, said.len, stdout);
	buf_done(&said);
	return ok ? 0 : 1;
}
