/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-composer-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "mz-compat.h"

/* The completion is not wider than this, px. */
#define MAX_COMPLETION_WIDTH 480

enum
{
  PROP_0,
  PROP_SETTINGS,
  N_PROPS
};

enum
{
  SIGNAL_SENT,
  SIGNAL_SUBMIT,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzComposer, mz_composer, GTK_TYPE_WIDGET)

/* Where the cursor was in a chat's draft, plus one. */
static G_DEFINE_QUARK (mz-composer-cursor, cursor);

static GtkTextBuffer *
get_buffer (MzComposer *self)
{
  return gtk_text_view_get_buffer (self->text_view);
}

/* (transfer full) */
static char *
dup_text (MzComposer *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (get_buffer (self), &start, &end);
  return gtk_text_buffer_get_text (get_buffer (self), &start, &end, TRUE);
}

/* There is a conversation, or somebody who makes one. */
static gboolean
can_write (MzComposer *self)
{
  return self->chat != NULL || g_signal_has_handler_pending (self, signals[SIGNAL_SUBMIT], 0, TRUE);
}

static void
update_hint (MzComposer *self)
{
  MzGatewayEntry *entry = self->gateway != NULL ? mz_gateway_get_entry (self->gateway) : NULL;
  g_autofree char *hint = NULL;

  /* Translators: what stands in the empty text; the name of a gateway */
  hint = entry != NULL ? g_strdup_printf (_("Message %s"), mz_gateway_entry_get_name (entry)) : g_strdup (_("Write a message"));
  gtk_label_set_label (GTK_LABEL (self->hint_label), hint);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text_view), GTK_ACCESSIBLE_PROPERTY_PLACEHOLDER, hint, -1);
}

static void
set_blocked (MzComposer *self,
             const char *sentence)
{
  gboolean visible = sentence != NULL;

  if (visible && g_strcmp0 (gtk_label_get_label (GTK_LABEL (self->blocked_label)), sentence) != 0)
    {
      gtk_label_set_label (GTK_LABEL (self->blocked_label), sentence);
      mz_compat_announce (GTK_WIDGET (self), sentence);
    }
  else if (!visible)
    gtk_label_set_label (GTK_LABEL (self->blocked_label), "");
  gtk_widget_set_visible (self->blocked_row, visible);
}

/*< private >
 * mz_composer_update:
 * @self: a composer
 *
 * Shows what can be pressed now, and why not.
 */
