/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-conversation-private.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-conversation-resource.h"
#include "mz-message-row.h"
#include "mz-row-text.h"
#include "mz-row-util.h"

G_DEFINE_FINAL_TYPE (MzConversation, mz_conversation, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_SETTINGS,
  PROP_GATEWAY,
  PROP_CHAT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Where one was reading: a row by what the gateway calls it, for the object can be another one by then. */
typedef struct
{
  char *id;
  guint block;
  double offset;
} Place;

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->id);
  g_free (place);
}

static char *
place_key (MzConversation *self)
{
  return g_strdup_printf ("%s\n%s", mz_gateway_entry_get_id (mz_gateway_get_entry (self->gateway)), mz_chat_get_key (self->chat));
}

static void
keep_place (MzConversation *self)
{
  g_autofree char *key = place_key (self);
  gpointer item = NULL;
  double offset = 0;
  const char *id = NULL;

  /* What was not reached yet stays where it was to be. */
  if (self->place_wanted)
    return;

  if (mz_transcript_get_anchor (self->transcript, &item, &offset) && MZ_IS_MESSAGE (item))
    id = mz_message_get_id (item);

  if (id != NULL)
    {
      Place *place = g_new0 (Place, 1);

      place->id = g_strdup (id);
      place->block = mz_message_get_block (item);
      place->offset = offset;
      g_hash_table_replace (self->places, g_steal_pointer (&key), place);
    }
  else
    {
      g_hash_table_remove (self->places, key);
    }
}

static void
take_place (MzConversation *self)
{
  g_autofree char *key = place_key (self);
  Place *place = g_hash_table_lookup (self->places, key);
  MzMessage *message;

  if (place == NULL)
    {
      self->place_wanted = FALSE;
      return;
    }

  message = mz_timeline_lookup_id (mz_chat_get_timeline (self->chat), place->id, place->block);
  if (message != NULL)
    mz_transcript_set_anchor (self->transcript, message, place->offset);
  self->place_wanted = message == NULL && !mz_session_get_loaded (mz_chat_get_session (self->chat));
}

static void
update_jump (MzConversation *self)
{
  gboolean at_bottom = mz_transcript_get_at_bottom (self->transcript);
  guint n_rows = self->items != NULL ? g_list_model_get_n_items (mz_conversation_items_get_model (self->items)) : 0;
  guint n_approvals = self->items != NULL ? g_list_model_get_n_items (mz_conversation_items_get_approvals (self->items)) : 0;
  gboolean shown = !at_bottom && n_rows > 0;
  g_autofree char *text = NULL;

  if (at_bottom)
    self->n_new = 0;

  if (n_approvals > 0)
    text = g_strdup (_("Approval waiting"));
  else if (self->n_new > 0)
    text = g_strdup_printf (ngettext ("%u new reply", "%u new replies", self->n_new), self->n_new);
  else
    text = g_strdup (_("Jump to latest"));

  if (n_approvals > 0)
    gtk_widget_add_css_class (self->jump_button, "waiting");
  else
    gtk_widget_remove_css_class (self->jump_button, "waiting");

  /* While it fades out it says what it said. */
  if (shown)
    gtk_label_set_text (self->jump_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->jump_button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  /* Faded out, it is no longer there for a screen reader. */
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->jump_button), GTK_ACCESSIBLE_STATE_HIDDEN, !shown, -1);
  gtk_revealer_set_reveal_child (self->jump_revealer, shown);
  gtk_widget_set_can_target (GTK_WIDGET (self->jump_revealer), shown);
  gtk_widget_set_can_focus (GTK_WIDGET (self->jump_revealer), shown);
}

static void
at_bottom_cb (MzConversation *self)
{
  update_jump (self);
}

static void
near_top_cb (MzConversation *self)
{
  if (self->chat != NULL)
    mz_conversation_want_older (self);
}

static void
jump_cb (MzConversation *self)
{
  mz_transcript_scroll_to_bottom (self->transcript);
  mz_conversation_focus_composer (self);
}

static void
load_again_cb (MzConversation *self)
{
  mz_conversation_open_session (self);
}

static void
sent_cb (MzConversation *self)
{
  mz_transcript_scroll_to_bottom (self->transcript);
}

static void
suggestion_cb (GtkButton      *button,
               MzConversation *self)
{
  mz_chat_send_text (self->chat, gtk_button_get_label (button));
  mz_transcript_scroll_to_bottom (self->transcript);
  mz_conversation_focus_composer (self);
}

