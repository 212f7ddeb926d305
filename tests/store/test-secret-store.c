/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "fake-store.h"
#include "mz-secret-store-private.h"
#include "mz-secret.h"
#include "store-wait.h"

/* Longer than any test runs: no save gives up waiting. */
#define PATIENT_MS (600 * 1000)

/* How a call ended. */
typedef struct
{
  gboolean done;
  gboolean ok;
  char *secret;
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  mz_secret_free (outcome->secret);
  g_clear_error (&outcome->error);
  *outcome = (Outcome) { 0 };
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->done);
  outcome->ok = mz_secret_store_save_finish (MZ_SECRET_STORE (source), result, &outcome->error);
  g_assert_true (outcome->ok == (outcome->error == NULL));
  outcome->done = TRUE;
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->done);
  outcome->secret = mz_secret_store_lookup_finish (MZ_SECRET_STORE (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
begin_save (MzSecretStore *store,
            const char    *name,
            const char    *secret,
            Outcome       *outcome)
{
  mz_secret_store_save_async (store, MZ_SECRET_TOKEN, name, "A label", secret, NULL, saved_cb, outcome);
}

static void
assert_save (MzSecretStore *store,
             MzSecretKind   kind,
             const char    *name,
             const char    *secret)
{
  Outcome outcome = { 0 };

  mz_secret_store_save_async (store, kind, name, "A label", secret, NULL, saved_cb, &outcome);
  wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);
}

static void
assert_lookup (MzSecretStore *store,
               MzSecretKind   kind,
               const char    *name,
               const char    *expected)
{
  Outcome outcome = { 0 };

  mz_secret_store_lookup_async (store, kind, name, NULL, looked_up_cb, &outcome);
  wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.secret, ==, expected);
  outcome_clear (&outcome);
}

static void
assert_lookup_fails (MzSecretStore *store,
                     const char    *name,
                     MzStoreError   code)
{
  Outcome outcome = { 0 };

  mz_secret_store_lookup_async (store, MZ_SECRET_TOKEN, name, NULL, looked_up_cb, &outcome);
  wait_until (outcome.done);
  g_assert_error (outcome.error, MZ_STORE_ERROR, (int) code);
  g_assert_null (outcome.secret);
  outcome_clear (&outcome);
}

static void
count_cb (guint *n)
{
  ++*n;
}

/* Every kind of store keeps secrets apart by kind and name, replaces and removes them. */
static void
check_keeping (MzSecretStore *store)
{
  assert_lookup (store, MZ_SECRET_TOKEN, "one", NULL);
  assert_save (store, MZ_SECRET_TOKEN, "one", "first");
  assert_save (store, MZ_SECRET_PASSWORD, "one", "second");
  assert_save (store, MZ_SECRET_TOKEN, "two", "");
  assert_lookup (store, MZ_SECRET_TOKEN, "one", "first");
  assert_lookup (store, MZ_SECRET_PASSWORD, "one", "second");
  assert_lookup (store, MZ_SECRET_TOKEN, "two", "");
  assert_lookup (store, MZ_SECRET_DEVICE_KEY, "one", NULL);
  assert_save (store, MZ_SECRET_TOKEN, "one", "third");
  assert_lookup (store, MZ_SECRET_TOKEN, "one", "third");
  assert_save (store, MZ_SECRET_TOKEN, "one", NULL);
  assert_lookup (store, MZ_SECRET_TOKEN, "one", NULL);
  assert_lookup (store, MZ_SECRET_PASSWORD, "one", "second");
  assert_save (store, MZ_SECRET_TOKEN, "never there", NULL);
}

static void
test_memory (void)
{
  g_autoptr (MzSecretStore) store = mz_secret_store_new_memory ();
  g_autoptr (MzSecretStore) other = mz_secret_store_new_memory ();

  g_assert_false (mz_secret_store_get_persistent (store));
  check_keeping (store);
  assert_lookup (other, MZ_SECRET_PASSWORD, "one", NULL);
}

