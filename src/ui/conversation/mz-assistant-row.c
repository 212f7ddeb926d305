/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-assistant-row.h"

#include <glib/gi18n.h>

#include "mz-activity-row.h"
#include "mz-markdown-view.h"
#include "mz-plain-text.h"
#include "mz-row-text.h"
#include "mz-row-util.h"

#define SPACING 6

struct _MzAssistantRow
{
  GtkWidget parent_instance;

  MzMessage *message;
  MzGateway *gateway;
  MzChat *chat;

  GtkWidget *column;
  GtkWidget *view;
  GtkWidget *attachments; /* (nullable) */
  GtkWidget *dots;        /* (nullable): while there is no text yet */
  GtkWidget *note;        /* (nullable): that something is missing */
  GtkWidget *footer;      /* (nullable) */
  GtkWidget *actions;
  GtkWidget *time;        /* (nullable): among the actions, where there is no footer */
  GtkWidget *menu_button;
  GtkWidget *menu;        /* (nullable) */
  GSimpleActionGroup *group;
  gulong items_id;        /* while the turn is the last one */

  /* what came since the last frame */
  GString *pieces;
  guint tick_id;
  guint n_attachments;
};

G_DEFINE_FINAL_TYPE (MzAssistantRow, mz_assistant_row, GTK_TYPE_WIDGET)

static gboolean
has_footer (MzAssistantRow *self)
{
  return self->footer != NULL && gtk_widget_get_visible (self->footer);
}

static void
update_dots (MzAssistantRow *self)
{
  gboolean wanted = mz_message_get_state (self->message) == MZ_MESSAGE_STREAMING && mz_message_get_text_length (self->message) == 0;

  if (wanted && self->dots == NULL)
    {
      self->dots = mz_typing_dots_new ();
      gtk_widget_set_halign (self->dots, GTK_ALIGN_START);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->dots), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Writing…"), -1);
      gtk_box_append (GTK_BOX (self->column), self->dots);
    }
  else if (!wanted && self->dots != NULL)
    {
      gtk_box_remove (GTK_BOX (self->column), self->dots);
      self->dots = NULL;
    }
  gtk_widget_set_visible (self->view, mz_message_get_text_length (self->message) > 0);
}

/* The markdown so far; what the last piece could still become is known once the reply is over. */
static void
flush (MzAssistantRow *self)
{
  mz_markdown_view_append (MZ_MARKDOWN_VIEW (self->view), self->pieces->str);
  g_string_truncate (self->pieces, 0);
  if (mz_message_get_state (self->message) != MZ_MESSAGE_STREAMING)
    mz_markdown_view_finish (MZ_MARKDOWN_VIEW (self->view));
}

/* Once for each frame, however many pieces came. */
static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  MzAssistantRow *self = MZ_ASSISTANT_ROW (widget);

  self->tick_id = 0;
  flush (self);
  update_dots (self);
  return G_SOURCE_REMOVE;
}

static void
appended_cb (MzMessage      *message,
             const char     *text,
             MzAssistantRow *self)
{
  g_string_append (self->pieces, text);
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

static void
replaced_cb (MzMessage      *message,
             MzAssistantRow *self)
{
  g_string_truncate (self->pieces, 0);
  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (self->view), mz_message_get_text (message));
  update_dots (self);
}

static void
update_note (MzAssistantRow *self)
{
  gboolean wanted = mz_message_get_truncated (self->message);

  if (wanted && self->note == NULL)
    {
      self->note = gtk_label_new (_("The gateway gave only a part of this message."));
      gtk_label_set_wrap (GTK_LABEL (self->note), TRUE);
      gtk_label_set_xalign (GTK_LABEL (self->note), 0);
      gtk_widget_add_css_class (self->note, "caption");
      gtk_widget_add_css_class (self->note, "warning");
      gtk_box_append (GTK_BOX (self->column), self->note);
    }
  if (self->note != NULL)
    gtk_widget_set_visible (self->note, wanted);
}

/* Images of a streamed answer are known once it is stored. */
static void
update_attachments (MzAssistantRow *self)
{
  guint n = mz_message_get_n_attachments (self->message);

  if (n == self->n_attachments)
    return;

  self->n_attachments = n;
  if (self->attachments != NULL)
    gtk_box_remove (GTK_BOX (self->column), self->attachments);
  self->attachments = mz_row_attachments_new (self->gateway, self->chat, self->message);
  if (self->attachments != NULL)
    gtk_box_insert_child_after (GTK_BOX (self->column), self->attachments, self->view);
}

static GtkWidget *
caption_new (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  return label;
}

