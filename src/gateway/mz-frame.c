/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-frame.h"

#include "mz-gateway-error.h"

#include <string.h>

/* Texts of replies that are longer than this many bytes are not read where they only repeat what came before. */
#define MAX_REPEATED 1024

G_DEFINE_BOXED_TYPE (MzFrame, mz_frame, mz_frame_ref, mz_frame_unref)

/* A name that must be there and must not be empty (protocol.schema.json: minLength 1). */
static const char *
get_name (JsonObject  *object,
          const char  *member,
          GError     **error)
{
  const char *name = mz_json_get_string (object, member);

  if (name == NULL || name[0] == '\0')
    {
      g_set_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "A frame has no “%s”", member);
      return NULL;
    }
  return name;
}

static gboolean
read_members (MzFrame     *self,
              JsonObject  *object,
              GError     **error)
{
  const char *type = get_name (object, "type", error);

  if (type == NULL)
    return FALSE;

  if (g_str_equal (type, "event"))
    {
      self->type = MZ_FRAME_EVENT;
      self->name = get_name (object, "event", error);
      self->payload = mz_json_get_node (object, "payload");
      self->seq = MAX (mz_json_get_int (object, "seq", -1), -1);
      return self->name != NULL;
    }
  if (g_str_equal (type, "res"))
    {
      self->type = MZ_FRAME_RESPONSE;
      self->id = get_name (object, "id", error);
      self->ok = mz_json_get_boolean (object, "ok", FALSE);
      self->payload = mz_json_get_node (object, "payload");
      self->error = mz_json_get_object (object, "error");
      return self->id != NULL;
    }
  if (g_str_equal (type, "req"))
    {
      self->type = MZ_FRAME_REQUEST;
      self->id = get_name (object, "id", error);
      if (self->id == NULL)
        return FALSE;
      self->name = get_name (object, "method", error);
      self->payload = mz_json_get_node (object, "params");
      return self->name != NULL;
    }

  self->type = MZ_FRAME_UNKNOWN;
  return TRUE;
}

/* Whether what was cut out of a message of that many bytes ends with what the string member @name has, both as written. */
static gboolean
ends_with_member (const char      *text,
                  gsize            length,
                  const MzJsonCut *cut,
                  const char      *name)
{
  g_autofree char *start = g_strdup_printf ("\"%s\":\"", name);
  const char *cut_end = text + cut->start + cut->length;
  const char *end = text + length;
  const char *piece = g_strstr_len (text, cut->start, start);
  const char *p;

  if (piece == NULL)
    piece = g_strstr_len (cut_end, end - cut_end, start);
  if (piece == NULL)
    return FALSE;

  piece += strlen (start);
  for (p = piece; p < end && *p != '"'; p++)
    p += *p == '\\' && p + 1 < end;
  return (gsize) (p - piece) <= cut->length && memcmp (cut_end - (p - piece), piece, p - piece) == 0;
}

/* Each piece of a reply comes with the whole reply so far, in two events; reading it again and again would cost more than
 * all else. Whether this is such an event, and what was cut out of it is just that. */
static gboolean
only_repeats (MzFrame    *self,
              const char *text,
              gsize       length)
{
  JsonObject *payload = mz_json_node_object (self->payload);

  if (self->type != MZ_FRAME_EVENT || payload == NULL)
    return FALSE;

  if (g_str_equal (self->name, "agent"))
    return g_strcmp0 (mz_json_get_string (payload, "stream"), "assistant") == 0 &&
           g_strcmp0 (mz_json_get_string (mz_json_get_object (payload, "data"), "text"), MZ_JSON_CUT) == 0;

  if (g_str_equal (self->name, "chat"))
    {
      JsonObject *message = mz_json_get_object (payload, "message");
      JsonArray *content = mz_json_get_array (message, "content");
      const char *repeated = mz_json_get_string (message, "content");

      if (mz_json_array_length (content) == 1)
        repeated = mz_json_get_string (mz_json_array_object (content, 0), "text");
      return g_strcmp0 (repeated, MZ_JSON_CUT) == 0 && g_strcmp0 (mz_json_get_string (payload, "state"), "delta") == 0 &&
             mz_json_get_string (payload, "deltaText") != NULL && !mz_json_get_boolean (payload, "replace", FALSE) &&
             ends_with_member (text, length, &self->cut, "deltaText");
    }
  return FALSE;
}

/**
 * mz_frame_parse:
 * @text: (array length=length): a message; it need not end with a NUL
 * @length: its length in bytes
 * @max_length: the largest length to accept, in bytes
 * @error: return location for an error
 *
 * Reads a frame. A frame of an unknown type is no error: such come with later releases.
 *
 * Errors: %MZ_GATEWAY_ERROR_TOO_LARGE; %MZ_GATEWAY_ERROR_BAD_FRAME when it is not JSON, not an object or lacks its type,
 * id or name. The message never repeats what came.
 *
 * Returns: (transfer full): the frame, or %NULL with @error set
 */
MzFrame *
mz_frame_parse (const char  *text,
                gsize        length,
                gsize        max_length,
                GError     **error)
{
  g_autoptr (MzFrame) self = NULL;
  JsonObject *object;

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_new0 (MzFrame, 1);
  g_atomic_ref_count_init (&self->ref_count);

  self->node = mz_json_parse_cut (text, length, max_length, MAX_REPEATED, &self->cut, error);
  if (self->node == NULL)
    return NULL;

  for (;;)
    {
      self->seq = -1;
      object = mz_json_node_object (self->node);
      if (object == NULL)
        {
          g_set_error_literal (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_BAD_FRAME, "A frame is not an object");
          return NULL;
        }
      if (!read_members (self, object, error))
        return NULL;
      if (self->cut.length == 0)
        return g_steal_pointer (&self);

      if (only_repeats (self, text, length))
        {
          self->text = g_memdup2 (text, length);
          self->text_length = length;
          return g_steal_pointer (&self);
        }

      /* What was cut is of use. */
      self->cut = (MzJsonCut) { 0 };
      json_node_unref (self->node);
      self->node = mz_json_parse (text, length, max_length, error);
      if (self->node == NULL)
        return NULL;
    }
}

