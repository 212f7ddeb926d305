/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-connection-words.h"

#include <glib/gi18n.h>
#include <string.h>


/* What mz_endpoint_parse() says, in words that a person can do something with. Those that are not here get the last row's. */
static const struct
{
  const char *message;
  const char *words;
} address_errors[] = {
  { "The address must begin with ws://, wss://, http:// or https://", N_("An address begins with wss:// or ws://, or without any such part.") },
  { "The port must be a number from 1 to 65535", N_("The port of an address, behind the colon, is a number from 1 to 65535.") },
  { "The IPv6 address is not valid", N_("This IPv6 address is not complete. With a port it needs brackets: [fd00::1]:18789") },
  { "The address is too long", N_("This is too long for an address.") },
  { "The address is empty", N_("Enter the address of your gateway.") },
  { "The address has characters that no address can have", N_("There is a character in it that no address can have, such as a space.") },
  { "The address's path is not valid", N_("The part of the address behind the host is not right. Most gateways need none.") },
};

/**
 * mz_route_to_words:
 *
 * Returns: (transfer none): a route's name, translated
 */
const char *
mz_route_to_words (MzRouteKind route)
{
  return route == MZ_ROUTE_IPV4_ONLY ? _("IPv4 only") : _("Standard");
}

/**
 * mz_phase_to_title:
 *
 * Returns: (transfer none): a step's name at the start of a row, translated
 */
const char *
mz_phase_to_title (MzPhase phase)
{
  switch (phase)
    {
    case MZ_PHASE_RESOLVE:
      return _("Find the address");
    case MZ_PHASE_CONNECT:
      return _("Connect");
    case MZ_PHASE_TLS:
      return _("Encrypt");
    case MZ_PHASE_UPGRADE:
      return _("Open the WebSocket");
    case MZ_PHASE_CHALLENGE:
      return _("Meet the gateway");
    case MZ_PHASE_HELLO:
      return _("Log in");
    default:
      g_return_val_if_reached ("");
    }
}

static const char *
plan_to_reason (const MzPlan *plan)
{
  switch (plan->reason)
    {
    case MZ_REASON_PLATFORM:
      return _("because on macOS, connections that ask for IPv6 too can hang");
    case MZ_REASON_HOST_SUFFIX:
      return _("because names in .ts.net often have an IPv6 address that leads nowhere");
    case MZ_REASON_SETTING:
      return _("because you chose it for this gateway");
    case MZ_REASON_IPV6_LITERAL:
      return _("because the address is an IPv6 address");
    case MZ_REASON_LEARNED:
      return _("because it worked better on this network before");
    case MZ_REASON_RACED:
      return _("tried first");
    case MZ_REASON_DEFAULT:
    default:
      return _("the usual way on this computer");
    }
}

/**
 * mz_attempt_to_reason:
 * @n: which attempt of @trace
 *
 * Returns: (transfer full): why it was made, translated
 */
char *
mz_attempt_to_reason (MzTrace *trace,
                      guint    n)
{
  MzTraceAttempt *attempt, *previous;

  g_return_val_if_fail (MZ_IS_TRACE (trace), NULL);
  g_return_val_if_fail (n < mz_trace_get_n_attempts (trace), NULL);

  if (n == 0)
    return g_strdup (plan_to_reason (mz_trace_get_plan (trace)));

  attempt = mz_trace_get_attempt (trace, n);
  previous = mz_trace_get_attempt (trace, n - 1);

  if (mz_trace_attempt_get_scheme (attempt) == mz_trace_attempt_get_scheme (previous))
    return g_strdup (_("because the way before it had no connection yet"));
  if (mz_trace_attempt_get_scheme (attempt) == MZ_SCHEME_WSS)
    return g_strdup (_("with encryption, because this port seems to want it"));

  return g_strdup (_("without encryption, as you allowed"));
}

/**
 * mz_ms_to_words:
 *
 * Returns: (transfer full): "0.4 ms", "12 ms", "1.5 s"
 */
char *
mz_ms_to_words (double ms)
{
  if (ms < 9.95)
    return g_strdup_printf (_("%.1f ms"), MAX (ms, 0));
  if (ms < 999.5)
    return g_strdup_printf (_("%.0f ms"), ms);

  return g_strdup_printf (_("%.1f s"), ms / 1000);
}

/**
 * mz_phase_record_to_time:
 * @record: (nullable): a phase
 * @now_us: monotonic time, for a phase that is still under way
 *
 * Returns: (transfer full): how long it took; of one under way, the whole seconds so far, from 1 on
 */