static void
show_footer (MzAssistantRow *self,
             const char     *time,
             const char     *tooltip)
{
  g_autofree char *facts = mz_row_text_for_footer (self->message, mz_row_clock_get_ms (self->message));
  g_autofree char *text = facts != NULL && time != NULL ? g_strdup_printf ("%s · %s", facts, time) : NULL;

  if (self->footer == NULL)
    {
      self->footer = caption_new ();
      gtk_widget_add_css_class (self->footer, "footer");
      gtk_widget_insert_after (self->footer, GTK_WIDGET (self), self->column);
    }
  gtk_label_set_text (GTK_LABEL (self->footer), text != NULL ? text : facts != NULL ? facts : time != NULL ? time : "");
  gtk_widget_set_tooltip_text (self->footer, tooltip);
}

static void timeline_changed_cb (MzAssistantRow *self);

static void
update_footer (MzAssistantRow *self)
{
  gboolean last_reply;
  gboolean in_last_turn = mz_row_is_in_last_turn (self->chat, self->message, &last_reply);
  gboolean done = mz_message_get_state (self->message) != MZ_MESSAGE_STREAMING && !(in_last_turn && mz_chat_get_running (self->chat));
  gboolean wanted = last_reply && done;
  g_autofree char *tooltip = NULL;
  g_autofree char *time = mz_row_dup_time (self->message, &tooltip);

  if (in_last_turn && self->items_id == 0)
    self->items_id = g_signal_connect_object (mz_chat_get_timeline (self->chat), "items-changed", G_CALLBACK (timeline_changed_cb),
                                              self, G_CONNECT_SWAPPED);

  if (wanted)
    show_footer (self, time, tooltip);
  if (self->footer != NULL)
    gtk_widget_set_visible (self->footer, wanted);

  if (!wanted && time != NULL && self->time == NULL)
    {
      self->time = caption_new ();
      gtk_box_prepend (GTK_BOX (self->actions), self->time);
    }
  if (self->time != NULL)
    {
      gtk_label_set_text (GTK_LABEL (self->time), time != NULL ? time : "");
      gtk_widget_set_tooltip_text (self->time, tooltip);
      gtk_widget_set_visible (self->time, !wanted && time != NULL);
    }

  /* Over the text they need a ground of their own. */
  if (wanted)
    gtk_widget_remove_css_class (self->actions, "floating");
  else
    gtk_widget_add_css_class (self->actions, "floating");
}

static void
timeline_changed_cb (MzAssistantRow *self)
{
  update_footer (self);
}

static void
notify_cb (MzMessage      *message,
           GParamSpec     *pspec,
           MzAssistantRow *self)
{
  if (g_strcmp0 (pspec->name, "text") == 0)
    return;

  update_dots (self);
  update_attachments (self);
  update_note (self);
  update_footer (self);

  /* What is read out begins with the text: it is known by its end. */
  if (g_strcmp0 (pspec->name, "state") == 0)
    {
      flush (self);
      mz_row_set_reader_label (GTK_WIDGET (self), message);
    }
}

static void
copy_cb (GtkButton      *button,
         MzAssistantRow *self)
{
  mz_row_copy (GTK_WIDGET (self), mz_message_get_text (self->message));
}

static void
copy_text_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  MzAssistantRow *self = MZ_ASSISTANT_ROW (user_data);
  g_autofree char *text = mz_plain_text_of (mz_message_get_text (self->message));

  mz_row_copy (GTK_WIDGET (self), text);
}

static void
retry_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  MzAssistantRow *self = MZ_ASSISTANT_ROW (user_data);

  mz_chat_retry (self->chat, self->message);
}

static void
menu_cb (GtkButton      *button,
         MzAssistantRow *self)
{
  static const GActionEntry entries[] = {
    { "copy-text", copy_text_cb },
    { "retry", retry_cb },
  };
  gboolean last_reply;
  GAction *retry;

  if (self->menu == NULL)
    {
      g_autoptr (GMenu) model = g_menu_new ();

      g_menu_append (model, _("Copy as Text"), "row.copy-text");
      g_menu_append (model, _("Ask Again"), "row.retry");
      self->group = g_simple_action_group_new ();
      g_action_map_add_action_entries (G_ACTION_MAP (self->group), entries, G_N_ELEMENTS (entries), self);
      gtk_widget_insert_action_group (GTK_WIDGET (self), "row", G_ACTION_GROUP (self->group));
      self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (model));
      gtk_widget_set_parent (self->menu, self->menu_button);
    }

  retry = g_action_map_lookup_action (G_ACTION_MAP (self->group), "retry");
  g_simple_action_set_enabled (G_SIMPLE_ACTION (retry),
                               mz_row_is_in_last_turn (self->chat, self->message, &last_reply) && last_reply &&
                                 !mz_chat_get_running (self->chat));
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
mz_assistant_row_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  MzAssistantRow *self = MZ_ASSISTANT_ROW (widget);
  int actions_minimum;
  int actions_natural;

  gtk_widget_measure (self->column, orientation, for_size, minimum, natural, NULL, NULL);
  gtk_widget_measure (self->actions, orientation, -1, &actions_minimum, &actions_natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MAX (*minimum, actions_minimum);
      *natural = MAX (*natural, actions_natural);
    }
  else if (has_footer (self))
    {
      /* The footer's line is as high as the actions that appear in it: nothing moves when they do. */
      *minimum += SPACING + actions_natural;
      *natural += SPACING + actions_natural;
    }
}

