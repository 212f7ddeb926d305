/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-network-info.h"

#include <glib/gstdio.h>
#include <string.h>

#define V4_HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#define ANY "00000000000000000000000000000000"
#define FE80_1 "fe800000000000000000000000000001"
#define V6(destination, prefix, gateway, metric, flags, name) \
  destination " " prefix " " ANY " 00 " gateway " " metric " 00000001 00000000 " flags " " name "\n"

/* A mask as the kernel writes it depends on the byte order: the four bytes of an address read as one number. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define HALF_MASK "00000080"
#define MASK_24 "00FFFFFF"
#else
#define HALF_MASK "80000000"
#define MASK_24 "FFFFFF00"
#endif

static const struct
{
  const char *what;
  const char *text;
  const char *interface;
  const char *gateway;
} ipv4_routes[] = {
  { "nothing", "", NULL, NULL },
  { "the head only", V4_HEAD, NULL, NULL },
  { "an ordinary one",
    V4_HEAD "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0 \n"
            "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t" MASK_24 "\t0\t0\t0\n", "eth0", "0101A8C0" },
  { "no end of line", V4_HEAD "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0", "eth0", "0101A8C0" },
  { "the lower metric",
    V4_HEAD "wlp3s0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
            "enp2s0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n", "enp2s0", "0101A8C0" },
  { "the first of equals",
    V4_HEAD "a\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
            "b\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", "a", "0102A8C0" },
  { "halves of a tunnel",
    V4_HEAD "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
            "tun0\t00000000\t0100080A\t0003\t0\t0\t50\t" HALF_MASK "\t0\t0\t0\n", "tun0", "0100080A" },
  { "down", V4_HEAD "eth0\t00000000\t0101A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n", NULL, NULL },
  { "rejecting", V4_HEAD "eth0\t00000000\t0101A8C0\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", NULL, NULL },
  { "a network only", V4_HEAD "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t" MASK_24 "\t0\t0\t0\n", NULL, NULL },
  { "0/24 is no default", V4_HEAD "eth0\t00000000\t00000000\t0001\t0\t0\t0\t" MASK_24 "\t0\t0\t0\n", NULL, NULL },
  { "too few columns", V4_HEAD "eth0\t00000000\t0101A8C0\t0003\n", NULL, NULL },
  { "no numbers", V4_HEAD "eth0\tzero\t0101A8C0\t0003\t0\t0\tx\t00000000\t0\t0\t0\n", NULL, NULL },
  { "a name too long", V4_HEAD "interface-too-long\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", NULL, NULL },
  { "a gateway too long",
    V4_HEAD "eth0\t00000000\t0101A8C00101A8C00101A8C00101A8C00101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", NULL, NULL },
};

static const struct
{
  const char *what;
  const char *text;
  const char *interface;
  const char *gateway;
} ipv6_routes[] = {
  { "nothing", "", NULL, NULL },
  { "an ordinary one",
    V6 (FE80_1, "80", ANY, "00000000", "80200001", "lo")
    V6 (ANY, "00", FE80_1, "00000064", "00000003", "eth0"), "eth0", FE80_1 },
  { "the kernel's refusal", V6 (ANY, "00", ANY, "ffffffff", "00200200", "lo"), NULL, NULL },
  { "the lower metric",
    V6 (ANY, "00", FE80_1, "00000258", "00000003", "wlan0")
    V6 (ANY, "00", "fe800000000000000000000000000002", "00000064", "00000003", "eth0"), "eth0", "fe800000000000000000000000000002" },
  { "all global addresses",
    V6 (ANY, "00", FE80_1, "00000001", "00000003", "eth0")
    V6 ("20000000000000000000000000000000", "03", ANY, "00000400", "00000001", "tun0"), "tun0", ANY },
  { "another /3", V6 ("40000000000000000000000000000000", "03", ANY, "00000400", "00000001", "tun0"), NULL, NULL },
  { "too few columns", ANY " 00 " ANY "\n", NULL, NULL },
};

static const struct
{
  const char *text;
  const char *servers; /* joined by commas */
} resolv_confs[] = {
  { "", "" },
  { "nameserver 192.0.2.1\n", "192.0.2.1" },
  { "# nameserver 192.0.2.9\nsearch example.com\nnameserver 2001:db8::1\nnameserver\t192.0.2.1", "192.0.2.1,2001:db8::1" },
  { "nameserver 192.0.2.2\r\nnameserver 192.0.2.1 # the second\r\n", "192.0.2.1,192.0.2.2" },
  { "nameserver\nnameservers 192.0.2.1\noptions edns0\n", "" },
};

