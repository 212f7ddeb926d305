/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What is said of addresses, phases and attempts. */

#include "config.h"

#include <string.h>

#include "mz-connection-words.h"
#include "mz-gateway-error.h"

static void
test_address_errors (void)
{
  static const struct
  {
    const char *text;
    const char *said;
  } rows[] = {
    { "", "Enter the address of your gateway." },
    { "   ", "Enter the address of your gateway." },
    { "ftp://example.org", "An address begins with wss:// or ws://, or without any such part." },
    { "example.org:99999", "The port of an address, behind the colon, is a number from 1 to 65535." },
    { "example.org:", "The port of an address, behind the colon, is a number from 1 to 65535." },
    { "[fd00::1", "This IPv6 address is not complete. With a port it needs brackets: [fd00::1]:18789" },
    { "exa mple.org", "There is a character in it that no address can have, such as a space." },
    { "example.org/%zz", "The part of the address behind the host is not right. Most gateways need none." },
    { "https://example.org/?token=s3cret", "Leave tokens, passwords and everything after “#” out of the address. The token goes into the field below." },
    { "https://me:s3cret@example.org", "Leave tokens, passwords and everything after “#” out of the address. The token goes into the field below." },
    { "https://example.org/#s3cret", "Leave tokens, passwords and everything after “#” out of the address. The token goes into the field below." },
    { "-", "This is not the address of a gateway. It looks like “gateway.example.org”, “192.168.1.5:18789” or “wss://…”." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (rows[i].text, &error);
      g_autofree char *said = NULL;

      g_assert_null (endpoint);
      said = mz_address_error_to_words (error);
      g_assert_cmpstr (said, ==, rows[i].said);
      g_assert_null (strstr (said, "s3cret"));
    }
}

static void
test_address_too_long (void)
{
  g_autofree char *text = g_strnfill (3000, 'a');
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;

  g_assert_null (mz_endpoint_parse (text, &error));
  said = mz_address_error_to_words (error);
  g_assert_cmpstr (said, ==, "This is too long for an address.");
}

static void
test_ms (void)
{
  static const struct
  {
    double ms;
    const char *said;
  } rows[] = {
    { -1, "0.0 ms" }, { 0, "0.0 ms" }, { 0.44, "0.4 ms" }, { 9.94, "9.9 ms" }, { 9.96, "10 ms" }, { 84.2, "84 ms" },
    { 999.4, "999 ms" }, { 999.6, "1.0 s" }, { 10000, "10.0 s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *said = mz_ms_to_words (rows[i].ms);

      g_assert_cmpstr (said, ==, rows[i].said);
    }
}

static void
test_records (void)
{
  const struct
  {
    MzPhaseRecord record;
    const char *time;
    const char *words;
  } rows[] = {
    { { MZ_PHASE_RESOLVE, MZ_PHASE_PENDING, 0, 0, NULL }, "", "Find the address: to come" },
    { { MZ_PHASE_CONNECT, MZ_PHASE_RUNNING, 9500000, 0, NULL }, "", "Connect: under way" },
    { { MZ_PHASE_CONNECT, MZ_PHASE_RUNNING, 7000000, 0, NULL }, "3 s", "Connect: under way" },
    { { MZ_PHASE_TLS, MZ_PHASE_OK, 1000000, 1012000, NULL }, "12 ms", "Encrypt: 12 ms, ok" },
    { { MZ_PHASE_UPGRADE, MZ_PHASE_FAILED, 1000000, 3000000, NULL }, "2.0 s", "Open the WebSocket: failed after 2.0 s" },
    { { MZ_PHASE_CHALLENGE, MZ_PHASE_CANCELLED, 1000000, 1002500, NULL }, "2.5 ms", "Meet the gateway: called off after 2.5 ms" },
    { { MZ_PHASE_HELLO, MZ_PHASE_OK, 1000000, 1000400, NULL }, "0.4 ms", "Log in: 0.4 ms, ok" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *time = mz_phase_record_to_time (&rows[i].record, 10000000);
      g_autofree char *words = mz_phase_record_to_words (&rows[i].record, 10000000);

      g_assert_cmpstr (time, ==, rows[i].time);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_reasons (void)
{
  static const struct
  {
    MzReason reason;
    const char *said;
  } rows[] = {
    { MZ_REASON_PLATFORM, "because on macOS, connections that ask for IPv6 too can hang" },
    { MZ_REASON_HOST_SUFFIX, "because names in .ts.net often have an IPv6 address that leads nowhere" },
    { MZ_REASON_SETTING, "because you chose it for this gateway" },
    { MZ_REASON_IPV6_LITERAL, "because the address is an IPv6 address" },
    { MZ_REASON_DEFAULT, "the usual way on this computer" },
    { MZ_REASON_LEARNED, "because it worked better on this network before" },
    { MZ_REASON_RACED, "tried first" },
  };
  g_autoptr (MzEndpoint) plain = mz_endpoint_parse ("ws://localhost", NULL);
  g_autoptr (MzEndpoint) encrypted = mz_endpoint_with_scheme (plain, MZ_SCHEME_WSS);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MzPlan plan = { .routes = { MZ_ROUTE_IPV4_ONLY, MZ_ROUTE_STANDARD }, .n_routes = 2, .reason = rows[i].reason };
      g_autoptr (MzTrace) trace = mz_trace_new (plain, &plan);
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      g_autofree char *third = NULL;
      g_autofree char *fourth = NULL;

      mz_trace_add_attempt (trace, plain, MZ_ROUTE_IPV4_ONLY);
      mz_trace_add_attempt (trace, plain, MZ_ROUTE_STANDARD);
      mz_trace_add_attempt (trace, encrypted, MZ_ROUTE_IPV4_ONLY);
      mz_trace_add_attempt (trace, plain, MZ_ROUTE_IPV4_ONLY);

      first = mz_attempt_to_reason (trace, 0);
      g_assert_cmpstr (first, ==, rows[i].said);
      second = mz_attempt_to_reason (trace, 1);
      g_assert_cmpstr (second, ==, "because the way before it had no connection yet");
      third = mz_attempt_to_reason (trace, 2);
      g_assert_cmpstr (third, ==, "with encryption, because this port seems to want it");
      fourth = mz_attempt_to_reason (trace, 3);
      g_assert_cmpstr (fourth, ==, "without encryption, as you allowed");
    }
}

/* The diagnosis names options of moltzerctl where the app has buttons. */
static void
test_advice (void)
{
  MzDiagnosis untrusted = { .id = "tls-untrusted", .fix = (char *) "give it with --pin" };
  MzDiagnosis consent = { .id = "needs-ws", .fix = (char *) "Allow plaintext (--allow-plaintext)" };
  MzDiagnosis port = { .id = "needs-ws", .fix = (char *) "Check the port." };
  MzDiagnosis nothing = { .id = "unknown" };
  g_autofree char *first = mz_diagnosis_to_advice (&untrusted);
  g_autofree char *second = mz_diagnosis_to_advice (&consent);
  g_autofree char *third = mz_diagnosis_to_advice (&port);

  g_assert_null (strstr (first, "--"));
  g_assert_null (strstr (second, "--"));
  g_assert_cmpstr (third, ==, "Check the port.");
  g_assert_null (mz_diagnosis_to_advice (&nothing));
}

static void
test_text (void)
{
  static const struct
  {
    const char *text;
    guint max;
    const char *shown;
  } rows[] = {
    { NULL, 10, "" },
    { "", 10, "" },
    { "plain", 10, "plain" },
    { "two\nlines\r\n", 20, "two lines" },
    { "tab\t\tand\x1b[31mcolour", 40, "tab and [31mcolour" },
    { "a\xe2\x80\xae" "b", 40, "a b" },  /* U+202E would turn it around */
    { "1234567890", 10, "1234567890" },
    { "12345678901", 10, "1234567890…" },
    { "äöüäöü", 3, "äöü…" },
    { "bad\xff", 10, "bad\xef\xbf\xbd" },
    { "<b>&amp;</b>", 40, "<b>&amp;</b>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = mz_text_for_label (rows[i].text, rows[i].max);

      g_assert_cmpstr (shown, ==, rows[i].shown);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/words/address-errors", test_address_errors);
  g_test_add_func ("/connection/words/address-too-long", test_address_too_long);
  g_test_add_func ("/connection/words/ms", test_ms);
  g_test_add_func ("/connection/words/records", test_records);
  g_test_add_func ("/connection/words/reasons", test_reasons);
  g_test_add_func ("/connection/words/advice", test_advice);
  g_test_add_func ("/connection/words/text", test_text);

  return g_test_run ();
}
