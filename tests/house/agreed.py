"""The map of the site, and who may use each part of it, as they were last agreed, beside this file.

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


def allowed(app: Starlette) -> list[str]:
    """Each route and who may use it: anybody, whoever is signed in, or who has a permission; what it takes, a form or
    nothing. What lies outside the languages is for anybody.
    """
    access = app.state.urls.access
    rows = [(name, methods, str(access[name])) for name, methods, _ in app.state.urls.declared()]
    rows += [(one.name, " ".join(one.methods), "anybody") for one in app.router.routes if hasattr(one, "methods")]
    return sorted(f"{name:<34} {'sends' if 'POST' in methods else 'reads':<6} {who}" for name, methods, who in rows)


def permissions() -> dict[str, tuple[str, str]]:
    """What is done with a route and by whom, by its name."""
    return {line.split()[0]: (line.split()[1], line.split()[2]) for line in kept(PERMISSIONS)}


def write_anew() -> None:
    """Write the map and the table of permissions."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)))
        app.state.database.close()
    head = "# name, methods, English path, Welsh path\n"
    ROUTES.write_text(head + "\n".join(listed(app)) + "\n", encoding="utf-8")
    head = "# name, what it takes, who may use it: anybody, whoever is signed in, or who has a permission\n"
    PERMISSIONS.write_text(head + "\n".join(allowed(app)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_anew()
