/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-gateway-entry.h"

G_BEGIN_DECLS

struct _MzGatewayEntry
{
  GObject parent_instance;

  char *id;
  gboolean is_transient;
  char *name;                   /* NULL while nobody named it */
  char *default_name;           /* the host, or what else there is */
  char *address;
  MzCredential credential;
  MzStrategySetting strategy;
  char *pin;
  gboolean allow_plaintext;
  char *proxy;
  gboolean auto_connect;
  char *last_session;

  /* What this version does not know of the variant it was made from: members, and words for the members that have words. */
  GPtrArray *unknown_members;
  char *unknown_credential;
  char *unknown_strategy;
};

G_END_DECLS
