# SPDX-License-Identifier: GPL-3.0-or-later
"""Half-servers on loopback: each does one thing wrong. And a forwarder to put in front of a real one."""

import base64
import hashlib
import select
import socket
import ssl
import threading

WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


def listen(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, port))
    listener.listen(64)
    return listener


class Server:
    """Listens on a port of loopback; each connection is handed to handle (connection, server) in a thread of its own.

    What arrives is kept in `received`, how many came in `connections`. A listener may be given, from another namespace say.
    """

    def __init__(self, handle, host="127.0.0.1", port=0, listener=None):
        self.handle = handle
        self.received = bytearray()
        self.connections = 0
        self.stopping = threading.Event()
        self._open = set()
        self._lock = threading.Lock()
        self._socket = listener or listen(host, port)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()

    def url(self, scheme, host="127.0.0.1", path=""):
        return f"{scheme}://{host}:{self.port}{path}"

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            self.handle(connection, self)
        except (OSError, ValueError):
            pass  # the client went away, as clients do
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def read(self, connection, size=65536):
        data = connection.recv(size)
        self.received += data
        return data

    def stop(self):
        self.stopping.set()
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        self._thread.join(10)
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def drain(connection, server):
    """Reads until the client gives up."""
    while server.read(connection):
        pass


def read_request(connection, server):
    """The head of an HTTP request; whatever else came, when it is no HTTP."""
    head = bytearray()
    while b"\r\n\r\n" not in head:
        data = server.read(connection)
        if not data or not head and not data[:1].isalpha():
            return bytes(head + data)
        head += data
    return bytes(head)


def closes(connection, server):
    """Closes at once."""


def silent(connection, server):
    drain(connection, server)


def says(data, keep_open=False):
    """Waits for the first bytes, answers with data."""
    def handle(connection, server):
        server.read(connection)
        connection.sendall(data)
        if keep_open:
            drain(connection, server)
    return handle


def greets(data):
    """Speaks first, as mail and SSH servers do."""
    def handle(connection, server):
        connection.sendall(data)
        drain(connection, server)
    return handle


def http(status, headers=(), body=b"", content_type="text/html"):
    """Answers each HTTP request so. Anything else (a ClientHello, say) gets what an HTTP server says to it."""
    def handle(connection, server):
        request = read_request(connection, server)
        if not request[:3].isalpha():
            line, reply = "400 Bad Request", b"<html><body>Bad Request</body></html>"
        else:
            line, reply = status, body
        head = [f"HTTP/1.1 {line}", f"Content-Type: {content_type}", f"Content-Length: {len(reply)}", "Connection: close", *headers]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + reply)
    return handle


def dribble(connection, server):
    """Answers the upgrade, a byte each tenth of a second, and never comes to an end."""
    read_request(connection, server)
    reply = b"HTTP/1.1 101 Switching Protocols\r\nX-Padding: " + b"a" * 100000
    for byte in reply:
        if server.stopping.wait(0.1):
            return
        connection.sendall(bytes([byte]))


def endless_header(connection, server):
    """A header that does not end, as fast as it is taken."""
    read_request(connection, server)
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nX-Padding: ")
    while not server.stopping.is_set():
        connection.sendall(b"a" * 65536)


def endless_body(connection, server):
    """A page that does not end, as fast as it is taken."""
    read_request(connection, server)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
    while not server.stopping.is_set():
        connection.sendall(b"<p>more</p>" * 6000)


def frame(payload, opcode=1):
    """One unmasked WebSocket frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes([0x80 | opcode, size])
    elif size < 65536:
        head = bytes([0x80 | opcode, 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, 127]) + size.to_bytes(8, "big")
    return head + payload


def websocket(*frames, accept=None, close=False):
    """Upgrades, sends the frames as they are, then only listens (or closes without a word)."""
    def handle(connection, server):
        request = read_request(connection, server)
        key = next((line.split(b":", 1)[1].strip() for line in request.split(b"\r\n")
                    if line.lower().startswith(b"sec-websocket-key:")), None)
        if key is None:
            return
        answer = accept or base64.b64encode(hashlib.sha1(key + WEBSOCKET_GUID.encode()).digest()).decode()
        connection.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            f"Sec-WebSocket-Accept: {answer}\r\n\r\n").encode())
        for data in frames:
            connection.sendall(data)
        if not close:
            drain(connection, server)
    return handle


def tls_alert(description):
    """Answers a ClientHello with a fatal alert (RFC 8446, section 6), then closes."""
    return says(bytes([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, description]))


def over_tls(handle, context):
    """Does the handshake, then goes on with handle."""
    def outer(connection, server):
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secure:
            secure.do_handshake()
            handle(secure, server)
    return outer


def forward(port, host="127.0.0.1", connect=socket.create_connection):
    """Passes everything on to another port, both ways, until either side closes."""
    def handle(connection, server):
        with connect((host, port)) as other:
            for side in (connection, other):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = {connection: other, other: connection}
            while True:
                waiting = [side for side in pair if isinstance(side, ssl.SSLSocket) and side.pending()]
                ready = waiting or select.select(list(pair), [], [])[0]
                for side in ready:
                    data = side.recv(65536)
                    if not data:
                        return
                    pair[side].sendall(data)
    return handle


def by_first_byte(secure, plain):
    """Tells a ClientHello (RFC 8446, section 5.1: record type 22) from everything else, as web servers do."""
    def handle(connection, server):
        (secure if connection.recv(1, socket.MSG_PEEK) == b"\x16" else plain)(connection, server)
    return handle
