/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "mz-diagnosis.h"

/* What an attempt came to. */
typedef struct
{
  gboolean used;
  MzScheme scheme;
  MzRouteKind route;
  MzPhase last;                /* the phase in which it ended */
  gboolean won;
  const char *resolved;        /* (nullable): what the name gave */
  const char *tried[3];
  guint ms[MZ_N_PHASES];       /* how long its phases took */
  guint http_status;
  const char *http_type;
  const char *certificate;     /* (nullable): one of those below */
} AttemptCase;

typedef struct
{
  const char *name;
  const char *address;
  gboolean portal, no_tailnet, sandboxed, macos, offline;
  AttemptCase attempts[3];
  char domain;                 /* 0: no error; n: net; g: gateway; i: GIO */
  int code;
  const char *details;         /* (nullable): a remote error */
  guint http_status;
  guint close_code;
  const char *close_reason;
  gboolean was_ready;
  const char *id;              /* (nullable): nothing to say */
  const char *mentions[3];     /* in its texts */
  MzStrategySetting setting;
  gboolean raced;              /* the second route won */
  const char *command;
} Case;

/* For gw.example.org and 192.0.2.7, valid from 2026-01-01 to 2026-02-01; the key was thrown away. */
#define CERTIFICATE \
  "-----BEGIN CERTIFICATE-----\n" \
  "MIIBYzCCAQmgAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5ndy5leGFt\n" \
  "cGxlLm9yZzAeFw0yNjAxMDEwMDAwMDBaFw0yNjAyMDEwMDAwMDBaMBkxFzAVBgNV\n" \
  "BAMMDmd3LmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEh22k\n" \
  "020+7sSLVMdXm9qAVm/NAaXE0BVk9sV+428rqlDpVbsf2MyarI507dDUSWvAwciu\n" \
  "obzVXOC+7OCHVGIlMKNCMEAwHwYDVR0RBBgwFoIOZ3cuZXhhbXBsZS5vcmeHBMAA\n" \
  "AgcwHQYDVR0OBBYEFCRbihMEiO4wPGDXZgxwjQrUMXJPMAoGCCqGSM49BAMCA0gA\n" \
  "MEUCIQDTdFhZYYL+KpD1uWcapFYE03/KwkSagsN/0guHUCv4JAIgKhSOiDGUxa9Y\n" \
  "gRfXh2Ap2mnUEljnHi20baadQEqCxLs=\n" \
  "-----END CERTIFICATE-----\n"

#define FINGERPRINT "c11ee9b5c6ffca6e3e9bbe9aca9bc339628701da8837b88656a33952403e0bff"

static MzTrace *
build_trace (const Case *c)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_parse (c->address, &error);
  MzPlan plan;

  g_assert_no_error (error);
  plan = mz_strategy_plan (c->macos ? MZ_PLATFORM_MACOS : MZ_PLATFORM_LINUX, endpoint, c->setting);
  return mz_trace_new (endpoint, &plan);
}

static GError *
build_error (const Case *c)
{
  g_autoptr (JsonNode) node = NULL;
  GError *error;

  switch (c->domain)
    {
    case 'n':
      return g_error_new (MZ_NET_ERROR, c->code, "net %s", mz_net_error_to_string (c->code));
    case 'i':
      return g_error_new (G_IO_ERROR, c->code, "gio");
    case 'g':
      if (c->http_status != 0)
        return mz_gateway_error_new_http (c->code, c->http_status, NULL);
      if (c->close_code != 0 && c->details == NULL)
        {
          error = mz_gateway_error_new_closed (c->close_code, c->close_reason);
          error->code = c->code;
          return error;
        }
      if (c->details == NULL)
        return g_error_new (MZ_GATEWAY_ERROR, c->code, "gateway %s", mz_gateway_error_to_string (c->code));
      node = json_from_string (c->details, NULL);
      return mz_gateway_error_new_remote (c->code, json_node_get_object (node));
    default:
      return NULL;
    }
}

static GInetSocketAddress *
parse_address (const char *text)
{
  return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new_from_string (text, 18789));
}

/* The record's clock runs for real: what a phase took is written into it afterwards. */
static void
set_duration (MzTraceAttempt *attempt,
              MzPhase         phase,
              guint           ms)
{
  MzPhaseRecord *record = (MzPhaseRecord *) mz_trace_attempt_find_phase (attempt, phase);

  record->start_us = record->end_us - (gint64) ms * 1000;
}

