"""A walk through every page with the Tab key alone."""

from __future__ import annotations

import pytest

from tests.browser.looking import begin_at_the_top, walk
from tests.browser.scripts import FIRST_STOP, IN_MAIN
from tests.browser.visits import HALF, named


@pytest.mark.parametrize(("visit", "lang"), HALF, ids=named)
def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(visited, visit, lang):
    page = visited(visit, lang)
    assert walk(page) == []
    begin_at_the_top(page)
    page.keyboard.press("Tab")
    assert page.evaluate(FIRST_STOP) == "#main-content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(IN_MAIN), "the skip link does not lead into the page"
