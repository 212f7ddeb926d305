/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-artifact.h"

#include <string.h>

#include "mz-json.h"

/* Many megabytes on a slow line take their time. */
#define DOWNLOAD_TIMEOUT_MS (3 * 60 * 1000)

typedef struct
{
  JsonNode *node;               /* keeps the data */
  const char *data;             /* base64, or a data: URL; in the node */
  char *mime;                   /* (nullable) */
  char *name;                   /* (nullable) */
  gsize max_bytes;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_pointer (&fetch->node, json_node_unref);
  g_free (fetch->mime);
  g_free (fetch->name);
  g_free (fetch);
}

static gboolean
is_data_url (const char *text)
{
  return text != NULL && g_ascii_strncasecmp (text, "data:", 5) == 0;
}

/* Where data stands in a block has several names (docs: gateway/clients; chat.send's attachments; what models' APIs have). A URL that leads
 * elsewhere is no data, and is not followed. */
static const char *
find_inline (JsonObject *object)
{
  JsonObject *source = mz_json_get_object (object, "source");
  const char *image_url = mz_json_get_string (object, "image_url");
  const char *urls[] = {
    mz_json_get_string (object, "url"),
    mz_json_get_string (source, "url"),
    image_url != NULL ? image_url : mz_json_get_string (mz_json_get_object (object, "image_url"), "url"),
    mz_json_get_string (object, "audio_url"),
  };
  const char *data[] = {
    mz_json_get_string (object, "data"),
    mz_json_get_string (object, "content"),
    mz_json_get_string (source, "data"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    if (is_data_url (urls[i]))
      return urls[i];
  for (gsize i = 0; i < G_N_ELEMENTS (data); i++)
    if (data[i] != NULL && *data[i] != '\0')
      return data[i];

  return NULL;
}

static GError *
too_large (gsize size,
           gsize max_bytes)
{
  return g_error_new (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE,
                      "%" G_GSIZE_FORMAT " bytes are over the limit of %" G_GSIZE_FORMAT, size, max_bytes);
}

/* GLib's decoder passes over what is no base64; a half file is not to be taken for a whole one. Both alphabets, white space and missing
 * padding are fine, as at the gateway. */
static guint8 *
decode_base64 (const char  *text,
               gsize        length,
               gsize       *size,
               GError     **error)
{
  g_autofree guint8 *bytes = g_malloc (length / 4 * 3 + 4);
  gsize n = 0;
  guint32 bits = 0;
  guint n_bits = 0;
  guint n_padding = 0;

  for (gsize i = 0; i < length; i++)
    {
      guchar c = text[i];
      int value;

      if (c >= 'A' && c <= 'Z')
        value = c - 'A';
      else if (c >= 'a' && c <= 'z')
        value = c - 'a' + 26;
      else if (c >= '0' && c <= '9')
        value = c - '0' + 52;
      else if (c == '+' || c == '-')
        value = 62;
      else if (c == '/' || c == '_')
        value = 63;
      else if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
        continue;
      else if (c == '=' && ++n_padding <= 2)
        continue;
      else
        value = -1;

      if (value < 0 || n_padding > 0)
        {
          g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The data is not base64");
          return NULL;
        }

      bits = bits << 6 | (guint32) value;
      n_bits += 6;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          bytes[n++] = bits >> n_bits & 0xff;
        }
    }

  /* A single character left over is six bits of nothing. */
  if (n_bits >= 6)
    {
      g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The data is cut short");
      return NULL;
    }

  *size = n;

  return g_steal_pointer (&bytes);
}

/* RFC 2397: "data:image/png;base64,…" */
static GBytes *
decode (Fetch   *fetch,
        GError **error)
{
  const char *data = fetch->data;
  gboolean base64 = TRUE;
  guint8 *bytes;
  gsize length;
  gsize room;
  gsize size;

  if (is_data_url (data))
    {
      const char *start = data + strlen ("data:");
      const char *comma = strchr (start, ',');
      g_autofree char *head = NULL;
      g_auto (GStrv) parts = NULL;

      if (comma == NULL)
        {
          g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The data: URL has no data");
          return NULL;
        }
      head = g_ascii_strdown (start, comma - start);
      parts = g_strsplit (head, ";", -1);
      if (fetch->mime == NULL && parts[0] != NULL && *parts[0] != '\0')
        fetch->mime = g_strdup (parts[0]);
      base64 = g_strv_contains ((const char * const *) parts, "base64");
      data = comma + 1;
    }

  /* Some room for line breaks and padding; the size itself is looked at again below. */
  length = strlen (data);
  room = fetch->max_bytes / 8 + 64;
  if ((base64 ? length / 4 * 3 : length / 3) > fetch->max_bytes + MIN (room, G_MAXSIZE - fetch->max_bytes))
    {
      g_propagate_error (error, too_large (base64 ? length / 4 * 3 : length, fetch->max_bytes));
      return NULL;
    }

  if (base64)
    {
      bytes = decode_base64 (data, length, &size, error);
      if (bytes == NULL)
        return NULL;
      if (size > fetch->max_bytes)
        {
          g_free (bytes);
          g_propagate_error (error, too_large (size, fetch->max_bytes));
          return NULL;
        }
      return g_bytes_new_take (bytes, size);
    }
  else
    {
      g_autoptr (GBytes) plain = g_uri_unescape_bytes (data, -1, NULL, NULL);

      if (plain == NULL)
        {
          g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The data: URL is not escaped");
          return NULL;
        }
      if (g_bytes_get_size (plain) > fetch->max_bytes)
        {
          g_propagate_error (error, too_large (g_bytes_get_size (plain), fetch->max_bytes));
          return NULL;
        }
      return g_steal_pointer (&plain);
    }
}

static void
decode_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Fetch *fetch = task_data;
  g_autoptr (GError) error = NULL;
  GBytes *bytes = decode (fetch, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (fetch->mime == NULL)
    {
      gsize size;
      const guchar *data = g_bytes_get_data (bytes, &size);
      g_autofree char *type = g_content_type_guess (fetch->name, data, size, NULL);

      fetch->mime = g_content_type_get_mime_type (type);
    }
  g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

static void
download_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  Fetch *fetch = g_task_get_task_data (task);
  JsonObject *object = mz_json_node_object (answer);
  JsonObject *artifact = mz_json_get_object (object, "artifact");
  const char *encoding = mz_json_get_string (object, "encoding");
  const char *data = mz_json_get_string (object, "data");
  const char *url = mz_json_get_string (object, "url");
  const char *mime = mz_json_get_string (artifact, "mimeType");
  gint64 size = mz_json_get_int (artifact, "sizeBytes", 0);

  if (answer == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (size > 0 && (guint64) size > fetch->max_bytes)
    {
      g_task_return_error (task, too_large (size, fetch->max_bytes));
      return;
    }

  if (mime != NULL)
    {
      g_free (fetch->mime);
      fetch->mime = g_strdup (mime);
    }
  if (fetch->name == NULL)
    fetch->name = g_strdup (mz_json_get_string (artifact, "title"));

  if (data != NULL && (encoding == NULL || strcmp (encoding, "base64") == 0))
    {
      fetch->data = data;
    }
  else if (is_data_url (url))
    {
      fetch->data = url;
    }
  else if (url != NULL)
    {
      /* It would have to be fetched by HTTP, on another connection. */
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_UNSUPPORTED,
                               "The gateway gives this only over HTTP, not over its own connection");
      return;
    }
  else
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "The answer has no data");
      return;
    }

  g_clear_pointer (&fetch->node, json_node_unref);
  fetch->node = g_steal_pointer (&answer);
  g_task_run_in_thread (task, decode_thread);
}