static void
write_attempt (MzTrace           *trace,
               const AttemptCase *a,
               const GError      *error)
{
  g_autoptr (MzEndpoint) endpoint = mz_endpoint_with_scheme (mz_trace_get_endpoint (trace), a->scheme);
  MzTraceAttempt *attempt = mz_trace_add_attempt (trace, endpoint, a->route);
  MzPhase phase;

  if (a->resolved != NULL)
    {
      g_autolist (GInetAddress) list = g_list_append (NULL, g_inet_address_new_from_string (a->resolved));

      mz_trace_attempt_add_resolved (attempt, list);
    }
  for (phase = MZ_PHASE_RESOLVE; phase <= a->last; phase++)
    {
      if (phase == MZ_PHASE_TLS && a->scheme == MZ_SCHEME_WS)
        continue;
      mz_trace_attempt_begin (attempt, phase);
      for (guint i = 0; phase == MZ_PHASE_CONNECT && i < G_N_ELEMENTS (a->tried) && a->tried[i] != NULL; i++)
        {
          g_autoptr (GInetSocketAddress) address = parse_address (a->tried[i]);

          mz_trace_attempt_add_tried (attempt, address);
        }
      if (phase < a->last || a->won)
        mz_trace_attempt_end (attempt, phase, NULL);
    }
  if (a->certificate != NULL)
    {
      g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (a->certificate, -1, NULL);

      g_assert_nonnull (certificate);
      mz_trace_attempt_set_certificate (attempt, certificate, G_TLS_CERTIFICATE_UNKNOWN_CA);
    }
  if (a->http_status != 0)
    mz_trace_attempt_set_http (attempt, a->http_status, a->http_type);
  if (a->won)
    mz_trace_set_winner (trace, attempt);
  else
    mz_trace_attempt_fail (attempt, error);
  for (phase = MZ_PHASE_RESOLVE; phase <= a->last; phase++)
    {
      if (mz_trace_attempt_find_phase (attempt, phase) != NULL)
        set_duration (attempt, phase, a->ms[phase]);
    }
}

#define WS MZ_SCHEME_WS
#define WSS MZ_SCHEME_WSS
#define V4 MZ_ROUTE_IPV4_ONLY
#define STANDARD MZ_ROUTE_STANDARD
#define NET(code_) .domain = 'n', .code = MZ_NET_ERROR_##code_
#define GATEWAY(code_) .domain = 'g', .code = MZ_GATEWAY_ERROR_##code_
#define DETAIL(code_) "{\"code\":\"INVALID_REQUEST\",\"message\":\"said so\",\"details\":{\"code\":\"" code_ "\"}}"

#define TS "wss://gw.tail1234.ts.net"
#define TS_PORT "ws://gw.tail1234.ts.net:18789"
#define PUBLIC "wss://gw.example.org"
#define LAN "ws://192.168.1.5"
#define LOOPBACK "ws://127.0.0.1:18789"
#define PEER4 "100.64.1.2"
#define PEER6 "fd7a:115c:a1e0::2"

/* An attempt that ended in a phase, and one that was ready. */
#define ENDED(scheme_, route_, last_, ...) { .used = TRUE, .scheme = scheme_, .route = route_, .last = MZ_PHASE_##last_, __VA_ARGS__ }
#define WON(scheme_, route_, ...) { .used = TRUE, .scheme = scheme_, .route = route_, .last = MZ_PHASE_HELLO, .won = TRUE, __VA_ARGS__ }

