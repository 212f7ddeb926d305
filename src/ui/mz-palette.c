/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-ui"

#include "config.h"

#include "mz-palette.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-words.h"

/* Nobody reads further down; another word finds it. */
#define MAX_SHOWN 50

/* How far Page Up and Page Down go. */
#define PAGE 8

/* As wide as it is, unless the window below is narrower; px. */
#define WIDTH 560
#define HEIGHT 440
#define MIN_WIDTH 320
#define MARGIN 12

/* One conversation of one gateway. */
#define MZ_TYPE_PALETTE_ITEM (mz_palette_item_get_type ())
G_DECLARE_FINAL_TYPE (MzPaletteItem, mz_palette_item, MZ, PALETTE_ITEM, GObject)

struct _MzPaletteItem
{
  GObject parent_instance;

  MzGateway *gateway;
  MzSessionRow *row;
  gboolean in_title; /* what was searched is in its title */
};

G_DEFINE_FINAL_TYPE (MzPaletteItem, mz_palette_item, G_TYPE_OBJECT)

struct _MzPalette
{
  AdwWindow parent_instance;

  GtkWidget *entry;
  GtkWidget *stack;
  GtkWidget *list;
  GtkWidget *empty_title;
  GtkWidget *empty_text;

  MzCore *core;
  GPtrArray *sources; /* the models that it is made of, each connected to */
  GListStore *found;
  GtkSingleSelection *selection;
  guint idle;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzPalette, mz_palette, ADW_TYPE_WINDOW)

static void
mz_palette_item_finalize (GObject *object)
{
  MzPaletteItem *self = MZ_PALETTE_ITEM (object);

  g_object_unref (self->gateway);
  g_object_unref (self->row);

  G_OBJECT_CLASS (mz_palette_item_parent_class)->finalize (object);
}

static void
mz_palette_item_class_init (MzPaletteItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mz_palette_item_finalize;
}

static void
mz_palette_item_init (MzPaletteItem *self)
{
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const MzPaletteItem *left = *(MzPaletteItem * const *) a;
  const MzPaletteItem *right = *(MzPaletteItem * const *) b;
  gint64 left_time = mz_session_row_get_updated_at (left->row);
  gint64 right_time = mz_session_row_get_updated_at (right->row);

  if (left->in_title != right->in_title)
    return left->in_title ? -1 : 1;
  return (left_time < right_time) - (left_time > right_time);
}

/* (transfer full) (nullable): NULL when @row is not what is looked for */
static MzPaletteItem *
item_new (MzGateway    *gateway,
          MzSessionRow *row,
          const char   *query,
          gboolean      several)
{
  const char *name = mz_gateway_entry_get_name (mz_gateway_get_entry (gateway));
  const char *title = mz_session_row_get_title (row);
  const char *preview = mz_session_row_get_preview (row);
  g_autofree char *head = several ? g_strconcat (title, " ", name, NULL) : g_strdup (title);
  g_autofree char *all = g_strconcat (head, " ", preview, NULL);
  gboolean in_title = mz_words_match (query, head);
  MzPaletteItem *item;

  /* What was put away is found, but does not stand in the way. */
  if (query[0] == '\0' && mz_session_row_get_archived (row))
    return NULL;
  if (!in_title && !mz_words_match (query, all))
    return NULL;

  item = g_object_new (MZ_TYPE_PALETTE_ITEM, NULL);
  item->gateway = g_object_ref (gateway);
  item->row = g_object_ref (row);
  item->in_title = in_title;
  return item;
}

/* (transfer full): what fits @query, the best first; @n_all: how many there would be */
static GPtrArray *
find (MzPalette  *self,
      const char *query,
      guint      *n_all)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_gateways = g_list_model_get_n_items (G_LIST_MODEL (self->core));

  *n_all = 0;
  for (guint i = 0; i < n_gateways; i++)
    {
      g_autoptr (MzGateway) gateway = g_list_model_get_item (G_LIST_MODEL (self->core), i);
      MzSessionList *sessions = mz_gateway_get_sessions (gateway);
      guint n_sessions = sessions != NULL ? g_list_model_get_n_items (G_LIST_MODEL (sessions)) : 0;

      *n_all += n_sessions;
      for (guint j = 0; j < n_sessions; j++)
        {
          g_autoptr (MzSessionRow) row = g_list_model_get_item (G_LIST_MODEL (sessions), j);
          MzPaletteItem *item = item_new (gateway, row, query, n_gateways > 1);

          if (item != NULL)
            g_ptr_array_add (found, item);
        }
    }
  g_ptr_array_sort (found, compare_items);
  if (found->len > MAX_SHOWN)
    g_ptr_array_set_size (found, MAX_SHOWN);
  return found;
}

static void
select_position (MzPalette *self,
                 guint      position)
{
  g_autoptr (MzPaletteItem) item = NULL;

  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", position);
  item = g_list_model_get_item (G_LIST_MODEL (self->found), position);
  if (item != NULL)
    mz_compat_announce (self->entry, mz_session_row_get_title (item->row));
}

static void
show_empty (MzPalette  *self,
            const char *query,
            guint       n_all)
{
  g_autofree char *title = NULL;

  if (n_all > 0 && query[0] != '\0')
    {
      title = g_strdup_printf (_("No conversation matches “%s”"), query);
      gtk_label_set_label (GTK_LABEL (self->empty_text), _("Titles and last messages are searched. Try fewer words, or their beginnings."));
    }
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->core)) == 0)
    {
      title = g_strdup (_("No gateway yet"));
      gtk_label_set_label (GTK_LABEL (self->empty_text), _("Conversations are listed here once a gateway is connected."));
    }
  else
    {
      title = g_strdup (_("No conversations yet"));
      gtk_label_set_label (GTK_LABEL (self->empty_text), _("Press Escape, and start one with “New chat”."));
    }
  gtk_label_set_label (GTK_LABEL (self->empty_title), title);
}

/* @keep: the same conversation stays selected; otherwise the best one is */
static void
search (MzPalette *self,
        gboolean   keep)
{
  g_autofree char *query = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  MzPaletteItem *selected = keep ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  g_autoptr (MzSessionRow) row = selected != NULL ? g_object_ref (selected->row) : NULL;
  g_autoptr (GPtrArray) found = NULL;
  guint n_all = 0, position = 0;

  found = find (self, query, &n_all);
  for (guint i = 0; row != NULL && i < found->len; i++)
    if (((MzPaletteItem *) g_ptr_array_index (found, i))->row == row)
      position = i;

  g_list_store_splice (self->found, 0, g_list_model_get_n_items (G_LIST_MODEL (self->found)), found->pdata, found->len);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), found->len > 0 ? "list" : "empty");
  if (found->len > 0)
    select_position (self, position);
  else
    show_empty (self, query, n_all);
}

static void collect (MzPalette *self);

static gboolean
idle_cb (gpointer data)
{
  MzPalette *self = MZ_PALETTE (data);

  self->idle = 0;
  collect (self);
  search (self, TRUE);
  return G_SOURCE_REMOVE;
}

/* Many changes at once are one. */
static void
changed_cb (MzPalette *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add (idle_cb, self);
}

static void
drop_sources (MzPalette *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    g_signal_handlers_disconnect_by_func (g_ptr_array_index (self->sources, i), changed_cb, self);
  g_ptr_array_set_size (self->sources, 0);
}

static void
add_source (MzPalette  *self,
            gpointer    source,
            const char *signal)
{
  g_signal_connect_object (source, signal, G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->sources, g_object_ref (source));
}

/* Everything that a list is made of: a gateway gets another list with each new client. */
static void
collect (MzPalette *self)
{
  drop_sources (self);
  add_source (self, self->core, "items-changed");
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->core)); i++)
    {
      g_autoptr (MzGateway) gateway = g_list_model_get_item (G_LIST_MODEL (self->core), i);
      MzSessionList *sessions = mz_gateway_get_sessions (gateway);

      add_source (self, gateway, "notify::sessions");
      if (sessions != NULL)
        add_source (self, sessions, "items-changed");
    }
}

static void
search_changed_cb (MzPalette *self)
{
  search (self, FALSE);
}

