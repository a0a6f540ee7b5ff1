"""On paper: the words and the figures, and nothing to press."""

from __future__ import annotations

import pytest

from portal.web.language import LANGUAGES
from tests.browser.visits import VISITS, named

ON_PAPER = [
    (visit, lang)
    for visit in VISITS
    for lang in LANGUAGES
    if visit.name in {"front", "neighbourhood", "force", "neighbourhood, no data", "about-the-figures"}
]
PRESSED = "main form, nav, .govuk-button, .govuk-skip-link, .govuk-footer__inline-list"


@pytest.mark.parametrize(("visit", "lang"), ON_PAPER, ids=named)
def test_paper_has_the_figures_and_nothing_to_press(visited, visit, lang):
    page = visited(visit, lang)
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert [one for one in page.locator(PRESSED).all() if one.is_visible()] == []
    if visit.template == "crime/show.html":
        assert page.locator("table").first.is_visible()
        assert page.locator(".portal-summary").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")
