# SPDX-License-Identifier: GPL-3.0-or-later
"""Network namespaces: made with ip(8), entered for a moment to make sockets that belong there."""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess

CLONE_NEWNET = 0x40000000  # setns(2)

_libc = ctypes.CDLL(None, use_errno=True)


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise OSError(f"ip {' '.join(arguments)}: {done.stdout.decode().strip()}")
    return done.stdout.decode()


def why_not():
    """The reason for which namespaces cannot be used here, None when they can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "there is no ip command"
    name = f"mz-try-{os.getpid()}"
    try:
        ip("netns", "add", name)
    except OSError as error:
        return f"network namespaces do not work here ({error})"
    try:
        ip("-n", name, "link", "add", "v0", "type", "veth", "peer", "name", "v1")
        ip("netns", "exec", name, "true")
        return None
    except OSError as error:
        return f"network namespaces do not work here ({error})"
    finally:
        ip("netns", "del", name)


class Namespace:
    """A namespace with its loopback up, and its own resolver files while processes run in it."""

    def __init__(self, name):
        self.name = name
        self.etc = os.path.join("/etc/netns", name)
        ip("netns", "add", name)
        self.ip("link", "set", "lo", "up")
        os.makedirs(self.etc)
        self.write("hosts", "127.0.0.1 localhost\n::1 localhost\n")
        self.write("nsswitch.conf", "hosts: files dns\n")
        self.write("resolv.conf", "")

    def ip(self, *arguments):
        return ip("-n", self.name, *arguments)

    def write(self, name, text):
        """A file that stands in for one in /etc, for whatever is started in here afterwards."""
        with open(os.path.join(self.etc, name), "w", encoding="ascii") as file:
            file.write(text)

    def address(self, device, address, *more):
        flags = ["nodad"] if ":" in address else []  # no duplicate address detection: usable at once
        self.ip("addr", "add", address, "dev", device, *flags, *more)

    def sysctl(self, name, value):
        subprocess.run(["ip", "netns", "exec", self.name, "sh", "-c", f"echo {value} > /proc/sys/{name}"], check=True)

    @contextlib.contextmanager
    def entered(self):
        """This thread's sockets are made in the namespace."""
        with open("/proc/thread-self/ns/net", "rb") as own, open(f"/run/netns/{self.name}", "rb") as other:
            if _libc.setns(other.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                if _libc.setns(own.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")

    def connect(self, address):
        with self.entered():
            return socket.create_connection(address)

    def remove(self):
        with contextlib.suppress(OSError):
            ip("netns", "del", self.name)
        shutil.rmtree(self.etc, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir("/etc/netns")


def pair(one, other, device):
    """A wire between two namespaces; the device has the same name at both ends."""
    ip("link", "add", device, "netns", one.name, "type", "veth", "peer", "name", device, "netns", other.name)
    for side in (one, other):
        side.ip("link", "set", device, "up")
