"""Pages say the same without JavaScript."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.browser.visits import BOTH, named

REFERENCE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")
"""Another with every message."""


@pytest.mark.parametrize(("visit", "lang"), BOTH, ids=named)
def test_a_page_has_the_same_words_without_javascript(visited, visit, lang):
    words = []
    for javascript in (True, False):
        page = visited(visit, lang, 360, java_script_enabled=javascript)
        words.append(Counter(re.findall(r"\w+", REFERENCE.sub("", page.locator("body").inner_text()))))
    with_it, without = words
    assert with_it.total() > 30
    assert (with_it & without).total() >= 0.99 * with_it.total()
