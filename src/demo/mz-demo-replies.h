/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The demo's texts; only data. A reply is chosen by one of its words in the message, or in turn. */
typedef struct
{
  const char *words;   /* lower case, separated by blanks; any of them chooses this reply */
  const char *think;   /* (nullable) */
  const char *command; /* (nullable): asked for before the answer */
  const char *text;    /* (nullable) */
  const char *error;   /* (nullable): ends the run */
  gboolean image;      /* with the demo's picture */
  gboolean in_turn;    /* also comes up when no word matches */
} MzDemoReply;

const MzDemoReply *mz_demo_replies (gsize *n_replies);

G_END_DECLS
