#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""moltzerctl export from the outside: formats, files, being stopped."""

import json
import os
import signal
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import tap  # noqa: E402
from cases import Gateway, INTERRUPTED, reply  # noqa: E402

suite = tap.Suite()

LONG = ("--session", "agent:main:dashboard:long-history")
TOOL, THOUGHT, ANSWER = "df -h /", "df only reads", "265 GiB free"  # of the demo's main session


def export(gateway, *options):
    result = gateway.run("export", *options)
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    return result.out


@suite.test("markdown, json and html, of both protocols, with tools and reasoning or without")
def formats():
    for protocol in ("3", "4"):
        with Gateway("--protocol", protocol) as gateway:
            for form in ("markdown", "json", "html"):
                bare = export(gateway, "--format", form)
                tap.check(ANSWER in bare and TOOL not in bare and THOUGHT not in bare, f"{form}, bare, protocol {protocol}: {bare[-3000:]}")
                tools = export(gateway, "--format", form, "--tools")
                tap.check(ANSWER in tools and TOOL in tools and THOUGHT not in tools, f"{form}, tools, protocol {protocol}")
                thoughts = export(gateway, "--format", form, "--reasoning")
                tap.check(ANSWER in thoughts and TOOL not in thoughts and THOUGHT in thoughts, f"{form}, reasoning, protocol {protocol}")
            tap.check(export(gateway).startswith("# "), "markdown is not the default")
            talk = json.loads(export(gateway, "--json", "--tools"))
            tap.equal((talk["format"], talk["version"], talk["complete"]), ("moltzer-conversation", 1, True), "head")
            page = export(gateway, "--format", "html")
            tap.check(page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n"), "half a page")
            tap.check("<script" not in page and "http-equiv=\"Content-Security-Policy\"" in page, "the page could run something")


@suite.test("what is hostile comes out harmless")
def hostile():
    with Gateway() as gateway:
        words = "<script>alert(1)</script> [x](javascript:alert(2)) \x1b[31mred\x9b31m\u202eback"
        tap.equal(reply(gateway, "say: " + words).code, ctl.DONE, "exit")
        page = export(gateway, "--format", "html")
        tap.check("<script" not in page and "href=\"javascript" not in page, "a script")
        tap.check("&lt;script&gt;" in page, "the words are not there")
        for form in ("markdown", "json", "html"):
            text = export(gateway, "--format", form)
            tap.check("\x1b" not in text and "\x9b" not in text, f"{form}: control characters")


@suite.test("a long conversation, whole and in order")
def whole():
    with Gateway() as gateway:
        talk = json.loads(export(gateway, *LONG, "--json"))
        tap.equal([message["seq"] for message in talk["messages"]], list(range(1, 2001)), "numbers")
    with Gateway("--protocol", "3") as gateway:
        talk = json.loads(export(gateway, *LONG, "--json"))
        tap.equal((len(talk["messages"]), talk["complete"]), (1000, False), "what protocol 3 gives")
        tap.check("what came before is missing" in export(gateway, *LONG), "nobody says that something is missing")


@suite.test("into a file, for its owner only; and what cannot be written")
def files():
    with Gateway() as gateway:
        path = gateway.home.file("out.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write("before")
        tap.equal(export(gateway, "-o", path), "", "standard output")
        with open(path, encoding="utf-8") as file:
            tap.equal(file.read(), export(gateway, "-o", "-"), "the file beside the standard output")
        tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")

        missing = gateway.run("export", "-o", gateway.home.file("no/such/folder/out.md"))
        tap.equal(missing.code, ctl.NOT_CONNECTED, f"exit ({missing})")
        tap.check("✗" in missing.err, missing)
        for options in (("--format", "pdf"), ("--json", "--format", "html"), ("--session", ""), ("--output", "")):
            wrong = gateway.run("export", *options)
            tap.equal((wrong.code, wrong.out), (ctl.USAGE, ""), f"{options} ({wrong})")


@suite.test("Ctrl+C: nothing is left, and what was there stays")
def interrupted():
    with Gateway() as gateway:
        folder = gateway.home.file("exports")
        os.mkdir(folder)
        path = os.path.join(folder, "out.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write("before")
        gateway.process.process.send_signal(signal.SIGSTOP)
        try:
            with ctl.Process(gateway.home, ["export", "--verbose", "-o", path, gateway.url]) as process:
                process.wait_line(lambda stream, line: "connect" in line.lower())
                process.interrupt()
                tap.equal(process.wait(), INTERRUPTED, "exit")
        finally:
            gateway.process.process.send_signal(signal.SIGCONT)
        with open(path, encoding="utf-8") as file:
            tap.equal(file.read(), "before", "the file")
        tap.equal(os.listdir(folder), ["out.html"], "files")


@suite.test("a reader that leaves early, and one that takes its time")
def readers():
    with Gateway() as gateway:
        command = ctl.command(["export", *LONG, "--format", "html", gateway.url])
        with subprocess.Popen(command, env=gateway.home.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(100)
            process.stdout.close()
            error = process.stderr.read().decode()
            tap.check(process.wait(30) != 0, "it did not notice")
            tap.check("✗" not in error and "Traceback" not in error, error)
        with subprocess.Popen(command, env=gateway.home.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(100)
            process.send_signal(signal.SIGINT)
            tap.equal(process.wait(30), INTERRUPTED, "exit in the middle of writing")
        with subprocess.Popen(command, env=gateway.home.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            start = process.stdout.read(100)
            # The gateway has done its part, and is not missed.
            gateway.process.process.kill()
            gateway.process.process.wait()
            text = (start + process.stdout.read()).decode()
            tap.equal(process.wait(30), ctl.DONE, "exit")
            tap.check("Message 1:" in text and text.endswith("</html>\n"), "not all of it came")


sys.exit(suite.run())
