/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-store"

#include "config.h"

#include "mz-search-words.h"

#include <string.h>

/* Nobody reads so far into a message to see what was found: the snippet is its beginning then. */
#define MAX_SCAN (4 * 1024 * 1024)

/* Of a snippet's characters, how many stand before what was found */
#define BEFORE_SHARE 4

#define ELLIPSIS "\xe2\x80\xa6"

typedef enum
{
  CHAR_PLAIN,
  CHAR_ALONE,                   /* a word of its own */
  CHAR_DROPPED,                 /* not there, for the search */
} CharClass;

typedef struct
{
  gunichar first;
  gunichar last;
  CharClass class;
} CharRange;

/* Not GLib's tables, which change with its version: what is in the index has to be found by the next version too. In order. */
static const CharRange ranges_of_chars[] = {
  { 0x00ad, 0x00ad, CHAR_DROPPED },   /* soft hyphen */
  { 0x0591, 0x05bd, CHAR_DROPPED },   /* Hebrew points */
  { 0x05bf, 0x05bf, CHAR_DROPPED },
  { 0x05c1, 0x05c2, CHAR_DROPPED },
  { 0x05c4, 0x05c5, CHAR_DROPPED },
  { 0x05c7, 0x05c7, CHAR_DROPPED },
  { 0x0610, 0x061a, CHAR_DROPPED },   /* Arabic marks */
  { 0x0640, 0x0640, CHAR_DROPPED },   /* the stroke that lengthens a word */
  { 0x064b, 0x065f, CHAR_DROPPED },
  { 0x0670, 0x0670, CHAR_DROPPED },
  { 0x06d6, 0x06dc, CHAR_DROPPED },
  { 0x06df, 0x06e4, CHAR_DROPPED },
  { 0x06e7, 0x06e8, CHAR_DROPPED },
  { 0x06ea, 0x06ed, CHAR_DROPPED },
  { 0x0e01, 0x0e30, CHAR_ALONE },     /* Thai */
  { 0x0e31, 0x0e31, CHAR_DROPPED },
  { 0x0e32, 0x0e33, CHAR_ALONE },
  { 0x0e34, 0x0e3a, CHAR_DROPPED },
  { 0x0e40, 0x0e46, CHAR_ALONE },
  { 0x0e47, 0x0e4e, CHAR_DROPPED },
  { 0x0e81, 0x0eb0, CHAR_ALONE },     /* Lao */
  { 0x0eb1, 0x0eb1, CHAR_DROPPED },
  { 0x0eb2, 0x0eb3, CHAR_ALONE },
  { 0x0eb4, 0x0ebc, CHAR_DROPPED },
  { 0x0ebd, 0x0ec6, CHAR_ALONE },
  { 0x0ec8, 0x0ece, CHAR_DROPPED },
  { 0x1000, 0x102a, CHAR_ALONE },     /* Myanmar */
  { 0x102b, 0x103e, CHAR_DROPPED },
  { 0x1780, 0x17b3, CHAR_ALONE },     /* Khmer */
  { 0x17b4, 0x17d3, CHAR_DROPPED },
  { 0x200b, 0x200f, CHAR_DROPPED },   /* joiners and marks of direction */
  { 0x202a, 0x202e, CHAR_DROPPED },
  { 0x2060, 0x2069, CHAR_DROPPED },
  { 0x2190, 0x23ff, CHAR_ALONE },     /* arrows, signs */
  { 0x2500, 0x27bf, CHAR_ALONE },     /* boxes, signs, dingbats */
  { 0x2b00, 0x2bff, CHAR_ALONE },
  { 0x2e80, 0x2fdf, CHAR_ALONE },     /* radicals */
  { 0x3005, 0x3007, CHAR_ALONE },
  { 0x3041, 0x3096, CHAR_ALONE },     /* Hiragana */
  { 0x309d, 0x309f, CHAR_ALONE },
  { 0x30a1, 0x30fa, CHAR_ALONE },     /* Katakana */
  { 0x30fc, 0x30ff, CHAR_ALONE },
  { 0x3105, 0x312f, CHAR_ALONE },     /* Bopomofo */
  { 0x31a0, 0x31bf, CHAR_ALONE },
  { 0x31f0, 0x31ff, CHAR_ALONE },
  { 0x3400, 0x4dbf, CHAR_ALONE },     /* Han */
  { 0x4e00, 0x9fff, CHAR_ALONE },
  { 0xac00, 0xd7a3, CHAR_ALONE },     /* Hangul */
  { 0xf900, 0xfaff, CHAR_ALONE },
  { 0xfe00, 0xfe0f, CHAR_DROPPED },   /* variation selectors */
  { 0xfeff, 0xfeff, CHAR_DROPPED },
  { 0xff66, 0xff9d, CHAR_ALONE },     /* narrow Katakana */
  { 0x1f000, 0x1f1e5, CHAR_ALONE },   /* tiles and cards */
  { 0x1f1e6, 0x1f1ff, CHAR_PLAIN },   /* two letters make a flag */
  { 0x1f200, 0x1f3fa, CHAR_ALONE },   /* emoji */
  { 0x1f3fb, 0x1f3ff, CHAR_DROPPED }, /* colours of skin */
  { 0x1f400, 0x1faff, CHAR_ALONE },
  { 0x20000, 0x3ffff, CHAR_ALONE },   /* Han */
  { 0xe0000, 0xe0fff, CHAR_DROPPED }, /* tags */
};

