#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of connections: what the program keeps, shows, and leaves for moltzerctl stats."""

import csv
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402
import ctl  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=150)


def records(home):
    return os.path.join(home.file("data"), "moltzer", "records.db")


def export(window, path):
    """Through GTK's own dialog: a path is typed in the place of the name that is proposed."""
    window.click("Records menu")
    before = set(window.window_ids())
    window.wait("menu item", "Export as CSV…").click()
    ids = app.iterate(lambda: [number for number in window.window_ids() if number not in before], 10)
    tap.check(ids, "no file dialog came")
    subprocess.run(["xdotool", "windowfocus", "--sync", ids[-1]], check=True, timeout=10)
    subprocess.run(["xdotool", "key", "ctrl+a"], check=True, timeout=10)
    subprocess.run(["xdotool", "type", "--delay", "8", path], check=True, timeout=30)
    window.settled(lambda: len(window.window_ids()))
    subprocess.run(["xdotool", "key", "Return"], check=True, timeout=10)
    window.wait_text("Records exported")


@suite.test("what was connected is shown, and told by moltzerctl stats; nothing of the gateway is in the file")
def shown():
    with ctl.Home() as home, cases.Gateway(token=cases.TOKEN) as gateway:
        with app.App(home=home) as window:
            cases.connect(window, gateway.url, cases.TOKEN)
            cases.wait_ready(window)
            window.button("Main menu").click()
            window.wait(("menu item", "check menu item"), "Connection Records").click()
            window.wait_text("1 of 1 attempts succeeded")
            window.wait(None, "This computer: 100 % succeeded, 1 of 1 attempts")
            window.wait(None, "Standard: 100 % succeeded, 1 of 1 attempts")
            window.screenshot("records")
            export(window, home.file("exported.csv"))
        with open(home.file("exported.csv"), encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        tap.equal([(row["kind"], row["outcome"], row["network"]) for row in rows], [("dial", "ready", "loopback")], "exported rows")
        figures = ctl.run(home, ["stats", "--json"]).json()
        tap.equal([figures["all"][name] for name in ("dials", "succeeded", "connections", "lost")], [1, 1, 1, 0], "figures")
        tap.equal([row["name"] for row in figures["by_network"]], ["loopback"], "networks")
        directory = os.path.dirname(records(home))
        for name in (name for name in os.listdir(directory) if name.startswith("records")):
            with open(os.path.join(directory, name), "rb") as stream:
                content = stream.read()
            for planted in (cases.TOKEN, "127.0.0.1", str(gateway.port), "Saved"):
                tap.check(planted.encode() not in content, f"{planted!r} is in {name}")


@suite.test("the demo leaves no records, nor does anything when they are switched off")
def off():
    with ctl.Home() as home:
        with app.App("--demo", home=home) as window:
            cases.wait_ready(window)
        tap.check(not os.path.exists(records(home)), "there are records of the demo")
    with ctl.Home() as home, cases.Gateway() as gateway:
        with app.App(home=home, settings={"gateways": cases.saved_gateway(gateway.url), "keep-records": "false"}) as window:
            cases.wait_ready(window)
        tap.check(not os.path.exists(records(home)), "there are records although they are off")


if __name__ == "__main__":
    sys.exit(suite.run())
