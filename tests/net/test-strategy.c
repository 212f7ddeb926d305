/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-budget.h"
#include "mz-strategy.h"

#define S MZ_ROUTE_STANDARD
#define I MZ_ROUTE_IPV4_ONLY

static const MzPlan standard_default = { { S }, 1, MZ_REASON_DEFAULT };
static const MzPlan standard_setting = { { S }, 1, MZ_REASON_SETTING };
static const MzPlan standard_literal = { { S }, 1, MZ_REASON_IPV6_LITERAL };
static const MzPlan ipv4_setting = { { I }, 1, MZ_REASON_SETTING };
static const MzPlan ipv4_platform = { { I, S }, 2, MZ_REASON_PLATFORM };
static const MzPlan ipv4_suffix = { { I, S }, 2, MZ_REASON_HOST_SUFFIX };

/* Every host kind and class */
static const struct
{
  const char *host;
  const MzPlan *automatic;
  const MzPlan *on_macos;
  const MzPlan *ipv4_only;
  const MzPlan *standard;
  gboolean proxy;
} hosts[] = {
  { "localhost", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "nas", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "nas.local", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "gw.example.com", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, TRUE },
  { "gw.tail0.ts.net", &ipv4_suffix, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "GW.TAIL0.TS.NET.", &ipv4_suffix, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "x.ts.net.evil.org", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, TRUE },
  { "notts.net", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, TRUE },
  { "127.0.0.1", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "169.254.1.1", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "192.168.1.1", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "100.64.0.1", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, FALSE },
  { "8.8.8.8", &standard_default, &ipv4_platform, &ipv4_setting, &standard_setting, TRUE },
  { "[::1]", &standard_literal, &standard_literal, &standard_literal, &standard_literal, FALSE },
  { "[fe80::1]", &standard_literal, &standard_literal, &standard_literal, &standard_literal, FALSE },
  { "[fc00::1]", &standard_literal, &standard_literal, &standard_literal, &standard_literal, FALSE },
  { "[fd7a:115c:a1e0::1]", &standard_literal, &standard_literal, &standard_literal, &standard_literal, FALSE },
  { "[2001:db8::1]", &standard_literal, &standard_literal, &standard_literal, &standard_literal, TRUE },
  { "[::ffff:10.0.0.1]", &standard_literal, &standard_literal, &standard_literal, &standard_literal, FALSE },
};

static const struct
{
  MzPlatform platform;
  const char *name;
} platforms[] = {
  { MZ_PLATFORM_LINUX, "linux" },
  { MZ_PLATFORM_MACOS, "macos" },
  { MZ_PLATFORM_WINDOWS, "windows" },
  { MZ_PLATFORM_OTHER, "other" },
};

static void
assert_plan (const MzPlan *plan,
             const MzPlan *expected)
{
  g_assert_cmpuint (plan->n_routes, ==, expected->n_routes);
  for (guint i = 0; i < plan->n_routes; i++)
    g_assert_cmpint (plan->routes[i], ==, expected->routes[i]);
  g_assert_cmpint (plan->reason, ==, expected->reason);
}

static void
test_plans (void)
{
  for (guint p = 0; p < G_N_ELEMENTS (platforms); p++)
    for (guint h = 0; h < G_N_ELEMENTS (hosts); h++)
      {
        g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (hosts[h].host, NULL);
        MzPlatform platform = platforms[p].platform;
        MzPlan plan;

        g_test_message ("%s on %s", hosts[h].host, platforms[p].name);
        g_assert_nonnull (endpoint);

        plan = mz_strategy_plan (platform, endpoint, MZ_STRATEGY_AUTO);
        assert_plan (&plan, platform == MZ_PLATFORM_MACOS ? hosts[h].on_macos : hosts[h].automatic);

        plan = mz_strategy_plan (platform, endpoint, MZ_STRATEGY_IPV4_ONLY);
        assert_plan (&plan, hosts[h].ipv4_only);

        plan = mz_strategy_plan (platform, endpoint, MZ_STRATEGY_STANDARD);
        assert_plan (&plan, hosts[h].standard);

        g_assert_cmpint (mz_strategy_uses_system_proxy (endpoint), ==, hosts[h].proxy);
      }
}

