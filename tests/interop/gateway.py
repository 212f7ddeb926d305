# SPDX-License-Identifier: GPL-3.0-or-later
"""Real gateways, run by gateway-lab: see its help. Its path is in MOLTZER_GATEWAY_LAB."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import netns  # noqa: E402
import tap  # noqa: E402

LAB = os.environ.get("MOLTZER_GATEWAY_LAB", "")
MODEL_OFFSET, BROWSER_OFFSET = 210, 2  # the ports that come with a gateway's own
PREFIX = "moltzer"


def why_not():
    if not os.access(LAB, os.X_OK):
        return "there is no gateway-lab (MOLTZER_GATEWAY_LAB names it)"
    if shutil.which("npm") is None:
        return "there is no npm"
    return None


def root():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.environ.get("GATEWAY_LAB_DIR") or os.path.join(cache, "gateway-lab")


def lab(*arguments, timeout=200, environment=None, namespace=None):
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    done = subprocess.run([*inside, LAB, *arguments], env={**os.environ, **(environment or {})}, timeout=timeout,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", errors="replace")
    if done.returncode != 0:
        raise AssertionError(f"gateway-lab {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def free_port(base):
    """A port from base on that is free, and so are those that come with it."""
    for port in range(base, base + 200, 5):
        try:
            for offset in (0, BROWSER_OFFSET, MODEL_OFFSET):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port + offset))
            return port
        except OSError:
            continue
    raise AssertionError(f"no free ports from {base} on")


def remove_leftovers():
    """Instances of runs that were killed."""
    folder = os.path.join(root(), "instances")
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        parts = name.split("-")
        if parts[0] == PREFIX and not os.path.exists(f"/proc/{parts[-1]}"):
            lab("stop", "--name", name, "--wipe")


def install(version):
    lab("install", version, timeout=900)


def environment(version, folder):
    """2026.4.29 installs what its bundled plugins depend on from npm and from a git server when it starts, and again before the
    first reply, for minutes. It answers within seconds without those plugins; of them it needs only the speech settings' module,
    which it then looks for in an empty folder below TMPDIR: there it finds one that leads to its own."""
    if version != "2026.4.29":
        return {}
    plugin = os.path.join(folder, "openclaw-empty-bundled-plugins", "speech-core")
    own = os.path.join(root(), version, "node_modules", "openclaw", "dist", "extensions", "speech-core")
    os.makedirs(plugin)
    shutil.copy(os.path.join(own, "package.json"), plugin)
    for module in ("api.js", "runtime-api.js"):
        with open(os.path.join(plugin, module), "w", encoding="utf-8") as file:
            file.write(f'export * from "file://{os.path.join(own, module)}";\n')
    return {"OPENCLAW_DISABLE_BUNDLED_PLUGINS": "1", "TMPDIR": folder}


class Gateway:
    """One instance, with its own state."""

    def __init__(self, version, letter, base, *options, namespace=None):
        self.version, self.options, self.namespace = version, options, namespace
        self.name = f"{PREFIX}-{version.replace('.', '_')}-{letter}-{os.getpid()}"
        self.port = base if namespace else free_port(base)
        self.folder = tempfile.mkdtemp(prefix="moltzer-gateway-")
        self.environment = environment(version, self.folder)
        self.url = self.fingerprint = None
        self.secrets = {}

    def start(self):
        text = lab("start", "--name", self.name, "--version", self.version, "--port", str(self.port), *self.options,
                   environment=self.environment, namespace=self.namespace)
        values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        self.url, self.fingerprint = values["URL"], values.get("FINGERPRINT")
        self.secrets = {f"MOLTZER_{name}": values[name] for name in ("TOKEN", "PASSWORD") if name in values}

    def stop(self, wipe=False):
        lab("stop", "--name", self.name, *(["--wipe"] if wipe else []), namespace=self.namespace)

    def cli(self, *arguments):
        return lab("cli", "--name", self.name, *arguments, environment=self.environment, namespace=self.namespace)

    def approve(self, request):
        """Lets a device in. 2026.4.29 refuses that to its own command line, which does not ask for the scopes that it hands on; but
        it may do it when its own device has less than it asks for then: so that device is made for reading first."""
        if self.version == "2026.4.29":
            self.cli("gateway", "call", "health")
        self.cli("devices", "approve", request)

    def close(self):
        self.stop(wipe=True)
        shutil.rmtree(self.folder, ignore_errors=True)


class Wire:
    """Two namespaces and a wire, for a gateway that is met from another address than its own loopback."""

    GATEWAY, CLIENT = "10.78.0.1", "10.78.0.2"

    def __init__(self):
        self.gateway = netns.Namespace(f"mzg-{os.getpid()}")
        self.client = netns.Namespace(f"mzp-{os.getpid()}")
        netns.pair(self.gateway, self.client, "wire")
        self.gateway.address("wire", self.GATEWAY + "/24")
        self.client.address("wire", self.CLIENT + "/24")

    def close(self):
        self.client.remove()
        self.gateway.remove()


def exit_on_termination():
    """A time limit of the test runner must not leave gateways behind."""
    def terminated(signum, frame):
        sys.exit(1)
    signal.signal(signal.SIGTERM, terminated)


def skip_unless_possible():
    reason = why_not()
    if reason:
        tap.skip_all(reason)
