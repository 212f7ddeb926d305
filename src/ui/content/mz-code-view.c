/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-content"

#include "config.h"

#include "mz-code-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>

#include "mz-compat.h"
#include "mz-scroll-guard.h"
#include "mz-text-util.h"

/* More than this is shown in a frame of its own height, until the person asks for all. */
#define MAX_LINES 40
/* Colouring costs the more the longer the code is, for each piece that is added. */
#define MAX_HIGHLIGHT (128 * 1024)
/* How long the check mark stands after copying. */
#define COPIED_MS 1500
/* A name of a language, whoever wrote it. */
#define MAX_TITLE 40

#define MARGIN_SIDE 12
#define MARGIN_TOP 4
#define MARGIN_BOTTOM 12
/* Above and below each line. */
#define LINE_SPACING 1

struct _MzCodeView
{
  GtkWidget parent_instance;

  GtkWidget *header;
  GtkLabel *title_label;
  GtkButton *expand_button;
  GtkButton *copy_button;
  GtkWidget *scroller;
  GtkTextView *view;
  GtkTextBuffer *buffer;

  GString *text;                /* all of it: what is copied */
  char *language;
  GtkSourceLanguage *source_language; /* (nullable) */
  char *title;
  MzLineCut cut;                /* of what is shown */
  gboolean newline_held;        /* the text ends in a line break that is not shown yet */
  guint n_lines;                /* that are shown */
  gboolean expanded;
  gboolean keep_to_end;
  int line_height;              /* pixels, 0 when unknown */
  guint copied_timeout;
};

G_DEFINE_FINAL_TYPE (MzCodeView, mz_code_view, GTK_TYPE_WIDGET)

static gboolean
is_limited (MzCodeView *self)
{
  return self->n_lines > MAX_LINES && !self->expanded;
}

