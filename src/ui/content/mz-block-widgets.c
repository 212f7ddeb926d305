/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-block-widgets.h"

#include <glib/gi18n.h>

#include "mz-block-box.h"
#include "mz-code-view.h"
#include "mz-table-view.h"
#include "mz-text-label.h"
#include "mz-text-util.h"

#define SPACING 9
#define SPACING_TIGHT 3
#define MARK_SPACING 6

/* Blocks of the same shape can share a widget. */
typedef enum
{
  SHAPE_TEXT,
  SHAPE_HEADING,
  SHAPE_LONG_TEXT,
  SHAPE_DUMP,                   /* a text that is none: a key, encoded bytes */
  SHAPE_CODE,
  SHAPE_QUOTE,
  SHAPE_LIST,
  SHAPE_ITEM,
  SHAPE_TABLE,
  SHAPE_RULE,
} Shape;

typedef struct
{
  Shape shape;
  MzBlock *block;
} Info;

/* How many bulleted lists are around them comes along as @depth. */
static GtkWidget *new_widget    (MzBlock   *block,
                                 guint      depth);
static gboolean   update_widget (GtkWidget *widget,
                                 MzBlock   *block,
                                 guint      depth);

static void
info_free (gpointer data)
{
  Info *info = data;

  mz_block_unref (info->block);
  g_free (info);
}

static GQuark
info_quark (void)
{
  return g_quark_from_static_string ("mz-block");
}

static Shape
shape_of_text (MzBlock *block,
               Shape    shape)
{
  gsize length = mz_block_get_length (block);

  if (length > MZ_TEXT_MAX_RUN && mz_text_longest_run (mz_block_get_text (block)) > MZ_TEXT_MAX_RUN)
    return SHAPE_DUMP;

  return length > MZ_TEXT_MAX_LABEL ? SHAPE_LONG_TEXT : shape;
}

static Shape
shape_of (MzBlock *block)
{
  switch (mz_block_get_kind (block))
    {
    case MZ_BLOCK_HEADING:
      return shape_of_text (block, SHAPE_HEADING);

    case MZ_BLOCK_CODE:
      return SHAPE_CODE;

    case MZ_BLOCK_QUOTE:
      return SHAPE_QUOTE;

    case MZ_BLOCK_LIST:
      return SHAPE_LIST;

    case MZ_BLOCK_ITEM:
      return SHAPE_ITEM;

    case MZ_BLOCK_TABLE:
      return SHAPE_TABLE;

    case MZ_BLOCK_RULE:
      return SHAPE_RULE;

    case MZ_BLOCK_PARAGRAPH:
    case MZ_BLOCK_ROW:
    case MZ_BLOCK_CELL:
    default:
      return shape_of_text (block, SHAPE_TEXT);
    }
}

/* ---- texts ---- */

static void
update_heading (GtkWidget *label,
                MzBlock   *block)
{
  static const char *classes[] = { "h1", "h2", "h3", "h4", "h5", "h6" };
  guint level = CLAMP (mz_block_get_level (block), 1, G_N_ELEMENTS (classes));

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (i + 1 == level)
      gtk_widget_add_css_class (label, classes[i]);
    else
      gtk_widget_remove_css_class (label, classes[i]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LEVEL, (int) level, -1);
  mz_text_label_set_markup (label, mz_block_get_markup (block));
}

/* As plain text in several labels: a label lays its text out as a whole. */
static void
update_long_text (GtkWidget *box,
                  MzBlock   *block)
{
  GtkWidget *label = gtk_widget_get_first_child (box);
  const char *text = mz_block_get_text (block);
  gsize left = strlen (text);

  while (left > 0)
    {
      gsize length = mz_text_split (text, left, MZ_TEXT_PIECE);
      g_autofree char *piece = g_strndup (text, length);

      if (label == NULL)
        {
          label = mz_text_label_new (GTK_ACCESSIBLE_ROLE_LABEL);
          gtk_widget_insert_before (label, box, NULL);
        }
      mz_text_label_set_text (label, piece);

      label = gtk_widget_get_next_sibling (label);
      text += length;
      left -= length;
    }

  while (label != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (label);

      gtk_widget_unparent (label);
      label = next;
    }
}

/* ---- containers ---- */

static void
update_children (GtkWidget *box,
                 MzBlock   *block,
                 guint      depth)
{
  guint n_children = mz_block_get_n_children (block);
  GtkWidget *child = gtk_widget_get_first_child (box);
  GtkWidget *previous = NULL;

  for (guint i = 0; i < n_children; i++)
    {
      MzBlock *child_block = mz_block_get_child (block, i);

      if (child == NULL || !update_widget (child, child_block, depth))
        {
          GtkWidget *made = new_widget (child_block, depth);

          gtk_widget_insert_after (made, box, previous);
          if (child != NULL)
            gtk_widget_unparent (child);
          child = made;
        }
      previous = child;
      child = gtk_widget_get_next_sibling (child);
    }

  while (child != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (child);

      gtk_widget_unparent (child);
      child = next;
    }
}

