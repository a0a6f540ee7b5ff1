"""Pages for people who are signed in, on a phone and at a desk: axe, fit, keyboard, and nothing in the console."""

from __future__ import annotations

import pyotp
import pytest

from portal.accounts import links, sessions
from portal.accounts.demo import PASSWORD
from portal.accounts.models import LinkPurpose
from portal.db import Database
from portal.settings import load
from tests.browser.looking import axe, misfits, walk
from tests.house.agreed import permissions
from tests.house.examples import example
from tests.people import account, signed_in

VIEWS = (("en", 1280), ("cy", 360))


def pages():
    return sorted(name for name, (does, who) in permissions().items() if does == "reads" and who != "anybody")


@pytest.fixture(scope="module")
def data(portal):
    """The data of the portal that is looked at, beside the process that serves it."""
    made = Database(load(portal.folder, environ={}).url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def cookie(portal, facts, data):
    """That somebody with every role is signed in."""
    with data.unit_of_work() as session:
        token = signed_in(session, account(session, *facts.roles, name="Enw Enghreifftiol Hir Iawn"))
    return {"name": sessions.cookie_name(load(portal.folder, environ={})), "value": token, "url": portal.base}


@pytest.fixture
def led(opened, portal, facts, data, cookie):
    """Leads a signed-in reader to a route, with a thing that is there; gives the page and what the browser said."""

    def lead(route, lang, width):
        page, said = opened(width, bypass_csp=True), []
        page.context.add_cookies([cookie])
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        with data.unit_of_work() as session:
            path = facts.urls.path(route, lang, **example(route, session))
        assert page.goto(portal.base + path).status == 200
        return page, said

    return lead


HALVES = [
    pytest.param(route, view, marks=[] if number % 2 == VIEWS.index(view) else pytest.mark.soak)
    for number, route in enumerate(pages())
    for view in VIEWS
]
"""Every page in one of the two views, by turns; the other half in the soak."""


@pytest.mark.parametrize(("route", "view"), HALVES)
def test_a_page_for_staff_can_be_used_by_everybody(led, route, view):
    lang, width = view
    page, said = led(route, lang, width)
    assert page.locator("html").get_attribute("lang") == lang
    assert said == []
    if width > 1000 or not page.locator(".portal-table-wrap").count():  # where a table scrolls axe cannot see it all
        assert axe(page) == []
    assert walk(page) == []
    assert misfits(page) == []


def looked_at(page, heading):
    assert page.locator("h1").inner_text() == heading
    assert axe(page) == []
    assert misfits(page) == []
    page.set_viewport_size({"width": 360, "height": 800})


def test_the_way_in_can_be_walked_on_a_phone_in_welsh(opened, portal):
    """Password, authenticator, recovery codes, desk; out, and in again with a code."""
    page = opened(360, bypass_csp=True)

    def sign_in():
        page.goto(f"{portal.base}/cy/mewngofnodi")
        page.get_by_label("Cyfeiriad e-bost").fill("gweinyddwr@elwern.example.org")
        page.get_by_label("Cyfrinair").fill(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    sign_in()
    looked_at(page, "Gosodwch eich dilysydd")
    codes = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("Y chwe digid yn yr ap").fill(codes.now())
    page.get_by_role("button", name="Ymlaen").click()
    looked_at(page, "Cadwch eich codau adfer")
    recovery = page.locator("code").first.inner_text()
    page.get_by_role("button", name="Rwyf wedi’u cadw").click()
    looked_at(page, "Eich desg")
    page.get_by_role("button", name="Allgofnodi").click()
    looked_at(page, "Rydych wedi allgofnodi")
    sign_in()
    looked_at(page, "Teipiwch eich cod")
    page.get_by_label("Cod").fill(recovery)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    looked_at(page, "Eich cyfrif")


HEADINGS = {LinkPurpose.invitation: "Welcome: choose a password", LinkPurpose.password: "Choose a new password"}


@pytest.mark.parametrize("purpose", HEADINGS)
def test_the_page_behind_a_link_can_be_used_by_everybody(opened, portal, facts, data, purpose):
    with data.unit_of_work() as session:
        token = links.make(session, account(session, "analyst"), purpose)
    page = opened(360, bypass_csp=True)
    page.goto(portal.base + facts.urls.path(f"accounts:{purpose}", "en", token=token))
    looked_at(page, HEADINGS[purpose])
    page.get_by_role("button", name="Set this password").click()
    looked_at(page, HEADINGS[purpose])
    assert page.locator(".govuk-error-summary").count() == 1
