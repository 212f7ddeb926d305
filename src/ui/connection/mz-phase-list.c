/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-phase-list.h"

#include <glib/gi18n.h>

#include "mz-connection-words.h"
#include "mz-phase-bar.h"

/* While a phase is under way its bar grows and its seconds count. */
#define LIVE_MS 200

#define MAX_REASON 300

typedef struct
{
  GtkWidget *row;
  GtkWidget *icon;
  GtkWidget *spinner;
  GtkWidget *name;
  GtkWidget *bar;     /* NULL without bars */
  GtkWidget *time;
  GtkWidget *reason;  /* NULL without bars */
} Row;

typedef struct
{
  GtkWidget *box;
  GtkWidget *route;
  GtkWidget *why;
  Row rows[MZ_N_PHASES];
} Block;

struct _MzPhaseList
{
  GtkWidget parent_instance;

  gboolean bars;
  gboolean over;
  MzTrace *trace;
  GPtrArray *blocks;
  GtkWidget *axis;
  GtkWidget *axis_end;
  GtkSizeGroup *names;
  GtkSizeGroup *times;
  guint live_id;
};

G_DEFINE_FINAL_TYPE (MzPhaseList, mz_phase_list, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_TRACE,
  PROP_BARS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static const struct
{
  const char *icon;
  const char *klass;
} looks[] = {
  [MZ_PHASE_PENDING] = { "content-loading-symbolic", "pending" },
  [MZ_PHASE_RUNNING] = { "content-loading-symbolic", "running" },
  [MZ_PHASE_OK] = { "object-select-symbolic", "ok" },
  [MZ_PHASE_FAILED] = { "window-close-symbolic", "failed" },
  [MZ_PHASE_CANCELLED] = { "list-remove-symbolic", "cancelled" },
};

static void
set_text (GtkWidget  *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
}

static GtkWidget *
new_spacer (void)
{
  return g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
}

static void
init_row (MzPhaseList *self,
          Row         *row,
          MzPhase      phase)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *sign = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  row->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  row->spinner = g_object_new (GTK_TYPE_SPINNER, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_box_append (GTK_BOX (sign), row->icon);
  gtk_box_append (GTK_BOX (sign), row->spinner);
  gtk_box_append (GTK_BOX (line), sign);

  row->name = g_object_new (GTK_TYPE_LABEL, "label", mz_phase_to_title (phase), "xalign", 0., "wrap", TRUE, NULL);
  gtk_box_append (GTK_BOX (line), row->name);

  if (self->bars)
    {
      gtk_size_group_add_widget (self->names, row->name);
      row->bar = mz_phase_bar_new ();
      gtk_widget_set_hexpand (row->bar, TRUE);
      gtk_box_append (GTK_BOX (line), row->bar);
    }
  else
    {
      gtk_widget_set_hexpand (row->name, TRUE);
    }

  row->time = g_object_new (GTK_TYPE_LABEL, "xalign", 1., NULL);
  gtk_widget_add_css_class (row->time, "numeric");
  gtk_widget_add_css_class (row->time, "time");
  gtk_size_group_add_widget (self->times, row->time);
  gtk_box_append (GTK_BOX (line), row->time);

  row->row = g_object_new (GTK_TYPE_BOX,
                           "orientation", GTK_ORIENTATION_VERTICAL,
                           "spacing", 6,
                           "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM,
                           "focusable", self->bars,
                           NULL);
  gtk_box_append (GTK_BOX (row->row), line);
  if (self->bars)
    {
      row->reason = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "visible", FALSE, NULL);
      gtk_widget_add_css_class (row->reason, "reason");
      gtk_widget_add_css_class (row->reason, "caption");
      gtk_box_append (GTK_BOX (row->row), row->reason);
    }
}

static Block *
block_new (MzPhaseList *self)
{
  Block *block = g_new0 (Block, 1);

  block->box = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST, NULL);
  gtk_widget_add_css_class (block->box, "attempt");

  block->route = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);
  gtk_widget_add_css_class (block->route, "heading");
  gtk_box_append (GTK_BOX (block->box), block->route);

  block->why = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);
  gtk_widget_add_css_class (block->why, "caption");
  gtk_widget_add_css_class (block->why, "dim-label");
  gtk_box_append (GTK_BOX (block->box), block->why);

  for (guint i = 0; i < MZ_N_PHASES; i++)
    {
      init_row (self, &block->rows[i], (MzPhase) i);
      gtk_box_append (GTK_BOX (block->box), block->rows[i].row);
    }

  return block;
}

static void
block_free (gpointer data)
{
  Block *block = data;

  gtk_widget_unparent (block->box);
  g_free (block);
}

