/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-frame.h"
#include "mz-gateway-error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The requests that wait for an answer, by id: each ends exactly once, by its answer, its time limit, its cancellable or the connection's
 * end. The client's own helper; not reference counted. */
typedef struct _MzClientRequests MzClientRequests;

MzClientRequests *mz_client_requests_new         (void);
void              mz_client_requests_free        (MzClientRequests *self);
guint             mz_client_requests_get_n       (MzClientRequests *self);
const char       *mz_client_requests_add         (MzClientRequests *self,
                                                  GTask            *task,
                                                  const char       *method,
                                                  guint             timeout_ms);
gboolean          mz_client_requests_answer      (MzClientRequests *self,
                                                  MzFrame          *response);
void              mz_client_requests_fail        (MzClientRequests *self,
                                                  const char       *id,
                                                  GError           *error);
void              mz_client_requests_reject_all  (MzClientRequests *self,
                                                  const GError     *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzClientRequests, mz_client_requests_free)

G_END_DECLS