static void
update_title (MzCodeView *self)
{
  g_autofree char *cut = NULL;
  g_autofree char *name = NULL;
  const char *title = self->title;

  if (title == NULL && self->source_language != NULL)
    title = gtk_source_language_get_name (self->source_language);
  if (title == NULL && self->language != NULL && *self->language != '\0')
    {
      cut = g_utf8_substring (self->language, 0, MIN (MAX_TITLE, g_utf8_strlen (self->language, -1)));
      title = cut;
    }
  if (title == NULL)
    title = _("Code");

  gtk_label_set_text (self->title_label, title);
  /* Translators: what a screen reader says of a piece of code; %s is its language or what it is. */
  name = g_strdup_printf (_("Code: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* A buffer that knows its language analyses it, also when it does not show the colours. */
static void
update_highlight (MzCodeView *self)
{
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (self->buffer);
  GtkSourceLanguage *language = NULL;

  if (self->text->len <= MAX_HIGHLIGHT && self->cut.n_cut == 0)
    language = self->source_language;
  if (gtk_source_buffer_get_language (buffer) != language)
    gtk_source_buffer_set_language (buffer, language);
}

static void
update_lines (MzCodeView *self)
{
  guint n_lines = gtk_text_buffer_get_line_count (self->buffer);
  g_autofree char *label = NULL;

  if (n_lines == self->n_lines)
    return;

  self->n_lines = n_lines;
  gtk_widget_set_visible (GTK_WIDGET (self->expand_button), n_lines > MAX_LINES);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC,
                                  is_limited (self) ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
  gtk_widget_queue_resize (GTK_WIDGET (self));

  if (n_lines <= MAX_LINES)
    return;
  if (self->expanded)
    label = g_strdup (_("Show fewer lines"));
  else
    label = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Show all %u line", "Show all %u lines", n_lines), n_lines);
  gtk_button_set_label (self->expand_button, label);
}

static void
expand_clicked_cb (MzCodeView *self)
{
  self->expanded = !self->expanded;
  self->keep_to_end = FALSE;
  self->n_lines = 0;
  update_lines (self);
}

/* ---- copying ---- */

static gboolean
copied_over_cb (gpointer user_data)
{
  MzCodeView *self = MZ_CODE_VIEW (user_data);

  self->copied_timeout = 0;
  gtk_button_set_icon_name (self->copy_button, "edit-copy-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->copy_button), "success");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->copy_button), _("Copy"));

  return G_SOURCE_REMOVE;
}

static void
copy_clicked_cb (MzCodeView *self)
{
  gsize length = self->text->len;
  g_autofree char *text = NULL;

  /* A terminal runs what ends in a line break as soon as it is pasted. */
  if (self->newline_held)
    length--;
  text = g_strndup (self->text->str, length);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);

  gtk_button_set_icon_name (self->copy_button, "object-select-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->copy_button), "success");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->copy_button), _("Copied"));
  mz_compat_announce (GTK_WIDGET (self->copy_button), _("Copied"));

  g_clear_handle_id (&self->copied_timeout, g_source_remove);
  self->copied_timeout = g_timeout_add (COPIED_MS, copied_over_cb, self);
}

/* ---- keeping to the end ---- */

static gboolean
is_at_end (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) >=
         gtk_adjustment_get_upper (adjustment) - 1;
}

/* The text view's height is known a little after its text. */
static void
adjustment_changed_cb (MzCodeView    *self,
                       GtkAdjustment *adjustment)
{
  if (self->keep_to_end && is_limited (self) && !is_at_end (adjustment))
    gtk_adjustment_set_value (adjustment,
                              gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));
}

/* Whoever scrolls is not pulled back; whoever scrolls to the end stays there. */
static gboolean
scroll_cb (MzCodeView *self,
           double      dx,
           double      dy)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  if (dy < 0)
    self->keep_to_end = FALSE;
  else if (dy > 0 && is_at_end (adjustment))
    self->keep_to_end = TRUE;

  return GDK_EVENT_PROPAGATE;
}

/* ---- colours ---- */

static void
update_scheme (MzCodeView *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleSchemeManager *manager = gtk_source_style_scheme_manager_get_default ();
  GtkSourceStyleScheme *scheme = gtk_source_style_scheme_manager_get_scheme (manager, dark ? "Adwaita-dark" : "Adwaita");

  gtk_source_buffer_set_style_scheme (GTK_SOURCE_BUFFER (self->buffer), scheme);
}

static GtkSourceLanguage *
find_language (const char *info)
{
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();
  g_autofree char *id = mz_code_language_id (info);
  g_autofree char *name = NULL;
  GtkSourceLanguage *language;

  if (id == NULL)
    return NULL;
  language = gtk_source_language_manager_get_language (manager, id);
  if (language != NULL && !gtk_source_language_get_hidden (language))
    return language;

  /* What people write is often how such a file's name ends. */
  name = g_strconcat ("code.", id, NULL);
  return gtk_source_language_manager_guess_language (manager, name, NULL);
}

/* ---- GtkWidget ---- */

/* Lines are all of one height, as they are never wrapped: the text view itself knows its height only when it has laid out all of them,
 * step by step, and the transcript would move under the reader's eyes. */
static int
expected_height (MzCodeView *self)
{
  if (self->line_height == 0)
    {
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->view), "Xg0");

      pango_layout_get_pixel_size (layout, NULL, &self->line_height);
      self->line_height += 2 * LINE_SPACING;
    }

  return MARGIN_TOP + MARGIN_BOTTOM + self->line_height * (is_limited (self) ? MAX_LINES : MAX (1, self->n_lines));
}

static void
measure_body (MzCodeView *self,
              int        *minimum,
              int        *natural)
{
  gtk_widget_measure (self->scroller, GTK_ORIENTATION_VERTICAL, -1, minimum, natural, NULL, NULL);
  if (is_limited (self))
    *minimum = *natural = expected_height (self);
  else
    *minimum = *natural = MAX (MAX (*minimum, *natural), expected_height (self));
}

static void
mz_code_view_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  MzCodeView *self = MZ_CODE_VIEW (widget);
  int header_minimum;
  int header_natural;
  int body_minimum;
  int body_natural;

  gtk_widget_measure (self->header, orientation, -1, &header_minimum, &header_natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (self->scroller, orientation, -1, &body_minimum, &body_natural, NULL, NULL);
      *minimum = MAX (header_minimum, body_minimum);
      *natural = MAX (header_natural, body_natural);
    }
  else
    {
      measure_body (self, &body_minimum, &body_natural);
      *minimum = header_minimum + body_minimum;
      *natural = header_natural + body_natural;
    }
}

static void
mz_code_view_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  MzCodeView *self = MZ_CODE_VIEW (widget);
  int header_height;

  gtk_widget_measure (self->header, GTK_ORIENTATION_VERTICAL, width, NULL, &header_height, NULL, NULL);
  header_height = MIN (header_height, height);
  gtk_widget_size_allocate (self->header, &(GtkAllocation) { 0, 0, width, header_height }, -1);
  gtk_widget_size_allocate (self->scroller, &(GtkAllocation) { 0, header_height, width, height - header_height }, -1);
}

static void
mz_code_view_css_changed (GtkWidget         *widget,
                          GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (mz_code_view_parent_class)->css_changed (widget, change);

  MZ_CODE_VIEW (widget)->line_height = 0;
}

