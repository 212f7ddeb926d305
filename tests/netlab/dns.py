# SPDX-License-Identifier: GPL-3.0-or-later
"""A small name server (RFC 1035) that answers by a table: at once, late, or never."""

import socket
import threading

A, AAAA = 1, 28
NXDOMAIN = "nxdomain"
NEVER = "never"
KINDS = {A: "A", AAAA: "AAAA"}


class Late:
    """An answer that is held back."""

    def __init__(self, ms, addresses):
        self.ms, self.addresses = ms, addresses


def _name(packet, at):
    labels = []
    while packet[at]:
        size = packet[at]
        labels.append(packet[at + 1:at + 1 + size].decode("ascii", "replace").lower())
        at += size + 1
    return ".".join(labels), at + 1


class Server:
    """`table` maps a name to {A: answer, AAAA: answer}; an answer is a list of addresses (none: NODATA), Late, NXDOMAIN or NEVER.

    `asked` holds the questions so far, as (name, "A"). Both UDP and TCP are served on each address.
    """

    def __init__(self, namespace, addresses):
        self.table = {}
        self.asked = []
        self._sockets = []
        self._threads = []
        with namespace.entered():
            for address in addresses:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                for kind, serve in ((socket.SOCK_DGRAM, self._datagrams), (socket.SOCK_STREAM, self._streams)):
                    listener = socket.socket(family, kind)
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    listener.bind((address, 53))
                    if kind == socket.SOCK_STREAM:
                        listener.listen(16)
                    self._sockets.append(listener)
                    self._threads.append(threading.Thread(target=serve, args=(listener,), daemon=True))
        for thread in self._threads:
            thread.start()

    def _datagrams(self, listener):
        while True:
            try:
                packet, peer = listener.recvfrom(4096)
            except OSError:
                return
            if not packet:
                return
            self._answer(packet, lambda reply, peer=peer: listener.sendto(reply, peer))

    def _streams(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._stream, args=(connection,), daemon=True).start()

    def _stream(self, connection):
        with connection, connection.makefile("rb") as incoming:
            while size := incoming.read(2):
                self._answer(incoming.read(int.from_bytes(size, "big")),
                             lambda reply: connection.sendall(len(reply).to_bytes(2, "big") + reply))

    def _answer(self, packet, send):
        name, end = _name(packet, 12)
        kind = int.from_bytes(packet[end:end + 2], "big")
        self.asked.append((name, KINDS.get(kind, str(kind))))
        entry = self.table.get(name)
        answer = NXDOMAIN if entry is None else entry if entry in (NXDOMAIN, NEVER) else entry.get(kind, [])
        if answer == NEVER:
            return
        delay = 0
        if isinstance(answer, Late):
            delay, answer = answer.ms, answer.addresses
        code = 3 if answer == NXDOMAIN else 0
        records = [] if answer == NXDOMAIN else answer
        reply = bytearray(packet[:2])
        reply += (0x8580 | code).to_bytes(2, "big")  # an authoritative answer, recursion desired and available
        reply += (1).to_bytes(2, "big") + len(records).to_bytes(2, "big") + bytes(4) + packet[12:end + 4]
        for address in records:
            data = socket.inet_pton(socket.AF_INET if kind == A else socket.AF_INET6, address)
            reply += b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\x00\x01" + bytes(4) + len(data).to_bytes(2, "big") + data
        if delay:
            threading.Timer(delay / 1000, self._late, (send, bytes(reply))).start()
        else:
            self._late(send, bytes(reply))

    @staticmethod
    def _late(send, reply):
        try:
            send(reply)
        except OSError:
            pass  # who asked is gone

    def stop(self):
        for listener in self._sockets:
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # a datagram socket says that it is not connected, and wakes its reader all the same
            listener.close()
        for thread in self._threads:
            thread.join(10)
