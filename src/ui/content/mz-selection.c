/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-selection.h"

#include <glib/gi18n.h>
#include <math.h>

#include "mz-table-view.h"
#include "mz-text-label.h"
#include "mz-text-leaf.h"

/* A press between the blocks begins a selection only when the pointer moves by so many pixels. */
#define THRESHOLD 6
/* The platform's colour is laid over text. */
#define ALPHA 0.3

/* A place in a text. */
typedef struct
{
  GtkWidget *leaf;              /* weak */
  int offset;
} Position;

struct _MzSelection
{
  GObject parent_instance;

  GtkWidget *view;              /* weak: it owns this */
  GtkWidget *menu;
  GdkContentProvider *primary;  /* ours while others have not taken it */

  gboolean pressed;             /* the button is held, and it may become a selection */
  gboolean pressed_between;     /* not in a leaf */
  double press_x;
  double press_y;
  Position press;
  gboolean dragging;
  gboolean active;
  Position anchor;
  Position end;
};

G_DEFINE_FINAL_TYPE (MzSelection, mz_selection, G_TYPE_OBJECT)

/* ---- what is offered to the primary clipboard: it is taken from us when something else is selected ---- */

#define MZ_TYPE_SELECTION_CONTENT (mz_selection_content_get_type ())
G_DECLARE_FINAL_TYPE (MzSelectionContent, mz_selection_content, MZ, SELECTION_CONTENT, GdkContentProvider)

struct _MzSelectionContent
{
  GdkContentProvider parent_instance;

  MzSelection *selection;       /* weak */
};

G_DEFINE_FINAL_TYPE (MzSelectionContent, mz_selection_content, GDK_TYPE_CONTENT_PROVIDER)

static GdkContentFormats *
mz_selection_content_ref_formats (GdkContentProvider *provider)
{
  return gdk_content_formats_new_for_gtype (G_TYPE_STRING);
}

static gboolean
mz_selection_content_get_value (GdkContentProvider  *provider,
                                GValue              *value,
                                GError             **error)
{
  MzSelectionContent *self = MZ_SELECTION_CONTENT (provider);

  if (self->selection != NULL && G_VALUE_HOLDS (value, G_TYPE_STRING))
    {
      g_value_take_string (value, mz_selection_dup_text (self->selection));
      return TRUE;
    }

  return GDK_CONTENT_PROVIDER_CLASS (mz_selection_content_parent_class)->get_value (provider, value, error);
}

static void
mz_selection_content_detach_clipboard (GdkContentProvider *provider,
                                       GdkClipboard       *clipboard)
{
  MzSelectionContent *self = MZ_SELECTION_CONTENT (provider);

  if (self->selection != NULL && self->selection->primary == provider)
    mz_selection_clear (self->selection);
}

static void
mz_selection_content_dispose (GObject *object)
{
  g_clear_weak_pointer (&MZ_SELECTION_CONTENT (object)->selection);

  G_OBJECT_CLASS (mz_selection_content_parent_class)->dispose (object);
}

static void
mz_selection_content_class_init (MzSelectionContentClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_selection_content_dispose;
  provider_class->ref_formats = mz_selection_content_ref_formats;
  provider_class->get_value = mz_selection_content_get_value;
  provider_class->detach_clipboard = mz_selection_content_detach_clipboard;
}

static void
mz_selection_content_init (MzSelectionContent *self)
{
}

/* The leaf under the pointer, else the nearest. */
static Position
position_at (MzSelection *self,
             double       x,
             double       y,
             gboolean    *inside)
{
  g_autoptr (GPtrArray) leaves = mz_text_leaves (self->view);
  Position nearest = { NULL, 0 };
  double best = G_MAXDOUBLE;

  *inside = FALSE;
  for (guint i = 0; i < leaves->len; i++)
    {
      GtkWidget *leaf = g_ptr_array_index (leaves, i);
      graphene_rect_t bounds;
      double dx;
      double dy;

      if (!gtk_widget_get_mapped (leaf) || !gtk_widget_compute_bounds (leaf, self->view, &bounds))
        continue;

      dx = MAX (0, MAX (bounds.origin.x - x, x - (bounds.origin.x + bounds.size.width)));
      dy = MAX (0, MAX (bounds.origin.y - y, y - (bounds.origin.y + bounds.size.height)));
      /* What lies beside counts before what lies above or below. */
      if (dy * 1000 + dx < best)
        {
          best = dy * 1000 + dx;
          nearest.leaf = leaf;
          *inside = dx == 0 && dy == 0;
        }
    }

  if (nearest.leaf != NULL)
    nearest.offset = mz_text_leaf_get_offset_at (nearest.leaf, self->view, x, y);

  return nearest;
}

