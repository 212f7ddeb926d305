/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-connection-private.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-connection-pages.h"
#include "mz-connection-resource.h"
#include "mz-connection-words.h"
#include "mz-facts.h"
#include "mz-phase-list.h"
#include "mz-words.h"

/* docs: gateway/config-gateway, "gateway.tls": where a gateway keeps the certificate that it made for itself */
#define FINGERPRINT_COMMAND "openssl x509 -noout -fingerprint -sha256 -in ~/.openclaw/gateway/tls/gateway-cert.pem"

/**
 * mz_connection_init:
 *
 * Registers what the widgets of this folder are made from. Call it once, when GTK is initialised.
 */
void
mz_connection_init (void)
{
  mz_connection_register_resource ();

  /* Templates name them. */
  g_type_ensure (MZ_TYPE_FACTS);
  g_type_ensure (MZ_TYPE_PHASE_LIST);
  g_type_ensure (MZ_TYPE_STATUS_DOT);
}

/**
 * mz_offer_new:
 * @gateway: a gateway
 *
 * Returns: (transfer full) (nullable): the certificate that a person may trust now; %NULL when that would mend nothing
 */
MzOffer *
mz_offer_new (MzGateway *gateway)
{
  g_autoptr (MzDiagnosis) diagnosis = NULL;
  g_autofree char *pin = NULL;
  MzTrace *trace;
  MzOffer *self;

  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);

  pin = mz_gateway_dup_offered_pin (gateway);
  trace = mz_gateway_get_trace (gateway);
  if (pin == NULL || trace == NULL)
    return NULL;

  self = g_new0 (MzOffer, 1);
  self->host = mz_text_for_label (mz_endpoint_get_display_host (mz_trace_get_endpoint (trace)), 253);
  self->changed = mz_gateway_entry_get_pin (mz_gateway_get_entry (gateway)) != NULL;

  diagnosis = mz_gateway_diagnose (gateway);
  if (diagnosis != NULL && (g_str_equal (diagnosis->id, "tls-name") || g_str_equal (diagnosis->id, "tls-expired")))
    self->why = mz_text_for_label (diagnosis->explanation, 600);

  /* Only the certificate with this very fingerprint is shown beside it. */
  for (guint i = 0; i < mz_trace_get_n_attempts (trace); i++)
    {
      MzTraceAttempt *attempt = mz_trace_get_attempt (trace, i);

      if (g_strcmp0 (mz_trace_attempt_get_fingerprint (attempt), pin) == 0)
        g_set_object (&self->certificate, mz_trace_attempt_get_certificate (attempt));
    }
  self->pin = g_steal_pointer (&pin);

  return self;
}

void
mz_offer_free (MzOffer *self)
{
  if (self == NULL)
    return;

  g_free (self->pin);
  g_free (self->host);
  g_free (self->why);
  g_clear_object (&self->certificate);
  g_free (self);
}

/**
 * mz_offer_to_words:
 *
 * Returns: (transfer full): what to think of this certificate, translated
 */
char *
mz_offer_to_words (MzOffer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->changed)
    return g_strdup_printf (_("%s shows another certificate than the one you trusted. If nobody has given the gateway a new one, somebody "
                              "may be in between: do not connect. Nothing was sent."),
                            self->host);

  if (self->why != NULL)
    return g_strdup_printf (_("%s If the fingerprint is the same as on the gateway’s computer, it is your gateway all the same. Nothing was sent yet."),
                            self->why);

  return g_strdup_printf (_("Nothing that this computer knows vouches for %s. If the fingerprint is the same as on the gateway’s computer, it is "
                            "your gateway. Nothing was sent yet."),
                          self->host);
}

static void
add_pin (MzFacts    *facts,
         const char *name,
         const char *pin,
         const char *kind)
{
  g_autofree char *words = mz_words_for_pin (pin);

  mz_facts_add (facts, name, words, kind);
}

/**
 * mz_offer_to_widget:
 * @trusted_pin: (nullable): the certificate that was trusted until now
 * @narrow: for a dialog, where there is little room; what mz_offer_to_words() says is part of it then
 *
 * Returns: (transfer floating): the certificate's facts, and how to compare them
 */
