# SPDX-License-Identifier: GPL-3.0-or-later
"""moltzerctl from the outside: its command line, probe, and the kept identity."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import certs  # noqa: E402
import ctl  # noqa: E402
import tap  # noqa: E402
from cases import Gateway, PASSWORD, TOKEN, check_trace, keys, reply, unused_port  # noqa: E402

suite = tap.Suite()


# The command line


@suite.test("help and version")
def help_and_version():
    with ctl.Home() as home:
        for arguments in (["--help"], ["help"], ["-h"]):
            result = ctl.run(home, arguments)
            tap.equal(result.code, ctl.DONE, f"exit ({result})")
            for command in ("probe", "chat", "sessions", "history", "models", "approvals", "report", "demo"):
                tap.check(command in result.out, f"{command} is missing: {result}")
        for command in ("probe", "chat", "sessions", "history", "models", "approvals", "report", "demo"):
            by_option = ctl.run(home, [command, "--help"])
            by_help = ctl.run(home, ["help", command])
            tap.equal(by_option.code, ctl.DONE, f"exit ({by_option})")
            tap.equal(by_option.out, by_help.out, command)
            tap.check(f"moltzerctl {command} [OPTION" in by_option.out, by_option)
            tap.check("--token-file" in by_option.out and "--record" not in by_option.out, by_option)
        demo = ctl.run(home, ["help", "demo"]).out
        for fault in ("drop", "stall", "stall-ready", "garbage", "garbage-ready", "starting", "oversized", "close", "shutdown", "gap",
                      "rate-limited", "protocol-mismatch", "deep", "slow-consumer", "rejected", "device-clock", "scopes"):
            tap.check(f"  {fault} " in demo, fault)
        tap.check(re.fullmatch(r"moltzerctl \d+\.\d+\.\d+\n", ctl.run(home, ["--version"]).out), "the version")


for arguments in (
    [],
    ["no-such-command"],
    ["help", "no-such-command"],
    ["probe"],
    ["probe", "ws://127.0.0.1:1", "ws://127.0.0.1:2"],
    ["probe", "--no-such-option", "ws://127.0.0.1:1"],
    ["probe", "--token", "x", "ws://127.0.0.1:1"],
    ["probe", "--repeat", "0x", "ws://127.0.0.1:1"],
    ["probe", "--repeat", "-1", "ws://127.0.0.1:1"],
    ["probe", "--strategy", "ipv6-only", "ws://127.0.0.1:1"],
    ["probe", "--platform", "amiga", "ws://127.0.0.1:1"],
    ["probe", "--pin", "abc", "ws://127.0.0.1:1"],
    ["probe", "--timeout", "-5", "ws://127.0.0.1:1"],
    ["probe", "--timeout", "0", "ws://127.0.0.1:1"],
    ["probe", "--repeat", "0", "ws://127.0.0.1:1"],
    ["probe", "--stay", "0", "ws://127.0.0.1:1"],
    ["probe", "--stay", "2", "--repeat", "2", "ws://127.0.0.1:1"],
    ["probe", "--stay", "2", "--no-login", "ws://127.0.0.1:1"],
    ["chat", "--session", "", "--demo", "hello"],
    ["history", "--session", "", "ws://127.0.0.1:1"],
    ["demo", "--close-code", "999"],
    ["demo", "--close-code", "5000"],
    ["demo", "--rate", "0"],
    ["demo", "--rate", "nan"],
    ["demo", "--rate", "inf"],
    ["demo", "--tick-ms", "0"],
    ["probe", "--ca-file", "/nonexistent.pem", "ws://127.0.0.1:1"],
    ["probe", "--token-file", "/nonexistent", "ws://127.0.0.1:1"],
    ["probe", "--token-file", "-", "--password-file", "-", "ws://127.0.0.1:1"],
    ["probe", "ftp://127.0.0.1"],
    ["probe", "ws://"],
    ["chat", "ws://127.0.0.1:1"],
    ["chat", "--demo"],
    ["chat", "--approve", "always", "--demo", "hello"],
    ["chat", "--demo", ""],
    ["history", "--limit", "0", "ws://127.0.0.1:1"],
    ["approvals", "--resolve", "x", "ws://127.0.0.1:1"],
    ["approvals", "--decide", "once", "ws://127.0.0.1:1"],
    ["approvals", "--resolve", "x", "--decide", "maybe", "ws://127.0.0.1:1"],
    ["demo", "stray"],
    ["demo", "--port", "70000"],
    ["demo", "--protocol", "5"],
    ["demo", "--auth", "magic"],
    ["demo", "--auth", "token"],
    ["demo", "--fault", "no-such-fault"],
    ["demo", "--tls-key", "/nonexistent"],
):
    @suite.test("usage: " + " ".join(arguments), arguments)
    def usage(arguments):
        with ctl.Home() as home:
            result = ctl.run(home, arguments, timeout=10)
            tap.equal(result.code, ctl.USAGE, f"exit ({result})")
            tap.check("moltzerctl" in result.err or not arguments, result)
            tap.check(result.out == "" or not arguments, result)


@suite.test("a platform from the environment that does not exist")
def bad_environment():
    with ctl.Home() as home:
        result = ctl.run(home, ["probe", "ws://127.0.0.1:1"], environment={"MOLTZER_PLATFORM": "amiga"})
        tap.equal(result.code, ctl.USAGE, f"exit ({result})")


# probe


@suite.test("probe: the table")
def probe_table():
    with Gateway() as gateway:
        result = gateway.run("probe")
        tap.equal(result.code, ctl.DONE, f"exit ({result})")
        for line in (r"Gateway +ws://127\.0\.0\.1:\d+", r"Strategy +standard \(.+\)", r"✓ Attempt 1: standard, ws://, 127\.0\.0\.1:\d+",
                     r"    ✓  connect +\d+\.\d ms", r"    ✓  upgrade +\d+\.\d ms", r"    ✓  challenge +\d+\.\d ms",
                     r"    ✓  hello +\d+\.\d ms", r"Server +\S+.*, protocol 4", r"Ready +\d+\.\d ms"):
            tap.check(re.search("^" + line, result.out, re.MULTILINE), f"{line!r} is missing: {result}")
        tap.check("✗" not in result.out, result)


@suite.test("probe: JSON")
def probe_json():
    with Gateway() as gateway:
        _, trace = ctl.probe(gateway.home, gateway.url)
        check_trace(trace)
        tap.check(trace["ok"] and trace["ready_ms"] > 0, trace)
        tap.equal(trace["server"]["protocol"], 4, "protocol")
        tap.equal((trace["tls"], trace["diagnosis"]), (None, None), "TLS and diagnosis")
        tap.equal(len(trace["attempts"]), 1, "attempts")
        tap.check(all(phase["ok"] for phase in trace["attempts"][0]["phases"]), trace)
        tap.equal(ctl.phases(trace["attempts"][0])[-4:], ["connect", "upgrade", "challenge", "hello"], "phases")


@suite.test("probe: protocol 3")
def probe_protocol_3():
    with Gateway("--protocol", "3") as gateway:
        _, trace = ctl.probe(gateway.home, gateway.url)
        check_trace(trace)
        tap.equal(trace["server"]["protocol"], 3, "protocol")


for name, options, environment, route, reason in (
    ("linux", ["--platform", "linux"], {}, "standard", "default"),
    ("macos", ["--platform", "macos"], {}, "ipv4-only", "platform"),
    ("macos from the environment", [], {"MOLTZER_PLATFORM": "macos"}, "ipv4-only", "platform"),
    ("the option outdoes the environment", ["--platform", "linux"], {"MOLTZER_PLATFORM": "macos"}, "standard", "default"),
    ("ipv4-only by setting", ["--strategy", "ipv4-only"], {}, "ipv4-only", "setting"),
    ("standard by setting", ["--strategy", "standard", "--platform", "macos"], {}, "standard", "setting"),
):
    @suite.test("probe: strategy: " + name, options, environment, route, reason)
    def probe_strategy(options, environment, route, reason):
        with Gateway() as gateway:
            url = gateway.url.replace("127.0.0.1", "localhost")
            _, trace = ctl.probe(gateway.home, url, *options, environment=environment)
            check_trace(trace)
            tap.check(trace["ok"], trace)
            tap.equal(trace["strategy"]["route"], route, "route")
            tap.equal(trace["strategy"]["reason"], reason, "reason")
            tap.equal(trace["attempts"][0]["route"], route, "route of the attempt")


@suite.test("probe: the log of the workaround")
def probe_verbose():
    with Gateway() as gateway:
        url = gateway.url.replace("127.0.0.1", "localhost")
        result = ctl.run(gateway.home, ["probe", "--verbose", "--platform", "macos", url])
        for line in ("Connection Strategy: Using manual TCP (macOS/Tailscale workaround)", "Manual TCP: Connecting to ws://localhost",
                     "Manual TCP: Resolving localhost (IPv4 only)...", "Manual TCP: Resolved to 1 IPv4 addr(s):",
                     "Manual TCP: TCP connection established", "Manual TCP: WebSocket connection established (plain)"):
            tap.check(line in result.err, f"{line!r} is missing: {result}")


@suite.test("probe: no login")
def probe_no_login():
    with Gateway("--auth", "token", environment={"MOLTZER_TOKEN": TOKEN}) as gateway:
        result, trace = ctl.probe(gateway.home, gateway.url, "--no-login")
        check_trace(trace)
        tap.equal(result.code, ctl.DONE, f"exit ({result})")
        tap.check(trace["ok"] and trace["ready_ms"] > 0, trace)
        tap.equal(ctl.phases(trace["attempts"][0])[-1], "challenge", "the last phase")
        tap.equal((trace["server"], trace["diagnosis"]), (None, None), "server and diagnosis")


@suite.test("probe: repeated")
def probe_repeat():
    with Gateway() as gateway:
        result, summary = ctl.probe(gateway.home, gateway.url, "--repeat", "4")
        keys(summary, "ok", "count", "succeeded", "min_ms", "median_ms", "max_ms", "runs")
        tap.equal((result.code, summary["ok"], summary["count"], summary["succeeded"]), (ctl.DONE, True, 4, 4), f"outcome ({result})")
        times = sorted(run["ready_ms"] for run in summary["runs"])
        for run in summary["runs"]:
            check_trace(run)
        tap.equal(summary["min_ms"], times[0], "least")
        tap.equal(summary["max_ms"], times[3], "greatest")
        tap.between(summary["median_ms"], (times[1] + times[2]) / 2 - 1e-6, (times[1] + times[2]) / 2 + 1e-6, "median")

        text = gateway.run("probe", "--repeat", "3")
        tap.check(re.search(r"^3 of 3: min \d+\.\d ms, median \d+\.\d ms, max \d+\.\d ms$", text.out, re.MULTILINE), text)


@suite.test("probe: nothing listens")
def probe_refused():
    with ctl.Home() as home:
        url = f"ws://127.0.0.1:{unused_port()}"
        result, trace = ctl.probe(home, url)
        check_trace(trace)
        tap.equal(result.code, ctl.NOT_CONNECTED, f"exit ({result})")
        tap.equal((trace["ok"], ctl.diagnosis(trace)), (False, "refused"), f"outcome ({result})")
        tap.equal(trace["attempts"][0]["error"]["code"], "refused", "code")

        text = ctl.run(home, ["probe", url])
        tap.equal(text.code, ctl.NOT_CONNECTED, f"exit ({text})")
        tap.check("✗ Attempt 1" in text.out and "(refused)" in text.out, text)

        repeated, summary = ctl.probe(home, url, "--repeat", "2")
        tap.equal((repeated.code, summary["ok"], summary["succeeded"], summary["min_ms"]), (ctl.NOT_CONNECTED, False, 0, None), repeated)


for name, gateway_options, gateway_secret, client_secret, identifier in (
    ("wrong token", ["--auth", "token"], {"MOLTZER_TOKEN": TOKEN}, {"MOLTZER_TOKEN": "another-token-1a2b3c"}, "auth-token"),
    ("no token", ["--auth", "token"], {"MOLTZER_TOKEN": TOKEN}, {}, "auth-missing"),
    ("wrong password", ["--auth", "password"], {"MOLTZER_PASSWORD": PASSWORD}, {"MOLTZER_PASSWORD": "another-password"}, "auth-token"),
    ("rate limited", ["--fault", "rate-limited"], {}, {}, "auth-rate-limited"),
    ("a new device", ["--pairing"], {}, {}, "pairing-required"),
    ("a signature that is too old", ["--fault", "device-clock"], {}, {}, "device-clock"),
):
    @suite.test("refused login: " + name, gateway_options, gateway_secret, client_secret, identifier)
    def refused_login(gateway_options, gateway_secret, client_secret, identifier):
        with Gateway(*gateway_options, environment=gateway_secret) as gateway:
            result, trace = ctl.probe(gateway.home, gateway.url, environment=client_secret)
            check_trace(trace)
            tap.equal(result.code, ctl.AUTHENTICATION, f"exit ({result})")
            tap.equal(ctl.diagnosis(trace), identifier, f"diagnosis ({result})")

            table = ctl.run(gateway.home, ["probe", gateway.url], environment=client_secret).out
            tap.equal("--token-file or --password-file" in table, identifier in ("auth-missing", "auth-token"), f"hint in {table}")
            tap.check(table.count("openclaw devices approve") <= 1 and "[redacted]" not in table, table)

            repeated, summary = ctl.probe(gateway.home, gateway.url, "--repeat", "3", environment=client_secret)
            tap.equal((repeated.code, summary["count"]), (ctl.AUTHENTICATION, 1), f"no loop ({repeated})")

            for command, message in (("sessions", ()), ("history", ()), ("models", ()), ("approvals", ()), ("chat", ("hello",))):
                other = gateway.run(command, environment=client_secret, message=message)
                tap.equal(other.code, ctl.AUTHENTICATION, f"exit of {command} ({other})")
                tap.check(f"({identifier})" in other.err and other.out == "", other)


@suite.test("right secrets, from the environment, a file and the standard input")
def right_secrets():
    for option, variable, secret in (("token", "MOLTZER_TOKEN", TOKEN), ("password", "MOLTZER_PASSWORD", PASSWORD)):
        with Gateway("--auth", option, environment={variable: secret}) as gateway:
            path = gateway.home.file("secret")
            with open(path, "w", encoding="utf-8") as file:
                file.write(secret + "\n")
            os.chmod(path, 0o600)
            for number, (arguments, keywords) in enumerate((
                ([], {"environment": {variable: secret}}),
                ([f"--{option}-file", path], {}),
                ([f"--{option}-file", path], {"environment": {variable: "a-wrong-one-in-the-environment"}}),
                ([f"--{option}-file", "-"], {"stdin": secret + "\r\nmore\n"}),
            )):
                identity = ["--identity", gateway.home.file(f"{number}.json")]
                result = gateway.run("probe", *identity, *arguments, **keywords)
                tap.equal((result.code, result.err), (ctl.DONE, ""), f"{arguments} ({result})")
                tap.check(secret not in result.out, "a secret was shown")

            os.chmod(path, 0o644)
            result = gateway.run("probe", "--identity", gateway.home.file("last.json"), f"--{option}-file", path)
            tap.equal(result.code, ctl.DONE, f"exit ({result})")
            tap.check("Warning" in result.err and path in result.err, result)


@suite.test("pairing, approved on the standard input of the demo")
def pairing():
    with ctl.Home() as home:
        gateway = subprocess.Popen(ctl.command(["demo", "--pairing"]), env=home.environment(), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
        try:
            url = gateway.stdout.readline().strip()[len("URL="):]
            tap.equal(ctl.run(home, ["probe", url]).code, ctl.AUTHENTICATION, "exit before")
            gateway.stdin.write("approve\n")
            gateway.stdin.flush()
            tap.equal(gateway.stdout.readline(), "approved\n", "answer")
            tap.equal(ctl.run(home, ["probe", url]).code, ctl.DONE, "exit after")
        finally:
            gateway.terminate()
            tap.equal(gateway.wait(10), 0, "exit of the demo")
            gateway.stdin.close()
            gateway.stdout.close()


@suite.test("a timeout for all of it")
def timeout():
    with Gateway("--fault", "stall") as gateway:
        result, trace = ctl.probe(gateway.home, gateway.url, "--timeout", "1")
        check_trace(trace)
        tap.equal(result.code, ctl.NOT_CONNECTED, f"exit ({result})")
        tap.between(result.seconds, 0.99, 6, "seconds")
        tap.equal(ctl.diagnosis(trace), "timeout", f"diagnosis ({result})")
        tap.check("challenge" in trace["diagnosis"]["explanation"], trace)
        tap.equal(trace["attempts"][-1]["error"]["code"], "timed-out", "code")
        tap.between(trace["attempts"][-1]["phases"][-1]["duration_ms"], 500, 5000, "ms of the phase that hung")
        chat = gateway.run("chat", "--timeout", "1", message=["hello"])
        tap.check("Not connected within 1 s" in chat.err and "Something else" not in chat.err, chat)


@suite.test("a gateway that is still starting")
def starting():
    with Gateway("--fault", "starting") as gateway:
        result, trace = ctl.probe(gateway.home, gateway.url)
        tap.equal((result.code, ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, "starting"), f"a probe tries once ({result})")
        models = gateway.run("models")
        tap.equal(models.code, ctl.DONE, f"others wait ({models})")
        tap.check("still starting" in models.err, models)


@suite.test("TLS: an authority, a pin, neither")
def tls():
    if shutil.which("openssl") is None:
        raise tap.Skip("openssl is not installed")
    with ctl.Home() as home:
        authority = certs.Authority(home.file("authority"))
        certificate = authority.issue("gateway")
        fingerprint = certificate.fingerprint()
        with Gateway("--tls-certificate", certificate.certificate, "--tls-key", certificate.key) as gateway:
            tap.check(gateway.url.startswith("wss://"), gateway.url)
            for options in (["--ca-file", authority.certificate], ["--pin", fingerprint],
                            ["--pin", ":".join(re.findall("..", fingerprint.upper()))]):
                result, trace = ctl.probe(gateway.home, gateway.url, *options)
                check_trace(trace)
                tap.equal(result.code, ctl.DONE, f"exit ({result})")
                tap.equal(trace["tls"]["fingerprint"], fingerprint, "fingerprint")
                tap.check(trace["tls"]["version"] and trace["tls"]["cipher"], trace["tls"])
            table = gateway.run("probe", "--pin", fingerprint)
            tap.check(re.search(r"^TLS +TLS ?1\.[23], \S+", table.out, re.MULTILINE) and fingerprint in table.out, table)
            tap.equal(reply(gateway, "say: in private", options=["--pin", fingerprint]).out, "in private\n", "a chat over TLS")

            for options, identifier in (([], "tls-untrusted"), (["--pin", "0" * 64], "tls-pin-mismatch")):
                result, trace = ctl.probe(gateway.home, gateway.url, *options)
                check_trace(trace)
                tap.equal((result.code, ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, identifier), f"outcome ({result})")
                tap.equal(trace["tls"]["fingerprint"], fingerprint, "fingerprint")


# The identity


@suite.test("the identity is kept, private, and told when it is damaged")
def identity():
    with Gateway() as gateway:
        tap.equal(gateway.run("probe").code, ctl.DONE, "exit")
        path = gateway.home.file("data/moltzer/identity.json")
        tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
        tap.equal(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700, "mode of the folder")
        with open(path, encoding="utf-8") as file:
            first = json.load(file)
        tap.equal(first["version"], 1, "version")

        tap.equal(gateway.run("probe").code, ctl.DONE, "exit")
        with open(path, encoding="utf-8") as file:
            tap.equal(json.load(file)["seed"], first["seed"], "seed")

        with open(path, "w", encoding="utf-8") as file:
            file.write("{ damaged")
        for command, message in (("probe", ()), ("models", ()), ("chat", ("hello",))):
            result = gateway.run(command, message=message)
            tap.equal(result.code, ctl.NOT_CONNECTED, f"exit ({result})")
            tap.check(path in result.err, result)
        with open(path, encoding="utf-8") as file:
            tap.equal(file.read(), "{ damaged", "the damaged file")


if __name__ == "__main__":
    sys.exit(suite.run())
