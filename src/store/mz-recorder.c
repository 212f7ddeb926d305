/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-recorder.h"

#include "mz-diagnosis.h"
#include "mz-source.h"

#define DATA_KEY "moltzer-recorder"

/* What hangs on a client, and ends with it. */
typedef struct
{
  MzRecords *records;
  MzPlatform platform;

  MzTrace *trace;               /* of the dial under way; NULL when its record is made */
  MzTrace *seen;                /* the newest that was looked at */
  guint retries;

  gboolean alive;               /* there is a connection: */
  MzTrace *life_trace;
  MzRecord life;
  gint64 ready_us;
  guint reconnects;
  GSource *look;                /* for the network that it began in */
} Recorder;

static gint64
wall_ms (gint64 monotonic_us)
{
  return (g_get_real_time () - (g_get_monotonic_time () - monotonic_us)) / 1000;
}

/* Where the gateway is: by its address where one was connected, as for everything that safety hangs on; by its name otherwise. */
static MzHostClass
class_of (MzTrace        *trace,
          MzTraceAttempt *attempt)
{
  GInetSocketAddress *peer = attempt != NULL ? mz_trace_attempt_get_peer (attempt) : NULL;

  if (peer != NULL && !mz_trace_attempt_is_proxied (attempt))
    return mz_address_classify (g_inet_socket_address_get_address (peer));

  return mz_endpoint_get_host_class (mz_trace_get_endpoint (trace));
}

/* This machine and the tailnet are known by where the gateway is; the rest is found out by whoever keeps the record. */
static MzNetworkType
network_of (MzHostClass host_class)
{
  switch (host_class)
    {
    case MZ_HOST_CLASS_LOOPBACK:
      return MZ_NETWORK_LOOPBACK;
    case MZ_HOST_CLASS_TAILNET:
      return MZ_NETWORK_TAILNET;
    case MZ_HOST_CLASS_LINK_LOCAL:
    case MZ_HOST_CLASS_PRIVATE:
    case MZ_HOST_CLASS_PUBLIC:
    default:
      return MZ_NETWORK_UNKNOWN;
    }
}

/**
 * mz_recorder_describe:
 * @record: (inout): a record of @trace
 * @trace: a dial that is over
 * @platform: the platform that it was planned for
 *
 * Takes from a trace what is kept of it: kinds and times.
 */
void
mz_recorder_describe (MzRecord   *record,
                      MzTrace    *trace,
                      MzPlatform  platform)
{
  MzTraceAttempt *attempt;
  const MzPlan *plan;

  g_return_if_fail (record != NULL);
  g_return_if_fail (MZ_IS_TRACE (trace));

  attempt = mz_trace_get_deepest (trace);
  plan = mz_trace_get_plan (trace);

  record->time_ms = wall_ms (mz_trace_get_start_us (trace));
  record->platform = platform;
  record->host_class = class_of (trace, attempt);
  record->network = network_of (record->host_class);
  record->scheme = attempt != NULL ? mz_trace_attempt_get_scheme (attempt) : mz_endpoint_get_scheme (mz_trace_get_endpoint (trace));
  record->route = attempt != NULL ? mz_trace_attempt_get_route (attempt) : plan->routes[0];
  record->reason = mz_reason_to_string (plan->reason);

  for (guint i = 0; attempt != NULL && i < mz_trace_attempt_get_n_phases (attempt); i++)
    {
      const MzPhaseRecord *phase = mz_trace_attempt_get_nth_phase (attempt, i);

      if (phase->state == MZ_PHASE_OK)
        record->phase_ms[phase->phase] = (phase->end_us - phase->start_us) / 1e3;
    }
  if (mz_trace_get_ready_us (trace) > 0)
    record->ready_ms = (mz_trace_get_ready_us (trace) - mz_trace_get_start_us (trace)) / 1e3;
}

/* Failures are looked at with what is known of this host. */
static const char *
diagnose (Recorder     *self,
          MzTrace      *trace,
          const GError *error)
{
  MzHostFacts facts = { 0 };
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  if (error != NULL)
    facts = mz_host_facts_collect (self->platform);
  diagnosis = mz_diagnosis_of (trace, &facts, error);

  return diagnosis != NULL ? g_intern_string (diagnosis->id) : NULL;
}

static void
add_dial (Recorder        *self,
          MzRecordOutcome  outcome,
          const char      *diagnosis)
{
  MzRecord record;

  mz_record_init (&record, MZ_RECORD_DIAL);
  mz_recorder_describe (&record, self->trace, self->platform);
  record.outcome = outcome;
  record.diagnosis = diagnosis;
  record.retries = self->retries;
  mz_records_add (self->records, &record);

  g_clear_object (&self->trace);
}

/* Called off: but for one whose time was over, as a program may have it. */
static void
add_given_up (Recorder *self)
{
  MzTraceAttempt *attempt = mz_trace_get_deepest (self->trace);
  const GError *error = attempt != NULL ? mz_trace_attempt_get_error (attempt) : NULL;

  if (g_error_matches (error, MZ_NET_ERROR, MZ_NET_ERROR_TIMED_OUT))
    add_dial (self, MZ_OUTCOME_FAILED, "timeout");
  else
    add_dial (self, MZ_OUTCOME_CANCELLED, NULL);
}

