/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-trace.h"

struct _MzTrace
{
  GObject parent_instance;

  MzEndpoint *endpoint;
  MzPlan plan;
  gint64 start_us;
  gint64 ready_us;

  GPtrArray *attempts;
  MzTraceAttempt *winner;       /* one of attempts */
  MzNetworkInfo *network;
  char *server_version;
  guint server_protocol;
  GError *error;

  char *missing_scopes;
  MzCircumstance circumstance;
  guint flaps;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzTrace, mz_trace, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

enum
{
  CHANGED,
  PHASE_BEGUN,
  PHASE_ENDED,
  TRIED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GType
mz_trace_get_item_type (GListModel *model)
{
  return MZ_TYPE_TRACE_ATTEMPT;
}

static guint
mz_trace_get_n_items (GListModel *model)
{
  return MZ_TRACE (model)->attempts->len;
}

static gpointer
mz_trace_get_item (GListModel *model,
                   guint       position)
{
  MzTrace *self = MZ_TRACE (model);

  return position < self->attempts->len ? g_object_ref (g_ptr_array_index (self->attempts, position)) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = mz_trace_get_item_type;
  iface->get_n_items = mz_trace_get_n_items;
  iface->get_item = mz_trace_get_item;
}

static void
attempt_changed_cb (MzTrace *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
attempt_phase_begun_cb (MzTrace        *self,
                        guint           phase,
                        MzTraceAttempt *attempt)
{
  g_signal_emit (self, signals[PHASE_BEGUN], 0, attempt, phase);
}

static void
attempt_phase_ended_cb (MzTrace        *self,
                        guint           phase,
                        MzTraceAttempt *attempt)
{
  g_signal_emit (self, signals[PHASE_ENDED], 0, attempt, phase);
}

static void
attempt_tried_cb (MzTrace        *self,
                  GSocketAddress *address,
                  MzTraceAttempt *attempt)
{
  g_signal_emit (self, signals[TRIED], 0, attempt, address);
}

static void
mz_trace_finalize (GObject *object)
{
  MzTrace *self = MZ_TRACE (object);

  g_clear_pointer (&self->endpoint, mz_endpoint_unref);
  g_clear_pointer (&self->attempts, g_ptr_array_unref);
  g_clear_pointer (&self->network, mz_network_info_free);
  g_clear_pointer (&self->server_version, g_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->missing_scopes, g_free);

  G_OBJECT_CLASS (mz_trace_parent_class)->finalize (object);
}

static void
mz_trace_class_init (MzTraceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_trace_finalize;

  signals[CHANGED] = g_signal_new ("changed", MZ_TYPE_TRACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PHASE_BEGUN] = g_signal_new ("phase-begun", MZ_TYPE_TRACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, MZ_TYPE_TRACE_ATTEMPT, G_TYPE_UINT);
  signals[PHASE_ENDED] = g_signal_new ("phase-ended", MZ_TYPE_TRACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, MZ_TYPE_TRACE_ATTEMPT, G_TYPE_UINT);
  signals[TRIED] = g_signal_new ("tried", MZ_TYPE_TRACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, MZ_TYPE_TRACE_ATTEMPT, G_TYPE_INET_SOCKET_ADDRESS);
}

static void
mz_trace_init (MzTrace *self)
{
  self->attempts = g_ptr_array_new_with_free_func (g_object_unref);
  self->start_us = g_get_monotonic_time ();
}

/**
 * mz_trace_new:
 * @endpoint: what the person asked for
 * @plan: how it is to be reached
 *
 * The clock of the trace starts now.
 *
 * Returns: (transfer full): an empty trace
 */
MzTrace *
mz_trace_new (MzEndpoint   *endpoint,
              const MzPlan *plan)
{
  MzTrace *self;

  g_return_val_if_fail (endpoint != NULL, NULL);
  g_return_val_if_fail (plan != NULL, NULL);

  self = g_object_new (MZ_TYPE_TRACE, NULL);
  self->endpoint = mz_endpoint_ref (endpoint);
  self->plan = *plan;

  return self;
}

MzEndpoint *
mz_trace_get_endpoint (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return self->endpoint;
}

const MzPlan *
mz_trace_get_plan (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return &self->plan;
}

/**
 * mz_trace_get_start_us:
 *
 * Returns: when the dial began, monotonic µs
 */
gint64
mz_trace_get_start_us (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), 0);

  return self->start_us;
}

guint
mz_trace_get_n_attempts (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), 0);

  return self->attempts->len;
}

/**
 * mz_trace_get_attempt:
 *
 * Returns: (transfer none) (nullable): the @n-th attempt
 */
MzTraceAttempt *
mz_trace_get_attempt (MzTrace *self,
                      guint    n)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return n < self->attempts->len ? g_ptr_array_index (self->attempts, n) : NULL;
}

/**
 * mz_trace_add_attempt:
 * @endpoint: where this attempt goes
 * @route: by which route
 *
 * Returns: (transfer none): the new record, owned by the trace
 */
