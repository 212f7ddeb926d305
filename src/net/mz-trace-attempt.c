/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-trace-attempt.h"

#include "mz-tls-policy.h"

struct _MzTraceAttempt
{
  GObject parent_instance;

  MzEndpoint *endpoint;
  MzRouteKind route;

  MzPhaseRecord phases[MZ_N_PHASES];
  guint n_phases;

  GPtrArray *resolved;          /* GInetAddress */
  GPtrArray *tried;             /* GInetSocketAddress */
  GInetSocketAddress *peer;
  gboolean proxied;
  GTlsCertificate *certificate;
  GTlsCertificateFlags tls_errors;
  char *fingerprint;
  char *tls_version;
  char *tls_cipher;
  guint http_status;
  char *http_type;
  GError *error;
};

G_DEFINE_FINAL_TYPE (MzTraceAttempt, mz_trace_attempt, G_TYPE_OBJECT)

enum
{
  CHANGED,
  PHASE_BEGUN,
  PHASE_ENDED,
  TRIED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static MzPhaseRecord *
find_phase (MzTraceAttempt *self,
            MzPhase         phase)
{
  for (guint i = 0; i < self->n_phases; i++)
    if (self->phases[i].phase == phase)
      return &self->phases[i];

  return NULL;
}

static void
end_phase (MzTraceAttempt *self,
           MzPhaseRecord  *record,
           MzPhaseState    state,
           const char     *detail)
{
  record->state = state;
  record->end_us = g_get_monotonic_time ();
  if (detail != NULL)
    {
      g_free (record->detail);
      record->detail = g_strdup (detail);
    }

  g_signal_emit (self, signals[PHASE_ENDED], 0, (guint) record->phase);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
mz_trace_attempt_finalize (GObject *object)
{
  MzTraceAttempt *self = MZ_TRACE_ATTEMPT (object);

  for (guint i = 0; i < self->n_phases; i++)
    g_free (self->phases[i].detail);

  g_clear_pointer (&self->endpoint, mz_endpoint_unref);
  g_clear_pointer (&self->resolved, g_ptr_array_unref);
  g_clear_pointer (&self->tried, g_ptr_array_unref);
  g_clear_object (&self->peer);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->tls_version, g_free);
  g_clear_pointer (&self->tls_cipher, g_free);
  g_clear_pointer (&self->http_type, g_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (mz_trace_attempt_parent_class)->finalize (object);
}

static void
mz_trace_attempt_class_init (MzTraceAttemptClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_trace_attempt_finalize;

  /**
   * MzTraceAttempt::changed:
   *
   * Something in the record changed.
   */
  signals[CHANGED] = g_signal_new ("changed", MZ_TYPE_TRACE_ATTEMPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * MzTraceAttempt::phase-begun:
   * @phase: a #MzPhase
   */
  signals[PHASE_BEGUN] = g_signal_new ("phase-begun", MZ_TYPE_TRACE_ATTEMPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * MzTraceAttempt::phase-ended:
   * @phase: a #MzPhase; how it ended is in its record
   */
  signals[PHASE_ENDED] = g_signal_new ("phase-ended", MZ_TYPE_TRACE_ATTEMPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_UINT);

  /**
   * MzTraceAttempt::tried:
   * @address: a #GInetSocketAddress that a TCP connection is begun to
   */
  signals[TRIED] = g_signal_new ("tried", MZ_TYPE_TRACE_ATTEMPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INET_SOCKET_ADDRESS);
}

static void
mz_trace_attempt_init (MzTraceAttempt *self)
{
  self->resolved = g_ptr_array_new_with_free_func (g_object_unref);
  self->tried = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * mz_trace_attempt_new:
 * @endpoint: where to
 * @route: the route taken
 *
 * Returns: (transfer full): an empty record
 */
MzTraceAttempt *
mz_trace_attempt_new (MzEndpoint  *endpoint,
                      MzRouteKind  route)
{
  MzTraceAttempt *self;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (MZ_TYPE_TRACE_ATTEMPT, NULL);
  self->endpoint = mz_endpoint_ref (endpoint);
  self->route = route;

  return self;
}

/**
 * mz_trace_attempt_get_endpoint:
 *
 * Returns: (transfer none): where this attempt went; its scheme may differ from the trace's after a fallback
 */
MzEndpoint *
mz_trace_attempt_get_endpoint (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->endpoint;
}

MzRouteKind
mz_trace_attempt_get_route (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), MZ_ROUTE_STANDARD);

  return self->route;
}

MzScheme
mz_trace_attempt_get_scheme (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), MZ_SCHEME_WS);

  return mz_endpoint_get_scheme (self->endpoint);
}

/**
 * mz_trace_attempt_get_peer:
 *
 * Returns: (transfer none) (nullable): the address that TCP was connected to, or the last that was tried. Its class is what counts for
 *   safety. Behind a proxy it is the proxy's.
 */
GInetSocketAddress *
mz_trace_attempt_get_peer (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  if (self->peer != NULL)
    return self->peer;

  return self->tried->len > 0 ? g_ptr_array_index (self->tried, self->tried->len - 1) : NULL;
}

/**
 * mz_trace_attempt_dup_address:
 *
 * Returns: (transfer full) (nullable): the peer as `ADDRESS:PORT`, IPv6 in brackets
 */
char *
mz_trace_attempt_dup_address (MzTraceAttempt *self)
{
  GInetSocketAddress *peer;

  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  peer = mz_trace_attempt_get_peer (self);

  return peer != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (peer)) : NULL;
}

