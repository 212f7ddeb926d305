/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-fold.h"

#include "mz-row-util.h"

typedef struct
{
  MzMessage *message;
  GtkWidget *button;
  GtkWidget *line;
  GtkWidget *icon;
  GtkWidget *title;
  GtkWidget *summary;
  GtkWidget *state;
  GtkWidget *arrow;
  GtkWidget *details;
  gboolean open;
} MzFoldPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MzFold, mz_fold, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_MESSAGE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
update_details (MzFold *self)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  if (priv->open && priv->details == NULL)
    {
      priv->details = MZ_FOLD_GET_CLASS (self)->create_details (self);
      gtk_widget_add_css_class (priv->details, "details");
      gtk_widget_insert_after (priv->details, GTK_WIDGET (self), priv->button);
    }
  if (priv->details != NULL)
    gtk_widget_set_visible (priv->details, priv->open);

  gtk_image_set_from_icon_name (GTK_IMAGE (priv->arrow), priv->open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (priv->button), GTK_ACCESSIBLE_STATE_EXPANDED, priv->open, -1);
}

static void
clicked_cb (GtkButton *button,
            MzFold    *self)
{
  mz_fold_set_open (self, !mz_fold_get_open (self));
}

static void
mz_fold_dispose (GObject *object)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (MZ_FOLD (object));

  g_clear_pointer (&priv->details, gtk_widget_unparent);
  g_clear_pointer (&priv->button, gtk_widget_unparent);
  g_clear_object (&priv->message);
  G_OBJECT_CLASS (mz_fold_parent_class)->dispose (object);
}

static void
mz_fold_constructed (GObject *object)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (MZ_FOLD (object));

  G_OBJECT_CLASS (mz_fold_parent_class)->constructed (object);
  g_assert (priv->message != NULL);

  priv->open = mz_row_get_open (priv->message);
}

static void
mz_fold_set_property (GObject      *object,
                      guint         prop_id,
                      const GValue *value,
                      GParamSpec   *pspec)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (MZ_FOLD (object));

  switch (prop_id)
    {
    case PROP_MESSAGE:
      priv->message = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_fold_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mz_fold_parent_class)->root (widget);

  /* Not before: what the subclass shows is not set up while it is constructed. */
  update_details (MZ_FOLD (widget));
}

static void
mz_fold_class_init (MzFoldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_fold_constructed;
  object_class->dispose = mz_fold_dispose;
  object_class->set_property = mz_fold_set_property;
  widget_class->root = mz_fold_root;

  props[PROP_MESSAGE] = g_param_spec_object ("message", NULL, NULL, MZ_TYPE_MESSAGE,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "foldrow");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static GtkWidget *
add_label (GtkWidget  *line,
           const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (line), label);
  return label;
}

static void
mz_fold_init (MzFold *self)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);

  priv->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  priv->title = add_label (priv->line, "title");
  priv->summary = add_label (priv->line, "summary");
  priv->state = add_label (priv->line, "state");
  gtk_label_set_ellipsize (GTK_LABEL (priv->summary), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (priv->summary), 0);
  gtk_label_set_ellipsize (GTK_LABEL (priv->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (priv->title), 28);

  priv->arrow = gtk_image_new_from_icon_name ("pan-end-symbolic");
  gtk_widget_add_css_class (priv->arrow, "arrow");
  gtk_box_append (GTK_BOX (priv->line), priv->arrow);

  priv->button = gtk_button_new ();
  gtk_widget_add_css_class (priv->button, "flat");
  gtk_button_set_child (GTK_BUTTON (priv->button), priv->line);
  gtk_widget_set_halign (priv->button, GTK_ALIGN_START);
  gtk_widget_set_parent (priv->button, GTK_WIDGET (self));
  g_signal_connect (priv->button, "clicked", G_CALLBACK (clicked_cb), self);
}

MzMessage *
mz_fold_get_message (MzFold *self)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  return priv->message;
}

void
mz_fold_set_icon (MzFold     *self,
                  const char *icon_name,
                  const char *css_class)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  if (priv->icon != NULL && GTK_IS_IMAGE (priv->icon) != (icon_name != NULL))
    {
      gtk_box_remove (GTK_BOX (priv->line), priv->icon);
      priv->icon = NULL;
    }
  if (priv->icon == NULL)
    {
      priv->icon = icon_name != NULL ? gtk_image_new () : gtk_spinner_new ();
      gtk_box_prepend (GTK_BOX (priv->line), priv->icon);
    }

  if (icon_name != NULL)
    gtk_image_set_from_icon_name (GTK_IMAGE (priv->icon), icon_name);
  else
    gtk_spinner_start (GTK_SPINNER (priv->icon));
  gtk_widget_set_css_classes (priv->icon, (const char *[]){ "icon", css_class, NULL });
  gtk_widget_set_css_classes (priv->state, (const char *[]){ "state", css_class, NULL });
}

void
mz_fold_set_title (MzFold     *self,
                   const char *title)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  gtk_label_set_text (GTK_LABEL (priv->title), title);
}

void
mz_fold_set_summary (MzFold     *self,
                     const char *summary,
                     gboolean    monospace)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  gtk_label_set_text (GTK_LABEL (priv->summary), summary);
  if (monospace)
    gtk_widget_add_css_class (priv->summary, "monospace");
  else
    gtk_widget_remove_css_class (priv->summary, "monospace");
}

void
mz_fold_set_state (MzFold     *self,
                   const char *state)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  gtk_label_set_text (GTK_LABEL (priv->state), state != NULL ? state : "");
  gtk_widget_set_visible (priv->state, state != NULL && state[0] != '\0');
}

void
mz_fold_set_label (MzFold     *self,
                   const char *label)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (priv->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

GtkWidget *
mz_fold_get_details (MzFold *self)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  return priv->details;
}

void
mz_fold_drop_details (MzFold *self)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  if (priv->details == NULL)
    return;

  g_clear_pointer (&priv->details, gtk_widget_unparent);
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    update_details (self);
}

gboolean
mz_fold_get_open (MzFold *self)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  return priv->open;
}

void
mz_fold_set_open (MzFold   *self,
                  gboolean  open)
{
  MzFoldPrivate *priv = mz_fold_get_instance_private (self);

  if (priv->open == open)
    return;

  priv->open = open;
  mz_row_set_open (priv->message, open);
  update_details (self);
}
