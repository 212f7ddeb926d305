/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "moltzer-gateway"

#include "config.h"

#include "mz-diagnosis-private.h"

#include <glib/gi18n-lib.h>

#include "mz-tls-policy.h"

static MzDiagnosis *
diagnose_name (const MzFailure *f)
{
  gboolean unknown = f->error->code == MZ_NET_ERROR_NAME_NOT_FOUND;

  if (mz_endpoint_is_ts_net (f->endpoint) && !f->facts->has_tailnet_address)
    return mz_diagnosis_new ("magicdns-off", _("Tailscale is not connected on this computer"),
                             mz_diagnosis_say (_("%s is a Tailscale name, and this computer has no Tailscale address."),
                                               f->host),
                             g_strdup (_("Connect Tailscale here, with MagicDNS on, and try again.")));
  if (mz_endpoint_is_ts_net (f->endpoint))
    return mz_diagnosis_new ("magicdns-off", _("The Tailscale name was not found"),
                             mz_diagnosis_say (_("Tailscale is connected, but %s is not known. Is MagicDNS on, and is "
                                                 "the name right?"), f->host),
                             g_strdup (_("Turn MagicDNS on, or use the gateway’s 100.x address (“tailscale ip -4” tells "
                                         "it there).")));
  if (g_str_has_suffix (mz_endpoint_get_host (f->endpoint), ".local") && f->facts->sandboxed)
    return mz_diagnosis_new ("sandbox-mdns", _("Names ending in .local cannot be looked up here"),
                             mz_diagnosis_say (_("Moltzer runs in a sandbox, which cannot find %s."), f->host),
                             g_strdup (_("Use the gateway’s IP address.")));
  if (unknown)
    return mz_diagnosis_new ("dns-not-found", _("Name not found"),
                             mz_diagnosis_say (_("There is no computer called %s, as far as this network’s DNS knows."),
                                               f->host),
                             g_strdup (_("Check the spelling, and whether you are on the gateway’s network.")));
  return mz_diagnosis_new ("dns-not-found", _("The name could not be looked up"),
                           mz_diagnosis_say (_("DNS failed for %s: %s"), f->host, f->error->message),
                           g_strdup (_("Check this computer’s network, and try again in a while.")));
}

static MzDiagnosis *
diagnose_tailscale_down (const MzFailure *f)
{
  return mz_diagnosis_new ("tailscale-down", _("Tailscale is not connected on this computer"),
                           mz_diagnosis_say (_("%s is reached through Tailscale, and this computer has no Tailscale "
                                               "address."), f->host),
                           g_strdup (_("Connect Tailscale here, and try again.")));
}

static MzDiagnosis *
diagnose_refused (const MzFailure *f)
{
  g_autoptr (MzEndpoint) suggestion = mz_endpoint_suggest (f->endpoint);

  if (mz_endpoint_is_ts_net (f->endpoint) && f->port == MZ_DEFAULT_PORT)
    {
      g_autofree char *serve = g_strdup_printf ("wss://%s", mz_endpoint_get_host (f->endpoint));

      return mz_diagnosis_new ("serve-port", _("Nothing listens on the gateway’s own port"),
                               mz_diagnosis_say (_("%s answers, but its port %u is closed. Tailscale Serve offers "
                                                   "gateways on port 443."),
                                                 f->host, f->port),
                               mz_diagnosis_say (_("Try %s."), serve));
    }
  return mz_diagnosis_new ("refused", _("Nothing listens on that port"),
                           mz_diagnosis_say (_("%s answers, but nothing listens on its port %u. Has the gateway "
                                               "stopped, or is it another port?"),
                                             f->host, f->port),
                           suggestion != NULL ? mz_diagnosis_say (_("Try %s, or start the gateway."),
                                                                  mz_endpoint_to_string (suggestion))
                           : g_strdup (_("Start the gateway, or check its port.")));
}

static MzDiagnosis *
diagnose_unreachable (const MzFailure *f)
{
  MzHostClass klass = mz_endpoint_get_host_class (f->endpoint);
  gboolean local = klass == MZ_HOST_CLASS_PRIVATE || klass == MZ_HOST_CLASS_LINK_LOCAL;
  g_autofree char *address = f->attempt != NULL ? mz_trace_attempt_dup_address (f->attempt) : NULL;

  return mz_diagnosis_new ("unreachable", _("There is no way to that computer"),
                           mz_diagnosis_say (_("This network has no route to %s (%s)."), f->host,
                                             address != NULL ? address : f->error->message),
                           f->facts->platform == MZ_PLATFORM_MACOS && local
                           ? g_strdup (_("Allow Moltzer in System Settings → Privacy & Security → Local Network, and "
                                         "check that both "
                                         "computers are on one network."))
                           : g_strdup (_("Check that this computer is on the gateway’s network, or that its VPN is "
                                         "connected.")));
}

