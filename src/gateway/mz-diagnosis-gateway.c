/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-diagnosis-private.h"

#include <glib/gi18n-lib.h>

#include "mz-handshake.h"

/* RFC 6455, section 7.4.1, and IANA's registry of close codes. */
#define CLOSE_GOING_AWAY 1001
#define CLOSE_POLICY 1008
#define CLOSE_TOO_BIG 1009
#define CLOSE_SERVICE_RESTART 1012
#define CLOSE_TRY_AGAIN_LATER 1013

/* What a gateway gives as the reason when it drops a client that reads too slowly (close 1008). */
#define REASON_SLOW_CONSUMER "slow consumer"

typedef enum
{
  AUTH_MISSING,
  AUTH_WRONG,
  AUTH_DEVICE_TOKEN,
  AUTH_CLOCK,
  AUTH_DEVICE,
} AuthKind;

/* gateway-protocol, ConnectErrorDetailCodes; what is not here is AUTH_WRONG. */
static const struct
{
  const char *code;
  AuthKind kind;
} auth_kinds[] = {
  { "AUTH_REQUIRED", AUTH_MISSING },
  { "AUTH_TOKEN_MISSING", AUTH_MISSING },
  { "AUTH_PASSWORD_MISSING", AUTH_MISSING },
  { "AUTH_DEVICE_TOKEN_MISMATCH", AUTH_DEVICE_TOKEN },
  { "AUTH_SCOPE_MISMATCH", AUTH_DEVICE_TOKEN },
  { "DEVICE_AUTH_SIGNATURE_EXPIRED", AUTH_CLOCK },
  { "DEVICE_AUTH_INVALID", AUTH_DEVICE },
  { "DEVICE_AUTH_DEVICE_ID_MISMATCH", AUTH_DEVICE },
  { "DEVICE_AUTH_NONCE_REQUIRED", AUTH_DEVICE },
  { "DEVICE_AUTH_NONCE_MISMATCH", AUTH_DEVICE },
  { "DEVICE_AUTH_SIGNATURE_INVALID", AUTH_DEVICE },
  { "DEVICE_AUTH_PUBLIC_KEY_INVALID", AUTH_DEVICE },
};

static AuthKind
auth_kind_of (const GError *error)
{
  const char *code = mz_gateway_error_get_detail_code (error);

  if (code == NULL)
    code = mz_gateway_error_get_code (error);
  for (guint i = 0; i < G_N_ELEMENTS (auth_kinds); i++)
    {
      if (g_strcmp0 (code, auth_kinds[i].code) == 0)
        return auth_kinds[i].kind;
    }
  return AUTH_WRONG;
}

static MzDiagnosis *
diagnose_rejected (const MzFailure *f)
{
  return mz_diagnosis_new ("client-rejected", _("The gateway does not let this app in"),
                           mz_diagnosis_say (_("%s refused this client: %s"), f->host, f->error->message),
                           g_strdup (_("Update both Moltzer and the gateway; the gateway’s log says why it refused.")));
}

static MzDiagnosis *
diagnose_auth (const MzFailure *f)
{
  switch (auth_kind_of (f->error))
    {
    case AUTH_MISSING:
      return mz_diagnosis_new ("auth-missing", _("The gateway asks for a token or password"),
                               mz_diagnosis_say (_("%s lets nobody in without one, and none was given."), f->host),
                               g_strdup (_("Enter the gateway’s token or password (gateway.auth in its configuration).")));
    case AUTH_DEVICE_TOKEN:
      return mz_diagnosis_new ("auth-device-token", _("The gateway no longer accepts this device’s token"),
                               mz_diagnosis_say (_("The token that %s gave this device was taken back or does not cover "
                                                   "what is asked for."),
                                                 f->host),
                               g_strdup (_("Enter the gateway’s token or password once more, or pair this device again.")));
    case AUTH_CLOCK:
      return mz_diagnosis_new ("device-clock", _("The gateway found the login too old"),
                               mz_diagnosis_say (_("%s did not accept the time of this device’s signature."), f->host),
                               g_strdup (_("Check the clocks of both computers, and try again.")));
    case AUTH_DEVICE:
      return diagnose_rejected (f);
    case AUTH_WRONG:
    default:
      return mz_diagnosis_new ("auth-token", _("The token or password is wrong"),
                               mz_diagnosis_say (_("%s refused the login: %s"), f->host, f->error->message),
                               g_strdup (_("Enter the gateway’s token or password again (gateway.auth in its "
                                           "configuration).")));
    }
}

