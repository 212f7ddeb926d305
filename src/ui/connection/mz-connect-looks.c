/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-connect-looks.h"

#include <glib/gi18n.h>

#include "mz-connection-words.h"

#define MAX_HEADLINE 200
#define MAX_EXPLANATION 600
#define MAX_COMMAND 200

/**
 * mz_connect_look_running:
 * @name: the gateway's name
 */
void
mz_connect_look_running (MzConnectProgress *progress,
                         const char        *name)
{
  g_autofree char *clean = mz_text_for_label (name, MAX_HEADLINE);
  g_autofree char *title = g_strdup_printf (_("Connecting to %s…"), clean);

  mz_connect_progress_show (progress, &(MzConnectLook) { .title = title, .phases = TRUE });
}

void
mz_connect_look_starting (MzConnectProgress *progress)
{
  mz_connect_progress_show (progress, &(MzConnectLook) {
    .title = _("The gateway is starting…"),
    .text = _("It is there, and asks to be given a moment."),
    .waiting = _("Waiting for it…"),
  });
}

static GtkWidget *
new_command_card (const char *command)
{
  g_autofree char *clean = mz_text_for_label (command, MAX_COMMAND);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *how = g_object_new (GTK_TYPE_LABEL, "label", _("On the gateway’s computer, run:"), "xalign", 0., "wrap", TRUE, NULL);

  gtk_widget_add_css_class (how, "caption");
  gtk_widget_add_css_class (how, "dim-label");
  gtk_box_append (GTK_BOX (box), how);
  gtk_box_append (GTK_BOX (box), mz_connection_command_new (clean, _("Copy command")));

  return box;
}

/**
 * mz_connect_look_pairing:
 * @diagnosis: of a device that waits for approval
 */
void
mz_connect_look_pairing (MzConnectProgress *progress,
                         const MzDiagnosis *diagnosis)
{
  mz_connect_progress_show (progress, &(MzConnectLook) {
    .icon = "dialog-password-symbolic",
    .title = diagnosis->headline,
    .text = diagnosis->explanation,
    .ask = diagnosis->command != NULL ? new_command_card (diagnosis->command) : NULL,
    .waiting = _("Waiting for approval…"),
  });
}

/**
 * mz_connect_look_certificate:
 * @offer: the certificate
 * @trusted_pin: (nullable): the one that was trusted until now
 */
void
mz_connect_look_certificate (MzConnectProgress *progress,
                             MzOffer           *offer,
                             const char        *trusted_pin)
{
  g_autofree char *words = mz_offer_to_words (offer);

  mz_connect_progress_show (progress, &(MzConnectLook) {
    .icon = offer->changed ? "dialog-warning-symbolic" : "channel-insecure-symbolic",
    .title = offer->changed ? _("The certificate has changed") : _("Is this your gateway?"),
    .alarm = offer->changed,
    .text = words,
    .ask = mz_offer_to_widget (offer, trusted_pin, FALSE),
    .act = _("Trust this certificate"),
    .act_class = offer->changed ? "destructive-action" : NULL,
  });
}

void
mz_connect_look_plaintext (MzConnectProgress *progress,
                           MzGateway         *gateway)
{
  g_autofree char *words = mz_plaintext_to_words (gateway);

  mz_connect_progress_show (progress, &(MzConnectLook) {
    .icon = "channel-insecure-symbolic",
    .title = _("Connect without encryption?"),
    .text = words,
    .act = _("Connect without encryption"),
  });
}

/**
 * mz_connect_look_failed:
 * @diagnosis: (nullable): why
 *
 * Returns: what the button does that mends it
 */
MzAction
mz_connect_look_failed (MzConnectProgress *progress,
                        const MzDiagnosis *diagnosis)
{
  const char *label = NULL;
  MzAction action = mz_action_of (diagnosis, &label);
  g_autofree char *headline = mz_text_for_label (diagnosis != NULL ? diagnosis->headline : _("The connection failed"), MAX_HEADLINE);
  g_autofree char *explanation = mz_text_for_label (diagnosis != NULL ? diagnosis->explanation : NULL, MAX_EXPLANATION);
  g_autofree char *advice = diagnosis != NULL ? mz_diagnosis_to_advice (diagnosis) : NULL;

  /* These are here all the time. */
  if (action == MZ_ACTION_RETRY || action == MZ_ACTION_NONE || action == MZ_ACTION_DOCTOR)
    label = NULL;

  mz_connect_progress_show (progress, &(MzConnectLook) {
    .icon = "network-error-symbolic",
    .title = headline,
    .text = explanation,
    .advice = advice,
    .phases = TRUE,
    .act = label,
    .act_class = "suggested-action",
    .act_is_default = TRUE,
    .again = TRUE,
    .details = TRUE,
    .cancel = _("Back"),
  });

  return action;
}
