/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>

#include "client-fixture.h"
#include "mz-recorder.h"

/* The recorder on a real client with the embedded gateway: what comes of each way that a dial or a connection can go. */

typedef struct
{
  Fixture client;
  char *directory;
  char *path;
  MzRecords *records;
  GPtrArray *read;
} Recording;

static void
set_up_recording (Recording     *recording,
                  gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  set_up (&recording->client, NULL);
  recording->directory = g_dir_make_tmp ("moltzer-recorder-XXXXXX", &error);
  g_assert_no_error (error);
  recording->path = g_build_filename (recording->directory, "records.db", NULL);
  recording->records = mz_records_new (recording->path);
}

static void
tear_down_recording (Recording     *recording,
                     gconstpointer  data)
{
  static const char * const suffixes[] = { "", "-wal", "-shm" };

  tear_down (&recording->client, NULL);
  g_assert_true (mz_records_flush (recording->records, 10000, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&recording->records);
  g_clear_pointer (&recording->read, g_ptr_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (recording->path, suffixes[i], NULL);

      g_remove (path);
    }
  g_rmdir (recording->directory);
  g_free (recording->path);
  g_free (recording->directory);
}

static void
begin (Recording  *recording,
       const char *url,
       const char *token)
{
  Fixture *fixture = &recording->client;
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = NULL;

  if (mz_demo_gateway_get_port (fixture->gateway) == 0)
    {
      mz_demo_gateway_start (fixture->gateway, 0, &error);
      g_assert_no_error (error);
    }

  endpoint = mz_endpoint_parse (url != NULL ? url : mz_demo_gateway_get_url (fixture->gateway), &error);
  g_assert_no_error (error);
  fixture->client = mz_client_new (endpoint, fixture->identity, fixture->options);
  mz_recorder_watch (recording->records, fixture->client, MZ_PLATFORM_MACOS);
  mz_client_set_credentials (fixture->client, token, NULL);
}

static void
query_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Recording *recording = user_data;
  g_autoptr (GError) error = NULL;

  recording->read = mz_records_query_finish (MZ_RECORDS (source), result, &error);
  g_assert_no_error (error);
}

/* What was kept so far: how many, and the Nth */
static guint
read_all (Recording *recording)
{
  g_clear_pointer (&recording->read, g_ptr_array_unref);
  mz_records_query_async (recording->records, 0, NULL, query_cb, recording);
  wait_until (&recording->client, recording->read != NULL);

  return recording->read->len;
}

static const MzRecord *
nth (Recording *recording,
     guint      n)
{
  g_assert_cmpuint (n, <, recording->read->len);

  return g_ptr_array_index (recording->read, n);
}

static const MzRecord *
find (Recording    *recording,
      MzRecordKind  kind,
      guint         n)
{
  for (guint i = 0; i < recording->read->len; i++)
    if (nth (recording, i)->kind == kind && n-- == 0)
      return nth (recording, i);

  g_assert_not_reached ();
}

static void
wait_state (Recording     *recording,
            MzClientState  wanted)
{
  wait_until (&recording->client, state (&recording->client) == wanted);
}

