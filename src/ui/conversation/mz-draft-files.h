/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "mz-gateway.h"

G_BEGIN_DECLS

/**
 * MzFileLoad:
 *
 * A file on its way into a draft. Properties, read-only: `name`, `size` (bytes, 0 while unknown; notifies), `outgoing` (MzOutgoing, %NULL while it is
 * read; notifies).
 */
#define MZ_TYPE_FILE_LOAD (mz_file_load_get_type ())
G_DECLARE_FINAL_TYPE (MzFileLoad, mz_file_load, MZ, FILE_LOAD, GObject)

const char *mz_file_load_get_name     (MzFileLoad *self);
goffset     mz_file_load_get_size     (MzFileLoad *self);
MzOutgoing *mz_file_load_get_outgoing (MzFileLoad *self);

/**
 * MzDraftFiles:
 *
 * The files of a draft: those that are there, those that are still being read, and what was wrong with others. One for each conversation, so that
 * reading goes on while another one is shown.
 *
 * Properties, read-only: `items` (GListModel of MzOutgoing and MzFileLoad, in the order in which they were added), `attachments` (GListStore of
 * MzOutgoing), `problems` (GListStore of GtkStringObject: sentences, translated), `reading` (some are not there yet; notifies).
 */
#define MZ_TYPE_DRAFT_FILES (mz_draft_files_get_type ())
G_DECLARE_FINAL_TYPE (MzDraftFiles, mz_draft_files, MZ, DRAFT_FILES, GObject)

MzDraftFiles *mz_draft_files_new             (GListStore   *attachments);
/* (transfer none): those of @chat's draft, as long as @chat lives */
MzDraftFiles *mz_draft_files_for_chat        (MzChat       *chat);
/* Whose limits count; not owned. */
void          mz_draft_files_set_gateway     (MzDraftFiles *self,
                                              MzGateway    *gateway);
GListModel   *mz_draft_files_get_items       (MzDraftFiles *self);
GListStore   *mz_draft_files_get_attachments (MzDraftFiles *self);
GListStore   *mz_draft_files_get_problems    (MzDraftFiles *self);
gboolean      mz_draft_files_get_reading     (MzDraftFiles *self);

void          mz_draft_files_add_file        (MzDraftFiles *self,
                                              GFile        *file);
/* As PNG. */
void          mz_draft_files_add_texture     (MzDraftFiles *self,
                                              GdkTexture   *texture,
                                              const char   *name);
void          mz_draft_files_add_problem     (MzDraftFiles *self,
                                              const char   *sentence);
/* @item: of `items`; what is being read is not read any further. */
void          mz_draft_files_remove          (MzDraftFiles *self,
                                              gpointer      item);
/* (transfer full) (nullable): why what is written cannot be sent, in words; NULL when it can. @text is the draft. */
char         *mz_draft_files_check           (MzDraftFiles *self,
                                              const char   *text);

G_END_DECLS
