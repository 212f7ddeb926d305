/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-conversation"

#include "config.h"

#include "mz-approval-card.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mz-row-text.h"
#include "mz-words.h"

/* The time left is shown from here on. */
#define NEAR_MS (2 * 60 * 1000)

/* Of a command: as much as is scrolled through before one decides. More is cut, and said to be. */
#define MAX_COMMAND_LENGTH (64 * 1024)

/* A command of more than this scrolls in a frame of this height, px. Up to there it stands there as it is: what one cannot see one does not read. */
#define LONG_COMMAND_LENGTH 2000
#define LONG_COMMAND_LINES 20
#define LONG_COMMAND_HEIGHT 320

struct _MzApprovalCard
{
  GtkWidget parent_instance;

  MzApproval *approval;
  MzGateway *gateway;
  GSource *countdown;

  GtkWidget *card;
  GtkWidget *buttons;
  GtkWidget *spinner;
  GtkWidget *expiry;
  GtkWidget *error;
};

G_DEFINE_FINAL_TYPE (MzApprovalCard, mz_approval_card, GTK_TYPE_WIDGET)

/* In the order of the buttons: the safe one first. */
static const struct
{
  const char *decision;
  const char *label;
} answers[] = {
  { "deny", N_("Deny") },
  { "allow-once", N_("Allow once") },
  { "allow-always", N_("Always allow") },
};

static gint64
get_time_left (MzApprovalCard *self)
{
  MzApprovalList *list = mz_gateway_get_approvals (self->gateway);

  return list != NULL ? mz_approval_list_get_time_left (list, mz_approval_get_id (self->approval)) : 0;
}

/* The list knows whether an answer is on its way: another card or a notification may have given it. */
static void
update_buttons (MzApprovalCard *self)
{
  MzApprovalList *list = mz_gateway_get_approvals (self->gateway);
  gboolean busy = list != NULL && mz_approval_list_is_resolving (list, mz_approval_get_id (self->approval));

  gtk_widget_set_sensitive (self->buttons, !busy && get_time_left (self) > 0);
  gtk_widget_set_visible (self->spinner, busy);
  if (busy)
    gtk_spinner_start (GTK_SPINNER (self->spinner));
  else
    gtk_spinner_stop (GTK_SPINNER (self->spinner));
}

static void
show_error (MzApprovalCard *self,
            const GError   *error)
{
  g_autofree char *why = error != NULL ? mz_row_text_first_line (error->message, 300) : NULL;
  g_autofree char *text = why != NULL ? g_strdup_printf (_("The answer did not get through: %s. Try again."), why) : NULL;

  gtk_label_set_text (GTK_LABEL (self->error), text != NULL ? text : "");
  gtk_widget_set_visible (self->error, text != NULL);
}

static void
resolving_changed_cb (MzApprovalCard *self,
                      const char     *id,
                      const GError   *error)
{
  if (self->card == NULL || g_strcmp0 (id, mz_approval_get_id (self->approval)) != 0)
    return;

  show_error (self, error);
  update_buttons (self);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzApprovalCard) self = user_data;

  /* When it went well the item leaves the list, and the card with it. */
  if (mz_approval_list_resolve_finish (MZ_APPROVAL_LIST (source), result, &error) || self->card == NULL)
    return;

  show_error (self, error);
  update_buttons (self);
}

static void
answer_cb (GtkButton      *button,
           MzApprovalCard *self)
{
  MzApprovalList *list = mz_gateway_get_approvals (self->gateway);
  const char *decision = g_object_get_data (G_OBJECT (button), "mz-decision");

  if (list == NULL)
    {
      gtk_label_set_text (GTK_LABEL (self->error), _("There is no connection. Answer when it is back."));
      gtk_widget_set_visible (self->error, TRUE);
      return;
    }

  /* An answer on its way goes on without the card: the person has given it. */
  mz_approval_list_resolve_async (list, self->approval, decision, NULL, resolved_cb, g_object_ref (self));
}

static void start_countdown (MzApprovalCard *self);

