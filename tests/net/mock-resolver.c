/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mock-resolver.h"

struct _MockResolver
{
  GResolver parent_instance;

  GResolver *previous;

  /* Name → GStrv, or → NULL for an error */
  GHashTable *answers;
  GResolverError code;
  guint delay_ms;
  gboolean deaf;

  guint n_lookups;
  guint n_wrong;
  guint n_cancelled;
  guint n_pending;
};

G_DEFINE_FINAL_TYPE (MockResolver, mock_resolver, G_TYPE_RESOLVER)

static GList *
make_answer (MockResolver  *self,
             const char    *name,
             GError       **error)
{
  char **addresses = NULL;
  GList *list = NULL;

  if (!g_hash_table_lookup_extended (self->answers, name, NULL, (gpointer *) &addresses) || addresses == NULL)
    {
      g_set_error (error, G_RESOLVER_ERROR, (int) self->code, "Mock: no answer for %s", name);
      return NULL;
    }

  for (char **a = addresses; *a != NULL; a++)
    list = g_list_prepend (list, g_inet_address_new_from_string (*a));

  return g_list_reverse (list);
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
answer_task (GTask *task)
{
  MockResolver *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  GList *list = make_answer (self, g_task_get_task_data (task), &error);

  self->n_pending--;
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, list, free_addresses);
}

static gboolean
answer_cb (gpointer user_data)
{
  answer_task (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  MockResolver *self = g_task_get_source_object (task);
  GSource *answer = g_object_get_data (G_OBJECT (task), "answer");

  g_source_destroy (answer);
  self->n_cancelled++;
  self->n_pending--;
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

static void
destroy_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
lookup_async (MockResolver        *self,
              const char          *hostname,
              gboolean             right,
              GCancellable        *cancellable,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  /* A deaf one answers even if nobody wants to know any more, as real ones may. */
  g_autoptr (GTask) task = g_task_new (self, self->deaf ? NULL : cancellable, callback, user_data);
  GSource *answer = g_timeout_source_new (self->delay_ms);

  self->n_lookups++;
  self->n_pending++;
  if (!right)
    self->n_wrong++;

  g_task_set_source_tag (task, lookup_async);
  g_task_set_task_data (task, g_strdup (hostname), g_free);

  g_source_set_callback (answer, answer_cb, g_object_ref (task), g_object_unref);
  g_source_attach (answer, g_main_context_get_thread_default ());
  g_object_set_data_full (G_OBJECT (task), "answer", g_source_ref (answer), (GDestroyNotify) g_source_unref);
  g_source_unref (answer);

  if (cancellable != NULL && !self->deaf)
    {
      GSource *cancelled = g_cancellable_source_new (cancellable);

      g_source_set_callback (cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (cancelled, g_main_context_get_thread_default ());
      g_object_set_data_full (G_OBJECT (task), "cancelled", cancelled, destroy_source);
    }
}

static GList *
lookup_sync (MockResolver  *self,
             const char    *hostname,
             gboolean       right,
             GCancellable  *cancellable,
             GError       **error)
{
  self->n_lookups++;
  if (!right)
    self->n_wrong++;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return make_answer (self, hostname, error);
}

static GList *
mock_resolver_lookup_by_name (GResolver     *resolver,
                              const char    *hostname,
                              GCancellable  *cancellable,
                              GError       **error)
{
  return lookup_sync (MOCK_RESOLVER (resolver), hostname, FALSE, cancellable, error);
}

static GList *
mock_resolver_lookup_by_name_with_flags (GResolver                 *resolver,
                                         const char                *hostname,
                                         GResolverNameLookupFlags   flags,
                                         GCancellable              *cancellable,
                                         GError                   **error)
{
  gboolean right = flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;

  return lookup_sync (MOCK_RESOLVER (resolver), hostname, right, cancellable, error);
}

static void
mock_resolver_lookup_by_name_async (GResolver           *resolver,
                                    const char          *hostname,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  lookup_async (MOCK_RESOLVER (resolver), hostname, FALSE, cancellable, callback, user_data);
}

static void
mock_resolver_lookup_by_name_with_flags_async (GResolver                *resolver,
                                               const char               *hostname,
                                               GResolverNameLookupFlags  flags,
                                               GCancellable             *cancellable,
                                               GAsyncReadyCallback       callback,
                                               gpointer                  user_data)
{
  gboolean right = flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;

  lookup_async (MOCK_RESOLVER (resolver), hostname, right, cancellable, callback, user_data);
}

static GList *
mock_resolver_lookup_finish (GResolver     *resolver,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mock_resolver_finalize (GObject *object)
{
  MockResolver *self = MOCK_RESOLVER (object);

  g_clear_pointer (&self->answers, g_hash_table_unref);
  g_clear_object (&self->previous);

  G_OBJECT_CLASS (mock_resolver_parent_class)->finalize (object);
}

static void
mock_resolver_class_init (MockResolverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  object_class->finalize = mock_resolver_finalize;

  resolver_class->lookup_by_name = mock_resolver_lookup_by_name;
  resolver_class->lookup_by_name_async = mock_resolver_lookup_by_name_async;
  resolver_class->lookup_by_name_finish = mock_resolver_lookup_finish;
  resolver_class->lookup_by_name_with_flags = mock_resolver_lookup_by_name_with_flags;
  resolver_class->lookup_by_name_with_flags_async = mock_resolver_lookup_by_name_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = mock_resolver_lookup_finish;
}

static void
mock_resolver_init (MockResolver *self)
{
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  self->code = G_RESOLVER_ERROR_NOT_FOUND;
}

MockResolver *
mock_resolver_new (void)
{
  return g_object_new (MOCK_TYPE_RESOLVER, NULL);
}

void
mock_resolver_install (MockResolver *self)
{
  self->previous = g_resolver_get_default ();
  g_resolver_set_default (G_RESOLVER (self));
}

void
mock_resolver_uninstall (MockResolver *self)
{
  g_resolver_set_default (self->previous);
  g_clear_object (&self->previous);
}

void
mock_resolver_answer (MockResolver       *self,
                      const char         *name,
                      const char * const *addresses)
{
  g_hash_table_insert (self->answers, g_strdup (name), g_strdupv ((char **) addresses));
}

void
mock_resolver_fail (MockResolver   *self,
                    const char     *name,
                    GResolverError  code)
{
  self->code = code;
  g_hash_table_insert (self->answers, g_strdup (name), NULL);
}

void
mock_resolver_set_delay (MockResolver *self,
                         guint         ms)
{
  self->delay_ms = ms;
}

void
mock_resolver_set_deaf (MockResolver *self,
                        gboolean      deaf)
{
  self->deaf = deaf;
}

guint
mock_resolver_get_n_lookups (MockResolver *self)
{
  return self->n_lookups;
}

/* Lookups other than for IPv4 alone */
guint
mock_resolver_get_n_wrong (MockResolver *self)
{
  return self->n_wrong;
}

guint
mock_resolver_get_n_cancelled (MockResolver *self)
{
  return self->n_cancelled;
}

guint
mock_resolver_get_n_pending (MockResolver *self)
{
  return self->n_pending;
}
