/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-report.h"

#include <libsoup/soup.h>
#include <string.h>

#include "mz-scrub.h"

/* Not translated: it is for those who read issues. Only the diagnosis is in the person's language. */

/* In columns */
#define LABEL_WIDTH 10

/* More is not read. */
#define MAX_LOG_LINES 80

static char *
bracketed_kind (const char *host)
{
  g_autofree char *kind = mz_scrub_kind_of_host (host);

  return g_strdup_printf ("[%s]", kind);
}

static void
hide_endpoint (MzScrub    *scrub,
               MzEndpoint *endpoint)
{
  g_autofree char *kind = bracketed_kind (mz_endpoint_get_host (endpoint));

  mz_scrub_add (scrub, mz_endpoint_get_host (endpoint), kind);
  mz_scrub_add (scrub, mz_endpoint_get_display_host (endpoint), kind);
  if (!g_str_equal (mz_endpoint_get_path (endpoint), "/"))
    mz_scrub_add (scrub, mz_endpoint_get_path (endpoint), "/[path]");
}

static void
hide_address (MzScrub      *scrub,
              GInetAddress *address)
{
  g_autofree char *text = g_inet_address_to_string (address);
  g_autofree char *kind = bracketed_kind (text);

  mz_scrub_add (scrub, text, kind);
}

static void
hide_certificate (MzScrub         *scrub,
                  GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);

  mz_scrub_add (scrub, subject, "[subject]");
  mz_scrub_add (scrub, issuer, "[issuer]");
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      gsize length;
      const char *bytes = g_bytes_get_data (g_ptr_array_index (names, i), &length);
      g_autofree char *name = g_utf8_make_valid (bytes, (gssize) length);
      g_autofree char *kind = bracketed_kind (name);

      mz_scrub_add (scrub, name, kind);
    }
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    hide_address (scrub, g_ptr_array_index (addresses, i));
}

static void
hide_attempt (MzScrub        *scrub,
              MzTraceAttempt *attempt)
{
  GPtrArray *resolved = mz_trace_attempt_get_resolved (attempt);
  GPtrArray *tried = mz_trace_attempt_get_tried (attempt);
  GInetSocketAddress *peer = mz_trace_attempt_get_peer (attempt);
  GTlsCertificate *certificate = mz_trace_attempt_get_certificate (attempt);
  const char *cipher = mz_trace_attempt_get_tls_cipher (attempt);

  hide_endpoint (scrub, mz_trace_attempt_get_endpoint (attempt));
  for (guint i = 0; i < resolved->len; i++)
    hide_address (scrub, g_ptr_array_index (resolved, i));
  for (guint i = 0; i < tried->len; i++)
    hide_address (scrub, g_inet_socket_address_get_address (g_ptr_array_index (tried, i)));
  if (peer != NULL)
    hide_address (scrub, g_inet_socket_address_get_address (peer));
  if (certificate != NULL)
    hide_certificate (scrub, certificate);

  /* Certificates are public, and name their hosts: the fingerprint leads there. */
  mz_scrub_add (scrub, mz_trace_attempt_get_fingerprint (attempt), "[fingerprint]");

  /* It is long and has digits, but it is the TLS library's own word. */
  if (cipher != NULL)
    mz_scrub_add (scrub, cipher, cipher);
}

/* This person and this computer, as paths and messages of the system name them */
static void
hide_host (MzScrub *scrub)
{
  const char *host = g_get_host_name ();
  g_autofree char *short_host = g_strndup (host, strcspn (host, "."));

  mz_scrub_add (scrub, g_get_home_dir (), "[home]");
  mz_scrub_add (scrub, g_get_user_name (), "[user]");
  if (g_strcmp0 (g_get_real_name (), "Unknown") != 0)
    mz_scrub_add (scrub, g_get_real_name (), "[user]");
  if (g_ascii_strcasecmp (host, "localhost") != 0)
    {
      mz_scrub_add (scrub, host, "[this computer]");
      mz_scrub_add (scrub, short_host, "[this computer]");
    }
}

