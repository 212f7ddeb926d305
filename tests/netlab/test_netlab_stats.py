# SPDX-License-Identifier: GPL-3.0-or-later
"""What moltzerctl stats tells after some days in the lab: rates and times by method, network and platform."""

import sys

from lab import CLOSED_PORT, NETS, OTHER, PORT, TS_NET, Lab
import ctl
import dns
import netns
import tap

HEALTHY, DEAD_IPV6, REFUSED = 4, 3, 2

reason = netns.why_not()
if reason:
    tap.skip_all(reason)

suite = tap.Suite(limit=120)
lab = Lab()


def dial(name, times, code, platform="linux", port=PORT):
    for _ in range(times):
        result, _, _ = lab.probe(f"ws://{name}:{port}", "--platform", platform)
        tap.equal(result.code, code, f"exit ({result})")


def named(rows):
    return {row["name"]: row for row in rows}


@suite.test("rates and times by method, network and platform")
def stats():
    tailnet, other = NETS[TS_NET], NETS[OTHER]
    lab.client.ip("route", "add", "default", "via", other.alive4)

    lab.dns.table = {TS_NET: {dns.A: [tailnet.alive4], dns.AAAA: [tailnet.dead6]},
                     OTHER: {dns.A: [other.alive4], dns.AAAA: [other.alive6]}}
    dial(TS_NET, DEAD_IPV6, ctl.DONE)
    dial(TS_NET, 1, ctl.DONE, platform="macos")
    dial(OTHER, HEALTHY, ctl.DONE)
    dial(OTHER, REFUSED, ctl.NOT_CONNECTED, port=CLOSED_PORT)
    lab.dns.table = {OTHER: dns.NXDOMAIN}
    dial(OTHER, 1, ctl.NOT_CONNECTED)

    result = ctl.run(lab.home, ["stats", "--json"])
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    figures = result.json()
    print(f"# {ctl.run(lab.home, ['stats']).out}".replace("\n", "\n# "))

    dials = DEAD_IPV6 + 1 + HEALTHY + REFUSED + 1
    tap.equal((figures["all"]["dials"], figures["all"]["succeeded"], figures["all"]["failed"]), (dials, dials - REFUSED - 1, REFUSED + 1), "all")

    methods = named(figures["by_method"])
    tap.equal(sorted(methods), ["ipv4-only", "standard"], "methods")
    tap.equal((methods["ipv4-only"]["dials"], methods["ipv4-only"]["success_rate"]), (DEAD_IPV6 + 1, 1), "IPv4 only")
    tap.equal(methods["standard"]["success_rate"], HEALTHY / (HEALTHY + REFUSED + 1), "standard")
    for name in methods:
        tap.between(methods[name]["p50_ms"], 0.1, methods[name]["p95_ms"], f"p50 of {name}")
        tap.between(methods[name]["p95_ms"], 0.1, 5000, f"p95 of {name}")

    networks = named(figures["by_network"])
    tap.equal(sorted(networks), ["ethernet", "tailnet"], "networks: what a wire and a tailnet's addresses are")
    tap.equal((networks["tailnet"]["dials"], networks["tailnet"]["success_rate"]), (DEAD_IPV6 + 1, 1), "tailnet")
    tap.equal(networks["ethernet"]["dials"], HEALTHY + REFUSED + 1, "ethernet")

    platforms = named(figures["by_platform"])
    tap.equal((platforms["linux"]["dials"], platforms["macos"]["dials"]), (dials - 1, 1), "platforms")
    tap.equal({row["diagnosis"]: row["count"] for row in figures["failures"]}, {"refused": REFUSED, "dns-not-found": 1}, "failures")
    tap.equal((figures["all"]["connections"], figures["all"]["lost"]), (dials - REFUSED - 1, 0), "connections")


if __name__ == "__main__":
    try:
        code = suite.run()
    finally:
        lab.close()
    sys.exit(code)
