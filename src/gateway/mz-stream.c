/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-stream.h"

#include <string.h>

struct _MzStream
{
  GString *text;
  gint64 seq;

  /* The next number may be any: nothing came yet, or the text was set from elsewhere. */
  gboolean open;
};

static MzStreamChange
mz_stream_append (MzStream    *self,
                  const char  *text,
                  gsize        length,
                  const char **appended,
                  gsize       *appended_length)
{
  gsize before = self->text->len;

  if (length == 0)
    return MZ_STREAM_UNCHANGED;

  g_string_append_len (self->text, text, length);
  *appended = self->text->str + before;
  *appended_length = length;
  return MZ_STREAM_APPENDED;
}

/* Makes the text @text, in the gentlest way. */
static MzStreamChange
mz_stream_take (MzStream    *self,
                const char  *text,
                gsize        length,
                const char **appended,
                gsize       *appended_length)
{
  gsize before = self->text->len;

  if (length >= before && memcmp (text, self->text->str, before) == 0)
    return mz_stream_append (self, text + before, length - before, appended, appended_length);

  g_string_truncate (self->text, 0);
  g_string_append_len (self->text, text, length);
  *appended = self->text->str;
  *appended_length = length;
  return MZ_STREAM_REPLACED;
}

/**
 * mz_stream_new:
 *
 * Starts the text of one run, empty. Its first piece can have any number.
 *
 * Returns: (transfer full): a stream
 */
MzStream *
mz_stream_new (void)
{
  MzStream *self = g_new0 (MzStream, 1);

  self->text = g_string_new (NULL);
  self->seq = -1;
  self->open = TRUE;
  return self;
}

/**
 * mz_stream_free:
 * @self: (transfer full): a stream
 */
void
mz_stream_free (MzStream *self)
{
  g_return_if_fail (self != NULL);

  g_string_free (self->text, TRUE);
  g_free (self);
}

/**
 * mz_stream_apply:
 * @self: a stream
 * @seq: the event's number in its run, -1 when it has none (it is then taken as the next)
 * @delta: (nullable): `deltaText`: what is new since the event before, or with @replace the whole text
 * @replace: whether @delta replaces all text so far
 * @cumulative: (nullable): the whole text so far, which protocol 3 sends alone and protocol 4 sends beside @delta
 * @appended: (out) (optional): what was appended, or the whole new text after a replacement; belongs to @self and
 *   holds until the next change
 * @appended_length: (out) (optional): its length in bytes
 *
 * Merges one event. A piece is appended in a time that depends on the piece only, apart from measuring @cumulative.
 *
 * Returns: what it did to the text
 */
MzStreamChange
mz_stream_apply (MzStream    *self,
                 gint64       seq,
                 const char  *delta,
                 gboolean     replace,
                 const char  *cumulative,
                 const char **appended,
                 gsize       *appended_length)
{
  const char *new_text = NULL;
  gsize new_length = 0;
  MzStreamChange change = MZ_STREAM_UNCHANGED;

  g_return_val_if_fail (self != NULL, MZ_STREAM_UNCHANGED);

  if (appended != NULL)
    *appended = NULL;
  if (appended_length != NULL)
    *appended_length = 0;

  if (seq >= 0 && seq <= self->seq)
    return MZ_STREAM_UNCHANGED;

  if (delta != NULL && replace)
    {
      change = mz_stream_take (self, delta, strlen (delta), &new_text, &new_length);
    }
  else if (cumulative != NULL)
    {
      gsize whole = strlen (cumulative);
      gsize length = delta != NULL ? strlen (delta) : 0;

      /* The lengths and the tail agree: the usual case, without comparing what is already there. */
      if (delta != NULL && whole == self->text->len + length &&
          memcmp (cumulative + self->text->len, delta, length) == 0)
        change = mz_stream_append (self, delta, length, &new_text, &new_length);
      else
        change = mz_stream_take (self, cumulative, whole, &new_text, &new_length);
    }
  else if (!self->open && seq >= 0 && seq != self->seq + 1)
    {
      return MZ_STREAM_GAP;
    }
  else if (delta != NULL)
    {
      change = mz_stream_append (self, delta, strlen (delta), &new_text, &new_length);
    }

  if (seq >= 0)
    {
      self->seq = seq;
      self->open = FALSE;
    }
  if (appended != NULL)
    *appended = new_text;
  if (appended_length != NULL)
    *appended_length = new_length;
  return change;
}

/**
 * mz_stream_apply_piece:
 * @self: a stream
 * @seq: the event's number in its run, -1 when it has none
 * @delta: what is new since the event before
 * @text_length: the length in bytes of the whole text so far, which ends with @delta
 * @change: (out): what it did to the text
 * @appended: (out): as for mz_stream_apply()
 * @appended_length: (out): its length in bytes
 *
 * Like mz_stream_apply() for who has not read the whole text so far, only how long it is.
 *
 * Returns: whether the lengths agree; if not, nothing was done and mz_stream_apply() has to have the whole text
 */
gboolean
mz_stream_apply_piece (MzStream        *self,
                       gint64           seq,
                       const char      *delta,
                       gsize            text_length,
                       MzStreamChange  *change,
                       const char     **appended,
                       gsize           *appended_length)
{
  gsize length;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (delta != NULL, FALSE);

  *appended = NULL;
  *appended_length = 0;
  *change = MZ_STREAM_UNCHANGED;
  if (seq >= 0 && seq <= self->seq)
    return TRUE;

  length = strlen (delta);
  if (text_length != self->text->len + length)
    return FALSE;

  *change = mz_stream_append (self, delta, length, appended, appended_length);
  if (seq >= 0)
    {
      self->seq = seq;
      self->open = FALSE;
    }
  return TRUE;
}

/**
 * mz_stream_reset:
 * @self: a stream
 * @seq: the number up to which @text is complete, -1 when that is not known
 * @text: (nullable): the whole text so far, from a reloaded history or the end of the run
 * @appended: (out) (optional): as for mz_stream_apply()
 * @appended_length: (out) (optional): its length in bytes
 *
 * Sets the text from elsewhere and so mends a gap: the next piece may have any number above the highest so far.
 *
 * Returns: what it did to the text, never %MZ_STREAM_GAP
 */
MzStreamChange
mz_stream_reset (MzStream    *self,
                 gint64       seq,
                 const char  *text,
                 const char **appended,
                 gsize       *appended_length)
{
  const char *new_text = NULL;
  gsize new_length = 0;
  MzStreamChange change;

  g_return_val_if_fail (self != NULL, MZ_STREAM_UNCHANGED);

  if (text == NULL)
    text = "";

  change = mz_stream_take (self, text, strlen (text), &new_text, &new_length);
  self->seq = MAX (self->seq, seq);
  self->open = TRUE;

  if (appended != NULL)
    *appended = new_text;
  if (appended_length != NULL)
    *appended_length = new_length;
  return change;
}

/**
 * mz_stream_get_text:
 * @self: a stream
 *
 * Returns: (transfer none): the text so far; holds until the next change
 */
const char *
mz_stream_get_text (MzStream *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text->str;
}

/**
 * mz_stream_get_length:
 * @self: a stream
 *
 * Returns: the length of the text in bytes
 */
gsize
mz_stream_get_length (MzStream *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->text->len;
}

/**
 * mz_stream_get_seq:
 * @self: a stream
 *
 * Returns: the highest number accepted so far, -1 before the first
 */
gint64
mz_stream_get_seq (MzStream *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->seq;
}