void
mz_composer_update (MzComposer *self)
{
  g_autofree char *text = dup_text (self);
  g_autofree char *blocked = NULL;
  gboolean has_files = g_list_model_get_n_items (mz_draft_files_get_items (self->files)) > 0;
  gboolean has_something = has_files || !mz_chat_text_is_blank (text);
  gboolean running = self->chat != NULL && mz_chat_get_running (self->chat);
  const char *why = NULL;

  gtk_widget_set_visible (self->hint_label, text[0] == '\0' && !self->composing);
  gtk_widget_set_visible (self->chips_bin, has_files);
  gtk_widget_set_sensitive (self->card, can_write (self));
  gtk_widget_set_sensitive (self->attach_button, !self->busy);

  if (has_something)
    blocked = mz_draft_files_check (self->files, text);
  set_blocked (self, blocked);

  if (!has_something)
    why = _("Write a message or attach a file first");
  else if (blocked != NULL)
    why = blocked;
  else if (mz_draft_files_get_reading (self->files))
    why = _("A file is still being read");
  else if (self->busy)
    why = _("The conversation is being made");
  self->sendable = can_write (self) && why == NULL;

  /* A button that goes must not take the keyboard with it. */
  if ((gtk_widget_is_focus (self->stop_button) && !running) || (gtk_widget_is_focus (self->send_button) && !self->sendable))
    mz_composer_grab_text (self);

  gtk_widget_set_sensitive (self->send_button, self->sendable);
  gtk_widget_set_tooltip_text (self->send_button, why != NULL ? why : _("Send"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->send_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Send"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, why != NULL ? why : "", -1);
  gtk_widget_set_visible (self->send_button, has_something || !running);
  gtk_widget_set_visible (self->stop_button, running);
}

static void
text_changed_cb (MzComposer *self)
{
  g_autofree char *text = NULL;

  if (!self->changing)
    {
      text = dup_text (self);
      self->changing = TRUE;
      if (self->chat != NULL)
        mz_chat_set_draft (self->chat, text);
      else
        {
          g_free (self->own_draft);
          self->own_draft = g_strdup (text);
        }
      self->changing = FALSE;
      mz_completion_update (self->completion, text);
    }
  mz_composer_update (self);
}

/* The draft can be changed by somebody else: when it was sent, or by a link. */
static void
show_draft (MzComposer *self)
{
  const char *draft = self->chat != NULL ? mz_chat_get_draft (self->chat) : self->own_draft;
  g_autofree char *text = dup_text (self);

  if (self->changing || g_strcmp0 (draft, text) == 0)
    return;

  self->changing = TRUE;
  gtk_text_buffer_set_text (get_buffer (self), draft != NULL ? draft : "", -1);
  self->changing = FALSE;
}

static void
draft_changed_cb (MzComposer *self)
{
  if (self->changing)
    return;
  show_draft (self);
  mz_composer_show_cursor (self);
  mz_completion_update (self->completion, mz_chat_get_draft (self->chat));
}

static void
save_cursor (MzComposer *self)
{
  GtkTextIter iter;
  GtkTextBuffer *buffer = get_buffer (self);

  if (self->chat == NULL)
    return;
  gtk_text_buffer_get_iter_at_mark (buffer, &iter, gtk_text_buffer_get_insert (buffer));
  g_object_set_qdata (G_OBJECT (self->chat), cursor_quark (), GINT_TO_POINTER (gtk_text_iter_get_offset (&iter) + 1));
}

static void
restore_cursor (MzComposer *self)
{
  int offset = self->chat != NULL ? GPOINTER_TO_INT (g_object_get_qdata (G_OBJECT (self->chat), cursor_quark ())) - 1 : -1;
  GtkTextBuffer *buffer = get_buffer (self);
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (buffer, &iter, offset);
  gtk_text_buffer_place_cursor (buffer, &iter);
  mz_composer_show_cursor (self);
}

static void
send (MzComposer *self)
{
  if (!self->sendable)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }

  if (self->chat == NULL)
    g_signal_emit (self, signals[SIGNAL_SUBMIT], 0);
  else if (mz_chat_send (self->chat))
    {
      /* What was wrong with other files is of no interest any more. */
      g_list_store_remove_all (mz_draft_files_get_problems (self->files));
      g_signal_emit (self, signals[SIGNAL_SENT], 0);
    }
}

static void
send_clicked_cb (MzComposer *self)
{
  send (self);
  mz_composer_grab_text (self);
}

static gboolean
stop_run (MzComposer *self)
{
  if (self->chat == NULL || !mz_chat_get_running (self->chat))
    return FALSE;
  /* The conversation's own action, which also says that it stops; there may be none around. */
  if (!gtk_widget_activate_action (GTK_WIDGET (self), "conversation.stop", NULL))
    mz_chat_stop (self->chat);
  return TRUE;
}

static void
stop_clicked_cb (MzComposer *self)
{
  stop_run (self);
  mz_composer_grab_text (self);
}

static gboolean
is_enter (guint keyval)
{
  return keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_ISO_Enter;
}

/* Before the text's own handling. Keys that can mean something here are shown to the input method first: for it, Enter may choose a
 * candidate, also while there is no text of it in the view. */
static gboolean
key_pressed_cb (MzComposer            *self,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));
  gboolean ctrl_enter = FALSE;

  if (self->composing || !(is_enter (keyval) || keyval == GDK_KEY_Escape || mz_completion_wants_key (self->completion, keyval, state)))
    return FALSE;
  if (event != NULL && gtk_text_view_im_context_filter_keypress (self->text_view, event))
    return TRUE;

  if (mz_completion_handle_key (self->completion, keyval, state))
    return TRUE;
  if (keyval == GDK_KEY_Escape)
    return stop_run (self);

  if (self->settings != NULL)
    ctrl_enter = g_settings_get_enum (self->settings, "send-key") != 0;
  if (!mz_composer_key_sends (keyval, state, ctrl_enter))
    return FALSE;
  send (self);
  return TRUE;
}

