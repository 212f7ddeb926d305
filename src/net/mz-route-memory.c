/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-route-memory.h"

#include <string.h>

#define TEXT_HEAD "moltzer-routes 1"

/* More gateways on more networks than anybody has; what is kept stays below 16 KiB. */
#define MAX_ENTRIES 200

#define SALT_BYTES 16
#define KEY_LENGTH 32

/* A clock may be set back a little. What claims to be of further ahead was written with a wrong clock. */
#define MAX_AHEAD (24 * 60 * 60)

/* From when on the standard route was slow to a TCP connection, in ms: half a millisecond is usual on a LAN, 200 for the other side of the
 * world, and GIO gives a silent IPv6 250 before it tries IPv4. */
#define SLOW_TCP_MS 200

/* How long GNetworkAddress waits for the other family's answer when it has one (RFC 8305, section 3), in ms: a lookup that took as long, and
 * gave no IPv6 address to try, may have waited for nothing. */
#define HALF_LOOKUP_MS 50

typedef struct
{
  MzRouteKind route;
  gint64 time_s;
} Entry;

struct _MzRouteMemory
{
  GObject parent_instance;

  GHashTable *learned;          /* "host:port network" → Entry: of this process */
  GHashTable *kept;             /* hash → Entry: what was read */
  char *salt;                   /* NULL until something was read or written */
};

G_DEFINE_FINAL_TYPE (MzRouteMemory, mz_route_memory, G_TYPE_OBJECT)

enum
{
  LEARNED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static char *
make_name (MzEndpoint *endpoint,
           const char *network_id)
{
  return g_strdup_printf ("%s:%u %s", mz_endpoint_get_host (endpoint), mz_endpoint_get_port (endpoint),
                          network_id != NULL ? network_id : "");
}

static char *
make_key (const char *salt,
          const char *name)
{
  g_autofree char *salted = g_strdup_printf ("%s %s", salt, name);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, salted, -1);

  return g_strndup (digest, KEY_LENGTH);
}

static char *
make_salt (void)
{
  GString *salt = g_string_new (NULL);

  for (guint i = 0; i < SALT_BYTES / sizeof (guint32); i++)
    g_string_append_printf (salt, "%08x", g_random_int ());

  return g_string_free (salt, FALSE);
}

static gboolean
is_hex (const char *text,
        gsize       length)
{
  return strlen (text) == length && strspn (text, "0123456789abcdef") == length;
}

static gboolean
is_valid (const Entry *entry,
          gint64       now_s)
{
  return entry != NULL && entry->time_s > now_s - MZ_ROUTE_MEMORY_LIFE && entry->time_s < now_s + MAX_AHEAD;
}

static void
put (GHashTable  *table,
     const char  *key,
     const Entry *entry)
{
  g_hash_table_insert (table, g_strdup (key), g_memdup2 (entry, sizeof *entry));
}

static void
put_newer (GHashTable  *table,
           const char  *key,
           const Entry *entry)
{
  const Entry *old = g_hash_table_lookup (table, key);

  if (old == NULL || old->time_s < entry->time_s)
    put (table, key, entry);
}

static GHashTable *
make_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
mz_route_memory_finalize (GObject *object)
{
  MzRouteMemory *self = MZ_ROUTE_MEMORY (object);

  g_clear_pointer (&self->learned, g_hash_table_unref);
  g_clear_pointer (&self->kept, g_hash_table_unref);
  g_clear_pointer (&self->salt, g_free);

  G_OBJECT_CLASS (mz_route_memory_parent_class)->finalize (object);
}

static void
mz_route_memory_class_init (MzRouteMemoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mz_route_memory_finalize;

  signals[LEARNED] = g_signal_new ("learned", MZ_TYPE_ROUTE_MEMORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mz_route_memory_init (MzRouteMemory *self)
{
  self->learned = make_table ();
  self->kept = make_table ();
}

/**
 * mz_route_memory_new:
 *
 * Returns: (transfer full): a memory that knows nothing
 */
MzRouteMemory *
mz_route_memory_new (void)
{
  return g_object_new (MZ_TYPE_ROUTE_MEMORY, NULL);
}

/**
 * mz_route_memory_dup:
 *
 * Returns: (transfer full): a memory that knows the same, for another thread
 */
MzRouteMemory *
mz_route_memory_dup (MzRouteMemory *self)
{
  MzRouteMemory *copy;
  GHashTableIter iter;
  gpointer key, entry;

  g_return_val_if_fail (MZ_IS_ROUTE_MEMORY (self), NULL);

  copy = mz_route_memory_new ();
  copy->salt = g_strdup (self->salt);
  g_hash_table_iter_init (&iter, self->learned);
  while (g_hash_table_iter_next (&iter, &key, &entry))
    put (copy->learned, key, entry);
  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &key, &entry))
    put (copy->kept, key, entry);

  return copy;
}

