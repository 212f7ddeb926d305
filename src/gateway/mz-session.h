/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-timeline.h"

G_BEGIN_DECLS

/**
 * MzRunOutcome:
 * @MZ_RUN_DONE: the reply is complete
 * @MZ_RUN_FAILED: it ended with an error
 * @MZ_RUN_ABORTED: it was stopped
 */
typedef enum
{
  MZ_RUN_DONE,
  MZ_RUN_FAILED,
  MZ_RUN_ABORTED,
} MzRunOutcome;

#define MZ_TYPE_RUN_OUTCOME (mz_run_outcome_get_type ())
GType       mz_run_outcome_get_type  (void) G_GNUC_CONST;
const char *mz_run_outcome_to_string (MzRunOutcome outcome);

/**
 * MzSession:
 *
 * One conversation on a gateway: its rows, kept in step with the gateway's events, and what a person can do with it. It
 * follows its client over reconnects: whenever the client becomes ready again, or lost events, the history is loaded
 * anew and the rows reconciled.
 *
 * Properties, read-only: `client`, `key` (as asked for: "main" is fine), `canonical-key` (as the gateway calls it),
 * `session-id`, `timeline`, `running` (a run is under way), `active-run` (id of the run that started last, %NULL when
 * none), `phase` (what the active run is doing before it speaks, the gateway's word for it, %NULL otherwise),
 * `loading`, `loaded` (a history came at least once), `has-older`.
 *
 * Signals:
 * - `::run-started` (const char *run_id): once for each run, also for those another client started.
 * - `::run-ended` (const char *run_id, MzRunOutcome outcome, GError *error): once for each started run; @error is
 *   %NULL unless the outcome is %MZ_RUN_FAILED. The rows are complete before it, as far as the gateway has sent them:
 *   protocol 3 can end a run without its text, which then comes with a reload; wait until `loading` is false again to
 *   print it.
 * - `::run-steered` (const char *run_id, const char *target): the message of this run was put into another run that was
 *   under way ("steered"), so that the answer comes in the rows of @target. The run stays open meanwhile, and ends after
 *   @target, with its outcome. Not emitted for the same @target twice. See mz_session_get_target_run().
 *
 * To stream a reply: connect to the timeline's #GListModel::items-changed and to `::run-ended`, call
 * mz_session_send_async(), and print what the rows with this run's id append (see #MzMessage). The run id is known when
 * the send is done, and can be chosen beforehand: it is the idempotency key, on every gateway so far; events never come
 * before the answer to chat.send on one connection, but may be handled in the same main loop iteration.
 */
#define MZ_TYPE_SESSION (mz_session_get_type ())
G_DECLARE_FINAL_TYPE (MzSession, mz_session, MZ, SESSION, GObject)

MzSession   *mz_session_new               (MzClient             *client,
                                           const char           *key);
MzClient    *mz_session_get_client        (MzSession            *self);
const char  *mz_session_get_key           (MzSession            *self);
const char  *mz_session_get_canonical_key (MzSession            *self);
const char  *mz_session_get_session_id    (MzSession            *self);
MzTimeline  *mz_session_get_timeline      (MzSession            *self);
gboolean     mz_session_get_running       (MzSession            *self);
const char  *mz_session_get_active_run    (MzSession            *self);
const char  *mz_session_get_phase         (MzSession            *self);
const char  *mz_session_get_target_run    (MzSession            *self,
                                           const char           *run_id);
gboolean     mz_session_get_loading       (MzSession            *self);
gboolean     mz_session_get_loaded        (MzSession            *self);
gboolean     mz_session_get_has_older     (MzSession            *self);

void         mz_session_open_async        (MzSession            *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean     mz_session_open_finish       (MzSession            *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void         mz_session_load_older_async  (MzSession            *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean     mz_session_load_older_finish (MzSession            *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void         mz_session_send_async        (MzSession            *self,
                                           const char           *text,
                                           JsonNode             *attachments,
                                           const char           *idempotency_key,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
char        *mz_session_send_finish       (MzSession            *self,
                                           GAsyncResult         *result,
                                           GError              **error);
/* For messages that wait for a connection */
void         mz_session_set_patient       (MzSession            *self,
                                           gboolean              patient);
MzMessage   *mz_session_add_unsent        (MzSession            *self,
                                           const char           *text,
                                           JsonNode             *attachments,
                                           const char           *idempotency_key,
                                           const GError         *error);
gboolean     mz_session_remove_unsent     (MzSession            *self,
                                           MzMessage            *message);

void         mz_session_abort_async       (MzSession            *self,
                                           const char           *run_id,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean     mz_session_abort_finish      (MzSession            *self,
                                           GAsyncResult         *result,
                                           GError              **error);
void         mz_session_reload            (MzSession            *self);

G_END_DECLS
