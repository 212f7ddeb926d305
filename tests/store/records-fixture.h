/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-records-file.h"

G_BEGIN_DECLS

/* A place for a file of records, and what is put into it. */

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

typedef struct
{
  char *directory;
  char *path;
} Fixture;

void      set_up       (Fixture        *fixture,
                        gconstpointer   data);
void      tear_down    (Fixture        *fixture,
                        gconstpointer   data);
void      remove_tree  (const char     *path);
gint64    now_ms       (void);
MzRecord  a_record     (void);
void      write_file   (const char     *path,
                        const char     *contents,
                        gssize          length);
gboolean  holds        (const char     *path,
                        const char     *word);
guint     count        (MzRecordsFile  *file);
void      add_one      (MzRecordsFile  *file);

G_END_DECLS
