/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "mz-trace.h"

G_BEGIN_DECLS

/**
 * MzConnectLook:
 * @icon: (nullable): above the title
 * @title: what happens, or what is asked
 * @alarm: the title warns
 * @text: (nullable): what there is to know
 * @advice: (nullable): what to do
 * @ask: (nullable) (transfer floating): what there is to look at
 * @waiting: (nullable): what is waited for
 * @phases: the phases of the dial are shown
 * @act: (nullable): the button that does what mends it
 * @act_class: (nullable): its style class
 * @act_is_default: it has the focus, for nothing bad can come of it
 * @again: "Try again" is offered
 * @details: "Details" is offered
 * @cancel: (nullable): what the last button says, if not "Cancel"
 *
 * What is to be seen while a gateway is tried. A plain value.
 */
typedef struct
{
  const char *icon;
  const char *title;
  gboolean alarm;
  const char *text;
  const char *advice;
  GtkWidget *ask;
  const char *waiting;
  gboolean phases;
  const char *act;
  const char *act_class;
  gboolean act_is_default;
  gboolean again;
  gboolean details;
  const char *cancel;
} MzConnectLook;

/**
 * MzConnectProgress:
 *
 * The part of MzConnectPage that shows a try: title, words, what is asked, phases, buttons. It decides nothing.
 *
 * Signals: `::act`, `::again`, `::details`, `::cancel`: the buttons.
 */
#define MZ_TYPE_CONNECT_PROGRESS (mz_connect_progress_get_type ())
G_DECLARE_FINAL_TYPE (MzConnectProgress, mz_connect_progress, MZ, CONNECT_PROGRESS, GtkWidget)

void         mz_connect_progress_show       (MzConnectProgress    *self,
                                             const MzConnectLook  *look);
const char  *mz_connect_progress_get_title  (MzConnectProgress    *self);
void         mz_connect_progress_set_trace  (MzConnectProgress    *self,
                                             MzTrace              *trace);

G_END_DECLS
