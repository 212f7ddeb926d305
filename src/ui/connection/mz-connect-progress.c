/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-connect-progress.h"

#include <glib/gi18n.h>

#include "mz-phase-list.h"

struct _MzConnectProgress
{
  GtkWidget parent_instance;

  gboolean shows_phases;
  GtkWidget *focus;             /* the button that gets the focus */

  GtkWidget *clamp;
  GtkWidget *box;
  GtkWidget *sign;
  GtkWidget *words;
  GtkWidget *title;
  GtkWidget *text;
  GtkWidget *advice;
  GtkWidget *ask;               /* nullable, in the box */
  GtkWidget *waiting;
  GtkWidget *waiting_text;
  MzPhaseList *phases;
  GtkWidget *act;
  GtkWidget *again;
  GtkWidget *details;
  GtkWidget *cancel;
};

G_DEFINE_FINAL_TYPE (MzConnectProgress, mz_connect_progress, GTK_TYPE_WIDGET)

enum
{
  ACT,
  AGAIN,
  DETAILS,
  CANCEL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
act_cb (MzConnectProgress *self)
{
  g_signal_emit (self, signals[ACT], 0);
}

static void
again_cb (MzConnectProgress *self)
{
  g_signal_emit (self, signals[AGAIN], 0);
}

static void
details_cb (MzConnectProgress *self)
{
  g_signal_emit (self, signals[DETAILS], 0);
}

static void
cancel_cb (MzConnectProgress *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

static void
set_label (GtkWidget  *label,
           const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
}

/* It stands below the words; a new widget each time, for GTK keeps how high an empty place is. */
static void
set_ask (MzConnectProgress *self,
         GtkWidget         *ask)
{
  if (self->ask != NULL)
    gtk_box_remove (GTK_BOX (self->box), self->ask);
  self->ask = ask;
  if (ask != NULL)
    gtk_box_insert_child_after (GTK_BOX (self->box), ask, self->words);
}

static void
update_phases (MzConnectProgress *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->phases), self->shows_phases && mz_phase_list_get_trace (self->phases) != NULL);
}

static gboolean
mz_connect_progress_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (MZ_CONNECT_PROGRESS (widget)->focus);
}

static void
mz_connect_progress_dispose (GObject *object)
{
  MzConnectProgress *self = MZ_CONNECT_PROGRESS (object);

  self->ask = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), MZ_TYPE_CONNECT_PROGRESS);

  G_OBJECT_CLASS (mz_connect_progress_parent_class)->dispose (object);
}

static void
mz_connect_progress_class_init (MzConnectProgressClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_connect_progress_dispose;
  widget_class->grab_focus = mz_connect_progress_grab_focus;

  signals[ACT] = g_signal_new ("act", MZ_TYPE_CONNECT_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[AGAIN] = g_signal_new ("again", MZ_TYPE_CONNECT_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DETAILS] = g_signal_new ("details", MZ_TYPE_CONNECT_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CANCEL] = g_signal_new ("cancel", MZ_TYPE_CONNECT_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (MZ_TYPE_PHASE_LIST);
  gtk_widget_class_set_css_name (widget_class, "connectprogress");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/moltzer/Moltzer/connection/ui/mz-connect-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, clamp);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, box);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, sign);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, words);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, title);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, text);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, advice);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, waiting);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, waiting_text);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, phases);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, act);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, again);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, details);
  gtk_widget_class_bind_template_child (widget_class, MzConnectProgress, cancel);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
}

static void
mz_connect_progress_init (MzConnectProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->focus = self->cancel;
}

/**
 * mz_connect_progress_show:
 * @look: what is to be seen
 */
void
mz_connect_progress_show (MzConnectProgress   *self,
                          const MzConnectLook *look)
{
  g_return_if_fail (MZ_IS_CONNECT_PROGRESS (self));
  g_return_if_fail (look != NULL);

  gtk_widget_set_visible (self->sign, look->icon != NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->sign), look->icon);
  set_label (self->title, look->title);
  gtk_widget_set_css_classes (self->title, (const char *[]) { "title-2", look->alarm ? "error" : NULL, NULL });
  set_label (self->text, look->text);
  set_label (self->advice, look->advice);
  set_ask (self, look->ask);
  set_label (self->waiting_text, look->waiting);
  gtk_widget_set_visible (self->waiting, look->waiting != NULL);
  self->shows_phases = look->phases;
  update_phases (self);

  gtk_widget_set_visible (self->act, look->act != NULL);
  if (look->act != NULL)
    {
      gtk_button_set_label (GTK_BUTTON (self->act), look->act);
      gtk_widget_set_css_classes (self->act, (const char *[]) { "pill", "text-button", look->act_class, NULL });
    }
  gtk_widget_set_visible (self->again, look->again);
  gtk_widget_set_css_classes (self->again, (const char *[]) { "pill", "text-button", look->act == NULL ? "suggested-action" : NULL, NULL });
  gtk_widget_set_visible (self->details, look->details);
  gtk_button_set_label (GTK_BUTTON (self->cancel), look->cancel != NULL ? look->cancel : _("Cancel"));

  /* What has consequences is never the default. */
  if (look->act != NULL && look->act_is_default)
    self->focus = self->act;
  else
    self->focus = look->again ? self->again : self->cancel;
}

/**
 * mz_connect_progress_get_title:
 *
 * Returns: (transfer none): what stands above everything
 */
const char *
mz_connect_progress_get_title (MzConnectProgress *self)
{
  g_return_val_if_fail (MZ_IS_CONNECT_PROGRESS (self), NULL);

  return gtk_label_get_text (GTK_LABEL (self->title));
}

/**
 * mz_connect_progress_set_trace:
 * @trace: (nullable): the dial whose phases are shown
 */
void
mz_connect_progress_set_trace (MzConnectProgress *self,
                               MzTrace           *trace)
{
  g_return_if_fail (MZ_IS_CONNECT_PROGRESS (self));

  mz_phase_list_set_trace (self->phases, trace);
  update_phases (self);
}
