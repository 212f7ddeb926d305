/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-net"

#include "config.h"

#include "mz-net-error.h"

#include <errno.h>
#include <libintl.h>

/* GTlsError tells less than the TLS library knows: an end of file comes as G_TLS_ERROR_NOT_TLS, plain text and every
 * alert as G_TLS_ERROR_MISC. The rest stands in the message only, in the library's words and the
 * person's language. */
#define GNUTLS_DOMAIN "gnutls30"

/* GNUTLS_E_UNEXPECTED_PACKET: the first bytes are no TLS record */
#define TEXT_NOT_TLS "An unexpected TLS packet was received."

/* GNUTLS_E_PREMATURE_TERMINATION */
#define TEXT_EOF "The TLS connection was non-properly terminated."

/* Alerts, RFC 8446 §6.2. Tailscale's and Go's servers answer internal_error when they have no certificate for the
 * name. */
static const struct
{
  const char *text;
  MzNetError code;
} alerts[] = {
  { "Internal error", MZ_NET_ERROR_TLS_NO_CERTIFICATE },
  { "The server name sent was not recognized", MZ_NET_ERROR_TLS_NO_CERTIFICATE },
  { "Could not retrieve the specified certificate", MZ_NET_ERROR_TLS_NO_CERTIFICATE },
  { "Error in protocol version", MZ_NET_ERROR_TLS_VERSION },
};

G_DEFINE_QUARK (mz-net-error-quark, mz_net_error)

/* Whether @message ends in @cause after a colon, as "what failed: why". */
static gboolean
message_has_cause (const char *message,
                   const char *cause)
{
  g_autofree char *suffix = g_strconcat (": ", cause, NULL);

  return g_str_has_suffix (message, suffix);
}

static gboolean
message_has_gnutls_cause (const char *message,
                          const char *cause)
{
  return message_has_cause (message, cause) || message_has_cause (message, dgettext (GNUTLS_DOMAIN, cause));
}

static MzNetError
classify_tls (const GError *error,
              MzPhase       phase)
{
  const char *message = error->message;

  switch (error->code)
    {
    case G_TLS_ERROR_BAD_CERTIFICATE:
      return MZ_NET_ERROR_TLS_UNTRUSTED;

    case G_TLS_ERROR_EOF:
      return MZ_NET_ERROR_CLOSED;

    case G_TLS_ERROR_NOT_TLS:
      if (message_has_gnutls_cause (message, TEXT_EOF) ||
          message_has_cause (message, g_strerror (ECONNRESET)) ||
          message_has_cause (message, g_strerror (EPIPE)))
        return MZ_NET_ERROR_CLOSED;
      return MZ_NET_ERROR_NOT_TLS;

    case G_TLS_ERROR_MISC:
    case G_TLS_ERROR_HANDSHAKE:
      if (phase == MZ_PHASE_TLS && message_has_gnutls_cause (message, TEXT_NOT_TLS))
        return MZ_NET_ERROR_NOT_TLS;
      for (guint i = 0; i < G_N_ELEMENTS (alerts); i++)
        if (message_has_gnutls_cause (message, alerts[i].text))
          return alerts[i].code;
      return MZ_NET_ERROR_TLS;

    default:
      return MZ_NET_ERROR_TLS;
    }
}

static MzNetError
classify_io (const GError *error,
             MzPhase       phase)
{
  switch (error->code)
    {
    case G_IO_ERROR_CANCELLED:
      return MZ_NET_ERROR_CANCELLED;
    case G_IO_ERROR_TIMED_OUT:
      return MZ_NET_ERROR_TIMED_OUT;
    case G_IO_ERROR_HOST_NOT_FOUND:
      return MZ_NET_ERROR_NAME_NOT_FOUND;
    case G_IO_ERROR_CONNECTION_REFUSED:
      return MZ_NET_ERROR_REFUSED;
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return MZ_NET_ERROR_UNREACHABLE;

    /* The same as G_IO_ERROR_BROKEN_PIPE */
    case G_IO_ERROR_CONNECTION_CLOSED:
    case G_IO_ERROR_PARTIAL_INPUT:
      return MZ_NET_ERROR_CLOSED;

    case G_IO_ERROR_PROXY_FAILED:
    case G_IO_ERROR_PROXY_AUTH_FAILED:
    case G_IO_ERROR_PROXY_NEED_AUTH:
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return MZ_NET_ERROR_PROXY;

    /* connect(2) says so when a local firewall forbids it (EACCES, EPERM), when this kernel has no such address family
     * (EAFNOSUPPORT), or when a link-local address has no zone (EINVAL). */
    case G_IO_ERROR_PERMISSION_DENIED:
    case G_IO_ERROR_NOT_SUPPORTED:
    case G_IO_ERROR_INVALID_ARGUMENT:
      return phase == MZ_PHASE_CONNECT ? MZ_NET_ERROR_UNREACHABLE : MZ_NET_ERROR_FAILED;

    default:
      return MZ_NET_ERROR_FAILED;
    }
}

