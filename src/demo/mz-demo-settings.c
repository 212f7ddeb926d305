/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-gateway.h"

#include <sodium.h>
#include <string.h>

#include "mz-demo-connection.h"
#include "mz-demo-private.h"

/* The gateway's settings: how it shall be, and what shall go wrong. */

/* How many connects a gateway that is starting turns away. */
#define STARTING_ANSWERS 2

static const struct
{
  const char *name;
  MzDemoFault fault;
} faults[] = {
  { "none", MZ_DEMO_FAULT_NONE },
  { "drop", MZ_DEMO_FAULT_DROP },
  { "stall", MZ_DEMO_FAULT_STALL },
  { "stall-ready", MZ_DEMO_FAULT_STALL_READY },
  { "garbage", MZ_DEMO_FAULT_GARBAGE },
  { "garbage-ready", MZ_DEMO_FAULT_GARBAGE_READY },
  { "starting", MZ_DEMO_FAULT_STARTING },
  { "oversized", MZ_DEMO_FAULT_OVERSIZED },
  { "close", MZ_DEMO_FAULT_CLOSE },
  { "shutdown", MZ_DEMO_FAULT_SHUTDOWN },
  { "gap", MZ_DEMO_FAULT_GAP },
  { "rate-limited", MZ_DEMO_FAULT_RATE_LIMITED },
  { "protocol-mismatch", MZ_DEMO_FAULT_PROTOCOL_MISMATCH },
  { "deep", MZ_DEMO_FAULT_DEEP },
  { "slow-consumer", MZ_DEMO_FAULT_SLOW_CONSUMER },
  { "rejected", MZ_DEMO_FAULT_REJECTED },
  { "device-clock", MZ_DEMO_FAULT_DEVICE_CLOCK },
  { "scopes", MZ_DEMO_FAULT_SCOPES },
};

/**
 * mz_demo_gateway_set_protocol:
 * @self: a gateway
 * @protocol: 3 or 4
 *
 * Sets the protocol for the clients that come from now on; to be set before mz_demo_gateway_start().
 */
void
mz_demo_gateway_set_protocol (MzDemoGateway *self,
                              guint          protocol)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (protocol == 3 || protocol == 4);

  self->protocol = protocol;
}

/**
 * mz_demo_gateway_set_auth:
 * @self: a gateway
 * @auth: what to ask for
 * @secret: (nullable): the token or password
 *
 * Sets what logins have to present. Device tokens that were given out are taken instead of it, as on a real gateway.
 */
void
mz_demo_gateway_set_auth (MzDemoGateway *self,
                          MzDemoAuth     auth,
                          const char    *secret)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (auth == MZ_DEMO_AUTH_NONE || secret != NULL);

  if (self->secret != NULL)
    sodium_memzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  self->auth = auth;
  self->secret = g_strdup (secret);
}

/**
 * mz_demo_gateway_set_pairing:
 * @self: a gateway
 * @required: whether devices wait for approval
 *
 * Sets whether a device has to be approved before it may log in; see mz_demo_gateway_approve_pairing(). Without it each device is
 * let in.
 */
void
mz_demo_gateway_set_pairing (MzDemoGateway *self,
                             gboolean       required)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));

  mz_demo_devices_set_required (self->devices, required);
}

/**
 * mz_demo_gateway_approve_pairing:
 * @self: a gateway
 * @request_id: (nullable): a pairing request, %NULL for all that wait
 *
 * Lets a device in: its next login succeeds.
 *
 * Returns: whether anything waited for it
 */
gboolean
mz_demo_gateway_approve_pairing (MzDemoGateway *self,
                                 const char    *request_id)
{
  g_return_val_if_fail (MZ_IS_DEMO_GATEWAY (self), FALSE);

  return mz_demo_devices_approve (self->devices, request_id);
}

/**
 * mz_demo_gateway_set_certificate:
 * @self: a gateway that is not started
 * @certificate: (nullable): a certificate with its private key; with one the gateway speaks wss
 *
 * Sets the server's certificate.
 */
void
mz_demo_gateway_set_certificate (MzDemoGateway   *self,
                                 GTlsCertificate *certificate)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (certificate == NULL || G_IS_TLS_CERTIFICATE (certificate));

  g_set_object (&self->certificate, certificate);
}

