/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-probe.h"

#include "mz-client.h"

struct _MzProbe
{
  GObject parent_instance;

  MzClient *client;
  gboolean done;
};

G_DEFINE_FINAL_TYPE (MzProbe, mz_probe, G_TYPE_OBJECT)

enum
{
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
state_cb (MzProbe *self)
{
  MzClientState state = mz_client_get_state (self->client);

  if (self->done || state == MZ_CLIENT_CONNECTING || state == MZ_CLIENT_OFFLINE)
    return;

  self->done = TRUE;
  g_signal_emit (self, signals[DONE], 0);
}

static void
mz_probe_dispose (GObject *object)
{
  MzProbe *self = MZ_PROBE (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (mz_probe_parent_class)->dispose (object);
}

static void
mz_probe_class_init (MzProbeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_probe_dispose;

  signals[DONE] = g_signal_new ("done", MZ_TYPE_PROBE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mz_probe_init (MzProbe *self)
{
}

static MzDialOptions *
make_options (MzGatewayEntry    *entry,
              MzStrategySetting  setting)
{
  MzDialOptions *options = mz_dial_options_new ();
  const char *proxy = mz_gateway_entry_get_proxy (entry);

  options->setting = setting;
  options->pin = g_strdup (mz_gateway_entry_get_pin (entry));
  options->allow_plaintext = mz_gateway_entry_get_allow_plaintext (entry);
  if (proxy != NULL && *proxy != '\0')
    options->proxy_resolver = g_simple_proxy_resolver_new (proxy, NULL);

  return options;
}

/**
 * mz_probe_new:
 * @entry: where to, and how
 * @setting: the strategy, instead of the entry's
 *
 * Returns: (transfer full) (nullable): a dial that is not started yet
 */
MzProbe *
mz_probe_new (MzGatewayEntry    *entry,
              MzStrategySetting  setting,
              GError           **error)
{
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autoptr (MzDialOptions) options = NULL;
  g_autoptr (MzIdentity) nobody = NULL;
  MzProbe *self;

  g_return_val_if_fail (MZ_IS_GATEWAY_ENTRY (entry), NULL);

  endpoint = mz_endpoint_parse (mz_gateway_entry_get_address (entry), error);
  if (endpoint == NULL)
    return NULL;

  /* Without a login it is not used. */
  nobody = mz_identity_new_random (error);
  if (nobody == NULL)
    return NULL;

  options = make_options (entry, setting);
  self = g_object_new (MZ_TYPE_PROBE, NULL);
  self->client = mz_client_new (endpoint, nobody, options);
  mz_client_set_login (self->client, FALSE);
  mz_client_set_reconnect (self->client, FALSE);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);

  return self;
}

void
mz_probe_start (MzProbe *self)
{
  g_return_if_fail (MZ_IS_PROBE (self));

  mz_client_start (self->client);
}

/**
 * mz_probe_get_trace:
 *
 * Returns: (transfer none) (nullable): its record, from mz_probe_start() on
 */
MzTrace *
mz_probe_get_trace (MzProbe *self)
{
  g_return_val_if_fail (MZ_IS_PROBE (self), NULL);

  return mz_client_get_trace (self->client);
}

const GError *
mz_probe_get_error (MzProbe *self)
{
  g_return_val_if_fail (MZ_IS_PROBE (self), NULL);

  return mz_client_get_error (self->client);
}

double
mz_probe_get_ms (MzProbe *self)
{
  MzTrace *trace;
  MzTraceAttempt *winner;
  const MzPhaseRecord *challenge;

  g_return_val_if_fail (MZ_IS_PROBE (self), -1);

  trace = mz_probe_get_trace (self);
  winner = trace != NULL ? mz_trace_get_winner (trace) : NULL;
  challenge = winner != NULL ? mz_trace_attempt_find_phase (winner, MZ_PHASE_CHALLENGE) : NULL;
  if (!self->done || mz_probe_get_error (self) != NULL || challenge == NULL || challenge->state != MZ_PHASE_OK)
    return -1;

  return (challenge->end_us - mz_trace_get_start_us (trace)) / 1e3;
}
