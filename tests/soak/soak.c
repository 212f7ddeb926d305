/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A gateway as the app has it, with a person who writes all the time, and everything that goes wrong between them, at random:
 *
 *   soak [--connects N | --minutes N] [--seed S]
 *
 * At each checkpoint all is quiet, and every message is on the gateway and in the window exactly once; memory, descriptors and what the main
 * loop waits for stand still. Fails otherwise; the seed, printed first, makes the same choices again. */

#define G_LOG_DOMAIN "soak"

#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "mz-gateway.h"
#include "soak-gateway.h"

/* How long the next thing may take before the client counts as stuck, in s. */
#define STUCK_S 60

/* Checkpoints come after so many rounds; the first ones warm up: caches, and the conversations that the gateway keeps at hand. */
#define ROUNDS 4
#define WARM_UP 20

/* So many conversations fill what the gateway keeps at hand. */
#define KEPT_CONVERSATIONS 10

/* The heap may breathe so much between its quiet halves. */
#define BREATH_BYTES (96 * 1024)

typedef struct
{
  GRand *random;
  SoakGateway *far;
  MzGatewayEntry *entry;
  MzGateway *gateway;
  MzChat *chat;
  char *key;
  GPtrArray *expected;          /* what was written into this conversation */
  guint n_conversations;

  guint n_ready;
  guint n_rounds;
  const char *fault;            /* of this round */
  guint n_messages;
  guint n_refused;
  guint n_moved;                /* in another place than they were written */
  guint n_faults[32];
  GArray *heap;                 /* double, at each checkpoint */
  GArray *descriptors;          /* guint */
  GArray *polled;               /* guint */
  gboolean protocol_3;
  guint n_wrong;
} Soak;

typedef struct
{
  const char *name;
  const char *command;          /* what goes wrong on the gateway */
  guint weight;
  gboolean lasts;               /* until it is told to behave again */
  gboolean ends;                /* the connection ends, or the next one does not come about */
} Fault;

static const Fault faults[] = {
  { "drop", "drop", 30, FALSE, TRUE },
  { "drop in a reply", "fault drop", 10, FALSE, FALSE },
  { "gap", "fault gap", 6, FALSE, FALSE },
  { "close 1001", "close 1001", 6, TRUE, TRUE },
  { "close 1011", "close 1011", 3, TRUE, TRUE },
  { "close 1012", "close 1012", 4, TRUE, TRUE },
  { "slow consumer", "fault slow-consumer", 2, TRUE, TRUE },
  { "shutdown", "fault shutdown", 5, TRUE, TRUE },
  { "silence", "fault stall-ready", 5, TRUE, TRUE },
  { "garbage", "fault garbage-ready", 3, TRUE, TRUE },
  { "too large", "fault oversized", 2, TRUE, FALSE },
  { "too deep", "fault deep", 2, TRUE, TRUE },
  { "starting", "fault starting", 4, FALSE, FALSE },
  { "rate limit", "fault rate-limited", 1, TRUE, FALSE },
  { "mismatch", "fault protocol-mismatch", 2, TRUE, FALSE },
  { "restart", "down", 8, TRUE, TRUE },
};

static gboolean
stuck_cb (gpointer user_data)
{
  Soak *self = user_data;
  g_autoptr (MzStatus) status = mz_gateway_dup_status (self->gateway);

  MzSession *session = mz_chat_get_session (self->chat);

  g_printerr ("stuck for %d s in round %u (%s): %s; %u wait, %s, %s, %s, %u requests\n", STUCK_S, self->n_rounds, self->fault, status->text,
              mz_chat_get_waiting (self->chat), mz_chat_get_running (self->chat) ? "a run" : "no run",
              mz_session_get_loaded (session) ? "loaded" : "not loaded", mz_session_get_loading (session) ? "loading" : "not loading",
              self->gateway != NULL && mz_gateway_get_client (self->gateway) != NULL ? mz_client_get_n_pending (mz_gateway_get_client (self->gateway)) : 0);
  exit (1);
}