static MzDiagnosis *
diagnose_rate_limited (const MzFailure *f)
{
  int wait_s = (int) ((mz_gateway_error_get_retry_after_ms (f->error) + 999) / 1000);

  return mz_diagnosis_new ("auth-rate-limited", _("Too many failed logins"),
                           mz_diagnosis_say (_("%s takes no more logins from here for a while."), f->host),
                           wait_s > 0 ? mz_diagnosis_say (_("Wait %d s, then check the token and try again."), wait_s)
                           : g_strdup (_("Wait a few minutes, then check the token and try again.")));
}

static MzDiagnosis *
diagnose_pairing (const MzFailure *f)
{
  const char *request_id = mz_gateway_error_get_request_id (f->error);
  const char *reason = mz_gateway_error_get_reason (f->error);
  const char *headline = _("This device waits for approval");
  MzDiagnosis *diagnosis;
  char *command;

  if (g_strcmp0 (reason, "scope-upgrade") == 0)
    headline = _("This device’s new permissions wait for approval");
  else if (g_strcmp0 (reason, "role-upgrade") == 0)
    headline = _("This device’s new role waits for approval");
  else if (g_strcmp0 (reason, "metadata-upgrade") == 0)
    headline = _("This device has changed and waits for approval again");

  /* Without an id the list tells it. */
  command = request_id != NULL ? g_strdup_printf ("openclaw devices approve %s",
                                                  request_id) : g_strdup ("openclaw devices list");
  diagnosis = mz_diagnosis_new ("pairing-required", headline,
                                mz_diagnosis_say (_("%s knows this device only after somebody has approved it there, "
                                                    "once."), f->host),
                                request_id != NULL ? mz_diagnosis_say (_("On the gateway’s computer, run: %s"), command)
                                : mz_diagnosis_say (_("On the gateway’s computer, run “%s”, and approve this device’s "
                                                      "request."), command));
  diagnosis->command = command;
  return diagnosis;
}

static MzDiagnosis *
diagnose_protocol (const MzFailure *f)
{
  int expected = (int) mz_gateway_error_get_expected_protocol (f->error);
  char *explanation, *fix;

  if (expected > 0)
    explanation = mz_diagnosis_say (_("%s speaks version %d of the protocol; this Moltzer speaks %d to %d."),
                                    f->host, expected, MZ_PROTOCOL_MIN, MZ_PROTOCOL_MAX);
  else
    explanation = mz_diagnosis_say (_("%s and this Moltzer have no version of the protocol in common: %s"),
                                    f->host, f->error->message);

  if (expected > MZ_PROTOCOL_MAX)
    fix = g_strdup (_("Update Moltzer."));
  else if (expected > 0 && expected < MZ_PROTOCOL_MIN)
    fix = g_strdup (_("Update the gateway."));
  else
    fix = g_strdup (_("Update both Moltzer and the gateway."));
  return mz_diagnosis_new ("protocol-mismatch", _("The gateway speaks another version"), explanation, fix);
}

static gboolean
is_html (MzTraceAttempt *attempt)
{
  const char *type = attempt != NULL ? mz_trace_attempt_get_http_type (attempt) : NULL;

  return type != NULL && g_ascii_strcasecmp (type, "text/html") == 0;
}

static gboolean
is_sign_in (const MzFailure *f,
            guint            status)
{
  /* 511: RFC 6585, section 6. An error's page is HTML too: only where all seems well does HTML tell something. */
  return (status >= 300 && status < 400) || status == 401 || status == 403 || status == 511 ||
         (status >= 200 && status < 300 && is_html (f->attempt)) || f->facts->captive_portal;
}

