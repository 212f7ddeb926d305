/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-record.h"

#include <json-glib/json-glib.h>

/* Longer than all words of ours. */
#define MAX_WORD 32

/* Names of values that have a function to say them, looked up by trying: they are few. */
#define DEFINE_FROM_STRING(name, Type, first, last, to_string) \
  gboolean                                                     \
  name (const char *text,                                      \
        Type       *value)                                     \
  {                                                            \
    g_return_val_if_fail (value != NULL, FALSE);               \
                                                               \
    for (int i = (int) (first); i <= (int) (last); i++)        \
      if (g_strcmp0 (text, to_string ((Type) i)) == 0)         \
        {                                                      \
          *value = (Type) i;                                   \
          return TRUE;                                         \
        }                                                      \
                                                               \
    return FALSE;                                              \
  }

DEFINE_FROM_STRING (mz_record_kind_from_string, MzRecordKind, MZ_RECORD_DIAL, MZ_RECORD_LIFE, mz_record_kind_to_string)
DEFINE_FROM_STRING (mz_record_outcome_from_string, MzRecordOutcome, MZ_OUTCOME_READY, MZ_OUTCOME_LOST, mz_record_outcome_to_string)
DEFINE_FROM_STRING (mz_record_route_from_string, MzRouteKind, MZ_ROUTE_STANDARD, MZ_ROUTE_IPV4_ONLY, mz_route_kind_to_string)
DEFINE_FROM_STRING (mz_record_class_from_string, MzHostClass, MZ_HOST_CLASS_LOOPBACK, MZ_HOST_CLASS_PUBLIC, mz_host_class_to_string)
DEFINE_FROM_STRING (mz_record_scheme_from_string, MzScheme, MZ_SCHEME_WS, MZ_SCHEME_WSS, mz_scheme_to_string)

/**
 * mz_record_init:
 * @self: (out caller-allocates): a record
 * @kind: what it is of
 *
 * Sets everything to what is said of nothing.
 */
void
mz_record_init (MzRecord     *self,
                MzRecordKind  kind)
{
  g_return_if_fail (self != NULL);

  *self = (MzRecord) {
    .kind = kind,
    .host_class = MZ_HOST_CLASS_PUBLIC,
    .reason = mz_reason_to_string (MZ_REASON_DEFAULT),
    .ready_ms = -1,
    .outcome = kind == MZ_RECORD_DIAL ? MZ_OUTCOME_FAILED : MZ_OUTCOME_LOST,
  };
  for (guint i = 0; i < MZ_N_PHASES; i++)
    self->phase_ms[i] = -1;
}

/**
 * mz_record_copy:
 *
 * Returns: (transfer full): a copy
 */
