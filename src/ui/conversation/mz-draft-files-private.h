/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-draft-files.h"

G_BEGIN_DECLS

struct _MzFileLoad
{
  GObject parent_instance;

  MzDraftFiles *owner; /* weak */
  GFile *file;         /* (nullable) */
  char *name;
  goffset size;
  MzOutgoing *outgoing;
  GCancellable *cancellable;
};

MzFileLoad *mz_file_load_new           (MzDraftFiles *owner,
                                        const char   *name);
void        mz_file_load_set_size      (MzFileLoad   *self,
                                        goffset       size);
void        mz_file_load_take_outgoing (MzFileLoad   *self,
                                        MzOutgoing   *outgoing);

G_END_DECLS
