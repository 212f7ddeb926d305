/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MzDemoAuth:
 *
 * What the demo gateway asks of who logs in.
 */
typedef enum
{
  MZ_DEMO_AUTH_NONE,
  MZ_DEMO_AUTH_TOKEN,
  MZ_DEMO_AUTH_PASSWORD,
} MzDemoAuth;

/**
 * MzDemoFault:
 * @MZ_DEMO_FAULT_NONE: behave
 * @MZ_DEMO_FAULT_DROP: drop the TCP connection without a close frame in the middle of the next reply
 * @MZ_DEMO_FAULT_STALL: accept the upgrade, then never say anything
 * @MZ_DEMO_FAULT_STALL_READY: log in, then fall silent: no ticks, no answers
 * @MZ_DEMO_FAULT_GARBAGE: send text that is not JSON instead of the challenge
 * @MZ_DEMO_FAULT_GARBAGE_READY: log in, then send text that is not JSON
 * @MZ_DEMO_FAULT_STARTING: answer the first connects with UNAVAILABLE, startup-sidecars, retryAfterMs
 * @MZ_DEMO_FAULT_OVERSIZED: send a message over policy.maxPayload
 * @MZ_DEMO_FAULT_CLOSE: close right after hello-ok with the code of mz_demo_gateway_set_close_code()
 * @MZ_DEMO_FAULT_SHUTDOWN: send event shutdown, then close with 1012
 * @MZ_DEMO_FAULT_GAP: leave out some events of the next reply (numbers jump)
 * @MZ_DEMO_FAULT_RATE_LIMITED: answer connect with a rate limit and retryAfterMs
 * @MZ_DEMO_FAULT_PROTOCOL_MISMATCH: answer connect with PROTOCOL_MISMATCH and close 1002
 * @MZ_DEMO_FAULT_DEEP: send a frame nested 100,000 deep
 * @MZ_DEMO_FAULT_SLOW_CONSUMER: log in, then close as the real gateway does with clients that read too slowly
 * @MZ_DEMO_FAULT_REJECTED: answer connect with CONTROL_UI_ORIGIN_NOT_ALLOWED and close 1008
 * @MZ_DEMO_FAULT_DEVICE_CLOCK: answer connect with DEVICE_AUTH_SIGNATURE_EXPIRED and close 1008
 * @MZ_DEMO_FAULT_SCOPES: let everybody in, with operator.read alone
 */
typedef enum
{
  MZ_DEMO_FAULT_NONE,
  MZ_DEMO_FAULT_DROP,
  MZ_DEMO_FAULT_STALL,
  MZ_DEMO_FAULT_STALL_READY,
  MZ_DEMO_FAULT_GARBAGE,
  MZ_DEMO_FAULT_GARBAGE_READY,
  MZ_DEMO_FAULT_STARTING,
  MZ_DEMO_FAULT_OVERSIZED,
  MZ_DEMO_FAULT_CLOSE,
  MZ_DEMO_FAULT_SHUTDOWN,
  MZ_DEMO_FAULT_GAP,
  MZ_DEMO_FAULT_RATE_LIMITED,
  MZ_DEMO_FAULT_PROTOCOL_MISMATCH,
  MZ_DEMO_FAULT_DEEP,
  MZ_DEMO_FAULT_SLOW_CONSUMER,
  MZ_DEMO_FAULT_REJECTED,
  MZ_DEMO_FAULT_DEVICE_CLOCK,
  MZ_DEMO_FAULT_SCOPES,
} MzDemoFault;

/**
 * MzDemoGateway:
 *
 * A small gateway for demonstrations and tests, on loopback only. Speaks protocol 3 or 4; its frames keep to the official schema.
 *
 * Signals:
 * - `::pairing-requested` (const char *request_id, const char *device_id): a device asked for the first time to be let in.
 */
#define MZ_TYPE_DEMO_GATEWAY (mz_demo_gateway_get_type ())
G_DECLARE_FINAL_TYPE (MzDemoGateway, mz_demo_gateway, MZ, DEMO_GATEWAY, GObject)

MzDemoGateway *mz_demo_gateway_new             (void);
void           mz_demo_gateway_set_protocol    (MzDemoGateway    *self,
                                                guint             protocol);
void           mz_demo_gateway_set_auth        (MzDemoGateway    *self,
                                                MzDemoAuth        auth,
                                                const char       *secret);
void           mz_demo_gateway_set_pairing     (MzDemoGateway    *self,
                                                gboolean          required);
gboolean       mz_demo_gateway_approve_pairing (MzDemoGateway    *self,
                                                const char       *request_id);
void           mz_demo_gateway_set_certificate (MzDemoGateway    *self,
                                                GTlsCertificate  *certificate);
void           mz_demo_gateway_set_fault       (MzDemoGateway    *self,
                                                MzDemoFault       fault);
gboolean       mz_demo_fault_from_string       (const char       *text,
                                                MzDemoFault      *fault);
GStrv          mz_demo_fault_list              (void);
void           mz_demo_gateway_set_close_code  (MzDemoGateway    *self,
                                                guint             code);
void           mz_demo_gateway_set_tick_ms     (MzDemoGateway    *self,
                                                guint             interval_ms);
void           mz_demo_gateway_set_max_payload (MzDemoGateway    *self,
                                                gsize             bytes);
void           mz_demo_gateway_set_rate        (MzDemoGateway    *self,
                                                double            words_per_second);
void           mz_demo_gateway_set_record      (MzDemoGateway    *self,
                                                GOutputStream    *stream);
gboolean       mz_demo_gateway_start           (MzDemoGateway    *self,
                                                guint16           port,
                                                GError          **error);
void           mz_demo_gateway_stop            (MzDemoGateway    *self);
void           mz_demo_gateway_drop_all        (MzDemoGateway    *self);
guint16        mz_demo_gateway_get_port        (MzDemoGateway    *self);
const char    *mz_demo_gateway_get_url         (MzDemoGateway    *self);
guint          mz_demo_gateway_get_n_connections (MzDemoGateway  *self);
guint          mz_demo_gateway_get_n_connects  (MzDemoGateway    *self);
guint          mz_demo_gateway_get_n_upgrades  (MzDemoGateway    *self);

G_END_DECLS