/* Each dial tells in the log where it goes: that is hidden in what other lines say of it too. As mz_trace_log_attach() and MzDialer have it. */
static void
hide_dialed (MzScrub    *scrub,
             const char *line)
{
  static const char * const words[] = { "Connecting to ws", "Trying ws" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const char *at = strstr (line, words[i]);
      g_autofree char *text = NULL;
      g_autoptr (MzEndpoint) endpoint = NULL;

      if (at == NULL)
        continue;

      at += strlen (words[i]) - strlen ("ws");
      text = g_strndup (at, strcspn (at, " "));
      endpoint = strstr (text, "://") != NULL ? mz_endpoint_parse (text, NULL) : NULL;
      if (endpoint != NULL)
        hide_endpoint (scrub, endpoint);
    }
}

static MzScrub *
scrub_for (const MzReportInput *input)
{
  MzScrub *scrub = mz_scrub_new ();

  for (guint i = 0; input->secrets != NULL && input->secrets[i] != NULL; i++)
    mz_scrub_add_secret (scrub, input->secrets[i]);
  hide_host (scrub);
  for (guint i = 0; input->endpoints != NULL && input->endpoints[i] != NULL; i++)
    hide_endpoint (scrub, input->endpoints[i]);
  for (guint i = 0; input->log != NULL && input->log[i] != NULL; i++)
    hide_dialed (scrub, input->log[i]);
  if (input->trace == NULL)
    return scrub;

  hide_endpoint (scrub, mz_trace_get_endpoint (input->trace));
  for (guint i = 0; i < mz_trace_get_n_attempts (input->trace); i++)
    hide_attempt (scrub, mz_trace_get_attempt (input->trace, i));
  return scrub;
}

static void
add_line (GString    *report,
          const char *label,
          const char *format,
          ...) G_GNUC_PRINTF (3, 4);

static void
add_line (GString    *report,
          const char *label,
          const char *format,
          ...)
{
  va_list args;

  g_string_append_printf (report, "%-*s ", LABEL_WIDTH, label);
  va_start (args, format);
  g_string_append_vprintf (report, format, args);
  va_end (args);
  g_string_append_c (report, '\n');
}

static const char *
yes_no (gboolean value)
{
  return value ? "yes" : "no";
}

static void
add_facts (GString           *report,
           const MzHostFacts *facts,
           const char        *toolkit)
{
  add_line (report, "Moltzer:", "%s", MZ_VERSION);
  add_line (report, "System:", "%s%s", mz_platform_to_string (facts->platform), facts->sandboxed ? ", Flatpak" : "");
  add_line (report, "Libraries:", "GLib %u.%u.%u, libsoup %u.%u.%u%s%s", glib_major_version, glib_minor_version,
            glib_micro_version, soup_get_major_version (), soup_get_minor_version (), soup_get_micro_version (),
            toolkit != NULL ? ", " : "", toolkit != NULL ? toolkit : "");
  add_line (report, "Network:", "available: %s, IPv4: %s, IPv6: %s, tailnet: %s, sign-in page: %s, metered: %s",
            yes_no (facts->network_available), yes_no (facts->has_ipv4), yes_no (facts->has_ipv6),
            yes_no (facts->has_tailnet_address), yes_no (facts->captive_portal), yes_no (facts->metered));
}

