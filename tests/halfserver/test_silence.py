# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that say nothing, too little or nonsense. Each silence ends with its phase's budget."""

import sys

from cases import Attempt, meet
import servers
import tap

TEN, FIFTEEN = (9.5, 14), (14.5, 19)

suite = tap.Suite()


@suite.test("no answer to the upgrade")
def upgrade():
    meet(servers.silent, "ws", [Attempt("ws", "upgrade", "timed-out")], seconds=TEN)


@suite.test("an answer to the upgrade that comes a byte at a time")
def dribble():
    meet(servers.dribble, "ws", [Attempt("ws", "upgrade", "timed-out")], seconds=TEN)


@suite.test("a mail server, which greets and then waits")
def mail():
    meet(servers.greets(b"220 mail.test ESMTP\r\n"), "ws", [Attempt("ws", "upgrade", "timed-out")],
         diagnosis="not-a-gateway", seconds=TEN)


@suite.test("no answer to the TLS handshake")
def handshake():
    meet(servers.silent, "wss", [Attempt("wss", "tls", "timed-out")], diagnosis="tls-stall", seconds=TEN)


@suite.test("no answer to the TLS handshake, plaintext allowed: a stall is no reason for it")
def handshake_plaintext():
    meet(servers.silent, "wss", [Attempt("wss", "tls", "timed-out")], options=["--allow-plaintext"],
         diagnosis="tls-stall", seconds=TEN)


@suite.test("a WebSocket without a challenge")
def challenge():
    meet(servers.websocket(), "ws", [Attempt("ws", "challenge")], diagnosis="not-a-gateway", seconds=FIFTEEN)


for what, data in (
    ("text that is not JSON", servers.frame(b"hello, who are you?")),
    ("a JSON array", servers.frame(b"[1, 2, 3]")),
    ("JSON nested too deep", servers.frame(b"[" * 30000 + b"]" * 30000)),
    ("text that is not UTF-8", servers.frame(b"\xff\xfe\xfd")),
):
    suite.add(f"a WebSocket that sends {what}", lambda data: meet(
        servers.websocket(data), "ws", [Attempt("ws", "challenge")], diagnosis="not-a-gateway"), data)

for what, data in (
    ("a challenge without a nonce", b'{"type":"event","event":"connect.challenge","payload":{"ts":1}}'),
    ("a challenge whose nonce is a number", b'{"type":"event","event":"connect.challenge","payload":{"nonce":7,"ts":1}}'),
    ("a challenge whose payload is text", b'{"type":"event","event":"connect.challenge","payload":"nonce"}'),
    ("a challenge with null for all", b'{"type":"event","event":"connect.challenge","payload":null,"seq":null}'),
):
    suite.add(f"a WebSocket that sends {what}", lambda data: meet(
        servers.websocket(servers.frame(data)), "ws", [Attempt("ws", "challenge")], diagnosis="not-a-gateway"), data)


@suite.test("a WebSocket that sends binary data, which is passed over")
def binary():
    meet(servers.websocket(servers.frame(b"\x00\x01\x02\x03", opcode=2)), "ws", [Attempt("ws", "challenge")],
         diagnosis="not-a-gateway", seconds=FIFTEEN)


@suite.test("a WebSocket that closes without a word")
def dropped():
    meet(servers.websocket(close=True), "ws", [Attempt("ws", "challenge")])


@suite.test("a WebSocket that closes properly")
def closed():
    meet(servers.websocket(servers.frame(b"\x03\xe8", opcode=8)), "ws", [Attempt("ws", "challenge")])


if __name__ == "__main__":
    sys.exit(suite.run(workers=8))
