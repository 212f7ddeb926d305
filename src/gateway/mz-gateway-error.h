/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MZ_GATEWAY_ERROR:
 *
 * The error domain of the protocol layer. An extended error: what a gateway said beside its code can be asked with the functions below.
 */
#define MZ_GATEWAY_ERROR (mz_gateway_error_quark ())

/**
 * MzGatewayError:
 * @MZ_GATEWAY_ERROR_HTTP_STATUS: something answered the upgrade with another status than 101
 * @MZ_GATEWAY_ERROR_NOT_WEBSOCKET: the answer to the upgrade was not HTTP, or not a WebSocket's
 * @MZ_GATEWAY_ERROR_NOT_A_GATEWAY: the WebSocket opened, but no gateway speaks there
 * @MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT: only plaintext would work, and the person has not allowed it
 * @MZ_GATEWAY_ERROR_STARTING: the gateway is still starting
 * @MZ_GATEWAY_ERROR_AUTH: credentials are missing or wrong
 * @MZ_GATEWAY_ERROR_RATE_LIMITED: too many failed logins
 * @MZ_GATEWAY_ERROR_PAIRING: this device waits for approval
 * @MZ_GATEWAY_ERROR_PROTOCOL: no common protocol version
 * @MZ_GATEWAY_ERROR_REJECTED: the gateway does not let this client in
 * @MZ_GATEWAY_ERROR_REMOTE: the gateway answered a request with an error
 * @MZ_GATEWAY_ERROR_BAD_FRAME: a frame is not what the protocol says
 * @MZ_GATEWAY_ERROR_TOO_LARGE: a message is over a limit and was not sent
 * @MZ_GATEWAY_ERROR_TIMED_OUT: no answer in time
 * @MZ_GATEWAY_ERROR_CLOSED: the connection closed first
 * @MZ_GATEWAY_ERROR_NOT_CONNECTED: there is no connection to send on
 * @MZ_GATEWAY_ERROR_UNSUPPORTED: this gateway does not know the method
 * @MZ_GATEWAY_ERROR_IDENTITY: the device's key cannot be used
 * @MZ_GATEWAY_ERROR_FAILED: anything else
 */
typedef enum
{
  MZ_GATEWAY_ERROR_HTTP_STATUS,
  MZ_GATEWAY_ERROR_NOT_WEBSOCKET,
  MZ_GATEWAY_ERROR_NOT_A_GATEWAY,
  MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT,
  MZ_GATEWAY_ERROR_STARTING,
  MZ_GATEWAY_ERROR_AUTH,
  MZ_GATEWAY_ERROR_RATE_LIMITED,
  MZ_GATEWAY_ERROR_PAIRING,
  MZ_GATEWAY_ERROR_PROTOCOL,
  MZ_GATEWAY_ERROR_REJECTED,
  MZ_GATEWAY_ERROR_REMOTE,
  MZ_GATEWAY_ERROR_BAD_FRAME,
  MZ_GATEWAY_ERROR_TOO_LARGE,
  MZ_GATEWAY_ERROR_TIMED_OUT,
  MZ_GATEWAY_ERROR_CLOSED,
  MZ_GATEWAY_ERROR_NOT_CONNECTED,
  MZ_GATEWAY_ERROR_UNSUPPORTED,
  MZ_GATEWAY_ERROR_IDENTITY,
  MZ_GATEWAY_ERROR_FAILED,
} MzGatewayError;

GQuark       mz_gateway_error_quark           (void);
const char  *mz_gateway_error_to_string       (MzGatewayError  code);
MzGatewayError mz_gateway_error_classify_connect (JsonObject   *error_object);

/* The request did not go out, or its answer was lost with the connection. */
gboolean     mz_gateway_error_is_no_connection (const GError  *error);
/* The same, or the answer did not come in time: nothing is known of what became of the request. */
gboolean     mz_gateway_error_is_no_answer    (const GError   *error);

/* What the gateway said. All are NULL, 0 or FALSE when @error is of another domain or the gateway did not say it. */
GError      *mz_gateway_error_new_remote      (MzGatewayError  code,
                                               JsonObject     *error_object);
GError      *mz_gateway_error_new_http        (MzGatewayError  code,
                                               guint           http_status,
                                               const char     *message);
GError      *mz_gateway_error_new_closed      (guint           close_code,
                                               const char     *reason);
void         mz_gateway_error_set_close       (GError         *error,
                                               guint           close_code,
                                               const char     *reason);
const char  *mz_gateway_error_get_code        (const GError   *error);
const char  *mz_gateway_error_get_detail_code (const GError   *error);
const char  *mz_gateway_error_get_reason      (const GError   *error);
const char  *mz_gateway_error_get_next_step   (const GError   *error);
const char  *mz_gateway_error_get_request_id  (const GError   *error);
const char  *mz_gateway_error_get_missing_scope (const GError *error);
gint64       mz_gateway_error_get_retry_after_ms (const GError *error);
gboolean     mz_gateway_error_get_retryable   (const GError   *error);
gboolean     mz_gateway_error_get_can_retry_with_device_token (const GError *error);
gboolean     mz_gateway_error_get_pause_reconnect (const GError *error);
gint64       mz_gateway_error_get_expected_protocol (const GError *error);
guint        mz_gateway_error_get_http_status (const GError   *error);
guint        mz_gateway_error_get_close_code  (const GError   *error);

G_END_DECLS
