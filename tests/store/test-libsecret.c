/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>

#include "mz-secret-store-private.h"
#include "mz-secret.h"
#include "store-wait.h"

/* libsecret against real buses. Which one is said by MOLTZER_TEST_BUS, for a process has only one session bus:
 * keyring     gnome-keyring, unlocked
 * locked      gnome-keyring, locked, and nobody to ask the person
 * asking      gnome-keyring, locked, and the person who is asked takes time
 * silent      somebody has the Secret Service's name and never answers
 * no-service  a bus without the Secret Service
 * no-bus      no bus */

#define SERVICE "org.freedesktop.secrets"

/* Whom gnome-keyring tells to ask for a password */
#define PROMPTER "org.gnome.keyring.SystemPrompter"

typedef struct
{
  gboolean done;
  char *secret;
  GError *error;
} Outcome;

typedef struct
{
  GTestDBus *bus;
  GSubprocess *keyring;
  GDBusConnection *connection;  /* the test's own */
  char *folder;
  char *skip;                   /* why nothing can be tested */
} Fixture;

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Outcome *outcome = user_data;

  mz_secret_store_save_finish (MZ_SECRET_STORE (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->secret = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
outcome_clear (Outcome *outcome)
{
  mz_secret_free (outcome->secret);
  g_clear_error (&outcome->error);
  *outcome = (Outcome) { 0 };
}

static Outcome
save (MzSecretStore *store,
      MzSecretKind   kind,
      const char    *name,
      const char    *secret)
{
  Outcome outcome = { 0 };

  mz_secret_store_save_async (store, kind, name, "Moltzer: a test", secret, NULL, saved_cb, &outcome);
  wait_until (outcome.done);
  return outcome;
}

static Outcome
look_up (MzSecretStore *store,
         MzSecretKind   kind,
         const char    *name)
{
  Outcome outcome = { 0 };

  mz_secret_store_lookup_async (store, kind, name, NULL, looked_up_cb, &outcome);
  wait_until (outcome.done);
  return outcome;
}

static void
assert_saved (MzSecretStore *store,
              MzSecretKind   kind,
              const char    *name,
              const char    *secret)
{
  Outcome outcome = save (store, kind, name, secret);

  g_assert_no_error (outcome.error);
}

static void
assert_found (MzSecretStore *store,
              MzSecretKind   kind,
              const char    *name,
              const char    *expected)
{
  Outcome outcome = look_up (store, kind, name);

  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.secret, ==, expected);
  outcome_clear (&outcome);
}

/* A call of the test's own to the Secret Service */
static GVariant *
call_service (Fixture    *fixture,
              const char *method,
              GVariant   *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_sync (fixture->connection, SERVICE, "/org/freedesktop/secrets",
                                                  "org.freedesktop.Secret.Service", method, parameters, NULL,
                                                  G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

static void
name_appeared_cb (GDBusConnection *connection,
                  const char      *name,
                  const char      *owner,
                  gpointer         user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
wait_for_name (Fixture *fixture)
{
  gboolean appeared = FALSE;
  guint id = g_bus_watch_name_on_connection (fixture->connection, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                             name_appeared_cb, NULL, &appeared, NULL);

  wait_until (appeared);
  g_bus_unwatch_name (id);
}

static GDBusConnection *
connect_to (const char *address)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (address,
                                                                        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                                        G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                                        NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

/* A keyring of its own with an empty password, as it is after a login without one. */
static void
start_keyring (Fixture *fixture)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  const char * const argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", NULL };

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "HOME", fixture->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", fixture->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", fixture->folder, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  fixture->keyring = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (fixture->keyring), "\n", 1, NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (g_subprocess_get_stdin_pipe (fixture->keyring), NULL, &error);
  g_assert_no_error (error);
  wait_for_name (fixture);
}

/* Swallows every call; in GDBus's thread. */
static GDBusMessage *
swallow_cb (GDBusConnection *connection,
            GDBusMessage    *message,
            gboolean         incoming,
            gpointer         user_data)
{
  if (incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    g_clear_object (&message);
  return message;
}

/* Takes @name, and never answers a call. */
static void
own_name (Fixture    *fixture,
          const char *name)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_add_filter (fixture->connection, swallow_cb, NULL, NULL);
  answer = g_dbus_connection_call_sync (fixture->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName", g_variant_new ("(su)", name, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
has_keyring (const char *bus)
{
  return g_str_equal (bus, "keyring") || g_str_equal (bus, "locked") || g_str_equal (bus, "asking");
}

static gboolean
has_program (Fixture    *fixture,
             const char *name)
{
  g_autofree char *path = g_find_program_in_path (name);

  if (path == NULL && fixture->skip == NULL)
    fixture->skip = g_strdup_printf ("%s is not installed", name);
  return path != NULL;
}

static void
set_up (Fixture    *fixture,
        const char *bus)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (bus, "no-bus"))
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
      return;
    }

  if (!has_program (fixture, "dbus-daemon"))
    return;
  if (has_keyring (bus) && !has_program (fixture, "gnome-keyring-daemon"))
    return;

  fixture->folder = g_dir_make_tmp ("moltzer-keyring-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->connection = connect_to (g_test_dbus_get_bus_address (fixture->bus));
  if (has_keyring (bus))
    start_keyring (fixture);
  else if (g_str_equal (bus, "silent"))
    own_name (fixture, SERVICE);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_remove (child) != 0)
        remove_folder (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture)
{
  if (fixture->keyring != NULL)
    {
      g_subprocess_force_exit (fixture->keyring);
      g_subprocess_wait (fixture->keyring, NULL, NULL);
    }
  g_clear_object (&fixture->keyring);
  g_clear_object (&fixture->connection);

  /* Only stopped: its end would wait for the connection that libsecret keeps. */
  if (fixture->bus != NULL)
    g_test_dbus_stop (fixture->bus);
  if (fixture->folder != NULL)
    remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->skip);
}

static gboolean
skipped (Fixture *fixture)
{
  if (fixture->skip != NULL)
    g_test_skip (fixture->skip);
  return fixture->skip != NULL;
}

static void
test_keyring (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autoptr (MzSecretStore) store = NULL;
  g_autoptr (MzSecretStore) later = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) unlocked = NULL;
  g_autofree char *all = g_strnfill (4000, 'x');

  if (skipped (fixture))
    return;

  store = mz_secret_store_new_default ();
  assert_found (store, MZ_SECRET_TOKEN, "one", NULL);
  assert_saved (store, MZ_SECRET_TOKEN, "one", "first");
  assert_saved (store, MZ_SECRET_TOKEN, "one", "second, with ümläuts");
  assert_saved (store, MZ_SECRET_PASSWORD, "one", "another kind");
  assert_saved (store, MZ_SECRET_DEVICE_TOKEN, "wss://studio:443", all);
  assert_saved (store, MZ_SECRET_DEVICE_KEY, "never there", NULL);
  g_assert_true (mz_secret_store_get_persistent (store));

  /* They are where other programs find them, once. */
  answer = call_service (fixture, "SearchItems",
                         g_variant_new_parsed ("({'xdg:schema': %s, 'kind': 'token', 'name': 'one'},)", MZ_APP_ID));
  unlocked = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (unlocked), ==, 1);

  later = mz_secret_store_new_default ();
  assert_found (later, MZ_SECRET_TOKEN, "one", "second, with ümläuts");
  assert_found (later, MZ_SECRET_PASSWORD, "one", "another kind");
  assert_found (later, MZ_SECRET_DEVICE_TOKEN, "wss://studio:443", all);
  assert_found (later, MZ_SECRET_TOKEN, "on", NULL);
  assert_saved (later, MZ_SECRET_TOKEN, "one", NULL);
  assert_found (later, MZ_SECRET_TOKEN, "one", NULL);
  assert_found (store, MZ_SECRET_TOKEN, "one", NULL);
  assert_found (store, MZ_SECRET_PASSWORD, "one", "another kind");
}

static void
lock_keyring (Fixture *fixture)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) locked = NULL;

  answer = call_service (fixture, "Lock", g_variant_new_parsed ("([objectpath '/org/freedesktop/secrets/aliases/default'],)"));
  locked = g_variant_get_child_value (answer, 0);
  g_assert_cmpuint (g_variant_n_children (locked), ==, 1);
}

