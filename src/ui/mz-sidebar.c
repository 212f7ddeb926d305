/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-sidebar.h"

#include <glib/gi18n.h>

#include "mz-connection-pages.h"
#include "mz-sidebar-row.h"
#include "mz-words.h"

/* Of a gateway's name, however narrow the window is. */
#define NAME_CHARS 10

struct _MzSidebar
{
  GtkWidget parent_instance;

  AdwHeaderBar *header;
  GtkMenuButton *switcher;
  GtkPopover *switcher_popover;
  AdwBin *switcher_dot;
  GtkLabel *switcher_label;
  GtkListBox *gateway_list;
  GtkMenuButton *menu_button;
  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListBox *list;
  GtkSpinner *spinner;
  GtkLabel *empty;

  MzCore *core;
  MzSessionActions *actions;
  MzGateway *gateway;
  GSettings *settings;
  char *selected;
  GtkFilter *filter;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  guint midnight;
  guint regroup_id;
};

enum
{
  CHAT_ACTIVATED,
  GATEWAY_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzSidebar, mz_sidebar, GTK_TYPE_WIDGET)

static MzDayGroup
group_of (MzSessionRow *session,
          GDateTime    *now)
{
  return mz_day_group_of (mz_session_row_get_pinned (session), mz_session_row_get_archived (session),
                          mz_session_row_get_updated_at (session), now);
}

static gboolean
filter_cb (gpointer item,
           gpointer user_data)
{
  MzSidebar *self = user_data;
  MzSessionRow *session = item;
  const char *query = gtk_editable_get_text (GTK_EDITABLE (self->search));

  if (mz_session_actions_is_hidden (self->actions, self->gateway, mz_session_row_get_key (session)))
    return FALSE;

  /* Who searches looks everywhere. */
  if (*query == '\0' && mz_session_row_get_archived (session) && !g_settings_get_boolean (self->settings, "show-archived"))
    return FALSE;

  return mz_words_match (query, mz_session_row_get_title (session));
}

/* Newest first in each group; the archived ones at the end. */
static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      user_data)
{
  MzSessionRow *one = (MzSessionRow *) a;
  MzSessionRow *other = (MzSessionRow *) b;

  if (mz_session_row_get_archived (one) != mz_session_row_get_archived (other))
    return mz_session_row_get_archived (one) ? GTK_ORDERING_LARGER : GTK_ORDERING_SMALLER;
  if (mz_session_row_get_pinned (one) != mz_session_row_get_pinned (other))
    return mz_session_row_get_pinned (one) ? GTK_ORDERING_SMALLER : GTK_ORDERING_LARGER;
  if (mz_session_row_get_updated_at (one) != mz_session_row_get_updated_at (other))
    return mz_session_row_get_updated_at (one) > mz_session_row_get_updated_at (other) ? GTK_ORDERING_SMALLER : GTK_ORDERING_LARGER;

  return gtk_ordering_from_cmpfunc (g_strcmp0 (mz_session_row_get_key (one), mz_session_row_get_key (other)));
}

static GtkWidget *
create_row_cb (gpointer item,
               gpointer user_data)
{
  return mz_sidebar_row_new (item);
}

static void
header_cb (GtkListBoxRow *row,
           GtkListBoxRow *before,
           gpointer       user_data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  MzDayGroup group = group_of (mz_sidebar_row_get (MZ_SIDEBAR_ROW (row)), now);
  GtkWidget *label;

  if (before != NULL && group_of (mz_sidebar_row_get (MZ_SIDEBAR_ROW (before)), now) == group)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }

  label = gtk_label_new (mz_day_group_to_words (group));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "group");
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_list_box_row_set_header (row, label);
}

static void
select_row (MzSidebar *self)
{
  GtkListBoxRow *found = NULL;

  for (int i = 0; self->selected != NULL; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

      if (row == NULL)
        break;
      if (g_strcmp0 (mz_session_row_get_key (mz_sidebar_row_get (MZ_SIDEBAR_ROW (row))), self->selected) == 0)
        {
          found = row;
          break;
        }
    }

  if (found != gtk_list_box_get_selected_row (self->list))
    gtk_list_box_select_row (self->list, found);
}