static void
set_position (Position       *position,
              const Position *to)
{
  g_set_weak_pointer (&position->leaf, to != NULL ? to->leaf : NULL);
  position->offset = to != NULL ? to->offset : 0;
}

/* ---- what is selected ---- */

typedef void (*RangeFunc) (GtkWidget *leaf,
                           int        start,
                           int        end,
                           gpointer   data);

static void
foreach_range (MzSelection *self,
               RangeFunc    func,
               gpointer     data)
{
  g_autoptr (GPtrArray) leaves = NULL;
  Position first = self->anchor;
  Position last = self->end;
  guint first_index;
  guint last_index;

  if (!self->active || first.leaf == NULL || last.leaf == NULL)
    return;

  leaves = mz_text_leaves (self->view);
  if (!g_ptr_array_find (leaves, first.leaf, &first_index) || !g_ptr_array_find (leaves, last.leaf, &last_index))
    return;
  if (last_index < first_index || (last_index == first_index && last.offset < first.offset))
    {
      Position swap = first;
      guint swap_index = first_index;

      first = last;
      last = swap;
      first_index = last_index;
      last_index = swap_index;
    }

  for (guint i = first_index; i <= last_index; i++)
    {
      GtkWidget *leaf = g_ptr_array_index (leaves, i);
      int length = mz_text_leaf_get_length (leaf);
      int start = i == first_index ? MIN (first.offset, length) : 0;
      int end = i == last_index ? MIN (last.offset, length) : length;

      func (leaf, start, end, data);
    }
}

typedef struct
{
  GString *text;
  guint row;                    /* of the table that the last one stood in */
} Joined;

static void
join_range (GtkWidget *leaf,
            int        start,
            int        end,
            gpointer   data)
{
  Joined *joined = data;
  g_autofree char *text = NULL;
  const char *prefix = mz_text_label_get_prefix (leaf);
  guint row = mz_table_view_get_row (leaf);

  if (start >= end && row == 0)
    return;

  text = mz_text_leaf_dup_text (leaf, start, end);
  if (joined->text->len > 0)
    g_string_append (joined->text, row != 0 && row == joined->row ? "\t" : "\n");
  if (start == 0 && prefix != NULL)
    g_string_append (joined->text, prefix);
  g_string_append (joined->text, text);
  joined->row = row;
}

/* ---- drawing ---- */

typedef struct
{
  MzSelection *selection;
  GtkSnapshot *snapshot;
  GdkRGBA color;
} Drawing;

static void
draw_range (GtkWidget *leaf,
            int        start,
            int        end,
            gpointer   data)
{
  Drawing *drawing = data;

  if (start < end && gtk_widget_get_mapped (leaf))
    mz_text_leaf_snapshot (leaf, drawing->selection->view, start, end, drawing->snapshot, &drawing->color);
}

/* ---- the pointer ---- */

static void
queue_draw (MzSelection *self)
{
  if (self->view != NULL)
    gtk_widget_queue_draw (self->view);
}

static void
take_primary (MzSelection *self)
{
  MzSelectionContent *content = g_object_new (MZ_TYPE_SELECTION_CONTENT, NULL);
  g_autoptr (GdkContentProvider) old = g_steal_pointer (&self->primary);

  g_set_weak_pointer (&content->selection, self);
  self->primary = GDK_CONTENT_PROVIDER (content);
  gdk_clipboard_set_content (gtk_widget_get_primary_clipboard (self->view), self->primary);
}

