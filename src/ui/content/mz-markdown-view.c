/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-markdown-view.h"

#include <glib/gi18n.h>

#include "mz-block-box.h"
#include "mz-block-plain.h"
#include "mz-block-widgets.h"
#include "mz-code-view.h"
#include "mz-selection.h"
#include "mz-text-label.h"

#define SPACING 9

/* Weight (mz_block_weight()) of what is shown as widgets. A message beyond that is a dump or an attack: its rest is plain text in one view. */
#define MAX_WEIGHT 6000
/* How often that rest is made anew while it grows. */
#define REST_MS 250

struct _MzMarkdownView
{
  GtkWidget parent_instance;

  MzMarkdown *markdown;
  GPtrArray *widgets;           /* of the first blocks; children of this */
  GArray *weights;              /* guint: of all blocks up to and with this one */
  GtkWidget *rest;              /* (nullable): the blocks after them */
  guint rest_timeout;
  MzSelection *selection;
};

G_DEFINE_FINAL_TYPE (MzMarkdownView, mz_markdown_view, GTK_TYPE_WIDGET)

/* ---- the rest ---- */

static void
update_rest (MzMarkdownView *self)
{
  guint n_blocks = mz_markdown_get_n_blocks (self->markdown);
  g_autoptr (GString) plain = NULL;

  if (self->widgets->len == n_blocks)
    {
      g_clear_pointer (&self->rest, gtk_widget_unparent);
      return;
    }

  if (self->rest == NULL)
    {
      self->rest = mz_code_view_new (NULL, NULL);
      mz_code_view_set_title (MZ_CODE_VIEW (self->rest), _("The rest of a very long message, as plain text"));
      gtk_widget_insert_before (self->rest, GTK_WIDGET (self), NULL);
    }

  plain = g_string_new (NULL);
  for (guint i = self->widgets->len; i < n_blocks; i++)
    mz_block_append_plain (mz_markdown_get_block (self->markdown, i), plain);
  mz_code_view_set_text (MZ_CODE_VIEW (self->rest), plain->str);
}

static gboolean
rest_timeout_cb (gpointer user_data)
{
  MzMarkdownView *self = MZ_MARKDOWN_VIEW (user_data);

  self->rest_timeout = 0;
  update_rest (self);

  return G_SOURCE_REMOVE;
}

/* To make it costs as much as it is long: not for every piece. */
static void
queue_rest (MzMarkdownView *self)
{
  if (self->rest == NULL || self->widgets->len == mz_markdown_get_n_blocks (self->markdown))
    update_rest (self);
  else if (self->rest_timeout == 0)
    self->rest_timeout = g_timeout_add (REST_MS, rest_timeout_cb, self);
}

/* ---- blocks ---- */

static void
remove_widgets_from (MzMarkdownView *self,
                     guint           position)
{
  while (self->widgets->len > position)
    {
      gtk_widget_unparent (g_ptr_array_index (self->widgets, self->widgets->len - 1));
      g_ptr_array_remove_index (self->widgets, self->widgets->len - 1);
    }
}

static void
show_block (MzMarkdownView *self,
            guint           n)
{
  MzBlock *block = mz_markdown_get_block (self->markdown, n);
  GtkWidget *old = n < self->widgets->len ? g_ptr_array_index (self->widgets, n) : NULL;
  GtkWidget *widget;

  if (old != NULL && mz_block_widget_update (old, block))
    return;

  widget = mz_block_widget_new (block);
  gtk_widget_insert_after (widget, GTK_WIDGET (self), n > 0 ? g_ptr_array_index (self->widgets, n - 1) : NULL);
  if (old != NULL)
    {
      gtk_widget_unparent (old);
      g_ptr_array_index (self->widgets, n) = widget;
    }
  else
    {
      g_ptr_array_add (self->widgets, widget);
    }
}

static void
changed_cb (MzMarkdownView *self,
            guint           position,
            guint           removed,
            guint           added)
{
  guint n_blocks = mz_markdown_get_n_blocks (self->markdown);
  guint weight;
  guint n_shown = position;

  g_array_set_size (self->weights, MIN (position, self->weights->len));
  weight = position > 0 ? g_array_index (self->weights, guint, position - 1) : 0;
  for (guint i = position; i < n_blocks; i++)
    {
      guint block_weight = mz_block_weight (mz_markdown_get_block (self->markdown, i));

      weight = block_weight > G_MAXINT - weight ? G_MAXINT : weight + block_weight;
      g_array_append_val (self->weights, weight);
      if (weight <= MAX_WEIGHT)
        n_shown = i + 1;
    }
  /* The ones before it may be over the limit already. */
  while (n_shown > 0 && g_array_index (self->weights, guint, n_shown - 1) > MAX_WEIGHT)
    n_shown = MIN (n_shown - 1, self->widgets->len);

  for (guint i = position; i < n_shown; i++)
    show_block (self, i);
  remove_widgets_from (self, n_shown);
  mz_selection_check (self->selection);
  queue_rest (self);
}

