/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

#include "mz-transport.h"

G_BEGIN_DECLS

#define MZ_TYPE_SOUP_TRANSPORT (mz_soup_transport_get_type ())
G_DECLARE_FINAL_TYPE (MzSoupTransport, mz_soup_transport, MZ, SOUP_TRANSPORT, GObject)

MzTransport *mz_soup_transport_new (SoupWebsocketConnection *connection);

G_END_DECLS
