/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-status-dot.h"

struct _MzStatusDot
{
  GtkWidget parent_instance;

  MzGateway *gateway;
  gboolean show_word;
  GtkWidget *dot;
  GtkWidget *word;
};

G_DEFINE_FINAL_TYPE (MzStatusDot, mz_status_dot, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_GATEWAY,
  PROP_SHOW_WORD,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

/* Each has a shape of its own in the stylesheet, beside its colour. */
static const char * const dot_classes[] = {
  [MZ_DOT_OFF] = "off",
  [MZ_DOT_WORKING] = "working",
  [MZ_DOT_READY] = "ready",
  [MZ_DOT_NEEDS_YOU] = "needs-you",
};

static void
update (MzStatusDot *self)
{
  g_autoptr (MzStatus) status = self->gateway != NULL ? mz_gateway_dup_status (self->gateway) : NULL;
  const char *word = status != NULL ? status->word : "";

  gtk_widget_set_css_classes (self->dot, (const char *[]) { dot_classes[status != NULL ? status->dot : MZ_DOT_OFF], NULL });
  gtk_label_set_text (GTK_LABEL (self->word), word);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->show_word || *word == '\0' ? NULL : word);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, word,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, word,
                                  -1);
}

static void
mz_status_dot_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  MzStatusDot *self = MZ_STATUS_DOT (object);

  switch (prop_id)
    {
    case PROP_GATEWAY:
      g_value_set_object (value, self->gateway);
      break;
    case PROP_SHOW_WORD:
      g_value_set_boolean (value, self->show_word);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_status_dot_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  MzStatusDot *self = MZ_STATUS_DOT (object);

  switch (prop_id)
    {
    case PROP_GATEWAY:
      mz_status_dot_set_gateway (self, g_value_get_object (value));
      break;
    case PROP_SHOW_WORD:
      self->show_word = g_value_get_boolean (value);
      gtk_widget_set_visible (self->word, self->show_word);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_status_dot_dispose (GObject *object)
{
  MzStatusDot *self = MZ_STATUS_DOT (object);

  if (self->gateway != NULL)
    g_signal_handlers_disconnect_by_data (self->gateway, self);
  g_clear_object (&self->gateway);
  g_clear_pointer (&self->dot, gtk_widget_unparent);
  g_clear_pointer (&self->word, gtk_widget_unparent);

  G_OBJECT_CLASS (mz_status_dot_parent_class)->dispose (object);
}

static void
mz_status_dot_class_init (MzStatusDotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mz_status_dot_get_property;
  object_class->set_property = mz_status_dot_set_property;
  object_class->dispose = mz_status_dot_dispose;

  props[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, MZ_TYPE_GATEWAY,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SHOW_WORD] = g_param_spec_boolean ("show-word", NULL, NULL, TRUE,
                                                G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "statusdot");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mz_status_dot_init (MzStatusDot *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 6);

  self->dot = g_object_new (GTK_TYPE_BOX,
                            "css-name", "dot",
                            "valign", GTK_ALIGN_CENTER,
                            "halign", GTK_ALIGN_CENTER,
                            "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                            NULL);
  gtk_widget_set_parent (self->dot, GTK_WIDGET (self));
  self->word = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_set_parent (self->word, GTK_WIDGET (self));

  update (self);
}

/**
 * mz_status_dot_new:
 * @show_word: whether the word stands beside the dot; otherwise it is the tooltip
 *
 * Returns: (transfer floating): a dot for no gateway
 */
GtkWidget *
mz_status_dot_new (gboolean show_word)
{
  return g_object_new (MZ_TYPE_STATUS_DOT, "show-word", show_word, NULL);
}

/**
 * mz_status_dot_set_gateway:
 * @gateway: (nullable): whose state to show
 */
void
mz_status_dot_set_gateway (MzStatusDot *self,
                           MzGateway   *gateway)
{
  g_return_if_fail (MZ_IS_STATUS_DOT (self));
  g_return_if_fail (gateway == NULL || MZ_IS_GATEWAY (gateway));

  if (self->gateway == gateway)
    return;

  if (self->gateway != NULL)
    g_signal_handlers_disconnect_by_data (self->gateway, self);
  g_set_object (&self->gateway, gateway);
  if (gateway != NULL)
    g_signal_connect_object (gateway, "notify::status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);

  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_GATEWAY]);
}