static void
update_page (MzSidebar *self)
{
  MzSessionList *sessions = self->gateway != NULL ? mz_gateway_get_sessions (self->gateway) : NULL;
  gboolean loaded = sessions != NULL && mz_session_list_get_loaded (sessions);
  gboolean loading = sessions != NULL && mz_session_list_get_loading (sessions) && !loaded;
  guint n = self->sorted != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) : 0;

  if (n > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (loading)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  else
    {
      gtk_label_set_text (self->empty, *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0' ? _("No conversation has these words in its title.")
                                       : loaded ? _("No conversations yet. Press + to begin one.")
                                                : _("The conversations show here once the gateway is connected."));
      gtk_stack_set_visible_child_name (self->stack, "empty");
    }
  gtk_spinner_set_spinning (self->spinner, loading && n == 0);
}

static void
items_changed_cb (MzSidebar *self)
{
  gtk_list_box_invalidate_headers (self->list);
  select_row (self);
  update_page (self);
}

static void
update_filter (MzSidebar *self)
{
  if (self->filter != NULL)
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static gboolean
regroup (gpointer data)
{
  MzSidebar *self = data;

  self->regroup_id = 0;
  if (self->sorted != NULL)
    {
      gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
      gtk_sorter_changed (gtk_sort_list_model_get_sorter (self->sorted), GTK_SORTER_CHANGE_DIFFERENT);
    }
  gtk_list_box_invalidate_headers (self->list);

  return G_SOURCE_REMOVE;
}

/* The list's models do not look at rows that change where they are. */
static void
row_notify_cb (MzSidebar  *self,
               GParamSpec *pspec)
{
  static const char *const names[] = { "title", "pinned", "archived", "updated-at", NULL };

  if (g_strv_contains (names, pspec->name) && self->regroup_id == 0)
    self->regroup_id = g_idle_add (regroup, self);
}

static void
sessions_changed_cb (MzSidebar  *self,
                     guint       position,
                     guint       removed,
                     guint       added,
                     GListModel *sessions)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (MzSessionRow) row = g_list_model_get_item (sessions, i);

      /* A row that moves is announced again. */
      g_signal_handlers_disconnect_by_func (row, row_notify_cb, self);
      g_signal_connect_object (row, "notify", G_CALLBACK (row_notify_cb), self, G_CONNECT_SWAPPED);
    }
}

static void
archived_cb (MzSidebar *self)
{
  update_filter (self);
}

static void
hidden_changed_cb (MzSidebar *self,
                   MzGateway *gateway)
{
  if (gateway == self->gateway)
    update_filter (self);
}

static void
sessions_cb (MzSidebar *self)
{
  MzSessionList *sessions = self->gateway != NULL ? mz_gateway_get_sessions (self->gateway) : NULL;
  GtkSorter *sorter;

  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  if (sessions != NULL)
    {
      self->filter = GTK_FILTER (gtk_custom_filter_new (filter_cb, self, NULL));
      self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (sessions)), g_object_ref (self->filter));
      sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, NULL, NULL));
      self->sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)), sorter);
      gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->sorted), create_row_cb, self, NULL);
      /* After the list box' own handler, so that the rows are there. */
      g_signal_connect_object (self->sorted, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
      g_signal_connect_object (sessions, "items-changed", G_CALLBACK (sessions_changed_cb), self, G_CONNECT_SWAPPED);
      sessions_changed_cb (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (sessions)), G_LIST_MODEL (sessions));
      g_signal_connect_object (sessions, "notify::loading", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (sessions, "notify::loaded", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
    }
  items_changed_cb (self);
}

static void
name_cb (MzSidebar *self)
{
  const char *name = self->gateway != NULL ? mz_gateway_entry_get_name (mz_gateway_get_entry (self->gateway)) : _("No gateway");
  g_autofree char *label = g_strdup_printf (_("Gateway: %s"), name);

  gtk_label_set_text (self->switcher_label, name);
  gtk_label_set_width_chars (self->switcher_label, (int) MIN (g_utf8_strlen (name, -1), NAME_CHARS));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->switcher), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* ---- gateways ---- */

static void
name_gateway_row_cb (GtkWidget  *row,
                     GParamSpec *pspec,
                     MzGateway  *gateway)
{
  g_autoptr (MzStatus) status = mz_gateway_dup_status (gateway);
  /* Translators: the name of a gateway, and how it stands ("Ready") */
  g_autofree char *label = g_strdup_printf (_("%s, %s"), mz_gateway_entry_get_name (mz_gateway_get_entry (gateway)), status->word);

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static GtkWidget *
create_gateway_row_cb (gpointer item,
                       gpointer user_data)
{
  MzGateway *gateway = item;
  MzGatewayEntry *entry = mz_gateway_get_entry (gateway);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *dot = mz_status_dot_new (TRUE);

  g_object_bind_property (entry, "name", name, "label", G_BINDING_SYNC_CREATE);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_hexpand (name, TRUE);
  mz_status_dot_set_gateway (MZ_STATUS_DOT (dot), gateway);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), dot);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* The status has the name in it. */
  g_signal_connect_object (gateway, "notify::status", G_CALLBACK (name_gateway_row_cb), row, G_CONNECT_SWAPPED);
  name_gateway_row_cb (row, NULL, gateway);

  return row;
}