/**
 * mz_net_error_to_string:
 * @code: an error's code
 *
 * Gets the stable name of an error's code, such as `name-not-found`.
 *
 * Returns: (transfer none): the name
 */
const char *
mz_net_error_to_string (MzNetError code)
{
  switch (code)
    {
    case MZ_NET_ERROR_INVALID_ADDRESS:
      return "invalid-address";
    case MZ_NET_ERROR_SECRET_IN_ADDRESS:
      return "secret-in-address";
    case MZ_NET_ERROR_NAME_NOT_FOUND:
      return "name-not-found";
    case MZ_NET_ERROR_NO_IPV4:
      return "no-ipv4";
    case MZ_NET_ERROR_RESOLVER:
      return "resolver";
    case MZ_NET_ERROR_REFUSED:
      return "refused";
    case MZ_NET_ERROR_UNREACHABLE:
      return "unreachable";
    case MZ_NET_ERROR_CLOSED:
      return "closed";
    case MZ_NET_ERROR_TIMED_OUT:
      return "timed-out";
    case MZ_NET_ERROR_PROXY:
      return "proxy";
    case MZ_NET_ERROR_NOT_TLS:
      return "not-tls";
    case MZ_NET_ERROR_TLS_UNTRUSTED:
      return "tls-untrusted";
    case MZ_NET_ERROR_TLS_NAME:
      return "tls-name";
    case MZ_NET_ERROR_TLS_EXPIRED:
      return "tls-expired";
    case MZ_NET_ERROR_TLS_PIN_MISMATCH:
      return "tls-pin-mismatch";
    case MZ_NET_ERROR_TLS_NO_CERTIFICATE:
      return "tls-no-certificate";
    case MZ_NET_ERROR_TLS_VERSION:
      return "tls-version";
    case MZ_NET_ERROR_TLS:
      return "tls";
    case MZ_NET_ERROR_CANCELLED:
      return "cancelled";
    case MZ_NET_ERROR_FAILED:
      return "failed";
    default:
      g_return_val_if_reached ("failed");
    }
}

/**
 * mz_net_error_classify:
 * @error: an error of GIO's, GTls', the resolver's or of this domain
 * @phase: the phase in which it came up
 *
 * Finds out which of the connector's errors another error is. One of this domain stays what it is.
 *
 * Certificates: `GTls` only says that one was not accepted, which gives %MZ_NET_ERROR_TLS_UNTRUSTED; who knows the
 * certificate's flags asks mz_tls_policy_judge().
 *
 * Returns: the code
 */
MzNetError
mz_net_error_classify (const GError *error,
                       MzPhase       phase)
{
  g_return_val_if_fail (error != NULL, MZ_NET_ERROR_FAILED);

  if (error->domain == MZ_NET_ERROR)
    return (MzNetError) error->code;

  if (error->domain == G_RESOLVER_ERROR)
    return error->code == G_RESOLVER_ERROR_NOT_FOUND ? MZ_NET_ERROR_NAME_NOT_FOUND : MZ_NET_ERROR_RESOLVER;

  if (error->domain == G_TLS_ERROR)
    return classify_tls (error, phase);

  if (error->domain == G_IO_ERROR)
    return classify_io (error, phase);

  return MZ_NET_ERROR_FAILED;
}

/**
 * mz_net_error_new_from:
 * @error: an error
 * @phase: the phase in which it came up
 *
 * Makes the connector's error of another one. The message is kept.
 *
 * Returns: (transfer full): an error of domain %MZ_NET_ERROR
 */
GError *
mz_net_error_new_from (const GError *error,
                       MzPhase       phase)
{
  g_return_val_if_fail (error != NULL, NULL);

  return g_error_new_literal (MZ_NET_ERROR, (int) mz_net_error_classify (error, phase), error->message);
}