static GtkWidget *
make_marker (MzTask task)
{
  GtkWidget *marker;

  if (task == MZ_TASK_NONE)
    {
      marker = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (marker), 1);
    }
  else
    {
      marker = gtk_image_new ();
    }
  gtk_widget_add_css_class (marker, "marker");
  gtk_widget_set_valign (marker, GTK_ALIGN_START);

  return marker;
}

/* An item is its mark and its blocks. The mark itself is given by the list. */
static void
update_item (GtkWidget *row,
             MzBlock   *block,
             guint      depth)
{
  GtkWidget *marker = gtk_widget_get_first_child (row);
  GtkWidget *content = gtk_widget_get_last_child (row);
  MzTask task = mz_block_get_task (block);

  if (GTK_IS_IMAGE (marker) != (task != MZ_TASK_NONE))
    {
      gtk_widget_unparent (marker);
      marker = make_marker (task);
      gtk_widget_insert_after (marker, row, NULL);
    }
  if (task != MZ_TASK_NONE)
    {
      gboolean done = task == MZ_TASK_DONE;

      gtk_image_set_from_icon_name (GTK_IMAGE (marker), done ? "checkbox-checked-symbolic" : "checkbox-symbolic");
      gtk_accessible_update_property (GTK_ACCESSIBLE (marker), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      done ? _("Done") : _("To do"), -1);
    }
  update_children (content, block, depth);
}

static GtkWidget *
make_item (void)
{
  GtkWidget *row = mz_block_box_new (GTK_ACCESSIBLE_ROLE_LIST_ITEM, TRUE);

  mz_block_box_set_spacing (MZ_BLOCK_BOX (row), MARK_SPACING);
  gtk_widget_insert_before (make_marker (MZ_TASK_NONE), row, NULL);
  gtk_widget_insert_before (mz_block_box_new (GTK_ACCESSIBLE_ROLE_GENERIC, FALSE), row, NULL);

  return row;
}

static void
set_prefix (GtkWidget  *row,
            const char *mark)
{
  GtkWidget *label = gtk_widget_get_first_child (gtk_widget_get_last_child (row));
  g_autofree char *prefix = g_strconcat (mark, " ", NULL);

  if (label != NULL && mz_is_text_label (label))
    mz_text_label_set_prefix (label, prefix);
}

/* Lists within lists have other marks, as far as people tell them apart. */
static void
update_marks (GtkWidget *list,
              MzBlock   *block,
              guint      depth)
{
  static const char *bullets[] = { "•", "◦", "▪" };
  gboolean ordered = mz_block_get_ordered (block);
  guint64 number = mz_block_get_start (block);
  guint n_children = mz_block_get_n_children (block);
  g_autofree char *last = g_strdup_printf ("%" G_GUINT64_FORMAT ".", number + MAX (1, n_children) - 1);
  const char *bullet = bullets[MIN (depth, G_N_ELEMENTS (bullets) - 1)];
  int width = ordered ? MAX (2, strlen (last)) : 1;
  int spacing = mz_block_get_tight (block) ? SPACING_TIGHT : SPACING;
  guint i = 0;

  mz_block_box_set_spacing (MZ_BLOCK_BOX (list), spacing);
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row), i++, number++)
    {
      GtkWidget *marker = gtk_widget_get_first_child (row);
      g_autofree char *mark = ordered ? g_strdup_printf ("%" G_GUINT64_FORMAT ".", number) : NULL;

      mz_block_box_set_spacing (MZ_BLOCK_BOX (gtk_widget_get_last_child (row)), spacing);
      if (GTK_IS_LABEL (marker))
        {
          gtk_label_set_width_chars (GTK_LABEL (marker), width);
          gtk_label_set_text (GTK_LABEL (marker), ordered ? mark : bullet);
          set_prefix (row, ordered ? mark : bullet);
        }
      else
        {
          set_prefix (row, mz_block_get_task (mz_block_get_child (block, i)) == MZ_TASK_DONE ? "[x]" : "[ ]");
        }
    }
}

/* ---- any block ---- */

