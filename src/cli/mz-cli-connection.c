/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-connection.h"

#include <glib/gi18n.h>

#include "mz-cli-record.h"
#include "mz-cli-stats.h"
#include "mz-identity-file.h"
#include "mz-route-store.h"
#include "mz-wake-watch.h"

/* A gateway that is still starting is waited for this long when no --timeout is given. */
#define STARTING_S 60

/* A peer that does not answer the close frame does not hold the program. */
#define CLOSE_MS 2000

/* Nor does a disk. */
#define RECORDS_MS 2000

struct _MzCliConnection
{
  GObject parent_instance;

  MzCliOptions *options;        /* of the command, which lives longer */
  MzIdentityFile *file;
  MzIdentity *identity;
  MzCliRecord *record;
  MzRouteStore *routes;
  MzClient *client;
  MzWakeWatch *wake;
  gboolean once;

  GTask *connecting;
  GCancellable *cancellable;    /* of connecting */
  gint64 started_us;
  guint timeout_id;
  gboolean starting_said;
  gboolean timed_out;

  GTask *closing;

  MzRecords *records;           /* NULL: this is not recorded */
};

G_DEFINE_FINAL_TYPE (MzCliConnection, mz_cli_connection, G_TYPE_OBJECT)

static void
mz_cli_connection_dispose (GObject *object)
{
  MzCliConnection *self = MZ_CLI_CONNECTION (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  if (self->wake != NULL)
    g_signal_handlers_disconnect_by_data (self->wake, self);
  g_clear_object (&self->wake);
  g_clear_object (&self->identity);
  g_clear_object (&self->file);
  g_clear_object (&self->routes);
  g_clear_pointer (&self->record, mz_cli_record_free);
  g_clear_object (&self->records);

  G_OBJECT_CLASS (mz_cli_connection_parent_class)->dispose (object);
}

static void
mz_cli_connection_class_init (MzCliConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_cli_connection_dispose;
}

static void
mz_cli_connection_init (MzCliConnection *self)
{
}

static void
remember_device_tokens (MzCliConnection *self)
{
  g_auto (GStrv) gateways = mz_identity_list_gateways (self->identity);

  for (guint i = 0; gateways != NULL && gateways[i] != NULL; i++)
    mz_cli_output_add_secret (self->options->output, mz_identity_get_device_token (self->identity, gateways[i]));
}

static gboolean
open_identity (MzCliConnection  *self,
               gboolean          keep,
               GError          **error)
{
  g_autoptr (GError) file_error = NULL;
  g_autofree char *warning = NULL;
  g_autofree char *path = NULL;

  if (!keep && self->options->identity_path == NULL)
    {
      self->identity = mz_identity_new_random (error);

      return self->identity != NULL;
    }

  path = self->options->identity_path != NULL ? g_strdup (self->options->identity_path) : mz_identity_file_default_path ();
  self->file = mz_identity_file_open (path, &warning, &file_error);
  if (self->file == NULL)
    {
      /* A damaged file says itself what to do. */
      if (file_error->domain == MZ_GATEWAY_ERROR)
        g_propagate_error (error, g_steal_pointer (&file_error));
      else
        g_set_error (error, file_error->domain, file_error->code,
                     _("this device's key cannot be kept: %s; name another file for it with --identity"), file_error->message);
      return FALSE;
    }

  if (warning != NULL)
    mz_cli_output_note (self->options->output, _("Warning: %s"), warning);
  self->identity = g_object_ref (mz_identity_file_get_identity (self->file));

  return TRUE;
}

/* What earlier dials have learned about this network; not with a strategy that leaves nothing to learn. */
static void
open_routes (MzCliConnection *self)
{
  g_autofree char *path = NULL;

  if (!mz_strategy_may_detect (self->options->endpoint, self->options->dial->setting))
    return;

  path = mz_route_store_default_path ();
  self->routes = mz_route_store_new (path);
  mz_route_store_load (self->routes);
  g_set_object (&self->options->dial->memory, mz_route_store_get_memory (self->routes));
}

/**
 * mz_cli_connection_new:
 * @options: resolved, with an endpoint; they must live longer than the connection
 * @keep_identity: whether the usual file holds this device's key; otherwise only a file that was named
 *
 * Blocks for the identity's file and that of the learned routes: for the time before the main loop runs.
 *
 * Returns: (transfer full) (nullable): a connection that is not started
 */
MzCliConnection *
mz_cli_connection_new (MzCliOptions  *options,
                       gboolean       keep_identity,
                       GError       **error)
{
  g_autoptr (MzCliConnection) self = NULL;

  g_return_val_if_fail (options != NULL, NULL);

  self = g_object_new (MZ_TYPE_CLI_CONNECTION, NULL);
  self->options = options;
  self->records = mz_cli_records_new ();

  if (!open_identity (self, keep_identity, error))
    return NULL;
  open_routes (self);
  remember_device_tokens (self);
  g_signal_connect_object (self->identity, "changed", G_CALLBACK (remember_device_tokens), self, G_CONNECT_SWAPPED);

  if (options->record_path != NULL)
    {
      self->record = mz_cli_record_new (options->record_path, options->output, error);
      if (self->record == NULL)
        return NULL;
    }

  return g_steal_pointer (&self);
}

static void
frame_cb (MzCliConnection *self,
          gboolean         sent,
          const char      *text)
{
  g_assert (MZ_IS_CLI_CONNECTION (self));

  mz_cli_record_frame (self->record, sent, text);
}

/**
 * mz_cli_connection_set_records:
 * @records: (nullable): where dials are recorded; %NULL for nowhere
 *
 * Takes the place of the person's own records, from the next mz_cli_connection_prepare() on.
 */
void
mz_cli_connection_set_records (MzCliConnection *self,
                               MzRecords       *records)
{
  g_return_if_fail (MZ_IS_CLI_CONNECTION (self));
  g_return_if_fail (records == NULL || MZ_IS_RECORDS (records));

  g_set_object (&self->records, records);
}

/**
 * mz_cli_connection_prepare:
 * @login: whether to log in; otherwise it ends after the challenge
 * @once: whether to try only once, whatever happens, and never to reconnect
 *
 * Makes a new client for the next mz_cli_connection_connect_async().
 */
void
mz_cli_connection_prepare (MzCliConnection *self,
                           gboolean         login,
                           gboolean         once)
{
  g_return_if_fail (MZ_IS_CLI_CONNECTION (self));
  g_return_if_fail (self->connecting == NULL);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);

  self->once = once;
  self->client = mz_client_new (self->options->endpoint, self->identity, self->options->dial);
  if (self->records != NULL)
    mz_recorder_watch (self->records, self->client, self->options->dial->platform);
  mz_client_set_credentials (self->client, self->options->token, self->options->password);
  mz_client_set_reconnect (self->client, !once);
  mz_client_set_login (self->client, login);
  if (self->record != NULL)
    g_signal_connect_swapped (self->client, "frame", G_CALLBACK (frame_cb), self);
}