/* What detection makes of the plans above: the second route where there was one, and what was learned in front */
static void
test_learned (void)
{
  static const MzRouteKind standard = MZ_ROUTE_STANDARD, ipv4_only = MZ_ROUTE_IPV4_ONLY;
  static const MzPlan raced_default = { { S, I }, 2, MZ_REASON_DEFAULT };
  static const MzPlan learned_ipv4 = { { I, S }, 2, MZ_REASON_LEARNED };
  static const MzPlan learned_standard = { { S, I }, 2, MZ_REASON_LEARNED };
  static const struct
  {
    const char *host;
    MzPlatform platform;
    MzStrategySetting setting;
    const MzPlan *nothing;      /* with nothing learned, */
    const MzPlan *ipv4;         /* and with either route */
    const MzPlan *standard;
  } cases[] = {
    { "gw.example.com", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, &raced_default, &learned_ipv4, &raced_default },
    { "gw.example.com", MZ_PLATFORM_WINDOWS, MZ_STRATEGY_AUTO, &raced_default, &learned_ipv4, &raced_default },
    { "gw.example.com", MZ_PLATFORM_MACOS, MZ_STRATEGY_AUTO, &ipv4_platform, &ipv4_platform, &learned_standard },
    { "gw.tail0.ts.net", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, &ipv4_suffix, &ipv4_suffix, &learned_standard },
    { "nas", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, &raced_default, &learned_ipv4, &raced_default },
    /* Off: strict settings, addresses, this machine */
    { "gw.example.com", MZ_PLATFORM_LINUX, MZ_STRATEGY_STANDARD, &standard_setting, &standard_setting, &standard_setting },
    { "gw.example.com", MZ_PLATFORM_LINUX, MZ_STRATEGY_IPV4_ONLY, &ipv4_setting, &ipv4_setting, &ipv4_setting },
    { "gw.tail0.ts.net", MZ_PLATFORM_MACOS, MZ_STRATEGY_STANDARD, &standard_setting, &standard_setting, &standard_setting },
    { "[2001:db8::1]", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, &standard_literal, &standard_literal, &standard_literal },
    { "[2001:db8::1]", MZ_PLATFORM_MACOS, MZ_STRATEGY_AUTO, &standard_literal, &standard_literal, &standard_literal },
    { "203.0.113.5", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, &standard_default, &standard_default, &standard_default },
    { "203.0.113.5", MZ_PLATFORM_MACOS, MZ_STRATEGY_AUTO, &ipv4_platform, &ipv4_platform, &ipv4_platform },
    { "localhost", MZ_PLATFORM_LINUX, MZ_STRATEGY_AUTO, &standard_default, &standard_default, &standard_default },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (cases[i].host, NULL);
      MzPlan plan;

      g_test_message ("%s on %s", cases[i].host, mz_platform_to_string (cases[i].platform));
      plan = mz_strategy_plan_learned (cases[i].platform, endpoint, cases[i].setting, NULL);
      assert_plan (&plan, cases[i].nothing);
      plan = mz_strategy_plan_learned (cases[i].platform, endpoint, cases[i].setting, &ipv4_only);
      assert_plan (&plan, cases[i].ipv4);
      plan = mz_strategy_plan_learned (cases[i].platform, endpoint, cases[i].setting, &standard);
      assert_plan (&plan, cases[i].standard);
    }
}

