/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-app"

#include "config.h"

#include "mz-gateway-private.h"

#include <glib/gi18n-lib.h>

#include "mz-host-facts.h"

/* Why a gateway is not connected, and what would mend it. */

/* Diagnoses that trusting the certificate mends. */
static const char * const pin_mends[] = { "tls-untrusted", "tls-name", "tls-expired", "tls-pin-mismatch", NULL };

static MzDiagnosis *
diagnose_address (const GError *error)
{
  MzDiagnosis *diagnosis = g_new0 (MzDiagnosis, 1);

  diagnosis->id = "invalid-address";
  diagnosis->headline = g_strdup (_("The address cannot be understood"));
  diagnosis->explanation = g_strdup (error->message);
  diagnosis->fix = g_strdup (_("Check the gateway’s address."));
  return diagnosis;
}

/* @trace: (nullable): of the dial that failed; without one the address is to blame. @error: (nullable): NULL when all is well */
void
mz_gateway_set_failure (MzGateway    *self,
                        MzTrace      *trace,
                        const GError *error)
{
  g_clear_error (&self->failure);
  g_clear_pointer (&self->diagnosis, mz_diagnosis_free);
  g_clear_object (&self->failed_trace);
  if (error == NULL)
    return;

  self->failure = g_error_copy (error);
  g_set_object (&self->failed_trace, trace);
  self->diagnosis = mz_gateway_diagnose (self);
}

/**
 * mz_gateway_diagnose:
 *
 * Returns: (transfer full) (nullable): what is known of the last failure; %NULL while all is well
 */
MzDiagnosis *
mz_gateway_diagnose (MzGateway *self)
{
  MzHostFacts facts;

  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  if (self->failure == NULL)
    return NULL;
  if (self->failed_trace == NULL)
    return diagnose_address (self->failure);

  facts = mz_host_facts_collect (mz_platform_current ());
  return mz_diagnosis_of (self->failed_trace, &facts, self->failure);
}

/**
 * mz_gateway_dup_offered_pin:
 *
 * Returns: (transfer full) (nullable): the fingerprint of the certificate that the last dial met, when trusting it would mend the failure
 */
char *
mz_gateway_dup_offered_pin (MzGateway *self)
{
  MzTraceAttempt *attempt;

  g_return_val_if_fail (MZ_IS_GATEWAY (self), NULL);

  if (self->failed_trace == NULL || self->diagnosis == NULL || !g_strv_contains (pin_mends, self->diagnosis->id))
    return NULL;

  attempt = mz_trace_get_deepest (self->failed_trace);
  return attempt != NULL ? g_strdup (mz_trace_attempt_get_fingerprint (attempt)) : NULL;
}

/**
 * mz_gateway_wants_plaintext:
 *
 * Returns: whether the last dial would only have worked without encryption, and the person's consent would be enough
 */
gboolean
mz_gateway_wants_plaintext (MzGateway *self)
{
  g_return_val_if_fail (MZ_IS_GATEWAY (self), FALSE);

  return g_error_matches (self->failure, MZ_GATEWAY_ERROR, MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT);
}