#define wait_until(condition)                                     \
  G_STMT_START                                                    \
  {                                                               \
    guint stuck = g_timeout_add_seconds (STUCK_S, stuck_cb, self); \
    while (!(condition))                                          \
      g_main_context_iteration (NULL, TRUE);                      \
    g_source_remove (stuck);                                      \
  }                                                               \
  G_STMT_END

static guint
pick (Soak  *self,
      guint  n)
{
  return (guint) g_rand_int_range (self->random, 0, (gint32) n);
}

static MzClientState
state (Soak *self)
{
  return mz_gateway_get_state (self->gateway);
}

static void
tell (Soak       *self,
      const char *command)
{
  g_autofree char *answer = soak_gateway_ask (self->far, "%s", command);

  if (!g_str_equal (answer, "ok"))
    g_error ("%s: %s", command, answer);
}

static void
ready_cb (Soak *self)
{
  self->n_ready++;
}

/* As a person does: the row says that it failed and has a button. */
static void
send_failed_cb (Soak      *self,
                MzMessage *row,
                GError    *error)
{
  self->n_refused++;
  mz_chat_retry (self->chat, row);
}

static void
open_conversation (Soak *self)
{
  if (self->chat != NULL)
    g_signal_handlers_disconnect_by_data (self->chat, self);
  g_clear_object (&self->chat);
  g_free (self->key);
  self->key = g_strdup_printf ("agent:main:soak-%u", ++self->n_conversations);
  self->chat = mz_gateway_open_chat (self->gateway, self->key);
  g_signal_connect_swapped (self->chat, "send-failed", G_CALLBACK (send_failed_cb), self);
  g_ptr_array_set_size (self->expected, 0);
}

static void
write_something (Soak *self)
{
  guint n = pick (self, 4);

  for (guint i = 0; i < n; i++)
    {
      char *text = g_strdup_printf ("say: message %u of round %u", ++self->n_messages, self->n_rounds);

      g_ptr_array_add (self->expected, text);
      mz_chat_send_text (self->chat, text);
    }
}

static const Fault *
pick_fault (Soak  *self,
            guint *index)
{
  guint sum = 0, at;

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    sum += faults[i].weight;
  at = pick (self, sum);
  for (guint i = 0;; i++)
    {
      if (at < faults[i].weight)
        {
          *index = i;
          return &faults[i];
        }
      at -= faults[i].weight;
    }
}

/* The host's own troubles, beside the gateway's */
static void
disturb (Soak *self)
{
  switch (pick (self, 12))
    {
    case 0:
      mz_gateway_wake (self->gateway, MZ_CIRCUMSTANCE_NETWORK_CHANGED, TRUE);
      break;
    case 1:
      mz_gateway_wake (self->gateway, MZ_CIRCUMSTANCE_RESUMED, TRUE);
      break;
    case 2:
      mz_gateway_wake (self->gateway, MZ_CIRCUMSTANCE_NETWORK_CHANGED, FALSE);
      break;
    case 3:
      mz_gateway_disconnect (self->gateway);
      mz_gateway_connect (self->gateway);
      break;
    default:
      break;
    }
}

static gboolean
over_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* It behaves from now on; the person is not patient, but for once in a while: the backoff is tried too. */
static void
recover (Soak        *self,
         const Fault *fault)
{
  if (g_str_equal (fault->command, "down"))
    {
      gboolean over = FALSE;

      /* As quick as no gateway restarts. */
      g_timeout_add (20, over_cb, &over);
      wait_until (over);
      tell (self, "up");
    }
  tell (self, "fault none");

  while (state (self) != MZ_CLIENT_READY)
    {
      wait_until (state (self) != MZ_CLIENT_CONNECTING);
      if (state (self) == MZ_CLIENT_STOPPED || (state (self) == MZ_CLIENT_WAITING && pick (self, 12) > 0))
        mz_gateway_retry_now (self->gateway);
      else if (state (self) == MZ_CLIENT_WAITING)
        wait_until (state (self) != MZ_CLIENT_WAITING);
    }
}

