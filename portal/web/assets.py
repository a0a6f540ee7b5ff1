"""Styles, scripts and pictures as static/build.mjs left them: read once, kept as bytes, served under hashed names.

The addresses never change their content, so a browser may keep them for a year.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX = "/assets/"

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")
_SUFFIXES = {"br": ".br", "gzip": ".gz", "identity": ""}
_HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "same-origin",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
}


class AssetsNotBuilt(Exception):
    """static/dist is missing or not whole; the text says which command builds it."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its hashed name, the digest that a page asks the browser to check, its bytes by encoding."""

    file: str
    integrity: str
    media_type: str
    bodies: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Assets:
    """Everything that was built, by the name that templates use (`portal.css`) and by the file name in the address."""

    by_name: Mapping[str, Asset]
    by_file: Mapping[str, Asset]

    @classmethod
    def load(cls, dist: Path) -> Self:
        """Read the folder that static/build.mjs wrote. Raises AssetsNotBuilt."""
        try:
            manifest = json.loads((dist / "manifest.json").read_text("utf-8"))
            by_name = {name: _read(dist, entry["file"], entry["integrity"]) for name, entry in manifest.items()}
        except (OSError, ValueError) as trouble:
            text = f"{dist} is not built ({trouble}); in the portal's checkout run: python -m pip install -e ."
            raise AssetsNotBuilt(text) from trouble
        return cls(MappingProxyType(by_name), MappingProxyType({asset.file: asset for asset in by_name.values()}))

    def url(self, name: str) -> str:
        """The address of `name`. Raises KeyError: to name a file that was not built is a mistake of ours."""
        return PREFIX + self.by_name[name].file

    def integrity(self, name: str) -> str:
        """For the `integrity` attribute of the element that loads `name`."""
        return self.by_name[name].integrity

    def route(self) -> Route:
        return Route(PREFIX + "{file}", self.serve, methods=["GET", "HEAD"], name="assets")

    async def serve(self, request: Request) -> Response:
        """One built file, or 404: the name is looked up among those that were built and never reaches the disk."""
        asset = self.by_file.get(request.path_params["file"])
        if asset is None:
            raise HTTPException(404)
        encoding = preferred_coding(request.headers.get("accept-encoding", ""))
        etag = f'"{asset.file}-{encoding}"'
        headers = {**_HEADERS, "etag": etag}
        if matches(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        headers["content-type"] = asset.media_type
        if encoding != "identity":
            headers["content-encoding"] = encoding
        return Response(asset.bodies[encoding], headers=headers)


def preferred_coding(accept_encoding: str) -> str:
    """`br`, `gzip` or `identity`: what the browser likes best, and of equals the smaller (RFC 9110, 12.5.3)."""
    weights = dict(_weight(item) for item in accept_encoding.split(",") if item.strip())
    anything = weights.get("*", 0.0)
    offered = [(weights.get(coding, anything), coding) for coding in ("br", "gzip")]
    weight, coding = max(offered, key=lambda offer: offer[0])
    return coding if weight > 0 else "identity"


def matches(if_none_match: str, etag: str) -> bool:
    """Whether the browser holds this very representation; If-None-Match compares weakly (RFC 9110, 13.1.2)."""
    held = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in held or "*" in held


def _weight(item: str) -> tuple[str, float]:
    coding, *parameters = (part.strip() for part in item.lower().split(";"))
    quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    return coding, float(quality) if _QUALITY.fullmatch(quality) else 0.0


def _read(dist: Path, file: str, integrity: str) -> Asset:
    bodies = {encoding: (dist / (file + suffix)).read_bytes() for encoding, suffix in _SUFFIXES.items()}
    return Asset(file, integrity, _MEDIA_TYPES[Path(file).suffix], MappingProxyType(bodies))