MzTraceAttempt *
mz_trace_add_attempt (MzTrace     *self,
                      MzEndpoint  *endpoint,
                      MzRouteKind  route)
{
  MzTraceAttempt *attempt;

  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);
  g_return_val_if_fail (endpoint != NULL, NULL);

  attempt = mz_trace_attempt_new (endpoint, route);
  g_signal_connect_object (attempt, "changed", G_CALLBACK (attempt_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (attempt, "phase-begun", G_CALLBACK (attempt_phase_begun_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (attempt, "phase-ended", G_CALLBACK (attempt_phase_ended_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (attempt, "tried", G_CALLBACK (attempt_tried_cb), self, G_CONNECT_SWAPPED);

  g_ptr_array_add (self->attempts, attempt);
  g_list_model_items_changed (G_LIST_MODEL (self), self->attempts->len - 1, 0, 1);
  g_signal_emit (self, signals[CHANGED], 0);

  return attempt;
}

/**
 * mz_trace_set_winner:
 * @attempt: the attempt whose connection is used
 */
void
mz_trace_set_winner (MzTrace        *self,
                     MzTraceAttempt *attempt)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  self->winner = attempt;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mz_trace_get_winner:
 *
 * Returns: (transfer none) (nullable): the attempt that was upgraded to a WebSocket
 */
MzTraceAttempt *
mz_trace_get_winner (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return self->winner;
}

/**
 * mz_trace_set_raced:
 *
 * Takes down that the second route was started beside the first, and won: that, not why the first was the first, is the reason now.
 */
void
mz_trace_set_raced (MzTrace *self)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  self->plan.reason = MZ_REASON_RACED;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mz_trace_get_route:
 *
 * Returns: the route that the plan's reason speaks of: the one that goes first; the winner's after a race that the second one won
 */
MzRouteKind
mz_trace_get_route (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), MZ_ROUTE_STANDARD);

  if (self->plan.reason == MZ_REASON_RACED && self->winner != NULL)
    return mz_trace_attempt_get_route (self->winner);

  return self->plan.routes[0];
}

/**
 * mz_trace_set_network:
 * @network: (nullable): the network that this host was in when the dial began
 */
void
mz_trace_set_network (MzTrace             *self,
                      const MzNetworkInfo *network)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  g_clear_pointer (&self->network, mz_network_info_free);
  self->network = mz_network_info_copy (network);
}

/**
 * mz_trace_get_network:
 *
 * Returns: (transfer none) (nullable): the network that this host was in when the dial began, where it was asked for
 */
const MzNetworkInfo *
mz_trace_get_network (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return self->network;
}

/**
 * mz_trace_get_deepest:
 *
 * The attempt to show to people when all failed: the one that got furthest, the earlier one among equals; attempts that were called
 * off because another went on count less.
 *
 * Returns: (transfer none) (nullable): that attempt
 */
MzTraceAttempt *
mz_trace_get_deepest (MzTrace *self)
{
  MzTraceAttempt *deepest = NULL;
  int best = -1;

  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  if (self->winner != NULL)
    return self->winner;

  for (guint i = 0; i < self->attempts->len; i++)
    {
      MzTraceAttempt *attempt = g_ptr_array_index (self->attempts, i);
      const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (attempt);
      int depth = last == NULL ? 0 : (last->state == MZ_PHASE_CANCELLED ? 0 : 1 + (int) last->phase);

      if (depth > best)
        {
          best = depth;
          deepest = attempt;
        }
    }

  return deepest;
}

void
mz_trace_set_server (MzTrace    *self,
                     const char *version,
                     guint       protocol)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  g_free (self->server_version);
  self->server_version = g_strdup (version);
  self->server_protocol = protocol;
}

const char *
mz_trace_get_server_version (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return self->server_version;
}

/**
 * mz_trace_get_server_protocol:
 *
 * Returns: the protocol that hello-ok named; 0 before
 */
guint
mz_trace_get_server_protocol (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), 0);

  return self->server_protocol;
}

/**
 * mz_trace_set_ready:
 *
 * hello-ok came: the dial is done.
 */
void
mz_trace_set_ready (MzTrace *self)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  self->ready_us = g_get_monotonic_time ();
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mz_trace_get_ready_us:
 *
 * Returns: when hello-ok came, monotonic µs; 0 if it did not
 */
gint64
mz_trace_get_ready_us (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), 0);

  return self->ready_us;
}

/**
 * mz_trace_set_error:
 * @error: why the dial as a whole failed
 */
void
mz_trace_set_error (MzTrace      *self,
                    const GError *error)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  g_signal_emit (self, signals[CHANGED], 0);
}

const GError *
mz_trace_get_error (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return self->error;
}

/**
 * mz_trace_set_missing_scopes:
 * @scopes: (nullable): what was asked for and not granted, in words
 */
void
mz_trace_set_missing_scopes (MzTrace    *self,
                             const char *scopes)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  g_free (self->missing_scopes);
  self->missing_scopes = g_strdup (scopes);
}

const char *
mz_trace_get_missing_scopes (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), NULL);

  return self->missing_scopes;
}

/**
 * mz_trace_set_circumstance:
 * @circumstance: what may make the connection end, if it ends now
 */
void
mz_trace_set_circumstance (MzTrace        *self,
                           MzCircumstance  circumstance)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  self->circumstance = circumstance;
}

MzCircumstance
mz_trace_get_circumstance (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), MZ_CIRCUMSTANCE_NONE);

  return self->circumstance;
}

/**
 * mz_trace_set_flaps:
 * @flaps: how many connections in a row ended soon after their hello-ok, this one included
 */
void
mz_trace_set_flaps (MzTrace *self,
                    guint    flaps)
{
  g_return_if_fail (MZ_IS_TRACE (self));

  self->flaps = flaps;
}

guint
mz_trace_get_flaps (MzTrace *self)
{
  g_return_val_if_fail (MZ_IS_TRACE (self), 0);

  return self->flaps;
}
