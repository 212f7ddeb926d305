/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-network-info.h"

#include <string.h>

/* Of the kernel's route.h */
#define ROUTE_UP 0x1
#define ROUTE_REJECT 0x200

/* Of the kernel's if_arp.h, as in the interface's file "type" */
#define ARPHRD_ETHERNET 1
#define ARPHRD_PPP_LINK 512
#define ARPHRD_LOOPBACK_LINK 772
#define ARPHRD_NONE_LINK 65534

/* A tunnel that leaves the default route alone covers it with halves (0/1 and 128/1), or with all global IPv6 addresses (2000::/3). */
#define HALF_PREFIX 1
#define GLOBAL_IPV6 "20000000000000000000000000000000"
#define GLOBAL_IPV6_PREFIX 3
#define ANY_IPV6 "00000000000000000000000000000000"

/* Columns of /proc/net/route and /proc/net/ipv6_route */
enum { V4_INTERFACE, V4_DESTINATION, V4_GATEWAY, V4_FLAGS, V4_REFS, V4_USE, V4_METRIC, V4_MASK, V4_N_COLUMNS };
enum { V6_DESTINATION, V6_PREFIX, V6_SOURCE, V6_SOURCE_PREFIX, V6_GATEWAY, V6_METRIC, V6_REFS, V6_USE, V6_FLAGS, V6_INTERFACE, V6_N_COLUMNS };

/* What is hashed begins with this; another version of the recipe would have another number. */
#define ID_RECIPE "moltzer-network-1"
#define ID_LENGTH 16

static const char * const type_names[MZ_N_NETWORK_TYPES] = {
  [MZ_NETWORK_UNKNOWN] = "unknown",
  [MZ_NETWORK_ETHERNET] = "ethernet",
  [MZ_NETWORK_WIFI] = "wifi",
  [MZ_NETWORK_CELLULAR] = "cellular",
  [MZ_NETWORK_VPN] = "vpn",
  [MZ_NETWORK_TAILNET] = "tailnet",
  [MZ_NETWORK_LOOPBACK] = "loopback",
};

/* Names by which interfaces are known where the kernel does not tell more */
static const struct
{
  const char *prefix;
  MzNetworkType type;
} interface_names[] = {
  { "tailscale", MZ_NETWORK_TAILNET },
  { "wwan", MZ_NETWORK_CELLULAR },
  { "wwp", MZ_NETWORK_CELLULAR },
  { "rmnet", MZ_NETWORK_CELLULAR },
  { "ppp", MZ_NETWORK_CELLULAR },
  { "tun", MZ_NETWORK_VPN },
  { "tap", MZ_NETWORK_VPN },
  { "wg", MZ_NETWORK_VPN },
  { "ipsec", MZ_NETWORK_VPN },
  { "wl", MZ_NETWORK_WIFI },
  { "en", MZ_NETWORK_ETHERNET },
  { "eth", MZ_NETWORK_ETHERNET },
};

/* The columns of a line, cut in place; %FALSE if there are fewer than @n. */
static gboolean
cut_columns (char  *line,
             char **columns,
             guint  n)
{
  for (guint i = 0; i < n; i++)
    {
      line += strspn (line, " \t\r");
      if (*line == '\0')
        return FALSE;
      columns[i] = line;
      line += strcspn (line, " \t\r");
      if (*line != '\0')
        *line++ = '\0';
    }

  return TRUE;
}

static gboolean
parse_hex (const char *text,
           guint32    *value)
{
  guint64 wide;

  if (!g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, &wide, NULL))
    return FALSE;

  *value = (guint32) wide;
  return TRUE;
}

static guint
count_bits (guint32 value)
{
  guint bits = 0;

  for (; value != 0; value &= value - 1)
    bits++;

  return bits;
}

/* The more special route wins, as in the kernel, then the lower metric; among equals the earlier. */
static void
keep_better (MzDefaultRoute       *best,
             gboolean             *found,
             const MzDefaultRoute *route)
{
  if (*found && (route->prefix < best->prefix || (route->prefix == best->prefix && route->metric >= best->metric)))
    return;

  *best = *route;
  *found = TRUE;
}

