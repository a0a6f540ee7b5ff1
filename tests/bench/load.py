"""Load from a second process: wrk where it is installed, else a client of our own on raw sockets, which this module is
when it is run.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: answers a second, milliseconds within which 50 and 99 of 100 came, and how many were no 2xx."""

    rate: float
    p50: float
    p99: float
    bad: int = 0


def read(port: int, path: str, seconds: float = 1.0, connections: int = CONNECTIONS) -> Load:
    """As many GETs as the server answers, over connections that are kept open, by a browser that takes brotli."""
    if shutil.which("wrk"):
        return _by_wrk(f"http://127.0.0.1:{port}{path}", seconds, connections)
    return ours({"port": port, "path": path, "seconds": seconds, "connections": connections})


def ours(plan: dict[str, Any]) -> Load:
    """The same by our own client. With `rate` it asks at that pace, and counts from when it should have asked."""
    done = subprocess.run([sys.executable, __file__, json.dumps(plan)], capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout))


def requests(port: int, paths: list[str], count: int) -> Load:
    """So many GETs of one path after the other, by our own client."""
    return ours({"port": port, "paths": paths, "seconds": 900, "most": count, "connections": 8})


def _by_wrk(url: str, seconds: float, connections: int) -> Load:
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{max(1, round(seconds))}s"]
    done = subprocess.run(
        [*command, "--latency", "-H", "Accept-Encoding: br", url], capture_output=True, text=True, check=True
    )
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    rate = re.search(r"Requests/sec: +([0-9.]+)", done.stdout)
    assert rate, done.stdout
    return Load(float(rate[1]), _latency(done.stdout, 50), _latency(done.stdout, 99), int(bad[1]) if bad else 0)


def _latency(printed: str, part: int) -> float:
    found = re.search(rf"^ +{part}% +([0-9.]+)(us|ms|s)$", printed, re.MULTILINE)
    assert found, printed
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


async def _client(plan: dict[str, Any], first: float, step: float, took: list[float], bad: list[int]) -> None:
    """One connection: ask, wait for the whole answer, ask again; at a pace where `step` is not 0."""
    reader, writer = await asyncio.open_connection("127.0.0.1", plan["port"])
    rest = f" HTTP/1.1\r\nHost: 127.0.0.1:{plan['port']}\r\nAccept-Encoding: br\r\n\r\n"
    requests = itertools.cycle([f"GET {path}{rest}".encode() for path in plan.get("paths") or [plan["path"]]])
    due, until = first, time.perf_counter() + plan["seconds"]
    while (now := time.perf_counter()) < until and len(took) < plan.get("most", 1e9):
        if step and now < due:
            await asyncio.sleep(due - now)
        began = due if step else now
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1]))  # type: ignore[index]
        took.append(time.perf_counter() - began)
        bad.append(0 if head.startswith(b"HTTP/1.1 2") else 1)
        due += step
    writer.close()


async def _all(plan: dict[str, Any]) -> Load:
    took: list[float] = []
    bad: list[int] = []
    count, rate = plan.get("connections", CONNECTIONS), plan.get("rate", 0)
    step, began = count / rate if rate else 0.0, time.perf_counter()
    await asyncio.gather(*(_client(plan, began + at * step / count, step, took, bad) for at in range(count)))
    took.sort()
    part = len(took) / 100
    return Load(
        len(took) / (time.perf_counter() - began), 1000 * took[int(50 * part)], 1000 * took[int(99 * part)], sum(bad)
    )


if __name__ == "__main__":
    found = asyncio.run(_all(json.loads(sys.argv[1])))
    sys.stdout.write(json.dumps(asdict(found)))
