/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-approval-list-private.h"

#include "mz-gateway-error.h"

/* A person's word on a command. */

typedef struct
{
  MzApproval *approval;
  char *decision;
} Resolve;

static void
resolve_free (gpointer data)
{
  Resolve *request = data;

  g_object_unref (request->approval);
  g_free (request->decision);
  g_free (request);
}

static void
resolve_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = mz_client_request_finish (MZ_CLIENT (source), result, &error);
  MzApprovalList *self = g_task_get_source_object (task);
  Resolve *request = g_task_get_task_data (task);

  if (error == NULL)
    mz_approval_list_settle (self, mz_approval_get_id (request->approval), request->decision);
  mz_approval_list_set_resolving (self, mz_approval_get_id (request->approval), FALSE, error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * mz_approval_list_resolve_async:
 * @self: a list
 * @approval: one of its approvals
 * @decision: "allow-once", "allow-always" or "deny"
 * @cancellable: (nullable): a cancellable
 * @callback: called when the gateway has answered
 * @user_data: for @callback
 *
 * Answers an approval. A decision that the gateway does not allow for it fails with %MZ_GATEWAY_ERROR_UNSUPPORTED, and one while another
 * is on its way with %MZ_GATEWAY_ERROR_REJECTED; nothing is sent then.
 */
void
mz_approval_list_resolve_async (MzApprovalList      *self,
                                MzApproval          *approval,
                                const char          *decision,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  JsonNode *params;
  JsonObject *object;
  Resolve *request;

  g_return_if_fail (MZ_IS_APPROVAL_LIST (self));
  g_return_if_fail (MZ_IS_APPROVAL (approval));
  g_return_if_fail (decision != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mz_approval_list_resolve_async);

  if (!mz_approval_allows (approval, decision))
    {
      g_autofree char *allowed = g_strjoinv (", ", (GStrv) mz_approval_get_allowed_decisions (approval));

      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_UNSUPPORTED,
                               "The gateway does not take “%s” for this command, only: %s", decision, allowed);
      return;
    }
  if (mz_approval_list_is_resolving (self, mz_approval_get_id (approval)))
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_REJECTED, "This command has been answered, and the gateway is being told");
      return;
    }
  if (self->client == NULL)
    {
      g_task_return_new_error (task, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_NOT_CONNECTED, "Not connected");
      return;
    }

  request = g_new0 (Resolve, 1);
  request->approval = g_object_ref (approval);
  request->decision = g_strdup (decision);
  g_task_set_task_data (task, request, resolve_free);

  mz_approval_list_set_resolving (self, mz_approval_get_id (approval), TRUE, NULL);
  params = json_node_alloc ();
  object = json_object_new ();
  json_object_set_string_member (object, "id", mz_approval_get_id (approval));
  json_object_set_string_member (object, "decision", decision);
  json_node_init_object (params, object);
  json_object_unref (object);
  mz_client_request_async (self->client, "exec.approval.resolve", params, 0, cancellable, resolve_cb, g_steal_pointer (&task));
}

/**
 * mz_approval_list_resolve_finish:
 * @self: a list
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether the gateway has taken the answer
 */
gboolean
mz_approval_list_resolve_finish (MzApprovalList  *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  g_return_val_if_fail (MZ_IS_APPROVAL_LIST (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
