"""axe on every page and state of a page: no violation of any impact, and nothing left for a person to review."""

from __future__ import annotations

import pytest

from tests.browser.looking import axe, open_details
from tests.browser.visits import BOTH, named

SCROLLS = "() => [...document.querySelectorAll('.portal-table-wrap')].some((one) => one.scrollWidth > one.clientWidth)"
CUT_OFF = "incomplete serious color-contrast"
"""What axe says of the columns of a table that scrolls, which it cannot see; on a wide screen it sees them."""


WIDTHS = (360, 1280)
VIEWS = [
    pytest.param(*one.values, width, marks=one.marks if number // 2 % 2 == at else pytest.mark.soak)
    for number, one in enumerate(BOTH)
    for at, width in enumerate(WIDTHS)
]
"""Every visit at both widths; what every run looks at is one of them, by turns."""


@pytest.mark.parametrize(("visit", "lang", "width"), VIEWS, ids=named)
def test_axe_finds_nothing(visited, visit, lang, width):
    page = visited(visit, lang, width, bypass_csp=True)  # for axe itself; what is served is not changed
    assert [one for one in axe(page) if not (page.evaluate(SCROLLS) and CUT_OFF in one)] == []
    if width > 1000 and page.locator("details").count():  # narrower, a table scrolls, and axe cannot see all of it
        open_details(page)
        assert axe(page) == []