static void
test_ready (Recording     *recording,
            gconstpointer  data)
{
  gint64 before = g_get_real_time () / 1000 - 1;
  const MzRecord *dial, *life;
  double sum = 0;

  begin (recording, NULL, NULL);
  mz_client_start (recording->client.client);
  wait_ready (&recording->client);
  g_assert_cmpuint (read_all (recording), ==, 1);
  stop (&recording->client);
  g_assert_cmpuint (read_all (recording), ==, 2);

  dial = find (recording, MZ_RECORD_DIAL, 0);
  g_assert_cmpint (dial->outcome, ==, MZ_OUTCOME_READY);
  g_assert_cmpint (dial->time_ms, >=, before);
  g_assert_cmpint (dial->time_ms, <=, g_get_real_time () / 1000 + 1);
  g_assert_cmpint (dial->platform, ==, MZ_PLATFORM_MACOS);
  g_assert_cmpint (dial->network, ==, MZ_NETWORK_LOOPBACK);
  g_assert_cmpint (dial->host_class, ==, MZ_HOST_CLASS_LOOPBACK);
  g_assert_cmpint (dial->scheme, ==, MZ_SCHEME_WS);
  g_assert_cmpstr (dial->reason, ==, mz_reason_to_string (mz_trace_get_plan (mz_client_get_trace (recording->client.client))->reason));
  for (MzPhase phase = MZ_PHASE_RESOLVE; phase < MZ_N_PHASES; phase++)
    {
      if (phase == MZ_PHASE_TLS)
        g_assert_cmpfloat (dial->phase_ms[phase], <, 0);
      else
        g_assert_cmpfloat (dial->phase_ms[phase], >=, 0);
      sum += MAX (dial->phase_ms[phase], 0);
    }
  g_assert_cmpfloat (dial->ready_ms, >, 0);
  g_assert_cmpfloat (dial->ready_ms, >=, sum - 0.1);
  g_assert_cmpuint (dial->retries, ==, 0);

  life = find (recording, MZ_RECORD_LIFE, 0);
  g_assert_cmpint (life->outcome, ==, MZ_OUTCOME_CLOSED);
  g_assert_cmpint (life->network, ==, MZ_NETWORK_LOOPBACK);
  g_assert_null (life->diagnosis);
  g_assert_cmpint (life->time_ms, >=, dial->time_ms);
  g_assert_cmpuint (life->reconnects, ==, 0);
}

static void
test_refused_login (Recording     *recording,
                    gconstpointer  data)
{
  const MzRecord *dial;

  mz_demo_gateway_set_auth (recording->client.gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  begin (recording, NULL, "another-token");
  mz_client_start (recording->client.client);
  wait_state (recording, MZ_CLIENT_STOPPED);
  g_assert_cmpuint (read_all (recording), ==, 1);

  dial = nth (recording, 0);
  g_assert_cmpint (dial->kind, ==, MZ_RECORD_DIAL);
  g_assert_cmpint (dial->outcome, ==, MZ_OUTCOME_FAILED);
  g_assert_cmpstr (dial->diagnosis, ==, "auth-token");
  g_assert_cmpfloat (dial->phase_ms[MZ_PHASE_CHALLENGE], >=, 0);
  g_assert_cmpfloat (dial->phase_ms[MZ_PHASE_HELLO], <, 0);
  g_assert_cmpfloat (dial->ready_ms, <, 0);
}

/* Each try is a dial of its own, which says how many failed before it. */
static void
test_refused (Recording     *recording,
              gconstpointer  data)
{
  Fixture *fixture = &recording->client;
  g_autofree char *url = NULL;
  guint16 port;
  g_autoptr (GError) error = NULL;

  mz_demo_gateway_start (fixture->gateway, 0, &error);
  g_assert_no_error (error);
  url = g_strdup (mz_demo_gateway_get_url (fixture->gateway));
  port = mz_demo_gateway_get_port (fixture->gateway);
  mz_demo_gateway_stop (fixture->gateway);
  {
    g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (url, &error);

    g_assert_no_error (error);
    fixture->client = mz_client_new (endpoint, fixture->identity, fixture->options);
    mz_recorder_watch (recording->records, fixture->client, MZ_PLATFORM_LINUX);
  }

  mz_client_start (fixture->client);
  for (guint i = 0; i < 3; i++)
    {
      wait_state (recording, MZ_CLIENT_WAITING);
      if (i == 2)
        {
          mz_demo_gateway_start (fixture->gateway, port, &error);
          g_assert_no_error (error);
        }
      mz_client_retry_now (fixture->client);
    }
  wait_ready (fixture);

  g_assert_cmpuint (read_all (recording), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      const MzRecord *dial = nth (recording, i);

      g_assert_cmpint (dial->kind, ==, MZ_RECORD_DIAL);
      g_assert_cmpuint (dial->retries, ==, i);
      g_assert_cmpint (dial->outcome, ==, i < 3 ? MZ_OUTCOME_FAILED : MZ_OUTCOME_READY);
      g_assert_cmpstr (dial->diagnosis, ==, i < 3 ? "refused" : NULL);
    }
}

static void
test_lost (Recording     *recording,
           gconstpointer  data)
{
  Fixture *fixture = &recording->client;
  const MzRecord *life;

  begin (recording, NULL, NULL);
  mz_client_start (fixture->client);
  for (guint i = 0; i < 2; i++)
    {
      wait_ready (fixture);
      mz_demo_gateway_drop_all (fixture->gateway);
      wait_state (recording, MZ_CLIENT_WAITING);
      mz_client_retry_now (fixture->client);
    }
  wait_ready (fixture);
  stop (fixture);

  g_assert_cmpuint (read_all (recording), ==, 6);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (find (recording, MZ_RECORD_DIAL, i)->outcome, ==, MZ_OUTCOME_READY);
      life = find (recording, MZ_RECORD_LIFE, i);
      g_assert_cmpuint (life->reconnects, ==, i);
      g_assert_cmpint (life->outcome, ==, i < 2 ? MZ_OUTCOME_LOST : MZ_OUTCOME_CLOSED);
      if (i < 2)
        g_assert_nonnull (life->diagnosis);
    }
}

