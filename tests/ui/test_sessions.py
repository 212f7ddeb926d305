#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar: new, rename, pin, archive, delete with undo, search, the palette, changes from elsewhere."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402
import ctl  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=120)

UNDO = re.compile("^Undo")  # a toast's button says it twice


def titles(window):
    sidebar = window.find(("list", "list box", "table"), "Conversations")
    return [] if sidebar is None else [node.name.split(",")[0] for node in sidebar.walk() if node.role == "list item"]


def has(window, title):
    return window.wait_for(lambda: title in titles(window), f"{title!r} is not in the list: {titles(window)}")


def has_not(window, title):
    return window.wait_for(lambda: title not in titles(window), f"{title!r} is in the list: {titles(window)}")


def toggle_archived(window):
    window.button("Main menu").click()
    window.wait(("check menu item", "menu item"), "Show Archived").click()


@suite.test("a new chat is there and shown")
def new_chat():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        before = window.wait_for(lambda: titles(window), "no conversations")
        window.click("New chat")
        window.wait_for(lambda: len(titles(window)) == len(before) + 1, "it did not come")
        window.send("say: hello new one")
        cases.wait_reply(window, "hello new one")


@suite.test("rename, pin and archive")
def rename():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.open_chat("Long history")
        window.key("F2")
        window.fill("Name", "Renamed by hand")
        window.click("Rename")
        has(window, "Renamed by hand")
        window.session_menu("Renamed by hand", "Pin")
        window.wait_for(lambda: titles(window)[0] == "Renamed by hand", "it is not at the top")
        window.session_menu("Renamed by hand", "Archive")
        has_not(window, "Renamed by hand")
        window.screenshot("archived")
        # What is archived is not lost: it is in the list on demand, and comes back for good.
        toggle_archived(window)
        has(window, "Renamed by hand")
        tap.equal(titles(window)[-1], "Renamed by hand", "the last of the list")
        window.session_menu("Renamed by hand", "Take out of the archive")
        window.wait_for(lambda: titles(window)[0] == "Renamed by hand", "it is not back at its place")
        toggle_archived(window)
        has(window, "Renamed by hand")


@suite.test("delete, undo, delete for good")
def delete():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        has(window, "Long history")
        window.open_chat("Long history")
        rows = window.wait_for(lambda: window.settled(window.rows), "no rows")
        window.session_menu("Long history", "Delete")
        has_not(window, "Long history")
        # Another one is shown meanwhile.
        window.wait_for(lambda: not window.window.name.startswith("Long history"), "what was deleted is still shown")
        window.screenshot("undo")
        window.click(UNDO)
        has(window, "Long history")
        window.open_chat("Long history")
        tap.equal(window.settled(window.rows), rows, "the messages of the conversation that came back")
        window.session_menu("Long history", "Delete")
        has_not(window, "Long history")
        window.wait_gone(app.BUTTONS, UNDO)
        has_not(window, "Long history")


@suite.test("search by title")
def search():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        has(window, "Long history")
        window.fill("Search conversations", "long")
        window.wait_for(lambda: titles(window) == ["Long history"], f"found {titles(window)}")
        window.fill("Search conversations", "no such words")
        window.wait_text("No conversation has these words")


@suite.test("the palette goes to a conversation")
def palette():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        has(window, "Long history")
        window.key("ctrl+k")
        window.wait(None, "Go to Conversation")
        window.screenshot("palette")
        window.type("long hist")
        window.key("Return")
        window.wait_for(lambda: window.window.name.startswith("Long history"), f"the window is {window.window.name!r}")
        window.wait_gone(None, "Go to Conversation")


@suite.test("what another client does shows at once, with unread and running marks")
def elsewhere():
    with cases.Gateway() as gateway, app.App(settings={"gateways": cases.saved_gateway(gateway.url, **{"last-session": "'agent:main:main'"})}) as window:
        cases.wait_ready(window)
        has(window, "Long history")
        with ctl.Home() as home:
            done = ctl.run(home, ["chat", "--session", "agent:main:dashboard:long-history", gateway.url, "say: from elsewhere"])
            tap.equal(done.code, 0, "exit code of the other client")
        window.wait_for(lambda: any("Long history" in node.name and "unread" in node.name for node in window.find_all("list item")), "no unread mark")
        window.screenshot("unread")


sys.exit(suite.run())
