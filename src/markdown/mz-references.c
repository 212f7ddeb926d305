/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines like "[label]: address" have their effect anywhere in a text, while its chunks are parsed apart: each gets those it mentions.
 */
#define G_LOG_DOMAIN "moltzer-markdown"

#include "config.h"

#include <string.h>

#include "mz-markdown-private.h"

/* CommonMark 0.31, 4.7 */
#define MAX_LABEL 999

typedef gboolean (*LabelFunc) (const char *label,
                               gpointer    user_data);

/* Labels are the same when they differ in case and white space only. */
static char *
normalize_label (const char *label,
                 gsize       length)
{
  g_autofree char *folded = g_utf8_casefold (label, length);
  GString *normal = g_string_sized_new (length);

  for (const char *p = folded; *p != '\0'; p++)
    {
      if (!g_ascii_isspace (*p))
        g_string_append_c (normal, *p);
      else if (normal->len > 0 && normal->str[normal->len - 1] != ' ')
        g_string_append_c (normal, ' ');
    }
  if (normal->len > 0 && normal->str[normal->len - 1] == ' ')
    g_string_truncate (normal, normal->len - 1);
  return g_string_free (normal, FALSE);
}

/* The end of the label that begins behind the bracket at @p, or %NULL. */
static const char *
find_label_end (const char *p,
                const char *end)
{
  const char *start = ++p;

  for (; p < end && p - start <= MAX_LABEL; p++)
    {
      if (*p == ']')
        return p;
      if (*p == '[')
        return NULL;
      if (*p == '\\' && p + 1 < end)
        p++;
    }
  return NULL;
}

/* Calls @func with each label that @text may mention, until it returns %TRUE. */
static gboolean
foreach_label (const char *text,
               gsize       length,
               LabelFunc   func,
               gpointer    user_data)
{
  const char *end = text + length;

  for (const char *p = text; (p = memchr (p, '[', end - p)) != NULL; p++)
    {
      const char *label_end = find_label_end (p, end);

      if (label_end != NULL)
        {
          g_autofree char *label = normalize_label (p + 1, label_end - p - 1);

          if (func (label, user_data))
            return TRUE;
        }
    }
  return FALSE;
}

static char *
label_of_definition (const char *line,
                     gsize       length)
{
  const char *start = memchr (line, '[', length);
  const char *end = start != NULL ? find_label_end (start, line + length) : NULL;

  return end != NULL ? normalize_label (start + 1, end - start - 1) : NULL;
}

void
mz_references_init (MzReferences *self)
{
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
mz_references_clear (MzReferences *self)
{
  g_clear_pointer (&self->lines, g_hash_table_unref);
  g_clear_pointer (&self->touched, g_hash_table_unref);
  g_clear_pointer (&self->draft_label, g_free);
  g_clear_pointer (&self->draft_line, g_free);
}

static const char *
lookup (MzReferences *self,
        const char   *label)
{
  const char *line = g_hash_table_lookup (self->lines, label);

  if (line == NULL && g_strcmp0 (label, self->draft_label) == 0)
    line = self->draft_line;
  return line;
}

/* The line @line, which defines a reference, is complete. The first definition of a label is the one that counts. */
void
mz_references_add (MzReferences *self,
                   const char   *line,
                   gsize         length)
{
  g_autofree char *label = label_of_definition (line, length);
  g_autofree char *copy = NULL;

  if (label == NULL || g_hash_table_contains (self->lines, label) ||
      g_hash_table_size (self->lines) >= MZ_SPLIT_MAX_DEFINITIONS)
    return;

  copy = g_strndup (line, length);
  if (g_strcmp0 (lookup (self, label), copy) != 0)
    g_hash_table_add (self->touched, g_strdup (label));
  g_hash_table_insert (self->lines, g_steal_pointer (&label), g_steal_pointer (&copy));
}

/* The line that is being written defines a reference too, or (%NULL) does not. */
void
mz_references_set_draft (MzReferences *self,
                         const char   *line,
                         gsize         length)
{
  g_autofree char *label = line != NULL ? label_of_definition (line, length) : NULL;
  g_autofree char *copy = label != NULL ? g_strndup (line, length) : NULL;

  if (label != NULL &&
      (g_hash_table_contains (self->lines, label) || g_hash_table_size (self->lines) >= MZ_SPLIT_MAX_DEFINITIONS))
    {
      g_clear_pointer (&label, g_free);
      g_clear_pointer (&copy, g_free);
    }
  if (g_strcmp0 (self->draft_label, label) == 0 && g_strcmp0 (self->draft_line, copy) == 0)
    return;

  /* What was a draft and is complete now has not changed. */
  if (self->draft_label != NULL && g_strcmp0 (g_hash_table_lookup (self->lines, self->draft_label), self->draft_line) != 0)
    g_hash_table_add (self->touched, g_strdup (self->draft_label));
  if (label != NULL)
    g_hash_table_add (self->touched, g_strdup (label));
  g_free (self->draft_label);
  g_free (self->draft_line);
  self->draft_label = g_steal_pointer (&label);
  self->draft_line = g_steal_pointer (&copy);
}

static gboolean
is_touched (const char *label,
            gpointer    user_data)
{
  return g_hash_table_contains (user_data, label);
}

/* Whether any reference changed. */
gboolean
mz_references_are_touched (MzReferences *self)
{
  return g_hash_table_size (self->touched) > 0;
}

/* Whether a text mentions a reference that changed. */
gboolean
mz_references_touch (MzReferences *self,
                     const char   *text,
                     gsize         length)
{
  return foreach_label (text, length, is_touched, self->touched);
}

void
mz_references_forget_touched (MzReferences *self)
{
  g_hash_table_remove_all (self->touched);
}

typedef struct
{
  MzReferences *references;
  GHashTable *seen;
  GString *lines;
} Collect;

static gboolean
collect_label (const char *label,
               gpointer    user_data)
{
  Collect *collect = user_data;
  const char *line = lookup (collect->references, label);

  if (line != NULL && g_hash_table_add (collect->seen, (gpointer) line))
    {
      g_string_append (collect->lines, line);
      g_string_append_c (collect->lines, '\n');
    }
  return FALSE;
}

/* (transfer full) (nullable): the definitions of what a text mentions */
char *
mz_references_collect (MzReferences *self,
                       const char   *text,
                       gsize         length)
{
  g_autoptr (GHashTable) seen = NULL;
  Collect collect;

  if (g_hash_table_size (self->lines) == 0 && self->draft_label == NULL)
    return NULL;

  seen = g_hash_table_new (NULL, NULL);
  collect = (Collect) { self, seen, g_string_new (NULL) };
  foreach_label (text, length, collect_label, &collect);
  return g_string_free (collect.lines, FALSE);
}
