#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From nothing to a streamed reply, in a real window."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402
import ctl  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=120)


@suite.test("--version needs no display")
def version():
    environment = dict(ctl.Home().environment())
    environment.pop("DISPLAY", None)
    done = subprocess.run([app.program(), "--version"], env=environment, capture_output=True, text=True, timeout=20, check=False)
    tap.equal(done.returncode, 0, "exit code")
    tap.check(re.fullmatch(r"moltzer \d+\.\d+\.\d+\n", done.stdout), f"{done.stdout!r}")


@suite.test("first start, the demo, a streamed reply")
def first_start():
    with app.App() as window:
        window.button("Try the demo")
        window.screenshot("first-start")
        window.click("Try the demo")
        cases.wait_ready(window)
        window.send("say: the demo answers")
        cases.wait_reply(window, "the demo answers")
        window.screenshot("demo")


@suite.test("--demo goes straight there")
def straight():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("tokens: 30 200")
        cases.wait_reply(window, "Assistant:")


@suite.test("address and token")
def address_and_token():
    with cases.Gateway(token=cases.TOKEN) as gateway, app.App() as window:
        window.fill("Address", gateway.url)
        window.wait_text("ws, port")
        cases.connect(window, gateway.url, cases.TOKEN)
        cases.wait_ready(window)
        window.send("say: let in")
        cases.wait_reply(window, "let in")
        tap.check(not any(cases.TOKEN in word for word in window.words()), "the token is on the screen")
        window.stop()
        tap.equal(cases.holders(window.home.path, cases.TOKEN), [], "files with the token: settings, log and whatever else there is")


@suite.test("an address that is none is said at the field, and kept")
def bad_address():
    with app.App() as window:
        entry = window.fill("Address", "ftp://example.org:99999/")
        window.click("Connect")
        window.wait_for(lambda: any("address" in word.lower() for word in window.words() if word != "Address"), "nothing is said about the address")
        tap.equal(entry.text, "ftp://example.org:99999/", "what was typed")


@suite.test("a wrong token says so; corrected, it goes on")
def wrong_token():
    with cases.Gateway(token=cases.TOKEN) as gateway, app.App() as window:
        cases.connect(window, gateway.url, "not-the-token")
        window.wait_text("token")
        window.screenshot("wrong-token")
        entry = window.wait(("text", "entry", "password text"), "Address")
        tap.check(gateway.url.split("//")[1] in entry.text, f"the address is lost: {entry.text!r}")
        cases.connect(window, gateway.url, cases.TOKEN)
        cases.wait_ready(window)


@suite.test("pairing goes on by itself once approved")
def pairing():
    with cases.Gateway("--pairing") as gateway, app.App() as window:
        cases.connect(window, gateway.url)
        window.button("Copy command")
        window.screenshot("pairing")
        gateway.approve()
        cases.wait_ready(window)


@suite.test("with the keyboard alone, from the start to a sent message")
def keyboard():
    with cases.Gateway(token=cases.TOKEN) as gateway, app.App() as window:
        window.wait(("text", "entry"), "Address")
        window.type(gateway.url)
        window.key("Tab")
        window.type(cases.TOKEN)
        window.key("Return")
        cases.wait_ready(window)
        window.wait_for(lambda: window.wait(app.TEXT, "Message").has("focused"), "the composer has not got the focus")
        window.type("say: typed by hand")
        window.key("Return")
        cases.wait_reply(window, "typed by hand")


@suite.test("narrow: one page at a time, 360 px wide")
def narrow():
    with app.App("--demo", size=(360, 640)) as window:
        cases.wait_ready(window)
        tap.check(window.window.extents()[2] <= 420, f"the window is {window.window.extents()[2]} px wide")
        window.send("table")
        cases.wait_reply(window, "Tailscale Serve")
        window.screenshot("narrow")
        window.click("Conversations")
        window.button("New chat")
        window.screenshot("narrow-sidebar")


sys.exit(suite.run())