static void
mz_code_view_system_setting_changed (GtkWidget        *widget,
                                     GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (mz_code_view_parent_class)->system_setting_changed (widget, setting);

  MZ_CODE_VIEW (widget)->line_height = 0;
}

/* ---- GObject ---- */

static void
mz_code_view_dispose (GObject *object)
{
  MzCodeView *self = MZ_CODE_VIEW (object);

  g_clear_handle_id (&self->copied_timeout, g_source_remove);
  g_clear_pointer (&self->header, gtk_widget_unparent);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);

  G_OBJECT_CLASS (mz_code_view_parent_class)->dispose (object);
}

static void
mz_code_view_finalize (GObject *object)
{
  MzCodeView *self = MZ_CODE_VIEW (object);

  g_clear_object (&self->source_language);
  g_clear_object (&self->buffer);
  g_string_free (self->text, TRUE);
  g_free (self->language);
  g_free (self->title);

  G_OBJECT_CLASS (mz_code_view_parent_class)->finalize (object);
}

static void
mz_code_view_class_init (MzCodeViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mz_code_view_dispose;
  object_class->finalize = mz_code_view_finalize;

  widget_class->measure = mz_code_view_measure;
  widget_class->size_allocate = mz_code_view_size_allocate;
  widget_class->css_changed = mz_code_view_css_changed;
  widget_class->system_setting_changed = mz_code_view_system_setting_changed;

  gtk_widget_class_set_css_name (widget_class, "code-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
make_header (MzCodeView *self)
{
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *expand = gtk_button_new ();
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  self->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->title_label = GTK_LABEL (title);
  self->expand_button = GTK_BUTTON (expand);
  self->copy_button = GTK_BUTTON (copy);

  gtk_widget_add_css_class (self->header, "header");
  gtk_widget_add_css_class (title, "caption-heading");
  gtk_widget_add_css_class (title, "dim-label");
  gtk_label_set_ellipsize (self->title_label, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (self->title_label, 0);
  gtk_widget_set_hexpand (title, TRUE);

  gtk_widget_add_css_class (expand, "flat");
  gtk_widget_add_css_class (expand, "caption");
  gtk_widget_set_valign (expand, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (expand, FALSE);
  g_signal_connect_swapped (expand, "clicked", G_CALLBACK (expand_clicked_cb), self);

  gtk_widget_add_css_class (copy, "flat");
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  mz_compat_set_label (copy, _("Copy"));
  g_signal_connect_swapped (copy, "clicked", G_CALLBACK (copy_clicked_cb), self);

  gtk_box_append (GTK_BOX (self->header), title);
  gtk_box_append (GTK_BOX (self->header), expand);
  gtk_box_append (GTK_BOX (self->header), copy);
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));
}

static void
make_body (MzCodeView *self)
{
  GtkSourceBuffer *buffer = gtk_source_buffer_new (NULL);
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  /* What a person does not edit needs neither a history nor matching brackets. */
  gtk_text_buffer_set_enable_undo (GTK_TEXT_BUFFER (buffer), FALSE);
  gtk_source_buffer_set_highlight_matching_brackets (buffer, FALSE);
  self->buffer = GTK_TEXT_BUFFER (buffer);

  self->view = GTK_TEXT_VIEW (gtk_source_view_new_with_buffer (buffer));
  gtk_text_view_set_editable (self->view, FALSE);
  gtk_text_view_set_cursor_visible (self->view, FALSE);
  gtk_text_view_set_accepts_tab (self->view, FALSE);
  gtk_text_view_set_monospace (self->view, TRUE);
  gtk_text_view_set_wrap_mode (self->view, GTK_WRAP_NONE);
  gtk_text_view_set_pixels_above_lines (self->view, LINE_SPACING);
  gtk_text_view_set_pixels_below_lines (self->view, LINE_SPACING);
  gtk_text_view_set_left_margin (self->view, MARGIN_SIDE);
  gtk_text_view_set_right_margin (self->view, MARGIN_SIDE);
  gtk_text_view_set_top_margin (self->view, MARGIN_TOP);
  gtk_text_view_set_bottom_margin (self->view, MARGIN_BOTTOM);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->view));
  mz_scroll_guard_add (GTK_SCROLLED_WINDOW (self->scroller));
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (self->scroller, scroll);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), "changed",
                           G_CALLBACK (adjustment_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

static void
mz_code_view_init (MzCodeView *self)
{
  self->text = g_string_new (NULL);

  make_header (self);
  make_body (self);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);

  update_lines (self);
  update_title (self);
  update_scheme (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (update_scheme), self,
                           G_CONNECT_SWAPPED);
}

