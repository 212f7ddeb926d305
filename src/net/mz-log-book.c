/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-log-book.h"

#include <string.h>

/* What begins so is ours; of others only what is grave is kept. */
#define OUR_PREFIX "moltzer"

/* In bytes: more than a report reads of a line (src/gateway/mz-scrub.c), because half a name or half a secret would not be found in it. It may
 * come from a peer, and so has an end. */
#define MAX_LINE (8 * 1024)

struct _MzLogBook
{
  gatomicrefcount references;
  GMutex lock;
  GQueue lines;                 /* of strings, oldest first */
  guint capacity;
  gint64 start_us;
};

/**
 * mz_log_book_new:
 * @capacity: how many lines to keep, at least 1
 *
 * Returns: (transfer full): an empty book, whose clock starts now
 */
MzLogBook *
mz_log_book_new (guint capacity)
{
  MzLogBook *self;

  g_return_val_if_fail (capacity > 0, NULL);

  self = g_new0 (MzLogBook, 1);
  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->lock);
  g_queue_init (&self->lines);
  self->capacity = capacity;
  self->start_us = g_get_monotonic_time ();
  return self;
}

MzLogBook *
mz_log_book_ref (MzLogBook *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
mz_log_book_unref (MzLogBook *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_queue_clear_full (&self->lines, g_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static const char *
find_field (const GLogField *fields,
            gsize            n_fields,
            const char      *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, key) == 0 && fields[i].length < 0)
      return fields[i].value;

  return NULL;
}

/**
 * mz_log_book_add:
 * @level: the message's level
 * @fields: (array length=n_fields): its fields, as a log writer gets them
 *
 * Keeps a message, and forgets the oldest one. Nothing is logged here: this is called from the log.
 */
void
mz_log_book_add (MzLogBook       *self,
                 GLogLevelFlags   level,
                 const GLogField *fields,
                 gsize            n_fields)
{
  const char *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  const char *message = find_field (fields, n_fields, "MESSAGE");
  gboolean grave = (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0;
  char *line;

  if (message == NULL || (!grave && (domain == NULL || !g_str_has_prefix (domain, OUR_PREFIX))))
    return;

  line = g_strdup_printf ("%10.3f %s: %.*s", (g_get_monotonic_time () - self->start_us) / 1e6, domain != NULL ? domain : "-", MAX_LINE, message);

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->lines, line);
  line = self->lines.length > self->capacity ? g_queue_pop_head (&self->lines) : NULL;
  g_mutex_unlock (&self->lock);
  g_free (line);
}

/**
 * mz_log_book_dup_lines:
 *
 * Returns: (transfer full): the lines as they were logged, oldest first: not fit to be shown to others before mz_report_new() has been over
 *   them
 */
GStrv
mz_log_book_dup_lines (MzLogBook *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->lock);
  for (GList *link = self->lines.head; link != NULL; link = link->next)
    g_strv_builder_add (builder, link->data);
  g_mutex_unlock (&self->lock);

  return g_strv_builder_end (builder);
}

GLogWriterOutput
mz_log_book_writer (GLogLevelFlags   level,
                    const GLogField *fields,
                    gsize            n_fields,
                    gpointer         user_data)
{
  mz_log_book_add (user_data, level, fields, n_fields);

  return g_log_writer_default (level, fields, n_fields, NULL);
}