/**
 * mz_route_memory_recall:
 * @endpoint: a gateway; of it, the host and the port count
 * @network_id: (nullable): the network, as #MzNetworkInfo.id
 * @now_s: the time, in seconds since 1970
 * @route: (out): where to put the route
 *
 * Returns: %FALSE, with @route untouched, if nothing is known, or if it is too long ago
 */
gboolean
mz_route_memory_recall (MzRouteMemory *self,
                        MzEndpoint    *endpoint,
                        const char    *network_id,
                        gint64         now_s,
                        MzRouteKind   *route)
{
  g_autofree char *name = NULL;
  g_autofree char *key = NULL;
  const Entry *entry;

  g_return_val_if_fail (MZ_IS_ROUTE_MEMORY (self), FALSE);
  g_return_val_if_fail (endpoint != NULL, FALSE);
  g_return_val_if_fail (route != NULL, FALSE);

  name = make_name (endpoint, network_id);
  entry = g_hash_table_lookup (self->learned, name);
  if (!is_valid (entry, now_s) && self->salt != NULL)
    {
      key = make_key (self->salt, name);
      entry = g_hash_table_lookup (self->kept, key);
    }
  if (!is_valid (entry, now_s))
    return FALSE;

  *route = entry->route;
  return TRUE;
}

/**
 * mz_route_memory_learn:
 * @endpoint: a gateway
 * @network_id: (nullable): the network, as #MzNetworkInfo.id
 * @now_s: the time, in seconds since 1970
 * @route: the route that worked best
 *
 * Remembers it, for #MZ_ROUTE_MEMORY_LIFE or until something else is learned.
 */
void
mz_route_memory_learn (MzRouteMemory *self,
                       MzEndpoint    *endpoint,
                       const char    *network_id,
                       gint64         now_s,
                       MzRouteKind    route)
{
  g_autofree char *name = NULL;
  const Entry entry = { .route = route, .time_s = now_s };

  g_return_if_fail (MZ_IS_ROUTE_MEMORY (self));
  g_return_if_fail (endpoint != NULL);

  name = make_name (endpoint, network_id);
  put (self->learned, name, &entry);
  g_debug ("Learned for this network: %s", mz_route_kind_to_string (route));
  g_signal_emit (self, signals[LEARNED], 0);
}

static gboolean
read_line (MzRouteMemory *self,
           const char    *line)
{
  g_auto (GStrv) columns = g_strsplit (line, " ", -1);
  Entry entry;
  guint64 time_s;

  if (g_strv_length (columns) != 3 || !is_hex (columns[0], KEY_LENGTH) ||
      !g_ascii_string_to_unsigned (columns[2], 10, 0, G_MAXINT64, &time_s, NULL))
    return FALSE;

  if (g_str_equal (columns[1], mz_route_kind_to_string (MZ_ROUTE_IPV4_ONLY)))
    entry.route = MZ_ROUTE_IPV4_ONLY;
  else if (g_str_equal (columns[1], mz_route_kind_to_string (MZ_ROUTE_STANDARD)))
    entry.route = MZ_ROUTE_STANDARD;
  else
    return FALSE;

  entry.time_s = (gint64) time_s;
  put_newer (self->kept, columns[0], &entry);
  return TRUE;
}

/**
 * mz_route_memory_read:
 * @text: what mz_route_memory_to_text() gave
 *
 * Takes over what was written, in place of what was read before; what this memory has learned itself stays. Lines that are not understood
 * are passed over: at worst something is learned anew.
 *
 * Returns: %FALSE if @text is not of this kind at all; then nothing changes
 */