/* How a connection ended, by the fault that ended it. */
static void
test_endings (Recording     *recording,
              gconstpointer  data)
{
  const struct
  {
    MzDemoFault fault;
    const char *diagnosis;
  } *row = data;

  mz_demo_gateway_set_fault (recording->client.gateway, row->fault);
  mz_demo_gateway_set_tick_ms (recording->client.gateway, 1000);
  begin (recording, NULL, NULL);
  mz_client_set_reconnect (recording->client.client, FALSE);
  mz_client_start (recording->client.client);
  wait_state (recording, MZ_CLIENT_STOPPED);

  g_assert_cmpuint (read_all (recording), ==, 2);
  g_assert_cmpint (find (recording, MZ_RECORD_DIAL, 0)->outcome, ==, MZ_OUTCOME_READY);
  g_assert_cmpint (find (recording, MZ_RECORD_LIFE, 0)->outcome, ==, MZ_OUTCOME_LOST);
  g_assert_cmpstr (find (recording, MZ_RECORD_LIFE, 0)->diagnosis, ==, row->diagnosis);
}

static void
test_cancelled (Recording     *recording,
                gconstpointer  data)
{
  Fixture *fixture = &recording->client;

  mz_demo_gateway_set_fault (fixture->gateway, MZ_DEMO_FAULT_STALL);
  begin (recording, NULL, NULL);
  mz_client_start (fixture->client);
  wait_until (fixture, mz_demo_gateway_get_n_upgrades (fixture->gateway) == 1);
  stop (fixture);

  g_assert_cmpuint (read_all (recording), ==, 1);
  g_assert_cmpint (nth (recording, 0)->outcome, ==, MZ_OUTCOME_CANCELLED);
  g_assert_null (nth (recording, 0)->diagnosis);
}

/* As `probe --no-login` does. */
static void
test_reached (Recording     *recording,
              gconstpointer  data)
{
  begin (recording, NULL, NULL);
  mz_client_set_login (recording->client.client, FALSE);
  mz_client_start (recording->client.client);
  wait_state (recording, MZ_CLIENT_STOPPED);

  g_assert_cmpuint (read_all (recording), ==, 1);
  g_assert_cmpint (nth (recording, 0)->outcome, ==, MZ_OUTCOME_REACHED);
  g_assert_cmpfloat (nth (recording, 0)->ready_ms, <, 0);
  g_assert_cmpfloat (nth (recording, 0)->phase_ms[MZ_PHASE_CHALLENGE], >=, 0);
}

/* A client that is let go ends what it had. */
static void
test_let_go (Recording     *recording,
             gconstpointer  data)
{
  begin (recording, NULL, NULL);
  mz_client_start (recording->client.client);
  wait_ready (&recording->client);
  g_assert_finalize_object (g_steal_pointer (&recording->client.client));

  g_assert_cmpuint (read_all (recording), ==, 2);
  g_assert_cmpint (find (recording, MZ_RECORD_LIFE, 0)->outcome, ==, MZ_OUTCOME_CLOSED);
}

static void
test_switched_off (Recording     *recording,
                   gconstpointer  data)
{
  mz_records_set_enabled (recording->records, FALSE);
  begin (recording, NULL, NULL);
  mz_client_start (recording->client.client);
  wait_ready (&recording->client);
  stop (&recording->client);

  g_assert_cmpuint (read_all (recording), ==, 0);
  g_assert_false (g_file_test (recording->path, G_FILE_TEST_EXISTS));
}

