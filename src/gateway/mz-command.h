/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"

G_BEGIN_DECLS

/**
 * MzCommand:
 *
 * A slash command that a gateway offers (protocol: `commands.list`). Immutable.
 *
 * Properties, read-only: `name` (without the slash), `description` (nullable), `arguments` (nullable: a hint such as "<model>"),
 * `aliases` (strv, without the slash), `category` (nullable).
 */
#define MZ_TYPE_COMMAND (mz_command_get_type ())
G_DECLARE_FINAL_TYPE (MzCommand, mz_command, MZ, COMMAND, GObject)

MzCommand          *mz_command_new             (JsonObject           *object);
const char         *mz_command_get_name        (MzCommand            *self);
const char         *mz_command_get_description (MzCommand            *self);
const char         *mz_command_get_arguments   (MzCommand            *self);
const char * const *mz_command_get_aliases     (MzCommand            *self);
const char         *mz_command_get_category    (MzCommand            *self);

/* What of @commands (a GListModel of MzCommand) completes @text, a composer's whole text ("/mo"), best first; empty when @text is no
 * beginning of a command. Pure. (transfer full) (element-type MzCommand) */
GPtrArray          *mz_commands_complete       (GListModel           *commands,
                                                const char           *text);

void                mz_commands_list_async     (MzClient             *client,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
/* A gateway without the method gives an empty list. */
GListModel         *mz_commands_list_finish    (MzClient             *client,
                                                GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS
