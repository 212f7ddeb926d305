/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-devices.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 32

struct _MzDemoDevices
{
  gboolean required;
  GHashTable *paired;  /* device ids */
  GHashTable *tokens;  /* device id → token */
  GHashTable *pending; /* request id → device id */
};

MzDemoDevices *
mz_demo_devices_new (void)
{
  MzDemoDevices *self = g_new0 (MzDemoDevices, 1);

  self->paired = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

void
mz_demo_devices_free (MzDemoDevices *self)
{
  g_hash_table_unref (self->paired);
  g_hash_table_unref (self->tokens);
  g_hash_table_unref (self->pending);
  g_free (self);
}

void
mz_demo_devices_set_required (MzDemoDevices *self,
                              gboolean       required)
{
  self->required = required;
}

gboolean
mz_demo_devices_get_required (MzDemoDevices *self)
{
  return self->required;
}

/*< private >
 * mz_demo_devices_is_paired:
 * @self: the devices
 * @device_id: one of them
 *
 * Returns: whether the device may come in; without pairing each may
 */
gboolean
mz_demo_devices_is_paired (MzDemoDevices *self,
                           const char    *device_id)
{
  return !self->required || g_hash_table_contains (self->paired, device_id);
}

/*< private >
 * mz_demo_devices_request:
 * @self: the devices
 * @device_id: a device that is not paired
 * @is_new: (out): whether it asks for the first time
 *
 * Returns: (transfer none): the request's id; one for each device, however often it asks
 */
const char *
mz_demo_devices_request (MzDemoDevices *self,
                         const char    *device_id,
                         gboolean      *is_new)
{
  GHashTableIter iter;
  gpointer request_id, waiting;
  char *id;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &request_id, &waiting))
    if (g_strcmp0 (waiting, device_id) == 0)
      {
        *is_new = FALSE;
        return request_id;
      }

  id = g_uuid_string_random ();
  g_hash_table_insert (self->pending, id, g_strdup (device_id));
  *is_new = TRUE;
  return id;
}

/*< private >
 * mz_demo_devices_approve:
 * @self: the devices
 * @request_id: (nullable): a request, %NULL for all of them
 *
 * Returns: whether anything waited for it
 */
gboolean
mz_demo_devices_approve (MzDemoDevices *self,
                         const char    *request_id)
{
  gboolean any = FALSE;
  GHashTableIter iter;
  gpointer id, device_id;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &id, &device_id))
    if (request_id == NULL || g_strcmp0 (id, request_id) == 0)
      {
        g_hash_table_add (self->paired, g_strdup (device_id));
        g_hash_table_iter_remove (&iter);
        any = TRUE;
      }

  return any;
}

/*< private >
 * mz_demo_devices_issue_token:
 * @self: the devices
 * @device_id: a device that was let in
 *
 * Returns: (transfer none): its token, the same each time
 */
const char *
mz_demo_devices_issue_token (MzDemoDevices *self,
                             const char    *device_id)
{
  guint8 bytes[TOKEN_BYTES];
  char text[sodium_base64_ENCODED_LEN (TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  char *token = g_hash_table_lookup (self->tokens, device_id);

  if (token != NULL)
    return token;

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  token = g_strdup (text);
  g_hash_table_insert (self->tokens, g_strdup (device_id), token);
  return token;
}

gboolean
mz_demo_devices_check_token (MzDemoDevices *self,
                             const char    *device_id,
                             const char    *token)
{
  const char *expected = g_hash_table_lookup (self->tokens, device_id);

  return expected != NULL && mz_demo_secret_equal (token, expected);
}

/*< private >
 * mz_demo_secret_equal:
 * @given: what a client sent
 * @expected: the secret
 *
 * Compares hashes of equal length, so that neither the length nor the first difference shows in the time it takes.
 *
 * Returns: whether they are the same
 */
gboolean
mz_demo_secret_equal (const char *given,
                      const char *expected)
{
  guint8 first[crypto_generichash_BYTES], second[crypto_generichash_BYTES];

  crypto_generichash (first, sizeof first, (const guint8 *) given, strlen (given), NULL, 0);
  crypto_generichash (second, sizeof second, (const guint8 *) expected, strlen (expected), NULL, 0);

  return sodium_memcmp (first, second, sizeof first) == 0;
}