static void
begin_drag (MzSelection *self)
{
  GtkWidget *leaf = self->press.leaf;

  mz_text_leaf_reset_gestures (leaf);
  mz_text_leaf_clear_selection (leaf);
  /* Keys go where the selection began: Ctrl+C. Focus selects a label's text. */
  if (GTK_IS_LABEL (leaf) && !gtk_widget_has_focus (leaf))
    {
      gtk_widget_grab_focus (leaf);
      mz_text_leaf_clear_selection (leaf);
    }

  set_position (&self->anchor, &self->press);
  self->dragging = TRUE;
  self->active = TRUE;
}

static void
popup_menu (MzSelection *self,
            double       x,
            double       y)
{
  if (self->menu == NULL)
    {
      g_autoptr (GMenu) menu = g_menu_new ();

      g_menu_append (menu, _("_Copy"), "selection.copy");
      g_menu_append (menu, _("Select _All"), "selection.select-all");
      self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, self->view);
    }

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { x, y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* Buttons and scrollbars among the blocks are not for selecting. */
static gboolean
is_control_at (MzSelection *self,
               double       x,
               double       y)
{
  GtkWidget *widget = gtk_widget_pick (self->view, x, y, GTK_PICK_DEFAULT);

  for (; widget != NULL && widget != self->view; widget = gtk_widget_get_parent (widget))
    if (GTK_IS_BUTTON (widget) || GTK_IS_SCROLLBAR (widget))
      return TRUE;

  return FALSE;
}

static gboolean
pressed (MzSelection *self,
         GdkEvent    *event,
         double       x,
         double       y)
{
  gboolean inside;
  Position position;

  if (self->active && gdk_event_triggers_context_menu (event))
    {
      popup_menu (self, x, y);
      return GDK_EVENT_STOP;
    }
  self->pressed = FALSE;
  if (gdk_button_event_get_button (event) != GDK_BUTTON_PRIMARY || is_control_at (self, x, y))
    return GDK_EVENT_PROPAGATE;

  position = position_at (self, x, y, &inside);

  /* As everywhere: Shift and a click lengthens what is selected. */
  if (self->active && (gdk_event_get_modifier_state (event) & GDK_SHIFT_MASK) != 0 && position.leaf != NULL)
    {
      set_position (&self->end, &position);
      take_primary (self);
      queue_draw (self);
      return GDK_EVENT_STOP;
    }

  mz_selection_clear (self);
  self->pressed = position.leaf != NULL;
  self->pressed_between = !inside;
  self->press_x = x;
  self->press_y = y;
  set_position (&self->press, &position);

  return GDK_EVENT_PROPAGATE;
}

static void
moved (MzSelection *self,
       double       x,
       double       y)
{
  gboolean inside;
  Position position;

  if (!self->pressed || self->press.leaf == NULL)
    return;

  position = position_at (self, x, y, &inside);
  if (position.leaf == NULL)
    return;

  if (!self->dragging)
    {
      if (position.leaf == self->press.leaf && !self->pressed_between)
        return;
      if (self->pressed_between && fabs (x - self->press_x) < THRESHOLD && fabs (y - self->press_y) < THRESHOLD)
        return;
      begin_drag (self);
    }

  set_position (&self->end, &position);
  queue_draw (self);
}

static gboolean
event_cb (MzSelection *self,
          GdkEvent    *event)
{
  GtkNative *native;
  double event_x;
  double event_y;
  double native_x;
  double native_y;
  double x;
  double y;

  if (self->view == NULL || !gdk_event_get_position (event, &event_x, &event_y))
    return GDK_EVENT_PROPAGATE;
  native = gtk_widget_get_native (self->view);
  if (native == NULL || gdk_event_get_surface (event) != gtk_native_get_surface (native))
    return GDK_EVENT_PROPAGATE;
  gtk_native_get_surface_transform (native, &native_x, &native_y);
  gtk_widget_translate_coordinates (GTK_WIDGET (native), self->view, event_x - native_x, event_y - native_y, &x, &y);

  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_BUTTON_PRESS:
      return pressed (self, event, x, y);

    case GDK_MOTION_NOTIFY:
      if ((gdk_event_get_modifier_state (event) & GDK_BUTTON1_MASK) == 0)
        self->pressed = FALSE;
      else
        moved (self, x, y);
      break;

    case GDK_BUTTON_RELEASE:
      if (self->dragging)
        take_primary (self);
      self->pressed = FALSE;
      self->dragging = FALSE;
      break;

    default:
      break;
    }

  return GDK_EVENT_PROPAGATE;
}

