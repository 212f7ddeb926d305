/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzSessionActions:
 *
 * What a person does to whole conversations, with its questions, its undo and its errors, as toasts of one overlay.
 *
 * A deleted conversation is hidden at once, and deleted when its toast is gone without an "Undo": mz_session_actions_is_hidden(),
 * `::hidden-changed` (MzGateway).
 */
#define MZ_TYPE_SESSION_ACTIONS (mz_session_actions_get_type ())
G_DECLARE_FINAL_TYPE (MzSessionActions, mz_session_actions, MZ, SESSION_ACTIONS, GObject)

MzSessionActions *mz_session_actions_new          (AdwToastOverlay   *overlay);
void              mz_session_actions_rename       (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key);
void              mz_session_actions_set_pinned   (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key,
                                                   gboolean           pinned);
void              mz_session_actions_set_archived (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key,
                                                   gboolean           archived);
void              mz_session_actions_set_unread   (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key,
                                                   gboolean           unread);
void              mz_session_actions_set_model    (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key,
                                                   const char        *model);
void              mz_session_actions_set_thinking (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key,
                                                   const char        *level);
/* FALSE when it cannot be done now */
gboolean          mz_session_actions_delete       (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key);
gboolean          mz_session_actions_is_hidden    (MzSessionActions  *self,
                                                   MzGateway         *gateway,
                                                   const char        *key);
void              mz_session_actions_flush        (MzSessionActions  *self);

G_END_DECLS