static gboolean
holds (const char *path,
       const char *word)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length, n = strlen (word);

  g_assert_true (g_file_get_contents (path, &contents, &length, &error));
  for (gsize i = 0; i + n <= length; i++)
    if (memcmp (contents + i, word, n) == 0)
      return TRUE;

  return FALSE;
}

/* Host, address, port, path, token, the device's id, the gateway's words: none of it is in the file's bytes. */
static void
test_secrets (Recording     *recording,
              gconstpointer  data)
{
  static const char * const suffixes[] = { "", "-wal" };
  Fixture *fixture = &recording->client;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL, *port = NULL;
  g_autoptr (GPtrArray) planted = g_ptr_array_new ();

  mz_demo_gateway_set_auth (fixture->gateway, MZ_DEMO_AUTH_TOKEN, TOKEN);
  mz_demo_gateway_start (fixture->gateway, 0, &error);
  g_assert_no_error (error);
  port = g_strdup_printf ("%u", mz_demo_gateway_get_port (fixture->gateway));

  /* One that gets in, one that does not, and a name that there is not. */
  url = g_strdup_printf ("ws://localhost:%s/planted-path", port);
  begin (recording, url, TOKEN);
  mz_client_set_reconnect (fixture->client, FALSE);
  mz_client_start (fixture->client);
  wait_ready (fixture);
  stop (fixture);
  g_clear_object (&fixture->client);
  begin (recording, url, "planted-wrong-token");
  mz_client_set_reconnect (fixture->client, FALSE);
  mz_identity_set_device_token (fixture->identity, url, NULL);
  mz_client_start (fixture->client);
  wait_until (fixture, state (fixture) == MZ_CLIENT_STOPPED || state (fixture) == MZ_CLIENT_READY);
  stop (fixture);
  g_clear_object (&fixture->client);
  begin (recording, "ws://planted-host.invalid:18789", "planted-wrong-token");
  mz_client_set_reconnect (fixture->client, FALSE);
  mz_client_start (fixture->client);
  wait_state (recording, MZ_CLIENT_STOPPED);
  g_assert_cmpuint (read_all (recording), >=, 4);

  g_ptr_array_add (planted, (gpointer) TOKEN);
  g_ptr_array_add (planted, (gpointer) "planted");
  g_ptr_array_add (planted, (gpointer) "localhost");
  g_ptr_array_add (planted, (gpointer) "127.0.0.1");
  g_ptr_array_add (planted, (gpointer) "18789");
  g_ptr_array_add (planted, (gpointer) "invalid");
  g_ptr_array_add (planted, port);
  g_ptr_array_add (planted, (gpointer) mz_identity_get_device_id (fixture->identity));
  /* A shorter one stands in any file by chance. */
  if (strlen (g_get_host_name ()) >= 5)
    g_ptr_array_add (planted, (gpointer) g_get_host_name ());
  g_ptr_array_add (planted, (gpointer) recording->directory);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (recording->path, suffixes[i], NULL);

      for (guint j = 0; j < planted->len; j++)
        if (holds (path, g_ptr_array_index (planted, j)))
          g_error ("“%s” is in %s", (char *) g_ptr_array_index (planted, j), path);
      if (i == 1)
        g_assert_true (holds (path, "loopback"));
    }
}

#define ADD(name, data, func) g_test_add ("/recorder/" name, Recording, data, set_up_recording, func, tear_down_recording)

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    MzDemoFault fault;
    const char *diagnosis;
  } shutdown = { MZ_DEMO_FAULT_SHUTDOWN, "shutdown" }, silence = { MZ_DEMO_FAULT_STALL_READY, "half-open" };

  g_test_init (&argc, &argv, NULL);
  ADD ("ready", NULL, test_ready);
  ADD ("refused-login", NULL, test_refused_login);
  ADD ("refused", NULL, test_refused);
  ADD ("lost", NULL, test_lost);
  ADD ("ending/shutdown", &shutdown, test_endings);
  ADD ("ending/silence", &silence, test_endings);
  ADD ("cancelled", NULL, test_cancelled);
  ADD ("reached", NULL, test_reached);
  ADD ("let-go", NULL, test_let_go);
  ADD ("switched-off", NULL, test_switched_off);
  ADD ("secrets", NULL, test_secrets);

  return g_test_run ();
}
