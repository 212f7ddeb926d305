#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateways that go, come back, ask and are many; and what lasts over a restart."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402
import certs  # noqa: E402
import ctl  # noqa: E402
import servers  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=150)


@suite.test("the gateway is killed and comes back; what was written meanwhile arrives once")
def killed():
    with cases.Gateway() as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_ready(window)
        window.send("say: before")
        cases.wait_reply(window, "before")
        gateway.kill()
        window.wait_for(lambda: any("again in" in word or "Try now" in word for word in window.words()), "the bar does not say it")
        window.screenshot("reconnecting")
        window.send("say: written meanwhile")
        window.wait(None, "You: say: written meanwhile…")
        gateway.start()
        button = window.find(app.BUTTONS, "Try now")
        if button is not None:
            button.click()
        window.wait_for(lambda: any(word.startswith("Assistant: written meanwhile") for word in window.words()), "it was not sent", 60)
        count = len([word for word in window.words() if word.startswith("You: say: written meanwhile")])
        tap.equal(count, 1, "times that it stands there")


@suite.test("two gateways")
def two():
    with cases.Gateway() as one, cases.Gateway() as other, app.App(settings={"gateways": cases.saved_gateway(one.url, "First")}) as window:
        cases.wait_ready(window)
        window.send("say: on the first")
        cases.wait_reply(window, "on the first")
        window.activate_window("add-gateway")
        cases.connect(window, other.url)
        window.wait_for(lambda: not any("on the first" in word for word in window.words()), "the first is still shown")
        cases.wait_ready(window)
        window.send("say: on the second")
        cases.wait_reply(window, "on the second")
        window.button("Gateway:…").press()
        window.wait("list item", re.compile("^First"))
        window.screenshot("gateways")
        # The list has the focus.
        subprocess.run(["xdotool", "key", "Home", "Return"], check=True)
        window.button("Gateway: First")
        cases.wait_reply(window, "on the first")


@suite.test("an unknown certificate is asked for, with its fingerprint")
def certificate():
    with ctl.Home() as home:
        made = certs.Authority(home.file("authority")).self_signed("127.0.0.1")
        with cases.Gateway("--tls-certificate", made.certificate, "--tls-key", made.key) as gateway, app.App() as window:
            cases.connect(window, gateway.url)
            window.button("Trust this certificate")
            window.screenshot("certificate")
            window.click("Trust this certificate")
            cases.wait_ready(window)


@suite.test("a gateway is kept over a restart")
def kept():
    with cases.Gateway() as gateway, ctl.Home() as home:
        with app.App(home=home) as window:
            cases.connect(window, gateway.url)
            cases.wait_ready(window)
        with app.App(home=home) as window:
            cases.wait_ready(window)
            window.send("say: back again")
            cases.wait_reply(window, "back again")


@suite.test("edit and remove")
def edit():
    with cases.Gateway() as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url, "Old name")}) as window:
        cases.wait_ready(window)
        window.activate_window("edit-gateway")
        window.fill("Name", "New name")
        window.screenshot("edit-gateway")
        window.click("Save")
        window.wait(app.BUTTONS, "Gateway: New name")
        window.activate_window("edit-gateway")
        window.click("Remove gateway")
        window.screenshot("remove-gateway")
        window.wait_for(lambda: len(window.find_all(app.BUTTONS, "Remove")) > 0, "it is not asked")
        window.click("Remove")
        window.button("Try the demo")


def doctor_window(window):
    return window.wait(("dialog", "filler"), "Connection")  # GTK 4.8 has no role for windows that are not modal and come later


@suite.test("the doctor shows the phases, tests again, compares in words and copies a report")
def doctor():
    with cases.Gateway() as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_ready(window)
        window.key("ctrl+d")
        look = doctor_window(window)
        for phase in ("Connect", "Open the WebSocket", "Meet the gateway", "Log in"):
            tap.check(look.find(None, re.compile(f"^{phase}: .* ms, ok")), f"{phase} is not there: {[node.name for node in look.walk()]}")
        window.screenshot("doctor")
        window.click("Test again")
        window.wait_for(lambda: look.find(app.BUTTONS, "Test again"), "the test does not end")
        window.click("Compare strategies")
        window.wait_for(lambda: any(node.name in CONCLUSIONS for node in look.walk()), "there is no conclusion", 60)
        window.screenshot("doctor-compared")
        window.click("Copy report")
        window.wait_text("Report copied")