static void
test_passes_through (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);

  check_keeping (store);
  g_assert_true (mz_secret_store_get_persistent (store));
  g_assert_cmpstr (fake_store_peek (fake, MZ_SECRET_PASSWORD, "one"), ==, "second");
  g_assert_cmpstr (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"), ==, NULL);
}

static void
test_no_keyring (gconstpointer data)
{
  gboolean by_lookup = GPOINTER_TO_INT (data);
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);
  guint n_notified = 0;

  g_signal_connect_swapped (store, "notify::persistent", G_CALLBACK (count_cb), &n_notified);
  fake_store_fail_lookups (fake, MZ_STORE_ERROR_UNAVAILABLE);
  fake_store_fail_saves (fake, MZ_STORE_ERROR_UNAVAILABLE);
  if (by_lookup)
    assert_lookup (store, MZ_SECRET_TOKEN, "one", NULL);
  else
    assert_save (store, MZ_SECRET_TOKEN, "zero", "of this session");
  g_assert_false (mz_secret_store_get_persistent (store));
  g_assert_cmpuint (n_notified, ==, 1);

  /* One that comes later holds older secrets: it is not asked any more. */
  fake_store_clear_log (fake);
  fake_store_fail_lookups (fake, -1);
  fake_store_fail_saves (fake, -1);
  check_keeping (store);
  if (!by_lookup)
    assert_lookup (store, MZ_SECRET_TOKEN, "zero", "of this session");
  g_assert_cmpstr (fake_store_get_log (fake), ==, "");
  g_assert_false (mz_secret_store_get_persistent (store));
  g_assert_cmpuint (n_notified, ==, 1);
}

/* Whether there is a secret is not known then: that is not the same as none. */
static void
test_lookup_fails (void)
{
  static const MzStoreError codes[] = { MZ_STORE_ERROR_LOCKED, MZ_STORE_ERROR_TIMED_OUT, MZ_STORE_ERROR_FAILED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      FakeStore *fake = fake_store_new ();
      g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);

      fake_store_put (fake, MZ_SECRET_TOKEN, "one", "kept before");
      fake_store_fail_lookups (fake, codes[i]);
      assert_lookup_fails (store, "one", codes[i]);
      g_assert_false (mz_secret_store_get_persistent (store));

      fake_store_fail_lookups (fake, -1);
      assert_lookup (store, MZ_SECRET_TOKEN, "one", "kept before");
      g_assert_true (mz_secret_store_get_persistent (store));
    }
}

/* What a keyring refuses is there for this session, and is written once it takes something. */
static void
test_save_fails (void)
{
  static const MzStoreError codes[] = { MZ_STORE_ERROR_LOCKED, MZ_STORE_ERROR_TIMED_OUT, MZ_STORE_ERROR_FAILED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      FakeStore *fake = fake_store_new ();
      g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);

      fake_store_fail_saves (fake, codes[i]);
      assert_save (store, MZ_SECRET_TOKEN, "one", "mine");
      g_assert_false (mz_secret_store_get_persistent (store));
      assert_lookup (store, MZ_SECRET_TOKEN, "one", "mine");
      g_assert_null (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"));

      /* Who did not unlock it is not asked again for a lookup. */
      fake_store_fail_saves (fake, -1);
      assert_lookup (store, MZ_SECRET_TOKEN, "another", NULL);
      settle ();
      g_assert_cmpstr (fake_store_get_log (fake), ==, "save token/one=mine; lookup token/another");
      g_assert_false (mz_secret_store_get_persistent (store));

      assert_save (store, MZ_SECRET_TOKEN, "two", "also mine");
      wait_until (mz_secret_store_get_persistent (store));
      g_assert_cmpstr (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"), ==, "mine");
    }
}

/* "Forgotten" is only said when it is. */
static void
test_removal_fails (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);
  Outcome outcome = { 0 };

  fake_store_put (fake, MZ_SECRET_TOKEN, "one", "mine");
  fake_store_fail_saves (fake, MZ_STORE_ERROR_LOCKED);
  begin_save (store, "one", NULL, &outcome);
  wait_until (outcome.done);
  g_assert_error (outcome.error, MZ_STORE_ERROR, MZ_STORE_ERROR_LOCKED);
  outcome_clear (&outcome);
  assert_lookup (store, MZ_SECRET_TOKEN, "one", "mine");
}

