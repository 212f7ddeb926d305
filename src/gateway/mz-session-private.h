/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-run.h"
#include "mz-session.h"

G_BEGIN_DECLS

/* The most messages one history can have (schema: ChatHistoryParams). */
#define MZ_SESSION_MAX_LIMIT 1000

/* How many messages a history is asked for at first. */
#define MZ_SESSION_PAGE_LIMIT 100

/* For the files of MzSession, and for tests, which drive a session without a client: mz_session_new_detached(). */

struct _MzSession
{
  GObject parent_instance;

  MzClient *client;
  char *key;
  char *canonical_key;
  char *session_id;
  char *main_key;
  MzTimeline *timeline;
  GCancellable *cancellable;

  /* Runs under way, and the ids of those that ended lately. */
  GPtrArray *runs;
  GQueue ended;

  /* Runs whose message went into another run, and that one. */
  GHashTable *targets;

  gboolean patient;
  gboolean opened;
  gboolean loading;
  gboolean loaded;
  gboolean reload_wanted;
  guint reloads;
  guint retry_id;
  GPtrArray *waiting;

  /* Entries whose whole text has been asked for. */
  GHashTable *asked;
  char *asking;

  gboolean has_older;
  gint64 next_offset;
  guint limit;
  guint page_limit;             /* messages that the newest page was asked for; fewer than `limit` after being too slow */

  gboolean notified_running;
  char *notified_run;
  char *notified_phase;
};

enum
{
  MZ_SESSION_PROP_0,
  MZ_SESSION_PROP_CLIENT,
  MZ_SESSION_PROP_KEY,
  MZ_SESSION_PROP_CANONICAL_KEY,
  MZ_SESSION_PROP_SESSION_ID,
  MZ_SESSION_PROP_TIMELINE,
  MZ_SESSION_PROP_RUNNING,
  MZ_SESSION_PROP_ACTIVE_RUN,
  MZ_SESSION_PROP_PHASE,
  MZ_SESSION_PROP_LOADING,
  MZ_SESSION_PROP_LOADED,
  MZ_SESSION_PROP_HAS_OLDER,
  MZ_SESSION_N_PROPS
};

/* mz-session.c */
MzSession  *mz_session_new_detached     (const char   *key,
                                         const char   *main_key);
gboolean    mz_session_is_mine          (MzSession    *self,
                                         const char   *key);
void        mz_session_set_canonical_key (MzSession   *self,
                                         const char   *key);
void        mz_session_set_session_id   (MzSession    *self,
                                         const char   *session_id);
void        mz_session_set_loading      (MzSession    *self,
                                         gboolean      loading);
void        mz_session_set_loaded       (MzSession    *self);
void        mz_session_set_has_older    (MzSession    *self,
                                         gboolean      has_older);
void        mz_session_update_activity  (MzSession    *self);
void        mz_session_emit_run_started (MzSession    *self,
                                         const char   *run_id);
void        mz_session_emit_run_steered (MzSession    *self,
                                         const char   *run_id,
                                         const char   *target);
void        mz_session_emit_run_ended   (MzSession    *self,
                                         const char   *run_id,
                                         MzRunOutcome  outcome,
                                         GError       *error);

/* mz-session-events.c */
void        mz_session_handle_event     (MzSession    *self,
                                         MzFrame      *frame);
MzRun      *mz_session_find_run         (MzSession    *self,
                                         const char   *run_id);
MzRun      *mz_session_ensure_run       (MzSession    *self,
                                         const char   *run_id);
void        mz_session_end_run          (MzSession    *self,
                                         const char   *run_id,
                                         MzRunOutcome  outcome,
                                         JsonObject   *payload);
void        mz_session_settle_run       (MzSession    *self,
                                         MzRun        *run,
                                         guint         delay_ms,
                                         MzRunOutcome  outcome);
gboolean    mz_session_run_has_ended    (MzSession    *self,
                                         const char   *run_id);
gboolean    mz_session_restarted_since  (MzSession    *self,
                                         gint64        started_us);
gboolean    mz_session_page_covers      (MzSession    *self,
                                         MzMessage    *row);
void        mz_session_reopen_run       (MzSession    *self,
                                         const char   *run_id);
void        mz_session_note_steered     (MzSession    *self,
                                         JsonObject   *record);
void        mz_session_replay_agent     (MzSession    *self,
                                         JsonObject   *payload);

/* mz-session-load.c */
void        mz_session_load             (MzSession    *self);
void        mz_session_client_ready     (MzSession    *self);
gboolean    mz_session_has_offsets      (MzSession    *self);
guint       mz_session_get_reloads      (MzSession    *self);

/* mz-session-history.c */
void        mz_session_load_whole       (MzSession    *self);
void        mz_session_apply_history    (MzSession    *self,
                                         JsonObject   *payload);
guint       mz_session_apply_older      (MzSession    *self,
                                         JsonObject   *payload);

G_END_DECLS