static void
choose (MzPalette     *self,
        MzPaletteItem *item)
{
  g_autoptr (MzPalette) keep = g_object_ref (self);
  g_autoptr (MzGateway) gateway = g_object_ref (item->gateway);
  g_autofree char *key = g_strdup (mz_session_row_get_key (item->row));

  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (keep, signals[SIGNAL_CHOSEN], 0, gateway, key);
}

static void
activate_cb (MzPalette *self)
{
  MzPaletteItem *item;

  /* The entry tells of changes a moment later; Enter means what stands there now. */
  search (self, TRUE);
  item = gtk_single_selection_get_selected_item (self->selection);
  if (item != NULL)
    choose (self, item);
}

static void
row_activated_cb (MzPalette *self,
                  guint      position)
{
  g_autoptr (MzPaletteItem) item = g_list_model_get_item (G_LIST_MODEL (self->found), position);

  if (item != NULL)
    choose (self, item);
}

static gboolean
key_pressed_cb (MzPalette       *self,
                guint            keyval,
                guint            keycode,
                GdkModifierType  state)
{
  int n_items = (int) g_list_model_get_n_items (G_LIST_MODEL (self->found));
  int position = (int) gtk_single_selection_get_selected (self->selection);
  int step;

  if ((state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;

  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      step = -1;
      break;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      step = 1;
      break;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      step = -PAGE;
      break;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      step = PAGE;
      break;
    default:
      return FALSE;
    }
  if (n_items > 0)
    select_position (self, (guint) CLAMP (position + step, 0, n_items - 1));
  return TRUE;
}

/* ---- rows ---- */

typedef struct
{
  GtkWidget *dot;
  GtkWidget *spinner;
  GtkWidget *title;
  GtkWidget *preview;
  GtkWidget *archived;
  GtkWidget *gateway;
  GtkWidget *time;
} Row;

static GtkWidget *
dim_label (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *marks = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  Row *row = g_new0 (Row, 1);

  gtk_widget_set_size_request (marks, 16, -1);
  row->dot = gtk_image_new_from_icon_name ("media-record-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (row->dot), 10);
  gtk_widget_set_hexpand (row->dot, TRUE);
  gtk_widget_add_css_class (row->dot, "accent");
  gtk_box_append (GTK_BOX (marks), row->dot);
  row->spinner = gtk_spinner_new ();
  gtk_widget_set_hexpand (row->spinner, TRUE);
  gtk_box_append (GTK_BOX (marks), row->spinner);
  gtk_box_append (GTK_BOX (box), marks);

  row->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (row->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (row->title), TRUE);
  gtk_label_set_xalign (GTK_LABEL (row->title), 0);
  gtk_box_append (GTK_BOX (texts), row->title);
  row->preview = dim_label (texts);
  gtk_label_set_xalign (GTK_LABEL (row->preview), 0);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), texts);

  row->archived = dim_label (box);
  gtk_label_set_label (GTK_LABEL (row->archived), _("Archived"));
  row->gateway = dim_label (box);
  gtk_label_set_max_width_chars (GTK_LABEL (row->gateway), 16);
  row->time = dim_label (box);
  gtk_widget_add_css_class (row->time, "numeric");

  g_object_set_data_full (G_OBJECT (box), "row", row, g_free);
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item,
         MzPalette                *self)
{
  GtkWidget *box = gtk_list_item_get_child (list_item);
  MzPaletteItem *item = gtk_list_item_get_item (list_item);
  Row *row = g_object_get_data (G_OBJECT (box), "row");
  const char *title = mz_session_row_get_title (item->row);
  const char *preview = mz_session_row_get_preview (item->row);
  const char *name = mz_gateway_entry_get_name (mz_gateway_get_entry (item->gateway));
  gboolean several = g_list_model_get_n_items (G_LIST_MODEL (self->core)) > 1;
  gboolean running = mz_session_row_get_running (item->row);
  gboolean unread = mz_session_row_get_unread (item->row) && !running;
  gboolean archived = mz_session_row_get_archived (item->row);
  gint64 updated_at = mz_session_row_get_updated_at (item->row);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = updated_at > 0 ? g_date_time_new_from_unix_local (updated_at / 1000) : NULL;
  g_autofree char *day = then != NULL ? mz_words_for_day (then, now) : g_strdup ("");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *spoken = NULL;

  gtk_label_set_label (GTK_LABEL (row->title), title);
  gtk_label_set_label (GTK_LABEL (row->preview), preview);
  gtk_widget_set_visible (row->preview, !item->in_title && preview != NULL);
  gtk_label_set_label (GTK_LABEL (row->gateway), name);
  gtk_widget_set_visible (row->gateway, several);
  gtk_label_set_label (GTK_LABEL (row->time), day);
  gtk_widget_set_visible (row->archived, archived);
  gtk_widget_set_visible (row->dot, unread);
  gtk_widget_set_visible (row->spinner, running);
  gtk_spinner_set_spinning (GTK_SPINNER (row->spinner), running);
  if (unread)
    gtk_widget_add_css_class (row->title, "unread");
  else
    gtk_widget_remove_css_class (row->title, "unread");

  g_strv_builder_add_many (builder, title, day, NULL);
  if (several)
    g_strv_builder_add (builder, name);
  if (unread)
    g_strv_builder_add (builder, _("unread"));
  if (running)
    g_strv_builder_add (builder, _("a reply is on its way"));
  if (archived)
    g_strv_builder_add (builder, _("archived"));
  parts = g_strv_builder_end (builder);
  spoken = g_strjoinv (", ", parts);
  /* The item's own widget is what a screen reader stops at. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item)
{
  Row *row = g_object_get_data (G_OBJECT (gtk_list_item_get_child (list_item)), "row");

  /* A spinner that nobody sees does not keep the screen busy. */
  gtk_spinner_set_spinning (GTK_SPINNER (row->spinner), FALSE);
}

