/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-preferences.h"

#include <glib/gi18n.h>

#include "mz-connection-words.h"
#include "mz-gateway-dialog.h"
#include "mz-records-window.h"
#include "mz-status-dot.h"

#define ROW_GATEWAY "mz-gateway"

struct _MzPreferences
{
  AdwPreferencesWindow parent_instance;

  MzCore *core;

  GtkWidget *gateways;
  GtkWidget *add;
  GtkWidget *secrets;
  GtkWidget *show_records;
  GtkWidget *keep_records;
  GtkWidget *send_key;
  GtkWidget *notifications;
  GtkWidget *preview;
  GtkWidget *appearance;
};

G_DEFINE_FINAL_TYPE (MzPreferences, mz_preferences, ADW_TYPE_PREFERENCES_WINDOW)

enum
{
  PROP_0,
  PROP_CORE,
  N_PROPS,
};

enum
{
  ADD_GATEWAY,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void
row_activated_cb (MzPreferences *self,
                  GtkListBoxRow *row)
{
  MzGateway *gateway = g_object_get_data (G_OBJECT (row), ROW_GATEWAY);

  gtk_window_present (mz_gateway_dialog_new (self->core, gateway, GTK_WINDOW (self), "name"));
}

static gboolean
text_for_row (GBinding     *binding,
              const GValue *from,
              GValue       *to,
              gpointer      user_data)
{
  g_value_take_string (to, mz_text_for_label (g_value_get_string (from), 120));

  return TRUE;
}

static GtkWidget *
create_row_cb (gpointer item,
               gpointer user_data)
{
  MzGateway *gateway = MZ_GATEWAY (item);
  MzGatewayEntry *entry = mz_gateway_get_entry (gateway);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *dot = mz_status_dot_new (TRUE);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_bind_property_full (entry, "name", row, "title", G_BINDING_SYNC_CREATE, text_for_row, NULL, NULL, NULL);
  g_object_bind_property_full (entry, "address", row, "subtitle", G_BINDING_SYNC_CREATE, text_for_row, NULL, NULL, NULL);
  g_object_set_data_full (G_OBJECT (row), ROW_GATEWAY, g_object_ref (gateway), g_object_unref);

  mz_status_dot_set_gateway (MZ_STATUS_DOT (dot), gateway);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), dot);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             g_object_new (GTK_TYPE_IMAGE,
                                           "icon-name", "document-edit-symbolic",
                                           "tooltip-text", _("Edit"),
                                           "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                           NULL));

  return row;
}

static void
add_cb (MzPreferences *self)
{
  g_autoptr (MzPreferences) alive G_GNUC_UNUSED = g_object_ref (self);

  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[ADD_GATEWAY], 0);
}

/* Beside this window, which is modal. */
static void
show_records_cb (MzPreferences *self)
{
  gtk_window_present (mz_records_window_new (self->core, GTK_WINDOW (self)));
}

static void
persistent_cb (MzPreferences *self)
{
  gboolean persistent = mz_secret_store_get_persistent (mz_core_get_secrets (self->core));

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->secrets),
                               persistent ? _("Kept in your keyring, encrypted by the system; not in Moltzer’s settings")
                                          : _("There is no keyring here: they are kept until Moltzer closes, and asked for again at the next start"));
}

/* An enumeration's nicks are numbered as the combo's rows are. */
static gboolean
get_choice (GValue   *value,
            GVariant *variant,
            gpointer  user_data)
{
  const char * const *nicks = user_data;
  const char *nick = g_variant_get_string (variant, NULL);

  for (guint i = 0; nicks[i] != NULL; i++)
    if (g_str_equal (nicks[i], nick))
      {
        g_value_set_uint (value, i);
        return TRUE;
      }

  return FALSE;
}

