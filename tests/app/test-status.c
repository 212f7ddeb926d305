/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-status.h"

#define S G_TIME_SPAN_SECOND

/* What each id of design and code leads to, kept by hand: whoever adds a diagnosis says here what its button does. */
static const struct
{
  const char *id;
  MzAction action;
  const char *label;
} actions[] = {
  { "auth-device-token", MZ_ACTION_EDIT_SECRET, "Enter token…" },
  { "auth-missing", MZ_ACTION_EDIT_SECRET, "Enter token…" },
  { "auth-rate-limited", MZ_ACTION_EDIT_SECRET, "Enter token…" },
  { "auth-token", MZ_ACTION_EDIT_SECRET, "Enter token…" },
  { "client-rejected", MZ_ACTION_DOCTOR, "Details" },
  { "device-clock", MZ_ACTION_RETRY, "Try now" },
  { "dns-not-found", MZ_ACTION_EDIT_ADDRESS, "Edit address…" },
  { "dns-placeholder", MZ_ACTION_RETRY, "Try now" },
  { "dns-slow", MZ_ACTION_OTHER_STRATEGY, "Try the other strategy" },
  { "flapping", MZ_ACTION_DOCTOR, "Details" },
  { "half-open", MZ_ACTION_RETRY, "Try now" },
  { "http-status", MZ_ACTION_EDIT_ADDRESS, "Edit address…" },
  { "invalid-address", MZ_ACTION_EDIT_ADDRESS, "Edit address…" },
  { "ipv6-dead", MZ_ACTION_OTHER_STRATEGY, "Try the other strategy" },
  { "magicdns-off", MZ_ACTION_RETRY, "Try now" },
  { "needs-ws", MZ_ACTION_ALLOW_PLAINTEXT, "Connect without encryption…" },
  { "needs-wss", MZ_ACTION_USE_WSS, "Use wss" },
  { "network-change", MZ_ACTION_RETRY, "Try now" },
  { "no-ipv4", MZ_ACTION_OTHER_STRATEGY, "Try the other strategy" },
  { "not-a-gateway", MZ_ACTION_EDIT_ADDRESS, "Edit address…" },
  { "pairing-required", MZ_ACTION_COPY_COMMAND, "Copy command" },
  { "peer-silent", MZ_ACTION_RETRY, "Try now" },
  { "portal", MZ_ACTION_OPEN_NETWORK, "Sign in to the network" },
  { "protocol-mismatch", MZ_ACTION_DOCTOR, "Details" },
  { "refused", MZ_ACTION_RETRY, "Try now" },
  { "resume", MZ_ACTION_RETRY, "Try now" },
  { "sandbox-mdns", MZ_ACTION_EDIT_ADDRESS, "Edit address…" },
  { "scope-limited", MZ_ACTION_DOCTOR, "Details" },
  { "serve-port", MZ_ACTION_USE_SERVE, "Use Tailscale Serve" },
  { "shutdown", MZ_ACTION_RETRY, "Try now" },
  { "slow-consumer", MZ_ACTION_RETRY, "Try now" },
  { "starting", MZ_ACTION_RETRY, "Try now" },
  { "tailscale-down", MZ_ACTION_RETRY, "Try now" },
  { "timeout", MZ_ACTION_RETRY, "Try now" },
  { "tls-expired", MZ_ACTION_RETRY, "Try now" },
  { "tls-name", MZ_ACTION_EDIT_ADDRESS, "Edit address…" },
  { "tls-no-cert", MZ_ACTION_RETRY, "Try now" },
  { "tls-pin-mismatch", MZ_ACTION_TRUST, "Look at certificate…" },
  { "tls-stall", MZ_ACTION_RETRY, "Try now" },
  { "tls-untrusted", MZ_ACTION_TRUST, "Look at certificate…" },
  { "too-large", MZ_ACTION_DOCTOR, "Details" },
  { "unknown", MZ_ACTION_RETRY, "Try now" },
  { "unreachable", MZ_ACTION_NETWORK, "Network settings" },
};

/* Those for which there is nothing to do: none so far. */
static const char * const without_action[] = { NULL };

