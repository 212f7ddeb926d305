/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"

G_BEGIN_DECLS

/**
 * MzHistoryReader:
 *
 * A session's whole history, page by page, newest page first, as the gateway has it now. It keeps nothing of the pages and follows no events: for
 * what wants all of a conversation once. Messages that come meanwhile are not in it, and none is in it twice.
 *
 * A page is an object: `messages`, records as in chat.history, oldest first; `whole`, by entry, the records of which `messages` has only a part and
 * the gateway could give all. See MzHistoryRows.
 */
#define MZ_TYPE_HISTORY_READER (mz_history_reader_get_type ())
G_DECLARE_FINAL_TYPE (MzHistoryReader, mz_history_reader, MZ, HISTORY_READER, GObject)

MzHistoryReader *mz_history_reader_new             (MzClient             *client,
                                                    const char           *key);
void             mz_history_reader_set_max_picture (MzHistoryReader      *self,
                                                    gsize                 bytes);
void             mz_history_reader_next_async      (MzHistoryReader      *self,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
JsonNode        *mz_history_reader_next_finish     (MzHistoryReader      *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
gint64           mz_history_reader_get_n_read      (MzHistoryReader      *self);
gint64           mz_history_reader_get_total       (MzHistoryReader      *self);
gboolean         mz_history_reader_get_complete    (MzHistoryReader      *self);
const char      *mz_history_reader_get_title       (MzHistoryReader      *self);

G_END_DECLS