static const struct
{
  const char *name;
  const char *link;    /* the file "type"; none: the interface is not described */
  const char *uevent;
  const char *file;    /* one more that is there */
  MzNetworkType type;
} interfaces[] = {
  { "eth0", "1\n", "INTERFACE=eth0\nIFINDEX=2\n", NULL, MZ_NETWORK_ETHERNET },
  { "odd0", "1\n", "", NULL, MZ_NETWORK_ETHERNET },
  { "wlan0", "1\n", "DEVTYPE=wlan\n", "phy80211", MZ_NETWORK_WIFI },
  { "odd1", "1\n", NULL, "wireless", MZ_NETWORK_WIFI },
  { "odd2", "1\n", "DEVTYPE=wwan\nINTERFACE=odd2\n", NULL, MZ_NETWORK_CELLULAR },
  { "wwan0", "65534\n", "", NULL, MZ_NETWORK_CELLULAR },
  { "ppp0", "512\n", "", NULL, MZ_NETWORK_CELLULAR },
  { "tun0", "65534\n", "", "tun_flags", MZ_NETWORK_VPN },
  { "odd3", "1\n", "", "tun_flags", MZ_NETWORK_VPN },
  { "home", "65534\n", "DEVTYPE=wireguard\n", NULL, MZ_NETWORK_VPN },
  { "tailscale0", "65534\n", "", "tun_flags", MZ_NETWORK_TAILNET },
  { "lo", "772\n", "", NULL, MZ_NETWORK_LOOPBACK },
  { "odd4", "99\n", "DEVTYPE=\n", NULL, MZ_NETWORK_UNKNOWN },
  { "odd5", "no number", "DEVTYPE=xwwan\n", NULL, MZ_NETWORK_UNKNOWN },
  /* Not described: by their names */
  { "enp1s0", NULL, NULL, NULL, MZ_NETWORK_ETHERNET },
  { "wlp1s0", NULL, NULL, NULL, MZ_NETWORK_WIFI },
  { "wwp1s0", NULL, NULL, NULL, MZ_NETWORK_CELLULAR },
  { "wg0", NULL, NULL, NULL, MZ_NETWORK_VPN },
  { "tailscale1", NULL, NULL, NULL, MZ_NETWORK_TAILNET },
  { "odd6", NULL, NULL, NULL, MZ_NETWORK_UNKNOWN },
};

typedef struct
{
  char *root;
} Fixture;

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->root = g_dir_make_tmp ("moltzer-network-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  remove_tree (fixture->root);
  g_free (fixture->root);
}

/* Without a text: removes the file. */
static void
put (Fixture    *fixture,
     const char *file,
     const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, file, NULL);
  g_autofree char *dir = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    {
      g_assert_cmpint (g_remove (path), ==, 0);
      return;
    }
  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
test_ipv4_routes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ipv4_routes); i++)
    {
      MzDefaultRoute route = { 0 };
      gboolean found = mz_network_parse_ipv4_route (ipv4_routes[i].text, &route);

      g_test_message ("%s", ipv4_routes[i].what);
      g_assert_cmpint (found, ==, ipv4_routes[i].interface != NULL);
      if (!found)
        continue;
      g_assert_cmpstr (route.name, ==, ipv4_routes[i].interface);
      g_assert_cmpstr (route.gateway, ==, ipv4_routes[i].gateway);
    }
}

static void
test_ipv6_routes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ipv6_routes); i++)
    {
      MzDefaultRoute route = { 0 };
      gboolean found = mz_network_parse_ipv6_route (ipv6_routes[i].text, &route);

      g_test_message ("%s", ipv6_routes[i].what);
      g_assert_cmpint (found, ==, ipv6_routes[i].interface != NULL);
      if (!found)
        continue;
      g_assert_cmpstr (route.name, ==, ipv6_routes[i].interface);
      g_assert_cmpstr (route.gateway, ==, ipv6_routes[i].gateway);
    }
}

