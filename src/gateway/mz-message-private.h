/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-message.h"

G_BEGIN_DECLS

/* For the files of MzMessage only. */
struct _MzMessage
{
  GObject parent_instance;

  MzMessageKind kind;
  MzMessageState state;
  guint block;
  gint64 seq;
  gint64 timestamp;
  gint64 ordinal;
  gint64 input_tokens;
  gint64 output_tokens;
  gint64 duration_ms;
  gboolean is_error;
  gboolean is_result;
  gboolean unsent;
  gboolean truncated;
  gboolean kept_text;

  GString *text;
  char *id;
  char *idempotency_key;
  char *error_message;
  char *error_code;
  char *call_id;
  char *arguments;
  char *output;
  GPtrArray *attachments;

  /* The same few words in thousands of rows. */
  GRefString *role;
  GRefString *run_id;
  GRefString *model;
  GRefString *provider;
  GRefString *stop_reason;
  GRefString *tool_name;
  GRefString *status;
};

/* How the gateway's client fills rows. Setters tell what changed, and nothing when nothing did. */

MzMessage  *mz_message_new                 (MzMessageKind   kind,
                                            MzMessageState  state);
void        mz_message_set_state           (MzMessage      *self,
                                            MzMessageState  state);
void        mz_message_set_role            (MzMessage      *self,
                                            const char     *role);
void        mz_message_set_identity        (MzMessage      *self,
                                            const char     *id,
                                            guint           block,
                                            gint64          seq);
void        mz_message_set_block           (MzMessage      *self,
                                            guint           block);
void        mz_message_set_run_id          (MzMessage      *self,
                                            const char     *run_id);
void        mz_message_set_idempotency_key (MzMessage      *self,
                                            const char     *key);
void        mz_message_set_timestamp       (MzMessage      *self,
                                            gint64          timestamp);
void        mz_message_set_text            (MzMessage      *self,
                                            const char     *text,
                                            gsize           length);
void        mz_message_append_text         (MzMessage      *self,
                                            const char     *text,
                                            gsize           length);
void        mz_message_set_model           (MzMessage      *self,
                                            const char     *provider,
                                            const char     *model);
void        mz_message_set_usage           (MzMessage      *self,
                                            gint64          input_tokens,
                                            gint64          output_tokens);
void        mz_message_set_stop_reason     (MzMessage      *self,
                                            const char     *reason);
void        mz_message_set_error           (MzMessage      *self,
                                            const char     *code,
                                            const char     *message);
void        mz_message_set_call            (MzMessage      *self,
                                            const char     *call_id,
                                            const char     *name);
void        mz_message_set_arguments       (MzMessage      *self,
                                            JsonNode       *arguments);
void        mz_message_set_output          (MzMessage      *self,
                                            const char     *output);
void        mz_message_set_is_error        (MzMessage      *self,
                                            gboolean        is_error);
void        mz_message_set_status          (MzMessage      *self,
                                            const char     *status);
void        mz_message_set_duration_ms     (MzMessage      *self,
                                            gint64          duration_ms);
void        mz_message_set_truncated       (MzMessage      *self,
                                            gboolean        truncated);
void        mz_message_add_attachment      (MzMessage      *self,
                                            JsonNode       *block);

/* What the row shows becomes what @from shows; what @from does not know stays. */
void        mz_message_adopt               (MzMessage      *self,
                                            MzMessage      *from);

/* Whether the row's text is the streamed one, because its record came cut short. */
gboolean    mz_message_has_kept_text       (MzMessage      *self);

/* A row that stands for a tool's result alone, until it meets its call. */
gboolean    mz_message_is_result           (MzMessage      *self);
void        mz_message_set_is_result       (MzMessage      *self,
                                            gboolean        is_result);

/* A row whose message has never gone out: no record of the gateway can be of it, however alike it looks. */
gboolean    mz_message_is_unsent           (MzMessage      *self);
void        mz_message_set_unsent          (MzMessage      *self,
                                            gboolean        unsent);

/* The place of a row among its timeline's: grows from row to row, with any steps. For MzTimeline only. */
gint64      mz_message_get_ordinal         (MzMessage      *self);
void        mz_message_set_ordinal         (MzMessage      *self,
                                            gint64          ordinal);

/* mz-message-cut.c: texts that a gateway has cut short */
gboolean    mz_text_is_cut                 (const char     *text,
                                            gsize           length);
gboolean    mz_text_is_cut_of              (const char     *cut,
                                            gsize           cut_length,
                                            const char     *text,
                                            gsize           length);
gboolean    mz_text_cut_agrees             (const char     *cut,
                                            gsize           cut_length,
                                            const char     *text,
                                            gsize           length);
void        mz_message_apply_whole         (GPtrArray      *rows,
                                            const char     *id,
                                            GPtrArray      *whole);

/* mz-message-project.c */
GPtrArray  *mz_message_project             (JsonObject     *record);
GPtrArray  *mz_message_project_all         (JsonArray      *records);
char       *mz_message_content_text        (JsonNode       *content);
const char *mz_message_content_peek_text   (JsonNode       *content,
                                            char          **allocated);

G_END_DECLS
