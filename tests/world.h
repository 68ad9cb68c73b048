/* SPDX-License-Identifier: MIT */
#ifndef PIPETOP_TESTS_WORLD_H
#define PIPETOP_TESTS_WORLD_H

/*
 * A small evening of pipelines for tests of the screen: one waits at a gate, two fail
 * (one with its detail read, one without), one waits for a review, one runs, one runs
 * another pipeline, one was retried and is stuck, one is queued, some are ok, with
 * Chinese and English names. Everything is said relative to WORLD_NOW.
 */
#include <stdint.h>

#include "model/group.h"
#include "model/store.h"

#define WORLD_NOW INT64_C(1795500000000) /* 2026-11-24T06:00:00Z */
#define WORLD_PROJECT "aaaaaaaa000000000000000000000001"

#define WORLD_GROUP_SHOP "14141414000000000000000000000001"
#define WORLD_GROUP_WEB "14141414000000000000000000000002"
#define WORLD_GROUP_PAY "14141414000000000000000000000003"

void world_fill(struct store *store);

/* The groups that the pipelines are filed under; the caller's to free. */
struct groups *world_groups(void);

/* The gate that waits is passed, and its run ends well. */
void world_pass_gate(struct store *store);
/* Changes the running pipeline's run: failed at its test stage. */
void world_fail_running(struct store *store);
/* The same run waits: for a delayed job, at a suspended step. */
void world_delay_search(struct store *store);
void world_suspend_search(struct store *store);
/* Both steps of its job wait for a review. */
void world_two_gates(struct store *store);

/* The newest six of 412 runs of checkout-api are read. */
void world_take_history(struct store *store);
/* Somebody starts checkout-api again: run 1205. */
void world_start_checkout(struct store *store);

#endif