static GtkWidget *
make_widget (Shape shape,
             MzBlock *block)
{
  GtkWidget *widget;

  switch (shape)
    {
    case SHAPE_TEXT:
      return mz_text_label_new (GTK_ACCESSIBLE_ROLE_LABEL);

    case SHAPE_HEADING:
      return mz_text_label_new (GTK_ACCESSIBLE_ROLE_HEADING);

    case SHAPE_LONG_TEXT:
      return mz_block_box_new (GTK_ACCESSIBLE_ROLE_GENERIC, FALSE);

    case SHAPE_DUMP:
      widget = mz_code_view_new (NULL, NULL);
      mz_code_view_set_title (MZ_CODE_VIEW (widget), _("Text"));
      return widget;

    case SHAPE_CODE:
      return mz_code_view_new (NULL, NULL);

    case SHAPE_QUOTE:
      widget = mz_block_box_new (GTK_ACCESSIBLE_ROLE_GROUP, FALSE);
      mz_block_box_set_spacing (MZ_BLOCK_BOX (widget), SPACING);
      gtk_widget_add_css_class (widget, "quote");
      return widget;

    case SHAPE_LIST:
      return mz_block_box_new (GTK_ACCESSIBLE_ROLE_LIST, FALSE);

    case SHAPE_ITEM:
      return make_item ();

    case SHAPE_TABLE:
      return mz_table_view_new (block);

    case SHAPE_RULE:
    default:
      return gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);
    }
}

static void
fill_widget (GtkWidget *widget,
             Shape      shape,
             MzBlock   *block,
             guint      depth)
{
  switch (shape)
    {
    case SHAPE_TEXT:
      mz_text_label_set_markup (widget, mz_block_get_markup (block));
      break;

    case SHAPE_HEADING:
      update_heading (widget, block);
      break;

    case SHAPE_LONG_TEXT:
      update_long_text (widget, block);
      break;

    case SHAPE_DUMP:
      mz_code_view_set_text (MZ_CODE_VIEW (widget), mz_block_get_text (block));
      break;

    case SHAPE_CODE:
      mz_code_view_set_language (MZ_CODE_VIEW (widget), mz_block_get_language (block));
      /* What still grows is followed from its first line on. */
      if (mz_block_get_open (block) && gtk_widget_get_parent (widget) == NULL)
        mz_code_view_append (MZ_CODE_VIEW (widget), mz_block_get_text (block));
      else
        mz_code_view_set_text (MZ_CODE_VIEW (widget), mz_block_get_text (block));
      break;

    case SHAPE_QUOTE:
      update_children (widget, block, depth);
      break;

    case SHAPE_LIST:
      update_children (widget, block, mz_block_get_ordered (block) ? depth : depth + 1);
      update_marks (widget, block, depth);
      break;

    case SHAPE_ITEM:
      update_item (widget, block, depth);
      break;

    case SHAPE_TABLE:
      mz_table_view_set_block (MZ_TABLE_VIEW (widget), block);
      break;

    case SHAPE_RULE:
    default:
      break;
    }
}

static void
set_info (GtkWidget *widget,
          Shape      shape,
          MzBlock   *block)
{
  Info *info = g_new0 (Info, 1);

  info->shape = shape;
  info->block = mz_block_ref (block);
  g_object_set_qdata_full (G_OBJECT (widget), info_quark (), info, info_free);
}

static GtkWidget *
new_widget (MzBlock *block,
            guint    depth)
{
  Shape shape = shape_of (block);
  GtkWidget *widget = make_widget (shape, block);

  set_info (widget, shape, block);
  fill_widget (widget, shape, block, depth);

  return widget;
}

static gboolean
update_widget (GtkWidget *widget,
               MzBlock   *block,
               guint      depth)
{
  Info *info = g_object_get_qdata (G_OBJECT (widget), info_quark ());
  Shape shape = shape_of (block);

  if (shape != info->shape)
    return FALSE;
  if (info->block == block)
    return TRUE;

  set_info (widget, shape, block);
  fill_widget (widget, shape, block, depth);

  return TRUE;
}

/**
 * mz_block_widget_new:
 * @block: a block
 *
 * Returns: a widget that shows @block
 */
GtkWidget *
mz_block_widget_new (MzBlock *block)
{
  g_return_val_if_fail (block != NULL, NULL);

  return new_widget (block, 0);
}

/**
 * mz_block_widget_update:
 * @widget: from mz_block_widget_new()
 * @block: another block
 *
 * Shows @block in place of what @widget showed, when it is of the same shape. Only what differs is touched.
 *
 * Returns: whether it does
 */
gboolean
mz_block_widget_update (GtkWidget *widget,
                        MzBlock   *block)
{
  g_return_val_if_fail (g_object_get_qdata (G_OBJECT (widget), info_quark ()) != NULL, FALSE);

  return update_widget (widget, block, 0);
}

/**
 * mz_block_widget_append_code:
 * @widget: from mz_block_widget_new()
 * @text: what the code grew by
 *
 * Returns: whether @widget shows code, which was lengthened by @text
 */
gboolean
mz_block_widget_append_code (GtkWidget  *widget,
                             const char *text)
{
  if (!MZ_IS_CODE_VIEW (widget))
    return FALSE;

  mz_code_view_append (MZ_CODE_VIEW (widget), text);

  return TRUE;
}