static void
woken_cb (MzCliConnection *self,
          guint            why,
          gboolean         network_available)
{
  if (self->client != NULL)
    mz_client_wake (self->client, why, network_available);
}

/**
 * mz_cli_connection_stay_awake:
 *
 * For commands that stay connected: from now on the client looks after its connection when this host woke up or its network has changed.
 */
void
mz_cli_connection_stay_awake (MzCliConnection *self)
{
  g_return_if_fail (MZ_IS_CLI_CONNECTION (self));

  if (self->wake != NULL)
    return;

  self->wake = mz_wake_watch_new (g_network_monitor_get_default (), NULL);
  g_signal_connect_swapped (self->wake, "woken", G_CALLBACK (woken_cb), self);
}

/**
 * mz_cli_connection_get_client:
 *
 * Returns: (transfer none): the client that was prepared last
 */
MzClient *
mz_cli_connection_get_client (MzCliConnection *self)
{
  g_return_val_if_fail (MZ_IS_CLI_CONNECTION (self), NULL);

  return self->client;
}

static void state_cb             (MzCliConnection *self);
static void connect_cancelled_cb (MzCliConnection *self);

/* Hands the task over: from here on the client's states are others' business. */
static GTask *
end_connecting (MzCliConnection *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_signal_handlers_disconnect_by_func (self->client, state_cb, self);
  if (self->cancellable != NULL)
    g_signal_handlers_disconnect_by_func (self->cancellable, connect_cancelled_cb, self);
  g_clear_object (&self->cancellable);

  return g_steal_pointer (&self->connecting);
}

static void
connect_failed (MzCliConnection *self,
                GError          *error)
{
  g_autoptr (GTask) task = end_connecting (self);

  g_task_return_error (task, error);
}