GtkWidget *
mz_offer_to_widget (MzOffer    *self,
                    const char *trusted_pin,
                    gboolean    narrow)
{
  GtkWidget *box, *facts, *how;

  g_return_val_if_fail (self != NULL, NULL);

  facts = mz_facts_new (narrow);
  gtk_widget_add_css_class (facts, "card");
  gtk_widget_add_css_class (facts, "padded");
  mz_facts_begin (MZ_FACTS (facts));
  mz_facts_add (MZ_FACTS (facts), _("Host"), self->host, NULL);
  add_pin (MZ_FACTS (facts), trusted_pin != NULL ? _("Now") : _("Fingerprint"), self->pin, "monospace");
  if (trusted_pin != NULL)
    add_pin (MZ_FACTS (facts), _("Trusted before"), trusted_pin, "monospace");
  if (self->certificate != NULL)
    mz_facts_add_certificate (MZ_FACTS (facts), self->certificate);
  mz_facts_end (MZ_FACTS (facts));

  how = g_object_new (GTK_TYPE_LABEL,
                      "label", _("To compare, run this on the gateway’s computer:"),
                      "xalign", 0.,
                      "wrap", TRUE,
                      NULL);
  gtk_widget_add_css_class (how, "caption");
  gtk_widget_add_css_class (how, "dim-label");

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  if (narrow)
    {
      g_autofree char *words = mz_offer_to_words (self);
      GtkWidget *label = g_object_new (GTK_TYPE_LABEL,
                                       "label", words,
                                       "wrap", TRUE,
                                       "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                       "max-width-chars", 34,
                                       "justify", GTK_JUSTIFY_CENTER,
                                       "margin-bottom", 12,
                                       NULL);

      if (self->changed)
        gtk_widget_add_css_class (label, "error");

      gtk_box_append (GTK_BOX (box), label);
      gtk_widget_set_vexpand (box, TRUE);
    }
  gtk_box_append (GTK_BOX (box), facts);
  gtk_widget_set_margin_top (how, 6);
  gtk_box_append (GTK_BOX (box), how);
  gtk_box_append (GTK_BOX (box), mz_connection_command_new (FINGERPRINT_COMMAND, _("Copy command")));

  return box;
}

/**
 * mz_plaintext_to_words:
 *
 * Returns: (transfer full): what is at stake without encryption, translated
 */
char *
mz_plaintext_to_words (MzGateway *gateway)
{
  g_autoptr (MzEndpoint) endpoint = NULL;
  g_autofree char *host = NULL;

  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);

  endpoint = mz_gateway_entry_dup_endpoint (mz_gateway_get_entry (gateway));
  host = mz_text_for_label (endpoint != NULL ? mz_endpoint_get_display_host (endpoint) : "", 253);

  return g_strdup_printf (_("%s answers, but without TLS: whoever is on the way between this computer and the gateway could read your token and "
                            "your conversations, and change them. In your own network or tailnet that may be fine."),
                          host);
}

/**
 * mz_connection_toast:
 * @widget: where it happened
 * @text: plain text, translated
 *
 * Says something in passing, in the nearest place for toasts, and to screen readers.
 */
void
mz_connection_toast (GtkWidget  *widget,
                     const char *text)
{
  GtkWidget *overlay, *window;
  g_autofree char *escaped = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  /* The title of a toast is markup. */
  escaped = g_markup_escape_text (text, -1);
  overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  window = gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_WINDOW);
  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (escaped));
  else if (window != NULL)
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), adw_toast_new (escaped));

  mz_compat_announce (widget, text);
}

void
mz_connection_copy (GtkWidget  *widget,
                    const char *text,
                    const char *told)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  mz_connection_toast (widget, told);
}

static void
copy_cb (GtkWidget  *button,
         const char *command)
{
  mz_connection_copy (button, command, _("Command copied"));

  /* Where there is no place for toasts, the button says it. */
  gtk_button_set_icon_name (GTK_BUTTON (button), "object-select-symbolic");
}

static void
free_command (gpointer  command,
              GClosure *closure)
{
  g_free (command);
}

/**
 * mz_connection_command_new:
 * @command: what to type somewhere
 * @name: what the button says to who does not see its picture
 *
 * Returns: (transfer floating): the command and a button that copies it
 */
GtkWidget *
mz_connection_command_new (const char *command,
                           const char *name)
{
  GtkWidget *box, *label, *button;

  g_return_val_if_fail (command != NULL, NULL);

  label = g_object_new (GTK_TYPE_LABEL,
                        "label", command,
                        "xalign", 0.,
                        "hexpand", TRUE,
                        "wrap", TRUE,
                        "wrap-mode", PANGO_WRAP_WORD_CHAR,
                        "max-width-chars", 28,
                        "selectable", TRUE,
                        NULL);
  gtk_widget_add_css_class (label, "monospace");

  button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  mz_compat_set_label (button, name);
  g_signal_connect_data (button, "clicked", G_CALLBACK (copy_cb), g_strdup (command), free_command, 0);

  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (box, "command");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);

  return box;
}