/**
 * mz_frame_ref:
 * @self: a frame
 *
 * Returns: (transfer full): @self
 */
MzFrame *
mz_frame_ref (MzFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mz_frame_unref:
 * @self: (transfer full): a frame
 *
 * Drops a reference; with the last one the frame and all that it points to go.
 */
void
mz_frame_unref (MzFrame *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->node, json_node_unref);
  g_clear_pointer (&self->whole, json_node_unref);
  g_free (self->text);
  g_free (self);
}

/**
 * mz_frame_get_payload_object:
 * @self: a frame
 *
 * Returns: (transfer none) (nullable): the payload, %NULL when there is none or it is not an object
 */
JsonObject *
mz_frame_get_payload_object (MzFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->text == NULL)
    return mz_json_node_object (self->payload);

  if (self->whole == NULL)
    self->whole = mz_json_parse (self->text, self->text_length, self->text_length, NULL);
  return mz_json_get_object (mz_json_node_object (self->whole), "payload");
}

/**
 * mz_frame_peek_payload_object:
 * @self: a frame
 * @text_length: (out): the length in bytes of the reply so far, which is left out of the payload (%MZ_JSON_CUT stands for
 *   it); -1 when nothing is left out
 *
 * Like mz_frame_get_payload_object(), for who knows what the reply was before: pieces of replies ("chat" with the state
 * "delta", "agent" with the stream "assistant") come with the whole reply so far. Where it is left out of a "chat" event, it
 * ends with `deltaText`.
 *
 * Returns: (transfer none) (nullable): the payload, %NULL when there is none or it is not an object
 */
JsonObject *
mz_frame_peek_payload_object (MzFrame *self,
                              gssize  *text_length)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text_length != NULL, NULL);

  *text_length = self->text != NULL ? (gssize) self->cut.decoded_length : -1;
  return mz_json_node_object (self->payload);
}

static void
append_string (GString    *frame,
               const char *before,
               const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *quoted = mz_json_to_string (node);

  g_string_append (frame, before);
  g_string_append (frame, quoted);
}

static void
append_node (GString    *frame,
             const char *before,
             JsonNode   *node)
{
  g_autofree char *text = NULL;

  if (node == NULL)
    return;
  text = mz_json_to_string (node);
  g_string_append (frame, before);
  g_string_append (frame, text);
}

/**
 * mz_frame_build_request:
 * @id: the request's id
 * @method: the method
 * @params: (transfer none) (nullable): its parameters
 *
 * Returns: (transfer full): the frame, as compact JSON
 */
char *
mz_frame_build_request (const char *id,
                        const char *method,
                        JsonNode   *params)
{
  GString *frame;

  g_return_val_if_fail (id != NULL && id[0] != '\0', NULL);
  g_return_val_if_fail (method != NULL && method[0] != '\0', NULL);

  frame = g_string_new ("{\"type\":\"req\"");
  append_string (frame, ",\"id\":", id);
  append_string (frame, ",\"method\":", method);
  append_node (frame, ",\"params\":", params);
  g_string_append_c (frame, '}');
  return g_string_free (frame, FALSE);
}

/**
 * mz_frame_build_response:
 * @id: the request's id
 * @payload: (transfer none) (nullable): the answer
 *
 * Returns: (transfer full): the frame, as compact JSON
 */
char *
mz_frame_build_response (const char *id,
                         JsonNode   *payload)
{
  GString *frame;

  g_return_val_if_fail (id != NULL && id[0] != '\0', NULL);

  frame = g_string_new ("{\"type\":\"res\"");
  append_string (frame, ",\"id\":", id);
  g_string_append (frame, ",\"ok\":true");
  append_node (frame, ",\"payload\":", payload);
  g_string_append_c (frame, '}');
  return g_string_free (frame, FALSE);
}

/**
 * mz_frame_build_error:
 * @id: the request's id
 * @error: (transfer none) (nullable): the error object
 *
 * Returns: (transfer full): the frame of a failed response, as compact JSON
 */
char *
mz_frame_build_error (const char *id,
                      JsonNode   *error)
{
  GString *frame;

  g_return_val_if_fail (id != NULL && id[0] != '\0', NULL);

  frame = g_string_new ("{\"type\":\"res\"");
  append_string (frame, ",\"id\":", id);
  g_string_append (frame, ",\"ok\":false");
  append_node (frame, ",\"error\":", error);
  g_string_append_c (frame, '}');
  return g_string_free (frame, FALSE);
}

/**
 * mz_frame_build_event:
 * @name: the event's name
 * @payload: (transfer none) (nullable): its payload
 * @seq: its number on the connection, -1 for none
 *
 * Returns: (transfer full): the frame, as compact JSON
 */
char *
mz_frame_build_event (const char *name,
                      JsonNode   *payload,
                      gint64      seq)
{
  GString *frame;

  g_return_val_if_fail (name != NULL && name[0] != '\0', NULL);

  frame = g_string_new ("{\"type\":\"event\"");
  append_string (frame, ",\"event\":", name);
  append_node (frame, ",\"payload\":", payload);
  if (seq >= 0)
    g_string_append_printf (frame, ",\"seq\":%" G_GINT64_FORMAT, seq);
  g_string_append_c (frame, '}');
  return g_string_free (frame, FALSE);
}
