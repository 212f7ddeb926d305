/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-completion.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

/* More are found by typing on. */
#define MAX_SHOWN 50

struct _MzCompletion
{
  GtkPopover parent_instance;

  GtkWidget *scroller;
  GtkWidget *list;

  GListModel *commands; /* (nullable) */
  gulong commands_id;
  GPtrArray *found;     /* (nullable) (element-type MzCommand) */
  char *text;
  gboolean open;
  gboolean dismissed;
};

enum
{
  PROP_0,
  PROP_OPEN,
  N_PROPS
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzCompletion, mz_completion, GTK_TYPE_POPOVER)

static GtkWidget *
row_new (MzCommand *command)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *arguments = mz_command_get_arguments (command);
  const char *description = mz_command_get_description (command);
  g_autofree char *name = g_strconcat ("/", mz_command_get_name (command), NULL);
  g_autofree char *spoken = g_strjoin (" ", name, arguments != NULL ? arguments : "", description != NULL ? description : "", NULL);
  GtkWidget *label;

  label = gtk_label_new (name);
  gtk_widget_add_css_class (label, "command-name");
  gtk_box_append (GTK_BOX (line), label);
  if (arguments != NULL)
    {
      label = gtk_label_new (arguments);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (line), label);
    }
  gtk_box_append (GTK_BOX (box), line);

  if (description != NULL)
    {
      label = gtk_label_new (description);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "caption");
      gtk_box_append (GTK_BOX (box), label);
    }

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* A click chooses; the focus stays in the text. */
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

static void
set_open (MzCompletion *self,
          gboolean      open)
{
  if (self->open == open)
    return;
  self->open = open;
  if (open)
    gtk_popover_popup (GTK_POPOVER (self));
  else
    gtk_popover_popdown (GTK_POPOVER (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OPEN]);
}

static void
scroll_to (MzCompletion *self,
           GtkWidget    *row)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (row, self->list, &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

static void
select_row (MzCompletion *self,
            int           index)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), index);
  MzCommand *command;
  g_autofree char *spoken = NULL;

  if (row == NULL)
    return;
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
  scroll_to (self, GTK_WIDGET (row));

  command = mz_completion_get_selected (self);
  spoken = g_strdup_printf ("/%s %s", mz_command_get_name (command),
                            mz_command_get_description (command) != NULL ? mz_command_get_description (command) : "");
  mz_compat_announce (GTK_WIDGET (self), spoken);
}

static void
fill (MzCompletion *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  for (guint i = 0; i < self->found->len && i < MAX_SHOWN; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), row_new (g_ptr_array_index (self->found, i)));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

static void
follow (MzCompletion *self)
{
  g_autoptr (GPtrArray) found = mz_commands_complete (self->commands, self->text);

  if (self->text == NULL || self->text[0] != '/')
    self->dismissed = FALSE;
  if (found->len == 0 || self->dismissed)
    {
      set_open (self, FALSE);
      return;
    }

  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_steal_pointer (&found);
  fill (self);
  set_open (self, TRUE);
  select_row (self, 0);
}

static void
choose (MzCompletion *self,
        int           index)
{
  g_autoptr (MzCommand) command = NULL;

  if (self->found == NULL || index < 0 || (guint) index >= self->found->len)
    return;
  command = g_object_ref (g_ptr_array_index (self->found, index));
  set_open (self, FALSE);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, command);
}

static void
row_activated_cb (MzCompletion  *self,
                  GtkListBoxRow *row)
{
  choose (self, gtk_list_box_row_get_index (row));
}

/* Also closed from outside: by another window, say. */
static void
closed_cb (MzCompletion *self)
{
  if (!self->open)
    return;
  self->open = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_OPEN]);
}

static void
mz_completion_dispose (GObject *object)
{
  MzCompletion *self = MZ_COMPLETION (object);

  if (self->commands != NULL)
    g_clear_signal_handler (&self->commands_id, self->commands);
  g_clear_object (&self->commands);
  g_clear_pointer (&self->found, g_ptr_array_unref);

  G_OBJECT_CLASS (mz_completion_parent_class)->dispose (object);
}

static void
mz_completion_finalize (GObject *object)
{
  MzCompletion *self = MZ_COMPLETION (object);

  g_free (self->text);

  G_OBJECT_CLASS (mz_completion_parent_class)->finalize (object);
}

static void
mz_completion_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  MzCompletion *self = MZ_COMPLETION (object);

  switch (prop_id)
    {
    case PROP_OPEN:
      g_value_set_boolean (value, self->open);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mz_completion_class_init (MzCompletionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mz_completion_dispose;
  object_class->finalize = mz_completion_finalize;
  object_class->get_property = mz_completion_get_property;

  props[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * MzCompletion::chosen:
   * @self: a completion
   * @command: the command
   *
   * The person has chosen one; the completion is closed.
   */
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", MZ_TYPE_COMPLETION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         MZ_TYPE_COMMAND);
}

static void
mz_completion_init (MzCompletion *self)
{
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Commands"), -1);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (row_activated_cb), self, G_CONNECT_SWAPPED);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroller), 260);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->list);

  gtk_popover_set_child (GTK_POPOVER (self), self->scroller);
  gtk_popover_set_autohide (GTK_POPOVER (self), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self), GTK_POS_TOP);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self), "completion");
  g_signal_connect (self, "closed", G_CALLBACK (closed_cb), NULL);
}

