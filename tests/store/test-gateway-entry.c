/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "mz-gateway-entry.h"

#define PIN "c11ee9b5c6ffca6e3e9bbe9aca9bc339628701da8837b88656a33952403e0bff"

static void
count_cb (guint *n)
{
  ++*n;
}

static void
test_defaults (void)
{
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, "studio.tail1234.ts.net", FALSE);
  g_autoptr (MzGatewayEntry) other = mz_gateway_entry_new (NULL, "studio", TRUE);

  g_assert_true (g_uuid_string_is_valid (mz_gateway_entry_get_id (entry)));
  g_assert_cmpstr (mz_gateway_entry_get_id (entry), !=, mz_gateway_entry_get_id (other));
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "studio.tail1234.ts.net");
  g_assert_cmpint (mz_gateway_entry_get_credential (entry), ==, MZ_CREDENTIAL_NONE);
  g_assert_cmpint (mz_gateway_entry_get_strategy (entry), ==, MZ_STRATEGY_AUTO);
  g_assert_null (mz_gateway_entry_get_pin (entry));
  g_assert_false (mz_gateway_entry_get_allow_plaintext (entry));
  g_assert_null (mz_gateway_entry_get_proxy (entry));
  g_assert_false (mz_gateway_entry_get_auto_connect (entry));
  g_assert_null (mz_gateway_entry_get_last_session (entry));
  g_assert_false (mz_gateway_entry_get_transient (entry));
  g_assert_true (mz_gateway_entry_get_transient (other));
}

static void
test_address (void)
{
  static const struct
  {
    const char *typed;
    const char *kept;
    const char *name;
    const char *endpoint;       /* NULL when it means nothing */
  } cases[] = {
    { "studio", "studio", "studio", "ws://studio:18789/" },
    { "  Studio ", "Studio", "studio", "ws://studio:18789/" },
    { "wss://Studio", "wss://studio:443/", "studio", "wss://studio:443/" },
    { "https://studio:8443/agent", "wss://studio:8443/agent", "studio", "wss://studio:8443/agent" },
    { "studio.tail1234.ts.net", "studio.tail1234.ts.net", "studio.tail1234.ts.net", "wss://studio.tail1234.ts.net:443/" },
    { "100.64.0.7", "100.64.0.7", "100.64.0.7", "ws://100.64.0.7:18789/" },
    { "bücher.example", "bücher.example", "bücher.example", "wss://xn--bcher-kva.example:443/" },
    { "no such address", "no such address", "no such address", NULL },
    { "", "", "Gateway", NULL },
    /* Refused as a whole: nothing of it may get into the settings. */
    { "wss://me:secret@studio", "", "Gateway", NULL },
    { "studio?token=secret", "", "Gateway", NULL },
    { "studio/#token=secret", "", "Gateway", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, cases[i].typed, FALSE);
      g_autoptr (MzEndpoint) endpoint = mz_gateway_entry_dup_endpoint (entry);

      g_test_message ("%s", cases[i].typed);
      g_assert_cmpstr (mz_gateway_entry_get_address (entry), ==, cases[i].kept);
      g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, cases[i].name);
      g_assert_cmpstr (endpoint != NULL ? mz_endpoint_to_string (endpoint) : NULL, ==, cases[i].endpoint);
    }
}

static void
test_name (void)
{
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, "studio", FALSE);
  guint n_notified = 0;

  g_signal_connect_swapped (entry, "notify::name", G_CALLBACK (count_cb), &n_notified);

  /* It follows the address until somebody names it, … */
  mz_gateway_entry_set_address (entry, "wss://attic");
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "attic");
  g_assert_cmpuint (n_notified, ==, 1);
  mz_gateway_entry_set_name (entry, " Attic at home ");
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "Attic at home");
  g_assert_cmpuint (n_notified, ==, 2);
  mz_gateway_entry_set_address (entry, "cellar");
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "Attic at home");
  g_assert_cmpuint (n_notified, ==, 2);

  /* … and again when the name is taken away. */
  mz_gateway_entry_set_name (entry, "  ");
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "cellar");
  g_assert_cmpuint (n_notified, ==, 3);
  mz_gateway_entry_set_name (entry, "cellar");
  g_assert_cmpuint (n_notified, ==, 3);
  mz_gateway_entry_set_address (entry, "roof");
  g_assert_cmpstr (mz_gateway_entry_get_name (entry), ==, "roof");
}