guint
mz_trace_attempt_get_n_phases (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), 0);

  return self->n_phases;
}

/**
 * mz_trace_attempt_get_nth_phase:
 * @n: position, in the order in which the phases began
 *
 * Returns: (transfer none) (nullable): the record
 */
const MzPhaseRecord *
mz_trace_attempt_get_nth_phase (MzTraceAttempt *self,
                                guint           n)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return n < self->n_phases ? &self->phases[n] : NULL;
}

/**
 * mz_trace_attempt_find_phase:
 *
 * Returns: (transfer none) (nullable): the record of @phase; %NULL if it has not begun
 */
const MzPhaseRecord *
mz_trace_attempt_find_phase (MzTraceAttempt *self,
                             MzPhase         phase)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return find_phase (self, phase);
}

/**
 * mz_trace_attempt_get_last_phase:
 *
 * Returns: (transfer none) (nullable): the phase that began last: where the attempt is, or where it failed
 */
const MzPhaseRecord *
mz_trace_attempt_get_last_phase (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->n_phases > 0 ? &self->phases[self->n_phases - 1] : NULL;
}

/**
 * mz_trace_attempt_get_resolved:
 *
 * Returns: (transfer none) (element-type GInetAddress): the addresses that the name gave, as far as they are known
 */
GPtrArray *
mz_trace_attempt_get_resolved (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->resolved;
}

/**
 * mz_trace_attempt_get_tried:
 *
 * Returns: (transfer none) (element-type GInetSocketAddress): the addresses that a TCP connection was begun to, in order
 */
GPtrArray *
mz_trace_attempt_get_tried (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->tried;
}

const char *
mz_trace_attempt_get_tls_version (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->tls_version;
}

const char *
mz_trace_attempt_get_tls_cipher (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->tls_cipher;
}

/**
 * mz_trace_attempt_get_fingerprint:
 *
 * Returns: (nullable): SHA-256 of the peer's certificate, lower-case hex, whether it was accepted or not
 */
const char *
mz_trace_attempt_get_fingerprint (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->fingerprint;
}

GTlsCertificate *
mz_trace_attempt_get_certificate (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->certificate;
}

GTlsCertificateFlags
mz_trace_attempt_get_tls_errors (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), 0);

  return self->tls_errors;
}

/**
 * mz_trace_attempt_get_http_status:
 *
 * Returns: the status that answered the upgrade; 0 when none came
 */
guint
mz_trace_attempt_get_http_status (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), 0);

  return self->http_status;
}

const char *
mz_trace_attempt_get_http_type (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->http_type;
}

/**
 * mz_trace_attempt_get_error:
 *
 * Returns: (nullable): why the attempt failed, in the domain of the layer where it did
 */
const GError *
mz_trace_attempt_get_error (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), NULL);

  return self->error;
}

/**
 * mz_trace_attempt_is_proxied:
 *
 * Returns: whether the peer's address is a proxy's, and so says nothing of where the gateway is
 */
gboolean
mz_trace_attempt_is_proxied (MzTraceAttempt *self)
{
  g_return_val_if_fail (MZ_IS_TRACE_ATTEMPT (self), FALSE);

  return self->proxied;
}

/**
 * mz_trace_attempt_reached:
 *
 * Returns: whether @phase was completed
 */
gboolean
mz_trace_attempt_reached (MzTraceAttempt *self,
                          MzPhase         phase)
{
  const MzPhaseRecord *record = mz_trace_attempt_find_phase (self, phase);

  return record != NULL && record->state == MZ_PHASE_OK;
}

/**
 * mz_trace_attempt_begin:
 *
 * @phase starts now. Nothing happens if it began before.
 */
