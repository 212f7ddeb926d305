/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-strategy.h"

static MzPlan
plan_one (MzRouteKind route,
          MzReason    reason)
{
  return (MzPlan) { .routes = { route }, .n_routes = 1, .reason = reason };
}

static MzPlan
plan_ipv4_first (MzReason reason)
{
  return (MzPlan) { .routes = { MZ_ROUTE_IPV4_ONLY, MZ_ROUTE_STANDARD }, .n_routes = 2, .reason = reason };
}

/**
 * mz_strategy_plan:
 * @platform: the platform to plan for
 * @endpoint: where to
 * @setting: what the person chose for this gateway
 *
 * Decides by which routes to connect, and in which order. Nothing is looked up.
 *
 * An IPv6 literal always takes the standard route: an IPv4-only route to it does not exist, whatever the setting
 * says. A setting is obeyed strictly: it has no second route. On macOS the reason is the platform, for names below
 * `ts.net` too.
 *
 * Returns: the plan
 */
MzPlan
mz_strategy_plan (MzPlatform         platform,
                  MzEndpoint        *endpoint,
                  MzStrategySetting  setting)
{
  g_return_val_if_fail (endpoint != NULL, plan_one (MZ_ROUTE_STANDARD, MZ_REASON_DEFAULT));

  if (mz_endpoint_get_host_kind (endpoint) == MZ_HOST_KIND_IPV6)
    return plan_one (MZ_ROUTE_STANDARD, MZ_REASON_IPV6_LITERAL);

  switch (setting)
    {
    case MZ_STRATEGY_IPV4_ONLY:
      return plan_one (MZ_ROUTE_IPV4_ONLY, MZ_REASON_SETTING);
    case MZ_STRATEGY_STANDARD:
      return plan_one (MZ_ROUTE_STANDARD, MZ_REASON_SETTING);
    case MZ_STRATEGY_AUTO:
    default:
      break;
    }

  if (platform == MZ_PLATFORM_MACOS)
    return plan_ipv4_first (MZ_REASON_PLATFORM);

  if (mz_endpoint_is_ts_net (endpoint))
    return plan_ipv4_first (MZ_REASON_HOST_SUFFIX);

  return plan_one (MZ_ROUTE_STANDARD, MZ_REASON_DEFAULT);
}

/**
 * mz_strategy_may_detect:
 * @endpoint: where to
 * @setting: what the person chose for this gateway
 *
 * Whether there are two routes to find the better of: not with a strict setting, not for addresses (there is nothing to look up, and one
 * family only), not for this machine.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_strategy_may_detect (MzEndpoint        *endpoint,
                        MzStrategySetting  setting)
{
  g_return_val_if_fail (endpoint != NULL, FALSE);

  return setting == MZ_STRATEGY_AUTO &&
         mz_endpoint_get_host_kind (endpoint) == MZ_HOST_KIND_NAME &&
         mz_endpoint_get_host_class (endpoint) != MZ_HOST_CLASS_LOOPBACK;
}

/**
 * mz_strategy_plan_learned:
 * @platform: the platform to plan for
 * @endpoint: where to
 * @setting: what the person chose for this gateway
 * @learned: (nullable): the route that worked best for @endpoint on this network, if one is remembered
 *
 * Decides like mz_strategy_plan(), with smart detection: where that gives the standard route alone, the IPv4-only one follows, to be raced
 * against it; and what was learned goes first.
 *
 * Returns: the plan
 */
MzPlan
mz_strategy_plan_learned (MzPlatform         platform,
                          MzEndpoint        *endpoint,
                          MzStrategySetting  setting,
                          const MzRouteKind *learned)
{
  MzPlan plan = mz_strategy_plan (platform, endpoint, setting);

  if (!mz_strategy_may_detect (endpoint, setting))
    return plan;

  if (plan.n_routes == 1)
    plan.routes[plan.n_routes++] = MZ_ROUTE_IPV4_ONLY;

  if (learned != NULL && *learned != plan.routes[0])
    {
      plan.routes[1] = plan.routes[0];
      plan.routes[0] = *learned;
      plan.reason = MZ_REASON_LEARNED;
    }

  return plan;
}

/**
 * mz_strategy_uses_system_proxy:
 * @endpoint: where to
 *
 * Whether the system's proxies are asked for @endpoint. They are only for public hosts: a proxy cannot reach this
 * machine, and rarely a private network or a tailnet.
 *
 * Returns: %TRUE if so
 */
