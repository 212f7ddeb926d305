/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "mz-core.h"

G_BEGIN_DECLS

/* Whether the person has @key of @gateway (or anything, when @key is NULL) before them now: then nothing is notified. */
typedef gboolean (*MzNotifierInFrontFunc) (MzGateway  *gateway,
                                           const char *key,
                                           gpointer    user_data);

/**
 * MzNotifier:
 *
 * Tells of replies that ended and commands that wait for approval while the window is not in front, with actions of the application: `app.show-chat`
 * ((ss): gateway id, key) and `app.answer-approval` ((sss): gateway id, approval id, decision). Takes them back when they are of no use any more.
 */
#define MZ_TYPE_NOTIFIER (mz_notifier_get_type ())
G_DECLARE_FINAL_TYPE (MzNotifier, mz_notifier, MZ, NOTIFIER, GObject)

MzNotifier *mz_notifier_new      (GApplication          *application,
                                  MzCore                *core,
                                  MzNotifierInFrontFunc  in_front,
                                  gpointer               user_data);
/* The conversation is before the person: what was notified of its reply goes. */
void        mz_notifier_withdraw (MzNotifier            *self,
                                  MzGateway             *gateway,
                                  const char            *key);

G_END_DECLS
