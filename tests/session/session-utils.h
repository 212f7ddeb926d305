/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-frame.h"
#include "mz-json.h"
#include "mz-session-private.h"

G_BEGIN_DECLS

JsonNode  *parse                (const char *json);
MzFrame   *event_frame          (const char *name,
                                 const char *payload);
void       send_event           (MzSession  *session,
                                 const char *name,
                                 const char *format,
                                 ...) G_GNUC_PRINTF (3, 4);
void       apply_history        (MzSession  *session,
                                 const char *json);
char      *describe_row         (MzMessage  *row);
char      *describe             (GListModel *rows);
void       assert_rows          (GListModel *rows,
                                 const char *expected);
GPtrArray *read_frames          (const char *name);

G_END_DECLS
