#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of connections: what the program keeps, shows, and leaves for moltzerctl stats."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402
import ctl  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=150)


def records(home):
    return os.path.join(home.file("data"), "moltzer", "records.db")


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
