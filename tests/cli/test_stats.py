# SPDX-License-Identifier: GPL-3.0-or-later
"""moltzerctl stats from the outside: what dials leave behind, and what they do not."""

import csv
import io
import os
import re
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import tap  # noqa: E402
from cases import Gateway, TOKEN, keys, reply, unused_port  # noqa: E402

suite = tap.Suite()

ROW = ("dials", "succeeded", "failed", "cancelled", "success_rate", "p50_ms", "p95_ms", "connections", "lost", "reconnected", "connected_s")


def records(home):
    return os.path.join(home.file("data"), "moltzer", "records.db")


def stats(home, *options, **keywords):
    result = ctl.run(home, ["stats", *options], **keywords)
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    return result


@suite.test("nothing yet, and nothing made by asking")
def empty():
    with ctl.Home() as home:
        tap.check("no records yet" in stats(home).out, "says so")
        figures = stats(home, "--json").json()
        keys(figures, "first", "last", "all", "by_method", "by_network", "by_platform", "failures")
        tap.equal((figures["first"], figures["all"]["dials"], figures["all"]["success_rate"]), (None, 0, None), "figures")
        tap.equal(stats(home, "--json", "--rows").json(), [], "rows")
        tap.check(stats(home, "--openmetrics").out.endswith("# EOF\n"), "the end mark")
        stats(home, "--clear")
        tap.check(not os.path.exists(records(home)), "no file was made")


@suite.test("rates and times after some dials")
def figures():
    with Gateway() as gateway:
        home = gateway.home
        for _ in range(3):
            tap.equal(gateway.run("probe").code, ctl.DONE, "probe")
        tap.equal(gateway.run("probe", "--no-login").code, ctl.DONE, "probe without a login")
        tap.equal(gateway.run("probe", "--strategy", "ipv4-only").code, ctl.DONE, "probe, IPv4 only")
        tap.equal(reply(gateway, "hello").code, ctl.DONE, "chat")
        tap.equal(gateway.run("models").code, ctl.DONE, "models")
        refused = ctl.run(home, ["probe", f"ws://127.0.0.1:{unused_port()}"])
        tap.equal(refused.code, ctl.NOT_CONNECTED, "probe where nothing listens")

        found = stats(home, "--json").json()
        for row in (found["all"], *found["by_method"], *found["by_network"], *found["by_platform"]):
            keys(row, *ROW, *(["name"] if row is not found["all"] else []))
        tap.equal([found["all"][name] for name in ("dials", "succeeded", "failed", "cancelled", "connections", "lost")], [8, 7, 1, 0, 6, 0],
                  "all")
        tap.equal(found["all"]["success_rate"], 7 / 8, "rate")
        tap.equal([(row["name"], row["dials"], row["succeeded"]) for row in found["by_method"]], [("standard", 7, 6), ("ipv4-only", 1, 1)],
                  "methods")
        tap.equal([(row["name"], row["dials"]) for row in found["by_network"]], [("loopback", 8)], "networks")
        tap.equal(len(found["by_platform"]), 1, "platforms")
        tap.equal(found["failures"], [{"diagnosis": "refused", "count": 1}], "failures")
        tap.between(found["all"]["p50_ms"], 0.01, found["all"]["p95_ms"], "p50")
        tap.check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["first"]), found["first"])

        text = stats(home).out
        for part in ("All", "87.5 %", "ipv4-only", "loopback", "refused", "6 connections"):
            tap.check(part in text, f"{part!r} in {text!r}")

        rows = stats(home, "--json", "--rows").json()
        tap.equal([row["outcome"] for row in rows if row["kind"] == "dial"],
                  ["ready"] * 3 + ["reached"] + ["ready"] * 3 + ["failed"], "outcomes")
        first = rows[0]
        keys(first, "time", "kind", "platform", "network", "host_class", "scheme", "method", "reason", "outcome", "diagnosis", "resolve_ms",
             "connect_ms", "tls_ms", "upgrade_ms", "challenge_ms", "hello_ms", "ready_ms", "retries")
        tap.equal((first["tls_ms"], first["scheme"], first["host_class"]), (None, "ws", "loopback"), "the first")
        tap.between(sum(first[name] for name in ("resolve_ms", "connect_ms", "upgrade_ms", "challenge_ms", "hello_ms")), 0.01,
                    first["ready_ms"] + 0.1, "phases")

        stats(home, "--clear")
        tap.equal(stats(home, "--json").json()["all"]["dials"], 0, "dials after clearing")