static void
test_strings (void)
{
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, "studio", FALSE);

  mz_gateway_entry_set_pin (entry, "SHA256:" PIN);
  g_assert_cmpstr (mz_gateway_entry_get_pin (entry), ==, PIN);
  mz_gateway_entry_set_pin (entry, "");
  g_assert_null (mz_gateway_entry_get_pin (entry));

  /* Fits no certificate */
  mz_gateway_entry_set_pin (entry, "no pin");
  g_assert_cmpstr (mz_gateway_entry_get_pin (entry), ==, "no pin");

  mz_gateway_entry_set_proxy (entry, "socks5://127.0.0.1:1080");
  g_assert_cmpstr (mz_gateway_entry_get_proxy (entry), ==, "socks5://127.0.0.1:1080");
  mz_gateway_entry_set_proxy (entry, "http://me:secret@proxy:3128");
  g_assert_cmpstr (mz_gateway_entry_get_proxy (entry), ==, "socks5://127.0.0.1:1080");
  mz_gateway_entry_set_proxy (entry, "");
  g_assert_null (mz_gateway_entry_get_proxy (entry));

  mz_gateway_entry_set_last_session (entry, "agent:main:main");
  g_assert_cmpstr (mz_gateway_entry_get_last_session (entry), ==, "agent:main:main");
  mz_gateway_entry_set_last_session (entry, NULL);
  g_assert_null (mz_gateway_entry_get_last_session (entry));
}

/* Each property can be set by name, notifies once, and not at all when nothing changes. */
static void
test_notifies (void)
{
  static const struct
  {
    const char *name;
    const char *value;          /* "" for 1 */
  } cases[] = {
    { "name", "Attic" }, { "address", "wss://attic:443/" }, { "credential", "" }, { "strategy", "" }, { "pin", PIN },
    { "allow-plaintext", "" }, { "proxy", "http://proxy:3128" }, { "auto-connect", "" }, { "last-session", "main" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new (NULL, "studio", FALSE);
      g_autofree char *detail = g_strconcat ("notify::", cases[i].name, NULL);
      guint n_notified = 0;

      g_signal_connect_swapped (entry, detail, G_CALLBACK (count_cb), &n_notified);
      for (guint round = 0; round < 2; round++)
        {
          if (*cases[i].value != '\0')
            g_object_set (entry, cases[i].name, cases[i].value, NULL);
          else
            g_object_set (entry, cases[i].name, 1, NULL);
          g_assert_cmpuint (n_notified, ==, 1);
        }

      if (*cases[i].value != '\0')
        {
          g_autofree char *value = NULL;

          g_object_get (entry, cases[i].name, &value, NULL);
          g_assert_cmpstr (value, ==, cases[i].value);
        }
      else
        {
          int value = 0;

          g_object_get (entry, cases[i].name, &value, NULL);
          g_assert_cmpint (value, ==, 1);
        }
    }
}

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return variant;
}