/* MzFailure.error is a phase's used-up budget. */
static MzDiagnosis *
diagnose_silence (const MzFailure *f)
{
  double seconds = mz_diagnosis_phase_ms (f->attempt, f->phase) / 1000.0;

  switch (f->phase)
    {
    case MZ_PHASE_RESOLVE:
      return mz_diagnosis_new ("dns-slow", _("Looking up the name took too long"),
                               mz_diagnosis_say (_("DNS gave no answer for %s within %.1f s."), f->host, seconds),
                               g_strdup (_("Choose the IPv4-only strategy for this gateway, or use its IP address.")));
    case MZ_PHASE_CONNECT:
      return mz_diagnosis_new ("peer-silent", _("The computer does not answer"),
                               mz_diagnosis_say (_("%s gave no answer on port %u within %.1f s. It is asleep or off, or "
                                                   "something between blocks "
                                                   "the port, such as a firewall or a Tailscale access rule."),
                                                 f->host, f->port, seconds),
                               g_strdup (_("Check that the gateway’s computer is awake and that the port is allowed.")));
    case MZ_PHASE_TLS:
      return mz_diagnosis_new ("tls-stall", _("The TLS handshake got no answer"),
                               mz_diagnosis_say (_("%s accepted the connection on port %u, but did not answer the TLS "
                                                   "handshake within %.1f s. "
                                                   "Packets may get lost on the way (MTU), or the port does not speak TLS."),
                                                 f->host, f->port, seconds),
                               g_strdup (_("Try another network or VPN, or check whether the port speaks TLS.")));
    case MZ_PHASE_UPGRADE:
    case MZ_PHASE_CHALLENGE:
      return mz_diagnosis_not_gateway (f);
    case MZ_PHASE_HELLO:
    default:
      return NULL;
    }
}

static MzDiagnosis *
diagnose_not_tls (const MzFailure *f)
{
  return mz_diagnosis_new ("needs-ws", _("This port does not speak TLS"),
                           mz_diagnosis_say (_("%s answers on port %u, but not with TLS, so the connection could not be "
                                               "encrypted."),
                                             f->host, f->port),
                           g_strdup (_("Check the port, or reach the gateway through Tailscale Serve (wss, port 443).")));
}

static char *
list_certificate_names (GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *all = NULL;

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      gsize length;
      const char *name = g_bytes_get_data (g_ptr_array_index (names, i), &length);

      g_ptr_array_add (list, g_utf8_make_valid (name, (gssize) length));
    }
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    g_ptr_array_add (list, g_inet_address_to_string (g_ptr_array_index (addresses, i)));
  if (list->len == 0)
    {
      char *subject = g_tls_certificate_get_subject_name (certificate);

      return subject != NULL ? subject : g_strdup ("?");
    }
  g_ptr_array_add (list, NULL);
  all = g_strjoinv (", ", (char **) list->pdata);
  return g_steal_pointer (&all);
}

static MzDiagnosis *
diagnose_tls_name (const MzFailure *f)
{
  GTlsCertificate *certificate = f->attempt != NULL ? mz_trace_attempt_get_certificate (f->attempt) : NULL;
  g_autofree char *names = certificate != NULL ? list_certificate_names (certificate) : g_strdup ("?");

  return mz_diagnosis_new ("tls-name", _("The certificate is for another name"),
                           mz_diagnosis_say (_("You asked for %s; the certificate is for %s."), f->host, names),
                           g_strdup (_("Use the name that the certificate is for, if that is your gateway.")));
}

static char *
format_date (GDateTime *date)
{
  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M") : g_strdup ("?");
}

static MzDiagnosis *
diagnose_tls_expired (const MzFailure *f)
{
  GTlsCertificate *certificate = f->attempt != NULL ? mz_trace_attempt_get_certificate (f->attempt) : NULL;
  g_autoptr (GDateTime) from = certificate != NULL ? g_tls_certificate_get_not_valid_before (certificate) : NULL;
  g_autoptr (GDateTime) to = certificate != NULL ? g_tls_certificate_get_not_valid_after (certificate) : NULL;
  g_autofree char *from_text = format_date (from);
  g_autofree char *to_text = format_date (to);

  return mz_diagnosis_new ("tls-expired", _("The certificate is not valid today"),
                           mz_diagnosis_say (_("The certificate of %s is valid from %s to %s (UTC), and this computer’s "
                                               "clock shows another time."),
                                             f->host, from_text, to_text),
                           g_strdup (_("Renew the gateway’s certificate; or set this computer’s clock, if it is wrong.")));
}

