#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""For who has no display: a short conversation with the demo on a virtual one, and a picture of it."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import app  # noqa: E402

with app.App("--demo", size=(1080, 760)) as window:
    cases.wait_ready(window)
    for message, expected in (("Hello!", "I answer from a script"), ("Show me a table", "Tailscale Serve")):
        print("You:", message)
        window.send(message)
        cases.wait_reply(window, expected, 60)
        window.wait_for(lambda: window.root.find(app.BUTTONS, "Stop") is None, "the reply does not end", 60)
        print("Assistant:", next(name for name in reversed(window.rows()) if name.startswith("Assistant:"))[len("Assistant:"):].strip())
    path = window.settled_screenshot("moltzer")

print(f"\nThis is what it looks like: {os.path.relpath(path)}")
