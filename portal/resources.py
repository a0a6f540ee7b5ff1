"""Where templates, content, locales and built assets are: beside `portal/` in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"
_NAMES = frozenset({"templates", "content", "locales", "static/dist"})


class ResourceMissing(Exception):
    """A folder that belongs to the portal is not where it must be."""


def resource_dir(name: str) -> Path:
    """The folder `templates`, `content`, `locales` or `static/dist`."""
    if name not in _NAMES:
        raise ResourceMissing(f"the portal has no folder of resources called {name!r}")
    folder = (_INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent) / name
    if not folder.is_dir():
        raise ResourceMissing(f"{folder} is missing; in the portal's checkout run: python -m pip install -e .")
    return folder