static gboolean
timeout_cb (gpointer user_data)
{
  MzCliConnection *self = user_data;
  MzTrace *trace = mz_client_get_trace (self->client);
  GError *error = g_error_new (MZ_NET_ERROR, MZ_NET_ERROR_TIMED_OUT, _("not connected within %d s"), self->options->timeout_s);

  self->timeout_id = 0;
  self->timed_out = TRUE;

  /* What was under way ends here, and shows how far it had come. */
  for (guint i = 0; trace != NULL && i < mz_trace_get_n_attempts (trace); i++)
    mz_trace_attempt_fail (mz_trace_get_attempt (trace, i), error);
  connect_failed (self, error);

  return G_SOURCE_REMOVE;
}

static void
connect_cancelled_cb (MzCliConnection *self)
{
  if (self->connecting != NULL)
    connect_failed (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("interrupted")));
}

/* It may work out in the end; that what was given is wrong must be seen all the same. */
static void
say_refused (MzCliConnection *self,
             const GError    *error)
{
  static const char *const of_device[] = { "AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_SCOPE_MISMATCH", NULL };
  const char *code = mz_gateway_error_get_detail_code (error);

  if (code != NULL && g_strv_contains (of_device, code))
    mz_cli_output_note (self->options->output, _("! The gateway no longer takes the token that it gave this device (%s); trying once more "
                          "without it."),
                        error->message);
  else
    mz_cli_output_note (self->options->output,
                        _("! The gateway refused what was given to log in with (%s); trying once more with the token that "
                          "it gave this device."),
                        error->message);
}

/* What is waited out: a gateway that says itself that it will be there soon, and the client's one try with other credentials after a
 * device token was refused. */
static gboolean
goes_on (MzCliConnection *self,
         const GError    *error)
{
  gint64 waited_us = g_get_monotonic_time () - self->started_us;

  if (g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_AUTH))
    {
      say_refused (self, error);
      return TRUE;
    }
  if (self->once || !g_error_matches (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_STARTING))
    return FALSE;

  if (!self->starting_said)
    mz_cli_output_note (self->options->output, _("The gateway is still starting; waiting for it…"));
  self->starting_said = TRUE;

  /* With --timeout its timer decides. */
  return self->options->timeout_s > 0 || waited_us < STARTING_S * G_USEC_PER_SEC;
}

static void
state_cb (MzCliConnection *self)
{
  MzClientState state = mz_client_get_state (self->client);
  const GError *error = mz_client_get_error (self->client);

  g_assert (self->connecting != NULL);

  switch (state)
    {
    case MZ_CLIENT_READY:
      {
        g_autoptr (GTask) task = end_connecting (self);

        g_task_return_boolean (task, TRUE);
        break;
      }

    case MZ_CLIENT_WAITING:
      if (goes_on (self, error))
        break;
      G_GNUC_FALLTHROUGH;

    case MZ_CLIENT_STOPPED:
    case MZ_CLIENT_OFFLINE:
      /* Without an error it went as far as it should: the login was not asked for. */
      if (error == NULL && state == MZ_CLIENT_STOPPED)
        {
          g_autoptr (GTask) task = end_connecting (self);

          g_task_return_boolean (task, TRUE);
        }
      else
        {
          connect_failed (self, error != NULL ? g_error_copy (error)
                                              : g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED,
                                                                     _("not connected")));
        }
      break;

    case MZ_CLIENT_CONNECTING:
    default:
      break;
    }
}

/**
 * mz_cli_connection_connect_async:
 *
 * Starts the prepared client.
 */
void
mz_cli_connection_connect_async (MzCliConnection     *self,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (MZ_IS_CLI_CONNECTION (self));
  g_return_if_fail (self->client != NULL);
  g_return_if_fail (self->connecting == NULL);

  self->connecting = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->connecting, mz_cli_connection_connect_async);

  self->started_us = g_get_monotonic_time ();
  self->starting_said = FALSE;
  self->timed_out = FALSE;
  if (self->options->timeout_s > 0)
    self->timeout_id = g_timeout_add (1000 * (guint) self->options->timeout_s, timeout_cb, self);
  if (g_cancellable_is_cancelled (cancellable))
    {
      connect_cancelled_cb (self);
      return;
    }
  if (g_set_object (&self->cancellable, cancellable))
    g_signal_connect_swapped (cancellable, "cancelled", G_CALLBACK (connect_cancelled_cb), self);

  g_signal_connect_swapped (self->client, "notify::state", G_CALLBACK (state_cb), self);
  mz_client_start (self->client);
}