static JsonNode *
download_params (const char *session_key,
                 const char *artifact_id)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  if (session_key != NULL)
    json_object_set_string_member (object, "sessionKey", session_key);
  json_object_set_string_member (object, "artifactId", artifact_id);
  json_node_take_object (node, object);

  return node;
}

/**
 * mz_artifact_fetch_async:
 * @client: (nullable): the gateway; only data that the message has itself comes without one
 * @session_key: (nullable): the session that the message is from
 * @message: a message
 * @attachment: which of its attachments
 * @max_bytes: more is not decoded
 * @cancellable: (nullable): a cancellable
 * @callback: called with the bytes
 * @user_data: data for @callback
 *
 * Gets the bytes of an attachment: from its own block, or by `artifacts.download`. Nothing is fetched from elsewhere than the gateway's own
 * connection, whatever a message says.
 *
 * Errors are of %MZ_GATEWAY_ERROR: %MZ_GATEWAY_ERROR_TOO_LARGE over @max_bytes, %MZ_GATEWAY_ERROR_UNSUPPORTED when there is no way to get
 * them here, %MZ_GATEWAY_ERROR_NOT_CONNECTED, %MZ_GATEWAY_ERROR_BAD_FRAME when the data is broken, and those of the request.
 */
void
mz_artifact_fetch_async (MzClient            *client,
                         const char          *session_key,
                         MzMessage           *message,
                         guint                attachment,
                         gsize                max_bytes,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  const MzAttachment *wanted;
  const char *data;
  Fetch *fetch;

  g_return_if_fail (client == NULL || MZ_IS_CLIENT (client));
  g_return_if_fail (MZ_IS_MESSAGE (message));
  g_return_if_fail (attachment < mz_message_get_n_attachments (message));

  wanted = mz_message_get_attachment (message, attachment);
  data = find_inline (mz_json_node_object (wanted->node));

  fetch = g_new0 (Fetch, 1);
  fetch->mime = g_strdup (wanted->mime);
  fetch->name = g_strdup (wanted->name);
  fetch->max_bytes = max_bytes;

  task = g_task_new (client, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_artifact_fetch_async);
  g_task_set_task_data (task, fetch, fetch_free);

  if (data != NULL)
    {
      fetch->node = json_node_ref (wanted->node);
      fetch->data = data;
      g_task_run_in_thread (task, decode_thread);
    }
  else if (wanted->size > 0 && (guint64) wanted->size > max_bytes)
    {
      g_task_return_error (task, too_large (wanted->size, max_bytes));
    }
  else if (wanted->artifact_id == NULL)
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_UNSUPPORTED,
                               "The message has neither the data nor a way to get it");
    }
  else if (client == NULL || mz_client_get_state (client) != MZ_CLIENT_READY)
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, "Not connected");
    }
  else if (!mz_client_has_method (client, "artifacts.download"))
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_UNSUPPORTED,
                               "This gateway does not know artifacts.download");
    }
  else
    {
      mz_client_request_async (client, "artifacts.download", download_params (session_key, wanted->artifact_id),
                               DOWNLOAD_TIMEOUT_MS, cancellable, download_cb, g_object_ref (task));
    }
}

