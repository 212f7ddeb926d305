/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-search-query.h"

#include <string.h>

#include "mz-search-words.h"

/* Nobody types more; a text that was pasted by mistake does not become a query of thousands of words. */
#define MAX_PHRASES 32

/* One letter begins too many words to say anything. */
#define MIN_PREFIX 2

typedef struct
{
  char *name;                   /* of a filter; NULL for a word */
  char *value;
  gboolean quoted;
  gboolean open;                /* its quote is not closed, or nothing follows: it is still being typed */
} Term;

static void
term_clear (Term *term)
{
  g_free (term->name);
  g_free (term->value);
}

static gboolean
is_quote (gunichar c)
{
  return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xff02;
}

static gboolean
is_filter (const char *name)
{
  static const char * const names[] = { "from", "in", "before", "after" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;

  return FALSE;
}

/* One word, one phrase in quotes, or name:value with either. */
static gboolean
next_term (const char **p,
           Term        *term)
{
  const char *at = *p;
  const char *start;
  gunichar c;

  *term = (Term) { 0 };
  while (*at != '\0' && g_unichar_isspace (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  if (*at == '\0')
    return FALSE;

  start = at;
  while (g_ascii_isalpha (*at))
    at++;
  if (*at == ':' && at > start)
    {
      g_autofree char *name = g_strndup (start, (gsize) (at - start));

      if (is_filter (name))
        {
          term->name = g_ascii_strdown (name, -1);
          start = at + 1;
        }
    }

  at = start;
  c = g_utf8_get_char (at);
  if (is_quote (c))
    {
      start = at = g_utf8_next_char (at);
      while (*at != '\0' && !is_quote (g_utf8_get_char (at)))
        at = g_utf8_next_char (at);
      term->value = g_strndup (start, (gsize) (at - start));
      term->quoted = TRUE;
      term->open = *at == '\0';
      *p = *at != '\0' ? g_utf8_next_char (at) : at;
      return TRUE;
    }

  while (*at != '\0' && !g_unichar_isspace (g_utf8_get_char (at)) && !is_quote (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  term->value = g_strndup (start, (gsize) (at - start));
  term->open = *at == '\0';
  *p = at;

  return TRUE;
}

/* ---- dates ---- */

static gboolean
parse_number (const char **p,
              guint        n_digits,
              int         *number)
{
  *number = 0;
  for (guint i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isdigit (**p))
        return FALSE;
      *number = *number * 10 + (**p - '0');
      (*p)++;
    }

  return TRUE;
}

static GDateTime *
start_of_day (GDateTime *time,
              GTimeZone *zone)
{
  return g_date_time_new (zone, g_date_time_get_year (time), g_date_time_get_month (time), g_date_time_get_day_of_month (time), 0, 0, 0);
}

/* "today", "yesterday", "3d", "2w": the beginning of a day. */
static GDateTime *
parse_relative (const char *value,
                GTimeZone  *zone,
                gint64      now_ms)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) now = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autoptr (GDateTime) then = NULL;
  char *unit = NULL;
  guint64 n;

  if (now == NULL)
    return NULL;
  if (g_ascii_strcasecmp (value, "today") == 0)
    return start_of_day (now, zone);
  if (g_ascii_strcasecmp (value, "yesterday") == 0)
    {
      then = g_date_time_add_days (now, -1);
      return start_of_day (then, zone);
    }
  if (!g_ascii_isdigit (value[0]))
    return NULL;

  n = g_ascii_strtoull (value, &unit, 10);
  if (n > 3650)
    return NULL;
  if (g_ascii_strcasecmp (unit, "d") == 0)
    then = g_date_time_add_days (now, -(int) n);
  else if (g_ascii_strcasecmp (unit, "w") == 0)
    then = g_date_time_add_days (now, -7 * (int) n);

  return then != NULL ? start_of_day (then, zone) : NULL;
}

/* A year, a month or a day, at its beginning. */
static gboolean
parse_date (const char *value,
            GTimeZone  *zone,
            gint64      now_ms,
            gint64     *time_ms)
{
  g_autoptr (GDateTime) time = parse_relative (value, zone, now_ms);
  const char *p = value;
  int year, month = 1, day = 1;
  gboolean is_date;

  if (time == NULL)
    {
      is_date = parse_number (&p, 4, &year);
      if (is_date && *p == '-')
        {
          p++;
          is_date = parse_number (&p, 2, &month);
          if (is_date && *p == '-')
            {
              p++;
              is_date = parse_number (&p, 2, &day);
            }
        }
      if (!is_date || *p != '\0')
        return FALSE;
      time = g_date_time_new (zone, year, month, day, 0, 0, 0);
    }
  if (time == NULL)
    return FALSE;

  *time_ms = g_date_time_to_unix (time) * 1000;
  return TRUE;
}

/* ---- the query ---- */

static gboolean
add_filter (MzSearchQuery *query,
            const Term    *term,
            GTimeZone     *zone,
            gint64         now_ms)
{
  gint64 time_ms;

  if (g_str_equal (term->name, "in"))
    {
      g_autoptr (MzWordsPhrase) name = mz_words_phrase_new (term->value, TRUE);

      if (name != NULL)
        g_ptr_array_add (query->in, g_strdup (term->value));
      return name != NULL;
    }
  if (g_str_equal (term->name, "from"))
    {
      if (g_ascii_strcasecmp (term->value, "me") == 0)
        query->from = MZ_SEARCH_FROM_ME;
      else if (g_ascii_strcasecmp (term->value, "assistant") == 0 || g_ascii_strcasecmp (term->value, "agent") == 0)
        query->from = MZ_SEARCH_FROM_ASSISTANT;
      else
        return FALSE;
      return TRUE;
    }

  if (!parse_date (term->value, zone, now_ms, &time_ms))
    return FALSE;
  if (g_str_equal (term->name, "before"))
    query->before_ms = MIN (query->before_ms, time_ms);
  else
    query->after_ms = MAX (query->after_ms, time_ms);

  return TRUE;
}

static void
add_words (MzSearchQuery *query,
           const Term    *term)
{
  gsize length = strlen (term->value);
  gboolean star = !term->quoted && length > 1 && term->value[length - 1] == '*';
  g_autofree char *text = g_strndup (term->value, star ? length - 1 : length);
  MzWordsPhrase *phrase;
  const char *last;

  if (query->phrases->len >= MAX_PHRASES)
    return;
  phrase = mz_words_phrase_new (text, star || term->open);
  if (phrase == NULL)
    return;

  last = g_ptr_array_index (phrase->words, phrase->words->len - 1);
  if (phrase->prefix && g_ascii_isalnum (last[0]) && strlen (last) < MIN_PREFIX)
    phrase->prefix = FALSE;
  g_ptr_array_add (query->phrases, phrase);
  g_ptr_array_add (query->texts, g_steal_pointer (&text));
}

/**
 * mz_search_query_parse:
 * @text: as a person typed it
 * @zone: the person's time zone, for dates
 * @now_ms: the time, in ms of Unix time, for "yesterday"
 *
 * Words, all of which have to be there, in any order; "words in quotes" have to follow one another; the last word, and one that ends with *, may
 * go on. Filters: from:me, from:assistant, in:NAME or in:"A NAME" (the name has these words), before:DATE, after:DATE (2026, 2026-11, 2026-11-22, today,
 * yesterday, 7d, 2w; the day itself is after, not before). Everything is allowed: what is no filter is a word.
 *
 * Returns: (transfer full): what is looked for
 */
MzSearchQuery *
mz_search_query_parse (const char *text,
                       GTimeZone  *zone,
                       gint64      now_ms)
{
  MzSearchQuery *query = g_new0 (MzSearchQuery, 1);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  const char *p = valid;
  Term term;

  query->phrases = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_words_phrase_free);
  query->texts = g_ptr_array_new_with_free_func (g_free);
  query->in = g_ptr_array_new_with_free_func (g_free);
  query->unknown = g_ptr_array_new_with_free_func (g_free);
  query->after_ms = G_MININT64;
  query->before_ms = G_MAXINT64;

  while (next_term (&p, &term))
    {
      if (term.name == NULL)
        add_words (query, &term);
      /* One that has no value yet is being typed. */
      else if (term.value[0] != '\0' && !add_filter (query, &term, zone, now_ms))
        g_ptr_array_add (query->unknown, g_strdup_printf ("%s:%s", term.name, term.value));
      term_clear (&term);
    }

  return query;
}

void
mz_search_query_free (MzSearchQuery *query)
{
  if (query == NULL)
    return;

  g_ptr_array_unref (query->phrases);
  g_ptr_array_unref (query->texts);
  g_ptr_array_unref (query->in);
  g_ptr_array_unref (query->unknown);
  g_free (query);
}

/**
 * mz_search_query_is_empty:
 *
 * Returns: whether nothing is looked for
 */
gboolean
mz_search_query_is_empty (MzSearchQuery *query)
{
  return query->phrases->len == 0 && query->in->len == 0 && query->from == MZ_SEARCH_FROM_ANYONE && query->after_ms == G_MININT64 &&
         query->before_ms == G_MAXINT64;
}

/**
 * mz_search_query_to_match:
 *
 * Returns: (transfer full) (nullable): the words as FTS5 is asked for them; %NULL when there are none
 */
char *
mz_search_query_to_match (MzSearchQuery *query)
{
  GString *match;

  if (query->phrases->len == 0)
    return NULL;

  match = g_string_new (NULL);
  for (guint i = 0; i < query->phrases->len; i++)
    {
      MzWordsPhrase *phrase = g_ptr_array_index (query->phrases, i);
      g_autofree char *folded = mz_words_fold (g_ptr_array_index (query->texts, i));

      /* Words have no quotes; what stands between them has. */
      g_strdelimit (folded, "\"", ' ');
      g_string_append_printf (match, "%s\"%s\"%s", i > 0 ? " AND " : "", folded, phrase->prefix ? " *" : "");
    }

  return g_string_free (match, FALSE);
}
