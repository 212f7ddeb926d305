/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "fake-store.h"
#include "mz-identity-keeper.h"
#include "mz-secret-store-private.h"
#include "store-wait.h"

#define STUDIO "wss://studio:443"
#define ATTIC "ws://attic:18789"

/* 32 times 'A' */
#define SEED "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

typedef struct
{
  FakeStore *store;
  MzIdentityKeeper *keeper;
} Fixture;

typedef struct
{
  gboolean done;
  gboolean ok;
  MzIdentity *identity;
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_object (&outcome->identity);
  g_clear_error (&outcome->error);
  *outcome = (Outcome) { 0 };
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->store = fake_store_new ();
  fixture->keeper = mz_identity_keeper_new (MZ_SECRET_STORE (fixture->store));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  settle ();
  if (fixture->keeper != NULL)
    g_assert_finalize_object (fixture->keeper);
  g_assert_finalize_object (fixture->store);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->identity = mz_identity_keeper_load_finish (MZ_IDENTITY_KEEPER (source), result, &outcome->error);
  g_assert_true ((outcome->identity == NULL) == (outcome->error != NULL));
  outcome->done = TRUE;
}

static void
gateway_loaded_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->ok = mz_identity_keeper_load_gateway_finish (MZ_IDENTITY_KEEPER (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
flushed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->ok = mz_identity_keeper_flush_finish (MZ_IDENTITY_KEEPER (source), result, &outcome->error);
  g_assert_true (outcome->ok == (outcome->error == NULL));
  outcome->done = TRUE;
}

/* (transfer none) */
static MzIdentity *
load (Fixture *fixture)
{
  const char *gateways[] = { STUDIO, ATTIC, NULL };
  Outcome outcome = { 0 };

  mz_identity_keeper_load_async (fixture->keeper, gateways, NULL, loaded_cb, &outcome);
  wait_until (outcome.done);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.identity == mz_identity_keeper_get_identity (fixture->keeper));
  outcome_clear (&outcome);
  return mz_identity_keeper_get_identity (fixture->keeper);
}

static void
flush (Fixture *fixture)
{
  Outcome outcome = { 0 };

  mz_identity_keeper_flush_async (fixture->keeper, NULL, flushed_cb, &outcome);
  wait_until (outcome.done);
  g_assert_no_error (outcome.error);
}

static void
start_again (Fixture *fixture)
{
  settle ();
  g_assert_finalize_object (fixture->keeper);
  fixture->keeper = mz_identity_keeper_new (MZ_SECRET_STORE (fixture->store));
  fake_store_clear_log (fixture->store);
}

static void
test_new (Fixture       *fixture,
          gconstpointer  data)
{
  g_autofree char *id = NULL;
  gsize length;
  g_autofree guchar *seed = NULL;

  g_assert_null (mz_identity_keeper_get_identity (fixture->keeper));
  id = g_strdup (mz_identity_get_device_id (load (fixture)));
  flush (fixture);
  seed = g_base64_decode (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_KEY, "default"), &length);
  g_assert_cmpuint (length, ==, MZ_IDENTITY_SEED_BYTES);

  start_again (fixture);
  g_assert_cmpstr (mz_identity_get_device_id (load (fixture)), ==, id);
  flush (fixture);
  g_assert_cmpstr (fake_store_get_log (fixture->store), ==,
                   "lookup device-key/default; lookup device-token/" STUDIO "; lookup device-token/" ATTIC);
}

static void
test_tokens (Fixture       *fixture,
             gconstpointer  data)
{
  MzIdentity *identity;

  fake_store_put (fixture->store, MZ_SECRET_DEVICE_KEY, "default", SEED);
  fake_store_put (fixture->store, MZ_SECRET_DEVICE_TOKEN, STUDIO, "first");
  identity = load (fixture);
  g_assert_cmpstr (mz_identity_get_device_token (identity, STUDIO), ==, "first");
  g_assert_null (mz_identity_get_device_token (identity, ATTIC));

  /* What came from the store needs not be written. */
  flush (fixture);
  fake_store_clear_log (fixture->store);
  mz_identity_set_device_token (identity, ATTIC, "second");
  flush (fixture);
  mz_identity_set_device_token (identity, STUDIO, NULL);
  flush (fixture);
  mz_identity_set_device_token (identity, ATTIC, "third");
  flush (fixture);
  g_assert_cmpstr (fake_store_get_log (fixture->store), ==,
                   "save device-token/" ATTIC "=second; remove device-token/" STUDIO "; save device-token/" ATTIC "=third");

  start_again (fixture);
  identity = load (fixture);
  g_assert_null (mz_identity_get_device_token (identity, STUDIO));
  g_assert_cmpstr (mz_identity_get_device_token (identity, ATTIC), ==, "third");
}

