/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The demo gateway in a process of its own, so that what it keeps is not counted as the client's. It is told what to do on its standard input,
 * a command a line, and answers each with one line. */

int          soak_gateway_main  (void);

typedef struct _SoakGateway SoakGateway;

SoakGateway *soak_gateway_spawn (const char   *program);
void         soak_gateway_free  (SoakGateway  *self);
const char  *soak_gateway_url   (SoakGateway  *self);
char        *soak_gateway_ask   (SoakGateway  *self,
                                 const char   *format,
                                 ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
