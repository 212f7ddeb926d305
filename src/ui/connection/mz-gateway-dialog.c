/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-gateway-dialog.h"

#include <glib/gi18n.h>

#include "mz-address-hint.h"
#include "mz-compat.h"
#include "mz-connection-private.h"
#include "mz-secret.h"
#include "mz-words.h"

struct _MzGatewayDialog
{
  AdwWindow parent_instance;

  MzCore *core;
  MzGateway *gateway;
  char *focus;
  char *trusted;          /* the pin as it is to be saved */

  GtkWidget *name;
  GtkWidget *address;
  MzAddressHint *address_hint;
  GtkWidget *credential;
  GtkWidget *secret;
  GtkWidget *secret_hint;
  GtkWidget *auto_connect;
  GtkWidget *strategy;
  GtkWidget *strategy_hint;
  GtkWidget *proxy;
  GtkWidget *proxy_hint;
  GtkWidget *pin;
  GtkWidget *remove_pin;
  GtkWidget *plaintext_row;
  GtkWidget *allow_plaintext;
  GtkWidget *remove;
  GtkWidget *save;
};

G_DEFINE_FINAL_TYPE (MzGatewayDialog, mz_gateway_dialog, ADW_TYPE_WINDOW)

enum
{
  PROP_0,
  PROP_CORE,
  PROP_GATEWAY,
  PROP_FOCUS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static const char * const proxy_schemes[] = { "http", "https", "socks", "socks4", "socks4a", "socks5", NULL };

static MzGatewayEntry *
get_entry (MzGatewayDialog *self)
{
  return mz_gateway_get_entry (self->gateway);
}

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static MzCredential
get_credential (MzGatewayDialog *self)
{
  return (MzCredential) adw_combo_row_get_selected (ADW_COMBO_ROW (self->credential));
}

static void
say_below (GtkWidget  *row,
           GtkWidget  *hint,
           const char *text,
           gboolean    wrong)
{
  gtk_label_set_text (GTK_LABEL (hint), text);
  gtk_widget_set_css_classes (hint, (const char *[]) { "below-row", "caption", wrong ? "error" : "dim-label", NULL });
  mz_row_set_wrong (row, wrong);
}

static void
update_secret_hint (MzGatewayDialog *self)
{
  MzCredential credential = get_credential (self);
  gboolean persistent = mz_secret_store_get_persistent (mz_core_get_secrets (self->core));

  gtk_widget_set_visible (self->secret, credential != MZ_CREDENTIAL_NONE);
  if (credential == MZ_CREDENTIAL_NONE)
    say_below (self->secret, self->secret_hint, _("The gateway lets this device in without a token or password."), FALSE);
  else if (credential == mz_gateway_entry_get_credential (get_entry (self)) && *get_text (self->secret) == '\0')
    say_below (self->secret, self->secret_hint, _("Leave it empty to keep the one that is stored."), FALSE);
  else
    say_below (self->secret, self->secret_hint,
               persistent ? _("Kept in your keyring.") : _("There is no keyring here: it is kept until Moltzer closes."), FALSE);
}

static void
credential_cb (MzGatewayDialog *self)
{
  update_secret_hint (self);
}

static void
secret_changed_cb (MzGatewayDialog *self)
{
  update_secret_hint (self);
}

static void
proxy_changed_cb (MzGatewayDialog *self)
{
  say_below (self->proxy, self->proxy_hint, _("Leave it empty to go as this computer’s settings say. For example socks5://127.0.0.1:1080"), FALSE);
}

static void
strategy_cb (MzGatewayDialog *self)
{
  static const char * const help[] = {
    [MZ_STRATEGY_AUTO] = N_("Takes the way that works best for this address on this computer"),
    [MZ_STRATEGY_IPV4_ONLY] = N_("Never asks for IPv6 addresses, which lead nowhere in some tailnets and hang on some Macs"),
    [MZ_STRATEGY_STANDARD] = N_("The system’s own way, with IPv6 and IPv4"),
  };
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self->strategy));

  if (selected >= G_N_ELEMENTS (help))
    return;

  gtk_label_set_text (GTK_LABEL (self->strategy_hint), _(help[selected]));
  mz_address_hint_set_strategy (self->address_hint, (MzStrategySetting) selected);
}

static void
address_changed_cb (MzGatewayDialog *self)
{
  MzEndpoint *endpoint = mz_address_hint_get_endpoint (self->address_hint);

  gtk_widget_set_visible (self->plaintext_row, endpoint != NULL && mz_host_class_is_private (mz_endpoint_get_host_class (endpoint)));
}

static void
update_pin (MzGatewayDialog *self)
{
  g_autofree char *words = self->trusted != NULL ? mz_words_for_pin (self->trusted) : NULL;

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->pin), words != NULL ? words : _("Whatever this system’s authorities vouch for"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self->pin), 0);
  gtk_widget_set_visible (self->remove_pin, words != NULL);
}

static void
remove_pin_cb (MzGatewayDialog *self)
{
  g_clear_pointer (&self->trusted, g_free);
  update_pin (self);
  gtk_widget_grab_focus (self->save);
}

