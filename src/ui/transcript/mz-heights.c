/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-transcript"

#include "config.h"

#include "mz-heights.h"

#include <math.h>

/* No row is as high as this; sums of 2^32 of them fit. */
#define MAX_HEIGHT (1 << 28)

/* A run of rows: one row whose height is known, or any number of neighbours none of which is. The runs are the nodes of a
 * treap in the order of the rows (a binary tree kept balanced by random priorities, highest on top), each with the sums of
 * its subtree. */
typedef struct _Run Run;

struct _Run
{
  Run *left;
  Run *right;
  gint64 sum;                   /* px of the subtree's known rows */
  guint rows;                   /* of the subtree */
  guint known;                  /* of the subtree */
  guint own;                    /* rows of this run */
  gint32 height;                /* of its row, -1 when not known */
  guint32 priority;
};

struct _MzHeights
{
  Run *root;
  int estimate;                 /* of a row that is not known */
  guint estimate_next;          /* the number of known rows at which the estimate is made anew */
  guint32 random;
};

static void
run_update (Run *run)
{
  gboolean known = run->height >= 0;

  run->sum = known ? run->height : 0;
  run->rows = run->own;
  run->known = known ? 1 : 0;
  for (guint i = 0; i < 2; i++)
    {
      const Run *child = i == 0 ? run->left : run->right;

      if (child == NULL)
        continue;
      run->sum += child->sum;
      run->rows += child->rows;
      run->known += child->known;
    }
}

static Run *
run_new (MzHeights *self,
         guint      rows,
         int        height)
{
  Run *run = g_slice_new0 (Run);

  /* xorshift32: the tree only needs priorities that nobody chose. */
  self->random ^= self->random << 13;
  self->random ^= self->random >> 17;
  self->random ^= self->random << 5;
  run->priority = self->random;
  run->own = rows;
  run->height = height;
  run_update (run);

  return run;
}

static void
run_free (Run *run)
{
  if (run == NULL)
    return;
  run_free (run->left);
  run_free (run->right);
  g_slice_free (Run, run);
}

static Run *
merge (Run *left,
       Run *right)
{
  if (left == NULL)
    return right;
  if (right == NULL)
    return left;

  if (left->priority >= right->priority)
    {
      left->right = merge (left->right, right);
      run_update (left);
      return left;
    }

  right->left = merge (left, right->left);
  run_update (right);
  return right;
}

/* The first @rows rows of @run to @left, the others to @right; no run is cut in two. */
static void
split (Run    *run,
       guint   rows,
       Run   **left,
       Run   **right)
{
  guint before;

  if (run == NULL)
    {
      *left = *right = NULL;
      return;
    }

  before = run->left != NULL ? run->left->rows : 0;
  if (rows <= before)
    {
      split (run->left, rows, left, &run->left);
      *right = run;
    }
  else
    {
      g_assert (rows >= before + run->own);
      split (run->right, rows - before - run->own, &run->right, right);
      *left = run;
    }
  run_update (run);
}

/* The run that has row @row, and its first row. */
static Run *
find_run (const MzHeights *self,
          guint            row,
          guint           *first)
{
  Run *run = self->root;
  guint start = 0;

  for (;;)
    {
      guint before = run->left != NULL ? run->left->rows : 0;

      if (row < start + before)
        {
          run = run->left;
          continue;
        }

      start += before;
      if (row < start + run->own)
        {
          *first = start;
          return run;
        }

      start += run->own;
      run = run->right;
    }
}

/* Sees to it that a run begins at row @position. */
static void
cut (MzHeights *self,
     guint      position)
{
  Run *run, *left, *right, *rest;
  guint first;

  if (self->root == NULL || position >= self->root->rows)
    return;

  run = find_run (self, position, &first);
  if (first == position)
    return;

  split (self->root, first, &left, &right);
  split (right, run->own, &run, &right);
  rest = run_new (self, first + run->own - position, -1);
  run->own = position - first;
  run_update (run);
  self->root = merge (merge (left, run), merge (rest, right));
}

/* The run of row @row alone got higher by @height, and known: so did all subtrees it is in. */
static void
add_on_path (MzHeights *self,
             guint      row,
             int        height,
             guint      known)
{
  Run *run = self->root;

  for (;;)
    {
      guint before = run->left != NULL ? run->left->rows : 0;

      run->sum += height;
      run->known += known;
      if (row < before)
        run = run->left;
      else if (row < before + run->own)
        return;
      else
        {
          row -= before + run->own;
          run = run->right;
        }
    }
}

static gint64
height_of (const MzHeights *self,
           const Run       *run)
{
  return run == NULL ? 0 : run->sum + (gint64) (run->rows - run->known) * self->estimate;
}

/* The average is made anew each time that twice as many rows are known, so that what rests on it is right early and then
 * lies still. */
static void
learn (MzHeights *self)
{
  if (self->root == NULL || self->root->known < self->estimate_next)
    return;

  self->estimate = (self->root->sum + self->root->known / 2) / self->root->known;
  self->estimate_next = self->root->known * 2;
}