static MzDiagnosis *
diagnose_tls (const MzFailure *f)
{
  const char *fingerprint = f->attempt != NULL ? mz_trace_attempt_get_fingerprint (f->attempt) : NULL;

  if (fingerprint == NULL)
    fingerprint = "?";

  switch ((MzNetError) f->error->code)
    {
    case MZ_NET_ERROR_TLS_UNTRUSTED:
      return mz_diagnosis_new ("tls-untrusted", _("The certificate is not trusted"),
                               mz_diagnosis_say (_("No authority that this computer trusts has signed the certificate "
                                                   "of %s. Its SHA-256 is %s."),
                                                 f->host, fingerprint),
                               g_strdup (_("Compare the fingerprint with the one on the gateway’s computer. If they are "
                                           "the same, choose “Trust "
                                           "this certificate”, or give it with --pin.")));
    case MZ_NET_ERROR_TLS_NAME:
      return diagnose_tls_name (f);
    case MZ_NET_ERROR_TLS_EXPIRED:
      return diagnose_tls_expired (f);
    case MZ_NET_ERROR_TLS_PIN_MISMATCH:
      return mz_diagnosis_new ("tls-pin-mismatch", _("This is not the pinned certificate"),
                               mz_diagnosis_say (_("The SHA-256 of the certificate of %s is now %s. Nothing was sent. "
                                                   "In detail: %s"),
                                                 f->host, fingerprint, f->error->message),
                               g_strdup (_("If the gateway got a new certificate, compare the fingerprint there and "
                                           "replace the pin. If not, "
                                           "somebody may be in between: do not connect.")));
    case MZ_NET_ERROR_TLS_NO_CERTIFICATE:
      return mz_diagnosis_new ("tls-no-cert", _("The gateway has no HTTPS certificate yet"),
                               mz_diagnosis_say (_("%s answers on port %u, but has no certificate for this name."),
                                                 f->host, f->port),
                               mz_endpoint_is_ts_net (f->endpoint)
                               ? g_strdup (_("Turn on HTTPS certificates for the tailnet, run “tailscale serve” there "
                                             "again, and wait a minute."))
                               : g_strdup (_("Set up a certificate for this name on the gateway’s computer.")));
    case MZ_NET_ERROR_TLS_VERSION:
      return mz_diagnosis_new ("unknown", _("The gateway’s TLS is too old"),
                               mz_diagnosis_say (_("%s offers nothing newer than TLS 1.1, which is not safe any more."),
                                                 f->host),
                               g_strdup (_("Turn on TLS 1.2 or 1.3 on the gateway’s computer.")));
    default:
      return NULL;
    }
}

/* 198.18.0.0/15 is for benchmarks (RFC 2544): proxies with a DNS of their own answer with addresses of it. */
static gboolean
is_placeholder (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 && bytes[0] == 198 && (bytes[1] & 0xfe) == 18;
}

static gboolean
got_placeholder (MzTraceAttempt *attempt)
{
  GPtrArray *resolved = mz_trace_attempt_get_resolved (attempt);
  GInetSocketAddress *peer = mz_trace_attempt_get_peer (attempt);

  for (guint i = 0; i < resolved->len; i++)
    {
      if (is_placeholder (g_ptr_array_index (resolved, i)))
        return TRUE;
    }
  return peer != NULL && is_placeholder (g_inet_socket_address_get_address (peer));
}

