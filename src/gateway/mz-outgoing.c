/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-outgoing.h"

#include "mz-gateway-error.h"

/* What holds while no gateway has told its limits (docs: gateway/protocol/versioning). Its limits for a single file are an operator's
 * choice, and known with hello only. */
#define DEFAULT_MAX_PAYLOAD (25 * 1024 * 1024)

/* The request around the files: envelope, session key, names and types of the files. */
#define ENVELOPE 16384

#define DEFAULT_NAME "file"
#define DEFAULT_MIME "application/octet-stream"

struct _MzOutgoing
{
  GObject parent_instance;

  char *name;
  char *mime;
  GBytes *bytes;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_MIME,
  PROP_BYTES,
  PROP_IS_IMAGE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MzOutgoing, mz_outgoing, G_TYPE_OBJECT)

static void
mz_outgoing_finalize (GObject *object)
{
  MzOutgoing *self = MZ_OUTGOING (object);

  g_free (self->name);
  g_free (self->mime);
  g_bytes_unref (self->bytes);

  G_OBJECT_CLASS (mz_outgoing_parent_class)->finalize (object);
}

static void
mz_outgoing_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  MzOutgoing *self = MZ_OUTGOING (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_MIME:
      g_value_set_string (value, self->mime);
      break;
    case PROP_BYTES:
      g_value_set_boxed (value, self->bytes);
      break;
    case PROP_IS_IMAGE:
      g_value_set_boolean (value, mz_outgoing_get_is_image (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_outgoing_class_init (MzOutgoingClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_outgoing_finalize;
  object_class->get_property = mz_outgoing_get_property;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_MIME] = g_param_spec_string ("mime", NULL, NULL, NULL, flags);
  props[PROP_BYTES] = g_param_spec_boxed ("bytes", NULL, NULL, G_TYPE_BYTES, flags);
  props[PROP_IS_IMAGE] = g_param_spec_boolean ("is-image", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mz_outgoing_init (MzOutgoing *self)
{
}

static gboolean
is_image (const char *mime)
{
  return mime != NULL && g_ascii_strncasecmp (mime, "image/", 6) == 0;
}

/**
 * mz_outgoing_new:
 * @name: (nullable): what the file is called, without its folder
 * @mime: (nullable): its MIME type; %NULL when it is not known
 * @bytes: what is in it
 *
 * Returns: (transfer full): a file to send
 */
MzOutgoing *
mz_outgoing_new (const char *name,
                 const char *mime,
                 GBytes     *bytes)
{
  MzOutgoing *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = g_object_new (MZ_TYPE_OUTGOING, NULL);
  self->name = name != NULL && name[0] != '\0' ? g_utf8_make_valid (name, -1) : g_strdup (DEFAULT_NAME);
  self->mime = g_strdup (mime != NULL && mime[0] != '\0' ? mime : DEFAULT_MIME);
  self->bytes = g_bytes_ref (bytes);
  return self;
}

/**
 * mz_outgoing_get_name:
 * @self: a file
 *
 * Returns: (transfer none): what it is called, valid UTF-8
 */
const char *
mz_outgoing_get_name (MzOutgoing *self)
{
  g_return_val_if_fail (MZ_IS_OUTGOING (self), NULL);

  return self->name;
}

/**
 * mz_outgoing_get_mime:
 * @self: a file
 *
 * Returns: (transfer none): its MIME type
 */
const char *
mz_outgoing_get_mime (MzOutgoing *self)
{
  g_return_val_if_fail (MZ_IS_OUTGOING (self), NULL);

  return self->mime;
}

/**
 * mz_outgoing_get_bytes:
 * @self: a file
 *
 * Returns: (transfer none): what is in it
 */
GBytes *
mz_outgoing_get_bytes (MzOutgoing *self)
{
  g_return_val_if_fail (MZ_IS_OUTGOING (self), NULL);

  return self->bytes;
}

/**
 * mz_outgoing_get_is_image:
 * @self: a file
 *
 * Returns: whether gateways count it as an image
 */
gboolean
mz_outgoing_get_is_image (MzOutgoing *self)
{
  g_return_val_if_fail (MZ_IS_OUTGOING (self), FALSE);

  return is_image (self->mime);
}

/* How many bytes fit into @payload bytes of base64. */
static gsize
decoded_size (gsize payload)
{
  return payload / 4 * 3;
}

/**
 * mz_outgoing_check:
 * @hello: (nullable): what the gateway said, %NULL while not connected
 * @mime: (nullable): the type of a file
 * @size: its size in bytes
 * @beside: the bytes that go with the same message: other files, and the text
 * @limit: (out) (optional): how many bytes the file may have at most, set with the error
 * @error: return location for an error
 *
 * Whether a file can go with a message: against the limit for a single file or image, and against the largest message, in which files
 * grow by a third (base64).
 *
 * Returns: %TRUE when it fits, %FALSE with %MZ_GATEWAY_ERROR_TOO_LARGE
 */
gboolean
mz_outgoing_check (MzHello     *hello,
                   const char  *mime,
                   gsize        size,
                   gsize        beside,
                   gsize       *limit,
                   GError     **error)
{
  gsize max_payload = hello != NULL ? mz_hello_get_max_payload (hello) : DEFAULT_MAX_PAYLOAD;
  gsize max_all = decoded_size (max_payload > ENVELOPE ? max_payload - ENVELOPE : 0);
  gsize max_file = max_all > beside ? max_all - beside : 0;
  gsize max_single = hello != NULL ? mz_hello_get_max_attachment (hello) : 0;

  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (hello != NULL && is_image (mime) && mz_hello_get_max_image (hello) > 0)
    max_single = mz_hello_get_max_image (hello);
  if (max_single > 0)
    max_file = MIN (max_file, max_single);

  if (size <= max_file)
    return TRUE;

  if (limit != NULL)
    *limit = max_file;
  g_set_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_TOO_LARGE,
               "%" G_GSIZE_FORMAT " bytes are over the limit of %" G_GSIZE_FORMAT, size, max_file);
  return FALSE;
}

static JsonObject *
to_object (MzOutgoing *self)
{
  JsonObject *object = json_object_new ();
  gsize size;
  const guchar *data = g_bytes_get_data (self->bytes, &size);
  g_autofree char *content = g_base64_encode (size > 0 ? data : (const guchar *) "", size);

  json_object_set_string_member (object, "type", is_image (self->mime) ? "image" : "file");
  json_object_set_string_member (object, "mimeType", self->mime);
  json_object_set_string_member (object, "fileName", self->name);
  json_object_set_int_member (object, "sizeBytes", (gint64) size);
  json_object_set_string_member (object, "content", content);
  return object;
}

/**
 * mz_outgoing_to_json:
 * @files: (nullable) (element-type MzOutgoing): files
 *
 * The files as `chat.send` takes them. It encodes all of them: call it in a thread.
 *
 * Returns: (transfer full) (nullable): an array, %NULL when there are no files
 */
JsonNode *
mz_outgoing_to_json (GPtrArray *files)
{
  JsonArray *array;
  JsonNode *node;

  if (files == NULL || files->len == 0)
    return NULL;

  array = json_array_sized_new (files->len);
  for (guint i = 0; i < files->len; i++)
    json_array_add_object_element (array, to_object (g_ptr_array_index (files, i)));

  node = json_node_alloc ();
  json_node_take_array (json_node_init (node, JSON_NODE_ARRAY), array);
  return node;
}