/**
 * mz_completion_new:
 *
 * Returns: (transfer floating): a completion without commands
 */
GtkWidget *
mz_completion_new (void)
{
  return g_object_new (MZ_TYPE_COMPLETION, NULL);
}

/**
 * mz_completion_set_commands:
 * @self: a completion
 * @commands: (nullable) (transfer none): a list of #MzCommand
 *
 * Sets what can be completed.
 */
void
mz_completion_set_commands (MzCompletion *self,
                            GListModel   *commands)
{
  g_return_if_fail (MZ_IS_COMPLETION (self));
  g_return_if_fail (commands == NULL || G_IS_LIST_MODEL (commands));

  if (self->commands == commands)
    return;
  if (self->commands != NULL)
    g_clear_signal_handler (&self->commands_id, self->commands);
  g_set_object (&self->commands, commands);
  if (commands != NULL)
    self->commands_id = g_signal_connect_object (commands, "items-changed", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  follow (self);
}

/**
 * mz_completion_update:
 * @self: a completion
 * @text: the composer's whole text
 *
 * Opens, follows or closes.
 */
void
mz_completion_update (MzCompletion *self,
                      const char   *text)
{
  g_return_if_fail (MZ_IS_COMPLETION (self));
  g_return_if_fail (text != NULL);

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  follow (self);
}

/**
 * mz_completion_close:
 * @self: a completion
 *
 * Closes until the text is no command's beginning any more.
 */
void
mz_completion_close (MzCompletion *self)
{
  g_return_if_fail (MZ_IS_COMPLETION (self));

  self->dismissed = self->text != NULL && self->text[0] == '/';
  set_open (self, FALSE);
}

/**
 * mz_completion_hide:
 * @self: a completion
 *
 * Closes for now; it opens again when the text changes.
 */
void
mz_completion_hide (MzCompletion *self)
{
  g_return_if_fail (MZ_IS_COMPLETION (self));

  self->dismissed = FALSE;
  g_clear_pointer (&self->text, g_free);
  set_open (self, FALSE);
}

/**
 * mz_completion_is_open:
 * @self: a completion
 *
 * Returns: whether it is shown
 */
gboolean
mz_completion_is_open (MzCompletion *self)
{
  g_return_val_if_fail (MZ_IS_COMPLETION (self), FALSE);

  return self->open;
}

/**
 * mz_completion_get_n_found:
 * @self: a completion
 *
 * Returns: how many commands it shows
 */
guint
mz_completion_get_n_found (MzCompletion *self)
{
  g_return_val_if_fail (MZ_IS_COMPLETION (self), 0);

  return self->open && self->found != NULL ? MIN (self->found->len, MAX_SHOWN) : 0;
}

/**
 * mz_completion_get_selected:
 * @self: a completion
 *
 * Returns: (transfer none) (nullable): what Enter would choose
 */
MzCommand *
mz_completion_get_selected (MzCompletion *self)
{
  GtkListBoxRow *row;

  g_return_val_if_fail (MZ_IS_COMPLETION (self), NULL);

  row = self->open ? gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)) : NULL;
  return row != NULL ? g_ptr_array_index (self->found, gtk_list_box_row_get_index (row)) : NULL;
}

/**
 * mz_completion_wants_key:
 * @self: a completion
 * @keyval: a key
 * @state: with which modifiers
 *
 * Returns: whether the key means something to it now
 */
gboolean
mz_completion_wants_key (MzCompletion    *self,
                         guint            keyval,
                         GdkModifierType  state)
{
  g_return_val_if_fail (MZ_IS_COMPLETION (self), FALSE);

  if (!self->open || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;

  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
    case GDK_KEY_Tab:
    case GDK_KEY_Escape:
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * mz_completion_handle_key:
 * @self: a completion
 * @keyval: a key that was pressed in the text
 * @state: with which modifiers
 *
 * Up and Down choose another, Tab and Enter take it, Escape closes. Enter is not taken when the command is already complete: it sends then.
 *
 * Returns: whether the key was for it
 */
gboolean
mz_completion_handle_key (MzCompletion    *self,
                          guint            keyval,
                          GdkModifierType  state)
{
  GtkListBoxRow *row;
  int index, n_rows;

  g_return_val_if_fail (MZ_IS_COMPLETION (self), FALSE);

  if (!mz_completion_wants_key (self, keyval, state))
    return FALSE;

  n_rows = (int) mz_completion_get_n_found (self);
  row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  index = row != NULL ? gtk_list_box_row_get_index (row) : 0;
  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      select_row (self, (index + n_rows - 1) % n_rows);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      select_row (self, (index + 1) % n_rows);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (g_ascii_strcasecmp (self->text + 1, mz_command_get_name (g_ptr_array_index (self->found, index))) == 0)
        {
          mz_completion_close (self);
          return FALSE;
        }
      choose (self, index);
      return TRUE;
    case GDK_KEY_Tab:
      choose (self, index);
      return TRUE;
    case GDK_KEY_Escape:
      mz_completion_close (self);
      return TRUE;
    default:
      return FALSE;
    }
}
