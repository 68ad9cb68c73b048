/* SPDX-License-Identifier: MIT */
/* The modes by name: one table for the command line, the control path and the tests. */
#include <string.h>

#include "core/buf.h"
#include "core/text.h"
#include "sim/sim.h"

struct mode {
	const char *name;
	const char *values[6];
	void (*set)(struct sim_modes *m, int chosen);
};

static void set_log_mode(struct sim_modes *m, int chosen)
{
	m->log_mode = (enum sim_log_mode)chosen;
}

static void set_has_more(struct sim_modes *m, int chosen)
{
	m->has_more = (enum sim_has_more)chosen;
}

static void set_gate_as(struct sim_modes *m, int chosen)
{
	m->gate_as = (enum sim_gate)chosen;
}

static void set_start_offset(struct sim_modes *m, int chosen)
{
	m->page_start = chosen == 1;
}

static void set_offsets(struct sim_modes *m, int chosen)
{
	m->int_offsets = chosen == 1;
}

static void set_desc_order(struct sim_modes *m, int chosen)
{
	m->desc_newest_first = chosen == 1;
}

static void set_skew_as(struct sim_modes *m, int chosen)
{
	m->skew_as_0303 = chosen == 1;
}

static void set_retry_ids(struct sim_modes *m, int chosen)
{
	m->retry_same_ids = chosen == 1;
}

static const struct mode modes[] = {
	{"log-mode", {"opaque", "byte", "char", "line", "range"}, set_log_mode},
	{"has-more", {"more-when-pending", "true-while-running"}, set_has_more},
	{"gate-as", {"running", "paused", "suspend"}, set_gate_as},
	{"start-offset", {"window", "page"}, set_start_offset},
	{"offsets", {"str", "int"}, set_offsets},
	{"desc-order", {"chronological", "newest-first"}, set_desc_order},
	{"skew-as", {"0301", "0303"}, set_skew_as},
	{"retry-ids", {"new", "same"}, set_retry_ids},
};

static const char *const tls_kinds[SIM_TLS_KINDS] = {
	[SIM_TLS_OFF] = NULL,
	[SIM_TLS_SELF_SIGNED] = "self-signed",
	[SIM_TLS_EXPIRED] = "expired",
	[SIM_TLS_NOT_YET_VALID] = "not-yet-valid",
	[SIM_TLS_WRONG_HOST] = "wrong-host",
	[SIM_TLS_WRONG_HOST_SUFFIX] = "wrong-host-suffix",
	[SIM_TLS_UNKNOWN_CA] = "unknown-ca",
	[SIM_TLS_CHAIN] = "chain",
	[SIM_TLS_HOSTILE_NAMES] = "hostile-names",
	[SIM_TLS_OLD] = "old-tls",
};

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b))
			return false;
	return *a == *b;
}

static bool refuse(const struct mode *mode, const char *value, struct err *err)
{
	struct buf list;
	int i;

	buf_init(&list, 150);
	for (i = 0; i < 6 && mode->values[i]; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", mode->values[i]);
	err_set(err, ERR_INPUT, 0, "%s \"%.40s\" is none of %s", mode->name, value, list.data);
	buf_done(&list);
	return false;
}

bool sim_modes_set(struct sim_modes *m, const char *name, const char *value, struct err *err)
{
	int64_t seconds;
	size_t i;
	int k;

	if (same_name(name, "list-delay")) {
		if (!text_int(value, &seconds) || seconds < 0 || seconds > 86400)
			return err_set(
				err, ERR_INPUT, 0,
				"list-delay \"%.40s\" is not a number of seconds from 0 to 86400",
				value);
		m->list_delay_s = (int)seconds;
		return true;
	}
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!same_name(name, modes[i].name))
			continue;
		for (k = 0; k < 6 && modes[i].values[k]; k++)
			if (strcmp(value, modes[i].values[k]) == 0) {
				modes[i].set(m, k);
				return true;
			}
		return refuse(&modes[i], value, err);
	}
	return err_set(err, ERR_INPUT, 0,
		       "there is no mode \"%.40s\": log-mode, has-more, gate-as, start-offset, "
		       "offsets, desc-order, skew-as, retry-ids, list-delay",
		       name);
}

bool sim_tls_named(const char *name, enum sim_tls *kind, struct err *err)
{
	struct buf list;
	int i;

	for (i = SIM_TLS_OFF + 1; i < SIM_TLS_KINDS; i++)
		if (strcmp(name, tls_kinds[i]) == 0) {
			*kind = (enum sim_tls)i;
			return true;
		}
	buf_init(&list, 150);
	for (i = SIM_TLS_OFF + 1; i < SIM_TLS_KINDS; i++)
		buf_addf(&list, "%s%s", list.len ? ", " : "", tls_kinds[i]);
	err_set(err, ERR_INPUT, 0, "tls \"%.40s\" is none of %s", name, list.data);
	buf_done(&list);
	return false;
}

void sim_options_init(struct sim_options *o)
{
	*o = (struct sim_options){.speed = 1.0};
}