static GVariant *
set_choice (const GValue       *value,
            const GVariantType *type,
            gpointer            user_data)
{
  const char * const *nicks = user_data;
  guint selected = g_value_get_uint (value);

  return selected < g_strv_length ((char **) nicks) ? g_variant_new_string (nicks[selected]) : NULL;
}

static void
mz_preferences_constructed (GObject *object)
{
  static const char * const send_keys[] = { "enter", "ctrl-enter", NULL };
  static const char * const appearances[] = { "system", "light", "dark", NULL };
  MzPreferences *self = MZ_PREFERENCES (object);
  GSettings *settings = mz_core_get_settings (self->core);

  G_OBJECT_CLASS (mz_preferences_parent_class)->constructed (object);

  g_settings_bind (settings, "notifications", self->notifications, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notification-preview", self->preview, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (settings, "send-key", self->send_key, "selected", G_SETTINGS_BIND_DEFAULT, get_choice, set_choice,
                                (gpointer) send_keys, NULL);
  g_settings_bind_with_mapping (settings, "appearance", self->appearance, "selected", G_SETTINGS_BIND_DEFAULT, get_choice, set_choice,
                                (gpointer) appearances, NULL);

  g_settings_bind (settings, "keep-records", self->keep_records, "active", G_SETTINGS_BIND_DEFAULT);
  gtk_widget_set_visible (self->show_records, mz_core_get_records (self->core) != NULL);

  gtk_list_box_bind_model (GTK_LIST_BOX (self->gateways), G_LIST_MODEL (self->core), create_row_cb, self, NULL);
  g_signal_connect_object (mz_core_get_secrets (self->core), "notify::persistent", G_CALLBACK (persistent_cb), self, G_CONNECT_SWAPPED);
  persistent_cb (self);
}

static void
mz_preferences_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  MzPreferences *self = MZ_PREFERENCES (object);

  switch (prop_id)
    {
    case PROP_CORE:
      g_value_set_object (value, self->core);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_preferences_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  MzPreferences *self = MZ_PREFERENCES (object);

  switch (prop_id)
    {
    case PROP_CORE:
      self->core = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_preferences_dispose (GObject *object)
{
  MzPreferences *self = MZ_PREFERENCES (object);

  /* libadwaita 1.2 leaks the groups of such windows: nothing of ours must hang on them. */
  if (self->gateways != NULL)
    {
      gtk_list_box_bind_model (GTK_LIST_BOX (self->gateways), NULL, NULL, NULL, NULL);
      g_settings_unbind (self->notifications, "active");
      g_settings_unbind (self->preview, "active");
      g_settings_unbind (self->send_key, "selected");
      g_settings_unbind (self->appearance, "selected");
      g_settings_unbind (self->keep_records, "active");
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_PREFERENCES);
  g_clear_object (&self->core);

  G_OBJECT_CLASS (mz_preferences_parent_class)->dispose (object);
}

static void
mz_preferences_class_init (MzPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_preferences_constructed;
  object_class->get_property = mz_preferences_get_property;
  object_class->set_property = mz_preferences_set_property;
  object_class->dispose = mz_preferences_dispose;

  props[PROP_CORE] = g_param_spec_object ("core", NULL, NULL, MZ_TYPE_CORE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * MzPreferences::add-gateway:
   *
   * The person wants to add a gateway; the window has closed.
   */
  signals[ADD_GATEWAY] = g_signal_new ("add-gateway", MZ_TYPE_PREFERENCES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, gateways);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, add);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, secrets);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, show_records);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, keep_records);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, send_key);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, notifications);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, preview);
  gtk_widget_class_bind_template_child (widget_class, MzPreferences, appearance);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_records_cb);
}

static void
mz_preferences_init (MzPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_preferences_new:
 * @core: the core
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer none): the window, to be presented
 */
GtkWindow *
mz_preferences_new (MzCore    *core,
                    GtkWindow *parent)
{
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);

  return g_object_new (MZ_TYPE_PREFERENCES, "core", core, "transient-for", parent, NULL);
}
