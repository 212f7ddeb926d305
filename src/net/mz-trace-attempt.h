/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-budget.h"
#include "mz-strategy.h"

G_BEGIN_DECLS

typedef enum
{
  MZ_PHASE_PENDING,
  MZ_PHASE_RUNNING,
  MZ_PHASE_OK,
  MZ_PHASE_FAILED,
  MZ_PHASE_CANCELLED,
} MzPhaseState;

/**
 * MzPhaseRecord:
 * @phase: which
 * @state: how it stands
 * @start_us: monotonic time of its start, in µs
 * @end_us: monotonic time of its end, in µs; 0 while running
 * @detail: (nullable): an address, a TLS version, an HTTP status, …, never a secret
 */
typedef struct
{
  MzPhase phase;
  MzPhaseState state;
  gint64 start_us;
  gint64 end_us;
  char *detail;
} MzPhaseRecord;

/**
 * MzTraceAttempt:
 *
 * The record of one try: one route, one scheme. Written by who connects, read by everybody else.
 */
#define MZ_TYPE_TRACE_ATTEMPT (mz_trace_attempt_get_type ())
G_DECLARE_FINAL_TYPE (MzTraceAttempt, mz_trace_attempt, MZ, TRACE_ATTEMPT, GObject)

MzTraceAttempt      *mz_trace_attempt_new              (MzEndpoint           *endpoint,
                                                        MzRouteKind           route);

/* Reading */
MzEndpoint          *mz_trace_attempt_get_endpoint     (MzTraceAttempt       *self);
MzRouteKind          mz_trace_attempt_get_route        (MzTraceAttempt       *self);
MzScheme             mz_trace_attempt_get_scheme       (MzTraceAttempt       *self);
GInetSocketAddress  *mz_trace_attempt_get_peer         (MzTraceAttempt       *self);
char                *mz_trace_attempt_dup_address      (MzTraceAttempt       *self);
guint                mz_trace_attempt_get_n_phases     (MzTraceAttempt       *self);
const MzPhaseRecord *mz_trace_attempt_get_nth_phase    (MzTraceAttempt       *self,
                                                        guint                 n);
const MzPhaseRecord *mz_trace_attempt_find_phase       (MzTraceAttempt       *self,
                                                        MzPhase               phase);
const MzPhaseRecord *mz_trace_attempt_get_last_phase   (MzTraceAttempt       *self);
GPtrArray           *mz_trace_attempt_get_resolved     (MzTraceAttempt       *self);
GPtrArray           *mz_trace_attempt_get_tried        (MzTraceAttempt       *self);
const char          *mz_trace_attempt_get_tls_version  (MzTraceAttempt       *self);
const char          *mz_trace_attempt_get_tls_cipher   (MzTraceAttempt       *self);
const char          *mz_trace_attempt_get_fingerprint  (MzTraceAttempt       *self);
GTlsCertificate     *mz_trace_attempt_get_certificate  (MzTraceAttempt       *self);
GTlsCertificateFlags mz_trace_attempt_get_tls_errors   (MzTraceAttempt       *self);
guint                mz_trace_attempt_get_http_status  (MzTraceAttempt       *self);
const char          *mz_trace_attempt_get_http_type    (MzTraceAttempt       *self);
const GError        *mz_trace_attempt_get_error        (MzTraceAttempt       *self);
gboolean             mz_trace_attempt_is_proxied       (MzTraceAttempt       *self);
gboolean             mz_trace_attempt_reached          (MzTraceAttempt       *self,
                                                        MzPhase               phase);

/* Writing */
void                 mz_trace_attempt_begin            (MzTraceAttempt       *self,
                                                        MzPhase               phase);
void                 mz_trace_attempt_end              (MzTraceAttempt       *self,
                                                        MzPhase               phase,
                                                        const char           *detail);
void                 mz_trace_attempt_fail             (MzTraceAttempt       *self,
                                                        const GError         *error);
void                 mz_trace_attempt_amend            (MzTraceAttempt       *self,
                                                        const GError         *error);
void                 mz_trace_attempt_add_resolved     (MzTraceAttempt       *self,
                                                        GList                *addresses);
void                 mz_trace_attempt_add_tried        (MzTraceAttempt       *self,
                                                        GInetSocketAddress   *address);
void                 mz_trace_attempt_set_peer         (MzTraceAttempt       *self,
                                                        GInetSocketAddress   *peer);
void                 mz_trace_attempt_set_proxied      (MzTraceAttempt       *self);
void                 mz_trace_attempt_set_certificate  (MzTraceAttempt       *self,
                                                        GTlsCertificate      *certificate,
                                                        GTlsCertificateFlags  errors);
void                 mz_trace_attempt_set_tls          (MzTraceAttempt       *self,
                                                        const char           *version,
                                                        const char           *cipher);
void                 mz_trace_attempt_set_http         (MzTraceAttempt       *self,
                                                        guint                 status,
                                                        const char           *content_type);

G_END_DECLS
