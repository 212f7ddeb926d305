/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net-test"

#include "config.h"

#include "mz-address.h"

typedef struct
{
  const char *text;
  MzHostClass klass;
} Case;

/* The edges of every range, from just outside to just inside */
static const Case addresses[] = {
  { "126.255.255.255", MZ_HOST_CLASS_PUBLIC },
  { "127.0.0.0", MZ_HOST_CLASS_LOOPBACK },
  { "127.0.0.1", MZ_HOST_CLASS_LOOPBACK },
  { "127.255.255.255", MZ_HOST_CLASS_LOOPBACK },
  { "128.0.0.0", MZ_HOST_CLASS_PUBLIC },
  { "169.253.255.255", MZ_HOST_CLASS_PUBLIC },
  { "169.254.0.0", MZ_HOST_CLASS_LINK_LOCAL },
  { "169.254.255.255", MZ_HOST_CLASS_LINK_LOCAL },
  { "169.255.0.0", MZ_HOST_CLASS_PUBLIC },
  { "9.255.255.255", MZ_HOST_CLASS_PUBLIC },
  { "10.0.0.0", MZ_HOST_CLASS_PRIVATE },
  { "10.255.255.255", MZ_HOST_CLASS_PRIVATE },
  { "11.0.0.0", MZ_HOST_CLASS_PUBLIC },
  { "172.15.255.255", MZ_HOST_CLASS_PUBLIC },
  { "172.16.0.0", MZ_HOST_CLASS_PRIVATE },
  { "172.31.255.255", MZ_HOST_CLASS_PRIVATE },
  { "172.32.0.0", MZ_HOST_CLASS_PUBLIC },
  { "192.167.255.255", MZ_HOST_CLASS_PUBLIC },
  { "192.168.0.0", MZ_HOST_CLASS_PRIVATE },
  { "192.168.255.255", MZ_HOST_CLASS_PRIVATE },
  { "192.169.0.0", MZ_HOST_CLASS_PUBLIC },
  { "100.63.255.255", MZ_HOST_CLASS_PUBLIC },
  { "100.64.0.0", MZ_HOST_CLASS_TAILNET },
  { "100.100.100.100", MZ_HOST_CLASS_TAILNET },
  { "100.127.255.255", MZ_HOST_CLASS_TAILNET },
  { "100.128.0.0", MZ_HOST_CLASS_PUBLIC },
  { "198.18.0.1", MZ_HOST_CLASS_PUBLIC },
  { "0.0.0.0", MZ_HOST_CLASS_PUBLIC },
  { "8.8.8.8", MZ_HOST_CLASS_PUBLIC },
  { "255.255.255.255", MZ_HOST_CLASS_PUBLIC },
  { "::", MZ_HOST_CLASS_PUBLIC },
  { "::1", MZ_HOST_CLASS_LOOPBACK },
  { "::2", MZ_HOST_CLASS_PUBLIC },
  { "fe7f:ffff::", MZ_HOST_CLASS_PUBLIC },
  { "fe80::", MZ_HOST_CLASS_LINK_LOCAL },
  { "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", MZ_HOST_CLASS_LINK_LOCAL },
  { "fec0::", MZ_HOST_CLASS_PUBLIC },
  { "fbff:ffff::", MZ_HOST_CLASS_PUBLIC },
  { "fc00::", MZ_HOST_CLASS_PRIVATE },
  { "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", MZ_HOST_CLASS_PRIVATE },
  { "fe00::", MZ_HOST_CLASS_PUBLIC },
  { "fd7a:115c:a1df:ffff:ffff:ffff:ffff:ffff", MZ_HOST_CLASS_PRIVATE },
  { "fd7a:115c:a1e0::", MZ_HOST_CLASS_TAILNET },
  { "fd7a:115c:a1e0:ffff:ffff:ffff:ffff:ffff", MZ_HOST_CLASS_TAILNET },
  { "fd7a:115c:a1e1::", MZ_HOST_CLASS_PRIVATE },
  { "2001:db8::1", MZ_HOST_CLASS_PUBLIC },
  { "::ffff:127.0.0.1", MZ_HOST_CLASS_LOOPBACK },
  { "::ffff:192.168.1.1", MZ_HOST_CLASS_PRIVATE },
  { "::ffff:100.64.1.1", MZ_HOST_CLASS_TAILNET },
  { "::ffff:169.254.1.1", MZ_HOST_CLASS_LINK_LOCAL },
  { "::ffff:8.8.8.8", MZ_HOST_CLASS_PUBLIC },
  { "::fffe:127.0.0.1", MZ_HOST_CLASS_PUBLIC },
  { "64:ff9b::127.0.0.1", MZ_HOST_CLASS_PUBLIC },
};