static void
gateway_activated_cb (MzSidebar     *self,
                      GtkListBoxRow *row)
{
  g_autoptr (MzGateway) gateway = g_list_model_get_item (G_LIST_MODEL (self->core), (guint) gtk_list_box_row_get_index (row));

  gtk_popover_popdown (self->switcher_popover);
  if (gateway != NULL)
    g_signal_emit (self, signals[GATEWAY_ACTIVATED], 0, gateway);
}

/* ---- list ---- */

static void
row_activated_cb (MzSidebar     *self,
                  GtkListBoxRow *row)
{
  g_signal_emit (self, signals[CHAT_ACTIVATED], 0, mz_session_row_get_key (mz_sidebar_row_get (MZ_SIDEBAR_ROW (row))));
}

static void
search_changed_cb (MzSidebar *self)
{
  update_filter (self);
  update_page (self);
}

static void
stop_search_cb (MzSidebar *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

static void
search_activate_cb (MzSidebar *self)
{
  GtkListBoxRow *first = gtk_list_box_get_row_at_index (self->list, 0);

  if (first != NULL && *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    row_activated_cb (self, first);
}

/* ---- the day's end ---- */

static void wait_for_midnight (MzSidebar *self);

static gboolean
midnight_cb (gpointer data)
{
  MzSidebar *self = data;
  GtkListBoxRow *row;

  self->midnight = 0;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    mz_sidebar_row_refresh (MZ_SIDEBAR_ROW (row));
  gtk_list_box_invalidate_headers (self->list);
  wait_for_midnight (self);

  return G_SOURCE_REMOVE;
}

static void
wait_for_midnight (MzSidebar *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int passed = (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now)) * 60 + g_date_time_get_second (now);

  /* Hourly, for a machine that slept, and days of 23 or 25 hours. */
  self->midnight = g_timeout_add_seconds ((guint) CLAMP (24 * 60 * 60 - passed + 1, 60, 60 * 60), midnight_cb, self);
}

static void
mz_sidebar_dispose (GObject *object)
{
  MzSidebar *self = MZ_SIDEBAR (object);

  g_clear_handle_id (&self->midnight, g_source_remove);
  g_clear_handle_id (&self->regroup_id, g_source_remove);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  if (self->gateway_list != NULL)
    gtk_list_box_bind_model (self->gateway_list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->gateway);
  g_clear_object (&self->actions);
  g_clear_object (&self->core);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->selected, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_SIDEBAR);

  G_OBJECT_CLASS (mz_sidebar_parent_class)->dispose (object);
}

