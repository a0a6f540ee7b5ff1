"""The map of the site and the rights of its readers as they were last agreed, beside this file.

`python -m tests.house.agreed` writes both anew; read what changed before you keep it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from starlette.applications import Starlette

from portal.app import create_app
from portal.settings import Settings

ROUTES = Path(__file__).with_name("routes.txt")
PERMISSIONS = Path(__file__).with_name("permissions.txt")


def listed(app: Starlette) -> list[str]:
    """Name, methods and path in each language, a line each; then what lies outside the languages."""
    lines = [
        f"{name:<34} {methods:<10} {paths['en']:<58} {paths['cy']}".rstrip()
        for name, methods, paths in app.state.urls.declared()
    ]
    plain = [one for one in app.router.routes if hasattr(one, "methods")]
    lines += [f"{one.name:<34} {' '.join(sorted(one.methods)):<10} {one.path}" for one in plain]
    return sorted(lines)


def kept(path: Path) -> list[str]:
    """The lines of one of the two files."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def permissions() -> dict[str, str]:
    """What a member of the public may do, by the name of the route."""
    return dict(line.split() for line in kept(PERMISSIONS))


def write_anew() -> None:
    """Write the map, and a line of permission for each route that has none."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)))
        declared = [line.split()[:2] for line in listed(app)]
        ROUTES.write_text(
            "# name, methods, English path, Welsh path\n" + "\n".join(listed(app)) + "\n", encoding="utf-8"
        )
    known = permissions()
    lines = [f"{name:<34} {known.get(name, 'sends' if method == 'POST' else 'reads')}" for name, method in declared]
    head = "# What a member of the public may do with each route: reads or sends. Today there is nobody else.\n"
    PERMISSIONS.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_anew()
