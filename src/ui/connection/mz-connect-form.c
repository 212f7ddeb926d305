/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-connect-form.h"

#include <glib/gi18n.h>

#include "mz-address-hint.h"

struct _MzConnectForm
{
  GtkWidget parent_instance;

  MzSecretStore *secrets;
  char *suggested_address;      /* of a link, with the name that it gave */
  char *suggested_name;

  GtkWidget *clamp;
  GtkWidget *address;
  MzAddressHint *address_hint;
  GtkWidget *link_note;
  GtkWidget *secret;
  GtkWidget *secret_hint;
  GtkWidget *is_token;
  GtkWidget *is_password;
};

G_DEFINE_FINAL_TYPE (MzConnectForm, mz_connect_form, GTK_TYPE_WIDGET)

enum
{
  CONNECT,
  DEMO,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
say_secret (MzConnectForm *self,
            const char    *error)
{
  const char *text = error;

  if (error == NULL)
    text = self->secrets != NULL && mz_secret_store_get_persistent (self->secrets)
             ? _("Kept in your keyring") : _("There is no keyring here: it is kept until Moltzer closes");

  gtk_label_set_text (GTK_LABEL (self->secret_hint), text);
  gtk_widget_set_css_classes (self->secret_hint, (const char *[]) { "caption", error != NULL ? "error" : "dim-label", NULL });
  mz_row_set_wrong (self->secret, error != NULL);
}

static void
secret_changed_cb (MzConnectForm *self)
{
  say_secret (self, NULL);
}

static void
persistent_cb (MzConnectForm *self)
{
  if (!gtk_widget_has_css_class (self->secret, "error"))
    say_secret (self, NULL);
}

static void
address_changed_cb (MzConnectForm *self)
{
  gtk_widget_set_visible (self->link_note, self->suggested_address != NULL &&
                                             g_str_equal (self->suggested_address, get_text (self->address)));
}

static void
connect_cb (MzConnectForm *self)
{
  g_signal_emit (self, signals[CONNECT], 0);
}

static void
demo_cb (MzConnectForm *self)
{
  g_signal_emit (self, signals[DEMO], 0);
}

static gboolean
mz_connect_form_grab_focus (GtkWidget *widget)
{
  MzConnectForm *self = MZ_CONNECT_FORM (widget);

  return gtk_widget_grab_focus (self->suggested_address != NULL ? self->secret : self->address);
}

static void
mz_connect_form_dispose (GObject *object)
{
  MzConnectForm *self = MZ_CONNECT_FORM (object);

  if (self->secrets != NULL)
    g_signal_handlers_disconnect_by_data (self->secrets, self);
  g_clear_object (&self->secrets);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_CONNECT_FORM);
  g_clear_pointer (&self->suggested_address, g_free);
  g_clear_pointer (&self->suggested_name, g_free);

  G_OBJECT_CLASS (mz_connect_form_parent_class)->dispose (object);
}

static void
mz_connect_form_class_init (MzConnectFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_connect_form_dispose;
  widget_class->grab_focus = mz_connect_form_grab_focus;

  signals[CONNECT] = g_signal_new ("connect", MZ_TYPE_CONNECT_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DEMO] = g_signal_new ("demo", MZ_TYPE_CONNECT_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (MZ_TYPE_ADDRESS_HINT);
  gtk_widget_class_set_css_name (widget_class, "connectform");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-connect-form.ui");
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, clamp);
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, address);
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, address_hint);
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, link_note);
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, secret);
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, secret_hint);
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, is_token);
  gtk_widget_class_bind_template_child (widget_class, MzConnectForm, is_password);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, demo_cb);
  gtk_widget_class_bind_template_callback (widget_class, secret_changed_cb);
}

static void
mz_connect_form_init (MzConnectForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  mz_address_hint_set_row (self->address_hint, ADW_ENTRY_ROW (self->address));
  mz_row_set_description (self->secret, self->secret_hint);
  say_secret (self, NULL);
}

/**
 * mz_connect_form_set_secrets:
 * @secrets: where secrets are kept
 */
void
mz_connect_form_set_secrets (MzConnectForm *self,
                             MzSecretStore *secrets)
{
  g_return_if_fail (MZ_IS_CONNECT_FORM (self));
  g_return_if_fail (MZ_IS_SECRET_STORE (secrets));
  g_return_if_fail (self->secrets == NULL);

  self->secrets = g_object_ref (secrets);
  g_signal_connect_object (secrets, "notify::persistent", G_CALLBACK (persistent_cb), self, G_CONNECT_SWAPPED);
  say_secret (self, NULL);
}