static void
do_round (Soak *self)
{
  guint index, before = self->n_ready;
  const Fault *fault = pick_fault (self, &index);

  self->n_rounds++;
  self->fault = fault->name;
  g_debug ("Round %u: %s, protocol %d", self->n_rounds, self->fault, self->protocol_3 ? 3 : 4);
  write_something (self);
  if (pick (self, 2) == 0)
    g_main_context_iteration (NULL, FALSE);
  disturb (self);
  tell (self, fault->command);
  self->n_faults[index]++;
  write_something (self);

  /* What strikes at the login needs a new one. */
  if (!fault->ends && pick (self, 2) == 0)
    tell (self, "drop");
  if (fault->ends)
    wait_until (state (self) != MZ_CLIENT_READY || self->n_ready > before);
  else
    for (guint i = pick (self, 20); i > 0; i--)
      g_main_context_iteration (NULL, FALSE);

  if (pick (self, 25) == 0)
    {
      self->protocol_3 = !self->protocol_3;
      tell (self, self->protocol_3 ? "protocol 3" : "protocol 4");
      tell (self, "drop");
    }
  recover (self, fault);
}

static gboolean
is_quiet (Soak *self)
{
  MzSession *session = mz_chat_get_session (self->chat);

  return state (self) == MZ_CLIENT_READY && mz_chat_get_waiting (self->chat) == 0 && !mz_chat_get_running (self->chat) &&
         mz_session_get_loaded (session) && !mz_session_get_loading (session) &&
         mz_client_get_n_pending (mz_gateway_get_client (self->gateway)) == 0;
}

/* @actual: what one side has of what was written: each once. In the order in which it was written, unless a gateway went down and forgot what
 * it had taken, but had not begun: that comes again, after what it has kept. */
static void
compare (Soak       *self,
         const char *side,
         GPtrArray  *actual)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer text, count;

  for (guint i = 0; i < self->expected->len; i++)
    g_hash_table_insert (counts, g_ptr_array_index (self->expected, i), GINT_TO_POINTER (0));
  for (guint i = 0; i < actual->len; i++)
    {
      text = g_ptr_array_index (actual, i);
      count = g_hash_table_lookup (counts, text);
      g_hash_table_insert (counts, text, GINT_TO_POINTER (GPOINTER_TO_INT (count) + 1));
      if (i < self->expected->len && !g_str_equal (text, g_ptr_array_index (self->expected, i)))
        self->n_moved++;
    }

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &text, &count))
    {
      if (GPOINTER_TO_INT (count) == 1)
        continue;
      g_printerr ("%s, round %u: “%s” is there %d times\n", side, self->n_rounds, (const char *) text, GPOINTER_TO_INT (count));
      self->n_wrong++;
    }
}

static void
compare_messages (Soak *self)
{
  g_autofree char *line = soak_gateway_ask (self->far, "stored %s", self->key);
  g_auto (GStrv) stored = g_strsplit (line, "\t", -1);
  g_autoptr (GPtrArray) there = g_ptr_array_new ();
  g_autoptr (GPtrArray) here = g_ptr_array_new_with_free_func (g_free);
  GListModel *rows = G_LIST_MODEL (mz_chat_get_timeline (self->chat));

  for (guint i = 0; stored[i] != NULL && *stored[i] != '\0'; i++)
    g_ptr_array_add (there, stored[i]);
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows, i);

      if (mz_message_get_kind (row) != MZ_MESSAGE_USER)
        continue;
      g_ptr_array_add (here, g_strdup (mz_message_get_text (row)));
      if (!g_ptr_array_find_with_equal_func (there, mz_message_get_text (row), g_str_equal, NULL))
        g_printerr ("“%s” %s is in the window only: %s, %s\n", mz_message_get_text (row), mz_message_get_idempotency_key (row),
                    g_enum_to_string (MZ_TYPE_MESSAGE_STATE, mz_message_get_state (row)),
                    mz_message_get_id (row) != NULL ? "stored" : "not stored");
    }
  compare (self, "the gateway", there);
  if (!mz_session_get_has_older (mz_chat_get_session (self->chat)))
    compare (self, "the window", here);
}

