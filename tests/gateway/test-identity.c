/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "mz-identity.h"

/* RFC 8032, section 7.1, tests 1 to 3; the id, key and signature in the gateway's notation. */
static const struct
{
  const char *seed;
  const char *device_id;
  const char *public_key;
  const char *text;
  const char *signature;
} vectors[] = {
  { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9",
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "",
    "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc-bRr0lv18FlbviRlUUFDjnoQCw" },
  { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "39f713d0a644253f04529421b9f51b9b08979d08295959c4f3990ee617f5139f",
    "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
    "r",
    "kqAJqfDUyrhyDoILX2QlQKKye1QWUD-Ps3YiI-vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA" },
  { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "dac073e0123bdea59dd9b3bda9cf6037f63aca82627d7abcd5c4ac29dd74003e",
    "_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU",
    "\xaf\x82",
    "YpHWV97sJAJIJ-acOr4BowzlSKKEdDpEXjaA19taw6wY_5tTjRbykK5n92CYTcZZSnwV6XFu0o3AJ77O6h7ECg" },
};

static void
parse_seed (const char *hex,
            guint8      seed[MZ_IDENTITY_SEED_BYTES])
{
  for (guint i = 0; i < MZ_IDENTITY_SEED_BYTES; i++)
    seed[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
}

static void
test_vectors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      guint8 seed[MZ_IDENTITY_SEED_BYTES];
      g_autoptr (GError) error = NULL;
      g_autoptr (MzIdentity) identity = NULL;
      g_autoptr (GBytes) kept = NULL;
      g_autofree char *signature = NULL;

      parse_seed (vectors[i].seed, seed);
      identity = mz_identity_new_from_seed (seed, sizeof seed, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mz_identity_get_device_id (identity), ==, vectors[i].device_id);
      g_assert_cmpstr (mz_identity_get_public_key (identity), ==, vectors[i].public_key);
      signature = mz_identity_sign (identity, vectors[i].text);
      g_assert_cmpstr (signature, ==, vectors[i].signature);
      kept = mz_identity_dup_seed (identity);
      g_assert_cmpmem (g_bytes_get_data (kept, NULL), g_bytes_get_size (kept), seed, sizeof seed);
    }
}

static void
test_random (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzIdentity) a = mz_identity_new_random (&error);
  g_autoptr (MzIdentity) b = mz_identity_new_random (&error);
  g_autoptr (MzIdentity) again = NULL;
  g_autoptr (GBytes) seed = NULL;
  g_autofree char *signature_a = NULL;
  g_autofree char *signature_again = NULL;
  guint8 signature[crypto_sign_BYTES], key[crypto_sign_PUBLICKEYBYTES];
  gsize length;

  g_assert_no_error (error);
  g_assert_cmpstr (mz_identity_get_device_id (a), !=, mz_identity_get_device_id (b));
  g_assert_cmpuint (strlen (mz_identity_get_device_id (a)), ==, 64);

  seed = mz_identity_dup_seed (a);
  again = mz_identity_new_from_seed (g_bytes_get_data (seed, NULL), g_bytes_get_size (seed), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mz_identity_get_device_id (a), ==, mz_identity_get_device_id (again));
  signature_a = mz_identity_sign (a, "v3|device|gateway-client|ui");
  signature_again = mz_identity_sign (again, "v3|device|gateway-client|ui");
  g_assert_cmpstr (signature_a, ==, signature_again);

  /* As a gateway checks it. */
  g_assert_cmpint (sodium_base642bin (signature, sizeof signature, signature_a, strlen (signature_a), NULL, &length, NULL,
                                      sodium_base64_VARIANT_URLSAFE_NO_PADDING), ==, 0);
  g_assert_cmpuint (length, ==, sizeof signature);
  g_assert_cmpint (sodium_base642bin (key, sizeof key, mz_identity_get_public_key (a), strlen (mz_identity_get_public_key (a)),
                                      NULL, &length, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING), ==, 0);
  g_assert_cmpint (crypto_sign_verify_detached (signature, (const guint8 *) "v3|device|gateway-client|ui", 27, key), ==, 0);
  g_assert_cmpint (crypto_sign_verify_detached (signature, (const guint8 *) "v3|device|gateway-client|xx", 27, key), !=, 0);
}

static void
test_bad_seed (void)
{
  static const gsize lengths[] = { 0, 31, 33, 64 };
  guint8 seed[64] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mz_identity_new_from_seed (lengths[i] > 0 ? seed : NULL, lengths[i], &error));
      g_assert_error (error, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_IDENTITY);
    }
}

static void
count_cb (MzIdentity *identity,
          guint      *count)
{
  (*count)++;
}

static void
test_tokens (void)
{
  static const struct
  {
    const char *gateway;
    const char *token;
    guint count;
    const char *a;
    const char *b;
  } steps[] = {
    { "wss://a:443/", NULL, 0, NULL, NULL },
    { "wss://a:443/", "one", 1, "one", NULL },
    { "wss://a:443/", "one", 1, "one", NULL },
    { "wss://b:443/", "one", 2, "one", "one" },
    { "wss://a:443/", "two", 3, "two", "one" },
    { "wss://b:443/", NULL, 4, "two", NULL },
    { "wss://b:443/", NULL, 4, "two", NULL },
    { "wss://b:443/", "three", 5, "two", "three" },
  };
  static const char * const gateways[] = { "wss://a:443/", "wss://b:443/", NULL };
  g_autoptr (MzIdentity) identity = mz_identity_new_random (NULL);
  g_auto (GStrv) none = mz_identity_list_gateways (identity);
  g_auto (GStrv) both = NULL;
  guint count = 0;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_signal_connect (identity, "changed", G_CALLBACK (count_cb), &count);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      mz_identity_set_device_token (identity, steps[i].gateway, steps[i].token);
      g_assert_cmpuint (count, ==, steps[i].count);
      g_assert_cmpstr (mz_identity_get_device_token (identity, "wss://a:443/"), ==, steps[i].a);
      g_assert_cmpstr (mz_identity_get_device_token (identity, "wss://b:443/"), ==, steps[i].b);
    }
  both = mz_identity_list_gateways (identity);
  g_assert_cmpstrv (both, gateways);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/identity/vectors", test_vectors);
  g_test_add_func ("/identity/random", test_random);
  g_test_add_func ("/identity/bad-seed", test_bad_seed);
  g_test_add_func ("/identity/tokens", test_tokens);
  return g_test_run ();
}
