"""What was measured is told at the end."""

from tests.telling import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
