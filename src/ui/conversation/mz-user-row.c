/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-user-row.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-row-text.h"
#include "mz-row-util.h"

/* Of the row's width. */
#define CARD_SHARE 0.8

#define SPACING 6

struct _MzUserRow
{
  GtkWidget parent_instance;

  MzMessage *message;
  MzGateway *gateway;
  MzChat *chat;

  GtkWidget *card;
  GtkWidget *actions;
  GtkWidget *texts;
  GtkWidget *more;    /* (nullable) */
  GtkWidget *status;  /* (nullable): while it is not simply sent */
  GtkWidget *status_label;
  GtkWidget *retry;
  GtkWidget *discard;
  GtkWidget *attachments; /* (nullable) */
  guint n_attachments;
  gsize shown; /* bytes of the text */
};

G_DEFINE_FINAL_TYPE (MzUserRow, mz_user_row, GTK_TYPE_WIDGET)

static gboolean
activate_link_cb (GtkLabel   *label,
                  const char *uri,
                  MzUserRow  *self)
{
  mz_compat_open_uri (GTK_WIDGET (label), uri);
  return GDK_EVENT_STOP;
}

static void show_more_cb (GtkButton *button,
                          MzUserRow *self);

/* A label is laid out whole, however little of it is seen: long texts come in steps. */
static void
show_step (MzUserRow *self)
{
  const char *text = mz_message_get_text (self->message);
  gsize length = mz_message_get_text_length (self->message);
  gsize step = mz_row_text_step (text + self->shown, length - self->shown);
  gsize end = self->shown + step;
  g_autofree char *markup = NULL;
  GtkWidget *label;

  /* The break between two labels is a line of its own already. */
  markup = mz_row_text_to_markup (text + self->shown, end > 0 && end < length && text[end - 1] == '\n' ? step - 1 : step);
  label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_markup (GTK_LABEL (label), markup);
  g_signal_connect (label, "activate-link", G_CALLBACK (activate_link_cb), self);
  gtk_box_append (GTK_BOX (self->texts), label);
  self->shown = end;

  if (self->shown < length && self->more == NULL)
    {
      self->more = gtk_button_new_with_label (_("Show more"));
      gtk_widget_add_css_class (self->more, "flat");
      gtk_widget_add_css_class (self->more, "caption");
      gtk_widget_set_halign (self->more, GTK_ALIGN_START);
      g_signal_connect (self->more, "clicked", G_CALLBACK (show_more_cb), self);
      gtk_box_insert_child_after (GTK_BOX (self->card), self->more, self->texts);
    }
  if (self->more != NULL)
    gtk_widget_set_visible (self->more, self->shown < length);
}

static void
show_more_cb (GtkButton *button,
              MzUserRow *self)
{
  show_step (self);
}

static void
update_text (MzUserRow *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->texts)) != NULL)
    gtk_box_remove (GTK_BOX (self->texts), child);
  self->shown = 0;
  if (mz_message_get_text_length (self->message) > 0)
    show_step (self);
  gtk_widget_set_visible (self->texts, mz_message_get_text_length (self->message) > 0);
  mz_row_set_reader_label (GTK_WIDGET (self), self->message);
}

static void
retry_cb (GtkButton *button,
          MzUserRow *self)
{
  mz_chat_retry (self->chat, self->message);
}

static void
discard_cb (GtkButton *button,
            MzUserRow *self)
{
  mz_chat_discard (self->chat, self->message);
}

static GtkWidget *
status_button_new (MzUserRow  *self,
                   const char *label,
                   GCallback   callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "caption");
  g_signal_connect (button, "clicked", callback, self);
  return button;
}

static void
make_status (MzUserRow *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->status = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_add_css_class (self->status, "status");

  self->status_label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->status_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->status_label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->status_label), 1);
  gtk_label_set_justify (GTK_LABEL (self->status_label), GTK_JUSTIFY_RIGHT);
  gtk_box_append (GTK_BOX (self->status), self->status_label);

  self->retry = status_button_new (self, _("Try again"), G_CALLBACK (retry_cb));
  gtk_box_append (GTK_BOX (buttons), self->retry);
  self->discard = status_button_new (self, _("Discard"), G_CALLBACK (discard_cb));
  gtk_widget_add_css_class (self->discard, "flat");
  gtk_box_append (GTK_BOX (buttons), self->discard);
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (self->status), buttons);
  gtk_widget_set_parent (self->status, GTK_WIDGET (self));
}

