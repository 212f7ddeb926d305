# SPDX-License-Identifier: GPL-3.0-or-later
"""moltzerctl against the real gateway of one version. Usage: test_interop.py VERSION"""

import concurrent.futures
import contextlib
import itertools
import json
import os
import re
import sys
import time

import gateway
import ctl
import netns
import servers
import tap

VERSION = sys.argv.pop(1)
PROTOCOL = {"2026.9.6": 4, "2026.4.29": 3}[VERSION]
BASE = {"2026.9.6": 28700, "2026.4.29": 29200}[VERSION]
ALL_PHASES = {"ws": ["connect", "upgrade", "challenge", "hello"], "wss": ["connect", "tls", "upgrade", "challenge", "hello"]}

gateway.skip_unless_possible()
gateway.exit_on_termination()

suite = tap.Suite(limit=240)
records = []
session_numbers = itertools.count()


class Setting:
    """Two gateways: one of token and plain text; one of password and TLS, in a namespace of its own where that can be had."""

    def __init__(self):
        self.home = ctl.Home()
        self.elsewhere = ctl.Home()  # another device's
        self.why_no_wire = netns.why_not()
        self.wire = None if self.why_no_wire else gateway.Wire()
        bind = [] if self.why_no_wire else ["--bind", "lan"]
        self.plain = gateway.Gateway(VERSION, "a", BASE)
        self.secure = gateway.Gateway(VERSION, "b", BASE + 250, "--tls", "--auth", "password", *bind,
                                      namespace=self.wire.gateway.name if self.wire else None)

    def start(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: one.start(), (self.plain, self.secure)))

    def close(self):
        for step in (self.plain.close, self.secure.close, self.wire.close if self.wire else lambda: None,
                     self.home.__exit__, self.elsewhere.__exit__):
            with contextlib.suppress(AssertionError, OSError):
                step()


setting = Setting()


def arguments(command, *words, url=None, record=True):
    """A command's line, with its frames recorded."""
    options = ["--json"]
    if record:
        records.append(setting.home.file(f"frames-{len(records)}"))
        options += ["--record", records[-1]]
    return [command, *options, url or setting.plain.url, *words]


def run(command, *words, **keywords):
    result = ctl.run(setting.home, arguments(command, *words), environment=setting.plain.secrets, timeout=200, **keywords)
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    return result


def fresh():
    """A session of its own: a gateway may put a message behind a run that is not quite over, and answer it in another run."""
    return ["--session", f"agent:main:moltzer-{next(session_numbers)}"]


def chat(message, *options):
    """Sends a message, in a fresh session unless one is given; returns the events of its reply."""
    return run("chat", message, *options, *([] if "--session" in options else fresh())).lines()


def of_type(events, kind):
    return [event for event in events if event["type"] == kind]


def reply(events):
    """The text that the events make."""
    text = ""
    for event in of_type(events, "delta"):
        text = event["text"] if event.get("replace") else text + event["text"]
    return text


def words(count):
    return [f"w{number}" for number in range(count)]


def same_words(text, count):
    got, wanted = text.split(), words(count)
    at = next((index for index, pair in enumerate(zip(got, wanted)) if pair[0] != pair[1]), min(len(got), count))
    tap.check(got == wanted, f"{len(got)} words instead of {count}, other ones from word {at} on: {got[at:at + 5]}")


def judge(result, trace, scheme):
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    tap.equal(ctl.schemes(trace), [scheme], "schemes")
    tap.equal([name for name in ctl.phases(trace["attempts"][0]) if name != "resolve"], ALL_PHASES[scheme], "phases")
    tap.equal(trace["server"], {"version": VERSION, "protocol": PROTOCOL}, "server")
    tap.check(trace["ready_ms"] > 0, trace)


@suite.test("ws, token")
def plain():
    result, trace = ctl.probe(setting.home, setting.plain.url, environment=setting.plain.secrets)
    judge(result, trace, "ws")
    tap.equal(trace["tls"], None, "TLS")


