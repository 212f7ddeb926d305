/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-clock.h"
#include "mz-net-error.h"
#include "mz-wake.h"

#define NETWORK MZ_CIRCUMSTANCE_NETWORK_CHANGED
#define RESUME MZ_CIRCUMSTANCE_RESUMED
#define GATEWAY(code) 'g', MZ_GATEWAY_ERROR_##code
#define NET(code) 'n', MZ_NET_ERROR_##code
#define NO_ERROR 0, 0

typedef struct
{
  const char *name;
  MzCircumstance why;
  MzClientState state;
  char domain;
  int code;
  gboolean no_network;
  gint64 connecting_ms;
  gboolean has_peer;
  gboolean told;
  gboolean wait_is_over;
  MzWake wake;
} Row;

static const Row rows[] = {
  { "ready, network", NETWORK, MZ_CLIENT_READY, NO_ERROR, .wake = MZ_WAKE_PROBE },
  { "ready, no network", NETWORK, MZ_CLIENT_READY, NO_ERROR, .no_network = TRUE, .wake = MZ_WAKE_PROBE },
  { "ready, resume", RESUME, MZ_CLIENT_READY, NO_ERROR, .wake = MZ_WAKE_PROBE },
  { "offline", RESUME, MZ_CLIENT_OFFLINE, NO_ERROR, .wake = MZ_WAKE_NOTHING },

  { "waiting, refused", NETWORK, MZ_CLIENT_WAITING, NET (REFUSED), .wake = MZ_WAKE_RETRY },
  { "waiting, dropped", RESUME, MZ_CLIENT_WAITING, GATEWAY (CLOSED), .wake = MZ_WAKE_RETRY },
  { "waiting, no network", NETWORK, MZ_CLIENT_WAITING, NET (UNREACHABLE), .no_network = TRUE, .wake = MZ_WAKE_NOTHING },
  { "waiting, rate limited", NETWORK, MZ_CLIENT_WAITING, GATEWAY (RATE_LIMITED), .wake = MZ_WAKE_NOTHING },
  { "waiting, rate limit slept through", RESUME, MZ_CLIENT_WAITING, GATEWAY (RATE_LIMITED), .wait_is_over = TRUE, .wake = MZ_WAKE_RETRY },
  { "waiting, restart announced", NETWORK, MZ_CLIENT_WAITING, GATEWAY (CLOSED), .told = TRUE, .wake = MZ_WAKE_NOTHING },
  { "waiting, restart slept through", RESUME, MZ_CLIENT_WAITING, GATEWAY (CLOSED), .told = TRUE, .wait_is_over = TRUE, .wake = MZ_WAKE_RETRY },
  { "waiting, starting", RESUME, MZ_CLIENT_WAITING, GATEWAY (STARTING), .wake = MZ_WAKE_NOTHING },
  { "waiting, pairing", NETWORK, MZ_CLIENT_WAITING, GATEWAY (PAIRING), .wake = MZ_WAKE_NOTHING },

  { "stopped, portal", NETWORK, MZ_CLIENT_STOPPED, GATEWAY (HTTP_STATUS), .wake = MZ_WAKE_RETRY },
  { "stopped, portal, no network", NETWORK, MZ_CLIENT_STOPPED, GATEWAY (HTTP_STATUS), .no_network = TRUE, .wake = MZ_WAKE_NOTHING },
  { "stopped, portal's certificate", NETWORK, MZ_CLIENT_STOPPED, NET (TLS_NAME), .wake = MZ_WAKE_RETRY },
  { "stopped, pin", RESUME, MZ_CLIENT_STOPPED, NET (TLS_PIN_MISMATCH), .wake = MZ_WAKE_RETRY },
  { "stopped, no gateway", RESUME, MZ_CLIENT_STOPPED, GATEWAY (NOT_A_GATEWAY), .wake = MZ_WAKE_RETRY },
  { "stopped, token", NETWORK, MZ_CLIENT_STOPPED, GATEWAY (AUTH), .wake = MZ_WAKE_NOTHING },
  { "stopped, pairing", NETWORK, MZ_CLIENT_STOPPED, GATEWAY (PAIRING), .wake = MZ_WAKE_NOTHING },
  { "stopped, protocol", RESUME, MZ_CLIENT_STOPPED, GATEWAY (PROTOCOL), .wake = MZ_WAKE_NOTHING },
  { "stopped, rejected", RESUME, MZ_CLIENT_STOPPED, GATEWAY (REJECTED), .wake = MZ_WAKE_NOTHING },
  { "stopped, consent", RESUME, MZ_CLIENT_STOPPED, GATEWAY (PLAINTEXT_CONSENT), .wake = MZ_WAKE_NOTHING },
  { "stopped, address", NETWORK, MZ_CLIENT_STOPPED, NET (INVALID_ADDRESS), .wake = MZ_WAKE_NOTHING },
  { "stopped, no login wanted", NETWORK, MZ_CLIENT_STOPPED, NO_ERROR, .wake = MZ_WAKE_NOTHING },

  { "connecting, resume", RESUME, MZ_CLIENT_CONNECTING, NO_ERROR, .has_peer = TRUE, .wake = MZ_WAKE_REDIAL },
  { "connecting, just begun", NETWORK, MZ_CLIENT_CONNECTING, NO_ERROR, .connecting_ms = 300, .wake = MZ_WAKE_NOTHING },
  { "connecting, for long", NETWORK, MZ_CLIENT_CONNECTING, NO_ERROR, .connecting_ms = 4000, .wake = MZ_WAKE_REDIAL },
  { "connecting, for long, no network", NETWORK, MZ_CLIENT_CONNECTING, NO_ERROR, .no_network = TRUE, .connecting_ms = 4000,
    .wake = MZ_WAKE_NOTHING },
  { "connecting, at the peer", NETWORK, MZ_CLIENT_CONNECTING, NO_ERROR, .connecting_ms = 4000, .has_peer = TRUE, .wake = MZ_WAKE_NOTHING },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autoptr (GError) error = NULL;
      MzWakeInput input = {
        .why = row->why, .state = row->state, .network_available = !row->no_network, .connecting_ms = row->connecting_ms,
        .has_peer = row->has_peer, .told = row->told, .wait_is_over = row->wait_is_over,
      };

      if (row->domain == 'g')
        error = g_error_new_literal (MZ_GATEWAY_ERROR, row->code, "gateway");
      else if (row->domain == 'n')
        error = g_error_new_literal (MZ_NET_ERROR, row->code, "net");
      input.error = error;

      g_test_message ("%s", row->name);
      g_assert_cmpint (mz_wake_decide (&input), ==, row->wake);
    }
}

