# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients meet on real networks, in namespaces: see lab.py. Times are held against the healthy host of the same run."""

import concurrent.futures
import json
import os
import statistics
import subprocess
import sys
import time

from lab import CLOSED_PORT, NETS, NO_ONE, OTHER, PORT, TS_NET, UNREACHABLE4, UNREACHABLE6, Lab
import certs
import ctl
import dns
import netns
import tap

NAMES = (TS_NET, OTHER)
PLATFORMS = ("linux", "macos")
ROUNDS = 5
# GSocketClient waits 250 ms for an address before it tries the next beside it (RFC 8305, section 5).
STAGGER_MS = 250
# When the IPv4-only route is started beside the standard one.
RACE_MS = 300

reason = netns.why_not()
if reason:
    tap.skip_all(reason)

suite = tap.Suite(limit=120)
lab = Lab()


def plan(name, platform):
    """The rows of the strategy's table that are of interest here, when nothing was learned yet."""
    return ["ipv4-only", "standard"] if name == TS_NET or platform == "macos" else ["standard", "ipv4-only"]


def url(name, scheme="ws", port=PORT):
    return f"{scheme}://{name}:{port}"


def each(scenario):
    """Registers a scenario for both names and both platforms."""
    for name in NAMES:
        for platform in PLATFORMS:
            suite.add(f"{scenario.__doc__} ({name}, {platform})", scenario, name, platform)
    return scenario


def probe(name, platform, *options, **keywords):
    """A dial that knows nothing of earlier ones."""
    lab.forget()
    result, trace, asked = lab.probe(url(name, **keywords), "--platform", platform, *options)
    tap.equal(trace["strategy"]["plan"], plan(name, platform), "plan")
    if trace["strategy"]["reason"] != "raced":
        tap.equal(trace["strategy"]["route"], plan(name, platform)[0], "first route")
    return result, trace, asked


def winner_of(trace):
    return next(attempt for attempt in trace["attempts"] if attempt["error"] is None)


def ready(name, platform, routes, address=None, **keywords):
    """Probes a few times; returns the median of the time to hello-ok."""
    times = []
    for _ in range(ROUNDS):
        result, trace, asked = probe(name, platform, **keywords)
        tap.equal(result.code, ctl.DONE, f"exit ({result})")
        tap.check(trace["ok"], trace)
        # On a busy machine the standard way may not be there in 300 ms: then the other one is started beside it.
        raced = ["ipv4-only"] if routes == ["standard"] and trace["ready_ms"] >= RACE_MS else []
        tap.one_of(ctl.routes(trace), [routes, routes + raced], f"routes ({result})")
        winner = winner_of(trace)
        if address:
            tap.check(address in winner["address"], f"{winner['address']} instead of {address}")
        if routes == ["ipv4-only"]:
            tap.equal([kind for _, kind in asked], ["A"], "questions to the name server")
        times.append(trace["ready_ms"])
    return statistics.median(times)


healthy_times = {}


def healthy_ms(name, platform):
    if (name, platform) not in healthy_times:
        net = NETS[name]
        lab.dns.table = {name: {dns.A: [net.alive4], dns.AAAA: [net.alive6]}}
        address = net.alive4 if plan(name, platform)[0] == "ipv4-only" else None
        healthy_times[name, platform] = ready(name, platform, plan(name, platform)[:1], address)
    return healthy_times[name, platform]


def no_slower(name, platform, time):
    """The IPv4-only route does not feel IPv6 at all; where the standard one comes first, the race bounds what it costs."""
    healthy = healthy_ms(name, platform)
    grace = 30 if plan(name, platform)[0] == "ipv4-only" else RACE_MS + 50
    print(f"# {time:.1f} ms, healthy {healthy:.1f} ms")
    tap.between(time, 0, healthy * 1.5 + grace, "ready_ms")


@each
def healthy(name, platform):
    """healthy dual stack"""
    tap.between(healthy_ms(name, platform), 0, STAGGER_MS, "ready_ms")


@each
def dead_ipv6(name, platform):
    """AAAA leads nowhere"""
    healthy_ms(name, platform)
    net = NETS[name]
    lab.dns.table = {name: {dns.A: [net.alive4], dns.AAAA: [net.dead6]}}
    no_slower(name, platform, ready(name, platform, plan(name, platform)[:1], net.alive4))
    if plan(name, platform)[0] == "standard":
        lab.dns.table[name][dns.A] = dns.Late(40, [net.alive4])  # so that IPv6 is there first, and tried
        _, trace, _ = probe(name, platform)
        tap.equal(ctl.diagnosis(trace), "ipv6-dead", "diagnosis")
        tap.between(trace["ready_ms"], STAGGER_MS, 2 * STAGGER_MS, "ready_ms")


