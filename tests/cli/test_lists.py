# SPDX-License-Identifier: GPL-3.0-or-later
"""moltzerctl from the outside: sessions, history, models; secrets; the demo."""

import json
import os
import socket
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import tap  # noqa: E402
from cases import Gateway, PASSWORD, TOKEN, keys, reply  # noqa: E402

suite = tap.Suite()


# Lists


@suite.test("sessions, models and history")
def lists():
    for protocol in ("3", "4"):
        with Gateway("--protocol", protocol) as gateway:
            tap.equal(reply(gateway, "say: something to remember").code, ctl.DONE, "exit")

            sessions = gateway.run("sessions")
            tap.equal(sessions.code, ctl.DONE, f"exit ({sessions})")
            tap.check(sessions.out.startswith("KEY") and "main" in sessions.out, sessions)
            rows = gateway.run("sessions", "--json").json()
            keys(rows, "sessions", "has_more")
            main = next(row for row in rows["sessions"] if row["key"].endswith("main"))
            keys(main, "key", "session_id", "title", "preview", "model", "agent", "updated_at", "total_tokens", "running", "unread",
                 "pinned", "archived")

            models = gateway.run("models")
            tap.equal(models.code, ctl.DONE, f"exit ({models})")
            tap.check(models.out.startswith("MODEL") and "demo" in models.out, models)
            for model in gateway.run("models", "--json").json()["models"]:
                keys(model, "ref", "id", "name", "provider", "context_window", "reasoning", "default", "available", "thinking_levels")

            history = gateway.run("history")
            tap.equal(history.code, ctl.DONE, f"exit ({history})")
            tap.check("  say: something to remember" in history.out and "  something to remember" in history.out, history)
            talk = gateway.run("history", "--json", "--limit", "2").json()
            keys(talk, "session", "messages", "has_older")
            tap.equal([(row["kind"], row["text"]) for row in talk["messages"]],
                      [("user", "say: something to remember"), ("assistant", "something to remember")], "messages")
            tap.equal(gateway.run("history", "--session", main["key"], "--limit", "1", "--json").json()["messages"][0]["text"],
                      "something to remember", "the last message by the session's key")

            approvals = gateway.run("approvals")
            tap.equal((approvals.code, approvals.out), (ctl.DONE, ""), f"approvals ({approvals})")
            tap.equal(gateway.run("approvals", "--json").json(), {"approvals": []}, "approvals")


@suite.test("chat: another session")
def another_session():
    with Gateway() as gateway:
        rows = gateway.run("sessions", "--json").json()["sessions"]
        other = next((row["key"] for row in rows if not row["key"].endswith(":main")), None)
        if other is None:
            raise tap.Skip("the demo has one session only")
        tap.equal(reply(gateway, "say: over here", options=["--session", other]).out, "over here\n", "reply")
        last = gateway.run("history", "--session", other, "--limit", "1", "--json").json()["messages"][0]["text"]
        tap.equal(last, "over here", "the last message there")


# Secrets


@suite.test("a planted token and password are nowhere to be found")
def secrets():
    for option, variable, secret in (("token", "MOLTZER_TOKEN", TOKEN), ("password", "MOLTZER_PASSWORD", PASSWORD)):
        with Gateway("--auth", option, "--verbose", environment={variable: secret}) as gateway:
            record = gateway.home.file("record")
            environment = {variable: secret, "G_MESSAGES_DEBUG": "all"}
            device_tokens = set()
            shown = ""
            for command, message in (("probe", ()), ("chat", ("say: hello",)), ("sessions", ()), ("history", ()), ("models", ()),
                                     ("approvals", ()), ("probe", ("--json",)), ("chat", ("--json", "say: hello"))):
                result = gateway.run(command, "--verbose", "--record", record, environment=environment, message=message)
                tap.equal(result.code, ctl.DONE, f"exit ({result})")
                with open(record, encoding="utf-8") as file:
                    recorded = file.read()
                shown += result.out + result.err + recorded
                for line in recorded.splitlines():
                    keys(json.loads(line), "sent", "ms", "frame")
                tap.check('"connect"' in recorded and "hello-ok" in recorded, "the record lacks the login")
            tap.equal(stat.S_IMODE(os.stat(record).st_mode), 0o600, "mode of the record")

            wrong = gateway.run("probe", "--verbose", "--identity", gateway.home.file("other.json"), environment={variable: secret + "x"})
            tap.equal(wrong.code, ctl.AUTHENTICATION, f"exit ({wrong})")
            shown += wrong.out + wrong.err

            with open(gateway.home.file("data/moltzer/identity.json"), encoding="utf-8") as file:
                kept = json.load(file)
            device_tokens.update(kept["deviceTokens"].values())
            gateway.process.stop()
            shown += "\n".join(gateway.process.rest())
            for planted in (secret, kept["seed"], *device_tokens):
                tap.check(planted not in shown, "a secret was shown")


@suite.test("secrets do not stay in the environment or the arguments")
def secrets_in_proc():
    if not os.path.exists("/proc/self/environ"):
        raise tap.Skip("no /proc")
    with Gateway("--auth", "token", environment={"MOLTZER_TOKEN": TOKEN}) as gateway:
        for name in ("environ", "cmdline"):
            with open(f"/proc/{gateway.process.process.pid}/{name}", "rb") as file:
                tap.check(TOKEN.encode() not in file.read(), name)


@suite.test("a secret in the address is refused, and not repeated")
def secret_in_address():
    with ctl.Home() as home:
        for url in (f"wss://user:{TOKEN}@example.invalid", f"wss://example.invalid/?token={TOKEN}", f"wss://example.invalid/#token={TOKEN}"):
            result = ctl.run(home, ["probe", "--verbose", url])
            tap.equal(result.code, ctl.USAGE, f"exit ({result.code})")
            tap.check(TOKEN not in result.out + result.err, "the secret was shown")


# demo


@suite.test("demo: ends when it is told to, and says what it wants")
def demo():
    with Gateway("--auth", "token", environment={"MOLTZER_TOKEN": TOKEN}) as gateway:
        gateway.process.interrupt()
        tap.equal(gateway.process.wait(10), ctl.DONE, "exit")
        said = "\n".join(gateway.process.rest())
        tap.check("MOLTZER_TOKEN" in said, said)
        tap.check(TOKEN not in said, "the token was shown")


@suite.test("demo: a port that is taken")
def demo_port_taken():
    with ctl.Home() as home, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = ctl.run(home, ["demo", "--port", str(taken.getsockname()[1])], timeout=10)
        tap.equal(result.code, ctl.NOT_CONNECTED, f"exit ({result})")


if __name__ == "__main__":
    sys.exit(suite.run())
