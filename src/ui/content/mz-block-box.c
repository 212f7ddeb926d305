/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-block-box.h"

/* ---- the layout ---- */

struct _MzBlockLayout
{
  GtkLayoutManager parent_instance;

  gboolean item;
  int spacing;
};

G_DEFINE_FINAL_TYPE (MzBlockLayout, mz_block_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
mz_block_layout_get_request_mode (GtkLayoutManager *manager,
                                  GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static int
mark_width (GtkWidget *mark)
{
  int natural;

  gtk_widget_measure (mark, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);

  return natural;
}

static void
measure_item (MzBlockLayout  *self,
              GtkWidget      *widget,
              GtkOrientation  orientation,
              int             for_size,
              int            *minimum,
              int            *natural)
{
  GtkWidget *mark = gtk_widget_get_first_child (widget);
  GtkWidget *content = gtk_widget_get_last_child (widget);
  int beside = mark_width (mark) + self->spacing;
  int mark_height;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (content, orientation, -1, minimum, natural, NULL, NULL);
      *minimum += beside;
      *natural += beside;
      return;
    }

  gtk_widget_measure (mark, orientation, -1, NULL, &mark_height, NULL, NULL);
  gtk_widget_measure (content, orientation, for_size < 0 ? -1 : MAX (0, for_size - beside), minimum, natural, NULL, NULL);
  *minimum = MAX (*minimum, mark_height);
  *natural = MAX (*natural, mark_height);
}

static void
mz_block_layout_measure (GtkLayoutManager *manager,
                         GtkWidget        *widget,
                         GtkOrientation    orientation,
                         int               for_size,
                         int              *minimum,
                         int              *natural,
                         int              *minimum_baseline,
                         int              *natural_baseline)
{
  MzBlockLayout *self = MZ_BLOCK_LAYOUT (manager);
  guint n_children = 0;

  *minimum = 0;
  *natural = 0;
  if (self->item)
    {
      measure_item (self, widget, orientation, for_size, minimum, natural);
      return;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum;
      int child_natural;

      if (!gtk_widget_should_layout (child))
        continue;

      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        {
          gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
        }
      else
        {
          gtk_widget_measure (child, orientation, for_size, &child_minimum, &child_natural, NULL, NULL);
          *minimum += child_minimum;
          *natural += child_natural;
          n_children++;
        }
    }

  if (n_children > 1)
    {
      *minimum += (int) (n_children - 1) * self->spacing;
      *natural += (int) (n_children - 1) * self->spacing;
    }
}

static void
mz_block_layout_allocate (GtkLayoutManager *manager,
                          GtkWidget        *widget,
                          int               width,
                          int               height,
                          int               baseline)
{
  MzBlockLayout *self = MZ_BLOCK_LAYOUT (manager);
  int y = 0;

  if (self->item)
    {
      GtkWidget *mark = gtk_widget_get_first_child (widget);
      GtkWidget *content = gtk_widget_get_last_child (widget);
      gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
      int mark_size = mark_width (mark);
      int beside = mark_size + self->spacing;
      int content_width = MAX (0, width - beside);

      gtk_widget_size_allocate (mark, &(GtkAllocation) { rtl ? width - mark_size : 0, 0, mark_size, height }, -1);
      gtk_widget_size_allocate (content, &(GtkAllocation) { rtl ? 0 : beside, 0, content_width, height }, -1);
      return;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int natural;

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
      gtk_widget_size_allocate (child, &(GtkAllocation) { 0, y, width, natural }, -1);
      y += natural + self->spacing;
    }
}

static void
mz_block_layout_class_init (MzBlockLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = mz_block_layout_get_request_mode;
  layout_class->measure = mz_block_layout_measure;
  layout_class->allocate = mz_block_layout_allocate;
}

static void
mz_block_layout_init (MzBlockLayout *self)
{
}

/**
 * mz_block_layout_set_spacing:
 * @self: a layout
 * @spacing: pixels between two widgets
 */
void
mz_block_layout_set_spacing (MzBlockLayout *self,
                             int            spacing)
{
  g_return_if_fail (MZ_IS_BLOCK_LAYOUT (self));

  if (self->spacing == spacing)
    return;

  self->spacing = spacing;
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
}

/* ---- the widget ---- */

struct _MzBlockBox
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (MzBlockBox, mz_block_box, GTK_TYPE_WIDGET)

static MzBlockLayout *
get_layout (MzBlockBox *self)
{
  return MZ_BLOCK_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
}

static void
mz_block_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (mz_block_box_parent_class)->dispose (object);
}

static void
mz_block_box_class_init (MzBlockBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mz_block_box_dispose;

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), MZ_TYPE_BLOCK_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "block-box");
}

static void
mz_block_box_init (MzBlockBox *self)
{
}

/**
 * mz_block_box_new:
 * @role: what it is to a screen reader
 * @item: whether its first child is the mark of its last
 *
 * Returns: a new, empty box
 */
GtkWidget *
mz_block_box_new (GtkAccessibleRole role,
                  gboolean          item)
{
  MzBlockBox *self = g_object_new (MZ_TYPE_BLOCK_BOX, "accessible-role", role, NULL);

  get_layout (self)->item = item;

  return GTK_WIDGET (self);
}

/**
 * mz_block_box_set_spacing:
 * @self: a box
 * @spacing: pixels between two children
 */
void
mz_block_box_set_spacing (MzBlockBox *self,
                          int         spacing)
{
  g_return_if_fail (MZ_IS_BLOCK_BOX (self));

  mz_block_layout_set_spacing (get_layout (self), spacing);
}

/**
 * mz_block_box_get_spacing:
 *
 * Returns: pixels between two children
 */
int
mz_block_box_get_spacing (MzBlockBox *self)
{
  g_return_val_if_fail (MZ_IS_BLOCK_BOX (self), 0);

  return get_layout (self)->spacing;
}