/**
 * mz_artifact_fetch_finish:
 * @client: (nullable): the gateway
 * @result: the result
 * @mime: (out) (optional) (nullable) (transfer full): the MIME type, as it was told or guessed: nothing to rely on
 * @error: where to store an error
 *
 * Returns: (transfer full) (nullable): the bytes
 */
GBytes *
mz_artifact_fetch_finish (MzClient      *client,
                          GAsyncResult  *result,
                          char         **mime,
                          GError       **error)
{
  GBytes *bytes;

  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  if (mime != NULL)
    *mime = NULL;
  bytes = g_task_propagate_pointer (G_TASK (result), error);
  if (bytes != NULL && mime != NULL)
    *mime = g_strdup (((Fetch *) g_task_get_task_data (G_TASK (result)))->mime);

  return bytes;
}

/**
 * mz_artifact_block_has_data:
 * @block: (nullable): a block of a message
 *
 * Returns: whether its bytes need not be asked for
 */
gboolean
mz_artifact_block_has_data (JsonObject *block)
{
  return find_inline (block) != NULL;
}

/**
 * mz_artifact_decode:
 * @attachment: an attachment of a message
 * @max_bytes: more is not decoded
 * @error: where to store an error
 *
 * Decodes what the attachment's own block has, here and now: in a thread, or where waiting does no harm.
 *
 * Returns: (transfer full) (nullable): the bytes; %MZ_GATEWAY_ERROR_UNSUPPORTED when the block has none
 */
GBytes *
mz_artifact_decode (const MzAttachment  *attachment,
                    gsize                max_bytes,
                    GError             **error)
{
  Fetch fetch = { .max_bytes = max_bytes };
  GBytes *bytes;

  g_return_val_if_fail (attachment != NULL, NULL);

  fetch.data = find_inline (mz_json_node_object (attachment->node));
  if (fetch.data == NULL)
    {
      g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_UNSUPPORTED, "The message does not have the data");
      return NULL;
    }
  bytes = decode (&fetch, error);
  g_free (fetch.mime);

  return bytes;
}
