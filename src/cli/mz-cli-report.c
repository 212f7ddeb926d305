/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-cli"

#include "config.h"

#include "mz-cli-report.h"

#include <glib/gi18n.h>

#include "mz-cli-text.h"
#include "mz-host-facts.h"

#define SIGN_OK "✓"
#define SIGN_FAILED "✗"
#define SIGN_CALLED_OFF "–"
#define SIGN_RUNNING "…"

/* The attempt that came furthest when the time was over. */
static const MzPhaseRecord *
find_hung_phase (MzTrace *trace)
{
  const MzPhaseRecord *hung = NULL;

  for (guint i = 0; i < mz_trace_get_n_attempts (trace); i++)
    {
      MzTraceAttempt *attempt = mz_trace_get_attempt (trace, i);
      const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (attempt);

      if (last != NULL && last->state != MZ_PHASE_OK &&
          g_error_matches (mz_trace_attempt_get_error (attempt), MZ_NET_ERROR, MZ_NET_ERROR_TIMED_OUT) &&
          (hung == NULL || last->phase > hung->phase))
        hung = last;
    }

  return hung;
}

/* It was this side that gave up: nothing is known of the other. */
static MzDiagnosis *
diagnose_timeout (MzTrace *trace,
                  guint    timed_out_s)
{
  MzDiagnosis *diagnosis = g_new0 (MzDiagnosis, 1);
  const MzPhaseRecord *hung = find_hung_phase (trace);

  diagnosis->id = "timeout";
  diagnosis->headline = g_strdup_printf (_("Not connected within %u s"), timed_out_s);
  if (hung != NULL)
    diagnosis->explanation = g_strdup_printf (_("It hung in the phase “%s”, for %.1f s."), mz_phase_to_string (hung->phase),
                                              MAX (hung->end_us - hung->start_us, 0) / 1e6);
  else
    diagnosis->explanation = g_strdup (_("No phase was under way: the next try was waited for."));
  diagnosis->fix = g_strdup (_("Give it more time with --timeout, or leave that out: then each phase has its own limit."));

  return diagnosis;
}

/**
 * mz_cli_outcome_new:
 * @trace: (nullable): how the dial went
 * @platform: the platform that the plan was made for
 * @login: whether logging in was part of it; otherwise it is done with the challenge
 * @timed_out_s: how long connecting was allowed to take, in s, if it failed by that; otherwise 0
 * @error: (nullable): why it failed
 *
 * Returns: (transfer full): what is to be told
 */
MzCliOutcome *
mz_cli_outcome_new (MzTrace      *trace,
                    MzPlatform    platform,
                    gboolean      login,
                    guint         timed_out_s,
                    const GError *error)
{
  MzHostFacts facts = mz_host_facts_collect (platform);
  MzCliOutcome *self;

  g_return_val_if_fail (trace == NULL || MZ_IS_TRACE (trace), NULL);

  self = g_new0 (MzCliOutcome, 1);
  self->ok = error == NULL;
  self->ready_ms = -1;
  if (trace == NULL)
    return self;

  self->trace = g_object_ref (trace);
  self->diagnosis = timed_out_s > 0 ? diagnose_timeout (trace, timed_out_s) : mz_diagnosis_of (trace, &facts, error);

  if (self->ok && login && mz_trace_get_ready_us (trace) > 0)
    {
      self->ready_ms = (mz_trace_get_ready_us (trace) - mz_trace_get_start_us (trace)) / 1e3;
    }
  else if (self->ok && !login)
    {
      MzTraceAttempt *winner = mz_trace_get_winner (trace);
      const MzPhaseRecord *challenge = winner != NULL ? mz_trace_attempt_find_phase (winner, MZ_PHASE_CHALLENGE) : NULL;

      if (challenge != NULL && challenge->end_us > 0)
        self->ready_ms = (challenge->end_us - mz_trace_get_start_us (trace)) / 1e3;
    }

  return self;
}

void
mz_cli_outcome_free (MzCliOutcome *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->trace);
  g_clear_pointer (&self->diagnosis, mz_diagnosis_free);
  g_free (self);
}

/**
 * mz_cli_reason_in_words:
 *
 * Returns: why the first route of a plan is the first, translated
 */
