# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab: a client's and a server's namespace, a wire, a name server, and gateways behind addresses of every kind."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import dns  # noqa: E402
import netns  # noqa: E402
import servers  # noqa: E402

PORT = 18789
CLOSED_PORT = 18790

TS_NET, OTHER = "gateway.tail0lab.ts.net", "gateway.example.test"


class Net:
    """The addresses behind one kind of name. A resolver sorts the dead before the alive: they share more bits with the client."""

    def __init__(self, v4, v4_bits, v6):
        self.v4_bits, self.prefix6 = v4_bits, v6
        self.alive4, self.client4, self.dead4 = v4 + "1", v4 + "2", v4 + "3"
        self.alive6, self.client6, self.dead6 = v6 + "1", v6 + "2", v6 + "3"


# 100.64.0.0/10 and fd7a:115c:a1e0::/48 are a tailnet's
NETS = {TS_NET: Net("100.64.0.", 10, "fd7a:115c:a1e0::"), OTHER: Net("10.77.0.", 24, "fd77::")}
# Behind the server, who knows no way to them and says so (ICMP)
UNREACHABLE4, UNREACHABLE6 = "10.99.0.1", "fd99::1"
NAME_SERVER = NETS[OTHER].alive4
NO_ONE = "02:00:00:00:00:99"


class Lab:
    def __init__(self):
        suffix = str(os.getpid())
        self.home = ctl.Home()
        self.client = self.server = self.dns = self.demo = None
        self.forwarders = []
        try:
            self._build(suffix)
        except BaseException:
            self.close()
            raise

    def _build(self, suffix):
        self.client = netns.Namespace("mzc-" + suffix)
        self.server = netns.Namespace("mzs-" + suffix)
        netns.pair(self.client, self.server, "wire")
        for net in NETS.values():
            self.client.address("wire", f"{net.client4}/{net.v4_bits}")
            self.client.address("wire", f"{net.client6}/64")
            self.server.address("wire", f"{net.alive4}/{net.v4_bits}")
            self.server.address("wire", f"{net.alive6}/64")
            for dead in (net.dead4, net.dead6):  # frames for nobody: no answer of any kind comes
                self.client.ip("neigh", "add", dead, "lladdr", NO_ONE, "dev", "wire", "nud", "permanent")
        self.server.sysctl("net/ipv4/ip_forward", 1)
        self.server.sysctl("net/ipv6/conf/all/forwarding", 1)
        self.server.sysctl("net/ipv4/icmp_ratelimit", 0)
        self.server.sysctl("net/ipv6/icmp/ratelimit", 0)
        for address, bits, way in ((UNREACHABLE4, "32", NETS[OTHER].alive4), (UNREACHABLE6, "128", NETS[OTHER].alive6)):
            self.client.ip("route", "add", f"{address}/{bits}", "via", way)
            self.server.ip("route", "add", "unreachable", f"{address}/{bits}")
        self.dns = dns.Server(self.server, [NAME_SERVER])
        self.resolver()
        self.demo, url = ctl.demo(self.home, namespace=self.server.name)
        self.demo_port = int(url.rsplit(":", 1)[1].strip("/"))
        for net in NETS.values():
            for address in (net.alive4, net.alive6):
                self.serve(address, PORT)

    def serve(self, address, port, context=None):
        """Puts the demo gateway on an address; with a TLS context, behind TLS."""
        handle = servers.forward(self.demo_port, connect=self.server.connect)
        if context is not None:
            handle = servers.over_tls(handle, context)
        with self.server.entered():
            listener = servers.listen(address, port)
        self.forwarders.append(servers.Server(handle, listener=listener))

    def resolver(self, options=""):
        """What the client's resolv.conf says; programs started afterwards go by it."""
        self.client.write("resolv.conf", f"nameserver {NAME_SERVER}\n{options}")

    def tailnet(self, up):
        """Takes the client's tailnet addresses away (the way there stays), or gives them back."""
        net = NETS[TS_NET]
        if up:
            self.client.ip("route", "del", f"100.64.0.0/{net.v4_bits}", "dev", "wire")
            self.client.ip("route", "del", f"{net.prefix6}/64", "dev", "wire")
            self.client.address("wire", f"{net.client4}/{net.v4_bits}")
            self.client.address("wire", f"{net.client6}/64")
        else:
            self.client.ip("addr", "del", f"{net.client4}/{net.v4_bits}", "dev", "wire")
            self.client.ip("addr", "del", f"{net.client6}/64", "dev", "wire")
            self.client.ip("route", "add", f"100.64.0.0/{net.v4_bits}", "dev", "wire")
            self.client.ip("route", "add", f"{net.prefix6}/64", "dev", "wire")

    def forget(self):
        """Makes the client forget what it has learned about routes."""
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.home.file("state/moltzer/routes"))

    def probe(self, url, *options, **keywords):
        """Probes from the client's namespace; also returns which questions the name server got."""
        before = len(self.dns.asked)
        result, trace = ctl.probe(self.home, url, *options, namespace=self.client.name, **keywords)
        return result, trace, self.dns.asked[before:]

    def close(self):
        for forwarder in self.forwarders:
            forwarder.stop()
        if self.demo:
            self.demo.stop()
        if self.dns:
            self.dns.stop()
        for namespace in (self.client, self.server):
            if namespace:
                namespace.remove()
        self.home.__exit__()
