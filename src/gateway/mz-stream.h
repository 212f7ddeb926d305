/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzStreamChange:
 * @MZ_STREAM_UNCHANGED: nothing new: a duplicate, an older event, or the same text again
 * @MZ_STREAM_APPENDED: the text has grown at its end
 * @MZ_STREAM_REPLACED: the text is another one
 * @MZ_STREAM_GAP: something between was lost and nothing here can mend it: reload. The text is left as it was
 */
typedef enum
{
  MZ_STREAM_UNCHANGED,
  MZ_STREAM_APPENDED,
  MZ_STREAM_REPLACED,
  MZ_STREAM_GAP,
} MzStreamChange;

/**
 * MzStream:
 *
 * The text of one run, merged from its pieces (docs: gateway/clients, "Recover state after reconnect"). Plain and pure:
 * no signals, no clock. Numbers are those of the run (`payload.seq`): equal or lower ones than the highest accepted are
 * passed over. They are shared with events that carry no text, so that a jump alone is no loss when the cumulative text
 * comes along; without it, it is a gap.
 */
typedef struct _MzStream MzStream;

MzStream       *mz_stream_new        (void);
void            mz_stream_free       (MzStream    *self);
MzStreamChange  mz_stream_apply      (MzStream    *self,
                                      gint64       seq,
                                      const char  *delta,
                                      gboolean     replace,
                                      const char  *cumulative,
                                      const char **appended,
                                      gsize       *appended_length);
gboolean        mz_stream_apply_piece (MzStream     *self,
                                      gint64       seq,
                                      const char  *delta,
                                      gsize        text_length,
                                      MzStreamChange *change,
                                      const char **appended,
                                      gsize       *appended_length);
MzStreamChange  mz_stream_reset      (MzStream    *self,
                                      gint64       seq,
                                      const char  *text,
                                      const char **appended,
                                      gsize       *appended_length);
const char     *mz_stream_get_text   (MzStream    *self);
gsize           mz_stream_get_length (MzStream    *self);
gint64          mz_stream_get_seq    (MzStream    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzStream, mz_stream_free)

G_END_DECLS