@suite.test("--csv and --openmetrics can be read by what reads such")
def formats():
    with Gateway() as gateway:
        home = gateway.home
        gateway.run("probe")
        ctl.run(home, ["probe", f"ws://127.0.0.1:{unused_port()}"])

        rows = list(csv.DictReader(io.StringIO(stats(home, "--csv").out)))
        tap.equal([(row["group"], row["name"]) for row in rows][:2], [("all", "all"), ("method", "standard")], "rows")
        tap.equal((rows[0]["dials"], rows[0]["success_rate"]), ("2", "0.5000"), "all")
        every = list(csv.DictReader(io.StringIO(stats(home, "--csv", "--rows").out)))
        tap.equal(sorted(row["outcome"] for row in every), ["closed", "failed", "ready"], "outcomes")

        families, samples = {}, {}
        lines = stats(home, "--openmetrics").out.split("\n")
        tap.equal(lines[-2:], ["# EOF", ""], "the end")
        for line in lines[:-2]:
            if line.startswith("# "):
                _, word, family, rest = line.split(" ", 3)
                tap.one_of(word, ("TYPE", "UNIT", "HELP"), line)
                families.setdefault(family, {})[word] = rest
                continue
            found = re.fullmatch(r'([a-z_]+)\{((?:[a-z_]+="[^"\\\n]*",?)+)\} ([0-9.]+)', line)
            tap.check(found, f"a sample: {line!r}")
            name = re.sub(r"_(count|sum)$", "", found[1])
            tap.check(name in families, f"{line!r} belongs to no family before it")
            labels = dict(re.findall(r'([a-z_]+)="([^"]*)"', found[2]))
            samples[(found[1], tuple(sorted(labels.items())))] = float(found[3])
        for family, about in families.items():
            tap.check("TYPE" in about and "HELP" in about, family)
            tap.check("UNIT" not in about or family.endswith("_" + about["UNIT"]), f"{family}: {about}")
        tap.equal(sum(value for (name, _), value in samples.items() if name == "moltzer_dials"), 2, "dials")
        tap.equal(samples[("moltzer_failures", (("diagnosis", "refused"),))], 1, "failures")


@suite.test("the options are checked")
def options():
    with ctl.Home() as home:
        for arguments in (["--json", "--csv"], ["--csv", "--openmetrics"], ["--rows"], ["--rows", "--openmetrics"], ["--clear", "--json"],
                          ["--clear", "--since", "7d"], ["--since", "7"], ["--since", "-1d"], ["--since", "soon"], ["--since", ""], ["wss://host"]):
            result = ctl.run(home, ["stats", *arguments])
            tap.equal(result.code, ctl.USAGE, f"{arguments}: {result}")
            tap.check(result.err.startswith("moltzerctl: ") and not result.out, result)


@suite.test("--since leaves out what is older")
def since():
    with Gateway() as gateway:
        home = gateway.home
        gateway.run("probe")
        gateway.run("probe")
        subprocess.run(["/usr/bin/env", "python3", "-c",
                        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
                        "db.execute(\"UPDATE records SET time_ms = time_ms - 3 * 86400000 WHERE id = 1\"); db.commit()",
                        records(home)], check=True)
        for span, dials in (("2d", 1), ("71h", 1), ("73h", 2), ("4d", 2), ("1w", 2), ("5000m", 2)):
            tap.equal(stats(home, "--json", "--since", span).json()["all"]["dials"], dials, span)
        tap.equal(stats(home, "--json").json()["all"]["dials"], 2, "all")


