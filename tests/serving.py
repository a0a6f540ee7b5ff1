"""Portals that really run: a demonstration prepared once a session, and processes that serve a copy of it."""

from __future__ import annotations

import atexit
import contextlib
import functools
import http.client
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from portal import demo
from portal.backups import back_up
from portal.db import Database

PORTAL = str(Path(sys.executable).with_name("portal"))


@dataclass(frozen=True, slots=True)
class Served:
    """A portal in a process of its own."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    ready_seconds: float

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@functools.cache
def demonstration() -> Path:
    """A folder with the demonstration, made once. Nobody writes to it: take a `copy_of` it."""
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    demo.prepare(folder, Console(quiet=True))
    return folder


def copy_of(source: Path, target: Path, *settings: str) -> Path:
    """The same data in another folder. More settings go to the head of portal.toml, outside every table."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    original = Database(f"sqlite:///{source / 'portal.db'}")
    try:
        back_up(original, target / "portal.db")
    finally:
        original.close()
    told = (source / "portal.toml").read_text("utf-8")
    (target / "portal.toml").write_text("\n".join([*settings, told]), "utf-8")
    return target


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(folder: Path, *arguments: str) -> Iterator[Served]:
    """`portal demo` on the data in `folder`, or whatever else `arguments` say, until the block ends."""
    port = free_port()
    command = [PORTAL, *(arguments or ("demo", "--data", str(folder))), "--port", str(port)]
    begun = time.monotonic()
    with (
        (folder / "served.log").open("ab") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process,
    ):
        try:
            wait_until_ready(port, process)
            yield Served(port, folder, process, time.monotonic() - begun)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_ready(port: int, process: subprocess.Popen[bytes], within: float = 60.0) -> None:
    """Until /readyz answers 200. Raises when the process ended, or when it takes too long."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the portal ended by itself with {process.returncode}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if get(port, "/readyz")[0] == 200:
                return
        time.sleep(0.02)
    raise TimeoutError(f"not ready within {within} s")


def get(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    """Status and body, as sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
