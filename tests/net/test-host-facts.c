/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-host-facts.h"
#include "mz-warmup.h"

#include "net-fixture.h"

static void
test_addresses (void)
{
  static const struct
  {
    const char *address;
    gboolean tailnet;
    gboolean ipv4;
    gboolean ipv6;
  } cases[] = {
    { "127.0.0.1", FALSE, FALSE, FALSE },
    { "::1", FALSE, FALSE, FALSE },
    { "192.168.1.5", FALSE, TRUE, FALSE },
    { "203.0.113.5", FALSE, TRUE, FALSE },
    { "100.101.102.103", TRUE, TRUE, FALSE },
    { "fd7a:115c:a1e0::5", TRUE, FALSE, FALSE },
    { "fe80::1", FALSE, FALSE, FALSE },
    { "fd00::1", FALSE, FALSE, FALSE },
    { "2001:db8::1", FALSE, FALSE, TRUE },
  };
  MzHostFacts all = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (cases[i].address);
      MzHostFacts facts = { 0 };

      g_test_message ("%s", cases[i].address);
      mz_host_facts_add_address (&facts, address);
      g_assert_cmpint (facts.has_tailnet_address, ==, cases[i].tailnet);
      g_assert_cmpint (facts.has_ipv4, ==, cases[i].ipv4);
      g_assert_cmpint (facts.has_ipv6, ==, cases[i].ipv6);

      mz_host_facts_add_address (&all, address);
    }

  g_assert_true (all.has_tailnet_address);
  g_assert_true (all.has_ipv4);
  g_assert_true (all.has_ipv6);
}

/* What this machine has is its own business; that asking works, and what GIO says, is not. */
static void
test_collect (void)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  MzHostFacts facts = mz_host_facts_collect (MZ_PLATFORM_MACOS);

  g_assert_cmpint (facts.platform, ==, MZ_PLATFORM_MACOS);
  g_assert_cmpint (facts.network_available, ==, g_network_monitor_get_network_available (monitor));
  g_assert_cmpint (facts.sandboxed, ==, g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS));
}

static void
test_warmup (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mz_warmup_async (NULL, net_store_result, &result);
  net_await (result != NULL);
  g_assert_true (mz_warmup_finish (result, &error));
  g_assert_no_error (error);
}

static void
test_warmup_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mz_warmup_async (cancellable, net_store_result, &result);
  g_cancellable_cancel (cancellable);
  net_await (result != NULL);
  g_assert_false (mz_warmup_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/host-facts/addresses", test_addresses);
  g_test_add_func ("/net/host-facts/collect", test_collect);
  g_test_add_func ("/net/warmup/done", test_warmup);
  g_test_add_func ("/net/warmup/cancelled", test_warmup_cancelled);

  return g_test_run ();
}
