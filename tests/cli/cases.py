# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of moltzerctl from the outside share."""

import os
import pty
import re
import select
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import tap  # noqa: E402

TOKEN = "planted-token-3f9a7c51d2"
PASSWORD = "planted-password-b8e06471"
INTERRUPTED = 130


class Gateway:
    """A demo gateway and a home for those who talk to it."""

    def __init__(self, *options, environment=None):
        self.options, self.environment = options, environment

    def __enter__(self):
        self.home = ctl.Home()
        self.process, self.url = start(self.home, self.options, self.environment)
        return self

    def __exit__(self, *exception):
        self.process.stop()
        self.home.__exit__()

    def run(self, command, *arguments, environment=None, stdin=None, message=()):
        return ctl.run(self.home, [command, *arguments, self.url, *message], environment=environment, stdin=stdin)


def start(home, options=(), environment=None):
    process = ctl.Process(home, ["demo", *options], environment)
    try:
        first = process.wait_line(lambda stream, line: line if stream == "stdout" else None)
        tap.check(re.fullmatch(r"URL=wss?://127\.0\.0\.1:\d+/?", first), f"the first line: {first!r}")
    except AssertionError:
        process.stop()
        raise
    return process, first[len("URL="):]


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def keys(value, *expected):
    tap.equal(sorted(value), sorted(expected), "members")


def a(value, *kinds):
    tap.check(type(value) in kinds, f"{value!r} is none of {kinds}")


NONE = type(None)


def check_trace(trace):
    """Exactly the object of the man page, whatever happened."""
    keys(trace, "url", "ok", "ready_ms", "strategy", "attempts", "tls", "server", "diagnosis")
    a(trace["url"], str)
    a(trace["ok"], bool)
    a(trace["ready_ms"], float, int, NONE)
    keys(trace["strategy"], "route", "reason", "plan")
    for route in [trace["strategy"]["route"], *trace["strategy"]["plan"]]:
        tap.one_of(route, ("ipv4-only", "standard"), "route")
    a(trace["strategy"]["reason"], str)
    for attempt in trace["attempts"]:
        keys(attempt, "route", "scheme", "address", "phases", "error")
        tap.one_of(attempt["route"], ("ipv4-only", "standard"), "route")
        tap.one_of(attempt["scheme"], ("ws", "wss"), "scheme")
        a(attempt["address"], str, NONE)
        for phase in attempt["phases"]:
            keys(phase, "name", "ok", "start_ms", "duration_ms", "detail")
            tap.one_of(phase["name"], ("resolve", "connect", "tls", "upgrade", "challenge", "hello"), "phase")
            a(phase["ok"], bool)
            a(phase["start_ms"], float, int)
            a(phase["duration_ms"], float, int, NONE)
            a(phase["detail"], str, NONE)
        if attempt["error"] is not None:
            keys(attempt["error"], "domain", "code", "message")
            tap.one_of(attempt["error"]["domain"], ("moltzer-net", "moltzer-gateway"), "domain")
            tap.check(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", attempt["error"]["code"]), attempt["error"])
    if trace["tls"] is not None:
        keys(trace["tls"], "version", "cipher", "fingerprint")
    if trace["server"] is not None:
        keys(trace["server"], "version", "protocol")
        a(trace["server"]["protocol"], int)
    if trace["diagnosis"] is not None:
        keys(trace["diagnosis"], "id", "headline", "explanation", "fix")
    if not trace["ok"]:
        tap.equal(trace["ready_ms"], None, "ready_ms")


def reply(gateway, *message, options=(), **keywords):
    return gateway.run("chat", *options, message=message, **keywords)


def open_terminal():
    """A pseudo-terminal's two ends."""
    try:
        return pty.openpty()
    except OSError as error:
        raise tap.Skip(f"no pseudo-terminals here: {error}") from None


class Terminal:
    """A chat with a terminal of its own."""

    def __init__(self, home, arguments):
        self.seen = ""
        self.master, slave = open_terminal()
        self.process = subprocess.Popen(ctl.command(arguments), env=home.environment(), stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True)
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def expect(self, text, timeout=20):
        deadline = time.monotonic() + timeout
        while text not in self.seen:
            tap.check(select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0], f"no {text!r} in {self.seen!r}")
            try:
                self.seen += os.read(self.master, 4096).decode("utf-8", "replace")
            except OSError:  # Linux: the other side is closed
                tap.check(text in self.seen, f"no {text!r} in {self.seen!r}")

    def type(self, line):
        os.write(self.master, line.encode() + b"\n")

    def wait(self):
        try:
            while True:
                self.expect("\0")
        except AssertionError:
            return self.process.wait(10)
