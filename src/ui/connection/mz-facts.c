/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-connection"

#include "config.h"

#include "mz-facts.h"

#include <glib/gi18n.h>

#include "mz-connection-words.h"

/* A certificate's names may be of any length. */
#define MAX_VALUE 400

#define COLUMN_SPACING 12
#define ROW_SPACING 6

/* A dialog is made as high as it would have to be at its narrowest: what can be wrapped after each letter must not become that narrow. */
#define STACKED_WIDTH 226

struct _MzFacts
{
  GtkWidget parent_instance;

  gboolean stacked;
  GPtrArray *names;             /* GtkLabel; there may be more than facts */
  GPtrArray *values;
  guint n;
};

G_DEFINE_FINAL_TYPE (MzFacts, mz_facts, GTK_TYPE_WIDGET)

/* The column of the names is as wide as the widest of them wants to be. */
static int
get_name_width (MzFacts *self)
{
  int width = 0;

  for (guint i = 0; i < self->n; i++)
    {
      int natural;

      gtk_widget_measure (g_ptr_array_index (self->names, i), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
      width = MAX (width, natural);
    }

  return width;
}

static int
get_height (GtkWidget *label,
            int        width)
{
  int natural;

  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);

  return natural;
}

static int
get_value_width (MzFacts *self,
                 int      name_width,
                 int      width)
{
  return MAX (self->stacked ? width : width - name_width - COLUMN_SPACING, 0);
}

static int
get_row_height (MzFacts *self,
                guint    n,
                int      name_width,
                int      value_width)
{
  GtkWidget *name = g_ptr_array_index (self->names, n);
  GtkWidget *value = g_ptr_array_index (self->values, n);

  if (self->stacked)
    return get_height (name, value_width) + get_height (value, value_width);

  return MAX (get_height (name, name_width), get_height (value, value_width));
}

static void
mz_facts_measure (GtkWidget      *widget,
                  GtkOrientation  orientation,
                  int             for_size,
                  int            *minimum,
                  int            *natural,
                  int            *minimum_baseline,
                  int            *natural_baseline)
{
  MzFacts *self = MZ_FACTS (widget);
  int name_width = get_name_width (self);
  int min = 0, nat = 0;

  for (guint i = 0; i < self->n; i++)
    {
      int value_min, value_nat;

      gtk_widget_measure (g_ptr_array_index (self->values, i), GTK_ORIENTATION_HORIZONTAL, -1, &value_min, &value_nat, NULL, NULL);
      min = MAX (min, value_min);
      nat = MAX (nat, value_nat);
    }
  min = self->stacked ? MAX (min, name_width) : min + name_width + COLUMN_SPACING;
  nat = self->stacked ? MAX (nat, name_width) : nat + name_width + COLUMN_SPACING;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      int value_width = get_value_width (self, name_width, MAX (for_size, for_size < 0 ? nat : min));

      min = self->n > 1 ? (int) (self->n - 1) * ROW_SPACING : 0;
      for (guint i = 0; i < self->n; i++)
        min += get_row_height (self, i, name_width, value_width);
      nat = min;
    }

  *minimum = min;
  *natural = nat;
}

static void
allocate (MzFacts   *self,
          GtkWidget *label,
          int        x,
          int        y,
          int        width,
          int        full_width)
{
  GtkAllocation allocation = { x, y, width, get_height (label, width) };

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    allocation.x = full_width - x - width;
  gtk_widget_size_allocate (label, &allocation, -1);
}

static void
mz_facts_size_allocate (GtkWidget *widget,
                        int        width,
                        int        height,
                        int        baseline)
{
  MzFacts *self = MZ_FACTS (widget);
  int name_width = get_name_width (self);
  int value_width = get_value_width (self, name_width, width);
  int y = 0;

  for (guint i = 0; i < self->n; i++)
    {
      GtkWidget *name = g_ptr_array_index (self->names, i);
      GtkWidget *value = g_ptr_array_index (self->values, i);

      if (self->stacked)
        {
          allocate (self, name, 0, y, width, width);
          allocate (self, value, 0, y + get_height (name, width), width, width);
        }
      else
        {
          allocate (self, name, 0, y, name_width, width);
          allocate (self, value, name_width + COLUMN_SPACING, y, value_width, width);
        }
      y += get_row_height (self, i, name_width, value_width) + ROW_SPACING;
    }
}

/* Whatever is in it: GTK keeps what it found while there was nothing. */
static GtkSizeRequestMode
mz_facts_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
mz_facts_dispose (GObject *object)
{
  MzFacts *self = MZ_FACTS (object);
  GtkWidget *child;

  self->n = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->values, g_ptr_array_unref);

  G_OBJECT_CLASS (mz_facts_parent_class)->dispose (object);
}

