/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <sqlite3.h>

#include "mz-store-error.h"

G_BEGIN_DECLS

/* A file of SQLite's, with versions of its layout, used by one thread at a time and by several programs at once. Everything here blocks.
 * The file is opened, and made, when it is needed first; one that is damaged is set aside, and a new one is begun. */
typedef struct _MzDatabase MzDatabase;

/* One use of the file: done, failed for now, failed in a way that shows that its index for searching is damaged, or the file itself. */
typedef enum
{
  MZ_USE_DONE,
  MZ_USE_FAILED,
  MZ_USE_INDEX_DAMAGED,
  MZ_USE_DAMAGED,
} MzUse;

typedef MzUse (*MzDatabaseFunc) (MzDatabase  *database,
                                 gpointer     data,
                                 GError     **error);

/**
 * MzDatabaseLayout:
 * @application_id: marks the file as ours (PRAGMA application_id)
 * @version: the layout that this program writes (PRAGMA user_version)
 * @migrations: (array length=version): step N makes version N + 1 of version N; an empty file is version 0. A step that was released is never changed.
 * @setup: pragmas for each connection
 * @probe: a statement that can be prepared only if all tables are there
 * @salvage: (nullable): called with a new file that takes the place of a damaged one, in a transaction; its data is the path of the damaged one
 * @mend: (nullable): called when the index for searching is damaged, in a transaction; its data is %NULL
 */
typedef struct
{
  int application_id;
  int version;
  const char * const *migrations;
  const char *setup;
  const char *probe;
  MzDatabaseFunc salvage;
  MzDatabaseFunc mend;
} MzDatabaseLayout;

MzDatabase   *mz_database_new            (const char              *path,
                                          const MzDatabaseLayout  *layout);
void          mz_database_free           (MzDatabase              *self);
gboolean      mz_database_read           (MzDatabase              *self,
                                          MzDatabaseFunc           func,
                                          gpointer                 data,
                                          GError                 **error);
gboolean      mz_database_write          (MzDatabase              *self,
                                          MzDatabaseFunc           func,
                                          gpointer                 data,
                                          GError                 **error);
void          mz_database_close          (MzDatabase              *self);
gboolean      mz_database_exists         (MzDatabase              *self);
gboolean      mz_database_is_open        (MzDatabase              *self);
const char   *mz_database_get_path       (MzDatabase              *self);
const char   *mz_database_get_set_aside  (MzDatabase              *self);
void          mz_database_forget_aside   (MzDatabase              *self);
void          mz_database_set_interrupt  (MzDatabase              *self,
                                          gboolean               (*is_over) (gpointer data),
                                          gpointer                 data);

/* For what is done in a use of it */
sqlite3      *mz_database_get_handle     (MzDatabase              *self);
MzUse         mz_database_fail           (MzDatabase              *self,
                                          GError                 **error);
MzUse         mz_database_execute        (MzDatabase              *self,
                                          const char              *sql,
                                          GError                 **error);
sqlite3_stmt *mz_database_statement      (MzDatabase              *self,
                                          const char              *sql,
                                          MzUse                   *use,
                                          GError                 **error);
MzUse         mz_database_run            (MzDatabase              *self,
                                          sqlite3_stmt            *statement,
                                          GError                 **error);
MzUse         mz_database_step           (MzDatabase              *self,
                                          sqlite3_stmt            *statement,
                                          gboolean                *row,
                                          GError                 **error);
MzUse         mz_database_get_int        (MzDatabase              *self,
                                          const char              *sql,
                                          gint64                  *value,
                                          GError                 **error);
void          mz_database_bind           (sqlite3_stmt            *statement,
                                          int                      place,
                                          const char              *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MzDatabase, mz_database_free)

G_END_DECLS