static CharClass
class_of (gunichar c)
{
  guint low = 0;
  guint high = G_N_ELEMENTS (ranges_of_chars);

  if (c < 0xad)
    return CHAR_PLAIN;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const CharRange *range = &ranges_of_chars[middle];

      if (c < range->first)
        high = middle;
      else if (c > range->last)
        low = middle + 1;
      else
        return range->class;
    }

  return CHAR_PLAIN;
}

/* Wide Latin letters, as they are typed among Chinese and Japanese. */
static gunichar
narrow (gunichar c)
{
  return c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c;
}

static gboolean
is_accent (gunichar c)
{
  return c >= 0x300 && c <= 0x36f;
}

/* Greek letters lose their accents here, and Russian its two dots: the tokenizer takes them from Latin letters only. Short i is a letter of its own.
 * Decompositions never change (Unicode's stability policy). */
static gunichar
without_accent (gunichar c)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gboolean greek = (c >= 0x370 && c <= 0x3ff) || (c >= 0x1f00 && c <= 0x1fff);

  if ((greek || c == 0x401 || c == 0x451) && g_unichar_fully_decompose (c, FALSE, parts, G_N_ELEMENTS (parts)) > 1 && is_accent (parts[1]))
    return parts[0];

  return c;
}

/**
 * mz_words_fold:
 * @text: UTF-8
 *
 * Makes of a text what the index gets. The same text gives the same for as long as %MZ_WORDS_VERSION is the same.
 *
 * Returns: (transfer full): it
 */
char *
mz_words_fold (const char *text)
{
  GString *folded;
  const char *p = text;

  while (*p != '\0' && (guchar) *p < 0x80)
    p++;
  if (*p == '\0')
    return g_strndup (text, (gsize) (p - text));

  folded = g_string_sized_new (strlen (text) + 64);
  g_string_append_len (folded, text, p - text);
  while (*p != '\0')
    {
      gunichar c = g_utf8_get_char (p);

      p = g_utf8_next_char (p);
      switch (class_of (c))
        {
        case CHAR_ALONE:
          g_string_append_c (folded, ' ');
          g_string_append_unichar (folded, c);
          g_string_append_c (folded, ' ');
          break;
        case CHAR_DROPPED:
          break;
        case CHAR_PLAIN:
        default:
          g_string_append_unichar (folded, without_accent (narrow (c)));
          break;
        }
    }

  return g_string_free (folded, FALSE);
}

/* ---- words one by one, as the tokenizer makes them ---- */

typedef struct
{
  const char *start;
  const char *end;
} Word;

static gboolean
is_word_char (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_OTHER_SYMBOL:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
append_normal (GString  *word,
               gunichar  c)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

  if (c < 0x80)
    {
      g_string_append_c (word, g_ascii_tolower ((char) c));
      return;
    }
  c = without_accent (c);
  if ((c < 0x250 || (c >= 0x1e00 && c <= 0x1eff)) && g_unichar_fully_decompose (c, FALSE, parts, G_N_ELEMENTS (parts)) > 1 && is_accent (parts[1]))
    c = parts[0];
  g_string_append_unichar (word, g_unichar_tolower (c));
}

