/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-log-book.h"
#include "mz-report.h"
#include "mz-scrub.h"

/* For gw.example.org and 192.0.2.7, valid from 2026-01-01 to 2026-02-01; the key was thrown away. */
#define CERTIFICATE \
  "-----BEGIN CERTIFICATE-----\n" \
  "MIIBYzCCAQmgAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5ndy5leGFt\n" \
  "cGxlLm9yZzAeFw0yNjAxMDEwMDAwMDBaFw0yNjAyMDEwMDAwMDBaMBkxFzAVBgNV\n" \
  "BAMMDmd3LmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEh22k\n" \
  "020+7sSLVMdXm9qAVm/NAaXE0BVk9sV+428rqlDpVbsf2MyarI507dDUSWvAwciu\n" \
  "obzVXOC+7OCHVGIlMKNCMEAwHwYDVR0RBBgwFoIOZ3cuZXhhbXBsZS5vcmeHBMAA\n" \
  "AgcwHQYDVR0OBBYEFCRbihMEiO4wPGDXZgxwjQrUMXJPMAoGCCqGSM49BAMCA0gA\n" \
  "MEUCIQDTdFhZYYL+KpD1uWcapFYE03/KwkSagsN/0guHUCv4JAIgKhSOiDGUxa9Y\n" \
  "gRfXh2Ap2mnUEljnHi20baadQEqCxLs=\n" \
  "-----END CERTIFICATE-----\n"

#define FINGERPRINT "c11ee9b5c6ffca6e3e9bbe9aca9bc339628701da8837b88656a33952403e0bff"

#define HOST "studio.tail1234.ts.net"
#define PATH "/agents/family-diary"
#define DEVICE_TOKEN "Zk3vW9qLr7TtYy0PpAaSsDdFfGgHhJjKkLl1Mm2Nn4"
#define JWT "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlMTIz"

/* None of it may be in a report. */
static const char * const planted[] = {
  HOST, "studio", "tail1234", "family-diary", "hunter22", "s3cr3t-t0ken", DEVICE_TOKEN, JWT, "100.101.102.103", "fd7a:115c:a1e0::7",
  "192.168.17.4", "203.0.113.9", "2001:db8::dead", "gw.example.org", "example.org", "192.0.2.7", "proxy.corp.example", "c11ee9b5",
  "nas.local", "8b1f2c3d-0e4f-4a5b-9c6d-7e8f90a1b2c3",
};

/* Everything at once, as a peer, a proxy or a library could put it */
#define HOSTILE \
  "wss://me:hunter22@" HOST ":443" PATH "?token=s3cr3t-t0ken said {\"deviceToken\":\"" DEVICE_TOKEN "\"}; device token " DEVICE_TOKEN \
  " refused; Authorization: Bearer " JWT "\r\ntried 100.101.102.103:443, [fd7a:115c:a1e0::7]:443, fd7a:115c:a1e0::7. " \
  "192.168.17.4 (tcp:203.0.113.9:80) 2001:db8::dead, CN=gw.example.org gw.example.org, *.example.org 192.0.2.7 via " \
  "proxy.corp.example:3128, NAS.local, STUDIO.tail1234.ts.net, " FINGERPRINT ", request 8b1f2c3d-0e4f-4a5b-9c6d-7e8f90a1b2c3"

static GInetSocketAddress *
socket_address (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new (address, 443));
}

static MzTrace *
build_trace (const char *address)
{
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (address, NULL);
  MzPlan plan;

  g_assert_nonnull (endpoint);
  plan = mz_strategy_plan (MZ_PLATFORM_LINUX, endpoint, MZ_STRATEGY_AUTO);
  return mz_trace_new (endpoint, &plan);
}

static void
add_address (MzTraceAttempt *attempt,
             const char     *text)
{
  g_autoptr (GInetSocketAddress) address = socket_address (text);
  g_autolist (GInetAddress) list = g_list_prepend (NULL, g_object_ref (g_inet_socket_address_get_address (address)));

  mz_trace_attempt_add_resolved (attempt, list);
  mz_trace_attempt_add_tried (attempt, address);
}