static void
mz_sidebar_class_init (MzSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_sidebar_dispose;

  /**
   * MzSidebar::chat-activated:
   * @self: the sidebar
   * @key: a conversation of the chosen gateway
   *
   * A person chose a conversation.
   */
  signals[CHAT_ACTIVATED] = g_signal_new ("chat-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * MzSidebar::gateway-activated:
   * @self: the sidebar
   * @gateway: a gateway
   *
   * A person chose a gateway.
   */
  signals[GATEWAY_ACTIVATED] = g_signal_new ("gateway-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 1, MZ_TYPE_GATEWAY);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/ui/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, header);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, switcher);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, switcher_popover);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, switcher_dot);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, switcher_label);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, gateway_list);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, search);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, stack);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, spinner);
  gtk_widget_class_bind_template_child (widget_class, MzSidebar, empty);
  gtk_widget_class_bind_template_callback (widget_class, gateway_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_set_css_name (widget_class, "sidebar");
}

static void
mz_sidebar_init (MzSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, header_cb, NULL, NULL);
  adw_bin_set_child (self->switcher_dot, mz_status_dot_new (FALSE));
  wait_for_midnight (self);
}

/**
 * mz_sidebar_set_up:
 * @self: a sidebar
 * @core: the gateways to choose from
 * @actions: knows what is hidden
 *
 * Gives it what it shows; called once.
 */
void
mz_sidebar_set_up (MzSidebar        *self,
                   MzCore           *core,
                   MzSessionActions *actions)
{
  g_return_if_fail (MZ_IS_SIDEBAR (self));
  g_return_if_fail (MZ_IS_CORE (core));
  g_return_if_fail (MZ_IS_SESSION_ACTIONS (actions));
  g_return_if_fail (self->core == NULL);

  self->core = g_object_ref (core);
  self->actions = g_object_ref (actions);
  self->settings = g_object_ref (mz_core_get_settings (core));
  g_signal_connect_object (self->settings, "changed::show-archived", G_CALLBACK (archived_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (actions, "hidden-changed", G_CALLBACK (hidden_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->gateway_list, G_LIST_MODEL (core), create_gateway_row_cb, NULL, NULL);
}

/**
 * mz_sidebar_set_gateway:
 * @self: a sidebar
 * @gateway: (nullable): whose conversations are shown
 *
 * Shows another gateway.
 */
void
mz_sidebar_set_gateway (MzSidebar *self,
                        MzGateway *gateway)
{
  g_return_if_fail (MZ_IS_SIDEBAR (self));

  if (self->gateway == gateway)
    return;

  if (self->gateway != NULL)
    {
      MzSessionList *sessions = mz_gateway_get_sessions (self->gateway);

      g_signal_handlers_disconnect_by_func (self->gateway, sessions_cb, self);
      g_signal_handlers_disconnect_by_func (mz_gateway_get_entry (self->gateway), name_cb, self);
      if (sessions != NULL)
        {
          g_signal_handlers_disconnect_by_func (sessions, sessions_changed_cb, self);
          g_signal_handlers_disconnect_by_func (sessions, update_page, self);
        }
    }
  g_clear_pointer (&self->selected, g_free);
  g_set_object (&self->gateway, gateway);
  if (gateway != NULL)
    {
      g_signal_connect_object (gateway, "notify::sessions", G_CALLBACK (sessions_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (mz_gateway_get_entry (gateway), "notify::name", G_CALLBACK (name_cb), self, G_CONNECT_SWAPPED);
    }
  mz_status_dot_set_gateway (MZ_STATUS_DOT (adw_bin_get_child (self->switcher_dot)), gateway);
  name_cb (self);
  sessions_cb (self);
}

/**
 * mz_sidebar_set_selected:
 * @self: a sidebar
 * @key: (nullable): the conversation that is shown
 *
 * Marks it, now or when it comes into the list.
 */
void
mz_sidebar_set_selected (MzSidebar  *self,
                         const char *key)
{
  g_return_if_fail (MZ_IS_SIDEBAR (self));

  if (g_strcmp0 (self->selected, key) != 0)
    {
      g_free (self->selected);
      self->selected = g_strdup (key);
    }
  select_row (self);
}

/**
 * mz_sidebar_dup_neighbour:
 * @self: a sidebar
 * @step: how many rows below the selected one, negative for above
 *
 * What a step in the list leads to.
 *
 * Returns: (transfer full) (nullable): the key, %NULL at the list's ends
 */
char *
mz_sidebar_dup_neighbour (MzSidebar *self,
                          int        step)
{
  GtkListBoxRow *selected, *row;
  int index;

  g_return_val_if_fail (MZ_IS_SIDEBAR (self), NULL);

  selected = gtk_list_box_get_selected_row (self->list);
  index = selected != NULL ? gtk_list_box_row_get_index (selected) + step : 0;
  row = index >= 0 ? gtk_list_box_get_row_at_index (self->list, index) : NULL;

  return row != NULL ? g_strdup (mz_session_row_get_key (mz_sidebar_row_get (MZ_SIDEBAR_ROW (row)))) : NULL;
}

/**
 * mz_sidebar_focus_search:
 * @self: a sidebar
 *
 * Puts the cursor into the search field.
 */
void
mz_sidebar_focus_search (MzSidebar *self)
{
  g_return_if_fail (MZ_IS_SIDEBAR (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/**
 * mz_sidebar_open_menu:
 * @self: a sidebar
 *
 * Opens the main menu.
 */
void
mz_sidebar_open_menu (MzSidebar *self)
{
  g_return_if_fail (MZ_IS_SIDEBAR (self));

  gtk_menu_button_popup (self->menu_button);
}

/**
 * mz_sidebar_set_show_buttons:
 * @self: a sidebar
 * @folded: the sidebar fills the window
 *
 * Whether the window's buttons stand here too.
 */
void
mz_sidebar_set_show_buttons (MzSidebar *self,
                             gboolean   folded)
{
  g_return_if_fail (MZ_IS_SIDEBAR (self));

  adw_header_bar_set_show_end_title_buttons (self->header, folded);
}