static gint64
phase_end_us (const MzPhaseRecord *record,
              gint64               now_us)
{
  return record->end_us > 0 ? record->end_us : now_us;
}

/* One scale for all attempts. */
static gint64
get_total_us (MzPhaseList *self,
              gint64       now_us)
{
  gint64 start_us = mz_trace_get_start_us (self->trace);
  gint64 total_us = 1000;

  for (guint i = 0; i < mz_trace_get_n_attempts (self->trace); i++)
    {
      MzTraceAttempt *attempt = mz_trace_get_attempt (self->trace, i);
      const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (attempt);

      if (last != NULL)
        total_us = MAX (total_us, phase_end_us (last, now_us) - start_us);
    }

  return total_us;
}

/* Whether more of it is to come. */
static gboolean
is_alive (MzPhaseList    *self,
          MzTraceAttempt *attempt)
{
  MzTraceAttempt *winner = mz_trace_get_winner (self->trace);

  return !self->over && mz_trace_attempt_get_error (attempt) == NULL && mz_trace_get_error (self->trace) == NULL &&
         mz_trace_get_ready_us (self->trace) == 0 && (winner == NULL || winner == attempt);
}

static void
update_row (MzPhaseList    *self,
            Row            *row,
            MzTraceAttempt *attempt,
            MzPhase         phase,
            gint64          now_us,
            gint64          total_us)
{
  const MzPhaseRecord *record = mz_trace_attempt_find_phase (attempt, phase);
  const MzPhaseRecord pending = { .phase = phase, .state = MZ_PHASE_PENDING };
  gboolean expected = phase != MZ_PHASE_TLS || mz_trace_attempt_get_scheme (attempt) == MZ_SCHEME_WSS;
  gint64 start_us = mz_trace_get_start_us (self->trace);
  g_autofree char *words = NULL;
  g_autofree char *time = NULL;

  gtk_widget_set_visible (row->row, record != NULL || (expected && is_alive (self, attempt)));
  if (record == NULL)
    record = &pending;

  gtk_widget_set_css_classes (row->row, (const char *[]) { "phase", looks[record->state].klass, NULL });
  gtk_widget_set_visible (row->icon, record->state != MZ_PHASE_RUNNING);
  gtk_image_set_from_icon_name (GTK_IMAGE (row->icon), looks[record->state].icon);
  gtk_widget_set_visible (row->spinner, record->state == MZ_PHASE_RUNNING);
  gtk_spinner_set_spinning (GTK_SPINNER (row->spinner), record->state == MZ_PHASE_RUNNING);

  time = mz_phase_record_to_time (record, now_us);
  set_text (row->time, time);

  words = mz_phase_record_to_words (record, now_us);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);

  if (row->bar != NULL)
    mz_phase_bar_set (MZ_PHASE_BAR (row->bar),
                      (double) (record->start_us - start_us) / (double) total_us,
                      (double) (phase_end_us (record, now_us) - start_us) / (double) total_us,
                      record->state);

  if (row->reason != NULL)
    {
      const GError *error = record->state == MZ_PHASE_FAILED ? mz_trace_attempt_get_error (attempt) : NULL;
      g_autofree char *reason = mz_text_for_label (error != NULL ? error->message : NULL, MAX_REASON);

      set_text (row->reason, reason);
      gtk_widget_set_visible (row->reason, *reason != '\0');
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, reason, -1);
    }
}

static void
update_block (MzPhaseList *self,
              Block       *block,
              guint        n,
              gint64       now_us,
              gint64       total_us)
{
  MzTraceAttempt *attempt = mz_trace_get_attempt (self->trace, n);
  gboolean named = self->bars || mz_trace_get_n_attempts (self->trace) > 1 || mz_trace_get_plan (self->trace)->reason != MZ_REASON_DEFAULT;
  const char *route = mz_route_to_words (mz_trace_attempt_get_route (attempt));

  gtk_widget_set_visible (block->route, named);
  gtk_widget_set_visible (block->why, named);
  if (named)
    {
      g_autofree char *why = mz_attempt_to_reason (self->trace, n);
      g_autofree char *address = self->bars ? mz_trace_attempt_dup_address (attempt) : NULL;
      g_autofree char *title = g_strjoin (" · ", route, mz_scheme_to_string (mz_trace_attempt_get_scheme (attempt)), address, NULL);

      set_text (block->route, title);
      set_text (block->why, why);
      gtk_accessible_update_property (GTK_ACCESSIBLE (block->box), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
    }
  else
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (block->box), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Steps of the connection"), -1);
    }

  for (guint i = 0; i < MZ_N_PHASES; i++)
    update_row (self, &block->rows[i], attempt, (MzPhase) i, now_us, total_us);
}

