/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-json.h"

G_BEGIN_DECLS

#define MZ_DEMO_MAIN_KEY "agent:main:main"
#define MZ_DEMO_AGENT "main"
#define MZ_DEMO_PROVIDER "demo"
#define MZ_DEMO_MODEL "demo-1"
#define MZ_DEMO_CONTEXT_TOKENS 128000
#define MZ_DEMO_LONG_SESSION_MESSAGES 2000
#define MZ_DEMO_IMAGE_ID "demo-evening"

/**
 * MzDemoSession:
 * @messages: (element-type JsonNode): the transcript as the protocol sends it, oldest first
 * @status: (nullable): how the last run stands: `running`, `done`, `failed`, `killed`
 *
 * One session of the demo.
 */
typedef struct
{
  char *key;
  char *session_id;
  char *label;
  char *model;
  char *thinking_level;
  const char *status;
  char *last_run_id;
  char *last_run_error;
  char *preview;
  gint64 created_at;
  gint64 updated_at;
  gint64 interaction_at;
  gint64 started_at;
  gint64 ended_at;
  gint64 input_tokens;
  gint64 output_tokens;
  gboolean pinned;
  gboolean archived;
  gboolean unread;
  gboolean aborted_last_run;
  GPtrArray *messages;
} MzDemoSession;

/* The sessions with their messages, in memory. */
typedef struct _MzDemoStore MzDemoStore;

MzDemoStore   *mz_demo_store_new             (gint64           now);
void           mz_demo_store_free            (MzDemoStore     *self);
MzDemoSession *mz_demo_store_lookup          (MzDemoStore     *self,
                                              const char      *key);
MzDemoSession *mz_demo_store_find_label      (MzDemoStore     *self,
                                              const char      *label);
MzDemoSession *mz_demo_store_add             (MzDemoStore     *self,
                                              const char      *key,
                                              const char      *label,
                                              gint64           now);
void           mz_demo_store_remove          (MzDemoStore     *self,
                                              MzDemoSession   *session);
GPtrArray     *mz_demo_store_sorted          (MzDemoStore     *self);
char          *mz_demo_store_canonical_key   (const char      *key);

void           mz_demo_session_reset         (MzDemoSession   *self,
                                              gint64           now);
JsonNode      *mz_demo_session_append        (MzDemoSession   *self,
                                              JsonObject      *message,
                                              const char      *run_id,
                                              gint64           now);
JsonObject    *mz_demo_session_row           (MzDemoSession   *self,
                                              const char      *active_run_id);
JsonArray     *mz_demo_session_page          (MzDemoSession   *self,
                                              gint64           limit,
                                              gint64           offset,
                                              gsize            max_bytes,
                                              guint           *n_returned);

JsonObject    *mz_demo_message_user          (const char      *text,
                                              gint64           timestamp);
JsonObject    *mz_demo_message_assistant     (JsonArray       *content,
                                              const char      *stop_reason,
                                              gint64           output_tokens,
                                              gint64           timestamp);
JsonObject    *mz_demo_message_tool_result   (const char      *call_id,
                                              const char      *output,
                                              gboolean         is_error,
                                              gint64           timestamp);
JsonObject    *mz_demo_block_text            (const char      *text);
JsonObject    *mz_demo_block_thinking        (const char      *text);
JsonObject    *mz_demo_block_tool_call       (const char      *call_id,
                                              const char      *command);
JsonObject    *mz_demo_block_image           (void);
gint64         mz_demo_count_words           (const char      *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzDemoStore, mz_demo_store_free)

G_END_DECLS
