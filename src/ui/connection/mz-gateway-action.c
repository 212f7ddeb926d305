/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-gateway-action.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mz-compat.h"
#include "mz-connection-private.h"
#include "mz-doctor.h"
#include "mz-gateway-dialog.h"
#include "mz-network-settings.h"

/* A page that every sign-in page puts itself in front of: GNOME's own, which its portal helper opens too. */
#define PORTAL_URI "http://nmcheck.gnome.org/"

typedef struct
{
  MzGateway *gateway;
  char *pin;    /* what was shown, and is trusted: the gateway may have met another certificate in the meantime */
} Question;

static void
question_free (Question *question)
{
  g_clear_object (&question->gateway);
  g_free (question->pin);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
trust_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (source), result);

  if (g_strcmp0 (answer, "trust") != 0)
    return;

  mz_gateway_entry_set_pin (mz_gateway_get_entry (question->gateway), question->pin);
  mz_gateway_connect (question->gateway);
}

static void
ask_trust (MzGateway *gateway,
           GtkWidget *parent)
{
  g_autoptr (MzOffer) offer = mz_offer_new (gateway);
  const char *answers[] = { "cancel", _("Cancel"), "trust", _("Trust this certificate"), NULL };
  Question *question;
  GtkWidget *child;

  /* In the meantime it may have changed for the better. */
  if (offer == NULL)
    {
      mz_gateway_retry_now (gateway);
      return;
    }

  child = mz_offer_to_widget (offer, mz_gateway_entry_get_pin (mz_gateway_get_entry (gateway)), TRUE);

  question = g_new0 (Question, 1);
  question->gateway = g_object_ref (gateway);
  question->pin = g_strdup (offer->pin);
  mz_compat_ask_async (parent, offer->changed ? _("The certificate has changed") : _("Trust this certificate?"), NULL, child, answers,
                       NULL, offer->changed ? "trust" : NULL, "cancel", NULL, trust_cb, question);
}

static void
plaintext_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (MzGateway) gateway = user_data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (source), result);

  if (g_strcmp0 (answer, "allow") != 0)
    return;

  mz_gateway_entry_set_allow_plaintext (mz_gateway_get_entry (gateway), TRUE);
  mz_gateway_connect (gateway);
}

static void
ask_plaintext (MzGateway *gateway,
               GtkWidget *parent)
{
  const char *answers[] = { "cancel", _("Cancel"), "allow", _("Connect without encryption"), NULL };
  g_autofree char *body = mz_plaintext_to_words (gateway);

  mz_compat_ask_async (parent, _("Connect without encryption?"), body, NULL, answers, NULL, "allow", "cancel", NULL, plaintext_cb,
                       g_object_ref (gateway));
}

/* Where to sign in: something answered in the gateway's place, or a sign-in page stands before everything. */
static char *
sign_in_uri (MzGateway *gateway)
{
  g_autoptr (MzEndpoint) endpoint = mz_gateway_entry_dup_endpoint (mz_gateway_get_entry (gateway));
  MzTrace *trace = mz_gateway_get_trace (gateway);
  MzTraceAttempt *attempt = trace != NULL ? mz_trace_get_deepest (trace) : NULL;
  const char *uri;

  if (endpoint == NULL || attempt == NULL || mz_trace_attempt_get_http_status (attempt) == 0)
    return g_strdup (PORTAL_URI);

  /* ws:// is http://, and wss:// is https:// (RFC 6455, section 3). */
  uri = mz_endpoint_to_string (mz_trace_attempt_get_endpoint (attempt));

  return g_strconcat ("http", uri + strlen ("ws"), NULL);
}

static void
use_wss (MzGateway *gateway)
{
  MzGatewayEntry *entry = mz_gateway_get_entry (gateway);
  g_autoptr (MzEndpoint) endpoint = mz_gateway_entry_dup_endpoint (entry);
  g_autoptr (MzEndpoint) encrypted = endpoint != NULL ? mz_endpoint_with_scheme (endpoint, MZ_SCHEME_WSS) : NULL;

  if (encrypted != NULL)
    mz_gateway_entry_set_address (entry, mz_endpoint_to_string (encrypted));
  mz_gateway_connect (gateway);
}

/* Tailscale Serve offers a gateway on the port of https. */
static void
use_serve (MzGateway *gateway)
{
  MzGatewayEntry *entry = mz_gateway_get_entry (gateway);
  g_autoptr (MzEndpoint) endpoint = mz_gateway_entry_dup_endpoint (entry);
  g_autofree char *address = endpoint != NULL ? g_strdup_printf ("wss://%s", mz_endpoint_get_host (endpoint)) : NULL;

  if (address != NULL)
    mz_gateway_entry_set_address (entry, address);
  mz_gateway_connect (gateway);
}

