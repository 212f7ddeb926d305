/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-connection-bar.h"

#include "mz-gateway-action.h"

/* What is over sooner is not worth a bar that comes and goes. */
#define PATIENCE_MS 300

/* For so long a press of the button that just said to try now is still meant so: the countdown may end under the pointer. */
#define TURN_US (1 * G_USEC_PER_SEC)

#define COUNTDOWN_MS 1000

struct _MzConnectionBar
{
  GtkWidget parent_instance;

  MzGateway *gateway;
  MzStatus *status;
  guint patience_id;
  gint64 retried_us;      /* when the button turned from trying now to not trying any more */
  guint countdown_id;

  GtkWidget *revealer;
  GtkWidget *text;
  GtkWidget *button;
  GtkWidget *details;
};

G_DEFINE_FINAL_TYPE (MzConnectionBar, mz_connection_bar, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_GATEWAY,
  N_PROPS,
};

enum
{
  ACTION,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void
update_text (MzConnectionBar *self)
{
  g_autofree char *text = mz_status_format (self->status, g_get_monotonic_time ());

  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (self->text)), text) != 0)
    gtk_label_set_text (GTK_LABEL (self->text), text);
}

static gboolean
countdown_cb (gpointer user_data)
{
  MzConnectionBar *self = user_data;

  update_text (self);

  return G_SOURCE_CONTINUE;
}

static void
update_countdown (MzConnectionBar *self)
{
  gboolean wanted = self->status != NULL && self->status->visible && self->status->retry_at != 0 &&
                    gtk_widget_get_mapped (GTK_WIDGET (self));

  if (!wanted)
    g_clear_handle_id (&self->countdown_id, g_source_remove);
  else if (self->countdown_id == 0)
    self->countdown_id = g_timeout_add (COUNTDOWN_MS, countdown_cb, self);
}

static gboolean
patience_cb (gpointer user_data)
{
  MzConnectionBar *self = user_data;

  self->patience_id = 0;
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);

  return G_SOURCE_REMOVE;
}

static void
update_revealed (MzConnectionBar *self)
{
  if (self->status == NULL || !self->status->visible)
    {
      g_clear_handle_id (&self->patience_id, g_source_remove);
      gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
    }
  else if (self->patience_id == 0 && !gtk_revealer_get_reveal_child (GTK_REVEALER (self->revealer)))
    {
      self->patience_id = g_timeout_add (PATIENCE_MS, patience_cb, self);
    }
}

static void
status_cb (MzConnectionBar *self)
{
  MzAction before = self->status != NULL && self->status->visible ? self->status->action : MZ_ACTION_NONE;

  g_clear_pointer (&self->status, mz_status_free);
  if (self->gateway != NULL)
    self->status = mz_gateway_dup_status (self->gateway);
  if (self->status != NULL && before == MZ_ACTION_RETRY && self->status->action == MZ_ACTION_CANCEL)
    self->retried_us = g_get_monotonic_time ();

  /* What slides out keeps its words. */
  if (self->status != NULL && self->status->visible)
    {
      gboolean has_button = self->status->action != MZ_ACTION_NONE && self->status->label != NULL;

      update_text (self);
      gtk_widget_set_visible (self->button, has_button);
      if (has_button)
        gtk_button_set_label (GTK_BUTTON (self->button), self->status->label);
      gtk_widget_set_visible (self->details, self->status->action != MZ_ACTION_DOCTOR);
      if (self->status->dot == MZ_DOT_NEEDS_YOU)
        gtk_widget_add_css_class (GTK_WIDGET (self), "needs-you");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self), "needs-you");
    }

  update_revealed (self);
  update_countdown (self);
}

static void
button_cb (MzConnectionBar *self)
{
  MzAction action;

  if (self->status == NULL || self->gateway == NULL)
    return;

  /* Who meant to try now does not stop it. */
  action = self->status->action;
  if (action == MZ_ACTION_CANCEL && g_get_monotonic_time () - self->retried_us < TURN_US)
    return;

  if (!mz_gateway_action_simple (self->gateway, action, GTK_WIDGET (self)))
    g_signal_emit (self, signals[ACTION], 0, (guint) action);
}