static const MzHostFacts facts = {
  .platform = MZ_PLATFORM_LINUX, .has_tailnet_address = TRUE, .has_ipv4 = TRUE, .network_available = TRUE, .sandboxed = TRUE,
};

static void
assert_clean (const char *report)
{
  g_assert_true (g_utf8_validate (report, -1, NULL));
  for (const char *p = report; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (*p == '\n' || !g_unichar_iscntrl (g_utf8_get_char (p)));

  for (guint i = 0; i < G_N_ELEMENTS (planted); i++)
    {
      g_autofree char *lower = g_ascii_strdown (report, -1);
      g_autofree char *secret = g_ascii_strdown (planted[i], -1);

      if (strstr (lower, secret) != NULL)
        g_test_message ("%s", report);
      g_assert_null (strstr (lower, secret));
    }
}

static void
assert_says (const char *report,
             const char *text)
{
  if (strstr (report, text) == NULL)
    g_test_message ("%s", report);
  g_assert_nonnull (strstr (report, text));
}

static char *
make_report (MzTrace           *trace,
             const MzDiagnosis *diagnosis,
             const char        *toolkit)
{
  MzReportInput input = { .trace = trace, .diagnosis = diagnosis, .facts = &facts, .toolkit = toolkit };

  return mz_report_new (&input);
}

static void
test_secrets (void)
{
  g_autoptr (MzTrace) trace = build_trace ("wss://" HOST PATH);
  MzTraceAttempt *attempt = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_IPV4_ONLY);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (CERTIFICATE, -1, NULL);
  g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_AUTH, HOSTILE);
  g_autoptr (GInetSocketAddress) peer = socket_address ("100.101.102.103");
  MzDiagnosis diagnosis = {
    .id = "auth-token", .headline = (char *) "No way to " HOST, .explanation = (char *) HOSTILE,
    .fix = (char *) "Try wss://" HOST ":443" PATH ", at 100.101.102.103", .command = (char *) "openclaw " DEVICE_TOKEN,
  };
  g_autofree char *report = NULL;

  g_assert_nonnull (certificate);
  mz_trace_attempt_begin (attempt, MZ_PHASE_RESOLVE);
  add_address (attempt, "100.101.102.103");
  add_address (attempt, "fd7a:115c:a1e0::7");
  mz_trace_attempt_end (attempt, MZ_PHASE_RESOLVE, "100.101.102.103, fd7a:115c:a1e0::7");
  mz_trace_attempt_begin (attempt, MZ_PHASE_CONNECT);
  mz_trace_attempt_set_peer (attempt, peer);
  mz_trace_attempt_end (attempt, MZ_PHASE_CONNECT, "100.101.102.103:443");
  mz_trace_attempt_begin (attempt, MZ_PHASE_TLS);
  mz_trace_attempt_set_certificate (attempt, certificate, G_TLS_CERTIFICATE_UNKNOWN_CA);
  mz_trace_attempt_set_tls (attempt, "TLS 1.3", "TLS_AES_256_GCM_SHA384");
  mz_trace_attempt_end (attempt, MZ_PHASE_TLS, "TLS 1.3, TLS_AES_256_GCM_SHA384");
  mz_trace_attempt_begin (attempt, MZ_PHASE_UPGRADE);
  mz_trace_attempt_set_http (attempt, 401, HOSTILE);
  mz_trace_attempt_end (attempt, MZ_PHASE_UPGRADE, HOSTILE);
  mz_trace_attempt_begin (attempt, MZ_PHASE_HELLO);
  mz_trace_attempt_fail (attempt, error);
  mz_trace_set_server (trace, HOSTILE, 4);
  mz_trace_set_error (trace, error);

  report = make_report (trace, &diagnosis, "GTK 4.8.3");
  assert_clean (report);
  assert_says (report, "[tailnet IPv4]:443");
  assert_says (report, "TLS 1.3, TLS_AES_256_GCM_SHA384");
  assert_says (report, "not trusted by the system");
  assert_says (report, "gateway auth: wss://[redacted]@[name in .ts.net]:[opaque]?token=[redacted] said");
  assert_says (report, "Diagnosis: auth-token: No way to [name in .ts.net]\n");
}

