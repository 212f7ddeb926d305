# SPDX-License-Identifier: GPL-3.0-or-later
"""A small TAP reporter: tests are functions, tables are functions with arguments."""

import concurrent.futures
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


def _outcome(name, function, arguments):
    """Whether it failed, why it was skipped, and what there is to say."""
    start = time.monotonic()
    bad, skipped, notes = False, None, []
    try:
        function(*arguments)
    except Skip as reason:
        skipped = str(reason)
    except Exception:  # whatever it was, the next test runs
        bad, notes = True, traceback.format_exc().rstrip().split("\n")
    return bad, skipped, [*notes, f"{time.monotonic() - start:.2f} s"]


def _limited(test):
    signal.alarm(test[3])
    try:
        return _outcome(*test[:3])
    finally:
        signal.alarm(0)


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

    def run(self, workers=1):
        """Runs the tests; with more than one worker, those that mostly wait do so side by side."""
        wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        tests = [test for test in self.tests if not wanted or any(part in test[0] for part in wanted)]
        print(f"1..{len(tests)}", flush=True)
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            if workers > 1:
                outcomes = pool.map(lambda test: _outcome(*test[:3]), tests)
            else:
                signal.signal(signal.SIGALRM, _overdue)
                outcomes = (_limited(test) for test in tests)
            for number, (test, (bad, skipped, notes)) in enumerate(zip(tests, outcomes), 1):
                failed += bad
                for line in notes:
                    print(f"# {line}")
                print(f"{'not ok' if bad else 'ok'} {number} {test[0]}{' # SKIP ' + skipped if skipped else ''}", flush=True)
        return 1 if failed else 0
