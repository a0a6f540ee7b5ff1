"""Pages come in peace: nothing in the console, nothing refused or failed, nothing from elsewhere, nothing moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.scripts import WATCH
from tests.browser.visits import HALF, come_to, named


class Ear:
    """Hears what a page asks for, and what goes wrong."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", lambda request: self.said.append(f"failed: {request.url}"))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("response", lambda answer: self.said.extend([f"{answer.status} {answer.url}"] * (answer.status >= 400)))


@pytest.mark.parametrize(("visit", "lang"), HALF, ids=named)
def test_a_page_loads_without_a_complaint(opened, portal, facts, visit, lang):
    page = opened(360 if lang == "cy" else 1280)
    ear = Ear(page)
    come_to(page, portal.base, facts, visit, lang)
    page.wait_for_load_state("networkidle")
    itself = str(visit.status) if visit.status >= 400 else "nothing"  # the page that is looked at is the error
    assert [line for line in ear.said if itself not in line] == []
    assert [url for url in ear.asked if not url.startswith(portal.base + "/")] == []
    assert page.evaluate("window.refused") == []
    assert round(page.evaluate("window.shifts"), 3) == 0, "something moved"
    assert page.evaluate("window.largest") > 0
    assert page.context.cookies() == []