/* A whole report, but for times and versions */
static void
test_report (void)
{
  g_autoptr (MzTrace) trace = build_trace (HOST);
  MzTraceAttempt *attempt = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_IPV4_ONLY);
  g_autoptr (GError) error = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_REFUSED, "Connection refused");
  g_autoptr (MzDiagnosis) diagnosis = NULL;
  g_autofree char *report = NULL;
  static const char * const lines[] = {
    "Moltzer:   " MZ_VERSION "\n",
    "System:    linux, Flatpak\n",
    ", GTK 4.8.3, libadwaita 1.2.2\n",
    "Network:   available: yes, IPv4: yes, IPv6: no, tailnet: yes, sign-in page: no, metered: no\n",
    "Gateway:   wss, port 443, name in .ts.net, scheme not given\n",
    "Strategy:  ipv4-only, then standard (host-suffix)\n",
    "\nAttempt 1: ipv4-only, wss\n",
    "  resolve    ok ",
    "  connect    failed ",
    "  net refused: Connection refused\n",
    "\nReady:     no\n",
    "Error:     net refused: Connection refused\n",
    "Diagnosis: refused: Nothing listens on that port\n",
    "  [name in .ts.net] answers, but nothing listens on its port 443.",
    "  Try ws://[name in .ts.net]:18789/, or start the gateway.\n",
  };

  mz_trace_attempt_begin (attempt, MZ_PHASE_RESOLVE);
  add_address (attempt, "100.101.102.103");
  mz_trace_attempt_end (attempt, MZ_PHASE_RESOLVE, "100.101.102.103");
  mz_trace_attempt_begin (attempt, MZ_PHASE_CONNECT);
  mz_trace_attempt_fail (attempt, error);
  mz_trace_set_error (trace, error);
  diagnosis = mz_diagnosis_of (trace, &facts, error);

  report = make_report (trace, diagnosis, "GTK 4.8.3, libadwaita 1.2.2");
  assert_clean (report);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    assert_says (report, lines[i]);
}

/* Before anything happened, and when all is well */
static void
test_little (void)
{
  g_autoptr (MzTrace) trace = build_trace ("nas.local");
  g_autofree char *before = make_report (trace, NULL, NULL);
  g_autofree char *after = NULL;
  MzTraceAttempt *attempt;

  assert_clean (before);
  assert_says (before, "Gateway:   ws, port 18789, name in .local, scheme not given\n");
  g_assert_null (strstr (before, "Diagnosis"));

  attempt = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_STANDARD);
  mz_trace_set_winner (trace, attempt);
  mz_trace_set_server (trace, "2026.9.6", 4);
  mz_trace_set_ready (trace);
  after = make_report (trace, NULL, NULL);
  assert_says (after, "Attempt 1: standard, ws, used\n");
  assert_says (after, "Ready:     after ");
  assert_says (after, "Server:    2026.9.6, protocol 4\n");
}