/* ---- keys and the menu ---- */

static void
copy_text (MzSelection *self)
{
  g_autofree char *text = mz_selection_dup_text (self);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (self->view), text);
}

static gboolean
copy_key_cb (GtkWidget *widget,
             GVariant  *args,
             gpointer   user_data)
{
  MzSelection *self = MZ_SELECTION (user_data);

  /* Labels and text views copy their own. */
  if (!self->active)
    return FALSE;

  copy_text (self);

  return TRUE;
}

static gboolean
select_all_key_cb (GtkWidget *widget,
                   GVariant  *args,
                   gpointer   user_data)
{
  mz_selection_select_all (MZ_SELECTION (user_data));

  return TRUE;
}

static void
copy_action_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  copy_text (MZ_SELECTION (user_data));
}

static void
select_all_action_cb (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  mz_selection_select_all (MZ_SELECTION (user_data));
}

static void
add_shortcut (MzSelection           *self,
              GtkShortcutController *controller,
              guint                  keyval,
              GtkShortcutFunc        func)
{
  gtk_shortcut_controller_add_shortcut (controller,
                                        gtk_shortcut_new (gtk_keyval_trigger_new (keyval, GDK_CONTROL_MASK),
                                                          gtk_callback_action_new (func, self, NULL)));
}

/* ---- GObject ---- */