/* Failures that something between can cause: the kind of answer does not tell who gave it. */
static gboolean
may_come_from_between (const MzFailure *f)
{
  switch ((MzNetError) f->error->code)
    {
    case MZ_NET_ERROR_REFUSED:
    case MZ_NET_ERROR_UNREACHABLE:
    case MZ_NET_ERROR_CLOSED:
    case MZ_NET_ERROR_TIMED_OUT:
    case MZ_NET_ERROR_NOT_TLS:
    case MZ_NET_ERROR_TLS:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_certificate_or_name (const MzFailure *f)
{
  switch ((MzNetError) f->error->code)
    {
    case MZ_NET_ERROR_NAME_NOT_FOUND:
    case MZ_NET_ERROR_NO_IPV4:
    case MZ_NET_ERROR_RESOLVER:
    case MZ_NET_ERROR_TLS_UNTRUSTED:
    case MZ_NET_ERROR_TLS_NAME:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_outside (const MzFailure *f)
{
  MzHostClass klass = mz_endpoint_get_host_class (f->endpoint);

  return klass == MZ_HOST_CLASS_TAILNET || klass == MZ_HOST_CLASS_PUBLIC;
}

static MzDiagnosis *
diagnose_between (const MzFailure *f)
{
  if (f->facts->captive_portal && is_outside (f) && (may_come_from_between (f) || is_certificate_or_name (f)))
    return mz_diagnosis_new ("portal", _("This network wants you to sign in"),
                             mz_diagnosis_say (_("A sign-in page stands between this computer and %s."), f->host),
                             g_strdup (_("Open a web page to sign in to the network, and try again.")));
  if (f->attempt != NULL && got_placeholder (f->attempt) && may_come_from_between (f))
    return mz_diagnosis_new ("dns-placeholder", _("DNS gave a proxy’s placeholder address"),
                             mz_diagnosis_say (_("A proxy or VPN on this computer answered for %s with a made-up "
                                                 "address (198.18.x.x), and did not "
                                                 "carry the connection on."), f->host),
                             mz_diagnosis_say (_("Exclude %s in that program, or turn it off."), f->host));
  return NULL;
}

static MzDiagnosis *
diagnose_kind (const MzFailure *f)
{
  gboolean tailscale_down = f->tailnet && !f->facts->has_tailnet_address;

  switch ((MzNetError) f->error->code)
    {
    case MZ_NET_ERROR_NAME_NOT_FOUND:
    case MZ_NET_ERROR_RESOLVER:
      return diagnose_name (f);
    case MZ_NET_ERROR_NO_IPV4:
      return mz_diagnosis_new ("no-ipv4", _("No IPv4 address"),
                               mz_diagnosis_say (_("%s has no IPv4 address, and the strategy is IPv4-only."), f->host),
                               g_strdup (_("Set the strategy to automatic.")));
    case MZ_NET_ERROR_REFUSED:
      return diagnose_refused (f);
    case MZ_NET_ERROR_UNREACHABLE:
      return tailscale_down ? diagnose_tailscale_down (f) : diagnose_unreachable (f);
    case MZ_NET_ERROR_TIMED_OUT:
      return tailscale_down && f->phase == MZ_PHASE_CONNECT ? diagnose_tailscale_down (f) : diagnose_silence (f);
    case MZ_NET_ERROR_NOT_TLS:
      return diagnose_not_tls (f);
    case MZ_NET_ERROR_CLOSED:
      if (f->phase == MZ_PHASE_TLS)
        return diagnose_not_tls (f);
      return f->phase >= MZ_PHASE_UPGRADE ? mz_diagnosis_not_gateway (f) : NULL;
    case MZ_NET_ERROR_TLS_UNTRUSTED:
    case MZ_NET_ERROR_TLS_NAME:
    case MZ_NET_ERROR_TLS_EXPIRED:
    case MZ_NET_ERROR_TLS_PIN_MISMATCH:
    case MZ_NET_ERROR_TLS_NO_CERTIFICATE:
    case MZ_NET_ERROR_TLS_VERSION:
      return diagnose_tls (f);
    case MZ_NET_ERROR_PROXY:
      return mz_diagnosis_new ("unknown", _("The proxy did not carry the connection on"),
                               mz_diagnosis_say (_("On the way to %s: %s"), f->host, f->error->message),
                               g_strdup (_("Check this computer’s proxy settings.")));
    case MZ_NET_ERROR_INVALID_ADDRESS:
    case MZ_NET_ERROR_SECRET_IN_ADDRESS:
    case MZ_NET_ERROR_TLS:
    case MZ_NET_ERROR_CANCELLED:
    case MZ_NET_ERROR_FAILED:
    default:
      return NULL;
    }
}

/* NULL when there is no better word than the error itself. */
MzDiagnosis *
mz_diagnosis_of_network (const MzFailure *f)
{
  MzDiagnosis *diagnosis = diagnose_between (f);

  if (diagnosis == NULL)
    diagnosis = diagnose_kind (f);

  if (diagnosis != NULL && !f->facts->network_available && mz_endpoint_get_host_class (f->endpoint) != MZ_HOST_CLASS_LOOPBACK)
    {
      g_autofree char *explanation = diagnosis->explanation;

      diagnosis->explanation = mz_diagnosis_say (_("%s This computer seems to be offline."), explanation);
    }
  return diagnosis;
}