/* Rows that come at the end: how long they take, and how many one has not seen. */
static void
timeline_changed_cb (MzConversation *self,
                     guint           position,
                     guint           removed,
                     guint           added,
                     GListModel     *timeline)
{
  gboolean at_end = position + removed == self->n_timeline;
  g_autoptr (MzMessage) previous = NULL;

  self->n_timeline = g_list_model_get_n_items (timeline);
  if (at_end && added > 0 && position > 0)
    previous = g_list_model_get_item (timeline, position - 1);
  for (guint i = 0; at_end && i < added; i++)
    {
      g_autoptr (MzMessage) message = g_list_model_get_item (timeline, position + i);

      mz_row_clock_begin (message, previous);
      if (mz_message_get_kind (message) == MZ_MESSAGE_ASSISTANT && !mz_transcript_get_at_bottom (self->transcript))
        self->n_new++;
      g_set_object (&previous, message);
    }
  update_jump (self);
  mz_conversation_update_actions (self);
}

static void
approvals_changed_cb (MzConversation *self,
                      guint           position,
                      guint           removed,
                      guint           added,
                      GListModel     *approvals)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (MzApproval) approval = g_list_model_get_item (approvals, position + i);
      g_autofree char *command = mz_row_text_first_line (mz_approval_get_command (approval), 200);
      g_autofree char *text = g_strdup_printf (_("The agent wants to run a command: %s"), command);

      mz_compat_announce (GTK_WIDGET (self), text);
    }
  update_jump (self);
}

static void
reply_ended_cb (MzConversation *self,
                const char     *run_id,
                MzRunOutcome    outcome,
                GError         *error)
{
  static const char * const words[] = {
    [MZ_RUN_DONE] = N_("The reply is complete"),
    [MZ_RUN_FAILED] = N_("The reply failed"),
    [MZ_RUN_ABORTED] = N_("The reply was stopped"),
  };

  if (outcome < G_N_ELEMENTS (words))
    mz_compat_announce (GTK_WIDGET (self), _(words[outcome]));
}

/* What the gateway refused stands in its row; what could not even be asked is told where one goes on writing. */
static void
send_failed_cb (MzConversation *self,
                MzMessage      *row,
                GError         *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return;

  mz_composer_add_problem (self->composer, error->message);
  mz_conversation_focus_composer (self);
}

static void
items_changed_cb (MzConversation *self)
{
  mz_conversation_update_page (self);
}

static void
loading_changed_cb (MzConversation *self)
{
  if (self->place_wanted && mz_session_get_loaded (mz_chat_get_session (self->chat)))
    take_place (self);
  mz_conversation_update_page (self);
  mz_conversation_load_older (self);
}

static void
gateway_state_cb (MzConversation *self)
{
  mz_conversation_open_session (self);
  mz_conversation_load_older (self);
}

static void
session_changed_cb (MzConversation *self)
{
  MzTimeline *timeline = mz_chat_get_timeline (self->chat);

  mz_conversation_clear_history (self);
  self->n_timeline = g_list_model_get_n_items (G_LIST_MODEL (timeline));
  self->n_new = 0;
  g_signal_group_set_target (self->session_signals, mz_chat_get_session (self->chat));
  g_signal_group_set_target (self->timeline_signals, timeline);
  mz_conversation_open_session (self);
  mz_conversation_update_actions (self);
}

static void
running_changed_cb (MzConversation *self)
{
  mz_conversation_update_actions (self);
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  MzConversation *self = user_data;

  return mz_message_row_new (item, self->gateway, self->chat);
}

