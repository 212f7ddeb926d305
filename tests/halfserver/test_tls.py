# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS where none is spoken, none where it is, and certificates that must not pass."""

import contextlib
import shutil
import ssl
import sys
import tempfile
import warnings

from cases import Attempt, dial, meet
import certs
import ctl
import servers
import tap

# RFC 8446, section 6: internal_error (what Tailscale Serve sends while it has no certificate), unrecognized_name
NO_CERTIFICATE_ALERTS = (80, 112)

NOT_TLS = Attempt("wss", "tls", "not-tls")
NODE_400 = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"  # what Node says to a ClientHello
PLAIN_400 = b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"

suite = tap.Suite()


@contextlib.contextmanager
def gateway(context=None, both=False):
    """A demo gateway behind a port of plain TCP, TLS, or of both; for a token of the tests."""
    with ctl.Home() as home:
        process, url = ctl.demo(home)
        with process:
            inner = servers.forward(int(url.rsplit(":", 1)[1].strip("/")))
            secure = servers.over_tls(inner, context) if context else None
            if both:
                handle = servers.by_first_byte(secure, servers.http("400 Bad Request", (), PLAIN_400))
            else:
                handle = secure or servers.by_first_byte(servers.says(NODE_400), inner)
            with servers.Server(handle) as server:
                yield server


def with_authority(function):
    """Gives a test an authority in a folder of its own."""
    def run(*arguments):
        folder = tempfile.mkdtemp(prefix="moltzer-certs-")
        try:
            function(certs.Authority(folder + "/ca"), *arguments)
        finally:
            shutil.rmtree(folder)
    return run


# TLS on a port that does not speak it

@suite.test("wss to a plain gateway, without consent")
def needs_ws():
    with gateway() as server:
        dial(server.url("wss"), [NOT_TLS], diagnosis="needs-ws", server=server)


@suite.test("wss to a plain gateway, with consent")
def consent():
    with gateway() as server:
        dial(server.url("wss"), [NOT_TLS, Attempt("ws")], options=["--allow-plaintext"], exit_code=ctl.DONE)


@suite.test("wss to a plain gateway, with consent but pinned")
def pinned_consent():
    with gateway() as server:
        dial(server.url("wss"), [NOT_TLS], options=["--allow-plaintext", "--pin", "ab" * 32], server=server)


for what, handle in (
    ("an HTTP server", servers.http("404 Not Found")),
    ("a server that answers in text", servers.says(b"ERR unknown command\r\n", keep_open=True)),
    ("a mail server", servers.greets(b"220 mail.test ESMTP\r\n")),
):
    suite.add(f"wss to {what}", lambda handle: meet(handle, "wss", [NOT_TLS], diagnosis="needs-ws"), handle)


@suite.test("wss, closed at once")
def closed():
    meet(servers.closes, "wss", [Attempt("wss", "tls")])


# No TLS on a port that speaks it

@suite.test("ws to a TLS gateway")
@with_authority
def needs_wss(authority):
    certificate = authority.self_signed("gateway")
    with gateway(certificate.context()) as server:
        dial(server.url("ws"), [Attempt("ws", "upgrade"), Attempt("wss")], options=["--pin", certificate.fingerprint()],
             exit_code=ctl.DONE, diagnosis="needs-wss")


@suite.test("ws to a TLS gateway that says so in plain HTTP")
@with_authority
def nginx(authority):
    certificate = authority.self_signed("gateway")
    with gateway(certificate.context(), both=True) as server:
        dial(server.url("ws"), [Attempt("ws", "upgrade"), Attempt("wss")], options=["--pin", certificate.fingerprint()],
             exit_code=ctl.DONE, diagnosis="needs-wss")


@suite.test("ws to a TLS gateway that is not trusted: nothing secret goes out")
@with_authority
def needs_wss_untrusted(authority):
    with gateway(authority.self_signed("gateway").context()) as server:
        dial(server.url("ws"), [Attempt("ws", "upgrade"), Attempt("wss", "tls", "tls-untrusted")], diagnosis="tls-untrusted",
             server=server)


# Certificates