/**
 * mz_cli_connection_connect_finish:
 *
 * Returns: whether the gateway let this client in (or, without a login, the gateway was reached)
 */
gboolean
mz_cli_connection_connect_finish (MzCliConnection  *self,
                                  GAsyncResult     *result,
                                  GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * mz_cli_connection_get_timed_out:
 *
 * Returns: the seconds of --timeout if they have passed before it was connected, otherwise 0
 */
guint
mz_cli_connection_get_timed_out (MzCliConnection *self)
{
  g_return_val_if_fail (MZ_IS_CLI_CONNECTION (self), 0);

  return self->timed_out ? (guint) self->options->timeout_s : 0;
}

static gboolean
close_timeout_cb (gpointer user_data)
{
  MzCliConnection *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->closing);

  self->timeout_id = 0;
  if (task != NULL)
    g_task_return_boolean (task, FALSE);

  return G_SOURCE_REMOVE;
}

static void
stopped_cb (GObject      *source_object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzCliConnection) self = user_data;
  g_autoptr (GTask) task = NULL;

  mz_client_stop_finish (MZ_CLIENT (source_object), result, NULL);

  task = g_steal_pointer (&self->closing);
  if (task == NULL)
    return;

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_task_return_boolean (task, TRUE);
}

/**
 * mz_cli_connection_close_async:
 *
 * Closes cleanly, in a limited time.
 */
void
mz_cli_connection_close_async (MzCliConnection     *self,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (MZ_IS_CLI_CONNECTION (self));
  g_return_if_fail (self->connecting == NULL);
  g_return_if_fail (self->closing == NULL);

  self->closing = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->closing, mz_cli_connection_close_async);

  if (self->client == NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->closing);

      g_task_return_boolean (task, TRUE);
      return;
    }

  self->timeout_id = g_timeout_add (CLOSE_MS, close_timeout_cb, self);
  mz_client_stop_async (self->client, NULL, stopped_cb, g_object_ref (self));
}

/**
 * mz_cli_connection_close_finish:
 *
 * Returns: whether it was closed in time
 */
gboolean
mz_cli_connection_close_finish (MzCliConnection  *self,
                                GAsyncResult     *result,
                                GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What could not be written is only told with --verbose: it is not what the person asked for. */
static void
flush_records (MzCliConnection *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *set_aside = NULL;

  if (self->records == NULL)
    return;

  if (!mz_records_flush (self->records, RECORDS_MS, &error))
    g_debug ("Not everything was recorded: %s", error->message);
  set_aside = mz_records_dup_set_aside (self->records);
  if (set_aside != NULL)
    mz_cli_records_note_set_aside (self->options->output, set_aside);
}

/**
 * mz_cli_connection_flush:
 *
 * Sees that what the identity learned is in its file, and what dials learned about routes in theirs; says so if that fails. Blocks: for the
 * time after the main loop.
 */
void
mz_cli_connection_flush (MzCliConnection *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) route_error = NULL;

  g_return_if_fail (MZ_IS_CLI_CONNECTION (self));

  flush_records (self);

  if (self->file != NULL && !mz_identity_file_flush (self->file, &error))
    mz_cli_output_note (self->options->output, _("Warning: this device's token could not be kept: %s"), error->message);

  if (self->routes != NULL && !mz_route_store_save (self->routes, &route_error))
    g_info ("What was learned about routes could not be kept: %s", route_error->message);
}

/**
 * mz_cli_exit_code:
 * @error: (nullable): why a command failed
 *
 * Returns: what to exit with
 */
int
mz_cli_exit_code (const GError *error)
{
  if (error == NULL)
    return MZ_CLI_EXIT_DONE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return MZ_CLI_EXIT_INTERRUPTED;

  if (error->domain == MZ_GATEWAY_ERROR &&
      (error->code == MZ_GATEWAY_ERROR_AUTH || error->code == MZ_GATEWAY_ERROR_PAIRING ||
       error->code == MZ_GATEWAY_ERROR_RATE_LIMITED))
    return MZ_CLI_EXIT_AUTH;

  return MZ_CLI_EXIT_FAILED;
}
