#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conversation into a file: the questions, the file, the bar that stops it, what went wrong."""

import os
import signal
import stat
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=120)

LAST = "needs a name."  # of what the demo's long history says, in most of its messages


def ask(window):
    """The questions, as a person gets to them; the title is that of the conversation that is shown."""
    window.button("Conversation menu").click()
    window.wait("menu item", "Export…").click()
    window.wait(None, "Export conversation")
    window.wait(app.BUTTONS, "Export…")


def say_where(window, folder):
    """The dialog proposes a name, of which the part before the dot is selected."""
    window.choose_file("Export…", os.path.join(folder, "out"))
    return os.path.join(folder, "out.md")


@suite.test("the conversation's menu, the questions, the file")
def export():
    with tempfile.TemporaryDirectory() as folder, app.App("--demo") as window:
        cases.wait_ready(window)
        window.open_chat("Long history")
        ask(window)
        for name in ("Tool calls", "Reasoning"):
            tap.check(any(node.name == name for node in window.find_all(("switch", "toggle button", "check box"))), f"no switch {name!r}")
        window.screenshot("export-question")
        path = say_where(window, folder)
        window.wait_text("“Long history” exported")
        window.screenshot("export-done")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        tap.check(text.startswith("# Long history\n"), text[:200])
        tap.check(text.count("\n## ") > 900 and LAST in text, "not all of the conversation is in the file")
        tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode of the file")
        tap.equal(os.listdir(folder), ["out.md"], "files")


@suite.test("cancelled: nothing is written, and what was there stays")
def cancel():
    with tempfile.TemporaryDirectory() as folder, cases.Gateway() as gateway, \
            app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_ready(window)
        window.open_chat("Long history")
        ask(window)
        gateway.process.process.send_signal(signal.SIGSTOP)
        try:
            say_where(window, folder)
            window.wait(app.BUTTONS, "Cancel")
            window.wait_text("Exporting “Long history”…")
            window.wait("progress bar", "Export")
            window.screenshot("export-bar")
            window.click("Cancel")
            window.wait_text("Export cancelled: nothing was written.")
            window.wait_gone(app.BUTTONS, "Cancel")
        finally:
            gateway.process.process.send_signal(signal.SIGCONT)
        tap.equal(os.listdir(folder), [], "files")


@suite.test("a gateway that goes away: what went wrong, and again")
def lost():
    with tempfile.TemporaryDirectory() as folder, cases.Gateway() as gateway, \
            app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_ready(window)
        window.open_chat("Long history")
        ask(window)
        gateway.process.process.send_signal(signal.SIGSTOP)
        say_where(window, folder)
        window.wait(app.BUTTONS, "Cancel")
        gateway.kill()
        window.wait_text("was not exported. The connection was lost.")
        tap.equal(os.listdir(folder), [], "files")
        window.wait(app.BUTTONS, "Try again")
        window.screenshot("export-lost")
        # Back again: the same file, without another question.
        gateway.start()
        cases.wait_ready(window)
        window.wait_gone(app.BUTTONS, "Try now")
        window.click("Try again")
        window.wait_text("“Long history” exported")
        window.wait_gone(app.BUTTONS, "Try again")
        tap.equal(os.listdir(folder), ["out.md"], "files")


sys.exit(suite.run())
