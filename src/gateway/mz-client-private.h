/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-client-requests.h"
#include "mz-connection.h"

G_BEGIN_DECLS

/* What the client's files share. */

struct _MzClient
{
  GObject parent_instance;

  MzEndpoint *endpoint;
  MzEndpoint *dial_endpoint;    /* the same, or with the scheme that hello-ok came over */
  char *token_key;              /* under which the identity keeps this gateway's device token: the one that came over TLS, */
  char *plain_token_key;        /* and the one that came over plaintext */
  MzIdentity *identity;
  MzDialOptions *options;
  char *last_network_id;        /* where options' last address was good; */
  gint64 heard_boot_us;         /* when the gateway there was last heard, by the clock that goes on in sleep; */
  gboolean lost;                /* and whether that connection is over by itself */
  char *token;
  char *password;
  GStrv scopes;                 /* NULL for the usual ones */
  gboolean reconnect;
  gboolean login;

  MzClientState state;
  MzTrace *trace;
  GError *error;
  gint64 retry_at;

  MzConnection *connection;     /* while one is made or there */
  GSource *retry;
  gint64 last_seq;              /* of the events of this connection */

  guint failures;               /* in a row, since the last hello-ok */
  guint flaps;                  /* connections in a row that did not last */
  guint too_slow;               /* how often the gateway dropped us because we read too slowly */
  gint64 ready_at;              /* of this connection, monotonic µs; 0 before */
  gboolean was_ready;
  gboolean offer_device_token;
  gboolean device_token_retried;
  gint64 restart_expected_ms;
  gboolean retry_told;          /* the gateway itself has named the time of the next try */
  gint64 retry_boot_us;         /* as retry_at, by the clock that goes on in sleep; 0 when none is planned */

  MzClientRequests *requests;
  GQueue stop_tasks;
  gboolean start_after_stop;
};

/* mz-client-route.c */
void              mz_client_note_route      (MzClient *self);
void              mz_client_note_heard      (MzClient *self);
void              mz_client_note_drop       (MzClient *self);
void              mz_client_check_route     (MzClient *self);
void              mz_client_forget_route    (MzClient *self);

MzConnection     *mz_client_get_connection  (MzClient *self);
MzClientRequests *mz_client_get_requests    (MzClient *self);
void              mz_client_redial          (MzClient *self);
void              mz_client_note_loss       (MzClient     *self,
                                             const GError *error);

G_END_DECLS