static void
init_suggestions (MzConversation *self)
{
  static const char * const suggestions[] = {
    N_("What can you help me with?"),
    N_("Summarise what happened since yesterday"),
    N_("Plan my day with me"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (suggestions); i++)
    {
      GtkWidget *button = gtk_button_new_with_label (_(suggestions[i]));
      GtkWidget *label = gtk_button_get_child (GTK_BUTTON (button));

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
      gtk_widget_add_css_class (button, "suggestion");
      g_signal_connect (button, "clicked", G_CALLBACK (suggestion_cb), self);
      gtk_box_append (self->suggestions, button);
    }
}

static void
init_signals (MzConversation *self)
{
  self->gateway_signals = g_signal_group_new (MZ_TYPE_GATEWAY);
  g_signal_group_connect_swapped (self->gateway_signals, "notify::state", G_CALLBACK (gateway_state_cb), self);

  self->chat_signals = g_signal_group_new (MZ_TYPE_CHAT);
  g_signal_group_connect_swapped (self->chat_signals, "notify::session", G_CALLBACK (session_changed_cb), self);
  g_signal_group_connect_swapped (self->chat_signals, "notify::running", G_CALLBACK (running_changed_cb), self);
  g_signal_group_connect_swapped (self->chat_signals, "reply-ended", G_CALLBACK (reply_ended_cb), self);
  g_signal_group_connect_swapped (self->chat_signals, "send-failed", G_CALLBACK (send_failed_cb), self);

  self->session_signals = g_signal_group_new (MZ_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::loaded", G_CALLBACK (loading_changed_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::loading", G_CALLBACK (loading_changed_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::has-older", G_CALLBACK (mz_conversation_load_older), self);

  self->timeline_signals = g_signal_group_new (MZ_TYPE_TIMELINE);
  g_signal_group_connect_swapped (self->timeline_signals, "items-changed", G_CALLBACK (timeline_changed_cb), self);
  self->approvals_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->approvals_signals, "items-changed", G_CALLBACK (approvals_changed_cb), self);
  self->items_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->items_signals, "items-changed", G_CALLBACK (items_changed_cb), self);
}

static void
mz_conversation_constructed (GObject *object)
{
  MzConversation *self = MZ_CONVERSATION (object);
  GtkWidget *composer;

  G_OBJECT_CLASS (mz_conversation_parent_class)->constructed (object);

  composer = mz_composer_new (self->settings);
  self->composer = MZ_COMPOSER (composer);
  g_signal_connect_swapped (composer, "sent", G_CALLBACK (sent_cb), self);
  adw_clamp_set_child (self->composer_clamp, composer);
}

static void
mz_conversation_dispose (GObject *object)
{
  MzConversation *self = MZ_CONVERSATION (object);

  if (self->overlay != NULL)
    {
      mz_conversation_set_chat (self, NULL, NULL);
      mz_conversation_clear_history (self);
      mz_transcript_set_create_func (self->transcript, NULL, NULL, NULL);
    }
  self->composer = NULL;
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_object (&self->gateway_signals);
  g_clear_object (&self->chat_signals);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->timeline_signals);
  g_clear_object (&self->approvals_signals);
  g_clear_object (&self->items_signals);
  g_clear_object (&self->actions);
  g_clear_object (&self->settings);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (mz_conversation_parent_class)->dispose (object);
}

static void
mz_conversation_finalize (GObject *object)
{
  MzConversation *self = MZ_CONVERSATION (object);

  g_hash_table_unref (self->places);
  G_OBJECT_CLASS (mz_conversation_parent_class)->finalize (object);
}

