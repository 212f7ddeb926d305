/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-core-private.h"

#include "mz-gateway-private.h"
#include "mz-host-facts.h"
#include "mz-report.h"
#include "mz-secret.h"

/* What a person can paste into an issue: see mz_report_new(). */

static void
add_secret (GPtrArray  *secrets,
            const char *secret)
{
  if (secret != NULL && *secret != '\0')
    g_ptr_array_add (secrets, g_strdup (secret));
}

/* Of every gateway: the log is of all of them. */
static GPtrArray *
list_secrets (MzCore *self)
{
  GPtrArray *secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) mz_secret_free);
  g_auto (GStrv) names = self->identity != NULL ? mz_identity_list_gateways (self->identity) : NULL;
  GPtrArray *arrays[] = { self->gateways, self->tried };

  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    for (guint j = 0; j < arrays[i]->len; j++)
      add_secret (secrets, ((MzGateway *) g_ptr_array_index (arrays[i], j))->secret);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    add_secret (secrets, mz_identity_get_device_token (self->identity, names[i]));
  g_ptr_array_add (secrets, NULL);
  return secrets;
}

static void
endpoint_free (gpointer endpoint)
{
  if (endpoint != NULL)
    mz_endpoint_unref (endpoint);
}

static void
add_endpoint (GPtrArray *endpoints,
              MzGateway *gateway)
{
  MzEndpoint *endpoint = mz_gateway_entry_dup_endpoint (mz_gateway_get_entry (gateway));

  if (endpoint != NULL)
    g_ptr_array_add (endpoints, endpoint);
}

/* Of every gateway, and of @gateway, which may be none of them any more. */
static GPtrArray *
list_endpoints (MzCore    *self,
                MzGateway *gateway)
{
  GPtrArray *endpoints = g_ptr_array_new_with_free_func (endpoint_free);
  GPtrArray *arrays[] = { self->gateways, self->tried };

  add_endpoint (endpoints, gateway);
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    for (guint j = 0; j < arrays[i]->len; j++)
      add_endpoint (endpoints, g_ptr_array_index (arrays[i], j));
  g_ptr_array_add (endpoints, NULL);
  return endpoints;
}

/**
 * mz_core_set_log:
 * @log: (nullable): where the last lines of the log are kept, for reports
 */
void
mz_core_set_log (MzCore    *self,
                 MzLogBook *log)
{
  g_return_if_fail (MZ_IS_CORE (self));

  g_clear_pointer (&self->log, mz_log_book_unref);
  self->log = log != NULL ? mz_log_book_ref (log) : NULL;
}

/**
 * mz_core_dup_report:
 * @gateway: whose connection it is about
 * @trace: (nullable): a dial
 * @diagnosis: (nullable): what is to be said about it
 * @toolkit: (nullable): the toolkit and its version
 *
 * Returns: (transfer full): the report, without secrets, names and addresses
 */
char *
mz_core_dup_report (MzCore            *self,
                    MzGateway         *gateway,
                    MzTrace           *trace,
                    const MzDiagnosis *diagnosis,
                    const char        *toolkit)
{
  MzHostFacts facts = mz_host_facts_collect (mz_platform_current ());
  g_autoptr (GPtrArray) secrets = NULL;
  g_autoptr (GPtrArray) endpoints = NULL;
  g_auto (GStrv) log = NULL;
  MzReportInput input = { .trace = trace, .diagnosis = diagnosis, .facts = &facts, .toolkit = toolkit };

  g_return_val_if_fail (MZ_IS_CORE (self), NULL);
  g_return_val_if_fail (MZ_IS_GATEWAY (gateway), NULL);

  secrets = list_secrets (self);
  endpoints = list_endpoints (self, gateway);
  log = self->log != NULL ? mz_log_book_dup_lines (self->log) : NULL;
  input.secrets = (const char * const *) secrets->pdata;
  input.endpoints = (MzEndpoint * const *) endpoints->pdata;
  input.log = (const char * const *) log;
  return mz_report_new (&input);
}
