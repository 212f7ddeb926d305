/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <md4c.h>

G_BEGIN_DECLS

/*
 * What is within a paragraph, heading or cell, as markup and as text, while md4c tells of it.
 */
typedef struct
{
  GString *markup;
  GString *text;

  /* (element-type Span): what we are in, outermost first; and how many of each kind that are shown, or would be */
  GArray *spans;
  guint bold;
  guint italic;
  guint struck;
  guint code;
  guint n_links;

  gboolean in_cell;

  /* How many bytes addresses may still have: many references to a long one would grow beyond measure. */
  gsize addresses_left;
} MzInline;

void  mz_inline_init      (MzInline           *self);
void  mz_inline_clear     (MzInline           *self);
void  mz_inline_begin     (MzInline           *self,
                           gboolean            in_cell);
void  mz_inline_end       (MzInline           *self);
void  mz_inline_enter     (MzInline           *self,
                           MD_SPANTYPE         type,
                           const void         *detail);
void  mz_inline_leave     (MzInline           *self,
                           MD_SPANTYPE         type);
void  mz_inline_text      (MzInline           *self,
                           MD_TEXTTYPE         type,
                           const char         *text,
                           gsize               length);
char *mz_inline_attribute (const MD_ATTRIBUTE *attribute);

G_END_DECLS
