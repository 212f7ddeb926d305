/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-secret-store-private.h"

#include <windows.h>
#include <wincred.h>
#include <string.h>

#include "mz-secret.h"

/* Windows' Credential Manager: generic credentials of this person on this computer. Its calls go to another process, so
 * they are made in a thread. */

/* Task data of a call */
typedef struct
{
  wchar_t *target;
  wchar_t *label;               /* NULL for a lookup */
  char *secret;                 /* NULL to remove */
} Call;

#define MZ_TYPE_SECRET_STORE_WINDOWS (mz_secret_store_windows_get_type ())
G_DECLARE_FINAL_TYPE (MzSecretStoreWindows, mz_secret_store_windows, MZ, SECRET_STORE_WINDOWS, GObject)

struct _MzSecretStoreWindows
{
  GObject parent_instance;
};

static void secret_store_iface_init (MzSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzSecretStoreWindows, mz_secret_store_windows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MZ_TYPE_SECRET_STORE, secret_store_iface_init))

enum
{
  PROP_0,
  PROP_PERSISTENT,
};

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->target);
  g_free (call->label);
  mz_secret_free (call->secret);
  g_free (call);
}

/* NULL for what is not valid UTF-8 */
static wchar_t *
to_wide (const char *text)
{
  return (wchar_t *) g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
}

static Call *
call_new (MzSecretKind  kind,
          const char   *name)
{
  Call *call = g_new0 (Call, 1);
  g_autofree char *target = g_strdup_printf ("%s/%s/%s", MZ_APP_ID, mz_secret_kind_to_string (kind), name);

  call->target = to_wide (target);
  return call;
}

static void
return_failure (GTask *task,
                DWORD  code)
{
  g_autofree char *message = g_win32_error_message ((int) code);

  /* Services and some remote logins have no place for credentials. */
  g_task_return_new_error (task, MZ_STORE_ERROR,
                           code == ERROR_NO_SUCH_LOGON_SESSION || code == ERROR_NOT_SUPPORTED ? MZ_STORE_ERROR_UNAVAILABLE
                                                                                              : MZ_STORE_ERROR_FAILED,
                           "Credential Manager: %s", message);
}

static void
lookup_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  const Call *call = task_data;
  PCREDENTIALW credential = NULL;
  char *secret;

  if (call->target == NULL)
    {
      return_failure (task, ERROR_INVALID_PARAMETER);
      return;
    }
  if (!CredReadW (call->target, CRED_TYPE_GENERIC, 0, &credential))
    {
      DWORD code = GetLastError ();

      if (code == ERROR_NOT_FOUND)
        g_task_return_pointer (task, NULL, NULL);
      else
        return_failure (task, code);
      return;
    }

  secret = g_strndup ((const char *) credential->CredentialBlob, credential->CredentialBlobSize);
  SecureZeroMemory (credential->CredentialBlob, credential->CredentialBlobSize);
  CredFree (credential);
  g_task_return_pointer (task, secret, (GDestroyNotify) mz_secret_free);
}

static void
save_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  const Call *call = task_data;
  CREDENTIALW credential = { 0 };
  wchar_t user[] = L"moltzer";

  if (call->target == NULL || call->label == NULL)
    {
      return_failure (task, ERROR_INVALID_PARAMETER);
      return;
    }
  if (call->secret == NULL)
    {
      if (CredDeleteW (call->target, CRED_TYPE_GENERIC, 0) || GetLastError () == ERROR_NOT_FOUND)
        g_task_return_boolean (task, TRUE);
      else
        return_failure (task, GetLastError ());
      return;
    }

  /* It refuses what is over CRED_MAX_CREDENTIAL_BLOB_SIZE by itself. */
  credential.Type = CRED_TYPE_GENERIC;
  credential.TargetName = call->target;
  credential.Comment = call->label;
  credential.CredentialBlobSize = (DWORD) strlen (call->secret);
  credential.CredentialBlob = (LPBYTE) call->secret;
  credential.Persist = CRED_PERSIST_LOCAL_MACHINE;
  credential.UserName = user;
  if (CredWriteW (&credential, 0))
    g_task_return_boolean (task, TRUE);
  else
    return_failure (task, GetLastError ());
}

static void
mz_secret_store_windows_lookup_async (MzSecretStore       *store,
                                      MzSecretKind         kind,
                                      const char          *name,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, mz_secret_store_windows_lookup_async);
  g_task_set_task_data (task, call_new (kind, name), call_free);
  g_task_run_in_thread (task, lookup_thread);
}

static char *
mz_secret_store_windows_lookup_finish (MzSecretStore  *store,
                                       GAsyncResult   *result,
                                       GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mz_secret_store_windows_save_async (MzSecretStore       *store,
                                    MzSecretKind         kind,
                                    const char          *name,
                                    const char          *label,
                                    const char          *secret,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  Call *call = call_new (kind, name);
  g_autofree char *valid = g_utf8_make_valid (label != NULL ? label : "", -1);
  g_autofree char *comment = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), CRED_MAX_STRING_LENGTH / 2));

  call->label = to_wide (comment);
  call->secret = g_strdup (secret);
  g_task_set_source_tag (task, mz_secret_store_windows_save_async);
  g_task_set_task_data (task, call, call_free);
  g_task_run_in_thread (task, save_thread);
}

static gboolean
mz_secret_store_windows_save_finish (MzSecretStore  *store,
                                     GAsyncResult   *result,
                                     GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
secret_store_iface_init (MzSecretStoreInterface *iface)
{
  iface->lookup_async = mz_secret_store_windows_lookup_async;
  iface->lookup_finish = mz_secret_store_windows_lookup_finish;
  iface->save_async = mz_secret_store_windows_save_async;
  iface->save_finish = mz_secret_store_windows_save_finish;
}

static void
mz_secret_store_windows_get_property (GObject    *object,
                                      guint       prop_id,
                                      GValue     *value,
                                      GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PERSISTENT:
      g_value_set_boolean (value, TRUE);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_secret_store_windows_class_init (MzSecretStoreWindowsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mz_secret_store_windows_get_property;

  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
mz_secret_store_windows_init (MzSecretStoreWindows *self)
{
}

/* See mz-secret-store-private.h. */
MzSecretStore *
mz_secret_store_new_windows (void)
{
  return g_object_new (MZ_TYPE_SECRET_STORE_WINDOWS, NULL);
}