static gboolean
parse_ipv4_line (char           *line,
                 MzDefaultRoute *route)
{
  char *columns[V4_N_COLUMNS];
  guint32 destination, flags, mask;
  guint64 metric;

  if (!cut_columns (line, columns, V4_N_COLUMNS) ||
      !parse_hex (columns[V4_DESTINATION], &destination) ||
      !parse_hex (columns[V4_FLAGS], &flags) ||
      !parse_hex (columns[V4_MASK], &mask) ||
      !g_ascii_string_to_unsigned (columns[V4_METRIC], 10, 0, G_MAXUINT32, &metric, NULL))
    return FALSE;

  route->prefix = count_bits (mask);
  route->metric = (guint32) metric;
  if (destination != 0 || route->prefix > HALF_PREFIX || (flags & ROUTE_UP) == 0 || (flags & ROUTE_REJECT) != 0)
    return FALSE;

  return g_strlcpy (route->name, columns[V4_INTERFACE], sizeof route->name) < sizeof route->name &&
         g_strlcpy (route->gateway, columns[V4_GATEWAY], sizeof route->gateway) < sizeof route->gateway;
}

static gboolean
parse_ipv6_line (char           *line,
                 MzDefaultRoute *route)
{
  char *columns[V6_N_COLUMNS];
  guint32 prefix, metric, flags;
  gboolean covers_all;

  if (!cut_columns (line, columns, V6_N_COLUMNS) ||
      !parse_hex (columns[V6_PREFIX], &prefix) ||
      !parse_hex (columns[V6_METRIC], &metric) ||
      !parse_hex (columns[V6_FLAGS], &flags))
    return FALSE;

  covers_all = (prefix <= HALF_PREFIX && strcmp (columns[V6_DESTINATION], ANY_IPV6) == 0) ||
               (prefix == GLOBAL_IPV6_PREFIX && strcmp (columns[V6_DESTINATION], GLOBAL_IPV6) == 0);
  if (!covers_all || (flags & ROUTE_UP) == 0 || (flags & ROUTE_REJECT) != 0)
    return FALSE;

  route->prefix = prefix;
  route->metric = metric;

  return g_strlcpy (route->name, columns[V6_INTERFACE], sizeof route->name) < sizeof route->name &&
         g_strlcpy (route->gateway, columns[V6_GATEWAY], sizeof route->gateway) < sizeof route->gateway;
}

static gboolean
parse_routes (const char      *text,
              gboolean       (*parse_line) (char           *line,
                                            MzDefaultRoute *route),
              MzDefaultRoute  *best)
{
  gboolean found = FALSE;

  while (*text != '\0')
    {
      gsize length = strcspn (text, "\n");
      g_autofree char *line = g_strndup (text, length);
      MzDefaultRoute route = { 0 };

      if (parse_line (line, &route))
        keep_better (best, &found, &route);

      text += length;
      if (*text == '\n')
        text++;
    }

  return found;
}

/**
 * mz_network_parse_ipv4_route:
 * @text: what `/proc/net/route` says
 * @route: (out): where to put the route
 *
 * Finds the default route that the kernel prefers.
 *
 * Returns: %FALSE, with @route untouched, if there is none
 */
gboolean
mz_network_parse_ipv4_route (const char     *text,
                             MzDefaultRoute *route)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (route != NULL, FALSE);

  return parse_routes (text, parse_ipv4_line, route);
}

/**
 * mz_network_parse_ipv6_route:
 * @text: what `/proc/net/ipv6_route` says
 * @route: (out): where to put the route
 *
 * Finds the default route that the kernel prefers.
 *
 * Returns: %FALSE, with @route untouched, if there is none
 */
gboolean
mz_network_parse_ipv6_route (const char     *text,
                             MzDefaultRoute *route)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (route != NULL, FALSE);

  return parse_routes (text, parse_ipv6_line, route);
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/**
 * mz_network_parse_resolv_conf:
 * @text: what a `resolv.conf` says
 *
 * Finds the name servers.
 *
 * Returns: (transfer full): their addresses as they are written there, sorted, for their order says nothing about the network
 */
GStrv
mz_network_parse_resolv_conf (const char *text)
{
  g_autoptr (GPtrArray) servers = NULL;
  g_auto (GStrv) lines = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  servers = g_ptr_array_new_with_free_func (g_free);
  lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *columns[2];

      if (cut_columns (lines[i], columns, G_N_ELEMENTS (columns)) && strcmp (columns[0], "nameserver") == 0)
        g_ptr_array_add (servers, g_strdup (columns[1]));
    }

  g_ptr_array_sort (servers, compare_strings);
  g_ptr_array_add (servers, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&servers), FALSE);
}

