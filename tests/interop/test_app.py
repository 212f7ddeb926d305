# SPDX-License-Identifier: GPL-3.0-or-later
"""The app against the real gateway of one version: the same conversation as with the demo. Usage: test_app.py VERSION"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ui"))

VERSION = sys.argv.pop(1)
BASE = {"2026.9.6": 28200, "2026.4.29": 29700}[VERSION]

import gateway  # noqa: E402

gateway.skip_unless_possible()
gateway.exit_on_termination()

import cases  # noqa: E402
import app  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=240)
real = gateway.Gateway(VERSION, "app", BASE)
SLOW = 90  # a real gateway's first reply takes its time


def connected():
    return app.App(settings={})


def log_in(window):
    cases.connect(window, real.url.rstrip("/"), real.secrets["MOLTZER_TOKEN"])
    window.wait(app.TEXT, "Message", timeout=SLOW)
    window.wait_for(lambda: window.window.find(app.BUTTONS, "New chat").enabled, "it is not ready", SLOW)


def idle(window):
    return window.root.find(app.BUTTONS, "Stop") is None


def items(window):
    sidebar = window.find("list", "Conversations")
    return [] if sidebar is None else [node for node in sidebar.walk() if node.role == "list item"]


def new_chat(window):
    """A real gateway takes its time: what is written before the new conversation is there goes into the one before it."""
    def look():
        rows = items(window)
        return len(rows), [index for index, row in enumerate(rows) if row.has("selected")], window.window.name, window.rows()
    before = window.settled(look)
    window.click("New chat")
    window.wait_for(lambda: len(items(window)) > before[0], "the new chat does not come", SLOW)
    window.wait_for(lambda: window.settled(look)[1:] != before[1:] and not window.rows(), "the new chat is not shown", SLOW)


@suite.test("address and token, a streamed reply, Markdown")
def conversation():
    with connected() as window:
        log_in(window)
        window.send("say: from the real one")
        cases.wait_reply(window, "Assistant: from the real one", SLOW)
        window.wait_for(lambda: idle(window), "the run does not end", SLOW)
        window.send("tokens: 60 200")
        window.wait_for(lambda: len([row for row in window.rows() if row.startswith("Assistant:")]) >= 2, "no second reply", SLOW)
        window.wait_for(lambda: idle(window), "the run does not end", SLOW)
        window.screenshot("real-" + VERSION)


@suite.test("stopped while it streams")
def stopped():
    with connected() as window:
        log_in(window)
        new_chat(window)
        window.send("tokens: 3000 30")
        window.wait_for(lambda: any(row.startswith("Assistant:") for row in window.rows()), "no reply began", SLOW)
        window.click("Stop")
        window.wait_for(lambda: idle(window), "it was not stopped", SLOW)


@suite.test("a command is allowed once")
def approved():
    with connected() as window:
        log_in(window)
        new_chat(window)
        window.send("run: echo allowed-by-hand")
        window.wait(app.BUTTONS, "Allow once", timeout=SLOW)
        window.screenshot("real-approval-" + VERSION)
        window.click("Allow once")
        window.wait_gone(app.BUTTONS, "Allow once", timeout=SLOW)
        window.wait_for(lambda: idle(window), "the run does not end", SLOW)


@suite.test("rename, pin, delete for good")
def session_actions():
    with connected() as window:
        log_in(window)
        new_chat(window)
        window.send("say: to be deleted")
        cases.wait_reply(window, "Assistant: to be deleted", SLOW)
        window.wait_for(lambda: idle(window), "the run does not end", SLOW)
        window.key("F2")
        window.fill("Name", "Named by hand")
        window.click("Rename")
        window.sidebar_row("Named by hand")
        window.session_menu("Named by hand", "Delete")
        window.wait_for(lambda: not any(node.name.startswith("Named by hand") for node in window.find_all("list item")), "it stays")
        window.wait_gone(app.BUTTONS, "Undo")
        tap.check(not any("could not be deleted" in word for word in window.words()), "the gateway refused it")
    with connected() as window:
        log_in(window)
        window.wait_for(lambda: items(window), "there are no conversations", SLOW)
        # The gateway may still be at it: the program was closed as soon as it had asked for it.
        window.wait_for(lambda: not any(node.name.startswith("Named by hand") for node in items(window)), "it is back", SLOW)


real.start()
try:
    code = suite.run()
finally:
    real.close()
sys.exit(code)
