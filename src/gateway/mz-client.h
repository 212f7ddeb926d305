/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-dialer.h"
#include "mz-frame.h"
#include "mz-gateway-error.h"
#include "mz-hello.h"
#include "mz-identity.h"

G_BEGIN_DECLS

/**
 * MzClientState:
 * @MZ_CLIENT_OFFLINE: not started, or stopped by the caller
 * @MZ_CLIENT_CONNECTING: dialing or logging in
 * @MZ_CLIENT_READY: hello-ok came; requests go out
 * @MZ_CLIENT_WAITING: the last try failed; the next comes at `retry-at`
 * @MZ_CLIENT_STOPPED: the last try failed in a way that trying again cannot mend: the person is asked
 */
typedef enum
{
  MZ_CLIENT_OFFLINE,
  MZ_CLIENT_CONNECTING,
  MZ_CLIENT_READY,
  MZ_CLIENT_WAITING,
  MZ_CLIENT_STOPPED,
} MzClientState;

#define MZ_TYPE_CLIENT_STATE (mz_client_state_get_type ())
GType mz_client_state_get_type (void) G_GNUC_CONST;

/**
 * MzClient:
 *
 * One gateway, one connection that is kept up: dial, log in, requests and their answers, events, liveness, reconnect, one clean close.
 *
 * Properties: `state`, `trace` (of the newest dial), `hello` (while ready), `error` (of the last failure), `retry-at` (monotonic µs, 0
 * when no retry is planned).
 *
 * Signals: `::event` (detailed by the event's name; MzFrame), `::gap` (events were lost: reload what depends on them), `::frame` (sent,
 * text: every frame as it is on the wire, secrets included: for recording through a redactor only).
 */
#define MZ_TYPE_CLIENT (mz_client_get_type ())
G_DECLARE_FINAL_TYPE (MzClient, mz_client, MZ, CLIENT, GObject)

MzClient      *mz_client_new              (MzEndpoint           *endpoint,
                                           MzIdentity           *identity,
                                           const MzDialOptions  *options);
void           mz_client_set_credentials  (MzClient             *self,
                                           const char           *token,
                                           const char           *password);
void           mz_client_set_scopes       (MzClient             *self,
                                           const char * const   *scopes);
void           mz_client_set_reconnect    (MzClient             *self,
                                           gboolean              reconnect);
void           mz_client_set_login        (MzClient             *self,
                                           gboolean              login);
void           mz_client_start            (MzClient             *self);
void           mz_client_retry_now        (MzClient             *self);
void           mz_client_wake             (MzClient             *self,
                                           MzCircumstance        why,
                                           gboolean              network_available);
void           mz_client_stop_async       (MzClient             *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean       mz_client_stop_finish      (MzClient             *self,
                                           GAsyncResult         *result,
                                           GError              **error);

MzEndpoint    *mz_client_get_endpoint     (MzClient             *self);
MzClientState  mz_client_get_state        (MzClient             *self);
MzTrace       *mz_client_get_trace        (MzClient             *self);
MzHello       *mz_client_get_hello        (MzClient             *self);
const GError  *mz_client_get_error        (MzClient             *self);
gint64         mz_client_get_retry_at     (MzClient             *self);
guint          mz_client_get_failures     (MzClient             *self);
gboolean       mz_client_has_method       (MzClient             *self,
                                           const char           *method);

void           mz_client_request_async    (MzClient             *self,
                                           const char           *method,
                                           JsonNode             *params,
                                           guint                 timeout_ms,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
JsonNode      *mz_client_request_finish   (MzClient             *self,
                                           GAsyncResult         *result,
                                           GError              **error);
guint          mz_client_get_page_limit   (MzClient             *self,
                                           guint                 usual);
guint          mz_client_get_n_pending    (MzClient             *self);

G_END_DECLS
