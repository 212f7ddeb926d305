/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-composer-private.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

/* Where what comes later belongs: the conversation may be another one by then. */
typedef struct
{
  MzComposer *composer;
  MzDraftFiles *files;
} Target;

static Target *
target_new (MzComposer *self)
{
  Target *target = g_new0 (Target, 1);

  target->composer = g_object_ref (self);
  target->files = g_object_ref (self->files);
  return target;
}

static void
target_free (Target *target)
{
  g_object_unref (target->composer);
  g_object_unref (target->files);
  g_free (target);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Target, target_free)

static void
add_model (MzDraftFiles *files,
           GListModel   *model)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (model, i);

      mz_draft_files_add_file (files, file);
    }
}

/* What was submitted takes its files along; later ones would stay behind. */
static gboolean
can_attach (MzComposer *self)
{
  if (self->busy)
    mz_draft_files_add_problem (self->files, _("Attach it once the conversation has started."));
  return !self->busy && gtk_widget_is_sensitive (GTK_WIDGET (self->card));
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (Target) target = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = mz_compat_open_files_finish (GTK_WINDOW (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    {
      g_autofree char *sentence = g_strdup_printf (_("Files cannot be chosen here: %s"), error->message);

      mz_draft_files_add_problem (target->files, sentence);
    }
  if (files != NULL)
    add_model (target->files, files);
  mz_composer_grab_text (target->composer);
}

/**
 * mz_composer_attach:
 * @self: a composer
 *
 * Asks for files to go with the message.
 */
void
mz_composer_attach (MzComposer *self)
{
  GtkRoot *root;

  g_return_if_fail (MZ_IS_COMPOSER (self));

  if (!can_attach (self))
    return;
  root = gtk_widget_get_root (GTK_WIDGET (self));
  if (GTK_IS_WINDOW (root))
    mz_compat_open_files_async (GTK_WINDOW (root), _("Attach Files"), self->cancellable, opened_cb, target_new (self));
}

/**
 * mz_composer_add_files:
 * @self: a composer
 * @files: (element-type GFile): files
 *
 * Puts files into the draft. What cannot be sent is said above the text.
 */
void
mz_composer_add_files (MzComposer *self,
                       GListModel *files)
{
  g_return_if_fail (MZ_IS_COMPOSER (self));
  g_return_if_fail (G_IS_LIST_MODEL (files));

  if (can_attach (self))
    add_model (self->files, files);
}

static void
add_file_list (MzDraftFiles *files,
               GSList       *list)
{
  for (GSList *item = list; item != NULL; item = item->next)
    mz_draft_files_add_file (files, item->data);
}

/* "Pasted image.png", "Pasted image 2.png" */
static void
add_texture (MzDraftFiles *files,
             GdkTexture   *texture)
{
  GListModel *items = mz_draft_files_get_items (files);
  g_autofree char *name = g_strconcat (_("Pasted image"), ".png", NULL);
  guint n_before = 0;

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (items, i);
      const char *known = MZ_IS_OUTGOING (item) ? mz_outgoing_get_name (MZ_OUTGOING (item)) : mz_file_load_get_name (MZ_FILE_LOAD (item));

      if (g_str_has_prefix (known, _("Pasted image")))
        n_before++;
    }
  if (n_before > 0)
    {
      g_free (name);
      name = g_strdup_printf ("%s %u.png", _("Pasted image"), n_before + 1);
    }
  mz_draft_files_add_texture (files, texture, name);
}

/* A link that was copied is text for a person, also when the program offers it as a file. */
static gboolean
is_link (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  /* Not by its scheme, which a GFile tells only with GVfs. */
  return g_ascii_strncasecmp (uri, "http://", 7) == 0 || g_ascii_strncasecmp (uri, "https://", 8) == 0;
}

static void
paste_text (MzComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);

  gtk_text_buffer_paste_clipboard (buffer, gtk_widget_get_clipboard (GTK_WIDGET (self->text_view)), NULL, TRUE);
}

static void
pasted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (Target) target = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_autofree char *sentence = g_strdup_printf (_("What was copied cannot be pasted: %s"), error->message);

          mz_draft_files_add_problem (target->files, sentence);
        }
    }
  else if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

      if (files != NULL && is_link (files->data))
        paste_text (target->composer);
      else
        add_file_list (target->files, files);
    }
  else if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    add_texture (target->files, g_value_get_object (value));
}

/* Files and pictures become attachments; everything that is also text stays text, however long. */
static void
paste_cb (MzComposer  *self,
          GtkTextView *text_view)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (text_view));
  g_autoptr (GdkContentFormats) formats = gdk_content_formats_ref (gdk_clipboard_get_formats (clipboard));
  GType type;

  formats = gdk_content_formats_union_deserialize_gtypes (g_steal_pointer (&formats));
  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    type = GDK_TYPE_FILE_LIST;
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) && !gdk_content_formats_contain_gtype (formats, G_TYPE_STRING))
    type = GDK_TYPE_TEXTURE;
  else
    return;

  g_signal_stop_emission_by_name (text_view, "paste-clipboard");
  if (can_attach (self))
    gdk_clipboard_read_value_async (clipboard, type, G_PRIORITY_DEFAULT, self->cancellable, pasted_cb, target_new (self));
}

static void
insert_link (MzComposer *self,
             GFile      *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_text_buffer_insert_interactive_at_cursor (gtk_text_view_get_buffer (self->text_view), uri, -1, TRUE);
}

static gboolean
drop_cb (MzComposer   *self,
         const GValue *value)
{
  if (!can_attach (self))
    return FALSE;

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

      if (files != NULL && is_link (files->data))
        insert_link (self, files->data);
      else
        add_file_list (self->files, files);
    }
  else if (G_VALUE_HOLDS (value, G_TYPE_FILE) && is_link (g_value_get_object (value)))
    insert_link (self, g_value_get_object (value));
  else if (G_VALUE_HOLDS (value, G_TYPE_FILE))
    mz_draft_files_add_file (self->files, g_value_get_object (value));
  else if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    add_texture (self->files, g_value_get_object (value));
  else
    return FALSE;

  mz_composer_grab_text (self);
  return TRUE;
}

/*< private >
 * mz_composer_init_files:
 * @self: a composer
 *
 * Makes it take files that are pasted or dropped.
 */
void
mz_composer_init_files (MzComposer *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_FILE, GDK_TYPE_TEXTURE };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  /* Before the text's own, for which a file is a line of text. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->card, GTK_EVENT_CONTROLLER (target));

  g_signal_connect_object (self->text_view, "paste-clipboard", G_CALLBACK (paste_cb), self, G_CONNECT_SWAPPED);
}
