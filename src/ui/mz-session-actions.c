/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer"

#include "config.h"

#include "mz-session-actions.h"

#include <glib/gi18n.h>

#include "mz-compat.h"

/* A conversation that is to be deleted when its toast goes. */
typedef struct
{
  MzSessionActions *actions; /* not owned: it owns this */
  MzGateway *gateway;
  char *key;
  char *title;
  AdwToast *toast;
  gboolean undone;
  gboolean sent;
} Deletion;

struct _MzSessionActions
{
  GObject parent_instance;

  AdwToastOverlay *overlay; /* not owned: its window owns both */
  GPtrArray *deletions;
  GCancellable *cancellable;
};

/* What an answer needs: who asked, and what to say when it is an error. */
typedef struct
{
  MzSessionActions *actions;
  MzGateway *gateway;
  char *key;
  const char *failure; /* translated: what did not work */
  GtkEditable *entry;  /* of the question for a name */
} Job;

enum
{
  HIDDEN_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MzSessionActions, mz_session_actions, G_TYPE_OBJECT)

static Job *
job_new (MzSessionActions *self,
         MzGateway        *gateway,
         const char       *key,
         const char       *failure)
{
  Job *job = g_new0 (Job, 1);

  job->actions = g_object_ref (self);
  job->gateway = g_object_ref (gateway);
  job->key = g_strdup (key);
  job->failure = failure;

  return job;
}

static void
job_free (Job *job)
{
  g_object_unref (job->actions);
  g_object_unref (job->gateway);
  g_clear_object (&job->entry);
  g_free (job->key);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
deletion_free (gpointer data)
{
  Deletion *deletion = data;

  if (deletion->toast != NULL)
    g_signal_handlers_disconnect_by_data (deletion->toast, deletion);
  g_clear_object (&deletion->toast);
  g_object_unref (deletion->gateway);
  g_free (deletion->key);
  g_free (deletion->title);
  g_free (deletion);
}

static void
show_toast (MzSessionActions *self,
            const char       *text)
{
  AdwToast *toast;
  g_autofree char *escaped = NULL;

  if (self->overlay == NULL)
    return;

  /* Titles of toasts are markup. */
  escaped = g_markup_escape_text (text, -1);
  toast = adw_toast_new (escaped);
  adw_toast_overlay_add_toast (self->overlay, toast);
}

static void
show_failure (MzSessionActions *self,
              const char       *failure,
              const GError     *error)
{
  const char *reason = error->message;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (mz_gateway_error_is_no_connection (error))
    reason = _("the gateway is not connected. Try again when it is.");
  else if (mz_gateway_error_get_missing_scope (error) != NULL)
    reason = _("this device may not do that. Approve it for more on the gateway.");
  /* Translators: what did not work, and why. */
  text = g_strdup_printf (_("%s: %s"), failure, reason);
  show_toast (self, text);
}

static gboolean
may_act (MzSessionActions *self,
         MzGateway        *gateway)
{
  if (mz_gateway_get_sessions (gateway) != NULL)
    return TRUE;

  show_toast (self, _("Connect to the gateway first."));

  return FALSE;
}

static void
patched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;

  if (!mz_session_list_patch_finish (MZ_SESSION_LIST (source), result, &error))
    show_failure (job->actions, job->failure, error);
}

static void
name_chosen_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (Job) job = data;
  g_autofree char *answer = mz_compat_ask_finish (GTK_WIDGET (source), result);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (job->entry)));
  MzSessionActions *self = job->actions;
  MzSessionList *sessions = mz_gateway_get_sessions (job->gateway);

  if (g_strcmp0 (answer, "rename") != 0 || sessions == NULL)
    return;

  /* An empty name is no name: the gateway makes its own title again. */
  mz_session_list_rename_async (sessions, job->key, *name != '\0' ? name : NULL, self->cancellable, patched_cb,
                                job_new (self, job->gateway, job->key, _("The conversation could not be renamed")));
}

static const char *
get_title (MzGateway  *gateway,
           const char *key)
{
  MzSessionList *sessions = mz_gateway_get_sessions (gateway);
  MzSessionRow *row = sessions != NULL ? mz_session_list_lookup (sessions, key) : NULL;

  return row != NULL ? mz_session_row_get_title (row) : _("Conversation");
}

static void
send_deletion (Deletion *deletion);

static void
remove_deletion (Deletion *deletion)
{
  MzSessionActions *self = deletion->actions;
  g_autoptr (MzGateway) gateway = g_object_ref (deletion->gateway);

  g_ptr_array_remove (self->deletions, deletion);
  g_signal_emit (self, signals[HIDDEN_CHANGED], 0, gateway);
}

static void
deleted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;

  if (!mz_session_list_delete_finish (MZ_SESSION_LIST (source), result, &error))
    show_failure (job->actions, job->failure, error);

  /* Gone from the list by now, or back in it. */
  for (guint i = 0; i < job->actions->deletions->len; i++)
    {
      Deletion *deletion = g_ptr_array_index (job->actions->deletions, i);

      if (deletion->sent && deletion->gateway == job->gateway && g_strcmp0 (deletion->key, job->key) == 0)
        {
          remove_deletion (deletion);
          break;
        }
    }
}