static void
test_locked (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autoptr (MzSecretStore) store = NULL;
  Outcome outcome;

  if (skipped (fixture))
    return;

  store = mz_secret_store_new_default ();
  assert_saved (store, MZ_SECRET_TOKEN, "one", "mine");
  lock_keyring (fixture);

  /* That it is locked is known; that there is nothing would be wrong. */
  outcome = look_up (store, MZ_SECRET_TOKEN, "one");
  g_assert_error (outcome.error, MZ_STORE_ERROR, MZ_STORE_ERROR_LOCKED);
  g_assert_null (outcome.secret);
  g_assert_false (mz_secret_store_get_persistent (store));
  outcome_clear (&outcome);

  /* What is saved now is there for this session. */
  assert_saved (store, MZ_SECRET_TOKEN, "two", "of this session");
  assert_found (store, MZ_SECRET_TOKEN, "two", "of this session");
  g_assert_false (mz_secret_store_get_persistent (store));
}

/* A lookup waits for the person as long as it takes. A save need not: what it saves is there already. */
static void
test_asking (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autoptr (MzSecretStore) store = NULL;
  Outcome saved = { 0 }, looked_up = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  if (skipped (fixture))
    return;

  store = mz_secret_store_new_default ();
  assert_saved (store, MZ_SECRET_TOKEN, "one", "mine");
  lock_keyring (fixture);
  own_name (fixture, PROMPTER);

  /* Its time would be over before that of the save. */
  mz_secret_store_lookup_async (store, MZ_SECRET_TOKEN, "one", cancellable, looked_up_cb, &looked_up);
  mz_secret_store_save_async (store, MZ_SECRET_TOKEN, "two", "Moltzer: a test", "of this session", NULL, saved_cb, &saved);
  wait_until (saved.done);
  settle ();
  g_assert_no_error (saved.error);
  g_assert_false (looked_up.done);
  assert_found (store, MZ_SECRET_TOKEN, "two", "of this session");

  g_cancellable_cancel (cancellable);
  wait_until (looked_up.done);
  g_assert_error (looked_up.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&looked_up);
}

