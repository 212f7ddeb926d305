# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that answer the upgrade, but not as a gateway does."""

import socket
import sys

from cases import Attempt, dial, meet
import servers
import tap

PAGE = b"<html><head><title>Sign in</title></head><body>Sign in to this network</body></html>"
JUST_WS = [Attempt("ws", "upgrade", "http-status")]

suite = tap.Suite()

for status, headers, identifier in (
    ("404 Not Found", (), "http-status"),
    ("426 Upgrade Required", ("Upgrade: h2c",), "http-status"),
    ("500 Internal Server Error", (), "http-status"),
    ("502 Bad Gateway", (), "http-status"),
    ("503 Service Unavailable", ("Retry-After: 30",), "http-status"),
    ("301 Moved Permanently", ("Location: http://127.0.0.1:1/",), "portal"),
    ("302 Found", ("Location: http://127.0.0.1:1/login",), "portal"),
    ("307 Temporary Redirect", ("Location: https://127.0.0.1:1/",), "portal"),
    ("401 Unauthorized", ('WWW-Authenticate: Basic realm="proxy"',), "portal"),
    ("403 Forbidden", (), "portal"),
    ("511 Network Authentication Required", (), "portal"),
    ("200 OK", (), "portal"),
):
    suite.add(f"http {status}", lambda handle, identifier: meet(handle, "ws", JUST_WS, diagnosis=identifier),
              servers.http(status, headers, PAGE), identifier)


@suite.test("a status line without a reason")
def bare_status():
    meet(servers.says(b"HTTP/1.1 404\r\n\r\n"), "ws", JUST_WS, diagnosis="http-status")


@suite.test("a redirect is not followed")
def redirect():
    with servers.Server(servers.websocket()) as other:
        handle = servers.http("302 Found", (f"Location: http://127.0.0.1:{other.port}/",), PAGE)
        meet(handle, "ws", JUST_WS, diagnosis="portal")
        tap.equal(other.connections, 0, "connections to the place of the redirect")


@suite.test("a page that does not end")
def endless_body():
    meet(servers.endless_body, "ws", JUST_WS, diagnosis="portal")


@suite.test("a header that does not end")
def endless_header():
    meet(servers.endless_header, "ws", [Attempt("ws", "upgrade"), Attempt("wss", "tls", "not-tls")], diagnosis="not-a-gateway")


@suite.test("the answer to a key that was not ours")
def wrong_accept():
    meet(servers.websocket(accept="AAAAAAAAAAAAAAAAAAAAAAAAAAA="), "ws", [Attempt("ws", "upgrade", "not-websocket")],
         diagnosis="not-a-gateway")


@suite.test("http 400: the other scheme is tried once")
def bad_request():
    meet(servers.http("400 Bad Request", (), PAGE), "ws", [Attempt("ws", "upgrade", "http-status"), Attempt("wss", "tls", "not-tls")])


@suite.test("garbage instead of an answer: the other scheme is tried once")
def garbage():
    meet(servers.says(b"\x00\x01\x02 what?\r\n\r\n", keep_open=True), "ws", [Attempt("ws", "upgrade"), Attempt("wss", "tls", "not-tls")])


@suite.test("closed at once: the other scheme is tried once")
def closed():
    meet(servers.closes, "ws", [Attempt("ws", "upgrade"), Attempt("wss", "tls")])


@suite.test("closed after the request: the other scheme is tried once")
def closed_later():
    meet(servers.says(b""), "ws", [Attempt("ws", "upgrade"), Attempt("wss", "tls")])


@suite.test("nothing listens")
def refused():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: nobody else gets the port
        dial(f"ws://127.0.0.1:{unused.getsockname()[1]}",
             [Attempt("ws", "connect", "refused"), Attempt("wss", "connect", "refused")], diagnosis="refused")


if __name__ == "__main__":
    sys.exit(suite.run())