static MzDiagnosis *
diagnose_http (const MzFailure *f)
{
  guint status = mz_gateway_error_get_http_status (f->error);

  if (status == 0 && f->attempt != NULL)
    status = mz_trace_attempt_get_http_status (f->attempt);

  if (is_sign_in (f, status))
    return mz_diagnosis_new ("portal", _("A sign-in page answered instead of the gateway"),
                             mz_diagnosis_say (_("On the way to %s, port %u, something answered with HTTP status %u. It "
                                                 "may be this network’s "
                                                 "sign-in page, or a proxy that guards the gateway."), f->host, f->port, status),
                             g_strdup (_("Open the gateway’s address in a web browser, sign in there, and try again.")));
  if (status >= 502 && status <= 504)
    return mz_diagnosis_new ("http-status", _("The proxy is there, the gateway is not"),
                             mz_diagnosis_say (_("A proxy at %s, port %u, answered with HTTP status %u: it did not "
                                                 "reach the gateway behind it."),
                                               f->host, f->port, status),
                             g_strdup (_("Start the gateway, or wait until it has started.")));
  if (status == 404)
    return mz_diagnosis_new ("http-status", _("There is no gateway at this path"),
                             mz_diagnosis_say (_("A web server answers at %s, port %u, but knows nothing at %s (HTTP "
                                                 "status 404)."),
                                               f->host, f->port, mz_endpoint_get_path (f->endpoint)),
                             g_strdup (_("Check the address: the port and the path.")));
  return mz_diagnosis_new ("http-status", _("A web server answered instead of the gateway"),
                           mz_diagnosis_say (_("Something at %s, port %u, answered with HTTP status %u and did not open "
                                               "a WebSocket."),
                                             f->host, f->port, status),
                           g_strdup (_("Check the address, and the settings of the proxy in front of the gateway.")));
}

static MzDiagnosis *
diagnose_starting (const MzFailure *f)
{
  int wait_ms = (int) mz_gateway_error_get_retry_after_ms (f->error);

  return mz_diagnosis_new ("starting", _("The gateway is starting…"),
                           wait_ms > 0 ? mz_diagnosis_say (_("%s asks to come back in %d ms."), f->host, wait_ms)
                           : mz_diagnosis_say (_("%s asks to come back in a moment."), f->host),
                           g_strdup (_("Wait a moment.")));
}

static MzDiagnosis *
diagnose_half_open (const MzFailure *f)
{
  return mz_diagnosis_new ("half-open", _("The gateway fell silent"),
                           mz_diagnosis_say (_("Nothing came from %s for two of its ticks: the connection is dead, "
                                               "though nobody closed it."),
                                             f->host),
                           g_strdup (_("Nothing: Moltzer connects again.")));
}

static MzDiagnosis *
diagnose_too_large (const MzFailure *f)
{
  return mz_diagnosis_new ("too-large", _("This is more than the gateway takes"),
                           mz_diagnosis_say (_("%s has a limit for the size of messages: %s"), f->host,
                                             f->error->message),
                           g_strdup (_("Send less at once, or a smaller attachment.")));
}

static MzDiagnosis *
diagnose_closed (const MzFailure *f)
{
  guint code = mz_gateway_error_get_close_code (f->error);
  const char *reason = mz_gateway_error_get_reason (f->error);
  gboolean ready = mz_trace_get_ready_us (f->trace) > 0;

  switch (code)
    {
    case CLOSE_SERVICE_RESTART:
      return mz_diagnosis_new ("shutdown", _("The gateway restarts"),
                               mz_diagnosis_say (_("%s closed the connection to restart."), f->host),
                               g_strdup (_("Nothing: Moltzer connects again.")));
    case CLOSE_TRY_AGAIN_LATER:
      return diagnose_starting (f);
    case CLOSE_TOO_BIG:
      return diagnose_too_large (f);
    case CLOSE_POLICY:
      if (g_strcmp0 (reason, REASON_SLOW_CONSUMER) == 0)
        return mz_diagnosis_new ("slow-consumer", _("The connection was too slow for the gateway"),
                                 mz_diagnosis_say (_("%s had more to send than could be taken, and closed the "
                                                     "connection."), f->host),
                                 g_strdup (_("Nothing: Moltzer connects again and asks for less at once.")));
      return diagnose_rejected (f);
    default:
      break;
    }

  if (f->phase == MZ_PHASE_CHALLENGE && code != CLOSE_GOING_AWAY)
    return mz_diagnosis_not_gateway (f);
  return mz_diagnosis_new ("unknown", ready ? _("The connection was closed") : _("The gateway closed the connection "
                                                                                 "during the login"),
                           mz_diagnosis_say (_("%s, port %u: %s"), f->host, f->port, f->error->message),
                           g_strdup (_("Try again. If it stays like this, the gateway’s log tells more.")));
}