static void
send_deletion (Deletion *deletion)
{
  MzSessionActions *self = deletion->actions;
  MzSessionList *sessions = mz_gateway_get_sessions (deletion->gateway);

  if (deletion->sent)
    return;

  deletion->sent = TRUE;
  if (sessions == NULL)
    {
      remove_deletion (deletion);
      return;
    }

  /* Not cancelled with the window: the person has decided. */
  mz_session_list_delete_async (sessions, deletion->key, NULL, deleted_cb,
                                job_new (self, deletion->gateway, deletion->key, _("The conversation could not be deleted")));
}

static void
toast_dismissed_cb (AdwToast *toast,
                    Deletion *deletion)
{
  if (deletion->undone)
    remove_deletion (deletion);
  else
    send_deletion (deletion);
}

static void
toast_undo_cb (AdwToast *toast,
               Deletion *deletion)
{
  deletion->undone = TRUE;
}

static void
mz_session_actions_dispose (GObject *object)
{
  MzSessionActions *self = MZ_SESSION_ACTIONS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->overlay != NULL)
    g_object_remove_weak_pointer (G_OBJECT (self->overlay), (gpointer *) &self->overlay);
  self->overlay = NULL;
  g_clear_pointer (&self->deletions, g_ptr_array_unref);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (mz_session_actions_parent_class)->dispose (object);
}