/* One write at a time, in order; what is out of date before its turn is left out. */
static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  MzIdentity *identity;
  Outcome outcome = { 0 };

  fake_store_put (fixture->store, MZ_SECRET_DEVICE_KEY, "default", SEED);
  identity = load (fixture);
  fake_store_clear_log (fixture->store);
  fake_store_hold (fixture->store, FALSE, TRUE);

  mz_identity_set_device_token (identity, STUDIO, "1");
  mz_identity_set_device_token (identity, STUDIO, "2");
  mz_identity_set_device_token (identity, ATTIC, "3");
  mz_identity_set_device_token (identity, STUDIO, NULL);
  mz_identity_set_device_token (identity, STUDIO, "4");
  mz_identity_keeper_flush_async (fixture->keeper, NULL, flushed_cb, &outcome);
  settle ();
  g_assert_cmpstr (fake_store_get_log (fixture->store), ==, "save device-token/" STUDIO "=1");
  g_assert_false (outcome.done);

  g_assert_true (fake_store_release (fixture->store));
  settle ();
  g_assert_cmpstr (fake_store_get_log (fixture->store), ==,
                   "save device-token/" STUDIO "=1; save device-token/" STUDIO "=4");
  g_assert_true (fake_store_release (fixture->store));
  settle ();
  g_assert_false (outcome.done);
  g_assert_true (fake_store_release (fixture->store));
  wait_until (outcome.done);
  g_assert_true (outcome.ok);
  g_assert_cmpstr (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_TOKEN, STUDIO), ==, "4");
  g_assert_cmpstr (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_TOKEN, ATTIC), ==, "3");
}

/* A store that cannot be asked may have a key: it is not written over, and its tokens neither. */
static void
test_store_fails (Fixture       *fixture,
                  gconstpointer  data)
{
  static const MzStoreError codes[] = { MZ_STORE_ERROR_LOCKED, MZ_STORE_ERROR_TIMED_OUT, MZ_STORE_ERROR_FAILED };

  fake_store_put (fixture->store, MZ_SECRET_DEVICE_KEY, "default", SEED);
  fake_store_put (fixture->store, MZ_SECRET_DEVICE_TOKEN, STUDIO, "first");
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      MzIdentity *identity;

      start_again (fixture);
      fake_store_fail_lookups (fixture->store, codes[i]);
      identity = load (fixture);
      g_assert_nonnull (mz_identity_get_device_id (identity));
      mz_identity_set_device_token (identity, STUDIO, "another key's");
      flush (fixture);
      g_assert_cmpstr (fake_store_get_log (fixture->store), ==, "lookup device-key/default");
    }

  fake_store_fail_lookups (fixture->store, -1);
  start_again (fixture);
  g_assert_cmpstr (mz_identity_get_device_token (load (fixture), STUDIO), ==, "first");
}

/* The app's store has memory behind it: without a keyring all goes on until the program ends. */
static void
test_no_keyring (void)
{
  FakeStore *fake = fake_store_new ();
  g_autoptr (MzSecretStore) store = mz_secret_store_new_guard (MZ_SECRET_STORE (fake), 1000);
  Fixture fixture = { fake, mz_identity_keeper_new (store) };
  g_autofree char *id = NULL;
  MzIdentity *identity;

  fake_store_fail_lookups (fake, MZ_STORE_ERROR_UNAVAILABLE);
  identity = load (&fixture);
  id = g_strdup (mz_identity_get_device_id (identity));
  mz_identity_set_device_token (identity, STUDIO, "first");
  flush (&fixture);
  g_assert_false (mz_secret_store_get_persistent (store));

  g_assert_finalize_object (fixture.keeper);
  fixture.keeper = mz_identity_keeper_new (store);
  identity = load (&fixture);
  g_assert_cmpstr (mz_identity_get_device_id (identity), ==, id);
  g_assert_cmpstr (mz_identity_get_device_token (identity, STUDIO), ==, "first");
  g_assert_finalize_object (fixture.keeper);
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  static const char * const seeds[] = { "", "?", "c2hvcnQ=", SEED SEED };

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      fake_store_put (fixture->store, MZ_SECRET_DEVICE_KEY, "default", seeds[i]);
      fake_store_put (fixture->store, MZ_SECRET_DEVICE_TOKEN, STUDIO, "of the key that is lost");
      start_again (fixture);
      g_assert_null (mz_identity_get_device_token (load (fixture), STUDIO));
      flush (fixture);
      g_assert_cmpstr (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_KEY, "default"), !=, seeds[i]);
    }
}