@suite.test("an authority that is trusted")
@with_authority
def trusted(authority):
    certificate = authority.issue("gateway")
    with gateway(certificate.context()) as server:
        _, trace = dial(server.url("wss"), [Attempt("wss")], options=["--ca-file", authority.certificate], exit_code=ctl.DONE)
        tap.equal(trace["tls"]["fingerprint"].replace(":", "").lower(), certificate.fingerprint(), "fingerprint")


@suite.test("sessions are resumed, and the certificate is judged and shown all the same")
@with_authority
def resumed(authority):
    certificate = authority.issue("gateway")
    for options in (["--ca-file", authority.certificate], ["--pin", certificate.fingerprint()]):
        reused = []
        context = certificate.context()
        with ctl.Home() as home:
            process, url = ctl.demo(home)
            inner = servers.forward(int(url.rsplit(":", 1)[1].strip("/")))

            def handle(connection, server):
                with context.wrap_socket(connection, server_side=True) as secure:
                    reused.append(secure.session_reused)
                    inner(secure, server)
            with process, servers.Server(handle) as server:
                result, summary = ctl.probe(home, server.url("wss"), "--repeat", "3", *options)
        tap.equal((result.code, reused), (ctl.DONE, [False, True, True]), f"exit and which were resumed ({result})")
        for run in summary["runs"]:
            tap.equal(run["tls"]["fingerprint"].replace(":", "").lower(), certificate.fingerprint(), "fingerprint")


@suite.test("a self-signed certificate")
@with_authority
def self_signed(authority):
    certificate = authority.self_signed("gateway")
    with gateway(certificate.context()) as server:
        _, trace = dial(server.url("wss"), [Attempt("wss", "tls", "tls-untrusted")], options=["--allow-plaintext"],
                        diagnosis="tls-untrusted", server=server)
        tap.equal(trace["tls"]["fingerprint"].replace(":", "").lower(), certificate.fingerprint(), "fingerprint")


@suite.test("a pinned certificate, with and without colons")
@with_authority
def pinned(authority):
    certificate = authority.self_signed("gateway")
    pin = certificate.fingerprint()
    with gateway(certificate.context()) as server:
        for text in (pin, pin.upper(), ":".join(pin[at:at + 2] for at in range(0, 64, 2)).upper()):
            dial(server.url("wss"), [Attempt("wss")], options=["--pin", text], exit_code=ctl.DONE)


@suite.test("another certificate than the pinned one, though trusted")
@with_authority
def mismatch(authority):
    with gateway(authority.issue("gateway").context()) as server:
        dial(server.url("wss"), [Attempt("wss", "tls", "tls-pin-mismatch")],
             options=["--ca-file", authority.certificate, "--pin", "ab" * 32], diagnosis="tls-pin-mismatch", server=server)


@suite.test("a certificate for another name")
@with_authority
def other_name(authority):
    with gateway(authority.issue("other", "DNS:other.test").context()) as server:
        dial(server.url("wss"), [Attempt("wss", "tls", "tls-name")], options=["--ca-file", authority.certificate],
             diagnosis="tls-name", server=server)


@suite.test("an expired certificate")
@with_authority
def expired(authority):
    with gateway(authority.issue("old", end="20210101000000Z").context()) as server:
        dial(server.url("wss"), [Attempt("wss", "tls", "tls-expired")], options=["--ca-file", authority.certificate],
             diagnosis="tls-expired", server=server)


@suite.test("a certificate that is not valid yet")
@with_authority
def not_yet(authority):
    with gateway(authority.issue("new", start="20480101000000Z").context()) as server:
        dial(server.url("wss"), [Attempt("wss", "tls", "tls-expired")], options=["--ca-file", authority.certificate],
             diagnosis="tls-expired", server=server)


for alert in NO_CERTIFICATE_ALERTS:
    suite.add(f"alert {alert} instead of a certificate", lambda alert: meet(
        servers.tls_alert(alert), "wss", [Attempt("wss", "tls", "tls-no-certificate")], diagnosis="tls-no-cert"), alert)


@suite.test("a server of TLS 1.1")
@with_authority
def old_version(authority):
    certificate = authority.self_signed("gateway")
    context = certificate.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with gateway(context) as server:
        dial(server.url("wss"), [Attempt("wss", "tls")], options=["--pin", certificate.fingerprint(), "--allow-plaintext"],
             server=server)


if __name__ == "__main__":
    sys.exit(suite.run())
