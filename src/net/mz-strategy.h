/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-endpoint.h"

G_BEGIN_DECLS

typedef enum
{
  MZ_PLATFORM_LINUX,
  MZ_PLATFORM_MACOS,
  MZ_PLATFORM_WINDOWS,
  MZ_PLATFORM_OTHER,
} MzPlatform;

/**
 * MzRouteKind:
 * @MZ_ROUTE_STANDARD: GIO's own way: all addresses, the system's proxies
 * @MZ_ROUTE_IPV4_ONLY: an A lookup only, then all its addresses (the macOS and Tailscale workaround)
 */
typedef enum
{
  MZ_ROUTE_STANDARD,
  MZ_ROUTE_IPV4_ONLY,
} MzRouteKind;

typedef enum
{
  MZ_STRATEGY_AUTO,
  MZ_STRATEGY_IPV4_ONLY,
  MZ_STRATEGY_STANDARD,
} MzStrategySetting;

/**
 * MzReason:
 * @MZ_REASON_PLATFORM: what works best on this platform
 * @MZ_REASON_HOST_SUFFIX: a name below `ts.net`
 * @MZ_REASON_SETTING: the person's choice
 * @MZ_REASON_IPV6_LITERAL: an IPv6 address leaves no choice
 * @MZ_REASON_DEFAULT: the usual way
 * @MZ_REASON_LEARNED: the other route worked better for this gateway, on this network
 * @MZ_REASON_RACED: the first route had no connection in time; the second was started beside it, and won
 *
 * Why a route is used. The last one is known only when the dial is over.
 */
typedef enum
{
  MZ_REASON_PLATFORM,
  MZ_REASON_HOST_SUFFIX,
  MZ_REASON_SETTING,
  MZ_REASON_IPV6_LITERAL,
  MZ_REASON_DEFAULT,
  MZ_REASON_LEARNED,
  MZ_REASON_RACED,
} MzReason;

#define MZ_PLAN_MAX_ROUTES 2

/**
 * MzPlan:
 * @routes: the routes to try, in order
 * @n_routes: 1 or 2
 * @reason: why the first route is the first
 *
 * How to connect. A plain value.
 */
typedef struct
{
  MzRouteKind routes[MZ_PLAN_MAX_ROUTES];
  guint n_routes;
  MzReason reason;
} MzPlan;

MzPlan       mz_strategy_plan                 (MzPlatform         platform,
                                               MzEndpoint        *endpoint,
                                               MzStrategySetting  setting);
gboolean     mz_strategy_may_detect           (MzEndpoint        *endpoint,
                                               MzStrategySetting  setting);
MzPlan       mz_strategy_plan_learned         (MzPlatform         platform,
                                               MzEndpoint        *endpoint,
                                               MzStrategySetting  setting,
                                               const MzRouteKind *learned);
gboolean     mz_strategy_uses_system_proxy    (MzEndpoint        *endpoint);

MzPlatform   mz_platform_current              (void);
gboolean     mz_platform_from_string          (const char        *text,
                                               MzPlatform        *platform);
const char  *mz_platform_to_string            (MzPlatform         platform);
gboolean     mz_strategy_setting_from_string  (const char        *text,
                                               MzStrategySetting *setting);
const char  *mz_strategy_setting_to_string    (MzStrategySetting  setting);
const char  *mz_route_kind_to_string          (MzRouteKind        route);
const char  *mz_reason_to_string              (MzReason           reason);

G_END_DECLS
