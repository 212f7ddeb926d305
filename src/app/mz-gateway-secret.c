/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-gateway-private.h"

#include <glib/gi18n-lib.h>

#include "mz-secret.h"

/* A gateway's token or password: fetched once, kept while the program runs, saved one after the other so that the last word wins. */

typedef struct
{
  MzSecretKind kind;
  char *secret;                 /* NULL forgets */
} Save;

static void
save_free (Save *save)
{
  g_clear_pointer (&save->secret, mz_secret_free);
  g_free (save);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzGateway) self = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_pointer (&secret, mz_secret_free);
      return;
    }

  /* Without it the gateway says what it wants, and the person can enter it again. The next connect asks the store again. */
  if (error != NULL)
    g_debug ("The secret could not be fetched: %s", error->message);

  g_clear_object (&self->fetching);
  g_clear_pointer (&self->secret, mz_secret_free);
  self->secret = secret;
  self->secret_known = error == NULL;
  mz_gateway_start_client (self);
}

/* Whether the secret is here. If not it comes, and the gateway goes on by itself then. */
gboolean
mz_gateway_fetch_secret (MzGateway *self)
{
  MzCredential credential = mz_gateway_entry_get_credential (self->entry);

  if (self->fetching != NULL)
    return FALSE;
  if (credential == MZ_CREDENTIAL_NONE || (self->secret_known && self->credential == credential))
    return TRUE;

  self->credential = credential;
  self->fetching = g_cancellable_new ();
  mz_secret_store_lookup_async (self->secrets, credential == MZ_CREDENTIAL_TOKEN ? MZ_SECRET_TOKEN : MZ_SECRET_PASSWORD,
                                mz_gateway_entry_get_id (self->entry), self->fetching, fetched_cb, g_object_ref (self));
  return FALSE;
}

void
mz_gateway_cancel_fetch (MzGateway *self)
{
  if (self->fetching != NULL)
    g_cancellable_cancel (self->fetching);
  g_clear_object (&self->fetching);
}

/* Gives the client what there is. */
void
mz_gateway_apply_secret (MzGateway *self)
{
  MzCredential credential = mz_gateway_entry_get_credential (self->entry);

  mz_client_set_credentials (self->client, credential == MZ_CREDENTIAL_TOKEN ? self->secret : NULL,
                             credential == MZ_CREDENTIAL_PASSWORD ? self->secret : NULL);
}

gboolean
mz_gateway_is_saving (MzGateway *self)
{
  return self->saving;
}

static void save_next (MzGateway *self);

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (MzGateway) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mz_secret_store_save_finish (MZ_SECRET_STORE (source), result, &error))
    g_message ("A secret could not be saved: %s", error->message);

  self->saving = FALSE;
  save_next (self);
  mz_gateway_check_shutdown (self);
}

static void
save_next (MzGateway *self)
{
  Save *save = self->saving ? NULL : g_queue_pop_head (&self->saves);
  g_autofree char *label = NULL;

  if (save == NULL)
    return;

  if (save->kind == MZ_SECRET_TOKEN)
    /* TRANSLATORS: how the system's own password manager lists it; %s is a gateway's name */
    label = g_strdup_printf (_("Moltzer: token for %s"), mz_gateway_entry_get_name (self->entry));
  else
    /* TRANSLATORS: how the system's own password manager lists it; %s is a gateway's name */
    label = g_strdup_printf (_("Moltzer: password for %s"), mz_gateway_entry_get_name (self->entry));

  self->saving = TRUE;
  mz_secret_store_save_async (self->secrets, save->kind, mz_gateway_entry_get_id (self->entry), label, save->secret, NULL, saved_cb,
                              g_object_ref (self));
  save_free (save);
}

static void
push_save (MzGateway    *self,
           MzSecretKind  kind,
           const char   *secret)
{
  Save *save = g_new0 (Save, 1);

  save->kind = kind;
  save->secret = g_strdup (secret);
  g_queue_push_tail (&self->saves, save);
}

/* Out of the store and out of memory. */
void
mz_gateway_forget_secrets (MzGateway *self)
{
  mz_gateway_cancel_fetch (self);
  g_clear_pointer (&self->secret, mz_secret_free);
  self->secret_known = FALSE;
  if (mz_gateway_entry_get_transient (self->entry))
    return;

  push_save (self, MZ_SECRET_TOKEN, NULL);
  push_save (self, MZ_SECRET_PASSWORD, NULL);
  save_next (self);
}

void
mz_gateway_clear_secrets (MzGateway *self)
{
  g_clear_pointer (&self->secret, mz_secret_free);
  g_queue_clear_full (&self->saves, (GDestroyNotify) save_free);
}

/**
 * mz_gateway_set_secret:
 * @credential: what it is
 * @secret: (nullable): the token or password; %NULL with %MZ_CREDENTIAL_NONE forgets
 * @remember: whether to save it; without, what was saved before is erased, and the secret is gone when the program ends
 *
 * Used at once: a gateway that waits or has stopped tries again, one that is connected logs in anew.
 */
void
mz_gateway_set_secret (MzGateway    *self,
                       MzCredential  credential,
                       const char   *secret,
                       gboolean      remember)
{
  gboolean unchanged;

  g_return_if_fail (MZ_IS_GATEWAY (self));

  if (secret == NULL || *secret == '\0' || credential == MZ_CREDENTIAL_NONE)
    {
      credential = MZ_CREDENTIAL_NONE;
      secret = NULL;
    }

  unchanged = self->client != NULL && mz_client_get_state (self->client) == MZ_CLIENT_READY &&
              credential == mz_gateway_entry_get_credential (self->entry) && g_strcmp0 (secret, self->secret) == 0;

  mz_gateway_cancel_fetch (self);
  if (secret != self->secret)
    {
      g_clear_pointer (&self->secret, mz_secret_free);
      self->secret = g_strdup (secret);
    }
  self->secret_known = TRUE;
  self->credential = credential;
  mz_gateway_entry_set_credential (self->entry, credential);

  if (!mz_gateway_entry_get_transient (self->entry))
    {
      push_save (self, MZ_SECRET_TOKEN, remember && credential == MZ_CREDENTIAL_TOKEN ? secret : NULL);
      push_save (self, MZ_SECRET_PASSWORD, remember && credential == MZ_CREDENTIAL_PASSWORD ? secret : NULL);
      save_next (self);
    }
  if (!unchanged)
    mz_gateway_secret_changed (self);
}