@suite.test("no address, name or secret is in the file's bytes")
def secrets():
    with Gateway("--auth", "token", environment={"MOLTZER_TOKEN": TOKEN}) as gateway:
        home = gateway.home
        address = gateway.url.replace("127.0.0.1", "localhost").rstrip("/") + "/planted-path"
        tap.equal(gateway.run("probe", environment={"MOLTZER_TOKEN": TOKEN}).code, ctl.DONE, "probe")
        tap.equal(ctl.run(home, ["probe", address], environment={"MOLTZER_TOKEN": TOKEN}).code, ctl.DONE, "probe by name")
        ctl.run(home, ["probe", gateway.url], environment={"MOLTZER_TOKEN": "planted-wrong-token"})
        ctl.run(home, ["probe", "ws://planted-host.invalid:18789"], environment={"MOLTZER_TOKEN": TOKEN})

        directory = os.path.dirname(records(home))
        contents = b"".join(open(os.path.join(directory, name), "rb").read() for name in sorted(os.listdir(directory))
                            if name.startswith("records"))
        tap.check(b"loopback" in contents and b"dns-not-found" in contents, "the records are there")
        port = re.search(r":(\d+)", gateway.url)[1]
        for planted in (TOKEN, "planted", "localhost", "127.0.0.1", port, "invalid", "18789", "moltzer-test-", os.uname().nodename):
            if len(planted) < 5:  # stands in any file by chance
                continue
            tap.check(planted.encode() not in contents, f"{planted!r} is in the records")
        for name in os.listdir(directory):
            mode = stat.S_IMODE(os.stat(os.path.join(directory, name)).st_mode)
            tap.equal(mode, 0o600, f"the mode of {name}")


@suite.test("a damaged file is set aside, and that is said")
def damaged():
    with Gateway() as gateway:
        home = gateway.home
        os.makedirs(os.path.dirname(records(home)))
        with open(records(home), "w", encoding="utf-8") as file:
            file.write("no database " * 100)
        result = gateway.run("probe")
        tap.equal(result.code, ctl.DONE, f"exit ({result})")
        tap.check("damaged" in result.err and records(home) + ".damaged" in result.err, result)
        tap.equal(stats(home, "--json").json()["all"]["dials"], 1, "dials")
        tap.equal(gateway.run("probe").err, "", "it is said once")


@suite.test("what cannot be recorded does not disturb")
def unwritable():
    with Gateway() as gateway:
        home = gateway.home
        os.makedirs(home.file("data"))
        os.makedirs(records(home))
        result = gateway.run("probe", "--no-login")
        tap.equal((result.code, result.err), (ctl.DONE, ""), f"probe ({result})")
        failed = ctl.run(home, ["stats"])
        tap.equal(failed.code, ctl.NOT_CONNECTED, f"stats ({failed})")
        tap.check("cannot be read" in failed.err, failed)


@suite.test("off: MOLTZER_RECORDS, the app's switch, and the demo")
def off():
    with Gateway() as gateway:
        gateway.run("probe", environment={"MOLTZER_RECORDS": "off"})
        ctl.run(gateway.home, ["chat", "--demo", "hello"])
        tap.check(not os.path.exists(records(gateway.home)), "no records are kept")

        schemas = os.environ.get("GSETTINGS_SCHEMA_DIR")
        if schemas:
            config = gateway.home.file("config")
            os.makedirs(os.path.join(config, "glib-2.0", "settings"))
            with open(os.path.join(config, "glib-2.0", "settings", "keyfile"), "w", encoding="utf-8") as file:
                file.write("[io/github/moltzer/Moltzer]\nkeep-records=false\n")
            environment = {"GSETTINGS_BACKEND": "keyfile", "GSETTINGS_SCHEMA_DIR": schemas}
            tap.equal(gateway.run("probe", environment=environment).code, ctl.DONE, "probe")
            tap.check(not os.path.exists(records(gateway.home)), "the app's switch holds")
            environment["GSETTINGS_BACKEND"] = "memory"
            gateway.run("probe", environment=environment)
            tap.check(os.path.exists(records(gateway.home)), "without it records are kept")


@suite.test("called off, and given up")
def given_up():
    with Gateway("--fault", "stall") as gateway:
        home = gateway.home
        with ctl.Process(home, ["probe", "--verbose", gateway.url]) as process:
            process.wait_line(lambda stream, line: "Waiting for the gateway's challenge" in line)
            process.interrupt()
            process.wait()
        result = gateway.run("probe", "--timeout", "1")
        tap.equal(result.code, ctl.NOT_CONNECTED, f"exit ({result})")

        rows = stats(home, "--json", "--rows").json()
        tap.equal([(row["outcome"], row["diagnosis"]) for row in rows], [("cancelled", None), ("failed", "timeout")], "rows")
        found = stats(home, "--json").json()["all"]
        tap.equal((found["cancelled"], found["success_rate"]), (1, 0), "called off counts neither way")


if __name__ == "__main__":
    sys.exit(suite.run())
