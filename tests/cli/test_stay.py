# SPDX-License-Identifier: GPL-3.0-or-later
"""moltzerctl probe --stay: how connections are lost, and what is said about it."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import servers  # noqa: E402
import tap  # noqa: E402
from cases import Gateway, TOKEN, check_trace  # noqa: E402

suite = tap.Suite()


def stay(gateway, seconds, *options, **keywords):
    result, trace = ctl.probe(gateway.home, gateway.url, "--stay", str(seconds), *options, **keywords)
    losses = trace.pop("losses", None)
    check_trace(trace)
    return result, trace, losses


@suite.test("nothing is lost")
def nothing_lost():
    with Gateway() as gateway:
        result, trace, losses = stay(gateway, 1)
        tap.equal((result.code, trace["ok"], ctl.diagnosis(trace), losses), (ctl.DONE, True, None, 0), f"outcome ({result})")
        tap.between(result.seconds, 0.9, 5, "seconds")


for name, seconds, options, identifier, least in (
    ("half-open: logged in, then silent for two ticks", 3, ["--fault", "stall-ready", "--tick-ms", "500"], "half-open", 1),
    ("the gateway restarts", 2, ["--fault", "shutdown"], "shutdown", 1),
    ("too slow for the gateway", 2, ["--fault", "slow-consumer"], "slow-consumer", 1),
    ("more than the gateway takes", 2, ["--fault", "oversized"], "too-large", 1),
):
    @suite.test(f"lost: {name}", seconds, options, identifier, least)
    def lost(seconds, options, identifier, least):
        with Gateway(*options) as gateway:
            result, trace, losses = stay(gateway, seconds)
            tap.equal((result.code, trace["ok"], ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, False, identifier), f"outcome ({result})")
            tap.check(losses >= least, f"{losses} losses ({result})")
            tap.check(f"({identifier})" in result.err, result)


@suite.test("lost: dropped within a moment, again and again: flapping")
def flapping():
    """Behind a proxy that ends each connection a moment after the login."""
    with Gateway("--fault", "close") as gateway:
        process = ctl.Process(gateway.home, ["probe", "--json", "--stay", "60", gateway.url])
        with process:
            process.wait_line(lambda stream, line: stream == "stderr" and "(flapping)" in line, timeout=60)
            process.interrupt()
            tap.equal(process.wait(), ctl.NOT_CONNECTED, "exit")
            tap.check(any('"id" : "flapping"' in line for line in process.rest()), process.rest())


@suite.test("let in, with fewer permissions: scope-limited")
def scopes():
    with Gateway("--fault", "scopes") as gateway:
        result, trace = ctl.probe(gateway.home, gateway.url)
        tap.equal((result.code, trace["ok"], ctl.diagnosis(trace)), (ctl.DONE, True, "scope-limited"), f"outcome ({result})")
        tap.check("operator.write" in trace["diagnosis"]["explanation"], trace["diagnosis"])


@suite.test("this kind of client is refused: client-rejected")
def rejected():
    with Gateway("--fault", "rejected") as gateway:
        result, trace = ctl.probe(gateway.home, gateway.url)
        tap.equal((result.code, ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, "client-rejected"), f"outcome ({result})")


@suite.test("no common protocol: protocol-mismatch")
def mismatch():
    with Gateway("--fault", "protocol-mismatch") as gateway:
        result, trace = ctl.probe(gateway.home, gateway.url)
        tap.equal((result.code, ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, "protocol-mismatch"), f"outcome ({result})")


@suite.test("a device token that is void: auth-device-token")
def void_device_token():
    """Another gateway has come to the same address; what the first one gave is worth nothing there."""
    with Gateway("--auth", "token", environment={"MOLTZER_TOKEN": TOKEN}) as gateway:
        tap.equal(ctl.probe(gateway.home, gateway.url, environment={"MOLTZER_TOKEN": TOKEN})[0].code, ctl.DONE, "exit")
        tap.equal(ctl.probe(gateway.home, gateway.url)[0].code, ctl.DONE, "exit with the device token alone")
        gateway.process.stop()
        port = gateway.url.rsplit(":", 1)[1].strip("/")
        other = ctl.Process(gateway.home, ["demo", "--port", port, "--auth", "token"], {"MOLTZER_TOKEN": "another-" + TOKEN})
        with other:
            other.wait_line(lambda stream, line: line.startswith("URL="))
            result, trace = ctl.probe(gateway.home, gateway.url)
            tap.equal((result.code, ctl.diagnosis(trace)), (ctl.AUTHENTICATION, "auth-device-token"), f"outcome ({result})")


LOGIND = """
import sys
from gi.repository import Gio, GLib
bus = Gio.DBusConnection.new_for_address_sync(sys.argv[1], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
                                              Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
              GLib.Variant("(su)", ("org.freedesktop.login1", 0)), None, 0, -1, None)
