/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "mz-history-file.h"

G_BEGIN_DECLS

/* Histories as people have them, the same for the same seed: questions and answers with code, tables, lists, emoji, pictures, in English, German, Russian,
 * Arabic, Hebrew, Chinese and Japanese; some words in almost every message, most in a few (Zipf). */
typedef struct _BenchHistory BenchHistory;

#define BENCH_GATEWAY "2f1d9a34-3b1e-4c55-9a77-6d6f4c1a9e01"

BenchHistory *bench_history_new        (guint32         seed);
void          bench_history_free       (BenchHistory   *self);
/* (transfer full): the @n th word of the vocabulary; 0 is the most common */
char         *bench_history_word       (BenchHistory   *self,
                                        guint           n);
/* (transfer full): an answer to chat.history with messages @first to @last of a conversation that has @of of them */
JsonNode     *bench_history_page       (BenchHistory   *self,
                                        guint           session,
                                        guint           first,
                                        guint           last,
                                        guint           of);
char         *bench_history_key        (guint           session);
/* How many of @n_messages a conversation has: the first a tenth of all, the others fewer and fewer */
guint         bench_history_share      (guint           session,
                                        guint           n_sessions,
                                        guint           n_messages);
/* Writes it all; returns how many messages */
guint         bench_history_fill       (BenchHistory   *self,
                                        MzHistoryFile  *file,
                                        guint           n_sessions,
                                        guint           n_messages);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchHistory, bench_history_free)

G_END_DECLS
