"""What a portal that runs for long takes: memory, descriptors; and how soon it is there."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.places.models import AreaKind
from tests.bench import load
from tests.serving import Served, get, served
from tests.telling import tell

MOST_MEGABYTES, MOST_GROWTH = 180, 1.05
STAND_ON = (
    "import alembic, argon2, babel, bleach, brotli, cryptography.fernet, jinja2, markdown_it, rich, segno, sqlmodel,"
    " starlette, typer, uvicorn, uvloop"
)


def megabytes(process: subprocess.Popen[bytes]) -> float:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def descriptors(process: subprocess.Popen[bytes]) -> int:
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))


def read_everything(running: Served, paths: list[str], requests: int) -> None:
    """Every page many times: three times of four kept, else made anew for a parameter that it does not know."""
    load.requests(running.port, [asked for path in paths for asked in (path, path, f"{path}?again", path)], requests)


def drill(running, asker, requests) -> None:
    paths = [
        asker.path(f"crime:{area.kind}", lang, slug=area.slug_cy if lang == "cy" else area.slug_en)
        for kind in (AreaKind.neighbourhood, AreaKind.authority, AreaKind.force)
        for area in asker.areas(kind)
        for lang in ("en", "cy")
    ]
    paths += ["/en/", "/cy/", "/sitemap.xml", "/en/nowhere", asker.path("places:index"), asker.path("contact:general")]
    read_everything(running, paths, requests // 5)
    early, opened = megabytes(running.process), descriptors(running.process)
    read_everything(running, paths, requests)
    late, left = megabytes(running.process), descriptors(running.process)
    tell(
        f"B6 after {requests:,} requests: {late:.0f} MB, {late / early:.3f} of {early:.0f} MB before; "
        f"descriptors {opened}, then {left}"
    )
    assert late < MOST_MEGABYTES
    assert late <= MOST_GROWTH * early
    assert left <= opened + 2
    assert get(running.port, "/readyz")[0] == 200


def test_memory_stays_where_it_is(running, asker):
    drill(running, asker, 2_500)


@pytest.mark.soak
def test_memory_stays_where_it_is_for_long(running, asker):
    drill(running, asker, 50_000)


def importing() -> float:
    """Seconds in which Python merely imports what the portal stands on."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", STAND_ON], check=True)
    return time.monotonic() - began


def test_a_portal_is_ready_soon_after_it_is_started(demo_copy):
    serving, showing, bare = [], [], []
    for _ in range(3):
        bare.append(importing())
        with served(demo_copy, "--data", str(demo_copy), "serve") as running:
            serving.append(running.ready_seconds)
        with served(demo_copy) as running:
            showing.append(running.ready_seconds)
    serve, demo, imports = map(statistics.median, (serving, showing, bare))
    tell(
        f"B6 ready: serve {serve:.2f} s, demo started again {demo:.2f} s; imports alone {imports:.2f} s; "
        f"ratio {serve / imports:.2f}"
    )
    assert serve <= 2.5 * imports
    assert demo <= 3 * imports
