/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-demo-private.h"

G_BEGIN_DECLS

/**
 * MzDemoLogin:
 * @client_id: (nullable): `client.id`
 * @client_mode: (nullable): `client.mode`
 * @scopes: what was asked for, and is granted
 * @caps: what the client can do
 * @device_id: (nullable): the device that was checked
 * @error: (nullable): why it was refused
 * @close_code: the code to close with after @error
 *
 * What came of a `connect` request.
 */
typedef struct
{
  char *client_id;
  char *client_mode;
  char *role;
  GStrv scopes;
  GStrv caps;
  char *device_id;
  JsonObject *error;
  guint close_code;
} MzDemoLogin;

gboolean    mz_demo_login_check  (MzDemoLogin    *self,
                                  MzDemoGateway  *gateway,
                                  JsonObject     *params,
                                  const char     *nonce);
JsonObject *mz_demo_login_hello  (MzDemoLogin    *self,
                                  MzDemoGateway  *gateway,
                                  const char     *connection_id);
void        mz_demo_login_clear  (MzDemoLogin    *self);

G_END_DECLS