static MzDiagnosis
make_diagnosis (const char *id)
{
  return (MzDiagnosis) { .id = id, .headline = (char *) "Something happened", .fix = (char *) "Do something.", .command = (char *) "openclaw devices list" };
}

static void
test_actions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      MzDiagnosis diagnosis = make_diagnosis (actions[i].id);
      const char *label = "";

      g_test_message ("%s", actions[i].id);
      g_assert_cmpint (mz_action_of (&diagnosis, &label), ==, actions[i].action);
      g_assert_cmpstr (label, ==, actions[i].label);
      g_assert_cmpint (mz_action_of (&diagnosis, NULL), ==, actions[i].action);
      if (actions[i].action == MZ_ACTION_NONE)
        g_assert_true (g_strv_contains (without_action, actions[i].id));
    }
}

static void
test_no_action (void)
{
  MzDiagnosis unheard_of = make_diagnosis ("not-heard-of");
  MzDiagnosis pairing = make_diagnosis ("pairing-required");
  MzDiagnosis no_ipv4 = make_diagnosis ("no-ipv4");
  const char *label = "";

  g_assert_cmpint (mz_action_of (NULL, &label), ==, MZ_ACTION_NONE);
  g_assert_null (label);
  g_assert_cmpint (mz_action_of (&unheard_of, NULL), ==, MZ_ACTION_NONE);

  /* Nothing to change */
  no_ipv4.fix = NULL;
  g_assert_cmpint (mz_action_of (&no_ipv4, NULL), ==, MZ_ACTION_DOCTOR);

  /* Nothing to copy */
  pairing.command = NULL;
  g_assert_cmpint (mz_action_of (&pairing, &label), ==, MZ_ACTION_DOCTOR);
  g_assert_cmpstr (label, ==, "Details");
}

/* Every id that the diagnosis' source names has a row above. */
static void
test_all_ids (void)
{
  static const char * const files[] = { "mz-diagnosis.c", "mz-diagnosis-gateway.c", "mz-diagnosis-loss.c", "mz-diagnosis-network.c" };
  const char *mark = "mz_diagnosis_new (\"";
  guint n_found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "src", "gateway", files[i], NULL);
      g_autofree char *source = NULL;

      if (!g_file_get_contents (path, &source, NULL, NULL))
        {
          g_test_skip ("The sources are not here");
          return;
        }
      for (const char *p = strstr (source, mark); p != NULL; p = strstr (p, mark))
        {
          g_autofree char *id = NULL;
          gboolean known = FALSE;

          p += strlen (mark);
          id = g_strndup (p, strcspn (p, "\""));
          for (guint j = 0; j < G_N_ELEMENTS (actions); j++)
            known = known || g_str_equal (actions[j].id, id);
          g_test_message ("%s", id);
          g_assert_true (known);
          n_found++;
        }
    }
  g_assert_cmpuint (n_found, >, 40);
}

static const MzPhase tls = MZ_PHASE_TLS;
static const MzPhase resolve = MZ_PHASE_RESOLVE;

