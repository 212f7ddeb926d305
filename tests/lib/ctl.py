# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs moltzerctl: once to its end, or as a process whose lines are awaited."""

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

DONE, NOT_CONNECTED, USAGE, AUTHENTICATION = 0, 1, 2, 3


def program():
    return os.environ.get("MOLTZERCTL") or os.path.join(ROOT, "_build", "src", "cli", "moltzerctl")


class Home:
    """A home of its own for each test program, so that nothing of the person's is read or written."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="moltzer-test-")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name):
        return os.path.join(self.path, name)

    def environment(self, extra=None):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith("MOLTZER_") and not name.lower().endswith("_proxy")}
        kept.update({
            "HOME": self.path,
            "XDG_CONFIG_HOME": self.file("config"),
            "XDG_DATA_HOME": self.file("data"),
            "XDG_STATE_HOME": self.file("state"),
            "XDG_CACHE_HOME": self.file("cache"),
            "XDG_RUNTIME_DIR": self.path,
            "GIO_USE_PROXY_RESOLVER": "dummy",
            "GSETTINGS_BACKEND": "memory",
            "G_DEBUG": "fatal-criticals,gc-friendly",
            "LC_ALL": "C.UTF-8",
        })
        kept.update(extra or {})
        return kept


class Result:
    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    def __str__(self):
        try:
            out = json.dumps(json.loads(self.out))
        except ValueError:
            out = self.out
        return f"exit {self.code} after {self.seconds:.2f} s\nstdout: {out}\nstderr: {self.err}"

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise AssertionError(f"not one JSON object ({error}): {self}") from error

    def lines(self):
        """The events of a command that prints one JSON a line."""
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]


def _secrets(environment):
    return [value for name, value in environment.items() if name in ("MOLTZER_TOKEN", "MOLTZER_PASSWORD") and value]


def command(arguments, namespace=None, wrapper=()):
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    return [*inside, *wrapper, program(), *arguments]


def run(home, arguments, environment=None, timeout=60, stdin=None, namespace=None, wrapper=()):
    """Runs to the end. Fails on a crash, and when a secret is shown."""
    environment = home.environment(environment)
    start = time.monotonic()
    try:
        done = subprocess.run(command(arguments, namespace, wrapper), env=environment, input=stdin or "", timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    except subprocess.TimeoutExpired as error:
        raise AssertionError(f"{arguments} still ran after {timeout} s: {error.stdout} {error.stderr}") from error
    result = Result(done.returncode, done.stdout, done.stderr, time.monotonic() - start)
    if result.code not in (DONE, NOT_CONNECTED, USAGE, AUTHENTICATION):
        raise AssertionError(f"{arguments}: {result}")
    for secret in _secrets(environment):
        if secret in result.out or secret in result.err:
            raise AssertionError(f"{arguments}: a secret was shown")
    return result


def probe(home, url, *options, **keywords):
    """Returns the result and its JSON object."""
    result = run(home, ["probe", "--json", *options, url], **keywords)
    return result, result.json()


def phases(attempt):
    return [phase["name"] for phase in attempt["phases"]]


def failing_phase(attempt):
    """The phase in which an attempt ended, None when it did not fail."""
    failed = [phase["name"] for phase in attempt["phases"] if not phase["ok"]]
    return failed[-1] if failed else None


def schemes(trace):
    return [attempt["scheme"] for attempt in trace["attempts"]]


def routes(trace):
    return [attempt["route"] for attempt in trace["attempts"]]


def diagnosis(trace):
    return trace["diagnosis"]["id"] if trace["diagnosis"] else None


class Process:
    """A moltzerctl that keeps running; its lines are awaited with a deadline."""

    def __init__(self, home, arguments, environment=None, namespace=None, argv=None, stdin=subprocess.DEVNULL):
        self.process = subprocess.Popen(argv or command(arguments, namespace), env=home.environment(environment),
                                        stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        encoding="utf-8", errors="replace", start_new_session=True)
        self.seen = []
        self._lines = queue.Queue()
        self._readers = [threading.Thread(target=self._read, args=(name,), daemon=True) for name in ("stdout", "stderr")]
        for reader in self._readers:
            reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()

    def _read(self, name):
        for line in getattr(self.process, name):
            self._lines.put((name, line.rstrip("\n")))
        self._lines.put((name, None))

    def wait_line(self, wanted, timeout=30):
        """The first new line of which wanted (stream, line) says something true, and what it said."""
        deadline = time.monotonic() + timeout
        ended = 0
        while ended < 2:
            try:
                name, line = self._lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no such line within {timeout} s; seen: {self.seen}") from None
            if line is None:
                ended += 1
                continue
            self.seen.append(f"{name}: {line}")
            found = wanted(name, line)
            if found:
                return found
        raise AssertionError(f"the process ended first; seen: {self.seen}")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def wait(self, timeout=30):
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout} s; seen: {self.rest()}") from None

    def rest(self):
        """All lines, once it has ended (or all so far)."""
        if self.process.poll() is not None:
            for reader in self._readers:
                reader.join(10)
        while True:
            try:
                name, line = self._lines.get_nowait()
            except queue.Empty:
                return self.seen
            if line is not None:
                self.seen.append(f"{name}: {line}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for reader in self._readers:
            reader.join(10)


def demo(home, *options, **keywords):
    """Starts the embedded gateway; returns the process and its URL."""
    process = Process(home, ["demo", "--port", "0", *options], **keywords)

    def url(name, line):
        found = re.search(r"wss?://\S+", line)
        return found and found.group()
    try:
        return process, process.wait_line(url)
    except AssertionError:
        process.stop()
        raise
