/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-records-words.h"

#include <glib/gi18n.h>

#include "mz-connection-words.h"
#include "mz-words.h"

/* As short as a row wants them. A new one shows its name until it has words here. */
static const struct
{
  const char *id;
  const char *words;
} diagnoses[] = {
  { "auth-device-token", N_("This device’s token was refused") },
  { "auth-missing", N_("No token or password was given") },
  { "auth-rate-limited", N_("Too many failed logins") },
  { "auth-token", N_("Wrong token or password") },
  { "client-rejected", N_("The gateway refuses this client") },
  { "device-clock", N_("A clock is wrong") },
  { "dns-not-found", N_("The name is unknown") },
  { "dns-placeholder", N_("DNS gave a proxy’s address") },
  { "dns-slow", N_("DNS was too slow") },
  { "flapping", N_("Dropped again and again") },
  { "half-open", N_("The gateway fell silent") },
  { "http-status", N_("Something else answered") },
  { "ipv6-dead", N_("IPv6 gave no answer") },
  { "magicdns-off", N_("Tailscale’s names were unknown") },
  { "needs-ws", N_("No TLS there") },
  { "needs-wss", N_("The port speaks TLS") },
  { "network-change", N_("The network changed") },
  { "no-ipv4", N_("No IPv4 address") },
  { "not-a-gateway", N_("No gateway answered there") },
  { "pairing-required", N_("This device waited for approval") },
  { "peer-silent", N_("The host did not answer") },
  { "portal", N_("A sign-in page was in between") },
  { "protocol-mismatch", N_("No common protocol version") },
  { "refused", N_("Nothing listened there") },
  { "resume", N_("The computer slept") },
  { "sandbox-mdns", N_("The sandbox cannot look up .local") },
  { "scope-limited", N_("Fewer rights than were asked for") },
  { "serve-port", N_("Tailscale Serve is on another port") },
  { "shutdown", N_("The gateway restarted") },
  { "slow-consumer", N_("Reading was too slow") },
  { "starting", N_("The gateway was still starting") },
  { "tailscale-down", N_("Tailscale was not connected") },
  { "timeout", N_("The time for it was over") },
  { "tls-expired", N_("The certificate had expired") },
  { "tls-name", N_("The certificate is for another name") },
  { "tls-no-cert", N_("The gateway had no certificate yet") },
  { "tls-pin-mismatch", N_("Not the certificate that is trusted") },
  { "tls-stall", N_("The TLS handshake got no answer") },
  { "tls-untrusted", N_("The certificate is not trusted") },
  { "too-large", N_("Too large a message") },
  { "unknown", N_("Another failure") },
  { "unreachable", N_("No way to the host") },
};

const char *
mz_records_value_to_words (const MzStatsRow *row,
                           MzStatsKey        key)
{
  static const char * const networks[MZ_N_NETWORK_TYPES] = {
    [MZ_NETWORK_UNKNOWN] = N_("Unknown network"),
    [MZ_NETWORK_ETHERNET] = N_("Ethernet"),
    [MZ_NETWORK_WIFI] = N_("Wi-Fi"),
    [MZ_NETWORK_CELLULAR] = N_("Mobile network"),
    [MZ_NETWORK_VPN] = N_("VPN"),
    [MZ_NETWORK_TAILNET] = N_("Tailnet"),
    [MZ_NETWORK_LOOPBACK] = N_("This computer"),
  };

  g_return_val_if_fail (row != NULL, NULL);

  switch (key)
    {
    case MZ_STATS_METHOD:
      return row->method == MZ_ROUTE_IPV4_ONLY ? _("IPv4 only") : _("Standard");
    case MZ_STATS_NETWORK:
      return row->network >= 0 && row->network < MZ_N_NETWORK_TYPES ? _(networks[row->network]) : _("Unknown network");
    case MZ_STATS_PLATFORM:
    default:
      /* Names, which are the same in all languages */
      return row->platform == MZ_PLATFORM_LINUX     ? "Linux"
             : row->platform == MZ_PLATFORM_MACOS   ? "macOS"
             : row->platform == MZ_PLATFORM_WINDOWS ? "Windows"
                                                    : _("Other");
    }
}

char *
mz_records_rate_to_words (const MzStatsRow *row)
{
  double rate = mz_stats_row_get_rate (row);

  if (rate < 0)
    return g_strdup ("–");

  /* All is only said of all, and nothing of nothing. */
  if (rate >= 1 || rate <= 0)
    return g_strdup_printf (_("%.0f %%"), 100 * rate);

  return g_strdup_printf (_("%.1f %%"), CLAMP (100 * rate, 0.1, 99.9));
}

char *
mz_records_ms_to_words (double ms)
{
  return ms >= 0 ? mz_ms_to_words (ms) : g_strdup ("–");
}

char *
mz_records_count_to_words (const MzStatsRow *row)
{
  g_return_val_if_fail (row != NULL, NULL);

  return g_strdup_printf (_("%u of %u"), row->succeeded, row->succeeded + row->failed);
}

char *
mz_records_success_to_label (const MzStatsRow *row,
                             const char       *name)
{
  g_autofree char *rate = mz_records_rate_to_words (row);

  if (row->succeeded + row->failed == 0)
    return g_strdup_printf (_("%s: all attempts were called off"), name);

  /* TRANSLATORS: "Wi-Fi: 97.5 % succeeded, 117 of 120 attempts" */
  return g_strdup_printf (_("%s: %s succeeded, %u of %u attempts"), name, rate, row->succeeded, row->succeeded + row->failed);
}

char *
mz_records_times_to_label (const MzStatsRow *row,
                           const char       *name)
{
  g_autofree char *half = mz_records_ms_to_words (row->p50_ms);
  g_autofree char *most = mz_records_ms_to_words (row->p95_ms);

  if (row->timed == 0)
    return g_strdup_printf (_("%s: no attempt was ready"), name);

  return g_strdup_printf (_("%s: half were ready within %s, 95 of 100 within %s"), name, half, most);
}

char *
mz_records_day_to_label (const MzStatsDay *day,
                         GTimeZone        *zone)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *date = NULL;

  g_return_val_if_fail (day != NULL, NULL);

  utc = g_date_time_new_from_unix_utc (day->start_ms / 1000);
  time = g_date_time_to_timezone (utc, zone);
  date = g_date_time_format (time, "%x");

  if (day->succeeded + day->failed == 0)
    return g_strdup_printf (_("%s: no attempt"), date);

  return g_strdup_printf (_("%s: %u succeeded, %u failed"), date, day->succeeded, day->failed);
}

const char *
mz_records_diagnosis_to_words (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (diagnoses); i++)
    if (g_str_equal (diagnoses[i].id, id))
      return _(diagnoses[i].words);

  return id;
}

char *
mz_records_connections_to_words (const MzStatsRow *row)
{
  g_autofree char *time = NULL;
  g_autofree char *all = NULL;

  g_return_val_if_fail (row != NULL, NULL);

  if (row->connections == 0)
    return NULL;

  time = mz_words_for_duration (row->connected_ms);
  /* TRANSLATORS: the second is a time, as in "3 min 5 s" */
  all = g_strdup_printf (ngettext ("%u connection, of %s.", "%u connections, of %s together.", row->connections), row->connections, time);
  if (row->lost == 0)
    return g_strdup_printf (_("%s None was lost."), all);

  return g_strdup_printf (ngettext ("%s %u was lost; %u took the place of one.", "%s %u were lost; %u took the place of one.", row->lost), all,
                          row->lost, row->reconnected);
}