CONCLUSIONS = ("IPv4 only works better here.", "The standard way works better here.", "Both work equally well here.")


@suite.test("a gateway that is not there: the doctor says which step failed, and that it goes when it is tested again")
def nothing_there():
    with cases.Gateway() as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_ready(window)
        gateway.kill()
        cases.wait_bar(window, "Try now")
        window.screenshot("not-there")
        window.activate_window("doctor")
        look = doctor_window(window)
        window.wait_for(lambda: look.find(None, re.compile("^Connect: failed after")), "no step is said to have failed")
        window.screenshot("doctor-failed")
        gateway.start()
        window.wait_for(lambda: look.find(app.BUTTONS, "Test again"), "it cannot be tested again").click()
        window.wait_for(lambda: look.find(None, re.compile("^Log in: .* ms, ok")), "it still says that it failed")
        window.wait_gone(app.BUTTONS, "Try now")


@suite.test("the doctor's button mends what can be mended: a missing token")
def mended():
    with cases.Gateway(token=cases.TOKEN) as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_bar(window, "Enter token…")
        window.activate_window("doctor")
        look = doctor_window(window)
        window.wait_for(lambda: look.find(None, re.compile("^Log in: failed after")), "no step is said to have failed")
        look.find(app.BUTTONS, "Enter token…").click()
        window.fill("Token or password", cases.TOKEN)
        window.click("Save")
        window.wait_for(lambda: look.find(None, re.compile("^Log in: .* ms, ok")), "it still says that it failed")
        window.wait_gone(app.BUTTONS, "Enter token…")


@suite.test("the connection goes in the middle of a reply: it comes back, and nothing stands there twice")
def dropped():
    with cases.Gateway("--fault", "drop") as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_ready(window)
        window.send("tokens: 60 60")
        window.wait_for(lambda: any(row.startswith("Assistant: w0 w1") for row in window.rows()), "no reply began")
        window.wait_for(lambda: cases.idle(window) and window.root.find(app.BUTTONS, "Try now") is None, "it does not come back", 40)
        window.send("say: after the drop")
        cases.wait_reply(window, "Assistant: after the drop")
        for start in ("You: tokens", "Assistant: w0 w1", "You: say: after"):
            tap.equal(len([row for row in window.rows() if row.startswith(start)]), 1, f"rows that begin with {start!r}")


@suite.test("trying is stopped from the bar, and begun again")
def stop_trying():
    with cases.Gateway("--fault", "stall") as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        for _ in range(2):
            cases.wait_bar(window, "Stop trying").click()
            cases.wait_bar(window, "Connect")
            window.wait_text("Not connected to Saved.")
            window.screenshot("stopped-trying")
            window.click("Connect")
        cases.wait_bar(window, "Stop trying")


@suite.test("what is being written stays while the gateway goes and comes back")
def draft():
    with cases.Gateway() as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url)}) as window:
        cases.wait_ready(window)
        window.type("half a thought")
        gateway.kill()
        cases.wait_bar(window, "Try now")
        window.type(" and the other")
        gateway.start()
        button = window.find(app.BUTTONS, "Try now")
        if button is not None:
            button.click()
        window.wait_gone(app.BUTTONS, "Try now")
        tap.equal(window.wait(app.TEXT, "Message").text, "half a thought and the other", "what was written")
        window.click("Send")
        window.wait(None, "You: half a thought and the other…")
        window.wait_for(lambda: cases.idle(window) and window.rows()[-1].startswith("Assistant:"), "it is not answered")