static void
mz_palette_dispose (GObject *object)
{
  MzPalette *self = MZ_PALETTE (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->sources != NULL)
    drop_sources (self);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_PALETTE);
  g_clear_object (&self->core);
  g_clear_object (&self->selection);
  g_clear_object (&self->found);

  G_OBJECT_CLASS (mz_palette_parent_class)->dispose (object);
}

static void
mz_palette_class_init (MzPaletteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_palette_dispose;

  /**
   * MzPalette::chosen:
   * @self: a palette
   * @gateway: a gateway
   * @key: a conversation's key
   *
   * The person wants to see a conversation; the palette is closed.
   */
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", MZ_TYPE_PALETTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         MZ_TYPE_GATEWAY, G_TYPE_STRING);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/ui/palette.ui");
  gtk_widget_class_bind_template_child (widget_class, MzPalette, entry);
  gtk_widget_class_bind_template_child (widget_class, MzPalette, stack);
  gtk_widget_class_bind_template_child (widget_class, MzPalette, list);
  gtk_widget_class_bind_template_child (widget_class, MzPalette, empty_title);
  gtk_widget_class_bind_template_child (widget_class, MzPalette, empty_text);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  /* What opened it closes it. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, GDK_CONTROL_MASK, "window.close", NULL);
}

static void
mz_palette_init (MzPalette *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->sources = g_ptr_array_new_with_free_func (g_object_unref);

  self->found = g_list_store_new (MZ_TYPE_PALETTE_ITEM);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->found)));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  g_object_unref (factory);

  /* Before the entry's own meaning of these keys. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->entry, keys);
}

/**
 * mz_palette_new:
 * @core: the gateways
 * @parent: (nullable): the window that it stands over
 *
 * Returns: (transfer none): a palette, owned by the toolkit
 */
GtkWindow *
mz_palette_new (MzCore    *core,
                GtkWindow *parent)
{
  MzPalette *self;
  int width = WIDTH;

  g_return_val_if_fail (MZ_IS_CORE (core), NULL);
  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);

  self = g_object_new (MZ_TYPE_PALETTE, "transient-for", parent, NULL);
  self->core = g_object_ref (core);
  if (parent != NULL && gtk_widget_get_width (GTK_WIDGET (parent)) > 0)
    width = CLAMP (gtk_widget_get_width (GTK_WIDGET (parent)) - 2 * MARGIN, MIN_WIDTH, WIDTH);
  gtk_window_set_default_size (GTK_WINDOW (self), width, HEIGHT);
  collect (self);
  search (self, FALSE);
  gtk_widget_grab_focus (self->entry);
  return GTK_WINDOW (self);
}