static void
add_plan (GString *report,
          MzTrace *trace)
{
  MzEndpoint *endpoint = mz_trace_get_endpoint (trace);
  const MzPlan *plan = mz_trace_get_plan (trace);
  g_autofree char *kind = mz_scrub_kind_of_host (mz_endpoint_get_host (endpoint));

  add_line (report, "Gateway:", "%s, port %u, %s%s%s", mz_scheme_to_string (mz_endpoint_get_scheme (endpoint)),
            mz_endpoint_get_port (endpoint), kind, mz_endpoint_has_explicit_scheme (endpoint) ? "" : ", scheme not given",
            g_str_equal (mz_endpoint_get_path (endpoint), "/") ? "" : ", with a path");
  add_line (report, "Strategy:", "%s%s%s (%s)", mz_route_kind_to_string (plan->routes[0]), plan->n_routes > 1 ? ", then " : "",
            plan->n_routes > 1 ? mz_route_kind_to_string (plan->routes[1]) : "", mz_reason_to_string (plan->reason));
}

static const char *
state_word (MzPhaseState state)
{
  switch (state)
    {
    case MZ_PHASE_OK:
      return "ok";
    case MZ_PHASE_FAILED:
      return "failed";
    case MZ_PHASE_CANCELLED:
      return "called off";
    case MZ_PHASE_RUNNING:
      return "running";
    case MZ_PHASE_PENDING:
    default:
      return "pending";
    }
}

/* "moltzer-net refused: Connection refused" */
static char *
error_words (MzScrub      *scrub,
             const GError *error)
{
  g_autofree char *message = mz_scrub_apply (scrub, error->message, MZ_SCRUB_FOREIGN);
  const char *domain = g_quark_to_string (error->domain);

  if (error->domain == MZ_NET_ERROR)
    return g_strdup_printf ("net %s: %s", mz_net_error_to_string ((MzNetError) error->code), message);
  if (error->domain == MZ_GATEWAY_ERROR)
    return g_strdup_printf ("gateway %s: %s", mz_gateway_error_to_string ((MzGatewayError) error->code), message);
  return g_strdup_printf ("%s %d: %s", domain, error->code, message);
}

static void
add_phase (GString             *report,
           MzScrub             *scrub,
           MzTrace             *trace,
           const MzPhaseRecord *record)
{
  g_autofree char *detail = mz_scrub_apply (scrub, record->detail, MZ_SCRUB_FOREIGN);
  double start = (record->start_us - mz_trace_get_start_us (trace)) / 1e3;

  g_string_append_printf (report, "  %-10s %-10s %8.1f ms", mz_phase_to_string (record->phase), state_word (record->state),
                          start);
  if (record->end_us > 0)
    g_string_append_printf (report, " +%.1f ms", (record->end_us - record->start_us) / 1e3);
  g_string_append_printf (report, "%s%s\n", *detail != '\0' ? "  " : "", detail);
}

static void
add_attempt (GString        *report,
             MzScrub        *scrub,
             MzTrace        *trace,
             guint           n)
{
  MzTraceAttempt *attempt = mz_trace_get_attempt (trace, n);
  const GError *error = mz_trace_attempt_get_error (attempt);
  guint status = mz_trace_attempt_get_http_status (attempt);

  g_string_append_printf (report, "\nAttempt %u: %s, %s%s%s\n", n + 1,
                          mz_route_kind_to_string (mz_trace_attempt_get_route (attempt)),
                          mz_scheme_to_string (mz_trace_attempt_get_scheme (attempt)),
                          mz_trace_attempt_is_proxied (attempt) ? ", through a proxy" : "",
                          attempt == mz_trace_get_winner (trace) ? ", used" : "");
  for (guint i = 0; i < mz_trace_attempt_get_n_phases (attempt); i++)
    add_phase (report, scrub, trace, mz_trace_attempt_get_nth_phase (attempt, i));

  if (status > 0)
    {
      g_autofree char *type = mz_scrub_apply (scrub, mz_trace_attempt_get_http_type (attempt), MZ_SCRUB_FOREIGN);

      g_string_append_printf (report, "  HTTP status %u%s%s\n", status, *type != '\0' ? ", " : "", type);
    }
  if (mz_trace_attempt_get_certificate (attempt) != NULL)
    g_string_append_printf (report, "  Certificate: %s (0x%x)\n",
                            mz_trace_attempt_get_tls_errors (attempt) == 0 ? "trusted by the system" : "not trusted by the system",
                            (guint) mz_trace_attempt_get_tls_errors (attempt));
  if (error != NULL)
    {
      g_autofree char *words = error_words (scrub, error);

      g_string_append_printf (report, "  %s\n", words);
    }
}

