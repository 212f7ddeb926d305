/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-run.h"
#include "mz-demo-script.h"

G_BEGIN_DECLS

/* What the parts of a run share: its course, its commands and its events. */

/* What the next steps wait, so that a person sees them one after the other. */
#define MZ_DEMO_STEP_PAUSE_MS 40

typedef enum
{
  MZ_DEMO_RUN_QUEUED,
  MZ_DEMO_RUN_GOING,
  MZ_DEMO_RUN_DONE,
  MZ_DEMO_RUN_FAILED,
  MZ_DEMO_RUN_ABORTED,
} MzDemoRunState;

struct _MzDemoRun
{
  MzDemoGateway *gateway; /* not owned: it owns its runs */
  char *id;
  char *session_key;
  char *message;
  MzDemoRunState state;
  GPtrArray *steps; /* MzDemoStep */
  guint n_step;
  GSource *timer;
  gint64 seq;
  gint64 accepted_at;
  gint64 started_at;
  gint64 ended_at;
  gint64 turn_at;
  char *stop_reason;

  /* the text that is being sent */
  char *source;
  const char *position;
  gboolean is_thinking;
  double rate;
  gint64 stream_started; /* monotonic, us */
  double n_words;
  guint n_deltas;

  /* this turn */
  GString *text;
  GString *thinking;
  gboolean has_image;
  gint64 output_tokens;

  /* the command */
  char *command;
  char *call_id;
  char *approval_id;
  gint64 approval_at;
  gboolean waits_for_approval;
  gboolean is_denied;
  char *output;
};

gboolean       mz_demo_run_is_v4          (MzDemoRun       *self);
MzDemoSession *mz_demo_run_get_session    (MzDemoRun       *self);
void           mz_demo_run_clear_timer    (MzDemoRun       *self);
void           mz_demo_run_set_timer      (MzDemoRun       *self,
                                           guint            interval_ms,
                                           GSourceFunc      callback);
gboolean       mz_demo_run_next_step_cb   (gpointer         user_data);

void           mz_demo_run_ask            (MzDemoRun       *self,
                                           const char      *command);
void           mz_demo_run_emit_resolved  (MzDemoRun       *self,
                                           const char      *decision,
                                           const char      *resolved_by);

void           mz_demo_run_emit_agent     (MzDemoRun       *self,
                                           MzDemoAudience   audience,
                                           const char      *stream,
                                           JsonObject      *data,
                                           gboolean         lost);
JsonObject    *mz_demo_run_chat_payload   (MzDemoRun       *self,
                                           const char      *state);
void           mz_demo_run_emit_chat      (MzDemoRun       *self,
                                           JsonObject      *payload,
                                           gboolean         lost);
void           mz_demo_run_emit_status    (MzDemoRun       *self,
                                           const char      *phase);
void           mz_demo_run_emit_lifecycle (MzDemoRun       *self,
                                           JsonObject      *data);
JsonObject    *mz_demo_run_message_so_far (MzDemoRun       *self);
JsonArray     *mz_demo_run_take_content   (MzDemoRun       *self,
                                           JsonObject      *last);
void           mz_demo_run_append         (MzDemoRun       *self,
                                           JsonObject      *message);

G_END_DECLS