static gboolean
has_file (const char *dir,
          const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static char *
read_file (const char *dir,
           const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;

  return text;
}

static gboolean
has_line (const char *text,
          const char *line)
{
  g_auto (GStrv) lines = NULL;

  if (text == NULL)
    return FALSE;

  lines = g_strsplit (text, "\n", -1);

  return g_strv_contains ((const char * const *) lines, line);
}

static MzNetworkType
type_of_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (interface_names); i++)
    if (g_str_has_prefix (name, interface_names[i].prefix))
      return interface_names[i].type;

  return MZ_NETWORK_UNKNOWN;
}

/**
 * mz_network_type_of_interface:
 * @name: an interface's name
 * @class_dir: the directory that describes interfaces, `/sys/class/net`
 *
 * Finds out what kind of network an interface leads to: from what the kernel says about it, and where it says nothing, from its name.
 *
 * Returns: the type
 */
MzNetworkType
mz_network_type_of_interface (const char *name,
                              const char *class_dir)
{
  g_autofree char *dir = NULL;
  g_autofree char *uevent = NULL;
  g_autofree char *link_text = NULL;
  MzNetworkType by_name;
  guint64 link = 0;

  g_return_val_if_fail (name != NULL, MZ_NETWORK_UNKNOWN);
  g_return_val_if_fail (class_dir != NULL, MZ_NETWORK_UNKNOWN);

  by_name = type_of_name (name);
  dir = g_build_filename (class_dir, name, NULL);
  link_text = read_file (dir, "type");
  if (link_text == NULL)
    return by_name;

  g_strstrip (link_text);
  g_ascii_string_to_unsigned (link_text, 10, 0, G_MAXUINT32, &link, NULL);
  uevent = read_file (dir, "uevent");

  /* Tailscale's is a tun like any other: only its name tells. */
  if (by_name == MZ_NETWORK_TAILNET)
    return MZ_NETWORK_TAILNET;
  if (link == ARPHRD_LOOPBACK_LINK)
    return MZ_NETWORK_LOOPBACK;
  if (has_file (dir, "wireless") || has_file (dir, "phy80211"))
    return MZ_NETWORK_WIFI;
  if (has_line (uevent, "DEVTYPE=wwan") || by_name == MZ_NETWORK_CELLULAR || link == ARPHRD_PPP_LINK)
    return MZ_NETWORK_CELLULAR;
  if (has_file (dir, "tun_flags") || has_line (uevent, "DEVTYPE=wireguard") || link == ARPHRD_NONE_LINK)
    return MZ_NETWORK_VPN;
  if (link == ARPHRD_ETHERNET)
    return MZ_NETWORK_ETHERNET;

  return by_name;
}

#ifdef __linux__

static gboolean
is_loopback_server (const char *server)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (server);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* Where systemd-resolved answers itself, the servers that it asks tell the network, not its own address. */
static GStrv
collect_servers (const char *root)
{
  g_autofree char *text = read_file (root, "etc/resolv.conf");
  g_autofree char *behind = NULL;
  g_auto (GStrv) servers = mz_network_parse_resolv_conf (text != NULL ? text : "");

  for (guint i = 0; servers[i] != NULL; i++)
    if (!is_loopback_server (servers[i]))
      return g_steal_pointer (&servers);

  behind = read_file (root, "run/systemd/resolve/resolv.conf");
  if (behind == NULL)
    return g_steal_pointer (&servers);

  return mz_network_parse_resolv_conf (behind);
}

static void
add_route (MzNetworkInfo *info,
           GString       *recipe,
           const char    *family,
           const char    *root,
           const char    *file,
           gboolean     (*parse) (const char     *text,
                                  MzDefaultRoute *route))
{
  g_autofree char *text = read_file (root, file);
  g_autofree char *class_dir = g_build_filename (root, "sys", "class", "net", NULL);
  MzDefaultRoute route;
  MzNetworkType type;

  if (text == NULL || !parse (text, &route))
    return;

  type = mz_network_type_of_interface (route.name, class_dir);
  g_string_append_printf (recipe, "\n%s %s %s", family, mz_network_type_to_string (type), route.gateway);
  if (info->type == MZ_NETWORK_UNKNOWN)
    info->type = type;
}

