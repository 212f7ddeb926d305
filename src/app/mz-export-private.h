/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-export-writer.h"

G_BEGIN_DECLS

/* For the files of MzExportWriter only. */
struct _MzExportWriter
{
  MzExportOptions options;
  GTimeZone *zone;
  gint64 n_rows;
  gboolean in_reply; /* the assistant has the word */
};

typedef struct
{
  void (*begin) (MzExportWriter      *self,
                 const MzExportAbout *about,
                 GString             *out);
  void (*add)   (MzExportWriter      *self,
                 MzMessage           *row,
                 GString             *out);
  void (*end)   (MzExportWriter      *self,
                 GString             *out);
} MzExportFormatter;

extern const MzExportFormatter mz_export_markdown;
extern const MzExportFormatter mz_export_json;
extern const MzExportFormatter mz_export_html;

/* mz-export-writer.c: words that the formats for people share; all (transfer full) */
GDateTime  *mz_export_time       (MzExportWriter     *self,
                                  gint64              timestamp);
char       *mz_export_time_words (MzExportWriter     *self,
                                  gint64              timestamp);
gboolean    mz_export_opens_turn (MzExportWriter     *self,
                                  MzMessage          *row);
char       *mz_export_tool_words (MzMessage          *row);
char       *mz_export_file_words (const MzAttachment *attachment);
const char *mz_export_note_words (MzMessage          *row);
char       *mz_export_visible    (const char         *text,
                                  gboolean            multiline);
char       *mz_export_clean      (const char         *text);

/* mz-export-html-text.c */
void        mz_export_html_escape (GString            *out,
                                   const char         *text);
void        mz_export_html_prose  (GString            *out,
                                   const char         *text);

G_END_DECLS
