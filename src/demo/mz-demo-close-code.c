/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-demo"

#include "config.h"

#include "mz-demo-close-code.h"

/* RFC 6455, section 5.2: the opcode is the low half of a frame's first byte. */
#define OPCODE_MASK 0x0f
#define OPCODE_CLOSE 0x08

struct _MzDemoCloseCode
{
  SoupWebsocketExtension parent_instance;

  guint16 code; /* 0: leave it */
};

G_DEFINE_FINAL_TYPE (MzDemoCloseCode, mz_demo_close_code, SOUP_TYPE_WEBSOCKET_EXTENSION)

static GBytes *
mz_demo_close_code_process_outgoing_message (SoupWebsocketExtension  *extension,
                                             guint8                  *header,
                                             GBytes                  *payload,
                                             GError                 **error)
{
  MzDemoCloseCode *self = MZ_DEMO_CLOSE_CODE (extension);
  GByteArray *frame;

  if (self->code == 0 || (header[0] & OPCODE_MASK) != OPCODE_CLOSE || g_bytes_get_size (payload) < 2)
    return payload;

  frame = g_bytes_unref_to_array (payload);
  frame->data[0] = (guint8) (self->code >> 8);
  frame->data[1] = (guint8) (self->code & 0xff);
  return g_byte_array_free_to_bytes (frame);
}

static GBytes *
mz_demo_close_code_process_incoming_message (SoupWebsocketExtension  *extension,
                                             guint8                  *header,
                                             GBytes                  *payload,
                                             GError                 **error)
{
  return payload;
}

static void
mz_demo_close_code_class_init (MzDemoCloseCodeClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  extension_class->name = "x-moltzer-demo-close-code";
  extension_class->process_outgoing_message = mz_demo_close_code_process_outgoing_message;
  extension_class->process_incoming_message = mz_demo_close_code_process_incoming_message;
}

static void
mz_demo_close_code_init (MzDemoCloseCode *self)
{
}

/*< private >
 * mz_demo_close_code_new:
 *
 * Returns: (transfer full): for the `extensions` of a SoupWebsocketConnection
 */
MzDemoCloseCode *
mz_demo_close_code_new (void)
{
  return g_object_new (MZ_TYPE_DEMO_CLOSE_CODE, NULL);
}

/*< private >
 * mz_demo_close_code_set:
 * @self: a connection's extension
 * @code: what the next close frame says
 */
void
mz_demo_close_code_set (MzDemoCloseCode *self,
                        guint            code)
{
  g_return_if_fail (MZ_IS_DEMO_CLOSE_CODE (self));

  self->code = (guint16) code;
}
