"""What a phone has to fetch, as it crosses the wire: the first visit whole, then one page more."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.web.language import LANGUAGES
from tests.browser.visits import VISITS
from tests.serving import get
from tests.telling import tell

MOST_FIRST, MOST_REQUESTS, MOST_NEXT = 35 * 1024, 8, 8 * 1024
FIRST = [
    visit
    for visit in VISITS
    if visit.name in {"front", "neighbourhood", "find", "a to z", "about-the-figures", "contact, general"}
]


class Wire:
    """Counts the bytes and the answers that come over the network: headers and all."""

    def __init__(self, page):
        self.bytes, self.files = 0, []
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event):
        if not event["response"]["fromDiskCache"]:
            self.files.append(event["response"]["url"])

    def _finished(self, event):
        self.bytes += int(event["encodedDataLength"])


def with_icon(portal, wire):
    """Bytes and requests with the icon, which not every browser without a window fetches."""
    icon = get(portal.port, "/en/")[1].split(b'rel="icon" href="')[1].split(b'"')[0].decode()
    if any(file.endswith(icon) for file in wire.files):
        return wire.bytes, len(wire.files)
    return wire.bytes + len(get(portal.port, icon, Accept_Encoding="br")[1]) + 400, len(wire.files) + 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("visit", FIRST, ids=lambda visit: visit.name)
def test_a_first_visit_is_light(opened, portal, facts, visit, lang):
    page = opened(360)
    wire = Wire(page)
    page.goto(portal.base + facts.path(visit, lang))
    page.wait_for_load_state("networkidle")
    whole, requests = with_icon(portal, wire)
    tell(f"B1 first visit, {visit.name}, {lang}: {whole / 1024:.1f} KB in {requests} requests")
    assert whole <= MOST_FIRST
    assert requests <= MOST_REQUESTS


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("visit", FIRST[1:], ids=lambda visit: visit.name)
def test_the_next_page_is_lighter(opened, portal, facts, visit, lang):
    page = opened(360)
    page.goto(portal.base + facts.urls.path("hub:front", lang))
    page.wait_for_load_state("networkidle")
    wire = Wire(page)
    page.goto(portal.base + facts.path(visit, lang))
    page.wait_for_load_state("networkidle")
    tell(f"B1 next page, {visit.name}, {lang}: {wire.bytes / 1024:.1f} KB in {len(wire.files)} answers")
    assert wire.bytes <= MOST_NEXT


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_next_month_is_lighter_still(opened, portal, facts, lang):
    page = opened(360)
    page.goto(portal.base + facts.path(next(visit for visit in VISITS if visit.name == "neighbourhood"), lang))
    page.wait_for_load_state("networkidle")
    wire = Wire(page)
    page.locator("#earlier-month").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#announcement")).not_to_be_empty()
    tell(f"B1 next month, {lang}: {wire.bytes / 1024:.1f} KB in {len(wire.files)} answers")
    assert 0 < wire.bytes <= MOST_NEXT
    assert len(wire.files) == 1