static gboolean
is_running (MzPhaseList *self)
{
  for (guint i = 0; self->trace != NULL && i < mz_trace_get_n_attempts (self->trace); i++)
    {
      const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (mz_trace_get_attempt (self->trace, i));

      if (last != NULL && last->state == MZ_PHASE_RUNNING)
        return TRUE;
    }

  return FALSE;
}

static gboolean live_cb (gpointer user_data);

static void
update_timer (MzPhaseList *self)
{
  gboolean wanted = gtk_widget_get_mapped (GTK_WIDGET (self)) && is_running (self);

  if (!wanted)
    g_clear_handle_id (&self->live_id, g_source_remove);
  else if (self->live_id == 0)
    self->live_id = g_timeout_add (LIVE_MS, live_cb, self);
}

static void
update (MzPhaseList *self)
{
  guint n = self->trace != NULL ? mz_trace_get_n_attempts (self->trace) : 0;
  gint64 now_us = g_get_monotonic_time ();
  gint64 total_us = n > 0 ? get_total_us (self, now_us) : 0;

  g_ptr_array_set_size (self->blocks, MIN (self->blocks->len, n));
  while (self->blocks->len < n)
    {
      Block *block = block_new (self);

      gtk_widget_insert_before (block->box, GTK_WIDGET (self), self->axis);
      g_ptr_array_add (self->blocks, block);
    }

  for (guint i = 0; i < n; i++)
    update_block (self, g_ptr_array_index (self->blocks, i), i, now_us, total_us);

  if (self->axis != NULL)
    {
      g_autofree char *end = mz_ms_to_words (total_us / 1e3);

      set_text (self->axis_end, end);
      gtk_widget_set_visible (self->axis, n > 0);
    }

  update_timer (self);
}

static gboolean
live_cb (gpointer user_data)
{
  MzPhaseList *self = user_data;

  self->live_id = 0;
  update (self);

  return G_SOURCE_REMOVE;
}

static void
trace_changed_cb (MzPhaseList *self)
{
  g_assert (MZ_IS_PHASE_LIST (self));

  update (self);
}

/* A row without sign, name and time, with the ends of the axis below the bars. */
static void
add_axis (MzPhaseList *self)
{
  GtkWidget *sign = new_spacer ();
  GtkWidget *name = new_spacer ();
  GtkWidget *time = new_spacer ();
  GtkWidget *scale = new_spacer ();
  GtkWidget *zero = gtk_label_new ("0");

  gtk_widget_set_size_request (sign, 16, -1);
  gtk_size_group_add_widget (self->names, name);
  gtk_size_group_add_widget (self->times, time);

  self->axis_end = gtk_label_new (NULL);
  gtk_widget_set_hexpand (zero, TRUE);
  gtk_widget_set_halign (zero, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (scale), zero);
  gtk_box_append (GTK_BOX (scale), self->axis_end);
  gtk_widget_set_hexpand (scale, TRUE);
  gtk_widget_add_css_class (scale, "scale");
  gtk_widget_add_css_class (scale, "caption");
  gtk_widget_add_css_class (scale, "numeric");

  self->axis = g_object_new (GTK_TYPE_BOX, "spacing", 12, "visible", FALSE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_add_css_class (self->axis, "axis");
  gtk_box_append (GTK_BOX (self->axis), sign);
  gtk_box_append (GTK_BOX (self->axis), name);
  gtk_box_append (GTK_BOX (self->axis), scale);
  gtk_box_append (GTK_BOX (self->axis), time);
  gtk_widget_set_parent (self->axis, GTK_WIDGET (self));
}

static void
mz_phase_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mz_phase_list_parent_class)->map (widget);

  update (MZ_PHASE_LIST (widget));
}

static void
mz_phase_list_unmap (GtkWidget *widget)
{
  MzPhaseList *self = MZ_PHASE_LIST (widget);

  g_clear_handle_id (&self->live_id, g_source_remove);

  GTK_WIDGET_CLASS (mz_phase_list_parent_class)->unmap (widget);
}

/* Whatever is in it: GTK keeps what it found while there was nothing. */
static GtkSizeRequestMode
mz_phase_list_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mz_phase_list_constructed (GObject *object)
{
  MzPhaseList *self = MZ_PHASE_LIST (object);

  G_OBJECT_CLASS (mz_phase_list_parent_class)->constructed (object);

  if (self->bars)
    add_axis (self);
  gtk_widget_add_css_class (GTK_WIDGET (self), self->bars ? "chart" : "plain");
}

