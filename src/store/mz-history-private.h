/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-history-file.h"
#include "mz-history.h"

G_BEGIN_DECLS

/* For the files of MzHistory only: one thing that is to be done by the thread. */

typedef struct _MzHistoryCall MzHistoryCall;

/* In the thread. Gives the result in `call`; returns FALSE with an error. */
typedef gboolean (*MzHistoryCallFunc) (MzHistoryFile  *file,
                                       MzHistoryCall  *call,
                                       GError        **error);

struct _MzHistoryCall
{
  MzHistoryCallFunc func;
  gboolean writes;              /* not done while nothing is kept */
  gboolean urgent;              /* done even after it was cancelled: it began to be true */

  /* What is asked; each call has its own of them. */
  char *gateway;
  char *session;
  char *word;                   /* a key, an entry, a text */
  char *run_id;
  char *reason;
  MzHistoryKind kind;
  JsonNode *answer;             /* given back to the main context */
  guint n_before;
  guint n_after;
  gint64 number;
  MzHistoryDraft *draft;
  MzHistoryPost *post;

  /* What comes of it */
  gpointer result;
  GDestroyNotify result_free;
  gboolean moved;
  gboolean changed;
  GPtrArray *delivered;
};

MzHistoryCall *mz_history_call_new    (MzHistoryCallFunc     func,
                                       const char           *gateway,
                                       const char           *session);
/* @call is taken. */
void           mz_history_run         (MzHistory            *self,
                                       MzHistoryCall        *call,
                                       gpointer              source_tag,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);

G_END_DECLS