static void
code_grew_cb (MzMarkdownView *self,
              guint           position,
              const char     *text)
{
  if (position < self->widgets->len)
    mz_block_widget_append_code (g_ptr_array_index (self->widgets, position), text);
  else
    queue_rest (self);
}

/* ---- GtkWidget ---- */

static void
mz_markdown_view_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  GTK_WIDGET_CLASS (mz_markdown_view_parent_class)->snapshot (widget, snapshot);

  mz_selection_snapshot (MZ_MARKDOWN_VIEW (widget)->selection, snapshot);
}

static void
mz_markdown_view_dispose (GObject *object)
{
  MzMarkdownView *self = MZ_MARKDOWN_VIEW (object);

  g_clear_handle_id (&self->rest_timeout, g_source_remove);
  if (self->selection != NULL)
    g_object_run_dispose (G_OBJECT (self->selection));
  remove_widgets_from (self, 0);
  g_clear_pointer (&self->rest, gtk_widget_unparent);

  G_OBJECT_CLASS (mz_markdown_view_parent_class)->dispose (object);
}

static void
mz_markdown_view_finalize (GObject *object)
{
  MzMarkdownView *self = MZ_MARKDOWN_VIEW (object);

  g_clear_object (&self->selection);
  g_clear_object (&self->markdown);
  g_ptr_array_unref (self->widgets);
  g_array_unref (self->weights);

  G_OBJECT_CLASS (mz_markdown_view_parent_class)->finalize (object);
}

static void
mz_markdown_view_class_init (MzMarkdownViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_markdown_view_dispose;
  object_class->finalize = mz_markdown_view_finalize;

  widget_class->snapshot = mz_markdown_view_snapshot;

  gtk_widget_class_set_css_name (widget_class, "markdown-view");
  gtk_widget_class_set_layout_manager_type (widget_class, MZ_TYPE_BLOCK_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
mz_markdown_view_init (MzMarkdownView *self)
{
  mz_block_layout_set_spacing (MZ_BLOCK_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), SPACING);

  self->widgets = g_ptr_array_new ();
  self->weights = g_array_new (FALSE, FALSE, sizeof (guint));
  self->selection = mz_selection_new (GTK_WIDGET (self));
  self->markdown = mz_markdown_new ();
  g_signal_connect_object (self->markdown, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->markdown, "code-grew", G_CALLBACK (code_grew_cb), self, G_CONNECT_SWAPPED);
}

/**
 * mz_markdown_view_new:
 *
 * Returns: a new, empty view
 */
GtkWidget *
mz_markdown_view_new (void)
{
  return g_object_new (MZ_TYPE_MARKDOWN_VIEW, NULL);
}

/**
 * mz_markdown_view_set_text:
 * @self: a view
 * @text: (nullable): Markdown
 *
 * Shows another text. Widgets of blocks that are as before stay.
 */
void
mz_markdown_view_set_text (MzMarkdownView *self,
                           const char     *text)
{
  g_return_if_fail (MZ_IS_MARKDOWN_VIEW (self));

  mz_markdown_set_text (self->markdown, text != NULL ? text : "", -1);
}

/**
 * mz_markdown_view_append:
 * @self: a view
 * @text: more Markdown
 *
 * Adds to the end of the text. Only widgets of blocks that change by it are touched.
 */
void
mz_markdown_view_append (MzMarkdownView *self,
                         const char     *text)
{
  g_return_if_fail (MZ_IS_MARKDOWN_VIEW (self));
  g_return_if_fail (text != NULL);

  mz_markdown_append (self->markdown, text, -1);
}

/**
 * mz_markdown_view_finish:
 * @self: a view
 *
 * Nothing more comes: a last line that could still have become something else, half a table's head say, is shown as it is.
 */
void
mz_markdown_view_finish (MzMarkdownView *self)
{
  g_return_if_fail (MZ_IS_MARKDOWN_VIEW (self));

  mz_markdown_finish (self->markdown);
}

/* What one label or code view has selected by itself. */
static char *
dup_own_selection (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      char *text = NULL;

      if (GTK_IS_TEXT_VIEW (child))
        {
          GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (child));
          GtkTextIter start;
          GtkTextIter end;

          if (gtk_text_buffer_get_selection_bounds (buffer, &start, &end))
            text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
        }
      else if (mz_is_text_label (child))
        {
          const char *all = gtk_label_get_text (GTK_LABEL (child));
          int start;
          int end;

          if (gtk_label_get_selection_bounds (GTK_LABEL (child), &start, &end))
            text = g_utf8_substring (all, start, end);
        }
      else
        {
          text = dup_own_selection (child);
        }
      if (text != NULL)
        return text;
    }

  return NULL;
}

/**
 * mz_markdown_view_dup_selection:
 * @self: a view
 *
 * Returns: (transfer full) (nullable): the selected text, %NULL when nothing is selected
 */
char *
mz_markdown_view_dup_selection (MzMarkdownView *self)
{
  g_return_val_if_fail (MZ_IS_MARKDOWN_VIEW (self), NULL);

  if (mz_selection_is_active (self->selection))
    return mz_selection_dup_text (self->selection);

  return dup_own_selection (GTK_WIDGET (self));
}
