/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-host-facts.h"

#ifdef G_OS_WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#else
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

/* Flatpak's mark in every sandbox */
#define FLATPAK_INFO "/.flatpak-info"

static void
add_native (MzHostFacts           *facts,
            const struct sockaddr *native)
{
  g_autoptr (GInetAddress) address = NULL;

  if (native == NULL)
    return;

  if (native->sa_family == AF_INET)
    {
      const struct sockaddr_in *ipv4 = (gconstpointer) native;

      address = g_inet_address_new_from_bytes ((const guint8 *) &ipv4->sin_addr, G_SOCKET_FAMILY_IPV4);
    }
  else if (native->sa_family == AF_INET6)
    {
      const struct sockaddr_in6 *ipv6 = (gconstpointer) native;

      address = g_inet_address_new_from_bytes ((const guint8 *) &ipv6->sin6_addr, G_SOCKET_FAMILY_IPV6);
    }

  if (address != NULL)
    mz_host_facts_add_address (facts, address);
}

#ifdef G_OS_WIN32

/* What MSDN recommends to begin with, so that one call is nearly always enough */
#define ADAPTERS_SIZE 15000
#define ADAPTERS_TRIES 3

static void
add_interfaces (MzHostFacts *facts)
{
  const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  g_autofree IP_ADAPTER_ADDRESSES *adapters = NULL;
  ULONG size = ADAPTERS_SIZE;
  ULONG status = ERROR_BUFFER_OVERFLOW;

  for (guint i = 0; i < ADAPTERS_TRIES && status == ERROR_BUFFER_OVERFLOW; i++)
    {
      g_free (adapters);
      adapters = g_malloc (size);
      status = GetAdaptersAddresses (AF_UNSPEC, flags, NULL, adapters, &size);
    }
  if (status != NO_ERROR)
    return;

  for (IP_ADAPTER_ADDRESSES *a = adapters; a != NULL; a = a->Next)
    if (a->OperStatus == IfOperStatusUp)
      for (IP_ADAPTER_UNICAST_ADDRESS *u = a->FirstUnicastAddress; u != NULL; u = u->Next)
        add_native (facts, u->Address.lpSockaddr);
}

#else

static void
add_interfaces (MzHostFacts *facts)
{
  struct ifaddrs *interfaces = NULL;

  if (getifaddrs (&interfaces) != 0)
    return;

  for (struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next)
    if ((i->ifa_flags & IFF_UP) != 0)
      add_native (facts, i->ifa_addr);

  freeifaddrs (interfaces);
}

#endif

/**
 * mz_host_facts_add_address:
 * @facts: facts
 * @address: an address that an interface of this host has
 *
 * Takes note of an address: which families this host speaks, and whether it is in a tailnet.
 */
void
mz_host_facts_add_address (MzHostFacts  *facts,
                           GInetAddress *address)
{
  MzHostClass klass;

  g_return_if_fail (facts != NULL);
  g_return_if_fail (G_IS_INET_ADDRESS (address));

  klass = mz_address_classify (address);

  if (klass == MZ_HOST_CLASS_TAILNET)
    facts->has_tailnet_address = TRUE;

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    facts->has_ipv4 |= klass != MZ_HOST_CLASS_LOOPBACK;
  else
    facts->has_ipv6 |= klass == MZ_HOST_CLASS_PUBLIC;
}

/**
 * mz_host_facts_collect:
 * @platform: the platform to behave for
 *
 * Collects what is known of this host now. Nothing is asked over the network.
 *
 * Returns: the facts
 */
MzHostFacts
mz_host_facts_collect (MzPlatform platform)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  MzHostFacts facts = {
    .platform = platform,
    .network_available = g_network_monitor_get_network_available (monitor),
    .captive_portal = g_network_monitor_get_connectivity (monitor) == G_NETWORK_CONNECTIVITY_PORTAL,
    .metered = g_network_monitor_get_network_metered (monitor),
    .sandboxed = g_file_test (FLATPAK_INFO, G_FILE_TEST_EXISTS),
  };

  add_interfaces (&facts);

  return facts;
}