static void
details_cb (MzConnectionBar *self)
{
  g_signal_emit (self, signals[ACTION], 0, (guint) MZ_ACTION_DOCTOR);
}

static void
mz_connection_bar_map (GtkWidget *widget)
{
  MzConnectionBar *self = MZ_CONNECTION_BAR (widget);

  GTK_WIDGET_CLASS (mz_connection_bar_parent_class)->map (widget);

  if (self->status != NULL && self->status->visible)
    update_text (self);
  update_countdown (self);
}

static void
mz_connection_bar_unmap (GtkWidget *widget)
{
  MzConnectionBar *self = MZ_CONNECTION_BAR (widget);

  g_clear_handle_id (&self->countdown_id, g_source_remove);

  GTK_WIDGET_CLASS (mz_connection_bar_parent_class)->unmap (widget);
}

static void
mz_connection_bar_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  MzConnectionBar *self = MZ_CONNECTION_BAR (object);

  switch (prop_id)
    {
    case PROP_GATEWAY:
      g_value_set_object (value, self->gateway);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_connection_bar_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_GATEWAY:
      mz_connection_bar_set_gateway (MZ_CONNECTION_BAR (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_connection_bar_dispose (GObject *object)
{
  MzConnectionBar *self = MZ_CONNECTION_BAR (object);

  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  if (self->gateway != NULL)
    g_signal_handlers_disconnect_by_data (self->gateway, self);
  g_clear_object (&self->gateway);
  g_clear_pointer (&self->status, mz_status_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_CONNECTION_BAR);

  G_OBJECT_CLASS (mz_connection_bar_parent_class)->dispose (object);
}

static void
mz_connection_bar_class_init (MzConnectionBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mz_connection_bar_get_property;
  object_class->set_property = mz_connection_bar_set_property;
  object_class->dispose = mz_connection_bar_dispose;
  widget_class->map = mz_connection_bar_map;
  widget_class->unmap = mz_connection_bar_unmap;

  props[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, MZ_TYPE_GATEWAY,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * MzConnectionBar::action:
   * @action: an #MzAction that needs a question or a window: for mz_gateway_action_run()
   */
  signals[ACTION] = g_signal_new ("action", MZ_TYPE_CONNECTION_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_css_name (widget_class, "connectionbar");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-connection-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MzConnectionBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, MzConnectionBar, text);
  gtk_widget_class_bind_template_child (widget_class, MzConnectionBar, button);
  gtk_widget_class_bind_template_child (widget_class, MzConnectionBar, details);
  gtk_widget_class_bind_template_callback (widget_class, button_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_cb);
}

static void
mz_connection_bar_init (MzConnectionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_connection_bar_new:
 *
 * Returns: (transfer floating): a bar for no gateway, which shows nothing
 */
GtkWidget *
mz_connection_bar_new (void)
{
  return g_object_new (MZ_TYPE_CONNECTION_BAR, NULL);
}

/**
 * mz_connection_bar_set_gateway:
 * @gateway: (nullable): whose connection to tell of
 */
void
mz_connection_bar_set_gateway (MzConnectionBar *self,
                               MzGateway       *gateway)
{
  g_return_if_fail (MZ_IS_CONNECTION_BAR (self));
  g_return_if_fail (gateway == NULL || MZ_IS_GATEWAY (gateway));

  if (self->gateway == gateway)
    return;

  if (self->gateway != NULL)
    g_signal_handlers_disconnect_by_data (self->gateway, self);
  g_set_object (&self->gateway, gateway);
  if (gateway != NULL)
    g_signal_connect_object (gateway, "notify::status", G_CALLBACK (status_cb), self, G_CONNECT_SWAPPED);

  /* The other gateway's state may last a moment only: nothing of the one before it is left standing. */
  g_clear_handle_id (&self->patience_id, g_source_remove);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
  g_clear_pointer (&self->status, mz_status_free);
  self->retried_us = 0;
  status_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_GATEWAY]);
}
