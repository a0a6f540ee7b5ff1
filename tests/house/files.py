"""The files of the project, as they would be in a commit."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = {
    ".git",
    ".venv",
    "__pycache__",
    "node_modules",
    "dist",
    ".hypothesis",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".import_linter_cache",
}


@functools.cache
def project_files() -> tuple[Path, ...]:
    """What git knows, and what it would take up; without git, everything but what tools leave behind."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return tuple(sorted(path for name in listed if name and (path := ROOT / name).is_file()))
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(sorted(path for path in found if not LEFT_BEHIND & set(path.relative_to(ROOT).parts)))


def sources(*folders: str) -> tuple[Path, ...]:
    """The Python modules below some folders of the project."""
    return tuple(
        path for path in project_files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders
    )


def said(path: Path) -> str:
    """A file's name for a message."""
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    """What stands in a file; nothing where it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