static void
preedit_changed_cb (MzComposer *self,
                    const char *preedit)
{
  self->composing = preedit != NULL && preedit[0] != '\0';
  mz_composer_update (self);
}

static void
focus_left_cb (MzComposer *self)
{
  /* Another widget or window: a list over it would be in the way. It comes back with the next letter. */
  mz_completion_hide (self->completion);
}

static void
command_chosen_cb (MzComposer *self,
                   MzCommand  *command)
{
  GtkTextBuffer *buffer = get_buffer (self);
  g_autofree char *text = g_strdup_printf ("/%s ", mz_command_get_name (command));
  GtkTextIter start, end;

  /* As one step of undoing. */
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (buffer);
  mz_composer_grab_text (self);
}

static void
completion_open_cb (MzComposer *self)
{
  int width = gtk_widget_get_width (self->card);

  if (mz_completion_is_open (self->completion))
    gtk_widget_set_size_request (GTK_WIDGET (self->completion), CLAMP (width - 24, -1, MAX_COMPLETION_WIDTH), -1);
}

static void
set_files (MzComposer   *self,
           MzDraftFiles *files)
{
  mz_draft_files_set_gateway (files, self->gateway);
  if (!g_set_object (&self->files, files))
    return;
  g_signal_group_set_target (self->files_signals, files);
  g_signal_group_set_target (self->items_signals, mz_draft_files_get_items (files));
  g_signal_group_set_target (self->problems_signals, mz_draft_files_get_problems (files));
  mz_composer_show_chips (self);
  mz_composer_show_problems (self);
}

static void
commands_changed_cb (MzComposer *self)
{
  mz_completion_set_commands (self->completion, self->gateway != NULL ? mz_gateway_get_commands (self->gateway) : NULL);
}

static void
mz_composer_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mz_composer_parent_class)->map (widget);

  mz_composer_follow_window (MZ_COMPOSER (widget));
  mz_composer_update (MZ_COMPOSER (widget));
}

static void
mz_composer_unmap (GtkWidget *widget)
{
  mz_composer_leave_window (MZ_COMPOSER (widget));

  GTK_WIDGET_CLASS (mz_composer_parent_class)->unmap (widget);
}

static void
mz_composer_dispose (GObject *object)
{
  MzComposer *self = MZ_COMPOSER (object);
  GtkWidget *child;

  if (self->text_view != NULL)
    save_cursor (self);
  g_clear_handle_id (&self->resize_idle, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chat_signals);
  g_clear_object (&self->gateway_signals);
  g_clear_object (&self->entry_signals);
  g_clear_object (&self->files_signals);
  g_clear_object (&self->items_signals);
  g_clear_object (&self->problems_signals);
  g_clear_pointer ((GtkWidget **) &self->completion, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_COMPOSER);
  /* In GTK 4.8 that lets go of what is bound only. */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->chat);
  g_clear_object (&self->gateway);
  g_clear_object (&self->files);
  g_clear_object (&self->own_files);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (mz_composer_parent_class)->dispose (object);
}

static void
mz_composer_finalize (GObject *object)
{
  MzComposer *self = MZ_COMPOSER (object);

  g_clear_object (&self->cancellable);
  g_free (self->own_draft);

  G_OBJECT_CLASS (mz_composer_parent_class)->finalize (object);
}

static void
mz_composer_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  MzComposer *self = MZ_COMPOSER (object);

  switch (prop_id)
    {
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_composer_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  MzComposer *self = MZ_COMPOSER (object);

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
mz_composer_class_init (MzComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_composer_dispose;
  object_class->finalize = mz_composer_finalize;
  object_class->get_property = mz_composer_get_property;
  object_class->set_property = mz_composer_set_property;
  widget_class->map = mz_composer_map;
  widget_class->unmap = mz_composer_unmap;

  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS,
                                              G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * MzComposer::sent:
   *
   * A message went to the chat.
   */
  signals[SIGNAL_SENT] = g_signal_new ("sent", MZ_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * MzComposer::submit:
   *
   * A message is to be sent, and there is no conversation yet: make one, and hand everything to it with mz_composer_move_draft().
   */
  signals[SIGNAL_SUBMIT] = g_signal_new ("submit", MZ_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/conversation/composer.ui");
  gtk_widget_class_bind_template_child (widget_class, MzComposer, problems_box);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, blocked_row);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, blocked_label);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, card);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, chips_bin);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, chips);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, attach_button);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, text_scroller);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, text_view);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, hint_label);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, stop_button);
  gtk_widget_class_bind_template_child (widget_class, MzComposer, send_button);
  gtk_widget_class_bind_template_callback (widget_class, mz_composer_attach);
  gtk_widget_class_bind_template_callback (widget_class, send_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "composer");
}

