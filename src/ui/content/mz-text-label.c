/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-text-label.h"

#include "mz-compat.h"

/* The least width of a label with more text than that. */
#define MIN_CHARS 8

static GQuark
prefix_quark (void)
{
  return g_quark_from_static_string ("mz-prefix");
}

static GQuark
label_quark (void)
{
  return g_quark_from_static_string ("mz-text-label");
}

static gboolean
activate_link_cb (GtkLabel   *label,
                  const char *uri)
{
  mz_compat_open_uri (GTK_WIDGET (label), uri);

  return TRUE;
}

/* Where a link leads is seen before one goes there: its text can say anything. */
static gboolean
query_tooltip_cb (GtkLabel   *label,
                  int         x,
                  int         y,
                  gboolean    keyboard_mode,
                  GtkTooltip *tooltip)
{
  const char *uri = gtk_label_get_current_uri (label);

  if (uri == NULL)
    return FALSE;

  gtk_tooltip_set_text (tooltip, uri);

  return TRUE;
}

/**
 * mz_text_label_new:
 * @role: what it is to a screen reader
 *
 * Returns: a label of text: wrapped, selectable, its links safe
 */
GtkWidget *
mz_text_label_new (GtkAccessibleRole role)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL,
                                   "accessible-role", role,
                                   "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "xalign", 0.0,
                                   "selectable", TRUE,
                                   "has-tooltip", TRUE,
                                   NULL);

  g_object_set_qdata (G_OBJECT (label), label_quark (), GINT_TO_POINTER (TRUE));
  g_signal_connect (label, "activate-link", G_CALLBACK (activate_link_cb), NULL);
  g_signal_connect (label, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);

  return label;
}

/**
 * mz_is_text_label:
 *
 * Returns: whether @widget is from mz_text_label_new()
 */
gboolean
mz_is_text_label (GtkWidget *widget)
{
  return GTK_IS_LABEL (widget) && g_object_get_qdata (G_OBJECT (widget), label_quark ()) != NULL;
}

/**
 * mz_text_label_set_prefix:
 * @label: from mz_text_label_new()
 * @prefix: what stands before its text: the mark of the list item that it begins
 */
void
mz_text_label_set_prefix (GtkWidget  *label,
                          const char *prefix)
{
  g_object_set_qdata_full (G_OBJECT (label), prefix_quark (), g_strdup (prefix), g_free);
}

/**
 * mz_text_label_get_prefix:
 *
 * Returns: (nullable): what stands before its text
 */
const char *
mz_text_label_get_prefix (GtkWidget *label)
{
  return g_object_get_qdata (G_OBJECT (label), prefix_quark ());
}

/* A label without a least width lays its text out with a line for each character, to know how narrow it could be. */
static void
update_width (GtkLabel *label)
{
  const char *text = gtk_label_get_text (label);
  int chars = 0;

  while (chars < MIN_CHARS && *text != '\0')
    {
      text = g_utf8_next_char (text);
      chars++;
    }
  if (gtk_label_get_width_chars (label) != chars)
    gtk_label_set_width_chars (label, chars);
}

/**
 * mz_text_label_set_markup:
 * @label: from mz_text_label_new()
 * @markup: well-formed markup
 *
 * Shows another text; nothing is done when it is the same.
 */
void
mz_text_label_set_markup (GtkWidget  *label,
                          const char *markup)
{
  if (strcmp (markup, gtk_label_get_label (GTK_LABEL (label))) == 0)
    return;

  gtk_label_set_markup (GTK_LABEL (label), markup);
  update_width (GTK_LABEL (label));
}

/**
 * mz_text_label_set_text:
 * @label: from mz_text_label_new()
 * @text: a text, without markup
 *
 * Shows another text; nothing is done when it is the same.
 */
void
mz_text_label_set_text (GtkWidget  *label,
                        const char *text)
{
  if (strcmp (text, gtk_label_get_text (GTK_LABEL (label))) == 0)
    return;

  gtk_label_set_text (GTK_LABEL (label), text);
  update_width (GTK_LABEL (label));
}
