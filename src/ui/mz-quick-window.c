/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-ui"

#include "config.h"

#include "mz-quick-window.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-composer.h"
#include "mz-connection-pages.h"
#include "mz-conversation.h"

/* Once there is a reply to read. */
#define TALK_HEIGHT 480

struct _MzQuickWindow
{
  AdwApplicationWindow parent_instance;

  GtkWidget *title;
  GtkWidget *gateways;
  GtkWidget *open_button;
  GtkWidget *bar;
  GtkWidget *stack;
  GtkWidget *intro;
  GtkWidget *waiting;
  GtkWidget *spinner;
  GtkWidget *waiting_label;
  GtkWidget *cancel_button;
  GtkWidget *composer_box;
  GtkWidget *talk_bin;
  GtkWidget *connect_button;
  MzComposer *composer;
  MzConversation *conversation; /* (nullable): once there is one */

  MzCore *core;
  MzGateway *gateway; /* (nullable) */
  GSignalGroup *gateway_signals;
  char *key;          /* (nullable): of the conversation */
  gboolean submitted; /* the first message is to go out */
  gboolean creating;
  gboolean asking;
  GCancellable *cancellable;
};

enum
{
  SIGNAL_OPEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzQuickWindow, mz_quick_window, ADW_TYPE_APPLICATION_WINDOW)

static void
show_state (MzQuickWindow *self)
{
  const char *name = self->gateway != NULL ? mz_gateway_entry_get_name (mz_gateway_get_entry (self->gateway)) : NULL;
  guint n_gateways = g_list_model_get_n_items (G_LIST_MODEL (self->core));
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->gateways, n_gateways > 1 && self->key == NULL);
  gtk_widget_set_sensitive (self->gateways, !self->submitted);
  gtk_widget_set_visible (self->open_button, self->key != NULL);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->title), n_gateways > 1 && self->key == NULL ? "" : name != NULL ? name : "");

  if (self->submitted && !self->creating)
    /* Translators: a gateway's name */
    text = g_strdup_printf (_("Your message goes out as soon as %s is connected."), name);
  else if (self->submitted)
    text = g_strdup (_("Starting the conversation…"));
  gtk_label_set_label (GTK_LABEL (self->waiting_label), text);
  gtk_widget_set_visible (self->waiting, self->submitted);
  gtk_label_set_label (GTK_LABEL (self->intro), self->submitted ? "" : _("Your message starts a new conversation."));
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), self->submitted);
  mz_composer_set_busy (self->composer, self->submitted);

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    self->key != NULL ? "talk" : self->gateway != NULL ? "write" : "nobody");
}

/* The conversation is there: what was written goes to it, and it takes the composer's place. */
static void
start_talk (MzQuickWindow *self,
            const char    *key)
{
  g_autoptr (MzChat) chat = mz_gateway_open_chat (self->gateway, key);

  self->key = g_strdup (key);
  self->conversation = MZ_CONVERSATION (mz_conversation_new (mz_core_get_settings (self->core)));
  adw_bin_set_child (ADW_BIN (self->talk_bin), GTK_WIDGET (self->conversation));
  mz_composer_move_draft (self->composer, chat);
  mz_conversation_set_chat (self->conversation, self->gateway, chat);
  mz_chat_send (chat);
  show_state (self);
  gtk_window_set_default_size (GTK_WINDOW (self), gtk_widget_get_width (GTK_WIDGET (self)), TALK_HEIGHT);
  mz_conversation_focus_composer (self->conversation);
}