/* 0 where that cannot be told */
static double
heap_bytes (void)
{
#if defined (__GLIBC__) && __GLIBC_PREREQ (2, 33)
  struct mallinfo2 info = mallinfo2 ();

  return (double) info.uordblks + (double) info.hblkhd;
#else
  return 0;
#endif
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static guint
count_polled (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD fds[256];
  int priority, timeout_ms = -1, n;

  if (!g_main_context_acquire (context))
    return 0;
  g_main_context_prepare (context, &priority);
  n = g_main_context_query (context, G_MAXINT, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);
  return (guint) n;
}

/* A message that a gateway had taken and then forgot stands there as failed, with its button. */
static gboolean
retry_failed (Soak *self)
{
  GListModel *rows = G_LIST_MODEL (mz_chat_get_timeline (self->chat));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (MzMessage) row = g_list_model_get_item (rows, i);

      if (mz_message_get_kind (row) != MZ_MESSAGE_USER || mz_message_get_state (row) != MZ_MESSAGE_FAILED)
        continue;
      self->n_refused++;
      mz_chat_retry (self->chat, row);
      return TRUE;
    }
  return FALSE;
}

static void
check_point (Soak *self)
{
  g_autofree char *forgotten = NULL;
  double heap;
  guint descriptors, polled;

  wait_until (is_quiet (self));
  while (retry_failed (self))
    wait_until (is_quiet (self));
  compare_messages (self);
  forgotten = soak_gateway_ask (self->far, "forget %s", self->key);
  open_conversation (self);
  wait_until (is_quiet (self));

  heap = heap_bytes ();
  descriptors = count_descriptors ();
  polled = count_polled ();
  g_array_append_val (self->heap, heap);
  g_array_append_val (self->descriptors, descriptors);
  g_array_append_val (self->polled, polled);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The median of the heap from checkpoint @from to @to: one that was disturbed by a reply still in memory counts little. */
static double
median_heap (Soak  *self,
             guint  from,
             guint  to)
{
  g_autoptr (GArray) part = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_append_vals (part, &g_array_index (self->heap, double, from), to - from);
  g_array_sort (part, compare_doubles);
  return g_array_index (part, double, part->len / 2);
}

static guint
max_of (GArray *values,
        guint   from,
        guint   to)
{
  guint max = 0;

  for (guint i = from; i < to; i++)
    max = MAX (max, g_array_index (values, guint, i));
  return max;
}

/* After the warm-up, the second half against the first one. */
static void
report (Soak   *self,
        double  seconds)
{
  guint n = self->heap->len;
  guint from = MIN (WARM_UP, n / 3), middle = (from + n) / 2;
  g_autofree char *connects = soak_gateway_ask (self->far, "connects");

  g_print ("%u rounds in %.0f s: %s logins, %u messages, each once on both sides: %s; %u refused and sent again, %u not in their place\n", self->n_rounds, seconds,
           connects, self->n_messages, self->n_wrong == 0 ? "yes" : "NO", self->n_refused,
           self->n_moved);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    g_print ("  %-16s %u\n", faults[i].name, self->n_faults[i]);

  if (n - middle < 2 || middle - from < 2)
    {
      g_print ("too short to say whether anything grows\n");
      return;
    }

  g_print ("descriptors: %u, then %u; polled: %u, then %u; heap: %.0f KiB, then %.0f KiB (%u checkpoints after %u to warm up)\n",
           max_of (self->descriptors, from, middle), max_of (self->descriptors, middle, n), max_of (self->polled, from, middle),
           max_of (self->polled, middle, n), median_heap (self, from, middle) / 1024, median_heap (self, middle, n) / 1024, n - from, from);
  if (max_of (self->descriptors, middle, n) > max_of (self->descriptors, from, middle) ||
      max_of (self->polled, middle, n) > max_of (self->polled, from, middle))
    {
      g_printerr ("descriptors or sources grow\n");
      self->n_wrong++;
    }
  if (from < KEPT_CONVERSATIONS)
    g_print ("too short to say whether the heap grows\n");
  else if (median_heap (self, middle, n) > median_heap (self, from, middle) + BREATH_BYTES)
    {
      g_printerr ("the heap grows\n");
      self->n_wrong++;
    }
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  mz_gateway_shutdown_finish (MZ_GATEWAY (source), result, NULL);
  *(gboolean *) user_data = TRUE;
}

static void
run (Soak   *self,
     guint   connects,
     double  minutes)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (MzIdentity) identity = mz_identity_new_random (NULL);
  g_autoptr (MzSecretStore) secrets = mz_secret_store_new_memory ();
  gboolean done = FALSE;

  self->entry = mz_gateway_entry_new (NULL, soak_gateway_url (self->far), FALSE);
  self->gateway = mz_gateway_new (self->entry, identity, secrets);
  g_signal_connect_swapped (self->gateway, "ready", G_CALLBACK (ready_cb), self);
  open_conversation (self);
  mz_gateway_connect (self->gateway);
  wait_until (state (self) == MZ_CLIENT_READY);

  while (connects > 0 ? self->n_ready < connects : (g_get_monotonic_time () - begin) / 6e7 < minutes)
    {
      do_round (self);
      if (self->n_rounds % ROUNDS == 0)
        check_point (self);
    }
  check_point (self);
  report (self, (g_get_monotonic_time () - begin) / 1e6);

  g_signal_handlers_disconnect_by_data (self->chat, self);
  g_clear_object (&self->chat);
  mz_gateway_shutdown_async (self->gateway, NULL, shut_down_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (self->gateway, self);
  g_clear_object (&self->gateway);
  g_clear_object (&self->entry);
}

int
main (int   argc,
      char *argv[])
{
  Soak self = { 0 };
  gboolean gateway = FALSE;
  int connects = 0;
  double minutes = 0;
  gint64 seed = -1;
  const GOptionEntry entries[] = {
    { "connects", 0, 0, G_OPTION_ARG_INT, &connects, "Until so many connections were made", "N" },
    { "minutes", 0, 0, G_OPTION_ARG_DOUBLE, &minutes, "For so long", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Make the choices of an earlier run", "S" },
    { "gateway", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &gateway, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (!gateway && (connects > 0) == (minutes > 0)))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "say --connects N or --minutes N");
      return 2;
    }
  if (gateway)
    return soak_gateway_main ();

  if (seed < 0)
    seed = g_random_int ();
  g_print ("seed %" G_GINT64_FORMAT "\n", seed);
  self.random = g_rand_new_with_seed ((guint32) seed);
  self.far = soak_gateway_spawn (argv[0]);
  self.expected = g_ptr_array_new_with_free_func (g_free);
  self.heap = g_array_new (FALSE, FALSE, sizeof (double));
  self.descriptors = g_array_new (FALSE, FALSE, sizeof (guint));
  self.polled = g_array_new (FALSE, FALSE, sizeof (guint));

  run (&self, (guint) connects, minutes);

  soak_gateway_free (self.far);
  g_array_unref (self.heap);
  g_array_unref (self.descriptors);
  g_array_unref (self.polled);
  g_ptr_array_unref (self.expected);
  g_free (self.key);
  g_rand_free (self.random);

  return self.n_wrong > 0 ? 1 : 0;
}