static void
add_result (GString *report,
            MzScrub *scrub,
            MzTrace *trace)
{
  guint protocol = mz_trace_get_server_protocol (trace);

  g_string_append_c (report, '\n');
  if (mz_trace_get_ready_us (trace) > 0)
    add_line (report, "Ready:", "after %.1f ms", (mz_trace_get_ready_us (trace) - mz_trace_get_start_us (trace)) / 1e3);
  else
    add_line (report, "Ready:", "no");
  if (protocol > 0)
    {
      g_autofree char *version = mz_scrub_apply (scrub, mz_trace_get_server_version (trace), MZ_SCRUB_FOREIGN);

      add_line (report, "Server:", "%s, protocol %u", *version != '\0' ? version : "unknown version", protocol);
    }
  if (mz_trace_get_error (trace) != NULL)
    {
      g_autofree char *words = error_words (scrub, mz_trace_get_error (trace));

      add_line (report, "Error:", "%s", words);
    }
}

static void
add_diagnosis (GString           *report,
               MzScrub           *scrub,
               const MzDiagnosis *diagnosis)
{
  g_autofree char *headline = mz_scrub_apply (scrub, diagnosis->headline, MZ_SCRUB_OWN);
  g_autofree char *explanation = mz_scrub_apply (scrub, diagnosis->explanation, MZ_SCRUB_FOREIGN);
  g_autofree char *fix = mz_scrub_apply (scrub, diagnosis->fix, MZ_SCRUB_OWN);

  add_line (report, "Diagnosis:", "%s: %s", diagnosis->id, headline);
  if (*explanation != '\0')
    g_string_append_printf (report, "  %s\n", explanation);
  if (*fix != '\0')
    g_string_append_printf (report, "  %s\n", fix);
}

static void
add_log (GString            *report,
         MzScrub            *scrub,
         const char * const *lines)
{
  guint n = g_strv_length ((char **) lines);
  guint from = n > MAX_LOG_LINES ? n - MAX_LOG_LINES : 0;

  if (n == 0)
    return;

  g_string_append_printf (report, "\nLog, the last %u lines:\n", n - from);
  for (guint i = from; i < n; i++)
    {
      g_autofree char *line = mz_scrub_apply (scrub, lines[i], MZ_SCRUB_LOG);

      g_string_append_printf (report, "%s\n", line);
    }
}

/**
 * mz_report_new:
 * @input: what it is made from
 *
 * Writes what a person can paste into an issue. What others wrote passes the redactor, and loses everything that looks
 * like an address, a name or a token; all of it loses the secrets that are known, and what names this person and this computer.
 *
 * Returns: (transfer full): the report: plain text in lines
 */
char *
mz_report_new (const MzReportInput *input)
{
  g_autoptr (MzScrub) scrub = NULL;
  GString *report;

  g_return_val_if_fail (input != NULL && input->facts != NULL, NULL);
  g_return_val_if_fail (input->trace == NULL || MZ_IS_TRACE (input->trace), NULL);

  scrub = scrub_for (input);
  report = g_string_new (NULL);
  add_facts (report, input->facts, input->toolkit);
  if (input->trace != NULL)
    {
      add_plan (report, input->trace);
      for (guint i = 0; i < mz_trace_get_n_attempts (input->trace); i++)
        add_attempt (report, scrub, input->trace, i);
      add_result (report, scrub, input->trace);
    }
  if (input->diagnosis != NULL)
    add_diagnosis (report, scrub, input->diagnosis);
  if (input->log != NULL)
    add_log (report, scrub, input->log);
  return g_string_free (report, FALSE);
}