print("ready", flush=True)
for line in sys.stdin:
    bus.emit_signal(None, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
                    GLib.Variant("(b)", (line.strip() == "sleep",)))
    bus.flush_sync(None)
"""
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow send_type="signal"/>
<allow receive_type="signal"/><allow eavesdrop="true"/></policy></busconfig>"""


class Logind:
    """A system bus of the test's own, and on it somebody who says when the computer sleeps."""

    def __init__(self, home):
        python = "/usr/bin/python3"
        if shutil.which("dbus-daemon") is None:
            raise tap.Skip("there is no dbus-daemon")
        if subprocess.run([python, "-c", "from gi.repository import Gio"], stderr=subprocess.DEVNULL).returncode != 0:
            raise tap.Skip("there is no python3-gi")
        config = home.file("bus.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(BUS % home.path)
        self.bus = subprocess.Popen(["dbus-daemon", "--nofork", "--print-address", "--config-file", config],
                                    stdout=subprocess.PIPE, encoding="ascii")
        self.address = self.bus.stdout.readline().strip()
        self.process = subprocess.Popen([python, "-c", LOGIND, self.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii")
        tap.equal(self.process.stdout.readline(), "ready\n", "the mock")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for process in (self.process, self.bus):
            process.terminate()
            process.wait(10)
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    def say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()


class Cable:
    """Forwards to a gateway, until it is cut: then nothing passes any more, and nobody is told."""

    def __init__(self, port):
        self.cut = False
        self.inner = servers.forward(port)
        self.halves = []

    def __call__(self, connection, server):
        if not self.cut:
            self.inner(Half(self, connection), server)
        else:
            server.stopping.wait()


class Half:
    """A socket whose bytes get lost once the cable is cut."""

    def __init__(self, cable, connection):
        self.cable, self.connection = cable, connection

    def __getattr__(self, name):
        return getattr(self.connection, name)

    def sendall(self, data):
        if not self.cable.cut:
            self.connection.sendall(data)


@suite.test("slept, and the connection did not outlast it: resume")
def resume():
    """The gateway is there all the time; what it says gets lost after the sleep, as where a NAT has forgotten."""
    with Gateway() as gateway, Logind(gateway.home) as logind:
        cable = Cable(int(gateway.url.rsplit(":", 1)[1].strip("/")))
        with servers.Server(cable) as server:
            process = ctl.Process(gateway.home, ["probe", "--verbose", "--json", "--stay", "120", server.url("ws")],
                                  {"DBUS_SYSTEM_BUS_ADDRESS": logind.address})
            with process:
                process.wait_line(lambda stream, line: "Listening for sleep" in line)
                logind.say("sleep")
                process.wait_line(lambda stream, line: "goes to sleep" in line)
                logind.say("wake")  # the gateway answers: nothing is lost
                process.wait_line(lambda stream, line: "woke up" in line)
                cable.cut = True
                logind.say("wake")
                process.wait_line(lambda stream, line: "(resume)" in line, timeout=20)
                cable.cut = False
                process.wait_line(lambda stream, line: "WebSocket" in line and "established" in line, timeout=20)
                process.interrupt()
                tap.equal(process.wait(), ctl.NOT_CONNECTED, "exit")
                lines = process.rest()
                tap.check(any('"id" : "resume"' in line for line in lines), lines)
                tap.equal(sum("! Lost" in line for line in lines), 1, f"losses: {lines}")


if __name__ == "__main__":
    sys.exit(suite.run())
