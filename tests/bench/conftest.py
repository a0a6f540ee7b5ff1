"""Portals to measure. Every figure is set against another of the same run: on a shared machine a time by itself means
little.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.asked import Asker
from tests.serving import Served, copy_of, demonstration, free_port, served, wait_until_ready
from tests.telling import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.bench)


@pytest.fixture
def demo_copy(tmp_path) -> Path:
    """The demonstration's data, and callers told apart by what a proxy says."""
    return copy_of(demonstration(), tmp_path / "data", "trusted_proxies = 1")


@pytest.fixture
def running(demo_copy) -> Iterator[Served]:
    """The portal as an operator runs it: one web process, no jobs beside it."""
    with served(demo_copy, "--data", str(demo_copy), "serve") as process:
        yield process


@pytest.fixture
def hello() -> Iterator[int]:
    """The port of the least that the same server can answer."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("hello.py")), str(port)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
        try:
            wait_until_ready(port, process)
            yield port
        finally:
            process.terminate()


@pytest.fixture
def asker(demo_copy) -> Iterator[Asker]:
    """The application in this process, asked without a network."""
    with Asker.of(demo_copy) as made:
        yield made