static void
mz_selection_dispose (GObject *object)
{
  MzSelection *self = MZ_SELECTION (object);
  g_autoptr (GdkContentProvider) primary = g_steal_pointer (&self->primary);

  self->active = FALSE;
  set_position (&self->press, NULL);
  set_position (&self->anchor, NULL);
  set_position (&self->end, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_weak_pointer (&self->view);

  G_OBJECT_CLASS (mz_selection_parent_class)->dispose (object);
}

static void
mz_selection_class_init (MzSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mz_selection_dispose;
}

static void
mz_selection_init (MzSelection *self)
{
}

/**
 * mz_selection_new:
 * @view: the widget that has the labels and code views; it lives longer
 *
 * Returns: (transfer full): selecting in @view
 */
MzSelection *
mz_selection_new (GtkWidget *view)
{
  const GActionEntry actions[] = {
    { .name = "copy", .activate = copy_action_cb },
    { .name = "select-all", .activate = select_all_action_cb },
  };
  MzSelection *self;
  GtkEventController *legacy;
  GtkEventController *keys;
  g_autoptr (GSimpleActionGroup) group = NULL;

  g_return_val_if_fail (GTK_IS_WIDGET (view), NULL);

  self = g_object_new (MZ_TYPE_SELECTION, NULL);
  g_set_weak_pointer (&self->view, view);

  /* Not a gesture: a label claims the sequence for its own, and that would end it. */
  legacy = gtk_event_controller_legacy_new ();
  gtk_event_controller_set_propagation_phase (legacy, GTK_PHASE_CAPTURE);
  g_signal_connect_object (legacy, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (view, legacy);

  keys = gtk_shortcut_controller_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  add_shortcut (self, GTK_SHORTCUT_CONTROLLER (keys), GDK_KEY_c, copy_key_cb);
  add_shortcut (self, GTK_SHORTCUT_CONTROLLER (keys), GDK_KEY_Insert, copy_key_cb);
  add_shortcut (self, GTK_SHORTCUT_CONTROLLER (keys), GDK_KEY_a, select_all_key_cb);
  gtk_widget_add_controller (view, keys);

  group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (view, "selection", G_ACTION_GROUP (group));

  return self;
}

/**
 * mz_selection_is_active:
 *
 * Returns: whether text is selected across widgets
 */
gboolean
mz_selection_is_active (MzSelection *self)
{
  g_return_val_if_fail (MZ_IS_SELECTION (self), FALSE);

  return self->active;
}

/**
 * mz_selection_select_all:
 * @self: a selection
 *
 * Selects all text of the view.
 */
void
mz_selection_select_all (MzSelection *self)
{
  g_autoptr (GPtrArray) leaves = NULL;
  Position first = { NULL, 0 };
  Position last = { NULL, 0 };

  g_return_if_fail (MZ_IS_SELECTION (self));

  if (self->view == NULL)
    return;
  leaves = mz_text_leaves (self->view);
  if (leaves->len == 0)
    return;

  first.leaf = g_ptr_array_index (leaves, 0);
  last.leaf = g_ptr_array_index (leaves, leaves->len - 1);
  last.offset = mz_text_leaf_get_length (last.leaf);
  set_position (&self->anchor, &first);
  set_position (&self->end, &last);
  self->active = TRUE;
  /* In this order: GDK can take the release of a clipboard, just before we take it, for another program that has it now. */
  take_primary (self);
  for (guint i = 0; i < leaves->len; i++)
    mz_text_leaf_clear_selection (g_ptr_array_index (leaves, i));
  queue_draw (self);
}

/**
 * mz_selection_clear:
 * @self: a selection
 *
 * Nothing is selected across widgets any more.
 */
void
mz_selection_clear (MzSelection *self)
{
  g_autoptr (GdkContentProvider) primary = NULL;

  g_return_if_fail (MZ_IS_SELECTION (self));

  primary = g_steal_pointer (&self->primary);
  self->dragging = FALSE;
  if (!self->active)
    return;

  self->active = FALSE;
  if (primary != NULL && self->view != NULL)
    {
      GdkClipboard *clipboard = gtk_widget_get_primary_clipboard (self->view);

      if (gdk_clipboard_get_content (clipboard) == primary)
        gdk_clipboard_set_content (clipboard, NULL);
    }
  set_position (&self->anchor, NULL);
  set_position (&self->end, NULL);
  queue_draw (self);
}

/**
 * mz_selection_check:
 * @self: a selection
 *
 * To be called when widgets of the view were removed: a selection that began or ended in one of them is gone.
 */
void
mz_selection_check (MzSelection *self)
{
  g_return_if_fail (MZ_IS_SELECTION (self));

  if (!self->active)
    return;
  if (self->view == NULL ||
      self->anchor.leaf == NULL || !gtk_widget_is_ancestor (self->anchor.leaf, self->view) ||
      self->end.leaf == NULL || !gtk_widget_is_ancestor (self->end.leaf, self->view))
    mz_selection_clear (self);
}

/**
 * mz_selection_dup_text:
 *
 * Returns: (transfer full) (nullable): what is selected: a line for each label, cells of a row with tabs between
 */
char *
mz_selection_dup_text (MzSelection *self)
{
  Joined joined = { NULL, 0 };

  g_return_val_if_fail (MZ_IS_SELECTION (self), NULL);

  if (!self->active)
    return NULL;

  joined.text = g_string_new (NULL);
  foreach_range (self, join_range, &joined);

  return g_string_free (joined.text, joined.text->len == 0);
}

/**
 * mz_selection_snapshot:
 * @self: a selection
 * @snapshot: the view's snapshot, after its children
 *
 * Draws what is selected.
 */
void
mz_selection_snapshot (MzSelection *self,
                       GtkSnapshot *snapshot)
{
  Drawing drawing = { self, snapshot, { 0, 0, 0, 0 } };

  g_return_if_fail (MZ_IS_SELECTION (self));

  if (!self->active || self->view == NULL)
    return;

  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (self->view), "accent_bg_color", &drawing.color))
    gdk_rgba_parse (&drawing.color, "#3584e4");
  drawing.color.alpha = ALPHA;
  foreach_range (self, draw_range, &drawing);
}
