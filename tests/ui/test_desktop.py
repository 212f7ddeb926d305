#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance, links, notifications, the quick window, preferences."""

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


@suite.test("a second start hands over to the first")
def single():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        done = window.run_again("--demo")
        tap.equal(done.returncode, 0, f"exit code of the second start; {done.stderr}")
        tap.equal(len(window.root.find_all("frame")), 1, "windows")


@suite.test("a link fills in the address, and waits for the person")
def link():
    with app.App() as window:
        window.button("Connect")
        done = window.run_again("openclaw://gateway/add?url=wss%3A%2F%2Fgateway.example.org")
        tap.equal(done.returncode, 0, f"exit code; {done.stderr}")
        entry = window.wait(("text", "entry"), "Address")
        window.wait_for(lambda: "gateway.example.org" in entry.text, f"the address is {entry.text!r}")
        tap.check(window.button("Connect").enabled, "it went on by itself")


@suite.test("a link with a secret is refused")
def secret_link():
    with app.App() as window:
        window.button("Connect")
        window.run_again("openclaw://gateway/add?url=wss%3A%2F%2Fgateway.example.org&token=" + cases.TOKEN)
        window.wait_text("carries a token")
        tap.check(not any(cases.TOKEN in word for word in window.words()), "the secret is on the screen")


@suite.test("a link's text waits in the small window, and is not sent by itself")
def ask_link():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.run_again("moltzer:ask?text=first%20line")
        small = window.wait(("frame", "filler"), "Ask Now")
        message = window.wait_for(lambda: small.find(app.TEXT, "Message"), "there is nothing to write in")
        window.wait_for(lambda: message.text == "first line", "the text does not come")
        window.settled(lambda: message.text)
        tap.check(not any(row.startswith("You: first line") for row in window.rows()), "it was sent by itself")
        # With it, the small window would ask what is to become of it.
        message.set_text("")


@suite.test("a link to a conversation shows it; to a gateway that is gone, says so")
def session_link():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.open_chat("Long history")
        window.run_again("moltzer:session?gateway=demo&key=agent%3Amain%3Amain")
        window.wait_for(lambda: not window.window.name.startswith("Long history"), "it is not shown")
        window.run_again("moltzer:session?gateway=nobody&key=main")
        window.wait_text("not here any more")


@suite.test("--gateway shows that one, at the start and later; one that is not there is said")
def named_gateway():
    with cases.Gateway() as one, cases.Gateway() as other:
        both = cases.saved_gateways(cases.saved_gateway(one.url, "First"), cases.saved_gateway(other.url, "Second", number=2))
        with app.App("--gateway", "second", settings={"gateways": both}) as window:
            window.button("Gateway: Second")
            cases.wait_ready(window)
            tap.equal(window.run_again("--gateway", one.url).returncode, 0, "exit code")
            window.button("Gateway: First")
            window.run_again("--gateway", "third")
            window.wait_text("There is no gateway called “third”")


@suite.test("the window's size is kept over a restart")
def size():
    with ctl.Home() as home:
        with app.App("--demo", home=home) as window:
            cases.wait_ready(window)
            # The first is the window, and what stands above it is a tooltip. Its shadow counts for the X server.
            subprocess.run(["xdotool", "windowsize", window.window_ids()[0], "900", "680"], check=True, timeout=10)
            window.wait_for(lambda: window.window.extents()[2] < 900, "the window does not change its size")
            window.settled(window.window.extents)
            before = window.window.extents()
        with app.App("--demo", home=home) as window:
            cases.wait_ready(window)
            tap.equal(window.window.extents(), before, "the size")


@suite.test("a reply that ended is notified when the window is not in front, and leads to its conversation")
def notified():
    server = app.notifications
    with app.App("--demo") as window:
        cases.wait_ready(window)
        server.forget()
        window.lose_focus()
        window.send("hang: 2\nsay: look at me")
        window.activate_window("next-chat")
        shown = server.wait()
        tap.check("look at me" in shown.body, f"it says {shown.body!r}")
        server.activate(shown)
        cases.wait_reply(window, "Assistant: look at me")