static const Case names[] = {
  { "localhost", MZ_HOST_CLASS_LOOPBACK },
  { "LocalHost", MZ_HOST_CLASS_LOOPBACK },
  { "localhost.", MZ_HOST_CLASS_LOOPBACK },
  { "a.localhost", MZ_HOST_CLASS_LOOPBACK },
  { "a.LOCALHOST.", MZ_HOST_CLASS_LOOPBACK },
  { "notlocalhost", MZ_HOST_CLASS_PRIVATE },
  { "localhost.example.com", MZ_HOST_CLASS_PUBLIC },
  { "nas", MZ_HOST_CLASS_PRIVATE },
  { "nas.", MZ_HOST_CLASS_PRIVATE },
  { "nas.local", MZ_HOST_CLASS_PRIVATE },
  { "nas.LOCAL.", MZ_HOST_CLASS_PRIVATE },
  { "local", MZ_HOST_CLASS_PRIVATE },
  { "nas.notlocal", MZ_HOST_CLASS_PUBLIC },
  { "nas.local.example", MZ_HOST_CLASS_PUBLIC },
  { "gw.tail0.ts.net", MZ_HOST_CLASS_TAILNET },
  { "gw.tail0.TS.Net.", MZ_HOST_CLASS_TAILNET },
  { "ts.net", MZ_HOST_CLASS_PUBLIC },
  { "x.ts.net.evil.org", MZ_HOST_CLASS_PUBLIC },
  { "notts.net", MZ_HOST_CLASS_PUBLIC },
  { "x.nots.net", MZ_HOST_CLASS_PUBLIC },
  { "example.com", MZ_HOST_CLASS_PUBLIC },
  { "127.0.0.1.example.com", MZ_HOST_CLASS_PUBLIC },
  { "127.0.0.1", MZ_HOST_CLASS_LOOPBACK },
  { "100.64.0.1", MZ_HOST_CLASS_TAILNET },
  { "fe80::1%eth0", MZ_HOST_CLASS_LINK_LOCAL },
  { "::1", MZ_HOST_CLASS_LOOPBACK },
  { "", MZ_HOST_CLASS_PUBLIC },
  { ".", MZ_HOST_CLASS_PUBLIC },
};

static const struct
{
  const char *host;
  gboolean is;
} ts_net[] = {
  { "x.ts.net", TRUE },
  { "x.ts.net.", TRUE },
  { "X.TS.NET", TRUE },
  { "a.b.ts.net", TRUE },
  { "ts.net", FALSE },
  { "ts.net.", FALSE },
  { ".ts.net", FALSE },
  { "x..ts.net", FALSE },
  { "x.ts.net..", FALSE },
  { "xts.net", FALSE },
  { "x.ts.net.evil.org", FALSE },
  { "x.ts.nett", FALSE },
  { "x.ts-net", FALSE },
  { "", FALSE },
  { ".", FALSE },
};

static void
test_addresses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (addresses[i].text);

      g_test_message ("%s", addresses[i].text);
      g_assert_nonnull (address);
      g_assert_cmpint (mz_address_classify (address), ==, addresses[i].klass);
      g_assert_cmpint (mz_host_name_classify (addresses[i].text), ==, addresses[i].klass);
    }
}

static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_message ("\"%s\"", names[i].text);
      g_assert_cmpint (mz_host_name_classify (names[i].text), ==, names[i].klass);
    }
}

static void
test_ts_net (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ts_net); i++)
    {
      g_test_message ("\"%s\"", ts_net[i].host);
      g_assert_cmpint (mz_host_name_is_ts_net (ts_net[i].host), ==, ts_net[i].is);
    }
}

static void
test_classes (void)
{
  static const struct
  {
    MzHostClass klass;
    const char *name;
    gboolean is_private;
  } classes[] = {
    { MZ_HOST_CLASS_LOOPBACK, "loopback", TRUE },
    { MZ_HOST_CLASS_LINK_LOCAL, "link-local", TRUE },
    { MZ_HOST_CLASS_PRIVATE, "private", TRUE },
    { MZ_HOST_CLASS_TAILNET, "tailnet", TRUE },
    { MZ_HOST_CLASS_PUBLIC, "public", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_assert_cmpstr (mz_host_class_to_string (classes[i].klass), ==, classes[i].name);
      g_assert_cmpint (mz_host_class_is_private (classes[i].klass), ==, classes[i].is_private);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/address/addresses", test_addresses);
  g_test_add_func ("/net/address/names", test_names);
  g_test_add_func ("/net/address/ts-net", test_ts_net);
  g_test_add_func ("/net/address/classes", test_classes);

  return g_test_run ();
}