const char *
mz_cli_reason_in_words (MzReason reason)
{
  switch (reason)
    {
    case MZ_REASON_PLATFORM:
      return _("on macOS, connections that ask for IPv6 too can hang");
    case MZ_REASON_HOST_SUFFIX:
      return _("names of a tailnet (.ts.net) often have IPv6 addresses that lead nowhere");
    case MZ_REASON_SETTING:
      return _("you asked for it");
    case MZ_REASON_IPV6_LITERAL:
      return _("the address is an IPv6 address");
    case MZ_REASON_DEFAULT:
      return _("the usual way on this platform");
    case MZ_REASON_LEARNED:
      return _("learned on this network");
    case MZ_REASON_RACED:
      return _("the other way had no connection in time, and this one was quicker");
    default:
      return mz_reason_to_string (reason);
    }
}

static const char *
phase_sign (const MzPhaseRecord *record)
{
  switch (record->state)
    {
    case MZ_PHASE_OK:
      return SIGN_OK;
    case MZ_PHASE_FAILED:
      return SIGN_FAILED;
    case MZ_PHASE_CANCELLED:
      return SIGN_CALLED_OFF;
    case MZ_PHASE_PENDING:
    case MZ_PHASE_RUNNING:
    default:
      return SIGN_RUNNING;
    }
}

/* Below 0 when it has not ended. */
static double
phase_duration_ms (const MzPhaseRecord *record)
{
  return record->end_us > 0 ? (record->end_us - record->start_us) / 1e3 : -1;
}

static gboolean
called_off (MzTraceAttempt *attempt)
{
  const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (attempt);

  return last != NULL && last->state == MZ_PHASE_CANCELLED;
}

static void
append_table (GString    *text,
              MzCliTable *table)
{
  g_autofree char *lines = mz_cli_table_to_string (table);

  g_string_append (text, lines);
}

static void
append_attempt (GString        *text,
                MzTraceAttempt *attempt,
                guint           number,
                gboolean        won)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  g_autofree char *address = mz_trace_attempt_dup_address (attempt);
  const GError *error = mz_trace_attempt_get_error (attempt);

  g_string_append_printf (text, _("\n%s Attempt %u: %s, %s://, %s\n"),
                          won ? SIGN_OK : (called_off (attempt) ? SIGN_CALLED_OFF : SIGN_FAILED), number,
                          mz_route_kind_to_string (mz_trace_attempt_get_route (attempt)),
                          mz_scheme_to_string (mz_trace_attempt_get_scheme (attempt)),
                          address != NULL ? address : _("no address yet"));

  mz_cli_table_set_indent (table, 4);
  mz_cli_table_set_right (table, 2);
  for (guint i = 0; i < mz_trace_attempt_get_n_phases (attempt); i++)
    {
      const MzPhaseRecord *record = mz_trace_attempt_get_nth_phase (attempt, i);
      g_autofree char *duration = mz_cli_text_ms (phase_duration_ms (record));

      mz_cli_table_add_row (table, phase_sign (record), mz_phase_to_string (record->phase), duration,
                            record->detail != NULL ? record->detail : "", NULL);
    }
  append_table (text, table);

  if (error != NULL && !called_off (attempt))
    {
      g_autofree char *clean = mz_cli_text_clean (error->message, MZ_CLI_TEXT_LINE);

      g_string_append_printf (text, "    %s\n", clean);
    }
  else if (called_off (attempt))
    {
      g_string_append_printf (text, "    %s\n", _("called off: another attempt went on"));
    }
}

/* The attempt whose TLS is shown: the one in use, or the one that got furthest. */
static MzTraceAttempt *
shown_attempt (MzTrace *trace)
{
  MzTraceAttempt *attempt = mz_trace_get_deepest (trace);

  if (attempt == NULL || (mz_trace_attempt_get_tls_version (attempt) == NULL && mz_trace_attempt_get_fingerprint (attempt) == NULL))
    return NULL;

  return attempt;
}