static GSignalGroup *
group_new (MzComposer *self,
           GType       type,
           const char *signal,
           GCallback   callback)
{
  GSignalGroup *group = g_signal_group_new (type);

  g_signal_group_connect_swapped (group, signal, callback, self);
  return group;
}

static void
init_signals (MzComposer *self)
{
  self->chat_signals = group_new (self, MZ_TYPE_CHAT, "notify::draft", G_CALLBACK (draft_changed_cb));
  g_signal_group_connect_swapped (self->chat_signals, "notify::running", G_CALLBACK (mz_composer_update), self);
  self->gateway_signals = group_new (self, MZ_TYPE_GATEWAY, "notify::commands", G_CALLBACK (commands_changed_cb));
  /* Limits come with each connection. */
  g_signal_group_connect_swapped (self->gateway_signals, "notify::state", G_CALLBACK (mz_composer_update), self);
  self->entry_signals = group_new (self, MZ_TYPE_GATEWAY_ENTRY, "notify::name", G_CALLBACK (update_hint));
  self->files_signals = group_new (self, MZ_TYPE_DRAFT_FILES, "notify::reading", G_CALLBACK (mz_composer_update));
  self->items_signals = group_new (self, G_TYPE_LIST_MODEL, "items-changed", G_CALLBACK (mz_composer_chips_changed));
  self->problems_signals = group_new (self, G_TYPE_LIST_MODEL, "items-changed", G_CALLBACK (mz_composer_problems_changed));
}

static void
mz_composer_init (MzComposer *self)
{
  g_autoptr (GListStore) attachments = g_list_store_new (MZ_TYPE_OUTGOING);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->cancellable = g_cancellable_new ();
  self->own_draft = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  init_signals (self);

  self->completion = MZ_COMPLETION (mz_completion_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->completion), self->card);
  g_signal_connect_object (self->completion, "chosen", G_CALLBACK (command_chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->completion, "notify::open", G_CALLBACK (completion_open_cb), self, G_CONNECT_SWAPPED);

  self->key_controller = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->key_controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (self->key_controller, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->text_view), self->key_controller);

  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->text_view), focus);

  g_signal_connect_object (self->text_view, "preedit-changed", G_CALLBACK (preedit_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_buffer (self), "changed", G_CALLBACK (text_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_text_buffer_set_enable_undo (get_buffer (self), TRUE);

  mz_composer_init_size (self);
  mz_composer_init_chips (self);
  mz_composer_init_files (self);
  self->own_files = mz_draft_files_new (attachments);
  set_files (self, self->own_files);
  update_hint (self);
  mz_composer_update (self);
}

/*< private >
 * mz_composer_key_sends:
 * @keyval: a key
 * @state: the modifiers
 * @ctrl_enter: only Ctrl+Enter sends
 *
 * Returns: whether it sends the message; otherwise Enter breaks the line
 */
gboolean
mz_composer_key_sends (guint           keyval,
                       GdkModifierType state,
                       gboolean        ctrl_enter)
{
  GdkModifierType modifiers = state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK);

  if (!is_enter (keyval))
    return FALSE;
  return modifiers == GDK_CONTROL_MASK || (!ctrl_enter && modifiers == 0);
}

/**
 * mz_composer_new:
 * @settings: (nullable): the app's settings
 *
 * Returns: (transfer floating): a composer without a conversation
 */
GtkWidget *
mz_composer_new (GSettings *settings)
{
  g_return_val_if_fail (settings == NULL || G_IS_SETTINGS (settings), NULL);

  return g_object_new (MZ_TYPE_COMPOSER, "settings", settings, NULL);
}

/**
 * mz_composer_set_chat:
 * @self: a composer
 * @gateway: (nullable): whose limits and commands count
 * @chat: (nullable): the conversation
 *
 * Shows another conversation's draft. Text, cursor and files of the one before stay with it.
 */
void
mz_composer_set_chat (MzComposer *self,
                      MzGateway  *gateway,
                      MzChat     *chat)
{
  g_return_if_fail (MZ_IS_COMPOSER (self));
  g_return_if_fail (gateway == NULL || MZ_IS_GATEWAY (gateway));
  g_return_if_fail (chat == NULL || MZ_IS_CHAT (chat));

  if (self->chat != chat)
    {
      save_cursor (self);
      mz_completion_hide (self->completion);
      gtk_text_view_reset_im_context (self->text_view);
    }

  if (g_set_object (&self->gateway, gateway))
    {
      g_signal_group_set_target (self->gateway_signals, gateway);
      g_signal_group_set_target (self->entry_signals, gateway != NULL ? mz_gateway_get_entry (gateway) : NULL);
      commands_changed_cb (self);
      update_hint (self);
    }
  if (g_set_object (&self->chat, chat))
    {
      g_signal_group_set_target (self->chat_signals, chat);
      show_draft (self);
      restore_cursor (self);
    }
  set_files (self, chat != NULL ? mz_draft_files_for_chat (chat) : self->own_files);
  mz_composer_update (self);
}

/**
 * mz_composer_grab_text:
 * @self: a composer
 *
 * Returns: whether the text has the keyboard now
 */
gboolean
mz_composer_grab_text (MzComposer *self)
{
  g_return_val_if_fail (MZ_IS_COMPOSER (self), FALSE);

  return gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
}

/**
 * mz_composer_suggest:
 * @self: a composer
 * @text: what could be sent
 *
 * Puts a text in, when nothing is there yet; the person sends it or not.
 */
void
mz_composer_suggest (MzComposer *self,
                     const char *text)
{
  g_return_if_fail (MZ_IS_COMPOSER (self));
  g_return_if_fail (text != NULL);

  if (mz_composer_is_empty (self))
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text_view)), text, -1);
}

