# SPDX-License-Identifier: GPL-3.0-or-later
"""Every failure has a name, and every name has a test that makes the failure happen for real.

The table maps a diagnosis' id to such tests: where they are, and by which words they are found there. Tables of made-up traces do not count
(tests/gateway/test-diagnosis.c has those).
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import tap  # noqa: E402

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TESTS)
DESIGN = os.environ.get("MOLTZER_FAILURES") or os.path.join(ROOT, "..", "shared", "design", "failures.md")

NETLAB = "netlab/test_netlab.py"
HTTP = "halfserver/test_http.py"
SILENCE = "halfserver/test_silence.py"
TLS = "halfserver/test_tls.py"
PROBE = "cli/test_probe.py"
STAY = "cli/test_stay.py"
NEVER_STUCK = "client/test-never-stuck.c"

# Where failures are real: network namespaces, servers that do half the job, the demo gateway and its faults, the real gateway.
REAL = ("netlab", "halfserver", "cli", "client", "interop", "app")

TABLE = {
    "ipv6-dead": [(NETLAB, "AAAA leads nowhere")],
    "no-ipv4": [(NETLAB, "only AAAA")],
    "dns-slow": [(NETLAB, "no question is ever answered: the resolver's budget ends it")],
    "dns-not-found": [(NETLAB, "the name does not exist")],
    "magicdns-off": [(NETLAB, "the name does not exist")],
    "sandbox-mdns": [(NETLAB, "a .local name, in a sandbox")],
    "tailscale-down": [(NETLAB, "silent, and this host has no tailnet address")],
    "peer-silent": [(NETLAB, "silent: the connect budget ends it")],
    "refused": [(NETLAB, "refused"), (HTTP, "nothing listens"), (PROBE, "probe: nothing listens")],
    "unreachable": [(NETLAB, "unreachable")],
    "dns-placeholder": [(NETLAB, "a proxy's placeholder address, which leads nowhere")],
    "serve-port": [(NETLAB, "refused on the usual port of a .ts.net name")],
    "needs-wss": [(TLS, "ws to a TLS gateway"), (TLS, "ws to a TLS gateway that says so in plain HTTP")],
    "needs-ws": [(TLS, "wss to a plain gateway, without consent")],
    "tls-untrusted": [(TLS, "a self-signed certificate"), (PROBE, "TLS: an authority, a pin, neither")],
    "tls-name": [(TLS, "a certificate for another name"),
                 (NETLAB, "TLS on the IPv4-only route: the name is sent and checked, IPv6 is dead")],
    "tls-expired": [(TLS, "an expired certificate"), (TLS, "a certificate that is not valid yet")],
    "tls-pin-mismatch": [(TLS, "another certificate than the pinned one, though trusted")],
    "tls-stall": [(SILENCE, "no answer to the TLS handshake")],
    "tls-no-cert": [(TLS, "alert {alert} instead of a certificate")],
    "portal": [(HTTP, "302 Found"), (HTTP, "200 OK"), (HTTP, "511 Network Authentication Required"), (HTTP, "a redirect is not followed")],
    "http-status": [(HTTP, "404 Not Found"), (HTTP, "502 Bad Gateway")],
    "not-a-gateway": [(SILENCE, "a WebSocket without a challenge"), (HTTP, "the answer to a key that was not ours")],
    "starting": [(PROBE, "a gateway that is still starting")],
    "auth-missing": [(PROBE, "no token")],
    "auth-token": [(PROBE, "wrong token")],
    "auth-device-token": [(STAY, "a device token that is void: auth-device-token")],
    "auth-rate-limited": [(PROBE, "rate limited"), (NEVER_STUCK, "rate-limit")],
    "pairing-required": [(PROBE, "a new device")],
    "scope-limited": [(STAY, "let in, with fewer permissions: scope-limited"), (NEVER_STUCK, "scopes")],
    "protocol-mismatch": [(STAY, "no common protocol: protocol-mismatch")],
    "client-rejected": [(STAY, "this kind of client is refused: client-rejected")],
    "device-clock": [(PROBE, "a signature that is too old")],
    "flapping": [(STAY, "lost: dropped within a moment, again and again: flapping"), (NEVER_STUCK, "flapping/1001")],
    "half-open": [(STAY, "half-open: logged in, then silent for two ticks")],
    "slow-consumer": [(STAY, "too slow for the gateway"), (NEVER_STUCK, "slow-consumer/4")],
    "too-large": [(STAY, "more than the gateway takes")],
    "network-change": [(NETLAB, "the network changes, and the connection does not survive it"), (NEVER_STUCK, "dead/network")],
    "resume": [(STAY, "slept, and the connection did not outlast it: resume"), (NEVER_STUCK, "dead/resume")],
    "shutdown": [(STAY, "the gateway restarts"), (NEVER_STUCK, "shutdown")],
    # Not of failures.md: what only the programs know
    "timeout": [(PROBE, "a timeout for all of it")],
    "invalid-address": [("app/test-gateway.c", "bad-address")],
    "unknown": [(NEVER_STUCK, "alive/network")],
}

suite = tap.Suite()


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def source_ids():
    """What the code can say: the first argument of mz_diagnosis_new (), and the ids that the programs set themselves."""
    found = set()
    for folder in ("gateway", "app", "cli"):
        path = os.path.join(ROOT, "src", folder)
        for name in sorted(os.listdir(path)):
            if name.endswith(".c"):
                text = read(path, name)
                found.update(re.findall(r'mz_diagnosis_new\s*\(\s*"([a-z0-9-]+)"', text))
                found.update(re.findall(r'diagnosis->id\s*=\s*"([a-z0-9-]+)"', text))
    return found


def action_ids():
    """Those for which the app's bar knows what mends them."""
    text = read(ROOT, "src", "app", "mz-status.c")
    table = text[text.index("} actions[] = {"):]
    return re.findall(r'\{ "([a-z0-9-]+)", MZ_ACTION_', table[:table.index("};")])


