/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_APP_READERCALL_H
#define PIPETOP_APP_READERCALL_H

/*
 * How one read of a command is made: for the files that add reads of their own to reader.c. The call sits
 * in a struct of the file's; its callback moves the result over and ends with reader_answered().
 */
#include "reader.h"

struct reader_call {
	struct reader *reader;
	uint64_t (*send)(void *self);
	void *self;
	/* What reader_answered() has left. */
	bool answered;
	struct err err;
	int64_t retry_after_ms;
	struct body body; /* the caller's; empty unless --json */
};

/* Sends, turns the loop until it is answered, and repeats what is worth repeating until --timeout. */
bool reader_call(struct reader_call *call, struct err *err);
void reader_answered(struct reader_call *call, const struct api_answer *answer);

#endif