static void
test_states (void)
{
  static const struct
  {
    MzClientState state;
    gboolean wanted;
    const MzPhase *phase;
    const char *id;             /* NULL for no diagnosis */
    const char *headline;
    gint64 retry_at;
    MzDot dot;
    const char *word;
    const char *text;
    MzAction action;
    gboolean visible;
  } cases[] = {
    { MZ_CLIENT_OFFLINE, FALSE, NULL, NULL, NULL, 0, MZ_DOT_OFF, "Not connected", "Not connected to Studio.",
      MZ_ACTION_CONNECT, TRUE },
    { MZ_CLIENT_OFFLINE, TRUE, NULL, NULL, NULL, 0, MZ_DOT_WORKING, "Connecting", "Connecting to Studio…",
      MZ_ACTION_CANCEL, TRUE },
    { MZ_CLIENT_CONNECTING, TRUE, NULL, NULL, NULL, 0, MZ_DOT_WORKING, "Connecting", "Connecting to Studio…",
      MZ_ACTION_CANCEL, TRUE },
    { MZ_CLIENT_CONNECTING, TRUE, &tls, NULL, NULL, 0, MZ_DOT_WORKING, "Connecting",
      "Connecting to Studio: encrypting (TLS)…", MZ_ACTION_CANCEL, TRUE },
    { MZ_CLIENT_CONNECTING, TRUE, &resolve, "refused", "Nothing listens on that port", 0, MZ_DOT_WORKING, "Connecting",
      "Connecting to Studio: looking up the name…", MZ_ACTION_CANCEL, TRUE },
    { MZ_CLIENT_READY, TRUE, NULL, NULL, NULL, 0, MZ_DOT_READY, "Ready", "Connected to Studio.", MZ_ACTION_NONE, FALSE },
    { MZ_CLIENT_WAITING, TRUE, NULL, "unknown", "The connection was closed", 9 * S, MZ_DOT_WORKING, "Waiting",
      "Studio: The connection was closed.", MZ_ACTION_RETRY, TRUE },
    { MZ_CLIENT_WAITING, TRUE, NULL, "starting", "The gateway is starting…", 9 * S, MZ_DOT_WORKING, "Waiting",
      "Studio: The gateway is starting…", MZ_ACTION_RETRY, TRUE },
    { MZ_CLIENT_WAITING, TRUE, NULL, NULL, NULL, 9 * S, MZ_DOT_WORKING, "Waiting", "No connection to Studio.",
      MZ_ACTION_RETRY, TRUE },
    /* While waiting: to edit something is not nearer than to try again, … */
    { MZ_CLIENT_WAITING, TRUE, NULL, "dns-not-found", "Name not found", 9 * S, MZ_DOT_WORKING, "Waiting",
      "Studio: Name not found.", MZ_ACTION_RETRY, TRUE },
    /* … but what no try can do without the person is. */
    { MZ_CLIENT_WAITING, TRUE, NULL, "portal", "This network wants you to sign in", 9 * S, MZ_DOT_WORKING, "Waiting",
      "Studio: This network wants you to sign in.", MZ_ACTION_OPEN_NETWORK, TRUE },
    { MZ_CLIENT_WAITING, TRUE, NULL, "auth-rate-limited", "Too many failed logins", 9 * S, MZ_DOT_WORKING, "Waiting",
      "Studio: Too many failed logins.", MZ_ACTION_EDIT_SECRET, TRUE },
    { MZ_CLIENT_STOPPED, TRUE, NULL, "auth-token", "The token or password is wrong", 0, MZ_DOT_NEEDS_YOU, "Needs you",
      "Studio: The token or password is wrong.", MZ_ACTION_EDIT_SECRET, TRUE },
    { MZ_CLIENT_STOPPED, TRUE, NULL, "dns-not-found", "Name not found", 0, MZ_DOT_NEEDS_YOU, "Needs you",
      "Studio: Name not found.", MZ_ACTION_EDIT_ADDRESS, TRUE },
    { MZ_CLIENT_STOPPED, TRUE, NULL, NULL, NULL, 0, MZ_DOT_NEEDS_YOU, "Needs you", "No connection to Studio.",
      MZ_ACTION_RETRY, TRUE },
    { MZ_CLIENT_STOPPED, TRUE, NULL, "not-heard-of", "Something new", 0, MZ_DOT_NEEDS_YOU, "Needs you",
      "Studio: Something new.", MZ_ACTION_RETRY, TRUE },
    /* Polling for the approval does not make the sentence flicker. */
    { MZ_CLIENT_WAITING, TRUE, NULL, "pairing-required", "This device waits for approval", 9 * S, MZ_DOT_NEEDS_YOU,
      "Needs approval", "Studio: This device waits for approval.", MZ_ACTION_COPY_COMMAND, TRUE },
    { MZ_CLIENT_CONNECTING, TRUE, &tls, "pairing-required", "This device waits for approval", 0, MZ_DOT_NEEDS_YOU,
      "Needs approval", "Studio: This device waits for approval.", MZ_ACTION_COPY_COMMAND, TRUE },
    { MZ_CLIENT_STOPPED, TRUE, NULL, "pairing-required", "This device waits for approval", 0, MZ_DOT_NEEDS_YOU,
      "Needs approval", "Studio: This device waits for approval.", MZ_ACTION_COPY_COMMAND, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MzDiagnosis diagnosis = make_diagnosis (cases[i].id);
      g_autoptr (MzStatus) status = NULL;
      g_autoptr (MzStatus) copy = NULL;

      diagnosis.headline = (char *) cases[i].headline;
      status = mz_status_of (cases[i].state, cases[i].wanted, "Studio", cases[i].phase, cases[i].id != NULL ? &diagnosis : NULL,
                             cases[i].retry_at);
      g_test_message ("%u: %s", i, status->text);
      g_assert_cmpint (status->dot, ==, cases[i].dot);
      g_assert_cmpstr (status->word, ==, cases[i].word);
      g_assert_cmpstr (status->text, ==, cases[i].text);
      g_assert_cmpint (status->action, ==, cases[i].action);
      g_assert_true ((status->label == NULL) == (status->action == MZ_ACTION_NONE));
      g_assert_true (status->visible == cases[i].visible);

      copy = mz_status_copy (status);
      g_assert_cmpstr (copy->text, ==, status->text);
      g_assert_cmpstr (copy->label, ==, status->label);
      g_assert_cmpint (copy->retry_at, ==, status->retry_at);
    }
}

static void
test_countdown (void)
{
  static const struct
  {
    gint64 retry_at;
    gint64 now;
    const char *text;
  } cases[] = {
    { 0, 5 * S, "Studio: Nothing listens on that port." },
    { 12 * S, 5 * S, "Studio: Nothing listens on that port. Trying again in 7 s." },
    { 12 * S, 5 * S + 1, "Studio: Nothing listens on that port. Trying again in 7 s." },
    { 12 * S, 6 * S - 1, "Studio: Nothing listens on that port. Trying again in 7 s." },
    { 12 * S, 6 * S, "Studio: Nothing listens on that port. Trying again in 6 s." },
    { 12 * S, 12 * S - 1, "Studio: Nothing listens on that port. Trying again in 1 s." },
    { 12 * S, 12 * S, "Studio: Nothing listens on that port. Trying again…" },
    { 12 * S, 99 * S, "Studio: Nothing listens on that port. Trying again…" },
    { 119 * S, 0, "Studio: Nothing listens on that port. Trying again in 119 s." },
    { 120 * S, 0, "Studio: Nothing listens on that port. Trying again in 2 min." },
    { 121 * S, 0, "Studio: Nothing listens on that port. Trying again in 3 min." },
    { G_MAXINT64 / 2, 0, NULL }, /* does not overflow */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MzDiagnosis diagnosis = { .id = "refused", .headline = (char *) "Nothing listens on that port" };
      g_autoptr (MzStatus) status = mz_status_of (MZ_CLIENT_WAITING, TRUE, "Studio", NULL, &diagnosis, cases[i].retry_at);
      g_autofree char *text = mz_status_format (status, cases[i].now);

      if (cases[i].text != NULL)
        g_assert_cmpstr (text, ==, cases[i].text);
      else
        g_assert_true (g_str_has_suffix (text, " min."));
    }
}

static void
test_phases (void)
{
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);

  for (MzPhase phase = MZ_PHASE_RESOLVE; phase <= MZ_PHASE_HELLO; phase++)
    {
      g_assert_cmpstr (mz_phase_to_words (phase), !=, "");
      g_assert_true (g_hash_table_add (words, (char *) mz_phase_to_words (phase)));
    }
  g_assert_cmpuint (g_hash_table_size (words), ==, MZ_N_PHASES);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/status/actions", test_actions);
  g_test_add_func ("/status/no-action", test_no_action);
  g_test_add_func ("/status/all-ids", test_all_ids);
  g_test_add_func ("/status/states", test_states);
  g_test_add_func ("/status/countdown", test_countdown);
  g_test_add_func ("/status/phases", test_phases);

  return g_test_run ();
}
