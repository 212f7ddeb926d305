# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the window share: gateways to connect to, and the ways a person goes through the program."""

import base64
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import app  # noqa: E402  (it starts the display and the bus)
import ctl  # noqa: E402
import tap  # noqa: E402

TOKEN = "planted-token-3f9a7c51d2"
ROWS = ("list item", "panel", "section", "article", "grouping", "filler")


class Gateway:
    """A demo gateway in a process of its own."""

    def __init__(self, *options, token=None, port=None):
        self.options, self.token, self.port = list(options), token, port

    def __enter__(self):
        self.home = ctl.Home()
        self.start()
        return self

    def start(self):
        options = list(self.options)
        if self.token:
            options += ["--auth", "token"]
        if self.port:
            options += ["--port", str(self.port)]
        self.process = ctl.Process(self.home, ["demo", *options], {"MOLTZER_TOKEN": self.token} if self.token else None, stdin=subprocess.PIPE)
        line = self.process.wait_line(lambda stream, line: line if stream == "stdout" else None)
        self.url = line[len("URL="):].rstrip("/")
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self):
        self.process.process.kill()
        self.process.wait()

    def connections(self):
        """How many TCP connections it has at this moment, as the kernel counts them."""
        count = 0
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            with open(table, encoding="ascii") as lines:
                for columns in map(str.split, list(lines)[1:]):
                    count += int(columns[1].rsplit(":", 1)[1], 16) == self.port and columns[3] == "01"  # ESTABLISHED
        return count

    def approve(self):
        self.process.process.stdin.write("approve\n")
        self.process.process.stdin.flush()

    def __exit__(self, *exception):
        self.process.stop()
        self.home.__exit__()


def connect(window, url, token=None):
    """Fills in the first page as a person does, and waits for the conversation."""
    window.fill("Address", url)
    if token is not None:
        window.fill("Token or password", token)
    window.click("Connect")


def wait_ready(window):
    window.wait(app.BUTTONS, "Attach files")
    window.wait(app.TEXT, "Message")


def wait_reply(window, text, timeout=app.TIMEOUT):
    """Until the assistant has said this, in any row."""
    asked = "say: " + text  # the person's own words are no answer
    window.wait_for(lambda: any(text in word and asked not in word for word in window.words()), f"{text!r} was not said", timeout)


def idle(window):
    """No reply is on its way."""
    return window.root.find(app.BUTTONS, "Stop") is None


def wait_bar(window, button):
    """Until the bar of the connection offers this."""
    return window.wait(app.BUTTONS, button)


def holders(folder, secret):
    """The files below a folder that have the secret in them, as it is or as what is often made of it."""
    forms = [secret.encode(), base64.b64encode(secret.encode()), secret.encode().hex().encode()]
    found = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as stream:
                    content = stream.read()
                found.extend([path] if any(form in content for form in forms) else [])
    return found


def saved_gateway(url, name="Saved", number=1, **more):
    """A settings value with one gateway, as the program keeps it."""
    members = {"id": f"'{number}1111111-2222-3333-4444-555555555555'", "name": f"'{name}'", "address": f"'{url}'", "auto-connect": "true"}
    members.update(more)
    return "[{" + ", ".join(f"'{key}': <{value}>" for key, value in members.items()) + "}]"


def saved_gateways(*values):
    """One settings value of several."""
    return "[" + ", ".join(value[1:-1] for value in values) + "]"
