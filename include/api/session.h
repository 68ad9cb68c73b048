/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_API_SESSION_H
#define PIPETOP_API_SESSION_H

/*
 * Who we are to the service: endpoint, credentials, language. A session stamps requests and
 * sends them through a transport; a token leaves through here only, and only to the
 * session's own origin (reliability.md 4.2). A request waits while the credentials are fetched or
 * renewed, and is repeated once after a 401 that they can mend; actions are never repeated.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/auth.h"
#include "core/err.h"
#include "net/transport.h"

struct session; /* opaque */

struct session_options {
	const char *endpoint;	/* base URL, api.md 1.1 */
	struct auth *auth;	/* taken over, also on failure; NULL: `token` ... */
	const char *token;	/* ... or none; anything with CR, LF or space is refused (F14) */
	const char *language;	/* "zh-cn" or "en-us": X-Language */
	int zone_offset_s;	/* of the service's zone-less times; default 8 h */
	int64_t timeout_ms;	/* cap of one request; 0: the default, 30 s */
	bool read_only;		/* changing requests are refused here */
};

struct session *session_new(struct transport *transport, const struct session_options *options,
			    struct err *err);
/* Cancels its requests; not from within one's callback. */
void session_free(struct session *session);

/* Host of the endpoint, for messages. */
const char *session_host(const struct session *session);
int session_zone_offset_s(const struct session *session);
bool session_read_only(const struct session *session);

/*
 * The server's clock: wall ms of the last `Date` or current_system_time plus the time
 * since then on our monotonic clock. WHEN_NONE before the first answer.
 */
int64_t session_server_ms(const struct session *session, int64_t monotonic_ms);
/*
 * How far our wall clock is behind the server's, as a verified `Date` showed it (negative:
 * ahead); false before the first answer, and without TLS. Signatures use the server's clock.
 */
bool session_skew_ms(const struct session *session, int64_t *skew_ms);

/* What it signs in with; NULL: nothing. */
struct auth *session_auth(const struct session *session);

void session_cancel(struct session *session, uint64_t id);

#endif
