/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_SIM_TOKENS_H
#define PIPETOP_SIM_TOKENS_H

#include "sim/server.h"

/* May this request pass, by its signature or else its token? Otherwise the answer says why not. */
bool tokens_check(struct call *c);
void tokens_expire(struct server_tokens *t);
/* Who is locked out, as JSON; and nobody is any longer. */
void tokens_locks(struct call *c);
void tokens_unlock(struct server *s);
/* POST /v3/auth/tokens */
void tokens_give(struct call *c);

#endif
