/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-message.h"

G_BEGIN_DECLS

/**
 * MzExportFormat:
 * @MZ_EXPORT_MARKDOWN: a document as the agent wrote it, a heading for each who speaks
 * @MZ_EXPORT_JSON: for programs: one object, each message on a line of its own
 * @MZ_EXPORT_HTML: one file that needs no other and loads nothing: to read and to print, light and dark
 */
typedef enum
{
  MZ_EXPORT_MARKDOWN,
  MZ_EXPORT_JSON,
  MZ_EXPORT_HTML,
} MzExportFormat;

/**
 * MzExportOptions:
 * @format: the file's
 * @tools: with tool calls and what they gave
 * @reasoning: with what the agent thought on the way
 */
typedef struct
{
  MzExportFormat format;
  gboolean tools;
  gboolean reasoning;
} MzExportOptions;

/**
 * MzExportAbout:
 * @title: what the conversation is called
 * @session: its key
 * @now: the time of the export, in the time zone that times are told in
 * @complete: the first row is the conversation's first message
 *
 * What stands at the top.
 */
typedef struct
{
  const char *title;
  const char *session;
  GDateTime *now;
  gboolean complete;
} MzExportAbout;

/**
 * MzExportWriter:
 *
 * Rows of a conversation as text of a file, row by row: pure, it only appends to the string that it is given. Everything a peer wrote is escaped as
 * the format needs it: in HTML nothing becomes a tag, an address other than mz_markdown_link_is_safe() lets through, or a load from elsewhere; in
 * Markdown nothing that was left open swallows what comes after.
 *
 * In any thread, one at a time.
 */
typedef struct _MzExportWriter MzExportWriter;

gboolean        mz_export_format_from_string   (const char            *text,
                                                MzExportFormat        *format);
const char     *mz_export_format_get_extension (MzExportFormat         format);
char           *mz_export_file_name            (const char            *title,
                                                MzExportFormat         format);
MzExportWriter *mz_export_writer_new           (const MzExportOptions *options);
void            mz_export_writer_free          (MzExportWriter        *self);
void            mz_export_writer_begin         (MzExportWriter        *self,
                                                const MzExportAbout   *about,
                                                GString               *out);
void            mz_export_writer_add           (MzExportWriter        *self,
                                                MzMessage             *row,
                                                GString               *out);
void            mz_export_writer_end           (MzExportWriter        *self,
                                                GString               *out);
gint64          mz_export_writer_get_n_rows    (MzExportWriter        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzExportWriter, mz_export_writer_free)

G_END_DECLS