gboolean
mz_strategy_uses_system_proxy (MzEndpoint *endpoint)
{
  g_return_val_if_fail (endpoint != NULL, FALSE);

  return !mz_host_class_is_private (mz_endpoint_get_host_class (endpoint));
}

/**
 * mz_platform_current:
 *
 * Gets the platform Moltzer was built for. What plans for another one, as tests do, passes that instead.
 *
 * Returns: the platform
 */
MzPlatform
mz_platform_current (void)
{
#if defined (__APPLE__)
  return MZ_PLATFORM_MACOS;
#elif defined (G_OS_WIN32)
  return MZ_PLATFORM_WINDOWS;
#elif defined (__linux__)
  return MZ_PLATFORM_LINUX;
#else
  return MZ_PLATFORM_OTHER;
#endif
}

/**
 * mz_platform_from_string:
 * @text: (nullable): a platform's name: `linux`, `macos`, `windows` or `other`
 * @platform: (out): where to put the platform
 *
 * Reads a platform's name.
 *
 * Returns: %FALSE, with @platform untouched, if @text is none
 */
gboolean
mz_platform_from_string (const char *text,
                         MzPlatform *platform)
{
  g_return_val_if_fail (platform != NULL, FALSE);

  for (MzPlatform i = MZ_PLATFORM_LINUX; i <= MZ_PLATFORM_OTHER; i++)
    if (g_strcmp0 (text, mz_platform_to_string (i)) == 0)
      {
        *platform = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * mz_platform_to_string:
 * @platform: a platform
 *
 * Gets the stable name of a platform.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_platform_to_string (MzPlatform platform)
{
  switch (platform)
    {
    case MZ_PLATFORM_LINUX:
      return "linux";
    case MZ_PLATFORM_MACOS:
      return "macos";
    case MZ_PLATFORM_WINDOWS:
      return "windows";
    case MZ_PLATFORM_OTHER:
      return "other";
    default:
      g_return_val_if_reached ("other");
    }
}

/**
 * mz_strategy_setting_from_string:
 * @text: (nullable): a setting's name: `auto`, `ipv4-only` or `standard`
 * @setting: (out): where to put the setting
 *
 * Reads a setting's name.
 *
 * Returns: %FALSE, with @setting untouched, if @text is none
 */
gboolean
mz_strategy_setting_from_string (const char        *text,
                                 MzStrategySetting *setting)
{
  g_return_val_if_fail (setting != NULL, FALSE);

  for (MzStrategySetting i = MZ_STRATEGY_AUTO; i <= MZ_STRATEGY_STANDARD; i++)
    if (g_strcmp0 (text, mz_strategy_setting_to_string (i)) == 0)
      {
        *setting = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * mz_strategy_setting_to_string:
 * @setting: a setting
 *
 * Gets the stable name of a setting.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_strategy_setting_to_string (MzStrategySetting setting)
{
  switch (setting)
    {
    case MZ_STRATEGY_AUTO:
      return "auto";
    case MZ_STRATEGY_IPV4_ONLY:
      return "ipv4-only";
    case MZ_STRATEGY_STANDARD:
      return "standard";
    default:
      g_return_val_if_reached ("auto");
    }
}

/**
 * mz_route_kind_to_string:
 * @route: a kind of route
 *
 * Gets the stable name of a kind of route.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_route_kind_to_string (MzRouteKind route)
{
  switch (route)
    {
    case MZ_ROUTE_STANDARD:
      return "standard";
    case MZ_ROUTE_IPV4_ONLY:
      return "ipv4-only";
    default:
      g_return_val_if_reached ("standard");
    }
}

/**
 * mz_reason_to_string:
 * @reason: a reason
 *
 * Gets the stable name of a plan's reason.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_reason_to_string (MzReason reason)
{
  switch (reason)
    {
    case MZ_REASON_PLATFORM:
      return "platform";
    case MZ_REASON_HOST_SUFFIX:
      return "host-suffix";
    case MZ_REASON_SETTING:
      return "setting";
    case MZ_REASON_IPV6_LITERAL:
      return "ipv6-literal";
    case MZ_REASON_DEFAULT:
      return "default";
    case MZ_REASON_LEARNED:
      return "learned";
    case MZ_REASON_RACED:
      return "raced";
    default:
      g_return_val_if_reached ("default");
    }
}