/**
 * mz_composer_move_draft:
 * @self: a composer
 * @chat: a conversation
 *
 * Makes what was written without a conversation the draft of @chat.
 */
void
mz_composer_move_draft (MzComposer *self,
                        MzChat     *chat)
{
  GListStore *from;
  GListStore *to;

  g_return_if_fail (MZ_IS_COMPOSER (self));
  g_return_if_fail (MZ_IS_CHAT (chat));

  mz_chat_set_draft (chat, self->own_draft);
  from = mz_draft_files_get_attachments (self->own_files);
  to = mz_chat_get_attachments (chat);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (from)); i++)
    {
      g_autoptr (MzOutgoing) file = g_list_model_get_item (G_LIST_MODEL (from), i);

      g_list_store_append (to, file);
    }
  g_list_store_remove_all (from);
  g_list_store_remove_all (mz_draft_files_get_problems (self->own_files));
  g_free (self->own_draft);
  self->own_draft = g_strdup ("");
  if (self->chat == NULL)
    show_draft (self);
}

/**
 * mz_composer_is_empty:
 * @self: a composer
 *
 * Returns: whether there is neither text nor a file in it
 */
gboolean
mz_composer_is_empty (MzComposer *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (MZ_IS_COMPOSER (self), TRUE);

  text = dup_text (self);
  return mz_chat_text_is_blank (text) && g_list_model_get_n_items (mz_draft_files_get_items (self->files)) == 0;
}

/**
 * mz_composer_set_busy:
 * @self: a composer
 * @busy: what was submitted is on its way
 *
 * While it is busy, nothing can be submitted again; what is written stays.
 */
void
mz_composer_set_busy (MzComposer *self,
                      gboolean    busy)
{
  g_return_if_fail (MZ_IS_COMPOSER (self));

  self->busy = busy;
  mz_composer_update (self);
}

/**
 * mz_composer_add_problem:
 * @self: a composer
 * @sentence: what is wrong and what to do, translated
 *
 * Says something above the text, until it is dismissed.
 */
void
mz_composer_add_problem (MzComposer *self,
                         const char *sentence)
{
  g_return_if_fail (MZ_IS_COMPOSER (self));
  g_return_if_fail (sentence != NULL);

  mz_draft_files_add_problem (self->files, sentence);
}
