/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-secret-store-private.h"

#include <Security/Security.h>
#include <string.h>

#include "mz-secret.h"

/* macOS' Keychain: generic passwords. Its calls block, and may ask the person to unlock, so they are made in a thread. */

/* Task data of a call */
typedef struct
{
  char *service;
  char *name;
  char *label;                  /* of a save */
  char *secret;                 /* NULL to remove */
} Call;

#define MZ_TYPE_SECRET_STORE_MACOS (mz_secret_store_macos_get_type ())
G_DECLARE_FINAL_TYPE (MzSecretStoreMacos, mz_secret_store_macos, MZ, SECRET_STORE_MACOS, GObject)

struct _MzSecretStoreMacos
{
  GObject parent_instance;
};

static void secret_store_iface_init (MzSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MzSecretStoreMacos, mz_secret_store_macos, G_TYPE_OBJECT,
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

  g_free (call->service);
  g_free (call->name);
  g_free (call->label);
  mz_secret_free (call->secret);
  g_free (call);
}

static Call *
call_new (MzSecretKind  kind,
          const char   *name)
{
  Call *call = g_new0 (Call, 1);

  call->service = g_strdup_printf ("%s.%s", MZ_APP_ID, mz_secret_kind_to_string (kind));
  call->name = g_strdup (name);
  return call;
}

static void
set_text (CFMutableDictionaryRef  dictionary,
          CFStringRef             key,
          const char             *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  CFStringRef value = CFStringCreateWithCString (kCFAllocatorDefault, valid, kCFStringEncodingUTF8);

  CFDictionarySetValue (dictionary, key, value);
  CFRelease (value);
}

static CFMutableDictionaryRef
dictionary_new (void)
{
  return CFDictionaryCreateMutable (kCFAllocatorDefault, 0, &kCFTypeDictionaryKeyCallBacks, &kCFTypeDictionaryValueCallBacks);
}

/* What names the item */
static CFMutableDictionaryRef
query_new (const Call *call)
{
  CFMutableDictionaryRef query = dictionary_new ();

  CFDictionarySetValue (query, kSecClass, kSecClassGenericPassword);
  set_text (query, kSecAttrService, call->service);
  set_text (query, kSecAttrAccount, call->name);
  return query;
}

static void
return_failure (GTask    *task,
                OSStatus  status)
{
  MzStoreError code = MZ_STORE_ERROR_FAILED;

  switch (status)
    {
    case errSecNotAvailable:
    case errSecNoDefaultKeychain:
    case errSecMissingEntitlement:
      code = MZ_STORE_ERROR_UNAVAILABLE;
      break;
    case errSecAuthFailed:
    case errSecUserCanceled:
    case errSecInteractionNotAllowed:
    case errSecInteractionRequired:
      code = MZ_STORE_ERROR_LOCKED;
      break;
    default:
      break;
    }
  g_task_return_new_error (task, MZ_STORE_ERROR, code, "Keychain: error %d", (int) status);
}

static void
lookup_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  const Call *call = task_data;
  CFMutableDictionaryRef query = query_new (call);
  CFTypeRef data = NULL;
  OSStatus status;

  CFDictionarySetValue (query, kSecReturnData, kCFBooleanTrue);
  CFDictionarySetValue (query, kSecMatchLimit, kSecMatchLimitOne);
  status = SecItemCopyMatching (query, &data);
  CFRelease (query);

  if (status == errSecItemNotFound)
    {
      g_task_return_pointer (task, NULL, NULL);
    }
  else if (status != errSecSuccess)
    {
      return_failure (task, status);
    }
  else
    {
      char *secret = g_strndup ((const char *) CFDataGetBytePtr (data), (gsize) CFDataGetLength (data));

      CFRelease (data);
      g_task_return_pointer (task, secret, (GDestroyNotify) mz_secret_free);
    }
}

static OSStatus
write_item (const Call             *call,
            CFMutableDictionaryRef  query)
{
  CFMutableDictionaryRef values = dictionary_new ();
  CFDataRef data = CFDataCreate (kCFAllocatorDefault, (const UInt8 *) call->secret, (CFIndex) strlen (call->secret));
  OSStatus status;

  set_text (values, kSecAttrLabel, call->label);
  CFDictionarySetValue (values, kSecValueData, data);
  CFRelease (data);

  status = SecItemUpdate (query, values);
  if (status == errSecItemNotFound)
    {
      set_text (values, kSecAttrService, call->service);
      set_text (values, kSecAttrAccount, call->name);
      CFDictionarySetValue (values, kSecClass, kSecClassGenericPassword);
      status = SecItemAdd (values, NULL);
    }
  CFRelease (values);
  return status;
}

static void
save_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  const Call *call = task_data;
  CFMutableDictionaryRef query = query_new (call);
  OSStatus status = call->secret != NULL ? write_item (call, query) : SecItemDelete (query);

  CFRelease (query);
  if (status == errSecSuccess || (call->secret == NULL && status == errSecItemNotFound))
    g_task_return_boolean (task, TRUE);
  else
    return_failure (task, status);
}

static void
mz_secret_store_macos_lookup_async (MzSecretStore       *store,
                                    MzSecretKind         kind,
                                    const char          *name,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, mz_secret_store_macos_lookup_async);
  g_task_set_task_data (task, call_new (kind, name), call_free);

  /* The person may be asked for as long as it takes; who cancels does not wait for that. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, lookup_thread);
}

static char *
mz_secret_store_macos_lookup_finish (MzSecretStore  *store,
                                     GAsyncResult   *result,
                                     GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mz_secret_store_macos_save_async (MzSecretStore       *store,
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

  call->label = g_strdup (label != NULL ? label : "");
  call->secret = g_strdup (secret);
  g_task_set_source_tag (task, mz_secret_store_macos_save_async);
  g_task_set_task_data (task, call, call_free);
  g_task_run_in_thread (task, save_thread);
}

static gboolean
mz_secret_store_macos_save_finish (MzSecretStore  *store,
                                   GAsyncResult   *result,
                                   GError        **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
secret_store_iface_init (MzSecretStoreInterface *iface)
{
  iface->lookup_async = mz_secret_store_macos_lookup_async;
  iface->lookup_finish = mz_secret_store_macos_lookup_finish;
  iface->save_async = mz_secret_store_macos_save_async;
  iface->save_finish = mz_secret_store_macos_save_finish;
}

static void
mz_secret_store_macos_get_property (GObject    *object,
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
mz_secret_store_macos_class_init (MzSecretStoreMacosClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mz_secret_store_macos_get_property;

  g_object_class_override_property (object_class, PROP_PERSISTENT, "persistent");
}

static void
mz_secret_store_macos_init (MzSecretStoreMacos *self)
{
}

/* See mz-secret-store-private.h. */
MzSecretStore *
mz_secret_store_new_macos (void)
{
  return g_object_new (MZ_TYPE_SECRET_STORE_MACOS, NULL);
}