static void
test_two_loads (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcomes[3] = { 0 };

  fake_store_hold (fixture->store, TRUE, FALSE);
  mz_identity_keeper_load_async (fixture->keeper, NULL, cancellable, loaded_cb, &outcomes[0]);
  mz_identity_keeper_load_async (fixture->keeper, NULL, NULL, loaded_cb, &outcomes[1]);
  mz_identity_keeper_load_async (fixture->keeper, NULL, NULL, loaded_cb, &outcomes[2]);
  g_cancellable_cancel (cancellable);
  g_assert_true (fake_store_release (fixture->store));
  wait_until (outcomes[0].done);
  g_assert_error (outcomes[0].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  settle ();
  g_assert_true (fake_store_release (fixture->store));
  wait_until (outcomes[1].done && outcomes[2].done);
  g_assert_nonnull (outcomes[1].identity);
  g_assert_true (outcomes[1].identity == outcomes[2].identity);
  g_assert_false (fake_store_release (fixture->store));
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    outcome_clear (&outcomes[i]);
}

static void
test_gateway_later (Fixture       *fixture,
                    gconstpointer  data)
{
  const char *cellar = "wss://cellar:443";
  MzIdentity *identity;
  Outcome outcome = { 0 };

  fake_store_put (fixture->store, MZ_SECRET_DEVICE_KEY, "default", SEED);
  fake_store_put (fixture->store, MZ_SECRET_DEVICE_TOKEN, cellar, "kept");
  identity = load (fixture);
  g_assert_null (mz_identity_get_device_token (identity, cellar));
  mz_identity_keeper_load_gateway_async (fixture->keeper, cellar, NULL, gateway_loaded_cb, &outcome);
  wait_until (outcome.done);
  g_assert_true (outcome.ok);
  outcome_clear (&outcome);
  g_assert_cmpstr (mz_identity_get_device_token (identity, cellar), ==, "kept");

  /* A token that the gateway gave meanwhile is newer. */
  mz_identity_set_device_token (identity, ATTIC, NULL);
  fake_store_put (fixture->store, MZ_SECRET_DEVICE_TOKEN, ATTIC, "old");
  fake_store_hold (fixture->store, TRUE, FALSE);
  mz_identity_keeper_load_gateway_async (fixture->keeper, ATTIC, NULL, gateway_loaded_cb, &outcome);
  mz_identity_set_device_token (identity, ATTIC, "new");
  g_assert_true (fake_store_release (fixture->store));
  wait_until (outcome.done);
  g_assert_true (outcome.ok);
  g_assert_cmpstr (mz_identity_get_device_token (identity, ATTIC), ==, "new");
  flush (fixture);
  g_assert_cmpstr (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_TOKEN, ATTIC), ==, "new");
}

static void
test_write_fails (Fixture       *fixture,
                  gconstpointer  data)
{
  MzIdentity *identity = load (fixture);
  Outcome outcome = { 0 };

  flush (fixture);
  fake_store_fail_saves (fixture->store, MZ_STORE_ERROR_FAILED);
  mz_identity_set_device_token (identity, STUDIO, "first");
  mz_identity_keeper_flush_async (fixture->keeper, NULL, flushed_cb, &outcome);
  wait_until (outcome.done);
  g_assert_error (outcome.error, MZ_STORE_ERROR, MZ_STORE_ERROR_FAILED);
  outcome_clear (&outcome);

  /* It is told once, and does not keep others from being written. */
  fake_store_fail_saves (fixture->store, -1);
  mz_identity_set_device_token (identity, ATTIC, "second");
  flush (fixture);
  g_assert_cmpstr (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_TOKEN, ATTIC), ==, "second");
}

/* Who lets the keeper go need not wait for it. */
static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (MzIdentity) identity = g_object_ref (load (fixture));

  flush (fixture);
  fake_store_hold (fixture->store, FALSE, TRUE);
  mz_identity_set_device_token (identity, STUDIO, "first");
  mz_identity_set_device_token (identity, ATTIC, "second");
  g_clear_object (&fixture->keeper);
  g_assert_true (fake_store_release (fixture->store));
  settle ();
  g_assert_true (fake_store_release (fixture->store));
  settle ();
  g_assert_cmpstr (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_TOKEN, STUDIO), ==, "first");
  g_assert_cmpstr (fake_store_peek (fixture->store, MZ_SECRET_DEVICE_TOKEN, ATTIC), ==, "second");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/identity-keeper/new", Fixture, NULL, set_up, test_new, tear_down);
  g_test_add ("/identity-keeper/tokens", Fixture, NULL, set_up, test_tokens, tear_down);
  g_test_add ("/identity-keeper/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/identity-keeper/store-fails", Fixture, NULL, set_up, test_store_fails, tear_down);
  g_test_add_func ("/identity-keeper/no-keyring", test_no_keyring);
  g_test_add ("/identity-keeper/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/identity-keeper/two-loads", Fixture, NULL, set_up, test_two_loads, tear_down);
  g_test_add ("/identity-keeper/gateway-later", Fixture, NULL, set_up, test_gateway_later, tear_down);
  g_test_add ("/identity-keeper/write-fails", Fixture, NULL, set_up, test_write_fails, tear_down);
  g_test_add ("/identity-keeper/dropped", Fixture, NULL, set_up, test_dropped, tear_down);

  return g_test_run ();
}
