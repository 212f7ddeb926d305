/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-timeline-private.h"

G_BEGIN_DECLS

/* A conversation as people have them: questions, short and long answers with lists, code and tables, reasoning, tool calls. */
void  bench_content_fill  (MzTimeline *timeline,
                           guint       n_rows);
/* (transfer full): so many bytes of a program, in lines */
char *bench_content_code  (gsize       n_bytes);
/* (transfer full): a long answer of so many words, of everything */
char *bench_content_reply (guint       n_words);

G_END_DECLS