static gboolean
look_cb (gpointer user_data)
{
  Recorder *self = user_data;
  g_autoptr (MzNetworkInfo) info = mz_network_info_collect ();

  g_clear_pointer (&self->look, mz_source_destroy);
  self->life.network = info->type;

  return G_SOURCE_REMOVE;
}

static void
begin_life (Recorder *self)
{
  self->alive = TRUE;
  g_set_object (&self->life_trace, self->trace);
  self->ready_us = mz_trace_get_ready_us (self->trace);
  mz_record_init (&self->life, MZ_RECORD_LIFE);
  mz_recorder_describe (&self->life, self->trace, self->platform);
  self->life.time_ms = wall_ms (self->ready_us);
  self->life.reconnects = self->reconnects;

  /* When there is nothing else to do: it may be another network when the connection ends. */
  if (self->life.network == MZ_NETWORK_UNKNOWN)
    {
      self->look = g_idle_source_new ();
      g_source_set_priority (self->look, G_PRIORITY_LOW);
      g_source_set_static_name (self->look, "[moltzer] network of a record");
      g_source_set_callback (self->look, look_cb, self, NULL);
      g_source_attach (self->look, g_main_context_get_thread_default ());
    }
}

static void
end_life (Recorder     *self,
          const GError *error)
{
  if (!self->alive)
    return;

  g_clear_pointer (&self->look, mz_source_destroy);
  self->alive = FALSE;
  self->life.connected_ms = (g_get_monotonic_time () - self->ready_us) / 1000;
  self->life.outcome = error != NULL ? MZ_OUTCOME_LOST : MZ_OUTCOME_CLOSED;
  self->life.diagnosis = error != NULL ? diagnose (self, self->life_trace, error) : NULL;
  if (error != NULL)
    self->reconnects++;
  mz_records_add (self->records, &self->life);
  g_clear_object (&self->life_trace);
}

static void
end_dial (Recorder     *self,
          const GError *error)
{
  if (self->trace == NULL)
    return;

  if (error == NULL)
    {
      add_dial (self, MZ_OUTCOME_REACHED, diagnose (self, self->trace, NULL));
      return;
    }

  add_dial (self, MZ_OUTCOME_FAILED, diagnose (self, self->trace, error));
  self->retries++;
}

/* A new dial; one that ends at once may have no other sign. */
static void
follow_trace (Recorder *self,
              MzClient *client)
{
  MzTrace *trace = mz_client_get_trace (client);

  if (trace == NULL || trace == self->seen)
    return;

  g_set_object (&self->seen, trace);
  g_set_object (&self->trace, trace);
}

static void
end_ready_dial (Recorder *self)
{
  if (self->trace == NULL || self->alive || mz_trace_get_ready_us (self->trace) == 0)
    return;

  begin_life (self);
  add_dial (self, MZ_OUTCOME_READY, diagnose (self, self->trace, NULL));
  self->retries = 0;
}

/* Before others, who may begin the next dial when they hear of it. */
static void
changed_cb (Recorder   *self,
            GParamSpec *pspec,
            MzClient   *client)
{
  follow_trace (self, client);

  switch (mz_client_get_state (client))
    {
    case MZ_CLIENT_WAITING:
    case MZ_CLIENT_STOPPED:
      end_ready_dial (self);
      end_life (self, mz_client_get_error (client));
      end_dial (self, mz_client_get_error (client));
      break;

    case MZ_CLIENT_OFFLINE:
      end_ready_dial (self);
      end_life (self, NULL);
      if (self->trace != NULL)
        add_given_up (self);
      self->retries = 0;
      break;

    case MZ_CLIENT_CONNECTING:
    case MZ_CLIENT_READY:
    default:
      break;
    }
}

/* After others, who are waiting for it. */
static void
ready_cb (Recorder   *self,
          GParamSpec *pspec,
          MzClient   *client)
{
  if (mz_client_get_state (client) == MZ_CLIENT_READY)
    end_ready_dial (self);
}

/* The client is gone, whatever it was doing. */
static void
recorder_free (gpointer data)
{
  Recorder *self = data;

  end_ready_dial (self);
  end_life (self, NULL);
  if (self->trace != NULL)
    add_given_up (self);
  g_clear_object (&self->seen);
  g_object_unref (self->records);
  g_free (self);
}

/**
 * mz_recorder_watch:
 * @records: where to
 * @client: a client that was not started yet
 * @platform: the platform that it plans for
 *
 * From now on each of the client's dials, and each of its connections, is recorded when it is over: as long as the client lives. What is
 * done beside the connection is a copy of a few numbers, after all others were told that it is ready.
 */
void
mz_recorder_watch (MzRecords  *records,
                   MzClient   *client,
                   MzPlatform  platform)
{
  Recorder *self;

  g_return_if_fail (MZ_IS_RECORDS (records));
  g_return_if_fail (MZ_IS_CLIENT (client));

  self = g_new0 (Recorder, 1);
  self->records = g_object_ref (records);
  self->platform = platform;
  g_object_set_data_full (G_OBJECT (client), DATA_KEY, self, recorder_free);

  /* They end with the client, before what they work on. */
  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (client, "notify::trace", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (client, "notify::error", G_CALLBACK (changed_cb), self);
  g_signal_connect_data (client, "notify::state", G_CALLBACK (ready_cb), self, NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