static void
test_save_takes_long (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), 1);
  Outcome outcome = { 0 };

  /* As while the person is asked to unlock. */
  fake_store_hold (fake, FALSE, TRUE);
  begin_save (store, "one", "mine", &outcome);
  wait_until (outcome.done);
  g_assert_true (outcome.ok);
  g_assert_false (mz_secret_store_get_persistent (store));
  assert_lookup (store, MZ_SECRET_TOKEN, "one", "mine");
  g_assert_cmpstr (fake_store_get_log (fake), ==, "save token/one=mine");

  g_assert_true (fake_store_release (fake));
  wait_until (mz_secret_store_get_persistent (store));
  g_assert_cmpstr (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"), ==, "mine");
  assert_lookup (store, MZ_SECRET_TOKEN, "one", "mine");
  g_assert_cmpstr (fake_store_get_log (fake), ==, "save token/one=mine; lookup token/one");
  outcome_clear (&outcome);
}

static void
test_removal_takes_long (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), 1);
  Outcome outcome = { 0 };

  fake_store_put (fake, MZ_SECRET_TOKEN, "one", "mine");
  fake_store_hold (fake, FALSE, TRUE);
  begin_save (store, "one", NULL, &outcome);
  wait_until (outcome.done);
  g_assert_error (outcome.error, MZ_STORE_ERROR, MZ_STORE_ERROR_TIMED_OUT);
  outcome_clear (&outcome);
  assert_lookup (store, MZ_SECRET_TOKEN, "one", NULL);
  g_assert_true (fake_store_release (fake));
  settle ();
  g_assert_null (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"));
}

/* Writes of one secret never overtake each other, and those between are left out. */
static void
test_order (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);
  Outcome outcomes[4] = { 0 };

  fake_store_hold (fake, FALSE, TRUE);
  begin_save (store, "one", "1", &outcomes[0]);
  begin_save (store, "one", "2", &outcomes[1]);
  begin_save (store, "one", "3", &outcomes[2]);
  begin_save (store, "two", "4", &outcomes[3]);
  g_assert_cmpstr (fake_store_get_log (fake), ==, "save token/one=1; save token/two=4");
  assert_lookup (store, MZ_SECRET_TOKEN, "one", "3");

  g_assert_true (fake_store_release (fake));
  g_assert_true (fake_store_release (fake));
  wait_until (outcomes[3].done);
  settle ();
  g_assert_cmpstr (fake_store_get_log (fake), ==, "save token/one=1; save token/two=4; save token/one=3");
  g_assert_false (outcomes[0].done);

  g_assert_true (fake_store_release (fake));
  wait_until (outcomes[0].done && outcomes[1].done && outcomes[2].done);
  g_assert_false (fake_store_release (fake));
  g_assert_cmpstr (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"), ==, "3");
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_assert_true (outcomes[i].ok);
      outcome_clear (&outcomes[i]);
    }
}