static MzDiagnosis *
diagnose_silence (const MzFailure *f)
{
  if (mz_trace_get_ready_us (f->trace) > 0)
    return diagnose_half_open (f);
  if (f->phase < MZ_PHASE_HELLO)
    return mz_diagnosis_not_gateway (f);
  return mz_diagnosis_new ("unknown", _("The login got no answer"),
                           mz_diagnosis_say (_("%s asked for the login and then said nothing for %.1f s."), f->host,
                                             mz_diagnosis_phase_ms (f->attempt, MZ_PHASE_HELLO) / 1000.0),
                           g_strdup (_("Try again; if it stays like this, restart the gateway.")));
}

/* Something answers, but it is no gateway. */
MzDiagnosis *
mz_diagnosis_not_gateway (const MzFailure *f)
{
  const char *what = _("It opens a WebSocket, but does not speak as a gateway does.");

  if (f->phase <= MZ_PHASE_UPGRADE)
    what = _("It takes connections, but does not answer as a gateway does.");
  return mz_diagnosis_new ("not-a-gateway", _("Something else answers there"),
                           mz_diagnosis_say (_("Something listens at %s, port %u. %s"), f->host, f->port, what),
                           g_strdup (_("Check the port; a gateway’s own is 18789, through Tailscale Serve it is 443.")));
}

/* NULL when there is no better word than the error itself. */
MzDiagnosis *
mz_diagnosis_of_gateway (const MzFailure *f)
{
  switch ((MzGatewayError) f->error->code)
    {
    case MZ_GATEWAY_ERROR_HTTP_STATUS:
      return diagnose_http (f);
    case MZ_GATEWAY_ERROR_NOT_WEBSOCKET:
    case MZ_GATEWAY_ERROR_NOT_A_GATEWAY:
      return mz_diagnosis_not_gateway (f);
    case MZ_GATEWAY_ERROR_PLAINTEXT_CONSENT:
      return mz_diagnosis_new ("needs-ws", _("This port does not speak TLS"),
                               mz_diagnosis_say (_("%s answers on port %u, but not with TLS. Without TLS others on the "
                                                   "way could read along; in your "
                                                   "own network or tailnet that may be fine."), f->host, f->port),
                               g_strdup (_("Allow plaintext for this gateway (--allow-plaintext), or set up TLS for it.")));
    case MZ_GATEWAY_ERROR_STARTING:
      return diagnose_starting (f);
    case MZ_GATEWAY_ERROR_AUTH:
      return diagnose_auth (f);
    case MZ_GATEWAY_ERROR_RATE_LIMITED:
      return diagnose_rate_limited (f);
    case MZ_GATEWAY_ERROR_PAIRING:
      return diagnose_pairing (f);
    case MZ_GATEWAY_ERROR_PROTOCOL:
      return diagnose_protocol (f);
    case MZ_GATEWAY_ERROR_REJECTED:
      return diagnose_rejected (f);
    case MZ_GATEWAY_ERROR_TOO_LARGE:
      return diagnose_too_large (f);
    case MZ_GATEWAY_ERROR_BAD_FRAME:
      return mz_trace_get_ready_us (f->trace) > 0 ? NULL : mz_diagnosis_not_gateway (f);
    case MZ_GATEWAY_ERROR_TIMED_OUT:
      return diagnose_silence (f);
    case MZ_GATEWAY_ERROR_CLOSED:
      return diagnose_closed (f);
    case MZ_GATEWAY_ERROR_REMOTE:
    case MZ_GATEWAY_ERROR_NOT_CONNECTED:
    case MZ_GATEWAY_ERROR_UNSUPPORTED:
    case MZ_GATEWAY_ERROR_IDENTITY:
    case MZ_GATEWAY_ERROR_FAILED:
    default:
      return NULL;
    }
}