@each
def no_aaaa_answer(name, platform):
    """AAAA is never answered"""
    healthy_ms(name, platform)
    net = NETS[name]
    lab.dns.table = {name: {dns.A: [net.alive4], dns.AAAA: dns.NEVER}}
    no_slower(name, platform, ready(name, platform, plan(name, platform)[:1], net.alive4))


@each
def only_ipv6(name, platform):
    """only AAAA"""
    healthy = healthy_ms(name, platform)
    net = NETS[name]
    lab.dns.table = {name: {dns.AAAA: [net.alive6]}}
    first = plan(name, platform)[0]
    time = ready(name, platform, ["standard"] if first == "standard" else plan(name, platform), net.alive6)
    tap.between(time, 0, 2 * healthy + STAGGER_MS, "ready_ms: the second route did not start at once")
    _, trace, _ = probe(name, platform)
    if first == "ipv4-only":
        tap.equal(ctl.failing_phase(trace["attempts"][0]), "resolve", "failing phase of the first route")
        tap.equal(ctl.diagnosis(trace), "no-ipv4", "diagnosis")


@each
def first_address_dead(name, platform):
    """the first A is dead, the second alive"""
    healthy = healthy_ms(name, platform)
    net = NETS[name]
    lab.dns.table = {name: {dns.A: [net.dead4, net.alive4]}}
    time = ready(name, platform, plan(name, platform)[:1], net.alive4)
    tap.between(time, STAGGER_MS * 0.8, STAGGER_MS + 2 * healthy + 200, "ready_ms")


def fail(name, platform, codes, diagnoses, seconds, **keywords):
    result, trace, _ = probe(name, platform, **keywords)
    tap.equal(result.code, ctl.NOT_CONNECTED, f"exit ({result})")
    tap.check(not trace["ok"] and trace["ready_ms"] is None, result)
    # After the standard route, which has tried all addresses, IPv4 alone is tried only if it took long.
    for route in plan(name, platform) if plan(name, platform)[0] == "ipv4-only" else ["standard"]:
        tap.check(route in ctl.routes(trace), f"the {route} route was not tried ({result})")
    for attempt in trace["attempts"]:
        tap.equal(ctl.failing_phase(attempt), "connect", f"failing phase ({result})")
        tap.one_of(attempt["error"]["code"], codes, f"error ({result})")
    tap.one_of(ctl.diagnosis(trace), diagnoses, f"diagnosis ({result})")
    tap.between(result.seconds, *seconds, f"seconds ({result})")
    return trace


@each
def refused(name, platform):
    """refused"""
    net = NETS[name]
    lab.dns.table = {name: {dns.A: [net.alive4], dns.AAAA: [net.alive6]}}
    trace = fail(name, platform, ["refused"], ["refused"], (0, 2), port=CLOSED_PORT)
    tries = list(zip(ctl.routes(trace), ctl.schemes(trace)))
    tap.equal(len(tries), len(set(tries)), f"each candidate once: {tries}")


@suite.test("refused on the usual port of a .ts.net name")
def serve_port():
    net = NETS[TS_NET]
    lab.dns.table = {TS_NET: {dns.A: [net.client4], dns.AAAA: [net.client6]}}  # the client itself: nothing listens there
    fail(TS_NET, "linux", ["refused"], ["serve-port"], (0, 2))


@each
def unreachable(name, platform):
    """unreachable"""
    lab.dns.table = {name: {dns.A: [UNREACHABLE4], dns.AAAA: [UNREACHABLE6]}}
    fail(name, platform, ["unreachable"], ["unreachable"], (0, 5))


@suite.test("silent: the connect budget ends it")
def silent():
    """All four at once: each lasts ten seconds, or as much longer as the second route starts later."""
    lab.dns.table = {name: {dns.A: [NETS[name].dead4], dns.AAAA: [NETS[name].dead6]} for name in NAMES}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(fail, name, platform, ["timed-out", "cancelled"], ["peer-silent"],
                               (9.8, 13.5 if plan(name, platform)[0] == "ipv4-only" else 11.5))
                   for name in NAMES for platform in PLATFORMS]
        for future in waiting:
            future.result()


