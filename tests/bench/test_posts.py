"""Messages that are on the disk before they are acknowledged, beside people who read."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from sqlmodel import Session
from starlette.datastructures import FormData

from portal import clock
from portal.contact import service
from portal.contact.models import Inbox, Message
from portal.notifications.service import Mail, write
from portal.places.models import AreaKind
from portal.settings import Settings
from portal.web import idempotency, limits
from portal.web.limits import Limit
from tests.bench import load
from tests.telling import tell

POSTING = str(Path(load.__file__).parents[1] / "posting.py")
MESSAGE = {
    "path": "/en/contact/general",
    "field": "text",
    "words": "message {}",
    "others": {"email": "reader@example.org"},
}
SECONDS, READS = 5, 500
OF_BARE = 0.2
"""Of what one process alone keeps, without a browser: here two more processes read and write through the network."""


def bare(asker, seconds: float) -> float:
    """Messages a second, each in a unit of work with its mail, as one process keeps them that does nothing else."""
    settings, began, count = asker.application.state.settings, time.monotonic(), 0
    while (took := time.monotonic() - began) < seconds:
        count += 1
        form = FormData({idempotency.FIELD: f"{began:020.6f}-{count:08d}"})
        with asker.database.unit_of_work() as session:
            limits.spend(session, Limit("bench", 10**9, 3600), "10.0.0.1")
            idempotency.once(session, form, partial(_keep, session, settings))
    return count / took


def _keep(session: Session, settings: Settings) -> str:
    words = {"about": "", "text": "words", "email": None, "language": "en", "received_at": clock.now()}
    kept = service.receive(session, Message(reference=service.new_reference(), inbox=Inbox.general, **words))
    write(session, Mail("inbox@example.org", "subject", "body" * 50, language="en"), settings)
    return f"/en/{kept.reference}"


def test_posts_are_kept_quickly_beside_readers(running, asker):
    path = asker.path("crime:neighbourhood", slug=asker.areas(AreaKind.neighbourhood)[0].slug_en)
    load.read(running.port, path)
    reading = {"port": running.port, "path": path, "seconds": SECONDS, "rate": READS}
    alone = load.ours(reading)
    before = bare(asker, 1.5)
    plan = {"port": running.port, "seconds": SECONDS, "clients": 8, "seed": 1} | MESSAGE
    with subprocess.Popen([sys.executable, POSTING, json.dumps(plan)], stdout=subprocess.PIPE, text=True) as people:
        beside = load.ours(reading)
        told = json.loads(people.communicate(timeout=60)[0])
    kept = (before + bare(asker, 1.5)) / 2
    ratio = told["rate"] / kept
    tell(
        f"B4 {told['rate']:,.0f} posts/s (p99 {told['p99']:.0f} ms) beside {beside.rate:,.0f} reads/s "
        f"(p99 {beside.p99:.1f} ms; alone {alone.p99:.1f} ms); kept without a browser {kept:,.0f}/s; ratio {ratio:.2f}"
    )
    assert not beside.bad
    assert beside.rate >= 0.9 * alone.rate
    assert ratio >= OF_BARE