static void
stop_countdown (MzApprovalCard *self)
{
  if (self->countdown == NULL)
    return;

  g_source_destroy (self->countdown);
  g_clear_pointer (&self->countdown, g_source_unref);
}

static gboolean
countdown_cb (gpointer user_data)
{
  MzApprovalCard *self = user_data;

  stop_countdown (self);
  start_countdown (self);
  return G_SOURCE_REMOVE;
}

/* Looks again when there is something new to say. */
static void
start_countdown (MzApprovalCard *self)
{
  gint64 left = get_time_left (self);

  update_buttons (self);
  gtk_widget_set_visible (self->expiry, left < NEAR_MS);
  if (left == G_MAXINT64)
    return;

  if (left < NEAR_MS)
    {
      /* Whole seconds, up: "1 s" until it is over. */
      g_autofree char *time = left > 0 ? mz_words_for_duration ((left + 999) / 1000 * 1000) : NULL;
      g_autofree char *text = time != NULL ? g_strdup_printf (_("Expires in %s"), time) : g_strdup (_("Expired"));

      gtk_label_set_text (GTK_LABEL (self->expiry), text);
      if (left <= 0)
        return;
    }

  self->countdown = g_timeout_source_new (left < NEAR_MS ? 1000 : MIN (left - NEAR_MS + 1, G_MAXINT));
  g_source_set_callback (self->countdown, countdown_cb, self, NULL);
  g_source_attach (self->countdown, NULL);
}

static void
mz_approval_card_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mz_approval_card_parent_class)->map (widget);
  start_countdown (MZ_APPROVAL_CARD (widget));
}

static void
mz_approval_card_unmap (GtkWidget *widget)
{
  stop_countdown (MZ_APPROVAL_CARD (widget));
  GTK_WIDGET_CLASS (mz_approval_card_parent_class)->unmap (widget);
}

static void
mz_approval_card_dispose (GObject *object)
{
  MzApprovalCard *self = MZ_APPROVAL_CARD (object);

  stop_countdown (self);
  g_clear_pointer (&self->card, gtk_widget_unparent);
  g_clear_object (&self->approval);
  g_clear_object (&self->gateway);
  G_OBJECT_CLASS (mz_approval_card_parent_class)->dispose (object);
}

static void
mz_approval_card_class_init (MzApprovalCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mz_approval_card_dispose;
  widget_class->map = mz_approval_card_map;
  widget_class->unmap = mz_approval_card_unmap;
  gtk_widget_class_set_css_name (widget_class, "approvalcard");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static GtkWidget *
add_label (GtkWidget  *box,
           const char *text,
           const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
mz_approval_card_init (MzApprovalCard *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

static gboolean
is_long (const char *command)
{
  guint n_lines = 0;

  for (const char *p = command; (p = strchr (p, '\n')) != NULL; p++)
    n_lines++;
  return n_lines > LONG_COMMAND_LINES || strlen (command) > LONG_COMMAND_LENGTH;
}

/* The whole command can be read: it wraps, and scrolls when it is long. */
static void
add_command (MzApprovalCard *self,
             GtkWidget      *column)
{
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *frame = label;
  const char *command = mz_approval_get_command (self->approval);
  gboolean limited;
  g_autofree char *shown = mz_row_text_limit (command != NULL ? command : "", MAX_COMMAND_LENGTH, &limited);

  gtk_label_set_text (GTK_LABEL (label), shown);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "command");

  if (is_long (shown))
    {
      /* Its height is fixed: a scrolled window of GTK 4.8 does not know how high a wrapped text is. */
      frame = gtk_scrolled_window_new ();
      gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (frame), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
      gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (frame), FALSE);
      gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (frame), LONG_COMMAND_HEIGHT);
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (frame), label);
    }
  gtk_widget_add_css_class (frame, "command-frame");
  gtk_box_append (GTK_BOX (column), frame);

  if (limited)
    add_label (column, _("The command is longer than what is shown. Deny it unless you know all of it."), "error");
}

static void
add_place (GString    *line,
           const char *name,
           const char *value)
{
  g_autofree char *visible = NULL;

  if (value == NULL || value[0] == '\0')
    return;

  visible = mz_row_text_visible (value, -1, FALSE);
  g_string_append_printf (line, "%s%s: %s", line->len > 0 ? "   " : "", name, visible);
}