@suite.test("silent, and this host has no tailnet address")
def tailscale_down():
    net = NETS[TS_NET]
    lab.dns.table = {TS_NET: {dns.A: [net.dead4], dns.AAAA: [net.dead6]}}
    lab.tailnet(False)
    try:
        fail(TS_NET, "linux", ["timed-out", "cancelled"], ["tailscale-down"], (9.8, 13.5))
    finally:
        lab.tailnet(True)


@suite.test("the name does not exist")
def not_found():
    lab.dns.table = {}
    for name, identifier in ((TS_NET, "magicdns-off"), (OTHER, "dns-not-found")):
        result, trace, _ = probe(name, "linux")
        tap.equal(result.code, ctl.NOT_CONNECTED, "exit")
        for attempt in trace["attempts"]:
            tap.equal(ctl.failing_phase(attempt), "resolve", "failing phase")
            tap.equal(attempt["error"]["code"], "name-not-found", "error")
        tap.equal(ctl.diagnosis(trace), identifier, "diagnosis")
        tap.between(result.seconds, 0, 2, "seconds")


@suite.test("no question is ever answered: the resolver's budget ends it")
def no_answer():
    lab.dns.table = {name: dns.NEVER for name in NAMES}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(probe, name, "linux") for name in NAMES]:
            result, trace, _ = future.result()
            tap.equal(result.code, ctl.NOT_CONNECTED, "exit")
            for attempt in trace["attempts"]:
                tap.equal(ctl.failing_phase(attempt), "resolve", f"failing phase ({result})")
            tap.equal(ctl.diagnosis(trace), "dns-slow", f"diagnosis ({result})")
            tap.between(result.seconds, 4.8, 9, f"seconds ({result})")


@suite.test("a proxy's placeholder address, which leads nowhere")
def placeholder():
    lab.dns.table = {OTHER: {dns.A: ["198.18.0.7"], dns.AAAA: []}}
    result, trace, _ = lab.probe(url(OTHER))
    tap.equal((result.code, ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, "dns-placeholder"), f"outcome ({result})")


@suite.test("a .local name, in a sandbox")
def sandboxed():
    """Flatpak's mark is a file in the root folder: the program gets a root of its own, with everything else as it is."""
    script = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
