/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-client-requests.h"
#include "mz-connection.h"

G_BEGIN_DECLS

/* What the client's files share. */

MzConnection     *mz_client_get_connection  (MzClient *self);
MzClientRequests *mz_client_get_requests    (MzClient *self);

G_END_DECLS
