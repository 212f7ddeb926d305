/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-budget.h"
#include "mz-network-info.h"
#include "mz-strategy.h"

G_BEGIN_DECLS

/**
 * MzRecordKind:
 * @MZ_RECORD_DIAL: one try to connect
 * @MZ_RECORD_LIFE: one connection, from hello-ok to its end
 */
typedef enum
{
  MZ_RECORD_DIAL,
  MZ_RECORD_LIFE,
} MzRecordKind;

/**
 * MzRecordOutcome:
 * @MZ_OUTCOME_READY: of a dial: hello-ok came
 * @MZ_OUTCOME_REACHED: of a dial: it came as far as it should without a login
 * @MZ_OUTCOME_FAILED: of a dial: it failed
 * @MZ_OUTCOME_CANCELLED: of a dial: the person did not want it any more, which says nothing of the network
 * @MZ_OUTCOME_CLOSED: of a life: closed on this side, as it should be
 * @MZ_OUTCOME_LOST: of a life: it ended otherwise
 */
typedef enum
{
  MZ_OUTCOME_READY,
  MZ_OUTCOME_REACHED,
  MZ_OUTCOME_FAILED,
  MZ_OUTCOME_CANCELLED,
  MZ_OUTCOME_CLOSED,
  MZ_OUTCOME_LOST,
} MzRecordOutcome;

#define MZ_N_OUTCOMES (MZ_OUTCOME_LOST + 1)

/**
 * MzRecord:
 * @kind: what it is a record of
 * @time_ms: when it began, in ms of Unix time
 * @platform: the platform that the plan was made for
 * @network: the kind of network; %MZ_NETWORK_UNKNOWN in a new record lets #MzRecords look for it
 * @host_class: where the gateway is: its class, never its address
 * @scheme: the scheme that was used, or tried last
 * @route: the route of the connection, or of the attempt that came furthest
 * @reason: why that route: mz_reason_to_string(), or what a newer Moltzer called it; a static or interned string
 * @phase_ms: how long each phase took, in ms; below 0 where it was not completed
 * @ready_ms: from the beginning to hello-ok, in ms; below 0 without
 * @outcome: how it went, or how it ended
 * @diagnosis: (nullable): the diagnosis' id, a static or interned string
 * @retries: of a dial: how many failed in a row before it
 * @connected_ms: of a life: how long it lasted, in ms
 * @reconnects: of a life: how many connections of the same client were lost before it
 *
 * What is kept of a dial, or of a connection. A plain value without addresses, names or secrets: there is no field that could hold one.
 */
typedef struct
{
  MzRecordKind kind;
  gint64 time_ms;
  MzPlatform platform;
  MzNetworkType network;
  MzHostClass host_class;
  MzScheme scheme;
  MzRouteKind route;
  const char *reason;
  double phase_ms[MZ_N_PHASES];
  double ready_ms;
  MzRecordOutcome outcome;
  const char *diagnosis;
  guint retries;
  gint64 connected_ms;
  guint reconnects;
} MzRecord;

void         mz_record_init               (MzRecord         *self,
                                           MzRecordKind      kind);
MzRecord    *mz_record_copy               (const MzRecord   *self);
void         mz_record_free               (MzRecord         *self);
gboolean     mz_record_word_is_plain      (const char       *word);

const char  *mz_record_kind_to_string     (MzRecordKind      kind);
gboolean     mz_record_kind_from_string   (const char       *text,
                                           MzRecordKind     *kind);
const char  *mz_record_outcome_to_string  (MzRecordOutcome   outcome);
gboolean     mz_record_outcome_from_string (const char      *text,
                                           MzRecordOutcome  *outcome);
gboolean     mz_record_route_from_string  (const char       *text,
                                           MzRouteKind      *route);
gboolean     mz_record_class_from_string  (const char       *text,
                                           MzHostClass      *host_class);
gboolean     mz_record_scheme_from_string (const char       *text,
                                           MzScheme         *scheme);

char        *mz_record_list_to_csv        (GPtrArray        *records);
char        *mz_record_list_to_json       (GPtrArray        *records);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzRecord, mz_record_free)

G_END_DECLS