for folder in /*; do
  if [ -L "$folder" ]; then cp -a "$folder" "$1$folder"
  elif [ -d "$folder" ]; then mkdir -p "$1$folder"; mount --rbind "$folder" "$1$folder"; fi
done
: > "$1/.flatpak-info"
root=$1; shift
exec chroot "$root" "$@"
"""
    root = lab.home.file("root")
    os.mkdir(root)
    lab.dns.table = {}
    result, trace, _ = lab.probe("ws://studio.local:18789", wrapper=["unshare", "-m", "sh", "-c", script, "sandbox", root])
    tap.equal((result.code, ctl.diagnosis(trace)), (ctl.NOT_CONNECTED, "sandbox-mdns"), f"outcome ({result})")
    _, trace, _ = lab.probe("ws://studio.local:18789")
    tap.equal(ctl.diagnosis(trace), "dns-not-found", "diagnosis outside of it")


@suite.test("the network changes, and the connection does not survive it")
def network_change():
    """What the gateway gets to hear no more is noticed within seconds, not after two ticks; then it goes on by itself."""
    net = NETS[OTHER]
    lab.dns.table = {OTHER: {dns.A: [net.alive4]}}
    with ctl.Process(lab.home, ["probe", "--verbose", "--json", "--stay", "100", url(OTHER)], namespace=lab.client.name) as process:
        process.wait_line(lambda stream, line: "staying for" in line)
        lab.client.ip("addr", "add", "10.78.0.2/24", "dev", "wire")  # a change that does no harm
        process.wait_line(lambda stream, line: "The network has changed" in line)
        lab.client.ip("neigh", "replace", net.alive4, "lladdr", NO_ONE, "dev", "wire", "nud", "permanent")
        lab.client.ip("addr", "del", "10.78.0.2/24", "dev", "wire")
        try:
            start = time.monotonic()
            process.wait_line(lambda stream, line: "(network-change)" in line, timeout=20)
            tap.between(time.monotonic() - start, 2, 8, "seconds until it was noticed")
        finally:
            lab.client.ip("neigh", "del", net.alive4, "dev", "wire")
        process.wait_line(lambda stream, line: "WebSocket connection established" in line, timeout=30)
        process.interrupt()
        tap.equal(process.wait(), ctl.NOT_CONNECTED, "exit")
        lines = process.rest()
        tap.check(any("! Lost" in line for line in lines), lines)


@suite.test("AAAA answers late: the IPv4-only route does not wait for it")
def late():
    healthy = healthy_ms(TS_NET, "linux")
    net = NETS[TS_NET]
    lab.dns.table = {TS_NET: {dns.A: [net.alive4], dns.AAAA: dns.Late(1500, [net.alive6])}}
    tap.between(ready(TS_NET, "linux", ["ipv4-only"], net.alive4), 0, healthy * 1.5 + 30, "ready_ms")


@suite.test("a setting is obeyed strictly")
def strict():
    net = NETS[TS_NET]
    lab.dns.table = {TS_NET: {dns.AAAA: [net.alive6]}}
    result, trace, asked = lab.probe(url(TS_NET), "--strategy", "ipv4-only")
    tap.equal((result.code, trace["strategy"]["plan"], trace["strategy"]["reason"] != ""), (ctl.NOT_CONNECTED, ["ipv4-only"], True), "trace")
    tap.check("AAAA" not in [kind for _, kind in asked], f"questions: {asked}")
    result, trace, _ = lab.probe(url(TS_NET), "--strategy", "standard")
    tap.equal((result.code, ctl.routes(trace)), (ctl.DONE, ["standard"]), "trace")


def find_out(aaaa):
    """A first dial that feels the dead IPv6: it does so only when A comes late enough for IPv6 to be tried. Then A is prompt."""
    net = NETS[OTHER]
    lab.dns.table = {OTHER: {dns.A: dns.Late(40, [net.alive4]), dns.AAAA: aaaa}}
    result, trace, _ = probe(OTHER, "linux")
    tap.equal((result.code, winner_of(trace)["address"]), (ctl.DONE, f"{net.alive4}:{PORT}"), f"exit and address ({result})")
    lab.dns.table = {OTHER: {dns.A: [net.alive4], dns.AAAA: aaaa}}


def again(name, *options):
    """A dial that knows what the last one has learned."""
    result, trace, asked = lab.probe(url(name), "--platform", "linux", *options)
    tap.equal(result.code, ctl.DONE, f"exit ({result})")
    return trace, [kind for _, kind in asked]


def learned(trace, route):
    tap.equal((trace["strategy"]["route"], trace["strategy"]["reason"], ctl.routes(trace)), (route, "learned", [route]), "strategy")
    tap.equal(ctl.diagnosis(trace), None, "diagnosis")


@suite.test("dead IPv6 outside .ts.net: the second dial knows it")
def learns():
    healthy = healthy_ms(OTHER, "linux")
    for aaaa in ([NETS[OTHER].dead6], dns.NEVER):
        find_out(aaaa)
        times = []
        for _ in range(ROUNDS):
            trace, asked = again(OTHER)
            learned(trace, "ipv4-only")
            tap.equal(asked, ["A"], "questions to the name server")
            times.append(trace["ready_ms"])
        tap.between(statistics.median(times), 0, healthy * 1.5 + 30, "ready_ms of the second dial")


@suite.test("what was learned holds for its network only, and is off with a strict setting")
def elsewhere():
    net = NETS[OTHER]
    find_out([net.dead6])
    learned(again(OTHER)[0], "ipv4-only")
    trace, asked = again(OTHER, "--strategy", "standard")
    tap.equal((trace["strategy"]["reason"], ctl.routes(trace)), ("setting", ["standard"]), "strategy")
    tap.check("AAAA" in asked, f"questions: {asked}")
    lab.client.ip("route", "add", "default", "via", net.alive4)
    try:
        trace, _ = again(OTHER)
        tap.one_of(trace["strategy"]["reason"], ["default", "raced"], "reason on another network")
    finally:
        lab.client.ip("route", "del", "default")
    learned(again(OTHER)[0], "ipv4-only")
    text = open(lab.home.file("state/moltzer/routes"), encoding="ascii").read()
    for secret in (OTHER, "example", net.alive4, net.client4, str(PORT)):
        tap.check(secret not in text, f"{secret} is in the file")


@suite.test("what was learned turns out wrong: the other route is used, and learned")
def relearns():
    net = NETS[OTHER]
    find_out([net.dead6])
    lab.dns.table = {OTHER: {dns.A: [net.dead4], dns.AAAA: [net.alive6]}}
    trace, _ = again(OTHER)
    tap.equal((ctl.routes(trace), trace["strategy"]["route"], trace["strategy"]["reason"]),
              (["ipv4-only", "standard"], "standard", "raced"), "strategy")
    tap.between(trace["ready_ms"], 2500, 3500, "ready_ms")
    trace, _ = again(OTHER)
    tap.equal((ctl.routes(trace)[0], trace["strategy"]["reason"]), ("standard", "default"), "strategy")
    # In a tailnet without IPv4 the usual order is turned round.
    lab.dns.table = {TS_NET: {dns.AAAA: [NETS[TS_NET].alive6]}}
    probe(TS_NET, "linux")
    learned(again(TS_NET)[0], "standard")
    lab.forget()


@suite.test("an IPv6 address")
def literal():
    for name in NAMES:
        result, trace, asked = lab.probe(f"ws://[{NETS[name].alive6}]:{PORT}", "--platform", "macos")
        tap.equal((result.code, ctl.routes(trace), asked), (ctl.DONE, ["standard"], []), f"trace ({result})")


@suite.test("TLS on the IPv4-only route: the name is sent and checked, IPv6 is dead")
def tls():
    net = NETS[TS_NET]
    lab.dns.table = {TS_NET: {dns.A: [net.alive4], dns.AAAA: [net.dead6]}}
    authority = certs.Authority(lab.home.file("ca"))
    names = []
    context = authority.issue("gateway").context()
    context.sni_callback = lambda connection, name, own: names.append(name)
    lab.serve(net.alive4, 443, context)
    result, trace, asked = lab.probe(f"wss://{TS_NET}", "--ca-file", authority.certificate)
    tap.equal((result.code, ctl.routes(trace), names), (ctl.DONE, ["ipv4-only"], [TS_NET]), f"trace ({result})")
    tap.equal([kind for _, kind in asked], ["A"], "questions to the name server")
    lab.serve(NETS[OTHER].alive4, 443, authority.issue("other", "DNS:other.test").context())
    lab.dns.table = {OTHER: {dns.A: [NETS[OTHER].alive4]}}
    result, trace, _ = lab.probe(f"wss://{OTHER}", "--ca-file", authority.certificate, "--platform", "macos")
    tap.equal((result.code, trace["attempts"][0]["error"]["code"]), (ctl.NOT_CONNECTED, "tls-name"), f"trace ({result})")


@suite.test("the log says what the connector does")
def log():
    lab.forget()
    net = NETS[TS_NET]
    lab.dns.table = {TS_NET: {dns.A: [net.alive4], dns.AAAA: [net.alive6]}}
    result, _, _ = lab.probe(url(TS_NET), "--verbose")
    lines = iter(result.err.splitlines())
    for wanted in ("Connection Strategy: Using manual TCP (macOS/Tailscale workaround)",
                   f"Manual TCP: Connecting to ws://{TS_NET}",
                   f"Manual TCP: Resolving {TS_NET} (IPv4 only)...",
                   "Manual TCP: Resolved to 1 IPv4 addr(s): [",
                   f"Manual TCP: Connecting to {net.alive4}:{PORT} (IPv4)...",
                   "Manual TCP: TCP connection established",
                   "Manual TCP: WebSocket connection established (plain)"):
        tap.check(any(wanted in line for line in lines), f"not in the log, or not in order: {wanted}\n{result.err}")


@suite.test("200 dials, half of them cancelled, leave nothing behind")
def soak():
    """The program prints one object: {"dials": 200, "ready": n, "cancelled": n, "before": {what: count}, "after": {what: count}}."""
    program = os.environ.get("MZ_DIAL_SOAK", "")
    if not os.access(program, os.X_OK):
        raise tap.Skip("mz-dial-soak is not built")
    net = NETS[TS_NET]
    lab.dns.table = {TS_NET: {dns.A: [net.dead4, net.alive4], dns.AAAA: [net.dead6]}}
    done = subprocess.run(["ip", "netns", "exec", lab.client.name, program, url(TS_NET), "200"], env=lab.home.environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=110)
    tap.equal(done.returncode, 0, f"exit ({done.stdout.decode()} {done.stderr.decode()})")
    counts = json.loads(done.stdout)
    tap.equal(counts["dials"], 200, "dials")
    tap.between(counts["cancelled"], 100, 199, "cancelled dials")
    tap.equal(counts["after"], counts["before"], "what is left")


if __name__ == "__main__":
    try:
        code = suite.run()
    finally:
        lab.close()
    sys.exit(code)
