/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-identity.h"

G_BEGIN_DECLS

/* The limit: blocking sockets that send and read the same bytes as our client, and nothing else. */
double raw_client_login     (guint16     port,
                             MzIdentity *identity);
double raw_client_login_tls (guint16     port,
                             MzIdentity *identity,
                             const char *ca_file);

G_END_DECLS