static const Case cases[] = {
  /* All well */
  { "well", PUBLIC, .attempts = { WON (WSS, STANDARD, .tried = { "203.0.113.5" }) } },
  { "well/ipv4-only", TS, .attempts = { WON (WSS, V4, .tried = { PEER4 }) } },
  { "well/ipv6", PUBLIC, .attempts = { WON (WSS, STANDARD, .tried = { "2001:db8::1" }, .ms = { 1, 900 }) } },
  { "well/localhost without ipv6", "ws://localhost",
    .attempts = { WON (WS, STANDARD, .tried = { "::1", "127.0.0.1" }, .ms = { 1, 2 }) } },
  { "well/second route called off", TS, .attempts = {
      WON (WSS, V4, .tried = { PEER4 }), ENDED (WSS, STANDARD, CONNECT, .tried = { PEER4 }) } },
  { "well/still connecting", TS, .attempts = { ENDED (WSS, V4, CONNECT) }, NET (CANCELLED) },
  { "cancelled", PUBLIC, .attempts = { ENDED (WSS, STANDARD, CONNECT) }, .domain = 'i', .code = G_IO_ERROR_CANCELLED },

  /* Connected, with something to say */
  { "ipv6-dead/two routes", TS, .attempts = {
      WON (WSS, V4, .tried = { PEER4 }, .ms = { 1, 84 }), ENDED (WSS, STANDARD, CONNECT, .tried = { PEER6 }) },
    .id = "ipv6-dead", .mentions = { "IPv6 unreachable; used IPv4 (84 ms)", PEER4 } },
  { "ipv6-dead/one route", PUBLIC,
    .attempts = { WON (WSS, STANDARD, .tried = { "2001:db8::1", "203.0.113.5" }, .ms = { 1, 334 }) },
    .id = "ipv6-dead", .mentions = { "IPv6 unreachable; used IPv4 (334 ms)", "203.0.113.5" } },
  { "ipv6-dead/strictly standard", PUBLIC, .setting = MZ_STRATEGY_STANDARD,
    .attempts = { WON (WSS, STANDARD, .tried = { "2001:db8::1", "203.0.113.5" }, .ms = { 1, 334 }) },
    .id = "ipv6-dead", .mentions = { "334 ms", "automatic strategy" } },
  { "ipv6-dead/raced", PUBLIC, .raced = TRUE, .attempts = {
      ENDED (WSS, STANDARD, CONNECT, .tried = { "2001:db8::1" }), WON (WSS, V4, .tried = { "203.0.113.5" }, .ms = { 1, 12 }) },
    .id = "ipv6-dead", .mentions = { "IPv6 unreachable; used IPv4 (12 ms)", "203.0.113.5" } },
  { "dns-slow/raced", PUBLIC, .raced = TRUE, .attempts = {
      ENDED (WSS, STANDARD, RESOLVE), WON (WSS, V4, .tried = { "203.0.113.5" }, .ms = { 1, 12 }) },
    .id = "dns-slow", .mentions = { "used IPv4 (12 ms)", "gw.example.org", "203.0.113.5" } },
  { "no-ipv4/second route", TS, .attempts = { ENDED (WSS, V4, RESOLVE),
    WON (WSS, STANDARD, .tried = { PEER6 }, .ms = { 1, 12 }) },
    .id = "no-ipv4", .mentions = { PEER6, "12 ms" } },
  { "dns-slow/in the end", PUBLIC, .attempts = { WON (WSS, STANDARD, .tried = { "203.0.113.5" }, .ms = { 5020 }) },
    .id = "dns-slow", .mentions = { "5.0 s", "gw.example.org" } },
  { "dns-slow/edge", PUBLIC, .attempts = { WON (WSS, STANDARD, .tried = { "203.0.113.5" }, .ms = { 2000 }) },
    .id = "dns-slow" },
  { "dns-slow/not quite", PUBLIC, .attempts = { WON (WSS, STANDARD, .tried = { "203.0.113.5" }, .ms = { 1999 }) } },
  { "needs-wss", "ws://192.168.1.5:8443", .attempts = { ENDED (WS, STANDARD, UPGRADE, .tried = { "192.168.1.5" }),
      WON (WSS, STANDARD, .tried = { "192.168.1.5" }) }, .id = "needs-wss", .mentions = { "8443", "wss://192.168.1.5:8443" } },
  { "needs-ws/allowed", "wss://192.168.1.5:18789", .attempts = { ENDED (WSS, STANDARD, TLS, .tried = { "192.168.1.5" }),
      WON (WS, STANDARD, .tried = { "192.168.1.5" }) }, .id = "needs-ws", .mentions = { "not encrypted", "ws://192.168.1.5:18789" } },

  /* Names */
  { "dns-not-found", PUBLIC, .attempts = { ENDED (WSS, STANDARD, RESOLVE) }, NET (NAME_NOT_FOUND),
    .id = "dns-not-found", .mentions = { "gw.example.org" } },
  { "dns-not-found/offline", PUBLIC, .offline = TRUE, .attempts = { ENDED (WSS, STANDARD, RESOLVE) },
    NET (NAME_NOT_FOUND), .id = "dns-not-found", .mentions = { "offline" } },
  { "dns-not-found/resolver", PUBLIC, .attempts = { ENDED (WSS, STANDARD, RESOLVE) }, NET (RESOLVER),
    .id = "dns-not-found" },
  { "dns-not-found/local", "ws://gw.local", .attempts = { ENDED (WS, STANDARD, RESOLVE) }, NET (NAME_NOT_FOUND),
    .id = "dns-not-found" },
  { "magicdns-off", TS, .attempts = { ENDED (WSS, V4, RESOLVE) }, NET (NAME_NOT_FOUND), .id = "magicdns-off",
    .mentions = { "MagicDNS", "100.x" } },
  { "magicdns-off/no tailscale", TS, .no_tailnet = TRUE, .attempts = { ENDED (WSS, V4, RESOLVE) }, NET (NAME_NOT_FOUND),
    .id = "magicdns-off", .mentions = { "Tailscale is not connected" } },
  { "magicdns-off/resolver", TS, .attempts = { ENDED (WSS, V4, RESOLVE) }, NET (RESOLVER), .id = "magicdns-off" },
  { "sandbox-mdns", "ws://gw.local", .sandboxed = TRUE, .attempts = { ENDED (WS, STANDARD, RESOLVE) },
    NET (NAME_NOT_FOUND), .id = "sandbox-mdns", .mentions = { "sandbox", "IP address" } },
  { "no-ipv4/strict", PUBLIC, .attempts = { ENDED (WSS, V4, RESOLVE) }, NET (NO_IPV4), .id = "no-ipv4",
    .mentions = { "automatic" } },
  { "dns-slow/budget", PUBLIC, .attempts = { ENDED (WSS, STANDARD, RESOLVE, .ms = { 5000 }) }, NET (TIMED_OUT),
    .id = "dns-slow", .mentions = { "5.0 s" } },
  { "dns-placeholder/resolved", PUBLIC, .attempts = { ENDED (WSS, V4, CONNECT, .resolved = "198.18.0.7") },
    NET (TIMED_OUT), .id = "dns-placeholder" },
  { "dns-placeholder/tried", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS, .tried = { "198.19.255.1" }) },
    NET (CLOSED), .id = "dns-placeholder" },
  { "dns-placeholder/beside it", PUBLIC, .attempts = { ENDED (WSS, STANDARD, CONNECT, .tried = { "198.20.0.1" }) },
    NET (TIMED_OUT), .id = "peer-silent" },
  { "dns-placeholder/through it", PUBLIC,
    .attempts = { ENDED (WSS, STANDARD, TLS, .tried = { "198.18.0.7" }, .certificate = CERTIFICATE) },
    NET (TLS_EXPIRED), .id = "tls-expired" },

  /* Ways */
  { "tailscale-down/silent", TS, .no_tailnet = TRUE, .attempts = { ENDED (WSS, V4, CONNECT, .tried = { PEER4 }) },
    NET (TIMED_OUT), .id = "tailscale-down" },
  { "tailscale-down/unreachable", "ws://100.64.1.2", .no_tailnet = TRUE, .attempts = { ENDED (WS, STANDARD, CONNECT) },
    NET (UNREACHABLE), .id = "tailscale-down" },
  { "tailscale-down/by the peer", PUBLIC, .no_tailnet = TRUE,
    .attempts = { ENDED (WSS, STANDARD, CONNECT, .tried = { PEER6 }) },
    NET (UNREACHABLE), .id = "tailscale-down" },
  { "peer-silent/funnel", TS, .no_tailnet = TRUE, .attempts = { ENDED (WSS, V4, CONNECT, .tried = { "203.0.113.5" }) },
    NET (TIMED_OUT), .id = "peer-silent" },
  { "peer-silent/tailnet", TS, .attempts = { ENDED (WSS, V4, CONNECT, .tried = { PEER4 }, .ms = { 1, 10000 }) },
    NET (TIMED_OUT), .id = "peer-silent", .mentions = { "10.0 s", "443" } },
  { "peer-silent/lan", LAN, .no_tailnet = TRUE, .attempts = { ENDED (WS, STANDARD, CONNECT) }, NET (TIMED_OUT),
    .id = "peer-silent" },
  { "refused", LAN, .attempts = { ENDED (WS, STANDARD, CONNECT, .tried = { "192.168.1.5" }) }, NET (REFUSED),
    .id = "refused", .mentions = { "18789", "192.168.1.5" } },
  { "refused/suggestion", "gw.tail1234.ts.net", .attempts = { ENDED (WSS, V4, CONNECT) }, NET (REFUSED),
    .id = "refused", .mentions = { "ws://gw.tail1234.ts.net:18789" } },
  { "serve-port", TS_PORT, .attempts = { ENDED (WS, V4, CONNECT) }, NET (REFUSED), .id = "serve-port",
    .mentions = { "wss://gw.tail1234.ts.net", "443" } },
  { "unreachable", PUBLIC, .attempts = { ENDED (WSS, STANDARD, CONNECT) }, NET (UNREACHABLE), .id = "unreachable" },
  { "unreachable/macos", LAN, .macos = TRUE, .attempts = { ENDED (WS, V4, CONNECT) }, NET (UNREACHABLE),
    .id = "unreachable", .mentions = { "Local Network" } },
  { "unreachable/offline loopback", LOOPBACK, .offline = TRUE, .attempts = { ENDED (WS, STANDARD, CONNECT) },
    NET (UNREACHABLE), .id = "unreachable" },

  /* TLS */
  { "tls-untrusted", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS, .certificate = CERTIFICATE) }, NET (TLS_UNTRUSTED),
    .id = "tls-untrusted", .mentions = { FINGERPRINT, "--pin", "Trust this certificate" } },
  { "tls-name", "wss://other.example.org", .attempts = { ENDED (WSS, STANDARD, TLS, .certificate = CERTIFICATE) },
    NET (TLS_NAME), .id = "tls-name", .mentions = { "other.example.org", "gw.example.org", "192.0.2.7" } },
  { "tls-expired", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS, .certificate = CERTIFICATE) }, NET (TLS_EXPIRED),
    .id = "tls-expired", .mentions = { "2026-01-01", "2026-02-01", "clock" } },
  { "tls-pin-mismatch", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS, .certificate = CERTIFICATE) },
    NET (TLS_PIN_MISMATCH), .id = "tls-pin-mismatch", .mentions = { FINGERPRINT, "net " } },
  { "tls-stall", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS, .ms = { 1, 1, 10000 }) }, NET (TIMED_OUT),
    .id = "tls-stall", .mentions = { "10.0 s" } },
  { "tls-no-cert", TS, .attempts = { ENDED (WSS, V4, TLS) }, NET (TLS_NO_CERTIFICATE), .id = "tls-no-cert",
    .mentions = { "tailscale serve" } },
  { "tls-no-cert/public", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS) }, NET (TLS_NO_CERTIFICATE),
    .id = "tls-no-cert" },
  { "tls-version", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS) }, NET (TLS_VERSION), .id = "unknown",
    .mentions = { "TLS 1.2" } },
  { "tls-other", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS) }, NET (TLS), .id = "unknown",
    .mentions = { "net tls" } },
  { "needs-ws/public", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS) }, NET (NOT_TLS), .id = "needs-ws" },
  { "needs-ws/closed", PUBLIC, .attempts = { ENDED (WSS, STANDARD, TLS) }, NET (CLOSED), .id = "needs-ws" },
  { "needs-ws/consent", TS, .attempts = { ENDED (WSS, V4, TLS) }, GATEWAY (PLAINTEXT_CONSENT), .id = "needs-ws",
    .mentions = { "--allow-plaintext" } },

  /* The upgrade */
  { "portal/known", PUBLIC, .portal = TRUE, .attempts = { ENDED (WSS, STANDARD, TLS, .certificate = CERTIFICATE) },
    NET (TLS_NAME), .id = "portal" },
  { "portal/known, silent", TS, .portal = TRUE, .attempts = { ENDED (WSS, V4, CONNECT) }, NET (TIMED_OUT),
    .id = "portal" },
  { "portal/not for the lan", LAN, .portal = TRUE, .attempts = { ENDED (WS, STANDARD, CONNECT) }, NET (REFUSED),
    .id = "refused" },
  { "portal/pin", PUBLIC, .portal = TRUE, .attempts = { ENDED (WSS, STANDARD, TLS, .certificate = CERTIFICATE) },
    NET (TLS_PIN_MISMATCH), .id = "tls-pin-mismatch" },
  { "portal/302", PUBLIC, .attempts = { ENDED (WSS, STANDARD, UPGRADE, .http_status = 302) }, GATEWAY (HTTP_STATUS),
    .http_status = 302,
    .id = "portal", .mentions = { "302" } },
  { "portal/401", PUBLIC, .attempts = { ENDED (WSS, STANDARD, UPGRADE) }, GATEWAY (HTTP_STATUS), .http_status = 401,
    .id = "portal" },
  { "portal/403", PUBLIC, .attempts = { ENDED (WSS, STANDARD, UPGRADE) }, GATEWAY (HTTP_STATUS), .http_status = 403,
    .id = "portal" },
  { "portal/html", PUBLIC, .attempts = { ENDED (WSS, STANDARD, UPGRADE, .http_status = 200, .http_type = "text/html") },
    GATEWAY (HTTP_STATUS),
    .http_status = 200, .id = "portal" },
  { "http-status/200", PUBLIC,
    .attempts = { ENDED (WSS, STANDARD, UPGRADE, .http_status = 200, .http_type = "text/plain") }, GATEWAY (HTTP_STATUS),
    .http_status = 200, .id = "http-status", .mentions = { "200" } },
  { "http-status/404", PUBLIC,
    .attempts = { ENDED (WSS, STANDARD, UPGRADE, .http_status = 404, .http_type = "text/html") }, GATEWAY (HTTP_STATUS),
    .http_status = 404, .id = "http-status", .mentions = { "404" } },
  { "http-status/426", PUBLIC, .attempts = { ENDED (WSS, STANDARD, UPGRADE) }, GATEWAY (HTTP_STATUS), .http_status = 426,
    .id = "http-status", .mentions = { "426" } },
  { "http-status/502", PUBLIC,
    .attempts = { ENDED (WSS, STANDARD, UPGRADE, .http_status = 502, .http_type = "text/html") }, GATEWAY (HTTP_STATUS),
    .http_status = 502, .id = "http-status", .mentions = { "502", "proxy" } },
  { "not-a-gateway/garbage", LAN, .attempts = { ENDED (WS, STANDARD, UPGRADE) }, GATEWAY (NOT_WEBSOCKET),
    .id = "not-a-gateway", .mentions = { "18789" } },
  { "not-a-gateway/upgrade closed", LAN, .attempts = { ENDED (WS, STANDARD, UPGRADE) }, NET (CLOSED),
    .id = "not-a-gateway" },
  { "not-a-gateway/upgrade silent", LAN, .attempts = { ENDED (WS, STANDARD, UPGRADE) }, NET (TIMED_OUT),
    .id = "not-a-gateway" },
  { "not-a-gateway/no challenge", LAN, .attempts = { ENDED (WS, STANDARD, CHALLENGE) }, GATEWAY (NOT_A_GATEWAY),
    .id = "not-a-gateway" },
  { "not-a-gateway/closed before", LAN, .attempts = { ENDED (WS, STANDARD, CHALLENGE) }, GATEWAY (CLOSED),
    .close_code = 1006, .id = "not-a-gateway" },
  { "not-a-gateway/bad login", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (BAD_FRAME),
    .id = "not-a-gateway" },

  /* The login */
  { "starting", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (STARTING),
    "{\"code\":\"UNAVAILABLE\",\"message\":\"x\",\"retryAfterMs\":1500}", .id = "starting", .mentions = { "1500 ms" } },
  { "starting/close", LAN, .attempts = { ENDED (WS, STANDARD, CHALLENGE) }, GATEWAY (CLOSED), .close_code = 1013,
    .close_reason = "gateway starting",
    .id = "starting" },
  { "auth-missing/token", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH), DETAIL ("AUTH_TOKEN_MISSING"),
    .id = "auth-missing" },
  { "auth-missing/password", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH),
    DETAIL ("AUTH_PASSWORD_MISSING"), .id = "auth-missing" },
  { "auth-token", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH), DETAIL ("AUTH_TOKEN_MISMATCH"),
    .id = "auth-token", .mentions = { "said so" } },
  { "auth-token/password", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH),
    DETAIL ("AUTH_PASSWORD_MISMATCH"), .id = "auth-token" },
  { "auth-token/new", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH), DETAIL ("AUTH_SOMETHING_NEW"),
    .id = "auth-token" },
  { "auth-device-token", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH),
    DETAIL ("AUTH_DEVICE_TOKEN_MISMATCH"),
    .id = "auth-device-token" },
  { "device-clock", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH),
    DETAIL ("DEVICE_AUTH_SIGNATURE_EXPIRED"), .id = "device-clock" },
  { "client-rejected/device", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (AUTH),
    DETAIL ("DEVICE_AUTH_SIGNATURE_INVALID"),
    .id = "client-rejected" },
  { "auth-rate-limited", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (RATE_LIMITED),
    "{\"code\":\"INVALID_REQUEST\",\"message\":\"x\",\"retryAfterMs\":41200,\"details\":{\"code\":\"AUTH_RATE_LIMITED\"}}",
    .id = "auth-rate-limited", .mentions = { "42 s" } },
  { "pairing-required", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (PAIRING),
    "{\"code\":\"NOT_PAIRED\",\"message\":\"x\",\"details\":{\"code\":\"PAIRING_REQUIRED\",\"requestId\":\"5f0c-2c6e\"}}",
    .id = "pairing-required", .mentions = { "openclaw devices approve 5f0c-2c6e" }, .command = "openclaw devices approve 5f0c-2c6e" },
  { "pairing-required/no id", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (PAIRING),
    "{\"code\":\"NOT_PAIRED\",\"message\":\"x\",\"details\":{\"requestId\":\"a; reboot\",\"reason\":\"scope-upgrade\"}}",
    .id = "pairing-required", .mentions = { "permissions" }, .command = "openclaw devices list" },
  { "protocol-mismatch/newer", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (PROTOCOL),
    "{\"code\":\"INVALID_REQUEST\",\"message\":\"x\",\"details\":{\"code\":\"PROTOCOL_MISMATCH\",\"expectedProtocol\":9}}",
    .id = "protocol-mismatch", .mentions = { "version 9", "Update Moltzer." } },
  { "protocol-mismatch/older", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (PROTOCOL),
    "{\"code\":\"INVALID_REQUEST\",\"message\":\"x\",\"details\":{\"code\":\"PROTOCOL_MISMATCH\",\"expectedProtocol\":1}}",
    .id = "protocol-mismatch", .mentions = { "Update the gateway." } },
  { "protocol-mismatch/unclear", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (PROTOCOL),
    DETAIL ("PROTOCOL_MISMATCH"),
    .id = "protocol-mismatch", .mentions = { "both" } },
  { "client-rejected", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (REJECTED),
    DETAIL ("CONTROL_UI_ORIGIN_NOT_ALLOWED"),
    .id = "client-rejected", .mentions = { "said so" } },
  { "client-rejected/close", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (REJECTED), .close_code = 1008,
    .id = "client-rejected" },
  { "login silent", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (TIMED_OUT), .id = "unknown",
    .mentions = { "login" } },
  { "login closed", LAN, .attempts = { ENDED (WS, STANDARD, HELLO) }, GATEWAY (CLOSED), .close_code = 1000,
    .id = "unknown", .mentions = { "login" } },

  /* After it */
  { "half-open", LAN, .attempts = { WON (WS, STANDARD) }, GATEWAY (TIMED_OUT), .was_ready = TRUE, .id = "half-open" },
  { "slow-consumer", LAN, .attempts = { WON (WS, STANDARD) }, GATEWAY (CLOSED), .close_code = 1008,
    .close_reason = "slow consumer", .was_ready = TRUE,
    .id = "slow-consumer" },
  { "closed/1008", LAN, .attempts = { WON (WS, STANDARD) }, GATEWAY (CLOSED), .close_code = 1008,
    .close_reason = "slow consumers", .was_ready = TRUE,
    .id = "client-rejected" },
  { "shutdown", LAN, .attempts = { WON (WS, STANDARD) }, GATEWAY (CLOSED), .close_code = 1012,
    .close_reason = "service restart", .was_ready = TRUE,
    .id = "shutdown" },
  { "too-large/close", LAN, .attempts = { WON (WS, STANDARD) }, GATEWAY (CLOSED), .close_code = 1009, .was_ready = TRUE,
    .id = "too-large" },
  { "too-large", LAN, .attempts = { WON (WS, STANDARD) }, GATEWAY (TOO_LARGE), .was_ready = TRUE, .id = "too-large" },
  { "closed", LAN, .attempts = { WON (WS, STANDARD) }, GATEWAY (CLOSED), .close_code = 1006, .was_ready = TRUE,
    .id = "unknown", .mentions = { "1006" } },
  { "foreign error", LAN, .attempts = { WON (WS, STANDARD) }, .domain = 'i', .code = G_IO_ERROR_FAILED, .was_ready = TRUE,
    .id = "unknown" },

  /* The attempt that the error is of, not the deepest */
  { "fallback failed", "ws://192.168.1.5:8443", .attempts = { ENDED (WS, STANDARD, UPGRADE),
    ENDED (WSS, STANDARD, TLS, .certificate = CERTIFICATE) },
    NET (TLS_UNTRUSTED), .id = "tls-untrusted" },
};

