/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-error-row.h"

#include <glib/gi18n.h>

#include "mz-row-text.h"
#include "mz-row-util.h"
#include "mz-run-words.h"

/* Of an error's own words; "Copy" takes all of them. */
#define MAX_TEXT_LENGTH 4000

struct _MzErrorRow
{
  GtkWidget parent_instance;

  MzMessage *message;
  MzChat *chat;
  GtkWidget *card;
  GtkWidget *headline;
  GtkWidget *text;
  GtkWidget *advice;
  GtkWidget *retry;
};

G_DEFINE_FINAL_TYPE (MzErrorRow, mz_error_row, GTK_TYPE_WIDGET)

static const char *
peek_text (MzErrorRow *self)
{
  const char *text = mz_message_get_error_message (self->message);

  return text != NULL && text[0] != '\0' ? text : mz_message_get_text (self->message);
}

/* Only the last turn can be tried again where it stands. */
static void
update_retry (MzErrorRow *self)
{
  gboolean in_last_turn = mz_row_is_in_last_turn (self->chat, self->message, NULL);

  gtk_widget_set_visible (self->retry, in_last_turn);
  gtk_widget_set_visible (self->advice, in_last_turn);
  gtk_widget_set_sensitive (self->retry, !mz_chat_get_running (self->chat));
}

static void
update (MzErrorRow *self)
{
  const char *advice;
  const char *headline = mz_run_words_for_error (mz_message_get_error_code (self->message), &advice);
  const char *own = peek_text (self);
  gboolean limited;
  g_autofree char *text = mz_row_text_limit (own != NULL ? own : "", MAX_TEXT_LENGTH, &limited);
  g_autofree char *shown = limited ? g_strconcat (text, "…", NULL) : g_steal_pointer (&text);

  gtk_label_set_text (GTK_LABEL (self->headline), headline);
  gtk_label_set_text (GTK_LABEL (self->text), shown);
  gtk_widget_set_visible (self->text, shown[0] != '\0');
  gtk_label_set_text (GTK_LABEL (self->advice), advice);
  mz_row_set_reader_label (GTK_WIDGET (self), self->message);
  update_retry (self);
}

static void
retry_cb (GtkButton  *button,
          MzErrorRow *self)
{
  mz_chat_retry (self->chat, self->message);
}

static void
copy_cb (GtkButton  *button,
         MzErrorRow *self)
{
  mz_row_copy (GTK_WIDGET (self), peek_text (self));
}

static void
mz_error_row_dispose (GObject *object)
{
  MzErrorRow *self = MZ_ERROR_ROW (object);

  g_clear_pointer (&self->card, gtk_widget_unparent);
  g_clear_object (&self->message);
  g_clear_object (&self->chat);
  G_OBJECT_CLASS (mz_error_row_parent_class)->dispose (object);
}

static void
mz_error_row_class_init (MzErrorRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_error_row_dispose;
  gtk_widget_class_set_css_name (widget_class, "errorrow");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static GtkWidget *
add_label (GtkWidget  *box,
           const char *css_class,
           gboolean    selectable)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), selectable);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
mz_error_row_init (MzErrorRow *self)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *copy = gtk_button_new_with_label (_("Copy"));

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->card = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class (self->card, "row-card");
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_add_css_class (icon, "error");
  gtk_box_append (GTK_BOX (self->card), icon);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (self->card), column);

  self->headline = add_label (column, "heading", FALSE);
  self->text = add_label (column, NULL, TRUE);
  self->advice = add_label (column, "dim-label", FALSE);

  self->retry = gtk_button_new_with_label (_("Try again"));
  g_signal_connect (self->retry, "clicked", G_CALLBACK (retry_cb), self);
  gtk_box_append (GTK_BOX (buttons), self->retry);
  gtk_widget_add_css_class (copy, "flat");
  g_signal_connect (copy, "clicked", G_CALLBACK (copy_cb), self);
  gtk_box_append (GTK_BOX (buttons), copy);
  gtk_widget_set_margin_top (buttons, 6);
  gtk_box_append (GTK_BOX (column), buttons);
  gtk_widget_set_parent (self->card, GTK_WIDGET (self));
}

GtkWidget *
mz_error_row_new (MzMessage *message,
                  MzChat    *chat)
{
  MzErrorRow *self;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);
  g_return_val_if_fail (MZ_IS_CHAT (chat), NULL);

  self = g_object_new (MZ_TYPE_ERROR_ROW, NULL);
  self->message = g_object_ref (message);
  self->chat = g_object_ref (chat);
  g_signal_connect_object (message, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chat, "notify::running", G_CALLBACK (update_retry), self, G_CONNECT_SWAPPED);
  if (mz_row_is_in_last_turn (chat, message, NULL))
    g_signal_connect_object (mz_chat_get_timeline (chat), "items-changed", G_CALLBACK (update_retry), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
