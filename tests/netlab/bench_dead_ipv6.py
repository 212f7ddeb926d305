# SPDX-License-Identifier: GPL-3.0-or-later
"""How long until hello-ok on a .ts.net host whose IPv6 is dead, beside the same host in good health; the routes side by side.

Usage: bench_dead_ipv6.py [--json] [ROUNDS]
"""

import json
import statistics
import sys

from lab import NETS, PORT, TS_NET, Lab
import ctl
import dns
import netns

AIM = 1.05  # of the IPv4-only route; what the standard one takes stands beside it


def measure(rounds):
    lab = Lab()
    try:
        net = NETS[TS_NET]
        states = {
            "healthy": {dns.A: [net.alive4], dns.AAAA: [net.alive6]},
            "AAAA leads nowhere": {dns.A: [net.alive4], dns.AAAA: [net.dead6]},
            "AAAA never answered": {dns.A: [net.alive4], dns.AAAA: dns.NEVER},
        }
        times = {(route, state): [] for route in ("ipv4-only", "standard") for state in states}
        for _ in range(rounds):
            for (route, state), taken in times.items():
                lab.dns.table = {TS_NET: states[state]}
                result, trace, _ = lab.probe(f"ws://{TS_NET}:{PORT}", "--strategy", route)
                if result.code != ctl.DONE:
                    raise AssertionError(f"{route}, {state}: {result}")
                taken.append(trace["ready_ms"])
        return {key: statistics.median(taken) for key, taken in times.items()}
    finally:
        lab.close()


def main():
    reason = netns.why_not()
    if reason:
        print(f"dead IPv6: not measured: {reason}")
        return 77
    arguments = [argument for argument in sys.argv[1:] if argument != "--json"]
    medians = measure(int(arguments[0]) if arguments else 61)
    rows = [{"route": route, "state": state, "ms": round(ms, 2), "ratio": round(ms / medians[route, "healthy"], 3)}
            for (route, state), ms in medians.items()]
    if "--json" in sys.argv:
        print(json.dumps(rows))
        return 0
    print(f"{'route':<12} {'host':<22} {'median':>10} {'× healthy':>10}")
    for row in rows:
        aim = f"   aim ≤ {AIM}" if row["route"] == "ipv4-only" and row["state"] != "healthy" else ""
        print(f"{row['route']:<12} {row['state']:<22} {row['ms']:>7.1f} ms {row['ratio']:>10.3f}{aim}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