static void
test_names (void)
{
  static const char * const settings[] = { "auto", "ipv4-only", "standard" };
  MzPlatform platform = MZ_PLATFORM_OTHER;
  MzStrategySetting setting = MZ_STRATEGY_STANDARD;

  for (guint i = 0; i < G_N_ELEMENTS (platforms); i++)
    {
      g_assert_cmpstr (mz_platform_to_string (platforms[i].platform), ==, platforms[i].name);
      g_assert_true (mz_platform_from_string (platforms[i].name, &platform));
      g_assert_cmpint (platform, ==, platforms[i].platform);
    }
  platform = MZ_PLATFORM_WINDOWS;
  g_assert_false (mz_platform_from_string ("MacOS", &platform));
  g_assert_false (mz_platform_from_string ("", &platform));
  g_assert_false (mz_platform_from_string (NULL, &platform));
  g_assert_cmpint (platform, ==, MZ_PLATFORM_WINDOWS);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_assert_true (mz_strategy_setting_from_string (settings[i], &setting));
      g_assert_cmpstr (mz_strategy_setting_to_string (setting), ==, settings[i]);
    }
  setting = MZ_STRATEGY_IPV4_ONLY;
  g_assert_false (mz_strategy_setting_from_string ("ipv6", &setting));
  g_assert_false (mz_strategy_setting_from_string (NULL, &setting));
  g_assert_cmpint (setting, ==, MZ_STRATEGY_IPV4_ONLY);

  g_assert_cmpstr (mz_route_kind_to_string (MZ_ROUTE_STANDARD), ==, "standard");
  g_assert_cmpstr (mz_route_kind_to_string (MZ_ROUTE_IPV4_ONLY), ==, "ipv4-only");
  g_assert_cmpstr (mz_reason_to_string (MZ_REASON_PLATFORM), ==, "platform");
  g_assert_cmpstr (mz_reason_to_string (MZ_REASON_HOST_SUFFIX), ==, "host-suffix");
  g_assert_cmpstr (mz_reason_to_string (MZ_REASON_SETTING), ==, "setting");
  g_assert_cmpstr (mz_reason_to_string (MZ_REASON_IPV6_LITERAL), ==, "ipv6-literal");
  g_assert_cmpstr (mz_reason_to_string (MZ_REASON_DEFAULT), ==, "default");
  g_assert_cmpstr (mz_reason_to_string (MZ_REASON_LEARNED), ==, "learned");
  g_assert_cmpstr (mz_reason_to_string (MZ_REASON_RACED), ==, "raced");
}

static void
test_current (void)
{
  MzPlatform platform = mz_platform_current ();

#if defined (__linux__)
  g_assert_cmpint (platform, ==, MZ_PLATFORM_LINUX);
#elif defined (__APPLE__)
  g_assert_cmpint (platform, ==, MZ_PLATFORM_MACOS);
#elif defined (G_OS_WIN32)
  g_assert_cmpint (platform, ==, MZ_PLATFORM_WINDOWS);
#else
  g_assert_cmpint (platform, ==, MZ_PLATFORM_OTHER);
#endif
}

static void
test_budgets (void)
{
  static const struct
  {
    MzPhase phase;
    const char *name;
    guint ms;
  } phases[] = {
    { MZ_PHASE_RESOLVE, "resolve", 5000 },
    { MZ_PHASE_CONNECT, "connect", 10000 },
    { MZ_PHASE_TLS, "tls", 10000 },
    { MZ_PHASE_UPGRADE, "upgrade", 10000 },
    { MZ_PHASE_CHALLENGE, "challenge", 15000 },
    { MZ_PHASE_HELLO, "hello", 15000 },
  };
  MzBudgets budgets = mz_budgets_default ();

  G_STATIC_ASSERT (G_N_ELEMENTS (phases) == MZ_N_PHASES);

  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      g_assert_cmpstr (mz_phase_to_string (phases[i].phase), ==, phases[i].name);
      g_assert_cmpuint (budgets.phase_ms[phases[i].phase], ==, phases[i].ms);
    }
  g_assert_cmpuint (budgets.second_route_ms, ==, 2500);
  g_assert_cmpuint (budgets.race_ms, ==, 300);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/strategy/plans", test_plans);
  g_test_add_func ("/net/strategy/learned", test_learned);
  g_test_add_func ("/net/strategy/names", test_names);
  g_test_add_func ("/net/strategy/current", test_current);
  g_test_add_func ("/net/strategy/budgets", test_budgets);

  return g_test_run ();
}