@suite.test("nothing is notified of what one looks at")
def looked_at():
    server = app.notifications
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.raise_window()
        window.wait_for(lambda: window.window.has("active"), "the window is not in front")
        server.forget()
        window.send("say: seen at once")
        cases.wait_reply(window, "Assistant: seen at once")
        window.wait_for(lambda: cases.idle(window), "the reply does not end")
        tap.equal([shown.body for shown in server.shown[server.seen:]], [], "notifications")


@suite.test("notifications say no text where that is not wanted")
def no_preview():
    server = app.notifications
    with app.App("--demo", settings={"notification-preview": "false"}) as window:
        cases.wait_ready(window)
        server.forget()
        window.lose_focus()
        window.send("tokens: 3 100")
        shown = server.wait()
        tap.check("w0" not in shown.body + shown.title, f"it says {shown.body!r}")
        server.forget()
        window.send("run: uptime --pretty")
        shown = server.wait()
        tap.check("--pretty" not in shown.body, f"it says {shown.body!r}")
        tap.check("Allow once" not in shown.actions, "a command can be allowed unseen")
        server.press(shown, "Deny")
        window.wait_for(lambda: cases.idle(window), "it was not answered")


@suite.test("an approval is answered from its notification")
def approval():
    server = app.notifications
    with app.App("--demo") as window:
        cases.wait_ready(window)
        server.forget()
        window.lose_focus()
        window.send("run: uptime")
        shown = server.wait()
        tap.check("uptime" in shown.body, f"it says {shown.body!r}")
        window.button("Allow once")
        server.press(shown, "Allow once")
        window.wait_for(lambda: window.root.find(app.BUTTONS, "Allow once") is None and cases.idle(window), "it was not answered")


@suite.test("a notified approval that is answered in the window is taken back")
def taken_back():
    server = app.notifications
    with app.App("--demo") as window:
        cases.wait_ready(window)
        server.forget()
        window.lose_focus()
        window.send("run: uptime")
        shown = server.wait()
        window.click("Deny")
        window.wait_for(lambda: shown.number in server.closed, "the notification stays")


@suite.test("--quick: a small window, a reply, on in the main window")
def quick():
    with cases.Gateway() as gateway, app.App("--quick", settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        window.wait(app.TEXT, "Message")
        window.screenshot("quick")
        window.send("say: quickly answered")
        cases.wait_reply(window, "Assistant: quickly answered")
        window.screenshot("quick-answered")
        tap.equal(gateway.connections(), 1, "connections of the small window")
        width = window.window.extents()[2]
        window.click("Open in Moltzer")
        window.button("New chat")
        cases.wait_reply(window, "Assistant: quickly answered")
        window.wait_for(lambda: len(window.root.find_all("frame")) == 1, "the small window stays")
        tap.check(window.wait("frame").extents()[2] > width, "it is not the main window")
        # Windows, sidebar, conversation: all of it through one WebSocket.
        window.send("say: in the main window")
        cases.wait_reply(window, "Assistant: in the main window")
        tap.equal(gateway.connections(), 1, "connections after both windows")


def keyfile(home):
    with open(home.file("config/glib-2.0/settings/keyfile"), encoding="utf-8") as stream:
        return stream.read()


@suite.test("preferences change what they say, at once and for good")
def preferences():
    with ctl.Home() as home, app.App("--demo", home=home) as window:
        cases.wait_ready(window)
        window.key("ctrl+comma")
        window.wait_text("Privacy")
        window.screenshot("preferences")
        window.wait("page tab", "General").press()
        window.wait_text("Appearance")
        window.screenshot("preferences-general")
        for name, key in (("Show text in notifications", "notification-preview"), ("Notify while the window is not in front", "notifications")):
            window.wait(SWITCHES, name).click()
            window.wait_for(lambda key=key: f"{key}=false" in keyfile(home), f"{key} is not kept")


SWITCHES = ("check box", "toggle button", "switch")


@suite.test("dark")
def dark():
    with app.App("--demo", settings={"appearance": "'dark'"}, size=(1080, 900)) as window:
        cases.wait_ready(window)
        for message, expected in (("table", "Tailscale Serve"), ("code", "getline")):
            window.send(message)
            cases.wait_reply(window, expected, 40)
            window.wait_for(lambda: window.root.find(app.BUTTONS, "Stop") is None, "the reply does not end", 40)
        window.screenshot("dark")
        window.send("run: uname -a")
        window.button("Allow once")
        window.screenshot("dark-approval")
        window.click("Deny")


sys.exit(suite.run())
