/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-status.h"

#include <glib/gi18n-lib.h>

/* From when on a countdown is told in minutes, in s. */
#define MINUTES_FROM_S 120

/* What mends a diagnosis: by its id, sorted. What is mended elsewhere (on the gateway's computer, in Tailscale) leaves
 * trying again here. */
static const struct
{
  const char *id;
  MzAction action;
} actions[] = {
  { "auth-device-token", MZ_ACTION_EDIT_SECRET },
  { "auth-missing", MZ_ACTION_EDIT_SECRET },
  { "auth-rate-limited", MZ_ACTION_EDIT_SECRET }, /* trying again at once would lengthen the wait */
  { "auth-token", MZ_ACTION_EDIT_SECRET },
  { "client-rejected", MZ_ACTION_DOCTOR },
  { "device-clock", MZ_ACTION_RETRY },
  { "dns-not-found", MZ_ACTION_EDIT_ADDRESS },
  { "dns-placeholder", MZ_ACTION_RETRY },
  { "dns-slow", MZ_ACTION_OTHER_STRATEGY },
  { "flapping", MZ_ACTION_DOCTOR },
  { "half-open", MZ_ACTION_RETRY },
  { "http-status", MZ_ACTION_EDIT_ADDRESS },
  { "invalid-address", MZ_ACTION_EDIT_ADDRESS },
  { "ipv6-dead", MZ_ACTION_OTHER_STRATEGY },
  { "magicdns-off", MZ_ACTION_RETRY },
  { "needs-ws", MZ_ACTION_ALLOW_PLAINTEXT },
  { "needs-wss", MZ_ACTION_USE_WSS },
  { "network-change", MZ_ACTION_RETRY },
  { "no-ipv4", MZ_ACTION_OTHER_STRATEGY },
  { "not-a-gateway", MZ_ACTION_EDIT_ADDRESS },
  { "pairing-required", MZ_ACTION_COPY_COMMAND },
  { "peer-silent", MZ_ACTION_RETRY },
  { "portal", MZ_ACTION_OPEN_NETWORK },
  { "protocol-mismatch", MZ_ACTION_DOCTOR },
  { "refused", MZ_ACTION_RETRY },
  { "resume", MZ_ACTION_RETRY },
  { "sandbox-mdns", MZ_ACTION_EDIT_ADDRESS },
  { "scope-limited", MZ_ACTION_DOCTOR },
  { "serve-port", MZ_ACTION_USE_SERVE }, /* not USE_WSS: the port is another one too */
  { "shutdown", MZ_ACTION_RETRY },
  { "slow-consumer", MZ_ACTION_RETRY },
  { "starting", MZ_ACTION_RETRY },
  { "tailscale-down", MZ_ACTION_RETRY },
  { "timeout", MZ_ACTION_RETRY },
  { "tls-expired", MZ_ACTION_RETRY },
  { "tls-name", MZ_ACTION_EDIT_ADDRESS },
  { "tls-no-cert", MZ_ACTION_RETRY },
  { "tls-pin-mismatch", MZ_ACTION_TRUST },
  { "tls-stall", MZ_ACTION_RETRY },
  { "tls-untrusted", MZ_ACTION_TRUST },
  { "too-large", MZ_ACTION_DOCTOR },
  { "unknown", MZ_ACTION_RETRY },
  { "unreachable", MZ_ACTION_NETWORK },
};