/**
 * mz_demo_gateway_set_fault:
 * @self: a gateway
 * @fault: what goes wrong from now on
 *
 * Sets a fault, for the connections that come and, where it is one of those after the login, at once for those that are logged in. It
 * stays until another is set; %MZ_DEMO_FAULT_DROP and %MZ_DEMO_FAULT_GAP are over with the next reply, %MZ_DEMO_FAULT_STARTING after
 * two connects.
 */
void
mz_demo_gateway_set_fault (MzDemoGateway *self,
                           MzDemoFault    fault)
{
  g_autoptr (GPtrArray) connections = NULL;

  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));

  self->fault = fault;
  self->n_starting_answers = fault == MZ_DEMO_FAULT_STARTING ? STARTING_ANSWERS : 0;

  connections = mz_demo_gateway_copy_connections (self);
  for (guint i = 0; i < connections->len; i++)
    mz_demo_connection_apply_fault (g_ptr_array_index (connections, i));
}

/**
 * mz_demo_fault_from_string:
 * @text: a fault's name, as in mz_demo_fault_list()
 * @fault: (out): the fault
 *
 * Returns: whether there is such a fault
 */
gboolean
mz_demo_fault_from_string (const char  *text,
                           MzDemoFault *fault)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (fault != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_strcmp0 (faults[i].name, text) == 0)
      {
        *fault = faults[i].fault;
        return TRUE;
      }

  return FALSE;
}

/**
 * mz_demo_fault_list:
 *
 * Returns: (transfer full): the names of all faults, `none` first
 */
GStrv
mz_demo_fault_list (void)
{
  GStrv names = g_new0 (char *, G_N_ELEMENTS (faults) + 1);

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    names[i] = g_strdup (faults[i].name);
  return names;
}

/**
 * mz_demo_gateway_set_close_code:
 * @self: a gateway
 * @code: a code of RFC 6455, section 7.4
 *
 * Sets the code for %MZ_DEMO_FAULT_CLOSE; 1001 unless set.
 */
void
mz_demo_gateway_set_close_code (MzDemoGateway *self,
                                guint          code)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (code >= 1000 && code <= 4999);

  self->close_code = code;
}

/**
 * mz_demo_gateway_set_tick_ms:
 * @self: a gateway that is not started
 * @interval_ms: milliseconds between two ticks
 *
 * Sets `policy.tickIntervalMs`; 30,000 unless set.
 */
void
mz_demo_gateway_set_tick_ms (MzDemoGateway *self,
                             guint          interval_ms)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (interval_ms > 0);

  self->tick_ms = interval_ms;
}

/**
 * mz_demo_gateway_set_max_payload:
 * @self: a gateway that is not started
 * @bytes: the largest message in either direction
 *
 * Sets `policy.maxPayload`; 25 MiB unless set. Larger messages are answered with a close, code 1009.
 */
void
mz_demo_gateway_set_max_payload (MzDemoGateway *self,
                                 gsize          bytes)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (bytes > 0);

  self->max_payload = bytes;
}

/**
 * mz_demo_gateway_set_rate:
 * @self: a gateway
 * @words_per_second: how fast replies are written; 60 unless set
 *
 * Sets the pace for the replies that do not ask for one. Above about 250 words a second several words come in one event.
 */
void
mz_demo_gateway_set_rate (MzDemoGateway *self,
                          double         words_per_second)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (words_per_second > 0);

  self->rate = words_per_second;
}

/**
 * mz_demo_gateway_set_record:
 * @self: a gateway
 * @stream: (nullable): where to write; a local file or memory, for it is written to without waiting
 *
 * Writes each frame that is sent or received as a line of JSON, `{"connection": N, "direction": "sent", "frame": …}`, with tokens,
 * passwords and signatures replaced.
 */
void
mz_demo_gateway_set_record (MzDemoGateway *self,
                            GOutputStream *stream)
{
  g_return_if_fail (MZ_IS_DEMO_GATEWAY (self));
  g_return_if_fail (stream == NULL || G_IS_OUTPUT_STREAM (stream));

  g_set_object (&self->record, stream);
}