static void
append_result (GString            *text,
               const MzCliOutcome *outcome)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  MzTraceAttempt *tls = shown_attempt (outcome->trace);
  guint protocol = mz_trace_get_server_protocol (outcome->trace);

  if (tls != NULL)
    {
      const char *version = mz_trace_attempt_get_tls_version (tls);
      const char *cipher = mz_trace_attempt_get_tls_cipher (tls);
      const char *fingerprint = mz_trace_attempt_get_fingerprint (tls);

      if (version != NULL)
        {
          g_autofree char *both = cipher != NULL ? g_strdup_printf ("%s, %s", version, cipher) : g_strdup (version);

          mz_cli_table_add_row (table, _("TLS"), both, NULL);
        }
      if (fingerprint != NULL)
        mz_cli_table_add_row (table, _("Certificate"), fingerprint, NULL);
    }
  if (protocol > 0)
    {
      const char *version = mz_trace_get_server_version (outcome->trace);
      g_autofree char *both = g_strdup_printf (_("%s, protocol %u"), version != NULL ? version : _("unknown version"), protocol);

      mz_cli_table_add_row (table, _("Server"), both, NULL);
    }
  if (outcome->ok && outcome->ready_ms >= 0)
    {
      g_autofree char *ready = mz_cli_text_ms (outcome->ready_ms);

      mz_cli_table_add_row (table, protocol > 0 ? _("Ready") : _("Reached"), ready, NULL);
    }

  if (mz_cli_table_get_n_rows (table) > 0)
    g_string_append_c (text, '\n');
  append_table (text, table);
}

/* The diagnosis speaks of the gateway; how this program is told what is missing is for here. */
static void
append_hint (GString            *text,
             const MzCliOutcome *outcome)
{
  const char *id = outcome->diagnosis->id;
  MzTraceAttempt *tls = shown_attempt (outcome->trace);

  if (g_strcmp0 (id, "auth-missing") == 0 || g_strcmp0 (id, "auth-token") == 0)
    {
      g_string_append_printf (text, "  %s\n", _("Here: set MOLTZER_TOKEN or MOLTZER_PASSWORD, or name a file with --token-file or "
                                                  "--password-file."));
    }
  else if (g_strcmp0 (id, "tls-untrusted") == 0 && tls != NULL && mz_trace_attempt_get_fingerprint (tls) != NULL)
    {
      g_string_append_printf (text, _("  Here: --pin %s\n"), mz_trace_attempt_get_fingerprint (tls));
    }
}

static void
append_diagnosis (GString            *text,
                  const MzCliOutcome *outcome)
{
  const MzDiagnosis *diagnosis = outcome->diagnosis;
  g_autofree char *headline = mz_cli_text_clean (diagnosis->headline, MZ_CLI_TEXT_LINE);
  g_autofree char *explanation = mz_cli_text_clean (diagnosis->explanation, MZ_CLI_TEXT_LINE);

  g_string_append_printf (text, "%s %s (%s)\n", outcome->ok ? "!" : SIGN_FAILED, headline, diagnosis->id);
  if (*explanation != '\0')
    g_string_append_printf (text, "  %s\n", explanation);
  if (diagnosis->fix != NULL)
    {
      g_autofree char *fix = mz_cli_text_clean (diagnosis->fix, MZ_CLI_TEXT_LINE);

      g_string_append_printf (text, _("  What to do: %s\n"), fix);
    }
  /* Most name their command already. */
  if (diagnosis->command != NULL && (diagnosis->fix == NULL || strstr (diagnosis->fix, diagnosis->command) == NULL))
    {
      g_autofree char *command = mz_cli_text_clean (diagnosis->command, MZ_CLI_TEXT_LINE);

      g_string_append_printf (text, "    %s\n", command);
    }
  append_hint (text, outcome);
}

/**
 * mz_cli_report_text:
 * @outcome: of a dial with a trace
 *
 * Returns: (transfer full): the table for people
 */