/**
 * mz_heights_new:
 * @estimate: px of a row as long as no height is known
 *
 * Returns: (transfer full): heights of no rows
 */
MzHeights *
mz_heights_new (int estimate)
{
  MzHeights *self = g_new0 (MzHeights, 1);

  self->estimate = CLAMP (estimate, 0, MAX_HEIGHT);
  self->estimate_next = 4;
  self->random = 0x9e3779b9;

  return self;
}

void
mz_heights_free (MzHeights *self)
{
  run_free (self->root);
  g_free (self);
}

guint
mz_heights_get_length (const MzHeights *self)
{
  return self->root != NULL ? self->root->rows : 0;
}

/* Rows whose height is not known come before row @position. */
void
mz_heights_insert (MzHeights *self,
                   guint      position,
                   guint      n_rows)
{
  Run *left, *right;

  g_return_if_fail (position <= mz_heights_get_length (self));

  if (n_rows == 0)
    return;

  cut (self, position);
  split (self->root, position, &left, &right);
  self->root = merge (merge (left, run_new (self, n_rows, -1)), right);
}

void
mz_heights_remove (MzHeights *self,
                   guint      position,
                   guint      n_rows)
{
  Run *left, *middle, *right;

  g_return_if_fail (position <= mz_heights_get_length (self) && n_rows <= mz_heights_get_length (self) - position);

  if (n_rows == 0)
    return;

  cut (self, position);
  cut (self, position + n_rows);
  split (self->root, position, &left, &right);
  split (right, n_rows, &middle, &right);
  run_free (middle);
  self->root = merge (left, right);
}

void
mz_heights_set (MzHeights *self,
                guint      row,
                int        height)
{
  Run *run;
  guint first;

  g_return_if_fail (row < mz_heights_get_length (self));

  cut (self, row);
  cut (self, row + 1);
  run = find_run (self, row, &first);
  height = CLAMP (height, 0, MAX_HEIGHT);
  add_on_path (self, row, height - MAX (run->height, 0), run->height < 0 ? 1 : 0);
  run->height = height;
  learn (self);
}

int
mz_heights_get (const MzHeights *self,
                guint            row)
{
  const Run *run;
  guint first;

  g_return_val_if_fail (row < mz_heights_get_length (self), 0);

  run = find_run (self, row, &first);

  return run->height >= 0 ? run->height : self->estimate;
}

gboolean
mz_heights_is_known (const MzHeights *self,
                     guint            row)
{
  guint first;

  g_return_val_if_fail (row < mz_heights_get_length (self), FALSE);

  return find_run (self, row, &first)->height >= 0;
}

/* Px of all rows above @row; the number of rows is allowed and gives the total. */
gint64
mz_heights_offset_of (const MzHeights *self,
                      guint            row)
{
  const Run *run = self->root;
  gint64 offset = 0;

  g_return_val_if_fail (row <= mz_heights_get_length (self), 0);

  while (run != NULL)
    {
      guint before = run->left != NULL ? run->left->rows : 0;

      if (row < before)
        {
          run = run->left;
          continue;
        }

      offset += height_of (self, run->left);
      row -= before;
      if (row < run->own)
        return offset + (gint64) row * self->estimate;

      offset += run->height >= 0 ? run->height : (gint64) run->own * self->estimate;
      row -= run->own;
      run = run->right;
    }

  return offset;
}

/* The row that covers the px @offset; the first or the last one when that lies outside. Not for no rows. */
guint
mz_heights_row_at (const MzHeights *self,
                   gint64           offset)
{
  const Run *run = self->root;
  guint row = 0;

  g_return_val_if_fail (run != NULL, 0);

  offset = MAX (offset, 0);
  while (run != NULL)
    {
      gint64 before = height_of (self, run->left);
      gint64 own = run->height >= 0 ? run->height : (gint64) run->own * self->estimate;

      if (offset < before)
        {
          run = run->left;
          continue;
        }

      row += run->left != NULL ? run->left->rows : 0;
      offset -= before;
      if (offset < own)
        return run->height >= 0 ? row : row + offset / self->estimate;

      row += run->own;
      offset -= own;
      run = run->right;
    }

  return self->root->rows - 1;
}

gint64
mz_heights_get_total (const MzHeights *self)
{
  return height_of (self, self->root);
}

int
mz_heights_get_estimate (const MzHeights *self)
{
  return self->estimate;
}

static void
stretch_run (Run    *run,
             double  factor)
{
  if (run == NULL)
    return;

  stretch_run (run->left, factor);
  stretch_run (run->right, factor);
  if (run->height >= 0)
    run->height = CLAMP (round (run->height * factor), 0, MAX_HEIGHT);
  run_update (run);
}

/* The rows became narrower or wider, so that about all are @factor times as high as before. */
void
mz_heights_stretch (MzHeights *self,
                    double     factor)
{
  g_return_if_fail (factor > 0);

  stretch_run (self->root, factor);
  self->estimate = CLAMP (round (self->estimate * factor), 0, MAX_HEIGHT);
}