static void
update_status (MzUserRow *self)
{
  MzMessageState state = mz_message_get_state (self->message);
  gboolean failed = state == MZ_MESSAGE_FAILED;
  gboolean waits = state == MZ_MESSAGE_SENDING && mz_gateway_get_state (self->gateway) != MZ_CLIENT_READY;
  g_autofree char *text = NULL;

  if (failed)
    {
      const char *why = mz_message_get_error_message (self->message);
      g_autofree char *visible = why != NULL ? mz_row_text_first_line (why, 300) : NULL;

      /* Translators: %s is why, in the gateway's words */
      text = visible != NULL && visible[0] != '\0' ? g_strdup_printf (_("Not sent: %s"), visible) : g_strdup (_("Not sent"));
    }
  else if (waits)
    {
      text = g_strdup (_("Waits for the connection"));
    }
  else if (state == MZ_MESSAGE_SENDING)
    {
      text = g_strdup (_("Sending…"));
    }
  else if (state == MZ_MESSAGE_QUEUED)
    {
      text = g_strdup (_("Queued: comes after the reply under way"));
    }

  if (text != NULL && self->status == NULL)
    make_status (self);
  if (self->status != NULL)
    {
      gtk_widget_set_visible (self->status, text != NULL);
      gtk_label_set_text (GTK_LABEL (self->status_label), text != NULL ? text : "");
      gtk_widget_set_visible (self->retry, failed);
      gtk_widget_set_visible (self->discard, failed || waits);
      gtk_widget_set_visible (gtk_widget_get_parent (self->retry), failed || waits);
      gtk_widget_set_css_classes (self->status_label, (const char *[]){ "caption", failed ? "error" : "dim-label", NULL });
    }

  if (state == MZ_MESSAGE_SENDING || state == MZ_MESSAGE_QUEUED)
    gtk_widget_add_css_class (self->card, "pending");
  else
    gtk_widget_remove_css_class (self->card, "pending");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text != NULL ? text : "", -1);
}

static void
update_attachments (MzUserRow *self)
{
  guint n = mz_message_get_n_attachments (self->message);

  if (n == self->n_attachments)
    return;

  self->n_attachments = n;
  if (self->attachments != NULL)
    gtk_box_remove (GTK_BOX (self->card), self->attachments);
  self->attachments = mz_row_attachments_new (self->gateway, self->chat, self->message);
  if (self->attachments != NULL)
    gtk_box_append (GTK_BOX (self->card), self->attachments);
}

static void
copy_cb (GtkButton *button,
         MzUserRow *self)
{
  mz_row_copy (GTK_WIDGET (self), mz_message_get_text (self->message));
}

/* A card is as wide as its text, up to its share of the row. */
static int
card_width (MzUserRow *self,
            int        width)
{
  int minimum;
  int natural;
  int most = width * CARD_SHARE;

  gtk_widget_measure (self->card, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return CLAMP (natural, MIN (minimum, width), MAX (most, minimum));
}

static void
mz_user_row_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  MzUserRow *self = MZ_USER_ROW (widget);
  gboolean has_status = self->status != NULL && gtk_widget_get_visible (self->status);
  int child_minimum;
  int child_natural;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (self->card, orientation, -1, minimum, natural, NULL, NULL);
      if (has_status)
        {
          gtk_widget_measure (self->status, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
        }
      return;
    }

  gtk_widget_measure (self->card, orientation, for_size >= 0 ? card_width (self, for_size) : -1, minimum, natural, NULL, NULL);
  if (has_status)
    {
      gtk_widget_measure (self->status, orientation, for_size, &child_minimum, &child_natural, NULL, NULL);
      *minimum += SPACING + child_minimum;
      *natural += SPACING + child_natural;
    }
}