char *
mz_cli_report_text (const MzCliOutcome *outcome)
{
  g_autoptr (MzCliTable) table = mz_cli_table_new ();
  g_autofree char *strategy = NULL;
  GString *text = g_string_new (NULL);
  const MzPlan *plan;

  g_return_val_if_fail (outcome != NULL && outcome->trace != NULL, NULL);

  plan = mz_trace_get_plan (outcome->trace);
  strategy = g_strdup_printf ("%s (%s)", mz_route_kind_to_string (mz_trace_get_route (outcome->trace)), mz_cli_reason_in_words (plan->reason));
  mz_cli_table_add_row (table, _("Gateway"), mz_endpoint_to_string (mz_trace_get_endpoint (outcome->trace)), NULL);
  mz_cli_table_add_row (table, _("Strategy"), strategy, NULL);
  if (plan->n_routes > 1 && plan->reason != MZ_REASON_RACED)
    mz_cli_table_add_row (table, _("Then"), mz_route_kind_to_string (plan->routes[1]), NULL);
  append_table (text, table);

  for (guint i = 0; i < mz_trace_get_n_attempts (outcome->trace); i++)
    {
      MzTraceAttempt *attempt = mz_trace_get_attempt (outcome->trace, i);

      append_attempt (text, attempt, i + 1, outcome->ok && attempt == mz_trace_get_winner (outcome->trace));
    }

  append_result (text, outcome);
  if (outcome->diagnosis != NULL)
    {
      g_string_append_c (text, '\n');
      append_diagnosis (text, outcome);
    }

  return g_string_free (text, FALSE);
}

/**
 * mz_cli_json_ms:
 * @name: a member's name
 * @ms: milliseconds; below 0 for null
 */
void
mz_cli_json_ms (JsonBuilder *builder,
                const char  *name,
                double       ms)
{
  json_builder_set_member_name (builder, name);
  if (ms >= 0)
    json_builder_add_double_value (builder, ms);
  else
    json_builder_add_null_value (builder);
}

/**
 * mz_cli_report_error:
 * @error: (nullable): an error of any domain
 *
 * Adds the value {domain, code, message}, or null.
 */
void
mz_cli_report_error (MzCliOutput  *output,
                     JsonBuilder  *builder,
                     const GError *error)
{
  const char *domain;
  const char *code;

  if (error == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  if (error->domain == MZ_NET_ERROR)
    {
      domain = "moltzer-net";
      code = mz_net_error_to_string (error->code);
    }
  else if (error->domain == MZ_GATEWAY_ERROR)
    {
      domain = "moltzer-gateway";
      code = mz_gateway_error_to_string (error->code);
    }
  else
    {
      gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      domain = cancelled ? "moltzer-net" : "moltzer-gateway";
      code = cancelled ? mz_net_error_to_string (MZ_NET_ERROR_CANCELLED) : mz_gateway_error_to_string (MZ_GATEWAY_ERROR_FAILED);
    }

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "domain", domain);
  mz_cli_json_string (output, builder, "code", code);
  mz_cli_json_string (output, builder, "message", error->message);
  json_builder_end_object (builder);
}

static void
add_phase (MzCliOutput         *output,
           JsonBuilder         *builder,
           MzTrace             *trace,
           const MzPhaseRecord *record)
{
  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "name", mz_phase_to_string (record->phase));
  json_builder_set_member_name (builder, "ok");
  json_builder_add_boolean_value (builder, record->state == MZ_PHASE_OK);
  mz_cli_json_ms (builder, "start_ms", (record->start_us - mz_trace_get_start_us (trace)) / 1e3);
  mz_cli_json_ms (builder, "duration_ms", phase_duration_ms (record));
  mz_cli_json_string (output, builder, "detail", record->detail);
  json_builder_end_object (builder);
}

static void
add_attempt (MzCliOutput    *output,
             JsonBuilder    *builder,
             MzTrace        *trace,
             MzTraceAttempt *attempt)
{
  g_autofree char *address = mz_trace_attempt_dup_address (attempt);

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "route", mz_route_kind_to_string (mz_trace_attempt_get_route (attempt)));
  mz_cli_json_string (output, builder, "scheme", mz_scheme_to_string (mz_trace_attempt_get_scheme (attempt)));
  mz_cli_json_string (output, builder, "address", address);

  json_builder_set_member_name (builder, "phases");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mz_trace_attempt_get_n_phases (attempt); i++)
    add_phase (output, builder, trace, mz_trace_attempt_get_nth_phase (attempt, i));
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "error");
  mz_cli_report_error (output, builder, mz_trace_attempt_get_error (attempt));
  json_builder_end_object (builder);
}

