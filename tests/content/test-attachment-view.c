/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "content-fixture.h"

#include <string.h>

#include "mz-attachment-view.h"
#include "mz-image.h"
#include "mz-json.h"
#include "mz-message-private.h"

static GBytes *
make_png (int width,
          int height)
{
  gsize size = (gsize) width * height * 4;
  g_autofree guint8 *pixels = g_malloc (size);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  memset (pixels, 0x80, size);
  bytes = g_bytes_new (pixels, size);
  texture = gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, (gsize) width * 4);

  return gdk_texture_save_to_png_bytes (texture);
}

typedef struct
{
  gboolean done;
  GdkTexture *texture;
  GError *error;
} Decoded;

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Decoded *decoded = user_data;

  decoded->texture = mz_image_decode_finish (result, &decoded->error);
  decoded->done = TRUE;
}

static Decoded
decode (GBytes *bytes,
        gsize   max_pixels)
{
  Decoded decoded = { FALSE, NULL, NULL };

  mz_image_decode_async (bytes, max_pixels, NULL, decoded_cb, &decoded);
  wait_until (decoded.done);

  return decoded;
}

static void
test_decode (void)
{
  g_autoptr (GBytes) png = make_png (30, 20);
  g_autoptr (GBytes) wide = make_png (8000, 2);
  g_autoptr (GBytes) head = g_bytes_new_from_bytes (png, 0, 20);
  g_autoptr (GBytes) svg = g_bytes_new_static ("<svg xmlns='http://www.w3.org/2000/svg'/>", 41);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  /* 65535 × 65535 pixels in a few bytes. */
  g_autoptr (GBytes) bomb = g_bytes_new_static ("GIF89a\xff\xff\xff\xff\x80\x00\x00", 13);
  Decoded decoded;

  g_assert_cmpstr (mz_image_format (png), ==, "png");
  g_assert_null (mz_image_format (svg));
  g_assert_null (mz_image_format (empty));

  decoded = decode (png, 600);
  g_assert_no_error (decoded.error);
  g_assert_cmpint (gdk_texture_get_width (decoded.texture), ==, 30);
  g_assert_cmpint (gdk_texture_get_height (decoded.texture), ==, 20);
  g_clear_object (&decoded.texture);

  /* More pixels than anybody sees are not kept. */
  decoded = decode (wide, 1000000);
  g_assert_no_error (decoded.error);
  g_assert_cmpint (gdk_texture_get_width (decoded.texture), ==, 3840);
  g_clear_object (&decoded.texture);

  decoded = decode (png, 599);
  g_assert_error (decoded.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&decoded.error);
  decoded = decode (bomb, MZ_ATTACHMENT_MAX_IMAGE_PIXELS);
  g_assert_error (decoded.error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&decoded.error);
  decoded = decode (head, 600);
  g_assert_error (decoded.error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&decoded.error);
  decoded = decode (svg, 600);
  g_assert_error (decoded.error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&decoded.error);
  decoded = decode (empty, 600);
  g_assert_error (decoded.error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&decoded.error);
}

static MzMessage *
make_message (const char *block)
{
  MzMessage *message = mz_message_new (MZ_MESSAGE_ASSISTANT, MZ_MESSAGE_DONE);
  g_autofree char *json = g_strdelimit (g_strdup (block), "'", '"');
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mz_json_parse (json, strlen (json), 100 * 1000 * 1000, &error);

  g_assert_no_error (error);
  mz_message_add_attachment (message, node);

  return message;
}

static gboolean
is_shown (GtkWidget *widget)
{
  return gtk_widget_get_visible (widget) && gtk_widget_is_sensitive (widget);
}

static gboolean
is_image (GtkWidget  *widget,
          const char *text)
{
  return MZ_IS_IMAGE (widget);
}