static void
add_linux (MzNetworkInfo *info,
           GString       *recipe,
           const char    *root)
{
  g_auto (GStrv) servers = collect_servers (root);

  add_route (info, recipe, "ipv4", root, "proc/net/route", mz_network_parse_ipv4_route);
  add_route (info, recipe, "ipv6", root, "proc/net/ipv6_route", mz_network_parse_ipv6_route);
  for (guint i = 0; servers[i] != NULL; i++)
    g_string_append_printf (recipe, "\ndns %s", servers[i]);
}

#endif

/**
 * mz_network_info_collect:
 *
 * Finds out in what network this host is now: reads a handful of small files that the kernel keeps, asks nobody, and takes well below a
 * millisecond. On other systems than Linux the type is unknown, and all networks have the same id.
 *
 * Returns: (transfer full): the network
 */
MzNetworkInfo *
mz_network_info_collect (void)
{
  return mz_network_info_collect_in (G_DIR_SEPARATOR_S);
}

/**
 * mz_network_info_collect_in:
 * @root: the directory that has `proc`, `sys` and `etc`; tests give another than `/`
 *
 * Returns: (transfer full): the network
 */
MzNetworkInfo *
mz_network_info_collect_in (const char *root)
{
  g_autoptr (MzNetworkInfo) self = NULL;
  g_autoptr (GString) recipe = NULL;
  g_autofree char *digest = NULL;

  g_return_val_if_fail (root != NULL, NULL);

  self = g_new0 (MzNetworkInfo, 1);
  recipe = g_string_new (ID_RECIPE);
#ifdef __linux__
  add_linux (self, recipe, root);
#endif
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, recipe->str, (gssize) recipe->len);
  self->id = g_strndup (digest, ID_LENGTH);

  return g_steal_pointer (&self);
}

/**
 * mz_network_info_copy:
 * @self: (nullable): a network
 *
 * Returns: (transfer full) (nullable): a copy
 */
MzNetworkInfo *
mz_network_info_copy (const MzNetworkInfo *self)
{
  MzNetworkInfo *copy;

  if (self == NULL)
    return NULL;

  copy = g_new (MzNetworkInfo, 1);
  copy->type = self->type;
  copy->id = g_strdup (self->id);

  return copy;
}

void
mz_network_info_free (MzNetworkInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self);
}

/**
 * mz_network_type_for_peer:
 * @info: the network that this host is in
 * @peer: (nullable): the address that was connected, if there was one
 *
 * Finds out over what kind of network one peer is reached: this machine and the tailnet are known by the peer's address.
 *
 * Returns: the type
 */
MzNetworkType
mz_network_type_for_peer (const MzNetworkInfo *info,
                          GInetAddress        *peer)
{
  g_return_val_if_fail (info != NULL, MZ_NETWORK_UNKNOWN);
  g_return_val_if_fail (peer == NULL || G_IS_INET_ADDRESS (peer), MZ_NETWORK_UNKNOWN);

  if (peer == NULL)
    return info->type;

  switch (mz_address_classify (peer))
    {
    case MZ_HOST_CLASS_LOOPBACK:
      return MZ_NETWORK_LOOPBACK;
    case MZ_HOST_CLASS_TAILNET:
      return MZ_NETWORK_TAILNET;
    case MZ_HOST_CLASS_LINK_LOCAL:
    case MZ_HOST_CLASS_PRIVATE:
    case MZ_HOST_CLASS_PUBLIC:
    default:
      return info->type;
    }
}

/**
 * mz_network_type_to_string:
 * @type: a type
 *
 * Returns: its name in records and in `--json`: `unknown`, `ethernet`, `wifi`, `cellular`, `vpn`, `tailnet` or `loopback`
 */
const char *
mz_network_type_to_string (MzNetworkType type)
{
  g_return_val_if_fail ((guint) type < MZ_N_NETWORK_TYPES, "unknown");

  return type_names[type];
}

/**
 * mz_network_type_from_string:
 * @text: (nullable): a name as mz_network_type_to_string() gives it
 * @type: (out): where to put the type
 *
 * Returns: %FALSE, with @type untouched, if @text is none
 */
gboolean
mz_network_type_from_string (const char    *text,
                             MzNetworkType *type)
{
  g_return_val_if_fail (type != NULL, FALSE);

  for (guint i = 0; i < MZ_N_NETWORK_TYPES; i++)
    if (g_strcmp0 (text, type_names[i]) == 0)
      {
        *type = (MzNetworkType) i;
        return TRUE;
      }

  return FALSE;
}
