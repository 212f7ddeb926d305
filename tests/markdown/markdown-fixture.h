/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "mz-markdown.h"

G_BEGIN_DECLS

/*
 * Follows the signals of a text as a view does, and knows nothing else of it.
 */
typedef struct _Mirror Mirror;

struct _Mirror
{
  MzMarkdown *markdown;

  /* (element-type MirrorRow) */
  GPtrArray *rows;

  guint n_changed;
  guint n_grew;

  /* Of the last ::changed */
  guint position;
  guint removed;
  guint added;
};

Mirror      *mirror_new         (MzMarkdown  *markdown);
void         mirror_free        (Mirror      *mirror);
void         mirror_check       (Mirror      *mirror);

MzMarkdown  *markdown_of        (const char  *text,
                                 gssize       length);
void         assert_same        (MzMarkdown  *a,
                                 MzMarkdown  *b);
void         assert_sound       (MzMarkdown  *markdown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Mirror, mirror_free)

G_END_DECLS
