/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-composer-private.h"

#include "mz-attachment-chip.h"
#include "mz-wrap-layout.h"

/* Three lines of chips and a bit of the next, px; more of them scroll. */
#define MAX_CHIPS_HEIGHT 150

#define SPACING 6

static void
chip_removed_cb (MzComposer       *self,
                 MzAttachmentChip *chip)
{
  g_autoptr (GObject) item = g_object_ref (mz_attachment_chip_get_item (chip));

  mz_draft_files_remove (self->files, item);
  mz_composer_grab_text (self);
}

/* A GtkScrolledWindow does not ask its content how high it is for a width, which the chips depend on. */
static GtkSizeRequestMode
chips_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
chips_measure (GtkWidget      *widget,
               GtkOrientation  orientation,
               int             for_size,
               int            *minimum,
               int            *natural,
               int            *minimum_baseline,
               int            *natural_baseline)
{
  GtkWidget *scroller = gtk_widget_get_first_child (widget);
  GtkWidget *viewport = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scroller));
  GtkWidget *chips = gtk_viewport_get_child (GTK_VIEWPORT (viewport));

  gtk_widget_measure (chips, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = MIN (*natural, MAX_CHIPS_HEIGHT);
}

static void
chips_allocate (GtkWidget *widget,
                int        width,
                int        height,
                int        baseline)
{
  gtk_widget_size_allocate (gtk_widget_get_first_child (widget), &(GtkAllocation) { 0, 0, width, height }, -1);
}

static GtkWidget *
chip_new (MzComposer *self,
          gpointer    item)
{
  GtkWidget *chip = mz_attachment_chip_new (item);

  g_signal_connect_object (chip, "remove", G_CALLBACK (chip_removed_cb), self, G_CONNECT_SWAPPED);
  return chip;
}

/*< private >
 * mz_composer_chips_changed:
 *
 * Follows the draft's files. Those that stay keep their chip, and with it the keyboard.
 */
void
mz_composer_chips_changed (MzComposer *self,
                           guint       position,
                           guint       n_removed,
                           guint       n_added,
                           GListModel *items)
{
  GtkWidget *chip = gtk_widget_get_first_child (self->chips);
  GtkWidget *before;

  for (guint i = 0; i < position; i++)
    chip = gtk_widget_get_next_sibling (chip);
  before = chip != NULL ? gtk_widget_get_prev_sibling (chip) : gtk_widget_get_last_child (self->chips);
  for (guint i = 0; i < n_removed; i++)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (chip);

      gtk_box_remove (GTK_BOX (self->chips), chip);
      chip = next;
    }
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (items, position + i);

      chip = chip_new (self, item);
      gtk_box_insert_child_after (GTK_BOX (self->chips), chip, before);
      before = chip;
    }
  mz_composer_update (self);
}

/*< private >
 * mz_composer_show_chips:
 * @self: a composer
 *
 * Shows the files of another draft.
 */
void
mz_composer_show_chips (MzComposer *self)
{
  GListModel *items = mz_draft_files_get_items (self->files);
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (self->chips)) != NULL)
    gtk_box_remove (GTK_BOX (self->chips), chip);
  mz_composer_chips_changed (self, 0, 0, g_list_model_get_n_items (items), items);
}

/*< private >
 * mz_composer_init_chips:
 * @self: a composer
 *
 * Lays the chips out in lines.
 */
void
mz_composer_init_chips (MzComposer *self)
{
  gtk_widget_set_layout_manager (self->chips_bin, gtk_custom_layout_new (chips_request_mode, chips_measure, chips_allocate));
  gtk_widget_set_layout_manager (self->chips, mz_wrap_layout_new (SPACING));
}