G_DEFINE_ENUM_TYPE (MzDot, mz_dot,
                    G_DEFINE_ENUM_VALUE (MZ_DOT_OFF, "off"),
                    G_DEFINE_ENUM_VALUE (MZ_DOT_WORKING, "working"),
                    G_DEFINE_ENUM_VALUE (MZ_DOT_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (MZ_DOT_NEEDS_YOU, "needs-you"))

G_DEFINE_BOXED_TYPE (MzStatus, mz_status, mz_status_copy, mz_status_free)

static const char *
label_of (MzAction action)
{
  switch (action)
    {
    case MZ_ACTION_CONNECT:
      return _("Connect");
    case MZ_ACTION_CANCEL:
      return _("Stop trying");
    case MZ_ACTION_RETRY:
      return _("Try now");
    case MZ_ACTION_EDIT_SECRET:
      return _("Enter token…");
    case MZ_ACTION_EDIT_ADDRESS:
      return _("Edit address…");
    case MZ_ACTION_COPY_COMMAND:
      return _("Copy command");
    case MZ_ACTION_TRUST:
      return _("Look at certificate…");
    case MZ_ACTION_ALLOW_PLAINTEXT:
      return _("Connect without encryption…");
    case MZ_ACTION_USE_WSS:
      return _("Use wss");
    case MZ_ACTION_OPEN_NETWORK:
      return _("Sign in to the network");
    case MZ_ACTION_DOCTOR:
      return _("Details");
    case MZ_ACTION_USE_SERVE:
      return _("Use Tailscale Serve");
    case MZ_ACTION_OTHER_STRATEGY:
      return _("Try the other strategy");
    case MZ_ACTION_NETWORK:
      return _("Network settings");
    case MZ_ACTION_NONE:
    default:
      return NULL;
    }
}

static gboolean
is_pairing (const MzDiagnosis *diagnosis)
{
  return diagnosis != NULL && g_strcmp0 (diagnosis->id, "pairing-required") == 0;
}

/* While the next try is planned, trying now is the nearest thing to do, but for what no try can do without the person. */
static MzAction
action_while_waiting (const MzDiagnosis *diagnosis)
{
  MzAction action = mz_action_of (diagnosis, NULL);

  switch (action)
    {
    case MZ_ACTION_EDIT_SECRET:
    case MZ_ACTION_COPY_COMMAND:
    case MZ_ACTION_TRUST:
    case MZ_ACTION_ALLOW_PLAINTEXT:
    case MZ_ACTION_USE_WSS:
    case MZ_ACTION_OPEN_NETWORK:
    case MZ_ACTION_USE_SERVE:
      return action;
    case MZ_ACTION_NONE:
    case MZ_ACTION_CONNECT:
    case MZ_ACTION_CANCEL:
    case MZ_ACTION_RETRY:
    case MZ_ACTION_EDIT_ADDRESS:
    case MZ_ACTION_DOCTOR:
    case MZ_ACTION_OTHER_STRATEGY:
    case MZ_ACTION_NETWORK:
    default:
      return MZ_ACTION_RETRY;
    }
}

static MzAction
action_when_stopped (const MzDiagnosis *diagnosis)
{
  MzAction action = mz_action_of (diagnosis, NULL);

  return action != MZ_ACTION_NONE ? action : MZ_ACTION_RETRY;
}

/* What went wrong, as a sentence. */
static char *
sentence_of (const char        *name,
             const MzDiagnosis *diagnosis)
{
  if (diagnosis == NULL || diagnosis->headline == NULL)
    return g_strdup_printf (_("No connection to %s."), name);
  if (g_str_has_suffix (diagnosis->headline, "…") || g_str_has_suffix (diagnosis->headline, "."))
    /* Translators: the name of a gateway, and what happened ("The gateway is starting…") */
    return g_strdup_printf (_("%s: %s"), name, diagnosis->headline);
  /* Translators: the name of a gateway, and what happened, without a full stop ("Nothing listens on that port") */
  return g_strdup_printf (_("%s: %s."), name, diagnosis->headline);
}

static char *
progress_of (const char    *name,
             const MzPhase *phase)
{
  if (phase == NULL)
    return g_strdup_printf (_("Connecting to %s…"), name);
  /* Translators: the name of a gateway, and what the connection does now ("encrypting (TLS)") */
  return g_strdup_printf (_("Connecting to %s: %s…"), name, mz_phase_to_words (*phase));
}

/**
 * mz_status_of:
 * @state: how the client stands
 * @wanted: the gateway is to be connected
 * @name: what the person calls it
 * @phase: (nullable): what the running dial is doing
 * @diagnosis: (nullable): of the last failure
 * @retry_at: monotonic µs of the next try, 0 for none
 *
 * Puts into words how a gateway stands. While a device waits for its approval, the polling for it is not told: the
 * sentence stays.
 *
 * Returns: (transfer full): the status
 */
MzStatus *
mz_status_of (MzClientState      state,
              gboolean           wanted,
              const char        *name,
              const MzPhase     *phase,
              const MzDiagnosis *diagnosis,
              gint64             retry_at)
{
  MzStatus *self;
  gboolean pairing = is_pairing (diagnosis);

  g_return_val_if_fail (name != NULL, NULL);

  self = g_new0 (MzStatus, 1);

  /* Before there is a client: its secret is being fetched. */
  if (state == MZ_CLIENT_OFFLINE && wanted)
    state = MZ_CLIENT_CONNECTING;

  switch (state)
    {
    case MZ_CLIENT_CONNECTING:
      self->dot = pairing ? MZ_DOT_NEEDS_YOU : MZ_DOT_WORKING;
      self->word = g_strdup (pairing ? _("Needs approval") : _("Connecting"));
      self->text = pairing ? sentence_of (name, diagnosis) : progress_of (name, phase);
      self->action = pairing ? mz_action_of (diagnosis, NULL) : MZ_ACTION_CANCEL;
      self->visible = TRUE;
      break;

    case MZ_CLIENT_READY:
      self->dot = MZ_DOT_READY;
      self->word = g_strdup (_("Ready"));
      self->text = g_strdup_printf (_("Connected to %s."), name);
      break;

    case MZ_CLIENT_WAITING:
      self->dot = pairing ? MZ_DOT_NEEDS_YOU : MZ_DOT_WORKING;
      self->word = g_strdup (pairing ? _("Needs approval") : _("Waiting"));
      self->text = sentence_of (name, diagnosis);
      self->action = action_while_waiting (diagnosis);
      self->visible = TRUE;
      self->retry_at = pairing ? 0 : retry_at;
      break;

    case MZ_CLIENT_STOPPED:
      self->dot = MZ_DOT_NEEDS_YOU;
      self->word = g_strdup (pairing ? _("Needs approval") : _("Needs you"));
      self->text = sentence_of (name, diagnosis);
      self->action = action_when_stopped (diagnosis);
      self->visible = TRUE;
      break;

    case MZ_CLIENT_OFFLINE:
    default:
      self->dot = MZ_DOT_OFF;
      self->word = g_strdup (_("Not connected"));
      self->text = g_strdup_printf (_("Not connected to %s."), name);
      self->action = MZ_ACTION_CONNECT;
      self->visible = TRUE;
      break;
    }

  self->label = g_strdup (label_of (self->action));
  return self;
}

/**
 * mz_status_copy:
 * @self: a status
 *
 * Returns: (transfer full): the same
 */
MzStatus *
mz_status_copy (const MzStatus *self)
{
  MzStatus *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (MzStatus, 1);
  *copy = *self;
  copy->word = g_strdup (self->word);
  copy->text = g_strdup (self->text);
  copy->label = g_strdup (self->label);
  return copy;
}

/**
 * mz_status_free:
 * @self: (transfer full) (nullable): a status
 */
void
mz_status_free (MzStatus *self)
{
  if (self == NULL)
    return;

  g_free (self->word);
  g_free (self->text);
  g_free (self->label);
  g_free (self);
}

/**
 * mz_status_format:
 * @self: a status
 * @now_us: now, monotonic µs
 *
 * Gets the sentence of the bar with the countdown in it. It changes once a second at most, with the full seconds before
 * `retry_at`.
 *
 * Returns: (transfer full): the sentence, translated
 */
char *
mz_status_format (const MzStatus *self,
                  gint64          now_us)
{
  g_autofree char *countdown = NULL;
  gint64 seconds;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->retry_at == 0)
    return g_strdup (self->text);

  seconds = (self->retry_at - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  if (seconds <= 0)
    countdown = g_strdup (_("Trying again…"));
  else if (seconds < MINUTES_FROM_S)
    countdown = g_strdup_printf (_("Trying again in %d s."), (int) seconds);
  else
    countdown = g_strdup_printf (_("Trying again in %d min."), (int) MIN ((seconds + 59) / 60, G_MAXINT));

  /* Translators: what happened ("Nothing listens on that port."), and when it is tried again ("Trying again in 7 s.") */
  return g_strdup_printf (C_("two sentences", "%s %s"), self->text, countdown);
}

/**
 * mz_action_of:
 * @diagnosis: (nullable): what happened
 * @label: (out) (optional) (nullable) (transfer none): what the button says, translated
 *
 * Tells what mends a diagnosis.
 *
 * Returns: the action; %MZ_ACTION_NONE without a diagnosis, and for one that this version does not know
 */
MzAction
mz_action_of (const MzDiagnosis  *diagnosis,
              const char        **label)
{
  MzAction action = MZ_ACTION_NONE;

  for (guint i = 0; diagnosis != NULL && i < G_N_ELEMENTS (actions); i++)
    {
      if (g_strcmp0 (diagnosis->id, actions[i].id) == 0)
        action = actions[i].action;
    }

  /* All is well as it is. */
  if (action == MZ_ACTION_OTHER_STRATEGY && diagnosis->fix == NULL)
    action = MZ_ACTION_DOCTOR;

  /* Nothing to copy was told. */
  if (action == MZ_ACTION_COPY_COMMAND && diagnosis->command == NULL)
    action = MZ_ACTION_DOCTOR;

  if (label != NULL)
    *label = label_of (action);
  return action;
}

/**
 * mz_phase_to_words:
 * @phase: a phase
 *
 * Returns: (transfer none): what is done in it, translated, as part of a sentence
 */
const char *
mz_phase_to_words (MzPhase phase)
{
  switch (phase)
    {
    case MZ_PHASE_RESOLVE:
      return _("looking up the name");
    case MZ_PHASE_CONNECT:
      return _("reaching the computer");
    case MZ_PHASE_TLS:
      return _("encrypting (TLS)");
    case MZ_PHASE_UPGRADE:
      return _("opening the WebSocket");
    case MZ_PHASE_CHALLENGE:
      return _("waiting for the gateway");
    case MZ_PHASE_HELLO:
      return _("logging in");
    default:
      g_return_val_if_reached ("");
    }
}