void
mz_trace_attempt_begin (MzTraceAttempt *self,
                        MzPhase         phase)
{
  MzPhaseRecord *record;

  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));

  if (find_phase (self, phase) != NULL)
    return;

  g_assert (self->n_phases < MZ_N_PHASES);

  record = &self->phases[self->n_phases++];
  record->phase = phase;
  record->state = MZ_PHASE_RUNNING;
  record->start_us = g_get_monotonic_time ();

  g_signal_emit (self, signals[PHASE_BEGUN], 0, (guint) phase);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mz_trace_attempt_end:
 * @detail: (nullable): what came of it
 *
 * @phase succeeded. Nothing happens if it is not running.
 */
void
mz_trace_attempt_end (MzTraceAttempt *self,
                      MzPhase         phase,
                      const char     *detail)
{
  MzPhaseRecord *record;

  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));

  record = find_phase (self, phase);
  if (record != NULL && record->state == MZ_PHASE_RUNNING)
    end_phase (self, record, MZ_PHASE_OK, detail);
}

/**
 * mz_trace_attempt_fail:
 * @error: why
 *
 * The attempt is over; the phase that runs has failed, or was cancelled if that is what @error says.
 */
void
mz_trace_attempt_fail (MzTraceAttempt *self,
                       const GError   *error)
{
  gboolean cancelled;
  MzPhaseRecord *running = NULL;

  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));
  g_return_if_fail (error != NULL);

  if (self->error != NULL)
    return;

  self->error = g_error_copy (error);
  cancelled = g_error_matches (error, MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED) ||
              g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  for (guint i = 0; i < self->n_phases; i++)
    if (self->phases[i].state == MZ_PHASE_RUNNING)
      running = &self->phases[i];

  if (running != NULL)
    end_phase (self, running, cancelled ? MZ_PHASE_CANCELLED : MZ_PHASE_FAILED, NULL);
  else
    g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mz_trace_attempt_amend:
 * @error: what was learned since
 *
 * Replaces the error of a failed attempt by a more exact one: another attempt has shown what this one could not know.
 */
void
mz_trace_attempt_amend (MzTraceAttempt *self,
                        const GError   *error)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));
  g_return_if_fail (self->error != NULL);
  g_return_if_fail (error != NULL);

  g_error_free (self->error);
  self->error = g_error_copy (error);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mz_trace_attempt_add_resolved:
 * @addresses: (element-type GInetAddress) (transfer none): what the resolver gave
 */
void
mz_trace_attempt_add_resolved (MzTraceAttempt *self,
                               GList          *addresses)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));

  for (GList *l = addresses; l != NULL; l = l->next)
    g_ptr_array_add (self->resolved, g_object_ref (l->data));

  g_signal_emit (self, signals[CHANGED], 0);
}

void
mz_trace_attempt_add_tried (MzTraceAttempt     *self,
                            GInetSocketAddress *address)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));
  g_return_if_fail (G_IS_INET_SOCKET_ADDRESS (address));

  g_ptr_array_add (self->tried, g_object_ref (address));
  g_signal_emit (self, signals[TRIED], 0, address);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
mz_trace_attempt_set_peer (MzTraceAttempt     *self,
                           GInetSocketAddress *peer)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));

  g_set_object (&self->peer, peer);
}

void
mz_trace_attempt_set_proxied (MzTraceAttempt *self)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));

  self->proxied = TRUE;
}

/**
 * mz_trace_attempt_set_certificate:
 * @certificate: the peer's leaf certificate
 * @errors: what is wrong with it
 */
void
mz_trace_attempt_set_certificate (MzTraceAttempt       *self,
                                  GTlsCertificate      *certificate,
                                  GTlsCertificateFlags  errors)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));
  g_return_if_fail (G_IS_TLS_CERTIFICATE (certificate));

  self->tls_errors = errors;
  if (g_set_object (&self->certificate, certificate))
    {
      g_free (self->fingerprint);
      self->fingerprint = mz_tls_fingerprint (certificate);
    }
}

void
mz_trace_attempt_set_tls (MzTraceAttempt *self,
                          const char     *version,
                          const char     *cipher)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));

  g_free (self->tls_version);
  self->tls_version = g_strdup (version);
  g_free (self->tls_cipher);
  self->tls_cipher = g_strdup (cipher);
}

/**
 * mz_trace_attempt_set_http:
 * @status: the status that answered the upgrade
 * @content_type: (nullable): its media type
 */
void
mz_trace_attempt_set_http (MzTraceAttempt *self,
                           guint           status,
                           const char     *content_type)
{
  g_return_if_fail (MZ_IS_TRACE_ATTEMPT (self));

  self->http_status = status;
  g_free (self->http_type);
  self->http_type = g_strdup (content_type);
}
