# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests against half-servers share: one case, run and judged."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import ctl  # noqa: E402
import servers  # noqa: E402
import tap  # noqa: E402

TOKEN = "half-server-token-5f0c1d2e3b4a"


class Attempt:
    """What one attempt must look like: its scheme, the phase it fails in (None: it does not), its error's code."""

    def __init__(self, scheme, phase=None, code=None):
        self.scheme, self.phase, self.code = scheme, phase, code


def judge(result, trace, attempts, exit_code, diagnosis, seconds):
    tap.equal(ctl.schemes(trace), [attempt.scheme for attempt in attempts], f"schemes ({result})")
    for index, (seen, wanted) in enumerate(zip(trace["attempts"], attempts)):
        tap.equal(ctl.failing_phase(seen), wanted.phase, f"failing phase of attempt {index} ({result})")
        if wanted.phase is None:
            tap.equal(seen["error"], None, f"error of attempt {index}")
        elif wanted.code is not None:
            tap.equal(seen["error"]["code"], wanted.code, f"error code of attempt {index} ({result})")
    tap.equal(trace["ok"], exit_code == ctl.DONE, f"ok ({result})")
    tap.equal(result.code, exit_code, f"exit code ({result})")
    if diagnosis is not None:
        tap.equal(ctl.diagnosis(trace), diagnosis, f"diagnosis ({result})")
    if exit_code == ctl.NOT_CONNECTED:
        tap.check(trace["diagnosis"] is not None, f"no diagnosis ({result})")
    tap.between(result.seconds, *seconds, f"seconds ({result})")


def dial(url, attempts, options=(), exit_code=ctl.NOT_CONNECTED, diagnosis=None, seconds=(0, 5), server=None):
    """Probes with a token set; it must not go anywhere before a gateway has asked for it."""
    with ctl.Home() as home:
        result, trace = ctl.probe(home, url, *options, environment={"MOLTZER_TOKEN": TOKEN})
        judge(result, trace, attempts, exit_code, diagnosis, seconds)
        if server is not None:
            tap.check(TOKEN.encode() not in server.received, "the token was sent to something that is no gateway")
        return result, trace


def meet(handle, scheme, attempts, **keywords):
    """Probes a half-server; each scheme is tried on it once."""
    with servers.Server(handle) as server:
        dial(server.url(scheme), attempts, server=server, **keywords)
        tap.equal(server.connections, len(attempts), "connections")
