"""Every page of trouble, as the portal's own table of errors makes it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from portal import trouble
from portal.app import create_app
from portal.settings import load
from portal.web.language import LANGUAGES
from tests.browser.looking import axe, misfits, walk
from tests.serving import demonstration, free_port, get

RAISED = {
    403: trouble.NotAllowed(),
    404: trouble.NotFound("nothing"),
    409: trouble.Conflict(),
    410: trouble.Gone(),
    429: trouble.TooOften(240),
    500: ValueError("a fault of ours"),
    503: trouble.Unavailable("away"),
} | {status: HTTPException(status) for status in (400, 405, 408, 413, 415)}


async def _raise(request: Request) -> None:
    raise RAISED[request.path_params["status"]]


@pytest.fixture(scope="module")
def in_trouble() -> Iterator[str]:
    """The portal with one more route, which raises whatever its address names."""
    application = create_app(load(demonstration(), environ={}))
    application.router.routes.insert(0, Route("/{lang:lang}/raised/{status:int}", _raise))
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=port, log_level="critical", access_log=False)
    )
    running = threading.Thread(target=server.run, name="in-trouble")
    running.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    running.join()


BOTH = [
    pytest.param(status, lang, marks=[] if number % len(LANGUAGES) == at else pytest.mark.soak)
    for number, status in enumerate(sorted(RAISED))
    for at, lang in enumerate(LANGUAGES)
]
"""Each in one language by turns; the other in the soak."""


@pytest.mark.parametrize(("status", "lang"), BOTH)
def test_a_page_of_trouble_is_a_whole_page(opened, in_trouble, status, lang):
    page = opened(360, bypass_csp=True)
    answer = page.goto(f"{in_trouble}/{lang}/raised/{status}")
    assert answer.status == status
    assert page.locator("html").get_attribute("lang") == lang
    assert axe(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    assert axe(page) + misfits(page) + walk(page) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_address_that_is_nowhere_is_a_whole_page_too(opened, portal, lang):
    page = opened(360, bypass_csp=True)
    assert page.goto(f"{portal.base}/{lang}/nowhere").status == 404
    assert axe(page) + misfits(page) + walk(page) == []


def test_who_writes_too_often_is_told_when_to_come_again(opened, portal, facts):
    page = opened(360, bypass_csp=True)
    page.goto(portal.base + facts.urls.path("contact:general", "cy"))
    tries = (
        "() => fetch(location.href, { method: 'POST', body: new URLSearchParams({ text: '' }) }).then(a => a.status)"
    )
    statuses = {page.evaluate(tries) for _ in range(30)}
    assert statuses == {422}
    page.locator("main form button").click()
    page.wait_for_load_state()
    assert page.evaluate(tries) == 429
    assert get(portal.port, "/readyz")[0] == 200
    assert axe(page) + misfits(page) + walk(page) == []
