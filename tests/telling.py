"""Figures that tests measured, told once more after the last test, whether it passed or not."""

from __future__ import annotations

import sys

import pytest

_told: list[str] = []


def tell(line: str) -> None:
    """Keep a line for the end; it stands in the output of its own test too."""
    sys.stdout.write(f"{line}\n")
    _told.append(line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _told:
        terminalreporter.section("figures")
        for line in sorted(_told):
            terminalreporter.write_line(line)
        _told.clear()  # several conftests bring this hook
