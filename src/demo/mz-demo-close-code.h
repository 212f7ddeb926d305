/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * MzDemoCloseCode:
 *
 * Lets a server close with any code: libsoup knows none of 1012 to 2999 and sends 1002 instead, but real gateways use 1012 and
 * 1013. It is a WebSocket extension that is never negotiated and changes nothing but the code in a close frame.
 */
#define MZ_TYPE_DEMO_CLOSE_CODE (mz_demo_close_code_get_type ())
G_DECLARE_FINAL_TYPE (MzDemoCloseCode, mz_demo_close_code, MZ, DEMO_CLOSE_CODE, SoupWebsocketExtension)

MzDemoCloseCode *mz_demo_close_code_new  (void);
void             mz_demo_close_code_set  (MzDemoCloseCode  *self,
                                          guint             code);

G_END_DECLS
