/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MzSessionRow:
 *
 * One session as a list shows it. Filled by #MzSessionList.
 *
 * Properties, read-only, all notify but `key`: `key`, `session-id`, `title` (never empty: the label, or the display
 * name, the derived title, the last message, the key, whichever comes first), `label` (what a person named it,
 * nullable), `preview` (of the last message, nullable), `updated-at` (ms since the Unix epoch, 0 when unknown),
 * `unread`, `pinned`, `archived`, `running`, `model`, `model-provider`, `thinking-level`, `agent-id`, `total-tokens` (0
 * when unknown), `context-tokens`.
 */
#define MZ_TYPE_SESSION_ROW (mz_session_row_get_type ())
G_DECLARE_FINAL_TYPE (MzSessionRow, mz_session_row, MZ, SESSION_ROW, GObject)

const char *mz_session_row_get_key            (MzSessionRow *self);
const char *mz_session_row_get_session_id     (MzSessionRow *self);
const char *mz_session_row_get_title          (MzSessionRow *self);
const char *mz_session_row_get_label          (MzSessionRow *self);
const char *mz_session_row_get_preview        (MzSessionRow *self);
gint64      mz_session_row_get_updated_at     (MzSessionRow *self);
gboolean    mz_session_row_get_unread         (MzSessionRow *self);
gboolean    mz_session_row_get_pinned         (MzSessionRow *self);
gboolean    mz_session_row_get_archived       (MzSessionRow *self);
gboolean    mz_session_row_get_running        (MzSessionRow *self);
const char *mz_session_row_get_model          (MzSessionRow *self);
const char *mz_session_row_get_model_provider (MzSessionRow *self);
const char *mz_session_row_get_thinking_level (MzSessionRow *self);
const char *mz_session_row_get_agent_id       (MzSessionRow *self);
gint64      mz_session_row_get_total_tokens   (MzSessionRow *self);
gint64      mz_session_row_get_context_tokens (MzSessionRow *self);

G_END_DECLS