static void
mz_facts_class_init (MzFactsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_facts_dispose;
  widget_class->measure = mz_facts_measure;
  widget_class->size_allocate = mz_facts_size_allocate;
  widget_class->get_request_mode = mz_facts_get_request_mode;

  gtk_widget_class_set_css_name (widget_class, "facts");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mz_facts_init (MzFacts *self)
{
  self->names = g_ptr_array_new ();
  self->values = g_ptr_array_new ();
}

/**
 * mz_facts_new:
 * @stacked: whether each value stands below its name
 *
 * Returns: (transfer floating): no facts
 */
GtkWidget *
mz_facts_new (gboolean stacked)
{
  MzFacts *self = g_object_new (MZ_TYPE_FACTS, NULL);

  self->stacked = stacked;

  return GTK_WIDGET (self);
}

void
mz_facts_begin (MzFacts *self)
{
  g_return_if_fail (MZ_IS_FACTS (self));

  self->n = 0;
}

void
mz_facts_end (MzFacts *self)
{
  g_return_if_fail (MZ_IS_FACTS (self));

  gtk_widget_queue_resize (GTK_WIDGET (self));
  for (guint i = self->n; i < self->names->len; i++)
    {
      gtk_widget_set_visible (g_ptr_array_index (self->names, i), FALSE);
      gtk_widget_set_visible (g_ptr_array_index (self->values, i), FALSE);
    }
}

static void
add_labels (MzFacts *self)
{
  GtkWidget *name = g_object_new (GTK_TYPE_LABEL,
                                  "xalign", 0.,
                                  "yalign", 0.,
                                  "wrap", TRUE,
                                  "width-chars", 10,
                                  "max-width-chars", 16,
                                  NULL);
  GtkWidget *value = g_object_new (GTK_TYPE_LABEL,
                                   "xalign", 0.,
                                   "yalign", 0.,
                                   "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "selectable", TRUE,
                                   NULL);

  gtk_widget_add_css_class (name, "dim-label");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, name, NULL, -1);
  gtk_widget_set_parent (name, GTK_WIDGET (self));
  gtk_widget_set_parent (value, GTK_WIDGET (self));
  if (self->stacked)
    {
      gtk_widget_add_css_class (name, "caption");
      gtk_widget_set_size_request (value, STACKED_WIDTH, -1);
    }
  g_ptr_array_add (self->names, name);
  g_ptr_array_add (self->values, value);
}

static void
set_text (GtkWidget  *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (label, TRUE);
}

/**
 * mz_facts_add:
 * @name: what it is, translated
 * @value: (nullable): plain text; nothing is added without it
 * @kind: (nullable): a style class of the value
 */
void
mz_facts_add (MzFacts    *self,
              const char *name,
              const char *value,
              const char *kind)
{
  GtkWidget *value_label;

  g_return_if_fail (MZ_IS_FACTS (self));
  g_return_if_fail (name != NULL);

  if (value == NULL || *value == '\0')
    return;

  if (self->n == self->names->len)
    add_labels (self);

  value_label = g_ptr_array_index (self->values, self->n);
  set_text (g_ptr_array_index (self->names, self->n), name);
  set_text (value_label, value);
  gtk_widget_set_css_classes (value_label, (const char *[]) { kind, NULL });
  self->n++;
}

static char *
format_date (GDateTime *date)
{
  g_autoptr (GDateTime) local = date != NULL ? g_date_time_to_local (date) : NULL;

  /* Translators: a day: "3 March 2027" */
  return local != NULL ? g_date_time_format (local, _("%-d %B %Y")) : NULL;
}

static void
add_name (MzFacts    *self,
          const char *what,
          const char *name)
{
  g_autofree char *clean = mz_text_for_label (name, MAX_VALUE);

  mz_facts_add (self, what, clean, NULL);
}

/**
 * mz_facts_add_certificate:
 *
 * Adds what a certificate says of itself. Its fingerprint is not among it.
 */
void
mz_facts_add_certificate (MzFacts         *self,
                          GTlsCertificate *certificate)
{
  g_autofree char *subject = NULL;
  g_autofree char *issuer = NULL;
  g_autoptr (GDateTime) from = NULL;
  g_autoptr (GDateTime) to = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *from_text = NULL;
  g_autofree char *to_text = NULL;
  g_autofree char *valid = NULL;
  gboolean outside;

  g_return_if_fail (MZ_IS_FACTS (self));
  g_return_if_fail (G_IS_TLS_CERTIFICATE (certificate));

  subject = g_tls_certificate_get_subject_name (certificate);
  issuer = g_tls_certificate_get_issuer_name (certificate);
  from = g_tls_certificate_get_not_valid_before (certificate);
  to = g_tls_certificate_get_not_valid_after (certificate);

  add_name (self, _("Made for"), subject);
  if (issuer != NULL && g_strcmp0 (issuer, subject) == 0)
    mz_facts_add (self, _("Signed by"), _("itself (self-signed)"), NULL);
  else
    add_name (self, _("Signed by"), issuer);

  from_text = format_date (from);
  to_text = format_date (to);
  if (from_text == NULL || to_text == NULL)
    return;

  outside = g_date_time_compare (now, from) < 0 || g_date_time_compare (now, to) > 0;
  valid = outside ? g_strdup_printf (_("%s to %s: not today"), from_text, to_text) : g_strdup_printf (_("%s to %s"), from_text, to_text);
  mz_facts_add (self, _("Valid"), valid, outside ? "error" : NULL);
}

guint
mz_facts_get_n (MzFacts *self)
{
  g_return_val_if_fail (MZ_IS_FACTS (self), 0);

  return self->n;
}