@suite.test("ws, token from a file and from the standard input")
def token_file():
    token = setting.plain.secrets["MOLTZER_TOKEN"]
    path = setting.home.file("token")
    with open(path, "w", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(token + "\n")
    for options, text in ((["--token-file", path], None), (["--token-file", "-"], token + "\n")):
        result, trace = ctl.probe(setting.home, setting.plain.url, *options, stdin=text)
        judge(result, trace, "ws")


def secure_probe(*options, home=None, namespace=None, host=None, secrets=None):
    url = setting.secure.url.replace("127.0.0.1", host or "127.0.0.1")
    return ctl.probe(home or setting.home, url, *options, namespace=namespace or setting.secure.namespace,
                     environment=setting.secure.secrets if secrets is None else secrets)


@suite.test("wss, pinned, password")
def secure():
    result, trace = secure_probe("--pin", setting.secure.fingerprint)
    judge(result, trace, "wss")
    tap.equal(trace["tls"]["fingerprint"].replace(":", "").lower(), setting.secure.fingerprint, "fingerprint")


@suite.test("wss, not pinned: nothing is sent")
def untrusted():
    result, trace = secure_probe("--allow-plaintext")
    tap.equal((result.code, ctl.schemes(trace), ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, ["wss"], "tls-untrusted"), f"trace ({result})")


@suite.test("wss, pinned to another certificate")
def mismatch():
    result, trace = secure_probe("--pin", "ab" * 32)
    tap.equal((result.code, ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, "tls-pin-mismatch"), f"trace ({result})")


@suite.test("ws to the wss port: upgraded by itself")
def needs_wss():
    result, trace = ctl.probe(setting.home, setting.secure.url.replace("wss:", "ws:"), "--pin", setting.secure.fingerprint,
                              namespace=setting.secure.namespace, environment=setting.secure.secrets)
    tap.equal((result.code, ctl.schemes(trace), ctl.diagnosis(trace)), (ctl.DONE, ["ws", "wss"], "needs-wss"), f"trace ({result})")


@contextlib.contextmanager
def counted():
    """The gateway of plain text, behind something that counts connections."""
    with servers.Server(servers.forward(setting.plain.port)) as server:
        yield server


for what, secrets, identifier in (
    ("wrong token", {"MOLTZER_TOKEN": "not-the-token-of-this-gateway"}, "auth-token"),
    ("no token", {}, "auth-missing"),
):
    def refused(secrets, identifier):
        with counted() as server, ctl.Home() as home:
            result, trace = ctl.probe(home, server.url("ws"), environment=secrets)
            tap.equal((result.code, len(trace["attempts"]), ctl.diagnosis(trace)), (ctl.AUTHENTICATION, 1, identifier), f"trace ({result})")
            tap.equal(ctl.failing_phase(trace["attempts"][0]), "hello", "failing phase")
            tap.equal(server.connections, 1, "connections of the probe")
            result = ctl.run(home, ["chat", server.url("ws"), "say: no"], environment=secrets)
            tap.equal(result.code, ctl.AUTHENTICATION, f"exit of the chat ({result})")
            tap.equal(server.connections, 2, "connections of the probe and the chat")
    suite.add(f"{what}: one try, no loop", refused, secrets, identifier)


@suite.test("chat, streamed")
def streamed():
    events = run("chat", "tokens: 60 60").lines()
    same_words(reply(events), 60)
    tap.check(len(of_type(events, "delta")) >= 5, f"it came in {len(of_type(events, 'delta'))} pieces")


@suite.test("chat, streamed to the standard output as it comes")
def streamed_text():
    start = time.monotonic()
    with ctl.Process(setting.home, ["chat", *fresh(), setting.plain.url, "tokens: 120 40"], environment=setting.plain.secrets) as process:
        process.wait_line(lambda name, line: name == "stdout" and line.startswith("w0 "), timeout=60)
        first = time.monotonic() - start
        tap.equal(process.wait(60), ctl.DONE, "exit")
        total = time.monotonic() - start
        text = " ".join(line.split(": ", 1)[1] for line in process.rest() if line.startswith("stdout: "))
        same_words(text, 120)
        tap.check(total - first > 1.5, f"the first line came after {first:.1f} s of {total:.1f} s")


@suite.test("chat, two hundred words")
def two_hundred():
    result = ctl.run(setting.home, ["chat", *fresh(), setting.plain.url, "tokens: 200 100"], environment=setting.plain.secrets, timeout=120)
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    same_words(result.out, 200)


@suite.test("chat, a long reply")
def long_reply():
    same_words(reply(chat("tokens: 3000 1500")), 3000)


@suite.test("chat, Markdown comes as it was sent")
def markdown():
    text = reply(chat("please"))
    for part in ("## A heading", "| Left | Right |", "```c\n#include <stdio.h>", "[link](https://example.org/)"):
        tap.check(part in text, f"{part!r} is not in the reply: {text}")


@suite.test("chat, reasoning is apart from the reply")
def reasoning():
    events = chat("think: let me see\nsay: after thought")
    tap.equal(reply(events).strip(), "after thought", "reply")


@suite.test("chat, a tool call is approved once")
def approved():
    """The command writes into a pipe: that it ran is read there. Protocol 3 tells its result in another run."""
    source, pipe = setting.home.file("source"), setting.home.file("pipe")
    with open(source, "w", encoding="ascii") as file:
        file.write("the command ran")
    os.mkfifo(pipe)
    with concurrent.futures.ThreadPoolExecutor(1) as pool, open(pipe, "rb+", buffering=0) as reader:
        read = pool.submit(reader.read, 100)
        events = chat(f"run: cp {source} {pipe}", "--approve", "once")
        try:
            tap.equal(read.result(timeout=30), b"the command ran", "what came through the pipe")
        finally:
            if not read.done():
                reader.write(b"nothing")  # so that the reader ends
    requests = [event for event in of_type(events, "approval") if event["state"] == "requested"]
    tap.equal(len(requests), 1, f"requests in {events}")
    tap.check(source in requests[0]["command"], f"the command is shown: {requests}")
    tools = [event for event in of_type(events, "tool") if event["name"] == "exec"]
    tap.check(tools and source in tools[0]["arguments"], f"the call is shown: {events}")


@suite.test("chat, a tool call is denied")
def denied():
    marker = setting.home.file("made-by-a-denied-command")
    events = chat(f"run: touch {marker}", "--approve", "deny")
    decisions = [event["decision"] for event in of_type(events, "approval") if event["state"] == "resolved"]
    tap.equal(decisions, ["deny"], f"decisions in {events}")
    tap.equal(run("approvals").json()["approvals"], [], "approvals that still wait")
    tap.check(not os.path.exists(marker), "the command ran")


@suite.test("chat, aborted with Ctrl+C")
def aborted():
    key = "agent:main:moltzer-aborted"
    line = arguments("chat", "--session", key, "tokens: 4000 20")
    with ctl.Process(setting.home, line, environment=setting.plain.secrets) as process:
        process.wait_line(lambda name, text: name == "stdout" and '"delta"' in text, timeout=60)
        process.interrupt()
        tap.equal(process.wait(20), 130, "exit")
        final = [json.loads(text.removeprefix("stdout: ")) for text in process.rest() if text.startswith("stdout: ")][-1]
        tap.equal((final["type"], final["outcome"]), ("final", "aborted"), f"last event of {process.seen}")
    row = next(row for row in run("sessions").json()["sessions"] if row["key"] == key)
    tap.equal(row["running"], False, "a run of 200 s still goes on")


PAGE = 100  # how many messages a session asks for at a time


def text_of(message):
    content = message["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


@suite.test("history, page by page")
def history():
    """Held against what the gateway itself says its history is: the frames of the record."""
    key = "agent:main:moltzer-pages"
    count = PAGE // 2 + 10
    for number in range(count):
        chat(f"say: page {number:03}", "--session", key)
    line = arguments("history", "--session", key, "--limit", "1000")
    result = ctl.run(setting.home, line, environment=setting.plain.secrets, timeout=60)
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    with open(records[-1], encoding="utf-8") as file:
        frames = [json.loads(row).get("frame", {}) for row in file]
    requests = [frame["id"] for frame in frames if frame.get("method") == "chat.history"]
    pages = [frame["payload"]["messages"] for frame in frames if frame["type"] == "res" and frame["id"] in requests]
    tap.check(len(pages) >= 2, f"it was asked for in {len(pages)} pages")
    # From protocol 4 on, each page is older than the one before; earlier, each is longer.
    raw = [message for page in reversed(pages) for message in page] if PROTOCOL >= 4 else pages[-1]
    shown = [message["text"] for message in result.json()["messages"] if message["kind"] in ("user", "assistant")]
    tap.equal(shown, [text_of(message) for message in raw], "messages, the oldest first")
    short = run("history", "--session", key, "--limit", "2").json()
    tap.equal(([message["text"] for message in short["messages"]][-1], short["has_older"]), (shown[-1], True), "the last two")


def export(key, form, *options):
    line = ["export", "--session", key, "--format", form, *options, setting.plain.url]
    result = ctl.run(setting.home, line, environment=setting.plain.secrets, timeout=60)
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    return result.out


@suite.test("export, all pages of a conversation")
def export_pages():
    """The session of the test before: all that was said, once and in order."""
    key = "agent:main:moltzer-pages"
    said = [row["text"] for row in run("history", "--session", key, "--limit", "1000").json()["messages"] if row["kind"] in ("user", "assistant")]
    tap.check(len(said) > PAGE, f"only {len(said)} messages")
    talk = run("export", "--session", key).json()
    tap.equal([row["text"] for row in talk["messages"] if row["kind"] in ("user", "assistant")], said, "messages")
    tap.equal(talk["complete"], True, "complete")
    ids = [(row["id"], row["kind"]) for row in talk["messages"]]
    tap.equal(len(set(ids)), len(ids), "entries that are in it twice")


@suite.test("export, long texts and Markdown")
def export_texts():
    key = fresh()[1]
    chat("tokens: 3000 1500", "--session", key)
    talk = json.loads(export(key, "json"))
    same_words(next(row["text"] for row in talk["messages"] if row["kind"] == "assistant"), 3000)
    key = fresh()[1]
    chat("please", "--session", key)
    markdown = export(key, "markdown")
    for part in ("## A heading", "| Left | Right |", "```c\n#include <stdio.h>"):
        tap.check(part in markdown, f"{part!r} is not in {markdown}")
    page = export(key, "html")
    for part in ("<h4 dir=\"auto\">A heading</h4>", "<a rel=\"noopener noreferrer\" href=\"https://example.org/\">link</a>"):
        tap.check(part in page and "<script" not in page, f"{part!r} is not in {page}")


@suite.test("export, tools and reasoning")
def export_tools():
    """Beside what the history shows: which thoughts a gateway keeps, and when it tells of a result, is its own matter."""
    key = fresh()[1]
    chat("think: let me see\nsay: after thought <b>not bold</b>", "--session", key)
    tap.check("&lt;b&gt;not bold&lt;/b&gt;" in export(key, "html"), "the text is not escaped")
    marker = setting.home.file("made-by-export")
    chat(f"run: touch {marker}", "--session", key, "--approve", "once")
    full = export(key, "markdown", "--tools", "--reasoning")
    tap.check("**Tool** exec" in full and f"touch {marker}" in full, f"the call is not in {full}")
    tap.check("**Tool** exec" not in export(key, "markdown"), "the call is there without --tools")

    def told():
        return [(row["kind"], row["text"]) for row in run("history", "--session", key, "--limit", "1000").json()["messages"]]

    before, talk, after = told(), json.loads(export(key, "json", "--tools", "--reasoning")), told()
    rows = [(row["kind"], row["text"]) for row in talk["messages"]]
    tap.check(rows in (before, after), f"{rows} beside {after}")
    calls = [row for row in talk["messages"] if row["kind"] == "tool"]
    tap.check(calls and all("output" in row and f"touch {marker}" in row["arguments"] for row in calls), f"calls and their results: {calls}")


@suite.test("sessions, models, approvals")
def lists():
    tap.check("agent:main:main" in run("sessions").out, "the main session is listed")
    tap.check("mock-1" in run("models").out, "the lab's model is listed")
    run("approvals")


@suite.test("a session of its own")
def other_session():
    events = chat("say: elsewhere", "--session", "agent:main:moltzer-test")
    tap.equal(reply(events).strip(), "elsewhere", "reply")
    tap.check("moltzer-test" in run("sessions").out, "the session is listed")


@suite.test("the gateway stops and starts again under an open client")
def restarted():
    def state(wanted):
        return lambda name, text: name == "stdout" and json.loads(text) if f'"{wanted}"' in text and '"state"' in text else None

    with ctl.Process(setting.home, arguments("chat", *fresh(), "tokens: 6000 20"), environment=setting.plain.secrets) as process:
        process.wait_line(lambda name, text: name == "stdout" and '"delta"' in text, timeout=60)
        setting.plain.stop()
        process.wait_line(state("waiting"), timeout=30)
        setting.plain.start()
        process.wait_line(state("ready"), timeout=60)
        # The run went down with the gateway, which may take it up again or not: the client can be stopped either way.
        process.interrupt()
        tap.one_of(process.wait(30), (ctl.DONE, 130), f"exit ({process.rest()[-3:]})")
    tap.equal(reply(chat("say: back again")).strip(), "back again", "reply after the restart")


@suite.test("pairing from another namespace")
def pairing():
    if setting.why_no_wire:
        raise tap.Skip(setting.why_no_wire)

    def probe(**keywords):
        return secure_probe("--pin", setting.secure.fingerprint, home=setting.elsewhere, namespace=setting.wire.client.name,
                            host=gateway.Wire.GATEWAY, **keywords)
    result, trace = probe()
    tap.equal((result.code, ctl.diagnosis(trace)), (ctl.AUTHENTICATION, "pairing-required"), f"trace ({result})")
    requests = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", json.dumps(trace["diagnosis"]))
    tap.check(requests, f"the diagnosis names no request: {trace['diagnosis']}")
    again, _ = probe()
    tap.equal(again.code, ctl.AUTHENTICATION, "exit while nobody has approved")
    setting.secure.approve(requests[0])
    result, trace = probe()
    judge(result, trace, "wss")


@suite.test("what was sent keeps to the contract")
def frames():
    sent, checked = 0, 0
    for path in records:
        if not os.path.exists(path):
            continue
        kept = path + ".checked"
        with open(path, encoding="utf-8") as source, open(kept, "w", encoding="utf-8") as target:
            for line in source:
                entry = json.loads(line)
                sent += entry["sent"]
                # The contract is that of protocol 4: what a gateway of 3 sends is its own affair.
                if "frame" in entry and (entry["sent"] or PROTOCOL == 4):
                    target.write(json.dumps(entry) + "\n")
        for secret in setting.plain.secrets.values():
            with open(path, encoding="utf-8") as file:
                tap.check(secret not in file.read(), "a record holds a secret")
        gateway.lab("check-frames", kept, timeout=300)
        checked += 1
    tap.check(sent > 50 and checked > 10, f"{sent} frames sent in {checked} records")


if __name__ == "__main__":
    try:
        gateway.remove_leftovers()
        gateway.install(VERSION)
        setting.start()
        code = suite.run()
    finally:
        setting.close()
    sys.exit(code)