gboolean
mz_route_memory_read (MzRouteMemory *self,
                      const char    *text)
{
  g_auto (GStrv) lines = NULL;
  const char *salt;

  g_return_val_if_fail (MZ_IS_ROUTE_MEMORY (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  lines = g_strsplit (text, "\n", MAX_ENTRIES + 2);
  if (lines[0] == NULL || !g_str_has_prefix (lines[0], TEXT_HEAD " "))
    return FALSE;
  salt = lines[0] + strlen (TEXT_HEAD " ");
  if (!is_hex (salt, 2 * SALT_BYTES))
    return FALSE;

  g_free (self->salt);
  self->salt = g_strdup (salt);
  g_hash_table_remove_all (self->kept);
  for (guint i = 1; lines[i] != NULL && i <= MAX_ENTRIES; i++)
    if (*lines[i] != '\0' && !read_line (self, lines[i]))
      g_debug ("A line of the kept routes was passed over");

  return TRUE;
}

static int
compare_newest_first (gconstpointer a,
                      gconstpointer b,
                      gpointer      user_data)
{
  GHashTable *entries = user_data;
  const Entry *entry_a = g_hash_table_lookup (entries, *(const char * const *) a);
  const Entry *entry_b = g_hash_table_lookup (entries, *(const char * const *) b);

  if (entry_a->time_s != entry_b->time_s)
    return entry_a->time_s > entry_b->time_s ? -1 : 1;
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/**
 * mz_route_memory_to_text:
 * @now_s: the time, in seconds since 1970
 *
 * Writes down what is known and still holds. A gateway and its network are one salted hash: whoever reads it, and does not have the very
 * names to compare with, learns nothing of either.
 *
 * Returns: (transfer full): lines of text
 */
char *
mz_route_memory_to_text (MzRouteMemory *self,
                         gint64         now_s)
{
  g_autoptr (GHashTable) all = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  GHashTableIter iter;
  gpointer key, entry;
  GString *text;

  g_return_val_if_fail (MZ_IS_ROUTE_MEMORY (self), NULL);

  if (self->salt == NULL)
    self->salt = make_salt ();

  all = make_table ();
  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &key, &entry))
    if (is_valid (entry, now_s))
      put (all, key, entry);
  g_hash_table_iter_init (&iter, self->learned);
  while (g_hash_table_iter_next (&iter, &key, &entry))
    if (is_valid (entry, now_s))
      {
        g_autofree char *hash = make_key (self->salt, key);

        put_newer (all, hash, entry);
      }

  keys = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);
  g_ptr_array_sort_with_data (keys, compare_newest_first, all);

  text = g_string_new (TEXT_HEAD " ");
  g_string_append_printf (text, "%s\n", self->salt);
  for (guint i = 0; i < MIN (keys->len, MAX_ENTRIES); i++)
    {
      const Entry *line = g_hash_table_lookup (all, g_ptr_array_index (keys, i));

      g_string_append_printf (text, "%s %s %" G_GINT64_FORMAT "\n", (const char *) g_ptr_array_index (keys, i),
                              mz_route_kind_to_string (line->route), line->time_s);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_ipv4 (GInetSocketAddress *address)
{
  return address != NULL && g_socket_address_get_family (G_SOCKET_ADDRESS (address)) == G_SOCKET_FAMILY_IPV4;
}

static gboolean
tried_ipv6 (MzTraceAttempt *attempt)
{
  GPtrArray *tried = mz_trace_attempt_get_tried (attempt);

  for (guint i = 0; i < tried->len; i++)
    if (!is_ipv4 (g_ptr_array_index (tried, i)))
      return TRUE;

  return FALSE;
}

/* Whether IPv6, or the question for it, may have cost time. */
static gboolean
was_slow (MzTraceAttempt *attempt)
{
  const MzPhaseRecord *resolve = mz_trace_attempt_find_phase (attempt, MZ_PHASE_RESOLVE);
  const MzPhaseRecord *connect = mz_trace_attempt_find_phase (attempt, MZ_PHASE_CONNECT);

  if (resolve == NULL || connect == NULL || connect->state != MZ_PHASE_OK)
    return FALSE;

  return connect->end_us - resolve->start_us >= SLOW_TCP_MS * G_TIME_SPAN_MILLISECOND ||
         (!tried_ipv6 (attempt) && resolve->end_us - resolve->start_us >= HALF_LOOKUP_MS * G_TIME_SPAN_MILLISECOND);
}

/**
 * mz_route_lesson_of:
 * @trace: of a dial that got through
 * @route: (out): where to put the route
 *
 * Decides what a dial teaches for the next one to the same gateway on the same network. The route that won a race, or came to its turn
 * because the first found no way, goes first. So does the IPv4-only one where the standard one ended with IPv4 after all, and was slow
 * about it: IPv6, or the question for it, may have cost that time, and without it nothing is lost. Pure.
 *
 * Returns: %FALSE, with @route untouched, if there is nothing to learn
 */
gboolean
mz_route_lesson_of (MzTrace     *trace,
                    MzRouteKind *route)
{
  const MzPlan *plan;
  MzTraceAttempt *winner;
  MzRouteKind won;
  gboolean ipv4;

  g_return_val_if_fail (MZ_IS_TRACE (trace), FALSE);
  g_return_val_if_fail (route != NULL, FALSE);

  plan = mz_trace_get_plan (trace);
  winner = mz_trace_get_winner (trace);
  if (winner == NULL || plan->n_routes < 2 || mz_trace_attempt_is_proxied (winner))
    return FALSE;

  won = mz_trace_attempt_get_route (winner);
  ipv4 = is_ipv4 (mz_trace_attempt_get_peer (winner));

  if (won != plan->routes[0])
    {
      /* With the same family as the first route would have had, the standard one has only been lucky. */
      if (won == MZ_ROUTE_STANDARD && ipv4)
        return FALSE;
      *route = won;
      return TRUE;
    }

  if (won == MZ_ROUTE_STANDARD && ipv4 && was_slow (winner))
    {
      *route = MZ_ROUTE_IPV4_ONLY;
      return TRUE;
    }

  return FALSE;
}