static void
test_picture (void)
{
  g_autoptr (GBytes) png = make_png (960, 100);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  g_autofree char *block = g_strdup_printf ("{'type':'image','mimeType':'image/png','alt':'A hill','width':960,'height':100,"
                                            "'data':'%s'}", base64);
  g_autoptr (MzMessage) message = make_message (block);
  GtkWidget *view = mz_attachment_view_new (NULL, "main", message, 0);
  GtkWidget *picture = find (view, has_class, "picture");
  GtkWidget *image = find (view, is_image, NULL);
  GtkWidget *window;
  int minimum;
  int natural;

  g_assert_nonnull (picture);
  g_assert_true (has_tooltip (picture, "A hill"));

  /* Its place is kept before it is there. */
  gtk_widget_measure (image, GTK_ORIENTATION_VERTICAL, 600, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, 50);
  g_assert_cmpint (natural, ==, 50);

  window = show (view, 600);
  wait_until (is_shown (picture));
  g_assert_false (gtk_widget_get_visible (find (view, has_class, "chip")));
  gtk_widget_measure (image, GTK_ORIENTATION_VERTICAL, 600, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, 50);
  /* Narrower, it keeps its ratio. */
  gtk_widget_measure (image, GTK_ORIENTATION_VERTICAL, 240, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, 25);

  /* A click shows it larger. */
  g_signal_emit_by_name (picture, "clicked");
  {
    g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());
    g_autoptr (GtkWindow) viewer = NULL;

    for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
      {
        g_autoptr (GtkWindow) candidate = g_list_model_get_item (windows, i);

        if (g_strcmp0 (gtk_window_get_title (candidate), "A hill") == 0)
          g_set_object (&viewer, candidate);
      }
    g_assert_nonnull (viewer);
    wait_frames (GTK_WIDGET (viewer), 1);
    g_assert_nonnull (find (GTK_WIDGET (viewer), has_tooltip, "Save as…"));
    g_assert_nonnull (find (GTK_WIDGET (viewer), has_tooltip, "Copy image"));
    gtk_window_destroy (viewer);
  }

  destroy_window (window);
}

/* What is not shown as a picture is a file, with words on why, and what to do. */
static void
test_chips (void)
{
  static const struct
  {
    const char *block;
    const char *name;
    const char *status;
    gboolean retry;
    gboolean can_save;
  } cases[] = {
    { "{'type':'file','mimeType':'application/pdf','fileName':'a.pdf','sizeBytes':1200}", "a.pdf", NULL, FALSE, TRUE },
    { "{'type':'file','fileName':'../x.html','content':'aGVsbG8='}", "x.html", NULL, FALSE, TRUE },
    { "{'type':'image','mimeType':'image/svg+xml','fileName':'a.svg','data':'PHN2Zy8+'}", "a.svg", NULL, FALSE, TRUE },
    { "{'type':'image','mimeType':'image/png','fileName':'a.png','data':'PHN2Zy8+'}", "a.png",
      "The picture cannot be shown here. You can save it and open it with another program.", FALSE, TRUE },
    { "{'type':'image','mimeType':'image/png','fileName':'a.png','data':'%%%'}", "a.png", "The file came damaged.", TRUE, TRUE },
    { "{'type':'image','mimeType':'image/png','fileName':'a.png','artifactId':'a','sizeBytes':30000000}", "a.png",
      "The picture is too large to be shown here. You can save it.", FALSE, TRUE },
    { "{'type':'image','mimeType':'image/png','fileName':'a.png','artifactId':'a'}", "a.png",
      "It comes as soon as the gateway is connected.", TRUE, TRUE },
    { "{'type':'image','mimeType':'image/png','url':'https://example.org/x.png'}", "Picture",
      "The gateway does not send this file over this connection. Its own web page has it.", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzMessage) message = make_message (cases[i].block);
      GtkWidget *view = mz_attachment_view_new (NULL, NULL, message, 0);
      GtkWidget *chip = find (view, has_class, "chip");
      GtkWidget *window = show (view, 400);

      g_test_message ("%s", cases[i].block);
      wait_until (gtk_widget_get_visible (chip));
      g_assert_false (gtk_widget_get_visible (find (view, has_class, "picture")));
      g_assert_nonnull (find (chip, is_label, cases[i].name));
      g_assert_cmpint (gtk_widget_get_visible (find (view, has_tooltip, "Save as…")), ==, cases[i].can_save);
      if (cases[i].status != NULL)
        g_assert_nonnull (find (view, is_label, cases[i].status));
      g_assert_cmpint (gtk_widget_get_mapped (find (view, is_label, "Try again")), ==, cases[i].retry);
      destroy_window (window);
    }
}

/* A view that goes away while it loads takes nothing with it. */
static void
test_disposed (void)
{
  g_autoptr (GBytes) png = make_png (500, 500);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  g_autofree char *block = g_strdup_printf ("{'type':'image','mimeType':'image/png','data':'%s'}", base64);
  MzMessage *message = make_message (block);
  GtkWidget *view = mz_attachment_view_new (NULL, "main", message, 0);
  GtkWidget *window = show (view, 600);

  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *) &view);
  g_object_unref (message);
  destroy_window (window);
  wait_until (view == NULL);
}

int
main (int   argc,
      char *argv[])
{
  if (!content_init ())
    return 0;
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/attachment/decode", test_decode);
  g_test_add_func ("/attachment/picture", test_picture);
  g_test_add_func ("/attachment/chips", test_chips);
  g_test_add_func ("/attachment/disposed", test_disposed);

  return g_test_run ();
}
