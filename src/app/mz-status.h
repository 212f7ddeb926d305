/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-client.h"
#include "mz-diagnosis.h"

G_BEGIN_DECLS

/**
 * MzDot:
 * @MZ_DOT_OFF: grey, not connected and not wanted
 * @MZ_DOT_WORKING: yellow, connecting or waiting to try again
 * @MZ_DOT_READY: green
 * @MZ_DOT_NEEDS_YOU: red, stopped until the person does something
 */
typedef enum
{
  MZ_DOT_OFF,
  MZ_DOT_WORKING,
  MZ_DOT_READY,
  MZ_DOT_NEEDS_YOU,
} MzDot;

#define MZ_TYPE_DOT (mz_dot_get_type ())
GType       mz_dot_get_type (void) G_GNUC_CONST;

/**
 * MzAction:
 *
 * The one thing a button offers to mend a state or a diagnosis.
 */
typedef enum
{
  MZ_ACTION_NONE,
  MZ_ACTION_CONNECT,         /* "Connect" */
  MZ_ACTION_CANCEL,          /* "Stop trying" */
  MZ_ACTION_RETRY,           /* "Try now" */
  MZ_ACTION_EDIT_SECRET,     /* "Enter token…" */
  MZ_ACTION_EDIT_ADDRESS,    /* "Edit address…" */
  MZ_ACTION_COPY_COMMAND,    /* "Copy command": the diagnosis' command */
  MZ_ACTION_TRUST,           /* "Look at certificate…" */
  MZ_ACTION_ALLOW_PLAINTEXT, /* "Connect without encryption…" */
  MZ_ACTION_USE_WSS,         /* "Use wss" */
  MZ_ACTION_OPEN_NETWORK,    /* "Sign in to the network": opens a browser */
  MZ_ACTION_DOCTOR,          /* "Details" */
  MZ_ACTION_USE_SERVE,       /* "Use Tailscale Serve": wss and port 443 of the same host */
  MZ_ACTION_OTHER_STRATEGY,  /* "Try the other strategy": IPv4-only, or automatic where that was set */
  MZ_ACTION_NETWORK,         /* "Network settings": of this computer */
} MzAction;

/**
 * MzStatus:
 * @dot: its colour
 * @word: one or two words beside the dot ("Ready", "Waiting"), translated
 * @text: the sentence of the bar, translated; with a countdown while @retry_at is set: see mz_status_format()
 * @action: what the button offers
 * @label: (nullable): the button's text, translated
 * @visible: the bar is to be shown (anything but ready)
 * @retry_at: monotonic µs of the next try, 0 for none
 *
 * How a gateway stands, in words. A plain value; the words are chosen by one pure function.
 */
typedef struct
{
  MzDot dot;
  char *word;
  char *text;
  MzAction action;
  char *label;
  gboolean visible;
  gint64 retry_at;
} MzStatus;

#define MZ_TYPE_STATUS (mz_status_get_type ())
GType       mz_status_get_type (void) G_GNUC_CONST;

/* @phase: what the running dial is doing, or NULL */
MzStatus   *mz_status_of       (MzClientState         state,
                                gboolean              wanted,
                                const char           *name,
                                const MzPhase        *phase,
                                const MzDiagnosis    *diagnosis,
                                gint64                retry_at);
MzStatus   *mz_status_copy     (const MzStatus       *self);
void        mz_status_free     (MzStatus             *self);
/* (transfer full): the sentence with the countdown in it: "… Trying again in 7 s." */
char       *mz_status_format   (const MzStatus       *self,
                                gint64                now_us);
/* What mends a diagnosis: by its id, a table. @label: (out) (transfer none) translated */
MzAction    mz_action_of       (const MzDiagnosis    *diagnosis,
                                const char          **label);
const char *mz_phase_to_words  (MzPhase               phase);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzStatus, mz_status_free)

G_END_DECLS