static void
test_cancel (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome saved = { 0 }, looked_up = { 0 }, late = { 0 };

  fake_store_hold (fake, TRUE, TRUE);
  mz_secret_store_save_async (store, MZ_SECRET_TOKEN, "one", "A label", "mine", cancellable, saved_cb, &saved);
  mz_secret_store_lookup_async (store, MZ_SECRET_TOKEN, "two", cancellable, looked_up_cb, &looked_up);
  settle ();
  g_assert_false (saved.done);

  /* Only the waiting ends. */
  g_cancellable_cancel (cancellable);
  wait_until (saved.done);
  g_assert_error (saved.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (fake_store_release (fake));
  g_assert_true (fake_store_release (fake));
  wait_until (looked_up.done);
  g_assert_error (looked_up.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  settle ();
  g_assert_cmpstr (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"), ==, "mine");
  g_assert_true (mz_secret_store_get_persistent (store));

  fake_store_clear_log (fake);
  mz_secret_store_save_async (store, MZ_SECRET_TOKEN, "three", "A label", "mine", cancellable, saved_cb, &late);
  wait_until (late.done);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (fake_store_get_log (fake), ==, "");
  outcome_clear (&saved);
  outcome_clear (&looked_up);
  outcome_clear (&late);
}

/* A secret that is saved while it is looked up is the newer one. */
static void
test_saved_meanwhile (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), PATIENT_MS);
  Outcome looked_up = { 0 }, saved = { 0 };

  fake_store_put (fake, MZ_SECRET_TOKEN, "one", "old");
  fake_store_hold (fake, TRUE, TRUE);
  mz_secret_store_lookup_async (store, MZ_SECRET_TOKEN, "one", NULL, looked_up_cb, &looked_up);
  begin_save (store, "one", "new", &saved);
  g_assert_true (fake_store_release (fake));
  wait_until (looked_up.done);
  g_assert_cmpstr (looked_up.secret, ==, "new");
  g_assert_true (fake_store_release (fake));
  wait_until (saved.done);
  outcome_clear (&looked_up);
  outcome_clear (&saved);
}

/* The app goes; what it saved is still written. */
static void
test_dropped (void)
{
  FakeStore *fake = fake_store_new ();
  MzSecretStore *store = mz_secret_store_new_guard (MZ_SECRET_STORE (g_object_ref (fake)), PATIENT_MS);
  Outcome outcome = { 0 };

  fake_store_hold (fake, FALSE, TRUE);
  begin_save (store, "one", "mine", &outcome);
  g_object_add_weak_pointer (G_OBJECT (store), (gpointer *) &store);
  g_object_unref (store);
  g_assert_nonnull (store);
  g_assert_true (fake_store_release (fake));
  wait_until (outcome.done);
  settle ();
  g_assert_null (store);
  g_assert_cmpstr (fake_store_peek (fake, MZ_SECRET_TOKEN, "one"), ==, "mine");
  outcome_clear (&outcome);
  g_object_unref (fake);
}

static void
test_kinds (void)
{
  static const struct
  {
    MzSecretKind kind;
    const char *name;
  } kinds[] = {
    /* They stand in people's keyrings: never to be changed. */
    { MZ_SECRET_TOKEN, "token" },
    { MZ_SECRET_PASSWORD, "password" },
    { MZ_SECRET_DEVICE_KEY, "device-key" },
    { MZ_SECRET_DEVICE_TOKEN, "device-token" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpstr (mz_secret_kind_to_string (kinds[i].kind), ==, kinds[i].name);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secret-store/kinds", test_kinds);
  g_test_add_func ("/secret-store/memory", test_memory);
  g_test_add_func ("/secret-store/passes-through", test_passes_through);
  g_test_add_data_func ("/secret-store/no-keyring/lookup", GINT_TO_POINTER (TRUE), test_no_keyring);
  g_test_add_data_func ("/secret-store/no-keyring/save", GINT_TO_POINTER (FALSE), test_no_keyring);
  g_test_add_func ("/secret-store/lookup-fails", test_lookup_fails);
  g_test_add_func ("/secret-store/save-fails", test_save_fails);
  g_test_add_func ("/secret-store/removal-fails", test_removal_fails);
  g_test_add_func ("/secret-store/save-takes-long", test_save_takes_long);
  g_test_add_func ("/secret-store/removal-takes-long", test_removal_takes_long);
  g_test_add_func ("/secret-store/order", test_order);
  g_test_add_func ("/secret-store/cancel", test_cancel);
  g_test_add_func ("/secret-store/saved-meanwhile", test_saved_meanwhile);
  g_test_add_func ("/secret-store/dropped", test_dropped);

  return g_test_run ();
}
