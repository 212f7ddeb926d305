/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-tls-database.h"

/* A database that hands verification on to another one.
 *
 * glib-networking makes a second copy of the trust store for each connection that uses a database of its own class (7 ms on the connect
 * path, measured with 2.74); any other class is simply asked to verify. And the one here is loaded when it is first asked, or by the
 * warm-up, instead of when the first connection is made. */
#define MZ_TYPE_TLS_DATABASE (mz_tls_database_get_type ())
G_DECLARE_FINAL_TYPE (MzTlsDatabase, mz_tls_database, MZ, TLS_DATABASE, GTlsDatabase)

struct _MzTlsDatabase
{
  GTlsDatabase parent_instance;

  GTlsDatabase *inner;          /* atomic; %NULL until the system's is loaded */
};

G_DEFINE_FINAL_TYPE (MzTlsDatabase, mz_tls_database, G_TYPE_TLS_DATABASE)

static GTlsDatabase *
get_inner (MzTlsDatabase *self)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  GTlsBackendInterface *iface = G_TYPE_INSTANCE_GET_INTERFACE (backend, G_TYPE_TLS_BACKEND, GTlsBackendInterface);
  GTlsDatabase *system;

  if (g_atomic_pointer_get (&self->inner) != NULL)
    return self->inner;

  /* Past g_tls_backend_get_default_database(), which gives whatever was installed: perhaps ourselves. The backend keeps it, and locks. */
  system = iface->get_default_database (backend);
  if (system != NULL && !g_atomic_pointer_compare_and_exchange (&self->inner, NULL, system))
    g_object_unref (system);

  return g_atomic_pointer_get (&self->inner);
}

static GTlsCertificateFlags
mz_tls_database_verify_chain (GTlsDatabase             *database,
                              GTlsCertificate          *chain,
                              const char               *purpose,
                              GSocketConnectable       *identity,
                              GTlsInteraction          *interaction,
                              GTlsDatabaseVerifyFlags   flags,
                              GCancellable             *cancellable,
                              GError                  **error)
{
  GTlsDatabase *inner = get_inner (MZ_TLS_DATABASE (database));

  /* Without a trust store nothing is trusted. */
  if (inner == NULL)
    return G_TLS_CERTIFICATE_UNKNOWN_CA;

  return g_tls_database_verify_chain (inner, chain, purpose, identity, interaction, flags, cancellable, error);
}

static void
mz_tls_database_finalize (GObject *object)
{
  MzTlsDatabase *self = MZ_TLS_DATABASE (object);

  g_clear_object (&self->inner);

  G_OBJECT_CLASS (mz_tls_database_parent_class)->finalize (object);
}

static void
mz_tls_database_class_init (MzTlsDatabaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GTlsDatabaseClass *database_class = G_TLS_DATABASE_CLASS (klass);

  object_class->finalize = mz_tls_database_finalize;

  /* The asynchronous ways of the parent run this one in a thread. */
  database_class->verify_chain = mz_tls_database_verify_chain;
}

static void
mz_tls_database_init (MzTlsDatabase *self)
{
}

/**
 * mz_tls_database_new:
 * @inner: (nullable): the authorities to trust; %NULL for the system's
 *
 * Returns: (transfer full): a database that verifies as @inner does, without its cost for each connection. The system's trust store is
 *   not loaded yet.
 */
GTlsDatabase *
mz_tls_database_new (GTlsDatabase *inner)
{
  MzTlsDatabase *self;

  g_return_val_if_fail (inner == NULL || G_IS_TLS_DATABASE (inner), NULL);

  self = g_object_new (MZ_TYPE_TLS_DATABASE, NULL);
  if (inner != NULL)
    self->inner = g_object_ref (inner);

  return G_TLS_DATABASE (self);
}

/**
 * mz_tls_database_load:
 * @database: from mz_tls_database_new() or GIO
 *
 * Loads the trust store now; it blocks, so in a thread: 30 ms when the files are cached, 300 ms when not.
 */
void
mz_tls_database_load (GTlsDatabase *database)
{
  g_return_if_fail (G_IS_TLS_DATABASE (database));

  if (MZ_IS_TLS_DATABASE (database))
    get_inner (MZ_TLS_DATABASE (database));
}

/**
 * mz_tls_database_install:
 *
 * Makes such a database the process's default. For programs, at their start; libraries leave the default alone.
 */
void
mz_tls_database_install (void)
{
  g_autoptr (GTlsDatabase) database = mz_tls_database_new (NULL);

  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}
