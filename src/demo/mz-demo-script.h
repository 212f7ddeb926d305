/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MzDemoStepKind:
 * @MZ_DEMO_STEP_WAIT: nothing for `seconds`
 * @MZ_DEMO_STEP_THINK: `text` is reasoning
 * @MZ_DEMO_STEP_TEXT: `text` is the answer, Markdown
 * @MZ_DEMO_STEP_IMAGE: the demo's picture goes with the answer
 * @MZ_DEMO_STEP_RUN: `text` is a command that waits for approval
 * @MZ_DEMO_STEP_REPORT: the answer quotes what the command gave
 * @MZ_DEMO_STEP_FAIL: the run ends with an error, `text`; `http_status` is 0 for other causes
 */
typedef enum
{
  MZ_DEMO_STEP_WAIT,
  MZ_DEMO_STEP_THINK,
  MZ_DEMO_STEP_TEXT,
  MZ_DEMO_STEP_IMAGE,
  MZ_DEMO_STEP_RUN,
  MZ_DEMO_STEP_REPORT,
  MZ_DEMO_STEP_FAIL,
} MzDemoStepKind;

typedef struct
{
  MzDemoStepKind kind;
  char *text;
  double seconds;
  double rate; /* words a second, 0 for the gateway's */
  guint http_status;
} MzDemoStep;

/* What the demo answers to a message: steps in order. The lines that steer it are those of the lab's mock model. */
GPtrArray *mz_demo_script_for_message (const char *message,
                                       guint       turn);
char      *mz_demo_script_pretend     (const char *command);

G_END_DECLS