static void
created_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (MzQuickWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *key = mz_session_list_create_finish (MZ_SESSION_LIST (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->creating = FALSE;
  if (key != NULL)
    {
      self->submitted = FALSE;
      start_talk (self, key);
      return;
    }
  /* It goes on waiting for the next connection. */
  if (!mz_gateway_error_is_no_connection (error))
    {
      g_autofree char *sentence = g_strdup_printf (_("The conversation could not be started: %s. Send it again."), error->message);

      self->submitted = FALSE;
      mz_composer_add_problem (self->composer, sentence);
    }
  show_state (self);
}

static void
go_on (MzQuickWindow *self)
{
  MzSessionList *sessions;

  if (!self->submitted || self->creating || self->gateway == NULL)
    return;

  sessions = mz_gateway_get_sessions (self->gateway);
  if (mz_gateway_get_state (self->gateway) == MZ_CLIENT_READY && sessions != NULL)
    {
      self->creating = TRUE;
      mz_session_list_create_async (sessions, NULL, NULL, NULL, self->cancellable, created_cb, g_object_ref (self));
    }
  else if (mz_gateway_get_state (self->gateway) == MZ_CLIENT_OFFLINE)
    mz_gateway_connect (self->gateway);
  show_state (self);
}

static void
submit_cb (MzQuickWindow *self)
{
  if (self->submitted)
    return;
  self->submitted = TRUE;
  go_on (self);
}

static void
forget_submit (MzQuickWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->submitted = FALSE;
  self->creating = FALSE;
}

static void
cancel_clicked_cb (MzQuickWindow *self)
{
  forget_submit (self);
  show_state (self);
  mz_composer_grab_text (self->composer);
}

static void
set_gateway (MzQuickWindow *self,
             MzGateway     *gateway)
{
  if (!g_set_object (&self->gateway, gateway))
    return;
  g_signal_group_set_target (self->gateway_signals, gateway);
  mz_connection_bar_set_gateway (MZ_CONNECTION_BAR (self->bar), gateway);
  mz_composer_set_chat (self->composer, gateway, NULL);
}

static void
gateway_selected_cb (MzQuickWindow *self)
{
  MzGateway *gateway = gtk_drop_down_get_selected_item (GTK_DROP_DOWN (self->gateways));

  /* A conversation stays with its gateway, also when the list moves. */
  if (self->core == NULL || self->key != NULL || self->submitted)
    return;
  set_gateway (self, gateway);
  show_state (self);
}

static gboolean
is_listed (MzQuickWindow *self,
           MzGateway     *gateway)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->core)); i++)
    {
      g_autoptr (MzGateway) listed = g_list_model_get_item (G_LIST_MODEL (self->core), i);

      if (listed == gateway)
        return TRUE;
    }
  return FALSE;
}

static void
gateways_changed_cb (MzQuickWindow *self)
{
  if (self->gateway != NULL && !is_listed (self, self->gateway))
    {
      if (self->submitted)
        forget_submit (self);
      if (self->key == NULL)
        set_gateway (self, gtk_drop_down_get_selected_item (GTK_DROP_DOWN (self->gateways)));
    }
  else if (self->gateway == NULL)
    set_gateway (self, gtk_drop_down_get_selected_item (GTK_DROP_DOWN (self->gateways)));
  show_state (self);
}

/* The one that was shown last. */
static void
select_last (MzQuickWindow *self)
{
  g_autofree char *last = g_settings_get_string (mz_core_get_settings (self->core), "last-gateway");

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->core)); i++)
    {
      g_autoptr (MzGateway) gateway = g_list_model_get_item (G_LIST_MODEL (self->core), i);

      if (g_strcmp0 (mz_gateway_entry_get_id (mz_gateway_get_entry (gateway)), last) == 0)
        gtk_drop_down_set_selected (GTK_DROP_DOWN (self->gateways), i);
    }
}

static void
open_clicked_cb (MzQuickWindow *self)
{
  g_autoptr (MzQuickWindow) keep = g_object_ref (self);

  g_signal_emit (self, signals[SIGNAL_OPEN], 0, self->gateway, self->key);
  gtk_window_close (GTK_WINDOW (keep));
}

static void
connect_clicked_cb (MzQuickWindow *self)
{
  g_autoptr (MzQuickWindow) keep = g_object_ref (self);

  g_signal_emit (self, signals[SIGNAL_OPEN], 0, NULL, NULL);
  gtk_window_close (GTK_WINDOW (keep));
}

static void
bar_action_cb (MzQuickWindow *self,
               MzAction       action)
{
  if (self->gateway != NULL)
    mz_gateway_action_run (self->core, self->gateway, action, GTK_WIDGET (self));
}

static void
discard_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (MzQuickWindow) self = data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (source), result);

  self->asking = FALSE;
  if (g_strcmp0 (answer, "discard") == 0)
    gtk_window_destroy (GTK_WINDOW (self));
}