static void
test_resolv_confs (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (resolv_confs); i++)
    {
      g_auto (GStrv) servers = mz_network_parse_resolv_conf (resolv_confs[i].text);
      g_autofree char *joined = g_strjoinv (",", servers);

      g_assert_cmpstr (joined, ==, resolv_confs[i].servers);
    }
}

static void
test_interfaces (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *class_dir = g_build_filename (fixture->root, "sys/class/net", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      const struct { const char *name; const char *text; } files[] = {
        { "type", interfaces[i].link },
        { "uevent", interfaces[i].uevent },
        { interfaces[i].file, interfaces[i].file != NULL ? "" : NULL },
      };

      g_test_message ("%s", interfaces[i].name);
      for (guint f = 0; f < G_N_ELEMENTS (files); f++)
        if (files[f].text != NULL)
          {
            g_autofree char *path = g_build_filename ("sys/class/net", interfaces[i].name, files[f].name, NULL);

            put (fixture, path, files[f].text);
          }

      g_assert_cmpint (mz_network_type_of_interface (interfaces[i].name, class_dir), ==, interfaces[i].type);
    }
}

static void
assert_network (Fixture       *fixture,
                MzNetworkType  type,
                char         **id)
{
  g_autoptr (MzNetworkInfo) info = mz_network_info_collect_in (fixture->root);

  g_assert_cmpint (info->type, ==, type);
  g_assert_cmpuint (strlen (info->id), ==, 16);
  g_assert_cmpuint (strspn (info->id, "0123456789abcdef"), ==, 16);

  g_free (*id);
  *id = g_steal_pointer (&info->id);
}

/* What tells networks apart, and what does not */
static void
test_collect (Fixture       *fixture,
              gconstpointer  data)
{
#ifdef __linux__
  g_autofree char *nothing = NULL;
  g_autofree char *home = NULL;
  g_autofree char *id = NULL;
  const char *route = V4_HEAD "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n";

  assert_network (fixture, MZ_NETWORK_UNKNOWN, &nothing);

  put (fixture, "proc/net/route", route);
  put (fixture, "etc/resolv.conf", "nameserver 192.0.2.1\nnameserver 192.0.2.2\n");
  put (fixture, "sys/class/net/eth0/type", "1\n");
  assert_network (fixture, MZ_NETWORK_ETHERNET, &home);
  g_assert_cmpstr (home, !=, nothing);

  /* The same: another order of servers, a search domain, another metric */
  put (fixture, "etc/resolv.conf", "search home\nnameserver 192.0.2.2\nnameserver 192.0.2.1\n");
  put (fixture, "proc/net/route", V4_HEAD "eth0\t00000000\t0101A8C0\t0003\t0\t0\t20100\t00000000\t0\t0\t0\n");
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, ==, home);

  /* systemd-resolved in between */
  put (fixture, "etc/resolv.conf", "nameserver 127.0.0.53\n");
  put (fixture, "run/systemd/resolve/resolv.conf", "nameserver 192.0.2.1\nnameserver 192.0.2.2\n");
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, ==, home);
  put (fixture, "run/systemd/resolve/resolv.conf", "nameserver 192.0.2.3\n");
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, !=, home);
  put (fixture, "run/systemd/resolve/resolv.conf", NULL);
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, !=, home);

  /* Another: servers, gateway, kind of interface, IPv6 */
  put (fixture, "etc/resolv.conf", "nameserver 192.0.2.1\n");
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, !=, home);
  put (fixture, "etc/resolv.conf", "nameserver 192.0.2.1\nnameserver 192.0.2.2\n");
  put (fixture, "proc/net/route", V4_HEAD "eth0\t00000000\t0201A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, !=, home);
  put (fixture, "proc/net/route", route);
  put (fixture, "sys/class/net/eth0/phy80211", "");
  assert_network (fixture, MZ_NETWORK_WIFI, &id);
  g_assert_cmpstr (id, !=, home);
  put (fixture, "sys/class/net/eth0/phy80211", NULL);
  put (fixture, "proc/net/ipv6_route", V6 (ANY, "00", FE80_1, "00000064", "00000003", "eth0"));
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, !=, home);
  put (fixture, "proc/net/ipv6_route", V6 (ANY, "00", ANY, "ffffffff", "00200200", "lo"));
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
  g_assert_cmpstr (id, ==, home);

  /* IPv6 alone */
  put (fixture, "proc/net/route", V4_HEAD);
  put (fixture, "proc/net/ipv6_route", V6 (ANY, "00", FE80_1, "00000064", "00000003", "eth0"));
  assert_network (fixture, MZ_NETWORK_ETHERNET, &id);
