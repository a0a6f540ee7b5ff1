"""Every page and state of a page that the public can see, and how to come to it, by the names of routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import col, select

from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.clock import Month, london_day
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState, Revised
from portal.db import Database
from portal.places.models import Area, AreaKind, PlaceName, Postcode
from portal.publishing.content import PAGES
from portal.settings import load
from portal.web.language import LANGUAGES

KINDS = ("neighbourhood", "authority", "partnership", "force")


@dataclass(frozen=True, slots=True)
class Visit:
    """A page, and what is typed and sent to come to the state meant. `params` are names of facts; see `Facts`."""

    name: str
    route: str
    template: str
    params: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    """Field to the name of a fact, or to the text itself. Empty: the page is opened and nothing is sent."""
    sends_to: str = ""
    """The route that the form is posted to."""
    status: int = 200
    query: str = ""
    """What follows the path."""


def _area(kind: str) -> Iterator[Visit]:
    yield Visit(f"{kind}", f"crime:{kind}", "crime/show.html", {"slug": kind})
    yield Visit(f"{kind}, a month", f"crime:{kind}_month", "crime/show.html", {"slug": kind, "month": "earlier"})


def _find(name: str, typed: str, status: int) -> Visit:
    return Visit(
        f"find, {name}",
        "places:find",
        "places/find.html",
        typed={"place": typed},
        sends_to="places:search",
        status=status,
    )


def _contact(inbox: str) -> Iterator[Visit]:
    route, template, sent = f"contact:{inbox}", "contact/form.html", f"contact:send_{inbox}"
    yield Visit(f"contact, {inbox}", route, template)
    wrong = {"text": "", "email": "nobody"}
    yield Visit(f"contact, {inbox}, not right", route, template, typed=wrong, sends_to=sent, status=422)


COMPLAINT = {
    "name": "Enw Enghreifftiol",
    "email": "reader@example.org",
    "about": "/en/find",
    "words": "Words of a page.",
    "meaning": "That I stole a lamp.",
    "wrong": "I never had the lamp.",
    "lacks_details": "yes",
    "may_name": "no",
    "may_give_email": "no",
}
VISITS = (
    Visit("front", "hub:front", "hub/front.html"),
    Visit("a to z", "places:index", "places/index.html"),
    Visit("find", "places:find", "places/find.html"),
    _find("nothing typed", "", 422),
    _find("unknown postcode", "ZZ99 9ZZ", 422),
    _find("unknown name", "Xyzzyplugh", 422),
    _find("part of a postcode", "outcode", 200),
    _find("nearly the name", "misspelt", 200),
    _find("across the border", "neighbour_postcode", 200),
    _find("several of that name", "authority_name", 200),
    _find("too long", "x" * 150, 422),
    *(visit for kind in KINDS for visit in _area(kind)),
    Visit(
        "neighbourhood, no data",
        "crime:neighbourhood_month",
        "crime/show.html",
        {"slug": "neighbourhood", "month": "gap"},
    ),
    Visit(
        "neighbourhood, first month",
        "crime:neighbourhood_month",
        "crime/show.html",
        {"slug": "neighbourhood", "month": "first"},
    ),
    Visit(
        "neighbourhood, revised",
        "crime:neighbourhood_month",
        "crime/show.html",
        {"slug": "revised", "month": "revised_month"},
    ),
    Visit(
        "neighbourhood, with a note",
        "crime:neighbourhood_month",
        "crime/show.html",
        {"slug": "noted", "month": "noted_month"},
    ),
    Visit("authority, no data", "crime:authority_month", "crime/show.html", {"slug": "authority", "month": "gap"}),
    Visit("force, no data", "crime:force_month", "crime/show.html", {"slug": "force", "month": "gap"}),
    *(Visit(slug, f"publishing:{slug}", "publishing/show.html") for slug in PAGES),
    Visit("sign in", "accounts:sign_in", "accounts/sign_in.html"),
    Visit(
        "sign in, not right",
        "accounts:sign_in",
        "accounts/sign_in.html",
        typed={"email": "nobody@example.org", "password": "not this"},
        sends_to="accounts:check",
        status=422,
    ),
    Visit("forgotten password", "accounts:forgotten", "accounts/forgotten.html"),
    Visit("signed out", "accounts:signed_out", "accounts/signed_out.html"),
    *(visit for inbox in ("figure", "accessibility", "general") for visit in _contact(inbox)),
    Visit("who is in charge", "organisations:in_charge", "organisations/in_charge.html"),
    Visit("councillors", "organisations:councillors", "organisations/councillors.html"),
    Visit("councillors of a ward", "organisations:ward", "organisations/ward.html", {"slug": "ward"}),
    Visit("register", "audit:register", "audit/register.html"),
    Visit("register, a month", "audit:month", "audit/register.html", {"month": "of_the_register"}),
    Visit("register, an act", "audit:act", "audit/act.html", {"number": "act"}),
    Visit("rules of moderation", "moderation:rules", "moderation/rules.html"),
    Visit("report", "moderation:report", "moderation/report.html"),
    Visit(
        "report, not right",
        "moderation:report",
        "moderation/report.html",
        typed={"text": "", "email": "nobody"},
        sends_to="moderation:send_report",
        status=422,
    ),
    Visit(
        "report, received",
        "moderation:report",
        "moderation/receipt.html",
        typed={"kind": "hateful", "text": "It should not be shown.", "email": "reader@example.org"},
        sends_to="moderation:send_report",
    ),
    Visit("notice of complaint", "moderation:notice", "moderation/notice.html"),
    Visit(
        "notice of complaint, not right",
        "moderation:notice",
        "moderation/notice.html",
        typed={"email": "nobody"},
        sends_to="moderation:send_notice",
        status=422,
    ),
    Visit(
        "notice of complaint, received",
        "moderation:notice",
        "moderation/notice_receipt.html",
        typed=COMPLAINT,
        sends_to="moderation:send_notice",
    ),
    Visit("follow", "notifications:follow", "notifications/follow.html"),
    Visit(
        "follow, not right",
        "notifications:follow",
        "notifications/follow.html",
        typed={"email": "nobody"},
        sends_to="notifications:ask",
        status=422,
        query="?topic=figures:new",
    ),
    Visit("follow, something", "notifications:follow", "notifications/follow.html", query="?topic=figures:new"),
    Visit("follow, sent", "notifications:sent", "notifications/sent.html"),
    Visit("follow, left", "notifications:left", "notifications/left.html"),
    Visit(
        "link that is over", "notifications:ask_to_confirm", "notifications/over.html", {"token": "token"}, status=410
    ),
    Visit("folder of letters", "notifications:folder", "notifications/folder.html"),
    Visit(
        "contact, received",
        "contact:general",
        "contact/receipt.html",
        typed={"text": "A question.", "email": "reader@example.org"},
        sends_to="contact:send_general",
    ),
    Visit(
        "month out of range",
        "crime:neighbourhood_month",
        "error.html",
        {"slug": "neighbourhood", "month": "long_ago"},
        status=404,
    ),
)
LEFT_OUT = (
    "contact:receipt",
    "moderation:notice_receipt",
    "moderation:report_receipt",
    "notifications:change",
    "notifications:confirm",
    "notifications:leave",
    "notifications:leave_all",
    "notifications:settings",
    "places:search",
    "accounts:ask_for_link",
    "accounts:code",
    "accounts:finish_set_up",
    "accounts:invitation",
    "accounts:password",
    "accounts:set_up",
    "accounts:sign_out",
    "accounts:use_code",
    "accounts:use_invitation",
    "accounts:use_password",
)
"""Routes that a visit comes to by sending a form, the way of a follower, which test_following walks, and the way in,
which test_staff walks.
"""
NOTHING_YET = "crime/nothing_yet.html"
"""Shown by a portal of its own: see test_before_the_first_month."""
SAMPLED = tuple((visit, LANGUAGES[number % len(LANGUAGES)]) for number, visit in enumerate(VISITS))
"""Every visit in one language, by turns: what every run looks at."""
BOTH = tuple(
    pytest.param(visit, lang, marks=[] if (visit, lang) in SAMPLED else pytest.mark.soak)
    for visit in VISITS
    for lang in LANGUAGES
)
"""Every visit in both languages; the half that is not sampled in the soak."""
HALF, OTHER_HALF = (
    tuple(
        one if number % 4 // 2 == half else pytest.param(*one.values, marks=pytest.mark.soak)
        for number, one in enumerate(BOTH)
    )
    for half in (0, 1)
)
"""Every other visit, for what takes long; the rest in the soak."""


def named(case: object) -> str:
    return str(case) if isinstance(case, str | int) else getattr(case, "name", "")


class Facts:
    """What the demonstration holds, by the names that visits use; slugs in each language."""

    def __init__(self, folder: Path) -> None:
        settings = load(folder, environ={})
        database = Database(settings.url)
        try:
            state = create_app(settings, database=database).state
            self.urls, self.roles = state.urls, tuple(state.roles)
            with database.reading() as session:
                self.areas = {area.id: area for area in session.exec(select(Area))}
                self.by_code = {area.code: area for area in self.areas.values() if area.kind is AreaKind.neighbourhood}
                self.months = tuple(session.exec(select(ForceMonth).order_by(col(ForceMonth.month))))
                public = col(AuditEntry.act).in_(state.public_acts)
                self.act = session.exec(select(AuditEntry).where(public).order_by(col(AuditEntry.id))).first()
                self.note = session.exec(select(ContextNote)).first()
                self.revision = session.exec(
                    select(Revised).where(col(Revised.area_id).in_(self._ids("neighbourhood")))
                ).first()
                self.postcodes = tuple(session.exec(select(Postcode)))
                self.names = tuple(session.exec(select(PlaceName)))
        finally:
            database.close()

    def _ids(self, kind: str) -> list[int]:
        return [area.id or 0 for area in self.areas.values() if area.kind == kind and area.served]

    def area(self, name: str) -> Area:
        if name == "revised":
            return self.areas[self.revision.area_id]
        if name == "noted":
            return self.areas[self.note.area_id]
        return self.areas[min(self._ids(name))]

    def month(self, name: str) -> Month:
        supplied = [one.month for one in self.months if one.state is ForceMonthState.released]
        missing = [one.month for one in self.months if one.state is ForceMonthState.not_supplied]
        return Month.from_index(
            {
                "latest": max(supplied),
                "earlier": max(supplied) - 1,
                "first": min(supplied),
                "long_ago": min(supplied) - 12,
                "gap": missing[0],
                "revised_month": self.revision.month,
                "noted_month": self.note.month,
                "of_the_register": Month.of(london_day(self.act.at)).index,
            }[name]
        )

    def text(self, name: str) -> str:
        """What is typed: a fact, or the words themselves."""
        if name == "authority_name":
            return self.area("authority").name_en
        if name == "outcode":
            return next(one.code[:-3] for one in self.postcodes if one.ward_code)
        if name == "neighbour_postcode":
            return next(one.code for one in self.postcodes if one.ward_code is None)
        if name == "misspelt":
            return self.names[0].name_en.replace("e", "a", 1) + "z"
        return name

    def path(self, visit: Visit, lang: str) -> str:
        values = {kind: self._value(kind, name, lang) for kind, name in visit.params.items()}
        return self.urls.path(visit.route, lang, **values) + visit.query

    def _value(self, kind: str, name: str, lang: str) -> object:
        if kind == "month":
            return self.month(name)
        return {"number": self.act.id, "token": "a" * 43}.get(kind) or self._slug(name, lang)

    def _slug(self, name: str, lang: str) -> str:
        area = self.area(name)
        return area.slug_cy if lang == "cy" else area.slug_en


def come_to(page: Page, base: str, facts: Facts, visit: Visit, lang: str) -> None:
    """Open the page of a visit and, where something is to be typed, type and send it."""
    answer = page.goto(base + facts.path(visit, lang))
    if visit.typed:
        for name, text in visit.typed.items():
            box = page.locator(f"main [name={name}]:is([type=radio], [type=checkbox])[value='{text}']")
            if box.count():
                box.check()
            else:
                page.locator(f"main [name={name}]").fill(facts.text(text))
        with page.expect_navigation() as sent:
            page.locator("main form button").first.click()
        answer = sent.value
    assert answer is not None
    assert answer.status == visit.status, f"{visit.name}, {lang}: {answer.status}, not {visit.status}"
    assert page.locator("html").get_attribute("lang") == lang