/* What was written here is nowhere else until it is sent. */
static gboolean
mz_quick_window_close_request (GtkWindow *window)
{
  MzQuickWindow *self = MZ_QUICK_WINDOW (window);
  const char *answers[] = { "cancel", _("_Keep Writing"), "discard", _("_Discard"), NULL };

  if (self->key != NULL || mz_composer_is_empty (self->composer))
    return GTK_WINDOW_CLASS (mz_quick_window_parent_class)->close_request (window);

  if (!self->asking)
    {
      self->asking = TRUE;
      mz_compat_ask_async (GTK_WIDGET (self), _("Discard Your Message?"), _("It was not sent, and is kept nowhere else."), NULL, answers, NULL,
                           "discard", "cancel", self->cancellable, discard_cb, g_object_ref (self));
    }
  return TRUE;
}

static void
mz_quick_window_dispose (GObject *object)
{
  MzQuickWindow *self = MZ_QUICK_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->gateway_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_QUICK_WINDOW);
  g_clear_object (&self->gateway);
  g_clear_object (&self->core);

  G_OBJECT_CLASS (mz_quick_window_parent_class)->dispose (object);
}

static void
mz_quick_window_finalize (GObject *object)
{
  MzQuickWindow *self = MZ_QUICK_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->key);

  G_OBJECT_CLASS (mz_quick_window_parent_class)->finalize (object);
}

static void
mz_quick_window_class_init (MzQuickWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_quick_window_dispose;
  object_class->finalize = mz_quick_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = mz_quick_window_close_request;

  /**
   * MzQuickWindow::open:
   * @self: a window
   * @gateway: (nullable): a gateway, %NULL to connect one first
   * @key: (nullable): its conversation
   *
   * The person wants to go on in the main window. This one closes.
   */
  signals[SIGNAL_OPEN] = g_signal_new ("open", MZ_TYPE_QUICK_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                       MZ_TYPE_GATEWAY, G_TYPE_STRING);

  g_type_ensure (MZ_TYPE_CONNECTION_BAR);
  /* As the main window has it. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_WINDOW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/ui/quick-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, title);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, gateways);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, intro);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, composer_box);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, talk_bin);
  gtk_widget_class_bind_template_child (widget_class, MzQuickWindow, connect_button);
  gtk_widget_class_bind_template_callback (widget_class, gateway_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, bar_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mz_quick_window_init (MzQuickWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->gateway_signals = g_signal_group_new (MZ_TYPE_GATEWAY);
  g_signal_group_connect_swapped (self->gateway_signals, "notify::state", G_CALLBACK (go_on), self);
  g_signal_group_connect_swapped (self->gateway_signals, "notify::sessions", G_CALLBACK (go_on), self);
}

/**
 * mz_quick_window_new:
 * @application: the application
 * @core: the gateways
 *
 * Returns: (transfer none): a window, owned by the toolkit
 */
GtkWindow *
mz_quick_window_new (GtkApplication *application,
                     MzCore         *core)
{
  MzQuickWindow *self;
  GtkExpression *entry, *name;

  g_return_val_if_fail (application == NULL || GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);

  self = g_object_new (MZ_TYPE_QUICK_WINDOW, "application", application, NULL);
  self->composer = MZ_COMPOSER (mz_composer_new (mz_core_get_settings (core)));
  gtk_widget_set_hexpand (GTK_WIDGET (self->composer), TRUE);
  g_signal_connect_object (self->composer, "submit", G_CALLBACK (submit_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->composer_box), GTK_WIDGET (self->composer));

  entry = gtk_property_expression_new (MZ_TYPE_GATEWAY, NULL, "entry");
  name = gtk_property_expression_new (MZ_TYPE_GATEWAY_ENTRY, entry, "name");
  gtk_drop_down_set_expression (GTK_DROP_DOWN (self->gateways), name);
  gtk_expression_unref (name);
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->gateways), G_LIST_MODEL (core));

  self->core = g_object_ref (core);
  g_signal_connect_object (core, "items-changed", G_CALLBACK (gateways_changed_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  select_last (self);
  gateways_changed_cb (self);
  mz_composer_grab_text (self->composer);
  return GTK_WINDOW (self);
}

/**
 * mz_quick_window_suggest:
 * @self: a quick window
 * @text: what could be asked
 *
 * Puts a text into the composer, when nothing is there yet; it is never sent by itself.
 */
void
mz_quick_window_suggest (MzQuickWindow *self,
                         const char    *text)
{
  g_return_if_fail (MZ_IS_QUICK_WINDOW (self));
  g_return_if_fail (text != NULL);

  if (self->key == NULL && !self->submitted)
    mz_composer_suggest (self->composer, text);
}