/* What is read is written as it was. */
static void
test_round_trip (void)
{
  static const struct
  {
    const char *read;
    const char *written;
  } cases[] = {
    { "{'id': <'a'>, 'address': <'studio'>}", "{'id': <'a'>, 'address': <'studio'>, 'credential': <'none'>, 'strategy': <'auto'>}" },
    { "{'id': <'a'>, 'name': <'Studio'>, 'address': <'wss://studio:443/'>, 'credential': <'password'>, 'strategy': <'ipv4-only'>, "
      "'pin': <'" PIN "'>, 'allow-plaintext': <true>, 'proxy': <'http://proxy:3128'>, 'auto-connect': <true>, "
      "'last-session': <'agent:main:main'>}", NULL },
    /* A newer version's */
    { "{'id': <'a'>, 'address': <'studio'>, 'credential': <'certificate'>, 'strategy': <'quic'>, 'colour': <'red'>, "
      "'list': <[1, 2]>}", NULL },
    /* Written shortly */
    { "{'id': <'a'>, 'address': <'studio'>, 'credential': <'token'>, 'strategy': <'standard'>, 'allow-plaintext': <false>, "
      "'auto-connect': <false>, 'name': <''>, 'pin': <''>}",
      "{'id': <'a'>, 'address': <'studio'>, 'credential': <'token'>, 'strategy': <'standard'>}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) variant = parse (cases[i].read);
      g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new_from_variant (variant);
      g_autoptr (GVariant) written = NULL;
      g_autofree char *text = NULL;

      g_assert_nonnull (entry);
      written = g_variant_ref_sink (mz_gateway_entry_to_variant (entry));
      text = g_variant_print (written, FALSE);
      g_assert_cmpstr (text, ==, cases[i].written != NULL ? cases[i].written : cases[i].read);
    }
}

/* Words that only a newer version knows stay until the person chooses. */
static void
test_newer_words (void)
{
  g_autoptr (GVariant) variant = parse ("{'id': <'a'>, 'address': <'studio'>, 'credential': <'certificate'>, 'strategy': <'quic'>}");
  g_autoptr (MzGatewayEntry) entry = mz_gateway_entry_new_from_variant (variant);
  g_autoptr (GVariant) written = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpint (mz_gateway_entry_get_credential (entry), ==, MZ_CREDENTIAL_NONE);
  g_assert_cmpint (mz_gateway_entry_get_strategy (entry), ==, MZ_STRATEGY_AUTO);
  mz_gateway_entry_set_credential (entry, MZ_CREDENTIAL_TOKEN);
  mz_gateway_entry_set_strategy (entry, MZ_STRATEGY_STANDARD);
  written = g_variant_ref_sink (mz_gateway_entry_to_variant (entry));
  text = g_variant_print (written, FALSE);
  g_assert_cmpstr (text, ==, "{'id': <'a'>, 'address': <'studio'>, 'credential': <'token'>, 'strategy': <'standard'>}");
}

static void
test_not_understood (void)
{
  static const char * const cases[] = {
    "{}",
    "{'id': <'a'>}",
    "{'address': <'studio'>}",
    "{'id': <''>, 'address': <'studio'>}",
    "{'id': <1>, 'address': <'studio'>}",
    "{'id': <'a'>, 'address': <''>}",
    "{'id': <'a'>, 'address': <'two words'>}",
    "{'id': <'a'>, 'address': <'gopher://studio'>}",
    "{'id': <'a'>, 'address': <'wss://me:secret@studio'>}",
    /* To pass over a pin would make it less safe. */
    "{'id': <'a'>, 'address': <'studio'>, 'pin': <['one', 'two']>}",
    "{'id': <'a'>, 'address': <'studio'>, 'allow-plaintext': <'yes'>}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) variant = parse (cases[i]);

      g_assert_null (mz_gateway_entry_new_from_variant (variant));
    }
  g_assert_null (mz_gateway_entry_new_from_variant (g_variant_new_string ("studio")));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/gateway-entry/defaults", test_defaults);
  g_test_add_func ("/gateway-entry/address", test_address);
  g_test_add_func ("/gateway-entry/name", test_name);
  g_test_add_func ("/gateway-entry/strings", test_strings);
  g_test_add_func ("/gateway-entry/notifies", test_notifies);
  g_test_add_func ("/gateway-entry/round-trip", test_round_trip);
  g_test_add_func ("/gateway-entry/newer-words", test_newer_words);
  g_test_add_func ("/gateway-entry/not-understood", test_not_understood);

  return g_test_run ();
}