static void
mz_assistant_row_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  MzAssistantRow *self = MZ_ASSISTANT_ROW (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation column = { .width = width, .height = height };
  GtkAllocation actions = { 0 };
  int minimum;
  int natural;

  gtk_widget_measure (self->actions, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  actions.width = MIN (natural, MAX (width, minimum));
  gtk_widget_measure (self->actions, GTK_ORIENTATION_VERTICAL, -1, &minimum, &natural, NULL, NULL);
  actions.height = natural;
  actions.x = rtl ? 0 : width - actions.width;

  if (has_footer (self))
    {
      GtkAllocation footer = { .height = natural, .y = height - natural };

      gtk_widget_measure (self->footer, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
      footer.width = CLAMP (width - actions.width - SPACING, minimum, MAX (natural, minimum));
      footer.x = rtl ? width - footer.width : 0;
      gtk_widget_size_allocate (self->footer, &footer, -1);
      actions.y = footer.y;
      column.height = MAX (0, footer.y - SPACING);
    }
  gtk_widget_size_allocate (self->column, &column, -1);
  gtk_widget_size_allocate (self->actions, &actions, -1);
  if (self->menu != NULL && gtk_widget_get_visible (self->menu))
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static GtkSizeRequestMode
mz_assistant_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mz_assistant_row_dispose (GObject *object)
{
  MzAssistantRow *self = MZ_ASSISTANT_ROW (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->column, gtk_widget_unparent);
  g_clear_pointer (&self->footer, gtk_widget_unparent);
  g_clear_pointer (&self->actions, gtk_widget_unparent);
  g_clear_object (&self->group);
  g_clear_object (&self->message);
  g_clear_object (&self->gateway);
  g_clear_object (&self->chat);
  G_OBJECT_CLASS (mz_assistant_row_parent_class)->dispose (object);
}

static void
mz_assistant_row_finalize (GObject *object)
{
  g_string_free (MZ_ASSISTANT_ROW (object)->pieces, TRUE);
  G_OBJECT_CLASS (mz_assistant_row_parent_class)->finalize (object);
}

static void
mz_assistant_row_class_init (MzAssistantRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_assistant_row_dispose;
  object_class->finalize = mz_assistant_row_finalize;
  widget_class->measure = mz_assistant_row_measure;
  widget_class->size_allocate = mz_assistant_row_size_allocate;
  widget_class->get_request_mode = mz_assistant_row_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "assistantrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
mz_assistant_row_init (MzAssistantRow *self)
{
  GtkWidget *copy = mz_row_button_new ("edit-copy-symbolic", _("Copy"));

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->pieces = g_string_new (NULL);
  self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING);
  self->view = mz_markdown_view_new ();
  gtk_box_append (GTK_BOX (self->column), self->view);
  gtk_widget_set_parent (self->column, GTK_WIDGET (self));

  self->actions = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->actions, "row-actions");
  g_signal_connect (copy, "clicked", G_CALLBACK (copy_cb), self);
  gtk_box_append (GTK_BOX (self->actions), copy);
  self->menu_button = mz_row_button_new ("view-more-symbolic", _("More"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_HAS_POPUP, TRUE, -1);
  g_signal_connect (self->menu_button, "clicked", G_CALLBACK (menu_cb), self);
  gtk_box_append (GTK_BOX (self->actions), self->menu_button);
  gtk_widget_set_parent (self->actions, GTK_WIDGET (self));
}

GtkWidget *
mz_assistant_row_new (MzMessage *message,
                      MzGateway *gateway,
                      MzChat    *chat)
{
  MzAssistantRow *self;

  g_return_val_if_fail (MZ_IS_MESSAGE (message), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);
  g_return_val_if_fail (MZ_IS_CHAT (chat), NULL);

  self = g_object_new (MZ_TYPE_ASSISTANT_ROW, NULL);
  self->message = g_object_ref (message);
  self->gateway = g_object_ref (gateway);
  self->chat = g_object_ref (chat);

  mz_markdown_view_set_text (MZ_MARKDOWN_VIEW (self->view), mz_message_get_text (message));
  update_attachments (self);

  g_signal_connect_object (message, "appended", G_CALLBACK (appended_cb), self, 0);
  g_signal_connect_object (message, "replaced", G_CALLBACK (replaced_cb), self, 0);
  g_signal_connect_object (message, "notify", G_CALLBACK (notify_cb), self, 0);
  g_signal_connect_object (chat, "notify::running", G_CALLBACK (update_footer), self, G_CONNECT_SWAPPED);
  update_dots (self);
  update_note (self);
  update_footer (self);
  mz_row_set_reader_label (GTK_WIDGET (self), message);
  return GTK_WIDGET (self);
}
