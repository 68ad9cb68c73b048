/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_ANSWER_H
#define PIPETOP_API_ANSWER_H

/*
 * From an HTTP answer to a document or the reason why there is none (api.md 3).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/auth.h"
#include "api/calls.h"
#include "api/decode.h"
#include "api/json.h"

struct secrets; /* secrets.h */

struct answer_question {
	const char *noun; /* what was asked for, translated: begins the sentence */
	const struct auth *auth; /* NULL: no sign-in */
	const char *lift; /* as json_parse() has them */
	struct buf *lifted;
	bool *was_lifted;
	struct decode_error *error; /* room for what the server says */
	const struct secrets *secrets; /* that were sent; NULL: none */
};

/*
 * Fills `answer` but for id and our clock. Returns the document of a success; NULL
 * otherwise, with answer->err set.
 */
struct json *answer_read(const struct answer_question *question, const struct response *response,
			 struct api_answer *answer);

/* The response to what was not sent. */
struct response answer_none(const struct err *why);

/* What an answer says of the credentials that its question carried. */
enum answer_voice {
	VOICE_NONE,	/* there was no answer */
	VOICE_STRANGER, /* a web page or a redirect: not the service (N19, N20) */
	VOICE_VAGUE,	/* it may have failed before it looked at them */
	VOICE_ACCEPTS,
	VOICE_REFUSES,
};
enum answer_voice answer_voice(const struct response *response);

/* Server text for a sentence of ours: controls and bidi become spaces, cut at a character. */
void answer_clean(const char *text, char *out, size_t size);

#endif