/* The next word at or after *@p, which goes behind it. */
static gboolean
next_word (const char **p,
           const char  *end,
           GString     *buffer,
           Word        *word)
{
  const char *at = *p;
  gboolean inside = FALSE;

  g_string_truncate (buffer, 0);
  while (at < end)
    {
      const char *next;
      CharClass class;
      gunichar c;

      /* Most of most texts */
      if ((guchar) *at < 0x80)
        {
          if (g_ascii_isalnum (*at))
            {
              if (!inside)
                word->start = at;
              inside = TRUE;
              g_string_append_c (buffer, g_ascii_tolower (*at));
              word->end = ++at;
              continue;
            }
          if (inside)
            break;
          at++;
          continue;
        }

      c = g_utf8_get_char (at);
      next = g_utf8_next_char (at);
      class = class_of (c);
      c = narrow (c);
      if (class == CHAR_ALONE && is_word_char (c))
        {
          if (inside)
            break;
          append_normal (buffer, c);
          word->start = at;
          word->end = next;
          *p = next;
          return TRUE;
        }

      if (class == CHAR_DROPPED || (inside && is_accent (c)))
        {
          if (inside)
            word->end = next;
        }
      else if (class == CHAR_PLAIN && is_word_char (c))
        {
          if (!inside)
            word->start = at;
          inside = TRUE;
          append_normal (buffer, c);
          word->end = next;
        }
      else if (inside)
        {
          break;
        }
      at = next;
    }

  *p = at;
  return inside;
}

/**
 * mz_words_phrase_new:
 * @text: UTF-8
 * @prefix: whether the last word may go on
 *
 * Returns: (transfer full) (nullable): the words of @text; %NULL when there are none
 */
MzWordsPhrase *
mz_words_phrase_new (const char *text,
                     gboolean    prefix)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) buffer = g_string_new (NULL);
  const char *end = text + strlen (text);
  MzWordsPhrase *phrase;
  Word word;

  while (next_word (&text, end, buffer, &word))
    g_ptr_array_add (words, g_strdup (buffer->str));
  if (words->len == 0)
    return NULL;

  phrase = g_new0 (MzWordsPhrase, 1);
  phrase->words = g_steal_pointer (&words);
  phrase->prefix = prefix;

  return phrase;
}

void
mz_words_phrase_free (MzWordsPhrase *phrase)
{
  if (phrase == NULL)
    return;

  g_ptr_array_unref (phrase->words);
  g_free (phrase);
}

/* ---- what was found ---- */

/* A phrase on the way: how many of its last words there are matched so far, by where each of these beginnings began. Phrases are short. */
typedef struct
{
  MzWordsPhrase *phrase;
  GArray *starts;               /* const char *: of those that wait for their word n, at n; NULL for none */
} Matcher;

static void
matcher_clear (gpointer data)
{
  g_array_unref (((Matcher *) data)->starts);
}

/* Goes on with a word; returns where the phrase began when it ends with this word. */
static const char *
matcher_step (Matcher       *self,
              const Word    *word,
              const GString *normal)
{
  guint n = self->phrase->words->len;
  const char *found = NULL;

  /* From the end, so that a word counts once. */
  for (guint i = n; i > 0; i--)
    {
      const char *start = i == 1 ? word->start : g_array_index (self->starts, const char *, i - 1);
      const char *wanted = g_ptr_array_index (self->phrase->words, i - 1);
      gboolean fits = start != NULL && wanted[0] == normal->str[0] &&
                      (i == n && self->phrase->prefix ? g_str_has_prefix (normal->str, wanted) : strcmp (normal->str, wanted) == 0);

      if (i == n)
        found = fits ? start : NULL;
      else
        g_array_index (self->starts, const char *, i) = fits ? start : NULL;
    }

  return found;
}

/* In bytes of the text, sorted, none over another. */
static void
add_range (GArray *found,
           guint   start,
           guint   length)
{
  while (found->len > 0)
    {
      MzWordsRange *last = &g_array_index (found, MzWordsRange, found->len - 1);

      if (last->start + last->length < start)
        break;
      if (last->start <= start)
        {
          last->length = MAX (last->start + last->length, start + length) - last->start;
          return;
        }
      length = MAX (last->start + last->length, start + length) - start;
      g_array_set_size (found, found->len - 1);
    }
  {
    MzWordsRange range = { start, length };

    g_array_append_val (found, range);
  }
}

