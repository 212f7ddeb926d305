/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-records-window.h"

#include <glib/gi18n.h>

#include "mz-compat.h"
#include "mz-connection-private.h"
#include "mz-records-view.h"

#define DAY_MS (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

/* Records come one by one; the page follows with some of them at once. */
#define RELOAD_MS 400

/* The rows of the choice of time */
static const guint periods[] = { 7, 30, 90 };

struct _MzRecordsWindow
{
  AdwWindow parent_instance;

  MzCore *core;
  MzRecords *records;
  GPtrArray *found;             /* what is shown */
  GCancellable *cancellable;    /* of the query under way */
  guint reload_id;
  GBytes *exported;             /* while it is written */

  GtkDropDown *period;
  GtkWidget *stack;
  GtkWidget *scroller;
  AdwBin *view;
  GtkWidget *problem;
  GtkWidget *damaged;
  GtkWidget *keep;
};

G_DEFINE_FINAL_TYPE (MzRecordsWindow, mz_records_window, ADW_TYPE_WINDOW)

enum
{
  PROP_0,
  PROP_CORE,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static guint
n_days (MzRecordsWindow *self)
{
  guint selected = gtk_drop_down_get_selected (self->period);

  return periods[MIN (selected, G_N_ELEMENTS (periods) - 1)];
}

static void
set_enabled (MzRecordsWindow *self,
             const char      *action,
             gboolean         enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, enabled);
}

/* ---- what is shown ---- */

static void
show_page (MzRecordsWindow *self,
           const char      *page)
{
  gboolean any = g_str_equal (page, "view");

  /* All pages are as high as the highest. */
  if (!any)
    adw_bin_set_child (self->view, NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), page);
  set_enabled (self, "records.export-csv", any);
  set_enabled (self, "records.export-json", any);
}

static void
show_found (MzRecordsWindow *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  double place = gtk_adjustment_get_value (adjustment);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (MzStats) stats = mz_stats_new (self->found, g_date_time_get_timezone (now));

  if (stats->all.dials == 0)
    {
      show_page (self, "empty");
      return;
    }

  adw_bin_set_child (self->view, mz_records_view_new (stats, n_days (self), now));
  show_page (self, "view");
  gtk_adjustment_set_value (adjustment, place);
}

static void
update_damaged (MzRecordsWindow *self)
{
  g_autofree char *path = mz_records_dup_set_aside (self->records);
  g_autofree char *text = NULL;

  if (path != NULL)
    text = g_strdup_printf (_("The file of records was damaged. It is now %s, and a new one was begun."), path);
  gtk_label_set_text (GTK_LABEL (self->damaged), text != NULL ? text : "");
  gtk_widget_set_visible (self->damaged, text != NULL);
}

static void
queried_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzRecordsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *found = mz_records_query_finish (MZ_RECORDS (source), result, &error);

  /* Gone, or asked anew */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = found;
  update_damaged (self);
  if (found != NULL)
    {
      show_found (self);
      return;
    }

  g_debug ("No records: %s", error->message);
  gtk_label_set_text (GTK_LABEL (self->problem), g_error_matches (error, MZ_STORE_ERROR, MZ_STORE_ERROR_NEWER)
                                                     ? _("A newer Moltzer has written them. Use that one to see them.")
                                                     : _("Their file cannot be read. Check the disk, then try again."));
  show_page (self, "problem");
}

static void
load (MzRecordsWindow *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) first = g_date_time_add_days (now, 1 - (int) n_days (self));
  g_autoptr (GDateTime) start = g_date_time_new (g_date_time_get_timezone (now), g_date_time_get_year (first), g_date_time_get_month (first),
                                                 g_date_time_get_day_of_month (first), 0, 0, 0);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  mz_records_query_async (self->records, g_date_time_to_unix (start) * 1000, self->cancellable, queried_cb, g_object_ref (self));
}

static gboolean
reload_cb (gpointer user_data)
{
  MzRecordsWindow *self = user_data;

  self->reload_id = 0;
  load (self);

  return G_SOURCE_REMOVE;
}

static void
changed_cb (MzRecordsWindow *self)
{
  if (self->reload_id == 0)
    self->reload_id = g_timeout_add (RELOAD_MS, reload_cb, self);
}

static void
period_cb (MzRecordsWindow *self)
{
  /* The template sets it before there is anything to ask. */
  if (self->records != NULL)
    load (self);
}

static void
again_cb (MzRecordsWindow *self)
{
  load (self);
}

/* ---- what is done with them ---- */

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzRecordsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->exported, g_bytes_unref);
  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      mz_connection_toast (self->stack, _("Records exported"));
    }
  else
    {
      g_autofree char *text = g_strdup_printf (_("The records were not exported: %s. Choose another place."), error->message);

      mz_connection_toast (self->stack, text);
    }
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (MzRecordsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = mz_compat_save_file_finish (GTK_WINDOW (self), result, &error);

  if (error != NULL)
    mz_connection_toast (self->stack, error->message);
  if (file != NULL && self->exported != NULL)
    g_file_replace_contents_bytes_async (file, self->exported, NULL, FALSE, G_FILE_CREATE_NONE, NULL, written_cb, g_object_ref (self));
}

