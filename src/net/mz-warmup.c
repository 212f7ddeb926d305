/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-warmup.h"

#include "mz-tls-database.h"

/* Never connected: only which proxy it would take is asked, which makes the resolver read its settings. */
#define ANY_URI "https://localhost/"

static void
warm_up (GTask        *task,
         gpointer      source_object,
         gpointer      task_data,
         GCancellable *cancellable)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_auto (GStrv) proxies = NULL;
  g_autoptr (GError) error = NULL;

  /* The first use in a process reads the trust store: 30 ms when the files are cached, 300 ms when not. */
  database = g_tls_backend_get_default_database (g_tls_backend_get_default ());
  mz_tls_database_load (database);

  if (g_task_return_error_if_cancelled (task))
    return;

  proxies = g_proxy_resolver_lookup (g_proxy_resolver_get_default (), ANY_URI, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * mz_warmup_async:
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable): called when done
 * @user_data: data for @callback
 *
 * Loads in a thread what the first connection would have to wait for: the system's trust store and the proxy
 * settings. Nobody needs to wait for it.
 */
void
mz_warmup_async (GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, mz_warmup_async);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, warm_up);
}

/**
 * mz_warmup_finish:
 * @result: the result
 * @error: return location for an error
 *
 * Ends mz_warmup_async(). What failed here will fail, and be told, when it is needed.
 *
 * Returns: %FALSE with @error set if something could not be loaded
 */
gboolean
mz_warmup_finish (GAsyncResult  *result,
                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
