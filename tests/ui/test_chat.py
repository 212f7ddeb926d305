#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations in a real window: streaming, stopping, scrolling, approvals, errors, attachments."""

import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402
import tap  # noqa: E402

suite = tap.Suite(limit=120)


def said(window):
    return [node.name for node in window.root.walk() if node.name.startswith("Assistant:")]


def stop_is_gone(window):
    return window.root.find(app.BUTTONS, "Stop") is None


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_picture(path, width, height):
    """A PNG of one colour."""
    rows = b"".join(b"\0" + b"\xc8\x50\x28" * width for _ in range(height))
    with open(path, "wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def last(window, name):
    """The last row of this name."""
    rows = window.find_all("list item", name)
    return rows[-1] if rows else None


def open_row(window, name):
    """Opens a folded row; returns the texts that it shows then."""
    row = window.wait("list item", name)
    closed = row.texts()
    row.find(app.BUTTONS).click()
    window.wait_for(lambda: len(row.texts()) > len(closed), f"{name} does not open")
    return "\n".join(row.texts())


@suite.test("a reply streams, and can be stopped")
def stop():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("tokens: 4000 40")
        window.button("Stop")
        # It grows while it is being written.
        growing = len(window.wait_for(lambda: "".join(last(window, "Assistant:…").texts()) if said(window) else "", "no reply began"))
        window.wait_for(lambda: len("".join(last(window, "Assistant:…").texts())) > growing, "the reply does not grow")
        window.click("Stop")
        window.wait_for(lambda: stop_is_gone(window), "it was not stopped")
        tap.check("w3999" not in "".join(last(window, "Assistant:…").texts()), "the whole reply came")
        window.send("say: still here")
        cases.wait_reply(window, "Assistant: still here")


@suite.test("Escape stops too")
def escape():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("tokens: 4000 40")
        window.button("Stop")
        window.wait_for(lambda: said(window), "no reply began")
        window.wait(app.TEXT, "Message").focus()
        window.key("Escape")
        window.wait_for(lambda: stop_is_gone(window), "it was not stopped")


@suite.test("scrolled up while it streams: nothing moves, and one can jump to the latest")
def scroll():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("long")
        window.wait_for(lambda: stop_is_gone(window) and said(window), "no long reply", 60)
        window.send("tokens: 6000 60")
        window.button("Stop")
        window.wait_for(lambda: last(window, "Assistant: w0…"), "no reply began")
        x, y, width, height = window.window.extents()
        window.scroll(x + width // 2, y + height // 2, up=12)
        window.wait("label", "Jump to latest")  # the button itself is there all the time, faded out
        tap.check(not window.at_end(), "the end is still in view")
        # The words under the eyes stay where they are while more come below.
        def placed():
            return [(node.name, node.extents()[1]) for node in window.root.walk() if node.role == "label" and len(node.name) > 40][:3]
        window.wait_for(lambda: placed(), "no text is in view")
        before = window.settled(placed)
        size = window.wait_growth()
        tap.check(size, "nothing came meanwhile")
        tap.equal(placed(), before, "what one reads")
        window.screenshot("scrolled-up")
        tap.check(not stop_is_gone(window), "the reply ended too early for this test")
        window.click("Jump to latest")
        window.wait_for(window.at_end, "it does not jump")
        # And stays there while more comes.
        window.wait_growth()
        window.wait_for(window.at_end, "it does not follow")
        window.click("Stop")
        window.wait_for(lambda: stop_is_gone(window), "it was not stopped")


@suite.test("a command is allowed once")
def approve():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("run: uname -a")
        window.button("Allow once")
        window.wait_text("uname -a")
        window.wait("list item", "Approval: uname -a")
        window.button("Deny")
        # The demo does not offer it.
        tap.check(window.find(app.BUTTONS, "Always allow") is None, "what is not allowed is offered")
        window.screenshot("approval")
        window.click("Allow once")
        window.wait_gone(app.BUTTONS, "Allow once")
        window.wait("list item", "Tool exec uname -a, done")
        cases.wait_reply(window, "The tool answered")
        texts = open_row(window, "Tool exec uname -a, done")
        tap.check("pretended" in texts, f"the tool's output is not shown: {texts}")
        window.screenshot("tool-open")


@suite.test("a command is denied")
def deny():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("run: rm -r nothing")
        window.click("Deny")
        window.wait_gone(app.BUTTONS, "Deny")
        window.wait("list item", "Tool exec rm -r nothing, denied")
        cases.wait_reply(window, "Exec denied")
        window.wait_for(lambda: stop_is_gone(window), "the run did not end")


@suite.test("Markdown, code, tables, pictures and reasoning have their rows")
def kinds():
    with app.App("--demo", size=(1080, 900)) as window:
        cases.wait_ready(window)
        for message, expected in (("table", "Tailscale Serve"), ("code", "getline"), ("list", "Back up the old disk"), ("think", "monotonic"), ("picture", "evening")):
            window.send(message)
            cases.wait_reply(window, expected, 40)
            window.wait_for(lambda: stop_is_gone(window), "the reply does not end", 40)
            window.screenshot("reply-" + message)
        window.wait_for(lambda: any(node.extents()[2] >= 200 for node in window.find_all("image", "Evening light…")), "the picture is not shown")
        texts = open_row(window, "Reasoning…")
        tap.check("means nothing on another machine" in texts, f"the reasoning is not shown: {texts}")


@suite.test("Copy takes the Markdown")
def copy():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("say: **bold** and `code`")
        row = window.wait_for(lambda: stop_is_gone(window) and last(window, "Assistant: **bold**…"), "no reply")
        row.find(app.BUTTONS, "Copy").click()
        window.wait_for(lambda: app.clipboard() == "**bold** and `code`", f"the clipboard has {app.clipboard()!r}")
        row = last(window, "You: say: **bold**…")
        row.find(app.BUTTONS, "Copy").click()
        window.wait_for(lambda: app.clipboard() == "say: **bold** and `code`", f"the clipboard has {app.clipboard()!r}")


@suite.test("an error says why, and is tried again")
def error():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.send("fail: 500")
        window.wait(None, "Error:…")
        window.screenshot("error")
        window.click("Try again")
        window.wait_for(lambda: len([word for word in window.words() if word.startswith("You: fail: 500")]) >= 2, "it was not sent again")


@suite.test("slash commands complete")
def slash():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.wait(app.TEXT, "Message").focus()
        window.type("/")
        window.wait_for(lambda: any(word.startswith("/") and len(word) > 2 for word in window.words()), "no commands are offered")
        window.screenshot("slash")
        window.key("Return")
        window.wait_for(lambda: len(window.wait(app.TEXT, "Message").text) > 2, "none was put in")
        tap.check(window.wait(app.TEXT, "Message").text.startswith("/"), "what was put in is no command")


@suite.test("Shift+Enter breaks the line, Enter sends both lines")
def lines():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.wait(app.TEXT, "Message").focus()
        window.type("say: one")
        window.key("shift+Return")
        window.type("second line")
        tap.equal(window.wait(app.TEXT, "Message").text, "say: one\nsecond line", "the draft")
        window.key("Return")
        window.wait(None, "You: say: one…")


@suite.test("with the other setting, Enter breaks and Ctrl+Enter sends")
def ctrl_enter():
    with app.App("--demo", settings={"send-key": "'ctrl-enter'"}) as window:
        cases.wait_ready(window)
        window.wait(app.TEXT, "Message").focus()
        window.type("say: one")
        window.key("Return")
        window.type("two")
        tap.equal(window.wait(app.TEXT, "Message").text, "say: one\ntwo", "the draft")
        window.key("ctrl+Return")
        window.wait(None, "You: say: one…")


@suite.test("a file over the gateway's limit is refused with both sizes, a small one goes")
def attachments():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        big, small = window.home.file("big.bin"), window.home.file("note.txt")
        with open(big, "wb") as stream:
            stream.truncate(200 * 1024 * 1024)
        with open(small, "w", encoding="utf-8") as stream:
            stream.write("a note")
        window.choose_file("Attach files", big)
        window.wait_text("big.bin")
        window.wait_text("209")  # MB of it, in words
        tap.check(any("big.bin" in word and "209" in word and "19" in word for word in window.words()), f"not both sizes: {window.words()}")
        tap.check(window.find(app.BUTTONS, "Remove big.bin") is None, "it was attached")
        window.screenshot("attachment-too-large")
        window.choose_file("Attach files", small)
        window.button("Remove note.txt")
        picture = window.home.file("dot.png")
        make_picture(picture, 64, 48)
        window.choose_file("Attach files", picture)
        window.button("Remove dot.png")
        window.send("say: got the note")
        cases.wait_reply(window, "Assistant: got the note")
        window.wait_gone(app.BUTTONS, "Remove note.txt")
        # Both are with the message that was sent, the picture as one.
        row = last(window, "You: say: got the note…")
        tap.check(any("note.txt" in node.name for node in row.walk()), f"no note: {[node.name for node in row.walk()]}")
        window.wait_for(lambda: any(node.extents()[2:] == (64, 48) for node in row.find_all("image", "dot.png")), "the picture is not shown")
        window.screenshot("attachments-sent")


@suite.test("older messages come while one scrolls up")
def older():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        window.open_chat("Long history")
        window.wait_for(lambda: len([word for word in window.words() if word.startswith(("You:", "Assistant:"))]) > 1, "no rows")
        first = window.first_row()
        window.scroll_to_top(until=lambda: window.first_row() not in (None, first), times=60)
        window.screenshot("older")


@suite.test("drafts and attached files are kept for each conversation")
def drafts():
    with app.App("--demo") as window:
        cases.wait_ready(window)
        first = "Did the backups run last night?"
        window.wait_for(lambda: window.window.name.startswith(first), "the first conversation is another")
        note = window.home.file("note.txt")
        with open(note, "w", encoding="utf-8") as stream:
            stream.write("a note")
        window.fill("Message", "half a thought")
        window.choose_file("Attach files", note)
        window.button("Remove note.txt")
        window.open_chat("Long history")
        window.wait_for(lambda: window.wait(app.TEXT, "Message").text == "", "the draft went along")
        tap.check(window.find(app.BUTTONS, "Remove note.txt") is None, "the file went along")
        window.fill("Message", "another thought")
        # With the keyboard, up to the first conversation.
        for _ in range(6):
            if window.window.name.startswith(first):
                break
            before = window.window.name
            window.key("alt+Up")
            window.wait_for(lambda name=before: window.window.name != name, "Alt+Up does nothing")
        tap.equal(window.wait(app.TEXT, "Message").text, "half a thought", "the draft")
        window.button("Remove note.txt")
        window.open_chat("Long history")
        window.wait_for(lambda: window.wait(app.TEXT, "Message").text == "another thought", "the other draft is lost")


sys.exit(suite.run())
