# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe and a chat under valgrind: nothing is lost, nothing is read or written amiss."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import tap  # noqa: E402

FOUND = 99  # moltzerctl has no such exit code

if shutil.which("valgrind") is None:
    tap.skip_all("valgrind is not installed")
WRAPPER = ["valgrind", "-q", "--leak-check=full", "--errors-for-leak-kinds=definite", f"--error-exitcode={FOUND}"]

suite = tap.Suite(limit=180)


def under_valgrind(arguments, expected=ctl.DONE, **keywords):
    with ctl.Home() as home:
        environment = {"G_SLICE": "always-malloc", **keywords.pop("environment", {})}
        result = ctl.run(home, arguments, environment=environment, timeout=170, wrapper=WRAPPER, **keywords)
        tap.equal(result.code, expected, f"exit ({result})")
        return result


@suite.test("a probe")
def probe():
    with ctl.Home() as home:
        process, url = ctl.demo(home)
        with process:
            tap.check(under_valgrind(["probe", "--json", url]).json()["ok"], "ready")


@suite.test("a probe that fails on both routes and schemes")
def failed_probe():
    under_valgrind(["probe", "--json", "--platform", "macos", "ws://127.0.0.1:1"], ctl.NOT_CONNECTED)


@suite.test("a chat with the demo gateway")
def chat():
    tap.check(under_valgrind(["chat", "--demo", "hello"]).out.strip() != "", "a reply")


if __name__ == "__main__":
    sys.exit(suite.run())
