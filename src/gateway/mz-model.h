/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"

G_BEGIN_DECLS

/**
 * MzModel:
 *
 * A model that a gateway offers. Immutable.
 *
 * Properties, read-only: `id`, `name`, `provider` (nullable), `ref` ("provider/id": what a session is set to),
 * `context-window` (tokens, 0 when unknown), `reasoning`, `default`, `available`, `thinking-levels`, `thinking-default`
 * (nullable).
 */
#define MZ_TYPE_MODEL (mz_model_get_type ())
G_DECLARE_FINAL_TYPE (MzModel, mz_model, MZ, MODEL, GObject)

MzModel            *mz_model_new                  (JsonObject           *object);
const char         *mz_model_get_id               (MzModel              *self);
const char         *mz_model_get_name             (MzModel              *self);
const char         *mz_model_get_provider         (MzModel              *self);
const char         *mz_model_get_ref              (MzModel              *self);
gint64              mz_model_get_context_window   (MzModel              *self);
gboolean            mz_model_get_reasoning        (MzModel              *self);
gboolean            mz_model_get_default          (MzModel              *self);
gboolean            mz_model_get_available        (MzModel              *self);
const char * const *mz_model_get_thinking_levels  (MzModel              *self);
const char         *mz_model_get_thinking_default (MzModel              *self);

void                mz_models_list_async          (MzClient             *client,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
GListModel         *mz_models_list_finish         (MzClient             *client,
                                                   GAsyncResult         *result,
                                                   GError              **error);

G_END_DECLS