static void
test_scrub (void)
{
  static const struct
  {
    const char *text;
    MzScrubMode mode;
    const char *clean;
  } cases[] = {
    { NULL, MZ_SCRUB_FOREIGN, "" },
    { "Connection refused", MZ_SCRUB_FOREIGN, "Connection refused" },
    /* What is known */
    { "gateway: The Gateway’s gateways", MZ_SCRUB_OWN, "[it]: The [it]’s gateways" },
    { "ws://gateway:18789/", MZ_SCRUB_OWN, "ws://[it]:18789/" },
    { "my.host.example!", MZ_SCRUB_OWN, "[that]!" },
    { "xmy.host.examplex", MZ_SCRUB_OWN, "x[that]x" },
    /* Addresses */
    { "10.1.2.3", MZ_SCRUB_OWN, "[private IPv4]" },
    { "at 10.1.2.3:80.", MZ_SCRUB_OWN, "at [private IPv4]:80." },
    { "(127.0.0.1)", MZ_SCRUB_OWN, "([loopback IPv4])" },
    { "x10.1.2.3", MZ_SCRUB_OWN, "x[private IPv4]" },
    { "version 1.2.3.4.5 and 1.2.3", MZ_SCRUB_OWN, "version 1.2.3.4.5 and 1.2.3" },
    { "300.1.2.3", MZ_SCRUB_OWN, "300.1.2.3" },
    { "::1", MZ_SCRUB_OWN, "[loopback IPv6]" },
    { "[fe80::1%eth0]:443", MZ_SCRUB_OWN, "[[link-local IPv6]]:443" },
    { "to 2001:db8::1: refused", MZ_SCRUB_OWN, "to [public IPv6]: refused" },
    { "::ffff:192.168.0.1", MZ_SCRUB_OWN, "[private IPv6]" },
    { "at 14:05:09", MZ_SCRUB_OWN, "at 14:05:09" },
    { "a::b c:d", MZ_SCRUB_OWN, "[public IPv6] c:d" },
    /* Names */
    { "see gateway.auth", MZ_SCRUB_OWN, "see [it].auth" },
    { "other.example.org, x.ts.net", MZ_SCRUB_FOREIGN, "[public name], [name in .ts.net]" },
    { "*.example.org. end.", MZ_SCRUB_FOREIGN, "[public name]. end." },
    { "a printer.local b", MZ_SCRUB_FOREIGN, "a [name in .local] b" },
    { "ends in .local, ... v1.2", MZ_SCRUB_FOREIGN, "ends in .local, ... v1.2" },
    { "xn--bcher-kva.xn--p1ai", MZ_SCRUB_FOREIGN, "[public name]" },
    /* Tokens */
    { "token0123456789abcdef", MZ_SCRUB_OWN, "[opaque]" },
    { "abcdefghijklmnopqrstuvwxyz 01234567890123456789", MZ_SCRUB_OWN, "abcdefghijklmnopqrstuvwxyz 01234567890123456789" },
    { "short1", MZ_SCRUB_OWN, "short1" },
    { "TLS_AES_256_GCM_SHA384", MZ_SCRUB_OWN, "TLS_AES_256_GCM_SHA384" },
    { "TLS_AES_256_GCM_SHA3842", MZ_SCRUB_OWN, "[opaque]" },
    { "password=hunter22", MZ_SCRUB_OWN, "password=[redacted]" },
    /* One line of text */
    { "a\r\nb\tc\x1b[31m\x7f", MZ_SCRUB_OWN, "a  b c [31m " },
    { "a\xe2\x80\xae" "b\xe2\x80\xa8" "c", MZ_SCRUB_OWN, "ab c" },
    { "\xff", MZ_SCRUB_OWN, "\xef\xbf\xbd" },
  };
  g_autoptr (MzScrub) scrub = mz_scrub_new ();

  mz_scrub_add (scrub, "gateway", "[it]");
  mz_scrub_add (scrub, "host.example", "[other]");
  mz_scrub_add (scrub, "my.host.example", "[that]");
  mz_scrub_add (scrub, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384");
  mz_scrub_add (scrub, "", "[nothing]");
  mz_scrub_add (scrub, NULL, "[nothing]");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = mz_scrub_apply (scrub, cases[i].text, cases[i].mode);

      g_assert_cmpstr (clean, ==, cases[i].clean);
    }
}

