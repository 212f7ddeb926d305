/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-session-row.h"

G_BEGIN_DECLS

/**
 * MzSessionList:
 *
 * The sessions of a gateway: a #GListModel of #MzSessionRow, pinned ones first, then the newest first. It subscribes
 * each time its client becomes ready (at once if it is), follows the gateway's `sessions.changed`, and keeps the last
 * known rows while not connected.
 *
 * Properties, read-only: `client`, `loading` (a list is on its way), `loaded` (one came at least once), `has-more` (the
 * gateway has more sessions than it listed). A list that could not be loaded is told with `::failed` (GError).
 */
#define MZ_TYPE_SESSION_LIST (mz_session_list_get_type ())
G_DECLARE_FINAL_TYPE (MzSessionList, mz_session_list, MZ, SESSION_LIST, GObject)

MzSessionList *mz_session_list_new                      (MzClient             *client);
MzClient      *mz_session_list_get_client               (MzSessionList        *self);
gboolean       mz_session_list_get_loading              (MzSessionList        *self);
gboolean       mz_session_list_get_loaded               (MzSessionList        *self);
gboolean       mz_session_list_get_has_more             (MzSessionList        *self);
MzSessionRow  *mz_session_list_lookup                   (MzSessionList        *self,
                                                         const char           *key);
void           mz_session_list_refresh                  (MzSessionList        *self);
void           mz_session_list_set_with_archived        (MzSessionList        *self,
                                                         gboolean              with_archived);

void           mz_session_list_create_async             (MzSessionList        *self,
                                                         const char           *label,
                                                         const char           *model,
                                                         const char           *agent_id,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
char          *mz_session_list_create_finish            (MzSessionList        *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);

/* All of these end with mz_session_list_patch_finish(). */
void           mz_session_list_patch_async              (MzSessionList        *self,
                                                         const char           *key,
                                                         JsonNode             *fields,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
void           mz_session_list_rename_async             (MzSessionList        *self,
                                                         const char           *key,
                                                         const char           *label,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
void           mz_session_list_set_pinned_async         (MzSessionList        *self,
                                                         const char           *key,
                                                         gboolean              pinned,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
void           mz_session_list_set_archived_async       (MzSessionList        *self,
                                                         const char           *key,
                                                         gboolean              archived,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
void           mz_session_list_set_unread_async         (MzSessionList        *self,
                                                         const char           *key,
                                                         gboolean              unread,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
void           mz_session_list_set_model_async          (MzSessionList        *self,
                                                         const char           *key,
                                                         const char           *model,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
void           mz_session_list_set_thinking_level_async (MzSessionList        *self,
                                                         const char           *key,
                                                         const char           *level,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
gboolean       mz_session_list_patch_finish             (MzSessionList        *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);

void           mz_session_list_delete_async             (MzSessionList        *self,
                                                         const char           *key,
                                                         GCancellable         *cancellable,
                                                         GAsyncReadyCallback   callback,
                                                         gpointer              user_data);
gboolean       mz_session_list_delete_finish            (MzSessionList        *self,
                                                         GAsyncResult         *result,
                                                         GError              **error);

G_END_DECLS