@suite.test("without encryption only after a question")
def plaintext():
    refusal = servers.says(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    with cases.Gateway() as gateway, servers.Server(servers.by_first_byte(refusal, servers.forward(gateway.port))) as front, app.App() as window:
        cases.connect(window, front.url("wss"))
        window.button("Connect without encryption")
        window.screenshot("plaintext")
        window.click("Connect without encryption")
        cases.wait_ready(window)
        window.send("say: in the open")
        cases.wait_reply(window, "in the open")


@suite.test("a changed certificate is refused, and trusting it is nobody's default")
def changed_certificate():
    with ctl.Home() as home:
        authority = certs.Authority(home.file("authority"))
        first, second = authority.self_signed("first"), authority.self_signed("second")
        saved = {"pin": f"'{first.fingerprint()}'"}
        with cases.Gateway("--tls-certificate", first.certificate, "--tls-key", first.key) as gateway, \
                app.App(settings={"gateways": cases.saved_gateway(gateway.url, **saved)}) as window:
            cases.wait_ready(window)
            gateway.kill()
            gateway.options = ["--tls-certificate", second.certificate, "--tls-key", second.key]
            gateway.start()
            cases.wait_bar(window, "Look at certificate…").click()
            window.wait_text("The certificate has changed")
            window.screenshot("certificate-changed")
            window.key("Return")
            tap.check(window.settled(lambda: window.find(app.BUTTONS, "Look at certificate…") is not None), "the certificate is trusted")
            if window.find(app.BUTTONS, "Trust this certificate") is None:
                window.click("Look at certificate…")
            window.click("Trust this certificate")
            window.wait_gone(app.BUTTONS, "Look at certificate…")
            window.send("say: trusted anew")
            cases.wait_reply(window, "Assistant: trusted anew")


@suite.test("without a keyring it says so plainly, and asks for the token again")
def no_keyring():
    with cases.Gateway(token=cases.TOKEN) as gateway, ctl.Home() as home:
        with app.App(home=home) as window:
            window.fill("Token or password", "x")
            window.wait_text("until Moltzer closes")
            cases.connect(window, gateway.url, cases.TOKEN)
            cases.wait_ready(window)
        tap.equal(cases.holders(home.path, cases.TOKEN), [], "files with the token")
        with app.App(home=home) as window:
            window.click("Enter token…")
            window.fill("Token or password", cases.TOKEN)
            window.screenshot("enter-token")
            window.click("Save")
            cases.wait_ready(window)
            window.wait_gone(app.BUTTONS, "Enter token…")
            window.send("say: let in again")
            cases.wait_reply(window, "let in again")
        tap.equal(cases.holders(home.path, cases.TOKEN), [], "files with the token")


@suite.test("with a keyring the token is kept over a restart, there and nowhere else; the demo does not touch it")
def keyring():
    if shutil.which("gnome-keyring-daemon") is None:
        raise tap.Skip("there is no gnome-keyring-daemon (package gnome-keyring)")
    with ctl.Home() as vault, app.Keyring(vault) as secrets, cases.Gateway(token=cases.TOKEN) as gateway, ctl.Home() as home:
        with app.App("--demo", home=home) as window:
            cases.wait_ready(window)
        tap.equal(secrets.count(), 0, "secrets after the demo")
        with app.App(home=home) as window:
            window.fill("Token or password", "x")
            window.wait_text("Kept in your keyring")
            cases.connect(window, gateway.url, cases.TOKEN)
            cases.wait_ready(window)
        tap.check(secrets.count() >= 3, f"{secrets.count()} secrets: not the key, the device token and the token")
        with app.App(home=home) as window:
            cases.wait_ready(window)
            window.send("say: known again")
            cases.wait_reply(window, "known again")
        tap.equal(cases.holders(home.path, cases.TOKEN), [], "files with the token")
        with app.App(home=home) as window:
            cases.wait_ready(window)
            window.activate_window("edit-gateway")
            window.click("Remove gateway")
            window.click("Remove")
            window.button("Try the demo")
        tap.equal(secrets.count(), 1, "secrets once it is removed: this device's key")


sys.exit(suite.run())
