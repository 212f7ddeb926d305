/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-address-hint.h"

#include <glib/gi18n.h>

#include "mz-connection-words.h"
#include "mz-words.h"

/* Who types on does not want to be told that half an address is none. */
#define PAUSE_MS 900

struct _MzAddressHint
{
  GtkWidget parent_instance;

  AdwEntryRow *row;
  MzStrategySetting setting;
  MzEndpoint *endpoint;
  MzEndpoint *suggestion;
  GError *error;
  guint pause_id;

  GtkWidget *label;
  GtkWidget *suggest;
};

G_DEFINE_FINAL_TYPE (MzAddressHint, mz_address_hint, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
get_text (MzAddressHint *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->row));
}

static void
say (MzAddressHint *self,
     const char    *text,
     gboolean       wrong)
{
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_widget_set_css_classes (self->label, (const char *[]) { "caption", wrong ? "error" : "dim-label", NULL });
  mz_row_set_wrong (GTK_WIDGET (self->row), wrong);
}

static void
say_error (MzAddressHint *self)
{
  g_autofree char *words = mz_address_error_to_words (self->error);

  say (self, words, TRUE);
}

static gboolean
pause_cb (gpointer user_data)
{
  MzAddressHint *self = user_data;

  self->pause_id = 0;
  if (self->error != NULL)
    say_error (self);

  return G_SOURCE_REMOVE;
}

static void
update_suggestion (MzAddressHint *self)
{
  g_clear_pointer (&self->suggestion, mz_endpoint_unref);
  if (self->endpoint != NULL)
    self->suggestion = mz_endpoint_suggest (self->endpoint);

  gtk_widget_set_visible (self->suggest, self->suggestion != NULL);
  if (self->suggestion != NULL)
    {
      /* Translators: a port and a scheme: "Use port 18789 without Tailscale Serve" */
      g_autofree char *text = g_strdup_printf (_("Not behind Tailscale Serve? Use port %u"), mz_endpoint_get_port (self->suggestion));

      gtk_button_set_label (GTK_BUTTON (self->suggest), text);
    }
}

static void
update (MzAddressHint *self)
{
  gboolean empty = *get_text (self) == '\0';

  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_clear_pointer (&self->endpoint, mz_endpoint_unref);
  g_clear_error (&self->error);
  self->endpoint = mz_endpoint_parse (get_text (self), &self->error);
  update_suggestion (self);

  if (self->endpoint != NULL)
    {
      g_autofree char *words = mz_words_for_endpoint (mz_platform_current (), self->endpoint, self->setting);

      say (self, words, FALSE);
    }
  else if (g_error_matches (self->error, MZ_NET_ERROR, MZ_NET_ERROR_SECRET_IN_ADDRESS))
    {
      /* It does not get better by typing on. */
      say_error (self);
    }
  else
    {
      say (self, _("For example my-gateway.tailnet.ts.net or 192.168.1.5:18789"), FALSE);
      if (!empty)
        self->pause_id = g_timeout_add (PAUSE_MS, pause_cb, self);
    }

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
suggest_cb (MzAddressHint *self)
{
  g_autofree char *address = g_strdup (mz_endpoint_to_string (self->suggestion));

  gtk_editable_set_text (GTK_EDITABLE (self->row), address);
  gtk_widget_grab_focus (GTK_WIDGET (self->row));
}

static void
mz_address_hint_dispose (GObject *object)
{
  MzAddressHint *self = MZ_ADDRESS_HINT (object);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  g_clear_object (&self->row);
  g_clear_pointer (&self->endpoint, mz_endpoint_unref);
  g_clear_pointer (&self->suggestion, mz_endpoint_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_pointer (&self->suggest, gtk_widget_unparent);

  G_OBJECT_CLASS (mz_address_hint_parent_class)->dispose (object);
}

static void
mz_address_hint_class_init (MzAddressHintClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_address_hint_dispose;

  signals[CHANGED] = g_signal_new ("changed", MZ_TYPE_ADDRESS_HINT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "addresshint");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
mz_address_hint_init (MzAddressHint *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);

  self->label = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));

  self->suggest = g_object_new (GTK_TYPE_BUTTON, "halign", GTK_ALIGN_START, "visible", FALSE, NULL);
  gtk_widget_add_css_class (self->suggest, "flat");
  gtk_widget_add_css_class (self->suggest, "suggestion");
  g_signal_connect_swapped (self->suggest, "clicked", G_CALLBACK (suggest_cb), self);
  gtk_widget_set_parent (self->suggest, GTK_WIDGET (self));
}

/**
 * mz_address_hint_set_row:
 * @row: the field of the address
 *
 * To be called once.
 */
void
mz_address_hint_set_row (MzAddressHint *self,
                         AdwEntryRow   *row)
{
  g_return_if_fail (MZ_IS_ADDRESS_HINT (self));
  g_return_if_fail (ADW_IS_ENTRY_ROW (row));
  g_return_if_fail (self->row == NULL);

  self->row = g_object_ref (row);
  g_signal_connect_object (row, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  mz_row_set_description (GTK_WIDGET (row), self->label);
  update (self);
}

/**
 * mz_address_hint_set_strategy:
 * @setting: of which the plan that is told depends
 */
void
mz_address_hint_set_strategy (MzAddressHint     *self,
                              MzStrategySetting  setting)
{
  g_return_if_fail (MZ_IS_ADDRESS_HINT (self));

  if (self->setting == setting)
    return;

  self->setting = setting;
  if (self->row != NULL)
    update (self);
}

/**
 * mz_address_hint_get_endpoint:
 *
 * Returns: (transfer none) (nullable): what the text means now
 */
MzEndpoint *
mz_address_hint_get_endpoint (MzAddressHint *self)
{
  g_return_val_if_fail (MZ_IS_ADDRESS_HINT (self), NULL);

  return self->endpoint;
}

gboolean
mz_address_hint_check (MzAddressHint *self)
{
  g_return_val_if_fail (MZ_IS_ADDRESS_HINT (self), FALSE);

  if (self->endpoint != NULL)
    return TRUE;

  g_clear_handle_id (&self->pause_id, g_source_remove);
  say_error (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->row));

  return FALSE;
}

void
mz_address_hint_complain (MzAddressHint *self,
                          const char    *text)
{
  g_return_if_fail (MZ_IS_ADDRESS_HINT (self));

  g_clear_handle_id (&self->pause_id, g_source_remove);
  say (self, text, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->row));
}

void
mz_row_set_wrong (GtkWidget *row,
                  gboolean   wrong)
{
  GtkEditable *text;

  g_return_if_fail (GTK_IS_EDITABLE (row));

  if (wrong)
    gtk_widget_add_css_class (row, "error");
  else
    gtk_widget_remove_css_class (row, "error");

  text = gtk_editable_get_delegate (GTK_EDITABLE (row));
  gtk_accessible_update_state (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

void
mz_row_set_description (GtkWidget *row,
                        GtkWidget *label)
{
  GtkEditable *text;

  g_return_if_fail (GTK_IS_EDITABLE (row));

  text = gtk_editable_get_delegate (GTK_EDITABLE (row));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, label, NULL, -1);
}