/**
 * mz_code_view_new:
 * @language: (nullable): the language, as it stands after a fence
 * @text: (nullable): the code
 *
 * Returns: a new view of @text
 */
GtkWidget *
mz_code_view_new (const char *language,
                  const char *text)
{
  MzCodeView *self = g_object_new (MZ_TYPE_CODE_VIEW, NULL);

  mz_code_view_set_language (self, language);
  mz_code_view_set_text (self, text);

  return GTK_WIDGET (self);
}

/**
 * mz_code_view_set_language:
 * @self: a view
 * @language: (nullable): the language, as it stands after a fence; not known to anybody is fine
 *
 * Sets the language: its name stands in the header, and the code is coloured by it.
 */
void
mz_code_view_set_language (MzCodeView *self,
                           const char *language)
{
  g_return_if_fail (MZ_IS_CODE_VIEW (self));

  if (g_strcmp0 (language, self->language) == 0)
    return;

  g_free (self->language);
  self->language = mz_text_make_valid (language);
  if (self->language == NULL)
    self->language = g_strdup (language);
  g_set_object (&self->source_language, find_language (self->language));
  update_title (self);
  update_highlight (self);
}

/**
 * mz_code_view_set_title:
 * @self: a view
 * @title: (nullable): stands in the header in place of the language
 *
 * Sets what the header says the text is: "Arguments", "Output".
 */
void
mz_code_view_set_title (MzCodeView *self,
                        const char *title)
{
  g_return_if_fail (MZ_IS_CODE_VIEW (self));

  if (g_strcmp0 (title, self->title) == 0)
    return;

  g_free (self->title);
  self->title = g_strdup (title);
  update_title (self);
}

static void
add_text (MzCodeView *self,
          const char *text)
{
  g_autofree char *valid = mz_text_make_valid (text);
  g_autoptr (GString) shown = g_string_new (NULL);
  gsize length;
  GtkTextIter end;

  if (valid != NULL)
    text = valid;
  length = strlen (text);
  if (length == 0)
    return;

  g_string_append_len (self->text, text, length);

  /* The line break at the end of the last line is no line of its own. */
  if (self->newline_held)
    mz_line_cut_append (&self->cut, "\n", shown);
  self->newline_held = text[length - 1] == '\n';
  if (self->newline_held)
    {
      g_autofree char *without = g_strndup (text, length - 1);

      mz_line_cut_append (&self->cut, without, shown);
    }
  else
    {
      mz_line_cut_append (&self->cut, text, shown);
    }

  update_highlight (self);
  if (shown->len > 0)
    {
      gtk_text_buffer_get_end_iter (self->buffer, &end);
      gtk_text_buffer_insert (self->buffer, &end, shown->str, shown->len);
    }
  update_lines (self);
}

/**
 * mz_code_view_set_text:
 * @self: a view
 * @text: (nullable): the code
 *
 * Shows another text. When it begins with the one that is shown, only the rest is added.
 */
void
mz_code_view_set_text (MzCodeView *self,
                       const char *text)
{
  g_return_if_fail (MZ_IS_CODE_VIEW (self));

  if (text == NULL)
    text = "";
  if (strncmp (text, self->text->str, self->text->len) == 0)
    {
      add_text (self, text + self->text->len);
      return;
    }

  g_string_truncate (self->text, 0);
  self->cut = (MzLineCut) { 0 };
  self->newline_held = FALSE;
  self->keep_to_end = FALSE;
  gtk_text_buffer_set_text (self->buffer, "", 0);
  add_text (self, text);
  update_highlight (self);
  update_lines (self);
}

/**
 * mz_code_view_append:
 * @self: a view
 * @text: more code
 *
 * Adds to the end. While the view has its limited height, and the person has not scrolled up, it keeps to its end.
 */
void
mz_code_view_append (MzCodeView *self,
                     const char *text)
{
  GtkAdjustment *adjustment;

  g_return_if_fail (MZ_IS_CODE_VIEW (self));
  g_return_if_fail (text != NULL);

  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  if (!is_limited (self) && is_at_end (adjustment))
    self->keep_to_end = TRUE;

  add_text (self, text);
}

/**
 * mz_code_view_get_view:
 * @self: a view
 *
 * Returns: (transfer none): the text view within, for those who select text across widgets
 */
GtkTextView *
mz_code_view_get_view (MzCodeView *self)
{
  g_return_val_if_fail (MZ_IS_CODE_VIEW (self), NULL);

  return self->view;
}
