/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

#include "mz-demo-gateway.h"
#include "mz-json.h"

G_BEGIN_DECLS

/* A gateway client of the fewest possible lines, on a plain SoupSession: it shares nothing with the one under src/gateway but the
 * JSON getters, so that it can be wrong in other ways. Everything it waits for fails the test after a while. */

#define CLIENT_SECONDS 20

typedef struct
{
  guint8 public_key[32];
  guint8 secret_key[64];
  char *id;
} DemoDevice;

typedef struct
{
  SoupSession *session;
  SoupWebsocketConnection *socket;
  GPtrArray *frames; /* JsonObject: all that came */
  guint n_seen;      /* those that client_wait_event() has passed */
  guint n_texts;
  gsize longest;
  gboolean closed;
  gushort close_code;
  guint next_id;
} DemoClient;

/* What `connect` sends; the zero value is a well-behaved client without a device and without a secret. */
typedef struct
{
  DemoDevice *device;
  const char *token;
  const char *password;
  const char *device_token;
  const char *client_id;   /* gateway-client */
  const char *mode;        /* ui */
  const char *caps;        /* tool-events exec-approvals */
  const char *scopes;      /* operator.read operator.write operator.approvals operator.admin */
  const char *bad_nonce;
  gint64 skew_ms;
  gboolean bad_signature;
  gboolean bad_id;
  gint64 min_protocol;     /* 3 */
  gint64 max_protocol;     /* 4 */
} DemoLogin;

DemoDevice *demo_device_new       (void);
void        demo_device_free      (DemoDevice      *self);

DemoClient *demo_client_open      (MzDemoGateway   *gateway);
void        demo_client_free      (DemoClient      *self);
void        demo_client_send_raw  (DemoClient      *self,
                                   const char      *text);
char       *demo_client_send      (DemoClient      *self,
                                   const char      *method,
                                   const char      *params);
JsonObject *demo_client_wait_response (DemoClient  *self,
                                       const char  *id);
JsonObject *demo_client_call      (DemoClient      *self,
                                   const char      *method,
                                   const char      *params);
JsonObject *demo_client_wait_event (DemoClient     *self,
                                    const char     *event,
                                    const char     *state);
JsonObject *demo_client_challenge (DemoClient      *self);
JsonObject *demo_client_login     (DemoClient      *self,
                                   const DemoLogin *login);
void        demo_client_wait_closed (DemoClient    *self);
DemoClient *demo_client_ready     (MzDemoGateway   *gateway);
guint       demo_client_count     (DemoClient      *self,
                                   const char      *event,
                                   const char      *stream);

JsonObject *demo_payload          (JsonObject      *frame);
JsonObject *demo_error            (JsonObject      *frame);
JsonObject *demo_details          (JsonObject      *frame);
const char *demo_message_text     (JsonObject      *message);
void        demo_wait_until       (gboolean       (*condition) (gpointer data),
                                   gpointer         data);
void        demo_settle           (MzDemoGateway   *gateway);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoDevice, demo_device_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoClient, demo_client_free)

G_END_DECLS