static void
use_other_strategy (MzGateway *gateway)
{
  MzGatewayEntry *entry = mz_gateway_get_entry (gateway);
  gboolean ipv4_only = mz_gateway_entry_get_strategy (entry) == MZ_STRATEGY_IPV4_ONLY;

  mz_gateway_entry_set_strategy (entry, ipv4_only ? MZ_STRATEGY_AUTO : MZ_STRATEGY_IPV4_ONLY);
  mz_gateway_connect (gateway);
}

/**
 * mz_gateway_action_simple:
 * @gateway: a gateway
 * @action: what to do with it
 * @widget: where the button is
 *
 * Does what needs no question and no other window.
 *
 * Returns: whether @action is of that kind
 */
gboolean
mz_gateway_action_simple (MzGateway *gateway,
                          MzAction   action,
                          GtkWidget *widget)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), FALSE);
  g_return_val_if_fail (GTK_IS_WIDGET (widget), FALSE);

  switch (action)
    {
    case MZ_ACTION_CONNECT:
      mz_gateway_connect (gateway);
      return TRUE;

    case MZ_ACTION_CANCEL:
      mz_gateway_disconnect (gateway);
      return TRUE;

    case MZ_ACTION_RETRY:
      mz_gateway_retry_now (gateway);
      return TRUE;

    case MZ_ACTION_COPY_COMMAND:
      {
        g_autoptr (MzDiagnosis) diagnosis = mz_gateway_diagnose (gateway);

        if (diagnosis != NULL && diagnosis->command != NULL)
          mz_connection_copy (widget, diagnosis->command, _("Command copied"));
        return TRUE;
      }

    case MZ_ACTION_USE_WSS:
      use_wss (gateway);
      return TRUE;

    case MZ_ACTION_USE_SERVE:
      use_serve (gateway);
      return TRUE;

    case MZ_ACTION_OTHER_STRATEGY:
      use_other_strategy (gateway);
      return TRUE;

    case MZ_ACTION_NETWORK:
      if (!mz_network_settings_open (widget))
        mz_connection_toast (widget, _("Moltzer cannot open them here: look for “Network” in this computer’s settings."));
      return TRUE;

    case MZ_ACTION_OPEN_NETWORK:
      {
        g_autofree char *uri = sign_in_uri (gateway);

        mz_compat_open_uri (widget, uri);
        return TRUE;
      }

    case MZ_ACTION_EDIT_SECRET:
    case MZ_ACTION_EDIT_ADDRESS:
    case MZ_ACTION_TRUST:
    case MZ_ACTION_ALLOW_PLAINTEXT:
    case MZ_ACTION_DOCTOR:
    case MZ_ACTION_NONE:
    default:
      return FALSE;
    }
}

/**
 * mz_gateway_action_run:
 * @core: the core
 * @gateway: a gateway
 * @action: what a status or a diagnosis offers
 * @parent: any widget of the window
 *
 * Does it, with its question where it needs one.
 */
void
mz_gateway_action_run (MzCore    *core,
                       MzGateway *gateway,
                       MzAction   action,
                       GtkWidget *parent)
{
  GtkWindow *window;

  g_return_if_fail (MZ_IS_CORE (core));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (GTK_IS_WIDGET (parent));

  window = GTK_WINDOW (gtk_widget_get_ancestor (parent, GTK_TYPE_WINDOW));

  switch (action)
    {
    case MZ_ACTION_EDIT_SECRET:
      gtk_window_present (mz_gateway_dialog_new (core, gateway, window, "secret"));
      break;

    case MZ_ACTION_EDIT_ADDRESS:
      gtk_window_present (mz_gateway_dialog_new (core, gateway, window, "address"));
      break;

    case MZ_ACTION_TRUST:
      ask_trust (gateway, parent);
      break;

    case MZ_ACTION_ALLOW_PLAINTEXT:
      /* Where nobody asked for consent, it mends nothing. */
      if (mz_gateway_wants_plaintext (gateway))
        ask_plaintext (gateway, parent);
      else
        gtk_window_present (mz_gateway_dialog_new (core, gateway, window, "address"));
      break;

    case MZ_ACTION_DOCTOR:
      gtk_window_present (mz_doctor_new (core, gateway, window));
      break;

    case MZ_ACTION_CONNECT:
    case MZ_ACTION_CANCEL:
    case MZ_ACTION_RETRY:
    case MZ_ACTION_COPY_COMMAND:
    case MZ_ACTION_USE_WSS:
    case MZ_ACTION_OPEN_NETWORK:
    case MZ_ACTION_USE_SERVE:
    case MZ_ACTION_OTHER_STRATEGY:
    case MZ_ACTION_NETWORK:
      mz_gateway_action_simple (gateway, action, parent);
      break;

    case MZ_ACTION_NONE:
    default:
      break;
    }
}