/* NULL when it is fine. */
static const char *
complain_about_proxy (const char *proxy)
{
  g_autoptr (GUri) uri = NULL;

  if (*proxy == '\0')
    return NULL;

  uri = g_uri_parse (proxy, G_URI_FLAGS_NON_DNS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return _("This is not a proxy’s address. It looks like http://host:3128 or socks5://host:1080.");
  if (!g_strv_contains (proxy_schemes, g_uri_get_scheme (uri)))
    return _("Moltzer knows http, https, socks4 and socks5 proxies.");
  if (g_uri_get_userinfo (uri) != NULL)
    return _("Leave the user and the password out: they cannot be kept safely here.");

  return NULL;
}

static gboolean
validate (MzGatewayDialog *self)
{
  const char *complaint;
  MzCredential credential = get_credential (self);

  if (!mz_address_hint_check (self->address_hint))
    return FALSE;

  if (credential != MZ_CREDENTIAL_NONE && credential != mz_gateway_entry_get_credential (get_entry (self)) && *get_text (self->secret) == '\0')
    {
      say_below (self->secret, self->secret_hint,
                 credential == MZ_CREDENTIAL_PASSWORD ? _("Enter the password: none is stored yet.") : _("Enter the token: none is stored yet."), TRUE);
      gtk_widget_grab_focus (self->secret);
      return FALSE;
    }

  complaint = complain_about_proxy (get_text (self->proxy));
  if (complaint != NULL)
    {
      say_below (self->proxy, self->proxy_hint, complaint, TRUE);
      gtk_widget_grab_focus (self->proxy);
      return FALSE;
    }

  return TRUE;
}

static void
save_secret (MzGatewayDialog *self)
{
  MzCredential credential = get_credential (self);
  const char *secret = get_text (self->secret);

  if (credential == MZ_CREDENTIAL_NONE && mz_gateway_entry_get_credential (get_entry (self)) != MZ_CREDENTIAL_NONE)
    mz_gateway_set_secret (self->gateway, MZ_CREDENTIAL_NONE, NULL, TRUE);
  else if (credential != MZ_CREDENTIAL_NONE && *secret != '\0')
    mz_gateway_set_secret (self->gateway, credential, secret, TRUE);
}

static void
save_cb (MzGatewayDialog *self)
{
  MzGatewayEntry *entry = get_entry (self);
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;
  gboolean private_address;

  if (!validate (self))
    return;

  address = g_strstrip (g_strdup (get_text (self->address)));
  name = g_strstrip (g_strdup (get_text (self->name)));
  private_address = gtk_widget_get_visible (self->plaintext_row);

  if (g_strcmp0 (address, mz_gateway_entry_get_address (entry)) != 0)
    mz_gateway_entry_set_address (entry, address);
  if (g_strcmp0 (name, mz_gateway_entry_get_name (entry)) != 0)
    mz_gateway_entry_set_name (entry, name);
  mz_gateway_entry_set_strategy (entry, (MzStrategySetting) adw_combo_row_get_selected (ADW_COMBO_ROW (self->strategy)));
  mz_gateway_entry_set_pin (entry, self->trusted);
  mz_gateway_entry_set_allow_plaintext (entry, private_address && gtk_switch_get_active (GTK_SWITCH (self->allow_plaintext)));
  mz_gateway_entry_set_proxy (entry, get_text (self->proxy));
  mz_gateway_entry_set_auto_connect (entry, gtk_switch_get_active (GTK_SWITCH (self->auto_connect)));
  save_secret (self);

  /* What had stopped for want of this goes on with it. */
  if (mz_gateway_get_state (self->gateway) == MZ_CLIENT_STOPPED || mz_gateway_get_state (self->gateway) == MZ_CLIENT_WAITING)
    mz_gateway_retry_now (self->gateway);

  gtk_window_close (GTK_WINDOW (self));
}

static void
remove_answer_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (MzGatewayDialog) self = user_data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (source), result);

  if (g_strcmp0 (answer, "remove") != 0 || self->gateway == NULL)
    return;

  mz_core_remove (self->core, self->gateway);
  gtk_window_close (GTK_WINDOW (self));
}

static void
remove_cb (MzGatewayDialog *self)
{
  const char *answers[] = { "cancel", _("Cancel"), "remove", _("Remove"), NULL };
  g_autofree char *heading = g_strdup_printf (_("Remove “%s”?"), mz_gateway_entry_get_name (get_entry (self)));

  mz_compat_ask_async (GTK_WIDGET (self), heading,
                       _("Moltzer forgets its address and its token. The conversations stay on the gateway."), NULL, answers, NULL,
                       "remove", "cancel", NULL, remove_answer_cb, g_object_ref (self));
}

static void
focus_first (MzGatewayDialog *self)
{
  GtkWidget *row = self->name;

  if (g_strcmp0 (self->focus, "address") == 0)
    row = self->address;
  else if (g_strcmp0 (self->focus, "secret") == 0)
    row = gtk_widget_get_visible (self->secret) ? self->secret : self->credential;

  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_widget_grab_focus (row);
}

