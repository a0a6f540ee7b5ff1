"""A browser, a portal to look at, and whatever both have to say."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visits import Facts, Visit, come_to
from tests.serving import Served, copy_of, demonstration, served
from tests.telling import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-default-apps",
    "--disable-extensions",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
_CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
_WIDE = 700
_readers = itertools.count(1)


def chromium() -> str:
    """Where Chromium is; the one that never shows a window draws in two thirds of the time. Without one these tests are
    skipped, but not where CI promised it.
    """
    named = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else _CHROMIUM)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI is set, but there is no Chromium: install it, or name it in CHROMIUM")
    if found is None:
        pytest.skip("no Chromium here: install it, or name it in CHROMIUM")
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module: while it runs, no other test of this thread could run an event loop of its own."""
    path = chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield running
        finally:
            running.close()


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration, as `portal demo` serves it, behind a proxy that may say who calls."""
    chromium()
    folder = copy_of(demonstration(), tmp_path_factory.mktemp("browser"), "trusted_proxies = 1")
    with served(folder) as running:
        yield running


@pytest.fixture(scope="session")
def facts(portal: Served) -> Facts:
    return Facts(portal.folder)


def _new_page(browser: Browser, width: int, **options: object) -> Page:
    number = next(_readers)
    small = {"is_mobile": True, "has_touch": True} if width < _WIDE else {}
    headers = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"}  # or one's tries would count against the next
    arguments = {
        "viewport": {"width": width, "height": 800},
        "reduced_motion": "reduce",
        "extra_http_headers": headers,
    }
    context = browser.new_context(**(arguments | small | options))
    context.set_default_timeout(15_000)
    return context.new_page()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes a page in a context of its own: opened(360), opened(1280, java_script_enabled=False)."""
    pages: list[Page] = []

    def make(width: int = 1280, **options: object) -> Page:
        pages.append(_new_page(browser, width, **options))
        return pages[-1]

    yield make
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def visited(browser: Browser, portal: Served, facts: Facts) -> Iterator[Callable[..., Page]]:
    """Comes to the state of a visit: visited(visit, "cy", 360). One page of each width goes from visit to visit."""
    pages: dict[object, Page] = {}

    def make(visit: Visit, lang: str, width: int = 1280, **options: object) -> Page:
        key = (width, *sorted(options.items()))
        if key not in pages:
            pages[key] = _new_page(browser, width, **options)
        page = pages[key]
        page.set_viewport_size({"width": width, "height": 800})
        come_to(page, portal.base, facts, visit, lang)
        return page

    yield make
    for page in pages.values():
        page.context.close()
