"""The way of a follower behind the link of their letter: confirm, the private page, and out again."""

from __future__ import annotations

import secrets

import pytest

from portal import clock
from portal.db import Database
from portal.notifications.models import FollowRequest, Rhythm
from portal.notifications.rules import digest
from portal.settings import load
from tests.browser.looking import axe, misfits, walk


@pytest.fixture
def token(portal):
    """The secret of a letter that asks somebody to confirm."""
    made, email = secrets.token_urlsafe(32), f"{secrets.token_hex(6)}@example.org"
    data = Database(load(portal.folder, environ={}).url)
    with data.unit_of_work() as session:
        session.add(
            FollowRequest(
                email=email,
                email_key=email,
                topic="figures:new",
                rhythm=Rhythm.weekly,
                language="cy",
                token_hash=digest(made),
                asked_at=clock.now(),
            )
        )
    data.close()
    return made


def looked_at(page):
    assert axe(page) == []
    assert walk(page) == []
    assert misfits(page) == []
    page.set_viewport_size({"width": 360, "height": 800})


def test_a_follower_confirms_changes_and_leaves_on_a_phone_in_welsh(opened, portal, facts, token):
    page = opened(360, bypass_csp=True)
    page.goto(portal.base + facts.urls.path("notifications:ask_to_confirm", "cy", token=token))
    looked_at(page)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    assert "/dilyn/gosodiadau/" in page.url
    looked_at(page)
    with page.expect_navigation():
        page.locator("main form button.govuk-button--warning").click()
    assert page.url == portal.base + facts.urls.path("notifications:left", "cy")
