/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "mz-history-file.h"

G_BEGIN_DECLS

/* A folder of its own for a history, and what gateways say. */

#define GATEWAY "7d0f2e7c-6f7d-4b0e-9f2a-1e0a4f6f3c11"
#define OTHER_GATEWAY "0b7c1de2-50c1-4f6e-8a90-bb6b1e5d7a22"
#define SESSION "agent:main:main"

/* When message 0 was written, in ms of Unix time; each comes a minute later */
#define FIRST_MS G_GINT64_CONSTANT (1790000000000)
#define MINUTE_MS (60 * G_GINT64_CONSTANT (1000))

typedef struct
{
  char *directory;
  char *path;
} Fixture;

void            fixture_set_up     (Fixture        *fixture,
                                    gconstpointer   data);
void            fixture_tear_down  (Fixture        *fixture,
                                    gconstpointer   data);

/* (transfer full): JSON with ' for ", from a format */
JsonNode       *json_of            (const char     *format,
                                    ...) G_GNUC_PRINTF (1, 2);
/* (transfer full): an answer to chat.history with messages @first to @last: seq N has id mN and the text "message N"; even ones are the agent's */
JsonNode       *page_of            (guint           first,
                                    guint           last,
                                    gboolean        has_more);
void            put                (MzHistoryFile  *file,
                                    MzHistoryKind   kind,
                                    JsonNode       *answer);
/* (transfer full): the ids of a page, with bars; "<" before when older ones are here, "|" when there are none, "?" when the gateway has to be asked */
char           *page_to_string     (MzHistoryPage  *page);
/* (transfer full): the same of what is read before @before */
char           *read_string        (MzHistoryFile  *file,
                                    const char     *before,
                                    guint           limit);
/* How many messages there are without a gap, from the end */
guint           count_of           (MzHistoryFile  *file);
/* (transfer full): the entries found, with bars */
char           *search_string      (MzHistoryFile  *file,
                                    const char     *text);
/* The outbox: a message with this key; which there are, as "key:state", with blanks; see mz_history_file_move_post() */
void            add_post           (MzHistoryFile  *file,
                                    const char     *key);
void            assert_posts       (MzHistoryFile  *file,
                                    gboolean        recover,
                                    const char     *expected);
gboolean        move_post          (MzHistoryFile      *file,
                                    const char         *key,
                                    guint               from,
                                    MzHistoryPostState  to);
/* Whether a file has these bytes somewhere */
gboolean        file_holds         (const char     *path,
                                    const char     *word);

G_END_DECLS