gboolean
mz_connect_form_check (MzConnectForm *self)
{
  g_return_val_if_fail (MZ_IS_CONNECT_FORM (self), FALSE);

  if (!mz_address_hint_check (self->address_hint))
    return FALSE;

  say_secret (self, NULL);

  return TRUE;
}

/**
 * mz_connect_form_get_endpoint:
 *
 * Returns: (transfer none) (nullable): what the address means
 */
MzEndpoint *
mz_connect_form_get_endpoint (MzConnectForm *self)
{
  g_return_val_if_fail (MZ_IS_CONNECT_FORM (self), NULL);

  return mz_address_hint_get_endpoint (self->address_hint);
}

/**
 * mz_connect_form_make_entry:
 *
 * Returns: (transfer full): an entry with the address as it was typed, and with the name of a link if it is the link's address
 */
MzGatewayEntry *
mz_connect_form_make_entry (MzConnectForm *self)
{
  g_autofree char *address = NULL;
  MzGatewayEntry *entry;

  g_return_val_if_fail (MZ_IS_CONNECT_FORM (self), NULL);

  address = g_strstrip (g_strdup (get_text (self->address)));
  entry = mz_gateway_entry_new (NULL, address, FALSE);
  if (self->suggested_name != NULL && g_strcmp0 (self->suggested_address, address) == 0)
    mz_gateway_entry_set_name (entry, self->suggested_name);

  return entry;
}

/**
 * mz_connect_form_dup_secret:
 * @credential: (out): what it is
 *
 * Returns: (transfer full) (nullable): what was entered; free with mz_secret_free()
 */
char *
mz_connect_form_dup_secret (MzConnectForm *self,
                            MzCredential  *credential)
{
  const char *text;

  g_return_val_if_fail (MZ_IS_CONNECT_FORM (self), NULL);
  g_return_val_if_fail (credential != NULL, NULL);

  text = get_text (self->secret);
  if (*text == '\0')
    *credential = MZ_CREDENTIAL_NONE;
  else
    *credential = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->is_password)) ? MZ_CREDENTIAL_PASSWORD : MZ_CREDENTIAL_TOKEN;

  return *text != '\0' ? g_strdup (text) : NULL;
}

void
mz_connect_form_set_address (MzConnectForm *self,
                             const char    *address)
{
  g_return_if_fail (MZ_IS_CONNECT_FORM (self));
  g_return_if_fail (address != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->address), address);
}

/**
 * mz_connect_form_suggest:
 * @address: of a link
 * @name: (nullable): what the link calls it
 *
 * Fills it in, and says where it came from as long as it stays so.
 */
void
mz_connect_form_suggest (MzConnectForm *self,
                         const char    *address,
                         const char    *name)
{
  g_return_if_fail (MZ_IS_CONNECT_FORM (self));
  g_return_if_fail (address != NULL);

  g_free (self->suggested_address);
  self->suggested_address = g_strdup (address);
  g_free (self->suggested_name);
  self->suggested_name = g_strdup (name);
  mz_connect_form_set_address (self, address);
  address_changed_cb (self);
}

void
mz_connect_form_complain_address (MzConnectForm *self,
                                  const char    *text)
{
  g_return_if_fail (MZ_IS_CONNECT_FORM (self));

  mz_address_hint_complain (self->address_hint, text);
}

void
mz_connect_form_complain_secret (MzConnectForm *self,
                                 const char    *text)
{
  g_return_if_fail (MZ_IS_CONNECT_FORM (self));

  say_secret (self, text);
  gtk_editable_select_region (GTK_EDITABLE (self->secret), 0, -1);
}

void
mz_connect_form_focus (MzConnectForm  *self,
                       MzConnectField  field)
{
  g_return_if_fail (MZ_IS_CONNECT_FORM (self));

  gtk_widget_grab_focus (field == MZ_CONNECT_FIELD_SECRET ? self->secret : self->address);
}

/**
 * mz_connect_form_clear:
 *
 * Empties the fields; nothing secret stays in them.
 */
void
mz_connect_form_clear (MzConnectForm *self)
{
  g_return_if_fail (MZ_IS_CONNECT_FORM (self));

  g_clear_pointer (&self->suggested_address, g_free);
  g_clear_pointer (&self->suggested_name, g_free);
  gtk_editable_set_text (GTK_EDITABLE (self->address), "");
  gtk_editable_set_text (GTK_EDITABLE (self->secret), "");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->is_token), TRUE);
}