static void
mz_gateway_dialog_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mz_gateway_dialog_parent_class)->map (widget);

  focus_first (MZ_GATEWAY_DIALOG (widget));
}

static void
mz_gateway_dialog_constructed (GObject *object)
{
  MzGatewayDialog *self = MZ_GATEWAY_DIALOG (object);
  MzGatewayEntry *entry = get_entry (self);
  MzCredential credential = mz_gateway_entry_get_credential (entry);
  const char *proxy = mz_gateway_entry_get_proxy (entry);

  G_OBJECT_CLASS (mz_gateway_dialog_parent_class)->constructed (object);

  /* Who comes to enter a secret where there was none has most likely a token. */
  if (credential == MZ_CREDENTIAL_NONE && g_strcmp0 (self->focus, "secret") == 0)
    credential = MZ_CREDENTIAL_TOKEN;

  self->trusted = g_strdup (mz_gateway_entry_get_pin (entry));
  gtk_editable_set_text (GTK_EDITABLE (self->name), mz_gateway_entry_get_name (entry));
  gtk_editable_set_text (GTK_EDITABLE (self->address), mz_gateway_entry_get_address (entry));
  gtk_editable_set_text (GTK_EDITABLE (self->proxy), proxy != NULL ? proxy : "");
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->credential), credential);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->strategy), mz_gateway_entry_get_strategy (entry));
  gtk_switch_set_active (GTK_SWITCH (self->allow_plaintext), mz_gateway_entry_get_allow_plaintext (entry));
  gtk_switch_set_active (GTK_SWITCH (self->auto_connect), mz_gateway_entry_get_auto_connect (entry));

  mz_address_hint_set_row (self->address_hint, ADW_ENTRY_ROW (self->address));
  mz_row_set_description (self->secret, self->secret_hint);
  mz_row_set_description (self->proxy, self->proxy_hint);
  strategy_cb (self);
  proxy_changed_cb (self);
  update_secret_hint (self);
  update_pin (self);
}

static void
mz_gateway_dialog_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  MzGatewayDialog *self = MZ_GATEWAY_DIALOG (object);

  switch (prop_id)
    {
    case PROP_CORE:
      g_value_set_object (value, self->core);
      break;
    case PROP_GATEWAY:
      g_value_set_object (value, self->gateway);
      break;
    case PROP_FOCUS:
      g_value_set_string (value, self->focus);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_gateway_dialog_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  MzGatewayDialog *self = MZ_GATEWAY_DIALOG (object);

  switch (prop_id)
    {
    case PROP_CORE:
      self->core = g_value_dup_object (value);
      break;
    case PROP_GATEWAY:
      self->gateway = g_value_dup_object (value);
      break;
    case PROP_FOCUS:
      self->focus = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_gateway_dialog_dispose (GObject *object)
{
  MzGatewayDialog *self = MZ_GATEWAY_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_GATEWAY_DIALOG);
  g_clear_object (&self->gateway);
  g_clear_object (&self->core);
  g_clear_pointer (&self->focus, g_free);
  g_clear_pointer (&self->trusted, g_free);

  G_OBJECT_CLASS (mz_gateway_dialog_parent_class)->dispose (object);
}

static void
mz_gateway_dialog_class_init (MzGatewayDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_gateway_dialog_constructed;
  object_class->get_property = mz_gateway_dialog_get_property;
  object_class->set_property = mz_gateway_dialog_set_property;
  object_class->dispose = mz_gateway_dialog_dispose;
  widget_class->map = mz_gateway_dialog_map;

  props[PROP_CORE] = g_param_spec_object ("core", NULL, NULL, MZ_TYPE_CORE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, MZ_TYPE_GATEWAY,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_FOCUS] = g_param_spec_string ("focus", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (MZ_TYPE_ADDRESS_HINT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-gateway-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, name);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, address);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, address_hint);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, credential);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, secret_hint);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, auto_connect);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, strategy);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, strategy_hint);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, proxy);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, proxy_hint);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, pin);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, remove_pin);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, plaintext_row);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, allow_plaintext);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, remove);
  gtk_widget_class_bind_template_child (widget_class, MzGatewayDialog, save);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, credential_cb);
  gtk_widget_class_bind_template_callback (widget_class, proxy_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_pin_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, secret_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, strategy_cb);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mz_gateway_dialog_init (MzGatewayDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_gateway_dialog_new:
 * @core: the core
 * @gateway: what to edit
 * @parent: (nullable): the window it belongs to
 * @focus: (nullable): "name", "address" or "secret"
 *
 * Returns: (transfer none): the window, to be presented
 */
GtkWindow *
mz_gateway_dialog_new (MzCore     *core,
                       MzGateway  *gateway,
                       GtkWindow  *parent,
                       const char *focus)
{
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);

  return g_object_new (MZ_TYPE_GATEWAY_DIALOG,
                       "core", core,
                       "gateway", gateway,
                       "focus", focus,
                       "transient-for", parent,
                       NULL);
}