static void
add_tls (MzCliOutput *output,
         JsonBuilder *builder,
         MzTrace     *trace)
{
  MzTraceAttempt *attempt = shown_attempt (trace);

  json_builder_set_member_name (builder, "tls");
  if (attempt == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "version", mz_trace_attempt_get_tls_version (attempt));
  mz_cli_json_string (output, builder, "cipher", mz_trace_attempt_get_tls_cipher (attempt));
  mz_cli_json_string (output, builder, "fingerprint", mz_trace_attempt_get_fingerprint (attempt));
  json_builder_end_object (builder);
}

static void
add_server (MzCliOutput *output,
            JsonBuilder *builder,
            MzTrace     *trace)
{
  json_builder_set_member_name (builder, "server");
  if (mz_trace_get_server_protocol (trace) == 0)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "version", mz_trace_get_server_version (trace));
  json_builder_set_member_name (builder, "protocol");
  json_builder_add_int_value (builder, mz_trace_get_server_protocol (trace));
  json_builder_end_object (builder);
}

static void
add_diagnosis (MzCliOutput       *output,
               JsonBuilder       *builder,
               const MzDiagnosis *diagnosis)
{
  json_builder_set_member_name (builder, "diagnosis");
  if (diagnosis == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "id", diagnosis->id);
  mz_cli_json_string (output, builder, "headline", diagnosis->headline);
  mz_cli_json_string (output, builder, "explanation", diagnosis->explanation);
  mz_cli_json_string (output, builder, "fix", diagnosis->fix);
  json_builder_end_object (builder);
}

/**
 * mz_cli_report_json:
 * @outcome: of a dial with a trace
 *
 * Adds the object that `probe --json` prints.
 */
void
mz_cli_report_json (MzCliOutput        *output,
                    JsonBuilder        *builder,
                    const MzCliOutcome *outcome)
{
  MzTrace *trace;
  const MzPlan *plan;

  g_return_if_fail (outcome != NULL && outcome->trace != NULL);

  trace = outcome->trace;
  plan = mz_trace_get_plan (trace);

  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "url", mz_endpoint_to_string (mz_trace_get_endpoint (trace)));
  json_builder_set_member_name (builder, "ok");
  json_builder_add_boolean_value (builder, outcome->ok);
  mz_cli_json_ms (builder, "ready_ms", outcome->ready_ms);

  json_builder_set_member_name (builder, "strategy");
  json_builder_begin_object (builder);
  mz_cli_json_string (output, builder, "route", mz_route_kind_to_string (mz_trace_get_route (trace)));
  mz_cli_json_string (output, builder, "reason", mz_reason_to_string (plan->reason));
  json_builder_set_member_name (builder, "plan");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->n_routes; i++)
    json_builder_add_string_value (builder, mz_route_kind_to_string (plan->routes[i]));
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "attempts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < mz_trace_get_n_attempts (trace); i++)
    add_attempt (output, builder, trace, mz_trace_get_attempt (trace, i));
  json_builder_end_array (builder);

  add_tls (output, builder, trace);
  add_server (output, builder, trace);
  add_diagnosis (output, builder, outcome->diagnosis);
  if (outcome->stayed)
    {
      json_builder_set_member_name (builder, "losses");
      json_builder_add_int_value (builder, outcome->losses);
    }
  json_builder_end_object (builder);
}

/**
 * mz_cli_report_failure:
 * @outcome: of a dial that failed
 * @error: why
 *
 * Says on stderr in words why there is no connection, and what to do.
 */
void
mz_cli_report_failure (MzCliOutput        *output,
                       const MzCliOutcome *outcome,
                       const GError       *error)
{
  g_return_if_fail (outcome != NULL);
  g_return_if_fail (error != NULL);

  if (outcome->diagnosis != NULL)
    {
      GString *text = g_string_new (NULL);

      append_diagnosis (text, outcome);
      mz_cli_output_aside (output, text->str);
      g_string_free (text, TRUE);
    }
  else
    {
      g_autofree char *clean = mz_cli_text_clean (error->message, MZ_CLI_TEXT_LINE);

      mz_cli_output_note (output, SIGN_FAILED " %s", clean);
    }
}