@suite.test("every diagnosis of the code has a test, and every test of the table a diagnosis")
def of_the_code():
    ids = source_ids()
    tap.check(len(ids) > 35, f"the code was not understood: {sorted(ids)}")
    tap.equal(sorted(ids - set(TABLE)), [], "diagnoses without a test")
    tap.equal(sorted(set(TABLE) - ids), [], "tests without a diagnosis")


@suite.test("every failure of the design has a diagnosis and a test")
def of_the_design():
    if not os.path.exists(DESIGN):
        raise tap.Skip("there is no design beside this clone (../shared/design/failures.md)")
    ids = {name for row in re.findall(r"^\|([^|]*)\|", read(DESIGN), re.MULTILINE) for name in re.findall(r"`([a-z0-9-]+)`", row)}
    tap.check(len(ids) >= 38, f"the design was not understood: {sorted(ids)}")
    tap.equal(sorted(ids - set(TABLE)), [], "failures without a test")
    tap.equal(sorted(ids - source_ids()), [], "failures without a diagnosis")


@suite.test("every diagnosis has something that mends it")
def of_the_bar():
    ids = action_ids()
    tap.equal(ids, sorted(ids), "the table of actions, sorted")
    tap.equal(sorted(source_ids() - set(ids)), [], "diagnoses without an action")
    tap.equal(sorted(set(ids) - source_ids()), [], "actions without a diagnosis")


@suite.test("every test of the table exists, makes the failure for real and names it")
def existence():
    for identifier, tests in TABLE.items():
        tap.check(tests, f"{identifier} has no test")
        for path, words in tests:
            tap.check(path.split("/")[0] in REAL, f"{identifier}: {path} makes nothing happen")
            text = read(TESTS, path)
            tap.check(f'"{words}"' in text or f'"""{words}"""' in text or f": {words}" in text or f"{words}:" in text,
                      f"{identifier}: there is no “{words}” in {path}")
            tap.check(f'"{identifier}"' in text or f"({identifier})" in text, f"{path} does not look for {identifier}")


@suite.test("every suite of the table is run")
def run():
    for folder in {path.split("/")[0] for tests in TABLE.values() for path, _ in tests}:
        build = read(TESTS, folder, "meson.build")
        for path in {path for tests in TABLE.values() for path, _ in tests if path.startswith(folder + "/")}:
            name = re.sub(r"^test[-_]|\.(py|c)$", "", os.path.basename(path))
            tap.check(re.search(rf"'(test_)?{re.escape(name)}(\.py)?'", build), f"{path} is not in {folder}/meson.build")


if __name__ == "__main__":
    sys.exit(suite.run())