static void
assert_mentions (const MzDiagnosis *diagnosis,
                 const char        *what)
{
  g_autofree char *all = g_strjoin ("\n", diagnosis->headline, diagnosis->explanation, diagnosis->fix, NULL);

  g_test_message ("%s", all);
  g_assert_nonnull (strstr (all, what));
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  const MzHostFacts facts = {
    .platform = c->macos ? MZ_PLATFORM_MACOS : MZ_PLATFORM_LINUX,
    .has_tailnet_address = !c->no_tailnet,
    .has_ipv4 = TRUE,
    .has_ipv6 = TRUE,
    .network_available = !c->offline,
    .captive_portal = c->portal,
    .sandboxed = c->sandboxed,
  };
  g_autoptr (MzTrace) trace = build_trace (c);
  g_autoptr (GError) error = build_error (c);
  g_autoptr (GError) loser_error = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_CANCELLED, "cancelled");
  g_autoptr (GError) no_ipv4 = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_NO_IPV4, "no A record");
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (c->attempts) && c->attempts[i].used; i++)
    {
      const AttemptCase *a = &c->attempts[i];
      const GError *why = error;

      /* Beside a winner: no A record, or called off. */
      if (error == NULL || c->was_ready)
        why = a->last == MZ_PHASE_RESOLVE ? no_ipv4 : loser_error;
      write_attempt (trace, a, why);
    }
  if (c->raced)
    mz_trace_set_raced (trace);
  if (c->was_ready)
    mz_trace_set_ready (trace);
  if (error != NULL)
    mz_trace_set_error (trace, error);

  diagnosis = mz_diagnosis_of (trace, &facts, error);
  g_assert_cmpstr (diagnosis != NULL ? diagnosis->id : NULL, ==, c->id);
  if (diagnosis == NULL)
    return;
  g_assert_cmpstr (diagnosis->headline, !=, "");
  g_assert_cmpstr (diagnosis->explanation, !=, "");
  g_assert_cmpstr (diagnosis->command, ==, c->command);
  for (guint i = 0; i < G_N_ELEMENTS (c->mentions) && c->mentions[i] != NULL; i++)
    assert_mentions (diagnosis, c->mentions[i]);
}