static void
mz_conversation_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  MzConversation *self = MZ_CONVERSATION (object);

  switch (prop_id)
    {
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    case PROP_GATEWAY:
      g_value_set_object (value, self->gateway);
      break;
    case PROP_CHAT:
      g_value_set_object (value, self->chat);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_conversation_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  MzConversation *self = MZ_CONVERSATION (object);

  switch (prop_id)
    {
    case PROP_SETTINGS:
      self->settings = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_conversation_class_init (MzConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_conversation_constructed;
  object_class->dispose = mz_conversation_dispose;
  object_class->finalize = mz_conversation_finalize;
  object_class->get_property = mz_conversation_get_property;
  object_class->set_property = mz_conversation_set_property;

  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS,
                                              G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, MZ_TYPE_GATEWAY,
                                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_CHAT] = g_param_spec_object ("chat", NULL, NULL, MZ_TYPE_CHAT,
                                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "conversation");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  /* After the composer, for which it is the end of the text. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_End, GDK_CONTROL_MASK, "conversation.jump-to-latest", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/conversation/ui/conversation.ui");
  gtk_widget_class_bind_template_child (widget_class, MzConversation, overlay);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, stack);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, transcript);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, loading_spinner);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, failed_page);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, empty_page);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, suggestions);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, jump_revealer);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, jump_button);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, jump_label);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, drop_revealer);
  gtk_widget_class_bind_template_child (widget_class, MzConversation, composer_clamp);
  gtk_widget_class_bind_template_callback (widget_class, near_top_cb);
  gtk_widget_class_bind_template_callback (widget_class, at_bottom_cb);
  gtk_widget_class_bind_template_callback (widget_class, jump_cb);
  gtk_widget_class_bind_template_callback (widget_class, load_again_cb);
}

static void
mz_conversation_init (MzConversation *self)
{
  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, place_free);
  gtk_widget_init_template (GTK_WIDGET (self));

  init_signals (self);
  init_suggestions (self);
  mz_conversation_init_drop (self);
  mz_conversation_init_history (self);
  mz_conversation_init_actions (self);
  mz_transcript_set_create_func (self->transcript, create_row, self, NULL);
  mz_transcript_set_spacing_func (self->transcript, mz_message_row_spacing, NULL, NULL);
  mz_conversation_update_page (self);
  mz_conversation_update_actions (self);
}

/**
 * mz_conversation_init_types:
 *
 * Registers what the widgets of this folder are made from. Call it once, after mz_content_init().
 */
void
mz_conversation_init_types (void)
{
  mz_conversation_register_resource ();
  g_type_ensure (MZ_TYPE_TRANSCRIPT);
  g_type_ensure (MZ_TYPE_COMPOSER);
  g_type_ensure (MZ_TYPE_CONVERSATION);
}

/**
 * mz_conversation_new:
 * @settings: the application's settings
 *
 * Returns: (transfer floating): an empty conversation
 */
GtkWidget *
mz_conversation_new (GSettings *settings)
{
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  return g_object_new (MZ_TYPE_CONVERSATION, "settings", settings, NULL);
}

static void
let_go (MzConversation *self)
{
  if (self->chat == NULL)
    return;

  keep_place (self);
  mz_conversation_clear_history (self);
  g_signal_group_set_target (self->gateway_signals, NULL);
  g_signal_group_set_target (self->chat_signals, NULL);
  g_signal_group_set_target (self->session_signals, NULL);
  g_signal_group_set_target (self->timeline_signals, NULL);
  g_signal_group_set_target (self->approvals_signals, NULL);
  g_signal_group_set_target (self->items_signals, NULL);
  mz_transcript_set_model (self->transcript, NULL);
  g_clear_object (&self->items);
  g_clear_object (&self->chat);
  g_clear_object (&self->gateway);
}

/**
 * mz_conversation_set_chat:
 * @self: a conversation
 * @gateway: (nullable): the gateway of @chat
 * @chat: (nullable): what to show
 *
 * Shows another conversation: where one was reading in it before, or its end.
 */
void
mz_conversation_set_chat (MzConversation *self,
                          MzGateway      *gateway,
                          MzChat         *chat)
{
  g_return_if_fail (MZ_IS_CONVERSATION (self));
  g_return_if_fail (chat == NULL || MZ_IS_CHAT (chat));
  g_return_if_fail (chat == NULL || MZ_IS_GATEWAY (gateway));

  if (self->chat == chat)
    return;

  let_go (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (chat != NULL)
    {
      self->gateway = g_object_ref (gateway);
      self->chat = g_object_ref (chat);
      self->items = mz_conversation_items_new (gateway, chat);
      mz_transcript_set_model (self->transcript, mz_conversation_items_get_model (self->items));
      take_place (self);

      g_signal_group_set_target (self->gateway_signals, gateway);
      g_signal_group_set_target (self->chat_signals, chat);
      g_signal_group_set_target (self->approvals_signals, mz_conversation_items_get_approvals (self->items));
      g_signal_group_set_target (self->items_signals, mz_conversation_items_get_model (self->items));
      session_changed_cb (self);
    }
  if (self->composer != NULL)
    mz_composer_set_chat (self->composer, gateway, chat);
  mz_conversation_update_page (self);
  mz_conversation_update_actions (self);
  update_jump (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_GATEWAY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CHAT]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * mz_conversation_get_chat:
 * @self: a conversation
 *
 * Returns: (transfer none) (nullable): what is shown
 */
MzChat *
mz_conversation_get_chat (MzConversation *self)
{
  g_return_val_if_fail (MZ_IS_CONVERSATION (self), NULL);

  return self->chat;
}

/**
 * mz_conversation_focus_composer:
 * @self: a conversation
 *
 * Puts the cursor where one writes.
 */
void
mz_conversation_focus_composer (MzConversation *self)
{
  g_return_if_fail (MZ_IS_CONVERSATION (self));

  if (self->composer != NULL)
    mz_composer_grab_text (self->composer);
}
