"""Pages fit: 320 px wide, text twice as large, text spaced as a reader likes it, targets that a thumb hits."""

from __future__ import annotations

import pytest

from tests.browser.looking import misfits
from tests.browser.visits import OTHER_HALF, named


@pytest.mark.parametrize(("visit", "lang"), OTHER_HALF, ids=named)
def test_a_page_fits_however_it_is_read(visited, visit, lang):
    assert misfits(visited(visit, lang)) == []