/* The log is of everything, at every level: what is known to be secret, what looks so, and who and where we are. */
static void
test_log (void)
{
  static const char * const secrets[] = { "correct horse battery staple", "pa%ss/word", NULL };
  g_autoptr (MzTrace) trace = build_trace ("wss://" HOST PATH);
  g_autoptr (GError) error = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_REFUSED, "no way for pa%ss/word at " HOST);
  MzTraceAttempt *attempt = mz_trace_add_attempt (trace, mz_trace_get_endpoint (trace), MZ_ROUTE_STANDARD);
  g_autoptr (GPtrArray) log = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *of_home = g_strdup_printf ("cannot read %s/.local/share/moltzer/identity.json", g_get_home_dir ());
  g_autofree char *of_user = g_strdup_printf ("user %s on %s asked", g_get_user_name (), g_get_host_name ());
  MzReportInput input = { .trace = trace, .facts = &facts, .secrets = secrets };
  g_autofree char *report = NULL;
  g_autofree char *home_token = g_strdup_printf ("%s/", g_get_home_dir ());
  g_autofree char *user_token = g_strdup_printf ("user %s ", g_get_user_name ());
  g_autofree char *host_token = g_strdup_printf (" %s asked", g_get_host_name ());

  mz_trace_attempt_begin (attempt, MZ_PHASE_CONNECT);
  mz_trace_attempt_fail (attempt, error);
  mz_trace_set_error (trace, error);

  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (log, g_strdup_printf ("%u moltzer-net: an old line", i));
  g_ptr_array_add (log, g_strdup ("     1.000 moltzer-net: " HOSTILE));
  g_ptr_array_add (log, g_strdup ("     1.100 moltzer-net: Standard: Connecting to " HOST ":443 (100.101.102.103)"));
  g_ptr_array_add (log, g_strdup ("     1.200 moltzer-net: said correct horse battery staple, pa%25ss%2Fword and pa%ss/word"));
  g_ptr_array_add (log, g_strdup ("     1.300 moltzer-gateway: {\"token\":\"s3cr3t-t0ken\",\"password\":\"hunter22\"}\r\nSet-Cookie: sid=" DEVICE_TOKEN));
  g_ptr_array_add (log, g_strdup (of_home));
  g_ptr_array_add (log, g_strdup (of_user));
  g_ptr_array_add (log, g_strdup ("     1.400 moltzer-net: the last line"));
  g_ptr_array_add (log, NULL);
  input.log = (const char * const *) log->pdata;
  report = mz_report_new (&input);

  assert_clean (report);
  g_assert_null (strstr (report, "correct horse"));
  g_assert_null (strstr (report, "pa%ss"));
  g_assert_null (strstr (report, "pa%25ss"));
  g_assert_null (strstr (report, home_token));
  g_assert_null (strstr (report, user_token));
  g_assert_null (strstr (report, host_token));

  /* What helps stays, and only the last lines. */
  assert_says (report, "moltzer-net: Standard: Connecting to [name in .ts.net]:443");
  assert_says (report, "moltzer-net: the last line\n");
  assert_says (report, "99 moltzer-net: an old line\n");
  g_assert_null (strstr (report, "\n0 moltzer-net: an old line"));
}

static char *
report_of_log (MzTrace            *trace,
               const char * const *log,
               const char * const *secrets)
{
  MzReportInput input = { .trace = trace, .facts = &facts, .log = log, .secrets = secrets };

  return mz_report_new (&input);
}

static void
assert_lacks (const char *report,
              const char *text)
{
  if (strstr (report, text) != NULL)
    g_test_message ("%s", report);
  g_assert_null (strstr (report, text));
}