/* Whatever the code: no storm where a person or the gateway has the word. */
static void
test_every_code (void)
{
  for (int code = 0; code <= MZ_GATEWAY_ERROR_FAILED; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (MZ_GATEWAY_ERROR, code, "gateway");
      MzWakeInput input = { .why = NETWORK, .state = MZ_CLIENT_STOPPED, .error = error, .network_available = TRUE };
      gboolean may = code == MZ_GATEWAY_ERROR_HTTP_STATUS || code == MZ_GATEWAY_ERROR_NOT_WEBSOCKET || code == MZ_GATEWAY_ERROR_NOT_A_GATEWAY;

      g_assert_cmpint (mz_wake_decide (&input), ==, may ? MZ_WAKE_RETRY : MZ_WAKE_NOTHING);
    }
}

static void
test_clock (void)
{
  gint64 boot = mz_clock_boot_us ();
  gint64 monotonic = g_get_monotonic_time ();

  /* It never falls behind the clock that stands still in sleep. */
  g_assert_cmpint (boot, >, 0);
  g_assert_cmpint (mz_clock_boot_us () - boot, >=, 0);
  g_assert_cmpint (mz_clock_boot_us (), >=, monotonic);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wake/table", test_table);
  g_test_add_func ("/wake/every-code", test_every_code);
  g_test_add_func ("/wake/clock", test_clock);

  return g_test_run ();
}