/* Where it would run. */
static void
add_places (MzApprovalCard *self,
            GtkWidget      *column)
{
  g_autoptr (GString) line = g_string_new (NULL);

  add_place (line, _("Folder"), mz_approval_get_cwd (self->approval));
  add_place (line, _("Host"), mz_approval_get_host (self->approval));
  add_place (line, _("Agent"), mz_approval_get_agent_id (self->approval));
  if (line->len > 0)
    gtk_widget_add_css_class (add_label (column, line->str, "caption"), "dim-label");
}

static void
add_buttons (MzApprovalCard *self,
             GtkWidget      *column)
{
  gboolean any = FALSE;

  self->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_margin_top (self->buttons, 6);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      GtkWidget *button;
      GtkWidget *label;

      if (!mz_approval_allows (self->approval, answers[i].decision))
        continue;

      any = TRUE;
      button = gtk_button_new ();
      label = gtk_label_new (_(answers[i].label));
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_button_set_child (GTK_BUTTON (button), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(answers[i].label), -1);
      if (i == 2)
        gtk_widget_add_css_class (button, "flat");
      g_object_set_data (G_OBJECT (button), "mz-decision", (gpointer) answers[i].decision);
      g_signal_connect (button, "clicked", G_CALLBACK (answer_cb), self);
      gtk_box_append (GTK_BOX (self->buttons), button);
    }

  if (!any)
    add_label (self->buttons, _("It cannot be answered here. Answer it where the gateway runs."), "dim-label");

  self->spinner = gtk_spinner_new ();
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_box_append (GTK_BOX (self->buttons), self->spinner);
  gtk_box_append (GTK_BOX (column), self->buttons);
}

static void
build (MzApprovalCard *self)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-password-symbolic");
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  const char *warning = mz_approval_get_warning (self->approval);
  const char *command = mz_approval_get_command (self->approval);
  g_autofree char *visible = mz_row_text_first_line (command != NULL ? command : "", 200);
  g_autofree char *label = g_strdup_printf (_("Approval: %s"), visible);
  GtkWidget *headline;

  self->card = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class (self->card, "row-card");
  gtk_widget_add_css_class (self->card, "approval");
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_add_css_class (icon, "warning");
  gtk_box_append (GTK_BOX (self->card), icon);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (self->card), column);

  gtk_box_append (GTK_BOX (column), top);
  headline = add_label (top, _("The agent wants to run a command"), "heading");
  gtk_widget_set_hexpand (headline, TRUE);
  self->expiry = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->expiry, "caption");
  gtk_widget_add_css_class (self->expiry, "numeric");
  gtk_widget_set_valign (self->expiry, GTK_ALIGN_START);
  gtk_widget_set_visible (self->expiry, FALSE);
  gtk_box_append (GTK_BOX (top), self->expiry);

  add_command (self, column);
  add_places (self, column);
  if (warning != NULL && warning[0] != '\0')
    {
      gboolean limited;
      g_autofree char *text = mz_row_text_limit (warning, 2000, &limited);

      add_label (column, text, "warning");
    }

  self->error = add_label (column, NULL, "error");
  gtk_widget_set_visible (self->error, FALSE);
  add_buttons (self, column);
  gtk_widget_set_parent (self->card, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

GtkWidget *
mz_approval_card_new (MzApproval *approval,
                      MzGateway  *gateway)
{
  MzApprovalCard *self;
  MzApprovalList *list;

  g_return_val_if_fail (MZ_IS_APPROVAL (approval), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);

  self = g_object_new (MZ_TYPE_APPROVAL_CARD, NULL);
  self->approval = g_object_ref (approval);
  self->gateway = g_object_ref (gateway);
  build (self);
  update_buttons (self);

  /* Another list has other approvals, and cards of their own. */
  list = mz_gateway_get_approvals (gateway);
  if (list != NULL)
    g_signal_connect_object (list, "resolving-changed", G_CALLBACK (resolving_changed_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
