/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-gateway-error.h"

G_BEGIN_DECLS

/**
 * MzReconnectAction:
 * @MZ_RECONNECT_STOP: trying again cannot mend it: the person is asked
 * @MZ_RECONNECT_RETRY: try again after the delay
 * @MZ_RECONNECT_ADD_DEVICE_TOKEN: try once more at once, with the stored device token beside the shared one
 * @MZ_RECONNECT_DROP_DEVICE_TOKEN: the stored device token is void: forget it and try once more with the shared secret
 */
typedef enum
{
  MZ_RECONNECT_STOP,
  MZ_RECONNECT_RETRY,
  MZ_RECONNECT_ADD_DEVICE_TOKEN,
  MZ_RECONNECT_DROP_DEVICE_TOKEN,
} MzReconnectAction;

/**
 * MzReconnectInput:
 * @error: why the connection failed or ended
 * @failures: how many times in a row, this one included: failures since the last hello-ok, or connections that ended soon after theirs
 * @was_ready: this gateway has said hello-ok before, so it is a gateway and we may log in
 * @sent_device_token: the last login used the stored device token
 * @has_device_token: a device token is stored
 * @has_shared_secret: a token or password was given
 * @trusted_endpoint: loopback, or TLS with a pin: a device token may be offered again
 * @device_token_retried: the one retry was used
 * @restart_expected_ms: what event `shutdown` announced, in ms; -1 without it
 * @random: in [0, 1), for the jitter
 */
typedef struct
{
  const GError *error;
  guint failures;
  gboolean was_ready;
  gboolean sent_device_token;
  gboolean has_device_token;
  gboolean has_shared_secret;
  gboolean trusted_endpoint;
  gboolean device_token_retried;
  gint64 restart_expected_ms;
  double random;
} MzReconnectInput;

typedef struct
{
  MzReconnectAction action;
  guint delay_ms;
} MzReconnectDecision;

guint                mz_backoff_delay_ms  (guint                   failures,
                                           double                  random);
MzReconnectDecision  mz_reconnect_decide  (const MzReconnectInput *input);

G_END_DECLS