#else
  g_autofree char *id = NULL;

  assert_network (fixture, MZ_NETWORK_UNKNOWN, &id);
#endif
}

/* On this machine: whatever it is, it is the same twice, and names no address. */
static void
test_here (void)
{
  g_autoptr (MzNetworkInfo) info = mz_network_info_collect ();
  g_autoptr (MzNetworkInfo) again = mz_network_info_collect ();
  g_autoptr (MzNetworkInfo) copy = mz_network_info_copy (info);

  g_assert_cmpint (info->type, ==, again->type);
  g_assert_cmpstr (info->id, ==, again->id);
  g_assert_cmpint (info->type, ==, copy->type);
  g_assert_cmpstr (info->id, ==, copy->id);
  g_assert_null (mz_network_info_copy (NULL));

  if (g_test_perf ())
    {
      const guint n = 1000;
      double ms;

      g_test_timer_start ();
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (MzNetworkInfo) timed = mz_network_info_collect ();

          g_assert_nonnull (timed->id);
        }
      ms = g_test_timer_elapsed () * 1000 / n;
      g_test_minimized_result (ms, "one look at the network takes %.3f ms", ms);
    }
}

static void
test_peers (void)
{
  static const struct
  {
    const char *peer;
    MzNetworkType type;
  } cases[] = {
    { NULL, MZ_NETWORK_WIFI },
    { "127.0.0.1", MZ_NETWORK_LOOPBACK },
    { "::1", MZ_NETWORK_LOOPBACK },
    { "100.64.0.1", MZ_NETWORK_TAILNET },
    { "fd7a:115c:a1e0::1", MZ_NETWORK_TAILNET },
    { "192.168.1.1", MZ_NETWORK_WIFI },
    { "fe80::1", MZ_NETWORK_WIFI },
    { "203.0.113.1", MZ_NETWORK_WIFI },
  };
  const MzNetworkInfo info = { .type = MZ_NETWORK_WIFI };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) peer = cases[i].peer != NULL ? g_inet_address_new_from_string (cases[i].peer) : NULL;

      g_assert_cmpint (mz_network_type_for_peer (&info, peer), ==, cases[i].type);
    }
}

static void
test_names (void)
{
  static const char * const names[] = { "unknown", "ethernet", "wifi", "cellular", "vpn", "tailnet", "loopback" };
  MzNetworkType type = MZ_NETWORK_VPN;

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == MZ_N_NETWORK_TYPES);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpstr (mz_network_type_to_string ((MzNetworkType) i), ==, names[i]);
      g_assert_true (mz_network_type_from_string (names[i], &type));
      g_assert_cmpint (type, ==, i);
    }

  type = MZ_NETWORK_VPN;
  g_assert_false (mz_network_type_from_string ("WiFi", &type));
  g_assert_false (mz_network_type_from_string ("", &type));
  g_assert_false (mz_network_type_from_string (NULL, &type));
  g_assert_cmpint (type, ==, MZ_NETWORK_VPN);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/network-info/ipv4-routes", test_ipv4_routes);
  g_test_add_func ("/net/network-info/ipv6-routes", test_ipv6_routes);
  g_test_add_func ("/net/network-info/resolv-confs", test_resolv_confs);
  g_test_add ("/net/network-info/interfaces", Fixture, NULL, set_up, test_interfaces, tear_down);
  g_test_add ("/net/network-info/collect", Fixture, NULL, set_up, test_collect, tear_down);
  g_test_add_func ("/net/network-info/here", test_here);
  g_test_add_func ("/net/network-info/peers", test_peers);
  g_test_add_func ("/net/network-info/names", test_names);

  return g_test_run ();
}