/* The log is of all gateways, and of addresses that were changed meanwhile: the report's dial, if any, knows nothing of those. */
static void
test_log_of_others (void)
{
  static const char * const log[] = {
    "     1.000 moltzer-net: Standard: Connecting to ws://mybox:18789/backdoor",
    "     1.001 moltzer-net: Standard: Resolving mybox...",
    "     1.002 moltzer-net: Manual TCP: Resolving attic (IPv4 only)...",
    "     1.003 moltzer-net: Standard: resolve failed after 1.0 ms: Error resolving “mybox”: Name or service not known",
    "     1.004 moltzer-gateway: Trying wss://[fd00::17%eth0]:8443/side/door",
    "     1.005 moltzer-net: Standard: upgrade failed after 1.0 ms: moved to http://cellar/steps?key=1 but [ws://vault].",
    "     1.006 moltzer-gateway: nothing at /backdoor, said ws://someone:word@shed:80: no",
    "     1.007 moltzer-net: Standard: Connecting to 192.168.17.4:18789 (IPv4)...",
    NULL,
  };
  static const char * const names[] = {
    "mybox", "backdoor", "attic", "fd00", "eth0", "side", "door", "cellar", "steps", "key=1", "vault", "someone", "word@", "shed", "192.168",
  };
  g_autoptr (MzTrace) trace = build_trace ("wss://" HOST PATH);
  MzTrace *traces[] = { NULL, trace };

  for (guint i = 0; i < G_N_ELEMENTS (traces); i++)
    {
      g_autofree char *report = report_of_log (traces[i], log, NULL);

      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        assert_lacks (report, names[j]);
      assert_says (report, "Standard: Connecting to ws://[private name]:18789/[path]\n");
      assert_says (report, "Standard: Resolving [private name]...\n");
      assert_says (report, "Manual TCP: Resolving [private name] (IPv4 only)...\n");
      assert_says (report, "Error resolving “[private name]”: Name or service not known\n");
      assert_says (report, "Trying wss://[private IPv6]:8443/[path]\n");
      assert_says (report, "moved to http://[private name]/[path] but [ws://[private name]].\n");
      assert_says (report, "nothing at /[path], said ws://[redacted]@[private name]:80: no\n");
      assert_says (report, "Connecting to [private IPv4]:18789 (IPv4)...\n");
    }
}

/* What is too long is cut when nothing is left in it that half of would tell something. */
static void
test_log_cut (void)
{
  static const char * const secrets[] = { "correct horse battery staple", NULL };

  /* The end of what fits moves over both. */
  for (guint length = 400; length < 1100; length += 7)
    {
      g_autoptr (MzLogBook) book = mz_log_book_new (1);
      g_autoptr (MzTrace) trace = build_trace ("ws://mansion/");
      g_autofree char *filling = g_strnfill (length, '.');
      g_autofree char *message = g_strdup_printf ("%s correct horse battery staple mansion", filling);
      const GLogField fields[] = { { "GLIB_DOMAIN", "moltzer-net", -1 }, { "MESSAGE", message, -1 } };
      g_auto (GStrv) log = NULL;
      g_autofree char *report = NULL;
      const char *line;

      mz_log_book_add (book, G_LOG_LEVEL_DEBUG, fields, G_N_ELEMENTS (fields));
      log = mz_log_book_dup_lines (book);
      report = report_of_log (trace, (const char * const *) log, secrets);
      line = strstr (report, "moltzer-net: ");
      g_assert_nonnull (line);
      line += strlen ("moltzer-net: ");
      assert_lacks (line, " c");
      assert_lacks (line, " m");
    }
}

/* Nothing was dialed: what is known of this computer is a report too. */
static void
test_no_trace (void)
{
  MzReportInput input = { .facts = &facts };
  g_autofree char *report = mz_report_new (&input);

  assert_says (report, "Moltzer:   " MZ_VERSION);
  assert_says (report, "Network:");
  g_assert_null (strstr (report, "Gateway:"));
  g_assert_null (strstr (report, "Log"));
}

static void
test_scrub_long (void)
{
  g_autoptr (MzScrub) scrub = mz_scrub_new ();
  g_autofree char *text = g_strnfill (100000, '-');
  g_autofree char *clean = mz_scrub_apply (scrub, text, MZ_SCRUB_FOREIGN);

  g_assert_cmpint (g_utf8_strlen (clean, -1), ==, 1001);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/report/secrets", test_secrets);
  g_test_add_func ("/report/whole", test_report);
  g_test_add_func ("/report/little", test_little);
  g_test_add_func ("/report/log", test_log);
  g_test_add_func ("/report/log-of-others", test_log_of_others);
  g_test_add_func ("/report/log-cut", test_log_cut);
  g_test_add_func ("/report/no-trace", test_no_trace);
  g_test_add_func ("/report/scrub", test_scrub);
  g_test_add_func ("/report/scrub-long", test_scrub_long);

  return g_test_run ();
}