static void
export (GtkWidget  *widget,
        const char *action,
        GVariant   *parameter)
{
  MzRecordsWindow *self = MZ_RECORDS_WINDOW (widget);
  gboolean csv = g_str_equal (action, "records.export-csv");
  char *text;

  if (self->found == NULL)
    return;

  text = csv ? mz_record_list_to_csv (self->found) : mz_record_list_to_json (self->found);
  g_clear_pointer (&self->exported, g_bytes_unref);
  self->exported = g_bytes_new_take (text, strlen (text));
  mz_compat_save_file_async (GTK_WINDOW (self), _("Export records"), csv ? "moltzer-records.csv" : "moltzer-records.json", NULL, chosen_cb,
                             g_object_ref (self));
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (MzRecordsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (mz_records_clear_finish (MZ_RECORDS (source), result, &error))
    {
      mz_connection_toast (self->stack, _("Records cleared"));
    }
  else
    {
      g_debug ("Not cleared: %s", error->message);
      mz_connection_toast (self->stack, _("The records could not be cleared. Check the disk, then try again."));
    }
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (MzRecordsWindow) self = user_data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (self), result);

  if (g_strcmp0 (answer, "clear") == 0 && self->records != NULL)
    mz_records_clear_async (self->records, NULL, cleared_cb, g_object_ref (self));
}

static void
ask_clear (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  const char *const answers[] = { "cancel", _("_Cancel"), "clear", _("_Clear"), NULL };

  mz_compat_ask_async (widget, _("Clear all records?"), _("All of them, not only those that are shown. They cannot be brought back."), NULL,
                       answers, NULL, "clear", "cancel", NULL, asked_cb, g_object_ref (widget));
}

/* ---- the window ---- */

static void
mz_records_window_constructed (GObject *object)
{
  MzRecordsWindow *self = MZ_RECORDS_WINDOW (object);

  G_OBJECT_CLASS (mz_records_window_parent_class)->constructed (object);

  g_settings_bind (mz_core_get_settings (self->core), "keep-records", self->keep, "active", G_SETTINGS_BIND_DEFAULT);
  self->records = g_object_ref (mz_core_get_records (self->core));
  g_signal_connect_object (self->records, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  show_page (self, "loading");
  load (self);
}

static void
mz_records_window_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  MzRecordsWindow *self = MZ_RECORDS_WINDOW (object);

  switch (prop_id)
    {
    case PROP_CORE:
      g_value_set_object (value, self->core);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_records_window_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  MzRecordsWindow *self = MZ_RECORDS_WINDOW (object);

  switch (prop_id)
    {
    case PROP_CORE:
      self->core = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_records_window_dispose (GObject *object)
{
  MzRecordsWindow *self = MZ_RECORDS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->reload_id, g_source_remove);
  if (self->keep != NULL)
    g_settings_unbind (self->keep, "active");
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_RECORDS_WINDOW);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->exported, g_bytes_unref);
  g_clear_object (&self->records);
  g_clear_object (&self->core);

  G_OBJECT_CLASS (mz_records_window_parent_class)->dispose (object);
}

static void
mz_records_window_class_init (MzRecordsWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_records_window_constructed;
  object_class->get_property = mz_records_window_get_property;
  object_class->set_property = mz_records_window_set_property;
  object_class->dispose = mz_records_window_dispose;

  props[PROP_CORE] = g_param_spec_object ("core", NULL, NULL, MZ_TYPE_CORE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_install_action (widget_class, "records.export-csv", NULL, export);
  gtk_widget_class_install_action (widget_class, "records.export-json", NULL, export);
  gtk_widget_class_install_action (widget_class, "records.clear", NULL, ask_clear);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-records-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MzRecordsWindow, period);
  gtk_widget_class_bind_template_child (widget_class, MzRecordsWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MzRecordsWindow, scroller);
  gtk_widget_class_bind_template_child (widget_class, MzRecordsWindow, view);
  gtk_widget_class_bind_template_child (widget_class, MzRecordsWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, MzRecordsWindow, damaged);
  gtk_widget_class_bind_template_child (widget_class, MzRecordsWindow, keep);
  gtk_widget_class_bind_template_callback (widget_class, period_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
}

static void
mz_records_window_init (MzRecordsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mz_records_window_new:
 * @core: the core, which has records
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer none): the window, to be presented
 */
GtkWindow *
mz_records_window_new (MzCore    *core,
                       GtkWindow *parent)
{
  g_return_val_if_fail (MZ_IS_CORE (core), NULL);
  g_return_val_if_fail (mz_core_get_records (core) != NULL, NULL);

  return g_object_new (MZ_TYPE_RECORDS_WINDOW, "core", core, "transient-for", parent, NULL);
}