static void
mz_user_row_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  MzUserRow *self = MZ_USER_ROW (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gboolean has_status = self->status != NULL && gtk_widget_get_visible (self->status);
  GtkAllocation card = { .width = card_width (self, width), .height = height };
  GtkAllocation actions = { 0 };
  int minimum;
  int natural;

  if (has_status)
    {
      GtkAllocation status = { .width = width };

      gtk_widget_measure (self->status, GTK_ORIENTATION_VERTICAL, width, &minimum, &natural, NULL, NULL);
      status.height = natural;
      status.y = height - natural;
      card.height = MAX (0, height - natural - SPACING);
      gtk_widget_size_allocate (self->status, &status, -1);
    }

  card.x = rtl ? 0 : width - card.width;
  gtk_widget_size_allocate (self->card, &card, -1);

  /* In the room that is free beside the card, at its first line; on the card's corner where there is none. */
  gtk_widget_measure (self->actions, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  actions.width = CLAMP (width - card.width - SPACING, minimum, natural);
  gtk_widget_measure (self->actions, GTK_ORIENTATION_VERTICAL, actions.width, &minimum, &natural, NULL, NULL);
  actions.height = natural;
  actions.y = MIN (SPACING / 2, MAX (0, (card.height - natural) / 2));
  actions.x = rtl ? card.width + SPACING : card.x - SPACING - actions.width;
  actions.x = CLAMP (actions.x, 0, MAX (0, width - actions.width));
  gtk_widget_size_allocate (self->actions, &actions, -1);
}

static GtkSizeRequestMode
mz_user_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mz_user_row_dispose (GObject *object)
{
  MzUserRow *self = MZ_USER_ROW (object);

  g_clear_pointer (&self->actions, gtk_widget_unparent);
  g_clear_pointer (&self->card, gtk_widget_unparent);
  g_clear_pointer (&self->status, gtk_widget_unparent);
  g_clear_object (&self->message);
  g_clear_object (&self->gateway);
  g_clear_object (&self->chat);
  G_OBJECT_CLASS (mz_user_row_parent_class)->dispose (object);
}

static void
mz_user_row_class_init (MzUserRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_user_row_dispose;
  widget_class->measure = mz_user_row_measure;
  widget_class->size_allocate = mz_user_row_size_allocate;
  widget_class->get_request_mode = mz_user_row_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "userrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
mz_user_row_init (MzUserRow *self)
{
  GtkWidget *copy = mz_row_button_new ("edit-copy-symbolic", _("Copy"));

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_add_css_class (self->card, "user-card");
  self->texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->card), self->texts);
  gtk_widget_set_parent (self->card, GTK_WIDGET (self));

  self->actions = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (self->actions, "row-actions");
  g_signal_connect (copy, "clicked", G_CALLBACK (copy_cb), self);
  gtk_box_append (GTK_BOX (self->actions), copy);
  gtk_widget_set_parent (self->actions, GTK_WIDGET (self));
}

static void
add_time (MzUserRow *self)
{
  g_autofree char *tooltip = NULL;
  g_autofree char *time = mz_row_dup_time (self->message, &tooltip);
  GtkWidget *label;

  if (time == NULL)
    return;

  label = gtk_label_new (time);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_tooltip_text (label, tooltip);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_prepend (GTK_BOX (self->actions), label);
}

GtkWidget *
mz_user_row_new (MzMessage *message,
                 MzGateway *gateway,
                 MzChat    *chat)
{
  MzUserRow *self;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);
  g_return_val_if_fail (MZ_IS_CHAT (chat), NULL);

  self = g_object_new (MZ_TYPE_USER_ROW, NULL);
  self->message = g_object_ref (message);
  self->gateway = g_object_ref (gateway);
  self->chat = g_object_ref (chat);

  update_attachments (self);
  add_time (self);

  g_signal_connect_object (message, "notify::text", G_CALLBACK (update_text), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::id", G_CALLBACK (update_attachments), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::state", G_CALLBACK (update_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::error-message", G_CALLBACK (update_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gateway, "notify::state", G_CALLBACK (update_status), self, G_CONNECT_SWAPPED);
  update_text (self);
  update_status (self);
  return GTK_WIDGET (self);
}
