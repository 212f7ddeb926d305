/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-sidebar-row.h"

#include <glib/gi18n.h>

#include "mz-words.h"

struct _MzSidebarRow
{
  GtkListBoxRow parent_instance;

  MzSessionRow *session;
  GtkWidget *title;
  GtkWidget *time;
  GtkWidget *dot;
  GtkWidget *spinner;
  GtkWidget *menu; /* made when it is first asked for */
};

G_DEFINE_FINAL_TYPE (MzSidebarRow, mz_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

static void
append (GMenu      *menu,
        const char *label,
        const char *action,
        const char *key)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", key);
  g_menu_append_item (menu, item);
}

/**
 * mz_session_menu_new:
 * @session: a conversation
 *
 * What can be done with a conversation now. The actions belong to the window, with the key as their target.
 *
 * Returns: (transfer full): a menu
 */
GMenuModel *
mz_session_menu_new (MzSessionRow *session)
{
  const char *key;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();

  g_return_val_if_fail (MZ_IS_SESSION_ROW (session), NULL);

  key = mz_session_row_get_key (session);
  append (section, _("_Rename…"), "win.rename-chat", key);
  if (mz_session_row_get_pinned (session))
    append (section, _("Un_pin"), "win.unpin-chat", key);
  else
    append (section, _("_Pin"), "win.pin-chat", key);
  if (mz_session_row_get_archived (session))
    append (section, _("Take out of the _archive"), "win.unarchive-chat", key);
  else
    append (section, _("_Archive"), "win.archive-chat", key);
  if (!mz_session_row_get_unread (session))
    append (section, _("Mark as _unread"), "win.mark-unread", key);
  append (section, _("_Export…"), "win.export-chat", key);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));

  g_clear_object (&section);
  section = g_menu_new ();
  append (section, _("_Delete"), "win.delete-chat", key);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
show_menu (MzSidebarRow *self,
           double        x,
           double        y)
{
  g_autoptr (GMenuModel) model = mz_session_menu_new (self->session);

  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
    }
  else
    gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            MzSidebarRow    *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, x, y);
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 MzSidebarRow        *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (self, x, y);
}

static gboolean
menu_key_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  show_menu (MZ_SIDEBAR_ROW (widget), gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);

  return GDK_EVENT_STOP;
}

static void
mz_sidebar_row_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  MzSidebarRow *self = MZ_SIDEBAR_ROW (widget);

  GTK_WIDGET_CLASS (mz_sidebar_row_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
mz_sidebar_row_dispose (GObject *object)
{
  MzSidebarRow *self = MZ_SIDEBAR_ROW (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (mz_sidebar_row_parent_class)->dispose (object);
}

static void
mz_sidebar_row_class_init (MzSidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_sidebar_row_dispose;
  widget_class->size_allocate = mz_sidebar_row_size_allocate;

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, menu_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, menu_key_cb, NULL);
}

static void
mz_sidebar_row_init (MzSidebarRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *hold = gtk_gesture_long_press_new ();

  gtk_widget_add_css_class (GTK_WIDGET (self), "session");

  self->dot = gtk_image_new_from_icon_name ("media-record-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (self->dot), 10);
  gtk_widget_add_css_class (self->dot, "accent");
  gtk_widget_set_tooltip_text (self->dot, _("Unread"));
  gtk_widget_set_visible (self->dot, FALSE);
  gtk_box_append (GTK_BOX (box), self->dot);

  self->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_single_line_mode (GTK_LABEL (self->title), TRUE);
  /* A long title is no reason for a wide sidebar. */
  gtk_label_set_max_width_chars (GTK_LABEL (self->title), 12);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_box_append (GTK_BOX (box), self->title);

  self->spinner = gtk_spinner_new ();
  gtk_widget_set_tooltip_text (self->spinner, _("A reply is on its way"));
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_box_append (GTK_BOX (box), self->spinner);

  self->time = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->time, "dim-label");
  gtk_widget_add_css_class (self->time, "caption");
  gtk_widget_add_css_class (self->time, "numeric");
  gtk_box_append (GTK_BOX (box), self->time);

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (hold), TRUE);
  g_signal_connect (hold, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (hold));
}

/**
 * mz_sidebar_row_new:
 * @session: a conversation
 *
 * A row for it, which follows its changes.
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
mz_sidebar_row_new (MzSessionRow *session)
{
  MzSidebarRow *self;

  g_return_val_if_fail (MZ_IS_SESSION_ROW (session), NULL);

  self = g_object_new (MZ_TYPE_SIDEBAR_ROW, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify", G_CALLBACK (mz_sidebar_row_refresh), self, G_CONNECT_SWAPPED);
  mz_sidebar_row_refresh (self);

  return GTK_WIDGET (self);
}

/**
 * mz_sidebar_row_get:
 * @self: a row
 *
 * The conversation it shows.
 *
 * Returns: (transfer none): the session
 */
MzSessionRow *
mz_sidebar_row_get (MzSidebarRow *self)
{
  g_return_val_if_fail (MZ_IS_SIDEBAR_ROW (self), NULL);

  return self->session;
}

/**
 * mz_sidebar_row_refresh:
 * @self: a row
 *
 * Shows what is true now: after midnight, "14:05" is "Yesterday".
 */
void
mz_sidebar_row_refresh (MzSidebarRow *self)
{
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) updated = NULL;
  g_autofree char *day = NULL;
  g_autofree char *name = NULL;
  const char *title;
  gboolean unread, running;

  g_return_if_fail (MZ_IS_SIDEBAR_ROW (self));

  if (self->session == NULL)
    return;

  title = mz_session_row_get_title (self->session);
  unread = mz_session_row_get_unread (self->session);
  running = mz_session_row_get_running (self->session);
  now = g_date_time_new_now_local ();
  if (mz_session_row_get_updated_at (self->session) > 0)
    updated = g_date_time_new_from_unix_local (mz_session_row_get_updated_at (self->session) / 1000);
  if (updated != NULL)
    day = mz_words_for_day (updated, now);

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->time), day != NULL ? day : "");
  gtk_widget_set_visible (self->dot, unread);
  gtk_widget_set_visible (self->spinner, running);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), running);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), title);
  if (unread)
    gtk_widget_add_css_class (self->title, "unread");
  else
    gtk_widget_remove_css_class (self->title, "unread");

  name = g_strjoin (", ", title, unread ? _("unread") : day != NULL ? day : "", running ? _("a reply is on its way") : NULL, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
