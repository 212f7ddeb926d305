/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-diagnosis-private.h"

#include <glib/gi18n-lib.h>

/* What became of a connection that was ready: the circumstances say more than the way it ended. */

/* RFC 6455, section 7.4.1; 1006 is what is told where no close frame came. */
#define CLOSE_NORMAL 1000
#define CLOSE_GOING_AWAY 1001
#define CLOSE_ABNORMAL 1006

/* Once may be a restart, twice a coincidence. */
#define FLAPPING_FROM 3

/* It ended without a word of why. */
static gboolean
ended_wordless (const GError *error)
{
  switch ((MzGatewayError) error->code)
    {
    case MZ_GATEWAY_ERROR_TIMED_OUT:
      return TRUE;
    case MZ_GATEWAY_ERROR_CLOSED:
      return mz_gateway_error_get_close_code (error) == CLOSE_NORMAL || mz_gateway_error_get_close_code (error) == CLOSE_GOING_AWAY ||
             mz_gateway_error_get_close_code (error) == CLOSE_ABNORMAL;
    default:
      return FALSE;
    }
}

static MzDiagnosis *
diagnose_flapping (const MzFailure *f)
{
  int flaps = (int) mz_trace_get_flaps (f->trace);

  return mz_diagnosis_new ("flapping", _("The connection is dropped again and again"),
                           mz_diagnosis_say (_("%s let this device in, and then %d connections in a row ended within seconds. A proxy "
                                               "between, or the gateway itself, drops them."),
                                             f->host, flaps),
                           g_strdup (_("Look at the proxy in front of the gateway (does it let WebSockets stay open?) and at the gateway’s "
                                       "log. Moltzer goes on trying, more and more slowly.")));
}

/* What the gateway announced counts however the connection ended then. */
static MzDiagnosis *
diagnose_circumstance (const MzFailure *f)
{
  switch (mz_trace_get_circumstance (f->trace))
    {
    case MZ_CIRCUMSTANCE_SHUTDOWN:
      return mz_diagnosis_new ("shutdown", _("The gateway restarts"),
                               mz_diagnosis_say (_("%s said that it restarts, and closed the connection."), f->host),
                               g_strdup (_("Nothing: Moltzer connects again.")));
    case MZ_CIRCUMSTANCE_NETWORK_CHANGED:
      if (!ended_wordless (f->error))
        return NULL;
      return mz_diagnosis_new ("network-change", _("This computer’s network has changed"),
                               mz_diagnosis_say (_("The connection to %s did not survive it."), f->host),
                               g_strdup (_("Nothing: Moltzer connects again.")));
    case MZ_CIRCUMSTANCE_RESUMED:
      if (!ended_wordless (f->error))
        return NULL;
      return mz_diagnosis_new ("resume", _("This computer was asleep"),
                               mz_diagnosis_say (_("The connection to %s did not outlast it."), f->host),
                               g_strdup (_("Nothing: Moltzer connects again.")));
    case MZ_CIRCUMSTANCE_NONE:
    default:
      return NULL;
    }
}

/* NULL where no connection was lost, or the way it ended says enough. */
MzDiagnosis *
mz_diagnosis_of_loss (const MzFailure *f)
{
  MzDiagnosis *diagnosis;

  if (mz_trace_get_ready_us (f->trace) == 0 || f->error->domain != MZ_GATEWAY_ERROR ||
      (f->error->code != MZ_GATEWAY_ERROR_CLOSED && f->error->code != MZ_GATEWAY_ERROR_TIMED_OUT))
    return NULL;

  diagnosis = diagnose_circumstance (f);
  if (diagnosis == NULL && ended_wordless (f->error) && mz_trace_get_flaps (f->trace) >= FLAPPING_FROM)
    diagnosis = diagnose_flapping (f);
  return diagnosis;
}

/* NULL unless something that was asked for is not allowed. */
MzDiagnosis *
mz_diagnosis_of_scopes (MzTrace *trace)
{
  const char *missing = mz_trace_get_missing_scopes (trace);
  const char *host = mz_endpoint_get_display_host (mz_trace_get_endpoint (trace));

  if (missing == NULL)
    return NULL;

  return mz_diagnosis_new ("scope-limited", _("Connected, with fewer permissions than asked for"),
                           mz_diagnosis_say (_("%s did not grant this device: %s. What needs them will be refused."), host, missing),
                           g_strdup (_("On the gateway’s computer, allow this device more (“openclaw devices list” shows it), and connect "
                                       "again.")));
}
