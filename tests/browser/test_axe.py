"""axe on every page and state of a page: no violation of any impact, and nothing left for a person to review."""

from __future__ import annotations

import pytest

from tests.browser.looking import axe, open_details
from tests.browser.visits import BOTH, named


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(("visit", "lang"), BOTH, ids=named)
def test_axe_finds_nothing(visited, visit, lang, width):
    page = visited(visit, lang, width, bypass_csp=True)  # for axe itself; what is served is not changed
    assert axe(page) == []
    if width > 1000 and page.locator("details").count():  # narrower, a table scrolls, and axe cannot see all of it
        open_details(page)
        assert axe(page) == []