/* Where the phrases are, from the first found on, as far as @n_chars behind it. */
static GArray *
find_phrases (const char *text,
              const char *end,
              GPtrArray  *phrases,
              guint       n_chars)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (MzWordsRange));
  g_autoptr (GArray) matchers = g_array_new (FALSE, FALSE, sizeof (Matcher));
  g_autoptr (GString) buffer = g_string_new (NULL);
  const char *p = text;
  const char *until = NULL;
  Word word;

  g_array_set_clear_func (matchers, matcher_clear);
  for (guint i = 0; i < phrases->len; i++)
    {
      Matcher matcher = { g_ptr_array_index (phrases, i), g_array_new (FALSE, TRUE, sizeof (const char *)) };

      g_array_set_size (matcher.starts, matcher.phrase->words->len);
      g_array_append_val (matchers, matcher);
    }

  while (matchers->len > 0 && next_word (&p, end, buffer, &word) && (until == NULL || word.start < until))
    {
      for (guint i = 0; i < matchers->len; i++)
        {
          const char *start = matcher_step (&g_array_index (matchers, Matcher, i), &word, buffer);

          if (start == NULL)
            continue;
          add_range (found, (guint) (start - text), (guint) (word.end - start));
          if (until == NULL)
            until = word.end + MIN ((gsize) (end - word.end), (gsize) n_chars);
        }
    }

  return found;
}

static gboolean
is_blank (gunichar c)
{
  if (c < 0x80)
    return c <= 0x20 || c == 0x7f;

  return g_unichar_isspace (c) || g_unichar_iscntrl (c);
}

/* A bit before what was found, at the beginning of a word if there is one near. */
static const char *
find_start (const char *text,
            const char *found,
            guint       n_before)
{
  const char *start = found;
  const char *at_word = found > text && is_blank (g_utf8_get_char (g_utf8_prev_char (found))) ? found : NULL;

  for (guint i = 0; i < n_before && start > text; i++)
    {
      start = g_utf8_prev_char (start);
      if (start > text && is_blank (g_utf8_get_char (g_utf8_prev_char (start))))
        at_word = start;
    }

  return start == text || at_word == NULL ? start : at_word;
}

/**
 * mz_words_snippet:
 * @text: UTF-8
 * @phrases: (element-type MzWordsPhrase): what was looked for; any of them counts
 * @n_chars: how many characters to give, about
 * @ranges: (element-type MzWordsRange): gets where they are in the snippet, in bytes, in order
 *
 * A piece of a text around the first of the phrases, on one line: white space and control characters become one space, marks of direction
 * go. An ellipsis stands where the text goes on. Without any of the phrases it is the beginning.
 *
 * Returns: (transfer full): the snippet
 */
char *
mz_words_snippet (const char *text,
                  GPtrArray  *phrases,
                  guint       n_chars,
                  GArray     *ranges)
{
  const char *end = text + strlen (text);
  const char *scan_end = end - text > MAX_SCAN ? g_utf8_find_prev_char (text, text + MAX_SCAN) : end;
  g_autoptr (GArray) found = find_phrases (text, scan_end, phrases, n_chars);
  GString *snippet = g_string_sized_new (n_chars * 2);
  const char *p = text;
  guint n = 0;
  guint next = 0;
  gboolean space = FALSE;
  guint open = G_MAXUINT;       /* where the range begins that we are in */

  g_array_set_size (ranges, 0);
  if (found->len > 0)
    p = find_start (text, text + g_array_index (found, MzWordsRange, 0).start, n_chars / BEFORE_SHARE);
  if (p > text)
    g_string_append (snippet, ELLIPSIS);

  for (; p < end && n < n_chars; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const MzWordsRange *range = next < found->len ? &g_array_index (found, MzWordsRange, next) : NULL;

      if (range != NULL && open != G_MAXUINT && p >= text + range->start + range->length)
        {
          MzWordsRange done = { open, (guint) snippet->len - open };

          g_array_append_val (ranges, done);
          open = G_MAXUINT;
          next++;
          range = next < found->len ? &g_array_index (found, MzWordsRange, next) : NULL;
        }

      if (is_blank (c))
        {
          space = TRUE;
          continue;
        }
      if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f)
        continue;

      if (space && snippet->len > 0 && n > 0)
        g_string_append_c (snippet, ' ');
      space = FALSE;
      if (range != NULL && open == G_MAXUINT && p >= text + range->start)
        open = (guint) snippet->len;
      if (c < 0x80)
        g_string_append_c (snippet, (char) c);
      else
        g_string_append_unichar (snippet, c);
      n++;
    }

  if (open != G_MAXUINT)
    {
      MzWordsRange done = { open, (guint) snippet->len - open };

      g_array_append_val (ranges, done);
    }
  while (p < end && is_blank (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  if (p < end)
    g_string_append (snippet, ELLIPSIS);

  return g_string_free (snippet, FALSE);
}