/* Without an error of the caller's the trace's own counts; and without any attempt there is still something to say. */
static void
test_bare (void)
{
  const MzHostFacts facts = { .network_available = TRUE };
  const Case c = { .address = "wss://gw.example.org" };
  g_autoptr (MzTrace) trace = build_trace (&c);
  g_autoptr (GError) error = g_error_new_literal (MZ_NET_ERROR, MZ_NET_ERROR_NAME_NOT_FOUND, "x");
  g_autoptr (MzDiagnosis) diagnosis = NULL;

  g_assert_null (mz_diagnosis_of (trace, &facts, NULL));
  mz_trace_set_error (trace, error);
  diagnosis = mz_diagnosis_of (trace, &facts, NULL);
  g_assert_cmpstr (diagnosis->id, ==, "dns-not-found");
}

/* Whatever the code: an answer, and no critical. */
static void
test_every_code (void)
{
  for (guint domain = 0; domain < 2; domain++)
    {
      int last = domain == 0 ? MZ_NET_ERROR_FAILED : MZ_GATEWAY_ERROR_FAILED;

      for (int code = 0; code <= last; code++)
        {
          for (MzPhase phase = MZ_PHASE_RESOLVE; phase <= MZ_PHASE_HELLO; phase++)
            {
              const MzHostFacts facts = { .platform = MZ_PLATFORM_OTHER };
              const Case c = { .address = "wss://gw.example.org", .domain = domain == 0 ? 'n' : 'g', .code = code };
              const AttemptCase a = { .scheme = MZ_SCHEME_WSS, .last = phase };
              g_autoptr (MzTrace) trace = build_trace (&c);
              g_autoptr (GError) error = build_error (&c);
              g_autoptr (MzDiagnosis) diagnosis = NULL;

              write_attempt (trace, &a, error);
              diagnosis = mz_diagnosis_of (trace, &facts, error);
              g_assert_cmpint (diagnosis == NULL, ==, domain == 0 && code == MZ_NET_ERROR_CANCELLED);
            }
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/diagnosis/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/diagnosis/bare", test_bare);
  g_test_add_func ("/diagnosis/every-code", test_every_code);
  return g_test_run ();
}
