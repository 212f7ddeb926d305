# SPDX-License-Identifier: GPL-3.0-or-later
"""A small TAP reporter: tests are functions, tables are functions with arguments."""

import signal
import sys
import time
import traceback


class Skip(Exception):
    """Raised by a test that cannot run here; its text is the reason."""


class Overdue(Exception):
    """A test took longer than its limit."""


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def equal(actual, expected, what="value"):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} instead of {expected!r}")


def one_of(actual, expected, what="value"):
    if actual not in expected:
        raise AssertionError(f"{what}: {actual!r} is none of {expected!r}")


def between(actual, low, high, what="value"):
    if actual is None or not low <= actual <= high:
        raise AssertionError(f"{what}: {actual!r} is not in {low!r} … {high!r}")


def skip_all(reason):
    """Ends the program: none of its tests can run here."""
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def _overdue(signum, frame):
    raise Overdue("over the test's limit")


class Suite:
    """Collects tests and runs them in order. Arguments of the program select tests by a part of their name."""

    def __init__(self, limit=90):
        self.limit = limit
        self.tests = []

    def test(self, name, *arguments, limit=None):
        """Decorator: registers a function as a test."""
        def register(function):
            self.add(name, function, *arguments, limit=limit)
            return function
        return register

    def add(self, name, function, *arguments, limit=None):
        self.tests.append((name, function, arguments, limit or self.limit))

    def run(self):
        wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        tests = [test for test in self.tests if not wanted or any(part in test[0] for part in wanted)]
        signal.signal(signal.SIGALRM, _overdue)
        print(f"1..{len(tests)}", flush=True)
        failed = 0
        for number, (name, function, arguments, limit) in enumerate(tests, 1):
            start = time.monotonic()
            signal.alarm(limit)
            try:
                function(*arguments)
                outcome = f"ok {number} {name}"
            except Skip as reason:
                outcome = f"ok {number} {name} # SKIP {reason}"
            except Exception:  # whatever it was, the next test runs
                failed += 1
                outcome = f"not ok {number} {name}"
                for line in traceback.format_exc().rstrip().split("\n"):
                    print(f"# {line}")
            finally:
                signal.alarm(0)
            print(f"# {time.monotonic() - start:.2f} s")
            print(outcome, flush=True)
        return 1 if failed else 0