static void
test_silent (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autoptr (MzSecretStore) store = NULL;
  Outcome saved = { 0 }, looked_up = { 0 }, cancelled = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  if (skipped (fixture))
    return;

  store = mz_secret_store_new_default ();
  mz_secret_store_lookup_async (store, MZ_SECRET_TOKEN, "one", NULL, looked_up_cb, &looked_up);
  mz_secret_store_lookup_async (store, MZ_SECRET_TOKEN, "three", cancellable, looked_up_cb, &cancelled);
  mz_secret_store_save_async (store, MZ_SECRET_TOKEN, "two", "Moltzer: a test", "mine", NULL, saved_cb, &saved);

  /* A person who cancels does not wait for the time to be over. */
  g_cancellable_cancel (cancellable);
  wait_until (cancelled.done);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (looked_up.done || saved.done);

  wait_until (looked_up.done && saved.done);
  g_assert_error (looked_up.error, MZ_STORE_ERROR, MZ_STORE_ERROR_TIMED_OUT);
  g_assert_no_error (saved.error);
  g_assert_false (mz_secret_store_get_persistent (store));
  assert_found (store, MZ_SECRET_TOKEN, "two", "mine");
  outcome_clear (&looked_up);
  outcome_clear (&cancelled);
}

/* That there is no keyring is known before anything is asked of it. */
static void
test_known_without_asking (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autoptr (MzSecretStore) store = NULL;

  if (skipped (fixture))
    return;

  store = mz_secret_store_new_default ();
  wait_until (!mz_secret_store_get_persistent (store));
  assert_saved (store, MZ_SECRET_TOKEN, "one", "of this session");
  assert_found (store, MZ_SECRET_TOKEN, "one", "of this session");
  g_assert_false (mz_secret_store_get_persistent (store));
}

static void
test_nothing (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autoptr (MzSecretStore) store = NULL;

  if (skipped (fixture))
    return;

  store = mz_secret_store_new_default ();
  assert_found (store, MZ_SECRET_TOKEN, "one", NULL);
  g_assert_false (mz_secret_store_get_persistent (store));
  assert_saved (store, MZ_SECRET_TOKEN, "one", "of this session");
  assert_found (store, MZ_SECRET_TOKEN, "one", "of this session");
  assert_saved (store, MZ_SECRET_TOKEN, "one", NULL);
  assert_found (store, MZ_SECRET_TOKEN, "one", NULL);
}

static void
test_nothing_to_save_in (gconstpointer data)
{
  Fixture *fixture = (Fixture *) data;
  g_autoptr (MzSecretStore) store = NULL;

  if (skipped (fixture))
    return;

  store = mz_secret_store_new_default ();
  g_assert_true (mz_secret_store_get_persistent (store));
  assert_saved (store, MZ_SECRET_TOKEN, "one", "of this session");
  g_assert_false (mz_secret_store_get_persistent (store));
  assert_found (store, MZ_SECRET_TOKEN, "one", "of this session");
}

int
main (int   argc,
      char *argv[])
{
  const char *bus = g_getenv ("MOLTZER_TEST_BUS");
  static Fixture fixture;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (bus);
  set_up (&fixture, bus);

  if (g_str_equal (bus, "keyring"))
    g_test_add_data_func ("/libsecret/keyring", &fixture, test_keyring);
  else if (g_str_equal (bus, "locked"))
    g_test_add_data_func ("/libsecret/locked", &fixture, test_locked);
  else if (g_str_equal (bus, "asking"))
    g_test_add_data_func ("/libsecret/asking", &fixture, test_asking);
  else if (g_str_equal (bus, "silent"))
    g_test_add_data_func ("/libsecret/silent", &fixture, test_silent);
  else
    {
      g_test_add_data_func ("/libsecret/known-without-asking", &fixture, test_known_without_asking);
      g_test_add_data_func ("/libsecret/nothing", &fixture, test_nothing);
      g_test_add_data_func ("/libsecret/nothing-to-save-in", &fixture, test_nothing_to_save_in);
    }

  status = g_test_run ();
  tear_down (&fixture);
  return status;
}