char *
mz_phase_record_to_time (const MzPhaseRecord *record,
                         gint64               now_us)
{
  if (record == NULL || record->state == MZ_PHASE_PENDING)
    return g_strdup ("");

  if (record->state == MZ_PHASE_RUNNING)
    {
      gint64 seconds = (now_us - record->start_us) / G_USEC_PER_SEC;

      return seconds > 0 ? g_strdup_printf (_("%" G_GINT64_FORMAT " s"), seconds) : g_strdup ("");
    }

  return mz_ms_to_words ((record->end_us - record->start_us) / 1e3);
}

/**
 * mz_phase_record_to_words:
 *
 * Returns: (transfer full): the row for who does not see it
 */
char *
mz_phase_record_to_words (const MzPhaseRecord *record,
                          gint64               now_us)
{
  g_autofree char *time = NULL;
  const char *name;

  g_return_val_if_fail (record != NULL, NULL);

  name = mz_phase_to_title (record->phase);
  time = mz_phase_record_to_time (record, now_us);

  switch (record->state)
    {
    case MZ_PHASE_OK:
      /* Translators: a step of connecting, how long it took */
      return g_strdup_printf (_("%s: %s, ok"), name, time);
    case MZ_PHASE_FAILED:
      return g_strdup_printf (_("%s: failed after %s"), name, time);
    case MZ_PHASE_CANCELLED:
      return g_strdup_printf (_("%s: called off after %s"), name, time);
    case MZ_PHASE_RUNNING:
      return g_strdup_printf (_("%s: under way"), name);
    case MZ_PHASE_PENDING:
    default:
      return g_strdup_printf (_("%s: to come"), name);
    }
}

/**
 * mz_address_error_to_words:
 * @error: from mz_endpoint_parse()
 *
 * Returns: (transfer full): what is wrong and how it would be right, translated; nothing of what was typed is in it
 */
char *
mz_address_error_to_words (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (g_error_matches (error, MZ_NET_ERROR, MZ_NET_ERROR_SECRET_IN_ADDRESS))
    return g_strdup (_("Leave tokens, passwords and everything after “#” out of the address. The token goes into the field below."));

  for (guint i = 0; i < G_N_ELEMENTS (address_errors); i++)
    if (g_str_equal (error->message, address_errors[i].message))
      return g_strdup (_(address_errors[i].words));

  return g_strdup (_("This is not the address of a gateway. It looks like “gateway.example.org”, “192.168.1.5:18789” or “wss://…”."));
}

/**
 * mz_diagnosis_to_advice:
 *
 * Returns: (transfer full) (nullable): what to do, translated
 */
char *
mz_diagnosis_to_advice (const MzDiagnosis *diagnosis)
{
  g_return_val_if_fail (diagnosis != NULL, NULL);

  /* These name options of moltzerctl; here there are buttons. */
  if (g_str_equal (diagnosis->id, "tls-untrusted"))
    return g_strdup (_("Compare the fingerprint with the one on the gateway’s computer. If they are the same, trust this certificate."));
  if (g_str_equal (diagnosis->id, "needs-ws") && diagnosis->fix != NULL && strstr (diagnosis->fix, "--") != NULL)
    return g_strdup (_("Allow a connection without encryption to this gateway, or set up TLS for it."));

  return diagnosis->fix != NULL ? mz_text_for_label (diagnosis->fix, 600) : NULL;
}

/**
 * mz_text_for_label:
 * @text: (nullable): anything, perhaps from a peer
 * @max_chars: where it is cut
 *
 * Returns: (transfer full): valid text of one line without control characters, with “…” where it was cut
 */
char *
mz_text_for_label (const char *text,
                   guint       max_chars)
{
  g_autofree char *valid = NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  guint n = 0;
  gboolean blank = TRUE;

  if (text == NULL)
    return g_strdup ("");

  valid = g_utf8_make_valid (text, strnlen (text, max_chars * 4 + 4));
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      /* Among the format characters are those that turn text around. */
      if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || g_unichar_isspace (c))
        c = ' ';
      if (c == ' ' && blank)
        continue;
      if (n++ == max_chars)
        {
          g_string_append (line, "…");
          break;
        }
      blank = c == ' ';
      g_string_append_unichar (line, c);
    }

  return g_strchomp (g_string_free (g_steal_pointer (&line), FALSE));
}