static void
mz_session_actions_class_init (MzSessionActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mz_session_actions_dispose;

  /**
   * MzSessionActions::hidden-changed:
   * @self: the actions
   * @gateway: whose conversations are to be looked at again
   *
   * A conversation was hidden, or is to be seen again.
   */
  signals[HIDDEN_CHANGED] = g_signal_new ("hidden-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, MZ_TYPE_GATEWAY);
}

static void
mz_session_actions_init (MzSessionActions *self)
{
  self->cancellable = g_cancellable_new ();
  self->deletions = g_ptr_array_new_with_free_func (deletion_free);
}

/**
 * mz_session_actions_new:
 * @overlay: where toasts are shown
 *
 * Does things to conversations.
 *
 * Returns: (transfer full): a new object
 */
MzSessionActions *
mz_session_actions_new (AdwToastOverlay *overlay)
{
  MzSessionActions *self;

  g_return_val_if_fail (ADW_IS_TOAST_OVERLAY (overlay), NULL);

  self = g_object_new (MZ_TYPE_SESSION_ACTIONS, NULL);
  self->overlay = overlay;
  g_object_add_weak_pointer (G_OBJECT (overlay), (gpointer *) &self->overlay);

  return self;
}

/**
 * mz_session_actions_rename:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 *
 * Asks for a name and sets it.
 */
void
mz_session_actions_rename (MzSessionActions *self,
                           MzGateway        *gateway,
                           const char       *key)
{
  const char *answers[] = { "cancel", _("Cancel"), "rename", _("Rename"), NULL };
  MzSessionRow *row;
  GtkWidget *entry;
  Job *job;

  g_return_if_fail (MZ_IS_SESSION_ACTIONS (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  if (!may_act (self, gateway))
    return;

  row = mz_session_list_lookup (mz_gateway_get_sessions (gateway), key);
  entry = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (entry), row != NULL && mz_session_row_get_label (row) != NULL ? mz_session_row_get_label (row)
                                                                                                    : get_title (gateway, key));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  gtk_editable_select_region (GTK_EDITABLE (entry), 0, -1);

  job = job_new (self, gateway, key, NULL);
  job->entry = g_object_ref_sink (GTK_EDITABLE (entry));
  mz_compat_ask_async (GTK_WIDGET (self->overlay), _("Rename conversation"), _("An empty name lets the gateway choose one."), entry, answers,
                       "rename", NULL, "rename", self->cancellable, name_chosen_cb, job);
}

/**
 * mz_session_actions_set_pinned:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 * @pinned: whether it is kept at the top
 *
 * Pins or unpins.
 */
void
mz_session_actions_set_pinned (MzSessionActions *self,
                               MzGateway        *gateway,
                               const char       *key,
                               gboolean          pinned)
{
  g_return_if_fail (MZ_IS_SESSION_ACTIONS (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  if (may_act (self, gateway))
    mz_session_list_set_pinned_async (mz_gateway_get_sessions (gateway), key, pinned, self->cancellable, patched_cb,
                                      job_new (self, gateway, key, pinned ? _("The conversation could not be pinned") : _("The conversation could not be unpinned")));
}

/**
 * mz_session_actions_set_archived:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 * @archived: whether it is put away
 *
 * Archives, or takes it back.
 */
void
mz_session_actions_set_archived (MzSessionActions *self,
                                 MzGateway        *gateway,
                                 const char       *key,
                                 gboolean          archived)
{
  g_return_if_fail (MZ_IS_SESSION_ACTIONS (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  if (may_act (self, gateway))
    mz_session_list_set_archived_async (mz_gateway_get_sessions (gateway), key, archived, self->cancellable, patched_cb,
                                        job_new (self, gateway, key, _("The conversation could not be archived")));
}

/**
 * mz_session_actions_set_unread:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 * @unread: whether it is marked
 *
 * Marks it as unread or read.
 */
void
mz_session_actions_set_unread (MzSessionActions *self,
                               MzGateway        *gateway,
                               const char       *key,
                               gboolean          unread)
{
  g_return_if_fail (MZ_IS_SESSION_ACTIONS (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  if (may_act (self, gateway))
    mz_session_list_set_unread_async (mz_gateway_get_sessions (gateway), key, unread, self->cancellable, patched_cb,
                                      job_new (self, gateway, key, _("The conversation could not be marked")));
}

/**
 * mz_session_actions_set_model:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 * @model: (nullable): "provider/id", %NULL for the agent's own
 *
 * Chooses which model answers.
 */
void
mz_session_actions_set_model (MzSessionActions *self,
                              MzGateway        *gateway,
                              const char       *key,
                              const char       *model)
{
  g_return_if_fail (MZ_IS_SESSION_ACTIONS (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  if (may_act (self, gateway))
    mz_session_list_set_model_async (mz_gateway_get_sessions (gateway), key, model, self->cancellable, patched_cb,
                                     job_new (self, gateway, key, _("The model could not be changed")));
}

/**
 * mz_session_actions_set_thinking:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 * @level: (nullable): one of the model's levels, %NULL for its own
 *
 * Chooses how much the model thinks.
 */
void
mz_session_actions_set_thinking (MzSessionActions *self,
                                 MzGateway        *gateway,
                                 const char       *key,
                                 const char       *level)
{
  g_return_if_fail (MZ_IS_SESSION_ACTIONS (self));
  g_return_if_fail (MZ_IS_GATEWAY (gateway));
  g_return_if_fail (key != NULL);

  if (may_act (self, gateway))
    mz_session_list_set_thinking_level_async (mz_gateway_get_sessions (gateway), key, level, self->cancellable, patched_cb,
                                              job_new (self, gateway, key, _("The thinking level could not be changed")));
}

/**
 * mz_session_actions_delete:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 *
 * Hides it at once, and deletes it when nobody said "Undo".
 *
 * Returns: %FALSE when it cannot be done now, which was said
 */
gboolean
mz_session_actions_delete (MzSessionActions *self,
                           MzGateway        *gateway,
                           const char       *key)
{
  Deletion *deletion;
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;

  g_return_val_if_fail (MZ_IS_SESSION_ACTIONS (self), FALSE);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  if (!may_act (self, gateway) || mz_session_actions_is_hidden (self, gateway, key))
    return FALSE;

  deletion = g_new0 (Deletion, 1);
  deletion->actions = self;
  deletion->gateway = g_object_ref (gateway);
  deletion->key = g_strdup (key);
  deletion->title = g_strdup (get_title (gateway, key));
  text = g_strdup_printf (_("“%s” deleted"), deletion->title);
  escaped = g_markup_escape_text (text, -1);
  deletion->toast = g_object_ref_sink (adw_toast_new (escaped));
  adw_toast_set_button_label (deletion->toast, _("Undo"));
  g_signal_connect (deletion->toast, "button-clicked", G_CALLBACK (toast_undo_cb), deletion);
  g_signal_connect (deletion->toast, "dismissed", G_CALLBACK (toast_dismissed_cb), deletion);
  g_ptr_array_add (self->deletions, deletion);
  g_signal_emit (self, signals[HIDDEN_CHANGED], 0, gateway);
  adw_toast_overlay_add_toast (self->overlay, g_object_ref (deletion->toast));

  return TRUE;
}

/**
 * mz_session_actions_is_hidden:
 * @self: the actions
 * @gateway: a gateway
 * @key: a conversation of it
 *
 * Whether the conversation is being deleted.
 *
 * Returns: %TRUE if it is not to be shown
 */
gboolean
mz_session_actions_is_hidden (MzSessionActions *self,
                              MzGateway        *gateway,
                              const char       *key)
{
  g_return_val_if_fail (MZ_IS_SESSION_ACTIONS (self), FALSE);

  for (guint i = 0; i < self->deletions->len; i++)
    {
      Deletion *deletion = g_ptr_array_index (self->deletions, i);

      if (!deletion->undone && deletion->gateway == gateway && g_strcmp0 (deletion->key, key) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * mz_session_actions_flush:
 * @self: the actions
 *
 * The window closes: what was deleted and not undone is deleted now.
 */
void
mz_session_actions_flush (MzSessionActions *self)
{
  g_autoptr (GPtrArray) deletions = NULL;

  g_return_if_fail (MZ_IS_SESSION_ACTIONS (self));

  /* One that cannot be sent leaves the array. */
  deletions = g_ptr_array_copy (self->deletions, NULL, NULL);
  g_ptr_array_set_free_func (deletions, NULL);
  for (guint i = 0; i < deletions->len; i++)
    {
      Deletion *deletion = g_ptr_array_index (deletions, i);

      if (!deletion->undone)
        send_deletion (deletion);
    }
}