MzRecord *
mz_record_copy (const MzRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

void
mz_record_free (MzRecord *self)
{
  g_free (self);
}

/**
 * mz_record_word_is_plain:
 * @word: (nullable): what is to be kept as a diagnosis' id or a reason
 *
 * Checks that it has the form of one: small letters, digits and hyphens. Nothing else gets into a record.
 *
 * Returns: whether it has
 */
gboolean
mz_record_word_is_plain (const char *word)
{
  gsize length = word != NULL ? strlen (word) : 0;

  if (length == 0 || length > MAX_WORD)
    return FALSE;

  return strspn (word, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/**
 * mz_record_kind_to_string:
 *
 * Returns: (transfer none): its stable name
 */
const char *
mz_record_kind_to_string (MzRecordKind kind)
{
  switch (kind)
    {
    case MZ_RECORD_DIAL:
      return "dial";
    case MZ_RECORD_LIFE:
      return "connection";
    default:
      g_return_val_if_reached ("dial");
    }
}

/**
 * mz_record_outcome_to_string:
 *
 * Returns: (transfer none): its stable name
 */
const char *
mz_record_outcome_to_string (MzRecordOutcome outcome)
{
  switch (outcome)
    {
    case MZ_OUTCOME_READY:
      return "ready";
    case MZ_OUTCOME_REACHED:
      return "reached";
    case MZ_OUTCOME_FAILED:
      return "failed";
    case MZ_OUTCOME_CANCELLED:
      return "cancelled";
    case MZ_OUTCOME_CLOSED:
      return "closed";
    case MZ_OUTCOME_LOST:
      return "lost";
    default:
      g_return_val_if_reached ("failed");
    }
}

static char *
format_time (const MzRecord *record)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (record->time_ms / 1000);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}

static void
append_ms (GString *text,
           double   ms)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  if (ms >= 0)
    g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.3f", ms));
}

/**
 * mz_record_list_to_csv:
 * @records: (element-type MzRecord): records
 *
 * Writes them as RFC 4180 has it: a header line, then one line for each. No field needs quotes: all are words of ours and numbers.
 *
 * Returns: (transfer full): the text
 */
char *
mz_record_list_to_csv (GPtrArray *records)
{
  GString *text;

  g_return_val_if_fail (records != NULL, NULL);

  text = g_string_new ("time,kind,platform,network,host_class,scheme,method,reason");
  for (MzPhase phase = MZ_PHASE_RESOLVE; phase < MZ_N_PHASES; phase++)
    g_string_append_printf (text, ",%s_ms", mz_phase_to_string (phase));
  g_string_append (text, ",ready_ms,outcome,diagnosis,retries,connected_ms,reconnects\r\n");

  for (guint i = 0; i < records->len; i++)
    {
      const MzRecord *record = g_ptr_array_index (records, i);
      g_autofree char *time = format_time (record);

      g_string_append_printf (text, "%s,%s,%s,%s,%s,%s,%s,%s", time, mz_record_kind_to_string (record->kind),
                              mz_platform_to_string (record->platform), mz_network_type_to_string (record->network),
                              mz_host_class_to_string (record->host_class), mz_scheme_to_string (record->scheme),
                              mz_route_kind_to_string (record->route), record->reason);
      for (guint phase = 0; phase < MZ_N_PHASES; phase++)
        append_ms (text, record->phase_ms[phase]);
      append_ms (text, record->ready_ms);
      g_string_append_printf (text, ",%s,%s", mz_record_outcome_to_string (record->outcome),
                              record->diagnosis != NULL ? record->diagnosis : "");
      if (record->kind == MZ_RECORD_DIAL)
        g_string_append_printf (text, ",%u,,\r\n", record->retries);
      else
        g_string_append_printf (text, ",,%" G_GINT64_FORMAT ",%u\r\n", record->connected_ms, record->reconnects);
    }

  return g_string_free (text, FALSE);
}

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_ms (JsonBuilder *builder,
        const char  *name,
        double       ms)
{
  json_builder_set_member_name (builder, name);
  if (ms >= 0)
    json_builder_add_double_value (builder, ms);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder,
         const char  *name,
         gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_record (JsonBuilder    *builder,
            const MzRecord *record)
{
  g_autofree char *time = format_time (record);

  json_builder_begin_object (builder);
  add_string (builder, "time", time);
  add_string (builder, "kind", mz_record_kind_to_string (record->kind));
  add_string (builder, "platform", mz_platform_to_string (record->platform));
  add_string (builder, "network", mz_network_type_to_string (record->network));
  add_string (builder, "host_class", mz_host_class_to_string (record->host_class));
  add_string (builder, "scheme", mz_scheme_to_string (record->scheme));
  add_string (builder, "method", mz_route_kind_to_string (record->route));
  add_string (builder, "reason", record->reason);
  add_string (builder, "outcome", mz_record_outcome_to_string (record->outcome));
  add_string (builder, "diagnosis", record->diagnosis);
  if (record->kind == MZ_RECORD_DIAL)
    {
      for (MzPhase phase = MZ_PHASE_RESOLVE; phase < MZ_N_PHASES; phase++)
        {
          g_autofree char *name = g_strconcat (mz_phase_to_string (phase), "_ms", NULL);

          add_ms (builder, name, record->phase_ms[phase]);
        }
      add_ms (builder, "ready_ms", record->ready_ms);
      add_int (builder, "retries", record->retries);
    }
  else
    {
      add_int (builder, "connected_ms", record->connected_ms);
      add_int (builder, "reconnects", record->reconnects);
    }
  json_builder_end_object (builder);
}

/**
 * mz_record_list_to_json:
 * @records: (element-type MzRecord): records
 *
 * Returns: (transfer full): an array with an object for each, as text
 */
char *
mz_record_list_to_json (GPtrArray *records)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (records != NULL, NULL);

  json_builder_begin_array (builder);
  for (guint i = 0; i < records->len; i++)
    add_record (builder, g_ptr_array_index (records, i));
  json_builder_end_array (builder);

  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