static void
mz_phase_list_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  MzPhaseList *self = MZ_PHASE_LIST (object);

  switch (prop_id)
    {
    case PROP_TRACE:
      g_value_set_object (value, self->trace);
      break;
    case PROP_BARS:
      g_value_set_boolean (value, self->bars);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_phase_list_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  MzPhaseList *self = MZ_PHASE_LIST (object);

  switch (prop_id)
    {
    case PROP_TRACE:
      mz_phase_list_set_trace (self, g_value_get_object (value));
      break;
    case PROP_BARS:
      self->bars = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_phase_list_dispose (GObject *object)
{
  MzPhaseList *self = MZ_PHASE_LIST (object);

  g_clear_handle_id (&self->live_id, g_source_remove);
  if (self->trace != NULL)
    g_signal_handlers_disconnect_by_data (self->trace, self);
  g_clear_object (&self->trace);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_clear_pointer (&self->axis, gtk_widget_unparent);
  g_clear_object (&self->names);
  g_clear_object (&self->times);

  G_OBJECT_CLASS (mz_phase_list_parent_class)->dispose (object);
}

static void
mz_phase_list_class_init (MzPhaseListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = mz_phase_list_constructed;
  object_class->get_property = mz_phase_list_get_property;
  object_class->set_property = mz_phase_list_set_property;
  object_class->dispose = mz_phase_list_dispose;
  widget_class->map = mz_phase_list_map;
  widget_class->unmap = mz_phase_list_unmap;
  widget_class->get_request_mode = mz_phase_list_get_request_mode;

  props[PROP_TRACE] = g_param_spec_object ("trace", NULL, NULL, MZ_TYPE_TRACE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_BARS] = g_param_spec_boolean ("bars", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "phaselist");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mz_phase_list_init (MzPhaseList *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 18);

  self->blocks = g_ptr_array_new_with_free_func (block_free);
  self->names = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->times = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
}

/**
 * mz_phase_list_new:
 * @bars: whether each phase has a bar on a time axis, and a failed one its reason
 *
 * Returns: (transfer floating): an empty list
 */
GtkWidget *
mz_phase_list_new (gboolean bars)
{
  return g_object_new (MZ_TYPE_PHASE_LIST, "bars", bars, NULL);
}

/**
 * mz_phase_list_set_trace:
 * @trace: (nullable): the dial to show, and to follow while it goes on
 */
void
mz_phase_list_set_trace (MzPhaseList *self,
                         MzTrace     *trace)
{
  g_return_if_fail (MZ_IS_PHASE_LIST (self));
  g_return_if_fail (trace == NULL || MZ_IS_TRACE (trace));

  if (self->trace == trace)
    return;

  if (self->trace != NULL)
    g_signal_handlers_disconnect_by_data (self->trace, self);
  g_set_object (&self->trace, trace);
  if (trace != NULL)
    g_signal_connect_object (trace, "changed", G_CALLBACK (trace_changed_cb), self, G_CONNECT_SWAPPED);

  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TRACE]);
}

/**
 * mz_phase_list_get_trace:
 *
 * Returns: (transfer none) (nullable): the dial that is shown
 */
MzTrace *
mz_phase_list_get_trace (MzPhaseList *self)
{
  g_return_val_if_fail (MZ_IS_PHASE_LIST (self), NULL);

  return self->trace;
}

void
mz_phase_list_set_over (MzPhaseList *self,
                        gboolean     over)
{
  g_return_if_fail (MZ_IS_PHASE_LIST (self));

  if (self->over == over)
    return;

  self->over = over;
  update (self);
}

/**
 * mz_phase_list_focus_failed:
 *
 * Moves the focus to the phase at which the dial failed: of several, the one that got furthest.
 *
 * Returns: whether there is one
 */
gboolean
mz_phase_list_focus_failed (MzPhaseList *self)
{
  MzTraceAttempt *deepest;

  g_return_val_if_fail (MZ_IS_PHASE_LIST (self), FALSE);

  deepest = self->trace != NULL ? mz_trace_get_deepest (self->trace) : NULL;
  for (guint i = 0; deepest != NULL && i < self->blocks->len; i++)
    {
      Block *block = g_ptr_array_index (self->blocks, i);
      const MzPhaseRecord *last = mz_trace_attempt_get_last_phase (deepest);

      if (mz_trace_get_attempt (self->trace, i) == deepest && last != NULL && last->state == MZ_PHASE_FAILED)
        return gtk_widget_grab_focus (block->rows[last->phase].row);
    }

  return FALSE;
}
