# SPDX-License-Identifier: GPL-3.0-or-later
"""moltzerctl report: what an issue needs, and nothing that nobody should see."""

import getpass
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import servers  # noqa: E402
import tap  # noqa: E402
from cases import Gateway, PASSWORD, TOKEN  # noqa: E402

suite = tap.Suite()

COOKIE = "Zk3vW9qLr7TtYy0PpAaSsDdFfGg"
HOSTS = ("studio.tail1234.ts.net", "proxy.corp.example", "203.0.113.77", "2001:db8::dead:beef")


def without(text, *planted):
    lower = text.lower()
    for secret in planted:
        tap.check(secret.lower() not in lower, f"{secret!r} is in the report:\n{text}")


def report(gateway, *options, **keywords):
    return gateway.run("report", *options, **keywords)


@suite.test("a gateway that answers")
def ready():
    with Gateway() as gateway:
        result = report(gateway)
        tap.equal(result.code, ctl.DONE, f"exit ({result})")
        for line in ("Moltzer: ", "System: ", "Libraries: GLib ", "Network: ", "Gateway:   ws, port ", "Strategy:  standard (default)",
                     "Attempt 1: standard, ws, used", "  hello      ok", "Ready:     after ", "Server: ", "Log, the last ",
                     "moltzer-net: Standard: Logged in"):
            tap.check(line in result.out, f"{line!r} is missing: {result}")
        without(result.out, "127.0.0.1", gateway.home.path)
        tap.equal(result.err, "", "the standard error")


@suite.test("without a URL: this computer alone")
def alone():
    with ctl.Home() as home:
        result = ctl.run(home, ["report"])
        tap.equal(result.code, ctl.DONE, f"exit ({result})")
        tap.check("Libraries:" in result.out and "Gateway:" not in result.out, result)


@suite.test("a login that is refused; the secrets are known")
def refused():
    with Gateway("--auth", "token", environment={"MOLTZER_TOKEN": TOKEN}) as gateway:
        wrong = "short-one"
        result = report(gateway, environment={"MOLTZER_TOKEN": wrong})
        tap.equal(result.code, ctl.AUTHENTICATION, f"exit ({result})")
        tap.check("Diagnosis: auth-token:" in result.out, result)
        without(result.out, wrong, TOKEN)


@suite.test("a server that says back what it was told, and more")
def hostile():
    """Names, addresses, tokens and cookies in an answer, in this person's own words and in everybody's."""
    user, host = getpass.getuser(), socket.gethostname()
    lines = [f"X-Token: {TOKEN}", f"Set-Cookie: sid={COOKIE}", f"Location: wss://me:{PASSWORD}@{HOSTS[0]}/?token={TOKEN}",
             f"Via: 1.1 {HOSTS[1]} {HOSTS[2]} [{HOSTS[3]}]"]
    page = f"<html>{user}@{host} {TOKEN} {PASSWORD} {COOKIE} {HOSTS}</html>".encode()
    with ctl.Home() as home:
        frame = servers.frame(b'{"type":"event","event":"connect.challenge","payload":{"nonce":"n","ts":1}}')
        answer = servers.frame((f'{{"type":"res","id":"connect","ok":false,"error":{{"code":"INVALID_REQUEST","message":'
                                f'"{user} on {host} at {HOSTS[0]} ({HOSTS[2]}, {HOSTS[3]}) sent {TOKEN} and {PASSWORD}; Bearer {COOKIE}",'
                                f'"details":{{"code":"AUTH_TOKEN_MISMATCH"}}}}}}').encode())
        for handle in (servers.http("302 Found", lines, page), servers.websocket(frame, answer), servers.says(page)):
            with servers.Server(handle) as server:
                result = ctl.run(home, ["report", server.url("ws", path="/agents/family-diary")],
                                 environment={"MOLTZER_TOKEN": TOKEN, "MOLTZER_PASSWORD": PASSWORD})
                tap.check(result.code in (ctl.NOT_CONNECTED, ctl.AUTHENTICATION), f"exit ({result})")
                tap.check("Diagnosis:" in result.out and "Log, the last" in result.out, result)
                without(result.out, TOKEN, PASSWORD, COOKIE, "family-diary", "127.0.0.1", *HOSTS, f"{user} on", f"on {host}", f"{user}@")


@suite.test("an identity that cannot be read: the path does not tell who it is")
def identity():
    with Gateway() as gateway:
        folder = gateway.home.file("data/moltzer")
        os.makedirs(folder)
        with open(os.path.join(folder, "identity.json"), "w", encoding="utf-8") as file:
            file.write("{ damaged")
        result = report(gateway)
        tap.equal(result.code, ctl.NOT_CONNECTED, f"exit ({result})")
        without(result.out, gateway.home.path)


for arguments in (["report", "ftp://127.0.0.1"], ["report", "ws://127.0.0.1:1", "ws://127.0.0.1:2"], ["report", "--token", "x"]):
    @suite.test("usage: " + " ".join(arguments), arguments)
    def usage(arguments):
        with ctl.Home() as home:
            result = ctl.run(home, arguments, timeout=10)
            tap.equal(result.code, ctl.USAGE, f"exit ({result})")


if __name__ == "__main__":
    sys.exit(suite.run())
