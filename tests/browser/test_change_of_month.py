"""Going from one month to another: at once with JavaScript, as a page of its own without, and the same in the end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.web.language import LANGUAGES
from tests.browser.scripts import WATCH
from tests.browser.visits import VISITS

HERE = next(visit for visit in VISITS if visit.name == "neighbourhood, a month")
LATEST = next(visit for visit in VISITS if visit.name == "neighbourhood")


@pytest.fixture
def month_page(opened, portal, facts):
    def open_page(lang, **options):
        page = opened(360, **options)
        page.add_init_script(WATCH)
        page.goto(portal.base + facts.path(HERE, lang))
        page.wait_for_load_state("networkidle")
        return page

    return open_page


def state(page):
    """What must agree after a change of month."""
    return (
        page.title(),
        page.locator("h1").inner_text(),
        page.locator("nav#languages a").get_attribute("href"),
        page.locator("#month-choice").input_value(),
        page.locator("main table").first.inner_text(),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_the_month_is_fetched_and_everything_follows(month_page, lang):
    page = month_page(lang)
    before, asked = state(page), []

    def hear(request):
        if request.resource_type != "other":  # the browser looks for the icon again, in its own cache
            asked.append(request)

    page.on("request", hear)
    page.evaluate("window.same = true")
    link = page.locator("#earlier-month")
    there = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{there}")
    page.wait_for_load_state("networkidle")
    assert [request.url.endswith(there) for request in asked] == [True]
    fragment = asked[0].response().text()
    assert "<main" not in fragment
    assert "<html" not in fragment
    assert page.evaluate("window.same"), "the page was loaded anew"
    after = state(page)
    assert all(now != was for now, was in zip(after[:4], before[:4], strict=True))
    assert page.evaluate("window.refused") == []
    page.reload()
    assert state(page) == after


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_month_is_announced_and_focus_stays_in_the_page(month_page, lang):
    page = month_page(lang)
    page.locator("#earlier-month").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcement")).not_to_be_empty()
    month = page.locator("#month-choice option:checked").inner_text()
    assert month in page.locator("#announcement").inner_text()
    assert page.evaluate("document.activeElement.id") == "earlier-month"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "later-month"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_picker_goes_to_a_month_by_its_own_address(month_page, facts, lang):
    page = month_page(lang)
    page.locator("#month-choice").select_option(str(facts.month("first")))
    page.locator(".portal-months button").click()
    page.wait_for_url(re.compile(re.escape(str(facts.month("first")))))
    assert page.url.endswith(f"/{facts.month('first')}"), "the address that can be passed on"
    assert page.locator("#month-choice").input_value() == str(facts.month("first"))
    assert page.evaluate("window.refused") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_back_leads_to_the_month_before(month_page, lang):
    page = month_page(lang)
    before, address = state(page), page.url
    page.locator("#earlier-month").click()
    page.wait_for_url(lambda url: url != address)
    page.go_back()
    page.wait_for_url(address)
    expect(page).to_have_title(before[0])
    page.wait_for_load_state("networkidle")
    assert state(page) == before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_javascript_the_form_leads_to_the_same_page(month_page, facts, lang):
    pages = [month_page(lang), month_page(lang, java_script_enabled=False)]
    for page in pages:
        page.locator("#month-choice").select_option(str(facts.month("first")))
        page.locator(".portal-months button").click()
        page.wait_for_url(re.compile(re.escape(str(facts.month("first")))))
        page.wait_for_load_state("networkidle")
    with_it, without = map(state, pages)
    assert with_it == without


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_other_language_shows_the_month_that_was_changed_to(month_page, lang):
    page = month_page(lang)
    page.locator("#earlier-month").click()
    expect(page.locator("#announcement")).not_to_be_empty()
    month = page.locator("#month-choice").input_value()
    page.locator("nav#languages a").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") != lang
    assert page.locator("#month-choice").input_value() == month


@pytest.mark.parametrize("what", ["fault", "silence"])
def test_where_the_month_cannot_be_fetched_the_browser_goes_there_itself(month_page, what):
    page = month_page("en")
    there = page.locator("#earlier-month").get_attribute("href")

    def answer(route):
        if "hx-request" not in route.request.headers:
            route.continue_()
        elif what == "fault":
            route.fulfill(status=500, body="<h1>Sorry</h1>")
        else:
            route.abort()

    page.route(f"**{there}", answer)
    before = page.locator("h1").inner_text()
    page.evaluate("window.same = true")
    page.locator("#earlier-month").click()
    expect(page.locator("h1")).not_to_have_text(before)
    assert page.url.endswith(there)
    assert page.evaluate("window.same") is None, "the part was shown, not the page"
